/* Whether the executions of a run took place and were about the network: those that could not try, and those that end well and have done
 * nothing, prove nothing, however many. */
#include <inttypes.h>

#include "tester/scenario/run_priv.h"

static void nothing_found(struct run *run, struct str scope, struct str note)
{
    run_find(run, (struct finding){.kind = FINDING_RUN, .name = STR("evidence"), .scope = scope, .judgement = JUDGED_INVALID,
                                   .expected = STR("something asked, claimed or served"), .actual = STR("nothing"), .note = note, .samples = 1});
}

/* Nobody need have asked a service. */
void evidence_judge(struct run *run, const struct run_track *track, struct str scope)
{
    const uint64_t operations = tally_operations(&track->tally);
    if (operations == 0 || track->shared.by_status[OP_BROKEN] > 0 || track->shared.standing || track->plan->optional || track_did_anything(track)) return;
    nothing_found(run, scope, str_fmt(&run->arena, "%" PRIu64 " executions did nothing that says anything about the network", operations));
}

void evidence_judge_whole(struct run *run)
{
    uint64_t operations = 0;
    for (uint32_t i = 0; i < run->plan->tracks_count; i++) {
        if (run->tracks[i].plan->behavior->step != NULL && track_did_anything(&run->tracks[i])) return;
        operations += tally_operations(&run->tracks[i].tally);
    }
    if (operations > 0 && !run->interrupted) nothing_found(run, (struct str){0}, STR("no bot asked the network anything, claimed anything of it or served anybody"));
}

/* So many executions were demanded: those that could not even be tried did not happen. A paced track's are missing from what it offered. */
void tried_judge(struct run *run, const struct run_track *track, struct str scope)
{
    const uint64_t begun = track->tally.started, skipped = track->tally.skipped;
    if (track->plan->paced || track->plan->count == 0 || track->plan->mix != 0 || track->plan->optional || skipped == begun || skipped * 100 <= begun * 5) return;
    run_find(run, (struct finding){.kind = FINDING_RUN, .name = STR("tried"), .scope = scope, .judgement = JUDGED_INVALID,
                                   .expected = STR(">= 95% of the executions"),
                                   .actual = str_fmt(&run->arena, "%" PRIu64 " of %" PRIu64, begun - skipped, begun),
                                   .note = str_fmt(&run->arena, "%" PRIu64 " could not even be tried: %s", skipped, track->shared.skipped), .samples = 1});
}
