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

/* ---- privacy_funds.c ---- */
#define PRIVACY_RESERVE 10000 /* in the wallet beside what is paid: the fees of some spends */
#define PRIVACY_DELAY_BLOCKS_MIN 2
#define PRIVACY_MIX_ROUNDS_MAX 16

struct shieldwallet *privacy_wallet(const struct act *act);
bool privacy_skip(struct op *op, const char *note); /* false; an op that has ended already stays as it ended */
uint64_t privacy_denomination(const struct shield_terms *terms, uint64_t wanted); /* the least that is as much, else the largest */
uint64_t privacy_u64(const struct act *act, const char *param);                   /* an amount, cut where sums could overflow */
struct shield_order privacy_pay_order(struct bot *to, uint64_t amount);
/* Makes the spend; a wallet that lacks notes deposits once and tries again. False: op says. */
bool privacy_make(struct act *act, const struct shield_order *order, struct shield_sending *sending, struct op *op) FIBER;
/* Made, sent, final, and held against PT-L-030. False: op says. */
bool privacy_pay(struct act *act, const struct shield_order *order, const struct privacy_payment *payment, struct shield_sending *sending, struct op *op) FIBER;
/* A withdrawal to a fresh address, after a pause; `from` as in shield_order. */
bool privacy_leave(struct act *act, struct shield_order *order, struct shield_sending *sending, struct op *op) FIBER;
void privacy_tell_id(struct act *act, const struct op *op);

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
