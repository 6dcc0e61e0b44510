#include "core/crypto/shield_suite.h"

#include "core/crypto/shield_note_priv.h"

/* ---- simulated proofs: items of 32 bytes, each a hash of the statement and its place; a point is one of the generators, so that it
 * is well formed ---- */

static void item_write(const uint8_t seed[64], uint32_t place, bool is_point, uint8_t *out)
{
    struct wide_hasher hasher;
    wide_init(&hasher, "adnet/simulated-proof/item/v1");
    wide_add(&hasher, seed, 64);
    wide_add_u32(&hasher, place);
    const struct scalar scalar = wide_scalar(&hasher);
    memcpy(out, is_point ? shield_table.gi[scalar.b[0]].b : scalar.b, 32);
}

/* The seed of a prover who does not know what it should is another one. */
static void ring_write(const struct clsag_statement *statement, bool knows, uint8_t *out)
{
    uint8_t seed[64];
    struct wide_hasher hasher;
    wide_init(&hasher, knows ? "adnet/simulated-proof/ring/v1" : "adnet/simulated-proof/forged/v1");
    wide_add_u32(&hasher, statement->count);
    wide_add(&hasher, statement->ring, sizeof(statement->ring[0]) * statement->count);
    wide_add(&hasher, &statement->pseudo, sizeof(statement->pseudo));
    wide_add(&hasher, &statement->key_image, sizeof(statement->key_image));
    wide_add(&hasher, &statement->message, sizeof(statement->message));
    wide_final(&hasher, seed);
    for (uint32_t i = 0; i < statement->count + 2; i++) item_write(seed, i, i == statement->count + 1, out + 32 * (size_t)i);
}

static bool ring_secret_holds(const struct clsag_statement *statement, const struct clsag_secret *secret)
{
    const struct clsag_member *real = &statement->ring[secret->index];
    const struct point key = point_mul_base(&secret->secret), offset = point_sub(&real->commitment, &statement->pseudo);
    const struct point zero = point_mul_base(&secret->blinding), image = shield_key_image(&secret->secret, &real->key);
    return point_eq(&key, &real->key) && point_eq(&offset, &zero) && point_eq(&image, &statement->key_image);
}

/* Points: the first four items and the pairs of the rounds; scalars: three behind those four, and the last two (rangeproof.h). */
static bool range_item_is_point(uint32_t place, uint32_t items) { return place < 4 || (place >= 7 && place + 2 < items); }

static void range_write(const struct point *commitments, uint32_t count, bool knows, uint8_t *out)
{
    const uint32_t items = (uint32_t)(rangeproof_bytes(count) / 32);
    uint8_t seed[64];
    struct wide_hasher hasher;
    wide_init(&hasher, knows ? "adnet/simulated-proof/range/v1" : "adnet/simulated-proof/forged/v1");
    wide_add_u32(&hasher, count);
    wide_add(&hasher, commitments, sizeof(commitments[0]) * count);
    wide_final(&hasher, seed);
    for (uint32_t i = 0; i < items; i++) item_write(seed, i, range_item_is_point(i, items), out + 32 * (size_t)i);
}

/* ---- either ---- */

void suite_ring_sign(struct shield_suite suite, const struct clsag_statement *statement, const struct clsag_secret *secret, const uint8_t rnd[32],
                     uint8_t *out)
{
    if (suite.scheme == SHIELD_REAL) {
        clsag_sign(statement, secret, rnd, out);
        return;
    }
    ASSERT(statement->count >= 1 && statement->count <= CLSAG_RING_MAX && secret->index < statement->count);
    ring_write(statement, ring_secret_holds(statement, secret), out);
}

bool suite_ring_verify(struct shield_suite suite, const struct clsag_statement *statement, struct str signature)
{
    if (suite.scheme == SHIELD_REAL) return clsag_verify(statement, signature);
    uint8_t want[CLSAG_BYTES_MAX];
    ASSERT(signature.len == clsag_bytes(statement->count));
    ring_write(statement, true, want);
    return memcmp(want, signature.data, signature.len) == 0;
}

void suite_range_prove(struct shield_suite suite, const struct shield_opening *openings, const struct point *commitments, uint32_t count,
                       const uint8_t rnd[32], uint8_t *out)
{
    if (suite.scheme == SHIELD_REAL) {
        rangeproof_prove(openings, commitments, count, rnd, out);
        return;
    }
    ASSERT(rangeproof_bytes(count) > 0);
    bool knows = true; /* values have 64 bits: whoever opens its commitments has values in range */
    for (uint32_t i = 0; i < count && knows; i++) {
        const struct point commitment = shield_commit(openings[i].value, &openings[i].blinding);
        knows = point_eq(&commitment, &commitments[i]);
    }
    range_write(commitments, count, knows, out);
}

bool suite_range_verify(struct shield_suite suite, const struct rangeproof_check *check)
{
    if (suite.scheme == SHIELD_REAL) return rangeproof_verify(check);
    uint8_t want[RANGEPROOF_BYTES_MAX];
    ASSERT(check->proof.len == rangeproof_bytes(check->count));
    range_write(check->commitments, check->count, true, want);
    return memcmp(want, check->proof.data, check->proof.len) == 0;
}

bool suite_range_verify_batch(struct shield_suite suite, const struct rangeproof_check *checks, size_t count, bool *out_valid)
{
    if (suite.scheme == SHIELD_REAL) return rangeproof_verify_batch(checks, count, out_valid);
    bool all = true;
    for (size_t i = 0; i < count; i++) all &= out_valid[i] = suite_range_verify(suite, &checks[i]);
    return all;
}

/* ---- simulated notes: a third of the transaction key is a hash of the rest of it and of the recipient's view key ---- */

enum { MARK_AT = 8, MARK_BYTES = 16 };

static void mark_of(const struct point *view, const struct point *tx_key, uint8_t out[64])
{
    struct wide_hasher hasher;
    wide_init(&hasher, "adnet/simulated-note/mark/v1");
    wide_add(&hasher, view, sizeof(*view));
    wide_add(&hasher, tx_key->b, MARK_AT);
    wide_add(&hasher, tx_key->b + MARK_AT + MARK_BYTES, sizeof(tx_key->b) - MARK_AT - MARK_BYTES);
    wide_final(&hasher, out);
}

static struct point shared_of(const struct point *view, const struct point *tx_key)
{
    struct wide_hasher hasher;
    uint8_t wide[64];
    struct point out;
    wide_init(&hasher, "adnet/simulated-note/shared/v1");
    wide_add(&hasher, view, sizeof(*view));
    wide_add(&hasher, tx_key, sizeof(*tx_key));
    wide_final(&hasher, wide);
    memcpy(out.b, wide, sizeof(out.b)); /* only ever hashed */
    return out;
}

void suite_note_make(struct shield_suite suite, struct source *source, const struct shield_address *to, uint64_t value, uint32_t output,
                     struct shield_note *out, struct shield_opening *out_opening)
{
    if (suite.scheme == SHIELD_REAL) {
        shield_note_make(source, to, value, output, out, out_opening);
        return;
    }
    do { /* one try in eight is an encoding of a point */
        uint8_t mark[64];
        source_bytes(source, out->tx_key.b, sizeof(out->tx_key.b));
        out->tx_key.b[0] &= 0xfe;
        out->tx_key.b[31] &= 0x7f;
        mark_of(&to->view, &out->tx_key, mark);
        memcpy(out->tx_key.b + MARK_AT, mark, MARK_BYTES);
    } while (!point_valid(&out->tx_key));
    const struct point ss = shared_of(&to->view, &out->tx_key);
    note_fill(&ss, &to->spend, value, output, out, out_opening);
}

bool suite_note_own(struct shield_suite suite, const struct shield_keys *keys, const struct shield_note *note, uint32_t output,
                    struct shield_owned *out)
{
    if (suite.scheme == SHIELD_REAL) return shield_note_own(keys, note, output, out);
    uint8_t mark[64];
    mark_of(&keys->address.view, &note->tx_key, mark);
    if (memcmp(mark, note->tx_key.b + MARK_AT, MARK_BYTES) != 0) return false;
    struct scalar key;
    struct shield_opening opening;
    const struct point ss = shared_of(&keys->address.view, &note->tx_key);
    if (!note_open(&ss, &keys->address.spend, note, output, &opening, &key)) return false;
    *out = (struct shield_owned){opening, scalar_add(&key, &keys->spend)};
    return true;
}
