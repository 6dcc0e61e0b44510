#include "tester/behavior/told.h"

#include "core/codec/json.h"

/* Not inlined: what it takes to read JSON must not stay on the stack of the fiber that goes on. */
__attribute__((noinline)) bool told_event(struct arena *arena, struct str told, struct str type, uint32_t index, const struct shape *shape, void *out)
{
    struct err err;
    const struct json *list = json_parse(arena, str_fmt(arena, "[" STR_FMT "]", STR_ARG(told)), &err);
    for (const struct json *item = list != NULL ? list->child : NULL; item != NULL; item = item->next) {
        struct str name;
        if (!json_str(json_find(item, STR("type")), &name) || !str_eq(name, type) || index-- > 0) continue;
        return shape_read(shape, item, CHAIN_DELTA, arena, out, &err);
    }
    return false;
}
