/* What must hold, checked at every action of an honest node. */
#include "world.h"

void remember(struct world *w, struct block *block, struct certificate *certificate)
{
    bool is_new;
    struct block **slot = map_put(&w->blocks, &block->hash, &is_new);
    if (is_new) *slot = block_ref(block);
    if (certificate == NULL) return;
    struct certificate **held = map_put(&w->certificates, &block->hash, &is_new);
    if (is_new) *held = certificate_ref(certificate);
}

struct block *block_known(const struct world *w, const struct hash *hash)
{
    struct block *const *slot = map_find(&w->blocks, hash);
    return slot == NULL ? NULL : *slot;
}

static struct signed_once *signed_in(struct world *w, uint32_t validator, uint64_t round)
{
    const struct round_of key = {.round = round, .validator = validator};
    return map_put(&w->honest, &key, NULL);
}

static void audit_once(struct world *w, struct hash *slot, const struct hash *now, uint32_t validator, uint64_t round,
                       const char *what)
{
    if (hash_is_zero(slot)) *slot = *now;
    if (!hash_eq(slot, now)) broken(w, "innocence", "v%u signed two %s in round %" PRIu64, validator, what, round);
}

void audit_vote(struct world *w, struct host *host, const struct vote *vote)
{
    if (!address_eq(&vote->voter, &w->validators[host->validator].address)) return;
    audit_once(w, &signed_in(w, host->validator, vote->round)->vote, &vote->block_hash, host->validator, vote->round, "votes");
    const struct block *block = block_known(w, &vote->block_hash);
    if (block == NULL) {
        broken(w, "innocence", "v%u voted for a block nobody sent", host->validator);
        return;
    }
    if (!w->agreement_only && !hash_eq(&block->header.parent_hash, &host->lock_hash) &&
        block->header.justify_round <= host->lock_round)
        broken(w, "the lock",
               "v%u locked in round %" PRIu64 " voted in round %" PRIu64 " for a block that stands on round %" PRIu64,
               host->validator, host->lock_round, vote->round, block->header.justify_round);
}

void audit_proposal(struct world *w, struct host *host, struct block *block)
{
    const struct header *h = &block->header;
    remember(w, block, NULL);
    if (block->justify != NULL) {
        struct block *parent = block_known(w, &h->parent_hash);
        if (parent != NULL) remember(w, parent, block->justify);
    }
    if (!address_eq(&h->proposer, &w->validators[host->validator].address)) return;
    audit_once(w, &signed_in(w, host->validator, h->round)->proposal, &block->hash, host->validator, h->round, "proposals");
    const struct block *parent = block_known(w, &h->parent_hash);
    const struct evidence evidence = evidence_of_wrong_parent(h, &block->proposer_signature);
    struct evidence_claim claim;
    if (evidence_claim(&evidence, parent == NULL ? NULL : &parent->header, &claim))
        broken(w, "innocence", "v%u proposed on a wrong parent in round %" PRIu64, host->validator, h->round);
}

void audit_final(struct world *w, struct host *host, const struct replica_action *action)
{
    struct block *block = action->block.block;
    const uint32_t height = block->header.height;
    while (w->finals.count <= height) vec_push(&w->finals, ((struct hash){{0}}));
    struct hash *slot = &w->finals.data[height];
    if (hash_is_zero(slot)) *slot = block->hash;
    if (!hash_eq(slot, &block->hash) && !w->overrun)
        broken(w, "agreement", "two final blocks at height %u, the second at host %u", height, host->number);
    if (header_is_closing(&block->header)) broken(w, "agreement", "host %u has a closing block final", host->number);
    if (height != host->final_height + 1)
        broken(w, "agreement", "host %u: final %u after %u", host->number, height, host->final_height);
    host->final_height = height;
    vec_push(&host->finals, ((struct certified_block){block, action->block.certificate}));
}

void audit_proof(struct world *w, struct host *host, uint32_t height)
{
    struct finality_proof *proof = replica_finality_proof(host->replica, height);
    const struct verifier verifier = verifier_of_cache(w->cache);
    if (proof == NULL) {
        broken(w, "agreement", "host %u has no proof of its final block %u", host->number, height);
        return;
    }
    const enum verdict verdict = finality_verify(proof, w->domain, &proof->headers[0].committee_hash, 1, &verifier);
    if (verdict != VERDICT_GOOD || !hash_eq(&proof->target_hash, &host->finals.data[height].block->hash))
        broken(w, "agreement", "host %u's proof of block %u is no good", host->number, height);
    finality_unref(proof);
}

/* The lock that follows from the certificates a node has stored; a new epoch starts from its base. */
void audit_lock(struct world *w, struct host *host, const struct block *certified)
{
    const struct block *parent = block_known(w, &certified->header.parent_hash);
    if (parent == NULL || parent->header.round <= host->lock_round) return;
    host->lock_round = parent->header.round;
    host->lock_hash = parent->hash;
}

void audit_epoch(struct host *host, const struct replica_epoch *epoch)
{
    if (host->lock_epoch >= epoch->committee->epoch) return;
    host->lock_epoch = epoch->committee->epoch;
    host->lock_round = epoch->base.block->header.round;
    host->lock_hash = epoch->base.block->hash;
}

bool is_honest_key(const struct world *w, const struct address *address)
{
    for (uint32_t i = 0; i < w->validators_count; i++)
        if (address_eq(&w->validators[i].address, address)) return !w->validators[i].liar;
    return false;
}
