/* Validators as bots carry them: they follow the chain at their own nodes, and vouch for checkpoints. */
#include "tester/client/alpha_consensus.h"
#include "village.h"

static const struct devnet_parameter short_epochs[] = {{STR("epoch_blocks"), STR("20")}, {STR("block_interval_ms"), STR("200")}};

static struct village_config town(uint64_t dx)
{
    return (struct village_config){.validators = 4, .bots = 5, .seats = 4, .seed = 43, .ax = 100000000, .dx = dx, .simulated = true, .wire = WIRE_TEXT,
                                   .parameters = short_epochs, .parameters_count = ARRAY_LEN(short_epochs)};
}

/* What an execution told, one output a line. */
struct told {
    char text[600];
};
static void note_output(void *context, struct str name, struct str value)
{
    struct told *told = context;
    const size_t len = strlen(told->text);
    snprintf(told->text + len, sizeof(told->text) - len, STR_FMT "=" STR_FMT "\n", STR_ARG(name), STR_ARG(value));
}
static struct op told_once(struct village *v, struct village_track *track, uint32_t bot, struct told *told)
{
    struct op op;
    struct act act;
    act_init(&act, &v->crew, &track->track, v->bots[bot], env_now(v->env), 0);
    told->text[0] = '\0';
    act.output = note_output;
    act.context = told;
    behavior_run(track->spec, &act, &op);
    return op;
}

/* ---- validator.sync ---- */

static const char *const sync_claims[] = {"its node comes to the final height of its peers", "each of its blocks builds on the one before", "its blocks are those of its peers",
                                          "its state is the one in the block of its peers", NULL};

static void sync_here(struct village *v)
{
    struct village_track track;
    struct told told;
    village_final_at(v, 65); /* more than a page */
    village_track(v, &track, "validator.sync", NULL);
    struct op op = told_once(v, &track, 1, &told);
    check_done(&op);
    village_check_held(&track, sync_claims);
    CHECK(strncmp(told.text, "height=", 7) == 0);
    CHECK_U64(op.chain, v->config.dx > 0 ? OP_BOTH : OP_ALPHA);
    village_track(v, &track, "validator.sync", (const char *const[]){"from_height=60", NULL});
    op = village_once(v, &track, 2, 0);
    check_done(&op);
    village_check_held(&track, sync_claims);
    village_track(v, &track, "validator.sync", (const char *const[]){"from_height=100000", NULL});
    op = village_once(v, &track, 2, 1);
    CHECK_U64(op.status, OP_SKIPPED);
    op = village_once(v, &track, 4, 2); /* an ordinary user */
    CHECK_U64(op.status, OP_SKIPPED);
    struct answer answer;
    CHECK(admin_chaos_start(&v->admin, STR("pause"), STR("alpha"), STR("{\"targets\":[\"v2\"]}"), (struct duration){0}, village_in(v, duration_s(10)), &answer) != NULL);
    answer_done(&answer);
    struct act act;
    act_init(&act, &v->crew, &track.track, v->bots[1], env_now(v->env), 3);
    act.deadline = village_in(v, duration_s(40));
    behavior_run(track.spec, &act, &op);
    CHECK(op.status != OP_DONE && op.status != OP_POSTCONDITION); /* its node says nothing: no statement */
}
static void a_validator_follows_the_chain_at_its_own_node(void)
{
    village_free(village_run(town(0), sync_here));
    village_free(village_run(town(1000000), sync_here));
}

/* ---- validator.sign_checkpoint ---- */

static const char *const sign_claims[] = {"the checkpoint is a proven end of an epoch", "the committee of its round is the one that it names", "it voted for no other block there",
                                          "its signature stands by the key that the chain has for it", NULL};

static void sign_here(struct village *v)
{
    struct village_track track;
    struct told told, again;
    village_track(v, &track, "validator.sign_checkpoint", NULL);
    struct op op = village_once(v, &track, 0, 0);
    CHECK_U64(op.status, OP_SKIPPED); /* a thousand blocks back there is nothing */
    village_final_at(v, 45);
    village_track(v, &track, "validator.sign_checkpoint", (const char *const[]){"height=head", NULL});
    op = told_once(v, &track, 0, &told);
    check_done(&op);
    village_check_held(&track, sign_claims);
    CHECK(strncmp(told.text, "height=40\nblock_hash=", 21) == 0);
    village_track(v, &track, "validator.sign_checkpoint", (const char *const[]){"height=39", NULL});
    op = told_once(v, &track, 3, &again);
    check_done(&op);
    CHECK(strncmp(again.text, "height=20\nblock_hash=", 21) == 0);
    village_track(v, &track, "validator.sign_checkpoint", (const char *const[]){"height=head-25", NULL});
    op = told_once(v, &track, 3, &told);
    check_done(&op);
    CHECK_STR(str_of(told.text), str_of(again.text)); /* signing again says the same: a vote of that round, and no second one */
    village_track(v, &track, "validator.sign_checkpoint", (const char *const[]){"height=tail", NULL});
    CHECK_U64(village_once(v, &track, 0, 1).status, OP_SKIPPED);
    CHECK_U64(village_once(v, &track, 4, 2).status, OP_SKIPPED);
}
static void a_validator_vouches_for_the_newest_epoch_end_below_a_height(void) { village_free(village_run(town(0), sign_here)); }

/* ---- validator.participate ---- */

/* The round in which it is v1's turn, and nobody has proposed: v1 is driven, and by nobody yet. */
static uint64_t own_turn(struct village *v)
{
    struct alpha own = v->crew.alpha;
    own.view = str_of(v->bots[0]->seat.name);
    for (;; fiber_sleep(v->env, duration_ms(10))) {
        struct answer answer;
        const struct round_view *round = alpha_round(&own, village_in(v, duration_s(10)), &answer);
        CHECK(round != NULL);
        const bool turn = address_eq(&round->proposer, &v->bots[0]->identity.address) && round->phase == PHASE_PROPOSE && round->proposals_count == 0;
        const uint64_t number = round->round;
        answer_done(&answer);
        if (turn) return number;
    }
}

static bool round_has_block(struct village *v, uint64_t round)
{
    for (uint32_t height = 1;; height++) {
        struct answer answer;
        const struct block_view *block = alpha_block(&v->crew.alpha, height, false, village_in(v, duration_s(10)), &answer);
        const bool there = block != NULL, found = there && block->header.round == round;
        answer_done(&answer);
        if (found || !there) return found;
    }
}

static void takes_over_here(struct village *v)
{
    static struct op op;
    struct village_track track;
    struct gate gate = {0};
    village_final_at(v, 5);
    village_drive(v, 0, 0, true);
    village_track(v, &track, "validator.participate", NULL);
    track.track.standing = true;
    const uint64_t round = own_turn(v);
    village_begin(v, &track, 0, 0, (struct str){0}, &op, &gate);
    fiber_sleep(v->env, duration_s(4));
    track.track.closed = true;
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(60))));
    check_done(&op);
    village_drive(v, 0, 0, false);
    CHECK(round_has_block(v, round));
}
static void who_takes_over_in_its_own_turn_takes_it(void) { village_free(village_run(town(0), takes_over_here)); }

/* ---- validator.propose_block ---- */

/* Half of the validators: who has seen its block must not leave the other alone before both have looked. */
static void two_propose_here(struct village *v)
{
    static struct op ops[2];
    struct village_track track;
    struct gate gate = {0};
    village_final_at(v, 5);
    village_drive(v, 0, 1, true);
    village_track(v, &track, "validator.propose_block", NULL);
    for (uint32_t i = 0; i < ARRAY_LEN(ops); i++) village_begin(v, &track, i, i, (struct str){0}, &ops[i], &gate);
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(120))));
    for (uint32_t i = 0; i < ARRAY_LEN(ops); i++) check_done(&ops[i]);
    village_drive(v, 0, 1, false);
    CHECK_U64(village_held(&track, "its certificate has a quorum"), ARRAY_LEN(ops));
    CHECK_U64(village_held(&track, "a final block is its own"), ARRAY_LEN(ops));
}
static void two_of_four_see_their_blocks_certified(void) { village_free(village_run(town(1000000), two_propose_here)); }

int main(void)
{
    RUN(two_of_four_see_their_blocks_certified);
    RUN(a_validator_follows_the_chain_at_its_own_node);
    RUN(a_validator_vouches_for_the_newest_epoch_end_below_a_height);
    RUN(who_takes_over_in_its_own_turn_takes_it);
    return 0;
}
