/* What a bot carries over the bridge by itself: ends of epochs, proofs of finality, messages (api 6.5: a delivery comes from anybody). */
#include "tester/behavior/crossing_priv.h"

#include "tester/client/alpha_bridge.h"
#include "tester/client/pager.h"

#define ENDS_A_PAGE 500u

static enum kind deliver_kind(const struct crossing *crossing) { return crossing->from == CHAIN_ALPHA ? KIND_DELTA_IPC_DELIVER : KIND_ALPHA_IPC_DELIVER; }

/* The proof that the block at `height` of the source is final, as its bytes go over. False: op says. */
static bool proof_take(struct act *act, const struct crossing *crossing, uint32_t height, struct buf *out)
{
    const struct alpha *source = crew_client(act->crew, crossing->from);
    struct answer answer;
    uint64_t wait = 0;
    uint32_t tries = 0;
    const struct finality_view *view;
    do view = alpha_finality(source, height, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (view == NULL && act_again_behind(act, &answer, &wait, &tries));
    if (view != NULL) finality_encode(view->proof, out);
    else (void)act_fail(act->op, &answer);
    answer_done(&answer);
    return view != NULL;
}

/* ---- ends of epochs ---- */

struct end {
    uint32_t height;
    struct hash next; /* committee */
};
struct ends {
    VEC(struct end) list; /* ascending */
};

/* Those of the source up to `height`. */
static bool ends_list(struct act *act, const struct crossing *crossing, uint32_t height, struct ends *out)
{
    const struct alpha *source = crew_client(act->crew, crossing->from);
    for (struct pager pager = {0}; pager_more(&pager);) {
        struct answer answer;
        uint64_t wait = 0;
        const struct page *page;
        do page = alpha_checkpoints(source, ENDS_A_PAGE, pager_cursor(&pager), act_deadline(act, ACT_READ_TIMEOUT), &answer);
        while (page == NULL && act_again(act, &answer, &wait));
        const struct checkpoint_view *items = page != NULL ? page->items : NULL;
        for (uint32_t i = 0; page != NULL && i < page->count; i++) {
            const struct end end = {items[i].height, items[i].next_committee_hash};
            if (end.height <= height) vec_push(&out->list, end);
        }
        const bool told = pager_turn(&pager, page, &answer);
        if (!told) (void)act_fail(act->op, &answer);
        else if (page->count > 0 && items[page->count - 1].height >= height) pager_stop(&pager);
        answer_done(&answer);
        if (!told) return false;
    }
    return true;
}

/* Whether the destination has accepted the proof of the source's block at `height`. False: op says. */
static bool is_known(struct act *act, const struct crossing *crossing, uint32_t height, bool *out)
{
    const struct alpha *destination = crew_client(act->crew, crossing_to(crossing));
    const struct ipc_question question = {.direction = DIRECTION_IN, .after = height - 1, .type = IPC_BLOCK_FINALIZED, .limit = 1};
    struct answer answer;
    uint64_t wait = 0;
    const struct page *page;
    do page = alpha_ipc_messages(destination, &question, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (page == NULL && act_again(act, &answer, &wait));
    *out = page != NULL && page->count > 0 && ((const struct ipc_record *)page->items)->source_height == height;
    if (page == NULL) (void)act_fail(act->op, &answer);
    answer_done(&answer);
    return page != NULL;
}

/* The bytes of the committee that follows: in a proof of the first block it made final, or, while there is none yet, told as the newest. */
static bool successor_take(struct act *act, const struct crossing *crossing, const struct end *end, struct buf *out)
{
    const struct alpha *source = crew_client(act->crew, crossing->from);
    struct answer answer;
    const struct finality_view *first = alpha_finality(source, end->height + 1, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    for (uint8_t i = 0; first != NULL && i < first->proof->committees_count && out->len == 0; i++)
        if (hash_eq(&first->proof->committees[i]->hash, &end->next)) committee_encode(first->proof->committees[i], out);
    answer_done(&answer);
    if (out->len > 0) return true;
    uint64_t wait = 0;
    const struct committee_view *newest;
    do newest = alpha_committee_latest(source, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (newest == NULL && act_again(act, &answer, &wait));
    if (newest == NULL) {
        (void)act_fail(act->op, &answer);
    } else if (hash_eq(&newest->committee->hash, &end->next)) {
        committee_encode(newest->committee, out);
    } else {
        act->op->status = OP_SKIPPED;
        op_note(act->op, "nobody tells the committee that follows an epoch");
    }
    answer_done(&answer);
    return out->len > 0;
}

static bool end_carry(struct act *act, struct crossing *crossing, const struct end *end, struct op *op)
{
    struct buf proof = {0}, committee = {0};
    bool carried = successor_take(act, crossing, end, &committee) && proof_take(act, crossing, end->height, &proof);
    const union payload payload = {.ipc_deliver = {.proof = buf_str(&proof), .next_committee = buf_str(&committee), .height = end->height}};
    carried = carried && crossing_send_over(act, crossing, deliver_kind(crossing), &payload, true, op);
    buf_done(&proof);
    buf_done(&committee);
    return carried;
}

/* The newest that is known there, and from there on one by one. */
static bool ends_carry(struct act *act, struct crossing *crossing, uint32_t height, struct op *op)
{
    struct ends ends = {0};
    bool good = ends_list(act, crossing, height, &ends), known = false;
    size_t first = ends.list.count;
    while (good && !known && first > 0) {
        good = is_known(act, crossing, ends.list.data[first - 1].height, &known);
        first -= good && !known;
    }
    for (size_t i = first; good && i < ends.list.count; i++) good = end_carry(act, crossing, &ends.list.data[i], op);
    vec_done(&ends.list);
    return good;
}

/* ---- the message ---- */

bool crossing_carry(struct act *act, struct crossing *crossing, struct op *op)
{
    struct proven_message *message = arena_new(&crossing->arena, struct proven_message);
    struct buf proof = {0};
    if (!stated_message(act, crossing->from, &crossing->message_id, crossing->sequence, &crossing->arena, message)) return false;
    bool carried = ends_carry(act, crossing, message->height, op) && proof_take(act, crossing, message->height, &proof);
    struct relayed relayed = {.index = message->index, .message = message->bytes};
    relayed.proof.items = message->proof.siblings;
    relayed.proof.count = message->proof.siblings_count;
    union payload payload = {.ipc_deliver = {.proof = buf_str(&proof), .height = message->height}};
    payload.ipc_deliver.messages.items = &relayed;
    payload.ipc_deliver.messages.count = 1;
    carried = carried && crossing_send_over(act, crossing, deliver_kind(crossing), &payload, true, op);
    if (!carried && op->status == OP_REFUSED && op->code == CODE_IPC_OUT_OF_ORDER) {
        op->status = OP_DONE;
        op->code = CODE_NONE;
        op->note[0] = '\0';
        payload.ipc_deliver.messages.count = 0;
        carried = crossing_send_over(act, crossing, deliver_kind(crossing), &payload, true, op);
    }
    buf_done(&proof);
    return carried;
}
