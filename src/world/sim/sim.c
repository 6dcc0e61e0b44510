#include "world/sim/sim_priv.h"

#include "world/fiber/fiber.h"

struct sim_model sim_model_default(void)
{
    return (struct sim_model){
        .node_latency_ns = 10 * NS_PER_MS,
        .node_jitter_ns = 2 * NS_PER_MS,
        .client_latency_ns = NS_PER_MS,
        .client_jitter_ns = 200 * NS_PER_US,
        .sync_ns = 0,
        .cores = 4,
        .queue_max = 65536,
    };
}

struct sim_host *sim_host_at(const struct sim *sim, struct host host)
{
    ASSERT(host.number > 0 && host.number <= sim->hosts.count);
    return sim->hosts.data[host.number - 1];
}

/* A bijection of a counter (splitmix64's finalizer), so no two are equal. */
uint64_t sim_order(struct sim *sim)
{
    uint64_t z = ++sim->order_next ^ sim->order_key;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* ---- the table ---- */

static struct instant sim_now(const struct env *env)
{
    return sim_of(env)->now;
}

static void sim_timer_set(struct env *env, struct timer *timer, struct instant at)
{
    struct sim *sim = sim_of(env);
    timers_remove(&sim->timers, timer);
    if (at.ns == INSTANT_NEVER.ns) return;
    timer->node.key = MAX(at.ns, sim->now.ns);
    timer->node.order = sim_order(sim);
    timers_insert(&sim->timers, timer);
}

static void sim_timer_cancel(struct env *env, struct timer *timer)
{
    timers_remove(&sim_of(env)->timers, timer);
}

static struct host sim_host_open(struct env *env, struct str name, const struct host_ops *ops, void *ctx)
{
    struct sim *sim = sim_of(env);
    struct sim_host *host = base_alloc(sizeof(*host));
    host->ops = ops;
    host->ctx = ctx;
    host->name = str_dup(&sim->arena, name);
    host->up = true;
    host->number = (uint32_t)sim->hosts.count + 1;
    host->cores = sim->model.cores;
    host->percent = 100;
    host->queue_max = sim->model.queue_max;
    host->disk_free = UINT64_MAX;
    vec_push(&sim->hosts, host);
    return (struct host){host->number};
}

static void sim_host_down(struct env *env, struct host host, bool lose_unsynced)
{
    struct sim *sim = sim_of(env);
    struct sim_host *h = sim_host_at(sim, host);
    if (lose_unsynced) sim_disk_crash(sim, h);
    if (!h->up) return;
    h->up = false;
    h->incarnation++;
    h->queued = 0;
    memset(h->core_free_ns, 0, sizeof(h->core_free_ns));
    for (struct host_watch *watch = sim->watches, *next; watch; watch = next) {
        next = watch->next;
        watch->down(watch, host);
    }
}

static void sim_host_up(struct env *env, struct host host, void *ctx)
{
    struct sim_host *h = sim_host_at(sim_of(env), host);
    ASSERT(!h->up);
    h->up = true;
    h->ctx = ctx;
}

static void sim_host_watch(struct env *env, struct host_watch *watch, bool on)
{
    struct host_watch **at = &sim_of(env)->watches;
    while (*at && *at != watch) at = &(*at)->next; /* at the end: heard in the order of asking */
    ASSERT((*at == NULL) == on);
    *at = on ? watch : watch->next;
    watch->next = NULL;
}

static void sim_host_cores(struct env *env, struct host host, uint32_t cores, uint32_t percent, uint32_t queue_max)
{
    struct sim_host *h = sim_host_at(sim_of(env), host);
    ASSERT(cores <= HOST_CORES_MAX && percent > 0 && queue_max > 0);
    for (uint32_t i = h->cores; i < cores; i++) h->core_free_ns[i] = 0;
    h->cores = cores;
    h->percent = percent;
    h->queue_max = queue_max;
}

static void sim_offload(struct env *env, struct task *task)
{
    const struct offloader *offloader = &sim_of(env)->offloader;
    if (offloader->offload) offloader->offload(offloader->ctx, task);
}

static void sim_join(struct env *env, struct task *task)
{
    const struct offloader *offloader = &sim_of(env)->offloader;
    if (offloader->join)
        offloader->join(offloader->ctx, task);
    else
        task->run(task);
}

static void sim_fold(struct env *env, const void *data, size_t bytes)
{
    digest_fold(&sim_of(env)->digest, data, bytes);
}

static uint64_t sim_pick(struct env *env, uint64_t count)
{
    struct sim *sim = sim_of(env);
    const uint64_t index = rng_below(&sim->rng_pick, count);
    digest_pick(&sim->digest, index, count);
    return index;
}

static const struct env_ops sim_ops = {
    .now = sim_now,
    .timer_set = sim_timer_set,
    .timer_cancel = sim_timer_cancel,
    .host_open = sim_host_open,
    .host_down = sim_host_down,
    .host_up = sim_host_up,
    .host_watch = sim_host_watch,
    .host_cores = sim_host_cores,
    .send = sim_send,
    .link_set = sim_link_set,
    .link_stats = sim_link_stats,
    .file_append = sim_file_append,
    .file_replace = sim_file_replace,
    .file_sync = sim_file_sync,
    .file_read = sim_file_read,
    .disk_limit = sim_disk_limit,
    .offload = sim_offload,
    .join = sim_join,
    .fold = sim_fold,
};

/* ---- the world ---- */

struct sim *sim_new(uint64_t seed, struct sim_model model, const struct offloader *offloader)
{
    ASSERT(model.cores <= HOST_CORES_MAX && model.queue_max > 0);
    ASSERT(model.node_jitter_ns <= model.node_latency_ns && model.client_jitter_ns <= model.client_latency_ns);
    struct sim *sim = base_alloc(sizeof(*sim));
    sim->env.ops = &sim_ops;
    rng_init(&sim->env.seed, seed);
    sim->env.sched = sched_new(&sim->env, sim_pick);
    sim->model = model;
    if (offloader) sim->offloader = *offloader;
    sim->now = INSTANT_GENESIS;
    sim->calendar.cursor = sim->now.ns >> WHEEL_SLOT_BITS;
    arena_init(&sim->arena, (size_t)64 * 1024);
    struct rng order = env_rng(&sim->env, STR("sim.order"), 0);
    sim->order_key = rng_u64(&order);
    sim->rng_link = env_rng(&sim->env, STR("sim.link"), 0);
    sim->rng_pick = env_rng(&sim->env, STR("sim.pick"), 0);
    sim->rng_disk = env_rng(&sim->env, STR("sim.disk"), 0);
    digest_init(&sim->digest, seed);
    return sim;
}

void sim_drop_packets(struct sim *sim)
{
    while (calendar_peek(&sim->calendar, UINT64_MAX)) {
        struct delivery *delivery = calendar_pop(&sim->calendar);
        struct packet *packet = delivery->packet;
        if (delivery->queued && sim->hosts.data[delivery->to - 1]->incarnation == delivery->incarnation)
            sim->hosts.data[delivery->to - 1]->queued--;
        calendar_give(&sim->calendar, delivery);
        packet_unref(packet);
    }
    sim->calendar.cursor = sim->now.ns >> WHEEL_SLOT_BITS;
}

void sim_free(struct sim *sim)
{
    if (!sim) return;
    sim_drop_packets(sim);
    sched_free(sim->env.sched);
    calendar_done(&sim->calendar);
    base_free(sim->timers.entries);
    for (size_t i = 0; i < sim->hosts.count; i++) {
        sim_disk_done(sim->hosts.data[i]);
        vec_done(&sim->hosts.data[i]->links);
        base_free(sim->hosts.data[i]);
    }
    vec_done(&sim->hosts);
    arena_done(&sim->arena);
    base_free(sim);
}

struct env *sim_env(struct sim *sim)
{
    return &sim->env;
}

void sim_host_is_client(struct sim *sim, struct host host)
{
    struct sim_host *h = sim_host_at(sim, host);
    ASSERT(h->links.count == 0); /* before its first packet: links know their latency from then on */
    h->client = true;
    h->cores = 0;
}

/* Deals with the earliest event at or before `until`; false: there is none. */
static bool sim_step(struct sim *sim, uint64_t until)
{
    const struct heap4_entry *timer = sim->timers.count ? &sim->timers.entries[0] : NULL;
    const uint64_t limit = timer ? MIN(timer->key, until) : until;
    const struct heap4_entry *packet = calendar_peek(&sim->calendar, limit);
    if (packet && (!timer || packet->key < timer->key || (packet->key == timer->key && packet->order < timer->order))) {
        sim->now.ns = packet->key;
        sim_deliver(sim, calendar_pop(&sim->calendar));
        return true;
    }
    if (!timer || timer->key > until) return false;
    sim->now.ns = timer->key;
    struct timer *due = timers_pop(&sim->timers);
    due->fire(due);
    return true;
}

bool sim_run(struct sim *sim, struct instant until, const volatile bool *stop)
{
    for (;;) {
        sched_run(sim->env.sched);
        if (stop && *stop) return true;
        if (!sim_step(sim, until.ns)) break;
        sim->events++;
        if (sim->progress && --sim->progress_left == 0) {
            sim->progress_left = sim->progress_every;
            sim->progress(sim->progress_ctx);
        }
    }
    if (until.ns != INSTANT_NEVER.ns && sim->now.ns < until.ns) sim->now = until;
    return false;
}

void sim_on_progress(struct sim *sim, uint64_t every_events, void (*call)(void *ctx), void *ctx)
{
    ASSERT(every_events > 0);
    sim->progress_every = sim->progress_left = every_events;
    sim->progress = call;
    sim->progress_ctx = ctx;
}

struct hash sim_digest(struct sim *sim)
{
    return digest_now(&sim->digest);
}
uint64_t sim_events(const struct sim *sim)
{
    return sim->events;
}
