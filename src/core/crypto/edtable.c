#include "core/crypto/edtable.h"

#include <sodium.h>

#include "core/crypto/field_priv.h"

/* -x^2 + y^2 = 1 + d x^2 y^2; formulas from Hisil, Wong, Carter, Dawson, "Twisted Edwards curves revisited", 2008. */

enum { PLACES = 32, MULTIPLES = 8, DIGITS = 2 * PLACES };

/* x = X / Z, y = Y / Z, x y = T / Z. */
struct point {
    struct field x, y, z, t;
};
/* A point with Z = 1, as an addition wants it. */
struct entry {
    struct field sum, difference, product; /* y + x, y - x, 2 d x y */
};
struct edtable {
    struct entry at[PLACES][MULTIPLES]; /* [i][j]: (j + 1) * 256^i times the point */
};
struct curve {
    struct field d, root; /* root * root = -1 */
};

/* Both follow from small numbers: d = -121665 / 121666, and 2^((p - 1) / 4) is a root of -1, 2 being no square. */
static struct curve curve_make(void)
{
    const struct field two = field_of(2), numerator = field_of(121665), denominator = field_of(121666);
    const struct field inverse = field_inverse(&denominator), quotient = field_mul(&numerator, &inverse);
    const struct field power = field_power_252_3(&two), square = field_square(&power);
    const struct field negated = field_negated(&quotient), one = field_of(1);
    return (struct curve){.d = field_mul(&negated, &one), .root = field_mul(&square, &two)};
}

/* The last step of additions and doublings: (X : Y : Z : T) of (x / z, y / t). */
static inline struct point completed(const struct field *x, const struct field *y, const struct field *z, const struct field *t)
{
    return (struct point){field_mul(x, t), field_mul(y, z), field_mul(z, t), field_mul(x, y)};
}

static struct point doubled(const struct point *p)
{
    const struct field xx = field_square(&p->x), yy = field_square(&p->y), zz = field_square(&p->z), two_zz = field_add(&zz, &zz);
    const struct field sum = field_add(&p->x, &p->y), sum_square = field_square(&sum), two_zz_xx = field_add(&two_zz, &xx);
    const struct field y = field_add(&yy, &xx), z = field_sub(&yy, &xx), x = field_sub(&sum_square, &y),
                       t = field_sub(&two_zz_xx, &yy);
    return completed(&x, &y, &z, &t);
}

/* p + e, or p - e. */
static inline struct point added(const struct point *p, const struct entry *e, bool minus)
{
    const struct field high = field_add(&p->y, &p->x), low = field_sub(&p->y, &p->x);
    const struct field a = field_mul(&high, minus ? &e->difference : &e->sum),
                       b = field_mul(&low, minus ? &e->sum : &e->difference);
    const struct field c = field_mul(&e->product, &p->t), two_z = field_add(&p->z, &p->z);
    const struct field x = field_sub(&a, &b), y = field_add(&a, &b), plus = field_add(&two_z, &c), less = field_sub(&two_z, &c);
    return minus ? completed(&x, &y, &less, &plus) : completed(&x, &y, &plus, &less);
}

/* The same for two points with any Z. */
static struct point sum_of(const struct curve *curve, const struct point *p, const struct point *q)
{
    const struct field high_p = field_add(&p->y, &p->x), low_p = field_sub(&p->y, &p->x);
    const struct field high_q = field_add(&q->y, &q->x), low_q = field_sub(&q->y, &q->x);
    const struct field a = field_mul(&high_p, &high_q), b = field_mul(&low_p, &low_q);
    const struct field tt = field_mul(&p->t, &q->t), dtt = field_mul(&tt, &curve->d), c = field_add(&dtt, &dtt);
    const struct field zz = field_mul(&p->z, &q->z), two_zz = field_add(&zz, &zz);
    const struct field x = field_sub(&a, &b), y = field_add(&a, &b), plus = field_add(&two_zz, &c), less = field_sub(&two_zz, &c);
    return completed(&x, &y, &plus, &less);
}

static bool is_small(const struct point *p) /* its order divides 8 */
{
    struct point q = doubled(p);
    q = doubled(&q);
    q = doubled(&q);
    return field_is_zero(&q.x) && field_is_equal(&q.y, &q.z);
}

/* RFC 8032, 5.1.3, and nothing but the canonical encoding. */
static bool decoded(const struct curve *curve, const uint8_t bytes[32], struct point *out)
{
    const struct field one = field_of(1), y = field_of_bytes(bytes), yy = field_square(&y), dyy = field_mul(&yy, &curve->d);
    const struct field u = field_sub(&yy, &one), v = field_add(&dyy, &one);
    const struct field vv = field_square(&v), v3 = field_mul(&vv, &v), v6 = field_square(&v3), v7 = field_mul(&v6, &v);
    const struct field uv3 = field_mul(&u, &v3), uv7 = field_mul(&u, &v7), power = field_power_252_3(&uv7);
    struct field x = field_mul(&uv3, &power);
    const struct field xx = field_square(&x), vxx = field_mul(&v, &xx), sum = field_add(&vxx, &u);
    if (field_is_zero(&sum))
        x = field_mul(&x, &curve->root);
    else if (!field_is_equal(&vxx, &u))
        return false;
    uint8_t check[32];
    field_bytes(&x, check);
    if ((check[0] & 1) != bytes[31] >> 7) x = field_negated(&x);
    x = field_mul(&x, &one);
    field_bytes(&y, check);
    check[31] |= bytes[31] & 0x80;
    if (memcmp(check, bytes, sizeof(check)) != 0) return false;
    *out = (struct point){x, y, one, field_mul(&x, &y)};
    return true;
}

/* Their Z made 1 with one inversion for all (Montgomery's trick). */
static void entries_write(const struct curve *curve, const struct point *points, struct entry *out, size_t count)
{
    struct field *prefix = base_alloc(count * sizeof(*prefix)); /* Z of all before it, multiplied */
    struct field product = field_of(1);
    for (size_t i = 0; i < count; i++) {
        prefix[i] = product;
        product = field_mul(&product, &points[i].z);
    }
    struct field inverse = field_inverse(&product);
    for (size_t i = count; i-- > 0;) {
        const struct field one_by_z = field_mul(&inverse, &prefix[i]);
        inverse = field_mul(&inverse, &points[i].z);
        const struct field x = field_mul(&points[i].x, &one_by_z), y = field_mul(&points[i].y, &one_by_z);
        const struct field xy = field_mul(&x, &y), dxy = field_mul(&xy, &curve->d);
        out[i] = (struct entry){field_add(&y, &x), field_sub(&y, &x), field_add(&dxy, &dxy)};
    }
    base_free(prefix);
}

static struct edtable *table_of(const struct curve *curve, struct point p)
{
    struct point *points = base_alloc(PLACES * MULTIPLES * sizeof(*points));
    for (size_t i = 0; i < PLACES; i++) {
        struct point *row = points + i * MULTIPLES;
        row[0] = p;
        for (size_t j = 1; j < MULTIPLES; j++) row[j] = sum_of(curve, &row[j - 1], &p);
        for (int k = 0; k < 8; k++) p = doubled(&p);
    }
    struct edtable *table = base_alloc(sizeof(*table));
    entries_write(curve, points, table->at[0], PLACES * MULTIPLES);
    base_free(points);
    return table;
}

struct edtable *edtable_base_new(void)
{
    const struct curve curve = curve_make();
    uint8_t bytes[32] = {0x58}; /* y = 4/5, x even */
    memset(bytes + 1, 0x66, 31);
    struct point point;
    ASSERT(decoded(&curve, bytes, &point));
    return table_of(&curve, point);
}

struct edtable *edtable_new(const struct pubkey *key)
{
    const struct curve curve = curve_make();
    struct point point;
    if (!decoded(&curve, key->b, &point) || is_small(&point)) return NULL;
    return table_of(&curve, point);
}

void edtable_free(struct edtable *table) { base_free(table); }

/* A scalar below 2^253 as the sum of out[i] * 16^i, each between -8 and 8. */
static void digits_of(const uint8_t scalar[32], int8_t out[DIGITS])
{
    int carry = 0;
    for (int i = 0; i < DIGITS; i++) {
        const int digit = (scalar[i / 2] >> i % 2 * 4 & 15) + carry;
        carry = i < DIGITS - 1 && digit > 8;
        out[i] = (int8_t)(digit - 16 * carry);
    }
}

static inline struct point step(const struct point *sum, const struct edtable *table, size_t place, int digit)
{
    if (digit == 0) return *sum;
    return added(sum, &table->at[place][(digit < 0 ? -digit : digit) - 1], digit < 0);
}

/* s * B - h * A. */
static struct point combination(const struct edtable *base, const uint8_t s[32], const struct edtable *table, const uint8_t h[32])
{
    int8_t s_digits[DIGITS], h_digits[DIGITS];
    digits_of(s, s_digits);
    digits_of(h, h_digits);
    struct point sum = {.y = field_of(1), .z = field_of(1)};
    for (size_t odd = 2; odd-- > 0;) {
        for (size_t i = 0; i < PLACES; i++) {
            sum = step(&sum, base, i, s_digits[2 * i + odd]);
            sum = step(&sum, table, i, -h_digits[2 * i + odd]);
        }
        for (int k = 0; odd == 1 && k < 4; k++) sum = doubled(&sum);
    }
    return sum;
}

bool edtable_verify(const struct edtable *base, const struct edtable *table, const struct pubkey *key, const uint8_t *bytes,
                    size_t count, const struct signature *signature)
{
    const struct signature reduced = signature_reduced(signature);
    if (memcmp(&reduced, signature, sizeof(reduced)) != 0) return false; /* S is not below the group's order */
    crypto_hash_sha512_state state;
    uint8_t wide[64], h[32], encoded[32], x[32];
    crypto_hash_sha512_init(&state);
    crypto_hash_sha512_update(&state, signature->b, 32);
    crypto_hash_sha512_update(&state, key->b, sizeof(key->b));
    crypto_hash_sha512_update(&state, bytes, count);
    crypto_hash_sha512_final(&state, wide);
    crypto_core_ed25519_scalar_reduce(h, wide);
    const struct point r = combination(base, signature->b + 32, table, h);
    const struct field inverse = field_inverse(&r.z), affine_x = field_mul(&r.x, &inverse), affine_y = field_mul(&r.y, &inverse);
    field_bytes(&affine_x, x);
    field_bytes(&affine_y, encoded);
    encoded[31] |= (uint8_t)(x[0] << 7);
    return memcmp(encoded, signature->b, sizeof(encoded)) == 0 && !is_small(&r);
}
