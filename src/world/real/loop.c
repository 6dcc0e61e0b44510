#include "world/real/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/base/arena.h"
#include "core/base/vec.h"
#include "world/fiber/fiber.h"
#include "world/real/file.h"
#include "world/real/real.h"

struct parcel {
    struct packet *packet;
    uint32_t from, to, incarnation;
};
struct loop_host {
    struct str name;
    const struct host_ops *ops;
    void *ctx;
    bool up;
    uint32_t incarnation;
    VEC(struct link_stats) links; /* by the number of the receiver */
};

struct real_loop {
    struct env env;    /* first: an env of this world is its loop */
    uint64_t epoch_ns; /* wall clock when the monotonic one was zero */
    struct heap timers;
    uint64_t timers_count;
    struct arena arena;
    struct str directory;
    VEC(struct loop_host *) hosts;
    VEC(struct parcel) parcels, delivering;
    struct host_watch *watches;
    struct offloader offloader;
    int epoll_fd, wake_fd;
};

static struct real_loop *loop_of(const struct env *env)
{
    return (struct real_loop *)(uintptr_t)env;
}

static struct loop_host *host_at(const struct env *env, struct host host)
{
    const struct real_loop *loop = loop_of(env);
    ASSERT(host.number > 0 && host.number <= loop->hosts.count);
    return loop->hosts.data[host.number - 1];
}

static struct instant loop_now(const struct env *env)
{
    return (struct instant){loop_of(env)->epoch_ns + real_now_ns()};
}

static void loop_timer_set(struct env *env, struct timer *timer, struct instant at)
{
    struct real_loop *loop = loop_of(env);
    heap_remove(&loop->timers, &timer->node);
    if (at.ns == INSTANT_NEVER.ns) return;
    timer->node.key = at.ns;
    timer->node.order = ++loop->timers_count;
    heap_insert(&loop->timers, &timer->node);
}
static void loop_timer_cancel(struct env *env, struct timer *timer)
{
    heap_remove(&loop_of(env)->timers, &timer->node);
}

/* ---- hosts and packets ---- */

static struct host loop_host_open(struct env *env, struct str name, const struct host_ops *ops, void *ctx)
{
    struct real_loop *loop = loop_of(env);
    struct loop_host *host = base_alloc(sizeof(*host));
    host->name = str_dup(&loop->arena, name);
    host->ops = ops;
    host->ctx = ctx;
    host->up = true;
    vec_push(&loop->hosts, host);
    return (struct host){(uint32_t)loop->hosts.count};
}

static void loop_host_down(struct env *env, struct host host, bool lose_unsynced)
{
    (void)lose_unsynced; /* the machine has not crashed */
    struct loop_host *h = host_at(env, host);
    if (!h->up) return;
    h->up = false;
    h->incarnation++;
    for (struct host_watch *watch = loop_of(env)->watches, *next; watch; watch = next) {
        next = watch->next;
        watch->down(watch, host);
    }
}

static void loop_host_up(struct env *env, struct host host, void *ctx)
{
    struct loop_host *h = host_at(env, host);
    ASSERT(!h->up);
    h->up = true;
    h->ctx = ctx;
}

static void loop_host_watch(struct env *env, struct host_watch *watch, bool on)
{
    struct host_watch **at = &loop_of(env)->watches;
    while (*at && *at != watch) at = &(*at)->next;
    ASSERT((*at == NULL) == on);
    *at = on ? watch : watch->next;
    watch->next = NULL;
}

static void loop_host_cores(struct env *env, struct host host, uint32_t cores, uint32_t percent, uint32_t queue_max)
{
    (void)cores, (void)percent, (void)queue_max; /* work takes the time it takes */
    (void)host_at(env, host);
}

static struct link_stats *stats_at(struct loop_host *from, uint32_t to)
{
    while (from->links.count <= to) vec_push(&from->links, (struct link_stats){0});
    return &from->links.data[to];
}

static void loop_send(struct env *env, struct host from, struct host to, struct packet *packet)
{
    struct real_loop *loop = loop_of(env);
    struct loop_host *sender = host_at(env, from);
    const struct loop_host *receiver = host_at(env, to);
    if (!sender->up) {
        packet_unref(packet);
        return;
    }
    stats_at(sender, to.number)->sent++;
    if (receiver->up && receiver->ops->foresee) receiver->ops->foresee(receiver->ctx, packet);
    vec_push(&loop->parcels, ((struct parcel){packet, from.number, to.number, receiver->incarnation}));
}

static void deliver(struct real_loop *loop, const struct parcel *parcel)
{
    struct loop_host *to = loop->hosts.data[parcel->to - 1];
    struct link_stats *stats = stats_at(loop->hosts.data[parcel->from - 1], parcel->to);
    if (to->up && to->incarnation == parcel->incarnation) {
        stats->received++;
        to->ops->receive(to->ctx, (struct host){parcel->from}, parcel->packet);
    } else {
        stats->dropped++;
        if (parcel->packet->class->lost) parcel->packet->class->lost(parcel->packet, parcel->to, LOSS_HOST);
    }
    packet_unref(parcel->packet);
}

static bool loop_link_set(struct env *env, struct host from, struct host to, const struct link_fault *fault)
{
    (void)env, (void)from, (void)to, (void)fault;
    return false;
}

static struct link_stats loop_link_stats(const struct env *env, struct host from, struct host to)
{
    const struct loop_host *sender = host_at(env, from);
    return to.number < sender->links.count ? sender->links.data[to.number] : (struct link_stats){0};
}

/* ---- files ---- */

enum { NAME_BYTES = 1000 };

/* directory/host/name, with the folder made. */
static bool file_path(const struct env *env, struct host host, struct str name, char out[NAME_BYTES], struct err *err)
{
    const struct real_loop *loop = loop_of(env);
    const struct str host_name = host_at(env, host)->name;
    size_t slash;
    if (!loop->directory.len) return err_set(err, ERR_UNSUPPORTED, "this world has no directory for files");
    ASSERT(name.len && !str_find(name, '/', &slash) && !str_find(host_name, '/', &slash));
    const int len = snprintf(out, NAME_BYTES, STR_FMT "/" STR_FMT, STR_ARG(loop->directory), STR_ARG(host_name));
    if (len < 0 || (size_t)len + name.len + 8 >= NAME_BYTES)
        return err_set(err, ERR_LIMIT, "the path of " STR_FMT " is too long", STR_ARG(name));
    if (!file_dir_make(str_of(out), err)) return false;
    (void)snprintf(out + len, NAME_BYTES - (size_t)len, "/" STR_FMT, STR_ARG(name)); /* fits */
    return true;
}

static bool loop_file_append(struct env *env, struct host host, struct str name, const void *data, size_t bytes, struct err *err)
{
    char path[NAME_BYTES];
    if (!file_path(env, host, name, path, err)) return false;
    FILE *file = fopen(path, "abe");
    if (!file) return err_set(err, ERR_IO, "%s: %s", path, strerror(errno));
    const bool written = fwrite(data, 1, bytes, file) == bytes;
    const bool closed = fclose(file) == 0;
    return (written && closed) || err_set(err, ERR_IO, "%s: %s", path, strerror(errno));
}

static bool loop_file_replace(struct env *env, struct host host, struct str name, const void *data, size_t bytes, struct err *err)
{
    char path[NAME_BYTES];
    return file_path(env, host, name, path, err) && file_write(str_of(path), (struct str){data, bytes}, err);
}

static bool sync_one(const char *path, struct err *err)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return errno == ENOENT || err_set(err, ERR_IO, "%s: %s", path, strerror(errno));
    const bool ok = fsync(fd) == 0 || err_set(err, ERR_IO, "%s: %s", path, strerror(errno));
    (void)close(fd); /* what mattered was the sync */
    return ok;
}

static bool loop_file_sync(struct env *env, struct host host, struct str name, struct err *err)
{
    char path[NAME_BYTES];
    if (!file_path(env, host, name, path, err) || !sync_one(path, err)) return false;
    *strrchr(path, '/') = 0;
    return sync_one(path, err); /* the folder, for a rename */
}

static bool loop_file_read(struct env *env, struct host host, struct str name, struct buf *out, struct err *err)
{
    char path[NAME_BYTES];
    if (!file_path(env, host, name, path, err)) return false;
    return !file_exists(str_of(path)) || file_read(str_of(path), SIZE_MAX, out, err);
}

static void loop_disk_limit(struct env *env, struct host host, uint64_t free_bytes)
{
    (void)env, (void)host, (void)free_bytes;
}

/* ---- the rest of the table ---- */

static void loop_offload(struct env *env, struct task *task)
{
    const struct offloader *offloader = &loop_of(env)->offloader;
    if (offloader->offload) offloader->offload(offloader->ctx, task);
}
static void loop_join(struct env *env, struct task *task)
{
    const struct offloader *offloader = &loop_of(env)->offloader;
    if (offloader->join)
        offloader->join(offloader->ctx, task);
    else
        task->run(task);
}
static void loop_fold(struct env *env, const void *data, size_t bytes)
{
    (void)env, (void)data, (void)bytes;
}

static const struct env_ops loop_ops = {
    .now = loop_now,
    .timer_set = loop_timer_set,
    .timer_cancel = loop_timer_cancel,
    .host_open = loop_host_open,
    .host_down = loop_host_down,
    .host_up = loop_host_up,
    .host_watch = loop_host_watch,
    .host_cores = loop_host_cores,
    .send = loop_send,
    .link_set = loop_link_set,
    .link_stats = loop_link_stats,
    .file_append = loop_file_append,
    .file_replace = loop_file_replace,
    .file_sync = loop_file_sync,
    .file_read = loop_file_read,
    .disk_limit = loop_disk_limit,
    .offload = loop_offload,
    .join = loop_join,
    .fold = loop_fold,
};

struct real_loop *real_loop_new(uint64_t seed, struct str directory, const struct offloader *offloader)
{
    struct real_loop *loop = base_alloc(sizeof(*loop));
    loop->env.ops = &loop_ops;
    rng_init(&loop->env.seed, seed);
    loop->env.sched = sched_new(&loop->env, NULL);
    loop->epoch_ns = real_instant().ns - real_now_ns();
    arena_init(&loop->arena, 0);
    loop->directory = str_dup(&loop->arena, directory);
    if (offloader) loop->offloader = *offloader;
    loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    loop->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    ASSERT(loop->epoll_fd >= 0 && loop->wake_fd >= 0);
    struct epoll_event event = {.events = EPOLLIN};
    ASSERT(epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, loop->wake_fd, &event) == 0);
    return loop;
}

void real_loop_free(struct real_loop *loop)
{
    if (!loop) return;
    for (size_t i = 0; i < loop->parcels.count; i++) packet_unref(loop->parcels.data[i].packet);
    sched_free(loop->env.sched);
    for (size_t i = 0; i < loop->hosts.count; i++) {
        vec_done(&loop->hosts.data[i]->links);
        base_free(loop->hosts.data[i]);
    }
    vec_done(&loop->hosts);
    vec_done(&loop->parcels);
    vec_done(&loop->delivering);
    heap_done(&loop->timers);
    arena_done(&loop->arena);
    (void)close(loop->wake_fd); /* nothing was to be written */
    (void)close(loop->epoll_fd);
    base_free(loop);
}

struct env *real_loop_env(struct real_loop *loop)
{
    return &loop->env;
}

void real_loop_wake(struct real_loop *loop)
{
    const uint64_t one = 1;
    const ssize_t put = write(loop->wake_fd, &one, sizeof(one));
    ASSERT(put == (ssize_t)sizeof(one) || errno == EAGAIN); /* full of wakes: also good */
}

/* Delivers what was sent before this call; what that sends waits for the next, so that timers and signals get their turn. */
static void deliver_all(struct real_loop *loop)
{
    const void *swap = loop->delivering.data;
    const size_t cap = loop->delivering.cap, count = loop->parcels.count;
    loop->delivering.data = loop->parcels.data;
    loop->delivering.cap = loop->parcels.cap;
    loop->parcels.data = (struct parcel *)(uintptr_t)swap;
    loop->parcels.cap = cap;
    loop->parcels.count = 0;
    for (size_t i = 0; i < count; i++) deliver(loop, &loop->delivering.data[i]);
}

static void fire_due(struct real_loop *loop)
{
    const uint64_t now = env_now(&loop->env).ns;
    for (struct heap_node *node = heap_min(&loop->timers); node && node->key <= now; node = heap_min(&loop->timers)) {
        (void)heap_pop(&loop->timers); /* is `node` */
        struct timer *timer = CONTAINER_OF(node, struct timer, node);
        timer->fire(timer);
    }
}

static void wait_until(struct real_loop *loop, uint64_t at_ns)
{
    const uint64_t now = env_now(&loop->env).ns, wait = at_ns > now ? MIN(at_ns - now, 3600 * NS_PER_S) : 0;
    const struct timespec timeout = {(time_t)(wait / NS_PER_S), (long)(wait % NS_PER_S)};
    struct epoll_event event;
    const int ready = epoll_pwait2(loop->epoll_fd, &event, 1, &timeout, NULL);
    ASSERT(ready >= 0 || errno == EINTR);
    uint64_t wakes;
    if (ready > 0) ASSERT(read(loop->wake_fd, &wakes, sizeof(wakes)) == (ssize_t)sizeof(wakes));
}

bool real_loop_run(struct real_loop *loop, struct instant until, const volatile bool *stop)
{
    for (;;) {
        sched_run(loop->env.sched);
        if (stop && *stop) return true;
        if (!instant_before(env_now(&loop->env), until)) return false;
        if (loop->parcels.count) {
            deliver_all(loop);
        } else {
            const struct heap_node *next = heap_min(&loop->timers);
            if (!next && until.ns == INSTANT_NEVER.ns) return false;
            wait_until(loop, next ? MIN(next->key, until.ns) : until.ns);
        }
        fire_due(loop);
    }
}
