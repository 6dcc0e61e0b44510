/* Sweep: what one network of a sweep has shown and done so far, those in it who break rules, and what is looked at when it stands. */
#ifndef SWEEP_NETWORK_SWEEP_H
#define SWEEP_NETWORK_SWEEP_H

#include "core/base/map.h"
#include "network/devnet/test/town.h"
#include "traffic.h"

#define VIEWS_MAX 12

struct sweep {
    struct rng rng;
    uint32_t validators; /* those that came in meanwhile included */
    struct map finals; /* u32 height -> hash: what any view has shown as final */
    uint32_t seen_final[VIEWS_MAX];
    uint64_t virtual_ms, payments, waited;
    uint32_t patients; /* fibers that wait for a transaction */
    uint32_t wiped_at; /* the chain was that high when a node was last wiped */
    bool delta;        /* both chains */
    uint32_t liars;    /* v1 ... so many break rules, sometimes */
    uint64_t wipes, joined;
    uint64_t lies, kinds_sent, lost; /* modes switched on; transactions of all kinds taken; networks that lost liveness and kept safety */
    struct traffic traffic;
};

void sweep_tempt(struct town *town, struct sweep *sweep); /* one of those who may switches a mode on or off */
void sweep_repent(struct town *town, struct sweep *sweep);
/* Whoever is accused anywhere is one of those who were tempted. */
void sweep_check_innocence(struct town *town, const struct sweep *sweep);
void sweep_check_audit(struct town *town);
/* For people who look into a network that stands: rounds, highest certificates, and who has the blocks they are for; to stderr. */
void sweep_explain(struct town *town, const struct sweep *sweep);

#endif
