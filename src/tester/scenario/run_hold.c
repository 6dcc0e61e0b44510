#include <inttypes.h>

#include "tester/scenario/run_priv.h"

/* A track that holds the pool at a size. Its bots keep the schedule of the rate, as many as HOLD_HURRY times as fast; an arrival begins only
 * while what the last reading found, and what all bots had admitted since, is below the aim. So the pool is filled quickly and then kept full
 * by as much as blocks take out of it, whatever that is. */

#define HOLD_EVERY_MS 100u
#define HOLD_ASK_S 5u
#define HOLD_KEPT_PCT 95u

static uint64_t submitted_of(const struct run *run)
{
    uint64_t submitted = 0;
    for (uint32_t i = 0; i < run->plan->tracks_count; i++) submitted += run->tracks[i].shared.submitted;
    return submitted;
}

static void pool_note(struct run_track *track, uint32_t size, uint32_t capacity)
{
    struct holding_pace *pace = &track->pace;
    const uint64_t target = track->plan->hold, off = target * track->plan->hold_within_bps / 10000;
    const uint64_t above = target + off / 2; /* blocks take a batch at once: the middle of what is seen is then the target */
    pace->aim = (uint32_t)MIN(above, MAX(capacity, 1));
    pace->size = size;
    pace->submitted = submitted_of(track->run);
    if (!pace->reached && size + off >= target) {
        pace->reached = true;
        pace->fill = instant_since(env_now(track->run->env), track->start);
        pace->least = size;
    }
    if (!pace->reached) return;
    pace->readings++;
    pace->kept += size + off >= target && size <= target + off;
    pace->least = MIN(pace->least, size);
    pace->most = MAX(pace->most, size);
}

static void hold_run(void *arg)
{
    struct run_track *track = arg;
    struct run *run = track->run;
    while (!track->closed && !run->stopping) {
        struct answer answer;
        const struct pool_stats *stats = alpha_pool_stats(&run->target.alpha, instant_add(env_now(run->env), duration_s(HOLD_ASK_S)), &answer);
        if (stats && !track->closed) pool_note(track, stats->total, stats->capacity);
        answer_done(&answer);
        fiber_sleep(run->env, duration_ms(HOLD_EVERY_MS));
    }
    track->live--;
}

void hold_begin(struct run_track *track)
{
    track->pace = (struct holding_pace){0};
    track->live++;
    (void)fiber_spawn(track->run->env, hold_run, track);
}

bool hold_allows(const struct run_track *track)
{
    const struct holding_pace *pace = &track->pace;
    return pace->size + (submitted_of(track->run) - pace->submitted) < pace->aim;
}

void hold_judge(struct run *run, const struct run_track *track, struct str scope)
{
    const struct holding_pace *pace = &track->pace;
    const bool kept = pace->readings > 0 && pace->kept * 100 >= pace->readings * HOLD_KEPT_PCT;
    const struct str actual = !pace->reached ? STR("never reached")
                                             : str_fmt(&run->arena, "%" PRIu64 " of %" PRIu64 " readings, %" PRIu32 " to %" PRIu32 ", filled in %" PRIu64 " ms", pace->kept,
                                                       pace->readings, pace->least, pace->most, pace->fill.ns / NS_PER_MS);
    run_find(run, (struct finding){.kind = FINDING_CHECK,
                                   .name = STR("held"),
                                   .scope = scope,
                                   .judgement = kept ? JUDGED_PASS : JUDGED_INVALID,
                                   .expected = str_fmt(&run->arena, "mempool_size %" PRIu32 " +- %" PRIu32 ".%02" PRIu32 "%%", track->plan->hold,
                                                       track->plan->hold_within_bps / 100, track->plan->hold_within_bps % 100),
                                   .actual = actual,
                                   .note = kept ? (struct str){0} : STR("the generator could not hold the pool there"),
                                   .samples = pace->readings});
}
