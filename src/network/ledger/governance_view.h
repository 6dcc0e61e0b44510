/* Governance as its readers see it (AG1-AG12, DG1-DG8): functions of a state. Lists and texts go to the arena. */
#ifndef LEDGER_GOVERNANCE_VIEW_H
#define LEDGER_GOVERNANCE_VIEW_H

#include "chain/response_governance.h"
#include "network/ledger/ledger.h"

/* AG1: [from, from + limit) of the active governors by registration; items are struct address_item. *out_more: there are more. */
void governance_governors(const struct ledger_state *state, uint64_t from, uint32_t limit, struct arena *arena, struct page *out,
                          bool *out_more);
/* AG2. False: it never registered. */
bool governance_governor(const struct ledger_rules *rules, const struct ledger_state *state, const struct address *who,
                         struct governor_view *out) MUST_CHECK;

/* AG3, DG1: newest first; items are struct gov_proposal_view. `from`: the number of the newest to look at, 0: from the newest of all;
 * *out_next: the number to go on from, 0: that was the end. */
struct governance_filter {
    bool has_status, has_proposer;
    enum proposal_status status;
    struct address proposer;
};
void governance_proposals(const struct ledger_rules *rules, const struct ledger_state *state, const struct governance_filter *filter,
                          uint64_t from, uint32_t limit, struct arena *arena, struct page *out, uint64_t *out_next);
/* AG5, DG2. */
bool governance_proposal(const struct ledger_rules *rules, const struct ledger_state *state, const struct hash *id,
                         struct arena *arena, struct gov_proposal_view *out) MUST_CHECK;
/* AG6, DG3: by inclusion; items are struct ballot_view. False: no such proposal. */
bool governance_votes(const struct ledger_state *state, const struct hash *id, uint64_t from, uint32_t limit, struct arena *arena,
                      struct page *out, uint64_t *out_next) MUST_CHECK;
/* The last vote of one voter: for those who ask whether, and how, it voted. */
bool governance_vote_of(const struct ledger_state *state, const struct hash *id, const struct address *voter,
                        struct ballot_view *out) MUST_CHECK;
/* What AG8 adds to its answer: the height that queueing in the next block gives. Nothing when it cannot be queued. */
struct opt_u32 governance_eta_next(const struct ledger_state *state, const struct hash *id);
/* AG10, DG8: at the end of the block at `height`, which is not above the state's. */
void governance_power(const struct ledger_state *state, const struct address *who, uint32_t height, struct power_view *out);
/* AG11, DG6. */
void governance_parameters(const struct ledger_state *state, struct arena *arena, struct gov_parameters_view *out);
/* AG12: the newest 10,000 allocations, newest first. */
void governance_treasury(const struct ledger_state *state, struct arena *arena, struct treasury_view *out);
/* Votes weigh what is staked: identities are looked after for those that belong together. Not with a switch that counts heads. */
bool governance_stake_counts(const struct ledger_rules *rules);
/* DG7. False: no such mirrored proposal. */
bool governance_mirror(const struct ledger_rules *rules, const struct ledger_state *state, const struct hash *id,
                       struct mirror_view *out) MUST_CHECK;

#endif
