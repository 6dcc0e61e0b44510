/* JSON: strict reading into a read-only tree, and a streaming writer.
 *
 * Reading takes exactly RFC 8259 in UTF-8: no `01`, `1.`, `+1`, raw control characters, lone surrogates, malformed
 * UTF-8, duplicate keys (compared after unescaping), bytes behind the document, nor nesting beyond JSON_DEPTH_MAX.
 * Numbers keep their digits, so whole numbers stay exact. The tree and its texts live in the caller's arena
 * (texts without escapes borrow the input, which must outlive the tree). */
#ifndef CODEC_JSON_H
#define CODEC_JSON_H

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/num.h"

#define JSON_DEPTH_MAX 64
#define JSON_INT_MAX UINT64_C(9007199254740991) /* 2^53 - 1: the largest integer the contract carries as a number */

enum json_type { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json {
    enum json_type type;
    bool boolean;             /* JSON_BOOL */
    uint32_t count;           /* JSON_ARRAY, JSON_OBJECT: children */
    struct str text;          /* JSON_STRING: unescaped; JSON_NUMBER: its digits as written */
    struct str key;           /* the name, when the parent is an object */
    const struct json *child; /* first child, in document order */
    const struct json *next;  /* next sibling */
};

/* json_parse reads one document. Returns NULL and sets `err` (ERR_PARSE, with the byte offset) when it is not strict
 * JSON. Never recurses: safe on a fiber's stack. */
const struct json *json_parse(struct arena *arena, struct str text, struct err *err) MUST_CHECK;

/* Looking. All accept NULL for the node and answer NULL or false then, so that lookups chain. */
const struct json *json_find(const struct json *object, struct str key); /* NULL: no such member, or not an object */
const struct json *json_at(const struct json *array, size_t index);      /* walks; iterate with ->child, ->next instead */
bool json_is(const struct json *node, enum json_type type);

/* Typed values; false when the node has another type or the value does not fit. */
bool json_u64(const struct json *node, uint64_t *out) MUST_CHECK; /* whole, 0 ... 2^53 - 1, written without '.', 'e' */
bool json_i64(const struct json *node, int64_t *out) MUST_CHECK;  /* whole, |value| < 2^53 */
bool json_bool(const struct json *node, bool *out) MUST_CHECK;
bool json_str(const struct json *node, struct str *out) MUST_CHECK;
bool json_double(const struct json *node, double *out) MUST_CHECK; /* for display numbers only (U2's tps) */

/* ---- writing ----
 *
 *     struct json_writer w = json_writer_of(&buf);
 *     json_object(&w);
 *     json_key(&w, STR("nonce")); json_put_u64(&w, 7);
 *     json_put_member_str(&w, STR("id"), text);
 *     json_object_end(&w);
 *
 * Compact on one line, or indented by two blanks when `pretty`. Keys are written as they are and must need no
 * escape. Deeper than JSON_DEPTH_MAX, or an end without its begin, is a bug (ASSERT). */
struct json_writer {
    struct buf *out;
    uint32_t depth;
    bool pretty, filled; /* filled: the innermost container already has an item */
    bool keyed;          /* a key was written and waits for its value */
};

struct json_writer json_writer_of(struct buf *out);
struct json_writer json_writer_pretty(struct buf *out);
void json_object(struct json_writer *w);
void json_object_end(struct json_writer *w);
void json_array(struct json_writer *w);
void json_array_end(struct json_writer *w);
void json_key(struct json_writer *w, struct str key);
void json_put_null(struct json_writer *w);
void json_put_bool(struct json_writer *w, bool value);
void json_put_u64(struct json_writer *w, uint64_t value);
void json_put_i64(struct json_writer *w, int64_t value);
void json_put_double(struct json_writer *w, double value); /* at most 6 decimals, trailing zeros cut; not finite: null */
void json_put_str(struct json_writer *w, struct str text); /* escaped; bytes that are not UTF-8 become U+FFFD */
void json_put_hex(struct json_writer *w, const void *data, size_t bytes); /* as lower-case hex string */
void json_put_u128_str(struct json_writer *w, u128 value);                /* decimal in quotes: the `amt` form */
void json_put_raw(struct json_writer *w, struct str json);                /* an already encoded value */
void json_put_tree(struct json_writer *w, const struct json *node);       /* what json_parse gave */

/* key and value in one call. */
void json_put_member_str(struct json_writer *w, struct str key, struct str text);
void json_put_member_u64(struct json_writer *w, struct str key, uint64_t value);
void json_put_member_bool(struct json_writer *w, struct str key, bool value);

#endif
