/* What the units of the off-ramp share: registrations and withdrawals as the chain tells them, what reviewers find to do, and what must hold
 * of all. For the room's own eyes. */
#ifndef BEHAVIOR_D007_PRIV_H
#define BEHAVIOR_D007_PRIV_H

#include "chain/response_offramp.h"
#include "tester/behavior/d007_papers.h"
#include "tester/behavior/families_priv.h"
#include "tester/bot/claim.h"
#include "tester/bot/send.h"

/* ---- d007_read.c ---- */

/* A registration, in values of its own. */
struct kyc_seen {
    bool known; /* false: never registered, the rest is zero */
    struct hash registration;
    enum kyc_status status;
    uint32_t attempts, updated;
    struct opt_address reviewer;
    char reason[24];
    const char *shows; /* which private field the answer has in clear; NULL: none, or nobody's papers were given */
};
/* DR2 once it is of `height` or later (0: as it is). `papers` are looked for in the answer; NULL: nobody's. False: op says. */
bool kyc_read(struct act *act, const struct address *who, const struct papers *papers, uint32_t height, struct kyc_seen *out) FIBER MUST_CHECK;

struct ramp_seen {
    struct hash id;
    struct address owner;
    u128 amount, escrow;
    enum offramp_status status;
    uint32_t attempts, created, updated; /* attempts: retries so far */
    uint8_t reference[32];
    bool has_reference; /* of 32 bytes */
    struct offramp_step steps[OFFRAMP_STEPS_MAX];
    uint32_t steps_count;
    const char *shows; /* as above */
};
/* DR5, likewise. */
bool ramp_read(struct act *act, const struct hash *id, const struct papers *papers, uint32_t height, struct ramp_seen *out) FIBER MUST_CHECK;
/* X12: the oldest withdrawal of `owner` whose status is one of `wanted` (bits); `free`: that nobody has in hand. *out_found false: it has none.
 * False: op says. */
bool ramp_find(struct act *act, const struct address *owner, unsigned wanted, bool free, struct ramp_seen *out, bool *out_found) FIBER MUST_CHECK;
bool ramp_stepped(const struct ramp_seen *ramp, enum offramp_status status, uint32_t height, const struct address *actor);
bool ramp_is_open(enum offramp_status status); /* its money is in escrow */

/* The transaction as it is told (D11): its payload is what `payload` encodes to, and nothing private is in clear. The claims are "documents are
 * hashes in the chain" and "no personal field is readable". */
bool claim_hidden(struct act *act, const struct landing *landing, enum kind kind, const union payload *payload, const struct papers *papers) FIBER;
bool claim_unread(struct act *act, const char *shows, const char *where); /* the second of them, of an answer that was looked through */
/* INV-13 of one withdrawal: open and in escrow whole, or closed and out of it. */
bool claim_escrow(struct act *act, const struct ramp_seen *ramp);
/* The flows of DX and what is held of it are one sum. */
bool claim_conserved(struct act *act) FIBER;

/* The op goes on as if it had not been refused with this code. False: it was not; op stays as it is. */
bool op_pardon(struct op *op, enum code code);

/* ---- d007_desk.c: what waits for a reviewer ---- */

enum desk { DESK_KYC, DESK_RAMP };
/* Something of this bot's waits now: whoever is at the desk looks. */
void desk_tell(struct act *act, enum desk desk);

struct desk_item {
    struct bot *bot;  /* whose it is */
    struct hash hold; /* held for the caller (hold.h), who lets it go with desk_done */
    struct kyc_seen kyc;   /* DESK_KYC: pending */
    struct ramp_seen ramp; /* DESK_RAMP: requested or approved */
};
struct desk_service;
struct desk_service *desk_open(struct act *act, enum desk desk);
void desk_close(struct act *act, struct desk_service *service);
/* The next that nobody has in hand; waits for one until `deadline`, or the end of the phase. False: none came, or op says what went wrong. */
bool desk_next(struct act *act, struct desk_service *service, struct instant deadline, struct desk_item *out) FIBER MUST_CHECK;
void desk_done(struct act *act, struct desk_item *item);

/* A share of all that this track decides, kept as closely as whole numbers allow: after any number n of draws between n * bps / 10000 - 1 and
 * + 1 of them were true; where in the row the others come is the seed's. */
bool quota_draw(struct act *act, uint32_t bps);
void quota_return(struct act *act, bool drawn); /* what it was drawn for did not come about */

/* ---- d007_kyc.c, d007_ramp.c ---- */
void d007_kyc_register(struct act *act, struct op *op) FIBER;
void d007_kyc_review(struct act *act, struct op *op) FIBER;
void d007_kyc_resubmit(struct act *act, struct op *op) FIBER;
void d007_offramp(struct act *act, struct op *op) FIBER;
void d007_settle(struct act *act, struct op *op) FIBER;
void d007_retry_settlement(struct act *act, struct op *op) FIBER;

#define D007_KYC_PATIENCE duration_s(60)   /* the caps of PT-L-080 and PT-L-081 */
#define D007_RAMP_PATIENCE duration_s(300)

#endif
