#include "chain/feature.h"

struct str feature_text(enum feature feature)
{
    switch (feature) {
#define F(constant, name, bit) case FEATURE_##constant: return STR(name);
        FEATURE_LIST(F)
#undef F
    case FEATURE_NONE: break;
    }
    return STR("");
}

bool feature_parse(struct str text, enum feature *out)
{
    for (unsigned bit = 1; bit <= FEATURES_ALL; bit <<= 1)
        if (str_eq(feature_text((enum feature)bit), text)) return *out = (enum feature)bit, true;
    return false;
}

enum feature feature_of_kind(enum kind kind)
{
    switch (kind) {
    case KIND_SHIELDED_DEPOSIT:
    case KIND_SHIELDED_TRANSFER:
    case KIND_SHIELDED_WITHDRAW: return FEATURE_SHIELDED;
    case KIND_PERP_OPEN:
    case KIND_PERP_CLOSE:
    case KIND_PERP_MARGIN:
    case KIND_PERP_LIQUIDATE:
    case KIND_FUNDING_SETTLE: return FEATURE_PERPETUALS;
    case KIND_KYC_SUBMIT:
    case KIND_KYC_REVIEW:
    case KIND_OFFRAMP_REQUEST:
    case KIND_OFFRAMP_APPROVE:
    case KIND_OFFRAMP_SETTLE:
    case KIND_OFFRAMP_RETRY:
    case KIND_OFFRAMP_CANCEL: return FEATURE_OFFRAMP;
    default: return FEATURE_NONE;
    }
}

enum feature feature_of_payload(enum kind kind, const union payload *payload)
{
    if (kind == KIND_PROPOSAL_CREATE && payload->proposal_create.joint) return FEATURE_JOINT_GOVERNANCE;
    return feature_of_kind(kind);
}

enum feature feature_of_route(const char *id)
{
    static const char *const shielded[] = {"X8", "X9", "X10", "X26", "X27"};
    for (size_t i = 0; i < ARRAY_LEN(shielded); i++)
        if (strcmp(id, shielded[i]) == 0) return FEATURE_SHIELDED;
    if (strncmp(id, "DP", 2) == 0) return FEATURE_PERPETUALS;
    if (strncmp(id, "DR", 2) == 0 || strcmp(id, "X12") == 0) return FEATURE_OFFRAMP;
    return strcmp(id, "DG7") == 0 ? FEATURE_JOINT_GOVERNANCE : FEATURE_NONE;
}
