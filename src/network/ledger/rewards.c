/* Rewards: issued at an epoch's end by turns kept, shared with the fees that proposers gathered, commission first; claimed. */
#include "core/codec/binary.h"
#include "network/ledger/staking_priv.h"

/* Keys of INDEX_REWARDS begin with one of these. */
enum {
    HISTORY = 'h', /* owner ‖ u64 number, from 1 -> struct reward_event */
    EPOCH = 'e',   /* u64 epoch -> struct epoch_rewards */
};

static struct okey index_key(uint8_t part)
{
    struct okey key = okey(INDEX_REWARDS);
    okey_u8(&key, part);
    return key;
}

static uint64_t load_u64_be(const char *at)
{
    uint64_t v = 0;
    for (size_t i = 0; i < 8; i++) v = v << 8 | (uint8_t)at[i];
    return v;
}

static void remove_key(struct work *work, struct str key)
{
    struct okey gone = {.len = (uint16_t)key.len};
    memcpy(gone.b, key.data, key.len);
    work_remove(work, &gone);
}

/* ---- history of an account ---- */

static struct okey history_prefix(const struct address *owner)
{
    struct okey key = index_key(HISTORY);
    okey_address(&key, owner);
    return key;
}

void rewards_note(struct work *work, const struct address *owner, const struct address *validator, struct amount amount,
                  enum reward_kind kind, const struct hash *transaction_id)
{
    const struct okey prefix = history_prefix(owner);
    struct ordmap_entry last, first;
    uint32_t first_height;
    const uint64_t number =
        ordmap_last(&work->objects, okey_view(&prefix), &last) ? load_u64_be(last.key.data + prefix.len) + 1 : 1;
    struct okey key = prefix;
    struct buf bytes = {0};
    okey_u64(&key, number);
    bin_put_bytes(&bytes, validator, sizeof(*validator));
    bin_put_u128(&bytes, amount.units);
    bin_put_u8(&bytes, (uint8_t)kind);
    bin_put_u64(&bytes, ledger_epoch(work->parent, &first_height));
    bin_put_u32(&bytes, work_height(work));
    bin_put_u8(&bytes, transaction_id != NULL);
    if (transaction_id != NULL) bin_put_bytes(&bytes, transaction_id, sizeof(*transaction_id));
    work_set(work, &key, buf_str(&bytes));
    buf_done(&bytes);
    if (ordmap_first(&work->objects, okey_view(&prefix), &first) &&
        number - load_u64_be(first.key.data + prefix.len) >= REWARD_HISTORY_MAX)
        remove_key(work, first.key);
}

static void event_decode(struct str value, struct reward_event *out)
{
    struct bin_reader r = bin_reader_of(value.data, value.len);
    memset(out, 0, sizeof(*out));
    bin_get_bytes(&r, &out->validator, sizeof(out->validator));
    out->amount.units = bin_get_u128(&r);
    out->kind = (enum reward_kind)bin_get_u8(&r);
    out->epoch = bin_get_u64(&r);
    out->height = bin_get_u32(&r);
    out->transaction_id.has = bin_get_bool(&r);
    if (out->transaction_id.has) bin_get_bytes(&r, &out->transaction_id.value, sizeof(out->transaction_id.value));
    const bool sound = bin_done(&r);
    ASSERT(sound); /* only rewards_note writes there */
}

void staking_reward_history(const struct ledger_state *state, const struct address *address, uint64_t from, uint32_t limit,
                            struct arena *arena, struct page *out, bool *out_more)
{
    const struct ordmap *objects = ledger_objects(state);
    const struct okey prefix = history_prefix(address);
    struct reward_event *items = arena_array(arena, struct reward_event, limit);
    struct ordmap_entry entry;
    *out = (struct page){.items = items};
    bool more = ordmap_last(objects, okey_view(&prefix), &entry);
    for (uint64_t i = 0; more; more = ordmap_previous(objects, okey_view(&prefix), entry.key, &entry), i++) {
        if (i < from) continue;
        if (out->count == limit) break;
        event_decode(entry.value, &items[out->count++]);
    }
    *out_more = more;
}

/* ---- an epoch's end ---- */

struct epoch_sum {
    struct work *work;
    struct buf rows; /* of struct epoch_validator */
    uint32_t count;
    u128 issued, fees;
};

static void pending_add(struct work *work, struct ledger_validator *v, const struct address *owner, struct amount amount)
{
    struct bond_entry bond;
    if (amount_is_zero(amount)) return;
    if (!bond_get(&work->objects, &v->address, owner, &bond)) bond.since_height = work_height(work);
    bond.pending.units += amount.units;
    v->shares_pending.units += amount.units;
    bond_put(work, &v->address, owner, &bond);
    rewards_note(work, owner, &v->address, amount, REWARD_ACCRUAL, NULL);
}

static struct amount part_of(struct amount whole, u128 numerator, u128 denominator)
{
    u128 part;
    if (denominator == 0 || !u128_mul_div(whole.units, numerator, denominator, &part)) return AMOUNT(0);
    return AMOUNT(part);
}

/* Commission to the validator; the rest to all who bond there, its own bond among them; what division leaves, to the validator.
 */
static struct amount reward_share(struct work *work, struct ledger_validator *v, struct amount total)
{
    static const struct address first;
    const struct amount commission = part_of(total, v->commission_bps, 10000), rest = amount_less(total, commission);
    struct amount left = rest;
    struct address owner;
    struct bond_entry bond;
    for (bool more = bond_next(&work->objects, &v->address, &first, false, &owner, &bond); more;
         more = bond_next(&work->objects, &v->address, &owner, true, &owner, &bond)) {
        if (address_eq(&owner, &v->address)) continue;
        const struct amount share = part_of(rest, bond.amount.units, v->bonded.units);
        left = amount_less(left, share);
        pending_add(work, v, &owner, share);
    }
    pending_add(work, v, &v->address, AMOUNT(commission.units + left.units));
    return commission;
}

/* New money, if the supply has room for it. */
static bool reward_issue(struct work *work, struct amount amount)
{
    struct supply_token *flows = &work->tallies[work->fee_token - 1].token;
    struct amount all;
    if (!supply_expected(flows, &all) || !amount_add(all, amount, &all)) return false;
    if (!amount_add(flows->issued, amount, &flows->issued)) return false;
    flows->rewards.units += amount.units;
    return true;
}

static void reward_validator(struct epoch_sum *sum, const struct committee *committee, struct ledger_validator *v)
{
    struct work *work = sum->work;
    struct turns turns;
    uint32_t index;
    struct amount issued = AMOUNT(0);
    const struct amount fees = v->pending_rewards;
    const bool member = committee != NULL && committee_find(committee, &v->address, &index);
    (void)turns_get(&work->objects, &v->address, &turns);
    const uint32_t kept = turns.epoch_turns - turns.epoch_missed;
    if (member && !v->jailed) {
        issued = AMOUNT(work->params.epoch_reward);
        if (turns.epoch_turns > 0) issued = part_of(issued, kept, turns.epoch_turns);
        if (!reward_issue(work, issued)) issued = AMOUNT(0);
    }
    const struct amount total = AMOUNT(issued.units + fees.units);
    if (!member && amount_is_zero(total)) return;
    v->pending_rewards = AMOUNT(0);
    const struct amount commission = reward_share(work, v, total);
    work_put_validator(work, v);
    bin_put_bytes(&sum->rows, &v->address, sizeof(v->address));
    bin_put_u128(&sum->rows, member ? committee->members[index].stake.units : v->bonded.units);
    bin_put_u16(&sum->rows, turns.epoch_turns > 0 ? (uint16_t)((uint64_t)kept * 10000 / turns.epoch_turns) : 10000);
    bin_put_u128(&sum->rows, commission.units);
    bin_put_u128(&sum->rows, total.units);
    sum->count++;
    sum->issued += issued.units;
    sum->fees += fees.units;
}

static void epoch_note(struct epoch_sum *sum, uint64_t epoch, uint32_t first_height)
{
    struct work *work = sum->work;
    struct okey prefix = index_key(EPOCH), key = prefix;
    struct buf bytes = {0};
    struct ordmap_entry first;
    okey_u64(&key, epoch);
    bin_put_u32(&bytes, first_height);
    bin_put_u32(&bytes, work_height(work));
    bin_put_u128(&bytes, sum->issued);
    bin_put_u128(&bytes, sum->fees);
    bin_put_u32(&bytes, sum->count);
    bin_put_bytes(&bytes, sum->rows.data, sum->rows.len);
    work_set(work, &key, buf_str(&bytes));
    buf_done(&bytes);
    if (ordmap_first(&work->objects, okey_view(&prefix), &first) &&
        epoch - load_u64_be(first.key.data + prefix.len) >= REWARD_EPOCHS_MAX)
        remove_key(work, first.key);
}

void rewards_epoch_end(struct work *work)
{
    uint32_t first_height;
    const uint64_t epoch = ledger_epoch(work->parent, &first_height);
    struct epoch_sum sum = {.work = work};
    struct ledger_validator v;
    if (work->parent->chain != CHAIN_ALPHA) return; /* Delta's proposers have their fees already, and nothing is issued there */
    struct committee *committee = term_get(&work->objects, epoch);
    for (bool more = validator_next(&work->objects, NULL, &v); more; more = validator_next(&work->objects, &v.address, &v))
        reward_validator(&sum, committee, &v);
    epoch_note(&sum, epoch, first_height);
    committee_unref(committee);
    buf_done(&sum.rows);
}

bool staking_epoch_rewards(const struct ledger_state *state, uint64_t epoch, struct arena *arena, struct epoch_rewards *out)
{
    const struct ordmap *objects = ledger_objects(state);
    const struct okey prefix = index_key(EPOCH);
    struct ordmap_entry entry;
    if (epoch == UINT64_MAX) {
        if (!ordmap_last(objects, okey_view(&prefix), &entry)) return false;
    } else {
        struct okey key = prefix;
        okey_u64(&key, epoch);
        if (!ordmap_ceiling(objects, okey_view(&key), &entry) || !str_eq(entry.key, okey_view(&key))) return false;
    }
    struct bin_reader r = bin_reader_of(entry.value.data, entry.value.len);
    memset(out, 0, sizeof(*out));
    out->epoch = load_u64_be(entry.key.data + prefix.len);
    out->start_height = bin_get_u32(&r);
    out->end_height = bin_get_u32(&r);
    out->issued.units = bin_get_u128(&r);
    out->fees.units = bin_get_u128(&r);
    out->validators_count = bin_get_u32(&r);
    out->validators = arena_array(arena, struct epoch_validator, out->validators_count);
    for (uint32_t i = 0; i < out->validators_count; i++) {
        struct epoch_validator *row = &out->validators[i];
        bin_get_bytes(&r, &row->address, sizeof(row->address));
        row->stake.units = bin_get_u128(&r);
        row->uptime_bps = bin_get_u16(&r);
        row->commission.units = bin_get_u128(&r);
        row->total.units = bin_get_u128(&r);
        row->delegators_share = amount_less(row->total, row->commission);
    }
    const bool sound = bin_done(&r);
    ASSERT(sound); /* only epoch_note writes there */
    return true;
}

/* ---- claims ---- */

enum code rewards_claim_apply(struct exec *x)
{
    const struct payload_rewards_claim *p = &x->payload->rewards_claim;
    struct work *work = x->work;
    struct ledger_validator v;
    struct bond_entry bond;
    if (!work_validator(&work->objects, &p->validator, &v)) return refuse(x, CODE_VALIDATOR_NOT_FOUND, RECEIPT_FIELD_VALIDATOR);
    if (!bond_get(&work->objects, &p->validator, &x->sender, &bond) || amount_is_zero(bond.pending))
        return refuse(x, CODE_NOTHING_TO_CLAIM, RECEIPT_FIELD_VALIDATOR);
    const struct amount amount = bond.pending;
    v.shares_pending = amount_less(v.shares_pending, amount);
    bond.claimed.units += amount.units;
    bond.pending = AMOUNT(0);
    bond.since_height = work_height(work);
    bond_put(work, &p->validator, &x->sender, &bond);
    work_put_validator(work, &v);
    HOLDING(work, work->fee_token, rewards) -= amount.units;
    if (p->restake)
        stake_change(work, &x->sender, STAKE_STAKED, amount, false);
    else
        money_give(work, &x->sender, work->fee_token, amount);
    rewards_note(work, &x->sender, &p->validator, amount, REWARD_CLAIM, &x->id);
    return CODE_NONE;
}

struct amount staking_claimable(const struct ledger_state *state, const struct address *address, const struct address *validator)
{
    struct bond_entry bond;
    return bond_get(ledger_objects(state), validator, address, &bond) ? bond.pending : AMOUNT(0);
}

static void pending_view(const struct ordmap *objects, const struct address *owner, const struct address *validator,
                         struct rewards_view *out)
{
    struct bond_entry bond;
    if (!bond_get(objects, validator, owner, &bond)) return;
    out->claimed.units += bond.claimed.units;
    if (amount_is_zero(bond.pending)) return;
    out->total.units += bond.pending.units;
    out->pending[out->pending_count++] = (struct reward_pending){*validator, bond.pending, bond.since_height};
}

bool staking_rewards(const struct ledger_state *state, const struct address *address, const struct address *validator,
                     struct arena *arena, struct rewards_view *out)
{
    const struct ordmap *objects = ledger_objects(state);
    struct address at;
    size_t count = 0;
    memset(out, 0, sizeof(*out));
    out->address = *address;
    if (validator != NULL) {
        out->pending = arena_new(arena, struct reward_pending);
        pending_view(objects, address, validator, out);
        return staking_validator_exists(objects, validator);
    }
    for (bool more = bond_owner_next(objects, address, NULL, &at); more; more = bond_owner_next(objects, address, &at, &at))
        count++;
    out->pending = arena_array(arena, struct reward_pending, count);
    for (bool more = bond_owner_next(objects, address, NULL, &at); more; more = bond_owner_next(objects, address, &at, &at))
        pending_view(objects, address, &at, out);
    return true;
}
