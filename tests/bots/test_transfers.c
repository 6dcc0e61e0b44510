/* Bots pay each other through a real network in the simulated world: every behaviour that this build carries out is run, and what
 * must hold of all payments together is compared with the chain. */
#include "drawn.h"
#include "village.h"

static void one_payment_here(struct village *v)
{
    struct village_track track;
    village_track(v, &track, "transfer.simple", NULL);
    const struct op op = village_once(v, &track, 0, 0);
    check_done(&op);
    CHECK(op.sent.ns >= op.intended.ns && op.admitted.ns > op.sent.ns && op.included.ns > op.admitted.ns &&
          op.finalized.ns > op.included.ns);
    CHECK(op.ended.ns >= op.finalized.ns);
    CHECK_U64(op.transactions, 1);
    CHECK(instant_since(op.admitted, op.sent).ns < 20 * NS_PER_MS);
    CHECK(instant_since(op.finalized, op.intended).ns < 5 * NS_PER_S);
    CHECK_U64(v->bots[0]->wallet.lanes[0].executed, 1);
    CHECK(v->events[EVENT_TX_ADMITTED] == 1 && v->events[EVENT_TX_INCLUDED] == 1 && v->events[EVENT_TX_FINALIZED] == 1);
    village_check_settled(v);
}
static void a_payment_is_followed_to_its_end(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = 3, .seed = 1, .ax = 1000000}, one_payment_here));
}

/* The same bots on Delta: purses, nonces and fees of that chain, while Alpha's stay as they are. */
static void delta_payments_here(struct village *v)
{
    struct village_track track;
    const char *const sets[] = {"chain=delta", "amount=700", NULL};
    struct answer answer;
    for (uint32_t i = 0; i < 4; i++) {
        village_track(v, &track, i < 2 ? "transfer.simple" : "transfer.batch", sets);
        const struct op op = village_once(v, &track, 0, i);
        check_done(&op);
        CHECK_U64(op.chain, OP_DELTA);
    }
    CHECK_U64(v->bots[0]->wallet.lanes[1].executed, 4);
    CHECK_U64(v->bots[0]->wallet.lanes[0].next, 0);
    const struct account_view *account = alpha_account(&v->crew.delta, &v->bots[0]->identity.address, village_in(v, duration_s(5)), &answer);
    CHECK(account != NULL && account->nonce == 4);
    answer_done(&answer);
    const struct postconditions found = village_settle(v);
    if (found.violations + found.unknown > 0) CHECK_FAIL("%s", found.note);
    CHECK_U64(found.samples, v->config.bots + 1); /* all on Alpha, the sender on Delta */
    /* Genesis alone is not enough for a bot that comes later: the faucet gives what is missing on both chains. */
    struct bot_idle idle = bot_new(&v->crew, v->config.seed, STR("late-1"), 60);
    struct bot *late = idle.bot;
    const struct money wanted[] = {money_of(TOKEN_AX, AMOUNT(5000)), money_of(TOKEN_DX, AMOUNT(7000)), money_of(TOKEN_USD, AMOUNT(9))};
    struct bot_funded funded;
    struct err err;
    if (!bot_fund(&idle, wanted, 3, village_in(v, duration_s(30)), &funded, &err)) CHECK_FAIL("%s", err.text);
    CHECK(amount_eq(wallet_available(&late->wallet, TOKEN_USD), AMOUNT(9)));
    CHECK(amount_eq(wallet_available(&late->wallet, TOKEN_DX), AMOUNT(7000)));
    bot_free(late);
}
static void bots_pay_each_other_on_delta(void)
{
    const enum http_wire wires[] = {WIRE_STRUCT, WIRE_TEXT};
    for (size_t i = 0; i < ARRAY_LEN(wires); i++)
        village_free(village_run((struct village_config){.validators = 4, .bots = 3, .seed = 9, .ax = 1000000, .dx = 1000000, .wire = wires[i]}, delta_payments_here));
}

/* Twenty bots, thirty payments each, many in flight at once. */
static void many_in_flight_here(struct village *v)
{
    struct village_track track;
    const char *const sets[] = {"amount=[1, 5000]", NULL};
    village_track(v, &track, "transfer.simple", sets);
    struct schedule_plan plan = {.bots = v->config.bots, .start = env_now(v->env), .length = duration_s(10)};
    struct err err = {0};
    CHECK(schedule_parse(STR("3/s"), &plan, &err));
    struct pacer pacer;
    pacer_init(&pacer, &plan, &track.track.rng);
    struct op *ops = base_alloc(sizeof(*ops) * 1000);
    struct gate gate = {0};
    uint64_t count = 0;
    uint32_t bot;
    struct instant at;
    while (pacer_next(&pacer, &bot, &at)) {
        fiber_sleep_until(v->env, at);
        village_begin(v, &track, bot, count, (struct str){0}, &ops[count], &gate);
        count++;
    }
    pacer_done(&pacer);
    CHECK_U64(count, 600);
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(60))));
    for (uint64_t i = 0; i < count; i++) check_done(&ops[i]);
    CHECK_U64(track.track.by_status[OP_DONE], 600);
    CHECK_U64(track.track.pending, 0);
    CHECK_U64(v->events[EVENT_BOT_RESYNCED], 0);
    village_check_settled(v);
    base_free(ops);
}
static void many_payments_in_flight_add_up_in_the_end(void)
{
    const struct village_config config = {.validators = 4, .bots = 20, .seed = 2, .ax = 1000000};
    struct village *a = village_run(config, many_in_flight_here), *b = village_run(config, many_in_flight_here);
    CHECK(hash_eq(&a->digest, &b->digest));
    struct village_config text = config, other = config;
    text.wire = WIRE_TEXT;
    other.seed = 3;
    struct village *c = village_run(text, many_in_flight_here), *d = village_run(other, many_in_flight_here);
    CHECK(hash_eq(&a->digest, &c->digest)); /* the route does not matter */
    CHECK(!hash_eq(&a->digest, &d->digest));
    village_free(a);
    village_free(b);
    village_free(c);
    village_free(d);
}

static void every_behaviour_here(struct village *v)
{
    const struct {
        const char *name;
        const char *const *sets;
        uint32_t transactions;
    } rows[] = {
        {"transfer.simple", NULL, 1},
        {"transfer.simple", (const char *const[]){"to=user-3", "tip=5", NULL}, 1},
        {"transfer.simple", (const char *const[]){"fee=900", "valid_until=100000", NULL}, 1},
        {"transfer.with_memo", NULL, 1},
        {"transfer.with_memo", (const char *const[]){"memo={length: 1024}", NULL}, 1},
        {"transfer.burst", (const char *const[]){"size=7", NULL}, 7},
        {"transfer.batch", (const char *const[]){"outputs=5", NULL}, 1},
        {"transfer.batch", (const char *const[]){"outputs=3", "to=user-2", NULL}, 1},
        {"query.balance", NULL, 0},
        {"query.balance", (const char *const[]){"address=user-2", NULL}, 0},
        {"query.mempool", NULL, 0},
        {"query.validator", NULL, 0},
        {"query.state", NULL, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct village_track track;
        village_track(v, &track, rows[i].name, rows[i].sets);
        const struct op op = village_once(v, &track, 0, i);
        if (op.status != OP_DONE)
            CHECK_FAIL("%s: %s " STR_FMT ": %s", rows[i].name, op_status_text(op.status), STR_ARG(code_text(op.code)), op.note);
        CHECK_U64(op.transactions, rows[i].transactions);
        CHECK(op.admitted.ns > op.sent.ns);
    }
    village_check_settled(v);
}
static void every_behaviour_of_this_build_is_run(void)
{
    village_free(
        village_run((struct village_config){.validators = 4, .bots = 5, .seed = 4, .ax = 10000000}, every_behaviour_here));
}

struct told {
    struct str name;
    char value[80];
};
static void hear(void *context, struct str name, struct str value)
{
    struct told *told = context;
    if (!str_eq(name, told->name)) return;
    memcpy(told->value, value.data, MIN(value.len, sizeof(told->value) - 1));
}

static void captures_here(struct village *v)
{
    struct village_track pay, ask, balance;
    village_track(v, &pay, "transfer.simple", NULL);
    struct told told = {.name = STR("tx_id")};
    struct act act;
    struct op op;
    act_init(&act, &v->crew, &pay.track, v->bots[1], env_now(v->env), 0);
    act.output = hear;
    act.context = &told;
    behavior_run(pay.spec, &act, &op);
    check_done(&op);
    CHECK_HEX(op.tx_id.b, 32, told.value);
    char set[96];
    snprintf(set, sizeof(set), "id=%s", told.value);
    village_track(v, &ask, "query.transaction", (const char *const[]){set, NULL});
    struct told status = {.name = STR("status")};
    act_init(&act, &v->crew, &ask.track, v->bots[1], env_now(v->env), 0);
    act.output = hear;
    act.context = &status;
    behavior_run(ask.spec, &act, &op);
    check_done(&op);
    CHECK_STR(str_of(status.value), STR("finalized"));
    village_track(v, &balance, "query.balance", NULL);
    struct told amount = {.name = STR("balance")};
    act_init(&act, &v->crew, &balance.track, v->bots[1], env_now(v->env), 0);
    act.output = hear;
    act.context = &amount;
    behavior_run(balance.spec, &act, &op);
    char wants[AMOUNT_TEXT];
    amount_text(v->bots[1]->wallet.purses[TOKEN_AX].settled, wants);
    CHECK_STR(str_of(amount.value), str_of(wants));
    village_track(v, &ask, "query.transaction",
                  (const char *const[]){"id=0000000000000000000000000000000000000000000000000000000000000000", NULL});
    op = village_once(v, &ask, 0, 0);
    CHECK_U64(op.status, OP_REFUSED);
    CHECK_U64(op.code, CODE_TRANSACTION_NOT_FOUND);
}
static void what_a_behaviour_makes_can_be_used_by_the_next(void)
{
    village_free(village_run((struct village_config){.validators = 1, .bots = 2, .seed = 5, .ax = 100000}, captures_here));
}

static void refusals_here(struct village *v)
{
    struct village_track track;
    village_track(v, &track, "transfer.simple", (const char *const[]){"fee=1", NULL});
    struct op op = village_once(v, &track, 0, 0);
    CHECK_U64(op.status, OP_REFUSED);
    CHECK_U64(op.code, CODE_FEE_TOO_LOW);
    CHECK(op.note[0] != '\0');
    village_track(v, &track, "transfer.simple", (const char *const[]){"amount=0", NULL});
    op = village_once(v, &track, 0, 1);
    CHECK(op.status == OP_SKIPPED || op.code == CODE_AMOUNT_NOT_POSITIVE);
    village_track(v, &track, "transfer.simple", (const char *const[]){"amount=99999999", NULL});
    op = village_once(v, &track, 0, 2);
    CHECK_U64(op.status, OP_SKIPPED);
    village_track(v, &track, "transfer.simple", (const char *const[]){"chain=delta", NULL});
    op = village_once(v, &track, 0, 3);
    CHECK_U64(op.status, OP_UNSUPPORTED);
    village_track(v, &track, "transfer.simple", (const char *const[]){"to=nobody-7", NULL});
    op = village_once(v, &track, 0, 4);
    CHECK_U64(op.status, OP_SKIPPED);
    /* a refused nonce is used again */
    village_track(v, &track, "transfer.simple", NULL);
    op = village_once(v, &track, 0, 5);
    check_done(&op);
    CHECK_U64(v->bots[0]->wallet.lanes[0].next, 1);
    village_check_settled(v);
}
static void a_refusal_is_told_with_its_code_and_costs_nothing(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = 3, .seed = 6, .ax = 100000}, refusals_here));
}

/* Later payments wait behind one that was refused, and nobody sends another: the bot fills the hole itself. */
static void hole_here(struct village *v)
{
    struct village_track good, bad;
    village_track(v, &good, "transfer.simple", NULL);
    village_track(v, &bad, "transfer.simple", (const char *const[]){"fee=1", NULL});
    struct op *ops = arena_array(&v->arena, struct op, 4);
    struct gate gate = {0};
    village_begin(v, &bad, 0, 0, (struct str){0}, &ops[0], &gate);
    for (uint32_t i = 1; i < 4; i++) village_begin(v, &good, 0, i, (struct str){0}, &ops[i], &gate);
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(60))));
    CHECK_U64(ops[0].code, CODE_FEE_TOO_LOW);
    for (uint32_t i = 1; i < 4; i++) check_done(&ops[i]);
    while (v->bots[0]->operations_open > 0) fiber_sleep(v->env, duration_ms(100));
    CHECK_U64(bad.track.fillers, 1);
    CHECK_U64(v->bots[0]->wallet.lanes[0].executed, 4);
    village_check_settled(v);
}
static void a_nonce_hole_that_others_wait_behind_is_filled(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = 2, .seed = 7, .ax = 100000}, hole_here));
}

/* Somebody else pays with the same key: the bot finds its nonces taken. */
static void stolen_here(struct village *v)
{
    struct apierror error;
    for (uint64_t nonce = 0; nonce < 3; nonce++) {
        const struct tx_spec spec = {.domain = v->crew.domain,
                                     .kind = KIND_ALPHA_TRANSFER,
                                     .nonce = nonce,
                                     .fee = AMOUNT(1000),
                                     .token = TOKEN_AX,
                                     .to = v->bots[1]->identity.address,
                                     .amount = AMOUNT(77)};
        struct tx *tx = tx_build(&spec, v->crew.suite, &v->bots[0]->identity.key, &error);
        struct answer answer;
        CHECK(alpha_broadcast(&v->crew.alpha, tx, village_in(v, duration_s(5)), &answer) != NULL);
        answer_done(&answer);
        if (nonce == 2) {
            CHECK(alpha_transaction(&v->crew.alpha, &tx->id, TX_WAIT_FINALIZED, duration_s(20), village_in(v, duration_s(25)),
                                    &answer) != NULL);
            answer_done(&answer);
        }
        tx_unref(tx);
    }
    struct village_track track;
    village_track(v, &track, "transfer.simple", NULL);
    const struct op op = village_once(v, &track, 0, 0);
    check_done(&op);
    CHECK_U64(v->events[EVENT_BOT_RESYNCED], 1);
    CHECK_U64(v->bots[0]->wallet.resyncs, 1);
    CHECK_U64(v->bots[0]->wallet.lanes[0].next, 4);
    /* and what was paid behind its back shows where sums are compared */
    const struct postconditions found = village_settle(v);
    CHECK_U64(found.violations, 2);
    CHECK(strstr(found.note, "user-1") != NULL);
}
static void a_bot_that_lost_track_says_so_and_goes_on(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = 2, .seed = 8, .ax = 100000}, stolen_here));
}

static void faucet_here(struct village *v)
{
    struct bot_idle idle = bot_new(&v->crew, v->config.seed, STR("newcomer"), 40);
    struct bot *bot = idle.bot;
    const struct money wanted[] = {money_of(TOKEN_AX, AMOUNT(5000)), money_of(TOKEN_DX, AMOUNT(9))};
    struct bot_funded funded;
    struct err err = {0};
    if (!bot_fund(&idle, wanted, 2, village_in(v, duration_s(60)), &funded, &err)) CHECK_FAIL("%s", err.text);
    CHECK(idle.bot == NULL);
    CHECK_U64(wallet_available(&bot->wallet, TOKEN_AX).units, 5000);
    CHECK_U64(wallet_available(&bot->wallet, TOKEN_DX).units, 9);
    struct bot_running running = bot_start(&funded);
    struct bot_stopped stopped = bot_stop(&running);
    CHECK(stopped.bot == bot && running.bot == NULL);
    bot_free(bot);
    /* without a faucet it stays what it was */
    v->crew.admin = NULL;
    idle = bot_new(&v->crew, v->config.seed, STR("pauper"), 41);
    bot = idle.bot;
    CHECK(!bot_fund(&idle, wanted, 1, village_in(v, duration_s(60)), &funded, &err));
    CHECK_U64(err.code, ERR_CONFLICT);
    CHECK(idle.bot == bot);
    bot_free(bot);
}
static void a_newcomer_is_funded_by_the_faucet(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = 1, .seed = 9, .ax = 100000}, faucet_here));
}

static void mixes_here(struct village *v)
{
    const struct role *role = role_find(STR("general_user"));
    struct rng rng;
    rng_init(&rng, 1);
    for (size_t variant = 0; variant < role->variants_count; variant++)
        for (uint64_t i = 0; i < 12 && role_mix_missing(&role->variants[variant]) == NULL; i++) {
            const struct behavior_spec *spec = mix_drawn(&role->variants[variant], &rng);
            struct village_track track;
            village_track(v, &track, spec->name, NULL);
            const struct op op = village_once(v, &track, (uint32_t)(i % v->config.bots), i);
            check_done(&op);
        }
    const struct postconditions found = village_settle(v);
    if (found.violations > 0 || found.unknown > 0) CHECK_FAIL("%s", found.note);
    CHECK(found.samples >= v->config.bots); /* and the accounts on Delta of those who went there */
}
static void a_users_mix_can_be_lived(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = 6, .seed = 10, .ax = 100000000, .dx = 100000000}, mixes_here));
}

/* The claims before must have used all of these families; queries about markets are in test_dex_lives.c, about proposals in
 * test_governance_lives.c. */
static void no_transfer_and_no_query_was_left_out(void)
{
    for (size_t i = 0; behavior_name_at(i).len > 0; i++) {
        const struct str name = behavior_name_at(i);
        const bool ours = str_starts(name, STR("transfer.")) || str_starts(name, STR("query."));
        const bool elsewhere = str_starts(name, STR("query.order")) || str_eq(name, STR("query.trades")) || str_eq(name, STR("query.proposals"));
        if (ours && !elsewhere && behavior_find(name)->step != NULL && !village_ran[i]) CHECK_FAIL(STR_FMT " is run by no test", STR_ARG(name));
    }
}

int main(void)
{
    RUN(a_payment_is_followed_to_its_end);
    RUN(bots_pay_each_other_on_delta);
    RUN(many_payments_in_flight_add_up_in_the_end);
    RUN(every_behaviour_of_this_build_is_run);
    RUN(what_a_behaviour_makes_can_be_used_by_the_next);
    RUN(a_refusal_is_told_with_its_code_and_costs_nothing);
    RUN(a_nonce_hole_that_others_wait_behind_is_filled);
    RUN(a_bot_that_lost_track_says_so_and_goes_on);
    RUN(a_newcomer_is_funded_by_the_faucet);
    RUN(a_users_mix_can_be_lived);
    RUN(no_transfer_and_no_query_was_left_out);
    return 0;
}
