#include "cli/aftercheck.h"

enum { BUNDLES = 2048, BUNDLE = 2 }; /* a bundle is a tenth of a millisecond: what is asked for soon comes between two */

struct bundle {
    struct task task;
    struct sign_suite suite;
    uint32_t count, wrong;
    struct sigcheck checks[BUNDLE];
};

/* A ring of bundles: `from` is the oldest that was handed over, `to` the one that is being filled. */
struct aftercheck {
    struct offloader offloader;
    struct sigcache *cache;
    uint64_t from, to;
    struct aftercheck_stats stats;
    struct bundle bundles[BUNDLES];
};

static void run(struct task *task)
{
    struct bundle *bundle = CONTAINER_OF(task, struct bundle, task);
    for (uint32_t i = 0; i < bundle->count; i++) bundle->wrong += !sigcheck_pure(bundle->suite, &bundle->checks[i]);
}

static struct bundle *bundle_at(struct aftercheck *after, uint64_t i) { return &after->bundles[i % BUNDLES]; }

static void oldest_join(struct aftercheck *after)
{
    struct bundle *bundle = bundle_at(after, after->from++);
    after->offloader.join(after->offloader.ctx, &bundle->task);
    after->stats.checked += bundle->count;
    after->stats.wrong += bundle->wrong;
    bundle->count = bundle->wrong = 0;
}

static void hand_over(struct aftercheck *after)
{
    struct bundle *bundle = bundle_at(after, after->to++);
    bundle->task = (struct task){.run = run, .may_wait = true};
    bundle->suite = sigcache_suite(after->cache);
    after->offloader.offload(after->offloader.ctx, &bundle->task);
    if (after->to - after->from == BUNDLES) oldest_join(after);
}

static void made(void *ctx, const struct pubkey *key, const char *tag, const struct hash *digest, const struct signature *signature)
{
    struct aftercheck *after = ctx;
    struct bundle *bundle = bundle_at(after, after->to);
    const struct sigcheck check = {.key = *key, .digest = *digest, .signature = *signature, .tag = tag};
    bundle->checks[bundle->count++] = check;
    after->stats.promised++;
    sigcache_put(after->cache, &check, true);
    if (bundle->count == BUNDLE) hand_over(after);
}

struct aftercheck *aftercheck_new(const struct offloader *offloader, struct sign_helper *out_helper)
{
    struct aftercheck *after = base_alloc(sizeof(*after)); /* zeroed */
    after->offloader = *offloader;
    *out_helper = (struct sign_helper){.made = made, .ctx = after};
    return after;
}

void aftercheck_begin(struct aftercheck *after, struct sigcache *cache) { after->cache = cache; }

struct aftercheck_stats aftercheck_settle(struct aftercheck *after)
{
    if (bundle_at(after, after->to)->count > 0) hand_over(after);
    while (after->from < after->to) oldest_join(after);
    return after->stats;
}

void aftercheck_free(struct aftercheck *after)
{
    if (after == NULL) return;
    (void)aftercheck_settle(after);
    base_free(after);
}
