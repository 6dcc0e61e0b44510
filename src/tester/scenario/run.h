/* Run: a plan carried out against a target, on fibers of the target's env, and judged.
 *
 *     struct run *run = run_new(plan, &target);
 *     run_start(run);
 *     sim_run(sim, INSTANT_NEVER, run_over(run));
 *     report(run_outcome(run));
 *     run_free(run);
 *
 * Phases go delay -> chaos -> tracks -> end, then comes one drain; criteria of operations are judged after it, all others at the end of their
 * window. Meanwhile an observer checks the invariants from what a client can read (tester/invariant) and faults are proven (tester/chaos). */
#ifndef SCENARIO_RUN_H
#define SCENARIO_RUN_H

#include "tester/client/admin.h"
#include "tester/client/alpha.h"
#include "tester/client/trust.h"
#include "tester/scenario/gauge.h"
#include "tester/scenario/outcome.h"

/* The network to act on, as its caller has set it up. All borrowed until run_free. */
struct target {
    struct env *env;
    struct alpha alpha;           /* the gateway; `view` empty */
    struct alpha delta;           /* the same of Delta; `http` NULL: the target serves none */
    const struct admin *admin;    /* NULL: the target has no admin API */
    struct adnet adnet;           /* `http` NULL: the target serves none */
    struct trust_genesis genesis; /* from outside, never from the network itself */
    struct trust_genesis genesis_delta; /* when `delta` is there */
    struct sign_suite suite;      /* bots sign with it */
    struct shield_suite shield;   /* and prove with that */
    struct prove_costs prove;     /* what proving takes them in virtual time; all 0: what it really takes */
    struct verifier verifier;     /* the tester's own checks go through it */
    uint32_t validators;          /* views v1 ... vN */
    bool funded_by_genesis;       /* run_grants and run_standings were put into the genesis; else the faucet and the admin API are asked */
    void (*resources)(struct resources *out); /* of this process; NULL: unknown */
    bool virtual_time, own_network; /* its clock is the env's; it was started for this run */
    const volatile bool *interrupted; /* set from outside to finish early; NULL: never */
};

/* What the plan's bots own at the start, for the genesis of a network that is made for the run: only what is more than 0. Identities come from
 * the plan's seed (api 3.3). The array is the caller's to base_free. */
struct run_grant {
    struct address address;
    struct money money;
    uint32_t bot;
};
struct run_grant *run_grants(const struct plan *plan, struct sign_suite suite, size_t *out_count);

/* What the plan's bots are at the start beside what they own (scenarios 1.2): stake and deposit come on top of their wallets. */
enum run_standing_kind {
    STANDING_STAKED,    /* `amount` of the fee token at stake on each chain */
    STANDING_GOVERNOR,  /* registered, with the least deposit */
    STANDING_VALIDATOR, /* number `validator`, bonded with `amount` (0: as the network has it); the bot carries its keys */
    STANDING_ORACLE,    /* has the seats of one development oracle */
    STANDING_KYC_OFFICER,
    STANDING_SETTLER,
};
struct run_standing {
    enum run_standing_kind kind;
    struct address address;
    struct amount amount;
    uint32_t validator, bot;
};
/* For the genesis of a network that is made for the run, with the plan's seed as its rng. The array is the caller's to base_free. */
struct run_standing *run_standings(const struct plan *plan, struct sign_suite suite, size_t *out_count);

struct run;
struct run *run_new(const struct plan *plan, const struct target *target); /* the plan is borrowed */
void run_free(struct run *run); /* when its env runs no more */
void run_start(struct run *run); /* spawns its fibers; everything then happens in the env's loop */
const volatile bool *run_over(const struct run *run); /* becomes true when the outcome stands */
const struct outcome *run_outcome(const struct run *run); /* after run_over */

/* Where it stands, for a live line; at any time, from the env's loop. */
struct run_progress {
    struct str phase;
    uint32_t phase_number, phases_count; /* number from 1; top-level phases */
    struct duration elapsed, planned;
    uint64_t operations, errors, pending, transactions;
    uint64_t tps; /* transactions final in the last whole second that is complete */
    uint32_t final_height;
    uint64_t violations; /* of invariants, so far */
};
struct run_progress run_progress(const struct run *run);

#endif
