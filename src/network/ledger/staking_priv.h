/* Staking: who has staked, bonded and delegated what, what is on its way back, and what voting weight it gives; validators,
 * their turns and committees, rewards, evidence. For the ledger's own eyes; what other families ask stands in family_priv.h.
 *
 * Objects (all in the state root), space `validator` ident address: entry_priv.h; space `param`, integers big-endian in idents:
 *   "stake/" ‖ address                              what an account has at stake: struct stake_entry
 *   "bond/" ‖ validator ‖ owner                     what `owner` has bonded there: struct bond_entry
 *   "unbonding/" ‖ owner ‖ u32 release ‖ source     what comes back to an account at a height: u128
 *   "turns/" ‖ validator                            its turns to propose: struct turns
 *   "committee/" ‖ u64 epoch                        u64 start_round ‖ the bytes that are hashed
 *   "evidence/" ‖ id                                what was proven: struct evidence_entry
 *   "key/" ‖ consensus key                          the address that it signs for */
#ifndef LEDGER_STAKING_PRIV_H
#define LEDGER_STAKING_PRIV_H

#include "chain/evidence.h"
#include "network/ledger/family_priv.h"
#include "network/ledger/staking_view.h"

enum staking_tag { TAG_STAKE, TAG_BOND, TAG_UNBONDING, TAG_TURNS, TAG_EVIDENCE, TAG_KEY };

/* What families.c lists. */
extern const struct family family_staking;

/* ---- an account's stake (staking_store.c) ---- */
struct stake_entry {
    struct amount staked, bonded; /* bonded: at all validators together */
    struct amount delegated_in;   /* own weight of all who delegate here */
    bool delegates;
    struct address delegate;
    uint32_t frozen_until; /* neither unstaked nor unbonded before this height; 0: free */
};
bool stake_get(const struct ordmap *objects, const struct address *who, struct stake_entry *out); /* absent: zeroes, false */
static inline struct amount stake_own(const struct stake_entry *stake)
{
    return AMOUNT(stake->staked.units + stake->bonded.units); /* parts of one supply */
}
static inline struct amount stake_weight(const struct stake_entry *stake)
{
    return AMOUNT((stake->delegates ? 0 : stake_own(stake).units) + stake->delegated_in.units);
}
/* Adds to (or, `less`, takes from) what `who` has staked or bonded, and keeps holdings, delegation and history in step. More
 * taken than is there is a bug. */
enum stake_part { STAKE_STAKED, STAKE_BONDED };
void stake_change(struct work *work, const struct address *who, enum stake_part part, struct amount amount, bool less);
/* Points the weight of `who` at `to`; NULL: back at itself. */
void stake_delegate(struct work *work, const struct address *who, const struct address *to);
void stake_freeze(struct work *work, const struct address *who, uint32_t until);
bool stake_is_frozen(const struct work *work, const struct stake_entry *stake);
/* Genesis: what a validator begins with, its bond counted already. */
void stake_seed(struct work *work, const struct ledger_validator *validator);
/* What the weight at the end of the block at `height` was made of; as far back as staking_weight_at. */
struct staking_power {
    struct amount own, delegated_in, delegated_out;
};
void staking_power_at(const struct ordmap *objects, const struct address *who, uint32_t height, struct staking_power *out);
void stake_total_note(struct work *work); /* the total's history: at the end of a block that changed it */

/* The token that is staked here, for those who have only objects. */
void staking_token_note(struct work *work);
enum token staking_token(const struct ordmap *objects);

/* ---- bonds ---- */
struct bond_entry {
    struct amount amount, pending, claimed; /* rewards: to claim, ever claimed */
    uint32_t since_height;                  /* of the first bond, or of the last claim */
};
bool bond_get(const struct ordmap *objects, const struct address *validator, const struct address *owner, struct bond_entry *out);
void bond_put(struct work *work, const struct address *validator, const struct address *owner, const struct bond_entry *bond);
/* The bond whose owner is the least not below (`above`: above) `owner`. False: none. */
bool bond_next(const struct ordmap *objects, const struct address *validator, const struct address *owner, bool above,
               struct address *out_owner, struct bond_entry *out);
/* Moves between an account's bond and its validator's sums; the holding is stake_change's. */
void bond_change(struct work *work, const struct address *validator, const struct address *owner, struct amount amount,
                 bool less);
/* The validators where `owner` has a bond or something to claim: the least above `validator` (NULL: the first). */
bool bond_owner_next(const struct ordmap *objects, const struct address *owner, const struct address *validator,
                     struct address *out);

/* ---- unbonding ---- */
struct unbonding_entry {
    struct address owner, source; /* source: the validator it was bonded at; all zero: it was only staked */
    uint32_t release_height;
    struct amount amount;
};
void unbonding_add(struct work *work, const struct address *owner, const struct address *source, struct amount amount);
void unbonding_release(struct work *work); /* what is due in this block becomes free */
void unbonding_postpone(struct work *work, const struct address *owner, uint32_t until);
/* Walk of one owner's entries by release height, and of one source's. `at` NULL: from the first; else what follows it. */
bool unbonding_of_owner(const struct ordmap *objects, const struct address *owner, const struct unbonding_entry *at,
                        struct unbonding_entry *out);
bool unbonding_of_source(const struct ordmap *objects, const struct address *source, const struct unbonding_entry *at,
                         struct unbonding_entry *out);
void unbonding_cut(struct work *work, const struct unbonding_entry *entry, struct amount cut);

/* ---- validators (validator.c) ---- */
/* The validator whose address is the least above `after` (NULL: the first). */
bool validator_next(const struct ordmap *objects, const struct address *after, struct ledger_validator *out) MUST_CHECK;
#define JAILED_FOR_GOOD UINT32_MAX
/* Remembers whose a consensus key is. */
void validator_key_note(struct work *work, const struct pubkey *key, const struct address *whose);
enum code validator_register_apply(struct exec *x) MUST_CHECK;
enum code validator_update_apply(struct exec *x) MUST_CHECK;
enum code validator_exit_apply(struct exec *x) MUST_CHECK;
enum code validator_unjail_apply(struct exec *x) MUST_CHECK;
void validator_jail(struct work *work, const struct address *who, uint32_t until);
/* Takes bps of every bond at `who` and of what is unbonding from it, rounded down each; it leaves circulation. Returns the sum.
 */
struct amount validator_slash(struct work *work, const struct address *who, uint64_t bps);
/* What could still be slashed: its bond and what is unbonding from it. */
struct amount validator_at_stake(const struct ordmap *objects, const struct address *who);

/* ---- turns and committees (turns.c) ---- */
struct turns {
    uint64_t proposed, missed;            /* ever */
    uint32_t epoch_turns, epoch_missed;   /* in this epoch */
    uint32_t window_turns, window_missed; /* since its downtime was last judged */
    uint64_t window_first;                /* the round that window began with */
};
bool turns_get(const struct ordmap *objects, const struct address *validator, struct turns *out); /* absent: zeroes, false */
void turns_put(struct work *work, const struct address *validator, const struct turns *turns);
/* A committee that is still kept, with its start_round; a new reference. NULL: not kept (any more). */
struct committee *term_get(const struct ordmap *objects, uint64_t epoch);
/* Where a block of this chain stands, by its hash: known of the last TURNS_PARENTS_KEPT. All before the present one are final as
 * soon as it is. */
#define TURNS_PARENTS_KEPT 1024
bool turns_parent(const struct ordmap *objects, const struct hash *hash, uint32_t *out_height, uint64_t *out_round) MUST_CHECK;
void turns_block_begin(struct work *work); /* the epoch's committee is kept, turns are counted */
void turns_epoch_end(struct work *work);   /* downtime is judged, counters of the epoch begin anew, old committees go */
/* The keys of `accused` in committees of that round, each once; none: it was no member. A closing block (api 6.8) has a round of
 * the epoch that follows its committee's, so the committee before the round's own counts too. `foreign`: rounds of the other
 * chain are not known here, and any committee still kept may have been its. */
size_t turns_keys_of(const struct ordmap *objects, const struct address *accused, uint64_t round, bool foreign,
                     struct pubkey *out_keys, size_t max);

/* ---- rewards (rewards.c) ---- */
enum code rewards_claim_apply(struct exec *x) MUST_CHECK;
void rewards_epoch_end(struct work *work); /* before turns_epoch_end: it counts by the epoch's turns */
void rewards_note(struct work *work, const struct address *owner, const struct address *validator, struct amount amount,
                  enum reward_kind kind, const struct hash *transaction_id);

/* ---- evidence (evidence.c) ---- */
struct evidence_entry {
    struct evidence evidence;
    struct evidence_claim claim;
    bool reported;
    struct address reporter;
    uint64_t detected_ms; /* timestamp of the block */
    uint32_t included_height;
    struct amount slashed;
    bool jailed;
};
enum code evidence_submit_apply(struct exec *x) MUST_CHECK;
void evidence_downtime(struct work *work, const struct address *validator, uint64_t first_round, uint64_t last_round);

/* ---- keys and bytes ---- */
struct okey staking_key(enum staking_tag tag, const void *ident); /* ident: 32 bytes */
static inline uint32_t work_height(const struct work *work) { return work->frame != NULL ? work->frame->height : 0; }
static inline struct amount amount_less(struct amount a, struct amount b)
{
    ASSERT(a.units >= b.units);
    return AMOUNT(a.units - b.units);
}

#endif
