/* The tables behind response_governance.h, members in the order of the contract. */
#include "chain/response_governance.h"

#include "chain/payload.h"
#include "chain/shape_table_priv.h"

NAMES(chain_names, CHAIN_ALPHA, "alpha", "delta");
NAMES(token_names, TOKEN_AX, "AX", "sAX", "DX", "USD");
NAMES(choice_names, CHOICE_YES, "yes", "no", "abstain");
NAMES(proposal_names, PROPOSAL_PENDING, "pending", "active", "defeated", "succeeded", "queued", "executed", "cancelled", "expired");
NAMES(tx_status_names, TX_PENDING, "pending", "included", "certified", "finalized", "dropped");
NAMES(stage_names, TX_STAGE_M1, "m1", "pq", "m2");

struct str proposal_status_text(enum proposal_status status) { return str_of(proposal_names_list[status]); }

bool proposal_status_parse(struct str text, enum proposal_status *out)
{
    for (uint32_t i = 0; i < proposal_names.count; i++) {
        if (!str_eq(text, str_of(proposal_names_list[i]))) continue;
        *out = (enum proposal_status)i;
        return true;
    }
    return false;
}

/* ---- governors ---- */
static const struct shape_field address_fields[] = {F(struct address_item, ADDRESS, value)};
static const struct shape shape_address = {
    .name = "address", .bytes = sizeof(struct address_item), .fields_count = 1, .fields = address_fields, .bare = true};
BARE_LIST(shape_address_list, "list of addresses", shape_address);

static const struct shape_field governor_fields[] = {
    F(struct governor_view, ADDRESS, address), F(struct governor_view, AMOUNT, deposit),
    F(struct governor_view, U32, registered_height), F(struct governor_view, BOOL, active),
    F(struct governor_view, U32, proposals), F(struct governor_view, U32, votes),
    F(struct governor_view, U16, conduct), F(struct governor_view, BOOL, revoked)};
SHAPE(shape_governor, "Governor", struct governor_view, governor_fields);

/* ---- proposals ---- */
static const struct shape_field tally_fields[] = {
    F(struct tally_view, AMOUNT, yes), F(struct tally_view, AMOUNT, no), F(struct tally_view, AMOUNT, abstain),
    F(struct tally_view, AMOUNT, total_weight), F(struct tally_view, U16, quorum_bps),
    F(struct tally_view, U16, threshold_bps), F(struct tally_view, BOOL, quorum_met)};
INNER(shape_tally, "tally", struct tally_view, tally_fields);
static const struct shape_field counterpart_fields[] = {ENUM(struct counterpart_view, chain, chain_names),
                                                        ENUM(struct counterpart_view, status, proposal_names),
                                                        OPT(struct counterpart_view, BOOL, passed)};
INNER(shape_counterpart, "counterpart", struct counterpart_view, counterpart_fields);

static const struct shape_field proposal_fields[] = {
    F(struct gov_proposal_view, HASH, proposal_id),
    ENUM(struct gov_proposal_view, chain, chain_names),
    F(struct gov_proposal_view, ADDRESS, proposer),
    F(struct gov_proposal_view, STR, title),
    F(struct gov_proposal_view, HASH, body_hash),
    F(struct gov_proposal_view, BOOL, joint),
    F(struct gov_proposal_view, RAW, action),
    F(struct gov_proposal_view, AMOUNT, deposit),
    ENUM(struct gov_proposal_view, status, proposal_names),
    F(struct gov_proposal_view, U32, created_height),
    F(struct gov_proposal_view, U32, snapshot_height),
    F(struct gov_proposal_view, U32, voting_start_height),
    F(struct gov_proposal_view, U32, voting_end_height),
    OPT(struct gov_proposal_view, U32, eta_height),
    OPT(struct gov_proposal_view, U32, executed_height),
    OBJECT(struct gov_proposal_view, tally, shape_tally),
    {.name = "counterpart",
     .type = SHAPE_OBJECT,
     .offset = offsetof(struct gov_proposal_view, counterpart),
     .of = &shape_counterpart,
     .maybe = true,
     .has_at = offsetof(struct gov_proposal_view, has_counterpart) + 1},
};
SHAPE(shape_gov_proposal, "Proposal", struct gov_proposal_view, proposal_fields);
PAGE(shape_gov_proposal_page, "page of Proposal", shape_gov_proposal);

static const struct shape_field ballot_fields[] = {
    F(struct ballot_view, ADDRESS, voter), ENUM(struct ballot_view, choice, choice_names), F(struct ballot_view, AMOUNT, weight),
    F(struct ballot_view, U32, height), F(struct ballot_view, HASH, transaction_id)};
SHAPE(shape_ballot, "Vote", struct ballot_view, ballot_fields);
PAGE(shape_ballot_page, "page of Vote", shape_ballot);

static const struct shape_field queue_ack_fields[] = {
    NAMED(struct queue_ack, "transaction_id", HASH, ack.transaction_id),
    {.name = "status", .type = SHAPE_ENUM, .offset = offsetof(struct queue_ack, ack.status), .of = &tx_status_names},
    {.name = "stage", .type = SHAPE_ENUM, .offset = offsetof(struct queue_ack, ack.stage), .of = &stage_names},
    NAMED(struct queue_ack, "nonce", U64, ack.nonce),
    OPT(struct queue_ack, U32, eta_height),
};
SHAPE(shape_queue_ack, "TxAck + eta_height", struct queue_ack, queue_ack_fields);

static const struct shape_field mirror_fields[] = {
    F(struct mirror_view, HASH, proposal_id),        ENUM(struct mirror_view, alpha_status, proposal_names),
    ENUM(struct mirror_view, delta_status, proposal_names), F(struct mirror_view, U32, mirrored_height),
    OPT(struct mirror_view, BOOL, alpha_passed),     OPT(struct mirror_view, BOOL, delta_passed),
    F(struct mirror_view, BOOL, executable),         F(struct mirror_view, HASH, last_message)};
SHAPE(shape_gov_mirror, "mirror", struct mirror_view, mirror_fields);

/* ---- power, parameters, treasury ---- */
static const struct shape_field power_fields[] = {
    F(struct power_view, ADDRESS, address),      F(struct power_view, AMOUNT, own),    F(struct power_view, AMOUNT, delegated_in),
    F(struct power_view, AMOUNT, delegated_out), F(struct power_view, AMOUNT, weight), F(struct power_view, U32, height)};
SHAPE(shape_power, "power", struct power_view, power_fields);

static const struct shape_field pending_fields[] = {F(struct parameter_pending, STR, key), F(struct parameter_pending, STR, value),
                                                    F(struct parameter_pending, HASH, proposal_id),
                                                    F(struct parameter_pending, U32, effective_height)};
INNER(shape_pending, "pending parameter", struct parameter_pending, pending_fields);
static const struct shape_field parameters_fields[] = {F(struct gov_parameters_view, RAW, parameters),
                                                       ARRAY(struct gov_parameters_view, pending, shape_pending)};
SHAPE(shape_gov_parameters, "parameters", struct gov_parameters_view, parameters_fields);

static const struct shape_field treasury_balance_fields[] = {ENUM(struct treasury_balance, token, token_names),
                                                             F(struct treasury_balance, AMOUNT, amount)};
INNER(shape_treasury_balance, "balance", struct treasury_balance, treasury_balance_fields);
static const struct shape_field allocation_fields[] = {
    F(struct treasury_allocation, HASH, proposal_id), F(struct treasury_allocation, ADDRESS, recipient),
    F(struct treasury_allocation, AMOUNT, amount), F(struct treasury_allocation, U32, height)};
INNER(shape_allocation, "allocation", struct treasury_allocation, allocation_fields);
static const struct shape_field treasury_fields[] = {ARRAY(struct treasury_view, balances, shape_treasury_balance),
                                                     ARRAY(struct treasury_view, allocations, shape_allocation)};
SHAPE(shape_treasury, "treasury", struct treasury_view, treasury_fields);

/* ---- events ---- */
static const struct shape_field event_fields[] = {F(struct proposal_event, HASH, proposal_id),
                                                  ENUM(struct proposal_event, status, proposal_names)};
SHAPE(shape_proposal_event, "gov.proposal", struct proposal_event, event_fields);
