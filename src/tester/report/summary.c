#include <stdio.h>

#include "core/codec/json.h"
#include "tester/report/report_priv.h"

const char *verdict_word(const struct outcome *outcome)
{
    return judgement_text(outcome->judgement);
}

struct duration virtual_time(const struct outcome *outcome)
{
    return instant_since(outcome->ended, outcome->started);
}

/* A number with decimals, from whole thousandths: exact, so equal runs give equal text. */
static void put_milli(struct json_writer *w, uint64_t milli)
{
    char text[32];
    int len;
    if (milli % 1000 == 0) len = snprintf(text, sizeof(text), "%llu", (unsigned long long)(milli / 1000));
    else len = snprintf(text, sizeof(text), "%llu.%03llu", (unsigned long long)(milli / 1000), (unsigned long long)(milli % 1000));
    json_put_raw(w, (struct str){text, (size_t)len});
}

static void member_milli(struct json_writer *w, const char *key, uint64_t milli)
{
    json_key(w, str_of(key));
    put_milli(w, milli);
}

static void quantiles_put(struct json_writer *w, const char *key, const struct histogram *histogram)
{
    static const struct {
        const char *name;
        uint32_t bps;
    } rows[] = {{"p50", 5000}, {"p95", 9500}, {"p99", 9900}};
    json_key(w, str_of(key));
    json_object(w);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        uint64_t us;
        json_key(w, str_of(rows[i].name));
        if (histogram_quantile(histogram, rows[i].bps, &us)) put_milli(w, us);
        else json_put_null(w);
    }
    json_key(w, STR("max"));
    if (histogram->count > 0) put_milli(w, histogram->max_us);
    else json_put_null(w);
    json_put_member_u64(w, STR("samples"), histogram->count);
    json_object_end(w);
}

static void quantity_put(struct json_writer *w, const struct metric_value *value)
{
    if (!value->known) {
        json_put_null(w);
        return;
    }
    char text[48];
    const bool negative = value->value.nano < 0;
    const uint64_t size = negative ? (uint64_t)0 - (uint64_t)value->value.nano : (uint64_t)value->value.nano;
    const uint64_t unit = (uint64_t)QUANTITY_ONE;
    int len = snprintf(text, sizeof(text), "%s%llu.%09llu", negative ? "-" : "", (unsigned long long)(size / unit), (unsigned long long)(size % unit));
    while (len > 0 && text[len - 1] == '0') len--;
    if (len > 0 && text[len - 1] == '.') len--;
    json_put_raw(w, (struct str){text, (size_t)len});
}

static void metrics_put(struct json_writer *w, const struct metric_value *metrics, uint32_t count)
{
    json_key(w, STR("metrics"));
    json_object(w);
    for (uint32_t i = 0; i < count; i++) {
        bool twice = false;
        for (uint32_t k = 0; k < i; k++) twice = twice || metrics[k].metric == metrics[i].metric;
        if (twice) continue;
        json_key(w, str_of(metric_specs[metrics[i].metric].name));
        quantity_put(w, &metrics[i]);
    }
    json_object_end(w);
}

static void finding_put(struct json_writer *w, const struct finding *finding)
{
    json_object(w);
    json_put_member_str(w, STR("name"), finding->name);
    json_key(w, STR("phase"));
    if (finding->scope.len > 0) json_put_str(w, finding->scope);
    else json_put_null(w);
    json_put_member_str(w, STR("verdict"), str_of(judgement_text(finding->judgement)));
    json_put_member_str(w, STR("expected"), finding->expected);
    json_put_member_str(w, STR("actual"), finding->actual);
    json_put_member_u64(w, STR("samples"), finding->samples);
    if (finding->note.len > 0) json_put_member_str(w, STR("note"), finding->note);
    json_object_end(w);
}

static void findings_put(struct json_writer *w, const char *key, const struct outcome *outcome, bool thresholds)
{
    json_key(w, str_of(key));
    json_array(w);
    for (uint32_t i = 0; i < outcome->findings_count; i++)
        if ((outcome->findings[i].kind == FINDING_THRESHOLD) == thresholds) finding_put(w, &outcome->findings[i]);
    json_array_end(w);
}

static void invariants_put(struct json_writer *w, const struct outcome *outcome)
{
    json_key(w, STR("invariants"));
    json_array(w);
    for (uint32_t i = 0; i < outcome->invariants_count; i++) {
        const struct invariant_finding *f = &outcome->invariants[i];
        char id[8];
        snprintf(id, sizeof(id), "INV-%02u", f->number);
        json_object(w);
        json_put_member_str(w, STR("id"), str_of(id));
        json_put_member_str(w, STR("title"), f->title);
        json_put_member_str(w, STR("verdict"), str_of(judgement_text(f->judgement)));
        json_put_member_u64(w, STR("samples"), f->samples);
        json_put_member_u64(w, STR("violations"), f->violations);
        if (f->note.len > 0) json_put_member_str(w, STR("note"), f->note);
        json_object_end(w);
    }
    json_array_end(w);
}

static void chaos_put(struct json_writer *w, const struct outcome *outcome)
{
    json_key(w, STR("chaos"));
    json_array(w);
    for (uint32_t i = 0; i < outcome->chaos_count; i++) {
        const struct chaos_finding *f = &outcome->chaos[i];
        json_object(w);
        json_put_member_str(w, STR("action"), f->action);
        json_put_member_str(w, STR("verdict"), str_of(judgement_text(f->judgement)));
        json_put_member_str(w, STR("evidence"), f->evidence);
        json_put_member_str(w, STR("phase"), f->phase);
        json_key(w, STR("params"));
        json_put_raw(w, f->params);
        member_milli(w, "at_seconds", instant_since(f->at, outcome->started).ns / NS_PER_MS);
        json_object_end(w);
    }
    json_array_end(w);
}

/* Where the time went: the means add up to the mean response. */
static void shares_put(struct json_writer *w, const struct latencies *latencies)
{
    json_key(w, STR("stage_shares_ms"));
    json_object(w);
    for (size_t i = 0; i < OP_STAGE_COUNT; i++) {
        const struct histogram *histogram = &latencies->stages[i];
        static const uint32_t bps[] = {5000, 9500, 9900};
        static const char *const names[] = {"p50", "p95", "p99"};
        json_key(w, str_of(op_stage_text((enum op_stage)i)));
        json_object(w);
        json_key(w, STR("mean"));
        if (latencies->response.count > 0) put_milli(w, latencies->stage_sum_us[i] / latencies->response.count);
        else json_put_null(w);
        for (size_t k = 0; k < ARRAY_LEN(bps); k++) {
            uint64_t us;
            json_key(w, str_of(names[k]));
            if (histogram_quantile(histogram, bps[k], &us)) put_milli(w, us);
            else json_put_null(w);
        }
        json_put_member_u64(w, STR("samples"), histogram->count);
        json_object_end(w);
    }
    json_object_end(w);
}

static void phases_put(struct json_writer *w, const struct outcome *outcome)
{
    json_key(w, STR("phases"));
    json_array(w);
    for (uint32_t i = 0; i < outcome->phases_count; i++) {
        const struct phase_outcome *p = &outcome->phases[i];
        json_object(w);
        json_put_member_str(w, STR("name"), p->name);
        member_milli(w, "start_seconds", instant_since(p->started, outcome->started).ns / NS_PER_MS);
        member_milli(w, "seconds", instant_since(p->ended, p->started).ns / NS_PER_MS);
        json_put_member_u64(w, STR("operations"), p->operations);
        json_put_member_u64(w, STR("errors"), p->errors);
        json_put_member_u64(w, STR("open"), p->open);
        member_milli(w, "tps", p->tps_milli);
        quantiles_put(w, "latency_ms", &p->latencies->admitted);
        quantiles_put(w, "final_ms", &p->latencies->final);
        shares_put(w, p->latencies);
        metrics_put(w, p->metrics, p->metrics_count);
        json_object_end(w);
    }
    json_array_end(w);
}

static void claims_put(struct json_writer *w, const struct outcome *outcome)
{
    json_key(w, STR("claims"));
    json_array(w);
    for (uint32_t i = 0; i < outcome->claims_count; i++) {
        const struct claim_finding *f = &outcome->claims[i];
        json_object(w);
        json_put_member_str(w, STR("behavior"), f->behavior);
        json_put_member_str(w, STR("claim"), f->claim);
        json_put_member_u64(w, STR("held"), f->held);
        json_put_member_u64(w, STR("broken"), f->broken);
        if (f->note.len > 0) json_put_member_str(w, STR("note"), f->note);
        json_object_end(w);
    }
    json_array_end(w);
}

static void errors_put(struct json_writer *w, const struct outcome *outcome)
{
    json_key(w, STR("failed"));
    json_array(w);
    for (uint32_t i = 0; i < outcome->failed_count; i++) {
        const struct error_finding *f = &outcome->failed[i];
        json_object(w);
        json_put_member_str(w, STR("behavior"), f->behavior);
        json_put_member_str(w, STR("status"), str_of(op_status_text(f->status)));
        if (f->code != CODE_NONE) json_put_member_str(w, STR("code"), code_text(f->code));
        json_put_member_u64(w, STR("count"), f->count);
        if (f->note.len > 0) json_put_member_str(w, STR("note"), f->note);
        json_object_end(w);
    }
    json_array_end(w);
}

static void latencies_put(struct json_writer *w, const struct latencies *latencies)
{
    static const struct latencies nothing;
    if (!latencies) latencies = &nothing;
    quantiles_put(w, "latency_ms", &latencies->admitted);
    json_key(w, STR("stages_ms"));
    json_object(w);
    quantiles_put(w, "admitted", &latencies->admitted);
    quantiles_put(w, "included", &latencies->included);
    quantiles_put(w, "final", &latencies->final);
    quantiles_put(w, "settled", &latencies->settled);
    json_object_end(w);
    shares_put(w, latencies);
    quantiles_put(w, "response_ms", &latencies->response);
    quantiles_put(w, "service_ms", &latencies->service);
}

static void context_put(struct json_writer *w, const struct report_context *context)
{
    json_key(w, STR("sim_model"));
    json_object(w);
    for (size_t i = 0; i < context->model_count; i++) json_put_member_str(w, context->model[i].name, context->model[i].value);
    json_object_end(w);
    json_key(w, STR("machine"));
    json_object(w);
    json_put_member_u64(w, STR("cores"), context->machine_cores);
    json_put_member_u64(w, STR("memory_bytes"), context->machine_memory_bytes);
    json_put_member_u64(w, STR("peak_memory_bytes"), context->memory_bytes);
    json_put_member_bool(w, STR("shared_with_network"), true);
    json_object_end(w);
}

void report_summary_json(const struct plan *plan, const struct outcome *outcome, const struct report_context *context, struct buf *out)
{
    struct json_writer w = json_writer_pretty(out);
    json_object(&w);
    json_put_member_u64(&w, STR("schema_version"), 1);
    json_put_member_str(&w, STR("scenario"), plan->name);
    json_put_member_str(&w, STR("id"), plan->id);
    json_put_member_str(&w, STR("verdict"), str_of(verdict_word(outcome)));
    json_put_member_u64(&w, STR("exit_code"), (uint64_t)outcome->exit_code);
    json_put_member_str(&w, STR("reason"), outcome->reason);
    json_put_member_bool(&w, STR("interrupted"), outcome->interrupted);
    json_put_member_u64(&w, STR("seed"), plan->seed);
    json_put_member_str(&w, STR("run_digest"), context->run_digest);
    json_put_member_str(&w, STR("target"), str_of(target_kind_names[plan->network.target]));
    json_put_member_str(&w, STR("crypto"), context->crypto);
    json_put_member_str(&w, STR("proofs"), context->proofs);
    json_put_member_str(&w, STR("wire"), context->wire);
    json_put_member_str(&w, STR("version"), context->version);
    json_put_member_u64(&w, STR("validators"), outcome->validators);
    json_put_member_u64(&w, STR("bots"), outcome->bots);
    json_key(&w, STR("switches"));
    json_array(&w);
    for (uint32_t i = 0; i < outcome->switches_count; i++) json_put_str(&w, outcome->switches[i]);
    json_array_end(&w);
    member_milli(&w, "virtual_seconds", virtual_time(outcome).ns / NS_PER_MS);
    member_milli(&w, "wall_seconds", context->wall_ns / NS_PER_MS);
    member_milli(&w, "drain_seconds", outcome->drained.ns / NS_PER_MS);
    json_put_member_u64(&w, STR("operations"), outcome->operations);
    json_put_member_u64(&w, STR("errors"), outcome->errors);
    json_put_member_u64(&w, STR("transactions"), outcome->transactions);
    json_key(&w, STR("error_rate"));
    const struct metric_value rate = {METRIC_ERROR_RATE, true, {(int64_t)outcome->error_rate_ppm * 1000}, 1};
    quantity_put(&w, &rate);
    member_milli(&w, "tps", outcome->tps_milli);
    member_milli(&w, "tps_whole_run", outcome->tps_whole_milli);
    latencies_put(&w, outcome->latencies);
    context_put(&w, context);
    metrics_put(&w, outcome->metrics, outcome->metrics_count);
    phases_put(&w, outcome);
    findings_put(&w, "assertions", outcome, false);
    claims_put(&w, outcome);
    errors_put(&w, outcome);
    invariants_put(&w, outcome);
    findings_put(&w, "thresholds", outcome, true);
    chaos_put(&w, outcome);
    json_put_member_str(&w, STR("replay"), context->replay);
    json_object_end(&w);
    buf_put_char(out, '\n');
}
