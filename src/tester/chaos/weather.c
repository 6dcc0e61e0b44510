#include "tester/chaos/weather.h"

#include <stdio.h>

#include "tester/chaos/weather_priv.h"

#define REQUEST_TIMEOUT_S 10u

struct weather *weather_new(const struct weather_config *config)
{
    ASSERT(config->validators <= ACTION_TARGETS_MAX);
    struct weather *weather = base_alloc(sizeof(*weather));
    weather->config = *config;
    for (size_t i = 0; i < 2; i++) weather->down[i] = base_alloc(config->validators + 1);
    weather->quorum = config->validators > 0;
    weather->quorum_since = env_now(config->env);
    return weather;
}

void weather_free(struct weather *weather)
{
    if (!weather) return;
    for (size_t i = 0; i < weather->deeds.count; i++) base_free(weather->deeds.data[i]);
    vec_done(&weather->deeds);
    base_free(weather->down[0]);
    base_free(weather->down[1]);
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

bool weather_is_up(const struct weather *weather, uint32_t number) { return number > weather->config.validators || !weather->down[0][number]; }
struct instant weather_crashed_at(const struct weather *weather) { return weather->crashed_at; }
struct instant weather_undone_at(const struct weather *weather) { return weather->undone_at; }
uint32_t weather_nodes(const struct weather *weather) { return weather->config.validators + weather->spawned; }
uint32_t weather_groups(const struct weather *weather) { return weather->groups_count; }

uint32_t weather_down(const struct weather *weather)
{
    uint32_t count = 0;
    for (uint32_t i = 1; i <= weather->config.validators; i++) count += weather->down[0][i];
    return count;
}

uint32_t weather_group_members(const struct weather *weather, uint32_t group, uint16_t *out, uint32_t max)
{
    uint32_t count = 0;
    for (uint32_t i = 1; i <= weather->config.validators && count < max; i++)
        if (weather->groups_count > 0 && weather->groups[i] == group && !weather->down[0][i]) out[count++] = (uint16_t)i;
    return count;
}

void weather_settle(struct weather *weather)
{
    const uint32_t n = weather->config.validators, needed = 2 * n / 3 + 1;
    uint32_t up[ACTION_GROUPS_MAX + 2] = {0}, most = 0;
    for (uint32_t i = 1; i <= n; i++) {
        if (weather->down[0][i]) continue;
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
    const struct chaos_action *action = proof->deed->action;
    if (weather->closing) return true;
    if (proof->deed->proven > 0 && action_any_chain(action->spec->id)) return true;
    return action->spec->lasting && weather->active[action->spec->id] != action;
}

static struct proof *proof_new(struct weather *weather, struct deed *deed, enum chain_id chain)
{
    const uint32_t n = weather->config.validators;
    struct proof *proof = base_alloc(sizeof(*proof));
    *proof = (struct proof){.weather = weather, .deed = deed, .chain = chain, .began = env_now(weather->config.env),
                            .client = chain == CHAIN_DELTA ? &weather->config.delta : &weather->config.alpha,
                            .before = base_alloc(sizeof(struct probe) * (n + 1)), .after = base_alloc(sizeof(struct probe) * (n + 1)), .touched = base_alloc(n + 1)};
    return proof;
}

static void proof_free(struct proof *proof)
{
    base_free(proof->before);
    base_free(proof->after);
    base_free(proof->touched);
    base_free(proof->marks);
    base_free(proof);
}

/* What one proof saw is added to the deed's line; the last one decides. */
static void proof_end(struct proof *proof)
{
    struct deed *deed = proof->deed;
    const size_t used = strlen(deed->evidence);
    if (deed->proofs == 1) snprintf(deed->evidence, EVIDENCE_BYTES, "%s", proof->evidence);
    else
        snprintf(deed->evidence + used, EVIDENCE_BYTES - used, "%s" STR_FMT ": %.170s", used > 0 ? "; " : "", STR_ARG(chain_text(proof->chain)), proof->evidence);
    deed->proven += proof->state == DEED_PROVEN;
    if (++deed->ended < deed->proofs) return;
    const bool proven = action_any_chain(deed->action->spec->id) ? deed->proven > 0 : deed->proven == deed->proofs;
    deed_tell(proof->weather, deed, proven ? DEED_PROVEN : DEED_UNPROVEN);
}

static void prove_run(void *arg)
{
    struct proof *proof = arg;
    struct weather *weather = proof->weather;
    prove(proof);
    proof_end(proof);
    proof_free(proof);
    weather->open--;
}

/* Who belongs together once `partition` is in effect: named groups in order, then the unnamed. */
static uint32_t groups_of(const struct chaos_action *partition, uint32_t validators, uint8_t out[ACTION_TARGETS_MAX + 1])
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

bool action_any_chain(enum action_id id)
{
    return id == ACTION_BLOCK_CAPACITY || id == ACTION_MEMPOOL_CLEAR || id == ACTION_MEMORY_LIMIT || id == ACTION_CPU_LIMIT || id == ACTION_REORG;
}

static bool action_ends(const struct chaos_action *action, enum action_id fault)
{
    if (action->spec->id == ACTION_CLEAR)
        return action->clears.len == 0 || str_eq(action->clears, STR("all")) || str_eq(action->clears, str_of(action_specs[fault].name)) ||
               (str_eq(action->clears, STR("ipc_*")) && str_starts(str_of(action_specs[fault].name), STR("ipc_")));
    const char *undo = action_specs[fault].undo;
    return undo && strcmp(undo, action->spec->name) == 0;
}

static uint32_t down_count(const struct weather *weather, enum chain_id chain)
{
    uint32_t count = 0;
    for (uint32_t i = 1; i <= weather->config.validators; i++) count += weather->down[chain_at(chain)][i];
    return count;
}

static void proof_begin(struct proof *proof)
{
    struct weather *weather = proof->weather;
    const struct chaos_action *action = proof->deed->action;
    const uint32_t n = weather->config.validators;
    probe_all(proof, proof->before);
    harness_before(proof);
    node_before(proof);
    flow_before(proof);
    if (action->targets.kind == TARGETS_NAMED)
        for (uint32_t i = 0; i < action->targets.count; i++)
            if (action->targets.numbers[i] <= n) proof->touched[action->targets.numbers[i]] = true;
    proof->wanted = targets_size(&action->targets, n);
    const bool all = action->spec->id == ACTION_STOP_NETWORK || action->spec->id == ACTION_START_NETWORK;
    for (uint32_t i = 1; all && i <= n; i++) {
        proof->touched[i] = proof->before[i].answers == (action->spec->id == ACTION_STOP_NETWORK);
        proof->wanted += proof->touched[i];
    }
    if (action->spec->id == ACTION_PARTITION) {
        proof->groups_count = groups_of(action, n, proof->groups);
    } else {
        memcpy(proof->groups, weather->groups, sizeof(proof->groups));
        proof->groups_count = weather->groups_count;
    }
    for (size_t i = 0; i < ACTION_IDS; i++) proof->ended[i] = weather->active[i] && (weather->active_chains[i] & CHAIN_BIT(proof->chain)) && action_ends(action, (enum action_id)i);
    if (proof->ended[ACTION_BLOCK_CAPACITY]) proof->capacity = weather->active[ACTION_BLOCK_CAPACITY]->measure;
    if (down_count(weather, proof->chain) == 0) proof->ended[ACTION_CRASH] = proof->ended[ACTION_PAUSE] = false; /* all are back by themselves or by restart */
    const bool links = action->from.kind != TARGETS_NONE && action->to.kind != TARGETS_NONE;
    if (!links && !proof->ended[ACTION_LATENCY] && !proof->ended[ACTION_BANDWIDTH]) return;
    bool from[ACTION_TARGETS_MAX + 1] = {false}, to[ACTION_TARGETS_MAX + 1] = {false};
    for (uint32_t i = 1; i <= n; i++) {
        from[i] = !links || action->from.kind != TARGETS_NAMED || targets_has(&action->from, i);
        to[i] = !links || action->to.kind != TARGETS_NAMED || targets_has(&action->to, i);
    }
    proof->flow_before = flow_read(proof, from, to);
}

/* clear has no request of its own: it ends what is active. */
static bool clear_send(struct weather *weather, const struct chaos_action *action, struct answer *answer)
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

static bool action_send(struct proof *proof, struct answer *answer)
{
    struct weather *weather = proof->weather;
    const struct chaos_action *action = proof->deed->action;
    if (action->spec->id == ACTION_CLEAR) return clear_send(weather, action, answer);
    if (action->spec->id == ACTION_SET_BYZANTINE || action->spec->id == ACTION_CLEAR_BYZANTINE) return liars_send(weather, action, answer);
    if (harness_is(action->spec->id)) return harness_send(proof, answer);
    const struct instant deadline = instant_add(env_now(weather->config.env), duration_s(REQUEST_TIMEOUT_S));
    return admin_chaos_start(weather->config.admin, str_of(action->spec->name), action->chain, action->params_json, duration_ms(action->duration_ms), deadline,
                             answer) != NULL;
}

bool action_takes(enum action_id id) { return id == ACTION_CRASH || id == ACTION_PAUSE || id == ACTION_STOP_NETWORK; }
bool action_gives(enum action_id id) { return id == ACTION_RESTART || id == ACTION_RESUME || id == ACTION_CLEAR || id == ACTION_START_NETWORK; }

static void active_update(struct weather *weather, const struct chaos_action *action, uint8_t chains)
{
    const bool undid = action->spec->id == ACTION_HEAL || action_gives(action->spec->id);
    for (size_t i = 0; i < ACTION_IDS; i++) {
        if (!weather->active[i] || !action_ends(action, (enum action_id)i)) continue;
        /* crash and pause end view by view: restart of some leaves the others down */
        if (i != ACTION_CRASH && i != ACTION_PAUSE) weather->active[i] = NULL;
        if (i == ACTION_PARTITION) weather->groups_count = 0;
    }
    if (undid) weather->undone_at = env_now(weather->config.env);
    if (!action->spec->lasting) return;
    weather->active[action->spec->id] = action;
    weather->active_chains[action->spec->id] = chains;
}

/* Who stopped answering, or began again, because of what was just done. */
static void down_update(struct weather *weather, struct proof *proof)
{
    const enum action_id id = proof->deed->action->spec->id;
    const bool takes = action_takes(id), gives = action_gives(id);
    bool *down = weather->down[chain_at(proof->chain)];
    for (uint32_t i = 1; i <= weather->config.validators; i++) {
        const bool before = proof->before[i].answers, after = proof->after[i].answers;
        if (takes && before && !after) down[i] = true;
        if (gives && !before && after) down[i] = false;
        if ((takes && before && !after) || (gives && !before && after)) proof->touched[i] = true;
    }
    if (takes && proof->chain == CHAIN_ALPHA) weather->crashed_at = env_now(weather->config.env);
}

static const char *lacking(const struct weather *weather, const struct chaos_action *action)
{
    const struct capabilities *has = &weather->config.capabilities;
    const bool admin = weather->config.admin != NULL;
    switch (action->spec->need) {
    case NEED_CHAOS: return admin && has->chaos ? NULL : "chaos";
    case NEED_BYZANTINE: return admin && has->byzantine ? NULL : "byzantine";
    case NEED_SWITCHES: return admin && has->switches ? NULL : "switches";
    case NEED_ADMIN: return admin && has->admin ? NULL : "admin";
    case NEED_DEVNET: return admin && has->chaos && weather->config.own_network ? NULL : "network of its own";
    case NEED_DISTRIBUTED: return "workers";
    }
    UNREACHABLE();
}

/* The chains on which it is to show. */
static uint8_t chains_of(const struct weather *weather, const struct chaos_action *action)
{
    const uint8_t runs = weather->config.delta.http ? CHAIN_BIT(CHAIN_ALPHA) | CHAIN_BIT(CHAIN_DELTA) : CHAIN_BIT(CHAIN_ALPHA);
    uint8_t undone = 0;
    if (str_eq(action->chain, STR("alpha"))) return CHAIN_BIT(CHAIN_ALPHA);
    if (str_eq(action->chain, STR("delta"))) return CHAIN_BIT(CHAIN_DELTA) & runs;
    for (size_t i = 0; i < ACTION_IDS; i++)
        if (weather->active[i] && action_ends(action, (enum action_id)i)) undone |= weather->active_chains[i];
    if (undone != 0) return undone;
    if (action->spec->need != NEED_CHAOS && action->spec->need != NEED_DEVNET) return CHAIN_BIT(CHAIN_ALPHA);
    if (!action->spec->lasting && (action_gives(action->spec->id) || action->spec->id == ACTION_HEAL)) return CHAIN_BIT(CHAIN_ALPHA);
    return action->spec->one_proof ? CHAIN_BIT(CHAIN_ALPHA) : runs;
}

static void deed_fail(struct weather *weather, struct deed *deed, struct answer *answer)
{
    const struct str code = code_text(answer->code);
    snprintf(deed->evidence, sizeof(deed->evidence), "the request was not taken: %s %.*s %.200s", answer_status_text(answer->status), (int)code.len,
             code.data, answer->error ? answer->error->message : answer->fault ? answer->fault : "");
    deed_tell(weather, deed, DEED_UNPROVEN);
}

struct deed *weather_do(struct weather *weather, const struct chaos_action *action)
{
    struct deed *deed = base_alloc(sizeof(*deed));
    *deed = (struct deed){.action = action, .at = env_now(weather->config.env)};
    vec_push(&weather->deeds, deed);
    const char *lack = lacking(weather, action);
    if (lack) {
        snprintf(deed->evidence, sizeof(deed->evidence), "the target has no %s%s", lack, strchr(lack, ' ') ? "" : " capability");
        deed_tell(weather, deed, DEED_UNSUPPORTED);
        return deed;
    }
    const uint8_t chains = chains_of(weather, action);
    struct proof *proofs[2];
    for (size_t i = 0; i < 2; i++) {
        const enum chain_id chain = i == 0 ? CHAIN_ALPHA : CHAIN_DELTA;
        if (!(chains & CHAIN_BIT(chain))) continue;
        proofs[deed->proofs] = proof_new(weather, deed, chain);
        proof_begin(proofs[deed->proofs++]);
    }
    struct answer answer = {.status = ANSWER_OK};
    const bool sent = deed->proofs > 0 && action_send(proofs[0], &answer);
    deed->at = env_now(weather->config.env);
    if (!sent) deed_fail(weather, deed, &answer);
    answer_done(&answer);
    if (sent) {
        active_update(weather, action, chains);
        if (action->spec->id == ACTION_PARTITION && (chains & CHAIN_BIT(CHAIN_ALPHA))) {
            memcpy(weather->groups, proofs[0]->groups, sizeof(weather->groups));
            weather->groups_count = proofs[0]->groups_count;
        }
    }
    for (uint8_t i = 0; i < deed->proofs && sent; i++) {
        probe_all(proofs[i], proofs[i]->after);
        down_update(weather, proofs[i]);
    }
    if (sent) weather_settle(weather);
    const uint8_t count = deed->proofs; /* a proof that ends at once may end the deed */
    for (uint8_t i = 0; i < count; i++) {
        if (!sent) {
            proof_free(proofs[i]);
            continue;
        }
        weather->open++;
        (void)fiber_spawn(weather->config.env, prove_run, proofs[i]);
    }
    return deed;
}

void weather_close(struct weather *weather)
{
    weather->closing = true;
    while (weather->open > 0) fiber_sleep(weather->config.env, duration_ms(20));
}
