/* Weather: does a scenario's actions through the admin API and proves by readings of its own that they took effect. It also keeps what follows from
 * the actions taken and seen: who is down, who can talk to whom, whether a quorum is up and connected.
 *
 * What an action is about on both chains is proven on each of them; what needs load to show, on one.
 *
 * An action and its proof are a deed. Doing takes milliseconds; proving may take as long as the network needs, on a fiber of its own. Nothing is
 * proven by the answer to the request. Nothing seen when the deed is closed: unproven. */
#ifndef CHAOS_WEATHER_H
#define CHAOS_WEATHER_H

#include "core/base/vec.h"
#include "tester/chaos/action.h"
#include "tester/client/admin.h"
#include "tester/client/alpha.h"

#define EVIDENCE_BYTES 400

enum deed_state { DEED_OPEN, DEED_PROVEN, DEED_UNPROVEN, DEED_UNSUPPORTED };
struct deed {
    const struct chaos_action *action;
    struct instant at;       /* when the request was answered: recovery clocks start here */
    enum deed_state state;
    uint8_t proofs, ended, proven; /* one a chain; ended and proven so far */
    char evidence[EVIDENCE_BYTES]; /* one line: what was read before and after */
};

struct weather_config {
    struct env *env;
    struct alpha alpha;        /* the gateway; views are asked under it */
    struct alpha delta;        /* the same of Delta; `http` NULL: the target serves none */
    const struct admin *admin; /* NULL: no capability at all */
    struct capabilities capabilities;
    uint32_t validators;
    struct duration interval; /* block interval */
    bool virtual_time;        /* waiting is how its clock is advanced; else by blocks out of turn */
    bool own_network;         /* started for this run: nodes may be stopped and spawned */
    bool (*stopped)(void *context); /* from outside, while something takes long; NULL: never */
    void *context;
};

struct weather;
struct weather *weather_new(const struct weather_config *config);
void weather_free(struct weather *weather); /* when its fibers have ended or its env runs no more */

/* Reads what is needed before, asks for the action, reads who answers after. Then the proof goes on by itself. The deed belongs to the weather and lives
 * as long. `told` is called when its state is no longer OPEN (maybe at once, maybe never before weather_close). */
struct deed *weather_do(struct weather *weather, const struct chaos_action *action) FIBER;
void weather_on_deed(struct weather *weather, void (*told)(void *context, const struct deed *deed), void *context);
/* Ends all proofs that are still open, as unproven, and waits for their fibers. */
void weather_close(struct weather *weather) FIBER;

size_t weather_deeds_count(const struct weather *weather);
const struct deed *weather_deed(const struct weather *weather, size_t i); /* in the order they were done */

/* ---- what follows from the actions ---- */
bool weather_is_up(const struct weather *weather, uint32_t number);   /* not crashed and not paused by an action seen in effect */
uint32_t weather_down(const struct weather *weather);
uint32_t weather_nodes(const struct weather *weather); /* validators at the start and those spawned since: views v1 ... */
struct instant weather_crashed_at(const struct weather *weather);     /* the last crash or pause; 0: never */
struct instant weather_undone_at(const struct weather *weather);      /* the last heal, restart, resume or clear; 0: never */
uint32_t weather_groups(const struct weather *weather);               /* of the partition in effect; 0: none */
/* The running members of group `group` (0 = partition_a), ascending; writes at most `max` numbers, returns how many. */
uint32_t weather_group_members(const struct weather *weather, uint32_t group, uint16_t *out, uint32_t max);
/* Whether more than two thirds of the validators are up and connected with each other, and since when that is so (or not so). */
bool weather_quorum(const struct weather *weather, struct instant *out_since);

#endif
