/* Each claim of governance can fail: planted weaknesses, views that lie, a bridge that is late. One line a row. */
#include "broken.h"
#include "governors.h"

static struct village *v;

#define ONE "/testnet/governance/proposals/"
#define LIST "/testnet/governance/proposals"
#define POWER "/governance/power/"
#define VALUES "/testnet/governance/parameters"

static const struct devnet_parameter parameters[] = {{STR("voting_period_blocks"), STR("20")}, {STR("timelock_blocks"), STR("10")}, {STR("block_interval_ms"), STR("200")},
                                                     {STR("genesis_treasury"), STR("1000000")}};

static struct village_config config_of(uint64_t seed, bool both)
{
    return (struct village_config){.validators = 4, .bots = 4, .seed = seed, .ax = 1000000000, .dx = both ? 1000000000 : 0, .simulated = true, .wire = WIRE_TEXT,
                                   .parameters = parameters, .parameters_count = ARRAY_LEN(parameters)};
}

static void everybody_governs(struct village *village)
{
    v = village;
    for (uint32_t i = 0; i < 3; i++) {
        governor_stake(v, i, CHAIN_ALPHA, i == 0 ? 60000000 : 5000000);
        governor_register(v, i);
        if (v->config.dx > 0) governor_stake(v, i, CHAIN_DELTA, i == 0 ? 60000000 : 1000000);
    }
}

/* A governor makes one proposal a hundred blocks. */
static void pause_here(void) { fiber_sleep(v->env, duration_s(30)); }

static void breaks(uint32_t bot, const char *behavior, const char *const *sets, struct lie lie, const char *claim)
{
    check_breaks(v, &(struct breaking){.behavior = behavior, .sets = sets, .lie = lie, .claim = claim}, bot, v->numbers++);
}
static void weakens(uint32_t bot, const char *behavior, const char *const *sets, const char *weakness, const char *claim)
{
    check_breaks(v, &(struct breaking){.behavior = behavior, .sets = sets, .weakness = weakness, .claim = claim}, bot, v->numbers++);
}

static char heard_id[65];
static void hear(void *context, struct str name, struct str value)
{
    (void)context;
    if (str_eq(name, STR("proposal_id"))) snprintf(heard_id, sizeof(heard_id), STR_FMT, STR_ARG(value));
}
/* A good execution; the id of its proposal, as a parameter. */
static const char *lived(uint32_t bot, const char *behavior, const char *const *sets)
{
    struct op op;
    struct act act;
    struct village_track *track = village_track_new(v, behavior, sets);
    act_init(&act, &v->crew, &track->track, v->bots[bot], env_now(v->env), v->numbers++);
    act.output = hear;
    behavior_run(track->spec, &act, &op);
    check_done(&op);
    return str_fmt(&v->arena, "proposal=%s%c", heard_id, 0).data;
}

/* Looks on for so many seconds while nothing changes but what the view says. */
static void watch_breaks(struct lie lie, const char *claim)
{
    const struct breaking row = {.behavior = "monitor.governance", .lie = lie, .claim = claim};
    struct village_track *track = village_track_new(v, row.behavior, NULL);
    struct liar *liar = arena_new(&v->arena, struct liar);
    struct op *op = arena_new(&v->arena, struct op);
    struct gate gate = {0};
    liar_begin(v, liar, lie);
    village_begin(v, track, 3, v->numbers++, (struct str){0}, op, &gate);
    fiber_sleep(v->env, duration_s(20));
    track->track.closed = true;
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(60))));
    liar_end(v, liar);
    if (op->status != OP_POSTCONDITION || strncmp(op->note, claim, strlen(claim)) != 0) CHECK_FAIL("monitor: %s, \"%s\", not \"%s\"", op_status_text(op->status), op->note, claim);
    broken_tell(&row, op->note);
}

/* ---- proposing and voting ---- */

static void parts_body(struct village *village)
{
    everybody_governs(village);
    breaks(0, "governance.propose", NULL, (struct lie){.path = ONE, .member = "deposit", .value = "\"5\""}, "the proposal stands as it was sent");
    breaks(1, "governance.propose", NULL, (struct lie){.path = ONE, .member = "snapshot_height", .value = "1"}, "weights are those of the block that made it");
    breaks(2, "governance.propose", NULL, (struct lie){.path = "/statePath/", .member = "value", .value = lie_frozen(v, CHAIN_ALPHA, 2)}, "the deposit leaves the proposer");
    fiber_sleep(v->env, duration_s(2)); /* voting begins */
    breaks(1, "governance.vote", SETS("scope=all"), (struct lie){.path = "/votes", .member = "choice", .value = "\"abstain\""}, "the vote counts once, as it was cast");
    breaks(2, "governance.vote", SETS("scope=all"), (struct lie){.path = POWER, .member = "weight", .value = "\"5\""}, "it counts with the snapshot's weight");
}
static void what_is_proposed_and_voted_can_be_otherwise(void) { village_free(village_run(config_of(71, false), parts_body)); }

/* ---- lives ---- */

#define LIFE SETS("voting_period_blocks=20", "timelock_blocks=10")

static void lives_body(struct village *village)
{
    const char *life = "governance.propose_and_vote";
    everybody_governs(village);
    weakens(0, life, LIFE, "vuln.no-timelock-check", "it cannot be executed before its time");
    breaks(0, life, LIFE, (struct lie){.path = ONE, .member = "abstain", .value = "\"7\""}, "the tally is the sum of its votes");
    breaks(0, life, LIFE, (struct lie){.path = ONE, .member = "eta_height", .value = "5"}, "it is queued for the timelock's length");
    breaks(0, life, LIFE, (struct lie){.path = ONE, .member = "executed_height", .value = "null"}, "it is executed");
    breaks(0, life, LIFE, (struct lie){.path = ONE, .member = "executed_height", .value = "1"}, "it was executed no earlier than its eta");
    breaks(0, "governance.timelocked_execute", SETS("timelock_blocks=10"), (struct lie){.path = ONE, .member = "executed_height", .value = "9999999"}, "it was executed at once");
    breaks(0, life, LIFE, (struct lie){.path = "/transaction/", .member = "events", .value = "[]"}, "its status visits every stage");
    const char *done = lived(0, life, LIFE);
    breaks(0, "governance.execute", SETS(done), (struct lie){.path = ONE, .member = "yes", .value = "\"0\""}, "what was executed had passed");
    breaks(0, "governance.execute", SETS(done), (struct lie){.path = VALUES, .member = "taker_bps", .value = "\"999\""}, "the parameter has the new value");
}
static void what_a_life_claims_can_be_otherwise(void) { village_free(village_run(config_of(72, false), lives_body)); }

/* ---- looking on ---- */

static void looking_body(struct village *village)
{
    char text[ADDRESS_TEXT];
    const char *verify = "verify.governance";
    everybody_governs(village);
    (void)lived(0, "governance.propose_and_vote", LIFE);
    (void)lived(1, "governance.propose", NULL); /* nobody votes for it with weight enough: it fails */
    fiber_sleep(v->env, duration_s(2));
    village_live_done(v, 1, "governance.vote", SETS("scope=all", "choice=no"));
    village_live_done(v, 2, "governance.vote", SETS("scope=all", "choice=no"));
    fiber_sleep(v->env, duration_s(10));
    address_text(&v->bots[1]->identity.address, CHAIN_ALPHA, text);
    const char *one = str_fmt(&v->arena, "\"%s\"%c", text, 0).data;
    breaks(3, verify, NULL, (struct lie){.path = POWER, .member = "weight", .value = "\"5\""}, "every vote counts with its snapshot's weight");
    breaks(3, verify, NULL, (struct lie){.path = "/votes", .member = "height", .value = "1"}, "every vote lies in its window");
    breaks(3, verify, NULL, (struct lie){.path = "/votes", .member = "voter", .value = one}, "nobody votes twice");
    breaks(3, verify, NULL, (struct lie){.path = LIST, .member = "abstain", .value = "\"7\""}, "tallies are the sums of their votes");
    breaks(3, verify, SETS("subjects=[timelocks]"), (struct lie){.path = LIST, .member = "executed_height", .value = "null"}, "executed is what tells its height");
    breaks(3, verify, SETS("subjects=[timelocks]"), (struct lie){.path = LIST, .member = "yes", .value = "\"90000000\""}, "what was defeated had not passed");
    breaks(3, verify, SETS("subjects=[timelocks]"), (struct lie){.path = LIST, .member = "yes", .value = "\"0\""}, "what was executed had passed");
    breaks(3, verify, SETS("subjects=[timelocks]"), (struct lie){.path = LIST, .member = "eta_height", .value = "9999999"}, "nothing is executed before its time");
    breaks(3, verify, SETS("subjects=[completed]"), (struct lie){.path = LIST, .member = "yes", .value = "\"0\""}, "what had passed is executed, and nothing else");
    breaks(3, verify, SETS("subjects=[effects]"), (struct lie){.path = LIST, .member = "action", .value = "{}"}, "its action can be read");
    watch_breaks((struct lie){.path = LIST, .member = "", .value = "{\"items\":[],\"next_cursor\":null}", .skip = 3}, "no proposal is forgotten");
    watch_breaks((struct lie){.path = LIST, .member = "status", .value = "\"active\"", .skip = 3}, "statuses go one way");
    watch_breaks((struct lie){.path = LIST, .member = "eta_height", .value = "5", .skip = 3}, "a timelock's end does not move");
    watch_breaks((struct lie){.path = LIST, .member = "no", .value = "\"0\"", .skip = 3}, "no vote is lost from a tally");
}
static void what_lookers_on_claim_can_be_otherwise(void) { village_free(village_run(config_of(73, false), looking_body)); }

/* ---- delegation ---- */

static void delegation_body(struct village *village)
{
    const char *delegate = "governance.delegate_vote";
    const char *const *to = SETS("to=user-3");
    everybody_governs(village);
    breaks(0, delegate, to, (struct lie){.path = POWER, .member = "delegated_in", .value = "\"0\""}, "the representative counts its own and the delegated weight");
    pause_here();
    weakens(0, delegate, to, "vuln.vote-without-stake", "who has delegated cannot vote itself");
    pause_here();
    breaks(0, delegate, to, (struct lie){.path = ONE, .member = "status", .value = "\"active\""}, "a proposal that its maker cancels is over");
    pause_here();
    breaks(0, delegate, to, (struct lie){.path = POWER, .member = "delegated_out", .value = "\"5000000\"", .skip = 4}, "a later proposal leaves it out");
}
static void what_a_delegation_claims_can_be_otherwise(void) { village_free(village_run(config_of(74, false), delegation_body)); }

/* ---- effects ---- */

static void effects_body(struct village *village)
{
    struct answer answer;
    const char *update = "governance.parameter_update";
    everybody_governs(village);
    const char *paid = lived(0, update, SETS("types=[treasury_allocation]", "amount=777", "recipient=user-4"));
    breaks(0, "governance.execute", SETS(paid), (struct lie){.path = "/statePath/", .member = "value", .value = lie_frozen(v, CHAIN_ALPHA, 3)}, "the exact amount came to the recipient");
    breaks(0, "governance.execute", SETS(paid), (struct lie){.path = "/governance/treasury", .member = "amount", .value = "\"5\""}, "the treasury tells of exactly this payment");
    const char *upgrade = lived(0, update, SETS("types=[network_upgrade]"));
    breaks(0, "governance.execute", SETS(upgrade), (struct lie){.path = VALUES, .member = "upgrade_height", .value = "\"1\""}, "the upgrade height is recorded");
    const struct str committee = alpha_get_raw(&v->crew.alpha, STR("/committee/latest"), (struct str){0}, village_in(v, duration_s(10)), &answer);
    CHECK(committee.data != NULL);
    const char *before = str_fmt(&v->arena, STR_FMT "%c", STR_ARG(committee), 0).data;
    answer_done(&answer);
    breaks(0, update, SETS("types=[validator_ejection]", "validator=v4"), (struct lie){.path = "/committee/latest", .member = "", .value = before},
           "the ejected validator left at the next epoch");
}
static void what_an_effect_claims_can_be_otherwise(void) { village_free(village_run(config_of(75, false), effects_body)); }

int main(void)
{
    RUN(what_is_proposed_and_voted_can_be_otherwise);
    RUN(what_a_life_claims_can_be_otherwise);
    RUN(what_lookers_on_claim_can_be_otherwise);
    RUN(what_a_delegation_claims_can_be_otherwise);
    RUN(what_an_effect_claims_can_be_otherwise);
    return 0;
}
