#include "tester/behavior/oracle_reference.h"

#define STEP_NS (10 * NS_PER_S)
#define FRACTION 1000

/* Amplitudes in parts of a million: 250 * 2^(k/2), rounded down. */
static const int64_t amplitudes[] = {250, 353, 500, 707, 1000, 1414, 2000, 2828, 4000, 5656};
_Static_assert(250 + 353 + 500 + 707 + 1000 + 1414 + 2000 + 2828 + 4000 + 5656 <= REFERENCE_STRAY_PPM, "it does not stray further");

/* The k-th noise at its n-th corner: in [-FRACTION, FRACTION]. */
static int64_t corner(const struct rng *rng, size_t k, uint64_t n)
{
    struct rng draw = rng_split(rng, STR("corner"), n << 4 | k);
    return (int64_t)rng_below(&draw, 2 * FRACTION + 1) - FRACTION;
}

uint64_t reference_price(const struct rng *rng, uint64_t base, struct instant at)
{
    int64_t stray = 0; /* in parts of a million, times FRACTION * FRACTION */
    for (size_t k = 0; k < ARRAY_LEN(amplitudes); k++) {
        const uint64_t span = STEP_NS << k, n = at.ns / span;
        const int64_t part = (int64_t)((at.ns % span) / (span / FRACTION)), rest = FRACTION - MIN(part, FRACTION);
        stray += amplitudes[k] * (corner(rng, k, n) * rest + corner(rng, k, n + 1) * (FRACTION - rest));
    }
    const int64_t ppm = stray / (FRACTION * FRACTION);
    const u128 by = (u128)base * (uint64_t)(ppm < 0 ? -ppm : ppm) / 1000000;
    return ppm < 0 ? base - (uint64_t)by : base + (uint64_t)by;
}
