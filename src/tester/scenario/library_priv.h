/* The generated table of shipped scenario files. */
#ifndef SCENARIO_LIBRARY_PRIV_H
#define SCENARIO_LIBRARY_PRIV_H

#include <stddef.h>

struct library_file {
    const char *name, *text;
    size_t bytes;
};
extern const struct library_file library_files[];
extern const size_t library_files_count;

#endif
