/* Amount: base units of some token, up to 2^128 - 1; money: an amount that knows its token. Nothing wraps. */
#ifndef CHAIN_AMOUNT_H
#define CHAIN_AMOUNT_H

#include "chain/code.h"
#include "chain/token.h"
#include "core/base/num.h"

struct amount {
    u128 units;
};
struct money {
    enum token token;
    struct amount amount;
};

#define AMOUNT(n) ((struct amount){(u128)(n)})
#define AMOUNT_MAX ((struct amount){U128_MAX})

static inline bool amount_is_zero(struct amount a) { return a.units == 0; }
static inline bool amount_eq(struct amount a, struct amount b) { return a.units == b.units; }
static inline int amount_cmp(struct amount a, struct amount b) { return (a.units > b.units) - (a.units < b.units); }
/* False, leaving *out alone, when the result does not fit. */
static inline MUST_CHECK bool amount_add(struct amount a, struct amount b, struct amount *out)
{
    u128 sum;
    if (!u128_add(a.units, b.units, &sum)) return false;
    out->units = sum;
    return true;
}
static inline MUST_CHECK bool amount_sub(struct amount a, struct amount b, struct amount *out)
{
    if (b.units > a.units) return false;
    out->units = a.units - b.units;
    return true;
}
static inline MUST_CHECK bool amount_mul(struct amount a, uint64_t factor, struct amount *out)
{
    u128 product;
    if (!u128_mul(a.units, factor, &product)) return false;
    out->units = product;
    return true;
}
/* The sum, at most AMOUNT_MAX: for display and limits, never for balances. */
struct amount amount_add_clamped(struct amount a, struct amount b);
/* floor(a * numerator / denominator); false when the denominator is 0 or the result does not fit. */
bool amount_mul_div(struct amount a, uint64_t numerator, uint64_t denominator, struct amount *out) MUST_CHECK;

/* Money of different tokens is never mixed: false. */
bool money_add(struct money a, struct money b, struct money *out) MUST_CHECK;
bool money_sub(struct money a, struct money b, struct money *out) MUST_CHECK;

/* The contract's text form: digits only, no leading zero but "0". CODE_NONE, or the code of api 1.2:
 * AMOUNT_NEGATIVE, AMOUNT_OUT_OF_RANGE, INVALID_FORMAT. */
enum code amount_parse(struct str text, struct amount *out) MUST_CHECK;
#define AMOUNT_TEXT U128_TEXT
size_t amount_text(struct amount a, char out[AMOUNT_TEXT]); /* decimal with terminator; returns the length */

#endif
