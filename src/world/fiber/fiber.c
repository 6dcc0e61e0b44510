#include "world/fiber/fiber.h"

#include "world/fiber/stack_priv.h"
#include "world/fiber/switch_priv.h"

enum fiber_state { FIBER_RUNNABLE, FIBER_RUNNING, FIBER_PARKED, FIBER_SLEEPING, FIBER_ENDED };

/* Lives at the top of its own stack, so that a fiber is one page and no allocation. */
struct fiber {
    struct context context;
    struct sched *sched;
    void (*run)(void *arg);
    void *arg;
    struct timer timer;
    struct fiber *previous, *next; /* all that live */
    uint8_t *stack;
    enum fiber_state state;
    bool permit; /* a wake came while it was not parked */
    bool woken;  /* why the last park ended */
};

struct sched {
    struct env *env;
    uint64_t (*pick)(struct env *env, uint64_t count);
    struct stack_pool stacks;
    struct context main;
    struct fiber *current;
    struct fiber *live;
    size_t live_count;
    struct fiber **ring; /* runnable, oldest first; cap is a power of two */
    size_t ring_head, ring_count, ring_cap;
    void (*deep_call)(void *arg); /* a fiber asks the main stack to run this */
    void *deep_arg;
    bool in_deep;
};

enum { RING_MIN = 64, COLOURS = 8, COLOUR_BYTES = 128, FRAMES_BYTES = 1536 };

/* Which world's fibers this thread is running: fiber_self has no other way to know. */
static _Thread_local struct sched *running;

static void ring_push(struct sched *sched, struct fiber *fiber)
{
    if (sched->ring_count == sched->ring_cap) {
        const size_t cap = MAX(sched->ring_cap * 2, (size_t)RING_MIN);
        struct fiber **ring = base_alloc(cap * sizeof(struct fiber *));
        for (size_t i = 0; i < sched->ring_count; i++) ring[i] = sched->ring[(sched->ring_head + i) & (sched->ring_cap - 1)];
        base_free(sched->ring);
        sched->ring = ring;
        sched->ring_head = 0;
        sched->ring_cap = cap;
    }
    sched->ring[(sched->ring_head + sched->ring_count++) & (sched->ring_cap - 1)] = fiber;
}

/* Takes the picked one; the oldest moves into its place. */
static struct fiber *ring_take(struct sched *sched)
{
    uint64_t index = 0;
    if (sched->pick && sched->ring_count > 1) {
        index = sched->pick(sched->env, sched->ring_count);
        ASSERT(index < sched->ring_count);
    }
    const size_t mask = sched->ring_cap - 1, at = (sched->ring_head + (size_t)index) & mask;
    struct fiber *fiber = sched->ring[at];
    sched->ring[at] = sched->ring[sched->ring_head];
    sched->ring_head = (sched->ring_head + 1) & mask;
    sched->ring_count--;
    return fiber;
}

static void make_runnable(struct fiber *fiber, bool woken)
{
    fiber->state = FIBER_RUNNABLE;
    fiber->woken = woken;
    ring_push(fiber->sched, fiber);
}

static void timer_fired(struct timer *timer)
{
    struct fiber *fiber = CONTAINER_OF(timer, struct fiber, timer);
    ASSERT(fiber->state == FIBER_PARKED || fiber->state == FIBER_SLEEPING);
    make_runnable(fiber, false);
}

static void fiber_entry(void)
{
    struct sched *sched = running;
    struct fiber *fiber = sched->current;
    context_entered(&sched->main);
    fiber->run(fiber->arg);
    fiber->state = FIBER_ENDED;
    context_leave(&fiber->context, &sched->main);
}

struct fiber *fiber_spawn(struct env *env, void (*run)(void *arg), void *arg)
{
    struct sched *sched = env->sched;
    uint8_t *stack = stack_take(&sched->stacks);
    /* Stacks differ by multiples of their size; without colours their tops would all fall into the same cache lines. */
    const size_t colour = ((uintptr_t)stack / STACK_BYTES) % COLOURS * COLOUR_BYTES;
    const size_t room = (sizeof(struct fiber) + 63) & ~(size_t)63;
    const size_t bytes = STACK_BYTES - colour - room;
    struct fiber *fiber = (struct fiber *)(void *)(stack + bytes);
    *fiber = (struct fiber){.sched = sched, .run = run, .arg = arg, .timer = TIMER(timer_fired), .stack = stack};
    context_make(&fiber->context, stack, bytes, fiber_entry);
    fiber->next = sched->live;
    if (fiber->next) fiber->next->previous = fiber;
    sched->live = fiber;
    sched->live_count++;
    make_runnable(fiber, false);
    return fiber;
}

struct fiber *fiber_self(void)
{
    return running ? running->current : NULL;
}

static void live_remove(struct sched *sched, struct fiber *fiber)
{
    if (fiber->previous)
        fiber->previous->next = fiber->next;
    else
        sched->live = fiber->next;
    if (fiber->next) fiber->next->previous = fiber->previous;
    sched->live_count--;
}

static void fiber_resume(struct sched *sched, struct fiber *fiber)
{
    fiber->state = FIBER_RUNNING;
    sched->current = fiber;
    for (;;) {
        context_switch(&sched->main, &fiber->context);
        if (!sched->deep_call) break;
        void (*call)(void *) = sched->deep_call;
        sched->deep_call = NULL;
        sched->in_deep = true;
        call(sched->deep_arg);
        sched->in_deep = false;
    }
    sched->current = NULL;
    if (fiber->state == FIBER_ENDED) {
        live_remove(sched, fiber);
        context_done(&fiber->context);
        stack_give(&sched->stacks, fiber->stack);
    } else {
        stack_check(&sched->stacks, fiber->stack);
    }
}

/* Leaves the running fiber, whose state already says until when. */
static void suspend(struct fiber *fiber)
{
    context_switch(&fiber->context, &fiber->sched->main);
}

static struct fiber *self_of(struct env *env)
{
    ASSERT(running && running->env == env && running->current); /* only a fiber of this env can wait in it */
    ASSERT(!running->in_deep);                                  /* a deep call must not suspend */
    return running->current;
}

bool fiber_park(struct env *env, struct instant deadline)
{
    struct fiber *self = self_of(env);
    if (self->permit) {
        self->permit = false;
        return true;
    }
    if (deadline.ns != INSTANT_NEVER.ns) {
        if (!instant_before(env_now(env), deadline)) return false;
        env_timer_set(env, &self->timer, deadline);
    }
    self->state = FIBER_PARKED;
    suspend(self);
    return self->woken;
}

void fiber_prefetch(const struct fiber *fiber)
{
    base_prefetch((const char *)fiber - FRAMES_BYTES, FRAMES_BYTES + sizeof(*fiber));
}

void fiber_wake(struct env *env, struct fiber *fiber)
{
    ASSERT(fiber->state != FIBER_ENDED);
    if (fiber->state != FIBER_PARKED) {
        fiber->permit = true;
        return;
    }
    env_timer_cancel(env, &fiber->timer);
    make_runnable(fiber, true);
}

void fiber_sleep_until(struct env *env, struct instant at)
{
    struct fiber *self = self_of(env);
    ASSERT(at.ns != INSTANT_NEVER.ns); /* nobody could end that */
    if (!instant_before(env_now(env), at)) return;
    env_timer_set(env, &self->timer, at);
    self->state = FIBER_SLEEPING;
    suspend(self);
}

void fiber_sleep(struct env *env, struct duration d)
{
    fiber_sleep_until(env, instant_add(env_now(env), d));
}

void fiber_yield(struct env *env)
{
    struct fiber *self = self_of(env);
    make_runnable(self, self->woken);
    suspend(self);
}

void fiber_call_deep(void (*call)(void *arg), void *arg)
{
    struct fiber *self = fiber_self();
    if (!self || running->in_deep) {
        call(arg);
        return;
    }
    running->deep_call = call;
    running->deep_arg = arg;
    suspend(self);
}

struct sched *sched_new(struct env *env, uint64_t (*pick)(struct env *env, uint64_t count))
{
    struct sched *sched = base_alloc(sizeof(*sched));
    sched->env = env;
    sched->pick = pick;
    return sched;
}

void sched_free(struct sched *sched)
{
    if (!sched) return;
    ASSERT(!sched->current);
    for (struct fiber *fiber = sched->live; fiber; fiber = fiber->next) {
        if (fiber->timer.node.slot) env_timer_cancel(sched->env, &fiber->timer);
        context_done(&fiber->context);
    }
    stack_pool_done(&sched->stacks);
    base_free(sched->ring);
    base_free(sched);
}

void sched_run(struct sched *sched)
{
    if (!sched->ring_count) return;
    ASSERT(!sched->current); /* not from within a fiber */
    struct sched *outer = running;
    running = sched;
    context_adopt(&sched->main);
    while (sched->ring_count) fiber_resume(sched, ring_take(sched));
    running = outer;
}

size_t sched_live(const struct sched *sched)
{
    return sched->live_count;
}
size_t sched_stack_bytes(const struct sched *sched)
{
    return stack_pool_resident(&sched->stacks);
}
