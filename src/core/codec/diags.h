/* Diags: faults of a text a person wrote, collected with their places so that all are told in one pass.
 *
 *     scenarios/load/high_tps.yaml:31:7: error: unknown key 'behaviour' in phase 'Peak'; did you mean 'behavior'?
 *           behaviour: transfer.simple
 *           ^
 */
#ifndef CODEC_DIAGS_H
#define CODEC_DIAGS_H

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/vec.h"

#define DIAGS_MAX 200 /* further ones are counted, not kept */

struct place {
    struct str file;       /* as it is to be printed; empty: nowhere in particular */
    uint32_t line, column; /* from 1; columns count characters; 0 = the whole file */
};

enum severity { SEVERITY_ERROR, SEVERITY_WARNING };

struct diag {
    struct place place;
    enum severity severity;
    struct str message;    /* one line, no full stop */
    struct str suggestion; /* what the author may have meant, or empty: printed as "; did you mean 'x'?" */
};

struct diag_source {
    struct str file, text;
};

struct diags {
    struct arena arena; /* owns messages and the copies of file names */
    VEC(struct diag) items;
    VEC(struct diag_source) sources;
    size_t errors_count, warnings_count; /* all that were added, kept or not */
};

void diags_init(struct diags *diags);
void diags_done(struct diags *diags);

/* diags_source remembers the text of a file, so that its lines can be shown. `text` is borrowed. */
void diags_source(struct diags *diags, struct str file, struct str text);

/* Add one finding; the message is formatted at once and kept. */
void diags_error(struct diags *diags, struct place place, const char *fmt, ...) PRINTF_LIKE(3, 4);
void diags_warn(struct diags *diags, struct place place, const char *fmt, ...) PRINTF_LIKE(3, 4);
void diags_add(struct diags *diags, struct place place, enum severity severity, struct str suggestion, const char *fmt, ...)
    PRINTF_LIKE(5, 6);

/* diags_print sorts by file (in the order they were named), line and column, drops exact repeats and writes the
 * findings with their source lines and carets. Safe to call more than once. */
void diags_print(struct diags *diags, struct buf *out);
void diags_sort(struct diags *diags);

/* did_you_mean picks the candidate nearest to `name`: edit distance at most max(2, length / 3), ties to the earlier one.
 * Empty when none is near enough. `next` answers candidate i, or an empty str behind the last. */
struct str did_you_mean(struct str name, const struct str *candidates, size_t count);
struct str did_you_mean_by(struct str name, struct str (*next)(const void *context, size_t i), const void *context);

#endif
