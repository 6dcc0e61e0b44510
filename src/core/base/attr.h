/* Attributes, assertions and the few macros that every room needs. */
#ifndef BASE_ATTR_H
#define BASE_ATTR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define NORETURN __attribute__((noreturn))

/* FIBER marks a function that may suspend the calling fiber: it must run on one, and what it
 * knew before the call may have changed after it. */
#define FIBER

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define CONTAINER_OF(ptr, type, member) ((type *)(void *)((char *)(ptr) - offsetof(type, member)))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

/* Asks for the cache lines of `bytes` at `ptr`, which may be anything; a hint. Where thousands of things are met one after the other, each for
 * the first time in a while, most of the cost is waiting for memory, and whoever knows what comes next can have it fetched meanwhile. */
#define CACHE_LINE 64
static inline void base_prefetch(const void *ptr, size_t bytes)
{
    for (size_t at = 0; at < bytes; at += CACHE_LINE) __builtin_prefetch((const char *)ptr + at);
}

/* ASSERT stops the process, in every build, when the program itself is wrong. Untrusted input
 * never reaches one. VERIFY is for costly checks: debug, sanitizer and simulation-test builds. */
#define ASSERT(cond) ((cond) ? (void)0 : base_assert_failed(#cond, __FILE__, __LINE__))
#ifdef HOUSE_VERIFY
#define VERIFY(cond) ASSERT(cond)
#else
#define VERIFY(cond) ((void)sizeof(cond))
#endif
#define UNREACHABLE() base_assert_failed("unreachable", __FILE__, __LINE__)

NORETURN void base_assert_failed(const char *cond, const char *file, int line);

/* base_alloc returns zeroed memory, base_realloc grows without clearing; both abort the process when memory
 * is gone, so that no caller checks. base_free accepts NULL. */
void *base_alloc(size_t bytes);
void *base_realloc(void *old, size_t bytes);
void base_free(void *ptr);

#endif
