/* Source: which scenario the command line means: one of the library by name, or a file anywhere. */
#ifndef CLI_SOURCE_H
#define CLI_SOURCE_H

#include "cli/args.h"
#include "core/base/arena.h"
#include "tester/scenario/load.h"

struct source {
    struct str name; /* "unit/simple_transfer"; of a file: its name without folder and ending */
    struct str file; /* for places */
    struct str text;
    bool from_file; /* named by its path, not by a name of the library */
};

/* A word that ends in .yaml or .yml, or holds a path that exists, is a file; anything else a name of the library. Texts live in the arena. Errors
 * say what to do: the nearest name, or `list`. */
bool source_find(struct arena *arena, struct str word, struct source *out, struct err *err) MUST_CHECK;
/* Reads a whole file into the arena; ERR_NOT_FOUND, ERR_IO, ERR_LIMIT (beyond `bytes_max`). */
bool source_read(struct arena *arena, struct str path, size_t bytes_max, struct str *out, struct err *err) MUST_CHECK;

/* The flags that change a scenario: --seed --duration --bots --set --vulnerable --target --validators. */
#define SOURCE_FLAGS                                                                                                   \
    {"seed", "N", "the run's seed; the same seed is the same run (default: the scenario's, else 1)", false},           \
    {"duration", "D", "scale all phases so that the scenario lasts D (90s, 10m); each at least 5s", false},            \
    {"bots", "F", "scale the number of bots and shared rates by F (0.1, 2)", false},                                   \
    {"set", "PATH=VALUE", "override one value of the file, e.g. setup.network.validators=20; may be repeated", true},  \
    {"vulnerable", "vuln.X", "plant a weakness in the network before the first phase; may be repeated", true},         \
    {"target", "T", "sim (default): the embedded network, in virtual time", false},                                    \
    {"validators", "N", "validators of the embedded network, 0 to 200", false}

/* Reads them; `out_sets` (the caller's, done with vec_done) backs options->sets. */
struct source_options {
    struct load_options load;
    VEC(struct str) sets, vulnerable;
    char target[16];
};
bool source_options(const struct args *args, struct source_options *out, struct err *err) MUST_CHECK;
void source_options_done(struct source_options *options);

/* Checks a source; prints findings on stderr. NULL: there was an error. The plan is the caller's to free. */
struct plan *source_plan(const struct source *source, const struct load_options *options);
/* Finds, loads and checks; prints findings on stderr. NULL: exit with *out_status (104). */
struct plan *source_load(struct arena *arena, struct str word, const struct load_options *options, int *out_status);

/* "adnet-testbots: error: ..." on stderr; returns `status`. */
int source_fail(const struct err *err, int status);

#endif
