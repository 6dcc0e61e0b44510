/* 80 idle validators at 500 ms blocks: virtual seconds a cpu second, with real Ed25519 on one thread. The calibration is what the signatures alone
 * would cost: 80 votes signed, a quorum of them checked, one proposal signed and checked, for each block.
 *
 *     bench_idle80 [validators] [virtual seconds] [simulated|real] [both] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/crypto/sign.h"
#include "network/devnet/devnet.h"
#include "world/sim/sim.h"

/* Processor time of this program: the same on a busy machine. One thread, so on an idle one it is wall time. */
static double spent(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double signatures_s(struct sign_suite suite, uint32_t validators)
{
    const uint8_t seed[32] = {1};
    struct seckey key;
    seckey_from_seed(suite, seed, &key);
    struct hash digest = hash_tagged("bench", "x", 1);
    const int rounds = 20;
    const double start = spent();
    for (int i = 0; i < rounds; i++) {
        for (uint32_t n = 0; n < validators + 1; n++) {
            digest.b[0] = (uint8_t)n;
            const struct signature signature = sign_digest(suite, &key, "bench-sig", &digest);
            if (n <= validators * 2 / 3 + 1 && !sign_verify(suite, &key.pub, "bench-sig", &digest, &signature)) exit(1);
        }
    }
    return (spent() - start) / rounds;
}

int main(int argc, char **argv)
{
    const uint32_t validators = argc > 1 ? (uint32_t)atoi(argv[1]) : 80;
    const uint64_t seconds = argc > 2 ? (uint64_t)atoll(argv[2]) : 100;
    const bool simulated = argc > 3 && strcmp(argv[3], "simulated") == 0;
    const bool both = argc > 4 && strcmp(argv[4], "both") == 0; /* chains */
    struct sim *sim = sim_new(1, sim_model_default(), NULL);
    struct http_net *http = http_net_new(sim_env(sim), WIRE_STRUCT);
    struct devnet *net;
    struct err err;
    const struct devnet_config config = {.validators = validators, .seed = 1, .simulated = simulated, .delta = both};
    if (!devnet_new(sim_env(sim), http, &config, &net, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    const double start = spent();
    (void)sim_run(sim, instant_add(INSTANT_GENESIS, duration_s(seconds)), NULL);
    const double took = spent() - start;
    const struct devnet_counters counters = devnet_counters(net);
    const double floor_s = signatures_s((struct sign_suite){simulated ? SIGN_SIMULATED : SIGN_ED25519}, validators) * counters.height * (both ? 2 : 1);
    printf("%u validators, %s, %s: %llu virtual s in %.2f cpu s = %.1fx; height %u, final %u, %llu events, %llu messages\n", validators,
           simulated ? "simulated signatures" : "Ed25519", both ? "both chains" : "Alpha alone", (unsigned long long)seconds, took, (double)seconds / took, counters.height,
           counters.finalized, (unsigned long long)sim_events(sim), (unsigned long long)counters.messages);
    printf("signatures alone: %.2f s (%.1fx); ratio %.2f\n", floor_s, (double)seconds / floor_s, took / floor_s);
    http_net_free(http);
    devnet_free(net);
    sim_free(sim);
    return 0;
}
