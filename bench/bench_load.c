/* Load: transfers on an embedded network, open loop, each followed until it is final, as load/high_tps does it: what a transaction costs in wall
 * time and memory, and what the network did meanwhile in virtual time. Signing and checking are measured beside it, with the same suite; what is
 * left is the pipeline: bots, exchanges, pools, gossip, blocks, ledger, waiting and the simulated world.
 *
 * With delta=50 half of the operations are Delta's, so that both ledgers work in one network at once: of ten, five are limit orders about one price,
 * two market orders, one a swap, one a position that is opened and closed, one a transfer.
 *
 *     bench_load [validators=80] [bots=1000] [rate=10100] [seconds=20] [crypto=real|simulated] [threads=0|1] [wire=struct|text] [seed=42] [delta=0..100] */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "load/mix.h"
#include "cli/boot.h"
#include "core/metrics/histogram.h"
#include "tester/bot/act.h"
#include "tester/bot/schedule.h"
#include "tester/client/alpha.h"

struct options {
    uint32_t validators, bots, rate, seconds, delta; /* delta: how many operations of a hundred are on it */
    bool simulated, second_thread;
    enum http_wire wire;
    uint64_t seed;
};

struct load {
    struct options options;
    struct boot *boot;
    struct crew crew;
    struct track track;
    struct bot **bots;
    uint32_t *indices;
    struct rng rng;
    struct histogram admitted, included, final;
    uint64_t started, ended, live, live_max;
    uint64_t txs; /* final, of operations that are done */
    uint64_t by_code[CODE_COUNT];
    uint32_t pool_max, block_max;
    uint64_t half_bytes, half_txs, full_bytes, full_txs; /* what is held, and how many were done, at half and at the end of the arrivals */
    bool over;
};

static double wall(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double cpu(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static uint64_t resident_bytes(void)
{
    unsigned long size = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL) return 0;
    const int got = fscanf(file, "%lu %lu", &size, &resident);
    fclose(file);
    return got == 2 ? (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

/* ---- what is compared with ---- */

/* Seconds that one signature, or one check of it, takes now. */
static void calibrate(struct sign_suite suite, double *out_sign, double *out_check)
{
    const uint8_t seed[32] = {7};
    struct seckey key;
    seckey_from_seed(suite, seed, &key);
    const uint32_t count = suite.scheme == SIGN_SIMULATED ? 20000 : 2000;
    struct signature *signatures = base_alloc(sizeof(*signatures) * count);
    struct hash digest = hash_tagged("bench", "x", 1);
    double start = cpu();
    for (uint32_t i = 0; i < count; i++) {
        memcpy(digest.b, &i, sizeof(i));
        signatures[i] = sign_digest(suite, &key, "bench-sig", &digest);
    }
    *out_sign = (cpu() - start) / count;
    start = cpu();
    for (uint32_t i = 0; i < count; i++) {
        memcpy(digest.b, &i, sizeof(i));
        if (!sign_verify(suite, &key.pub, "bench-sig", &digest, &signatures[i])) abort();
    }
    *out_check = (cpu() - start) / count;
    base_free(signatures);
}

/* ---- bots ---- */

struct execution {
    struct load *load;
    struct bot *bot;
    struct instant intended;
    uint64_t number;
    struct act act;
    uint32_t txs; /* that it is made of */
};

static void step(struct act *act, struct op *op)
{
    static const struct payment_terms terms;
    struct execution *execution = CONTAINER_OF(act, struct execution, act);
    execution->txs = mix_delta(act, execution->load->options.delta, op);
    if (execution->txs > 0) return;
    execution->txs = 1;
    struct bot *partner = act_partner(act);
    const struct payment payment = {.to = partner->identity.address, .bot = partner, .amount = AMOUNT(1000)};
    (void)act_pay(act, &payment, 1, &terms, op); /* op tells */
}

static void note(struct histogram *histogram, struct instant at, struct instant from)
{
    if (at.ns != 0) histogram_record(histogram, instant_since(at, from).ns / NS_PER_US);
}

static void pool_begin(struct load *load)
{
    struct act act;
    struct op op;
    act_init(&act, &load->crew, &load->track, load->bots[0], env_now(load->crew.env), UINT64_MAX);
    act_run(&act, mix_liquidity, &op);
    if (op.status == OP_DONE) return;
    fprintf(stderr, "the pool could not be filled: " STR_FMT "\n", STR_ARG(code_text(op.code)));
    exit(1);
}

static void execution_run(void *arg)
{
    struct execution *execution = arg;
    struct load *load = execution->load;
    struct op op;
    act_init(&execution->act, &load->crew, &load->track, execution->bot, execution->intended, execution->number);
    act_run(&execution->act, step, &op);
    note(&load->admitted, op.admitted, op.intended);
    note(&load->included, op.included, op.intended);
    note(&load->final, op.finalized, op.intended);
    if (op.status == OP_DONE) load->txs += execution->txs;
    else load->by_code[op.code]++;
    load->ended++;
    load->live--;
    base_free(execution);
}

static void generate(struct load *load, struct instant start, struct duration length, uint32_t rate)
{
    struct env *env = load->crew.env;
    const struct schedule_plan plan = {.arrivals = ARRIVALS_CONSTANT, .rate = {rate, duration_s(load->options.bots)}, .start = start, .length = length, .bots = load->options.bots};
    struct pacer pacer;
    struct instant at;
    uint32_t bot;
    pacer_init(&pacer, &plan, &load->rng);
    while (pacer_next(&pacer, &bot, &at)) {
        if (instant_before(env_now(env), at)) fiber_sleep_until(env, at);
        if (load->half_bytes == 0 && instant_since(at, start).ns > length.ns / 2) {
            load->half_bytes = resident_bytes();
            load->half_txs = load->txs;
        }
        struct execution *execution = base_alloc(sizeof(*execution));
        *execution = (struct execution){load, load->bots[bot], at, load->started++};
        load->live++;
        load->live_max = MAX(load->live_max, load->live);
        (void)fiber_spawn(env, execution_run, execution);
    }
    pacer_done(&pacer);
    load->full_bytes = resident_bytes();
    load->full_txs = load->txs;
}

static void sample(void *arg)
{
    struct load *load = arg;
    struct alpha alpha = load->crew.alpha;
    while (!load->over) {
        struct answer answer;
        const struct instant deadline = instant_add(env_now(load->crew.env), duration_s(10));
        const struct pool_stats *stats = alpha_pool_stats(&alpha, deadline, &answer);
        if (stats != NULL) load->pool_max = MAX(load->pool_max, stats->total);
        answer_done(&answer);
        const struct block_view *block = alpha_block_latest(&alpha, deadline, &answer);
        if (block != NULL) load->block_max = MAX(load->block_max, block->header.transaction_count);
        answer_done(&answer);
        fiber_sleep(load->crew.env, duration_ms(97));
    }
}

static void main_fiber(void *arg)
{
    struct load *load = arg;
    struct env *env = load->crew.env;
    struct err err = {0};
    const struct options *options = &load->options;
    if (!crew_learn(&load->crew, instant_add(env_now(env), duration_s(30)), &err)) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    rng_init(&load->rng, options->seed);
    if (options->delta > 0) pool_begin(load);
    (void)fiber_spawn(env, sample, load);
    if (options->rate > 0) generate(load, env_now(env), duration_s(options->seconds), options->rate);
    else fiber_sleep(env, duration_s(options->seconds));
    const struct instant deadline = instant_add(env_now(env), duration_s(60));
    while (load->live > 0 && instant_before(env_now(env), deadline)) fiber_sleep(env, duration_ms(50));
    load->over = true;
}

/* ---- the run ---- */

enum { PURSES = 4 };
static const enum token purses[PURSES] = {TOKEN_AX, TOKEN_SAX, TOKEN_DX, TOKEN_USD};

static void bots_make(struct load *load, struct run_grant *grants, struct sign_suite suite)
{
    struct identity identity;
    char name[24];
    for (uint32_t i = 0; i < load->options.bots; i++) {
        snprintf(name, sizeof(name), "load-gen-%u", i + 1);
        identity_init(&identity, load->options.seed, str_of(name), suite);
        for (uint32_t k = 0; k < PURSES; k++)
            grants[i * PURSES + k] = (struct run_grant){.address = identity.address, .money = money_of(purses[k], (struct amount){UINT64_C(1000000000000)}), .bot = i};
        identity_wipe(&identity);
        load->indices[i] = i;
    }
}

static void bots_start(struct load *load, const struct run_grant *grants, char (*names)[24])
{
    for (uint32_t i = 0; i < load->options.bots; i++) {
        snprintf(names[i], sizeof(names[i]), "load-gen-%u", i + 1);
        struct bot_idle idle = bot_new(&load->crew, load->options.seed, str_of(names[i]), i);
        load->bots[i] = idle.bot;
        struct money moneys[PURSES];
        for (uint32_t k = 0; k < PURSES; k++) moneys[k] = grants[i * PURSES + k].money;
        struct bot_funded funded = bot_fund_genesis(&idle, moneys, PURSES);
        (void)bot_start(&funded);
    }
}

static uint64_t p95(const struct histogram *histogram)
{
    uint64_t us = 0;
    return histogram_quantile(histogram, 9500, &us) ? us : 0;
}

static void report(struct load *load, double took, double busy, uint64_t before, double sign_s, double check_s, double unit_s)
{
    const struct options *o = &load->options;
    struct sim *sim = boot_sim(load->boot);
    const double virtual_s = (double)instant_since(env_now(load->crew.env), INSTANT_GENESIS).ns * 1e-9;
    const uint64_t txs = load->txs;
    const double per_tx = txs > 0 ? 1e6 / (double)txs : 0;
    const struct devnet_counters counters = boot_counters(load->boot);
    const uint64_t after = resident_bytes();
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    /* Votes: each validator signs one a block and one proposal is signed; a quorum of votes and the proposal are checked; on each chain. */
    const double consensus_s = counters.height * (load->crew.delta.http != NULL ? 2 : 1) * ((o->validators + 1) * sign_s + (o->validators * 2 / 3 + 2) * check_s);
    const double here = (o->second_thread ? 0 : check_s) + sign_s;
    printf("%u validators, %u bots, %u operations/s, %u in 100 on Delta, %s signatures, %s, %s wire\n", o->validators, o->bots, o->rate, o->delta, o->simulated ? "simulated" : "Ed25519",
           o->second_thread ? "second thread" : "one thread", o->wire == WIRE_TEXT ? "text" : "struct");
    printf("  %.1f virtual s in %.2f wall s (%.2f s of this thread's processor): %.2fx; %" PRIu64 " operations, %" PRIu64 " tx done, %.0f tx/s of wall time\n", virtual_s, took, busy,
           virtual_s / took, load->started, txs, (double)txs / took);
    printf("  us a tx: %.2f wall, %.2f this thread; signing %.2f, checking %.2f%s, votes %.2f; everything else %.2f\n", took * per_tx, busy * per_tx, sign_s * 1e6, check_s * 1e6,
           o->second_thread ? " (other thread)" : "", consensus_s * per_tx, busy * per_tx - here * 1e6 - consensus_s * per_tx);
    printf("  one Ed25519 signature and its check take %.1f us beside it: a tx takes %.3f of that in wall time, everything else %.3f\n", unit_s * 1e6, took * per_tx / unit_s * 1e-6,
           (busy * per_tx * 1e-6 - here - consensus_s * per_tx * 1e-6) / unit_s);
    printf("  %.2f million events, %.2f million/s, %.1f a tx; height %u, final %u\n", (double)sim_events(sim) * 1e-6, (double)sim_events(sim) * 1e-6 / took,
           txs > 0 ? (double)sim_events(sim) / (double)txs : 0, counters.height, counters.finalized);
    printf("  p95 admitted %.3f s, included %.3f s, final %.3f s; pool at most %u, block at most %u; operations open at most %" PRIu64 "\n", (double)p95(&load->admitted) * 1e-6,
           (double)p95(&load->included) * 1e-6, (double)p95(&load->final) * 1e-6, load->pool_max, load->block_max, load->live_max);
    const uint64_t grown = load->full_bytes - MIN(load->half_bytes, load->full_bytes), half_txs = load->full_txs - load->half_txs;
    printf("  memory: before %.0f MiB, peak %.0f MiB, at the end %.0f MiB; growth in the second half %.0f bytes a tx; stacks %.0f MiB\n", (double)before / 1048576,
           (double)usage.ru_maxrss / 1024, (double)after / 1048576, half_txs > 0 ? (double)grown / (double)half_txs : 0,
           (double)sched_stack_bytes(load->crew.env->sched) / 1048576);
    for (uint32_t i = 0; i < OP_STATUS_COUNT; i++)
        if (i != OP_DONE && load->track.by_status[i] > 0) printf("  not done: %" PRIu64 " %s\n", load->track.by_status[i], op_status_text(i));
    for (uint32_t i = 0; i < CODE_COUNT; i++)
        if (load->by_code[i] > 0) printf("    %" PRIu64 " with code " STR_FMT "\n", load->by_code[i], STR_ARG(code_text(i)));
    const struct hash digest = sim_digest(sim);
    char hex[65] = "";
    str_hex(digest.b, 32, hex);
    printf("  run digest %s\n", hex);
}

static bool option(const char *arg, const char *name, const char **out)
{
    const size_t len = strlen(name);
    if (strncmp(arg, name, len) != 0 || arg[len] != '=') return false;
    *out = arg + len + 1;
    return true;
}

static void options_read(struct options *o, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *value;
        if (option(argv[i], "validators", &value)) o->validators = (uint32_t)atoi(value);
        else if (option(argv[i], "bots", &value)) o->bots = (uint32_t)atoi(value);
        else if (option(argv[i], "rate", &value)) o->rate = (uint32_t)atoi(value);
        else if (option(argv[i], "seconds", &value)) o->seconds = (uint32_t)atoi(value);
        else if (option(argv[i], "crypto", &value)) o->simulated = strcmp(value, "simulated") == 0;
        else if (option(argv[i], "threads", &value)) o->second_thread = atoi(value) > 0;
        else if (option(argv[i], "wire", &value)) o->wire = strcmp(value, "text") == 0 ? WIRE_TEXT : WIRE_STRUCT;
        else if (option(argv[i], "delta", &value)) o->delta = (uint32_t)atoi(value);
        else if (option(argv[i], "seed", &value)) o->seed = (uint64_t)atoll(value);
        else {
            fprintf(stderr, "bench_load: what is '%s'?\n", argv[i]);
            exit(2);
        }
    }
}

int main(int argc, char **argv)
{
    struct load *load = base_alloc(sizeof(*load)); /* too large for a frame */
    load->options = (struct options){.validators = 80, .bots = 1000, .rate = 10100, .seconds = 20, .seed = 42};
    struct options *options = &load->options;
    options_read(options, argc, argv);
    const struct sign_suite suite = {options->simulated ? SIGN_SIMULATED : SIGN_ED25519};
    double sign_s, check_s, unit_sign_s, unit_check_s;
    calibrate(suite, &sign_s, &check_s);
    struct run_grant *grants = base_alloc(sizeof(*grants) * (options->bots * PURSES + 1));
    char(*names)[24] = base_alloc(sizeof(*names) * (options->bots + 1));
    load->bots = base_alloc(sizeof(*load->bots) * (options->bots + 1));
    load->indices = base_alloc(sizeof(*load->indices) * (options->bots + 1));
    bots_make(load, grants, suite);
    const struct boot_options boot_options = {.simulated = options->simulated, .simulated_proofs = options->simulated, .wire = options->wire, .second_thread = options->second_thread, .seed = options->seed,
                                              .validators = options->validators, .grants = grants, .grants_count = (size_t)options->bots * PURSES};
    struct err err = {0};
    if (!boot_new(&boot_options, &load->boot, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    const struct target target = boot_target(load->boot);
    load->crew = (struct crew){.env = target.env, .alpha = target.alpha, .delta = target.delta, .admin = target.admin, .suite = target.suite, .bots = load->bots, .bots_count = options->bots};
    load->track = (struct track){.bots = load->indices, .bots_count = options->bots};
    rng_init(&load->track.rng, options->seed);
    bots_start(load, grants, names);
    const uint64_t before = resident_bytes();
    const double start = wall(), start_cpu = cpu();
    (void)fiber_spawn(target.env, main_fiber, load);
    (void)sim_run(boot_sim(load->boot), INSTANT_NEVER, &load->over);
    const double took = wall() - start, busy = cpu() - start_cpu;
    double sign_after_s, check_after_s;
    calibrate(suite, &sign_after_s, &check_after_s); /* on a shared machine before and after differ: what lay between is taken to be the mean */
    sign_s = (sign_s + sign_after_s) / 2;
    check_s = (check_s + check_after_s) / 2;
    calibrate((struct sign_suite){SIGN_ED25519}, &unit_sign_s, &unit_check_s);
    report(load, took, busy, before, sign_s, check_s, unit_sign_s + unit_check_s);
    boot_free(load->boot);
    for (uint32_t i = 0; i < options->bots; i++) bot_free(load->bots[i]);
    base_free(load);
    return 0;
}
