/* What consensus costs: 80 replicas of one process, a perfect network of 10 ms, empty blocks; per block and per message, with
 * signatures that cost nothing (the replica's own work) and with real ones.
 *
 *     bench_replica [VALIDATORS] [BLOCKS] [DOWN]
 *
 * With DOWN of them crashed, the last column tells what the protocol makes of it: the longest time without a new final block. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/base/vec.h"
#include "network/consensus/replica.h"

#define HOSTS_MAX 200

struct flight {
    uint64_t due_ns;
    uint32_t from, to;
    struct message *message;
};
struct net {
    struct replica *replicas[HOSTS_MAX];
    struct address addresses[HOSTS_MAX];
    struct seckey keys[HOSTS_MAX];
    uint32_t count, down; /* the first `down` hear and say nothing */
    uint64_t now_ns, messages, final_ns, gap_ns;
    uint32_t final_height;
    VEC(struct flight) flights;
    size_t next;
    struct hash state;
};

static enum code execute(void *ctx, const struct replica_place *place, struct block *block, struct replica_outcome *out)
{
    (void)ctx, (void)place, (void)block, (void)out;
    return CODE_NONE;
}

static bool build(void *ctx, const struct replica_place *place, struct header *out, struct tx *const **txs, size_t *count,
                  struct replica_outcome *outcome)
{
    (void)ctx, (void)place, (void)out, (void)outcome;
    *txs = NULL;
    *count = 0;
    return true;
}

static void post(struct net *net, uint32_t from, uint32_t to, struct message *message)
{
    vec_push(&net->flights, ((struct flight){net->now_ns + 10 * NS_PER_MS, from, to, message_ref(message)}));
}

static void perform(struct net *net, uint32_t self)
{
    struct replica *replica = net->replicas[self];
    for (size_t i = 0; i < replica_actions_count(replica); i++) {
        const struct replica_action *action = replica_action_at(replica, i);
        if (action->type != REPLICA_SEND) continue;
        for (uint32_t to = net->down; to < net->count; to++) {
            if (to == self) continue;
            if (action->send.to == REPLICA_TO_PEER && to != action->send.peer) continue;
            if (action->send.to == REPLICA_TO_VALIDATOR && !address_eq(&net->addresses[to], &action->send.validator)) continue;
            post(net, self, to, action->send.message);
        }
    }
}

static struct replica_time time_of(const struct net *net)
{
    return (struct replica_time){{net->now_ns}, net->now_ns / NS_PER_MS};
}

static uint32_t net_height(const struct net *net)
{
    struct replica_status status;
    replica_status(net->replicas[net->count - 1], &status);
    return status.final->header.height;
}

static void net_run(struct net *net, uint32_t height)
{
    while (net_height(net) < height) {
        uint64_t due = net->next < net->flights.count ? net->flights.data[net->next].due_ns : UINT64_MAX;
        uint32_t who = UINT32_MAX;
        for (uint32_t i = net->down; i < net->count && due > net->now_ns; i++) { /* asked only when the clock moves */
            const uint64_t wake = replica_wake(net->replicas[i]).ns;
            if (wake >= due) continue;
            due = wake;
            who = i;
        }
        net->now_ns = MAX(net->now_ns, due);
        if (who != UINT32_MAX) {
            replica_tick(net->replicas[who], time_of(net));
            perform(net, who);
            continue;
        }
        const struct flight flight = net->flights.data[net->next++];
        replica_receive(net->replicas[flight.to], time_of(net), flight.from, flight.message);
        net->messages++;
        perform(net, flight.to);
        if (net_height(net) > net->final_height) {
            net->gap_ns = MAX(net->gap_ns, net->now_ns - net->final_ns);
            net->final_ns = net->now_ns;
            net->final_height = net_height(net);
        }
        message_unref(flight.message);
        if (net->next == net->flights.count) {
            vec_clear(&net->flights);
            net->next = 0;
        }
    }
}

static double cpu_s(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void bench(enum sign_scheme scheme, uint32_t validators, uint32_t blocks, uint32_t down)
{
    static struct net net;
    memset(&net, 0, sizeof(net));
    net.count = validators;
    net.now_ns = net.final_ns = INSTANT_GENESIS.ns;
    net.down = down;
    const struct sign_suite suite = {scheme};
    struct sigcache *cache = sigcache_new(suite, 1 << 16);
    struct member *members = base_alloc(validators * sizeof(*members));
    for (uint32_t i = 0; i < validators; i++) {
        const uint8_t seed[32] = {(uint8_t)i, 3};
        seckey_from_seed(suite, seed, &net.keys[i]);
        net.addresses[i] = address_of_key(&net.keys[i].pub);
        members[i] = (struct member){net.addresses[i], net.keys[i].pub, AMOUNT(10000000), ""};
    }
    struct committee *committee = committee_new(0, 1, members, validators);
    base_free(members);
    struct params params;
    params_init(&params, PROFILE_TEST, CHAIN_ALPHA);
    const struct domain domain = domain_of(CHAIN_ALPHA, NETWORK_TESTNET);
    const struct header header = {.domain = domain,
                                  .timestamp_ms = instant_ms(INSTANT_GENESIS),
                                  .committee_hash = committee->hash,
                                  .next_committee_hash = committee->hash};
    struct block *genesis = block_new(&header, &(struct signature){{0}}, NULL, NULL, NULL, 0);
    for (uint32_t i = 0; i < validators; i++) {
        const struct replica_config config = {.domain = domain,
                                              .params = &params,
                                              .genesis = genesis,
                                              .committee = committee,
                                              .key = &net.keys[i],
                                              .validator = net.addresses[i],
                                              .suite = suite,
                                              .verifier = verifier_of_cache(cache),
                                              .ledger = {&net, execute, build, NULL}};
        net.replicas[i] = replica_new(&config);
        if (i < down) continue;
        replica_start(net.replicas[i], time_of(&net));
        perform(&net, i);
    }
    net_run(&net, 3);
    const uint64_t before = net.messages, virtual_before = net.now_ns;
    const uint64_t checks_before = sigcache_stats(cache).checks;
    const double began = cpu_s();
    net_run(&net, 3 + blocks);
    const double seconds = cpu_s() - began;
    const double messages = (double)(net.messages - before);
    printf("%-9s %3u validators: %7.1f us a block, %6.0f ns a message, %5.0f messages a block, %3.0f checks a block, %6.1f times "
           "real time, final gap %.1f s at most, %.2f s a block\n",
           sign_scheme_text(scheme), validators, seconds * 1e6 / blocks, seconds * 1e9 / messages, messages / blocks,
           (double)(sigcache_stats(cache).checks - checks_before) / blocks, (double)(net.now_ns - virtual_before) / 1e9 / seconds,
           (double)net.gap_ns / 1e9, (double)(net.now_ns - virtual_before) / 1e9 / blocks);
    for (uint32_t i = 0; i < validators; i++) replica_free(net.replicas[i]);
    for (size_t i = net.next; i < net.flights.count; i++) message_unref(net.flights.data[i].message);
    vec_done(&net.flights);
    block_unref(genesis);
    committee_unref(committee);
    sigcache_free(cache);
}

int main(int argc, char **argv)
{
    const uint32_t validators = argc > 1 ? (uint32_t)atoi(argv[1]) : 80, blocks = argc > 2 ? (uint32_t)atoi(argv[2]) : 200;
    const uint32_t down = argc > 3 ? (uint32_t)atoi(argv[3]) : 0;
    if (down * 3 >= validators || validators == 0 || validators > HOSTS_MAX || blocks == 0) return 104;
    bench(SIGN_SIMULATED, validators, blocks, down);
    bench(SIGN_ED25519, validators, blocks, down);
    return 0;
}
