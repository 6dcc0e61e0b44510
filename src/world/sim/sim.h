/* Sim: the simulated world. One thread, virtual time that jumps to the next event, links with latency, jitter and faults, a disk
 * whose unsynced writes a crash loses, and a digest of everything that happened: same seed, same digest. After TigerBeetle's and
 * FoundationDB's simulators (ideas). */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "core/crypto/hash.h"
#include "world/fiber/env.h"

struct sim;

/* What time costs. sim_model_default gives DESIGN's numbers; every report prints the model in use. */
struct sim_model {
    uint64_t node_latency_ns, node_jitter_ns;     /* between hosts, one way: 10 ms +- 2 ms */
    uint64_t client_latency_ns, client_jitter_ns; /* to or from a client host: 1 ms +- 0.2 ms */
    uint64_t sync_ns;                             /* what file_sync adds; 0 */
    uint32_t cores, queue_max;                    /* of a host: 4, 65,536 */
};
struct sim_model sim_model_default(void);

/* `offloader` (NULL: none, tasks run at their join) says where pure tasks may run ahead; the run does not depend on it. */
struct sim *sim_new(uint64_t seed, struct sim_model model, const struct offloader *offloader);
void sim_free(struct sim *sim);
/* Forgets all packets that are on their way; for owners whose packets must not outlive them. sim_free does it too. */
void sim_drop_packets(struct sim *sim);
struct env *sim_env(struct sim *sim);

/* Marks a host as a client: client latency on its links, no cores. */
void sim_host_is_client(struct sim *sim, struct host host);

/* Runs events in order of (time, seeded tie-break) up to `until` included, where the clock stands afterwards, until `*stop` is
 * set (NULL: never; read between events), or until nothing is left. Returns true when stopped early by *stop. */
bool sim_run(struct sim *sim, struct instant until, const volatile bool *stop);
/* A callback from the loop each `every_events` events, for progress display; it must not touch the simulation. */
void sim_on_progress(struct sim *sim, uint64_t every_events, void (*call)(void *ctx), void *ctx);

struct hash sim_digest(struct sim *sim); /* of everything so far; asking does not change it */
uint64_t sim_events(const struct sim *sim);

#endif
