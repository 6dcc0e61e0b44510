/* Send: one transaction of any kind, from its payload to its final place, over submit (act.h).
 *
 * What a payment moves the wallet knows beforehand. What an order, a claim or a pool moves it does not: such purses are `loose`,
 * the chain's word replaces the wallet's own sums for them (wallet.h). */
#ifndef BOT_SEND_H
#define BOT_SEND_H

#include "chain/payload.h"
#include "tester/bot/act.h"

struct send_plan {
    enum kind kind;               /* of the act's chain (act_on) */
    const union payload *payload; /* read before anything else happens: it may live on the caller's stack */
    struct str raw;               /* instead of `payload`: encoded already */
    struct money leaves;          /* what it takes out of the free balance beside the fee, at most; token 0: nothing */
    struct amount fee;            /* 0: the minimum for its size */
    struct amount tip;
    uint32_t valid_until;
    uint32_t loose; /* tokens (1u << TOKEN_AX ...) that it may move in ways `leaves` does not say */
    bool held;      /* what leaves is held for the bot and may come back: the same as loose for its token */
};

/* To its end. True: final with success, and `*out` (may be NULL) says where; `out->arena` is the caller's. False: op says how it
 * ended. */
bool act_send(struct act *act, const struct send_plan *plan, struct landing *out, struct op *op) FIBER;
/* It must be refused with `wanted`, at admission or in its block. True: it was; the op goes on as if nothing had happened.
 * False: op says what happened instead (a transaction that was taken is a post-condition that does not hold). `*out` (may be NULL) is
 * filled when it came into a block. */
bool act_send_refused(struct act *act, const struct send_plan *plan, enum code wanted, struct landing *out, struct op *op) FIBER;
/* The two halves of act_send, for those who send several before they follow. */
bool act_send_begin(struct act *act, const struct send_plan *plan, struct submission *out, struct op *op) FIBER;
bool act_send_end(struct act *act, struct submission *submission, struct landing *out, struct op *op) FIBER;

#endif
