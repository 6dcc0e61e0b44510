/* Staking, seen: what AS4, X3, X16 and U3 to U6 say of a state. Pure; lists go to the arena. */
#ifndef LEDGER_STAKING_VIEW_H
#define LEDGER_STAKING_VIEW_H

#include "chain/evidence.h"
#include "chain/response_staking.h"
#include "network/ledger/ledger.h"

/* Staked, bonded, unbonding, delegate, and the role "validator" of an Account whose other members are filled; `exists` becomes
 * true where there is any of it. */
void staking_account_view(const struct ledger_state *state, const struct address *address, struct arena *arena,
                          struct account_view *out);
/* X3: those with a bond, by address, from the `from`-th on. *out_more: there are others behind. False: no such validator. */
bool staking_delegators(const struct ledger_state *state, const struct address *validator, uint64_t from, uint32_t limit,
                        struct arena *arena, struct page *out, bool *out_more) MUST_CHECK;
/* U3; `validator` NULL: all. False: no such validator. */
bool staking_rewards(const struct ledger_state *state, const struct address *address, const struct address *validator,
                     struct arena *arena, struct rewards_view *out) MUST_CHECK;
/* What a claim would give now. */
struct amount staking_claimable(const struct ledger_state *state, const struct address *address, const struct address *validator);
/* U4: newest first, the `from`-th (0 the newest) on. The last REWARD_HISTORY_MAX of an account are kept. */
#define REWARD_HISTORY_MAX 500
void staking_reward_history(const struct ledger_state *state, const struct address *address, uint64_t from, uint32_t limit,
                            struct arena *arena, struct page *out, bool *out_more);
/* U6. UINT64_MAX: the latest that ended. False: not ended yet, or longer ago than REWARD_EPOCHS_MAX epochs. */
#define REWARD_EPOCHS_MAX 256
bool staking_epoch_rewards(const struct ledger_state *state, uint64_t epoch, struct arena *arena,
                           struct epoch_rewards *out) MUST_CHECK;
/* All that is claimable at a validator: fees that wait for the epoch's end, and shares nobody has claimed. */
struct amount staking_pending_at(const struct ledger_validator *validator);
/* X16: what the chain has recorded, oldest first, from the `nth` on: false behind the last. */
bool staking_evidence_at(const struct ledger_state *state, uint64_t nth, struct arena *arena,
                         struct evidence_view *out) MUST_CHECK;
bool staking_evidence_find(const struct ledger_state *state, const struct hash *id, struct arena *arena,
                           struct evidence_view *out) MUST_CHECK;
/* Whether it proves something against a member of a committee that this state still keeps (api 6.1). `final_parent` as of
 * evidence_claim. */
bool staking_evidence_holds(const struct ledger_state *state, const struct ledger_rules *rules, const struct evidence *evidence,
                            const struct header *final_parent, struct evidence_claim *out) MUST_CHECK;

#endif
