/* Args: verbs, words and flags of the command line. Flags may stand anywhere, as `--name value` or `--name=value`; `--` ends
 * them. Unknown or repeated ones are errors with a suggestion. */
#ifndef CLI_ARGS_H
#define CLI_ARGS_H

#include <stdio.h>

#include "core/base/err.h"
#include "core/base/str.h"
#include "core/base/vec.h"

/* Exit statuses of every verb; the first that applies of 109, 105, 104, 1, 2, 99, 0 when several runs end. */
enum exit_status {
    EXIT_PASSED = 0,
    EXIT_FAILED = 1,      /* correctness */
    EXIT_INVALID = 2,     /* nothing proven */
    EXIT_THRESHOLD = 99,  /* only performance thresholds missed */
    EXIT_BAD_INPUT = 104, /* configuration, scenario, command line */
    EXIT_INTERRUPTED = 105,
    EXIT_INTERNAL = 109,
};
int exit_worst(int a, int b); /* the one that applies first */

struct flag {
    const char *name;  /* without the dashes */
    const char *value; /* what it takes, for --help; NULL: nothing */
    const char *help;
    bool repeats;      /* may be given several times */
};

struct args;
struct verb {
    const char *name;
    const char *words; /* e.g. "SCENARIO|FILE..."; "" for none */
    const char *summary;
    const char *help;  /* paragraphs and examples under the synopsis */
    const struct flag *flags; /* ends with {0} */
    int (*run)(const struct args *args);
};

struct args_given {
    const struct flag *flag;
    struct str value;
};
struct args {
    const struct verb *verb;
    VEC(struct str) words;
    VEC(struct args_given) given;
};

/* Parses what follows the verb. `args` borrows argv and the verb; done frees its lists. Errors name the flag and the remedy. */
bool args_parse(const struct verb *verb, int argc, char **argv, struct args *out, struct err *err) MUST_CHECK;
void args_done(struct args *args);
bool args_has(const struct args *args, const char *flag);
struct str args_value(const struct args *args, const char *flag, struct str fallback); /* the last one given */
/* Whole number in [lo, hi]; *out keeps its value when the flag is absent. */
bool args_u64(const struct args *args, const char *flag, uint64_t lo, uint64_t hi, uint64_t *out, struct err *err) MUST_CHECK;
/* One of the NULL-terminated `choices`; *out keeps its value when absent. */
bool args_choice(const struct args *args, const char *flag, const char *const *choices, size_t *out, struct err *err) MUST_CHECK;

void args_help(const struct verb *verb, FILE *to); /* synopsis, text, flags */

#endif
