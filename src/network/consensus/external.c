#include "network/consensus/guard_priv.h"

/* What validators sign elsewhere and hand in by X19 and X20. */

static const struct member *member_of(const struct replica *r, const struct address *address)
{
    uint32_t index;
    if (r->epoch.committee == NULL || !committee_find(r->epoch.committee, address, &index)) return NULL;
    return &r->epoch.committee->members[index];
}

void replica_note_signed(struct replica *r, uint64_t voted_round, uint64_t proposed_round, uint64_t timed_out_round)
{
    const uint64_t round = MAX(MAX(voted_round, proposed_round), timed_out_round);
    r->votes.outside_round = MAX(r->votes.outside_round, round);
}

static void note(struct replica *r, const struct address *signer, uint64_t voted, uint64_t proposed, uint64_t timed_out)
{
    if (!address_eq(signer, &r->validator)) return;
    replica_note_signed(r, voted, proposed, timed_out);
    sign_note(r);
}

/* The certified block that a header stands on, and what a proposal on it has to carry. */
static struct block *block_of_header(struct replica *r, const struct header *header, const struct signature *signature,
                                     struct tx *const *txs, size_t txs_count)
{
    const struct twig *parent = tree_find(r, &header->parent_hash);
    struct certificate *justify = parent == NULL ? NULL : parent->certificate;
    const bool needs_tc = header->round != header->justify_round + 1 && r->entry == ENTRY_TIMEOUT;
    return block_new(header, signature, justify, needs_tc ? r->entry_tc : NULL, txs, txs_count);
}

static bool is_other_header(const struct replica *r, const struct block *block)
{
    for (size_t i = 0; i < r->headers.count; i++) {
        const struct seen_header *seen = r->headers.data[i].seen;
        if (seen->header.round == block->header.round && address_eq(&seen->header.proposer, &block->header.proposer) &&
            !hash_eq(&seen->hash, &block->hash))
            return true;
    }
    return false;
}

static enum code proposal_judge(struct replica *r, struct block *block)
{
    const struct header *header = &block->header;
    const struct member *proposer = member_of(r, &header->proposer);
    if (!guard_member(r, proposer)) return CODE_NOT_IN_VALIDATOR_SET;
    if (proposer != NULL && !header_check(&block->hash, &block->proposer_signature, &proposer->consensus_key, &r->verifier))
        return CODE_INVALID_SIGNATURE;
    if (!domain_eq(header->domain, r->domain)) return CODE_INVALID_BLOCK;
    if (header->height <= twig_height(r->root)) return CODE_CHECKPOINT_CONFLICT;
    if (header->height == twig_height(r->root) + 1 && !hash_eq(&header->parent_hash, &r->root->block->hash))
        return CODE_CHECKPOINT_CONFLICT;
    if (is_other_header(r, block)) {
        (void)header_seen(r, block); /* two signatures are enough to convict */
        return CODE_EQUIVOCATION;
    }
    if (header->round != r->round) return CODE_INVALID_BLOCK;
    struct finality_proof *proof = proposal_proof(r, block);
    const struct arrival in = {.block = block, .proof = proof, .from = NOBODY, .proposal = true, .foreign = true};
    const enum code code = admit_block(r, &in);
    if (code != CODE_NONE) return code == CODE_VALIDATOR_JAILED || code == CODE_CHECKPOINT_CONFLICT ? code : CODE_INVALID_BLOCK;
    note(r, &header->proposer, 0, header->round, 0);
    send_all(r, message_of_proposal(block, proof));
    return CODE_NONE;
}

enum code replica_submit_proposal(struct replica *r, struct replica_time now, const struct header *header,
                                  const struct signature *signature, struct tx *const *txs, size_t txs_count)
{
    replica_begin(r, now);
    struct block *block = block_of_header(r, header, signature, txs, txs_count);
    const enum code code = proposal_judge(r, block);
    block_unref(block);
    replica_finish(r);
    return code;
}

static enum code vote_judge(struct replica *r, const struct vote *vote)
{
    const struct member *voter = member_of(r, &vote->voter);
    if (!guard_member(r, voter)) return CODE_NOT_IN_VALIDATOR_SET;
    if (!domain_eq(vote->domain, r->domain) || (voter != NULL && !vote_check(vote, &voter->consensus_key, &r->verifier)))
        return CODE_INVALID_SIGNATURE;
    const struct twig *twig = tree_find(r, &vote->block_hash);
    if (twig == NULL || twig == r->root) {
        if (tally_conflicts(r, vote)) {
            tally_vote(r, vote, NOBODY, false);
            return CODE_EQUIVOCATION;
        }
        return vote->height <= twig_height(r->root) ? CODE_CHECKPOINT_CONFLICT : CODE_INVALID_BLOCK;
    }
    if (!guard_vote_place(r, vote, twig_height(twig), twig_round(twig)))
        return vote->height != twig_height(twig) ? CODE_ATTESTATION_HEIGHT_MISMATCH : CODE_INVALID_BLOCK;
    const bool conflicts = tally_conflicts(r, vote);
    note(r, &vote->voter, vote->round, 0, 0);
    tally_vote(r, vote, NOBODY, false);
    if (conflicts) return CODE_EQUIVOCATION;
    vote_send(r, vote);
    return CODE_NONE;
}

enum code replica_submit_vote(struct replica *r, struct replica_time now, const struct vote *vote)
{
    replica_begin(r, now);
    const enum code code = vote_judge(r, vote);
    replica_finish(r);
    return code;
}

/* The certificate of round `round` that this view knows. */
static bool certificate_of_round(const struct replica *r, uint64_t round, struct certificate **out)
{
    *out = NULL;
    if (round == 0) return r->epoch.previous == NULL;
    if (certificate_round(r->high) == round) {
        *out = r->high;
        return true;
    }
    for (size_t i = map_next(&r->twigs, 0); i != MAP_END; i = map_next(&r->twigs, i + 1)) {
        const struct twig *twig = *(struct twig **)map_value_at(&r->twigs, i);
        if (twig_round(twig) != round || twig->certificate == NULL) continue;
        *out = twig->certificate;
        return true;
    }
    return false;
}

static enum code timeout_judge(struct replica *r, const struct timeout *timeout)
{
    const struct member *voter = member_of(r, &timeout->voter);
    if (voter == NULL) return CODE_NOT_IN_VALIDATOR_SET;
    if (!domain_eq(timeout->domain, r->domain) || !timeout_check(timeout, &voter->consensus_key, &r->verifier))
        return CODE_INVALID_SIGNATURE;
    struct certificate *high;
    if (timeout->round != r->round || !certificate_of_round(r, timeout->high_round, &high)) return CODE_INVALID_BLOCK;
    for (size_t i = 0; i < r->timeouts.count; i++) {
        const struct seen_timeout *seen = &r->timeouts.data[i];
        if (seen->present && address_eq(&seen->timeout.voter, &timeout->voter) && seen->timeout.high_round != timeout->high_round)
            return CODE_EQUIVOCATION;
    }
    note(r, &timeout->voter, 0, 0, timeout->round);
    struct finality_proof *proof = r->entry == ENTRY_PROOF ? r->epoch.proof : NULL;
    send_all(r, message_of_timeout(timeout, high, r->entry == ENTRY_TIMEOUT ? r->entry_tc : NULL, proof));
    (void)timeout_add(r, timeout, high);
    return CODE_NONE;
}

enum code replica_submit_timeout(struct replica *r, struct replica_time now, const struct timeout *timeout)
{
    replica_begin(r, now);
    const enum code code = timeout_judge(r, timeout);
    replica_finish(r);
    return code;
}

enum code replica_template(struct replica *r, struct replica_time now, const struct address *validator, struct block **out)
{
    if (instant_before(r->now.now, now.now)) r->now = now;
    if (member_of(r, validator) == NULL) return CODE_NOT_IN_VALIDATOR_SET;
    if (!r->has_leader || !address_eq(&r->epoch.committee->members[r->leader].address, validator)) return CODE_INVALID_BLOCK;
    if (r->template == NULL) r->template = block_build(r, validator, false);
    if (r->template == NULL) return CODE_INVALID_BLOCK;
    *out = block_ref(r->template);
    return CODE_NONE;
}
