#include "tester/client/alpha_governance.h"

#include <inttypes.h>

#include "tester/client/call_priv.h"

struct address_path {
    char text[ADDRESS_TEXT];
};
static struct address_path path_of(const struct alpha *alpha, const struct address *address)
{
    struct address_path path;
    address_text(address, alpha_chain(alpha), path.text);
    return path;
}

/* ---- reads ---- */

const struct page *alpha_governors(const struct alpha *alpha, uint32_t limit, struct str cursor, struct instant deadline,
                                   struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "governors");
    ask_page(&call, limit, cursor);
    const struct page *page = ask_get(&call, &wire_address_list, deadline, out);
    if (page != NULL) ((struct page *)(uintptr_t)page)->next_cursor = ask_next_cursor(out);
    return page;
}

const struct governor_view *alpha_governor(const struct alpha *alpha, const struct address *address, struct instant deadline,
                                           struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "governors/%s", path_of(alpha, address).text);
    const struct governor_view *view = ask_get(&call, &wire_governor, deadline, out);
    if (view != NULL && !address_eq(&view->address, address)) return ask_fault(out, "the answer is about another governor");
    return view;
}

const struct page *alpha_proposals(const struct alpha *alpha, const struct alpha_proposal_filter *filter, uint32_t limit,
                                   struct str cursor, struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "governance/proposals");
    if (filter->status != NULL) ask_query(&call, "status=" STR_FMT, STR_ARG(proposal_status_text(*filter->status)));
    if (filter->proposer != NULL) ask_query(&call, "proposer=%s", path_of(alpha, filter->proposer).text);
    ask_page(&call, limit, cursor);
    return ask_get(&call, &wire_gov_proposal_page, deadline, out);
}

const struct gov_proposal_view *alpha_proposal(const struct alpha *alpha, const struct hash *id, struct instant deadline,
                                               struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "governance/proposals/%s", ask_hex(id).text);
    const struct gov_proposal_view *view = ask_get(&call, &wire_gov_proposal, deadline, out);
    if (view != NULL && !hash_eq(&view->proposal_id, id)) return ask_fault(out, "the answer is about another proposal");
    return view;
}

const struct page *alpha_proposal_votes(const struct alpha *alpha, const struct hash *id, uint32_t limit, struct str cursor,
                                        struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "governance/proposals/%s/votes", ask_hex(id).text);
    ask_page(&call, limit, cursor);
    return ask_get(&call, &wire_ballot_page, deadline, out);
}

const struct power_view *alpha_power(const struct alpha *alpha, const struct address *address, uint32_t height,
                                     struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "governance/power/%s", path_of(alpha, address).text);
    if (height != UINT32_MAX) ask_query(&call, "height=%" PRIu32, height);
    const struct power_view *view = ask_get(&call, &wire_power, deadline, out);
    if (view != NULL && height != UINT32_MAX && view->height != height) return ask_fault(out, "the answer is about another height");
    return view;
}

const struct gov_parameters_view *alpha_parameters(const struct alpha *alpha, struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "governance/parameters");
    return ask_get(&call, &wire_gov_parameters, deadline, out);
}

struct str alpha_parameter_find(const struct gov_parameters_view *view, struct str key, struct arena *arena)
{
    struct err err;
    struct str value;
    const struct json *all = json_parse(arena, view->parameters, &err);
    return json_str(json_find(all, key), &value) ? value : (struct str){0};
}

const struct treasury_view *alpha_treasury(const struct alpha *alpha, struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "governance/treasury");
    return ask_get(&call, &wire_treasury, deadline, out);
}

const struct mirror_view *delta_mirror(const struct alpha *delta, const struct hash *id, struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, delta, HTTP_GET, "governance/mirror/%s", ask_hex(id).text);
    const struct mirror_view *view = ask_get(&call, &wire_gov_mirror, deadline, out);
    if (view != NULL && !hash_eq(&view->proposal_id, id)) return ask_fault(out, "the answer is about another proposal");
    return view;
}

/* ---- writes ---- */

static const void *post(struct call *call, const struct tx *tx, const struct wire *wire, struct instant deadline, struct answer *out)
{
    call->request.shape = &wire_transaction;
    call->request.object = tx;
    const struct tx_ack *ack = ask_object(call, wire, 202, deadline, out); /* all acknowledgements begin with one */
    if (ack != NULL && !hash_eq(&ack->transaction_id, &tx->id))
        return ask_fault(out, "the acknowledgement names another transaction");
    return ack;
}

const struct object_ack *alpha_propose(const struct alpha *alpha, const struct tx *tx, struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_POST, "governance/proposals");
    const struct object_ack *ack = post(&call, tx, &wire_proposal_ack, deadline, out);
    if (ack != NULL && !hash_eq(&ack->id, &tx->id)) return ask_fault(out, "the proposal's id is not its transaction's");
    return ack;
}

static const void *post_about(const struct alpha *alpha, const struct hash *id, const char *what, const struct tx *tx,
                              const struct wire *wire, struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_POST, "governance/proposals/%s/%s", ask_hex(id).text, what);
    return post(&call, tx, wire, deadline, out);
}

const struct tx_ack *alpha_proposal_vote(const struct alpha *alpha, const struct hash *id, const struct tx *tx,
                                         struct instant deadline, struct answer *out)
{
    return post_about(alpha, id, "vote", tx, &wire_tx_ack, deadline, out);
}

const struct queue_ack *alpha_proposal_queue(const struct alpha *alpha, const struct hash *id, const struct tx *tx,
                                             struct instant deadline, struct answer *out)
{
    return post_about(alpha, id, "queue", tx, &wire_queue_ack, deadline, out);
}

const struct tx_ack *alpha_proposal_execute(const struct alpha *alpha, const struct hash *id, const struct tx *tx,
                                            struct instant deadline, struct answer *out)
{
    return post_about(alpha, id, "execute", tx, &wire_tx_ack, deadline, out);
}
