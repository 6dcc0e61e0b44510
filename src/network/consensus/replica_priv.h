/* Inside of the replica: its state and the units that share it. tree: blocks above the final one. tally: votes and
 * certificates. admit: what makes a block valid. pacemaker: rounds, timers, proposing, voting. finality: three-chain and change
 * of committee. sync: catching up and helping others to. */
#ifndef CONSENSUS_REPLICA_PRIV_H
#define CONSENSUS_REPLICA_PRIV_H

#include "core/base/map.h"
#include "core/base/vec.h"
#include "network/consensus/replica.h"

#define NOBODY UINT32_MAX /* `from` of what came from no peer */
#define PARKED_MAX 64     /* proposals waiting for their parent */
#define LOOSE_MAX 64      /* certificates waiting for their block */
#define STRAYS_MAX 64     /* blocks of rule breakers, kept to be shown */
#define REFUSED_MAX 1024  /* hashes of blocks known to be invalid */
#define WANTS_MAX 16      /* blocks asked for by hash */
#define WANT_TRIES_MAX 8
#define TWIGS_MAX 4096      /* blocks above the final one; honest validators need a handful */
#define VOTE_ROUNDS_AHEAD 8 /* a vote may come before the proposal that takes us into its round */
#define BALLOTS_A_ROUND 2   /* different blocks a member may be seen voting for in one round: two prove the offence */

/* A valid block in the tree. Its parent is in the tree too, but for the root's. */
struct twig {
    struct block *block;
    struct certificate *certificate; /* its own */
    struct committee *committee;     /* votes on it */
    struct committee *next;          /* an epoch end: who votes after it */
    struct twig *parent, *child, *sibling;
    struct instant received;
    uint32_t epoch_first;
    bool closing;
    bool votable; /* rules 1 to 5 hold as a proposal, not only by the word of a certificate */
};

struct ballot {
    uint32_t member;
    bool checked, reported;
    uint64_t seen_at_ms;
    struct signature signature;
};
/* Votes for one block of one round. */
struct tally {
    uint64_t round;
    uint32_t height;
    struct hash hash;
    struct committee *committee;
    struct amount power; /* of the checked ones */
    bool certified;      /* the quorum was reached, or a certificate seen: later votes are kept unchecked */
    VEC(struct ballot) ballots;
};

struct seen_header {
    struct header header; /* a leader's of a round, with its signature */
    struct signature signature;
    struct hash hash, second_hash; /* second: of a different one; zero: none */
    struct block *first, *second;  /* the blocks, while the round lasts */
};
/* Looked through at every vote and proposal for a round: that stands beside the pointer. */
struct tally_slot {
    uint64_t round;
    struct tally *tally;
};
struct header_slot {
    uint64_t round;
    struct seen_header *seen;
    bool released; /* its blocks, when the round was over */
};
struct seen_timeout {
    bool present, counted; /* counted once the block of `high` is known to be what its certificate says */
    struct timeout timeout;
    struct certificate *high;
};
struct parked {
    struct block *block;
    struct certificate *certificate;
    struct finality_proof *proof;
    uint32_t from;
    bool proposal;
};
struct want {
    struct hash hash;
    uint32_t height, from, tries;
    struct instant retry_at;
};
enum entry { ENTRY_START, ENTRY_CERTIFICATE, ENTRY_TIMEOUT, ENTRY_PROOF };

struct replica {
    /* what it was given */
    struct domain domain;
    struct params params;
    struct seckey key;
    struct address validator;
    struct sign_suite suite;
    struct verifier verifier;
    struct replica_ledger ledger;
    struct replica_store store;
    struct replica_checkpoint checkpoint;
    struct replica_weak weak;
    struct replica_epoch first; /* of genesis: where a rewound replica begins again */
    uint32_t rewind_from;       /* whose longer history it takes at the end of this input; NOBODY: none */
    bool has_key, external, held, started;
    struct replica_time now;

    /* output */
    VEC(struct replica_action) actions; /* what the replica holds of each is released by the next input */
    VEC(struct replica_action) sends;   /* come last, behind one PERSIST */
    bool persist;
    bool quiet; /* the input changed nothing that anything follows from */

    /* safety: `votes` is what was signed; high and lock are copied into it at each signature */
    struct votestate votes;
    struct certificate *high;
    struct votestate_lock lock;

    /* the epoch and its tree */
    struct replica_epoch epoch;
    struct finality_proof *root_proof; /* of the root; NULL: genesis, or not known again since a restart */
    struct map twigs;                  /* hash -> struct twig * */
    struct twig *root, *head;
    struct map loose;   /* block hash -> struct certificate * */
    struct map refused; /* block hash -> u8 */
    VEC(struct parked) parked;
    VEC(struct block *) strays;

    /* the round */
    uint64_t round;
    enum entry entry;
    struct timeoutcert *entry_tc;          /* ENTRY_TIMEOUT */
    struct certificate *entry_certificate; /* ENTRY_CERTIFICATE */
    uint64_t timeout_ms, missed_round;     /* missed: the last round whose proposal could not be built */
    struct instant round_began, timer_at, deadline, share_at;
    bool timed_out;
    bool has_leader;
    uint32_t leader;
    VEC(struct seen_timeout) timeouts; /* by member */
    struct amount timeouts_power;
    struct block *template; /* X19, of this round */
    VEC(bool) absent;       /* by member: its last turn passed without a proposal */

    VEC(struct tally_slot) tallies; /* by round seen */
    VEC(struct header_slot) headers;

    /* sync */
    VEC(struct want) wants;
    bool asking;
    uint32_t asked_peer, asked_from, polls;
    struct instant ask_until;
    uint32_t target_height;
};

/* ---- an input begins and ends; output (replica.c) ---- */
void replica_begin(struct replica *r, struct replica_time now);
void replica_finish(struct replica *r);
struct replica_action *action_push(struct replica *r, enum replica_action_type type);
void action_block(struct replica *r, enum replica_action_type type, struct block *block, struct certificate *certificate);
void send_all(struct replica *r, struct message *message);                                 /* takes the reference */
void send_validator(struct replica *r, const struct address *to, struct message *message); /* takes the reference */
void send_peer(struct replica *r, uint32_t peer, struct message *message);                 /* takes the reference */

/* ---- small readings ---- */
static inline uint64_t certificate_round(const struct certificate *c) { return c == NULL ? 0 : c->round; }
static inline uint64_t twig_round(const struct twig *t) { return t->block->header.round; }
static inline uint32_t twig_height(const struct twig *t) { return t->block->header.height; }
static inline bool twig_ends_epoch(const struct twig *t) { return t->next != NULL; }
static inline bool is_committee(const struct hash *hash, const struct committee *c)
{
    return c != NULL && hash_eq(hash, &c->hash);
}
/* No certificate of this epoch is known yet: what the last committee signed may still move rounds (see docs/DECISIONS.md). */
bool in_transition(const struct replica *r);
bool can_sign(const struct replica *r);

/* ---- tree.c ---- */
struct twig *tree_find(const struct replica *r, const struct hash *hash);
struct twig *tree_add(struct replica *r, struct block *block, struct twig *parent, struct committee *committee,
                      uint32_t epoch_first);
void tree_reroot(struct replica *r, struct twig *root); /* prunes what does not descend from it; ORPHANED for each */
bool tree_descends(const struct twig *twig, const struct twig *ancestor);
void tree_clear(struct replica *r);
void head_update(struct replica *r);
void stray_add(struct replica *r, struct block *block);
bool stray_find(const struct replica *r, const struct hash *hash);
bool final_header_at(const struct replica *r, uint32_t height, struct certified_block *out);

/* ---- tally.c ---- */
void tally_vote(struct replica *r, const struct vote *vote, uint32_t from, bool own);
void tally_block(struct replica *r, const struct twig *twig); /* the block has come: its votes may suffice */
void tally_certificate(struct replica *r, const struct certificate *certificate, const struct committee *committee);
struct amount tally_support(const struct replica *r, const struct hash *hash);
void tally_prune(struct replica *r);
void tally_free(struct tally *tally);
bool tally_conflicts(struct replica *r, const struct vote *vote); /* the voter was seen voting for another block of the round */
bool header_seen(struct replica *r, struct block *block); /* notes a signed header; false: its leader made two others before */
void headers_prune(struct replica *r);
void header_free(struct header_slot *slot); /* what is in it */
void evidence_found(struct replica *r, const struct evidence *evidence, const struct address *accused, uint32_t height,
                    uint64_t round);
void alert(struct replica *r, struct block *block);

/* ---- admit.c ---- */
struct arrival {
    struct block *block;
    struct certificate *certificate; /* its own, when it came with one */
    struct finality_proof *proof;
    uint32_t from;
    bool proposal, own, foreign; /* own: made here; foreign: signed outside, given to submit */
};
enum code admit_block(struct replica *r, const struct arrival *in);
void admit_settle(struct replica *r); /* parked blocks whose parent has come */
const struct committee *committee_known(const struct replica *r, const struct hash *hash);

/* ---- pacemaker.c ---- */
void round_enter(struct replica *r, uint64_t round, enum entry entry, struct certificate *certificate, struct timeoutcert *tc);
void round_resume(struct replica *r); /* in the round that the vote state was left in, when it is of this epoch and later */
bool is_leader(const struct replica *r);
void round_leader(struct replica *r);
struct instant propose_due(const struct replica *r);
void propose(struct replica *r);
bool vote_try(struct replica *r, const struct twig *twig);
void vote_send(struct replica *r, const struct vote *vote);
void timer_reset(struct replica *r); /* a certificate has come: timeouts in a row are over */
void absent_note(struct replica *r); /* the round ends: did its leader speak? */
bool leader_absent(const struct replica *r);
void share_fire(struct replica *r);
void timer_fire(struct replica *r);
void timeout_take(struct replica *r, uint32_t from, const struct message_timeout *in);
bool timeout_add(struct replica *r, const struct timeout *timeout, struct certificate *high); /* a checked one; false: had one */
void timeouts_count(struct replica *r);                                                       /* may end the round */
void timeouts_clear(struct replica *r);
void sign_note(struct replica *r); /* high, lock, round and entry go into the vote state; PERSIST is due */
struct block *block_build(struct replica *r, const struct address *proposer, bool sign);
struct finality_proof *proposal_proof(const struct replica *r, const struct block *block);

/* ---- finality.c ---- */
bool certificate_good(struct replica *r, const struct certificate *certificate, const struct committee **out_committee);
void certificate_take(struct replica *r, struct certificate *certificate, uint32_t from); /* one found good */
void certificate_attach(struct replica *r, struct twig *twig, struct certificate *certificate);
void timeoutcert_take(struct replica *r, struct timeoutcert *tc, uint32_t from); /* checks it */
bool proof_take(struct replica *r, struct finality_proof *proof, uint32_t from); /* true: its target is final here now */
void epoch_set(struct replica *r, const struct replica_epoch *epoch);            /* keeps references */
void votes_adopt(struct replica *r); /* high and lock of the vote state, when it is of this epoch */
void high_set(struct replica *r, struct certificate *certificate);

/* ---- sync.c ---- */
void sync_rival(struct replica *r, uint32_t from); /* a peer's history is not ours: with a switch on, the longer one wins */
void sync_rewind(struct replica *r);               /* does it */
void sync_ahead(struct replica *r, uint32_t from, uint32_t height); /* a peer showed something above us */
void sync_poll(struct replica *r); /* asks a member of the committee: nothing was heard for a while */
void sync_want(struct replica *r, const struct hash *hash, uint32_t height, uint32_t from);
void sync_got(struct replica *r, const struct hash *hash);
void sync_blocks(struct replica *r, uint32_t from, const struct message_blocks *in);
void sync_answer(struct replica *r, uint32_t from, const struct message_sync_request *in);
void sync_answer_block(struct replica *r, uint32_t from, const struct hash *hash);
void sync_answer_ended(struct replica *r, uint32_t from); /* the proof that ended the last epoch */
void sync_tick(struct replica *r);
struct instant sync_due(const struct replica *r);

#endif
