/* A block under execution, or a rehearsal of one transaction. For the ledger's own eyes. */
#ifndef LEDGER_RUN_PRIV_H
#define LEDGER_RUN_PRIV_H

#include "network/ledger/family_priv.h"

struct run {
    struct work work;
    struct amount fees;  /* charged so far; clamped: see fees_pay */
    enum code pool_code; /* of LEDGER_POOL_FEE */
    bool rehearsal, verdict_only; /* see struct exec */
    uint8_t images_taken; /* see struct ledger_sender: of the transaction that runs */
};
/* Runs a transaction on run->work; a bad verdict leaves the work unfit for more. */
enum ledger_verdict tx_execute(struct run *run, const struct tx *tx, struct receipt *receipt);

#endif
