/* Two pools of one process against a slow model of each: a flat list, walked anew for every question. Random clients,
 * gossip in shared bundles, blocks of this view and of others, reorganisations, expiry, eviction. The model knows no log marks,
 * no queues, no kept order: what those save must never show. */
#include "mempool_model.h"

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
