#include "tester/script/script.h"

#include <stdio.h>

#include "tester/script/script_priv.h"

struct script_call *script_call_of(lua_State *lua) { return *(struct script_call **)lua_getextraspace(lua); }
static void call_bind(lua_State *lua, struct script_call *call) { *(struct script_call **)lua_getextraspace(lua) = call; }

void script_waited(struct script_call *call)
{
    call->steps = 0;
    call->script->running = call->thread;
}

static void call_enter(struct script_call *call)
{
    call_bind(call->thread, call);
    call->script->running = call->thread;
}

static void call_leave(struct script_call *call)
{
    call_bind(call->thread, NULL);
    if (call->script->running == call->thread) call->script->running = NULL;
}

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

/* ---- errors ---- */

/* Whatever was thrown becomes a text that begins with its place; a script may throw tables, or leave the place out (error(text, 0)). */
static int fault_text(lua_State *lua)
{
    char place[PLACE_TEXT];
    sandbox_place(lua, place);
    if (lua_type(lua, 1) != LUA_TSTRING) {
        if (luaL_callmeta(lua, 1, "__tostring") == 0 || lua_type(lua, -1) != LUA_TSTRING) lua_pushfstring(lua, "an error that is no text, but a %s", luaL_typename(lua, 1));
        lua_replace(lua, 1);
        lua_settop(lua, 1);
    }
    const char *text = lua_tostring(lua, 1);
    const size_t file = strcspn(place, ":"); /* the lines may differ: what was caught and thrown again keeps its first */
    if (file > 0 && strncmp(text, place, file + 1) == 0) return 1;
    lua_pushfstring(lua, "%s%s", place, text);
    return 1;
}

int script_protect(lua_State *lua, int arguments, int results)
{
    const int handler = lua_gettop(lua) - arguments;
    lua_pushcfunction(lua, fault_text);
    lua_insert(lua, handler);
    const int status = lua_pcall(lua, arguments, results, handler);
    lua_remove(lua, handler);
    return status;
}

#define FAULT_TEXT 256

/* What the error on the top says. Where memory has run out no function of ours is called, and nothing may be taken. */
static const char *fault_of(lua_State *lua, const struct script *script, int status, char spent[FAULT_TEXT])
{
    if (status != LUA_ERRMEM) return lua_type(lua, -1) == LUA_TSTRING ? lua_tostring(lua, -1) : "an error while an error was told";
    if (script->spent[0] != '\0') snprintf(spent, FAULT_TEXT, "%snot enough memory: a script has %zu MiB", script->spent, SCRIPT_MEMORY_MAX >> 20);
    else snprintf(spent, FAULT_TEXT, STR_FMT ": not enough memory: other executions of the script hold its %zu MiB", STR_ARG(script->file), SCRIPT_MEMORY_MAX >> 20);
    return spent;
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
    struct script_call call = {.script = script, .thread = lua, .stack = &here};
    arena_init(&call.arena, 0);
    call_enter(&call);
    sandbox_guard(lua);
    struct buf chunk = {0};
    buf_put_char(&chunk, '@');
    buf_put_str(&chunk, loading->file);
    buf_put_char(&chunk, '\0');
    int status = luaL_loadbufferx(lua, script->text.data, script->text.len, (const char *)chunk.data, "t");
    if (status == LUA_OK) {
        lua_pushcfunction(lua, file_run);
        lua_insert(lua, 1);
        status = script_protect(lua, 1, 0);
    }
    buf_done(&chunk);
    if (status != LUA_OK) {
        char spent[FAULT_TEXT];
        const char *text = fault_of(lua, script, status, spent);
        if (str_starts(str_of(text), loading->file)) (void)err_set(loading->err, ERR_PARSE, "%s", text);
        else (void)err_set(loading->err, ERR_PARSE, STR_FMT ": %s", STR_ARG(loading->file), text);
    }
    lua_settop(lua, 0);
    lua_sethook(lua, NULL, 0, 0); /* threads have their own */
    call_leave(&call);
    call_done(&call);
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
    script->file = str_dup(&script->arena, file);
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

/* The first of a track is told whole; an operation's note has less room. */
static void fault_note(struct script_call *call, lua_State *lua, int status)
{
    char spent[FAULT_TEXT];
    const char *text = fault_of(lua, call->script, status, spent);
    struct track *track = call->act->track;
    if (track->by_status[OP_BROKEN] == 0) snprintf(track->broken, sizeof(track->broken), "%s", text);
    call->op->status = OP_BROKEN;
    op_note(call->op, text);
}

/* In a protected call: others of the script may have used up its memory. */
static int thread_make(lua_State *lua)
{
    struct script_call *call = lua_touserdata(lua, 1);
    call->thread = lua_newthread(lua);
    call->anchor = luaL_ref(lua, LUA_REGISTRYINDEX);
    return 0;
}

static void step_run(struct script_call *call)
{
    lua_State *thread = call->thread;
    call_enter(call);
    sandbox_guard(thread);
    lua_rawgetp(thread, LUA_REGISTRYINDEX, call->script);
    lua_rawgetp(thread, LUA_REGISTRYINDEX, &call->script->spec);
    const int status = script_protect(thread, 1, 0);
    if (status != LUA_OK) fault_note(call, thread, status);
    call_leave(call);
}

static void script_step(struct act *act, struct op *op)
{
    struct script *script = (struct script *)(uintptr_t)act->track->context;
    lua_State *lua = script->lua;
    const char here = 0;
    struct script_call call = {.script = script, .act = act, .op = op, .rng = rng_split(&act->rng, STR("script"), 0), .anchor = LUA_NOREF, .stack = &here};
    arena_init(&call.arena, 0);
    lua_pushcfunction(lua, thread_make);
    lua_pushlightuserdata(lua, &call);
    script->running = lua;
    const int status = lua_pcall(lua, 1, 0, 0);
    script->running = NULL;
    if (status == LUA_OK) step_run(&call);
    else fault_note(&call, lua, status);
    if (status != LUA_OK) lua_pop(lua, 1);
    luaL_unref(lua, LUA_REGISTRYINDEX, call.anchor); /* the thread may be collected; other executions use the main stack too */
    call_done(&call);
}
