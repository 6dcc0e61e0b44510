/* Env: the one door to the outside. Time, timers, randomness, hosts and packets, files, work on another thread.
 * Two worlds fill it: `sim` (virtual time, one thread, deterministic, faults) and `real` (clock, epoll). Code that is
 * handed an env runs in both. Nothing here blocks: waiting is done by fibers (fiber.h) or by callbacks. */
#ifndef FIBER_ENV_H
#define FIBER_ENV_H

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/heap.h"
#include "core/base/rng.h"
#include "core/base/time.h"

struct env;
struct sched;
struct packet;

/* ---- timers: a callback in the world's loop, intrusive, no allocation ---- */
struct timer {
    struct heap_node node; /* key = instant; order = a number of the world's */
    void (*fire)(struct timer *timer);
};
#define TIMER(fn) ((struct timer){.fire = (fn)})

/* ---- packets: what travels between hosts; immutable after the first send, refcounted (one thread) ---- */
enum packet_loss {
    LOSS_LINK, /* a partition, loss or garbage: nobody can know */
    LOSS_HOST, /* the host was down when it arrived, or went down with it in its queue: a connection would be refused or reset */
};
struct packet_class {
    const char *name;
    void (*free)(struct packet *packet); /* may run after its sender's end: it must stand on its own */
    /* One sending of `packet` was lost on its way to `to`; borrowed. May be NULL: packets are lost in silence. */
    void (*lost)(struct packet *packet, uint32_t to, enum packet_loss why);
    /* From the canonical bytes of the content, for the run digest; asked at each delivery. NULL: the packet's own field says. */
    uint64_t (*ident)(const struct packet *packet);
    /* It will be received before long: a chance to prefetch what that will look at; nothing else. May be NULL. */
    void (*soon)(const struct packet *packet);
};
struct packet {
    const struct packet_class *class; /* tells the receiver what it is */
    uint64_t ident;                   /* from the canonical bytes of the content; goes into the run digest, unless the class says it */
    uint32_t bytes;                   /* size on the wire, for bandwidth */
    uint32_t refs;
};
static inline struct packet *packet_ref(struct packet *packet)
{
    packet->refs++;
    return packet;
}
void packet_unref(struct packet *packet); /* NULL is fine */

/* ---- hosts: who sends and receives ---- */
struct host {
    uint32_t number; /* dense, from 1 in the order of opening; 0 = nobody */
};
struct host_ops {
    /* Virtual processor time, in ns, that dealing with `packet` takes; asked on arrival. NULL: nothing. */
    uint64_t (*cost_ns)(void *ctx, struct host from, const struct packet *packet);
    /* The packet arrived and a core has done its work. The packet is borrowed. */
    void (*receive)(void *ctx, struct host from, struct packet *packet);
    /* Someone has just sent `packet` to this host: a chance to begin pure work (env_offload) early. May be NULL. It
     * must have no effect that a test can see. */
    void (*foresee)(void *ctx, const struct packet *packet);
    /* The work queue was full when `packet` arrived: it is dropped after this call, which may answer "overloaded". May be NULL.
     */
    void (*overflow)(void *ctx, struct host from, struct packet *packet);
};

/* Told of every host that goes down, after its queue was emptied; for layers that hold something in the name of hosts. */
struct host_watch {
    void (*down)(struct host_watch *watch, struct host host);
    struct host_watch *next; /* the world's */
};

/* What may be wrong with a link, from one host to another; all zero = healthy. Rates in basis points. */
struct link_fault {
    bool blocked;                 /* partition: nothing passes, dropped counts */
    uint64_t delay_ns, jitter_ns; /* on top of the base latency */
    uint32_t loss_bps;            /* independent, or in bursts when burst_ns > 0: lossy burst_ns of every every_ns */
    uint64_t burst_ns, every_ns;
    uint32_t duplicate_bps, copies;
    uint32_t reorder_bps;
    uint64_t window_ns;   /* a reordered packet is held back up to this long */
    uint32_t corrupt_bps; /* arrives as garbage: counted as dropped by the receiver */
    uint64_t kbps;        /* 0 = unlimited */
};
struct link_stats {
    uint64_t sent, received, dropped, duplicates, out_of_order; /* packets; the last two by sequence number */
    uint64_t latency_ns;                                        /* smoothed one-way latency of what arrived lately */
};

/* ---- offload: pure work that may run ahead on another thread; joined at a point the caller chooses ---- */
struct task {
    void (*run)(struct task *task); /* touches only what the task points to */
    uint32_t state;                 /* the offloader's */
    bool may_wait;                  /* nobody will ask for it soon: others go first */
};

/* Who runs tasks ahead; a world is given one, or none. world/real has one with a second thread. */
struct offloader {
    void (*offload)(void *ctx, struct task *task);
    void (*join)(void *ctx, struct task *task);
    void *ctx;
};

/* ---- the table that a world fills ---- */
struct env_ops {
    struct instant (*now)(const struct env *env);
    void (*timer_set)(struct env *env, struct timer *timer, struct instant at);
    void (*timer_cancel)(struct env *env, struct timer *timer);
    struct host (*host_open)(struct env *env, struct str name, const struct host_ops *ops, void *ctx);
    void (*host_down)(struct env *env, struct host host, bool lose_unsynced);
    void (*host_up)(struct env *env, struct host host, void *ctx);
    void (*host_watch)(struct env *env, struct host_watch *watch, bool on);
    void (*host_cores)(struct env *env, struct host host, uint32_t cores, uint32_t percent, uint32_t queue_max);
    void (*send)(struct env *env, struct host from, struct host to, struct packet *packet);
    bool (*link_set)(struct env *env, struct host from, struct host to, const struct link_fault *fault);
    struct link_stats (*link_stats)(const struct env *env, struct host from, struct host to);
    bool (*file_append)(struct env *env, struct host host, struct str name, const void *data, size_t bytes, struct err *err);
    bool (*file_replace)(struct env *env, struct host host, struct str name, const void *data, size_t bytes, struct err *err);
    bool (*file_sync)(struct env *env, struct host host, struct str name, struct err *err);
    bool (*file_read)(struct env *env, struct host host, struct str name, struct buf *out, struct err *err);
    void (*disk_limit)(struct env *env, struct host host, uint64_t free_bytes);
    void (*offload)(struct env *env, struct task *task);
    void (*join)(struct env *env, struct task *task);
    void (*fold)(struct env *env, const void *data, size_t bytes);
};
struct env {
    const struct env_ops *ops;
    struct sched *sched; /* the fibers of this world (fiber.h) */
    struct rng seed;     /* never drawn from; split by label */
};

static inline struct instant env_now(const struct env *env) { return env->ops->now(env); }
/* An independent generator for this purpose; the same in every run of the same seed. */
static inline struct rng env_rng(const struct env *env, struct str label, uint64_t index)
{
    return rng_split(&env->seed, label, index);
}
/* Arms, or moves, a timer; INSTANT_NEVER disarms it. `at` in the past fires as soon as possible, never from within this call. */
static inline void env_timer_set(struct env *env, struct timer *timer, struct instant at) { env->ops->timer_set(env, timer, at); }
static inline void env_timer_cancel(struct env *env, struct timer *timer) { env->ops->timer_cancel(env, timer); }

/* A host lives as long as the world; `ops` outlives it. It starts up, with 4 cores and queues of 65,536 packets unless
 * env_host_cores says otherwise (cores 0 = infinitely fast, as for clients). Down: nothing is delivered to or sent from it, its
 * queue is emptied; with lose_unsynced its files fall back to what was synced. Up again: `ctx` is the new incarnation. */
static inline struct host env_host_open(struct env *env, struct str name, const struct host_ops *ops, void *ctx)
{
    return env->ops->host_open(env, name, ops, ctx);
}
static inline void env_host_down(struct env *env, struct host host, bool lose_unsynced)
{
    env->ops->host_down(env, host, lose_unsynced);
}
static inline void env_host_up(struct env *env, struct host host, void *ctx) { env->ops->host_up(env, host, ctx); }
static inline void env_host_cores(struct env *env, struct host host, uint32_t cores, uint32_t percent, uint32_t queue_max)
{
    env->ops->host_cores(env, host, cores, percent, queue_max);
}
/* `watch` hears of every env_host_down until env_host_unwatch. */
static inline void env_host_watch(struct env *env, struct host_watch *watch) { env->ops->host_watch(env, watch, true); }
static inline void env_host_unwatch(struct env *env, struct host_watch *watch) { env->ops->host_watch(env, watch, false); }
/* Takes over the caller's reference. Delivery is in order for each link unless a fault says otherwise; to oneself: immediate,
 * after this call. */
static inline void env_send(struct env *env, struct host from, struct host to, struct packet *packet)
{
    env->ops->send(env, from, to, packet);
}
/* Replaces all faults of the link (NULL: healthy). False: this world has no such power. */
static inline bool env_link_set(struct env *env, struct host from, struct host to, const struct link_fault *fault)
{
    return env->ops->link_set(env, from, to, fault);
}
static inline struct link_stats env_link_stats(const struct env *env, struct host from, struct host to)
{
    return env->ops->link_stats(env, from, to);
}

/* Files of a host, by name. append and replace are lost by a crash until file_sync returns; a replace is all or nothing.
 * They fail with ERR_LIMIT when the disk is full. file_read appends the whole file to `out`; a missing file is empty. */
static inline bool env_file_append(struct env *env, struct host host, struct str name, const void *data, size_t bytes,
                                   struct err *err)
{
    return env->ops->file_append(env, host, name, data, bytes, err);
}
static inline bool env_file_replace(struct env *env, struct host host, struct str name, const void *data, size_t bytes,
                                    struct err *err)
{
    return env->ops->file_replace(env, host, name, data, bytes, err);
}
static inline bool env_file_sync(struct env *env, struct host host, struct str name, struct err *err)
{
    return env->ops->file_sync(env, host, name, err);
}
static inline bool env_file_read(struct env *env, struct host host, struct str name, struct buf *out, struct err *err)
{
    return env->ops->file_read(env, host, name, out, err);
}
static inline void env_disk_limit(struct env *env, struct host host, uint64_t free_bytes)
{
    env->ops->disk_limit(env, host, free_bytes);
}

/* env_offload may run the task at any time until env_join, which runs it itself if nobody has. Every offloaded task is joined
 * once. */
static inline void env_offload(struct env *env, struct task *task) { env->ops->offload(env, task); }
static inline void env_join(struct env *env, struct task *task) { env->ops->join(env, task); }

/* Adds an operation's outcome to the run digest (`sim`; elsewhere nothing). Integers and canonical bytes only. */
static inline void env_fold(struct env *env, const void *data, size_t bytes) { env->ops->fold(env, data, bytes); }

#endif
