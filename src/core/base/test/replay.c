/* The main() of a fuzz target outside the fuzz preset:
 *
 *     fuzz_unit CORPUS_FOLDER [SEED]
 *
 * replays every file of the folder in the order of their names, then some thousand mutations of them. Which
 * mutations depends on the seed alone, which is printed first. When an input makes the target abort, the input
 * is printed in hex. A missing or empty folder is a failure: a fuzzer without seeds proves nothing. */
#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/check.h"
#include "core/base/rng.h"
#include "core/base/vec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

enum { MUTATIONS = 4000, INPUT_BYTES_MAX = 1 << 16, SEEDS_MAX = 10000 };

struct input {
    uint8_t *data;
    size_t bytes;
};
struct corpus {
    VEC(struct input) inputs;
};

static struct input running; /* for the crash message only */

static void running_print(void)
{
    static const char head[] = "the input was (hex): ";
    static const char digits[] = "0123456789abcdef";
    (void)!write(2, head, sizeof(head) - 1);
    for (size_t i = 0; i < running.bytes; i++) {
        const char pair[2] = {digits[running.data[i] >> 4], digits[running.data[i] & 15]};
        (void)!write(2, pair, 2);
    }
    (void)!write(2, "\n", 1);
}

static void on_abort(int number)
{
    running_print();
    signal(number, SIG_DFL);
    raise(number);
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
void __sanitizer_set_death_callback(void (*callback)(void));
#define DEATH_CALLBACK() __sanitizer_set_death_callback(running_print)
#else
#define DEATH_CALLBACK() ((void)0)
#endif

/* A copy of exactly the right size, so that the sanitizers see a read past the end. */
static void run_one(const uint8_t *data, size_t bytes)
{
    running.data = malloc(bytes > 0 ? bytes : 1);
    running.bytes = bytes;
    if (bytes > 0) memcpy(running.data, data, bytes);
    (void)LLVMFuzzerTestOneInput(running.data, bytes);
    free(running.data);
    running = (struct input){0};
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void corpus_read(struct corpus *corpus, const char *folder)
{
    DIR *dir = opendir(folder);
    if (dir == NULL) CHECK_FAIL("no corpus folder %s", folder);
    VEC(char *) names = {0};
    for (struct dirent *item; (item = readdir(dir)) != NULL;)
        if (item->d_name[0] != '.') vec_push(&names, strdup(item->d_name));
    closedir(dir);
    if (names.count == 0) CHECK_FAIL("corpus folder %s is empty", folder);
    CHECK(names.count <= SEEDS_MAX);
    qsort(names.data, names.count, sizeof(*names.data), by_name);
    for (size_t i = 0; i < names.count; i++) {
        char path[2048];
        snprintf(path, sizeof(path), "%s/%s", folder, names.data[i]);
        FILE *file = fopen(path, "rb");
        if (file == NULL) CHECK_FAIL("cannot read %s", path);
        struct input input = {.data = malloc(INPUT_BYTES_MAX)};
        input.bytes = fread(input.data, 1, INPUT_BYTES_MAX, file);
        fclose(file);
        vec_push(&corpus->inputs, input);
        free(names.data[i]);
    }
    vec_done(&names);
}

static void corpus_done(struct corpus *corpus)
{
    for (size_t i = 0; i < corpus->inputs.count; i++) free(corpus->inputs.data[i].data);
    vec_done(&corpus->inputs);
}

/* One small change in place. `work` has room for INPUT_BYTES_MAX. */
static void mutate_once(struct rng *rng, struct input *work, const struct corpus *corpus)
{
    static const uint8_t interesting[] = {0x00, 0x01, 0x7f, 0x80, 0xff, '0', '9', '"', '{', '[', '-', '.', '\\', '\n', ' ', '/'};
    const size_t at = work->bytes > 0 ? (size_t)rng_below(rng, work->bytes) : 0;
    const size_t left = work->bytes - at;
    const size_t run = left > 0 ? 1 + (size_t)rng_below(rng, MIN(left, 16)) : 0;
    switch (rng_below(rng, 8)) {
    case 0: /* flip a bit */
        if (left > 0) work->data[at] ^= (uint8_t)(1u << rng_below(rng, 8));
        break;
    case 1: /* another byte */
        if (left > 0) work->data[at] = (uint8_t)rng_u64(rng);
        break;
    case 2: /* a byte that parsers care about */
        if (left > 0) work->data[at] = interesting[rng_below(rng, ARRAY_LEN(interesting))];
        break;
    case 3: /* remove a run */
        memmove(work->data + at, work->data + at + run, left - run);
        work->bytes -= run;
        break;
    case 4: /* double a run */
        if (work->bytes + run > INPUT_BYTES_MAX) break;
        memmove(work->data + at + run, work->data + at, left);
        work->bytes += run;
        break;
    case 5: /* put a random byte in */
        if (work->bytes + 1 > INPUT_BYTES_MAX) break;
        memmove(work->data + at + 1, work->data + at, left);
        work->data[at] = (uint8_t)rng_u64(rng);
        work->bytes++;
        break;
    case 6: /* cut the tail */
        work->bytes = at;
        break;
    case 7: { /* go on with the tail of another seed */
        const struct input *other = &corpus->inputs.data[rng_below(rng, corpus->inputs.count)];
        const size_t from = other->bytes > 0 ? (size_t)rng_below(rng, other->bytes) : 0;
        const size_t take = MIN(other->bytes - from, INPUT_BYTES_MAX - at);
        if (take > 0) memcpy(work->data + at, other->data + from, take);
        work->bytes = at + take;
        break;
    }
    }
}

int main(int argc, char **argv)
{
    if (argc < 2) CHECK_FAIL("usage: %s CORPUS_FOLDER [SEED]", argv[0]);
    uint64_t seed = 1;
    if (argc > 2) CHECK(str_to_u64(str_of(argv[2]), &seed));
    printf("seed %" PRIu64 "\n", seed);
    fflush(stdout);
    signal(SIGABRT, on_abort);
    DEATH_CALLBACK();

    struct corpus corpus = {0};
    corpus_read(&corpus, argv[1]);
    for (size_t i = 0; i < corpus.inputs.count; i++) run_one(corpus.inputs.data[i].data, corpus.inputs.data[i].bytes);

    struct rng rng;
    rng_init(&rng, seed);
    struct input work = {.data = malloc(INPUT_BYTES_MAX)};
    for (size_t i = 0; i < MUTATIONS; i++) {
        const struct input *start = &corpus.inputs.data[rng_below(&rng, corpus.inputs.count)];
        memcpy(work.data, start->data, start->bytes);
        work.bytes = start->bytes;
        for (uint64_t changes = 1 + rng_below(&rng, 4); changes > 0; changes--) mutate_once(&rng, &work, &corpus);
        run_one(work.data, work.bytes);
    }
    printf("ok   %zu seeds, %d mutations\n", corpus.inputs.count, MUTATIONS);
    free(work.data);
    corpus_done(&corpus);
    return 0;
}
