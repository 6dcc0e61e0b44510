/* Family of oracles: who may report, reports, and the price that follows from them. */
#include "network/ledger/oracle_priv.h"

#include "chain/response_oracle.h"
#include "core/codec/binary.h"

/* ---- objects ---- */

static struct okey asset_key(size_t asset)
{
    struct okey key = okey(SPACE_ORACLE);
    okey_bytes(&key, oracle_names[asset].data, oracle_names[asset].len);
    return key;
}

struct okey oracle_history_key(size_t asset, uint32_t height)
{
    struct okey key = okey(INDEX_ORACLES);
    okey_u8(&key, (uint8_t)asset);
    okey_u32(&key, height);
    return key;
}

struct oracle_asset *oracle_asset_load(const struct ordmap *objects, size_t asset)
{
    struct oracle_asset *out = base_alloc(sizeof(*out));
    const struct okey key = asset_key(asset);
    struct str value;
    if (!ordmap_get(objects, okey_view(&key), &value)) return out;
    const bool sound = oracle_asset_decode(value, out);
    ASSERT(sound); /* only asset_store writes there */
    return out;
}

static void asset_store(struct work *work, size_t i, struct oracle_asset *asset)
{
    struct buf bytes = {0};
    const struct okey key = asset_key(i);
    oracle_asset_encode(asset, &bytes);
    work_set(work, &key, buf_str(&bytes));
    buf_done(&bytes);
    base_free(asset);
}

static void history_store(struct work *work, size_t i, const struct oracle_asset *asset)
{
    uint8_t bytes[18];
    bin_store_u64(bytes, asset->price);
    bin_store_u16(bytes + 8, asset->feeds_used);
    bin_store_u64(bytes + 10, asset->price_ms);
    struct okey key = oracle_history_key(i, asset->height);
    work_set(work, &key, (struct str){(const char *)bytes, sizeof(bytes)});
    const struct str prefix = {(const char *)key.b, 2};
    struct ordmap_entry oldest;
    for (int passes = 0; passes < 2 && ordmap_first(&work->objects, prefix, &oldest); passes++) {
        struct okey old = {.len = (uint16_t)oldest.key.len};
        memcpy(old.b, oldest.key.data, oldest.key.len);
        const struct okey limit = oracle_history_key(i, asset->height > ORACLE_HISTORY_BLOCKS ? asset->height - ORACLE_HISTORY_BLOCKS : 0);
        if (str_cmp(okey_view(&old), okey_view(&limit)) >= 0) break;
        work_remove(work, &old);
    }
}

/* ---- reading ---- */

void oracle_read(const struct ordmap *objects, const struct ledger_rules *rules, const struct params *params, size_t i, uint64_t now_ms,
                 struct oracle_reading *out)
{
    struct oracle_asset *asset = oracle_asset_load(objects, i);
    *out = (struct oracle_reading){.price = asset->price,
                                   .stated_ms = asset->price_ms,
                                   .height = asset->height,
                                   .sum = oracle_asset_sum(asset, now_ms),
                                   .halted = guard_oracle_separate(rules) && now_ms < asset->halted_until_ms};
    out->fresh = oracle_asset_price(rules, params, asset, now_ms, &out->price, &out->feeds_used);
    uint64_t newest_ms = 0;
    for (size_t k = 0; out->fresh && k < asset->feeds_count; k++) {
        const struct oracle_feed *feed = &asset->feeds[k];
        if (!feed->outlier && oracle_feed_is_fresh(rules, params, feed, now_ms)) newest_ms = MAX(newest_ms, feed->stated_ms);
    }
    if (newest_ms != 0) out->stated_ms = newest_ms;
    const uint64_t spot = guard_oracle_separate(rules) ? 0 : book_last_price(objects, oracle_names[i]);
    if (spot != 0) {
        out->fresh = true;
        out->price = spot;
    }
    base_free(asset);
}

bool oracle_price(const struct work *work, struct str name, uint64_t *out_price)
{
    size_t i;
    struct oracle_reading reading;
    if (!oracle_find(name, &i)) return false;
    oracle_read(&work->objects, work->rules, &work->params, i, work_now_ms(work), &reading);
    if (reading.fresh) *out_price = reading.price;
    return reading.fresh;
}

bool oracle_halted(const struct work *work, struct str name)
{
    size_t i;
    struct oracle_reading reading;
    if (!oracle_find(name, &i)) return false;
    oracle_read(&work->objects, work->rules, &work->params, i, work_now_ms(work), &reading);
    return reading.halted;
}

/* ---- kinds ---- */

/* Where the reports of somebody without a seat are kept: its place, a new one, or that of whoever was silent longest. */
static size_t open_place(struct oracle_asset *asset, const struct address *who)
{
    size_t place = asset->feeds_count;
    if (asset->feeds_count < ORACLE_REPORTERS_MAX) {
        asset->feeds_count++;
    } else {
        place = ORACLE_REPORTERS_MAX - 1;
        for (size_t i = 0; i < asset->feeds_count; i++)
            if (!asset->feeds[i].seated && asset->feeds[i].seen_ms < asset->feeds[place].seen_ms) place = i;
    }
    memset(&asset->feeds[place], 0, sizeof(asset->feeds[place]));
    asset->feeds[place].who = *who;
    return place;
}

static bool stamp_is_near(const struct params *params, uint64_t stated_ms, uint64_t now_ms)
{
    return stated_ms > now_ms ? stated_ms - now_ms <= params->max_block_skew_ms : now_ms - stated_ms < params->max_age_ms;
}

static enum code report(struct exec *x, struct oracle_asset *asset)
{
    const struct payload_oracle_submit *p = &x->payload->oracle_submit;
    const struct ledger_rules *rules = x->work->rules;
    const struct params *params = &x->work->params;
    const uint64_t now_ms = work_now_ms(x->work);
    size_t feed;
    const bool known = oracle_asset_feed(asset, &x->sender, &feed), seated = known && asset->feeds[feed].seated;
    if (!guard_oracle_seat(rules, seated)) return refuse(x, CODE_ORACLE_NOT_SEATED, RECEIPT_FIELD_SENDER);
    if (p->price == 0) return refuse(x, CODE_INVALID_PRICE, RECEIPT_FIELD_PRICE);
    if (!guard_oracle_fresh(rules, stamp_is_near(params, p->timestamp_ms, now_ms)))
        return refuse(x, CODE_TIMESTAMP_OUT_OF_RANGE, RECEIPT_FIELD_TIMESTAMP);
    if (!known) feed = open_place(asset, &x->sender);
    const enum code code = oracle_asset_report(rules, params, asset, feed, p->price, p->timestamp_ms, now_ms);
    if (code != CODE_NONE) return refuse(x, code, RECEIPT_FIELD_PRICE);
    struct oracle_feed *reporter = &asset->feeds[feed];
    reporter->source_len = (uint8_t)MIN(p->source.len, (size_t)ORACLE_SOURCE_MAX);
    if (reporter->source_len > 0) memcpy(reporter->source, p->source.data, reporter->source_len);
    return CODE_NONE;
}

static void price_update(struct work *work, size_t i, struct oracle_asset *asset)
{
    uint64_t price;
    uint16_t used;
    const uint64_t now_ms = work_now_ms(work);
    if (!oracle_asset_price(work->rules, &work->params, asset, now_ms, &price, &used)) return;
    (void)oracle_asset_move(&work->params, asset, price, used, work->parent->height + 1, now_ms);
    history_store(work, i, asset);
    const struct oracle_event event = {oracle_names[i], price, used};
    work_event(work, EVENT_ORACLE_UPDATED, &shape_oracle_event, &event);
}

static enum code submit_apply(struct exec *x)
{
    size_t i;
    if (!oracle_find(x->payload->oracle_submit.asset, &i)) return refuse(x, CODE_ASSET_NOT_FOUND, RECEIPT_FIELD_ASSET);
    struct oracle_asset *asset = oracle_asset_load(&x->work->objects, i);
    const enum code code = report(x, asset);
    if (code != CODE_NONE) {
        base_free(asset);
        return code;
    }
    price_update(x->work, i, asset);
    asset_store(x->work, i, asset);
    return CODE_NONE;
}

static enum code seat_take(struct exec *x, struct oracle_asset *asset)
{
    const struct amount bond = x->payload->oracle_register.bond, least = {ORACLE_BOND_MIN};
    size_t feed;
    if (oracle_asset_feed(asset, &x->sender, &feed) && asset->feeds[feed].seated)
        return refuse(x, CODE_ALREADY_REGISTERED, RECEIPT_FIELD_SENDER);
    if (oracle_asset_seated(asset) == ORACLE_SEATS) return refuse(x, CODE_ALREADY_REGISTERED, RECEIPT_FIELD_ASSET);
    if (amount_cmp(bond, least) < 0) return refuse_lack(x, CODE_INSUFFICIENT_DEPOSIT, RECEIPT_FIELD_BOND, bond, least);
    const enum code code = money_take(x, &x->sender, TOKEN_DX, bond, RECEIPT_FIELD_BOND);
    if (code != CODE_NONE) return code;
    if (!oracle_asset_seat(asset, &x->sender, false, bond.units)) return refuse(x, CODE_ALREADY_REGISTERED, RECEIPT_FIELD_ASSET);
    HOLDING(x->work, TOKEN_DX, oracle_bonds) += bond.units;
    return CODE_NONE;
}

static enum code register_apply(struct exec *x)
{
    size_t i;
    if (!oracle_find(x->payload->oracle_register.asset, &i)) return refuse(x, CODE_ASSET_NOT_FOUND, RECEIPT_FIELD_ASSET);
    struct oracle_asset *asset = oracle_asset_load(&x->work->objects, i);
    const enum code code = seat_take(x, asset);
    if (code == CODE_NONE)
        asset_store(x->work, i, asset);
    else
        base_free(asset);
    return code;
}

/* Its report goes with it. */
static void seat_leave(struct work *work, struct oracle_asset *asset, size_t feed)
{
    const struct amount bond = {asset->feeds[feed].bond};
    HOLDING(work, TOKEN_DX, oracle_bonds) -= bond.units;
    money_give(work, &asset->feeds[feed].who, TOKEN_DX, bond);
    oracle_asset_remove(asset, feed);
}

static enum code exit_apply(struct exec *x)
{
    size_t i, feed;
    if (!oracle_find(x->payload->asset.asset, &i)) return refuse(x, CODE_ASSET_NOT_FOUND, RECEIPT_FIELD_ASSET);
    struct oracle_asset *asset = oracle_asset_load(&x->work->objects, i);
    if (!oracle_asset_feed(asset, &x->sender, &feed) || !asset->feeds[feed].seated) {
        base_free(asset);
        return refuse(x, CODE_ORACLE_NOT_SEATED, RECEIPT_FIELD_SENDER);
    }
    seat_leave(x->work, asset, feed);
    asset_store(x->work, i, asset);
    return CODE_NONE;
}

void oracle_appoint(struct work *work, const struct address *who, struct str name, bool grant)
{
    size_t only = ORACLE_ASSETS, feed;
    if (name.len > 0 && !oracle_find(name, &only)) return;
    for (size_t i = 0; i < ORACLE_ASSETS; i++) {
        if (only != ORACLE_ASSETS && i != only) continue;
        struct oracle_asset *asset = oracle_asset_load(&work->objects, i);
        const bool seated = oracle_asset_feed(asset, who, &feed) && asset->feeds[feed].seated;
        if (seated && !grant) seat_leave(work, asset, feed);
        if (seated != grant && (!grant || oracle_asset_seat(asset, who, true, 0)))
            asset_store(work, i, asset);
        else
            base_free(asset);
    }
}

static void oracle_audit(const struct ordmap *objects, struct supply_token holdings[TOKEN_COUNT])
{
    for (size_t i = 0; i < ORACLE_ASSETS; i++) {
        struct oracle_asset *asset = oracle_asset_load(objects, i);
        for (size_t k = 0; k < asset->feeds_count; k++) holdings[TOKEN_DX - 1].oracle_bonds.units += asset->feeds[k].bond;
        base_free(asset);
    }
}

static const struct family_kind kinds[] = {
    {.kind = KIND_ORACLE_SUBMIT, .apply = submit_apply},
    {.kind = KIND_ORACLE_REGISTER, .apply = register_apply},
    {.kind = KIND_ORACLE_EXIT, .apply = exit_apply},
};
extern const struct family family_oracle;
const struct family family_oracle = {.name = "oracle", .kinds = kinds, .kinds_count = ARRAY_LEN(kinds), .audit = oracle_audit};
