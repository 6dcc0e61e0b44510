/* Which of a ring is likeliest to have been spent, by how old its members are. */
#include "core/crypto/clsag.h"
#include "tester/scenario/linkage_priv.h"

/* ---- newest, oldest ---- */

static void ends_guess(const struct analyst *analyst, struct linkage *out)
{
    for (size_t i = 0; i < analyst->spends.count; i++) {
        const struct public_spend *spend = &analyst->spends.data[i];
        if (!spend->trial) continue;
        const uint32_t size = spend->input->ring_count;
        uint32_t newest = spend->ring[0], oldest = spend->ring[0];
        for (uint32_t j = 1; j < size; j++) {
            newest = MAX(newest, spend->ring[j]);
            oldest = MIN(oldest, spend->ring[j]);
        }
        score_add(&out->scores[LINK_NEWEST], newest == spend->truth->real ? PPM : 0, analyst->ring_chance);
        score_add(&out->scores[LINK_OLDEST], oldest == spend->truth->real ? PPM : 0, analyst->ring_chance);
    }
}

/* ---- age likelihood: p over q ---- */

#define AGE_BUCKETS (4 * 32)

static uint32_t octave_of(uint64_t rank) { return 63 - (uint32_t)__builtin_clzll(rank + 1); }

/* Octaves in four parts, as far as they have so many ranks. */
static uint32_t bucket_of(uint64_t rank)
{
    const uint32_t octave = octave_of(rank);
    return 4 * octave + (octave >= 2 ? (uint32_t)((rank + 1 - ((uint64_t)1 << octave)) >> (octave - 2)) : 0);
}

static bool rank_of(const struct public_spend *spend, uint32_t note, uint64_t *out)
{
    if (note >= spend->eligible) return false;
    *out = spend->eligible - 1 - note;
    return true;
}

/* log2 in 65536ths; value > 0. Squares the mantissa bit by bit. */
static uint64_t log2_fixed(uint64_t value)
{
    const uint32_t whole = 63 - (uint32_t)__builtin_clzll(value);
    uint64_t mantissa = whole > 31 ? value >> (whole - 31) : value << (31 - whole), out = whole;
    for (unsigned i = 0; i < 16; i++) {
        mantissa = (mantissa * mantissa) >> 31;
        out <<= 1;
        if (mantissa >> 32) {
            mantissa >>= 1;
            out |= 1;
        }
    }
    return out;
}
/* The number whose log2 it is, in thousandths, by halving. */
static uint64_t exp2_milli(uint64_t log)
{
    uint64_t low = 1000, high = 1000 * (CLSAG_RING_MAX + 1);
    while (low + 1 < high) {
        const uint64_t middle = (low + high) / 2;
        if (log2_fixed(middle) - log2_fixed(1000) <= log) low = middle;
        else high = middle;
    }
    return low;
}

/* exp(-sum p ln p) of these weights, in thousandths. */
static uint64_t effective_of(const uint64_t *weights, uint32_t count)
{
    uint64_t sum = 0;
    u128 bits = 0;
    for (uint32_t j = 0; j < count; j++) {
        sum += weights[j];
        bits += (u128)weights[j] * log2_fixed(weights[j]);
    }
    const uint64_t mean = (uint64_t)(bits / sum), all = log2_fixed(sum);
    return exp2_milli(all > mean ? all - mean : 0);
}

/* Ranks below `eligible` in the bucket, or in its whole octave; 0: none. */
static uint64_t width_of(uint32_t bucket, uint64_t eligible, bool whole)
{
    const uint32_t octave = bucket / 4, part = bucket % 4;
    uint64_t from = ((uint64_t)1 << octave) - 1, size = (uint64_t)1 << octave;
    if (octave < 2 && part > 0) return 0;
    if (!whole && octave >= 2) {
        size >>= 2;
        from += part * size;
    }
    return from < eligible ? MIN(from + size, eligible) - from : 0;
}

/* How often a spent note (p) and a member of a ring (q) stands in each bucket. */
struct ages {
    uint64_t p[AGE_BUCKETS], q[AGE_BUCKETS]; /* in 65536ths of a spend, of a member */
    uint64_t members, spends;
};

/* The law that wallets are meant to follow (shielded 9). */
static void law_add(struct ages *ages, uint32_t eligible)
{
    const uint64_t octaves = octave_of(eligible - 1) + 1;
    for (uint32_t bucket = 0; bucket < 4 * octaves; bucket++)
        if (width_of(bucket, eligible, true) > 0)
            ages->p[bucket] += (width_of(bucket, eligible, false) << 16) / (width_of(bucket, eligible, true) * octaves);
    ages->spends++;
}

static void note_add(struct ages *ages, const struct public_spend *spend, uint32_t note)
{
    uint64_t rank;
    if (rank_of(spend, note, &rank)) ages->p[bucket_of(rank)] += 1 << 16;
    ages->spends++;
}

static void members_add(struct ages *ages, const struct public_spend *spend)
{
    uint64_t rank;
    for (uint32_t j = 0; j < spend->input->ring_count; j++)
        if (rank_of(spend, spend->ring[j], &rank)) ages->q[bucket_of(rank)] += 1 << 16;
    ages->members += spend->input->ring_count;
}

/* p over q, pulled towards 1 where little was seen. */
#define AGE_PRIOR (4u << 16)
static void ages_weigh(const struct public_spend *spend, const struct ages *ages, uint64_t weights[CLSAG_RING_MAX])
{
    for (uint32_t j = 0; j < spend->input->ring_count; j++) {
        uint64_t rank;
        weights[j] = 1;
        if (!rank_of(spend, spend->ring[j], &rank)) continue;
        const uint32_t bucket = bucket_of(rank);
        const u128 p = (u128)ages->p[bucket] * ages->members / MAX(ages->spends, 1) + AGE_PRIOR, q = (u128)ages->q[bucket] + AGE_PRIOR;
        weights[j] += (uint64_t)((p << 16) / q);
    }
}

static uint64_t age_guess(const struct analyst *analyst, const struct public_spend *spend, const struct ages *ages, struct linkage_score *score)
{
    uint64_t weights[CLSAG_RING_MAX];
    uint32_t best = 0;
    ages_weigh(spend, ages, weights);
    for (uint32_t j = 1; j < spend->input->ring_count; j++)
        if (weights[j] >= weights[best]) best = j;
    score_add(score, spend->ring[best] == spend->truth->real ? PPM : 0, analyst->ring_chance);
    return effective_of(weights, spend->input->ring_count);
}

static bool is_guessed(const struct public_spend *spend) { return spend->trial && spend->input->ring_count <= CLSAG_RING_MAX; }

static void ages_guess(const struct analyst *analyst, struct linkage *out)
{
    struct ages *ages = base_alloc(sizeof(*ages));
    struct linkage_score *score = &out->scores[LINK_AGE];
    size_t deduced = 0;
    uint64_t effective = 0;
    for (size_t i = 0; i < analyst->spends.count; i++) deduced += analyst->spends.data[i].deduced != UINT32_MAX;
    for (size_t i = 0; i < analyst->spends.count; i++) {
        const struct public_spend *spend = &analyst->spends.data[i];
        members_add(ages, spend);
        if (deduced < LINKAGE_TRIALS_MIN && spend->eligible > 0) law_add(ages, spend->eligible);
        else if (spend->deduced != UINT32_MAX) note_add(ages, spend, spend->deduced);
    }
    for (size_t i = 0; i < analyst->spends.count; i++)
        if (is_guessed(&analyst->spends.data[i])) effective += age_guess(analyst, &analyst->spends.data[i], ages, score);
    if (score->trials > 0) score->effective_milli = effective / score->trials;
    base_free(ages);
}

/* Each half is guessed by what was told of the other. */
static void told_guess(const struct analyst *analyst, struct linkage *out)
{
    struct ages *ages = base_alloc(2 * sizeof(*ages));
    struct linkage_score *score = &out->scores[LINK_AGE_TOLD];
    uint64_t effective = 0;
    for (size_t i = 0; i < analyst->spends.count; i++) {
        const struct public_spend *spend = &analyst->spends.data[i];
        if (spend->truth == NULL) continue;
        members_add(&ages[i % 2], spend);
        note_add(&ages[i % 2], spend, spend->truth->real);
    }
    for (size_t i = 0; i < analyst->spends.count; i++)
        if (is_guessed(&analyst->spends.data[i])) effective += age_guess(analyst, &analyst->spends.data[i], &ages[1 - i % 2], score);
    if (score->trials > 0) score->effective_milli = effective / score->trials;
    base_free(ages);
}

void linkage_ages(const struct analyst *analyst, struct linkage *out)
{
    ends_guess(analyst, out);
    ages_guess(analyst, out);
    told_guess(analyst, out);
}
