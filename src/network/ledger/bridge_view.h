/* Bridge views: what DC1, DC4, X5 to X7, X15 and X25 show, computed from a state. What a chain cannot know of the other one (how far
 * it has got with what was sent) is filled in from the other chain's state, where the asked view has one. */
#ifndef LEDGER_BRIDGE_VIEW_H
#define LEDGER_BRIDGE_VIEW_H

#include "chain/ipc.h"
#include "chain/response_bridge.h"
#include "network/ledger/ledger.h"

/* The states of one view: `other` is of the other chain (NULL: not known here), of a head, as `state` is. Finality is told by height. */
struct bridge_sight {
    const struct ledger_state *state, *other;
    uint32_t final_height, other_final_height;
};

/* A lock by its id, as it stands on Alpha. */
bool bridge_lock_view(const struct bridge_sight *sight, const struct hash *lock_id, struct arena *arena,
                      struct lock_view *out) MUST_CHECK;
/* A lock as Delta knows it, a burn as Alpha knows it: delivered, or claimed ahead. */
bool bridge_lock_in_view(const struct bridge_sight *sight, const struct hash *lock_id, struct arena *arena,
                         struct lock_in_view *out) MUST_CHECK;
bool bridge_unlock_view(const struct bridge_sight *sight, const struct hash *burn_id, struct unlock_view *out) MUST_CHECK;

/* Records of one direction with sequences above `after`, ascending, of one type (0: all but block_finalized, which has no sequence and is
 * told by source height when asked for). `*out_more`: there are further ones; `*out_next` is the `after` to go on with. */
uint32_t bridge_records(const struct bridge_sight *sight, enum ipc_direction direction, uint64_t after, unsigned type, uint32_t limit,
                        struct arena *arena, struct ipc_record *out, bool *out_more, uint64_t *out_next);
/* The record of one sent message by its id; false: not sent here, or older than is kept. Walks what is kept. */
bool bridge_sent_find(const struct ledger_state *state, const struct hash *message_id, uint64_t *out_sequence, uint32_t *out_height,
                      uint32_t *out_index) MUST_CHECK;
/* The proof that the message of that sequence stands in its block: block_hash is the caller's to fill. */
bool bridge_message_proof(const struct ledger_state *state, uint64_t sequence, struct arena *arena, struct ipc_proof_view *out) MUST_CHECK;
void bridge_status(const struct bridge_sight *sight, struct ipc_status_view *out);

/* ---- for relays and audits ---- */
struct bridge_inbox {
    uint64_t epoch;         /* of the newest committee known of the other chain */
    struct hash committee;
    uint32_t height_max;    /* the highest block of the other chain known as final */
    uint64_t sequence, sequence_max;
    uint32_t waiting;
    uint64_t failed;
};
void bridge_inbox(const struct ledger_state *state, struct bridge_inbox *out);
/* Whether a message of that sequence has come (it is executed, or waits). */
bool bridge_has(const struct ledger_state *state, uint64_t sequence);
bool bridge_knows_block(const struct ledger_state *state, uint32_t height);
uint64_t bridge_sent(const struct ledger_state *state); /* messages sent so far */
struct bridge_sent {
    uint64_t sequence, emitted_ms;
    uint32_t height, index;
    struct str bytes; /* borrowed from the state */
};
/* What was ever locked and ever unlocked on Alpha. */
void bridge_lock_sums(const struct ledger_state *state, struct amount *out_locked, struct amount *out_unlocked);
/* The sent message of that sequence, or the first after it that is kept. */
bool bridge_sent_at(const struct ledger_state *state, uint64_t sequence, struct bridge_sent *out) MUST_CHECK;
/* Whether a lock or burn has been claimed here. */
bool bridge_claimed(const struct ledger_state *state, const struct hash *id);
/* What the claim could be made from: the record that delivery left. */
bool bridge_claimable(const struct ledger_state *state, const struct hash *id, bool *out_automatic, struct amount *out_amount) MUST_CHECK;


/* ---- audits: both chains' states, whenever each was taken, paired by what each knows of the other ---- */
struct bridge_books {
    struct amount locked;         /* AX in the bridge, but for claims of burns that this state of Delta does not have yet */
    struct amount minted, burned; /* sAX, but for claims of locks that this state of Alpha does not have yet */
    struct amount in_flight_lock, in_flight_burn;
    uint64_t unmatched; /* claims that pay another amount than the lock or burn they are for */
    uint64_t silent;    /* locks that never sent a message */
};
/* locked = minted - burned + in_flight_lock + in_flight_burn holds for any two states of a sound network. Walks all locks and burns. */
void bridge_books(const struct ledger_state *alpha, const struct ledger_state *delta, struct bridge_books *out);

#endif
