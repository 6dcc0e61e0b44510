/* Judge: what must stay true (patterns 3), held against what clients have read. Pure but for its memory: no calls, no clock. It believes
 * nothing a node says about itself: finality proofs and blocks are verified through struct trust, sums are added up again.
 *
 * This build computes INV-01 agreement, INV-02 finality, INV-03 and INV-04 of the bridge, INV-05 conservation, INV-06 single execution, INV-07 governance, INV-08 order of messages, INV-09 shielded
 * soundness and INV-12 bounded pools. */
#ifndef INVARIANT_JUDGE_H
#define INVARIANT_JUDGE_H

#include "core/base/map.h"
#include "core/base/time.h"
#include "core/base/vec.h"
#include "tester/client/trust.h"
#include "tester/invariant/judge_bridge.h"
#include "tester/invariant/judge_governance.h"
#include "tester/invariant/judge_shielded.h"

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
    struct map nonces; /* address -> u64: the next nonce that may execute */
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

/* The next final block (height read_height + 1, proven before) with all its transactions: INV-06, INV-07, INV-09. False: it is not the proven one, or not in full;
 * nothing was counted beyond the violation that may be. */
bool judge_block(struct judge *judge, const struct block_view *block, struct instant seen) MUST_CHECK;

void judge_supply(struct judge *judge, const struct supply *supply); /* at a final height: INV-05, each token; INV-09 */
void judge_pool(struct judge *judge, struct str view, uint32_t total, uint32_t capacity); /* INV-12 */
void judge_violation(struct judge *judge, unsigned invariant, uint32_t height, const struct hash *subject, const char *fmt, ...)
    PRINTF_LIKE(5, 6);

const char *invariant_title(unsigned number); /* "Agreement" */
bool invariant_in_build(unsigned number);
bool invariant_is_mandatory(unsigned number); /* must have samples in every run: 1, 2, 5, 6 */

#endif
