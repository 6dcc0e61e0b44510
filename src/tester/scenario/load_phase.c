#include <stdio.h>

#include "tester/scenario/load_priv.h"

#define PHASE_KEYS                                                                                                                  \
    "name duration until count delay timeout bots behavior target optional params rate hold concurrent phases capture expect_error " \
    "chaos_action chaos_params chaos metrics assertions"
#define TRACK_KEYS "bots behavior params rate hold count target delay capture expect_error optional metrics assertions"
#define REPEATS_MAX 100000u

const enum metric_id *metric_list_read(struct loader *loader, const struct yaml *node, uint32_t *out_count)
{
    *out_count = 0;
    if (!node) return NULL;
    if (node->type != YAML_SEQUENCE) {
        diags_error(loader->diags, node->place, "metrics is a list of names");
        return NULL;
    }
    enum metric_id *out = arena_array(loader->arena, enum metric_id, node->count + 1);
    for (const struct yaml *child = node->child; child; child = child->next) {
        enum metric_id id;
        if (child->type != YAML_SCALAR || !metric_find(child->text, &id)) {
            const char *renamed = criterion_renamed(child->text);
            diags_add(loader->diags, child->place, SEVERITY_ERROR,
                      renamed ? str_of(renamed) : did_you_mean_by(child->text, metric_name_next, NULL), "unknown metric '" STR_FMT "'",
                      STR_ARG(child->text));
            continue;
        }
        if (!metric_specs[id].in_build)
            diags_error(loader->diags, child->place, "metric '%s' is known, not in this build", metric_specs[id].name);
        out[(*out_count)++] = id;
    }
    return out;
}

/* What a monitor is about: metrics of its topic that the phase reports without being asked for. */
static const struct monitor_row {
    const char *behavior;
    enum metric_id metrics[6];
    uint8_t count;
} monitors[] = {
    {"monitor.auction", {METRIC_REVEAL_RATE, METRIC_NAMES_CLAIMED}, 2},
    {"monitor.consensus", {METRIC_BLOCK_INTERVAL_AVG, METRIC_FINAL_GAP_MAX, METRIC_ROUND_CHANGES, METRIC_PARTICIPATION}, 4},
    {"monitor.governance", {METRIC_PROPOSALS_OPEN, METRIC_PROPOSALS_CREATED, METRIC_PROPOSALS_EXECUTED, METRIC_TURNOUT, METRIC_VOTES_COUNTED}, 5},
    {"monitor.ipc", {METRIC_ORPHANS, METRIC_IPC_RETRIES, METRIC_IPC_GAPS}, 3},
    {"monitor.mempool", {METRIC_MEMPOOL_SIZE, METRIC_MEMPOOL_PEAK, METRIC_EVICTIONS, METRIC_REJECTIONS, METRIC_OLDEST_PENDING}, 5},
    {"monitor.nodes", {METRIC_VALIDATORS_ACTIVE, METRIC_VALIDATORS_DOWN}, 2},
    {"monitor.validators", {METRIC_VALIDATORS_ACTIVE, METRIC_EVIDENCE_COUNT, METRIC_SLASHINGS, METRIC_EJECTIONS, METRIC_UPTIME}, 5},
};

static void monitors_add(struct loader *loader, struct plan_phase *phase)
{
    enum metric_id *all = arena_array(loader->arena, enum metric_id, phase->metrics_count + 6 * (size_t)phase->tracks_count + 1);
    uint32_t count = phase->metrics_count;
    if (count > 0) memcpy(all, phase->metrics, sizeof(*all) * count);
    for (uint32_t t = 0; t < phase->tracks_count; t++)
        for (size_t i = 0; phase->tracks[t].behavior && i < ARRAY_LEN(monitors); i++) {
            if (strcmp(phase->tracks[t].behavior->name, monitors[i].behavior) != 0) continue;
            for (uint8_t k = 0; k < monitors[i].count; k++) {
                bool known = false;
                for (uint32_t m = 0; m < count; m++) known = known || all[m] == monitors[i].metrics[k];
                if (!known) all[count++] = monitors[i].metrics[k];
            }
        }
    phase->metrics = all;
    phase->metrics_count = count;
}

/* ---- chaos ---- */

static void action_add(struct loader *loader, const struct yaml *entry, const struct yaml *name, const struct yaml *params,
                       struct plan_action *actions, uint32_t *count)
{
    struct plan_action *out = &actions[*count];
    *out = (struct plan_action){.count = 1};
    uint64_t repeats = 1;
    if (entry) {
        const struct yaml *repeat = yaml_find(entry, STR("count")), *every = yaml_find(entry, STR("every"));
        (void)duration_read(loader, yaml_find(entry, STR("at")), "at", &out->at);
        const bool spaced = duration_read(loader, every, "every", &out->every);
        (void)count_read(loader, repeat, "count", REPEATS_MAX, &repeats);
        if (repeat && repeats == 0) diags_error(loader->diags, repeat->place, "count is at least 1");
        if (repeats > 1 && !every) diags_error(loader->diags, repeat->place, "an action that is repeated needs 'every'");
        if (every && !repeat) diags_error(loader->diags, every->place, "'every' needs a count");
        if (spaced && out->every.ns == 0) diags_error(loader->diags, every->place, "'every' is more than 0");
    }
    out->count = (uint32_t)repeats;
    if (!action_parse(loader->arena, name, params, loader->validators, loader->diags, &out->action)) return;
    if (out->action.spec->need == NEED_SWITCHES && !switch_allowed(loader, yaml_find(params, STR("switch"))->place, out->action.named)) return;
    (*count)++;
}

static void actions_read(struct loader *loader, const struct yaml *node, struct plan_phase *phase)
{
    const struct yaml *list = yaml_find(node, STR("chaos")), *one = yaml_find(node, STR("chaos_action")),
                      *params = yaml_find(node, STR("chaos_params"));
    struct plan_action *actions = arena_array(loader->arena, struct plan_action, 2 + (list ? list->count : 0));
    if (one) action_add(loader, NULL, one, params, actions, &phase->actions_count);
    else if (params) diags_error(loader->diags, params->key_place, "chaos_params without chaos_action");
    if (list && list->type != YAML_SEQUENCE) diags_error(loader->diags, list->place, "chaos is a list of {action, params, at, every, count}");
    for (const struct yaml *entry = list && list->type == YAML_SEQUENCE ? list->child : NULL; entry; entry = entry->next) {
        if (!mapping_is(loader, entry, "an entry of chaos")) continue;
        keys_check(loader, entry, "action params at every count", "an entry of chaos");
        const struct yaml *name = yaml_find(entry, STR("action"));
        if (!name) diags_error(loader->diags, entry->place, "an entry of chaos needs an action");
        else action_add(loader, entry, name, yaml_find(entry, STR("params")), actions, &phase->actions_count);
    }
    phase->actions = actions;
}

static void actions_scale(struct loader *loader, struct plan_phase *phase)
{
    struct plan_action *actions = (struct plan_action *)phase->actions;
    for (uint32_t i = 0; i < phase->actions_count; i++) {
        const uint64_t last = actions[i].at.ns + actions[i].every.ns * (actions[i].count - 1);
        if (phase->end == PHASE_BY_DURATION && last >= phase->duration_written.ns && last > 0)
            diags_error(loader->diags, actions[i].action.place, "the last '%s' comes at or after the end of phase '" STR_FMT "'",
                        actions[i].action.spec->name, STR_ARG(phase->name));
        if (phase->end != PHASE_BY_DURATION || phase->duration_written.ns == 0) continue;
        actions[i].at.ns = scale_u64(actions[i].at.ns, phase->duration.ns, phase->duration_written.ns);
        actions[i].every.ns = scale_u64(actions[i].every.ns, phase->duration.ns, phase->duration_written.ns);
    }
    for (uint32_t i = 1; i < phase->actions_count; i++) /* few: insertion keeps the order of equals */
        for (uint32_t k = i; k > 0 && actions[k].at.ns < actions[k - 1].at.ns; k--) {
            const struct plan_action swap = actions[k];
            actions[k] = actions[k - 1];
            actions[k - 1] = swap;
        }
}

/* ---- tracks ---- */

static bool one_mix(const struct track_draft *a, const struct track_draft *b) { return a->track.mix != 0 && a->track.mix == b->track.mix; }

static void overlaps_check(struct loader *loader, const struct track_draft *drafts, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < i; k++)
            for (uint32_t a = 0; a < drafts[i].selection.slices_count; a++)
                for (uint32_t b = 0; b < drafts[k].selection.slices_count && !one_mix(&drafts[i], &drafts[k]); b++) {
                    const struct slice *x = &drafts[i].selection.slices[a], *y = &drafts[k].selection.slices[b];
                    if (x->group != y->group || x->low > y->high || y->low > x->high) continue;
                    const struct plan_group *group = &loader->groups.data[x->group];
                    const struct str bot =
                        group->numbered ? str_fmt(loader->arena, STR_FMT "-%u", STR_ARG(group->stem), MAX(x->low, y->low)) : group->stem;
                    diags_error(loader->diags, drafts[i].track.place, "two tracks of the phase claim bot '" STR_FMT "'", STR_ARG(bot));
                    a = drafts[i].selection.slices_count - 1;
                    break;
                }
}

static void tracks_read(struct loader *loader, const struct yaml *node, const char *what, struct plan_phase *phase)
{
    const struct yaml *concurrent = yaml_find(node, STR("concurrent"));
    struct track_draft *drafts = arena_array(loader->arena, struct track_draft, TRACKS_MAX + 1);
    uint32_t count = 0;
    if (yaml_find(node, STR("behavior"))) {
        if (track_read(loader, node, what, &drafts[count])) count++;
    } else if (yaml_find(node, STR("bots"))) {
        mix_read(loader, node, what, false, drafts, &count);
    } else {
        static const char *const alone[] = {"params", "rate", "hold", "target", "capture", "expect_error", "count"};
        for (size_t i = 0; i < ARRAY_LEN(alone); i++) {
            const struct yaml *stray = yaml_find(node, str_of(alone[i]));
            if (stray) diags_error(loader->diags, stray->key_place, "'%s' in %s, which has no behavior", alone[i], what);
        }
    }
    if (concurrent && concurrent->type != YAML_SEQUENCE) diags_error(loader->diags, concurrent->place, "concurrent is a list of tracks");
    for (const struct yaml *entry = concurrent && concurrent->type == YAML_SEQUENCE ? concurrent->child : NULL; entry; entry = entry->next) {
        char name[200];
        snprintf(name, sizeof(name), "a concurrent track of %s", what);
        if (!mapping_is(loader, entry, name)) continue;
        keys_check(loader, entry, TRACK_KEYS, name);
        if (count == TRACKS_MAX) {
            diags_error(loader->diags, entry->place, "more than %u tracks in a phase", TRACKS_MAX);
            break;
        }
        if (!yaml_find(entry, STR("behavior")) && yaml_find(entry, STR("bots"))) {
            mix_read(loader, entry, name, true, drafts, &count);
            continue;
        }
        if (!track_read(loader, entry, name, &drafts[count])) continue;
        track_extras_read(loader, entry, &drafts[count].track);
        count++;
    }
    overlaps_check(loader, drafts, count);
    struct plan_track *tracks = arena_array(loader->arena, struct plan_track, count + 1);
    for (uint32_t i = 0; i < count; i++) tracks[i] = drafts[i].track;
    phase->tracks = tracks;
    phase->tracks_count = count;
}

/* ---- phases ---- */

static void delay_scale(const struct loader *loader, struct plan_phase *phase)
{
    phase->delay = (struct duration){scale_u64(phase->delay_written.ns, loader->duration_num, loader->duration_den)};
}

static void end_read(struct loader *loader, const struct yaml *node, const char *what, struct plan_phase *phase)
{
    const struct yaml *duration = yaml_find(node, STR("duration")), *until = yaml_find(node, STR("until")), *count = yaml_find(node, STR("count")),
                      *timeout = yaml_find(node, STR("timeout"));
    (void)duration_read(loader, yaml_find(node, STR("delay")), "delay", &phase->delay_written);
    const bool capped = duration_read(loader, timeout, "timeout", &phase->timeout_written);
    phase->until = condition_parse(loader->arena, until, loader->diags);
    if (duration) {
        phase->end = PHASE_BY_DURATION;
        if (duration_read(loader, duration, "duration", &phase->duration_written) && phase->duration_written.ns == 0)
            diags_error(loader->diags, duration->place, "a phase lasts more than 0");
        if (until) diags_error(loader->diags, until->key_place, "%s has both duration and until", what);
        if (capped && phase->timeout_written.ns < phase->duration_written.ns) diags_error(loader->diags, timeout->place, "the timeout is shorter than the duration");
        if (!capped) phase->timeout_written.ns = phase->duration_written.ns + 30 * NS_PER_S;
    } else if (until) {
        phase->end = PHASE_BY_UNTIL;
        if (!timeout) diags_error(loader->diags, until->key_place, "%s waits until something holds and needs a timeout", what);
    } else if (count) {
        phase->end = PHASE_BY_COUNT;
        if (!capped) phase->timeout_written.ns = 60 * NS_PER_S;
    } else if (yaml_find(node, STR("delay")) && phase->tracks_count == 0 && phase->actions_count == 0) {
        phase->end = PHASE_BY_DURATION; /* nothing but a wait */
    } else {
        diags_error(loader->diags, node->place, "%s needs one of duration, until and count", what);
    }
    phase->duration = scale_phase(loader, phase->duration_written);
    delay_scale(loader, phase);
    /* A cap is about how long the network may take, so it grows with the scenario and never shrinks. */
    phase->timeout = phase->timeout_written;
    if (loader->duration_num > loader->duration_den)
        phase->timeout.ns = scale_u64(phase->timeout_written.ns, loader->duration_num, loader->duration_den);
}

static void parent_read(struct loader *loader, const struct yaml *node, const char *what, struct plan_phase *phase)
{
    static const char *const refused[] = {"until", "count", "bots", "behavior", "params", "rate", "hold", "concurrent", "target", "capture", "expect_error", "timeout"};
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        const struct yaml *stray = yaml_find(node, str_of(refused[i]));
        if (stray) diags_error(loader->diags, stray->key_place, "'%s' in %s, which has phases of its own", refused[i], what);
    }
    phase->end = PHASE_BY_CHILDREN;
    (void)duration_read(loader, yaml_find(node, STR("duration")), "duration", &phase->duration_written);
    (void)duration_read(loader, yaml_find(node, STR("delay")), "delay", &phase->delay_written);
    delay_scale(loader, phase);
}

static void name_read(struct loader *loader, const struct yaml *node, struct plan_phase *phase)
{
    const struct yaml *name = yaml_find(node, STR("name"));
    phase->place = node->place;
    if (!name) {
        diags_error(loader->diags, node->place, "a phase needs a name");
        phase->name = STR("?");
        return;
    }
    phase->place = name->place;
    phase->name = text_read(loader, name, "name");
    phase->baseline = str_starts(phase->name, STR("Baseline"));
    for (size_t i = 0; i < loader->phases.count; i++)
        if (str_eq(loader->phases.data[i].name, phase->name))
            diags_error(loader->diags, name->place, "there is a phase '" STR_FMT "' already", STR_ARG(phase->name));
}

static void phase_read(struct loader *loader, const struct yaml *node, uint32_t parent)
{
    if (!mapping_is(loader, node, "a phase")) return;
    struct plan_phase phase = {.parent = parent};
    name_read(loader, node, &phase);
    char what[160];
    snprintf(what, sizeof(what), "phase '%.*s'", (int)MIN(phase.name.len, (size_t)120), phase.name.data);
    keys_check(loader, node, PHASE_KEYS, what);
    const struct yaml *parts = yaml_find(node, STR("phases"));
    actions_read(loader, node, &phase);
    if (parts) {
        parent_read(loader, node, what, &phase);
    } else {
        tracks_read(loader, node, what, &phase);
        end_read(loader, node, what, &phase);
    }
    actions_scale(loader, &phase);
    (void)flag_read(loader, yaml_find(node, STR("optional")), "optional", &phase.optional);
    for (uint32_t i = 0; i < phase.tracks_count; i++) /* the main track speaks for the phase: its optional is the phase's */
        if (phase.optional) ((struct plan_track *)phase.tracks)[i].optional = true;
    phase.metrics = metric_list_read(loader, yaml_find(node, STR("metrics")), &phase.metrics_count);
    monitors_add(loader, &phase);
    phase.assertions = criteria_parse(loader->arena, yaml_find(node, STR("assertions")), "assertions", loader->diags);
    objects_check(loader, &phase.until.criteria);
    objects_check(loader, &phase.assertions);
    for (uint32_t i = 0; i < phase.tracks_count; i++) objects_check(loader, &phase.tracks[i].assertions);
    const uint32_t self = (uint32_t)loader->phases.count;
    vec_push(&loader->phases, phase);
    if (!parts) return;
    if (parent != PLAN_NO_PARENT) diags_error(loader->diags, parts->key_place, "phases within phases go one level deep");
    else if (parts->type != YAML_SEQUENCE || parts->count == 0) diags_error(loader->diags, parts->place, "phases is a list of phases");
    else
        for (const struct yaml *part = parts->child; part; part = part->next) phase_read(loader, part, self);
}

void phases_read(struct loader *loader, const struct yaml *list)
{
    if (!list || list->type != YAML_SEQUENCE || list->count == 0) {
        diags_error(loader->diags, list ? list->place : loader->place, "a scenario needs a list of phases");
        return;
    }
    for (const struct yaml *node = list->child; node; node = node->next) phase_read(loader, node, PLAN_NO_PARENT);
}
