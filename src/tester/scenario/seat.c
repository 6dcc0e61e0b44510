#include "tester/scenario/run_priv.h"

#define ASK_S 30u

/* ---- validators whose keys bots carry ---- */

static bool plan_has_seats(const struct plan *plan)
{
    for (uint32_t g = 0; g < plan->groups_count; g++)
        if (strcmp(plan->groups[g].role->name, "validator") == 0) return true;
    return false;
}

bool seats_learn(struct run *run, struct err *err)
{
    struct answer answer;
    if (!plan_has_seats(run->plan)) return true;
    if (!run->target.admin) return err_set(err, ERR_UNSUPPORTED, "bots of role validator need the target's admin API: it tells which keys its validators have");
    const struct admin_info *info = admin_info(run->target.admin, instant_add(env_now(run->env), duration_s(ASK_S)), &answer);
    if (info) run->network_rng = info->rng;
    const bool ok = info != NULL;
    answer_done(&answer);
    return ok || err_set(err, ERR_UNAVAILABLE, "the admin API does not tell what the network is made of");
}

/* Whether the network's validator of that number has the keys the bot was given. One that has no node yet has no other. */
static bool seat_is_ours(const struct page *nodes, const struct bot *bot)
{
    const struct admin_node *items = nodes->items;
    for (uint32_t i = 0; i < nodes->count; i++)
        if (str_eq(items[i].name, str_of(bot->seat.name))) return address_eq(&items[i].address, &bot->identity.address);
    return true;
}

bool seats_check(struct run *run, struct err *err)
{
    struct answer answer;
    if (!plan_has_seats(run->plan)) return true;
    const struct page *nodes = admin_nodes(run->target.admin, instant_add(env_now(run->env), duration_s(ASK_S)), &answer);
    bool ok = nodes != NULL || err_set(err, ERR_UNAVAILABLE, "the admin API does not tell of its nodes");
    for (uint32_t i = 0; nodes && ok && i < run->plan->bots_count; i++)
        if (run->bots[i]->seat.number > 0 && !seat_is_ours(nodes, run->bots[i]))
            ok = err_set(err, ERR_CONFLICT, "validator %s of the target has other keys than bot " STR_FMT " would drive it with", run->bots[i]->seat.name,
                         STR_ARG(run->plan->bots[i].id));
    answer_done(&answer);
    return ok;
}

static bool external_put(struct run *run, const bool *which, bool enabled)
{
    struct buf names = {0};
    struct answer answer;
    struct json_writer w = json_writer_of(&names);
    uint32_t count = 0;
    json_array(&w);
    for (uint32_t i = 0; i < run->plan->bots_count; i++)
        if (which[i]) {
            json_put_str(&w, str_of(run->bots[i]->seat.name));
            count++;
        }
    json_array_end(&w);
    bool ok = true;
    if (count > 0) {
        ok = admin_external(run->target.admin, buf_str(&names), enabled, instant_add(env_now(run->env), duration_s(ASK_S)), &answer);
        answer_done(&answer);
    }
    buf_done(&names);
    return ok;
}

/* Changes how many tracks drive each bot of `track` by one; *out says whose nodes that concerns. */
static void drivers_count(struct run *run, const struct run_track *track, bool more, bool *out)
{
    for (uint32_t b = 0; b < track->plan->bots_count; b++) {
        const uint32_t bot = track->plan->bots[b];
        if (run->bots[bot]->seat.number == 0 || run->bots[bot]->seat.number > weather_nodes(run->weather)) continue;
        if (more) out[bot] = run->drivers[bot]++ == 0;
        else out[bot] = --run->drivers[bot] == 0;
    }
}

static void handed_back_run(void *arg)
{
    struct run_track *track = arg;
    struct run *run = track->run;
    bool *which = base_alloc(run->plan->bots_count + 1);
    while (!(track->began || track->closed || run->stopping) || track->live > 0) fiber_sleep(run->env, duration_ms(50));
    fiber_sleep(run->env, run->node.interval); /* the next phase may go on driving */
    drivers_count(run, track, false, which);
    if (!external_put(run, which, false)) run_event(run, EVENT_ERROR, track->phase, 0, STR("validators were not handed back to their nodes"));
    run->handing_back--;
    base_free(which);
}

void seats_drive(struct run *run, uint32_t phase)
{
    const struct plan_phase *plan = &run->plan->phases[phase];
    bool *which = base_alloc(run->plan->bots_count + 1);
    for (uint32_t t = 0; t < plan->tracks_count; t++) {
        struct run_track *track = &run->tracks[plan_track_number(run->plan, phase, t)];
        if (!track->plan->behavior || !track->plan->behavior->drives || !track->plan->behavior->step) continue;
        memset(which, 0, run->plan->bots_count);
        drivers_count(run, track, true, which);
        if (!external_put(run, which, true)) run_event(run, EVENT_ERROR, phase, 0, STR("nodes were not told to leave their validators to bots"));
        run->handing_back++;
        (void)fiber_spawn(run->env, handed_back_run, track);
    }
    base_free(which);
}

void seats_wait(struct run *run)
{
    while (run->handing_back > 0) fiber_sleep(run->env, duration_ms(50));
}

