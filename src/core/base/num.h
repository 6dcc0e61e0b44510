/* Checked whole numbers. u128 carries amounts; nothing wraps silently. */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include "core/base/str.h"

__extension__ typedef unsigned __int128 u128; /* the one typedef: a number, not a struct */
#define U128_MAX (~(u128)0)

static inline bool u64_add(uint64_t a, uint64_t b, uint64_t *out) { return !__builtin_add_overflow(a, b, out); }
static inline bool u64_sub(uint64_t a, uint64_t b, uint64_t *out) { return !__builtin_sub_overflow(a, b, out); }
static inline bool u64_mul(uint64_t a, uint64_t b, uint64_t *out) { return !__builtin_mul_overflow(a, b, out); }
static inline bool u128_add(u128 a, u128 b, u128 *out) { return !__builtin_add_overflow(a, b, out); }
static inline bool u128_sub(u128 a, u128 b, u128 *out) { return !__builtin_sub_overflow(a, b, out); }
static inline bool u128_mul(u128 a, u128 b, u128 *out) { return !__builtin_mul_overflow(a, b, out); }
/* floor(a * b / c) with a 256-bit product; false when c is 0 or the result does not fit. */
bool u128_mul_div(u128 a, u128 b, u128 c, u128 *out) MUST_CHECK;

#define U128_TEXT 40 /* room for 39 digits and the terminator */
size_t u128_text(u128 value, char out[U128_TEXT]); /* decimal with terminator; returns the length */
bool u128_parse(struct str text, u128 *out) MUST_CHECK; /* strict: digits only, no leading zero but "0", no overflow */

#endif
