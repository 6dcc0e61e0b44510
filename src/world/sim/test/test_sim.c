/* Whole small worlds: fibers, timers, packets, faults and crashes drawn from a seed. The same seed is the same run. */
#include "world/sim/test/pair_world.h"

#include "world/fiber/chan.h"

enum { HOSTS = 6, FIBERS = 20 };

struct program {
    struct sim *sim;
    struct env *env;
    struct peer peers[HOSTS];
    struct chan *chan;
    struct rng rng;
    uint64_t tasks, bus;
};

struct sum_task {
    struct task task;
    uint64_t from, sum;
};
static void sum_run(struct task *task)
{
    struct sum_task *sum = CONTAINER_OF(task, struct sum_task, task);
    for (uint64_t i = 0; i < 1000; i++) sum->sum += (sum->from + i) * (sum->from ^ i);
}

static void wanders(void *arg)
{
    struct program *p = arg;
    struct rng rng = rng_split(&p->rng, STR("fiber"), p->bus++);
    uint64_t outcomes = 0;
    for (int i = 0; i < 200; i++) {
        const struct host from = p->peers[rng_below(&rng, HOSTS)].host, to = p->peers[rng_below(&rng, HOSTS)].host;
        void *item = &p->bus;
        switch (rng_below(&rng, 8)) {
        case 0: fiber_sleep(p->env, duration_us(rng_below(&rng, 20000))); break;
        case 1: fiber_yield(p->env); break;
        case 2: outcomes += chan_send(p->chan, item, instant_add(env_now(p->env), duration_ms(3))) == CHAN_OK; break;
        case 3: outcomes += chan_recv(p->chan, &item, instant_add(env_now(p->env), duration_ms(3))) == CHAN_OK; break;
        case 4: {
            struct sum_task sum = {.task.run = sum_run, .from = rng_u64(&rng)};
            env_offload(p->env, &sum.task);
            fiber_sleep(p->env, duration_us(rng_below(&rng, 200)));
            env_join(p->env, &sum.task);
            env_fold(p->env, &sum.sum, sizeof(sum.sum));
            break;
        }
        default: letter_send(p->env, from, to, rng_u64(&rng));
        }
    }
    env_fold(p->env, &outcomes, sizeof(outcomes));
}

static void makes_weather(void *arg)
{
    struct program *p = arg;
    struct rng rng = rng_split(&p->rng, STR("weather"), 0);
    for (int i = 0; i < 60; i++) {
        fiber_sleep(p->env, duration_ms(1 + rng_below(&rng, 8)));
        const struct host from = p->peers[rng_below(&rng, HOSTS)].host, to = p->peers[rng_below(&rng, HOSTS)].host;
        const struct link_fault fault = {
            .blocked = rng_below(&rng, 4) == 0,
            .delay_ns = rng_below(&rng, NS_PER_MS),
            .loss_bps = (uint32_t)rng_below(&rng, 3000),
            .duplicate_bps = (uint32_t)rng_below(&rng, 3000),
            .reorder_bps = (uint32_t)rng_below(&rng, 3000),
            .window_ns = NS_PER_MS,
        };
        (void)env_link_set(p->env, from, to, rng_below(&rng, 3) ? &fault : NULL);
        if (rng_below(&rng, 5)) continue;
        env_host_down(p->env, to, true);
        fiber_sleep(p->env, duration_ms(3));
        env_host_up(p->env, to, &p->peers[to.number - 1]);
    }
}

static uint64_t events;
static struct hash run_program(uint64_t seed, const struct offloader *offloader)
{
    struct program p = {.sim = sim_new(seed, sim_model_default(), offloader)};
    p.env = sim_env(p.sim);
    p.rng = env_rng(p.env, STR("program"), 0);
    for (size_t i = 0; i < HOSTS; i++) {
        peer_open(&p.peers[i], p.env, STR("host"));
        p.peers[i].cost_ns = i * 50000;
    }
    p.chan = chan_new(p.env, 2);
    for (int i = 0; i < FIBERS; i++) (void)fiber_spawn(p.env, wanders, &p);
    (void)fiber_spawn(p.env, makes_weather, &p);
    CHECK(!sim_run(p.sim, INSTANT_NEVER, NULL));
    CHECK_U64(sched_live(p.env->sched), 0);
    const struct hash digest = sim_digest(p.sim), again = sim_digest(p.sim);
    CHECK(hash_eq(&digest, &again));
    for (size_t i = 0; i < HOSTS; i++) vec_done(&p.peers[i].notes);
    chan_free(p.chan);
    events = sim_events(p.sim);
    sim_free(p.sim);
    CHECK_U64(letters_alive, 0);
    return digest;
}

static void the_same_seed_is_the_same_run_and_another_is_another(void)
{
    struct hash last = {0};
    for (uint64_t seed = 1; seed <= 10; seed++) {
        const struct hash one = run_program(seed, NULL);
        const uint64_t one_events = events;
        const struct hash two = run_program(seed, NULL);
        CHECK(hash_eq(&one, &two));
        CHECK_U64(events, one_events);
        CHECK(!hash_eq(&one, &last));
        CHECK(events > 1000);
        last = one;
    }
}

/* What the digest of seed 1 is, in every build by every compiler. It changes only when the simulator's draws or records do. */
static void a_run_is_the_same_in_every_build(void)
{
    const struct hash digest = run_program(1, NULL);
    CHECK_HEX(digest.b, 8, "61808b466fa95d9c");
}

/* An offloader that runs what it is given at once, as a thread might that is very quick. */
static void eager_offload(void *ctx, struct task *task)
{
    (void)ctx;
    task->run(task);
    task->state = 1;
}
static void eager_join(void *ctx, struct task *task)
{
    (void)ctx;
    CHECK_U64(task->state, 1);
}
static void the_digest_does_not_know_when_tasks_ran(void)
{
    const struct offloader eager = {eager_offload, eager_join, NULL};
    for (uint64_t seed = 1; seed <= 5; seed++) {
        const struct hash late = run_program(seed, NULL), early = run_program(seed, &eager);
        CHECK(hash_eq(&late, &early));
    }
}

static uint64_t fired;
static void fires(struct timer *timer) { fired = fired * 10 + (timer->node.key % 10); }
static void timers_fire_in_time_and_the_clock_stops_where_it_was_told(void)
{
    struct sim *sim = sim_new(1, sim_model_default(), NULL);
    struct env *env = sim_env(sim);
    const struct instant start = env_now(env);
    CHECK_U64(start.ns, INSTANT_GENESIS.ns);
    struct timer timers[5] = {TIMER(fires), TIMER(fires), TIMER(fires), TIMER(fires), TIMER(fires)};
    fired = 0;
    for (uint64_t i = 0; i < 5; i++) env_timer_set(env, &timers[i], (struct instant){start.ns + 5 - i});
    env_timer_set(env, &timers[4], (struct instant){start.ns + 9}); /* moved */
    env_timer_cancel(env, &timers[2]);
    env_timer_cancel(env, &timers[2]);
    env_timer_set(env, &timers[1], INSTANT_NEVER);
    CHECK(!sim_run(sim, (struct instant){start.ns + 5}, NULL));
    CHECK_U64(fired, 25);
    CHECK_U64(env_now(env).ns, start.ns + 5);
    env_timer_set(env, &timers[0], start); /* past: as soon as possible, but not from within */
    CHECK_U64(fired, 25);
    CHECK(!sim_run(sim, INSTANT_NEVER, NULL));
    CHECK_U64(fired, 2559);
    CHECK_U64(env_now(env).ns, start.ns + 9);
    sim_free(sim);
}

static volatile bool stop_now;
static uint64_t beats;
static void beats_for_ever(void *arg)
{
    struct env *env = arg;
    for (;;) {
        fiber_sleep(env, duration_ms(1));
        if (++beats == 100) stop_now = true;
    }
}
static uint64_t progressed;
static void progresses(void *ctx) { progressed += *(uint64_t *)ctx; }
static void a_run_can_be_stopped_and_watched(void)
{
    struct sim *sim = sim_new(1, sim_model_default(), NULL);
    struct env *env = sim_env(sim);
    uint64_t step = 3;
    sim_on_progress(sim, 10, progresses, &step);
    (void)fiber_spawn(env, beats_for_ever, env);
    CHECK(sim_run(sim, INSTANT_NEVER, &stop_now));
    CHECK_U64(beats, 100);
    CHECK_U64(env_now(env).ns, INSTANT_GENESIS.ns + 100 * NS_PER_MS);
    CHECK_U64(progressed, 30);
    CHECK_U64(sim_events(sim), 100);
    sim_free(sim);
}

int main(void)
{
    RUN(timers_fire_in_time_and_the_clock_stops_where_it_was_told);
    RUN(a_run_can_be_stopped_and_watched);
    RUN(the_same_seed_is_the_same_run_and_another_is_another);
    RUN(the_digest_does_not_know_when_tasks_ran);
    RUN(a_run_is_the_same_in_every_build);
    return 0;
}
