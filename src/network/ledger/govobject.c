#include "core/codec/binary.h"
#include "network/ledger/governance_priv.h"

struct okey gov_index(enum gov_index index)
{
    struct okey key = okey(INDEX_GOVERNANCE);
    okey_u8(&key, (uint8_t)index);
    return key;
}

struct okey gov_proposal_key(const struct hash *id)
{
    struct okey key = okey(SPACE_PROPOSAL);
    okey_hash(&key, id);
    return key;
}

static void set(struct work *work, const struct okey *key, struct buf *value)
{
    work_set(work, key, buf_str(value));
    buf_done(value);
}

/* ---- proposals ---- */

void proposal_encode(const struct proposal *p, struct buf *out)
{
    bin_put_u8(out, 1);
    bin_put_bytes(out, &p->proposer, sizeof(p->proposer));
    bin_put_str(out, p->title);
    bin_put_bytes(out, &p->body_hash, sizeof(p->body_hash));
    bin_put_u8(out, (uint8_t)(p->joint | p->mirrored << 1 | p->deposit_held << 2));
    bin_put_u128(out, p->deposit.units);
    action_encode(&p->action, out);
    bin_put_u8(out, (uint8_t)p->phase);
    bin_put_u32(out, p->number);
    bin_put_u32(out, p->created);
    bin_put_u32(out, p->start);
    bin_put_u32(out, p->end);
    bin_put_u32(out, p->eta);
    bin_put_u32(out, p->executed);
    bin_put_u32(out, p->expiry);
    bin_put_u32(out, p->timelock_blocks);
    bin_put_u64(out, p->queued_ms);
    bin_put_u16(out, p->quorum_bps);
    bin_put_u16(out, p->threshold_bps);
    bin_put_u128(out, p->yes.units);
    bin_put_u128(out, p->no.units);
    bin_put_u128(out, p->abstain.units);
    bin_put_u128(out, p->total_weight.units);
    bin_put_u32(out, p->votes);
    bin_put_u8(out, (uint8_t)p->counterpart);
    bin_put_u8(out, (uint8_t)p->counterpart_phase);
    bin_put_bytes(out, &p->last_message, sizeof(p->last_message));
}

bool proposal_decode(const struct hash *id, struct str value, struct proposal *out)
{
    struct bin_reader r = bin_reader_of(value.data, value.len);
    struct proposal p = {.id = *id};
    if (bin_get_u8(&r) != 1) bin_fail(&r);
    bin_get_bytes(&r, &p.proposer, sizeof(p.proposer));
    p.title = bin_get_str(&r, 128);
    bin_get_bytes(&r, &p.body_hash, sizeof(p.body_hash));
    const uint8_t flags = bin_get_u8(&r);
    if (flags > 7) bin_fail(&r);
    p.joint = flags & 1, p.mirrored = flags >> 1 & 1, p.deposit_held = flags >> 2 & 1;
    p.deposit.units = bin_get_u128(&r);
    action_decode(&r, &p.action);
    p.phase = (enum proposal_phase)bin_get_u8(&r);
    p.number = bin_get_u32(&r);
    p.created = bin_get_u32(&r);
    p.start = bin_get_u32(&r);
    p.end = bin_get_u32(&r);
    p.eta = bin_get_u32(&r);
    p.executed = bin_get_u32(&r);
    p.expiry = bin_get_u32(&r);
    p.timelock_blocks = bin_get_u32(&r);
    p.queued_ms = bin_get_u64(&r);
    p.quorum_bps = bin_get_u16(&r);
    p.threshold_bps = bin_get_u16(&r);
    p.yes.units = bin_get_u128(&r);
    p.no.units = bin_get_u128(&r);
    p.abstain.units = bin_get_u128(&r);
    p.total_weight.units = bin_get_u128(&r);
    p.votes = bin_get_u32(&r);
    p.counterpart = (enum counterpart)bin_get_u8(&r);
    p.counterpart_phase = (enum proposal_phase)bin_get_u8(&r);
    bin_get_bytes(&r, &p.last_message, sizeof(p.last_message));
    if (!bin_done(&r) || p.phase > LIFE_EXPIRED || p.counterpart > COUNTERPART_FAILED || p.counterpart_phase > LIFE_EXPIRED)
        return false;
    *out = p;
    return true;
}

bool proposal_get(const struct ordmap *objects, const struct hash *id, struct proposal *out)
{
    const struct okey key = gov_proposal_key(id);
    struct str value;
    if (!ordmap_get(objects, okey_view(&key), &value)) return false;
    const bool sound = proposal_decode(id, value, out);
    ASSERT(sound); /* only proposal_put writes there */
    return true;
}

void proposal_put(struct work *work, const struct proposal *proposal)
{
    const struct okey key = gov_proposal_key(&proposal->id);
    struct buf value = {0};
    proposal_encode(proposal, &value);
    set(work, &key, &value);
}

/* ---- governors ---- */

static struct okey governor_key(const struct address *who)
{
    struct okey key = okey(SPACE_PARAM);
    okey_bytes(&key, "governor/", 9);
    okey_address(&key, who);
    return key;
}

bool governor_get(const struct ordmap *objects, const struct address *who, struct governor *out)
{
    const struct okey key = governor_key(who);
    struct str value;
    if (!ordmap_get(objects, okey_view(&key), &value)) return false;
    struct bin_reader r = bin_reader_of(value.data, value.len);
    *out = (struct governor){.deposit.units = bin_get_u128(&r)};
    out->number = bin_get_u32(&r);
    out->registered_height = bin_get_u32(&r);
    out->proposals = bin_get_u32(&r);
    out->votes = bin_get_u32(&r);
    out->conduct = bin_get_u16(&r);
    out->active = bin_get_bool(&r);
    const bool sound = bin_done(&r);
    ASSERT(sound);
    return true;
}

void governor_put(struct work *work, const struct address *who, const struct governor *governor)
{
    const struct okey key = governor_key(who);
    struct buf value = {0};
    bin_put_u128(&value, governor->deposit.units);
    bin_put_u32(&value, governor->number);
    bin_put_u32(&value, governor->registered_height);
    bin_put_u32(&value, governor->proposals);
    bin_put_u32(&value, governor->votes);
    bin_put_u16(&value, governor->conduct);
    bin_put_u8(&value, governor->active);
    set(work, &key, &value);
}

/* ---- votes ---- */

static struct okey voter_key(const struct hash *proposal, const struct address *voter)
{
    struct okey key = gov_proposal_key(proposal);
    okey_address(&key, voter);
    return key;
}

bool ballot_has(const struct ordmap *objects, const struct hash *proposal, const struct address *voter)
{
    const struct okey key = voter_key(proposal, voter);
    struct str value;
    return ordmap_get(objects, okey_view(&key), &value);
}

void ballot_put(struct work *work, const struct hash *proposal, uint32_t place, const struct ballot *ballot)
{
    struct okey key = gov_index(GOV_BALLOT);
    okey_hash(&key, proposal);
    okey_u32(&key, place);
    struct buf value = {0}, last = {0};
    bin_put_bytes(&value, &ballot->voter, sizeof(ballot->voter));
    bin_put_u8(&value, ballot->choice);
    bin_put_u128(&value, ballot->weight.units);
    bin_put_u32(&value, ballot->height);
    bin_put_bytes(&value, &ballot->transaction_id, sizeof(ballot->transaction_id));
    set(work, &key, &value);
    key = voter_key(proposal, &ballot->voter);
    bin_put_u32(&last, place);
    set(work, &key, &last);
}

bool ballot_decode(struct str value, struct ballot *out)
{
    struct bin_reader r = bin_reader_of(value.data, value.len);
    bin_get_bytes(&r, &out->voter, sizeof(out->voter));
    out->choice = bin_get_u8(&r);
    out->weight.units = bin_get_u128(&r);
    out->height = bin_get_u32(&r);
    bin_get_bytes(&r, &out->transaction_id, sizeof(out->transaction_id));
    return bin_done(&r);
}

/* ---- counts and plans ---- */

struct gov_counts gov_counts(const struct ordmap *objects)
{
    const struct okey key = gov_index(GOV_COUNTS);
    struct str value;
    struct gov_counts counts = {0};
    if (!ordmap_get(objects, okey_view(&key), &value)) return counts;
    struct bin_reader r = bin_reader_of(value.data, value.len);
    counts.proposals = bin_get_u32(&r);
    counts.governors = bin_get_u32(&r);
    counts.payments = bin_get_u32(&r);
    const bool sound = bin_done(&r);
    ASSERT(sound);
    return counts;
}

void gov_counts_put(struct work *work, const struct gov_counts *counts)
{
    const struct okey key = gov_index(GOV_COUNTS);
    struct buf value = {0};
    bin_put_u32(&value, counts->proposals);
    bin_put_u32(&value, counts->governors);
    bin_put_u32(&value, counts->payments);
    set(work, &key, &value);
}

void agenda_put(struct work *work, uint32_t height, enum agenda what, const struct hash *id)
{
    struct okey key = gov_index(GOV_AGENDA);
    okey_u32(&key, height);
    okey_u8(&key, (uint8_t)what);
    okey_hash(&key, id);
    work_set(work, &key, STR("+"));
}

/* ---- audit ---- */

static void audit_proposals(const struct ordmap *objects, struct amount *sum)
{
    const struct okey prefix = okey(SPACE_PROPOSAL);
    struct ordmap_entry entry;
    struct proposal p;
    for (bool more = ordmap_first(objects, okey_view(&prefix), &entry); more;
         more = ordmap_next(objects, okey_view(&prefix), entry.key, &entry)) {
        if (entry.key.len != 1 + sizeof(struct hash)) continue; /* a voter's entry */
        struct hash id;
        memcpy(&id, entry.key.data + 1, sizeof(id));
        if (proposal_decode(&id, entry.value, &p) && p.deposit_held) *sum = amount_add_clamped(*sum, p.deposit);
    }
}

void gov_audit(const struct ordmap *objects, struct supply_token holdings[TOKEN_COUNT])
{
    struct amount sum = holdings[TOKEN_AX - 1].deposits;
    struct ordmap_entry entry;
    audit_proposals(objects, &sum);
    const struct okey governors = gov_index(GOV_GOVERNOR);
    for (bool more = ordmap_first(objects, okey_view(&governors), &entry); more;
         more = ordmap_next(objects, okey_view(&governors), entry.key, &entry)) {
        struct address who;
        struct governor governor;
        if (entry.value.len != sizeof(who)) continue;
        memcpy(&who, entry.value.data, sizeof(who));
        if (governor_get(objects, &who, &governor)) sum = amount_add_clamped(sum, governor.deposit);
    }
    const struct okey releases = gov_index(GOV_RELEASE);
    for (bool more = ordmap_first(objects, okey_view(&releases), &entry); more;
         more = ordmap_next(objects, okey_view(&releases), entry.key, &entry)) {
        struct bin_reader r = bin_reader_of(entry.value.data, entry.value.len);
        sum = amount_add_clamped(sum, (struct amount){bin_get_u128(&r)});
    }
    holdings[TOKEN_AX - 1].deposits = sum;
}
