#include "network/node/prevote.h"

#include "chain/message.h"

struct prevote {
    struct task task;
    struct sign_suite suite;
    struct sigcheck check;
    struct message *message; /* a reference: its address is the key */
    bool good;
};

static void run(struct task *task)
{
    struct prevote *prevote = CONTAINER_OF(task, struct prevote, task);
    prevote->good = sigcheck_pure(prevote->suite, &prevote->check);
}

void prevote_begin(struct node_space *space, const struct committee *committee, struct message *message)
{
    const struct vote *vote = &message->vote;
    uint32_t member;
    bool known, fresh;
    if (space->suite.scheme == SIGN_SIMULATED || map_count(&space->prevotes) >= PREVOTE_MAX) return;
    if (committee == NULL || !committee_find(committee, &vote->voter, &member)) return;
    struct sigcheck check = {.key = committee->members[member].consensus_key,
                             .digest = vote_digest(vote),
                             .signature = vote->signature,
                             .tag = VOTE_SIGN_TAG};
    if (sigcache_find(space->sigcache, &check, &known)) return;
    struct prevote **slot = map_put(&space->prevotes, &message, &fresh);
    if (!fresh) return;
    struct prevote *prevote = *slot = base_alloc(sizeof(*prevote));
    *prevote = (struct prevote){.task.run = run, .suite = space->suite, .check = check, .message = message_ref(message)};
    env_offload(space->env, &prevote->task);
}

static void joined(struct node_space *space, struct prevote *prevote)
{
    env_join(space->env, &prevote->task);
    sigcache_put(space->sigcache, &prevote->check, prevote->good);
    message_unref(prevote->message);
    base_free(prevote);
}

void prevote_join(struct node_space *space, struct message *message)
{
    if (map_count(&space->prevotes) == 0) return;
    struct prevote **slot = map_find(&space->prevotes, &message);
    if (slot == NULL) return;
    struct prevote *prevote = *slot;
    (void)map_remove(&space->prevotes, &message); /* found above */
    joined(space, prevote);
}

void prevote_forget_all(struct node_space *space)
{
    for (size_t i = map_next(&space->prevotes, 0); i != MAP_END; i = map_next(&space->prevotes, i + 1))
        joined(space, *(struct prevote **)map_value_at(&space->prevotes, i));
    map_clear(&space->prevotes);
}
