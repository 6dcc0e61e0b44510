/* Join: how validators come in after genesis (api 5.1, POST /validators {add}): what brings each of them from a funded account to a member of the
 * next committee. It submits the newcomer's own validator_register, signed by the account key that its name gives, until the chain has it as final. */
#ifndef DEVNET_JOIN_H
#define DEVNET_JOIN_H

#include "network/devnet/devnet_priv.h"

struct joins;

struct joins *joins_new(struct devnet *net, struct sign_suite suite);
void joins_free(struct joins *joins); /* NULL is fine */
/* Orders the money of validators `first` to the last (bond and fees), from Alpha's answered height on, and goes on from there by itself. */
uint32_t joins_begin(struct joins *joins, uint32_t first);
void joins_rewind(struct joins *joins); /* the chains have gone back: whoever is not registered there begins again */

#endif
