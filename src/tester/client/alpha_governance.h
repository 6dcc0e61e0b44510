/* Alpha governance: the client's calls of AG1 to AG12, and of DG1 to DG8 where `alpha->chain` is CHAIN_DELTA. As in alpha.h: what a
 * call returns is borrowed from `out`; NULL unless ANSWER_OK. */
#ifndef CLIENT_ALPHA_GOVERNANCE_H
#define CLIENT_ALPHA_GOVERNANCE_H

#include "chain/response_governance.h"
#include "tester/client/alpha.h"

/* A9, AG1: items are struct address_item, by registration. */
const struct page *alpha_governors(const struct alpha *alpha, uint32_t limit, struct str cursor, struct instant deadline,
                                   struct answer *out) FIBER;
const struct governor_view *alpha_governor(const struct alpha *alpha, const struct address *address, struct instant deadline,
                                           struct answer *out) FIBER; /* AG2 */
/* AG3, DG1: items are struct gov_proposal_view, newest first. `status` and `proposer` may be NULL: any (Delta: no proposer). */
struct alpha_proposal_filter {
    const enum proposal_status *status;
    const struct address *proposer;
};
const struct page *alpha_proposals(const struct alpha *alpha, const struct alpha_proposal_filter *filter, uint32_t limit,
                                   struct str cursor, struct instant deadline, struct answer *out) FIBER;
const struct gov_proposal_view *alpha_proposal(const struct alpha *alpha, const struct hash *id, struct instant deadline,
                                               struct answer *out) FIBER; /* AG5, DG2; the id is checked */
const struct page *alpha_proposal_votes(const struct alpha *alpha, const struct hash *id, uint32_t limit, struct str cursor,
                                        struct instant deadline, struct answer *out) FIBER; /* AG6, DG3: struct ballot_view */
/* Writes: the signed transaction of the kind that the route takes; the acknowledgement's id is checked. */
const struct object_ack *alpha_propose(const struct alpha *alpha, const struct tx *tx, struct instant deadline,
                                       struct answer *out) FIBER; /* AG4 */
const struct tx_ack *alpha_proposal_vote(const struct alpha *alpha, const struct hash *id, const struct tx *tx,
                                         struct instant deadline, struct answer *out) FIBER; /* AG7, DG4 */
const struct queue_ack *alpha_proposal_queue(const struct alpha *alpha, const struct hash *id, const struct tx *tx,
                                             struct instant deadline, struct answer *out) FIBER; /* AG8 */
const struct tx_ack *alpha_proposal_execute(const struct alpha *alpha, const struct hash *id, const struct tx *tx,
                                            struct instant deadline, struct answer *out) FIBER; /* AG9, DG5 */
/* AG10, DG8. height UINT32_MAX: the head. */
const struct power_view *alpha_power(const struct alpha *alpha, const struct address *address, uint32_t height,
                                     struct instant deadline, struct answer *out) FIBER;
const struct gov_parameters_view *alpha_parameters(const struct alpha *alpha, struct instant deadline,
                                                   struct answer *out) FIBER; /* AG11, DG6 */
/* The value of one parameter in what alpha_parameters gave; empty: it is not there. Texts go to the arena. */
struct str alpha_parameter_find(const struct gov_parameters_view *view, struct str key, struct arena *arena);
const struct treasury_view *alpha_treasury(const struct alpha *alpha, struct instant deadline, struct answer *out) FIBER; /* AG12 */
const struct mirror_view *delta_mirror(const struct alpha *delta, const struct hash *id, struct instant deadline,
                                       struct answer *out) FIBER; /* DG7; the id is checked */

#endif
