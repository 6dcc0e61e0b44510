/* Governance from the inside: what stands in the state about governors, proposals and votes. For the ledger's own eyes.
 *
 *   proposal  ident id            the proposal (govobject.c)
 *   proposal  ident id ‖ voter    u32 place of its (last) vote in the list of votes
 *   param     ident "governor/"   ‖ address(32)   the governor
 *   param     ident "revoked/"    ‖ address(32)   u32 height at which its governance rights ended
 *   param     ident "upgrade"     u32 height ‖ u32 version ‖ proposal: the upgrade decided last
 *
 * Index entries (INDEX_GOVERNANCE, then a byte of enum gov_index): what is due at which height, what is open, in which order
 * things came. */
#ifndef LEDGER_GOVERNANCE_PRIV_H
#define LEDGER_GOVERNANCE_PRIV_H

#include "chain/response_governance.h"
#include "network/ledger/family_priv.h"

#define GOVERNOR_OPEN_MAX 3       /* open proposals of one governor */
#define GOVERNOR_PAUSE_BLOCKS 100 /* between two proposals of one governor */
#define PROPOSALS_OPEN_MAX 100    /* in all */
#define CONDUCT_START 5000
#define CONDUCT_MAX 10000
#define CONDUCT_TRIGGER 3000 /* below: the Grim trigger fires */
/* A mirrored proposal that both chains passed is applied by itself so many blocks after Delta's timelock; before, by gov_execute. */
#define MIRROR_PATIENCE_BLOCKS 20

struct governor {
    struct amount deposit;
    uint32_t number; /* by registration, from 1 */
    uint32_t registered_height, proposals, votes;
    uint16_t conduct;
    bool active;
};

enum proposal_phase { /* what must be stored of a status; pending and active follow from the height */
    LIFE_OPEN,
    LIFE_DEFEATED,
    LIFE_SUCCEEDED,
    LIFE_QUEUED,
    LIFE_EXECUTED,
    LIFE_CANCELLED,
    LIFE_EXPIRED,
};
enum counterpart { COUNTERPART_UNKNOWN, COUNTERPART_PASSED, COUNTERPART_FAILED };

struct proposal {
    struct hash id;
    struct address proposer; /* of a mirrored one: nobody, all zero */
    struct str title;        /* borrowed from the object, or the payload */
    struct hash body_hash;
    bool joint, mirrored;
    struct amount deposit;
    bool deposit_held;
    struct action action; /* its strings likewise */
    enum proposal_phase phase;
    uint32_t number; /* by creation, from 1 */
    uint32_t created, start, end;
    uint32_t eta, executed, expiry; /* 0: none */
    uint32_t timelock_blocks;       /* of a mirrored one, as the mirror says; else 0: the parameter at queueing */
    uint64_t queued_ms;
    uint16_t quorum_bps, threshold_bps;
    struct amount yes, no, abstain, total_weight;
    uint32_t votes;
    enum counterpart counterpart; /* of a joint one: what the other chain said */
    enum proposal_phase counterpart_phase;
    struct hash last_message; /* of a mirrored one */
};

struct ballot { /* one vote */
    struct address voter;
    uint8_t choice;
    struct amount weight;
    uint32_t height;
    struct hash transaction_id;
};

enum gov_index {
    GOV_COUNTS = 1,    /* -> struct gov_counts */
    GOV_AGENDA = 2,    /* u32 height ‖ u8 what ‖ id or address -> what the entry needs */
    GOV_OPEN = 3,      /* id -> proposer: what is not over */
    GOV_BY_OWNER = 4,  /* proposer ‖ u32 number -> id ‖ u32 height */
    GOV_BY_NUMBER = 5, /* u32 number -> id */
    GOV_BALLOT = 6,    /* id ‖ u32 place -> ballot */
    GOV_GOVERNOR = 7,  /* u32 number -> address */
    GOV_CLOSED = 8,    /* id -> u8 (1: defeated without quorum): votings that ended in this epoch */
    GOV_PAID = 9,      /* u32 number -> id ‖ recipient ‖ u128 amount ‖ u32 height: allocations from this treasury */
    GOV_RELEASE = 10,  /* u32 height ‖ address -> u128: deposits on their way back */
};
enum agenda { AGENDA_SNAPSHOT = 1, AGENDA_START = 2, AGENDA_CLOSE = 3, AGENDA_EXPIRE = 4, AGENDA_APPLY = 5 };

struct gov_counts {
    uint32_t proposals, governors, payments;
};

/* ---- govobject.c: bytes and entries ---- */
struct okey gov_index(enum gov_index index);
struct okey gov_proposal_key(const struct hash *id);
void proposal_encode(const struct proposal *proposal, struct buf *out);
bool proposal_decode(const struct hash *id, struct str value, struct proposal *out) MUST_CHECK;
/* Strings are borrowed from the map: copy them before writing the same proposal (proposal_put does). */
bool proposal_get(const struct ordmap *objects, const struct hash *id, struct proposal *out) MUST_CHECK;
void proposal_put(struct work *work, const struct proposal *proposal);
bool governor_get(const struct ordmap *objects, const struct address *who, struct governor *out) MUST_CHECK;
void governor_put(struct work *work, const struct address *who, const struct governor *governor);
bool ballot_decode(struct str value, struct ballot *out) MUST_CHECK;
void ballot_put(struct work *work, const struct hash *proposal, uint32_t place, const struct ballot *ballot);
bool ballot_has(const struct ordmap *objects, const struct hash *proposal, const struct address *voter) MUST_CHECK;
struct gov_counts gov_counts(const struct ordmap *objects);
void gov_counts_put(struct work *work, const struct gov_counts *counts);
void agenda_put(struct work *work, uint32_t height, enum agenda what, const struct hash *id);
void gov_audit(const struct ordmap *objects, struct supply_token holdings[TOKEN_COUNT]);

/* ---- govlife.c: what happens to a proposal by the height alone, on both chains ---- */
/* Everything due up to the block that is being made. Idempotent: kinds call it, too, for pools that ask ahead of the block. */
void gov_advance(struct work *work);
enum proposal_status proposal_status_at(const struct proposal *proposal, uint32_t height);
bool proposal_quorum_met(const struct ledger_rules *rules, const struct proposal *proposal);
bool proposal_passed(const struct ledger_rules *rules, const struct proposal *proposal);
bool proposal_is_over(enum proposal_phase phase);
void proposal_open(struct work *work, struct proposal *proposal); /* numbers it, plans its life, tells */
void proposal_phase_to(struct work *work, struct proposal *proposal, enum proposal_phase phase); /* writes and tells */
void proposal_deposit_back(struct work *work, struct proposal *proposal);
void proposal_expire_at(struct work *work, struct proposal *proposal, uint32_t height);
enum code gov_vote_apply(struct exec *x) MUST_CHECK; /* proposal_vote and gov_vote */
/* The refusal of queueing or executing what is neither succeeded nor queued. */
enum code gov_not_executable(struct exec *x, const struct proposal *proposal) MUST_CHECK;
/* TIMELOCK_NOT_EXPIRED unless the timelock has elapsed. */
enum code gov_timelock(struct exec *x, const struct proposal *proposal) MUST_CHECK;

/* ---- govaction.c ---- */
enum code action_check(struct exec *x, const struct action *action) MUST_CHECK; /* at creation */
/* Does it on this chain. `field`: on CODE other than none. */
enum code action_apply(struct work *work, const struct proposal *proposal, enum receipt_field *field) MUST_CHECK;

/* ---- governance.c ---- */
extern const struct family family_governance; /* what families.c lists */
void gov_governor_end(struct work *work, const struct address *who, struct governor *governor); /* its deposit is on its way back */
void gov_proposal_cancel(struct work *work, struct proposal *proposal);

/* ---- conduct.c: GCI and Grim trigger ---- */
void conduct_epoch_end(struct work *work);
bool revoked_height(const struct ordmap *objects, const struct address *who, uint32_t *out) MUST_CHECK;
void gov_deposit_release(struct work *work, const struct address *who, struct amount deposit);
void gov_releases_pay(struct work *work);

/* ---- govmirror.c ---- */
#define GOVERNANCE_MESSAGES 3
extern const struct family_message governance_messages[GOVERNANCE_MESSAGES];
enum code gov_execute_apply(struct exec *x) MUST_CHECK;
void mirror_tell(struct work *work, const struct proposal *proposal, uint8_t outcome); /* Alpha: governance_executed */
void mirror_tally(struct work *work, const struct proposal *proposal);                 /* Delta: governance_tally */
void mirror_apply_due(struct work *work, struct proposal *proposal);

#endif
