#include "core/crypto/shield_sum.h"

#include <decaf/point_255.h>
#include <stdlib.h>

#include "core/crypto/wipe.h"

_Static_assert(sizeof(struct live_point) == sizeof(decaf_255_point_t), "a live point is libdecaf's");
_Static_assert(_Alignof(struct live_point) >= _Alignof(decaf_255_point_t), "and aligned for it");

enum { WIDTH = 5, SCALAR_BITS = 253 /* the order is little more than 2^252: what has that bit has none of the 120 below it, and carries nothing */ };

static struct decaf_255_point_s *lib(struct live_point *p) { return (struct decaf_255_point_s *)(void *)p; }
static const struct decaf_255_point_s *lib_const(const struct live_point *p) { return (const struct decaf_255_point_s *)(const void *)p; }

static void add(struct live_point *sum, const struct live_point *p) { decaf_255_point_add(lib(sum), lib(sum), lib_const(p)); }
static void sub(struct live_point *sum, const struct live_point *p) { decaf_255_point_sub(lib(sum), lib(sum), lib_const(p)); }
static void twice(struct live_point *out, const struct live_point *p) { decaf_255_point_double(lib(out), lib_const(p)); }

static void odd_multiples(struct multiples *of)
{
    struct live_point two;
    twice(&two, &of->odd[0]);
    for (size_t i = 1; i < MULTIPLES; i++) {
        of->odd[i] = of->odd[i - 1];
        add(&of->odd[i], &two);
    }
}

struct multiples *multiples_new(size_t count)
{
    void *out = NULL;
    ASSERT(posix_memalign(&out, _Alignof(struct multiples), MAX(count, 1) * sizeof(struct multiples)) == 0);
    return out;
}

void multiples_free(struct multiples *of) { free(of); }

void multiples_of(const struct point *p, struct multiples *out)
{
    const decaf_error_t refused = decaf_255_point_decode(lib(&out->odd[0]), p->b, DECAF_TRUE);
    ASSERT(refused == DECAF_SUCCESS); /* it has passed point_valid, or was computed */
    odd_multiples(out);
}

void multiples_of_base(struct multiples *out)
{
    decaf_255_point_copy(lib(&out->odd[0]), decaf_255_point_base);
    odd_multiples(out);
}

static uint64_t bits_at(const uint8_t b[32], uint32_t at)
{
    uint32_t window = b[at / 8];
    if (at / 8 < 31) window |= (uint32_t)b[at / 8 + 1] << 8;
    return window >> at % 8 & ((1u << WIDTH) - 1);
}

/* The wNAF: digits[i * stride] in {0, +-1, +-3, ... +-15} with k = sum of digit_i 2^i; at most one of five neighbours is not 0. */
static void recode(const struct scalar *k, int8_t *digits, size_t stride)
{
    uint32_t carry = 0;
    for (uint32_t at = 0; at < SCALAR_BITS;) {
        const int32_t window = (int32_t)(bits_at(k->b, at) + carry);
        if (window % 2 == 0) {
            at++;
            continue;
        }
        carry = window > 1 << (WIDTH - 1);
        digits[at * stride] = (int8_t)(window - (carry ? 1 << WIDTH : 0));
        at += WIDTH;
    }
    ASSERT(carry == 0); /* k is below the order */
}

struct point shield_sum(const struct term *terms, size_t count)
{
    const size_t bytes = SCALAR_BITS * MAX(count, 1);
    int8_t *digits = base_alloc(bytes); /* zeroed */
    for (size_t i = 0; i < count; i++) recode(&terms[i].k, digits + i, count);
    struct live_point sum;
    decaf_255_point_copy(lib(&sum), decaf_255_point_identity);
    for (uint32_t at = SCALAR_BITS; at-- > 0;) {
        twice(&sum, &sum);
        const int8_t *row = digits + at * count;
        for (size_t i = 0; i < count; i++) {
            if (row[i] > 0) add(&sum, &terms[i].of->odd[row[i] / 2]);
            if (row[i] < 0) sub(&sum, &terms[i].of->odd[-row[i] / 2]);
        }
    }
    crypto_wipe(digits, bytes);
    base_free(digits);
    struct point out;
    decaf_255_point_encode(out.b, lib_const(&sum));
    return out;
}
