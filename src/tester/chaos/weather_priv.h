/* The weather's inside, for the files of this room and their tests. */
#ifndef CHAOS_WEATHER_PRIV_H
#define CHAOS_WEATHER_PRIV_H

#include "tester/chaos/weather.h"

/* What a view answered. */
struct probe {
    bool answers;
    uint32_t height;
};

/* What flows between groups of views, summed over the links that were told about. */
struct flow {
    uint64_t received, dropped, duplicates, out_of_order;
    uint64_t latency_ms; /* summed; links with an entry */
    uint32_t links;
};

struct proof {
    struct weather *weather;
    struct deed *deed;
    struct probe *before, *after; /* by view number */
    bool *touched;                /* views that the action is about, as far as known: named, or seen to change */
    uint32_t wanted;              /* how many views should change */
    struct flow flow_before;
    uint8_t groups[ACTION_TARGETS_MAX + 1]; /* group of each view; UINT8_MAX: none */
    uint32_t groups_count;
    int64_t capacity;        /* tx_per_second of the block_capacity it ends */
    bool ended[ACTION_IDS];  /* faults that were in effect and that this action ends */
};

struct weather {
    struct weather_config config;
    bool *down;              /* by view number: crashed or paused */
    uint8_t groups[ACTION_TARGETS_MAX + 1];
    uint32_t groups_count;   /* of the partition in effect */
    struct instant crashed_at, undone_at, quorum_since;
    bool quorum, closing;
    uint32_t open;           /* proofs under way */
    const struct action *active[ACTION_IDS]; /* faults in effect by what we did */
    VEC(struct deed *) deeds;
    void (*told)(void *context, const struct deed *deed);
    void *context;
};

/* ---- probe.c ---- */
void probe_all(struct weather *weather, struct probe *out) FIBER; /* 1 ... validators, in parallel */
bool probe_one(struct weather *weather, uint32_t number, struct probe *out) FIBER;
/* Sums AN3 over the links from views of `from` to views of `to`, as told by either end. */
struct flow flow_read(struct weather *weather, const bool *from, const bool *to) FIBER;

/* ---- prove.c ---- */
void prove(struct proof *proof) FIBER; /* decides deed->state and evidence */
/* Pure rules, shown to fail in tests. */
bool flow_is_cut(const struct flow *before, const struct flow *after);    /* received stands still while dropped grows */
bool flow_is_healed(const struct flow *before, const struct flow *after); /* the reverse */

/* ---- liars.c: byzantine modes ---- */
bool liars_send(struct weather *weather, const struct action *action, struct answer *answer) FIBER;
void prove_liars(struct proof *proof) FIBER;

/* ---- weather.c ---- */
void weather_settle(struct weather *weather); /* quorum and since when, after a change */
bool proof_is_over(const struct proof *proof); /* the weather is closing, or the fault was undone meanwhile */

#endif
