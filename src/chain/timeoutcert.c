#include "chain/timeoutcert.h"

#include "chain/bitmap_priv.h"
#include "chain/field_priv.h"

#define FIXED_BYTES (8 + 32 + 2 + 1)
#define SIGNER_BYTES (sizeof(uint64_t) + sizeof(struct signature))

/* Behind the struct: high rounds, signatures, bitmap. */
static struct timeoutcert *alloc(uint16_t bitmap_bytes, uint16_t count)
{
    struct timeoutcert *tc = base_alloc(sizeof(*tc) + count * SIGNER_BYTES + bitmap_bytes);
    uint8_t *room = (uint8_t *)(tc + 1);
    tc->refs = 1;
    tc->bitmap_bytes = bitmap_bytes;
    tc->count = count;
    tc->high_rounds = (const uint64_t *)(const void *)room;
    tc->signatures = (const struct signature *)(const void *)(room + count * sizeof(uint64_t));
    tc->bitmap = room + count * SIGNER_BYTES;
    return tc;
}

static uint8_t *high_rounds_room(struct timeoutcert *tc) { return (uint8_t *)(tc + 1); }
static uint8_t *signatures_room(struct timeoutcert *tc) { return (uint8_t *)(tc + 1) + tc->count * sizeof(uint64_t); }
static uint8_t *bitmap_room(struct timeoutcert *tc) { return (uint8_t *)(tc + 1) + tc->count * SIGNER_BYTES; }

struct timeoutcert *timeoutcert_new(uint64_t round, const struct committee *committee, struct certificate *high,
                                    const uint32_t *signers, const uint64_t *high_rounds, const struct signature *signatures,
                                    size_t count)
{
    ASSERT(count <= committee->count);
    struct timeoutcert *tc = alloc((uint16_t)((committee->count + 7) / 8), (uint16_t)count);
    tc->round = round;
    tc->committee_hash = committee->hash;
    tc->high = certificate_ref(high);
    bitmap_fill(bitmap_room(tc), signers, count, committee->count);
    if (count > 0) {
        memcpy(high_rounds_room(tc), high_rounds, count * sizeof(*high_rounds));
        memcpy(signatures_room(tc), signatures, count * sizeof(*signatures));
    }
    return tc;
}

struct timeoutcert *timeoutcert_ref(struct timeoutcert *tc)
{
    if (tc == NULL) return NULL;
    ASSERT(tc->refs > 0);
    tc->refs++;
    return tc;
}

void timeoutcert_unref(struct timeoutcert *tc)
{
    if (tc == NULL) return;
    ASSERT(tc->refs > 0);
    if (--tc->refs > 0) return;
    certificate_unref(tc->high);
    base_free(tc);
}

bool timeoutcert_eq(const struct timeoutcert *a, const struct timeoutcert *b)
{
    if (a == b) return true;
    if (a == NULL || b == NULL) return false;
    return a->round == b->round && hash_eq(&a->committee_hash, &b->committee_hash) && a->bitmap_bytes == b->bitmap_bytes &&
           a->count == b->count && certificate_eq(a->high, b->high) &&
           memcmp(a->high_rounds, b->high_rounds, a->count * SIGNER_BYTES + a->bitmap_bytes) == 0;
}

uint64_t timeoutcert_high_round(const struct timeoutcert *tc)
{
    uint64_t highest = 0;
    for (size_t i = 0; i < tc->count; i++) highest = MAX(highest, tc->high_rounds[i]);
    return highest;
}

struct amount timeoutcert_power(const struct timeoutcert *tc, const struct committee *committee)
{
    return bitmap_power(tc->bitmap, tc->bitmap_bytes, committee);
}

static uint32_t mark_of(struct domain domain) { return (uint32_t)domain.chain << 16 | domain.network_id; }

static bool signatures_hold(const struct timeoutcert *tc, const struct committee *committee, struct domain domain,
                            const struct verifier *verifier)
{
    struct timeout timeout = {.domain = domain, .round = tc->round};
    size_t next = 0;
    for (uint32_t i = 0; i < committee->count; i++) {
        if (!bitmap_has(tc->bitmap, i)) continue;
        timeout.voter = committee->members[i].address;
        timeout.high_round = tc->high_rounds[next];
        timeout.signature = tc->signatures[next++];
        if (!timeout_check(&timeout, &committee->members[i].consensus_key, verifier)) return false;
    }
    return next == tc->count;
}

static enum verdict high_verify(const struct timeoutcert *tc, const struct committee *committee, const struct committee *previous,
                                struct domain domain, const struct verifier *verifier)
{
    const uint64_t highest = timeoutcert_high_round(tc);
    if (highest >= tc->round) return VERDICT_WRONG_HIGH; /* nobody knows a certificate of the round that has none */
    if (tc->high == NULL) return highest == 0 ? VERDICT_GOOD : VERDICT_WRONG_HIGH;
    if (tc->high->round != highest) return VERDICT_WRONG_HIGH;
    const bool older = previous != NULL && hash_eq(&tc->high->committee_hash, &previous->hash);
    return certificate_verify(tc->high, older ? previous : committee, domain, verifier);
}

enum verdict timeoutcert_verify(const struct timeoutcert *tc, const struct committee *committee, const struct committee *previous,
                                struct domain domain, const struct verifier *verifier)
{
    if (!hash_eq(&tc->committee_hash, &committee->hash)) return VERDICT_WRONG_COMMITTEE;
    if (!bitmap_fits(tc->bitmap, tc->bitmap_bytes, committee)) return VERDICT_MALFORMED;
    if (bitmap_count(tc->bitmap, tc->bitmap_bytes) != tc->count) return VERDICT_MALFORMED;
    if (!committee_is_quorum(committee, timeoutcert_power(tc, committee))) return VERDICT_NO_QUORUM;
    if (tc->checked != mark_of(domain)) {
        if (!signatures_hold(tc, committee, domain, verifier)) return VERDICT_BAD_SIGNATURE;
        ((struct timeoutcert *)(uintptr_t)tc)->checked = mark_of(domain); /* a memo of the signatures alone */
    }
    return high_verify(tc, committee, previous, domain, verifier);
}

size_t timeoutcert_bytes(const struct timeoutcert *tc)
{
    return FIXED_BYTES + tc->bitmap_bytes + tc->count * SIGNER_BYTES + (tc->high == NULL ? 0 : certificate_bytes(tc->high));
}

void timeoutcert_encode(const struct timeoutcert *tc, struct buf *out)
{
    bin_put_u64(out, tc->round);
    bin_put_bytes(out, tc->committee_hash.b, 32);
    bin_put_u16(out, tc->bitmap_bytes);
    bin_put_bytes(out, tc->bitmap, tc->bitmap_bytes);
    bin_put_bytes(out, tc->high_rounds, tc->count * sizeof(uint64_t));
    bin_put_bytes(out, tc->signatures, tc->count * sizeof(struct signature));
    bin_put_u8(out, tc->high != NULL);
    if (tc->high != NULL) certificate_encode(tc->high, out);
}

struct timeoutcert *timeoutcert_decode(struct bin_reader *r)
{
    struct hash committee_hash;
    const uint64_t round = bin_get_u64(r);
    bin_get_bytes(r, committee_hash.b, 32);
    const uint16_t bitmap_bytes = bin_get_u16(r);
    if (bitmap_bytes > BITMAP_BYTES_MAX) bin_fail(r);
    const uint8_t *bitmap = bin_take(r, bitmap_bytes);
    if (bitmap == NULL) return NULL;
    const uint16_t count = bitmap_count(bitmap, bitmap_bytes);
    const uint8_t *high_rounds = bin_take(r, count * sizeof(uint64_t));
    const uint8_t *signatures = bin_take(r, count * sizeof(struct signature));
    const bool has_high = bin_get_bool(r);
    struct certificate *high = !r->bad && has_high ? certificate_decode(r) : NULL;
    if (r->bad) return NULL;
    struct timeoutcert *tc = alloc(bitmap_bytes, count);
    tc->round = round;
    tc->committee_hash = committee_hash;
    tc->high = high;
    memcpy(bitmap_room(tc), bitmap, bitmap_bytes);
    memcpy(high_rounds_room(tc), high_rounds, count * sizeof(uint64_t));
    memcpy(signatures_room(tc), signatures, count * sizeof(struct signature));
    return tc;
}

void timeoutcert_write(const struct timeoutcert *tc, struct amount power, struct amount high_power, struct json_writer *w)
{
    json_object(w);
    json_put_member_u64(w, STR("round"), tc->round);
    put_hex(w, STR("committee_hash"), tc->committee_hash.b, 32);
    put_hex(w, STR("signers"), tc->bitmap, tc->bitmap_bytes);
    json_key(w, STR("high_rounds"));
    json_array(w);
    for (size_t i = 0; i < tc->count; i++) json_put_u64(w, tc->high_rounds[i]);
    json_array_end(w);
    json_key(w, STR("signatures"));
    json_array(w);
    for (size_t i = 0; i < tc->count; i++) json_put_hex(w, tc->signatures[i].b, sizeof(struct signature));
    json_array_end(w);
    put_amount(w, STR("power"), power);
    json_key(w, STR("high_certificate"));
    if (tc->high == NULL)
        json_put_null(w);
    else
        certificate_write(tc->high, high_power, w);
    json_object_end(w);
}

static bool read_signers(struct timeoutcert *tc, const struct json *high_rounds, const struct json *signatures)
{
    const struct json *round = high_rounds->child, *signature = signatures->child;
    uint8_t *to_round = high_rounds_room(tc), *to_signature = signatures_room(tc);
    for (size_t i = 0; i < tc->count; i++, round = round->next, signature = signature->next) {
        uint64_t value;
        if (field_u64(round, JSON_INT_MAX, &value) != CODE_NONE) return false;
        if (field_hex(signature, to_signature, sizeof(struct signature)) != CODE_NONE) return false;
        bin_store_u64(to_round, value);
        to_round += sizeof(value);
        to_signature += sizeof(struct signature);
    }
    return true;
}

struct timeoutcert *timeoutcert_read(const struct json *node, struct amount *out_power, struct amount *out_high_power)
{
    struct member_reader r = {.object = node};
    struct str signers;
    struct hash committee_hash;
    uint8_t bitmap[BITMAP_BYTES_MAX];
    const uint64_t round = member_u64(&r, STR("round"), JSON_INT_MAX);
    member_hex(&r, STR("committee_hash"), committee_hash.b, 32);
    const struct amount power = member_amount(&r, STR("power"));
    const struct json *rounds = json_find(node, STR("high_rounds")), *signatures = json_find(node, STR("signatures"));
    const struct json *high = json_find(node, STR("high_certificate"));
    if (!json_str(json_find(node, STR("signers")), &signers) || signers.len / 2 > sizeof(bitmap)) return NULL;
    if (r.bad || high == NULL || !str_unhex(signers, bitmap, signers.len / 2)) return NULL;
    const uint16_t bytes = (uint16_t)(signers.len / 2), count = bitmap_count(bitmap, bytes);
    if (!json_is(rounds, JSON_ARRAY) || rounds->count != count) return NULL;
    if (!json_is(signatures, JSON_ARRAY) || signatures->count != count) return NULL;
    struct timeoutcert *tc = alloc(bytes, count);
    tc->round = round;
    tc->committee_hash = committee_hash;
    memcpy(bitmap_room(tc), bitmap, bytes);
    struct amount high_power = AMOUNT(0);
    bool good = read_signers(tc, rounds, signatures);
    if (good && high->type != JSON_NULL) {
        tc->high = certificate_read(high, &high_power);
        good = tc->high != NULL;
    }
    if (!good) {
        timeoutcert_unref(tc);
        return NULL;
    }
    *out_power = power;
    *out_high_power = high_power;
    return tc;
}
