/* What a fiber costs: a switch beside a plain call through a pointer, a park and wake, a spawn, and the bytes of one that waits.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "world/fiber/test/tiny_world.h"

static struct tiny_world world;
static uint64_t counter;

static uint64_t wall_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

static void add(uint64_t n) { counter += n; }
static void (*volatile call)(uint64_t) = add;

enum { ROUNDS = 5000000 };

static void yields(void *arg)
{
    (void)arg;
    for (uint64_t i = 0; i < ROUNDS; i++) fiber_yield(&world.env);
}
static void parks(void *arg)
{
    (void)arg;
    while (counter < ROUNDS) (void)fiber_park(&world.env, INSTANT_NEVER);
}
static void wakes(void *arg)
{
    for (uint64_t i = 0; i < ROUNDS; i++) {
        counter++;
        fiber_wake(&world.env, arg);
        fiber_yield(&world.env);
    }
}
static void ends(void *arg) { counter += (uintptr_t)arg; }
static void waits(void *arg)
{
    (void)arg;
    fiber_sleep(&world.env, duration_s(1));
}

int main(int argc, char **argv)
{
    const uint64_t live = argc > 1 ? strtoull(argv[1], NULL, 10) : 100000;
    uint64_t start = wall_ns();
    for (uint64_t i = 0; i < 4 * (uint64_t)ROUNDS; i++) call(i);
    const double call_ns = (double)(wall_ns() - start) / (4.0 * ROUNDS);

    tiny_open(&world, NULL);
    (void)fiber_spawn(&world.env, yields, NULL);
    start = wall_ns();
    tiny_run(&world);
    const double yield_ns = (double)(wall_ns() - start) / ROUNDS; /* out and in: two switches */
    printf("call through a pointer  %7.2f ns\n", call_ns);
    printf("switch                  %7.2f ns  %5.1f calls\n", yield_ns / 2, yield_ns / 2 / call_ns);

    counter = 0;
    struct fiber *parked = fiber_spawn(&world.env, parks, NULL);
    (void)fiber_spawn(&world.env, wakes, parked);
    start = wall_ns();
    tiny_run(&world);
    printf("wake, run, park, yield  %7.2f ns\n", (double)(wall_ns() - start) / ROUNDS);

    start = wall_ns();
    for (uint64_t i = 0; i < ROUNDS / 5; i++) {
        (void)fiber_spawn(&world.env, ends, NULL);
        sched_run(world.env.sched);
    }
    printf("spawn, run, end         %7.2f ns\n", (double)(wall_ns() - start) * 5 / ROUNDS);

    start = wall_ns();
    for (uint64_t i = 0; i < live; i++) (void)fiber_spawn(&world.env, waits, NULL);
    sched_run(world.env.sched);
    const double born_ns = (double)(wall_ns() - start) / (double)live;
    printf("first use of a stack    %7.0f ns\n", born_ns);
    printf("%" PRIu64 " waiting: %" PRIu64 " bytes each\n", live, (uint64_t)sched_stack_bytes(world.env.sched) / live);
    tiny_run(&world);
    tiny_close(&world);
    return 0;
}
