/* act:send and act:pay: transactions, to their ends. */
#include "core/codec/diags.h"
#include "tester/bot/send.h"
#include "tester/script/api_priv.h"

static u128 member_u128(lua_State *lua, int table, const char *name, u128 fallback)
{
    lua_getfield(lua, table, name);
    const u128 value = lua_isnil(lua, -1) ? fallback : value_u128(lua, -1, name);
    lua_pop(lua, 1);
    return value;
}

/* Of the call: a number's text would be nobody's, and a table may change while the call waits. */
static struct str member_str(lua_State *lua, int table, const char *name)
{
    struct str text = {0};
    const int type = lua_getfield(lua, table, name);
    if (type != LUA_TNIL && type != LUA_TSTRING && type != LUA_TNUMBER) luaL_error(lua, "%s must be a text, not %s", name, luaL_typename(lua, -1));
    if (type != LUA_TNIL) text = str_dup(&script_call_of(lua)->arena, api_text(lua, -1));
    lua_pop(lua, 1);
    return text;
}

/* leaves = {AX = 5}: one token and its amount. */
static struct money leaves_of(lua_State *lua, int table)
{
    struct money money = {0};
    lua_getfield(lua, table, "leaves");
    if (!lua_isnil(lua, -1)) {
        luaL_checktype(lua, -1, LUA_TTABLE);
        value_push_keys(lua, -1);
        if (lua_rawlen(lua, -1) != 1) luaL_error(lua, "leaves names one token and its amount: {AX = 5}");
        lua_rawgeti(lua, -1, 1);
        if (!token_parse(api_text(lua, -1), &money.token)) luaL_error(lua, "'%s' is no token", lua_tostring(lua, -1));
        lua_rawget(lua, -3);
        money.amount = AMOUNT(value_u128(lua, -1, "leaves"));
        lua_pop(lua, 2);
    }
    lua_pop(lua, 1);
    return money;
}

static int push_landing(lua_State *lua, struct script_call *call, const struct landing *landing)
{
    char id[65];
    str_hex(landing->id.b, sizeof(landing->id.b), id);
    id[64] = '\0';
    lua_createtable(lua, 0, 5);
    lua_pushstring(lua, id);
    lua_setfield(lua, -2, "id");
    lua_pushinteger(lua, landing->height);
    lua_setfield(lua, -2, "height");
    lua_pushinteger(lua, landing->index);
    lua_setfield(lua, -2, "index");
    value_push_u128(lua, landing->receipt.fee_charged.units);
    lua_setfield(lua, -2, "fee");
    struct buf *text = script_scratch(call);
    buf_put_char(text, '[');
    buf_put_str(text, landing->told);
    buf_put_char(text, ']');
    struct err err;
    value_push_json(lua, json_parse(&call->arena, buf_str(text), &err));
    lua_setfield(lua, -2, "events");
    return 1;
}

static struct str kind_next(const void *context, size_t i)
{
    const enum chain_id *chain = context;
    for (size_t k = 0;; k++) {
        const struct kind_row *row = kind_at(k);
        if (row == NULL) return (struct str){0};
        if (row->chain == *chain && i-- == 0) return row->name;
    }
}

static const struct kind_row *kind_named(lua_State *lua, enum chain_id chain, struct str name)
{
    if (name.data == NULL) luaL_error(lua, "act:send needs a kind: {kind = \"transfer\", ...}");
    const struct kind_row *kind = kind_find_name(chain, name);
    if (kind != NULL) return kind;
    const struct str near = did_you_mean_by(name, kind_next, &chain);
    if (near.len > 0) luaL_error(lua, "'%s' is no kind of transaction of that chain; did you mean '%s'?", name.data, near.data);
    luaL_error(lua, "'%s' is no kind of transaction of that chain", name.data);
    return NULL;
}

static void payload_of(lua_State *lua, struct script_call *call, const struct kind_row *kind, struct buf *out)
{
    struct buf *text = script_scratch(call);
    struct json_writer w = json_writer_of(text);
    struct err err;
    struct apierror error;
    const int type = lua_getfield(lua, 2, "payload");
    if (type == LUA_TNIL) lua_newtable(lua);
    else if (type != LUA_TTABLE) luaL_error(lua, "payload must be a table of the members that '%s' has, not %s", kind->name.data, luaL_typename(lua, -1));
    value_write_json(lua, -1, &w);
    const struct tx_rules rules = {0};
    union payload *payload = arena_new(&call->arena, union payload);
    const struct json *json = json_parse(&call->arena, buf_str(text), &err);
    if (json == NULL) luaL_error(lua, "the payload of '%s': %s", kind->name.data, err.text);
    if (payload_read((enum kind)kind->kind, json, &rules, &call->arena, payload, &error) != CODE_NONE)
        luaL_error(lua, "the payload of '%s': %s%s%s", kind->name.data, error.message, error.suggestion[0] ? "; " : "", error.suggestion);
    payload_encode((enum kind)kind->kind, payload, out);
}

/* act:send{chain =, kind =, payload =, leaves =, fee =, tip =, valid_until =, expect =}: any transaction, to its end. Where it came to
 * stand; nil, code, note when it failed. With `expect`, true when it was refused with that code. */
int api_send(lua_State *lua)
{
    static const char *const known[] = {"chain", "kind", "payload", "leaves", "fee", "tip", "valid_until", "expect", NULL};
    struct script_call *call = api_call(lua);
    api_members(lua, 2, "act:send", known);
    if (call->act->bot == NULL) return luaL_error(lua, "an observer sends nothing");
    lua_getfield(lua, 2, "chain");
    const enum chain_id chain = api_chain(lua, -1);
    const struct str kind_name = member_str(lua, 2, "kind"), expect = member_str(lua, 2, "expect");
    const struct kind_row *kind = kind_named(lua, chain, kind_name);
    enum code expected = CODE_NONE;
    if (expect.data != NULL && !code_parse(expect, &expected)) return luaL_error(lua, "'%s' is no error code", expect.data);
    const struct money leaves = leaves_of(lua, 2);
    struct send_plan plan = {.kind = (enum kind)kind->kind,
                             .leaves = leaves,
                             .fee = AMOUNT(member_u128(lua, 2, "fee", 0)),
                             .tip = AMOUNT(member_u128(lua, 2, "tip", 0)),
                             .valid_until = (uint32_t)MIN(member_u128(lua, 2, "valid_until", 0), (u128)UINT32_MAX),
                             .loose = (1u << (TOKEN_COUNT + 1)) - 2};
    struct buf *bytes = arena_new(&call->arena, struct buf); /* an error in between must not lose it: the scratch carries it */
    payload_of(lua, call, kind, bytes);
    const struct str raw = str_dup(&call->arena, buf_str(bytes));
    buf_done(bytes);
    plan.raw = raw;
    const struct fate fate = fate_lift(call->op);
    if (!api_on(call, chain)) return fate_tell(lua, call->op, &fate);
    struct landing *landing = arena_new(&call->arena, struct landing);
    landing->arena = &call->arena;
    bool good;
    if (expected != CODE_NONE) good = act_send_refused(call->act, &plan, expected, landing, call->op);
    else good = act_send(call->act, &plan, landing, call->op);
    script_waited(call);
    if (!good) return fate_tell(lua, call->op, &fate);
    fate_put_back(call->op, &fate);
    if (expected == CODE_NONE) return push_landing(lua, call, landing);
    lua_pushboolean(lua, 1);
    return 1;
}

/* act:pay{to = address, amount =, chain =, memo =, fee =, tip =}: true, or nil, code, note. */
int api_pay(lua_State *lua)
{
    static const char *const known[] = {"to", "amount", "chain", "memo", "fee", "tip", NULL};
    struct script_call *call = api_call(lua);
    api_members(lua, 2, "act:pay", known);
    if (call->act->bot == NULL) return luaL_error(lua, "an observer pays nobody");
    for (size_t i = 0; i < 2; i++) {
        if (lua_getfield(lua, 2, known[i]) == LUA_TNIL) return luaL_error(lua, "act:pay needs '%s': act:pay{to = address, amount = 5}", known[i]);
        lua_pop(lua, 1);
    }
    lua_getfield(lua, 2, "chain");
    const enum chain_id chain = api_chain(lua, -1);
    struct payment payment = {.amount = AMOUNT(member_u128(lua, 2, "amount", 0))};
    const struct payment_terms terms = {.fee = AMOUNT(member_u128(lua, 2, "fee", 0)), .tip = AMOUNT(member_u128(lua, 2, "tip", 0)), .memo = member_str(lua, 2, "memo")};
    lua_getfield(lua, 2, "to");
    api_address(lua, call, -1, chain, &payment.to);
    for (uint32_t i = 0; i < call->act->crew->bots_count; i++) /* a bot of the run is credited */
        if (address_eq(&call->act->crew->bots[i]->identity.address, &payment.to)) payment.bot = call->act->crew->bots[i];
    const struct fate fate = fate_lift(call->op);
    const bool paid = api_on(call, chain) && act_pay(call->act, &payment, 1, &terms, call->op);
    script_waited(call);
    if (!paid) return fate_tell(lua, call->op, &fate);
    fate_put_back(call->op, &fate);
    lua_pushboolean(lua, 1);
    return 1;
}
