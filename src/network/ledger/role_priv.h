/* Roles: what the network lets some accounts do. For the ledger's own eyes.
 * State map, space param, ident "role/<name>/" ‖ address: u32 height of the grant. An oracle's role is its seats (oracle_priv.h). */
#ifndef LEDGER_ROLE_PRIV_H
#define LEDGER_ROLE_PRIV_H

#include "network/ledger/family_priv.h"

bool role_has(const struct ordmap *objects, const struct address *who, enum ledger_role role) MUST_CHECK;
void role_order(struct work *work, const struct ledger_role_order *order); /* what cannot be done does nothing */

#endif
