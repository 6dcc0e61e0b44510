/* The families of the catalog, one file each. */
#ifndef BEHAVIOR_FAMILIES_PRIV_H
#define BEHAVIOR_FAMILIES_PRIV_H

#include "tester/behavior/behavior.h"

extern const struct behavior_family behavior_anti, behavior_byzantine, behavior_cross_chain, behavior_d007, behavior_dex,
    behavior_governance, behavior_ipc, behavior_mev, behavior_mix, behavior_monitor, behavior_name_service, behavior_net,
    behavior_node, behavior_oracle, behavior_perp, behavior_privacy, behavior_program, behavior_query, behavior_replay,
    behavior_rewards, behavior_spam, behavior_transaction, behavior_transfer, behavior_validator, behavior_verify;

/* Of PT-L-070: what the bots' final transactions leave them with is what both chains show, token by token (but for loose purses), and so are
 * nonces. */
void wallets_settle(struct crew *crew, const uint32_t *bots, uint32_t bots_count, struct instant deadline, struct postconditions *out) FIBER;

/* The bot of the run that is called so; NULL: none. */
struct bot *bot_of_id(const struct crew *crew, struct str id);

#endif
