/* Boot: a network brought to life for a run: a simulated world, a devnet in it, and a client's address in that world. The only place where
 * the two wings meet. The tester gets a struct target and nothing else. */
#ifndef CLI_BOOT_H
#define CLI_BOOT_H

#include "cli/costs.h"
#include "network/devnet/devnet.h"
#include "tester/scenario/run.h"
#include "world/sim/sim.h"

struct boot_options {
    bool simulated;      /* signatures by keyed hash */
    bool simulated_proofs; /* likewise those of the shielded pool */
    struct costs costs;  /* what work takes */
    enum http_wire wire;
    bool second_thread;  /* pure work may run ahead; without effect where signatures are simulated */
    uint64_t seed;
    uint32_t validators;
    bool production;
    const struct plan_parameter *parameters; /* genesis parameters by name */
    size_t parameters_count;
    const struct run_grant *grants;          /* the bots' wallets */
    size_t grants_count;
    const struct run_standing *standings;    /* and what they are beside */
    size_t standings_count;
};

struct boot;
/* ERR_*: what the devnet says of its configuration. Everything is on loopback memory: no socket is opened. */
bool boot_new(const struct boot_options *options, struct boot **out, struct err *err) MUST_CHECK;
/* The run must have been freed or have ended before. NULL is fine. */
void boot_free(struct boot *boot);
struct str boot_traffic(struct boot *boot, struct arena *arena); /* JSON: what its clients have exercised so far */

struct sim *boot_sim(struct boot *boot);
struct target boot_target(struct boot *boot); /* borrows from the boot; `interrupted` is the caller's to set */
uint64_t boot_signatures_wrong(struct boot *boot); /* made in this process and, checked after the fact, do not hold: 0, or the program is broken */
struct devnet_counters boot_counters(const struct boot *boot);
struct sim_model boot_model(const struct boot *boot);

#endif
