#include "chain/payload.h"
#include "network/ledger/staking_view.h"
#include "network/node/node_priv.h"

/* ---- Delegators and rewards: X3, U3 to U6. Rewards are Alpha's: its gateway node answers the Adnet listener ---- */

/* The address that `text` (a path argument or a query value) names, on Alpha or as this chain writes it. */
static bool address_of_text(struct rest *rest, struct str text, const char *field, struct address *out)
{
    const enum code code = address_parse(text, node_chain(rest->node), out);
    if (code != CODE_NONE) call_refuse_with(&rest->call, code, field, STR_FMT, STR_ARG(code_message(code)));
    return code == CODE_NONE;
}

static void answer_page(struct rest *rest, const struct wire *wire, struct page *page, uint64_t from, bool more)
{
    if (more) page->next_cursor = call_cursor(&rest->call, from + page->count);
    call_answer(&rest->call, 200, wire, page);
}

static void no_validator(struct rest *rest, const char *field)
{
    call_refuse_with(&rest->call, CODE_VALIDATOR_NOT_FOUND, field, "no validator has that address");
}

static void delegators(struct rest *rest)
{
    struct call *call = &rest->call;
    struct address validator;
    uint32_t limit;
    uint64_t from;
    bool more;
    if (!address_of_text(rest, rest->args[0], "validator", &validator) || !call_query_page(call, false, &limit, &from)) return;
    struct page *page = arena_new(call->arena, struct page);
    if (staking_delegators(node_state(rest->node, false), &validator, from, limit, call->arena, page, &more))
        answer_page(rest, &wire_delegator_page, page, from, more);
    else
        no_validator(rest, "validator");
}

static void rewards(struct rest *rest)
{
    struct call *call = &rest->call;
    struct address address, validator;
    struct str text;
    bool has;
    if (!address_of_text(rest, rest->args[0], "address", &address) || !call_query_str(call, "validator", &text, &has)) return;
    if (has && !address_of_text(rest, text, "validator", &validator)) return;
    struct rewards_view *view = arena_new(call->arena, struct rewards_view);
    if (staking_rewards(node_state(rest->node, false), &address, has ? &validator : NULL, call->arena, view))
        call_answer(call, 200, &wire_rewards, view);
    else
        no_validator(rest, "validator");
}

static void reward_history(struct rest *rest)
{
    struct call *call = &rest->call;
    struct address address;
    uint32_t limit;
    uint64_t from;
    bool more;
    if (!address_of_text(rest, rest->args[0], "address", &address) || !call_query_page(call, false, &limit, &from)) return;
    struct page *page = arena_new(call->arena, struct page);
    staking_reward_history(node_state(rest->node, false), &address, from, limit, call->arena, page, &more);
    answer_page(rest, &wire_reward_page, page, from, more);
}

static void rewards_claim(struct rest *rest)
{
    static const enum kind kinds[] = {KIND_REWARDS_CLAIM};
    static const struct rest_takes takes = {.kinds = kinds, .kinds_count = ARRAY_LEN(kinds)};
    struct call *call = &rest->call;
    struct claim_ack *answer = arena_new(call->arena, struct claim_ack);
    struct tx *tx = rest_take_tx(rest, &takes, &answer->ack);
    if (tx == NULL) return;
    union payload payload;
    payload_of_tx(tx, call->arena, &payload);
    answer->amount = staking_claimable(node_state(rest->node, false), &tx->sender, &payload.rewards_claim.validator);
    call_answer(call, 202, &wire_claim_ack, answer);
    tx_unref(tx);
}

static void reward_epoch(struct rest *rest)
{
    struct call *call = &rest->call;
    uint64_t epoch = UINT64_MAX;
    if (!str_eq(rest->args[0], STR("latest")) && (!str_to_u64(rest->args[0], &epoch) || epoch > JSON_INT_MAX)) {
        call_refuse_with(call, CODE_INVALID_PARAMETER, "epoch", "an epoch is a whole number, or latest");
        return;
    }
    struct epoch_rewards *view = arena_new(call->arena, struct epoch_rewards);
    if (staking_epoch_rewards(node_state(rest->node, false), epoch, call->arena, view))
        call_answer(call, 200, &wire_epoch_rewards, view);
    else
        call_refuse_with(call, CODE_EPOCH_NOT_FOUND, "epoch", "that epoch has not ended, or ended more than %d epochs ago", REWARD_EPOCHS_MAX);
}

const struct rest_handler rest_staking_handlers[] = {
    {"X3", delegators, REST_PLAIN},
    {"U3", rewards, REST_PLAIN},
    {"U4", reward_history, REST_PLAIN},
    {"U5", rewards_claim, REST_TX},
    {"U6", reward_epoch, REST_PLAIN},
    {NULL, NULL, REST_PLAIN},
};
