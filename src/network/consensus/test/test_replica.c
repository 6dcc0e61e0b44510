/* The rules of one replica, each against a test that plays everybody else and may break any of them. */
#include "network/consensus/test/puppet.h"

static void a_valid_proposal_gets_one_vote_for_the_next_two_leaders(void)
{
    struct puppet p;
    puppet_open(&p);
    struct block *block = puppet_block(&p, p.genesis, NULL, 1, NULL);
    puppet_propose(&p, block);
    CHECK_U64(p.votes.count, 2);
    CHECK(hash_eq(&p.votes.data[0].block_hash, &block->hash));
    CHECK_U64(p.persisted_before_vote, 2);
    const struct replica_action *last = replica_action_at(p.replica, replica_actions_count(p.replica) - 1);
    CHECK(address_eq(&last->send.validator, &p.committee->members[puppet_leader(p.committee, 3)].address));
    CHECK(vote_check(&p.votes.data[0], &p.keys[p.self].pub, &(struct verifier){verifier_of_cache(p.cache).verify, p.cache}));
    puppet_propose(&p, block); /* again: nothing new */
    CHECK_U64(p.votes.count, 2);
    block_unref(block);
    puppet_close(&p);
}

static void refused(struct puppet *p, struct block *block)
{
    puppet_propose(p, block);
    CHECK_U64(p->votes.count, 0);
    block_unref(block);
}

static void a_proposal_that_breaks_a_rule_gets_no_vote(void)
{
    struct puppet p;
    puppet_open(&p);
    struct block *good = puppet_block(&p, p.genesis, NULL, 1, NULL);
    const uint32_t leader = puppet_leader(p.committee, 1), other = puppet_leader(p.committee, 2);
    struct header h = good->header;
    refused(&p, puppet_resign(&p, good, &h, other)); /* not the leader's signature */
    h.proposer = p.committee->members[other].address;
    refused(&p, puppet_resign(&p, good, &h, other)); /* not the leader */
    h = good->header;
    h.timestamp_ms = p.genesis->header.timestamp_ms; /* not above the parent's */
    h.state_root = puppet_state(p.genesis, h.timestamp_ms);
    refused(&p, puppet_resign(&p, good, &h, leader));
    puppet_close(&p);

    puppet_open(&p);
    h = good->header;
    h.timestamp_ms = p.now_ms + p.params.max_block_skew_ms + 1;
    h.state_root = puppet_state(p.genesis, h.timestamp_ms);
    refused(&p, puppet_resign(&p, good, &h, leader)); /* too far ahead */
    h = good->header;
    h.state_root.b[0] ^= 1;
    refused(&p, puppet_resign(&p, good, &h, leader)); /* another state */
    puppet_close(&p);

    puppet_open(&p);
    h = good->header;
    h.next_committee_hash = p.next->hash; /* names a committee before the epoch is full */
    refused(&p, puppet_resign(&p, good, &h, leader));
    h = good->header;
    h.committee_hash = h.next_committee_hash = p.next->hash;
    refused(&p, puppet_resign(&p, good, &h, leader));
    puppet_close(&p);

    puppet_open(&p);
    h = good->header;
    h.next_committee_hash = (struct hash){{0}}; /* a closing block where no epoch ends */
    refused(&p, puppet_resign(&p, good, &h, leader));
    h = good->header;
    h.domain = domain_of(CHAIN_ALPHA, NETWORK_MAINNET);
    refused(&p, puppet_resign(&p, good, &h, leader));
    puppet_close(&p);

    puppet_open(&p);
    p.jailed = true;
    refused(&p, block_ref(good));
    puppet_close(&p);

    puppet_open(&p);
    refused(&p, puppet_block(&p, p.genesis, NULL, 2, NULL)); /* a round was skipped and nothing says why */
    puppet_close(&p);
    block_unref(good);
}

static void a_block_may_stand_up_to_the_skew_ahead(void)
{
    struct puppet p;
    puppet_open(&p);
    struct block *good = puppet_block(&p, p.genesis, NULL, 1, NULL);
    struct header h = good->header;
    h.timestamp_ms = p.now_ms + p.params.max_block_skew_ms;
    h.state_root = puppet_state(p.genesis, h.timestamp_ms);
    struct block *ahead = puppet_resign(&p, good, &h, puppet_leader(p.committee, 1));
    puppet_propose(&p, ahead);
    CHECK_U64(p.votes.count, 2);
    block_unref(ahead);
    block_unref(good);
    puppet_close(&p);
}

static void a_skipped_round_needs_a_timeout_certificate_that_is_not_above_the_parent(void)
{
    struct puppet p;
    struct block *b[1];
    struct certificate *c[1];
    puppet_open(&p);
    chain_give(&p, b, c, 1);
    puppet_clear(&p);
    struct timeoutcert *low = puppet_timeoutcert(&p, 2, NULL, ALL), *high = puppet_timeoutcert(&p, 2, c[0], ALL);
    struct block *above = puppet_block(&p, p.genesis, NULL, 3, high); /* stands below what the certificate says is known */
    puppet_propose(&p, above);
    CHECK_U64(p.votes.count, 0);
    CHECK_U64(puppet_status(&p).round, 3); /* but the certificate is worth its round */
    block_unref(above);
    timeoutcert_unref(low);
    struct block *fine = puppet_block(&p, b[0], c[0], 3, high);
    struct header h = fine->header;
    h.timestamp_ms++;
    h.state_root = puppet_state(b[0], h.timestamp_ms);
    struct block *again = puppet_resign(&p, fine, &h, puppet_leader(p.committee, 3));
    puppet_propose(&p, again);
    CHECK_U64(p.votes.count, 1); /* to the leader of round 5; it leads round 4 itself */
    timeoutcert_unref(high);
    block_unref(fine);
    block_unref(again);
    unref_all(b, c, 1);
    puppet_close(&p);
}

static void an_equivocating_leader_gets_one_vote_and_is_convicted_once(void)
{
    struct puppet p;
    puppet_open(&p);
    struct block *first = puppet_block(&p, p.genesis, NULL, 1, NULL);
    struct header h = first->header;
    h.timestamp_ms += 1;
    h.state_root = puppet_state(p.genesis, h.timestamp_ms);
    struct block *second = puppet_resign(&p, first, &h, puppet_leader(p.committee, 1));
    puppet_propose(&p, first);
    puppet_propose(&p, second);
    puppet_propose(&p, second);
    CHECK_U64(p.votes.count, 2);
    CHECK_U64(p.evidence.count, 1);
    CHECK_U64(p.evidence.data[0].type, EVIDENCE_DOUBLE_PROPOSAL);
    const struct verifier verifier = verifier_of_cache(p.cache);
    CHECK(evidence_check(&p.evidence.data[0], NULL, &p.keys[puppet_leader(p.committee, 1)].pub, &verifier));
    CHECK(replica_proposal_at(p.replica, 1) == second && replica_proposal_at(p.replica, 2) == NULL);
    block_unref(first);
    block_unref(second);
    puppet_close(&p);
}

static void nobody_votes_twice_in_a_round_also_after_a_restart(void)
{
    struct puppet p;
    puppet_open(&p);
    struct block *first = puppet_block(&p, p.genesis, NULL, 1, NULL);
    struct header h = first->header;
    h.timestamp_ms += 1;
    h.state_root = puppet_state(p.genesis, h.timestamp_ms);
    struct block *second = puppet_resign(&p, first, &h, puppet_leader(p.committee, 1));
    puppet_propose(&p, first);
    CHECK_U64(p.votes.count, 2);
    struct votestate votes;
    CHECK(votestate_decode(buf_str(&p.disk), p.domain, &p.committee->members[p.self].address, &votes));
    CHECK_U64(votes.voted_round, 1);
    replica_free(p.replica);
    const struct replica_config config = puppet_config(&p);
    p.replica = replica_new(&config);
    const struct replica_restored restored = {.votes = &votes};
    replica_restore(p.replica, &restored);
    votestate_done(&votes);
    replica_start(p.replica, puppet_time(&p));
    puppet_clear(&p);
    puppet_propose(&p, second); /* all blocks are lost, what was signed is not */
    CHECK_U64(p.votes.count, 0);
    CHECK_U64(puppet_status(&p).round, 1);
    block_unref(first);
    block_unref(second);
    puppet_close(&p);
}

/* When all of a committee go down at once, the block they voted for last is on their disks and nowhere else. */
static void a_block_that_nobody_certified_yet_is_there_again_after_a_restart(void)
{
    struct puppet p;
    puppet_open(&p);
    struct block *first = puppet_block(&p, p.genesis, NULL, 1, NULL);
    puppet_propose(&p, first);
    CHECK(puppet_status(&p).head == first);
    replica_free(p.replica);
    const struct replica_config config = puppet_config(&p);
    p.replica = replica_new(&config);
    const struct certified_block kept = {first, NULL};
    const struct replica_restored restored = {.tentative = &kept, .tentative_count = 1};
    replica_restore(p.replica, &restored); /* no clock has been told yet */
    replica_start(p.replica, puppet_time(&p));
    CHECK(puppet_status(&p).head == first);
    puppet_clear(&p);
    block_unref(first);
    puppet_close(&p);
}

static void a_double_vote_is_evidence_once(void)
{
    struct puppet p;
    struct block *b[3];
    struct certificate *c[3];
    puppet_open(&p);
    chain_give(&p, b, c, 3);
    const uint32_t liar = (p.self + 1) % PUPPETS;
    struct vote vote = puppet_vote(&p, b[2], liar), other = vote;
    other.block_hash.b[0] ^= 1;
    vote_sign(&other, p.suite, &p.keys[liar]);
    puppet_give(&p, message_of_vote(&vote));
    puppet_give(&p, message_of_vote(&other));
    puppet_give(&p, message_of_vote(&other));
    CHECK_U64(p.evidence.count, 1);
    CHECK_U64(p.evidence.data[0].type, EVIDENCE_DOUBLE_VOTE);
    const struct verifier verifier = verifier_of_cache(p.cache);
    CHECK(evidence_check(&p.evidence.data[0], NULL, &p.keys[liar].pub, &verifier));
    unref_all(b, c, 3);
    puppet_close(&p);
}

static void a_certificate_convicts_who_was_seen_voting_otherwise(void)
{
    struct puppet p;
    struct block *b[3];
    struct certificate *c[3];
    puppet_open(&p);
    chain_give(&p, b, c, 3);
    const uint32_t liar = (p.self + 1) % PUPPETS;
    struct vote other = puppet_vote(&p, b[2], liar);
    other.block_hash.b[0] ^= 1;
    vote_sign(&other, p.suite, &p.keys[liar]);
    puppet_give(&p, message_of_vote(&other));
    CHECK_U64(p.evidence.count, 0);
    const struct certified_block item = {b[2], c[2]};
    puppet_give(&p, message_of_blocks(p.domain, &item, 1, 3, NULL));
    CHECK_U64(p.evidence.count, 1);
    unref_all(b, c, 3);
    puppet_close(&p);
}

static void a_header_on_a_wrong_parent_is_evidence(void)
{
    struct puppet p;
    puppet_open(&p);
    struct block *block = puppet_block(&p, p.genesis, NULL, 1, NULL);
    struct header h = block->header;
    h.justify_hash.b[3] ^= 1;
    struct block *wrong = puppet_resign(&p, block, &h, puppet_leader(p.committee, 1));
    puppet_propose(&p, wrong);
    puppet_propose(&p, wrong);
    CHECK_U64(p.evidence.count, 1);
    CHECK_U64(p.evidence.data[0].type, EVIDENCE_INVALID_PROPOSAL);
    CHECK_U64(p.votes.count, 0);
    block_unref(wrong);
    block_unref(block);
    puppet_close(&p);
}

static void three_certified_blocks_of_consecutive_rounds_make_the_first_final(void)
{
    struct puppet p;
    struct block *b[4];
    struct certificate *c[4];
    puppet_open(&p);
    chain_give(&p, b, c, 3); /* the certificate of the third is not out yet */
    CHECK_U64(p.finals, 0);
    CHECK_U64(puppet_status(&p).lock.round, 1);
    b[3] = puppet_block(&p, b[2], c[2], 4, NULL);
    c[3] = NULL;
    struct header h = b[3]->header;
    puppet_propose(&p, b[3]); /* from the replica's own turn: somebody else signed for it */
    CHECK_U64(p.finals, 1);
    CHECK_U64(puppet_status(&p).final->header.height, 1);
    CHECK_U64(puppet_status(&p).lock.round, 2);
    struct finality_proof *proof = replica_finality_proof(p.replica, 1);
    const struct verifier verifier = verifier_of_cache(p.cache);
    CHECK(proof != NULL);
    CHECK_U64(finality_verify(proof, p.domain, &p.committee->hash, 1, &verifier), VERDICT_GOOD);
    CHECK(replica_finality_proof(p.replica, 2) == NULL);
    CHECK_U64(h.round, 4);
    finality_unref(proof);
    unref_all(b, c, 4);
    puppet_close(&p);
}

static void a_gap_between_rounds_delays_finality(void)
{
    struct puppet p;
    struct block *b[5];
    struct certificate *c[5];
    puppet_open(&p);
    chain_give(&p, b, c, 2);
    struct timeoutcert *tc = puppet_timeoutcert(&p, 3, c[1], ALL);
    b[2] = puppet_block(&p, b[1], c[1], 4, tc); /* rounds 1, 2, 4, 5 */
    c[2] = puppet_certificate(&p, b[2], ALL);
    puppet_propose(&p, b[2]);
    b[3] = puppet_block(&p, b[2], c[2], 5, NULL);
    c[3] = puppet_certificate(&p, b[3], ALL);
    puppet_propose(&p, b[3]);
    b[4] = puppet_block(&p, b[3], c[3], 6, NULL);
    c[4] = puppet_certificate(&p, b[4], ALL);
    puppet_propose(&p, b[4]);
    CHECK_U64(p.finals, 0); /* 2, 4, 5 are certified and not consecutive */
    struct block *last = puppet_block(&p, b[4], c[4], 7, NULL);
    puppet_propose(&p, last);
    CHECK_U64(p.finals, 3); /* 4, 5, 6: the first of them and all before it */
    CHECK_U64(puppet_status(&p).final->header.round, 4);
    block_unref(last);
    timeoutcert_unref(tc);
    unref_all(b, c, 5);
    puppet_close(&p);
}

static void the_lock_refuses_a_block_that_stands_below_it(void)
{
    struct puppet p;
    struct block *b[3];
    struct certificate *c[3];
    puppet_open(&p);
    chain_give(&p, b, c, 3);
    CHECK_U64(puppet_status(&p).lock.round, 1);
    puppet_clear(&p);
    /* Three liars say they know nothing: only the lock stands between this replica and a rival of block 1. */
    struct timeoutcert *tc = puppet_timeoutcert(&p, 4, NULL, ALL);
    struct block *rival = puppet_block(&p, p.genesis, NULL, 5, tc);
    puppet_propose(&p, rival);
    CHECK_U64(puppet_status(&p).round, 5);
    CHECK_U64(p.votes.count, 0);
    puppet_close(&p);

    puppet_open(&p); /* the same block, where nothing is locked */
    puppet_propose(&p, rival);
    CHECK_U64(p.votes.count, 2);
    block_unref(rival);
    timeoutcert_unref(tc);
    unref_all(b, c, 3);
    puppet_close(&p);
}

static void what_conflicts_with_a_final_block_is_refused_and_a_late_one_alerts(void)
{
    struct puppet p;
    struct block *b[5];
    struct certificate *c[5];
    puppet_open(&p);
    chain_give(&p, b, c, 5);
    CHECK(puppet_status(&p).final->header.height >= 1);
    puppet_clear(&p);
    struct block *early = puppet_block(&p, b[0], c[0], 2, NULL); /* of a round that may well have had two */
    struct header h = early->header;
    h.timestamp_ms += 9;
    h.state_root = puppet_state(b[0], h.timestamp_ms);
    struct block *rival = puppet_resign(&p, early, &h, puppet_leader(p.committee, 2));
    puppet_propose(&p, rival);
    CHECK_U64(p.votes.count + p.alerts, 0);
    struct timeoutcert *tc = puppet_timeoutcert(&p, 8, NULL, ALL);
    struct block *late = puppet_block(&p, b[0], c[0], 9, tc);
    puppet_propose(&p, late);
    puppet_propose(&p, late);
    CHECK_U64(p.votes.count, 0);
    CHECK_U64(p.alerts, 1);
    struct replica_fork forks[8];
    const size_t count = replica_forks(p.replica, forks, ARRAY_LEN(forks));
    CHECK_U64(count, 2);
    CHECK(forks[0].preferred != forks[1].preferred);
    timeoutcert_unref(tc);
    block_unref(early);
    block_unref(rival);
    block_unref(late);
    unref_all(b, c, 5);
    puppet_close(&p);
}

static void two_uncertified_blocks_in_a_row_alert_and_are_never_preferred(void)
{
    struct puppet p;
    struct block *b[1];
    struct certificate *c[1];
    puppet_open(&p);
    chain_give(&p, b, c, 1);
    puppet_clear(&p);
    struct block *second = puppet_block(&p, b[0], NULL, 2, NULL); /* its parent's certificate is missing */
    puppet_propose(&p, second);
    struct block *third = puppet_block(&p, second, NULL, 3, NULL);
    puppet_propose(&p, third);
    CHECK_U64(p.alerts, 2);
    CHECK_U64(p.votes.count, 0);
    CHECK(puppet_status(&p).head == b[0]);
    struct replica_fork forks[4];
    CHECK_U64(replica_forks(p.replica, forks, ARRAY_LEN(forks)), 2);
    CHECK(forks[1].tip == third && !forks[1].preferred);
    CHECK_U64(forks[1].length_since_final, 3);
    block_unref(second);
    block_unref(third);
    unref_all(b, c, 1);
    puppet_close(&p);
}

static void a_checkpoint_is_not_crossed(void)
{
    struct puppet p;
    puppet_open(&p);
    struct block *block = puppet_block(&p, p.genesis, NULL, 1, NULL);
    replica_free(p.replica);
    struct replica_config config = puppet_config(&p);
    config.checkpoint.height = 1; /* of another hash */
    p.replica = replica_new(&config);
    replica_start(p.replica, puppet_time(&p));
    puppet_propose(&p, block);
    CHECK_U64(p.votes.count, 0);
    CHECK_U64(puppet_status(&p).head->header.height, 0);
    block_unref(block);
    puppet_close(&p);
}

static void without_validators_nothing_moves(void)
{
    struct puppet p;
    puppet_open(&p);
    replica_free(p.replica);
    struct replica_config config = puppet_config(&p);
    config.committee = NULL;
    config.key = NULL;
    p.replica = replica_new(&config);
    replica_start(p.replica, puppet_time(&p));
    CHECK_U64(replica_wake(p.replica).ns, UINT64_MAX);
    puppet_tick(&p, 100000);
    struct block *block = puppet_block(&p, p.genesis, NULL, 1, NULL);
    puppet_propose(&p, block);
    const struct vote vote = puppet_vote(&p, block, 0);
    puppet_give(&p, message_of_vote(&vote));
    const struct timeout timeout = puppet_timeout(&p, 1, 0, 0);
    puppet_give(&p, message_of_timeout(&timeout, NULL, NULL, NULL));
    CHECK_U64(p.sent.count, 0);
    CHECK_U64(puppet_status(&p).head->header.height, 0);
    block_unref(block);
    puppet_close(&p);
}

int main(void)
{
    RUN(a_valid_proposal_gets_one_vote_for_the_next_two_leaders);
    RUN(a_proposal_that_breaks_a_rule_gets_no_vote);
    RUN(a_block_may_stand_up_to_the_skew_ahead);
    RUN(a_skipped_round_needs_a_timeout_certificate_that_is_not_above_the_parent);
    RUN(an_equivocating_leader_gets_one_vote_and_is_convicted_once);
    RUN(nobody_votes_twice_in_a_round_also_after_a_restart);
    RUN(a_block_that_nobody_certified_yet_is_there_again_after_a_restart);
    RUN(a_double_vote_is_evidence_once);
    RUN(a_certificate_convicts_who_was_seen_voting_otherwise);
    RUN(a_header_on_a_wrong_parent_is_evidence);
    RUN(three_certified_blocks_of_consecutive_rounds_make_the_first_final);
    RUN(a_gap_between_rounds_delays_finality);
    RUN(the_lock_refuses_a_block_that_stands_below_it);
    RUN(what_conflicts_with_a_final_block_is_refused_and_a_late_one_alerts);
    RUN(two_uncertified_blocks_in_a_row_alert_and_are_never_preferred);
    RUN(a_checkpoint_is_not_crossed);
    RUN(without_validators_nothing_moves);
    return 0;
}
