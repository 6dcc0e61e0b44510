/* Judge: what must stay true (patterns 3), held against what clients have read. Pure but for its memory: no calls, no clock. It believes
 * nothing a node says about itself: finality proofs and blocks are verified through struct trust, sums are added up again.
 *
 * Every invariant of the list is computed, INV-11 (validity) as far as it is seen from outside: judge_validity.h says how far. */
#ifndef INVARIANT_JUDGE_H
#define INVARIANT_JUDGE_H

#include "core/base/map.h"
#include "core/base/time.h"
#include "core/base/vec.h"
#include "tester/client/trust.h"
#include "tester/invariant/judge_auction.h"
#include "tester/invariant/judge_bridge.h"
#include "tester/invariant/judge_escrow.h"
#include "tester/invariant/judge_governance.h"
#include "tester/invariant/judge_money.h"
#include "tester/invariant/judge_perps.h"
#include "tester/invariant/judge_shielded.h"
#include "tester/invariant/judge_validity.h"

enum { INVARIANTS = 14, INVARIANT_NOTE = 240 };

struct invariant_state {
    uint64_t samples, violations;
    char note[INVARIANT_NOTE]; /* the first violation, with block and transaction */
};

/* A final block as it was read, for figures about the chain. */
struct final_block {
    uint32_t height, transactions;
    uint32_t signers, members; /* of its certificate; 0: none was shown */
    uint64_t round, timestamp_ms;
    struct instant seen; /* when the tester first saw the chain final up to it */
};

struct violation {
    unsigned invariant;
    uint32_t height;
    struct hash subject; /* block or transaction */
    const char *text;
};

struct judge {
    struct trust *trust;
    struct map nonces[2]; /* by chain - 1: address -> u64: the next nonce that may execute */
    struct judge_money money[2];       /* by chain - 1 */
    struct judge_validity validity[2]; /* likewise */
    uint32_t supplied[2];              /* likewise: the newest height a supply was stated for */
    struct judge_escrow escrow;
    struct judge_perps perps;
    struct judge_auction auction;
    struct judge_shielded shielded;
    struct judge_bridge bridge;
    struct judge_governance governance;
    struct invariant_state state[INVARIANTS + 1]; /* by number */
    uint64_t conflicts;      /* final blocks that contradict an earlier proven one */
    uint64_t bad_proofs;     /* proofs that do not hold: somebody lies or is broken, nothing is proven by them */
    uint64_t transactions;   /* in final blocks read */
    uint32_t members;        /* of the newest committee seen in a proof */
    uint32_t read_height;    /* final blocks are read up to here */
    VEC(struct final_block) chain; /* 1 ... read_height */
    void (*violated)(void *context, const struct violation *violation); /* at once; NULL: nobody listens */
    void *context;
};

void judge_init(struct judge *judge, const struct trust_genesis *genesis, struct verifier verifier);
void judge_done(struct judge *judge);

/* A finality proof that `view` gave for `height`. `again`: this view's block at this height was looked at before (INV-02), else it is compared with
 * what other views have (INV-01). Answers what trust found. */
enum trust_verdict judge_proof(struct judge *judge, struct str view, uint32_t height, const struct finality_proof *proof, bool again);

/* The next final block (height read_height + 1, proven before) with all its transactions: INV-05 to INV-07, INV-09,
 * INV-11, INV-14. False: it is not the proven one, or not in full;
 * nothing was counted beyond the violation that may be. */
bool judge_block(struct judge *judge, const struct block_view *block, struct instant seen) MUST_CHECK;
/* What judge_block does once it is sure, and the same for the next final block of Delta, in full, that whoever read it has proven: INV-03 to
 * INV-06, INV-10, INV-11, INV-13. */
void judge_alpha_block(struct judge *judge, const struct block_view *block, struct instant seen);
void judge_delta_block(struct judge *judge, const struct block_view *block, struct instant seen);

/* What is stated for a final height, judged once its block is read: INV-05, each token; INV-09, INV-13, INV-14. */
void judge_chain_supply(struct judge *judge, enum chain_id chain, const struct supply *supply);
static inline void judge_supply(struct judge *judge, const struct supply *supply) { judge_chain_supply(judge, CHAIN_ALPHA, supply); }
void judge_pool(struct judge *judge, struct str view, uint32_t total, uint32_t capacity); /* INV-12 */
void judge_violation(struct judge *judge, unsigned invariant, uint32_t height, const struct hash *subject, const char *fmt, ...)
    PRINTF_LIKE(5, 6);

const char *invariant_title(unsigned number); /* "Agreement" */
bool invariant_in_build(unsigned number);
bool invariant_is_mandatory(unsigned number); /* must have samples in every run: 1, 2, 5, 6 */

#endif
