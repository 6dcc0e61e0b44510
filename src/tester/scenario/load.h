/* Load: a scenario's text becomes a plan, or a list of everything that is wrong with it, each with its place. */
#ifndef SCENARIO_LOAD_H
#define SCENARIO_LOAD_H

#include "tester/scenario/plan.h"

/* Reads the file that holds the script "script/NAME" which a scenario found under `file` names: into the arena, with what errors are to call
 * it. ERR_NOT_FOUND: there is none; the program's own are looked at then. */
typedef bool (*load_script)(void *context, struct arena *arena, struct str file, struct str name, struct str *out_file, struct str *out_text, struct err *err);

/* What the command line may change. */
struct load_options {
    load_script script; /* NULL: only the program's own scripts */
    void *script_context;
    struct duration duration;      /* --duration; 0: as written */
    uint64_t bots_micro;           /* --bots F in millionths; 0: as written */
    bool has_seed;                 /* --seed */
    uint64_t seed;
    uint32_t validators;           /* --validators; UINT32_MAX: as written. Use LOAD_AS_WRITTEN for all */
    const char *target;            /* --target; NULL: as written */
    const struct str *sets;        /* --set path=value, in order */
    size_t sets_count;
    const struct str *vulnerable;  /* --vulnerable vuln.x: planted beside those of the file */
    size_t vulnerable_count;
};
#define LOAD_AS_WRITTEN ((struct load_options){.validators = UINT32_MAX})

/* scenario_load checks `text` (borrowed during the call), found under `file` and called `name` ("load/high_tps"). All findings go to `diags`,
 * warnings too. Returns the plan, the caller's to free, or NULL when there was an error. Nothing is started. */
struct plan *scenario_load(struct str name, struct str file, struct str text, const struct load_options *options, struct diags *diags) MUST_CHECK;

#endif
