/* Liar: the filter beside the replica of a validator that breaks the rules (api 5.3). Messages go in as the honest replica
 * meant them and come out kept, changed, added, delayed or not at all. It is no replica and decides nothing about the chain;
 * what it cannot know (executing a block, who votes) it asks its host. With no mode on, everything passes as it is.
 *
 * Pure: every draw comes from the seed, the mode and the round. Not thread-safe. */
#ifndef BYZANTINE_LIAR_H
#define BYZANTINE_LIAR_H

#include "chain/evidence.h"
#include "chain/message.h"
#include "core/base/rng.h"

#define LIAR_PEERS_MAX 256
#define LIAR_NAMES_MAX 64  /* senders, kinds of one censor */
#define LIAR_BRANCH_MAX 256 /* blocks of a private branch, or of a rewritten history */

/* M(constant, name) */
#define LIAR_LIST(M)                                                                                                             \
    M(EQUIVOCATE_PROPOSAL, "equivocate_proposal")                                                                                \
    M(EQUIVOCATE_VOTE, "equivocate_vote")                                                                                        \
    M(WITHHOLD_VOTES, "withhold_votes")                                                                                          \
    M(WITHHOLD_PROPOSALS, "withhold_proposals")                                                                                  \
    M(CENSOR, "censor")                                                                                                          \
    M(INVALID_PROPOSAL, "invalid_proposal")                                                                                      \
    M(REORDER_TRANSACTIONS, "reorder_transactions")                                                                              \
    M(VOTE_ALL_FORKS, "vote_all_forks")                                                                                          \
    M(OLD_KEY_FORK, "old_key_fork")                                                                                              \
    M(PRIVATE_BRANCH, "private_branch")                                                                                          \
    M(DELAY_VOTES, "delay_votes")

enum liar_mode {
#define M(constant, name) LIAR_##constant,
    LIAR_LIST(M)
#undef M
        LIAR_MODES
};
struct str liar_mode_text(enum liar_mode mode);
bool liar_mode_parse(struct str text, enum liar_mode *out) MUST_CHECK;
bool liar_flavour_parse(struct str text, enum evidence_flavour *out) MUST_CHECK;

/* Some of the peers, by index. */
struct liar_peers {
    uint64_t bits[LIAR_PEERS_MAX / 64];
};
static inline bool liar_peers_has(const struct liar_peers *set, uint32_t i)
{
    return i < LIAR_PEERS_MAX && (set->bits[i / 64] >> i % 64 & 1) != 0;
}
static inline void liar_peers_add(struct liar_peers *set, uint32_t i)
{
    if (i < LIAR_PEERS_MAX) set->bits[i / 64] |= UINT64_C(1) << i % 64;
}
static inline bool liar_peers_none(const struct liar_peers *set)
{
    return (set->bits[0] | set->bits[1] | set->bits[2] | set->bits[3]) == 0;
}

enum liar_policy { LIAR_REVERSE_TIP, LIAR_INSERT_OWN };
/* What a mode is told; each reads its own members. A value type: copied, nothing to release. */
struct liar_params {
    uint32_t rate_bps;          /* of its rounds; 10000: always */
    struct liar_peers split[2]; /* equivocation: who is told what; both empty: even and odd peers */
    struct address senders[LIAR_NAMES_MAX];
    uint32_t senders_count;
    uint16_t kinds[LIAR_NAMES_MAX]; /* senders and kinds both given: a transaction of either is left out */
    uint32_t kinds_count;
    enum evidence_flavour flavour;
    enum liar_policy policy;
    struct address beneficiary; /* insert_own: whose transactions go first; the validator's own unless said */
    bool has_beneficiary;
    uint32_t from_height, length;
    uint64_t delay_ms;
};

struct liar_host {
    void *ctx;
    /* Fills roots and counts of `header` (parent, height, round, timestamp and proposer are set) by executing `txs` on the
     * parent's post-state. False: that is not at hand, or the transactions do not execute there. */
    bool (*execute)(void *ctx, struct header *header, struct tx *const *txs, size_t txs_count);
    /* Who votes now; borrowed; NULL: nobody. */
    const struct committee *(*committee)(void *ctx);
    /* The index of a validator among the peers. */
    bool (*peer_of)(void *ctx, const struct address *validator, uint32_t *out);
    /* Makes a block of its own known to `execute`, to stand others on. */
    void (*keep)(void *ctx, struct block *block);
};
struct liar_config {
    uint64_t seed;
    struct domain domain;
    struct sign_suite suite;
    const struct seckey *key;     /* consensus key; copied */
    const struct seckey *account; /* signs the transactions it makes up; copied */
    uint32_t index, peers;
    uint64_t skew_ms;         /* max_block_skew_ms: what voters tolerate of a timestamp */
    uint64_t block_txs_max, block_bytes_max; /* max_block_transactions, max_block_bytes */
};

struct liar;
struct liar *liar_new(const struct liar_config *config);
void liar_free(struct liar *liar); /* accepts NULL */
void liar_peers_grow(struct liar *liar, uint32_t peers); /* there are more validators now */
/* Whose messages it filters from now on; NULL members: the node is down, nothing may be asked. */
void liar_attach(struct liar *liar, const struct liar_host *host);

void liar_on(struct liar *liar, enum liar_mode mode, const struct liar_params *params); /* replaces the mode's parameters */
void liar_off(struct liar *liar, enum liar_mode mode);
bool liar_has(const struct liar *liar, enum liar_mode mode);
bool liar_idle(const struct liar *liar); /* no mode is on, and nothing is left to serve */

/* What really leaves, instead of the message that went in. */
struct liar_out {
    struct message *message;
    struct liar_peers to;
    uint64_t delay_ms;
};
/* Filters one message meant for `to`. The list is good until the next call of liar_send, liar_hear or liar_serve. */
void liar_send(struct liar *liar, struct message *message, const struct liar_peers *to);
/* A message that arrived: it may make the liar speak. */
void liar_hear(struct liar *liar, const struct message *message);
/* What was kept back and is told now, to everybody: the private branch, once its mode is off; the rewritten history, while its is on. */
void liar_serve(struct liar *liar);
size_t liar_outs_count(const struct liar *liar);
const struct liar_out *liar_out_at(const struct liar *liar, size_t i);

/* The transactions of its next block, best first, as the pool gave them: leaves out and reorders in place. Nonces of one
 * sender stay in order, and the DEX part behind the general one. Returns how many are left. */
size_t liar_choose(struct liar *liar, struct tx **txs, size_t count);

/* Hands over a rewritten history, ascending without gaps, at most LIAR_BRANCH_MAX blocks, each with its certificate: told to
 * everybody but those in the `plot` by liar_serve, and to whoever else asks for blocks, while old_key_fork is on. References are
 * taken. */
void liar_fork_set(struct liar *liar, const struct certified_block *blocks, size_t count, const struct liar_peers *plot);

#endif
