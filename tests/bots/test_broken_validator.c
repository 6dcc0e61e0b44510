/* Each claim of validators, their rewards and their set can fail: planted weaknesses, views that lie, members that misbehave. One line a
 * row. What cannot be broken is told in scripts/postconditions.txt. */
#include "broken.h"
#include "chain/committee.h"
#include "tester/client/adnet_rewards.h"

static struct village *v;

#define FALSE_HASH "\"00000000000000000000000000000000000000000000000000000000000000ff\""

static const struct devnet_parameter parameters[] = {{STR("epoch_blocks"), STR("20")}, {STR("block_interval_ms"), STR("200")}, {STR("unbonding_blocks"), STR("30")},
                                                     {STR("min_validator_stake"), STR("1000")}, {STR("downtime_window_blocks"), STR("2")}};

/* strict: two missed turns of its own eject a validator. */
static struct village_config town(uint64_t seed, bool strict)
{
    return (struct village_config){.validators = 4, .bots = 8, .seats = 7, .seed = seed, .ax = 100000000, .simulated = true, .wire = WIRE_TEXT,
                                   .parameters = parameters, .parameters_count = strict ? ARRAY_LEN(parameters) : ARRAY_LEN(parameters) - 1};
}

static void breaks(uint32_t bot, const char *behavior, const char *const *sets, struct lie lie, const char *claim)
{
    check_breaks(v, &(struct breaking){.behavior = behavior, .sets = sets, .lie = lie, .claim = claim}, bot, v->numbers++);
}

/* A service of so many seconds. */
static void service_breaks(uint32_t bot, const struct breaking *row, uint32_t seconds)
{
    struct village_track *track = village_track_new(v, row->behavior, row->sets);
    struct liar *liar = arena_new(&v->arena, struct liar);
    struct op *op = arena_new(&v->arena, struct op);
    struct gate gate = {0};
    track->track.standing = true;
    liar_begin_both(v, liar, row->lie, row->too);
    village_begin(v, track, bot, v->numbers++, (struct str){0}, op, &gate);
    fiber_sleep(v->env, duration_s(seconds));
    track->track.closed = true;
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(60))));
    liar_end(v, liar);
    if (op->status != OP_POSTCONDITION || strncmp(op->note, row->claim, strlen(row->claim)) != 0)
        CHECK_FAIL("%s: %s, \"%s\", not \"%s\"", row->behavior, op_status_text(op->status), op->note, row->claim);
    broken_tell(row, op->note);
}

/* A committee of forty that nobody is a member of. */
static const char *strangers(void)
{
    struct member members[40];
    struct buf out = {0};
    struct json_writer w = json_writer_of(&out);
    memset(members, 0, sizeof(members));
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        members[i].address.b[0] = (uint8_t)(i + 1);
        members[i].consensus_key.b[0] = (uint8_t)(i + 1);
        members[i].stake = AMOUNT(1000);
        snprintf(members[i].name, sizeof(members[i].name), "s%zu", i);
    }
    struct committee *committee = committee_new(0, 1, members, ARRAY_LEN(members));
    CHECK(committee != NULL);
    committee_write(committee, CHAIN_ALPHA, &w);
    const char *text = str_fmt(&v->arena, STR_FMT "%c", STR_ARG(buf_str(&out)), 0).data;
    committee_unref(committee);
    buf_done(&out);
    return text;
}

static const char *earned_text(uint32_t bot, const char *pending, const char *total)
{
    char address[ADDRESS_TEXT];
    address_text(&v->bots[bot]->identity.address, CHAIN_ALPHA, address);
    return str_fmt(&v->arena, "{\"address\":\"%s\",\"pending\":%s,\"total\":\"%s\",\"claimed\":\"0\"}%c", address, pending, total, 0).data;
}

static void sync_can_fail(void)
{
    breaks(1, "validator.sync", NULL, (struct lie){.path = "/node/v2/testnet/block/height/finalized", .member = "", .value = "3"}, "its node comes to the final height of its peers");
    breaks(1, "validator.sync", NULL, (struct lie){.path = "/node/v2/testnet/blocks", .member = "", .value = "[]"}, "its blocks are those of its peers");
    breaks(1, "validator.sync", NULL, (struct lie){.path = "/node/v2/testnet/stateRoot/", .member = "", .value = FALSE_HASH}, "its state is the one in the block of its peers");
}

static void signing_can_fail(void)
{
    const char *const *head = SETS("height=head");
    breaks(0, "validator.sign_checkpoint", head, (struct lie){.path = "/checkpoints", .member = "state_root", .value = FALSE_HASH}, "the checkpoint is a proven end of an epoch");
    breaks(0, "validator.sign_checkpoint", head, (struct lie){.path = "/checkpoints", .member = "committee_hash", .value = FALSE_HASH},
           "the committee of its round is the one that it names");
    breaks(0, "validator.sign_checkpoint", head, (struct lie){.path = "/consensus/votes", .member = "block_hash", .value = FALSE_HASH}, "it voted for no other block there");
    breaks(0, "validator.sign_checkpoint", head, (struct lie){.path = "/validators/", .member = "consensus_key", .value = FALSE_HASH},
           "its signature stands by the key that the chain has for it");
}

static void service_can_fail(void)
{
    village_drive(v, 0, 0, true);
    const struct seckey own = v->bots[0]->seat.consensus;
    v->bots[0]->seat.consensus = v->bots[1]->seat.consensus;
    service_breaks(0, &(struct breaking){.behavior = "validator.attest", .how = "it signs with another's key", .claim = "no signature of the validator is refused"}, 5);
    service_breaks(0, &(struct breaking){.behavior = "validator.participate", .how = "it signs with another's key", .claim = "no signature of the validator is refused"}, 5);
    v->bots[0]->seat.consensus = own;
    service_breaks(0, &(struct breaking){.behavior = "validator.participate", .lie = {.path = "/rewards/ax", .member = "", .value = earned_text(0, "[]", "0")},
                                         .claim = "its rewards grow"}, 20);
    breaks(0, "validator.propose_block", NULL, (struct lie){.path = "/consensus/template", .member = "", .value = "{}"}, "a final block is its own");
    breaks(0, "validator.propose_block", NULL, (struct lie){.path = "/committee/", .member = "", .value = strangers()}, "its certificate has a quorum");
    village_drive(v, 0, 0, false);
}

static void rewards_can_fail(void)
{
    char address[ADDRESS_TEXT];
    address_text(&v->bots[2]->identity.address, CHAIN_ALPHA, address);
    const char *more = str_fmt(&v->arena, "[{\"validator\":\"%s\",\"amount\":\"7\",\"since_height\":1}]%c", address, 0).data;
    breaks(1, "rewards.claim", NULL, (struct lie){.path = "/rewards/ax", .member = "claimed", .value = "\"0\""}, "what was pending is paid");
    check_breaks(v, &(struct breaking){.behavior = "rewards.claim", .lie = {.path = "/rewards/ax", .member = "pending", .value = more, .skip = 1},
                                       .too = {.path = "/rewards/ax", .member = "total", .value = "\"7\"", .skip = 1}, .claim = "nothing is pending afterwards"}, 2, v->numbers++);
    breaks(3, "rewards.claim", NULL, (struct lie){.path = "/statePath/", .member = "value", .value = lie_frozen(v, CHAIN_ALPHA, 3)},
           "the balance grows by what is paid, less the fee");
}

/* Newcomers without a node and with next to no stake: nobody waits for them. */
static void membership_can_fail(void)
{
    const char *const *little = SETS("stake=1000");
    breaks(4, "validator.register", little, (struct lie){.path = "/validators/", .member = "is_active", .value = "false"}, "it is a member from an epoch on");
    breaks(5, "validator.register", little, (struct lie){.path = "/account/", .member = "bonded", .value = "[]"}, "its stake is bonded, whole");
    breaks(6, "validator.register", little, (struct lie){.path = "/committee/latest", .member = "", .value = strangers()}, "the quorum is worked out with its stake");
    breaks(4, "validator.deregister", NULL, (struct lie){.path = "/validators/", .member = "is_active", .value = "true"}, "it is no member from an epoch on");
    breaks(5, "validator.deregister", NULL, (struct lie){.path = "/account/", .member = "unbonding", .value = "[]"}, "its bond is on its way back, whole");
    breaks(6, "validator.deregister", NULL, (struct lie){.path = "/account/", .member = "free", .value = "\"5\""}, "after its time it is free again, whole");
}

static void set_can_fail(void)
{
    const char *verify = "verify.validator_set";
    static const struct address nobody;
    char text[ADDRESS_TEXT];
    address_text(&nobody, CHAIN_ALPHA, text);
    const char *stranger = str_fmt(&v->arena, "\"%s\"%c", text, 0).data;
    breaks(7, verify, NULL, (struct lie){.path = "/validators", .member = "slashed", .value = "\"5\""}, "what was slashed is what the evidence says");
    breaks(7, verify, NULL, (struct lie){.path = "/validators", .member = "jailed", .value = "true"}, "who is jailed has no seat");
    breaks(7, verify, NULL, (struct lie){.path = "/validators", .member = "is_active", .value = "false"}, "the committee is the active validators, with their stakes");
    breaks(7, verify, NULL, (struct lie){.path = "/rewards/epochs/", .member = "end_height", .value = "19"}, "an epoch's rewards are of its blocks");
    breaks(7, verify, NULL, (struct lie){.path = "/rewards/epochs/", .member = "address", .value = stranger}, "each member has its part of an epoch's rewards");
    breaks(7, verify, NULL, (struct lie){.path = "/governance/parameters", .member = "epoch_reward", .value = "\"5\""}, "rewards are exact to the unit");
    breaks(7, verify, NULL, (struct lie){.path = "/validators", .member = "commission_bps", .value = "77"}, "commissions are exact to the unit");
    breaks(7, verify, NULL, (struct lie){.path = "/rewards/ax", .member = "claimed", .value = "\"5\""}, "what was earned is claimed or pending, to the unit");
    breaks(7, verify, SETS("subjects=[uptime]"), (struct lie){.path = "/validators", .member = "missed_proposals", .value = "5000"}, "honest validators keep 99 of a hundred turns");
}

static void words_body(struct village *village)
{
    v = village;
    village_final_at(v, 45);
    sync_can_fail();
    signing_can_fail();
    rewards_can_fail();
    set_can_fail();
    service_can_fail();
    membership_can_fail();
}
static void what_validators_claim_can_fail(void) { village_free(village_run(town(61, false), words_body)); }

/* A member signs twice, is convicted and slashed. */
static void convicted_body(struct village *village)
{
    struct answer answer;
    v = village;
    village_final_at(v, 5);
    CHECK(admin_byzantine_put(&v->admin, STR("{\"validators\":[\"v4\"],\"mode\":\"equivocate_vote\",\"params\":{\"rate_bps\":10000},\"enabled\":true}"), village_in(v, duration_s(10)), &answer));
    answer_done(&answer);
    village_final_at(v, 45);
    check_breaks(v, &(struct breaking){.behavior = "verify.validator_set", .how = "v4 equivocates", .claim = "no honest validator is convicted"}, 7, v->numbers++);
    service_breaks(3, &(struct breaking){.behavior = "validator.participate", .how = "its node equivocated", .claim = "nothing convicts it of signing twice"}, 3);
}
static void a_conviction_breaks_what_says_that_there_is_none(void) { village_free(village_run(town(62, false), convicted_body)); }

/* A member that should serve sleeps, and is ejected. */
static void asleep_body(struct village *village)
{
    struct answer answer;
    v = village;
    village_final_at(v, 5);
    CHECK(admin_chaos_start(&v->admin, STR("pause"), STR("both"), STR("{\"targets\":[\"v4\"]}"), (struct duration){0}, village_in(v, duration_s(10)), &answer) != NULL);
    answer_done(&answer);
    village_final_at(v, 65);
    check_breaks(v, &(struct breaking){.behavior = "verify.validator_set", .how = "v4 sleeps", .claim = "only validators that mean to miss their turns are ejected or slashed"}, 7, v->numbers++);
}
static void a_sleeper_that_should_serve_breaks_what_says_that_none_does(void) { village_free(village_run(town(63, true), asleep_body)); }

/* A claim in the last block of an epoch is followed by one that has something to pay; the view hides that, and that an epoch ended. At which block of an
 * epoch one has to begin for that is tried. */
static void hidden_end_body(struct village *village)
{
    char address[ADDRESS_TEXT];
    v = village;
    address_text(&v->bots[1]->identity.address, CHAIN_ALPHA, address);
    const char *nothing = str_fmt(&v->arena, "{\"address\":\"%s\",\"pending\":[],\"total\":\"0\",\"claimed\":\"900000000000\"}%c", address, 0).data;
    const struct breaking row = {.behavior = "rewards.claim", .lie = {.path = "/rewards/epochs/", .member = "end_height", .value = "1"},
                                 .too = {.path = "/rewards/ax", .member = "", .value = nothing, .skip = 1}, .claim = "a second claim pays nothing"};
    for (uint32_t i = 0; i < 40; i++) {
        village_final_at(v, 25 + i * 21); /* a block later in its epoch each time */
        struct village_track *track = village_track_new(v, row.behavior, NULL);
        struct liar *liar = arena_new(&v->arena, struct liar);
        liar_begin_both(v, liar, row.lie, row.too);
        const struct op op = village_once(v, track, 1, v->numbers++);
        liar_end(v, liar);
        if (op.status == OP_POSTCONDITION && strncmp(op.note, row.claim, strlen(row.claim)) == 0) {
            broken_tell(&row, op.note);
            return;
        }
    }
    CHECK_FAIL("no second claim paid");
}
static void an_end_of_an_epoch_that_is_hidden_breaks_what_says_that_nothing_is_left(void) { village_free(village_run(town(64, false), hidden_end_body)); }

int main(void)
{
    RUN(what_validators_claim_can_fail);
    RUN(a_conviction_breaks_what_says_that_there_is_none);
    RUN(a_sleeper_that_should_serve_breaks_what_says_that_none_does);
    RUN(an_end_of_an_epoch_that_is_hidden_breaks_what_says_that_nothing_is_left);
    return 0;
}
