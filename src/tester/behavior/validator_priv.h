/* The steps of the family `validator`. */
#ifndef BEHAVIOR_VALIDATOR_PRIV_H
#define BEHAVIOR_VALIDATOR_PRIV_H

#include "tester/bot/act.h"

void validator_participate(struct act *act, struct op *op) FIBER;
void validator_attest(struct act *act, struct op *op) FIBER;
void validator_propose_block(struct act *act, struct op *op) FIBER;
void validator_register(struct act *act, struct op *op) FIBER;
void validator_deregister(struct act *act, struct op *op) FIBER;
void validator_sync(struct act *act, struct op *op) FIBER;            /* validator_sync.c */
void validator_sign_checkpoint(struct act *act, struct op *op) FIBER; /* likewise */
void validator_verify_step(struct act *act, struct op *op) FIBER;     /* validator_verify.c */

#endif
