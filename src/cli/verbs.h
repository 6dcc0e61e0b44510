/* Verbs: what the program can be told to do, one file each. */
#ifndef CLI_VERBS_H
#define CLI_VERBS_H

#include "cli/args.h"

extern const struct verb verb_run, verb_list, verb_show, verb_validate, verb_replay, verb_test;

#endif
