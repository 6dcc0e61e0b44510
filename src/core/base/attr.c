#include "core/base/attr.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void base_assert_failed(const char *cond, const char *file, int line)
{
    fflush(stdout);
    fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, cond);
    abort();
}

static NORETURN void out_of_memory(size_t bytes)
{
    fprintf(stderr, "out of memory: %zu bytes wanted\n", bytes);
    abort();
}

/* glibc's calloc takes nothing from a thread's cache of small pieces. */
enum { SMALL_BYTES = 1024 };

void *base_alloc(size_t bytes)
{
    if (bytes > SMALL_BYTES) {
        void *large = calloc(1, bytes); /* fresh pages are clear already */
        if (large == NULL) out_of_memory(bytes);
        return large;
    }
    void *small = base_realloc(NULL, bytes);
    memset(small, 0, bytes);
    return small;
}

void *base_realloc(void *old, size_t bytes)
{
    void *ptr = realloc(old, bytes > 0 ? bytes : 1);
    if (ptr == NULL) out_of_memory(bytes);
    return ptr;
}

void base_free(void *ptr) { free(ptr); }
