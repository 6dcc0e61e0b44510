#include "core/codec/binary.h"
#include "network/ledger/oracle_priv.h"

const struct str oracle_names[ORACLE_ASSETS] = {{"DX/USD", 6}, {"sAX/USD", 7}};

bool oracle_find(struct str name, size_t *out)
{
    for (size_t i = 0; i < ORACLE_ASSETS; i++) {
        const struct str known = oracle_names[i];
        bool same = name.len == known.len;
        for (size_t k = 0; same && k < name.len; k++) same = name.data[k] == known.data[k] || (known.data[k] == '/' && name.data[k] == '-');
        if (same) return *out = i, true;
    }
    return false;
}

uint64_t oracle_median(uint64_t *prices, size_t count)
{
    ASSERT(count > 0);
    for (size_t i = 1; i < count; i++) { /* a handful: insertion */
        const uint64_t price = prices[i];
        size_t at = i;
        for (; at > 0 && prices[at - 1] > price; at--) prices[at] = prices[at - 1];
        prices[at] = price;
    }
    if (count % 2 == 1) return prices[count / 2];
    return (uint64_t)(((u128)prices[count / 2 - 1] + prices[count / 2]) / 2);
}

bool oracle_is_apart(uint64_t price, uint64_t from, uint64_t bps)
{
    const u128 apart = price > from ? price - from : from - price;
    return apart * BPS > (u128)from * bps;
}

bool oracle_feed_is_fresh(const struct ledger_rules *rules, const struct params *params, const struct oracle_feed *feed, uint64_t now_ms)
{
    if (!feed->reported) return false;
    const uint64_t at = MIN(feed->stated_ms, feed->seen_ms);
    return guard_oracle_fresh(rules, at > now_ms || now_ms - at < params->max_age_ms);
}

/* The reports that are fresh; `all`: those that strayed too. `except`: a feed left out, or SIZE_MAX. */
static size_t fresh_prices(const struct ledger_rules *rules, const struct params *params, const struct oracle_asset *asset,
                           uint64_t now_ms, bool all, size_t except, uint64_t out[ORACLE_REPORTERS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < asset->feeds_count; i++) {
        const struct oracle_feed *feed = &asset->feeds[i];
        if (i == except || (feed->outlier && !all) || !guard_oracle_seat(rules, feed->seated)) continue;
        if (oracle_feed_is_fresh(rules, params, feed, now_ms)) out[count++] = feed->price;
    }
    return count;
}

bool oracle_asset_price(const struct ledger_rules *rules, const struct params *params, const struct oracle_asset *asset, uint64_t now_ms,
                        uint64_t *out_price, uint16_t *out_used)
{
    uint64_t prices[ORACLE_REPORTERS_MAX];
    const bool median = guard_oracle_median(rules);
    const size_t count = fresh_prices(rules, params, asset, now_ms, !median, SIZE_MAX, prices);
    *out_used = (uint16_t)count;
    if (count == 0 || count < params->min_feeds) return false;
    if (median) return *out_price = oracle_median(prices, count), true;
    u128 sum = 0;
    for (size_t i = 0; i < count; i++) sum += prices[i];
    *out_price = (uint64_t)(sum / count);
    return true;
}

/* With too few reports that count, who strays is decided anew among all that are fresh, so that a majority that moved, or a minority
 * that came first, does not leave the asset without a price. */
static void flags_renew(const struct ledger_rules *rules, const struct params *params, struct oracle_asset *asset, uint64_t now_ms)
{
    uint64_t prices[ORACLE_REPORTERS_MAX];
    if (fresh_prices(rules, params, asset, now_ms, false, SIZE_MAX, prices) >= params->min_feeds) return;
    const size_t count = fresh_prices(rules, params, asset, now_ms, true, SIZE_MAX, prices);
    if (count == 0 || count < params->min_feeds) return;
    const uint64_t median = oracle_median(prices, count);
    for (size_t i = 0; i < asset->feeds_count; i++) {
        struct oracle_feed *feed = &asset->feeds[i];
        if (!oracle_feed_is_fresh(rules, params, feed, now_ms)) continue;
        feed->outlier = oracle_is_apart(feed->price, median, params->max_deviation_bps);
    }
}

enum code oracle_asset_report(const struct ledger_rules *rules, const struct params *params, struct oracle_asset *asset, size_t i,
                              uint64_t price, uint64_t stated_ms, uint64_t now_ms)
{
    ASSERT(i < asset->feeds_count);
    struct oracle_feed *feed = &asset->feeds[i];
    bool outlier = false;
    if (feed->seated && guard_oracle_median(rules)) {
        uint64_t others[ORACLE_REPORTERS_MAX];
        const size_t count = fresh_prices(rules, params, asset, now_ms, false, i, others);
        const uint64_t median = count > 0 ? oracle_median(others, count) : price;
        if (count >= params->min_feeds && oracle_is_apart(price, median, params->reject_deviation_bps)) return CODE_PRICE_OUTLIER;
        outlier = oracle_is_apart(price, median, params->max_deviation_bps);
    }
    feed->reported = true;
    feed->outlier = outlier;
    feed->price = price;
    feed->stated_ms = stated_ms;
    feed->seen_ms = now_ms;
    feed->submissions++;
    feed->outliers += outlier;
    if (guard_oracle_median(rules)) flags_renew(rules, params, asset, now_ms);
    return CODE_NONE;
}

u128 oracle_asset_sum(const struct oracle_asset *asset, uint64_t now_ms)
{
    const uint64_t passed = asset->price != 0 && now_ms > asset->price_ms ? now_ms - asset->price_ms : 0;
    return asset->sum + (u128)asset->price * passed; /* wraps after more years than there are; differences stay right */
}

bool oracle_asset_move(const struct params *params, struct oracle_asset *asset, uint64_t price, uint16_t used, uint32_t height,
                       uint64_t now_ms)
{
    asset->sum = oracle_asset_sum(asset, now_ms);
    asset->price = price;
    asset->price_ms = now_ms;
    asset->height = height;
    asset->feeds_used = used;
    const uint64_t number = now_ms / MAX(params->breaker_window_ms / (ORACLE_SPANS - 1), 1u);
    if (number > asset->span) {
        const uint64_t steps = MIN(number - asset->span, (uint64_t)ORACLE_SPANS);
        for (uint64_t k = 0; k < steps; k++) asset->spans[(number - k) % ORACLE_SPANS] = (struct oracle_span){0, 0};
        asset->span = number;
    }
    bool jumped = false;
    for (size_t i = 0; i < ORACLE_SPANS; i++) {
        const struct oracle_span *span = &asset->spans[i];
        if (span->least == 0) continue;
        jumped |= oracle_is_apart(price, span->least, params->breaker_bps) || oracle_is_apart(price, span->most, params->breaker_bps);
    }
    if (jumped) { /* what lies behind the jump is forgotten: the halt is one window long, not two */
        memset(asset->spans, 0, sizeof(asset->spans));
        asset->halted_until_ms = now_ms + params->breaker_window_ms;
    }
    struct oracle_span *now = &asset->spans[asset->span % ORACLE_SPANS];
    now->least = now->least == 0 ? price : MIN(now->least, price);
    now->most = MAX(now->most, price);
    return jumped;
}

/* ---- seats ---- */

bool oracle_asset_feed(const struct oracle_asset *asset, const struct address *who, size_t *out)
{
    for (size_t i = 0; i < asset->feeds_count; i++)
        if (address_eq(&asset->feeds[i].who, who)) return *out = i, true;
    return false;
}

size_t oracle_asset_seated(const struct oracle_asset *asset)
{
    size_t count = 0;
    for (size_t i = 0; i < asset->feeds_count; i++) count += asset->feeds[i].seated;
    return count;
}

void oracle_asset_remove(struct oracle_asset *asset, size_t i)
{
    ASSERT(i < asset->feeds_count);
    asset->feeds_count--;
    memmove(&asset->feeds[i], &asset->feeds[i + 1], (asset->feeds_count - i) * sizeof(asset->feeds[0]));
    memset(&asset->feeds[asset->feeds_count], 0, sizeof(asset->feeds[0]));
}

bool oracle_asset_seat(struct oracle_asset *asset, const struct address *who, bool appointed, u128 bond)
{
    size_t i;
    if (oracle_asset_seated(asset) == ORACLE_SEATS) return false;
    if (!oracle_asset_feed(asset, who, &i)) {
        if (asset->feeds_count == ORACLE_REPORTERS_MAX) return false;
        i = asset->feeds_count++;
        memset(&asset->feeds[i], 0, sizeof(asset->feeds[i]));
        asset->feeds[i].who = *who;
    }
    ASSERT(!asset->feeds[i].seated);
    asset->feeds[i].seated = true;
    asset->feeds[i].appointed = appointed;
    asset->feeds[i].bond = bond;
    return true;
}

/* ---- bytes ---- */

enum { FEED_SEATED = 1, FEED_APPOINTED = 2, FEED_REPORTED = 4, FEED_OUTLIER = 8 };

void oracle_asset_encode(const struct oracle_asset *asset, struct buf *out)
{
    bin_put_u64(out, asset->price);
    bin_put_u64(out, asset->price_ms);
    bin_put_u32(out, asset->height);
    bin_put_u16(out, asset->feeds_used);
    bin_put_u128(out, asset->sum);
    bin_put_u64(out, asset->halted_until_ms);
    bin_put_u64(out, asset->span);
    for (size_t i = 0; i < ORACLE_SPANS; i++) {
        bin_put_u64(out, asset->spans[i].least);
        bin_put_u64(out, asset->spans[i].most);
    }
    bin_put_u8(out, (uint8_t)asset->feeds_count);
    for (size_t i = 0; i < asset->feeds_count; i++) {
        const struct oracle_feed *feed = &asset->feeds[i];
        bin_put_bytes(out, &feed->who, sizeof(feed->who));
        bin_put_u8(out, (uint8_t)((feed->seated ? FEED_SEATED : 0) | (feed->appointed ? FEED_APPOINTED : 0) |
                                  (feed->reported ? FEED_REPORTED : 0) | (feed->outlier ? FEED_OUTLIER : 0)));
        bin_put_u128(out, feed->bond);
        bin_put_u64(out, feed->price);
        bin_put_u64(out, feed->stated_ms);
        bin_put_u64(out, feed->seen_ms);
        bin_put_u64(out, feed->submissions);
        bin_put_u64(out, feed->outliers);
        bin_put_str(out, (struct str){feed->source, feed->source_len});
    }
}

static void feed_decode(struct bin_reader *r, struct oracle_feed *feed)
{
    bin_get_bytes(r, &feed->who, sizeof(feed->who));
    const uint8_t flags = bin_get_u8(r);
    feed->seated = (flags & FEED_SEATED) != 0;
    feed->appointed = (flags & FEED_APPOINTED) != 0;
    feed->reported = (flags & FEED_REPORTED) != 0;
    feed->outlier = (flags & FEED_OUTLIER) != 0;
    feed->bond = bin_get_u128(r);
    feed->price = bin_get_u64(r);
    feed->stated_ms = bin_get_u64(r);
    feed->seen_ms = bin_get_u64(r);
    feed->submissions = bin_get_u64(r);
    feed->outliers = bin_get_u64(r);
    const struct str source = bin_get_str(r, ORACLE_SOURCE_MAX);
    feed->source_len = (uint8_t)source.len;
    if (source.len > 0) memcpy(feed->source, source.data, source.len);
}

bool oracle_asset_decode(struct str value, struct oracle_asset *out)
{
    struct bin_reader r = bin_reader_of(value.data, value.len);
    memset(out, 0, sizeof(*out));
    out->price = bin_get_u64(&r);
    out->price_ms = bin_get_u64(&r);
    out->height = bin_get_u32(&r);
    out->feeds_used = bin_get_u16(&r);
    out->sum = bin_get_u128(&r);
    out->halted_until_ms = bin_get_u64(&r);
    out->span = bin_get_u64(&r);
    for (size_t i = 0; i < ORACLE_SPANS; i++) {
        out->spans[i].least = bin_get_u64(&r);
        out->spans[i].most = bin_get_u64(&r);
    }
    const uint8_t count = bin_get_u8(&r);
    if (count > ORACLE_REPORTERS_MAX) return false;
    out->feeds_count = count;
    for (size_t i = 0; i < count; i++) feed_decode(&r, &out->feeds[i]);
    return bin_done(&r);
}
