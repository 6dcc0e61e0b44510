#include "core/codec/binary.h"
#include "network/ledger/offramp_priv.h"

static struct okey kyc_key(const struct address *who)
{
    struct okey key = okey_of_text(SPACE_OFFRAMP, "kyc/");
    okey_address(&key, who);
    return key;
}
static struct okey request_key(const struct hash *id)
{
    struct okey key = okey(SPACE_OFFRAMP);
    okey_hash(&key, id);
    return key;
}
struct okey offramp_owner_key(const struct address *owner)
{
    struct okey key = okey(INDEX_OFFRAMP);
    okey_address(&key, owner);
    return key;
}

/* A short text into its array. */
static uint8_t text_take(struct str text, char *out, size_t max)
{
    const size_t len = MIN(text.len, max);
    if (len > 0) memcpy(out, text.data, len);
    return (uint8_t)len;
}

bool kyc_load(const struct ordmap *objects, const struct address *who, struct kyc_record *out)
{
    const struct okey key = kyc_key(who);
    struct str value;
    if (!ordmap_get(objects, okey_view(&key), &value)) return false;
    struct bin_reader r = bin_reader_of(value.data, value.len);
    memset(out, 0, sizeof(*out));
    bin_get_bytes(&r, &out->registration, sizeof(out->registration));
    out->status = (enum kyc_status)bin_get_u8(&r);
    out->reason = bin_get_u8(&r);
    out->attempts = bin_get_u32(&r);
    out->country_len = text_take(bin_get_str(&r, sizeof(out->country)), out->country, sizeof(out->country));
    out->reviewer.has = bin_get_bool(&r);
    bin_get_bytes(&r, &out->reviewer.value, sizeof(out->reviewer.value));
    out->updated = bin_get_u32(&r);
    bin_get_bytes(&r, &out->profile, sizeof(out->profile));
    bin_get_bytes(&r, &out->documents, sizeof(out->documents));
    const bool sound = bin_done(&r);
    ASSERT(sound); /* only kyc_store writes there */
    return true;
}

void kyc_store(struct work *work, const struct address *who, const struct kyc_record *record)
{
    struct buf bytes = {0};
    bin_put_bytes(&bytes, &record->registration, sizeof(record->registration));
    bin_put_u8(&bytes, (uint8_t)record->status);
    bin_put_u8(&bytes, record->reason);
    bin_put_u32(&bytes, record->attempts);
    bin_put_str(&bytes, (struct str){record->country, record->country_len});
    bin_put_u8(&bytes, record->reviewer.has);
    bin_put_bytes(&bytes, &record->reviewer.value, sizeof(record->reviewer.value));
    bin_put_u32(&bytes, record->updated);
    bin_put_bytes(&bytes, &record->profile, sizeof(record->profile));
    bin_put_bytes(&bytes, &record->documents, sizeof(record->documents));
    const struct okey key = kyc_key(who);
    work_set(work, &key, buf_str(&bytes));
    buf_done(&bytes);
}

bool offramp_load(const struct ordmap *objects, const struct hash *id, struct offramp_record *out)
{
    const struct okey key = request_key(id);
    struct str value;
    if (!ordmap_get(objects, okey_view(&key), &value)) return false;
    struct bin_reader r = bin_reader_of(value.data, value.len);
    memset(out, 0, sizeof(*out));
    bin_get_bytes(&r, &out->owner, sizeof(out->owner));
    out->amount = bin_get_u128(&r);
    out->escrow = bin_get_u128(&r);
    out->currency_len = text_take(bin_get_str(&r, sizeof(out->currency)), out->currency, sizeof(out->currency));
    bin_get_bytes(&r, &out->bank, sizeof(out->bank));
    out->status = (enum offramp_status)bin_get_u8(&r);
    out->retries = bin_get_u32(&r);
    out->created = bin_get_u32(&r);
    out->updated = bin_get_u32(&r);
    out->reference_len = text_take(bin_get_blob(&r, OFFRAMP_REFERENCE_MAX), (char *)out->reference, OFFRAMP_REFERENCE_MAX);
    const uint8_t count = bin_get_u8(&r);
    out->steps_count = MIN(count, OFFRAMP_STEPS_MAX);
    for (size_t i = 0; i < out->steps_count; i++) {
        out->steps[i].status = (enum offramp_status)bin_get_u8(&r);
        out->steps[i].height = bin_get_u32(&r);
        bin_get_bytes(&r, &out->steps[i].actor, sizeof(out->steps[i].actor));
    }
    const bool sound = bin_done(&r);
    ASSERT(sound); /* only offramp_store writes there */
    return true;
}

void offramp_store(struct work *work, const struct hash *id, const struct offramp_record *record)
{
    struct buf bytes = {0};
    bin_put_bytes(&bytes, &record->owner, sizeof(record->owner));
    bin_put_u128(&bytes, record->amount);
    bin_put_u128(&bytes, record->escrow);
    bin_put_str(&bytes, (struct str){record->currency, record->currency_len});
    bin_put_bytes(&bytes, &record->bank, sizeof(record->bank));
    bin_put_u8(&bytes, (uint8_t)record->status);
    bin_put_u32(&bytes, record->retries);
    bin_put_u32(&bytes, record->created);
    bin_put_u32(&bytes, record->updated);
    bin_put_blob(&bytes, (struct str){(const char *)record->reference, record->reference_len});
    bin_put_u8(&bytes, (uint8_t)record->steps_count);
    for (size_t i = 0; i < record->steps_count; i++) {
        bin_put_u8(&bytes, (uint8_t)record->steps[i].status);
        bin_put_u32(&bytes, record->steps[i].height);
        bin_put_bytes(&bytes, &record->steps[i].actor, sizeof(record->steps[i].actor));
    }
    const struct okey key = request_key(id);
    work_set(work, &key, buf_str(&bytes));
    buf_done(&bytes);
    struct okey owner = offramp_owner_key(&record->owner);
    okey_u32(&owner, record->created);
    okey_hash(&owner, id);
    struct str known;
    if (!work_get(work, &owner, &known)) work_set(work, &owner, (struct str){"", 0});
}
