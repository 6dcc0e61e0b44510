/* Orders that rest: through a life (PT-L-021), and cancelled (PT-L-023). */
#include <inttypes.h>
#include <stdio.h>

#include "tester/behavior/dex_priv.h"
#include "tester/bot/submit_priv.h"

#define LOOK_EVERY duration_ms(500)
#define FAR_BPS 5000u /* from the middle: where nobody trades */
#define K_MAX 100u

/* ---- what an order holds ---- */

static struct moves moves_of(const struct act *act, const struct landing *landing)
{
    struct moves moves = {
        .chain = CHAIN_DELTA, .address = &act->bot->identity.address, .height = landing->height, .by = &landing->id};
    moves.free[TOKEN_DX].lost = landing->receipt.fee_charged;
    return moves;
}

static void held_add(struct moves *moves, enum token token, u128 units)
{
    moves->free[token].lost.units += units;
    moves->locked[token].gained.units += units;
}
static void back_add(struct moves *moves, enum token token, u128 units)
{
    moves->free[token].gained.units += units;
    moves->locked[token].lost.units += units;
}

/* Another bot of the track tries to cancel it. Alone, or with a partner that cannot pay for it, nothing is claimed. */
static bool claim_strangers(struct act *act, const struct hash *id, struct op *op)
{
    struct act other = *act;
    other.bot = act_partner(act);
    other.output = NULL;
    if (other.bot == act->bot) return true;
    const union payload payload = {.id = {*id}};
    const struct send_plan plan = {.kind = KIND_ORDER_CANCEL, .payload = &payload};
    if (dex_claim_refused(&other, "a stranger's cancel is refused", &plan, CODE_NOT_OWNER, op)) return true;
    if (op->status != OP_SKIPPED) return false;
    op->status = OP_DONE;
    op->note[0] = '\0';
    return true;
}

static bool claim_second(struct act *act, const struct hash *id, struct op *op)
{
    const union payload payload = {.id = {*id}};
    const struct send_plan plan = {.kind = KIND_ORDER_CANCEL, .payload = &payload};
    return dex_claim_refused(act, "a second cancel is refused", &plan, CODE_ORDER_NOT_OPEN, op);
}

static bool claim_gone(struct act *act, const struct hash *id, uint32_t height, uint64_t quantity, struct op *op)
{
    struct dex_state state;
    if (!dex_state_read(act, id, height, &state, op)) return false;
    return act_claim(act, "a cancelled order says so", state.status == ORDER_CANCELLED && state.quantity == quantity,
                     "%s, %" PRIu64 " of %" PRIu64, order_status_text(state.status).data, state.filled, state.quantity);
}

/* ---- PT-L-021 ---- */

struct life {
    struct dex_order order, later; /* later: at the same price, behind it */
    struct hash id, later_id;
    struct landing placed;
    uint32_t later_height;
    struct amount later_fee;
    struct dex_fills at_once;
    struct dex_fees fees;
    uint64_t wanted; /* of it to be filled */
    struct instant deadline;
    struct dex_state state;
};

/* At least (of a sale at most) what was said, and first in line where others offer better, so that a counter-fill comes to it; never across. */
static uint64_t life_price(enum side side, uint64_t said, const struct dex_look *look)
{
    if (side == SIDE_BUY) {
        const uint64_t first = look->bid > said ? look->bid + 1 : said;
        return look->ask != 0 && first >= look->ask ? MAX(look->ask - 1, 1) : first;
    }
    const uint64_t first = look->ask != 0 && look->ask < said ? look->ask - 1 : said;
    return MAX(first, look->bid + 1);
}

static bool life_plan(struct act *act, struct life *life, struct op *op)
{
    struct dex_look look;
    const struct dex_pair *pair = dex_begin(act, "pair", op);
    if (pair == NULL) return false;
    life->order = (struct dex_order){.pair = pair,
                                     .side = dex_side(act_word(act, "side")),
                                     .type = ORDER_LIMIT,
                                     .tif = TIF_GTC,
                                     .price = act_u64(act, "price"),
                                     .quantity = act_u64(act, "amount")};
    if (!dex_fees_read(act, pair, &life->fees, op) || !dex_look(act, pair, 1, life->order.side, 0, &look, op)) return false;
    life->order.price = life_price(life->order.side, life->order.price, &look);
    life->wanted = (uint64_t)((u128)life->order.quantity * act_u64(act, "fill_fraction") / DEX_BPS);
    life->later = life->order;
    life->later.quantity = act_u64(act, "behind");
    life->deadline = act_deadline(act, (struct duration){act_u64(act, "patience")});
    return true;
}

/* Both at once: whoever fills the first finds the later one behind it. */
static bool life_send(struct act *act, struct life *life, struct op *op)
{
    struct submission first, later = {0};
    if (!dex_order_begin(act, &life->order, &first, op)) return false;
    life->id = op->tx_id;
    dex_output_id(act, "tx_id", &life->id);
    dex_output_id(act, "order_id", &life->id);
    const bool two = life->later.quantity > 0 && dex_order_begin(act, &life->later, &later, op);
    if (two) life->later_id = op->tx_id;
    op->tx_id = life->id;
    bool good = dex_order_end(act, &first, &life->placed, op);
    struct landing landing = {0};
    if (two) good = dex_order_end(act, &later, &landing, op) && good;
    life->later_height = landing.height;
    life->later_fee = landing.receipt.fee_charged;
    return good && (two || life->later.quantity == 0);
}

static bool life_open(struct act *act, struct life *life, struct op *op)
{
    if (!life_send(act, life, op)) return false;
    dex_fills_read(&life->placed, life->order.side, life->fees.taker_bps, &life->at_once);
    const struct dex_fills *fills = &life->at_once;
    const uint64_t rest = life->order.quantity - fills->quantity;
    const enum order_status due = rest == 0 ? ORDER_FILLED : fills->count > 0 ? ORDER_PARTIALLY_FILLED : ORDER_OPEN;
    if (!act_claim(act, "a placed order is open", fills->told && fills->status == due && fills->remaining == rest,
                   "%s, %" PRIu64 " left", fills->told ? order_status_text(fills->status).data : "not told of", fills->remaining))
        return false;
    if (fills->count + fills->crossed > 0 || life->fees.maker_bps != 0)
        return true; /* it met somebody on its way, and holds less */
    struct moves moves = moves_of(act, &life->placed);
    held_add(&moves, dex_reserve_token(&life->order), dex_reserve(&life->order));
    if (life->later_height == life->placed.height) {
        moves.with = &life->later_id;
        moves.free[TOKEN_DX].lost = amount_add_clamped(moves.free[TOKEN_DX].lost, life->later_fee);
        held_add(&moves, dex_reserve_token(&life->later), dex_reserve(&life->later));
    }
    return dex_claim_moves(act, "an open order holds what it may cost", life->order.pair, &moves);
}

/* Asks the makers for what is missing of the counter-fill. They may have none, or fail: then whoever asks for quotes on our side is told
 * of the order. */
__attribute__((noinline)) static enum ask_result counter_ask(struct act *act, const struct life *life)
{
    const struct dex_topic topic = dex_topic_of("fill", life->order.pair, dex_other(life->order.side));
    char request[64];
    snprintf(request, sizeof(request), "%" PRIu64 " %" PRIu64, life->order.price, life->wanted - life->state.filled);
    struct buf reply = {0};
    const enum ask_result result = act_ask(act, str_of(topic.text), str_of(request), life->deadline, &reply);
    buf_done(&reply);
    return result;
}

static void quote_tell(struct act *act, const struct life *life, struct bus_subscription *service)
{
    struct served served;
    const struct instant soon = instant_add(env_now(act->crew->env), LOOK_EVERY);
    if (!serve_next(act, service, instant_before(soon, life->deadline) ? soon : life->deadline, &served)) return;
    char reply[24];
    snprintf(reply, sizeof(reply), "%" PRIu64, life->order.price);
    serve_reply(act, &served, str_of(reply));
}

/* The later one is read first: what was filled of it then, the earlier one had to have had before. */
static bool claim_first_comes_first(struct act *act, struct life *life, struct op *op)
{
    struct dex_state later;
    if (life->later.quantity == 0) return true;
    if (!dex_state_read(act, &life->later_id, life->later_height, &later, op) ||
        !dex_state_read(act, &life->id, life->placed.height, &life->state, op))
        return false;
    return act_claim(act, "a later order at its price waits", later.filled == 0 || life->state.remaining == 0,
                     "%" PRIu64 " of the later, %" PRIu64 " left of the earlier", later.filled, life->state.remaining);
}

static bool later_cancel(struct act *act, const struct life *life, struct op *op)
{
    if (life->later.quantity == 0 || dex_cancel_send(act, &life->later_id, NULL, op)) return true;
    return dex_forgive(op, CODE_ORDER_NOT_OPEN); /* somebody took it */
}

static bool life_fill(struct act *act, struct life *life, struct op *op)
{
    const struct dex_topic topic = dex_topic_of("quote", life->order.pair, life->order.side);
    struct env *env = act->crew->env;
    enum ask_result asked = counter_ask(act, life);
    struct bus_subscription *service = serve_open(act, str_of(topic.text), 8);
    bool met = false, read = true;
    for (;;) {
        read = dex_state_read(act, &life->id, life->placed.height, &life->state, op);
        met = read && (life->state.filled >= life->wanted || !dex_is_open(life->state.status));
        if (!read || met || act_gives_up(act) || !instant_before(env_now(env), life->deadline)) break;
        if (asked == ASK_OK)
            asked = counter_ask(act, life); /* somebody else stood before it and was met */
        else if (service != NULL)
            quote_tell(act, life, service);
        else
            fiber_sleep(env, LOOK_EVERY);
    }
    if (service != NULL) bus_unsubscribe(service);
    if (!read || met) return met;
    const bool passed_over = !claim_first_comes_first(act, life, op);
    struct op aside = {.intended = op->intended, .marked = op->marked};
    (void)later_cancel(act, life, &aside); /* nothing is left behind; what becomes of that is not the point here */
    (void)dex_cancel_send(act, &life->id, NULL, &aside);
    if (passed_over) return false;
    char note[sizeof(op->note)];
    snprintf(note, sizeof(note), "no counter-fill: asked a maker: %s", ask_result_text(asked));
    return dex_skip(op, OP_TIMED_OUT, note);
}

static bool claim_filled(struct act *act, const struct life *life)
{
    const enum order_status due = life->state.remaining == 0 ? ORDER_FILLED
                                  : life->state.filled > 0   ? ORDER_PARTIALLY_FILLED
                                                             : ORDER_OPEN;
    const uint64_t filled = life->state.filled;
    if (!act_claim(act, "a filled part shows in its state", life->state.status == due, "%s with %" PRIu64 " filled",
                   order_status_text(life->state.status).data, filled))
        return false;
    const bool enough = act_flag(act, "exact") ? filled == life->wanted : filled >= life->wanted;
    return act_claim(act, "the counter-fill is as agreed", enough, "%" PRIu64 " filled, %" PRIu64 " agreed", filled,
                     life->wanted);
}

/* Ended by a fill while the cancel was on its way: the other end of its life. */
static bool was_filled(struct act *act, struct life *life, struct op *op)
{
    return dex_forgive(op, CODE_ORDER_NOT_OPEN) && dex_state_await(act, &life->id, UINT64_MAX, life->deadline, &life->state, op);
}

static bool claim_returned(struct act *act, struct life *life, const struct landing *landing, struct op *op)
{
    uint64_t rest = 0;
    const uint32_t told = dex_cancelled_count(landing, &life->id, &rest);
    if (!dex_state_read(act, &life->id, landing->height, &life->state, op)) return false;
    if (!act_claim(
            act, "a cancelled order says so", told == 1 && life->state.status == ORDER_CANCELLED && rest == life->state.remaining,
            "%s, %" PRIu64 " left, %" PRIu64 " told", order_status_text(life->state.status).data, life->state.remaining, rest))
        return false;
    if (life->at_once.count > 0 || life->fees.maker_bps != 0 || !life->state.fills_whole) return true;
    struct moves moves = moves_of(act, landing);
    const u128 reserve = dex_reserve(&life->order);
    back_add(&moves, dex_reserve_token(&life->order),
             life->order.side == SIDE_BUY ? reserve - life->state.fills_cost : life->state.remaining);
    return dex_claim_moves(act, "what it still held comes back", life->order.pair, &moves);
}

static bool life_close(struct act *act, struct life *life, struct op *op)
{
    struct arena arena;
    arena_init(&arena, 0);
    struct landing landing = {.arena = &arena};
    const bool cancelled = dex_cancel_send(act, &life->id, &landing, op);
    const bool good = cancelled ? claim_returned(act, life, &landing, op) : was_filled(act, life, op);
    arena_done(&arena);
    return good;
}

/* Without the later one, whose level it may share: nothing of ours stands there any more. */
static bool claim_absent(struct act *act, const struct life *life, const struct book_level *before, struct op *op)
{
    struct book_level level;
    if (!dex_level(act, life->order.pair, life->order.side, life->order.price, &level, op)) return false;
    const bool others = before->orders > 0 || level.orders > 1 || (level.orders == 1 && level.quantity != life->state.remaining);
    return act_claim(act, "a cancelled order is not in the book", level.orders == 0 || others, "%" PRIu64 " at %" PRIu64,
                     level.quantity, level.price);
}

static bool claim_tape(struct act *act, const struct life *life, struct op *op)
{
    struct dex_tape tape;
    const struct dex_taped what = {.order = &life->id, .since_height = life->placed.height};
    if (!dex_tape_read(act, life->order.pair, &what, &tape, op)) return false;
    if (!act_claim(act, "trades are in price, then time order", tape.ordered, "%s", tape.note)) return false;
    return !tape.whole ||
           act_claim(act, "its fills are on the tape", tape.as_maker + tape.as_taker == life->state.filled,
                     "%" PRIu64 " on the tape, %" PRIu64 " filled", tape.as_maker + tape.as_taker, life->state.filled);
}

static bool live(struct act *act, struct life *life, struct op *op)
{
    struct book_level before;
    if (!life_plan(act, life, op) || !dex_level(act, life->order.pair, life->order.side, life->order.price, &before, op) ||
        !life_open(act, life, op))
        return false;
    const bool filled =
        life->wanted == 0 ? dex_state_read(act, &life->id, life->placed.height, &life->state, op) : life_fill(act, life, op);
    const bool good = filled && claim_first_comes_first(act, life, op) && claim_filled(act, life);
    dex_output_u64(act, "filled", life->state.filled);
    if (!good) return false;
    if (!later_cancel(act, life, op) || (dex_is_open(life->state.status) && !life_close(act, life, op))) return false;
    op->tx_id = life->id;
    return claim_absent(act, life, &before, op) && claim_tape(act, life, op);
}

void dex_limit_order(struct act *act, struct op *op)
{
    struct arena arena;
    arena_init(&arena, 0);
    struct life *life = arena_new(&arena, struct life);
    life->placed.arena = &arena;
    (void)live(act, life, op); /* op tells */
    arena_done(&arena);
}

/* ---- PT-L-023 ---- */

struct resting {
    struct arena arena;
    struct dex_order order; /* of each; the price is a tick lower each time */
    struct hash *ids;
    uint32_t count;
    u128 held;
};

static struct dex_order nth_order(const struct resting *resting, uint32_t n)
{
    struct dex_order order = resting->order;
    order.price -= MIN((uint64_t)n, order.price - 1);
    return order;
}

/* Far from the touch, all sent before the first is followed. */
static bool resting_place(struct act *act, struct resting *resting, uint32_t k, struct op *op)
{
    struct dex_look look;
    const struct dex_pair *pair = dex_begin(act, "pair", op);
    if (pair == NULL || !dex_look(act, pair, 1, SIDE_BUY, 0, &look, op)) return false;
    const uint64_t middle = dex_reference(act, pair, &look, op);
    if (middle == 0) return false;
    resting->order = (struct dex_order){.pair = pair,
                                        .side = SIDE_BUY,
                                        .type = ORDER_LIMIT,
                                        .tif = TIF_GTC,
                                        .price = dex_shift(middle, FAR_BPS, false),
                                        .quantity = act_u64(act, "amount")};
    resting->ids = arena_array(&resting->arena, struct hash, k);
    struct submission *submissions = arena_array(&resting->arena, struct submission, k);
    uint32_t sent = 0;
    while (sent < k) {
        const struct dex_order order = nth_order(resting, sent);
        if (!dex_order_begin(act, &order, &submissions[sent], op)) break;
        resting->ids[sent++] = op->tx_id;
    }
    for (uint32_t i = 0; i < sent; i++) {
        const struct dex_order order = nth_order(resting, i);
        if (!dex_order_end(act, &submissions[i], NULL, op)) continue;
        resting->ids[resting->count++] = resting->ids[i];
        resting->held += dex_reserve(&order);
    }
    if (resting->count > 0) dex_output_id(act, "order_id", &resting->ids[0]);
    return op->status == OP_DONE;
}

static bool cancel_one(struct act *act, const struct resting *resting, struct op *op)
{
    struct dex_fees fees;
    struct landing landing = {0};
    const struct dex_order order = nth_order(resting, 0);
    const struct hash *id = &resting->ids[0];
    if (!dex_fees_read(act, order.pair, &fees, op) || !claim_strangers(act, id, op) || !dex_cancel_send(act, id, &landing, op))
        return false;
    if (fees.maker_bps == 0) {
        struct moves moves = moves_of(act, &landing);
        back_add(&moves, dex_reserve_token(&order), dex_reserve(&order));
        if (!dex_claim_moves(act, "reserved funds come back to the unit", order.pair, &moves)) return false;
    }
    return claim_gone(act, id, landing.height, order.quantity, op) && claim_second(act, id, op);
}

/* How many of the account's orders in the pair are as `status` says; of ours among them in *out_ours. */
static bool orders_count(struct act *act, const struct resting *resting, const char *status, uint32_t *out_all,
                         uint32_t *out_ours, struct op *op)
{
    const struct alpha delta = act_alpha(act);
    struct answer answer;
    const struct page *page;
    uint64_t wait = 0;
    do
        page = delta_orders(&delta, &act->bot->identity.address, str_of(resting->order.pair->name), str_of(status), 2 * K_MAX,
                            (struct str){0}, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (page == NULL && act_again(act, &answer, &wait));
    const struct order_view *items = page != NULL ? page->items : NULL;
    *out_all = page != NULL ? page->count : 0;
    *out_ours = 0;
    for (uint32_t i = 0; i < *out_all; i++)
        for (uint32_t k = 0; k < resting->count; k++) *out_ours += hash_eq(&items[i].order_id, &resting->ids[k]);
    if (page == NULL) (void)act_fail(op, &answer);
    answer_done(&answer);
    return page != NULL;
}

static bool cancel_each(struct act *act, struct resting *resting, struct op *op)
{
    struct dex_fees fees;
    struct landing landing = {.arena = &resting->arena};
    uint32_t all, ours;
    if (!dex_fees_read(act, resting->order.pair, &fees, op) || !claim_strangers(act, &resting->ids[0], op)) return false;
    if (!dex_cancel_all_send(act, resting->order.pair, &landing, op)) return false;
    if (dex_cancelled_count(&landing, NULL, NULL) == resting->count && fees.maker_bps == 0) {
        struct moves moves = moves_of(act, &landing);
        back_add(&moves, dex_reserve_token(&resting->order), resting->held);
        if (!dex_claim_moves(act, "reserved funds come back to the unit", resting->order.pair, &moves)) return false;
    }
    if (!orders_count(act, resting, "cancelled", &all, &ours, op)) return false;
    if (!act_claim(act, "every order of the pair is cancelled", ours == resting->count, "%" PRIu32 " of %" PRIu32, ours,
                   resting->count))
        return false;
    return claim_second(act, &resting->ids[0], op);
}

static uint32_t k_of(struct act *act) { return (uint32_t)MIN(MAX(act_u64(act, "k"), 1), K_MAX); }

/* An order that somebody placed before: `order`. */
static void cancel_given(struct act *act, struct op *op)
{
    struct arena arena;
    struct hash id;
    struct dex_state state;
    struct landing landing = {0};
    arena_init(&arena, 0);
    const bool given = str_unhex(act_text(act, "order", &arena), id.b, sizeof(id.b));
    arena_done(&arena);
    if (!given) {
        (void)dex_skip(op, OP_SKIPPED, "`order` is no order's id");
        return;
    }
    if (dex_begin(act, "pair", op) == NULL || !dex_state_read(act, &id, 0, &state, op) ||
        !dex_cancel_send(act, &id, &landing, op))
        return;
    (void)(claim_gone(act, &id, landing.height, state.quantity, op) && claim_second(act, &id, op)); /* op tells */
}

static void with_resting(struct act *act, bool (*cancel)(struct act *act, struct resting *resting, struct op *op), struct op *op)
{
    struct resting resting = {0};
    arena_init(&resting.arena, 0);
    if (resting_place(act, &resting, k_of(act), op)) (void)cancel(act, &resting, op); /* op tells */
    arena_done(&resting.arena);
}

static bool one_then_rest(struct act *act, struct resting *resting, struct op *op)
{
    if (!cancel_one(act, resting, op)) return false;
    return resting->count == 1 || dex_cancel_all_send(act, resting->order.pair, NULL, op); /* nothing is left behind */
}

void dex_cancel_order(struct act *act, struct op *op)
{
    if (act_has(act, "order"))
        cancel_given(act, op);
    else
        with_resting(act, one_then_rest, op);
}

void dex_cancel_all(struct act *act, struct op *op) { with_resting(act, cancel_each, op); }
