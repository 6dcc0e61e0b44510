/* Mempool model: a pool as a flat list that is walked anew for every question. It knows no log marks, no queues, no kept order. */
#ifndef NODE_TEST_MEMPOOL_MODEL_H
#define NODE_TEST_MEMPOOL_MODEL_H

#include "network/node/mempool.h"

#include "core/base/vec.h"
#include "network/ledger/test/fixture.h"

enum { STEPS = 6000, SENDERS = 10, VIEWS = 2, ROOM = 12, CAPACITY = 40, PER_SENDER = 9, WINDOW = 5, BEHIND = 3 };

/* ---- the chain: one line of blocks; a view's head is some block of it ---- */
struct link {
    struct ledger_state *state;
    struct hash hash;
    VEC(struct tx *) txs;
};
struct world {
    struct town town;
    struct rng rng;
    VEC(struct link) chain;
    uint64_t now_ms, forks;
};

struct view {
    struct world *world;
    struct mempool *pool;
    size_t head; /* in chain */
    struct model *model;
};

static inline bool on_chain(void *context, uint32_t height, const struct hash *hash)
{
    const struct view *view = context;
    return height <= view->head && hash_eq(&view->world->chain.data[height].hash, hash);
}

static inline bool executed(void *context, const struct hash *id)
{
    const struct view *view = context;
    for (size_t i = 0; i <= view->head; i++)
        for (size_t k = 0; k < view->world->chain.data[i].txs.count; k++)
            if (hash_eq(&view->world->chain.data[i].txs.data[k]->id, id)) return true;
    return false;
}

/* ---- the model ---- */
struct waiting {
    struct tx *tx;
    uint64_t received, arrival;
};
struct gossip {
    struct bundle *bundle;
    uint64_t received;
    bool returned;
};
struct model {
    VEC(struct waiting) list; /* in order of entering */
    VEC(struct gossip) log;
    VEC(struct address) order;  /* senders that have something, in order of their first */
    struct ledger_state *state; /* of the head as last followed */
    struct hash hash;
    uint64_t arrivals;
    uint64_t admitted, evicted, expired, dropped;
};

static inline struct ledger_account account_of(const struct view *view, const struct address *address)
{
    struct ledger_account account;
    ledger_account_get(view->model->state, address, &account);
    return account;
}

static inline struct waiting *find_nonce(const struct model *model, const struct address *sender, uint64_t nonce)
{
    for (size_t i = 0; i < model->list.count; i++)
        if (model->list.data[i].tx->nonce == nonce && address_eq(&model->list.data[i].tx->sender, sender))
            return &model->list.data[i];
    return NULL;
}

static inline uint64_t next_nonce(const struct view *view, const struct address *sender)
{
    uint64_t nonce = account_of(view, sender).nonce;
    while (find_nonce(view->model, sender, nonce) != NULL) nonce++;
    return nonce;
}

static inline bool is_ready(const struct view *view, const struct tx *tx) { return tx->nonce < next_nonce(view, &tx->sender); }

/* Arrival numbers for who became ready, in the order of senders and nonces; and the list of senders, brought up to date. */
static inline void model_settle(struct view *view)
{
    struct model *model = view->model;
    for (size_t i = model->order.count; i > 0; i--) {
        bool any = false;
        for (size_t k = 0; k < model->list.count; k++)
            any = any || address_eq(&model->list.data[k].tx->sender, &model->order.data[i - 1]);
        if (!any) vec_remove(&model->order, i - 1);
    }
    for (size_t k = 0; k < model->list.count; k++) {
        bool known = false;
        for (size_t i = 0; i < model->order.count; i++)
            known = known || address_eq(&model->order.data[i], &model->list.data[k].tx->sender);
        if (!known) vec_push(&model->order, model->list.data[k].tx->sender);
    }
    for (size_t i = 0; i < model->order.count; i++) {
        struct waiting *waiting;
        for (uint64_t n = account_of(view, &model->order.data[i]).nonce;
             (waiting = find_nonce(model, &model->order.data[i], n)) != NULL; n++)
            if (waiting->arrival == 0) waiting->arrival = ++model->arrivals;
    }
}

static inline void model_drop(struct model *model, size_t i)
{
    tx_unref(model->list.data[i].tx);
    vec_remove(&model->list, i);
}

/* The first to be evicted: lowest tip, then latest arrival, never ready being the latest. */
static inline size_t model_worst(const struct model *model)
{
    size_t worst = 0;
    for (size_t i = 1; i < model->list.count; i++) {
        const struct waiting *a = &model->list.data[i], *b = &model->list.data[worst];
        const int tip = amount_cmp(a->tx->tip, b->tx->tip);
        if (tip < 0 || (tip == 0 && a->arrival - 1 >= b->arrival - 1)) worst = i; /* 0 - 1 is beyond all */
    }
    return worst;
}

static inline enum code model_judge(const struct view *view, const struct tx *tx, uint64_t now)
{
    const struct model *model = view->model;
    const struct ledger_account account = account_of(view, &tx->sender);
    u128 spending = 0;
    size_t waiting = 0;
    if (tx->valid_until != 0 && tx->valid_until < ledger_height(model->state) + 1) return CODE_TX_EXPIRED;
    if (tx->timestamp_ms != 0 && now != 0 && (tx->timestamp_ms > now + 120000 || tx->timestamp_ms + 120000 < now))
        return CODE_TIMESTAMP_OUT_OF_RANGE;
    const struct waiting *rival = find_nonce(model, &tx->sender, tx->nonce);
    if (rival != NULL && hash_eq(&rival->tx->id, &tx->id)) return CODE_TX_ALREADY_KNOWN;
    if (tx->nonce < account.nonce) return CODE_NONCE_TOO_LOW;
    if (rival != NULL) return CODE_NONCE_CONFLICT;
    if (tx->nonce > next_nonce(view, &tx->sender) + WINDOW) return CODE_NONCE_TOO_HIGH;
    if (tx->fee.units < 100 + tx->size) return CODE_FEE_TOO_LOW;
    for (size_t i = 0; i < model->list.count; i++) {
        const struct tx *other = model->list.data[i].tx;
        if (!address_eq(&other->sender, &tx->sender)) continue;
        spending += other->fee.units + other->tip.units + other->total.units;
        waiting++;
    }
    if (account.balances[0].free.units < spending + tx->fee.units + tx->tip.units + tx->total.units)
        return CODE_INSUFFICIENT_BALANCE;
    if (waiting >= PER_SENDER) return CODE_ACCOUNT_PENDING_LIMIT;
    if (model->list.count >= CAPACITY && amount_cmp(tx->tip, model->list.data[model_worst(model)].tx->tip) <= 0)
        return CODE_MEMPOOL_FULL;
    return CODE_NONE;
}

static inline enum code model_admit(struct view *view, struct tx *tx, uint64_t received, bool returned)
{
    struct model *model = view->model;
    const enum code code = model_judge(view, tx, returned ? 0 : received);
    if (code != CODE_NONE) return code;
    if (model->list.count >= CAPACITY) {
        model_drop(model, model_worst(model));
        model->evicted++;
        model_settle(view);
    }
    vec_push(&model->list, ((struct waiting){tx_ref(tx), received, 0}));
    model->admitted++;
    model_settle(view);
    return CODE_NONE;
}

static inline void model_follow(struct view *view)
{
    struct model *model = view->model;
    const struct link *link = &view->world->chain.data[view->head];
    if (hash_eq(&model->hash, &link->hash)) return;
    ledger_state_unref(model->state);
    model->state = ledger_state_ref(link->state);
    model->hash = link->hash;
    for (size_t i = 0; i < model->list.count;) {
        const struct tx *tx = model->list.data[i].tx;
        const bool used = tx->nonce < account_of(view, &tx->sender).nonce;
        const bool expired = tx->valid_until != 0 && tx->valid_until < ledger_height(model->state) + 1;
        if (used && !executed(view, &tx->id)) model->dropped++;
        if (!used && expired) model->expired++;
        if (used || expired)
            model_drop(model, i);
        else
            i++;
    }
    model_settle(view);
}

static inline void model_digest(struct view *view)
{
    struct model *model = view->model;
    model_follow(view);
    for (size_t i = 0; i < model->log.count; i++) {
        const struct gossip *gossip = &model->log.data[i];
        for (uint32_t k = 0; k < gossip->bundle->count; k++)
            (void)model_admit(view, gossip->bundle->txs[k], gossip->received, gossip->returned); /* refusals are silent here */
        bundle_unref(gossip->bundle);
    }
    vec_clear(&model->log);
}

/* Takes, again and again, the best of the senders' first ready ones. */
static inline size_t model_order(const struct view *view, struct tx **out)
{
    const struct model *model = view->model;
    uint64_t next[SENDERS];
    size_t count = 0;
    for (size_t s = 0; s < SENDERS; s++) next[s] = account_of(view, &view->world->town.people[s].address).nonce;
    for (;;) {
        const struct waiting *best = NULL;
        size_t best_sender = 0;
        for (size_t s = 0; s < SENDERS; s++) {
            const struct waiting *first = find_nonce(model, &view->world->town.people[s].address, next[s]);
            if (first == NULL) continue;
            const int tip = best != NULL ? amount_cmp(first->tx->tip, best->tx->tip) : 1;
            if (tip < 0 || (tip == 0 && first->arrival > best->arrival)) continue;
            best = first;
            best_sender = s;
        }
        if (best == NULL) break;
        out[count++] = best->tx;
        next[best_sender]++;
    }
    for (size_t i = 0; i < model->list.count; i++)
        if (!is_ready(view, model->list.data[i].tx)) out[count++] = model->list.data[i].tx;
    return count;
}

#endif
