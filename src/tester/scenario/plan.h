/* Plan: a scenario, checked and typed: everything a run needs, nothing to be read again. Values that options scale are scaled already.
 *
 * A plan is made by scenario_load (load.h), owns all it points to, and is not changed by a run. */
#ifndef SCENARIO_PLAN_H
#define SCENARIO_PLAN_H

#include "chain/code.h"
#include "tester/behavior/behavior.h"
#include "tester/bot/schedule.h"
#include "tester/chaos/action.h"
#include "tester/role/role.h"
#include "tester/script/script.h"
#include "tester/scenario/criterion.h"

enum scenario_type { SCENARIO_UNIT, SCENARIO_INTEGRATION, SCENARIO_FUNCTIONAL, SCENARIO_SECURITY, SCENARIO_LOAD, SCENARIO_CHAOS, SCENARIO_TYPES };
enum scenario_category { CATEGORY_NONE, CATEGORY_ADVERSARIAL, CATEGORY_ANTI_PATTERN, CATEGORY_LEGITIMATE };
enum target_kind { TARGET_SIM, TARGET_DEVNET, TARGET_URLS };

extern const char *const scenario_type_names[SCENARIO_TYPES];
extern const char *const target_kind_names[3];

struct plan_parameter {
    struct str name, value;
};
struct plan_network {
    enum target_kind target;
    struct str alpha_rest, delta_rest, adnet_rest, admin_rest; /* urls; empty: none */
    struct str alpha_network, delta_network;                  /* "testnet", "mainnet" */
    bool production;
    uint32_t validators;
    const struct plan_parameter *parameters;
    uint32_t parameters_count;
    const struct chaos_action *vulnerabilities; /* planted switches, each as the action that turns it on before the first phase */
    uint32_t vulnerabilities_count;
};

/* A bot and what it owns at genesis. Its index is its place in `bots`. */
struct plan_bot {
    struct str id;
    uint32_t group;
};
struct plan_group {
    struct str stem; /* id without its number; the whole id when plain */
    bool numbered;
    uint32_t low, high; /* as written */
    uint32_t first, count; /* of its bots, in plan->bots; count is scaled */
    uint32_t seat;         /* the first bot's number among the validators; 0: of another role */
    const struct role *role;
    const struct role_variant *variant;
    u128 wallet_ax, wallet_dx, wallet_sax, wallet_usd, stake;
    bool wallet_stated; /* else it is the variant's where its bots live by a mix, and nothing elsewhere */
    struct place place;
};

enum track_target { TRACK_GATEWAY, TRACK_VIEW, TRACK_PARTITION };
struct plan_capture {
    struct str name, path; /* "tx", "output.tx_id" */
    uint32_t slot;         /* number of the variable, dense in the plan */
};
struct plan_late {
    uint32_t row;    /* of the behaviour's parameters */
    struct str text; /* with its ${names} */
};
struct plan_track {
    struct place place;
    const struct behavior_spec *behavior; /* NULL: the phase acts through chaos alone */
    const uint32_t *bots; /* indices; NULL with bots_count 0: an observer behaviour */
    uint32_t bots_count;
    const struct arg *args;         /* one for each row of the behaviour's parameters */
    const struct plan_late *lates;  /* parameters that name captured values: read again for each execution */
    uint32_t lates_count;
    bool paced;                     /* `rate` was given */
    struct schedule_plan schedule;  /* paced: arrivals, rate, total; start and length are the run's */
    uint32_t hold, hold_within_bps; /* `hold`: the pool at the gateway is kept at this size, so far off at most; 0: it is not */
    uint32_t mix;                   /* tracks of a phase with one number are the parts of what roles live by, and share bots; 0: none */
    bool mostly;                    /* at least half of its mix */
    uint64_t count;                 /* executions per bot; 0: not limited (paced) or one */
    enum track_target target;
    struct str view;                /* TRACK_VIEW: "v7" */
    uint32_t partition;             /* TRACK_PARTITION: group number */
    struct duration delay;
    const struct plan_capture *captures;
    uint32_t captures_count;
    enum code expect_error; /* CODE_NONE: success is expected */
    bool optional;
    const enum metric_id *metrics;
    uint32_t metrics_count;
    struct criteria assertions;
};

struct plan_action {
    struct chaos_action action;
    struct duration at;    /* from the phase's start after its delay */
    struct duration every; /* repeats; count > 1 */
    uint32_t count;
};

enum phase_end { PHASE_BY_DURATION, PHASE_BY_UNTIL, PHASE_BY_COUNT, PHASE_BY_CHILDREN };
struct plan_phase {
    struct str name;
    struct place place;
    uint32_t parent; /* number of the phase it is a part of; PLAN_NO_PARENT */
    enum phase_end end;
    struct duration delay, duration, timeout;
    struct duration delay_written, duration_written, timeout_written; /* before scaling */
    struct condition until;
    const struct plan_action *actions; /* ascending by `at` */
    uint32_t actions_count;
    const struct plan_track *tracks;
    uint32_t tracks_count;
    bool optional, baseline; /* baseline: its name begins with "Baseline" */
    const enum metric_id *metrics;
    uint32_t metrics_count;
    struct criteria assertions;
};
#define PLAN_NO_PARENT UINT32_MAX

struct plan {
    struct arena arena;
    struct str name;  /* "unit/simple_transfer": what runs/ and replay call it */
    struct str file;  /* where it was read */
    struct str text;  /* the whole file, for replay and show */
    struct str id, title, description;
    enum scenario_type type;
    enum scenario_category category;
    struct str priority;
    struct duration duration; /* after scaling */
    uint64_t seed;
    bool distributed;
    struct plan_network network;
    const struct plan_group *groups;
    uint32_t groups_count;
    const struct plan_bot *bots;
    uint32_t bots_count;
    const struct plan_phase *phases; /* a parent comes before its parts */
    uint32_t phases_count;
    uint32_t tracks_count; /* of all phases: tracks have run-wide numbers in order */
    uint32_t captures_count;
    const enum metric_id *metrics;
    uint32_t metrics_count;
    struct criteria criteria;
    const struct str *captures; /* names of variables, by slot */
    struct script **scripts;    /* the ones its tracks name; owned */
    uint32_t scripts_count;
};

/* The number of the phase's first track in the whole run. */
uint32_t plan_track_number(const struct plan *plan, uint32_t phase, uint32_t track);
/* Which validator the bot is: bots of role validator are v1, v2 ... in the order of the file, as written (fewer bots leave gaps); beyond the network's number they are none yet.
 * 0: it is of another role. */
uint32_t plan_seat(const struct plan *plan, uint32_t bot);
/* Validators that do not mean to keep all their turns: lazy and byzantine ones. */
bool plan_misses_turns(const struct plan_group *group);
/* The bot's address in a network with that rng. */
struct address plan_bot_address(const struct plan *plan, uint32_t bot, uint64_t network_rng, struct sign_suite suite);
void plan_free(struct plan *plan);

#endif
