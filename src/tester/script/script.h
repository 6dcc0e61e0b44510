/* Script: a behaviour written in Lua, over the same wallet, clients and bus as those written in C. A file `script/NAME.lua` is the
 * behaviour `script/NAME`; the chapter "Behaviours of your own" of docs/SCENARIOS.md teaches how to write one.
 *
 * The interpreter is Lua 5.4 (lua.org/manual/5.4) without what would make two runs of one seed differ: no clock, files, environment,
 * addresses or hash order; `pairs` goes by sorted keys, math.random draws from the execution's seed. Every execution is a Lua thread of
 * its own on its own fiber; all executions of a script share its globals. A script that computes for too long without waiting, nests too
 * deep or takes too much memory is stopped with an error. */
#ifndef SCRIPT_SCRIPT_H
#define SCRIPT_SCRIPT_H

#include "core/base/arena.h"
#include "tester/behavior/behavior.h"

#define SCRIPT_PREFIX "script/"
#define SCRIPT_BYTES_MAX ((size_t)1 << 20)
#define SCRIPT_MEMORY_MAX ((size_t)64 << 20)
#define SCRIPT_STEPS_MAX 50000000 /* instructions between two waits */

struct script;

/* Runs the file's text once and reads the table it returns. `name` is "script/NAME", `file` what errors call it; both and the text are
 * copied. NULL and `err` ("file:line: what") when it is no behaviour. */
struct script *script_new(struct str name, struct str file, struct str text, struct err *err) MUST_CHECK;
void script_free(struct script *script); /* no execution is open; accepts NULL */
const struct behavior_spec *script_spec(const struct script *script); /* lives as long as the script */
struct str script_text(const struct script *script);

/* Scripts that are part of the program. */
size_t script_builtins(void);
void script_builtin(size_t i, struct str *out_name, struct str *out_text); /* "script/NAME" */
bool script_builtin_find(struct str name, struct str *out_text);

#endif
