#include "network/node/txindex.h"

#define SLOTS_MIN 1024
#define EMPTY UINT32_MAX

/* The tag is other bytes of the id than those that choose the slot: what is not meant is nearly always seen here, without a look into a block. */
struct slot {
    uint32_t block; /* EMPTY: free */
    uint16_t place, tag;
};
_Static_assert(sizeof(struct slot) == 8, "an entry takes eight bytes");
struct txindex {
    struct slot *slots;
    size_t slots_count, used; /* a power of two, at most three quarters used */
    txindex_id *id_of;
    void *ctx;
};

static struct slot *slots_new(size_t count)
{
    struct slot *slots = base_alloc(sizeof(*slots) * count);
    memset(slots, 0xff, sizeof(*slots) * count);
    return slots;
}

struct txindex *txindex_new(txindex_id *id_of, void *ctx)
{
    struct txindex *index = base_alloc(sizeof(*index));
    *index = (struct txindex){.slots = slots_new(SLOTS_MIN), .slots_count = SLOTS_MIN, .id_of = id_of, .ctx = ctx};
    return index;
}

void txindex_free(struct txindex *index)
{
    if (!index) return;
    base_free(index->slots);
    base_free(index);
}

size_t txindex_count(const struct txindex *index) { return index->used; }

/* Ids are hashes already: any eight bytes of one are as good as a hash of it. */
static size_t slot_of(const struct hash *id, size_t slots_count)
{
    uint64_t word;
    memcpy(&word, id->b, sizeof(word));
    return word & (slots_count - 1);
}

static uint16_t tag_of(const struct hash *id) { return (uint16_t)(id->b[8] | id->b[9] << 8); }

static void slot_put(struct slot *slots, size_t slots_count, const struct hash *id, struct slot slot)
{
    size_t at = slot_of(id, slots_count);
    while (slots[at].block != EMPTY) at = (at + 1) & (slots_count - 1);
    slots[at] = slot;
}

static void grow(struct txindex *index)
{
    const size_t count = index->slots_count * 2;
    struct slot *slots = slots_new(count);
    for (size_t i = 0; i < index->slots_count; i++) {
        const struct slot slot = index->slots[i];
        if (slot.block != EMPTY) slot_put(slots, count, index->id_of(index->ctx, slot.block, slot.place), slot);
    }
    base_free(index->slots);
    index->slots = slots;
    index->slots_count = count;
}

void txindex_prefetch(const struct txindex *index, const struct hash *id)
{
    base_prefetch(&index->slots[slot_of(id, index->slots_count)], sizeof(struct slot));
}

void txindex_put(struct txindex *index, const struct hash *id, uint32_t block, uint32_t place)
{
    ASSERT(block != EMPTY && place <= UINT16_MAX);
    if ((index->used + 1) * 4 > index->slots_count * 3) grow(index);
    slot_put(index->slots, index->slots_count, id, (struct slot){block, (uint16_t)place, tag_of(id)});
    index->used++;
}

static struct txindex_hit hit_from(const struct txindex *index, const struct hash *id, size_t at)
{
    for (const uint16_t tag = tag_of(id);; at = (at + 1) & (index->slots_count - 1)) {
        const struct slot slot = index->slots[at];
        if (slot.block == EMPTY) return (struct txindex_hit){0};
        if (slot.tag != tag) continue;
        if (hash_eq(index->id_of(index->ctx, slot.block, slot.place), id)) return (struct txindex_hit){true, slot.block, slot.place, at};
    }
}

struct txindex_hit txindex_first(const struct txindex *index, const struct hash *id)
{
    return hit_from(index, id, slot_of(id, index->slots_count));
}

struct txindex_hit txindex_next(const struct txindex *index, const struct hash *id, struct txindex_hit hit)
{
    return hit_from(index, id, (hit.slot + 1) & (index->slots_count - 1));
}
