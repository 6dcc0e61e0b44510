/* Feature: parts of the network that can be switched off as a whole (AN5 `features`). They stand in one parameter, a bit each. */
#ifndef CHAIN_FEATURE_H
#define CHAIN_FEATURE_H

#include "chain/payload.h"

#define FEATURE_LIST(F) F(SHIELDED, "shielded", 1) F(JOINT_GOVERNANCE, "joint_governance", 2) F(PERPETUALS, "perpetuals", 4) F(OFFRAMP, "offramp", 8)
enum feature {
    FEATURE_NONE = 0, /* always there */
#define F(constant, name, bit) FEATURE_##constant = bit,
    FEATURE_LIST(F)
#undef F
};
#define FEATURES_ALL 15

struct str feature_text(enum feature feature);
bool feature_parse(struct str text, enum feature *out) MUST_CHECK;
/* What a kind belongs to, FEATURE_NONE: nothing that can be switched off. A proposal_create does by its payload. */
enum feature feature_of_kind(enum kind kind);
enum feature feature_of_payload(enum kind kind, const union payload *payload);
enum feature feature_of_route(const char *id); /* of chain/route.h */

#endif
