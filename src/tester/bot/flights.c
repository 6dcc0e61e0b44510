#include "tester/bot/flights.h"

void flights_done(struct flights *flights)
{
    for (size_t i = 0; i < flights->txs.count; i++) tx_unref(flights->txs.data[i]);
    vec_done(&flights->txs);
}

static size_t lower(const struct flights *flights, uint64_t nonce)
{
    size_t lo = 0, hi = flights->txs.count;
    if (hi > 0 && flights->txs.data[hi - 1]->nonce < nonce) return hi; /* nearly always: nonces come in order */
    while (lo < hi) {
        const size_t middle = lo + (hi - lo) / 2;
        if (flights->txs.data[middle]->nonce < nonce)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo;
}

void flights_add(struct flights *flights, struct tx *tx)
{
    const size_t at = lower(flights, tx->nonce), count = flights->txs.count;
    if (at < count && flights->txs.data[at]->nonce == tx->nonce) { /* one that was given up, and the chain said its nonce is free */
        tx_unref(flights->txs.data[at]);
        flights->txs.data[at] = tx_ref(tx);
        return;
    }
    vec_push(&flights->txs, tx_ref(tx));
    memmove(&flights->txs.data[at + 1], &flights->txs.data[at], (count - at) * sizeof(tx));
    flights->txs.data[at] = tx;
}

void flights_remove(struct flights *flights, const struct tx *tx)
{
    const size_t at = lower(flights, tx->nonce);
    if (at == flights->txs.count || flights->txs.data[at] != tx) return;
    tx_unref(flights->txs.data[at]);
    vec_remove(&flights->txs, at);
}

struct tx *flights_from(const struct flights *flights, uint64_t nonce)
{
    const size_t at = lower(flights, nonce);
    return at < flights->txs.count ? flights->txs.data[at] : NULL;
}

void flights_forget_below(struct flights *flights, uint64_t nonce)
{
    const size_t gone = lower(flights, nonce);
    for (size_t i = 0; i < gone; i++) tx_unref(flights->txs.data[i]);
    flights->txs.count -= gone;
    if (gone > 0) memmove(flights->txs.data, flights->txs.data + gone, flights->txs.count * sizeof(*flights->txs.data));
}
