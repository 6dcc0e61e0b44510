/* The state behind its door, and the working set that makes the next one. For the ledger's own eyes. */
#ifndef LEDGER_STATE_PRIV_H
#define LEDGER_STATE_PRIV_H

#include "core/base/arena.h"
#include "core/base/map.h"
#include "core/base/ordmap.h"
#include "core/base/vec.h"
#include "network/ledger/entry_priv.h"

/* The validators' addresses, ascending; shared by all states until one comes or goes. */
struct roster {
    uint32_t refs, count;
    struct address addresses[];
};

/* What the state knows of the chain itself: object SPACE_PARAM "chain". */
struct ledger_clock {
    uint64_t epoch;
    uint32_t epoch_first_height;  /* of the epoch's first block */
    uint64_t round, timestamp_ms; /* of the block this state follows */
};

struct ledger_state {
    uint32_t refs, height;
    enum chain_id chain;
    struct statemap *map;
    struct ordmap objects; /* family_priv.h says what is in it */
    struct roster *roster;
    struct hash root;
    struct params params;
    struct ledger_clock clock;
    struct tally tallies[TOKEN_COUNT]; /* [token - 1]; only the chain's own tokens have an entry */
};

/* An account that the block touched. */
struct work_account {
    struct address address;
    struct hash key;
    uint32_t generation; /* of the mark that has saved it */
    struct ledger_account was, now;
};
struct work_undo {
    struct work_account *account;
    uint32_t generation;
    struct ledger_account now;
};
struct work_text { /* a stretch of a buffer */
    uint32_t at, len;
};
struct work_event {
    uint32_t tx_index;
    enum event_type type;
    struct work_text data;
};

/* Work: the next state in the making. Accounts are read from the parent once and written back once, at the end; objects are a
 * version of the parent's that is changed as it goes. */
struct work {
    const struct ledger_state *parent;
    const struct ledger_rules *rules;
    const struct ledger_frame *frame; /* NULL in genesis */
    enum token fee_token;
    struct arena arena;
    struct params params;
    struct ledger_clock clock;
    bool ends_epoch; /* the block under execution fills its epoch */
    struct tally tallies[TOKEN_COUNT];
    struct ordmap objects;
    struct map accounts;          /* address -> struct work_account *, in the order they were touched */
    VEC(struct work_undo) undo;
    VEC(struct ordmap_change) changed; /* objects written since the last outermost mark ended, oldest first: what they were can be read still */
    VEC(struct work_saved *) saved;    /* one for each depth of marks so far, used again */
    uint32_t marks, generation;
    bool silent; /* nobody will hear its events: they are not written */
    VEC(struct work_event) events;
    struct buf events_text;
    VEC(struct work_text) messages;
    struct buf messages_bytes;
    uint32_t tx_index; /* of the transaction that runs; UINT32_MAX: none */
    VEC(struct statemap_change) changes;
};

void work_init(struct work *work, const struct ledger_state *parent, const struct ledger_rules *rules,
               const struct ledger_frame *frame);
void work_done(struct work *work);
/* Reads all accounts that these transactions name, keys hashed side by side. First of all, or never. */
void work_announce(struct work *work, struct tx *const *txs, size_t count);
/* Made when absent; stays in place. What is written through it after a work_mark can be undone only if it was asked for after
 * that mark. */
struct work_account *work_account(struct work *work, const struct address *address);
void work_put_validator(struct work *work, const struct ledger_validator *validator);
void work_put_param(struct work *work, const struct param_row *row, uint64_t value);
/* The state that follows: a new reference. `work` is spent afterwards (work_done is still due). */
struct ledger_state *work_commit(struct work *work, uint32_t height);
struct roster *roster_of(const struct ordmap *objects); /* a new reference */

static inline bool token_is_here(enum chain_id chain, enum token token) { return token_chain(token) == chain; }

#endif
