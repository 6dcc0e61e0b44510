/* Told: the events that a transaction's receipt tells of, as a behaviour reads them (struct landing, `told`). */
#ifndef BEHAVIOR_TOLD_H
#define BEHAVIOR_TOLD_H

#include "chain/shape.h"

/* The `index`-th event of this type; in the arena. False: there is none, or it is not of this shape. */
bool told_event(struct arena *arena, struct str told, struct str type, uint32_t index, const struct shape *shape, void *out) MUST_CHECK;

#endif
