#include "cli/args.h"

int exit_worst(int a, int b)
{
    static const int order[] = {EXIT_INTERNAL, EXIT_INTERRUPTED, EXIT_BAD_INPUT, EXIT_FAILED, EXIT_INVALID, EXIT_THRESHOLD, EXIT_PASSED};
    for (size_t i = 0; i < ARRAY_LEN(order); i++)
        if (a == order[i] || b == order[i]) return order[i];
    return EXIT_INTERNAL;
}

/* Flags that every verb has. */
static const struct flag common[] = {
    {"help", NULL, "show this help", false},
    {"version", NULL, "show the version", false},
    {0},
};

static const struct flag *flag_in(const struct flag *flags, struct str name)
{
    for (; flags != NULL && flags->name != NULL; flags++)
        if (str_eq(str_of(flags->name), name)) return flags;
    return NULL;
}

static const struct flag *flag_find(const struct verb *verb, struct str name)
{
    const struct flag *flag = flag_in(verb->flags, name);
    return flag != NULL ? flag : flag_in(common, name);
}

static const char *flag_nearest(const struct verb *verb, struct str name)
{
    const char *best = NULL;
    size_t best_distance = MAX((size_t)2, name.len / 3) + 1;
    const struct flag *lists[] = {verb->flags, common};
    for (size_t l = 0; l < ARRAY_LEN(lists); l++)
        for (const struct flag *flag = lists[l]; flag != NULL && flag->name != NULL; flag++) {
            const size_t distance = str_distance(name, str_of(flag->name));
            if (distance < best_distance) best = flag->name, best_distance = distance;
        }
    return best;
}

static bool flag_take(const struct verb *verb, struct args *args, struct str text, char *next, bool *out_used_next, struct err *err)
{
    struct str name, value;
    const bool inline_value = str_cut(text, '=', &name, &value);
    *out_used_next = false;
    const struct flag *flag = flag_find(verb, name);
    if (flag == NULL) {
        const char *near = flag_nearest(verb, name);
        return near != NULL ? err_set(err, ERR_PARSE, "unknown flag --" STR_FMT "; did you mean --%s?", STR_ARG(name), near)
                            : err_set(err, ERR_PARSE, "unknown flag --" STR_FMT "; see `adnet-testbots %s --help`", STR_ARG(name), verb->name);
    }
    if (flag->value == NULL && inline_value) return err_set(err, ERR_PARSE, "--%s takes no value", flag->name);
    if (flag->value != NULL && !inline_value) {
        if (next == NULL) return err_set(err, ERR_PARSE, "--%s needs a value: --%s %s", flag->name, flag->name, flag->value);
        value = str_of(next);
        *out_used_next = true;
    }
    if (!flag->repeats && args_has(args, flag->name)) return err_set(err, ERR_CONFLICT, "--%s is given twice", flag->name);
    vec_push(&args->given, ((struct args_given){flag, value}));
    return true;
}

bool args_parse(const struct verb *verb, int argc, char **argv, struct args *out, struct err *err)
{
    struct args args = {.verb = verb};
    bool only_words = false;
    for (int i = 0; i < argc; i++) {
        const struct str text = str_of(argv[i]);
        if (!only_words && str_eq(text, STR("--"))) {
            only_words = true;
        } else if (!only_words && str_starts(text, STR("--"))) {
            bool used_next;
            if (!flag_take(verb, &args, str_sub(text, 2, text.len), i + 1 < argc ? argv[i + 1] : NULL, &used_next, err)) {
                args_done(&args);
                return false;
            }
            i += used_next;
        } else if (!only_words && text.len > 1 && text.data[0] == '-') {
            args_done(&args);
            return err_set(err, ERR_PARSE, "unknown flag " STR_FMT "; flags are written out, as --help", STR_ARG(text));
        } else {
            vec_push(&args.words, text);
        }
    }
    *out = args;
    return true;
}

void args_done(struct args *args)
{
    vec_done(&args->words);
    vec_done(&args->given);
}

static const struct args_given *given_last(const struct args *args, const char *flag)
{
    const struct args_given *found = NULL;
    for (size_t i = 0; i < args->given.count; i++)
        if (strcmp(args->given.data[i].flag->name, flag) == 0) found = &args->given.data[i];
    return found;
}

bool args_has(const struct args *args, const char *flag)
{
    return given_last(args, flag) != NULL;
}

struct str args_value(const struct args *args, const char *flag, struct str fallback)
{
    const struct args_given *given = given_last(args, flag);
    return given != NULL ? given->value : fallback;
}

bool args_u64(const struct args *args, const char *flag, uint64_t lo, uint64_t hi, uint64_t *out, struct err *err)
{
    const struct args_given *given = given_last(args, flag);
    if (given == NULL) return true;
    uint64_t value;
    if (!str_to_u64(given->value, &value))
        return err_set(err, ERR_PARSE, "--%s: \"" STR_FMT "\" is not a whole number", flag, STR_ARG(given->value));
    if (value < lo || value > hi)
        return err_set(err, ERR_LIMIT, "--%s: %llu is not between %llu and %llu", flag, (unsigned long long)value, (unsigned long long)lo, (unsigned long long)hi);
    *out = value;
    return true;
}

bool args_choice(const struct args *args, const char *flag, const char *const *choices, size_t *out, struct err *err)
{
    const struct args_given *given = given_last(args, flag);
    if (given == NULL) return true;
    char all[200] = "";
    for (size_t i = 0; choices[i] != NULL; i++) {
        if (str_eq(given->value, str_of(choices[i]))) {
            *out = i;
            return true;
        }
        const size_t used = strlen(all);
        snprintf(all + used, sizeof all - used, "%s%s", i > 0 ? ", " : "", choices[i]);
    }
    return err_set(err, ERR_PARSE, "--%s: \"" STR_FMT "\" is not one of %s", flag, STR_ARG(given->value), all);
}

static void flags_help(const struct flag *flags, FILE *to)
{
    for (; flags != NULL && flags->name != NULL; flags++) {
        char left[64];
        snprintf(left, sizeof left, "--%s%s%s", flags->name, flags->value != NULL ? " " : "", flags->value != NULL ? flags->value : "");
        fprintf(to, "  %-26s %s\n", left, flags->help);
    }
}

void args_help(const struct verb *verb, FILE *to)
{
    fprintf(to, "usage: adnet-testbots %s%s%s%s\n\n%s\n", verb->name, verb->words[0] != '\0' ? " " : "", verb->words,
            verb->flags != NULL && verb->flags->name != NULL ? " [flags]" : "", verb->summary);
    if (verb->help != NULL) fprintf(to, "\n%s\n", verb->help);
    fprintf(to, "\nflags:\n");
    flags_help(verb->flags, to);
    flags_help(common, to);
}
