/* What liars do: they hear everything and sign whatever they like with their keys. */
#include "world.h"

static uint32_t liar_pick(struct world *w) { return w->validators_count - 1 - pick(w, w->liars_count); } /* they come last */

static uint32_t liar_host(struct world *w)
{
    uint32_t i;
    do i = pick(w, w->hosts_count);
    while (!w->hosts[i].liar);
    return i;
}

static struct block *recent_pick(struct world *w, uint32_t depth)
{
    if (w->recent.count == 0) return NULL;
    const size_t back = rng_below(&w->rng, MIN(depth, w->recent.count));
    return w->recent.data[w->recent.count - 1 - back];
}

static struct certificate *certificate_of(const struct world *w, const struct hash *hash)
{
    struct certificate *const *slot = map_find(&w->certificates, hash);
    return slot == NULL ? NULL : *slot;
}

static struct committee *committee_by_hash(const struct world *w, const struct hash *hash)
{
    for (size_t i = w->committees.count; i-- > 0;)
        if (hash_eq(&w->committees.data[i]->hash, hash)) return w->committees.data[i];
    return NULL;
}

static struct timeout lie_timeout(struct world *w, uint32_t liar, uint64_t round, uint64_t high_round)
{
    struct timeout timeout = {
        .domain = w->domain, .round = round, .high_round = high_round, .voter = w->validators[liar].address};
    timeout_sign(&timeout, (struct sign_suite){SIGN_SIMULATED}, &w->validators[liar].key);
    return timeout;
}

/* A timeout certificate with the lowest high rounds that can be had from what was heard and what liars will sign. */
static struct timeoutcert *lie_timeoutcert(struct world *w, const struct committee *committee, uint64_t round)
{
    struct timeout best[VALIDATORS_MAX];
    struct certificate *highs[VALIDATORS_MAX];
    bool have[VALIDATORS_MAX] = {false}, taken[VALIDATORS_MAX] = {false};
    for (size_t i = w->timeouts.count, n = 0; i-- > 0 && n < 600; n++) {
        const struct message_timeout *heard = &w->timeouts.data[i]->timeout;
        uint32_t member;
        if (heard->timeout.round != round || !committee_find(committee, &heard->timeout.voter, &member)) continue;
        if (have[member] && best[member].high_round <= heard->timeout.high_round) continue;
        have[member] = true;
        best[member] = heard->timeout;
        highs[member] = heard->high;
    }
    struct amount power = {0};
    uint64_t highest = 0;
    while (!committee_is_quorum(committee, power)) {
        uint32_t next = UINT32_MAX;
        for (uint32_t i = 0; i < committee->count; i++)
            if (have[i] && !taken[i] && (next == UINT32_MAX || best[i].high_round < best[next].high_round)) next = i;
        for (uint32_t i = 0; i < committee->count; i++) { /* liars first: they say what suits */
            if (taken[i] || is_honest_key(w, &committee->members[i].address)) continue;
            for (uint32_t v = 0; v < w->validators_count; v++)
                if (address_eq(&w->validators[v].address, &committee->members[i].address)) best[i] = lie_timeout(w, v, round, 0);
            highs[i] = NULL;
            next = i;
        }
        if (next == UINT32_MAX) return NULL;
        taken[next] = true;
        highest = MAX(highest, best[next].high_round);
        power.units += committee->members[next].stake.units;
    }
    uint32_t signers[VALIDATORS_MAX];
    uint64_t rounds[VALIDATORS_MAX];
    struct signature signatures[VALIDATORS_MAX];
    struct certificate *high = NULL;
    size_t count = 0;
    for (uint32_t i = 0; i < committee->count; i++) {
        if (!taken[i]) continue;
        if (highs[i] != NULL && best[i].high_round == highest) high = highs[i];
        signers[count] = i;
        rounds[count] = best[i].high_round;
        signatures[count++] = best[i].signature;
    }
    return timeoutcert_new(round, committee, high, signers, rounds, signatures, count);
}

static struct finality_proof *proof_heard(const struct world *w, const struct hash *target, uint64_t last_round)
{
    for (size_t i = 0; i < w->pool.count; i++) {
        struct finality_proof *proof = w->pool.data[i]->type == MESSAGE_FINALITY ? w->pool.data[i]->finality : NULL;
        if (proof != NULL && hash_eq(&proof->target_hash, target) && proof->headers[proof->headers_count - 1].round == last_round)
            return proof;
    }
    return NULL;
}

/* Proposes in a liar's turn on any certified block, old ones too, with the most convenient timeout certificate; two different
 * blocks to two halves, more often than not. */
static void lie_proposal(struct world *w)
{
    struct block *heard = recent_pick(w, 16);
    if (heard == NULL) return;
    struct block *parent = chance(w, 50) ? heard : block_known(w, &heard->header.parent_hash);
    if (parent == NULL) return;
    struct certificate *justify = certificate_of(w, &parent->hash);
    if (justify == NULL && parent->header.height > 0) return;
    const bool ends = header_is_epoch_end(&parent->header);
    bool closing = header_is_closing(&parent->header) || (ends && chance(w, 50));
    struct committee *committee = committee_by_hash(w, &parent->header.committee_hash);
    if (ends && !closing && committee != NULL) committee = committee_draw(w, committee->epoch + 1, parent->header.round + 1);
    if (committee == NULL) return;
    uint32_t leader = 0, liar = UINT32_MAX;
    uint64_t round = MAX(parent->header.round + 1, w->round_max - MIN(w->round_max, 1));
    for (const uint64_t end = round + 4; round < end && liar == UINT32_MAX; round++) {
        if (!committee_leader(committee, round, &leader)) return;
        for (uint32_t v = w->validators_count - w->liars_count; v < w->validators_count; v++)
            if (address_eq(&w->validators[v].address, &committee->members[leader].address)) liar = v;
    }
    if (liar == UINT32_MAX) return;
    round--;
    struct timeoutcert *tc = round == parent->header.round + 1 ? NULL : lie_timeoutcert(w, committee, round - 1);
    struct finality_proof *proof = ends && !closing ? proof_heard(w, &parent->hash, round - 1) : NULL;
    struct header header = {.domain = w->domain,
                            .height = parent->header.height + 1,
                            .round = round,
                            .justify_round = parent->header.round,
                            .parent_hash = parent->hash,
                            .justify_hash = parent->hash,
                            .committee_hash = committee->hash,
                            .proposer = w->validators[liar].address};
    for (int variant = 0; variant < 2; variant++) {
        header.timestamp_ms = MAX(w->now_ns / NS_PER_MS, parent->header.timestamp_ms + 1) + (uint64_t)variant;
        header.state_root =
            closing ? parent->header.state_root : toy_state(parent, header.height, header.timestamp_ms, &header.proposer);
        const struct replica_place place = {.parent = parent,
                                            .committee = committee,
                                            .round = round,
                                            .epoch_first_height = parent->header.height / w->epoch_blocks * w->epoch_blocks + 1};
        struct committee *next = closing ? NULL : toy_next(w, &place);
        if (!closing) header.next_committee_hash = next == NULL ? committee->hash : next->hash;
        committee_unref(next);
        const struct hash hash = header_hash(&header);
        struct signature signature = header_sign(&hash, (struct sign_suite){SIGN_SIMULATED}, &w->validators[liar].key);
        struct block *block = block_new(&header, &signature, justify, tc, NULL, 0);
        struct message *message = message_of_proposal(block, proof);
        remember(w, block, NULL);
        vec_push(&w->recent, block_ref(block));
        post_all(w, liar_host(w), message, 60);
        message_unref(message);
        block_unref(block);
        w->lies++;
    }
    timeoutcert_unref(tc);
}

static struct vote lie_vote(struct world *w, const struct block *block, uint32_t liar)
{
    struct vote vote = {.domain = w->domain,
                        .height = block->header.height,
                        .round = block->header.round,
                        .block_hash = block->hash,
                        .voter = w->validators[liar].address};
    vote_sign(&vote, (struct sign_suite){SIGN_SIMULATED}, &w->validators[liar].key);
    return vote;
}

static void lie_votes(struct world *w)
{
    struct block *block = recent_pick(w, 8);
    if (block == NULL) return;
    const struct vote vote = lie_vote(w, block, liar_pick(w));
    struct message *message = message_of_vote(&vote);
    post_all(w, liar_host(w), message, 50);
    message_unref(message);
    w->lies++;
}

static void lie_timeouts(struct world *w)
{
    struct block *block = recent_pick(w, 12);
    struct certificate *high = block == NULL || chance(w, 20) ? NULL : block->justify;
    const struct timeout timeout =
        lie_timeout(w, liar_pick(w), w->round_max - MIN(w->round_max, pick(w, 2)), high == NULL ? 0 : high->round);
    struct message *message = message_of_timeout(&timeout, high, NULL, NULL);
    post_all(w, liar_host(w), message, 50);
    message_unref(message);
    w->lies++;
}

/* A certificate from the votes heard and the liars' own, shown to one host only. */
static void lie_certificate(struct world *w)
{
    struct block *block = recent_pick(w, 4);
    struct committee *committee = block == NULL ? NULL : committee_by_hash(w, &block->header.committee_hash);
    if (committee == NULL || certificate_of(w, &block->hash) != NULL) return;
    struct signature found[VALIDATORS_MAX];
    bool have[VALIDATORS_MAX] = {false};
    uint32_t member;
    for (size_t i = 0; i < w->pool.count; i++) {
        const struct vote *vote = &w->pool.data[i]->vote;
        if (w->pool.data[i]->type != MESSAGE_VOTE || !hash_eq(&vote->block_hash, &block->hash)) continue;
        if (!committee_find(committee, &vote->voter, &member)) continue;
        have[member] = true;
        found[member] = vote->signature;
    }
    for (uint32_t v = w->validators_count - w->liars_count; v < w->validators_count; v++) {
        if (!committee_find(committee, &w->validators[v].address, &member)) continue;
        have[member] = true;
        found[member] = lie_vote(w, block, v).signature;
    }
    uint32_t signers[VALIDATORS_MAX];
    struct signature signatures[VALIDATORS_MAX];
    struct amount power = {0};
    size_t count = 0;
    for (uint32_t i = 0; i < committee->count; i++) {
        if (!have[i]) continue;
        power.units += committee->members[i].stake.units;
        signers[count] = i;
        signatures[count++] = found[i];
    }
    if (!committee_is_quorum(committee, power)) return;
    struct certificate *certificate =
        certificate_new(block->header.height, block->header.round, &block->hash, committee, signers, signatures, count);
    remember(w, block, certificate);
    const struct certified_block item = {block, certificate};
    struct message *message = message_of_blocks(w->domain, &item, 1, block->header.height, NULL);
    post(w, liar_host(w), pick(w, w->hosts_count), message);
    message_unref(message);
    certificate_unref(certificate);
    w->lies++;
}

void adversary(struct world *w)
{
    if (!w->liars_rest) {
        const uint32_t what = pick(w, 10);
        if (what < 4)
            lie_proposal(w);
        else if (what < 6)
            lie_votes(w);
        else if (what < 7)
            lie_timeouts(w);
        else if (what < 9)
            lie_certificate(w);
        else if (w->pool.count > 0)
            post(w, liar_host(w), pick(w, w->hosts_count), w->pool.data[pick(w, (uint32_t)w->pool.count)]);
    }
    (void)event_add(w, EVENT_ADVERSARY, w->now_ns + (20 + rng_below(&w->rng, 200)) * NS_PER_MS);
}
