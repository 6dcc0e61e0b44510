#include "network/node/node_priv.h"

/* Rounds are led in rotation, and whoever leaves transactions out is noticed. */
bool node_guard_rotation(const struct node_space *space) { return !weakness_on(&space->rules.weak, WEAKNESS_STICKY_PROPOSER); }

/* What is final, and a checkpoint, go before the longest history. */
bool node_guard_history(const struct node_space *space) { return !weakness_on(&space->rules.weak, WEAKNESS_SYNC_LONGEST_FROM_GENESIS); }

/* What the planted switches take out of consensus, in its own words: it knows nothing of the list. */
static struct replica_weak weak_of(const struct node_space *space)
{
    const struct weaknesses *set = &space->rules.weak;
    return (struct replica_weak){
        .no_height_binding = weakness_on(set, WEAKNESS_ATTESTATION_NO_HEIGHT_BINDING),
        .no_quorum = weakness_on(set, WEAKNESS_LONGEST_CHAIN_FORK_CHOICE),
        .all_sign = weakness_on(set, WEAKNESS_UNANIMOUS_QUORUM),
        .sync_longest = !node_guard_history(space),
        .open_proposer = weakness_on(set, WEAKNESS_OPEN_PROPOSER),
        .sticky_leader = !node_guard_rotation(space),
        .leaders = space->liars.data,
        .leaders_count = (uint32_t)space->liars.count,
    };
}

void node_space_liars(struct node_space *space, const struct address *liars, size_t count)
{
    vec_clear(&space->liars);
    for (size_t i = 0; i < count; i++) vec_push(&space->liars, liars[i]);
    for (uint32_t i = 0; i < space->peers_count; i++)
        if (space->peers[i].node) node_switches_changed(space->peers[i].node);
}

void node_switches_changed(struct node *node)
{
    const struct replica_weak weak = weak_of(node->space);
    replica_set_weak(node->replica, &weak);
}
