/* Crossings when many go at once, and when those who carry messages lose them, or keep some of them back: a bot then brings what is missing itself. */
#include "tester/client/alpha_bridge.h"
#include "village.h"

#define CROWD 100u

static void settles(struct village *v)
{
    const struct postconditions found = village_settle(v);
    if (found.violations + found.unknown > 0) CHECK_FAIL("%s", found.note);
}

/* ---- a crowd (PT-L-011) ---- */

struct crossed {
    struct village_track track;
    struct op op;
    uint64_t amount;
};

static uint64_t supply_of(struct village *v, enum chain_id chain, enum token token, bool minted)
{
    struct answer answer;
    const struct supply *supply = alpha_supply(chain == CHAIN_DELTA ? &v->crew.delta : &v->crew.alpha, true, village_in(v, duration_s(10)), &answer);
    CHECK(supply != NULL);
    uint64_t out = 0;
    for (uint32_t i = 0; i < supply->tokens_count; i++)
        if (supply->tokens[i].token == token) out = (uint64_t)(minted ? supply->tokens[i].bridge_minted : supply->tokens[i].bridge_locked).units;
    answer_done(&answer);
    return out;
}

static uint64_t sax_of(struct village *v, uint32_t bot)
{
    struct answer answer;
    uint64_t out = 0;
    const struct account_view *account = alpha_account(&v->crew.delta, &v->bots[bot]->identity.address, village_in(v, duration_s(10)), &answer);
    for (uint32_t i = 0; account != NULL && i < account->balances_count; i++)
        if (account->balances[i].token == TOKEN_SAX) out = (uint64_t)account->balances[i].free.units;
    answer_done(&answer);
    return out;
}

static void a_hundred_at_once(struct village *v)
{
    struct gate gate = {0};
    struct crossed *crossed = arena_array(&v->arena, struct crossed, CROWD);
    uint64_t sum = 0;
    for (uint32_t i = 0; i < CROWD; i++) {
        crossed[i].amount = 1000 + 9990 * (uint64_t)i; /* all different, up to a million */
        sum += crossed[i].amount;
        const char *const sets[] = {str_fmt(&v->arena, "amount=%llu%c", (unsigned long long)crossed[i].amount, 0).data, NULL};
        village_track(v, &crossed[i].track, "cross_chain.lock_mint", sets);
        village_begin(v, &crossed[i].track, i, 0, (struct str){0}, &crossed[i].op, &gate);
    }
    const struct instant start = env_now(v->env);
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(180))));
    printf("     %u crossings at once took %llu ms\n", CROWD, (unsigned long long)(instant_since(env_now(v->env), start).ns / NS_PER_MS));
    for (uint32_t i = 0; i < CROWD; i++) {
        check_done(&crossed[i].op);
        for (uint32_t k = 0; k < i; k++) CHECK(!hash_eq(&crossed[i].op.tx_id, &crossed[k].op.tx_id));
        const struct track *track = &crossed[i].track.track;
        CHECK_U64(track->claims_count, 9);
        for (uint32_t c = 0; c < track->claims_count; c++) CHECK(track->claims[c].held == 1 && track->claims[c].broken == 0);
        CHECK_U64(sax_of(v, i), crossed[i].amount); /* none crossed between recipients */
    }
    CHECK_U64(supply_of(v, CHAIN_ALPHA, TOKEN_AX, false), sum);
    CHECK_U64(supply_of(v, CHAIN_DELTA, TOKEN_SAX, true), sum);
    settles(v);
}

static void a_hundred_bots_cross_at_once(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = CROWD, .seed = 41, .ax = 10000000, .dx = 1000000, .simulated = true}, a_hundred_at_once));
}

/* Four hundred locks in two blocks or three: claims are as many transactions, and may not wait for one another. */
static void four_hundred_here(struct village *v)
{
    enum { EACH = 4 };
    static const char *const small[] = {"amount=1000", NULL};
    struct gate gate = {0};
    struct village_track track;
    struct op *ops = arena_array(&v->arena, struct op, EACH * CROWD);
    village_track(v, &track, "cross_chain.lock_mint", small);
    const struct instant start = env_now(v->env);
    for (uint32_t i = 0; i < EACH * CROWD; i++) village_begin(v, &track, i % CROWD, i, (struct str){0}, &ops[i], &gate);
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(180))));
    const uint64_t took_ms = instant_since(env_now(v->env), start).ns / NS_PER_MS;
    printf("     %u crossings at once took %llu ms\n", EACH * CROWD, (unsigned long long)took_ms);
    for (uint32_t i = 0; i < EACH * CROWD; i++) check_done(&ops[i]);
    CHECK(took_ms < 8000);
    settles(v);
}
static void relays_keep_up_with_four_hundred(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = CROWD, .seed = 42, .ax = 10000000, .dx = 1000000, .simulated = true}, four_hundred_here));
}

/* ---- relays that do not carry ---- */

static void weather(struct village *v, const char *action, const char *params)
{
    struct answer answer;
    const struct chaos_entry *entry = admin_chaos_start(&v->admin, str_of(action), (struct str){0}, str_of(params), (struct duration){0}, village_in(v, duration_s(10)), &answer);
    if (entry == NULL) CHECK_FAIL("%s: " STR_FMT, action, STR_ARG(code_text(answer.code)));
    answer_done(&answer);
}
static void weather_ends(struct village *v)
{
    struct answer answer;
    CHECK(admin_chaos_end_all(&v->admin, village_in(v, duration_s(10)), &answer));
    answer_done(&answer);
}

static uint64_t dx_of(const struct village *v, uint32_t bot) { return (uint64_t)v->bots[bot]->wallet.purses[TOKEN_DX].settled.units; }
static uint64_t ax_of(const struct village *v, uint32_t bot) { return (uint64_t)v->bots[bot]->wallet.purses[TOKEN_AX].settled.units; }

static struct op once(struct village *v, const char *behavior, const char *const *sets, uint32_t bot, uint64_t number)
{
    struct village_track track;
    village_track(v, &track, behavior, sets);
    return village_once(v, &track, bot, number);
}

static const char *const own[] = {"claim_after=5s", "amount=5000", "timeout=60s", NULL};
static const char *const plain[] = {"amount=5000", NULL};
static const char *const given_up[] = {"claim_after=300s", "amount=5000", "timeout=20s", NULL};

/* Nothing is carried either way: without patience's end there is no mint, with it the bot brings its own. */
static void censored(struct village *v)
{
    weather(v, "ipc_censor", "{\"direction\":\"both\"}");
    struct op op = once(v, "cross_chain.lock_mint", given_up, 0, 0);
    CHECK_U64(op.status, OP_TIMED_OUT);
    const uint64_t dx = dx_of(v, 1);
    op = once(v, "cross_chain.lock_mint", own, 1, 0);
    check_done(&op);
    CHECK(dx_of(v, 1) < dx); /* a claim and a delivery, both paid for by the bot */
    const uint64_t ax = ax_of(v, 1);
    op = once(v, "cross_chain.burn_unlock", own, 1, 1);
    check_done(&op);
    CHECK(ax_of(v, 1) > ax && ax_of(v, 1) < ax + 5000); /* what was unlocked, less the fees of bringing it */
    weather_ends(v);
    fiber_sleep(v->env, duration_s(15)); /* what the first one sent comes over now, and is minted */
    CHECK_U64(sax_of(v, 0), 5000);
}

/* A message that is lost for good holds up all behind it: a claim by proof does not wait for that, and whoever misses it brings it. */
static void lost_id_take(void *context, struct str name, struct str value)
{
    if (str_eq(name, STR("lock_id"))) snprintf(context, 80, "lock_id=" STR_FMT, STR_ARG(value));
}

static void dropped(struct village *v)
{
    struct village_track track;
    struct act act;
    struct op op;
    char lost[80] = "";
    weather(v, "ipc_drop", "{\"direction\":\"alpha_to_delta\",\"rate_bps\":10000,\"count\":1,\"redeliver\":false}");
    village_track(v, &track, "cross_chain.lock", plain);
    act_init(&act, &v->crew, &track.track, v->bots[0], env_now(v->env), 0);
    act.output = lost_id_take;
    act.context = lost;
    behavior_run(track.spec, &act, &op);
    check_done(&op);
    fiber_sleep(v->env, duration_s(2)); /* the relay has looked at it, and lost it */
    op = once(v, "cross_chain.lock_mint", own, 1, 0);
    check_done(&op);
    CHECK_U64(sax_of(v, 1), 5000);
    CHECK_U64(sax_of(v, 0), 0);
    struct answer answer;
    const struct ipc_status_view *status = alpha_ipc_status(&v->crew.delta, village_in(v, duration_s(10)), &answer);
    CHECK(status != NULL && status->in.pending > 0); /* the one that was lost, and the one behind it */
    answer_done(&answer);
    const char *const mine[] = {lost, "claim_after=1s", "timeout=60s", NULL};
    op = once(v, "cross_chain.mint", mine, 0, 1);
    check_done(&op);
    CHECK_U64(sax_of(v, 0), 5000);
    fiber_sleep(v->env, duration_s(3));
    status = alpha_ipc_status(&v->crew.delta, village_in(v, duration_s(10)), &answer);
    CHECK(status != NULL && status->in.pending == 0);
    answer_done(&answer);
    weather_ends(v);
}

static void final_await(struct village *v, const struct alpha *chain, uint32_t height)
{
    uint32_t final = 0;
    while (final < height) {
        struct answer answer;
        CHECK(alpha_height_final(chain, village_in(v, duration_s(10)), &final, &answer));
        answer_done(&answer);
        fiber_sleep(v->env, duration_ms(500));
    }
}

/* Committees change while nothing is carried. Proofs of blocks that newer ones signed are not believed before the ends of the epochs between are known:
 * the bot brings those, too, both ways. Afterwards relays go on from where it has come. */
static void silent_over_epochs(struct village *v)
{
    weather(v, "ipc_censor", "{\"direction\":\"both\"}");
    final_await(v, &v->crew.alpha, 3 * 20 + 5);
    final_await(v, &v->crew.delta, 3 * 20 + 5);
    struct op op = once(v, "cross_chain.lock_mint", own, 1, 0);
    check_done(&op);
    CHECK_U64(sax_of(v, 1), 5000);
    final_await(v, &v->crew.alpha, 5 * 20 + 5);
    op = once(v, "cross_chain.burn_unlock", own, 1, 1);
    check_done(&op);
    CHECK_U64(sax_of(v, 1), 0);
    op = once(v, "cross_chain.lock_mint", own, 0, 0); /* it brings what has ended since, and no more */
    check_done(&op);
    weather_ends(v);
    op = once(v, "cross_chain.lock_mint", plain, 1, 2);
    check_done(&op);
    CHECK_U64(sax_of(v, 1), 5000);
}
static const struct devnet_parameter brief[] = {{STR("relays"), STR("1")}, {STR("epoch_blocks"), STR("20")}};
static const struct village_config changing = {.validators = 4, .bots = 2, .seed = 44, .ax = 10000000, .dx = 1000000, .simulated = true, .parameters = brief, .parameters_count = 2};
static void a_bot_brings_the_ends_of_epochs_that_relays_keep_back(void) { village_free(village_run(changing, silent_over_epochs)); }

static const struct devnet_parameter alone[] = {{STR("relays"), STR("1")}};
static const struct village_config lonely = {.validators = 4, .bots = 2, .seed = 43, .ax = 10000000, .dx = 1000000, .simulated = true, .parameters = alone, .parameters_count = 1};

static void a_bot_brings_what_a_censor_keeps_back(void) { village_free(village_run(lonely, censored)); }
static void a_bot_claims_past_a_message_that_is_lost(void) { village_free(village_run(lonely, dropped)); }

int main(void)
{
    RUN(a_hundred_bots_cross_at_once);
    RUN(relays_keep_up_with_four_hundred);
    RUN(a_bot_brings_what_a_censor_keeps_back);
    RUN(a_bot_claims_past_a_message_that_is_lost);
    RUN(a_bot_brings_the_ends_of_epochs_that_relays_keep_back);
    return 0;
}
