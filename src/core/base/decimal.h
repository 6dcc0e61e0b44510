/* Decimal: fixed-point numbers as people write them ("0.95", "10.1", "50_000_000"), read without floats. */
#ifndef BASE_DECIMAL_H
#define BASE_DECIMAL_H

#include "core/base/num.h"

/* decimal_parse reads digits, with at most `places` behind one point, as value * 10^places. Underscores may stand between two digits before the
 * point. No sign, no exponent; at least one digit on each side of a point. False: malformed, more places, or beyond 64 bits. */
bool decimal_parse(struct str text, unsigned places, uint64_t *out) MUST_CHECK;

/* fraction_parse reads "0.95" or "95%" (0 ... 1) as parts of 10^9. */
bool fraction_parse(struct str text, uint64_t *out_ppb) MUST_CHECK;

/* amount_text_parse reads a non-negative whole number below 2^128; underscores may stand between digits. */
bool amount_text_parse(struct str text, u128 *out) MUST_CHECK;

#endif
