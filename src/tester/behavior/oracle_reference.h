/* Reference: what an asset is worth at an instant, as honest oracles of a run see it: a seeded process that whoever knows the seed computes for
 * any instant alone. Whole numbers only. Pure.
 *
 * It is a sum of value noises (Perlin, 1985), each twice as slow as the one before and larger by the root of two, so that over times from
 * 10 s to 90 min it moves as a random walk does, and never strays from its base by more than REFERENCE_STRAY_PPM. */
#ifndef BEHAVIOR_ORACLE_REFERENCE_H
#define BEHAVIOR_ORACLE_REFERENCE_H

#include "core/base/num.h"
#include "core/base/rng.h"
#include "core/base/time.h"

#define REFERENCE_STRAY_PPM 19000u
/* `rng` is the asset's own; never advanced. */
uint64_t reference_price(const struct rng *rng, uint64_t base, struct instant at);

#endif
