/* Random locks, burns, deliveries (any order, repeated, with gaps, with and without proofs) and claims, against a model that keeps
 * plain arrays: the code of each step, what is executed, and everybody's money agree. usage: test_bridge_model [seed] [steps] */
#include "network/ledger/test/bridge_town.h"

enum { MESSAGES = 2600, HEIGHTS = BT_BLOCKS_MAX };

struct direction { /* what the destination should know */
    bool known[HEIGHTS], executed[MESSAGES + 1], waiting[MESSAGES + 1], claimed[MESSAGES + 1];
    uint64_t last, executions;
};
struct model {
    struct direction from[2]; /* by source chain - 1 */
    uint64_t sax[BT_PEOPLE], locked, minted, burned;
    uint64_t codes[CODE_COUNT];
};

static struct ipc_transfer transfer_of(const struct bt *bt, enum chain_id from, uint64_t sequence)
{
    struct ipc_message message;
    CHECK(ipc_decode(bt_message_bytes(&bt->ends[from - 1], sequence), &message));
    return message.body.transfer;
}

static size_t person_of(const struct bt *bt, const struct address *address)
{
    for (size_t i = 0; i < BT_PEOPLE; i++)
        if (address_eq(&bt->people[i].address, address)) return i;
    CHECK_FAIL("nobody");
}

/* ---- the model's word on a delivery ---- */
static enum code model_take(struct direction *d, const uint64_t *sequences, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const uint64_t sequence = sequences[i];
        if (d->executed[sequence] || d->waiting[sequence]) continue;
        if (sequence > d->last + 256) return CODE_IPC_OUT_OF_ORDER;
        d->waiting[sequence] = true;
        while (d->last < MESSAGES && d->waiting[d->last + 1]) {
            d->last++;
            d->waiting[d->last] = false;
            d->executed[d->last] = true;
            d->executions++;
        }
    }
    return CODE_NONE;
}

static enum code model_deliver(struct direction *d, uint32_t height, bool proof, const uint64_t *sequences, size_t count)
{
    static struct direction after;
    if (!proof && !d->known[height]) return CODE_SOURCE_NOT_FINAL;
    bool anything = proof && !d->known[height];
    for (size_t i = 0; i < count; i++) anything = anything || !(d->executed[sequences[i]] || d->waiting[sequences[i]]);
    if (!anything) return CODE_IPC_DUPLICATE;
    after = *d;
    const enum code code = model_take(&after, sequences, count);
    if (code != CODE_NONE) return code;
    after.known[height] = true;
    *d = after;
    return CODE_NONE;
}

static enum code model_claim(const struct bt *bt, struct model *m, enum chain_id from, uint64_t sequence, bool proof)
{
    struct direction *d = &m->from[from - 1];
    const struct ipc_transfer body = transfer_of(bt, from, sequence);
    if (d->claimed[sequence]) return CODE_UNLOCK_ID_ALREADY_USED;
    if (proof && !d->known[bt->ends[from - 1].messages[sequence - 1].height]) return CODE_SOURCE_NOT_FINAL;
    if (!proof && !d->executed[sequence]) return from == CHAIN_ALPHA ? CODE_LOCK_NOT_FOUND : CODE_BURN_NOT_FOUND;
    d->claimed[sequence] = true;
    const uint64_t amount = (uint64_t)body.amount.units;
    if (from == CHAIN_ALPHA) {
        m->sax[person_of(bt, &body.recipient)] += amount;
        m->minted += amount;
    } else {
        m->locked -= amount;
    }
    return CODE_NONE;
}

/* ---- steps ---- */
static void step_send(struct bt *bt, struct model *m, struct rng *rng)
{
    const enum chain_id chain = rng_below(rng, 3) > 0 ? CHAIN_ALPHA : CHAIN_DELTA;
    struct tx *txs[8];
    enum code want[8];
    const size_t count = 1 + (size_t)rng_below(rng, 8);
    if (bt_end(bt, chain)->messages_count + count > MESSAGES) return;
    for (size_t i = 0; i < count; i++) {
        const size_t who = (size_t)rng_below(rng, BT_PEOPLE), to = (size_t)rng_below(rng, BT_PEOPLE);
        const uint64_t amount = 1 + rng_below(rng, 2000);
        want[i] = CODE_NONE;
        if (chain == CHAIN_ALPHA) {
            txs[i] = bt_lock(bt, who, to, amount);
            m->locked += amount;
        } else {
            txs[i] = bt_burn(bt, who, to, amount);
            if (m->sax[who] < amount) want[i] = CODE_INSUFFICIENT_BALANCE;
            else m->sax[who] -= amount, m->burned += amount;
        }
    }
    struct ledger_result *result = bt_run(bt, chain, txs, count, NULL);
    for (size_t i = 0; i < count; i++) CHECK_U64(result->receipts[i].code, want[i]);
    ledger_result_unref(result);
}

static void step_deliver(struct bt *bt, struct model *m, struct rng *rng)
{
    const enum chain_id from = rng_below(rng, 2) > 0 ? CHAIN_ALPHA : CHAIN_DELTA;
    const struct bt_end *end = bt_end(bt, from);
    struct direction *d = &m->from[from - 1];
    if (end->messages_count == 0) return;
    /* Mostly near the gap, else anywhere; then some of that block's messages, in any order. */
    const uint64_t ahead = d->last + 1 + rng_below(rng, 12), near = MIN(ahead, end->messages_count), any = 1 + rng_below(rng, end->messages_count);
    const uint64_t sequence = rng_below(rng, 4) > 0 ? near : any;
    const struct bt_message *message = &end->messages[sequence - 1];
    if (message->height + 2 > end->height) return;
    const bool proof = rng_below(rng, 3) > 0;
    struct bt_delivery delivery = bt_delivery(bt, from, message->height, proof);
    uint64_t sequences[6];
    const size_t count = (size_t)rng_below(rng, ARRAY_LEN(sequences) + 1);
    for (size_t i = 0; i < count; i++) {
        sequences[i] = sequence - message->index + rng_below(rng, message->count);
        bt_carry(bt, &delivery, from, sequences[i]);
    }
    const enum code want = model_deliver(d, message->height, proof, sequences, count);
    CHECK_U64(bt_do(bt, chain_other(from), bt_deliver_tx(bt, from, (size_t)rng_below(rng, BT_PEOPLE), &delivery)), want);
    m->codes[want]++;
    struct bridge_inbox inbox;
    bridge_inbox(bt_end(bt, chain_other(from))->state, &inbox);
    uint32_t waiting = 0;
    for (uint64_t s = d->last + 1; s <= MIN(d->last + 256, (uint64_t)MESSAGES); s++) waiting += d->waiting[s];
    CHECK_U64(inbox.sequence, d->last);
    CHECK_U64(inbox.waiting, waiting);
}

static void step_claim(struct bt *bt, struct model *m, struct rng *rng)
{
    const enum chain_id from = rng_below(rng, 2) > 0 ? CHAIN_ALPHA : CHAIN_DELTA, chain = chain_other(from);
    const struct bt_end *end = bt_end(bt, from);
    if (end->messages_count == 0) return;
    const uint64_t sequence = 1 + rng_below(rng, end->messages_count);
    const bool proof = rng_below(rng, 2) > 0;
    const struct ipc_transfer body = transfer_of(bt, from, sequence);
    const size_t who = (size_t)rng_below(rng, BT_PEOPLE);
    const union payload by_proof = bt_claim_proof(bt, chain, sequence);
    struct tx *tx = proof ? bt_claim_tx(bt, chain, who, &by_proof) : bt_claim(bt, chain, who, &body.id);
    const enum code want = model_claim(bt, m, from, sequence, proof);
    CHECK_U64(bt_do(bt, chain, tx), want);
    m->codes[want]++;
}

static void money_agrees(const struct bt *bt, const struct model *m)
{
    for (size_t i = 0; i < BT_PEOPLE; i++) CHECK_U64(bt_free_of(bt, CHAIN_DELTA, i, TOKEN_SAX), m->sax[i]);
    const struct supply_token ax = bt_supply(bt, TOKEN_AX), sax = bt_supply(bt, TOKEN_SAX);
    CHECK_U64(ax.bridge_locked.units, m->locked);
    CHECK_U64(sax.bridge_minted.units, m->minted);
    CHECK_U64(sax.bridge_burned.units, m->burned);
    CHECK(m->minted - m->burned <= m->locked); /* never more than stands behind it */
    struct bridge_books books;
    bridge_books(bt->ends[0].state, bt->ends[1].state, &books);
    CHECK_U64(books.locked.units + books.burned.units,
              books.minted.units + books.in_flight_lock.units + books.in_flight_burn.units);
    CHECK(books.unmatched == 0 && books.silent == 0);
}

/* What is in flight, both ways, is what the books differ by. */
static void in_flight_is_the_difference(const struct bt *bt, const struct model *m)
{
    uint64_t flight = 0;
    for (enum chain_id from = CHAIN_ALPHA; from <= CHAIN_DELTA; from++)
        for (uint64_t s = 1; s <= bt->ends[from - 1].messages_count; s++)
            if (!m->from[from - 1].claimed[s]) flight += (uint64_t)transfer_of(bt, from, s).amount.units;
    CHECK_U64(m->locked, m->minted - m->burned + flight);
}

int main(int argc, char **argv)
{
    const uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 20260101, steps = argc > 2 ? strtoull(argv[2], NULL, 10) : 3000;
    printf("seed %" PRIu64 ", %" PRIu64 " steps\n", seed, steps);
    static struct model model;
    struct rng rng;
    struct bt *bt = bt_new(NULL);
    rng_init(&rng, seed);
    for (uint64_t i = 0; i < steps && bt->ends[0].height + 10 < BT_BLOCKS_MAX && bt->ends[1].height + 10 < BT_BLOCKS_MAX; i++) {
        const uint64_t what = rng_below(&rng, 10);
        if (what < 4) step_send(bt, &model, &rng);
        else if (what < 8) step_deliver(bt, &model, &rng);
        else step_claim(bt, &model, &rng);
        if (i % 16 == 0) {
            money_agrees(bt, &model);
            arena_reset(&bt->arena);
        }
    }
    money_agrees(bt, &model);
    in_flight_is_the_difference(bt, &model);
    printf("ok   random crossings agree with the model: %" PRIu64 " and %" PRIu64 " messages executed of %zu and %zu sent; %" PRIu64
           " duplicate, %" PRIu64 " out of order, %" PRIu64 " not final, %" PRIu64 " claimed twice\n",
           model.from[0].executions, model.from[1].executions, bt->ends[0].messages_count, bt->ends[1].messages_count,
           model.codes[CODE_IPC_DUPLICATE], model.codes[CODE_IPC_OUT_OF_ORDER], model.codes[CODE_SOURCE_NOT_FINAL],
           model.codes[CODE_UNLOCK_ID_ALREADY_USED]);
    if (argc <= 2) { /* a run of the usual length meets every refusal */
        CHECK(model.codes[CODE_IPC_DUPLICATE] > 0 && model.codes[CODE_IPC_OUT_OF_ORDER] > 0);
        CHECK(model.codes[CODE_SOURCE_NOT_FINAL] > 0 && model.codes[CODE_UNLOCK_ID_ALREADY_USED] > 0);
    }
    bt_free(bt);
    return 0;
}
