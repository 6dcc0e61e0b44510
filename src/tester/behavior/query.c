/* Queries: reads that any bot may make; one request each, and what it answered goes to `capture`. */
#include <inttypes.h>
#include <stdio.h>

#include "core/crypto/stateproof.h"
#include "tester/behavior/governance_priv.h"
#include "tester/behavior/query_priv.h"

#define QUERY_TIMEOUT duration_s(10)

static const char *const chains[] = {"alpha", "delta", NULL};
static const char *const tokens[] = {"AX", "sAX", "DX", "USD", NULL};

static const struct param_spec params[] = {
    {"address", PARAM_TEXT, NULL, NULL}, {"chain", PARAM_CHOICE, "alpha", chains}, {"id", PARAM_TEXT, NULL, NULL},
    {"pair", PARAM_TEXT, NULL, NULL},    {"token", PARAM_CHOICE, "AX", tokens},    {0},
};

/* What every query begins with. False: it cannot be asked here. */
static bool begin(struct act *act, struct op *op)
{
    if (!act_on(act, str_eq(act_word(act, "chain"), STR("delta")) ? CHAIN_DELTA : CHAIN_ALPHA, op)) return false;
    op->sent = env_now(act->crew->env);
    return true;
}

static void end(struct act *act, struct op *op, struct answer *answer)
{
    op->admitted = env_now(act->crew->env);
    (void)act_fail(op, answer); /* op tells */
    answer_done(answer);
}

/* The address of the query: `address` (a bot or an address), else the bot's own. */
static bool address_of(struct act *act, struct address *out, struct op *op)
{
    if (!act_has(act, "address")) {
        if (act->bot != NULL)
            *out = act->bot->identity.address;
        else
            op->status = OP_SKIPPED;
        return act->bot != NULL;
    }
    struct arena arena;
    arena_init(&arena, 0);
    const struct str text = act_text(act, "address", &arena);
    const enum chain_id chain = str_eq(act_word(act, "chain"), STR("delta")) ? CHAIN_DELTA : CHAIN_ALPHA;
    bool found = address_parse(text, chain, out) == CODE_NONE;
    for (uint32_t i = 0; !found && i < act->crew->bots_count; i++) {
        if (!str_eq(act->crew->bots[i]->identity.id, text)) continue;
        *out = act->crew->bots[i]->identity.address;
        found = true;
    }
    arena_done(&arena);
    if (!found) {
        op->status = OP_SKIPPED;
        op_note(op, "`address` names no bot and no address");
    }
    return found;
}

static void balance(struct act *act, struct op *op)
{
    struct address address;
    enum token token;
    if (!address_of(act, &address, op) || !token_parse(act_word(act, "token"), &token) || !begin(act, op)) return;
    const struct alpha alpha = act_alpha(act);
    struct answer answer;
    const struct account_view *account = alpha_account(&alpha, &address, act_deadline(act, QUERY_TIMEOUT), &answer);
    if (account != NULL) {
        struct amount free = AMOUNT(0);
        for (uint32_t i = 0; i < account->balances_count; i++)
            if (account->balances[i].token == token) free = account->balances[i].free;
        char text[AMOUNT_TEXT];
        act_output(act, STR("balance"), (struct str){text, amount_text(free, text)});
        const int len = snprintf(text, sizeof(text), "%" PRIu64, account->nonce);
        act_output(act, STR("nonce"), (struct str){text, (size_t)len});
    }
    end(act, op, &answer);
}

static void transaction(struct act *act, struct op *op)
{
    struct hash id;
    struct arena arena;
    arena_init(&arena, 0);
    const bool given = act_has(act, "id") && str_unhex(act_text(act, "id", &arena), id.b, sizeof(id.b));
    arena_done(&arena);
    if (!given) {
        op->status = OP_SKIPPED;
        op_note(op, "`id` is no transaction id");
        return;
    }
    if (!begin(act, op)) return;
    op->tx_id = id;
    static const char *const statuses[] = {"pending", "included", "certified", "finalized", "dropped"};
    const struct alpha alpha = act_alpha(act);
    struct answer answer;
    const struct tx_view *view =
        alpha_transaction(&alpha, &id, TX_WAIT_NONE, (struct duration){0}, act_deadline(act, QUERY_TIMEOUT), &answer);
    if (view != NULL) act_output(act, STR("status"), str_of(statuses[view->status]));
    end(act, op, &answer);
}

static void mempool(struct act *act, struct op *op)
{
    if (!begin(act, op)) return;
    const struct alpha alpha = act_alpha(act);
    struct answer answer;
    const struct pool_stats *stats = alpha_pool_stats(&alpha, act_deadline(act, QUERY_TIMEOUT), &answer);
    if (stats != NULL) {
        char text[16];
        const int len = snprintf(text, sizeof(text), "%" PRIu32, stats->total);
        act_output(act, STR("total"), (struct str){text, (size_t)len});
        (void)act_claim(act, "the pool holds no more than its capacity", stats->total <= stats->capacity, "%" PRIu32 " of %" PRIu32, stats->total, stats->capacity);
    }
    end(act, op, &answer);
}

/* The validator `address` names, or the list of all. */
static void validator(struct act *act, struct op *op)
{
    struct address address;
    if (act_has(act, "address") && !address_of(act, &address, op)) return;
    if (!begin(act, op)) return;
    const struct alpha alpha = act_alpha(act);
    const struct instant deadline = act_deadline(act, QUERY_TIMEOUT);
    struct answer answer;
    if (act_has(act, "address")) {
        const struct validator_view *view = alpha_validator(&alpha, &address, deadline, &answer);
        char text[AMOUNT_TEXT];
        if (view != NULL) act_output(act, STR("stake"), (struct str){text, amount_text(view->stake, text)});
    } else {
        const struct page *page = alpha_validators(&alpha, 500, (struct str){0}, deadline, &answer);
        char text[16];
        if (page != NULL)
            act_output(act, STR("count"), (struct str){text, (size_t)snprintf(text, sizeof(text), "%" PRIu32, page->count)});
    }
    end(act, op, &answer);
}

/* An account's state path, whose proof must hold under the root it states. */
static void state(struct act *act, struct op *op)
{
    struct address address;
    if (!address_of(act, &address, op) || !begin(act, op)) return;
    const struct alpha alpha = act_alpha(act);
    struct answer answer;
    const struct state_path *path = alpha_account_path(&alpha, &address, 0, act_deadline(act, QUERY_TIMEOUT), &answer);
    if (path != NULL) {
        struct state_proof proof = {.root = path->state_root,
                                    .key = state_key(1, address.b, sizeof(address.b)),
                                    .bucket = path->bucket,
                                    .bucket_count = path->bucket_count};
        memcpy(proof.siblings, path->siblings, sizeof(proof.siblings));
        const bool holds =
            hash_eq(&proof.key, &path->key) && state_proof_verify(&proof, path->value.data, path->value.len) == STATE_PROOF_OK;
        char hex[64];
        str_hex(path->state_root.b, sizeof(path->state_root.b), hex);
        act_output(act, STR("state_root"), (struct str){hex, sizeof(hex)});
        (void)act_claim(act, "the state path leads to its root", holds, "it does not");
    }
    end(act, op, &answer);
}

static const struct behavior_spec specs[] = {
    {.name = "query.balance", .summary = "read an account's balance", .roles = "any", .params = params, .step = balance},
    {.name = "query.mempool", .summary = "read the mempool's figures", .roles = "any", .params = params, .step = mempool},
    {.name = "query.order", .summary = "read an order, or wait for its status", .roles = "any", .params = query_order_params, .step = query_order},
    {.name = "query.orderbook", .summary = "read an order book", .roles = "any", .params = query_market_params, .step = query_orderbook},
    {.name = "query.proposals", .summary = "read the proposals", .roles = "any", .params = params, .step = gov_query_step},
    {.name = "query.state",
     .summary = "read an account's state path and check its proof",
     .roles = "any",
     .params = params,
     .step = state},
    {.name = "query.trades", .summary = "read the trade tape", .roles = "any", .params = query_market_params, .step = query_trades},
    {.name = "query.transaction",
     .summary = "read a transaction's status",
     .roles = "any",
     .params = params,
     .step = transaction},
    {.name = "query.validator",
     .summary = "read a validator, or all of them",
     .roles = "any",
     .params = params,
     .step = validator},
};
const struct behavior_family behavior_query = {"query", specs, ARRAY_LEN(specs)};
