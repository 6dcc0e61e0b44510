/* Tries to have faults of nodes, bridges, oracles and listeners pass for tested when nothing of them could be seen. */
#include "stage.h"
#include "tester/bot/send.h"

#define HEAD "scenario:\n" \
    "  metadata: {id: CHAOS-902, name: faults, type: chaos, duration: 1000s}\n" \
    "  setup:\n" \
    "    network: {validators: 7, params: {block_interval_ms: 250, oracle_interval_ms: 2000}}\n" \
    "    bots: [{id: \"user-{1-20}\", role: general_user, wallet_ax: 5000000, wallet_dx: 5000000}]\n" \
    "  phases:\n" \
    "    - {name: Pay, duration: 6s, bots: user-*, behavior: transfer.simple, params: {amount: 10}, rate: 1/s}\n"
#define TAIL "  notes: [left faulty]\n  success_criteria: [{agreement: true}]\n"
#define LOAD ", bots: user-*, behavior: transfer.simple, params: {amount: 100}, rate: 4/s}\n"

static void every_fault_shows_where_it_bites_and_its_end_is_seen(void)
{
    struct stage *stage = stage_run(HEAD
        "    - {name: Disk, duration: 20s, chaos_action: disk_full, chaos_params: {targets: v4}}\n"
        "    - {name: Disk off, duration: 5s, chaos_action: clear, chaos_params: {action: disk_full}}\n"
        "    - {name: Memory, duration: 30s, chaos_action: memory_limit, chaos_params: {targets: \"*\", bytes: 3000, chain: alpha}, bots: user-*,\n"
        "       behavior: transfer.burst, params: {amount: 10, size: 10}, rate: 1/s}\n"
        "    - {name: Memory off, duration: 5s, chaos_action: clear, chaos_params: {action: memory_limit}}\n"
        "    - {name: Flood, duration: 5s, chaos_action: peer_flood, chaos_params: {target: v3, sybils: 50}}\n"
        "    - {name: Flood off, duration: 5s, chaos_action: clear, chaos_params: {action: peer_flood}}\n"
        "    - {name: Alone, duration: 15s, chaos_action: peer_isolate, chaos_params: {target: v3}}\n"
        "    - {name: Alone off, duration: 10s, chaos_action: clear, chaos_params: {action: peer_isolate}}\n"
        "    - {name: Pool, duration: 10s, chaos: [{action: mempool_clear, params: {targets: \"*\"}, at: 5300ms}]" LOAD
        "    - {name: Api, duration: 10s, chaos_action: api_fault, chaos_params: {listener: alpha, rate: 50%, status: 503}}\n"
        "    - {name: Api off, duration: 5s, chaos_action: clear, chaos_params: {action: api_fault}}\n"
        "    - {name: Reorg, duration: 10s, chaos_action: reorg, chaos_params: {depth: 1}}\n"
        "    - {name: Outage, duration: 40s, chaos_action: oracle_outage, chaos_params: {asset: DX/USD, feeds: [oracle1, oracle2]}}\n"
        "    - {name: Outage off, duration: 10s, chaos_action: clear, chaos_params: {action: oracle_outage}}\n"
        "    - {name: Skew, duration: 15s, chaos_action: oracle_skew, chaos_params: {asset: DX/USD, count: 2, skew: 0.05}}\n"
        "    - {name: Skew off, duration: 10s, chaos_action: clear, chaos_params: {action: oracle_skew}}\n"
        "    - {name: Stale, duration: 15s, chaos_action: oracle_stale, chaos_params: {asset: sAX/USD, count: 3, age: 20s}}\n"
        "    - {name: Forge, duration: 5s, chaos_action: ipc_forge, chaos_params: {direction: alpha_to_delta, message: \"0102030405\"}}\n" TAIL);
    stage_expect(stage, 0);
    CHECK_U64(stage->outcome->chaos_count, 18);
    CHECK(strstr(stage_chaos(stage, "disk_full")->evidence.data, "delta: 1 of 1 validators miss") != NULL);
    CHECK(strstr(stage_chaos(stage, "memory_limit")->evidence.data, "delta") == NULL);
    stage_free(stage);
}

/* Locks a little on Alpha, for somebody on Delta: a message that crosses. */
static void lock(struct act *act, struct op *op)
{
    const union payload payload = {.bridge_lock = {.recipient = act->bot->identity.address, .amount = AMOUNT(1000), .auto_mint = true}};
    const struct send_plan plan = {.kind = KIND_BRIDGE_LOCK, .payload = &payload, .leaves = money_of(TOKEN_AX, AMOUNT(1000)), .loose = 1u << TOKEN_SAX};
    if (act_send(act, &plan, NULL, op)) op->status = OP_DONE;
}
static const struct behavior_spec locking = {.name = "transfer.simple", .roles = "any", .transaction = true, .step = lock};

static struct stage *run_with_locks(const char *text)
{
    struct stage *stage = base_alloc(sizeof(*stage));
    stage->plan = stage_load(text);
    ((struct plan_track *)(uintptr_t)stage->plan->phases[1].tracks)->behavior = &locking;
    stage_boot(stage, true);
    stage_play(stage);
    return stage;
}

static void what_happens_to_messages_shows_on_messages(void)
{
    static const struct {
        const char *action, *params;
    } rows[] = {
        {"ipc_delay", "{direction: alpha_to_delta, delay: 20s}"}, {"ipc_drop", "{direction: alpha_to_delta, rate: 100%, redeliver: false}"},
        {"ipc_duplicate", "{direction: alpha_to_delta, rate: 100%, copies: 2}"}, {"ipc_censor", "{direction: both}"},
        {"ipc_reorder", "{direction: alpha_to_delta, rate: 100%, window: 8}"},
    };
    for (size_t i = 0; i < 2 * ARRAY_LEN(rows); i++) {
        struct buf text = {0};
        buf_printf(&text, "%s    - {name: A, duration: 60s, chaos_action: %s, chaos_params: %s%s%s%c", HEAD, rows[i / 2].action, rows[i / 2].params,
                   i % 2 ? "}\n" : ", bots: \"user-{1-5}\", behavior: transfer.simple, params: {amount: 1}, rate: 1/s}\n", TAIL, 0);
        struct stage *stage = i % 2 ? stage_run((const char *)text.data) : run_with_locks((const char *)text.data);
        if (stage->outcome->exit_code != (i % 2 ? 2 : 0)) printf("%s\n", rows[i / 2].action);
        stage_expect(stage, i % 2 ? 2 : 0); /* without a message nothing is proven */
        stage_free(stage);
        buf_done(&text);
    }
}

static void what_bites_nowhere_makes_the_run_invalid(void)
{
    static const char *const rows[] = {
        "disk_full, chaos_params: {targets: v4, free_bytes: 1000000000000}}\n",
        "memory_limit, chaos_params: {targets: v1, bytes: 1000000000}" LOAD,
        "mempool_clear, chaos_params: {targets: \"*\", chain: alpha}}\n",
        "peer_isolate, chaos_params: {target: v3, except: [v1, v2, v4, v5, v6, v7]}}\n",
        "api_fault, chaos_params: {listener: alpha, rate: 0%, status: 503}}\n",
        "oracle_skew, chaos_params: {asset: DX/USD, count: 1, skew: 0}}\n",
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf text = {0};
        buf_printf(&text, "%s    - {name: A, duration: 20s, chaos_action: %s%s%c", HEAD, rows[i], TAIL, 0);
        struct stage *stage = stage_run((const char *)text.data);
        if (stage->outcome->exit_code != 2) printf("%s", rows[i]);
        stage_expect(stage, 2);
        stage_free(stage);
        buf_done(&text);
    }
}

int main(void)
{
    every_fault_shows_where_it_bites_and_its_end_is_seen();
    what_happens_to_messages_shows_on_messages();
    what_bites_nowhere_makes_the_run_invalid();
    return 0;
}
