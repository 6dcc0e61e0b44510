/* What of the contract runs have exercised, counted from the traffic that they really made. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "chain/wire/traffic.h"
#include "cli/source.h"
#include "cli/verbs.h"

static const struct flag flags[] = {
    {"format", "text|json", "text (default): what was met of each table and what was not; json: the counts, added up", false},
    {"quiet", NULL, "the shares alone", false},
    {0},
};

/* Every file of a folder that holds traffic: traffic.json of a run, NAME.traffic.json of tests. */
static bool folder_add(struct arena *arena, struct str dir, struct traffic *traffic, uint32_t *out_files, struct err *err)
{
    DIR *folder = opendir(str_dup(arena, dir).data);
    if (folder == NULL) return err_set(err, ERR_NOT_FOUND, STR_FMT ": no such folder; give the folder of a run", STR_ARG(dir));
    bool ok = true;
    uint32_t files = 0;
    for (const struct dirent *entry; ok && (entry = readdir(folder)) != NULL;) {
        const struct str name = str_of(entry->d_name);
        if (!str_ends(name, STR("traffic.json"))) continue;
        const struct str path = str_fmt(arena, STR_FMT "/%s", STR_ARG(dir), entry->d_name);
        struct str text;
        ok = source_read(arena, path, (size_t)64 << 20, &text, err);
        if (ok && !traffic_add(traffic, text, err)) ok = err_wrap(err, STR_FMT, STR_ARG(path));
        files += ok;
    }
    closedir(folder);
    *out_files += files;
    if (ok && files == 0)
        return err_set(err, ERR_NOT_FOUND, STR_FMT ": no traffic.json there; it is written beside summary.json", STR_ARG(dir));
    return ok;
}

static void missing_tell(void *ctx, const char *what, struct str name)
{
    const char **last = ctx;
    if (*last == NULL || strcmp(*last, what) != 0) printf("\nnot met, %s:\n", what);
    *last = what;
    printf("  " STR_FMT "\n", STR_ARG(name));
}

static void tell(const struct traffic *traffic, uint32_t files, bool quiet)
{
    struct traffic_share shares[TRAFFIC_SHARES];
    traffic_shares(traffic, shares);
    printf("%u record%s of traffic\n", files, files == 1 ? "" : "s");
    for (size_t i = 0; i < TRAFFIC_SHARES; i++) printf("  %-16s %4u of %u\n", shares[i].what, shares[i].met, shares[i].all);
    const char *last = NULL;
    if (!quiet) traffic_missing(traffic, missing_tell, &last);
}

static int run(const struct args *args)
{
    static const char *const formats[] = {"text", "json", NULL};
    struct err err = {0};
    size_t format = 0;
    if (!args_choice(args, "format", formats, &format, &err)) return source_fail(&err, EXIT_BAD_INPUT);
    if (args->words.count == 0) {
        (void)err_set(&err, ERR_PARSE, "name at least one folder of a run: adnet-testbots coverage runs/latest");
        return source_fail(&err, EXIT_BAD_INPUT);
    }
    struct arena arena;
    arena_init(&arena, 0);
    struct traffic *traffic = traffic_new();
    uint32_t files = 0;
    bool ok = true;
    for (size_t i = 0; ok && i < args->words.count; i++) ok = folder_add(&arena, args->words.data[i], traffic, &files, &err);
    if (ok && format == 1) {
        struct buf text = {0};
        struct json_writer w = json_writer_pretty(&text);
        traffic_write(traffic, &w);
        printf(STR_FMT "\n", (int)text.len, (const char *)text.data);
        buf_done(&text);
    } else if (ok) {
        tell(traffic, files, args_has(args, "quiet"));
    }
    traffic_free(traffic);
    arena_done(&arena);
    return ok ? EXIT_PASSED : source_fail(&err, EXIT_BAD_INPUT);
}

const struct verb verb_coverage = {
    .name = "coverage",
    .words = "RUN_DIR...",
    .summary = "what of the contract runs have exercised, and what not",
    .help = "Counts endpoints, the error codes of each endpoint, kinds of transactions, codes, bridge messages and event types, from the\n"
            "traffic.json that every run writes. Several folders are added up.\n\n"
            "  adnet-testbots coverage runs/unit/simple_transfer/latest\n",
    .flags = flags,
    .run = run,
};
