/* Report: how an outcome is told: text for people, and files for machines. Formats only; files are written through the caller's writer. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "core/base/err.h"
#include "tester/scenario/outcome.h"

/* What the outcome does not know: how the run was set up, and what the wall clock said. */
struct report_context {
    struct str version;    /* of the program */
    struct str run_digest; /* 64 hex; empty: the world has none */
    struct str crypto;     /* signatures: "ed25519", "simulated" */
    struct str proofs;     /* of the shielded pool: "real", "simulated" */
    struct str wire;       /* "struct", "text" */
    struct str replay;     /* the command that runs this again */
    struct str run_dir;    /* where the artifacts are; empty: nowhere */
    struct str traffic;    /* JSON: what of the contract was exercised; empty: nobody counted */
    uint64_t wall_ns;
    uint64_t memory_bytes; /* peak, of the process; 0: unknown */
    uint32_t machine_cores;
    uint64_t machine_memory_bytes;
    bool color;            /* terminal text: ANSI colours */
    bool quiet;            /* terminal text: the verdict only */
    /* What time costs in `sim`, as name and text ("node_latency", "10ms"); printed in every report. */
    const struct report_model {
        struct str name, value;
    } *model;
    size_t model_count;
};

void report_summary_json(const struct plan *plan, const struct outcome *outcome, const struct report_context *context, struct buf *out);
void report_junit_xml(const struct plan *plan, const struct outcome *outcome, const struct report_context *context, struct buf *out);
void report_histograms_json(const struct plan *plan, const struct outcome *outcome, struct buf *out);
void report_events_ndjson(const struct plan *plan, const struct outcome *outcome, struct buf *out); /* virtual times only */
void report_text(const struct plan *plan, const struct outcome *outcome, const struct report_context *context, struct buf *out);

/* Where files go. `dir` is relative to wherever the writer is rooted; all functions return false and set err when they fail. */
struct report_writer {
    bool (*dir_make)(void *context, struct str dir, struct err *err); /* with its parents; fine when it is there */
    bool (*file_write)(void *context, struct str path, struct str data, struct err *err);
    bool (*link_set)(void *context, struct str link, struct str to, struct err *err); /* replaces an older link */
    void *context;
};
/* "runs/load/high_tps/20260101T000000-42": `stamp` is wall time for people. */
struct str report_dir(struct arena *arena, struct str root, const struct plan *plan, struct str stamp);
/* Writes summary.json, events.ndjson, junit.xml, histograms.json, scenario.yaml (the text that ran) and report.txt into `dir`, shield_tape.ndjson
 * and linkage.json of runs in the shielded pool, and points `latest` beside it there. `arguments`: what replay needs beside the scenario, one a line; kept as arguments.txt. */
bool report_write(const struct report_writer *writer, struct str dir, const struct plan *plan, const struct outcome *outcome,
                  const struct report_context *context, struct str arguments, struct err *err) MUST_CHECK;

#endif
