/* Executor: runs blocks for all validators of a process. A block is executed once, however many ask; each asker then compares
 * the result with the header it holds (poststate_matches). What is shared is known by what went in (the parent's post-state,
 * the frame, the orders, the switches, the ordered transaction ids), never by what a header claims.
 *
 * One block in EXECUTOR_VERIFY_EVERY, chosen by that key, and every block in builds with HOUSE_VERIFY, is executed a second time
 * from scratch and compared; a difference is a bug and stops the process. Single-threaded, like the states it hands out. */
#ifndef NODE_EXECUTOR_H
#define NODE_EXECUTOR_H

#include "core/base/map.h"
#include "network/ledger/ledger.h"

#define EXECUTOR_VERIFY_EVERY 64

struct executor;

/* The outcome of one execution. Immutable, counted references; when the last goes, the executor forgets it. Must not outlive
 * its executor. */
struct poststate {
    uint32_t refs;
    uint32_t height;
    struct hash key;
    const struct ledger_result *result; /* of genesis: LEDGER_GOOD, no receipts, zero list roots */
    struct executor *owner;
};

struct executor_stats {
    uint64_t executed;     /* for real */
    uint64_t shared;       /* answered by what was there */
    uint64_t verified;     /* executed a second time and found equal */
    uint64_t transactions; /* executed for real */
    uint32_t held;         /* post-states alive */
};

/* `rules` is borrowed and must outlive the executor. Switches may change between blocks: the key knows them. */
struct executor *executor_new(const struct ledger_rules *rules);
void executor_free(struct executor *executor); /* accepts NULL; no post-state may be held any more */
struct executor_stats executor_stats(const struct executor *executor);

/* The post-state of genesis; takes a reference of its own on `state`. A new reference. */
struct poststate *executor_genesis(struct executor *executor, struct ledger_state *state);
/* Executes, or answers from memory; `orders` may be NULL. A new reference, also when the verdict is bad (result->verdict).
 * The parent's verdict must be good. */
struct poststate *executor_run(struct executor *executor, struct poststate *parent, const struct ledger_frame *frame,
                               const struct ledger_orders *orders, struct tx *const *txs, size_t count);
/* The same for a block: everyone who holds the same `struct block` is answered without looking at its transactions again. */
struct poststate *executor_run_block(struct executor *executor, struct poststate *parent, struct block *block,
                                     const struct ledger_orders *orders);

struct poststate *poststate_ref(struct poststate *post); /* accepts NULL */
void poststate_unref(struct poststate *post);            /* accepts NULL */
static inline struct ledger_state *poststate_state(const struct poststate *post) { return post->result->state; }
static inline bool poststate_is_good(const struct poststate *post) { return post->result->verdict == LEDGER_GOOD; }
/* The header claims what execution gave: all four roots and both counts. False for a bad verdict. */
bool poststate_matches(const struct poststate *post, const struct header *header);

#endif
