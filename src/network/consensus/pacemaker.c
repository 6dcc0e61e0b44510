#include "network/consensus/guard_priv.h"

static bool self_index(const struct replica *r, uint32_t *out)
{
    return r->epoch.committee != NULL && committee_find(r->epoch.committee, &r->validator, out);
}

bool can_sign(const struct replica *r)
{
    uint32_t index;
    return r->started && r->has_key && !r->external && r->round > r->votes.outside_round && self_index(r, &index) &&
           r->votes.epoch == r->epoch.committee->epoch;
}

bool is_leader(const struct replica *r)
{
    return r->has_leader && address_eq(&r->epoch.committee->members[r->leader].address, &r->validator);
}

void sign_note(struct replica *r)
{
    struct votestate *votes = &r->votes;
    if (votes->high != r->high && (certificate_round(r->high) >= certificate_round(votes->high) ||
                                   !is_committee(&votes->high->committee_hash, r->epoch.committee))) {
        certificate_unref(votes->high);
        votes->high = certificate_ref(r->high);
    }
    votes->lock = r->lock;
    votes->round = r->round;
    timeoutcert_unref(votes->entered_by);
    votes->entered_by = r->entry == ENTRY_TIMEOUT ? timeoutcert_ref(r->entry_tc) : NULL;
    certificate_unref(votes->entered_certificate);
    votes->entered_certificate = r->entry == ENTRY_CERTIFICATE ? certificate_ref(r->entry_certificate) : NULL;
    r->persist = true;
}

/* ---- rounds ---- */

void round_leader(struct replica *r)
{
    r->has_leader = r->epoch.committee != NULL && guard_leader(r, r->epoch.committee, r->round, &r->leader);
}

void timeouts_clear(struct replica *r)
{
    for (size_t i = 0; i < r->timeouts.count; i++) certificate_unref(r->timeouts.data[i].high);
    vec_clear(&r->timeouts);
    r->timeouts_power = (struct amount){0};
}

void round_enter(struct replica *r, uint64_t round, enum entry entry, struct certificate *certificate, struct timeoutcert *tc)
{
    ASSERT(round > r->round || (round == r->round && entry == ENTRY_PROOF));
    const bool fresh = round > r->round;
    (void)certificate_ref(certificate);
    (void)timeoutcert_ref(tc);
    certificate_unref(r->entry_certificate);
    timeoutcert_unref(r->entry_tc);
    r->entry_certificate = certificate;
    r->entry_tc = tc;
    if (fresh) absent_note(r);
    r->entry = entry;
    r->round = round;
    round_leader(r);
    if (!fresh) return;
    const struct params *p = &r->params;
    r->timeout_ms =
        entry == ENTRY_TIMEOUT ? MIN(r->timeout_ms + r->timeout_ms / 2, p->round_timeout_max_ms) : p->round_timeout_ms;
    r->round_began = r->now.now;
    r->timer_at = r->deadline = instant_add(r->now.now, duration_ms(r->timeout_ms));
    r->timed_out = false;
    r->share_at = INSTANT_NEVER;
    timeouts_clear(r);
    block_unref(r->template);
    r->template = NULL;
    tally_prune(r);
    headers_prune(r);
    struct replica_action *action = action_push(r, REPLICA_ROUND);
    action->round.round = round;
    action->round.by_timeout = entry == ENTRY_TIMEOUT;
}

void timer_reset(struct replica *r)
{
    if (r->timeout_ms == r->params.round_timeout_ms) return;
    r->timeout_ms = r->params.round_timeout_ms;
    if (!r->timed_out) r->timer_at = r->deadline = instant_add(r->round_began, duration_ms(r->timeout_ms));
}

void round_resume(struct replica *r)
{
    const struct votestate *votes = &r->votes;
    if (votes->epoch != r->epoch.committee->epoch || votes->round <= r->round) return;
    if (votes->entered_by != NULL)
        round_enter(r, votes->round, ENTRY_TIMEOUT, NULL, votes->entered_by);
    else if (votes->entered_certificate != NULL)
        round_enter(r, votes->round, ENTRY_CERTIFICATE, votes->entered_certificate, NULL);
    else
        round_enter(r, votes->round, ENTRY_START, NULL, NULL);
}

/* ---- proposing ---- */

static struct twig *proposal_parent(const struct replica *r)
{
    if (r->high == NULL) return twig_height(r->root) == 0 ? r->root : NULL;
    return tree_find(r, &r->high->block_hash);
}

/* Rule 3 from the proposer's side. */
static bool round_open(const struct replica *r, const struct twig *parent)
{
    if (twig_round(parent) + 1 == r->round) return true;
    if (r->entry == ENTRY_TIMEOUT)
        return is_committee(&r->entry_tc->committee_hash, r->epoch.committee) &&
               timeoutcert_high_round(r->entry_tc) <= twig_round(parent);
    return r->entry == ENTRY_PROOF && hash_eq(&parent->block->hash, &r->epoch.base.block->hash);
}

static bool child_closes(const struct replica *r, const struct twig *parent)
{
    return parent->closing || (twig_ends_epoch(parent) && parent != r->root);
}

struct instant propose_due(const struct replica *r)
{
    if (r->held || !is_leader(r) || r->round <= r->votes.proposed_round || r->round <= r->missed_round) return INSTANT_NEVER;
    if (r->timed_out || r->round <= r->votes.timed_out.round || !can_sign(r)) return INSTANT_NEVER;
    const struct twig *parent = proposal_parent(r);
    if (parent == NULL || !round_open(r, parent)) return INSTANT_NEVER;
    return instant_add(parent->received, duration_ms(r->params.block_interval_ms));
}

struct finality_proof *proposal_proof(const struct replica *r, const struct block *block)
{
    if (r->entry != ENTRY_PROOF || !hash_eq(&block->header.parent_hash, &r->epoch.base.block->hash)) return NULL;
    return r->epoch.proof;
}

static bool body_build(struct replica *r, const struct twig *parent, const struct replica_place *place, struct header *header,
                       struct tx *const **txs, size_t *txs_count)
{
    *txs = NULL;
    *txs_count = 0;
    if (child_closes(r, parent)) {
        header->state_root = parent->block->header.state_root;
        return true;
    }
    struct replica_outcome outcome = {0};
    if (!r->ledger.build(r->ledger.ctx, place, header, txs, txs_count, &outcome)) return false;
    header->next_committee_hash = outcome.next_committee == NULL ? place->committee->hash : outcome.next_committee->hash;
    committee_unref(outcome.next_committee);
    return true;
}

struct block *block_build(struct replica *r, const struct address *proposer, bool sign)
{
    struct twig *parent = proposal_parent(r);
    if (parent == NULL || !round_open(r, parent)) return NULL;
    const uint64_t timestamp_ms = MAX(r->now.clock_ms, parent->block->header.timestamp_ms + 1);
    const uint32_t height = twig_height(parent) + 1;
    const bool opens = parent == r->root && twig_ends_epoch(parent);
    const struct replica_place place = {.parent = parent->block,
                                        .committee = r->epoch.committee,
                                        .epoch_first_height = opens ? height : parent->epoch_first,
                                        .round = r->round,
                                        .timestamp_ms = timestamp_ms,
                                        .proposer = proposer};
    struct header header = {0};
    struct tx *const *txs;
    size_t txs_count;
    if (!body_build(r, parent, &place, &header, &txs, &txs_count)) return NULL;
    header.domain = r->domain;
    header.height = height;
    header.round = r->round;
    header.timestamp_ms = timestamp_ms;
    header.parent_hash = header.justify_hash = parent->block->hash;
    header.justify_round = twig_round(parent);
    header.proposer = *proposer;
    header.committee_hash = r->epoch.committee->hash;
    struct signature signature = {0};
    if (sign) {
        const struct hash hash = header_hash(&header);
        signature = header_sign(&hash, r->suite, &r->key);
    }
    struct timeoutcert *tc = twig_round(parent) + 1 == r->round || r->entry != ENTRY_TIMEOUT ? NULL : r->entry_tc;
    return block_new(&header, &signature, parent->certificate, tc, txs, txs_count);
}

void propose(struct replica *r)
{
    const uint64_t round = r->round;
    struct twig *parent = proposal_parent(r);
    const struct twig *state = parent;
    while (state->closing) state = state->parent;
    r->missed_round = round;
    if (r->ledger.is_jailed != NULL && r->ledger.is_jailed(r->ledger.ctx, state->block, &r->validator)) return;
    struct block *block = block_build(r, &r->validator, true);
    if (block == NULL) return;
    struct finality_proof *proof = proposal_proof(r, block);
    r->votes.proposed_round = round;
    /* It is here as long before the others as it waited to propose: its round ends with theirs. */
    r->timer_at = r->deadline = instant_add(r->now.now, duration_ms(r->timeout_ms));
    sign_note(r);
    const struct arrival in = {.block = block, .proof = proof, .from = NOBODY, .proposal = true, .own = true};
    if (admit_block(r, &in) == CODE_NONE) send_all(r, message_of_proposal(block, proof));
    block_unref(block);
}

/* ---- voting ---- */

void vote_send(struct replica *r, const struct vote *vote)
{
    const struct committee *committee = r->epoch.committee;
    struct message *message = message_of_vote(vote);
    uint32_t first = UINT32_MAX;
    for (uint64_t ahead = 1; ahead <= 2; ahead++) {
        uint32_t leader;
        if (!guard_leader(r, committee, vote->round + ahead, &leader) || leader == first) continue;
        first = leader;
        const struct address *to = &committee->members[leader].address;
        if (!address_eq(to, &r->validator)) send_validator(r, to, message_ref(message));
    }
    message_unref(message);
}

static struct vote vote_of(const struct replica *r, const struct block *block)
{
    return (struct vote){.domain = r->domain, .height = block->header.height, .round = block->header.round, .block_hash = block->hash, .voter = r->validator};
}

void replica_foresee(const struct replica *r, const struct block *block)
{
    if (block->header.round <= r->votes.voted_round || !can_sign(r)) return;
    const struct vote vote = vote_of(r, block);
    const struct hash digest = vote_digest(&vote);
    sign_foresee(r->suite, &r->key, VOTE_SIGN_TAG, &digest);
}

bool vote_try(struct replica *r, const struct twig *twig)
{
    const struct header *header = &twig->block->header;
    if (!twig->votable || header->round != r->round || twig->committee != r->epoch.committee) return false;
    if (r->round <= r->votes.voted_round || r->round <= r->votes.timed_out.round || r->timed_out || !can_sign(r)) return false;
    if (!hash_eq(&header->parent_hash, &r->lock.hash) && header->justify_round <= r->lock.round) return false;
    struct vote vote = vote_of(r, twig->block);
    vote_sign(&vote, r->suite, &r->key);
    r->votes.voted_round = r->round;
    sign_note(r);
    vote_send(r, &vote);
    tally_vote(r, &vote, NOBODY, true);
    return true;
}

/* ---- timeouts ---- */

bool timeout_add(struct replica *r, const struct timeout *timeout, struct certificate *high)
{
    uint32_t member;
    if (timeout->round != r->round || r->epoch.committee == NULL || !committee_find(r->epoch.committee, &timeout->voter, &member))
        return false;
    while (r->timeouts.count < r->epoch.committee->count) vec_push(&r->timeouts, ((struct seen_timeout){0}));
    struct seen_timeout *seen = &r->timeouts.data[member];
    if (seen->present) return false;
    *seen = (struct seen_timeout){.present = true, .timeout = *timeout, .high = certificate_ref(high)};
    return true;
}

/* A certificate under this committee for a block that is not this committee's cannot be told from a good one without the block;
 * a timeout certificate with it would let no proposal through. So a timeout counts when its high block is known. */
static bool high_known(const struct replica *r, const struct certificate *high)
{
    if (high == NULL || !is_committee(&high->committee_hash, r->epoch.committee)) return true;
    if (high->height <= twig_height(r->root)) return true;
    const struct twig *twig = tree_find(r, &high->block_hash);
    return twig != NULL && is_committee(&high->committee_hash, twig->committee);
}

void timeouts_count(struct replica *r)
{
    const struct committee *committee = r->epoch.committee;
    for (size_t i = 0; i < r->timeouts.count; i++) {
        struct seen_timeout *seen = &r->timeouts.data[i];
        if (!seen->present || seen->counted || !high_known(r, seen->high)) continue;
        seen->counted = true;
        const bool fits = amount_add(r->timeouts_power, committee->members[i].stake, &r->timeouts_power);
        ASSERT(fits);
    }
    if (r->timeouts.count == 0 || !quorum_reached(r, committee, r->timeouts_power)) return;
    uint32_t *signers = base_alloc(committee->count * sizeof(*signers));
    uint64_t *rounds = base_alloc(committee->count * sizeof(*rounds));
    struct signature *signatures = base_alloc(committee->count * sizeof(*signatures));
    struct certificate *high = NULL;
    size_t count = 0;
    for (uint32_t i = 0; i < committee->count; i++) {
        const struct seen_timeout *seen = &r->timeouts.data[i];
        if (!seen->counted) continue;
        if (certificate_round(seen->high) > certificate_round(high)) high = seen->high;
        signers[count] = i;
        rounds[count] = seen->timeout.high_round;
        signatures[count++] = seen->timeout.signature;
    }
    struct timeoutcert *tc = timeoutcert_new(r->round, committee, high, signers, rounds, signatures, count);
    base_free(signers);
    base_free(rounds);
    base_free(signatures);
    timeoutcert_take(r, tc, NOBODY);
    timeoutcert_unref(tc);
}

static struct message *timeout_message(struct replica *r)
{
    struct finality_proof *proof = r->entry == ENTRY_PROOF ? r->epoch.proof : NULL;
    struct certificate *high = r->votes.timed_out_high;
    if (r->entry == ENTRY_CERTIFICATE && is_committee(&r->entry_certificate->committee_hash, r->epoch.previous))
        high =
            r->entry_certificate; /* it let us in and is `high` no more: who is in this epoch has the certificate of its base */
    return message_of_timeout(&r->votes.timed_out, high, r->entry == ENTRY_TIMEOUT ? r->entry_tc : NULL, proof);
}

/* The certificate that let us in, by the only message that carries one alone: with its block. NULL: the block is not here. */
static struct message *entry_message(struct replica *r)
{
    const struct twig *twig = tree_find(r, &r->entry_certificate->block_hash);
    if (twig == NULL) return NULL;
    const struct certified_block item = {twig->block, r->entry_certificate};
    return message_of_blocks(r->domain, &item, 1, twig_height(r->head), NULL);
}

void absent_note(struct replica *r)
{
    if (!r->has_leader) return;
    while (r->absent.count < r->epoch.committee->count) vec_push(&r->absent, false);
    if (r->leader < r->absent.count) r->absent.data[r->leader] = replica_proposal_at(r, 0) == NULL;
}

bool leader_absent(const struct replica *r) { return r->has_leader && r->leader < r->absent.count && r->absent.data[r->leader]; }

/* The second collector has the certificate that let it in here, the first one says nothing: then all are told, or they would wait
 * for the round before to end. Nothing of it is signed: a node whose validator is driven from outside does so, too. */
void share_fire(struct replica *r)
{
    r->share_at = INSTANT_NEVER;
    if (r->entry != ENTRY_CERTIFICATE || r->timed_out || replica_proposal_at(r, 0) != NULL) return;
    struct message *message = entry_message(r);
    if (message != NULL) send_all(r, message);
}

static void timeout_sign_now(struct replica *r)
{
    struct timeout *timeout = &r->votes.timed_out;
    *timeout =
        (struct timeout){.domain = r->domain, .round = r->round, .high_round = certificate_round(r->high), .voter = r->validator};
    timeout_sign(timeout, r->suite, &r->key);
    certificate_unref(r->votes.timed_out_high);
    r->votes.timed_out_high = certificate_ref(r->high);
    sign_note(r);
}

void timer_fire(struct replica *r)
{
    r->timer_at = instant_add(r->now.now, duration_ms(r->params.round_timeout_ms));
    r->timed_out = true;
    if (!can_sign(r)) {
        if (!r->asking) sync_poll(r);
        return;
    }
    if (r->round > r->votes.timed_out.round) timeout_sign_now(r);
    if (r->round != r->votes.timed_out.round) return;
    send_all(r, timeout_message(r));
    (void)timeout_add(r, &r->votes.timed_out, r->votes.timed_out_high);
}

/* A sender that stays behind is told what let us in here; stragglers of a round just ended are not. */
static void help(struct replica *r, uint32_t from)
{
    if (instant_before(r->now.now, instant_add(r->round_began, duration_ms(r->params.round_timeout_ms / 4)))) return;
    struct message *message = NULL;
    if (r->entry == ENTRY_CERTIFICATE) message = entry_message(r);
    if (r->entry == ENTRY_PROOF) message = message_of_finality(r->epoch.proof);
    if (message == NULL && r->votes.timed_out.round == r->round && can_sign(r)) message = timeout_message(r);
    struct block *proposal = replica_proposal_at(r, 0);
    if (message == NULL && proposal != NULL) message = message_of_proposal(proposal, NULL);
    if (message != NULL) send_peer(r, from, message);
}

/* Its sender has not heard that the last epoch is over. */
static bool of_ended_epoch(const struct replica *r, const struct message_timeout *in)
{
    if (r->epoch.previous == NULL || in->epoch_proof != NULL || certificate_round(in->high) != in->timeout.high_round)
        return false;
    if (in->entered_by != NULL && !is_committee(&in->entered_by->committee_hash, r->epoch.previous)) return false;
    return in->high == NULL || is_committee(&in->high->committee_hash, r->epoch.previous);
}

void timeout_take(struct replica *r, uint32_t from, const struct message_timeout *in)
{
    const struct timeout *timeout = &in->timeout;
    uint32_t member;
    struct certificate *high = in->high;
    if (r->epoch.committee == NULL) return;
    if (certificate_round(high) != timeout->high_round) { /* what let its sender in: its high is the base of this epoch */
        if (high == NULL || timeout->high_round != r->epoch.base.block->header.round) return;
        if (!is_committee(&high->committee_hash, r->epoch.previous)) return;
        high = r->epoch.base.certificate;
    }
    if (of_ended_epoch(r, in)) sync_answer_ended(r, from);
    if (timeout->round == r->round && committee_find(r->epoch.committee, &timeout->voter, &member) &&
        r->timeouts.count > member && r->timeouts.data[member].present)
        return;
    const struct committee *committee = NULL;
    if (in->high != NULL && !certificate_good(r, in->high, &committee)) {
        if (committee != NULL) return;
        if (in->high->height <= twig_height(r->root))
            sync_answer_ended(r, from); /* of an epoch long over */
        else
            sync_ahead(r, from, in->high->height);
        return;
    }
    const uint64_t epoch = r->epoch.committee->epoch;
    if (timeout->round < r->round) help(r, from);
    if (in->high != NULL && (in->high->round > certificate_round(r->high) || in->high->round >= r->round))
        certificate_take(r, in->high, from);
    if (in->entered_by != NULL) timeoutcert_take(r, in->entered_by, from);
    if (in->epoch_proof != NULL) (void)proof_take(r, in->epoch_proof, from);
    if (timeout->round != r->round || epoch != r->epoch.committee->epoch) return;
    if (!committee_find(r->epoch.committee, &timeout->voter, &member)) return;
    if (!timeout_check(timeout, &r->epoch.committee->members[member].consensus_key, &r->verifier)) return;
    (void)timeout_add(r, timeout, high);
}
