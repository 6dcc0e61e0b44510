/* Evidence: proof of misbehaviour on the chain, checked by the committee of its round; what it costs. */
#include "core/codec/binary.h"
#include "network/ledger/guard_staking_priv.h"
#include "network/ledger/staking_priv.h"

enum { KEYS_MAX = 8 };

/* INDEX_EVIDENCE: u64 number, from 1 -> id. */
static struct okey number_prefix(void) { return okey(INDEX_EVIDENCE); }

static uint64_t load_u64_be(const char *at)
{
    uint64_t v = 0;
    for (size_t i = 0; i < 8; i++) v = v << 8 | (uint8_t)at[i];
    return v;
}

/* ---- records ---- */

static void entry_decode(struct str value, struct evidence_entry *out)
{
    struct bin_reader r = bin_reader_of(value.data, value.len);
    memset(out, 0, sizeof(*out));
    const enum evidence_type type = (enum evidence_type)bin_get_u8(&r);
    out->claim.domain.chain = (enum chain_id)bin_get_u8(&r);
    out->claim.domain.network_id = bin_get_u16(&r);
    bin_get_bytes(&r, &out->claim.accused, sizeof(out->claim.accused));
    out->claim.height = bin_get_u32(&r);
    out->claim.round = bin_get_u64(&r);
    out->reported = bin_get_bool(&r);
    bin_get_bytes(&r, &out->reporter, sizeof(out->reporter));
    out->detected_ms = bin_get_u64(&r);
    out->included_height = bin_get_u32(&r);
    out->slashed.units = bin_get_u128(&r);
    out->jailed = bin_get_bool(&r);
    const struct str first = bin_get_blob(&r, EVIDENCE_PART_BYTES_MAX), second = bin_get_blob(&r, EVIDENCE_PART_BYTES_MAX);
    const bool sound = bin_done(&r) && evidence_of_bytes(type, first, second, &out->evidence);
    ASSERT(sound); /* only entry_put writes there */
}

static void entry_put(struct work *work, const struct hash *id, const struct evidence_entry *entry)
{
    const struct okey key = staking_key(TAG_EVIDENCE, id), prefix = number_prefix();
    struct okey number_key = prefix;
    struct ordmap_entry last;
    struct buf bytes = {0};
    bin_put_u8(&bytes, (uint8_t)entry->evidence.type);
    bin_put_u8(&bytes, (uint8_t)entry->claim.domain.chain);
    bin_put_u16(&bytes, entry->claim.domain.network_id);
    bin_put_bytes(&bytes, &entry->claim.accused, sizeof(entry->claim.accused));
    bin_put_u32(&bytes, entry->claim.height);
    bin_put_u64(&bytes, entry->claim.round);
    bin_put_u8(&bytes, entry->reported);
    bin_put_bytes(&bytes, &entry->reporter, sizeof(entry->reporter));
    bin_put_u64(&bytes, entry->detected_ms);
    bin_put_u32(&bytes, entry->included_height);
    bin_put_u128(&bytes, entry->slashed.units);
    bin_put_u8(&bytes, entry->jailed);
    bin_put_blob(&bytes, (struct str){(const char *)entry->evidence.first, entry->evidence.first_bytes});
    bin_put_blob(&bytes, (struct str){(const char *)entry->evidence.second, entry->evidence.second_bytes});
    work_set(work, &key, buf_str(&bytes));
    buf_done(&bytes);
    const bool any = ordmap_last(&work->objects, okey_view(&prefix), &last);
    okey_u64(&number_key, any ? load_u64_be(last.key.data + prefix.len) + 1 : 1);
    work_set(work, &number_key, (struct str){(const char *)id, sizeof(*id)});
}

static void entry_view(const struct hash *id, const struct evidence_entry *entry, struct arena *arena, struct evidence_view *out)
{
    *out = (struct evidence_view){
        .evidence_id = *id,
        .type = entry->evidence.type,
        .chain = entry->claim.domain.chain,
        .validator = entry->claim.accused,
        .height = entry->claim.height,
        .round = entry->claim.round,
        .reporter = {entry->reported, entry->reporter},
        .detected_at = entry->detected_ms,
        .included_height = {true, entry->included_height},
        .slashed = entry->slashed,
        .jailed = entry->jailed,
        .first = {arena_copy(arena, entry->evidence.first, entry->evidence.first_bytes), entry->evidence.first_bytes},
        .second = {arena_copy(arena, entry->evidence.second, entry->evidence.second_bytes), entry->evidence.second_bytes},
    };
}

static void entry_record(struct work *work, const struct hash *id, const struct evidence_entry *entry)
{
    struct evidence_view *view = arena_new(&work->arena, struct evidence_view);
    entry_put(work, id, entry);
    entry_view(id, entry, &work->arena, view);
    work_event(work, EVENT_EVIDENCE_ADDED, &shape_evidence, view);
}

/* ---- what it costs ---- */

static void punish_equivocation(struct work *work, const struct hash *id, struct evidence_entry *entry)
{
    if (!guard_equivocation(work->rules)) return;
    const struct address *accused = &entry->claim.accused;
    governance_defection(work, accused); /* before the bonds go that show whose stake stood behind it */
    entry->slashed = validator_slash(work, accused, work->params.slash_equivocation_bps);
    entry->jailed = staking_eject(work, accused, (uint8_t)entry->evidence.type, id) == CODE_NONE;
}

static void punish(struct work *work, const struct hash *id, struct evidence_entry *entry)
{
    switch (entry->evidence.type) {
    case EVIDENCE_DOUBLE_VOTE:
    case EVIDENCE_DOUBLE_PROPOSAL:
        governance_defection(work, &entry->claim.accused); /* while it still shows on whose stake it stands */
        punish_equivocation(work, id, entry);
        return;
    case EVIDENCE_INVALID_PROPOSAL:
        entry->slashed = validator_slash(work, &entry->claim.accused, work->params.slash_invalid_proposal_bps);
        return;
    case EVIDENCE_DOWNTIME: UNREACHABLE(); /* evidence_downtime */
    }
    UNREACHABLE();
}

/* ---- the kind ---- */

/* A header that does not follow the block it names as its parent, one of this chain: the claim. What a header shows by itself
 * evidence_claim has looked at. */
static bool unfit_parent(const struct ordmap *objects, const struct evidence *evidence, struct evidence_claim *claim)
{
    struct header header;
    uint32_t height;
    uint64_t round;
    if (evidence->type != EVIDENCE_INVALID_PROPOSAL || evidence->second[0] != FLAVOUR_WRONG_PARENT) return false;
    if (!header_decode(evidence->first, &header) || !turns_parent(objects, &header.parent_hash, &height, &round)) return false;
    if (header.height == height + 1 && header.justify_round == round) return false;
    *claim = (struct evidence_claim){header.domain, header.proposer, header.height, header.round};
    return true;
}

static bool is_signed(const struct evidence *evidence, const struct header *final_parent, bool unfit, const struct pubkey *key,
                      const struct verifier *verifier)
{
    if (!unfit) return evidence_check(evidence, final_parent, key, verifier);
    const struct hash hash = hash_tagged(BLOCK_TAG, evidence->first, HEADER_BYTES);
    struct signature signature;
    memcpy(signature.b, evidence->first + HEADER_BYTES, sizeof(signature.b));
    return header_check(&hash, &signature, key, verifier);
}

static bool evidence_is_proven(const struct ordmap *objects, const struct ledger_rules *rules, const struct evidence *evidence,
                               const struct header *final_parent, struct evidence_claim *claim)
{
    struct pubkey keys[KEYS_MAX];
    if (rules->verifier.verify == NULL) return false;
    const bool plain = evidence_claim(evidence, final_parent, claim);
    if (!plain && !unfit_parent(objects, evidence, claim)) return false;
    const bool foreign = !domain_eq(claim->domain, rules->domain);
    if (foreign && (!plain || rules->peer.chain == 0 || !domain_eq(claim->domain, rules->peer))) return false;
    const size_t count = turns_keys_of(objects, &claim->accused, claim->round, foreign, keys, KEYS_MAX);
    for (size_t i = 0; i < count; i++)
        if (is_signed(evidence, final_parent, !plain, &keys[i], &rules->verifier)) return true;
    return false;
}

bool staking_evidence_holds(const struct ledger_state *state, const struct ledger_rules *rules, const struct evidence *evidence,
                            const struct header *final_parent, struct evidence_claim *out)
{
    return evidence_is_proven(ledger_objects(state), rules, evidence, final_parent, out);
}

enum code evidence_submit_apply(struct exec *x)
{
    const struct payload_evidence *p = &x->payload->evidence;
    struct work *work = x->work;
    const enum evidence_type type = (enum evidence_type)p->type;
    struct evidence_entry *entry = arena_new(&work->arena, struct evidence_entry); /* too large for a fiber's stack */
    struct str there;
    if (type < EVIDENCE_DOUBLE_VOTE || type > EVIDENCE_INVALID_PROPOSAL)
        return refuse(x, CODE_INVALID_EVIDENCE, RECEIPT_FIELD_TYPE); /* downtime is the chain's own word */
    if (!evidence_of_bytes(type, p->first, p->second, &entry->evidence) ||
        !evidence_is_proven(&work->objects, work->rules, &entry->evidence, NULL, &entry->claim))
        return refuse(x, CODE_INVALID_EVIDENCE, RECEIPT_FIELD_FIRST);
    const struct hash id = evidence_id(&entry->evidence);
    const struct okey key = staking_key(TAG_EVIDENCE, &id);
    if (work_get(work, &key, &there)) return refuse(x, CODE_ALREADY_EXISTS, RECEIPT_FIELD_FIRST);
    const bool bonds_here = work->parent->chain == CHAIN_ALPHA;
    if (bonds_here && amount_is_zero(validator_at_stake(&work->objects, &entry->claim.accused)))
        return refuse(x, CODE_INVALID_EVIDENCE, RECEIPT_FIELD_FIRST); /* nothing of it is left to answer with */
    entry->reported = true;
    entry->reporter = x->sender;
    entry->detected_ms = work->frame->timestamp_ms;
    entry->included_height = work_height(work);
    if (bonds_here) punish(work, &id, entry);
    entry_record(work, &id, entry);
    return CODE_NONE;
}

void evidence_downtime(struct work *work, const struct address *validator, uint64_t first_round, uint64_t last_round)
{
    const uint64_t term = (uint64_t)work_height(work) + work->params.epoch_blocks;
    struct evidence_entry *entry = arena_new(&work->arena, struct evidence_entry);
    uint8_t first[8], second[8];
    bin_store_u64(first, first_round);
    bin_store_u64(second, last_round);
    const bool fits = evidence_of_bytes(EVIDENCE_DOWNTIME, (struct str){(const char *)first, sizeof(first)},
                                        (struct str){(const char *)second, sizeof(second)}, &entry->evidence);
    ASSERT(fits);
    entry->claim = (struct evidence_claim){work->rules->domain, *validator, work_height(work), last_round};
    /* The bytes name no validator: two that were down alike share them. The record goes under the id of both together. */
    struct hash id = evidence_id(&entry->evidence);
    struct hasher hasher;
    hasher_init(&hasher, "adnet/evidence/v1");
    hasher_add(&hasher, &id, sizeof(id));
    hasher_add(&hasher, validator, sizeof(*validator));
    id = hasher_final(&hasher);
    entry->detected_ms = work->frame->timestamp_ms;
    entry->included_height = work_height(work);
    if (work->parent->chain == CHAIN_ALPHA) {
        entry->slashed = validator_slash(work, validator, work->params.slash_downtime_bps);
        validator_jail(work, validator, (uint32_t)MIN(term, JAILED_FOR_GOOD - 1));
        entry->jailed = true;
    }
    entry_record(work, &id, entry);
}

/* ---- seen ---- */

bool staking_evidence_find(const struct ledger_state *state, const struct hash *id, struct arena *arena,
                           struct evidence_view *out)
{
    const struct okey key = staking_key(TAG_EVIDENCE, id);
    struct str value;
    if (!ordmap_get(ledger_objects(state), okey_view(&key), &value)) return false;
    struct evidence_entry *entry = arena_new(arena, struct evidence_entry);
    entry_decode(value, entry);
    entry_view(id, entry, arena, out);
    return true;
}

bool staking_evidence_at(const struct ledger_state *state, uint64_t nth, struct arena *arena, struct evidence_view *out)
{
    struct okey key = number_prefix();
    struct str value;
    struct hash id;
    if (nth == UINT64_MAX) return false;
    okey_u64(&key, nth + 1);
    if (!ordmap_get(ledger_objects(state), okey_view(&key), &value)) return false;
    memcpy(&id, value.data, sizeof(id));
    return staking_evidence_find(state, &id, arena, out);
}
