#include <stdlib.h>

#include "tester/script/script_priv.h"

const char value_array_mark = 'a';

void value_push_u128(lua_State *lua, u128 value)
{
    if (value <= INT64_MAX) {
        lua_pushinteger(lua, (lua_Integer)value);
        return;
    }
    char text[U128_TEXT];
    u128_text(value, text);
    lua_pushstring(lua, text);
}

u128 value_u128(lua_State *lua, int at, const char *what)
{
    u128 value;
    if (lua_isinteger(lua, at)) {
        const lua_Integer integer = lua_tointeger(lua, at);
        if (integer < 0) luaL_error(lua, "%s must not be negative, is %I", what, (LUAI_UACINT)integer);
        return (u128)integer;
    }
    size_t len;
    const char *text = lua_type(lua, at) == LUA_TSTRING ? lua_tolstring(lua, at, &len) : NULL;
    if (text == NULL || !u128_parse((struct str){text, len}, &value))
        luaL_error(lua, "%s must be a whole number (or its text), not %s", what, text != NULL ? text : luaL_typename(lua, at));
    return value;
}

static void push_number(lua_State *lua, struct str text)
{
    uint64_t whole;
    int64_t negative;
    const struct json node = {.type = JSON_NUMBER, .text = text};
    if (json_u64(&node, &whole)) lua_pushinteger(lua, (lua_Integer)whole);
    else if (json_i64(&node, &negative)) lua_pushinteger(lua, negative);
    else lua_pushlstring(lua, text.data, text.len); /* digits as written: nothing is rounded */
}

void value_push_json(lua_State *lua, const struct json *node)
{
    luaL_checkstack(lua, 4, "the answer is nested too deep");
    switch (node == NULL ? JSON_NULL : node->type) {
    case JSON_NULL: lua_pushnil(lua); return;
    case JSON_BOOL: lua_pushboolean(lua, node->boolean); return;
    case JSON_NUMBER: push_number(lua, node->text); return;
    case JSON_STRING: lua_pushlstring(lua, node->text.data ? node->text.data : "", node->text.len); return;
    case JSON_ARRAY:
        lua_createtable(lua, (int)node->count, 0);
        {
            lua_Integer i = 0;
            for (const struct json *child = node->child; child != NULL; child = child->next) {
                value_push_json(lua, child);
                lua_rawseti(lua, -2, ++i);
            }
        }
        return;
    case JSON_OBJECT:
        lua_createtable(lua, 0, (int)node->count);
        for (const struct json *child = node->child; child != NULL; child = child->next) {
            lua_pushlstring(lua, child->key.data, child->key.len);
            value_push_json(lua, child);
            lua_rawset(lua, -3);
        }
        return;
    }
}

/* ---- keys in a fixed order ---- */

/* Numbers first, by value; then texts, by bytes; then booleans. */
static int key_order(lua_State *lua, int a, int b)
{
    const int ta = lua_type(lua, a), tb = lua_type(lua, b);
    if (ta != tb) {
        const int ra = ta == LUA_TNUMBER ? 0 : ta == LUA_TSTRING ? 1 : 2, rb = tb == LUA_TNUMBER ? 0 : tb == LUA_TSTRING ? 1 : 2;
        return ra - rb;
    }
    if (ta == LUA_TBOOLEAN) return lua_toboolean(lua, a) - lua_toboolean(lua, b);
    return lua_compare(lua, a, b, LUA_OPLT) ? -1 : lua_compare(lua, b, a, LUA_OPLT) ? 1 : 0;
}

/* Sinks the key at place `at` of the heap of `count` keys in the sequence on the top. */
static void key_sink(lua_State *lua, lua_Integer at, lua_Integer count)
{
    for (;;) {
        lua_Integer child = 2 * at;
        if (child > count) return;
        if (child < count) {
            lua_rawgeti(lua, -1, child);
            lua_rawgeti(lua, -2, child + 1);
            if (key_order(lua, -2, -1) < 0) child++;
            lua_pop(lua, 2);
        }
        lua_rawgeti(lua, -1, at);
        lua_rawgeti(lua, -2, child);
        if (key_order(lua, -2, -1) >= 0) {
            lua_pop(lua, 2);
            return;
        }
        lua_rawseti(lua, -3, at);
        lua_rawseti(lua, -2, child);
        at = child;
    }
}

static void keys_sort(lua_State *lua, lua_Integer count)
{
    for (lua_Integer at = count / 2; at >= 1; at--) key_sink(lua, at, count);
    for (lua_Integer end = count; end > 1; end--) {
        lua_rawgeti(lua, -1, 1);
        lua_rawgeti(lua, -2, end);
        lua_rawseti(lua, -3, 1);
        lua_rawseti(lua, -2, end);
        key_sink(lua, 1, end - 1);
    }
}

void value_push_keys(lua_State *lua, int at)
{
    at = lua_absindex(lua, at);
    luaL_checkstack(lua, 8, "nested too deep");
    lua_newtable(lua);
    lua_Integer count = 0;
    lua_pushnil(lua);
    while (lua_next(lua, at) != 0) {
        lua_pop(lua, 1);
        const int type = lua_type(lua, -1);
        if (type != LUA_TNUMBER && type != LUA_TSTRING && type != LUA_TBOOLEAN)
            luaL_error(lua, "keys of a table that is walked must be numbers, texts or booleans, not %s: their order would not be the same twice",
                       luaL_typename(lua, -1));
        lua_pushvalue(lua, -1);
        lua_rawseti(lua, -3, ++count);
    }
    keys_sort(lua, count);
}

/* ---- Lua to JSON ---- */

static bool is_array(lua_State *lua, int at)
{
    if (lua_rawlen(lua, at) > 0) return true;
    if (!lua_getmetatable(lua, at)) return false;
    lua_rawgetp(lua, -1, &value_array_mark);
    const bool marked = lua_toboolean(lua, -1);
    lua_pop(lua, 2);
    return marked;
}

static void write_members(lua_State *lua, int at, struct json_writer *w)
{
    value_push_keys(lua, at);
    const lua_Integer count = (lua_Integer)lua_rawlen(lua, -1);
    json_object(w);
    for (lua_Integer i = 1; i <= count; i++) {
        size_t len;
        lua_rawgeti(lua, -1, i);
        if (lua_type(lua, -1) != LUA_TSTRING) luaL_error(lua, "a member of an object needs a name, not %s", luaL_typename(lua, -1));
        const char *key = lua_tolstring(lua, -1, &len);
        for (size_t k = 0; k < len; k++)
            if (key[k] == '"' || key[k] == '\\' || (unsigned char)key[k] < ' ') luaL_error(lua, "a member is called '%s'", key);
        json_key(w, (struct str){key, len});
        lua_pushvalue(lua, -1);
        lua_rawget(lua, at);
        value_write_json(lua, -1, w);
        lua_pop(lua, 2);
    }
    json_object_end(w);
    lua_pop(lua, 1);
}

void value_write_json(lua_State *lua, int at, struct json_writer *w)
{
    at = lua_absindex(lua, at);
    luaL_checkstack(lua, 8, "nested too deep");
    if (w->depth >= JSON_DEPTH_MAX - 1) luaL_error(lua, "a table is nested too deep");
    switch (lua_type(lua, at)) {
    case LUA_TBOOLEAN: json_put_bool(w, lua_toboolean(lua, at)); return;
    case LUA_TSTRING: {
        size_t len;
        const char *text = lua_tolstring(lua, at, &len);
        json_put_str(w, (struct str){text, len});
        return;
    }
    case LUA_TNUMBER: {
        if (!lua_isinteger(lua, at)) luaL_error(lua, "%f is not whole: amounts and counts are", lua_tonumber(lua, at));
        const lua_Integer value = lua_tointeger(lua, at);
        if (value > (lua_Integer)JSON_INT_MAX || value < -(lua_Integer)JSON_INT_MAX) luaL_error(lua, "%I is beyond 2^53 - 1: write it as a text", (LUAI_UACINT)value);
        json_put_i64(w, value);
        return;
    }
    case LUA_TTABLE: break;
    default: luaL_error(lua, "%s cannot be sent", luaL_typename(lua, at)); return;
    }
    if (!is_array(lua, at)) {
        write_members(lua, at, w);
        return;
    }
    json_array(w);
    const lua_Integer count = (lua_Integer)lua_rawlen(lua, at);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(lua, at, i);
        value_write_json(lua, -1, w);
        lua_pop(lua, 1);
    }
    json_array_end(w);
}
