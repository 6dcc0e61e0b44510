#include "core/metrics/event.h"

static const struct {
    struct str text;
    bool lasting;
} kinds[] = {
#define EVENT_ROW(constant, text, lasting) {{text, sizeof(text) - 1}, lasting},
    EVENT_KINDS(EVENT_ROW)
#undef EVENT_ROW
};
_Static_assert(ARRAY_LEN(kinds) == EVENT_KIND_COUNT, "one row a kind");
_Static_assert(EVENT_KIND_COUNT <= UINT16_MAX, "kinds fit their field");

const char *event_kind_text(enum event_kind kind)
{
    ASSERT((unsigned)kind < EVENT_KIND_COUNT);
    return kinds[kind].text.data;
}

bool event_kind_find(struct str text, enum event_kind *out)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (!str_eq(kinds[i].text, text)) continue;
        *out = (enum event_kind)i;
        return true;
    }
    return false;
}

bool event_kind_is_lasting(enum event_kind kind)
{
    ASSERT((unsigned)kind < EVENT_KIND_COUNT);
    return kinds[kind].lasting;
}
