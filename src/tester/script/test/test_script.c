/* Scripts: what is taken as a behaviour and what is refused, with its place; what the sandbox leaves out. */
#include "tester/script/script.h"

#include "core/base/check.h"

static struct script *load(const char *text, struct err *err)
{
    *err = (struct err){0};
    return script_new(STR("script/x"), STR("dir/x.lua"), str_of(text), err);
}

static void refused(const char *text, const char *want)
{
    struct err err;
    struct script *script = load(text, &err);
    if (script != NULL) CHECK_FAIL("taken: %s", text);
    if (strstr(err.text, want) == NULL) CHECK_FAIL("\"%s\" does not say \"%s\"", err.text, want);
    if (strncmp(err.text, "dir/x.lua:", 10) != 0) CHECK_FAIL("\"%s\" does not begin with the place", err.text);
}

static void a_table_with_a_step_is_a_behaviour(void)
{
    struct err err;
    struct script *script = load("return {summary = 'does', roles = 'any funded', transaction = true, params = {"
                                 "{name = 'amount', type = 'amount', default = 5}, {name = 'how', type = 'choice', choices = {'a', 'b'}, default = 'b'}},"
                                 "step = function(act) end}",
                                 &err);
    if (script == NULL) CHECK_FAIL("%s", err.text);
    const struct behavior_spec *spec = script_spec(script);
    CHECK(strcmp(spec->name, "script/x") == 0 && strcmp(spec->summary, "does") == 0 && strcmp(spec->roles, "any funded") == 0 && spec->transaction);
    CHECK_U64(param_specs_count(spec->params), 2);
    CHECK(spec->params[0].type == PARAM_AMOUNT && strcmp(spec->params[0].fallback, "5") == 0);
    CHECK(strcmp(spec->params[1].choices[1], "b") == 0 && spec->params[1].choices[2] == NULL);
    script_free(script);
}

static void what_is_no_behaviour_is_refused_with_its_place(void)
{
    refused("return {", "dir/x.lua:1: unexpected symbol near <eof>");
    refused("\n\nfoo()", "dir/x.lua:3: attempt to call a nil value (global 'foo')");
    refused("return 5", "must return a table");
    refused("return {step = function() end}", "says no summary");
    refused("return {summary = 's'}", "no function step");
    refused("return {summary = 's', setp = function() end}", "a behaviour has no 'setp'");
    refused("return {summary = 's', step = function() end, params = {{name = 'a', type = 'amuont'}}}", "parameter 'a': type must be");
    refused("return {summary = 's', step = function() end, params = {{name = 'a', type = 'amount', default = 'x'}}}", "parameter 'a': its default");
    refused("return {summary = 's', step = function() end, params = {{name = 'a', type = 'count'}, {name = 'a', type = 'count'}}}", "two parameters");
    refused("return {summary = 's', step = function() end, params = {{name = 'a', type = 'choice'}}}", "choices");
    refused("\x1bLua", "attempt to load a binary chunk");
}

static void what_would_differ_from_run_to_run_is_not_there(void)
{
    static const char *const absent[] = {"os", "io", "require", "load", "loadfile", "dofile", "next", "debug", "package", "collectgarbage", "coroutine", "print"};
    char text[200];
    for (size_t i = 0; i < ARRAY_LEN(absent); i++) {
        snprintf(text, sizeof(text), "if %s ~= nil then error('there') end error('absent')", absent[i]);
        refused(text, "absent");
    }
    refused("error(tostring({}) .. ' ' .. tostring(print) .. tostring(pairs))", "table nilfunction");
    refused("error(string.format('%p', {}))", "%p gives addresses");
    refused("error(string.format('%s|%d%%', {}, 5))", "table|5%");
    refused("setmetatable({}, {__gc = function() end})", "__gc depends on when memory is collected");
    refused("math.random(5)", "draw in `step`");
    refused("math.randomseed(5)", "attempt to call a nil value");
    refused("local s = '' for k, v in pairs({z = 1, b = 2, [3] = 3, a = 4, [1] = 5, [true] = 6, [2.5] = 7}) do s = s .. tostring(k) .. '=' .. v .. ' ' end error(s)",
            "1=5 2.5=7 3=3 a=4 b=2 z=1 true=6 ");
    refused("for k in pairs({[{}] = 1}) do end", "must be numbers, texts or booleans");
    refused("local t = {} for i = 1, 300 do t['k' .. (i * 7919 % 1000)] = i end local last = '' for k in pairs(t) do assert(k > last) last = k end error('sorted')", "sorted");
    refused("local t = {a = 1, b = 2, c = 3} local n = 0 for k in pairs(t) do t.b = nil n = n + 1 end error('walked ' .. n)", "walked 2");
}

static void what_never_ends_is_stopped(void)
{
    refused("local n = 0\nwhile true do\n n = n + 1 end", "dir/x.lua:3: it computes and never waits");
    refused("while true do pcall(function() while true do end end) end", "never waits");
    refused("local function f() return pcall(f) end local ok = f() error('came back ' .. tostring(ok))", "came back");
    refused("local function f(n) return 1 + f(n + 1) end f(1)", "dir/x.lua:1:");
    refused("local t = {} t = setmetatable(t, {__index = function(s, k) return s[k .. 'x'] end}) return t.a", "dir/x.lua:1:");
    refused("local s = 'x'\nwhile true do\n s = s .. s end", "dir/x.lua:3: not enough memory: a script has 64 MiB");
    refused("local t = {}\nwhile true do t[#t + 1] = {} end", "dir/x.lua:2: not enough memory");
    refused("local t = {}\nwhile true do t[#t + 1] = ('x'):rep(1000, #t) end", "dir/x.lua:2: not enough memory");
    refused("\nlocal function f(n) return 1 + f(n + 1) end f(1)", "dir/x.lua:2: ");
    refused("error(string.rep('x', 1 << 40))", "dir/x.lua:");
}

static void what_is_thrown_becomes_a_text_with_a_place(void)
{
    refused("\nerror('mine', 0)", "dir/x.lua:2: mine");
    refused("\nerror({})", "dir/x.lua:2: an error that is no text, but a table");
    refused("\nerror(setmetatable({}, {__tostring = function() return 'told' end}))", "dir/x.lua:2: told");
    refused("\nerror(setmetatable({}, {__tostring = function() error('no') end}))", "dir/x.lua");
    refused("\nerror()", "dir/x.lua:2: an error that is no text, but a nil");
    refused("local ok, why = pcall(function()\n error('inner') end)\nerror(why, 0)", "dir/x.lua:2: inner");
}

static void the_programs_own_scripts_are_behaviours(void)
{
    CHECK(script_builtins() >= 2);
    for (size_t i = 0; i < script_builtins(); i++) {
        struct str name, text;
        struct err err = {0};
        char full[80];
        script_builtin(i, &name, &text);
        snprintf(full, sizeof(full), "script/" STR_FMT, STR_ARG(name));
        struct script *script = script_new(str_of(full), str_of(full), text, &err);
        if (script == NULL) CHECK_FAIL("%s", err.text);
        script_free(script);
        struct str found;
        CHECK(script_builtin_find(str_of(full), &found) && str_eq(found, text));
    }
}

int main(void)
{
    RUN(a_table_with_a_step_is_a_behaviour);
    RUN(what_is_no_behaviour_is_refused_with_its_place);
    RUN(what_would_differ_from_run_to_run_is_not_there);
    RUN(what_never_ends_is_stopped);
    RUN(what_is_thrown_becomes_a_text_with_a_place);
    RUN(the_programs_own_scripts_are_behaviours);
    return 0;
}
