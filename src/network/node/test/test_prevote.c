/* Tries to have the check of one vote made twice, to have another vote's answer taken for it, and to fill the room with votes that are lost. */
#include "network/node/prevote.h"

#include "core/base/check.h"
#include "core/crypto/sigcache.h"

#define VOTERS 4

/* A space of which only what the unit touches is there, in a world that makes a check when it is joined, and counts both. */
struct place {
    struct env env;
    struct node_space space;
    struct seckey keys[VOTERS];
    struct committee *committee;
    uint32_t begun, joined;
};

static void offload(struct env *env, struct task *task)
{
    (void)task;
    CONTAINER_OF(env, struct place, env)->begun++;
}
static void join(struct env *env, struct task *task)
{
    CONTAINER_OF(env, struct place, env)->joined++;
    task->run(task);
}
static const struct env_ops ops = {.offload = offload, .join = join};

static void place_init(struct place *place, enum sign_scheme scheme)
{
    struct member members[VOTERS] = {0};
    memset(place, 0, sizeof(*place));
    place->env.ops = &ops;
    place->space.env = &place->env;
    place->space.suite = (struct sign_suite){scheme};
    place->space.sigcache = sigcache_new(place->space.suite, 64);
    for (uint8_t i = 0; i < VOTERS; i++) {
        const uint8_t seed[32] = {i + 1};
        seckey_from_seed(place->space.suite, seed, &place->keys[i]);
        members[i] = (struct member){.address = {{i + 1}}, .consensus_key = place->keys[i].pub, .stake = AMOUNT(1)};
    }
    place->committee = committee_new(0, 1, members, VOTERS);
    prevote_init(&place->space);
}
static void place_done(struct place *place)
{
    prevote_done(&place->space);
    committee_unref(place->committee);
    sigcache_free(place->space.sigcache);
}

static struct vote vote_by(const struct place *place, uint8_t voter, uint64_t round)
{
    struct vote vote = {.domain = domain_of(CHAIN_ALPHA, NETWORK_TESTNET), .height = 7, .round = round, .block_hash = {{9}}, .voter = {{voter + 1}}};
    vote_sign(&vote, place->space.suite, &place->keys[voter]);
    return vote;
}

/* Whether the answer is remembered, and then which. */
static bool remembered(struct place *place, const struct vote *vote, bool *out_good)
{
    const struct sigcheck check = {
        .key = place->keys[vote->voter.b[0] - 1].pub, .digest = vote_digest(vote), .signature = vote->signature, .tag = VOTE_SIGN_TAG};
    return sigcache_find(place->space.sigcache, &check, out_good);
}

static void a_vote_that_is_sent_to_two_leaders_is_checked_once(void)
{
    struct place place;
    bool good;
    place_init(&place, SIGN_ED25519);
    const struct vote vote = vote_by(&place, 0, 8), copy = vote;
    prevote_begin(&place.space, place.committee, &vote);
    prevote_begin(&place.space, place.committee, &copy); /* while the first is under way */
    CHECK_U64(place.begun, 1);
    CHECK(!remembered(&place, &vote, &good));
    prevote_join(&place.space, &copy);
    CHECK(remembered(&place, &vote, &good) && good);
    prevote_join(&place.space, &vote);
    prevote_begin(&place.space, place.committee, &vote); /* a third one, later: it is known */
    prevote_join(&place.space, &vote);
    CHECK_U64(place.begun, 1);
    CHECK_U64(place.joined, 1);
    place_done(&place);
}

/* Each differs from the first in one thing alone. */
static void what_is_not_the_same_vote_is_a_check_of_its_own(void)
{
    struct place place;
    place_init(&place, SIGN_ED25519);
    struct vote votes[7];
    for (size_t i = 0; i < ARRAY_LEN(votes); i++) votes[i] = vote_by(&place, 0, 8);
    votes[1].signature.b[0] ^= 1;
    votes[2].block_hash.b[31] ^= 1;
    votes[3].height++;
    votes[4].round++;
    votes[5].voter.b[0]++;
    votes[6].domain = domain_of(CHAIN_DELTA, NETWORK_MAINNET);
    for (size_t i = 0; i < ARRAY_LEN(votes); i++) prevote_begin(&place.space, place.committee, &votes[i]);
    CHECK_U64(place.begun, ARRAY_LEN(votes));
    for (size_t i = 0; i < ARRAY_LEN(votes); i++) {
        bool good;
        prevote_join(&place.space, &votes[i]);
        CHECK(remembered(&place, &votes[i], &good));
        CHECK_U64(good, i == 0);
    }
    CHECK_U64(place.joined, ARRAY_LEN(votes));
    place_done(&place);
}

static void strangers_and_simulated_signatures_are_not_begun(void)
{
    struct place place;
    place_init(&place, SIGN_ED25519);
    struct vote vote = vote_by(&place, 0, 8);
    prevote_begin(&place.space, NULL, &vote);
    vote.voter.b[0] = VOTERS + 1;
    prevote_begin(&place.space, place.committee, &vote);
    prevote_join(&place.space, &vote);
    CHECK_U64(place.begun, 0);
    place_done(&place);
    place_init(&place, SIGN_SIMULATED);
    vote = vote_by(&place, 0, 8);
    prevote_begin(&place.space, place.committee, &vote);
    CHECK_U64(place.begun, 0);
    place_done(&place);
}

/* Votes that never arrive are never asked for. */
static void lost_votes_leave_room_for_others(void)
{
    struct place place;
    place_init(&place, SIGN_ED25519);
    struct vote vote = vote_by(&place, 0, 0);
    for (vote.round = 0; vote.round < PREVOTE_MAX + 10; vote.round++) prevote_begin(&place.space, place.committee, &vote);
    CHECK_U64(place.begun, PREVOTE_MAX + 10);
    CHECK_U64(place.joined, 10);
    vote.round = 9; /* joined for another one's sake */
    prevote_join(&place.space, &vote);
    CHECK_U64(place.joined, 10);
    vote.round = 10;
    prevote_join(&place.space, &vote);
    CHECK_U64(place.joined, 11);
    prevote_done(&place.space);
    CHECK_U64(place.joined, place.begun);
    prevote_init(&place.space);
    place_done(&place);
}

int main(void)
{
    RUN(a_vote_that_is_sent_to_two_leaders_is_checked_once);
    RUN(what_is_not_the_same_vote_is_a_check_of_its_own);
    RUN(strangers_and_simulated_signatures_are_not_begun);
    RUN(lost_votes_leave_room_for_others);
    return 0;
}
