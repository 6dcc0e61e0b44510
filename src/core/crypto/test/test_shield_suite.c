/* Simulated proofs against real ones: the same sizes, the same refusals of whoever lies or changes a byte, and no way across. */
#include "core/base/check.h"
#include "core/crypto/shield_suite.h"

enum { N = 11 };

static const struct shield_suite real = {SHIELD_REAL}, simulated = {SHIELD_SIMULATED};
static const uint8_t rnd[32] = {5};

struct ring {
    struct clsag_member members[N];
    struct clsag_statement statement;
    struct clsag_secret secret;
    uint8_t bytes[CLSAG_BYTES_MAX];
};

static void ring_init(struct ring *r)
{
    for (uint32_t j = 0; j < N; j++) {
        const struct scalar key = scalar_of(100 + j), blinding = scalar_of(200 + j);
        r->members[j] = (struct clsag_member){point_mul_base(&key), shield_commit(5000 + j, &blinding)};
    }
    const struct scalar pseudo = scalar_of(999), blinding = scalar_of(204);
    r->secret = (struct clsag_secret){4, scalar_of(104), scalar_sub(&blinding, &pseudo)};
    r->statement = (struct clsag_statement){r->members, N, shield_commit(5004, &pseudo), shield_key_image(&r->secret.secret, &r->members[4].key), {{7}}};
}
static struct str ring_bytes(const struct ring *r) { return (struct str){(const char *)r->bytes, clsag_bytes(N)}; }

static void a_simulated_signature_has_the_form_of_a_real_one(void)
{
    struct ring r;
    ring_init(&r);
    suite_ring_sign(simulated, &r.statement, &r.secret, rnd, r.bytes);
    CHECK(clsag_well_formed(ring_bytes(&r), N));
    CHECK(suite_ring_verify(simulated, &r.statement, ring_bytes(&r)));
    CHECK(!suite_ring_verify(real, &r.statement, ring_bytes(&r)));
    suite_ring_sign(real, &r.statement, &r.secret, rnd, r.bytes);
    CHECK(suite_ring_verify(real, &r.statement, ring_bytes(&r)));
    CHECK(!suite_ring_verify(simulated, &r.statement, ring_bytes(&r)));
}

static void every_byte_of_a_simulated_signature_is_bound(void)
{
    struct ring r;
    ring_init(&r);
    suite_ring_sign(simulated, &r.statement, &r.secret, rnd, r.bytes);
    for (size_t i = 0; i < clsag_bytes(N); i++) {
        r.bytes[i] ^= 1;
        CHECK(!suite_ring_verify(simulated, &r.statement, ring_bytes(&r)));
        r.bytes[i] ^= 1;
    }
    for (size_t i = 0; i < sizeof(r.members); i++) {
        ((uint8_t *)r.members)[i] ^= 1;
        CHECK(!suite_ring_verify(simulated, &r.statement, ring_bytes(&r)));
        ((uint8_t *)r.members)[i] ^= 1;
    }
    uint8_t *const fields[] = {r.statement.pseudo.b, r.statement.key_image.b, r.statement.message.b};
    for (size_t f = 0; f < ARRAY_LEN(fields); f++) {
        for (size_t i = 0; i < 32; i++) {
            fields[f][i] ^= 1;
            CHECK(!suite_ring_verify(simulated, &r.statement, ring_bytes(&r)));
            fields[f][i] ^= 1;
        }
    }
    CHECK(suite_ring_verify(simulated, &r.statement, ring_bytes(&r)));
}

/* Another's note, another value, another key image: each makes bytes that do not verify, in both suites. */
static void who_does_not_own_the_note_signs_in_vain(void)
{
    const struct shield_suite suites[] = {real, simulated};
    for (size_t s = 0; s < ARRAY_LEN(suites); s++) {
        struct ring r;
        const struct scalar one = scalar_of(1);
        ring_init(&r);
        struct clsag_secret secret = r.secret;
        secret.secret = scalar_add(&secret.secret, &one);
        suite_ring_sign(suites[s], &r.statement, &secret, rnd, r.bytes);
        CHECK(clsag_well_formed(ring_bytes(&r), N) && !suite_ring_verify(suites[s], &r.statement, ring_bytes(&r)));
        secret = r.secret;
        secret.blinding = scalar_add(&secret.blinding, &one);
        suite_ring_sign(suites[s], &r.statement, &secret, rnd, r.bytes);
        CHECK(!suite_ring_verify(suites[s], &r.statement, ring_bytes(&r)));
        secret = r.secret;
        secret.index = 5;
        suite_ring_sign(suites[s], &r.statement, &secret, rnd, r.bytes);
        CHECK(!suite_ring_verify(suites[s], &r.statement, ring_bytes(&r)));
        r.statement.key_image = r.members[0].key;
        suite_ring_sign(suites[s], &r.statement, &r.secret, rnd, r.bytes);
        CHECK(!suite_ring_verify(suites[s], &r.statement, ring_bytes(&r)));
    }
}

static void simulated_range_proofs_bind_every_byte(void)
{
    struct shield_opening openings[4];
    struct point commitments[4];
    uint8_t proof[RANGEPROOF_BYTES_MAX];
    for (uint32_t j = 0; j < 4; j++) {
        openings[j] = (struct shield_opening){UINT64_MAX - j, scalar_of(11 + j)};
        commitments[j] = shield_commit(openings[j].value, &openings[j].blinding);
    }
    for (uint32_t m = 1; m <= 4; m++) {
        const struct rangeproof_check check = {commitments, m, {(const char *)proof, rangeproof_bytes(m)}};
        suite_range_prove(simulated, openings, commitments, m, rnd, proof);
        CHECK(rangeproof_well_formed(check.proof, m));
        CHECK(suite_range_verify(simulated, &check) && !suite_range_verify(real, &check));
        for (size_t i = 0; i < check.proof.len; i++) {
            proof[i] ^= 0x10;
            CHECK(!suite_range_verify(simulated, &check));
            proof[i] ^= 0x10;
        }
        for (size_t i = 0; i < 32 * (size_t)m; i++) {
            ((uint8_t *)commitments)[i] ^= 1;
            CHECK(!suite_range_verify(simulated, &check));
            ((uint8_t *)commitments)[i] ^= 1;
        }
    }
}

/* A commitment to more than its opening says: a value out of range, or another's. */
static void who_does_not_open_the_commitment_proves_in_vain(void)
{
    const struct shield_opening opening = {5, scalar_of(9)};
    const struct point other = shield_commit((u128)UINT64_MAX + 6, &opening.blinding);
    uint8_t proof[RANGEPROOF_BYTES_MAX];
    const struct rangeproof_check checks[2] = {{&other, 1, {(const char *)proof, rangeproof_bytes(1)}},
                                               {&other, 1, {(const char *)proof, rangeproof_bytes(1)}}};
    bool valid[2] = {true, true};
    suite_range_prove(simulated, &opening, &other, 1, rnd, proof);
    CHECK(rangeproof_well_formed(checks[0].proof, 1) && !suite_range_verify(simulated, &checks[0]));
    CHECK(!suite_range_verify_batch(simulated, checks, 2, valid) && !valid[0] && !valid[1]);
}

static void a_simulated_note_is_found_by_its_owner_alone(void)
{
    struct source source = source_of((const uint8_t[32]){1});
    const struct shield_keys keys = shield_keys_draw(&source), other = shield_keys_draw(&source);
    for (uint32_t i = 0; i < 50; i++) {
        struct shield_note note;
        struct shield_opening opening;
        struct shield_owned owned;
        const uint64_t value = i == 0 ? UINT64_MAX : i * 1000;
        suite_note_make(simulated, &source, &keys.address, value, i % 4, &note, &opening);
        CHECK(point_valid(&note.tx_key) && point_valid(&note.one_time_key) && point_valid(&note.commitment));
        CHECK(suite_note_own(simulated, &keys, &note, i % 4, &owned));
        CHECK_U64(owned.opening.value, value);
        const struct point key = point_mul_base(&owned.secret), commitment = shield_commit(value, &owned.opening.blinding);
        CHECK(point_eq(&key, &note.one_time_key) && point_eq(&commitment, &note.commitment));
        CHECK(!suite_note_own(simulated, &keys, &note, i % 4 + 1, &owned)); /* another position: another note */
        CHECK(!suite_note_own(simulated, &other, &note, i % 4, &owned));
        CHECK(!suite_note_own(real, &keys, &note, i % 4, &owned));
        note.commitment = note.one_time_key;
        CHECK(!suite_note_own(simulated, &keys, &note, i % 4, &owned));
    }
}

int main(void)
{
    RUN(a_simulated_signature_has_the_form_of_a_real_one);
    RUN(every_byte_of_a_simulated_signature_is_bound);
    RUN(who_does_not_own_the_note_signs_in_vain);
    RUN(simulated_range_proofs_bind_every_byte);
    RUN(who_does_not_open_the_commitment_proves_in_vain);
    RUN(a_simulated_note_is_found_by_its_owner_alone);
    return 0;
}
