/* The state behind its door, and the working set that makes the next one. For the ledger's own eyes. */
#ifndef LEDGER_STATE_PRIV_H
#define LEDGER_STATE_PRIV_H

#include "core/base/arena.h"
#include "core/base/map.h"
#include "core/base/vec.h"
#include "network/ledger/entry_priv.h"

/* The validators' addresses, ascending; shared by all states until one registers. */
struct roster {
    uint32_t refs, count;
    struct address addresses[];
};

struct ledger_state {
    uint32_t refs, height;
    enum chain_id chain;
    struct statemap *map;
    struct roster *roster;
    struct hash root;
    struct params params;
    struct tally tallies[TOKEN_COUNT]; /* [token - 1]; only the chain's own tokens have an entry */
};

/* An account that the block touched. */
struct work_account {
    struct address address;
    struct hash key;
    struct ledger_account was, now;
};

/* Work: the next state in the making. Accounts are read from the parent once and written back once, at the end. */
struct work {
    const struct ledger_state *parent;
    struct arena arena;
    struct map accounts; /* address -> struct work_account *, in the order they were touched */
    struct params params;
    struct tally tallies[TOKEN_COUNT];
    VEC(struct statemap_change) changes; /* values are offsets into `values` until work_commit */
    struct buf values;
};

void work_init(struct work *work, const struct ledger_state *parent);
void work_done(struct work *work);
/* Reads all accounts that these transactions name, keys hashed side by side. First of all, or never. */
void work_announce(struct work *work, struct tx *const *txs, size_t count);
struct work_account *work_account(struct work *work, const struct address *address); /* made when absent; stays in place */
void work_put(struct work *work, const struct hash *key, struct str value); /* an entry that is no account; value is copied */
void work_put_validator(struct work *work, const struct ledger_validator *validator);
void work_put_param(struct work *work, const struct param_row *row, uint64_t value);
/* The state that follows: a new reference. `work` is spent afterwards (work_done is still due). */
struct ledger_state *work_commit(struct work *work, uint32_t height);

static inline bool token_is_here(enum chain_id chain, enum token token) { return token_chain(token) == chain; }

#endif
