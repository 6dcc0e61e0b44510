/* What a step may do: the methods of `act`. Waiting happens on the fiber of the execution, so calls read like any other. */
#include <stdio.h>

#include "tester/bot/ask.h"
#include "tester/bot/claim.h"
#include "tester/bot/tide.h"
#include "tester/script/api_priv.h"

#define WAIT_MAX duration_s(86400)
#define TEXT_MAX ((size_t)BUS_PAYLOAD_MAX - 64) /* of a request or reply: the bus puts its own beside it */
#define REASON_MAX ((size_t)1000)

static struct instant patience(struct script_call *call, lua_State *lua, int at, struct duration usual)
{
    const lua_Integer ms = luaL_optinteger(lua, at, (lua_Integer)(usual.ns / NS_PER_MS));
    luaL_argcheck(lua, ms >= 0 && (uint64_t)ms <= WAIT_MAX.ns / NS_PER_MS, at, "milliseconds, 0 to 86400000");
    return act_deadline(call->act, duration_ms((uint64_t)ms));
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
    const struct script_call *call = api_call(lua);
    if (call->act->bot == NULL) lua_pushnil(lua);
    else push_bot(lua, call->act->bot);
    return 1;
}

static int api_partner(lua_State *lua)
{
    struct script_call *call = api_call(lua);
    if (call->act->bot == NULL) return luaL_error(lua, "an observer has no partner");
    push_bot(lua, act_partner(call->act));
    return 1;
}

/* act:bots(start): the bots of the run whose id begins so, by index. */
static int api_bots(lua_State *lua)
{
    const struct crew *crew = api_call(lua)->act->crew;
    const struct str start = api_text(lua, 2);
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
    struct script_call *call = api_call(lua);
    const struct param_spec *spec = param_specs_find(call->act->track->params, api_text(lua, 2), NULL);
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
    lua_pushinteger(lua, (lua_Integer)(env_now(api_call(lua)->act->crew->env).ns / NS_PER_MS));
    return 1;
}

static int api_sleep(lua_State *lua)
{
    struct script_call *call = api_call(lua);
    fiber_sleep_until(call->act->crew->env, patience(call, lua, 2, (struct duration){0}));
    script_waited(call);
    return 0;
}

static int api_closing(lua_State *lua)
{
    lua_pushboolean(lua, act_is_closing(api_call(lua)->act));
    return 1;
}

/* act:await(chain [, height [, milliseconds]]): a final height; nil when it was not reached in time. */
static int api_await(lua_State *lua)
{
    struct script_call *call = api_call(lua);
    const enum chain_id chain = api_chain(lua, 2);
    const lua_Integer height = luaL_optinteger(lua, 3, 0);
    luaL_argcheck(lua, height >= 0 && height <= UINT32_MAX, 3, "a height");
    const struct fate fate = fate_lift(call->op);
    if (!api_on(call, chain)) return fate_tell(lua, call->op, &fate);
    fate_put_back(call->op, &fate);
    const struct instant deadline = patience(call, lua, 4, duration_s(600));
    api_asks(call);
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
    struct script_call *call = api_call(lua);
    const enum chain_id chain = api_chain(lua, 2);
    const struct str path = api_text(lua, 3), query = lua_isnoneornil(lua, 4) ? (struct str){0} : api_text(lua, 4);
    luaL_argcheck(lua, str_starts(path, STR("/")) && path.len <= 160, 3, "a path behind the network's segment: begins with '/', at most 160 characters");
    luaL_argcheck(lua, query.len <= 100, 4, "at most 100 characters");
    const struct fate fate = fate_lift(call->op);
    if (!api_on(call, chain)) return fate_tell(lua, call->op, &fate);
    fate_put_back(call->op, &fate);
    const struct alpha alpha = act_alpha(call->act);
    answer_done(&call->answer);
    api_asks(call);
    uint64_t wait = 0;
    struct str body;
    do body = alpha_get_raw(&alpha, path, query, act_deadline(call->act, ACT_READ_TIMEOUT), &call->answer);
    while (body.data == NULL && act_again(call->act, &call->answer, &wait));
    if (call->op->admitted.ns == 0) call->op->admitted = env_now(call->act->crew->env);
    script_waited(call);
    if (body.data == NULL) {
        struct op failed = {0};
        (void)act_fail(&failed, &call->answer);
        return api_push_failure(lua, &failed);
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

/* act:account(chain [, address [, height]]): nonce, height and balances (free, by token) in a final state. */
static int api_account(lua_State *lua)
{
    struct script_call *call = api_call(lua);
    const enum chain_id chain = api_chain(lua, 2);
    struct address address;
    struct holding holding;
    api_address(lua, call, 3, chain, &address);
    const lua_Integer height = luaL_optinteger(lua, 4, 0);
    luaL_argcheck(lua, height >= 0 && height <= UINT32_MAX, 4, "a height");
    const struct fate fate = fate_lift(call->op);
    if (!api_on(call, chain)) return fate_tell(lua, call->op, &fate);
    api_asks(call);
    const bool told = act_holding(call->act, chain, &address, (uint32_t)height, &holding);
    script_waited(call);
    if (!told) return fate_tell(lua, call->op, &fate);
    fate_put_back(call->op, &fate);
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
    struct script_call *call = api_call(lua);
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
    struct script_call *call = api_call(lua);
    act_output(call->act, api_text(lua, 2), api_text(lua, 3));
    return 0;
}

static int api_note(lua_State *lua)
{
    op_note(api_call(lua)->op, luaL_checkstring(lua, 2));
    return 0;
}

/* act:skip(why): it could not even be tried; ends the step. */
static int api_skip(lua_State *lua)
{
    struct script_call *call = api_call(lua);
    call->op->status = OP_SKIPPED;
    op_note(call->op, luaL_optstring(lua, 2, "skipped"));
    return 0;
}

/* ---- others ---- */

/* act:ask(topic, request [, milliseconds]): the reply; nil and why. */
static int api_ask(lua_State *lua)
{
    struct script_call *call = api_call(lua);
    const struct str topic = api_text(lua, 2), request = api_text(lua, 3);
    luaL_argcheck(lua, topic.len > 0 && topic.len <= BUS_TOPIC_BYTES_MAX, 2, "1 to 48 characters");
    luaL_argcheck(lua, request.len <= TEXT_MAX, 3, "too long");
    struct buf *reply = script_scratch(call);
    const enum ask_result result = act_ask(call->act, topic, request, patience(call, lua, 4, duration_s(10)), reply);
    script_waited(call);
    if (result != ASK_OK) {
        lua_pushnil(lua);
        lua_pushstring(lua, ask_result_text(result));
        if (result == ASK_FAILED && reply->len > 0) { /* why, in its own words */
            lua_pushliteral(lua, ": ");
            lua_pushlstring(lua, (const char *)reply->data, reply->len);
            lua_concat(lua, 3);
        }
        return 2;
    }
    lua_pushlstring(lua, (const char *)reply->data, reply->len);
    return 1;
}

/* Calls the answer at 1 with the request at 2. In a protected call: the service and the request must not be lost to an error. */
static int answer_make(lua_State *lua)
{
    const struct served *served = lua_touserdata(lua, 2);
    lua_pushvalue(lua, 1);
    lua_pushlstring(lua, served->request.data ? served->request.data : "", served->request.len);
    lua_pushinteger(lua, served->from);
    lua_call(lua, 2, 2);
    for (int at = -2; at < 0; at++)
        if (lua_type(lua, at) == LUA_TNUMBER) (void)lua_tostring(lua, at); /* a number is its text */
    return 2;
}

/* act:serve(topic, answer [, milliseconds]): answers requests until the phase is over or the time has passed. answer(request, from)
 * gives the reply, or nil and a reason. Returns how many were answered. */
static int api_serve(lua_State *lua)
{
    struct script_call *call = api_call(lua);
    const struct str topic = api_text(lua, 2);
    luaL_checktype(lua, 3, LUA_TFUNCTION);
    const struct instant deadline = patience(call, lua, 4, WAIT_MAX);
    luaL_checkstack(lua, 8, "too many arguments");
    struct bus_subscription *service = serve_open(call->act, topic, 64);
    if (service == NULL) return luaL_error(lua, "'%s' cannot be served", lua_tostring(lua, 2));
    lua_Integer answered = 0;
    int status = LUA_OK;
    while (status == LUA_OK && !act_is_closing(call->act) && instant_before(env_now(call->act->crew->env), deadline)) {
        struct served served;
        const struct instant soon = act_deadline(call->act, duration_s(1));
        if (!serve_next(call->act, service, instant_before(soon, deadline) ? soon : deadline, &served)) continue;
        script_waited(call);
        lua_pushcfunction(lua, answer_make);
        lua_pushvalue(lua, 3);
        lua_pushlightuserdata(lua, &served);
        status = script_protect(lua, 2, 2);
        if (status != LUA_OK) serve_fail(call->act, &served, STR("the script failed"));
        else if (!lua_isstring(lua, -2)) serve_fail(call->act, &served, lua_isstring(lua, -1) ? str_sub(api_text(lua, -1), 0, MIN(api_text(lua, -1).len, REASON_MAX)) : STR("refused"));
        else if (api_text(lua, -2).len <= TEXT_MAX) serve_reply(call->act, &served, api_text(lua, -2));
        else {
            serve_fail(call->act, &served, STR("its reply is too long"));
            bus_unsubscribe(service);
            return luaL_error(lua, "a reply has %I bytes; at most %I go over the bus", (LUAI_UACINT)api_text(lua, -2).len, (LUAI_UACINT)TEXT_MAX);
        }
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
