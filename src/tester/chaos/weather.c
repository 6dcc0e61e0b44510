#include "tester/chaos/weather.h"

#include <stdio.h>

#include "tester/chaos/weather_priv.h"

#define REQUEST_TIMEOUT_S 10u

struct weather *weather_new(const struct weather_config *config)
{
    ASSERT(config->validators <= ACTION_TARGETS_MAX);
    struct weather *weather = base_alloc(sizeof(*weather));
    weather->config = *config;
    weather->down = base_alloc(config->validators + 1);
    weather->quorum = config->validators > 0;
    weather->quorum_since = env_now(config->env);
    return weather;
}

void weather_free(struct weather *weather)
{
    if (!weather) return;
    for (size_t i = 0; i < weather->deeds.count; i++) base_free(weather->deeds.data[i]);
    vec_done(&weather->deeds);
    base_free(weather->down);
    base_free(weather);
}

void weather_on_deed(struct weather *weather, void (*told)(void *context, const struct deed *deed), void *context)
{
    weather->told = told;
    weather->context = context;
}

size_t weather_deeds_count(const struct weather *weather) { return weather->deeds.count; }
const struct deed *weather_deed(const struct weather *weather, size_t i) { return weather->deeds.data[i]; }

/* ---- what follows ---- */

bool weather_is_up(const struct weather *weather, uint32_t number) { return !weather->down[number]; }
struct instant weather_crashed_at(const struct weather *weather) { return weather->crashed_at; }
struct instant weather_undone_at(const struct weather *weather) { return weather->undone_at; }
uint32_t weather_groups(const struct weather *weather) { return weather->groups_count; }

uint32_t weather_down(const struct weather *weather)
{
    uint32_t count = 0;
    for (uint32_t i = 1; i <= weather->config.validators; i++) count += weather->down[i];
    return count;
}

uint32_t weather_group_members(const struct weather *weather, uint32_t group, uint16_t *out, uint32_t max)
{
    uint32_t count = 0;
    for (uint32_t i = 1; i <= weather->config.validators && count < max; i++)
        if (weather->groups_count > 0 && weather->groups[i] == group && !weather->down[i]) out[count++] = (uint16_t)i;
    return count;
}

void weather_settle(struct weather *weather)
{
    const uint32_t n = weather->config.validators, needed = 2 * n / 3 + 1;
    uint32_t up[ACTION_GROUPS_MAX + 2] = {0}, most = 0;
    for (uint32_t i = 1; i <= n; i++) {
        if (weather->down[i]) continue;
        const uint32_t group = weather->groups_count > 0 ? MIN(weather->groups[i], ACTION_GROUPS_MAX) : 0;
        up[group]++;
        most = MAX(most, up[group]);
    }
    const bool quorum = n > 0 && most >= needed;
    if (quorum == weather->quorum) return;
    weather->quorum = quorum;
    weather->quorum_since = env_now(weather->config.env);
}

bool weather_quorum(const struct weather *weather, struct instant *out_since)
{
    if (out_since) *out_since = weather->quorum_since;
    return weather->quorum;
}

/* ---- doing ---- */

static void deed_tell(struct weather *weather, struct deed *deed, enum deed_state state)
{
    deed->state = state;
    if (weather->told) weather->told(weather->context, deed);
}

bool proof_is_over(const struct proof *proof)
{
    const struct weather *weather = proof->weather;
    if (weather->closing) return true;
    const struct action *action = proof->deed->action;
    return action->spec->lasting && weather->active[action->spec->id] != action;
}

static void proof_free(struct proof *proof)
{
    base_free(proof->before);
    base_free(proof->after);
    base_free(proof->touched);
    base_free(proof);
}

static void prove_run(void *arg)
{
    struct proof *proof = arg;
    struct weather *weather = proof->weather;
    prove(proof);
    deed_tell(weather, proof->deed, proof->deed->state == DEED_PROVEN ? DEED_PROVEN : DEED_UNPROVEN);
    proof_free(proof);
    weather->open--;
}

/* Who belongs together once `partition` is in effect: named groups in order, then the unnamed. */
static uint32_t groups_of(const struct action *partition, uint32_t validators, uint8_t out[ACTION_TARGETS_MAX + 1])
{
    uint32_t count = 0;
    memset(out, UINT8_MAX, ACTION_TARGETS_MAX + 1);
    for (uint32_t g = 0; g < partition->groups_count; g++) {
        for (uint32_t i = 0; i < partition->groups[g].count; i++)
            if (partition->groups[g].numbers[i] <= validators) out[partition->groups[g].numbers[i]] = (uint8_t)count;
        if (partition->groups[g].count > 0) count++;
    }
    bool rest = false;
    for (uint32_t i = 1; i <= validators; i++)
        if (out[i] == UINT8_MAX) {
            out[i] = (uint8_t)count;
            rest = true;
        }
    return count + rest;
}

static bool action_ends(const struct action *action, enum action_id fault)
{
    if (action->spec->id == ACTION_CLEAR)
        return action->clears.len == 0 || str_eq(action->clears, STR("all")) || str_eq(action->clears, str_of(action_specs[fault].name));
    const char *undo = action_specs[fault].undo;
    return undo && strcmp(undo, action->spec->name) == 0;
}

static void proof_begin(struct proof *proof)
{
    struct weather *weather = proof->weather;
    const struct action *action = proof->deed->action;
    const uint32_t n = weather->config.validators;
    probe_all(weather, proof->before);
    if (action->targets.kind == TARGETS_NAMED)
        for (uint32_t i = 0; i < action->targets.count; i++)
            if (action->targets.numbers[i] <= n) proof->touched[action->targets.numbers[i]] = true;
    proof->wanted = targets_size(&action->targets, n);
    if (action->spec->id == ACTION_PARTITION) {
        proof->groups_count = groups_of(action, n, proof->groups);
    } else {
        memcpy(proof->groups, weather->groups, sizeof(proof->groups));
        proof->groups_count = weather->groups_count;
    }
    for (size_t i = 0; i < ACTION_IDS; i++) proof->ended[i] = weather->active[i] && action_ends(action, (enum action_id)i);
    if (proof->ended[ACTION_BLOCK_CAPACITY]) proof->capacity = weather->active[ACTION_BLOCK_CAPACITY]->measure;
    if (weather_down(weather) == 0) proof->ended[ACTION_CRASH] = proof->ended[ACTION_PAUSE] = false; /* all are back by themselves or by restart */
    const bool links = action->from.kind != TARGETS_NONE && action->to.kind != TARGETS_NONE;
    if (!links && !proof->ended[ACTION_LATENCY] && !proof->ended[ACTION_BANDWIDTH]) return;
    bool from[ACTION_TARGETS_MAX + 1] = {false}, to[ACTION_TARGETS_MAX + 1] = {false};
    for (uint32_t i = 1; i <= n; i++) {
        from[i] = !links || action->from.kind != TARGETS_NAMED || targets_has(&action->from, i);
        to[i] = !links || action->to.kind != TARGETS_NAMED || targets_has(&action->to, i);
    }
    proof->flow_before = flow_read(weather, from, to);
}

/* clear has no request of its own: it ends what is active. */
static bool clear_send(struct weather *weather, const struct action *action, struct answer *answer)
{
    const struct instant deadline = instant_add(env_now(weather->config.env), duration_s(REQUEST_TIMEOUT_S));
    const struct admin *admin = weather->config.admin;
    if (action->clears.len == 0 || str_eq(action->clears, STR("all"))) return admin_chaos_end_all(admin, deadline, answer);
    struct answer listing;
    const struct page *page = admin_chaos(admin, deadline, &listing);
    const struct chaos_entry *entries = page ? page->items : NULL;
    bool ok = page != NULL;
    *answer = (struct answer){.status = page ? ANSWER_OK : listing.status, .code = listing.code, .fault = listing.fault};
    for (uint32_t i = 0; page && i < page->count; i++) {
        const bool fits = str_eq(action->clears, entries[i].action) ||
                          (str_eq(action->clears, STR("ipc_*")) && str_starts(entries[i].action, STR("ipc_")));
        if (!fits) continue;
        answer_done(answer);
        ok = admin_chaos_end(admin, entries[i].chaos_id, deadline, answer) && ok;
    }
    answer_done(&listing);
    return ok;
}

static bool action_send(struct weather *weather, const struct action *action, struct answer *answer)
{
    if (action->spec->id == ACTION_CLEAR) return clear_send(weather, action, answer);
    if (action->spec->id == ACTION_SET_BYZANTINE || action->spec->id == ACTION_CLEAR_BYZANTINE) return liars_send(weather, action, answer);
    const struct instant deadline = instant_add(env_now(weather->config.env), duration_s(REQUEST_TIMEOUT_S));
    return admin_chaos_start(weather->config.admin, str_of(action->spec->name), action->chain, action->params_json, duration_ms(action->duration_ms), deadline,
                             answer) != NULL;
}

static void active_update(struct weather *weather, const struct action *action)
{
    bool undid = action->spec->id == ACTION_HEAL || action->spec->id == ACTION_RESTART || action->spec->id == ACTION_RESUME ||
                 action->spec->id == ACTION_CLEAR;
    for (size_t i = 0; i < ACTION_IDS; i++) {
        if (!weather->active[i] || !action_ends(action, (enum action_id)i)) continue;
        /* crash and pause end view by view: restart of some leaves the others down */
        if (i != ACTION_CRASH && i != ACTION_PAUSE) weather->active[i] = NULL;
        if (i == ACTION_PARTITION) weather->groups_count = 0;
    }
    if (undid) weather->undone_at = env_now(weather->config.env);
    if (action->spec->lasting) weather->active[action->spec->id] = action;
}

/* Who stopped answering, or began again, because of what was just done. */
static void down_update(struct weather *weather, struct proof *proof)
{
    const enum action_id id = proof->deed->action->spec->id;
    const bool takes = id == ACTION_CRASH || id == ACTION_PAUSE, gives = id == ACTION_RESTART || id == ACTION_RESUME || id == ACTION_CLEAR;
    for (uint32_t i = 1; i <= weather->config.validators; i++) {
        const bool before = proof->before[i].answers, after = proof->after[i].answers;
        if (takes && before && !after) weather->down[i] = true;
        if (gives && !before && after) weather->down[i] = false;
        if ((takes && before && !after) || (gives && !before && after)) proof->touched[i] = true;
    }
    if (takes) weather->crashed_at = env_now(weather->config.env);
}

struct deed *weather_do(struct weather *weather, const struct action *action)
{
    struct deed *deed = base_alloc(sizeof(*deed));
    *deed = (struct deed){.action = action, .at = env_now(weather->config.env)};
    vec_push(&weather->deeds, deed);
    const bool lies = action->spec->need == NEED_BYZANTINE;
    if (!weather->config.admin || !(lies ? weather->config.capabilities.byzantine : weather->config.capabilities.chaos)) {
        snprintf(deed->evidence, sizeof(deed->evidence), "the target has no %s capability", lies ? "byzantine" : "chaos");
        deed_tell(weather, deed, DEED_UNSUPPORTED);
        return deed;
    }
    const uint32_t n = weather->config.validators;
    struct proof *proof = base_alloc(sizeof(*proof));
    *proof = (struct proof){.weather = weather, .deed = deed, .before = base_alloc(sizeof(struct probe) * (n + 1)),
                            .after = base_alloc(sizeof(struct probe) * (n + 1)), .touched = base_alloc(n + 1)};
    proof_begin(proof);
    struct answer answer = {0};
    const bool sent = action_send(weather, action, &answer);
    deed->at = env_now(weather->config.env);
    if (!sent) {
        const struct str code = code_text(answer.code);
        snprintf(deed->evidence, sizeof(deed->evidence), "the request was not taken: %s %.*s %.200s", answer_status_text(answer.status), (int)code.len,
                 code.data, answer.error ? answer.error->message : answer.fault ? answer.fault : "");
        answer_done(&answer);
        deed_tell(weather, deed, DEED_UNPROVEN);
        proof_free(proof);
        return deed;
    }
    answer_done(&answer);
    active_update(weather, action);
    if (action->spec->id == ACTION_PARTITION) {
        memcpy(weather->groups, proof->groups, sizeof(weather->groups));
        weather->groups_count = proof->groups_count;
    }
    probe_all(weather, proof->after);
    down_update(weather, proof);
    weather_settle(weather);
    weather->open++;
    (void)fiber_spawn(weather->config.env, prove_run, proof);
    return deed;
}

void weather_close(struct weather *weather)
{
    weather->closing = true;
    while (weather->open > 0) fiber_sleep(weather->config.env, duration_ms(20));
}
