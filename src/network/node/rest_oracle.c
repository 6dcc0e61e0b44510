#include "network/node/node_priv.h"

#include "network/ledger/oracle_view.h"

/* ---- Oracles: DO1 to DO4 ---- */

static bool asset_of(struct rest *rest, size_t *out)
{
    struct str name;
    if (http_unescape(rest->call.arena, rest->args[0], &name) && ledger_oracle_find(name, out)) return true;
    call_refuse_with(&rest->call, CODE_ASSET_NOT_FOUND, "asset", "no oracle has that asset");
    return false;
}

static void price(struct rest *rest)
{
    size_t asset;
    struct call *call = &rest->call;
    struct str text;
    bool has_height, fresh = false;
    uint32_t height = 0;
    if (!asset_of(rest, &asset) || !call_query_str(call, "height", &text, &has_height) || !call_query_bool(call, "require_fresh", &fresh)) return;
    if (has_height && !call_height_parse(text, &height)) {
        call_refuse_with(call, CODE_INVALID_PARAMETER, "height", "height is not a whole number");
        return;
    }
    const struct ledger_state *state = node_state(rest->node, false);
    struct oracle_price_view *view = arena_new(call->arena, struct oracle_price_view);
    ledger_oracle_price(state, &rest->node->space->rules, asset, view);
    if (has_height && height < ledger_height(state) && !ledger_oracle_price_at(state, asset, height, view))
        *view = (struct oracle_price_view){.asset = view->asset, .stale = true};
    if (fresh && view->stale) call_refuse_with(call, CODE_ORACLE_STALE, "asset", "too few fresh reports: %u", view->feeds_used);
    else call_answer(call, 200, &wire_oracle_price, view);
}

static void prices(struct rest *rest)
{
    struct page *page = arena_new(rest->call.arena, struct page);
    struct oracle_price_view *items = arena_array(rest->call.arena, struct oracle_price_view, ledger_oracle_assets_count());
    for (size_t i = 0; i < ledger_oracle_assets_count(); i++)
        ledger_oracle_price(node_state(rest->node, false), &rest->node->space->rules, i, &items[i]);
    *page = (struct page){.items = items, .count = (uint32_t)ledger_oracle_assets_count()};
    call_answer_bare(&rest->call, &wire_oracle_price_list, page, (struct str){0});
}

static void submit(struct rest *rest)
{
    static const enum kind kinds[] = {KIND_ORACLE_SUBMIT};
    rest_take(rest, &(struct rest_takes){kinds, 1, NULL, NULL});
}

static void feeds(struct rest *rest)
{
    size_t asset;
    uint64_t history = 0;
    if (!asset_of(rest, &asset) || !call_query_u64(&rest->call, "history", 0, ORACLE_PAST_MAX, &history)) return;
    struct oracle_feeds_view *view = arena_new(rest->call.arena, struct oracle_feeds_view);
    ledger_oracle_feeds(node_state(rest->node, false), &rest->node->space->rules, asset, (size_t)history, rest->call.arena, view);
    call_answer(&rest->call, 200, &wire_oracle_feeds, view);
}

const struct rest_handler rest_oracle_handlers[] = {
    {"DO1", price, REST_PLAIN}, {"DO2", prices, REST_PLAIN}, {"DO3", submit, REST_TX}, {"DO4", feeds, REST_PLAIN}, {NULL, NULL, REST_PLAIN},
};
