/* Checks for test programs: a failed one prints both sides and aborts. Test functions are claims:
 *
 *     static void a_spent_receipt_is_refused(void) { CHECK_U64(code, CODE_ALREADY); }
 *     int main(void) { RUN(a_spent_receipt_is_refused); return 0; }
 */
#ifndef BASE_CHECK_H
#define BASE_CHECK_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/str.h"

#define RUN(claim)                        \
    do {                                  \
        claim();                          \
        printf("ok   %s\n", #claim);      \
        fflush(stdout);                   \
    } while (0)
#define CHECK_FAIL(...)                                          \
    do {                                                         \
        fprintf(stderr, "%s:%d: check failed: ", __FILE__, __LINE__); \
        fprintf(stderr, __VA_ARGS__);                            \
        fputc('\n', stderr);                                     \
        abort();                                                 \
    } while (0)
#define CHECK(cond)                        \
    do {                                   \
        if (!(cond)) CHECK_FAIL("%s", #cond); \
    } while (0)
#define CHECK_U64(got, want)                                                                             \
    do {                                                                                                 \
        const uint64_t check_got = (uint64_t)(got), check_want = (uint64_t)(want);                       \
        if (check_got != check_want)                                                                     \
            CHECK_FAIL("%s is %" PRIu64 ", not %s = %" PRIu64, #got, check_got, #want, check_want);      \
    } while (0)
#define CHECK_STR(got, want)                                                                     \
    do {                                                                                         \
        const struct str check_got = (got), check_want = (want);                                 \
        if (!str_eq(check_got, check_want))                                                      \
            CHECK_FAIL("%s is \"" STR_FMT "\", not \"" STR_FMT "\"", #got, STR_ARG(check_got), STR_ARG(check_want)); \
    } while (0)
/* Bytes against lower-case hex text. */
#define CHECK_HEX(data, bytes, want)                                                      \
    do {                                                                                  \
        char *check_hex = calloc(1, 2 * (bytes) + 1);                                     \
        str_hex((data), (bytes), check_hex);                                              \
        if (strcmp(check_hex, (want)) != 0) CHECK_FAIL("%s is %s, not %s", #data, check_hex, (want)); \
        free(check_hex);                                                                  \
    } while (0)

#endif
