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

/* ---- a track that drives ---- */

/* Whose nodes wait for it, by bot. */
struct driving {
    struct run_track *track;
    bool *still; /* its bots that drive and are not handed back */
    bool *which; /* scratch: those a request is about */
    uint32_t count;
};

static void driving_free(struct driving *driving)
{
    base_free(driving->still);
    base_free(driving->which);
    base_free(driving);
}

/* Its bots with a validator that runs take their seats; those that nobody drove before are told of. */
static struct driving *driving_new(struct run_track *track)
{
    struct run *run = track->run;
    struct driving *driving = base_alloc(sizeof(*driving));
    *driving = (struct driving){track, base_alloc(run->plan->bots_count + 1), base_alloc(run->plan->bots_count + 1), 0};
    for (uint32_t b = 0; b < track->plan->bots_count; b++) {
        const uint32_t bot = track->plan->bots[b];
        if (run->bots[bot]->seat.number == 0 || run->bots[bot]->seat.number > weather_nodes(run->weather)) continue;
        driving->still[bot] = true;
        driving->which[bot] = run->drivers[bot]++ == 0;
        driving->count++;
    }
    return driving;
}

/* Those of it that have nothing more to do in this track, into `which`; how many. */
static uint32_t done_take(struct driving *driving)
{
    const uint32_t bots = driving->track->run->plan->bots_count;
    uint32_t count = 0;
    memcpy(driving->which, driving->still, bots);
    track_unmark_busy(driving->track, driving->which);
    for (uint32_t bot = 0; bot < bots; bot++) {
        if (!driving->which[bot]) continue;
        driving->still[bot] = false;
        count++;
    }
    return count;
}

/* Seat by seat: whoever still waits for a last transaction needs the others' nodes at work again to see it final. */
static void handed_back_run(void *arg)
{
    struct driving *driving = arg;
    struct run_track *track = driving->track;
    struct run *run = track->run;
    while (driving->count > 0) {
        const bool over = track->closed || run->stopping || (track->began && track->live == 0);
        const uint32_t count = over ? done_take(driving) : 0;
        fiber_sleep(run->env, count > 0 ? run->node.interval : duration_ms(50)); /* the next phase may go on driving */
        if (count == 0) continue;
        driving->count -= count;
        for (uint32_t bot = 0; bot < run->plan->bots_count; bot++)
            if (driving->which[bot]) driving->which[bot] = --run->drivers[bot] == 0;
        if (!external_put(run, driving->which, false)) run_event(run, EVENT_ERROR, track->phase, 0, STR("validators were not handed back to their nodes"));
    }
    run->handing_back--;
    driving_free(driving);
}

void seats_drive(struct run *run, uint32_t phase)
{
    const struct plan_phase *plan = &run->plan->phases[phase];
    for (uint32_t t = 0; t < plan->tracks_count; t++) {
        struct run_track *track = &run->tracks[plan_track_number(run->plan, phase, t)];
        if (!track->plan->behavior || !track->plan->behavior->drives || !track->plan->behavior->step) continue;
        struct driving *driving = driving_new(track);
        if (!external_put(run, driving->which, true)) run_event(run, EVENT_ERROR, phase, 0, STR("nodes were not told to leave their validators to bots"));
        run->handing_back++;
        (void)fiber_spawn(run->env, handed_back_run, driving);
    }
}

void seats_wait(struct run *run)
{
    while (run->handing_back > 0) fiber_sleep(run->env, duration_ms(50));
}

