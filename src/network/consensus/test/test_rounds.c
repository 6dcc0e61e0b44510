/* Rounds of one replica: how they end, by timeouts, votes and leaders, against a test that plays everybody else. */
#include "network/consensus/test/puppet.h"

static void after_its_timeout_a_replica_votes_no_more_in_the_round(void)
{
    struct puppet p;
    puppet_open(&p);
    puppet_tick(&p, p.params.round_timeout_ms);
    CHECK(puppet_sent(&p, MESSAGE_TIMEOUT) != NULL);
    struct block *block = puppet_block(&p, p.genesis, NULL, 1, NULL);
    puppet_propose(&p, block);
    CHECK_U64(p.votes.count, 0);
    CHECK_U64(puppet_status(&p).phase, REPLICA_TIMEOUT);
    block_unref(block);
    puppet_close(&p);
}

static void a_timeout_is_signed_once_and_its_bytes_repeated(void)
{
    struct puppet p;
    puppet_open(&p);
    puppet_tick(&p, p.params.round_timeout_ms - 1);
    CHECK_U64(p.sent.count, 0);
    puppet_tick(&p, 1);
    CHECK_U64(p.sent.count, 1);
    puppet_tick(&p, p.params.round_timeout_ms - 1);
    CHECK_U64(p.sent.count, 1);
    puppet_tick(&p, 1);
    CHECK_U64(p.sent.count, 2);
    CHECK(memcmp(&p.sent.data[0]->timeout.timeout, &p.sent.data[1]->timeout.timeout, sizeof(struct timeout)) == 0);
    puppet_close(&p);
}

static void timeouts_grow_by_half_up_to_the_maximum_and_a_certificate_resets_them(void)
{
    struct puppet p;
    puppet_open(&p);
    const uint64_t want_ms[] = {1500, 2250, 3375, 4000, 4000};
    for (uint64_t i = 0; i < ARRAY_LEN(want_ms); i++) {
        struct timeoutcert *tc = puppet_timeoutcert(&p, i + 1, NULL, ALL);
        const struct timeout timeout = puppet_timeout(&p, i + 2, 0, (p.self + 1) % PUPPETS);
        puppet_give(&p, message_of_timeout(&timeout, NULL, tc, NULL));
        timeoutcert_unref(tc);
        CHECK_U64(puppet_status(&p).round, i + 2);
        CHECK_U64(puppet_status(&p).deadline.ns / NS_PER_MS, p.now_ms + want_ms[i]);
    }
    struct timeoutcert *tc = puppet_timeoutcert(&p, 6, NULL, ALL);
    struct block *block = puppet_block(&p, p.genesis, NULL, 7, tc), *next;
    struct certificate *certificate = puppet_certificate(&p, block, ALL);
    puppet_propose(&p, block);
    next = puppet_block(&p, block, certificate, 8, NULL);
    puppet_propose(&p, next);
    CHECK_U64(puppet_status(&p).round, 8);
    CHECK_U64(puppet_status(&p).deadline.ns / NS_PER_MS, p.now_ms + p.params.round_timeout_ms);
    timeoutcert_unref(tc);
    certificate_unref(certificate);
    block_unref(block);
    block_unref(next);
    puppet_close(&p);
}

static void a_quorum_of_timeouts_ends_the_round_and_one_less_does_not(void)
{
    struct puppet p;
    puppet_open(&p);
    for (uint32_t i = 0, sent = 0; i < PUPPETS && sent < 3; i++) {
        if (i == p.self) continue;
        CHECK_U64(puppet_status(&p).round, 1);
        const struct timeout timeout = puppet_timeout(&p, 1, 0, i);
        puppet_give(&p, message_of_timeout(&timeout, NULL, NULL, NULL));
        puppet_give(&p, message_of_timeout(&timeout, NULL, NULL, NULL));
        sent++;
    }
    CHECK_U64(puppet_status(&p).round, 2);
    CHECK(puppet_status(&p).entered_by != NULL);
    puppet_close(&p);
}

static void votes_below_a_quorum_and_forged_ones_make_no_certificate(void)
{
    struct puppet p;
    struct block *b[3];
    struct certificate *c[3];
    puppet_open(&p);
    chain_give(&p, b, c, 3); /* it leads round 4: votes for round 3 come here */
    CHECK_U64(puppet_status(&p).high->round, 2);
    uint32_t others[3], count = 0;
    for (uint32_t i = 0; i < PUPPETS; i++)
        if (i != p.self) others[count++] = i;
    struct vote vote = puppet_vote(&p, b[2], others[0]);
    puppet_give(&p, message_of_vote(&vote));
    vote = puppet_vote(&p, b[2], others[1]);
    vote.signature.b[5] ^= 1;
    puppet_give(&p, message_of_vote(&vote));
    CHECK_U64(puppet_status(&p).high->round, 2);
    vote = puppet_vote(&p, b[2], others[2]); /* its own vote is the third */
    puppet_give(&p, message_of_vote(&vote));
    CHECK_U64(puppet_status(&p).high->round, 3);
    CHECK_U64(puppet_status(&p).round, 4);
    struct replica_seen_vote seen[8];
    CHECK_U64(replica_votes_at(p.replica, 3, seen, ARRAY_LEN(seen)), 3);
    unref_all(b, c, 3);
    puppet_close(&p);
}

static void a_leader_waits_its_interval_and_proposes_once(void)
{
    struct puppet p;
    struct block *b[3];
    struct certificate *c[3];
    puppet_open(&p);
    chain_give(&p, b, c, 3);
    for (uint32_t i = 0; i < PUPPETS; i++) {
        if (i == p.self) continue;
        const struct vote vote = puppet_vote(&p, b[2], i);
        puppet_give(&p, message_of_vote(&vote));
    }
    CHECK_U64(replica_wake(p.replica).ns / NS_PER_MS, p.now_ms + p.params.block_interval_ms);
    puppet_tick(&p, p.params.block_interval_ms - 1);
    CHECK(puppet_sent(&p, MESSAGE_PROPOSAL) == NULL);
    puppet_tick(&p, 1);
    const struct message *proposal = puppet_sent(&p, MESSAGE_PROPOSAL);
    CHECK(proposal != NULL);
    CHECK_U64(proposal->proposal.block->header.round, 4);
    CHECK(hash_eq(&proposal->proposal.block->header.parent_hash, &b[2]->hash));
    CHECK_U64(replica_votes(p.replica)->proposed_round, 4);
    puppet_clear(&p);
    puppet_tick(&p, 10);
    CHECK(puppet_sent(&p, MESSAGE_PROPOSAL) == NULL);
    unref_all(b, c, 3);
    puppet_close(&p);
}

static void who_holds_still_votes_and_starts_nothing(void)
{
    struct puppet p;
    puppet_open(&p);
    replica_hold(p.replica, puppet_time(&p), true);
    puppet_tick(&p, 60000);
    CHECK_U64(p.sent.count, 0);
    struct block *block = puppet_block(&p, p.genesis, NULL, 1, NULL);
    puppet_propose(&p, block);
    CHECK_U64(p.votes.count, 2);
    replica_hold(p.replica, puppet_time(&p), false);
    CHECK_U64(replica_wake(p.replica).ns / NS_PER_MS, p.now_ms + p.params.round_timeout_ms);
    block_unref(block);
    puppet_close(&p);
}

int main(void)
{
    RUN(after_its_timeout_a_replica_votes_no_more_in_the_round);
    RUN(a_timeout_is_signed_once_and_its_bytes_repeated);
    RUN(timeouts_grow_by_half_up_to_the_maximum_and_a_certificate_resets_them);
    RUN(a_quorum_of_timeouts_ends_the_round_and_one_less_does_not);
    RUN(votes_below_a_quorum_and_forged_ones_make_no_certificate);
    RUN(a_leader_waits_its_interval_and_proposes_once);
    RUN(who_holds_still_votes_and_starts_nothing);
    return 0;
}
