/* The order book: placing, matching, cancelling (api 2.4, 2.7, 2.9). */
#include "network/ledger/market_priv.h"

#include "core/codec/binary.h"

/* An order on its way through the book. */
struct placing {
    struct exec *x;
    struct work *work;
    const struct pair *pair;
    struct spot spot;
    struct order order; /* the taker */
    uint64_t best;      /* price of the first order it could meet when it came; 0: there was none */
};

void order_told(struct work *work, const struct order *order)
{
    const struct order_event event = {
        .order_id = order->id, .status = (enum order_status)order->status, .remaining = order_remaining(order)};
    work_event(work, EVENT_DEX_ORDER, &shape_order_event, &event);
}

static enum token lock_token(const struct order *order)
{
    const struct pair *pair = pair_at(order->pair);
    return order->side == SIDE_BUY ? pair->quote : pair->base;
}

static void owned_put(struct work *work, const struct order *order, bool open)
{
    const struct okey key = owned_key(&order->owner, open, order->sequence);
    char value[33];
    memcpy(value, &order->id, 32);
    value[32] = (char)order->pair;
    work_set(work, &key, (struct str){value, sizeof(value)});
}

/* From now on it is history. */
static void closed_put(struct work *work, const struct order *order)
{
    struct okey key = book_key(BOOK_CLOSED);
    okey_u32(&key, work->frame->height);
    okey_u64(&key, order->sequence);
    work_set(work, &key, (struct str){(const char *)&order->id, 32});
    owned_put(work, order, false);
}

static void cancelled_count(struct work *work, const struct address *owner)
{
    struct okey key = book_key(BOOK_CANCELLED);
    okey_address(&key, owner);
    okey_u32(&key, work->frame->height);
    struct str value;
    uint32_t count = work_get(work, &key, &value) ? bin_load_u32((const uint8_t *)value.data) : 0;
    count++;
    work_set(work, &key, (struct str){(const char *)&count, sizeof(count)});
    watch_cancel(work, owner);
}

void order_close(struct work *work, struct spot *spot, struct order *order, enum order_status status, const struct address *by)
{
    const struct okey level = level_key(order), owned = owned_key(&order->owner, true, order->sequence);
    work_remove(work, &level);
    work_remove(work, &owned);
    money_unlock(work, &order->owner, lock_token(order), (struct amount){order->locked});
    order->refund = order->locked;
    order->locked = 0;
    order->status = (uint8_t)status;
    order->updated = work->frame->height;
    spot->pairs[order->pair].changes++;
    closed_put(work, order);
    order_store(work, order);
    order_told(work, order);
    if (by != NULL && order->filled == 0) cancelled_count(work, by);
}

/* ---- matching ---- */

static uint64_t level_price(struct str key, uint8_t side)
{
    uint64_t price;
    memcpy(&price, key.data + 4, sizeof(price));
    price = __builtin_bswap64(price);
    return side == SIDE_BUY ? ~price : price;
}

/* The first order on the other side that this one could meet. */
static bool best_find(const struct placing *p, struct hash *out_id, uint64_t *out_price)
{
    const uint8_t side = p->order.side == SIDE_BUY ? SIDE_SELL : SIDE_BUY;
    const struct okey prefix = level_prefix(p->order.pair, side);
    struct ordmap_entry entry;
    if (!ordmap_first(&p->work->objects, okey_view(&prefix), &entry)) return false;
    const uint64_t price = level_price(entry.key, side);
    if (p->order.type == ORDER_LIMIT && (p->order.side == SIDE_BUY ? price > p->order.price : price < p->order.price)) return false;
    if (!guard_time_priority(p->work->rules)) {
        const struct okey level = {.len = 12};
        struct okey same = level;
        memcpy(same.b, entry.key.data, same.len);
        const bool found = ordmap_last(&p->work->objects, okey_view(&same), &entry);
        ASSERT(found);
    }
    memcpy(out_id, entry.value.data, sizeof(*out_id));
    *out_price = price;
    return true;
}

static void fill_note(struct order *order, uint64_t trade, uint64_t price, uint64_t quantity, uint32_t height)
{
    if (order->fills_count == ORDER_FILLS_MAX)
        memmove(&order->fills[0], &order->fills[1], --order->fills_count * sizeof(order->fills[0]));
    order->fills[order->fills_count++] = (struct fill){trade, price, quantity, height};
    order->filled += quantity;
    order->turnover += (u128)price * quantity;
    order->updated = height;
}

/* Money and base change hands. The maker's side is locked, the taker's free. */
static enum code settle(struct placing *p, struct order *maker, uint64_t quantity)
{
    struct work *work = p->work;
    const struct address *taker = &p->order.owner;
    const u128 cost = notional(quantity, maker->price);
    const u128 from_taker = taker_fee(cost, work->params.taker_bps), from_maker = maker_fee(cost, maker->maker_bps);
    const enum token base = p->pair->base, quote = p->pair->quote;
    enum code code;
    if (p->order.side == SIDE_BUY) {
        code = money_take(p->x, taker, quote, (struct amount){cost + from_taker}, RECEIPT_FIELD_QUANTITY);
        if (code != CODE_NONE) return code;
        money_take_locked(work, &maker->owner, base, AMOUNT(quantity));
        maker->locked -= quantity;
        money_give(work, taker, base, AMOUNT(quantity));
        money_give(work, &maker->owner, quote, (struct amount){cost - from_maker});
    } else {
        code = money_take(p->x, taker, base, AMOUNT(quantity), RECEIPT_FIELD_QUANTITY);
        if (code != CODE_NONE) return code;
        money_take_locked(work, &maker->owner, quote, (struct amount){cost + from_maker});
        maker->locked -= cost + from_maker;
        money_give(work, &maker->owner, base, AMOUNT(quantity));
        money_give(work, taker, quote, (struct amount){cost - from_taker});
    }
    money_give(work, &work->frame->proposer, quote, (struct amount){from_taker + from_maker});
    return CODE_NONE;
}

static enum code match_one(struct placing *p, const struct hash *maker_id)
{
    struct order maker;
    const bool found = order_load(&p->work->objects, maker_id, &maker);
    ASSERT(found); /* the book points at what stands */
    if (address_eq(&maker.owner, &p->order.owner) && guard_manipulation(p->work->rules)) {
        order_close(p->work, &p->spot, &maker, ORDER_CANCELLED, &maker.owner);
        return CODE_NONE;
    }
    const uint64_t quantity = MIN(order_remaining(&p->order), order_remaining(&maker));
    const enum code code = settle(p, &maker, quantity);
    if (code != CODE_NONE) return code;
    struct trade trade = {.price = maker.price,
                          .quantity = quantity,
                          .taker_side = p->order.side,
                          .source = TRADE_BOOK,
                          .maker_order = maker.id,
                          .taker_order = p->order.id};
    const uint64_t sequence = trade_print(p->work, &p->spot, p->order.pair, &trade);
    const uint32_t height = p->work->frame->height;
    fill_note(&p->order, sequence, maker.price, quantity, height);
    fill_note(&maker, sequence, maker.price, quantity, height);
    watch_trade(p->work, &maker.owner, &p->order.owner);
    if (order_remaining(&maker) == 0) {
        order_close(p->work, &p->spot, &maker, ORDER_FILLED, NULL);
        return CODE_NONE;
    }
    maker.status = ORDER_PARTIALLY_FILLED;
    p->spot.pairs[maker.pair].changes++;
    order_store(p->work, &maker);
    order_told(p->work, &maker);
    return CODE_NONE;
}

static enum code match(struct placing *p)
{
    struct hash maker;
    uint64_t price;
    while (order_remaining(&p->order) > 0 && best_find(p, &maker, &price)) {
        const enum code code = match_one(p, &maker);
        if (code != CODE_NONE) return code;
    }
    return CODE_NONE;
}

/* ---- the rules ---- */

/* What can be said of an order before it meets the book. */
static enum code order_check(struct placing *p)
{
    const struct order *order = &p->order;
    const struct params *params = &p->work->params;
    if (order->type == ORDER_MARKET && pair_halted(&p->work->objects, p->work->frame->timestamp_ms, p->pair)) return refuse(p->x, CODE_CIRCUIT_BREAKER_OPEN, RECEIPT_FIELD_PAIR);
    if (order->type == ORDER_MARKET ? order->price != 0 : order->price == 0 || order->price % params->order_tick != 0)
        return refuse(p->x, CODE_INVALID_PRICE, RECEIPT_FIELD_PRICE);
    if (order->quantity < params->min_order_quantity) return refuse(p->x, CODE_AMOUNT_TOO_SMALL, RECEIPT_FIELD_QUANTITY);
    if (order->type == ORDER_MARKET && order->side == SIDE_BUY) return CODE_NONE; /* its cost is the book's to say */
    const u128 required = order->side == SIDE_SELL ? order->quantity : notional(order->quantity, order->price);
    const struct amount free = work_account(p->work, &order->owner)->now.balances[lock_token(order) - 1].free;
    if (guard_balance(p->work->rules, free.units, required)) return CODE_NONE;
    return refuse_lack(p->x, CODE_INSUFFICIENT_BALANCE, RECEIPT_FIELD_QUANTITY, free, (struct amount){required});
}

/* The average price against the first one: turnover / filled within best * (1 +- bps / 10000). Prices are below 2^63, so is the
 * bound when cut there, and products with a quantity stay below 2^126. */
static bool slippage_holds(const struct placing *p, uint16_t bps)
{
    const struct order *order = &p->order;
    if (bps == 0 || order->type != ORDER_MARKET || order->filled == 0) return true;
    if (order->side == SIDE_BUY) {
        const u128 bound = MIN((u128)p->best * (10000u + bps) / 10000, (u128)INT64_MAX);
        return order->turnover <= bound * order->filled;
    }
    const u128 bound = bps >= 10000 ? 0 : ((u128)p->best * (10000u - bps) + 9999) / 10000;
    return order->turnover >= bound * order->filled;
}

/* What is left rests, or is gone. */
static enum code order_settle_rest(struct placing *p)
{
    struct order *order = &p->order;
    const bool rests = order_remaining(order) > 0 && order->type == ORDER_LIMIT && (order->tif == TIF_GTC || order->tif == TIF_POST_ONLY);
    order->status = order_remaining(order) == 0 ? ORDER_FILLED : ORDER_CANCELLED;
    if (rests) {
        order->status = order->filled > 0 ? ORDER_PARTIALLY_FILLED : ORDER_OPEN;
        order->locked = order_lock(order);
        const enum code code =
            money_lock(p->x, &order->owner, lock_token(order), (struct amount){order->locked}, RECEIPT_FIELD_QUANTITY);
        if (code != CODE_NONE) return code;
    }
    if (p->x->verdict_only) return CODE_NONE;
    if (rests) {
        const struct okey key = level_key(order);
        work_set(p->work, &key, (struct str){(const char *)&order->id, 32});
        p->spot.pairs[order->pair].changes++;
        owned_put(p->work, order, true);
    } else {
        closed_put(p->work, order);
    }
    order_store(p->work, order);
    order_told(p->work, order);
    spot_store(p->work, &p->spot);
    return CODE_NONE;
}

static enum code place(struct placing *p, uint16_t max_slippage_bps)
{
    struct order *order = &p->order;
    enum code code = order_check(p);
    if (code != CODE_NONE) return code;
    struct hash first;
    const bool crosses = best_find(p, &first, &p->best);
    if (order->tif == TIF_POST_ONLY && crosses) return refuse(p->x, CODE_WOULD_CROSS, RECEIPT_FIELD_PRICE);
    order->sequence = ++p->spot.orders;
    code = match(p);
    if (code != CODE_NONE) return code;
    const bool found = order->type != ORDER_MARKET || order->filled > 0;
    if (!guard_exists(p->work->rules, found)) return refuse(p->x, CODE_NO_LIQUIDITY, RECEIPT_FIELD_QUANTITY);
    if (order->tif == TIF_FOK && order_remaining(order) > 0) return refuse(p->x, CODE_NO_LIQUIDITY, RECEIPT_FIELD_QUANTITY);
    if (!guard_slippage(p->work->rules, slippage_holds(p, max_slippage_bps)))
        return refuse(p->x, CODE_SLIPPAGE_EXCEEDED, RECEIPT_FIELD_MAX_SLIPPAGE_BPS);
    return order_settle_rest(p);
}

enum code order_place_apply(struct exec *x)
{
    const struct payload_order_place *asked = &x->payload->order_place;
    size_t pair;
    if (!pair_find(asked->pair, &pair)) return refuse(x, CODE_MARKET_NOT_FOUND, RECEIPT_FIELD_PAIR);
    struct placing p;
    p.x = x, p.work = x->work, p.pair = pair_at(pair), p.best = 0;
    p.order = (struct order){.id = x->id,
                             .owner = x->sender,
                             .pair = (uint8_t)pair,
                             .side = asked->side,
                             .type = asked->order_type,
                             .tif = asked->tif,
                             .maker_bps = (uint16_t)x->work->params.maker_bps,
                             .price = asked->price,
                             .quantity = asked->quantity,
                             .client_id = asked->client_id,
                             .created = x->work->frame->height,
                             .updated = x->work->frame->height};
    spot_load(&x->work->objects, &p.spot);
    return place(&p, asked->max_slippage_bps);
}

/* ---- cancelling ---- */

/* With vuln.create-on-missing an order that nobody placed: closed, empty, its canceller's. */
static void blank_order(struct exec *x, const struct hash *id, struct order *out)
{
    struct spot spot;
    spot_load(&x->work->objects, &spot);
    *out = (struct order){.id = *id,
                          .owner = x->sender,
                          .side = SIDE_BUY,
                          .type = ORDER_LIMIT,
                          .tif = TIF_GTC,
                          .status = ORDER_CANCELLED,
                          .sequence = ++spot.orders,
                          .created = x->work->frame->height,
                          .updated = x->work->frame->height};
    closed_put(x->work, out);
    order_store(x->work, out);
    spot_store(x->work, &spot);
}

enum code order_cancel_apply(struct exec *x)
{
    struct work *work = x->work;
    struct order order;
    const bool known = order_load(&work->objects, &x->payload->id.id, &order);
    if (!guard_exists(work->rules, known)) return refuse(x, CODE_ORDER_NOT_FOUND, RECEIPT_FIELD_ORDER_ID);
    if (!known) {
        blank_order(x, &x->payload->id.id, &order);
        return CODE_NONE;
    }
    if (!guard_order_owner(work->rules, &order.owner, &x->sender)) return refuse(x, CODE_NOT_OWNER, RECEIPT_FIELD_ORDER_ID);
    if (!guard_once(work->rules, order_is_open(&order))) return refuse(x, CODE_ORDER_NOT_OPEN, RECEIPT_FIELD_ORDER_ID);
    if (x->verdict_only) return CODE_NONE;
    if (!order_is_open(&order)) { /* the second of two cancels, with vuln.non-atomic-update: what was given back is given again */
        money_give(work, &order.owner, lock_token(&order), (struct amount){order.refund});
        return CODE_NONE;
    }
    struct spot spot;
    spot_load(&work->objects, &spot);
    order_close(work, &spot, &order, ORDER_CANCELLED, &x->sender);
    spot_store(work, &spot);
    return CODE_NONE;
}

enum code order_cancel_all_apply(struct exec *x)
{
    struct work *work = x->work;
    const struct str name = x->payload->order_cancel_all.pair;
    size_t pair = PAIR_COUNT;
    if (name.len > 0 && !pair_find(name, &pair)) return refuse(x, CODE_MARKET_NOT_FOUND, RECEIPT_FIELD_PAIR);
    struct okey prefix = book_key(BOOK_OWNED);
    okey_address(&prefix, &x->sender);
    okey_u8(&prefix, 1);
    struct okey at = prefix;
    struct spot spot;
    struct ordmap_entry entry;
    spot_load(&work->objects, &spot);
    for (bool more = ordmap_first(&work->objects, okey_view(&prefix), &entry); more;
         more = ordmap_next(&work->objects, okey_view(&prefix), okey_view(&at), &entry)) {
        at.len = (uint16_t)entry.key.len;
        memcpy(at.b, entry.key.data, at.len);
        if (pair < PAIR_COUNT && (uint8_t)entry.value.data[32] != pair) continue;
        struct hash id;
        struct order order;
        memcpy(&id, entry.value.data, sizeof(id));
        const bool found = order_load(&work->objects, &id, &order);
        ASSERT(found && order_is_open(&order)); /* the entry says so */
        order_close(work, &spot, &order, ORDER_CANCELLED, &x->sender);
    }
    spot_store(work, &spot);
    return CODE_NONE;
}

/* ---- the surcharge ---- */

uint32_t cancelled_recently(const struct ordmap *objects, const struct address *owner, uint32_t height)
{
    struct okey prefix = book_key(BOOK_CANCELLED);
    okey_address(&prefix, owner);
    struct okey from = prefix;
    okey_u32(&from, height > CANCEL_WINDOW_BLOCKS ? height - CANCEL_WINDOW_BLOCKS : 0);
    struct ordmap_entry entry;
    uint32_t count = 0;
    bool more = ordmap_ceiling(objects, okey_view(&from), &entry) && str_starts(entry.key, okey_view(&prefix));
    while (more) {
        count += bin_load_u32((const uint8_t *)entry.value.data);
        struct okey at = {.len = (uint16_t)entry.key.len};
        memcpy(at.b, entry.key.data, at.len);
        more = ordmap_next(objects, okey_view(&prefix), okey_view(&at), &entry);
    }
    return count;
}

struct amount cancel_least_fee(const struct exec *x, struct amount by_size)
{
    if (!guard_manipulation(x->work->rules)) return by_size;
    uint32_t doublings = cancelled_recently(&x->work->objects, &x->sender, x->work->parent->height + 1) / CANCELS_A_DOUBLING;
    for (; doublings > 0 && by_size.units <= U128_MAX / 2; doublings--) by_size.units *= 2;
    return doublings > 0 ? AMOUNT_MAX : by_size;
}
