#include "tester/scenario/span.h"

#include <stdio.h>

void span_done(struct span *span)
{
    tally_done(&span->tally);
    tally_done(&span->probes);
    base_free(span->steady.views);
    base_free(span->last.views);
}

static struct metric_value none(enum metric_id metric)
{
    return (struct metric_value){.metric = metric};
}

static struct metric_value known(enum metric_id metric, struct quantity value, uint64_t samples)
{
    if (samples == 0) return none(metric);
    return (struct metric_value){metric, true, value, samples};
}

static struct metric_value count_of(enum metric_id metric, uint64_t count, uint64_t samples)
{
    return known(metric, quantity_of(count), samples);
}

static struct metric_value time_of(enum metric_id metric, uint64_t ns, uint64_t samples)
{
    return known(metric, (struct quantity){ns > (uint64_t)INT64_MAX ? INT64_MAX : (int64_t)ns}, samples);
}

/* `count` a second over `ns`. */
static struct quantity per_second(uint64_t count, uint64_t ns)
{
    if (ns == 0) return (struct quantity){0};
    const u128 nano = (u128)count * NS_PER_S * (u128)QUANTITY_ONE / ns;
    return (struct quantity){nano > (u128)INT64_MAX ? INT64_MAX : (int64_t)nano};
}

static struct metric_value quantile(enum metric_id metric, const struct histogram *histogram, uint32_t bps)
{
    uint64_t us;
    if (!histogram_quantile(histogram, bps, &us)) return none(metric);
    return time_of(metric, us * NS_PER_US, histogram->count);
}

static uint64_t length_of(const struct span *span)
{
    return instant_since(span->end, span->start).ns;
}

static struct metric_value ratio_to(enum metric_id metric, struct metric_value here, struct metric_value there)
{
    if (!here.known || !there.known || there.value.nano <= 0 || here.value.nano < 0) return none(metric);
    return known(metric, quantity_ratio((uint64_t)here.value.nano, (uint64_t)there.value.nano), MIN(here.samples, there.samples));
}

/* What the best of the attacks is sure to be better by than drawing lots; one that is worse has none. */
static struct metric_value linkage_metric(const struct span *span)
{
    enum linkage_attack best;
    if (span->linkage == NULL || !linkage_best(span->linkage, &best)) return none(METRIC_LINKAGE_ADVANTAGE);
    const int64_t bound = linkage_bound(&span->linkage->scores[best]);
    return known(METRIC_LINKAGE_ADVANTAGE, (struct quantity){MAX(bound, 0) * (QUANTITY_ONE / PPM)}, span->linkage->scores[best].trials);
}

/* ---- operations ---- */

static struct metric_value operation_metric(const struct evaluation *evaluation, enum metric_id metric)
{
    const struct span *span = evaluation->span;
    const struct tally *tally = &span->tally;
    const struct latencies *latencies = &tally->latencies;
    const uint64_t operations = tally_operations(tally), errors = tally_errors(tally);
    switch (metric) {
    case METRIC_TPS: return known(metric, per_second(tally->transactions, length_of(span)), operations);
    case METRIC_TPS_AVG: return known(metric, per_second(tally->transactions, span->activity.ns), operations);
    case METRIC_TPS_PEAK: return count_of(metric, window_peak(&tally->seconds, span->end), operations);
    case METRIC_INBOUND_TPS: return known(metric, per_second(span->inbound, length_of(span)), operations);
    case METRIC_DRAIN_TPS: return known(metric, per_second(span->drain_transactions, span->drain.ns), span->drain.ns ? span->drain_pending : 0);
    case METRIC_OPS_PER_SEC: return known(metric, per_second(tally->ok, length_of(span)), operations);
    case METRIC_OPS_TOTAL: return count_of(metric, operations, operations);
    case METRIC_LOCKS_PER_SEC: return known(metric, per_second(tally->feats[FEAT_LOCK], length_of(span)), operations);
    case METRIC_BURNS_PER_SEC: return known(metric, per_second(tally->feats[FEAT_BURN], length_of(span)), operations);
    case METRIC_ORDERS_PER_SEC: return known(metric, per_second(tally->feats[FEAT_ORDER], length_of(span)), operations);
    case METRIC_VOTES_PER_SEC: return known(metric, per_second(tally->feats[FEAT_VOTE], length_of(span)), operations);
    case METRIC_SHIELDED_PER_MIN: return known(metric, per_second(60 * tally->feats[FEAT_SHIELDED], length_of(span)), operations);
    case METRIC_CROSS_CHAIN_PER_HOUR: return known(metric, per_second(3600 * tally->crossings, length_of(span)), operations);
    case METRIC_DEPLOYS_TOTAL: return count_of(metric, tally->feats[FEAT_DEPLOY], operations);
    case METRIC_OPS_PENDING: return count_of(metric, span->pending, 1);
    case METRIC_SUCCESS_RATE: return operations ? known(metric, quantity_ratio(tally->ok, operations), operations) : none(metric);
    case METRIC_ERROR_RATE: return operations ? known(metric, quantity_ratio(errors, operations), operations) : none(metric);
    case METRIC_UNEXPECTED_ERRORS: return count_of(metric, tally->unexpected, tally->ended - tally->skipped - tally->unsupported);
    case METRIC_STUCK_OPS: return count_of(metric, span->stuck, span->drained ? operations : 0);
    case METRIC_LATENCY_P50: return quantile(metric, &latencies->admitted, 5000);
    case METRIC_LATENCY_P95: return quantile(metric, &latencies->admitted, 9500);
    case METRIC_LATENCY_P99: return quantile(metric, &latencies->admitted, 9900);
    case METRIC_INCLUSION_P50: return quantile(metric, &latencies->included, 5000);
    case METRIC_INCLUSION_P95: return quantile(metric, &latencies->included, 9500);
    case METRIC_INCLUSION_P99: return quantile(metric, &latencies->included, 9900);
    case METRIC_FINALITY_P50: return quantile(metric, &latencies->final, 5000);
    case METRIC_FINALITY_P95: return quantile(metric, &latencies->final, 9500);
    case METRIC_FINALITY_P99: return quantile(metric, &latencies->final, 9900);
    case METRIC_CROSS_CHAIN_P95: return quantile(metric, &latencies->settled, 9500);
    case METRIC_ORDER_P95: return quantile(metric, &tally->orders, 9500);
    case METRIC_SLIPPAGE_BPS: return count_of(metric, tally->market.slippage_bps, tally->market.takings);
    case METRIC_FILL_RATE: return tally->market.asked ? known(metric, quantity_ratio(tally->market.filled, tally->market.asked), tally->market.takings) : none(metric);
    case METRIC_VOTE_P95: return quantile(metric, &tally->votes, 9500);
    case METRIC_PROOF_GEN_P95: return quantile(metric, &tally->proof_made, 9500);
    case METRIC_PROOF_VERIFY_P95: return quantile(metric, &tally->proof_checked, 9500);
    case METRIC_PROOF_SUCCESS_RATE: return tally->proofs.made ? known(metric, quantity_ratio(tally->proofs.good, tally->proofs.made), tally->proofs.made) : none(metric);
    case METRIC_ANONYMITY_SET_MIN: return count_of(metric, tally->proofs.ring_min, tally->proofs.ring_min > 0 ? tally->proofs.made : 0);
    case METRIC_LINKAGE_ADVANTAGE: return linkage_metric(span);
    case METRIC_API_P95: return quantile(metric, &tally->reads, 9500);
    case METRIC_BOTS_ACTIVE: return count_of(metric, span->bots_active, 1);
    case METRIC_PROBE_SUCCESS: {
        const uint64_t probed = tally_operations(&span->probes);
        return probed ? known(metric, quantity_ratio(span->probes.ok, probed), probed) : none(metric);
    }
    case METRIC_PROBE_P95_RATIO:
        if (!evaluation->baseline) return none(metric);
        return ratio_to(metric, quantile(metric, &span->probes.latencies.admitted, 9500), quantile(metric, &evaluation->baseline->probes.latencies.admitted, 9500));
    case METRIC_TPS_RATIO:
    case METRIC_FINALITY_RATIO: {
        if (!evaluation->baseline) return none(metric);
        const enum metric_id of = metric == METRIC_TPS_RATIO ? METRIC_TPS_AVG : METRIC_FINALITY_P95;
        const struct evaluation base = {evaluation->baseline, NULL, evaluation->chronicle};
        return ratio_to(metric, operation_metric(evaluation, of), operation_metric(&base, of));
    }
    default: return none(metric); /* of no operation */
    }
}

/* ---- the chain ---- */

static bool within(struct instant at, const struct span *span)
{
    return at.ns >= span->start.ns && at.ns < span->end.ns;
}

/* An action that opens the phase comes before its window. */
static bool belongs(struct instant at, const struct span *span)
{
    return at.ns >= (span->begun.ns ? span->begun.ns : span->start.ns) && at.ns < span->end.ns;
}

static struct metric_value blocks_metric(const struct evaluation *evaluation, enum metric_id metric)
{
    const struct chronicle *chronicle = evaluation->chronicle;
    const uint64_t from = instant_ms(evaluation->span->start), to = instant_ms(evaluation->span->end);
    const struct final_block *first = NULL, *last = NULL;
    uint64_t blocks = 0, signers = 0, members = 0, changes = 0;
    for (size_t i = 0; i < chronicle->blocks_count; i++) {
        const struct final_block *block = &chronicle->blocks[i];
        if (block->timestamp_ms < from || block->timestamp_ms >= to) continue;
        if (!first) first = block;
        if (last) changes += block->round - last->round - 1;
        last = block;
        blocks++;
        signers += block->signers;
        members += block->members;
    }
    if (metric == METRIC_ROUND_CHANGES) return count_of(metric, changes, blocks);
    if (metric == METRIC_PARTICIPATION) return members ? known(metric, quantity_ratio(signers, members), blocks) : none(metric);
    if (blocks < 2) return none(metric);
    return time_of(metric, (last->timestamp_ms - first->timestamp_ms) * NS_PER_MS / (blocks - 1), blocks - 1);
}

/* Times without a new final block, clipped to the span; the one at its end counts as far as it has come. */
static struct metric_value gaps_metric(const struct evaluation *evaluation, enum metric_id metric)
{
    const struct chronicle *chronicle = evaluation->chronicle;
    const struct span *span = evaluation->span;
    const uint64_t halt_ns = 60 * chronicle->interval.ns;
    uint64_t longest = 0, halted = 0, before = span->start.ns;
    for (size_t i = 0; i <= chronicle->finals.count; i++) {
        const bool tail = i == chronicle->finals.count;
        uint64_t at = tail ? span->end.ns : chronicle->finals.data[i].at.ns;
        if (at < span->start.ns) continue;
        const bool past = at >= span->end.ns;
        if (past) at = span->end.ns;
        const uint64_t gap = at - before;
        longest = MAX(longest, gap);
        bool outage = false;
        for (size_t k = 0; k < chronicle->outages.count; k++) {
            const struct outage *o = &chronicle->outages.data[k];
            const uint64_t regained = o->regained.ns ? o->regained.ns : UINT64_MAX;
            outage = outage || (o->lost.ns < at && regained > before);
        }
        if (gap > halt_ns || (outage && gap > 10 * chronicle->interval.ns)) halted += gap;
        before = at;
        if (past) break;
    }
    return time_of(metric, metric == METRIC_HALT_DURATION ? halted : longest, length_of(span) > 0);
}

static struct metric_value finals_metric(const struct evaluation *evaluation, enum metric_id metric)
{
    const struct chronicle *chronicle = evaluation->chronicle;
    uint64_t samples = 0, most = 0;
    for (size_t i = 0; i < chronicle->finals.count; i++) {
        const struct final_growth *growth = &chronicle->finals.data[i];
        if (!within(growth->at, evaluation->span) || growth->unsettled) continue;
        samples++;
        most = MAX(most, growth->down);
    }
    return count_of(metric, most, samples);
}

static struct metric_value outages_metric(const struct evaluation *evaluation, enum metric_id metric)
{
    const struct chronicle *chronicle = evaluation->chronicle;
    const struct span *span = evaluation->span;
    uint64_t samples = 0, longest = 0, least = UINT64_MAX;
    for (size_t i = 0; i < chronicle->outages.count; i++) {
        const struct outage *o = &chronicle->outages.data[i];
        if (o->regained.ns == 0 || !belongs(o->regained, span)) continue;
        const bool resumed = o->resumed.ns != 0 && o->resumed.ns < span->end.ns;
        longest = MAX(longest, instant_since(resumed ? o->resumed : span->end, o->regained).ns);
        if (metric == METRIC_UP_AT_RESUME && !resumed) continue;
        if (resumed) least = MIN(least, o->up);
        samples++;
    }
    return metric == METRIC_UP_AT_RESUME ? count_of(metric, least, samples) : time_of(metric, longest, samples);
}

static struct metric_value convergence_metric(const struct evaluation *evaluation)
{
    const struct chronicle *chronicle = evaluation->chronicle;
    uint64_t samples = 0, longest = 0;
    for (size_t i = 0; i < chronicle->convergences.count; i++) {
        const struct convergence *c = &chronicle->convergences.data[i];
        if (!belongs(c->undone, evaluation->span)) continue;
        const bool done = c->converged.ns != 0 && c->converged.ns < evaluation->span->end.ns;
        longest = MAX(longest, instant_since(done ? c->converged : evaluation->span->end, c->undone).ns);
        samples++;
    }
    return time_of(METRIC_TIME_TO_CONVERGE, longest, samples);
}

struct metric_value span_metric(const struct evaluation *evaluation, enum metric_id metric)
{
    const struct span *span = evaluation->span;
    const struct chronicle *chronicle = evaluation->chronicle;
    switch (metric) {
    case METRIC_BLOCK_INTERVAL_AVG:
    case METRIC_ROUND_CHANGES:
    case METRIC_PARTICIPATION: return blocks_metric(evaluation, metric);
    case METRIC_FINAL_GAP_MAX:
    case METRIC_HALT_DURATION: return gaps_metric(evaluation, metric);
    case METRIC_DOWN_MAX_FINAL: return finals_metric(evaluation, metric);
    case METRIC_TIME_TO_RESUME:
    case METRIC_UP_AT_RESUME: return outages_metric(evaluation, metric);
    case METRIC_TIME_TO_CONVERGE: return convergence_metric(evaluation);
    case METRIC_VALIDATORS_DOWN: return count_of(metric, span->down, 1);
    case METRIC_REORG_DEPTH_FINAL: return count_of(metric, chronicle->invariants[2].violations, chronicle->invariants[2].samples);
    case METRIC_CONFLICTING_FINAL_BLOCKS: return count_of(metric, chronicle->conflicts, chronicle->invariants[1].samples);
    case METRIC_EVIDENCE_COUNT: return count_of(metric, span->evidence, span->evidence_read);
    case METRIC_MEMPOOL_SIZE: return count_of(metric, span->pool_size, span->pool_samples);
    case METRIC_MEMPOOL_PEAK: return count_of(metric, span->pool_peak, span->pool_samples);
    case METRIC_EVICTIONS: return count_of(metric, span->evictions, span->pool_samples);
    case METRIC_REJECTIONS: return count_of(metric, span->rejections, span->pool_samples);
    case METRIC_BOOK_ORDERS: return count_of(metric, span->books.orders, span->books.readings);
    case METRIC_BOOK_LEVELS: return count_of(metric, span->books.levels, span->books.readings);
    case METRIC_SPREAD_BPS: return span->books.spreads ? known(metric, quantity_ratio(span->books.spread_bps_sum, span->books.spreads), span->books.spreads) : none(metric);
    case METRIC_OLDEST_PENDING: return time_of(metric, span->oldest.ns, span->pool_samples);
    default: return metric_topics(metric) != 0 ? gauge_metric(span, metric) : operation_metric(evaluation, metric);
    }
}
