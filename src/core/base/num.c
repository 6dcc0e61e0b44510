#include "core/base/num.h"

bool u128_mul_div(u128 a, u128 b, u128 c, u128 *out)
{
    if (c == 0) return false;
    u128 product;
    if (u128_mul(a, b, &product)) {
        *out = product / c;
        return true;
    }
    const u128 low = UINT64_MAX;
    const u128 p0 = (a & low) * (b & low), p1 = (a & low) * (b >> 64), p2 = (a >> 64) * (b & low), p3 = (a >> 64) * (b >> 64);
    const u128 middle = (p0 >> 64) + (p1 & low) + (p2 & low);
    u128 hi = p3 + (p1 >> 64) + (p2 >> 64) + (middle >> 64), lo = (middle << 64) | (p0 & low);
    if (hi >= c) return false;
    for (unsigned i = 0; i < 128; i++) {
        const bool carry = (hi >> 127) != 0;
        hi = (hi << 1) | (lo >> 127);
        lo <<= 1;
        if (carry || hi >= c) {
            hi -= c;
            lo |= 1;
        }
    }
    *out = lo;
    return true;
}

size_t u128_text(u128 value, char out[U128_TEXT])
{
    char digits[U128_TEXT];
    size_t count = 0;
    do {
        digits[count++] = (char)('0' + (int)(value % 10));
        value /= 10;
    } while (value > 0);
    for (size_t i = 0; i < count; i++) out[i] = digits[count - 1 - i];
    out[count] = '\0';
    return count;
}

bool u128_parse(struct str text, u128 *out)
{
    if (text.len == 0 || text.len >= U128_TEXT || (text.len > 1 && text.data[0] == '0')) return false;
    u128 value = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') return false;
        if (!u128_mul(value, 10, &value) || !u128_add(value, (u128)(text.data[i] - '0'), &value)) return false;
    }
    *out = value;
    return true;
}
