/* What the files of a script's interpreter share. For the room's own eyes. */
#ifndef SCRIPT_SCRIPT_PRIV_H
#define SCRIPT_SCRIPT_PRIV_H

#include <lua5.4/lauxlib.h>
#include <lua5.4/lua.h>
#include <lua5.4/lualib.h>

#include "core/base/rng.h"
#include "core/codec/json.h"
#include "tester/script/script.h"

#define SCRIPT_PARAMS_MAX 32
#define PLACE_TEXT 96 /* "file:line: ", as Lua shortens it */

struct script {
    lua_State *lua;
    struct arena arena;
    struct str text;
    struct behavior_spec spec;
    struct param_spec params[SCRIPT_PARAMS_MAX + 1];
    struct str file;
    size_t memory;       /* of the interpreter, now */
    lua_State *running;  /* the thread that computes; NULL: none */
    char spent[PLACE_TEXT]; /* where it was when memory was refused, "file:line: "; empty: never */
};

/* One execution, or the loading: where the thread of the interpreter finds what it works for (lua_getextraspace). */
struct script_call {
    struct script *script;
    lua_State *thread;
    int anchor; /* keeps the thread while it lives */
    struct act *act; /* NULL while the file is loaded */
    struct op *op;
    struct rng rng;
    const char *stack; /* where the execution began on its stack */
    uint64_t steps;    /* instructions since the last wait */
    /* What an error of the script must not lose: */
    struct buf scratch;
    struct arena arena;
    struct answer answer;
};
/* Empty, and the execution's to fill. */
struct buf *script_scratch(struct script_call *call);
struct script_call *script_call_of(lua_State *lua);
/* Behind everything that may have waited: others of the script have computed meanwhile. */
void script_waited(struct script_call *call);
/* Calls what lies on the stack, as lua_pcall. What went wrong is a text then, with file and line. */
int script_protect(lua_State *lua, int arguments, int results);

/* ---- sandbox.c ---- */
/* A state with the libraries that keep runs repeatable; `script` counts its memory. NULL: no memory. */
lua_State *sandbox_new(struct script *script);
/* The hook that bounds steps and depth; on every thread. */
void sandbox_guard(lua_State *lua);
/* "file:line: " of the innermost function of the script that is being called; empty when there is none. Allocates nothing. */
void sandbox_place(lua_State *lua, char out[PLACE_TEXT]);

/* ---- value.c ---- */
void value_push_u128(lua_State *lua, u128 value); /* an integer when it fits, else its decimal text */
/* An integer that is not negative, or a decimal text; raises an error that names `what`. */
u128 value_u128(lua_State *lua, int at, const char *what);
void value_push_json(lua_State *lua, const struct json *node); /* null: nil; numbers: integers where they are */
/* The table, number, text or boolean as JSON; members by sorted key. Raises an error for what is none. */
void value_write_json(lua_State *lua, int at, struct json_writer *w);
/* Keys of the table at `at` in a fixed order, as a new sequence on the top. */
void value_push_keys(lua_State *lua, int at);
extern const char value_array_mark; /* key of the metatable member that says: a list, also when empty */

/* ---- api.c ---- */
/* Pushes the table of what a step may do. */
void api_push(lua_State *lua);

#endif
