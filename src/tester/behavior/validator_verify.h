/* What the two halves of verify.validator_set share: who is in (validator_verify.c), and who was paid what (validator_rewards.c). */
#ifndef BEHAVIOR_VALIDATOR_VERIFY_H
#define BEHAVIOR_VALIDATOR_VERIFY_H

#include "core/base/vec.h"
#include "tester/bot/claim.h"

/* A validator as the chain has it, and what is on record about it. */
struct validator_record {
    struct validator_view view;      /* without its name */
    struct amount slashed;           /* by the evidence that the chain has included */
    uint32_t downtimes, convictions; /* such evidence: of downtime, of anything else */
    bool faithful;                   /* it means to keep its turns */
    bool changed;                    /* its commission, in a block that was looked at */
    u128 earned;                     /* by the epochs that were looked at */
};
struct validator_book {
    struct validator_record *data;
    size_t count, cap;
};
struct validator_record *validator_record_of(const struct validator_book *book, const struct address *address); /* NULL: none */

struct epoch_ends {
    struct checkpoint_view *data;
    size_t count, cap;
};

/* One epoch that has ended. */
struct epoch_line { /* of one member */
    uint32_t turns, missed;
    u128 fees;
};
struct epoch {
    uint64_t number, start_round, end_round;
    uint32_t first, last; /* heights */
    struct committee *committee; /* a reference */
    struct hash named;           /* the committee of the next one */
    struct epoch_line *lines;    /* of each member */
};

/* ---- validator_rewards.c ---- */
struct rewards_ledger {
    struct validator_book *book;
    u128 reward; /* of a member that keeps all its turns */
    bool told;   /* the last epoch looked at */
    bool whole;  /* every epoch from the first on was worked out */
    bool shared; /* somebody bonded to a validator in a block that was looked at */
    struct address last_proposer, next_proposer; /* of the blocks that ended the epoch before and this one: their fees are paid with the epoch behind */
    u128 last_fees, next_fees;
    uint64_t last_round;
};
bool rewards_begin(struct act *act, struct rewards_ledger *ledger) FIBER MUST_CHECK;
/* Works out what each member is owed for the epoch from its headers and receipts, and holds it against what the chain says it paid. */
bool rewards_verify(struct act *act, struct rewards_ledger *ledger, struct epoch *epoch) FIBER MUST_CHECK;
/* What was earned in all `epochs` is claimed or pending. */
bool rewards_finish(struct act *act, struct rewards_ledger *ledger, size_t epochs) FIBER MUST_CHECK;
void rewards_done(struct rewards_ledger *ledger);

#endif
