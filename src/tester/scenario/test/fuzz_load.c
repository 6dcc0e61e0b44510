/* Any bytes at all as a scenario: a plan or findings with places, never anything else; and --set on whatever parses. */
#include "core/base/check.h"
#include "tester/scenario/load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct load_options options = LOAD_AS_WRITTEN;
    struct str text = {(const char *)data, size};
    const struct str set[1] = {STR("phases.0.duration=7s")};
    if (size > 0) { /* the first byte chooses what the command line says */
        if (data[0] & 1) options.duration = duration_s(data[0]);
        if (data[0] & 2) options.bots_micro = 1000u * data[0];
        if (data[0] & 4) options.sets = set, options.sets_count = 1;
        if (data[0] & 8) options.validators = data[0];
        if (!(data[0] & 16) && data[0] != 's') text = str_sub(text, 1, size);
    }
    struct diags diags;
    diags_init(&diags);
    struct plan *plan = scenario_load(STR("f/z"), STR("f.yaml"), text, &options, &diags);
    CHECK((plan == NULL) == (diags.errors_count > 0));
    struct buf out = {0};
    diags_print(&diags, &out);
    CHECK(plan != NULL || out.len > 0);
    if (plan)
        for (uint32_t i = 0; i < plan->phases_count; i++)
            for (uint32_t t = 0; t < plan->phases[i].tracks_count; t++) {
                const struct plan_track *track = &plan->phases[i].tracks[t];
                CHECK(behavior_in_build(track->behavior));
                for (uint32_t b = 0; b < track->bots_count; b++) CHECK(track->bots[b] < plan->bots_count);
            }
    buf_done(&out);
    diags_done(&diags);
    plan_free(plan);
    return 0;
}
