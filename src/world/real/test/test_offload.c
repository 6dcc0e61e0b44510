#include <stdatomic.h>

#include "core/base/check.h"
#include "core/base/rng.h"
#include "world/fiber/fiber.h"
#include "world/real/real.h"
#include "world/sim/sim.h"

struct sum_task {
    struct task task;
    uint64_t from, rounds, sum, runs;
};
static void sum_run(struct task *task)
{
    struct sum_task *sum = CONTAINER_OF(task, struct sum_task, task);
    sum->runs++;
    for (uint64_t i = 0; i < sum->rounds; i++) sum->sum += (sum->from + i) * (sum->from ^ i);
}
static uint64_t sum_of(uint64_t from, uint64_t rounds)
{
    struct sum_task sum = {.from = from, .rounds = rounds};
    sum_run(&sum.task);
    return sum.sum;
}

/* Offloads and joins in random order and amounts, frees each task at once after its join. */
static void every_task_runs_once_wherever(void)
{
    struct real_offloader *second = real_offloader_new();
    const struct offloader face = real_offloader_face(second);
    enum { OPEN_MAX = 10000 };
    static struct sum_task *open[OPEN_MAX];
    size_t count = 0;
    struct rng rng;
    rng_init(&rng, 1);
    uint64_t total = 0;
    for (int step = 0; step < 60000 || count; step++) {
        const bool more = step < 60000 && count < OPEN_MAX && rng_below(&rng, 1000) < (step / 20000 == 1 ? 800u : 500u);
        if (more) {
            struct sum_task *task = base_alloc(sizeof(*task));
            *task = (struct sum_task){.task = {.run = sum_run, .may_wait = rng_below(&rng, 3) == 0}, .from = rng_u64(&rng), .rounds = rng_below(&rng, 300)};
            face.offload(face.ctx, &task->task);
            open[count++] = task;
        } else if (count) {
            const size_t i = rng_below(&rng, count);
            struct sum_task *task = open[i];
            open[i] = open[--count];
            face.join(face.ctx, &task->task);
            CHECK_U64(task->runs, 1);
            CHECK_U64(task->sum, sum_of(task->from, task->rounds));
            base_free(task);
            total++;
        }
        if (step % 5000 == 0) real_sleep_ns(2 * NS_PER_MS); /* let it fall asleep */
    }
    const struct real_offload_stats stats = real_offload_stats(second);
    CHECK_U64(stats.ahead + stats.at_join, total);
    real_offloader_free(second);
}

static void a_join_waits_for_what_is_being_run(void)
{
    struct real_offloader *second = real_offloader_new();
    const struct offloader face = real_offloader_face(second);
    for (int i = 0; i < 20; i++) {
        struct sum_task task = {.task.run = sum_run, .from = (uint64_t)i, .rounds = 500000};
        face.offload(face.ctx, &task.task);
        if (i % 2) real_sleep_ns(100 * NS_PER_US);
        face.join(face.ctx, &task.task);
        CHECK_U64(task.runs, 1);
        CHECK_U64(task.sum, sum_of(task.from, task.rounds));
    }
    real_offloader_free(second);
}

/* The first task holds the thread until both others lie there. */
static atomic_bool all_there;
static atomic_uint begun;
struct turn_task {
    struct task task;
    bool holds;
    unsigned turn;
};
static void turn_run(struct task *task)
{
    struct turn_task *turn = CONTAINER_OF(task, struct turn_task, task);
    turn->turn = atomic_fetch_add(&begun, 1);
    while (turn->holds && !atomic_load(&all_there)) {}
}
static void what_may_wait_goes_last(void)
{
    struct real_offloader *second = real_offloader_new();
    const struct offloader face = real_offloader_face(second);
    struct turn_task tasks[3] = {{{.run = turn_run}, true, 0}, {{.run = turn_run, .may_wait = true}, false, 0}, {{.run = turn_run}, false, 0}};
    face.offload(face.ctx, &tasks[0].task);
    while (atomic_load(&begun) == 0) {}
    face.offload(face.ctx, &tasks[1].task);
    face.offload(face.ctx, &tasks[2].task);
    atomic_store(&all_there, true);
    while (atomic_load(&begun) < 3) {}
    for (size_t i = 0; i < ARRAY_LEN(tasks); i++) face.join(face.ctx, &tasks[i].task);
    CHECK_U64(tasks[2].turn, 1);
    CHECK_U64(tasks[1].turn, 2);
    real_offloader_free(second);
}

/* A small simulated world whose fibers offload and fold what comes out: the digest is that of a world without a second thread. */
static void offloads(void *arg)
{
    struct env *env = arg;
    struct rng rng = env_rng(env, STR("offloads"), 0);
    for (int i = 0; i < 300; i++) {
        struct sum_task tasks[8] = {0};
        for (size_t t = 0; t < ARRAY_LEN(tasks); t++) {
            tasks[t] = (struct sum_task){.task.run = sum_run, .from = rng_u64(&rng), .rounds = 2000};
            env_offload(env, &tasks[t].task);
        }
        fiber_sleep(env, duration_us(rng_below(&rng, 1000)));
        for (size_t t = 0; t < ARRAY_LEN(tasks); t++) {
            env_join(env, &tasks[t].task);
            env_fold(env, &tasks[t].sum, sizeof(tasks[t].sum));
        }
    }
}
static struct hash digest_with(const struct offloader *offloader)
{
    struct sim *sim = sim_new(3, sim_model_default(), offloader);
    for (int i = 0; i < 5; i++) (void)fiber_spawn(sim_env(sim), offloads, sim_env(sim));
    CHECK(!sim_run(sim, INSTANT_NEVER, NULL));
    const struct hash digest = sim_digest(sim);
    sim_free(sim);
    return digest;
}
static void the_digest_does_not_know_of_the_second_thread(void)
{
    struct real_offloader *second = real_offloader_new();
    const struct offloader face = real_offloader_face(second);
    const struct hash alone = digest_with(NULL), together = digest_with(&face);
    CHECK(hash_eq(&alone, &together));
    real_offloader_free(second);
}

int main(void)
{
    RUN(every_task_runs_once_wherever);
    RUN(a_join_waits_for_what_is_being_run);
    RUN(what_may_wait_goes_last);
    RUN(the_digest_does_not_know_of_the_second_thread);
    return 0;
}
