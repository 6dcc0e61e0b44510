/* What the shielded pool costs: proving and verifying by shape, range proofs alone and in batches, scanning, and whole spends a
 * second; medians, each as a ratio to one hash of 128 bytes made beside it. Sizes are those of payloads on the wire.
 *
 *     bench_shield [rounds=9] */
#include <time.h>

#include "core/base/check.h"
#include "core/crypto/clsag.h"
#include "core/crypto/rangeproof.h"

enum { N = 11, CALIBRATION = 200000, ROUNDS_MAX = 99 };

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static double hash_us(void)
{
    uint8_t data[114] = {0};
    const double from = now_us();
    for (size_t i = 0; i < CALIBRATION; i++) {
        const struct hash hash = hash_tagged("adnet/test/v1", data, sizeof(data));
        data[0] ^= hash.b[0];
    }
    return (now_us() - from) / CALIBRATION;
}

static int double_cmp(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static struct {
    double hash;
    int rounds;
    struct clsag_member ring[N];
    struct clsag_statement statement;
    struct clsag_secret secret;
    uint8_t signature[CLSAG_BYTES_MAX];
    struct shield_opening openings[4];
    struct point commitments[4];
    uint8_t proof[RANGEPROOF_BYTES_MAX];
} bench;

static double median_ms(void (*step)(uint32_t), uint32_t arg)
{
    double took[ROUNDS_MAX];
    for (int i = 0; i < bench.rounds; i++) {
        const double from = now_us();
        step(arg);
        took[i] = (now_us() - from) / 1e3;
    }
    qsort(took, (size_t)bench.rounds, sizeof(took[0]), double_cmp);
    return took[bench.rounds / 2];
}

static void clsag_step(uint32_t arg)
{
    const uint8_t rnd[32] = {5};
    if (arg == 0) clsag_sign(&bench.statement, &bench.secret, rnd, bench.signature);
    if (arg == 1) CHECK(clsag_verify(&bench.statement, (struct str){(const char *)bench.signature, clsag_bytes(N)}));
}

static void prove_step(uint32_t m)
{
    const uint8_t rnd[32] = {5};
    rangeproof_prove(bench.openings, bench.commitments, m, rnd, bench.proof);
}

static struct rangeproof_check check_of(uint32_t m)
{
    return (struct rangeproof_check){bench.commitments, m, {(const char *)bench.proof, rangeproof_bytes(m)}};
}

static void verify_step(uint32_t m)
{
    const struct rangeproof_check check = check_of(m);
    CHECK(rangeproof_well_formed(check.proof, m) && rangeproof_verify(&check));
}

static void batch_step(uint32_t count) /* of proofs for two values */
{
    struct rangeproof_check checks[64];
    bool valid[64];
    for (uint32_t i = 0; i < count; i++) checks[i] = check_of(2);
    CHECK(rangeproof_verify_batch(checks, count, valid));
}

static void scan_step(uint32_t count)
{
    uint8_t seed[32] = {7};
    struct source source = source_of(seed);
    const struct shield_keys keys = shield_keys_draw(&source), other = shield_keys_draw(&source);
    const struct shield_viewer viewer = shield_viewer_of(&other);
    struct shield_note note;
    struct shield_opening opening;
    shield_note_make(&source, &keys.address, 5, 0, &note, &opening);
    for (uint32_t i = 0; i < count; i++) CHECK(!shield_note_open(&viewer, &note, 0, &opening));
}

static void line(const char *what, size_t bytes, double prove, double verify)
{
    printf("%-28s %5zu bytes  prove %8.3f ms (%7.0f hashes)  verify %8.3f ms (%7.0f)\n", what, bytes, prove, prove * 1e3 / bench.hash,
           verify, verify * 1e3 / bench.hash);
}

static void prepare(void)
{
    for (uint32_t j = 0; j < N; j++) {
        const struct scalar key = scalar_of(100 + j), blinding = scalar_of(200 + j);
        bench.ring[j] = (struct clsag_member){point_mul_base(&key), shield_commit(5000 + j, &blinding)};
    }
    const struct scalar pseudo = scalar_of(999), real = scalar_of(204);
    bench.secret = (struct clsag_secret){4, scalar_of(104), scalar_sub(&real, &pseudo)};
    bench.statement = (struct clsag_statement){bench.ring, N, shield_commit(5004, &pseudo),
                                               shield_key_image(&bench.secret.secret, &bench.ring[4].key), {{0}}};
    for (uint32_t j = 0; j < 4; j++) {
        bench.openings[j] = (struct shield_opening){1000000 + j, scalar_of(11 + j)};
        bench.commitments[j] = shield_commit(1000000 + j, &bench.openings[j].blinding);
    }
}

int main(int argc, char **argv)
{
    bench.rounds = argc > 1 ? MAX(1, MIN(atoi(argv[1]), ROUNDS_MAX)) : 9;
    bench.hash = hash_us();
    printf("one hash  %.3f us; medians of %d\n", bench.hash, bench.rounds);
    prepare();
    const double sign = median_ms(clsag_step, 0), check = median_ms(clsag_step, 1);
    line("CLSAG N=11", clsag_bytes(N), sign, check);
    double prove[5], verify[5];
    for (uint32_t m = 1; m <= 4; m += m) {
        char name[32];
        (void)snprintf(name, sizeof(name), "range proof m=%u", m);
        prove[m] = median_ms(prove_step, m);
        verify[m] = median_ms(verify_step, m);
        line(name, rangeproof_bytes(m), prove[m], verify[m]);
    }
    double batch = 0;
    prove_step(2);
    for (uint32_t count = 4; count <= 64; count *= 4) {
        batch = median_ms(batch_step, count) / count;
        printf("range proof m=2, batch of %2u: verify %.3f ms each (%.0f hashes)\n", count, batch, batch * 1e3 / bench.hash);
    }
    static const struct {
        const char *name;
        uint32_t in, out;
    } shapes[] = {{"transfer 1->1", 1, 1}, {"transfer 1->2", 1, 2}, {"transfer 2->2", 2, 2}, {"transfer 4->4", 4, 4}};
    for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
        const uint32_t n = shapes[i].in, m = shapes[i].out;
        const size_t bytes = 20 + 2 + n * (66 + 4 * N) + 2 + 104 * m + 4 + rangeproof_bytes(m) + 2 + n * (4 + clsag_bytes(N));
        line(shapes[i].name, bytes, n * sign + prove[m], n * check + verify[m]);
    }
    printf("scan of a foreign note %.3f ms\n", median_ms(scan_step, 20) / 20);
    printf("transfers 1->2 a second and core: proved %.1f, verified %.1f, %.1f with range proofs in batches of 64\n",
           1e3 / (sign + prove[2]), 1e3 / (check + verify[2]), 1e3 / (check + batch));
    return 0;
}
