#include "core/base/check.h"
#include "world/sim/sim.h"

static struct sim *sim;
static struct env *env;
static struct host host;
static struct err err;
static void nothing(void *ctx, struct host from, struct packet *packet) { (void)ctx, (void)from, (void)packet; }
static const struct host_ops ops = {.receive = nothing};

static void begin(uint64_t seed)
{
    sim = sim_new(seed, sim_model_default(), NULL);
    env = sim_env(sim);
    host = env_host_open(env, STR("v1"), &ops, NULL);
}
static void append(const char *text) { CHECK(env_file_append(env, host, STR("log"), text, strlen(text), &err)); }
static void replace(const char *text) { CHECK(env_file_replace(env, host, STR("log"), text, strlen(text), &err)); }
static void sync(void) { CHECK(env_file_sync(env, host, STR("log"), &err)); }
static void crash(bool lose)
{
    env_host_down(env, host, lose);
    env_host_up(env, host, NULL);
}
static void holds(const char *want)
{
    struct buf buf = {0};
    CHECK(env_file_read(env, host, STR("log"), &buf, &err));
    CHECK_STR(buf_str(&buf), str_of(want));
    buf_done(&buf);
}

static void what_is_synced_survives_and_a_missing_file_is_empty(void)
{
    begin(1);
    holds("");
    append("one ");
    append("two");
    sync();
    crash(true);
    holds("one two");
    append(" three");
    crash(false); /* a process that dies loses nothing it has written */
    holds("one two three");
    sim_free(sim);
}

static void unsynced_appends_are_lost_whole_or_torn(void)
{
    uint64_t whole = 0, none = 0, torn = 0;
    for (uint64_t seed = 1; seed <= 400; seed++) {
        begin(seed);
        append("safe");
        sync();
        append("loose");
        crash(true);
        struct buf buf = {0};
        CHECK(env_file_read(env, host, STR("log"), &buf, &err));
        CHECK(buf.len >= 4 && str_starts(STR("safeloose"), buf_str(&buf)));
        if (buf.len == 4)
            none++;
        else if (buf.len == 9)
            whole++;
        else
            torn++;
        const size_t kept = buf.len;
        buf_done(&buf);
        crash(true); /* what a crash left is on the disk */
        CHECK(env_file_read(env, host, STR("log"), &buf, &err));
        CHECK_U64(buf.len, kept);
        buf_done(&buf);
        sim_free(sim);
    }
    CHECK(none > 200 && torn > 20 && whole > 2);
}

static void an_unsynced_replace_is_undone(void)
{
    begin(3);
    append("old");
    sync();
    append(" and unsynced");
    replace("new");
    append(" more");
    holds("new more");
    replace("newer");
    crash(true);
    holds("old");
    replace("new");
    sync();
    crash(true);
    holds("new");
    sim_free(sim);
}

static void a_full_disk_refuses_and_replaces_give_back(void)
{
    begin(4);
    append("0123456789");
    env_disk_limit(env, host, 5);
    append("01234");
    CHECK(!env_file_append(env, host, STR("log"), "x", 1, &err));
    CHECK_U64(err.code, ERR_LIMIT);
    holds("012345678901234");
    replace("01234567");
    CHECK(!env_file_append(env, host, STR("log"), "01234567", 8, &err));
    append("0123456");
    env_disk_limit(env, host, UINT64_MAX);
    append("more");
    sim_free(sim);
}

int main(void)
{
    RUN(what_is_synced_survives_and_a_missing_file_is_empty);
    RUN(unsynced_appends_are_lost_whole_or_torn);
    RUN(an_unsynced_replace_is_undone);
    RUN(a_full_disk_refuses_and_replaces_give_back);
    return 0;
}
