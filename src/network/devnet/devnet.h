/* Devnet: a whole network of 0 to 200 validators inside one env, each with a node of Alpha and, if asked for, one of Delta (same keys and
 * stakes): genesis, keys, boot, faults, faucet. It answers through the origins it listens on, "alpha" and "delta" (api 4.2 to 4.4),
 * "adnet" (api 4.5) and "admin" (api 5); a tester needs nothing else of it. It is not a client and judges nothing. */
#ifndef DEVNET_DEVNET_H
#define DEVNET_DEVNET_H

#include "chain/address.h"
#include "chain/amount.h"
#include "chain/committee.h"
#include "network/node/costs.h"
#include "world/http/http.h"

struct sigcache;

#define DEVNET_VALIDATORS_MAX 200
#define DEVNET_TOKEN_MIN 16

/* What an account owns at genesis, on the chain of the token: AX on Alpha, sAX, DX and USD on Delta. */
struct devnet_grant {
    struct address address;
    struct money money;
};
/* What an account is from the start, beside what it owns; its stake, bond and deposit come on top of its grants. */
enum devnet_standing_kind {
    DEVNET_STAKED,      /* `amount` of AX and, with Delta, of DX at stake: voting weight on both chains */
    DEVNET_GOVERNOR,    /* registered on Alpha; `amount`: its deposit, 0: the least */
    DEVNET_VALIDATOR,   /* validator number `validator` (1 for v1) is bonded with `amount`, 0: genesis_stake; no address */
    DEVNET_ORACLE,      /* takes the seats of the development oracle of its place among these; at most seven */
    DEVNET_KYC_OFFICER,
    DEVNET_SETTLER,
};
struct devnet_standing {
    enum devnet_standing_kind kind;
    struct address address;
    uint32_t validator;
    struct amount amount;
};
/* A genesis parameter of every chain by its name in api 11 or AN5: {"block_interval_ms", "200"}. Beside those: `gossip_tick_ms` (10; how often a node passes
 * on at most what it has admitted), `history_blocks` (how many final blocks keep their bodies; older ones keep header and index), `relays` (2, with both chains),
 * `oracle_interval_ms` (10000; how often each of Delta's seven development oracles reports, 0: never), `genesis_treasury` (0; what each chain's treasury
 * begins with, in its fee token). */
struct devnet_parameter {
    struct str name, value;
};

struct devnet_config {
    uint32_t validators;   /* 0..200; 0: a network that halts at genesis and answers reads */
    uint64_t seed;         /* network_rng: development keys (api 3.3) and every draw of the network's own */
    enum network network;  /* Alpha's; NETWORK_TESTNET unless set. Delta's is NETWORK_MAINNET (api 1.8) */
    bool delta;            /* a node of Delta beside each of Alpha; else Alpha alone */
    bool production;       /* the `production` column of api 11 instead of `test` */
    bool simulated;        /* signatures by keyed hash instead of Ed25519 */
    bool simulated_proofs; /* proofs of the shielded pool, too (shield_suite.h); clients must make them so */
    bool manual;           /* starts in manual mode: blocks only by /step */
    struct str admin_token; /* at least DEVNET_TOKEN_MIN characters; empty: no admin origin */
    const struct devnet_parameter *parameters;
    size_t parameters_count;
    const struct devnet_grant *grants;
    size_t grants_count;
    const struct devnet_standing *standings;
    size_t standings_count;
    const struct node_costs *costs; /* of a node's work, in virtual time; NULL: node_costs_default */
    struct sigcache *sigcache; /* borrowed, shared with whoever verifies in this process; its suite signs; NULL: one of its own */
};

/* Figures for reports and benches; they feed nothing. */
struct devnet_counters {
    uint64_t rounds;            /* highest round entered by any view; summed over the chains */
    uint32_t height, finalized; /* highest of any view */
    uint64_t blocks_executed;   /* by real execution, once a process */
    uint64_t transactions;      /* in final blocks */
    uint64_t messages, message_bytes; /* between validators */
    uint64_t signatures_checked;      /* asked for by nodes, cached ones included */
    uint64_t requests;
    uint64_t blocks_held, bodies_held; /* in memory now */
};

struct devnet;

/* Boots the network in `env` and listens on `net`; everything runs by the env's events from then on. `config` is read, not kept. False and err: a
 * parameter that nobody knows or out of its bounds, too many validators, a grant of a token of no chain that runs, a token too short, a
 * standing of a validator that is not there, more oracles than seats. */
bool devnet_new(struct env *env, struct http_net *net, const struct devnet_config *config, struct devnet **out, struct err *err) MUST_CHECK;
/* Only when the env will run no more (its timers and packets may still name the nodes). NULL is fine. */
void devnet_free(struct devnet *net);

/* What a light client must be given from outside to trust this network: it follows from the configuration alone, before any block. The committee is
 * borrowed; NULL on a network without validators. */
struct devnet_genesis {
    struct domain domain;
    struct hash hash;
    struct committee *committee;
};
/* Of Delta only when it runs. */
struct devnet_genesis devnet_genesis(const struct devnet *net, enum chain_id chain);

/* Of both chains together, but for `height` and `finalized`, which are Alpha's. */
struct devnet_counters devnet_counters(const struct devnet *net);

#endif
