/* Switch: changing from one stack to another, and back. On x86-64 twenty lines of assembly; elsewhere makecontext gives a
 * stack its first frame and sigsetjmp/siglongjmp without signal masks do the rest. Tells ASan and TSan what happens.
 * Contexts stay on one thread. Neither signal masks nor floating-point control words are switched: nobody here changes them. */
#ifndef FIBER_SWITCH_PRIV_H
#define FIBER_SWITCH_PRIV_H

#include "core/base/attr.h"

#if !defined(__x86_64__) && !defined(FIBER_SWITCH_PORTABLE)
#define FIBER_SWITCH_PORTABLE 1
#endif
#ifdef FIBER_SWITCH_PORTABLE
#include <setjmp.h>
#endif

struct context {
    void *sp; /* where it was left; unused by the portable switch */
#ifdef FIBER_SWITCH_PORTABLE
    sigjmp_buf jump;
    sigjmp_buf *creator;
#endif
    void (*entry)(void);
    /* What the sanitizers want to know. */
    void *fake_stack, *tsan_fiber;
    const void *low;
    size_t bytes;
};

/* Prepares `context` to run `entry`, which must never return, on the `bytes` from `low`. */
void context_make(struct context *context, void *low, size_t bytes, void (*entry)(void));
/* Takes over the running stack as `context`, to be left by context_switch. Once before each first switch away from it. */
void context_adopt(struct context *context);
/* Leaves `from`, goes on in `to`; returns when somebody switches back. */
void context_switch(struct context *from, struct context *to);
/* The first words of an entry: the place it was entered from is `from`. */
void context_entered(struct context *from);
/* Leaves `from` for good. */
NORETURN void context_leave(struct context *from, struct context *to);
/* Releases what belongs to a context that was left for good, or is abandoned. */
void context_done(struct context *context);

#endif
