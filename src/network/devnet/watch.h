/* Watch: what stands beside each validator of a devnet and brings the misbehaviour that its view has found before the ledgers: a
 * transaction evidence_submit on Alpha, where bonds are, and on Delta too when it happened there. Paid from the validator's own account.
 * Whoever found it first submits; the next one follows when nothing came of it. */
#ifndef DEVNET_WATCH_H
#define DEVNET_WATCH_H

#include "core/crypto/sign.h"

#define WATCH_GRANT UINT64_C(1000000000) /* of each chain's fee token, to each validator, at genesis */

struct devnet;
struct watch;

struct watch *watch_new(struct devnet *net, struct sign_suite suite); /* begins at once */
void watch_free(struct watch *watch);                                /* NULL is fine */

#endif
