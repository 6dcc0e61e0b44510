/* The table of kinds: names unique, found again, and the ones that reports keep whole are lasting. */
#include "core/base/check.h"
#include "core/metrics/event.h"

static void every_kind_has_a_name_of_its_own(void)
{
    CHECK(EVENT_KIND_COUNT >= 20);
    for (unsigned i = 0; i < EVENT_KIND_COUNT; i++) {
        enum event_kind found;
        CHECK(event_kind_find(str_of(event_kind_text((enum event_kind)i)), &found));
        CHECK_U64(found, i);
    }
    enum event_kind none;
    CHECK(!event_kind_find(STR("no_such_thing"), &none));
}

static void single_operations_pass_and_what_judges_a_run_lasts(void)
{
    CHECK(!event_kind_is_lasting(EVENT_OP_ENDED) && !event_kind_is_lasting(EVENT_TX_FINALIZED));
    CHECK(event_kind_is_lasting(EVENT_RUN_STARTED) && event_kind_is_lasting(EVENT_PHASE_ENDED));
    CHECK(event_kind_is_lasting(EVENT_CHAOS_PROVEN) && event_kind_is_lasting(EVENT_FINDING) && event_kind_is_lasting(EVENT_ERROR));
}

int main(void)
{
    RUN(every_kind_has_a_name_of_its_own);
    RUN(single_operations_pass_and_what_judges_a_run_lasts);
    return 0;
}
