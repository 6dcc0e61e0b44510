/* Behavior: what a bot can do, as table rows and short functions over clients, wallet and bus.
 *
 * One file per family holds its rows; catalog.c lists the families in a fixed order. The catalog holds EVERY key of the
 * vocabulary; a key that this build does not implement has no `step` and is only known by name. */
#ifndef BEHAVIOR_BEHAVIOR_H
#define BEHAVIOR_BEHAVIOR_H

#include "core/base/num.h"
#include "tester/bot/op.h"

struct act; /* tester/bot/act.h: one execution in progress: bot, wallet, clients, deadline, parameters, random, capture */

enum param_type {
    PARAM_AMOUNT,   /* base units, or [lo, hi] drawn by seed */
    PARAM_COUNT,    /* whole number, or [lo, hi] */
    PARAM_DURATION, /* 90s, or [lo, hi] */
    PARAM_FRACTION, /* 0.95 or 95% -> basis points */
    PARAM_PRICE,    /* micro-units */
    PARAM_TEXT,     /* literal or {length: N} */
    PARAM_CHOICE,   /* one of `choices` */
    PARAM_BOOL,
    PARAM_LIST,     /* list of words out of `choices` (NULL: any) */
    PARAM_WEIGHTS,  /* map word -> weight */
};
struct param_spec {
    const char *name;
    enum param_type type;
    const char *fallback;       /* default, as a scenario would write it; NULL: none, may be absent */
    const char *const *choices; /* NULL-terminated */
};
struct behavior_spec {
    const char *name;    /* "transfer.simple" */
    const char *summary; /* one line for `list behaviors` */
    const char *roles;   /* "any", "any funded", or a comma list of role[/variant] as the vocabulary has it */
    const char *pattern; /* "PT-L-070", or NULL */
    bool observer;       /* verify.*, monitor.*: needs no bots */
    bool transaction;    /* submits transactions: counts in tps */
    const struct param_spec *params; /* ends with {0}; NULL: none */
    void (*step)(struct act *act, struct op *op) FIBER; /* NULL: known, not in this build */
    /* Worst-case spend of one execution that does not come back to bots of the scenario, and its fees; for the wallet check. NULL: nothing. */
    u128 (*spend_max)(const struct act *plan);
};
struct behavior_family {
    const char *name;
    const struct behavior_spec *specs;
    size_t count;
};

size_t behavior_families(const struct behavior_family *const **out);
const struct behavior_spec *behavior_find(struct str name); /* NULL: no such key */
/* Earlier spellings that the vocabulary lists ("transfer.casual" -> "transfer.simple"), for suggestions; NULL: none. */
const char *behavior_renamed(struct str old_name);

#endif
