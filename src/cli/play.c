#include "cli/play.h"

#include <inttypes.h>
#include <unistd.h>

#include "cli/boot.h"
#include "cli/costs.h"
#include "cli/files.h"
#include "cli/progress.h"
#include "cli/verbs.h"
#include "tester/report/report.h"
#include "world/real/file.h"
#include "world/real/real.h"

bool play_options(const struct args *args, const struct source_options *source, struct arena *arena, struct play_options *out, struct err *err)
{
    static const char *const cryptos[] = {"real", "signatures", "simulated", NULL};
    static const char *const wires[] = {"struct", "text", NULL};
    static const char *const formats[] = {"text", "json", NULL};
    size_t crypto = 0, wire = 0, format = 0;
    uint64_t threads = 1;
    if (!args_choice(args, "crypto", cryptos, &crypto, err) || !args_choice(args, "wire", wires, &wire, err) ||
        !args_choice(args, "format", formats, &format, err) || !args_u64(args, "threads", 0, 1, &threads, err))
        return false;
    struct buf flags = {0};
    struct costs costs = costs_default();
    for (size_t i = 0; i < args->given.count; i++) {
        const struct args_given *given = &args->given.data[i];
        if (given->flag->value == NULL || strcmp(given->flag->name, "out") == 0 || strcmp(given->flag->name, "format") == 0) continue;
        buf_printf(&flags, "--%s=" STR_FMT "\n", given->flag->name, STR_ARG(given->value));
        if (strcmp(given->flag->name, "cost") == 0 && !costs_set(&costs, given->value, err)) return buf_done(&flags), false;
    }
    *out = (struct play_options){
        .load = source->load,
        .simulated = crypto == 2,
        .simulated_proofs = crypto >= 1,
        .costs = costs,
        .wire = wire == 1 ? WIRE_TEXT : WIRE_STRUCT,
        .second_thread = threads == 1,
        .json = format == 1,
        .quiet = args_has(args, "quiet"),
        .dry_run = args_has(args, "dry-run"),
        .out = args_value(args, "out", STR("runs")),
        .flags = str_dup(arena, buf_str(&flags)),
    };
    buf_done(&flags);
    return true;
}

/* The command that plays this again: all that was given, and the seed that was used. */
static struct str replay_command(struct arena *arena, const struct plan *plan, const struct source *source, const struct play_options *options)
{
    struct buf text = {0};
    buf_printf(&text, "adnet-testbots run " STR_FMT " --seed %" PRIu64, STR_ARG(source->from_file ? source->file : source->name), plan->seed);
    struct str rest = options->flags, line;
    while (rest.len > 0) {
        str_cut(rest, '\n', &line, &rest);
        if (str_starts(line, STR("--seed="))) continue;
        buf_printf(&text, strpbrk(str_dup(arena, line).data, " *{}[]") != NULL ? " '" STR_FMT "'" : " " STR_FMT, STR_ARG(line));
    }
    const struct str out = str_dup(arena, buf_str(&text));
    buf_done(&text);
    return out;
}

/* What time costs in the simulator: printed in every report, since latencies mean nothing without it. */
#define MODEL_ROWS (3 + COSTS_COUNT)
static size_t model_rows(struct arena *arena, struct sim_model model, const struct costs *costs, struct report_model rows[MODEL_ROWS])
{
    char latency[32], jitter[32], client[32], client_jitter[32];
    duration_text((struct duration){model.node_latency_ns}, latency, sizeof latency);
    duration_text((struct duration){model.node_jitter_ns}, jitter, sizeof jitter);
    duration_text((struct duration){model.client_latency_ns}, client, sizeof client);
    duration_text((struct duration){model.client_jitter_ns}, client_jitter, sizeof client_jitter);
    size_t count = 0;
    rows[count++] = (struct report_model){STR("node_to_node"), str_fmt(arena, "%s +- %s", latency, jitter)};
    rows[count++] = (struct report_model){STR("client_to_node"), str_fmt(arena, "%s +- %s", client, client_jitter)};
    rows[count++] = (struct report_model){STR("cores_per_node"), str_fmt(arena, "%u", model.cores)};
    costs_rows(costs, arena, rows + count);
    return count + COSTS_COUNT;
}

struct playing {
    struct arena arena;
    const struct source *source;
    const struct play_options *options;
    struct plan *plan;
    struct boot *boot;
    struct run *run;
    struct report_model model[MODEL_ROWS];
};

static struct report_context context_make(struct playing *playing, const char *digest, uint64_t wall_ns)
{
    const struct play_options *options = playing->options;
    return (struct report_context){
        .version = STR(HOUSE_VERSION),
        .run_digest = str_of(digest),
        .crypto = options->simulated ? STR("simulated") : STR("ed25519"),
        .proofs = options->simulated_proofs ? STR("simulated") : STR("real"),
        .wire = options->wire == WIRE_TEXT ? STR("text") : STR("struct"),
        .replay = replay_command(&playing->arena, playing->plan, playing->source, options),
        .traffic = boot_traffic(playing->boot, &playing->arena),
        .wall_ns = wall_ns,
        .memory_bytes = real_peak_bytes(),
        .machine_cores = real_cpus(),
        .machine_memory_bytes = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE),
        .color = real_wants_colour(1),
        .quiet = options->quiet,
        .model = playing->model,
        .model_count = model_rows(&playing->arena, boot_model(playing->boot), &options->costs, playing->model),
    };
}

/* Of runs that end in one second the later ones have a number. */
static bool dir_claim(struct arena *arena, struct str wanted, struct str *out, struct err *err)
{
    *out = wanted;
    for (unsigned i = 2; !file_dir_new(*out, err); i++) {
        if (err->code != ERR_CONFLICT) return false;
        *out = str_fmt(arena, STR_FMT ".%u", STR_ARG(wanted), i);
    }
    return true;
}

/* Keeps the report beside earlier ones, and says it. False: it could not be written. */
static bool outcome_keep(struct playing *playing, struct report_context *context)
{
    const struct play_options *options = playing->options;
    if (options->out.len == 0) return true;
    char now[25];
    struct err err = {0};
    instant_text(real_instant(), now);
    char stamp[17]; /* 2026-01-01T00:00:00.000Z -> 20260101T000000 */
    size_t used = 0;
    for (size_t i = 0; i < 19; i++)
        if (now[i] != '-' && now[i] != ':') stamp[used++] = now[i];
    const struct report_writer writer = files_writer();
    const struct str wanted = report_dir(&playing->arena, options->out, playing->plan, (struct str){stamp, used});
    /* the seed that was used, whether it was given or not */
    const struct str seed = options->load.has_seed ? STR("") : str_fmt(&playing->arena, "--seed=%" PRIu64 "\n", playing->plan->seed);
    const struct str arguments = str_fmt(&playing->arena, "name=" STR_FMT "\n" STR_FMT STR_FMT, STR_ARG(playing->source->name), STR_ARG(options->flags), STR_ARG(seed));
    if (dir_claim(&playing->arena, wanted, &context->run_dir, &err) &&
        report_write(&writer, context->run_dir, playing->plan, run_outcome(playing->run), context, arguments, &err)) return true;
    fprintf(stderr, "adnet-testbots: error: the report could not be kept: %s\n", err.text);
    return false;
}

static int outcome_tell(struct playing *playing, char *digest, uint64_t wall_ns)
{
    const struct outcome *outcome = run_outcome(playing->run);
    str_hex(sim_digest(boot_sim(playing->boot)).b, 32, digest);
    digest[64] = '\0';
    struct report_context context = context_make(playing, digest, wall_ns);
    const bool kept = outcome_keep(playing, &context);
    struct buf text = {0};
    if (playing->options->json) report_summary_json(playing->plan, outcome, &context, &text);
    else report_text(playing->plan, outcome, &context, &text);
    fwrite(text.data, 1, text.len, stdout);
    fflush(stdout);
    buf_done(&text);
    return kept ? outcome->exit_code : exit_worst(outcome->exit_code, EXIT_INTERNAL);
}

static int boot_and_run(struct playing *playing, char *digest)
{
    const struct play_options *options = playing->options;
    const struct plan *plan = playing->plan;
    const struct sign_suite suite = {options->simulated ? SIGN_SIMULATED : SIGN_ED25519};
    struct err err = {0};
    struct boot_options boot = {
        .simulated = options->simulated,
        .simulated_proofs = options->simulated_proofs,
        .costs = options->costs,
        .wire = options->wire,
        .second_thread = options->second_thread,
        .seed = plan->seed,
        .validators = plan->network.validators,
        .production = plan->network.production,
        .parameters = plan->network.parameters,
        .parameters_count = plan->network.parameters_count,
    };
    struct run_grant *grants = run_grants(plan, suite, &boot.grants_count);
    struct run_standing *standings = run_standings(plan, suite, &boot.standings_count);
    boot.grants = grants;
    boot.standings = standings;
    const bool booted = boot_new(&boot, &playing->boot, &err);
    base_free(grants);
    base_free(standings);
    if (!booted) return source_fail(&err, EXIT_BAD_INPUT);

    struct target target = boot_target(playing->boot);
    target.interrupted = real_interrupts();
    playing->run = run_new(plan, &target);
    run_start(playing->run);
    const uint64_t began_ns = real_now_ns();
    struct progress *progress = options->quiet ? NULL : progress_new(boot_sim(playing->boot), playing->run);
    const bool over = sim_run(boot_sim(playing->boot), INSTANT_NEVER, run_over(playing->run));
    progress_free(progress);
    if (!over && !*run_over(playing->run)) {
        fputs("adnet-testbots: internal error: the simulation came to a standstill before the run was over\n", stderr);
        return EXIT_INTERNAL;
    }
    const uint64_t wrong = boot_signatures_wrong(playing->boot);
    if (wrong > 0) {
        fprintf(stderr, "adnet-testbots: internal error: %" PRIu64 " signatures that were made here do not hold, but were answered as if they did: the run proves nothing\n", wrong);
        return EXIT_INTERNAL;
    }
    return outcome_tell(playing, digest, real_now_ns() - began_ns);
}

int play(const struct source *source, const struct play_options *options, char out_digest[65])
{
    struct playing playing = {.source = source, .options = options};
    char digest[65] = "";
    int status = EXIT_BAD_INPUT;
    arena_init(&playing.arena, 0);
    playing.plan = source_plan(source, &options->load);
    struct err err = {0};
    if (playing.plan != NULL && !options->dry_run && options->out.len > 0 && !file_dir_ready(options->out, &err)) {
        (void)err_wrap(&err, "--out");
        status = source_fail(&err, EXIT_BAD_INPUT);
    } else if (playing.plan != NULL && options->dry_run) {
        show_plan(playing.plan);
        status = EXIT_PASSED;
    } else if (playing.plan != NULL) {
        status = boot_and_run(&playing, digest);
    }
    run_free(playing.run);
    boot_free(playing.boot);
    if (playing.plan != NULL) plan_free(playing.plan);
    arena_done(&playing.arena);
    if (out_digest != NULL) memcpy(out_digest, digest, sizeof digest);
    return status;
}
