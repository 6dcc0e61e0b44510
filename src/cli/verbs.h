/* Verbs: what the program can be told to do, one file each. */
#ifndef CLI_VERBS_H
#define CLI_VERBS_H

#include "cli/args.h"

struct plan;

extern const struct verb verb_run, verb_list, verb_show, verb_validate, verb_replay, verb_test, verb_coverage;

void show_plan(const struct plan *plan); /* on stdout: what `show` and `run --dry-run` tell */

#endif
