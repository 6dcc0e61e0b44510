/* Events a second: packets among 80 hosts as in a round of votes, with and without work on the receiver's cores; timers of
 * sleeping fibers. Beside a calibration loop of BLAKE2b over 32 bytes, since the digest is part of an event. */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "core/base/vec.h"
#include "world/fiber/fiber.h"
#include "world/sim/sim.h"

enum { HOSTS = 80, ROUNDS = 400, FIBERS = 100000, SLEEPS = 20 };

static uint64_t wall_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

static uint64_t cost, received;
static struct packet vote;
static void vote_free(struct packet *packet) { (void)packet; }
static const struct packet_class vote_class = {.name = "vote", .free = vote_free};
static uint64_t cost_ns(void *ctx, struct host from, const struct packet *packet)
{
    (void)ctx, (void)from, (void)packet;
    return cost;
}
static void receive(void *ctx, struct host from, struct packet *packet)
{
    (void)ctx, (void)from, (void)packet;
    received++;
}
static const struct host_ops ops = {.cost_ns = cost_ns, .receive = receive};

static void bench_packets(const char *name, uint64_t work_ns)
{
    struct sim *sim = sim_new(1, sim_model_default(), NULL);
    struct env *env = sim_env(sim);
    struct host hosts[HOSTS];
    for (size_t i = 0; i < HOSTS; i++) hosts[i] = env_host_open(env, STR("v"), &ops, NULL);
    cost = work_ns;
    vote = (struct packet){.class = &vote_class, .bytes = 200, .refs = 1};
    const uint64_t start = wall_ns();
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < HOSTS; i++)
            for (size_t j = 0; j < HOSTS; j++) env_send(env, hosts[i], hosts[j], packet_ref(&vote));
        (void)sim_run(sim, instant_add(env_now(env), duration_ms(5)), NULL);
    }
    (void)sim_run(sim, INSTANT_NEVER, NULL);
    const uint64_t took = wall_ns() - start;
    printf("%-22s %6.1f ns a packet  %6.1f ns an event  %10.0f events/s\n", name, (double)took / (ROUNDS * HOSTS * HOSTS),
           (double)took / (double)sim_events(sim), (double)sim_events(sim) * 1e9 / (double)took);
    sim_free(sim);
}

static void sleeps(void *arg)
{
    struct env *env = arg;
    struct rng rng = env_rng(env, STR("sleeps"), received++);
    for (int i = 0; i < SLEEPS; i++) fiber_sleep(env, duration_us(rng_below(&rng, 2000000)));
}
static void bench_timers(void)
{
    struct sim *sim = sim_new(1, sim_model_default(), NULL);
    struct env *env = sim_env(sim);
    for (int i = 0; i < FIBERS; i++) (void)fiber_spawn(env, sleeps, env);
    (void)sim_run(sim, env_now(env), NULL);
    const uint64_t start = wall_ns();
    (void)sim_run(sim, INSTANT_NEVER, NULL);
    const uint64_t took = wall_ns() - start;
    printf("%-22s %6.1f ns an event  %10.0f events/s\n", "100,000 sleepers", (double)took / (double)sim_events(sim),
           (double)sim_events(sim) * 1e9 / (double)took);
    sim_free(sim);
}

int main(void)
{
    uint8_t block[32] = {0};
    struct hasher hasher;
    hasher_init(&hasher, "bench");
    const uint64_t start = wall_ns();
    for (int i = 0; i < 10000000; i++) hasher_add(&hasher, block, sizeof(block));
    const struct hash hash = hasher_final(&hasher);
    printf("%-22s %6.1f ns  (%02x)\n", "32 bytes of BLAKE2b", (double)(wall_ns() - start) / 1e7, hash.b[0]);
    bench_packets("packets, no work", 0);
    bench_packets("packets, 5 us of work", 5000);
    bench_timers();
    return 0;
}
