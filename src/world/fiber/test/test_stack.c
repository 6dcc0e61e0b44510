#include "world/fiber/stack_priv.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/check.h"

enum { COUNT = 1500 };
static uint8_t *stacks[COUNT];

static void a_stack_given_back_is_the_next_one_taken(void)
{
    struct stack_pool pool = {0};
    for (size_t i = 0; i < COUNT; i++) {
        stacks[i] = stack_take(&pool);
        CHECK_U64((uintptr_t)stacks[i] % STACK_BYTES, 0);
        memset(stacks[i] + STACK_BYTES - 100, 1, 100);
    }
    stack_give(&pool, stacks[7]);
    stack_give(&pool, stacks[3]);
    CHECK(stack_take(&pool) == stacks[3]);
    CHECK(stack_take(&pool) == stacks[7]);
    for (size_t i = 0; i < COUNT; i++) CHECK_U64(stacks[i][STACK_BYTES - 1], 1); /* nobody has written over another's */
    stack_pool_done(&pool);
}

/* Stacks that went deep, too many of them idle: the pool keeps their tops only, beyond its warm ones. */
static void many_idle_stacks_give_their_depth_back(void)
{
    struct stack_pool pool = {0};
    for (size_t i = 0; i < COUNT; i++) {
        stacks[i] = stack_take(&pool);
        memset(stacks[i] + STACK_BYTES - 32768, 1, 32768);
    }
    const size_t before = stack_pool_resident(&pool);
    CHECK(before >= (size_t)COUNT * 32768);
    for (size_t i = 0; i < COUNT; i++) stack_give(&pool, stacks[i]);
    const size_t after = stack_pool_resident(&pool);
    CHECK(before - after >= (size_t)400 * (32768 - 8192));
    CHECK(stack_take(&pool) == stacks[COUNT - 1]);
    stack_pool_done(&pool);
}

static void without_guards_an_overgrown_stack_is_noticed_at_the_switch(void)
{
    struct stack_pool pool = {.no_guards = true};
    uint8_t *stack = stack_take(&pool);
    stack_check(&pool, stack);
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        (void)freopen("/dev/null", "w", stderr);
        stack[17] = 1;
        stack_check(&pool, stack);
        _exit(0); /* nobody noticed */
    }
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(status != 0);
    stack_pool_done(&pool);
}

int main(void)
{
    RUN(a_stack_given_back_is_the_next_one_taken);
    RUN(many_idle_stacks_give_their_depth_back);
    RUN(without_guards_an_overgrown_stack_is_noticed_at_the_switch);
    return 0;
}
