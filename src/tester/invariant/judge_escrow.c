#include "tester/invariant/judge_escrow.h"

#include <inttypes.h>

#include "chain/payload.h"
#include "tester/invariant/judge.h"

void judge_escrow_init(struct judge_escrow *escrow)
{
    *escrow = (struct judge_escrow){0};
    map_init(&escrow->withdrawals, sizeof(struct hash), sizeof(struct withdrawal));
    map_init(&escrow->approved, sizeof(struct address), sizeof(uint8_t));
}

void judge_escrow_done(struct judge_escrow *escrow)
{
    map_done(&escrow->withdrawals);
    map_done(&escrow->approved);
    vec_done(&escrow->reached);
    vec_done(&escrow->waiting);
    vec_done(&escrow->due);
}

struct short_id {
    char text[17];
};
static struct short_id short_of(const struct hash *id)
{
    struct short_id text;
    str_hex(id->b, 8, text.text);
    text.text[16] = 0;
    return text;
}

/* ---- blocks ---- */

static bool is_open(enum offramp_status status) { return status == OFFRAMP_REQUESTED || status == OFFRAMP_APPROVED || status == OFFRAMP_FAILED; }

/* One step of a withdrawal, from one of `from` (bits). */
static void step(struct judge *judge, uint32_t height, const struct hash *by, const struct hash *request, unsigned from, enum offramp_status to)
{
    struct judge_escrow *escrow = &judge->escrow;
    struct withdrawal *withdrawal = map_find(&escrow->withdrawals, request);
    judge->state[13].samples++;
    if (withdrawal == NULL || (from & (1u << withdrawal->status)) == 0) {
        judge_violation(judge, 13, height, by, "block %" PRIu32 ": transaction %s makes withdrawal %s " STR_FMT ", which was " STR_FMT, height, short_of(by).text,
                        short_of(request).text, STR_ARG(offramp_status_text(to)),
                        STR_ARG(withdrawal ? offramp_status_text(withdrawal->status) : STR("never requested")));
        if (withdrawal == NULL) return;
    }
    if (to == OFFRAMP_SETTLED && map_find(&escrow->approved, &withdrawal->owner) == NULL)
        judge_violation(judge, 13, height, by, "block %" PRIu32 ": transaction %s settles withdrawal %s of an owner who was never approved", height, short_of(by).text,
                        short_of(request).text);
    if (is_open(withdrawal->status) && !is_open(to)) escrow->held -= withdrawal->amount.units;
    withdrawal->status = to;
    withdrawal->height = height;
    if (to == OFFRAMP_SETTLED || to == OFFRAMP_DENIED || to == OFFRAMP_CANCELLED || to == OFFRAMP_FAILED) vec_push(&escrow->due, *request);
}

static void request_take(struct judge *judge, uint32_t height, const struct tx *tx, struct amount amount)
{
    struct judge_escrow *escrow = &judge->escrow;
    struct withdrawal *withdrawal = map_put(&escrow->withdrawals, &tx->id, NULL);
    judge->state[13].samples++;
    *withdrawal = (struct withdrawal){.owner = tx->sender, .amount = amount, .status = OFFRAMP_REQUESTED, .height = height};
    escrow->held += amount.units;
    if (map_find(&escrow->approved, &tx->sender) == NULL)
        judge_violation(judge, 13, height, &tx->id, "block %" PRIu32 ": transaction %s opens a withdrawal of an owner who was never approved", height,
                        short_of(&tx->id).text);
}

/* False: it has nothing to do with withdrawals. */
static bool transaction_take(struct judge *judge, uint32_t height, const struct tx *tx)
{
    const enum kind kind = (enum kind)tx->kind;
    if (kind != KIND_KYC_REVIEW && (kind < KIND_OFFRAMP_REQUEST || kind > KIND_OFFRAMP_CANCEL)) return false;
    const unsigned requested = 1u << OFFRAMP_REQUESTED, approved = 1u << OFFRAMP_APPROVED, failed = 1u << OFFRAMP_FAILED;
    struct arena arena;
    union payload p;
    arena_init(&arena, 0);
    payload_of_tx(tx, &arena, &p);
    if (kind == KIND_KYC_REVIEW) {
        if (p.kyc_review.decision == KYC_APPROVE) *(uint8_t *)map_put(&judge->escrow.approved, &p.kyc_review.subject, NULL) = 1;
    } else if (kind == KIND_OFFRAMP_REQUEST) {
        request_take(judge, height, tx, p.offramp_request.amount);
    } else if (kind == KIND_OFFRAMP_APPROVE) {
        step(judge, height, &tx->id, &p.offramp_approve.request_id, requested, p.offramp_approve.approve ? OFFRAMP_APPROVED : OFFRAMP_DENIED);
    } else if (kind == KIND_OFFRAMP_SETTLE) {
        step(judge, height, &tx->id, &p.offramp_settle.request_id, approved, p.offramp_settle.outcome == SETTLE_SUCCESS ? OFFRAMP_SETTLED : OFFRAMP_FAILED);
    } else {
        step(judge, height, &tx->id, &p.id.id, failed, kind == KIND_OFFRAMP_RETRY ? OFFRAMP_APPROVED : OFFRAMP_CANCELLED);
    }
    arena_done(&arena);
    return kind != KIND_KYC_REVIEW;
}

/* ---- what is stated ---- */

static void stated_judge(struct judge *judge, const struct escrow_reached *stated)
{
    struct judge_escrow *escrow = &judge->escrow;
    const struct escrow_reached *reached = NULL;
    for (size_t i = escrow->reached.count; i-- > 0 && reached == NULL;)
        if (escrow->reached.data[i].height <= stated->height) reached = &escrow->reached.data[i];
    const u128 want = reached ? reached->held : 0, off = stated->held - want;
    if (reached) judge->state[13].samples++;
    if (off == escrow->off) return;
    char says[U128_TEXT], is[U128_TEXT];
    u128_text(stated->held, says);
    u128_text(want, is);
    judge_violation(judge, 13, stated->height, reached ? &reached->mover : NULL, "block %" PRIu32 ": escrow holds %s, open withdrawals are of %s; transaction %s was the last to move it",
                    stated->height, says, is, reached ? short_of(&reached->mover).text : "(none)");
    escrow->off = off;
}

static void waiting_judge(struct judge *judge)
{
    struct judge_escrow *escrow = &judge->escrow;
    while (!escrow->blind && escrow->waiting.count > 0 && escrow->waiting.data[0].height <= escrow->read_height) {
        const struct escrow_reached stated = escrow->waiting.data[0];
        vec_remove(&escrow->waiting, 0);
        stated_judge(judge, &stated);
    }
}

void judge_escrow_block(struct judge *judge, const struct block_view *block)
{
    struct judge_escrow *escrow = &judge->escrow;
    const uint32_t height = block->header.height;
    escrow->read_height = height;
    if (block->transactions_count > 0 && !receipts_are_proven(block)) escrow->blind = true;
    struct hash mover;
    bool moved = false;
    for (uint32_t i = 0; !escrow->blind && i < block->transactions_count; i++) {
        const struct tx_view *view = &block->transactions[i];
        if (!receipt_success(&view->receipt) || !transaction_take(judge, height, view->envelope)) continue;
        mover = view->envelope->id;
        moved = true;
    }
    if (moved) vec_push(&escrow->reached, ((struct escrow_reached){height, mover, escrow->held}));
    waiting_judge(judge);
}

void judge_escrow_supply(struct judge *judge, const struct supply *supply)
{
    struct judge_escrow *escrow = &judge->escrow;
    if (escrow->waiting.count > 0 && vec_last(&escrow->waiting).height >= supply->finalized_height) return;
    for (uint32_t i = 0; i < supply->tokens_count; i++)
        if (supply->tokens[i].token == TOKEN_DX)
            vec_push(&escrow->waiting, ((struct escrow_reached){.height = supply->finalized_height, .held = supply->tokens[i].escrow.units}));
    waiting_judge(judge);
}

void judge_escrow_withdrawal(struct judge *judge, const struct offramp_view *view)
{
    const struct withdrawal *withdrawal = map_find(&judge->escrow.withdrawals, &view->request_id);
    if (withdrawal == NULL || view->updated_height != withdrawal->height) return; /* it went on meanwhile */
    const u128 want = is_open(withdrawal->status) ? withdrawal->amount.units : 0;
    judge->state[13].samples++;
    if (view->status == withdrawal->status && view->escrow.units == want && amount_eq(view->amount, withdrawal->amount)) return;
    char is[U128_TEXT], says[U128_TEXT];
    u128_text(want, is);
    u128_text(view->escrow.units, says);
    judge_violation(judge, 13, withdrawal->height, &view->request_id, "block %" PRIu32 ": withdrawal %s is " STR_FMT " with %s in escrow; its blocks make it " STR_FMT " with %s",
                    withdrawal->height, short_of(&view->request_id).text, STR_ARG(offramp_status_text(view->status)), says,
                    STR_ARG(offramp_status_text(withdrawal->status)), is);
}
