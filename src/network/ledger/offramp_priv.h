/* Off-ramp D007: identities that were checked, and withdrawals in escrow. For the ledger's own eyes.
 *
 * State map, space offramp. Ident "kyc/" ‖ address: registration_id ‖ u8 status ‖ u8 reason ‖ u32 attempts ‖ str country ‖ u8 has_reviewer ‖
 * reviewer ‖ u32 updated ‖ profile_hash ‖ documents_hash. Ident a request's id: owner ‖ u128 amount ‖ u128 escrow ‖ str currency ‖ bank_hash
 * ‖ u8 status ‖ u32 retries ‖ u32 created ‖ u32 updated ‖ str reference ‖ u8 n ‖ n × (u8 status ‖ u32 height ‖ actor). */
#ifndef LEDGER_OFFRAMP_PRIV_H
#define LEDGER_OFFRAMP_PRIV_H

#include "chain/response_offramp.h"
#include "network/ledger/family_priv.h"
#include "network/ledger/guard_perps_priv.h"

enum { OFFRAMP_RETRIES_MAX = 3, OFFRAMP_REFERENCE_MAX = 64 };

struct kyc_record {
    struct hash registration, profile, documents;
    enum kyc_status status;
    uint8_t reason; /* enum kyc_reason */
    uint32_t attempts, updated;
    char country[2];
    uint8_t country_len;
    struct opt_address reviewer;
};
struct offramp_record {
    struct address owner;
    u128 amount, escrow;
    char currency[3];
    uint8_t currency_len;
    struct hash bank;
    enum offramp_status status;
    uint32_t retries, created, updated;
    uint8_t reference_len;
    uint8_t reference[OFFRAMP_REFERENCE_MAX];
    uint32_t steps_count;
    struct offramp_step steps[OFFRAMP_STEPS_MAX];
};

bool kyc_load(const struct ordmap *objects, const struct address *who, struct kyc_record *out) MUST_CHECK;
void kyc_store(struct work *work, const struct address *who, const struct kyc_record *record);
bool offramp_load(const struct ordmap *objects, const struct hash *id, struct offramp_record *out) MUST_CHECK;
void offramp_store(struct work *work, const struct hash *id, const struct offramp_record *record);
struct okey offramp_owner_key(const struct address *owner); /* ‖ u32 created ‖ id */

#endif
