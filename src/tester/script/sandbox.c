#include <stdio.h>
#include <stdlib.h>

#include "tester/script/script_priv.h"

#define STEPS_A_LOOK 10000
#define DEPTH_BYTES_MAX ((size_t)24 << 10) /* of the fiber's stack; what the interpreter calls needs room below */

/* ---- limits ---- */

void sandbox_place(lua_State *lua, char out[PLACE_TEXT])
{
    lua_Debug at;
    out[0] = '\0';
    for (int level = 0; lua_getstack(lua, level, &at); level++) {
        lua_getinfo(lua, "Sl", &at);
        if (at.currentline <= 0) continue; /* a function of ours */
        snprintf(out, PLACE_TEXT, "%s:%d: ", at.short_src, at.currentline);
        return;
    }
}

/* Lua's own errors name the function that called; in a hook that would be one too far out. */
static void stop(lua_State *lua, const char *why)
{
    char place[PLACE_TEXT];
    sandbox_place(lua, place);
    lua_pushfstring(lua, "%s%s", place, why);
    lua_error(lua);
}

/* Lua asks once more after it has collected: what is noted last is where it gave up. */
static void *memory_refuse(struct script *script)
{
    if (script->running != NULL) sandbox_place(script->running, script->spent);
    return NULL;
}

static void *memory_take(void *context, void *old, size_t old_bytes, size_t bytes)
{
    struct script *script = context;
    if (old == NULL) old_bytes = 0; /* it is a type then */
    if (bytes == 0) {
        free(old);
        script->memory -= old_bytes;
        return NULL;
    }
    if (bytes > old_bytes && script->memory + (bytes - old_bytes) > SCRIPT_MEMORY_MAX) return memory_refuse(script);
    void *block = realloc(old, bytes);
    if (block != NULL) script->memory = script->memory - old_bytes + bytes;
    return block;
}

_Static_assert(SCRIPT_STEPS_MAX == 50000000, "what guard says");
static void guard(lua_State *lua, lua_Debug *event)
{
    struct script_call *call = script_call_of(lua);
    if (event->event == LUA_HOOKCOUNT) {
        call->steps += STEPS_A_LOOK;
        if (call->steps > SCRIPT_STEPS_MAX) stop(lua, "it computes and never waits: stopped after 50 million steps");
        return;
    }
    const char here = 0;
    const size_t deep = call->stack > &here ? (size_t)(call->stack - &here) : (size_t)(&here - call->stack);
    if (deep > DEPTH_BYTES_MAX) stop(lua, "calls are nested too deep");
}

void sandbox_guard(lua_State *lua) { lua_sethook(lua, guard, LUA_MASKCOUNT | LUA_MASKCALL, STEPS_A_LOOK); }

/* ---- replacements ---- */

static int keys_step(lua_State *lua)
{
    const lua_Integer at = lua_tointeger(lua, lua_upvalueindex(3)) + 1;
    for (lua_Integer i = at;; i++) {
        lua_rawgeti(lua, lua_upvalueindex(2), i);
        if (lua_isnil(lua, -1)) return 1;
        lua_pushvalue(lua, -1);
        lua_rawget(lua, lua_upvalueindex(1));
        if (lua_isnil(lua, -1)) { /* taken away meanwhile */
            lua_pop(lua, 2);
            continue;
        }
        lua_pushinteger(lua, i);
        lua_replace(lua, lua_upvalueindex(3));
        return 2;
    }
}

static int pairs_sorted(lua_State *lua)
{
    luaL_checktype(lua, 1, LUA_TTABLE);
    lua_pushvalue(lua, 1);
    value_push_keys(lua, 1);
    lua_pushinteger(lua, 0);
    lua_pushcclosure(lua, keys_step, 3);
    return 1;
}

static int text_of(lua_State *lua)
{
    luaL_checkany(lua, 1);
    const int type = lua_type(lua, 1);
    if (type == LUA_TTABLE || type == LUA_TFUNCTION || type == LUA_TUSERDATA || type == LUA_TTHREAD) {
        if (luaL_getmetafield(lua, 1, "__tostring") != LUA_TNIL) {
            lua_pushvalue(lua, 1);
            lua_call(lua, 1, 1);
            return 1;
        }
        lua_pushstring(lua, lua_typename(lua, type)); /* never an address */
        return 1;
    }
    luaL_tolstring(lua, 1, NULL);
    return 1;
}

static int format_checked(lua_State *lua)
{
    size_t len;
    const char *format = luaL_checklstring(lua, 1, &len);
    for (size_t i = 0; i + 1 < len; i++) {
        if (format[i] != '%') continue;
        if (format[i + 1] == '%') i++;
        else {
            size_t k = i + 1;
            while (k < len && (format[k] == '-' || format[k] == '#' || format[k] == ' ' || format[k] == '.' || (format[k] >= '0' && format[k] <= '9'))) k++;
            if (k < len && format[k] == 'p') return luaL_error(lua, "%%p gives addresses: they differ from run to run");
        }
    }
    const int arguments = lua_gettop(lua);
    for (int i = 2; i <= arguments; i++) { /* %s of a table must not tell where it lies */
        if (lua_type(lua, i) != LUA_TTABLE && lua_type(lua, i) != LUA_TFUNCTION) continue;
        lua_pushcfunction(lua, text_of);
        lua_pushvalue(lua, i);
        lua_call(lua, 1, 1);
        lua_replace(lua, i);
    }
    lua_pushvalue(lua, lua_upvalueindex(1));
    lua_insert(lua, 1);
    lua_call(lua, arguments, 1);
    return 1;
}

/* pcall, but for the errors of limits: a script that has used up its steps cannot catch that. */
static int call_protected(lua_State *lua)
{
    luaL_checkany(lua, 1);
    lua_pushboolean(lua, 1);
    lua_insert(lua, 1);
    const int status = lua_pcall(lua, lua_gettop(lua) - 2, LUA_MULTRET, 0);
    if (status == LUA_OK) return lua_gettop(lua);
    if (script_call_of(lua)->steps > SCRIPT_STEPS_MAX) return lua_error(lua);
    lua_pushboolean(lua, 0);
    lua_insert(lua, -2);
    return 2;
}

/* setmetatable without what depends on the collector. */
static int metatable_set(lua_State *lua)
{
    luaL_checktype(lua, 1, LUA_TTABLE);
    if (lua_type(lua, 2) == LUA_TTABLE) {
        static const char *const refused[] = {"__gc", "__mode"};
        for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
            lua_pushstring(lua, refused[i]);
            lua_rawget(lua, 2);
            if (!lua_isnil(lua, -1)) return luaL_error(lua, "%s depends on when memory is collected: not offered", refused[i]);
            lua_pop(lua, 1);
        }
    }
    lua_pushvalue(lua, lua_upvalueindex(1));
    lua_pushvalue(lua, 1);
    lua_pushvalue(lua, 2);
    lua_call(lua, 2, 1);
    return 1;
}

/* math.random(), (n), (lo, hi): whole numbers from the execution's seed. */
static int random_draw(lua_State *lua)
{
    struct script_call *call = script_call_of(lua);
    if (call->act == NULL) return luaL_error(lua, "there is no seed while the file is loaded: draw in `step`");
    if (lua_gettop(lua) == 0) {
        lua_pushnumber(lua, (lua_Number)(rng_u64(&call->rng) >> 11) * 0x1.0p-53);
        return 1;
    }
    const lua_Integer lo = lua_gettop(lua) > 1 ? luaL_checkinteger(lua, 1) : 1, hi = luaL_checkinteger(lua, lua_gettop(lua) > 1 ? 2 : 1);
    luaL_argcheck(lua, lo <= hi, 1, "interval is empty");
    lua_pushinteger(lua, (lua_Integer)((uint64_t)lo + rng_range(&call->rng, 0, (uint64_t)hi - (uint64_t)lo)));
    return 1;
}

static int array_mark(lua_State *lua)
{
    if (lua_isnoneornil(lua, 1)) {
        lua_settop(lua, 0);
        lua_newtable(lua);
    }
    luaL_checktype(lua, 1, LUA_TTABLE);
    lua_newtable(lua);
    lua_pushboolean(lua, 1);
    lua_rawsetp(lua, -2, &value_array_mark);
    lua_setmetatable(lua, 1);
    lua_settop(lua, 1);
    return 1;
}

/* ---- the state ---- */

static void forget(lua_State *lua, const char *table, const char *const *names)
{
    if (table != NULL) lua_getglobal(lua, table);
    else lua_pushglobaltable(lua);
    for (; *names != NULL; names++) {
        lua_pushnil(lua);
        lua_setfield(lua, -2, *names);
    }
    lua_pop(lua, 1);
}

/* The function of this name goes on as an upvalue of `with`. */
static void wrap(lua_State *lua, const char *table, const char *name, lua_CFunction with)
{
    if (table != NULL) lua_getglobal(lua, table);
    else lua_pushglobaltable(lua);
    lua_getfield(lua, -1, name);
    lua_pushcclosure(lua, with, 1);
    lua_setfield(lua, -2, name);
    lua_pop(lua, 1);
}

static int open_all(lua_State *lua)
{
    static const luaL_Reg libraries[] = {{LUA_GNAME, luaopen_base}, {LUA_TABLIBNAME, luaopen_table}, {LUA_STRLIBNAME, luaopen_string},
                                         {LUA_MATHLIBNAME, luaopen_math}, {LUA_UTF8LIBNAME, luaopen_utf8}};
    for (size_t i = 0; i < ARRAY_LEN(libraries); i++) {
        luaL_requiref(lua, libraries[i].name, libraries[i].func, 1);
        lua_pop(lua, 1);
    }
    static const char *const from_base[] = {"collectgarbage", "dofile", "load", "loadfile", "next", "print", "warn", "require", "xpcall", NULL};
    static const char *const from_math[] = {"randomseed", NULL};
    static const char *const from_string[] = {"dump", NULL};
    forget(lua, NULL, from_base);
    forget(lua, "math", from_math);
    forget(lua, "string", from_string);
    lua_register(lua, "pairs", pairs_sorted);
    lua_register(lua, "tostring", text_of);
    lua_register(lua, "pcall", call_protected);
    lua_register(lua, "array", array_mark);
    wrap(lua, "string", "format", format_checked);
    wrap(lua, NULL, "setmetatable", metatable_set);
    lua_getglobal(lua, "math");
    lua_pushcfunction(lua, random_draw);
    lua_setfield(lua, -2, "random");
    lua_pop(lua, 1);
    return 0;
}

lua_State *sandbox_new(struct script *script)
{
    lua_State *lua = lua_newstate(memory_take, script);
    if (lua == NULL) return NULL;
    lua_pushcfunction(lua, open_all);
    if (lua_pcall(lua, 0, 0, 0) == LUA_OK) return lua;
    lua_close(lua);
    return NULL;
}
