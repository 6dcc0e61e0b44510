/* Tries to break the price of an asset: the median and its flags against a slow model on random reports, what a minority can do to
 * it, staleness and the breaker. */
#include "core/base/check.h"
#include "core/base/rng.h"
#include "network/ledger/oracle_priv.h"

#define T0 UINT64_C(1767225600000)

static struct ledger_rules rules;
static struct params params;
static struct oracle_asset asset;

static struct address who(unsigned n)
{
    struct address address = {{0}};
    address.b[0] = (uint8_t)n;
    return address;
}

static void fresh_start(void)
{
    memset(&asset, 0, sizeof(asset));
    memset(&rules, 0, sizeof(rules));
    params_init(&params, PROFILE_TEST, CHAIN_DELTA);
    for (unsigned i = 0; i < ORACLE_SEATS; i++) {
        const struct address address = who(i);
        CHECK(oracle_asset_seat(&asset, &address, true, 0));
    }
}

static enum code say(size_t feed, uint64_t price, uint64_t at_ms)
{
    return oracle_asset_report(&rules, &params, &asset, feed, price, at_ms, at_ms);
}
static uint64_t price_at(uint64_t at_ms)
{
    uint64_t price = 0;
    uint16_t used;
    return oracle_asset_price(&rules, &params, &asset, at_ms, &price, &used) ? price : 0;
}

/* ---- the slow model: ranks by counting, everything decided from scratch ---- */
struct slow {
    bool reported[7], flagged[7];
    uint64_t price[7], at[7];
};
static bool slow_fresh(const struct slow *m, size_t i, uint64_t now) { return m->reported[i] && m->at[i] + params.max_age_ms > now; }
static uint64_t slow_median(const uint64_t *p, size_t n)
{
    uint64_t at[2] = {0, 0};
    for (size_t half = 0; half < 2; half++) {
        const size_t rank = (n - 1 + half) / 2;
        for (size_t i = 0; i < n; i++) {
            size_t below = 0, same = 0;
            for (size_t k = 0; k < n; k++) below += p[k] < p[i], same += p[k] == p[i];
            if (below <= rank && rank < below + same) at[half] = p[i];
        }
    }
    return at[0] + (at[1] - at[0]) / 2;
}
static bool slow_apart(uint64_t a, uint64_t b, uint64_t bps)
{
    return (a > b ? a - b : b - a) * 10000 > b * bps;
}
static size_t slow_take(const struct slow *m, uint64_t now, bool flagged_too, size_t except, uint64_t out[7])
{
    size_t n = 0;
    for (size_t i = 0; i < 7; i++)
        if (i != except && slow_fresh(m, i, now) && (flagged_too || !m->flagged[i])) out[n++] = m->price[i];
    return n;
}
static enum code slow_say(struct slow *m, size_t i, uint64_t price, uint64_t now)
{
    uint64_t p[7];
    size_t n = slow_take(m, now, false, i, p);
    const uint64_t others = n > 0 ? slow_median(p, n) : price;
    if (n >= 4 && slow_apart(price, others, 5000)) return CODE_PRICE_OUTLIER;
    m->reported[i] = true;
    m->price[i] = price;
    m->at[i] = now;
    m->flagged[i] = slow_apart(price, others, 500);
    if (slow_take(m, now, false, 99, p) >= 4) return CODE_NONE;
    n = slow_take(m, now, true, 99, p);
    if (n < 4) return CODE_NONE;
    const uint64_t all = slow_median(p, n);
    for (size_t k = 0; k < 7; k++)
        if (slow_fresh(m, k, now)) m->flagged[k] = slow_apart(m->price[k], all, 500);
    return CODE_NONE;
}

static void random_reports_give_what_the_slow_model_gives(void)
{
    struct rng rng;
    uint64_t refused = 0, flagged = 0, stale = 0;
    rng_init(&rng, 7);
    fresh_start();
    static struct slow m;
    uint64_t now = T0, base = 1000000;
    for (int step = 0; step < 200000; step++) {
        now += rng_below(&rng, rng_chance_bps(&rng, 20) ? 90000 : 6000);
        base = base * rng_range(&rng, 985, 1016) / 1000;
        if (base < 1000 || base > 1000000000) base = 1000000;
        const size_t i = rng_below(&rng, 7);
        uint64_t price = base * rng_range(&rng, 980, 1020) / 1000;
        if (rng_chance_bps(&rng, 800)) price = price * rng_range(&rng, 5, 40) / 10;
        const enum code got = say(i, price, now);
        CHECK_U64(got, slow_say(&m, i, price, now));
        refused += got == CODE_PRICE_OUTLIER;
        for (size_t k = 0; k < 7; k++) {
            CHECK(asset.feeds[k].outlier == m.flagged[k]);
            flagged += m.flagged[k];
        }
        uint64_t p[7];
        const size_t n = slow_take(&m, now, false, 99, p);
        CHECK_U64(price_at(now), n >= 4 ? slow_median(p, n) : 0);
        stale += n < 4;
    }
    printf("     200000 reports: %" PRIu64 " refused, %" PRIu64 " flags, %" PRIu64 " without a price\n", refused, flagged, stale);
    CHECK(refused > 0 && flagged > 0 && stale > 0);
}

static void three_of_seven_cannot_leave_the_honest_range(void)
{
    struct rng rng;
    rng_init(&rng, 11);
    for (int round = 0; round < 2000; round++) {
        fresh_start();
        uint64_t now = T0, least = UINT64_MAX, most = 0;
        bool done[7] = {false};
        for (int reports = 0; reports < 30; reports++) {
            const size_t i = rng_below(&rng, 7);
            now += rng_below(&rng, 1000);
            if (i < 3) { /* hostile */
                (void)say(i, rng_range(&rng, 1, 5000000), now); /* refused or not */
            } else {
                const uint64_t price = rng_range(&rng, 990000, 1010000);
                if (say(i, price, now) != CODE_NONE) continue;
                done[i] = true;
            }
            least = UINT64_MAX, most = 0;
            for (size_t k = 3; k < 7; k++) {
                if (!done[k]) continue;
                least = MIN(least, asset.feeds[k].price);
                most = MAX(most, asset.feeds[k].price);
            }
            const uint64_t price = price_at(now);
            if (price != 0 && done[3] && done[4] && done[5] && done[6]) CHECK(price >= least && price <= most);
        }
        /* A hostile start never keeps the honest majority out. */
        for (size_t k = 3; k < 7; k++) CHECK_U64(say(k, 1000000, now), CODE_NONE);
        CHECK(price_at(now) != 0);
    }
}

static void a_price_needs_four_fresh_reports(void)
{
    fresh_start();
    for (size_t i = 0; i < 3; i++) CHECK_U64(say(i, 1000000, T0), CODE_NONE);
    CHECK_U64(price_at(T0), 0);
    CHECK_U64(say(3, 1000000, T0 + 1000), CODE_NONE);
    CHECK_U64(price_at(T0 + 59999), 1000000);
    CHECK_U64(price_at(T0 + 60000), 0);
    weakness_put(&rules.weak, WEAKNESS_ORACLE_ACCEPT_STALE, true);
    CHECK_U64(price_at(T0 + 3600000), 1000000);
}

static void what_strays_is_flagged_and_what_strays_far_is_refused(void)
{
    fresh_start();
    for (size_t i = 0; i < 6; i++) CHECK_U64(say(i, 1000000, T0), CODE_NONE);
    CHECK_U64(say(6, 1050000, T0), CODE_NONE);
    CHECK(!asset.feeds[6].outlier);
    CHECK_U64(say(6, 1050001, T0), CODE_NONE);
    CHECK(asset.feeds[6].outlier);
    CHECK_U64(price_at(T0), 1000000);
    CHECK_U64(say(6, 1500000, T0), CODE_NONE);
    CHECK_U64(say(6, 1500001, T0), CODE_PRICE_OUTLIER);
    CHECK_U64(asset.feeds[6].price, 1500000);
    CHECK_U64(asset.feeds[6].submissions, 3);
    CHECK_U64(asset.feeds[6].outliers, 2);
}

static void with_the_mean_three_feeds_move_the_price(void)
{
    fresh_start();
    weakness_put(&rules.weak, WEAKNESS_ORACLE_MEAN_PRICE, true);
    for (size_t i = 0; i < 4; i++) CHECK_U64(say(i, 1000000, T0), CODE_NONE);
    for (size_t i = 4; i < 7; i++) CHECK_U64(say(i, 5000000, T0), CODE_NONE);
    CHECK_U64(price_at(T0), 19000000 / 7);
}

static void the_seatless_count_only_with_open_seats(void)
{
    fresh_start();
    for (size_t i = 0; i < 7; i++) CHECK_U64(say(i, 1000000, T0), CODE_NONE);
    for (unsigned i = 0; i < 20; i++) {
        asset.feeds[asset.feeds_count].who = who(100 + i);
        CHECK_U64(say(asset.feeds_count++, 5000000, T0), CODE_NONE);
    }
    CHECK_U64(price_at(T0), 1000000);
    weakness_put(&rules.weak, WEAKNESS_ORACLE_OPEN_SEATS, true);
    CHECK_U64(price_at(T0), 5000000);
}

static void a_jump_opens_the_breaker_and_a_slow_walk_does_not(void)
{
    fresh_start();
    CHECK(!oracle_asset_move(&params, &asset, 1000000, 7, 1, T0));
    CHECK(!oracle_asset_move(&params, &asset, 1300000, 7, 2, T0 + 1000));
    CHECK(oracle_asset_move(&params, &asset, 1300001, 7, 3, T0 + 2000));
    CHECK_U64(asset.halted_until_ms, T0 + 302000);
    CHECK(!oracle_asset_move(&params, &asset, 1300001, 7, 4, T0 + 3000));
    fresh_start();
    uint64_t price = 1000000;
    for (uint64_t t = 0; t < 3600; t += 60) {
        CHECK(!oracle_asset_move(&params, &asset, price, 7, 1, T0 + t * 1000));
        price += price / 20; /* 5 % a minute: 27.6 % in five, 21.6 % against the mark five back */
    }
    CHECK(oracle_asset_move(&params, &asset, price * 14 / 10, 7, 1, T0 + 3600000));
}

/* The breaker against a list of every price, judged by the numbers of their thirtieths. */
static void the_breaker_sees_what_a_full_history_sees(void)
{
    struct rng rng;
    static struct { uint64_t span, price; } past[5000];
    size_t from = 0, count = 0;
    uint64_t opened = 0;
    rng_init(&rng, 3);
    fresh_start();
    uint64_t now = T0, price = 1000000;
    for (size_t i = 0; i < ARRAY_LEN(past); i++) {
        now += rng_below(&rng, rng_chance_bps(&rng, 100) ? 400000 : 15000);
        price = MAX(price * rng_range(&rng, 96, 104) / 100, (uint64_t)1000);
        bool jump = false;
        for (size_t k = from; k < count; k++)
            jump |= past[k].span + 30 >= now / 10000 && slow_apart(price, past[k].price, 3000);
        CHECK(oracle_asset_move(&params, &asset, price, 7, 1, now) == jump);
        if (jump) from = count, opened++;
        past[count].span = now / 10000;
        past[count++].price = price;
    }
    CHECK(opened > 0);
}

static void seats_are_seven_and_bytes_come_back(void)
{
    fresh_start();
    const struct address eighth = who(8);
    CHECK(!oracle_asset_seat(&asset, &eighth, false, 5));
    for (size_t i = 0; i < 7; i++) CHECK_U64(say(i, 1000000 + i, T0), CODE_NONE);
    (void)oracle_asset_move(&params, &asset, 1000003, 7, 9, T0);
    struct buf bytes = {0}, again = {0};
    oracle_asset_encode(&asset, &bytes);
    static struct oracle_asset read;
    CHECK(oracle_asset_decode(buf_str(&bytes), &read));
    oracle_asset_encode(&read, &again);
    CHECK_STR(buf_str(&again), buf_str(&bytes));
    CHECK(!oracle_asset_decode((struct str){(const char *)bytes.data, bytes.len - 1}, &read));
    oracle_asset_remove(&asset, 0);
    CHECK_U64(oracle_asset_seated(&asset), 6);
    CHECK(oracle_asset_seat(&asset, &eighth, false, 5));
    buf_done(&bytes);
    buf_done(&again);
}

int main(void)
{
    RUN(random_reports_give_what_the_slow_model_gives);
    RUN(three_of_seven_cannot_leave_the_honest_range);
    RUN(a_price_needs_four_fresh_reports);
    RUN(what_strays_is_flagged_and_what_strays_far_is_refused);
    RUN(with_the_mean_three_feeds_move_the_price);
    RUN(the_seatless_count_only_with_open_seats);
    RUN(a_jump_opens_the_breaker_and_a_slow_walk_does_not);
    RUN(the_breaker_sees_what_a_full_history_sees);
    RUN(seats_are_seven_and_bytes_come_back);
    return 0;
}
