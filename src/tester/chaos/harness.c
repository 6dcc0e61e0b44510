#include <inttypes.h>
#include <stdio.h>

#include "tester/chaos/weather_priv.h"

/* Actions of the harness's own: planted weaknesses, the clock, and nodes of a network that was started for the run. */

#define PATIENCE_S 10u
#define SHOWS_S 30u
#define STEP_BLOCKS 500u
#define NAP_MS 1000u

bool harness_is(enum action_id id)
{
    return id == ACTION_ENABLE_VULNERABILITY || id == ACTION_DISABLE_VULNERABILITY || id == ACTION_ADVANCE_CLOCK || id == ACTION_STOP_NETWORK ||
           id == ACTION_START_NETWORK || id == ACTION_STOP_NODES || id == ACTION_SPAWN_NODES;
}

/* ---- the clock ---- */

static bool stands_at(struct proof *proof, uint32_t *out_height, uint64_t *out_ms)
{
    struct answer answer;
    const struct block_view *block = alpha_block_latest(proof->client, proof_in(proof, duration_s(PATIENCE_S)), &answer);
    if (block) {
        *out_height = block->header.height;
        *out_ms = block->header.timestamp_ms;
    }
    answer_done(&answer);
    return block != NULL;
}

void harness_before(struct proof *proof)
{
    if (proof->deed->action->spec->id == ACTION_ADVANCE_CLOCK) (void)stands_at(proof, &proof->height_before, &proof->time_before); /* zeroes: nothing yet */
}

static bool advance_by_blocks(struct proof *proof, struct answer *answer)
{
    const struct weather *weather = proof->weather;
    uint64_t blocks = ((uint64_t)proof->deed->action->measure * NS_PER_MS + weather->config.interval.ns - 1) / weather->config.interval.ns;
    while (blocks > 0 && !weather->closing) {
        const uint32_t now = (uint32_t)MIN(blocks, STEP_BLOCKS);
        answer_done(answer);
        if (!admin_step(weather->config.admin, (struct str){0}, now, proof_in(proof, duration_s(60 * PATIENCE_S)), answer)) return false;
        blocks -= now;
    }
    return true;
}

static bool advance(struct proof *proof, struct answer *answer)
{
    const struct weather *weather = proof->weather;
    const struct admin_info *info = admin_info(weather->config.admin, proof_in(proof, duration_s(PATIENCE_S)), answer);
    if (!info) return false;
    if (info->mode == ADMIN_MANUAL || !weather->config.virtual_time) return advance_by_blocks(proof, answer);
    const struct instant end = proof_in(proof, duration_ms((uint64_t)proof->deed->action->measure));
    while (instant_before(env_now(weather->config.env), end) && !weather->closing && !(weather->config.stopped && weather->config.stopped(weather->config.context))) {
        const struct instant nap = proof_in(proof, duration_ms(NAP_MS));
        fiber_sleep_until(weather->config.env, instant_before(nap, end) ? nap : end);
    }
    return true;
}

void prove_advance(struct proof *proof)
{
    uint32_t height = 0;
    uint64_t ms = 0;
    const uint64_t by = (uint64_t)proof->deed->action->measure;
    const uint64_t blocks = by * NS_PER_MS / MAX(proof->weather->config.interval.ns, 1);
    const bool read = stands_at(proof, &height, &ms);
    const bool told = read && ms >= proof->time_before && ms - proof->time_before >= by / 10 * 9;
    const bool made = read && height - proof->height_before >= MAX(blocks, 1) && !proof->weather->config.virtual_time;
    EVIDENCE(proof, "from height %" PRIu32 " to %" PRIu32 ", %" PRIu64 " ms later by the blocks' timestamps", proof->height_before, height,
             ms - MIN(ms, proof->time_before));
    if ((told || made) && height > proof->height_before) proof->state = DEED_PROVEN;
}

/* ---- planted weaknesses: node/info tells which are on ---- */

static bool switch_shows(const struct proof *proof, const struct alpha *client, bool *out_on)
{
    struct answer answer;
    const struct node_info *info = alpha_node_info(client, proof_in(proof, duration_s(PATIENCE_S)), &answer);
    *out_on = false;
    for (uint32_t i = 0; info && i < info->switches_count; i++) *out_on = *out_on || str_eq(info->switches[i].value, proof->deed->action->named);
    answer_done(&answer);
    return info != NULL;
}

void prove_switch(struct proof *proof)
{
    const struct weather *weather = proof->weather;
    const bool wanted = proof->deed->action->spec->id == ACTION_ENABLE_VULNERABILITY;
    const struct alpha *clients[] = {&weather->config.alpha, &weather->config.delta};
    bool shows = true;
    for (size_t i = 0; i < ARRAY_LEN(clients); i++) {
        bool on;
        if (clients[i]->http) shows = switch_shows(proof, clients[i], &on) && on == wanted && shows;
    }
    EVIDENCE(proof, "nodes tell " STR_FMT " %s", STR_ARG(proof->deed->action->named), shows == wanted ? "among the switches that are on" : "no longer as one that is on");
    if (!shows) EVIDENCE(proof, "nodes do not tell that " STR_FMT " is %s", STR_ARG(proof->deed->action->named), wanted ? "on" : "off");
    if (shows) proof->state = DEED_PROVEN;
}

/* ---- nodes ---- */

/* The validators that are down, or those that are named, as the request wants them. */
static void names_put(const struct proof *proof, struct buf *out, bool down)
{
    const struct targets *targets = &proof->deed->action->targets;
    bool first = true;
    buf_printf(out, "[");
    for (uint32_t i = 1; i <= proof->weather->config.validators; i++) {
        if (down ? proof->before[i].answers : !targets_has(targets, i)) continue;
        buf_printf(out, "%s\"v%" PRIu32 "\"", first ? "" : ",", i);
        first = false;
    }
    buf_printf(out, "]");
}

static bool nodes_send(struct proof *proof, struct answer *answer)
{
    const struct chaos_action *action = proof->deed->action;
    const bool start = action->spec->id == ACTION_START_NETWORK;
    struct buf params = {0};
    struct arena arena;
    struct err err;
    struct str mode;
    arena_init(&arena, 0);
    const struct json *given = json_parse(&arena, action->params_json, &err);
    if (!json_str(json_find(given, STR("mode")), &mode)) mode = STR("graceful");
    buf_printf(&params, "{\"targets\":");
    if (action->targets.kind == TARGETS_COUNT || action->targets.kind == TARGETS_FRACTION) buf_printf(&params, "{\"count\":%" PRIu32 "}", proof->wanted);
    else if (action->spec->id == ACTION_STOP_NETWORK) buf_printf(&params, "[\"*\"]");
    else names_put(proof, &params, start);
    if (!start) buf_printf(&params, ",\"method\":\"" STR_FMT "\"", STR_ARG(mode));
    buf_printf(&params, "}");
    const bool sent = admin_chaos_start(proof->weather->config.admin, start ? STR("restart") : STR("crash"), action->chain, buf_str(&params),
                                        (struct duration){0}, proof_in(proof, duration_s(PATIENCE_S)), answer) != NULL;
    buf_done(&params);
    arena_done(&arena);
    return sent;
}

static bool spawn_send(struct proof *proof, struct answer *answer)
{
    struct weather *weather = proof->weather;
    const struct chaos_action *action = proof->deed->action;
    const uint32_t count = (uint32_t)MIN(action->measure, INT64_C(1000));
    struct arena arena;
    struct err err;
    struct str mode;
    arena_init(&arena, 0);
    if (!json_str(json_find(json_parse(&arena, action->params_json, &err), STR("mode")), &mode)) mode = STR("validator");
    const bool sent = admin_validators_add(weather->config.admin, count, str_eq(mode, STR("validator")), proof_in(proof, duration_s(PATIENCE_S)), answer);
    arena_done(&arena);
    if (sent) weather->spawned += count;
    return sent;
}

/* Their views answer, and move. */
void prove_spawned(struct proof *proof)
{
    const struct weather *weather = proof->weather;
    const uint32_t count = (uint32_t)proof->deed->action->measure, last = weather_nodes(weather), first = last - MIN(count, last);
    const struct instant deadline = proof_in(proof, duration_s(SHOWS_S));
    uint32_t moved = 0, number = first;
    while (moved < count && number < last) {
        struct probe early, late;
        const bool up = probe_one(proof, number + 1, &early);
        bool moves = false;
        while (up && !moves && proof_has_time(proof, deadline)) {
            proof_look_again(proof);
            moves = probe_one(proof, number + 1, &late) && late.height > early.height;
        }
        if (!moves && proof_has_time(proof, deadline)) {
            proof_look_again(proof);
            continue;
        }
        moved += moves;
        number++;
    }
    EVIDENCE(proof, "%" PRIu32 " of %" PRIu32 " new views answer and move, from v%" PRIu32 " on", moved, count, first + 1);
    if (moved == count && count > 0) proof->state = DEED_PROVEN;
}

bool harness_send(struct proof *proof, struct answer *answer)
{
    const struct chaos_action *action = proof->deed->action;
    const enum action_id id = action->spec->id;
    if (id == ACTION_ADVANCE_CLOCK) return advance(proof, answer);
    if (id == ACTION_SPAWN_NODES) return spawn_send(proof, answer);
    if (id != ACTION_ENABLE_VULNERABILITY && id != ACTION_DISABLE_VULNERABILITY) return nodes_send(proof, answer);
    return admin_switch_put(proof->weather->config.admin, action->named, id == ACTION_ENABLE_VULNERABILITY, proof_in(proof, duration_s(PATIENCE_S)), answer);
}
