#include <inttypes.h>
#include <stdio.h>

#include "tester/scenario/span.h"

/* Metrics and checks of what the chains showed at the beginning and at the end of a window. */

#define KIB_IN_MB 1000000u

static struct metric_value none(enum metric_id metric) { return (struct metric_value){.metric = metric}; }
static struct metric_value whole(enum metric_id metric, uint64_t value) { return (struct metric_value){metric, true, quantity_of(value), 1}; }

static struct metric_value share(enum metric_id metric, u128 part, u128 of, uint64_t samples)
{
    if (of == 0) return none(metric);
    while (of > UINT32_MAX) { /* as exact as it is told */
        of >>= 1;
        part >>= 1;
    }
    return (struct metric_value){metric, true, quantity_ratio((uint64_t)part, (uint64_t)of), samples};
}

struct metric_value gauge_metric(const struct span *span, enum metric_id metric)
{
    const struct gauges *a = &span->opening, *z = &span->closing;
    const uint32_t topics = metric_topics(metric);
    if ((z->read & topics) != topics) return none(metric);
    const bool both = (a->read & topics) == topics; /* what grew needs both ends */
    switch (metric) {
    case METRIC_PROPOSALS_OPEN: return whole(metric, z->proposals_open);
    case METRIC_PROPOSALS_CREATED: return both ? whole(metric, z->proposals - a->proposals) : none(metric);
    case METRIC_PROPOSALS_EXECUTED: return both ? whole(metric, z->proposals_executed - a->proposals_executed) : none(metric);
    case METRIC_TURNOUT: return share(metric, z->cast, z->weight, z->proposals);
    case METRIC_VOTES_COUNTED: return both ? whole(metric, z->votes - a->votes) : none(metric);
    case METRIC_ORPHANS: return z->executed + z->pending + z->unmatched > 0 ? whole(metric, MAX(z->pending, z->unmatched)) : none(metric);
    case METRIC_IPC_RETRIES: return both ? whole(metric, z->retries - MIN(a->retries, z->retries)) : none(metric);
    case METRIC_IPC_DELAY_P95:
        return z->delays ? (struct metric_value){metric, true, {(int64_t)MIN(z->delay_p95_ms * NS_PER_MS, (uint64_t)INT64_MAX)}, z->delays} : none(metric);
    case METRIC_IPC_GAPS: return z->executed + z->pending > 0 ? whole(metric, z->skipped + z->halted) : none(metric);
    case METRIC_LIQUIDATIONS: return both ? whole(metric, z->liquidations - a->liquidations) : none(metric);
    case METRIC_VALIDATORS_ACTIVE: return z->members > 0 ? whole(metric, z->active) : none(metric);
    case METRIC_SLASHINGS: return both ? whole(metric, z->slashed - MIN(a->slashed, z->slashed)) : none(metric);
    case METRIC_EJECTIONS: return both ? whole(metric, z->jailed - MIN(a->jailed, z->jailed)) : none(metric);
    case METRIC_UPTIME: { /* of their turns, those that active validators took */
        const uint64_t taken = z->proposed - MIN(a->proposed, z->proposed), missed = z->missed - MIN(a->missed, z->missed);
        return both ? share(metric, taken, (u128)taken + missed, taken + missed) : none(metric);
    }
    case METRIC_REVEAL_RATE: return share(metric, z->reveals, z->commits, z->commits);
    case METRIC_NAMES_CLAIMED: return z->names ? whole(metric, z->claimed) : none(metric);
    case METRIC_APPROVAL_RATE: return share(metric, z->approved, (u128)z->approved + z->rejected, z->registrations);
    case METRIC_SETTLEMENT_RATE: return share(metric, z->settled, (u128)z->settled + z->failed, z->settled + z->failed);
    case METRIC_RSS_MB: return whole(metric, z->rss_bytes / KIB_IN_MB);
    case METRIC_RSS_GROWTH: return both && a->rss_bytes ? share(metric, z->rss_bytes > a->rss_bytes ? z->rss_bytes - a->rss_bytes : 0, a->rss_bytes, 1) : none(metric);
    case METRIC_CPU_PCT: return both && z->wall_us > a->wall_us ? whole(metric, (z->cpu_us - a->cpu_us) * 100 / (z->wall_us - a->wall_us)) : none(metric);
    case METRIC_FD_COUNT: return whole(metric, z->fds);
    default: return none(metric);
    }
}

struct check_value gauge_check(const struct span *span, enum check_id check)
{
    const struct gauges *z = &span->closing;
    struct check_value out = {.judgement = JUDGED_INVALID};
    if (check == CHECK_OFFENDER_EJECTED) {
        if (!(z->read & TOPIC_BIT(TOPIC_VALIDATORS)) || z->offenders == 0) {
            snprintf(out.note, sizeof(out.note), "evidence names nobody");
            return out;
        }
        out.samples = z->offenders;
        out.judgement = z->offenders_out == z->offenders ? JUDGED_PASS : JUDGED_FAIL;
        snprintf(out.note, sizeof(out.note), "%" PRIu32 " of %" PRIu32 " offenders have neither seat nor whole stake", z->offenders_out, z->offenders);
        return out;
    }
    if (!(z->read & TOPIC_BIT(TOPIC_BREAKER)) || z->markets == 0) {
        snprintf(out.note, sizeof(out.note), "no market was read");
        return out;
    }
    out.samples = z->markets;
    if (check == CHECK_BREAKER_TRIPPED) {
        out.judgement = span->breaker_seen || z->markets_halted > 0 ? JUDGED_PASS : JUDGED_FAIL;
        snprintf(out.note, sizeof(out.note), "%s", span->breaker_seen ? "a market was halted in the window" : "no market was halted in the window");
        return out;
    }
    if (!span->breaker_ever) {
        out.judgement = JUDGED_INVALID;
        snprintf(out.note, sizeof(out.note), "no breaker had tripped before");
        return out;
    }
    out.judgement = z->markets_halted == 0 ? JUDGED_PASS : JUDGED_FAIL;
    snprintf(out.note, sizeof(out.note), "%" PRIu32 " of %" PRIu32 " markets are halted", z->markets_halted, z->markets);
    return out;
}

/* ---- checks of single operations and accounts ---- */

struct check_value conduct_check(const struct span *span, enum check_id check)
{
    const struct conduct *c = &span->tally.conduct;
    struct check_value out = {.judgement = JUDGED_INVALID};
    uint64_t good = 0, bad = 0;
    const char *what = "";
    switch (check) {
    case CHECK_STATE_UNCHANGED: good = span->accounts_same, bad = span->accounts_changed, what = "accounts stand as they did"; break;
    case CHECK_RECOVERY_STEP_OK: good = c->recovered, bad = c->not_recovered, what = "requests right after an error were taken"; break;
    case CHECK_ERROR_SHAPE_OK: good = c->errors_shaped, bad = c->errors_bare, what = "refusals say what is wrong and what helps"; break;
    default: return out;
    }
    out.samples = good + bad;
    if (out.samples > 0) out.judgement = bad == 0 ? JUDGED_PASS : JUDGED_FAIL;
    snprintf(out.note, sizeof(out.note), "%" PRIu64 " of %" PRIu64 " %s", good, good + bad, what);
    return out;
}
