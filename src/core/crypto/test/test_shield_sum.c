/* Sums of many terms against the same sums made step by step. */
#include "core/base/check.h"
#include "core/base/rng.h"
#include "core/crypto/shield_sum.h"

enum { TERMS_MAX = 300 };

static struct scalar drawn(struct rng *rng)
{
    uint8_t wide[64];
    rng_bytes(rng, wide, sizeof(wide));
    return scalar_of_wide(wide);
}

static struct scalar order_less(uint32_t n)
{
    const struct scalar zero = scalar_of(0), k = scalar_of(n);
    return scalar_sub(&zero, &k);
}

/* Of every kind: 0, 1, small, just below the order, one bit, and any. */
static struct scalar scalar_like(struct rng *rng, uint64_t kind)
{
    switch (kind) {
    case 0: return scalar_of(0);
    case 1: return scalar_of(1);
    case 2: return scalar_of(rng_below(rng, 64));
    case 3: return order_less(1 + (uint32_t)rng_below(rng, 40));
    case 4: return scalar_of((u128)1 << rng_below(rng, 128));
    default: return drawn(rng);
    }
}

static struct point point_like(struct rng *rng, const struct point *before)
{
    const uint64_t kind = rng_below(rng, 8);
    const struct scalar k = drawn(rng);
    if (kind == 0) return (struct point){{0}}; /* the identity */
    if (kind == 1) return *before;
    return point_mul_base(&k);
}

static struct point step_by_step(const struct scalar *k, const struct point *p, size_t count)
{
    struct point sum = {{0}};
    for (size_t i = 0; i < count; i++) point_mul_add(&sum, &k[i], &p[i]);
    return sum;
}

static void compared(struct rng *rng, size_t count)
{
    static struct scalar k[TERMS_MAX];
    static struct point p[TERMS_MAX];
    static struct term terms[TERMS_MAX];
    struct multiples *of = multiples_new(count);
    struct point before = shield_base();
    for (size_t i = 0; i < count; i++) {
        k[i] = scalar_like(rng, rng_below(rng, 12));
        p[i] = before = point_like(rng, &before);
        multiples_of(&p[i], &of[i]);
        terms[i] = (struct term){k[i], &of[i]};
    }
    const struct point want = step_by_step(k, p, count), got = shield_sum(terms, count);
    CHECK(point_eq(&got, &want));
    multiples_free(of);
}

static void a_sum_is_what_its_steps_are(void)
{
    struct rng rng;
    rng_init(&rng, 11);
    for (size_t count = 0; count <= 24; count++)
        for (int again = 0; again < 4; again++) compared(&rng, count);
    compared(&rng, TERMS_MAX);
}

static void every_small_multiple_and_its_negative_is_right(void)
{
    struct multiples *g = multiples_new(1);
    multiples_of_base(g);
    const struct point base = shield_base();
    for (uint32_t n = 0; n < 600; n++) {
        const struct scalar up = scalar_of(n), down = order_less(n);
        const struct term plus = {up, g}, minus = {down, g}, both[] = {plus, minus};
        const struct point want = point_mul(&up, &base), want_down = point_mul(&down, &base), got = shield_sum(&plus, 1),
                           got_down = shield_sum(&minus, 1), none = shield_sum(both, 2);
        CHECK(point_eq(&got, &want) && point_eq(&got_down, &want_down) && point_is_identity(&none));
    }
    multiples_free(g);
}

static void the_base_is_g(void)
{
    struct multiples *both = multiples_new(2);
    const struct point base = shield_base();
    multiples_of(&base, &both[0]);
    multiples_of_base(&both[1]);
    const struct term terms[] = {{scalar_of(1000003), &both[0]}, {order_less(1000003), &both[1]}};
    const struct point none = shield_sum(terms, 2);
    CHECK(point_is_identity(&none));
    multiples_free(both);
}

/* Two libraries read encodings: what passes point_valid must be read by the other as the same point, or a sum would abort. */
static void one_reading(const struct point *p, struct multiples *of, uint32_t *valid)
{
    if (!point_valid(p)) return;
    ++*valid;
    multiples_of(p, of);
    const struct term once = {scalar_of(1), of};
    const struct point same = shield_sum(&once, 1);
    CHECK(point_eq(&same, p));
}

static void what_is_valid_is_read_as_the_same_point(void)
{
    struct multiples *of = multiples_new(1);
    struct rng rng;
    uint32_t valid = 0;
    rng_init(&rng, 12);
    for (uint32_t i = 0; i < 4000; i++) {
        struct point p;
        rng_bytes(&rng, p.b, sizeof(p.b));
        one_reading(&p, of, &valid);
        p.b[0] &= 0xfe;
        p.b[31] &= 0x7f;
        one_reading(&p, of, &valid);
    }
    for (uint32_t n = 0; n < 2000; n++) { /* small numbers, and about 2^255 - 19, where encodings stop being canonical */
        struct point small = {{(uint8_t)n, (uint8_t)(n >> 8)}}, large;
        memset(large.b, 0xff, sizeof(large.b));
        large.b[0] = (uint8_t)n;
        large.b[31] = n < 1000 ? 0x7f : 0xff;
        one_reading(&small, of, &valid);
        one_reading(&large, of, &valid);
    }
    CHECK(valid > 500);
    multiples_free(of);
}

int main(void)
{
    RUN(what_is_valid_is_read_as_the_same_point);
    RUN(a_sum_is_what_its_steps_are);
    RUN(every_small_multiple_and_its_negative_is_right);
    RUN(the_base_is_g);
    return 0;
}
