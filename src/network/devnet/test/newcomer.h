/* Newcomer: towns of short epochs, and how far one view has come in them: for nodes that begin after genesis, or anew. */
#ifndef DEVNET_TEST_NEWCOMER_H
#define DEVNET_TEST_NEWCOMER_H

#include "town.h"

#define EPOCH 20
static const struct devnet_parameter short_epochs[] = {{STR("epoch_blocks"), STR("20")}, {STR("block_interval_ms"), STR("200")}};
#define TOWN(n, s) {.validators = (n), .seed = (s), .parameters = short_epochs, .parameters_count = ARRAY_LEN(short_epochs)}

/* The final height of a view; UINT32_MAX when nobody answers. */
static inline uint32_t final_on(struct town *town, enum chain_id chain, uint32_t view)
{
    struct err err;
    char path[96];
    snprintf(path, sizeof(path), "/node/v%u/%s/block/height/finalized", view, chain == CHAIN_DELTA ? "mainnet" : "testnet");
    struct http_exchange *exchange = town_get_on(town, chain == CHAIN_DELTA ? STR("delta") : STR("alpha"), path);
    const bool good = exchange && http_response(exchange)->status == 200;
    const struct bare_u32 *bare = good ? wire_object_on(chain, exchange, &wire_u32, &err) : NULL;
    const uint32_t height = bare ? bare->value : UINT32_MAX;
    http_exchange_free(exchange);
    return height;
}

/* Until that height is final in this view; fails when it is not within two minutes. */
static inline void wait_final_on(struct town *town, enum chain_id chain, uint32_t view, uint32_t height)
{
    uint32_t final = final_on(town, chain, view);
    for (uint32_t i = 0; final == UINT32_MAX || final < height; i++) {
        if (i > 600) CHECK_FAIL("v%u stands at %u", view, final);
        town_sleep(town, 200);
        final = final_on(town, chain, view);
    }
}
static inline void wait_final(struct town *town, uint32_t view, uint32_t height) { wait_final_on(town, CHAIN_ALPHA, view, height); }

/* So many blocks become final in this view. */
static inline void goes_on(struct town *town, enum chain_id chain, uint32_t view, uint32_t blocks)
{
    const uint32_t from = final_on(town, chain, view);
    CHECK(from != UINT32_MAX);
    wait_final_on(town, chain, view, from + blocks);
}

#endif
