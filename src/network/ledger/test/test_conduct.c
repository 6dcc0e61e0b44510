/* Tries to keep power after a defection, to lose it without one, and to move the score otherwise than api 11 says. */
#include "chain/evidence.h"
#include "core/crypto/sigcache.h"
#include "network/ledger/staking_priv.h"
#include "network/ledger/test/governance_fixture.h"

static struct town town;
static struct sigcache *cache;

enum { EPOCH = 25 };

static void start(bool score_only)
{
    struct params params = gov_params(CHAIN_ALPHA);
    params.epoch_blocks = EPOCH;
    params.min_validator_stake = 1000;
    gov_town_init(&town, CHAIN_ALPHA, &params);
    if (cache == NULL) cache = sigcache_new(SIM, 1024);
    town.rules.verifier = verifier_of_cache(cache);
    weakness_put(&town.rules.weak, WEAKNESS_GCI_SCORE_ONLY_TRIGGER, score_only);
    CHECK_U64(gov_stake(&town, 0, 60000), CODE_NONE);
    CHECK_U64(gov_stake(&town, 1, 30000), CODE_NONE);
}
static void epoch_end(void)
{
    uint32_t first;
    const uint64_t epoch = ledger_epoch(town.state, &first);
    while (ledger_epoch(town.state, &first) == epoch) gov_blocks(&town, 1);
}
static uint16_t conduct(size_t person) { return gov_governor(&town, person).conduct; }
static bool revoked(size_t person) { return governance_revoked(&town.rules, ledger_objects(town.state), &town.people[person].address); }

static void defect(const struct address *who)
{
    const struct ledger_frame frame = town_frame(&town);
    struct work *work = base_alloc(sizeof(*work));
    work_init(work, town.state, &town.rules, &frame);
    governance_defection(work, who);
    struct ledger_state *next = work_commit(work, frame.height);
    ledger_state_unref(town.state);
    town.state = next;
    work_done(work);
    base_free(work);
}
static void validator(size_t person, uint64_t stake)
{
    const union payload payload = {.validator_register = {.consensus_key = town.people[person].key.pub, .name = STR("val"), .stake = AMOUNT(stake)}};
    CHECK_U64(gov_do(&town, person, KIND_VALIDATOR_REGISTER, &payload), CODE_NONE);
}
static void bond(size_t person, size_t at, uint64_t amount)
{
    const union payload payload = {.bond = {town.people[at].address, AMOUNT(amount)}};
    CHECK_U64(gov_stake(&town, person, amount), CODE_NONE);
    CHECK_U64(gov_do(&town, person, KIND_BOND, &payload), CODE_NONE);
}

/* ---- the score ---- */

static void who_votes_gains_and_who_stays_away_loses(void)
{
    struct hash id;
    start(false);
    for (size_t i = 0; i < 3; i++) CHECK_U64(gov_register(&town, i, GOV_DEPOSIT), CODE_NONE);
    CHECK_U64(gov_propose(&town, 0, GOV_PROPOSAL, false, &gov_text, &id), CODE_NONE);
    gov_until(&town, gov_view(&town, &id).voting_start_height - 1);
    CHECK_U64(gov_vote(&town, 0, &id, CHOICE_YES), CODE_NONE);
    CHECK_U64(gov_vote(&town, 1, &id, CHOICE_NO), CODE_NONE);
    epoch_end();
    CHECK_U64(conduct(0), 5100);
    CHECK_U64(conduct(1), 5100);
    CHECK_U64(conduct(2), 4700);
    epoch_end(); /* nothing closed: nothing changes */
    CHECK_U64(conduct(0), 5100);
    CHECK_U64(conduct(2), 4700);
    town_done(&town);
}

static void a_proposal_nobody_cared_for_costs_its_maker(void)
{
    struct hash id;
    start(false);
    for (size_t i = 0; i < 2; i++) CHECK_U64(gov_register(&town, i, GOV_DEPOSIT), CODE_NONE);
    CHECK_U64(gov_propose(&town, 0, GOV_PROPOSAL, false, &gov_text, &id), CODE_NONE);
    epoch_end();
    CHECK_U64(conduct(0), 5000 - 300 - 500);
    CHECK_U64(conduct(1), 5000 - 300);
    town_done(&town);
}

static void a_newcomer_is_not_judged_by_what_was_before(void)
{
    struct hash id;
    start(false);
    CHECK_U64(gov_register(&town, 0, GOV_DEPOSIT), CODE_NONE);
    CHECK_U64(gov_propose(&town, 0, GOV_PROPOSAL, false, &gov_text, &id), CODE_NONE);
    gov_until(&town, gov_view(&town, &id).voting_end_height);
    CHECK_U64(gov_register(&town, 1, GOV_DEPOSIT), CODE_NONE);
    epoch_end();
    CHECK_U64(conduct(1), 5000);
    town_done(&town);
}

static void a_score_below_the_line_ends_the_rights(void)
{
    for (int on = 0; on < 2; on++) {
        struct hash id;
        start(on); /* the score fires either way */
        CHECK_U64(gov_register(&town, 0, GOV_DEPOSIT), CODE_NONE);
        CHECK_U64(gov_register(&town, 1, GOV_DEPOSIT), CODE_NONE);
        for (uint32_t lost = 0; conduct(0) >= CONDUCT_TRIGGER; lost++) {
            CHECK(lost < 10);
            CHECK(!revoked(0));
            CHECK_U64(gov_propose(&town, 0, GOV_PROPOSAL, false, &gov_text, &id), CODE_NONE);
            for (int i = 0; i < 5 && conduct(0) >= CONDUCT_TRIGGER; i++) epoch_end();
        }
        CHECK_U64(conduct(0), 5000 - 3 * 800);
        CHECK(revoked(0) && gov_governor(&town, 0).revoked && !gov_governor(&town, 0).active);
        CHECK(!revoked(1));
        CHECK_U64(gov_propose(&town, 0, GOV_PROPOSAL, false, &gov_text, &id), CODE_GOVERNANCE_REVOKED);
        CHECK_U64(gov_register(&town, 0, GOV_DEPOSIT), CODE_GOVERNANCE_REVOKED);
        struct stake_entry stake;
        CHECK(stake_get(ledger_objects(town.state), &town.people[0].address, &stake));
        CHECK((stake.frozen_until > ledger_height(town.state)) == (on == 0));
        gov_check_supply(&town);
        town_done(&town);
    }
}

/* ---- the Grim trigger ---- */

static void a_defector_votes_and_proposes_no_more(void)
{
    for (int on = 0; on < 2; on++) { /* on: by score alone */
        struct hash id, other;
        start(on);
        CHECK_U64(gov_register(&town, 0, GOV_DEPOSIT), CODE_NONE);
        CHECK_U64(gov_register(&town, 1, GOV_DEPOSIT), CODE_NONE);
        CHECK_U64(gov_propose(&town, 0, GOV_PROPOSAL, false, &gov_text, &id), CODE_NONE);
        CHECK_U64(gov_propose(&town, 1, GOV_PROPOSAL, false, &gov_text, &other), CODE_NONE);
        const u128 before = town_free(&town, 0);
        defect(&town.people[0].address);
        CHECK_U64(conduct(0), on ? CONDUCT_START : 0);
        CHECK(revoked(0) == (on == 0));
        CHECK(!revoked(1));
        gov_until(&town, gov_view(&town, &other).voting_start_height - 1);
        CHECK_U64(gov_vote(&town, 0, &other, CHOICE_NO), on ? CODE_NONE : CODE_GOVERNANCE_REVOKED);
        CHECK_U64(gov_status(&town, &id), on ? PROPOSAL_ACTIVE : PROPOSAL_CANCELLED);
        const union payload to = {.vote_delegate = {town.people[1].address}};
        CHECK_U64(gov_do(&town, 0, KIND_VOTE_DELEGATE, &to), on ? CODE_NONE : CODE_GOVERNANCE_REVOKED);
        const union payload unstake = {.amount = {AMOUNT(1000)}};
        CHECK_U64(gov_do(&town, 0, KIND_ALPHA_UNSTAKE, &unstake), on ? CODE_NONE : CODE_INSUFFICIENT_STAKE);
        gov_check_supply(&town);
        gov_blocks(&town, GOV_UNBONDING);
        if (on == 0) {
            CHECK(town_free(&town, 0) == before + GOV_PROPOSAL + GOV_DEPOSIT - 3 * GOV_FEE); /* the deposits, once the freeze is over */
            CHECK_U64(gov_do(&town, 0, KIND_ALPHA_UNSTAKE, &unstake), CODE_NONE);
            CHECK_U64(gov_register(&town, 0, GOV_DEPOSIT), CODE_GOVERNANCE_REVOKED); /* for good */
        }
        gov_check_supply(&town);
        town_done(&town);
    }
}

static void what_was_unbonding_waits_once_more(void)
{
    for (int on = 0; on < 2; on++) {
        start(on);
        const union payload unstake = {.amount = {AMOUNT(1000)}};
        CHECK_U64(gov_do(&town, 0, KIND_ALPHA_UNSTAKE, &unstake), CODE_NONE);
        const u128 before = town_free(&town, 0);
        gov_blocks(&town, GOV_UNBONDING - 2);
        defect(&town.people[0].address); /* the very last moment */
        gov_blocks(&town, GOV_UNBONDING - 1);
        CHECK(town_free(&town, 0) == before + (on ? 1000 : 0));
        gov_blocks(&town, 1);
        CHECK(town_free(&town, 0) == before + 1000);
        gov_check_supply(&town);
        town_done(&town);
    }
}

static void delegated_weight_of_a_defector_leaves_its_delegate(void)
{
    start(false);
    const union payload to = {.vote_delegate = {town.people[1].address}};
    CHECK_U64(gov_do(&town, 0, KIND_VOTE_DELEGATE, &to), CODE_NONE);
    CHECK(staking_weight(ledger_objects(town.state), &town.people[1].address).units == 90000);
    defect(&town.people[0].address);
    CHECK(staking_weight(ledger_objects(town.state), &town.people[1].address).units == 30000);
    CHECK(!revoked(1));
    town_done(&town);
}

/* A validator that stands on a defector's stake goes with it, and one of whom it holds a crumb does not. */
static void the_trigger_follows_the_stake_and_stops_at_a_minority(void)
{
    start(false);
    validator(3, 2000);
    validator(4, 50000);
    bond(0, 3, 20000);
    bond(0, 4, 20000);
    defect(&town.people[0].address);
    CHECK(revoked(0));
    CHECK(revoked(3));
    CHECK(!revoked(4));
    town_done(&town);
    start(false); /* the other way: who answers for a validator is whose stake it stands on */
    CHECK_U64(gov_register(&town, 0, GOV_DEPOSIT), CODE_NONE);
    CHECK_U64(gov_register(&town, 1, GOV_DEPOSIT), CODE_NONE);
    validator(3, 2000);
    bond(0, 3, 20000);
    bond(1, 3, 1000);
    defect(&town.people[3].address);
    CHECK(revoked(3) && revoked(0));
    CHECK(!revoked(1));
    CHECK_U64(conduct(0), 0);
    CHECK_U64(conduct(1), CONDUCT_START);
    town_done(&town);
}

/* Stake that is bonded to a fresh identity after the fact counts for nothing either. */
static void a_fresh_identity_on_the_same_stake_is_revoked_too(void)
{
    for (int on = 0; on < 2; on++) {
        start(on);
        defect(&town.people[0].address);
        gov_blocks(&town, GOV_UNBONDING + 1); /* the freeze is over */
        validator(3, 2000);
        CHECK(!revoked(3));
        bond(0, 3, 20000);
        CHECK(revoked(3) == (on == 0));
        CHECK_U64(gov_register(&town, 3, GOV_DEPOSIT), on ? CODE_NONE : CODE_GOVERNANCE_REVOKED);
        town_done(&town);
    }
}

/* From the transaction that carries the evidence to the vote that is refused. */
static void a_double_vote_on_the_chain_fires_the_trigger(void)
{
    start(false);
    struct person v;
    person_init(&v, 1000);
    gov_blocks(&town, 3);
    struct vote a = {.domain = town.rules.domain, .height = 2, .round = 2, .voter = v.address}, b = a;
    a.block_hash.b[0] = 1, b.block_hash.b[0] = 2;
    vote_sign(&a, SIM, &v.key);
    vote_sign(&b, SIM, &v.key);
    uint8_t bytes[2][VOTE_SIGNED_BYTES];
    vote_encode_signed(&a, bytes[0]);
    vote_encode_signed(&b, bytes[1]);
    const union payload payload = {.evidence = {.type = EVIDENCE_DOUBLE_VOTE,
                                                .first = {(const char *)bytes[0], VOTE_SIGNED_BYTES},
                                                .second = {(const char *)bytes[1], VOTE_SIGNED_BYTES}}};
    uint32_t height;
    CHECK(!revoked_height(ledger_objects(town.state), &v.address, &height));
    CHECK_U64(gov_do(&town, 5, KIND_ALPHA_EVIDENCE_SUBMIT, &payload), CODE_NONE);
    CHECK(revoked_height(ledger_objects(town.state), &v.address, &height));
    CHECK_U64(height, ledger_height(town.state));
    gov_check_supply(&town);
    town_done(&town);
}

int main(void)
{
    RUN(who_votes_gains_and_who_stays_away_loses);
    RUN(a_proposal_nobody_cared_for_costs_its_maker);
    RUN(a_newcomer_is_not_judged_by_what_was_before);
    RUN(a_score_below_the_line_ends_the_rights);
    RUN(a_defector_votes_and_proposes_no_more);
    RUN(what_was_unbonding_waits_once_more);
    RUN(delegated_weight_of_a_defector_leaves_its_delegate);
    RUN(the_trigger_follows_the_stake_and_stops_at_a_minority);
    RUN(a_fresh_identity_on_the_same_stake_is_revoked_too);
    RUN(a_double_vote_on_the_chain_fires_the_trigger);
    sigcache_free(cache);
    return 0;
}
