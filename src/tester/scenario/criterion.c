#include "tester/scenario/criterion.h"

#include <inttypes.h>
#include <stdio.h>

#include "core/base/decimal.h"
#include "core/base/time.h"

struct quantity quantity_of(uint64_t whole)
{
    const uint64_t max = (uint64_t)INT64_MAX / (uint64_t)QUANTITY_ONE;
    return (struct quantity){whole > max ? INT64_MAX : (int64_t)(whole * (uint64_t)QUANTITY_ONE)};
}

struct quantity quantity_ratio(uint64_t numerator, uint64_t denominator)
{
    ASSERT(denominator > 0);
    const u128 value = ((u128)numerator * (u128)QUANTITY_ONE + denominator / 2) / denominator;
    return (struct quantity){value > (u128)INT64_MAX ? INT64_MAX : (int64_t)value};
}

/* Whole part, and as many decimals as matter, at most three. */
static void decimal_text(int64_t nano, const char *unit, char *out, size_t cap)
{
    const char *sign = nano < 0 ? "-" : "";
    const uint64_t size = nano < 0 ? (uint64_t)0 - (uint64_t)nano : (uint64_t)nano;
    uint64_t thousandths = size / 1000000 + (size % 1000000 >= 500000);
    const uint64_t whole = thousandths / 1000, rest = thousandths % 1000;
    if (rest == 0) snprintf(out, cap, "%s%" PRIu64 "%s", sign, whole, unit);
    else if (rest % 100 == 0) snprintf(out, cap, "%s%" PRIu64 ".%" PRIu64 "%s", sign, whole, rest / 100, unit);
    else if (rest % 10 == 0) snprintf(out, cap, "%s%" PRIu64 ".%02" PRIu64 "%s", sign, whole, rest / 10, unit);
    else snprintf(out, cap, "%s%" PRIu64 ".%03" PRIu64 "%s", sign, whole, rest, unit);
}

void quantity_text(struct quantity value, enum dimension dimension, char *out, size_t cap)
{
    switch (dimension) {
    case DIM_DURATION: duration_text((struct duration){value.nano < 0 ? 0 : (uint64_t)value.nano}, out, cap); return;
    case DIM_FRACTION: decimal_text(value.nano > INT64_MAX / 100 ? INT64_MAX : value.nano * 100, "%", out, cap); return;
    case DIM_RATE: decimal_text(value.nano, "/s", out, cap); return;
    case DIM_PER_MINUTE: decimal_text(value.nano, "/m", out, cap); return;
    case DIM_PER_HOUR: decimal_text(value.nano, "/h", out, cap); return;
    case DIM_PERCENT: decimal_text(value.nano, "%", out, cap); return;
    case DIM_MEGABYTES: decimal_text(value.nano, "MB", out, cap); return;
    case DIM_COUNT:
    case DIM_RATIO:
    case DIM_BPS:
    case DIM_AMOUNT: decimal_text(value.nano, "", out, cap); return;
    }
    UNREACHABLE();
}

static const char *const comparison_signs[] = {"==", "!=", "<", "<=", ">", ">=", "~"};

static struct str expected_text(struct arena *arena, const struct criterion *criterion)
{
    char value[48];
    quantity_text(criterion->bound, metric_specs[criterion->metric].dimension, value, sizeof(value));
    if (criterion->comparison != COMPARE_NEAR) return str_fmt(arena, "%s %s", comparison_signs[criterion->comparison], value);
    char tolerance[48];
    quantity_text((struct quantity){criterion->tolerance_ppb}, DIM_FRACTION, tolerance, sizeof(tolerance));
    return str_fmt(arena, "~ %s +- %s", value, tolerance);
}

bool criterion_met(const struct criterion *criterion, struct quantity actual)
{
    const int64_t a = actual.nano, b = criterion->bound.nano;
    switch (criterion->comparison) {
    case COMPARE_EQ: return a == b;
    case COMPARE_NE: return a != b;
    case COMPARE_LT: return a < b;
    case COMPARE_LE: return a <= b;
    case COMPARE_GT: return a > b;
    case COMPARE_GE: return a >= b;
    case COMPARE_NEAR: {
        const __int128 gap = (__int128)a - b, room = (__int128)(b < 0 ? -b : b) * criterion->tolerance_ppb / QUANTITY_ONE;
        return (gap < 0 ? -gap : gap) <= room;
    }
    }
    UNREACHABLE();
}

bool criterion_is_correctness(const struct criterion *criterion)
{
    return criterion->is_check || metric_specs[criterion->metric].correctness;
}

void criterion_scale(struct arena *arena, struct criterion *criterion, uint64_t numerator, uint64_t denominator)
{
    ASSERT(!criterion->is_check && denominator > 0);
    __int128 value = (__int128)criterion->bound.nano * (__int128)numerator / (__int128)denominator;
    if (metric_specs[criterion->metric].dimension == DIM_COUNT) value = (value + QUANTITY_ONE / 2) / QUANTITY_ONE * QUANTITY_ONE;
    criterion->bound.nano = value > INT64_MAX ? INT64_MAX : (int64_t)value;
    criterion->expected = expected_text(arena, criterion);
}

/* ---- reading ---- */

static bool comparison_take(struct str *text, enum comparison *out)
{
    static const enum comparison order[] = {COMPARE_EQ, COMPARE_NE, COMPARE_LE, COMPARE_GE, COMPARE_LT, COMPARE_GT, COMPARE_NEAR};
    for (size_t i = 0; i < ARRAY_LEN(order); i++) {
        const struct str sign = str_of(comparison_signs[order[i]]);
        if (!str_starts(*text, sign)) continue;
        *text = str_trim(str_sub(*text, sign.len, text->len));
        *out = order[i];
        return true;
    }
    *out = COMPARE_EQ;
    return true;
}

const char *dimension_text(enum dimension dimension)
{
    switch (dimension) {
    case DIM_COUNT: return "a plain number";
    case DIM_RATE: return "a number a second, like 500 or 500/s";
    case DIM_PER_MINUTE: return "a number a minute, like 200 or 200/m";
    case DIM_PER_HOUR: return "a number an hour, like 950 or 950/h";
    case DIM_FRACTION: return "a fraction, like 99% or 0.99";
    case DIM_DURATION: return "a duration, like 500ms or 5s";
    case DIM_RATIO: return "a ratio, like 0.8 or 80%";
    case DIM_BPS: return "a number of basis points, like 50";
    case DIM_PERCENT: return "a percentage, like 5 or 5%";
    case DIM_MEGABYTES: return "a number of megabytes, like 64 or 64MB";
    case DIM_AMOUNT: return "a number of base units, may be negative";
    }
    UNREACHABLE();
}

static bool unit_drop(struct str *text, struct str unit)
{
    if (!str_ends(*text, unit)) return false;
    *text = str_sub(*text, 0, text->len - unit.len);
    return true;
}

/* Decimal with up to `places` decimals, as value * 10^9 * multiplier / divisor. */
static bool number_parse(struct str text, uint64_t divisor, int64_t *out)
{
    uint64_t value;
    if (!decimal_parse(text, 9, &value)) {
        if (!decimal_parse(text, 0, &value)) return false;
        *out = INT64_MAX; /* beyond what is measured; compares as "more than anything" */
        return true;
    }
    value = value / divisor + (value % divisor * 2 >= divisor);
    *out = value > (uint64_t)INT64_MAX ? INT64_MAX : (int64_t)value;
    return true;
}

/* "1.5s" beside the composed durations of the language ("1m30s"). */
static bool duration_value_parse(struct str text, int64_t *out)
{
    struct duration d;
    if (duration_parse(text, &d)) {
        *out = d.ns > (uint64_t)INT64_MAX ? INT64_MAX : (int64_t)d.ns;
        return true;
    }
    static const struct {
        const char *unit;
        uint64_t ns;
    } units[] = {{"ms", NS_PER_MS}, {"s", NS_PER_S}, {"m", 60 * NS_PER_S}, {"h", 3600 * NS_PER_S}};
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        struct str head = text;
        uint64_t micro, ns;
        if (!unit_drop(&head, str_of(units[i].unit)) || !decimal_parse(head, 6, &micro)) continue;
        if (!u64_mul(micro, units[i].ns / 1000, &ns) || ns / 1000 > (uint64_t)INT64_MAX) return false;
        *out = (int64_t)(ns / 1000);
        return true;
    }
    return false;
}

static bool quantity_parse(struct str text, enum dimension dimension, struct quantity *out)
{
    switch (dimension) {
    case DIM_DURATION: return duration_value_parse(text, &out->nano);
    case DIM_FRACTION:
    case DIM_RATIO: return number_parse(text, unit_drop(&text, STR("%")) ? 100 : 1, &out->nano);
    case DIM_PERCENT: (void)unit_drop(&text, STR("%")); break; /* the unit may be left out, here and below */
    case DIM_RATE: (void)unit_drop(&text, STR("/s")); break;
    case DIM_PER_MINUTE: (void)unit_drop(&text, STR("/m")); break;
    case DIM_PER_HOUR: (void)unit_drop(&text, STR("/h")); break;
    case DIM_MEGABYTES: (void)unit_drop(&text, STR("MB")); break;
    case DIM_AMOUNT:
        if (str_starts(text, STR("-"))) {
            if (!number_parse(str_sub(text, 1, text.len), 1, &out->nano)) return false;
            out->nano = -out->nano;
            return true;
        }
        break;
    case DIM_COUNT:
    case DIM_BPS: break;
    }
    return number_parse(text, 1, &out->nano);
}

/* Rewrites what people write in words: "<5 seconds" -> "< 5s". Empty when that does not help either. */
static struct str value_suggestion(struct arena *arena, enum comparison comparison, bool signed_text, struct str text, enum dimension dimension)
{
    static const struct {
        const char *word, *unit;
    } words[] = {{"milliseconds", "ms"}, {"millisecond", "ms"}, {"msec", "ms"}, {"seconds", "s"}, {"second", "s"}, {"secs", "s"}, {"sec", "s"},
                 {"minutes", "m"}, {"minute", "m"}, {"mins", "m"}, {"min", "m"}, {"hours", "h"}, {"hour", "h"}, {"percent", "%"}, {"tps", ""},
                 {"per second", ""}, {"/sec", ""}, {"/second", ""}};
    struct str whole = str_trim(text);
    const char *unit = NULL;
    for (size_t i = 0; i < ARRAY_LEN(words) && !unit; i++)
        if (unit_drop(&whole, str_of(words[i].word))) unit = words[i].unit;
    if (!unit) {
        static const char *const tight[] = {"ms", "s", "m", "h", "%"};
        for (size_t i = 0; i < ARRAY_LEN(tight) && !unit; i++)
            if (unit_drop(&whole, str_of(tight[i]))) unit = tight[i];
    }
    if (!unit) unit = dimension == DIM_DURATION ? "ms" : "";
    const struct str value = str_fmt(arena, STR_FMT "%s", STR_ARG(str_trim(whole)), unit);
    struct quantity ignored;
    if (!quantity_parse(value, dimension, &ignored)) return (struct str){0};
    return signed_text ? str_fmt(arena, "%s " STR_FMT, comparison_signs[comparison], STR_ARG(value)) : value;
}

static bool metric_value_parse(struct arena *arena, const struct yaml *node, struct diags *diags, struct criterion *out)
{
    const struct metric_spec *spec = &metric_specs[out->metric];
    struct str text = str_trim(node->text);
    const struct str whole = text;
    if (!comparison_take(&text, &out->comparison)) return false;
    const bool has_sign = text.len != whole.len;
    if (out->comparison == COMPARE_NEAR) {
        struct str value = text, tolerance = {0};
        for (size_t i = 0; i + 2 <= text.len; i++)
            if (text.data[i] == '+' && text.data[i + 1] == '-') {
                value = str_trim(str_sub(text, 0, i));
                tolerance = str_trim(str_sub(text, i + 2, text.len));
                break;
            }
        uint64_t ppb;
        if (!unit_drop(&tolerance, STR("%")) || !decimal_parse(tolerance, 7, &ppb) || ppb > INT64_MAX) {
            diags_error(diags, node->place, "'" STR_FMT "' is not of the form \"~ N +- P%%\"", STR_ARG(whole));
            return false;
        }
        out->tolerance_ppb = (int64_t)ppb;
        text = value;
    }
    if (!quantity_parse(text, spec->dimension, &out->bound)) {
        struct str suggestion = {0};
        if (out->comparison != COMPARE_NEAR) suggestion = value_suggestion(arena, out->comparison, has_sign, text, spec->dimension);
        diags_add(diags, node->place, SEVERITY_ERROR, suggestion, "'" STR_FMT "' does not fit metric '%s', which takes %s", STR_ARG(whole), spec->name, dimension_text(spec->dimension));
        return false;
    }
    out->expected = expected_text(arena, out);
    return true;
}

static struct str criterion_name_next(const void *context, size_t i)
{
    (void)context;
    if (i < METRIC_IDS) return str_of(metric_specs[i].name);
    if (i < METRIC_IDS + CHECK_IDS) return str_of(check_specs[i - METRIC_IDS].name);
    return object_name_at(i - METRIC_IDS - CHECK_IDS);
}

bool criterion_parse(struct arena *arena, const struct yaml *node, struct diags *diags, struct criterion *out)
{
    *out = (struct criterion){.place = node->key_place, .name = str_dup(arena, node->key)};
    if (object_is_known(node->key)) {
        out->is_check = out->wanted = true;
        out->check = CHECK_OBJECT;
        return object_parse(arena, node, diags, &out->object, &out->expected);
    }
    if (check_find(node->key, &out->check)) {
        out->is_check = true;
        if (!check_specs[out->check].in_build) {
            diags_error(diags, node->key_place, "check '" STR_FMT "' is known, not in this build", STR_ARG(node->key));
            return false;
        }
        if (!yaml_bool(node, &out->wanted)) {
            diags_error(diags, node->place, "check '" STR_FMT "' is true or false", STR_ARG(node->key));
            return false;
        }
        out->expected = out->wanted ? STR("true") : STR("false");
        return true;
    }
    if (!metric_find(node->key, &out->metric)) {
        const char *renamed = criterion_renamed(node->key);
        diags_add(diags, node->key_place, SEVERITY_ERROR, renamed ? str_of(renamed) : did_you_mean_by(node->key, criterion_name_next, NULL),
                  "unknown metric or check '" STR_FMT "'", STR_ARG(node->key));
        return false;
    }
    if (node->type != YAML_SCALAR) {
        diags_error(diags, node->place, "metric '" STR_FMT "' takes one value like \">= 10\"", STR_ARG(node->key));
        return false;
    }
    const bool fits = metric_value_parse(arena, node, diags, out);
    if (!metric_specs[out->metric].in_build) {
        diags_error(diags, node->key_place, "metric '" STR_FMT "' is known, not in this build", STR_ARG(node->key));
        return false;
    }
    return fits;
}

struct criteria criteria_parse(struct arena *arena, const struct yaml *list, const char *what, struct diags *diags)
{
    struct criteria out = {0};
    if (!list) return out;
    if (list->type != YAML_SEQUENCE) {
        diags_error(diags, list->place, "%s is a list of entries like \"- error_rate: '< 1%%'\"", what);
        return out;
    }
    out.items = arena_array(arena, struct criterion, list->count + 1); /* one more for what is appended */
    for (const struct yaml *item = list->child; item; item = item->next) {
        if (item->type != YAML_MAPPING || item->count != 1) {
            diags_error(diags, item->place, "each entry of %s is one 'name: value'", what);
            continue;
        }
        if (criterion_parse(arena, item->child, diags, &out.items[out.count])) out.count++;
    }
    return out;
}

struct condition condition_parse(struct arena *arena, const struct yaml *node, struct diags *diags)
{
    struct condition out = {0};
    if (!node) return out;
    if (node->type != YAML_MAPPING || node->count != 1) {
        diags_error(diags, node->place, "until is one 'name: value', or all: or any: with a list of them");
        return out;
    }
    const struct yaml *only = node->child;
    if (str_eq(only->key, STR("all")) || str_eq(only->key, STR("any"))) {
        out.any = str_eq(only->key, STR("any"));
        out.criteria = criteria_parse(arena, only, out.any ? "any" : "all", diags);
        if (only->type == YAML_SEQUENCE && only->count == 0) diags_error(diags, only->place, "an empty list of conditions");
        return out;
    }
    out.criteria.items = arena_array(arena, struct criterion, 1);
    if (criterion_parse(arena, only, diags, out.criteria.items)) out.criteria.count = 1;
    return out;
}
