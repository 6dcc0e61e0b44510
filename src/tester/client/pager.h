/* Pager: reads a list of the network page by page, to its end. It keeps what leads to the next page, which outlives the answer that brought it,
 * and knows when a list has been read whole. The calls are the reader's: any that takes a cursor and answers a page.
 *
 *     for (struct pager pager = {0}; pager_more(&pager);) {
 *         struct answer answer;
 *         const struct page *page = alpha_evidence(alpha, limit, pager_cursor(&pager), deadline, &answer);
 *         for (uint32_t i = 0; page != NULL && i < page->count; i++) ...
 *         const bool told = pager_turn(&pager, page, &answer);
 *         answer_done(&answer);
 *         if (!told) return false;
 *     }
 *
 * A list that cannot be read to its end is never taken for a shorter one. It is no snapshot: what is added or removed between two calls may be
 * seen or not, as the route says. */
#ifndef CLIENT_PAGER_H
#define CLIENT_PAGER_H

#include "chain/response.h"
#include "tester/client/answer.h"

#define PAGER_CURSOR_MAX 200u   /* bytes */
#define PAGER_PAGES_MAX 100000u /* a list that goes on behind them has no end */

/* All zero: before the first page. A value type: nothing to release. */
struct pager {
    char cursor[PAGER_CURSOR_MAX];
    uint32_t cursor_len, pages;
    bool over;
};

static inline bool pager_more(const struct pager *pager) { return !pager->over; } /* a page is to be asked for */
/* Asks for the next page; empty: for the first. Borrowed from the pager until it is turned. */
static inline struct str pager_cursor(const struct pager *pager) { return (struct str){pager->cursor, pager->cursor_len}; }

/* Goes on to what follows `page`; NULL: it did not come, `answer` says why. False: the list ends here and was not read whole: the page did not come,
 * or its cursor does not lead on (too long, the one it was asked with, too many pages), which makes the answer ANSWER_MALFORMED with a fault. */
bool pager_turn(struct pager *pager, const struct page *page, struct answer *answer) MUST_CHECK;
/* The same where the cursor stands beside the items; `came`: they did. */
bool pager_turn_to(struct pager *pager, bool came, struct str next, struct answer *answer) MUST_CHECK;
/* Enough was read: pager_more is false from now on. */
static inline void pager_stop(struct pager *pager) { pager->over = true; }

#endif
