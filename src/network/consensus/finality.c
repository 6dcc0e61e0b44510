#include "network/consensus/guard_priv.h"

bool in_transition(const struct replica *r)
{
    return r->epoch.previous != NULL && certificate_round(r->high) <= r->epoch.base.block->header.round;
}

bool certificate_good(struct replica *r, const struct certificate *certificate, const struct committee **out_committee)
{
    const struct committee *committee = is_committee(&certificate->committee_hash, r->epoch.committee)  ? r->epoch.committee
                                        : is_committee(&certificate->committee_hash, r->epoch.previous) ? r->epoch.previous
                                                                                                        : NULL;
    if (out_committee != NULL) *out_committee = committee;
    return committee != NULL && certificate_stands(r, certificate, committee);
}

void high_set(struct replica *r, struct certificate *certificate)
{
    struct certificate *old = r->high;
    r->high = certificate_ref(certificate);
    certificate_unref(old);
    timer_reset(r);
}

static void lock_set(struct replica *r, const struct block *block)
{
    r->lock = (struct votestate_lock){block->hash, block->header.round, block->header.height};
}

static void loose_add(struct replica *r, struct certificate *certificate)
{
    bool is_new;
    if (map_count(&r->loose) >= LOOSE_MAX && map_find(&r->loose, &certificate->block_hash) == NULL) {
        const size_t oldest = map_next(&r->loose, 0);
        const struct hash key = *(const struct hash *)map_key_at(&r->loose, oldest);
        certificate_unref(*(struct certificate **)map_value_at(&r->loose, oldest));
        (void)map_remove(&r->loose, &key);
    }
    struct certificate **slot = map_put(&r->loose, &certificate->block_hash, &is_new);
    if (is_new) *slot = certificate_ref(certificate);
}

static void loose_clear(struct replica *r)
{
    for (size_t i = map_next(&r->loose, 0); i != MAP_END; i = map_next(&r->loose, i + 1))
        certificate_unref(*(struct certificate **)map_value_at(&r->loose, i));
    map_clear(&r->loose);
}

void certificate_take(struct replica *r, struct certificate *certificate, uint32_t from)
{
    const uint64_t round = certificate->round;
    const bool moves = is_committee(&certificate->committee_hash, r->epoch.committee) || in_transition(r);
    (void)certificate_ref(certificate);
    if (is_committee(&certificate->committee_hash, r->epoch.committee)) {
        struct twig *twig = tree_find(r, &certificate->block_hash);
        if (twig != NULL) {
            certificate_attach(r, twig, certificate);
        } else if (certificate->height > twig_height(r->root)) {
            loose_add(r, certificate);
            sync_want(r, &certificate->block_hash, certificate->height, from);
        }
    }
    if (moves && round >= r->round) round_enter(r, round + 1, ENTRY_CERTIFICATE, certificate, NULL);
    certificate_unref(certificate);
}

void epoch_set(struct replica *r, const struct replica_epoch *epoch)
{
    struct replica_epoch old = r->epoch;
    r->epoch = *epoch;
    if (r->epoch.committee != NULL) (void)committee_ref(r->epoch.committee);
    if (r->epoch.previous != NULL) (void)committee_ref(r->epoch.previous);
    (void)block_ref(r->epoch.base.block);
    (void)certificate_ref(r->epoch.base.certificate);
    (void)finality_ref(r->epoch.proof);
    committee_unref(old.committee);
    committee_unref(old.previous);
    block_unref(old.base.block);
    certificate_unref(old.base.certificate);
    finality_unref(old.proof);
}

void votes_adopt(struct replica *r)
{
    const uint64_t epoch = r->epoch.committee == NULL ? 0 : r->epoch.committee->epoch;
    if (r->votes.epoch > epoch) return; /* still catching up with what the key has signed: can_sign says no */
    if (r->votes.epoch < epoch) {       /* what was high and locked then died with its epoch */
        r->votes.epoch = epoch;
        r->votes.lock = r->lock;
        certificate_unref(r->votes.high);
        r->votes.high = certificate_ref(r->high);
        return;
    }
    if (r->votes.lock.round > r->lock.round) r->lock = r->votes.lock;
    struct certificate *high = r->votes.high;
    if (certificate_round(high) <= certificate_round(r->high)) return;
    struct twig *twig = tree_find(r, &high->block_hash);
    if (twig != NULL) {
        certificate_attach(r, twig, high);
    } else {
        loose_add(r, high);
        sync_want(r, &high->block_hash, high->height, NOBODY);
    }
}

static uint64_t proof_round(const struct finality_proof *proof) { return proof->headers[proof->headers_count - 1].round; }

/* The root has just become a final epoch end that `proof` proves. */
static void epoch_enter(struct replica *r, struct finality_proof *proof)
{
    struct twig *base = r->root;
    const struct replica_epoch next = {
        .committee = base->next, .previous = r->epoch.committee, .base = {base->block, base->certificate}, .proof = proof};
    const uint64_t round = proof_round(proof) + 1;
    epoch_set(r, &next);
    loose_clear(r);
    vec_clear(&r->absent);
    high_set(r, base->certificate);
    lock_set(r, base->block);
    timeouts_clear(r);
    votes_adopt(r);
    struct replica_action *action = action_push(r, REPLICA_STORE_EPOCH);
    action->epoch = &r->epoch;
    send_all(r, message_of_finality(proof));
    if (round >= r->round) {
        round_enter(r, round, ENTRY_PROOF, NULL, NULL);
    } else {
        r->timeout_ms = r->params.round_timeout_ms; /* rounds never go back: what let us in here still says so */
        round_leader(r);
    }
    round_resume(r);
}

static struct finality_proof *proof_of_branch(struct twig *target, struct twig *last)
{
    const size_t count = twig_height(last) - twig_height(target) + 1;
    if (count > FINALITY_HEADERS_MAX || twig_height(last) == 2) return NULL;
    struct header *headers = base_alloc(count * sizeof(*headers));
    struct twig *twig = last;
    for (size_t i = count; i-- > 0; twig = twig->parent) headers[i] = twig->block->header;
    struct certificate *const certificates[FINALITY_CERTIFICATES] = {last->parent->parent->certificate, last->parent->certificate,
                                                                     last->certificate};
    struct finality_proof *proof = finality_new(headers, count, certificates, &last->committee, 1);
    base_free(headers);
    return proof;
}

static void root_prove(struct replica *r, struct finality_proof *proof)
{
    struct finality_proof *old = r->root_proof;
    r->root_proof = finality_ref(proof);
    finality_unref(old);
}

/* Everything up to `target` is final, as `proof` shows. */
static void finalize(struct replica *r, struct twig *target, struct finality_proof *proof)
{
    head_update(r);
    struct twig **path = base_alloc((twig_height(target) - twig_height(r->root)) * sizeof(*path));
    size_t count = 0;
    for (struct twig *twig = target; twig != r->root; twig = twig->parent) path[count++] = twig;
    const bool ends = twig_ends_epoch(target);
    while (count > (ends ? 1u : 0u)) {
        count--;
        action_block(r, REPLICA_FINAL, path[count]->block, path[count]->certificate);
    }
    base_free(path);
    root_prove(r, proof);
    tree_reroot(r, target);
    if (ends) {
        epoch_enter(r, proof);
        action_block(r, REPLICA_FINAL, r->root->block, r->root->certificate); /* behind STORE_EPOCH: never final without it */
    }
    head_update(r);
}

/* Three certified blocks with consecutive rounds, the last one being `twig`: the first is final, and all before it. */
static void chain_check(struct replica *r, struct twig *twig)
{
    struct twig *second = twig->parent, *first = second == NULL ? NULL : second->parent;
    if (first == NULL || second->certificate == NULL || (first->certificate == NULL && twig_round(first) != 0)) return;
    const bool consecutive = twig_round(second) == twig_round(first) + 1 && twig_round(twig) == twig_round(second) + 1;
    if (!consecutive && guard_quorum(r)) return;
    struct twig *target = first;
    while (target->closing) target = target->parent;
    if (!tree_descends(target, r->root) || (target == r->root && r->root_proof != NULL)) return;
    struct finality_proof *proof = proof_of_branch(target, twig);
    if (proof == NULL) return; /* genesis needs none; more closing blocks than a proof may have: a peer's proof will come */
    if (target == r->root)
        root_prove(r, proof);
    else
        finalize(r, target, proof);
    finality_unref(proof);
}

void certificate_attach(struct replica *r, struct twig *twig, struct certificate *certificate)
{
    if (twig->certificate != NULL || !is_committee(&certificate->committee_hash, twig->committee)) return;
    if (certificate->round != twig_round(twig) || certificate->height != twig_height(twig)) return;
    twig->certificate = certificate_ref(certificate);
    action_block(r, REPLICA_STORE_CERTIFICATE, twig->block, certificate);
    if (certificate->round > certificate_round(r->high)) high_set(r, certificate);
    if (twig->parent != NULL && twig_round(twig->parent) > r->lock.round) lock_set(r, twig->parent->block);
    tally_certificate(r, certificate, twig->committee);
    chain_check(r, twig);
}

void timeoutcert_take(struct replica *r, struct timeoutcert *tc, uint32_t from)
{
    const bool current = is_committee(&tc->committee_hash, r->epoch.committee);
    const uint64_t high_round = certificate_round(tc->high);
    if (tc->round < r->round && high_round <= certificate_round(r->high)) return;
    enum verdict verdict = VERDICT_WRONG_COMMITTEE;
    if (current) {
        verdict = timeoutcert_verify(tc, r->epoch.committee, r->epoch.previous, r->domain, &r->verifier);
    } else if (in_transition(r) && is_committee(&tc->committee_hash, r->epoch.previous)) {
        verdict = timeoutcert_verify(tc, r->epoch.previous, NULL, r->domain, &r->verifier);
    }
    if (!verdict_stands(r, verdict)) return;
    (void)timeoutcert_ref(tc);
    if (current && tc->high != NULL) certificate_take(r, tc->high, from);
    if (tc->round >= r->round) round_enter(r, tc->round + 1, ENTRY_TIMEOUT, NULL, tc);
    timeoutcert_unref(tc);
}

/* Another proof of the block this epoch goes on from lets us into its round, if that is later than ours. */
static bool proof_of_base(struct replica *r, struct finality_proof *proof)
{
    const uint64_t round = proof_round(proof) + 1;
    if (r->epoch.proof == NULL || round <= r->round) return true;
    if (!verdict_stands(r, finality_verify(proof, r->domain, &r->epoch.previous->hash, 1, &r->verifier))) return true;
    struct replica_epoch epoch = r->epoch;
    epoch.proof = proof;
    epoch_set(r, &epoch);
    struct replica_action *action = action_push(r, REPLICA_STORE_EPOCH);
    action->epoch = &r->epoch;
    round_enter(r, round, ENTRY_PROOF, NULL, NULL);
    return true;
}

bool proof_take(struct replica *r, struct finality_proof *proof, uint32_t from)
{
    if (hash_eq(&proof->target_hash, &r->epoch.base.block->hash)) return proof_of_base(r, proof);
    if (proof->target_height <= twig_height(r->root)) return false;
    struct twig *target = tree_find(r, &proof->target_hash);
    if (target == NULL) {
        sync_ahead(r, from, proof->target_height);
        return false;
    }
    if (target->closing || !verdict_stands(r, finality_verify(proof, r->domain, &target->committee->hash, 1, &r->verifier)))
        return false;
    const struct hash hash = target->block->hash;
    for (size_t i = 0; i < FINALITY_CERTIFICATES; i++) {
        struct twig *twig = tree_find(r, &proof->certificates[i]->block_hash);
        if (twig != NULL) certificate_attach(r, twig, proof->certificates[i]);
    }
    target = tree_find(r, &hash);
    if (target == NULL || target == r->root) return true; /* those certificates did it */
    if (target->certificate == NULL) {                    /* a long proof has no certificate of its target: the chain has */
        sync_ahead(r, from, proof->target_height);
        return false;
    }
    finalize(r, target, proof);
    return true;
}
