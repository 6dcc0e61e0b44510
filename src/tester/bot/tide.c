#include "tester/bot/tide.h"

#include "tester/bot/submit_priv.h"
#include "tester/client/feed.h"

#define LOOK_EVERY duration_s(2) /* a stream that is silent for so long is asked beside */
#define RETRY_AFTER duration_ms(500)

struct tide_waiter {
    struct fiber *fiber;
    uint32_t height;
    struct tide_waiter *next;
};

struct watch {
    struct crew *crew;
    enum chain_id chain;
};

static struct tide *tide_of(struct crew *crew, enum chain_id chain) { return &crew->tides[chain_index(chain)]; }

static void tide_rise(struct crew *crew, struct tide *tide, uint32_t height)
{
    if (height <= tide->height) return;
    tide->height = height;
    for (struct tide_waiter *waiter = tide->waiters; waiter != NULL; waiter = waiter->next)
        if (waiter->height <= height) fiber_wake(crew->env, waiter->fiber);
}

static bool is_wanted(const struct crew *crew, const struct tide *tide) { return tide->waiters != NULL && !crew_is_stopping(crew); }

static void look(const struct watch *watch, struct tide *tide)
{
    struct crew *crew = watch->crew;
    struct answer answer;
    uint32_t height = 0;
    if (alpha_height_final(crew_client(crew, watch->chain), instant_add(env_now(crew->env), SUBMIT_READ_TIMEOUT), &height, &answer))
        tide_rise(crew, tide, height);
    answer_done(&answer);
}

/* Not inlined: what it needs to read JSON must not stay on the stack of the fiber that waits. */
__attribute__((noinline)) static uint32_t event_height(struct str data)
{
    struct arena arena;
    struct err err;
    uint64_t height = 0;
    arena_init(&arena, 0);
    if (!json_u64(json_find(json_parse(&arena, data, &err), STR("height")), &height)) height = 0;
    arena_done(&arena);
    return height > UINT32_MAX ? 0 : (uint32_t)height;
}

static void stream_follow(const struct watch *watch, struct tide *tide, struct feed *feed)
{
    struct env *env = watch->crew->env;
    struct feed_event event;
    while (is_wanted(watch->crew, tide)) {
        switch (feed_next(feed, instant_add(env_now(env), LOOK_EVERY), &event)) {
        case FEED_EVENT:
            if (!event.gap) tide_rise(watch->crew, tide, event_height(event.data));
            break;
        case FEED_LATE: look(watch, tide); break;
        case FEED_MALFORMED: return;
        }
    }
}

static void watch_run(void *arg)
{
    struct watch *watch = arg;
    struct crew *crew = watch->crew;
    struct tide *tide = tide_of(crew, watch->chain);
    struct feed *feed = base_alloc(sizeof(*feed));
    while (is_wanted(crew, tide)) {
        struct answer answer;
        look(watch, tide);
        if (!is_wanted(crew, tide)) break;
        const bool open = feed_open(feed, crew->env, crew_client(crew, watch->chain), STR("block.finalized"), FEED_FROM_NOW,
                                    instant_add(env_now(crew->env), SUBMIT_READ_TIMEOUT), &answer);
        answer_done(&answer);
        if (open) {
            look(watch, tide); /* what became final between the two */
            stream_follow(watch, tide, feed);
            feed_close(feed);
        } else {
            fiber_sleep(crew->env, RETRY_AFTER);
        }
    }
    base_free(feed);
    tide->watched = false;
    crew->helpers--;
    base_free(watch);
}

static void watch_ensure(struct crew *crew, enum chain_id chain)
{
    struct tide *tide = tide_of(crew, chain);
    if (tide->watched) return;
    struct watch *watch = base_alloc(sizeof(*watch));
    *watch = (struct watch){crew, chain};
    tide->watched = true;
    crew->helpers++;
    (void)fiber_spawn(crew->env, watch_run, watch);
}

bool tide_await(struct act *act, enum chain_id chain, uint32_t height, struct instant deadline, uint32_t *out_height)
{
    struct crew *crew = act->crew;
    struct tide *tide = tide_of(crew, chain);
    struct tide_waiter waiter = {.fiber = fiber_self(), .height = height};
    const struct instant until = instant_before(deadline, act->deadline) ? deadline : act->deadline;
    if (tide->height < height) {
        waiter.next = tide->waiters;
        tide->waiters = &waiter;
        watch_ensure(crew, chain);
        while (tide->height < height && !crew_is_stopping(crew) && instant_before(env_now(crew->env), until)) {
            /* A crew that stops wakes nobody: looked at now and then. */
            const struct instant soon = instant_add(env_now(crew->env), LOOK_EVERY);
            (void)fiber_park(crew->env, instant_before(soon, until) ? soon : until);
        }
        struct tide_waiter **at = &tide->waiters;
        while (*at != &waiter) at = &(*at)->next;
        *at = waiter.next;
    }
    if (out_height != NULL) *out_height = tide->height;
    return tide->height >= height;
}

bool tide_next(struct act *act, enum chain_id chain, struct instant deadline)
{
    struct tide *tide = tide_of(act->crew, chain);
    if (tide->watched) return tide_await(act, chain, tide->height + 1, deadline, NULL);
    /* Nobody has watched for a while: what is known may be old, and the first look shows it. */
    struct answer answer;
    uint32_t height = 0;
    if (alpha_height_final(crew_client(act->crew, chain), act_deadline(act, SUBMIT_READ_TIMEOUT), &height, &answer))
        tide_rise(act->crew, tide, height);
    answer_done(&answer);
    return tide_await(act, chain, tide->height + 1, deadline, NULL);
}
