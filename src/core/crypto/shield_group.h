/* Shield group: ristretto255 (RFC 9496) points and scalars, and the tagged 512-bit hash that makes scalars and points (shielded 1).
 *
 * A point is its canonical encoding, so equal points are equal bytes; 32 zero bytes are the identity. Points and scalars from
 * outside go through point_valid and scalar_valid once; every other function here expects what has passed them (the identity
 * included). Pure; secrets are not handled in constant time beyond what libsodium does. */
#ifndef CRYPTO_SHIELD_GROUP_H
#define CRYPTO_SHIELD_GROUP_H

#include "core/base/num.h"

struct point {
    uint8_t b[32];
};
struct scalar { /* little-endian, below the group order L */
    uint8_t b[32];
};

bool point_valid(const struct point *p);   /* canonical, and not the identity */
bool scalar_valid(const struct scalar *s); /* below L */

static inline bool point_eq(const struct point *a, const struct point *b) { return memcmp(a, b, sizeof(*a)) == 0; }
static inline bool scalar_eq(const struct scalar *a, const struct scalar *b) { return memcmp(a, b, sizeof(*a)) == 0; }
bool point_is_identity(const struct point *p);
bool scalar_is_zero(const struct scalar *s);

struct point point_add(const struct point *a, const struct point *b);
struct point point_sub(const struct point *a, const struct point *b);
struct point point_mul(const struct scalar *s, const struct point *p);
struct point point_mul_base(const struct scalar *s); /* of G */
/* sum += s * p, the step of every long sum here. */
void point_mul_add(struct point *sum, const struct scalar *s, const struct point *p);

struct scalar scalar_of(u128 value);
struct scalar scalar_add(const struct scalar *a, const struct scalar *b);
struct scalar scalar_sub(const struct scalar *a, const struct scalar *b);
struct scalar scalar_mul(const struct scalar *a, const struct scalar *b);
struct scalar scalar_negate(const struct scalar *a);
struct scalar scalar_invert(const struct scalar *a);         /* a is not 0 */
struct scalar scalar_of_wide(const uint8_t wide[64]);        /* a 512-bit little-endian number mod L */

/* X(tag, d): BLAKE2b-512 over u8 len(tag) || tag || d, in pieces. Lives on the stack (under 0.5 KiB). */
struct wide_hasher {
    _Alignas(64) uint8_t state[384];
};
void wide_init(struct wide_hasher *hasher, const char *tag);
void wide_add(struct wide_hasher *hasher, const void *data, size_t bytes);
void wide_add_u32(struct wide_hasher *hasher, uint32_t value);
void wide_add_u64(struct wide_hasher *hasher, uint64_t value);
void wide_final(struct wide_hasher *hasher, uint8_t out[64]);
struct scalar wide_scalar(struct wide_hasher *hasher); /* Hs: the final, mod L */
struct point wide_point(struct wide_hasher *hasher);   /* Pt: the final, mapped onto the group */

/* Generators. G is the base point; H is for values; the rest are of range proofs. All are hashes, written down in a table when
 * the program is built. */
enum { SHIELD_GENERATORS = 256 };
struct shield_table {
    struct point h;
    struct point gi[SHIELD_GENERATORS], hi[SHIELD_GENERATORS];
};
extern const struct shield_table shield_table;
struct point shield_base(void); /* G */
struct point shield_hp(const struct point *p); /* Hp(P): the base of P's key image */

#endif
