#include "tester/scenario/load_priv.h"

static struct str behavior_next(const void *context, size_t i)
{
    (void)context;
    return behavior_name_at(i);
}

/* ---- behaviours ---- */

static bool script_name_is_fine(struct str name)
{
    if (name.len == 0 || name.len > 64) return false;
    for (size_t i = 0; i < name.len; i++) {
        const char c = name.data[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
    }
    return true;
}

static bool script_find(struct loader *loader, struct str name, struct str *out_file, struct str *out_text, struct err *err)
{
    const struct load_options *options = loader->options;
    const struct str scenario = loader->place.file;
    if (options->script && options->script(options->script_context, loader->arena, scenario, name, out_file, out_text, err)) return true;
    if (options->script && err->code != ERR_NOT_FOUND) return false;
    *out_file = str_fmt(loader->arena, STR_FMT ".lua", STR_ARG(name));
    if (script_builtin_find(name, out_text)) return true;
    return options->script ? false : err_set(err, ERR_NOT_FOUND, "no such script is part of the program");
}

static const struct behavior_spec *script_read(struct loader *loader, const struct yaml *node)
{
    struct plan *plan = loader->plan;
    struct str file, text;
    struct err err = {0};
    for (uint32_t i = 0; i < plan->scripts_count; i++)
        if (str_eq(node->text, str_of(script_spec(plan->scripts[i])->name))) return script_spec(plan->scripts[i]);
    if (!script_name_is_fine(str_sub(node->text, strlen(SCRIPT_PREFIX), node->text.len))) {
        diags_error(loader->diags, node->place, "'" STR_FMT "': a script's name has small letters, digits and '_', at most 64", STR_ARG(node->text));
        return NULL;
    }
    struct script *script = script_find(loader, node->text, &file, &text, &err) ? script_new(node->text, file, text, &err) : NULL;
    if (!script) {
        diags_error(loader->diags, node->place, "behavior '" STR_FMT "': %s", STR_ARG(node->text), err.text);
        return NULL;
    }
    plan->scripts = base_realloc(plan->scripts, sizeof(*plan->scripts) * (plan->scripts_count + 1));
    plan->scripts[plan->scripts_count++] = script;
    return script_spec(script);
}

static const struct behavior_spec *behavior_read(struct loader *loader, const struct yaml *node)
{
    if (node->type == YAML_SCALAR && str_starts(node->text, STR(SCRIPT_PREFIX))) return script_read(loader, node);
    const struct behavior_spec *spec = node->type == YAML_SCALAR ? behavior_find(node->text) : NULL;
    if (!spec) {
        const char *renamed = behavior_renamed(node->text);
        diags_add(loader->diags, node->place, SEVERITY_ERROR, renamed ? str_of(renamed) : did_you_mean_by(node->text, behavior_next, NULL),
                  "unknown behavior '" STR_FMT "'", STR_ARG(node->text));
        return NULL;
    }
    if (!behavior_in_build(spec))
        diags_error(loader->diags, node->place, "behavior '%s' is known, not in this build", spec->name);
    return spec;
}

/* ---- parameters and captured values ---- */

static bool name_is_built_in(struct str name)
{
    return str_eq(name, STR("bot_id")) || str_eq(name, STR("index"));
}

static bool capture_slot(const struct loader *loader, struct str name, uint32_t *out)
{
    for (size_t i = 0; i < loader->captures.count; i++)
        if (str_eq(loader->captures.data[i], name)) {
            *out = (uint32_t)i;
            return true;
        }
    return false;
}

/* Every ${name} of a text must be known by now. */
static bool names_check(struct loader *loader, const struct yaml *node, struct str text)
{
    bool any = false;
    for (size_t i = 0; i + 1 < text.len; i++) {
        if (text.data[i] != '$' || text.data[i + 1] != '{') continue;
        struct str name, rest;
        any = true;
        if (!str_cut(str_sub(text, i + 2, text.len), '}', &name, &rest)) {
            diags_error(loader->diags, node->place, "'" STR_FMT "' has no closing brace", STR_ARG(text));
            return true;
        }
        uint32_t slot;
        if (!name_is_built_in(name) && !capture_slot(loader, name, &slot))
            diags_error(loader->diags, node->place, "'${" STR_FMT "}' was never captured earlier", STR_ARG(name));
    }
    if (!any && text.len > 1 && text.data[0] == '$')
        diags_add(loader->diags, node->place, SEVERITY_ERROR, str_fmt(loader->arena, "${" STR_FMT "}", STR_ARG(str_sub(text, 1, text.len))),
                  "a captured value is written in braces");
    return any;
}

void objects_check(struct loader *loader, const struct criteria *criteria)
{
    for (uint32_t i = 0; i < criteria->count; i++) {
        const struct criterion *c = &criteria->items[i];
        if (!c->is_check || c->check != CHECK_OBJECT) continue;
        const struct yaml at = {.place = c->place};
        uint32_t slot;
        (void)names_check(loader, &at, c->object.id); /* that there are none is fine */
        (void)names_check(loader, &at, c->object.wanted);
        if (c->object.kind == OBJECT_CAPTURED && !capture_slot(loader, c->object.id, &slot))
            diags_error(loader->diags, c->place, "'" STR_FMT "' was never captured earlier", STR_ARG(c->object.id));
    }
}

static struct str param_next(const void *context, size_t i)
{
    const struct param_spec *specs = context;
    return i < param_specs_count(specs) ? str_of(specs[i].name) : (struct str){0};
}

void params_read(struct loader *loader, const struct yaml *node, struct plan_track *track)
{
    const struct behavior_spec *spec = track->behavior;
    const size_t rows = param_specs_count(spec->params);
    struct arg *args = arena_array(loader->arena, struct arg, rows + 1);
    struct plan_late *lates = arena_array(loader->arena, struct plan_late, rows + 1);
    for (size_t i = 0; i < rows; i++) arg_fallback(&spec->params[i], loader->arena, &args[i]);
    track->args = args;
    track->lates = lates;
    if (!node || !mapping_is(loader, node, "params")) return;
    for (const struct yaml *child = node->child; child; child = child->next) {
        size_t row;
        if (!param_specs_find(spec->params, child->key, &row)) {
            diags_add(loader->diags, child->key_place, SEVERITY_ERROR, did_you_mean_by(child->key, param_next, spec->params),
                      "unknown parameter '" STR_FMT "' of behavior '%s'", STR_ARG(child->key), spec->name);
            continue;
        }
        if (child->type == YAML_SCALAR && names_check(loader, child, child->text)) {
            lates[track->lates_count++] = (struct plan_late){(uint32_t)row, str_dup(loader->arena, child->text)};
            continue;
        }
        if (!arg_read(&spec->params[row], child, loader->arena, &args[row], loader->diags)) args[row] = (struct arg){0};
    }
}

static void capture_read(struct loader *loader, const struct yaml *node, struct plan_track *track)
{
    if (!node || !mapping_is(loader, node, "capture")) return;
    struct plan_capture *captures = arena_array(loader->arena, struct plan_capture, node->count + 1);
    for (const struct yaml *child = node->child; child; child = child->next) {
        uint32_t slot;
        if (name_is_built_in(child->key) || capture_slot(loader, child->key, &slot)) {
            diags_error(loader->diags, child->key_place, "capture '" STR_FMT "' shadows an earlier one", STR_ARG(child->key));
            continue;
        }
        if (child->type != YAML_SCALAR || !str_starts(child->text, STR("output.")) || child->text.len <= 7) {
            diags_error(loader->diags, child->place, "a capture takes a value of the behavior: 'output.' and its name");
            continue;
        }
        const struct str name = str_dup(loader->arena, child->key);
        captures[track->captures_count++] =
            (struct plan_capture){name, str_dup(loader->arena, str_sub(child->text, 7, child->text.len)), (uint32_t)loader->captures.count};
        vec_push(&loader->captures, name);
    }
    track->captures = captures;
}

/* ---- the rest of a track ---- */

static struct str code_next(const void *context, size_t i)
{
    (void)context;
    return code_at(i);
}

static void expect_read(struct loader *loader, const struct yaml *node, struct plan_track *track)
{
    if (!node) return;
    if (node->type == YAML_SCALAR && code_parse(node->text, &track->expect_error)) return;
    diags_add(loader->diags, node->place, SEVERITY_ERROR, did_you_mean_by(node->text, code_next, NULL), "unknown error code '" STR_FMT "'",
              STR_ARG(node->text));
}

static void target_read(struct loader *loader, const struct yaml *node, struct plan_track *track)
{
    if (!node) return;
    const struct str text = text_read(loader, node, "target");
    uint64_t number;
    if (str_starts(text, STR("partition_")) && text.len == 11 && text.data[10] >= 'a' && text.data[10] <= 'p') {
        track->target = TRACK_PARTITION;
        track->partition = (uint32_t)(text.data[10] - 'a');
        return;
    }
    track->target = TRACK_VIEW;
    track->view = text;
    if (text.len < 2 || text.data[0] != 'v' || !str_to_u64(str_sub(text, 1, text.len), &number) || number == 0)
        diags_error(loader->diags, node->place, "'" STR_FMT "' is no target: say a node like v7, or partition_a, partition_b ...", STR_ARG(text));
    else if (number > loader->validators)
        diags_error(loader->diags, node->place, "target '" STR_FMT "' is beyond the network's %u validators", STR_ARG(text), loader->validators);
}

static void rate_read(struct loader *loader, const struct yaml *node, struct plan_track *track)
{
    struct err err;
    if (!node) return;
    if (node->type != YAML_SCALAR || !schedule_parse(node->text, &track->schedule, &err)) {
        uint64_t bare;
        if (yaml_u64(node, &bare))
            diags_add(loader->diags, node->place, SEVERITY_ERROR, str_fmt(loader->arena, STR_FMT "/s", STR_ARG(node->text)),
                      "a rate needs its unit");
        else if (node->type != YAML_SCALAR)
            diags_error(loader->diags, node->place, "a rate is written like 10/s, 300/s total, 5/s poisson or ramp 10 -> 200/s");
        else
            diags_error(loader->diags, node->place, "'" STR_FMT "' is no rate: %s", STR_ARG(node->text), err.text);
        return;
    }
    track->paced = true;
    if (track->schedule.total && loader->bots_num != loader->bots_den) {
        track->schedule.rate = rate_scale(track->schedule.rate, loader->bots_num, loader->bots_den);
        track->schedule.rate_end = rate_scale(track->schedule.rate_end, loader->bots_num, loader->bots_den);
    }
}

/* hold: {mempool_size: 5000, within: 10%} */
static void hold_read(struct loader *loader, const struct yaml *node, struct plan_track *track)
{
    static const struct param_spec within = {"within", PARAM_FRACTION, "10%", NULL};
    if (!node || !mapping_is(loader, node, "hold")) return;
    keys_check(loader, node, "mempool_size within", "hold");
    const struct yaml *size = yaml_find(node, STR("mempool_size")), *share = yaml_find(node, STR("within"));
    struct arg arg;
    uint64_t wanted = 0;
    arg_fallback(&within, loader->arena, &arg);
    if (!size || !count_read(loader, size, "mempool_size", 1000000, &wanted) || wanted == 0)
        diags_error(loader->diags, node->place, "hold needs a mempool_size above 0");
    if (share && arg_read(&within, share, loader->arena, &arg, loader->diags) && (arg.lo != arg.hi || arg.lo == 0 || arg.lo > 5000))
        diags_error(loader->diags, share->place, "within is one fraction, above 0 and up to 50%%");
    if (!track->paced) diags_error(loader->diags, node->place, "hold needs a rate that it may hold back or hurry");
    track->hold = (uint32_t)wanted;
    track->hold_within_bps = (uint32_t)arg.lo;
}

/* Rule 6, for each group the selection touches. */
static void roles_check(struct loader *loader, const struct yaml *node, const struct track_draft *draft)
{
    for (uint32_t i = 0; i < draft->selection.slices_count; i++) {
        const struct plan_group *group = &loader->groups.data[draft->selection.slices[i].group];
        if (!group->role || !group->variant || role_allows(group->role, group->variant, draft->track.behavior)) continue;
        diags_error(loader->diags, node->place, "role '%s/%s' of '" STR_FMT "' may not run behavior '%s', which is for %s", group->role->name,
                    group->variant->name, STR_ARG(group->stem), draft->track.behavior->name, draft->track.behavior->roles);
    }
}

static void metrics_read(struct loader *loader, const struct yaml *node, struct plan_track *track)
{
    track->metrics = metric_list_read(loader, node, &track->metrics_count);
}

void track_manner_read(struct loader *loader, const struct yaml *mapping, struct plan_track *track)
{
    rate_read(loader, yaml_find(mapping, STR("rate")), track);
    target_read(loader, yaml_find(mapping, STR("target")), track);
    (void)flag_read(loader, yaml_find(mapping, STR("optional")), "optional", &track->optional);
}

bool track_read(struct loader *loader, const struct yaml *mapping, const char *what, struct track_draft *out)
{
    *out = (struct track_draft){.track = {.place = mapping->place}};
    struct plan_track *track = &out->track;
    const struct yaml *behavior = yaml_find(mapping, STR("behavior")), *bots = yaml_find(mapping, STR("bots"));
    if (behavior) {
        track->place = behavior->place;
        track->behavior = behavior_read(loader, behavior);
    } else {
        diags_error(loader->diags, mapping->place, "%s has no behavior", what);
    }
    const bool selected = bots && selection_read(loader, bots, &out->selection);
    if (!bots && track->behavior && !track->behavior->observer)
        diags_error(loader->diags, behavior->place, "%s names no bots for behavior '%s'", what, track->behavior->name);
    if (selected && track->behavior) roles_check(loader, bots, out);
    track->bots = out->selection.bots;
    track->bots_count = out->selection.bots_count;
    if (track->behavior) params_read(loader, yaml_find(mapping, STR("params")), track);
    track_manner_read(loader, mapping, track);
    hold_read(loader, yaml_find(mapping, STR("hold")), track);
    const struct yaml *count = yaml_find(mapping, STR("count"));
    if (count_read(loader, count, "count", 1000000000, &track->count) && track->count == 0)
        diags_error(loader->diags, count->place, "count is at least 1");
    expect_read(loader, yaml_find(mapping, STR("expect_error")), track);
    capture_read(loader, yaml_find(mapping, STR("capture")), track);
    return track->behavior != NULL;
}

void track_extras_read(struct loader *loader, const struct yaml *mapping, struct plan_track *track)
{
    (void)duration_read(loader, yaml_find(mapping, STR("delay")), "delay", &track->delay);
    metrics_read(loader, yaml_find(mapping, STR("metrics")), track);
    track->assertions = criteria_parse(loader->arena, yaml_find(mapping, STR("assertions")), "assertions", loader->diags);
}
