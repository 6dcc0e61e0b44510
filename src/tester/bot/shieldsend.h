/* Shieldsend: a bot's ways in the shielded pool, from the wallet to the final block: deposits, and spends that are proved, sent by a fresh key
 * that the pool pays for, and followed. Who proves for others is here, too. */
#ifndef BOT_SHIELDSEND_H
#define BOT_SHIELDSEND_H

#include "tester/bot/send.h"
#include "tester/bot/shieldbot.h"

/* Alpha, terms of the network, and a scan of the pool. False: op says why. */
bool shield_ready(struct act *act, struct op *op) FIBER MUST_CHECK;
bool shield_scan(struct act *act, struct op *op) FIBER MUST_CHECK;
/* Scans at each new final block until the pool has been read up to `height`. */
bool shield_scan_to(struct act *act, uint32_t height, struct op *op) FIBER MUST_CHECK;
/* Deposits these amounts, each in a transaction of its own, all at once; returns when all may be spent. */
#define SHIELD_DEPOSITS_MAX 16
bool shield_deposit(struct act *act, const uint64_t *amounts, uint32_t count, struct op *op) FIBER MUST_CHECK;
/* Waits for a number of blocks drawn by the wallet (its habit at boundaries). */
bool shield_pause(struct act *act, uint32_t *out_blocks, struct op *op) FIBER MUST_CHECK;

/* A spend on its way; large: on the heap. */
struct shield_sending {
    struct shield_spend spend; /* its tx is released by shield_done */
    struct landing landing;    /* of its final block; `told` is in `arena` */
    struct arena arena;
    struct duration made_in, checked_in;
    bool by_prover;            /* somebody else made the range proof */
};
struct shield_sending *shield_sending_new(void);
void shield_sending_free(struct shield_sending *sending); /* accepts NULL */

/* Builds it: notes, ring, proofs; a prover is asked for the range proof where one serves, and where it fails the bot makes its own. False:
 * op says why; SHIELD_FUNDS leaves the op alone where `may_lack` is set, and *may_lack false. */
bool shield_make(struct act *act, const struct shield_order *order, struct shield_sending *out, bool *may_lack, struct op *op) FIBER MUST_CHECK;
/* Sends and follows it. False: refused, dropped or given up; its notes are free again where that is certain. */
bool shield_send(struct act *act, struct shield_sending *sending, struct op *op) FIBER MUST_CHECK;
/* It was only made: its notes are free again. */
void shield_unsend(struct act *act, struct shield_sending *sending);

/* ---- provers ---- */
#define SHIELD_PROVE_TOPIC STR("shielded/prove")
/* Serves one request for a range proof: it learns the values and blindings of outputs, never a key. True: it served one. */
bool shield_serve(struct act *act, struct bus_subscription *service, struct instant deadline, struct op *op) FIBER;

#endif
