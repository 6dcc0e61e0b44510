#include <inttypes.h>
#include <stdio.h>

#include "tester/scenario/load_priv.h"

/* ---- rule 5: the sum of phases ---- */

static uint64_t phase_written(const struct plan_phase *phase)
{
    switch (phase->end) {
    case PHASE_BY_DURATION: return phase->duration_written.ns;
    case PHASE_BY_UNTIL:
    case PHASE_BY_COUNT: return phase->timeout_written.ns;
    case PHASE_BY_CHILDREN: return 0;
    }
    UNREACHABLE();
}

/* Phases run one after the other; children instead of their parent. Written lengths, before any scaling. */
static void durations_check(struct loader *loader)
{
    const struct plan *plan = loader->plan;
    if (loader->duration_written.ns == 0) return;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < plan->phases_count; i++) {
        const struct plan_phase *phase = &plan->phases[i];
        sum += phase->delay_written.ns + phase_written(phase);
        if (phase->end != PHASE_BY_CHILDREN || phase->duration_written.ns == 0) continue;
        uint64_t parts = 0;
        for (uint32_t k = i + 1; k < plan->phases_count && plan->phases[k].parent == i; k++)
            parts += plan->phases[k].delay_written.ns + phase_written(&plan->phases[k]);
        if (parts > phase->duration_written.ns)
            diags_error(loader->diags, phase->place, "the phases within take longer than phase '" STR_FMT "'", STR_ARG(phase->name));
    }
    char has[32], allowed[32];
    duration_text((struct duration){sum}, has, sizeof(has));
    duration_text(loader->duration_written, allowed, sizeof(allowed));
    if (sum > loader->duration_written.ns)
        diags_error(loader->diags, loader->duration_place, "the phases take %s, more than the duration of %s", has, allowed);
    else if (sum < loader->duration_written.ns / 10 * 9)
        diags_warn(loader->diags, loader->duration_place, "the phases take %s, less than 90%% of the duration of %s", has, allowed);
}

/* ---- rule 7 and partition targets: which faults are in effect when ---- */

struct weather {
    const struct chaos_action *active[ACTION_IDS]; /* by the action that began it */
    uint32_t partition_groups;               /* 0: none in effect */
};

static bool ends(const struct chaos_action *undo, const struct action_spec *fault)
{
    if (undo->spec->id == ACTION_CLEAR) {
        if (undo->clears.len == 0 || str_eq(undo->clears, STR("all"))) return true;
        if (str_eq(undo->clears, STR("ipc_*"))) return str_starts(str_of(fault->name), STR("ipc_"));
        return str_eq(undo->clears, str_of(fault->name));
    }
    return fault->undo && strcmp(fault->undo, undo->spec->name) == 0;
}

static uint32_t partition_groups(const struct loader *loader, const struct chaos_action *partition)
{
    uint32_t named = 0;
    for (uint32_t g = 0; g < partition->groups_count; g++) named += partition->groups[g].count;
    return partition->groups_count + (named < loader->validators);
}

static void weather_apply(const struct loader *loader, struct weather *weather, const struct chaos_action *action)
{
    for (size_t i = 0; i < ACTION_IDS; i++)
        if (weather->active[i] && ends(action, &action_specs[i])) {
            weather->active[i] = NULL;
            if (i == ACTION_PARTITION) weather->partition_groups = 0;
        }
    if (!action->spec->lasting || action->duration_ms > 0) return;
    weather->active[action->spec->id] = action;
    if (action->spec->id == ACTION_PARTITION) weather->partition_groups = partition_groups(loader, action);
}

static void faults_check(struct loader *loader)
{
    const struct plan *plan = loader->plan;
    struct weather weather = {0};
    for (uint32_t i = 0; i < plan->phases_count; i++) {
        const struct plan_phase *phase = &plan->phases[i];
        uint32_t a = 0;
        for (; a < phase->actions_count && phase->actions[a].at.ns == 0; a++) weather_apply(loader, &weather, &phase->actions[a].action);
        for (uint32_t t = 0; t < phase->tracks_count; t++) {
            const struct plan_track *track = &phase->tracks[t];
            if (track->target != TRACK_PARTITION || track->partition < weather.partition_groups) continue;
            if (weather.partition_groups == 0)
                diags_error(loader->diags, track->place, "target 'partition_%c' in phase '" STR_FMT "', but no partition is in effect there",
                            (char)('a' + track->partition), STR_ARG(phase->name));
            else
                diags_error(loader->diags, track->place, "target 'partition_%c' in phase '" STR_FMT "', but the partition has %u groups",
                            (char)('a' + track->partition), STR_ARG(phase->name), weather.partition_groups);
        }
        for (; a < phase->actions_count; a++) weather_apply(loader, &weather, &phase->actions[a].action);
    }
    for (size_t i = 0; i < ACTION_IDS && !loader->left_faulty; i++)
        if (weather.active[i])
            diags_warn(loader->diags, weather.active[i]->place, "'%s' is never undone; say notes: [left faulty] when that is meant",
                       action_specs[i].name);
}

/* ---- rule 8 ---- */

static bool criterion_bounds_below(const struct criterion *c)
{
    return (c->comparison == COMPARE_GE || c->comparison == COMPARE_GT || c->comparison == COMPARE_EQ) &&
           (c->bound.nano > 0 || c->comparison == COMPARE_GT);
}

static void attacks_look(const struct criteria *criteria, bool *attempts, bool *successes)
{
    for (uint32_t i = 0; i < criteria->count; i++) {
        const struct criterion *c = &criteria->items[i];
        if (c->is_check) continue;
        if (c->metric == METRIC_ATTACK_ATTEMPTS && criterion_bounds_below(c)) *attempts = true;
        if (c->metric == METRIC_ATTACK_SUCCESSES && c->bound.nano == 0 && (c->comparison == COMPARE_EQ || c->comparison == COMPARE_LE)) *successes = true;
    }
}

static void attacks_check(struct loader *loader)
{
    const struct plan *plan = loader->plan;
    if (plan->type != SCENARIO_SECURITY && !(plan->type == SCENARIO_INTEGRATION && plan->category == CATEGORY_ADVERSARIAL)) return;
    bool attempts = false, successes = false;
    attacks_look(&plan->criteria, &attempts, &successes);
    for (uint32_t i = 0; i < plan->phases_count; i++) attacks_look(&plan->phases[i].assertions, &attempts, &successes);
    if (!attempts) diags_error(loader->diags, loader->place, "an adversarial scenario needs 'attack_attempts' with a lower bound");
    if (!successes) diags_error(loader->diags, loader->place, "an adversarial scenario needs 'attack_successes: 0'");
}

/* ---- rule 9: can the bots afford it ---- */

static uint64_t executions_max(const struct plan_phase *phase, const struct plan_track *track)
{
    const uint64_t by_count = track->count > 0 ? track->count : UINT64_MAX;
    if (!track->paced) return track->count > 0 ? track->count : 1;
    const struct duration length = phase->end == PHASE_BY_DURATION ? phase->duration : phase->timeout;
    const uint64_t faster = MAX(rate_micro_per_second(track->schedule.rate),
                                track->schedule.arrivals == ARRIVALS_RAMP ? rate_micro_per_second(track->schedule.rate_end) : 0);
    u128 events = (u128)faster * length.ns / NS_PER_S / 1000000 + 1;
    if (track->schedule.total) events = events / (track->bots_count ? track->bots_count : 1) + 1;
    return MIN(by_count, events > UINT64_MAX ? UINT64_MAX : (uint64_t)events);
}

static u128 spend_once(const struct plan_track *track)
{
    if (!track->behavior->spend_max) return 0;
    struct crew crew = {.fee_base = {100}, .fee_per_byte = {1}, .delta_fee_base = {100}, .delta_fee_per_byte = {1}};
    struct track *shared = base_alloc(sizeof(*shared)); /* too large for a fiber's stack */
    shared->params = track->behavior->params;
    shared->args = track->args;
    shared->bots = track->bots;
    shared->bots_count = track->bots_count;
    struct act act = {.crew = &crew, .track = shared, .args = track->args};
    const u128 spend = track->behavior->spend_max(&act);
    base_free(shared);
    return spend;
}

static u128 wallet_of(const struct plan_group *group, enum token token)
{
    switch (token) {
    case TOKEN_AX: return group->wallet_ax;
    case TOKEN_SAX: return group->wallet_sax;
    case TOKEN_DX: return group->wallet_dx;
    case TOKEN_USD: return group->wallet_usd;
    }
    UNREACHABLE();
}

static const char *wallet_key(enum token token)
{
    static const char *const keys[] = {[TOKEN_AX] = "wallet_ax", [TOKEN_SAX] = "wallet_sax", [TOKEN_DX] = "wallet_dx", [TOKEN_USD] = "wallet_usd"};
    return keys[token];
}

static void wallets_check(struct loader *loader, enum token token)
{
    const struct plan *plan = loader->plan;
    u128 *spend = base_alloc(sizeof(u128) * (plan->bots_count + 1));
    const struct plan_track **first = base_alloc(sizeof(*first) * (plan->groups_count + 1));
    for (uint32_t i = 0; i < plan->phases_count; i++)
        for (uint32_t t = 0; t < plan->phases[i].tracks_count; t++) {
            const struct plan_track *track = &plan->phases[i].tracks[t];
            u128 all;
            if ((track->behavior->spend_token ? track->behavior->spend_token : TOKEN_AX) != token) continue;
            if (!u128_mul(spend_once(track), executions_max(&plan->phases[i], track), &all)) all = U128_MAX;
            for (uint32_t b = 0; all > 0 && b < track->bots_count; b++) {
                u128 *of = &spend[track->bots[b]];
                if (!u128_add(*of, all, of)) *of = U128_MAX;
                if (!first[plan->bots[track->bots[b]].group]) first[plan->bots[track->bots[b]].group] = track;
            }
        }
    for (uint32_t g = 0; g < plan->groups_count; g++) {
        const struct plan_group *group = &plan->groups[g];
        const u128 wallet = wallet_of(group, token);
        u128 worst = 0, twice;
        for (uint32_t b = 0; b < group->count; b++) worst = MAX(worst, spend[group->first + b]);
        if (worst <= wallet) continue;
        if (!u128_mul(wallet, 2, &twice)) twice = U128_MAX;
        char needs[U128_TEXT], has[U128_TEXT];
        u128_text(worst, needs);
        u128_text(wallet, has);
        diags_add(loader->diags, group->place, worst > twice ? SEVERITY_ERROR : SEVERITY_WARNING, (struct str){0},
                  "bots of '" STR_FMT "' may spend up to %s " STR_FMT " (%s), their %s is %s", STR_ARG(group->stem), needs,
                  STR_ARG(token_text(token)), first[g] ? first[g]->behavior->name : "-", wallet_key(token), has);
    }
    base_free(spend);
    base_free(first);
}

/* ---- criteria that need something else of the scenario ---- */

static bool needs_baseline(const struct criterion *c)
{
    return c->is_check ? c->check == CHECK_RECOVERED
                       : c->metric == METRIC_TPS_RATIO || c->metric == METRIC_FINALITY_RATIO || c->metric == METRIC_PROBE_P95_RATIO;
}

static void baseline_demand(struct loader *loader, const struct criteria *criteria, bool has_baseline)
{
    for (uint32_t i = 0; i < criteria->count; i++)
        if (needs_baseline(&criteria->items[i]) && !has_baseline)
            diags_error(loader->diags, criteria->items[i].place, "'" STR_FMT "' compares with a phase named 'Baseline...', and there is none before",
                        STR_ARG(criteria->items[i].name));
}

static void baseline_check(struct loader *loader)
{
    const struct plan *plan = loader->plan;
    bool has = false;
    for (uint32_t i = 0; i < plan->phases_count; i++) {
        const struct plan_phase *phase = &plan->phases[i];
        baseline_demand(loader, &phase->assertions, has);
        for (uint32_t t = 0; t < phase->tracks_count; t++) baseline_demand(loader, &phase->tracks[t].assertions, has);
        baseline_demand(loader, &phase->until.criteria, has);
        has = has || phase->baseline;
    }
    baseline_demand(loader, &plan->criteria, has);
}

/* Throughput criteria follow --bots, counts of operations --duration too; by what became of their own window. */
static void criteria_scale(struct loader *loader, struct criteria *criteria, uint64_t bots_new, uint64_t bots_old, uint64_t ns_new, uint64_t ns_old)
{
    for (uint32_t i = 0; i < criteria->count; i++) {
        struct criterion *c = &criteria->items[i];
        if (c->is_check || metric_specs[c->metric].scale == SCALE_NEVER) continue;
        if (bots_old > 0 && bots_new != bots_old) criterion_scale(loader->arena, c, bots_new, bots_old);
        if (metric_specs[c->metric].scale == SCALE_BOTH && ns_old > 0 && ns_new != ns_old)
            criterion_scale(loader->arena, c, ns_new / 1000, MAX(ns_old / 1000, 1));
    }
}

static uint64_t written_bots(const struct plan *plan, const uint32_t *bots, uint32_t count)
{
    uint64_t micro = 0; /* each scaled bot stands for written / scaled of its group */
    for (uint32_t i = 0; i < count; i++) {
        const struct plan_group *group = &plan->groups[bots ? plan->bots[bots[i]].group : plan->bots[i].group];
        micro += ((uint64_t)group->high - group->low + 1) * 1000000 / group->count;
    }
    return micro;
}

static void scaling_apply(struct loader *loader)
{
    struct plan *plan = loader->plan;
    uint64_t ns_new = 0, ns_old = 0;
    for (uint32_t i = 0; i < plan->phases_count; i++) {
        struct plan_phase *phase = (struct plan_phase *)&plan->phases[i];
        uint64_t bots_new = 0, bots_old = 0;
        for (uint32_t t = 0; t < phase->tracks_count; t++) {
            struct plan_track *track = (struct plan_track *)&phase->tracks[t];
            const uint64_t now = (uint64_t)track->bots_count * 1000000, before = written_bots(plan, track->bots, track->bots_count);
            bots_new += now;
            bots_old += before;
            criteria_scale(loader, &track->assertions, now, before, phase->duration.ns, phase->duration_written.ns);
        }
        criteria_scale(loader, &phase->assertions, bots_new, bots_old, phase->duration.ns, phase->duration_written.ns);
        if (phase->end != PHASE_BY_DURATION) continue;
        ns_new += phase->duration.ns;
        ns_old += phase->duration_written.ns;
    }
    criteria_scale(loader, &plan->criteria, (uint64_t)plan->bots_count * 1000000, written_bots(plan, NULL, plan->bots_count), ns_new, ns_old);
    plan->duration = (struct duration){scale_u64(loader->duration_written.ns, loader->duration_num, loader->duration_den)};
}

/* Rule 10. */
static void invariants_append(struct loader *loader)
{
    struct criteria *criteria = &loader->plan->criteria;
    for (uint32_t i = 0; i < criteria->count; i++) {
        const struct criterion *c = &criteria->items[i];
        if (!c->is_check) continue;
        if (c->check == CHECK_ALL_INVARIANTS || (check_specs[c->check].invariant && !c->wanted)) return;
    }
    if (!criteria->items) criteria->items = arena_array(loader->arena, struct criterion, 1);
    criteria->items[criteria->count++] = (struct criterion){.place = loader->place, .is_check = true, .appended = true, .wanted = true,
                                                            .check = CHECK_ALL_INVARIANTS, .name = STR("all_invariants"), .expected = STR("true")};
}

/* ---- votes that have shrunk ---- */

#define VOTE_BLOCKS 10u /* to vote, to ask others for their votes, and to have all of them counted before the end */

static bool votes_within(const struct plan_phase *phase)
{
    for (uint32_t t = 0; t < phase->tracks_count; t++) {
        const struct behavior_spec *behavior = phase->tracks[t].behavior;
        if (behavior && behavior->transaction && str_starts(str_of(behavior->name), STR("governance."))) return true;
    }
    return false;
}

/* A voting period shrinks with the scenario, and blocks do not. */
static void votes_check(struct loader *loader)
{
    const uint64_t written = loader->voting_written.ns, least = VOTE_BLOCKS * BLOCK_INTERVAL.ns;
    const uint64_t scaled = scale_u64(written, loader->duration_num, loader->duration_den);
    if (written == 0 || scaled >= least) return;
    char enough[32];
    const uint64_t seconds = ((u128)loader->duration_written.ns * least / written + NS_PER_S - 1) / NS_PER_S;
    duration_text(duration_s((uint32_t)seconds), enough, sizeof(enough));
    for (uint32_t i = 0; i < loader->plan->phases_count; i++) {
        const struct plan_phase *phase = &loader->plan->phases[i];
        if (!votes_within(phase)) continue;
        diags_warn(loader->diags, phase->place,
                   "phase '" STR_FMT "': voting shrinks to %" PRIu64 " blocks, and a vote that others are asked for takes about %u; say --duration %s or more",
                   STR_ARG(phase->name), scaled / BLOCK_INTERVAL.ns, VOTE_BLOCKS, enough);
    }
}

/* A scenario that demands nothing proves nothing. Verifiers demand by what they are. */
static void demands_check(struct loader *loader)
{
    const struct plan *plan = loader->plan;
    if (plan->criteria.count > 0 || loader->diags->errors_count > 0) return;
    for (uint32_t i = 0; i < plan->phases_count; i++) {
        const struct plan_phase *phase = &plan->phases[i];
        if (phase->assertions.count > 0 || phase->until.criteria.count > 0) return;
        for (uint32_t t = 0; t < phase->tracks_count; t++)
            if (phase->tracks[t].assertions.count > 0 || (phase->tracks[t].behavior && phase->tracks[t].behavior->observer)) return;
    }
    diags_error(loader->diags, loader->place, "the scenario demands nothing: no run of it could prove anything; '- postconditions: true' is a start");
}

void plan_check(struct loader *loader)
{
    struct plan *plan = loader->plan;
    for (uint32_t i = 0; i < plan->phases_count; i++) plan->tracks_count += plan->phases[i].tracks_count;
    durations_check(loader);
    faults_check(loader);
    attacks_check(loader);
    baseline_check(loader);
    votes_check(loader);
    demands_check(loader);
    for (unsigned token = 1; token <= TOKEN_COUNT; token++) wallets_check(loader, (enum token)token);
    scaling_apply(loader);
    invariants_append(loader);
}
