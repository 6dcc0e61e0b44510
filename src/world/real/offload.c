/* The second thread. Tasks lie in rings of slots, those that may wait in one of their own; whoever empties a task's slot runs it, thread or join, so the thread never
 * looks at a task that join has taken (and whose memory may be gone). */
#include "world/real/real.h"

#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SLOTS = 8192, SPINS = 2000 };
enum { RING_SOON, RING_LATE, RINGS }; /* what lies in the second is run when nothing lies in the first */

/* task->state: */
enum { TASK_LEFT_TO_JOIN = 0, TASK_DONE = 1, TASK_SLOT = 2 /* and above: in slot state - 2, of all rings' */ };

struct real_offloader {
    pthread_t thread;
    _Atomic(struct task *) slots[RINGS * SLOTS];
    _Alignas(64) _Atomic uint32_t heads[RINGS]; /* next slot to fill; the joiner's */
    _Alignas(64) _Atomic uint32_t asleep;  /* the thread waits on this word */
    _Alignas(64) _Atomic uint32_t waiting; /* the joiner waits on this word */
    _Atomic bool stop;
    struct real_offload_stats stats;
};

static void pause_briefly(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

static void futex_wait(_Atomic uint32_t *word, uint32_t value)
{
    (void)syscall(SYS_futex, (void *)word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}
static void futex_wake(_Atomic uint32_t *word)
{
    (void)syscall(SYS_futex, (void *)word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static uint32_t state_load(struct task *task)
{
    return __atomic_load_n(&task->state, __ATOMIC_SEQ_CST);
}

static void run_ahead(struct real_offloader *offloader, struct task *task)
{
    task->run(task);
    __atomic_store_n(&task->state, (uint32_t)TASK_DONE, __ATOMIC_SEQ_CST);
    /* The task may be gone from here on. */
    if (atomic_exchange(&offloader->waiting, 0)) futex_wake(&offloader->waiting);
}

/* The first ring with something in it that was not looked at; RINGS: none. */
static uint32_t ring_waiting(const struct real_offloader *offloader, const uint32_t tails[RINGS])
{
    uint32_t ring = 0;
    while (ring < RINGS && tails[ring] == atomic_load(&offloader->heads[ring])) ring++;
    return ring;
}

static _Atomic(struct task *) *slot_at(struct real_offloader *offloader, uint32_t ring, uint32_t at)
{
    return &offloader->slots[ring * SLOTS + at % SLOTS];
}

static void *thread_main(void *arg)
{
    struct real_offloader *offloader = arg;
    uint32_t tails[RINGS] = {0}, spins = 0;
    while (!atomic_load(&offloader->stop)) {
        const uint32_t ring = ring_waiting(offloader, tails);
        if (ring < RINGS) {
            struct task *task = atomic_exchange(slot_at(offloader, ring, tails[ring]++), NULL);
            if (task) run_ahead(offloader, task);
            spins = 0;
            continue;
        }
        if (spins++ < SPINS) {
            pause_briefly();
            continue;
        }
        atomic_store(&offloader->asleep, 1);
        if (ring_waiting(offloader, tails) == RINGS && !atomic_load(&offloader->stop)) futex_wait(&offloader->asleep, 1);
        atomic_store(&offloader->asleep, 0);
        spins = 0;
    }
    return NULL;
}

static void wake_thread(struct real_offloader *offloader)
{
    if (atomic_load(&offloader->asleep) && atomic_exchange(&offloader->asleep, 0)) futex_wake(&offloader->asleep);
}

struct real_offloader *real_offloader_new(void)
{
    struct real_offloader *offloader = NULL;
    ASSERT(posix_memalign((void **)&offloader, 64, sizeof(*offloader)) == 0);
    memset(offloader, 0, sizeof(*offloader));
    ASSERT(pthread_create(&offloader->thread, NULL, thread_main, offloader) == 0);
    return offloader;
}

void real_offloader_free(struct real_offloader *offloader)
{
    if (!offloader) return;
    atomic_store(&offloader->stop, true);
    wake_thread(offloader);
    ASSERT(pthread_join(offloader->thread, NULL) == 0);
    for (size_t i = 0; i < RINGS * SLOTS; i++) ASSERT(!atomic_load(&offloader->slots[i]));
    free(offloader);
}

static void offload(void *ctx, struct task *task)
{
    struct real_offloader *offloader = ctx;
    const uint32_t ring = task->may_wait ? RING_LATE : RING_SOON;
    const uint32_t head = atomic_load_explicit(&offloader->heads[ring], memory_order_relaxed);
    _Atomic(struct task *) *slot = slot_at(offloader, ring, head);
    if (atomic_load(slot)) {
        task->state = TASK_LEFT_TO_JOIN; /* full */
        return;
    }
    task->state = TASK_SLOT + (uint32_t)(slot - offloader->slots);
    atomic_store(slot, task);
    atomic_store(&offloader->heads[ring], head + 1);
    wake_thread(offloader);
}

static void await_done(struct real_offloader *offloader, struct task *task)
{
    for (uint32_t spins = 0; state_load(task) != TASK_DONE; spins++) {
        if (spins < SPINS) {
            pause_briefly();
            continue;
        }
        atomic_store(&offloader->waiting, 1);
        if (state_load(task) != TASK_DONE) futex_wait(&offloader->waiting, 1);
        atomic_store(&offloader->waiting, 0);
    }
}

static void join(void *ctx, struct task *task)
{
    struct real_offloader *offloader = ctx;
    const uint32_t state = state_load(task);
    bool mine = state == TASK_LEFT_TO_JOIN;
    if (state >= TASK_SLOT) {
        struct task *expected = task;
        mine = atomic_compare_exchange_strong(&offloader->slots[state - TASK_SLOT], &expected, NULL);
        if (!mine) await_done(offloader, task);
    }
    if (mine) {
        task->run(task);
        offloader->stats.at_join++;
    } else {
        offloader->stats.ahead++;
    }
    task->state = TASK_LEFT_TO_JOIN;
}

struct offloader real_offloader_face(struct real_offloader *offloader)
{
    return (struct offloader){offload, join, offloader};
}
struct real_offload_stats real_offload_stats(const struct real_offloader *offloader)
{
    return offloader->stats;
}
