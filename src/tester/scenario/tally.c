#include "tester/scenario/tally.h"

void tally_init(struct tally *tally, struct instant start)
{
    *tally = (struct tally){.start = start, .middle = INSTANT_NEVER, .end = INSTANT_NEVER};
    window_init(&tally->seconds, start);
}

static void latencies_done(struct latencies *latencies)
{
    histogram_done(&latencies->response);
    histogram_done(&latencies->admitted);
    histogram_done(&latencies->included);
    histogram_done(&latencies->final);
    histogram_done(&latencies->settled);
    histogram_done(&latencies->service);
    for (size_t i = 0; i < OP_STAGE_COUNT; i++) histogram_done(&latencies->stages[i]);
}

void tally_done(struct tally *tally)
{
    latencies_done(&tally->latencies);
    histogram_done(&tally->reads);
    histogram_done(&tally->orders);
    histogram_done(&tally->votes);
    histogram_done(&tally->proof_made);
    histogram_done(&tally->proof_checked);
    histogram_done(&tally->half_final);
    window_done(&tally->seconds);
}

bool op_is_ok(const struct op *op, enum code expect_error)
{
    if (expect_error == CODE_NONE) return op->status == OP_DONE;
    return (op->status == OP_REFUSED || op->status == OP_DROPPED) && op->code == expect_error;
}

void tally_started(struct tally *tally)
{
    tally->started++;
}

static void record(struct histogram *histogram, struct instant at, struct instant from)
{
    if (at.ns != 0) histogram_record(histogram, instant_since(at, from).ns / NS_PER_US);
}

static void market_add(struct op_market *into, const struct op_market *from)
{
    into->takings += from->takings;
    into->asked += from->asked;
    into->filled += from->filled;
    into->slippage_bps = MAX(into->slippage_bps, from->slippage_bps);
}

static void proofs_add(struct op_proofs *into, const struct op_proofs *from)
{
    into->made += from->made;
    into->good += from->good;
    if (from->ring_min > 0) into->ring_min = into->ring_min == 0 ? from->ring_min : MIN(into->ring_min, from->ring_min);
}

static void proofs_take(struct tally *tally, const struct op_proofs *proofs)
{
    proofs_add(&tally->proofs, proofs);
    if (proofs->made > 0) histogram_record(&tally->proof_made, proofs->made_in_max.ns / NS_PER_US);
    if (proofs->checked_in_max.ns > 0) histogram_record(&tally->proof_checked, proofs->checked_in_max.ns / NS_PER_US);
}

static void cause_add(struct tally *tally, const struct op *op)
{
    uint32_t i = 0;
    while (i < tally->causes_count && (tally->causes[i].status != op->status || tally->causes[i].code != op->code)) i++;
    if (i == TALLY_CAUSES) {
        tally->causes_more++;
        return;
    }
    struct tally_cause *cause = &tally->causes[i];
    if (i == tally->causes_count) {
        *cause = (struct tally_cause){.status = op->status, .code = op->code};
        memcpy(cause->note, op->note, sizeof(cause->note));
        tally->causes_count++;
    }
    cause->count++;
}

/* When it took place: it asked the network, or was done without. */
static struct instant took_place(const struct op *op)
{
    return op->sent.ns == 0 && op->status == OP_DONE ? op->begun : op->sent;
}

void tally_ended(struct tally *tally, const struct op *op, struct tally_rule rule)
{
    tally->ended++;
    const struct instant at = took_place(op);
    if (at.ns != 0 && at.ns < tally->end.ns) tally->sent++;
    if (op->status == OP_SKIPPED) {
        tally->skipped++;
        return;
    }
    if (op->status == OP_UNSUPPORTED) {
        tally->unsupported++;
        return;
    }
    const bool ok = op_is_ok(op, rule.expect_error), second_half = op->intended.ns >= tally->middle.ns;
    if (op->status == OP_POSTCONDITION) tally->postconditions++;
    tally->conduct.errors_shaped += op->errors_shaped;
    tally->conduct.errors_bare += op->errors_bare;
    if (!ok) {
        tally->unexpected++;
        cause_add(tally, op);
    }
    struct latencies *latencies = &tally->latencies;
    record(&latencies->response, op->ended, op->intended);
    record(&latencies->admitted, op->admitted, op->intended);
    record(&latencies->included, op->included, op->intended);
    record(&latencies->final, op->finalized, op->intended);
    record(&latencies->settled, op->settled, op->intended);
    for (size_t i = 0; i < OP_STAGE_COUNT; i++) {
        const uint64_t us = op->stages[i].ns / NS_PER_US;
        latencies->stage_sum_us[i] += us;
        if (us > 0) histogram_record(&latencies->stages[i], us);
    }
    if (op->sent.ns != 0) record(&latencies->service, op->ended, op->sent);
    if (!rule.transaction) record(&tally->reads, op->admitted.ns ? op->admitted : op->ended, op->intended);
    if (second_half) record(&tally->half_final, op->finalized, op->intended);
    if (op->market.acceptance.ns > 0) histogram_record(&tally->orders, op->market.acceptance.ns / NS_PER_US);
    else if (op->feats[FEAT_ORDER] > 0) record(&tally->orders, op->admitted, op->intended);
    market_add(&tally->market, &op->market);
    proofs_take(tally, &op->proofs);
    if (!ok) return;
    tally->ok++;
    tally->crossings += op->settled.ns != 0;
    for (size_t i = 0; i < FEAT_COUNT; i++) tally->feats[i] += op->feats[i];
    if (op->vote_slowest.ns > 0) histogram_record(&tally->votes, op->vote_slowest.ns / NS_PER_US);
    if (!rule.transaction) return;
    const uint64_t transactions = rule.expect_error == CODE_NONE ? op->transactions : 1;
    tally->transactions += transactions;
    if (second_half) tally->half_transactions += transactions;
    window_add(&tally->seconds, op->intended, transactions);
}

void tally_open(struct tally *tally, const struct op *op)
{
    if (op->sent.ns != 0 && op->sent.ns < tally->end.ns) tally->sent++;
    record(&tally->latencies.admitted, op->admitted, op->intended);
    record(&tally->latencies.included, op->included, op->intended);
    proofs_take(tally, &op->proofs);
}

void tally_merge(struct tally *into, const struct tally *from)
{
    into->started += from->started;
    into->ended += from->ended;
    into->ok += from->ok;
    into->skipped += from->skipped;
    into->unsupported += from->unsupported;
    into->unexpected += from->unexpected;
    into->postconditions += from->postconditions;
    into->sent += from->sent;
    into->intended += from->intended;
    into->transactions += from->transactions;
    into->half_transactions += from->half_transactions;
    into->crossings += from->crossings;
    for (size_t i = 0; i < FEAT_COUNT; i++) into->feats[i] += from->feats[i];
    into->conduct.errors_shaped += from->conduct.errors_shaped;
    into->conduct.errors_bare += from->conduct.errors_bare;
    into->conduct.recovered += from->conduct.recovered;
    into->conduct.not_recovered += from->conduct.not_recovered;
    histogram_merge(&into->votes, &from->votes);
    proofs_add(&into->proofs, &from->proofs);
    histogram_merge(&into->proof_made, &from->proof_made);
    histogram_merge(&into->proof_checked, &from->proof_checked);
    histogram_merge(&into->latencies.response, &from->latencies.response);
    histogram_merge(&into->latencies.admitted, &from->latencies.admitted);
    histogram_merge(&into->latencies.included, &from->latencies.included);
    histogram_merge(&into->latencies.final, &from->latencies.final);
    histogram_merge(&into->latencies.settled, &from->latencies.settled);
    histogram_merge(&into->latencies.service, &from->latencies.service);
    for (size_t i = 0; i < OP_STAGE_COUNT; i++) {
        histogram_merge(&into->latencies.stages[i], &from->latencies.stages[i]);
        into->latencies.stage_sum_us[i] += from->latencies.stage_sum_us[i];
    }
    histogram_merge(&into->reads, &from->reads);
    histogram_merge(&into->orders, &from->orders);
    histogram_merge(&into->half_final, &from->half_final);
    market_add(&into->market, &from->market);
    if (into->seconds.start.ns == from->seconds.start.ns) {
        window_merge(&into->seconds, &from->seconds);
        return;
    }
    for (size_t i = 0; i < from->seconds.seconds.count; i++)
        if (from->seconds.seconds.data[i] > 0)
            window_add(&into->seconds, instant_add(from->seconds.start, duration_s(i)), from->seconds.seconds.data[i]);
}
