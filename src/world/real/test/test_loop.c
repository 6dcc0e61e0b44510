#include "world/real/loop.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/check.h"
#include "world/fiber/fiber.h"
#include "world/real/real.h"

static struct real_loop *loop;
static struct env *env;
static struct err err;

static uint64_t slept_ns;
static void sleeps(void *arg)
{
    (void)arg;
    const struct instant start = env_now(env);
    fiber_sleep(env, duration_ms(20));
    slept_ns = instant_since(env_now(env), start).ns;
}
static void a_sleep_takes_its_time(void)
{
    loop = real_loop_new(1, STR(""), NULL);
    env = real_loop_env(loop);
    (void)fiber_spawn(env, sleeps, NULL);
    CHECK(!real_loop_run(loop, INSTANT_NEVER, NULL)); /* ends by itself */
    CHECK(slept_ns >= 20 * NS_PER_MS);
    const uint64_t start = real_now_ns();
    CHECK(!real_loop_run(loop, instant_add(env_now(env), duration_ms(10)), NULL));
    CHECK(real_now_ns() - start >= 10 * NS_PER_MS);
    const struct instant wall = real_instant(), now = env_now(env);
    CHECK(instant_since(wall, now).ns + instant_since(now, wall).ns < 10 * NS_PER_S);
    real_loop_free(loop);
}

struct ball {
    struct packet packet;
    uint64_t throws;
};
static uint64_t caught, balls_lost, balls_freed;
static struct host left, right;
static void ball_free(struct packet *packet)
{
    balls_freed++;
    base_free(CONTAINER_OF(packet, struct ball, packet));
}
static void ball_lost(struct packet *packet, uint32_t to, enum packet_loss why)
{
    (void)packet, (void)to;
    balls_lost += why == LOSS_HOST;
}
static const struct packet_class ball_class = {"ball", ball_free, ball_lost};
static void catches(void *ctx, struct host from, struct packet *packet)
{
    struct ball *ball = CONTAINER_OF(packet, struct ball, packet);
    caught++;
    if (ball->throws-- > 1) env_send(env, *(struct host *)ctx, from, packet_ref(packet));
}
static const struct host_ops ops = {.receive = catches};
static void packets_go_between_hosts_and_not_to_the_dead(void)
{
    loop = real_loop_new(1, STR(""), NULL);
    env = real_loop_env(loop);
    left = env_host_open(env, STR("left"), &ops, &left);
    right = env_host_open(env, STR("right"), &ops, &right);
    struct ball *ball = base_alloc(sizeof(*ball));
    *ball = (struct ball){{.class = &ball_class, .refs = 1}, 1001};
    env_send(env, left, right, packet_ref(&ball->packet));
    CHECK_U64(caught, 0);
    CHECK(!real_loop_run(loop, INSTANT_NEVER, NULL));
    CHECK_U64(caught, 1001);
    CHECK_U64(env_link_stats(env, left, right).received, 501);
    CHECK(!env_link_set(env, left, right, NULL));
    env_send(env, left, right, packet_ref(&ball->packet));
    env_host_down(env, right, true);
    env_host_up(env, right, &right);
    CHECK(!real_loop_run(loop, INSTANT_NEVER, NULL));
    CHECK_U64(caught, 1001);
    CHECK_U64(balls_lost, 1);
    env_send(env, left, right, &ball->packet); /* still on its way at the end */
    real_loop_free(loop);
    CHECK_U64(balls_freed, 1);
}

static void files_are_kept_in_the_hosts_folder(void)
{
    char root[] = "/tmp/adnet-loop-XXXXXX";
    CHECK(mkdtemp(root));
    for (int life = 0; life < 2; life++) {
        loop = real_loop_new(1, str_of(root), NULL);
        env = real_loop_env(loop);
        left = env_host_open(env, STR("left"), &ops, &left);
        struct buf buf = {0};
        CHECK(env_file_read(env, left, STR("log"), &buf, &err));
        CHECK_STR(buf_str(&buf), life ? STR("new and more") : STR(""));
        CHECK(env_file_append(env, left, STR("log"), "old", 3, &err));
        CHECK(env_file_replace(env, left, STR("log"), "new", 3, &err));
        CHECK(env_file_append(env, left, STR("log"), " and more", 9, &err));
        CHECK(env_file_sync(env, left, STR("log"), &err));
        CHECK(env_file_sync(env, left, STR("none"), &err));
        buf_done(&buf);
        real_loop_free(loop);
    }
    char path[100];
    (void)snprintf(path, sizeof(path), "%s/left/log", root);
    CHECK(unlink(path) == 0);
    (void)snprintf(path, sizeof(path), "%s/left", root);
    CHECK(rmdir(path) == 0 && rmdir(root) == 0);
    loop = real_loop_new(1, STR(""), NULL);
    env = real_loop_env(loop);
    left = env_host_open(env, STR("left"), &ops, &left);
    CHECK(!env_file_append(env, left, STR("log"), "x", 1, &err));
    CHECK_U64(err.code, ERR_UNSUPPORTED);
    real_loop_free(loop);
}

static void raises(struct timer *timer)
{
    (void)timer;
    CHECK(raise(SIGINT) == 0);
}
static void ctrl_c_stops_a_run(void)
{
    loop = real_loop_new(1, STR(""), NULL);
    env = real_loop_env(loop);
    const volatile bool *stop = real_interrupts();
    CHECK(!*stop);
    struct timer timer = TIMER(raises);
    env_timer_set(env, &timer, instant_add(env_now(env), duration_ms(5)));
    CHECK(real_loop_run(loop, instant_add(env_now(env), duration_s(100)), stop));
    CHECK(*stop);
    real_loop_wake(loop);
    real_loop_free(loop);
}

static void the_process_knows_itself(void)
{
    CHECK(real_peak_bytes() > 100000);
    CHECK(real_cpus() >= 1);
    CHECK(real_entropy() != real_entropy());
    CHECK(!real_is_terminal(-1) && !real_wants_colour(-1));
    CHECK_U64(real_terminal_columns(-1), 80);
}

int main(void)
{
    RUN(a_sleep_takes_its_time);
    RUN(packets_go_between_hosts_and_not_to_the_dead);
    RUN(files_are_kept_in_the_hosts_folder);
    RUN(ctrl_c_stops_a_run);
    RUN(the_process_knows_itself);
    return 0;
}
