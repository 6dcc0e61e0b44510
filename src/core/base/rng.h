/* Rng: seeded, splittable generator (xoshiro256**, Blackman and Vigna 2018; seeded by splitmix64). Not for secrets.
 * Two generators split with different labels are independent; splitting does not advance the parent. */
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include "core/base/str.h"

struct rng {
    uint64_t s[4];
};

void rng_init(struct rng *rng, uint64_t seed);
struct rng rng_split(const struct rng *parent, struct str label, uint64_t index);
uint64_t rng_u64(struct rng *rng);
uint64_t rng_below(struct rng *rng, uint64_t bound); /* uniform in [0, bound), unbiased; bound > 0 */
uint64_t rng_range(struct rng *rng, uint64_t lo, uint64_t hi); /* uniform in [lo, hi], both included */
bool rng_chance_bps(struct rng *rng, uint32_t bps); /* true with probability bps / 10000 */
void rng_bytes(struct rng *rng, void *out, size_t bytes);
void rng_shuffle_u32(struct rng *rng, uint32_t *items, size_t count);

/* A gap of a Poisson process of mean `mean_ns`, computed in fixed point (no floats), so all builds agree. */
uint64_t rng_exponential_ns(struct rng *rng, uint64_t mean_ns);

#endif
