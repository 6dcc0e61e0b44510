#include "tester/behavior/perp_book.h"

#include "tester/client/delta_perps.h"

#define PAGE 1000u

void perp_book_done(struct perp_book *book) { vec_done(&book->positions); }

/* One page; false: op says. */
static bool page_read(struct act *act, struct perp_book *book, const struct address *owner, struct str status, struct str pair, char cursor[64],
                      size_t *cursor_len, struct op *op)
{
    const struct alpha delta = act_alpha(act);
    struct answer answer;
    uint64_t wait = 0;
    const struct page *page;
    struct str next;
    do page = delta_positions_from(&delta, owner, status, PAGE, (struct str){cursor, *cursor_len}, &next, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (page == NULL && act_again(act, &answer, &wait));
    bool good = page != NULL;
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
    *cursor_len = good ? MIN(next.len, (size_t)64) : 0;
    if (*cursor_len > 0) memcpy(cursor, next.data, *cursor_len);
    answer_done(&answer);
    return good;
}

bool perp_book_read(struct act *act, struct perp_book *book, struct str status, struct str pair, struct op *op)
{
    vec_clear(&book->positions);
    for (uint32_t i = 0; i < act->crew->bots_count; i++) {
        char cursor[64];
        size_t cursor_len = 0;
        do
            if (!page_read(act, book, &act->crew->bots[i]->identity.address, status, pair, cursor, &cursor_len, op)) return false;
        while (cursor_len > 0);
    }
    return true;
}
