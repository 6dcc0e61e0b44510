/* Range proofs against the published vectors S14, alone and in batches, and what must not pass: values outside of the range,
 * commitments exchanged, bytes flipped, encodings that are not canonical. */
#include "core/base/check.h"
#include "core/crypto/hash.h"
#include "core/crypto/rangeproof.h"

#include <sodium.h>

struct scene {
    struct shield_opening openings[4];
    struct point commitments[4];
    uint32_t count;
    uint8_t proof[RANGEPROOF_BYTES_MAX];
};

static void scene_init(struct scene *s, uint32_t count)
{
    static const uint64_t values[] = {1000000, 0, UINT64_MAX, 1};
    uint8_t seed[32], rnd[32];
    for (size_t i = 0; i < sizeof(seed); i++) seed[i] = (uint8_t)i;
    struct source source = source_of(seed);
    source_bytes(&source, rnd, sizeof(rnd));
    s->count = count;
    for (uint32_t j = 0; j < count; j++) {
        s->openings[j] = (struct shield_opening){values[j], scalar_of(11 + j)};
        s->commitments[j] = shield_commit(values[j], &s->openings[j].blinding);
    }
    rangeproof_prove(s->openings, s->commitments, count, rnd, s->proof);
}

static struct rangeproof_check check_of(const struct scene *s)
{
    return (struct rangeproof_check){s->commitments, s->count, {(const char *)s->proof, rangeproof_bytes(s->count)}};
}

static bool holds(const struct scene *s)
{
    const struct rangeproof_check check = check_of(s);
    return rangeproof_well_formed(check.proof, s->count) && rangeproof_verify(&check);
}

static void proofs_are_the_published_ones(void)
{
    static const char *const digests[] = {"ca63cbecd982094ecbdd643fea2ba28b76f267be76fa2581a2e123aadd4f0706",
                                          "8920cec4a1af13cc21b206eb8f785f91b2158d3c25700c39eec9115262c59352",
                                          "a040ab2616a973cb5320c1cfd929908f53995fe84b8f7f9e36bcfbb456a35760",
                                          "720e7aeb551dec6953db9b4661b3c5c6fa2e4cbd55d4b13be41bce4efaa6d83e"};
    static const size_t bytes[] = {672, 736, 800, 800};
    for (uint32_t m = 1; m <= 4; m++) {
        struct scene s;
        scene_init(&s, m);
        CHECK_U64(rangeproof_bytes(m), bytes[m - 1]);
        if (m == 1) {
            CHECK_HEX(s.proof, 32, "ae529df47d5617e8585890e08805ddc029a4f8de3ce2b9b132427f5bcd8e123d");
            CHECK_HEX(s.proof + 32, 32, "dc4d8c2a24d124a2eab7b3b082ce660a9828887dbfea5d712c2b334667265718");
            CHECK_HEX(s.proof + 192, 32, "fbc6f60d7bef779296f567dccd5b99963cb85e990da0e775d801bc4f5f0f480f");
            CHECK_HEX(s.proof + 640, 32, "ac16ba26a20ef43a70d62366d637a8bd527113f1e9be4805040ab4ae2352cf0f");
        }
        uint8_t digest[32];
        crypto_generichash(digest, sizeof(digest), s.proof, rangeproof_bytes(m), NULL, 0);
        CHECK_HEX(digest, 32, digests[m - 1]);
        CHECK(holds(&s));
    }
    CHECK_U64(rangeproof_bytes(0), 0);
    CHECK_U64(rangeproof_bytes(5), 0);
}

static void exchanged_commitments_are_refused(void)
{
    struct scene s;
    scene_init(&s, 2);
    const struct point first = s.commitments[0];
    s.commitments[0] = s.commitments[1];
    s.commitments[1] = first;
    CHECK(!holds(&s));
}

static void values_out_of_range_are_refused(void)
{
    struct scene s;
    scene_init(&s, 2); /* the proof is for 1000000; what is committed to is 2^64 more, or less than nothing */
    s.commitments[0] = shield_commit(((u128)1 << 64) + 1000000, &s.openings[0].blinding);
    CHECK(!holds(&s));
    const uint8_t rnd[32] = {3};
    rangeproof_prove(s.openings, s.commitments, 2, rnd, s.proof); /* bound to that commitment */
    CHECK(!holds(&s));
    const struct scalar five = scalar_of(5), minus = scalar_negate(&five);
    struct point negative = point_mul(&minus, &shield_table.h);
    const struct point blinding = point_mul_base(&s.openings[0].blinding);
    s.commitments[0] = point_add(&negative, &blinding);
    rangeproof_prove(s.openings, s.commitments, 2, rnd, s.proof);
    CHECK(!holds(&s));
}

static void no_flipped_bit_is_accepted(void)
{
    struct scene s;
    scene_init(&s, 1);
    for (size_t byte = 0; byte < 672; byte += 13) {
        s.proof[byte] ^= 1u << (byte % 8);
        CHECK(!holds(&s));
        s.proof[byte] ^= 1u << (byte % 8);
    }
    CHECK(holds(&s));
}

static void encodings_that_are_not_canonical_are_not_well_formed(void)
{
    struct scene s;
    scene_init(&s, 1);
    const struct str proof = check_of(&s).proof;
    CHECK(rangeproof_well_formed(proof, 1));
    CHECK(!rangeproof_well_formed(proof, 2) && !rangeproof_well_formed(proof, 0) && !rangeproof_well_formed(proof, 5));
    for (size_t item = 0; item < 21; item++) {
        uint8_t kept[32];
        memcpy(kept, s.proof + 32 * item, 32);
        memset(s.proof + 32 * item, 0xff, 32);
        CHECK(!rangeproof_well_formed(proof, 1));
        memset(s.proof + 32 * item, 0, 32); /* a scalar may be 0, a point not */
        CHECK(rangeproof_well_formed(proof, 1) == ((item >= 4 && item < 7) || item >= 19));
        memcpy(s.proof + 32 * item, kept, 32);
    }
}

static void a_batch_names_the_culprit(void)
{
    enum { COUNT = 5 };
    struct scene *s = calloc(COUNT, sizeof(*s));
    struct rangeproof_check checks[COUNT];
    bool valid[COUNT];
    for (uint32_t i = 0; i < COUNT; i++) {
        scene_init(&s[i], 1 + i % 4);
        checks[i] = check_of(&s[i]);
    }
    CHECK(rangeproof_verify_batch(checks, COUNT, valid));
    for (uint32_t i = 0; i < COUNT; i++) CHECK(valid[i]);
    s[3].commitments[1] = shield_table.gi[9];
    CHECK(!rangeproof_verify_batch(checks, COUNT, valid));
    for (uint32_t i = 0; i < COUNT; i++) CHECK(valid[i] == (i != 3));
    CHECK(rangeproof_verify_batch(checks, 0, valid));
    /* One too many and one too few would cancel out without weights. */
    scene_init(&s[3], 4);
    scene_init(&s[0], 1);
    scene_init(&s[4], 1);
    checks[0] = check_of(&s[0]), checks[4] = check_of(&s[4]), checks[3] = check_of(&s[3]);
    s[0].commitments[0] = shield_commit(1000001, &s[0].openings[0].blinding);
    s[4].commitments[0] = shield_commit(999999, &s[4].openings[0].blinding);
    CHECK(!rangeproof_verify_batch(checks, COUNT, valid));
    CHECK(!valid[0] && valid[1] && valid[2] && valid[3] && !valid[4]);
    free(s);
}

int main(void)
{
    RUN(proofs_are_the_published_ones);
    RUN(exchanged_commitments_are_refused);
    RUN(values_out_of_range_are_refused);
    RUN(no_flipped_bit_is_accepted);
    RUN(encodings_that_are_not_canonical_are_not_well_formed);
    RUN(a_batch_names_the_culprit);
    return 0;
}
