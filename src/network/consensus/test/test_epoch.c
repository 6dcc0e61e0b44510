/* Change of committee, catching up, validators whose key is elsewhere: what happens between the ordinary rounds. */
#include "network/consensus/test/puppet.h"

static struct block *named_end(const struct puppet *p, const struct block *parent, struct certificate *justify, uint64_t round)
{
    struct block *plain = puppet_block(p, parent, justify, round, NULL);
    struct header h = plain->header;
    h.next_committee_hash = p->next->hash;
    struct block *end = puppet_resign(p, plain, &h, puppet_leader(p->committee, round));
    block_unref(plain);
    return end;
}

static struct block *closing(const struct puppet *p, const struct block *parent, struct certificate *justify, uint64_t round)
{
    struct block *plain = puppet_block(p, parent, justify, round, NULL);
    struct header h = plain->header;
    h.next_committee_hash = (struct hash){{0}};
    h.state_root = parent->header.state_root;
    struct block *made = puppet_resign(p, plain, &h, puppet_leader(p->committee, round));
    block_unref(plain);
    return made;
}

/* Epochs of two blocks: block 1, the epoch's end 2, closing blocks of rounds 3, 4, 5. */
struct ending {
    struct puppet p;
    struct block *b[5];
    struct certificate *c[5];
};

static void ending_open(struct ending *e, size_t given)
{
    puppet_open(&e->p);
    e->p.epoch_blocks = 2;
    for (size_t i = 0; i < 5; i++) {
        struct block *parent = i == 0 ? e->p.genesis : e->b[i - 1];
        struct certificate *justify = i == 0 ? NULL : e->c[i - 1];
        e->b[i] = i == 0   ? puppet_block(&e->p, parent, justify, 1, NULL)
                  : i == 1 ? named_end(&e->p, parent, justify, 2)
                           : closing(&e->p, parent, justify, i + 1);
        e->c[i] = puppet_certificate(&e->p, e->b[i], ALL);
        if (i < given) puppet_propose(&e->p, e->b[i]);
    }
}

static void ending_close(struct ending *e)
{
    for (size_t i = 0; i < 5; i++) {
        block_unref(e->b[i]);
        certificate_unref(e->c[i]);
    }
    puppet_close(&e->p);
}

static struct finality_proof *ending_proof(const struct ending *e)
{
    const struct header headers[3] = {e->b[1]->header, e->b[2]->header, e->b[3]->header};
    struct certificate *const certificates[3] = {e->c[1], e->c[2], e->c[3]};
    struct committee *committee = e->p.committee;
    return finality_new(headers, 3, certificates, &committee, 1);
}

static void the_block_that_fills_an_epoch_must_name_the_next_committee(void)
{
    struct ending e;
    ending_open(&e, 1);
    puppet_clear(&e.p);
    struct block *silent = puppet_block(&e.p, e.b[0], e.c[0], 2, NULL);
    puppet_propose(&e.p, silent);
    CHECK_U64(e.p.votes.count, 0);
    puppet_propose(&e.p, e.b[1]);
    CHECK(e.p.votes.count > 0);
    block_unref(silent);
    ending_close(&e);
}

static void above_an_epoch_end_only_empty_closing_blocks_get_votes(void)
{
    struct ending e;
    ending_open(&e, 2);
    puppet_clear(&e.p);
    struct block *ordinary = puppet_block(&e.p, e.b[1], e.c[1], 3, NULL);
    puppet_propose(&e.p, ordinary);
    CHECK_U64(e.p.votes.count, 0);
    struct header h = e.b[2]->header;
    h.state_root.b[1] ^= 1;
    struct block *changed = puppet_resign(&e.p, e.b[2], &h, puppet_leader(e.p.committee, 3));
    ending_close(&e);

    ending_open(&e, 2);
    puppet_clear(&e.p);
    puppet_propose(&e.p, changed);
    CHECK_U64(e.p.votes.count, 0);
    ending_close(&e);

    ending_open(&e, 2);
    puppet_clear(&e.p);
    puppet_propose(&e.p, e.b[2]);
    CHECK(e.p.votes.count > 0);
    CHECK(puppet_status(&e.p).head == e.b[1]); /* a closing block is never `latest` */
    CHECK_U64(puppet_status(&e.p).committee->epoch, 0);
    block_unref(ordinary);
    block_unref(changed);
    ending_close(&e);
}

static void the_new_epoch_begins_when_its_base_is_final_and_not_before(void)
{
    struct ending e;
    ending_open(&e, 4); /* certificates up to round 3 */
    CHECK_U64(puppet_status(&e.p).committee->epoch, 0);
    puppet_propose(&e.p, e.b[4]); /* brings the third */
    const struct replica_status s = puppet_status(&e.p);
    CHECK_U64(s.committee->epoch, 1);
    CHECK_U64(s.committee->start_round, 3);
    CHECK_U64(s.round, 5);
    CHECK(s.final == e.b[1] && s.head == e.b[1]);
    CHECK_U64(s.high->round, 2);
    CHECK_U64(s.lock.round, 2);
    CHECK_U64(s.epoch_first_height, 3);
    CHECK_U64(e.p.finals, 2);
    const struct message *told = puppet_sent(&e.p, MESSAGE_FINALITY);
    CHECK(told != NULL);
    const struct verifier verifier = verifier_of_cache(e.p.cache);
    CHECK_U64(finality_verify(told->finality, e.p.domain, &e.p.committee->hash, 1, &verifier), VERDICT_GOOD);
    struct replica_found found;
    CHECK(!replica_block_of(e.p.replica, &e.b[2]->hash, &found)); /* closing blocks have done their work */
    ending_close(&e);
}

static void nothing_more_is_signed_under_the_old_committee(void)
{
    struct ending e;
    ending_open(&e, 5);
    puppet_clear(&e.p);
    struct block *more = closing(&e.p, e.b[4], e.c[4], 6);
    puppet_propose(&e.p, more);
    CHECK_U64(e.p.votes.count, 0);
    CHECK(puppet_sent(&e.p, MESSAGE_FINALITY) != NULL); /* the answer to a message of an ended epoch */
    CHECK_U64(puppet_status(&e.p).round, 6); /* its certificate, of round 5, still moves rounds: see docs/DECISIONS.md */
    block_unref(more);
    ending_close(&e);
}

static struct block *opening(const struct ending *e, const struct committee *committee, uint64_t round)
{
    struct block *plain = puppet_block(&e->p, e->b[1], e->c[1], round, NULL);
    struct header h = plain->header;
    const uint32_t leader = puppet_leader(committee, round);
    h.committee_hash = h.next_committee_hash = committee->hash;
    h.proposer = committee->members[leader].address;
    struct block *made = puppet_resign(&e->p, plain, &h, leader);
    block_unref(plain);
    return made;
}

static void a_proof_of_its_base_opens_an_epoch(void)
{
    struct ending e;
    ending_open(&e, 3); /* knows the base certified; closing block 4 never reached it */
    puppet_clear(&e.p);
    struct committee *next = committee_rebase(e.p.next, 1, 3);
    struct finality_proof *proof = ending_proof(&e);
    struct block *first = opening(&e, next, 5);
    puppet_propose(&e.p, first); /* alone it says nothing about its parent */
    CHECK_U64(e.p.votes.count, 0);
    puppet_give(&e.p, message_of_proposal(first, proof));
    CHECK_U64(puppet_status(&e.p).committee->epoch, 1);
    CHECK(puppet_status(&e.p).head == first);
    CHECK(e.p.votes.count > 0);
    CHECK(hash_eq(&e.p.votes.data[0].block_hash, &first->hash));
    block_unref(first);
    finality_unref(proof);
    committee_unref(next);
    ending_close(&e);
}

static void a_proof_of_an_unknown_block_is_a_reason_to_ask(void)
{
    struct ending e;
    ending_open(&e, 0);
    struct finality_proof *proof = ending_proof(&e);
    puppet_give(&e.p, message_of_finality(proof));
    const struct message *request = puppet_sent(&e.p, MESSAGE_SYNC_REQUEST);
    CHECK(request != NULL);
    CHECK_U64(request->sync_request.from_height, 1);
    const struct certified_block items[2] = {{e.b[0], e.c[0]}, {e.b[1], e.c[1]}};
    puppet_give(&e.p, message_of_blocks(e.p.domain, items, 2, 2, proof));
    CHECK_U64(puppet_status(&e.p).committee->epoch, 1);
    CHECK_U64(puppet_status(&e.p).final->header.height, 2);
    CHECK_U64(puppet_status(&e.p).round, 5);
    finality_unref(proof);
    ending_close(&e);
}

static void a_forged_proof_opens_nothing(void)
{
    struct ending e;
    ending_open(&e, 3);
    const struct header headers[3] = {e.b[1]->header, e.b[2]->header, e.b[3]->header};
    struct certificate *few = puppet_certificate(&e.p, e.b[3], 0x3);
    struct certificate *const certificates[3] = {e.c[1], e.c[2], few};
    struct finality_proof *proof = finality_new(headers, 3, certificates, &e.p.committee, 1);
    puppet_give(&e.p, message_of_finality(proof));
    CHECK_U64(puppet_status(&e.p).committee->epoch, 0);
    finality_unref(proof);
    certificate_unref(few);
    ending_close(&e);
}

static void a_wiped_validator_signs_nothing_before_it_has_caught_up_with_its_vote_state(void)
{
    struct ending e;
    ending_open(&e, 5);
    puppet_tick(&e.p, 5000); /* signs a timeout in epoch 1 */
    struct votestate votes;
    CHECK(votestate_decode(buf_str(&e.p.disk), e.p.domain, &e.p.committee->members[e.p.self].address, &votes));
    CHECK_U64(votes.epoch, 1);
    replica_free(e.p.replica);
    const struct replica_config config = puppet_config(&e.p);
    e.p.replica = replica_new(&config);
    const struct replica_restored restored = {.votes = &votes};
    replica_restore(e.p.replica, &restored);
    replica_start(e.p.replica, puppet_time(&e.p));
    puppet_clear(&e.p);
    puppet_propose(&e.p, e.b[0]);
    puppet_tick(&e.p, 10000);
    CHECK_U64(e.p.votes.count, 0);
    CHECK(puppet_sent(&e.p, MESSAGE_TIMEOUT) == NULL);
    for (size_t i = 1; i < 5; i++) puppet_propose(&e.p, e.b[i]);
    CHECK_U64(e.p.votes.count, 0);
    CHECK_U64(puppet_status(&e.p).committee->epoch, 1);
    puppet_tick(&e.p, 10000);
    CHECK(puppet_sent(&e.p, MESSAGE_TIMEOUT) != NULL); /* the same bytes as before */
    CHECK(memcmp(&puppet_sent(&e.p, MESSAGE_TIMEOUT)->timeout.timeout, &votes.timed_out, sizeof(votes.timed_out)) == 0);
    votestate_done(&votes);
    ending_close(&e);
}

static void a_restart_goes_on_in_its_epoch_and_round(void)
{
    struct ending e;
    ending_open(&e, 5);
    const struct replica_epoch *stored = NULL;
    for (size_t i = 0; i < replica_actions_count(e.p.replica); i++)
        if (replica_action_at(e.p.replica, i)->type == REPLICA_STORE_EPOCH) stored = replica_action_at(e.p.replica, i)->epoch;
    CHECK(stored != NULL);
    struct finality_proof *proof = finality_ref(stored->proof);
    const struct replica_epoch epoch = {
        .committee = committee_ref(stored->committee), .previous = e.p.committee, .base = {e.b[1], e.c[1]}, .proof = proof};
    replica_free(e.p.replica);
    const struct replica_config config = puppet_config(&e.p);
    e.p.replica = replica_new(&config);
    const struct replica_restored restored = {.epoch = &epoch, .final = {e.b[0], e.c[0]}};
    replica_restore(e.p.replica, &restored);
    replica_start(e.p.replica, puppet_time(&e.p));
    puppet_clear(&e.p);
    puppet_note(&e.p);
    CHECK_U64(e.p.finals, 1); /* the word about the base, that the store had lost */
    CHECK_U64(puppet_status(&e.p).round, 5);
    CHECK_U64(puppet_status(&e.p).committee->epoch, 1);
    CHECK(puppet_status(&e.p).final == e.b[1]);
    committee_unref(epoch.committee);
    finality_unref(proof);
    ending_close(&e);
}

/* ---- catching up ---- */

static void an_answer_stops_at_the_end_of_an_epoch_and_proves_it(void)
{
    struct ending e;
    ending_open(&e, 5);
    puppet_clear(&e.p);
    puppet_give(&e.p, message_of_sync_request(e.p.domain, 2, 64, &e.p.genesis->hash));
    const struct message *answer = puppet_sent(&e.p, MESSAGE_BLOCKS);
    CHECK(answer != NULL);
    CHECK_U64(answer->blocks.count, 1);
    CHECK(answer->blocks.items[0].block == e.b[1] && answer->blocks.proof != NULL);
    puppet_clear(&e.p);
    puppet_give(&e.p, message_of_sync_request(e.p.domain, 3, 64, &e.b[0]->hash)); /* has the end, not final */
    answer = puppet_sent(&e.p, MESSAGE_BLOCKS);
    CHECK(answer != NULL && answer->blocks.count == 0 && answer->blocks.proof != NULL);
    puppet_clear(&e.p);
    puppet_give(&e.p, message_of_block_request(e.p.domain, &e.b[1]->hash));
    CHECK(puppet_sent(&e.p, MESSAGE_BLOCKS) != NULL);
    ending_close(&e);
}

static void a_proposal_without_its_parent_waits_for_it(void)
{
    struct ending e;
    ending_open(&e, 0);
    e.p.epoch_blocks = 1000;
    puppet_propose(&e.p, e.b[0]);
    struct block *second = puppet_block(&e.p, e.b[0], e.c[0], 2, NULL);
    struct certificate *certificate = puppet_certificate(&e.p, second, ALL);
    struct block *third = puppet_block(&e.p, second, certificate, 3, NULL);
    puppet_clear(&e.p);
    puppet_propose(&e.p, third);
    CHECK_U64(e.p.votes.count, 0);
    CHECK_U64(puppet_status(&e.p).round, 3); /* its certificate was good for that */
    CHECK(puppet_sent(&e.p, MESSAGE_BLOCK_REQUEST) != NULL);
    const struct certified_block item = {second, NULL};
    puppet_give(&e.p, message_of_blocks(e.p.domain, &item, 1, 3, NULL));
    CHECK(e.p.votes.count > 0);
    CHECK_U64(puppet_status(&e.p).high->round, 2);
    block_unref(second);
    block_unref(third);
    certificate_unref(certificate);
    ending_close(&e);
}

/* ---- X19 and X20 ---- */

static void an_external_validator_hands_in_what_it_signed(void)
{
    struct puppet p;
    puppet_open(&p);
    const uint32_t leader = puppet_leader(p.committee, 1), other = puppet_leader(p.committee, 2);
    const struct address *address = &p.committee->members[leader].address;
    struct block *template, *again;
    const struct address stranger = {{1}};
    CHECK_U64(replica_template(p.replica, puppet_time(&p), &stranger, &template), CODE_NOT_IN_VALIDATOR_SET);
    CHECK_U64(replica_template(p.replica, puppet_time(&p), &p.committee->members[other].address, &template), CODE_INVALID_BLOCK);
    CHECK_U64(replica_template(p.replica, puppet_time(&p), address, &template), CODE_NONE);
    p.now_ms += 100;
    CHECK_U64(replica_template(p.replica, puppet_time(&p), address, &again), CODE_NONE);
    CHECK(again == template);
    const struct hash hash = template->hash;
    struct signature signature = header_sign(&hash, p.suite, &p.keys[other]);
    CHECK_U64(replica_submit_proposal(p.replica, puppet_time(&p), &template->header, &signature, NULL, 0),
              CODE_INVALID_SIGNATURE);
    signature = header_sign(&hash, p.suite, &p.keys[leader]);
    p.jailed = true;
    CHECK_U64(replica_submit_proposal(p.replica, puppet_time(&p), &template->header, &signature, NULL, 0), CODE_VALIDATOR_JAILED);
    p.jailed = false;
    CHECK_U64(replica_submit_proposal(p.replica, puppet_time(&p), &template->header, &signature, NULL, 0), CODE_NONE);
    puppet_note(&p);
    CHECK(puppet_sent(&p, MESSAGE_PROPOSAL) != NULL);
    CHECK(p.votes.count > 0); /* this view's own vote */
    struct header h = template->header;
    h.timestamp_ms++;
    const struct hash second = header_hash(&h);
    signature = header_sign(&second, p.suite, &p.keys[leader]);
    CHECK_U64(replica_submit_proposal(p.replica, puppet_time(&p), &h, &signature, NULL, 0), CODE_EQUIVOCATION);
    puppet_note(&p);
    CHECK_U64(p.evidence.count, 1);

    struct vote vote = puppet_vote(&p, template, other);
    CHECK_U64(replica_submit_vote(p.replica, puppet_time(&p), &vote), CODE_NONE);
    struct vote wrong = vote;
    wrong.height++;
    vote_sign(&wrong, p.suite, &p.keys[other]);
    CHECK_U64(replica_submit_vote(p.replica, puppet_time(&p), &wrong), CODE_ATTESTATION_HEIGHT_MISMATCH);
    wrong = vote;
    wrong.signature.b[0] ^= 1;
    CHECK_U64(replica_submit_vote(p.replica, puppet_time(&p), &wrong), CODE_INVALID_SIGNATURE);
    wrong = vote;
    wrong.voter = stranger;
    CHECK_U64(replica_submit_vote(p.replica, puppet_time(&p), &wrong), CODE_NOT_IN_VALIDATOR_SET);
    wrong = vote;
    wrong.block_hash.b[0] ^= 1;
    vote_sign(&wrong, p.suite, &p.keys[other]);
    CHECK_U64(replica_submit_vote(p.replica, puppet_time(&p), &wrong), CODE_EQUIVOCATION);

    struct timeout timeout = puppet_timeout(&p, 1, 0, other);
    CHECK_U64(replica_submit_timeout(p.replica, puppet_time(&p), &timeout), CODE_NONE);
    timeout = puppet_timeout(&p, 2, 0, other);
    CHECK_U64(replica_submit_timeout(p.replica, puppet_time(&p), &timeout), CODE_INVALID_BLOCK);
    block_unref(template);
    block_unref(again);
    puppet_close(&p);
}

static void what_conflicts_with_a_final_block_is_no_submission(void)
{
    struct ending e;
    ending_open(&e, 5);
    struct block *rival = puppet_block(&e.p, e.p.genesis, NULL, 1, NULL);
    struct header h = rival->header;
    h.timestamp_ms += 3;
    const uint32_t leader = puppet_leader(e.p.committee, 1);
    struct block *changed = puppet_resign(&e.p, rival, &h, leader);
    CHECK_U64(replica_submit_proposal(e.p.replica, puppet_time(&e.p), &h, &changed->proposer_signature, NULL, 0),
              CODE_CHECKPOINT_CONFLICT);
    const struct vote vote = puppet_vote(&e.p, changed, (e.p.self + 1) % PUPPETS);
    CHECK_U64(replica_submit_vote(e.p.replica, puppet_time(&e.p), &vote), CODE_CHECKPOINT_CONFLICT);
    block_unref(rival);
    block_unref(changed);
    ending_close(&e);
}

static void an_external_key_is_not_used_here_and_its_rounds_are_remembered(void)
{
    struct puppet p;
    puppet_open(&p);
    replica_set_external(p.replica, puppet_time(&p), true);
    struct block *block = puppet_block(&p, p.genesis, NULL, 1, NULL);
    puppet_propose(&p, block);
    puppet_tick(&p, 1000);
    CHECK_U64(p.votes.count, 0);
    CHECK(puppet_sent(&p, MESSAGE_TIMEOUT) == NULL);
    const struct vote vote = puppet_vote(&p, block, p.self);
    CHECK_U64(replica_submit_vote(p.replica, puppet_time(&p), &vote), CODE_NONE);
    puppet_note(&p);
    replica_set_external(p.replica, puppet_time(&p), false);
    puppet_clear(&p);
    puppet_tick(&p, 1000);
    CHECK(puppet_sent(&p, MESSAGE_TIMEOUT) == NULL); /* in that round the key has spoken elsewhere */
    CHECK_U64(replica_votes(p.replica)->outside_round, 1);
    block_unref(block);
    puppet_close(&p);
}

static bool build_nothing(void *ctx, const struct replica_place *place, struct header *out, struct tx *const **txs, size_t *count,
                          struct replica_outcome *outcome)
{
    (void)ctx, (void)place, (void)out, (void)txs, (void)count, (void)outcome;
    return false;
}

/* T15: what key A of the contract's vectors signs when its first round brings nothing. */
static void a_lone_validator_signs_the_timeout_of_the_contract(void)
{
    struct puppet p;
    puppet_open(&p);
    uint8_t seed[32];
    for (uint8_t i = 0; i < 32; i++) seed[i] = i;
    struct seckey key;
    const struct sign_suite ed25519 = {SIGN_ED25519};
    seckey_from_seed(ed25519, seed, &key);
    const struct member member = {address_of_key(&key.pub), key.pub, AMOUNT(1000), ""};
    struct committee *committee = committee_new(0, 1, &member, 1);
    struct replica_config config = puppet_config(&p);
    config.committee = committee;
    config.key = &key;
    config.validator = member.address;
    config.suite = ed25519;
    config.verifier = verifier_plain(&ed25519);
    config.ledger.build = build_nothing;
    replica_free(p.replica);
    p.replica = replica_new(&config);
    replica_start(p.replica, puppet_time(&p));
    puppet_tick(&p, p.params.round_timeout_ms);
    const struct message *sent = puppet_sent(&p, MESSAGE_TIMEOUT);
    CHECK(sent != NULL);
    CHECK_HEX(sent->timeout.timeout.signature.b, 64,
              "00bc4d7ab110a8ca892eeae651c1bd97ef7bdd5ffbaa8839213ff491adf09841db71838b75e19ff52b91ce5fdceeedecd617f8051d34a5ea4c"
              "a64b745f661500");
    CHECK_U64(puppet_status(&p).round, 2); /* alone it is a quorum */
    committee_unref(committee);
    puppet_close(&p);
}

static void a_single_validator_finalises_alone(void)
{
    struct puppet p;
    puppet_open(&p);
    struct committee *committee = committee_new(0, 1, &p.committee->members[p.self], 1);
    struct replica_config config = puppet_config(&p);
    config.committee = committee;
    struct header h = p.genesis->header;
    h.committee_hash = h.next_committee_hash = committee->hash;
    struct block *genesis = block_new(&h, &(struct signature){{0}}, NULL, NULL, NULL, 0);
    config.genesis = genesis;
    replica_free(p.replica);
    p.replica = replica_new(&config);
    replica_start(p.replica, puppet_time(&p));
    for (uint64_t i = 0; i < 10; i++) puppet_tick(&p, p.params.block_interval_ms);
    CHECK_U64(puppet_status(&p).head->header.height, 10);
    CHECK_U64(puppet_status(&p).final->header.height, 8);
    block_unref(genesis);
    committee_unref(committee);
    puppet_close(&p);
}

int main(void)
{
    RUN(the_block_that_fills_an_epoch_must_name_the_next_committee);
    RUN(above_an_epoch_end_only_empty_closing_blocks_get_votes);
    RUN(the_new_epoch_begins_when_its_base_is_final_and_not_before);
    RUN(nothing_more_is_signed_under_the_old_committee);
    RUN(a_proof_of_its_base_opens_an_epoch);
    RUN(a_proof_of_an_unknown_block_is_a_reason_to_ask);
    RUN(a_forged_proof_opens_nothing);
    RUN(a_wiped_validator_signs_nothing_before_it_has_caught_up_with_its_vote_state);
    RUN(a_restart_goes_on_in_its_epoch_and_round);
    RUN(an_answer_stops_at_the_end_of_an_epoch_and_proves_it);
    RUN(a_proposal_without_its_parent_waits_for_it);
    RUN(an_external_validator_hands_in_what_it_signed);
    RUN(what_conflicts_with_a_final_block_is_no_submission);
    RUN(an_external_key_is_not_used_here_and_its_rounds_are_remembered);
    RUN(a_lone_validator_signs_the_timeout_of_the_contract);
    RUN(a_single_validator_finalises_alone);
    return 0;
}
