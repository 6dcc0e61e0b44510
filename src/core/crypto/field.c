#include "core/crypto/field_priv.h"

#include <string.h>

static struct field squared(struct field x, int times)
{
    for (int i = 0; i < times; i++) x = field_square(&x);
    return x;
}

/* From x^(2^n - 1) to x^(2^2n - 1), and, with another's, to the sum of both. */
static struct field ones(const struct field *high, int low_bits, const struct field *low)
{
    const struct field shifted = squared(*high, low_bits);
    return field_mul(&shifted, low);
}

struct field field_power_252_3(const struct field *x)
{
    const struct field two = field_square(x), eight = squared(two, 2), nine = field_mul(&eight, x),
                       eleven = field_mul(&nine, &two);
    const struct field ones5 = ones(&eleven, 1, &nine); /* 22 + 9 = 31 */
    const struct field ones10 = ones(&ones5, 5, &ones5), ones20 = ones(&ones10, 10, &ones10), ones40 = ones(&ones20, 20, &ones20);
    const struct field ones50 = ones(&ones40, 10, &ones10), ones100 = ones(&ones50, 50, &ones50);
    const struct field ones200 = ones(&ones100, 100, &ones100), ones250 = ones(&ones200, 50, &ones50);
    return ones(&ones250, 2, x);
}

/* p - 2 = 8 (2^252 - 3) + 3. */
struct field field_inverse(const struct field *x)
{
    const struct field power = squared(field_power_252_3(x), 3), square = field_square(x), cube = field_mul(&square, x);
    return field_mul(&power, &cube);
}

static uint64_t word_at(const uint8_t *bytes)
{
    uint64_t word = 0;
    for (int i = 0; i < 8; i++) word |= (uint64_t)bytes[i] << 8 * i;
    return word;
}

struct field field_of_bytes(const uint8_t bytes[32])
{
    return (struct field){{
        word_at(bytes) & FIELD_MASK,
        word_at(bytes + 6) >> 3 & FIELD_MASK,
        word_at(bytes + 12) >> 6 & FIELD_MASK,
        word_at(bytes + 19) >> 1 & FIELD_MASK,
        word_at(bytes + 24) >> 12 & FIELD_MASK,
    }};
}

void field_bytes(const struct field *x, uint8_t out[32])
{
    uint64_t t[5];
    memcpy(t, x->limb, sizeof(t));
    for (int round = 0; round < 2; round++) { /* afterwards every limb is below 2^51, but for the lowest: 19 more at most */
        for (int i = 0; i < 4; i++) {
            t[i + 1] += t[i] >> 51;
            t[i] &= FIELD_MASK;
        }
        t[0] += 19 * (t[4] >> 51);
        t[4] &= FIELD_MASK;
    }
    uint64_t above = (t[0] + 19) >> 51; /* 1 when the number is p or more: then 19 more reach 2^255 */
    for (int i = 1; i < 5; i++) above = (t[i] + above) >> 51;
    t[0] += 19 * above;
    for (int i = 0; i < 4; i++) {
        t[i + 1] += t[i] >> 51;
        t[i] &= FIELD_MASK;
    }
    t[4] &= FIELD_MASK;
    const uint64_t words[4] = {t[0] | t[1] << 51, t[1] >> 13 | t[2] << 38, t[2] >> 26 | t[3] << 25, t[3] >> 39 | t[4] << 12};
    for (int i = 0; i < 32; i++) out[i] = (uint8_t)(words[i / 8] >> i % 8 * 8);
}

bool field_is_equal(const struct field *x, const struct field *y)
{
    uint8_t a[32], b[32];
    field_bytes(x, a);
    field_bytes(y, b);
    return memcmp(a, b, sizeof(a)) == 0;
}

bool field_is_zero(const struct field *x)
{
    const struct field zero = {{0}};
    return field_is_equal(x, &zero);
}
