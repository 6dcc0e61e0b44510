/* Response of governance: AG1-AG12 and DG1-DG8 of the contract, and the events gov.proposal and gov.vote. */
#ifndef CHAIN_RESPONSE_GOVERNANCE_H
#define CHAIN_RESPONSE_GOVERNANCE_H

#include "chain/response.h"

struct opt_bool {
    bool has, value;
};

/* ---- governors: AG1 is a bare array of addresses ---- */
struct governor_view { /* AG2 */
    struct address address;
    struct amount deposit;
    uint32_t registered_height;
    bool active;
    uint32_t proposals, votes;
    uint16_t conduct;
    bool revoked;
};
extern const struct shape shape_address_list, shape_governor;

/* ---- proposals ---- */
enum proposal_status {
    PROPOSAL_PENDING,
    PROPOSAL_ACTIVE,
    PROPOSAL_DEFEATED,
    PROPOSAL_SUCCEEDED,
    PROPOSAL_QUEUED,
    PROPOSAL_EXECUTED,
    PROPOSAL_CANCELLED,
    PROPOSAL_EXPIRED,
};
struct str proposal_status_text(enum proposal_status status);
bool proposal_status_parse(struct str text, enum proposal_status *out) MUST_CHECK;

struct tally_view {
    struct amount yes, no, abstain, total_weight;
    uint16_t quorum_bps, threshold_bps;
    bool quorum_met;
};
struct counterpart_view { /* what this chain knows of the other one's vote */
    enum chain_id chain;
    enum proposal_status status;
    struct opt_bool passed;
};
struct gov_proposal_view { /* `Proposal` */
    struct hash proposal_id;
    enum chain_id chain;
    struct address proposer;
    struct str title;
    struct hash body_hash;
    bool joint;
    struct str action; /* JSON text: action_read reads it */
    struct amount deposit;
    enum proposal_status status;
    uint32_t created_height, snapshot_height, voting_start_height, voting_end_height;
    struct opt_u32 eta_height, executed_height;
    struct tally_view tally;
    bool has_counterpart;
    struct counterpart_view counterpart;
};
struct ballot_view { /* `Vote` */
    struct address voter;
    uint32_t choice; /* enum vote_choice of payload.h */
    struct amount weight;
    uint32_t height;
    struct hash transaction_id;
};
struct queue_ack { /* AG8 */
    struct tx_ack ack;
    struct opt_u32 eta_height;
};
struct mirror_view { /* DG7 */
    struct hash proposal_id;
    enum proposal_status alpha_status, delta_status;
    uint32_t mirrored_height;
    struct opt_bool alpha_passed, delta_passed;
    bool executable;
    struct hash last_message;
};
extern const struct shape shape_gov_proposal, shape_gov_proposal_page, shape_ballot, shape_ballot_page, shape_queue_ack,
    shape_gov_mirror;

/* ---- power, parameters, treasury ---- */
struct power_view { /* AG10, DG8 */
    struct address address;
    struct amount own, delegated_in, delegated_out, weight;
    uint32_t height;
};
struct parameter_pending {
    struct str key, value;
    struct hash proposal_id;
    uint32_t effective_height;
};
struct gov_parameters_view { /* AG11, DG6 */
    struct str parameters; /* JSON text: an object name -> text */
    struct parameter_pending *pending;
    uint32_t pending_count;
};
struct treasury_balance {
    enum token token;
    struct amount amount;
};
struct treasury_allocation {
    struct hash proposal_id;
    struct address recipient;
    struct amount amount;
    uint32_t height;
};
struct treasury_view { /* AG12 */
    struct treasury_balance *balances;
    uint32_t balances_count;
    struct treasury_allocation *allocations;
    uint32_t allocations_count;
};
extern const struct shape shape_power, shape_gov_parameters, shape_treasury;

/* ---- events ---- */
struct proposal_event { /* gov.proposal; gov.vote carries a ballot_view */
    struct hash proposal_id;
    enum proposal_status status;
};
extern const struct shape shape_proposal_event;

#endif
