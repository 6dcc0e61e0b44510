/* Behavior: what a bot can do, as table rows and short functions over clients, wallet and bus.
 *
 * One file per family holds its rows; catalog.c lists the families in a fixed order. The catalog holds EVERY key of the
 * vocabulary; a key that this build does not implement has no `step` and is only known by name. */
#ifndef BEHAVIOR_BEHAVIOR_H
#define BEHAVIOR_BEHAVIOR_H

#include "tester/bot/act.h"

/* What `settle` found. One sample is one account or object compared. */
struct postconditions {
    uint64_t samples, violations;
    uint64_t unknown; /* could not be compared: something in flight, no answer. More than 0 and no violation: no statement */
    char note[200];   /* the first violation, else the first unknown, for people */
};

struct behavior_spec {
    const char *name;    /* "transfer.simple" */
    const char *summary; /* one line for `list behaviors` */
    const char *roles;   /* "any", "any funded", or a comma list of role[/variant] as the vocabulary has it */
    const char *pattern; /* "PT-L-070", or NULL */
    bool observer;       /* verify.*, monitor.*: needs no bots */
    bool runner;         /* in this build, but carried out by the scenario runner itself (samplers and judges): no step */
    const void *context; /* of a row that a script made: the step finds it in its track */
    bool transaction;    /* submits transactions: counts in tps */
    bool drives;         /* signs in its bots' validators' places (X20): while a track of it runs, their nodes sign nothing */
    const struct param_spec *params;                    /* ends with {0}; NULL: none */
    void (*step)(struct act *act, struct op *op) FIBER; /* NULL: known, not in this build */
    /* What must hold when all executions have ended (check `postconditions`); NULL: nothing beyond each operation's own status.
     */
    void (*settle)(struct crew *crew, const uint32_t *bots, uint32_t bots_count, struct instant deadline,
                   struct postconditions *out) FIBER;
    /* Worst-case spend of one execution that does not come back to bots of the scenario, and its fees; for the wallet check.
     * NULL: nothing. */
    u128 (*spend_max)(const struct act *plan);
    enum token spend_token; /* what it is counted in; 0: AX */
};
struct behavior_family {
    const char *name;
    const struct behavior_spec *specs;
    size_t count;
};

static inline bool behavior_in_build(const struct behavior_spec *spec) { return spec->step != NULL || spec->runner; }

/* Runs one execution of `spec` (step != NULL) as an operation: see act_run. */
void behavior_run(const struct behavior_spec *spec, struct act *act, struct op *op) FIBER;

size_t behavior_families(const struct behavior_family *const **out);
const struct behavior_spec *behavior_find(struct str name); /* NULL: no such key */
struct str behavior_name_at(size_t i); /* the i-th key of the catalog, empty behind the last: for did_you_mean_by */
/* Earlier spellings that the vocabulary lists ("transfer.casual" -> "transfer.simple"), for suggestions; NULL: none. */
const char *behavior_renamed(struct str old_name);

#endif
