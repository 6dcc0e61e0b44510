#include "cli/source.h"

#include "tester/scenario/library.h"
#include "world/real/file.h"

#define SCENARIO_BYTES_MAX ((size_t)4 << 20) /* the language's own limit is lower; this keeps a wrong path cheap */

int source_fail(const struct err *err, int status)
{
    fprintf(stderr, "adnet-testbots: error: %s\n", err->text);
    return status;
}

bool source_read(struct arena *arena, struct str path, size_t bytes_max, struct str *out, struct err *err)
{
    struct buf text = {0};
    const bool ok = file_read(path, bytes_max, &text, err);
    if (ok) *out = str_dup(arena, buf_str(&text));
    buf_done(&text);
    return ok;
}

static bool file_is_meant(struct str word)
{
    return str_ends(word, STR(".yaml")) || str_ends(word, STR(".yml")) || file_exists(word);
}

bool source_find(struct arena *arena, struct str word, struct source *out, struct err *err)
{
    struct library_entry entry;
    if (!file_is_meant(word)) {
        if (!library_find(arena, word, &entry, err)) return false;
        *out = (struct source){entry.name, entry.file, entry.text, false};
        return true;
    }
    struct str text;
    if (!source_read(arena, word, SCENARIO_BYTES_MAX, &text, err)) return false;
    struct str name = word;
    for (size_t i = word.len; i > 0; i--)
        if (word.data[i - 1] == '/') {
            name = str_sub(word, i, word.len);
            break;
        }
    for (size_t i = name.len; i > 1; i--)
        if (name.data[i - 1] == '.') {
            name = str_sub(name, 0, i - 1);
            break;
        }
    *out = (struct source){name, str_dup(arena, word), text, true};
    return true;
}

/* F with up to six decimals, in millionths. */
static bool bots_factor_parse(struct str text, uint64_t *out)
{
    struct str whole, decimals;
    uint64_t value, part = 0;
    str_cut(text, '.', &whole, &decimals);
    if (decimals.len > 6 || (decimals.len == 0 && whole.len != text.len)) return false;
    if (!str_to_u64(whole, &value) || value > 1000000) return false;
    for (size_t i = 0; i < 6; i++) {
        const char digit = i < decimals.len ? decimals.data[i] : '0';
        if (digit < '0' || digit > '9') return false;
        part = part * 10 + (uint64_t)(digit - '0');
    }
    *out = value * 1000000 + part;
    return *out > 0;
}

bool source_options(const struct args *args, struct source_options *out, struct err *err)
{
    *out = (struct source_options){.load = LOAD_AS_WRITTEN};
    struct load_options *load = &out->load;
    uint64_t validators = UINT32_MAX;
    load->has_seed = args_has(args, "seed");
    if (!args_u64(args, "seed", 0, (UINT64_C(1) << 53) - 1, &load->seed, err)) return false;
    if (!args_u64(args, "validators", 0, 200, &validators, err)) return false;
    load->validators = (uint32_t)validators;
    if (args_has(args, "duration") && !duration_parse(args_value(args, "duration", STR("")), &load->duration))
        return err_set(err, ERR_PARSE, "--duration: \"" STR_FMT "\" is not a duration such as 90s, 10m or 1h30m", STR_ARG(args_value(args, "duration", STR(""))));
    if (args_has(args, "duration") && load->duration.ns == 0) return err_set(err, ERR_LIMIT, "--duration: must be above 0");
    if (args_has(args, "bots") && !bots_factor_parse(args_value(args, "bots", STR("")), &load->bots_micro))
        return err_set(err, ERR_PARSE, "--bots: \"" STR_FMT "\" is not a factor above 0 such as 0.1 or 2", STR_ARG(args_value(args, "bots", STR(""))));
    if (args_has(args, "target")) {
        const struct str target = args_value(args, "target", STR(""));
        snprintf(out->target, sizeof out->target, STR_FMT, STR_ARG(target));
        load->target = out->target;
        if (str_eq(target, STR("devnet")) || str_eq(target, STR("urls")))
            return err_set(err, ERR_UNSUPPORTED, "--target " STR_FMT ": known, not in this build; use sim", STR_ARG(target));
        if (!str_eq(target, STR("sim"))) return err_set(err, ERR_PARSE, "--target: \"" STR_FMT "\" is not one of sim, devnet, urls", STR_ARG(target));
    }
    for (size_t i = 0; i < args->given.count; i++) {
        if (strcmp(args->given.data[i].flag->name, "set") == 0) vec_push(&out->sets, args->given.data[i].value);
        if (strcmp(args->given.data[i].flag->name, "vulnerable") == 0) vec_push(&out->vulnerable, args->given.data[i].value);
    }
    load->vulnerable = out->vulnerable.data;
    load->vulnerable_count = out->vulnerable.count;
    load->sets = out->sets.data;
    load->sets_count = out->sets.count;
    return true;
}

void source_options_done(struct source_options *options)
{
    vec_done(&options->sets);
    vec_done(&options->vulnerable);
}

static void diags_tell(struct diags *diags)
{
    struct buf text = {0};
    diags_print(diags, &text);
    if (text.len > 0) fwrite(text.data, 1, text.len, stderr);
    if (diags->errors_count > 0)
        fprintf(stderr, "%zu error%s; nothing was started\n", diags->errors_count, diags->errors_count == 1 ? "" : "s");
    buf_done(&text);
}

/* script/NAME.lua beside the scenario's file; for a scenario of the program, below the folder that it would be in. */
static bool script_source(void *context, struct arena *arena, struct str file, struct str name, struct str *out_file, struct str *out_text, struct err *err)
{
    (void)context;
    size_t folder = file.len;
    while (folder > 0 && file.data[folder - 1] != '/') folder--;
    *out_file = str_fmt(arena, STR_FMT STR_FMT ".lua", STR_ARG(str_sub(file, 0, folder)), STR_ARG(name));
    if (!file_exists(*out_file)) return err_set(err, ERR_NOT_FOUND, "there is no " STR_FMT ", and no such script is part of the program", STR_ARG(*out_file));
    return source_read(arena, *out_file, SCRIPT_BYTES_MAX, out_text, err);
}

struct plan *source_plan(const struct source *source, const struct load_options *given)
{
    struct diags diags;
    struct load_options with_scripts = *given;
    with_scripts.script = script_source;
    const struct load_options *options = &with_scripts;
    diags_init(&diags);
    struct plan *plan = scenario_load(source->name, source->file, source->text, options, &diags);
    diags_tell(&diags);
    diags_done(&diags);
    return plan;
}

struct plan *source_load(struct arena *arena, struct str word, const struct load_options *options, int *out_status)
{
    struct err err = {0};
    struct source source;
    if (!source_find(arena, word, &source, &err)) {
        *out_status = source_fail(&err, EXIT_BAD_INPUT);
        return NULL;
    }
    struct plan *plan = source_plan(&source, options);
    if (plan == NULL) *out_status = EXIT_BAD_INPUT;
    return plan;
}
