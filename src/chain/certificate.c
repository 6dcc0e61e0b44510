#include "chain/certificate.h"

#include "chain/bitmap_priv.h"
#include "chain/field_priv.h"

#define FIXED_BYTES (4 + 8 + 32 + 32 + 2)

static struct certificate *alloc(uint16_t bitmap_bytes, uint16_t count)
{
    struct certificate *certificate = base_alloc(sizeof(*certificate) + bitmap_bytes + count * sizeof(struct signature));
    uint8_t *room = (uint8_t *)(certificate + 1);
    certificate->refs = 1;
    certificate->bitmap_bytes = bitmap_bytes;
    certificate->count = count;
    certificate->bitmap = room;
    certificate->signatures = (const struct signature *)(const void *)(room + bitmap_bytes);
    return certificate;
}

static uint8_t *room_of(struct certificate *certificate) { return (uint8_t *)(certificate + 1); }

struct certificate *certificate_new(uint32_t height, uint64_t round, const struct hash *block_hash,
                                    const struct committee *committee, const uint32_t *signers,
                                    const struct signature *signatures, size_t count)
{
    ASSERT(count <= committee->count);
    struct certificate *certificate = alloc((uint16_t)((committee->count + 7) / 8), (uint16_t)count);
    certificate->height = height;
    certificate->round = round;
    certificate->block_hash = *block_hash;
    certificate->committee_hash = committee->hash;
    bitmap_fill(room_of(certificate), signers, count, committee->count);
    if (count > 0) memcpy(room_of(certificate) + certificate->bitmap_bytes, signatures, count * sizeof(*signatures));
    return certificate;
}

struct certificate *certificate_ref(struct certificate *certificate)
{
    if (certificate == NULL) return NULL;
    ASSERT(certificate->refs > 0);
    certificate->refs++;
    return certificate;
}

void certificate_unref(struct certificate *certificate)
{
    if (certificate == NULL) return;
    ASSERT(certificate->refs > 0);
    if (--certificate->refs == 0) base_free(certificate);
}

bool certificate_eq(const struct certificate *a, const struct certificate *b)
{
    if (a == b) return true;
    if (a == NULL || b == NULL) return false;
    return a->height == b->height && a->round == b->round && hash_eq(&a->block_hash, &b->block_hash) &&
           hash_eq(&a->committee_hash, &b->committee_hash) && a->bitmap_bytes == b->bitmap_bytes && a->count == b->count &&
           memcmp(a->bitmap, b->bitmap, a->bitmap_bytes + a->count * sizeof(struct signature)) == 0;
}

bool certificate_has_signer(const struct certificate *certificate, uint32_t index)
{
    return index / 8 < certificate->bitmap_bytes && bitmap_has(certificate->bitmap, index);
}

struct amount certificate_power(const struct certificate *certificate, const struct committee *committee)
{
    return bitmap_power(certificate->bitmap, certificate->bitmap_bytes, committee);
}

/* Never zero, so that zero means "not yet". The committee is pinned by its hash in the certificate. */
static uint32_t mark_of(struct domain domain) { return (uint32_t)domain.chain << 16 | domain.network_id; }

static bool signatures_hold(const struct certificate *certificate, const struct committee *committee, struct domain domain,
                            const struct verifier *verifier)
{
    struct vote vote = {
        .domain = domain, .height = certificate->height, .round = certificate->round, .block_hash = certificate->block_hash};
    size_t next = 0;
    for (uint32_t i = 0; i < committee->count; i++) {
        if (!bitmap_has(certificate->bitmap, i)) continue;
        vote.voter = committee->members[i].address;
        vote.signature = certificate->signatures[next++];
        if (!vote_check(&vote, &committee->members[i].consensus_key, verifier)) return false;
    }
    return next == certificate->count;
}

enum verdict certificate_verify(const struct certificate *certificate, const struct committee *committee, struct domain domain,
                                const struct verifier *verifier)
{
    if (!hash_eq(&certificate->committee_hash, &committee->hash)) return VERDICT_WRONG_COMMITTEE;
    if (certificate->checked == mark_of(domain)) return VERDICT_GOOD;
    if (!bitmap_fits(certificate->bitmap, certificate->bitmap_bytes, committee)) return VERDICT_MALFORMED;
    if (bitmap_count(certificate->bitmap, certificate->bitmap_bytes) != certificate->count) return VERDICT_MALFORMED;
    if (!committee_is_quorum(committee, certificate_power(certificate, committee))) return VERDICT_NO_QUORUM;
    if (!signatures_hold(certificate, committee, domain, verifier)) return VERDICT_BAD_SIGNATURE;
    ((struct certificate *)(uintptr_t)certificate)->checked = mark_of(domain); /* a memo: says nothing new */
    return VERDICT_GOOD;
}

size_t certificate_bytes(const struct certificate *certificate)
{
    return FIXED_BYTES + certificate->bitmap_bytes + certificate->count * sizeof(struct signature);
}

void certificate_encode(const struct certificate *certificate, struct buf *out)
{
    bin_put_u32(out, certificate->height);
    bin_put_u64(out, certificate->round);
    bin_put_bytes(out, certificate->block_hash.b, 32);
    bin_put_bytes(out, certificate->committee_hash.b, 32);
    bin_put_u16(out, certificate->bitmap_bytes);
    bin_put_bytes(out, certificate->bitmap, certificate->bitmap_bytes);
    bin_put_bytes(out, certificate->signatures, certificate->count * sizeof(struct signature));
}

struct hash certificate_digest(const struct certificate *certificate)
{
    if (certificate->digested) return certificate->digest;
    struct buf bytes = {0};
    certificate_encode(certificate, &bytes);
    struct certificate *memo = (struct certificate *)(uintptr_t)certificate; /* says nothing new */
    memo->digest = hash_tagged("adnet/certificate/v1", bytes.data, bytes.len);
    memo->digested = true;
    buf_done(&bytes);
    return memo->digest;
}

struct certificate *certificate_decode(struct bin_reader *r)
{
    const uint32_t height = bin_get_u32(r);
    const uint64_t round = bin_get_u64(r);
    struct hash block_hash, committee_hash;
    bin_get_bytes(r, block_hash.b, 32);
    bin_get_bytes(r, committee_hash.b, 32);
    const uint16_t bitmap_bytes = bin_get_u16(r);
    if (bitmap_bytes > BITMAP_BYTES_MAX) bin_fail(r);
    const uint8_t *bitmap = bin_take(r, bitmap_bytes);
    if (bitmap == NULL) return NULL;
    const uint16_t count = bitmap_count(bitmap, bitmap_bytes);
    const uint8_t *signatures = bin_take(r, count * sizeof(struct signature));
    if (signatures == NULL) return NULL;
    struct certificate *certificate = alloc(bitmap_bytes, count);
    certificate->height = height;
    certificate->round = round;
    certificate->block_hash = block_hash;
    certificate->committee_hash = committee_hash;
    memcpy(room_of(certificate), bitmap, bitmap_bytes);
    memcpy(room_of(certificate) + bitmap_bytes, signatures, count * sizeof(struct signature));
    return certificate;
}

void certificate_write(const struct certificate *certificate, struct amount power, struct json_writer *w)
{
    json_object(w);
    json_put_member_u64(w, STR("height"), certificate->height);
    json_put_member_u64(w, STR("round"), certificate->round);
    put_hex(w, STR("block_hash"), certificate->block_hash.b, 32);
    put_hex(w, STR("committee_hash"), certificate->committee_hash.b, 32);
    put_hex(w, STR("signers"), certificate->bitmap, certificate->bitmap_bytes);
    json_key(w, STR("signatures"));
    json_array(w);
    for (size_t i = 0; i < certificate->count; i++) json_put_hex(w, certificate->signatures[i].b, sizeof(struct signature));
    json_array_end(w);
    put_amount(w, STR("power"), power);
    json_object_end(w);
}

struct certificate *certificate_read(const struct json *node, struct amount *out_power)
{
    struct member_reader r = {.object = node};
    struct str signers;
    struct hash block_hash, committee_hash;
    uint8_t bitmap[BITMAP_BYTES_MAX];
    const uint32_t height = (uint32_t)member_u64(&r, STR("height"), UINT32_MAX);
    const uint64_t round = member_u64(&r, STR("round"), JSON_INT_MAX);
    member_hex(&r, STR("block_hash"), block_hash.b, 32);
    member_hex(&r, STR("committee_hash"), committee_hash.b, 32);
    const struct amount power = member_amount(&r, STR("power"));
    const struct json *list = json_find(node, STR("signatures"));
    if (!json_str(json_find(node, STR("signers")), &signers) || signers.len / 2 > sizeof(bitmap)) return NULL;
    if (r.bad || !json_is(list, JSON_ARRAY) || !str_unhex(signers, bitmap, signers.len / 2)) return NULL;
    const uint16_t bytes = (uint16_t)(signers.len / 2), count = bitmap_count(bitmap, bytes);
    if (list->count != count) return NULL;
    struct certificate *certificate = alloc(bytes, count);
    certificate->height = height;
    certificate->round = round;
    certificate->block_hash = block_hash;
    certificate->committee_hash = committee_hash;
    memcpy(room_of(certificate), bitmap, bytes);
    uint8_t *at = room_of(certificate) + bytes;
    for (const struct json *item = list->child; item != NULL; item = item->next, at += sizeof(struct signature)) {
        if (field_hex(item, at, sizeof(struct signature)) == CODE_NONE) continue;
        certificate_unref(certificate);
        return NULL;
    }
    *out_power = power;
    return certificate;
}
