#include "tester/bot/arg.h"

#include <inttypes.h>

#include "core/base/time.h"

/* ---- one scalar of a type ---- */

static bool digits_parse(struct str text, u128 *out)
{
    char plain[64];
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.data[i];
        if (c == '_' && i > 0 && i + 1 < text.len && text.data[i - 1] != '_') continue;
        if (len == sizeof(plain)) return false;
        plain[len++] = c;
    }
    return u128_parse((struct str){plain, len}, out);
}

/* A decimal with at most `digits` behind the point, in units of 10^-digits. */
static bool decimal_parse(struct str text, uint32_t digits, u128 *out)
{
    struct str whole, fraction;
    const bool dotted = str_cut(text, '.', &whole, &fraction);
    u128 value;
    if (!digits_parse(whole, &value)) return false;
    if (dotted && (fraction.len == 0 || fraction.len > digits)) return false;
    for (uint32_t i = 0; i < digits; i++) {
        uint64_t digit = 0;
        if (dotted && i < fraction.len) {
            if (fraction.data[i] < '0' || fraction.data[i] > '9') return false;
            digit = (uint64_t)(fraction.data[i] - '0');
        }
        if (!u128_mul(value, 10, &value) || !u128_add(value, digit, &value)) return false;
    }
    *out = value;
    return true;
}

static bool fraction_parse(struct str text, u128 *out)
{
    const bool percent = str_ends(text, STR("%"));
    if (percent) text = str_trim(str_sub(text, 0, text.len - 1));
    return decimal_parse(text, percent ? 2 : 4, out) && *out <= 10000;
}

static const char *scalar_form(enum param_type type)
{
    switch (type) {
    case PARAM_AMOUNT: return "a whole number of base units below 2^128";
    case PARAM_COUNT: return "a whole number";
    case PARAM_DURATION: return "a duration such as 90s or 1h30m";
    case PARAM_FRACTION: return "a fraction such as 0.95 or 95%";
    case PARAM_PRICE: return "a price with at most 6 digits behind the point";
    case PARAM_TEXT: return "a text or {length: N}";
    case PARAM_CHOICE: return "a word";
    case PARAM_BOOL: return "true or false";
    case PARAM_LIST: return "a list of words";
    case PARAM_WEIGHTS: return "a map from words to weights";
    }
    UNREACHABLE();
}

static bool number_parse(enum param_type type, struct str text, u128 *out)
{
    switch (type) {
    case PARAM_AMOUNT: return digits_parse(text, out);
    case PARAM_COUNT: return digits_parse(text, out) && *out <= UINT64_MAX;
    case PARAM_FRACTION: return fraction_parse(text, out);
    case PARAM_PRICE: return decimal_parse(text, 6, out) && *out <= INT64_MAX;
    case PARAM_DURATION: {
        struct duration d;
        if (!duration_parse(text, &d)) return false;
        *out = d.ns;
        return true;
    }
    case PARAM_BOOL: *out = str_eq(text, STR("true")); return *out == 1 || str_eq(text, STR("false"));
    case PARAM_TEXT:
    case PARAM_CHOICE:
    case PARAM_LIST:
    case PARAM_WEIGHTS: return false;
    }
    UNREACHABLE();
}

static bool is_number(enum param_type type)
{
    return type == PARAM_AMOUNT || type == PARAM_COUNT || type == PARAM_DURATION || type == PARAM_FRACTION || type == PARAM_PRICE;
}

/* ---- nodes ---- */

static bool wrong(const struct param_spec *spec, const struct yaml *node, struct diags *diags)
{
    diags_error(diags, node->place, "parameter '%s' wants %s", spec->name, scalar_form(spec->type));
    return false;
}

static struct str choice_at(const void *context, size_t i)
{
    const char *const *choices = context; /* walked from the start: lists are short */
    for (size_t k = 0; k <= i; k++)
        if (choices[k] == NULL) return (struct str){0};
    return str_of(choices[i]);
}

static bool choice_check(const struct param_spec *spec, struct str word, struct place place, struct diags *diags)
{
    if (spec->choices == NULL) return true;
    for (size_t i = 0; spec->choices[i] != NULL; i++)
        if (str_eq(word, str_of(spec->choices[i]))) return true;
    diags_add(diags, place, SEVERITY_ERROR, did_you_mean_by(word, choice_at, spec->choices),
              "parameter '%s' knows no '" STR_FMT "'", spec->name, STR_ARG(word));
    return false;
}

static bool number_read(const struct param_spec *spec, const struct yaml *node, struct arg *out, struct diags *diags)
{
    if (node->type == YAML_SCALAR) {
        if (!number_parse(spec->type, str_trim(node->text), &out->lo)) return wrong(spec, node, diags);
        out->hi = out->lo;
        return true;
    }
    if (node->type != YAML_SEQUENCE || node->count != 2 || node->child->type != YAML_SCALAR ||
        node->child->next->type != YAML_SCALAR || !number_parse(spec->type, str_trim(node->child->text), &out->lo) ||
        !number_parse(spec->type, str_trim(node->child->next->text), &out->hi)) {
        diags_error(diags, node->place, "parameter '%s' wants %s, or [lowest, highest]", spec->name, scalar_form(spec->type));
        return false;
    }
    if (out->lo > out->hi) {
        diags_error(diags, node->place, "parameter '%s': the range ends before it begins", spec->name);
        return false;
    }
    return true;
}

static bool text_read(const struct param_spec *spec, const struct yaml *node, struct arg *out, struct diags *diags)
{
    if (node->type == YAML_SCALAR) {
        out->text = node->text;
        return true;
    }
    uint64_t length;
    if (node->type != YAML_MAPPING || node->count != 1 || !yaml_u64(yaml_find(node, STR("length")), &length))
        return wrong(spec, node, diags);
    if (length > (1u << 24)) {
        diags_error(diags, node->place, "parameter '%s': a text is at most 16 MiB long", spec->name);
        return false;
    }
    out->filler = true;
    out->lo = out->hi = length;
    return true;
}

static bool words_read(const struct param_spec *spec, const struct yaml *node, struct arena *arena, struct arg *out,
                       struct diags *diags)
{
    const bool weighted = spec->type == PARAM_WEIGHTS;
    if (node->type != (weighted ? YAML_MAPPING : YAML_SEQUENCE)) {
        if (weighted || node->type != YAML_SCALAR || !choice_check(spec, node->text, node->place, diags))
            return wrong(spec, node, diags);
        struct arg_word *one = arena_new(arena, struct arg_word); /* a list of one may be written without brackets */
        *one = (struct arg_word){node->text, 1};
        out->words = one;
        out->words_count = 1;
        return true;
    }
    struct arg_word *words = arena_array(arena, struct arg_word, node->count > 0 ? node->count : 1);
    bool good = true;
    uint64_t sum = 0;
    uint32_t i = 0;
    for (const struct yaml *item = node->child; item != NULL; item = item->next, i++) {
        words[i] = (struct arg_word){weighted ? item->key : item->text, 1};
        if (item->type != YAML_SCALAR || (weighted && (!yaml_u64(item, &words[i].weight) || words[i].weight > UINT32_MAX))) {
            good = wrong(spec, item, diags);
            continue;
        }
        if (!choice_check(spec, words[i].word, weighted ? item->key_place : item->place, diags)) good = false;
        sum += words[i].weight;
    }
    if (good && weighted && sum == 0) good = wrong(spec, node, diags);
    out->words = words;
    out->words_count = i;
    return good;
}

bool arg_read(const struct param_spec *spec, const struct yaml *node, struct arena *arena, struct arg *out, struct diags *diags)
{
    struct arg arg = {.given = true};
    bool good;
    if (yaml_is_null(node))
        good = wrong(spec, node, diags);
    else if (is_number(spec->type))
        good = number_read(spec, node, &arg, diags);
    else if (spec->type == PARAM_TEXT)
        good = text_read(spec, node, &arg, diags);
    else if (spec->type == PARAM_LIST || spec->type == PARAM_WEIGHTS)
        good = words_read(spec, node, arena, &arg, diags);
    else if (node->type != YAML_SCALAR)
        good = wrong(spec, node, diags);
    else if (spec->type == PARAM_BOOL) {
        good = number_parse(PARAM_BOOL, str_trim(node->text), &arg.lo) || wrong(spec, node, diags);
        arg.hi = arg.lo;
    } else {
        good = choice_check(spec, node->text, node->place, diags);
        arg.text = node->text;
    }
    if (good) *out = arg;
    return good;
}

bool arg_parse(const struct param_spec *spec, struct str text, struct arena *arena, struct arg *out, struct err *err)
{
    struct diags diags;
    diags_init(&diags);
    const struct str document = str_fmt(arena, "value: " STR_FMT "\n", STR_ARG(text));
    const struct yaml *root = yaml_parse(arena, STR(""), document, &diags);
    const struct yaml *node = yaml_find(root, STR("value"));
    const bool good = node != NULL && arg_read(spec, node, arena, out, &diags);
    if (!good)
        (void)err_set(err, ERR_PARSE, "%s: " STR_FMT, spec->name,
                      STR_ARG(diags.items.count > 0 ? diags.items.data[0].message : STR("not a value")));
    diags_done(&diags);
    return good;
}

void arg_fallback(const struct param_spec *spec, struct arena *arena, struct arg *out)
{
    *out = (struct arg){0};
    if (spec->fallback == NULL) return;
    struct err err;
    const bool good = arg_parse(spec, str_of(spec->fallback), arena, out, &err);
    ASSERT(good);
}

size_t param_specs_count(const struct param_spec *specs)
{
    size_t count = 0;
    while (specs != NULL && specs[count].name != NULL) count++;
    return count;
}

const struct param_spec *param_specs_find(const struct param_spec *specs, struct str name, size_t *out_index)
{
    for (size_t i = 0; specs != NULL && specs[i].name != NULL; i++) {
        if (!str_eq(str_of(specs[i].name), name)) continue;
        if (out_index != NULL) *out_index = i;
        return &specs[i];
    }
    return NULL;
}

u128 arg_draw(const struct arg *arg, struct rng *rng)
{
    const u128 span = arg->hi - arg->lo;
    if (span == 0) return arg->lo;
    if (span <= UINT64_MAX) return arg->lo + rng_range(rng, 0, (uint64_t)span);
    u128 draw; /* rejection over the smallest power of two that covers the span */
    u128 mask = span;
    for (uint32_t shift = 1; shift < 128; shift *= 2) mask |= mask >> shift;
    do draw = ((u128)rng_u64(rng) << 64 | rng_u64(rng)) & mask;
    while (draw > span);
    return arg->lo + draw;
}

struct str arg_draw_word(const struct arg *arg, struct rng *rng)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < arg->words_count; i++) sum += arg->words[i].weight;
    if (sum == 0) return arg->text;
    uint64_t at = rng_below(rng, sum);
    for (uint32_t i = 0;; i++) {
        if (at < arg->words[i].weight) return arg->words[i].word;
        at -= arg->words[i].weight;
    }
}

struct str arg_text(const struct arg *arg, struct rng *rng, struct arena *arena)
{
    if (!arg->filler) return arg->text;
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    const size_t length = (size_t)arg->lo;
    char *text = arena_alloc(arena, length + 1);
    for (size_t i = 0; i < length; i++) text[i] = letters[rng_below(rng, sizeof(letters) - 1)];
    return (struct str){text, length};
}

const char *param_type_text(enum param_type type)
{
    static const char *const texts[] = {"amount", "count",  "duration", "fraction", "price",
                                        "text",   "choice", "bool",     "list",     "weights"};
    return texts[type];
}
