/* Towns: villages with short epochs, for nodes that join. */
#ifndef BOTS_TOWNS_H
#define BOTS_TOWNS_H

#include "village.h"

#define EPOCH 20
static const struct devnet_parameter short_epochs[] = {{STR("epoch_blocks"), STR("20")}, {STR("block_interval_ms"), STR("200")}};

static inline struct village_config town(uint64_t dx)
{
    return (struct village_config){.validators = 4, .bots = 1, .seed = 75, .ax = 1000000, .dx = dx, .simulated = true, .wire = WIRE_TEXT,
                                   .parameters = short_epochs, .parameters_count = ARRAY_LEN(short_epochs)};
}

static inline void final_at(struct village *v, uint32_t height)
{
    uint32_t reached = 0;
    struct answer answer;
    for (uint32_t i = 0; reached < height; i++) {
        CHECK(i < 600);
        fiber_sleep(v->env, duration_ms(200));
        CHECK(alpha_height_final(&v->crew.alpha, village_in(v, duration_s(10)), &reached, &answer));
        answer_done(&answer);
    }
}

#endif
