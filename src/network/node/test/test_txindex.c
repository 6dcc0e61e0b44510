/* The index against a slow list: ids in one block, in several, in none, and ids that share the bytes by which they are found. */
#include "core/base/check.h"
#include "core/base/rng.h"
#include "network/node/txindex.h"

#define BLOCKS 200
#define PLACES 40

static struct hash ids[BLOCKS][PLACES];

static const struct hash *id_of(void *ctx, uint32_t block, uint32_t place)
{
    (void)ctx;
    return &ids[block][place];
}

static void every_place_of_an_id_is_found_and_no_other(void)
{
    struct rng rng;
    rng_init(&rng, 3);
    struct txindex *index = txindex_new(id_of, NULL);
    for (uint32_t block = 0; block < BLOCKS; block++) {
        for (uint32_t place = 0; place < PLACES; place++) {
            rng_bytes(&rng, &ids[block][place], sizeof(struct hash));
            if (place < 10) memset(&ids[block][place], 7, 16); /* they differ only behind the bytes that choose slot and tag */
            if (block > 0 && rng_chance_bps(&rng, 2000)) ids[block][place] = ids[rng_below(&rng, block)][place];
            txindex_put(index, &ids[block][place], block, place);
        }
    }
    CHECK_U64(txindex_count(index), BLOCKS * PLACES);
    for (uint32_t block = 0; block < BLOCKS; block++) {
        const struct hash *id = &ids[block][block % PLACES];
        uint32_t expected = 0, found = 0;
        for (uint32_t b = 0; b < BLOCKS; b++)
            for (uint32_t p = 0; p < PLACES; p++) expected += hash_eq(&ids[b][p], id);
        for (struct txindex_hit hit = txindex_first(index, id); hit.found; hit = txindex_next(index, id, hit)) {
            CHECK(hash_eq(&ids[hit.block][hit.place], id));
            found++;
        }
        CHECK_U64(found, expected);
    }
    struct hash stranger;
    rng_bytes(&rng, &stranger, sizeof(stranger));
    CHECK(!txindex_first(index, &stranger).found);
    memset(&stranger, 7, sizeof(stranger));
    CHECK(!txindex_first(index, &stranger).found);
    txindex_free(index);
}

int main(void)
{
    RUN(every_place_of_an_id_is_found_and_no_other);
    return 0;
}
