/* Library: the scenarios that are part of the program, by name. */
#ifndef SCENARIO_LIBRARY_H
#define SCENARIO_LIBRARY_H

#include "core/base/err.h"
#include "core/base/str.h"

struct library_entry {
    struct str name; /* "load/high_tps" */
    struct str file; /* "scenarios/load/high_tps.yaml", for places */
    struct str text; /* static */
};

size_t library_count(void);
struct library_entry library_at(size_t i); /* by name, ascending; texts are static but for `file`, see library_find */

/* library_find resolves "category/name", or a bare name that is unique. ERR_NOT_FOUND with the nearest name; ERR_CONFLICT with all that fit an
 * ambiguous one. `file` is written into the caller's arena. */
struct arena;
bool library_find(struct arena *arena, struct str name, struct library_entry *out, struct err *err) MUST_CHECK;

#endif
