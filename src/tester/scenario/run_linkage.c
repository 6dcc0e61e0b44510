#include "tester/scenario/run_priv.h"

#define WINDOW_S 3600u /* how far back deposits may lie behind a withdrawal (PT-A-041) */

static void span_analyse(struct run *run, uint32_t plan_phase, struct span *span)
{
    if (!plan_asks_metric(run->plan, plan_phase, METRIC_LINKAGE_ADVANTAGE) || span->start.ns == 0) return;
    const struct shield_tape *tape = shield_tape_of(&run->crew);
    if (tape == NULL) return;
    const uint64_t interval = MAX(run->node.interval.ns, NS_PER_MS);
    const struct linkage_input input = {.record = &run->judge.shielded.record, .tape = tape, .ring_size = shield_ring_size(&run->crew),
                                        .first_note = shield_notes_of_genesis(&run->crew), .window_blocks = (uint32_t)(WINDOW_S * NS_PER_S / interval),
                                        .from = span->start, .to = span->end};
    struct linkage *found = arena_new(&run->arena, struct linkage);
    linkage_analyse(&input, found);
    span->linkage = found;
}

void linkage_read(struct run *run)
{
    for (uint32_t i = 0; i < run->plan->phases_count; i++) span_analyse(run, i, &run->phases[i].span);
    span_analyse(run, PLAN_NO_PARENT, &run->whole.span);
}
