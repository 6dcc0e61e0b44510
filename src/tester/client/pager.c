#include "tester/client/pager.h"

#include "tester/client/call_priv.h"

bool pager_turn_to(struct pager *pager, bool came, struct str next, struct answer *answer)
{
    ASSERT(!pager->over);
    pager->over = !came || next.len == 0;
    pager->pages += came;
    if (pager->over) return came;
    const char *fault = NULL;
    if (next.len > PAGER_CURSOR_MAX) fault = "the cursor of the list is too long";
    else if (str_eq(next, pager_cursor(pager))) fault = "the cursor of the list leads to the page it came with";
    else if (pager->pages >= PAGER_PAGES_MAX) fault = "the list has no end";
    pager->over = fault != NULL;
    if (fault != NULL) {
        (void)ask_fault(answer, fault); /* always NULL */
        return false;
    }
    memcpy(pager->cursor, next.data, next.len);
    pager->cursor_len = (uint32_t)next.len;
    return true;
}

bool pager_turn(struct pager *pager, const struct page *page, struct answer *answer)
{
    return pager_turn_to(pager, page != NULL, page != NULL ? page->next_cursor : (struct str){0}, answer);
}
