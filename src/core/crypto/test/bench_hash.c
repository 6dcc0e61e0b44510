/* Tagged hashes of a Merkle node: one by one, and four side by side; ns each and the ratio. */
#include <time.h>

#include "core/base/check.h"
#include "core/crypto/hashbatch.h"

enum { COUNT = 4096, ROUNDS = 200 };

static double now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

int main(void)
{
    static struct hash in[2 * COUNT], one[COUNT], four[COUNT];
    for (size_t i = 0; i < 2 * COUNT; i++) in[i] = hash_tagged("n", &i, sizeof(i));
    double from = now_ns();
    for (size_t round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < COUNT; i++) one[i] = hash_tagged("adnet/node/v1", &in[2 * i], 64);
    const double single = (now_ns() - from) / ((double)ROUNDS * COUNT);
    struct hash_batch batch;
    hash_batch_init(&batch);
    from = now_ns();
    for (size_t round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < COUNT; i++) hash_batch_add(&batch, "adnet/node/v1", &in[2 * i], 32, &in[2 * i + 1], 32, &four[i]);
        hash_batch_flush(&batch);
    }
    const double batched = (now_ns() - from) / ((double)ROUNDS * COUNT);
    CHECK(memcmp(one, four, sizeof(one)) == 0);
    printf("one by one %.0f ns, side by side %.0f ns (%.2fx)\n", single, batched, single / batched);
    return 0;
}
