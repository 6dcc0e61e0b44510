/* What blocks of shielded transfers (1 -> 2) cost a verifier: proof by proof, in one batch, and remembered, as a validator finds them
 * that shares a process with one who has checked them; each also as a ratio to proof by proof.
 *
 *     bench_shielded */
#include <time.h>

#include "shielded_town.h"

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double block_ms(struct pool *p, struct tx **txs, uint32_t count)
{
    const double from = now_ms();
    struct ledger_result *result = pool_run(p, txs, count);
    const double took = now_ms() - from;
    CHECK_U64(result->succeeded, count);
    ledger_result_unref(result);
    return took;
}

static void measure(struct pool *p, struct tx **txs, uint32_t count)
{
    enum { VALIDATORS = 80 };
    p->town.rules.proofs = NULL;
    const double alone = block_ms(p, txs, count);
    p->town.rules.proofs = proofcache_new(1000);
    const double together = block_ms(p, txs, count);
    double others = 0;
    for (uint32_t i = 1; i < VALIDATORS; i++) others += block_ms(p, txs, count);
    printf("%2u transfers: one by one %7.1f ms (%5.1f/s)   one batch %7.1f ms (%5.1f/s, %.2f)   each of 79 more validators %.3f ms (%.5f)\n", count,
           alone, count * 1e3 / alone, together, count * 1e3 / together, together / alone, others / (VALIDATORS - 1), others / (VALIDATORS - 1) / alone);
    const struct proofcache_stats stats = proofcache_stats(p->town.rules.proofs);
    CHECK_U64(stats.signatures, count);
    proofcache_free(p->town.rules.proofs);
    p->town.rules.proofs = NULL;
}

int main(void)
{
    enum { MOST = 32 };
    for (pool_suite.scheme = SHIELD_REAL; pool_suite.scheme <= SHIELD_SIMULATED; pool_suite.scheme++) {
        struct pool p;
        struct tx *txs[MOST];
        pool_init(&p, MOST);
        const double from = now_ms();
        for (uint32_t i = 0; i < MOST; i++) {
            struct spend_want want = spend_want(&p, 1, 2);
            want.first += i;
            want.sender = 1 + i % 16;
            want.nonce = p.nonces[want.sender] + i / 16;
            want.outputs[0].value = 90000;
            want.outputs[1].value = 10000;
            txs[i] = pool_spend(&p, &want);
        }
        printf("%s proofs: a transfer made in %.3f ms\n", pool_suite.scheme == SHIELD_REAL ? "real" : "simulated", (now_ms() - from) / MOST);
        for (uint32_t count = 2; count <= MOST; count *= 4) measure(&p, txs, count);
        for (uint32_t i = 0; i < MOST; i++) tx_unref(txs[i]);
        pool_done(&p);
    }
    return 0;
}
