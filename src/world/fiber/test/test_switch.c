/* The portable switch, on machines that do not need it too: the unit is built here with its other face. */
#define FIBER_SWITCH_PORTABLE 1
#include "world/fiber/switch.c"

#include "core/base/check.h"

static struct context here, there;
static uint64_t count;

static void counts(void)
{
    context_entered(&here);
    volatile uint64_t mine = 0;
    for (;;) {
        mine++;
        count = mine;
        if (count == 1000) context_leave(&there, &here);
        context_switch(&there, &here);
    }
}

static void the_portable_switch_goes_there_and_back(void)
{
    const size_t bytes = (size_t)256 * 1024;
    void *stack = base_alloc(bytes);
    context_adopt(&here);
    context_make(&there, stack, bytes, counts);
    for (uint64_t i = 1; i <= 1000; i++) {
        context_switch(&here, &there);
        CHECK_U64(count, i);
    }
    context_done(&there);
    base_free(stack);
}

int main(void)
{
#ifdef SWITCH_TSAN
    (void)the_portable_switch_goes_there_and_back;
    printf("skip: TSan does not follow a longjmp from one fiber to another\n");
#else
    RUN(the_portable_switch_goes_there_and_back);
#endif
    return 0;
}
