/* Bots recover: blocks are replaced, pools are emptied, nodes die and come back, on Alpha and on Delta, while payments and crossings are under
 * way. No operation is lost without a word, no nonce stays open, and wallets are what both chains show. */
#include "village.h"

#define BOTS 8u
#define OPS_MAX 400u

enum sort { PAYMENT_ALPHA, PAYMENT_DELTA, CROSSING, SORTS };
static const char *const behaviors[SORTS] = {"transfer.simple", "transfer.simple", "cross_chain.lock_mint"};
static const char *const on_delta[] = {"chain=delta", NULL}, *const crossings[] = {"amount=5000", "claim_after=20s", NULL};
static const char *const *const sets[SORTS] = {NULL, on_delta, crossings};

struct deed {
    const char *action, *params;
};
struct storm {
    const char *title, *chain;
    struct deed deeds[2]; /* in turn */
    uint32_t every_ms, times;
};

static const struct storm storms[] = {
    {"blocks replaced, one deep", "alpha", {{"reorg", "{\"depth\":1}"}, {NULL, NULL}}, 1700, 8},
    {"blocks replaced, one deep", "delta", {{"reorg", "{\"depth\":1}"}, {NULL, NULL}}, 1700, 8},
    {"blocks replaced, two deep", "both", {{"reorg", "{\"depth\":2}"}, {NULL, NULL}}, 2300, 6},
    {"all pools emptied", "alpha", {{"mempool_clear", "{\"targets\":[\"*\"]}"}, {NULL, NULL}}, 730, 12},
    {"all pools emptied", "delta", {{"mempool_clear", "{\"targets\":[\"*\"]}"}, {NULL, NULL}}, 730, 12},
    {"the gateway's pool emptied", "both", {{"mempool_clear", "{\"targets\":[\"v1\"]}"}, {NULL, NULL}}, 410, 24},
    {"the gateway killed and back", "both", {{"crash", "{\"targets\":[\"v1\"],\"method\":\"kill\"}"}, {"restart", "{\"targets\":[\"v1\"]}"}}, 2500, 4},
    {"the gateway back without its state", "both", {{"crash", "{\"targets\":[\"v1\"],\"method\":\"kill\"}"}, {"restart", "{\"targets\":[\"v1\"],\"wipe\":true}"}}, 2500, 2},
    {"too many killed and back", "alpha", {{"crash", "{\"targets\":[\"v2-v4\"],\"method\":\"kill\"}"}, {"restart", "{\"targets\":[\"*\"]}"}}, 4000, 4},
    {"too many killed and back", "delta", {{"crash", "{\"targets\":[\"v2-v4\"],\"method\":\"kill\"}"}, {"restart", "{\"targets\":[\"*\"]}"}}, 4000, 4},
};

static void deed_do(struct village *v, const struct storm *storm, const struct deed *deed)
{
    struct answer answer;
    if (admin_chaos_start(&v->admin, str_of(deed->action), str_of(storm->chain), str_of(deed->params), (struct duration){0}, village_in(v, duration_s(10)), &answer) == NULL)
        CHECK_FAIL("%s: %s " STR_FMT " %s", deed->action, answer_status_text(answer.status), STR_ARG(code_text(answer.code)),
                   answer.error != NULL ? answer.error->message : "");
    answer_done(&answer);
}

struct weather {
    struct village *v;
    const struct storm *storm;
    struct gate *gate;
};
static void weather_run(void *arg)
{
    const struct weather *weather = arg;
    const uint32_t deeds = weather->storm->deeds[1].action != NULL ? 2 : 1;
    for (uint32_t i = 0; i < weather->storm->times; i++) {
        fiber_sleep(weather->v->env, duration_ms(weather->storm->every_ms));
        deed_do(weather->v, weather->storm, &weather->storm->deeds[i % deeds]);
    }
    gate_leave(weather->v->env, weather->gate);
}

static void lanes_are_quiet(const struct village *v)
{
    for (uint32_t i = 0; i < v->config.bots; i++)
        for (size_t c = 0; c < 2; c++) {
            const struct lane_nonces *lane = &v->bots[i]->wallet.lanes[c];
            CHECK_U64(lane->in_flight, 0);
            CHECK_U64(lane->holes_count, 0);
            CHECK_U64(lane->next, lane->executed);
            CHECK_U64(v->bots[i]->flights[c].txs.count, 0);
        }
}

static const struct storm *storm_now;

static void storm_here(struct village *v)
{
    struct village_track tracks[SORTS];
    struct op *ops = arena_array(&v->arena, struct op, OPS_MAX);
    struct gate gate = {0};
    struct weather weather = {v, storm_now, &gate};
    uint32_t count = 0;
    for (size_t s = 0; s < SORTS; s++) village_track(v, &tracks[s], behaviors[s], sets[s]);
    gate_enter(&gate);
    (void)fiber_spawn(v->env, weather_run, &weather);
    const uint64_t lasts_ms = (uint64_t)storm_now->every_ms * (storm_now->times + 1);
    for (uint64_t at_ms = 0; at_ms < lasts_ms && count < OPS_MAX; at_ms += 60, count++) {
        const enum sort sort = count % 12 == 11 ? CROSSING : count % 2 ? PAYMENT_DELTA : PAYMENT_ALPHA;
        village_begin(v, &tracks[sort], count % BOTS, count, (struct str){0}, &ops[count], &gate);
        fiber_sleep(v->env, duration_ms(60));
    }
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(300)))); /* each is followed to its end */
    for (uint32_t i = 0; i < count; i++)
        if (ops[i].status != OP_DONE)
            CHECK_FAIL("%s on %s: operation %u of %u is %s " STR_FMT ": %s", storm_now->title, storm_now->chain, i, count, op_status_text(ops[i].status),
                       STR_ARG(code_text(ops[i].code)), ops[i].note);
    uint64_t ended = 0;
    for (size_t s = 0; s < SORTS; s++) {
        CHECK_U64(tracks[s].track.pending + tracks[s].track.open, 0);
        CHECK_U64(tracks[s].track.started, tracks[s].track.ended);
        ended += tracks[s].track.ended;
    }
    CHECK_U64(ended, count);
    while (!wallet_is_quiet(&v->bots[0]->wallet)) fiber_sleep(v->env, duration_ms(100));
    lanes_are_quiet(v);
    const struct postconditions found = village_settle(v); /* balances and nonces, on both chains */
    if (found.violations + found.unknown > 0) CHECK_FAIL("%s on %s: %s", storm_now->title, storm_now->chain, found.note);
    printf("     %-36s on %-5s: %u operations done, %llu refusals, %llu resyncs\n", storm_now->title, storm_now->chain, count,
           (unsigned long long)v->events[EVENT_TX_REFUSED], (unsigned long long)v->events[EVENT_BOT_RESYNCED]);
}

static void every_operation_survives_the_storm(void)
{
    for (size_t i = 0; i < ARRAY_LEN(storms); i++) {
        storm_now = &storms[i];
        village_free(village_run((struct village_config){.validators = 4, .bots = BOTS, .seed = 50 + i, .ax = 100000000, .dx = 100000000, .simulated = true}, storm_here));
    }
}

/* ---- a bot that lost track ---- */

/* Somebody else pays with the bot's key: it finds its nonces taken, says so, and goes on from what the chain has. */
static void stolen_here(struct village *v)
{
    struct village_track track;
    struct apierror error;
    village_track(v, &track, "transfer.simple", on_delta);
    for (uint64_t nonce = 0; nonce < 3; nonce++) {
        const struct tx_spec spec = {.domain = domain_of(CHAIN_DELTA, v->crew.delta.network), .kind = KIND_DELTA_TRANSFER, .nonce = nonce, .fee = AMOUNT(1000),
                                     .token = TOKEN_DX, .to = v->bots[1]->identity.address, .amount = AMOUNT(77)};
        struct tx *tx = tx_build(&spec, v->crew.suite, &v->bots[0]->identity.key, &error);
        struct answer answer;
        CHECK(alpha_broadcast(&v->crew.delta, tx, village_in(v, duration_s(5)), &answer) != NULL);
        answer_done(&answer);
        CHECK(alpha_transaction(&v->crew.delta, &tx->id, TX_WAIT_FINALIZED, duration_s(20), village_in(v, duration_s(25)), &answer) != NULL);
        answer_done(&answer);
        tx_unref(tx);
    }
    struct op op = village_once(v, &track, 0, 0);
    check_done(&op);
    CHECK_U64(v->events[EVENT_BOT_RESYNCED], 1);
    CHECK_U64(v->bots[0]->wallet.resyncs, 1);
    CHECK_U64(v->bots[0]->wallet.lanes[chain_index(CHAIN_DELTA)].next, 4);
    CHECK_U64(v->bots[0]->wallet.lanes[chain_index(CHAIN_ALPHA)].next, 0); /* of the other chain it has lost nothing */
    struct village_track alpha;
    village_track(v, &alpha, "transfer.simple", NULL);
    op = village_once(v, &alpha, 0, 1);
    check_done(&op);
    CHECK_U64(v->events[EVENT_BOT_RESYNCED], 1);
    CHECK(village_settle(v).violations > 0); /* what was paid behind its back shows where sums are compared */
}
static void a_bot_that_lost_track_on_delta_says_so_and_goes_on(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = 2, .seed = 70, .ax = 1000000, .dx = 1000000}, stolen_here));
}

int main(void)
{
    RUN(every_operation_survives_the_storm);
    RUN(a_bot_that_lost_track_on_delta_says_so_and_goes_on);
    return 0;
}
