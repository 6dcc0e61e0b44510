/* The run's inside, for the files that carry it out. */
#ifndef SCENARIO_RUN_PRIV_H
#define SCENARIO_RUN_PRIV_H

#include "tester/chaos/weather.h"
#include "tester/invariant/observer.h"
#include "tester/scenario/listener.h"
#include "tester/scenario/run.h"
#include "tester/scenario/verdict.h"

/* A value that a behaviour gave out: by bot, and the last one of anybody. */
struct captured {
    struct str *by_bot; /* bots_count; data NULL: none */
    struct str last;
};

/* Of a track that holds the pool at a size: what the last reading said, and what all readings said. */
struct holding_pace {
    uint32_t aim;            /* as many as may wait before nothing more begins */
    uint32_t size;           /* at the last reading */
    uint64_t submitted;      /* of the whole run, then */
    uint64_t withheld;       /* arrivals that did not begin */
    bool reached;
    struct duration fill;    /* until it was */
    uint64_t readings, kept; /* from there on; those within the bounds */
    uint32_t least, most;    /* of them */
};

struct execution;
struct run_track {
    struct run *run;
    const struct plan_track *plan;
    uint32_t phase;            /* of the plan */
    struct track shared;       /* what executions share */
    struct tally tally;
    struct schedule_plan schedule;
    struct instant start, end; /* when arrivals may lie */
    uint64_t number;           /* of the next execution */
    struct holding_pace pace;  /* plan->hold */
    struct execution *open;    /* begun and not ended */
    uint64_t live;             /* fibers of executions and generators not ended */
    bool closed;               /* no new executions: the phase is over */
    bool began;
};

/* Final heights of a chain whose blocks count: from < height <= to. */
struct lanes_window {
    bool open;
    uint32_t from, to;
};

struct run_phase {
    struct span span;
    struct lanes_window lanes[2]; /* by chain - 1 */
    bool open;      /* its window is running */
    bool failed;    /* until was not reached, or a count did not end */
    bool overdue;
    struct instant start;
    uint64_t inbound_start, evicted_start, rejected_start, worth_start;
    struct hash *accounts; /* by bot, as they stood; NULL: not asked for */
    uint32_t first_finding; /* where its findings begin */
};

struct run {
    const struct plan *plan;
    struct target target;
    struct arena arena;
    struct env *env;
    struct crew crew;
    struct bot **bots;
    struct bot_running *running;
    struct capabilities capabilities;
    struct node_params {
        struct duration interval;
        uint32_t pool_capacity;
        struct amount governor_deposit;
    } node;
    uint64_t network_rng;      /* of a plan with validators */
    uint32_t *drivers;         /* by bot: tracks that drive its validator now */
    uint32_t handing_back;     /* fibers that will hand validators back to their nodes */
    struct judge judge;
    struct observer *observer;
    struct weather *weather;
    struct recorder *recorder;
    struct chronicle chronicle;
    struct run_track *tracks;  /* of all phases */
    struct run_phase *phases;  /* as the plan has them */
    struct run_phase whole;    /* the run itself */
    struct captured *captures; /* by slot */
    struct str *view_names;    /* "v1" ...: by number */
    uint64_t inbound;          /* submissions accepted so far */
    uint64_t transactions, ops_ended, ops_failed;
    struct window recent;      /* transactions by second in which they ended */
    bool *erred;               /* by bot: its last operation was refused as expected */
    struct str *names;         /* that name_service tracks speak of */
    uint32_t names_count;
    bool breaker_watched, breaker_ever;
    bool lanes_watched;
    struct map lately;         /* lanes_watched: who used Delta's general lane in the last few blocks, and where */
    uint32_t *bot_phase;       /* last phase + 1 in which the bot acted */
    VEC(struct finding) findings;
    VEC(uint32_t) deed_phases;
    const struct behavior_spec *settled[64]; /* behaviours whose postconditions were read */
    struct postconditions settlements[64];
    uint32_t settled_count;
    uint32_t phase_now;
    bool stopping;             /* bots: no more retries */
    bool sampling, sampler_live;
    bool interrupted;
    volatile bool over;
    uint64_t silent_unasked, alive_samples;
    struct leak_found leak;
    struct listener *listeners[2]; /* by chain - 1; NULL: nobody asks */
    struct instant began, planned_end;
    bool begun;
    struct outcome outcome;
    char fault[500];           /* why it could not begin */
};

/* ---- run.c ---- */
void run_event(struct run *run, enum event_kind kind, uint64_t subject, uint64_t value, struct str text);
void run_find(struct run *run, struct finding finding);
bool run_is_interrupted(struct run *run);
/* Sleeps, but wakes early when the run is interrupted. */
void run_wait_until(struct run *run, struct instant at) FIBER;

/* ---- run_track.c ---- */
void track_prepare(struct run *run, uint32_t phase, uint32_t track);
void track_begin(struct run_track *track, struct instant start, struct instant end);
/* Takes in what open executions have come to so far; after it the tally is not to be added to. */
void track_count_open(struct run_track *track);
/* Whether an execution has asked the network something, claimed something of it, or answered a partner. */
bool track_did_anything(const struct run_track *track);
void track_unmark_busy(const struct run_track *track, bool *by_bot); /* false for every bot with an execution that has begun and not ended */
bool track_is_done(const struct run_track *track); /* every execution it will ever have has ended */

/* ---- run_hold.c: tracks that hold the pool at a size ---- */
#define HOLD_HURRY 2u /* its bots may be as many times as fast as the rate says */
void hold_begin(struct run_track *track);          /* reads the pool while the track's phase lasts */
bool hold_allows(const struct run_track *track);   /* whether an arrival may begin now */
void hold_judge(struct run *run, const struct run_track *track, struct str scope);

/* ---- standing.c ---- */
#define STANDINGS_EACH_MAX 3u
#define STANDING_FEES 20000u /* of the transactions that take it, where the genesis does not give it */
size_t standings_cost(const struct run *run, uint32_t bot, struct money out[4]); /* on top of its wallet */
bool standings_take(struct run *run, struct err *err) FIBER MUST_CHECK;

/* ---- seat.c: validators whose keys bots carry ---- */
bool seats_learn(struct run *run, struct err *err) FIBER MUST_CHECK; /* network_rng */
bool seats_check(struct run *run, struct err *err) FIBER MUST_CHECK; /* the target's validators have these keys */
/* Nodes of validators that a track of the phase drives leave their keys to the bots, each until the last execution of its bot there has ended. */
void seats_drive(struct run *run, uint32_t phase) FIBER;
void seats_wait(struct run *run) FIBER; /* until all are handed back */

/* ---- run_gauge.c ---- */
void gauges_prepare(struct run *run);
/* Which topics the plan asks for in this phase (or PLAN_NO_PARENT), and what they show now. */
void gauges_take(struct run *run, uint32_t plan_phase, struct gauges *out) FIBER;
/* Nothing is under way between the chains, as they tell and as the judge has read them. */
bool bridge_is_drained(struct run *run) FIBER MUST_CHECK;
void breaker_look(struct run *run) FIBER; /* now and then, where anybody asks */
/* What the acting bots' accounts show, for state_unchanged: kept at the beginning, compared at the end. */
void accounts_take(struct run *run, uint32_t plan_phase, struct run_phase *phase) FIBER;
void accounts_compare(struct run *run, struct run_phase *phase) FIBER;

/* ---- run_lanes.c ---- */
/* Every final block of a window that asks is judged as the observer has read and proven it: nothing is read twice, and nothing kept. */
void lanes_watch(struct run *run); /* before the observer starts */
void lanes_done(struct run *run);
void lanes_open(struct run *run, uint32_t plan_phase, struct run_phase *phase) FIBER;
void lanes_close(struct run *run, struct run_phase *phase) FIBER; /* waits until the observer has read what is final now */
/* Of one block: neighbours of the DEX lane in the order in which they came, and inverted ones. `lately`: senders to leave out; may be NULL. */
void arrivals_judge(const struct tx_view *txs, uint32_t count, const struct map *lately, uint64_t slack_ms, uint64_t *out_kept, uint64_t *out_broken);
/* ---- run_peers.c ---- */
void peers_read(struct run *run, uint32_t plan_phase, struct span *span) FIBER; /* of every live view, where it is asked for */
struct peers_seen {
    uint32_t proven;   /* with the address of a validator */
    uint32_t crowd;    /* of those without, the most that come from one group (a /16) */
};
struct peers_seen peers_look(const struct page *page);
bool lanes_in_order(const struct tx_view *txs, uint32_t count); /* of one block */

/* ---- run_leak.c ---- */
void leak_listen(struct run *run);     /* before the first phase, where anybody asks */
void leak_read(struct run *run) FIBER; /* when all is over, likewise */
void leak_free(struct run *run);

/* ---- run_linkage.c ---- */
void linkage_read(struct run *run); /* into the spans that ask for it; after the drain */

/* ---- run_object.c ---- */
bool object_holds(struct run *run, const struct object *object, struct arena *arena, struct str *out_told) FIBER;
struct finding object_finding(struct run *run, const struct criterion *criterion, struct str scope) FIBER;
/* ${names} by what was captured last; false: something was not (run_track.c). */
bool run_text_expand(const struct run *run, struct str text, struct arena *arena, struct str *out);

/* ---- run_phase.c ---- */
void action_do(struct run *run, uint32_t phase, const struct chaos_action *action) FIBER; /* PLAN_NO_PARENT: before the first phase */
void phases_run(struct run *run) FIBER;

/* ---- run_read.c ---- */
void sampler_start(struct run *run);
void sampler_stop(struct run *run) FIBER;
void span_open(struct run *run, struct run_phase *phase, uint32_t plan_phase, struct str scope) FIBER;
void span_steady(struct run *run, struct run_phase *phase, uint32_t plan_phase) FIBER; /* 10 block times after the start */
void span_close(struct run *run, struct run_phase *phase, uint32_t plan_phase) FIBER;  /* reads what stands at its end */
void span_tallies(struct run *run, struct run_phase *phase, uint32_t first_track, uint32_t tracks_count);
bool condition_holds(struct run *run, struct run_phase *phase, const struct condition *condition) FIBER;
void quorum_note(struct run *run);
uint64_t run_pending(const struct run *run);
const struct span *run_baseline(const struct run *run, uint32_t before_phase);
/* Whether anything in the plan asks for the metric or check, in this phase (or PLAN_NO_PARENT: at the level of the run). */
bool plan_asks_metric(const struct plan *plan, uint32_t phase, enum metric_id metric);
bool plan_asks_check(const struct plan *plan, uint32_t phase, enum check_id check);

/* ---- run_book.c ---- */
/* Reads the books and notes them in the span. Nobody who answers: nothing is noted. */
void books_read(struct run *run, struct books *books) FIBER;
bool metric_is_of_books(enum metric_id metric);

/* ---- run_evidence.c: findings about those who did nothing ---- */
void tried_judge(struct run *run, const struct run_track *track, struct str scope);
void evidence_judge(struct run *run, const struct run_track *track, struct str scope);
void evidence_judge_whole(struct run *run);

/* ---- run_judge.c ---- */
void judge_phase_end(struct run *run, uint32_t phase);  /* criteria that do not speak of operations */
bool verifier_asks(const struct behavior_spec *spec, enum check_id check); /* verify.*: the checks of its topic */
void judge_operations(struct run *run);                /* the rest, after the drain */
void postconditions_read(struct run *run) FIBER;
void outcome_fill(struct run *run);

#endif
