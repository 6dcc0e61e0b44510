/* Replica: one validator's (or observer's) view of one chain under chained HotStuff, by the rules of api 1.9 and 6.8.
 *
 * Pure: an event goes in, an ordered list of actions comes out. It has no clock, socket, thread, file or global; what it
 * executes blocks with, and where old blocks are read, is handed in as callbacks that must behave as pure functions. The same
 * inputs give the same actions, in every build.
 *
 *     replica_receive(replica, now, from, message);
 *     for (size_t i = 0; i < replica_actions_count(replica); i++) perform(replica_action_at(replica, i));
 *     arm a timer for replica_wake(replica), then replica_tick(replica, now)
 *
 * Actions must be performed in order. Before a SEND that follows a PERSIST leaves, the vote state AND everything stored by the
 * STORE_* actions in front of it must be durable. The list and what it points to are good until the next input; take
 * references on what is to outlive it. Queries give no actions, and borrow unless they say otherwise.
 *
 * Dishonesty is not here: it is an output filter beside the replica. Not thread-safe. */
#ifndef CONSENSUS_REPLICA_H
#define CONSENSUS_REPLICA_H

#include "chain/evidence.h"
#include "chain/message.h"
#include "chain/params.h"
#include "core/base/time.h"
#include "network/consensus/votestate.h"

struct replica;

/* `now` only goes forward and drives timers; `clock_ms` is the validator's own wall clock, which may be wrong or jump. */
struct replica_time {
    struct instant now;
    uint64_t clock_ms;
};

/* ---- what the replica asks of its host ---- */

/* Where a block stands, for those who build or execute it. Borrowed. */
struct replica_place {
    struct block *parent;
    const struct committee *committee; /* that votes on the block */
    uint32_t epoch_first_height;       /* of the epoch's first block: it fills when height - this + 1 = epoch_blocks */
    uint64_t round;
    uint64_t timestamp_ms; /* build: to be written in the header. execute: the header's */
    const struct address *proposer;
};
struct replica_outcome {
    /* Set when the block fills the epoch: the next committee, epoch + 1, start_round = the block's round + 1; a reference given
     * to the replica. NULL: the epoch goes on. */
    struct committee *next_committee;
};
struct replica_ledger {
    void *ctx;
    /* Rule 5 and the room and lanes of rule 4: executes `block` on its parent's post-state and compares roots and counts with
     * the header. CODE_NONE: valid. Never asked about genesis or closing blocks, and always about a parent that is final at
     * start, or was found valid before, or (above an epoch end) that epoch-end block. May be asked twice. The hashes of
     * committees, rounds, timestamps and signatures are the replica's business. */
    enum code (*execute)(void *ctx, const struct replica_place *place, struct block *block, struct replica_outcome *out);
    /* A block to propose at `place`: header complete but for what the replica overwrites (domain, height, round,
     * timestamp, parent, justify, proposer, both committee hashes unless it ends the epoch), no signature. *out_txs is the
     * host's, good until the next call; the replica builds the block. False: nothing can be built now (the turn is missed). */
    bool (*build)(void *ctx, const struct replica_place *place, struct header *out, struct tx *const **out_txs,
                  size_t *out_txs_count, struct replica_outcome *out_outcome);
    /* Whether `member` is jailed or ejected in the state after `parent`. */
    bool (*is_jailed)(void *ctx, const struct block *parent, const struct address *member);
};
/* Blocks that left the replica's memory: final ones, by height; epoch ends' proofs; committees. All borrowed, false or NULL: not
 * there. A block whose body is beyond the host's horizon comes without its transactions: headers and proofs are made of it, but
 * it is never sent. A host that keeps nothing may leave `ctx` and all callbacks NULL; then old heights cannot be served. */
struct replica_store {
    void *ctx;
    bool (*final_at)(void *ctx, uint32_t height, struct certified_block *out);
    bool (*block_of)(void *ctx, const struct hash *hash, struct certified_block *out);
    struct finality_proof *(*epoch_proof)(void *ctx, const struct hash *epoch_end);
    struct committee *(*committee_of)(void *ctx, const struct hash *committee_hash);
};

/* An epoch that began: what a restarted replica needs to go on in it. */
struct replica_epoch {
    struct committee *committee;  /* in force; NULL: no validators, the chain halts */
    struct committee *previous;   /* the one before; NULL in the first */
    struct certified_block base;  /* the block it goes on from: genesis (no certificate) or the epoch-end block */
    struct finality_proof *proof; /* of base; NULL in the first */
};

struct replica_checkpoint {
    uint32_t height; /* 0: none */
    struct hash hash;
};

/* Guards that planted switches have taken out; all zero on a hardened network. Consensus never looks further than this. */
struct replica_weak {
    bool no_height_binding; /* a vote may name another height and round than its block has */
    bool no_quorum;         /* any vote makes a certificate; longer branches replace final blocks */
    bool all_sign;          /* a certificate needs every member */
    bool sync_longest;      /* longer certified histories replace final blocks and checkpoints */
    bool open_proposer;     /* outsiders propose and vote */
    bool sticky_leader;     /* rounds are led by `leaders` alone; when there are none, by the first member */
    const struct address *leaders; /* borrowed; outlives the replica, or the next replica_set_weak */
    uint32_t leaders_count;
};

struct replica_config {
    struct domain domain;
    const struct params *params; /* block_interval_ms, round_timeout_ms, round_timeout_max_ms, max_block_skew_ms; copied */
    struct block *genesis;       /* reference taken; its two committee hashes are those of `committee` */
    struct committee *committee; /* the first one, start_round 1; reference taken; NULL: no validators */
    const struct seckey *key;    /* copied; NULL: observer, signs nothing */
    struct address validator;    /* whose key it is; also of an external validator, whose key is elsewhere */
    struct sign_suite suite;
    struct verifier verifier;
    struct replica_ledger ledger;
    struct replica_store store;
    struct replica_checkpoint checkpoint; /* what conflicts with it is refused */
    struct replica_weak weak;
};

struct replica *replica_new(const struct replica_config *config);
void replica_free(struct replica *replica);

/* What the store of a node that ran before still holds. Borrowed for the call. */
struct replica_restored {
    const struct votestate *votes;           /* NULL: the key never signed (or replica is an observer) */
    const struct replica_epoch *epoch;       /* the newest one stored; NULL: the first */
    struct certified_block final;            /* last final block; {NULL}: the base. When the word that the base is final
                                              * was lost, it is given again as an action of replica_start */
    const struct certified_block *tentative; /* blocks above it, parents before children; certificates where known */
    size_t tentative_count;
};
/* Once, before replica_start, whose list of actions then also tells what followed from the blocks. They are executed again;
 * nothing is believed of the tentative ones but what verifies. */
void replica_restore(struct replica *replica, const struct replica_restored *restored);

/* ---- inputs; each clears the list of actions and fills it anew ---- */
void replica_start(struct replica *replica, struct replica_time now);
/* `from` is whatever the host calls the sender (not UINT32_MAX); SENDs to a peer give it back. The message is borrowed. TXS are
 * ignored. */
void replica_receive(struct replica *replica, struct replica_time now, uint32_t from, struct message *message);
void replica_tick(struct replica *replica, struct replica_time now);
/* `block` is on its way to it as a proposal: a chance for its suite's helper to begin the signature of the vote. Changes nothing. */
void replica_foresee(const struct replica *replica, const struct block *block);
struct instant replica_wake(const struct replica *replica); /* when replica_tick is wanted next; INSTANT_NEVER: not at all */

/* While held, it starts no proposal and no timeout of its own (manual mode); it still votes and listens. */
void replica_hold(struct replica *replica, struct replica_time now, bool held);
/* While external, it signs nothing (its key is used elsewhere, by X20). */
void replica_set_external(struct replica *replica, struct replica_time now, bool external);
/* Asks `peer` for blocks above the final one, as on meeting a node for the first time or after a heal. */
void replica_sync_with(struct replica *replica, struct replica_time now, uint32_t peer);
/* Interval and timeouts may change while it runs (admin). */
void replica_set_params(struct replica *replica, const struct params *params);

/* Planted switches may change while it runs. */
void replica_set_weak(struct replica *replica, const struct replica_weak *weak);

/* X20: what an external validator signed. CODE_NONE: accepted, and sent on with its certificates by the actions. Else
 * NOT_IN_VALIDATOR_SET, INVALID_SIGNATURE, VALIDATOR_JAILED, INVALID_BLOCK, ATTESTATION_HEIGHT_MISMATCH, EQUIVOCATION or
 * CHECKPOINT_CONFLICT. A proposal is given as header, transactions in order and signature. */
enum code replica_submit_proposal(struct replica *replica, struct replica_time now, const struct header *header,
                                  const struct signature *signature, struct tx *const *txs, size_t txs_count);
enum code replica_submit_vote(struct replica *replica, struct replica_time now, const struct vote *vote);
enum code replica_submit_timeout(struct replica *replica, struct replica_time now, const struct timeout *timeout);
/* Tells the replica of the validator itself what was accepted for it, at any view: rounds it signed in (0: none). */
void replica_note_signed(struct replica *replica, uint64_t voted_round, uint64_t proposed_round, uint64_t timed_out_round);
/* X19: the block that `validator` may sign in this round, header complete, unsigned; the same one however often it is asked. A
 * reference for the caller. NOT_IN_VALIDATOR_SET when it is no member, INVALID_BLOCK when it is not its turn or nothing can be
 * built. */
enum code replica_template(struct replica *replica, struct replica_time now, const struct address *validator, struct block **out);

/* ---- actions ---- */
enum replica_action_type {
    REPLICA_PERSIST,           /* votes: durable, with all stored so far, before any later SEND leaves */
    REPLICA_SEND,              /* message, to */
    REPLICA_STORE_BLOCK,       /* block: valid, tentative */
    REPLICA_STORE_CERTIFICATE, /* block, certificate: the block is certified */
    REPLICA_STORE_EPOCH,       /* epoch: a new one began; keep committee, base and proof */
    REPLICA_HEAD,              /* block: the preferred head; ancestor, depth: how many blocks of this view it replaced */
    REPLICA_FINAL,             /* block, certificate: final, ascending without gaps, each once */
    REPLICA_ORPHANED,          /* block: left the tree: a rival of a final block, or a closing block */
    REPLICA_ROUND,             /* round, by_timeout: a round began */
    REPLICA_EVIDENCE,          /* evidence, accused, height, round: each finding once */
    REPLICA_ALERT,             /* block: CONFLICTING_BRANCH; each block once */
    REPLICA_REWOUND,           /* block: genesis, and everything above it is gone: only with a switch on (replica_weak) */
};
enum replica_to { REPLICA_TO_ALL, REPLICA_TO_VALIDATOR, REPLICA_TO_PEER };

struct replica_action {
    enum replica_action_type type;
    union {
        const struct votestate *votes;
        struct {
            struct message *message;
            enum replica_to to;       /* ALL: every peer, validators and observers, but itself */
            struct address validator; /* never its own */
            uint32_t peer;
        } send;
        struct {
            struct block *block;
            struct certificate *certificate; /* NULL where it does not say certificate; genesis' is NULL too */
            struct hash ancestor;            /* HEAD: the last block that the old and the new head share */
            uint32_t depth;                  /* HEAD: 0 = it only grew */
        } block;
        const struct replica_epoch *epoch;
        struct {
            uint64_t round;
            bool by_timeout;
        } round;
        struct {
            struct evidence evidence;
            struct address accused;
            uint32_t height;
            uint64_t round;
        } found;
    };
};
size_t replica_actions_count(const struct replica *replica);
const struct replica_action *replica_action_at(const struct replica *replica, size_t i);

/* ---- queries ---- */
enum replica_phase { REPLICA_PROPOSE, REPLICA_VOTE, REPLICA_TIMEOUT }; /* no valid proposal yet; one is here; timed out */
struct replica_status {
    uint64_t round;
    uint32_t height; /* of the block this round would make */
    enum replica_phase phase;
    bool has_proposer, is_syncing, is_validator; /* is_validator: member of the committee in force */
    struct address proposer;
    struct instant deadline;     /* when this round times out here, on the clock of replica_time.now */
    struct committee *committee; /* in force; NULL: none */
    struct certificate *high;    /* NULL: genesis */
    struct votestate_lock lock;
    struct timeoutcert *entered_by; /* NULL: by a certificate */
    struct block *head, *final;     /* preferred (`latest`), last final */
    uint32_t target_height;         /* highest a peer showed; at least the head's */
    uint32_t epoch_first_height;
};
void replica_status(const struct replica *replica, struct replica_status *out);
const struct committee *replica_committee(const struct replica *replica); /* in force, borrowed; NULL: none */
const struct votestate *replica_votes(const struct replica *replica);

/* Proposals seen for the current round, in order of arrival (a leader that equivocates has two). NULL behind the last. */
struct block *replica_proposal_at(const struct replica *replica, size_t i);

/* Votes seen for blocks of `height`, checked, by arrival; writes up to `max`, returns how many there are. Kept for
 * REPLICA_VOTE_ROUNDS rounds. */
#define REPLICA_VOTE_ROUNDS 64
struct replica_seen_vote {
    struct vote vote;
    uint64_t seen_at_ms;
};
size_t replica_votes_at(struct replica *replica, uint32_t height, struct replica_seen_vote *out, size_t max);
/* Timeouts of the current round, in committee order. */
size_t replica_timeouts(const struct replica *replica, struct timeout *out, size_t max);

struct replica_fork {
    struct block *tip;
    uint32_t length_since_final;
    struct amount support; /* stake whose votes for the tip this view knows: its certificate's power, or votes seen */
    bool preferred;
};
size_t replica_forks(struct replica *replica, struct replica_fork *out, size_t max);

/* A block above or at the final one (or one just below, or a stray), by hash; on the preferred head's branch by height. False:
 * look in the host's store. Closing blocks are found by hash only. */
enum replica_block_state { REPLICA_TENTATIVE, REPLICA_CERTIFIED, REPLICA_FINALIZED, REPLICA_STRAY };
struct replica_found {
    struct block *block;
    struct certificate *certificate; /* its own; NULL: none known */
    enum replica_block_state state;
};
bool replica_block_of(const struct replica *replica, const struct hash *hash, struct replica_found *out);
bool replica_block_at(const struct replica *replica, uint32_t height, struct replica_found *out);

/* X13: a proof for the final block at `height`; a reference for the caller. NULL: not final here, or its blocks are gone. */
struct finality_proof *replica_finality_proof(struct replica *replica, uint32_t height) MUST_CHECK;

#endif
