/* The tape of a spot market, read back from its newest trade: who traded with whom, and whether in the right order. */
#include <inttypes.h>
#include <stdio.h>

#include "tester/behavior/dex_priv.h"
#include "tester/bot/submit_priv.h"
#include "tester/client/pager.h"

#define TAPE_PAGE_MAX 500u
#define TAPE_PAGES_MAX 3u
#define TAPE_MORE 8u    /* what may come between two questions, and a little of what was before */
#define TAPE_LOOKUPS 6u /* orders asked for to tell which of two is the older */

struct taped {
    struct act *act;
    struct op aside;
    struct dex_tape *out;
    uint32_t lookups;
};

/* Both rested when the earlier trade was made, so the older one was due. Unknown ages say nothing. */
static bool passed_over(struct taped *taped, const struct trade_view *earlier, const struct trade_view *later)
{
    struct dex_state first, second;
    if (hash_eq(&earlier->maker_order, &later->maker_order) || taped->lookups + 2 > TAPE_LOOKUPS) return false;
    taped->lookups += 2;
    if (!dex_state_read(taped->act, &earlier->maker_order, earlier->height, &first, &taped->aside)) return false;
    if (!dex_state_read(taped->act, &later->maker_order, later->height, &second, &taped->aside)) return false;
    return first.created != 0 && second.created != 0 && first.created > second.created;
}

static void tape_pair_look(struct taped *taped, const struct trade_view *earlier, const struct trade_view *later)
{
    if (!taped->out->ordered || earlier->source != TRADE_BOOK || later->source != TRADE_BOOK ||
        earlier->taker_side != later->taker_side)
        return;
    const bool same_taker =
        earlier->taker_order.has && later->taker_order.has && hash_eq(&earlier->taker_order.value, &later->taker_order.value);
    const bool back = later->taker_side == SIDE_BUY ? later->price < earlier->price : later->price > earlier->price;
    if (same_taker && back) {
        taped->out->ordered = false;
        snprintf(taped->out->note, sizeof(taped->out->note), "trade %" PRIu64 " goes back to a better price", later->sequence);
    } else if (earlier->price == later->price && passed_over(taped, earlier, later)) {
        taped->out->ordered = false;
        snprintf(taped->out->note, sizeof(taped->out->note), "trade %" PRIu64 " passed over an older order", earlier->sequence);
    }
}

/* The oldest of the page first. */
static void page_take(struct taped *taped, const struct page *page, const struct hash *order)
{
    struct dex_tape *out = taped->out;
    const struct trade_view *trades = page->items;
    for (uint32_t i = page->count; i-- > 0;) {
        const struct trade_view *trade = &trades[i];
        const bool takes = trade->taker_order.has && hash_eq(&trade->taker_order.value, order);
        const bool makes = hash_eq(&trade->maker_order, order);
        out->trades += takes || makes;
        if (takes) out->as_taker += trade->quantity;
        if (takes) out->makers += dex_maker_mark(trade);
        if (makes) out->as_maker += trade->quantity;
        if (i + 1 < page->count) tape_pair_look(taped, &trades[i + 1], trade);
    }
}

struct tape_reading {
    const struct dex_pair *pair;
    uint32_t since_height, limit;
    struct pager pager;
    uint64_t oldest; /* sequence; 0: the page is empty */
};

/* One page; `taped` NULL: nothing of it is taken. */
static bool tape_page(struct act *act, struct tape_reading *reading, struct taped *taped, const struct hash *order, struct op *op)
{
    const struct alpha delta = act_alpha(act);
    struct answer answer;
    const struct page *page;
    uint64_t wait = 0;
    uint32_t tries = 0;
    do
        page = delta_trades(&delta, str_of(reading->pair->name), reading->since_height, reading->limit, pager_cursor(&reading->pager),
                            act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while ((page == NULL && act_again(act, &answer, &wait)) || dex_is_behind(act, &answer, reading->since_height, &wait, &tries));
    if (page != NULL) {
        const struct trade_view *trades = page->items;
        if (taped != NULL) page_take(taped, page, order);
        reading->oldest = page->count > 0 ? trades[page->count - 1].sequence : 0;
    }
    const bool told = pager_turn(&reading->pager, page, &answer);
    if (!told) (void)act_fail(op, &answer); /* op tells */
    answer_done(&answer);
    return told;
}

/* How far back the tape has to be read: to the trade `first`, which is so many trades ago by now. 0: it is not known. */
static bool tape_depth(struct act *act, struct tape_reading *reading, uint64_t first, struct op *op)
{
    reading->limit = DEX_TAPE_PAGE;
    if (first == 0) return true;
    struct tape_reading newest = *reading;
    newest.limit = 1;
    if (!tape_page(act, &newest, NULL, NULL, op)) return false;
    if (newest.oldest >= first) reading->limit = (uint32_t)MIN(newest.oldest - first + TAPE_MORE, (uint64_t)TAPE_PAGE_MAX);
    return true;
}

bool dex_tape_read(struct act *act, const struct dex_pair *pair, const struct dex_taped *what, struct dex_tape *out,
                   struct op *op)
{
    struct tape_reading reading = {.pair = pair, .since_height = what->since_height};
    *out = (struct dex_tape){.ordered = true};
    struct taped taped = {.act = act, .out = out};
    if (!tape_depth(act, &reading, what->first_sequence, op)) return false;
    for (uint32_t pages = 0; pages < TAPE_PAGES_MAX && !out->whole; pages++) {
        if (!tape_page(act, &reading, &taped, what->order, op)) return false;
        out->whole = !pager_more(&reading.pager) || (what->first_sequence != 0 && reading.oldest <= what->first_sequence);
        if (what->first_sequence == 0) break; /* one page is what is looked at */
    }
    return true;
}
