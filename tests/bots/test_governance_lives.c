/* Governance as governors live it: every legitimate behaviour of the family on a network, each post-condition of its row held against the
 * chain at least once; what they do when they cannot. */
#include "governors.h"

static const struct devnet_parameter parameters[] = {{STR("voting_period_blocks"), STR("20")}, {STR("timelock_blocks"), STR("10")}};

static struct village_config config_of(uint64_t seed, bool both)
{
    return (struct village_config){.validators = 4, .bots = 4, .seed = seed, .ax = 100000000, .dx = both ? 100000000 : 0, .simulated = true,
                                   .parameters = parameters, .parameters_count = ARRAY_LEN(parameters)};
}

static void everybody_governs(struct village *v)
{
    for (uint32_t i = 0; i < 3; i++) {
        governor_stake(v, i, CHAIN_ALPHA, i == 0 ? 60000000 : 5000000);
        governor_register(v, i);
        if (v->config.dx > 0) governor_stake(v, i, CHAIN_DELTA, i == 0 ? 60000000 : 1000000);
    }
}

/* ---- PT-L-001 ---- */

static void a_life_here(struct village *v)
{
    static const char *const sets[] = {"voting_period_blocks=20", "timelock_blocks=10", NULL};
    static const char *const claims[] = {"its status visits every stage", "it counts with the snapshot's weight", "the tally is the sum of its votes",
                                         "it was executed no earlier than its eta", "the parameter has the new value", "it cannot be executed before its time",
                                         "the vote counts once, as it was cast", "the proposal stands as it was sent", "the deposit leaves the proposer",
                                         "it is queued for the timelock's length", "what was executed had passed", NULL};
    struct village_track track;
    everybody_governs(v);
    village_track(v, &track, "governance.propose_and_vote", sets);
    const struct op op = village_once(v, &track, 0, 0);
    governor_claims(&track, &op, claims);
}

static void a_proposal_lives_from_its_draft_to_its_effect(void) { village_free(village_run(config_of(31, false), a_life_here)); }


/* ---- its parts ---- */

struct heard {
    char proposal[65];
};
static void hear(void *context, struct str name, struct str value)
{
    struct heard *heard = context;
    if (str_eq(name, STR("proposal_id"))) snprintf(heard->proposal, sizeof(heard->proposal), STR_FMT, STR_ARG(value));
}

/* One execution whose outputs are captured. */
static struct op once_heard(struct village *v, struct village_track *track, uint32_t bot, struct heard *heard)
{
    struct op op;
    struct act act;
    act_init(&act, &v->crew, &track->track, v->bots[bot], env_now(v->env), 0);
    act.output = hear;
    act.context = heard;
    behavior_run(track->spec, &act, &op);
    return op;
}

static void parts_here(struct village *v)
{
    struct village_track track;
    struct heard heard = {{0}};
    char proposal[96];
    const char *sets[] = {proposal, NULL, NULL};
    everybody_governs(v);
    village_track(v, &track, "governance.propose", NULL);
    struct op op = once_heard(v, &track, 1, &heard);
    check_done(&op);
    CHECK_U64(strlen(heard.proposal), 64);
    snprintf(proposal, sizeof(proposal), "proposal=%s", heard.proposal);
    sets[1] = "wait=none";
    village_track(v, &track, "governance.execute", sets); /* voting runs */
    op = village_once(v, &track, 2, 0);
    CHECK(op.status == OP_REFUSED && op.code == CODE_PROPOSAL_NOT_EXECUTABLE);
    sets[1] = NULL;
    village_track(v, &track, "governance.vote", sets);
    op = village_once(v, &track, 0, 0);
    governor_claims(&track, &op, (const char *const[]){"it counts with the snapshot's weight", "the vote counts once, as it was cast", NULL});
    op = village_once(v, &track, 0, 1);
    CHECK(op.status == OP_REFUSED && op.code == CODE_ALREADY_VOTED);
    op = village_once(v, &track, 3, 2); /* never had a stake */
    CHECK(op.status == OP_REFUSED && op.code == CODE_INSUFFICIENT_STAKE);
    fiber_sleep(v->env, duration_s(12)); /* voting ends */
    sets[1] = "wait=none";
    village_track(v, &track, "governance.execute", sets); /* queues it, and may not execute it yet */
    op = village_once(v, &track, 2, 0);
    CHECK(op.status == OP_REFUSED && op.code == CODE_TIMELOCK_NOT_EXPIRED);
    sets[1] = NULL;
    village_track(v, &track, "governance.execute", sets);
    op = village_once(v, &track, 2, 0);
    governor_claims(&track, &op, (const char *const[]){"it is executed", "it was executed no earlier than its eta", "the parameter has the new value", NULL});
    op = village_once(v, &track, 2, 1);
    CHECK(op.status == OP_DONE); /* it is done already: what must hold of it does */
    village_track(v, &track, "governance.vote", sets);
    op = village_once(v, &track, 1, 3);
    CHECK(op.status == OP_REFUSED && op.code == CODE_VOTING_PERIOD_ENDED);
}
static void proposals_votes_and_executions_are_done_one_by_one(void) { village_free(village_run(config_of(32, false), parts_here)); }

/* Three proposals by three governors; all vote on all by seed; one queues and executes what passed. */
static void all_here(struct village *v)
{
    static struct op ops[8];
    struct village_track track, votes;
    struct gate gate = {0};
    everybody_governs(v);
    village_track(v, &track, "governance.propose", NULL);
    for (uint32_t i = 0; i < 3; i++) village_begin(v, &track, i, i, (struct str){0}, &ops[i], &gate);
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(60))));
    for (uint32_t i = 0; i < 3; i++) check_done(&ops[i]);
    village_track(v, &votes, "governance.vote", (const char *const[]){"scope=all", "weights={yes: 60, no: 30, abstain: 10}", NULL});
    for (uint32_t i = 0; i < 3; i++) village_begin(v, &votes, i, i, (struct str){0}, &ops[i], &gate);
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(60))));
    for (uint32_t i = 0; i < 3; i++) CHECK_U64(ops[i].transactions, 3);
    governor_claims(&votes, &ops[0], (const char *const[]){"it counts with the snapshot's weight", NULL});
    CHECK_U64(votes.track.claims[0].held, 9);
    struct op op = village_once(v, &votes, 0, 3);
    CHECK_U64(op.status, OP_SKIPPED); /* it has voted on all */
    fiber_sleep(v->env, duration_s(14));
    village_track(v, &track, "governance.execute", (const char *const[]){"scope=passed", NULL});
    for (uint32_t i = 0; i < 3; i++) village_begin(v, &track, i, i, (struct str){0}, &ops[i], &gate); /* all at once: somebody is first */
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(60))));
    for (uint32_t i = 0; i < 3; i++) CHECK(ops[i].status == OP_DONE || ops[i].status == OP_SKIPPED);
    governor_claims(&track, &ops[0], (const char *const[]){"it is executed", "the parameter has the new value", NULL});
    op = village_once(v, &track, 0, 3);
    CHECK_U64(op.status, OP_SKIPPED); /* nothing is left */
    village_track(v, &votes, "governance.vote", (const char *const[]){"scope=all", NULL});
    op = village_once(v, &votes, 0, 4);
    CHECK_U64(op.status, OP_SKIPPED); /* no proposal is open */
}
static void all_vote_on_all_by_seed_and_what_passed_is_executed(void) { village_free(village_run(config_of(33, false), all_here)); }

/* ---- looking on ---- */

struct lines {
    char text[512];
};
static void note_output(void *context, struct str name, struct str value)
{
    struct lines *lines = context;
    const size_t len = strlen(lines->text);
    snprintf(lines->text + len, sizeof(lines->text) - len, STR_FMT "=" STR_FMT " ", STR_ARG(name), STR_ARG(value));
}

/* A monitor and a verifier beside a life, without a bot of their own; then the queries. */
static void looking_here(struct village *v)
{
    static struct op ops[2];
    struct village_track life, monitor, verify, query;
    struct gate gate = {0};
    everybody_governs(v);
    village_track(v, &monitor, "monitor.governance", NULL);
    village_track(v, &life, "governance.propose_and_vote", (const char *const[]){"voting_period_blocks=20", "timelock_blocks=10", "value=77", NULL});
    struct village_exec *exec = base_alloc(sizeof(*exec));
    *exec = (struct village_exec){.village = v, .track = &monitor, .op = &ops[0], .gate = &gate};
    act_init(&exec->act, &v->crew, &monitor.track, NULL, env_now(v->env), 0);
    gate_enter(&gate);
    (void)fiber_spawn(v->env, village_exec_fiber, exec);
    struct heard heard = {{0}};
    ops[1] = once_heard(v, &life, 0, &heard);
    check_done(&ops[1]);
    monitor.track.closed = true;
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(60))));
    governor_claims(&monitor, &ops[0], (const char *const[]){"statuses go one way", "a timelock's end does not move", "no vote is lost from a tally", "no proposal is forgotten", NULL});
    village_track(v, &verify, "verify.governance", (const char *const[]){"subjects=[all, completed]", NULL});
    struct act act;
    act_init(&act, &v->crew, &verify.track, NULL, env_now(v->env), 0);
    behavior_run(verify.spec, &act, &ops[0]);
    governor_claims(&verify, &ops[0], (const char *const[]){"every vote counts with its snapshot's weight", "every vote lies in its window", "nobody votes twice",
                                                           "tallies are the sums of their votes", "what was executed had passed", "nothing is executed before its time",
                                                           "the parameter has the new value", "what had passed is executed, and nothing else", NULL});
    char id[80];
    struct lines lines = {{0}};
    snprintf(id, sizeof(id), "id=%s", heard.proposal);
    village_track(v, &query, "query.proposals", (const char *const[]){id, NULL});
    act_init(&act, &v->crew, &query.track, v->bots[3], env_now(v->env), 0);
    act.output = note_output;
    act.context = &lines;
    behavior_run(query.spec, &act, &ops[0]);
    governor_claims(&query, &ops[0], NULL);
    CHECK(strstr(lines.text, "status=executed") != NULL && strstr(lines.text, "yes=60000000 no=0") != NULL && strstr(lines.text, "value=77") != NULL);
    lines.text[0] = 0;
    village_track(v, &query, "query.proposals", NULL);
    act_init(&act, &v->crew, &query.track, v->bots[3], env_now(v->env), 1);
    act.output = note_output;
    act.context = &lines;
    behavior_run(query.spec, &act, &ops[0]);
    CHECK_STR(str_of(lines.text), STR("count=1 open=0 "));
    village_track(v, &query, "query.proposals", (const char *const[]){"id=0000000000000000000000000000000000000000000000000000000000000000", NULL});
    ops[0] = village_once(v, &query, 3, 2);
    CHECK(ops[0].status == OP_REFUSED && ops[0].code == CODE_PROPOSAL_NOT_FOUND);
}
static void lookers_on_see_it_go_on_and_recompute_it(void) { village_free(village_run(config_of(40, false), looking_here)); }

static void nothing_here(struct village *v)
{
    struct village_track verify;
    struct op op;
    struct act act;
    village_track(v, &verify, "verify.governance", NULL);
    act_init(&act, &v->crew, &verify.track, NULL, env_now(v->env), 0);
    behavior_run(verify.spec, &act, &op);
    CHECK_U64(op.status, OP_SKIPPED); /* nothing was verified: never a pass */
}
static void a_verifier_without_proposals_says_so(void) { village_free(village_run(config_of(41, false), nothing_here)); }

/* ---- PT-L-005 ---- */

static void timelock_here(struct village *v)
{
    static const char *const claims[] = {"it was executed at once", "it cannot be executed before its time", "it was executed no earlier than its eta", NULL};
    struct village_track track;
    everybody_governs(v);
    village_track(v, &track, "governance.timelocked_execute", (const char *const[]){"timelock_blocks=10", NULL});
    const struct op op = village_once(v, &track, 0, 0);
    governor_claims(&track, &op, claims);
    village_track(v, &track, "governance.timelocked_execute", (const char *const[]){"timelock_blocks=50", NULL}); /* the plan speaks of another network */
    const struct op other = village_once(v, &track, 0, 1);
    CHECK_U64(other.status, OP_SKIPPED);
}
static void a_timelock_ends_at_its_block_and_not_before(void) { village_free(village_run(config_of(34, false), timelock_here)); }

/* ---- PT-L-002 ---- */

static void delegation_here(struct village *v)
{
    static const char *const claims[] = {"the representative counts its own and the delegated weight", "who has delegated cannot vote itself",
                                         "a later proposal leaves it out", NULL};
    struct village_track track;
    everybody_governs(v);
    village_track(v, &track, "governance.delegate_vote", (const char *const[]){"to=user-3", NULL});
    const struct op op = village_once(v, &track, 1, 0);
    governor_claims(&track, &op, claims);
    village_track(v, &track, "governance.delegate_vote", (const char *const[]){"to=nobody", NULL});
    const struct op none = village_once(v, &track, 1, 1);
    CHECK_U64(none.status, OP_SKIPPED);
    governor_stake(v, 3, CHAIN_ALPHA, 5000000); /* and never registers: it may not propose */
    village_track(v, &track, "governance.delegate_vote", (const char *const[]){"to=user-3", NULL});
    const struct op refused = village_once(v, &track, 3, 2);
    CHECK(refused.status == OP_REFUSED && refused.code == CODE_NOT_A_GOVERNOR);
    struct answer answer;
    const struct account_view *account = alpha_account(&v->crew.alpha, &v->bots[3]->identity.address, village_in(v, duration_s(10)), &answer);
    CHECK(account != NULL && amount_eq(account->staked, AMOUNT(5000000)));
    CHECK(!account->delegate.has); /* it took its weight back */
    CHECK_U64(account->nonce, 3);  /* staked, delegated, undelegated */
    answer_done(&answer);
}
static void a_delegated_weight_counts_for_the_other_and_comes_back(void) { village_free(village_run(config_of(35, false), delegation_here)); }

/* ---- PT-L-003 ---- */

static void joint_here(struct village *v)
{
    static const char *const claims[] = {"the mirror reaches Delta", "each chain asks for its own quorum", "both chains had passed what was executed",
                                         "Delta applies it within 30 s", "Delta carries the same value", "the parameter has the new value",
                                         "what failed on one side is executed on neither", "both values stay as they were", NULL};
    struct village_track track;
    everybody_governs(v);
    village_track(v, &track, "governance.joint", NULL);
    struct op op = village_once(v, &track, 0, 0);
    governor_claims(&track, &op, claims);
    village_track(v, &track, "governance.joint", (const char *const[]){"failing=alpha", NULL});
    op = village_once(v, &track, 0, 1);
    governor_claims(&track, &op, claims);
}
static void both_chains_change_together_or_not_at_all(void) { village_free(village_run(config_of(36, true), joint_here)); }

static void no_delta_here(struct village *v)
{
    struct village_track track;
    village_track(v, &track, "governance.joint", NULL);
    CHECK_U64(village_once(v, &track, 0, 0).status, OP_UNSUPPORTED);
    village_track(v, &track, "governance.propose", NULL);
    const struct op op = village_once(v, &track, 0, 1);
    CHECK(op.status == OP_REFUSED && op.code == CODE_NOT_A_GOVERNOR);
}
static void what_the_target_lacks_is_told(void) { village_free(village_run(config_of(37, false), no_delta_here)); }

/* ---- PT-L-004 ---- */

static void types_here(struct village *v)
{
    static const char *const claims[] = {"the parameter has the new value", "the treasury tells of exactly this payment", "the exact amount came to the recipient",
                                         "the ejected validator left at the next epoch", "Delta was told of the ejection", "the upgrade height is recorded",
                                         "its status visits every stage", NULL};
    struct village_track track;
    everybody_governs(v);
    village_track(v, &track, "governance.parameter_update", (const char *const[]){"validator=v4", "amount=777", "recipient=user-4", NULL});
    const struct op op = village_once(v, &track, 0, 0);
    governor_claims(&track, &op, claims);
    printf("four types in %llu s\n", (unsigned long long)(instant_since(op.ended, op.intended).ns / NS_PER_S));
    village_track(v, &track, "governance.parameter_update", (const char *const[]){"types=[validator_ejection]", "validator=nobody", NULL});
    CHECK_U64(village_once(v, &track, 1, 1).status, OP_SKIPPED);
}
static void each_type_in_turn_does_what_it_says(void)
{
    static const struct devnet_parameter rich[] = {{STR("genesis_treasury"), STR("1000000")}}; /* and the lengths that the test profile has */
    struct village_config config = config_of(39, true);
    config.parameters = rich;
    config.parameters_count = ARRAY_LEN(rich);
    village_free(village_run(config, types_here));
}

/* ---- campaigns ---- */

/* Alone the governor has no quorum; those it asks give it one. One of them refuses all, one says nothing. */
static void campaign_here(struct village *v)
{
    static struct op ops[8];
    struct village_track life, voters, unwilling, silent;
    struct gate gate = {0};
    for (uint32_t i = 0; i < v->config.bots; i++) governor_stake(v, i, CHAIN_ALPHA, 20000000);
    governor_register(v, 0);
    village_track(v, &voters, "governance.vote", (const char *const[]){"scope=asked", NULL});
    village_track(v, &unwilling, "governance.vote", (const char *const[]){"scope=asked", "refuse=100%", NULL});
    village_track(v, &silent, "governance.vote", (const char *const[]){"scope=asked", "silent=100%", NULL});
    for (uint32_t i = 1; i < 5; i++) village_begin(v, i == 3 ? &unwilling : i == 4 ? &silent : &voters, i, i, (struct str){0}, &ops[i], &gate);
    village_track(v, &life, "governance.propose_and_vote", (const char *const[]){"campaign=10", "voting_period_blocks=40", "timelock_blocks=10", NULL});
    const struct op op = village_once(v, &life, 0, 0);
    governor_claims(&life, &op, (const char *const[]){"a vote that was promised is counted", "its status visits every stage", NULL});
    voters.track.closed = unwilling.track.closed = silent.track.closed = true;
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(60))));
    for (uint32_t i = 1; i < 5; i++) check_done(&ops[i]);
    CHECK(ops[1].transactions == 1 && ops[2].transactions == 1 && ops[3].transactions == 0 && ops[4].transactions == 0);
    CHECK_STR(str_of(ops[1].note), STR(""));
}
static void a_campaign_wins_votes_and_does_without_those_that_will_not(void)
{
    static const struct devnet_parameter longer[] = {{STR("voting_period_blocks"), STR("40")}, {STR("timelock_blocks"), STR("10")}};
    struct village_config config = config_of(38, false);
    config.bots = 5;
    config.parameters = longer;
    village_free(village_run(config, campaign_here));
}

/* Three ask the same three at once, and voting is over in ten blocks: who is asked cannot wait until one vote is final before it casts the next. */
static void campaigns_at_once_here(struct village *v)
{
    static struct op lives[3], served[3];
    struct village_track life, voters;
    struct gate living = {0}, serving = {0};
    for (uint32_t i = 0; i < 6; i++) governor_stake(v, i, CHAIN_ALPHA, 20000000);
    for (uint32_t i = 0; i < 3; i++) governor_register(v, i);
    village_track(v, &voters, "governance.vote", (const char *const[]){"scope=asked", NULL});
    village_track(v, &life, "governance.propose_and_vote", (const char *const[]){"campaign=3", "voting_period_blocks=10", "timelock_blocks=10", NULL});
    for (uint32_t i = 0; i < 3; i++) village_begin(v, &voters, 3 + i, i, (struct str){0}, &served[i], &serving);
    for (uint32_t i = 0; i < 3; i++) village_begin(v, &life, i, i, (struct str){0}, &lives[i], &living);
    CHECK(gate_wait(v->env, &living, village_in(v, duration_s(120))));
    for (uint32_t i = 0; i < 3; i++) governor_claims(&life, &lives[i], (const char *const[]){"a vote that was promised is counted", "it is executed", NULL});
    voters.track.closed = true;
    CHECK(gate_wait(v->env, &serving, village_in(v, duration_s(60))));
    for (uint32_t i = 0; i < 3; i++) {
        check_done(&served[i]);
        CHECK_U64(served[i].transactions, 3);
    }
    village_check_held(&voters, (const char *const[]){"the vote counts once, as it was cast", NULL});
}
static void who_is_asked_by_several_votes_for_all_in_time(void)
{
    static const struct devnet_parameter brief[] = {{STR("voting_period_blocks"), STR("10")}, {STR("timelock_blocks"), STR("10")}};
    struct village_config config = config_of(39, false);
    config.bots = 6;
    config.parameters = brief;
    village_free(village_run(config, campaigns_at_once_here));
}

int main(void)
{
    RUN(a_proposal_lives_from_its_draft_to_its_effect);
    RUN(proposals_votes_and_executions_are_done_one_by_one);
    RUN(all_vote_on_all_by_seed_and_what_passed_is_executed);
    RUN(lookers_on_see_it_go_on_and_recompute_it);
    RUN(a_verifier_without_proposals_says_so);
    RUN(a_timelock_ends_at_its_block_and_not_before);
    RUN(a_delegated_weight_counts_for_the_other_and_comes_back);
    RUN(both_chains_change_together_or_not_at_all);
    RUN(each_type_in_turn_does_what_it_says);
    RUN(what_the_target_lacks_is_told);
    RUN(a_campaign_wins_votes_and_does_without_those_that_will_not);
    RUN(who_is_asked_by_several_votes_for_all_in_time);
    return 0;
}
