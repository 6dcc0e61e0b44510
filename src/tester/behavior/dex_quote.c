/* dex.maintain_quotes: a market maker. Both sides of a pair in levels, moved with the book and against what it has too much of,
 * and taken back when they stand wrong. Between two rounds it serves bots that ask over the bus: for a quote where the book is
 * empty, for a counter-fill. */
#include <inttypes.h>
#include <stdio.h>

#include "tester/behavior/dex_priv.h"

#define LEVELS_MAX 100u
#define LOOK_EVERY duration_ms(250) /* for who asks */
#define WRONG_FEW 2u                /* so many that stand wrong are taken back one by one, more all at once */
#define READ_EVERY 4u               /* one round in so many reads a quote back */
#define PLACES 97u                  /* makers keep apart by their index, so that each has levels of its own */

struct service {
    struct bus_subscription *quote, *fill;
};

struct maker {
    const struct dex_pair *pair;
    uint32_t levels;
    uint64_t size, spread_bps, apart, share_begun; /* share: of the base in all it has, in basis points */
    struct service sides[SIDE_SELL + 1];
    uint64_t middle; /* of its quotes */
    uint64_t rounds, placed, missed;
    char missed_why[48];
    bool standing[SIDE_SELL + 1][LEVELS_MAX];
};

/* ---- where quotes belong ---- */

static uint64_t step_bps(const struct maker *m) { return MAX(m->spread_bps / 10, 1); }

static uint64_t level_price(const struct maker *m, enum side side, uint32_t level)
{
    const uint64_t aside = m->spread_bps / 2 + level * step_bps(m);
    const uint64_t price = dex_shift(m->middle, aside, side == SIDE_SELL);
    return side == SIDE_SELL ? price + m->apart : price > m->apart ? price - m->apart : 1;
}

/* The level it may count as; m->levels: none. */
static uint32_t level_of(const struct maker *m, enum side side, uint64_t price)
{
    const uint64_t off = MAX((uint64_t)((u128)m->middle * m->spread_bps / 4 / DEX_BPS), 1);
    for (uint32_t i = 0; i < m->levels; i++) {
        const uint64_t at = level_price(m, side, i), apart = at > price ? at - price : price - at;
        if (!m->standing[side][i] && apart <= off) return i;
    }
    return m->levels;
}

/* What it has, with what its quotes hold. */
static uint64_t share_of(const struct account_view *account, const struct maker *m)
{
    u128 base = 0, quote = 0;
    for (uint32_t i = 0; i < account->balances_count; i++) {
        const struct balance *balance = &account->balances[i];
        if (balance->token == m->pair->base) base = balance->free.units + balance->locked.units;
        if (balance->token == m->pair->quote) quote = balance->free.units + balance->locked.units;
    }
    u128 worth;
    if (!u128_mul_div(base, m->middle, DEX_PRICE_ONE, &worth) || worth > U128_MAX / DEX_BPS / 2 || quote > U128_MAX / DEX_BPS / 2)
        return DEX_BPS / 2;
    return worth + quote == 0 ? DEX_BPS / 2 : (uint64_t)(worth * DEX_BPS / (worth + quote));
}

/* Sold more than bought: dearer; and the reverse. At most half the spread. */
static bool middle_lean(struct act *act, struct maker *m, struct op *op)
{
    const struct alpha delta = act_alpha(act);
    struct answer answer;
    const struct account_view *account;
    uint64_t wait = 0;
    do account = alpha_account(&delta, &act->bot->identity.address, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (account == NULL && act_again(act, &answer, &wait));
    if (account != NULL) {
        const uint64_t share = share_of(account, m);
        if (m->rounds == 0) m->share_begun = share;
        const bool sold = share < m->share_begun;
        const uint64_t off = sold ? m->share_begun - share : share - m->share_begun;
        m->middle = dex_shift(m->middle, MIN(off * m->spread_bps / DEX_BPS, m->spread_bps / 2), sold);
    } else {
        (void)act_fail(op, &answer);
    }
    answer_done(&answer);
    return account != NULL;
}

/* ---- orders of one round ---- */

/* Each goes its own way to its end: what one of them meets does not end the round. */
static void aside_merge(struct maker *m, struct op *op, const struct op *aside)
{
    if (op->sent.ns == 0) op->sent = aside->sent;
    if (op->admitted.ns == 0) op->admitted = aside->admitted;
    if (op->included.ns == 0) op->included = aside->included;
    if (op->finalized.ns == 0) op->finalized = aside->finalized;
    if (hash_is_zero(&op->tx_id)) op->tx_id = aside->tx_id;
    op->transactions += aside->transactions;
    op->market.acceptance.ns = MAX(op->market.acceptance.ns, aside->market.acceptance.ns);
    for (uint16_t i = 0; i < aside->feats[FEAT_ORDER]; i++) op_did(op, FEAT_ORDER);
    if (aside->status == OP_DONE) return;
    m->missed++;
    snprintf(m->missed_why, sizeof(m->missed_why), "%s " STR_FMT, op_status_text(aside->status), STR_ARG(code_text(aside->code)));
}

struct quote {
    struct dex_order order;
    struct submission submission;
    struct landing landing;
    struct op aside;
    bool sent;
};

static struct dex_order quote_order(const struct maker *m, enum side side, uint32_t level, uint64_t quantity)
{
    return (struct dex_order){.pair = m->pair,
                              .side = side,
                              .type = ORDER_LIMIT,
                              .tif = TIF_POST_ONLY,
                              .price = level_price(m, side, level),
                              .quantity = quantity};
}

static void quote_begin(struct act *act, struct quote *quote)
{
    const struct instant now = env_now(act->crew->env);
    quote->aside = (struct op){.intended = now, .marked = now};
    quote->sent = dex_order_begin(act, &quote->order, &quote->submission, &quote->aside);
}

/* It stands as it was meant to: nobody can have met it on its way. */
static bool quote_end(struct act *act, struct maker *m, struct quote *quote, struct op *op)
{
    struct dex_fills fills;
    const bool done = quote->sent && dex_order_end(act, &quote->submission, &quote->landing, &quote->aside);
    aside_merge(m, op, &quote->aside);
    if (!done) return false;
    m->placed++;
    dex_fills_read(&quote->landing, quote->order.side, 0, &fills);
    return act_claim(act, "a quote stands as it was placed",
                     fills.told && fills.count == 0 && fills.remaining == quote->order.quantity && fills.status == ORDER_OPEN,
                     "%" PRIu64 " of %" PRIu64 " stand", fills.remaining, quote->order.quantity);
}

static bool quote_read_back(struct act *act, const struct quote *quote, struct op *op)
{
    struct dex_state state;
    if (!dex_state_read(act, &quote->landing.id, quote->landing.height, &state, op)) return false;
    const bool ours = address_eq(&state.owner, &act->bot->identity.address);
    return act_claim(act, "a quote is the maker's, at its price",
                     ours && state.price == quote->order.price && state.quantity == quote->order.quantity,
                     "%" PRIu64 " at %" PRIu64 ", not %" PRIu64, state.quantity, state.price, quote->order.price);
}

static void levels_place(struct act *act, struct maker *m, struct op *op)
{
    struct arena arena;
    arena_init(&arena, 0);
    struct quote *quotes = arena_array(&arena, struct quote, 2 * m->levels);
    uint32_t count = 0;
    for (uint32_t level = 0; level < m->levels; level++) /* from the touch outwards: where money ends, the far ones are missing */
        for (enum side side = SIDE_BUY; side <= SIDE_SELL; side++) {
            if (m->standing[side][level]) continue;
            quotes[count] = (struct quote){.order = quote_order(m, side, level, m->size), .landing = {.arena = &arena}};
            quote_begin(act, &quotes[count++]);
        }
    const struct quote *any = NULL;
    for (uint32_t i = 0; i < count; i++)
        if (quote_end(act, m, &quotes[i], op)) any = &quotes[i];
    if (any != NULL && m->rounds % READ_EVERY == 0) (void)quote_read_back(act, any, op); /* op tells */
    arena_done(&arena);
}

/* ---- what stands already ---- */

struct wrong {
    struct hash ids[WRONG_FEW];
    uint32_t count;
};

static bool standing_read(struct act *act, struct maker *m, const char *status, struct wrong *wrong, struct op *op)
{
    const struct alpha delta = act_alpha(act);
    struct answer answer;
    const struct page *page;
    uint64_t wait = 0;
    do
        page = delta_orders(&delta, &act->bot->identity.address, str_of(m->pair->name), str_of(status), 4 * LEVELS_MAX,
                            (struct str){0}, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (page == NULL && act_again(act, &answer, &wait));
    const struct order_view *orders = page != NULL ? page->items : NULL;
    for (uint32_t i = 0; page != NULL && i < page->count; i++) {
        const enum side side = (enum side)orders[i].side;
        const uint32_t level =
            orders[i].remaining >= MIN(m->size, orders[i].quantity) / 2 ? level_of(m, side, orders[i].price) : m->levels;
        if (level < m->levels)
            m->standing[side][level] = true;
        else if (wrong->count++ < WRONG_FEW)
            wrong->ids[wrong->count - 1] = orders[i].order_id;
    }
    if (page == NULL) (void)act_fail(op, &answer);
    answer_done(&answer);
    return page != NULL;
}

static void take_back(struct act *act, struct maker *m, const struct hash *id, struct op *op)
{
    struct op aside = {.intended = env_now(act->crew->env), .marked = env_now(act->crew->env)};
    const bool sent = id != NULL ? dex_cancel_send(act, id, NULL, &aside) : dex_cancel_all_send(act, m->pair, NULL, &aside);
    if (!sent) (void)dex_forgive(&aside, CODE_ORDER_NOT_OPEN); /* somebody was quicker */
    aside_merge(m, op, &aside);
}

static bool standing_sort(struct act *act, struct maker *m, struct op *op)
{
    struct wrong wrong = {.count = 0};
    memset(m->standing, 0, sizeof(m->standing));
    if (!standing_read(act, m, "open", &wrong, op) || !standing_read(act, m, "partially_filled", &wrong, op)) return false;
    if (wrong.count > WRONG_FEW) {
        take_back(act, m, NULL, op);
        memset(m->standing, 0, sizeof(m->standing));
        return true;
    }
    for (uint32_t i = 0; i < wrong.count; i++) take_back(act, m, &wrong.ids[i], op);
    return true;
}

static void announce(struct act *act, const struct maker *m)
{
    if (act->crew->bus == NULL) return;
    char topic[BUS_TOPIC_BYTES_MAX], text[80];
    snprintf(topic, sizeof(topic), "quotes/%s", m->pair->name);
    const int len = snprintf(text, sizeof(text), "%" PRIu64 " %" PRIu64 " %" PRIu64, level_price(m, SIDE_BUY, 0),
                             level_price(m, SIDE_SELL, 0), m->size);
    const struct bus_post post = {
        .topic = str_of(topic), .payload = {text, (size_t)len}, .from = act->bot->index, .ttl = duration_s(60)};
    (void)bus_publish(act->crew->bus, &post, NULL); /* for who listens */
}

static bool round_run(struct act *act, struct maker *m, struct op *op)
{
    struct dex_look look;
    if (!dex_look(act, m->pair, 1, SIDE_BUY, 0, &look, op)) return false;
    m->middle = dex_reference(act, m->pair, &look, op);
    if (m->middle == 0 || !middle_lean(act, m, op) || !standing_sort(act, m, op)) return false;
    levels_place(act, m, op);
    announce(act, m);
    m->rounds++;
    return op->status == OP_DONE;
}

/* ---- who asks ---- */

/* "quantity": somebody finds nobody on this side. */
static void serve_quote(struct act *act, struct maker *m, enum side side, struct served *served, struct op *op)
{
    struct dex_look look;
    struct op aside = {.intended = env_now(act->crew->env), .marked = env_now(act->crew->env)};
    uint64_t quantity;
    char reply[24];
    if (!str_to_u64(served->request, &quantity) || !dex_look(act, m->pair, 1, side, 0, &look, &aside)) {
        serve_fail(act, served, STR("no look at the book"));
        return;
    }
    uint64_t price = side == SIDE_BUY ? look.bid : look.ask;
    if (price == 0) {
        struct arena arena;
        arena_init(&arena, 0);
        struct quote *quote = arena_new(&arena, struct quote);
        *quote = (struct quote){.order = quote_order(m, side, 0, MAX(quantity, m->size)), .landing = {.arena = &arena}};
        quote_begin(act, quote);
        if (quote_end(act, m, quote, op)) price = quote->order.price;
        arena_done(&arena);
    }
    snprintf(reply, sizeof(reply), "%" PRIu64, price);
    if (price != 0)
        serve_reply(act, served, str_of(reply));
    else
        serve_fail(act, served, str_of(m->missed_why));
}

/* "price quantity": somebody's order on the other side wants to be met. */
static void serve_fill(struct act *act, struct maker *m, enum side side, struct served *served, struct op *op)
{
    struct str price, quantity;
    struct arena arena;
    struct op aside = {.intended = env_now(act->crew->env), .marked = env_now(act->crew->env)};
    struct dex_order order = {.pair = m->pair, .side = side, .type = ORDER_LIMIT, .tif = TIF_IOC};
    if (!str_cut(served->request, ' ', &price, &quantity) || !str_to_u64(price, &order.price) ||
        !str_to_u64(quantity, &order.quantity)) {
        serve_fail(act, served, STR("not understood"));
        return;
    }
    arena_init(&arena, 0);
    struct landing landing = {.arena = &arena};
    struct dex_fills fills = {0};
    if (dex_order_send(act, &order, &landing, &aside)) dex_fills_read(&landing, side, 0, &fills);
    aside_merge(m, op, &aside);
    char reply[24];
    snprintf(reply, sizeof(reply), "%" PRIu64, fills.quantity);
    if (fills.quantity > 0)
        serve_reply(act, served, str_of(reply));
    else
        serve_fail(act, served, STR("nothing was met"));
    arena_done(&arena);
}

static void serve_once(struct act *act, struct maker *m, struct op *op)
{
    const struct instant now = env_now(act->crew->env);
    struct served served;
    for (enum side side = SIDE_BUY; side <= SIDE_SELL; side++) {
        const struct service *service = &m->sides[side];
        if (service->quote != NULL && serve_next(act, service->quote, now, &served)) serve_quote(act, m, side, &served, op);
        if (service->fill != NULL && serve_next(act, service->fill, now, &served)) serve_fill(act, m, side, &served, op);
    }
}

static void services_open(struct act *act, struct maker *m)
{
    for (enum side side = SIDE_BUY; side <= SIDE_SELL; side++) {
        const struct dex_topic quote = dex_topic_of("quote", m->pair, side), fill = dex_topic_of("fill", m->pair, side);
        m->sides[side] = (struct service){serve_open(act, str_of(quote.text), 16), serve_open(act, str_of(fill.text), 16)};
    }
}
static void services_close(struct maker *m)
{
    for (enum side side = SIDE_BUY; side <= SIDE_SELL; side++) {
        if (m->sides[side].quote != NULL) bus_unsubscribe(m->sides[side].quote);
        if (m->sides[side].fill != NULL) bus_unsubscribe(m->sides[side].fill);
    }
}

/* ---- the loop ---- */

static void rounds(struct act *act, struct maker *m, struct duration refresh, struct op *op)
{
    struct env *env = act->crew->env;
    struct instant next = env_now(env);
    while (op->status == OP_DONE && !act_is_closing(act)) {
        if (!instant_before(env_now(env), next)) {
            next = instant_add(env_now(env), refresh);
            if (!round_run(act, m, op)) break;
        }
        serve_once(act, m, op);
        const struct instant soon = instant_add(env_now(env), LOOK_EVERY);
        fiber_sleep_until(env, instant_before(soon, next) ? soon : next);
    }
}

static const struct track **place_of(struct act *act, const struct dex_pair *pair)
{
    const struct dex_pair *all;
    (void)dex_pairs(&all); /* as many as the bot has room for */
    return &act->bot->quoting[pair - all];
}

/* One loop a pair: that of a phase that is over is waited for, it ends with its round. */
static bool place_take(struct act *act, const struct track **quoting, struct op *op)
{
    while (*quoting != NULL && (*quoting)->closed && !act_is_closing(act)) fiber_sleep(act->crew->env, LOOK_EVERY);
    if (*quoting != NULL) return dex_skip(op, OP_SKIPPED, "it quotes this pair already");
    *quoting = act->track;
    return true;
}

void dex_maintain_quotes(struct act *act, struct op *op)
{
    struct arena arena;
    const struct dex_pair *pair = dex_begin(act, "pair", op);
    if (pair == NULL) return;
    const struct track **quoting = place_of(act, pair);
    if (!place_take(act, quoting, op)) return;
    arena_init(&arena, 0);
    struct maker *m = arena_new(&arena, struct maker);
    m->pair = pair;
    m->levels = (uint32_t)MIN(MAX(act_u64(act, "levels"), 1), LEVELS_MAX);
    m->size = MAX(act_u64(act, "size"), DEX_LEAST);
    m->spread_bps = MAX(act_u64(act, "spread_bps"), 2);
    m->apart = act->bot->index % PLACES;
    services_open(act, m);
    rounds(act, m, (struct duration){MAX(act_u64(act, "refresh"), NS_PER_S)}, op);
    services_close(m);
    *quoting = NULL;
    if (op->status == OP_DONE && act_flag(act, "withdraw")) take_back(act, m, NULL, op);
    if (op->status == OP_DONE && m->placed == 0 && m->missed > 0) {
        char note[sizeof(op->note)];
        snprintf(note, sizeof(note), "no quote could be placed: %s", m->missed_why);
        (void)dex_skip(op, OP_SKIPPED, note);
    }
    arena_done(&arena);
}
