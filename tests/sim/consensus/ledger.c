/* A ledger of hashes, and committees drawn from the seed. */
#include "world.h"

struct hash toy_state(const struct block *parent, uint32_t height, uint64_t timestamp_ms, const struct address *proposer)
{
    struct hasher h;
    hasher_init(&h, "adnet/toy/v1");
    hasher_add(&h, &parent->header.state_root, 32);
    hasher_add_u32(&h, height);
    hasher_add_u64(&h, timestamp_ms);
    hasher_add(&h, proposer, 32);
    return hasher_final(&h);
}

/* Members of an epoch, drawn from the seed; the liars among them hold less than a third. */
struct committee *committee_draw(struct world *w, uint64_t epoch, uint64_t start_round)
{
    for (size_t i = 0; i < w->committees.count; i++) {
        struct committee *known = w->committees.data[i];
        if (known->epoch == epoch && known->start_round == start_round) return known;
    }
    struct rng seed, rng;
    rng_init(&seed, w->seed);
    rng = rng_split(&seed, STR("committee"), epoch);
    const bool weighted = rng_below(&rng, 2) == 0;
    for (;;) {
        struct member members[VALIDATORS_MAX] = {0};
        size_t count = 0;
        uint64_t total = 0, lying = 0;
        for (uint32_t i = 0; i < w->validators_count; i++) {
            const bool in = w->disjoint ? i % 2 == epoch % 2 : epoch == 0 || rng_below(&rng, 4) != 0;
            if (!in) continue;
            const uint64_t stake = weighted ? 1 + rng_below(&rng, 4) : 1;
            members[count++] = (struct member){w->validators[i].address, w->validators[i].key.pub, AMOUNT(stake), ""};
            total += stake;
            if (w->validators[i].liar) lying += stake;
        }
        if (count == 0 || (!w->overrun && (total - lying) * 3 <= total * 2)) continue;
        struct committee *made = committee_new(epoch, start_round, members, count);
        ASSERT(made != NULL);
        vec_push(&w->committees, made);
        return made;
    }
}

static bool toy_fills(const struct world *w, const struct replica_place *place)
{
    return place->parent->header.height + 2 - place->epoch_first_height >= w->epoch_blocks;
}

struct committee *toy_next(struct world *w, const struct replica_place *place)
{
    if (!toy_fills(w, place)) return NULL;
    return committee_ref(committee_draw(w, place->committee->epoch + 1, place->round + 1));
}

enum code toy_execute(void *ctx, const struct replica_place *place, struct block *block, struct replica_outcome *out)
{
    const struct header *h = &block->header;
    const struct hash state = toy_state(place->parent, h->height, h->timestamp_ms, &h->proposer);
    if (!hash_eq(&state, &h->state_root) || block->txs_count != 0) return CODE_INVALID_BLOCK;
    out->next_committee = toy_next(ctx, place);
    return CODE_NONE;
}

bool toy_build(void *ctx, const struct replica_place *place, struct header *out, struct tx *const **out_txs, size_t *out_count,
               struct replica_outcome *outcome)
{
    out->state_root = toy_state(place->parent, place->parent->header.height + 1, place->timestamp_ms, place->proposer);
    *out_txs = NULL;
    *out_count = 0;
    outcome->next_committee = toy_next(ctx, place);
    return true;
}

bool toy_jailed(void *ctx, const struct block *parent, const struct address *member)
{
    const struct world *w = ctx;
    return w->jailed < w->validators_count && address_eq(member, &w->validators[w->jailed].address) &&
           parent->header.height % 16 >= 12;
}
