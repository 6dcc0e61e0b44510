/* Response, off-ramp: what DR1 to DR6 and X12 answer (api 4.3), and what offramp.status and kyc.status tell (api 6.7). */
#ifndef CHAIN_RESPONSE_OFFRAMP_H
#define CHAIN_RESPONSE_OFFRAMP_H

#include "chain/response.h"

/* ---- DR2, kyc.status ---- */
enum kyc_status { KYC_PENDING, KYC_APPROVED, KYC_REJECTED };
struct kyc_view {
    struct address address;
    struct hash registration_id;
    enum kyc_status status;
    struct str reason; /* data NULL = null */
    uint32_t attempts;
    struct str country;
    struct opt_address reviewer;
    uint32_t updated_height;
};
struct kyc_event {
    struct address address;
    enum kyc_status status;
};

/* ---- DR5, X12, offramp.status ---- */
enum offramp_status { OFFRAMP_REQUESTED, OFFRAMP_APPROVED, OFFRAMP_DENIED, OFFRAMP_SETTLED, OFFRAMP_FAILED, OFFRAMP_CANCELLED };
struct offramp_step {
    enum offramp_status status;
    uint32_t height;
    struct address actor;
};
#define OFFRAMP_STEPS_MAX 16
struct offramp_view {
    struct hash request_id;
    struct address owner;
    struct amount amount;
    struct str currency;
    enum offramp_status status;
    struct amount escrow;
    uint32_t attempts;
    struct str reference; /* bytes; data NULL = null */
    uint32_t created_height, updated_height;
    struct offramp_step *history; /* oldest first */
    uint32_t history_count;
};
struct offramp_event {
    struct hash request_id;
    enum offramp_status status;
};

extern const struct shape shape_kyc, shape_kyc_event, shape_offramp, shape_offramp_page, shape_offramp_event;
struct str kyc_status_text(enum kyc_status status);
struct str offramp_status_text(enum offramp_status status);

#endif
