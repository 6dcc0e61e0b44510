/* What the methods of `act` share. For the room's own eyes. */
#ifndef SCRIPT_API_PRIV_H
#define SCRIPT_API_PRIV_H

#include "tester/script/script_priv.h"

/* The call a method works for; raises an error while the file is loaded. */
struct script_call *api_call(lua_State *lua);
/* What is asked of the network counts from its first request on; begun here unless a transaction has begun it. */
void api_asks(struct script_call *call);
bool api_on(struct script_call *call, enum chain_id chain) FIBER; /* act_on */

/* ---- arguments: all raise an error that says what is wrong ---- */
struct str api_text(lua_State *lua, int at); /* lives while it is on the stack */
enum chain_id api_chain(lua_State *lua, int at); /* absent: alpha */
void api_address(lua_State *lua, struct script_call *call, int at, enum chain_id chain, struct address *out); /* absent: the bot's own */
/* A table of arguments by name, all of them among `known` (ends with NULL): what nobody reads is a mistake. */
void api_members(lua_State *lua, int table, const char *what, const char *const *known);

/* ---- fates ----
 * A step may go on after something has failed: every call is told by what became of it alone, and the operation ends by its first
 * failure. */
struct fate {
    enum op_status status;
    enum code code;
    char note[sizeof(((struct op *)0)->note)];
};
struct fate fate_lift(struct op *op);                                /* the op is as new */
void fate_put_back(struct op *op, const struct fate *fate);          /* the older failure stands */
int fate_tell(lua_State *lua, struct op *op, const struct fate *fate); /* pushes nil, code, note of what failed now, and puts back; 3 */
int api_push_failure(lua_State *lua, const struct op *op);           /* nil, code, note; 3 */

/* ---- api_write.c ---- */
int api_send(lua_State *lua);
int api_pay(lua_State *lua);

#endif
