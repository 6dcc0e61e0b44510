/* Genesis: what a network begins from: the keys of its validators, and of each chain the first state, block and committee. All of it follows from
 * the seed and the configuration (api 1.9). */
#ifndef DEVNET_GENESIS_H
#define DEVNET_GENESIS_H

#include "network/devnet/devnet_priv.h"

/* The name, keys and address of the validator at `i` (v1 is at 0; the observer, where nobody validates), derived from the seed. The caller wipes
 * the keys. */
void genesis_keys(struct devnet *net, uint32_t i, struct sign_suite suite);

/* Makes chain->space, with the first state and block; the validators' keys and the chain's parameters stand. Both chains begin with the same
 * committee: both states hold the same validators. False, and nothing is made: the configuration gives no sound state, `err` says why. */
bool genesis_space(struct devchain *chain, const struct devnet_config *config, struct sign_suite suite, struct err *err) MUST_CHECK;

#endif
