/* Sweep: many small networks of replicas, one a seed, under crashes with lost writes, partitions, bad links, skewed clocks,
 * changes of committee and, up to f of the stake, liars in the style of Twins. What must hold, whatever happens:
 *
 * - agreement: no two final blocks at one height at honest nodes; what is final stays so, in order, and has a proof that holds;
 * - innocence: nothing that an honest validator signed convicts it, and no honest block raises CONFLICTING_BRANCH;
 * - the lock: an honest vote never contradicts the certificates that its node had stored;
 * - depth: a view replaces two tentative blocks at most;
 * - liveness: after healing, every honest node has new final blocks within a bounded time.
 *
 * In some seeds the liars are more than f: then nobody promises agreement or liveness, but the honest still keep their own rules:
 * one vote and one proposal a round, the lock, proofs, and no crash. (With f liars or fewer, rule 3 alone keeps every lock: see
 * docs/DECISIONS.md. Only against more does a missing lock rule show.)
 *
 *     sweep_consensus [--seeds N] [--first S] [--seconds CAP] [--verbose] [--trace] [--agreement]
 *
 * --trace prints messages and rounds; --agreement checks neither proofs nor locks (for plant.sh). A failure prints the seed and
 * the command that replays it. The adversary hears every message and signs whatever it likes with the liars' keys; the honest run
 * unmodified replicas. */
#include <time.h>

#include "consensus/world.h"

static void world_validators(struct world *w)
{
    w->validators_count = 1 + pick(w, 10);
    w->disjoint = w->validators_count >= 2 && chance(w, 25);
    w->overrun = w->validators_count >= 3 && !w->disjoint && chance(w, 20);
    const uint32_t liars_max = (w->validators_count - 1) / 3;
    if (w->overrun)
        w->liars_count = liars_max + 1 + pick(w, w->validators_count - liars_max - 1);
    else
        w->liars_count = w->disjoint     ? (w->validators_count >= 8 ? pick(w, 2) : 0)
                         : chance(w, 75) ? liars_max
                                         : pick(w, liars_max + 1);
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
    w->jailed = w->liars_count > 0 && chance(w, 30) ? w->validators_count - 1
                                                    : w->validators_count; /* three honest leaders in a row remain */
}

static void world_genesis(struct world *w)
{
    w->domain = domain_of(CHAIN_ALPHA, NETWORK_TESTNET);
    params_init(&w->params, PROFILE_TEST, CHAIN_ALPHA);
    w->epoch_blocks = chance(w, 70) ? 2 + pick(w, 12) : 1000;
    w->committee = committee_draw(w, 0, 1);
    const struct header header = {.domain = w->domain,
                                  .timestamp_ms = instant_ms(INSTANT_GENESIS),
                                  .committee_hash = w->committee->hash,
                                  .next_committee_hash = w->committee->hash};
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
    for (size_t i = map_next(&w->blocks, 0); i != MAP_END; i = map_next(&w->blocks, i + 1))
        block_unref(*(struct block **)map_value_at(&w->blocks, i));
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
    case EVENT_RESTART: restart(w, host); break;
    case EVENT_WEATHER:
        if (!w->healed) weather(w);
        break;
    case EVENT_ADVERSARY: adversary(w); break;
    case EVENT_HEAL: heal(w); break;
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
            broken(w, "liveness", "%u s after healing at final height %u some honest node is at %u", LIVENESS_S, w->final_at_heal,
                   lowest);
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
        printf("  host %u v%u%s: epoch %" PRIu64 " round %" PRIu64 "%s, high %" PRIu64 " lock %" PRIu64
               ", head %u final %u, voted %" PRIu64 " proposed %" PRIu64 " timed out %" PRIu64 " (high %" PRIu64 ")%s\n",
               i, host->validator, host->liar ? " liar" : "", s.committee->epoch, s.round,
               s.entered_by == NULL ? "" : " by timeout", s.high == NULL ? 0 : s.high->round, s.lock.round, s.head->header.height,
               s.final->header.height, v->voted_round, v->proposed_round, v->timed_out.round, v->timed_out.high_round,
               s.is_validator ? "" : " (observer)");
    }
}

static bool seed_run(uint64_t seed, const struct options *o, struct totals *t)
{
    struct world *w = world_new(seed, o);
    world_run(w);
    const uint64_t virtual_s = (w->now_ns - INSTANT_GENESIS.ns) / NS_PER_S;
    if (o->verbose)
        printf("seed %" PRIu64 ": %u validators (%u liars), epochs of %u%s: %" PRIu64 " s, %zu final, %" PRIu64
               " epochs, %" PRIu64 " crashes, %" PRIu64 " rounds lost, %" PRIu64 " messages, %" PRIu64 " evidence, reorg %" PRIu64
               "\n",
               seed, w->validators_count, w->liars_count, w->epoch_blocks, w->disjoint ? " (disjoint)" : "", virtual_s,
               w->finals.count - 1, w->epochs, w->crashed, w->rounds_lost, w->messages, w->evidence, w->reorg_max);
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
        uint64_t *into = str_eq(flag, STR("--seeds"))     ? &seeds
                         : str_eq(flag, STR("--first"))   ? &first
                         : str_eq(flag, STR("--seconds")) ? &seconds
                                                          : NULL;
        if (str_eq(flag, STR("--verbose"))) {
            o.verbose = true;
        } else if (str_eq(flag, STR("--trace"))) {
            o.trace = true;
        } else if (str_eq(flag, STR("--agreement"))) {
            o.agreement = true;
        } else if (into == NULL || i + 1 == argc || !str_to_u64(str_of(argv[++i]), into)) {
            fprintf(stderr,
                    "usage: sweep_consensus [--seeds N] [--first S] [--seconds CAP] [--verbose] [--trace] [--agreement]\n");
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
    printf("%" PRIu64 " seeds, %.2f virtual hours in %.1f s: %" PRIu64 " final blocks, %" PRIu64 " epochs, %" PRIu64
           " messages, %" PRIu64 " crashes, %" PRIu64 " rounds lost, %" PRIu64 " lies, %" PRIu64 " findings of evidence, %" PRIu64
           " reorgs (deepest %" PRIu64 "), %" PRIu64 " alerts: %s\n",
           t.seeds, (double)t.virtual_s / 3600, wall_s() - began, t.final_blocks, t.epochs, t.messages, t.crashes, t.rounds_lost,
           t.lies, t.evidence, t.reorgs, t.reorg_max, t.alerts, good ? "no violation" : "VIOLATION");
    return good ? 0 : 1;
}
