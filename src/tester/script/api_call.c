/* What the methods of `act` share: their arguments, and how each is told what became of it. */
#include "core/codec/diags.h"
#include "tester/script/api_priv.h"

struct script_call *api_call(lua_State *lua)
{
    struct script_call *call = script_call_of(lua);
    if (call->act == NULL) luaL_error(lua, "nothing can be done while the file is loaded: do it in `step`");
    return call;
}

struct str api_text(lua_State *lua, int at)
{
    size_t len;
    const char *text = luaL_checklstring(lua, at, &len);
    return (struct str){text, len};
}

enum chain_id api_chain(lua_State *lua, int at)
{
    static const char *const chains[] = {"alpha", "delta", NULL};
    return luaL_checkoption(lua, at, "alpha", chains) == 1 ? CHAIN_DELTA : CHAIN_ALPHA;
}

void api_asks(struct script_call *call)
{
    if (call->op->sent.ns == 0) call->op->sent = env_now(call->act->crew->env);
}

void api_members(lua_State *lua, int table, const char *what, const char *const *known)
{
    luaL_checktype(lua, table, LUA_TTABLE);
    value_push_keys(lua, table);
    const lua_Integer count = (lua_Integer)lua_rawlen(lua, -1);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(lua, -1, i);
        if (lua_type(lua, -1) != LUA_TSTRING) luaL_error(lua, "%s takes names: %s{%s = ...}", what, what, known[0]);
        const struct str key = api_text(lua, -1);
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

bool api_on(struct script_call *call, enum chain_id chain) { return act_on(call->act, chain, call->op); }

int api_push_failure(lua_State *lua, const struct op *op)
{
    lua_pushnil(lua);
    const struct str code = op->code != CODE_NONE ? code_text(op->code) : str_of(op_status_text(op->status));
    lua_pushlstring(lua, code.data, code.len);
    lua_pushstring(lua, op->note);
    return 3;
}

struct fate fate_lift(struct op *op)
{
    struct fate fate = {.status = op->status, .code = op->code};
    memcpy(fate.note, op->note, sizeof(fate.note));
    op->status = OP_DONE;
    op->code = CODE_NONE;
    op->note[0] = '\0';
    return fate;
}

void fate_put_back(struct op *op, const struct fate *fate)
{
    if (fate->status == OP_DONE && op->status != OP_DONE) return; /* this was the first */
    op->status = fate->status;
    op->code = fate->code;
    memcpy(op->note, fate->note, sizeof(op->note));
}

int fate_tell(lua_State *lua, struct op *op, const struct fate *fate)
{
    const int told = api_push_failure(lua, op);
    fate_put_back(op, fate);
    return told;
}

void api_address(lua_State *lua, struct script_call *call, int at, enum chain_id chain, struct address *out)
{
    if (!lua_isnoneornil(lua, at)) {
        if (address_parse(api_text(lua, at), chain, out) != CODE_NONE) luaL_error(lua, "'%s' is no address of that chain", lua_tostring(lua, at));
        return;
    }
    if (call->act->bot == NULL) luaL_error(lua, "an observer has no account: name an address");
    *out = call->act->bot->identity.address;
}
