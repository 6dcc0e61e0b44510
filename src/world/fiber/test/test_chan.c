#include "world/fiber/chan.h"

#include "core/base/check.h"
#include "world/fiber/test/tiny_world.h"

static struct tiny_world world;
static struct chan *chan;
static uint64_t received, received_sum;

enum { ITEMS = 1000 };

static void sends_all(void *arg)
{
    const uint64_t first = (uintptr_t)arg;
    for (uint64_t i = 0; i < ITEMS; i++) CHECK(chan_send(chan, (void *)(uintptr_t)(first + i), INSTANT_NEVER) == CHAN_OK);
}
static void receives_until_closed(void *arg)
{
    (void)arg;
    void *item;
    while (chan_recv(chan, &item, INSTANT_NEVER) == CHAN_OK) {
        received++;
        received_sum += (uintptr_t)item;
        if (received % 7 == 0) fiber_sleep(&world.env, duration_us(received % 13));
        if (received == 3 * ITEMS) chan_close(chan);
    }
}
static void what_is_sent_arrives_once(void)
{
    tiny_open(&world, NULL);
    chan = chan_new(&world.env, 3);
    received = received_sum = 0;
    for (uint64_t i = 0; i < 3; i++) (void)fiber_spawn(&world.env, sends_all, (void *)(uintptr_t)(i * ITEMS));
    for (int i = 0; i < 4; i++) (void)fiber_spawn(&world.env, receives_until_closed, NULL);
    tiny_run(&world);
    CHECK_U64(received, 3 * ITEMS);
    CHECK_U64(received_sum, (uint64_t)3 * ITEMS * (3 * ITEMS - 1) / 2);
    CHECK_U64(sched_live(world.env.sched), 0);
    chan_free(chan);
    tiny_close(&world);
}

static void meets_the_limits(void *arg)
{
    (void)arg;
    void *item = NULL;
    const struct instant start = env_now(&world.env);
    CHECK(chan_recv(chan, &item, instant_add(start, duration_ms(2))) == CHAN_TIMEOUT);
    CHECK_U64(instant_since(env_now(&world.env), start).ns, 2 * NS_PER_MS);
    CHECK(chan_try_send(chan, "a"));
    CHECK(chan_try_send(chan, "b"));
    CHECK(!chan_try_send(chan, "c"));
    CHECK_U64(chan_count(chan), 2);
    CHECK(chan_send(chan, "c", instant_add(env_now(&world.env), duration_ms(2))) == CHAN_TIMEOUT);
    chan_close(chan);
    CHECK(chan_send(chan, "d", INSTANT_NEVER) == CHAN_CLOSED);
    CHECK(chan_recv(chan, &item, INSTANT_NEVER) == CHAN_OK);
    CHECK_STR(str_of(item), STR("a"));
    CHECK(chan_recv(chan, &item, INSTANT_NEVER) == CHAN_OK);
    CHECK_STR(str_of(item), STR("b"));
    CHECK(chan_recv(chan, &item, INSTANT_NEVER) == CHAN_CLOSED);
    received = 1;
}
static void a_chan_is_bounded_times_out_and_drains_after_close(void)
{
    tiny_open(&world, NULL);
    chan = chan_new(&world.env, 2);
    received = 0;
    (void)fiber_spawn(&world.env, meets_the_limits, NULL);
    tiny_run(&world);
    CHECK_U64(received, 1);
    chan_free(chan);
    tiny_close(&world);
}

static struct gate gate;
static void leaves_later(void *arg)
{
    fiber_sleep(&world.env, duration_ms((uintptr_t)arg));
    gate_leave(&world.env, &gate);
}
static void waits_for_the_gate(void *arg)
{
    (void)arg;
    CHECK(gate_wait(&world.env, &gate, INSTANT_NEVER)); /* nobody inside */
    for (uintptr_t i = 1; i <= 5; i++) {
        gate_enter(&gate);
        (void)fiber_spawn(&world.env, leaves_later, (void *)i);
    }
    const struct instant start = env_now(&world.env);
    CHECK(!gate_wait(&world.env, &gate, instant_add(start, duration_ms(3))));
    CHECK(gate_wait(&world.env, &gate, instant_add(start, duration_ms(50))));
    CHECK_U64(instant_since(env_now(&world.env), start).ns, 5 * NS_PER_MS);
    received = 2;
}
static void a_gate_opens_when_all_have_left(void)
{
    tiny_open(&world, NULL);
    (void)fiber_spawn(&world.env, waits_for_the_gate, NULL);
    tiny_run(&world);
    CHECK_U64(received, 2);
    tiny_close(&world);
}

int main(void)
{
    RUN(what_is_sent_arrives_once);
    RUN(a_chan_is_bounded_times_out_and_drains_after_close);
    RUN(a_gate_opens_when_all_have_left);
    return 0;
}
