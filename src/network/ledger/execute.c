#include "network/ledger/role_priv.h"
#include "network/ledger/guard_api.h"
#include "network/ledger/run_priv.h"

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

bool tx_total(const struct ledger_rules *rules, const struct tx *tx, u128 *out)
{
    if (guard_wide(rules)) return *out = tx->total.units, !tx->total_overflows;
    *out = 0;
    if (tx->outputs_count == 0) return guard_sum(rules, 0, tx->total.units, out);
    for (size_t i = 0; i < tx->outputs_count; i++)
        (void)guard_sum(rules, *out, tx_output_at(tx, i).amount.units, out); /* wraps, never false */
    return true;
}

/* ---- one transaction ---- */

static enum ledger_verdict envelope_verdict(const struct run *run, const struct tx *tx, const struct work_account *sender,
                                            bool from_pool, u128 *out_cost)
{
    const struct ledger_rules *rules = run->work.rules;
    if (!guard_expiry(rules, tx->valid_until, run->work.parent->height + 1)) return LEDGER_EXPIRED;
    if (!guard_nonce_low(rules, sender->now.nonce, tx->nonce)) return LEDGER_NONCE;
    if (!guard_nonce_gap(rules, sender->now.nonce, tx->nonce)) return LEDGER_NONCE;
    if (!tx_cost(rules, tx, out_cost)) return LEDGER_CANNOT_PAY;
    if (from_pool) return LEDGER_GOOD;
    if (!guard_balance(rules, sender->now.balances[run->work.fee_token - 1].free.units, *out_cost)) return LEDGER_CANNOT_PAY;
    return LEDGER_GOOD;
}

enum code exec_apply(struct exec *x, enum kind kind)
{
    const struct family_kind *row = family_kind_find(kind);
    if (row == NULL) return refuse(x, CODE_FEATURE_NOT_AVAILABLE, RECEIPT_FIELD_KIND);
    if (!guard_feature(x->work->rules, &x->work->params, feature_of_payload(kind, x->payload)))
        return refuse(x, CODE_FEATURE_NOT_AVAILABLE, RECEIPT_FIELD_KIND);
    struct work_mark mark;
    work_mark(x->work, &mark);
    const enum code code = row->apply(x);
    if (code == CODE_NONE)
        work_release(x->work, &mark);
    else
        work_rollback(x->work, &mark);
    return code;
}

bool tx_is_plain(const struct tx *tx)
{
    return tx->kind == KIND_ALPHA_TRANSFER || tx->kind == KIND_ALPHA_BATCH_TRANSFER || tx->kind == KIND_DELTA_TRANSFER ||
           tx->kind == KIND_DELTA_BATCH_TRANSFER;
}

enum ledger_verdict tx_execute(struct run *run, const struct tx *tx, struct receipt *receipt)
{
    struct work *work = &run->work;
    const struct family_kind *row = family_kind_find((enum kind)tx->kind);
    ASSERT(row != NULL); /* tx_is_ours looked */
    union payload payload;
    if (!tx_is_plain(tx)) payload_of_tx(tx, &work->arena, &payload);
    const bool from_pool = row->from_pool != NULL && row->from_pool(&payload);
    struct work_account *sender = work_account(work, &tx->sender);
    u128 cost;
    const enum ledger_verdict verdict = envelope_verdict(run, tx, sender, from_pool, &cost);
    if (verdict != LEDGER_GOOD) return verdict;
    if (!from_pool) sender->now.balances[work->fee_token - 1].free.units -= cost;
    run->fees = amount_add_clamped(run->fees, (struct amount){cost});
    if (tx->nonce >= sender->now.nonce && tx->nonce < UINT64_MAX) sender->now.nonce = tx->nonce + 1;
    receipt->fee_charged.units = cost;
    struct exec x = {.work = work, .tx = tx, .id = tx->id, .sender = tx->sender, .payload = &payload, .receipt = receipt,
                     .rehearsal = run->rehearsal, .verdict_only = run->verdict_only, .images_taken = run->images_taken};
    const enum code code = tx_is_plain(tx) ? row->apply(&x) : exec_apply(&x, (enum kind)tx->kind); /* a transfer checks first, then acts */
    receipt->code = (uint16_t)code;
    if (code == CODE_NONE || !from_pool) return LEDGER_GOOD;
    run->pool_code = code;
    return LEDGER_POOL_FEE;
}

/* ---- the block as a whole ---- */

static bool tx_is_ours(const struct ledger_rules *rules, const struct tx *tx, const struct kind_row **row)
{
    if (*row == NULL || (*row)->kind != tx->kind) *row = kind_find(tx->kind);
    if (*row == NULL || !(*row)->in_build || ((*row)->chain != rules->domain.chain && !is_replayed(rules, tx))) return false;
    return guard_flags(rules, tx_flags(tx)) && guard_chain(rules, (enum chain_id)tx->chain) && guard_network(rules, tx->network_id);
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
    for (size_t i = 0; i < orders->roles_count; i++) role_order(work, &orders->roles[i]);
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
    if (run->work.parent->chain == CHAIN_DELTA) {
        money_give(&run->work, &run->work.frame->proposer, run->work.fee_token, run->fees);
        return;
    }
    struct ledger_validator proposer;
    if (!work_validator(&run->work.objects, &run->work.frame->proposer, &proposer)) { /* it left in this very block */
        treasury_give(&run->work, run->fees);
        return;
    }
    /* Clamped: only a network with a switch on has that much, and its supply record shows what is missing. */
    struct supply_token *tally = &run->work.tallies[run->work.fee_token - 1].token;
    const struct amount before = proposer.pending_rewards;
    proposer.pending_rewards = amount_add_clamped(before, run->fees);
    tally->rewards = amount_add_clamped(tally->rewards, (struct amount){proposer.pending_rewards.units - before.units});
    work_put_validator(&run->work, &proposer);
}

/* ---- what comes of it ---- */

static struct hash messages_root_of(const struct work *work)
{
    struct merkle_list list;
    merkle_list_init(&list, (uint32_t)work->messages.count);
    for (size_t i = 0; i < work->messages.count; i++)
        merkle_list_add(&list, work->messages_bytes.data + work->messages.data[i].at, work->messages.data[i].len);
    const struct hash root = merkle_list_root(&list);
    merkle_list_done(&list);
    return root;
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

/* Messages and events move into one block of text. */
static void result_texts(struct ledger_result *result, struct work *work)
{
    const size_t messages_bytes = work->messages_bytes.len;
    result->messages_root = messages_root_of(work);
    result->message_count = (uint32_t)work->messages.count;
    result->events_count = (uint32_t)work->events.count;
    if (result->message_count + result->events_count == 0) return;
    result->text = base_alloc(messages_bytes + work->events_text.len + 1);
    if (messages_bytes > 0) memcpy(result->text, work->messages_bytes.data, messages_bytes);
    if (work->events_text.len > 0) memcpy(result->text + messages_bytes, work->events_text.data, work->events_text.len);
    const char *text = (const char *)result->text;
    result->messages = base_alloc((work->messages.count + 1) * sizeof(*result->messages));
    for (size_t i = 0; i < work->messages.count; i++)
        result->messages[i] = (struct str){text + work->messages.data[i].at, work->messages.data[i].len};
    result->events = base_alloc((work->events.count + 1) * sizeof(*result->events));
    for (size_t i = 0; i < work->events.count; i++) {
        const struct work_event *event = &work->events.data[i];
        const struct str data = {text + messages_bytes + event->data.at, event->data.len};
        result->events[i] = (struct ledger_event){event->tx_index, event->type, data};
    }
}

/* Consensus counts an epoch in the same way (api 6.8): from its first block, by the parameter in the parent's state. */
static void clock_advance(struct work *work)
{
    struct ledger_clock *clock = &work->clock;
    clock->round = work->frame->round;
    clock->timestamp_ms = work->frame->timestamp_ms;
    if (!work->ends_epoch) return;
    clock->epoch++;
    clock->epoch_first_height = work->frame->height + 1;
}

static void hooks_before(struct work *work, struct tx *const *txs, size_t count)
{
    const uint64_t passed = (uint64_t)work->frame->height - work->clock.epoch_first_height + 1;
    work->ends_epoch = passed == work->parent->params.epoch_blocks;
    for (size_t f = 0; families[f] != NULL; f++)
        if (families[f]->block_begin != NULL) families[f]->block_begin(work);
    for (size_t f = 0; families[f] != NULL; f++)
        if (families[f]->foresee != NULL) families[f]->foresee(work, txs, count);
}

static void hooks_after(struct work *work)
{
    work->tx_index = UINT32_MAX;
    for (size_t f = 0; families[f] != NULL; f++)
        if (families[f]->block_end != NULL) families[f]->block_end(work);
    for (size_t f = 0; work->ends_epoch && families[f] != NULL; f++)
        if (families[f]->epoch_end != NULL) families[f]->epoch_end(work);
}

static enum ledger_verdict block_run(struct run *run, const struct ledger_orders *orders, struct tx *const *txs, size_t count,
                                     struct ledger_result *result, uint32_t *out_failed)
{
    struct work *work = &run->work;
    work_announce(work, txs, count);
    if (orders != NULL) orders_apply(work, orders);
    hooks_before(work, txs, count);
    for (size_t i = 0; i < count; i++) {
        *out_failed = work->tx_index = (uint32_t)i;
        const enum ledger_verdict verdict = tx_execute(run, txs[i], &result->receipts[i]);
        if (verdict != LEDGER_GOOD) return verdict;
    }
    hooks_after(work);
    fees_pay(run);
    clock_advance(work);
    result->state = work_commit(work, work->frame->height);
    result->transaction_count = (uint32_t)count;
    result_roots(result, txs, count);
    result_texts(result, work);
    return LEDGER_GOOD;
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
        work_init(&run->work, parent, rules, frame);
        verdict = block_run(run, orders, txs, count, result, &failed);
        result->failed_code = run->pool_code;
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
    base_free(result->messages);
    base_free(result->events);
    base_free(result->text);
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
    if (a->events_count != b->events_count) return false;
    for (uint32_t i = 0; i < a->events_count; i++)
        if (a->events[i].tx_index != b->events[i].tx_index || !str_eq(a->events[i].data, b->events[i].data)) return false;
    return true;
}
