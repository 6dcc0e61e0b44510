/* World: a seed's small network of replicas, its faults and its liars. Inside of sweep_consensus only. */
#ifndef SIM_CONSENSUS_WORLD_H
#define SIM_CONSENSUS_WORLD_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/heap.h"
#include "core/base/map.h"
#include "core/base/rng.h"
#include "core/base/vec.h"
#include "network/consensus/replica.h"

#define VALIDATORS_MAX 12
#define HOSTS_MAX 16
#define LIVENESS_S 240
#define POOL_MAX 4096

enum log_type { LOG_BLOCK, LOG_CERTIFICATE, LOG_FINAL, LOG_EPOCH };
struct log_item {
    enum log_type type;
    struct block *block;
    struct certificate *certificate;
    struct replica_epoch epoch;
};
/* What a node wrote, in order; what comes behind `synced` a crash may lose. */
struct disk {
    VEC(struct log_item) log;
    size_t synced;
    struct buf votes; /* durable: written with the sync */
};
struct validator {
    struct seckey key;
    struct address address;
    bool liar;
};
struct host {
    uint32_t number, validator;
    bool up, liar;
    struct replica *replica;
    struct disk disk;
    VEC(struct certified_block) finals; /* by height, from 0; rebuilt from the log by a restart */
    int64_t skew_ms;
    uint32_t group;
    struct heap_node tick;
    uint64_t lock_round, lock_epoch; /* the auditor's: from what the node stored */
    struct hash lock_hash;
    uint32_t final_height;
};
enum event_type { EVENT_MESSAGE, EVENT_RESTART, EVENT_WEATHER, EVENT_ADVERSARY, EVENT_HEAL };
struct event {
    struct heap_node node;
    enum event_type type;
    uint32_t from, to;
    struct message *message;
};
struct signed_once { /* what an honest validator signed in a round */
    struct hash vote, proposal;
};
struct round_of {
    uint64_t round;
    uint32_t validator, zero;
};
struct faults {
    uint32_t loss_bps, duplicate_bps, slow_bps;
    uint64_t slow_ns;
};
struct world {
    uint64_t seed;
    struct rng rng;
    uint64_t now_ns, order;
    struct heap heap;
    struct params params;
    struct domain domain;
    struct sigcache *cache;
    struct validator validators[VALIDATORS_MAX];
    uint32_t validators_count, liars_count;
    struct host hosts[HOSTS_MAX];
    uint32_t hosts_count;
    uint32_t epoch_blocks, jailed; /* jailed: validator with spells of being so; validators_count: none */
    bool trace, agreement_only, overrun, disjoint, crashes, partitions, skews, healed, liars_rest;
    struct faults faults;
    struct block *genesis;
    struct committee *committee;
    VEC(struct committee *) committees; /* made so far */
    struct map blocks;                  /* hash -> struct block *: every block anybody sent */
    struct map certificates;            /* hash -> struct certificate * */
    VEC(struct hash) finals;            /* by height */
    struct map honest;                  /* struct round_of -> struct signed_once */
    VEC(struct block *) recent;         /* what the adversary heard */
    VEC(struct message *) pool;
    VEC(struct message *) timeouts;
    uint64_t round_max;
    const char *broken;
    char detail[256];
    /* what happened, so that nobody mistakes an idle sweep for a good one */
    uint64_t messages, crashed, epochs, rounds_lost, evidence, reorgs, reorg_max, alerts, lies;
    uint32_t final_at_heal;
};

/* ---- world.c ---- */
void broken(struct world *w, const char *what, const char *fmt, ...) PRINTF_LIKE(3, 4);
void schedule(struct world *w, struct heap_node *node, uint64_t at_ns);
struct event *event_add(struct world *w, enum event_type type, uint64_t at_ns);
uint32_t pick(struct world *w, uint32_t below);
bool chance(struct world *w, uint32_t percent);

/* ---- ledger.c ---- */
struct hash toy_state(const struct block *parent, uint32_t height, uint64_t timestamp_ms, const struct address *proposer);
struct committee *committee_draw(struct world *w, uint64_t epoch, uint64_t start_round);
struct committee *toy_next(struct world *w, const struct replica_place *place);
enum code toy_execute(void *ctx, const struct replica_place *place, struct block *block, struct replica_outcome *out);
bool toy_build(void *ctx, const struct replica_place *place, struct header *out, struct tx *const **out_txs, size_t *out_count,
               struct replica_outcome *outcome);
bool toy_jailed(void *ctx, const struct block *parent, const struct address *member);

/* ---- disk.c ---- */
void log_free(struct log_item *item);
void log_add(struct host *host, enum log_type type, const struct replica_action *action);
bool store_final_at(void *ctx, uint32_t height, struct certified_block *out);
bool store_block_of(void *ctx, const struct hash *hash, struct certified_block *out);
struct finality_proof *store_epoch_proof(void *ctx, const struct hash *epoch_end);
struct committee *store_committee_of(void *ctx, const struct hash *hash);

/* ---- audit.c ---- */
void remember(struct world *w, struct block *block, struct certificate *certificate);
struct block *block_known(const struct world *w, const struct hash *hash);
void audit_vote(struct world *w, struct host *host, const struct vote *vote);
void audit_proposal(struct world *w, struct host *host, struct block *block);
void audit_final(struct world *w, struct host *host, const struct replica_action *action);
void audit_proof(struct world *w, struct host *host, uint32_t height);
void audit_lock(struct world *w, struct host *host, const struct block *certified);
void audit_epoch(struct host *host, const struct replica_epoch *epoch);
bool is_honest_key(const struct world *w, const struct address *address);

/* ---- network.c ---- */
void post(struct world *w, uint32_t from, uint32_t to, struct message *message);
void post_all(struct world *w, uint32_t from, struct message *message, uint32_t percent);
void perform(struct world *w, struct host *host);
struct replica_time time_at(const struct world *w, const struct host *host);

/* ---- life.c ---- */
void host_start(struct world *w, struct host *host);
void restart(struct world *w, struct host *host);
void weather(struct world *w);
void heal(struct world *w);

/* ---- adversary.c ---- */
void adversary(struct world *w);

#endif
