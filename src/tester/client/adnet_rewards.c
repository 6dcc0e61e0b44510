#include "tester/client/adnet_rewards.h"

#include <inttypes.h>
#include <stdio.h>

#include "tester/client/call_priv.h"

/* "/rewards/" ‖ address ‖ tail */
static void rewards_path(struct call *call, const struct adnet *adnet, const struct address *address, const char *tail)
{
    char text[ADDRESS_TEXT], path[ADDRESS_TEXT + 24];
    address_text(address, CHAIN_ALPHA, text);
    (void)snprintf(path, sizeof(path), "/rewards/%s%s", text, tail); /* both short */
    ask_adnet(call, adnet, HTTP_GET, str_of(path));
}

const struct rewards_view *adnet_rewards(const struct adnet *adnet, const struct address *address,
                                         const struct address *validator, struct instant deadline, struct answer *out)
{
    struct call call;
    char text[ADDRESS_TEXT];
    rewards_path(&call, adnet, address, "");
    if (validator != NULL) {
        address_text(validator, CHAIN_ALPHA, text);
        ask_query(&call, "validator=%s", text);
    }
    const struct rewards_view *view = ask_get(&call, &wire_rewards, deadline, out);
    if (view != NULL && !address_eq(&view->address, address)) return ask_fault(out, "the answer is about another address");
    u128 sum = 0;
    for (uint32_t i = 0; view != NULL && i < view->pending_count; i++) sum += view->pending[i].amount.units;
    if (view != NULL && sum != view->total.units) return ask_fault(out, "the parts do not add up to the total");
    return view;
}

const struct page *adnet_reward_history(const struct adnet *adnet, const struct address *address, uint32_t limit,
                                        struct str cursor, struct instant deadline, struct answer *out)
{
    struct call call;
    rewards_path(&call, adnet, address, "/history");
    ask_page(&call, limit, cursor);
    return ask_get(&call, &wire_reward_page, deadline, out);
}

const struct claim_ack *adnet_rewards_claim(const struct adnet *adnet, const struct tx *tx, struct instant deadline,
                                            struct answer *out)
{
    struct call call;
    ask_adnet(&call, adnet, HTTP_POST, STR("/rewards/claim"));
    call.request.shape = &wire_transaction;
    call.request.object = tx;
    const struct claim_ack *ack = ask_object(&call, &wire_claim_ack, 202, deadline, out);
    if (ack != NULL && !hash_eq(&ack->ack.transaction_id, &tx->id))
        return ask_fault(out, "the acknowledgement names another transaction");
    return ack;
}

static bool epoch_adds_up(const struct epoch_rewards *view)
{
    u128 sum = 0;
    for (uint32_t i = 0; i < view->validators_count; i++) {
        const struct epoch_validator *row = &view->validators[i];
        if (row->commission.units + row->delegators_share.units != row->total.units) return false;
        sum += row->total.units;
    }
    return sum == view->issued.units + view->fees.units;
}

const struct epoch_rewards *adnet_epoch_rewards(const struct adnet *adnet, uint64_t epoch, struct instant deadline,
                                                struct answer *out)
{
    struct call call;
    char path[48] = "/rewards/epochs/latest";
    if (epoch != UINT64_MAX) (void)snprintf(path, sizeof(path), "/rewards/epochs/%" PRIu64, epoch);
    ask_adnet(&call, adnet, HTTP_GET, str_of(path));
    const struct epoch_rewards *view = ask_get(&call, &wire_epoch_rewards, deadline, out);
    if (view != NULL && epoch != UINT64_MAX && view->epoch != epoch) return ask_fault(out, "the answer is about another epoch");
    if (view != NULL && !epoch_adds_up(view)) return ask_fault(out, "the rows do not add up to what was issued and gathered");
    return view;
}
