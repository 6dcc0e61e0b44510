#include <inttypes.h>
#include <stdio.h>

#include "tester/chaos/weather_priv.h"

/* Faults of single nodes: full disks, small memories, crowded and lonely peers, emptied pools, faulty listeners, replaced blocks.
 * Each has a reading of every view, taken before and again until it has changed as it should. */

#define SHOWS_S 60u
#define PROBES 24u

static struct instant soon(const struct proof *proof) { return proof_in(proof, duration_s(5)); }

/* ---- readings of one view ---- */

static bool pool_read(const struct proof *proof, const struct alpha *view, uint64_t *out)
{
    struct answer answer;
    const struct pool_stats *stats = alpha_pool_stats(view, soon(proof), &answer);
    if (stats) *out = stats->total;
    answer_done(&answer);
    return stats != NULL;
}

static bool peers_read(const struct proof *proof, const struct alpha *view, uint64_t *out)
{
    struct answer answer;
    uint32_t count = 0;
    const bool told = alpha_peers_count(view, soon(proof), &count, &answer);
    *out = count;
    answer_done(&answer);
    return told;
}

static bool reorgs_read(const struct proof *proof, const struct alpha *view, uint64_t *out)
{
    struct answer answer;
    const struct sync_status *status = alpha_sync_status(view, soon(proof), &answer);
    if (status) *out = status->reorg_count;
    answer_done(&answer);
    return status != NULL;
}

static bool view_meant(const struct proof *proof, uint32_t i)
{
    const struct targets *targets = &proof->deed->action->targets;
    return targets->kind != TARGETS_NAMED || targets_has(targets, i);
}

static const struct reading {
    enum action_id action;
    bool (*read)(const struct proof *proof, const struct alpha *view, uint64_t *out) FIBER;
    bool anywhere;   /* on one view of any is enough; else on as many as are meant */
    const char *what;
} readings[] = {
    {ACTION_MEMPOOL_CLEAR, pool_read, false, "waiting transactions"},
    {ACTION_PEER_FLOOD, peers_read, false, "peers"},
    {ACTION_REORG, reorgs_read, true, "replaced blocks"},
};

static const struct reading *reading_of(enum action_id action)
{
    for (size_t i = 0; i < ARRAY_LEN(readings); i++)
        if (readings[i].action == action) return &readings[i];
    return NULL;
}

static void views_read(const struct proof *proof, const struct reading *reading, uint64_t *out)
{
    for (uint32_t i = 1; i <= proof->weather->config.validators; i++) {
        char text[12];
        const struct alpha view = proof_view(proof, i, text);
        out[i] = UINT64_MAX;
        if (!reading->read(proof, &view, &out[i])) out[i] = UINT64_MAX; /* silent */
    }
}

static bool changed_as_it_should(enum action_id action, uint64_t before, uint64_t now)
{
    if (before == UINT64_MAX || now == UINT64_MAX) return false;
    return action == ACTION_MEMPOOL_CLEAR ? before > 0 && now <= before / 2 : now > before;
}

void prove_reading(struct proof *proof)
{
    const enum action_id id = proof->deed->action->spec->id;
    const struct reading *reading = reading_of(id);
    const uint32_t n = proof->weather->config.validators;
    uint64_t *now = base_alloc(sizeof(uint64_t) * (n + 1));
    const struct instant deadline = proof_in(proof, duration_s(id == ACTION_MEMPOOL_CLEAR ? 1 : SHOWS_S));
    uint32_t changed, seen = 0, wanted = reading->anywhere ? 1 : proof->wanted;
    uint64_t from = 0, to = 0;
    do {
        views_read(proof, reading, now);
        changed = 0;
        for (uint32_t i = 1; i <= n; i++) {
            if (!view_meant(proof, i) || !changed_as_it_should(id, proof->marks[i], now[i])) continue;
            if (changed++ == 0) seen = i, from = proof->marks[i], to = now[i];
        }
        if (changed >= wanted || !proof_has_time(proof, deadline)) break;
        proof_look_again(proof);
    } while (true);
    if (changed > 0) EVIDENCE(proof, "%s of %" PRIu32 " views changed (v%" PRIu32 ": %" PRIu64 " -> %" PRIu64 ")", reading->what, changed, seen, from, to);
    else EVIDENCE(proof, "%s of no view changed", reading->what);
    if (changed >= wanted && wanted > 0) proof->state = DEED_PROVEN;
    base_free(now);
}

/* ---- small memories: pools that fill up to the limit, again and again, and not beyond ---- */

#define ROOM_BYTES 700u /* a payment that no longer fits leaves at most so much */
#define FILLED_LOOKS 3u

void prove_memory(struct proof *proof)
{
    const uint64_t limit = (uint64_t)MAX(proof->deed->action->measure, 0);
    const struct instant deadline = proof_in(proof, duration_s(SHOWS_S));
    uint64_t most = 0;
    uint32_t filled = 0;
    while (filled < FILLED_LOOKS && proof_has_time(proof, deadline)) {
        fiber_sleep(proof->weather->config.env, (struct duration){MAX(proof->weather->config.interval.ns / 5, 10 * NS_PER_MS)});
        for (uint32_t i = 1; i <= proof->weather->config.validators; i++) {
            char text[12];
            struct answer answer;
            const struct alpha view = proof_view(proof, i, text);
            const struct pool_stats *stats = view_meant(proof, i) ? alpha_pool_stats(&view, soon(proof), &answer) : NULL;
            if (stats) most = MAX(most, stats->bytes);
            const bool full = stats && stats->bytes <= limit && stats->bytes + ROOM_BYTES > limit && stats->bytes > 0;
            if (view_meant(proof, i)) answer_done(&answer);
            if (!full) continue;
            filled++;
            break;
        }
    }
    EVIDENCE(proof, "%" PRIu32 " times a pool stood within %u bytes below the limit of %" PRIu64 "; the fullest held %" PRIu64, filled, ROOM_BYTES, limit, most);
    if (limit > ROOM_BYTES && filled >= FILLED_LOOKS && most <= limit) proof->state = DEED_PROVEN;
}

/* ---- full disks: who cannot keep its block does not send it, and misses its turns ---- */

/* Turns taken in the low half, missed in the high half, by view. False: not told. */
static bool turns_read(const struct proof *proof, uint64_t *out)
{
    struct answer answer;
    const struct page *validators = alpha_validators(proof->client, 500, (struct str){0}, soon(proof), &answer);
    const struct validator_view *items = validators ? validators->items : NULL;
    for (uint32_t i = 0; validators && i < validators->count; i++) {
        uint64_t number;
        if (items[i].name.len < 2 || !str_to_u64(str_sub(items[i].name, 1, items[i].name.len), &number)) continue;
        if (number <= proof->weather->config.validators) out[number] = (items[i].missed_proposals & UINT32_MAX) << 32 | (items[i].proposed & UINT32_MAX);
    }
    const bool told = validators != NULL;
    answer_done(&answer);
    return told;
}

void prove_disk(struct proof *proof)
{
    const uint32_t n = proof->weather->config.validators;
    const uint64_t round_ns = 3 * n * proof->weather->config.interval.ns;
    const struct instant deadline = proof_in(proof, (struct duration){MAX(round_ns, SHOWS_S * NS_PER_S)});
    uint64_t *now = base_alloc(sizeof(uint64_t) * (n + 1));
    uint32_t idle = 0;
    do {
        proof_look_again(proof);
        idle = 0;
        if (!turns_read(proof, now)) continue;
        for (uint32_t i = 1; i <= n; i++)
            idle += view_meant(proof, i) && now[i] >> 32 > proof->marks[i] >> 32 && (now[i] & UINT32_MAX) <= (proof->marks[i] & UINT32_MAX) + 1;
    } while (idle < proof->wanted && proof_has_time(proof, deadline));
    EVIDENCE(proof, "%" PRIu32 " of %" PRIu32 " validators miss their turns", idle, proof->wanted);
    if (proof->wanted > 0 && idle >= proof->wanted) proof->state = DEED_PROVEN;
    base_free(now);
}

/* ---- lonely peers: nothing passes between them and those that are not spared ---- */

static void spared_mark(const struct proof *proof, bool *out)
{
    struct arena arena;
    struct err err;
    arena_init(&arena, 0);
    const struct json *list = json_find(json_parse(&arena, proof->deed->action->params_json, &err), STR("except"));
    for (const struct json *item = list ? list->child : NULL; item; item = item->next) {
        struct str name;
        uint64_t number;
        if (json_str(item, &name) && name.len > 1 && str_to_u64(str_sub(name, 1, name.len), &number) && number <= proof->weather->config.validators) out[number] = true;
    }
    arena_done(&arena);
}

void prove_isolated(struct proof *proof)
{
    const uint32_t n = proof->weather->config.validators;
    const struct instant deadline = proof_in(proof, duration_s(SHOWS_S));
    bool from[ACTION_TARGETS_MAX + 1] = {false}, to[ACTION_TARGETS_MAX + 1] = {false}, spared[ACTION_TARGETS_MAX + 1] = {false};
    if (proof->deed->action->targets.kind != TARGETS_NAMED) {
        EVIDENCE(proof, "whom it isolates was drawn, and nobody tells who it is; name them");
        return;
    }
    spared_mark(proof, spared);
    for (uint32_t i = 1; i <= n; i++) {
        from[i] = view_meant(proof, i);
        to[i] = !from[i] && !spared[i];
    }
    proof_look_again(proof); /* what is in flight */
    struct flow first = flow_read(proof, from, to), last = first;
    while (!flow_is_cut(&first, &last) && proof_has_time(proof, deadline)) {
        proof_look_again(proof);
        last = flow_read(proof, from, to);
        if (last.received != first.received) first = last;
    }
    EVIDENCE(proof, "between them and the others received %" PRIu64 " -> %" PRIu64 ", dropped %" PRIu64 " -> %" PRIu64 " (%u links)", first.received, last.received,
             first.dropped, last.dropped, last.links);
    if (flow_is_cut(&first, &last)) proof->state = DEED_PROVEN;
}

/* ---- faulty listeners: asked directly ---- */

void prove_listener(struct proof *proof)
{
    const struct chaos_action *action = proof->deed->action;
    const struct alpha *client = str_eq(action->named, STR("delta")) ? &proof->weather->config.delta : &proof->weather->config.alpha;
    struct arena arena;
    struct err err;
    struct str prefix = STR("/");
    uint64_t delay = 0, rate = 0;
    uint32_t faulty = 0;
    arena_init(&arena, 0);
    const struct json *params = json_parse(&arena, action->params_json, &err);
    const struct json *of = json_find(params, STR("path_prefix")), *ms = json_find(params, STR("delay_ms")), *bps = json_find(params, STR("rate_bps"));
    if (of && !json_str(of, &prefix)) prefix = STR("/");
    if (ms && !json_u64(ms, &delay)) delay = 0;
    if (bps && !json_u64(bps, &rate)) rate = 0;
    for (uint32_t i = 0; i < PROBES && client->http && !proof_is_over(proof); i++) {
        struct answer answer;
        const struct instant asked = env_now(proof->weather->config.env);
        const uint16_t status = alpha_knock(client, prefix, proof_in(proof, duration_ms(delay + 5000)), &answer);
        const bool slow = delay > 0 && instant_since(env_now(proof->weather->config.env), asked).ns >= delay * NS_PER_MS / 10 * 9;
        faulty += slow || status == 0 || status >= 500 || status == 429 || (delay == 0 && status >= 400 && status != 404);
        answer_done(&answer);
    }
    arena_done(&arena);
    EVIDENCE(proof, "%" PRIu32 " of %u requests to it were troubled", faulty, PROBES);
    if (rate > 0 && faulty > 0 && (uint64_t)faulty * 10000 * 2 >= rate * PROBES) proof->state = DEED_PROVEN;
}

/* ---- what all these are to know of the time before ---- */

void node_before(struct proof *proof)
{
    const enum action_id id = proof->deed->action->spec->id;
    const struct reading *reading = reading_of(id);
    if (!reading && id != ACTION_DISK_FULL) return;
    proof->marks = base_alloc(sizeof(uint64_t) * (proof->weather->config.validators + 1));
    if (reading) views_read(proof, reading, proof->marks);
    else if (!turns_read(proof, proof->marks)) memset(proof->marks, 0xff, sizeof(uint64_t) * (proof->weather->config.validators + 1)); /* then nothing shows */
}
