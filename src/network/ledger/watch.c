/* What the markets remember of who trades and cancels, to tell patterns that no honest trader shows (patterns PT-A-024). Kept in
 * windows of CANCEL_WINDOW_BLOCKS; one alert a window and account.
 *
 * Wash trading: two accounts whose trades are nine in ten with each other, on both sides. One candidate with a count of votes is
 * enough to see that (Boyer and Moore, "MJRTY", 1991): a share s of all leaves at least 2s - 1 of the votes. Spoofing: nearly
 * all that an account placed is taken back untouched. */
#include "network/ledger/market_priv.h"

#define WASH_TRADES_MIN 20
#define SPOOFS_MIN 100

struct activity {
    uint32_t window, cancelled, trades, votes;
    uint32_t alerted; /* bits by enum market_alert */
    struct address candidate;
};

static struct okey activity_key(const struct address *owner)
{
    struct okey key = book_key(BOOK_ACTIVITY);
    okey_address(&key, owner);
    return key;
}

static void activity_load(const struct work *work, const struct address *owner, struct activity *out)
{
    const struct okey key = activity_key(owner);
    struct str value;
    memset(out, 0, sizeof(*out));
    if (work_get(work, &key, &value)) memcpy(out, value.data, sizeof(*out));
    const uint32_t window = work->frame->height / CANCEL_WINDOW_BLOCKS;
    if (out->window != window) *out = (struct activity){.window = window};
}

static void activity_store(struct work *work, const struct address *owner, const struct activity *activity)
{
    const struct okey key = activity_key(owner);
    work_set(work, &key, (struct str){(const char *)activity, sizeof(*activity)});
}

static void alert(struct work *work, enum market_alert type, const struct address *subject, const struct address *other)
{
    const struct okey all = book_key(BOOK_ALERTS);
    struct okey here = all;
    okey_u32(&here, work->frame->height);
    struct ordmap_entry entry;
    uint32_t n = 0;
    if (ordmap_last(&work->objects, okey_view(&here), &entry)) {
        memcpy(&n, entry.key.data + entry.key.len - 4, 4);
        n = __builtin_bswap32(n) + 1;
    }
    okey_u32(&here, n);
    char value[65];
    value[0] = (char)type;
    memcpy(value + 1, subject, 32);
    memcpy(value + 33, other, 32);
    work_set(work, &here, (struct str){value, sizeof(value)});
    while (ordmap_first(&work->objects, okey_view(&all), &entry)) {
        uint32_t height;
        memcpy(&height, entry.key.data + 2, sizeof(height));
        if (__builtin_bswap32(height) + CANCEL_WINDOW_BLOCKS > work->frame->height) break;
        struct okey old = {.len = (uint16_t)entry.key.len};
        memcpy(old.b, entry.key.data, old.len);
        work_remove(work, &old);
    }
}

static void vote(struct activity *activity, const struct address *other)
{
    activity->trades++;
    if (activity->votes == 0) activity->candidate = *other;
    if (address_eq(&activity->candidate, other)) activity->votes++;
    else activity->votes--;
}

static bool is_devoted(const struct activity *activity, const struct address *other)
{
    return activity->trades >= WASH_TRADES_MIN && address_eq(&activity->candidate, other) &&
           (uint64_t)activity->votes * 10 >= (uint64_t)activity->trades * 8;
}

void watch_trade(struct work *work, const struct address *maker, const struct address *taker)
{
    if (!guard_manipulation(work->rules)) return;
    struct activity of_maker, of_taker;
    activity_load(work, maker, &of_maker);
    activity_load(work, taker, &of_taker);
    vote(&of_maker, taker);
    vote(&of_taker, maker);
    const uint32_t bit = 1u << MARKET_WASH_TRADE;
    if (is_devoted(&of_maker, taker) && is_devoted(&of_taker, maker) && (of_maker.alerted & of_taker.alerted & bit) == 0) {
        of_maker.alerted |= bit;
        of_taker.alerted |= bit;
        alert(work, MARKET_WASH_TRADE, maker, taker);
    }
    activity_store(work, maker, &of_maker);
    activity_store(work, taker, &of_taker);
}

void watch_cancel(struct work *work, const struct address *owner)
{
    if (!guard_manipulation(work->rules)) return;
    struct activity activity;
    activity_load(work, owner, &activity);
    activity.cancelled++;
    const uint32_t bit = 1u << MARKET_SPOOFING;
    if (activity.cancelled >= SPOOFS_MIN && activity.trades * 20 <= activity.cancelled && (activity.alerted & bit) == 0) {
        activity.alerted |= bit;
        alert(work, MARKET_SPOOFING, owner, owner);
    }
    activity_store(work, owner, &activity);
}
