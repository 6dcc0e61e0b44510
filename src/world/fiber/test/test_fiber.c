#include "world/fiber/fiber.h"

#include <sys/wait.h>
#include <unistd.h>

#include "core/base/check.h"
#include "world/fiber/test/tiny_world.h"

static struct tiny_world world;
static char trace[256];

static void note(char c)
{
    const size_t len = strlen(trace);
    CHECK(len + 1 < sizeof(trace));
    trace[len] = c;
}
static void begin(uint64_t (*pick)(struct env *, uint64_t))
{
    memset(trace, 0, sizeof(trace));
    tiny_open(&world, pick);
}
static void finish(const char *want)
{
    tiny_run(&world);
    CHECK_STR(str_of(trace), str_of(want));
    CHECK_U64(sched_live(world.env.sched), 0);
    tiny_close(&world);
}

static void letters(void *arg)
{
    const char *text = arg;
    for (size_t i = 0; text[i]; i++) {
        note(text[i]);
        fiber_yield(&world.env);
    }
}

static void yielding_fibers_take_turns(void)
{
    begin(NULL);
    (void)fiber_spawn(&world.env, letters, "abc");
    (void)fiber_spawn(&world.env, letters, "xyz");
    CHECK(fiber_self() == NULL);
    finish("axbycz");
}

static uint64_t pick_newest(struct env *env, uint64_t count)
{
    (void)env;
    return count - 1;
}
static void the_world_chooses_who_runs(void)
{
    begin(pick_newest);
    (void)fiber_spawn(&world.env, letters, "abc");
    (void)fiber_spawn(&world.env, letters, "xyz");
    finish("xyzabc");
}

static void sleeper(void *arg)
{
    const char *text = arg;
    const struct instant before = env_now(&world.env);
    fiber_sleep(&world.env, duration_ms((uint64_t)(text[0] - '0')));
    CHECK_U64(instant_since(env_now(&world.env), before).ns, (uint64_t)(text[0] - '0') * NS_PER_MS);
    note(text[0]);
}
static void sleepers_wake_in_the_order_of_time(void)
{
    begin(NULL);
    (void)fiber_spawn(&world.env, sleeper, "5");
    (void)fiber_spawn(&world.env, sleeper, "2");
    (void)fiber_spawn(&world.env, sleeper, "9");
    (void)fiber_spawn(&world.env, sleeper, "0");
    finish("0259");
}

static struct fiber *parked;
static void parks_twice(void *arg)
{
    (void)arg;
    CHECK(fiber_park(&world.env, INSTANT_NEVER)); /* the permit of a wake that came before */
    note('p');
    CHECK(!fiber_park(&world.env, instant_add(env_now(&world.env), duration_ms(3))));
    note('t');
    CHECK(fiber_park(&world.env, instant_add(env_now(&world.env), duration_ms(10))));
    note('w');
    CHECK(!fiber_park(&world.env, env_now(&world.env))); /* a deadline that has come does not wait */
    parked = NULL;
}
static void wakes_after_5_ms(void *arg)
{
    (void)arg;
    fiber_sleep(&world.env, duration_ms(5));
    fiber_wake(&world.env, parked);
    note('k');
}
static void a_wake_is_never_lost_and_a_deadline_ends_a_park(void)
{
    begin(NULL);
    parked = fiber_spawn(&world.env, parks_twice, NULL);
    fiber_wake(&world.env, parked);
    fiber_wake(&world.env, parked); /* one permit, not two */
    (void)fiber_spawn(&world.env, wakes_after_5_ms, NULL);
    finish("ptkw");
}

static void sleeps_through_wakes(void *arg)
{
    (void)arg;
    const struct instant until = instant_add(env_now(&world.env), duration_ms(9));
    fiber_sleep_until(&world.env, until);
    CHECK_U64(env_now(&world.env).ns, until.ns);
    CHECK(fiber_park(&world.env, INSTANT_NEVER)); /* the wake was kept meanwhile */
    note('s');
}
static void sleep_keeps_the_wakes_that_come_meanwhile(void)
{
    begin(NULL);
    parked = fiber_spawn(&world.env, sleeps_through_wakes, NULL);
    (void)fiber_spawn(&world.env, wakes_after_5_ms, NULL);
    finish("ks");
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wframe-larger-than=" /* what no fiber could hold */
static void use_much_stack(void *arg)
{
    volatile char large[200 * 1024];
    large[0] = large[sizeof(large) - 1] = 'd';
    CHECK(fiber_self() == *(struct fiber **)arg);
    note(large[0]);
}
#pragma GCC diagnostic pop
static void calls_deep(void *arg)
{
    (void)arg;
    struct fiber *self = fiber_self();
    note('(');
    fiber_call_deep(use_much_stack, &self);
    note(')');
    fiber_yield(&world.env);
    fiber_call_deep(use_much_stack, &self);
}
static void a_deep_call_runs_on_the_main_stack(void)
{
    begin(NULL);
    (void)fiber_spawn(&world.env, calls_deep, NULL);
    struct fiber *nobody = NULL;
    fiber_call_deep(use_much_stack, &nobody);
    finish("d(d)d");
}

static uint64_t sum;
static void adds_after_a_while(void *arg)
{
    const uint64_t number = (uintptr_t)arg;
    fiber_sleep(&world.env, duration_us(1 + number % 1000));
    sum += number;
}
static void a_hundred_thousand_fibers_live_at_once(void)
{
    begin(NULL);
#ifdef HOUSE_SANITIZED
    const uint64_t count = 1000; /* sanitizers pay much for a fiber */
#else
    const uint64_t count = 100000;
#endif
    sum = 0;
    for (uint64_t i = 0; i < count; i++) (void)fiber_spawn(&world.env, adds_after_a_while, (void *)(uintptr_t)i);
    CHECK_U64(sched_live(world.env.sched), count);
    sched_run(world.env.sched);
    CHECK(sched_stack_bytes(world.env.sched) >= count * 4096);
#ifndef HOUSE_SANITIZED
    CHECK(sched_stack_bytes(world.env.sched) <= count * 8192 + (1 << 20));
#endif
    finish("");
    CHECK_U64(sum, count * (count - 1) / 2);
}

static void spawns_next(void *arg)
{
    const uint64_t left = (uintptr_t)arg;
    if (left) (void)fiber_spawn(&world.env, spawns_next, (void *)(uintptr_t)(left - 1));
}
static void stacks_of_ended_fibers_are_reused(void)
{
    begin(NULL);
    (void)fiber_spawn(&world.env, spawns_next, (void *)(uintptr_t)2000);
    sched_run(world.env.sched);
    CHECK(sched_stack_bytes(world.env.sched) <= 16 * 4096);
    finish("");
}

static void parks_for_ever(void *arg)
{
    (void)arg;
    (void)fiber_park(&world.env, instant_add(env_now(&world.env), duration_s(1)));
    CHECK(false);
}
static void parked_fibers_are_abandoned_with_their_timers(void)
{
    begin(NULL);
    for (int i = 0; i < 10; i++) (void)fiber_spawn(&world.env, parks_for_ever, NULL);
    sched_run(world.env.sched);
    CHECK_U64(sched_live(world.env.sched), 10);
    CHECK_U64(world.timers.count, 10);
    sched_free(world.env.sched);
    CHECK_U64(world.timers.count, 0);
    heap_done(&world.timers);
}

#ifndef HOUSE_SANITIZED
/* Grows past the end of a 64 KiB stack; must die of it and not reach a neighbour's. */
static uint64_t overgrow(uint64_t depth)
{
    volatile uint64_t frame[128];
    for (size_t i = 0; i < ARRAY_LEN(frame); i++) frame[i] = depth;
    return depth ? overgrow(depth - 1) + frame[5] : frame[7];
}
static void outgrows_its_stack(void *arg)
{
    (void)arg;
    sum = overgrow(300);
    fiber_yield(&world.env);
    _exit(0); /* nobody noticed */
}
static void a_fiber_that_outgrows_its_stack_stops_the_process(void)
{
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        (void)freopen("/dev/null", "w", stderr);
        begin(NULL);
        (void)fiber_spawn(&world.env, parks_for_ever, NULL);
        (void)fiber_spawn(&world.env, outgrows_its_stack, NULL);
        sched_run(world.env.sched);
        _exit(0);
    }
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(status != 0);
}
#endif

int main(void)
{
    RUN(yielding_fibers_take_turns);
    RUN(the_world_chooses_who_runs);
    RUN(sleepers_wake_in_the_order_of_time);
    RUN(a_wake_is_never_lost_and_a_deadline_ends_a_park);
    RUN(sleep_keeps_the_wakes_that_come_meanwhile);
    RUN(a_deep_call_runs_on_the_main_stack);
    RUN(a_hundred_thousand_fibers_live_at_once);
    RUN(stacks_of_ended_fibers_are_reused);
    RUN(parked_fibers_are_abandoned_with_their_timers);
#ifndef HOUSE_SANITIZED
    RUN(a_fiber_that_outgrows_its_stack_stops_the_process);
#endif
    return 0;
}
