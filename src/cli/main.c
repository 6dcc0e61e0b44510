/* The door: finds the verb, parses its flags, runs it. */
#include <signal.h>

#include "cli/verbs.h"

static const struct verb *const verbs[] = {&verb_run, &verb_list, &verb_show, &verb_validate, &verb_replay, &verb_test, &verb_coverage};

static void help(FILE *to)
{
    fputs("adnet-testbots: bots that test a dual-chain network, and say with evidence whether it works\n\n"
          "usage: adnet-testbots VERB [words] [flags]\n\nverbs:\n", to);
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++) fprintf(to, "  %-10s %s\n", verbs[i]->name, verbs[i]->summary);
    fputs("\nfirst steps:\n"
          "  adnet-testbots run unit/simple_transfer        a hundred bots, seven validators, one verdict\n"
          "  adnet-testbots list                            the scenarios that come with the program\n"
          "  adnet-testbots run my.yaml --seed 7            a scenario of your own\n"
          "  adnet-testbots VERB --help                     what a verb takes\n\n"
          "exit status: 0 pass, 1 fail, 2 invalid (nothing proven), 99 only a threshold missed,\n"
          "             104 bad input, 105 interrupted, 109 internal error\n", to);
}

static const struct verb *verb_find(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
        if (str_eq(str_of(verbs[i]->name), name)) return verbs[i];
    return NULL;
}

static int verb_unknown(struct str name)
{
    const char *near = NULL;
    size_t best = 3;
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
        const size_t distance = str_distance(name, str_of(verbs[i]->name));
        if (distance < best) near = verbs[i]->name, best = distance;
    }
    fprintf(stderr, "adnet-testbots: error: unknown verb \"" STR_FMT "\"", STR_ARG(name));
    if (near != NULL) fprintf(stderr, "; did you mean \"%s\"?", near);
    fputs("\nsee `adnet-testbots --help`\n", stderr);
    return EXIT_BAD_INPUT;
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN); /* a reader that leaves early is an error of fwrite, not a death */
    const struct str first = argc > 1 ? str_of(argv[1]) : STR("");
    if (argc < 2) {
        help(stderr);
        return EXIT_BAD_INPUT;
    }
    if (str_eq(first, STR("--help")) || str_eq(first, STR("help"))) {
        help(stdout);
        return EXIT_PASSED;
    }
    if (str_eq(first, STR("--version"))) {
        puts("adnet-testbots " HOUSE_VERSION);
        return EXIT_PASSED;
    }
    const struct verb *verb = verb_find(first);
    if (verb == NULL) return verb_unknown(first);

    struct args args;
    struct err err = {0};
    if (!args_parse(verb, argc - 2, argv + 2, &args, &err)) {
        fprintf(stderr, "adnet-testbots %s: error: %s\n", verb->name, err.text);
        return EXIT_BAD_INPUT;
    }
    int status = EXIT_PASSED;
    if (args_has(&args, "help")) args_help(verb, stdout);
    else if (args_has(&args, "version")) puts("adnet-testbots " HOUSE_VERSION);
    else status = verb->run(&args);
    args_done(&args);
    if (fflush(stdout) != 0 && status == EXIT_PASSED) {
        fputs("adnet-testbots: error: standard output could not be written\n", stderr);
        status = EXIT_INTERNAL;
    }
    return status;
}
