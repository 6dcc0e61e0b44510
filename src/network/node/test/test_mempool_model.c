/* Two pools of one process against a slow model of each: a flat list, walked anew for every question. Random clients,
 * gossip in shared bundles, blocks of this view and of others, reorganisations, expiry, eviction. The model knows no log marks,
 * no queues, no kept order: what those save must never show. */
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

static bool on_chain(void *context, uint32_t height, const struct hash *hash)
{
    const struct view *view = context;
    return height <= view->head && hash_eq(&view->world->chain.data[height].hash, hash);
}

static bool executed(void *context, const struct hash *id)
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

static struct ledger_account account_of(const struct view *view, const struct address *address)
{
    struct ledger_account account;
    ledger_account_get(view->model->state, address, &account);
    return account;
}

static struct waiting *find_nonce(const struct model *model, const struct address *sender, uint64_t nonce)
{
    for (size_t i = 0; i < model->list.count; i++)
        if (model->list.data[i].tx->nonce == nonce && address_eq(&model->list.data[i].tx->sender, sender))
            return &model->list.data[i];
    return NULL;
}

static uint64_t next_nonce(const struct view *view, const struct address *sender)
{
    uint64_t nonce = account_of(view, sender).nonce;
    while (find_nonce(view->model, sender, nonce) != NULL) nonce++;
    return nonce;
}

static bool is_ready(const struct view *view, const struct tx *tx) { return tx->nonce < next_nonce(view, &tx->sender); }

/* Arrival numbers for who became ready, in the order of senders and nonces; and the list of senders, brought up to date. */
static void model_settle(struct view *view)
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

static void model_drop(struct model *model, size_t i)
{
    tx_unref(model->list.data[i].tx);
    vec_remove(&model->list, i);
}

/* The first to be evicted: lowest tip, then latest arrival, never ready being the latest. */
static size_t model_worst(const struct model *model)
{
    size_t worst = 0;
    for (size_t i = 1; i < model->list.count; i++) {
        const struct waiting *a = &model->list.data[i], *b = &model->list.data[worst];
        const int tip = amount_cmp(a->tx->tip, b->tx->tip);
        if (tip < 0 || (tip == 0 && a->arrival - 1 >= b->arrival - 1)) worst = i; /* 0 - 1 is beyond all */
    }
    return worst;
}

static enum code model_judge(const struct view *view, const struct tx *tx, uint64_t now)
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

static enum code model_admit(struct view *view, struct tx *tx, uint64_t received, bool returned)
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

static void model_follow(struct view *view)
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

static void model_digest(struct view *view)
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
static size_t model_order(const struct view *view, struct tx **out)
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

/* ---- comparing ---- */
static uint32_t told_dropped[VIEWS];
static struct view views[VIEWS];

static void dropped(void *context, const struct tx *tx, enum code reason)
{
    (void)tx;
    if (reason == CODE_TX_DROPPED) told_dropped[(struct view *)context - views]++;
}

static void check_same(struct view *view)
{
    static struct tx *order[CAPACITY + 1];
    static struct mempool_stats stats;
    struct model *model = view->model;
    model_digest(view);
    mempool_stats(view->pool, &stats);
    const size_t count = model_order(view, order);
    size_t ready = 0;
    CHECK_U64(stats.total, model->list.count);
    CHECK_U64(mempool_count(view->pool), count);
    for (size_t i = 0; i < count; i++) {
        struct mempool_entry entry, found;
        mempool_entry_at(view->pool, i, &entry);
        CHECK(hash_eq(&entry.tx->id, &order[i]->id));
        const struct waiting *waiting = find_nonce(model, &order[i]->sender, order[i]->nonce);
        const bool is = is_ready(view, order[i]);
        CHECK_U64(entry.arrival, waiting->arrival);
        CHECK_U64(entry.received_at_ms, waiting->received);
        CHECK_U64(entry.stage, !is ? TX_STAGE_M1 : i < ROOM ? TX_STAGE_M2 : TX_STAGE_PQ);
        CHECK(mempool_find(view->pool, &order[i]->id, &found));
        CHECK_U64(found.position, i);
        ready += is;
    }
    CHECK_U64(stats.m1, count - ready);
    CHECK_U64(stats.m2, MIN(ready, (size_t)ROOM));
    CHECK_U64(stats.admitted, model->admitted);
    CHECK_U64(stats.evicted, model->evicted);
    CHECK_U64(stats.expired, model->expired);
    CHECK_U64(told_dropped[view - views], model->dropped);
    const bool full = count >= CAPACITY;
    CHECK(stats.min_tip_to_enter.units == (full ? model->list.data[model_worst(model)].tx->tip.units + 1 : 0));
    for (size_t s = 0; s < SENDERS; s++) {
        const struct address *sender = &view->world->town.people[s].address;
        CHECK_U64(mempool_pending_nonce(view->pool, sender), next_nonce(view, sender));
    }
}

/* ---- what happens ---- */
static struct tx *random_tx(struct world *world, const struct view *view)
{
    struct rng *rng = &world->rng;
    const size_t from = rng_below(rng, SENDERS);
    const uint64_t next = next_nonce(view, &world->town.people[from].address);
    struct tx_spec spec = town_spec(&world->town, next);
    const uint64_t shape = rng_below(rng, 20);
    if (shape == 0 && next > 0) spec.nonce = next - 1 - rng_below(rng, MIN(next, 3));
    if (shape == 1 || shape == 2) spec.nonce = next + rng_below(rng, WINDOW + 3);
    if (shape == 3) spec.fee = AMOUNT(rng_below(rng, 400));
    if (shape == 4) spec.timestamp_ms = world->now_ms + 100000 - rng_below(rng, 250000);
    if (shape <= 8) spec.valid_until = (uint32_t)(view->head + rng_below(rng, 5));
    if (shape == 9) spec.amount = AMOUNT(rng_below(rng, PEOPLE_BALANCE) + 1);
    spec.tip = AMOUNT(rng_below(rng, 5));
    spec.to = world->town.people[rng_below(rng, SENDERS)].address;
    return town_sign(&world->town, from, &spec);
}

static void view_head_set(struct view *view, size_t head)
{
    const struct link *link = &view->world->chain.data[head];
    const struct mempool_head to = {link->state, link->hash};
    view->head = head;
    mempool_head_set(view->pool, &to);
}

static void view_client(struct view *view)
{
    struct tx *tx = random_tx(view->world, view);
    struct mempool_ack ack;
    struct apierror error;
    model_digest(view);
    const enum code expected = model_admit(view, tx, view->world->now_ms, false);
    CHECK_U64(mempool_admit(view->pool, tx, view->world->now_ms, &ack, &error), expected);
    if (expected == CODE_NONE) {
        const struct waiting *waiting = find_nonce(view->model, &tx->sender, tx->nonce);
        CHECK_U64(ack.arrival, waiting->arrival);
        struct mempool_entry entry;
        CHECK(mempool_find(view->pool, &tx->id, &entry));
        CHECK_U64(ack.stage, entry.stage);
    } else {
        CHECK_U64(error.code, expected);
    }
    tx_unref(tx);
}

static void views_log(struct world *world, struct tx **txs, size_t count, size_t view, bool returned)
{
    struct bundle *bundle = bundle_new(txs, count);
    for (size_t v = 0; v < VIEWS; v++) {
        if (view < VIEWS && v != view) continue;
        if (returned)
            mempool_return(views[v].pool, bundle, world->now_ms);
        else
            mempool_log(views[v].pool, bundle, world->now_ms);
        vec_push(&views[v].model->log, ((struct gossip){bundle_ref(bundle), world->now_ms, returned}));
    }
    bundle_unref(bundle);
}

static void world_gossip(struct world *world)
{
    struct tx *txs[6];
    const size_t count = 1 + rng_below(&world->rng, 6);
    for (size_t i = 0; i < count; i++) txs[i] = random_tx(world, &views[rng_below(&world->rng, VIEWS)]);
    views_log(world, txs, count, VIEWS, false);
    for (size_t i = 0; i < count; i++) tx_unref(txs[i]);
}

/* A block of these on the chain's last. It must stand: what a pool selects never makes a block invalid. */
static void chain_grow(struct world *world, struct tx **txs, size_t count)
{
    const struct ledger_state *parent = vec_last(&world->chain).state;
    const uint32_t height = ledger_height(parent) + 1;
    const struct ledger_frame frame = {height, height, TOWN_TIME + height, world->town.validators[0].address};
    struct ledger_result *result = ledger_execute(&world->town.rules, parent, &frame, NULL, txs, count);
    CHECK_U64(result->verdict, LEDGER_GOOD);
    struct link link = {.state = ledger_state_ref(result->state)};
    ledger_result_unref(result);
    link.hash.b[0] = (uint8_t)height;
    memcpy(link.hash.b + 8, &world->forks, sizeof(world->forks));
    for (size_t i = 0; i < count; i++) vec_push(&link.txs, tx_ref(txs[i]));
    vec_push(&world->chain, link);
}

/* A view at the end of the chain proposes. */
static void view_propose(struct view *view)
{
    struct tx *txs[ROOM], *expected[CAPACITY + 1];
    view_head_set(view, view->world->chain.count - 1);
    model_digest(view);
    const struct mempool_room room = {(uint32_t)rng_range(&view->world->rng, 1, ROOM), 1 << 20};
    const size_t count = mempool_select(view->pool, &room, txs), all = model_order(view, expected);
    size_t ready = 0, taken = 0;
    u128 spent[SENDERS] = {0};
    while (ready < all && is_ready(view, expected[ready])) ready++;
    for (size_t i = 0; i < ready && taken < room.transactions; i++) {
        size_t s = 0;
        while (!address_eq(&view->world->town.people[s].address, &expected[i]->sender)) s++;
        const u128 cost = expected[i]->fee.units + expected[i]->tip.units;
        if (spent[s] == U128_MAX || spent[s] + cost > account_of(view, &expected[i]->sender).balances[0].free.units) {
            spent[s] = U128_MAX; /* whoever cannot pay for one waits with all that follow */
            continue;
        }
        spent[s] += cost + expected[i]->total.units;
        CHECK(taken < count && hash_eq(&txs[taken]->id, &expected[i]->id));
        taken++;
    }
    CHECK_U64(count, taken);
    chain_grow(view->world, txs, count);
    if (rng_chance_bps(&view->world->rng, 5000)) view_head_set(view, view->world->chain.count - 1);
}

/* Somebody whose pool is not here proposes: other transactions with nonces that wait here too. */
static void stranger_propose(struct world *world)
{
    struct tx *txs[4];
    size_t count = 0;
    for (size_t s = rng_below(&world->rng, SENDERS); s < SENDERS && count < 3; s++) {
        struct ledger_account account;
        ledger_account_get(vec_last(&world->chain).state, &world->town.people[s].address, &account);
        if (account.balances[0].free.units < 3000) continue;
        struct tx_spec spec = town_spec(&world->town, account.nonce);
        spec.amount =
            AMOUNT(rng_below(&world->rng, 20) == 0 ? account.balances[0].free.units - 1000 : 1 + rng_below(&world->rng, 1000));
        spec.to = world->town.people[rng_below(&world->rng, SENDERS)].address;
        txs[count++] = town_sign(&world->town, s, &spec);
    }
    chain_grow(world, txs, count);
    for (size_t i = 0; i < count; i++) tx_unref(txs[i]);
}

static void link_done(struct link *link)
{
    for (size_t i = 0; i < link->txs.count; i++) tx_unref(link->txs.data[i]);
    vec_done(&link->txs);
    ledger_state_unref(link->state);
}

/* The last block or two leave the chain; their transactions come back to the views that followed them. */
static void world_reorg(struct world *world)
{
    const size_t depth = 1 + rng_below(&world->rng, 2);
    if (world->chain.count <= depth + 1) return;
    const size_t keep = world->chain.count - depth;
    world->forks++;
    for (size_t v = 0; v < VIEWS; v++) {
        check_same(&views[v]); /* reads what is logged: a mark set on the lost blocks must not be used before they are lost */
        if (views[v].head < keep) continue;
        for (size_t i = keep; i <= views[v].head; i++)
            if (world->chain.data[i].txs.count > 0)
                views_log(world, world->chain.data[i].txs.data, world->chain.data[i].txs.count, v, true);
        view_head_set(&views[v], keep - 1);
    }
    while (world->chain.count > keep) link_done(&vec_pop(&world->chain));
}

static void world_step(struct world *world)
{
    struct view *view = &views[rng_below(&world->rng, VIEWS)];
    world->now_ms += rng_below(&world->rng, 50);
    const uint64_t what = rng_below(&world->rng, 100), ahead = view->head + 1 + rng_below(&world->rng, BEHIND);
    if (what < 45)
        view_client(view);
    else if (what < 70)
        world_gossip(world);
    else if (what < 80)
        view_propose(view);
    else if (what < 84)
        stranger_propose(world);
    else if (what < 94)
        view_head_set(view, MIN(ahead, world->chain.count - 1));
    else if (what < 96)
        world_reorg(world);
    else
        check_same(view);
}

static uint64_t seed = 1;

static void a_pool_does_what_the_model_does(void)
{
    printf("seed %" PRIu64 "\n", seed);
    static struct world world;
    static struct model models[VIEWS];
    struct params params;
    params_init(&params, PROFILE_TEST, CHAIN_ALPHA);
    params.mempool_capacity = CAPACITY;
    params.max_pending_per_sender = PER_SENDER;
    params.nonce_window = WINDOW;
    params.max_block_transactions = ROOM;
    town_init_params(&world.town, 1, &params);
    rng_init(&world.rng, seed);
    world.now_ms = TOWN_TIME;
    vec_push(&world.chain, ((struct link){.state = ledger_state_ref(world.town.state)}));
    for (size_t v = 0; v < VIEWS; v++) {
        views[v] = (struct view){.world = &world, .model = &models[v]};
        models[v].state = ledger_state_ref(world.town.state);
        const struct mempool_host host = {.context = &views[v], .on_chain = on_chain, .executed = executed, .dropped = dropped};
        const struct mempool_head head = {world.town.state, {{0}}};
        views[v].pool = mempool_new(&world.town.rules, &host, &head);
    }
    for (size_t i = 0; i < STEPS; i++) world_step(&world);
    uint64_t evicted = 0, expired = 0, lost = 0, skipped = 0;
    for (size_t v = 0; v < VIEWS; v++) {
        check_same(&views[v]);
        evicted += models[v].evicted;
        expired += models[v].expired;
        lost += models[v].dropped;
        skipped += mempool_log_stats(views[v].pool).bundles_skipped;
        mempool_free(views[v].pool);
        while (models[v].list.count > 0) model_drop(&models[v], 0);
        ledger_state_unref(models[v].state);
        vec_done(&models[v].list);
        vec_done(&models[v].log);
        vec_done(&models[v].order);
    }
    printf("blocks %zu evicted %" PRIu64 " expired %" PRIu64 " lost %" PRIu64 " bundles skipped %" PRIu64 "\n", world.chain.count,
           evicted, expired, lost, skipped);
    CHECK(evicted > 20 && expired > 20 && lost > 20 && skipped > 5); /* or it was not tried */
    while (world.chain.count > 0) link_done(&vec_pop(&world.chain));
    vec_done(&world.chain);
    town_done(&world.town);
}

int main(int argc, char **argv)
{
    if (argc > 1) seed = strtoull(argv[1], NULL, 10);
    RUN(a_pool_does_what_the_model_does);
    return 0;
}
