/* The files for machines beside the summary. */
#include <inttypes.h>
#include <stdio.h>

#include "core/codec/json.h"
#include "tester/report/report_priv.h"

/* ---- events.ndjson ---- */

static struct str phase_name(const struct plan *plan, uint16_t phase)
{
    return phase < plan->phases_count ? plan->phases[phase].name : (struct str){0};
}

static const struct plan_track *track_at(const struct plan *plan, uint16_t number)
{
    uint32_t left = number;
    for (uint32_t i = 0; i < plan->phases_count; i++) {
        if (left < plan->phases[i].tracks_count) return &plan->phases[i].tracks[left];
        left -= plan->phases[i].tracks_count;
    }
    return NULL;
}

static void event_put(const struct plan *plan, const struct outcome *outcome, const struct recorded *recorded, struct buf *out)
{
    const struct event *event = &recorded->event;
    struct json_writer w = json_writer_of(out);
    char at[25];
    instant_text(event->at, at);
    json_object(&w);
    json_put_member_str(&w, STR("at"), str_of(at));
    json_put_member_u64(&w, STR("t_us"), instant_since(event->at, outcome->started).ns / NS_PER_US);
    json_put_member_str(&w, STR("event"), str_of(event_kind_text((enum event_kind)event->kind)));
    if (event->phase != EVENT_NO_ID && phase_name(plan, event->phase).len > 0) json_put_member_str(&w, STR("phase"), phase_name(plan, event->phase));
    const struct plan_track *track = event->track != EVENT_NO_ID ? track_at(plan, event->track) : NULL;
    if (track) json_put_member_str(&w, STR("behavior"), str_of(track->behavior->name));
    if (event->bot != EVENT_NO_BOT && event->bot < plan->bots_count) json_put_member_str(&w, STR("bot"), plan->bots[event->bot].id);
    if (event->code != 0 && event->code < CODE_COUNT) json_put_member_str(&w, STR("code"), code_text((enum code)event->code));
    if (event->subject != 0) {
        char subject[17];
        snprintf(subject, sizeof(subject), "%016" PRIx64, event->subject);
        json_put_member_str(&w, STR("subject"), str_of(subject));
    }
    if (event->value != 0 && event->value <= JSON_INT_MAX) json_put_member_u64(&w, STR("value"), event->value);
    if (event->latency_us != 0) json_put_member_u64(&w, STR("latency_us"), event->latency_us);
    if (recorded->text.len > 0) json_put_member_str(&w, STR("text"), recorded->text);
    json_object_end(&w);
    buf_put_char(out, '\n');
}

void report_events_ndjson(const struct plan *plan, const struct outcome *outcome, struct buf *out)
{
    struct recorded_list list = {0};
    struct recorder *shards[1] = {(struct recorder *)outcome->recorder};
    recorder_read(shards, outcome->recorder ? 1 : 0, EVENTS_MAX, &list);
    for (size_t i = 0; i < list.items.count; i++) event_put(plan, outcome, &list.items.data[i], out);
    struct json_writer w = json_writer_of(out);
    json_object(&w);
    json_put_member_str(&w, STR("event"), STR("end_of_events"));
    json_put_member_u64(&w, STR("kept"), list.items.count);
    json_put_member_u64(&w, STR("operations_left_out"), list.passing_left_out);
    json_put_member_u64(&w, STR("others_left_out"), list.lasting_left_out);
    json_object_end(&w);
    buf_put_char(out, '\n');
    recorded_list_done(&list);
}

/* ---- histograms.json ---- */

static void histogram_put(struct json_writer *w, const char *key, const struct histogram *histogram)
{
    struct buf pairs = {0};
    histogram_put_pairs(histogram, &pairs);
    json_key(w, str_of(key));
    json_object(w);
    json_put_member_u64(w, STR("count"), histogram->count);
    json_put_member_u64(w, STR("sum_us"), histogram->sum_us);
    json_put_member_u64(w, STR("min_us"), histogram->min_us);
    json_put_member_u64(w, STR("max_us"), histogram->max_us);
    json_put_member_str(w, STR("buckets"), buf_str(&pairs));
    json_object_end(w);
    buf_done(&pairs);
}

static void latencies_put(struct json_writer *w, const struct latencies *latencies)
{
    histogram_put(w, "response", &latencies->response);
    histogram_put(w, "admitted", &latencies->admitted);
    histogram_put(w, "included", &latencies->included);
    histogram_put(w, "final", &latencies->final);
    histogram_put(w, "service", &latencies->service);
}

void report_histograms_json(const struct plan *plan, const struct outcome *outcome, struct buf *out)
{
    struct json_writer w = json_writer_pretty(out);
    json_object(&w);
    json_put_member_u64(&w, STR("scheme"), 1);
    json_put_member_str(&w, STR("unit"), STR("us"));
    json_put_member_str(&w, STR("scenario"), plan->name);
    json_key(&w, STR("run"));
    json_object(&w);
    if (outcome->latencies) latencies_put(&w, outcome->latencies);
    json_object_end(&w);
    json_key(&w, STR("phases"));
    json_array(&w);
    for (uint32_t i = 0; i < outcome->phases_count; i++) {
        json_object(&w);
        json_put_member_str(&w, STR("name"), outcome->phases[i].name);
        latencies_put(&w, outcome->phases[i].latencies);
        json_object_end(&w);
    }
    json_array_end(&w);
    json_object_end(&w);
    buf_put_char(out, '\n');
}

/* ---- junit.xml ---- */

static void xml_put(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.data[i];
        if (c == '<') buf_put_str(out, STR("&lt;"));
        else if (c == '>') buf_put_str(out, STR("&gt;"));
        else if (c == '&') buf_put_str(out, STR("&amp;"));
        else if (c == '"') buf_put_str(out, STR("&quot;"));
        else if ((unsigned char)c < 0x20 && c != '\n' && c != '\t') buf_put_char(out, '?');
        else buf_put_char(out, c);
    }
}

struct junit_case {
    struct str group, name, message;
    enum judgement judgement;
};

static void case_put(struct buf *out, const struct plan *plan, const struct junit_case *c)
{
    buf_put_str(out, STR("    <testcase classname=\""));
    xml_put(out, plan->name);
    if (c->group.len > 0) buf_put_char(out, '.');
    xml_put(out, c->group);
    buf_put_str(out, STR("\" name=\""));
    xml_put(out, c->name);
    const char *element = NULL;
    switch (c->judgement) {
    case JUDGED_PASS: break;
    case JUDGED_FAIL: element = "failure"; break;
    case JUDGED_INVALID: element = "error"; break;
    case JUDGED_UNSUPPORTED:
    case JUDGED_NOT_APPLICABLE: element = "skipped"; break;
    }
    if (!element) {
        buf_put_str(out, STR("\"/>\n"));
        return;
    }
    buf_printf(out, "\"><%s message=\"", element);
    xml_put(out, c->message);
    buf_put_str(out, STR("\"/></testcase>\n"));
}

static struct junit_case finding_case(struct arena *arena, const struct finding *f)
{
    const struct str message = str_fmt(arena, "expected " STR_FMT ", is " STR_FMT "%s" STR_FMT, STR_ARG(f->expected), STR_ARG(f->actual),
                                       f->note.len ? ": " : "", STR_ARG(f->note));
    return (struct junit_case){f->scope, f->name, message, f->judgement};
}

void report_junit_xml(const struct plan *plan, const struct outcome *outcome, const struct report_context *context, struct buf *out)
{
    struct arena arena;
    struct buf cases = {0};
    uint32_t tests = 0, failures = 0, errors = 0, skipped = 0;
    arena_init(&arena, 0);
    for (uint32_t i = 0; i < outcome->findings_count + outcome->invariants_count + outcome->chaos_count; i++) {
        struct junit_case c;
        if (i < outcome->findings_count) {
            c = finding_case(&arena, &outcome->findings[i]);
        } else if (i < outcome->findings_count + outcome->invariants_count) {
            const struct invariant_finding *f = &outcome->invariants[i - outcome->findings_count];
            c = (struct junit_case){STR("invariants"), str_fmt(&arena, "INV-%02u " STR_FMT, f->number, STR_ARG(f->title)), f->note, f->judgement};
        } else {
            const uint32_t k = i - outcome->findings_count - outcome->invariants_count;
            const struct chaos_finding *f = &outcome->chaos[k];
            c = (struct junit_case){STR("chaos"), str_fmt(&arena, STR_FMT " #%" PRIu32, STR_ARG(f->action), k + 1), f->evidence, f->judgement};
        }
        tests++;
        failures += c.judgement == JUDGED_FAIL;
        errors += c.judgement == JUDGED_INVALID;
        skipped += c.judgement == JUDGED_UNSUPPORTED || c.judgement == JUDGED_NOT_APPLICABLE;
        case_put(&cases, plan, &c);
    }
    const uint64_t ms = virtual_time(outcome).ns / NS_PER_MS;
    buf_put_str(out, STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\""));
    xml_put(out, plan->name);
    buf_printf(out, "\" tests=\"%" PRIu32 "\" failures=\"%" PRIu32 "\" errors=\"%" PRIu32 "\" skipped=\"%" PRIu32 "\" time=\"%" PRIu64 ".%03" PRIu64 "\">\n", tests,
               failures, errors, skipped, ms / 1000, ms % 1000);
    buf_printf(out, "    <properties>\n      <property name=\"verdict\" value=\"%s\"/>\n      <property name=\"seed\" value=\"%" PRIu64
               "\"/>\n      <property name=\"run_digest\" value=\"" STR_FMT "\"/>\n    </properties>\n", verdict_word(outcome), plan->seed,
               STR_ARG(context->run_digest));
    buf_put_str(out, buf_str(&cases));
    buf_put_str(out, STR("  </testsuite>\n</testsuites>\n"));
    buf_done(&cases);
    arena_done(&arena);
}

/* ---- all of them ---- */

/* Below `root` whatever the name is: a file given by its path must not lead elsewhere. */
static bool name_stays_below(struct str name)
{
    if (name.len == 0 || name.data[0] == '/') return false;
    struct str rest = name, head;
    while (rest.len > 0) {
        (void)str_cut(rest, '/', &head, &rest);
        if (head.len == 0 || str_eq(head, STR(".")) || str_eq(head, STR(".."))) return false;
    }
    return true;
}

struct str report_dir(struct arena *arena, struct str root, const struct plan *plan, struct str stamp)
{
    struct str name = str_dup(arena, plan->name);
    for (size_t i = 0; !name_stays_below(plan->name) && i < name.len; i++)
        if (name.data[i] == '/' || name.data[i] == '.') ((char *)name.data)[i] = '-'; /* our own copy */
    return str_fmt(arena, STR_FMT "/" STR_FMT "/" STR_FMT "-%" PRIu64, STR_ARG(root), STR_ARG(name), STR_ARG(stamp), plan->seed);
}

static bool file_put(const struct report_writer *writer, struct str dir, const char *name, const struct buf *data, struct err *err)
{
    char path[1024];
    const int len = snprintf(path, sizeof(path), STR_FMT "/%s", STR_ARG(dir), name);
    if (len < 0 || (size_t)len >= sizeof(path)) return err_set(err, ERR_LIMIT, "the path of %s is too long", name);
    return writer->file_write(writer->context, (struct str){path, (size_t)len}, buf_str(data), err);
}

static bool text_put(const struct report_writer *writer, struct str dir, const char *name, struct str text, struct err *err)
{
    struct buf data = {0};
    buf_put_str(&data, text);
    const bool ok = file_put(writer, dir, name, &data, err);
    buf_done(&data);
    return ok;
}

/* The scripts that ran, beside the scenario: replay finds them there. */
static bool scripts_put(const struct report_writer *writer, struct str dir, const struct plan *plan, struct err *err)
{
    char path[1024];
    if (plan->scripts_count == 0) return true;
    const int len = snprintf(path, sizeof(path), STR_FMT "/script", STR_ARG(dir));
    if (len < 0 || (size_t)len >= sizeof(path)) return err_set(err, ERR_LIMIT, "the path of the scripts is too long");
    bool ok = writer->dir_make(writer->context, (struct str){path, (size_t)len}, err);
    for (uint32_t i = 0; ok && i < plan->scripts_count; i++) {
        char name[96];
        snprintf(name, sizeof(name), "%s.lua", script_spec(plan->scripts[i])->name); /* names are short, and begin with script/ */
        ok = text_put(writer, dir, name, script_text(plan->scripts[i]), err);
    }
    return ok;
}

static bool latest_set(const struct report_writer *writer, struct str dir, struct err *err)
{
    size_t slash = dir.len;
    while (slash > 0 && dir.data[slash - 1] != '/') slash--;
    char link[1024];
    const int len = snprintf(link, sizeof(link), "%.*slatest", (int)slash, dir.data);
    if (len < 0 || (size_t)len >= sizeof(link)) return err_set(err, ERR_LIMIT, "the path of the link is too long");
    return writer->link_set(writer->context, (struct str){link, (size_t)len}, str_sub(dir, slash, dir.len), err);
}

bool report_write(const struct report_writer *writer, struct str dir, const struct plan *plan, const struct outcome *outcome,
                  const struct report_context *context, struct str arguments, struct err *err)
{
    struct report_context plain = *context;
    plain.color = plain.quiet = false;
    struct buf out = {0};
    bool ok = writer->dir_make(writer->context, dir, err);
    if (ok) {
        report_summary_json(plan, outcome, context, &out);
        ok = file_put(writer, dir, "summary.json", &out, err);
    }
    if (ok) {
        buf_clear(&out);
        report_events_ndjson(plan, outcome, &out);
        ok = file_put(writer, dir, "events.ndjson", &out, err);
    }
    if (ok) {
        buf_clear(&out);
        report_junit_xml(plan, outcome, context, &out);
        ok = file_put(writer, dir, "junit.xml", &out, err);
    }
    if (ok) {
        buf_clear(&out);
        report_histograms_json(plan, outcome, &out);
        ok = file_put(writer, dir, "histograms.json", &out, err);
    }
    if (ok) {
        buf_clear(&out);
        report_text(plan, outcome, &plain, &out);
        ok = file_put(writer, dir, "report.txt", &out, err);
    }
    if (ok && context->traffic.len > 0) ok = text_put(writer, dir, "traffic.json", context->traffic, err);
    if (ok && outcome->shield_tape.len > 0) ok = text_put(writer, dir, "shield_tape.ndjson", outcome->shield_tape, err);
    if (ok && outcome->linkage.len > 0) ok = text_put(writer, dir, "linkage.json", outcome->linkage, err);
    ok = ok && scripts_put(writer, dir, plan, err);
    ok = ok && text_put(writer, dir, "scenario.yaml", plan->text, err) && text_put(writer, dir, "arguments.txt", arguments, err) &&
         latest_set(writer, dir, err);
    buf_done(&out);
    return ok || err_wrap(err, "run directory " STR_FMT, STR_ARG(dir));
}
