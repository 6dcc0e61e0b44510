#include "core/crypto/rangeproof_priv.h"
#include "core/crypto/shield_sum.h"

struct proof_size proof_size(uint32_t count)
{
    const uint32_t values = count <= 2 ? count : 4, rounds = values == 1 ? 6 : values == 2 ? 7 : 8;
    return (struct proof_size){values, values * RANGEPROOF_BITS, rounds};
}

size_t rangeproof_bytes(uint32_t count)
{
    if (count < 1 || count > RANGEPROOF_VALUES_MAX) return 0;
    return 32 * (9 + 2 * (size_t)proof_size(count).rounds);
}

struct transcript transcript_init(const struct point *commitments, uint32_t count)
{
    struct transcript t;
    struct wide_hasher hasher;
    wide_init(&hasher, "adnet/sh/bp-init/v1");
    wide_add_u32(&hasher, RANGEPROOF_BITS);
    wide_add_u32(&hasher, count);
    wide_add(&hasher, commitments, sizeof(commitments[0]) * count);
    wide_final(&hasher, t.state);
    return t;
}

struct scalar transcript_step(struct transcript *t, const char *tag, const void *data, size_t bytes)
{
    struct wide_hasher hasher;
    wide_init(&hasher, tag);
    wide_add(&hasher, t->state, sizeof(t->state));
    wide_add(&hasher, data, bytes);
    wide_final(&hasher, t->state);
    return scalar_of_wide(t->state);
}

bool rangeproof_well_formed(struct str proof, uint32_t count)
{
    const size_t bytes = rangeproof_bytes(count), items = bytes / 32;
    if (bytes == 0 || proof.len != bytes) return false;
    for (size_t i = 0; i < items; i++) {
        const bool is_scalar = (i >= AT_TAUX && i < AT_ROUNDS) || i >= items - 2;
        struct point p;
        struct scalar s;
        memcpy(&p, proof.data + 32 * i, 32);
        memcpy(&s, proof.data + 32 * i, 32);
        if (is_scalar ? !scalar_valid(&s) : !point_valid(&p)) return false;
    }
    return true;
}

/* ---- verifying: every proof is one sum that must be the identity; sums of many are added up under weights ---- */

struct sum {
    struct scalar g, h, gi[BITS_MAX], hi[BITS_MAX]; /* coefficients of the generators */
    uint32_t bits;                                  /* of gi and hi in use */
    struct multiples *points;                       /* the proofs' own points; owned */
    struct term *terms;                             /* and what they are taken times; then the generators; owned */
    size_t terms_count;
};

enum { OWN_POINTS_MAX = 4 + RANGEPROOF_VALUES_MAX + 2 * ROUNDS_MAX, GENERATORS_MAX = 2 + 2 * BITS_MAX };

static struct sum *sum_new(size_t proofs)
{
    struct sum *sum = base_alloc(sizeof(*sum));
    const size_t terms = proofs * OWN_POINTS_MAX + GENERATORS_MAX;
    sum->points = multiples_new(terms);
    sum->terms = base_alloc(terms * sizeof(sum->terms[0]));
    return sum;
}

static void sum_free(struct sum *sum)
{
    multiples_free(sum->points);
    base_free(sum->terms);
    base_free(sum);
}

static void sum_term(struct sum *sum, const struct scalar *k, const struct point *p)
{
    struct multiples *of = &sum->points[sum->terms_count];
    multiples_of(p, of);
    sum->terms[sum->terms_count++] = (struct term){*k, of};
}

struct challenges {
    struct scalar y, z, x, w, c, y_inverse;
    struct scalar u[ROUNDS_MAX], u_inverse[ROUNDS_MAX];
};

static struct scalar proof_scalar(const struct rangeproof_check *check, size_t i)
{
    struct scalar out;
    memcpy(&out, check->proof.data + 32 * i, sizeof(out));
    return out;
}

static struct point proof_point(const struct rangeproof_check *check, size_t i)
{
    struct point out;
    memcpy(&out, check->proof.data + 32 * i, sizeof(out));
    return out;
}

/* All inverses from one inversion of the product. False: a challenge is 0. */
static bool challenges_invert(struct challenges *ch, uint32_t rounds)
{
    struct scalar before[ROUNDS_MAX + 1], product = ch->y;
    for (uint32_t r = 0; r < rounds; r++) {
        before[r] = product;
        product = scalar_mul(&product, &ch->u[r]);
    }
    if (scalar_is_zero(&product)) return false;
    struct scalar inverse = scalar_invert(&product);
    for (uint32_t r = rounds; r-- > 0;) {
        ch->u_inverse[r] = scalar_mul(&inverse, &before[r]);
        inverse = scalar_mul(&inverse, &ch->u[r]);
    }
    ch->y_inverse = inverse;
    return true;
}

static bool challenges_read(const struct rangeproof_check *check, struct proof_size size, struct challenges *out)
{
    const char *proof = check->proof.data;
    struct transcript t = transcript_init(check->commitments, check->count);
    out->y = transcript_step(&t, "adnet/sh/bp-y/v1", proof + 32 * AT_A, 64);
    out->z = transcript_step(&t, "adnet/sh/bp-z/v1", NULL, 0);
    out->x = transcript_step(&t, "adnet/sh/bp-x/v1", proof + 32 * AT_T1, 64);
    out->w = transcript_step(&t, "adnet/sh/bp-w/v1", proof + 32 * AT_TAUX, 96);
    for (uint32_t r = 0; r < size.rounds; r++)
        out->u[r] = transcript_step(&t, "adnet/sh/bp-u/v1", proof + 32 * (AT_ROUNDS + 2 * (size_t)r), 64);
    out->c = transcript_step(&t, "adnet/sh/bp-c/v1", proof + check->proof.len - 64, 64);
    if (scalar_is_zero(&out->z) || scalar_is_zero(&out->x) || scalar_is_zero(&out->w)) return false;
    return challenges_invert(out, size.rounds);
}

static void add_product(struct scalar *to, const struct scalar *a, const struct scalar *b)
{
    const struct scalar product = scalar_mul(a, b);
    *to = scalar_add(to, &product);
}

static void sub_product(struct scalar *to, const struct scalar *a, const struct scalar *b)
{
    const struct scalar product = scalar_mul(a, b);
    *to = scalar_sub(to, &product);
}

/* The coefficients of G_i and H_i in (2), times e:
 *     G_i: -z - a s_i        H_i: z + y^-i (z^(2 + i/64) 2^(i mod 64) - b s_(N-1-i)) */
static void sum_generators(struct sum *sum, const struct challenges *ch, struct proof_size size, const struct scalar *a,
                           const struct scalar *b, const struct scalar *e)
{
    struct scalar *s = base_alloc(size.bits * sizeof(*s));
    s[0] = scalar_of(1);
    for (uint32_t r = 0; r < size.rounds; r++) s[0] = scalar_mul(&s[0], &ch->u_inverse[r]);
    for (uint32_t bit = 0; bit < size.rounds; bit++) {
        const struct scalar *u = &ch->u[size.rounds - 1 - bit], square = scalar_mul(u, u);
        for (uint32_t i = 0; i < 1u << bit; i++) s[i + (1u << bit)] = scalar_mul(&s[i], &square);
    }
    const struct scalar ea = scalar_mul(e, a), ez = scalar_mul(e, &ch->z), two = scalar_of(2);
    struct scalar y_power = *e; /* e y^-i */
    struct scalar z_power = scalar_mul(&ch->z, &ch->z), z_bit = z_power;
    for (uint32_t i = 0; i < size.bits; i++) {
        sum->gi[i] = scalar_sub(&sum->gi[i], &ez);
        sub_product(&sum->gi[i], &ea, &s[i]);
        struct scalar inner = z_bit;
        sub_product(&inner, b, &s[size.bits - 1 - i]);
        sum->hi[i] = scalar_add(&sum->hi[i], &ez);
        add_product(&sum->hi[i], &y_power, &inner);
        y_power = scalar_mul(&y_power, &ch->y_inverse);
        z_bit = scalar_mul(&z_bit, &two);
        if (i % RANGEPROOF_BITS == RANGEPROOF_BITS - 1) z_bit = z_power = scalar_mul(&z_power, &ch->z);
    }
    sum->bits = MAX(sum->bits, size.bits);
    base_free(s);
}

/* delta = (z - z^2) sum y^i - (2^64 - 1) sum_{j<M} z^(3+j) */
static struct scalar delta_of(const struct challenges *ch, struct proof_size size)
{
    struct scalar powers = {{0}}, y = scalar_of(1);
    for (uint32_t i = 0; i < size.bits; i++) {
        powers = scalar_add(&powers, &y);
        y = scalar_mul(&y, &ch->y);
    }
    const struct scalar z2 = scalar_mul(&ch->z, &ch->z), most = scalar_of(UINT64_MAX);
    struct scalar delta = scalar_sub(&ch->z, &z2), z = scalar_mul(&z2, &ch->z);
    delta = scalar_mul(&delta, &powers);
    for (uint32_t j = 0; j < size.values; j++) {
        sub_product(&delta, &most, &z);
        z = scalar_mul(&z, &ch->z);
    }
    return delta;
}

/* The terms of the proof's own points and commitments, times e. */
static void sum_points(struct sum *sum, const struct rangeproof_check *check, const struct challenges *ch, struct proof_size size,
                       const struct scalar *e)
{
    const struct scalar ec = scalar_mul(e, &ch->c), minus_ec = scalar_negate(&ec), x2 = scalar_mul(&ch->x, &ch->x);
    struct point p = proof_point(check, AT_A);
    sum_term(sum, e, &p);
    struct scalar k = scalar_mul(e, &ch->x);
    p = proof_point(check, AT_S);
    sum_term(sum, &k, &p);
    k = scalar_mul(&minus_ec, &ch->x);
    p = proof_point(check, AT_T1);
    sum_term(sum, &k, &p);
    k = scalar_mul(&minus_ec, &x2);
    p = proof_point(check, AT_T2);
    sum_term(sum, &k, &p);
    k = scalar_mul(&minus_ec, &ch->z);
    for (uint32_t j = 0; j < check->count; j++) {
        k = scalar_mul(&k, &ch->z); /* -e c z^(2 + j) */
        sum_term(sum, &k, &check->commitments[j]);
    }
    for (uint32_t r = 0; r < size.rounds; r++) {
        k = scalar_mul(&ch->u[r], &ch->u[r]);
        k = scalar_mul(&k, e);
        p = proof_point(check, AT_ROUNDS + 2 * (size_t)r);
        sum_term(sum, &k, &p);
        k = scalar_mul(&ch->u_inverse[r], &ch->u_inverse[r]);
        k = scalar_mul(&k, e);
        p = proof_point(check, AT_ROUNDS + 2 * (size_t)r + 1);
        sum_term(sum, &k, &p);
    }
}

/* Adds e times (equation (2) + c times equation (1)). False: a challenge is 0, and the proof is refused. */
static bool sum_add(struct sum *sum, const struct rangeproof_check *check, const struct scalar *e)
{
    const struct proof_size size = proof_size(check->count);
    struct challenges ch;
    if (!challenges_read(check, size, &ch)) return false;
    const size_t items = check->proof.len / 32;
    const struct scalar a = proof_scalar(check, items - 2), b = proof_scalar(check, items - 1), t = proof_scalar(check, AT_T),
                        mu = proof_scalar(check, AT_MU), taux = proof_scalar(check, AT_TAUX), delta = delta_of(&ch, size);
    struct scalar g = scalar_mul(&ch.c, &taux);
    g = scalar_sub(&g, &mu);
    add_product(&sum->g, e, &g);
    struct scalar h = t, rest = scalar_sub(&t, &delta);
    sub_product(&h, &a, &b);
    h = scalar_mul(&h, &ch.w);
    add_product(&h, &ch.c, &rest);
    add_product(&sum->h, e, &h);
    sum_generators(sum, &ch, size, &a, &b, e);
    sum_points(sum, check, &ch, size, e);
    return true;
}

static bool sum_is_identity(struct sum *sum)
{
    const struct point g = shield_base();
    sum_term(sum, &sum->g, &g);
    sum_term(sum, &sum->h, &shield_table.h);
    for (uint32_t i = 0; i < sum->bits; i++) {
        sum_term(sum, &sum->gi[i], &shield_table.gi[i]);
        sum_term(sum, &sum->hi[i], &shield_table.hi[i]);
    }
    const struct point all = shield_sum(sum->terms, sum->terms_count);
    return point_is_identity(&all);
}

bool rangeproof_verify(const struct rangeproof_check *check)
{
    ASSERT(check->proof.len == rangeproof_bytes(check->count));
    struct sum *sum = sum_new(1);
    const struct scalar one = scalar_of(1);
    const bool valid = sum_add(sum, check, &one) && sum_is_identity(sum);
    sum_free(sum);
    return valid;
}

static void batch_seed(const struct rangeproof_check *checks, size_t count, uint8_t out[64])
{
    struct wide_hasher hasher;
    wide_init(&hasher, "adnet/sh/bp-batch/v1");
    for (size_t i = 0; i < count; i++) {
        wide_add_u32(&hasher, checks[i].count);
        wide_add(&hasher, checks[i].commitments, sizeof(checks[i].commitments[0]) * checks[i].count);
        wide_add_u32(&hasher, (uint32_t)checks[i].proof.len);
        wide_add(&hasher, checks[i].proof.data, checks[i].proof.len);
    }
    wide_final(&hasher, out);
}

static bool batch_holds(const struct rangeproof_check *checks, size_t count)
{
    struct sum *sum = sum_new(count);
    uint8_t seed[64];
    batch_seed(checks, count, seed);
    bool valid = true;
    for (size_t i = 0; i < count && valid; i++) {
        struct wide_hasher hasher;
        wide_init(&hasher, "adnet/sh/bp-weight/v1");
        wide_add(&hasher, seed, sizeof(seed));
        wide_add_u32(&hasher, (uint32_t)i);
        const struct scalar e = wide_scalar(&hasher);
        valid = sum_add(sum, &checks[i], &e);
    }
    valid = valid && sum_is_identity(sum);
    sum_free(sum);
    return valid;
}

bool rangeproof_verify_batch(const struct rangeproof_check *checks, size_t count, bool *out_valid)
{
    bool all = true;
    if (batch_holds(checks, count)) {
        for (size_t i = 0; i < count; i++) out_valid[i] = true;
        return true;
    }
    for (size_t i = 0; i < count; i++) all &= out_valid[i] = rangeproof_verify(&checks[i]);
    return all;
}
