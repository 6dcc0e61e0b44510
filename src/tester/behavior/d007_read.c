#include <inttypes.h>

#include "tester/behavior/d007_priv.h"
#include "tester/bot/hold.h"
#include "tester/bot/tide.h"
#include "tester/client/delta_offramp.h"

#define LOOKS_MAX 20u /* final blocks to look at before what is told is taken as it is */

bool op_pardon(struct op *op, enum code code)
{
    if ((op->status != OP_REFUSED && op->status != OP_DROPPED) || op->code != code) return false;
    op->status = OP_DONE;
    op->code = CODE_NONE;
    op->note[0] = '\0';
    return true;
}

/* ---- registrations ---- */

static void kyc_take(const struct kyc_view *view, struct kyc_seen *out)
{
    *out = (struct kyc_seen){.known = true,
                             .registration = view->registration_id,
                             .status = view->status,
                             .attempts = view->attempts,
                             .updated = view->updated_height,
                             .reviewer = view->reviewer};
    if (view->reason.len > 0) memcpy(out->reason, view->reason.data, MIN(view->reason.len, sizeof(out->reason) - 1));
}

static bool kyc_ask(struct act *act, const struct address *who, const struct papers *papers, struct kyc_seen *out)
{
    const struct alpha delta = act_alpha(act);
    struct answer answer;
    uint64_t wait = 0;
    const struct kyc_view *view;
    do view = delta_kyc(&delta, who, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (view == NULL && act_again(act, &answer, &wait));
    const bool none = view == NULL && answer.status == ANSWER_REFUSED && answer.code == CODE_KYC_NOT_FOUND;
    *out = (struct kyc_seen){0};
    if (view != NULL) kyc_take(view, out);
    else if (!none) (void)act_fail(act->op, &answer); /* op tells */
    if (view != NULL && papers != NULL) out->shows = papers_found(papers, answer_body(&answer));
    answer_done(&answer);
    return view != NULL || none;
}

bool kyc_read(struct act *act, const struct address *who, const struct papers *papers, uint32_t height, struct kyc_seen *out)
{
    for (uint32_t looks = 0;; looks++) {
        if (!kyc_ask(act, who, papers, out)) return false;
        if (height == 0 || (out->known && out->updated >= height) || looks == LOOKS_MAX) return true;
        if (!tide_next(act, CHAIN_DELTA, act_deadline(act, ACT_READ_TIMEOUT))) return true; /* a view that stays behind: whoever claims says so */
    }
}

/* ---- withdrawals ---- */

bool ramp_is_open(enum offramp_status status) { return status == OFFRAMP_REQUESTED || status == OFFRAMP_APPROVED || status == OFFRAMP_FAILED; }

static void ramp_take(const struct offramp_view *view, struct ramp_seen *out)
{
    *out = (struct ramp_seen){.id = view->request_id,
                              .owner = view->owner,
                              .amount = view->amount.units,
                              .escrow = view->escrow.units,
                              .status = view->status,
                              .attempts = view->attempts,
                              .created = view->created_height,
                              .updated = view->updated_height,
                              .has_reference = view->reference.len == sizeof(out->reference),
                              .steps_count = MIN(view->history_count, (uint32_t)OFFRAMP_STEPS_MAX)};
    if (out->has_reference) memcpy(out->reference, view->reference.data, sizeof(out->reference));
    if (out->steps_count > 0) memcpy(out->steps, view->history, sizeof(out->steps[0]) * out->steps_count);
}

static bool ramp_ask(struct act *act, const struct hash *id, const struct papers *papers, struct ramp_seen *out)
{
    const struct alpha delta = act_alpha(act);
    struct answer answer;
    uint64_t wait = 0;
    const struct offramp_view *view;
    do view = delta_offramp(&delta, id, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (view == NULL && act_again(act, &answer, &wait));
    if (view != NULL) ramp_take(view, out);
    else (void)act_fail(act->op, &answer); /* op tells */
    if (view != NULL && papers != NULL) out->shows = papers_found(papers, answer_body(&answer));
    answer_done(&answer);
    return view != NULL;
}

bool ramp_read(struct act *act, const struct hash *id, const struct papers *papers, uint32_t height, struct ramp_seen *out)
{
    for (uint32_t looks = 0;; looks++) {
        const bool told = ramp_ask(act, id, papers, out);
        if (told && (out->updated >= height || looks == LOOKS_MAX)) return true;
        if (!told && (looks == LOOKS_MAX || !op_pardon(act->op, CODE_REQUEST_NOT_FOUND))) return false;
        if (!tide_next(act, CHAIN_DELTA, act_deadline(act, ACT_READ_TIMEOUT)) && told) return true; /* a view that stays behind */
    }
}

bool ramp_find(struct act *act, const struct address *owner, unsigned wanted, bool free, struct ramp_seen *out, bool *out_found)
{
    const struct alpha delta = act_alpha(act);
    struct answer answer;
    uint64_t wait = 0;
    const struct page *page;
    *out_found = false;
    do page = delta_offramps(&delta, owner, 100, (struct str){0}, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (page == NULL && act_again(act, &answer, &wait));
    const struct offramp_view *items = page != NULL ? page->items : NULL;
    const struct offramp_view *oldest = NULL;
    for (uint32_t i = 0; page != NULL && i < page->count; i++) {
        if ((wanted & (1u << items[i].status)) == 0 || (free && hold_is(act->crew, &items[i].request_id))) continue;
        if (oldest == NULL || items[i].created_height < oldest->created_height) oldest = &items[i];
    }
    if (oldest != NULL) ramp_take(oldest, out);
    *out_found = oldest != NULL;
    if (page == NULL) (void)act_fail(act->op, &answer); /* op tells */
    answer_done(&answer);
    return page != NULL;
}

bool ramp_stepped(const struct ramp_seen *ramp, enum offramp_status status, uint32_t height, const struct address *actor)
{
    for (uint32_t i = 0; i < ramp->steps_count; i++)
        if (ramp->steps[i].status == status && ramp->steps[i].height == height && address_eq(&ramp->steps[i].actor, actor)) return true;
    return false;
}

/* ---- what must hold ---- */

bool claim_unread(struct act *act, const char *shows, const char *where)
{
    return act_claim(act, "no personal field is readable", shows == NULL, "%s in the %s", shows != NULL ? shows : "", where);
}

/* Not inlined: its arena must not stay on the stack of who waits. */
__attribute__((noinline)) static bool payload_is(const struct tx *tx, enum kind kind, const union payload *payload)
{
    struct buf bytes = {0};
    payload_encode(kind, payload, &bytes);
    const bool same = tx != NULL && tx->kind == kind && str_eq(tx_payload(tx), buf_str(&bytes));
    buf_done(&bytes);
    return same;
}

bool claim_hidden(struct act *act, const struct landing *landing, enum kind kind, const union payload *payload, const struct papers *papers)
{
    const struct alpha delta = act_alpha(act);
    struct answer answer;
    uint64_t wait = 0;
    const struct tx_view *view;
    do view = alpha_transaction(&delta, &landing->id, TX_WAIT_NONE, (struct duration){0}, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (view == NULL && act_again(act, &answer, &wait));
    const bool told = view != NULL || answer.status == ANSWER_MALFORMED; /* another payload does not go with what was signed */
    const bool same = view != NULL && payload_is(view->envelope, kind, payload);
    const char *shows = told ? papers_found(papers, answer_body(&answer)) : NULL;
    if (!told) (void)act_fail(act->op, &answer); /* op tells */
    answer_done(&answer);
    if (!told) return false;
    const bool hashed = act_claim(act, "documents are hashes in the chain", same, "what is told is not the hashes of the papers");
    return claim_unread(act, shows, "transaction") && hashed;
}

bool claim_escrow(struct act *act, const struct ramp_seen *ramp)
{
    char is[U128_TEXT], due[U128_TEXT];
    const u128 want = ramp_is_open(ramp->status) ? ramp->amount : 0;
    (void)u128_text(ramp->escrow, is);
    (void)u128_text(want, due);
    return act_claim(act, "in escrow while it is open, whole", ramp->escrow == want, STR_FMT ": %s in escrow, not %s", STR_ARG(offramp_status_text(ramp->status)), is, due);
}

bool claim_conserved(struct act *act)
{
    const struct alpha delta = act_alpha(act);
    struct answer answer;
    uint64_t wait = 0;
    bool sound = false;
    const struct supply *supply;
    do supply = alpha_supply(&delta, false, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (supply == NULL && act_again(act, &answer, &wait));
    for (uint32_t i = 0; supply != NULL && i < supply->tokens_count; i++) {
        struct supply_token token = supply->tokens[i]; /* its own `ok` is not asked */
        if (token.token == TOKEN_DX) sound = supply_settle(&token);
    }
    const bool told = supply != NULL;
    if (!told) (void)act_fail(act->op, &answer); /* op tells */
    answer_done(&answer);
    return told && act_claim(act, "all DX is accounted for", sound, "the flows and the holdings of DX differ");
}
