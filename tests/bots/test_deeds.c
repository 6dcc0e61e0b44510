/* What behaviours are made of, on a network: transactions of any kind, waiting for heights, claims, requests between bots. */
#include "tester/bot/ask.h"
#include "tester/bot/claim.h"
#include "tester/bot/send.h"
#include "tester/bot/tide.h"
#include "village.h"

struct doing {
    struct track track;
    struct act act;
    struct op op;
};

static void doing_begin(struct village *v, struct doing *d, uint32_t bot)
{
    memset(d, 0, sizeof(*d));
    d->track = (struct track){.bots = v->indices, .bots_count = v->config.bots};
    rng_init(&d->track.rng, 1);
    act_init(&d->act, &v->crew, &d->track, v->bots[bot], env_now(v->env), 0);
    d->op = (struct op){.intended = env_now(v->env), .marked = env_now(v->env)};
    d->act.op = &d->op;
}

static union payload lock_of(const struct bot *bot, uint64_t amount)
{
    union payload payload = {.bridge_lock = {.amount = AMOUNT(amount), .recipient = bot->identity.address, .auto_mint = true}};
    return payload;
}

static void a_lock_is_sent_and_its_movement_claimed(struct village *v)
{
    struct doing d;
    doing_begin(v, &d, 0);
    const union payload payload = lock_of(v->bots[0], 5000);
    struct landing landing = {.arena = &v->arena};
    const struct send_plan plan = {.kind = KIND_BRIDGE_LOCK, .payload = &payload, .leaves = money_of(TOKEN_AX, AMOUNT(5000))};
    const struct amount before = wallet_available(&v->bots[0]->wallet, TOKEN_AX);
    CHECK(act_send(&d.act, &plan, &landing, &d.op));
    check_done(&d.op);
    CHECK(landing.height > 0 && hash_eq(&landing.id, &d.op.tx_id) && landing.told.len > 0);
    struct movement movement = {.chain = CHAIN_ALPHA, .address = &v->bots[0]->identity.address, .height = landing.height, .token = TOKEN_AX,
                                .lost = AMOUNT(5000 + landing.receipt.fee_charged.units), .by = &landing.id};
    CHECK(act_claim_moved(&d.act, "the lock leaves the account", &movement));
    CHECK_U64(d.track.claims[0].held, 1);
    CHECK(wallet_available(&v->bots[0]->wallet, TOKEN_AX).units == before.units - movement.lost.units);
    movement.lost.units--; /* one unit less, and it is told */
    CHECK(!act_claim_moved(&d.act, "the lock leaves the account", &movement));
    CHECK_U64(d.op.status, OP_POSTCONDITION);
    CHECK_U64(d.track.claims[0].broken, 1);
}

static void stages_of_an_operation_add_up(struct village *v)
{
    struct village_track track;
    village_track(v, &track, "transfer.simple", NULL);
    const struct op op = village_once(v, &track, 0, 0);
    check_done(&op);
    uint64_t sum = 0;
    for (size_t i = 0; i < OP_STAGE_COUNT; i++) sum += op.stages[i].ns;
    CHECK_U64(sum, instant_since(op.ended, op.intended).ns);
    CHECK(op.stages[STAGE_ADMISSION].ns > 0 && op.stages[STAGE_INCLUSION].ns > 0 && op.stages[STAGE_FINALITY].ns > 0);
}

static void what_must_be_refused_is(struct village *v)
{
    struct doing d;
    doing_begin(v, &d, 0);
    const union payload payload = {.vote = {.proposal = {{7}}, .choice = 1}};
    const struct send_plan plan = {.kind = KIND_PROPOSAL_VOTE, .payload = &payload};
    if (!act_send_refused(&d.act, &plan, CODE_PROPOSAL_NOT_FOUND, NULL, &d.op)) CHECK_FAIL("%s " STR_FMT " %s", op_status_text(d.op.status), STR_ARG(code_text(d.op.code)), d.op.note);
    check_done(&d.op);
    const union payload fine = lock_of(v->bots[0], 1);
    const struct send_plan taken = {.kind = KIND_BRIDGE_LOCK, .payload = &fine, .leaves = money_of(TOKEN_AX, AMOUNT(1))};
    CHECK(!act_send_refused(&d.act, &taken, CODE_PROPOSAL_NOT_FOUND, NULL, &d.op));
    CHECK_U64(d.op.status, OP_POSTCONDITION);
}

struct waiter {
    struct village *village;
    struct doing doing;
    struct gate *gate;
    uint32_t height;
};
static void waiter_run(void *arg)
{
    struct waiter *w = arg;
    doing_begin(w->village, &w->doing, 0);
    uint32_t reached = 0;
    CHECK(tide_await(&w->doing.act, CHAIN_ALPHA, w->height, village_in(w->village, duration_s(60)), &reached));
    CHECK(reached >= w->height);
    gate_leave(w->village->env, w->gate);
}

static void many_wait_for_heights_over_one_stream(struct village *v)
{
    static struct waiter waiters[50];
    struct gate gate = {0};
    struct doing d;
    doing_begin(v, &d, 0);
    CHECK(tide_next(&d.act, CHAIN_ALPHA, village_in(v, duration_s(30))));
    const uint32_t now = v->crew.tides[0].height;
    for (uint32_t i = 0; i < ARRAY_LEN(waiters); i++) {
        waiters[i] = (struct waiter){.village = v, .gate = &gate, .height = now + 1 + i % 5};
        gate_enter(&gate);
        (void)fiber_spawn(v->env, waiter_run, &waiters[i]);
    }
    fiber_yield(v->env);
    CHECK_U64(v->crew.helpers, 1);
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(60))));
    const struct instant start = env_now(v->env);
    CHECK(!tide_await(&d.act, CHAIN_ALPHA, now + 100000, village_in(v, duration_s(3)), NULL)); /* the deadline is kept */
    CHECK(instant_since(env_now(v->env), start).ns <= duration_s(3).ns);
}

struct server {
    struct village *village;
    struct doing doing;
    struct bus_subscription *service;
};
static void server_run(void *arg)
{
    struct server *s = arg;
    struct served served;
    for (int i = 0; i < 3; i++) {
        if (!serve_next(&s->doing.act, s->service, village_in(s->village, duration_s(60)), &served)) CHECK_FAIL("nobody asked");
        if (str_eq(served.request, STR("2+2"))) serve_reply(&s->doing.act, &served, STR("4"));
        else if (str_eq(served.request, STR("sleep"))) {
            fiber_sleep(s->village->env, duration_s(5));
            serve_reply(&s->doing.act, &served, STR("late"));
        } else serve_fail(&s->doing.act, &served, STR("cannot"));
    }
    bus_unsubscribe(s->service);
}

static void bots_ask_each_other_and_do_without(struct village *v)
{
    struct doing d;
    struct buf reply = {0};
    doing_begin(v, &d, 0);
    CHECK_U64(act_ask(&d.act, STR("sums"), STR("2+2"), village_in(v, duration_s(1)), &reply), ASK_NOBODY);
    static struct server server;
    server.village = v;
    doing_begin(v, &server.doing, 1);
    server.service = serve_open(&server.doing.act, STR("sums"), 4);
    (void)fiber_spawn(v->env, server_run, &server);
    CHECK_U64(act_ask(&d.act, STR("sums"), STR("2+2"), village_in(v, duration_s(1)), &reply), ASK_OK);
    CHECK_STR(buf_str(&reply), STR("4"));
    buf_clear(&reply);
    CHECK_U64(act_ask(&d.act, STR("sums"), STR("1/0"), village_in(v, duration_s(1)), &reply), ASK_FAILED);
    CHECK_STR(buf_str(&reply), STR("cannot"));
    CHECK_U64(act_ask(&d.act, STR("sums"), STR("sleep"), village_in(v, duration_s(1)), &reply), ASK_LATE);
    fiber_sleep(v->env, duration_s(6));
    CHECK_U64(act_ask(&d.act, STR("sums"), STR("2+2"), village_in(v, duration_s(1)), &reply), ASK_NOBODY); /* it has gone */
    buf_done(&reply);
}

static void body(struct village *v)
{
    a_lock_is_sent_and_its_movement_claimed(v);
    stages_of_an_operation_add_up(v);
    what_must_be_refused_is(v);
    many_wait_for_heights_over_one_stream(v);
    bots_ask_each_other_and_do_without(v);
}

int main(void)
{
    const struct village_config config = {.validators = 4, .bots = 3, .seed = 5, .ax = 1000000, .dx = 1000000};
    struct village *v = village_run(config, body);
    CHECK_U64(v->crew.helpers, 0);
    village_free(v);
    return 0;
}
