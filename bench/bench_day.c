/* What a day of an ordinary network costs: functional/daily_network_ops, all of it or scaled down, played as `run` plays it; wall and processor time,
 * how many virtual seconds a second, and what 24 hours come to at that pace. Scaling shortens every phase alike, so the pace is that of the
 * day; what a whole day alone shows (histories that grow, epochs that pass) takes the whole day. Beside it, as the measure of the machine: hashes of
 * 128 bytes, and with real signatures checks of Ed25519.
 *
 *     bench_day [duration=10m] [simulated|signatures|real] [threads=1] */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "cli/play.h"
#include "core/base/check.h"
#include "core/crypto/sign.h"
#include "world/real/real.h"

static double spent_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double hash_us(void)
{
    enum { ROUNDS = 200000 };
    uint8_t data[114] = {0};
    const double from = spent_s();
    for (size_t i = 0; i < ROUNDS; i++) data[0] ^= hash_tagged("adnet/test/v1", data, sizeof(data)).b[0];
    return (spent_s() - from) * 1e6 / ROUNDS;
}

static double verify_us(void)
{
    enum { ROUNDS = 4000 };
    const struct sign_suite suite = {SIGN_ED25519};
    const uint8_t seed[32] = {1};
    struct seckey key;
    seckey_from_seed(suite, seed, &key);
    const struct hash digest = hash_tagged("bench", "x", 1);
    const struct signature signature = sign_digest(suite, &key, "bench-day", &digest);
    const double from = spent_s();
    for (size_t i = 0; i < ROUNDS; i++) CHECK(sign_verify(suite, &key.pub, "bench-day", &digest, &signature));
    return (spent_s() - from) * 1e6 / ROUNDS;
}

int main(int argc, char **argv)
{
    struct arena arena;
    struct source source;
    struct err err = {0};
    const struct str length = str_of(argc > 1 ? argv[1] : "10m"), crypto = str_of(argc > 2 ? argv[2] : "simulated");
    struct play_options options = {.load = LOAD_AS_WRITTEN, .second_thread = argc <= 3 || strcmp(argv[3], "0") != 0, .quiet = true};
    options.simulated = str_eq(crypto, STR("simulated"));
    options.simulated_proofs = !str_eq(crypto, STR("real"));
    arena_init(&arena, 0);
    if (!duration_parse(length, &options.load.duration)) {
        fprintf(stderr, "bench_day: '%s' is no duration: say 10m or 24h\n", argv[1]);
        return 1;
    }
    if (!source_find(&arena, STR("functional/daily_network_ops"), &source, &err)) {
        fprintf(stderr, "bench_day: %s\n", err.text);
        return 1;
    }
    const double hash = hash_us(), verify = verify_us(), cpu_from = spent_s();
    const uint64_t from = real_now_ns();
    const int status = play(&source, &options, NULL);
    const double wall = (double)(real_now_ns() - from) / 1e9, cpu = spent_s() - cpu_from, virtual_s = (double)options.load.duration.ns / 1e9;
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    printf("machine: a hash %.3f us, a check of Ed25519 %.1f us\n", hash, verify);
    printf("%s, " STR_FMT ": %.1f s, %.1f s of processors, %ld MiB; %.1f virtual seconds a second; a virtual minute costs %.0f thousand hashes, or %.0f checks\n",
           argc > 1 ? argv[1] : "10m", STR_ARG(crypto), wall, cpu, usage.ru_maxrss / 1024, virtual_s / wall, cpu / virtual_s * 60e6 / hash / 1e3, cpu / virtual_s * 60e6 / verify);
    printf("24 hours at this pace: %.0f minutes, %.0f of processors\n", 1440 / (virtual_s / wall), 1440 / (virtual_s / cpu));
    arena_done(&arena);
    return status;
}
