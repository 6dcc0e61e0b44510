#include "tester/behavior/perp_book.h"

#include "tester/client/delta_perps.h"
#include "tester/client/pager.h"

#define PAGE 1000u

void perp_book_done(struct perp_book *book) { vec_done(&book->positions); }

/* One page; false: op says. */
static bool page_read(struct act *act, struct perp_book *book, const struct address *owner, struct str status, struct str pair, struct pager *pager,
                      struct op *op)
{
    const struct alpha delta = act_alpha(act);
    struct answer answer;
    uint64_t wait = 0;
    const struct page *page;
    struct str next;
    do page = delta_positions_from(&delta, owner, status, PAGE, pager_cursor(pager), &next, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (page == NULL && act_again(act, &answer, &wait));
    bool good = pager_turn_to(pager, page != NULL, next, &answer);
    if (!good) (void)act_fail(op, &answer); /* op tells */
    const struct position_view *items = good ? page->items : NULL;
    for (uint32_t i = 0; good && i < page->count; i++) {
        struct position_seen seen;
        good = position_of(&items[i], &seen);
        if (good && (pair.len == 0 || str_eq(str_of(seen.pair), pair))) vec_push(&book->positions, seen);
        if (good) continue;
        op->status = OP_POSTCONDITION;
        op_note(op, "a position has a number that is none");
    }
    answer_done(&answer);
    return good;
}

bool perp_book_read(struct act *act, struct perp_book *book, struct str status, struct str pair, struct op *op)
{
    vec_clear(&book->positions);
    for (uint32_t i = 0; i < act->crew->bots_count; i++) {
        for (struct pager pager = {0}; pager_more(&pager);)
            if (!page_read(act, book, &act->crew->bots[i]->identity.address, status, pair, &pager, op)) return false;
    }
    return true;
}
