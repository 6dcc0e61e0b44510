/* One pass, no recursion: the open containers stand on a small stack, and each value is linked behind its elder
 * sibling as it is met. */
#include <stdlib.h>

#include "core/codec/json.h"

struct level {
    struct json *container, *last;
};

struct reader {
    struct arena *arena;
    const char *start, *at, *end;
    struct err *err;
    struct level stack[JSON_DEPTH_MAX];
    size_t depth;
};

static bool fail(struct reader *r, const char *what)
{
    return err_set(r->err, ERR_PARSE, "%s at byte %zu", what, (size_t)(r->at - r->start));
}

static void skip_blanks(struct reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\t' || *r->at == '\r')) r->at++;
}

static bool hex4(struct reader *r, uint32_t *out)
{
    if (r->end - r->at < 4) return fail(r, "cut \\u escape");
    uint32_t value = 0;
    for (int i = 0; i < 4; i++) {
        const char c = r->at[i];
        uint32_t digit;
        if (c >= '0' && c <= '9')
            digit = (uint32_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            digit = (uint32_t)(c - 'a') + 10;
        else if (c >= 'A' && c <= 'F')
            digit = (uint32_t)(c - 'A') + 10;
        else
            return fail(r, "bad \\u escape");
        value = value << 4 | digit;
    }
    r->at += 4;
    *out = value;
    return true;
}

static char *utf8_put(char *to, uint32_t point)
{
    if (point < 0x80) {
        *to++ = (char)point;
    } else if (point < 0x800) {
        *to++ = (char)(0xc0 | point >> 6);
        *to++ = (char)(0x80 | (point & 0x3f));
    } else if (point < 0x10000) {
        *to++ = (char)(0xe0 | point >> 12);
        *to++ = (char)(0x80 | (point >> 6 & 0x3f));
        *to++ = (char)(0x80 | (point & 0x3f));
    } else {
        *to++ = (char)(0xf0 | point >> 18);
        *to++ = (char)(0x80 | (point >> 12 & 0x3f));
        *to++ = (char)(0x80 | (point >> 6 & 0x3f));
        *to++ = (char)(0x80 | (point & 0x3f));
    }
    return to;
}

/* Behind a backslash. An escape is never shorter than what it stands for. */
static bool unescape(struct reader *r, char **to)
{
    static const char from_to[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
    if (r->at == r->end) return fail(r, "cut escape");
    const char c = *r->at++;
    if (c != 'u') {
        for (size_t i = 0; i + 1 < sizeof(from_to); i += 2)
            if (from_to[i] == c) {
                *(*to)++ = from_to[i + 1];
                return true;
            }
        r->at--;
        return fail(r, "unknown escape");
    }
    uint32_t point;
    if (!hex4(r, &point)) return false;
    if (point >= 0xdc00 && point <= 0xdfff) return fail(r, "lone surrogate");
    if (point >= 0xd800 && point <= 0xdbff) {
        uint32_t low;
        if (r->end - r->at < 2 || r->at[0] != '\\' || r->at[1] != 'u') return fail(r, "lone surrogate");
        r->at += 2;
        if (!hex4(r, &low)) return false;
        if (low < 0xdc00 || low > 0xdfff) return fail(r, "lone surrogate");
        point = 0x10000 + ((point - 0xd800) << 10 | (low - 0xdc00));
    }
    *to = utf8_put(*to, point);
    return true;
}

/* At the opening quote. Text without escapes is borrowed. */
static bool read_string(struct reader *r, struct str *out)
{
    r->at++;
    const char *begin = r->at;
    bool high = false;
    while (r->at < r->end && *r->at != '"' && *r->at != '\\') {
        const unsigned char c = (unsigned char)*r->at;
        if (c < 0x20) return fail(r, "raw control character");
        high |= c >= 0x80;
        r->at++;
    }
    if (r->at == r->end) return fail(r, "string without an end");
    if (*r->at == '"') {
        *out = (struct str){begin, (size_t)(r->at - begin)};
        if (high && !str_is_utf8(*out)) return fail(r, "malformed UTF-8");
        r->at++;
        return true;
    }
    const char *scan = r->at; /* find the end, to know how much room is needed at most */
    while (scan < r->end && *scan != '"') scan += *scan == '\\' ? 2 : 1;
    if (scan >= r->end) return fail(r, "string without an end");
    char *text = arena_alloc(r->arena, (size_t)(scan - begin) + 1);
    size_t head = (size_t)(r->at - begin);
    memcpy(text, begin, head);
    char *to = text + head;
    while (*r->at != '"') {
        const unsigned char c = (unsigned char)*r->at++;
        if (c == '\\') {
            if (!unescape(r, &to)) return false;
        } else if (c < 0x20) {
            return fail(r, "raw control character");
        } else {
            *to++ = (char)c;
        }
        if (r->at == r->end) return fail(r, "string without an end");
    }
    *out = (struct str){text, (size_t)(to - text)};
    if (!str_is_utf8(*out)) return fail(r, "malformed UTF-8");
    r->at++;
    return true;
}

static bool digits(struct reader *r)
{
    const char *begin = r->at;
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9') r->at++;
    return r->at > begin || fail(r, "digit expected");
}

static bool read_number(struct reader *r, struct str *out)
{
    const char *begin = r->at;
    if (*r->at == '-') r->at++;
    if (r->at < r->end && *r->at == '0')
        r->at++;
    else if (!digits(r))
        return false;
    if (r->at < r->end && *r->at == '.') {
        r->at++;
        if (!digits(r)) return false;
    }
    if (r->at < r->end && (*r->at == 'e' || *r->at == 'E')) {
        r->at++;
        if (r->at < r->end && (*r->at == '+' || *r->at == '-')) r->at++;
        if (!digits(r)) return false;
    }
    if (r->at < r->end && *r->at >= '0' && *r->at <= '9') return fail(r, "leading zero");
    *out = (struct str){begin, (size_t)(r->at - begin)};
    return true;
}

static bool read_word(struct reader *r, struct str word)
{
    if ((size_t)(r->end - r->at) < word.len || memcmp(r->at, word.data, word.len) != 0) return fail(r, "unknown word");
    r->at += word.len;
    return true;
}

static int compare_keys(const void *a, const void *b)
{
    return str_cmp((*(const struct json *const *)a)->key, (*(const struct json *const *)b)->key);
}

/* Small objects are compared pairwise as they grow; large ones are sorted once, when they end. */
#define PAIRWISE_MAX 16

static bool keys_unique_large(struct reader *r, const struct json *object)
{
    const struct json **sorted = base_alloc(object->count * sizeof(*sorted));
    size_t count = 0;
    for (const struct json *member = object->child; member != NULL; member = member->next) sorted[count++] = member;
    qsort(sorted, count, sizeof(*sorted), compare_keys);
    bool unique = true;
    for (size_t i = 1; i < count && unique; i++) unique = !str_eq(sorted[i - 1]->key, sorted[i]->key);
    base_free(sorted);
    return unique || fail(r, "duplicate key in the object that ends");
}

static bool keys_unique_small(struct reader *r, const struct json *object, struct str key)
{
    if (object->count > PAIRWISE_MAX) return true;
    for (const struct json *member = object->child; member != NULL; member = member->next)
        if (str_eq(member->key, key)) return fail(r, "duplicate key");
    return true;
}

static struct json *append(struct reader *r, struct str key)
{
    struct json *node = arena_new(r->arena, struct json);
    node->key = key;
    if (r->depth == 0) return node;
    struct level *level = &r->stack[r->depth - 1];
    if (level->last == NULL)
        level->container->child = node;
    else
        level->last->next = node;
    level->last = node;
    level->container->count++;
    return node;
}

static bool open_container(struct reader *r, struct json *node, enum json_type type)
{
    if (r->depth == JSON_DEPTH_MAX) return fail(r, "nested too deep");
    node->type = type;
    r->stack[r->depth++] = (struct level){node, NULL};
    r->at++;
    return true;
}

/* Reads a scalar, or opens a container. */
static bool read_value(struct reader *r, struct json *node)
{
    if (r->at == r->end) return fail(r, "value expected");
    switch (*r->at) {
    case '{': return open_container(r, node, JSON_OBJECT);
    case '[': return open_container(r, node, JSON_ARRAY);
    case '"': node->type = JSON_STRING; return read_string(r, &node->text);
    case 't':
        node->type = JSON_BOOL;
        node->boolean = true;
        return read_word(r, STR("true"));
    case 'f': node->type = JSON_BOOL; return read_word(r, STR("false"));
    case 'n': node->type = JSON_NULL; return read_word(r, STR("null"));
    case '-':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9': node->type = JSON_NUMBER; return read_number(r, &node->text);
    default: return fail(r, "value expected");
    }
}

static bool close_container(struct reader *r)
{
    const struct json *container = r->stack[r->depth - 1].container;
    r->at++;
    r->depth--;
    if (container->type == JSON_OBJECT && container->count > PAIRWISE_MAX) return keys_unique_large(r, container);
    return true;
}

/* One step inside the innermost container: its end, or its next item. */
static bool step(struct reader *r)
{
    const struct level *level = &r->stack[r->depth - 1];
    const bool object = level->container->type == JSON_OBJECT;
    skip_blanks(r);
    if (r->at == r->end) return fail(r, object ? "object without an end" : "array without an end");
    if (*r->at == (object ? '}' : ']')) return close_container(r);
    if (level->last != NULL) {
        if (*r->at != ',') return fail(r, "',' expected");
        r->at++;
        skip_blanks(r);
    }
    struct str key = {0};
    if (object) {
        if (r->at == r->end || *r->at != '"') return fail(r, "key expected");
        if (!read_string(r, &key) || !keys_unique_small(r, level->container, key)) return false;
        skip_blanks(r);
        if (r->at == r->end || *r->at != ':') return fail(r, "':' expected");
        r->at++;
        skip_blanks(r);
    }
    return read_value(r, append(r, key));
}

const struct json *json_parse(struct arena *arena, struct str text, struct err *err)
{
    struct reader r = {.arena = arena, .start = text.data, .at = text.data, .end = text.data + text.len, .err = err};
    skip_blanks(&r);
    struct json *root = append(&r, (struct str){0});
    if (!read_value(&r, root)) return NULL;
    while (r.depth > 0)
        if (!step(&r)) return NULL;
    skip_blanks(&r);
    if (r.at != r.end) {
        (void)fail(&r, "bytes behind the document");
        return NULL;
    }
    return root;
}

const struct json *json_find(const struct json *object, struct str key)
{
    if (object == NULL || object->type != JSON_OBJECT) return NULL;
    for (const struct json *member = object->child; member != NULL; member = member->next)
        if (str_eq(member->key, key)) return member;
    return NULL;
}

const struct json *json_at(const struct json *array, size_t index)
{
    if (array == NULL || array->type != JSON_ARRAY) return NULL;
    const struct json *item = array->child;
    while (item != NULL && index-- > 0) item = item->next;
    return item;
}

bool json_is(const struct json *node, enum json_type type) { return node != NULL && node->type == type; }

bool json_u64(const struct json *node, uint64_t *out)
{
    uint64_t value;
    if (!json_is(node, JSON_NUMBER) || !str_to_u64(node->text, &value) || value > JSON_INT_MAX) return false;
    *out = value;
    return true;
}

bool json_i64(const struct json *node, int64_t *out)
{
    if (!json_is(node, JSON_NUMBER)) return false;
    const bool negative = node->text.data[0] == '-';
    uint64_t value;
    if (!str_to_u64(str_sub(node->text, negative ? 1 : 0, SIZE_MAX), &value) || value > JSON_INT_MAX) return false;
    *out = negative ? -(int64_t)value : (int64_t)value;
    return true;
}

bool json_bool(const struct json *node, bool *out)
{
    if (!json_is(node, JSON_BOOL)) return false;
    *out = node->boolean;
    return true;
}

bool json_str(const struct json *node, struct str *out)
{
    if (!json_is(node, JSON_STRING)) return false;
    *out = node->text;
    return true;
}

bool json_double(const struct json *node, double *out)
{
    char text[64];
    if (!json_is(node, JSON_NUMBER) || node->text.len >= sizeof(text)) return false;
    memcpy(text, node->text.data, node->text.len);
    text[node->text.len] = 0;
    *out = strtod(text, NULL);
    return true;
}
