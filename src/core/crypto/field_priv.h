/* Field: integers modulo p = 2^255 - 19, in five limbs of 51 bits, for checking signatures. Not for secrets: nothing here takes
 * the same time for every input.
 *
 * Limbs are at most 2^54: products and differences give limbs just above 2^51, a sum of two such, or a difference (which adds 4p
 * first, so that no limb gets below zero), may go into any function here but field_sub's subtrahend, which is a product, or a sum
 * of at most two of them. Equal numbers may have different limbs; field_bytes tells. */
#ifndef CRYPTO_FIELD_PRIV_H
#define CRYPTO_FIELD_PRIV_H

#include "core/base/num.h"

struct field {
    uint64_t limb[5];
};

#define FIELD_MASK ((UINT64_C(1) << 51) - 1)

static inline struct field field_of(uint64_t small) { return (struct field){{small}}; } /* small < 2^51 */

/* Carries what stands above 51 bits of each sum into the next, and what is above 2^255 back, times 19. Here and below steps are
 * written out, not looped: that halves the time. */
static inline struct field field_carried(u128 t0, u128 t1, u128 t2, u128 t3, u128 t4)
{
    t1 += (uint64_t)(t0 >> 51);
    t2 += (uint64_t)(t1 >> 51);
    t3 += (uint64_t)(t2 >> 51);
    t4 += (uint64_t)(t3 >> 51);
    const uint64_t low = ((uint64_t)t0 & FIELD_MASK) + 19 * (uint64_t)(t4 >> 51);
    return (struct field){{low & FIELD_MASK, ((uint64_t)t1 & FIELD_MASK) + (low >> 51), (uint64_t)t2 & FIELD_MASK,
                           (uint64_t)t3 & FIELD_MASK, (uint64_t)t4 & FIELD_MASK}};
}

static inline struct field field_mul(const struct field *x, const struct field *y)
{
    const uint64_t *a = x->limb, *b = y->limb;
    const uint64_t b1 = 19 * b[1], b2 = 19 * b[2], b3 = 19 * b[3], b4 = 19 * b[4];
    return field_carried((u128)a[0] * b[0] + (u128)a[1] * b4 + (u128)a[2] * b3 + (u128)a[3] * b2 + (u128)a[4] * b1,
                         (u128)a[0] * b[1] + (u128)a[1] * b[0] + (u128)a[2] * b4 + (u128)a[3] * b3 + (u128)a[4] * b2,
                         (u128)a[0] * b[2] + (u128)a[1] * b[1] + (u128)a[2] * b[0] + (u128)a[3] * b4 + (u128)a[4] * b3,
                         (u128)a[0] * b[3] + (u128)a[1] * b[2] + (u128)a[2] * b[1] + (u128)a[3] * b[0] + (u128)a[4] * b4,
                         (u128)a[0] * b[4] + (u128)a[1] * b[3] + (u128)a[2] * b[2] + (u128)a[3] * b[1] + (u128)a[4] * b[0]);
}

static inline struct field field_square(const struct field *x)
{
    const uint64_t *a = x->limb;
    const uint64_t a0 = 2 * a[0], a1 = 2 * a[1], a3 = 19 * a[3], a4 = 19 * a[4];
    return field_carried(
        (u128)a[0] * a[0] + (u128)a1 * a4 + (u128)(2 * a[2]) * a3, (u128)a0 * a[1] + (u128)(2 * a[2]) * a4 + (u128)a[3] * a3,
        (u128)a0 * a[2] + (u128)a[1] * a[1] + (u128)(2 * a[3]) * a4, (u128)a0 * a[3] + (u128)a1 * a[2] + (u128)a[4] * a4,
        (u128)a0 * a[4] + (u128)a1 * a[3] + (u128)a[2] * a[2]);
}

static inline struct field field_add(const struct field *x, const struct field *y)
{
    const uint64_t *a = x->limb, *b = y->limb;
    return (struct field){{a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3], a[4] + b[4]}};
}

static inline struct field field_sub(const struct field *x, const struct field *y)
{
    const uint64_t *a = x->limb, *b = y->limb, low = 4 * (FIELD_MASK - 18), high = 4 * FIELD_MASK;
    return (struct field){{a[0] + low - b[0], a[1] + high - b[1], a[2] + high - b[2], a[3] + high - b[3], a[4] + high - b[4]}};
}

static inline struct field field_negated(const struct field *x)
{
    const struct field zero = {{0}};
    return field_sub(&zero, x);
}

struct field field_power_252_3(const struct field *x);    /* x ^ (2^252 - 3) = x ^ ((p - 5) / 8) */
struct field field_inverse(const struct field *x);        /* of 0: 0 */
struct field field_of_bytes(const uint8_t bytes[32]);     /* little-endian; the highest bit is left out */
void field_bytes(const struct field *x, uint8_t out[32]); /* the one encoding below p */
bool field_is_zero(const struct field *x);
bool field_is_equal(const struct field *x, const struct field *y);

#endif
