/* docs/PATTERNS.md and the lists of docs/SCENARIOS.md come from the tables of behaviours, roles, actions, checks and metrics, and from the shipped
 * scenarios themselves. This compares them; with --write it writes them anew (make docs). Run from the top folder of the source, or with SOURCE in the
 * environment. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/check.h"
#include "tester/scenario/criterion.h"
#include "tester/scenario/library.h"
#include "tester/scenario/load.h"

/* ---- behaviours ---- */

static void param_put(const struct param_spec *param, struct buf *out)
{
    buf_printf(out, "`%s` %s", param->name, param_type_text(param->type));
    if (param->choices != NULL) {
        buf_printf(out, " (");
        for (const char *const *choice = param->choices; *choice != NULL; choice++) buf_printf(out, "%s%s", choice == param->choices ? "" : ", ", *choice);
        buf_printf(out, ")");
    }
    if (param->fallback != NULL) buf_printf(out, " = %s", param->fallback);
}

static const char *state_of(const struct behavior_spec *spec)
{
    if (!behavior_in_build(spec)) return "not in this build";
    if (spec->runner) return "carried out by the runner";
    return spec->drives ? "drives its validator" : "";
}

static void behaviors_put(struct buf *out)
{
    const struct behavior_family *const *families;
    const size_t count = behavior_families(&families);
    for (size_t f = 0; f < count; f++) {
        buf_printf(out, "\n### %s\n\n| key | does | roles | pattern | parameters | |\n|---|---|---|---|---|---|\n", families[f]->name);
        for (size_t i = 0; i < families[f]->count; i++) {
            const struct behavior_spec *spec = &families[f]->specs[i];
            buf_printf(out, "| `%s` | %s | %s | %s | ", spec->name, spec->summary, spec->roles, spec->pattern != NULL ? spec->pattern : "");
            for (size_t p = 0; p < param_specs_count(spec->params); p++) {
                if (p > 0) buf_printf(out, "; ");
                param_put(&spec->params[p], out);
            }
            buf_printf(out, " | %s |\n", state_of(spec));
        }
    }
}

/* ---- roles, actions, checks, metrics ---- */

static void mix_put(const struct role_variant *variant, struct buf *out)
{
    struct role_part parts[ROLE_PARTS_MAX];
    const size_t count = role_mix(variant, parts);
    const struct behavior_spec *missing = role_mix_missing(variant);
    for (size_t i = 0; i < count; i++) {
        buf_printf(out, "%s`%s`", i > 0 ? ", " : "", parts[i].behavior->name);
        if (parts[i].param) buf_printf(out, " (%s %s)", parts[i].param, parts[i].value);
        if (parts[i].weight == 0) buf_printf(out, " all the time");
        else buf_printf(out, " %u", parts[i].weight);
    }
    if (missing) buf_printf(out, " (not in this build)");
}

static void wallet_put(const struct role_wallet *wallet, struct buf *out)
{
    const uint32_t millions[] = {wallet->ax, wallet->dx, wallet->sax, wallet->usd};
    static const char *const tokens[] = {"AX", "DX", "sAX", "USD"};
    for (size_t i = 0, told = 0; i < ARRAY_LEN(millions); i++)
        if (millions[i] > 0) buf_printf(out, "%s%" PRIu32 " %s", told++ > 0 ? ", " : "", millions[i], tokens[i]);
}

static void roles_put(struct buf *out)
{
    const struct role *table;
    const size_t count = roles(&table);
    buf_printf(out, "\n| role | variant | does | pace | wallet (millions) | lives by (weights) |\n|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < count; i++)
        for (size_t v = 0; v < table[i].variants_count; v++) {
            const struct role_variant *variant = &table[i].variants[v];
            buf_printf(out, "| %s | %s | %s: %s | %s | ", v == 0 ? table[i].name : "", variant->name, table[i].summary, variant->summary,
                       variant->pace != NULL ? variant->pace : "");
            wallet_put(&variant->wallet, out);
            buf_printf(out, " | ");
            if (table[i].in_build) mix_put(variant, out);
            else buf_printf(out, "not in this build");
            buf_printf(out, " |\n");
        }
}

static void actions_put(struct buf *out)
{
    static const char *const needs[] = {"chaos", "byzantine", "switches", "admin", "a network of its own", "a distributed run"};
    buf_printf(out, "\n| action | what happens | parameters (* needed) | needs | ended by | |\n|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < ACTION_IDS; i++) {
        const struct action_spec *spec = &action_specs[i];
        CHECK(spec->summary && spec->summary[0]);
        buf_printf(out, "| `%s` | %s | ", spec->name, spec->summary);
        for (const struct action_param *param = spec->params; param != NULL && param->name != NULL; param++)
            buf_printf(out, "%s`%s`%s", param == spec->params ? "" : ", ", param->name, param->required ? "*" : "");
        buf_printf(out, " | %s | %s%s | %s |\n", needs[spec->need], spec->undo != NULL ? spec->undo : "", spec->lasting ? spec->undo != NULL ? ", clear" : "clear" : "",
                   spec->in_build ? "" : "not in this build");
    }
}

static void checks_put(struct buf *out)
{
    buf_printf(out, "\n| check | invariant | what must hold | judged | |\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < CHECK_IDS; i++) {
        char invariant[16] = "";
        CHECK(check_specs[i].summary && check_specs[i].summary[0]);
        if (check_specs[i].invariant > 0) snprintf(invariant, sizeof(invariant), "INV-%02u", check_specs[i].invariant);
        buf_printf(out, "| `%s` | %s | %s | %s | %s |\n", check_specs[i].name, invariant, check_specs[i].summary, check_specs[i].operations ? "after the drain" : "at the end of its window",
                   check_specs[i].in_build ? "" : "not in this build");
    }
}

static void metrics_put(struct buf *out)
{
    const char *group = "";
    buf_printf(out, "\nA missed metric marked ! is a failure of correctness, any other a missed threshold.\n\n| group | metric | what it is | as | |\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < METRIC_IDS; i++) {
        const struct metric_spec *spec = &metric_specs[i];
        const bool fresh = strcmp(group, spec->group) != 0;
        group = spec->group;
        CHECK(spec->summary && spec->summary[0]);
        buf_printf(out, "| %s | `%s`%s | %s | %s | %s |\n", fresh ? group : "", spec->name, spec->correctness ? "!" : "", spec->summary,
                   dimension_text(spec->dimension), spec->in_build ? "" : "not in this build");
    }
}

/* ---- the shipped scenarios, with what happens when ---- */

#define COLUMNS 40u

static uint64_t phase_ns(const struct plan *plan, uint32_t number)
{
    const struct plan_phase *phase = &plan->phases[number];
    uint64_t ns = phase->delay.ns + (phase->end == PHASE_BY_DURATION ? phase->duration.ns : phase->end == PHASE_BY_CHILDREN ? 0 : phase->timeout.ns);
    for (uint32_t i = number + 1; phase->end == PHASE_BY_CHILDREN && i < plan->phases_count && plan->phases[i].parent == number; i++) ns += phase_ns(plan, i);
    return ns;
}

/* Tracks of one mix and one group are told as one. */
static bool told_before(const struct plan_phase *phase, uint32_t t)
{
    for (uint32_t i = 0; phase->tracks[t].mix != 0 && i < t; i++)
        if (phase->tracks[i].mix == phase->tracks[t].mix && phase->tracks[i].bots[0] == phase->tracks[t].bots[0]) return true;
    return false;
}

static void doing_put(const struct plan_group *group, const struct plan_track *track, struct buf *out)
{
    if (track->mix != 0) {
        buf_printf(out, "as %s/%s do", group->role->name, group->variant->name);
        return;
    }
    buf_printf(out, "%s", track->behavior->name);
    const struct rate_words rate = track->paced ? rate_words(track->schedule.rate) : (struct rate_words){0};
    if (track->paced) buf_printf(out, " %" PRIu64 ".%" PRIu64 "/%c%s", rate.milli / 1000, rate.milli / 100 % 10, rate.unit, track->schedule.total ? " total" : "");
    else if (track->count > 1) buf_printf(out, " x%" PRIu64, track->count);
}

static void tracks_put(const struct plan *plan, const struct plan_phase *phase, struct buf *out)
{
    for (uint32_t i = 0; i < phase->actions_count; i++) buf_printf(out, "%s!%s", i > 0 ? ", " : "", phase->actions[i].action.spec->name);
    for (uint32_t t = 0; t < phase->tracks_count; t++) {
        const struct plan_track *track = &phase->tracks[t];
        const struct plan_group *group = track->bots_count > 0 ? &plan->groups[plan->bots[track->bots[0]].group] : NULL;
        if (told_before(phase, t)) continue;
        if (t > 0 || phase->actions_count > 0) buf_printf(out, " | ");
        if (group) buf_printf(out, "%" PRIu32 " " STR_FMT ": ", track->bots_count, STR_ARG(group->stem));
        doing_put(group, track, out);
        if (track->hold > 0) buf_printf(out, ", pool at %" PRIu32, track->hold);
        if (track->expect_error != CODE_NONE) buf_printf(out, " -> " STR_FMT, STR_ARG(code_text(track->expect_error)));
    }
}

static void phase_put(const struct plan *plan, uint32_t number, uint64_t from, uint64_t whole, struct buf *out)
{
    static const char marks[] = {'=', '~', '~', '-'};
    const struct plan_phase *phase = &plan->phases[number];
    const uint64_t ns = phase_ns(plan, number);
    const uint32_t first = (uint32_t)(from * COLUMNS / whole), last = (uint32_t)MAX((from + ns) * COLUMNS / whole, (uint64_t)first + 1);
    char bar[COLUMNS + 2], length[32];
    for (uint32_t i = 0; i < COLUMNS; i++) bar[i] = i >= first && i < last ? marks[phase->end] : ' ';
    bar[COLUMNS] = '\0';
    duration_text((struct duration){ns}, length, sizeof(length));
    const bool bare = phase->tracks_count + phase->actions_count == 0 && phase->end != PHASE_BY_UNTIL;
    buf_printf(out, "|%s| %s" STR_FMT " %s%s%s", bar, phase->parent != PLAN_NO_PARENT ? "  " : "", STR_ARG(phase->name),
               phase->end == PHASE_BY_UNTIL || phase->end == PHASE_BY_COUNT ? "at most " : "", length, bare ? "" : "  ");
    if (phase->end == PHASE_BY_UNTIL && phase->until.criteria.count > 0)
        buf_printf(out, "until " STR_FMT " " STR_FMT "%s", STR_ARG(phase->until.criteria.items[0].name), STR_ARG(phase->until.criteria.items[0].expected),
                   phase->tracks_count + phase->actions_count > 0 ? "  " : "");
    tracks_put(plan, phase, out);
    buf_put_char(out, '\n');
    for (uint32_t i = number + 1; phase->end == PHASE_BY_CHILDREN && i < plan->phases_count && plan->phases[i].parent == number; i++) {
        phase_put(plan, i, from, whole, out);
        from += phase_ns(plan, i);
    }
}

static void scenario_put(const struct library_entry *entry, struct buf *out)
{
    struct diags diags;
    const struct load_options as_written = LOAD_AS_WRITTEN;
    char length[32];
    uint64_t whole = 0, from = 0;
    diags_init(&diags);
    struct plan *plan = scenario_load(entry->name, entry->name, entry->text, &as_written, &diags);
    diags_done(&diags);
    if (plan == NULL) return; /* what cannot be read here (scripts beside it) is told by its own tests */
    duration_text(plan->duration, length, sizeof(length));
    buf_printf(out, "\n**" STR_FMT "** (" STR_FMT "): " STR_FMT ". %" PRIu32 " bots, %" PRIu32 " validators, at most %s.\n\n```\n", STR_ARG(plan->name),
               STR_ARG(plan->id), STR_ARG(plan->description.len > 0 ? plan->description : plan->title), plan->bots_count, plan->network.validators, length);
    for (uint32_t i = 0; i < plan->phases_count; i++)
        if (plan->phases[i].parent == PLAN_NO_PARENT) whole += phase_ns(plan, i);
    for (uint32_t i = 0; i < plan->phases_count; i++) {
        if (plan->phases[i].parent != PLAN_NO_PARENT) continue;
        phase_put(plan, i, from, MAX(whole, 1), out);
        from += phase_ns(plan, i);
    }
    buf_printf(out, "```\n");
    for (uint32_t i = 0; i < plan->criteria.count; i++)
        if (!plan->criteria.items[i].appended)
            buf_printf(out, "%s`" STR_FMT " " STR_FMT "`", i > 0 ? ", " : "Must hold: ", STR_ARG(plan->criteria.items[i].name), STR_ARG(plan->criteria.items[i].expected));
    buf_printf(out, ".\n");
    plan_free(plan);
}

static void library_put(struct buf *out)
{
    buf_printf(out, "\n`=` for a time, `~` until something holds or all have ended, `-` in parts; `!` an action.\n");
    for (size_t i = 0; i < library_count(); i++) {
        const struct library_entry entry = library_at(i);
        scenario_put(&entry, out);
    }
}

/* ---- the pages ---- */

struct part {
    const char *name;
    void (*put)(struct buf *out);
};
static const struct handbook {
    const char *file;
    struct part parts[6];
} pages[] = {
    {"PATTERNS.md", {{"behaviors", behaviors_put}}},
    {"SCENARIOS.md", {{"roles", roles_put}, {"actions", actions_put}, {"checks", checks_put}, {"metrics", metrics_put}, {"library", library_put}}},
};

static struct str page_read(const char *path, struct buf *room)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) CHECK_FAIL("%s is not there", path);
    char piece[4096];
    for (size_t got; (got = fread(piece, 1, sizeof(piece), file)) > 0;) buf_put(room, piece, got);
    fclose(file);
    buf_put_char(room, '\0');
    return (struct str){(const char *)room->data, room->len - 1};
}

/* The page with every generated part made anew. */
static void page_make(const struct handbook *page, struct str text, struct buf *out)
{
    const char *at = text.data;
    for (const struct part *part = page->parts; part->name != NULL; part++) {
        char begin[64], end[64];
        snprintf(begin, sizeof(begin), "<!-- generated: %s -->\n", part->name);
        snprintf(end, sizeof(end), "<!-- end: %s -->", part->name);
        const char *from = strstr(at, begin), *to = strstr(at, end);
        if (from == NULL || to == NULL || to < from) CHECK_FAIL("docs/%s has no %s ... %s", page->file, begin, end);
        buf_put(out, at, (size_t)(from - at));
        buf_put_str(out, str_of(begin));
        part->put(out);
        buf_put_str(out, str_of("\n"));
        at = to;
    }
    buf_put_str(out, str_of(at));
}

static const char *path_of(const struct handbook *page)
{
    static char path[512];
    const char *source = getenv("SOURCE");
    snprintf(path, sizeof(path), "%s/docs/%s", source != NULL ? source : ".", page->file);
    return path;
}

static void the_handbook_is_what_the_tables_say(void)
{
    for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
        struct buf room = {0}, made = {0};
        const struct str text = page_read(path_of(&pages[i]), &room);
        page_make(&pages[i], text, &made);
        if (!str_eq(text, buf_str(&made))) CHECK_FAIL("docs/%s is not what the tables say: run make docs", pages[i].file);
        buf_done(&room);
        buf_done(&made);
    }
}

static void every_behavior_and_every_shipped_scenario_has_its_place(void)
{
    struct buf behaviors = {0}, scenarios = {0};
    behaviors_put(&behaviors);
    library_put(&scenarios);
    buf_put_char(&behaviors, '\0');
    buf_put_char(&scenarios, '\0');
    for (size_t i = 0; behavior_name_at(i).len > 0; i++) {
        char row[80];
        snprintf(row, sizeof(row), "| `" STR_FMT "` |", STR_ARG(behavior_name_at(i)));
        if (strstr((const char *)behaviors.data, row) == NULL) CHECK_FAIL("%s is not told", row);
    }
    CHECK(strstr((const char *)scenarios.data, "**unit/simple_transfer**") != NULL);
    CHECK(strstr((const char *)scenarios.data, "!crash") != NULL);
    buf_done(&behaviors);
    buf_done(&scenarios);
}

static void pages_write(void)
{
    for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
        struct buf room = {0}, made = {0};
        page_make(&pages[i], page_read(path_of(&pages[i]), &room), &made);
        FILE *file = fopen(path_of(&pages[i]), "wb");
        CHECK(file != NULL && fwrite(made.data, 1, made.len, file) == made.len && fclose(file) == 0);
        buf_done(&room);
        buf_done(&made);
    }
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--write") == 0) {
        pages_write();
        return 0;
    }
    RUN(the_handbook_is_what_the_tables_say);
    RUN(every_behavior_and_every_shipped_scenario_has_its_place);
    return 0;
}
