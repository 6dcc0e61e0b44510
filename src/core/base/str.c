#include "core/base/str.h"

#include <stdio.h>

#include "core/base/arena.h"

enum { DISTANCE_BYTES_MAX = 64 };

int str_cmp(struct str a, struct str b)
{
    const size_t shared = MIN(a.len, b.len);
    const int order = shared > 0 ? memcmp(a.data, b.data, shared) : 0;
    if (order != 0) return order < 0 ? -1 : 1;
    return a.len == b.len ? 0 : a.len < b.len ? -1 : 1;
}

bool str_ends(struct str s, struct str suffix)
{
    return s.len >= suffix.len && str_eq(str_sub(s, s.len - suffix.len, suffix.len), suffix);
}

bool str_find(struct str s, char c, size_t *out_index)
{
    const char *at = s.len > 0 ? memchr(s.data, c, s.len) : NULL;
    if (at == NULL) return false;
    *out_index = (size_t)(at - s.data);
    return true;
}

struct str str_sub(struct str s, size_t from, size_t len)
{
    if (s.len == 0) return s;
    if (from > s.len) from = s.len;
    return (struct str){s.data + from, MIN(len, s.len - from)};
}

static bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

struct str str_trim(struct str s)
{
    while (s.len > 0 && is_blank(s.data[0])) s = str_sub(s, 1, s.len);
    while (s.len > 0 && is_blank(s.data[s.len - 1])) s.len--;
    return s;
}

bool str_cut(struct str s, char c, struct str *out_head, struct str *out_rest)
{
    size_t at;
    if (!str_find(s, c, &at)) {
        *out_head = s;
        *out_rest = STR("");
        return false;
    }
    *out_head = str_sub(s, 0, at);
    *out_rest = str_sub(s, at + 1, s.len);
    return true;
}

bool str_to_u64(struct str s, uint64_t *out)
{
    if (s.len == 0 || (s.len > 1 && s.data[0] == '0')) return false;
    uint64_t value = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.data[i] < '0' || s.data[i] > '9') return false;
        if (__builtin_mul_overflow(value, (uint64_t)10, &value)) return false;
        if (__builtin_add_overflow(value, (uint64_t)(s.data[i] - '0'), &value)) return false;
    }
    *out = value;
    return true;
}

bool str_to_i64(struct str s, int64_t *out)
{
    const bool minus = s.len > 0 && s.data[0] == '-';
    uint64_t size;
    if (!str_to_u64(minus ? str_sub(s, 1, s.len) : s, &size)) return false;
    if (minus && (size == 0 || size > (uint64_t)INT64_MAX + 1)) return false;
    if (!minus && size > INT64_MAX) return false;
    *out = minus ? (int64_t)(0 - size) : (int64_t)size;
    return true;
}

/* How many bytes the sequence that begins at s[i] has; 0 when it is malformed. */
static size_t utf8_sequence(const uint8_t *s, size_t left)
{
    if (s[0] < 0x80) return 1;
    const size_t need = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    if (s[0] < 0xc2 || s[0] > 0xf4 || left < need) return 0;
    for (size_t i = 1; i < need; i++)
        if ((s[i] & 0xc0) != 0x80) return 0;
    if (s[0] == 0xe0 && s[1] < 0xa0) return 0; /* overlong */
    if (s[0] == 0xed && s[1] > 0x9f) return 0; /* surrogate */
    if (s[0] == 0xf0 && s[1] < 0x90) return 0; /* overlong */
    if (s[0] == 0xf4 && s[1] > 0x8f) return 0; /* past U+10FFFF */
    return need;
}

bool str_is_utf8(struct str s)
{
    const uint8_t *bytes = (const uint8_t *)s.data;
    for (size_t i = 0; i < s.len;) {
        const size_t step = utf8_sequence(bytes + i, s.len - i);
        if (step == 0) return false;
        i += step;
    }
    return true;
}

struct str str_dup(struct arena *arena, struct str s)
{
    char *copy = arena_alloc(arena, s.len + 1);
    if (s.len > 0) memcpy(copy, s.data, s.len);
    return (struct str){copy, s.len};
}

struct str str_vfmt(struct arena *arena, const char *fmt, va_list args)
{
    va_list again;
    va_copy(again, args);
    const int len = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    ASSERT(len >= 0);
    char *text = arena_alloc(arena, (size_t)len + 1);
    (void)vsnprintf(text, (size_t)len + 1, fmt, args); /* measured above */
    return (struct str){text, (size_t)len};
}

struct str str_fmt(struct arena *arena, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    const struct str text = str_vfmt(arena, fmt, args);
    va_end(args);
    return text;
}

size_t str_distance(struct str a, struct str b)
{
    a = str_sub(a, 0, DISTANCE_BYTES_MAX);
    b = str_sub(b, 0, DISTANCE_BYTES_MAX);
    uint8_t rows[3][DISTANCE_BYTES_MAX + 1];
    uint8_t *before = rows[0], *last = rows[1], *now = rows[2];
    for (size_t j = 0; j <= b.len; j++) last[j] = (uint8_t)j;
    for (size_t i = 1; i <= a.len; i++) {
        now[0] = (uint8_t)i;
        for (size_t j = 1; j <= b.len; j++) {
            const bool same = a.data[i - 1] == b.data[j - 1];
            uint8_t best = (uint8_t)(last[j - 1] + !same);
            best = MIN(best, (uint8_t)(last[j] + 1));
            best = MIN(best, (uint8_t)(now[j - 1] + 1));
            if (i > 1 && j > 1 && a.data[i - 1] == b.data[j - 2] && a.data[i - 2] == b.data[j - 1])
                best = MIN(best, (uint8_t)(before[j - 2] + 1));
            now[j] = best;
        }
        uint8_t *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[b.len];
}

void str_hex(const void *data, size_t bytes, char *out)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *in = data;
    for (size_t i = 0; i < bytes; i++) {
        out[2 * i] = digits[in[i] >> 4];
        out[2 * i + 1] = digits[in[i] & 15];
    }
}

/* Value + 1 of a lower-case digit, 0 for anything else. A table: on random digits a branch is guessed wrong half the time. */
static const uint8_t hex_digits[256] = {
    ['0'] = 1, ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9, ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
};

bool str_unhex(struct str hex, void *out, size_t bytes)
{
    if (hex.len % 2 != 0 || hex.len / 2 != bytes) return false;
    const uint8_t *from = (const uint8_t *)hex.data;
    bool good = true;
    for (size_t i = 0; i < hex.len; i++) good &= hex_digits[from[i]] != 0;
    if (!good) return false;
    uint8_t *to = out;
    for (size_t i = 0; i < bytes; i++) to[i] = (uint8_t)((hex_digits[from[2 * i]] - 1) * 16 + (hex_digits[from[2 * i + 1]] - 1));
    return true;
}
