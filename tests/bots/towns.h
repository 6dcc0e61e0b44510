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

#endif
