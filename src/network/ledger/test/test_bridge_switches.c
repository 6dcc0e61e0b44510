/* Each planted weakness of the bridge, probed directly: off, the guard holds with its code; on, it is gone. */
#include "network/ledger/test/bridge_town.h"

static struct hash id_of(const struct bt *bt, enum chain_id from, uint64_t sequence)
{
    struct ipc_message message;
    CHECK(ipc_decode(bt_message_bytes(&bt->ends[from - 1], sequence), &message));
    return message.body.transfer.id;
}

static struct bt *with(int weakness, bool on)
{
    const int weak[] = {weakness, -1};
    return bt_new(on ? weak : NULL);
}

/* A network with one lock of 500 on Alpha, final there. */
static struct bt *with_lock(int weakness, bool on)
{
    struct bt *bt = with(weakness, on);
    CHECK_U64(bt_do(bt, CHAIN_ALPHA, bt_lock(bt, 0, 1, 500)), CODE_NONE);
    bt_empty(bt, CHAIN_ALPHA, 2);
    return bt;
}

static void no_unlock_id_uniqueness(void)
{
    for (int on = 0; on < 2; on++) {
        struct bt *bt = with_lock(WEAKNESS_NO_UNLOCK_ID_UNIQUENESS, on);
        const struct hash id = id_of(bt, CHAIN_ALPHA, 1);
        CHECK_U64(bt_deliver(bt, CHAIN_ALPHA, 1), CODE_NONE);
        CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_claim(bt, CHAIN_DELTA, 1, &id)), CODE_NONE);
        CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_claim(bt, CHAIN_DELTA, 2, &id)), on ? CODE_NONE : CODE_UNLOCK_ID_ALREADY_USED);
        CHECK_U64(bt_supply(bt, TOKEN_SAX).bridge_minted.units, on ? 1000 : 500);
        bt_free(bt);
    }
}

static void mint_on_inclusion(void)
{
    for (int on = 0; on < 2; on++) {
        struct bt *bt = with_lock(WEAKNESS_MINT_ON_INCLUSION, on);
        const union payload claim = bt_claim_proof(bt, CHAIN_DELTA, 1); /* its block is unknown on Delta */
        CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_claim_tx(bt, CHAIN_DELTA, 1, &claim)), on ? CODE_NONE : CODE_SOURCE_NOT_FINAL);
        CHECK_U64(bt_supply(bt, TOKEN_SAX).bridge_minted.units, on ? 500 : 0);
        bt_free(bt);
    }
}

/* An altered amount, in a claim; and a certificate without quorum, in a delivery. */
static void skip_merkle_verification(void)
{
    for (int on = 0; on < 2; on++) {
        struct bt *bt = with_lock(WEAKNESS_SKIP_MERKLE_VERIFICATION, on);
        struct bt_delivery d = bt_delivery(bt, CHAIN_ALPHA, 1, true);
        struct buf bytes = {0}, message = {0};
        struct finality_proof *weak = bt_prove(bt, CHAIN_ALPHA, 1, 2);
        finality_encode(weak, &bytes);
        finality_unref(weak);
        struct bt_delivery unproven = d;
        unproven.payload.ipc_deliver.proof = buf_str(&bytes);
        CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_deliver_tx(bt, CHAIN_ALPHA, 5, &unproven)), on ? CODE_NONE : CODE_INVALID_PROOF);
        if (!on) CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_deliver_tx(bt, CHAIN_ALPHA, 5, &d)), CODE_NONE);
        union payload claim = bt_claim_proof(bt, CHAIN_DELTA, 1);
        struct ipc_message altered;
        CHECK(ipc_decode(claim.claim.message, &altered));
        altered.body.transfer.amount = AMOUNT(7000000);
        ipc_encode(&altered, &message);
        claim.claim.message = buf_str(&message);
        CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_claim_tx(bt, CHAIN_DELTA, 1, &claim)), on ? CODE_NONE : CODE_INVALID_PROOF);
        CHECK_U64(bt_supply(bt, TOKEN_SAX).bridge_minted.units, on ? 7000000 : 0);
        buf_done(&bytes);
        buf_done(&message);
        bt_free(bt);
    }
}

static void no_ipc_sequence_check(void)
{
    for (int on = 0; on < 2; on++) {
        struct bt *bt = with_lock(WEAKNESS_NO_IPC_SEQUENCE_CHECK, on);
        const struct hash id = id_of(bt, CHAIN_ALPHA, 1);
        CHECK_U64(bt_deliver(bt, CHAIN_ALPHA, 1), CODE_NONE);
        CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_claim(bt, CHAIN_DELTA, 1, &id)), CODE_NONE);
        CHECK_U64(bt_deliver(bt, CHAIN_ALPHA, 1), on ? CODE_NONE : CODE_IPC_DUPLICATE);
        CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_claim(bt, CHAIN_DELTA, 1, &id)), on ? CODE_NONE : CODE_UNLOCK_ID_ALREADY_USED);
        CHECK_U64(bt_supply(bt, TOKEN_SAX).bridge_minted.units, on ? 1000 : 500);
        bt_free(bt);
    }
}

/* The second lock's message comes alone: without the buffer it takes effect before the first one's, and one beyond the window too. */
static void ipc_apply_on_arrival(void)
{
    for (int on = 0; on < 2; on++) {
        struct bt *bt = with(WEAKNESS_IPC_APPLY_ON_ARRIVAL, on);
        for (int i = 0; i < 258; i++) CHECK_U64(bt_do(bt, CHAIN_ALPHA, bt_lock(bt, 0, 1, 500)), CODE_NONE);
        bt_empty(bt, CHAIN_ALPHA, 2);
        const struct hash id = id_of(bt, CHAIN_ALPHA, 2);
        CHECK_U64(bt_deliver(bt, CHAIN_ALPHA, 2), CODE_NONE);
        CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_claim(bt, CHAIN_DELTA, 1, &id)), on ? CODE_NONE : CODE_LOCK_NOT_FOUND);
        CHECK_U64(bt_deliver(bt, CHAIN_ALPHA, 258), on ? CODE_NONE : CODE_IPC_OUT_OF_ORDER);
        CHECK_U64(bt_deliver(bt, CHAIN_ALPHA, 1), CODE_NONE);
        struct bridge_inbox inbox;
        bridge_inbox(bt->ends[1].state, &inbox);
        CHECK_U64(inbox.sequence, 2); /* each once, the gap closed */
        bt_free(bt);
    }
}

/* A message that no block holds, beside a block that is known. */
static void ipc_accept_forged(void)
{
    for (int on = 0; on < 2; on++) {
        struct bt *bt = with_lock(WEAKNESS_IPC_ACCEPT_FORGED, on);
        CHECK_U64(bt_deliver(bt, CHAIN_ALPHA, 1), CODE_NONE);
        struct ipc_message forged;
        struct buf bytes = {0};
        CHECK(ipc_decode(bt_message_bytes(&bt->ends[0], 1), &forged));
        forged.sequence = 2;
        forged.body.transfer.id.b[0] ^= 1;
        forged.body.transfer.amount = AMOUNT(123456);
        ipc_encode(&forged, &bytes);
        struct bt_delivery d = bt_delivery(bt, CHAIN_ALPHA, 1, false);
        d.payload.ipc_deliver.messages.count = 1;
        d.payload.ipc_deliver.messages.items[0] = (struct relayed){.message = buf_str(&bytes)};
        CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_deliver_tx(bt, CHAIN_ALPHA, 5, &d)), on ? CODE_NONE : CODE_INVALID_PROOF);
        CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_claim(bt, CHAIN_DELTA, 1, &forged.body.transfer.id)), on ? CODE_NONE : CODE_LOCK_NOT_FOUND);
        CHECK_U64(bt_supply(bt, TOKEN_SAX).bridge_minted.units, on ? 123456 : 0);
        buf_done(&bytes);
        bt_free(bt);
    }
}

static void unlock_unknown_id(void)
{
    for (int on = 0; on < 2; on++) {
        struct bt *bt = with_lock(WEAKNESS_UNLOCK_UNKNOWN_ID, on);
        const struct hash id = {{1, 2, 3}};
        CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_claim(bt, CHAIN_DELTA, 3, &id)), on ? CODE_NONE : CODE_LOCK_NOT_FOUND);
        CHECK(on == (bt_free_of(bt, CHAIN_DELTA, 3, TOKEN_SAX) > 0));
        CHECK_U64(bt_do(bt, CHAIN_ALPHA, bt_lock(bt, 0, 1, 5000000)), CODE_NONE);
        const u128 before = bt_free_of(bt, CHAIN_ALPHA, 3, TOKEN_AX);
        CHECK_U64(bt_do(bt, CHAIN_ALPHA, bt_claim(bt, CHAIN_ALPHA, 3, &id)), on ? CODE_NONE : CODE_BURN_NOT_FOUND);
        CHECK(on == (bt_free_of(bt, CHAIN_ALPHA, 3, TOKEN_AX) > before));
        bt_free(bt);
    }
}

static void drop_bridge_message(void)
{
    for (int on = 0; on < 2; on++) {
        struct bt *bt = with(WEAKNESS_DROP_BRIDGE_MESSAGE, on);
        for (int i = 0; i < 45; i++) CHECK_U64(bt_do(bt, CHAIN_ALPHA, bt_lock(bt, 0, 1, 500)), CODE_NONE);
        CHECK_U64(bt->ends[0].messages_count, on ? 43 : 45); /* the 20th and the 40th are missing */
        CHECK_U64(bt_supply(bt, TOKEN_AX).bridge_locked.units, 45 * 500);
        struct bridge_books books;
        bridge_books(bt->ends[0].state, bt->ends[1].state, &books);
        CHECK_U64(books.silent, on ? 2 : 0); /* the audit tells */
        bt_free(bt);
    }
}

int main(void)
{
    RUN(no_unlock_id_uniqueness);
    RUN(mint_on_inclusion);
    RUN(skip_merkle_verification);
    RUN(no_ipc_sequence_check);
    RUN(ipc_apply_on_arrival);
    RUN(ipc_accept_forged);
    RUN(unlock_unknown_id);
    RUN(drop_bridge_message);
    return 0;
}
