/* The generated table of shipped scripts. */
#ifndef SCRIPT_BUILTIN_PRIV_H
#define SCRIPT_BUILTIN_PRIV_H

#include <stddef.h>

struct builtin_script {
    const char *name, *text;
    size_t bytes;
};
extern const struct builtin_script builtin_scripts[];
extern const size_t builtin_scripts_count;

#endif
