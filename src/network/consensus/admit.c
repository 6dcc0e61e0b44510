#include "network/consensus/guard_priv.h"

const struct committee *committee_known(const struct replica *r, const struct hash *hash)
{
    if (is_committee(hash, r->epoch.committee)) return r->epoch.committee;
    if (is_committee(hash, r->epoch.previous)) return r->epoch.previous;
    return r->store.committee_of == NULL ? NULL : r->store.committee_of(r->store.ctx, hash);
}

static bool is_refused(const struct replica *r, const struct hash *hash) { return map_find(&r->refused, hash) != NULL; }

static void refuse(struct replica *r, const struct hash *hash)
{
    if (map_count(&r->refused) >= REFUSED_MAX) map_clear(&r->refused);
    (void)map_put(&r->refused, hash, NULL);
}

/* The leader of the header's round signed it. */
static enum code signed_by_leader(struct replica *r, const struct block *block, const struct committee *committee)
{
    const struct header *header = &block->header;
    uint32_t leader;
    if (!committee_find(committee, &header->proposer, &leader) && guard_member(r, NULL)) return CODE_NONE; /* of no key that is known */
    if (!guard_leader(r, committee, header->round, &leader)) return CODE_INVALID_BLOCK;
    const struct member *member = &committee->members[leader];
    if (!address_eq(&member->address, &header->proposer)) return CODE_INVALID_BLOCK;
    if (!header_check(&block->hash, &block->proposer_signature, &member->consensus_key, &r->verifier))
        return CODE_INVALID_SIGNATURE;
    return CODE_NONE;
}

/* The header of the final block that `header` names as its parent; NULL: it names no final block that is still known. */
static const struct header *final_parent(struct replica *r, const struct header *header)
{
    struct certified_block found;
    if (hash_eq(&r->root->block->hash, &header->parent_hash)) return &r->root->block->header;
    if (r->store.block_of == NULL || !r->store.block_of(r->store.ctx, &header->parent_hash, &found)) return NULL;
    struct certified_block final;
    if (!final_header_at(r, found.block->header.height, &final)) return NULL;
    return hash_eq(&final.block->hash, &found.block->hash) ? &final.block->header : NULL;
}

/* A signed header that convicts by itself. True: it does. */
static bool wrong_parent(struct replica *r, const struct block *block)
{
    const struct header *header = &block->header;
    struct evidence_claim claim;
    const struct evidence evidence = evidence_of_wrong_parent(header, &block->proposer_signature);
    if (!evidence_claim(&evidence, final_parent(r, header), &claim)) return false;
    if (!is_refused(r, &block->hash)) evidence_found(r, &evidence, &header->proposer, header->height, header->round);
    refuse(r, &block->hash);
    return true;
}

void alert(struct replica *r, struct block *block) { action_block(r, REPLICA_ALERT, block, NULL); }

/* The last round of the three certified blocks that prove the final block at `height`; 0: no longer known. */
static uint64_t proven_round_of(struct replica *r, uint32_t height)
{
    struct finality_proof *proof = replica_finality_proof(r, height);
    const uint64_t round = proof == NULL ? 0 : proof->headers[proof->headers_count - 1].round;
    finality_unref(proof);
    return round;
}

/* A block that is not above the root, or whose parent is not: old news, or a rival of a final block. */
static enum code admit_rival(struct replica *r, struct block *block, uint32_t from)
{
    const struct header *header = &block->header;
    struct certified_block final;
    const uint32_t height = MIN(header->height, twig_height(r->root));
    if (header->height <= twig_height(r->root)) {
        if (!final_header_at(r, header->height, &final)) return CODE_CHECKPOINT_CONFLICT;
        if (hash_eq(&final.block->hash, &block->hash)) return CODE_NONE;
    }
    sync_rival(r, from);
    if (header_is_closing(header) || stray_find(r, &block->hash)) return CODE_CHECKPOINT_CONFLICT;
    const struct committee *committee = committee_known(r, &header->committee_hash);
    if (committee == NULL || signed_by_leader(r, block, committee) != CODE_NONE) return CODE_CHECKPOINT_CONFLICT;
    (void)header_seen(r, block);
    if (wrong_parent(r, block)) return CODE_CHECKPOINT_CONFLICT;
    const uint64_t proven = proven_round_of(r, height);
    if (proven == 0 || header->round <= proven) return CODE_CHECKPOINT_CONFLICT;
    stray_add(r, block);
    alert(r, block);
    return CODE_CHECKPOINT_CONFLICT;
}

/* What the certificates that came with a block say is worth knowing whatever becomes of the block. */
static void take_certificates(struct replica *r, const struct arrival *in)
{
    struct block *block = in->block;
    if (block->justify != NULL && certificate_good(r, block->justify, NULL)) certificate_take(r, block->justify, in->from);
    if (block->tc != NULL) timeoutcert_take(r, block->tc, in->from);
    if (in->proof != NULL) (void)proof_take(r, in->proof, in->from);
}

static void take_own_certificate(struct replica *r, const struct arrival *in)
{
    if (in->certificate != NULL && hash_eq(&in->certificate->block_hash, &in->block->hash) &&
        certificate_good(r, in->certificate, NULL))
        certificate_take(r, in->certificate, in->from);
}

static void park(struct replica *r, const struct arrival *in)
{
    for (size_t i = 0; i < r->parked.count; i++)
        if (hash_eq(&r->parked.data[i].block->hash, &in->block->hash)) return;
    if (r->parked.count == PARKED_MAX) {
        struct parked *oldest = &r->parked.data[0];
        block_unref(oldest->block);
        certificate_unref(oldest->certificate);
        finality_unref(oldest->proof);
        vec_remove(&r->parked, 0);
    }
    vec_push(&r->parked, ((struct parked){block_ref(in->block), certificate_ref(in->certificate), finality_ref(in->proof),
                                          in->from, in->proposal}));
}

static enum code admit_orphan(struct replica *r, const struct arrival *in)
{
    struct block *block = in->block;
    const struct header *header = &block->header;
    const uint32_t final_height = twig_height(r->root);
    if (stray_find(r, &header->parent_hash)) { /* more of a branch that breaks the rules */
        const struct committee *known = committee_known(r, &header->committee_hash);
        if (known == NULL || signed_by_leader(r, block, known) != CODE_NONE) return CODE_INVALID_BLOCK;
        (void)header_seen(r, block);
        if (stray_find(r, &block->hash)) return CODE_INVALID_BLOCK;
        stray_add(r, block);
        alert(r, block);
        return CODE_INVALID_BLOCK;
    }
    if (is_committee(&header->committee_hash, r->epoch.previous)) {
        take_certificates(r, in);
        take_own_certificate(r, in);
        if (in->proposal && !in->own && !in->foreign) sync_answer_ended(r, in->from);
        return CODE_CHECKPOINT_CONFLICT;
    }
    if (header->height == final_height + 1) return admit_rival(r, block, in->from); /* its parent is not the final block */
    if (!is_committee(&header->committee_hash, r->epoch.committee)) {
        sync_ahead(r, in->from, header->height);
        return CODE_INVALID_BLOCK;
    }
    const enum code code = signed_by_leader(r, block, r->epoch.committee);
    if (code != CODE_NONE) return code;
    (void)header_seen(r, block);
    if (wrong_parent(r, block)) return CODE_INVALID_BLOCK;
    take_certificates(r, in);
    (void)header_seen(r, block);
    if (block->justify == NULL || !certificate_good(r, block->justify, NULL)) return CODE_INVALID_BLOCK;
    if (!hash_eq(&block->justify->block_hash, &header->parent_hash)) return CODE_INVALID_BLOCK;
    park(r, in);
    sync_want(r, &header->parent_hash, header->height - 1, in->from);
    return CODE_INVALID_BLOCK;
}

/* Which committee votes on a child of `parent` like this one; NULL: none. */
static struct committee *committee_for(const struct twig *parent, const struct header *header)
{
    struct committee *committee = parent->committee;
    if (parent->closing || twig_ends_epoch(parent)) {
        if (!header_is_closing(header)) committee = parent->closing ? NULL : parent->next;
    } else if (header_is_closing(header)) {
        return NULL;
    }
    return is_committee(&header->committee_hash, committee) ? committee : NULL;
}

static bool justify_good(struct replica *r, const struct twig *parent, const struct block *block)
{
    const struct certificate *justify = block->justify;
    if (twig_height(parent) == 0) return justify == NULL;
    if (justify == NULL || parent->committee == NULL) return false;
    return hash_eq(&justify->block_hash, &parent->block->hash) && justify->round == twig_round(parent) &&
           justify->height == twig_height(parent) &&
           certificate_stands(r, justify, parent->committee);
}

/* Rule 3: what lets a block of this round stand on this parent. */
static bool round_allowed(struct replica *r, const struct twig *parent, const struct committee *committee,
                          const struct arrival *in)
{
    const struct header *header = &in->block->header;
    const struct timeoutcert *tc = in->block->tc;
    const struct finality_proof *proof = in->proof;
    if (header->round == header->justify_round + 1) return true;
    if (tc != NULL && tc->round == header->round - 1 && timeoutcert_high_round(tc) <= header->justify_round &&
        verdict_stands(r, timeoutcert_verify(tc, committee, twig_ends_epoch(parent) ? parent->committee : NULL, r->domain, &r->verifier)))
        return true;
    return twig_ends_epoch(parent) && !header_is_closing(header) && proof != NULL &&
           hash_eq(&proof->target_hash, &parent->block->hash) &&
           proof->headers[proof->headers_count - 1].round == header->round - 1 &&
           verdict_stands(r, finality_verify(proof, r->domain, &parent->committee->hash, 1, &r->verifier));
}

/* What comes back from the disk was judged when it first came; there is no clock to judge it by yet. */
static bool time_allowed(const struct replica *r, const struct header *header)
{
    if (!r->started) return true;
    return header->timestamp_ms <= r->now.clock_ms || header->timestamp_ms - r->now.clock_ms <= r->params.max_block_skew_ms;
}

static bool closing_good(const struct twig *parent, const struct block *block)
{
    const struct header *header = &block->header;
    return block->txs_count == 0 && header->transaction_count == 0 && header->message_count == 0 &&
           hash_is_zero(&header->transactions_root) && hash_is_zero(&header->receipts_root) &&
           hash_is_zero(&header->messages_root) && hash_eq(&header->state_root, &parent->block->header.state_root);
}

/* Rule 5 and the committee that the header names next. *out_next is the caller's. */
static enum code execute(struct replica *r, const struct twig *parent, const struct committee *committee, uint32_t epoch_first,
                         struct block *block, struct committee **out_next)
{
    const struct header *header = &block->header;
    *out_next = NULL;
    if (header_is_closing(header)) return closing_good(parent, block) ? CODE_NONE : CODE_INVALID_BLOCK;
    const struct replica_place place = {.parent = parent->block,
                                        .committee = committee,
                                        .epoch_first_height = epoch_first,
                                        .round = header->round,
                                        .timestamp_ms = header->timestamp_ms,
                                        .proposer = &header->proposer};
    struct replica_outcome outcome = {0};
    const enum code code = r->ledger.execute(r->ledger.ctx, &place, block, &outcome);
    struct committee *next = outcome.next_committee;
    if (code == CODE_NONE && next != NULL && next->start_round != header->round + 1) {
        next = committee_rebase(outcome.next_committee, outcome.next_committee->epoch, header->round + 1);
        committee_unref(outcome.next_committee);
    }
    const struct hash *named = next == NULL ? &committee->hash : &next->hash;
    if (code != CODE_NONE || !hash_eq(&header->next_committee_hash, named) ||
        (next != NULL && next->epoch != committee->epoch + 1)) {
        committee_unref(next);
        return code == CODE_NONE ? CODE_INVALID_BLOCK : code;
    }
    *out_next = next;
    return CODE_NONE;
}

/* On a parent without certificate: rule breakers make such; it is kept to be shown and never preferred. */
static enum code admit_stray(struct replica *r, const struct twig *parent, struct block *block)
{
    if (parent->certificate != NULL || twig_height(parent) == 0 || stray_find(r, &block->hash)) return CODE_INVALID_BLOCK;
    stray_add(r, block);
    alert(r, block);
    return CODE_INVALID_BLOCK;
}

/* Rules 1 to 4 but for the certificates; `certified`: a quorum has answered for what was a matter of its time. */
static enum code rules_hold(struct replica *r, const struct twig *parent, const struct committee *committee,
                            const struct arrival *in, bool certified)
{
    const struct header *header = &in->block->header;
    if (header->justify_round != twig_round(parent) || header->height != twig_height(parent) + 1) return CODE_INVALID_BLOCK;
    if (header->timestamp_ms <= parent->block->header.timestamp_ms) return CODE_INVALID_BLOCK;
    if (header->transaction_count != in->block->txs_count) return CODE_INVALID_BLOCK;
    if (certified) return CODE_NONE;
    if (!round_allowed(r, parent, committee, in) || !time_allowed(r, header)) return CODE_INVALID_BLOCK;
    const struct twig *state = parent;
    while (state->closing) state = state->parent;
    if (r->ledger.is_jailed != NULL && r->ledger.is_jailed(r->ledger.ctx, state->block, &header->proposer))
        return CODE_VALIDATOR_JAILED;
    return CODE_NONE;
}

static enum code admit_child(struct replica *r, struct twig *parent, const struct arrival *in)
{
    struct block *block = in->block;
    const struct header *header = &block->header;
    const struct hash parent_hash = parent->block->hash;
    struct committee *committee = committee_for(parent, header);
    if (committee == NULL) return CODE_INVALID_BLOCK;
    enum code code = signed_by_leader(r, block, committee);
    if (code != CODE_NONE) return code;
    if (!header_seen(r, block) && in->certificate == NULL && map_find(&r->loose, &block->hash) == NULL) return CODE_EQUIVOCATION;
    if (wrong_parent(r, block)) return CODE_INVALID_BLOCK;
    if (!hash_eq(&header->justify_hash, &header->parent_hash)) return CODE_INVALID_BLOCK;
    if (!justify_good(r, parent, block)) return admit_stray(r, parent, block);
    take_certificates(r, in);
    (void)header_seen(r, block);         /* they may also have taken us to its round */
    parent = tree_find(r, &parent_hash); /* those certificates may have made blocks final, and ended an epoch */
    if (parent == NULL) return CODE_CHECKPOINT_CONFLICT;
    if (twig_ends_epoch(parent) && header_is_closing(header) == (parent == r->root)) { /* too late, or too early */
        if (header_is_closing(header)) {
            if (in->proposal && !in->own && !in->foreign) sync_answer_ended(r, in->from);
            return CODE_CHECKPOINT_CONFLICT;
        }
        park(r, in);
        sync_ahead(r, in->from, header->height);
        return CODE_INVALID_BLOCK;
    }
    committee = committee_for(parent, header);
    ASSERT(committee != NULL);
    const bool certified = in->certificate != NULL && hash_eq(&in->certificate->block_hash, &block->hash) &&
                           certificate_stands(r, in->certificate, committee);
    code = rules_hold(r, parent, committee, in, certified);
    if (code != CODE_NONE) return code;
    struct committee *next;
    const uint32_t epoch_first = parent == r->root && twig_ends_epoch(parent) ? header->height : parent->epoch_first;
    code = execute(r, parent, committee, epoch_first, block, &next);
    if (code != CODE_NONE) {
        refuse(r, &block->hash);
        return code;
    }
    struct twig *twig = tree_add(r, block, parent, committee, epoch_first);
    twig->next = next;
    twig->votable = !certified;
    action_block(r, REPLICA_STORE_BLOCK, block, NULL);
    sync_got(r, &block->hash);
    if (certified) {
        certificate_take(r, in->certificate, in->from);
        return CODE_NONE;
    }
    struct certificate **loose = map_find(&r->loose, &block->hash);
    if (loose != NULL) {
        struct certificate *certificate = *loose;
        (void)map_remove(&r->loose, &block->hash);
        certificate_attach(r, twig, certificate);
        certificate_unref(certificate);
    } else {
        tally_block(r, twig);
    }
    return CODE_NONE;
}

enum code admit_block(struct replica *r, const struct arrival *in)
{
    struct block *block = in->block;
    const struct header *header = &block->header;
    if (!domain_eq(header->domain, r->domain) || header->height == 0) return CODE_INVALID_BLOCK;
    if (r->checkpoint.height == header->height && !hash_eq(&r->checkpoint.hash, &block->hash) && guard_history(r)) return CODE_CHECKPOINT_CONFLICT;
    struct twig *known = tree_find(r, &block->hash);
    if (known != NULL) {
        if (known != r->root) {
            take_certificates(r, in);
            take_own_certificate(r, in);
        }
        known = tree_find(r, &block->hash);
        if (known != NULL && in->proposal && !known->votable && known->certificate == NULL) {
            const struct twig *parent = known->parent;
            known->votable = parent != NULL && rules_hold(r, parent, known->committee, in, false) == CODE_NONE;
        }
        return CODE_NONE;
    }
    if (header->height <= twig_height(r->root)) {
        if (in->proposal && !is_committee(&header->committee_hash, r->epoch.committee)) sync_answer_ended(r, in->from);
        return admit_rival(r, block, in->from);
    }
    if (is_refused(r, &block->hash)) {
        take_certificates(r, in);
        return CODE_INVALID_BLOCK;
    }
    struct twig *parent = tree_find(r, &header->parent_hash);
    if (parent == NULL) return admit_orphan(r, in);
    if (map_count(&r->twigs) >= TWIGS_MAX) return CODE_INVALID_BLOCK;
    return admit_child(r, parent, in);
}

void admit_settle(struct replica *r)
{
    bool again = true;
    while (again) {
        again = false;
        for (size_t i = 0; i < r->parked.count; i++) {
            struct parked item = r->parked.data[i];
            const struct twig *parent = tree_find(r, &item.block->header.parent_hash);
            const bool old = item.block->header.height <= twig_height(r->root);
            if (!old &&
                (parent == NULL || (twig_ends_epoch(parent) && !header_is_closing(&item.block->header) && parent != r->root)))
                continue;
            vec_remove(&r->parked, i);
            again = true;
            if (!old) {
                const struct arrival in = {item.block, item.certificate, item.proof, item.from, item.proposal, false, false};
                (void)admit_block(r, &in);
            }
            block_unref(item.block);
            certificate_unref(item.certificate);
            finality_unref(item.proof);
            break;
        }
    }
}
