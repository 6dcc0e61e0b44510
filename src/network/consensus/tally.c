#include "network/consensus/guard_priv.h"

void tally_free(struct tally *tally)
{
    committee_unref(tally->committee);
    vec_done(&tally->ballots);
    base_free(tally);
}

static struct ballot *ballot_of(struct tally *tally, uint32_t member)
{
    for (size_t i = 0; i < tally->ballots.count; i++)
        if (tally->ballots.data[i].member == member) return &tally->ballots.data[i];
    return NULL;
}

static struct vote vote_of(const struct replica *r, const struct tally *tally, const struct ballot *ballot)
{
    return (struct vote){.domain = r->domain,
                         .height = tally->height,
                         .round = tally->round,
                         .block_hash = tally->hash,
                         .voter = tally->committee->members[ballot->member].address,
                         .signature = ballot->signature};
}

static bool ballot_check(struct replica *r, struct tally *tally, struct ballot *ballot)
{
    if (ballot->checked) return true;
    const struct vote vote = vote_of(r, tally, ballot);
    ballot->checked = vote_check(&vote, &tally->committee->members[ballot->member].consensus_key, &r->verifier);
    return ballot->checked;
}

void evidence_found(struct replica *r, const struct evidence *evidence, const struct address *accused, uint32_t height,
                    uint64_t round)
{
    struct replica_action *action = action_push(r, REPLICA_EVIDENCE);
    action->found.evidence = *evidence;
    action->found.accused = *accused;
    action->found.height = height;
    action->found.round = round;
}

/* `vote` is good. Whoever is seen with a good vote for another block of the round has voted twice. */
static bool double_vote(struct replica *r, const struct vote *vote, bool report)
{
    bool found = false;
    for (size_t i = 0; i < r->tallies.count; i++) {
        struct tally *tally = r->tallies.data[i].tally;
        uint32_t member;
        if (r->tallies.data[i].round != vote->round || hash_eq(&tally->hash, &vote->block_hash)) continue;
        if (!committee_find(tally->committee, &vote->voter, &member)) continue;
        struct ballot *ballot = ballot_of(tally, member);
        if (ballot == NULL || !ballot_check(r, tally, ballot)) continue;
        found = true;
        if (!report || ballot->reported) continue;
        ballot->reported = true;
        const struct vote other = vote_of(r, tally, ballot);
        const struct evidence evidence = evidence_of_votes(vote, &other);
        evidence_found(r, &evidence, &vote->voter, vote->height, vote->round);
    }
    return found;
}

bool tally_conflicts(struct replica *r, const struct vote *vote) { return double_vote(r, vote, false); }

/* Makes the certificate once the votes suffice and the block is known to be this committee's: votes do not name it. */
static void tally_close(struct replica *r, struct tally *tally, uint32_t from)
{
    if (tally->certified || !quorum_reached(r, tally->committee, tally->power)) return;
    const struct twig *twig = tree_find(r, &tally->hash);
    if (twig == NULL || twig->committee != tally->committee || twig_round(twig) != tally->round ||
        twig_height(twig) != tally->height)
        return;
    tally->certified = true;
    uint32_t *signers = base_alloc(tally->ballots.count * sizeof(*signers));
    struct signature *signatures = base_alloc(tally->ballots.count * sizeof(*signatures));
    size_t count = 0;
    for (uint32_t member = 0; member < tally->committee->count; member++) {
        const struct ballot *ballot = ballot_of(tally, member);
        if (ballot == NULL || !ballot->checked) continue;
        signers[count] = member;
        signatures[count++] = ballot->signature;
    }
    struct certificate *certificate =
        certificate_new(tally->height, tally->round, &tally->hash, tally->committee, signers, signatures, count);
    ASSERT(certificate_stands(r, certificate, tally->committee));
    base_free(signers);
    base_free(signatures);
    certificate_take(r, certificate, from);
    if (r->round == tally->round + 1 && r->entry == ENTRY_CERTIFICATE && !is_leader(r))
        r->share_at = leader_absent(r)
                          ? r->now.now /* it missed its last turn too */
                          : instant_add(r->now.now, duration_ms(r->params.block_interval_ms + r->params.round_timeout_ms / 8));
    certificate_unref(certificate);
}

void tally_block(struct replica *r, const struct twig *twig)
{
    for (size_t i = 0; i < r->tallies.count; i++) {
        struct tally *tally = r->tallies.data[i].tally;
        if (r->tallies.data[i].round != twig_round(twig) || !hash_eq(&tally->hash, &twig->block->hash)) continue;
        tally_close(r, tally, NOBODY);
        return;
    }
}

static struct tally *tally_for(struct replica *r, const struct vote *vote, struct committee *committee, uint32_t member)
{
    uint32_t others = 0;
    for (size_t i = 0; i < r->tallies.count; i++) {
        struct tally *tally = r->tallies.data[i].tally;
        if (r->tallies.data[i].round != vote->round || tally->committee != committee) continue;
        if (hash_eq(&tally->hash, &vote->block_hash) && tally->height == vote->height) return tally;
        if (ballot_of(tally, member) != NULL) others++;
    }
    if (others >= BALLOTS_A_ROUND) return NULL;
    struct tally *tally = base_alloc(sizeof(*tally));
    tally->round = vote->round;
    tally->height = vote->height;
    tally->hash = vote->block_hash;
    tally->committee = committee_ref(committee);
    const struct twig *twig = tree_find(r, &vote->block_hash);
    tally->certified = twig != NULL && twig->certificate != NULL;
    vec_push(&r->tallies, ((struct tally_slot){vote->round, tally}));
    return tally;
}

void tally_vote(struct replica *r, const struct vote *vote, uint32_t from, bool own)
{
    const struct twig *twig = tree_find(r, &vote->block_hash);
    struct committee *committee = twig != NULL ? twig->committee : r->epoch.committee;
    uint32_t member;
    if (committee == NULL || vote->round == 0) return;
    if (vote->round > r->round + VOTE_ROUNDS_AHEAD || vote->round + REPLICA_VOTE_ROUNDS < r->round) return;
    if (!committee_find(committee, &vote->voter, &member)) {
        if (!own && r->epoch.previous != NULL && committee_find(r->epoch.previous, &vote->voter, &member))
            sync_answer_ended(r, from);
        return;
    }
    struct tally *tally = tally_for(r, vote, committee, member);
    if (tally == NULL || ballot_of(tally, member) != NULL) return;
    struct ballot ballot = {.member = member, .checked = own, .seen_at_ms = r->now.clock_ms, .signature = vote->signature};
    const bool alone = tally->ballots.count == 0;
    if (!own && (!tally->certified || alone || double_vote(r, vote, false))) {
        if (!vote_check(vote, &committee->members[member].consensus_key, &r->verifier)) return;
        ballot.checked = true;
        (void)double_vote(r, vote, true);
    }
    vec_push(&tally->ballots, ballot);
    if (!ballot.checked) return;
    const bool fits = amount_add(tally->power, committee->members[member].stake, &tally->power);
    ASSERT(fits); /* a committee's total does */
    if (twig == NULL && !own && committee_is_third(committee, tally->power)) sync_want(r, &vote->block_hash, vote->height, from);
    tally_close(r, tally, from);
}

void tally_certificate(struct replica *r, const struct certificate *certificate, const struct committee *committee)
{
    for (size_t i = 0; i < r->tallies.count; i++) {
        struct tally *tally = r->tallies.data[i].tally;
        if (r->tallies.data[i].round != certificate->round) continue;
        if (hash_eq(&tally->hash, &certificate->block_hash)) {
            tally->certified = true;
            continue;
        }
        uint32_t nth = 0; /* the certificate's votes against what we saw: its signers voted twice */
        for (uint32_t member = 0; member < committee->count; member++) {
            if (!certificate_has_signer(certificate, member)) continue;
            const struct vote vote = {.domain = r->domain,
                                      .height = certificate->height,
                                      .round = certificate->round,
                                      .block_hash = certificate->block_hash,
                                      .voter = committee->members[member].address,
                                      .signature = certificate->signatures[nth++]};
            (void)double_vote(r, &vote, true);
        }
    }
}

struct amount tally_support(const struct replica *r, const struct hash *hash)
{
    struct amount best = {0};
    for (size_t i = 0; i < r->tallies.count; i++)
        if (hash_eq(&r->tallies.data[i].tally->hash, hash) && amount_cmp(r->tallies.data[i].tally->power, best) > 0)
            best = r->tallies.data[i].tally->power;
    return best;
}

void tally_prune(struct replica *r)
{
    for (size_t i = 0; i < r->tallies.count;) {
        if (r->tallies.data[i].round + REPLICA_VOTE_ROUNDS >= r->round) {
            i++;
            continue;
        }
        tally_free(r->tallies.data[i].tally);
        vec_remove(&r->tallies, i);
    }
}

size_t replica_votes_at(struct replica *r, uint32_t height, struct replica_seen_vote *out, size_t max)
{
    size_t count = 0;
    for (size_t i = 0; i < r->tallies.count; i++) {
        struct tally *tally = r->tallies.data[i].tally;
        if (tally->height != height) continue;
        for (size_t k = 0; k < tally->ballots.count; k++) {
            struct ballot *ballot = &tally->ballots.data[k];
            if (!ballot_check(r, tally, ballot)) continue;
            if (count < max) out[count] = (struct replica_seen_vote){vote_of(r, tally, ballot), ballot->seen_at_ms};
            count++;
        }
    }
    return count;
}

static void seen_release(struct header_slot *slot)
{
    if (slot->released) return;
    slot->released = true;
    block_unref(slot->seen->first);
    block_unref(slot->seen->second);
    slot->seen->first = slot->seen->second = NULL;
}

void header_free(struct header_slot *slot)
{
    seen_release(slot);
    base_free(slot->seen);
}

static bool header_second(struct replica *r, struct header_slot *slot, struct block *block)
{
    const struct header *header = &block->header;
    struct seen_header *seen = slot->seen;
    if (hash_eq(&seen->hash, &block->hash)) return true;
    if (!hash_is_zero(&seen->second_hash)) return hash_eq(&seen->second_hash, &block->hash);
    seen->second_hash = block->hash;
    if (header->round >= r->round) {
        seen->second = block_ref(block);
        slot->released = false;
    }
    const struct evidence evidence = evidence_of_headers(&seen->header, &seen->signature, header, &block->proposer_signature);
    evidence_found(r, &evidence, &header->proposer, header->height, header->round);
    return true;
}

bool header_seen(struct replica *r, struct block *block)
{
    const struct header *header = &block->header;
    if (header->round > r->round + VOTE_ROUNDS_AHEAD) return true; /* a leader could sign for all its turns to come */
    for (size_t i = r->headers.count; i-- > 0;) {
        struct header_slot *slot = &r->headers.data[i];
        if (slot->round != header->round || !address_eq(&slot->seen->header.proposer, &header->proposer)) continue;
        return header_second(r, slot, block);
    }
    if (header->round + REPLICA_VOTE_ROUNDS < r->round) return true;
    struct seen_header *seen = base_realloc(NULL, sizeof(*seen));
    *seen = (struct seen_header){.header = *header, .signature = block->proposer_signature, .hash = block->hash};
    const bool released = header->round < r->round;
    if (!released) seen->first = block_ref(block);
    vec_push(&r->headers, ((struct header_slot){header->round, seen, released}));
    return true;
}

void headers_prune(struct replica *r)
{
    for (size_t i = 0; i < r->headers.count;) {
        struct header_slot *slot = &r->headers.data[i];
        if (slot->round < r->round) seen_release(slot);
        if (slot->round + REPLICA_VOTE_ROUNDS >= r->round) {
            i++;
            continue;
        }
        header_free(slot);
        vec_remove(&r->headers, i);
    }
}
