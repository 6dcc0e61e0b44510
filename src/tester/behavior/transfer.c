/* Transfers (PT-L-070): payments between the bots of a track, alone, in bursts, in batches, with memos. Each ends when it is
 * final or dropped. What must hold of all of them together is compared by wallets_settle. */
#include <inttypes.h>
#include <stdio.h>

#include "tester/behavior/families_priv.h"
#include "tester/bot/evicted.h"
#include "world/fiber/chan.h"

#define MEMO_MAX TX_MEMO_BYTES_MAX
#define BURST_MAX 1000
#define SETTLE_READERS 64
#define SETTLE_PATIENCE duration_s(10)
#define SETTLE_POLL duration_ms(500)

static const char *const chains[] = {"alpha", "delta", NULL};

#define TERMS                                                                                                                    \
    {"chain", PARAM_CHOICE, "alpha", chains}, { "fee", PARAM_AMOUNT, NULL, NULL }
#define TAIL                                                                                                                     \
    {"tip", PARAM_AMOUNT, "0", NULL}, {"to", PARAM_TEXT, NULL, NULL}, {"valid_until", PARAM_COUNT, "0", NULL}, { 0 }

static const struct param_spec simple_params[] = {{"amount", PARAM_AMOUNT, "1000", NULL}, TERMS, TAIL};
static const struct param_spec memo_params[] = {
    {"amount", PARAM_AMOUNT, "1000", NULL}, TERMS, {"memo", PARAM_TEXT, "{length: 64}", NULL}, TAIL};
static const struct param_spec burst_params[] = {
    {"amount", PARAM_AMOUNT, "1000", NULL}, TERMS, {"size", PARAM_COUNT, "10", NULL}, TAIL};
static const struct param_spec batch_params[] = {
    {"amount", PARAM_AMOUNT, "1000", NULL}, TERMS, {"outputs", PARAM_COUNT, "10", NULL}, TAIL};

/* ---- what a step is told ---- */

static bool skip(struct op *op, enum op_status status, const char *note)
{
    op->status = status;
    op_note(op, note);
    return false;
}

/* False: this cannot be run here; the op says why. */
static bool terms_of(struct act *act, struct payment_terms *out, struct op *op)
{
    if (!act_on(act, str_eq(act_word(act, "chain"), STR("delta")) ? CHAIN_DELTA : CHAIN_ALPHA, op)) return false;
    const uint64_t valid_until = act_u64(act, "valid_until");
    *out = (struct payment_terms){
        .fee = AMOUNT(act_has(act, "fee") ? act_amount(act, "fee") : 0),
        .tip = AMOUNT(act_amount(act, "tip")),
        .valid_until = valid_until > UINT32_MAX ? UINT32_MAX : (uint32_t)valid_until,
    };
    return true;
}

struct bot *bot_of_id(const struct crew *crew, struct str id)
{
    for (uint32_t i = 0; i < crew->bots_count; i++)
        if (str_eq(crew->bots[i]->identity.id, id)) return crew->bots[i];
    return NULL;
}

/* Receiver: another bot of the track by seed, or the bot or address that `to` names. */
static bool receiver_of(struct act *act, struct payment *out, struct op *op)
{
    struct bot *bot;
    if (!act_has(act, "to")) {
        bot = act_partner(act);
    } else {
        struct arena none;
        arena_init(&none, 0);
        const struct str to = act_text(act, "to", &none);
        const bool is_address = address_parse(to, act->chain, &out->to) == CODE_NONE;
        bot = is_address ? NULL : bot_of_id(act->crew, to);
        arena_done(&none);
        if (is_address) return true;
        if (bot == NULL) return skip(op, OP_SKIPPED, "`to` names no bot and no address");
    }
    out->to = bot->identity.address;
    out->bot = bot;
    return true;
}

static bool payment_of(struct act *act, struct payment *out, struct op *op)
{
    *out = (struct payment){.amount = AMOUNT(act_amount(act, "amount"))};
    return receiver_of(act, out, op);
}

static void tell_id(struct act *act, const struct op *op)
{
    if (act->output == NULL || hash_is_zero(&op->tx_id)) return;
    char hex[64];
    str_hex(op->tx_id.b, sizeof(op->tx_id.b), hex);
    act_output(act, STR("tx_id"), (struct str){hex, sizeof(hex)});
}

/* ---- steps ---- */

static void simple(struct act *act, struct op *op)
{
    struct payment_terms terms;
    struct payment payment;
    if (!terms_of(act, &terms, op) || !payment_of(act, &payment, op)) return;
    (void)act_pay(act, &payment, 1, &terms, op); /* op tells */
    tell_id(act, op);
}

static void with_memo(struct act *act, struct op *op)
{
    struct payment_terms terms;
    struct payment payment;
    if (!terms_of(act, &terms, op) || !payment_of(act, &payment, op)) return;
    struct arena arena;
    arena_init(&arena, MEMO_MAX + 64);
    terms.memo = str_sub(act_text(act, "memo", &arena), 0, MEMO_MAX);
    struct tx_spec spec = payment_spec(act, &payment, 1, &terms, NULL);
    struct submission submission;
    const bool sent = submit_send(act, &spec, &submission, op);
    arena_done(&arena); /* signed: the memo travels in the transaction */
    if (sent && submit_follow(act, &submission, op)) payments_credit(act, &payment, 1, &terms, op);
    tell_id(act, op);
}

/* Several transactions without waiting between them, then all to their ends. */
static void burst(struct act *act, struct op *op)
{
    struct payment_terms terms;
    struct payment payment;
    if (!terms_of(act, &terms, op) || !payment_of(act, &payment, op)) return;
    const size_t size = MIN(MAX(act_u64(act, "size"), 1), BURST_MAX);
    struct submission *sent = base_alloc(sizeof(*sent) * size);
    size_t count = 0;
    for (size_t i = 0; i < size; i++) {
        struct tx_spec spec = payment_spec(act, &payment, 1, &terms, NULL);
        if (submit_send(act, &spec, &sent[count], op)) count++;
    }
    for (size_t i = 0; i < count; i++)
        if (submit_follow(act, &sent[i], op)) payments_credit(act, &payment, 1, &terms, op);
    base_free(sent);
    tell_id(act, op);
}

/* One transaction with several outputs, dealt over the other bots of the track from a drawn one on. */
static void batch(struct act *act, struct op *op)
{
    struct payment_terms terms;
    struct payment first;
    if (!terms_of(act, &terms, op) || !payment_of(act, &first, op)) return;
    const uint16_t count = (uint16_t)MIN(MAX(act_u64(act, "outputs"), 2), TX_OUTPUTS_MAX);
    struct payment *payments = base_alloc(sizeof(*payments) * count);
    const struct track *track = act->track;
    uint32_t at = 0;
    while (first.bot != NULL && at < track->bots_count && track->bots[at] != first.bot->index) at++;
    for (uint16_t i = 0; i < count; i++) {
        payments[i] = first;
        if (first.bot == NULL || act_has(act, "to")) continue;
        struct bot *bot = act->crew->bots[track->bots[(at + i) % track->bots_count]];
        payments[i].bot = bot;
        payments[i].to = bot->identity.address;
    }
    (void)act_pay(act, payments, count, &terms, op); /* op tells */
    base_free(payments);
    tell_id(act, op);
}

/* ---- what must hold of all of them ---- */

struct settling {
    struct crew *crew;
    const uint32_t *bots;
    uint32_t bots_count, next;
    struct instant deadline;
    struct postconditions *out;
    struct gate gate;
};

/* Somebody's payment may still be under way to anybody. */
static bool anybody_in_flight(const struct crew *crew)
{
    for (uint32_t i = 0; i < crew->bots_count; i++)
        if (!wallet_is_quiet(&crew->bots[i]->wallet)) return true;
    return false;
}

static void note_set(struct postconditions *out, bool violation, const char *text)
{
    if (violation ? out->violations == 0 : out->violations + out->unknown == 0)
        snprintf(out->note, sizeof(out->note), "%s", text);
    if (violation)
        out->violations++;
    else
        out->unknown++;
}

enum agreement { AGREES, DIFFERS, NO_ANSWER };

/* The first token of the account that differs; the fee token where none does. */
static enum token token_differing(const struct account_view *account, const struct bot *bot, enum chain_id chain, struct amount *out_has)
{
    static const enum token alphas[] = {TOKEN_AX}, deltas[] = {TOKEN_DX, TOKEN_SAX, TOKEN_USD};
    const enum token *tokens = chain == CHAIN_DELTA ? deltas : alphas;
    for (size_t t = chain == CHAIN_DELTA ? ARRAY_LEN(deltas) : ARRAY_LEN(alphas); t-- > 0;) {
        *out_has = AMOUNT(0);
        for (uint32_t i = 0; i < account->balances_count; i++)
            if (account->balances[i].token == tokens[t]) *out_has = account->balances[i].free;
        const struct purse *purse = &bot->wallet.purses[tokens[t]];
        if (t == 0 || (!purse->loose && !amount_eq(*out_has, purse->settled))) return tokens[t];
    }
    return tokens[0];
}

static enum agreement account_compare(const struct settling *s, const struct bot *bot, enum chain_id chain, char note[200])
{
    struct answer answer;
    const struct instant by = {MIN(instant_add(env_now(s->crew->env), SETTLE_PATIENCE).ns, s->deadline.ns)};
    const struct account_view *account = alpha_account(crew_client(s->crew, chain), &bot->identity.address, by, &answer);
    enum agreement result = NO_ANSWER;
    if (account == NULL) {
        snprintf(note, 200, STR_FMT ": no account reading: %s", STR_ARG(bot->identity.id), answer_status_text(answer.status));
    } else {
        struct amount has;
        const enum token token = token_differing(account, bot, chain, &has);
        const struct amount wants = bot->wallet.purses[token].settled;
        const uint64_t nonce = bot->wallet.lanes[chain_index(chain)].executed;
        char has_text[AMOUNT_TEXT], wants_text[AMOUNT_TEXT];
        amount_text(has, has_text);
        amount_text(wants, wants_text);
        snprintf(note, 200, STR_FMT ": %s " STR_FMT ", nonce %" PRIu64 "; its transactions give %s, %" PRIu64,
                 STR_ARG(str_sub(bot->identity.id, 0, 24)), has_text, STR_ARG(token_text(token)), account->nonce, wants_text, nonce);
        const bool agrees = bot->wallet.purses[token].loose || amount_eq(has, wants);
        result = agrees && account->nonce == nonce ? AGREES : DIFFERS;
    }
    answer_done(&answer);
    return result;
}

static void account_settle(struct settling *s, const struct bot *bot, enum chain_id chain)
{
    struct env *env = s->crew->env;
    const struct instant until =
        instant_add(env_now(env), SETTLE_PATIENCE); /* a view may be behind the one that told it was final */
    char note[200];
    for (;;) {
        const enum agreement agreement = account_compare(s, bot, chain, note);
        if (agreement == AGREES) {
            s->out->samples++;
            return;
        }
        const struct instant now = env_now(env);
        if (!instant_before(now, until) || !instant_before(now, s->deadline)) {
            const bool violation = agreement == DIFFERS && !anybody_in_flight(s->crew);
            if (violation) s->out->samples++;
            note_set(s->out, violation, note);
            return;
        }
        fiber_sleep(env, SETTLE_POLL);
    }
}

static void settle_reader(void *arg)
{
    struct settling *s = arg;
    while (s->next < s->bots_count) {
        const struct bot *bot = s->crew->bots[s->bots[s->next++]];
        char note[80];
        snprintf(note, sizeof(note), STR_FMT " has transactions in flight", STR_ARG(str_sub(bot->identity.id, 0, 40)));
        const bool quiet = wallet_is_quiet(&bot->wallet) && bot->operations_open == 0;
        if (quiet)
            account_settle(s, bot, CHAIN_ALPHA);
        else
            note_set(s->out, false, note);
        const bool on_delta = bot->wallet.lanes[1].next > 0 || !amount_is_zero(bot->wallet.purses[TOKEN_SAX].settled);
        if (quiet && on_delta && crew_has(s->crew, CHAIN_DELTA)) account_settle(s, bot, CHAIN_DELTA);
    }
    gate_leave(s->crew->env, &s->gate);
}

/* What a view had dropped, and another ran all the same; of all bots, since any of them may have been paid by it. */
static void evicted_reader(void *arg)
{
    struct settling *s = arg;
    while (s->next < s->crew->bots_count) {
        struct bot *bot = s->crew->bots[s->next++];
        evicted_settle(s->crew, bot, CHAIN_ALPHA, s->deadline);
        evicted_settle(s->crew, bot, CHAIN_DELTA, s->deadline);
    }
    gate_leave(s->crew->env, &s->gate);
}

static void readers_run(struct settling *s, void (*read)(void *arg), uint32_t count)
{
    const uint32_t readers = MIN(count, SETTLE_READERS);
    for (uint32_t i = 0; i < readers; i++) {
        gate_enter(&s->gate);
        (void)fiber_spawn(s->crew->env, read, s);
    }
    while (readers > 0 && !gate_wait(s->crew->env, &s->gate, INSTANT_NEVER)) {
    } /* every read has a deadline, so they end */
}

void wallets_settle(struct crew *crew, const uint32_t *bots, uint32_t bots_count, struct instant deadline,
                            struct postconditions *out)
{
    *out = (struct postconditions){0};
    struct settling s = {.crew = crew, .bots = bots, .bots_count = bots_count, .deadline = deadline, .out = out};
    readers_run(&s, evicted_reader, crew->bots_count);
    s.next = 0;
    readers_run(&s, settle_reader, bots_count);
}

/* ---- worst case ---- */

static u128 hi_of(const struct act *plan, const char *param)
{
    size_t index;
    if (param_specs_find(plan->params != NULL ? plan->params : plan->track->params, str_of(param), &index) == NULL) return 0;
    const struct arg *args = plan->args != NULL ? plan->args : plan->track->args;
    return args[index].hi;
}

static u128 clamped_mul(u128 a, u128 b)
{
    u128 product;
    return u128_mul(a, b, &product) ? product : U128_MAX;
}

static u128 clamped_add(u128 a, u128 b)
{
    u128 sum;
    return u128_add(a, b, &sum) ? sum : U128_MAX;
}

/* Fees and tips; amounts only where `to` leads out of the scenario (an address). */
static u128 transfer_spend(const struct act *plan)
{
    const uint16_t outputs = (uint16_t)MIN(MAX(hi_of(plan, "outputs"), 1), (u128)TX_OUTPUTS_MAX);
    const u128 transactions = MAX(hi_of(plan, "size"), (u128)1);
    const u128 memo = MIN(hi_of(plan, "memo"), (u128)MEMO_MAX);
    const size_t size = TX_BYTES_MIN + (outputs == 1 ? 32 + 1 + 16 + 4 + (size_t)memo : 1 + 2 + (size_t)outputs * 48);
    const u128 fee = hi_of(plan, "fee") > 0 ? hi_of(plan, "fee") : crew_fee(plan->crew, CHAIN_ALPHA, size).units;
    u128 spend = clamped_add(fee, hi_of(plan, "tip"));
    size_t index;
    const struct arg *args = plan->args != NULL ? plan->args : plan->track->args;
    if (param_specs_find(plan->track->params, STR("to"), &index) != NULL && args[index].given &&
        str_starts(args[index].text, STR("ax1")))
        spend = clamped_add(spend, clamped_mul(hi_of(plan, "amount"), outputs));
    return clamped_mul(spend, transactions);
}

static const struct behavior_spec specs[] = {
    {
        .name = "transfer.batch",
        .summary = "one transaction that pays several bots",
        .roles = "any funded",
        .pattern = "PT-L-070",
        .transaction = true,
        .params = batch_params,
        .step = batch,
        .settle = wallets_settle,
        .spend_max = transfer_spend,
    },
    {
        .name = "transfer.burst",
        .summary = "several transfers without waiting between them",
        .roles = "any funded",
        .pattern = "PT-L-070",
        .transaction = true,
        .params = burst_params,
        .step = burst,
        .settle = wallets_settle,
        .spend_max = transfer_spend,
    },
    {
        .name = "transfer.simple",
        .summary = "pay another bot and follow the payment until it is final",
        .roles = "any funded",
        .pattern = "PT-L-070",
        .transaction = true,
        .params = simple_params,
        .step = simple,
        .settle = wallets_settle,
        .spend_max = transfer_spend,
    },
    {
        .name = "transfer.with_memo",
        .summary = "a transfer that carries a memo",
        .roles = "any funded",
        .pattern = "PT-L-070",
        .transaction = true,
        .params = memo_params,
        .step = with_memo,
        .settle = wallets_settle,
        .spend_max = transfer_spend,
    },
};
const struct behavior_family behavior_transfer = {"transfer", specs, ARRAY_LEN(specs)};
