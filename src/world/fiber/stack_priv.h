/* Stack: where fibers' stacks come from. One growing slab of address space; a page is resident once it was touched.
 *
 * The lowest page of a stack is a guard where the kernel knows guards without mappings of their own (Linux 6.13); elsewhere the
 * lowest words must stay zero, which stack_check asserts (reading an untouched page costs no memory). Freed stacks are reused
 * last in, first out. */
#ifndef FIBER_STACK_PRIV_H
#define FIBER_STACK_PRIV_H

#include "core/base/attr.h"
#include "core/base/vec.h"

#ifdef HOUSE_SANITIZED
#define STACK_BYTES ((size_t)256 * 1024)
#else
#define STACK_BYTES ((size_t)64 * 1024)
#endif
#define STACK_GUARD_BYTES ((size_t)4096)

struct stack_pool {
    VEC(uint8_t *) chunks;
    VEC(uint8_t *) idle;
    size_t chunk_used;       /* stacks handed out of the last chunk */
    bool guarded, no_guards; /* what the kernel answered; with no_guards set beforehand it is not asked */
};

void stack_pool_done(struct stack_pool *pool); /* unmaps everything, stacks in use too */
uint8_t *stack_take(struct stack_pool *pool);  /* the lowest address of STACK_BYTES, aligned to them */
void stack_give(struct stack_pool *pool, uint8_t *low);
void stack_check(const struct stack_pool *pool, const uint8_t *low);
size_t stack_pool_resident(const struct stack_pool *pool); /* bytes in memory, as the kernel counts */

#endif
