/* Encodings from anywhere: a point or scalar that is taken is the only encoding of itself; ring signatures and range proofs that
 * are well formed are refused without trouble. First byte: how many; then 8 points, then the proof. */
#include "core/base/check.h"
#include "core/crypto/clsag.h"
#include "core/crypto/rangeproof.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void encodings(const uint8_t data[32])
{
    struct point p;
    struct scalar s;
    memcpy(&p, data, 32);
    memcpy(&s, data, 32);
    if (point_valid(&p)) {
        const struct scalar one = scalar_of(1);
        const struct point same = point_mul(&one, &p), zero = {{0}}, sum = point_add(&p, &zero);
        CHECK(point_eq(&same, &p) && point_eq(&sum, &p));
    }
    if (scalar_valid(&s)) {
        const struct scalar zero = {{0}}, same = scalar_add(&s, &zero);
        CHECK(scalar_eq(&same, &s));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    enum { POINTS = 8 };
    if (bytes < 1 + 32 * POINTS) return 0;
    struct point points[POINTS];
    for (size_t i = 0; i < POINTS; i++) {
        encodings(data + 1 + 32 * i);
        memcpy(&points[i], data + 1 + 32 * i, 32);
        if (!point_valid(&points[i])) points[i] = shield_table.gi[i];
    }
    const struct str proof = {(const char *)data + 1 + 32 * POINTS, bytes - 1 - 32 * POINTS};
    const uint32_t count = data[0] % 6;
    if (rangeproof_well_formed(proof, count)) {
        const struct rangeproof_check check = {points, count, proof};
        bool one;
        CHECK(rangeproof_verify(&check) == rangeproof_verify_batch(&check, 1, &one));
    }
    if (count < 1 || count > 2 || !clsag_well_formed(proof, count)) return 0;
    struct clsag_member ring[2];
    memcpy(ring, points, sizeof(ring));
    const struct clsag_statement statement = {ring, count, points[4], points[5], {{0}}};
    CHECK(!clsag_verify(&statement, proof));
    return 0;
}
