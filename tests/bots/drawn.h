/* One behaviour out of a variant's mix, by weight: what its bots do next, one at a time. */
#ifndef TESTS_BOTS_DRAWN_H
#define TESTS_BOTS_DRAWN_H

#include "core/base/rng.h"
#include "tester/role/role.h"

static inline const struct behavior_spec *mix_drawn(const struct role_variant *variant, struct rng *rng)
{
    struct role_part parts[ROLE_PARTS_MAX];
    const size_t count = role_mix(variant, parts);
    uint64_t at = rng_below(rng, role_mix_weight(variant));
    size_t i = 0;
    while (i + 1 < count && at >= parts[i].weight) at -= parts[i++].weight;
    return parts[i].behavior;
}

#endif
