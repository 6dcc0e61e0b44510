#include <stdlib.h>

#include "network/byzantine/liar_priv.h"

/* ---- censor ---- */

static bool unwanted(const struct liar_params *params, const struct tx *tx)
{
    for (uint32_t i = 0; i < params->senders_count; i++)
        if (address_eq(&params->senders[i], &tx->sender)) return true;
    for (uint32_t i = 0; i < params->kinds_count; i++)
        if (params->kinds[i] == (uint16_t)tx->kind) return true;
    return false;
}

/* What is left out takes its sender's later ones with it: their nonces would have a gap. */
static size_t censor(const struct liar_params *params, struct tx **txs, size_t count)
{
    struct map out;
    size_t left = 0;
    map_init(&out, sizeof(struct address), sizeof(uint8_t));
    for (size_t i = 0; i < count; i++) {
        if (unwanted(params, txs[i])) (void)map_put(&out, &txs[i]->sender, NULL);
        if (map_find(&out, &txs[i]->sender) == NULL) txs[left++] = txs[i];
    }
    map_done(&out);
    return left;
}

/* ---- order ---- */

struct placed {
    struct tx *tx;
    size_t slot;
};

static int by_nonce(const void *a, const void *b)
{
    const struct placed *x = a, *y = b;
    const int order = memcmp(&x->tx->sender, &y->tx->sender, sizeof(struct address));
    return order != 0 ? order : x->tx->nonce < y->tx->nonce ? -1 : x->tx->nonce > y->tx->nonce;
}

static int by_slot(const void *a, const void *b)
{
    const struct placed *x = a, *y = b;
    const int order = memcmp(&x->tx->sender, &y->tx->sender, sizeof(struct address));
    return order != 0 ? order : x->slot < y->slot ? -1 : x->slot > y->slot;
}

/* The worst first; the slots that a sender has then are filled in the order of its nonces. */
static void reverse(struct tx **txs, size_t count)
{
    if (count == 0) return;
    struct placed *nonces = base_alloc(sizeof(*nonces) * count), *slots = base_alloc(sizeof(*slots) * count);
    for (size_t i = 0; i < count; i++) nonces[i] = slots[i] = (struct placed){txs[i], count - 1 - i};
    qsort(nonces, count, sizeof(*nonces), by_nonce);
    qsort(slots, count, sizeof(*slots), by_slot);
    for (size_t i = 0; i < count; i++) txs[slots[i].slot] = nonces[i].tx;
    base_free(nonces);
    base_free(slots);
}

/* The beneficiary's first, all else as it was. */
static void insert_own(const struct address *own, struct tx **txs, size_t count)
{
    if (count == 0) return;
    struct tx **others = base_alloc(sizeof(struct tx *) * count);
    size_t first = 0, rest = 0;
    for (size_t i = 0; i < count; i++) {
        if (address_eq(&txs[i]->sender, own)) txs[first++] = txs[i];
        else others[rest++] = txs[i];
    }
    for (size_t i = 0; i < rest; i++) txs[first + i] = others[i];
    base_free(others);
}

static void reorder(const struct liar *liar, struct tx **txs, size_t count)
{
    const struct liar_params *params = &liar->params[LIAR_REORDER_TRANSACTIONS];
    if (params->policy == LIAR_REVERSE_TIP) reverse(txs, count);
    else insert_own(params->has_beneficiary ? &params->beneficiary : &liar->address, txs, count);
}

static size_t general_count(struct tx *const *txs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (kind_find(txs[i]->kind)->lane == LANE_DEX) return i;
    return count;
}

size_t liar_choose(struct liar *liar, struct tx **txs, size_t count)
{
    if (liar->on[LIAR_CENSOR]) count = censor(&liar->params[LIAR_CENSOR], txs, count);
    if (!liar->on[LIAR_REORDER_TRANSACTIONS]) return count;
    const size_t general = general_count(txs, count);
    reorder(liar, txs, general);
    reorder(liar, txs + general, count - general);
    return count;
}
