#include "network/devnet/actors.h"
#include "network/ledger/oracle_view.h"

/* oracle_outage, oracle_skew, oracle_stale (api 5.2): what they read from their params. They act on the devnet's own feeds. */

static bool refuse(struct deed *deed, const char *field, const char *why)
{
    call_refuse_with(&deed->admin->call, CODE_INVALID_PARAMETER, field, "%s", why);
    return false;
}

static bool assets_of(struct deed *deed, uint32_t *out)
{
    struct str text;
    size_t asset;
    if (!json_str(json_find(deed->params, STR("asset")), &text)) return refuse(deed, "params.asset", "asset is DX/USD, sAX/USD or *");
    if (str_eq(text, STR("*"))) return *out = (1u << FEED_ASSETS) - 1, true;
    if (!ledger_oracle_find(text, &asset)) return refuse(deed, "params.asset", "no oracle has that asset");
    *out = 1u << asset;
    return true;
}

/* feeds: names or addresses; count: drawn among those without a fault; neither: all. */
static bool feeds_of(struct deed *deed, const struct feeder *feeder, uint32_t assets, uint32_t *out)
{
    const struct json *list = json_find(deed->params, STR("feeds")), *number = json_find(deed->params, STR("count"));
    uint64_t count;
    uint32_t eligible = feeder_free_feeds(feeder, assets);
    *out = 0;
    if (list) {
        if (!json_is(list, JSON_ARRAY) || list->count == 0) return refuse(deed, "params.feeds", "feeds is a list of names");
        for (const struct json *item = list->child; item; item = item->next) {
            struct str name;
            uint32_t feed;
            if (!json_str(item, &name) || !feeder_feed_parse(feeder, name, &feed)) return refuse(deed, "params.feeds", "a feed is oracle1 to oracle7, or its address");
            *out |= 1u << feed;
        }
        return true;
    }
    if (!number) return *out = (1u << FEEDS) - 1, true;
    if (!json_u64(number, &count) || count == 0 || count > FEEDS) return refuse(deed, "params.count", "count is 1 to 7");
    for (; count > 0 && eligible != 0; count--) {
        uint64_t draw = rng_below(&deed->net->rng, (uint64_t)__builtin_popcount(eligible));
        uint32_t feed = 0;
        while (!(eligible >> feed & 1) || draw-- > 0) feed++;
        *out |= 1u << feed;
        eligible &= ~(1u << feed);
    }
    return *out != 0 || refuse(deed, "params.count", "no feed is left without a fault");
}

static bool feeder_of(struct deed *deed, struct feeder **out)
{
    *out = deed->net->feeder;
    if (*out) return true;
    call_refuse_with(&deed->admin->call, CODE_FEATURE_NOT_AVAILABLE, "action", "no oracles feed this network");
    return false;
}

static bool change(struct deed *deed, struct feed_change wanted)
{
    struct feeder *feeder;
    if (!feeder_of(deed, &feeder) || !assets_of(deed, &wanted.assets) || !feeds_of(deed, feeder, wanted.assets, &wanted.feeds)) return false;
    wanted.id = deed->id;
    feeder_change(feeder, &wanted);
    deed->lasts = true;
    return true;
}

bool begin_oracle_outage(struct deed *deed) { return change(deed, (struct feed_change){.fault = FEED_OUTAGE}); }

bool begin_oracle_skew(struct deed *deed)
{
    struct feed_change wanted = {.fault = FEED_SKEW};
    const struct json *bps = json_find(deed->params, STR("skew_bps")), *price = json_find(deed->params, STR("price"));
    struct str text;
    if (!bps == !price) return refuse(deed, "params", "either skew_bps or price");
    if (bps && (!json_i64(bps, &wanted.skew_bps) || wanted.skew_bps < -10000 || wanted.skew_bps > 1000000))
        return refuse(deed, "params.skew_bps", "skew_bps is -10000 to 1000000");
    if (price && (!json_str(price, &text) || !str_to_u64(text, &wanted.price) || wanted.price == 0 || wanted.price > INT64_MAX))
        return refuse(deed, "params.price", "price is decimal text");
    return change(deed, wanted);
}

bool begin_oracle_stale(struct deed *deed)
{
    struct feed_change wanted = {.fault = FEED_STALE};
    if (!json_u64(json_find(deed->params, STR("age_ms")), &wanted.age_ms) || wanted.age_ms == 0)
        return refuse(deed, "params.age_ms", "age_ms is a whole number above 0");
    return change(deed, wanted);
}

void end_oracle(struct devchain *chain, uint32_t id)
{
    if (chain->net->feeder) feeder_end(chain->net->feeder, id);
}
bool active_oracle(const struct devchain *chain, uint32_t id) { return chain->net->feeder && feeder_active(chain->net->feeder, id); }
