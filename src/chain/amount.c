#include "chain/amount.h"

struct amount amount_add_clamped(struct amount a, struct amount b)
{
    struct amount sum;
    return amount_add(a, b, &sum) ? sum : AMOUNT_MAX;
}

bool amount_mul_div(struct amount a, uint64_t numerator, uint64_t denominator, struct amount *out)
{
    return u128_mul_div(a.units, numerator, denominator, &out->units);
}

bool money_add(struct money a, struct money b, struct money *out)
{
    struct amount sum;
    if (a.token != b.token || !amount_add(a.amount, b.amount, &sum)) return false;
    *out = (struct money){a.token, sum};
    return true;
}

bool money_sub(struct money a, struct money b, struct money *out)
{
    struct amount rest;
    if (a.token != b.token || !amount_sub(a.amount, b.amount, &rest)) return false;
    *out = (struct money){a.token, rest};
    return true;
}

/* "0" or [1-9][0-9]*, of any length. */
static bool is_canonical_number(struct str text)
{
    if (text.len == 0 || (text.len > 1 && text.data[0] == '0')) return false;
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] < '0' || text.data[i] > '9') return false;
    return true;
}

enum code amount_parse(struct str text, struct amount *out)
{
    u128 units;
    if (u128_parse(text, &units)) {
        out->units = units;
        return CODE_NONE;
    }
    if (is_canonical_number(text)) return CODE_AMOUNT_OUT_OF_RANGE;
    const bool negative = text.len > 1 && text.data[0] == '-' && is_canonical_number(str_sub(text, 1, SIZE_MAX));
    return negative ? CODE_AMOUNT_NEGATIVE : CODE_INVALID_FORMAT;
}

size_t amount_text(struct amount a, char out[AMOUNT_TEXT]) { return u128_text(a.units, out); }
