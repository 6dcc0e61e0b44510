/* Event: one thing that happened in a run, small and of fixed size. */
#ifndef METRICS_EVENT_H
#define METRICS_EVENT_H

#include "core/base/time.h"

/* X(CONSTANT, text, lasting): lasting events are all kept, the others are the last EVENTS_MAX. */
#define EVENT_KINDS(X)                                   \
    X(EVENT_RUN_STARTED, "run_started", true)            \
    X(EVENT_RUN_ENDED, "run_ended", true)                \
    X(EVENT_PHASE_STARTED, "phase_started", true)        \
    X(EVENT_PHASE_ENDED, "phase_ended", true)            \
    X(EVENT_OP_STARTED, "op_started", false)             \
    X(EVENT_OP_ENDED, "op_ended", false)                 \
    X(EVENT_OP_FAILED, "op_failed", false)               \
    X(EVENT_TX_ADMITTED, "tx_admitted", false)           \
    X(EVENT_TX_REFUSED, "tx_refused", false)             \
    X(EVENT_TX_INCLUDED, "tx_included", false)           \
    X(EVENT_TX_CERTIFIED, "tx_certified", false)         \
    X(EVENT_TX_FINALIZED, "tx_finalized", false)         \
    X(EVENT_TX_DROPPED, "tx_dropped", false)             \
    X(EVENT_TX_TIMED_OUT, "tx_timed_out", false)         \
    X(EVENT_CHAOS_STARTED, "chaos_started", true)        \
    X(EVENT_CHAOS_PROVEN, "chaos_proven", true)          \
    X(EVENT_CHAOS_UNPROVEN, "chaos_unproven", true)      \
    X(EVENT_CHAOS_ENDED, "chaos_ended", true)            \
    X(EVENT_ASSERTION_JUDGED, "assertion_judged", true)  \
    X(EVENT_THRESHOLD_JUDGED, "threshold_judged", true)  \
    X(EVENT_INVARIANT_CHECKED, "invariant_checked", false) \
    X(EVENT_INVARIANT_VIOLATED, "invariant_violated", true) \
    X(EVENT_FINDING, "finding", true)                    \
    X(EVENT_BOT_STARTED, "bot_started", false)           \
    X(EVENT_BOT_STOPPED, "bot_stopped", false)           \
    X(EVENT_BOT_RESYNCED, "bot_resynced", false)         \
    X(EVENT_CAPABILITY_MISSING, "capability_missing", true) \
    X(EVENT_GENERATOR_LATE, "generator_late", true)      \
    X(EVENT_INTERRUPTED, "interrupted", true)            \
    X(EVENT_ERROR, "error", true)

enum event_kind {
#define EVENT_CONSTANT(constant, text, lasting) constant,
    EVENT_KINDS(EVENT_CONSTANT)
#undef EVENT_CONSTANT
    EVENT_KIND_COUNT
};

const char *event_kind_text(enum event_kind kind);
bool event_kind_find(struct str text, enum event_kind *out) MUST_CHECK;
bool event_kind_is_lasting(enum event_kind kind);

/* Small ids are indices into tables of the run (roles, behaviours, phases, tracks), EVENT_NO_ID where there is none. */
#define EVENT_NO_ID UINT16_MAX
#define EVENT_NO_BOT UINT32_MAX

struct event {
    struct instant at;
    uint64_t subject;    /* what it is about: the first 8 bytes of a transaction id, a height ... */
    uint64_t value;      /* a number that belongs to it: count, height, samples ... */
    uint32_t bot;        /* index within the run */
    uint32_t latency_us; /* since the intended start; stops at the maximum */
    uint16_t kind;       /* enum event_kind */
    uint16_t code;       /* the network's error code, 0: none */
    uint16_t phase, track, role, behavior;
    uint8_t chain, stage; /* as the series' keys have them */
    uint8_t spare[2];     /* zero */
};
_Static_assert(sizeof(struct event) == 48, "events have no hidden padding");

#endif
