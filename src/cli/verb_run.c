#include "cli/play.h"
#include "cli/verbs.h"

static int run_one(struct arena *arena, struct str word, const struct play_options *options)
{
    struct err err = {0};
    struct source source;
    if (!source_find(arena, word, &source, &err)) return source_fail(&err, EXIT_BAD_INPUT);
    return play(&source, options, NULL);
}

static int run(const struct args *args)
{
    struct err err = {0};
    struct arena arena;
    struct source_options source;
    struct play_options options;
    if (args->words.count == 0) {
        fputs("adnet-testbots run: error: name a scenario or a file; `adnet-testbots list` shows what there is\n", stderr);
        return EXIT_BAD_INPUT;
    }
    arena_init(&arena, 0);
    int status = EXIT_PASSED;
    if (!source_options(args, &source, &err) || !play_options(args, &source, &arena, &options, &err)) status = source_fail(&err, EXIT_BAD_INPUT);
    for (size_t i = 0; i < args->words.count && status != EXIT_INTERRUPTED && err.code == ERR_NONE; i++)
        status = exit_worst(status, run_one(&arena, args->words.data[i], &options));
    source_options_done(&source);
    arena_done(&arena);
    return status;
}

static const struct flag flags[] = {
    SOURCE_FLAGS,
    PLAY_FLAGS,
    {"dry-run", NULL, "check and show the plan; start nothing", false},
    {0},
};

const struct verb verb_run = {
    .name = "run",
    .words = "SCENARIO|FILE...",
    .summary = "run scenarios and judge them",
    .help = "A word is a scenario's name (unit/simple_transfer, or simple_transfer while that is unique) or a file.\n"
            "Progress goes to stderr, the report to stdout and to DIR/<scenario>/<time>-<seed>/, with a link DIR/<scenario>/latest.\n"
            "Ctrl-C ends the run, writes the report of what was reached, and exits 105.\n\n"
            "  adnet-testbots run unit/simple_transfer\n"
            "  adnet-testbots run load/high_tps --duration 2m --bots 0.1\n"
            "  adnet-testbots run my.yaml --set setup.network.validators=20 --seed 7 --format json",
    .flags = flags,
    .run = run,
};
