/* Tries to get a signature past the aftercheck: one that does not hold, one that was altered after it was made, more than there is room for. */
#include "cli/aftercheck.h"
#include "core/base/check.h"
#include "world/real/real.h"

#define TAG "adnet/tx-sig/v1"

/* Runs nothing ahead: every bundle waits for its join. */
static void leave(void *ctx, struct task *task) { (void)ctx, (void)task; }
static void run_now(void *ctx, struct task *task) { (void)ctx, task->run(task); }
static const struct offloader idle = {leave, run_now, NULL};

struct place {
    struct sign_helper helper;
    struct sign_suite suite;
    struct aftercheck *after;
    struct sigcache *cache;
    struct seckey key;
};

static void place_init(struct place *place, enum sign_scheme scheme, const struct offloader *offloader)
{
    *place = (struct place){.suite = {scheme, &place->helper}};
    place->after = aftercheck_new(offloader, &place->helper);
    place->cache = sigcache_new(place->suite, 64);
    aftercheck_begin(place->after, place->cache);
    seckey_from_seed(place->suite, (const uint8_t[32]){7}, &place->key);
}
static void place_done(struct place *place)
{
    aftercheck_free(place->after);
    sigcache_free(place->cache);
}

static struct sigcheck signed_now(struct place *place, uint64_t what)
{
    struct sigcheck check = {.key = place->key.pub, .digest = hash_tagged("n", &what, sizeof(what)), .tag = TAG};
    check.signature = sign_digest(place->suite, &place->key, check.tag, &check.digest);
    return check;
}

static void what_was_signed_here_is_answered_at_once_and_checked_later(void)
{
    struct place place;
    place_init(&place, SIGN_ED25519, &idle);
    const struct sigcheck check = signed_now(&place, 1);
    CHECK(sigcache_verify(place.cache, &check));
    CHECK_U64(sigcache_stats(place.cache).checks, 0);
    const struct aftercheck_stats stats = aftercheck_settle(place.after);
    CHECK_U64(stats.promised, 1);
    CHECK_U64(stats.checked, 1);
    CHECK_U64(stats.wrong, 0);
    place_done(&place);
}

static void what_was_altered_is_checked_before_it_is_answered(void)
{
    struct place place;
    place_init(&place, SIGN_ED25519, &idle);
    const struct sigcheck good = signed_now(&place, 1);
    struct sigcheck bad[4] = {good, good, good, good};
    bad[0].signature.b[40] ^= 1;
    bad[1].digest.b[0] ^= 1;
    bad[2].tag = "adnet/vote/v1";
    struct seckey other;
    seckey_from_seed(place.suite, (const uint8_t[32]){8}, &other);
    bad[3].key = other.pub;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) CHECK(!sigcache_verify(place.cache, &bad[i]));
    CHECK_U64(sigcache_stats(place.cache).checks, 4);
    CHECK_U64(aftercheck_settle(place.after).wrong, 0);
    place_done(&place);
}

static void a_promise_that_does_not_hold_is_counted(void)
{
    struct place place;
    place_init(&place, SIGN_ED25519, &idle);
    struct sigcheck check = signed_now(&place, 1);
    check.signature.b[0] ^= 1;
    place.helper.made(place.helper.ctx, &check.key, check.tag, &check.digest, &check.signature);
    (void)signed_now(&place, 2);
    const struct aftercheck_stats stats = aftercheck_settle(place.after);
    CHECK_U64(stats.checked, 3);
    CHECK_U64(stats.wrong, 1);
    place_done(&place);
}

static void every_one_is_checked_however_many(void)
{
    enum { MANY = 3 * 64 * 64 + 5 };
    struct real_offloader *second = real_offloader_new();
    const struct offloader both[2] = {idle, real_offloader_face(second)};
    for (size_t i = 0; i < ARRAY_LEN(both); i++) {
        struct place place;
        place_init(&place, SIGN_SIMULATED, &both[i]);
        for (uint64_t n = 0; n < MANY; n++) {
            struct sigcheck check = signed_now(&place, n);
            check.signature.b[63] ^= 1;
            if (n % 100 == 0) place.helper.made(place.helper.ctx, &check.key, check.tag, &check.digest, &check.signature);
        }
        const struct aftercheck_stats stats = aftercheck_settle(place.after);
        CHECK_U64(stats.promised, MANY + MANY / 100 + 1);
        CHECK_U64(stats.checked, stats.promised);
        CHECK_U64(stats.wrong, MANY / 100 + 1);
        place_done(&place);
    }
    real_offloader_free(second);
}

int main(void)
{
    RUN(what_was_signed_here_is_answered_at_once_and_checked_later);
    RUN(what_was_altered_is_checked_before_it_is_answered);
    RUN(a_promise_that_does_not_hold_is_counted);
    RUN(every_one_is_checked_however_many);
    return 0;
}
