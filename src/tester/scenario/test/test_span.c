/* Metrics and checks over made-up operations and chains: every figure by its definition, and no figure of nothing. */
#include "tester/scenario/span.h"

#include "core/base/check.h"

#define T0 INSTANT_GENESIS.ns
#define AT(ms) ((struct instant){T0 + (uint64_t)(ms) * NS_PER_MS})

static struct invariant_state states[INVARIANTS + 1];
static struct chronicle chronicle;
static struct span span;

static struct op op_at(uint64_t ms, enum op_status status)
{
    struct op op = {.intended = AT(ms), .sent = AT(ms), .admitted = AT(ms + 2), .status = status, .transactions = 1};
    if (status == OP_DONE) op.included = AT(ms + 300), op.finalized = AT(ms + 1500);
    op.ended = AT(ms + (status == OP_DONE ? 1500 : 2));
    return op;
}

static void add(enum op_status status, uint64_t ms, enum code code, enum code expected)
{
    struct op op = op_at(ms, status);
    op.code = code;
    tally_started(&span.tally);
    tally_ended(&span.tally, &op, (struct tally_rule){expected, true});
}

static void fresh(void)
{
    span_done(&span);
    vec_done(&chronicle.finals);
    vec_done(&chronicle.outages);
    vec_done(&chronicle.convergences);
    memset(states, 0, sizeof(states));
    span = (struct span){.start = AT(0), .end = AT(10000), .activity = duration_s(10)};
    tally_init(&span.tally, span.start);
    span.tally.middle = AT(5000);
    span.tally.end = span.end;
    chronicle = (struct chronicle){.invariants = states, .validators = 4, .interval = duration_ms(500)};
}

static struct metric_value metric(enum metric_id id)
{
    const struct evaluation evaluation = {&span, NULL, &chronicle};
    return span_metric(&evaluation, id);
}

static enum judgement check(enum check_id id)
{
    const struct evaluation evaluation = {&span, NULL, &chronicle};
    return span_check(&evaluation, id).judgement;
}

static void is(enum metric_id id, int64_t nano)
{
    const struct metric_value value = metric(id);
    if (!value.known || value.value.nano != nano) CHECK_FAIL("%s is %lld (known %d), not %lld", metric_specs[id].name, (long long)value.value.nano, value.known, (long long)nano);
}

#define UNIT INT64_C(1000000000)

static void nothing_is_known_of_nothing(void)
{
    fresh();
    static const enum metric_id ids[] = {METRIC_TPS, METRIC_TPS_AVG, METRIC_ERROR_RATE, METRIC_SUCCESS_RATE, METRIC_LATENCY_P95, METRIC_FINALITY_P95,
                                         METRIC_UNEXPECTED_ERRORS, METRIC_OPS_TOTAL, METRIC_STUCK_OPS, METRIC_DOWN_MAX_FINAL, METRIC_TIME_TO_RESUME,
                                         METRIC_TIME_TO_CONVERGE, METRIC_BLOCK_INTERVAL_AVG, METRIC_PARTICIPATION, METRIC_MEMPOOL_PEAK,
                                         METRIC_CONFLICTING_FINAL_BLOCKS, METRIC_REORG_DEPTH_FINAL, METRIC_EVIDENCE_COUNT, METRIC_DRAIN_TPS, METRIC_TPS_RATIO};
    for (size_t i = 0; i < ARRAY_LEN(ids); i++)
        if (metric(ids[i]).known) CHECK_FAIL("%s is known of nothing", metric_specs[ids[i]].name);
    static const enum check_id checks[] = {CHECK_ALL_INVARIANTS, CHECK_AGREEMENT, CHECK_SUPPLY_CONSERVED, CHECK_FINALISING, CHECK_HALTED, CHECK_CONVERGED,
                                           CHECK_RECOVERED, CHECK_POSTCONDITIONS, CHECK_NODES_ALIVE, CHECK_EVIDENCE_RECORDED, CHECK_HONEST_UNSLASHED};
    for (size_t i = 0; i < ARRAY_LEN(checks); i++)
        if (check(checks[i]) != JUDGED_INVALID) CHECK_FAIL("%s is judged on nothing", check_specs[checks[i]].name);
}

/* What must hold behind operations is known when all have ended and one of them left something to hold. */
static void postconditions_are_of_operations_that_ended_and_left_something(void)
{
    fresh();
    span.settled = true;
    add(OP_DONE, 0, CODE_NONE, CODE_NONE);
    CHECK(check(CHECK_POSTCONDITIONS) == JUDGED_PASS); /* a transaction that is final */
    tally_started(&span.tally);
    CHECK(check(CHECK_POSTCONDITIONS) == JUDGED_INVALID);
    add(OP_POSTCONDITION, 100, CODE_NONE, CODE_NONE); /* seen is seen */
    CHECK(check(CHECK_POSTCONDITIONS) == JUDGED_FAIL);

    fresh();
    span.settled = true;
    struct op idle = op_at(0, OP_DONE);
    idle.transactions = 0;
    tally_started(&span.tally);
    tally_ended(&span.tally, &idle, (struct tally_rule){CODE_NONE, true});
    is(METRIC_TPS, 0); /* it says that it sends transactions, and sent none */
    CHECK(check(CHECK_POSTCONDITIONS) == JUDGED_INVALID);
    span.claims_held = 1;
    CHECK(check(CHECK_POSTCONDITIONS) == JUDGED_PASS);
    span.claims_held = 0, span.settled_samples = 1;
    CHECK(check(CHECK_POSTCONDITIONS) == JUDGED_PASS);
}

/* Without a request of its own an execution took place when it was begun, but only if it ended well. */
static void an_execution_without_a_request_took_place_when_it_was_begun(void)
{
    fresh();
    struct op op = op_at(0, OP_DONE);
    op.sent = (struct instant){0};
    op.begun = AT(5);
    tally_ended(&span.tally, &op, (struct tally_rule){CODE_NONE, false});
    CHECK_U64(span.tally.sent, 1);
    op.begun = AT(10000);
    tally_ended(&span.tally, &op, (struct tally_rule){CODE_NONE, false});
    CHECK_U64(span.tally.sent, 1);
    op.begun = AT(5);
    op.status = OP_TIMED_OUT;
    tally_ended(&span.tally, &op, (struct tally_rule){CODE_NONE, false});
    CHECK_U64(span.tally.sent, 1);
}

static void operations_are_counted_by_their_definitions(void)
{
    fresh();
    for (int i = 0; i < 8; i++) add(OP_DONE, (uint64_t)i * 1000, CODE_NONE, CODE_NONE);
    add(OP_REFUSED, 8000, CODE_MEMPOOL_FULL, CODE_NONE);
    add(OP_SKIPPED, 8500, CODE_NONE, CODE_NONE); /* no operation at all */
    tally_started(&span.tally);                  /* one that never ended */
    is(METRIC_OPS_TOTAL, 10 * UNIT);
    is(METRIC_SUCCESS_RATE, UNIT * 8 / 10);
    is(METRIC_ERROR_RATE, UNIT * 2 / 10);
    is(METRIC_UNEXPECTED_ERRORS, UNIT);
    is(METRIC_TPS, UNIT * 8 / 10);
    is(METRIC_TPS_PEAK, UNIT);
    span.activity = duration_s(8);
    is(METRIC_TPS_AVG, UNIT);
    const struct metric_value p95 = metric(METRIC_LATENCY_P95), final = metric(METRIC_FINALITY_P95);
    CHECK(p95.known && p95.value.nano >= 2 * 1000000 && p95.value.nano < 2100000);
    CHECK(final.known && final.value.nano >= 1500 * 1000000 && final.value.nano < INT64_C(1502) * 1000000);
    CHECK_U64(final.samples, 8);
}

static void is_unknown(enum metric_id id) { CHECK(!metric(id).known); }

/* 10 s, 4 locks and 1 burn that ended as intended, a lock that did not. */
static void feats_count_where_the_operation_ended_as_intended(void)
{
    fresh();
    for (uint64_t i = 0; i < 5; i++) {
        struct op op = op_at(i * 100, OP_DONE);
        op_did(&op, i < 4 ? FEAT_LOCK : FEAT_BURN);
        op.settled = AT(i * 100 + 4000 + i * 1000);
        tally_started(&span.tally);
        tally_ended(&span.tally, &op, (struct tally_rule){CODE_NONE, true});
    }
    struct op op = op_at(600, OP_POSTCONDITION);
    op_did(&op, FEAT_LOCK);
    tally_started(&span.tally);
    tally_ended(&span.tally, &op, (struct tally_rule){CODE_NONE, true});
    is(METRIC_LOCKS_PER_SEC, UNIT * 4 / 10);
    is(METRIC_BURNS_PER_SEC, UNIT / 10);
    is(METRIC_ORDERS_PER_SEC, 0);
    is(METRIC_CROSS_CHAIN_PER_HOUR, UNIT * 1800);
    CHECK(metric(METRIC_CROSS_CHAIN_P95).value.nano / (int64_t)NS_PER_MS / 100 == 80);
    struct tally sum;
    tally_init(&sum, AT(0));
    tally_merge(&sum, &span.tally);
    tally_merge(&sum, &span.tally);
    CHECK_U64(sum.feats[FEAT_LOCK], 8);
    CHECK_U64(sum.crossings, 10);
    tally_done(&sum);
}

/* Refused orders have a part that was not filled; acceptance is the order's own, not that of what came behind it. */
static void orders_at_any_price_tell_how_much_of_them_was_filled(void)
{
    fresh();
    is_unknown(METRIC_FILL_RATE);
    is_unknown(METRIC_SPREAD_BPS);
    for (uint64_t i = 0; i < 4; i++) {
        struct op op = op_at(i * 100, i < 3 ? OP_DONE : OP_REFUSED);
        op.admitted = AT(i * 100 + 3000); /* of a cancel */
        op.market = (struct op_market){.takings = 1, .asked = 1000, .filled = i < 3 ? 900 : 0, .slippage_bps = (uint32_t)i, .acceptance = duration_ms(20)};
        if (i < 3) op_did(&op, FEAT_ORDER);
        tally_started(&span.tally);
        tally_ended(&span.tally, &op, (struct tally_rule){CODE_NONE, true});
    }
    is(METRIC_FILL_RATE, UNIT * 675 / 1000);
    is(METRIC_SLIPPAGE_BPS, 3 * UNIT);
    is(METRIC_ORDERS_PER_SEC, UNIT * 3 / 10);
    CHECK(metric(METRIC_ORDER_P95).value.nano / (int64_t)NS_PER_MS == 20);
    CHECK_U64(metric(METRIC_ORDER_P95).samples, 4);
    span.books = (struct books){.readings = 4, .orders = 7, .levels = 3, .spreads = 2, .spread_bps_sum = 31};
    is(METRIC_BOOK_ORDERS, 7 * UNIT);
    is(METRIC_BOOK_LEVELS, 3 * UNIT);
    is(METRIC_SPREAD_BPS, UNIT * 155 / 10);
}

/* A halted network leaves operations open: their requests were offered and answered, and they are failures, not missing ones. */
static void an_open_operation_was_offered_and_is_no_success(void)
{
    fresh();
    struct op op = op_at(100, OP_DONE);
    op.finalized = op.ended = (struct instant){0};
    tally_started(&span.tally);
    tally_open(&span.tally, &op);
    CHECK_U64(span.tally.sent, 1);
    is(METRIC_ERROR_RATE, UNIT);
    CHECK(metric(METRIC_LATENCY_P95).known && !metric(METRIC_FINALITY_P95).known);
}

static void an_expected_error_is_success_and_success_is_not(void)
{
    fresh();
    add(OP_REFUSED, 0, CODE_NONCE_TOO_LOW, CODE_NONCE_TOO_LOW);
    add(OP_DONE, 1, CODE_NONE, CODE_NONCE_TOO_LOW);
    add(OP_REFUSED, 2, CODE_MEMPOOL_FULL, CODE_NONCE_TOO_LOW);
    is(METRIC_SUCCESS_RATE, 333333333);
    is(METRIC_UNEXPECTED_ERRORS, 2 * UNIT);
}

static void grew(uint32_t height, uint64_t ms, uint32_t down, bool unsettled)
{
    const struct final_growth growth = {height, AT(ms), down, unsettled};
    vec_push(&chronicle.finals, growth);
}

static void down_max_final_leaves_out_what_was_in_flight(void)
{
    fresh();
    grew(5, 100, 0, false);
    grew(6, 600, 2, false);
    grew(7, 900, 3, true);
    is(METRIC_DOWN_MAX_FINAL, 2 * UNIT);
    is(METRIC_FINAL_GAP_MAX, INT64_C(9100) * 1000000);
}

static void an_outage_is_over_with_the_next_final_block(void)
{
    fresh();
    const struct outage resumed = {AT(1000), AT(3000), AT(5500), 54}, open = {AT(6000), AT(7000), {0}, 0};
    vec_push(&chronicle.outages, resumed);
    is(METRIC_TIME_TO_RESUME, INT64_C(2500) * 1000000);
    is(METRIC_UP_AT_RESUME, 54 * UNIT);
    vec_push(&chronicle.outages, open); /* not resumed by the end: counted as far as it came */
    is(METRIC_TIME_TO_RESUME, INT64_C(3000) * 1000000);
    span.begun = AT(3500);
    span.start = AT(3600); /* the first was regained before this phase */
    is(METRIC_TIME_TO_RESUME, INT64_C(3000) * 1000000);
    CHECK_U64(metric(METRIC_TIME_TO_RESUME).samples, 1);
    const struct convergence c = {AT(4000), AT(4800)};
    vec_push(&chronicle.convergences, c);
    is(METRIC_TIME_TO_CONVERGE, INT64_C(800) * 1000000);
}

static void chain_figures_come_from_headers(void)
{
    fresh();
    const uint64_t ms = T0 / NS_PER_MS;
    const struct final_block blocks[] = {
        {.height = 1, .round = 1, .timestamp_ms = ms + 100, .signers = 3, .members = 4},
        {.height = 2, .round = 2, .timestamp_ms = ms + 600, .signers = 4, .members = 4},
        {.height = 3, .round = 5, .timestamp_ms = ms + 1600, .signers = 3, .members = 4},
        {.height = 4, .round = 6, .timestamp_ms = ms + 20000, .signers = 0, .members = 4}, /* outside */
    };
    chronicle.blocks = blocks;
    chronicle.blocks_count = ARRAY_LEN(blocks);
    is(METRIC_BLOCK_INTERVAL_AVG, INT64_C(750) * 1000000);
    is(METRIC_ROUND_CHANGES, 2 * UNIT);
    is(METRIC_PARTICIPATION, 833333333);
}

static void heights(struct heights *out, uint64_t ms, uint32_t focus, uint32_t a, uint32_t b)
{
    if (!out->views) out->views = base_alloc(5 * sizeof(uint32_t));
    out->read = true;
    out->at = AT(ms);
    out->focus = focus;
    out->views[1] = a;
    out->views[2] = b;
    out->views[3] = out->views[4] = SPAN_NO_ANSWER;
}

static void halted_and_finalising_are_read_after_ten_block_times(void)
{
    fresh();
    span.end = AT(40000);
    heights(&span.steady, 5000, 10, 10, 11);
    heights(&span.last, 40000, 10, 10, 11);
    CHECK_U64(check(CHECK_HALTED), JUDGED_PASS);
    CHECK_U64(check(CHECK_FINALISING), JUDGED_FAIL);
    heights(&span.last, 40000, 17, 17, 11);
    CHECK_U64(check(CHECK_HALTED), JUDGED_FAIL); /* one live view finalised */
    CHECK_U64(check(CHECK_FINALISING), JUDGED_PASS); /* 7 in 70 block times */
    heights(&span.last, 40000, 16, 16, 11);
    CHECK_U64(check(CHECK_FINALISING), JUDGED_FAIL);
    heights(&span.last, 14000, 10, 10, 11); /* only 18 block times were seen */
    CHECK_U64(check(CHECK_HALTED), JUDGED_INVALID);
}

static void recovery_compares_the_last_half_with_the_baseline(void)
{
    struct span base = {.start = AT(0), .end = AT(10000), .activity = duration_s(10)};
    tally_init(&base.tally, base.start);
    fresh();
    struct span *const here = &span;
    for (int i = 0; i < 100; i++) {
        const struct op op = op_at((uint64_t)i * 100, OP_DONE);
        tally_ended(&base.tally, &op, (struct tally_rule){CODE_NONE, true});
        if (i >= 50) tally_ended(&here->tally, &op, (struct tally_rule){CODE_NONE, true});
    }
    struct evaluation evaluation = {here, &base, &chronicle};
    CHECK_U64(span_check(&evaluation, CHECK_RECOVERED).judgement, JUDGED_PASS);
    here->tally.half_transactions = 47; /* 9.4 against 9.5 */
    CHECK_U64(span_check(&evaluation, CHECK_RECOVERED).judgement, JUDGED_FAIL);
    here->tally.half_transactions = 48;
    CHECK_U64(span_check(&evaluation, CHECK_RECOVERED).judgement, JUDGED_PASS);
    for (int i = 0; i < 10; i++) histogram_record(&here->tally.half_final, 1700000); /* the slow tail */
    CHECK_U64(span_check(&evaluation, CHECK_RECOVERED).judgement, JUDGED_FAIL);
    evaluation.baseline = NULL;
    CHECK_U64(span_check(&evaluation, CHECK_RECOVERED).judgement, JUDGED_INVALID);
    span_done(&base);
}

static void invariants_are_judged_with_their_samples(void)
{
    fresh();
    states[1].samples = states[2].samples = states[5].samples = states[6].samples = 1;
    CHECK_U64(check(CHECK_ALL_INVARIANTS), JUDGED_PASS);
    CHECK_U64(check(CHECK_AGREEMENT), JUDGED_PASS);
    is(METRIC_CONFLICTING_FINAL_BLOCKS, 0);
    states[6].samples = 0;
    CHECK_U64(check(CHECK_ALL_INVARIANTS), JUDGED_INVALID);
    states[5].violations = 1; /* and one that is missing: the violation stands */
    CHECK_U64(check(CHECK_ALL_INVARIANTS), JUDGED_FAIL);
    CHECK_U64(check(CHECK_SUPPLY_CONSERVED), JUDGED_FAIL);
    chronicle.conflicts = 2;
    is(METRIC_CONFLICTING_FINAL_BLOCKS, 2 * UNIT);
}

static void proofs_are_counted_by_operation_whatever_became_of_them(void)
{
    fresh();
    is_unknown(METRIC_PROOF_GEN_P95);
    is_unknown(METRIC_PROOF_SUCCESS_RATE);
    is_unknown(METRIC_ANONYMITY_SET_MIN);
    for (uint64_t i = 0; i < 4; i++) {
        struct op op = op_at(100 * i, i == 3 ? OP_REFUSED : OP_DONE);
        op.proofs = (struct op_proofs){.made = 2, .good = i == 3 ? 0 : 2, .ring_min = 11 + (uint32_t)i, .made_in_max = duration_ms(100), .checked_in_max = duration_ms(20)};
        tally_started(&span.tally);
        tally_ended(&span.tally, &op, (struct tally_rule){CODE_NONE, true});
    }
    add(OP_DONE, 50, CODE_NONE, CODE_NONE); /* without a proof */
    is(METRIC_PROOF_SUCCESS_RATE, 750000000);
    is(METRIC_ANONYMITY_SET_MIN, 11 * (int64_t)QUANTITY_ONE);
    CHECK_U64(metric(METRIC_PROOF_GEN_P95).samples, 4);
    CHECK(metric(METRIC_PROOF_GEN_P95).value.nano >= 99 * (int64_t)NS_PER_MS && metric(METRIC_PROOF_GEN_P95).value.nano <= 101 * (int64_t)NS_PER_MS);
    CHECK(metric(METRIC_PROOF_VERIFY_P95).value.nano >= 19 * (int64_t)NS_PER_MS && metric(METRIC_PROOF_VERIFY_P95).value.nano <= 21 * (int64_t)NS_PER_MS);
    struct tally both;
    tally_init(&both, span.start);
    tally_merge(&both, &span.tally);
    tally_merge(&both, &span.tally);
    CHECK(both.proofs.made == 16 && both.proofs.good == 12 && both.proofs.ring_min == 11 && both.proof_made.count == 8);
    tally_done(&both);
}

static void what_leaked_is_told_and_nothing_hidden_is_no_statement(void)
{
    fresh();
    struct leak_found leak = {0};
    chronicle.leak = &leak;
    CHECK(check(CHECK_NO_PLAINTEXT_LEAK) == JUDGED_INVALID); /* nobody looked */
    leak = (struct leak_found){.read = true, .documents = 5};
    CHECK(check(CHECK_NO_PLAINTEXT_LEAK) == JUDGED_INVALID); /* nothing was hidden */
    leak.canaries = 3;
    CHECK(check(CHECK_NO_PLAINTEXT_LEAK) == JUDGED_PASS);
    leak.unread = 1;
    CHECK(check(CHECK_NO_PLAINTEXT_LEAK) == JUDGED_INVALID);
    leak.leaks = 1;
    CHECK(check(CHECK_NO_PLAINTEXT_LEAK) == JUDGED_FAIL); /* whatever else was not read */
    leak = (struct leak_found){.read = true, .documents = 5, .canaries = 3, .claims_held = 7, .claims_broken = 1};
    CHECK(check(CHECK_NO_PLAINTEXT_LEAK) == JUDGED_FAIL);
}

static void order_is_said_of_all_blocks_or_not_at_all(void)
{
    fresh();
    CHECK(check(CHECK_PRIORITY_LANES_OK) == JUDGED_INVALID && check(CHECK_ARRIVAL_ORDER_KEPT) == JUDGED_INVALID); /* no block had two */
    span.lanes_kept = 5;
    span.arrivals_kept = 5;
    CHECK(check(CHECK_PRIORITY_LANES_OK) == JUDGED_PASS && check(CHECK_ARRIVAL_ORDER_KEPT) == JUDGED_PASS);
    span.lanes_unread = 1;
    CHECK(check(CHECK_PRIORITY_LANES_OK) == JUDGED_INVALID && check(CHECK_ARRIVAL_ORDER_KEPT) == JUDGED_INVALID);
    span.lanes_broken = span.arrivals_broken = 1; /* whatever the others show */
    CHECK(check(CHECK_PRIORITY_LANES_OK) == JUDGED_FAIL && check(CHECK_ARRIVAL_ORDER_KEPT) == JUDGED_FAIL);
    span.lanes_broken = span.lanes_unread = 0;
    span.lanes_refused = 1; /* who offers more was not let in */
    CHECK(check(CHECK_PRIORITY_LANES_OK) == JUDGED_FAIL);
}

int main(void)
{
    RUN(order_is_said_of_all_blocks_or_not_at_all);
    RUN(proofs_are_counted_by_operation_whatever_became_of_them);
    RUN(what_leaked_is_told_and_nothing_hidden_is_no_statement);
    RUN(nothing_is_known_of_nothing);
    RUN(postconditions_are_of_operations_that_ended_and_left_something);
    RUN(an_execution_without_a_request_took_place_when_it_was_begun);
    RUN(operations_are_counted_by_their_definitions);
    RUN(feats_count_where_the_operation_ended_as_intended);
    RUN(orders_at_any_price_tell_how_much_of_them_was_filled);
    RUN(an_open_operation_was_offered_and_is_no_success);
    RUN(an_expected_error_is_success_and_success_is_not);
    RUN(down_max_final_leaves_out_what_was_in_flight);
    RUN(an_outage_is_over_with_the_next_final_block);
    RUN(chain_figures_come_from_headers);
    RUN(halted_and_finalising_are_read_after_ten_block_times);
    RUN(recovery_compares_the_last_half_with_the_baseline);
    RUN(invariants_are_judged_with_their_samples);
    fresh();
    span_done(&span);
    return 0;
}
