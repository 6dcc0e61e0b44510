/* Adnet, rewards: U3 to U6. As adnet.h says of its calls; addresses are Alpha's. */
#ifndef CLIENT_ADNET_REWARDS_H
#define CLIENT_ADNET_REWARDS_H

#include "chain/response_staking.h"
#include "tester/client/adnet.h"

/* U3; `validator` NULL: at all validators. */
const struct rewards_view *adnet_rewards(const struct adnet *adnet, const struct address *address,
                                         const struct address *validator, struct instant deadline, struct answer *out) FIBER;
/* U4: newest first; items are struct reward_event. limit 0: the default; cursor empty: from the newest. */
const struct page *adnet_reward_history(const struct adnet *adnet, const struct address *address, uint32_t limit,
                                        struct str cursor, struct instant deadline, struct answer *out) FIBER;
/* U5: a signed rewards_claim as it is; the answer's id is checked. */
const struct claim_ack *adnet_rewards_claim(const struct adnet *adnet, const struct tx *tx, struct instant deadline,
                                            struct answer *out) FIBER;
/* U6. UINT64_MAX: the latest. Sums and shares are checked against each other. */
const struct epoch_rewards *adnet_epoch_rewards(const struct adnet *adnet, uint64_t epoch, struct instant deadline,
                                                struct answer *out) FIBER;

#endif
