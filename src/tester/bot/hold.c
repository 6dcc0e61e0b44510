#include "tester/bot/hold.h"

#include "core/base/map.h"

/* The map lives while there is something in it: a crew has no end of its own at which it could be given back. */
bool hold_take(struct crew *crew, const struct hash *id)
{
    bool fresh;
    if (crew->held == NULL) {
        crew->held = base_alloc(sizeof(*crew->held));
        map_init(crew->held, sizeof(struct hash), sizeof(uint8_t));
    }
    (void)map_put(crew->held, id, &fresh); /* the value says nothing */
    return fresh;
}

bool hold_is(const struct crew *crew, const struct hash *id) { return crew->held != NULL && map_find(crew->held, id) != NULL; }

void hold_drop(struct crew *crew, const struct hash *id)
{
    const bool was = crew->held != NULL && map_remove(crew->held, id);
    ASSERT(was);
    if (map_count(crew->held) > 0) return;
    map_done(crew->held);
    base_free(crew->held);
    crew->held = NULL;
}
