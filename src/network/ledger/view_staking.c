/* What accounts and validators have at stake, for those who ask. */
#include "network/ledger/staking_priv.h"

static size_t bonds_view(const struct ordmap *objects, const struct address *owner, struct bond *out)
{
    struct address at;
    struct bond_entry bond;
    size_t count = 0;
    for (bool more = bond_owner_next(objects, owner, NULL, &at); more; more = bond_owner_next(objects, owner, &at, &at)) {
        if (!bond_get(objects, &at, owner, &bond) || amount_is_zero(bond.amount)) continue;
        if (out != NULL) out[count] = (struct bond){at, bond.amount};
        count++;
    }
    return count;
}

/* One line a release height: what came from several validators comes back together. */
static size_t unbonding_view(const struct ordmap *objects, const struct address *owner, struct unbonding *out)
{
    struct unbonding_entry entry;
    size_t count = 0;
    uint32_t last = 0;
    for (bool more = unbonding_of_owner(objects, owner, NULL, &entry); more;
         more = unbonding_of_owner(objects, owner, &entry, &entry)) {
        if (count == 0 || entry.release_height != last) {
            if (out != NULL) out[count] = (struct unbonding){AMOUNT(0), entry.release_height};
            count++;
        }
        if (out != NULL) out[count - 1].amount.units += entry.amount.units;
        last = entry.release_height;
    }
    return count;
}

void staking_account_view(const struct ledger_state *state, const struct address *address, struct arena *arena,
                          struct account_view *out)
{
    const struct ordmap *objects = ledger_objects(state);
    struct stake_entry stake;
    const bool has = stake_get(objects, address, &stake);
    out->staked = stake.staked;
    out->delegate = (struct opt_address){stake.delegates, stake.delegate};
    out->bonded_count = (uint32_t)bonds_view(objects, address, NULL);
    out->bonded = arena_array(arena, struct bond, out->bonded_count);
    (void)bonds_view(objects, address, out->bonded);
    out->unbonding_count = (uint32_t)unbonding_view(objects, address, NULL);
    out->unbonding = arena_array(arena, struct unbonding, out->unbonding_count);
    (void)unbonding_view(objects, address, out->unbonding);
    out->exists = out->exists || has || out->bonded_count + out->unbonding_count > 0;
}

bool staking_delegators(const struct ledger_state *state, const struct address *validator, uint64_t from, uint32_t limit,
                        struct arena *arena, struct page *out, bool *out_more)
{
    static const struct address first;
    const struct ordmap *objects = ledger_objects(state);
    struct delegator_view *items = arena_array(arena, struct delegator_view, limit);
    struct address owner;
    struct bond_entry bond;
    uint64_t i = 0;
    if (!staking_validator_exists(objects, validator)) return false;
    *out = (struct page){.items = items};
    *out_more = false;
    for (bool more = bond_next(objects, validator, &first, false, &owner, &bond); more;
         more = bond_next(objects, validator, &owner, true, &owner, &bond)) {
        if (amount_is_zero(bond.amount) || i++ < from) continue;
        if (out->count == limit) {
            *out_more = true;
            break;
        }
        items[out->count++] = (struct delegator_view){owner, bond.amount};
    }
    return true;
}

struct amount staking_pending_at(const struct ledger_validator *validator)
{
    return amount_add_clamped(validator->pending_rewards, validator->shares_pending);
}
