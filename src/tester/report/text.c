/* The report as people read it. */
#include <inttypes.h>
#include <stdio.h>

#include "tester/report/report_priv.h"

#define WIDTH_NAME 26

struct paint {
    struct buf *out;
    bool color;
};

static const char *paint_on(const struct paint *p, const char *code) { return p->color ? code : ""; }
#define BOLD(p) paint_on(p, "\033[1m")
#define DIM(p) paint_on(p, "\033[2m")
#define GREEN(p) paint_on(p, "\033[32m")
#define RED(p) paint_on(p, "\033[31m")
#define YELLOW(p) paint_on(p, "\033[33m")
#define OFF(p) paint_on(p, "\033[0m")

static const char *judgement_color(const struct paint *p, enum judgement judgement)
{
    switch (judgement) {
    case JUDGED_PASS: return GREEN(p);
    case JUDGED_FAIL: return RED(p);
    case JUDGED_INVALID:
    case JUDGED_UNSUPPORTED: return YELLOW(p);
    case JUDGED_NOT_APPLICABLE: return DIM(p);
    }
    UNREACHABLE();
}

static const char *judgement_mark(enum judgement judgement)
{
    switch (judgement) {
    case JUDGED_PASS: return "pass";
    case JUDGED_FAIL: return "FAIL";
    case JUDGED_INVALID: return "INVALID";
    case JUDGED_UNSUPPORTED: return "UNSUPP.";
    case JUDGED_NOT_APPLICABLE: return "n/a";
    }
    UNREACHABLE();
}

static void heading(const struct paint *p, const char *title)
{
    buf_printf(p->out, "\n%s%s%s\n", BOLD(p), title, OFF(p));
}

static void mark(const struct paint *p, enum judgement judgement)
{
    buf_printf(p->out, "  %s%-7s%s ", judgement_color(p, judgement), judgement_mark(judgement), OFF(p));
}

static void verdict_line(const struct paint *p, const struct plan *plan, const struct outcome *outcome)
{
    const char *why = outcome->exit_code == 99 ? " (thresholds only)" : outcome->interrupted ? " (interrupted)" : "";
    buf_printf(p->out, "%s%s%s%s%s  " STR_FMT " %s" STR_FMT "%s\n", BOLD(p), judgement_color(p, outcome->judgement), verdict_word(outcome), OFF(p), why,
               STR_ARG(plan->name), DIM(p), STR_ARG(plan->id), OFF(p));
    buf_printf(p->out, "  " STR_FMT "\n", STR_ARG(outcome->reason));
}

static void setup_lines(const struct paint *p, const struct plan *plan, const struct outcome *outcome, const struct report_context *context)
{
    char took[32], wall[32];
    const struct duration virtual_span = virtual_time(outcome);
    duration_text((struct duration){virtual_span.ns / NS_PER_MS * NS_PER_MS}, took, sizeof(took));
    duration_text((struct duration){context->wall_ns / (10 * NS_PER_MS) * (10 * NS_PER_MS)}, wall, sizeof(wall));
    buf_printf(p->out, "  %" PRIu32 " bots, %" PRIu32 " validators, target %s, " STR_FMT " signatures, " STR_FMT " proofs, seed %" PRIu64 "\n", outcome->bots, outcome->validators,
               target_kind_names[plan->network.target], STR_ARG(context->crypto), STR_ARG(context->proofs), plan->seed);
    buf_printf(p->out, "  %s virtual in %s", took, wall);
    if (context->wall_ns > 0) buf_printf(p->out, " (%" PRIu64 ".%01" PRIu64 "x)", virtual_span.ns / context->wall_ns, virtual_span.ns * 10 / context->wall_ns % 10);
    if (context->memory_bytes > 0) buf_printf(p->out, ", %" PRIu64 " MiB at peak", context->memory_bytes >> 20);
    if (context->machine_cores > 0)
        buf_printf(p->out, " on %" PRIu32 " cores with %" PRIu64 " GiB, shared with the network", context->machine_cores,
                   (context->machine_memory_bytes + (UINT64_C(1) << 29)) >> 30);
    buf_put_char(p->out, '\n');
    for (uint32_t i = 0; i < outcome->switches_count; i++)
        buf_printf(p->out, "%s" STR_FMT "%s", i == 0 ? "  planted: " : ", ", STR_ARG(outcome->switches[i]), i + 1 == outcome->switches_count ? "\n" : "");
    if (context->run_digest.len > 0) buf_printf(p->out, "  %sdigest " STR_FMT "%s\n", DIM(p), STR_ARG(context->run_digest), OFF(p));
}

static void us_text(uint64_t us, char out[24])
{
    if (us < 10000) snprintf(out, 24, "%" PRIu64 ".%" PRIu64 "ms", us / 1000, us / 100 % 10);
    else if (us < 10000000) snprintf(out, 24, "%" PRIu64 "ms", us / 1000);
    else snprintf(out, 24, "%" PRIu64 ".%" PRIu64 "s", us / 1000000, us / 100000 % 10);
}

static void latency_text(const struct histogram *histogram, uint32_t bps, char out[24])
{
    uint64_t us;
    if (!histogram_quantile(histogram, bps, &us)) snprintf(out, 24, "-");
    else us_text(us, out);
}

static void phase_row(const struct paint *p, const struct phase_outcome *phase)
{
    char length[32], p50[24], p95[24], p99[24], final[24];
    duration_text((struct duration){instant_since(phase->ended, phase->started).ns / (100 * NS_PER_MS) * (100 * NS_PER_MS)}, length, sizeof(length));
    latency_text(&phase->latencies->admitted, 5000, p50);
    latency_text(&phase->latencies->admitted, 9500, p95);
    latency_text(&phase->latencies->admitted, 9900, p99);
    latency_text(&phase->latencies->final, 9500, final);
    buf_printf(p->out, "  %s%-*.*s %8s %10" PRIu64 " %8" PRIu64 " %7" PRIu64 ".%01" PRIu64 " %8s %8s %8s %9s\n", phase->part ? "  " : "",
               phase->part ? WIDTH_NAME - 2 : WIDTH_NAME, phase->part ? WIDTH_NAME - 2 : WIDTH_NAME, phase->name.data, length, phase->operations,
               phase->errors, phase->tps_milli / 1000, phase->tps_milli / 100 % 10, p50, p95, p99, final);
}

static void phases_table(const struct paint *p, const struct outcome *outcome)
{
    if (outcome->phases_count == 0) return;
    heading(p, "Phases");
    buf_printf(p->out, "  %s%-*s %8s %10s %8s %9s %8s %8s %8s %9s%s\n", DIM(p), WIDTH_NAME, "", "length", "operations", "errors", "tps", "p50", "p95", "p99",
               "final p95", OFF(p));
    for (uint32_t i = 0; i < outcome->phases_count; i++) phase_row(p, &outcome->phases[i]);
}

static void share_row(const struct paint *p, const char *name, const struct histogram *histogram, uint64_t mean_us)
{
    char mean[24], p50[24], p95[24], p99[24];
    us_text(mean_us, mean);
    latency_text(histogram, 5000, p50);
    latency_text(histogram, 9500, p95);
    latency_text(histogram, 9900, p99);
    buf_printf(p->out, "  %-*s %9s %8s %8s %8s %10" PRIu64 "\n", WIDTH_NAME, name, mean, p50, p95, p99, histogram->count);
}

/* The means of the stages add up to that of the whole. */
static void stages_table(const struct paint *p, const struct outcome *outcome)
{
    const struct latencies *latencies = outcome->latencies;
    if (!latencies || latencies->response.count == 0) return;
    uint64_t sum = 0;
    heading(p, "Time by stage");
    buf_printf(p->out, "  %s%-*s %9s %8s %8s %8s %10s%s\n", DIM(p), WIDTH_NAME, "", "mean", "p50", "p95", "p99", "operations", OFF(p));
    for (size_t i = 0; i < OP_STAGE_COUNT; i++) {
        sum += latencies->stage_sum_us[i];
        if (latencies->stages[i].count > 0)
            share_row(p, op_stage_text((enum op_stage)i), &latencies->stages[i], latencies->stage_sum_us[i] / latencies->response.count);
    }
    share_row(p, "whole operation", &latencies->response, sum / latencies->response.count);
    buf_printf(p->out, "  %" PRIu64 ".%01" PRIu64 " tps while operations were offered, %" PRIu64 ".%01" PRIu64 " over the whole run\n",
               outcome->tps_milli / 1000, outcome->tps_milli / 100 % 10, outcome->tps_whole_milli / 1000, outcome->tps_whole_milli / 100 % 10);
}

static void claims_list(const struct paint *p, const struct outcome *outcome)
{
    if (outcome->claims_count == 0) return;
    heading(p, "Post-conditions, held against the chain");
    for (uint32_t i = 0; i < outcome->claims_count; i++) {
        const struct claim_finding *f = &outcome->claims[i];
        mark(p, f->broken > 0 ? JUDGED_FAIL : JUDGED_PASS);
        buf_printf(p->out, "%-*.*s " STR_FMT ": %" PRIu64 " of %" PRIu64 "\n", WIDTH_NAME + 4, (int)f->behavior.len, f->behavior.data, STR_ARG(f->claim),
                   f->held, f->held + f->broken);
        if (f->broken > 0) buf_printf(p->out, "          %s" STR_FMT "%s\n", DIM(p), STR_ARG(f->note), OFF(p));
    }
}

static void errors_list(const struct paint *p, const struct outcome *outcome)
{
    if (outcome->failed_count == 0) return;
    heading(p, "Operations that failed and were not meant to");
    for (uint32_t i = 0; i < outcome->failed_count; i++) {
        const struct error_finding *f = &outcome->failed[i];
        const struct str code = f->code != CODE_NONE ? code_text(f->code) : (struct str){0};
        buf_printf(p->out, "  %7" PRIu64 " %-*.*s %s%s" STR_FMT, f->count, WIDTH_NAME + 4, (int)f->behavior.len, f->behavior.data, op_status_text(f->status),
                   code.len > 0 ? ", " : "", STR_ARG(code));
        if (f->note.len > 0) buf_printf(p->out, " %s(" STR_FMT ")%s", DIM(p), STR_ARG(f->note), OFF(p));
        buf_put(p->out, "\n", 1);
    }
    if (outcome->failed_more > 0) buf_printf(p->out, "  %7" PRIu64 " in yet other ways\n", outcome->failed_more);
}

static void metric_line(const struct paint *p, const char *scope, size_t scope_len, const struct metric_value *metric)
{
    char value[48] = "no sample";
    if (metric->known) quantity_text(metric->value, metric_specs[metric->metric].dimension, value, sizeof(value));
    buf_printf(p->out, "  %-*.*s %-22s %s\n", WIDTH_NAME, (int)MIN(scope_len, (size_t)WIDTH_NAME), scope, metric_specs[metric->metric].name, value);
}

static void metrics_list(const struct paint *p, const struct outcome *outcome)
{
    uint32_t total = outcome->metrics_count;
    for (uint32_t i = 0; i < outcome->phases_count; i++) total += outcome->phases[i].metrics_count;
    if (total == 0) return;
    heading(p, "Metrics");
    for (uint32_t i = 0; i < outcome->phases_count; i++)
        for (uint32_t k = 0; k < outcome->phases[i].metrics_count; k++)
            metric_line(p, outcome->phases[i].name.data, outcome->phases[i].name.len, &outcome->phases[i].metrics[k]);
    for (uint32_t k = 0; k < outcome->metrics_count; k++) metric_line(p, "run", 3, &outcome->metrics[k]);
}

/* Repeats of one action that went the same way are told in one line. */
static void chaos_list(const struct paint *p, const struct outcome *outcome)
{
    if (outcome->chaos_count == 0) return;
    heading(p, "Chaos");
    for (uint32_t i = 0; i < outcome->chaos_count; i++) {
        const struct chaos_finding *f = &outcome->chaos[i];
        uint32_t same = 1;
        while (i + same < outcome->chaos_count && f[same].judgement == f->judgement && str_eq(f[same].action, f->action) && str_eq(f[same].phase, f->phase)) same++;
        mark(p, f->judgement);
        buf_printf(p->out, "%-12.*s", (int)f->action.len, f->action.data);
        if (same > 1) buf_printf(p->out, " x%-3" PRIu32, same);
        buf_printf(p->out, " " STR_FMT "%s\n", STR_ARG(f->evidence), same > 1 ? " ..." : "");
        i += same - 1;
    }
}

static void finding_line(const struct paint *p, const struct finding *f)
{
    mark(p, f->judgement);
    buf_printf(p->out, "%-*.*s %-20.*s %-16.*s expected " STR_FMT, WIDTH_NAME, (int)MIN(f->scope.len ? f->scope.len : 3, (size_t)WIDTH_NAME),
               f->scope.len ? f->scope.data : "run", (int)f->name.len, f->name.data, (int)f->actual.len, f->actual.data, STR_ARG(f->expected));
    buf_printf(p->out, "  %s(%" PRIu64 ")%s", DIM(p), f->samples, OFF(p));
    if (f->note.len > 0) buf_printf(p->out, "\n          %s%-*s " STR_FMT "%s", DIM(p), WIDTH_NAME, "", STR_ARG(f->note), OFF(p));
    buf_put_char(p->out, '\n');
}

static void findings_list(const struct paint *p, const struct outcome *outcome)
{
    if (outcome->findings_count == 0) return;
    heading(p, "Assertions and thresholds");
    for (uint32_t i = 0; i < outcome->findings_count; i++) finding_line(p, &outcome->findings[i]);
}

static void invariants_list(const struct paint *p, const struct outcome *outcome)
{
    uint32_t absent = 0;
    heading(p, "Invariants");
    for (uint32_t i = 0; i < outcome->invariants_count; i++) {
        const struct invariant_finding *f = &outcome->invariants[i];
        if (f->judgement == JUDGED_NOT_APPLICABLE) {
            absent++;
            continue;
        }
        mark(p, f->judgement);
        buf_printf(p->out, "INV-%02u %-20.*s %" PRIu64 " samples", f->number, (int)f->title.len, f->title.data, f->samples);
        if (f->note.len > 0) buf_printf(p->out, ": " STR_FMT, STR_ARG(f->note));
        buf_put_char(p->out, '\n');
    }
    if (absent == 0) return;
    buf_printf(p->out, "  %s%-7s ", DIM(p), "n/a");
    for (uint32_t i = 0; i < outcome->invariants_count; i++)
        if (outcome->invariants[i].judgement == JUDGED_NOT_APPLICABLE)
            buf_printf(p->out, "INV-%02u ", outcome->invariants[i].number);
    buf_printf(p->out, "(not computed in this build, or nothing to judge)%s\n", OFF(p));
}

static void model_line(const struct paint *p, const struct report_context *context)
{
    if (context->model_count == 0) return;
    buf_printf(p->out, "\n  %sSimulated time, under this cost model, not hardware:", DIM(p));
    for (size_t i = 0; i < context->model_count; i++)
        buf_printf(p->out, "%s " STR_FMT " " STR_FMT, i ? "," : "", STR_ARG(context->model[i].name), STR_ARG(context->model[i].value));
    buf_printf(p->out, "%s\n", OFF(p));
}

void report_text(const struct plan *plan, const struct outcome *outcome, const struct report_context *context, struct buf *out)
{
    const struct paint p = {out, context->color};
    verdict_line(&p, plan, outcome);
    if (!context->quiet) {
        setup_lines(&p, plan, outcome, context);
        phases_table(&p, outcome);
        stages_table(&p, outcome);
        metrics_list(&p, outcome);
        chaos_list(&p, outcome);
        findings_list(&p, outcome);
        errors_list(&p, outcome);
        claims_list(&p, outcome);
        invariants_list(&p, outcome);
        model_line(&p, context);
    }
    if (context->run_dir.len > 0) buf_printf(out, "\n  kept in " STR_FMT "\n", STR_ARG(context->run_dir));
    if (outcome->judgement != JUDGED_PASS && context->replay.len > 0) buf_printf(out, "replay: " STR_FMT "\n", STR_ARG(context->replay));
}
