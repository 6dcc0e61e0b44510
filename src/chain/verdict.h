/* Verdict: why a certificate, a timeout certificate or a finality proof was not believed. */
#ifndef CHAIN_VERDICT_H
#define CHAIN_VERDICT_H

#include "core/base/str.h"

#define VERDICT_LIST(V)                                                                                                          \
    V(GOOD, "good")                                                                                                              \
    V(MALFORMED, "malformed")             /* counts, bitmap or order not canonical */                                            \
    V(WRONG_COMMITTEE, "wrong_committee") /* names another committee than the one given */                                       \
    V(WRONG_SUBJECT, "wrong_subject")     /* height, round or hash are not those of the block it stands for */                   \
    V(NO_QUORUM, "no_quorum")                                                                                                    \
    V(BAD_SIGNATURE, "bad_signature")                                                                                            \
    V(WRONG_HIGH, "wrong_high")           /* timeout certificate: high certificate is not of the largest high_round */           \
    V(BROKEN_LINK, "broken_link")         /* headers do not follow by parent hash and height */                                  \
    V(NOT_CONSECUTIVE, "not_consecutive") /* the last three rounds have a gap */                                                 \
    V(WRONG_DOMAIN, "wrong_domain")       /* another chain or network */                                                         \
    V(UNTRUSTED_COMMITTEE, "untrusted_committee")                                                                                \
    V(CLOSING_TARGET, "closing_target") /* a closing block is never final */

enum verdict {
#define V(name, text) VERDICT_##name,
    VERDICT_LIST(V)
#undef V
        VERDICT_COUNT
};

struct str verdict_text(enum verdict verdict);

#endif
