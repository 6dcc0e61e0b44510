#include "network/node/node_priv.h"

#include "chain/payload.h"
#include "network/ledger/perps_view.h"

/* ---- Perpetuals: DP1 to DP10 ---- */

static const struct ledger_state *state_of(const struct rest *rest) { return node_state(rest->node, false); }
static const struct ledger_rules *rules_of(const struct rest *rest) { return &rest->node->space->rules; }

static bool market_of(struct rest *rest, struct str text, size_t *out)
{
    struct str name;
    if (http_unescape(rest->call.arena, text, &name) && ledger_perp_market_find(name, out)) return true;
    call_refuse_with(&rest->call, CODE_MARKET_NOT_FOUND, "market", "there is no such market of perpetuals");
    return false;
}

static bool owner_of(struct rest *rest, struct str text, const char *field, struct address *out)
{
    const enum code code = address_parse(text, node_chain(rest->node), out);
    if (code == CODE_NONE) return true;
    call_refuse_with(&rest->call, code, field, STR_FMT, STR_ARG(code_message(code)));
    return false;
}

static void perp_markets(struct rest *rest)
{
    struct page *page = arena_new(rest->call.arena, struct page);
    struct perp_market_view *items = arena_array(rest->call.arena, struct perp_market_view, ledger_perp_markets_count());
    for (size_t i = 0; i < ledger_perp_markets_count(); i++) ledger_perp_market(state_of(rest), rules_of(rest), i, &items[i]);
    *page = (struct page){.items = items, .count = (uint32_t)ledger_perp_markets_count()};
    call_answer_bare(&rest->call, &wire_perp_market_list, page, (struct str){0});
}

static void perp_market(struct rest *rest)
{
    size_t market;
    if (!market_of(rest, rest->args[0], &market)) return;
    struct perp_market_view *view = arena_new(rest->call.arena, struct perp_market_view);
    ledger_perp_market(state_of(rest), rules_of(rest), market, view);
    call_answer(&rest->call, 200, &wire_perp_market, view);
}

static void positions(struct rest *rest)
{
    struct address owner;
    struct str text;
    bool has;
    uint32_t limit;
    uint64_t from;
    enum position_status status = POSITION_OPEN;
    struct call *call = &rest->call;
    if (!owner_of(rest, rest->args[0], "address", &owner) || !call_query_str(call, "status", &text, &has)) return;
    const bool every = has && str_eq(text, STR("all"));
    if (has && !every && !position_status_parse(text, &status)) {
        call_refuse_with(call, CODE_INVALID_PARAMETER, "status", "status is open, closed, liquidated or all");
        return;
    }
    if (!call_query_page(call, true, &limit, &from)) return;
    struct position_view *items;
    const uint64_t wanted = MIN(from, (uint64_t)UINT32_MAX) + limit + 1;
    const uint32_t found = ledger_positions(state_of(rest), rules_of(rest), &owner, every, status, (size_t)wanted, call->arena, &items);
    const uint32_t first = (uint32_t)MIN(from, found), count = MIN(limit, found - first);
    struct page *page = arena_new(call->arena, struct page);
    *page = (struct page){.items = items + first, .count = count};
    call_answer_bare(call, &wire_position_list, page, first + count < found ? call_cursor(call, first + count) : (struct str){0});
}

/* A position that no block has opened: its transaction waits, or failed. */
static bool position_unborn(struct rest *rest, const struct hash *id, struct position_view *out)
{
    struct tx_view tx;
    struct arena *arena = rest->call.arena;
    if (!node_tx_view(rest->node, id, rest->call.arena, &tx)) return false;
    union payload payload;
    const bool opens = tx.envelope->kind == KIND_PERP_OPEN;
    if (opens) {
        payload_of_tx(tx.envelope, arena, &payload);
        const struct payload_perp_open *p = &payload.perp_open;
        const bool failed = tx.status == TX_STATUS_DROPPED || (tx.has_receipt && !receipt_success(&tx.receipt));
        *out = (struct position_view){.position_id = *id,
                                      .owner = tx.envelope->sender,
                                      .pair = str_dup(arena, p->market),
                                      .side = p->side,
                                      .size = p->size,
                                      .leverage = p->leverage,
                                      .unrealized_pnl = STR("0"),
                                      .funding_paid = STR("0"),
                                      .status = failed ? POSITION_REJECTED : POSITION_PENDING};
    }
    tx_unref(tx.envelope);
    return opens;
}

static void position(struct rest *rest)
{
    struct hash id;
    struct call *call = &rest->call;
    if (!call_hash_parse(rest->args[0], &id)) {
        call_refuse_with(call, CODE_INVALID_PARAMETER, "position_id", "a position id is 64 lower-case hex digits");
        return;
    }
    struct position_view *view = arena_new(call->arena, struct position_view);
    if (ledger_position(state_of(rest), rules_of(rest), &id, call->arena, view) || position_unborn(rest, &id, view))
        call_answer(call, 200, &wire_position, view);
    else
        call_refuse_with(call, CODE_POSITION_NOT_FOUND, "position_id", "this view knows no such position");
}

static void open_position(struct rest *rest)
{
    static const enum kind kinds[] = {KIND_PERP_OPEN};
    rest_take(rest, &(struct rest_takes){kinds, 1, &wire_position_ack, NULL});
}
static void close_position(struct rest *rest)
{
    static const enum kind kinds[] = {KIND_PERP_CLOSE};
    struct tx_ack ack;
    const struct rest_takes takes = {kinds, 1, NULL, "position_id"};
    struct tx *tx = rest_take_tx(rest, &takes, &ack);
    if (!tx) return;
    union payload payload;
    payload_of_tx(tx, rest->call.arena, &payload);
    struct object_ack *answer = arena_new(rest->call.arena, struct object_ack);
    *answer = (struct object_ack){.ack = ack, .id = payload.perp_close.position_id};
    call_answer(&rest->call, 202, &wire_position_ack, answer);
    tx_unref(tx);
}
static void margin(struct rest *rest)
{
    static const enum kind kinds[] = {KIND_PERP_MARGIN};
    rest_take(rest, &(struct rest_takes){kinds, 1, NULL, "position_id"});
}
static void liquidate(struct rest *rest)
{
    static const enum kind kinds[] = {KIND_PERP_LIQUIDATE};
    rest_take(rest, &(struct rest_takes){kinds, 1, NULL, "position_id"});
}

static void fundings(struct rest *rest)
{
    size_t market;
    uint32_t limit;
    uint64_t below;
    struct call *call = &rest->call;
    if (!market_of(rest, rest->args[0], &market) || !call_query_page(call, false, &limit, &below)) return;
    struct page *page = arena_new(call->arena, struct page);
    struct funding_view *items;
    const uint32_t found = ledger_fundings(state_of(rest), market, (uint32_t)MIN(below, (uint64_t)UINT32_MAX), limit + 1, call->arena, &items);
    *page = (struct page){.items = items, .count = MIN(found, limit)};
    if (found > limit) page->next_cursor = call_cursor(call, items[limit - 1].height);
    call_answer(call, 200, &wire_funding_page, page);
}

static void liquidations(struct rest *rest)
{
    size_t market = SIZE_MAX;
    uint32_t limit;
    uint64_t from;
    struct str text;
    struct address owner;
    bool has_market, has_owner;
    struct call *call = &rest->call;
    if (!call_query_str(call, "market", &text, &has_market)) return;
    if (has_market && !market_of(rest, text, &market)) return;
    if (!call_query_str(call, "owner", &text, &has_owner)) return;
    if (has_owner && !owner_of(rest, text, "owner", &owner)) return;
    if (!call_query_page(call, false, &limit, &from)) return;
    struct page *page = arena_new(call->arena, struct page);
    struct liquidation_view *items;
    const uint32_t found =
        ledger_liquidations(state_of(rest), market, has_owner ? &owner : NULL, (size_t)from, limit + 1, call->arena, &items);
    *page = (struct page){.items = items, .count = MIN(found, limit)};
    if (found > limit) page->next_cursor = call_cursor(call, from + limit);
    call_answer(call, 200, &wire_liquidation_page, page);
}

const struct rest_handler rest_perps_handlers[] = {
    {"DP1", perp_markets, REST_PLAIN}, {"DP2", perp_market, REST_PLAIN}, {"DP3", positions, REST_PLAIN},
    {"DP4", position, REST_PLAIN},     {"DP5", open_position, REST_TX},  {"DP6", close_position, REST_TX},
    {"DP7", margin, REST_TX},          {"DP8", liquidate, REST_TX},      {"DP9", fundings, REST_PLAIN},
    {"DP10", liquidations, REST_PLAIN}, {NULL, NULL, REST_PLAIN},
};
