/* Play: one scenario from its text to its exit status: check, boot, run, judge, tell, keep. */
#ifndef CLI_PLAY_H
#define CLI_PLAY_H

#include "cli/costs.h"
#include "cli/source.h"
#include "world/http/http.h"

struct play_options {
    struct load_options load;
    bool simulated, simulated_proofs; /* --crypto: signatures, and proofs of the shielded pool */
    struct costs costs;    /* --cost */
    enum http_wire wire;   /* --wire */
    bool second_thread;    /* --threads 1 */
    bool json;             /* --format json */
    bool quiet, dry_run;
    struct str out;        /* --out: where runs are kept; empty: nowhere */
    struct str flags;      /* the flags above as they were given, one `--name=value` a line: kept beside the report, for replay */
};

/* Flags of `run` beside SOURCE_FLAGS that decide how a scenario is played. */
#define PLAY_FLAGS                                                                                                          \
    {"crypto", "real|signatures|simulated", "all real; Ed25519, but keyed hashes for shielded proofs; keyed hashes (default real)", false}, \
    {"wire", "struct|text", "hand objects over, or speak full HTTP text; the digest is the same (default struct)", false},  \
    {"cost", "NAME=D", "what work takes in virtual time, e.g. signature=80us; the report names all; may be repeated", true}, \
    {"threads", "0|1", "a second thread for pure work; the digest is the same (default 1)", false},                         \
    {"format", "text|json", "what goes to stdout: a report for people, or summary.json (default text)", false},             \
    {"out", "DIR", "where runs are kept (default runs; \"\" keeps nothing)", false},                                        \
    {"quiet", NULL, "no progress, and only the verdict on stdout", false}

bool play_options(const struct args *args, const struct source_options *source, struct arena *arena, struct play_options *out, struct err *err) MUST_CHECK;

/* Returns the exit status. *out_digest (64 hex digits and a 0; may be NULL) is empty when nothing ran. */
int play(const struct source *source, const struct play_options *options, char out_digest[65]);

#endif
