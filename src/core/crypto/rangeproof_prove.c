#include "core/crypto/rangeproof_priv.h"
#include "core/crypto/shield_sum.h"

#include "core/crypto/wipe.h"

/* The prover's working set: secrets, wiped at the end. */
struct prover {
    struct proof_size size;
    uint32_t count;
    uint64_t values[RANGEPROOF_VALUES_MAX]; /* padded with 0 */
    struct scalar blindings[RANGEPROOF_VALUES_MAX];
    struct scalar alpha, rho, tau1, tau2;
    struct scalar sl[BITS_MAX], sr[BITS_MAX];
    struct scalar l[BITS_MAX], r[BITS_MAX];   /* l(x), r(x); then a, b of the rounds */
    struct scalar kg[BITS_MAX], kh[BITS_MAX]; /* what the rounds' generators have of G_i and H_i */
    struct scalar y, z, x;
    uint8_t *out;
    uint32_t bases;                /* how many there are of each of the next two: size.bits, until they are made fewer */
    struct multiples *h, *gi, *hi; /* H; G_i, H_i */
    struct term terms[2 * BITS_MAX + 1]; /* of the sum that is being made */
    size_t terms_count;
};

static void term(struct prover *p, const struct scalar *k, const struct multiples *of) { p->terms[p->terms_count++] = (struct term){*k, of}; }

static struct point terms_sum(struct prover *p)
{
    const struct point sum = shield_sum(p->terms, p->terms_count);
    p->terms_count = 0;
    return sum;
}

static void generators(struct prover *p)
{
    p->bases = p->size.bits;
    p->h = multiples_new(1 + 2 * (size_t)p->bases);
    p->gi = p->h + 1;
    p->hi = p->gi + p->bases;
    multiples_of(&shield_table.h, p->h);
    for (uint32_t i = 0; i < p->size.bits; i++) {
        multiples_of(&shield_table.gi[i], &p->gi[i]);
        multiples_of(&shield_table.hi[i], &p->hi[i]);
    }
}

static void put(struct prover *p, size_t item, const void *bytes) { memcpy(p->out + 32 * item, bytes, 32); }

static bool bit_of(const struct prover *p, uint32_t i) { return (p->values[i / RANGEPROOF_BITS] >> (i % RANGEPROOF_BITS) & 1) != 0; }

static void draw(struct prover *p, const uint8_t rnd[32])
{
    struct wide_hasher hasher;
    wide_init(&hasher, "adnet/sh/bp-nonce/v1");
    wide_add(&hasher, rnd, 32);
    wide_add_u32(&hasher, p->count);
    for (uint32_t j = 0; j < p->count; j++) {
        wide_add_u64(&hasher, p->values[j]);
        wide_add(&hasher, &p->blindings[j], sizeof(p->blindings[j]));
    }
    struct source source = source_of_wide(&hasher);
    p->alpha = source_scalar(&source);
    p->rho = source_scalar(&source);
    for (uint32_t i = 0; i < p->size.bits; i++) {
        p->sl[i] = source_scalar(&source);
        p->sr[i] = source_scalar(&source);
    }
    p->tau1 = source_scalar(&source);
    p->tau2 = source_scalar(&source);
    source_wipe(&source);
}

/* A and S; y and z. */
static void commit_bits(struct prover *p, struct transcript *t)
{
    const struct scalar one = scalar_of(1), minus_one = scalar_negate(&one);
    for (uint32_t i = 0; i < p->size.bits; i++) bit_of(p, i) ? term(p, &one, &p->gi[i]) : term(p, &minus_one, &p->hi[i]);
    const struct point ones = terms_sum(p), alpha = point_mul_base(&p->alpha), a = point_add(&ones, &alpha);
    for (uint32_t i = 0; i < p->size.bits; i++) {
        term(p, &p->sl[i], &p->gi[i]);
        term(p, &p->sr[i], &p->hi[i]);
    }
    const struct point masks = terms_sum(p), rho = point_mul_base(&p->rho), s = point_add(&masks, &rho);
    put(p, AT_A, &a);
    put(p, AT_S, &s);
    p->y = transcript_step(t, "adnet/sh/bp-y/v1", p->out + 32 * AT_A, 64);
    p->z = transcript_step(t, "adnet/sh/bp-z/v1", NULL, 0);
}

static void add_product(struct scalar *to, const struct scalar *a, const struct scalar *b)
{
    const struct scalar product = scalar_mul(a, b);
    *to = scalar_add(to, &product);
}

/* l(X) = l0 + l1 X and r(X) = r0 + r1 X of position i; l1 is sL. */
struct line {
    struct scalar l0, r0, r1;
};
static struct line line_at(const struct prover *p, uint32_t i, const struct scalar *y_power, const struct scalar *z_bit)
{
    const struct scalar one = scalar_of(1), zero = scalar_of(0), minus_one = scalar_negate(&one);
    const struct scalar al = bit_of(p, i) ? one : zero, ar = bit_of(p, i) ? zero : minus_one;
    struct line out = {.l0 = scalar_sub(&al, &p->z), .r0 = scalar_add(&ar, &p->z), .r1 = scalar_mul(y_power, &p->sr[i])};
    out.r0 = scalar_mul(&out.r0, y_power);
    out.r0 = scalar_add(&out.r0, z_bit);
    return out;
}

/* Walks the positions: y^i, and z^(2 + i/64) 2^(i mod 64). */
struct powers {
    struct scalar y, z_bit, z;
    uint32_t i;
};
static struct powers powers_start(const struct prover *p)
{
    const struct scalar z2 = scalar_mul(&p->z, &p->z);
    return (struct powers){scalar_of(1), z2, z2, 0};
}
static void powers_next(const struct prover *p, struct powers *powers)
{
    const struct scalar two = scalar_of(2);
    powers->y = scalar_mul(&powers->y, &p->y);
    powers->z_bit = scalar_mul(&powers->z_bit, &two);
    if (++powers->i % RANGEPROOF_BITS == 0) powers->z_bit = powers->z = scalar_mul(&powers->z, &p->z);
}

/* T1, T2; x; then tau_x, mu, t and the vectors l, r at x. Answers w. */
static struct scalar commit_polynomial(struct prover *p, struct transcript *t)
{
    struct scalar t1 = {{0}}, t2 = {{0}};
    struct powers powers = powers_start(p);
    for (uint32_t i = 0; i < p->size.bits; i++, powers_next(p, &powers)) {
        const struct line line = line_at(p, i, &powers.y, &powers.z_bit);
        add_product(&t1, &line.l0, &line.r1);
        add_product(&t1, &p->sl[i], &line.r0);
        add_product(&t2, &p->sl[i], &line.r1);
    }
    struct point commitment = point_mul_base(&p->tau1);
    point_mul_add(&commitment, &t1, &shield_table.h);
    put(p, AT_T1, &commitment);
    commitment = point_mul_base(&p->tau2);
    point_mul_add(&commitment, &t2, &shield_table.h);
    put(p, AT_T2, &commitment);
    p->x = transcript_step(t, "adnet/sh/bp-x/v1", p->out + 32 * AT_T1, 64);

    struct scalar value = {{0}};
    powers = powers_start(p);
    for (uint32_t i = 0; i < p->size.bits; i++, powers_next(p, &powers)) {
        const struct line line = line_at(p, i, &powers.y, &powers.z_bit);
        p->l[i] = line.l0;
        add_product(&p->l[i], &p->sl[i], &p->x);
        p->r[i] = line.r0;
        add_product(&p->r[i], &line.r1, &p->x);
        add_product(&value, &p->l[i], &p->r[i]);
    }
    const struct scalar x2 = scalar_mul(&p->x, &p->x);
    struct scalar taux = scalar_mul(&p->tau1, &p->x), mu = p->alpha, z = scalar_mul(&p->z, &p->z);
    add_product(&taux, &p->tau2, &x2);
    for (uint32_t j = 0; j < p->count; j++) {
        add_product(&taux, &z, &p->blindings[j]);
        z = scalar_mul(&z, &p->z);
    }
    add_product(&mu, &p->rho, &p->x);
    put(p, AT_TAUX, &taux);
    put(p, AT_MU, &mu);
    put(p, AT_T, &value);
    return transcript_step(t, "adnet/sh/bp-w/v1", p->out + 32 * AT_TAUX, 96);
}

static struct scalar scalar_mix(const struct scalar *ka, const struct scalar *a, const struct scalar *kb, const struct scalar *b)
{
    struct scalar out = scalar_mul(ka, a);
    add_product(&out, kb, b);
    return out;
}

/* A round's generators are not computed: folding g'[j] = u^-1 g[j] + u g[n + j] and h'[j] = u h[j] + u^-1 h[n + j] makes each a sum
 * over the bases with i = j modulo what is left, with coefficients kg, kh. Of a round with 2n positions:
 *     left:  <a_lo, g_hi> + <b_hi, h_lo> + <a_lo, b_hi> w H        right: <a_hi, g_lo> + <b_lo, h_hi> + <a_hi, b_lo> w H */
static struct point cross(struct prover *p, uint32_t n, bool left, const struct scalar *w)
{
    struct scalar product = {{0}};
    for (uint32_t i = 0; i < p->bases; i++) {
        const uint32_t at = i % (2 * n), other = (at + n) % (2 * n);
        const bool high = at >= n;
        const struct scalar k = high == left ? scalar_mul(&p->l[other], &p->kg[i]) : scalar_mul(&p->r[other], &p->kh[i]);
        term(p, &k, high == left ? &p->gi[i] : &p->hi[i]);
    }
    for (uint32_t j = 0; j < n; j++) add_product(&product, &p->l[left ? j : n + j], &p->r[left ? n + j : j]);
    product = scalar_mul(&product, w);
    term(p, &product, p->h);
    return terms_sum(p);
}

static void fold(struct prover *p, uint32_t n, const struct scalar *u, const struct scalar *inverse)
{
    for (uint32_t j = 0; j < n; j++) {
        p->l[j] = scalar_mix(u, &p->l[j], inverse, &p->l[n + j]);
        p->r[j] = scalar_mix(inverse, &p->r[j], u, &p->r[n + j]);
    }
    for (uint32_t i = 0; i < p->bases; i++) {
        const bool high = i % (2 * n) >= n;
        p->kg[i] = scalar_mul(&p->kg[i], high ? u : inverse);
        p->kh[i] = scalar_mul(&p->kh[i], high ? inverse : u);
    }
}

/* Makes the generators of the next round, of 2n positions, bases in place of those that they are sums of. It costs what a round costs, and makes
 * those that follow cheap: after three rounds it saves most. */
enum { ROUNDS_BEFORE_FEWER = 3 };
static struct point gathered(struct prover *p, const struct multiples *of, const struct scalar *k, uint32_t j, uint32_t stride)
{
    for (uint32_t i = j; i < p->bases; i += stride) term(p, &k[i], &of[i]);
    return terms_sum(p);
}

static void bases_make_fewer(struct prover *p, uint32_t n)
{
    for (uint32_t j = 0; j < 2 * n; j++) { /* what lies at j is in no later sum */
        const struct point g = gathered(p, p->gi, p->kg, j, 2 * n), h = gathered(p, p->hi, p->kh, j, 2 * n);
        multiples_of(&g, &p->gi[j]);
        multiples_of(&h, &p->hi[j]);
        p->kg[j] = p->kh[j] = scalar_of(1);
    }
    p->bases = 2 * n;
}

static void inner_product(struct prover *p, struct transcript *t, const struct scalar *w)
{
    const struct scalar y_inverse = scalar_invert(&p->y);
    struct scalar power = scalar_of(1);
    for (uint32_t i = 0; i < p->size.bits; i++) {
        p->kg[i] = scalar_of(1);
        p->kh[i] = power;
        power = scalar_mul(&power, &y_inverse);
    }
    size_t item = AT_ROUNDS;
    for (uint32_t n = p->size.bits / 2, round = 0; n >= 1; n /= 2, round++) {
        if (round == ROUNDS_BEFORE_FEWER) bases_make_fewer(p, n);
        const struct point left = cross(p, n, true, w), right = cross(p, n, false, w);
        put(p, item, &left);
        put(p, item + 1, &right);
        const struct scalar u = transcript_step(t, "adnet/sh/bp-u/v1", p->out + 32 * item, 64), inverse = scalar_invert(&u);
        fold(p, n, &u, &inverse);
        item += 2;
    }
    put(p, item, &p->l[0]);
    put(p, item + 1, &p->r[0]);
}

void rangeproof_prove(const struct shield_opening *openings, const struct point *commitments, uint32_t count, const uint8_t rnd[32],
                      uint8_t *out)
{
    ASSERT(count >= 1 && count <= RANGEPROOF_VALUES_MAX);
    struct prover *p = base_alloc(sizeof(*p));
    p->size = proof_size(count);
    p->count = count;
    p->out = out;
    for (uint32_t j = 0; j < count; j++) {
        p->values[j] = openings[j].value;
        p->blindings[j] = openings[j].blinding;
    }
    generators(p);
    draw(p, rnd);
    struct transcript t = transcript_init(commitments, count);
    commit_bits(p, &t);
    const struct scalar w = commit_polynomial(p, &t);
    inner_product(p, &t, &w);
    multiples_free(p->h);
    crypto_wipe(p, sizeof(*p));
    base_free(p);
}
