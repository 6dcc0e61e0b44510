#include "cli/source.h"
#include "cli/verbs.h"
#include "tester/scenario/library.h"

static int validate_one(struct str word, const struct load_options *options)
{
    struct arena arena;
    int status = EXIT_PASSED;
    arena_init(&arena, 0);
    struct plan *plan = source_load(&arena, word, options, &status);
    if (plan != NULL) {
        printf(STR_FMT ": valid: %u phases, %u tracks, %u bots\n", STR_ARG(plan->name), plan->phases_count, plan->tracks_count, plan->bots_count);
        plan_free(plan);
    }
    arena_done(&arena);
    return status;
}

static int run(const struct args *args)
{
    struct err err = {0};
    struct source_options options;
    if (!source_options(args, &options, &err)) {
        source_options_done(&options);
        return source_fail(&err, EXIT_BAD_INPUT);
    }
    int status = EXIT_PASSED;
    for (size_t i = 0; i < args->words.count; i++) status = exit_worst(status, validate_one(args->words.data[i], &options.load));
    if (args->words.count == 0)
        for (size_t i = 0; i < library_count(); i++) status = exit_worst(status, validate_one(library_at(i).name, &options.load));
    source_options_done(&options);
    return status;
}

static const struct flag flags[] = {SOURCE_FLAGS, {0}};

const struct verb verb_validate = {
    .name = "validate",
    .words = "[SCENARIO|FILE...]",
    .summary = "check scenarios and say everything that is wrong with them; without words: all that come with the program",
    .help = "Errors carry file:line:column, a caret and, where a name is near a known one, a suggestion. Exit 104 when there is one.",
    .flags = flags,
    .run = run,
};
