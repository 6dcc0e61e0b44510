#include "chain/event.h"

static const struct str texts[] = {
#define E(constant, name) {"" name, sizeof(name) - 1},
    EVENT_LIST(E)
#undef E
};

struct str event_type_text(enum event_type type)
{
    ASSERT(type < EVENT_TYPE_COUNT);
    return texts[type];
}

bool event_type_parse(struct str text, enum event_type *out)
{
    for (size_t i = 0; i < EVENT_TYPE_COUNT; i++) {
        if (!str_eq(texts[i], text)) continue;
        *out = (enum event_type)i;
        return true;
    }
    return false;
}
