#include "world/sim/test/pair_world.h"

static struct sim *sim;
static struct env *env;
static struct peer a, b;

static void begin(uint64_t seed)
{
    sim = sim_new(seed, sim_model_default(), NULL);
    env = sim_env(sim);
    peer_open(&a, env, STR("a"));
    peer_open(&b, env, STR("b"));
    letters_alive = letters_lost_link = letters_lost_host = 0;
}
static void finish(void)
{
    vec_done(&a.notes);
    vec_done(&b.notes);
    sim_free(sim);
    CHECK_U64(letters_alive, 0);
}
static void run_ms(uint64_t ms) { CHECK(!sim_run(sim, instant_add(env_now(env), duration_ms(ms)), NULL)); }

static void a_healthy_link_is_in_order_and_in_time(void)
{
    begin(1);
    for (uint64_t i = 0; i < 1000; i++) {
        letter_send(env, a.host, b.host, i);
        if (i % 10 == 9) run_ms(1);
    }
    run_ms(100);
    CHECK_U64(b.notes.count, 1000);
    CHECK_U64(b.foreseen, 1000);
    bool jitter = false;
    for (uint64_t i = 0; i < 1000; i++) {
        CHECK_U64(b.notes.data[i].ident, i);
        CHECK_U64(b.notes.data[i].from, a.host.number);
        const uint64_t took = b.notes.data[i].at_ns - i / 10 * NS_PER_MS;
        CHECK(took >= 8 * NS_PER_MS && took <= 12 * NS_PER_MS + 1000);
        jitter |= took > 10500 * NS_PER_US;
    }
    CHECK(jitter);
    const struct link_stats stats = env_link_stats(env, a.host, b.host);
    CHECK_U64(stats.sent, 1000);
    CHECK_U64(stats.received, 1000);
    CHECK_U64(stats.dropped + stats.duplicates + stats.out_of_order, 0);
    CHECK(stats.latency_ns >= 9 * NS_PER_MS && stats.latency_ns <= 12 * NS_PER_MS);
    CHECK_U64(env_link_stats(env, b.host, a.host).sent, 0);
    finish();
}

static void a_client_is_nearer_and_oneself_is_here(void)
{
    begin(2);
    sim_host_is_client(sim, a.host);
    letter_send(env, a.host, b.host, 1);
    letter_send(env, b.host, a.host, 2);
    letter_send(env, b.host, b.host, 3);
    CHECK_U64(b.notes.count, 0); /* not from within the call */
    run_ms(10);
    CHECK_U64(b.notes.count, 2);
    CHECK_U64(b.notes.data[0].ident, 3);
    CHECK_U64(b.notes.data[0].at_ns, 0);
    CHECK(b.notes.data[1].at_ns >= 800 * NS_PER_US && b.notes.data[1].at_ns <= 1200 * NS_PER_US);
    CHECK(a.notes.data[0].at_ns >= 800 * NS_PER_US && a.notes.data[0].at_ns <= 1200 * NS_PER_US);
    finish();
}

static void cores_do_one_thing_at_a_time_and_a_slow_host_lags(void)
{
    begin(3);
    b.cost_ns = 100 * NS_PER_MS;
    env_host_cores(env, b.host, 2, 50, 100); /* 200 ms each, two at a time */
    for (uint64_t i = 0; i < 6; i++) letter_send(env, a.host, b.host, i);
    run_ms(5000);
    CHECK_U64(b.notes.count, 6);
    for (uint64_t i = 0; i < 6; i++) {
        CHECK_U64(b.notes.data[i].ident, i);
        const uint64_t want = 200 * (i / 2 + 1);
        const uint64_t got = b.notes.data[i].at_ns / NS_PER_MS;
        CHECK(got >= want + 8 && got <= want + 12);
    }
    finish();
}

/* A dear letter and a cheap one behind it, and what of them came first. */
static uint64_t first_received(bool client)
{
    begin(14);
    b.cost_is_ident = true;
    if (client) sim_host_is_client(sim, a.host);
    letter_send(env, a.host, b.host, 50 * NS_PER_MS);
    letter_send(env, a.host, b.host, NS_PER_MS);
    letter_send(env, a.host, b.host, 0);
    run_ms(1000);
    CHECK_U64(b.notes.count, 3);
    const uint64_t first = b.notes.data[0].ident, last = b.notes.data[2].at_ns;
    CHECK(last >= 50 * NS_PER_MS && last <= 63 * NS_PER_MS); /* on cores of their own in either case */
    finish();
    return first;
}
static void between_nodes_work_is_received_in_order_and_clients_do_not_wait_for_each_other(void)
{
    CHECK_U64(first_received(false), 50 * NS_PER_MS);
    CHECK_U64(first_received(true), 0);
}

static void a_sync_keeps_a_core_busy(void)
{
    struct sim_model model = sim_model_default();
    model.sync_ns = 300 * NS_PER_MS;
    model.cores = 1;
    sim = sim_new(15, model, NULL);
    env = sim_env(sim);
    peer_open(&a, env, STR("a"));
    peer_open(&b, env, STR("b"));
    b.cost_ns = NS_PER_MS;
    struct err err;
    CHECK(env_file_append(env, b.host, STR("log"), "x", 1, &err));
    CHECK(env_file_sync(env, b.host, STR("log"), &err));
    letter_send(env, a.host, b.host, 1);
    run_ms(1000);
    CHECK_U64(b.notes.data[0].at_ns, 301 * NS_PER_MS);
    finish();
}

static void a_full_queue_refuses(void)
{
    begin(4);
    b.cost_ns = 10 * NS_PER_MS;
    env_host_cores(env, b.host, 1, 100, 5);
    for (uint64_t i = 0; i < 20; i++) letter_send(env, a.host, b.host, i);
    run_ms(1000);
    CHECK_U64(b.notes.count, 5);
    CHECK_U64(b.overflowed, 15);
    CHECK_U64(env_link_stats(env, a.host, b.host).dropped, 15);
    letter_send(env, a.host, b.host, 99);
    run_ms(1000);
    CHECK_U64(b.notes.count, 6);
    finish();
}

static void a_partition_drops_what_is_sent_and_what_is_on_its_way(void)
{
    begin(5);
    letter_send(env, a.host, b.host, 1);
    run_ms(1);
    CHECK(env_link_set(env, a.host, b.host, &(struct link_fault){.blocked = true}));
    letter_send(env, a.host, b.host, 2);
    run_ms(50);
    CHECK_U64(b.notes.count, 0);
    CHECK_U64(letters_lost_link, 2);
    letter_send(env, b.host, a.host, 3); /* the other way is another link */
    CHECK(env_link_set(env, a.host, b.host, NULL));
    letter_send(env, a.host, b.host, 4);
    run_ms(50);
    CHECK_U64(b.notes.count, 1);
    CHECK_U64(b.notes.data[0].ident, 4);
    CHECK_U64(a.notes.count, 1);
    CHECK_U64(env_link_stats(env, a.host, b.host).dropped, 2);
    finish();
}

static void send_many(uint64_t count, const struct link_fault *fault)
{
    CHECK(env_link_set(env, a.host, b.host, fault));
    for (uint64_t i = 0; i < count; i++) {
        letter_send(env, a.host, b.host, i);
        run_ms(1);
    }
    run_ms(2000);
}

static void loss_takes_its_share_and_bursts_have_their_time(void)
{
    begin(6);
    send_many(2000, &(struct link_fault){.loss_bps = 2500});
    CHECK(b.notes.count > 1400 && b.notes.count < 1600);
    CHECK_U64(letters_lost_link, 2000 - b.notes.count);
    finish();
    begin(7);
    send_many(1000, &(struct link_fault){.loss_bps = 10000, .burst_ns = 100 * NS_PER_MS, .every_ns = NS_PER_S});
    CHECK_U64(b.notes.count, 900);
    for (size_t i = 0; i < b.notes.count; i++) CHECK(b.notes.data[i].ident >= 100);
    finish();
}

static void copies_and_late_ones_are_counted(void)
{
    begin(8);
    send_many(1000, &(struct link_fault){.duplicate_bps = 1000, .copies = 2});
    struct link_stats stats = env_link_stats(env, a.host, b.host);
    CHECK(stats.duplicates > 120 && stats.duplicates < 280 && stats.duplicates % 2 == 0);
    CHECK_U64(b.notes.count, 1000 + stats.duplicates);
    finish();
    begin(9);
    send_many(1000, &(struct link_fault){.reorder_bps = 2000, .window_ns = 20 * NS_PER_MS});
    stats = env_link_stats(env, a.host, b.host);
    CHECK_U64(b.notes.count, 1000);
    CHECK(stats.out_of_order > 50);
    uint64_t late = 0, highest = 0;
    for (size_t i = 0; i < 1000; i++) {
        late += b.notes.data[i].ident < highest;
        highest = MAX(highest, b.notes.data[i].ident);
    }
    CHECK_U64(late, stats.out_of_order);
    finish();
}

static void garbage_is_dropped_delay_delays_and_bandwidth_queues(void)
{
    begin(10);
    send_many(1000, &(struct link_fault){.corrupt_bps = 5000});
    CHECK(b.notes.count > 400 && b.notes.count < 600);
    CHECK_U64(env_link_stats(env, a.host, b.host).dropped, 1000 - b.notes.count);
    finish();
    begin(11);
    CHECK(env_link_set(env, a.host, b.host, &(struct link_fault){.delay_ns = 300 * NS_PER_MS, .jitter_ns = 10 * NS_PER_MS}));
    letter_send(env, a.host, b.host, 1);
    run_ms(1000);
    CHECK(b.notes.data[0].at_ns >= 298 * NS_PER_MS && b.notes.data[0].at_ns <= 322 * NS_PER_MS);
    finish();
    begin(12);
    CHECK(env_link_set(env, a.host, b.host, &(struct link_fault){.kbps = 80})); /* 1000 bytes in 100 ms */
    for (uint64_t i = 0; i < 10; i++) letter_send(env, a.host, b.host, i);
    run_ms(5000);
    for (uint64_t i = 0; i < 10; i++) {
        const uint64_t ms = b.notes.data[i].at_ns / NS_PER_MS;
        CHECK(ms >= 100 * (i + 1) + 8 && ms <= 100 * (i + 1) + 12);
    }
    finish();
}

struct watcher {
    struct host_watch watch;
    uint32_t heard;
};
static void hears(struct host_watch *watch, struct host host) { CONTAINER_OF(watch, struct watcher, watch)->heard = host.number; }

static void a_new_incarnation_never_sees_what_was_sent_to_the_old(void)
{
    begin(13);
    struct watcher watcher = {.watch.down = hears};
    env_host_watch(env, &watcher.watch);
    b.cost_ns = 50 * NS_PER_MS;
    letter_send(env, a.host, b.host, 1); /* will be in the queue */
    run_ms(20);
    letter_send(env, a.host, b.host, 2); /* will be on its way */
    run_ms(1);
    env_host_down(env, b.host, true);
    CHECK_U64(watcher.heard, b.host.number);
    struct peer reborn = {.env = env, .host = b.host};
    letter_send(env, b.host, a.host, 3); /* the dead send nothing */
    run_ms(1);
    letter_send(env, a.host, b.host, 4); /* sent while it is down, arrives afterwards */
    env_host_up(env, b.host, &reborn);
    run_ms(200);
    CHECK_U64(a.notes.count, 0);
    CHECK_U64(b.notes.count, 0);
    CHECK_U64(reborn.notes.count, 1);
    CHECK_U64(reborn.notes.data[0].ident, 4);
    CHECK_U64(letters_lost_host, 2);
    env_host_unwatch(env, &watcher.watch);
    watcher.heard = 0;
    env_host_down(env, b.host, true);
    CHECK_U64(watcher.heard, 0);
    vec_done(&reborn.notes);
    finish();
}

int main(void)
{
    RUN(a_healthy_link_is_in_order_and_in_time);
    RUN(a_client_is_nearer_and_oneself_is_here);
    RUN(cores_do_one_thing_at_a_time_and_a_slow_host_lags);
    RUN(between_nodes_work_is_received_in_order_and_clients_do_not_wait_for_each_other);
    RUN(a_sync_keeps_a_core_busy);
    RUN(a_full_queue_refuses);
    RUN(a_partition_drops_what_is_sent_and_what_is_on_its_way);
    RUN(loss_takes_its_share_and_bursts_have_their_time);
    RUN(copies_and_late_ones_are_counted);
    RUN(garbage_is_dropped_delay_delays_and_bandwidth_queues);
    RUN(a_new_incarnation_never_sees_what_was_sent_to_the_old);
    return 0;
}
