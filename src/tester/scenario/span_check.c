#include <inttypes.h>
#include <stdio.h>

#include "tester/scenario/span.h"

#define SETTLE_BLOCKS 10u /* what a fault or its undoing leaves in flight */

#define SAY(value, ...) snprintf((value).note, sizeof((value).note), __VA_ARGS__)

static struct check_value verdict(bool holds, uint64_t samples)
{
    return (struct check_value){.judgement = samples == 0 ? JUDGED_INVALID : holds ? JUDGED_PASS : JUDGED_FAIL, .samples = samples};
}

static uint64_t steady_ns(const struct span *span)
{
    return span->steady.read && span->last.read ? instant_since(span->last.at, span->steady.at).ns : 0;
}

static struct check_value finalising(const struct evaluation *evaluation)
{
    const struct span *span = evaluation->span;
    const uint64_t ns = steady_ns(span), every = SETTLE_BLOCKS * evaluation->chronicle->interval.ns;
    if (ns == 0 || span->steady.focus == SPAN_NO_ANSWER || span->last.focus == SPAN_NO_ANSWER) {
        struct check_value out = {.judgement = JUDGED_INVALID};
        SAY(out, ns == 0 ? "the window is no longer than its first 10 block times" : "the view the bots talk to did not answer");
        return out;
    }
    const uint64_t grew = span->last.focus > span->steady.focus ? span->last.focus - span->steady.focus : 0;
    struct check_value out = verdict(grew * every >= ns, MAX(ns / every, 1));
    SAY(out, "final height %" PRIu32 " -> %" PRIu32 " in %" PRIu64 " block times", span->steady.focus, span->last.focus,
        ns / MAX(evaluation->chronicle->interval.ns, 1));
    return out;
}

static struct check_value halted(const struct evaluation *evaluation)
{
    const struct span *span = evaluation->span;
    const uint64_t ns = steady_ns(span), needed = 2 * SETTLE_BLOCKS * evaluation->chronicle->interval.ns;
    if (ns < needed) {
        struct check_value out = {.judgement = JUDGED_INVALID};
        SAY(out, "less than 20 block times were seen after the first 10");
        return out;
    }
    uint64_t views = 0, moved = 0;
    uint32_t example = 0;
    for (uint32_t i = 1; i <= evaluation->chronicle->validators; i++) {
        const uint32_t before = span->steady.views[i], after = span->last.views[i];
        if (before == SPAN_NO_ANSWER || after == SPAN_NO_ANSWER) continue;
        views++;
        if (after == before) continue;
        moved++;
        example = i;
    }
    struct check_value out = verdict(moved == 0, views);
    if (moved > 0) SAY(out, "%" PRIu64 " of %" PRIu64 " live views finalised: v%u %" PRIu32 " -> %" PRIu32, moved, views, example, span->steady.views[example], span->last.views[example]);
    else SAY(out, "final height constant on %" PRIu64 " live views for %" PRIu64 " block times", views, ns / MAX(evaluation->chronicle->interval.ns, 1));
    return out;
}

bool accord_holds(const struct accord *accord)
{
    return accord->read && accord->views > 0 && accord->agreed == accord->views && accord->height_spread <= 2;
}

static struct check_value converged(const struct span *span)
{
    const struct accord *c = &span->compared;
    struct check_value out = verdict(accord_holds(c), c->read ? c->views : 0);
    SAY(out, "%" PRIu32 " of %" PRIu32 " live views agree, final heights at most %" PRIu32 " apart", c->agreed, c->views, c->height_spread);
    return out;
}

static struct check_value recovered(const struct evaluation *evaluation)
{
    const struct span *span = evaluation->span, *base = evaluation->baseline;
    uint64_t p95 = 0, base_p95 = 0;
    struct check_value out = {.judgement = JUDGED_INVALID};
    const uint64_t half_ns = instant_since(span->end, span->tally.middle).ns;
    if (!base || span->tally.middle.ns == UINT64_MAX || half_ns == 0 || base->activity.ns == 0 || base->tally.transactions == 0 ||
        !histogram_quantile(&span->tally.half_final, 9500, &p95) || !histogram_quantile(&base->tally.latencies.final, 9500, &base_p95)) {
        SAY(out, "no samples to compare with the baseline");
        return out;
    }
    const u128 here = (u128)span->tally.half_transactions * base->activity.ns * 100, there = (u128)base->tally.transactions * half_ns * 95;
    out = verdict(here >= there && p95 * 100 <= base_p95 * 110, span->tally.half_final.count);
    const uint64_t tps = (uint64_t)((u128)span->tally.half_transactions * NS_PER_S * 10 / half_ns),
                   base_tps = (uint64_t)((u128)base->tally.transactions * NS_PER_S * 10 / base->activity.ns);
    SAY(out, "tps %" PRIu64 ".%" PRIu64 " (baseline %" PRIu64 ".%" PRIu64 "), finality p95 %" PRIu64 " ms (baseline %" PRIu64 " ms)", tps / 10, tps % 10,
        base_tps / 10, base_tps % 10, p95 / 1000, base_p95 / 1000);
    return out;
}

static struct check_value invariant(const struct evaluation *evaluation, unsigned number)
{
    const struct invariant_state *state = &evaluation->chronicle->invariants[number];
    struct check_value out = verdict(state->violations == 0, state->violations ? MAX(state->samples, 1) : state->samples);
    if (state->violations) SAY(out, "%.190s", state->note);
    else if (state->samples == 0) SAY(out, "no samples");
    return out;
}

/* A violation of any; else the four that every run must have seen. */
static struct check_value all_invariants(const struct evaluation *evaluation)
{
    struct check_value out = {.judgement = JUDGED_PASS};
    for (unsigned i = 1; i <= INVARIANTS; i++) {
        const struct invariant_state *state = &evaluation->chronicle->invariants[i];
        out.samples += state->samples;
        if (state->violations > 0 && out.judgement != JUDGED_FAIL) {
            out.judgement = JUDGED_FAIL;
            SAY(out, "INV-%02u: %.170s", i, state->note);
        } else if (invariant_is_mandatory(i) && state->samples == 0 && out.judgement == JUDGED_PASS) {
            out.judgement = JUDGED_INVALID;
            SAY(out, "INV-%02u (%s) has no samples", i, invariant_title(i));
        }
    }
    return out;
}

static struct check_value postconditions(const struct span *span)
{
    const uint64_t operations = tally_operations(&span->tally), violations = span->settled_violations + span->tally.postconditions;
    struct check_value out = verdict(violations == 0, operations + span->settled_samples + span->claims_held + span->claims_broken);
    if (violations > 0) SAY(out, "%" PRIu64 " do not hold; %.150s", violations, span->settled_note[0] ? span->settled_note : "see the operations' notes");
    else if (span->settled_unknown > 0 || !span->settled) {
        out.judgement = JUDGED_INVALID;
        SAY(out, "%" PRIu64 " could not be compared; %.150s", span->settled_unknown, span->settled_note);
    } else if (span->tally.started > span->tally.ended) {
        out.judgement = JUDGED_INVALID;
        SAY(out, "%" PRIu64 " operations have not ended: what must hold behind them is not known", span->tally.started - span->tally.ended);
    } else if (span->claims_held + span->settled_samples + span->tally.transactions == 0 && operations > 0) {
        out.judgement = JUDGED_INVALID;
        SAY(out, "no operation claimed anything, moved anything or left anything to compare");
    } else SAY(out, "%" PRIu64 " claims held, %" PRIu64 " accounts and objects compared", span->claims_held, span->settled_samples);
    return out;
}

static struct check_value no_leak(const struct leak_found *leak)
{
    struct check_value out = verdict(leak->leaks + leak->claims_broken == 0, leak->documents + leak->claims_held + leak->claims_broken);
    if (leak->leaks > 0) SAY(out, "%" PRIu64 " of %" PRIu64 " documents tell; %.130s", leak->leaks, leak->documents, leak->note);
    else if (leak->claims_broken > 0) SAY(out, "%" PRIu64 " operations saw it told; %.130s", leak->claims_broken, leak->note);
    else if (!leak->read || leak->canaries == 0 || leak->unread > 0) {
        out.judgement = JUDGED_INVALID;
        if (leak->unread > 0) SAY(out, "%" PRIu64 " documents could not be read", leak->unread);
        else SAY(out, leak->read ? "nobody had anything to hide" : "not looked through to the end");
    } else SAY(out, "%" PRIu64 " canaries, %" PRIu64 " documents, %" PRIu64 " kB", leak->canaries, leak->documents, leak->bytes / 1000);
    return out;
}

/* A block out of order is one whatever else could not be read; that all are in order is only said of all. */
static struct check_value of_all_blocks(const struct span *span, uint64_t kept, uint64_t broken)
{
    struct check_value out = verdict(broken == 0, kept + broken);
    if (broken > 0 || span->lanes_unread == 0) return out;
    out.judgement = JUDGED_INVALID;
    SAY(out, "%" PRIu64 " final blocks of the window could not be read", span->lanes_unread);
    return out;
}

static struct check_value priority_lanes(const struct span *span)
{
    struct check_value out = of_all_blocks(span, span->lanes_kept, span->lanes_broken + span->lanes_refused);
    if (span->lanes_refused) SAY(out, "%" PRIu64 " were refused by a full pool with a tip that it calls enough", span->lanes_refused);
    else if (span->lanes_broken) SAY(out, "%" PRIu64 " blocks are out of order, the first at height %" PRIu32, span->lanes_broken, span->lanes_height);
    else if (out.samples == 0 && span->lanes_unread == 0) SAY(out, "no block had more than one transaction");
    return out;
}

static struct check_value arrival_order(const struct span *span)
{
    struct check_value out = of_all_blocks(span, span->arrivals_kept, span->arrivals_broken);
    if (span->arrivals_broken) SAY(out, "%" PRIu64 " orders stand before earlier ones, the first at height %" PRIu32, span->arrivals_broken, span->arrivals_height);
    else if (out.samples == 0 && span->lanes_unread == 0) SAY(out, "no two of the DEX lane shared a block");
    return out;
}

struct check_value span_check(const struct evaluation *evaluation, enum check_id check)
{
    const struct span *span = evaluation->span;
    if (check_specs[check].invariant) return invariant(evaluation, check_specs[check].invariant);
    switch (check) {
    case CHECK_ALL_INVARIANTS: return all_invariants(evaluation);
    case CHECK_FINALISING: return finalising(evaluation);
    case CHECK_HALTED: return halted(evaluation);
    case CHECK_CONVERGED: return converged(span);
    case CHECK_RECOVERED: return recovered(evaluation);
    case CHECK_POSTCONDITIONS: return postconditions(span);
    case CHECK_NO_PLAINTEXT_LEAK: return no_leak(evaluation->chronicle->leak);
    case CHECK_EVIDENCE_RECORDED: return verdict(span->evidence > 0, span->evidence_read);
    case CHECK_OFFENDER_EJECTED:
    case CHECK_BREAKER_TRIPPED:
    case CHECK_BREAKER_RESET: return gauge_check(span, check);
    case CHECK_PRIORITY_LANES_OK: return priority_lanes(span);
    case CHECK_ARRIVAL_ORDER_KEPT: return arrival_order(span);
    case CHECK_PEERS_DIVERSE: {
        struct check_value out = verdict(span->peers_narrow == 0, span->peers_read);
        SAY(out, "%s", span->peers_note);
        return out;
    }
    case CHECK_STATE_UNCHANGED:
    case CHECK_RECOVERY_STEP_OK:
    case CHECK_ERROR_SHAPE_OK: return conduct_check(span, check);
    case CHECK_HONEST_UNSLASHED: return verdict(span->slashed == 0, span->slashed_read ? span->validators_read : 0);
    case CHECK_NODES_ALIVE: {
        struct check_value out = verdict(span->silent_unasked == 0, span->alive_samples);
        if (span->silent_unasked) SAY(out, "%" PRIu64 " views fell silent though nobody asked for it", span->silent_unasked);
        return out;
    }
    default: {
        struct check_value out = {.judgement = JUDGED_INVALID};
        SAY(out, "not computed in this build"); /* the loader lets none of these through */
        return out;
    }
    }
}
