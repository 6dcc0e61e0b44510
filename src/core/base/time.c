#include "core/base/time.h"

#include <inttypes.h>
#include <stdio.h>

static bool unit_take(struct str *text, uint64_t *out_ns)
{
    static const struct {
        struct str name;
        uint64_t ns;
    } units[] = {
        {{"ms", 2}, NS_PER_MS}, /* before "m", which it begins with */
        {{"s", 1}, NS_PER_S},
        {{"m", 1}, 60 * NS_PER_S},
        {{"h", 1}, 3600 * NS_PER_S},
        {{"d", 1}, 86400 * NS_PER_S},
    };
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        if (!str_starts(*text, units[i].name)) continue;
        *text = str_sub(*text, units[i].name.len, text->len);
        *out_ns = units[i].ns;
        return true;
    }
    return false;
}

bool duration_parse(struct str text, struct duration *out)
{
    if (text.len == 0) return false;
    uint64_t total = 0;
    while (text.len > 0) {
        uint64_t count = 0, unit_ns, part;
        size_t digits = 0;
        for (; digits < text.len && text.data[digits] >= '0' && text.data[digits] <= '9'; digits++) {
            if (__builtin_mul_overflow(count, (uint64_t)10, &count)) return false;
            if (__builtin_add_overflow(count, (uint64_t)(text.data[digits] - '0'), &count)) return false;
        }
        if (digits == 0) return false;
        text = str_sub(text, digits, text.len);
        if (!unit_take(&text, &unit_ns)) return false;
        if (__builtin_mul_overflow(count, unit_ns, &part)) return false;
        if (__builtin_add_overflow(total, part, &total)) return false;
    }
    *out = (struct duration){total};
    return true;
}

/* "2.5s": a whole part and up to three decimals, trailing zeros dropped. */
static void decimal_text(uint64_t value, uint64_t unit, const char *name, char *out, size_t cap)
{
    unsigned thousandths = (unsigned)(value % unit / (unit / 1000));
    int digits = 3;
    while (digits > 0 && thousandths % 10 == 0) {
        thousandths /= 10;
        digits--;
    }
    if (digits == 0)
        (void)snprintf(out, cap, "%" PRIu64 "%s", value / unit, name);
    else
        (void)snprintf(out, cap, "%" PRIu64 ".%0*u%s", value / unit, digits, thousandths, name);
}

void duration_text(struct duration d, char *out, size_t cap)
{
    ASSERT(cap > 0);
    if (d.ns == 0) {
        (void)snprintf(out, cap, "0s");
    } else if (d.ns < NS_PER_US) {
        (void)snprintf(out, cap, "%" PRIu64 "ns", d.ns);
    } else if (d.ns < NS_PER_MS) {
        decimal_text(d.ns, NS_PER_US, "us", out, cap);
    } else if (d.ns < NS_PER_S) {
        decimal_text(d.ns, NS_PER_MS, "ms", out, cap);
    } else if (d.ns < 60 * NS_PER_S) {
        decimal_text(d.ns, NS_PER_S, "s", out, cap);
    } else {
        const uint64_t s = d.ns / NS_PER_S;
        const struct {
            uint64_t count;
            char name;
        } parts[] = {{s / 86400, 'd'}, {s / 3600 % 24, 'h'}, {s / 60 % 60, 'm'}, {s % 60, 's'}};
        size_t used = 0;
        out[0] = '\0';
        for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
            if (parts[i].count == 0) continue;
            const int len = snprintf(out + used, cap - used, "%" PRIu64 "%c", parts[i].count, parts[i].name);
            used = MIN(used + (size_t)len, cap - 1);
        }
    }
}

void instant_text(struct instant t, char out[25])
{
    /* Days to a date of the Gregorian calendar, counting years from March so that the leap day is last. */
    const uint64_t ms = t.ns / NS_PER_MS % 1000, s = t.ns / NS_PER_S % 86400;
    const uint64_t days = t.ns / NS_PER_S / 86400 + 719468; /* since 0000-03-01 */
    const uint64_t era = days / 146097, day_of_era = days % 146097;
    const uint64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const uint64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const uint64_t month_from_march = (5 * day_of_year + 2) / 153;
    const uint64_t day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    const uint64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    const uint64_t year = era * 400 + year_of_era + (month <= 2 ? 1 : 0);
    char text[64]; /* wide enough for what the compiler must assume of the numbers */
    (void)snprintf(text, sizeof(text), "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", (unsigned)year, (unsigned)month, (unsigned)day,
                   (unsigned)(s / 3600), (unsigned)(s / 60 % 60), (unsigned)(s % 60), (unsigned)ms);
    memcpy(out, text, 24);
    out[24] = '\0';
}
