/* Every way in which a node could show governance that was not sound must be told, and a sound one never. */
#include "core/base/check.h"
#include "core/crypto/sigcache.h"
#include "tester/invariant/judge.h"

#include "chain/payload.h"

static struct judge judge;
static uint64_t told;

static void violated(void *context, const struct violation *violation)
{
    (void)context;
    CHECK_U64(violation->invariant, 7);
    told++;
}

static void start(void)
{
    const struct trust_genesis genesis = {domain_of(CHAIN_ALPHA, NETWORK_TESTNET), {{1}}, NULL};
    static struct sigcache *cache;
    if (cache == NULL) cache = sigcache_new((struct sign_suite){SIGN_SIMULATED}, 16);
    judge_init(&judge, &genesis, verifier_of_cache(cache));
    judge.violated = violated;
    told = 0;
}
static void done(void) { judge_done(&judge); }

/* A sound proposal: three voters, executed in its time. */
static struct gov_proposal_view sound;
static struct ballot_view ballots[3];
static struct amount weights[3];
static void make_sound(void)
{
    sound = (struct gov_proposal_view){.proposal_id = {{5}},
                                       .status = PROPOSAL_EXECUTED,
                                       .created_height = 10,
                                       .snapshot_height = 10,
                                       .voting_start_height = 11,
                                       .voting_end_height = 20,
                                       .eta_height = {true, 30},
                                       .executed_height = {true, 30},
                                       .tally = {AMOUNT(60), AMOUNT(30), AMOUNT(10), AMOUNT(200), 3334, 5000, true}};
    for (size_t i = 0; i < 3; i++) {
        ballots[i] = (struct ballot_view){.voter = {{(uint8_t)(i + 1)}}, .choice = CHOICE_YES + (uint32_t)i, .height = 12, .transaction_id = {{(uint8_t)(i + 9)}}};
        weights[i] = ballots[i].weight = i == 0 ? sound.tally.yes : i == 1 ? sound.tally.no : sound.tally.abstain;
    }
}
static uint64_t told_now(void)
{
    told = 0;
    judge_governance_proposal(&judge, &sound, ballots, weights, 3);
    return told;
}

static void a_sound_proposal_is_never_told(void)
{
    start();
    make_sound();
    CHECK_U64(told_now(), 0);
    CHECK(judge.state[7].samples > 3);
    sound.status = PROPOSAL_DEFEATED;
    sound.executed_height.has = sound.eta_height.has = false;
    CHECK_U64(told_now(), 0);
    done();
}

static void what_was_executed_unsoundly_is_told(void)
{
    start();
    make_sound();
    sound.tally.total_weight = AMOUNT(300); /* 100 of 300 are 33.33 % */
    CHECK_U64(told_now(), 1);
    make_sound();
    sound.executed_height.value = 29;
    CHECK_U64(told_now(), 1);
    make_sound();
    sound.eta_height.has = false;
    CHECK_U64(told_now(), 1);
    make_sound();
    sound.eta_height.value = 20; /* its voting was not over */
    CHECK_U64(told_now(), 1);
    make_sound();
    ballots[0].weight = weights[0] = sound.tally.yes = AMOUNT(30); /* a tie */
    sound.tally.total_weight = AMOUNT(100);
    CHECK_U64(told_now(), 1);
    done();
}

static void votes_that_do_not_count_as_they_must_are_told(void)
{
    start();
    make_sound();
    weights[1] = AMOUNT(29);
    CHECK_U64(told_now(), 1);
    make_sound();
    ballots[1].voter = ballots[0].voter;
    CHECK_U64(told_now(), 1);
    make_sound();
    ballots[1].height = 21;
    CHECK_U64(told_now(), 1);
    make_sound();
    ballots[1].height = 10;
    CHECK_U64(told_now(), 1);
    make_sound();
    sound.tally.yes = AMOUNT(61);
    CHECK_U64(told_now(), 1);
    done();
}

static struct tx *tx_of(enum kind kind, uint8_t person, uint64_t nonce, const union payload *payload)
{
    struct apierror error;
    struct buf bytes = {0};
    uint8_t seed[32] = {person};
    struct seckey key;
    seckey_from_seed((struct sign_suite){SIGN_SIMULATED}, seed, &key);
    payload_encode(kind, payload, &bytes);
    const struct tx_spec spec = {.domain = domain_of(CHAIN_ALPHA, NETWORK_TESTNET), .kind = kind, .nonce = nonce, .fee = AMOUNT(500), .payload = buf_str(&bytes)};
    struct tx *tx = tx_build(&spec, (struct sign_suite){SIGN_SIMULATED}, &key, &error);
    if (tx == NULL) CHECK_FAIL("%s", error.message);
    buf_done(&bytes);
    return tx;
}

static void a_second_vote_in_the_chain_is_told_with_its_transaction(void)
{
    start();
    const union payload yes = {.vote = {.proposal = {{5}}, .choice = CHOICE_YES}}, other = {.vote = {.proposal = {{6}}, .choice = CHOICE_YES}};
    struct tx *txs[] = {tx_of(KIND_PROPOSAL_VOTE, 1, 0, &yes), tx_of(KIND_PROPOSAL_VOTE, 1, 1, &other), tx_of(KIND_PROPOSAL_VOTE, 2, 0, &yes),
                        tx_of(KIND_PROPOSAL_VOTE, 1, 2, &yes)};
    struct tx_view views[4];
    for (size_t i = 0; i < 4; i++) views[i] = (struct tx_view){.id = txs[i]->id, .envelope = txs[i], .has_receipt = true};
    views[3].receipt.code = CODE_ALREADY_VOTED; /* refused in its block: nothing was counted */
    struct block_view block = {.header.height = 12, .transactions = views, .transactions_count = 4};
    judge_governance_block(&judge, &block);
    CHECK_U64(told, 0);
    views[3].receipt.code = CODE_NONE;
    block.transactions = &views[3];
    block.transactions_count = 1;
    judge_governance_block(&judge, &block);
    CHECK_U64(told, 1);
    for (size_t i = 0; i < 4; i++) tx_unref(txs[i]);
    done();
}

static void proposals_are_looked_at_when_they_are_made_and_executed(void)
{
    start();
    struct hash due;
    const union payload make = {.proposal_create = {.title = STR("t"), .action = {.type = ACTION_TEXT}}}, run = {.id = {{{5}}}};
    struct tx *txs[] = {tx_of(KIND_PROPOSAL_CREATE, 1, 0, &make), tx_of(KIND_PROPOSAL_EXECUTE, 1, 1, &run)};
    struct tx_view views[2];
    for (size_t i = 0; i < 2; i++) views[i] = (struct tx_view){.id = txs[i]->id, .envelope = txs[i], .has_receipt = true};
    const struct block_view block = {.header.height = 12, .transactions = views, .transactions_count = 2};
    judge_governance_block(&judge, &block);
    CHECK(judge_governance_due(&judge, 12, &due));
    CHECK(due.b[0] == 5);
    CHECK(!judge_governance_due(&judge, 12, &due));
    CHECK(judge_governance_due(&judge, 13, &due));
    CHECK(hash_eq(&due, &txs[0]->id));
    judge_governance_later(&judge, &due, 30);
    CHECK(!judge_governance_due(&judge, 29, &due));
    CHECK(judge_governance_due(&judge, 30, &due));
    for (size_t i = 0; i < 2; i++) tx_unref(txs[i]);
    done();
}

int main(void)
{
    RUN(a_sound_proposal_is_never_told);
    RUN(what_was_executed_unsoundly_is_told);
    RUN(votes_that_do_not_count_as_they_must_are_told);
    RUN(a_second_vote_in_the_chain_is_told_with_its_transaction);
    RUN(proposals_are_looked_at_when_they_are_made_and_executed);
    return 0;
}
