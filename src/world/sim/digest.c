/* The run digest: BLAKE2b over records that begin with a 64-bit word: an instant (a delivery, 32 bytes), or a word with its
 * top bit set that says what follows. Records gather in a buffer, since hashing few bytes at a time costs more. */
#include "world/sim/sim_priv.h"

enum { RECORD_PICK = 1, RECORD_FOLD = 2 };
#define RECORD_WORD(kind, value) (UINT64_C(1) << 63 | (uint64_t)(kind) << 56 | (uint64_t)(value))

struct delivery_record {
    uint64_t at_ns, ident;
    uint32_t from, to, bytes, class_hash;
};
_Static_assert(sizeof(struct delivery_record) == 32, "no padding goes into the digest");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "records are little-endian as they are in memory");

void digest_init(struct digest *digest, uint64_t seed)
{
    hasher_init(&digest->hasher, "adnet/run/1");
    hasher_add_u64(&digest->hasher, seed);
    digest->used = 0;
}

static void digest_put(struct digest *digest, const void *data, size_t bytes)
{
    if (digest->used + bytes > DIGEST_BUFFER_BYTES) {
        hasher_add(&digest->hasher, digest->buffer, digest->used);
        digest->used = 0;
        if (bytes > DIGEST_BUFFER_BYTES / 2) {
            hasher_add(&digest->hasher, data, bytes);
            return;
        }
    }
    memcpy(digest->buffer + digest->used, data, bytes);
    digest->used += bytes;
}

static uint32_t class_hash(struct digest *digest, const struct packet_class *class)
{
    for (size_t i = 0; i < ARRAY_LEN(digest->classes); i++)
        if (digest->classes[i].class == class) return digest->classes[i].hash;
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (const char *c = class->name; *c; c++) hash = (hash ^ (uint8_t)*c) * 16777619u;
    const size_t at = digest->classes_next++ % ARRAY_LEN(digest->classes);
    digest->classes[at].class = class;
    digest->classes[at].hash = hash;
    return hash;
}

void digest_delivery(struct digest *digest, uint64_t now_ns, uint32_t from, uint32_t to, const struct packet *packet)
{
    const uint64_t ident = packet->class->ident != NULL ? packet->class->ident(packet) : packet->ident;
    const struct delivery_record record = {now_ns, ident, from, to, packet->bytes, class_hash(digest, packet->class)};
    digest_put(digest, &record, sizeof(record));
}

void digest_pick(struct digest *digest, uint64_t index, uint64_t count)
{
    const uint64_t word = RECORD_WORD(RECORD_PICK, (count & 0xfffffff) << 28 | (index & 0xfffffff));
    digest_put(digest, &word, sizeof(word));
}

void digest_fold(struct digest *digest, const void *data, size_t bytes)
{
    const uint64_t word = RECORD_WORD(RECORD_FOLD, bytes);
    digest_put(digest, &word, sizeof(word));
    digest_put(digest, data, bytes);
}

struct hash digest_now(struct digest *digest)
{
    hasher_add(&digest->hasher, digest->buffer, digest->used);
    digest->used = 0;
    struct hasher copy = digest->hasher;
    return hasher_final(&copy);
}
