/* Stakes, bonds and the unbonding queue as they stand in the state, and the history of voting weight. */
#include "core/codec/binary.h"
#include "network/ledger/staking_priv.h"

/* Keys of INDEX_STAKING begin with one of these. */
enum {
    BY_OWNER = 'o',     /* owner ‖ validator -> nothing: has a bond record there */
    BY_RELEASE = 'r',   /* u32 release ‖ owner ‖ source -> nothing */
    BY_SOURCE = 's',    /* source ‖ owner ‖ u32 release -> nothing */
    WEIGHT = 'w',       /* address ‖ u32 height -> what it weighed and of what, from the end of that block on */
    WEIGHT_TOTAL = 'W', /* u32 height -> u128 */
    TOKEN = 't',        /* -> u8 enum token */
    /* 'p', 'P': turns.c */
};
enum { ADDRESS_BYTES = 32 };

struct okey staking_key(enum staking_tag tag, const void *ident)
{
    static const char *const texts[] = {[TAG_STAKE] = "stake/", [TAG_BOND] = "bond/",         [TAG_UNBONDING] = "unbonding/",
                                        [TAG_TURNS] = "turns/", [TAG_EVIDENCE] = "evidence/", [TAG_KEY] = "key/"};
    struct okey key = okey_of_text(SPACE_PARAM, texts[tag]);
    okey_bytes(&key, ident, ADDRESS_BYTES);
    return key;
}

static struct okey index_key(uint8_t part)
{
    struct okey key = okey(INDEX_STAKING);
    okey_u8(&key, part);
    return key;
}

static uint32_t load_u32_be(const char *at)
{
    const uint8_t *b = (const uint8_t *)at;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static void set_u128(struct work *work, const struct okey *key, u128 value)
{
    uint8_t bytes[16];
    bin_store_u128(bytes, value);
    work_set(work, key, (struct str){(const char *)bytes, sizeof(bytes)});
}

static void amount_move(struct amount *at, struct amount amount, bool less)
{
    if (less) {
        ASSERT(at->units >= amount.units);
        at->units -= amount.units;
    } else {
        at->units += amount.units; /* part of a supply that fits */
    }
}

/* ---- stakes ---- */

bool stake_get(const struct ordmap *objects, const struct address *who, struct stake_entry *out)
{
    const struct okey key = staking_key(TAG_STAKE, who);
    struct str value;
    memset(out, 0, sizeof(*out));
    if (!ordmap_get(objects, okey_view(&key), &value)) return false;
    struct bin_reader r = bin_reader_of(value.data, value.len);
    out->staked.units = bin_get_u128(&r);
    out->bonded.units = bin_get_u128(&r);
    out->delegated_in.units = bin_get_u128(&r);
    out->frozen_until = bin_get_u32(&r);
    out->delegates = bin_get_bool(&r);
    if (out->delegates) bin_get_bytes(&r, &out->delegate, sizeof(out->delegate));
    const bool sound = bin_done(&r);
    ASSERT(sound); /* only stake_put writes there */
    return true;
}

/* How far back somebody may still ask for a weight: a proposal's whole life, twice over. */
static uint32_t history_blocks(const struct params *params)
{
    const uint64_t life = params->voting_delay_blocks + params->voting_period_blocks + params->timelock_blocks;
    return (uint32_t)MIN(2 * life + params->epoch_blocks, UINT32_MAX);
}

/* Drops all that nobody may ask for any more: of what stands at or before the horizon, the newest stays. */
static void history_prune(struct work *work, const struct okey *prefix)
{
    const uint32_t height = work_height(work), span = history_blocks(&work->params);
    const uint32_t horizon = height > span ? height - span : 0;
    struct ordmap_entry first, second;
    while (ordmap_first(&work->objects, okey_view(prefix), &first) &&
           ordmap_next(&work->objects, okey_view(prefix), first.key, &second)) {
        if (load_u32_be(second.key.data + second.key.len - 4) > horizon) return;
        struct okey gone = {.len = (uint16_t)first.key.len};
        memcpy(gone.b, first.key.data, first.key.len);
        work_remove(work, &gone);
    }
}

static void history_note(struct work *work, struct okey key, struct amount weight)
{
    const struct okey prefix = key;
    okey_u32(&key, work_height(work));
    set_u128(work, &key, weight.units);
    history_prune(work, &prefix);
}

static struct amount history_at(const struct ordmap *objects, struct okey key, uint32_t height)
{
    const size_t prefix = key.len;
    struct ordmap_entry entry;
    okey_u32(&key, height);
    if (!ordmap_floor(objects, okey_view(&key), &entry)) return AMOUNT(0);
    if (entry.key.len != key.len || memcmp(entry.key.data, key.b, prefix) != 0) return AMOUNT(0);
    return AMOUNT(bin_load_u128((const uint8_t *)entry.value.data));
}

static struct okey weight_key(const struct address *who)
{
    struct okey key = index_key(WEIGHT);
    okey_address(&key, who);
    return key;
}

/* weight ‖ own ‖ delegated in ‖ u8 whether its own is delegated out. */
static void weight_note(struct work *work, const struct address *who, const struct stake_entry *stake)
{
    const struct okey prefix = weight_key(who);
    struct okey key = prefix;
    uint8_t bytes[49];
    bin_store_u128(bytes, stake_weight(stake).units);
    bin_store_u128(bytes + 16, stake_own(stake).units);
    bin_store_u128(bytes + 32, stake->delegated_in.units);
    bytes[48] = stake->delegates;
    okey_u32(&key, work_height(work));
    work_set(work, &key, (struct str){(const char *)bytes, sizeof(bytes)});
    history_prune(work, &prefix);
}

static void stake_put(struct work *work, const struct address *who, const struct stake_entry *stake)
{
    const struct okey key = staking_key(TAG_STAKE, who);
    const bool blank = (stake->staked.units | stake->bonded.units | stake->delegated_in.units) == 0 && stake->frozen_until == 0 &&
                       !stake->delegates;
    if (blank) {
        work_remove(work, &key);
    } else {
        struct buf bytes = {0};
        bin_put_u128(&bytes, stake->staked.units);
        bin_put_u128(&bytes, stake->bonded.units);
        bin_put_u128(&bytes, stake->delegated_in.units);
        bin_put_u32(&bytes, stake->frozen_until);
        bin_put_u8(&bytes, stake->delegates);
        if (stake->delegates) bin_put_bytes(&bytes, &stake->delegate, sizeof(stake->delegate));
        work_set(work, &key, buf_str(&bytes));
        buf_done(&bytes);
    }
    weight_note(work, who, stake);
}

static void delegated_change(struct work *work, const struct address *to, struct amount amount, bool less)
{
    struct stake_entry stake;
    if (amount_is_zero(amount)) return;
    (void)stake_get(&work->objects, to, &stake);
    amount_move(&stake.delegated_in, amount, less);
    stake_put(work, to, &stake);
}

void stake_change(struct work *work, const struct address *who, enum stake_part part, struct amount amount, bool less)
{
    const enum token token = work->fee_token;
    struct stake_entry stake;
    if (amount_is_zero(amount)) return;
    (void)stake_get(&work->objects, who, &stake);
    amount_move(part == STAKE_STAKED ? &stake.staked : &stake.bonded, amount, less);
    stake_put(work, who, &stake);
    struct amount holding = AMOUNT(part == STAKE_STAKED ? HOLDING(work, token, staked) : HOLDING(work, token, bonded));
    amount_move(&holding, amount, less);
    if (part == STAKE_STAKED)
        HOLDING(work, token, staked) = holding.units;
    else
        HOLDING(work, token, bonded) = holding.units;
    if (stake.delegates) delegated_change(work, &stake.delegate, amount, less);
}

void stake_delegate(struct work *work, const struct address *who, const struct address *to)
{
    struct stake_entry stake;
    (void)stake_get(&work->objects, who, &stake);
    const struct stake_entry before = stake;
    stake.delegates = to != NULL;
    if (to != NULL)
        stake.delegate = *to;
    else
        memset(&stake.delegate, 0, sizeof(stake.delegate));
    stake_put(work, who, &stake);
    if (before.delegates) delegated_change(work, &before.delegate, stake_own(&before), true);
    if (to != NULL) delegated_change(work, to, stake_own(&stake), false);
}

void stake_freeze(struct work *work, const struct address *who, uint32_t until)
{
    struct stake_entry stake;
    (void)stake_get(&work->objects, who, &stake);
    if (stake.frozen_until >= until) return;
    stake.frozen_until = until;
    stake_put(work, who, &stake);
}

bool stake_is_frozen(const struct work *work, const struct stake_entry *stake) { return stake->frozen_until > work_height(work); }

void stake_total_note(struct work *work)
{
    const struct supply_token *held = &work->tallies[work->fee_token - 1].token;
    const struct amount total = AMOUNT(held->staked.units + held->bonded.units);
    const struct okey key = index_key(WEIGHT_TOTAL);
    if (amount_eq(history_at(&work->objects, key, work_height(work)), total)) return;
    history_note(work, key, total);
}

struct amount staking_weight(const struct ordmap *objects, const struct address *who)
{
    struct stake_entry stake;
    return stake_get(objects, who, &stake) ? stake_weight(&stake) : AMOUNT(0);
}

struct amount staking_weight_at(const struct ordmap *objects, const struct address *who, uint32_t height)
{
    return history_at(objects, weight_key(who), height);
}

void staking_power_at(const struct ordmap *objects, const struct address *who, uint32_t height, struct staking_power *out)
{
    struct okey key = weight_key(who);
    const size_t prefix = key.len;
    struct ordmap_entry entry;
    *out = (struct staking_power){0};
    okey_u32(&key, height);
    if (!ordmap_floor(objects, okey_view(&key), &entry)) return;
    if (entry.key.len != key.len || memcmp(entry.key.data, key.b, prefix) != 0) return;
    const uint8_t *at = (const uint8_t *)entry.value.data;
    out->own.units = bin_load_u128(at + 16);
    out->delegated_in.units = bin_load_u128(at + 32);
    if (at[48] != 0) out->delegated_out = out->own;
}

struct amount staking_total_weight_at(const struct ordmap *objects, uint32_t height)
{
    return history_at(objects, index_key(WEIGHT_TOTAL), height);
}

void stake_seed(struct work *work, const struct ledger_validator *validator)
{
    const struct stake_entry stake = {.bonded = validator->self_bonded};
    const struct bond_entry bond = {.amount = validator->self_bonded};
    stake_put(work, &validator->address, &stake);
    bond_put(work, &validator->address, &validator->address, &bond);
}

void staking_token_note(struct work *work)
{
    const struct okey key = index_key(TOKEN);
    const char token = (char)work->fee_token;
    work_set(work, &key, (struct str){&token, 1});
}

enum token staking_token(const struct ordmap *objects)
{
    const struct okey key = index_key(TOKEN);
    struct str value;
    const bool noted = ordmap_get(objects, okey_view(&key), &value);
    ASSERT(noted); /* by genesis */
    return (enum token)value.data[0];
}

/* ---- bonds ---- */

static struct okey bond_key(const struct address *validator, const struct address *owner)
{
    struct okey key = staking_key(TAG_BOND, validator);
    okey_address(&key, owner);
    return key;
}

static void bond_decode(struct str value, struct bond_entry *out)
{
    struct bin_reader r = bin_reader_of(value.data, value.len);
    out->amount.units = bin_get_u128(&r);
    out->pending.units = bin_get_u128(&r);
    out->claimed.units = bin_get_u128(&r);
    out->since_height = bin_get_u32(&r);
    const bool sound = bin_done(&r);
    ASSERT(sound); /* only bond_put writes there */
}

bool bond_get(const struct ordmap *objects, const struct address *validator, const struct address *owner, struct bond_entry *out)
{
    const struct okey key = bond_key(validator, owner);
    struct str value;
    memset(out, 0, sizeof(*out));
    if (!ordmap_get(objects, okey_view(&key), &value)) return false;
    bond_decode(value, out);
    return true;
}

void bond_put(struct work *work, const struct address *validator, const struct address *owner, const struct bond_entry *bond)
{
    const struct okey key = bond_key(validator, owner);
    struct okey by_owner = index_key(BY_OWNER);
    okey_address(&by_owner, owner);
    okey_address(&by_owner, validator);
    struct buf bytes = {0};
    bin_put_u128(&bytes, bond->amount.units);
    bin_put_u128(&bytes, bond->pending.units);
    bin_put_u128(&bytes, bond->claimed.units);
    bin_put_u32(&bytes, bond->since_height);
    work_set(work, &key, buf_str(&bytes));
    buf_done(&bytes);
    struct str nothing;
    if (!work_get(work, &by_owner, &nothing)) work_set(work, &by_owner, STR(""));
}

bool bond_next(const struct ordmap *objects, const struct address *validator, const struct address *owner, bool above,
               struct address *out_owner, struct bond_entry *out)
{
    const struct okey prefix = staking_key(TAG_BOND, validator);
    struct okey key = prefix;
    struct ordmap_entry entry;
    okey_address(&key, owner);
    if (!(above ? ordmap_above(objects, okey_view(&key), &entry) : ordmap_ceiling(objects, okey_view(&key), &entry)))
        return false;
    if (entry.key.len != key.len || memcmp(entry.key.data, prefix.b, prefix.len) != 0) return false;
    memcpy(out_owner, entry.key.data + prefix.len, sizeof(*out_owner));
    bond_decode(entry.value, out);
    return true;
}

void bond_change(struct work *work, const struct address *validator, const struct address *owner, struct amount amount, bool less)
{
    struct ledger_validator v;
    struct bond_entry bond;
    const bool found = work_validator(&work->objects, validator, &v);
    ASSERT(found);
    if (!bond_get(&work->objects, validator, owner, &bond)) bond.since_height = work_height(work);
    amount_move(&bond.amount, amount, less);
    amount_move(&v.bonded, amount, less);
    if (address_eq(validator, owner)) amount_move(&v.self_bonded, amount, less);
    bond_put(work, validator, owner, &bond);
    work_put_validator(work, &v);
}

bool bond_owner_next(const struct ordmap *objects, const struct address *owner, const struct address *validator,
                     struct address *out)
{
    struct okey prefix = index_key(BY_OWNER);
    okey_address(&prefix, owner);
    struct okey key = prefix;
    struct ordmap_entry entry;
    if (validator != NULL) okey_address(&key, validator);
    if (!ordmap_next(objects, okey_view(&prefix), okey_view(&key), &entry)) return false;
    memcpy(out, entry.key.data + prefix.len, sizeof(*out));
    return true;
}

/* ---- unbonding ---- */

static struct okey unbonding_key(const struct unbonding_entry *entry)
{
    struct okey key = staking_key(TAG_UNBONDING, &entry->owner);
    okey_u32(&key, entry->release_height);
    okey_address(&key, &entry->source);
    return key;
}

static void unbonding_indexes(const struct unbonding_entry *entry, struct okey *by_release, struct okey *by_source)
{
    *by_release = index_key(BY_RELEASE);
    okey_u32(by_release, entry->release_height);
    okey_address(by_release, &entry->owner);
    okey_address(by_release, &entry->source);
    *by_source = index_key(BY_SOURCE);
    okey_address(by_source, &entry->source);
    okey_address(by_source, &entry->owner);
    okey_u32(by_source, entry->release_height);
}

/* Sets the amount of one entry; 0 removes it. */
static void unbonding_put(struct work *work, const struct unbonding_entry *entry)
{
    const struct okey key = unbonding_key(entry);
    struct okey by_release, by_source;
    unbonding_indexes(entry, &by_release, &by_source);
    if (amount_is_zero(entry->amount)) {
        work_remove(work, &key);
        work_remove(work, &by_release);
        work_remove(work, &by_source);
        return;
    }
    set_u128(work, &key, entry->amount.units);
    work_set(work, &by_release, STR(""));
    work_set(work, &by_source, STR(""));
}

static struct amount unbonding_amount(const struct ordmap *objects, const struct unbonding_entry *entry)
{
    const struct okey key = unbonding_key(entry);
    struct str value;
    return ordmap_get(objects, okey_view(&key), &value) ? AMOUNT(bin_load_u128((const uint8_t *)value.data)) : AMOUNT(0);
}

/* More of the same entry: those of one owner, source and height are one. */
static void unbonding_grow(struct work *work, struct unbonding_entry entry)
{
    entry.amount.units += unbonding_amount(&work->objects, &entry).units;
    unbonding_put(work, &entry);
}

void unbonding_add(struct work *work, const struct address *owner, const struct address *source, struct amount amount)
{
    const uint64_t release = (uint64_t)work_height(work) + work->params.unbonding_blocks;
    struct unbonding_entry entry = {.owner = *owner, .release_height = (uint32_t)MIN(release, UINT32_MAX), .amount = amount};
    if (source != NULL) entry.source = *source;
    if (amount_is_zero(amount)) return;
    HOLDING(work, work->fee_token, unbonding) += amount.units;
    unbonding_grow(work, entry);
}

void unbonding_release(struct work *work)
{
    const enum token token = work->fee_token;
    const struct okey prefix = index_key(BY_RELEASE);
    struct ordmap_entry entry;
    while (ordmap_first(&work->objects, okey_view(&prefix), &entry)) {
        const char *at = entry.key.data + prefix.len;
        struct unbonding_entry due = {.release_height = load_u32_be(at)};
        if (due.release_height > work_height(work)) return;
        memcpy(&due.owner, at + 4, ADDRESS_BYTES);
        memcpy(&due.source, at + 4 + ADDRESS_BYTES, ADDRESS_BYTES);
        const struct amount amount = unbonding_amount(&work->objects, &due);
        unbonding_put(work, &due);
        ASSERT(HOLDING(work, token, unbonding) >= amount.units);
        HOLDING(work, token, unbonding) -= amount.units;
        money_give(work, &due.owner, token, amount);
    }
}

bool unbonding_of_owner(const struct ordmap *objects, const struct address *owner, const struct unbonding_entry *at,
                        struct unbonding_entry *out)
{
    const struct okey prefix = staking_key(TAG_UNBONDING, owner);
    const struct okey key = at != NULL ? unbonding_key(at) : prefix;
    struct ordmap_entry entry;
    if (!ordmap_next(objects, okey_view(&prefix), okey_view(&key), &entry)) return false;
    *out = (struct unbonding_entry){.owner = *owner,
                                    .release_height = load_u32_be(entry.key.data + prefix.len),
                                    .amount = AMOUNT(bin_load_u128((const uint8_t *)entry.value.data))};
    memcpy(&out->source, entry.key.data + prefix.len + 4, ADDRESS_BYTES);
    return true;
}

bool unbonding_of_source(const struct ordmap *objects, const struct address *source, const struct unbonding_entry *at,
                         struct unbonding_entry *out)
{
    struct okey prefix = index_key(BY_SOURCE), key, by_release;
    okey_address(&prefix, source);
    if (at != NULL)
        unbonding_indexes(at, &by_release, &key);
    else
        key = prefix;
    struct ordmap_entry entry;
    if (!ordmap_next(objects, okey_view(&prefix), okey_view(&key), &entry)) return false;
    *out =
        (struct unbonding_entry){.source = *source, .release_height = load_u32_be(entry.key.data + prefix.len + ADDRESS_BYTES)};
    memcpy(&out->owner, entry.key.data + prefix.len, ADDRESS_BYTES);
    out->amount = unbonding_amount(objects, out);
    return true;
}

void unbonding_cut(struct work *work, const struct unbonding_entry *entry, struct amount cut)
{
    struct unbonding_entry less = *entry;
    amount_move(&less.amount, cut, true);
    unbonding_put(work, &less);
    HOLDING(work, work->fee_token, unbonding) -= cut.units;
}

void unbonding_postpone(struct work *work, const struct address *owner, uint32_t until)
{
    struct unbonding_entry entry;
    while (unbonding_of_owner(&work->objects, owner, NULL, &entry) && entry.release_height < until) {
        struct unbonding_entry gone = entry;
        gone.amount = AMOUNT(0);
        unbonding_put(work, &gone);
        entry.release_height = until;
        unbonding_grow(work, entry);
    }
}
