/* The smallest world in which fibers can be tested: a clock that jumps from timer to timer. */
#ifndef FIBER_TINY_WORLD_H
#define FIBER_TINY_WORLD_H

#include "world/fiber/fiber.h"

struct tiny_world {
    struct env env;
    struct instant now;
    struct heap timers;
    uint64_t timers_count;
};

static struct instant tiny_now(const struct env *env)
{
    return ((const struct tiny_world *)(const void *)env)->now;
}
static void tiny_timer_set(struct env *env, struct timer *timer, struct instant at)
{
    struct tiny_world *world = (struct tiny_world *)(void *)env;
    heap_remove(&world->timers, &timer->node);
    timer->node.key = MAX(at.ns, world->now.ns);
    timer->node.order = world->timers_count++;
    heap_insert(&world->timers, &timer->node);
}
static void tiny_timer_cancel(struct env *env, struct timer *timer)
{
    heap_remove(&((struct tiny_world *)(void *)env)->timers, &timer->node);
}
static const struct env_ops tiny_ops = {.now = tiny_now, .timer_set = tiny_timer_set, .timer_cancel = tiny_timer_cancel};

static void tiny_open(struct tiny_world *world, uint64_t (*pick)(struct env *env, uint64_t count))
{
    *world = (struct tiny_world){.env.ops = &tiny_ops, .now = INSTANT_GENESIS};
    world->env.sched = sched_new(&world->env, pick);
}
static void tiny_run(struct tiny_world *world)
{
    for (;;) {
        sched_run(world->env.sched);
        struct heap_node *node = heap_pop(&world->timers);
        if (!node) return;
        world->now.ns = node->key;
        struct timer *timer = CONTAINER_OF(node, struct timer, node);
        timer->fire(timer);
    }
}
static void tiny_close(struct tiny_world *world)
{
    sched_free(world->env.sched);
    heap_done(&world->timers);
}

#endif
