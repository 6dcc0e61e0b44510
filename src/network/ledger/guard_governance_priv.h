/* Guards of governance: each asks the switch that removes it. For the ledger's own eyes. */
#ifndef LEDGER_GUARD_GOVERNANCE_PRIV_H
#define LEDGER_GUARD_GOVERNANCE_PRIV_H

#include "network/ledger/guard_priv.h"

/* Weight is stake, and never heads. */
static inline bool guard_stake_counts(const struct ledger_rules *rules) { return !off(rules, WEAKNESS_ONE_IDENTITY_ONE_VOTE); }
/* Weight is that of the snapshot, not what is held when the vote comes. */
static inline bool guard_snapshot(const struct ledger_rules *rules) { return !off(rules, WEAKNESS_LIVE_VOTE_WEIGHT); }
static inline bool guard_vote_stake(const struct ledger_rules *rules, struct amount weight, struct amount minimum)
{
    return (amount_cmp(weight, minimum) >= 0 && !amount_is_zero(weight)) || off(rules, WEAKNESS_VOTE_WITHOUT_STAKE);
}
/* Deposit and caps of proposals. */
static inline bool guard_proposal_limit(const struct ledger_rules *rules, bool within)
{
    return within || off(rules, WEAKNESS_NO_PROPOSAL_LIMITS);
}
static inline bool guard_governor_deposit(const struct ledger_rules *rules, struct amount deposit, struct amount minimum)
{
    return amount_cmp(deposit, minimum) >= 0 || off(rules, WEAKNESS_FREE_GOVERNOR_REGISTRATION);
}
static inline bool guard_governor(const struct ledger_rules *rules, bool is_governor)
{
    return is_governor || off(rules, WEAKNESS_OPEN_PROPOSALS);
}
/* One vote a voter. The pool asks once more, so that repeats cost nobody a block's room. */
static inline bool guard_vote_ingress(const struct ledger_rules *rules) { return !off(rules, WEAKNESS_UNMETERED_VOTE_RESUBMISSION); }
static inline bool guard_voter(const struct ledger_rules *rules, bool voted) { return !voted || off(rules, WEAKNESS_NO_VOTER_DEDUP); }
/* Votes only while voting runs. */
static inline bool guard_vote_status(const struct ledger_rules *rules, bool open) { return open || off(rules, WEAKNESS_VOTE_ANY_STATE); }
static inline uint32_t guard_vote_end(const struct ledger_rules *rules, uint32_t end)
{
    return off(rules, WEAKNESS_VOTE_WINDOW_OFF_BY_ONE) && end < UINT32_MAX ? end + 1 : end;
}
static inline bool guard_timelock(const struct ledger_rules *rules, bool elapsed) { return elapsed || off(rules, WEAKNESS_NO_TIMELOCK_CHECK); }
/* Defections are punished: the trigger by evidence, along the stake, with the stake frozen. */
static inline bool guard_evidence_outranks_score(const struct ledger_rules *rules) { return !off(rules, WEAKNESS_GCI_SCORE_ONLY_TRIGGER); }

#endif
