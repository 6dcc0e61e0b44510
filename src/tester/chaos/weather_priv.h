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
    enum chain_id chain;
    const struct alpha *client;   /* of the chain */
    enum deed_state state;
    char evidence[EVIDENCE_BYTES];
    struct instant began;
    uint64_t time_before;         /* timestamp of the last block, ms; what else one number told before */
    uint64_t *marks;              /* by view number: what prove_reading compares with; NULL: nothing */
    uint32_t height_before;
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
    bool *down[2];           /* of Alpha, of Delta; by view number: crashed or paused */
    uint32_t spawned;        /* views beyond `validators` */
    uint8_t groups[ACTION_TARGETS_MAX + 1];
    uint32_t groups_count;   /* of the partition in effect */
    struct instant crashed_at, undone_at, quorum_since;
    bool quorum, closing;
    uint32_t open;           /* proofs under way */
    const struct chaos_action *active[ACTION_IDS]; /* faults in effect by what we did */
    uint8_t active_chains[ACTION_IDS];       /* CHAIN_BIT */
    VEC(struct deed *) deeds;
    void (*told)(void *context, const struct deed *deed);
    void *context;
};

static inline size_t chain_at(enum chain_id chain) { return chain == CHAIN_DELTA; }
#define CHAIN_BIT(chain) (1u << ((chain) == CHAIN_DELTA))
#define EVIDENCE(proof, ...) snprintf((proof)->evidence, EVIDENCE_BYTES, __VA_ARGS__)

/* ---- probe.c ---- */
void probe_all(const struct proof *proof, struct probe *out) FIBER; /* 1 ... validators, in parallel */
bool probe_one(const struct proof *proof, uint32_t number, struct probe *out) FIBER;
/* Sums AN3 over the links from views of `from` to views of `to`, as told by either end. */
struct flow flow_read(const struct proof *proof, const bool *from, const bool *to) FIBER;
struct alpha proof_view(const struct proof *proof, uint32_t number, char text[12]); /* the client of one view */

/* ---- prove.c ---- */
void prove(struct proof *proof) FIBER; /* decides deed->state and evidence */
/* Pure rules, shown to fail in tests. */
bool flow_is_cut(const struct flow *before, const struct flow *after);    /* received stands still while dropped grows */
bool flow_is_healed(const struct flow *before, const struct flow *after); /* the reverse */

struct instant proof_in(const struct proof *proof, struct duration d);
bool proof_has_time(const struct proof *proof, struct instant deadline); /* neither over nor too late */
void proof_look_again(const struct proof *proof) FIBER;

/* ---- harness.c: actions that are the harness's own ---- */
bool harness_send(struct proof *proof, struct answer *answer) FIBER;
bool harness_is(enum action_id id); /* of those that harness_send sends */
void harness_before(struct proof *proof) FIBER; /* what its proof compares with */
void prove_switch(struct proof *proof) FIBER;
void prove_advance(struct proof *proof) FIBER;
void prove_spawned(struct proof *proof) FIBER;

/* ---- prove_node.c, prove_flow.c ---- */
void node_before(struct proof *proof) FIBER;
void prove_reading(struct proof *proof) FIBER;   /* pools, peers, replaced blocks */
void prove_memory(struct proof *proof) FIBER;
void prove_disk(struct proof *proof) FIBER;
void prove_isolated(struct proof *proof) FIBER;
void prove_listener(struct proof *proof) FIBER;
void flow_before(struct proof *proof) FIBER;
void prove_messages(struct proof *proof) FIBER;
void prove_prices(struct proof *proof) FIBER;
/* Whether the network lists a fault that this clear ended. False: it does not tell. */
bool faults_listed(const struct proof *proof, bool *out_any) FIBER MUST_CHECK;

/* ---- liars.c: byzantine modes ---- */
bool liars_send(struct weather *weather, const struct chaos_action *action, struct answer *answer) FIBER;
void prove_liars(struct proof *proof) FIBER;

/* ---- weather.c ---- */
void weather_settle(struct weather *weather); /* quorum and since when, after a change */
bool proof_is_over(const struct proof *proof); /* the weather is closing, the fault was undone meanwhile, or one proof was enough */
bool action_takes(enum action_id id); /* views fall silent by it */
bool action_gives(enum action_id id); /* silent views come back by it */
bool action_any_chain(enum action_id id); /* shown under load alone: on one chain is enough */

#endif
