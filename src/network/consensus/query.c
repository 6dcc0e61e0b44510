#include "network/consensus/replica_priv.h"

static const struct twig *next_parent(const struct replica *r)
{
    const struct twig *parent = r->high == NULL ? NULL : tree_find(r, &r->high->block_hash);
    return parent == NULL ? r->head : parent;
}

struct block *replica_proposal_at(const struct replica *r, size_t i)
{
    for (size_t k = 0; k < r->headers.count; k++) {
        const struct seen_header *seen = r->headers.data[k].seen;
        if (r->headers.data[k].round != r->round || seen->first == NULL) continue;
        if (i-- == 0) return seen->first;
        if (seen->second != NULL && i-- == 0) return seen->second;
    }
    return NULL;
}

static bool valid_proposal_is_here(const struct replica *r)
{
    for (size_t i = map_next(&r->twigs, 0); i != MAP_END; i = map_next(&r->twigs, i + 1)) {
        const struct twig *twig = *(struct twig **)map_value_at(&r->twigs, i);
        if (twig_round(twig) == r->round && twig != r->root) return true;
    }
    return false;
}

const struct committee *replica_committee(const struct replica *r) { return r->epoch.committee; }

void replica_status(const struct replica *r, struct replica_status *out)
{
    uint32_t index;
    memset(out, 0, sizeof(*out));
    out->round = r->round;
    out->height = twig_height(next_parent(r)) + 1;
    out->phase = r->timed_out ? REPLICA_TIMEOUT : valid_proposal_is_here(r) ? REPLICA_VOTE : REPLICA_PROPOSE;
    out->has_proposer = r->has_leader;
    if (r->has_leader) out->proposer = r->epoch.committee->members[r->leader].address;
    out->deadline = r->deadline;
    out->committee = r->epoch.committee;
    out->is_validator = out->committee != NULL && committee_find(out->committee, &r->validator, &index);
    out->high = r->high;
    out->lock = r->lock;
    out->entered_by = r->entry == ENTRY_TIMEOUT ? r->entry_tc : NULL;
    out->head = r->head->block;
    out->final = r->root->block;
    out->target_height = MAX(r->target_height, twig_height(r->head));
    out->is_syncing = out->target_height > twig_height(r->head) + 2;
    out->epoch_first_height = r->epoch.base.block->header.height + 1;
}

const struct votestate *replica_votes(const struct replica *r) { return &r->votes; }

size_t replica_timeouts(const struct replica *r, struct timeout *out, size_t max)
{
    size_t count = 0;
    for (size_t i = 0; i < r->timeouts.count; i++) {
        if (!r->timeouts.data[i].present) continue;
        if (count < max) out[count] = r->timeouts.data[i].timeout;
        count++;
    }
    return count;
}

/* ---- forks ---- */

static struct amount support_of(struct replica *r, const struct twig *twig)
{
    if (twig->certificate != NULL && twig->committee != NULL) return certificate_power(twig->certificate, twig->committee);
    return tally_support(r, &twig->block->hash);
}

static bool is_tip(const struct replica *r, const struct twig *twig)
{
    if (twig->closing) return false;
    for (const struct twig *child = twig->child; child != NULL; child = child->sibling)
        if (!child->closing) return false;
    for (size_t i = 0; i < r->strays.count; i++)
        if (hash_eq(&r->strays.data[i]->header.parent_hash, &twig->block->hash)) return twig == r->head;
    return true;
}

static bool stray_is_tip(const struct replica *r, const struct block *block)
{
    for (size_t i = 0; i < r->strays.count; i++)
        if (hash_eq(&r->strays.data[i]->header.parent_hash, &block->hash)) return false;
    return true;
}

/* Blocks of the branch that are not final. */
static uint32_t stray_length(const struct replica *r, const struct block *tip)
{
    uint32_t length = 0;
    const struct block *block = tip;
    while (block != NULL) {
        length++;
        const struct twig *twig = tree_find(r, &block->header.parent_hash);
        if (twig != NULL) return length + twig_height(twig) - twig_height(r->root);
        const struct block *parent = NULL;
        for (size_t i = 0; i < r->strays.count; i++)
            if (hash_eq(&r->strays.data[i]->hash, &block->header.parent_hash)) parent = r->strays.data[i];
        block = parent;
    }
    return length;
}

size_t replica_forks(struct replica *r, struct replica_fork *out, size_t max)
{
    size_t count = 0;
    for (size_t i = map_next(&r->twigs, 0); i != MAP_END; i = map_next(&r->twigs, i + 1)) {
        const struct twig *twig = *(struct twig **)map_value_at(&r->twigs, i);
        if (!is_tip(r, twig)) continue;
        if (count < max)
            out[count] = (struct replica_fork){twig->block, twig_height(twig) - twig_height(r->root), support_of(r, twig),
                                               twig == r->head};
        count++;
    }
    for (size_t i = 0; i < r->strays.count; i++) {
        struct block *block = r->strays.data[i];
        if (!stray_is_tip(r, block)) continue;
        if (count < max) out[count] = (struct replica_fork){block, stray_length(r, block), tally_support(r, &block->hash), false};
        count++;
    }
    return count;
}

/* ---- blocks ---- */

static void found_fill(const struct replica *r, const struct twig *twig, struct replica_found *out)
{
    const enum replica_block_state state = twig == r->root             ? REPLICA_FINALIZED
                                           : twig->certificate != NULL ? REPLICA_CERTIFIED
                                                                       : REPLICA_TENTATIVE;
    *out = (struct replica_found){twig->block, twig->certificate, state};
}

bool replica_block_of(const struct replica *r, const struct hash *hash, struct replica_found *out)
{
    const struct twig *twig = tree_find(r, hash);
    if (twig != NULL) {
        found_fill(r, twig, out);
        return true;
    }
    for (size_t i = 0; i < r->strays.count; i++) {
        if (!hash_eq(&r->strays.data[i]->hash, hash)) continue;
        *out = (struct replica_found){r->strays.data[i], NULL, REPLICA_STRAY};
        return true;
    }
    return false;
}

bool replica_block_at(const struct replica *r, uint32_t height, struct replica_found *out)
{
    const struct twig *twig = r->head;
    while (twig != NULL && twig_height(twig) > height) twig = twig->parent;
    if (twig == NULL || twig_height(twig) != height) return false;
    found_fill(r, twig, out);
    return true;
}

/* ---- X13 ---- */

static struct finality_proof *proof_of_epoch_end(const struct replica *r, const struct hash *hash)
{
    if (hash_eq(&r->epoch.base.block->hash, hash)) return r->epoch.proof;
    return r->store.epoch_proof == NULL ? NULL : r->store.epoch_proof(r->store.ctx, hash);
}

/* The headers so far and, from their last one on, those of a proof about it. */
static struct finality_proof *proof_extend(const struct header *headers, size_t count, const struct finality_proof *rest)
{
    const size_t total = count + rest->headers_count - 1;
    if (total > FINALITY_HEADERS_MAX) return NULL;
    struct header *all = base_alloc(total * sizeof(*all));
    memcpy(all, headers, count * sizeof(*all));
    memcpy(all + count, rest->headers + 1, (rest->headers_count - 1u) * sizeof(*all));
    struct finality_proof *proof = finality_new(all, total, rest->certificates, rest->committees, rest->committees_count);
    base_free(all);
    return proof;
}

struct finality_proof *replica_finality_proof(struct replica *r, uint32_t height)
{
    VEC(struct header) headers = {0};
    struct certificate *last[FINALITY_CERTIFICATES] = {NULL, NULL, NULL};
    struct finality_proof *proof = NULL;
    struct certified_block at;
    while (proof == NULL && headers.count < FINALITY_HEADERS_MAX && final_header_at(r, height + (uint32_t)headers.count, &at)) {
        const struct header *header = &at.block->header;
        vec_push(&headers, *header);
        last[0] = last[1];
        last[1] = last[2];
        last[2] = at.certificate;
        const size_t n = headers.count;
        const struct finality_proof *rest = NULL;
        if (header_is_epoch_end(header))
            rest = proof_of_epoch_end(r, &at.block->hash);
        else if (header->height == twig_height(r->root))
            rest = r->root_proof;
        if (rest != NULL) proof = proof_extend(headers.data, n, rest);
        if (rest != NULL || n < 3 || last[0] == NULL || last[1] == NULL || last[2] == NULL) continue;
        if (headers.data[n - 2].round != headers.data[n - 3].round + 1 || header->round != headers.data[n - 2].round + 1)
            continue;
        struct committee *committee = (struct committee *)committee_known(r, &header->committee_hash);
        if (committee == NULL) break;
        proof = finality_new(headers.data, n, last, &committee, 1);
    }
    vec_done(&headers);
    return proof;
}
