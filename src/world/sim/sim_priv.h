/* What the units of this room share. */
#ifndef SIM_SIM_PRIV_H
#define SIM_SIM_PRIV_H

#include "core/base/arena.h"
#include "core/base/vec.h"
#include "world/sim/queue_priv.h"
#include "world/sim/sim.h"

enum { HOST_CORES_MAX = 64, DIGEST_BUFFER_BYTES = 8192 };

/* One direction between two hosts; made when first used. */
struct link {
    const struct link_fault *fault; /* NULL: healthy; in the world's arena, reused by the next fault of this link */
    struct link_fault *fault_room;
    uint64_t fault_since_ns, busy_until_ns;
    uint64_t arrival_last_ns, done_last_ns; /* what comes later on this link is not earlier */
    uint64_t sequence, sequence_seen;       /* next to send; highest arrived + 1 */
    struct link_stats stats;
    uint64_t latency_ns, jitter_ns;
};

struct file {
    struct str name;
    struct buf data;
    size_t synced;   /* this many bytes of data survive a crash, unless: */
    struct buf held; /* replaced and not synced: what a crash brings back */
    bool replaced;
};

struct sim_host {
    const struct host_ops *ops;
    void *ctx;
    struct str name;
    bool up, client;
    uint32_t number, incarnation;
    uint32_t cores, percent, queue_max, queued;
    uint64_t core_free_ns[HOST_CORES_MAX];
    VEC(struct link *) links; /* by the number of the receiver */
    VEC(struct file *) files;
    uint64_t disk_free;
};

struct digest {
    struct hasher hasher;
    uint8_t buffer[DIGEST_BUFFER_BYTES];
    size_t used;
    struct {
        const struct packet_class *class;
        uint32_t hash;
    } classes[8]; /* a cache; the hash is of the name */
    size_t classes_next;
};

struct sim {
    struct env env; /* first: an env of this world is its sim */
    struct sim_model model;
    struct offloader offloader;
    struct instant now;
    struct arena arena;
    VEC(struct sim_host *) hosts; /* [number - 1] */
    struct host_watch *watches;
    struct heap4 timers;
    struct calendar calendar;
    uint64_t order_next, order_key;
    struct rng rng_link, rng_pick, rng_disk;
    struct digest digest;
    uint64_t events;
    uint64_t progress_every, progress_left;
    void (*progress)(void *ctx);
    void *progress_ctx;
};

static inline struct sim *sim_of(const struct env *env)
{
    return (struct sim *)(uintptr_t)env;
}
struct sim_host *sim_host_at(const struct sim *sim, struct host host); /* asserts that there is one */
uint64_t sim_order(struct sim *sim); /* a tie-break no other event has; looks random, comes from the seed */

/* link.c */
void sim_send(struct env *env, struct host from, struct host to, struct packet *packet);
bool sim_link_set(struct env *env, struct host from, struct host to, const struct link_fault *fault);
struct link_stats sim_link_stats(const struct env *env, struct host from, struct host to);
void sim_deliver(struct sim *sim, struct delivery *delivery);

/* disk.c */
bool sim_file_append(struct env *env, struct host host, struct str name, const void *data, size_t bytes, struct err *err);
bool sim_file_replace(struct env *env, struct host host, struct str name, const void *data, size_t bytes, struct err *err);
bool sim_file_sync(struct env *env, struct host host, struct str name, struct err *err);
bool sim_file_read(struct env *env, struct host host, struct str name, struct buf *out, struct err *err);
void sim_disk_limit(struct env *env, struct host host, uint64_t free_bytes);
void sim_disk_crash(struct sim *sim, struct sim_host *host);
void sim_disk_done(struct sim_host *host);

/* digest.c */
void digest_init(struct digest *digest, uint64_t seed);
void digest_delivery(struct digest *digest, uint64_t now_ns, uint32_t from, uint32_t to, const struct packet *packet);
void digest_pick(struct digest *digest, uint64_t index, uint64_t count);
void digest_fold(struct digest *digest, const void *data, size_t bytes);
struct hash digest_now(struct digest *digest);

#endif
