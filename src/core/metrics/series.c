#include "core/metrics/series.h"

#include "core/base/num.h"

enum { PHASES_MAX = 4096, SERIES_MAX = 1 << 16, BOTS_MAX = 1 << 24 };

struct span {
    struct instant start, end;
    bool begun, ended;
};
/* A series and, for its peak, its successes a second. */
struct member {
    struct series series;
    struct window ok_seconds;
};
struct series_set {
    struct map by_key; /* struct series_key -> uint32_t index */
    VEC(struct member *) members;
    VEC(struct span) spans;     /* by phase */
    VEC(uint64_t) bots_last_ns; /* latest intended start, by bot; 0: none */
};

const char *series_stage_text(enum series_stage stage)
{
    switch (stage) {
    case STAGE_ADMITTED: return "admitted";
    case STAGE_INCLUDED: return "included";
    case STAGE_FINAL: return "final";
    case STAGE_DONE: return "done";
    case STAGE_COUNT: break;
    }
    UNREACHABLE();
}

struct series_set *series_set_new(void)
{
    struct series_set *set = base_alloc(sizeof(*set));
    map_init(&set->by_key, sizeof(struct series_key), sizeof(uint32_t));
    return set;
}

void series_set_free(struct series_set *set)
{
    if (set == NULL) return;
    for (size_t i = 0; i < set->members.count; i++) {
        struct member *member = set->members.data[i];
        histogram_done(&member->series.response);
        histogram_done(&member->series.service);
        window_done(&member->ok_seconds);
        base_free(member);
    }
    vec_done(&set->members);
    vec_done(&set->spans);
    vec_done(&set->bots_last_ns);
    map_done(&set->by_key);
    base_free(set);
}

static struct span *span_at(struct series_set *set, uint16_t phase)
{
    ASSERT(phase < PHASES_MAX);
    while (set->spans.count <= phase) vec_push(&set->spans, (struct span){0});
    return &set->spans.data[phase];
}

void series_phase_begin(struct series_set *set, uint16_t phase, struct instant start)
{
    struct span *span = span_at(set, phase);
    ASSERT(!span->begun);
    *span = (struct span){.start = start, .begun = true};
}

void series_phase_end(struct series_set *set, uint16_t phase, struct instant end)
{
    struct span *span = span_at(set, phase);
    ASSERT(span->begun && !instant_before(end, span->start));
    span->end = end;
    span->ended = true;
}

static struct member *member_take(struct series_set *set, struct series_key key)
{
    bool is_new;
    uint32_t *index = map_put(&set->by_key, &key, &is_new);
    if (!is_new) return set->members.data[*index];
    const struct span *span = span_at(set, key.phase);
    ASSERT(span->begun);
    ASSERT(set->members.count < SERIES_MAX);
    ASSERT(key.chain != SERIES_ANY && key.role != SERIES_ANY && key.behavior != SERIES_ANY && key.stage < STAGE_COUNT);
    struct member *member = base_alloc(sizeof(*member));
    member->series.key = key;
    window_init(&member->ok_seconds, span->start);
    *index = (uint32_t)set->members.count;
    vec_push(&set->members, member);
    return member;
}

static void bot_seen(struct series_set *set, size_t bot, uint64_t at_ns)
{
    while (set->bots_last_ns.count <= bot) vec_push(&set->bots_last_ns, 0);
    set->bots_last_ns.data[bot] = MAX(set->bots_last_ns.data[bot], at_ns);
}

void series_record(struct series_set *set, const struct series_sample *sample)
{
    struct member *member = member_take(set, sample->key);
    counter_add(sample->ok ? &member->series.ok : &member->series.failed, 1);
    if (sample->ok) window_add(&member->ok_seconds, sample->intended, 1);
    if (sample->has_latency) {
        histogram_record(&member->series.response, sample->response.ns / NS_PER_US);
        histogram_record(&member->series.service, sample->service.ns / NS_PER_US);
    }
    if (sample->bot < BOTS_MAX) bot_seen(set, sample->bot, sample->intended.ns);
}

void series_merge(struct series_set *into, const struct series_set *from)
{
    for (size_t i = 0; i < from->spans.count; i++) {
        const struct span *theirs = &from->spans.data[i];
        struct span *ours = span_at(into, (uint16_t)i);
        if (!theirs->begun) continue;
        if (!ours->begun) *ours = *theirs;
        ASSERT(ours->start.ns == theirs->start.ns);
        if (theirs->ended && (!ours->ended || instant_before(ours->end, theirs->end))) ours->end = theirs->end;
        ours->ended = ours->ended || theirs->ended;
    }
    for (size_t i = 0; i < from->members.count; i++) {
        const struct member *theirs = from->members.data[i];
        struct member *ours = member_take(into, theirs->series.key);
        histogram_merge(&ours->series.response, &theirs->series.response);
        histogram_merge(&ours->series.service, &theirs->series.service);
        counter_add(&ours->series.ok, theirs->series.ok.value);
        counter_add(&ours->series.failed, theirs->series.failed.value);
        window_merge(&ours->ok_seconds, &theirs->ok_seconds);
    }
    for (size_t i = 0; i < from->bots_last_ns.count; i++)
        if (from->bots_last_ns.data[i] > 0) bot_seen(into, i, from->bots_last_ns.data[i]);
}

size_t series_count(const struct series_set *set) { return set->members.count; }

const struct series *series_at(const struct series_set *set, size_t i)
{
    ASSERT(i < set->members.count);
    return &set->members.data[i]->series;
}

static bool field_matches(uint16_t filter, uint16_t value) { return filter == SERIES_ANY || filter == value; }

static bool key_matches(struct series_key filter, struct series_key key)
{
    return field_matches(filter.chain, key.chain) && field_matches(filter.stage, key.stage) && field_matches(filter.role, key.role) &&
           field_matches(filter.behavior, key.behavior) && field_matches(filter.phase, key.phase);
}

/* Adds what one phase contributes: its span, and the best of its seconds over all series that match. */
static void phase_total(const struct series_set *set, struct series_key filter, uint16_t phase, struct instant now,
                        struct series_total *out)
{
    const struct span *span = &set->spans.data[phase];
    if (!span->begun) return;
    const struct instant end = span->ended ? span->end : now;
    out->span.ns = metrics_add(out->span.ns, instant_since(end, span->start).ns);
    struct window seconds;
    window_init(&seconds, span->start);
    filter.phase = phase;
    for (size_t i = 0; i < set->members.count; i++)
        if (key_matches(filter, set->members.data[i]->series.key)) window_merge(&seconds, &set->members.data[i]->ok_seconds);
    out->tps_peak = MAX(out->tps_peak, window_peak(&seconds, end));
    window_done(&seconds);
}

void series_total(const struct series_set *set, struct series_key filter, struct instant now, struct series_total *out)
{
    *out = (struct series_total){0};
    for (size_t i = 0; i < set->members.count; i++) {
        const struct series *series = &set->members.data[i]->series;
        if (!key_matches(filter, series->key)) continue;
        out->series++;
        histogram_merge(&out->response, &series->response);
        histogram_merge(&out->service, &series->service);
        out->ok = metrics_add(out->ok, series->ok.value);
        out->failed = metrics_add(out->failed, series->failed.value);
    }
    for (size_t phase = 0; phase < set->spans.count; phase++)
        if (field_matches(filter.phase, (uint16_t)phase)) phase_total(set, filter, (uint16_t)phase, now, out);
    out->tps_milli = rate_milli(out->ok, out->span);
    const u128 all = (u128)out->ok + out->failed;
    if (all > 0) out->error_rate_ppm = (uint64_t)(((u128)out->failed * 1000000 + all - 1) / all);
}

void series_total_done(struct series_total *total)
{
    histogram_done(&total->response);
    histogram_done(&total->service);
}

uint64_t series_bots_active(const struct series_set *set, struct instant now, struct duration within)
{
    uint64_t active = 0;
    for (size_t i = 0; i < set->bots_last_ns.count; i++) {
        const uint64_t last = set->bots_last_ns.data[i];
        if (last > 0 && last <= now.ns && now.ns - last < within.ns) active++;
    }
    return active;
}
