/* Key images of the shielded spends that wait: a second spend of the same note is refused, and all leave that a block has spent. */
#include "chain/shielded.h"
#include "network/ledger/shielded_view.h"
#include "network/node/mempool_priv.h"

void images_note(struct mempool *pool, const struct tx *tx)
{
    struct hash images[SHIELDED_INPUTS_MAX];
    const size_t count = shielded_key_images(tx, images);
    for (size_t i = 0; i < count; i++) {
        bool fresh;
        struct image *image = map_put(&pool->images, &images[i], &fresh);
        if (fresh) image->spender = tx->id;
        image->count++;
    }
}

void images_forget(struct mempool *pool, const struct tx *tx)
{
    struct hash images[SHIELDED_INPUTS_MAX];
    const size_t count = shielded_key_images(tx, images);
    for (size_t i = 0; i < count; i++) {
        struct image *image = map_find(&pool->images, &images[i]);
        ASSERT(image != NULL && image->count > 0); /* it was noted */
        if (--image->count == 0) (void)map_remove(&pool->images, &images[i]);
    }
}

uint8_t images_taken(const struct mempool *pool, const struct tx *tx)
{
    if (map_count(&pool->images) == 0) return 0;
    struct hash images[SHIELDED_INPUTS_MAX];
    const size_t count = shielded_key_images(tx, images);
    uint8_t taken = 0;
    for (size_t i = 0; i < count; i++)
        if (map_find(&pool->images, &images[i]) != NULL) taken |= (uint8_t)(1u << i);
    return taken;
}

void images_follow(struct mempool *pool)
{
    if (map_count(&pool->images) == 0) return;
    for (size_t i = map_next(&pool->images, 0); i != MAP_END; i = map_next(&pool->images, i + 1)) {
        const struct image *image = map_value_at(&pool->images, i);
        if (!ledger_key_image_refused(pool->rules, pool->head.state, map_key_at(&pool->images, i))) continue;
        struct entry **slot = map_find(&pool->ids, &image->spender);
        if (slot == NULL) continue; /* a switch let two wait, and the first has left */
        struct queue *queue = (*slot)->queue;
        entry_dropped(pool, *slot, CODE_NULLIFIER_SPENT);
        queue_drop(pool, queue, entry_index(*slot));
        (void)queue_settle(pool, queue); /* freed or not, it is not touched again */
    }
}

bool mempool_has_image(struct mempool *pool, const struct hash *image)
{
    mempool_digest(pool);
    return map_find(&pool->images, image) != NULL;
}
