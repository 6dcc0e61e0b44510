#include <inttypes.h>

#include "cli/verbs.h"
#include "tester/chaos/action.h"
#include "tester/role/role.h"
#include "tester/scenario/criterion.h"
#include "tester/scenario/library.h"
#include "tester/scenario/load.h"
#include "tester/scenario/vocab.h"

static const char *mark(bool in_build)
{
    return in_build ? "" : "  (known, not in this build)";
}

static int list_scenarios(void)
{
    for (size_t i = 0; i < library_count(); i++) {
        const struct library_entry entry = library_at(i);
        struct diags diags;
        const struct load_options as_written = LOAD_AS_WRITTEN;
        diags_init(&diags);
        struct plan *plan = scenario_load(entry.name, entry.name, entry.text, &as_written, &diags);
        if (plan != NULL) {
            char duration[32];
            duration_text(plan->duration, duration, sizeof duration);
            printf("%-37.*s %-11s %8s %6u bots %4u validators  " STR_FMT "\n", STR_ARG(entry.name), plan->id.data, duration, plan->bots_count,
                   plan->network.validators, STR_ARG(plan->description.len > 0 ? plan->description : plan->title));
            plan_free(plan);
        }
        diags_done(&diags);
    }
    return EXIT_PASSED;
}

static int list_behaviors(void)
{
    const struct behavior_family *const *families;
    const size_t count = behavior_families(&families);
    for (size_t f = 0; f < count; f++)
        for (size_t i = 0; i < families[f]->count; i++) {
            const struct behavior_spec *spec = &families[f]->specs[i];
            printf("%-32s %s%s%s\n", spec->name, spec->summary, spec->drives ? "  (drives its validator)" : "", mark(behavior_in_build(spec)));
        }
    return EXIT_PASSED;
}

static void list_mix(const struct role_variant *variant)
{
    struct role_part parts[ROLE_PARTS_MAX];
    const size_t count = role_mix(variant, parts);
    if (count == 0) return;
    printf("%-37s lives by", "");
    for (size_t i = 0; i < count; i++) {
        printf("%s %s", i > 0 ? "," : "", parts[i].behavior->name);
        if (parts[i].param) printf(" (%s %s)", parts[i].param, parts[i].value);
        if (parts[i].weight > 0) printf(" %" PRIu64 "%%", (parts[i].weight * 200 / role_mix_weight(variant) + 1) / 2);
    }
    if (role_mix_weight(variant) > 0) printf("; %s", variant->pace);
    printf("%s\n", mark(role_mix_missing(variant) == NULL));
}

static int list_roles(void)
{
    const struct role *table;
    const size_t count = roles(&table);
    for (size_t i = 0; i < count; i++)
        for (size_t v = 0; v < table[i].variants_count; v++) {
            printf("%-18s %-18s %s%s\n", table[i].name, table[i].variants[v].name, table[i].variants[v].summary, mark(table[i].in_build));
            if (table[i].in_build) list_mix(&table[i].variants[v]);
        }
    return EXIT_PASSED;
}

static int list_checks(void)
{
    for (size_t i = 0; i < CHECK_IDS; i++) {
        char invariant[16] = "";
        if (check_specs[i].invariant > 0) snprintf(invariant, sizeof invariant, "INV-%02u", check_specs[i].invariant);
        printf("%-22s %-7s %s%s\n", check_specs[i].name, invariant, check_specs[i].summary, mark(check_specs[i].in_build));
    }
    return EXIT_PASSED;
}

static int list_metrics(void)
{
    for (size_t i = 0; i < METRIC_IDS; i++)
        printf("%-26s %-11s %-12s %s%s\n%-51s %s\n", metric_specs[i].name, metric_specs[i].group, metric_specs[i].correctness ? "correctness" : "threshold",
               metric_specs[i].summary, mark(metric_specs[i].in_build), "", dimension_text(metric_specs[i].dimension));
    return EXIT_PASSED;
}

static int list_actions(void)
{
    for (size_t i = 0; i < ACTION_IDS; i++) {
        printf("%-22s %s%s\n", action_specs[i].name, action_specs[i].summary, mark(action_specs[i].in_build));
        const struct action_param *param = action_specs[i].params;
        for (bool first = true; param != NULL && param->name != NULL; param++, first = false)
            printf("%s%s%s", first ? "                         " : ", ", param->name, param->required ? "" : "?");
        if (action_specs[i].params != NULL) printf("\n");
    }
    return EXIT_PASSED;
}

static const struct {
    const char *what;
    int (*list)(void);
} lists[] = {
    {"scenarios", list_scenarios}, {"behaviors", list_behaviors}, {"roles", list_roles},
    {"checks", list_checks},       {"metrics", list_metrics},     {"actions", list_actions},
};

static int run(const struct args *args)
{
    const struct str what = args->words.count > 0 ? args->words.data[0] : STR("scenarios");
    for (size_t i = 0; i < ARRAY_LEN(lists); i++)
        if (str_eq(what, str_of(lists[i].what))) return lists[i].list();
    fprintf(stderr, "adnet-testbots list: error: \"" STR_FMT "\" is not one of scenarios, behaviors, roles, checks, metrics, actions\n", STR_ARG(what));
    return EXIT_BAD_INPUT;
}

static const struct flag flags[] = {{0}};

const struct verb verb_list = {
    .name = "list",
    .words = "[scenarios|behaviors|roles|checks|metrics|actions]",
    .summary = "what there is: scenarios, or the words that scenarios are written in",
    .flags = flags,
    .run = run,
};
