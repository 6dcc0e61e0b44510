#include "tester/bot/kept.h"

void kept_done(struct kept_txs *kept)
{
    for (size_t i = 0; i < kept->txs.count; i++) tx_unref(kept->txs.data[i].tx);
    vec_done(&kept->txs);
}

static size_t first_booked(const struct kept_txs *kept)
{
    size_t i = 0;
    while (i < kept->txs.count && !kept->txs.data[i].booked) i++;
    return i;
}

bool kept_has_room(const struct kept_txs *kept) { return kept->txs.count < KEPT_MAX || first_booked(kept) < kept->txs.count; }

bool kept_add(struct kept_txs *kept, struct tx *tx, const struct spend *spend)
{
    if (!kept_has_room(kept)) return false;
    if (kept->txs.count == KEPT_MAX) {
        const size_t i = first_booked(kept);
        tx_unref(kept->txs.data[i].tx);
        vec_remove(&kept->txs, i);
    }
    const struct kept fresh = {.tx = tx, .spend = *spend, .held = spend->open};
    vec_push(&kept->txs, fresh);
    return true;
}

struct kept *kept_find(const struct kept_txs *kept, const struct hash *id)
{
    for (size_t i = kept->txs.count; i-- > 0;)
        if (hash_eq(&kept->txs.data[i].tx->id, id)) return &kept->txs.data[i];
    return NULL;
}

struct kept *kept_oldest(const struct kept_txs *kept)
{
    for (size_t i = 0; i < kept->txs.count; i++)
        if (kept->txs.data[i].held) return &kept->txs.data[i];
    return NULL;
}
