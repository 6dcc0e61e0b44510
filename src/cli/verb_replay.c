#include "cli/play.h"
#include "cli/verbs.h"
#include "core/codec/json.h"

static const struct flag flags[] = {PLAY_FLAGS, {0}};
static const struct flag recorded[] = {SOURCE_FLAGS, PLAY_FLAGS, {0}}; /* what arguments.txt may hold */
static const struct verb recorded_verb = {.name = "replay", .words = "", .flags = recorded};

struct recording {
    struct source source;
    struct args args;
    struct str digest; /* of the run that is replayed */
};

static bool digest_read(struct arena *arena, struct str dir, struct str *out, struct err *err)
{
    struct str text;
    if (!source_read(arena, str_fmt(arena, STR_FMT "/summary.json", STR_ARG(dir)), (size_t)64 << 20, &text, err)) return false;
    const struct json *summary = json_parse(arena, text, err);
    if (summary == NULL) return err_wrap(err, STR_FMT "/summary.json", STR_ARG(dir));
    if (!json_str(json_find(summary, STR("run_digest")), out) || out->len != 64)
        return err_set(err, ERR_PARSE, STR_FMT "/summary.json: no run_digest: this run cannot be replayed", STR_ARG(dir));
    return true;
}

/* arguments.txt: `name=` and then flags, one a line; `over` wins over what it holds. */
static bool arguments_read(struct arena *arena, struct str dir, const struct args *over, struct recording *out, struct err *err)
{
    struct str text, line;
    if (!source_read(arena, str_fmt(arena, STR_FMT "/arguments.txt", STR_ARG(dir)), (size_t)1 << 20, &text, err)) return false;
    VEC(char *) argv = {0};
    while (text.len > 0) {
        str_cut(text, '\n', &line, &text);
        struct str name, value;
        if (str_starts(line, STR("name="))) {
            out->source.name = str_sub(line, 5, line.len);
            continue;
        }
        if (!str_starts(line, STR("--"))) continue;
        str_cut(str_sub(line, 2, line.len), '=', &name, &value);
        if (args_has(over, str_dup(arena, name).data)) continue;
        vec_push(&argv, (char *)(uintptr_t)str_dup(arena, line).data);
    }
    for (size_t i = 0; i < over->given.count; i++) {
        const struct args_given *given = &over->given.data[i];
        vec_push(&argv, (char *)(uintptr_t)str_fmt(arena, given->flag->value != NULL ? "--%s=" STR_FMT : "--%s", given->flag->name, STR_ARG(given->value)).data);
    }
    const bool ok = args_parse(&recorded_verb, (int)argv.count, argv.data, &out->args, err);
    vec_done(&argv);
    return ok || err_wrap(err, STR_FMT "/arguments.txt", STR_ARG(dir));
}

static bool recording_read(struct arena *arena, struct str dir, const struct args *over, struct recording *out, struct err *err)
{
    while (dir.len > 1 && dir.data[dir.len - 1] == '/') dir = str_sub(dir, 0, dir.len - 1);
    out->source.from_file = true;
    out->source.file = str_fmt(arena, STR_FMT "/scenario.yaml", STR_ARG(dir));
    return source_read(arena, out->source.file, (size_t)4 << 20, &out->source.text, err) && digest_read(arena, dir, &out->digest, err) &&
           arguments_read(arena, dir, over, out, err);
}

static int replay(struct arena *arena, const struct recording *recording)
{
    struct err err = {0};
    struct source_options source;
    struct play_options options;
    char digest[65];
    int status;
    if (!source_options(&recording->args, &source, &err) || !play_options(&recording->args, &source, arena, &options, &err)) {
        status = source_fail(&err, EXIT_BAD_INPUT);
    } else {
        status = play(&recording->source, &options, digest);
        if (digest[0] != '\0' && status != EXIT_INTERRUPTED) {
            const bool same = str_eq(str_of(digest), recording->digest);
            fprintf(stderr, same ? "replayed: the digest is the same, %s\n" : "NOT the same run: digest %s\n", digest);
            if (!same) fprintf(stderr, "the recorded one is      " STR_FMT "\nother program version or other flags?\n", STR_ARG(recording->digest));
            if (!same) status = exit_worst(status, EXIT_INTERNAL);
        }
    }
    source_options_done(&source);
    return status;
}

static int run(const struct args *args)
{
    struct err err = {0};
    struct arena arena;
    struct recording recording = {0};
    if (args->words.count != 1) {
        fputs("adnet-testbots replay: error: name one run folder, e.g. runs/unit/simple_transfer/latest\n", stderr);
        return EXIT_BAD_INPUT;
    }
    arena_init(&arena, 0);
    int status;
    if (recording_read(&arena, args->words.data[0], args, &recording, &err)) {
        status = replay(&arena, &recording);
        args_done(&recording.args);
    } else {
        status = source_fail(&err, err.code == ERR_NOT_FOUND ? EXIT_INVALID : EXIT_BAD_INPUT);
    }
    arena_done(&arena);
    return status;
}

const struct verb verb_replay = {
    .name = "replay",
    .words = "RUN_DIR",
    .summary = "run a kept run again, from its own folder, and compare the digests",
    .help = "The folder holds the scenario as it was, its flags and its digest. Flags given here win: --wire text, --threads 0 and\n"
            "--crypto real must not change the digest of a run that had the same crypto.",
    .flags = flags,
    .run = run,
};
