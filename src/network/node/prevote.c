#include "network/node/prevote.h"

#include "chain/message.h"

struct prevote {
    struct task task;
    struct sign_suite suite;
    struct sigcheck check;
    bool good;
};

/* What a vote says, and so what is to be checked: the copies of one vote that travel to two leaders are one. */
struct said {
    uint64_t round;
    uint32_t height;
    uint16_t chain, network;
    struct hash block_hash;
    struct address voter;
    struct signature signature;
};
_Static_assert(sizeof(struct said) == 144, "map keys have no padding");

static struct said said_of(const struct vote *vote)
{
    return (struct said){.round = vote->round,
                         .height = vote->height,
                         .chain = (uint16_t)vote->domain.chain,
                         .network = vote->domain.network_id,
                         .block_hash = vote->block_hash,
                         .voter = vote->voter,
                         .signature = vote->signature};
}

static void run(struct task *task)
{
    struct prevote *prevote = CONTAINER_OF(task, struct prevote, task);
    prevote->good = sigcheck_pure(prevote->suite, &prevote->check);
}

void prevote_init(struct node_space *space) { map_init(&space->prevotes, sizeof(struct said), sizeof(struct prevote *)); }

static void joined(struct node_space *space, struct prevote *prevote)
{
    env_join(space->env, &prevote->task);
    sigcache_put(space->sigcache, &prevote->check, prevote->good);
    base_free(prevote);
}

/* A vote that is lost on its way is never asked for: it goes when room is needed. */
static void oldest_forget(struct node_space *space)
{
    const size_t oldest = map_next(&space->prevotes, 0);
    const struct said said = *(const struct said *)map_key_at(&space->prevotes, oldest);
    struct prevote *prevote = *(struct prevote **)map_value_at(&space->prevotes, oldest);
    (void)map_remove(&space->prevotes, &said); /* found above */
    joined(space, prevote);
}

void prevote_begin(struct node_space *space, const struct committee *committee, const struct vote *vote)
{
    uint32_t member;
    bool known;
    if (space->suite.scheme == SIGN_SIMULATED || committee == NULL || !committee_find(committee, &vote->voter, &member)) return;
    const struct said said = said_of(vote);
    if (map_find(&space->prevotes, &said) != NULL) return;
    const struct sigcheck check = {.key = committee->members[member].consensus_key,
                                   .digest = vote_digest(vote),
                                   .signature = vote->signature,
                                   .tag = VOTE_SIGN_TAG};
    if (sigcache_find(space->sigcache, &check, &known)) return;
    if (map_count(&space->prevotes) == PREVOTE_MAX) oldest_forget(space);
    struct prevote *prevote = base_alloc(sizeof(*prevote));
    *prevote = (struct prevote){.task.run = run, .suite = space->suite, .check = check};
    *(struct prevote **)map_put(&space->prevotes, &said, NULL) = prevote;
    env_offload(space->env, &prevote->task);
}

void prevote_join(struct node_space *space, const struct vote *vote)
{
    if (map_count(&space->prevotes) == 0) return;
    const struct said said = said_of(vote);
    struct prevote **slot = map_find(&space->prevotes, &said);
    if (slot == NULL) return;
    struct prevote *prevote = *slot;
    (void)map_remove(&space->prevotes, &said); /* found above */
    joined(space, prevote);
}

void prevote_done(struct node_space *space)
{
    while (map_count(&space->prevotes) > 0) oldest_forget(space);
    map_done(&space->prevotes);
}
