/* Alpha, staking: who delegates to whom, and what was proven against validators. As alpha.h says of its calls; both chains have
 * these routes. */
#ifndef CLIENT_ALPHA_STAKING_H
#define CLIENT_ALPHA_STAKING_H

#include "chain/evidence.h"
#include "chain/response_staking.h"
#include "tester/client/alpha.h"

/* X3: items are struct delegator_view. limit 0: the default; cursor empty: from the beginning. */
const struct page *alpha_delegators(const struct alpha *alpha, const struct address *validator, uint32_t limit, struct str cursor,
                                    struct instant deadline, struct answer *out) FIBER;
/* X16 by what it says; items are struct evidence_view. */
struct evidence_filter {
    const struct address *validator; /* NULL: of any */
    uint32_t type;                   /* enum evidence_type; 0: any */
    uint64_t after_ms;               /* detected later than that */
};
const struct page *alpha_evidence_by(const struct alpha *alpha, const struct evidence_filter *filter, uint32_t limit,
                                     struct str cursor, struct instant deadline, struct answer *out) FIBER;
const struct evidence_view *alpha_evidence_get(const struct alpha *alpha, const struct hash *id, struct instant deadline,
                                               struct answer *out) FIBER;
/* Shows a view its proof; it is checked at once. The chain's own record comes with a transaction (evidence_submit). */
const struct evidence_view *alpha_evidence_report(const struct alpha *alpha, const struct evidence *evidence,
                                                  struct instant deadline, struct answer *out) FIBER;

#endif
