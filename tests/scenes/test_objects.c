/* Tries to let conditions and demands on single things, on topics of the chains and on answers hold when they do not, or fail when nothing was seen. */
#include "stage.h"

#define HEAD "scenario:\n" \
    "  metadata: {id: FUNC-901, name: objects, type: functional, duration: 400s}\n" \
    "  setup:\n" \
    "    network: {validators: 4, params: {block_interval_ms: 250}}\n" \
    "    bots:\n" \
    "      - {id: \"user-{1-3}\", role: general_user, wallet_ax: 5000000, wallet_dx: 5000000}\n" \
    "      - {id: val, role: validator, wallet_ax: 5000000}\n" \
    "  phases:\n" \
    "    - {name: Pay, count: 1, bots: user-1, behavior: transfer.simple, params: {amount: 1000}, capture: {tx: output.tx_id}}\n" \
    "    - {name: Ask, count: 1, bots: user-1, behavior: query.balance, capture: {bal: output.balance}}\n"
#define TAIL "  success_criteria: [{success_rate: \"== 100%\"}]\n"

static void conditions_wait_for_things_that_the_network_tells_of(void)
{
    struct stage *stage = stage_run(HEAD
        "    - {name: Final, until: {transaction: {id: \"${tx}\", status: finalized}}, timeout: 10s, assertions: [{captured: {name: bal, is: \"< 5_000_000\"}}]}\n"
        "    - {name: Height, until: {height: {reaches: 60}}, timeout: 20s, assertions: [{height: {reaches: 60}}]}\n"
        "    - {name: Delta, until: {height: {reaches: 70, chain: delta, final: true}}, timeout: 20s}\n"
        "    - {name: Turn, until: {any: [{turn: {of: val}}, {proposals_created: 1}]}, timeout: 20s}\n"
        "    - {name: Both, until: {all: [{turn: {of: val}}, {proposals_open: 0}]}, timeout: 20s}\n" TAIL);
    stage_expect(stage, 0);
    CHECK_STR(stage_finding(stage, "captured")->expected, STR("bal is < 5_000_000"));
    const struct phase_outcome *height = &stage->outcome->phases[3];
    CHECK(instant_since(height->ended, height->started).ns > NS_PER_S);
    stage_free(stage);
}

static void what_does_not_come_about_fails_and_what_is_not_told_proves_nothing(void)
{
    static const struct {
        const char *phases, *finding;
        int exit_code;
    } rows[] = {
        {"    - {name: A, until: {transaction: {id: \"${tx}\", status: dropped}}, timeout: 3s}\n", "until", 1},
        {"    - {name: A, until: {height: {reaches: 100000}}, timeout: 3s}\n", "until", 1},
        {"    - {name: A, duration: 3s, assertions: [{captured: {name: bal, is: \"> 5000000\"}}]}\n", "captured", 1},
        {"    - {name: A, duration: 3s, assertions: [{transaction: {id: \"${tx}\", status: pending|dropped}}]}\n", "transaction", 1},
        {"    - {name: A, duration: 3s, assertions: [{order: {id: \"${tx}\", status: open}}]}\n", "order", 2},
        {"    - {name: A, duration: 3s, assertions: [{name: {id: nobody-has-it, phase: claimed}}]}\n", "name", 2},
        {"    - {name: A, duration: 3s, assertions: [{turnout: \"> 80%\"}]}\n", "turnout", 2},
        {"    - {name: A, duration: 3s, assertions: [{spread_bps: \"< 50\"}]}\n", "spread_bps", 2},
        {"    - {name: A, duration: 3s, assertions: [{offender_ejected: true}]}\n", "offender_ejected", 2},
        {"    - {name: A, duration: 3s, assertions: [{breaker_reset: true}]}\n", "breaker_reset", 2},
        {"    - {name: A, duration: 3s, assertions: [{breaker_tripped: true}]}\n", "breaker_tripped", 1},
        {"    - {name: A, duration: 3s, behavior: verify.cross_chain_atomicity}\n", "bridge_solvent", 2},
        {"    - {name: A, duration: 3s, assertions: [{error_shape_ok: true}]}\n", "error_shape_ok", 2},
        {"    - {name: A, count: 1, bots: user-2, behavior: transfer.simple, params: {amount: 5}, assertions: [{state_unchanged: true}]}\n", "state_unchanged", 1},
        {"    - {name: A, duration: 3s, assertions: [{uptime: \"> 101%\"}]}\n", "uptime", 99},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf text = {0};
        buf_printf(&text, "%s%s%s%c", HEAD, rows[i].phases, TAIL, 0);
        struct stage *stage = stage_run((const char *)text.data);
        if (stage->outcome->exit_code != rows[i].exit_code) printf("%s", rows[i].phases);
        stage_expect(stage, rows[i].exit_code);
        CHECK(stage_finding(stage, rows[i].finding)->judgement != JUDGED_PASS);
        stage_free(stage);
        buf_done(&text);
    }
}

/* A query leaves accounts as they are; a refusal that says what helps is followed by a request that is taken. */
static void what_holds_of_answers_and_accounts_is_seen(void)
{
    struct stage *stage = stage_run(HEAD
        "    - {name: Same, count: 2, bots: user-*, behavior: query.balance, assertions: [{state_unchanged: true}]}\n"
        "    - {name: Wrong, count: 1, bots: user-1, behavior: query.transaction, params: {id: \"0000000000000000000000000000000000000000000000000000000000000001\"},\n"
        "       expect_error: TRANSACTION_NOT_FOUND, assertions: [{error_shape_ok: true}]}\n"
        "    - {name: Right, count: 1, bots: user-1, behavior: query.transaction, params: {id: \"${tx}\"}, assertions: [{recovery_step_ok: true}]}\n" TAIL);
    CHECK_U64(stage_finding(stage, "state_unchanged")->judgement, JUDGED_PASS);
    CHECK_U64(stage_finding(stage, "state_unchanged")->samples, 3);
    CHECK_U64(stage_finding(stage, "recovery_step_ok")->judgement, JUDGED_PASS);
    CHECK_U64(stage_finding(stage, "error_shape_ok")->samples, 1);
    stage_free(stage);
}

static void monitors_report_the_metrics_of_their_topic(void)
{
    struct stage *stage = stage_run(HEAD
        "    - {name: Mon, duration: 6s, behavior: monitor.governance, concurrent: [{behavior: monitor.validators}], metrics: [rss_mb, fd_count, book_orders]}\n" TAIL);
    const struct phase_outcome *phase = &stage->outcome->phases[2];
    uint32_t known = 0;
    for (uint32_t i = 0; i < phase->metrics_count; i++) known += phase->metrics[i].known;
    CHECK_U64(phase->metrics_count, 13);
    CHECK_U64(known, 12); /* all but the turnout of no vote */
    stage_free(stage);
}

static void wrong_demands_are_refused_with_their_place(void)
{
    static const struct {
        const char *phase, *says;
    } rows[] = {
        {"    - {name: A, until: {proposal: {id: \"${p}\", status: active}}, timeout: 3s}\n", "11:25: error: '${p}' was never captured earlier"},
        {"    - {name: A, until: {transaction: {id: \"${tx}\", status: done}}, timeout: 3s}\n", "'done' is no status of a transaction; known are pending included"},
        {"    - {name: A, until: {transaction: {status: pending}}, timeout: 3s}\n", "'transaction' needs 'id'"},
        {"    - {name: A, until: {heigth: {reaches: 5}}, timeout: 3s}\n", "did you mean 'height'?"},
        {"    - {name: A, until: {height: 5}, timeout: 3s}\n", "'height' takes a map like {reaches: ..., chain: ...}"},
        {"    - {name: A, until: {height: {reaches: 5, chain: gamma}}, timeout: 3s}\n", "chain is alpha or delta"},
        {"    - {name: A, until: {order: {id: x, state: open}}, timeout: 3s}\n", "unknown key 'state' in 'order', which takes id and status"},
        {"    - {name: A, duration: 3s, assertions: [{captured: {name: nothing, is: 5}}]}\n", "'nothing' was never captured earlier"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf text = {0}, out = {0};
        buf_printf(&text, "%s%s%s%c", HEAD, rows[i].phase, TAIL, 0);
        stage_refused((const char *)text.data, &out);
        if (strstr((const char *)out.data, rows[i].says) == NULL) CHECK_FAIL("not said: %s\n%s", rows[i].says, (const char *)out.data);
        buf_done(&text);
        buf_done(&out);
    }
}

static void captured_values_compare_as_numbers_or_as_texts(void)
{
    CHECK(object_value_fits(STR("500000"), STR("500000")));
    CHECK(object_value_fits(STR(">= 500_000"), STR("500000")));
    CHECK(!object_value_fits(STR("> 500000"), STR("500000")));
    CHECK(object_value_fits(STR("!= 5"), STR("6")));
    CHECK(object_value_fits(STR("filled"), STR("filled")));
    CHECK(!object_value_fits(STR("filled"), STR("open")));
    CHECK(object_value_fits(STR("!= open"), STR("filled")));
    CHECK(!object_value_fits(STR("< open"), STR("filled")));
    CHECK(!object_value_fits(STR("== 340282366920938463463374607431768211455"), STR("340282366920938463463374607431768211454")));
}

int main(void)
{
    captured_values_compare_as_numbers_or_as_texts();
    wrong_demands_are_refused_with_their_place();
    conditions_wait_for_things_that_the_network_tells_of();
    what_does_not_come_about_fails_and_what_is_not_told_proves_nothing();
    what_holds_of_answers_and_accounts_is_seen();
    monitors_report_the_metrics_of_their_topic();
    return 0;
}
