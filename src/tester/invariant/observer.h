/* Observer: reads the chain during the whole run, on fibers of its own, and feeds the judge: every final block once in full with its proof, supply
 * now and then, and each view in turn: its finality, blocks it called final before, its pool. Never asks a node whether all is well. */
#ifndef INVARIANT_OBSERVER_H
#define INVARIANT_OBSERVER_H

#include "tester/client/alpha.h"
#include "tester/invariant/judge.h"

/* A validator's view as it last answered. */
struct view_state {
    bool asked, answers;   /* asked: at least once */
    uint16_t http;         /* of the last answer; 0: none came */
    uint32_t height, final_height;
    struct instant at;     /* of the last answer or lack of it */
    uint64_t round;
};
/* What was read of the gateway's pool. */
struct pool_reading {
    uint64_t samples;
    uint32_t size, peak;
    uint64_t evicted, rejected; /* since the observer began, at the gateway; a change of gateway begins anew */
    uint64_t oldest_ms;         /* age of the oldest entry; 0: empty */
};

struct observer_config {
    struct env *env;
    struct alpha alpha;       /* the gateway */
    uint32_t validators;
    struct duration interval; /* block interval */
    uint32_t pool_capacity;
    struct alpha delta;       /* Delta's gateway; `http` NULL: there is none, and nobody looks at the bridge */
    struct trust_genesis genesis_delta;
    struct verifier verifier; /* with `delta` */
};

typedef void observer_block_call(void *context, enum chain_id chain, const struct block_view *block);

struct observer;
struct observer *observer_new(const struct observer_config *config, struct judge *judge); /* the judge is borrowed */
void observer_free(struct observer *observer); /* after observer_finish, or when its env runs no more */
void observer_start(struct observer *observer);

/* The highest final height any gateway answer showed, and since when. */
uint32_t observer_final(const struct observer *observer, struct instant *out_since);
const struct pool_reading *observer_pool(const struct observer *observer);
const struct view_state *observer_view(const struct observer *observer, uint32_t number); /* from 1 */
/* Told of each growth of the final height as it is seen; for figures about when. */
void observer_on_final(struct observer *observer, void (*call)(void *context, uint32_t height, struct instant at), void *context);
/* Told of each final block of either chain once, in order of height, in full, when it is proven and has gone to the judge. The block is borrowed for
 * the call, which must not suspend. Before observer_start. */
void observer_on_block(struct observer *observer, observer_block_call *call, void *context);
uint32_t observer_read(const struct observer *observer, enum chain_id chain); /* its blocks are read up to here */

/* Asks one view for its sync status now; false: it does not answer, or refuses (503). */
bool observer_ask(struct observer *observer, uint32_t number, struct view_state *out) FIBER;
/* Reads the final height of every view now, in parallel; those that do not answer stay out. */
void observer_ask_all(struct observer *observer) FIBER;
/* Compares the final block of all answering views at one height that all have: INV-01. Answers how many agreed. */
uint32_t observer_compare_all(struct observer *observer) FIBER;

/* Reads on until everything final at this moment has been read, reads supply and compares all views once more, then ends its fibers. False:
 * the deadline passed first. */
bool observer_finish(struct observer *observer, struct instant deadline) FIBER;

#endif
