/* Honest feeds (PT-L-073): each reports what it sees of the run's reference, a little apart from the others, and looks whether the network makes
 * of all reports what it must. */
#include <inttypes.h>
#include <stdio.h>

#include "tester/behavior/oracle_priv.h"
#include "tester/behavior/oracle_reference.h"
#include "tester/bot/claim.h"
#include "tester/bot/send.h"
#include "tester/bot/tide.h"
#include "tester/client/delta_oracle.h"

#define LAST_PATIENCE duration_s(60) /* a report ends with its finality, which faults delay */
#define NOISE_BPS 10u /* a feed's own */
#define BPS 10000u
#define COMPARE_TRIES 5
#define STALE_ROOM_MS 15000u /* blocks and clocks may be that far behind ours */

const struct oracle_asset_known oracle_assets[ORACLE_ASSETS] = {{{"DX/USD", 6}, {"DX-USD", 6}, 2000000}, {{"sAX/USD", 7}, {"sAX-USD", 7}, 1000000}};

uint64_t oracle_reference(const struct crew *crew, size_t asset, uint64_t base, struct instant at)
{
    const struct rng rng = env_rng(crew->env, STR("reference"), asset);
    return reference_price(&rng, base != 0 ? base : oracle_assets[asset].base, at);
}

uint64_t oracle_median_of(uint64_t *prices, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const uint64_t price = prices[i];
        size_t at = i;
        for (; at > 0 && prices[at - 1] > price; at--) prices[at] = prices[at - 1];
        prices[at] = price;
    }
    const uint64_t high = prices[count / 2];
    if (count % 2 == 1) return high;
    const uint64_t low = prices[count / 2 - 1];
    return low + (high - low) / 2;
}

static const struct oracle_feeds_view *feeds_read(struct act *act, size_t asset, struct answer *answer)
{
    const struct alpha delta = act_alpha(act);
    uint64_t wait = 0;
    const struct oracle_feeds_view *feeds;
    do feeds = delta_oracle_feeds(&delta, oracle_assets[asset].path, 0, act_deadline(act, ACT_READ_TIMEOUT), answer);
    while (feeds == NULL && act_again(act, answer, &wait));
    return feeds;
}

/* ---- what the feed sees ---- */

static bool is_of_crew(const struct crew *crew, const struct address *who)
{
    for (uint32_t i = 0; i < crew->bots_count; i++)
        if (address_eq(&crew->bots[i]->identity.address, who)) return true;
    return false;
}

/* Feeds that are not of this run have a market of their own: who sits among them reports what they see. 0: there are none. */
static uint64_t market_of_others(const struct act *act, const struct oracle_feeds_view *feeds)
{
    uint64_t prices[ORACLE_SEATS];
    size_t count = 0;
    for (uint32_t i = 0; i < feeds->feeds_count && count < ORACLE_SEATS; i++) {
        const struct oracle_feed_view *feed = &feeds->feeds[i];
        if (feed->price.has && feed->fresh && !feed->outlier && !is_of_crew(act->crew, &feed->feed)) prices[count++] = feed->price.value;
    }
    return count > 0 ? oracle_median_of(prices, count) : 0;
}

/* False: op says. */
static bool price_seen(struct act *act, size_t asset, struct instant at, uint64_t *out, struct op *op)
{
    struct answer answer;
    const struct oracle_feeds_view *feeds = feeds_read(act, asset, &answer);
    if (feeds == NULL) (void)act_fail(op, &answer); /* op tells */
    const bool read = feeds != NULL;
    const uint64_t others = read ? market_of_others(act, feeds) : 0;
    answer_done(&answer);
    const uint64_t price = others != 0 ? others : oracle_reference(act->crew, asset, act_has(act, "price") ? act_u64(act, "price") : 0, at);
    struct rng rng = rng_split(&act->rng, STR("noise"), at.ns);
    const uint64_t noise = rng_below(&rng, 2 * NOISE_BPS + 1);
    *out = MAX(price - price * NOISE_BPS / BPS + price * noise / BPS, 1u);
    return read;
}

/* ---- what must hold ---- */

struct reported {
    size_t asset;
    uint64_t price, at_ms;
};

/* Its own report, or a later one of its own; fresh, unless becoming final took it longer than reports count. */
static void claim_stands(struct act *act, const struct oracle_feeds_view *feeds, const struct reported *mine)
{
    const struct oracle_feed_view *own = NULL;
    for (uint32_t i = 0; i < feeds->feeds_count; i++)
        if (address_eq(&feeds->feeds[i].feed, &act->bot->identity.address)) own = &feeds->feeds[i];
    const bool has = own != NULL && own->price.has && own->timestamp.has;
    const uint64_t price = has ? own->price.value : 0, at_ms = has ? own->timestamp.value : 0;
    const bool young = at_ms + feeds->max_age_ms >= instant_ms(env_now(act->crew->env));
    act_claim(act, "the report stands among the feeds, with its age",
              has && (own->fresh || !young) && (at_ms > mine->at_ms || (at_ms == mine->at_ms && price == mine->price)),
              "%" PRIu64 " of %" PRIu64 ", not %" PRIu64 " of %" PRIu64, price, at_ms, mine->price, mine->at_ms);
}

static bool is_apart(uint64_t price, uint64_t from, uint64_t bps)
{
    const uint64_t by = price > from ? price - from : from - price;
    return (u128)by * BPS > (u128)from * bps;
}

/* Recomputed from the reports: who counts, and what follows. */
static void claim_median(struct act *act, const struct oracle_feeds_view *feeds, uint64_t price)
{
    uint64_t prices[64], old = 0;
    size_t count = 0;
    const uint64_t now_ms = instant_ms(env_now(act->crew->env));
    for (uint32_t i = 0; i < feeds->feeds_count && count < ARRAY_LEN(prices); i++) {
        const struct oracle_feed_view *feed = &feeds->feeds[i];
        if (!feed->price.has || !feed->fresh) continue;
        if (feed->timestamp.value + feeds->max_age_ms + STALE_ROOM_MS < now_ms) old++;
        if (!feed->outlier) prices[count++] = feed->price.value;
    }
    act_claim(act, "only seats report", feeds->feeds_count <= ORACLE_SEATS, "%" PRIu32 " feeds", feeds->feeds_count);
    act_claim(act, "no report counts that is too old", old == 0, "%" PRIu64 " are older than %" PRIu64 " ms", old, feeds->max_age_ms);
    if (count < feeds->min_feeds || count == 0) return; /* there is no price now: the last one stands */
    const uint64_t median = oracle_median_of(prices, count);
    act_claim(act, "the price is the median of the fresh feeds", median == feeds->median && median == price,
              "%" PRIu64 ", in force %" PRIu64 ", the median %" PRIu64, feeds->median, price, median);
    uint32_t strays = 0;
    for (uint32_t i = 0; i < feeds->feeds_count; i++)
        strays += feeds->feeds[i].price.has && feeds->feeds[i].fresh && !feeds->feeds[i].outlier &&
                  is_apart(feeds->feeds[i].price.value, median, 2 * feeds->max_deviation_bps);
    act_claim(act, "no report counts that is far from the others", strays == 0, "%" PRIu32 " do", strays);
}

/* Price and feeds are two answers: they are compared when both are of one height. */
static void claims_of_report(struct act *act, const struct reported *mine, struct op *op)
{
    const struct alpha delta = act_alpha(act);
    for (int tries = 0; tries < COMPARE_TRIES; tries++) {
        struct answer answer, price_answer;
        uint32_t head = 0, price_head = 0, final;
        uint64_t wait = 0;
        const struct oracle_feeds_view *feeds = feeds_read(act, mine->asset, &answer);
        const struct oracle_price_view *price;
        do price = delta_oracle_price(&delta, oracle_assets[mine->asset].path, false, act_deadline(act, ACT_READ_TIMEOUT), &price_answer);
        while (price == NULL && act_again(act, &price_answer, &wait));
        if (feeds == NULL) (void)act_fail(op, &answer); /* op tells */
        else if (price == NULL) (void)act_fail(op, &price_answer);
        const bool told = feeds != NULL && price != NULL;
        const bool same = told && answer_heights(&answer, &head, &final) && answer_heights(&price_answer, &price_head, &final) && head == price_head;
        if (same) {
            claim_stands(act, feeds, mine);
            claim_median(act, feeds, price->price);
        }
        answer_done(&answer);
        answer_done(&price_answer);
        if (same || !told) return;
    }
    op->status = OP_TIMED_OUT;
    op_note(op, "price and feeds were never of one height");
}

/* ---- reporting ---- */

static void report_now(struct act *act, size_t asset, struct op *op)
{
    struct reported mine = {.asset = asset};
    const struct instant now = env_now(act->crew->env);
    if (!price_seen(act, asset, now, &mine.price, op)) return;
    mine.at_ms = instant_ms(env_now(act->crew->env));
    const union payload payload = {.oracle_submit = {.asset = oracle_assets[asset].name,
                                                     .price = mine.price,
                                                     .timestamp_ms = mine.at_ms,
                                                     .source = str_sub(act->bot->identity.id, 0, 32)}};
    const struct send_plan plan = {.kind = KIND_ORACLE_SUBMIT, .payload = &payload};
    struct landing landing = {0};
    if (act_send(act, &plan, &landing, op)) claims_of_report(act, &mine, op);
}

/* A feed makes one report after the other. */
static void report(struct act *act, size_t asset, struct op *op)
{
    const struct instant until = act_deadline(act, LAST_PATIENCE);
    while (act->bot->reporting)
        if (!tide_next(act, CHAIN_DELTA, until)) { /* reports end with blocks */
            op->status = OP_TIMED_OUT;
            op_note(op, "its last report never ended");
            return;
        }
    act->bot->reporting = true;
    report_now(act, asset, op);
    act->bot->reporting = false;
}

/* SIZE_MAX: none of this name. */
static size_t asset_known(struct str name)
{
    for (size_t i = 0; i < ORACLE_ASSETS; i++)
        if (str_eq(name, oracle_assets[i].name) || str_eq(name, oracle_assets[i].path)) return i;
    return SIZE_MAX;
}

/* Feeds of a track report in turn, not all at once. */
static uint64_t turn_ns(const struct act *act, uint64_t every_ns)
{
    uint32_t place = 0;
    while (place < act->track->bots_count && act->track->bots[place] != act->bot->index) place++;
    return every_ns / MAX(act->track->bots_count, 1u) * place;
}

/* Until the next turn, or until the phase is over. */
static bool turn_await(struct act *act, uint64_t every_ns)
{
    struct env *env = act->crew->env;
    const uint64_t phase = turn_ns(act, every_ns), now = env_now(env).ns;
    struct instant next = {now - now % every_ns + phase};
    while (next.ns <= now) next.ns += every_ns;
    while (!act_is_closing(act) && instant_before(env_now(env), next)) {
        const struct instant soon = instant_add(env_now(env), duration_s(1));
        fiber_sleep_until(env, instant_before(soon, next) ? soon : next);
    }
    return !act_is_closing(act);
}

void oracle_submit_price(struct act *act, struct op *op)
{
    if (!act_on(act, CHAIN_DELTA, op)) return;
    struct arena arena;
    arena_init(&arena, 0);
    const struct str name = act_text(act, "asset", &arena);
    const bool every_asset = str_eq(name, STR("all"));
    const size_t asset = asset_known(name);
    arena_done(&arena);
    if (!every_asset && asset == SIZE_MAX) {
        op->status = OP_SKIPPED;
        op_note(op, "`asset` is DX/USD, sAX/USD or all");
        return;
    }
    const uint64_t every_ns = MAX(act_u64(act, "every"), NS_PER_MS);
    /* The first at once: prices are wanted from the first blocks on. */
    do
        for (size_t i = 0; i < ORACLE_ASSETS; i++)
            if (every_asset || i == asset) report(act, i, op);
    while (act->track->standing && op->status != OP_POSTCONDITION && op->status != OP_SKIPPED && turn_await(act, every_ns));
}
