/* Each claim about what both chains decide can fail, and each about votes that were promised: views that lie, a bridge that
 * carries nothing of a kind, somebody who promises a vote and casts none. One line a row. */
#include "broken.h"
#include "governors.h"
#include "tester/bot/ask.h"

#define JOINT "governance.joint"
#define THERE "/mainnet/governance/proposals/"
#define HERE "/testnet/governance/proposals/"
#define VALUES_THERE "/mainnet/governance/parameters"

/* The last: no epoch ends while a governor's proposals fail one after the other, which is what its conduct would be judged by. */
static const struct devnet_parameter parameters[] = {{STR("voting_period_blocks"), STR("20")},
                                                     {STR("timelock_blocks"), STR("10")},
                                                     {STR("block_interval_ms"), STR("200")},
                                                     {STR("epoch_blocks"), STR("20000")}};

static struct village_config config_of(uint64_t seed, bool epochs)
{
    return (struct village_config){.validators = 4,
                                   .bots = 4,
                                   .seed = seed,
                                   .ax = 1000000000,
                                   .dx = 1000000000,
                                   .simulated = true,
                                   .wire = WIRE_TEXT,
                                   .parameters = parameters,
                                   .parameters_count = ARRAY_LEN(parameters) - epochs};
}

/* The first decides alone, on either chain. */
static void everybody_governs(struct village *v)
{
    for (uint32_t i = 0; i < 3; i++) {
        governor_stake(v, i, CHAIN_ALPHA, i == 0 ? 60000000 : 5000000);
        governor_register(v, i);
        governor_stake(v, i, CHAIN_DELTA, i == 0 ? 60000000 : 1000000);
    }
}

static void breaks(struct village *v, const struct breaking *row) { check_breaks(v, row, 0, v->numbers++); }

/* ---- views that lie ---- */

static const struct breaking told_wrong[] = {
    {.behavior = JOINT, .lie = {.path = THERE, .member = "joint", .value = "false"}, .claim = "the mirror reaches Delta"},
    {.behavior = JOINT,
     .lie = {.path = THERE, .member = "quorum_bps", .value = "1"},
     .claim = "each chain asks for its own quorum"},
    {.behavior = JOINT,
     .lie = {.path = HERE, .member = "quorum_bps", .value = "1"},
     .claim = "each chain asks for its own quorum"},
    {.behavior = JOINT,
     .lie = {.path = THERE, .member = "yes", .value = "\"0\""},
     .claim = "both chains had passed what was executed"},
    {.behavior = JOINT,
     .lie = {.path = VALUES_THERE, .member = "taker_bps", .value = "\"999\""},
     .claim = "Delta carries the same value"},
    {.behavior = JOINT,
     .lie = {.path = THERE, .member = "executed_height", .value = "5"},
     .claim = "what failed on one side is executed on neither"},
    {.behavior = JOINT,
     .sets = SETS("failing=alpha"),
     .lie = {.path = THERE, .member = "executed_height", .value = "5"},
     .claim = "what failed on one side is executed on neither"},
    /* both proposals ask for 77, and Delta is said to have had 76 before the second, which failed */
    {.behavior = JOINT,
     .sets = SETS("value=77"),
     .lie = {.path = VALUES_THERE, .member = "taker_bps", .value = "\"76\"", .skip = 1, .times = 1},
     .claim = "both values stay as they were"},
};

static void told_wrong_body(struct village *v)
{
    everybody_governs(v);
    for (size_t i = 0; i < ARRAY_LEN(told_wrong); i++) breaks(v, &told_wrong[i]);
}
static void what_both_chains_decide_can_be_told_wrong(void) { village_free(village_run(config_of(81, false), told_wrong_body)); }

/* ---- a bridge that carries nothing of a kind: there is one relay, and it censors ---- */

static void censored(struct village *v, const char *params, const struct breaking *row)
{
    struct answer answer;
    if (admin_chaos_start(&v->admin, STR("ipc_censor"), (struct str){0}, str_of(params), (struct duration){0},
                          village_in(v, duration_s(10)), &answer) == NULL)
        CHECK_FAIL("ipc_censor: " STR_FMT, STR_ARG(code_text(answer.code)));
    answer_done(&answer);
    weakness_set(v, "vuln.single-trusted-relay", true);
    breaks(v, row);
    weakness_set(v, "vuln.single-trusted-relay", false);
    CHECK(admin_chaos_end_all(&v->admin, village_in(v, duration_s(10)), &answer));
    answer_done(&answer);
    fiber_sleep(v->env, duration_s(15)); /* what was held up comes over */
}

static void censored_body(struct village *v)
{
    everybody_governs(v);
    censored(v, "{\"direction\":\"alpha_to_delta\",\"types\":[6]}",
             &(struct breaking){.behavior = JOINT,
                                .claim = "the mirror reaches Delta",
                                .how = "vuln.single-trusted-relay, ipc_censor of mirrors"});
    censored(v, "{\"direction\":\"delta_to_alpha\",\"types\":[7]}",
             &(struct breaking){.behavior = JOINT,
                                .claim = "Delta's count comes back to Alpha",
                                .how = "vuln.single-trusted-relay, ipc_censor of counts"});
    censored(v, "{\"direction\":\"alpha_to_delta\",\"types\":[4]}",
             &(struct breaking){.behavior = JOINT,
                                .claim = "Delta applies it within 30 s",
                                .how = "vuln.single-trusted-relay, ipc_censor of executions"});
}
static void what_the_bridge_does_not_carry_is_told(void) { village_free(village_run(config_of(82, false), censored_body)); }

static void ejected_body(struct village *v)
{
    everybody_governs(v);
    censored(v, "{\"direction\":\"alpha_to_delta\",\"types\":[5]}",
             &(struct breaking){.behavior = "governance.parameter_update",
                                .sets = SETS("types=[validator_ejection]", "validator=v4"),
                                .claim = "Delta was told of the ejection",
                                .how = "vuln.single-trusted-relay, ipc_censor of ejections"});
}
static void an_ejection_that_is_not_carried_is_told(void) { village_free(village_run(config_of(84, true), ejected_body)); }

/* ---- promises ---- */

struct promiser {
    struct village *v;
    struct village_track *track;
    uint32_t bot, promised;
    struct gate gate;
};

/* Says yes to whoever asks, and casts no vote. */
static void promiser_run(void *arg)
{
    struct promiser *p = arg;
    struct act act;
    struct served served;
    char topic[BUS_TOPIC_BYTES_MAX];
    act_init(&act, &p->v->crew, &p->track->track, p->v->bots[p->bot], env_now(p->v->env), p->v->numbers++);
    snprintf(topic, sizeof(topic), "governor/%u", p->bot);
    struct bus_subscription *service = serve_open(&act, str_of(topic), 8);
    while (!act_is_closing(&act))
        if (serve_next(&act, service, village_in(p->v, duration_s(1)), &served)) {
            serve_reply(&act, &served, STR("yes"));
            p->promised++;
        }
    bus_unsubscribe(service);
    gate_leave(p->v->env, &p->gate);
}

static void promised(struct village *v, uint32_t bot, const struct breaking *row)
{
    struct promiser *p = arena_new(&v->arena, struct promiser);
    *p = (struct promiser){.v = v, .track = village_track_new(v, "governance.vote", NULL), .bot = bot};
    gate_enter(&p->gate);
    (void)fiber_spawn(v->env, promiser_run, p);
    breaks(v, row);
    p->track->track.closed = true;
    CHECK(gate_wait(v->env, &p->gate, village_in(v, duration_s(10))));
    CHECK(p->promised > 0);
}

static void promised_body(struct village *v)
{
    const char *claim = "a vote that was promised is counted", *how = "who promised a vote casts none";
    everybody_governs(v);
    promised(
        v, 1,
        &(struct breaking){.behavior = "governance.propose_and_vote", .sets = SETS("campaign=1"), .claim = claim, .how = how});
    promised(v, 2, &(struct breaking){.behavior = JOINT, .sets = SETS("campaign=1"), .claim = claim, .how = how});
    promised(v, 2,
             &(struct breaking){.behavior = "governance.delegate_vote", .sets = SETS("to=user-3"), .claim = claim, .how = how});
}
static void who_promises_and_does_not_vote_is_told(void) { village_free(village_run(config_of(83, false), promised_body)); }

int main(void)
{
    RUN(what_both_chains_decide_can_be_told_wrong);
    RUN(what_the_bridge_does_not_carry_is_told);
    RUN(an_ejection_that_is_not_carried_is_told);
    RUN(who_promises_and_does_not_vote_is_told);
    return 0;
}
