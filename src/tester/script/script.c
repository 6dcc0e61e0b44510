#include "tester/script/script.h"

#include <stdio.h>

#include "tester/script/script_priv.h"

struct script_call *script_call_of(lua_State *lua) { return *(struct script_call **)lua_getextraspace(lua); }
static void call_bind(lua_State *lua, struct script_call *call) { *(struct script_call **)lua_getextraspace(lua) = call; }

void script_waited(struct script_call *call) { call->steps = 0; }

struct buf *script_scratch(struct script_call *call)
{
    buf_clear(&call->scratch);
    return &call->scratch;
}

static void call_done(struct script_call *call)
{
    answer_done(&call->answer);
    buf_done(&call->scratch);
    arena_done(&call->arena);
}

/* ---- the table that the file returns ---- */

static const char *const type_words[] = {"amount", "count", "duration", "fraction", "price", "text", "choice", "bool"};
static const enum param_type types[] = {PARAM_AMOUNT, PARAM_COUNT, PARAM_DURATION, PARAM_FRACTION, PARAM_PRICE, PARAM_TEXT, PARAM_CHOICE, PARAM_BOOL};

static const char *text_keep(lua_State *lua, struct script *script, int at)
{
    size_t len;
    const char *text = lua_tolstring(lua, at, &len);
    return str_dup(&script->arena, (struct str){text, len}).data;
}

/* A text member of the table at the top; NULL when it is absent. */
static const char *member_text(lua_State *lua, struct script *script, const char *name)
{
    const char *kept = NULL;
    lua_getfield(lua, -1, name);
    if (lua_type(lua, -1) == LUA_TSTRING || lua_type(lua, -1) == LUA_TNUMBER) kept = text_keep(lua, script, -1);
    else if (lua_type(lua, -1) == LUA_TBOOLEAN) kept = lua_toboolean(lua, -1) ? "true" : "false";
    else if (!lua_isnil(lua, -1)) luaL_error(lua, "'%s' must be a text, not %s", name, luaL_typename(lua, -1));
    lua_pop(lua, 1);
    return kept;
}

static void members_check(lua_State *lua, const char *const *known, const char *what)
{
    value_push_keys(lua, -1);
    const lua_Integer count = (lua_Integer)lua_rawlen(lua, -1);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(lua, -1, i);
        const char *key = lua_type(lua, -1) == LUA_TSTRING ? lua_tostring(lua, -1) : "a number";
        bool found = false;
        for (const char *const *word = known; *word != NULL; word++) found = found || strcmp(*word, key) == 0;
        if (!found) luaL_error(lua, "%s has no '%s'", what, key);
        lua_pop(lua, 1);
    }
    lua_pop(lua, 1);
}

static const char *const *choices_read(lua_State *lua, struct script *script)
{
    lua_getfield(lua, -1, "choices");
    if (lua_type(lua, -1) != LUA_TTABLE) luaL_error(lua, "a parameter of type choice needs choices = {...}");
    const lua_Integer count = (lua_Integer)lua_rawlen(lua, -1);
    const char **choices = arena_array(&script->arena, const char *, (size_t)count + 1);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(lua, -1, i);
        if (lua_type(lua, -1) != LUA_TSTRING) luaL_error(lua, "choices are texts");
        choices[i - 1] = text_keep(lua, script, -1);
        lua_pop(lua, 1);
    }
    lua_pop(lua, 1);
    return choices;
}

static void param_read(lua_State *lua, struct script *script, struct param_spec *out)
{
    static const char *const known[] = {"name", "type", "default", "choices", NULL};
    if (lua_type(lua, -1) != LUA_TTABLE) luaL_error(lua, "a parameter is a table {name = ..., type = ..., default = ...}");
    members_check(lua, known, "a parameter");
    const char *type = member_text(lua, script, "type");
    *out = (struct param_spec){.name = member_text(lua, script, "name"), .fallback = member_text(lua, script, "default")};
    if (out->name == NULL || out->name[0] == '\0') luaL_error(lua, "a parameter needs a name");
    size_t i = 0;
    while (i < ARRAY_LEN(type_words) && (type == NULL || strcmp(type_words[i], type) != 0)) i++;
    if (i == ARRAY_LEN(type_words))
        luaL_error(lua, "parameter '%s': type must be amount, count, duration, fraction, price, text, choice or bool", out->name);
    out->type = types[i];
    if (out->type == PARAM_CHOICE) out->choices = choices_read(lua, script);
    if (out->fallback == NULL) return;
    struct arg arg;
    struct err err;
    if (!arg_parse(out, str_of(out->fallback), &script->arena, &arg, &err)) luaL_error(lua, "parameter '%s': its default: %s", out->name, err.text);
}

static void params_read(lua_State *lua, struct script *script)
{
    lua_getfield(lua, -1, "params");
    if (lua_isnil(lua, -1)) {
        lua_pop(lua, 1);
        return;
    }
    if (lua_type(lua, -1) != LUA_TTABLE) luaL_error(lua, "params must be a list of parameters");
    const lua_Integer count = (lua_Integer)lua_rawlen(lua, -1);
    if (count > SCRIPT_PARAMS_MAX) luaL_error(lua, "more than %d parameters", SCRIPT_PARAMS_MAX);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(lua, -1, i);
        param_read(lua, script, &script->params[i - 1]);
        lua_pop(lua, 1);
        for (lua_Integer k = 0; k < i - 1; k++)
            if (strcmp(script->params[k].name, script->params[i - 1].name) == 0) luaL_error(lua, "two parameters are called '%s'", script->params[k].name);
    }
    lua_pop(lua, 1);
    script->spec.params = script->params;
}

static void script_step(struct act *act, struct op *op) FIBER;

/* Runs the chunk at 1 and reads what it returns; `step` stays in the registry under the script's address. */
static int file_run(lua_State *lua)
{
    static const char *const known[] = {"summary", "roles", "pattern", "transaction", "params", "step", NULL};
    struct script *script = script_call_of(lua)->script;
    lua_call(lua, 0, 1);
    if (lua_type(lua, -1) != LUA_TTABLE) return luaL_error(lua, "%s must return a table with summary, params and step", script->spec.name);
    members_check(lua, known, "a behaviour");
    script->spec.summary = member_text(lua, script, "summary");
    script->spec.roles = member_text(lua, script, "roles");
    script->spec.pattern = member_text(lua, script, "pattern");
    if (script->spec.summary == NULL) return luaL_error(lua, "%s says no summary", script->spec.name);
    if (script->spec.roles == NULL) script->spec.roles = "any";
    lua_getfield(lua, -1, "transaction");
    script->spec.transaction = lua_toboolean(lua, -1);
    lua_pop(lua, 1);
    params_read(lua, script);
    lua_getfield(lua, -1, "step");
    if (lua_type(lua, -1) != LUA_TFUNCTION) return luaL_error(lua, "%s has no function step(act)", script->spec.name);
    lua_rawsetp(lua, LUA_REGISTRYINDEX, script);
    api_push(lua);
    lua_rawsetp(lua, LUA_REGISTRYINDEX, &script->spec);
    return 0;
}

struct loading {
    struct script *script;
    struct str file;
    struct err *err;
    bool ok;
};

/* On the thread's own stack: the compiler recurses. */
static void load_deep(void *arg)
{
    struct loading *loading = arg;
    struct script *script = loading->script;
    lua_State *lua = script->lua;
    const char here = 0;
    struct script_call call = {.script = script, .stack = &here};
    arena_init(&call.arena, 0);
    call_bind(lua, &call);
    sandbox_guard(lua);
    struct buf chunk = {0};
    buf_put_char(&chunk, '@');
    buf_put_str(&chunk, loading->file);
    buf_put_char(&chunk, '\0');
    int status = luaL_loadbufferx(lua, script->text.data, script->text.len, (const char *)chunk.data, "t");
    if (status == LUA_OK) {
        lua_pushcfunction(lua, file_run);
        lua_insert(lua, 1);
        status = lua_pcall(lua, 1, 0, 0);
    }
    buf_done(&chunk);
    if (status != LUA_OK) {
        const char *text = lua_type(lua, -1) == LUA_TSTRING ? lua_tostring(lua, -1) : "an error that is no text";
        if (str_starts(str_of(text), loading->file)) (void)err_set(loading->err, ERR_PARSE, "%s", text);
        else (void)err_set(loading->err, ERR_PARSE, STR_FMT ": %s", STR_ARG(loading->file), text);
    }
    lua_settop(lua, 0);
    call_done(&call);
    call_bind(lua, NULL);
    loading->ok = status == LUA_OK;
}

struct script *script_new(struct str name, struct str file, struct str text, struct err *err)
{
    ASSERT(str_starts(name, STR(SCRIPT_PREFIX)));
    if (text.len > SCRIPT_BYTES_MAX) {
        (void)err_set(err, ERR_LIMIT, STR_FMT ": longer than %zu bytes", STR_ARG(file), SCRIPT_BYTES_MAX);
        return NULL;
    }
    struct script *script = base_alloc(sizeof(*script));
    arena_init(&script->arena, 0);
    script->text = str_dup(&script->arena, text);
    script->spec = (struct behavior_spec){.name = str_dup(&script->arena, name).data, .step = script_step, .context = script};
    script->lua = sandbox_new(script);
    struct loading loading = {.script = script, .file = file, .err = err};
    if (script->lua != NULL) fiber_call_deep(load_deep, &loading);
    else (void)err_set(err, ERR_LIMIT, "no memory for " STR_FMT, STR_ARG(file));
    if (loading.ok) return script;
    script_free(script);
    return NULL;
}

void script_free(struct script *script)
{
    if (script == NULL) return;
    if (script->lua != NULL) lua_close(script->lua);
    arena_done(&script->arena);
    base_free(script);
}

const struct behavior_spec *script_spec(const struct script *script) { return &script->spec; }
struct str script_text(const struct script *script) { return script->text; }

/* ---- one execution ---- */

static void fault_note(struct op *op, lua_State *thread)
{
    const char *text = lua_type(thread, -1) == LUA_TSTRING ? lua_tostring(thread, -1) : "an error that is no text";
    op->status = OP_BROKEN;
    op_note(op, text);
}

static void script_step(struct act *act, struct op *op)
{
    struct script *script = (struct script *)(uintptr_t)act->track->context;
    lua_State *lua = script->lua;
    const char here = 0;
    struct script_call call = {.script = script, .act = act, .op = op, .rng = rng_split(&act->rng, STR("script"), 0), .stack = &here};
    arena_init(&call.arena, 0);
    lua_State *thread = lua_newthread(lua); /* anchored in the registry while it lives: other executions use the main stack too */
    const int anchor = luaL_ref(lua, LUA_REGISTRYINDEX);
    call_bind(thread, &call);
    sandbox_guard(thread);
    lua_rawgetp(thread, LUA_REGISTRYINDEX, script);
    lua_rawgetp(thread, LUA_REGISTRYINDEX, &script->spec);
    if (lua_pcall(thread, 1, 0, 0) != LUA_OK) fault_note(op, thread);
    call_bind(thread, NULL);
    luaL_unref(lua, LUA_REGISTRYINDEX, anchor);
    call_done(&call);
}
