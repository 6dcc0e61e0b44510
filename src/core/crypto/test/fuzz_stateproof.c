/* State proofs from anywhere: key, root, 16 siblings, u8 1 when a value follows, u8 its bytes, the value, u8 bucket count, the
 * entries. No proof under the root of a fixed map may show another value, or hide one. */
#include "core/base/check.h"
#include "core/crypto/statemap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static bool take(const uint8_t **data, size_t *bytes, void *out, size_t want)
{
    if (*bytes < want) return false;
    memcpy(out, *data, want);
    *data += want;
    *bytes -= want;
    return true;
}

/* Three keys in one bucket, one in its neighbour. */
static struct statemap *fixed_map(void)
{
    struct statemap_change changes[4];
    for (uint8_t i = 0; i < 4; i++) {
        memset(changes[i].key.b, 0x11 * (i + 1), 32);
        changes[i].key.b[0] = 0x10;
        changes[i].key.b[1] = i < 3 ? 0x20 : 0x21;
        changes[i].value = STR("value");
    }
    struct statemap *empty = statemap_empty(), *map = statemap_apply(empty, changes, 4);
    statemap_unref(empty);
    return map;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct state_proof proof = {.bucket_count = 0};
    static struct state_entry entries[255];
    uint8_t has_value, value_bytes, value[255], count;
    if (!take(&data, &bytes, &proof.key, 32) || !take(&data, &bytes, &proof.root, 32)) return 0;
    if (!take(&data, &bytes, proof.siblings, sizeof(proof.siblings))) return 0;
    if (!take(&data, &bytes, &has_value, 1) || !take(&data, &bytes, &value_bytes, 1)) return 0;
    if (!take(&data, &bytes, value, value_bytes) || !take(&data, &bytes, &count, 1)) return 0;
    if (!take(&data, &bytes, entries, count * sizeof(entries[0]))) return 0;
    proof.bucket = entries;
    proof.bucket_count = count;
    if (state_proof_verify(&proof, has_value != 0 ? value : NULL, value_bytes) != STATE_PROOF_OK) return 0;
    struct statemap *map = fixed_map();
    const struct hash root = statemap_root(map);
    struct str want;
    if (hash_eq(&root, &proof.root)) {
        CHECK(statemap_get(map, &proof.key, &want) == (has_value != 0));
        if (has_value != 0) CHECK_STR(((struct str){(const char *)value, value_bytes}), want);
    }
    statemap_unref(map);
    return 0;
}
