/* What spends of the shielded pool are held against, shared by the behaviours of the family `privacy`. */
#ifndef BEHAVIOR_PRIVACY_PRIV_H
#define BEHAVIOR_PRIVACY_PRIV_H

#include "tester/behavior/families_priv.h"
#include "tester/bot/canary.h"
#include "tester/bot/claim.h"
#include "tester/bot/shieldsend.h"

/* Who gets what a transfer pays; of a withdrawal `to` is the sender itself and `amount` 0. */
struct privacy_payment {
    struct bot *to;
    uint64_t amount;
};
/* PT-L-030's post-conditions of a spend that is final, all of them. */
void privacy_check(struct act *act, const struct shield_sending *sending, const struct privacy_payment *payment, struct op *op) FIBER;

void privacy_shielded_transfer(struct act *act, struct op *op) FIBER;
void privacy_generate_proof(struct act *act, struct op *op) FIBER;
void privacy_batch_prove(struct act *act, struct op *op) FIBER;
void privacy_address_recycle(struct act *act, struct op *op) FIBER;
void privacy_mix(struct act *act, struct op *op) FIBER;

u128 privacy_spend_max(const struct act *plan);
u128 privacy_batch_spend_max(const struct act *plan);
u128 privacy_recycle_spend_max(const struct act *plan);
u128 privacy_mix_spend_max(const struct act *plan);

#define PRIVACY_CLEAR_CLAIM CANARY_CLAIM /* no_plaintext_leak counts it */

#endif
