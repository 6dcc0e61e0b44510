/* The family `mix`: executions whose part is drawn by weight. A part is a behaviour of another family with its own parameters and its own
 * claims; what it does, counts and claims is the operation's. */
#include "tester/behavior/families_priv.h"
#include "tester/bot/claim.h"

#define PAYMENT_CHECKED_EVERY 16u /* one payment in so many is held against the state before and behind its block */

static const char *const weights_known[] = {"transfer", "spot", "lock_mint", "shielded", NULL};

static const struct param_spec network_day_params[] = {
    {"weights", PARAM_WEIGHTS, "{transfer: 90, spot: 6, lock_mint: 3, shielded: 1}", weights_known},
    {0},
};

/* What differs from the part's own defaults: over a day a user locks again and again. */
static const struct part {
    const char *word, *behavior, *param, *value;
} parts[] = {
    {"transfer", "transfer.simple", NULL, NULL},
    {"spot", "dex.spot_trade", NULL, NULL},
    {"lock_mint", "cross_chain.lock_mint", "amount", "10000"},
    {"shielded", "privacy.shielded_transfer", NULL, NULL},
};

static const struct arg *part_args(const struct part *part, const struct behavior_spec *spec, struct arena *arena)
{
    const size_t count = param_specs_count(spec->params);
    struct arg *args = arena_array(arena, struct arg, count + 1);
    for (size_t i = 0; i < count; i++) arg_fallback(&spec->params[i], arena, &args[i]);
    size_t row;
    struct err err;
    if (part->param != NULL) {
        const struct param_spec *param = param_specs_find(spec->params, str_of(part->param), &row);
        const bool parsed = param != NULL && arg_parse(param, str_of(part->value), arena, &args[row], &err);
        ASSERT(parsed);
    }
    return args;
}

static bool tx_pays_itself(const struct tx *tx)
{
    const struct tx_output output = tx_output_at(tx, 0);
    return address_eq(&output.to, &tx->sender);
}

/* A payment alone says only that it is final; here now and then its place in the state is looked at. */
static void payment_claim(struct act *act, struct op *op)
{
    struct rng rng = rng_split(&act->rng, STR("payment"), 0);
    if (op->status != OP_DONE || rng_below(&rng, PAYMENT_CHECKED_EVERY) != 0) return;
    const struct alpha alpha = act_alpha(act);
    struct answer answer;
    uint64_t wait = 0;
    const struct tx_view *view;
    do view = alpha_transaction(&alpha, &op->tx_id, TX_WAIT_FINALIZED, ALPHA_WAIT_MAX, act_deadline(act, duration_s(35)), &answer);
    while (view == NULL && act_again(act, &answer, &wait));
    if (view == NULL) (void)act_fail(op, &answer);
    const bool standing = view != NULL && view->status == TX_FINALIZED && view->envelope != NULL;
    if (standing) {
        const struct tx *tx = view->envelope;
        const struct movement movement = {.chain = CHAIN_ALPHA,
                                          .address = &act->bot->identity.address,
                                          .height = view->block_height.value,
                                          .token = TOKEN_AX,
                                          .lost = amount_add_clamped(tx->total, view->receipt.fee_charged),
                                          .gained = tx_pays_itself(tx) ? tx->total : AMOUNT(0),
                                          .by = &op->tx_id};
        (void)act_claim_moved(act, "a payment takes its amount and its fee", &movement);
    }
    answer_done(&answer);
}

static void network_day(struct act *act, struct op *op)
{
    const struct str word = act_word(act, "weights");
    struct arena arena;
    size_t i = 0;
    while (i < ARRAY_LEN(parts) && !str_eq(word, str_of(parts[i].word))) i++;
    if (i == ARRAY_LEN(parts)) {
        op->status = OP_SKIPPED;
        op_note(op, "no part of the mix has a weight");
        return;
    }
    const struct behavior_spec *spec = behavior_find(str_of(parts[i].behavior));
    ASSERT(spec != NULL && spec->step != NULL);
    arena_init(&arena, 0);
    act->params = spec->params;
    act->args = part_args(&parts[i], spec, &arena);
    spec->step(act, op);
    if (i == 0) payment_claim(act, op);
    act->params = NULL;
    act->args = NULL;
    arena_done(&arena);
}

/* The mean over the parts: what one part costs most in, it costs as often as its weight says. */
static u128 network_day_spend(const struct act *plan)
{
    size_t row;
    const struct param_spec *param = param_specs_find(network_day_params, STR("weights"), &row);
    const struct arg *weights = &(plan->args != NULL ? plan->args : plan->track->args)[row];
    ASSERT(param != NULL);
    u128 spend = 0;
    uint64_t sum = 0;
    struct arena arena;
    arena_init(&arena, 0);
    for (uint32_t w = 0; w < weights->words_count; w++) {
        for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
            if (!str_eq(weights->words[w].word, str_of(parts[i].word))) continue;
            const struct behavior_spec *spec = behavior_find(str_of(parts[i].behavior));
            struct act part = *plan;
            part.params = spec->params;
            part.args = part_args(&parts[i], spec, &arena);
            sum += weights->words[w].weight;
            if (spec->spend_max != NULL && (spec->spend_token == 0 || spec->spend_token == TOKEN_AX))
                spend += spec->spend_max(&part) * weights->words[w].weight;
        }
    }
    arena_done(&arena);
    return sum == 0 ? 0 : spend / sum;
}

static const struct behavior_spec specs[] = {
    {.name = "mix.network_day",
     .summary = "a day of the network: weighted transfers, trades, locks and shielded payments",
     .roles = "general_user",
     .pattern = "PT-L-070",
     .transaction = true,
     .params = network_day_params,
     .step = network_day,
     .settle = wallets_settle,
     .spend_max = network_day_spend},
};

const struct behavior_family behavior_mix = {"mix", specs, ARRAY_LEN(specs)};
