/* Agenda: what a bot means to come back to, and when: a position to close, a withdrawal to look at. It outlives the execution that wrote it
 * down, so that waiting needs no fiber. Ordered by time, ties by when they were written. */
#ifndef BOT_AGENDA_H
#define BOT_AGENDA_H

#include "core/base/time.h"
#include "core/base/vec.h"
#include "core/crypto/hash.h"

struct agenda_item {
    struct instant due;
    struct hash subject;
    uint64_t number; /* whoever wrote it knows what it means */
};
struct agenda {
    VEC(struct agenda_item) items; /* the first is the earliest */
};
void agenda_done(struct agenda *agenda);
void agenda_add(struct agenda *agenda, struct agenda_item item);
/* Takes the earliest out if it is due at `now`. */
bool agenda_take(struct agenda *agenda, struct instant now, struct agenda_item *out) MUST_CHECK;

#endif
