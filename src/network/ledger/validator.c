/* Validators: who may be in a committee, jail, slashing, ejection. */
#include "core/codec/binary.h"
#include "network/ledger/guard_staking_priv.h"
#include "network/ledger/staking_priv.h"

enum { NAME_BYTES_MIN = 2 }; /* as short as those of genesis: v1 */

bool validator_next(const struct ordmap *objects, const struct address *after, struct ledger_validator *out)
{
    const struct okey prefix = okey(SPACE_VALIDATOR);
    struct okey from = prefix;
    struct ordmap_entry entry;
    if (after != NULL) okey_address(&from, after);
    if (!ordmap_next(objects, okey_view(&prefix), okey_view(&from), &entry)) return false;
    const bool sound = validator_decode(entry.value, out);
    ASSERT(sound); /* only validator_encode writes there */
    memcpy(&out->address, entry.key.data + prefix.len, sizeof(out->address));
    return true;
}

bool staking_validator_exists(const struct ordmap *objects, const struct address *validator)
{
    struct ledger_validator v;
    return work_validator(objects, validator, &v);
}

/* ---- the kinds ---- */

void validator_key_note(struct work *work, const struct pubkey *key, const struct address *whose)
{
    const struct okey at = staking_key(TAG_KEY, key);
    work_set(work, &at, (struct str){(const char *)whose, sizeof(*whose)});
}

/* A key that ever signed for one validator never signs for another: evidence names its owner. */
static bool key_is_taken(const struct work *work, const struct pubkey *key, const struct address *by_other_than)
{
    const struct okey at = staking_key(TAG_KEY, key);
    struct str value;
    return work_get(work, &at, &value) && memcmp(value.data, by_other_than, sizeof(*by_other_than)) != 0;
}

static bool name_is_good(struct str name)
{
    if (name.len < NAME_BYTES_MIN || name.len > MEMBER_NAME_BYTES_MAX) return false;
    for (size_t i = 0; i < name.len; i++) {
        const char c = name.data[i];
        const bool dash = c == '-';
        if (!dash && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9')) return false;
        if (dash && (i == 0 || i + 1 == name.len)) return false;
    }
    return true;
}

static void name_set(struct ledger_validator *v, struct str name)
{
    memset(v->name, 0, sizeof(v->name));
    memcpy(v->name, name.data, name.len);
}

/* One that left, was not thrown out and took its own bond back may begin anew. */
static bool may_return(const struct ledger_validator *v)
{
    return v->exiting && v->jailed_until != JAILED_FOR_GOOD && amount_is_zero(v->self_bonded);
}

enum code validator_register_apply(struct exec *x)
{
    const struct payload_validator_register *p = &x->payload->validator_register;
    struct work *work = x->work;
    const enum code paid = money_take(x, &x->sender, work->fee_token, p->stake, RECEIPT_FIELD_STAKE);
    if (paid != CODE_NONE) return paid;
    struct ledger_validator v;
    const bool was = work_validator(&work->objects, &x->sender, &v);
    if (was && !may_return(&v)) return refuse(x, CODE_ALREADY_REGISTERED, RECEIPT_FIELD_SENDER);
    if (key_is_taken(work, &p->consensus_key, &x->sender)) return refuse(x, CODE_ALREADY_REGISTERED, RECEIPT_FIELD_CONSENSUS_KEY);
    if (!name_is_good(p->name)) return refuse(x, CODE_INVALID_NAME, RECEIPT_FIELD_NAME);
    const struct amount least = AMOUNT(work->params.min_validator_stake);
    if (amount_cmp(p->stake, least) < 0) return refuse_lack(x, CODE_INSUFFICIENT_STAKE, RECEIPT_FIELD_STAKE, p->stake, least);
    if (!was) v = (struct ledger_validator){.address = x->sender};
    v.exiting = false;
    v.consensus_key = p->consensus_key;
    v.commission_bps = p->commission_bps;
    name_set(&v, p->name);
    work_put_validator(work, &v);
    validator_key_note(work, &p->consensus_key, &x->sender);
    stake_change(work, &x->sender, STAKE_BONDED, p->stake, false);
    bond_change(work, &x->sender, &x->sender, p->stake, false);
    return CODE_NONE;
}

static enum code own_validator(struct exec *x, struct ledger_validator *out)
{
    if (work_validator(&x->work->objects, &x->sender, out) && !out->exiting) return CODE_NONE;
    return refuse(x, CODE_NOT_IN_VALIDATOR_SET, RECEIPT_FIELD_SENDER);
}

enum code validator_update_apply(struct exec *x)
{
    const struct payload_validator_update *p = &x->payload->validator_update;
    struct ledger_validator v;
    const enum code code = own_validator(x, &v);
    if (code != CODE_NONE) return code;
    if (!name_is_good(p->name)) return refuse(x, CODE_INVALID_NAME, RECEIPT_FIELD_NAME);
    v.commission_bps = p->commission_bps;
    name_set(&v, p->name);
    work_put_validator(x->work, &v);
    return CODE_NONE;
}

enum code validator_exit_apply(struct exec *x)
{
    struct ledger_validator v;
    const enum code code = own_validator(x, &v);
    if (code != CODE_NONE) return code;
    v.exiting = true; /* the next committee is without it; its bond backs the present one until it is unbonded and released */
    work_put_validator(x->work, &v);
    return CODE_NONE;
}

enum code validator_unjail_apply(struct exec *x)
{
    struct ledger_validator v;
    const enum code code = own_validator(x, &v);
    if (code != CODE_NONE) return code;
    if (v.jailed && work_height(x->work) < v.jailed_until) return refuse(x, CODE_VALIDATOR_JAILED, RECEIPT_FIELD_SENDER);
    v.jailed = false;
    v.jailed_until = 0;
    work_put_validator(x->work, &v);
    return CODE_NONE;
}

/* ---- jail, slashing, ejection ---- */

void validator_jail(struct work *work, const struct address *who, uint32_t until)
{
    struct ledger_validator v;
    if (!work_validator(&work->objects, who, &v)) return;
    v.jailed = true;
    v.jailed_until = MAX(v.jailed_until, until);
    work_put_validator(work, &v);
}

struct amount validator_at_stake(const struct ordmap *objects, const struct address *who)
{
    struct ledger_validator v;
    struct unbonding_entry entry;
    u128 sum = work_validator(objects, who, &v) ? v.bonded.units : 0;
    for (bool more = unbonding_of_source(objects, who, NULL, &entry); more;
         more = unbonding_of_source(objects, who, &entry, &entry))
        sum += entry.amount.units;
    return AMOUNT(sum);
}

static struct amount share_of(struct amount amount, uint64_t bps)
{
    struct amount share;
    const bool fits = amount_mul_div(amount, MIN(bps, 10000), 10000, &share);
    ASSERT(fits); /* at most the amount */
    return share;
}

static void slash_owner(struct work *work, const struct address *who, const struct address *owner, struct amount cut)
{
    stake_change(work, owner, STAKE_BONDED, cut, true);
    bond_change(work, who, owner, cut, true);
    rewards_note(work, owner, who, cut, REWARD_SLASH, NULL);
}

struct amount validator_slash(struct work *work, const struct address *who, uint64_t bps)
{
    static const struct address first;
    struct address owner;
    struct bond_entry bond;
    struct unbonding_entry entry, at;
    u128 sum = 0;
    for (bool more = bond_next(&work->objects, who, &first, false, &owner, &bond); more;
         more = bond_next(&work->objects, who, &owner, true, &owner, &bond)) {
        const struct amount cut = share_of(bond.amount, bps);
        if (amount_is_zero(cut)) continue;
        slash_owner(work, who, &owner, cut);
        sum += cut.units;
    }
    for (bool more = unbonding_of_source(&work->objects, who, NULL, &entry); more;
         more = unbonding_of_source(&work->objects, who, &at, &entry)) {
        at = entry;
        const struct amount cut = share_of(entry.amount, bps);
        if (amount_is_zero(cut)) continue;
        unbonding_cut(work, &entry, cut);
        rewards_note(work, &entry.owner, who, cut, REWARD_SLASH, NULL);
        sum += cut.units;
    }
    struct ledger_validator v;
    if (work_validator(&work->objects, who, &v)) {
        v.slashed.units += sum;
        work_put_validator(work, &v);
    }
    work->tallies[work->fee_token - 1].token.slashed_burned.units += sum;
    return AMOUNT(sum);
}

enum code staking_eject(struct work *work, const struct address *validator, uint8_t reason, const struct hash *evidence_id)
{
    struct ledger_validator v;
    if (!work_validator(&work->objects, validator, &v)) return CODE_VALIDATOR_NOT_FOUND;
    if (v.jailed_until == JAILED_FOR_GOOD) return CODE_NONE; /* Delta has been told */
    validator_jail(work, validator, JAILED_FOR_GOOD);
    if (work->parent->chain != CHAIN_ALPHA) return CODE_NONE;
    union ipc_body body = {.ejection = {.validator = *validator, .reason = reason, .evidence_id = *evidence_id}};
    (void)work_emit(work, IPC_VALIDATOR_EJECTION, &body);
    return CODE_NONE;
}
