/* Arg: a behaviour's parameter as a track gives it: a fixed value, a range that is drawn by seed for each execution, a text, a
 * list of words or weights. Plain values over the scenario's arena. */
#ifndef BOT_ARG_H
#define BOT_ARG_H

#include "core/base/err.h"
#include "core/base/num.h"
#include "core/base/rng.h"
#include "core/codec/yaml.h"

enum param_type {
    PARAM_AMOUNT,   /* base units, or [lo, hi] drawn by seed */
    PARAM_COUNT,    /* whole number, or [lo, hi] */
    PARAM_DURATION, /* 90s, or [lo, hi]; ns */
    PARAM_FRACTION, /* 0.95 or 95% -> basis points; may be drawn */
    PARAM_PRICE,    /* decimal with at most 6 digits behind the point -> micro-units */
    PARAM_TEXT,     /* literal or {length: N} */
    PARAM_CHOICE,   /* one of `choices` */
    PARAM_BOOL,
    PARAM_LIST,    /* list of words out of `choices` (NULL: any) */
    PARAM_WEIGHTS, /* map word -> weight */
};
struct param_spec {
    const char *name;
    enum param_type type;
    const char *fallback;       /* default, as a scenario would write it; NULL: none, may be absent */
    const char *const *choices; /* NULL-terminated */
};

struct arg_word {
    struct str word;
    uint64_t weight; /* LIST: 1 */
};
struct arg {
    bool given;      /* by scenario or default; else the rest is zero */
    u128 lo, hi;     /* numbers: drawn from [lo, hi]; BOOL: 0 or 1; TEXT {length}: the length */
    struct str text; /* TEXT literal, CHOICE */
    bool filler;     /* TEXT {length: N} */
    const struct arg_word *words;
    uint32_t words_count;
};

/* From a node of a scenario. All faults go to `diags` with their places ("did you mean" for choices). Words and texts are
 * borrowed from the tree or placed in the arena. False when something was wrong. */
bool arg_read(const struct param_spec *spec, const struct yaml *node, struct arena *arena, struct arg *out,
              struct diags *diags) MUST_CHECK;
/* From text as a scenario would write it: `--set`, captured values and defaults. */
bool arg_parse(const struct param_spec *spec, struct str text, struct arena *arena, struct arg *out, struct err *err) MUST_CHECK;
/* The default; not given when there is none. A default that does not parse is a bug. */
void arg_fallback(const struct param_spec *spec, struct arena *arena, struct arg *out);

size_t param_specs_count(const struct param_spec *specs); /* a table that ends with {0}; NULL: 0 */
const struct param_spec *param_specs_find(const struct param_spec *specs, struct str name, size_t *out_index);

u128 arg_draw(const struct arg *arg, struct rng *rng);                            /* uniform in [lo, hi] */
struct str arg_draw_word(const struct arg *arg, struct rng *rng);                 /* by weight; empty list: empty */
struct str arg_text(const struct arg *arg, struct rng *rng, struct arena *arena); /* filler is made up: printable, seeded */
const char *param_type_text(enum param_type type);

#endif
