/* What the files that read a scenario share: where they are, what was found so far. For the room's own eyes. */
#ifndef SCENARIO_LOAD_PRIV_H
#define SCENARIO_LOAD_PRIV_H

#include "core/base/vec.h"
#include "tester/scenario/load.h"

#define BLOCK_INTERVAL duration_ms(500) /* by which lengths in blocks are written as durations */

struct loader {
    struct plan *plan;
    struct arena *arena; /* the plan's */
    struct diags *diags;
    const struct load_options *options;
    uint64_t duration_num, duration_den; /* scaling of time; 1/1 as written */
    uint64_t bots_num, bots_den;
    struct place place; /* of the scenario */
    struct place duration_place;
    struct duration duration_written;
    struct duration voting_written; /* voting_period_blocks, where it is a duration that shrinks; else 0 */
    uint32_t validators; /* UINT32_MAX while unknown */
    bool left_faulty;    /* notes say so */
    VEC(struct plan_group) groups;
    VEC(struct plan_phase) phases;
    VEC(struct str) captures;
};

/* ---- nodes (load_node.c) ---- */
/* Reports each key of `mapping` that is not among the blank-separated `keys`, with a suggestion. `what`: "phase 'Peak'". */
void keys_check(struct loader *loader, const struct yaml *mapping, const char *keys, const char *what);
bool mapping_is(struct loader *loader, const struct yaml *node, const char *what); /* NULL: false, said nothing */
struct str text_read(struct loader *loader, const struct yaml *node, const char *what); /* empty and a finding when it is none; NULL: empty */
bool duration_read(struct loader *loader, const struct yaml *node, const char *what, struct duration *out);
bool count_read(struct loader *loader, const struct yaml *node, const char *what, uint64_t max, uint64_t *out);
bool flag_read(struct loader *loader, const struct yaml *node, const char *what, bool *out);
bool amount_read(struct loader *loader, const struct yaml *node, const char *what, u128 *out);
/* The place of the word in the NULL-terminated list; false and a finding with a suggestion otherwise. */
bool word_read(struct loader *loader, const struct yaml *node, const char *const *words, const char *what, unsigned *out);

/* ---- planted switches (load.c): known, and not with Alpha on mainnet; else a finding ---- */
/* ${names} in demands on objects have been captured by now (load_track.c) */
void objects_check(struct loader *loader, const struct criteria *criteria);
bool switch_allowed(struct loader *loader, struct place place, struct str name);

/* ---- bots (load_bots.c) ---- */
void bots_read(struct loader *loader, const struct yaml *list);
/* A selection in numbers as written: what overlaps is found before scaling. */
struct slice {
    uint32_t group, low, high;
};
struct selection {
    struct slice *slices;
    uint32_t slices_count;
    uint32_t *bots; /* indices, ascending within a slice */
    uint32_t bots_count;
    uint64_t written_count; /* before scaling */
};
bool selection_read(struct loader *loader, const struct yaml *node, struct selection *out);

/* ---- phases (load_phase.c, load_track.c) ---- */
struct track_draft {
    struct plan_track track;
    struct selection selection;
};
void phases_read(struct loader *loader, const struct yaml *list);
/* `keys`: the track's own mapping (a phase or a concurrent entry). False: nothing of it is usable. */
bool track_read(struct loader *loader, const struct yaml *mapping, const char *what, struct track_draft *out);
/* Of a track that names bots and no behaviour: one track for each behaviour of the mixes of their roles, added to `drafts`. (load_mix.c) */
void mix_read(struct loader *loader, const struct yaml *mapping, const char *what, bool concurrent, struct track_draft *drafts, uint32_t *count);
#define TRACKS_MAX 64u
/* What a mix's tracks share with all others: rate, target, optional. */
void track_manner_read(struct loader *loader, const struct yaml *mapping, struct plan_track *track);
void params_read(struct loader *loader, const struct yaml *node, struct plan_track *track); /* NULL: as the behaviour has them */
/* What a concurrent track has of its own and a phase's main track shares with the phase: delay, metrics, assertions. */
void track_extras_read(struct loader *loader, const struct yaml *mapping, struct plan_track *track);
const enum metric_id *metric_list_read(struct loader *loader, const struct yaml *node, uint32_t *out_count);

/* ---- the whole (load_check.c) ---- */
void plan_check(struct loader *loader);

/* ---- --set (load_set.c) ---- */
/* The tree with one value replaced or added; NULL and findings when the path leads nowhere. */
const struct yaml *tree_set(struct arena *arena, const struct yaml *root, struct str assignment, struct diags *diags) MUST_CHECK;

uint64_t scale_u64(uint64_t value, uint64_t numerator, uint64_t denominator); /* rounded half up */
struct duration scale_phase(const struct loader *loader, struct duration written); /* never below 5 s, or what is written when less */

#endif
