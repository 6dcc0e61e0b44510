/* Any JSON as targets: it names validators that exist, or it is an error that says something. */
#include "network/devnet/targets.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct arena arena;
    struct err err = {0};
    arena_init(&arena, 0);
    const struct json *node = json_parse(&arena, (struct str){(const char *)data, bytes}, &err);
    for (uint32_t validators = 0; node && validators <= DEVNET_VALIDATORS_MAX; validators += 40) {
        struct target_set eligible = {0}, set;
        struct rng rng;
        rng_init(&rng, 1);
        for (uint32_t i = 0; i < validators; i += 2) target_add(&eligible, i);
        if (targets_parse(node, validators, &eligible, &rng, &set, &err)) {
            for (uint32_t i = validators; i < DEVNET_VALIDATORS_MAX; i++) ASSERT(!target_has(&set, i));
            ASSERT(target_count(&set) <= validators);
        } else {
            ASSERT(err.code != ERR_NONE && err.text[0] != 0);
        }
    }
    arena_done(&arena);
    return 0;
}
