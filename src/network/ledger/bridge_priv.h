/* Bridge, from the inside: what a chain knows of the other one, and what it keeps of each message. For the ledger's own eyes.
 *
 * In the state root (space param; numbers in idents big-endian, in values little-endian):
 *   "bridge/source"                 what is known as a whole: struct source
 *   "bridge/committee"              the bytes of the other chain's newest committee
 *   "bridge/committee/before"       of the one before the block that brought the newest
 *   "bridge/path/" ‖ hash           a committee of the path from genesis: struct path_entry
 *   "bridge/block/" ‖ u32 height    a final block of the other chain: struct source_block
 *   "bridge/wait/" ‖ u64 sequence   a message that waits for the gap before it: u32 index ‖ u8 done ‖ bytes
 *   "bridge/known/" ‖ id            a lock (on Delta) or burn (on Alpha) that can be claimed: struct claimable
 *   "bridge/locks"                  Alpha: how much was locked and unlocked, in order: struct lock_sums
 *   "bridge/order/" ‖ u64 n         Alpha: the n-th lock: id ‖ u128 locked up to it
 * Histories for views, outside the root (index bridge):
 *   'o' ‖ u64 sequence              sent: u32 height ‖ u32 index ‖ u64 time ‖ bytes
 *   'i' ‖ u64 sequence              received: struct arrival ‖ bytes
 *   'b' ‖ u32 height                a block accepted: u64 time ‖ u32 height here ‖ transaction id
 *   'm' ‖ message id                sent: u64 sequence
 *   't' ‖ id                        the message of a lock or burn: u64 sequence
 *   'c' ‖ id                        a claim that has been paid: struct claim_record */
#ifndef LEDGER_BRIDGE_PRIV_H
#define LEDGER_BRIDGE_PRIV_H

#include "chain/finality.h"
#include "network/ledger/family_priv.h"
#include "network/ledger/guard_bridge_priv.h"

#define BRIDGE_HISTORY_MAX 100000 /* messages a direction that views still show */

struct source {
    struct domain domain, own; /* of the other chain, and of this one */
    uint64_t epoch;            /* of the newest committee */
    struct hash committee;     /* its hash */
    uint32_t height_max;       /* the highest block known as final */
    uint64_t sequence;         /* the last one executed */
    uint64_t sequence_max;     /* the highest one delivered */
    uint32_t waiting;          /* messages that wait for a gap */
    uint64_t failed;           /* executed without success */
    uint32_t learned;          /* the height here at which the newest committee became known */
};
struct path_entry {
    uint64_t epoch;
    uint32_t first, last; /* source heights: first - the epoch end before, last - its own epoch end; 0: still open */
    uint32_t ended;       /* the height here at which its successor became known; 0: it is the newest */
    struct hash before;   /* the committee before it; zero: the first */
};
struct source_block {
    struct hash hash, state_root, messages_root, next_committee;
    uint32_t message_count;
    bool epoch_end;
    uint64_t timestamp_ms;
};
struct claimable {
    uint64_t sequence;
    uint32_t height, index; /* in the source chain */
    struct address sender, recipient;
    struct amount amount;
    bool automatic;
};
struct claim_record {
    struct hash transaction;
    uint32_t height; /* here */
    struct claimable of; /* what it was made from */
};
struct arrival {
    uint32_t source_height, index;
    uint32_t delivered_height, executed_height; /* 0: not yet */
    uint64_t delivered_ms, executed_ms;
    uint16_t code; /* CODE_NONE: it took effect */
    uint32_t attempts;
    struct hash transaction; /* of the ipc_deliver that executed it */
};
struct lock_sums {
    uint64_t locks, released;
    struct amount locked, unlocked;
};

/* ---- bridge_record.c ---- */
/* Records of both kinds are read from `objects`, by work or by a view. False: no such thing. */
bool source_get(const struct ordmap *objects, struct source *out) MUST_CHECK;
void source_put(struct work *work, const struct source *source);
bool path_get(const struct ordmap *objects, const struct hash *committee, struct path_entry *out) MUST_CHECK;
void path_put(struct work *work, const struct hash *committee, const struct path_entry *entry);
bool source_block_get(const struct ordmap *objects, uint32_t height, struct source_block *out) MUST_CHECK;
void source_block_put(struct work *work, uint32_t height, const struct source_block *block);
bool claimable_get(const struct ordmap *objects, const struct hash *id, struct claimable *out) MUST_CHECK;
void claimable_put(struct work *work, const struct hash *id, const struct claimable *claimable);
struct lock_sums lock_sums_get(const struct ordmap *objects); /* zeros: nothing was ever locked */
void lock_sums_put(struct work *work, const struct lock_sums *sums);
/* `*bytes` is borrowed. */
bool waiting_get(const struct ordmap *objects, uint64_t sequence, uint32_t *out_index, bool *out_done, struct str *bytes) MUST_CHECK;
void waiting_put(struct work *work, uint64_t sequence, uint32_t index, bool done, struct str bytes);
void waiting_remove(struct work *work, uint64_t sequence);
bool arrival_get(const struct ordmap *objects, uint64_t sequence, struct arrival *out, struct str *bytes) MUST_CHECK;
void arrival_put(struct work *work, uint64_t sequence, const struct arrival *arrival, struct str bytes);
bool claim_record_get(const struct ordmap *objects, const struct hash *id, struct claim_record *out) MUST_CHECK;
void claim_record_put(struct work *work, const struct hash *id, const struct claim_record *record);
/* A message sent: `*bytes` is borrowed. */
bool sent_get(const struct ordmap *objects, uint64_t sequence, uint32_t *out_height, uint32_t *out_index, uint64_t *out_ms,
              struct str *bytes) MUST_CHECK;
void sent_put(struct work *work, uint32_t index, struct str bytes, const struct ipc_message *message);
/* The sequence behind 'm' or 't'. */
bool sent_sequence(const struct ordmap *objects, char what, const struct hash *id, uint64_t *out) MUST_CHECK;
struct okey bridge_key(const char *text);
struct okey bridge_index(char what);

/* ---- bridge_path.c ---- */
/* What is known at genesis: the other chain's first committee. */
bool bridge_genesis(struct work *work, const struct ledger_genesis *genesis, struct err *err);
/* Takes a FinalityProof for the block at payload->height. CODE_NONE: *out is that block, and *out_fresh says that it was not known
 * (then it is now). Else refused, with the field. */
enum code source_prove(struct exec *x, struct source *source, struct source_block *out, bool *out_fresh) MUST_CHECK;
/* A new reference to the other chain's newest committee as the block before `height` knew it, or NULL. */
struct committee *source_committee(const struct ordmap *objects, uint32_t height);

/* Rule (a) of api 6.8 on Delta: who Alpha's newest committee was in the state before. NULL: nobody is known. */
struct committee *bridge_next_committee(const struct ledger_state *state, uint64_t epoch, uint64_t start_round);

/* ---- bridge_follow.c ---- */
/* Delta: its validators are the members of Alpha's newest committee. */
void bridge_follow(struct work *work, const struct committee *committee);
enum code bridge_ejection(struct work *work, const struct ipc_message *message) MUST_CHECK;

/* ---- bridge.c: the entries of api 6.4 ---- */
struct okey claim_key(const struct hash *id);
struct okey lock_key(const struct hash *id);

/* ---- bridge_deliver.c ---- */
enum code bridge_deliver(struct exec *x) MUST_CHECK;
/* Whether the bytes stand at `index` of the messages of a block. */
bool message_stands(const struct source_block *block, uint32_t index, struct str bytes, const struct hash *siblings,
                    uint32_t siblings_count);

#endif
