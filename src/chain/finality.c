#include "chain/finality.h"

#include "chain/field_priv.h"

#define COMMITTEES_MAX 8

/* Behind the struct: headers, then the list of committees. */
static struct finality_proof *alloc(size_t headers_count, size_t committees_max)
{
    struct finality_proof *proof =
        base_alloc(sizeof(*proof) + headers_count * sizeof(struct header) + committees_max * sizeof(struct committee *));
    proof->refs = 1;
    proof->headers_count = (uint16_t)headers_count;
    proof->headers = (const struct header *)(proof + 1);
    proof->committees = (struct committee **)(void *)((struct header *)(proof + 1) + headers_count);
    return proof;
}

static struct header *headers_room(struct finality_proof *proof) { return (struct header *)(proof + 1); }

static void aim(struct finality_proof *proof)
{
    proof->target_height = proof->headers[0].height;
    proof->target_hash = header_hash(&proof->headers[0]);
}

/* Takes over the reference; false, leaving it to the caller, when the committee is there already. */
static bool committee_add(struct finality_proof *proof, struct committee *committee)
{
    for (uint8_t i = 0; i < proof->committees_count; i++)
        if (hash_eq(&proof->committees[i]->hash, &committee->hash)) return false;
    proof->committees[proof->committees_count++] = committee;
    return true;
}

struct finality_proof *finality_new(const struct header *headers, size_t headers_count,
                                    struct certificate *const certificates[FINALITY_CERTIFICATES],
                                    struct committee *const *committees, size_t committees_count)
{
    ASSERT(headers_count >= FINALITY_CERTIFICATES && headers_count <= FINALITY_HEADERS_MAX);
    ASSERT(committees_count <= COMMITTEES_MAX);
    struct finality_proof *proof = alloc(headers_count, committees_count);
    memcpy(headers_room(proof), headers, headers_count * sizeof(*headers));
    for (size_t i = 0; i < FINALITY_CERTIFICATES; i++) proof->certificates[i] = certificate_ref(certificates[i]);
    for (size_t i = 0; i < committees_count; i++)
        if (!committee_add(proof, committee_ref(committees[i]))) committee_unref(committees[i]);
    aim(proof);
    return proof;
}

struct finality_proof *finality_ref(struct finality_proof *proof)
{
    if (proof == NULL) return NULL;
    ASSERT(proof->refs > 0);
    proof->refs++;
    return proof;
}

void finality_unref(struct finality_proof *proof)
{
    if (proof == NULL) return;
    ASSERT(proof->refs > 0);
    if (--proof->refs > 0) return;
    for (size_t i = 0; i < FINALITY_CERTIFICATES; i++) certificate_unref(proof->certificates[i]);
    for (uint8_t i = 0; i < proof->committees_count; i++) committee_unref(proof->committees[i]);
    base_free(proof);
}

bool finality_eq(const struct finality_proof *a, const struct finality_proof *b)
{
    if (a == b) return true;
    if (a == NULL || b == NULL || a->headers_count != b->headers_count || a->committees_count != b->committees_count)
        return false;
    for (size_t i = 0; i < a->headers_count; i++)
        if (!header_eq(&a->headers[i], &b->headers[i])) return false;
    for (size_t i = 0; i < FINALITY_CERTIFICATES; i++)
        if (!certificate_eq(a->certificates[i], b->certificates[i])) return false;
    for (size_t i = 0; i < a->committees_count; i++)
        if (!hash_eq(&a->committees[i]->hash, &b->committees[i]->hash)) return false;
    return true;
}

static const struct committee *committee_of(const struct finality_proof *proof, const struct hash *hash)
{
    for (uint8_t i = 0; i < proof->committees_count; i++)
        if (hash_eq(&proof->committees[i]->hash, hash)) return proof->committees[i];
    return NULL;
}

static bool is_trusted(const struct hash *hash, const struct hash *trusted, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (hash_eq(&trusted[i], hash)) return true;
    return false;
}

/* Domain, parent links and heights from the target up. */
static enum verdict headers_verify(const struct finality_proof *proof, struct domain domain)
{
    struct hash before = proof->target_hash;
    for (size_t i = 0; i < proof->headers_count; i++) {
        const struct header *header = &proof->headers[i];
        if (!domain_eq(header->domain, domain)) return VERDICT_WRONG_DOMAIN;
        if (!hash_eq(&header->parent_hash, &header->justify_hash)) return VERDICT_BROKEN_LINK;
        if (i == 0) continue;
        const struct header *parent = header - 1;
        if (!hash_eq(&header->parent_hash, &before) || header->height != parent->height + 1) return VERDICT_BROKEN_LINK;
        if (header->justify_round != parent->round || header->round <= parent->round) return VERDICT_BROKEN_LINK;
        if (i + FINALITY_CERTIFICATES > proof->headers_count && header->round != parent->round + 1)
            return VERDICT_NOT_CONSECUTIVE;
        before = header_hash(header);
    }
    return header_is_closing(&proof->headers[0]) ? VERDICT_CLOSING_TARGET : VERDICT_GOOD;
}

/* Every committee named must be that of some header. */
static bool committees_are_used(const struct finality_proof *proof)
{
    for (uint8_t i = 0; i < proof->committees_count; i++) {
        size_t k = 0;
        while (k < proof->headers_count && !hash_eq(&proof->headers[k].committee_hash, &proof->committees[i]->hash)) k++;
        if (k == proof->headers_count) return false;
    }
    return true;
}

enum verdict finality_verify(const struct finality_proof *proof, struct domain domain, const struct hash *trusted,
                             size_t trusted_count, const struct verifier *verifier)
{
    if (proof->headers_count < FINALITY_CERTIFICATES || proof->headers_count > FINALITY_HEADERS_MAX) return VERDICT_MALFORMED;
    const struct hash first = header_hash(&proof->headers[0]);
    if (!hash_eq(&first, &proof->target_hash) || proof->headers[0].height != proof->target_height) return VERDICT_WRONG_SUBJECT;
    const enum verdict linked = headers_verify(proof, domain);
    if (linked != VERDICT_GOOD) return linked;
    if (!committees_are_used(proof)) return VERDICT_WRONG_COMMITTEE;
    for (size_t i = 0; i < FINALITY_CERTIFICATES; i++) {
        const struct header *header = &proof->headers[proof->headers_count - FINALITY_CERTIFICATES + i];
        const struct certificate *certificate = proof->certificates[i];
        const struct committee *committee = committee_of(proof, &header->committee_hash);
        if (committee == NULL) return VERDICT_WRONG_COMMITTEE;
        if (!is_trusted(&committee->hash, trusted, trusted_count)) return VERDICT_UNTRUSTED_COMMITTEE;
        const struct hash hash = header_hash(header);
        if (certificate->height != header->height || certificate->round != header->round ||
            !hash_eq(&certificate->block_hash, &hash))
            return VERDICT_WRONG_SUBJECT;
        const enum verdict verdict = certificate_verify(certificate, committee, domain, verifier);
        if (verdict != VERDICT_GOOD) return verdict;
    }
    return VERDICT_GOOD;
}

size_t finality_bytes(const struct finality_proof *proof)
{
    size_t bytes = 2 + (size_t)proof->headers_count * HEADER_BYTES + 1;
    for (size_t i = 0; i < FINALITY_CERTIFICATES; i++) bytes += certificate_bytes(proof->certificates[i]);
    for (uint8_t i = 0; i < proof->committees_count; i++) bytes += 12 + (size_t)proof->committees[i]->count * 80;
    return bytes;
}

void finality_encode(const struct finality_proof *proof, struct buf *out)
{
    bin_put_u16(out, proof->headers_count);
    for (size_t i = 0; i < proof->headers_count; i++) header_encode(&proof->headers[i], buf_grow(out, HEADER_BYTES));
    for (size_t i = 0; i < FINALITY_CERTIFICATES; i++) certificate_encode(proof->certificates[i], out);
    bin_put_u8(out, proof->committees_count);
    for (uint8_t i = 0; i < proof->committees_count; i++) committee_encode(proof->committees[i], out);
}

static bool decode_parts(struct finality_proof *proof, const uint8_t *headers, struct bin_reader *r)
{
    for (size_t i = 0; i < proof->headers_count; i++)
        if (!header_decode(headers + i * HEADER_BYTES, &headers_room(proof)[i])) return false;
    for (size_t i = 0; i < FINALITY_CERTIFICATES; i++) {
        proof->certificates[i] = certificate_decode(r);
        if (proof->certificates[i] == NULL) return false;
    }
    const uint8_t count = bin_get_u8(r);
    if (count > COMMITTEES_MAX) return false;
    for (uint8_t i = 0; i < count; i++) {
        struct committee *committee = committee_decode(r);
        if (committee == NULL) return false;
        if (committee_add(proof, committee)) continue;
        committee_unref(committee); /* named twice: not canonical */
        return false;
    }
    return !r->bad;
}

struct finality_proof *finality_decode(struct bin_reader *r)
{
    const uint16_t count = bin_get_u16(r);
    if (count < FINALITY_CERTIFICATES || count > FINALITY_HEADERS_MAX) bin_fail(r);
    const uint8_t *headers = bin_take(r, (size_t)count * HEADER_BYTES);
    if (headers == NULL) return NULL;
    struct finality_proof *proof = alloc(count, COMMITTEES_MAX);
    if (!decode_parts(proof, headers, r)) {
        bin_fail(r);
        finality_unref(proof);
        return NULL;
    }
    aim(proof);
    return proof;
}

void finality_write(const struct finality_proof *proof, struct json_writer *w)
{
    uint8_t bytes[HEADER_BYTES];
    const enum chain_id chain = proof->headers[0].domain.chain;
    json_object(w);
    json_key(w, STR("target"));
    json_object(w);
    json_put_member_u64(w, STR("height"), proof->target_height);
    put_hex(w, STR("hash"), proof->target_hash.b, 32);
    json_object_end(w);
    json_key(w, STR("headers"));
    json_array(w);
    for (size_t i = 0; i < proof->headers_count; i++) {
        header_encode(&proof->headers[i], bytes);
        json_put_hex(w, bytes, sizeof(bytes));
    }
    json_array_end(w);
    json_key(w, STR("certificates"));
    json_array(w);
    for (size_t i = 0; i < FINALITY_CERTIFICATES; i++) {
        const struct certificate *certificate = proof->certificates[i];
        const struct committee *committee = committee_of(proof, &certificate->committee_hash);
        certificate_write(certificate, committee == NULL ? AMOUNT(0) : certificate_power(certificate, committee), w);
    }
    json_array_end(w);
    json_key(w, STR("committees"));
    json_array(w);
    for (uint8_t i = 0; i < proof->committees_count; i++) committee_write(proof->committees[i], chain, w);
    json_array_end(w);
    json_object_end(w);
}

static bool read_headers(struct finality_proof *proof, const struct json *list)
{
    uint8_t bytes[HEADER_BYTES];
    struct header *to = headers_room(proof);
    for (const struct json *item = list->child; item != NULL; item = item->next, to++)
        if (field_hex(item, bytes, sizeof(bytes)) != CODE_NONE || !header_decode(bytes, to)) return false;
    return true;
}

static bool read_parts(struct finality_proof *proof, const struct json *node)
{
    const struct json *certificates = json_find(node, STR("certificates")), *committees = json_find(node, STR("committees"));
    if (!json_is(certificates, JSON_ARRAY) || certificates->count != FINALITY_CERTIFICATES) return false;
    if (!json_is(committees, JSON_ARRAY) || committees->count > COMMITTEES_MAX) return false;
    size_t next = 0;
    for (const struct json *item = certificates->child; item != NULL; item = item->next) {
        struct amount power;
        proof->certificates[next] = certificate_read(item, &power);
        if (proof->certificates[next++] == NULL) return false;
    }
    for (const struct json *item = committees->child; item != NULL; item = item->next) {
        struct committee *committee = committee_read(item, proof->headers[0].domain.chain);
        if (committee == NULL) return false;
        if (committee_add(proof, committee)) continue;
        committee_unref(committee);
        return false;
    }
    struct member_reader r = {.object = json_find(node, STR("target"))};
    struct hash hash;
    const uint64_t height = member_u64(&r, STR("height"), UINT32_MAX);
    member_hex(&r, STR("hash"), hash.b, 32);
    aim(proof);
    return !r.bad && height == proof->target_height && hash_eq(&hash, &proof->target_hash);
}

struct finality_proof *finality_read(const struct json *node)
{
    const struct json *headers = json_find(node, STR("headers"));
    if (!json_is(headers, JSON_ARRAY) || headers->count < FINALITY_CERTIFICATES || headers->count > FINALITY_HEADERS_MAX)
        return NULL;
    struct finality_proof *proof = alloc(headers->count, COMMITTEES_MAX);
    if (read_headers(proof, headers) && read_parts(proof, node)) return proof;
    finality_unref(proof);
    return NULL;
}
