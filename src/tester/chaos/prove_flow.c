#include <inttypes.h>
#include <stdio.h>

#include "tester/chaos/weather_priv.h"
#include "tester/client/alpha_bridge.h"
#include "tester/client/delta_oracle.h"

/* Faults of what flows into the chains from beside their validators: messages over the bridge, and prices of oracles. */

#define SHOWS_S 120u
#define LATE_BLOCKS 40u    /* a message that is final for so long and not there is held up */
#define PAGE 200u

static struct instant soon(const struct proof *proof) { return proof_in(proof, duration_s(5)); }

/* ---- messages ---- */

struct crossing {
    uint64_t emitted;      /* since the action */
    uint64_t late;         /* final for longer than the patience, and not delivered */
    uint64_t slow;         /* delivered, and so much after they were emitted as the action delays */
    uint64_t again;        /* attempts beyond the first */
    uint64_t inverted;     /* delivered before one that was emitted earlier */
    uint64_t refused;      /* by the destination's pool, as messages */
};

static void record_add(const struct proof *proof, const struct ipc_record *record, uint64_t since_ms, uint64_t patience_ms, uint64_t *latest, struct crossing *out)
{
    const uint64_t now = instant_ms(env_now(proof->weather->config.env)), delay = (uint64_t)MAX(proof->deed->action->measure, 0);
    if (record->emitted_at < since_ms) return;
    out->emitted++;
    out->again += record->attempts > 1 ? record->attempts - 1 : 0;
    if (!record->delivered_at.has) {
        out->late += now >= record->emitted_at + patience_ms;
        return;
    }
    out->slow += record->delivered_at.value >= record->emitted_at + delay;
    out->inverted += record->delivered_at.value < *latest;
    *latest = MAX(*latest, record->delivered_at.value);
}

/* What the source has sent since the action, with what the destination tells of it. */
static bool direction_read(const struct proof *proof, const struct alpha *source, const struct alpha *destination, uint64_t since_ms, uint64_t patience_ms, struct crossing *out)
{
    struct answer answer, other;
    uint64_t latest = 0, highest = 0;
    const struct ipc_question in = {.direction = DIRECTION_IN, .limit = PAGE}, sent = {.direction = DIRECTION_OUT, .limit = PAGE};
    const struct page *arrived = alpha_ipc_messages(destination, &in, soon(proof), &answer);
    const struct ipc_record *items = arrived ? arrived->items : NULL;
    for (uint32_t i = 0; arrived && i < arrived->count; i++) {
        record_add(proof, &items[i], since_ms, patience_ms, &latest, out);
        highest = MAX(highest, items[i].sequence);
    }
    const struct page *emitted = alpha_ipc_messages(source, &sent, soon(proof), &other);
    items = emitted ? emitted->items : NULL;
    for (uint32_t i = 0; emitted && i < emitted->count; i++)
        if (items[i].sequence > highest) record_add(proof, &items[i], since_ms, patience_ms, &latest, out);
    const bool told = arrived != NULL && emitted != NULL;
    answer_done(&answer);
    answer_done(&other);
    return told;
}

static uint64_t refusals_read(const struct proof *proof, const struct alpha *client)
{
    struct answer answer;
    uint64_t count = 0;
    const struct pool_stats *stats = alpha_pool_stats(client, soon(proof), &answer);
    for (uint32_t i = 0; stats && i < stats->rejected_count; i++) {
        const enum code code = stats->rejected[i].code;
        if (code == CODE_INVALID_PROOF || code == CODE_IPC_DUPLICATE || code == CODE_IPC_OUT_OF_ORDER || code == CODE_SOURCE_NOT_FINAL) count += stats->rejected[i].count;
    }
    answer_done(&answer);
    return count;
}

static bool goes(const struct proof *proof, const char *direction)
{
    const struct str named = proof->deed->action->named;
    return named.len == 0 || str_eq(named, STR("both")) || str_eq(named, str_of(direction));
}

static struct crossing crossing_read(const struct proof *proof, uint64_t since_ms, uint64_t patience_ms)
{
    const struct weather_config *config = &proof->weather->config;
    struct crossing out = {0};
    if (!config->delta.http) return out;
    if (goes(proof, "alpha_to_delta")) (void)direction_read(proof, &config->alpha, &config->delta, since_ms, patience_ms, &out); /* nothing told: nothing counted */
    if (goes(proof, "delta_to_alpha")) (void)direction_read(proof, &config->delta, &config->alpha, since_ms, patience_ms, &out); /* likewise */
    out.refused = refusals_read(proof, &config->alpha) + refusals_read(proof, &config->delta);
    return out;
}

static bool crossing_shows(const struct proof *proof, const struct crossing *now, uint64_t refused_before)
{
    switch (proof->deed->action->spec->id) {
    case ACTION_IPC_DELAY: return now->slow > 0 || now->late > 0;
    case ACTION_IPC_DROP: return now->late > 0 || now->again > 0;
    case ACTION_IPC_CENSOR: return now->late > 0;
    case ACTION_IPC_REORDER: return now->inverted > 0 || now->refused > refused_before;
    case ACTION_IPC_DUPLICATE: return now->again > 0 || now->refused > refused_before;
    case ACTION_IPC_FORGE: return now->refused > refused_before;
    default: return false;
    }
}

void prove_messages(struct proof *proof)
{
    const struct weather *weather = proof->weather;
    const bool delays = proof->deed->action->spec->id == ACTION_IPC_DELAY;
    const uint64_t usual_ms = LATE_BLOCKS * weather->config.interval.ns / NS_PER_MS;
    const uint64_t patience_ms = delays ? MAX((uint64_t)proof->deed->action->measure / 10 * 9, 1) : usual_ms;
    const uint64_t since_ms = instant_ms(proof->deed->at);
    const struct instant deadline = proof_in(proof, duration_ms(SHOWS_S * 1000 + patience_ms));
    struct crossing now = crossing_read(proof, since_ms, patience_ms);
    while (!crossing_shows(proof, &now, proof->time_before) && proof_has_time(proof, deadline)) {
        proof_look_again(proof);
        now = crossing_read(proof, since_ms, patience_ms);
    }
    EVIDENCE(proof, "of %" PRIu64 " messages since, %" PRIu64 " arrived late and %" PRIu64 " not at all, %" PRIu64 " out of order, %" PRIu64 " again; refused as messages %" PRIu64 " -> %" PRIu64,
             now.emitted, now.slow, now.late, now.inverted, now.again, proof->time_before, now.refused);
    if (crossing_shows(proof, &now, proof->time_before)) proof->state = DEED_PROVEN;
}

/* ---- prices ---- */

static uint32_t feeds_wanted(const struct proof *proof)
{
    struct arena arena;
    struct err err;
    uint64_t count = 0;
    arena_init(&arena, 0);
    const struct json *params = json_parse(&arena, proof->deed->action->params_json, &err);
    const struct json *feeds = json_find(params, STR("feeds")), *number = json_find(params, STR("count"));
    if (feeds) count = feeds->count;
    else if (!number || !json_u64(number, &count)) count = 0; /* all of them */
    arena_done(&arena);
    return (uint32_t)count;
}

struct feed_look {
    uint32_t feeds, silent, apart, old;
    uint64_t median;
};

static bool feeds_look(const struct proof *proof, struct str asset, uint64_t since_ms, struct feed_look *out)
{
    struct answer answer;
    char path[24];
    const size_t len = MIN(asset.len, sizeof(path));
    for (size_t i = 0; i < len; i++) path[i] = asset.data[i] == '/' ? '-' : asset.data[i];
    const struct oracle_feeds_view *view = delta_oracle_feeds(&proof->weather->config.delta, (struct str){path, len}, 0, soon(proof), &answer);
    const uint64_t now = instant_ms(env_now(proof->weather->config.env)), age = (uint64_t)MAX(proof->deed->action->measure, 0);
    const uint64_t base = proof->time_before != 0 ? proof->time_before : view ? view->median : 0;
    const int64_t skew = proof->deed->action->spec->id == ACTION_ORACLE_SKEW ? proof->deed->action->measure : 0;
    for (uint32_t i = 0; view && i < view->feeds_count; i++) {
        const struct oracle_feed_view *feed = &view->feeds[i];
        if (!feed->timestamp.has || !feed->price.has) continue;
        out->feeds++;
        out->silent += feed->timestamp.value < since_ms && now > since_ms + 25000;
        out->old += feed->timestamp.value + age / 2 < now && age > 0;
        const uint64_t off = feed->price.value > base ? feed->price.value - base : base - feed->price.value;
        const uint64_t least = skew != 0 ? (uint64_t)(skew < 0 ? -skew : skew) / 2 : 1000;
        out->apart += base > 0 && (u128)off * 10000 >= (u128)base * least;
    }
    if (view) out->median = view->median;
    answer_done(&answer);
    return view != NULL;
}

void prove_prices(struct proof *proof)
{
    const struct chaos_action *action = proof->deed->action;
    const struct str asset = action->named.len == 0 || str_eq(action->named, STR("*")) ? STR("DX/USD") : action->named;
    const struct instant deadline = proof_in(proof, duration_s(SHOWS_S));
    const uint32_t named = feeds_wanted(proof);
    const uint64_t since_ms = instant_ms(proof->deed->at);
    uint32_t shown = 0, wanted = 1;
    struct feed_look now = {0};
    while (shown < wanted && proof_has_time(proof, deadline)) {
        proof_look_again(proof);
        now = (struct feed_look){0};
        if (!proof->weather->config.delta.http || !feeds_look(proof, asset, since_ms, &now)) continue;
        wanted = named > 0 ? named : MAX(now.feeds, 1);
        shown = action->spec->id == ACTION_ORACLE_OUTAGE ? now.silent : action->spec->id == ACTION_ORACLE_SKEW ? now.apart : now.old;
    }
    EVIDENCE(proof, "of %" PRIu32 " feeds of " STR_FMT " %" PRIu32 " are silent, %" PRIu32 " are apart from the price before, %" PRIu32 " speak of times long past (%" PRIu32 " wanted)",
             now.feeds, STR_ARG(asset), now.silent, now.apart, now.old, wanted);
    if (shown >= wanted) proof->state = DEED_PROVEN;
}

void flow_before(struct proof *proof)
{
    const struct weather_config *config = &proof->weather->config;
    const enum action_id id = proof->deed->action->spec->id;
    if (!config->delta.http) return;
    if (id >= ACTION_IPC_DELAY && id <= ACTION_IPC_FORGE) proof->time_before = refusals_read(proof, &config->alpha) + refusals_read(proof, &config->delta);
    if (id == ACTION_ORACLE_SKEW) {
        struct feed_look look = {0};
        const struct str named = proof->deed->action->named;
        if (feeds_look(proof, named.len == 0 || str_eq(named, STR("*")) ? STR("DX/USD") : named, UINT64_MAX, &look)) proof->time_before = look.median;
    }
}

/* ---- the end of faults that only what they troubled could show: they are listed no longer ---- */

bool faults_listed(const struct proof *proof, bool *out_any)
{
    struct answer answer;
    const struct page *page = admin_chaos(proof->weather->config.admin, soon(proof), &answer);
    const struct chaos_entry *items = page ? page->items : NULL;
    *out_any = false;
    for (uint32_t i = 0; page && i < page->count; i++)
        for (size_t k = 0; k < ACTION_IDS; k++)
            *out_any = *out_any || (proof->ended[k] && !proof->weather->active[k] && str_eq(items[i].action, str_of(action_specs[k].name)));
    answer_done(&answer);
    return page != NULL;
}
