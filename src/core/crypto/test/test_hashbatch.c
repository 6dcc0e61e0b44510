/* Hashes side by side against one by one: every length around the block borders, groups that are not full, and without the
 * processor's help. */
#include "core/base/check.h"
#include "core/base/rng.h"
#include "core/crypto/hashbatch.h"

enum { INPUTS = 600, BYTES_MAX = 300 };

static void check_batch(bool lanes)
{
    static struct {
        uint8_t data[BYTES_MAX];
        size_t bytes, head;
        const char *tag;
        struct hash out;
    } inputs[INPUTS];
    static const char *const tags[] = {"adnet/node/v1", "t", "", "adnet/a-rather-long-tag-for-a-hash/v1"};
    struct rng rng;
    rng_init(&rng, 31);
    struct hash_batch batch;
    hash_batch_init(&batch);
    batch.lanes = batch.lanes && lanes;
    size_t since = 0;
    for (size_t i = 0; i < INPUTS; i++) {
        inputs[i].bytes = i < BYTES_MAX ? i : (size_t)rng_below(&rng, BYTES_MAX);
        inputs[i].head = (size_t)rng_below(&rng, inputs[i].bytes + 1);
        inputs[i].tag = tags[rng_below(&rng, ARRAY_LEN(tags))];
        rng_bytes(&rng, inputs[i].data, inputs[i].bytes);
        hash_batch_add(&batch, inputs[i].tag, inputs[i].data, inputs[i].head, inputs[i].data + inputs[i].head,
                       inputs[i].bytes - inputs[i].head, &inputs[i].out);
        if (!rng_chance_bps(&rng, 1000) && i + 1 < INPUTS) continue;
        hash_batch_flush(&batch);
        for (; since <= i; since++) {
            const struct hash want = hash_tagged(inputs[since].tag, inputs[since].data, inputs[since].bytes);
            CHECK(hash_eq(&want, &inputs[since].out));
        }
    }
    CHECK_U64(since, INPUTS);
}

static void side_by_side_is_as_one_by_one(void) { check_batch(true); }
static void without_lanes_it_is_the_same(void) { check_batch(false); }

static void a_flush_of_nothing_is_nothing(void)
{
    struct hash_batch batch;
    hash_batch_init(&batch);
    hash_batch_flush(&batch);
    hash_batch_flush(&batch);
}

int main(void)
{
    RUN(side_by_side_is_as_one_by_one);
    RUN(without_lanes_it_is_the_same);
    RUN(a_flush_of_nothing_is_nothing);
    return 0;
}
