#include "tester/bot/evicted.h"

static void drop(struct kept_txs *evicted, size_t i)
{
    tx_unref(evicted->txs.data[i].tx);
    vec_remove(&evicted->txs, i);
}

void evicted_note(struct bot *bot, enum chain_id chain, struct tx *tx, const struct spend *spend)
{
    struct kept_txs *evicted = &bot->evicted[chain_index(chain)];
    if (kept_find(evicted, &tx->id) != NULL) return; /* sent again, byte for byte, as fillers are */
    const struct kept fresh = {.tx = tx_ref(tx), .spend = *spend};
    if (evicted->txs.count == EVICTED_MAX) drop(evicted, 0);
    vec_push(&evicted->txs, fresh);
}

void evicted_forget(struct bot *bot, enum chain_id chain, uint64_t nonce)
{
    struct kept_txs *evicted = &bot->evicted[chain_index(chain)];
    for (size_t i = evicted->txs.count; i-- > 0;)
        if (evicted->txs.data[i].tx->nonce == nonce) drop(evicted, i);
}

static void receivers_credit(struct crew *crew, const struct tx *tx)
{
    for (uint16_t i = 0; i < tx->outputs_count; i++) {
        const struct tx_output output = tx_output_at(tx, i);
        for (uint32_t b = 0; b < crew->bots_count; b++) {
            if (!address_eq(&crew->bots[b]->identity.address, &output.to)) continue;
            const bool fits = wallet_receive(&crew->bots[b]->wallet, money_of((enum token)tx->token, output.amount));
            if (!fits) crew->bots[b]->wallet.purses[tx->token].loose = true; /* a network that makes money: the sums say nothing any more */
        }
    }
}

/* Whether it is final, and how it ended there. */
static bool is_final(const struct crew *crew, enum chain_id chain, const struct hash *id, struct instant deadline, struct receipt *out)
{
    struct answer answer;
    const struct tx_view *view = alpha_transaction(crew_client(crew, chain), id, TX_WAIT_NONE, (struct duration){0}, deadline, &answer);
    const bool final = view != NULL && view->status == TX_FINALIZED;
    if (final) *out = view->receipt;
    answer_done(&answer);
    return final;
}

/* Until `wallet` has executed as many as the account: 0, however many there are. */
static void book(struct crew *crew, struct bot *bot, enum chain_id chain, uint64_t nonce, uint64_t executed, struct instant deadline);

void evicted_book(struct crew *crew, struct bot *bot, enum chain_id chain, uint64_t nonce, struct instant deadline)
{
    book(crew, bot, chain, nonce, 0, deadline);
}

void evicted_settle(struct crew *crew, struct bot *bot, enum chain_id chain, struct instant deadline)
{
    struct kept_txs *evicted = &bot->evicted[chain_index(chain)];
    struct answer answer;
    if (evicted->txs.count == 0 || !crew_has(crew, chain)) return;
    const struct account_view *account = alpha_account(crew_client(crew, chain), &bot->identity.address, deadline, &answer);
    const bool told = account != NULL;
    const uint64_t executed = told ? account->nonce : 0;
    answer_done(&answer);
    if (!told) return;
    if (bot->wallet.lanes[chain_index(chain)].executed < executed) book(crew, bot, chain, EVICTED_ALL, executed, deadline);
    while (evicted->txs.count > 0) drop(evicted, evicted->txs.count - 1);
}

static void book(struct crew *crew, struct bot *bot, enum chain_id chain, uint64_t nonce, uint64_t executed, struct instant deadline)
{
    struct kept_txs *evicted = &bot->evicted[chain_index(chain)];
    const struct lane_nonces *lane = &bot->wallet.lanes[chain_index(chain)];
    for (size_t i = 0; i < evicted->txs.count && (executed == 0 || lane->executed < executed);) {
        struct tx *tx = evicted->txs.data[i].tx;
        const struct hash id = tx->id;
        struct receipt receipt;
        if (nonce != EVICTED_ALL && tx->nonce != nonce) {
            i++;
            continue;
        }
        const bool final = is_final(crew, chain, &id, deadline, &receipt);
        if (i >= evicted->txs.count || evicted->txs.data[i].tx != tx) { /* others were at it meanwhile: from the beginning */
            i = 0;
            continue;
        }
        if (!final) {
            i++;
            continue;
        }
        const bool success = receipt_success(&receipt);
        wallet_note(&bot->wallet, &evicted->txs.data[i].spend, success, receipt.fee_charged);
        if (success) receivers_credit(crew, tx);
        drop(evicted, i);
    }
}
