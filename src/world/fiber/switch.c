#undef _FORTIFY_SOURCE /* its longjmp check takes another stack for an error */
#include "world/fiber/switch_priv.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SWITCH_ASAN 1
#endif
#if __has_feature(thread_sanitizer)
#define SWITCH_TSAN 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define SWITCH_ASAN 1
#endif
#ifdef __SANITIZE_THREAD__
#define SWITCH_TSAN 1
#endif
#ifdef SWITCH_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef SWITCH_TSAN
#include <sanitizer/tsan_interface.h>
#endif
#ifdef FIBER_SWITCH_PORTABLE
#include <ucontext.h>
#endif

static void before_switch(struct context *from, struct context *to, bool for_good)
{
#ifdef SWITCH_ASAN
    __sanitizer_start_switch_fiber(for_good ? NULL : &from->fake_stack, to->low, to->bytes);
#endif
#ifdef SWITCH_TSAN
    __tsan_switch_to_fiber(to->tsan_fiber, 0);
#endif
    (void)from, (void)to, (void)for_good;
}

#ifndef FIBER_SWITCH_PORTABLE
/* Saves what the System V ABI lets a callee keep, swaps stacks, restores. The indirect jump instead of `ret` spares the return
 * predictor, which has never seen this pair. */
void fiber_stack_swap(void **save_sp, void *load_sp);
__asm__(".text\n"
        ".globl fiber_stack_swap\n"
        ".type fiber_stack_swap,@function\n"
        ".p2align 4\n"
        "fiber_stack_swap:\n"
        "    pushq %rbp\n"
        "    pushq %rbx\n"
        "    pushq %r12\n"
        "    pushq %r13\n"
        "    pushq %r14\n"
        "    pushq %r15\n"
        "    movq %rsp, (%rdi)\n"
        "    movq %rsi, %rsp\n"
        "    popq %r15\n"
        "    popq %r14\n"
        "    popq %r13\n"
        "    popq %r12\n"
        "    popq %rbx\n"
        "    popq %rbp\n"
        "    popq %rcx\n"
        "    jmpq *%rcx\n"
        ".size fiber_stack_swap,.-fiber_stack_swap\n"
        ".section .note.GNU-stack,\"\",@progbits\n"
        ".text\n");

static void raw_make(struct context *context)
{
    /* From the top: a null return address that ends backtraces, the entry to jump to, six zero registers. At the entry
     * rsp is then 8 below a multiple of 16, as after a call. */
    void **top = (void **)(((uintptr_t)context->low + context->bytes) & ~(uintptr_t)15);
    *--top = NULL;
    *--top = (void *)(uintptr_t)context->entry;
    for (int i = 0; i < 6; i++) *--top = NULL;
    context->sp = top;
}

static void raw_switch(struct context *from, struct context *to)
{
    fiber_stack_swap(&from->sp, to->sp);
}

#else
static void portable_start(unsigned high, unsigned low)
{
    struct context *context = (struct context *)(uintptr_t)((uint64_t)high << 32 | low);
    if (sigsetjmp(context->jump, 0) == 0) siglongjmp(*context->creator, 1);
    context->entry();
}

static void raw_make(struct context *context)
{
    ucontext_t start, here;
    sigjmp_buf creator;
    ASSERT(getcontext(&start) == 0);
    start.uc_stack.ss_sp = (void *)(uintptr_t)context->low;
    start.uc_stack.ss_size = context->bytes;
    start.uc_link = NULL;
    context->creator = &creator;
    const uint64_t bits = (uintptr_t)context;
    makecontext(&start, (void (*)(void))(uintptr_t)portable_start, 2, (unsigned)(bits >> 32), (unsigned)bits);
    if (sigsetjmp(creator, 0) == 0) (void)swapcontext(&here, &start); /* comes back by longjmp */
    context->creator = NULL;
}

static void raw_switch(struct context *from, struct context *to)
{
    if (sigsetjmp(from->jump, 0) == 0) siglongjmp(to->jump, 1);
}
#endif

void context_make(struct context *context, void *low, size_t bytes, void (*entry)(void))
{
    *context = (struct context){.entry = entry, .low = low, .bytes = bytes};
#ifdef SWITCH_TSAN
    context->tsan_fiber = __tsan_create_fiber(0);
#endif
    raw_make(context);
}

void context_adopt(struct context *context)
{
#ifdef SWITCH_TSAN
    context->tsan_fiber = __tsan_get_current_fiber();
#endif
    context->sp = NULL;
}

void context_entered(struct context *from)
{
#ifdef SWITCH_ASAN
    __sanitizer_finish_switch_fiber(NULL, &from->low, &from->bytes);
#endif
    (void)from;
}

void context_switch(struct context *from, struct context *to)
{
    before_switch(from, to, false);
    raw_switch(from, to);
#ifdef SWITCH_ASAN
    __sanitizer_finish_switch_fiber(from->fake_stack, NULL, NULL);
#endif
}

void context_leave(struct context *from, struct context *to)
{
    before_switch(from, to, true);
    raw_switch(from, to);
    UNREACHABLE();
}

void context_done(struct context *context)
{
#ifdef SWITCH_TSAN
    if (context->tsan_fiber) __tsan_destroy_fiber(context->tsan_fiber);
    context->tsan_fiber = NULL;
#endif
#ifdef SWITCH_ASAN
    /* Frames that were left and not returned from have poisoned their surroundings; the stack will be another's. */
    const uint8_t *low = context->low;
    const uint8_t *from = context->sp ? context->sp : low;
    __asan_unpoison_memory_region(from, (size_t)(low + context->bytes - from));
#endif
    (void)context;
}
