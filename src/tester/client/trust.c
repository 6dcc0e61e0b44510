#include "tester/client/trust.h"

#include "core/base/map.h"
#include "core/base/vec.h"
#include "core/codec/binary.h"

/* The rules are written here once more on purpose: what nodes decide by, a judge must not decide by. Shared are formats and
 * hashes only, and no memo that somebody else may have left in an object is read. */

struct trust {
    struct domain domain;
    struct verifier verifier;
    struct map hashes;      /* u64 height -> struct hash: proven final */
    struct map committees;  /* struct hash -> struct committee * or NULL: named by a proven block, and seen in full or not yet */
    struct header *headers; /* ring by height; height 0 with round UINT64_MAX: empty */
    uint32_t final_height;
    enum verdict detail;
};

#define RING_EMPTY UINT64_MAX

const char *trust_verdict_text(enum trust_verdict verdict)
{
    switch (verdict) {
    case TRUST_OK: return "ok";
    case TRUST_KNOWN: return "known";
    case TRUST_PROOF: return "the finality proof does not hold";
    case TRUST_CONFLICT: return "another block was proven final there";
    case TRUST_NOT_FINAL: return "not proven final";
    case TRUST_HASH: return "header and stated members differ";
    case TRUST_TRANSACTIONS: return "transactions do not give the header's root";
    case TRUST_CERTIFICATE: return "the certificate does not hold";
    case TRUST_MERKLE: return "a Merkle proof does not lead to the header's root";
    case TRUST_STATE: return "a state path does not lead to the header's state root";
    case TRUST_MALFORMED: return "malformed";
    case TRUST_COMMITTEE: return "the committee was never proven";
    case TRUST_PROPOSER: return "the proposer did not sign, or is no member";
    }
    UNREACHABLE();
}

/* ---- what is known ---- */

static void hash_put(struct trust *trust, uint32_t height, const struct hash *hash)
{
    const uint64_t key = height;
    *(struct hash *)map_put(&trust->hashes, &key, NULL) = *hash;
}

bool trust_hash(const struct trust *trust, uint32_t height, struct hash *out)
{
    const uint64_t key = height;
    const struct hash *hash = map_find(&trust->hashes, &key);
    if (hash == NULL) return false;
    *out = *hash;
    return true;
}

const struct header *trust_header(const struct trust *trust, uint32_t height)
{
    const struct header *header = &trust->headers[height % TRUST_HEADERS_KEPT];
    return header->height == height && header->round != RING_EMPTY ? header : NULL;
}

uint32_t trust_final_height(const struct trust *trust) { return trust->final_height; }
enum verdict trust_detail(const struct trust *trust) { return trust->detail; }
bool trust_committee_known(const struct trust *trust, const struct hash *committee_hash)
{
    return map_find(&trust->committees, committee_hash) != NULL;
}

/* H("adnet/committee/v1", ...) from the members themselves; false: not canonical. */
static bool committee_hash_of(const struct committee *committee, struct hash *out, struct amount *out_total)
{
    struct hasher hasher;
    hasher_init(&hasher, "adnet/committee/v1");
    hasher_add_u64(&hasher, committee->epoch);
    hasher_add_u32(&hasher, committee->count);
    struct amount total = AMOUNT(0);
    for (uint32_t i = 0; i < committee->count; i++) {
        const struct member *member = &committee->members[i];
        if (i > 0 && address_cmp(&member[-1].address, &member->address) >= 0) return false;
        if (amount_is_zero(member->stake) || !amount_add(total, member->stake, &total)) return false;
        uint8_t stake[16];
        bin_store_u128(stake, member->stake.units);
        hasher_add(&hasher, member->address.b, sizeof(member->address.b));
        hasher_add(&hasher, member->consensus_key.b, sizeof(member->consensus_key.b));
        hasher_add(&hasher, stake, sizeof(stake));
    }
    if (committee->count == 0 || total.units >> 100 != 0) return false;
    *out = hasher_final(&hasher);
    *out_total = total;
    return true;
}

/* The committee in full, if its hash was proven and it has been seen; learns it from `offered` (may be NULL). */
static const struct committee *committee_know(struct trust *trust, const struct hash *hash, const struct committee *offered)
{
    struct committee **slot = map_find(&trust->committees, hash);
    if (slot == NULL) return NULL;
    if (*slot != NULL || offered == NULL) return *slot;
    struct hash own;
    struct amount total;
    if (!committee_hash_of(offered, &own, &total) || !hash_eq(&own, hash)) return NULL;
    *slot = committee_ref((struct committee *)(uintptr_t)offered);
    return *slot;
}

struct trust *trust_new(const struct trust_genesis *genesis, struct verifier verifier)
{
    struct trust *trust = base_alloc(sizeof(*trust));
    trust->domain = genesis->domain;
    trust->verifier = verifier;
    map_init(&trust->hashes, sizeof(uint64_t), sizeof(struct hash));
    map_init(&trust->committees, sizeof(struct hash), sizeof(struct committee *));
    trust->headers = base_alloc(sizeof(*trust->headers) * TRUST_HEADERS_KEPT);
    for (size_t i = 0; i < TRUST_HEADERS_KEPT; i++) trust->headers[i].round = RING_EMPTY;
    hash_put(trust, 0, &genesis->hash);
    if (genesis->committee == NULL) return trust; /* nobody votes: nothing beyond genesis can be proven */
    struct hash own;
    struct amount total;
    const bool canonical = committee_hash_of(genesis->committee, &own, &total);
    ASSERT(canonical); /* it comes from the tester's own side */
    *(struct committee **)map_put(&trust->committees, &own, NULL) =
        committee_ref((struct committee *)(uintptr_t)genesis->committee);
    return trust;
}

void trust_free(struct trust *trust)
{
    if (trust == NULL) return;
    for (size_t i = map_next(&trust->committees, 0); i != MAP_END; i = map_next(&trust->committees, i + 1))
        committee_unref(*(struct committee **)map_value_at(&trust->committees, i));
    map_done(&trust->committees);
    map_done(&trust->hashes);
    base_free(trust->headers);
    base_free(trust);
}

/* ---- certificates ---- */

static bool bit_at(const uint8_t *bitmap, uint32_t i) { return (bitmap[i / 8] >> (i % 8) & 1) != 0; }

/* Canonical form and more than two thirds of the stake. */
static enum verdict quorum_check(const struct certificate *certificate, const struct committee *committee)
{
    if (certificate->bitmap_bytes != (committee->count + 7) / 8) return VERDICT_MALFORMED;
    u128 power = 0, total = 0; /* each total below 2^100, as committee_hash_of made sure */
    uint32_t signers = 0;
    for (uint32_t i = 0; i < (uint32_t)certificate->bitmap_bytes * 8; i++) {
        const bool signed_by = bit_at(certificate->bitmap, i);
        if (i >= committee->count) {
            if (signed_by) return VERDICT_MALFORMED;
            continue;
        }
        total += committee->members[i].stake.units;
        if (!signed_by) continue;
        power += committee->members[i].stake.units;
        signers++;
    }
    if (signers != certificate->count) return VERDICT_MALFORMED;
    return power * 3 > total * 2 ? VERDICT_GOOD : VERDICT_NO_QUORUM;
}

static enum verdict certificate_check(struct trust *trust, const struct certificate *certificate,
                                      const struct committee *committee)
{
    const enum verdict quorum = quorum_check(certificate, committee);
    if (quorum != VERDICT_GOOD) return quorum;
    struct vote vote = {.domain = trust->domain,
                        .height = certificate->height,
                        .round = certificate->round,
                        .block_hash = certificate->block_hash};
    uint32_t next = 0;
    for (uint32_t i = 0; i < committee->count; i++) {
        if (!bit_at(certificate->bitmap, i)) continue;
        vote.voter = committee->members[i].address;
        const struct hash digest = vote_digest(&vote);
        if (!verifier_ask(&trust->verifier, &committee->members[i].consensus_key, VOTE_SIGN_TAG, &digest,
                          &certificate->signatures[next++]))
            return VERDICT_BAD_SIGNATURE;
    }
    return VERDICT_GOOD;
}

/* `certificate` stands for this header, under a committee that was proven. */
static enum verdict certificate_for(struct trust *trust, const struct certificate *certificate, const struct header *header,
                                    const struct hash *hash, const struct committee *offered)
{
    if (certificate->height != header->height || certificate->round != header->round || !hash_eq(&certificate->block_hash, hash))
        return VERDICT_WRONG_SUBJECT;
    if (!hash_eq(&certificate->committee_hash, &header->committee_hash)) return VERDICT_WRONG_COMMITTEE;
    if (!trust_committee_known(trust, &header->committee_hash)) return VERDICT_UNTRUSTED_COMMITTEE;
    const struct committee *committee = committee_know(trust, &header->committee_hash, offered);
    if (committee == NULL) return VERDICT_WRONG_COMMITTEE;
    return certificate_check(trust, certificate, committee);
}

/* ---- finality proofs ---- */

static const struct committee *offered_at(const struct finality_proof *proof, const struct hash *hash)
{
    for (uint8_t i = 0; i < proof->committees_count; i++) {
        struct hash own;
        struct amount total;
        if (committee_hash_of(proof->committees[i], &own, &total) && hash_eq(&own, hash)) return proof->committees[i];
    }
    return NULL;
}

/* Committees that no header names have no business in a proof. */
static bool committees_are_named(const struct finality_proof *proof)
{
    for (uint8_t i = 0; i < proof->committees_count; i++) {
        struct hash own;
        struct amount total;
        if (!committee_hash_of(proof->committees[i], &own, &total)) return false;
        size_t k = 0;
        while (k < proof->headers_count && !hash_eq(&proof->headers[k].committee_hash, &own)) k++;
        if (k == proof->headers_count) return false;
    }
    return true;
}

/* Fills `hashes` for all headers. */
static enum verdict chain_check(const struct trust *trust, const struct finality_proof *proof, struct hash *hashes)
{
    const uint32_t count = proof->headers_count;
    for (uint32_t i = 0; i < count; i++) {
        const struct header *header = &proof->headers[i];
        hashes[i] = header_hash(header);
        if (!domain_eq(header->domain, trust->domain)) return VERDICT_WRONG_DOMAIN;
        if (!hash_eq(&header->justify_hash, &header->parent_hash)) return VERDICT_BROKEN_LINK;
        if (i == 0) continue;
        const struct header *parent = &proof->headers[i - 1];
        if (!hash_eq(&header->parent_hash, &hashes[i - 1]) || header->height != parent->height + 1) return VERDICT_BROKEN_LINK;
        if (header->justify_round != parent->round || header->round <= parent->round) return VERDICT_BROKEN_LINK;
        if (i + 3 > count && header->round != parent->round + 1) return VERDICT_NOT_CONSECUTIVE;
    }
    if (!hash_eq(&proof->target_hash, &hashes[0]) || proof->target_height != proof->headers[0].height)
        return VERDICT_WRONG_SUBJECT;
    return hash_is_zero(&proof->headers[0].next_committee_hash) ? VERDICT_CLOSING_TARGET : VERDICT_GOOD;
}

static enum verdict proof_check(struct trust *trust, const struct finality_proof *proof, struct hash *hashes)
{
    const enum verdict chain = chain_check(trust, proof, hashes);
    if (chain != VERDICT_GOOD) return chain;
    if (!committees_are_named(proof)) return VERDICT_WRONG_COMMITTEE;
    for (uint32_t i = 0; i < FINALITY_CERTIFICATES; i++) {
        const uint32_t at = proof->headers_count - FINALITY_CERTIFICATES + i;
        const struct header *header = &proof->headers[at];
        const struct committee *offered = offered_at(proof, &header->committee_hash);
        if (offered == NULL) return VERDICT_WRONG_COMMITTEE; /* a proof brings its committees */
        const enum verdict verdict = certificate_for(trust, proof->certificates[i], header, &hashes[at], offered);
        if (verdict != VERDICT_GOOD) return verdict;
    }
    return VERDICT_GOOD;
}

/* A proven block that contradicts what was proven before, at its own height or as child or parent. */
static bool contradicts(const struct trust *trust, const struct header *header, const struct hash *hash)
{
    struct hash other;
    if (trust_hash(trust, header->height, &other) && !hash_eq(&other, hash)) return true;
    if (header->height > 0 && trust_hash(trust, header->height - 1, &other) && !hash_eq(&other, &header->parent_hash))
        return true;
    const struct header *child = trust_header(trust, header->height + 1);
    return child != NULL && !hash_eq(&child->parent_hash, hash);
}

static void header_keep(struct trust *trust, const struct header *header, const struct hash *hash)
{
    hash_put(trust, header->height, hash);
    struct header *slot = &trust->headers[header->height % TRUST_HEADERS_KEPT];
    if (slot->round == RING_EMPTY || slot->height <= header->height) *slot = *header;
    if (header->height > trust->final_height) trust->final_height = header->height;
    if (hash_is_zero(&header->next_committee_hash) || hash_eq(&header->next_committee_hash, &header->committee_hash)) return;
    (void)map_put(&trust->committees, &header->next_committee_hash, NULL); /* the next epoch's: known by hash, seen later */
}

enum trust_verdict trust_take(struct trust *trust, const struct finality_proof *proof)
{
    if (proof->headers_count < FINALITY_CERTIFICATES || proof->headers_count > FINALITY_HEADERS_MAX) {
        trust->detail = VERDICT_MALFORMED;
        return TRUST_PROOF;
    }
    struct hash *hashes = base_alloc(sizeof(*hashes) * proof->headers_count);
    enum trust_verdict result = TRUST_KNOWN;
    trust->detail = proof_check(trust, proof, hashes);
    if (trust->detail != VERDICT_GOOD) result = TRUST_PROOF;
    /* All but the last two head three consecutive certified blocks, or are ancestors of one that does. */
    const uint32_t final_count = proof->headers_count - (FINALITY_CERTIFICATES - 1);
    for (uint32_t i = 0; i < final_count && result != TRUST_PROOF; i++)
        if (!hash_is_zero(&proof->headers[i].next_committee_hash) && contradicts(trust, &proof->headers[i], &hashes[i])) {
            base_free(hashes);
            return TRUST_CONFLICT;
        }
    for (uint32_t i = 0; i < final_count && result != TRUST_PROOF; i++) {
        const struct header *header = &proof->headers[i];
        if (hash_is_zero(&header->next_committee_hash)) continue; /* a closing block is never final */
        struct hash known;
        if (trust_hash(trust, header->height, &known) && trust_header(trust, header->height) != NULL) continue;
        if (!trust_hash(trust, header->height, &known)) result = TRUST_OK;
        header_keep(trust, header, &hashes[i]);
    }
    base_free(hashes);
    return result;
}

/* ---- blocks ---- */

static struct hash root_of_ids(const struct hash *ids, uint32_t count)
{
    struct hash *leaves = base_alloc(sizeof(*leaves) * MAX(count, 1));
    for (uint32_t i = 0; i < count; i++) leaves[i] = merkle_leaf(ids[i].b, sizeof(ids[i].b));
    const struct hash root = merkle_root_of(leaves, count);
    base_free(leaves);
    return root;
}

static enum trust_verdict transactions_check(const struct block_view *block)
{
    if (block->transaction_ids_count != block->header.transaction_count) return TRUST_TRANSACTIONS;
    const struct hash root = root_of_ids(block->transaction_ids, block->transaction_ids_count);
    if (!hash_eq(&root, &block->header.transactions_root)) return TRUST_TRANSACTIONS;
    if (!block->has_transactions) return TRUST_OK;
    if (block->transactions_count != block->transaction_ids_count) return TRUST_TRANSACTIONS;
    for (uint32_t i = 0; i < block->transactions_count; i++) {
        const struct tx_view *view = &block->transactions[i];
        if (view->envelope == NULL) return TRUST_MALFORMED;
        const struct str bytes = tx_bytes(view->envelope);
        const struct hash id = tx_id_of(str_sub(bytes, 0, bytes.len - TX_SIGNATURE_BYTES));
        if (!hash_eq(&id, &block->transaction_ids[i]) || !hash_eq(&view->id, &id)) return TRUST_TRANSACTIONS;
    }
    return TRUST_OK;
}

static enum trust_verdict proposer_check(struct trust *trust, const struct block_view *block)
{
    const struct committee *committee = committee_know(trust, &block->header.committee_hash, NULL);
    if (committee == NULL) return TRUST_COMMITTEE;
    for (uint32_t i = 0; i < committee->count; i++) {
        if (!address_eq(&committee->members[i].address, &block->header.proposer)) continue;
        const bool holds = verifier_ask(&trust->verifier, &committee->members[i].consensus_key, PROPOSAL_SIGN_TAG, &block->hash,
                                        &block->proposer_signature);
        return holds ? TRUST_OK : TRUST_PROPOSER;
    }
    return TRUST_PROPOSER;
}

enum trust_verdict trust_block(struct trust *trust, const struct block_view *block)
{
    const struct hash hash = header_hash(&block->header);
    if (!hash_eq(&hash, &block->hash) || !domain_eq(block->header.domain, trust->domain)) return TRUST_HASH;
    const enum trust_verdict transactions = transactions_check(block);
    if (transactions != TRUST_OK) return transactions;
    const struct certificate *certificate = block->certificate.certificate;
    if (block->header.height == 0) return certificate == NULL ? TRUST_OK : TRUST_CERTIFICATE; /* final by definition */
    const enum trust_verdict proposer = proposer_check(trust, block);
    if (proposer != TRUST_OK) return proposer;
    if (certificate == NULL) return TRUST_OK;
    trust->detail = certificate_for(trust, certificate, &block->header, &hash, NULL);
    return trust->detail == VERDICT_GOOD ? TRUST_OK : TRUST_CERTIFICATE;
}

enum trust_verdict trust_block_final(struct trust *trust, const struct block_view *block)
{
    struct hash proven;
    if (!trust_hash(trust, block->header.height, &proven)) return TRUST_NOT_FINAL;
    if (!hash_eq(&proven, &block->hash)) return TRUST_CONFLICT;
    return trust_block(trust, block);
}
