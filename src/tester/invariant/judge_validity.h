/* INV-11, validity, as far as it is seen from outside. The tester holds no ledger, so it does not re-execute whole blocks. What it does
 * recompute from a final block: receipts_root from the receipts shown; that the header follows its parent's (time, height); that each
 * transaction was allowed in a block of this height and chain, and paid its fee; and, from a proven path into the state below state_root,
 * the account nonces that the blocks so far lead to. Part of struct judge. */
#ifndef INVARIANT_JUDGE_VALIDITY_H
#define INVARIANT_JUDGE_VALIDITY_H

#include "core/base/map.h"
#include "tester/client/trust.h"

struct judge;
struct judge_validity { /* of one chain */
    uint32_t height;
    uint64_t timestamp_ms, round;
    struct address account;      /* of a sender in the newest block: whoever reads asks for its path at `height` ... */
    struct hash account_tx;
    uint64_t nonce;              /* ... and finds this */
    bool has_account;
};

/* The receipts shown are those of the block's receipts_root. False also where one is not shown. */
bool receipts_are_proven(const struct block_view *block);

/* A final block, proven, with transactions and receipts; `nonces`: address -> u64, behind this block. */
void judge_validity_block(struct judge *judge, enum chain_id chain, const struct block_view *block, const struct map *nonces);
/* What `trust` found in a path of `account` at the height of the newest block. */
void judge_validity_account(struct judge *judge, enum chain_id chain, const struct judge_validity *asked, enum trust_verdict verdict,
                            const struct trust_account *found);

#endif
