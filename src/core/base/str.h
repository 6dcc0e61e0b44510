/* Str: a borrowed run of bytes with a length; not terminated, never owns. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdarg.h>
#include <string.h>

#include "core/base/attr.h"

struct arena;
struct str {
    const char *data;
    size_t len;
};

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_FMT "%.*s"
#define STR_ARG(s) (int)(s).len, (s).data

static inline struct str str_of(const char *cstr) /* NULL gives the empty string */
{
    return (struct str){cstr != NULL ? cstr : "", cstr != NULL ? strlen(cstr) : 0};
}
static inline bool str_eq(struct str a, struct str b) { return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0); }
int str_cmp(struct str a, struct str b); /* bytewise, shorter first */
static inline bool str_starts(struct str s, struct str prefix)
{
    return s.len >= prefix.len && str_eq((struct str){s.data, prefix.len}, prefix);
}
bool str_ends(struct str s, struct str suffix);
bool str_find(struct str s, char c, size_t *out_index);
struct str str_sub(struct str s, size_t from, size_t len); /* clamped */
struct str str_trim(struct str s);                         /* ASCII blanks at both ends */
/* Splits at the first `c`: *out_head before it, *rest after it. False (and head = all, rest empty) when absent. */
bool str_cut(struct str s, char c, struct str *out_head, struct str *out_rest);

/* Strict decimal: digits only, no sign, no leading zero but "0", no overflow. */
bool str_to_u64(struct str s, uint64_t *out) MUST_CHECK;
bool str_to_i64(struct str s, int64_t *out) MUST_CHECK;
bool str_is_utf8(struct str s); /* well formed, no surrogates, no overlong forms */

/* Copies into the arena; _dup also puts a 0 behind, so `.data` is a C string. */
struct str str_dup(struct arena *arena, struct str s);
struct str str_fmt(struct arena *arena, const char *fmt, ...) PRINTF_LIKE(2, 3);
struct str str_vfmt(struct arena *arena, const char *fmt, va_list args);

/* Edit distance (Levenshtein, with adjacent transposition counted 1), for "did you mean". Inputs are cut at 64 bytes. */
size_t str_distance(struct str a, struct str b);

/* Lower-case hex. str_unhex wants exactly 2 * bytes lower-case digits. */
void str_hex(const void *data, size_t bytes, char *out); /* writes 2 * bytes characters, no terminator */
bool str_unhex(struct str hex, void *out, size_t bytes) MUST_CHECK;

#endif
