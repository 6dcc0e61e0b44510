#include "core/codec/binary.h"
#include "network/ledger/oracle_priv.h"
#include "network/ledger/oracle_view.h"

size_t ledger_oracle_assets_count(void) { return ORACLE_ASSETS; }
struct str ledger_oracle_name(size_t asset) { return oracle_names[asset]; }
bool ledger_oracle_find(struct str name, size_t *out) { return oracle_find(name, out); }

void ledger_oracle_price(const struct ledger_state *state, const struct ledger_rules *rules, size_t asset, struct oracle_price_view *out)
{
    struct oracle_reading reading;
    oracle_read(&state->objects, rules, &state->params, asset, state->clock.timestamp_ms, &reading);
    *out = (struct oracle_price_view){.asset = oracle_names[asset],
                                      .price = reading.price,
                                      .timestamp = reading.stated_ms,
                                      .height = reading.height,
                                      .feeds_used = reading.feeds_used,
                                      .stale = !reading.fresh};
}

static void past_of(const struct ordmap_entry *entry, struct oracle_past *out, uint64_t *out_ms)
{
    struct bin_reader r = bin_reader_of(entry->value.data, entry->value.len);
    memset(out, 0, sizeof(*out));
    for (size_t i = 0; i < 4; i++) out->height = out->height << 8 | (uint8_t)entry->key.data[2 + i];
    out->median = bin_get_u64(&r);
    out->feeds_used = bin_get_u16(&r);
    *out_ms = bin_get_u64(&r);
}

bool ledger_oracle_price_at(const struct ledger_state *state, size_t asset, uint32_t height, struct oracle_price_view *out)
{
    const struct okey key = oracle_history_key(asset, height);
    const struct str prefix = {(const char *)key.b, 2};
    struct ordmap_entry entry;
    struct oracle_past past;
    uint64_t at_ms;
    if (!ordmap_floor(&state->objects, okey_view(&key), &entry) || !str_starts(entry.key, prefix)) return false;
    past_of(&entry, &past, &at_ms);
    *out = (struct oracle_price_view){.asset = oracle_names[asset],
                                      .price = past.median,
                                      .timestamp = at_ms,
                                      .height = past.height,
                                      .feeds_used = past.feeds_used};
    return true;
}

void ledger_oracle_feeds(const struct ledger_state *state, const struct ledger_rules *rules, size_t i, size_t history_max,
                         struct arena *arena, struct oracle_feeds_view *out)
{
    const uint64_t now_ms = state->clock.timestamp_ms;
    struct oracle_asset *asset = oracle_asset_load(&state->objects, i);
    struct oracle_price_view price;
    ledger_oracle_price(state, rules, i, &price);
    *out = (struct oracle_feeds_view){.asset = oracle_names[i],
                                      .median = price.price,
                                      .max_deviation_bps = state->params.max_deviation_bps,
                                      .max_age_ms = state->params.max_age_ms,
                                      .min_feeds = (uint32_t)state->params.min_feeds};
    out->feeds = arena_array(arena, struct oracle_feed_view, asset->feeds_count + 1);
    for (size_t k = 0; k < asset->feeds_count; k++) {
        const struct oracle_feed *feed = &asset->feeds[k];
        out->feeds[out->feeds_count++] =
            (struct oracle_feed_view){.feed = feed->who,
                                      .source = str_dup(arena, (struct str){feed->source, feed->source_len}),
                                      .price = {feed->reported, feed->price},
                                      .timestamp = {feed->reported, feed->stated_ms},
                                      .fresh = oracle_feed_is_fresh(rules, &state->params, feed, now_ms),
                                      .outlier = feed->outlier,
                                      .bond = {feed->bond},
                                      .submissions = feed->submissions,
                                      .outliers = feed->outliers};
    }
    base_free(asset);
    const struct okey newest = oracle_history_key(i, UINT32_MAX);
    const struct str prefix = {(const char *)newest.b, 2};
    struct ordmap_entry entry;
    uint64_t at_ms;
    out->history = arena_array(arena, struct oracle_past, history_max + 1);
    for (bool more = ordmap_last(&state->objects, prefix, &entry); more && out->history_count < history_max;
         more = ordmap_previous(&state->objects, prefix, entry.key, &entry))
        past_of(&entry, &out->history[out->history_count++], &at_ms);
}

size_t ledger_oracle_strays(const struct ledger_state *state, size_t i, struct address *out, size_t max)
{
    struct oracle_asset *asset = oracle_asset_load(&state->objects, i);
    size_t count = 0;
    for (size_t k = 0; k < asset->feeds_count && count < max; k++) {
        const struct oracle_feed *feed = &asset->feeds[k];
        if (feed->seated && feed->outlier && feed->seen_ms == state->clock.timestamp_ms) out[count++] = feed->who;
    }
    base_free(asset);
    return count;
}
