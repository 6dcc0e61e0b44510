/* Tries to pass the beginning of a list off as all of it, and to keep a reader turning pages for ever. */
#include "tester/client/pager.h"

#include "core/base/check.h"

/* A list of pages; the cursor of the last is empty. Answers how many pages were turned. */
static uint32_t read_all(const char *const *cursors, uint32_t count, struct answer *answer, bool *out_whole)
{
    uint32_t turned = 0;
    *out_whole = true;
    for (struct pager pager = {0}; pager_more(&pager) && *out_whole;) {
        CHECK_U64(pager.pages, turned);
        const struct str asked = pager_cursor(&pager);
        CHECK_STR(asked, turned == 0 ? (struct str){0} : str_of(cursors[turned - 1]));
        const bool came = turned < count;
        const struct page page = {.next_cursor = came ? str_of(cursors[turned]) : (struct str){0}};
        *out_whole = pager_turn(&pager, came ? &page : NULL, answer);
        turned += came;
        CHECK(*out_whole || !pager_more(&pager));
    }
    return turned;
}

static void a_list_is_read_to_its_end(void)
{
    static const char *const cursors[] = {"c1", "c2", ""};
    struct answer answer = {0};
    bool whole;
    CHECK_U64(read_all(cursors, 3, &answer, &whole), 3);
    CHECK(whole && answer.status == ANSWER_OK && answer.fault == NULL);
    static const char *const one[] = {""};
    CHECK_U64(read_all(one, 1, &answer, &whole), 1);
    CHECK(whole);
}

static void a_page_that_does_not_come_is_no_end(void)
{
    static const char *const cursors[] = {"c1", "c2"};
    struct answer answer = {.status = ANSWER_TIMED_OUT};
    bool whole;
    CHECK_U64(read_all(cursors, 2, &answer, &whole), 2);
    CHECK(!whole && answer.status == ANSWER_TIMED_OUT); /* what the answer said stands */
}

static void a_cursor_that_does_not_lead_on_is_a_fault(void)
{
    static const char *const circle[] = {"c1", "c1", ""};
    struct answer answer = {0};
    bool whole;
    CHECK_U64(read_all(circle, 3, &answer, &whole), 2);
    CHECK(!whole && answer.status == ANSWER_MALFORMED && answer.fault != NULL);
    char fits[PAGER_CURSOR_MAX + 1], longer[PAGER_CURSOR_MAX + 2];
    memset(fits, 'x', sizeof(fits));
    memset(longer, 'x', sizeof(longer));
    fits[sizeof(fits) - 1] = longer[sizeof(longer) - 1] = '\0';
    const char *const fitting[] = {fits, ""}, *const too_long[] = {longer, ""};
    answer = (struct answer){0};
    CHECK_U64(read_all(fitting, 2, &answer, &whole), 2);
    CHECK(whole && answer.status == ANSWER_OK);
    CHECK_U64(read_all(too_long, 2, &answer, &whole), 1);
    CHECK(!whole && answer.status == ANSWER_MALFORMED);
}

/* Two cursors in turn, each another than the one before. */
static void a_list_without_end_is_left(void)
{
    struct answer answer = {0};
    struct pager pager = {0};
    bool told = true;
    while (pager_more(&pager)) {
        const struct page page = {.next_cursor = pager.pages % 2 == 0 ? STR("even") : STR("odd")};
        told = pager_turn(&pager, &page, &answer);
    }
    CHECK(!told && pager.pages == PAGER_PAGES_MAX && answer.status == ANSWER_MALFORMED);
}

static void who_has_enough_stops(void)
{
    struct answer answer = {0};
    struct pager pager = {0};
    const struct page page = {.next_cursor = STR("c1")};
    CHECK(pager_turn(&pager, &page, &answer) && pager_more(&pager));
    pager_stop(&pager);
    CHECK(!pager_more(&pager));
}

static void a_cursor_outlives_its_answer(void)
{
    struct answer answer = {0};
    struct pager pager = {0};
    char text[] = "c1";
    CHECK(pager_turn_to(&pager, true, str_of(text), &answer));
    memset(text, 'z', 2);
    CHECK_STR(pager_cursor(&pager), STR("c1"));
}

int main(void)
{
    RUN(a_list_is_read_to_its_end);
    RUN(a_page_that_does_not_come_is_no_end);
    RUN(a_cursor_that_does_not_lead_on_is_a_fault);
    RUN(a_list_without_end_is_left);
    RUN(who_has_enough_stops);
    RUN(a_cursor_outlives_its_answer);
    return 0;
}
