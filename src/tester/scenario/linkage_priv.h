/* What the analyst's guesses share. */
#ifndef SCENARIO_LINKAGE_PRIV_H
#define SCENARIO_LINKAGE_PRIV_H

#include "core/base/map.h"
#include "tester/scenario/linkage.h"

struct public_note {
    uint32_t height, entry; /* entry: of the record, UINT32_MAX: of genesis */
};
/* A ring of the record with its truth. */
struct public_spend {
    const struct pool_entry_public *entry;
    const struct pool_input *input;
    const uint32_t *ring;
    uint32_t eligible;  /* notes at its ref height: public */
    uint32_t deduced;   /* the note it must have spent, by closed sets; UINT32_MAX: more than one is possible */
    bool trial;
    const struct tape_spend *truth; /* for the score */
};
struct public_crossing {
    const struct pool_entry_public *entry;
    bool trial;
    uint32_t sender;    /* deposits: number of the address that paid */
    uint32_t owner;     /* for the score */
};
struct analyst {
    const struct linkage_input *input;
    uint64_t ring_chance;           /* of who draws a member of a ring as the network wants it */
    VEC(struct public_note) notes;  /* by index */
    VEC(struct public_spend) spends; /* in chain order; those that did something */
    VEC(struct public_crossing) deposits, withdrawals;
    struct map senders;             /* address -> u32 number of who deposited */
};
void score_add(struct linkage_score *score, uint64_t hit, uint64_t chance); /* one trial */

void linkage_boundary(const struct analyst *analyst, struct linkage *out); /* amount, timing, fee payer */
void linkage_rings(struct analyst *analyst, struct linkage *out);          /* merge, intersection, closed set; fills `deduced` */
void linkage_ages(const struct analyst *analyst, struct linkage *out);     /* newest, oldest, age likelihood */

#endif
