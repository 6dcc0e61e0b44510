/* What a step may do: the methods of `act`. Waiting happens on the fiber of the execution, so calls read like any other. */
#include <stdio.h>

#include "core/codec/diags.h"
#include "tester/bot/ask.h"
#include "tester/bot/claim.h"
#include "tester/bot/send.h"
#include "tester/bot/tide.h"
#include "tester/script/script_priv.h"

#define WAIT_MAX duration_s(86400)

static struct script_call *running(lua_State *lua)
{
    struct script_call *call = script_call_of(lua);
    if (call->act == NULL) luaL_error(lua, "nothing can be done while the file is loaded: do it in `step`");
    return call;
}

static struct str text_at(lua_State *lua, int at)
{
    size_t len;
    const char *text = luaL_checklstring(lua, at, &len);
    return (struct str){text, len};
}

static enum chain_id chain_at(lua_State *lua, int at)
{
    static const char *const chains[] = {"alpha", "delta", NULL};
    return luaL_checkoption(lua, at, "alpha", chains) == 1 ? CHAIN_DELTA : CHAIN_ALPHA;
}

static struct instant patience(struct script_call *call, lua_State *lua, int at, struct duration usual)
{
    const lua_Integer ms = luaL_optinteger(lua, at, (lua_Integer)(usual.ns / NS_PER_MS));
    luaL_argcheck(lua, ms >= 0 && (uint64_t)ms <= WAIT_MAX.ns / NS_PER_MS, at, "milliseconds, 0 to 86400000");
    return act_deadline(call->act, duration_ms((uint64_t)ms));
}

/* What is asked of the network counts from its first request on; begun here unless a transaction has begun it. */
static void asks(struct script_call *call)
{
    if (call->op->sent.ns == 0) call->op->sent = env_now(call->act->crew->env);
}

/* Members of a table of arguments that nobody reads are mistakes. */
static void members_known(lua_State *lua, int table, const char *what, const char *const *known)
{
    luaL_checktype(lua, table, LUA_TTABLE);
    value_push_keys(lua, table);
    const lua_Integer count = (lua_Integer)lua_rawlen(lua, -1);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(lua, -1, i);
        if (lua_type(lua, -1) != LUA_TSTRING) luaL_error(lua, "%s takes names: %s{%s = ...}", what, what, known[0]);
        const struct str key = text_at(lua, -1);
        struct str names[16];
        size_t n = 0;
        bool found = false;
        for (; known[n] != NULL; n++) {
            names[n] = str_of(known[n]);
            found = found || str_eq(names[n], key);
        }
        const struct str near = did_you_mean(key, names, n);
        if (!found && near.len > 0) luaL_error(lua, "%s has no '%s'; did you mean '%s'?", what, key.data, near.data);
        if (!found) luaL_error(lua, "%s has no '%s'", what, key.data);
        lua_pop(lua, 1);
    }
    lua_pop(lua, 1);
}

static bool on_chain(struct script_call *call, enum chain_id chain) { return act_on(call->act, chain, call->op); }

/* nil, status, note: how an operation ended badly. */
static int push_failure(lua_State *lua, const struct op *op)
{
    lua_pushnil(lua);
    const struct str code = op->code != CODE_NONE ? code_text(op->code) : str_of(op_status_text(op->status));
    lua_pushlstring(lua, code.data, code.len);
    lua_pushstring(lua, op->note);
    return 3;
}

/* ---- who and with what ---- */

static void push_address(lua_State *lua, const struct address *address, enum chain_id chain, const char *member)
{
    char text[ADDRESS_TEXT];
    address_text(address, chain, text);
    lua_pushstring(lua, text);
    lua_setfield(lua, -2, member);
}

static void push_bot(lua_State *lua, const struct bot *bot)
{
    lua_createtable(lua, 0, 4);
    lua_pushlstring(lua, bot->identity.id.data, bot->identity.id.len);
    lua_setfield(lua, -2, "id");
    lua_pushinteger(lua, bot->index);
    lua_setfield(lua, -2, "index");
    push_address(lua, &bot->identity.address, CHAIN_ALPHA, "alpha");
    push_address(lua, &bot->identity.address, CHAIN_DELTA, "delta");
}

static int api_me(lua_State *lua)
{
    const struct script_call *call = running(lua);
    if (call->act->bot == NULL) lua_pushnil(lua);
    else push_bot(lua, call->act->bot);
    return 1;
}

static int api_partner(lua_State *lua)
{
    struct script_call *call = running(lua);
    if (call->act->bot == NULL) return luaL_error(lua, "an observer has no partner");
    push_bot(lua, act_partner(call->act));
    return 1;
}

/* act:bots(start): the bots of the run whose id begins so, by index. */
static int api_bots(lua_State *lua)
{
    const struct crew *crew = running(lua)->act->crew;
    const struct str start = text_at(lua, 2);
    lua_Integer count = 0;
    lua_newtable(lua);
    for (uint32_t i = 0; i < crew->bots_count; i++) {
        if (!str_starts(crew->bots[i]->identity.id, start)) continue;
        push_bot(lua, crew->bots[i]);
        lua_rawseti(lua, -2, ++count);
    }
    return 1;
}

static int api_param(lua_State *lua)
{
    struct script_call *call = running(lua);
    const struct param_spec *spec = param_specs_find(call->act->track->params, text_at(lua, 2), NULL);
    if (spec == NULL) return luaL_error(lua, "there is no parameter '%s'", lua_tostring(lua, 2));
    if (!act_has(call->act, spec->name)) {
        lua_pushnil(lua);
        return 1;
    }
    struct str text;
    switch (spec->type) {
    case PARAM_TEXT: text = act_text(call->act, spec->name, &call->arena); break;
    case PARAM_CHOICE: text = act_word(call->act, spec->name); break;
    case PARAM_BOOL: lua_pushboolean(lua, act_flag(call->act, spec->name)); return 1;
    case PARAM_DURATION: lua_pushinteger(lua, (lua_Integer)(act_u64(call->act, spec->name) / NS_PER_MS)); return 1;
    default: value_push_u128(lua, act_amount(call->act, spec->name)); return 1;
    }
    lua_pushlstring(lua, text.data ? text.data : "", text.len);
    return 1;
}

/* ---- time ---- */

static int api_now(lua_State *lua)
{
    lua_pushinteger(lua, (lua_Integer)(env_now(running(lua)->act->crew->env).ns / NS_PER_MS));
    return 1;
}

static int api_sleep(lua_State *lua)
{
    struct script_call *call = running(lua);
    fiber_sleep_until(call->act->crew->env, patience(call, lua, 2, (struct duration){0}));
    script_waited(call);
    return 0;
}

static int api_closing(lua_State *lua)
{
    lua_pushboolean(lua, act_is_closing(running(lua)->act));
    return 1;
}

/* act:await(chain [, height [, milliseconds]]): a final height; nil when it was not reached in time. */
static int api_await(lua_State *lua)
{
    struct script_call *call = running(lua);
    const enum chain_id chain = chain_at(lua, 2);
    if (!on_chain(call, chain)) return push_failure(lua, call->op);
    const lua_Integer height = luaL_optinteger(lua, 3, 0);
    luaL_argcheck(lua, height >= 0 && height <= UINT32_MAX, 3, "a height");
    const struct instant deadline = patience(call, lua, 4, duration_s(600));
    asks(call);
    uint32_t reached = 0;
    const bool met = height == 0 ? tide_next(call->act, chain, deadline) && tide_await(call->act, chain, 0, deadline, &reached)
                                 : tide_await(call->act, chain, (uint32_t)height, deadline, &reached);
    script_waited(call);
    if (met) lua_pushinteger(lua, reached);
    else lua_pushnil(lua);
    return 1;
}

/* ---- reading ---- */

/* act:get(chain, path [, query]): the answer's JSON as a table; nil, code, message when it was refused. */
static int api_get(lua_State *lua)
{
    struct script_call *call = running(lua);
    const enum chain_id chain = chain_at(lua, 2);
    const struct str path = text_at(lua, 3), query = lua_isnoneornil(lua, 4) ? (struct str){0} : text_at(lua, 4);
    luaL_argcheck(lua, str_starts(path, STR("/")) && path.len <= 160, 3, "a path behind the network's segment: begins with '/', at most 160 characters");
    luaL_argcheck(lua, query.len <= 100, 4, "at most 100 characters");
    if (!on_chain(call, chain)) return push_failure(lua, call->op);
    const struct alpha alpha = act_alpha(call->act);
    answer_done(&call->answer);
    asks(call);
    uint64_t wait = 0;
    struct str body;
    do body = alpha_get_raw(&alpha, path, query, act_deadline(call->act, ACT_READ_TIMEOUT), &call->answer);
    while (body.data == NULL && act_again(call->act, &call->answer, &wait));
    if (call->op->admitted.ns == 0) call->op->admitted = env_now(call->act->crew->env);
    script_waited(call);
    if (body.data == NULL) {
        struct op failed = {0};
        (void)act_fail(&failed, &call->answer);
        return push_failure(lua, &failed);
    }
    struct err err;
    const struct arena_mark mark = arena_mark_take(&call->arena);
    const struct json *json = json_parse(&call->arena, body, &err);
    if (json == NULL) return luaL_error(lua, "the answer to %s is no JSON: %s", lua_tostring(lua, 3), err.text);
    value_push_json(lua, json);
    arena_rewind(&call->arena, mark);
    answer_done(&call->answer);
    return 1;
}

static bool address_at(lua_State *lua, struct script_call *call, int at, enum chain_id chain, struct address *out)
{
    if (lua_isnoneornil(lua, at)) {
        if (call->act->bot == NULL) luaL_error(lua, "an observer has no account: name an address");
        *out = call->act->bot->identity.address;
        return true;
    }
    if (address_parse(text_at(lua, at), chain, out) != CODE_NONE) luaL_error(lua, "'%s' is no address of that chain", lua_tostring(lua, at));
    return true;
}

/* act:account(chain [, address [, height]]): nonce, height and balances (free, by token) in a final state. */
static int api_account(lua_State *lua)
{
    struct script_call *call = running(lua);
    const enum chain_id chain = chain_at(lua, 2);
    struct address address;
    struct holding holding;
    address_at(lua, call, 3, chain, &address);
    const lua_Integer height = luaL_optinteger(lua, 4, 0);
    luaL_argcheck(lua, height >= 0 && height <= UINT32_MAX, 4, "a height");
    if (!on_chain(call, chain)) return push_failure(lua, call->op);
    asks(call);
    const bool told = act_holding(call->act, chain, &address, (uint32_t)height, &holding);
    script_waited(call);
    if (!told) return push_failure(lua, call->op);
    lua_createtable(lua, 0, 3);
    lua_pushinteger(lua, holding.height);
    lua_setfield(lua, -2, "height");
    value_push_u128(lua, holding.nonce);
    lua_setfield(lua, -2, "nonce");
    lua_createtable(lua, 0, TOKEN_COUNT);
    for (unsigned token = 1; token <= TOKEN_COUNT; token++) {
        value_push_u128(lua, holding.free[token].units);
        lua_pushlstring(lua, token_text((enum token)token).data, token_text((enum token)token).len);
        lua_insert(lua, -2);
        lua_rawset(lua, -3);
    }
    lua_setfield(lua, -2, "balances");
    return 1;
}

/* ---- writing ---- */

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
    if (type != LUA_TNIL) text = str_dup(&script_call_of(lua)->arena, text_at(lua, -1));
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
        if (!token_parse(text_at(lua, -1), &money.token)) luaL_error(lua, "'%s' is no token", lua_tostring(lua, -1));
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

struct kinds_of {
    enum chain_id chain;
};
static struct str kind_next(const void *context, size_t i)
{
    const struct kinds_of *of = context;
    for (size_t k = 0;; k++) {
        const struct kind_row *row = kind_at(k);
        if (row == NULL) return (struct str){0};
        if (row->chain == of->chain && i-- == 0) return row->name;
    }
}

static const struct kind_row *kind_named(lua_State *lua, enum chain_id chain, struct str name)
{
    if (name.data == NULL) luaL_error(lua, "act:send needs a kind: {kind = \"transfer\", ...}");
    const struct kind_row *kind = kind_find_name(chain, name);
    if (kind != NULL) return kind;
    const struct str near = did_you_mean_by(name, kind_next, &(struct kinds_of){chain});
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
static int api_send(lua_State *lua)
{
    static const char *const known[] = {"chain", "kind", "payload", "leaves", "fee", "tip", "valid_until", "expect", NULL};
    struct script_call *call = running(lua);
    members_known(lua, 2, "act:send", known);
    if (call->act->bot == NULL) return luaL_error(lua, "an observer sends nothing");
    lua_getfield(lua, 2, "chain");
    const enum chain_id chain = chain_at(lua, -1);
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
    if (!on_chain(call, chain)) return push_failure(lua, call->op);
    struct landing *landing = arena_new(&call->arena, struct landing);
    landing->arena = &call->arena;
    bool good;
    if (expected != CODE_NONE) good = act_send_refused(call->act, &plan, expected, landing, call->op);
    else good = act_send(call->act, &plan, landing, call->op);
    script_waited(call);
    if (!good) return push_failure(lua, call->op);
    if (expected == CODE_NONE) return push_landing(lua, call, landing);
    lua_pushboolean(lua, 1);
    return 1;
}

/* act:pay{to = address, amount =, chain =, memo =, fee =, tip =}: true, or nil, code, note. */
static int api_pay(lua_State *lua)
{
    static const char *const known[] = {"to", "amount", "chain", "memo", "fee", "tip", NULL};
    struct script_call *call = running(lua);
    members_known(lua, 2, "act:pay", known);
    if (call->act->bot == NULL) return luaL_error(lua, "an observer pays nobody");
    for (size_t i = 0; i < 2; i++) {
        if (lua_getfield(lua, 2, known[i]) == LUA_TNIL) return luaL_error(lua, "act:pay needs '%s': act:pay{to = address, amount = 5}", known[i]);
        lua_pop(lua, 1);
    }
    lua_getfield(lua, 2, "chain");
    const enum chain_id chain = chain_at(lua, -1);
    struct payment payment = {.amount = AMOUNT(member_u128(lua, 2, "amount", 0))};
    const struct payment_terms terms = {.fee = AMOUNT(member_u128(lua, 2, "fee", 0)), .tip = AMOUNT(member_u128(lua, 2, "tip", 0)), .memo = member_str(lua, 2, "memo")};
    lua_getfield(lua, 2, "to");
    address_at(lua, call, -1, chain, &payment.to);
    for (uint32_t i = 0; i < call->act->crew->bots_count; i++) /* a bot of the run is credited */
        if (address_eq(&call->act->crew->bots[i]->identity.address, &payment.to)) payment.bot = call->act->crew->bots[i];
    const bool paid = on_chain(call, chain) && act_pay(call->act, &payment, 1, &terms, call->op);
    script_waited(call);
    if (!paid) return push_failure(lua, call->op);
    lua_pushboolean(lua, 1);
    return 1;
}

/* ---- telling ---- */

/* Claims are told by name: the text lives as long as the script. */
static const char *name_keep(lua_State *lua, int at)
{
    const char *name = luaL_checkstring(lua, at);
    lua_pushvalue(lua, at);
    lua_pushboolean(lua, 1);
    lua_rawset(lua, LUA_REGISTRYINDEX); /* keeps the text where it is */
    return name;
}

/* act:claim(name, holds [, seen]) */
static int api_claim(lua_State *lua)
{
    struct script_call *call = running(lua);
    const char *name = name_keep(lua, 2), *seen = luaL_optstring(lua, 4, "it does not hold");
    luaL_checkany(lua, 3);
    if (call->act->track->claims_count == TRACK_CLAIMS_MAX) {
        bool known = false;
        for (uint32_t i = 0; i < TRACK_CLAIMS_MAX; i++) known = known || strcmp(call->act->track->claims[i].name, name) == 0;
        if (!known) return luaL_error(lua, "more than %d different claims", TRACK_CLAIMS_MAX);
    }
    lua_pushboolean(lua, act_claim(call->act, name, lua_toboolean(lua, 3), "%s", seen));
    return 1;
}

static int api_output(lua_State *lua)
{
    struct script_call *call = running(lua);
    act_output(call->act, text_at(lua, 2), text_at(lua, 3));
    return 0;
}

static int api_note(lua_State *lua)
{
    op_note(running(lua)->op, luaL_checkstring(lua, 2));
    return 0;
}

/* act:skip(why): it could not even be tried; ends the step. */
static int api_skip(lua_State *lua)
{
    struct script_call *call = running(lua);
    call->op->status = OP_SKIPPED;
    op_note(call->op, luaL_optstring(lua, 2, "skipped"));
    return 0;
}

/* ---- others ---- */

/* act:ask(topic, request [, milliseconds]): the reply; nil and why. */
static int api_ask(lua_State *lua)
{
    struct script_call *call = running(lua);
    const struct str topic = text_at(lua, 2), request = text_at(lua, 3);
    luaL_argcheck(lua, topic.len > 0 && topic.len <= BUS_TOPIC_BYTES_MAX, 2, "1 to 48 characters");
    luaL_argcheck(lua, request.len <= BUS_PAYLOAD_MAX - 64, 3, "too long");
    struct buf *reply = script_scratch(call);
    const enum ask_result result = act_ask(call->act, topic, request, patience(call, lua, 4, duration_s(10)), reply);
    script_waited(call);
    if (result != ASK_OK) {
        lua_pushnil(lua);
        lua_pushstring(lua, ask_result_text(result));
        return 2;
    }
    lua_pushlstring(lua, (const char *)reply->data, reply->len);
    return 1;
}

/* act:serve(topic, answer [, milliseconds]): answers requests until the phase is over or the time has passed. answer(request, from)
 * gives the reply, or nil and a reason. Returns how many were answered. */
static int api_serve(lua_State *lua)
{
    struct script_call *call = running(lua);
    const struct str topic = text_at(lua, 2);
    luaL_checktype(lua, 3, LUA_TFUNCTION);
    const struct instant deadline = patience(call, lua, 4, WAIT_MAX);
    struct bus_subscription *service = serve_open(call->act, topic, 64);
    if (service == NULL) return luaL_error(lua, "'%s' cannot be served", lua_tostring(lua, 2));
    lua_Integer answered = 0;
    int status = LUA_OK;
    while (status == LUA_OK && !act_is_closing(call->act) && instant_before(env_now(call->act->crew->env), deadline)) {
        struct served served;
        const struct instant soon = act_deadline(call->act, duration_s(1));
        if (!serve_next(call->act, service, instant_before(soon, deadline) ? soon : deadline, &served)) continue;
        script_waited(call);
        lua_pushvalue(lua, 3);
        lua_pushlstring(lua, served.request.data ? served.request.data : "", served.request.len);
        lua_pushinteger(lua, served.from);
        status = script_protect(lua, 2, 2);
        if (status != LUA_OK) serve_fail(call->act, &served, STR("the script failed"));
        else if (lua_type(lua, -2) == LUA_TSTRING) serve_reply(call->act, &served, text_at(lua, -2));
        else serve_fail(call->act, &served, lua_type(lua, -1) == LUA_TSTRING ? text_at(lua, -1) : STR("refused"));
        answered++;
        if (status == LUA_OK) lua_settop(lua, 4);
    }
    bus_unsubscribe(service);
    if (status != LUA_OK) return lua_error(lua);
    lua_pushinteger(lua, answered);
    return 1;
}

void api_push(lua_State *lua)
{
    static const luaL_Reg methods[] = {
        {"me", api_me},         {"partner", api_partner}, {"bots", api_bots}, {"param", api_param},   {"now", api_now},       {"sleep", api_sleep},
        {"closing", api_closing}, {"await", api_await},   {"get", api_get},       {"account", api_account}, {"send", api_send},
        {"pay", api_pay},       {"claim", api_claim},     {"output", api_output}, {"note", api_note},     {"skip", api_skip},
        {"ask", api_ask},       {"serve", api_serve},     {NULL, NULL},
    };
    luaL_newlib(lua, methods);
}
