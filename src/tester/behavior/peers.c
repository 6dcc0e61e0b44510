#include "tester/behavior/peers.h"

#include "tester/bot/claim.h"
#include "tester/bot/tide.h"

bool peers_final(struct act *act, const struct alpha *view, uint32_t *out, struct op *op)
{
    struct answer answer;
    uint64_t wait = 0;
    bool told;
    do told = alpha_height_final(view, act_deadline(act, ACT_READ_TIMEOUT), out, &answer);
    while (!told && act_again(act, &answer, &wait));
    if (!told) (void)act_fail(op, &answer); /* op tells */
    answer_done(&answer);
    return told;
}

bool peers_hash(struct act *act, const struct alpha *view, uint32_t height, struct hash *out, struct op *op)
{
    struct answer answer;
    uint64_t wait = 0;
    const struct block_view *block;
    do block = alpha_block(view, height, false, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (block == NULL && act_again(act, &answer, &wait));
    if (block != NULL) *out = block->hash;
    else (void)act_fail(op, &answer); /* op tells */
    answer_done(&answer);
    return block != NULL;
}

/* A block changes it, so each is waited for. */
bool peers_catch_up(struct act *act, const struct alpha *view, uint32_t wanted, uint32_t *out, struct op *op)
{
    const struct instant deadline = act_deadline(act, PEERS_TIMEOUT);
    do
        if (!peers_final(act, view, out, op)) return false;
    while (*out < wanted && tide_next(act, act->chain, deadline));
    if (*out >= wanted || !act_is_closing(act)) return true;
    op->status = OP_TIMED_OUT;
    return false;
}

bool peers_anchor(struct act *act, const struct alpha *view, struct anchor *out, struct op *op)
{
    struct answer answer;
    uint64_t wait = 0;
    const struct page *page;
    do page = alpha_checkpoints(view, 1, (struct str){0}, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (page == NULL && act_again(act, &answer, &wait));
    *out = (struct anchor){0};
    if (page != NULL && page->count > 0) {
        const struct checkpoint_view *first = page->items;
        *out = (struct anchor){first->height, first->hash};
    }
    if (page == NULL) (void)act_fail(op, &answer); /* op tells */
    answer_done(&answer);
    return page != NULL;
}
