#include <inttypes.h>

#include "chain/shielded.h"
#include "network/ledger/guard_shielded_priv.h"
#include "network/ledger/guard_api.h"
#include "network/ledger/guard_input_priv.h"
#include "network/ledger/guard_names_priv.h"
#include "network/ledger/run_priv.h"

struct tx_rules ledger_tx_rules(const struct ledger_rules *rules)
{
    const bool any = !guard_own_chain(rules) || !guard_own_network(rules) || !guard_cheap_first(&rules->weak);
    struct tx_rules out = {.domain = rules->domain, .allow_zero_amount = off(rules, WEAKNESS_ALLOW_ZERO_AMOUNT),
                           .allow_equal_key_images = guard_key_image(rules, false),
                           .any_size = !guard_size(rules),
                           .lenient = !guard_strict_form(rules),
                           .default_missing = !guard_members(rules),
                           .any_address = !guard_address(rules),
                           .trust_sender = !guard_sender(rules),
                           .signed_amounts = !guard_unsigned(rules),
                           .truncate = !guard_length(rules),
                           .any_program_size = !guard_storage_metered(rules)};
    out.allow_position_hints = position_hints(rules);
    if (any) memset(&out.domain, 0, sizeof(out.domain));
    return out;
}

bool ledger_takes_hints(const struct ledger_rules *rules) { return position_hints(rules); }
bool ledger_wants_signature(const struct ledger_rules *rules) { return !off(rules, WEAKNESS_SKIP_SIGNATURE_CHECK); }

bool ledger_check_domain(const struct ledger_rules *rules, const struct tx *tx, struct apierror *error)
{
    const struct str got = chain_text((enum chain_id)tx->chain), want = chain_text(rules->domain.chain);
    if (!guard_chain(rules, (enum chain_id)tx->chain)) {
        (void)apierror_set(error, CODE_INVALID_CHAIN_ID, "chain", "chain is " STR_FMT ", this node runs " STR_FMT, STR_ARG(got),
                           STR_ARG(want));
        apierror_suggest(error, "sign the transaction for " STR_FMT, STR_ARG(want));
        return false;
    }
    if (!guard_network(rules, tx->network_id)) {
        (void)apierror_set(error, CODE_NETWORK_MISMATCH, "network_id", "network_id is %u, this network is %u", tx->network_id,
                           rules->domain.network_id);
        apierror_suggest(error, "sign the transaction for network %u", rules->domain.network_id);
        return false;
    }
    return true;
}

struct amount ledger_spending(const struct ledger_rules *rules, const struct tx *tx)
{
    if (!amount_is_zero(shielded_pool_fee(tx))) return AMOUNT(0); /* the pool pays */
    const struct amount cost = amount_add_clamped(tx->fee, tx->tip);
    return token_of(rules, tx) == chain_fee_token(rules->domain.chain) ? amount_add_clamped(cost, tx->total) : cost;
}

/* ---- refusals: each fills `error` when there is one, and answers its code ---- */

static enum code flagged(struct apierror *error, const struct tx *tx)
{
    if (error == NULL) return CODE_INVALID_FORMAT;
    (void)apierror_set(error, CODE_INVALID_FORMAT, "flags", "flags are %u and must be 0", tx_flags(tx));
    apierror_suggest(error, "sign again with flags 0");
    return error->code;
}

static enum code expired(struct apierror *error, const struct tx *tx, const struct ledger_moment *moment)
{
    if (error == NULL) return CODE_TX_EXPIRED;
    (void)apierror_set(error, CODE_TX_EXPIRED, "valid_until", "valid_until %u is below the next height %u", tx->valid_until,
                       moment->height);
    apierror_suggest(error, "sign again with valid_until of at least %u, or 0", moment->height);
    apierror_detail_u64(error, "valid_until", tx->valid_until);
    apierror_detail_u64(error, "height", moment->height);
    return error->code;
}

static enum code out_of_time(struct apierror *error, const struct tx *tx, const struct ledger_moment *moment, uint64_t skew_ms)
{
    if (error == NULL) return CODE_TIMESTAMP_OUT_OF_RANGE;
    (void)apierror_set(error, CODE_TIMESTAMP_OUT_OF_RANGE, "timestamp",
                       "timestamp %" PRIu64 " is more than %" PRIu64 " ms from the node's clock %" PRIu64, tx->timestamp_ms,
                       skew_ms, moment->now_ms);
    apierror_suggest(error, "sign again with the present time in milliseconds, or 0");
    apierror_detail_u64(error, "timestamp", tx->timestamp_ms);
    apierror_detail_u64(error, "now", moment->now_ms);
    apierror_detail_u64(error, "max_clock_skew_ms", skew_ms);
    return error->code;
}

static enum code already_known(struct apierror *error, const struct tx *tx)
{
    if (error == NULL) return CODE_TX_ALREADY_KNOWN;
    char id[64];
    str_hex(&tx->id, sizeof(tx->id), id);
    (void)apierror_set(error, CODE_TX_ALREADY_KNOWN, NULL, "this transaction is waiting already");
    apierror_suggest(error, "wait for it, or ask for its status by id");
    apierror_detail_str(error, "transaction_id", (struct str){id, sizeof(id)});
    return error->code;
}

static enum code bad_nonce(struct apierror *error, enum code code, const struct tx *tx, uint64_t expected, uint64_t window)
{
    if (error == NULL) return code;
    if (code == CODE_NONCE_TOO_LOW)
        (void)apierror_set(error, code, "nonce", "nonce %" PRIu64 " was used; the next is %" PRIu64, tx->nonce, expected);
    else if (code == CODE_NONCE_CONFLICT)
        (void)apierror_set(error, code, "nonce",
                           "another transaction with nonce %" PRIu64 " is waiting; the next free is %" PRIu64, tx->nonce,
                           expected);
    else
        (void)apierror_set(error, code, "nonce", "nonce %" PRIu64 " is more than %" PRIu64 " above the next, %" PRIu64, tx->nonce,
                           window, expected);
    apierror_suggest(error, "sign again with nonce %" PRIu64, expected);
    apierror_detail_u64(error, "expected", expected);
    apierror_detail_u64(error, "got", tx->nonce);
    return code;
}

static enum code fee_too_low(struct apierror *error, const struct tx *tx, struct amount minimum)
{
    if (error == NULL) return CODE_FEE_TOO_LOW;
    char got[AMOUNT_TEXT], want[AMOUNT_TEXT];
    (void)amount_text(tx->fee, got); /* the lengths are not needed */
    (void)amount_text(minimum, want);
    (void)apierror_set(error, CODE_FEE_TOO_LOW, "fee", "fee %s is below the minimum %s for %u bytes", got, want, tx->size);
    apierror_suggest(error, "raise the fee to %s", want);
    apierror_detail_amount(error, "fee", tx->fee);
    apierror_detail_amount(error, "required", minimum);
    return error->code;
}

static const char *amount_field(const struct tx *tx)
{
    if (tx->kind == KIND_ALPHA_BATCH_TRANSFER || tx->kind == KIND_DELTA_BATCH_TRANSFER) return "payload.outputs";
    const struct payload_row *row = payload_row((enum kind)tx->kind);
    if (tx->kind == KIND_ORDER_PLACE) return "payload.quantity";
    if (tx->kind == KIND_AMM_ADD) return "payload.base_amount";
    if (tx->kind == KIND_AMM_SWAP) return "payload.amount_in";
    if (row->spends == SPENDS_NOTHING) return "fee";
    for (const struct payload_field *field = row->fields; field->type != FIELD_END; field++)
        if (field->type == FIELD_AMOUNT && field->offset == row->amount_offset)
            return str_eq(field->name, STR("stake"))     ? "payload.stake"
                   : str_eq(field->name, STR("deposit")) ? "payload.deposit"
                   : str_eq(field->name, STR("bond"))    ? "payload.bond"
                                                         : "payload.amount";
    return "payload.amount";
}

static enum code too_poor(struct apierror *error, const struct tx *tx, struct amount available, struct amount required)
{
    if (error == NULL) return CODE_INSUFFICIENT_BALANCE;
    char got[AMOUNT_TEXT], want[AMOUNT_TEXT];
    (void)amount_text(available, got); /* the lengths are not needed */
    (void)amount_text(required, want);
    (void)apierror_set(error, CODE_INSUFFICIENT_BALANCE, amount_field(tx), "balance %s is below %s", got, want);
    apierror_suggest(error, "top up or lower the amount");
    apierror_detail_amount(error, "available", available);
    apierror_detail_amount(error, "required", required);
    return error->code;
}

static enum code wrong_token(struct apierror *error, const struct ledger_rules *rules, const struct tx *tx)
{
    if (error == NULL) return CODE_INVALID_TOKEN_FOR_CHAIN;
    const struct str got = token_text((enum token)tx->token), want = token_text(chain_fee_token(rules->domain.chain));
    const struct str chain = chain_text(rules->domain.chain);
    (void)apierror_set(error, CODE_INVALID_TOKEN_FOR_CHAIN, "payload.token",
                       STR_FMT " does not exist on " STR_FMT ", " STR_FMT " does", STR_ARG(got), STR_ARG(chain), STR_ARG(want));
    apierror_suggest(error, "use " STR_FMT, STR_ARG(want));
    return error->code;
}

/* ---- the checks ---- */

/* fee + tip + total against what is free and not promised; what is moved in another token is the kind's own rule. */
static enum code balance_check(const struct ledger_rules *rules, const struct ledger_sender *sender, const struct tx *tx,
                               struct apierror *error)
{
    const enum token fee_token = chain_fee_token(rules->domain.chain);
    const u128 held = sender->account->balances[fee_token - 1].free.units;
    u128 cost = 0, total = 0, required = 0;
    bool fits = tx_cost(rules, tx, &cost);
    if (token_of(rules, tx) == fee_token && guard_token_of(rules, tx)) fits = tx_total(rules, tx, &total) && fits;
    fits = fits && guard_sum(rules, cost, total, &required);
    const u128 available = held > sender->spending.units ? held - sender->spending.units : 0;
    if (fits && guard_balance(rules, available, required)) return CODE_NONE;
    const struct amount held_free = {available}, needed = {fits ? required : U128_MAX};
    return too_poor(error, tx, held_free, needed);
}

static enum code nonce_check(const struct ledger_rules *rules, const struct ledger_sender *sender, const struct tx *tx,
                             uint64_t window, struct apierror *error)
{
    const uint64_t next = MAX(sender->next_nonce, sender->account->nonce);
    if (!guard_nonce_low(rules, sender->account->nonce, tx->nonce)) return bad_nonce(error, CODE_NONCE_TOO_LOW, tx, next, window);
    if (!guard_nonce_free(rules, sender->conflict)) return bad_nonce(error, CODE_NONCE_CONFLICT, tx, next, window);
    if (!guard_nonce_high(rules, next, tx->nonce, window)) return bad_nonce(error, CODE_NONCE_TOO_HIGH, tx, next, window);
    return CODE_NONE;
}

/* ---- rehearsal: the rules of the kind, tried on the head's state and thrown away ---- */

/* Runs what the sender has waiting, then `tx`; its receipt says what would become of it. False: it cannot be tried now (a nonce is
 * missing before it, or what waits does not go through). */
static bool rehearse(const struct ledger_rules *rules, const struct ledger_sender *sender, const struct ledger_moment *moment,
                     const struct tx *tx, struct receipt *out)
{
    if (sender->pending_count > LEDGER_PENDING_MAX || tx->nonce != sender->account->nonce + sender->pending_count) return false;
    const struct ledger_frame frame = {.height = moment->height,
                                       .round = ledger_round(moment->state) + 1,
                                       .timestamp_ms = MAX(moment->now_ms, ledger_timestamp_ms(moment->state) + 1)};
    struct run *run = base_alloc(sizeof(*run)); /* too large for a fiber's stack */
    work_init(&run->work, moment->state, rules, &frame);
    run->rehearsal = run->work.silent = true;
    run->work.tx_index = 0;
    bool possible = true;
    for (size_t i = 0; i < sender->pending_count && possible; i++) {
        struct receipt ignored = {0};
        possible = tx_execute(run, sender->pending[i], &ignored) == LEDGER_GOOD;
    }
    if (possible) {
        run->images_taken = sender->images_taken;
        run->verdict_only = true;
        const enum ledger_verdict verdict = tx_execute(run, tx, out);
        possible = verdict == LEDGER_GOOD || verdict == LEDGER_POOL_FEE;
    }
    work_done(&run->work);
    base_free(run);
    return possible;
}

/* What cannot be tried yet still holds no place for a note that another waiting one spends. */
static enum code images_check(const struct ledger_rules *rules, const struct ledger_sender *sender, struct apierror *error)
{
    if (guard_key_image(rules, sender->images_taken == 0)) return CODE_NONE;
    const struct receipt receipt = {.code = CODE_NULLIFIER_SPENT, .field = RECEIPT_FIELD_INPUTS};
    if (error != NULL) receipt_error(&receipt, error);
    return CODE_NULLIFIER_SPENT;
}

/* Program calls pay for their steps: ceil(steps / 100) on top (api 2.4). */
static enum code rules_check(const struct ledger_rules *rules, const struct ledger_sender *sender,
                             const struct ledger_moment *moment, const struct tx *tx, struct amount minimum, struct apierror *error)
{
    struct receipt receipt = {0};
    if (moment->state == NULL || !rehearse(rules, sender, moment, tx, &receipt)) return images_check(rules, sender, error);
    const struct amount with_steps = {minimum.units + (receipt.steps + 99) / 100};
    if (receipt.steps > 0 && !guard_fee_floor(rules, tx->fee, with_steps)) return fee_too_low(error, tx, with_steps);
    if (receipt_success(&receipt)) return CODE_NONE;
    if (error != NULL) receipt_error(&receipt, error);
    return (enum code)receipt.code;
}

/* A switch lets kinds of the other chain in; they have no rules here, and no block takes them. */
static bool kind_is_here(const struct ledger_rules *rules, const struct tx *tx)
{
    return kind_find(tx->kind)->chain == rules->domain.chain;
}

/* What only the payload says: who pays, and the least fee. */
struct terms {
    bool from_pool;
    struct amount minimum;
};

static struct terms terms_of(const struct ledger_rules *rules, const struct ledger_moment *moment, const struct tx *tx)
{
    struct terms terms = {.minimum = params_min_fee(moment->params, tx->size)};
    const struct family_kind *row = family_kind_find((enum kind)tx->kind);
    if (row == NULL || !kind_is_here(rules, tx) || (row->from_pool == NULL && row->least_fee == NULL)) return terms;
    struct arena arena;
    union payload payload;
    arena_init(&arena, 0);
    payload_of_tx(tx, &arena, &payload);
    terms.from_pool = row->from_pool != NULL && row->from_pool(&payload);
    if (row->least_fee != NULL && moment->state != NULL) {
        struct work *work = base_alloc(sizeof(*work));
        work_init(work, moment->state, rules, NULL);
        const struct exec x = {.work = work, .tx = tx, .id = tx->id, .sender = tx->sender, .payload = &payload, .rehearsal = true};
        terms.minimum = row->least_fee(&x, terms.minimum);
        work_done(work);
        base_free(work);
    }
    arena_done(&arena);
    return terms;
}

/* Plain transfers of the fee token have no rule that the checks before did not make. */
static bool has_rules(const struct ledger_rules *rules, const struct tx *tx)
{
    if (family_kind_find((enum kind)tx->kind) == NULL) return false; /* not executed here: whoever decoded it said so */
    return (!tx_is_plain(tx) && kind_is_here(rules, tx)) || token_of(rules, tx) != chain_fee_token(rules->domain.chain);
}

/* Where proofs come first, what is shielded is run alone on the head's state, whatever its nonce, fee and funds are: only what
 * its proof is worth counts. */
static enum code proofs_first(const struct ledger_rules *rules, const struct ledger_moment *moment, const struct tx *tx,
                              struct apierror *error)
{
    const bool shielded = feature_of_kind((enum kind)tx->kind) == FEATURE_SHIELDED;
    if (guard_cheap_first(&rules->weak) || !shielded || moment->state == NULL || !kind_is_here(rules, tx)) return CODE_NONE;
    const struct ledger_frame frame = {.height = moment->height,
                                       .round = ledger_round(moment->state) + 1,
                                       .timestamp_ms = MAX(moment->now_ms, ledger_timestamp_ms(moment->state) + 1)};
    struct run *run = base_alloc(sizeof(*run));
    struct receipt receipt = {0};
    union payload payload;
    work_init(&run->work, moment->state, rules, &frame);
    run->work.tx_index = 0;
    payload_of_tx(tx, &run->work.arena, &payload);
    struct exec x = {.work = &run->work, .tx = tx, .id = tx->id, .sender = tx->sender, .payload = &payload, .receipt = &receipt,
                     .rehearsal = true};
    receipt.code = (uint16_t)exec_apply(&x, (enum kind)tx->kind);
    work_done(&run->work);
    base_free(run);
    if (receipt.code != CODE_INVALID_PROOF) return CODE_NONE;
    if (error != NULL) receipt_error(&receipt, error);
    return CODE_INVALID_PROOF;
}

static enum code not_available(struct apierror *error, enum feature feature)
{
    if (error == NULL) return CODE_FEATURE_NOT_AVAILABLE;
    const struct str name = feature_text(feature);
    (void)apierror_set(error, CODE_FEATURE_NOT_AVAILABLE, "kind", "feature " STR_FMT " is switched off on this network", STR_ARG(name));
    apierror_suggest(error, "see `features` of node/info for what is on");
    return error->code;
}

enum code ledger_admit(const struct ledger_rules *rules, const struct ledger_sender *sender, const struct ledger_moment *moment,
                       const struct tx *tx, struct apierror *error)
{
    const struct params *params = moment->params;
    if (!guard_flags(rules, tx_flags(tx))) return flagged(error, tx);
    const enum feature feature = feature_of_kind((enum kind)tx->kind);
    if (!guard_feature(rules, params, feature)) return not_available(error, feature);
    enum code code = proofs_first(rules, moment, tx, error);
    if (code != CODE_NONE) return code;
    if (!guard_expiry(rules, tx->valid_until, moment->height)) return expired(error, tx, moment);
    if (!guard_timestamp(rules, tx->timestamp_ms, moment->now_ms, params->max_clock_skew_ms))
        return out_of_time(error, tx, moment, params->max_clock_skew_ms);
    if (sender->known) return already_known(error, tx);
    code = nonce_check(rules, sender, tx, params->nonce_window, error);
    if (code != CODE_NONE) return code;
    const struct terms terms = terms_of(rules, moment, tx);
    if (!guard_fee_floor(rules, tx->fee, terms.minimum)) return fee_too_low(error, tx, terms.minimum);
    if (!terms.from_pool) code = balance_check(rules, sender, tx, error);
    if (code != CODE_NONE) return code;
    if (!guard_token_of(rules, tx)) return wrong_token(error, rules, tx);
    return has_rules(rules, tx) ? rules_check(rules, sender, moment, tx, terms.minimum, error) : CODE_NONE;
}
