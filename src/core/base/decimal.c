#include "core/base/decimal.h"

static bool digit_is(char c) { return c >= '0' && c <= '9'; }

bool decimal_parse(struct str text, unsigned places, uint64_t *out)
{
    struct str whole, rest;
    const bool pointed = str_cut(text, '.', &whole, &rest);
    if (whole.len == 0 || (pointed && (rest.len == 0 || rest.len > places))) return false;
    uint64_t value = 0;
    for (size_t i = 0; i < whole.len; i++) {
        const char c = whole.data[i];
        if (c == '_') {
            if (i == 0 || i + 1 == whole.len || !digit_is(whole.data[i - 1]) || !digit_is(whole.data[i + 1])) return false;
            continue;
        }
        if (!digit_is(c) || !u64_mul(value, 10, &value) || !u64_add(value, (uint64_t)(c - '0'), &value)) return false;
    }
    for (unsigned i = 0; i < places; i++) {
        const char c = i < rest.len ? rest.data[i] : '0';
        if (!digit_is(c) || !u64_mul(value, 10, &value) || !u64_add(value, (uint64_t)(c - '0'), &value)) return false;
    }
    *out = value;
    return true;
}

bool fraction_parse(struct str text, uint64_t *out_ppb)
{
    uint64_t value;
    if (text.len > 0 && text.data[text.len - 1] == '%') {
        if (!decimal_parse(str_sub(text, 0, text.len - 1), 7, &value)) return false;
    } else if (!decimal_parse(text, 9, &value)) {
        return false;
    }
    if (value > UINT64_C(1000000000)) return false;
    *out_ppb = value;
    return true;
}

bool amount_text_parse(struct str text, u128 *out)
{
    if (text.len == 0) return false;
    u128 value = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.data[i];
        if (c == '_') {
            if (i == 0 || i + 1 == text.len || text.data[i - 1] == '_') return false;
            continue;
        }
        if (!digit_is(c) || !u128_mul(value, 10, &value) || !u128_add(value, (u128)(c - '0'), &value)) return false;
    }
    *out = value;
    return true;
}
