/* The path of the other chain's committees: which proofs are believed, and who comes next. */
#include "network/ledger/bridge_priv.h"

#include "core/codec/binary.h"

#define TRUSTED_MAX 64 /* committees of the path that are young enough to be believed */

/* ---- committees ---- */

static bool committee_bytes(const struct ordmap *objects, const char *ident, struct str *out)
{
    const struct okey key = bridge_key(ident);
    return ordmap_get(objects, okey_view(&key), out);
}

static void committee_put(struct work *work, const char *ident, struct str bytes)
{
    const struct okey key = bridge_key(ident);
    work_set(work, &key, bytes);
}

struct committee *source_committee(const struct ordmap *objects, uint32_t height)
{
    struct source source;
    struct str bytes;
    if (!source_get(objects, &source)) return NULL;
    const bool now = source.learned < height || height == 0;
    if (!committee_bytes(objects, now ? "bridge/committee" : "bridge/committee/before", &bytes)) return NULL;
    struct bin_reader r = bin_reader_of(bytes.data, bytes.len);
    return committee_decode(&r);
}

/* The committees whose word is taken: the newest, and those whose successor became known less than the unbonding time ago, while
 * their members can still be punished. An older block is proven by a proof that reaches up to one of these. */
static size_t trusted_committees(const struct work *work, const struct source *source, struct hash out[TRUSTED_MAX])
{
    size_t count = 0;
    struct hash at = source->committee;
    const uint32_t height = work->frame->height;
    while (count < TRUSTED_MAX && !hash_is_zero(&at)) {
        struct path_entry entry;
        if (!path_get(&work->objects, &at, &entry)) break;
        if (entry.ended != 0 && height - entry.ended > work->params.unbonding_blocks) break;
        out[count++] = at;
        at = entry.before;
    }
    return count;
}

/* A block of a committee of the path, at a height of its epoch. */
static bool epoch_fits(const struct work *work, const struct header *header)
{
    struct path_entry entry;
    if (!path_get(&work->objects, &header->committee_hash, &entry)) return false;
    return header->height > entry.first && (entry.last == 0 || header->height <= entry.last);
}

/* The bytes behind next_committee_hash: there when, and only when, the block ends an epoch. */
static bool successor_fits(const struct source *source, const struct header *header, struct str bytes)
{
    if (!header_is_epoch_end(header)) return bytes.len == 0;
    if (!hash_eq(&header->committee_hash, &source->committee)) return false; /* out of turn */
    struct bin_reader r = bin_reader_of(bytes.data, bytes.len);
    struct committee *committee = committee_decode(&r);
    const bool fits = committee != NULL && bin_done(&r) && hash_eq(&committee->hash, &header->next_committee_hash) &&
                      committee->epoch == source->epoch + 1;
    committee_unref(committee);
    return fits;
}

static void path_extend(struct work *work, struct source *source, const struct header *header, struct str next_committee)
{
    struct path_entry entry;
    const bool found = path_get(&work->objects, &source->committee, &entry);
    ASSERT(found);
    entry.last = header->height;
    entry.ended = work->frame->height;
    path_put(work, &source->committee, &entry);
    entry = (struct path_entry){.epoch = source->epoch + 1, .first = header->height, .before = source->committee};
    path_put(work, &header->next_committee_hash, &entry);
    struct str newest;
    if (source->learned != work->frame->height && committee_bytes(&work->objects, "bridge/committee", &newest)) {
        newest = str_dup(&work->arena, newest);
        committee_put(work, "bridge/committee/before", newest);
    }
    source->epoch++;
    source->committee = header->next_committee_hash;
    source->learned = work->frame->height;
    committee_put(work, "bridge/committee", next_committee);
    struct bin_reader r = bin_reader_of(next_committee.data, next_committee.len);
    struct committee *committee = committee_decode(&r);
    ASSERT(committee != NULL); /* successor_fits decoded it */
    bridge_follow(work, committee);
    committee_unref(committee);
}

enum code source_prove(struct exec *x, struct source *source, struct source_block *out, bool *out_fresh)
{
    struct work *work = x->work;
    const struct payload_ipc_deliver *payload = &x->payload->ipc_deliver;
    struct hash trusted[TRUSTED_MAX];
    struct bin_reader r = bin_reader_of(payload->proof.data, payload->proof.len);
    struct finality_proof *proof = finality_decode(&r);
    const bool sound = proof != NULL && bin_done(&r) && proof->target_height == payload->height;
    const size_t count = trusted_committees(work, source, trusted);
    const bool final = sound && work->rules->verifier.verify != NULL && epoch_fits(work, &proof->headers[0]) &&
                       finality_verify(proof, source->domain, trusted, count, &work->rules->verifier) == VERDICT_GOOD;
    enum code code = CODE_NONE;
    if (!sound || !guard_proof(work->rules, final))
        code = refuse_for(x, CODE_INVALID_PROOF, RECEIPT_FIELD_PROOF, RECEIPT_REASON_CERTIFICATE);
    const struct header header = sound ? proof->headers[0] : (struct header){0};
    const struct hash hash = sound ? proof->target_hash : (struct hash){{0}};
    finality_unref(proof);
    if (code != CODE_NONE) return code;
    *out_fresh = !source_block_get(&work->objects, header.height, out);
    if (!*out_fresh) {
        if (hash_eq(&out->hash, &hash)) return CODE_NONE;
        return refuse_for(x, CODE_INVALID_PROOF, RECEIPT_FIELD_PROOF, RECEIPT_REASON_CERTIFICATE); /* two final blocks at a height */
    }
    if (!successor_fits(source, &header, payload->next_committee))
        return refuse(x, CODE_INVALID_PROOF, RECEIPT_FIELD_NEXT_COMMITTEE);
    *out = (struct source_block){.hash = hash,
                                 .state_root = header.state_root,
                                 .messages_root = header.messages_root,
                                 .next_committee = header.next_committee_hash,
                                 .message_count = header.message_count,
                                 .epoch_end = header_is_epoch_end(&header),
                                 .timestamp_ms = header.timestamp_ms};
    source_block_put(work, header.height, out);
    if (header.height > source->height_max) source->height_max = header.height;
    if (out->epoch_end) path_extend(work, source, &header, payload->next_committee);
    return CODE_NONE;
}

/* ---- genesis ---- */

/* Rule (a) of api 6.8 over the validators of a genesis: what the other chain's first committee is when nobody names it. */
static struct committee *genesis_committee(const struct ledger_genesis *genesis)
{
    struct member *members = base_alloc((genesis->validators_count + 1) * sizeof(*members));
    size_t count = 0;
    for (size_t i = 0; i < genesis->validators_count; i++) {
        const struct ledger_validator *v = &genesis->validators[i];
        const struct amount stake = amount_is_zero(v->bonded) ? AMOUNT(genesis->params->genesis_stake) : v->bonded;
        if (v->jailed || v->exiting || stake.units < genesis->params->min_validator_stake || amount_is_zero(stake)) continue;
        members[count].address = v->address;
        members[count].consensus_key = v->consensus_key;
        members[count++].stake = stake;
    }
    struct committee *committee = count <= genesis->params->max_validators ? committee_new(0, 1, members, count) : NULL;
    base_free(members);
    return committee;
}

bool bridge_genesis(struct work *work, const struct ledger_genesis *genesis, struct err *err)
{
    (void)err;
    struct committee *committee = genesis->other_committee != NULL ? committee_ref(genesis->other_committee)
                                                                   : genesis_committee(genesis);
    struct source source = {.domain = work->rules->peer, .own = work->rules->domain};
    if (committee != NULL) {
        source.epoch = committee->epoch;
        source.committee = committee->hash;
        const struct path_entry entry = {.epoch = committee->epoch};
        path_put(work, &committee->hash, &entry);
        struct buf bytes = {0};
        committee_encode(committee, &bytes);
        committee_put(work, "bridge/committee", buf_str(&bytes));
        buf_done(&bytes);
    }
    source_put(work, &source);
    committee_unref(committee);
    return true;
}

/* ---- Delta's committees ---- */

struct committee *bridge_next_committee(const struct ledger_state *state, uint64_t epoch, uint64_t start_round)
{
    struct committee *newest = source_committee(&state->objects, state->height);
    if (newest == NULL) return NULL;
    for (uint32_t i = 0; i < newest->count; i++) { /* the bytes carry no names */
        struct ledger_validator v;
        if (work_validator(&state->objects, &newest->members[i].address, &v))
            memcpy(newest->members[i].name, v.name, sizeof(newest->members[i].name));
    }
    struct committee *next = committee_rebase(newest, epoch, start_round);
    committee_unref(newest);
    return next;
}
