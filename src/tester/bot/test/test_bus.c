/* The bus between bots: bounded, in order, with deadlines, and nothing kept for who was not there. */
#include "tester/bot/bus.h"

#include "core/base/check.h"
#include "world/fiber/chan.h"
#include "world/sim/sim.h"

static struct env *env;
static struct bus *bus;
static void (*claim)(void);
static volatile bool over;

static void claim_fiber(void *arg)
{
    (void)arg;
    claim();
    over = true;
}

static void with_bus(void (*body)(void))
{
    struct sim *sim = sim_new(7, sim_model_default(), NULL);
    env = sim_env(sim);
    bus = bus_new(env);
    claim = body;
    over = false;
    (void)fiber_spawn(env, claim_fiber, NULL);
    (void)sim_run(sim, instant_add(INSTANT_GENESIS, duration_s(3600)), &over);
    CHECK(over);
    bus_free(bus);
    sim_free(sim);
}

static struct bus_post post_of(const char *topic, const char *payload)
{
    return (struct bus_post){str_of(topic), str_of(payload), 3, duration_s(10)};
}
static struct instant soon(void) { return instant_add(env_now(env), duration_s(1)); }

static void check_next(struct bus_subscription *s, const char *payload)
{
    struct bus_message *m = bus_next(s, soon());
    if (m == NULL) CHECK_FAIL("no message, and not %s", payload);
    CHECK_STR(m->payload, str_of(payload));
    bus_message_done(m);
}

static void order_here(void)
{
    struct bus_subscription *a = bus_subscribe(bus, STR("news"), 10), *b = bus_subscribe(bus, STR("news"), 10),
                            *other = bus_subscribe(bus, STR("else"), 10);
    uint32_t count;
    struct bus_post post = post_of("news", "one");
    CHECK_U64(bus_publish(bus, &post, &count), BUS_OK);
    CHECK_U64(count, 2);
    post = post_of("news", "two");
    CHECK_U64(bus_publish(bus, &post, NULL), BUS_OK);
    check_next(a, "one");
    check_next(a, "two");
    struct bus_message *m = bus_next(b, soon());
    CHECK_U64(m->from, 3);
    CHECK_STR(m->topic, STR("news"));
    CHECK_U64(m->number, 1);
    bus_message_done(m);
    const struct instant before = env_now(env);
    CHECK(bus_next(other, soon()) == NULL);
    CHECK_U64(instant_since(env_now(env), before).ns, NS_PER_S);
    post = post_of("nobody", "x");
    CHECK_U64(bus_publish(bus, &post, &count), BUS_NOBODY);
    bus_unsubscribe(b); /* with a message still in it */
    post = post_of("news", "three");
    CHECK_U64(bus_publish(bus, &post, &count), BUS_OK);
    CHECK_U64(count, 1);
}
static void every_subscriber_hears_in_order(void) { with_bus(order_here); }

static void full_here(void)
{
    struct bus_subscription *s = bus_subscribe(bus, STR("t"), 2);
    struct bus_post post = post_of("t", "x");
    CHECK_U64(bus_publish(bus, &post, NULL), BUS_OK);
    CHECK_U64(bus_publish(bus, &post, NULL), BUS_OK);
    CHECK_U64(bus_publish(bus, &post, NULL), BUS_FULL);
    CHECK_U64(bus_dropped(s), 1);
    CHECK_U64(bus_send(bus, &post, soon()), BUS_TIMED_OUT);
    check_next(s, "x");
    CHECK_U64(bus_send(bus, &post, soon()), BUS_OK);
    check_next(s, "x");
    check_next(s, "x");
    char *large = base_alloc(BUS_PAYLOAD_MAX + 1);
    post.payload = (struct str){large, BUS_PAYLOAD_MAX + 1};
    CHECK_U64(bus_publish(bus, &post, NULL), BUS_TOO_LARGE);
    post.payload.len--;
    CHECK_U64(bus_publish(bus, &post, NULL), BUS_OK);
    base_free(large);
    CHECK(bus_subscribe(bus, (struct str){0}, 1) == NULL);
    CHECK(bus_subscribe(bus, STR("a topic with a name that is longer than forty-eight bytes"), 1) == NULL);
}
static void a_full_queue_says_so(void) { with_bus(full_here); }

static void expiry_here(void)
{
    struct bus_subscription *s = bus_subscribe(bus, STR("t"), 2);
    struct bus_post post = post_of("t", "old");
    CHECK_U64(bus_publish(bus, &post, NULL), BUS_OK);
    fiber_sleep(env, duration_s(10));
    post = post_of("t", "new");
    CHECK_U64(bus_publish(bus, &post, NULL), BUS_OK);
    check_next(s, "new");
    CHECK_U64(bus_dropped(s), 1);
}
static void what_has_expired_is_not_heard(void) { with_bus(expiry_here); }

static struct gate gate;
static struct bus_subscription *slow;
static uint64_t sent_at[5];
static void sender(void *arg)
{
    const uint64_t number = (uint64_t)(uintptr_t)arg;
    char text[8];
    snprintf(text, sizeof(text), "%u", (unsigned)number);
    struct bus_post post = post_of("slow", text);
    CHECK_U64(bus_send(bus, &post, instant_add(env_now(env), duration_s(60))), BUS_OK);
    sent_at[number] = env_now(env).ns;
    gate_leave(env, &gate);
}

static void waiting_here(void)
{
    slow = bus_subscribe(bus, STR("slow"), 1);
    for (uintptr_t i = 0; i < 5; i++) {
        gate_enter(&gate);
        (void)fiber_spawn(env, sender, (void *)i);
    }
    uint32_t heard = 0;
    for (int i = 0; i < 5; i++) {
        fiber_sleep(env, duration_s(1));
        struct bus_message *m = bus_next(slow, soon());
        CHECK(m != NULL);
        heard |= 1u << (m->payload.data[0] - '0');
        bus_message_done(m);
    }
    CHECK_U64(heard, 31);
    CHECK(gate_wait(env, &gate, soon()));
}
static void senders_wait_for_room(void) { with_bus(waiting_here); }

static void hear(void *arg)
{
    struct bus_message *m = bus_next(slow, instant_add(env_now(env), duration_s(60)));
    CHECK(m != NULL);
    *(uint64_t *)arg = env_now(env).ns;
    bus_message_done(m);
    gate_leave(env, &gate);
}
static void wake_here(void)
{
    slow = bus_subscribe(bus, STR("slow"), 4);
    uint64_t heard_at = 0;
    gate_enter(&gate);
    (void)fiber_spawn(env, hear, &heard_at);
    fiber_sleep(env, duration_s(5));
    struct bus_post post = post_of("slow", "now");
    CHECK_U64(bus_publish(bus, &post, NULL), BUS_OK);
    const uint64_t published_at = env_now(env).ns;
    CHECK(gate_wait(env, &gate, soon()));
    CHECK_U64(heard_at, published_at);
}
static void a_waiting_reader_wakes_at_once(void) { with_bus(wake_here); }

int main(void)
{
    RUN(every_subscriber_hears_in_order);
    RUN(a_full_queue_says_so);
    RUN(what_has_expired_is_not_heard);
    RUN(senders_wait_for_room);
    RUN(a_waiting_reader_wakes_at_once);
    return 0;
}
