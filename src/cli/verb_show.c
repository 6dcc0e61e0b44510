#include <inttypes.h>

#include "cli/source.h"
#include "cli/verbs.h"

static void show_rate(const struct plan_track *track)
{
    if (!track->paced) {
        printf(track->count > 0 ? "%" PRIu64 " each" : "once each", track->count);
        return;
    }
    static const char *const arrivals[] = {"", " ramp", " poisson"};
    const struct rate_words rate = rate_words(track->schedule.rate);
    printf("%" PRIu64 ".%03" PRIu64 "/%c%s%s", rate.milli / 1000, rate.milli % 1000, rate.unit, track->schedule.total ? " total" : " a bot",
           arrivals[track->schedule.arrivals]);
}

/* How many operations the schedule intends, for people: the rate times the time. */
static uint64_t expected_operations(const struct plan_track *track, const struct plan_phase *phase)
{
    if (!track->paced) return (uint64_t)track->bots_count * (track->count > 0 ? track->count : 1);
    const uint64_t from = rate_micro_per_second(track->schedule.rate);
    const uint64_t to = track->schedule.arrivals == ARRIVALS_RAMP ? rate_micro_per_second(track->schedule.rate_end) : from;
    const u128 streams = track->schedule.total ? 1 : track->bots_count;
    return (uint64_t)(streams * (from + to) / 2 * phase->duration.ns / NS_PER_S / 1000000);
}

static void show_track(const struct plan *plan, const struct plan_phase *phase, const struct plan_track *track)
{
    if (track->behavior == NULL) return;
    printf("      %-24s ", track->behavior->name);
    if (track->bots_count == 0) printf("observer");
    else printf("%u bots (" STR_FMT "%s), ", track->bots_count, STR_ARG(plan->bots[track->bots[0]].id), track->bots_count > 1 ? " ..." : "");
    if (track->bots_count > 0) {
        show_rate(track);
        if (phase->end == PHASE_BY_DURATION || !track->paced) printf(", about %" PRIu64 " operations", expected_operations(track, phase));
    }
    if (track->target == TRACK_VIEW) printf(", at " STR_FMT, STR_ARG(track->view));
    if (track->target == TRACK_PARTITION) printf(", at partition_%c", (char)('a' + track->partition));
    for (uint32_t i = 0; i < track->captures_count; i++)
        printf("%s" STR_FMT " as ${" STR_FMT "}", i == 0 ? ", keeps its " : ", ", STR_ARG(track->captures[i].path), STR_ARG(track->captures[i].name));
    if (track->hold > 0) printf(", held back or hurried so that %u wait in the pool, +- %u.%02u%%", track->hold, track->hold_within_bps / 100, track->hold_within_bps % 100);
    if (track->expect_error != CODE_NONE) printf(", each must be refused with " STR_FMT, STR_ARG(code_text(track->expect_error)));
    printf("\n");
    for (uint32_t i = 0; i < track->assertions.count; i++)
        printf("        must hold: " STR_FMT " " STR_FMT "\n", STR_ARG(track->assertions.items[i].name), STR_ARG(track->assertions.items[i].expected));
}

static void show_phase(const struct plan *plan, uint32_t number)
{
    static const char *const ends[] = {"for", "until its condition, at most", "until all have ended, at most", "in parts, "};
    const struct plan_phase *phase = &plan->phases[number];
    char text[32], delay[32];
    duration_text(phase->end == PHASE_BY_DURATION || phase->end == PHASE_BY_CHILDREN ? phase->duration : phase->timeout, text, sizeof text);
    printf("  %2u. " STR_FMT ", %s %s", number + 1, STR_ARG(phase->name), ends[phase->end], text);
    if (phase->delay.ns > 0) {
        duration_text(phase->delay, delay, sizeof delay);
        printf(", after a wait of %s", delay);
    }
    printf("%s\n", phase->optional ? " (optional)" : "");
    for (uint32_t i = 0; i < phase->until.criteria.count; i++)
        printf("      %s " STR_FMT " " STR_FMT "\n", i == 0 ? "until" : phase->until.any ? "or" : "and", STR_ARG(phase->until.criteria.items[i].name),
               STR_ARG(phase->until.criteria.items[i].expected));
    for (uint32_t i = 0; i < phase->actions_count; i++) {
        const struct plan_action *action = &phase->actions[i];
        char at[32], every[32];
        duration_text(action->at, at, sizeof at);
        duration_text(action->every, every, sizeof every);
        printf("      chaos: %s " STR_FMT " at %s", action->action.spec->name, STR_ARG(action->action.params_json), at);
        if (action->count > 1) printf(", %u times, every %s", action->count, every);
        printf("\n");
    }
    for (uint32_t i = 0; i < phase->tracks_count; i++) show_track(plan, phase, &phase->tracks[i]);
    for (uint32_t i = 0; i < phase->assertions.count; i++)
        printf("      must hold: " STR_FMT " " STR_FMT "\n", STR_ARG(phase->assertions.items[i].name), STR_ARG(phase->assertions.items[i].expected));
}

static void show_amount(const char *what, u128 amount)
{
    char text[U128_TEXT];
    if (amount == 0) return;
    u128_text(amount, text);
    printf(", %s%s", text, what);
}

static void show_wallet(const struct plan *plan, const struct plan_group *group)
{
    show_amount(" AX", group->wallet_ax);
    show_amount(" DX", group->wallet_dx);
    show_amount(" sAX", group->wallet_sax);
    show_amount(" USD", group->wallet_usd);
    show_amount(" at stake", group->stake);
    const uint32_t seat = group->count > 0 ? plan_seat(plan, group->first) : 0;
    if (seat > 0 && group->count == 1) printf(", is v%u", seat);
    if (seat > 0 && group->count > 1) printf(", are v%u to v%u", seat, seat + group->count - 1);
    printf("\n");
}

/* Of the whole run, as far as it follows from rates and counts. */
static uint64_t operations_expected(const struct plan *plan)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < plan->phases_count; i++)
        for (uint32_t t = 0; t < plan->phases[i].tracks_count; t++) {
            const struct plan_phase *phase = &plan->phases[i];
            const struct plan_track *track = &phase->tracks[t];
            if (track->behavior != NULL && track->behavior->step != NULL && (phase->end == PHASE_BY_DURATION || !track->paced))
                sum += track->bots_count > 0 ? expected_operations(track, phase) : 1;
        }
    return sum;
}

void show_plan(const struct plan *plan)
{
    char duration[32];
    duration_text(plan->duration, duration, sizeof duration);
    printf(STR_FMT " (" STR_FMT "): " STR_FMT "\n", STR_ARG(plan->name), STR_ARG(plan->id), STR_ARG(plan->title));
    if (plan->description.len > 0) printf("  " STR_FMT "\n", STR_ARG(plan->description));
    printf("\nat most %s, seed %" PRIu64 ", %u validators, about %" PRIu64 " operations, target %s\n\n%s", duration, plan->seed, plan->network.validators,
           operations_expected(plan), target_kind_names[plan->network.target], plan->network.vulnerabilities_count > 0 ? "" : "bots:\n");
    for (uint32_t i = 0; i < plan->network.vulnerabilities_count; i++)
        printf("%s" STR_FMT "%s", i == 0 ? "planted: " : ", ", STR_ARG(plan->network.vulnerabilities[i].named), i + 1 == plan->network.vulnerabilities_count ? "\n\nbots:\n" : "");
    for (uint32_t i = 0; i < plan->groups_count; i++) {
        const struct plan_group *group = &plan->groups[i];
        printf("  %6u x " STR_FMT ", %s/%s", group->count, STR_ARG(group->stem), group->role->name, group->variant->name);
        show_wallet(plan, group);
    }
    printf("\nphases:\n");
    for (uint32_t i = 0; i < plan->phases_count; i++) show_phase(plan, i);
    printf("\nin the whole run:\n");
    for (uint32_t i = 0; i < plan->criteria.count; i++)
        printf("  must hold: " STR_FMT " " STR_FMT "\n", STR_ARG(plan->criteria.items[i].name), STR_ARG(plan->criteria.items[i].expected));
}

static int run(const struct args *args)
{
    struct err err = {0};
    struct source_options options;
    int status = EXIT_PASSED;
    if (args->words.count != 1) {
        fputs("adnet-testbots show: error: name one scenario or file; `adnet-testbots list` shows what there is\n", stderr);
        return EXIT_BAD_INPUT;
    }
    if (!source_options(args, &options, &err)) {
        source_options_done(&options);
        return source_fail(&err, EXIT_BAD_INPUT);
    }
    struct arena arena;
    arena_init(&arena, 0);
    struct plan *plan = source_load(&arena, args->words.data[0], &options.load, &status);
    if (plan != NULL) {
        if (args_has(args, "yaml")) fwrite(plan->text.data, 1, plan->text.len, stdout);
        else show_plan(plan);
        plan_free(plan);
    }
    arena_done(&arena);
    source_options_done(&options);
    return status;
}

static const struct flag flags[] = {SOURCE_FLAGS, {"yaml", NULL, "print the file instead of the plan", false}, {0}};

const struct verb verb_show = {
    .name = "show",
    .words = "SCENARIO|FILE",
    .summary = "the plan of a scenario: who does what when, and what must hold",
    .help = "Options that scale or override are applied first, so `show` tells what `run` with the same flags would do.",
    .flags = flags,
    .run = run,
};
