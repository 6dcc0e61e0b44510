/* Funding (PT-L-053): a long and a short are held across a tick, and what all positions of the bots paid and received is added up. */
#include <inttypes.h>

#include "core/base/map.h"
#include "tester/behavior/perp_book.h"
#include "tester/bot/hold.h"
#include "tester/bot/tide.h"
#include "tester/client/delta_perps.h"

#define SUM_TRIES 5

struct tick {
    uint32_t height; /* 0: none yet */
    struct profit by_longs;
};

/* The newest settlement of the market. False: op says. */
static bool tick_read(struct act *act, struct str pair, struct tick *out, struct op *op)
{
    const struct alpha delta = act_alpha(act);
    struct answer answer;
    uint64_t wait = 0;
    const struct page *page;
    do page = delta_fundings(&delta, pair, 1, (struct str){0}, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (page == NULL && act_again(act, &answer, &wait));
    bool good = page != NULL;
    *out = (struct tick){0};
    if (good && page->count > 0) {
        const struct funding_view *newest = page->items;
        out->height = newest->height;
        good = profit_parse(newest->paid_by_longs, &out->by_longs);
        if (!good) op_note(op, "paid_by_longs is no number");
        if (!good) op->status = OP_POSTCONDITION;
    } else if (!good) {
        (void)act_fail(op, &answer); /* op tells */
    }
    answer_done(&answer);
    return good;
}

/* Waits for the tick and settles it, unless somebody else does. False: op says. */
static bool tick_await(struct act *act, struct str pair, const struct tick *before, struct tick *out, struct op *op)
{
    const struct instant until = act_deadline(act, (struct duration){act_u64(act, "interval")});
    const union payload payload = {.market = {.market = pair}};
    const struct send_plan plan = {.kind = KIND_FUNDING_SETTLE, .payload = &payload};
    for (;;) {
        struct market_seen market;
        uint32_t height = 0;
        if (!tick_read(act, pair, out, op) || !market_read(act, pair, &market, op)) return false;
        if (out->height > before->height) return true;
        /* In a block above it: whoever executes in the next one is checked against the one before. */
        const bool due = !act->track->closed && tide_await(act, CHAIN_DELTA, market.next_funding, until, &height);
        if (!due || act_is_closing(act)) {
            op_skip(op, "no funding tick came");
            return false;
        }
        if (act_send(act, &plan, NULL, op)) continue;
        if (!op_forgives(op, CODE_NOT_DUE)) return false;
        if (!tide_next(act, CHAIN_DELTA, until)) continue; /* settled by another, or there is no price now */
    }
}

/* What changed since `before`, of longs and of shorts. */
static void paid_since(const struct perp_book *before, const struct perp_book *now, struct profit *longs, struct profit *shorts)
{
    struct map was;
    map_init(&was, sizeof(struct hash), sizeof(struct profit));
    for (size_t i = 0; i < before->positions.count; i++)
        *(struct profit *)map_put(&was, &before->positions.data[i].id, NULL) = before->positions.data[i].funding;
    for (size_t i = 0; i < now->positions.count; i++) {
        const struct position_seen *p = &now->positions.data[i];
        const struct profit *old = map_find(&was, &p->id);
        const struct profit paid = old != NULL ? profit_add(p->funding, profit_negate(*old)) : p->funding;
        struct profit *side = p->side == SIDE_BUY ? longs : shorts;
        *side = profit_add(*side, paid);
    }
    map_done(&was);
}

/* All that was open in the market belongs to bots: nobody else paid or received. */
static bool is_whole(const struct perp_book *book, const struct market_seen *market)
{
    u128 longs = 0, shorts = 0;
    for (size_t i = 0; i < book->positions.count; i++) {
        const struct position_seen *p = &book->positions.data[i];
        if (p->status != POSITION_OPEN) continue;
        if (p->side == SIDE_BUY) longs += p->size;
        else shorts += p->size;
    }
    return longs == market->long_interest && shorts == market->short_interest;
}

/* What had been closed when `before` was read, from height `from` on, neither paid nor received since. */
static void later_only(struct perp_book *book, const struct perp_book *before, uint32_t from)
{
    struct map was;
    size_t kept = 0;
    map_init(&was, sizeof(struct hash), sizeof(uint8_t));
    for (size_t i = 0; i < before->positions.count; i++) *(uint8_t *)map_put(&was, &before->positions.data[i].id, NULL) = 1;
    for (size_t i = 0; i < book->positions.count; i++) {
        const struct position_seen *p = &book->positions.data[i];
        if (p->opened > from || map_find(&was, &p->id) != NULL) book->positions.data[kept++] = *p;
    }
    book->positions.count = kept;
    map_done(&was);
}

/* Adds up once. False: it cannot be said now (a tick fell between two reads; somebody who is no bot has positions), or op says. */
static bool sums_said(struct act *act, struct str pair, const struct perp_book *before, uint32_t from, const struct tick *tick,
                      struct perp_book *now, struct op *op)
{
    struct tick first, last;
    struct market_seen market;
    struct profit longs = {0}, shorts = {0};
    if (!tick_read(act, pair, &first, op) || !perp_book_read(act, now, STR("all"), pair, op) || !market_read(act, pair, &market, op) ||
        !tick_read(act, pair, &last, op) || first.height != last.height)
        return false;
    const bool whole = is_whole(now, &market);
    later_only(now, before, from);
    paid_since(before, now, &longs, &shorts);
    const bool even = profit_cmp(longs, profit_negate(shorts)) == 0;
    if (!even && !whole) return false;
    char l[PROFIT_TEXT], s[PROFIT_TEXT], t[PROFIT_TEXT];
    profit_text(longs, l);
    profit_text(shorts, s);
    profit_text(tick->by_longs, t);
    act_claim(act, "funding paid is funding received", even, "longs %s, shorts %s", l, s);
    if (last.height == tick->height) act_claim(act, "the tick says what longs paid", profit_cmp(longs, tick->by_longs) == 0, "%s, not %s", t, l);
    return true;
}

/* Σ paid = Σ received over every position there was. */
static void claim_sums(struct act *act, struct str pair, const struct perp_book *before, uint32_t from, const struct tick *tick, struct op *op)
{
    struct perp_book now = {0};
    for (int tries = 0; tries < SUM_TRIES && op->status == OP_DONE; tries++)
        if (sums_said(act, pair, before, from, tick, &now, op) || !tide_next(act, CHAIN_DELTA, act_deadline(act, PERP_PATIENCE))) break;
    perp_book_done(&now);
}

static bool enter(struct act *act, enum side side, struct hash *out, struct op *op)
{
    struct arena arena;
    arena_init(&arena, 0);
    struct landing landing = {.arena = &arena};
    struct position_seen position;
    const struct perp_order order = {
        .pair = act_word(act, "pair"), .side = side, .size = act_u64(act, "size"), .leverage = (uint32_t)MIN(act_u64(act, "leverage"), (uint64_t)UINT32_MAX)};
    const bool entered = perp_enter(act, &order, &position, &landing, op);
    *out = landing.id;
    arena_done(&arena);
    return entered && hold_take(act->crew, out);
}

static void leave(struct act *act, const struct hash *id, struct op *op)
{
    struct arena arena;
    arena_init(&arena, 0);
    struct landing landing = {.arena = &arena};
    struct position_seen before, closed;
    if (op->status != OP_POSTCONDITION && position_read(act, id, &before, op) && before.status == POSITION_OPEN)
        (void)perp_leave(act, id, &before, &closed, &landing, op); /* op tells */
    arena_done(&arena);
    hold_drop(act->crew, id);
}

static bool head_read(struct act *act, uint32_t *out, struct op *op)
{
    const struct alpha delta = act_alpha(act);
    struct answer answer;
    uint64_t wait = 0;
    bool told;
    do told = alpha_height(&delta, act_deadline(act, ACT_READ_TIMEOUT), out, &answer);
    while (!told && act_again(act, &answer, &wait));
    if (!told) (void)act_fail(op, &answer); /* op tells */
    answer_done(&answer);
    return told;
}

static void across(struct act *act, struct str pair, struct op *op)
{
    struct perp_book before = {0};
    struct tick old, tick, again;
    uint32_t from = 0;
    /* What was before is one state: no tick while it is read. */
    bool read = tick_read(act, pair, &old, op);
    for (int tries = 0; read && tries < SUM_TRIES; tries++) {
        read = head_read(act, &from, op) && perp_book_read(act, &before, (struct str){0}, pair, op) && tick_read(act, pair, &again, op);
        if (!read || again.height == old.height) break;
        old = again;
    }
    if (read && tick_await(act, pair, &old, &tick, op)) claim_sums(act, pair, &before, from, &tick, op);
    perp_book_done(&before);
}

void perp_funding(struct act *act, struct op *op)
{
    struct hash bought, sold;
    if (!act_on(act, CHAIN_DELTA, op) || !enter(act, SIDE_BUY, &bought, op)) return;
    if (enter(act, SIDE_SELL, &sold, op)) {
        across(act, act_word(act, "pair"), op);
        leave(act, &sold, op);
    }
    leave(act, &bought, op);
}
