#include "world/sim/queue_priv.h"

#include "core/base/check.h"

/* Against the slow model: look at all of them and take the least. */
enum { MODEL_MAX = 4000 };
static struct {
    uint64_t at, order;
} model[MODEL_MAX];
static size_t model_count;

static size_t model_least(void)
{
    size_t least = 0;
    for (size_t i = 1; i < model_count; i++)
        if (model[i].at < model[least].at || (model[i].at == model[least].at && model[i].order < model[least].order)) least = i;
    return least;
}

static uint64_t some_delay(struct rng *rng)
{
    switch (rng_below(rng, 6)) {
    case 0: return 0;
    case 1: return rng_below(rng, 100);
    case 2: return rng_below(rng, 9000);
    case 3: return 8 * NS_PER_MS + rng_below(rng, 4 * NS_PER_MS);
    case 4: return rng_below(rng, 40 * NS_PER_MS);
    default: return rng_below(rng, 3 * NS_PER_S);
    }
}

static void deliveries_come_in_order_of_instant_and_order(void)
{
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct rng rng;
        rng_init(&rng, seed);
        struct calendar *calendar = base_alloc(sizeof(*calendar));
        uint64_t now = rng_below(&rng, UINT64_C(1) << 40);
        model_count = 0;
        for (int step = 0; step < 20000; step++) {
            const bool grow = rng_below(&rng, 1000) < (step / 2000 % 2 ? 300u : 700u);
            if (grow && model_count < MODEL_MAX) {
                struct delivery *delivery = calendar_take(calendar);
                delivery->at = now + some_delay(&rng);
                delivery->order = rng_u64(&rng);
                model[model_count].at = delivery->at;
                model[model_count++].order = delivery->order;
                calendar_push(calendar, delivery);
                continue;
            }
            const uint64_t limit = rng_below(&rng, 4) ? UINT64_MAX : now + some_delay(&rng);
            const struct heap4_entry *entry = calendar_peek(calendar, limit);
            const size_t least = model_least();
            if (model_count == 0 || model[least].at > limit) {
                CHECK(!entry);
                if (limit != UINT64_MAX) now = limit; /* as a world does that has a timer there */
                continue;
            }
            CHECK(entry);
            CHECK_U64(entry->key, model[least].at);
            CHECK_U64(entry->order, model[least].order);
            now = entry->key;
            struct delivery *delivery = calendar_pop(calendar);
            CHECK_U64(delivery->at, now);
            calendar_give(calendar, delivery);
            model[least] = model[--model_count];
        }
        calendar_done(calendar);
        base_free(calendar);
    }
}

static void timers_fire_in_order_and_can_be_cancelled(void)
{
    enum { TIMERS = 500 };
    static struct timer timers[TIMERS];
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct rng rng;
        rng_init(&rng, seed);
        struct heap4 heap = {0};
        memset(timers, 0, sizeof(timers));
        for (int step = 0; step < 20000; step++) {
            struct timer *timer = &timers[rng_below(&rng, TIMERS)];
            const uint64_t what = rng_below(&rng, 3);
            if (what == 0 && heap.count) {
                const struct timer *least = NULL;
                for (size_t i = 0; i < TIMERS; i++)
                    if (timers[i].node.slot && (!least || timers[i].node.key < least->node.key)) least = &timers[i];
                CHECK(timers_pop(&heap) == least);
                CHECK_U64(least->node.slot, 0);
            } else if (what == 1) {
                timers_remove(&heap, timer);
                CHECK_U64(timer->node.slot, 0);
            } else if (timer->node.slot == 0) {
                timer->node.key = rng_u64(&rng) | 1; /* all different, practically */
                timers_insert(&heap, timer);
            }
        }
        base_free(heap.entries);
    }
}

int main(void)
{
    RUN(deliveries_come_in_order_of_instant_and_order);
    RUN(timers_fire_in_order_and_can_be_cancelled);
    return 0;
}
