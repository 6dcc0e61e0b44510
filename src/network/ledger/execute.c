#include "network/ledger/guard_priv.h"
#include "network/ledger/state_priv.h"

#include "core/crypto/merkle.h"

static const struct str verdicts[] = {
#define V(name, text) {"" text, sizeof(text) - 1},
    LEDGER_VERDICT_LIST(V)
#undef V
};

struct str ledger_verdict_text(enum ledger_verdict verdict)
{
    ASSERT(verdict < LEDGER_VERDICT_COUNT);
    return verdicts[verdict];
}

/* A block under execution. */
struct run {
    const struct ledger_rules *rules;
    const struct ledger_frame *frame;
    struct work work;
    enum token fee_token;
    struct amount fees; /* charged so far; clamped: see fees_pay */
};

bool tx_total(const struct ledger_rules *rules, const struct tx *tx, u128 *out)
{
    if (!off(rules, WEAKNESS_WRAPPING_ARITHMETIC)) return *out = tx->total.units, !tx->total_overflows;
    *out = 0;
    for (size_t i = 0; i < tx->outputs_count; i++)
        (void)guard_sum(rules, *out, tx_output_at(tx, i).amount.units, out); /* wraps, never false */
    return true;
}

static enum code balance_fails(struct receipt *receipt, u128 available, u128 cost, u128 total, bool fits)
{
    u128 required;
    receipt->available.units = available;
    receipt->required.units = fits && u128_add(cost, total, &required) ? required : U128_MAX;
    receipt->field = RECEIPT_FIELD_AMOUNT;
    return CODE_INSUFFICIENT_BALANCE;
}

/* transfer and batch_transfer: a transfer is a batch of one. All outputs or none. */
static enum code transfer_apply(struct run *run, const struct tx *tx, struct work_account *sender, u128 cost,
                                struct receipt *receipt)
{
    if (!guard_token(run->rules, (enum token)tx->token)) {
        receipt->field = RECEIPT_FIELD_TOKEN;
        return CODE_INVALID_TOKEN_FOR_CHAIN;
    }
    const size_t token = token_of(run->rules, tx) - 1u;
    struct amount *free = &sender->now.balances[token].free;
    const u128 before = free->units + (token + 1 == run->fee_token ? cost : 0);
    u128 total = 0;
    const bool fits = tx_total(run->rules, tx, &total);
    if (!fits || !guard_balance(run->rules, free->units, total)) {
        const enum code code = balance_fails(receipt, before, token + 1 == run->fee_token ? cost : 0, total, fits);
        if (tx->kind == KIND_ALPHA_BATCH_TRANSFER) receipt->field = RECEIPT_FIELD_OUTPUTS;
        return code;
    }
    free->units -= total;
    /* The sum of all balances is at most 2^128 - 1, so a credit overflows only where a switch made money; the supply record sees
     * it. */
    for (size_t i = 0; i < tx->outputs_count; i++) {
        const struct tx_output output = tx_output_at(tx, i);
        work_account(&run->work, &output.to)->now.balances[token].free.units += output.amount.units;
    }
    return CODE_NONE;
}

static enum ledger_verdict tx_verdict(const struct run *run, const struct tx *tx, const struct work_account *sender,
                                      u128 *out_cost)
{
    const struct ledger_rules *rules = run->rules;
    if (!guard_expiry(rules, tx->valid_until, run->frame->height)) return LEDGER_EXPIRED;
    if (!guard_nonce_low(rules, sender->now.nonce, tx->nonce)) return LEDGER_NONCE;
    if (!guard_nonce_gap(rules, sender->now.nonce, tx->nonce)) return LEDGER_NONCE;
    if (!tx_cost(rules, tx, out_cost)) return LEDGER_CANNOT_PAY;
    if (!guard_balance(rules, sender->now.balances[run->fee_token - 1].free.units, *out_cost)) return LEDGER_CANNOT_PAY;
    return LEDGER_GOOD;
}

static enum ledger_verdict tx_execute(struct run *run, const struct tx *tx, struct receipt *receipt)
{
    struct work_account *sender = work_account(&run->work, &tx->sender);
    u128 cost;
    const enum ledger_verdict verdict = tx_verdict(run, tx, sender, &cost);
    if (verdict != LEDGER_GOOD) return verdict;
    sender->now.balances[run->fee_token - 1].free.units -= cost;
    run->fees = amount_add_clamped(run->fees, (struct amount){cost});
    if (tx->nonce >= sender->now.nonce && tx->nonce < UINT64_MAX) sender->now.nonce = tx->nonce + 1;
    receipt->fee_charged.units = cost;
    receipt->code = transfer_apply(run, tx, sender, cost, receipt);
    return LEDGER_GOOD;
}

/* ---- the block as a whole ---- */

static bool tx_is_ours(const struct ledger_rules *rules, const struct tx *tx, const struct kind_row **row)
{
    if (*row == NULL || (*row)->kind != tx->kind) *row = kind_find(tx->kind);
    if (*row == NULL || !(*row)->in_build || (*row)->chain != rules->domain.chain) return false;
    return guard_chain(rules, (enum chain_id)tx->chain) && guard_network(rules, tx->network_id);
}

/* What can be said of a block without running it. */
static enum ledger_verdict block_verdict(const struct ledger_rules *rules, const struct ledger_state *parent,
                                         const struct ledger_frame *frame, struct tx *const *txs, size_t count,
                                         uint32_t *out_index)
{
    *out_index = UINT32_MAX;
    if (parent->height == UINT32_MAX || frame->height != parent->height + 1) return LEDGER_WRONG_HEIGHT;
    if (count > parent->params.max_block_transactions || count > UINT32_MAX - 1) return LEDGER_TOO_MANY;
    struct ledger_validator proposer;
    if (!ledger_validator_find(parent, &frame->proposer, &proposer)) return LEDGER_UNKNOWN_PROPOSER;
    const struct kind_row *row = NULL;
    enum lane lane = LANE_GENERAL;
    uint64_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        *out_index = (uint32_t)i;
        if (!tx_is_ours(rules, txs[i], &row)) return LEDGER_FOREIGN;
        if (row->lane == LANE_GENERAL && lane == LANE_DEX) return LEDGER_LANE_ORDER;
        lane = row->lane;
        bytes += txs[i]->size;
        if (bytes > parent->params.max_block_bytes) return LEDGER_TOO_LARGE;
    }
    return LEDGER_GOOD;
}

static void orders_apply(struct work *work, const struct ledger_orders *orders)
{
    for (size_t i = 0; i < orders->settings_count; i++) {
        const struct ledger_setting *setting = &orders->settings[i];
        if (setting->value < setting->row->min || setting->value > setting->row->max) continue;
        work_put_param(work, setting->row, setting->value);
    }
    for (size_t i = 0; i < orders->grants_count; i++) {
        const struct money money = orders->grants[i].money;
        if (money.token < TOKEN_AX || money.token > TOKEN_COUNT || !token_is_here(work->parent->chain, money.token)) continue;
        struct supply_token *flows = &work->tallies[money.token - 1].token;
        struct amount all, minted;
        if (!supply_expected(flows, &all) || !amount_add(all, money.amount, &all)) continue;
        if (!amount_add(flows->faucet_minted, money.amount, &minted)) continue;
        flows->faucet_minted = minted;
        work_account(work, &orders->grants[i].to)->now.balances[money.token - 1].free.units += money.amount.units;
    }
}

/* On Alpha fees wait with the proposer's rewards; on Delta they are its own at once (api 2.4). */
static void fees_pay(struct run *run)
{
    if (amount_is_zero(run->fees)) return;
    if (run->rules->domain.chain == CHAIN_DELTA) {
        work_account(&run->work, &run->frame->proposer)->now.balances[run->fee_token - 1].free.units += run->fees.units;
        return;
    }
    struct ledger_validator proposer;
    const bool found = ledger_validator_find(run->work.parent, &run->frame->proposer, &proposer);
    ASSERT(found); /* block_verdict looked */
    /* Clamped: only a network with a switch on has that much, and its supply record shows what is missing. */
    struct supply_token *tally = &run->work.tallies[run->fee_token - 1].token;
    const struct amount before = proposer.pending_rewards;
    proposer.pending_rewards = amount_add_clamped(before, run->fees);
    tally->rewards = amount_add_clamped(tally->rewards, (struct amount){proposer.pending_rewards.units - before.units});
    work_put_validator(&run->work, &proposer);
}

static void result_roots(struct ledger_result *result, struct tx *const *txs, size_t count)
{
    struct merkle_list receipts;
    uint8_t leaf[RECEIPT_LEAF_BYTES_MAX];
    merkle_list_init(&receipts, (uint32_t)count);
    for (size_t i = 0; i < count; i++) {
        const size_t bytes = receipt_leaf(&txs[i]->id, &result->receipts[i], leaf);
        merkle_list_add(&receipts, leaf, bytes);
        result->succeeded += receipt_success(&result->receipts[i]);
    }
    result->receipts_root = merkle_list_root(&receipts);
    merkle_list_done(&receipts);
    result->transactions_root = transactions_root_of(txs, count);
    result->state_root = result->state->root;
}

struct ledger_result *ledger_execute(const struct ledger_rules *rules, const struct ledger_state *parent,
                                     const struct ledger_frame *frame, const struct ledger_orders *orders, struct tx *const *txs,
                                     size_t count)
{
    uint32_t failed;
    enum ledger_verdict verdict = block_verdict(rules, parent, frame, txs, count, &failed);
    const size_t receipts = verdict == LEDGER_GOOD ? count : 0;
    struct ledger_result *result = base_alloc(sizeof(*result) + receipts * sizeof(result->receipts[0]));
    result->refs = 1;
    if (verdict == LEDGER_GOOD) {
        struct run *run = base_alloc(sizeof(*run)); /* too large for a fiber's stack */
        run->rules = rules;
        run->frame = frame;
        run->fee_token = chain_fee_token(rules->domain.chain);
        work_init(&run->work, parent);
        work_announce(&run->work, txs, count);
        if (orders != NULL) orders_apply(&run->work, orders);
        for (size_t i = 0; i < count && verdict == LEDGER_GOOD; i++) {
            failed = (uint32_t)i;
            verdict = tx_execute(run, txs[i], &result->receipts[i]);
        }
        if (verdict == LEDGER_GOOD) {
            fees_pay(run);
            result->state = work_commit(&run->work, frame->height);
            result->transaction_count = (uint32_t)count;
            result_roots(result, txs, count);
        }
        work_done(&run->work);
        base_free(run);
    }
    result->verdict = verdict;
    result->failed_index = verdict == LEDGER_GOOD ? UINT32_MAX : failed;
    return result;
}

struct ledger_result *ledger_result_ref(struct ledger_result *result)
{
    ASSERT(result->refs > 0 && result->refs < UINT32_MAX);
    result->refs++;
    return result;
}

void ledger_result_unref(struct ledger_result *result)
{
    if (result == NULL) return;
    ASSERT(result->refs > 0);
    if (--result->refs > 0) return;
    ledger_state_unref(result->state);
    base_free(result);
}

bool ledger_result_eq(const struct ledger_result *a, const struct ledger_result *b)
{
    if (a->verdict != b->verdict || a->failed_index != b->failed_index) return false;
    if (a->transaction_count != b->transaction_count || a->message_count != b->message_count || a->succeeded != b->succeeded)
        return false;
    if (!hash_eq(&a->state_root, &b->state_root) || !hash_eq(&a->transactions_root, &b->transactions_root)) return false;
    if (!hash_eq(&a->receipts_root, &b->receipts_root) || !hash_eq(&a->messages_root, &b->messages_root)) return false;
    for (uint32_t i = 0; i < a->transaction_count; i++)
        if (!receipt_eq(&a->receipts[i], &b->receipts[i])) return false;
    return true;
}
