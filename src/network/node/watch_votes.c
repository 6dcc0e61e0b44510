#include "chain/payload.h"
#include "network/ledger/governance_view.h"
#include "network/node/node_priv.h"

/* ---- SYBIL_PATTERN: many young accounts with one funder vote on one proposal together ---- */

#define COHORT_LEAST 10     /* identities, before anything is said; then each of them is named */
#define COHORT_BLOCKS 20    /* between the first vote of a cohort and its others, and between their fundings */
#define FUNDING_BLOCKS 200  /* how far back a funding is looked for */
#define YOUNG_NONCE 8       /* transactions an identity has made before */
#define COHORTS_MAX 4096

struct cohort_key {
    struct hash proposal;
    struct address funder;
};
struct cohort_member {
    struct hash proposal;
    struct address who;
};
struct cohort {
    uint32_t voted_first, funded_first, count;
    struct address who[COHORT_LEAST];
};

void node_cohorts_init(struct node_cohorts *cohorts)
{
    map_init(&cohorts->cohorts, sizeof(struct cohort_key), sizeof(struct cohort));
    map_init(&cohorts->seen, sizeof(struct cohort_member), sizeof(uint8_t));
}

void node_cohorts_done(struct node_cohorts *cohorts)
{
    map_done(&cohorts->cohorts);
    map_done(&cohorts->seen);
}

/* What a walk back from a head has found: the same for all views that have this head. */
struct funding_key {
    struct hash head;
    struct address who;
};
struct funding {
    bool found;
    uint32_t height;
    struct address funder;
};
#define FUNDINGS_MAX 256 /* remembered; forgetting costs another walk */

void node_fundings_init(struct node_space *space) { map_init(&space->fundings, sizeof(struct funding_key), sizeof(struct funding)); }

static bool pays(const struct tx *tx, const struct address *who)
{
    if (address_eq(&tx->sender, who)) return false;
    for (size_t i = 0; i < tx->outputs_count; i++) {
        const struct tx_output output = tx_output_at(tx, i);
        if (address_eq(&output.to, who)) return true;
    }
    return false;
}

/* Who first paid `who`, of the last blocks up to `head`. */
static struct funding funding_walk(struct node_space *space, struct stored *head, const struct address *who)
{
    struct funding funding = {0};
    struct stored *at = head;
    for (uint32_t back = 0; at && !at->pruned && back < FUNDING_BLOCKS; back++) {
        for (uint32_t i = 0; i < at->block->txs_count; i++)
            if (pays(at->block->txs[i], who)) funding = (struct funding){true, stored_height(at), at->block->txs[i]->sender};
        at = blockstore_find(space->store, &at->block->header.parent_hash);
    }
    return funding;
}

static const struct funding *funding_of(struct node *node, const struct address *who)
{
    struct node_space *space = node->space;
    const struct funding_key key = {*stored_hash(node->head), *who};
    bool fresh;
    if (map_count(&space->fundings) == FUNDINGS_MAX && !map_find(&space->fundings, &key)) map_clear(&space->fundings);
    struct funding *funding = map_put(&space->fundings, &key, &fresh);
    if (fresh) *funding = funding_walk(space, node->head, who);
    return funding;
}

static void cohort_join(struct node *node, const struct cohort_key *key, const struct address *who, uint32_t funded)
{
    bool fresh;
    const uint32_t height = node_height(node);
    struct cohort *cohort = map_put(&node->cohorts.cohorts, key, &fresh);
    if (fresh) *cohort = (struct cohort){.voted_first = height, .funded_first = funded};
    const uint32_t apart = funded > cohort->funded_first ? funded - cohort->funded_first : cohort->funded_first - funded;
    if (height - MIN(height, cohort->voted_first) > COHORT_BLOCKS || apart > COHORT_BLOCKS) return;
    if (cohort->count < COHORT_LEAST) cohort->who[cohort->count] = *who;
    cohort->count++;
    if (cohort->count > COHORT_LEAST) node_alert(node, "SYBIL_PATTERN", height, &key->proposal, who);
    for (uint32_t i = 0; cohort->count == COHORT_LEAST && i < COHORT_LEAST; i++)
        node_alert(node, "SYBIL_PATTERN", height, &key->proposal, &cohort->who[i]);
}

void node_watch_vote(struct node *node, const struct tx *tx)
{
    struct arena arena;
    union payload payload;
    struct cohort_key key;
    bool fresh;
    if ((tx->kind != KIND_PROPOSAL_VOTE && tx->kind != KIND_GOV_VOTE) || tx->nonce > YOUNG_NONCE) return;
    if (!governance_stake_counts(&node->space->rules)) return;
    if (map_count(&node->cohorts.seen) > COHORTS_MAX) {
        map_clear(&node->cohorts.seen);
        map_clear(&node->cohorts.cohorts);
    }
    arena_init(&arena, 0);
    payload_of_tx(tx, &arena, &payload);
    key.proposal = payload.vote.proposal;
    arena_done(&arena);
    const struct cohort_member member = {key.proposal, tx->sender};
    (void)map_put(&node->cohorts.seen, &member, &fresh); /* that it is there is all */
    if (!fresh) return;
    const struct funding *funding = funding_of(node, &tx->sender);
    if (!funding->found) return;
    key.funder = funding->funder;
    cohort_join(node, &key, &tx->sender, funding->height);
}
