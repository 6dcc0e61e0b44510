#include "core/crypto/shield_group.h"

#include <sodium.h>

_Static_assert(sizeof(((struct wide_hasher *)0)->state) >= sizeof(crypto_generichash_state), "wide_hasher holds libsodium's state");
_Static_assert(_Alignof(struct wide_hasher) >= _Alignof(crypto_generichash_state), "wide_hasher is aligned for it");
_Static_assert(sizeof(struct point) == crypto_core_ristretto255_BYTES, "a point is an encoding");
_Static_assert(sizeof(struct scalar) == crypto_core_ristretto255_SCALARBYTES, "a scalar is an encoding");

bool point_is_identity(const struct point *p) { return sodium_is_zero(p->b, sizeof(p->b)) == 1; }
bool scalar_is_zero(const struct scalar *s) { return sodium_is_zero(s->b, sizeof(s->b)) == 1; }

bool point_valid(const struct point *p)
{
    /* RFC 9496 wants 32 bytes below p; libsodium 1.0.18 does not look at the highest bit. */
    return !point_is_identity(p) && (p->b[31] & 0x80) == 0 && crypto_core_ristretto255_is_valid_point(p->b) == 1;
}

struct scalar scalar_of_wide(const uint8_t wide[64])
{
    struct scalar out;
    crypto_core_ristretto255_scalar_reduce(out.b, wide);
    return out;
}

bool scalar_valid(const struct scalar *s)
{
    uint8_t wide[64] = {0};
    memcpy(wide, s->b, sizeof(s->b));
    const struct scalar reduced = scalar_of_wide(wide);
    return scalar_eq(&reduced, s);
}

struct point point_add(const struct point *a, const struct point *b)
{
    struct point out;
    const int refused = crypto_core_ristretto255_add(out.b, a->b, b->b);
    ASSERT(refused == 0); /* both have passed point_valid, or were computed */
    return out;
}

struct point point_sub(const struct point *a, const struct point *b)
{
    struct point out;
    const int refused = crypto_core_ristretto255_sub(out.b, a->b, b->b);
    ASSERT(refused == 0);
    return out;
}

/* libsodium answers -1 for an identity result as for a bad point; points here are good. */
struct point point_mul(const struct scalar *s, const struct point *p)
{
    struct point out;
    if (crypto_scalarmult_ristretto255(out.b, s->b, p->b) != 0) memset(&out, 0, sizeof(out));
    return out;
}

struct point point_mul_base(const struct scalar *s)
{
    struct point out;
    if (crypto_scalarmult_ristretto255_base(out.b, s->b) != 0) memset(&out, 0, sizeof(out));
    return out;
}

void point_mul_add(struct point *sum, const struct scalar *s, const struct point *p)
{
    const struct point term = point_mul(s, p);
    *sum = point_add(sum, &term);
}

struct scalar scalar_of(u128 value)
{
    struct scalar out = {{0}};
    for (size_t i = 0; i < sizeof(value); i++) out.b[i] = (uint8_t)(value >> (8 * i));
    return out;
}

struct scalar scalar_add(const struct scalar *a, const struct scalar *b)
{
    struct scalar out;
    crypto_core_ristretto255_scalar_add(out.b, a->b, b->b);
    return out;
}

struct scalar scalar_sub(const struct scalar *a, const struct scalar *b)
{
    struct scalar out;
    crypto_core_ristretto255_scalar_sub(out.b, a->b, b->b);
    return out;
}

struct scalar scalar_mul(const struct scalar *a, const struct scalar *b)
{
    struct scalar out;
    crypto_core_ristretto255_scalar_mul(out.b, a->b, b->b);
    return out;
}

struct scalar scalar_negate(const struct scalar *a)
{
    const struct scalar zero = {{0}};
    return scalar_sub(&zero, a);
}

struct scalar scalar_invert(const struct scalar *a)
{
    struct scalar out;
    const int refused = crypto_core_ristretto255_scalar_invert(out.b, a->b);
    ASSERT(refused == 0); /* not 0 */
    return out;
}

static crypto_generichash_state *state_of(struct wide_hasher *hasher) { return (crypto_generichash_state *)(void *)hasher->state; }

void wide_init(struct wide_hasher *hasher, const char *tag)
{
    const uint8_t tag_bytes = (uint8_t)strlen(tag);
    crypto_generichash_init(state_of(hasher), NULL, 0, 64);
    wide_add(hasher, &tag_bytes, 1);
    wide_add(hasher, tag, tag_bytes);
}

void wide_add(struct wide_hasher *hasher, const void *data, size_t bytes)
{
    if (bytes > 0) crypto_generichash_update(state_of(hasher), data, bytes);
}

void wide_add_u32(struct wide_hasher *hasher, uint32_t value)
{
    uint8_t wire[4];
    for (size_t i = 0; i < sizeof(wire); i++) wire[i] = (uint8_t)(value >> (8 * i));
    wide_add(hasher, wire, sizeof(wire));
}

void wide_add_u64(struct wide_hasher *hasher, uint64_t value)
{
    wide_add_u32(hasher, (uint32_t)value);
    wide_add_u32(hasher, (uint32_t)(value >> 32));
}

void wide_final(struct wide_hasher *hasher, uint8_t out[64]) { crypto_generichash_final(state_of(hasher), out, 64); }

struct scalar wide_scalar(struct wide_hasher *hasher)
{
    uint8_t wide[64];
    wide_final(hasher, wide);
    return scalar_of_wide(wide);
}

struct point wide_point(struct wide_hasher *hasher)
{
    uint8_t wide[64];
    struct point out;
    wide_final(hasher, wide);
    crypto_core_ristretto255_from_hash(out.b, wide);
    return out;
}

struct point shield_base(void)
{
    const struct scalar one = scalar_of(1);
    return point_mul_base(&one);
}

struct point shield_hp(const struct point *p)
{
    struct wide_hasher hasher;
    wide_init(&hasher, "adnet/sh/Hp/v1");
    wide_add(&hasher, p, sizeof(*p));
    return wide_point(&hasher);
}
