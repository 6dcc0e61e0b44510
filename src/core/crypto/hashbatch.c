#include "core/crypto/hashbatch.h"

#if defined(__x86_64__)

/* BLAKE2b (RFC 7693) on four inputs of equally many blocks, word i of all four in one vector. The typedefs are what vector
 * types need to be cast. */
typedef uint64_t lanes64 __attribute__((vector_size(32)));
typedef uint32_t lanes32 __attribute__((vector_size(32)));
typedef uint8_t lanes8 __attribute__((vector_size(32)));

static const uint64_t initial[8] = {
    UINT64_C(0x6a09e667f3bcc908), UINT64_C(0xbb67ae8584caa73b), UINT64_C(0x3c6ef372fe94f82b), UINT64_C(0xa54ff53a5f1d36f1),
    UINT64_C(0x510e527fade682d1), UINT64_C(0x9b05688c2b3e6c1f), UINT64_C(0x1f83d9abfb41bd6b), UINT64_C(0x5be0cd19137e2179),
};
static const uint8_t schedule[12][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
};

#define ROTATE_32(x) ((lanes64)__builtin_shufflevector((lanes32)(x), (lanes32)(x), 1, 0, 3, 2, 5, 4, 7, 6))
#define ROTATE_24(x)                                                                                                               \
    ((lanes64)__builtin_shufflevector((lanes8)(x), (lanes8)(x), 3, 4, 5, 6, 7, 0, 1, 2, 11, 12, 13, 14, 15, 8, 9, 10, 19, 20, 21, 22, \
                                      23, 16, 17, 18, 27, 28, 29, 30, 31, 24, 25, 26))
#define ROTATE_16(x)                                                                                                               \
    ((lanes64)__builtin_shufflevector((lanes8)(x), (lanes8)(x), 2, 3, 4, 5, 6, 7, 0, 1, 10, 11, 12, 13, 14, 15, 8, 9, 18, 19, 20, 21, \
                                      22, 23, 16, 17, 26, 27, 28, 29, 30, 31, 24, 25))
#define ROTATE_63(x) (((x) >> 63) | ((x) + (x)))
#define MIX(a, b, c, d, x, y)   \
    do {                        \
        a = a + b + (x);        \
        d = ROTATE_32(d ^ a);   \
        c = c + d;              \
        b = ROTATE_24(b ^ c);   \
        a = a + b + (y);        \
        d = ROTATE_16(d ^ a);   \
        c = c + d;              \
        b = ROTATE_63(b ^ c);   \
    } while (0)

/* One block of each lane into h. `total` is how many bytes each lane has fed so far, `last` all ones for the final block. */
__attribute__((target("avx2"))) static void compress(lanes64 h[8], const uint8_t *const block[HASH_LANES], const lanes64 *total, uint64_t last)
{
    lanes64 m[16];
    for (size_t i = 0; i < 16; i += 4) { /* four words of each lane become four vectors of one word each */
        lanes64 a, b, c, d;
        memcpy(&a, block[0] + 8 * i, 32);
        memcpy(&b, block[1] + 8 * i, 32);
        memcpy(&c, block[2] + 8 * i, 32);
        memcpy(&d, block[3] + 8 * i, 32);
        const lanes64 ab_even = __builtin_shufflevector(a, b, 0, 4, 2, 6), ab_odd = __builtin_shufflevector(a, b, 1, 5, 3, 7);
        const lanes64 cd_even = __builtin_shufflevector(c, d, 0, 4, 2, 6), cd_odd = __builtin_shufflevector(c, d, 1, 5, 3, 7);
        m[i] = __builtin_shufflevector(ab_even, cd_even, 0, 1, 4, 5);
        m[i + 1] = __builtin_shufflevector(ab_odd, cd_odd, 0, 1, 4, 5);
        m[i + 2] = __builtin_shufflevector(ab_even, cd_even, 2, 3, 6, 7);
        m[i + 3] = __builtin_shufflevector(ab_odd, cd_odd, 2, 3, 6, 7);
    }
    const lanes64 zero = {0, 0, 0, 0};
    lanes64 v0 = h[0], v1 = h[1], v2 = h[2], v3 = h[3], v4 = h[4], v5 = h[5], v6 = h[6], v7 = h[7];
    lanes64 v8 = zero + initial[0], v9 = zero + initial[1], v10 = zero + initial[2], v11 = zero + initial[3];
    lanes64 v12 = *total ^ initial[4], v13 = zero + initial[5], v14 = zero + (initial[6] ^ last), v15 = zero + initial[7];
    for (size_t round = 0; round < 12; round++) {
        const uint8_t *s = schedule[round];
        MIX(v0, v4, v8, v12, m[s[0]], m[s[1]]);
        MIX(v1, v5, v9, v13, m[s[2]], m[s[3]]);
        MIX(v2, v6, v10, v14, m[s[4]], m[s[5]]);
        MIX(v3, v7, v11, v15, m[s[6]], m[s[7]]);
        MIX(v0, v5, v10, v15, m[s[8]], m[s[9]]);
        MIX(v1, v6, v11, v12, m[s[10]], m[s[11]]);
        MIX(v2, v7, v8, v13, m[s[12]], m[s[13]]);
        MIX(v3, v4, v9, v14, m[s[14]], m[s[15]]);
    }
    h[0] ^= v0 ^ v8;
    h[1] ^= v1 ^ v9;
    h[2] ^= v2 ^ v10;
    h[3] ^= v3 ^ v11;
    h[4] ^= v4 ^ v12;
    h[5] ^= v5 ^ v13;
    h[6] ^= v6 ^ v14;
    h[7] ^= v7 ^ v15;
}

__attribute__((target("avx2"))) static void lanes_hash(struct hash_lanes *group, size_t blocks)
{
    lanes64 h[8];
    for (size_t i = 0; i < 8; i++) h[i] = (lanes64){initial[i], initial[i], initial[i], initial[i]};
    h[0] ^= UINT64_C(0x01010000) ^ sizeof(struct hash); /* no key, fan-out 1, depth 1 */
    for (size_t b = 0; b < blocks; b++) {
        const bool last = b + 1 == blocks;
        const uint8_t *block[HASH_LANES];
        uint64_t fed[HASH_LANES];
        for (size_t lane = 0; lane < HASH_LANES; lane++) {
            block[lane] = group->blocks[lane] + b * HASH_BLOCK_BYTES;
            fed[lane] = last ? group->bytes[lane] : (b + 1) * HASH_BLOCK_BYTES;
        }
        const lanes64 total = {fed[0], fed[1], fed[2], fed[3]};
        compress(h, block, &total, last ? UINT64_MAX : 0);
    }
    for (size_t lane = 0; lane < group->waiting; lane++) {
        for (size_t i = 0; i < 4; i++) {
            const uint64_t word = h[i][lane];
            memcpy(group->out[lane]->b + 8 * i, &word, 8);
        }
    }
}

static bool processor_can(void) { return __builtin_cpu_supports("avx2") != 0; }

#else

static void lanes_hash(struct hash_lanes *group, size_t blocks)
{
    (void)group;
    (void)blocks;
    UNREACHABLE();
}

static bool processor_can(void) { return false; }

#endif

void hash_batch_init(struct hash_batch *batch)
{
    for (size_t i = 0; i < HASH_LANE_BLOCKS; i++) batch->groups[i].waiting = 0;
    batch->lanes = processor_can();
}

static void group_hash(struct hash_lanes *group, size_t blocks)
{
    for (uint32_t lane = group->waiting; lane < HASH_LANES; lane++) group->bytes[lane] = 0; /* computed along, thrown away */
    lanes_hash(group, blocks);
    group->waiting = 0;
}

static void hash_now(const char *tag, const void *head, size_t head_bytes, const void *body, size_t body_bytes, struct hash *out)
{
    struct hasher hasher;
    hasher_init(&hasher, tag);
    hasher_add(&hasher, head, head_bytes);
    hasher_add(&hasher, body, body_bytes);
    *out = hasher_final(&hasher);
}

void hash_batch_add(struct hash_batch *batch, const char *tag, const void *head, size_t head_bytes, const void *body, size_t body_bytes,
                    struct hash *out)
{
    const size_t tag_bytes = strlen(tag), bytes = 1 + tag_bytes + head_bytes + body_bytes;
    ASSERT(tag_bytes <= HASH_TAG_BYTES_MAX);
    if (!batch->lanes || body_bytes > HASH_LANE_BLOCKS * HASH_BLOCK_BYTES || bytes > HASH_LANE_BLOCKS * HASH_BLOCK_BYTES) {
        hash_now(tag, head, head_bytes, body, body_bytes, out);
        return;
    }
    const size_t blocks = (bytes + HASH_BLOCK_BYTES - 1) / HASH_BLOCK_BYTES;
    struct hash_lanes *group = &batch->groups[blocks - 1];
    uint8_t *to = group->blocks[group->waiting];
    to[0] = (uint8_t)tag_bytes;
    memcpy(to + 1, tag, tag_bytes);
    if (head_bytes > 0) memcpy(to + 1 + tag_bytes, head, head_bytes);
    if (body_bytes > 0) memcpy(to + 1 + tag_bytes + head_bytes, body, body_bytes);
    memset(to + bytes, 0, blocks * HASH_BLOCK_BYTES - bytes);
    group->bytes[group->waiting] = (uint32_t)bytes;
    group->out[group->waiting++] = out;
    if (group->waiting == HASH_LANES) group_hash(group, blocks);
}

void hash_batch_flush(struct hash_batch *batch)
{
    for (size_t i = 0; i < HASH_LANE_BLOCKS; i++)
        if (batch->groups[i].waiting > 0) group_hash(&batch->groups[i], i + 1);
}
