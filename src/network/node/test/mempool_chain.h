/* Mempool chain: a chain of blocks that pools of a test ask about. */
#ifndef NODE_TEST_MEMPOOL_CHAIN_H
#define NODE_TEST_MEMPOOL_CHAIN_H

#include "network/node/mempool.h"

#include "network/ledger/test/fixture.h"

/* A chain of blocks that pools ask about; everybody in a test shares it. */
struct chain {
    struct town town;
    struct hash hashes[64]; /* by height */
    uint32_t asked;
    uint32_t dropped[CODE_COUNT];
    struct hash executed[64];
    size_t executed_count;
};

static inline bool on_chain(void *context, uint32_t height, const struct hash *hash)
{
    struct chain *chain = context;
    chain->asked++;
    return height <= ledger_height(chain->town.state) && hash_eq(&chain->hashes[height], hash);
}
static inline bool executed(void *context, const struct hash *id)
{
    const struct chain *chain = context;
    for (size_t i = 0; i < chain->executed_count; i++)
        if (hash_eq(&chain->executed[i], id)) return true;
    return false;
}
static inline void dropped(void *context, const struct tx *tx, enum code reason)
{
    (void)tx;
    ((struct chain *)context)->dropped[reason]++;
}

static inline struct mempool_head chain_head(const struct chain *chain)
{
    return (struct mempool_head){chain->town.state, chain->hashes[ledger_height(chain->town.state)]};
}

static inline void chain_init(struct chain *chain, const char *name, uint64_t value)
{
    struct params params;
    struct err err;
    memset(chain, 0, sizeof(*chain));
    params_init(&params, PROFILE_TEST, CHAIN_ALPHA);
    if (name != NULL) CHECK(params_set_u64(&params, str_of(name), value, &err));
    town_init_params(&chain->town, 1, &params);
}

static inline struct mempool *pool_of(struct chain *chain)
{
    const struct mempool_host host = {.context = chain, .on_chain = on_chain, .executed = executed, .dropped = dropped};
    const struct mempool_head head = chain_head(chain);
    return mempool_new(&chain->town.rules, &host, &head);
}

/* Executes these and moves `pool` to the new head. Releases nothing. */
static inline void chain_grow(struct chain *chain, struct mempool *pool, struct tx **txs, size_t count)
{
    for (size_t i = 0; i < count; i++) chain->executed[chain->executed_count++] = tx_ref(txs[i])->id;
    struct ledger_result *result = town_run(&chain->town, NULL, txs, count);
    CHECK_U64(result->verdict, LEDGER_GOOD);
    ledger_result_unref(result);
    const uint32_t height = ledger_height(chain->town.state);
    chain->hashes[height] = (struct hash){{(uint8_t)height, 0xab}};
    const struct mempool_head head = chain_head(chain);
    if (pool != NULL) mempool_head_set(pool, &head);
}

/* Admits and releases. */
static inline enum code admit(struct mempool *pool, struct tx *tx, struct mempool_ack *ack)
{
    struct mempool_ack ignored;
    struct apierror error;
    const enum code code = mempool_admit(pool, tx, TOWN_TIME, ack != NULL ? ack : &ignored, &error);
    tx_unref(tx);
    return code;
}

static inline size_t select_all(struct mempool *pool, struct tx **out, uint32_t most)
{
    const struct mempool_room room = {most, 4 << 20};
    return mempool_select(pool, &room, out);
}

#endif
