#include "network/devnet/devnet_priv.h"

#include <inttypes.h>

#include "network/ledger/bridge_view.h"

#include <stdio.h>

#include "world/http/router.h"

#define LOG_MAX 100000

/* ---- the action log ---- */

static char *text_copy(struct str text)
{
    char *copy = base_alloc(text.len + 1);
    memcpy(copy, text.data, text.len);
    return copy;
}

void devnet_log(struct devnet *net, struct str action, const struct json *params, const char *result_fmt, ...)
{
    if (net->log.count >= LOG_MAX) return;
    struct buf json = {0};
    struct json_writer w = json_writer_of(&json);
    if (params) json_put_tree(&w, params);
    else json_put_null(&w);
    char result[256];
    va_list args;
    va_start(args, result_fmt);
    vsnprintf(result, sizeof(result), result_fmt, args);
    va_end(args);
    vec_push(&net->log, ((struct log_line){.at_ms = instant_ms(env_now(net->env)),
                                           .action = text_copy(action),
                                           .params = text_copy(buf_str(&json)),
                                           .result = text_copy(str_of(result))}));
    buf_done(&json);
}

void devnet_admin_log(struct admin *admin)
{
    uint32_t limit;
    uint64_t from;
    struct call *call = &admin->call;
    const struct devnet *net = admin->net;
    if (!call_query_page(call, false, &limit, &from)) return;
    struct page *page = arena_new(call->arena, struct page);
    struct log_entry *items = arena_array(call->arena, struct log_entry, limit);
    *page = (struct page){.items = items};
    for (size_t i = from; i < net->log.count; i++) {
        if (page->count == limit) {
            page->next_cursor = call_cursor(call, i);
            break;
        }
        const struct log_line *line = &net->log.data[i];
        items[page->count++] = (struct log_entry){.sequence = i + 1,
                                                  .at = line->at_ms,
                                                  .action = str_dup(call->arena, str_of(line->action)),
                                                  .params = str_dup(call->arena, str_of(line->params)),
                                                  .result = str_dup(call->arena, str_of(line->result))};
    }
    call_answer(call, 200, &wire_log_page, page);
}

/* ---- info, nodes ---- */

void devnet_admin_info(struct admin *admin)
{
    const struct devnet *net = admin->net;
    struct arena *arena = admin->call.arena;
    struct admin_info *info = arena_new(arena, struct admin_info);
    *info = (struct admin_info){
        .mode = net->manual ? ADMIN_MANUAL : ADMIN_AUTO,
        .rng = net->seed,
        .started_at = net->started_ms,
        .validators = net->count,
        .chains = arena_array(arena, struct str_item, DEVCHAINS_MAX),
        .active_chaos = (uint32_t)net->chaos.count,
        .timeline = net->timeline,
        .active_switches = arena_array(arena, struct str_item, WEAKNESS_COUNT),
    };
    EACH_CHAIN(net, chain) info->chains[info->chains_count++].value = chain_text(chain->chain);
    for (size_t i = 0; weakness_at(i); i++)
        if (weakness_on(&net->chains[0].space->rules.weak, weakness_at(i)->weakness))
            info->active_switches[info->active_switches_count++].value = weakness_at(i)->name;
    call_answer(&admin->call, 200, &wire_admin_info, info);
}

static void node_fill(const struct devchain *chain, uint32_t i, struct arena *arena, struct admin_node *out)
{
    const struct seat *seat = &chain->seats[i];
    const struct node *node = seat->node;
    *out = (struct admin_node){
        .name = str_of(chain->net->validators[i].name),
        .chain = chain->chain,
        .address = chain->net->validators[i].address,
        .running = seat->state != SEAT_CRASHED,
        .paused = seat->state == SEAT_PAUSED,
        .partition = faults_group(chain->faults, i),
        .height = node ? node_height(node) : seat->height,
        .finalized_height = node ? node_final_height(node) : seat->final_height,
        .head = node ? node_head_hash(node) : seat->head,
        .clock_offset_ms = node ? node_clock_offset_ms(node) : seat->offset_ms,
        .byzantine = arena_array(arena, struct str_item, LIAR_MODES),
    };
    for (size_t mode = 0; mode < LIAR_MODES; mode++)
        if (seat->lies[mode]) out->byzantine[out->byzantine_count++].value = liar_mode_text((enum liar_mode)mode);
}

/* Alpha's, v1 first, then Delta's. */
void devnet_admin_nodes(struct admin *admin)
{
    const struct devnet *net = admin->net;
    struct arena *arena = admin->call.arena;
    struct page *page = arena_new(arena, struct page);
    struct admin_node *items = arena_array(arena, struct admin_node, net->count * net->chains_count);
    *page = (struct page){.items = items};
    EACH_CHAIN(net, chain) {
        for (uint32_t i = 0; i < net->count; i++) node_fill(chain, i, arena, &items[page->count++]);
    }
    call_answer(&admin->call, 200, &wire_admin_node_list, page);
}

/* ---- planted switches ---- */

static void switch_write(const struct devnet *net, const struct weakness_row *row, struct json_writer *w)
{
    json_object(w);
    json_put_member_str(w, STR("name"), row->name);
    json_put_member_bool(w, STR("enabled"), weakness_on(&net->chains[0].space->rules.weak, row->weakness));
    json_put_member_str(w, STR("area"), row->area);
    json_put_member_str(w, STR("description"), row->description);
    json_object_end(w);
}

void devnet_admin_switches(struct admin *admin)
{
    struct buf json = {0};
    struct json_writer w = json_writer_of(&json);
    json_array(&w);
    for (size_t i = 0; weakness_at(i); i++) switch_write(admin->net, weakness_at(i), &w);
    json_array_end(&w);
    const struct str text = str_dup(admin->call.arena, buf_str(&json));
    buf_done(&json);
    call_answer_json(&admin->call, 200, text);
}

static const struct weakness_row *switch_named(struct admin *admin)
{
    const struct weakness_row *row = weakness_find(admin->arg);
    if (!row) call_refuse_with(&admin->call, CODE_SWITCH_NOT_FOUND, "name", "no such switch");
    return row;
}

static void switch_answer(struct admin *admin, const struct weakness_row *row)
{
    struct buf json = {0};
    struct json_writer w = json_writer_of(&json);
    switch_write(admin->net, row, &w);
    const struct str text = str_dup(admin->call.arena, buf_str(&json));
    buf_done(&json);
    call_answer_json(&admin->call, 200, text);
}

void devnet_admin_switch_get(struct admin *admin)
{
    const struct weakness_row *row = switch_named(admin);
    if (row) switch_answer(admin, row);
}

void devnet_admin_switch_put(struct admin *admin)
{
    struct devnet *net = admin->net;
    const struct weakness_row *row = switch_named(admin);
    const struct json *body = row ? call_json(&admin->call) : NULL;
    if (!body) return;
    bool enabled;
    if (!json_bool(json_find(body, STR("enabled")), &enabled)) {
        call_refuse_with(&admin->call, json_find(body, STR("enabled")) ? CODE_INVALID_FIELD_TYPE : CODE_MISSING_FIELD, "enabled", "enabled is true or false");
    } else if (net->production || net->chains[0].network == NETWORK_MAINNET) {
        call_refuse_with(&admin->call, CODE_FORBIDDEN, "name", "switches are for test networks only");
    } else if (enabled && !row->in_build) {
        call_refuse_with(&admin->call, CODE_FEATURE_NOT_AVAILABLE, "name", "this build has no guard that asks this switch");
    } else {
        EACH_CHAIN(net, chain) {
            weakness_put(&chain->space->rules.weak, row->weakness, enabled);
            for (uint32_t i = 0; i < devnet_nodes(net); i++)
                if (chain->seats[i].node) node_switches_changed(chain->seats[i].node);
        }
        http_net_body_max(net->http, node_limits(net->chains[0].space)->body_max);
        devnet_log(net, STR("switches"), body, "{\"name\":\"" STR_FMT "\"}", STR_ARG(row->name));
        switch_answer(admin, row);
    }
}

/* ---- audit ---- */

struct audit {
    struct arena *arena;
    struct audit_view *view;
};
#define VIOLATIONS_MAX 16

static void violation(struct audit *audit, const char *check, struct str expected, struct str actual, const char *detail)
{
    struct audit_view *view = audit->view;
    view->ok = false;
    if (view->violations_count == VIOLATIONS_MAX) return;
    view->violations[view->violations_count++] = (struct audit_violation){str_of(check), expected, actual, str_of(detail)};
}

static struct str amount_str(struct arena *arena, struct amount amount)
{
    char text[AMOUNT_TEXT];
    (void)amount_text(amount, text);
    return str_dup(arena, str_of(text));
}

static void audit_token(struct audit *audit, const struct supply_token *told, const struct supply_token *walked)
{
    struct amount expected = {0}, held = {0};
    if (!supply_expected(told, &expected) || !supply_held(walked, &held) || !amount_eq(expected, held))
        violation(audit, "conservation", amount_str(audit->arena, expected), amount_str(audit->arena, held), "what flowed in is not what is held");
#define S(name)                                                                                                                       \
    if (!amount_eq(told->name, walked->name))                                                                                          \
        violation(audit, "holdings", amount_str(audit->arena, told->name), amount_str(audit->arena, walked->name), #name);
    SUPPLY_HOLDINGS(S)
#undef S
}

static void audit_stakes(struct audit *audit, const struct ledger_state *state, const struct supply *told)
{
    struct amount stakes = {0};
    for (size_t i = 0; i < ledger_validators_count(state); i++) {
        struct ledger_validator validator;
        ledger_validator_at(state, i, &validator);
        if (!amount_add(stakes, validator.bonded, &stakes)) stakes = AMOUNT_MAX;
    }
    if (told->tokens_count > 0 && !amount_eq(stakes, told->tokens[0].bonded))
        violation(audit, "stakes", amount_str(audit->arena, told->tokens[0].bonded), amount_str(audit->arena, stakes),
                  "the validators' stakes are not what is bonded");
}

static void audit_chain(struct audit *audit, const struct devchain *chain, struct node *node, bool final)
{
    struct audit_view *view = audit->view;
    const bool alpha = chain->chain == CHAIN_ALPHA;
    const struct ledger_state *state = node_state(node, final);
    struct supply *told = alpha ? &view->alpha : &view->delta, *walked = arena_new(audit->arena, struct supply);
    ledger_supply(state, told);
    if (!ledger_supply_walk(state, walked)) violation(audit, "state", STR("entries of the ledger's making"), STR("another"), "an entry that no rule writes");
    for (uint32_t i = 0; i < MIN(told->tokens_count, walked->tokens_count); i++) audit_token(audit, &told->tokens[i], &walked->tokens[i]);
    if (alpha) audit_stakes(audit, state, told); /* Delta's validators have their bonds on Alpha */
    const struct opt_u32 height = {true, final ? node_final_height(node) : node_height(node)};
    told->height = height.value;
    told->finalized_height = node_final_height(node);
    if (alpha) {
        view->has_alpha = true;
        view->alpha_height = height;
    } else {
        view->has_delta = true;
        view->delta_height = height;
    }
    if (chain->space->conflict) violation(audit, "finality", STR("one final block at a height"), STR("two"), "views disagree about a final block");
}

/* locked = minted + in flight, whenever the two states were taken. */
static void audit_bridge(struct audit *audit, const struct ledger_state *alpha, const struct ledger_state *delta)
{
    struct bridge_books books;
    struct audit_view *view = audit->view;
    bridge_books(alpha, delta, &books);
    const u128 have = books.locked.units + books.burned.units, want = books.minted.units + books.in_flight_lock.units + books.in_flight_burn.units;
    char text[U128_TEXT];
    u128_text(have >= want ? have - want : want - have, text);
    view->bridge_locked = books.locked;
    view->bridge_minted.units = books.minted.units > books.burned.units ? books.minted.units - books.burned.units : 0; /* less than 0: the faucet's sAX */
    view->bridge_in_flight_lock = books.in_flight_lock;
    view->bridge_in_flight_burn = books.in_flight_burn;
    view->bridge_difference = str_fmt(audit->arena, "%s%s", have >= want ? "" : "-", text);
    if (have != want)
        violation(audit, "bridge", amount_str(audit->arena, (struct amount){want}), amount_str(audit->arena, (struct amount){have}),
                  "what is locked is not what is minted and in flight");
    if (books.unmatched > 0) violation(audit, "claims", STR("0"), str_fmt(audit->arena, "%" PRIu64, books.unmatched), "claims that pay what was never sent");
    if (books.silent > 0) violation(audit, "messages", STR("0"), str_fmt(audit->arena, "%" PRIu64, books.silent), "locks that sent no message");
}

void devnet_admin_audit(struct admin *admin)
{
    struct devnet *net = admin->net;
    struct call *call = &admin->call;
    struct str at = STR("finalized");
    bool has;
    if (!call_query_str(call, "at", &at, &has)) return;
    if (has && !str_eq(at, STR("finalized")) && !str_eq(at, STR("head"))) {
        call_refuse_with(call, CODE_INVALID_PARAMETER, "at", "at is finalized or head");
        return;
    }
    const bool final = !has || str_eq(at, STR("finalized"));
    struct audit_view *view = arena_new(call->arena, struct audit_view);
    *view = (struct audit_view){.ok = true, .bridge_difference = STR("0"), .violations = arena_array(call->arena, struct audit_violation, VIOLATIONS_MAX)};
    struct audit audit = {call->arena, view};
    const struct ledger_state *states[2] = {NULL, NULL}; /* Alpha's, Delta's */
    EACH_CHAIN(net, chain) {
        uint32_t gateway;
        if (!devchain_gateway(chain, &gateway)) {
            call_refuse_with(call, CODE_NODE_UNAVAILABLE, NULL, "no validator is running");
            return;
        }
        audit_chain(&audit, chain, chain->seats[gateway].node, final);
        states[chain->chain - 1] = node_state(chain->seats[gateway].node, final);
    }
    if (states[0] && states[1]) audit_bridge(&audit, states[0], states[1]);
    call_answer(call, 200, &wire_audit, view);
}

/* ---- the listener ---- */

struct admin_row {
    void (*serve)(struct admin *admin);
};
#define ROUTE(method, pattern, name) {pattern, method, "/admin/v1/" pattern, &(const struct admin_row){devnet_admin_##name}}
#define LATER(method, pattern) {pattern, method, "/admin/v1/" pattern, NULL} /* known, not in this build */

static const struct http_route routes[] = {
    ROUTE(HTTP_GET, "info", info),
    ROUTE(HTTP_GET, "nodes", nodes),
    ROUTE(HTTP_POST, "faucet", faucet),
    ROUTE(HTTP_POST, "step", step),
    ROUTE(HTTP_POST, "mode", mode),
    ROUTE(HTTP_GET, "parameters", parameters),
    ROUTE(HTTP_PUT, "parameters", parameters_put),
    ROUTE(HTTP_GET, "log", log),
    ROUTE(HTTP_GET, "audit", audit),
    ROUTE(HTTP_GET, "limits", limits),
    ROUTE(HTTP_PUT, "limits", limits_put),
    ROUTE(HTTP_POST, "chaos", chaos_post),
    ROUTE(HTTP_GET, "chaos", chaos_list),
    ROUTE(HTTP_DELETE, "chaos", chaos_end_all),
    ROUTE(HTTP_DELETE, "chaos/{}", chaos_end),
    ROUTE(HTTP_GET, "switches", switches),
    ROUTE(HTTP_GET, "switches/{}", switch_get),
    ROUTE(HTTP_PUT, "switches/{}", switch_put),
    ROUTE(HTTP_GET, "byzantine", byzantine),
    ROUTE(HTTP_PUT, "byzantine", byzantine_put),
    ROUTE(HTTP_POST, "roles", roles),
    ROUTE(HTTP_POST, "validators", validators),
    ROUTE(HTTP_POST, "snapshot", snapshot),
    ROUTE(HTTP_POST, "restore", restore),
    ROUTE(HTTP_POST, "reset", reset),
};

struct router *admin_router_new(void) { return router_new(routes, ARRAY_LEN(routes)); }

/* Compares in a time that depends on the lengths alone. */
static bool token_good(const struct devnet *net, const struct http_request *request)
{
    const struct str sent = http_header_find(request->headers, request->headers_count, STR("authorization"));
    if (!str_starts(sent, STR("Bearer "))) return false;
    const struct str token = str_sub(sent, 7, sent.len);
    uint8_t differs = token.len != net->token_len;
    for (size_t i = 0; i < token.len; i++) differs |= (uint8_t)(token.data[i] ^ net->token[i % net->token_len]);
    return differs == 0;
}

static void serve(struct devnet *net, struct http_exchange *exchange)
{
    struct admin admin = {.net = net, .call = {.exchange = exchange, .request = http_request(exchange), .arena = http_arena(exchange), .made_id = ++net->answers}};
    struct call *call = &admin.call;
    if (!token_good(net, call->request)) {
        call_refuse_with(call, CODE_UNAUTHORIZED, NULL, "a bearer token is wanted");
        return;
    }
    struct router_match match;
    switch (router_find(net->admin_router, call->request->method, call->request->path, &match)) {
    case ROUTER_UNKNOWN:
        call_refuse_with(call, CODE_UNKNOWN_METHOD, NULL, "the admin API has no such route");
        return;
    case ROUTER_METHOD:
        call_refuse_method(call, str_dup(call->arena, str_of(match.allow)));
        return;
    case ROUTER_FOUND:
        break;
    }
    const struct admin_row *row = match.route->row;
    if (match.params.count) admin.arg = match.params.values[0];
    if (row) row->serve(&admin);
    else call_refuse_with(call, CODE_FEATURE_NOT_AVAILABLE, NULL, "%s: not available on this network", match.route->id);
}

static void receive(void *ctx, struct host from, struct packet *packet)
{
    (void)from;
    if (packet->class != &http_packet_class) return;
    struct http_exchange *exchange = http_packet_exchange(packet, &node_http_limits);
    if (exchange) serve(ctx, exchange);
}

const struct host_ops admin_host_ops = {.receive = receive};

struct host admin_pick(void *ctx, struct str path)
{
    (void)path;
    return ((const struct devnet *)ctx)->admin;
}
