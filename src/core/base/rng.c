#include "core/base/rng.h"

#include "core/base/num.h"

static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static uint64_t splitmix(uint64_t *state) { return mix(*state += UINT64_C(0x9e3779b97f4a7c15)); }

static uint64_t rotl(uint64_t x, unsigned k) { return (x << k) | (x >> (64 - k)); }

void rng_init(struct rng *rng, uint64_t seed)
{
    for (size_t i = 0; i < 4; i++) rng->s[i] = splitmix(&seed);
}

static uint64_t absorb(uint64_t state, uint64_t word) { return mix((state ^ word) + UINT64_C(0x9e3779b97f4a7c15)); }

struct rng rng_split(const struct rng *parent, struct str label, uint64_t index)
{
    uint64_t state = UINT64_C(0x5ec7a11e0f5eed5a);
    for (size_t i = 0; i < 4; i++) state = absorb(state, parent->s[i]);
    state = absorb(state, label.len);
    for (size_t i = 0; i < label.len; i += 8) {
        uint64_t word = 0;
        for (size_t j = i; j < label.len && j < i + 8; j++) word |= (uint64_t)(uint8_t)label.data[j] << (8 * (j - i));
        state = absorb(state, word);
    }
    struct rng child;
    rng_init(&child, absorb(state, index));
    return child;
}

uint64_t rng_u64(struct rng *rng)
{
    uint64_t *s = rng->s;
    const uint64_t result = rotl(s[1] * 5, 7) * 9;
    const uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotl(s[3], 45);
    return result;
}

uint64_t rng_below(struct rng *rng, uint64_t bound)
{
    ASSERT(bound > 0);
    u128 wide = (u128)rng_u64(rng) * bound;
    if ((uint64_t)wide < bound) {
        const uint64_t floor = (0 - bound) % bound; /* 2^64 mod bound: draws below it would be over-represented */
        while ((uint64_t)wide < floor) wide = (u128)rng_u64(rng) * bound;
    }
    return (uint64_t)(wide >> 64);
}

uint64_t rng_range(struct rng *rng, uint64_t lo, uint64_t hi)
{
    ASSERT(lo <= hi);
    if (lo == 0 && hi == UINT64_MAX) return rng_u64(rng);
    return lo + rng_below(rng, hi - lo + 1);
}

bool rng_chance_bps(struct rng *rng, uint32_t bps) { return rng_below(rng, 10000) < bps; }

void rng_bytes(struct rng *rng, void *out, size_t bytes)
{
    uint8_t *to = out;
    for (size_t i = 0; i < bytes; i += 8) {
        const uint64_t word = rng_u64(rng);
        for (size_t j = i; j < bytes && j < i + 8; j++) to[j] = (uint8_t)(word >> (8 * (j - i)));
    }
}

void rng_shuffle_u32(struct rng *rng, uint32_t *items, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        const size_t j = (size_t)rng_below(rng, i);
        const uint32_t held = items[i - 1];
        items[i - 1] = items[j];
        items[j] = held;
    }
}

/* -log2(u / 2^64) for u > 0, with 32 fraction bits: the whole part is the count of leading zeros, the
 * fraction comes one bit a squaring of the mantissa. */
static uint64_t minus_log2_q32(uint64_t u)
{
    const unsigned zeros = (unsigned)__builtin_clzll(u);
    uint64_t mantissa = u << zeros; /* in [1, 2), 63 fraction bits */
    uint64_t fraction = 0;
    for (unsigned i = 0; i < 32; i++) {
        const u128 square = (u128)mantissa * mantissa; /* 126 fraction bits */
        const unsigned carry = (unsigned)(square >> 127);
        fraction = (fraction << 1) | carry;
        mantissa = (uint64_t)(square >> (63 + carry));
    }
    return ((uint64_t)(zeros + 1) << 32) - fraction;
}

uint64_t rng_exponential_ns(struct rng *rng, uint64_t mean_ns)
{
    const uint64_t ln2_q32 = UINT64_C(2977044472); /* ln 2 * 2^32, rounded */
    uint64_t u = rng_u64(rng);
    if (u == 0) u = 1;
    const u128 nats_q32 = ((u128)minus_log2_q32(u) * ln2_q32) >> 32;
    const u128 gap = (nats_q32 * mean_ns) >> 32; /* below 2^39 * 2^64 before the shift */
    return gap > UINT64_MAX ? UINT64_MAX : (uint64_t)gap;
}
