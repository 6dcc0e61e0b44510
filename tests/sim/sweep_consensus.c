/* Sweep: many small networks of replicas, one a seed, under crashes with lost writes, partitions, bad links, skewed clocks, changes of
 * committee and, up to f of the stake, liars in the style of Twins. What must hold, whatever happens:
 *
 *   agreement   no two final blocks at one height at honest nodes; what is final stays so, in order, and has a proof that verifies
 *   innocence   nothing an honest validator signed convicts it, and no honest block raises CONFLICTING_BRANCH
 *   the lock    an honest vote never contradicts the certificates its node had stored
 *   depth       a view replaces two tentative blocks at most
 *   liveness    after healing, every honest node has new final blocks within a bounded time
 *
 * In some seeds the liars are more than f: then nobody promises agreement or liveness, but the honest still keep their own rules: one
 * vote and one proposal a round, the lock, proofs, and no crash. (With f liars or fewer, rule 3 alone keeps every lock: see
 * docs/DECISIONS.md. Only against more does a missing lock rule show.)
 *
 *     sweep_consensus [--seeds N] [--first S] [--seconds CAP] [--verbose] [--trace] [--agreement]
 *
 * --trace prints messages and rounds; --agreement checks neither proofs nor locks (for plant.sh). A failure prints the seed and the command that replays it. The adversary hears every message and signs whatever it likes with the
 * liars' keys; the honest run unmodified replicas. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/base/heap.h"
#include "core/base/map.h"
#include "core/base/rng.h"
#include "core/base/vec.h"
#include "network/consensus/replica.h"

#define VALIDATORS_MAX 12
#define HOSTS_MAX 16
#define LIVENESS_S 240
#define POOL_MAX 4096

/* ---- what is known of a seed's world ---- */

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

static void broken(struct world *w, const char *what, const char *fmt, ...) PRINTF_LIKE(3, 4);
static void broken(struct world *w, const char *what, const char *fmt, ...)
{
    if (w->broken != NULL) return;
    w->broken = what;
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(w->detail, sizeof(w->detail), fmt, args);
    va_end(args);
}

static uint32_t pick(struct world *w, uint32_t below) { return (uint32_t)rng_below(&w->rng, below); }
static bool chance(struct world *w, uint32_t percent) { return pick(w, 100) < percent; }

static void schedule(struct world *w, struct heap_node *node, uint64_t at_ns)
{
    node->key = MAX(at_ns, w->now_ns);
    node->order = ++w->order;
    heap_insert(&w->heap, node);
}

static struct event *event_add(struct world *w, enum event_type type, uint64_t at_ns)
{
    struct event *event = base_alloc(sizeof(*event));
    event->type = type;
    schedule(w, &event->node, at_ns);
    return event;
}

/* ---- the toy ledger: a state is a hash of everything before it ---- */

static struct hash toy_state(const struct block *parent, uint32_t height, uint64_t timestamp_ms, const struct address *proposer)
{
    struct hasher h;
    hasher_init(&h, "adnet/toy/v1");
    hasher_add(&h, &parent->header.state_root, 32);
    hasher_add_u32(&h, height);
    hasher_add_u64(&h, timestamp_ms);
    hasher_add(&h, proposer, 32);
    return hasher_final(&h);
}

/* Members of an epoch, drawn from the seed; the liars among them hold less than a third. */
static struct committee *committee_draw(struct world *w, uint64_t epoch, uint64_t start_round)
{
    for (size_t i = 0; i < w->committees.count; i++) {
        struct committee *known = w->committees.data[i];
        if (known->epoch == epoch && known->start_round == start_round) return known;
    }
    struct rng seed, rng;
    rng_init(&seed, w->seed);
    rng = rng_split(&seed, STR("committee"), epoch);
    const bool weighted = rng_below(&rng, 2) == 0;
    for (;;) {
        struct member members[VALIDATORS_MAX] = {0};
        size_t count = 0;
        uint64_t total = 0, lying = 0;
        for (uint32_t i = 0; i < w->validators_count; i++) {
            const bool in = w->disjoint ? i % 2 == epoch % 2 : epoch == 0 || rng_below(&rng, 4) != 0;
            if (!in) continue;
            const uint64_t stake = weighted ? 1 + rng_below(&rng, 4) : 1;
            members[count++] = (struct member){w->validators[i].address, w->validators[i].key.pub, AMOUNT(stake), ""};
            total += stake;
            if (w->validators[i].liar) lying += stake;
        }
        if (count == 0 || (!w->overrun && (total - lying) * 3 <= total * 2)) continue;
        struct committee *made = committee_new(epoch, start_round, members, count);
        ASSERT(made != NULL);
        vec_push(&w->committees, made);
        return made;
    }
}

static bool toy_fills(const struct world *w, const struct replica_place *place)
{
    return place->parent->header.height + 2 - place->epoch_first_height >= w->epoch_blocks;
}

static struct committee *toy_next(struct world *w, const struct replica_place *place)
{
    if (!toy_fills(w, place)) return NULL;
    return committee_ref(committee_draw(w, place->committee->epoch + 1, place->round + 1));
}

static enum code toy_execute(void *ctx, const struct replica_place *place, struct block *block, struct replica_outcome *out)
{
    const struct header *h = &block->header;
    const struct hash state = toy_state(place->parent, h->height, h->timestamp_ms, &h->proposer);
    if (!hash_eq(&state, &h->state_root) || block->txs_count != 0) return CODE_INVALID_BLOCK;
    out->next_committee = toy_next(ctx, place);
    return CODE_NONE;
}

static bool toy_build(void *ctx, const struct replica_place *place, struct header *out, struct tx *const **out_txs, size_t *out_count,
                      struct replica_outcome *outcome)
{
    out->state_root = toy_state(place->parent, place->parent->header.height + 1, place->timestamp_ms, place->proposer);
    *out_txs = NULL;
    *out_count = 0;
    outcome->next_committee = toy_next(ctx, place);
    return true;
}

static bool toy_jailed(void *ctx, const struct block *parent, const struct address *member)
{
    const struct world *w = ctx;
    return w->jailed < w->validators_count && address_eq(member, &w->validators[w->jailed].address) && parent->header.height % 16 >= 12;
}

/* ---- a node's disk and store ---- */

static void log_free(struct log_item *item)
{
    block_unref(item->block);
    certificate_unref(item->certificate);
    committee_unref(item->epoch.committee);
    committee_unref(item->epoch.previous);
    block_unref(item->epoch.base.block);
    certificate_unref(item->epoch.base.certificate);
    finality_unref(item->epoch.proof);
}

static void log_add(struct host *host, enum log_type type, const struct replica_action *action)
{
    struct log_item item = {.type = type};
    if (type == LOG_EPOCH) {
        item.epoch = *action->epoch;
        (void)committee_ref(item.epoch.committee);
        if (item.epoch.previous != NULL) (void)committee_ref(item.epoch.previous);
        (void)block_ref(item.epoch.base.block);
        (void)certificate_ref(item.epoch.base.certificate);
        (void)finality_ref(item.epoch.proof);
    } else {
        item.block = block_ref(action->block.block);
        item.certificate = certificate_ref(action->block.certificate);
    }
    vec_push(&host->disk.log, item);
}

static bool store_final_at(void *ctx, uint32_t height, struct certified_block *out)
{
    const struct host *host = ctx;
    if (height >= host->finals.count) return false;
    *out = host->finals.data[height];
    return true;
}

static bool store_block_of(void *ctx, const struct hash *hash, struct certified_block *out)
{
    const struct host *host = ctx;
    bool found = false;
    for (size_t i = host->disk.log.count; i-- > 0;) {
        const struct log_item *item = &host->disk.log.data[i];
        if (item->block == NULL || !hash_eq(&item->block->hash, hash)) continue;
        *out = (struct certified_block){item->block, item->certificate};
        found = true;
        if (item->certificate != NULL) break;
    }
    return found;
}

static struct finality_proof *store_epoch_proof(void *ctx, const struct hash *epoch_end)
{
    const struct host *host = ctx;
    for (size_t i = host->disk.log.count; i-- > 0;) {
        const struct replica_epoch *epoch = &host->disk.log.data[i].epoch;
        if (epoch->proof != NULL && hash_eq(&epoch->base.block->hash, epoch_end)) return epoch->proof;
    }
    return NULL;
}

static struct committee *store_committee_of(void *ctx, const struct hash *hash)
{
    const struct host *host = ctx;
    for (size_t i = host->disk.log.count; i-- > 0;) {
        const struct replica_epoch *epoch = &host->disk.log.data[i].epoch;
        if (epoch->committee != NULL && hash_eq(&epoch->committee->hash, hash)) return epoch->committee;
        if (epoch->previous != NULL && hash_eq(&epoch->previous->hash, hash)) return epoch->previous;
    }
    return NULL;
}

/* ---- the auditor ---- */

static void remember(struct world *w, struct block *block, struct certificate *certificate)
{
    bool is_new;
    struct block **slot = map_put(&w->blocks, &block->hash, &is_new);
    if (is_new) *slot = block_ref(block);
    if (certificate == NULL) return;
    struct certificate **held = map_put(&w->certificates, &block->hash, &is_new);
    if (is_new) *held = certificate_ref(certificate);
}

static struct block *block_known(const struct world *w, const struct hash *hash)
{
    struct block *const *slot = map_find(&w->blocks, hash);
    return slot == NULL ? NULL : *slot;
}

static struct signed_once *signed_in(struct world *w, uint32_t validator, uint64_t round)
{
    const struct round_of key = {.round = round, .validator = validator};
    return map_put(&w->honest, &key, NULL);
}

static void audit_once(struct world *w, struct hash *slot, const struct hash *now, uint32_t validator, uint64_t round, const char *what)
{
    if (hash_is_zero(slot)) *slot = *now;
    if (!hash_eq(slot, now)) broken(w, "innocence", "v%u signed two %s in round %" PRIu64, validator, what, round);
}

static void audit_vote(struct world *w, struct host *host, const struct vote *vote)
{
    if (!address_eq(&vote->voter, &w->validators[host->validator].address)) return;
    audit_once(w, &signed_in(w, host->validator, vote->round)->vote, &vote->block_hash, host->validator, vote->round, "votes");
    const struct block *block = block_known(w, &vote->block_hash);
    if (block == NULL) {
        broken(w, "innocence", "v%u voted for a block nobody sent", host->validator);
        return;
    }
    if (!w->agreement_only && !hash_eq(&block->header.parent_hash, &host->lock_hash) && block->header.justify_round <= host->lock_round)
        broken(w, "the lock", "v%u locked in round %" PRIu64 " voted in round %" PRIu64 " for a block that stands on round %" PRIu64,
               host->validator, host->lock_round, vote->round, block->header.justify_round);
}

static void audit_proposal(struct world *w, struct host *host, struct block *block)
{
    const struct header *h = &block->header;
    remember(w, block, NULL);
    if (block->justify != NULL) {
        struct block *parent = block_known(w, &h->parent_hash);
        if (parent != NULL) remember(w, parent, block->justify);
    }
    if (!address_eq(&h->proposer, &w->validators[host->validator].address)) return;
    audit_once(w, &signed_in(w, host->validator, h->round)->proposal, &block->hash, host->validator, h->round, "proposals");
    const struct block *parent = block_known(w, &h->parent_hash);
    const struct evidence evidence = evidence_of_wrong_parent(h, &block->proposer_signature);
    struct evidence_claim claim;
    if (evidence_claim(&evidence, parent == NULL ? NULL : &parent->header, &claim))
        broken(w, "innocence", "v%u proposed on a wrong parent in round %" PRIu64, host->validator, h->round);
}

static void audit_final(struct world *w, struct host *host, const struct replica_action *action)
{
    struct block *block = action->block.block;
    const uint32_t height = block->header.height;
    while (w->finals.count <= height) vec_push(&w->finals, ((struct hash){{0}}));
    struct hash *slot = &w->finals.data[height];
    if (hash_is_zero(slot)) *slot = block->hash;
    if (!hash_eq(slot, &block->hash) && !w->overrun) broken(w, "agreement", "two final blocks at height %u, the second at host %u", height, host->number);
    if (header_is_closing(&block->header)) broken(w, "agreement", "host %u has a closing block final", host->number);
    if (height != host->final_height + 1) broken(w, "agreement", "host %u: final %u after %u", host->number, height, host->final_height);
    host->final_height = height;
    vec_push(&host->finals, ((struct certified_block){block, action->block.certificate}));
}

static void audit_proof(struct world *w, struct host *host, uint32_t height)
{
    struct finality_proof *proof = replica_finality_proof(host->replica, height);
    const struct verifier verifier = verifier_of_cache(w->cache);
    if (proof == NULL) {
        broken(w, "agreement", "host %u has no proof of its final block %u", host->number, height);
        return;
    }
    const enum verdict verdict = finality_verify(proof, w->domain, &proof->headers[0].committee_hash, 1, &verifier);
    if (verdict != VERDICT_GOOD || !hash_eq(&proof->target_hash, &host->finals.data[height].block->hash))
        broken(w, "agreement", "host %u's proof of block %u is no good", host->number, height);
    finality_unref(proof);
}

/* The lock that follows from the certificates a node has stored; a new epoch starts from its base. */
static void audit_lock(struct world *w, struct host *host, const struct block *certified)
{
    const struct block *parent = block_known(w, &certified->header.parent_hash);
    if (parent == NULL || parent->header.round <= host->lock_round) return;
    host->lock_round = parent->header.round;
    host->lock_hash = parent->hash;
}

static void audit_epoch(struct host *host, const struct replica_epoch *epoch)
{
    if (host->lock_epoch >= epoch->committee->epoch) return;
    host->lock_epoch = epoch->committee->epoch;
    host->lock_round = epoch->base.block->header.round;
    host->lock_hash = epoch->base.block->hash;
}

static bool is_honest_key(const struct world *w, const struct address *address)
{
    for (uint32_t i = 0; i < w->validators_count; i++)
        if (address_eq(&w->validators[i].address, address)) return !w->validators[i].liar;
    return false;
}

/* ---- the network ---- */

static void post_one(struct world *w, uint32_t from, uint32_t to, struct message *message)
{
    const struct faults *f = &w->faults;
    uint64_t delay = 2 * NS_PER_MS + rng_below(&w->rng, 10 * NS_PER_MS);
    if (w->hosts[from].group != w->hosts[to].group || rng_chance_bps(&w->rng, f->loss_bps)) return;
    if (rng_chance_bps(&w->rng, f->slow_bps)) delay += rng_below(&w->rng, f->slow_ns);
    struct event *event = event_add(w, EVENT_MESSAGE, w->now_ns + delay);
    event->from = from;
    event->to = to;
    event->message = message_ref(message);
    w->messages++;
}

static void post(struct world *w, uint32_t from, uint32_t to, struct message *message)
{
    post_one(w, from, to, message);
    if (rng_chance_bps(&w->rng, w->faults.duplicate_bps)) post_one(w, from, to, message);
}

static void post_validator(struct world *w, uint32_t from, const struct address *address, struct message *message)
{
    for (uint32_t i = 0; i < w->hosts_count; i++)
        if (i != from && address_eq(&w->validators[w->hosts[i].validator].address, address)) post(w, from, i, message);
}

static void post_all(struct world *w, uint32_t from, struct message *message, uint32_t percent)
{
    for (uint32_t i = 0; i < w->hosts_count; i++)
        if (i != from && chance(w, percent)) post(w, from, i, message);
}

/* The adversary hears everything. */
static void overhear(struct world *w, struct message *message)
{
    if (w->liars_count == 0) return;
    if (message->type == MESSAGE_PROPOSAL) vec_push(&w->recent, block_ref(message->proposal.block));
    if (message->type == MESSAGE_TIMEOUT) vec_push(&w->timeouts, message_ref(message));
    if (w->pool.count < POOL_MAX) vec_push(&w->pool, message_ref(message));
    else if (chance(w, 10)) {
        const uint32_t i = pick(w, POOL_MAX);
        message_unref(w->pool.data[i]);
        w->pool.data[i] = message_ref(message);
    }
}

static void perform_send(struct world *w, struct host *host, const struct replica_action *action)
{
    struct message *message = action->send.message;
    if (w->trace)
        printf("%9.3f host %u sends " STR_FMT " round %" PRIu64 "\n", (double)(w->now_ns - INSTANT_GENESIS.ns) / 1e9, host->number,
               STR_ARG(message_type_text(message->type)),
               message->type == MESSAGE_PROPOSAL  ? message->proposal.block->header.round
               : message->type == MESSAGE_VOTE    ? message->vote.round
               : message->type == MESSAGE_TIMEOUT ? message->timeout.timeout.round
                                                  : 0);
    if (!host->liar) {
        if (message->type == MESSAGE_VOTE) audit_vote(w, host, &message->vote);
        if (message->type == MESSAGE_PROPOSAL) audit_proposal(w, host, message->proposal.block);
    } else if (message->type == MESSAGE_PROPOSAL) {
        remember(w, message->proposal.block, NULL);
    }
    overhear(w, message);
    const uint32_t percent = host->liar && !w->liars_rest ? 60 : 100; /* liars speak to some only */
    if (action->send.to == REPLICA_TO_ALL) post_all(w, host->number, message, percent);
    else if (!chance(w, percent)) return;
    else if (action->send.to == REPLICA_TO_PEER) post(w, host->number, action->send.peer, message);
    else post_validator(w, host->number, &action->send.validator, message);
}

static void perform(struct world *w, struct host *host)
{
    const uint32_t final_before = host->final_height;
    for (size_t i = 0; i < replica_actions_count(host->replica); i++) {
        const struct replica_action *action = replica_action_at(host->replica, i);
        switch (action->type) {
        case REPLICA_PERSIST:
            host->disk.synced = host->disk.log.count;
            buf_clear(&host->disk.votes);
            votestate_encode(action->votes, &host->disk.votes);
            break;
        case REPLICA_SEND:
            perform_send(w, host, action);
            break;
        case REPLICA_STORE_BLOCK:
            remember(w, action->block.block, NULL);
            log_add(host, LOG_BLOCK, action);
            break;
        case REPLICA_STORE_CERTIFICATE:
            remember(w, action->block.block, action->block.certificate);
            log_add(host, LOG_CERTIFICATE, action);
            audit_lock(w, host, action->block.block);
            break;
        case REPLICA_STORE_EPOCH:
            log_add(host, LOG_EPOCH, action);
            audit_epoch(host, action->epoch);
            w->epochs = MAX(w->epochs, action->epoch->committee->epoch);
            break;
        case REPLICA_HEAD:
            if (action->block.depth > 0) w->reorgs++;
            w->reorg_max = MAX(w->reorg_max, action->block.depth);
            if (!host->liar && !w->overrun && action->block.depth > 2) broken(w, "depth", "host %u replaced %u blocks", host->number, action->block.depth);
            break;
        case REPLICA_FINAL:
            log_add(host, LOG_FINAL, action);
            if (!host->liar) audit_final(w, host, action);
            else vec_push(&host->finals, ((struct certified_block){action->block.block, action->block.certificate}));
            break;
        case REPLICA_ORPHANED:
            break;
        case REPLICA_ROUND:
            if (w->trace)
                printf("%9.3f host %u enters round %" PRIu64 "%s\n", (double)(w->now_ns - INSTANT_GENESIS.ns) / 1e9, host->number,
                       action->round.round, action->round.by_timeout ? " by timeout" : "");
            if (!host->liar) w->round_max = MAX(w->round_max, action->round.round);
            w->rounds_lost += action->round.by_timeout;
            break;
        case REPLICA_EVIDENCE:
            w->evidence++;
            if (is_honest_key(w, &action->found.accused)) broken(w, "innocence", "evidence against an honest validator");
            break;
        case REPLICA_ALERT:
            w->alerts++;
            if (!w->overrun && is_honest_key(w, &action->block.block->header.proposer)) broken(w, "innocence", "alert about an honest block");
            break;
        }
    }
    if (!host->liar && !w->agreement_only)
        for (uint32_t height = final_before + 1; height <= host->final_height; height++) audit_proof(w, host, height);
    heap_remove(&w->heap, &host->tick);
    const struct instant wake = replica_wake(host->replica);
    if (wake.ns != INSTANT_NEVER.ns) schedule(w, &host->tick, wake.ns);
}

static struct replica_time time_at(const struct world *w, const struct host *host)
{
    return (struct replica_time){{w->now_ns}, (uint64_t)((int64_t)(w->now_ns / NS_PER_MS) + host->skew_ms)};
}

/* ---- start, crash, restart ---- */

static void host_start(struct world *w, struct host *host)
{
    const struct validator *v = &w->validators[host->validator];
    const struct replica_config config = {
        .domain = w->domain, .params = &w->params, .genesis = w->genesis, .committee = w->committee, .key = &v->key,
        .validator = v->address, .suite = {SIGN_SIMULATED}, .verifier = verifier_of_cache(w->cache),
        .ledger = {w, toy_execute, toy_build, toy_jailed},
        .store = {host, store_final_at, store_block_of, store_epoch_proof, store_committee_of}};
    host->replica = replica_new(&config);
    host->up = true;
}

static void host_restore(struct world *w, struct host *host)
{
    struct disk *disk = &host->disk;
    struct replica_restored in = {0};
    struct votestate votes;
    const bool has_votes = disk->votes.len > 0 &&
                           votestate_decode(buf_str(&disk->votes), w->domain, &w->validators[host->validator].address, &votes);
    VEC(struct certified_block) tentative = {0};
    vec_clear(&host->finals);
    vec_push(&host->finals, ((struct certified_block){w->genesis, NULL}));
    host->lock_round = host->lock_epoch = 0;
    host->lock_hash = w->genesis->hash;
    for (size_t i = 0; i < disk->log.count; i++) {
        const struct log_item *item = &disk->log.data[i];
        if (item->type == LOG_EPOCH) {
            in.epoch = &item->epoch;
            audit_epoch(host, in.epoch);
        }
        if (item->type == LOG_CERTIFICATE) audit_lock(w, host, item->block);
        if (item->type == LOG_FINAL && item->block->header.height == host->finals.count)
            vec_push(&host->finals, ((struct certified_block){item->block, item->certificate}));
        if (item->type == LOG_BLOCK || item->type == LOG_CERTIFICATE) vec_push(&tentative, ((struct certified_block){item->block, item->certificate}));
    }
    in.final = vec_last(&host->finals);
    in.votes = has_votes ? &votes : NULL;
    in.tentative = tentative.data;
    in.tentative_count = tentative.count;
    host->final_height = (uint32_t)host->finals.count - 1;
    replica_restore(host->replica, &in);
    if (has_votes) votestate_done(&votes);
    vec_done(&tentative);
}

static void crash(struct world *w, struct host *host)
{
    struct disk *disk = &host->disk;
    ASSERT(host->up);
    host->up = false;
    replica_free(host->replica);
    host->replica = NULL;
    heap_remove(&w->heap, &host->tick);
    const size_t kept = disk->synced + rng_below(&w->rng, disk->log.count - disk->synced + 1);
    while (disk->log.count > kept) log_free(&vec_pop(&disk->log));
    disk->synced = disk->log.count;
    if (host->liar && chance(w, 30)) buf_clear(&disk->votes); /* liars forget what they signed */
    w->crashed++;
}

static void restart(struct world *w, struct host *host)
{
    if (host->up) return;
    host_start(w, host);
    host_restore(w, host);
    replica_start(host->replica, time_at(w, host));
    perform(w, host);
    uint32_t peer = pick(w, w->hosts_count);
    if (peer == host->number) return;
    replica_sync_with(host->replica, time_at(w, host), peer);
    perform(w, host);
}

/* ---- weather ---- */

static void weather(struct world *w)
{
    struct faults *f = &w->faults;
    *f = (struct faults){0};
    if (chance(w, 50)) f->loss_bps = pick(w, 3000);
    if (chance(w, 40)) f->duplicate_bps = pick(w, 3000);
    if (chance(w, 60)) {
        f->slow_bps = pick(w, 6000);
        f->slow_ns = (1 + rng_below(&w->rng, 30)) * 100 * NS_PER_MS;
    }
    const bool part = w->partitions && chance(w, 35);
    for (uint32_t i = 0; i < w->hosts_count; i++) {
        struct host *host = &w->hosts[i];
        host->group = part ? pick(w, 2) : 0;
        if (w->skews && chance(w, 20)) host->skew_ms = (int64_t)pick(w, 4800) - 2400; /* max_block_skew_ms is 5,000 */
        if (!w->crashes || !host->up || !chance(w, 15)) continue;
        crash(w, host);
        struct event *event = event_add(w, EVENT_RESTART, w->now_ns + rng_below(&w->rng, 6000) * NS_PER_MS);
        event->to = i;
    }
    (void)event_add(w, EVENT_WEATHER, w->now_ns + (500 + rng_below(&w->rng, 5000)) * NS_PER_MS);
}

static void heal(struct world *w)
{
    w->healed = true;
    w->faults = (struct faults){0};
    w->liars_rest = w->liars_count == 0 || chance(w, 50);
    w->final_at_heal = w->finals.count == 0 ? 0 : (uint32_t)w->finals.count - 1;
    for (uint32_t i = 0; i < w->hosts_count; i++) {
        w->hosts[i].group = 0;
        restart(w, &w->hosts[i]);
    }
}

/* ---- the adversary ---- */

static uint32_t liar_pick(struct world *w) { return w->validators_count - 1 - pick(w, w->liars_count); } /* they come last */

static uint32_t liar_host(struct world *w)
{
    uint32_t i;
    do i = pick(w, w->hosts_count);
    while (!w->hosts[i].liar);
    return i;
}

static struct block *recent_pick(struct world *w, uint32_t depth)
{
    if (w->recent.count == 0) return NULL;
    const size_t back = rng_below(&w->rng, MIN(depth, w->recent.count));
    return w->recent.data[w->recent.count - 1 - back];
}

static struct certificate *certificate_of(const struct world *w, const struct hash *hash)
{
    struct certificate *const *slot = map_find(&w->certificates, hash);
    return slot == NULL ? NULL : *slot;
}

static struct committee *committee_by_hash(const struct world *w, const struct hash *hash)
{
    for (size_t i = w->committees.count; i-- > 0;)
        if (hash_eq(&w->committees.data[i]->hash, hash)) return w->committees.data[i];
    return NULL;
}

static struct timeout lie_timeout(struct world *w, uint32_t liar, uint64_t round, uint64_t high_round)
{
    struct timeout timeout = {.domain = w->domain, .round = round, .high_round = high_round, .voter = w->validators[liar].address};
    timeout_sign(&timeout, (struct sign_suite){SIGN_SIMULATED}, &w->validators[liar].key);
    return timeout;
}

/* A timeout certificate with the lowest high rounds that can be had from what was heard and what liars will sign. */
static struct timeoutcert *lie_timeoutcert(struct world *w, const struct committee *committee, uint64_t round)
{
    struct timeout best[VALIDATORS_MAX];
    struct certificate *highs[VALIDATORS_MAX];
    bool have[VALIDATORS_MAX] = {false}, taken[VALIDATORS_MAX] = {false};
    for (size_t i = w->timeouts.count, n = 0; i-- > 0 && n < 600; n++) {
        const struct message_timeout *heard = &w->timeouts.data[i]->timeout;
        uint32_t member;
        if (heard->timeout.round != round || !committee_find(committee, &heard->timeout.voter, &member)) continue;
        if (have[member] && best[member].high_round <= heard->timeout.high_round) continue;
        have[member] = true;
        best[member] = heard->timeout;
        highs[member] = heard->high;
    }
    struct amount power = {0};
    uint64_t highest = 0;
    while (!committee_is_quorum(committee, power)) {
        uint32_t next = UINT32_MAX;
        for (uint32_t i = 0; i < committee->count; i++)
            if (have[i] && !taken[i] && (next == UINT32_MAX || best[i].high_round < best[next].high_round)) next = i;
        for (uint32_t i = 0; i < committee->count; i++) { /* liars first: they say what suits */
            if (taken[i] || is_honest_key(w, &committee->members[i].address)) continue;
            for (uint32_t v = 0; v < w->validators_count; v++)
                if (address_eq(&w->validators[v].address, &committee->members[i].address)) best[i] = lie_timeout(w, v, round, 0);
            highs[i] = NULL;
            next = i;
        }
        if (next == UINT32_MAX) return NULL;
        taken[next] = true;
        highest = MAX(highest, best[next].high_round);
        power.units += committee->members[next].stake.units;
    }
    uint32_t signers[VALIDATORS_MAX];
    uint64_t rounds[VALIDATORS_MAX];
    struct signature signatures[VALIDATORS_MAX];
    struct certificate *high = NULL;
    size_t count = 0;
    for (uint32_t i = 0; i < committee->count; i++) {
        if (!taken[i]) continue;
        if (highs[i] != NULL && best[i].high_round == highest) high = highs[i];
        signers[count] = i;
        rounds[count] = best[i].high_round;
        signatures[count++] = best[i].signature;
    }
    return timeoutcert_new(round, committee, high, signers, rounds, signatures, count);
}

static struct finality_proof *proof_heard(const struct world *w, const struct hash *target, uint64_t last_round)
{
    for (size_t i = 0; i < w->pool.count; i++) {
        struct finality_proof *proof = w->pool.data[i]->type == MESSAGE_FINALITY ? w->pool.data[i]->finality : NULL;
        if (proof != NULL && hash_eq(&proof->target_hash, target) && proof->headers[proof->headers_count - 1].round == last_round)
            return proof;
    }
    return NULL;
}

/* Proposes in a liar's turn on any certified block, old ones too, with the most convenient timeout certificate; two different
 * blocks to two halves, more often than not. */
static void lie_proposal(struct world *w)
{
    struct block *heard = recent_pick(w, 16);
    if (heard == NULL) return;
    struct block *parent = chance(w, 50) ? heard : block_known(w, &heard->header.parent_hash);
    if (parent == NULL) return;
    struct certificate *justify = certificate_of(w, &parent->hash);
    if (justify == NULL && parent->header.height > 0) return;
    const bool ends = header_is_epoch_end(&parent->header);
    bool closing = header_is_closing(&parent->header) || (ends && chance(w, 50));
    struct committee *committee = committee_by_hash(w, &parent->header.committee_hash);
    if (ends && !closing && committee != NULL) committee = committee_draw(w, committee->epoch + 1, parent->header.round + 1);
    if (committee == NULL) return;
    uint32_t leader = 0, liar = UINT32_MAX;
    uint64_t round = MAX(parent->header.round + 1, w->round_max - MIN(w->round_max, 1));
    for (const uint64_t end = round + 4; round < end && liar == UINT32_MAX; round++) {
        if (!committee_leader(committee, round, &leader)) return;
        for (uint32_t v = w->validators_count - w->liars_count; v < w->validators_count; v++)
            if (address_eq(&w->validators[v].address, &committee->members[leader].address)) liar = v;
    }
    if (liar == UINT32_MAX) return;
    round--;
    struct timeoutcert *tc = round == parent->header.round + 1 ? NULL : lie_timeoutcert(w, committee, round - 1);
    struct finality_proof *proof = ends && !closing ? proof_heard(w, &parent->hash, round - 1) : NULL;
    struct header header = {.domain = w->domain, .height = parent->header.height + 1, .round = round, .justify_round = parent->header.round,
                            .parent_hash = parent->hash, .justify_hash = parent->hash, .committee_hash = committee->hash,
                            .proposer = w->validators[liar].address};
    for (int variant = 0; variant < 2; variant++) {
        header.timestamp_ms = MAX(w->now_ns / NS_PER_MS, parent->header.timestamp_ms + 1) + (uint64_t)variant;
        header.state_root = closing ? parent->header.state_root : toy_state(parent, header.height, header.timestamp_ms, &header.proposer);
        const struct replica_place place = {.parent = parent, .committee = committee, .round = round,
                                            .epoch_first_height = parent->header.height / w->epoch_blocks * w->epoch_blocks + 1};
        struct committee *next = closing ? NULL : toy_next(w, &place);
        if (!closing) header.next_committee_hash = next == NULL ? committee->hash : next->hash;
        committee_unref(next);
        const struct hash hash = header_hash(&header);
        struct signature signature = header_sign(&hash, (struct sign_suite){SIGN_SIMULATED}, &w->validators[liar].key);
        struct block *block = block_new(&header, &signature, justify, tc, NULL, 0);
        struct message *message = message_of_proposal(block, proof);
        remember(w, block, NULL);
        vec_push(&w->recent, block_ref(block));
        post_all(w, liar_host(w), message, 60);
        message_unref(message);
        block_unref(block);
        w->lies++;
    }
    timeoutcert_unref(tc);
}

static struct vote lie_vote(struct world *w, const struct block *block, uint32_t liar)
{
    struct vote vote = {.domain = w->domain, .height = block->header.height, .round = block->header.round, .block_hash = block->hash,
                        .voter = w->validators[liar].address};
    vote_sign(&vote, (struct sign_suite){SIGN_SIMULATED}, &w->validators[liar].key);
    return vote;
}

static void lie_votes(struct world *w)
{
    struct block *block = recent_pick(w, 8);
    if (block == NULL) return;
    const struct vote vote = lie_vote(w, block, liar_pick(w));
    struct message *message = message_of_vote(&vote);
    post_all(w, liar_host(w), message, 50);
    message_unref(message);
    w->lies++;
}

static void lie_timeouts(struct world *w)
{
    struct block *block = recent_pick(w, 12);
    struct certificate *high = block == NULL || chance(w, 20) ? NULL : block->justify;
    const struct timeout timeout = lie_timeout(w, liar_pick(w), w->round_max - MIN(w->round_max, pick(w, 2)), high == NULL ? 0 : high->round);
    struct message *message = message_of_timeout(&timeout, high, NULL, NULL);
    post_all(w, liar_host(w), message, 50);
    message_unref(message);
    w->lies++;
}

/* A certificate from the votes heard and the liars' own, shown to one host only. */
static void lie_certificate(struct world *w)
{
    struct block *block = recent_pick(w, 4);
    struct committee *committee = block == NULL ? NULL : committee_by_hash(w, &block->header.committee_hash);
    if (committee == NULL || certificate_of(w, &block->hash) != NULL) return;
    struct signature found[VALIDATORS_MAX];
    bool have[VALIDATORS_MAX] = {false};
    uint32_t member;
    for (size_t i = 0; i < w->pool.count; i++) {
        const struct vote *vote = &w->pool.data[i]->vote;
        if (w->pool.data[i]->type != MESSAGE_VOTE || !hash_eq(&vote->block_hash, &block->hash)) continue;
        if (!committee_find(committee, &vote->voter, &member)) continue;
        have[member] = true;
        found[member] = vote->signature;
    }
    for (uint32_t v = w->validators_count - w->liars_count; v < w->validators_count; v++) {
        if (!committee_find(committee, &w->validators[v].address, &member)) continue;
        have[member] = true;
        found[member] = lie_vote(w, block, v).signature;
    }
    uint32_t signers[VALIDATORS_MAX];
    struct signature signatures[VALIDATORS_MAX];
    struct amount power = {0};
    size_t count = 0;
    for (uint32_t i = 0; i < committee->count; i++) {
        if (!have[i]) continue;
        power.units += committee->members[i].stake.units;
        signers[count] = i;
        signatures[count++] = found[i];
    }
    if (!committee_is_quorum(committee, power)) return;
    struct certificate *certificate =
        certificate_new(block->header.height, block->header.round, &block->hash, committee, signers, signatures, count);
    remember(w, block, certificate);
    const struct certified_block item = {block, certificate};
    struct message *message = message_of_blocks(w->domain, &item, 1, block->header.height, NULL);
    post(w, liar_host(w), pick(w, w->hosts_count), message);
    message_unref(message);
    certificate_unref(certificate);
    w->lies++;
}

static void adversary(struct world *w)
{
    if (!w->liars_rest) {
        const uint32_t what = pick(w, 10);
        if (what < 4) lie_proposal(w);
        else if (what < 6) lie_votes(w);
        else if (what < 7) lie_timeouts(w);
        else if (what < 9) lie_certificate(w);
        else if (w->pool.count > 0) post(w, liar_host(w), pick(w, w->hosts_count), w->pool.data[pick(w, (uint32_t)w->pool.count)]);
    }
    (void)event_add(w, EVENT_ADVERSARY, w->now_ns + (20 + rng_below(&w->rng, 200)) * NS_PER_MS);
}

/* ---- one seed ---- */

static void world_validators(struct world *w)
{
    w->validators_count = 1 + pick(w, 10);
    w->disjoint = w->validators_count >= 2 && chance(w, 25);
    w->overrun = w->validators_count >= 3 && !w->disjoint && chance(w, 20);
    const uint32_t liars_max = (w->validators_count - 1) / 3;
    if (w->overrun) w->liars_count = liars_max + 1 + pick(w, w->validators_count - liars_max - 1);
    else w->liars_count = w->disjoint ? (w->validators_count >= 8 ? pick(w, 2) : 0) : chance(w, 75) ? liars_max : pick(w, liars_max + 1);
    for (uint32_t i = 0; i < w->validators_count; i++) {
        struct validator *v = &w->validators[i];
        uint8_t seed[32];
        rng_bytes(&w->rng, seed, sizeof(seed));
        seckey_from_seed((struct sign_suite){SIGN_SIMULATED}, seed, &v->key);
        v->address = address_of_key(&v->key.pub);
        v->liar = i >= w->validators_count - w->liars_count;
        const uint32_t twins = v->liar ? 2 : 1;
        for (uint32_t t = 0; t < twins && w->hosts_count < HOSTS_MAX; t++) {
            w->hosts[w->hosts_count] = (struct host){.number = w->hosts_count, .validator = i, .liar = v->liar};
            w->hosts_count++;
        }
    }
    w->jailed = w->liars_count > 0 && chance(w, 30) ? w->validators_count - 1 : w->validators_count; /* three honest leaders in a row remain */
}

static void world_genesis(struct world *w)
{
    w->domain = domain_of(CHAIN_ALPHA, NETWORK_TESTNET);
    params_init(&w->params, PROFILE_TEST, CHAIN_ALPHA);
    w->epoch_blocks = chance(w, 70) ? 2 + pick(w, 12) : 1000;
    w->committee = committee_draw(w, 0, 1);
    const struct header header = {.domain = w->domain, .timestamp_ms = instant_ms(INSTANT_GENESIS),
                                  .committee_hash = w->committee->hash, .next_committee_hash = w->committee->hash};
    const struct signature none = {0};
    w->genesis = block_new(&header, &none, NULL, NULL, NULL, 0);
    remember(w, w->genesis, NULL);
    vec_push(&w->finals, w->genesis->hash);
}

struct options {
    bool verbose, trace, agreement;
};

static struct world *world_new(uint64_t seed, const struct options *o)
{
    struct world *w = base_alloc(sizeof(*w));
    w->trace = o->trace;
    w->agreement_only = o->agreement;
    w->seed = seed;
    rng_init(&w->rng, seed);
    w->now_ns = INSTANT_GENESIS.ns;
    w->cache = sigcache_new((struct sign_suite){SIGN_SIMULATED}, 1 << 16);
    map_init(&w->blocks, 32, sizeof(void *));
    map_init(&w->certificates, 32, sizeof(void *));
    map_init(&w->honest, sizeof(struct round_of), sizeof(struct signed_once));
    world_validators(w);
    world_genesis(w);
    w->crashes = chance(w, 70);
    w->partitions = chance(w, 60);
    w->skews = chance(w, 40);
    for (uint32_t i = 0; i < w->hosts_count; i++) {
        struct host *host = &w->hosts[i];
        host_start(w, host);
        host->lock_hash = w->genesis->hash;
        vec_push(&host->finals, ((struct certified_block){w->genesis, NULL}));
        replica_start(host->replica, time_at(w, host));
        perform(w, host);
    }
    return w;
}

static void host_done(struct world *w, struct host *host)
{
    replica_free(host->replica);
    for (size_t i = 0; i < host->disk.log.count; i++) log_free(&host->disk.log.data[i]);
    vec_done(&host->disk.log);
    buf_done(&host->disk.votes);
    vec_done(&host->finals);
    heap_remove(&w->heap, &host->tick);
}

static void world_free(struct world *w)
{
    for (uint32_t i = 0; i < w->hosts_count; i++) host_done(w, &w->hosts[i]);
    for (struct heap_node *node; (node = heap_pop(&w->heap)) != NULL;) {
        struct event *event = CONTAINER_OF(node, struct event, node);
        message_unref(event->message);
        base_free(event);
    }
    heap_done(&w->heap);
    for (size_t i = 0; i < w->committees.count; i++) committee_unref(w->committees.data[i]);
    vec_done(&w->committees);
    for (size_t i = map_next(&w->blocks, 0); i != MAP_END; i = map_next(&w->blocks, i + 1)) block_unref(*(struct block **)map_value_at(&w->blocks, i));
    for (size_t i = map_next(&w->certificates, 0); i != MAP_END; i = map_next(&w->certificates, i + 1))
        certificate_unref(*(struct certificate **)map_value_at(&w->certificates, i));
    map_done(&w->blocks);
    map_done(&w->certificates);
    map_done(&w->honest);
    for (size_t i = 0; i < w->recent.count; i++) block_unref(w->recent.data[i]);
    for (size_t i = 0; i < w->pool.count; i++) message_unref(w->pool.data[i]);
    for (size_t i = 0; i < w->timeouts.count; i++) message_unref(w->timeouts.data[i]);
    vec_done(&w->recent);
    vec_done(&w->pool);
    vec_done(&w->timeouts);
    vec_done(&w->finals);
    block_unref(w->genesis);
    sigcache_free(w->cache);
    base_free(w);
}

static struct host *host_of_tick(struct world *w, struct heap_node *node)
{
    const uintptr_t at = (uintptr_t)node, first = (uintptr_t)&w->hosts[0], end = (uintptr_t)&w->hosts[HOSTS_MAX];
    return at >= first && at < end ? CONTAINER_OF(node, struct host, tick) : NULL;
}

static void dispatch(struct world *w, struct event *event)
{
    struct host *host = &w->hosts[event->to];
    switch (event->type) {
    case EVENT_MESSAGE:
        if (!host->up) break;
        replica_receive(host->replica, time_at(w, host), event->from, event->message);
        perform(w, host);
        break;
    case EVENT_RESTART:
        restart(w, host);
        break;
    case EVENT_WEATHER:
        if (!w->healed) weather(w);
        break;
    case EVENT_ADVERSARY:
        adversary(w);
        break;
    case EVENT_HEAL:
        heal(w);
        break;
    }
    message_unref(event->message);
    base_free(event);
}

static bool recovered(const struct world *w)
{
    if (w->overrun) return w->healed; /* nobody promises anything more */
    for (uint32_t i = 0; i < w->hosts_count; i++)
        if (!w->hosts[i].liar && w->hosts[i].final_height < w->final_at_heal + 4) return false;
    return w->healed;
}

static void world_run(struct world *w)
{
    const uint64_t heal_ns = w->now_ns + (15 + rng_below(&w->rng, 60)) * NS_PER_S;
    const uint64_t end_ns = heal_ns + LIVENESS_S * NS_PER_S;
    (void)event_add(w, EVENT_HEAL, heal_ns);
    (void)event_add(w, EVENT_WEATHER, w->now_ns + rng_below(&w->rng, 10) * NS_PER_S);
    if (w->liars_count > 0) (void)event_add(w, EVENT_ADVERSARY, w->now_ns);
    while (w->broken == NULL && !recovered(w)) {
        struct heap_node *node = heap_pop(&w->heap);
        ASSERT(node != NULL);
        w->now_ns = node->key;
        if (w->now_ns > end_ns) {
            uint32_t lowest = UINT32_MAX;
            for (uint32_t i = 0; i < w->hosts_count; i++)
                if (!w->hosts[i].liar) lowest = MIN(lowest, w->hosts[i].final_height);
            broken(w, "liveness", "%u s after healing at final height %u some honest node is at %u", LIVENESS_S, w->final_at_heal, lowest);
        }
        struct host *host = host_of_tick(w, node);
        if (host != NULL) {
            replica_tick(host->replica, time_at(w, host));
            perform(w, host);
        } else {
            dispatch(w, CONTAINER_OF(node, struct event, node));
        }
    }
}

struct totals {
    uint64_t seeds, virtual_s, messages, final_blocks, epochs, crashes, rounds_lost, evidence, reorgs, reorg_max, alerts, lies;
};

static void hosts_print(const struct world *w)
{
    for (uint32_t i = 0; i < w->hosts_count; i++) {
        const struct host *host = &w->hosts[i];
        if (!host->up) continue;
        struct replica_status s;
        replica_status(host->replica, &s);
        const struct votestate *v = replica_votes(host->replica);
        printf("  host %u v%u%s: epoch %" PRIu64 " round %" PRIu64 "%s, high %" PRIu64 " lock %" PRIu64 ", head %u final %u, voted %" PRIu64
               " proposed %" PRIu64 " timed out %" PRIu64 " (high %" PRIu64 ")%s\n",
               i, host->validator, host->liar ? " liar" : "", s.committee->epoch, s.round, s.entered_by == NULL ? "" : " by timeout",
               s.high == NULL ? 0 : s.high->round, s.lock.round, s.head->header.height, s.final->header.height, v->voted_round,
               v->proposed_round, v->timed_out.round, v->timed_out.high_round, s.is_validator ? "" : " (observer)");
    }
}

static bool seed_run(uint64_t seed, const struct options *o, struct totals *t)
{
    struct world *w = world_new(seed, o);
    world_run(w);
    const uint64_t virtual_s = (w->now_ns - INSTANT_GENESIS.ns) / NS_PER_S;
    if (o->verbose)
        printf("seed %" PRIu64 ": %u validators (%u liars), epochs of %u%s: %" PRIu64 " s, %zu final, %" PRIu64 " epochs, %" PRIu64
               " crashes, %" PRIu64 " rounds lost, %" PRIu64 " messages, %" PRIu64 " evidence, reorg %" PRIu64 "\n",
               seed, w->validators_count, w->liars_count, w->epoch_blocks, w->disjoint ? " (disjoint)" : "", virtual_s, w->finals.count - 1,
               w->epochs, w->crashed, w->rounds_lost, w->messages, w->evidence, w->reorg_max);
    t->seeds++;
    t->virtual_s += virtual_s;
    t->messages += w->messages;
    t->final_blocks += w->finals.count - 1;
    t->epochs += w->epochs;
    t->crashes += w->crashed;
    t->rounds_lost += w->rounds_lost;
    t->evidence += w->evidence;
    t->reorgs += w->reorgs;
    t->reorg_max = MAX(t->reorg_max, w->reorg_max);
    t->alerts += w->alerts;
    t->lies += w->lies;
    const bool good = w->broken == NULL;
    if (!good) {
        printf("VIOLATION of %s: %s\n", w->broken, w->detail);
        printf("seed %" PRIu64 ": %u validators (%u liars), epochs of %u, at %.3f s of virtual time\n", seed, w->validators_count,
               w->liars_count, w->epoch_blocks, (double)(w->now_ns - INSTANT_GENESIS.ns) / 1e9);
        if (o->verbose) hosts_print(w);
        printf("replay: sweep_consensus --seeds 1 --first %" PRIu64 " --verbose\n", seed);
    }
    world_free(w);
    return good;
}

static double wall_s(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    uint64_t seeds = 200, first = 1, seconds = 0;
    struct options o = {0};
    for (int i = 1; i < argc; i++) {
        const struct str flag = str_of(argv[i]);
        uint64_t *into = str_eq(flag, STR("--seeds")) ? &seeds : str_eq(flag, STR("--first")) ? &first : str_eq(flag, STR("--seconds")) ? &seconds : NULL;
        if (str_eq(flag, STR("--verbose"))) {
            o.verbose = true;
        } else if (str_eq(flag, STR("--trace"))) {
            o.trace = true;
        } else if (str_eq(flag, STR("--agreement"))) {
            o.agreement = true;
        } else if (into == NULL || i + 1 == argc || !str_to_u64(str_of(argv[++i]), into)) {
            fprintf(stderr, "usage: sweep_consensus [--seeds N] [--first S] [--seconds CAP] [--verbose] [--trace] [--agreement]\n");
            return 104;
        }
    }
    const double began = wall_s();
    struct totals t = {0};
    bool good = true;
    for (uint64_t i = 0; i < seeds && good; i++) {
        if (seconds > 0 && i > 0 && wall_s() - began > (double)seconds) break;
        good = seed_run(first + i, &o, &t);
    }
    printf("%" PRIu64 " seeds, %.2f virtual hours in %.1f s: %" PRIu64 " final blocks, %" PRIu64 " epochs, %" PRIu64 " messages, %" PRIu64
           " crashes, %" PRIu64 " rounds lost, %" PRIu64 " lies, %" PRIu64 " findings of evidence, %" PRIu64 " reorgs (deepest %" PRIu64
           "), %" PRIu64 " alerts: %s\n",
           t.seeds, (double)t.virtual_s / 3600, wall_s() - began, t.final_blocks, t.epochs, t.messages, t.crashes, t.rounds_lost, t.lies,
           t.evidence, t.reorgs, t.reorg_max, t.alerts, good ? "no violation" : "VIOLATION");
    return good ? 0 : 1;
}
