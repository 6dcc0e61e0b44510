/* Tries to get a wrong command line accepted, or a right one refused or misread. */
#include "cli/args.h"
#include "core/base/check.h"

static const struct flag flags[] = {
    {"seed", "N", "seed", false}, {"set", "PATH=VALUE", "override", true}, {"quiet", NULL, "less", false}, {0},
};
static const struct verb verb = {"run", "WORD...", "runs", NULL, flags, NULL};

static bool parse(struct args *out, struct err *err, int argc, const char **argv)
{
    return args_parse(&verb, argc, (char **)(uintptr_t)argv, out, err);
}

static void words_and_flags_may_mix(void)
{
    struct args args;
    struct err err = {0};
    const char *argv[] = {"a", "--seed", "7", "b", "--set=x=1", "--quiet", "--set", "y=2", "--", "--c"};
    CHECK(parse(&args, &err, 10, argv));
    CHECK_U64(args.words.count, 3);
    CHECK_STR(args.words.data[2], STR("--c"));
    CHECK_STR(args_value(&args, "seed", STR("")), STR("7"));
    CHECK(args_has(&args, "quiet"));
    CHECK_U64(args.given.count, 4);
    CHECK_STR(args.given.data[1].value, STR("x=1"));
    args_done(&args);
}

static void wrong_flags_are_refused_with_a_remedy(void)
{
    static const struct {
        const char *argv[4];
        const char *says;
    } cases[] = {
        {{"--sede", "7"}, "did you mean --seed?"}, {{"--frobnicate"}, "see `adnet-testbots run --help`"},
        {{"--seed"}, "needs a value"},             {{"--quiet=1"}, "takes no value"},
        {{"--seed", "1", "--seed", "2"}, "twice"}, {{"-s"}, "written out"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct args args;
        struct err err = {0};
        int argc = 0;
        while (argc < 4 && cases[i].argv[argc] != NULL) argc++;
        CHECK(!parse(&args, &err, argc, (const char **)(uintptr_t)cases[i].argv));
        if (strstr(err.text, cases[i].says) == NULL) CHECK_FAIL("\"%s\" does not say \"%s\"", err.text, cases[i].says);
    }
}

static void values_are_checked(void)
{
    struct args args;
    struct err err = {0};
    const char *argv[] = {"--seed", "300"};
    uint64_t value = 5;
    CHECK(parse(&args, &err, 2, argv));
    CHECK(args_u64(&args, "absent", 0, 9, &value, &err));
    CHECK_U64(value, 5);
    CHECK(!args_u64(&args, "seed", 0, 200, &value, &err));
    CHECK_U64(value, 5);
    CHECK(args_u64(&args, "seed", 0, 300, &value, &err));
    CHECK_U64(value, 300);
    static const char *const choices[] = {"real", "simulated", NULL};
    size_t choice = 0;
    CHECK(!args_choice(&args, "seed", choices, &choice, &err));
    CHECK(strstr(err.text, "real, simulated") != NULL);
    args_done(&args);
}

static void the_first_status_that_applies_wins(void)
{
    CHECK_U64(exit_worst(EXIT_PASSED, EXIT_THRESHOLD), EXIT_THRESHOLD);
    CHECK_U64(exit_worst(EXIT_INVALID, EXIT_THRESHOLD), EXIT_INVALID);
    CHECK_U64(exit_worst(EXIT_INVALID, EXIT_FAILED), EXIT_FAILED);
    CHECK_U64(exit_worst(EXIT_FAILED, EXIT_BAD_INPUT), EXIT_BAD_INPUT);
    CHECK_U64(exit_worst(EXIT_INTERRUPTED, EXIT_BAD_INPUT), EXIT_INTERRUPTED);
    CHECK_U64(exit_worst(EXIT_INTERRUPTED, EXIT_INTERNAL), EXIT_INTERNAL);
}

int main(void)
{
    RUN(words_and_flags_may_mix);
    RUN(wrong_flags_are_refused_with_a_remedy);
    RUN(values_are_checked);
    RUN(the_first_status_that_applies_wins);
    return 0;
}
