#include <stdio.h>

#include "core/base/decimal.h"
#include "core/codec/json.h"
#include "tester/chaos/action.h"

struct reader {
    struct arena *arena;
    struct diags *diags;
    struct chaos_action *action;
    struct json_writer *json;
    uint32_t validators;
    bool ok;
};

#define FAULT(r, node, ...) ((r)->ok = false, diags_error((r)->diags, (node)->place, __VA_ARGS__))

static struct str action_name_next(const void *context, size_t i)
{
    (void)context;
    return i < ACTION_IDS ? str_of(action_specs[i].name) : (struct str){0};
}

/* ---- targets ---- */

static bool validator_number(struct str text, uint32_t *out)
{
    uint64_t value;
    if (text.len < 2 || text.data[0] != 'v' || !str_to_u64(str_sub(text, 1, text.len), &value)) return false;
    if (value == 0 || value > UINT32_MAX) return false;
    *out = (uint32_t)value;
    return true;
}

static bool range_add(struct reader *r, const struct yaml *node, struct str text, bool named[ACTION_TARGETS_MAX + 1])
{
    struct str head, rest;
    uint32_t lo, hi;
    if (str_eq(text, STR("*"))) {
        lo = 1, hi = r->validators;
    } else if (str_cut(text, '-', &head, &rest)) {
        if (!validator_number(head, &lo) || !validator_number(rest, &hi) || lo > hi) {
            FAULT(r, node, "'" STR_FMT "' is not a range of validators like v1-v40", STR_ARG(text));
            return false;
        }
    } else if (validator_number(text, &lo)) {
        hi = lo;
    } else {
        FAULT(r, node, "'" STR_FMT "' names no validator; say v3, v1-v40, *, {count: 8} or {fraction: 34%%}", STR_ARG(text));
        return false;
    }
    if (hi > r->validators) {
        FAULT(r, node, "'" STR_FMT "' is beyond the network's %u validators", STR_ARG(text), r->validators);
        return false;
    }
    for (uint32_t i = lo; i <= hi && i <= ACTION_TARGETS_MAX; i++) named[i] = true;
    return true;
}

static void targets_drawn(struct reader *r, const struct yaml *node, struct targets *out)
{
    for (const struct yaml *child = node->child; child; child = child->next) {
        uint64_t value;
        if (str_eq(child->key, STR("count"))) {
            if (!yaml_u64(child, &value) || value > r->validators) {
                FAULT(r, child, "count must be a whole number up to the network's %u validators", r->validators);
                continue;
            }
            *out = (struct targets){.kind = TARGETS_COUNT, .amount = (uint32_t)value};
        } else if (str_eq(child->key, STR("fraction"))) {
            if (!fraction_parse(child->text, &value)) {
                FAULT(r, child, "'" STR_FMT "' is not a fraction like 0.34 or 34%%", STR_ARG(child->text));
                continue;
            }
            *out = (struct targets){.kind = TARGETS_FRACTION, .amount = (uint32_t)(value / 100000)};
        } else if (str_eq(child->key, STR("fraction_bps"))) {
            if (!yaml_u64(child, &value) || value > 10000) {
                FAULT(r, child, "fraction_bps must be 0 to 10000");
                continue;
            }
            *out = (struct targets){.kind = TARGETS_FRACTION, .amount = (uint32_t)value};
        } else {
            diags_error(r->diags, child->key_place, "unknown key '" STR_FMT "' in targets; known are count and fraction",
                        STR_ARG(child->key));
            r->ok = false;
        }
    }
    if (node->count != 1) FAULT(r, node, "targets are drawn by either count or fraction");
}

static void targets_read(struct reader *r, const struct yaml *node, struct targets *out)
{
    *out = (struct targets){.kind = TARGETS_NAMED};
    if (node->type == YAML_MAPPING) {
        targets_drawn(r, node, out);
        return;
    }
    bool named[ACTION_TARGETS_MAX + 1] = {false};
    if (node->type == YAML_SCALAR) {
        struct str rest = node->text, head;
        while (rest.len > 0) {
            (void)str_cut(rest, ',', &head, &rest); /* the last piece has no comma behind it */
            if (!range_add(r, node, str_trim(head), named)) return;
        }
    } else {
        for (const struct yaml *child = node->child; child; child = child->next) {
            if (child->type != YAML_SCALAR) {
                FAULT(r, child, "a list of targets holds names and ranges only");
                return;
            }
            if (!range_add(r, child, child->text, named)) return;
        }
    }
    uint32_t count = 0;
    for (uint32_t i = 1; i <= ACTION_TARGETS_MAX; i++) count += named[i];
    uint16_t *numbers = arena_array(r->arena, uint16_t, count + 1);
    count = 0;
    for (uint32_t i = 1; i <= ACTION_TARGETS_MAX; i++)
        if (named[i]) numbers[count++] = (uint16_t)i;
    out->numbers = numbers;
    out->count = count;
}

/* As the wire has them: a list of ranges, or {"count"}, {"fraction_bps"}. */
static void targets_write(struct json_writer *w, const struct targets *targets)
{
    if (targets->kind == TARGETS_COUNT || targets->kind == TARGETS_FRACTION) {
        json_object(w);
        json_put_member_u64(w, targets->kind == TARGETS_COUNT ? STR("count") : STR("fraction_bps"), targets->amount);
        json_object_end(w);
        return;
    }
    json_array(w);
    for (uint32_t i = 0; i < targets->count;) {
        uint32_t j = i;
        while (j + 1 < targets->count && targets->numbers[j + 1] == targets->numbers[j] + 1) j++;
        char text[24];
        const int len = i == j ? snprintf(text, sizeof(text), "v%u", targets->numbers[i])
                               : snprintf(text, sizeof(text), "v%u-v%u", targets->numbers[i], targets->numbers[j]);
        json_put_str(w, (struct str){text, (size_t)len});
        i = j + 1;
    }
    json_array_end(w);
}

static void groups_read(struct reader *r, const struct yaml *node)
{
    if (node->type != YAML_SEQUENCE) {
        FAULT(r, node, "groups is a list of targets like [[v1-v40], [v41-v80]]");
        json_put_null(r->json);
        return;
    }
    json_array(r->json);
    for (const struct yaml *child = node->child; child; child = child->next) {
        if (r->action->groups_count == ACTION_GROUPS_MAX) {
            FAULT(r, child, "more than %d groups", ACTION_GROUPS_MAX);
            break;
        }
        struct targets *group = &r->action->groups[r->action->groups_count];
        targets_read(r, child, group);
        if (group->kind != TARGETS_NAMED) {
            FAULT(r, child, "a group of a partition is named, not drawn");
            continue;
        }
        for (uint32_t g = 0; g < r->action->groups_count; g++)
            for (uint32_t i = 0; i < group->count; i++)
                if (targets_has(&r->action->groups[g], group->numbers[i])) {
                    FAULT(r, child, "v%u is in two groups", group->numbers[i]);
                    i = group->count - 1;
                }
        r->action->groups_count++;
        targets_write(r->json, group);
    }
    json_array_end(r->json);
}

/* ---- parameters ---- */

static bool signed_parse(struct str text, unsigned places, int64_t *out)
{
    const bool negative = text.len > 0 && text.data[0] == '-';
    if (text.len > 0 && (negative || text.data[0] == '+')) text = str_sub(text, 1, text.len);
    uint64_t value;
    if (!decimal_parse(text, places, &value) || value > INT64_MAX) return false;
    *out = negative ? -(int64_t)value : (int64_t)value;
    return true;
}

static bool ms_read(const struct yaml *node, bool bare, bool may_be_negative, int64_t *out)
{
    if (!bare) return signed_parse(node->text, 0, out) && (may_be_negative || *out >= 0);
    struct str text = node->text;
    const bool negative = may_be_negative && text.len > 0 && text.data[0] == '-';
    if (negative) text = str_sub(text, 1, text.len);
    struct duration d;
    if (!duration_parse(text, &d) || d.ns / NS_PER_MS > INT64_MAX) return false;
    *out = (int64_t)(d.ns / NS_PER_MS) * (negative ? -1 : 1);
    return true;
}

static bool bps_read(const struct yaml *node, bool bare, bool may_be_negative, int64_t *out)
{
    struct str text = node->text;
    const bool negative = may_be_negative && text.len > 0 && text.data[0] == '-';
    if (negative) text = str_sub(text, 1, text.len);
    uint64_t value;
    if (bare) {
        if (!fraction_parse(text, &value)) return false;
        value /= 100000;
    } else if (!decimal_parse(text, 0, &value) || value > 10000) {
        return false;
    }
    *out = negative ? -(int64_t)value : (int64_t)value;
    return true;
}

static bool choice_is(const char *choices, struct str word)
{
    struct str rest = str_of(choices), head;
    while (rest.len > 0) {
        (void)str_cut(rest, ' ', &head, &rest);
        if (str_eq(head, word)) return true;
    }
    return false;
}

static void number_put(struct reader *r, const struct action_param *param, const struct yaml *node, bool read, int64_t value, const char *what)
{
    if (!read) {
        FAULT(r, node, "'" STR_FMT "' is not %s for '%s'", STR_ARG(node->text), what, param->name);
        value = 0;
    }
    if (r->action->spec->measure && strcmp(r->action->spec->measure, param->name) == 0) r->action->measure = value;
    json_put_i64(r->json, value);
}

static void list_put(struct reader *r, const struct action_param *param, const struct yaml *node)
{
    json_array(r->json);
    if (node->type != YAML_SEQUENCE) FAULT(r, node, "'%s' is a list", param->name);
    for (const struct yaml *child = node->child; node->type == YAML_SEQUENCE && child; child = child->next) {
        uint64_t value;
        if (child->type != YAML_SCALAR) FAULT(r, child, "'%s' is a list of words or numbers", param->name);
        if (yaml_u64(child, &value)) json_put_u64(r->json, value);
        else json_put_str(r->json, child->text);
    }
    json_array_end(r->json);
}

static void targets_put(struct reader *r, const struct action_param *param, const struct yaml *node)
{
    struct targets *into = &r->action->targets;
    if (strcmp(param->name, "from") == 0) into = &r->action->from;
    if (strcmp(param->name, "to") == 0) into = &r->action->to;
    targets_read(r, node, into);
    targets_write(r->json, into);
}

static void scalar_put(struct reader *r, const struct action_param *param, const struct yaml *node, bool bare)
{
    int64_t value = 0;
    bool flag = false;
    if (node->type != YAML_SCALAR) {
        FAULT(r, node, "'%s' takes one value", param->name);
        json_put_null(r->json);
        return;
    }
    switch (param->type) {
    case ACTION_PARAM_MS:
    case ACTION_PARAM_SIGNED_MS: {
        const bool read = ms_read(node, bare, param->type == ACTION_PARAM_SIGNED_MS, &value);
        number_put(r, param, node, read, value, bare ? "a duration like 10s" : "a number of milliseconds");
        return;
    }
    case ACTION_PARAM_BPS:
    case ACTION_PARAM_SIGNED_BPS: {
        const bool read = bps_read(node, bare, param->type == ACTION_PARAM_SIGNED_BPS, &value);
        number_put(r, param, node, read, value, bare ? "a fraction like 5%" : "a number of basis points up to 10000");
        return;
    }
    case ACTION_PARAM_COUNT:
    case ACTION_PARAM_SIGNED: {
        const bool read = signed_parse(node->text, 0, &value) && (value >= 0 || param->type == ACTION_PARAM_SIGNED);
        number_put(r, param, node, read, value, "a whole number");
        return;
    }
    case ACTION_PARAM_BOOL:
        if (!yaml_bool(node, &flag)) FAULT(r, node, "'%s' is true or false", param->name);
        json_put_bool(r->json, flag);
        return;
    case ACTION_PARAM_CHOICE:
        if (!choice_is(param->choices, node->text))
            FAULT(r, node, "'" STR_FMT "' is no '%s'; known are %s", STR_ARG(node->text), param->name, param->choices);
        json_put_str(r->json, node->text);
        return;
    case ACTION_PARAM_TEXT:
        json_put_str(r->json, node->text);
        return;
    case ACTION_PARAM_DURATION: {
        const bool read = ms_read(node, true, false, &value);
        number_put(r, param, node, read, value, "a duration like 30s");
        return;
    }
    case ACTION_PARAM_LATER:
        FAULT(r, node, "'%s' is known, not in this build", param->name);
        json_put_null(r->json);
        return;
    case ACTION_PARAM_TARGETS:
    case ACTION_PARAM_GROUPS:
    case ACTION_PARAM_LIST: break;
    }
    UNREACHABLE();
}

static const struct action_param *param_find(const struct action_spec *spec, struct str key, bool *out_bare)
{
    for (const struct action_param *param = spec->params; param && param->name; param++) {
        const struct str name = str_of(param->name);
        *out_bare = false;
        if (str_eq(name, key)) return param;
        const struct str unit = str_ends(name, STR("_ms")) ? STR("_ms") : str_ends(name, STR("_bps")) ? STR("_bps") : (struct str){0};
        *out_bare = unit.len > 0 && str_eq(str_sub(name, 0, name.len - unit.len), key);
        if (*out_bare) return param;
    }
    return NULL;
}

static struct str param_name_next(const void *context, size_t i)
{
    const struct action_spec *spec = context;
    for (const struct action_param *param = spec->params; param && param->name; param++)
        if (i-- == 0) return str_of(param->name);
    return (struct str){0};
}

/* `chain` and `duration` belong to the request around the parameters. */
static bool envelope_read(struct reader *r, const struct yaml *node)
{
    if (str_eq(node->key, STR("chain"))) {
        if (!choice_is("alpha delta both", node->text)) FAULT(r, node, "chain is alpha, delta or both");
        r->action->chain = node->text;
        return true;
    }
    const bool bare = str_eq(node->key, STR("duration"));
    if (!bare && !str_eq(node->key, STR("duration_ms"))) return false;
    int64_t value = 0;
    if (!ms_read(node, bare, false, &value)) FAULT(r, node, "'" STR_FMT "' is not a duration", STR_ARG(node->text));
    r->action->duration_ms = (uint64_t)value;
    return true;
}

static void params_read(struct reader *r, const struct action_spec *spec, const struct yaml *params)
{
    for (const struct yaml *node = params ? params->child : NULL; node; node = node->next) {
        bool bare;
        const struct action_param *param = param_find(spec, node->key, &bare);
        if (!param) {
            if (!spec->harness && envelope_read(r, node)) continue;
            diags_add(r->diags, node->key_place, SEVERITY_ERROR, did_you_mean_by(node->key, param_name_next, spec),
                      "unknown parameter '" STR_FMT "' of action '%s'", STR_ARG(node->key), spec->name);
            r->ok = false;
            continue;
        }
        json_key(r->json, str_of(param->name));
        if (param->type == ACTION_PARAM_TARGETS) targets_put(r, param, node);
        else if (param->type == ACTION_PARAM_GROUPS) groups_read(r, node);
        else if (param->type == ACTION_PARAM_LIST) list_put(r, param, node);
        else scalar_put(r, param, node, bare);
        if (spec->id == ACTION_CLEAR) r->action->clears = str_dup(r->arena, node->text);
        static const char *const naming[] = {"switch", "asset", "listener", "direction"};
        for (size_t i = 0; i < ARRAY_LEN(naming); i++)
            if (strcmp(param->name, naming[i]) == 0 && node->type == YAML_SCALAR) r->action->named = str_dup(r->arena, node->text);
    }
}

static bool param_given(const struct yaml *params, const struct action_param *param)
{
    for (const struct yaml *node = params ? params->child : NULL; node; node = node->next) {
        const struct str name = str_of(param->name);
        if (str_eq(node->key, name) || (str_ends(name, STR("_ms")) && str_eq(node->key, str_sub(name, 0, name.len - 3))) ||
            (str_ends(name, STR("_bps")) && str_eq(node->key, str_sub(name, 0, name.len - 4))))
            return true;
    }
    return false;
}

static bool clears_known(struct str what)
{
    if (what.len == 0 || str_eq(what, STR("ipc_*")) || str_eq(what, STR("all"))) return true;
    const struct action_spec *spec = action_find(what);
    return spec && spec->lasting;
}

bool action_parse(struct arena *arena, const struct yaml *name, const struct yaml *params, uint32_t validators, struct diags *diags,
                  struct chaos_action *out)
{
    const struct action_spec *spec = name->type == YAML_SCALAR ? action_find(name->text) : NULL;
    if (!spec) {
        const char *renamed = action_renamed(name->text);
        diags_add(diags, name->place, SEVERITY_ERROR, renamed ? str_of(renamed) : did_you_mean_by(name->text, action_name_next, NULL),
                  "unknown chaos action '" STR_FMT "'", STR_ARG(name->text));
        return false;
    }
    struct buf text = {0};
    struct json_writer json = json_writer_of(&text);
    *out = (struct chaos_action){.spec = spec, .place = name->place};
    struct reader r = {arena, diags, out, &json, MIN(validators, ACTION_TARGETS_MAX), true};
    if (!spec->in_build) FAULT(&r, name, "chaos action '%s' is known, not in this build", spec->name);
    json_object(&json);
    if (params && params->type != YAML_MAPPING && !yaml_is_null(params)) FAULT(&r, params, "chaos_params is a map of parameters");
    else params_read(&r, spec, params);
    json_object_end(&json);
    for (const struct action_param *param = spec->params; param && param->name; param++)
        if (param->required && !param_given(params, param)) FAULT(&r, name, "action '%s' needs the parameter '%s'", spec->name, param->name);
    if (spec->id == ACTION_CLEAR && !clears_known(out->clears))
        FAULT(&r, name, "'" STR_FMT "' is no action that clear could end", STR_ARG(out->clears));
    out->params_json = str_dup(arena, buf_str(&text));
    buf_done(&text);
    return r.ok;
}
