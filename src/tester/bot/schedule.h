/* Schedule: when a bot should begin its executions. Open loop: arrivals come from the clock alone, never from how the network
 * answers; latency counts from the arrival, and who is late is run and measured, not dropped.
 *
 * All arithmetic is in whole numbers, so every build gives the same instants; nothing accumulates, so nothing drifts.
 *   CONSTANT  every period, each bot at a seeded offset within its first interval
 *   RAMP      linear from one rate to another over `length`; arrival k where the exact integral of the rate reaches k (+ phase)
 *   POISSON   independent exponential gaps
 * A `total` rate is shared by all bots of the track: constant and ramp deal one common sequence out in turn, so that the sum has
 * no drift; Poisson splits into independent streams. */
#ifndef BOT_SCHEDULE_H
#define BOT_SCHEDULE_H

#include "core/base/err.h"
#include "core/base/heap.h"
#include "core/base/rng.h"
#include "core/base/time.h"

/* `events` in every `per`: 10.1/s is 101 in 10 s. Reduced, so equal rates are equal structs. events 0: never. */
struct rate {
    uint64_t events;
    struct duration per;
};

#define RATE_DECIMALS_MAX 6
#define RATE_PER_SECOND_MAX UINT64_C(10000000)
#define SCHEDULE_LENGTH_MAX duration_s(10 * 86400)

/* N/s, N/m, N/h with N decimal: "10.1/s", "0.5/m". ERR_PARSE; ERR_LIMIT beyond the two limits above. */
bool rate_parse(struct str text, struct rate *out, struct err *err) MUST_CHECK;
struct rate rate_scale(struct rate rate, uint64_t numerator, uint64_t denominator); /* rounded down to what 64 bits hold */
/* For people: the rate in the first of second, minute and hour in which it is at least a fifth. */
struct rate_words {
    uint64_t milli; /* events in a thousand units */
    char unit;      /* 's', 'm', 'h' */
};
struct rate_words rate_words(struct rate rate);
uint64_t rate_micro_per_second(struct rate rate); /* events in a million seconds, rounded; clamped */

enum arrivals { ARRIVALS_CONSTANT, ARRIVALS_RAMP, ARRIVALS_POISSON };

/* One track's plan; the same for all its bots. */
struct schedule_plan {
    enum arrivals arrivals;
    struct rate rate;     /* of one bot, or of all when `total`; where a ramp begins */
    struct rate rate_end; /* RAMP */
    bool total;
    struct instant start;
    struct duration length; /* arrivals lie in [start, start + length); RAMP: what the ramp spans. At most SCHEDULE_LENGTH_MAX */
    uint64_t count_max;     /* per bot; 0: no limit */
    uint32_t bots;          /* how many bots share it, at least 1 */
};

/* Whole-text form of a scenario: "1/s", "300/s total", "5/s poisson", "10/s total poisson", "1/m constant", "ramp 10 -> 200/s",
 * "ramp 1 -> 50/s total". Fills arrivals, rate, rate_end, total and leaves the rest. */
bool schedule_parse(struct str text, struct schedule_plan *out, struct err *err) MUST_CHECK;

/* One bot's arrivals. Plain value of 144 bytes; refers to no plan. */
struct schedule {
    struct rng rng; /* POISSON */
    struct instant start, end;
    uint64_t offset_ns;     /* CONSTANT */
    uint64_t index, stride; /* of the next arrival in the sequence it takes part in */
    uint64_t left;          /* arrivals still allowed */
    struct rate rate;
    uint64_t ramp_a, ramp_b, ramp_per_us, length_us; /* RAMP: common denominator */
    struct instant last;                             /* POISSON */
    enum arrivals arrivals;
};

/* `bot` is 0 ... plan->bots - 1; `seed` is the track's generator (not advanced). */
void schedule_init(struct schedule *out, const struct schedule_plan *plan, const struct rng *seed, uint32_t bot);
/* The next arrival, in order; false: there is none any more. */
bool schedule_next(struct schedule *schedule, struct instant *out) MUST_CHECK;
/* How many arrivals of all bots lie in [from, to). Counts what schedule_next gives, without changing anything. */
uint64_t schedule_intended(const struct schedule_plan *plan, const struct rng *seed, struct instant from, struct instant to);

/* Pacer: the arrivals of all bots of a track, merged in order of time; ties by bot. */
struct pacer_lane {
    struct heap_node node; /* key = instant, order = bot */
    struct schedule schedule;
};
struct pacer {
    struct pacer_lane *lanes;
    struct heap heap;
};
void pacer_init(struct pacer *pacer, const struct schedule_plan *plan, const struct rng *seed);
void pacer_done(struct pacer *pacer);
bool pacer_next(struct pacer *pacer, uint32_t *out_bot, struct instant *out_at) MUST_CHECK;

#endif
