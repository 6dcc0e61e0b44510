/* Tracks that name bots and no behaviour: their bots live by the mixes of their roles. Such a track becomes one for each behaviour of a mix,
 * with its share of the pace; arrivals are Poisson, so that together they are what one Poisson stream gives whose events are drawn by
 * weight (Kingman, "Poisson Processes", 1993: superposition and colouring), while each behaviour has figures of its own. */
#include "tester/scenario/load_priv.h"

static void strays_refuse(struct loader *loader, const struct yaml *mapping, const char *what, bool concurrent)
{
    static const char *const of_phase[] = {"metrics", "assertions"};
    static const char *const with_behavior[] = {"params", "hold", "capture", "expect_error", "count"};
    for (size_t i = 0; i < ARRAY_LEN(with_behavior); i++) {
        const struct yaml *stray = yaml_find(mapping, str_of(with_behavior[i]));
        if (stray) diags_error(loader->diags, stray->key_place, "'%s' needs a behavior: %s names none, so its bots live by the mix of their role", with_behavior[i], what);
    }
    for (size_t i = 0; concurrent && i < ARRAY_LEN(of_phase); i++) {
        const struct yaml *stray = yaml_find(mapping, str_of(of_phase[i]));
        if (stray) diags_error(loader->diags, stray->key_place, "'%s' of bots that live by a mix belong to the phase: a mix is several behaviours", of_phase[i]);
    }
}

static bool has_mix(struct loader *loader, const struct yaml *bots, const struct plan_group *group)
{
    if (!group->role || !group->variant) return false; /* told already */
    struct role_part parts[ROLE_PARTS_MAX];
    const struct behavior_spec *missing = role_mix_missing(group->variant);
    if (role_mix(group->variant, parts) == 0)
        diags_error(loader->diags, bots->place, "role '%s/%s' of '" STR_FMT "' has no mix to live by: name a behavior", group->role->name, group->variant->name,
                    STR_ARG(group->stem));
    else if (missing)
        diags_error(loader->diags, bots->place, "role '%s/%s' of '" STR_FMT "' lives by '%s' among others, which is not in this build: name a behavior",
                    group->role->name, group->variant->name, STR_ARG(group->stem), missing->name);
    else return true;
    return false;
}

/* Those of the selection that are of this group. */
static struct selection of_group(struct loader *loader, const struct selection *all, uint32_t number)
{
    const struct plan_group *group = &loader->groups.data[number];
    struct selection out = {.slices = arena_array(loader->arena, struct slice, all->slices_count + 1),
                            .bots = arena_array(loader->arena, uint32_t, all->bots_count + 1)};
    for (uint32_t i = 0; i < all->slices_count; i++)
        if (all->slices[i].group == number) out.slices[out.slices_count++] = all->slices[i];
    for (uint32_t i = 0; i < all->bots_count; i++)
        if (all->bots[i] >= group->first && all->bots[i] < group->first + group->count) out.bots[out.bots_count++] = all->bots[i];
    return out;
}

/* The share of the pace: `written` where the track has a rate (of all its bots together when it says total), else the variant's. */
static void part_pace(const struct role_variant *variant, const struct role_part *part, const struct plan_track *written, uint32_t all_bots,
                      struct plan_track *track)
{
    struct err err;
    struct schedule_plan *schedule = &track->schedule;
    *schedule = written->schedule;
    if (!written->paced) {
        const bool fine = schedule_parse(str_of(variant->pace), schedule, &err);
        ASSERT(fine); /* test_role looks at every pace */
    }
    const uint64_t of = role_mix_weight(variant), bots = schedule->total ? track->bots_count : 1, among = schedule->total ? all_bots : 1;
    schedule->rate = rate_scale(schedule->rate, part->weight * bots, of * among);
    schedule->rate_end = rate_scale(schedule->rate_end, part->weight * bots, of * among);
    if (schedule->arrivals == ARRIVALS_CONSTANT) schedule->arrivals = ARRIVALS_POISSON;
    track->paced = true;
}

/* Its parameters: the behaviour's, and what the variant has of its own. */
static void part_params(struct loader *loader, const struct role_part *part, struct plan_track *track)
{
    size_t row;
    struct err err;
    params_read(loader, NULL, track);
    if (part->param == NULL) return;
    const bool fine = param_specs_find(track->behavior->params, str_of(part->param), &row) &&
                      arg_parse(&track->behavior->params[row], str_of(part->value), loader->arena, (struct arg *)&track->args[row], &err);
    ASSERT(fine); /* test_role looks at every one */
}

static void wallet_give(struct plan_group *group)
{
    const struct role_wallet *wallet = &group->variant->wallet;
    const u128 million = 1000000;
    if (group->wallet_stated) return;
    group->wallet_ax = wallet->ax * million;
    group->wallet_dx = wallet->dx * million;
    group->wallet_sax = wallet->sax * million;
    group->wallet_usd = wallet->usd * million;
}

static void group_add(struct loader *loader, const struct selection *all, uint32_t number, const struct track_draft *written, struct track_draft *drafts,
                      uint32_t *count)
{
    const struct role_variant *variant = loader->groups.data[number].variant;
    struct role_part parts[ROLE_PARTS_MAX];
    const size_t parts_count = role_mix(variant, parts);
    const struct selection own = of_group(loader, all, number);
    wallet_give(&loader->groups.data[number]);
    if (own.bots_count == 0) return; /* scaled away */
    for (size_t i = 0; i < parts_count; i++) {
        if (*count == TRACKS_MAX) {
            diags_error(loader->diags, written->track.place, "more than %u tracks in a phase", TRACKS_MAX);
            return;
        }
        struct track_draft *draft = &drafts[(*count)++];
        *draft = *written;
        draft->selection = own;
        draft->track.behavior = parts[i].behavior;
        draft->track.bots = own.bots;
        draft->track.bots_count = own.bots_count;
        draft->track.mostly = 2 * parts[i].weight >= role_mix_weight(variant);
        draft->track.paced = false;
        draft->track.schedule = (struct schedule_plan){0};
        if (parts[i].weight > 0) part_pace(variant, &parts[i], &written->track, all->bots_count, &draft->track);
        part_params(loader, &parts[i], &draft->track);
    }
}

void mix_read(struct loader *loader, const struct yaml *mapping, const char *what, bool concurrent, struct track_draft *drafts, uint32_t *count)
{
    const struct yaml *bots = yaml_find(mapping, STR("bots"));
    struct track_draft written = {.track = {.place = bots->place, .mix = *count + 1}};
    struct selection all;
    strays_refuse(loader, mapping, what, concurrent);
    track_manner_read(loader, mapping, &written.track);
    if (concurrent) (void)duration_read(loader, yaml_find(mapping, STR("delay")), "delay", &written.track.delay);
    if (!selection_read(loader, bots, &all)) return;
    for (uint32_t i = 0; i < all.slices_count; i++) {
        bool before = false;
        for (uint32_t k = 0; k < i; k++) before = before || all.slices[k].group == all.slices[i].group;
        if (!before && has_mix(loader, bots, &loader->groups.data[all.slices[i].group])) group_add(loader, &all, all.slices[i].group, &written, drafts, count);
    }
}
