/* The tables behind response_offramp.h, members in the order of the contract. */
#include "chain/response_offramp.h"

#include "chain/shape_table_priv.h"

NAMES(kyc_names, KYC_PENDING, "pending", "approved", "rejected");
NAMES(offramp_names, OFFRAMP_REQUESTED, "requested", "approved", "denied", "settled", "failed", "cancelled");

struct str kyc_status_text(enum kyc_status status) { return str_of(kyc_names_list[status]); }
struct str offramp_status_text(enum offramp_status status) { return str_of(offramp_names_list[status]); }

static const struct shape_field kyc_fields[] = {
    F(struct kyc_view, ADDRESS, address), F(struct kyc_view, HASH, registration_id), ENUM(struct kyc_view, status, kyc_names),
    MAYBE(struct kyc_view, STR, reason),  F(struct kyc_view, U32, attempts),         F(struct kyc_view, STR, country),
    OPT(struct kyc_view, ADDRESS, reviewer), F(struct kyc_view, U32, updated_height),
};
SHAPE(shape_kyc, "Kyc", struct kyc_view, kyc_fields);
static const struct shape_field kyc_event_fields[] = {F(struct kyc_event, ADDRESS, address), ENUM(struct kyc_event, status, kyc_names)};
SHAPE(shape_kyc_event, "kyc event", struct kyc_event, kyc_event_fields);

static const struct shape_field step_fields[] = {ENUM(struct offramp_step, status, offramp_names), F(struct offramp_step, U32, height),
                                                 F(struct offramp_step, ADDRESS, actor)};
INNER(shape_step, "step", struct offramp_step, step_fields);
static const struct shape_field offramp_fields[] = {
    F(struct offramp_view, HASH, request_id),
    F(struct offramp_view, ADDRESS, owner),
    F(struct offramp_view, AMOUNT, amount),
    F(struct offramp_view, STR, currency),
    ENUM(struct offramp_view, status, offramp_names),
    F(struct offramp_view, AMOUNT, escrow),
    F(struct offramp_view, U32, attempts),
    MAYBE(struct offramp_view, HEX, reference),
    F(struct offramp_view, U32, created_height),
    F(struct offramp_view, U32, updated_height),
    ARRAY(struct offramp_view, history, shape_step),
};
SHAPE(shape_offramp, "OfframpRequest", struct offramp_view, offramp_fields);
PAGE(shape_offramp_page, "page of OfframpRequest", shape_offramp);
static const struct shape_field offramp_event_fields[] = {F(struct offramp_event, HASH, request_id),
                                                          ENUM(struct offramp_event, status, offramp_names)};
SHAPE(shape_offramp_event, "offramp event", struct offramp_event, offramp_event_fields);
