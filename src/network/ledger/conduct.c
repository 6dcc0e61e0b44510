/* Governors' conduct (GCI) and the Grim trigger (api 11).
 *
 * Lineage: a validator stands on somebody's stake when more than half of what is bonded at it comes from there. Less would let
 * anybody revoke an honest validator by bonding a unit at it and defecting elsewhere. */
#include "core/codec/binary.h"
#include "network/ledger/governance_priv.h"
#include "network/ledger/guard_governance_priv.h"
#include "network/ledger/staking_priv.h"

/* ---- revocation ---- */

static struct okey revoked_key(const struct address *who)
{
    struct okey key = okey(SPACE_PARAM);
    okey_bytes(&key, "revoked/", 8);
    okey_address(&key, who);
    return key;
}

bool revoked_height(const struct ordmap *objects, const struct address *who, uint32_t *out)
{
    const struct okey key = revoked_key(who);
    struct str value;
    if (!ordmap_get(objects, okey_view(&key), &value)) return false;
    struct bin_reader r = bin_reader_of(value.data, value.len);
    *out = bin_get_u32(&r);
    return true;
}

static bool most_of(const struct ordmap *objects, const struct address *validator, struct amount part)
{
    struct ledger_validator v;
    return work_validator(objects, validator, &v) && part.units > v.bonded.units / 2;
}

/* More than half of the bonds at `validator` are of revoked owners. */
static bool stands_on_revoked(const struct ordmap *objects, const struct address *validator)
{
    struct ledger_validator v;
    struct bond_entry bond;
    struct address owner = {{0}};
    struct amount revoked = AMOUNT(0);
    uint32_t height;
    if (!work_validator(objects, validator, &v)) return false;
    for (bool more = bond_next(objects, validator, &owner, false, &owner, &bond); more;
         more = bond_next(objects, validator, &owner, true, &owner, &bond))
        if (revoked_height(objects, &owner, &height)) revoked = amount_add_clamped(revoked, bond.amount);
    return revoked.units > v.bonded.units / 2;
}

bool governance_revoked(const struct ledger_rules *rules, const struct ordmap *objects, const struct address *who)
{
    uint32_t height;
    if (revoked_height(objects, who, &height)) return true;
    return guard_evidence_outranks_score(rules) && stands_on_revoked(objects, who);
}

/* ---- deposits on their way back ---- */

static struct okey release_key(uint32_t height, const struct address *who)
{
    struct okey key = gov_index(GOV_RELEASE);
    okey_u32(&key, height);
    okey_address(&key, who);
    return key;
}

void gov_deposit_release(struct work *work, const struct address *who, struct amount deposit)
{
    const uint64_t height = work->frame->height + MAX(work->params.unbonding_blocks, UINT64_C(1));
    const struct okey key = release_key((uint32_t)MIN(height, UINT32_MAX), who);
    struct str was;
    if (work_get(work, &key, &was)) {
        struct bin_reader r = bin_reader_of(was.data, was.len);
        deposit = amount_add_clamped(deposit, (struct amount){bin_get_u128(&r)});
    }
    struct buf value = {0};
    bin_put_u128(&value, deposit.units);
    work_set(work, &key, buf_str(&value));
    buf_done(&value);
}

void gov_releases_pay(struct work *work)
{
    const struct okey prefix = gov_index(GOV_RELEASE);
    struct ordmap_entry entry;
    while (ordmap_first(&work->objects, okey_view(&prefix), &entry)) {
        struct bin_reader r = bin_reader_of(entry.value.data, entry.value.len);
        const struct amount deposit = {bin_get_u128(&r)};
        const uint8_t *at = (const uint8_t *)entry.key.data + prefix.len;
        const uint32_t height = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
        if (height > work->frame->height) break;
        struct address who;
        memcpy(&who, at + 4, sizeof(who));
        const struct okey key = release_key(height, &who);
        work_remove(work, &key);
        HOLDING(work, TOKEN_AX, deposits) -= deposit.units;
        money_give(work, &who, TOKEN_AX, deposit);
    }
}

/* ---- the Grim trigger ---- */

static void proposals_cancel(struct work *work, const struct address *who)
{
    for (;;) {
        const struct okey prefix = gov_index(GOV_OPEN);
        struct ordmap_entry entry;
        struct hash id;
        bool found = false;
        for (bool more = ordmap_first(&work->objects, okey_view(&prefix), &entry); more && !found;
             more = ordmap_next(&work->objects, okey_view(&prefix), entry.key, &entry)) {
            found = entry.value.len == sizeof(*who) && memcmp(entry.value.data, who, sizeof(*who)) == 0;
            if (found) memcpy(&id, entry.key.data + prefix.len, sizeof(id));
        }
        struct proposal p;
        if (!found || !proposal_get(&work->objects, &id, &p)) return;
        p.title = str_dup(&work->arena, p.title);
        p.action.key = str_dup(&work->arena, p.action.key);
        p.action.value = str_dup(&work->arena, p.action.value);
        gov_proposal_cancel(work, &p);
    }
}

/* Ends the rights of one identity. False: they had ended already. */
static bool revoke_one(struct work *work, const struct address *who, bool freeze)
{
    uint32_t height;
    if (revoked_height(&work->objects, who, &height)) return false;
    const struct okey key = revoked_key(who);
    struct buf value = {0};
    bin_put_u32(&value, work->frame->height);
    work_set(work, &key, buf_str(&value));
    buf_done(&value);
    struct governor governor;
    if (governor_get(&work->objects, who, &governor)) gov_governor_end(work, who, &governor);
    proposals_cancel(work, who);
    stake_delegate(work, who, NULL); /* its weight counts for nobody else either */
    if (!freeze) return true;
    const uint64_t until = work->frame->height + work->params.unbonding_blocks;
    stake_freeze(work, who, (uint32_t)MIN(until, UINT32_MAX));
    unbonding_postpone(work, who, (uint32_t)MIN(until, UINT32_MAX));
    return true;
}

/* `who`, and along the bonds everything that stands on its stake. */
static void revoke(struct work *work, const struct address *who, bool lineage)
{
    VEC(struct address) todo = {0};
    vec_push(&todo, *who);
    for (size_t i = 0; i < todo.count; i++) {
        const struct address owner = todo.data[i];
        struct address validator;
        if (!revoke_one(work, &owner, lineage) || !lineage) continue;
        for (bool more = bond_owner_next(&work->objects, &owner, NULL, &validator); more;
             more = bond_owner_next(&work->objects, &owner, &validator, &validator)) {
            struct bond_entry bond;
            if (bond_get(&work->objects, &validator, &owner, &bond) && most_of(&work->objects, &validator, bond.amount))
                vec_push(&todo, validator);
        }
    }
    vec_done(&todo);
}

static void conduct_zero(struct work *work, const struct address *who)
{
    struct governor governor;
    if (!governor_get(&work->objects, who, &governor)) return;
    governor.conduct = 0;
    governor_put(work, who, &governor);
}

void governance_defection(struct work *work, const struct address *who)
{
    if (!guard_evidence_outranks_score(work->rules)) return;
    struct bond_entry bond;
    struct address owner = {{0}}, answers = *who;
    conduct_zero(work, who);
    /* Whose stake it is that the defector stands on answers for it, too. */
    for (bool more = bond_next(&work->objects, who, &owner, false, &owner, &bond); more;
         more = bond_next(&work->objects, who, &owner, true, &owner, &bond))
        if (most_of(&work->objects, who, bond.amount)) answers = owner;
    revoke(work, who, true);
    if (address_eq(&answers, who)) return;
    conduct_zero(work, &answers);
    revoke(work, &answers, true);
}

/* ---- the score, at each epoch's end ---- */

/* What of the epoch concerns one governor. */
struct turnout {
    uint32_t closed, voted, no_quorum;
};

static struct turnout turnout_of(const struct ordmap *objects, const struct address *who, const struct governor *governor)
{
    const struct okey prefix = gov_index(GOV_CLOSED);
    struct turnout turnout = {0};
    struct ordmap_entry entry;
    for (bool more = ordmap_first(objects, okey_view(&prefix), &entry); more;
         more = ordmap_next(objects, okey_view(&prefix), entry.key, &entry)) {
        struct hash id;
        struct proposal p;
        memcpy(&id, entry.key.data + prefix.len, sizeof(id));
        if (!proposal_get(objects, &id, &p)) continue;
        if (address_eq(&p.proposer, who) && str_eq(entry.value, STR("!"))) turnout.no_quorum++;
        if (p.end < governor->registered_height) continue; /* it was no governor while that was voted on */
        turnout.closed++;
        turnout.voted += ballot_has(objects, &id, who);
    }
    return turnout;
}

static uint16_t conduct_after(uint16_t conduct, const struct turnout *turnout)
{
    int64_t score = conduct;
    if (turnout->closed > 0) score += 2 * turnout->voted >= turnout->closed ? 100 : -300;
    score -= INT64_C(500) * turnout->no_quorum;
    return (uint16_t)MIN(MAX(score, INT64_C(0)), (int64_t)CONDUCT_MAX);
}

static void closed_clear(struct work *work)
{
    const struct okey prefix = gov_index(GOV_CLOSED);
    struct ordmap_entry entry;
    while (ordmap_first(&work->objects, okey_view(&prefix), &entry)) {
        struct okey key = prefix;
        okey_bytes(&key, entry.key.data + prefix.len, entry.key.len - prefix.len);
        work_remove(work, &key);
    }
}

void conduct_epoch_end(struct work *work)
{
    const struct okey prefix = gov_index(GOV_GOVERNOR);
    VEC(struct address) governors = {0};
    struct ordmap_entry entry;
    for (bool more = ordmap_first(&work->objects, okey_view(&prefix), &entry); more;
         more = ordmap_next(&work->objects, okey_view(&prefix), entry.key, &entry)) {
        struct address who;
        memcpy(&who, entry.value.data, sizeof(who));
        vec_push(&governors, who);
    }
    for (size_t i = 0; i < governors.count; i++) {
        const struct address *who = &governors.data[i];
        struct governor governor;
        if (!governor_get(&work->objects, who, &governor) || !governor.active) continue; /* a lineage ended it just now */
        const struct turnout turnout = turnout_of(&work->objects, who, &governor);
        const uint16_t conduct = conduct_after(governor.conduct, &turnout);
        if (conduct != governor.conduct) {
            governor.conduct = conduct;
            governor_put(work, who, &governor);
        }
        if (conduct < CONDUCT_TRIGGER) revoke(work, who, guard_evidence_outranks_score(work->rules));
    }
    vec_done(&governors);
    closed_clear(work);
}
