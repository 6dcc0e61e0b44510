/* What a bot means to do comes back in the order of its time; what bots have in hand nobody else takes. */
#include "core/base/check.h"
#include "core/base/rng.h"
#include "tester/bot/agenda.h"
#include "tester/bot/hold.h"

static void the_earliest_comes_first_and_ties_keep_their_order(void)
{
    struct agenda agenda = {0};
    struct agenda_item item;
    struct rng rng;
    rng_init(&rng, 3);
    for (uint64_t i = 0; i < 500; i++) agenda_add(&agenda, (struct agenda_item){.due = {rng_below(&rng, 50)}, .number = i});
    CHECK(!agenda_take(&(struct agenda){0}, INSTANT_NEVER, &item));
    uint64_t due = 0, number = 0, count = 0;
    for (uint64_t now = 0; now < 50; now++)
        while (agenda_take(&agenda, (struct instant){now}, &item)) {
            CHECK(item.due.ns <= now && item.due.ns >= due);
            CHECK(count == 0 || item.due.ns > due || item.number > number);
            due = item.due.ns;
            number = item.number;
            count++;
        }
    CHECK_U64(count, 500);
    agenda_done(&agenda);
}

static void what_is_held_is_not_taken_twice(void)
{
    struct crew crew = {0};
    const struct hash a = {{1}}, b = {{2}};
    CHECK(hold_take(&crew, &a) && !hold_take(&crew, &a) && hold_take(&crew, &b));
    hold_drop(&crew, &a);
    CHECK(hold_take(&crew, &a));
    hold_drop(&crew, &b);
    hold_drop(&crew, &a);
    CHECK(crew.held == NULL); /* nothing is left behind */
}

int main(void)
{
    RUN(the_earliest_comes_first_and_ties_keep_their_order);
    RUN(what_is_held_is_not_taken_twice);
    return 0;
}
