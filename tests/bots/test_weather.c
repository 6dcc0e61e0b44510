/* Bots in bad weather: halts, crashes, lost pools, partitions. Whatever happens, each operation is followed to its end, and the
 * books agree afterwards. */
#include "village.h"

static void admin_do(struct village *v, const char *action, const char *params)
{
    struct answer answer;
    if (admin_chaos_start(&v->admin, str_of(action), (struct str){0}, str_of(params), (struct duration){0}, village_in(v, duration_s(10)),
                          &answer) == NULL)
        CHECK_FAIL("%s: %s " STR_FMT " %s", action, answer_status_text(answer.status), STR_ARG(code_text(answer.code)),
                   answer.error != NULL ? answer.error->message : "");
    answer_done(&answer);
}

static uint32_t final_height(struct village *v)
{
    struct answer answer;
    uint32_t height;
    CHECK(alpha_height_final(&v->crew.alpha, village_in(v, duration_s(10)), &height, &answer));
    answer_done(&answer);
    return height;
}

static void halt_here(struct village *v)
{
    struct village_track track;
    village_track(v, &track, "transfer.simple", NULL);
    struct op *ops = arena_array(&v->arena, struct op, 40);
    struct gate gate = {0};
    admin_do(v, "crash", "{\"targets\":[\"v5\",\"v6\",\"v7\"],\"method\":\"kill\"}");
    fiber_sleep(v->env, duration_s(5));
    const uint32_t before = final_height(v);
    for (uint32_t i = 0; i < 40; i++) {
        village_begin(v, &track, i % v->config.bots, i, (struct str){0}, &ops[i], &gate);
        fiber_sleep(v->env, duration_s(2));
    }
    CHECK_U64(final_height(v), before);
    CHECK_U64(track.track.pending, 40);
    admin_do(v, "restart", "{\"targets\":[\"v5\",\"v6\",\"v7\"]}");
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(120))));
    for (uint32_t i = 0; i < 40; i++) check_done(&ops[i]);
    CHECK(instant_since(ops[0].finalized, ops[0].intended).ns > 79 * NS_PER_S);
    CHECK_U64(track.track.pending, 0);
    village_check_settled(v);
}
static void operations_survive_a_halt(void)
{
    village_free(village_run((struct village_config){.validators = 7, .bots = 8, .seed = 21, .ax = 1000000}, halt_here));
}

static void view_down_here(struct village *v)
{
    struct village_track track;
    village_track(v, &track, "transfer.simple", NULL);
    struct op *ops = arena_array(&v->arena, struct op, 12);
    struct gate gate = {0};
    for (uint32_t i = 0; i < 6; i++) village_begin(v, &track, i % v->config.bots, i, STR("v2"), &ops[i], &gate);
    fiber_sleep(v->env, duration_ms(300));
    admin_do(v, "crash", "{\"targets\":[\"v2\"],\"method\":\"kill\"}");
    for (uint32_t i = 6; i < 12; i++) village_begin(v, &track, i % v->config.bots, i, STR("v2"), &ops[i], &gate);
    fiber_sleep(v->env, duration_s(30));
    CHECK_U64(track.track.by_status[OP_DONE], 0); /* the view they talk to is down: nobody tells them */
    admin_do(v, "restart", "{\"targets\":[\"v2\"]}");
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(120))));
    for (uint32_t i = 0; i < 12; i++) check_done(&ops[i]);
    village_check_settled(v);
}
static void who_talks_to_a_node_that_is_down_waits_for_it(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = 6, .seed = 22, .ax = 1000000}, view_down_here));
}

/* The node that took them dies before it told anybody: its pool is gone, and the bots send the same bytes again. */
static void lost_pool_here(struct village *v)
{
    struct village_track track;
    village_track(v, &track, "transfer.burst", (const char *const[]){"size=5", NULL});
    struct op *ops = arena_array(&v->arena, struct op, 4);
    struct gate gate = {0};
    for (uint32_t i = 0; i < 4; i++) village_begin(v, &track, i, i, (struct str){0}, &ops[i], &gate);
    while (track.track.submitted < 8) fiber_sleep(v->env, (struct duration){NS_PER_MS / 10});
    admin_do(v, "crash", "{\"targets\":[\"v1\"],\"method\":\"kill\"}");
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(120))));
    for (uint32_t i = 0; i < 4; i++) {
        check_done(&ops[i]);
        CHECK_U64(ops[i].transactions, 5);
    }
    admin_do(v, "restart", "{\"targets\":[\"v1\"]}");
    fiber_sleep(v->env, duration_s(10));
    village_check_settled(v);
}
static void what_a_dead_node_forgot_is_sent_again(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = 4, .seed = 23, .ax = 1000000}, lost_pool_here));
}

static void partition_here(struct village *v)
{
    struct village_track track;
    village_track(v, &track, "transfer.simple", NULL);
    struct op *ops = arena_array(&v->arena, struct op, 24);
    struct gate gate = {0};
    admin_do(v, "partition", "{\"groups\":[[\"v1-v3\"],[\"v4-v6\"]]}");
    for (uint32_t i = 0; i < 24; i++) {
        village_begin(v, &track, i % v->config.bots, i, i % v->config.bots < v->config.bots / 2 ? STR("v2") : STR("v5"), &ops[i],
                      &gate);
        fiber_sleep(v->env, duration_s(3));
    }
    CHECK_U64(track.track.pending, 24);
    admin_do(v, "heal", "{}");
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(120))));
    for (uint32_t i = 0; i < 24; i++) check_done(&ops[i]);
    village_check_settled(v);
}
static void both_sides_of_a_partition_are_followed_to_the_end(void)
{
    struct village_config config = {.validators = 6, .bots = 8, .seed = 24, .ax = 1000000};
    struct village *a = village_run(config, partition_here);
    config.wire = WIRE_TEXT;
    struct village *b = village_run(config, partition_here);
    CHECK(hash_eq(&a->digest, &b->digest));
    village_free(a);
    village_free(b);
}

static void deadline_here(struct village *v)
{
    struct village_track track;
    village_track(v, &track, "transfer.simple", NULL);
    admin_do(v, "crash", "{\"targets\":[\"v3\",\"v4\"],\"method\":\"kill\"}");
    struct op op;
    struct act act;
    act_init(&act, &v->crew, &track.track, v->bots[0], env_now(v->env), 0);
    act.deadline = village_in(v, duration_s(7));
    behavior_run(track.spec, &act, &op);
    CHECK_U64(op.status, OP_TIMED_OUT);
    CHECK(op.ended.ns >= act.deadline.ns && op.ended.ns < act.deadline.ns + NS_PER_S);
    CHECK_U64(track.track.pending, 1); /* it may yet execute: nobody may count it as gone */
    CHECK(!wallet_is_quiet(&v->bots[0]->wallet));
    CHECK_U64(wallet_available(&v->bots[0]->wallet, TOKEN_AX).units, 1000000 - 1000 - 317);
    const struct postconditions found = village_settle(v);
    CHECK_U64(found.violations, 0);
    CHECK_U64(found.unknown, 1);
    /* stopping ends a wait that has no deadline */
    struct gate gate = {0};
    village_begin(v, &track, 1, 1, (struct str){0}, &op, &gate);
    fiber_sleep(v->env, duration_s(40));
    v->stopping = true;
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(40))));
    CHECK_U64(op.status, OP_TIMED_OUT);
}
static void a_deadline_ends_the_wait_and_leaves_the_question_open(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = 2, .seed = 25, .ax = 1000000}, deadline_here));
}

/* A pool that is full refuses; what was refused is told, and what was admitted gets through although nonces are missing in
 * between. */
static void full_pool_here(struct village *v)
{
    struct village_track track;
    village_track(v, &track, "transfer.burst", (const char *const[]){"size=60", "amount=1", NULL});
    struct op *ops = arena_array(&v->arena, struct op, 16);
    struct gate gate = {0};
    for (uint32_t i = 0; i < 16; i++) village_begin(v, &track, i, i, (struct str){0}, &ops[i], &gate);
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(300))));
    uint64_t refused = 0;
    for (uint32_t i = 0; i < 16; i++) {
        if (ops[i].status == OP_DONE) continue;
        CHECK(ops[i].status == OP_REFUSED || ops[i].status == OP_DROPPED);
        CHECK(ops[i].code == CODE_MEMPOOL_FULL || ops[i].code == CODE_TX_EVICTED);
        refused++;
    }
    CHECK(refused > 0);
    for (uint32_t i = 0; i < v->config.bots; i++)
        while (v->bots[i]->operations_open > 0) fiber_sleep(v->env, duration_ms(100));
    village_check_settled(v);
}
static void a_full_pool_refuses_and_the_books_still_agree(void)
{
    const struct devnet_parameter parameters[] = {{STR("mempool_capacity"), STR("100")},
                                                  {STR("max_block_transactions"), STR("20")}};
    village_free(village_run(
        (struct village_config){
            .validators = 4, .bots = 16, .seed = 26, .ax = 1000000, .parameters = parameters, .parameters_count = 2},
        full_pool_here));
}

/* The gateway comes back without its blocks: what it says of nonces is old, and the bots know better from what they have seen
 * final. */
static void behind_here(struct village *v)
{
    struct village_track burst, simple;
    village_track(v, &burst, "transfer.burst", (const char *const[]){"size=100", NULL});
    village_track(v, &simple, "transfer.simple", NULL);
    admin_do(v, "crash", "{\"targets\":[\"v1\"],\"method\":\"kill\"}");
    for (uint32_t i = 0; i < 4; i++) {
        const struct op op = village_once(v, &burst, 0, i);
        check_done(&op);
    }
    admin_do(v, "restart", "{\"targets\":[\"v1\"],\"wipe\":true}");
    struct op *ops = arena_array(&v->arena, struct op, 40);
    struct gate gate = {0};
    for (uint32_t i = 0; i < 40; i++) {
        village_begin(v, &simple, 0, i, STR("v1"), &ops[i], &gate);
        fiber_sleep(v->env, duration_ms(5));
    }
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(120))));
    for (uint32_t i = 0; i < 40; i++) check_done(&ops[i]);
    CHECK_U64(v->events[EVENT_TX_DROPPED], 0);
    CHECK_U64(v->bots[0]->wallet.resyncs, 0);
    CHECK_U64(v->bots[0]->wallet.lanes[0].next, 440);
    village_check_settled(v);
}
static void a_view_that_is_behind_is_waited_for_and_not_believed(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = 2, .seed = 27, .ax = 100000000}, behind_here));
}

/* Half of the bots live on one side and half on the other; after the heal all talk to the gateway, which has not heard of what the
 * other side holds: more than the nonce window of each bot there. */
static void healed_here(struct village *v)
{
    enum { BURST = 90, AFTER = 5 };
    struct village_track burst, simple;
    char size[24];
    snprintf(size, sizeof(size), "size=%d", BURST);
    village_track(v, &burst, "transfer.burst", (const char *const[]){size, NULL});
    village_track(v, &simple, "transfer.simple", NULL);
    struct op ops[8 + 8 * AFTER];
    struct gate gate = {0};
    size_t count = 0;
    admin_do(v, "partition", "{\"groups\":[[\"v1-v2\"],[\"v3-v4\"]]}");
    fiber_sleep(v->env, duration_s(1));
    for (uint32_t i = 0; i < 8; i++)
        village_begin(v, &burst, i, count, i < 4 ? STR("v1") : i < 6 ? STR("v3") : STR("v4"), &ops[count], &gate), count++;
    fiber_sleep(v->env, duration_s(60));
    CHECK_U64(burst.track.pending, 8 * BURST);
    admin_do(v, "heal", "{}");
    for (uint32_t n = 0; n < AFTER; n++) {
        for (uint32_t i = 0; i < 8; i++) village_begin(v, &simple, i, count, (struct str){0}, &ops[count], &gate), count++;
        fiber_sleep(v->env, duration_ms(200));
    }
    CHECK_U64(simple.track.submitted, 8 * AFTER); /* told by the bots themselves: no block has been made yet */
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(120))));
    for (size_t i = 0; i < count; i++) check_done(&ops[i]);
    CHECK_U64(burst.track.pending + simple.track.pending, 0);
    CHECK_U64(v->events[EVENT_TX_REFUSED] + v->events[EVENT_TX_DROPPED] + v->events[EVENT_BOT_RESYNCED], 0);
    village_check_settled(v);
}
static void after_a_heal_no_nonce_is_given_up_and_no_operation_hangs(void)
{
    const struct village_config config = {.validators = 4, .bots = 8, .seed = 28, .ax = 10000000};
    village_free(village_run(config, healed_here));
}

static struct hash steal(struct village *v, uint32_t bot, const char *view)
{
    struct apierror error;
    const struct tx_spec spec = {.domain = v->crew.domain,
                                 .kind = KIND_ALPHA_TRANSFER,
                                 .fee = AMOUNT(1000),
                                 .token = TOKEN_AX,
                                 .to = v->bots[bot]->identity.address,
                                 .amount = AMOUNT(1)};
    struct tx *tx = tx_build(&spec, v->crew.suite, &v->bots[bot]->identity.key, &error);
    struct alpha alpha = v->crew.alpha;
    alpha.view = str_of(view);
    struct answer answer;
    CHECK(alpha_broadcast(&alpha, tx, village_in(v, duration_s(5)), &answer) != NULL);
    answer_done(&answer);
    const struct hash id = tx->id;
    tx_unref(tx);
    return id;
}

/* v4 is alone and the only one to hold what the bots gave it; it dies with it. What still can run is sent again; what lost its nonce
 * meanwhile has ended. */
static void only_holder_here(struct village *v)
{
    struct village_track simple;
    village_track(v, &simple, "transfer.simple", NULL);
    struct op ops[8];
    struct gate gate = {0};
    admin_do(v, "partition", "{\"groups\":[[\"v1-v3\"],[\"v4\"]]}");
    fiber_sleep(v->env, duration_s(1));
    for (uint32_t i = 0; i < 8; i++) village_begin(v, &simple, i % 4, i, STR("v4"), &ops[i], &gate);
    fiber_sleep(v->env, duration_s(5));
    CHECK_U64(simple.track.pending, 8);
    (void)steal(v, 0, "v1"); /* somebody has the key of the first bot */
    fiber_sleep(v->env, duration_s(5));
    admin_do(v, "crash", "{\"targets\":[\"v4\"],\"method\":\"kill\"}");
    fiber_sleep(v->env, duration_s(5));
    admin_do(v, "heal", "{}");
    admin_do(v, "restart", "{\"targets\":[\"v4\"]}");
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(120))));
    CHECK_U64(ops[0].status, OP_DROPPED);
    CHECK_U64(ops[0].code, CODE_TX_DROPPED);
    for (uint32_t i = 1; i < 8; i++) check_done(&ops[i]);
    CHECK_U64(v->events[EVENT_TX_DROPPED], 1);
    CHECK_U64(v->events[EVENT_TX_REFUSED], 0);
    CHECK_U64(simple.track.pending, 0);
    CHECK_U64(v->bots[0]->wallet.lanes[0].next, 2); /* the stolen nonce is not used again */
    CHECK_U64(v->bots[0]->wallet.lanes[0].holes_count, 0);
    struct op op = village_once(v, &simple, 0, 8);
    check_done(&op);
    for (uint32_t i = 0; i < 4; i++) CHECK_U64(v->bots[i]->flights[0].txs.count, 0);
}
static void what_died_with_its_only_holder_is_sent_again_or_ends_as_dropped(void)
{
    const struct village_config config = {.validators = 4, .bots = 4, .seed = 29, .ax = 1000000};
    village_free(village_run(config, only_holder_here));
}

/* The same without the crash: the view itself tells that the nonce is lost. */
static void rival_here(struct village *v)
{
    struct village_track simple;
    village_track(v, &simple, "transfer.simple", NULL);
    struct op op;
    struct gate gate = {0};
    admin_do(v, "partition", "{\"groups\":[[\"v1-v3\"],[\"v4\"]]}");
    fiber_sleep(v->env, duration_s(1));
    village_begin(v, &simple, 0, 0, STR("v4"), &op, &gate);
    fiber_sleep(v->env, duration_s(5));
    (void)steal(v, 0, "v1");
    fiber_sleep(v->env, duration_s(5));
    admin_do(v, "heal", "{}");
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(60))));
    CHECK_U64(op.status, OP_DROPPED);
    CHECK_U64(op.code, CODE_TX_DROPPED);
    CHECK_U64(v->bots[0]->wallet.lanes[0].holes_count, 0);
    CHECK_U64(v->bots[0]->wallet.lanes[0].next, 1);
    op = village_once(v, &simple, 0, 1);
    check_done(&op);
    CHECK_U64(v->events[EVENT_BOT_RESYNCED], 0);
}
static void a_nonce_lost_to_a_rival_is_not_handed_out_again(void)
{
    const struct village_config config = {.validators = 4, .bots = 2, .seed = 30, .ax = 1000000};
    village_free(village_run(config, rival_here));
}

/* A rival has the nonce, so the bot goes on with the next one; then the rival is gone for good, and nobody has it. */
static void vanished_here(struct village *v)
{
    struct village_track simple;
    village_track(v, &simple, "transfer.simple", NULL);
    struct op op;
    struct gate gate = {0};
    admin_do(v, "partition", "{\"groups\":[[\"v1-v3\"],[\"v4\"]]}");
    fiber_sleep(v->env, duration_s(1));
    (void)steal(v, 0, "v4");
    village_begin(v, &simple, 0, 0, STR("v4"), &op, &gate);
    fiber_sleep(v->env, duration_s(5));
    CHECK_U64(v->events[EVENT_BOT_RESYNCED], 1);
    CHECK_U64(v->bots[0]->wallet.lanes[0].next, 2);
    admin_do(v, "crash", "{\"targets\":[\"v4\"],\"method\":\"kill\"}");
    fiber_sleep(v->env, duration_s(1));
    admin_do(v, "heal", "{}");
    admin_do(v, "restart", "{\"targets\":[\"v4\"]}");
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(120))));
    check_done(&op);
    CHECK_U64(simple.track.fillers, 1);
    while (v->bots[0]->operations_open > 0) fiber_sleep(v->env, duration_ms(100));
    village_check_settled(v);
}
static void a_nonce_that_nobody_has_any_more_is_filled(void)
{
    const struct village_config config = {.validators = 4, .bots = 2, .seed = 31, .ax = 1000000};
    village_free(village_run(config, vanished_here));
}

int main(void)
{
    RUN(operations_survive_a_halt);
    RUN(who_talks_to_a_node_that_is_down_waits_for_it);
    RUN(what_a_dead_node_forgot_is_sent_again);
    RUN(both_sides_of_a_partition_are_followed_to_the_end);
    RUN(a_deadline_ends_the_wait_and_leaves_the_question_open);
    RUN(a_full_pool_refuses_and_the_books_still_agree);
    RUN(a_view_that_is_behind_is_waited_for_and_not_believed);
    RUN(after_a_heal_no_nonce_is_given_up_and_no_operation_hangs);
    RUN(what_died_with_its_only_holder_is_sent_again_or_ends_as_dropped);
    RUN(a_nonce_lost_to_a_rival_is_not_handed_out_again);
    RUN(a_nonce_that_nobody_has_any_more_is_filled);
    return 0;
}
