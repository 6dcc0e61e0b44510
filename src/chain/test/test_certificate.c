/* Certificates, timeout certificates, finality proofs, evidence: what is believed, and what exactly is not. */
#include "chain/evidence.h"
#include "chain/finality.h"
#include "fixture.h"

static struct fixture_chain chain;
static struct arena arena;
static struct err err;
static uint64_t checks_made;

static bool counting(void *context, const struct sigcheck *check)
{
    (void)context;
    checks_made++;
    return sigcheck_pure(fixture_suite, check);
}

static const struct verifier verifier = {counting, NULL};

/* A copy that no memo vouches for. */
static struct certificate *copy_of(const struct certificate *certificate)
{
    struct buf bytes = {0};
    certificate_encode(certificate, &bytes);
    CHECK_U64(bytes.len, certificate_bytes(certificate));
    struct bin_reader r = bin_reader_of(bytes.data, bytes.len);
    struct certificate *copy = certificate_decode(&r);
    CHECK(copy != NULL && bin_done(&r) && certificate_eq(copy, certificate));
    buf_done(&bytes);
    return copy;
}

static void a_quorum_of_votes_is_believed_once_checked(void)
{
    struct certificate *certificate = copy_of(chain.certificates[0]);
    checks_made = 0;
    CHECK_STR(verdict_text(certificate_verify(certificate, chain.committee, fixture_domain, &verifier)), STR("good"));
    CHECK_U64(checks_made, 5);
    CHECK_U64(certificate_verify(certificate, chain.committee, fixture_domain, &verifier), VERDICT_GOOD);
    CHECK_U64(checks_made, 5);
    const struct domain other = {CHAIN_ALPHA, 8};
    CHECK_U64(certificate_verify(certificate, chain.committee, other, &verifier), VERDICT_BAD_SIGNATURE);
    CHECK(amount_eq(certificate_power(certificate, chain.committee), AMOUNT(50)));
    CHECK(certificate_has_signer(certificate, 4) && !certificate_has_signer(certificate, 5) &&
          !certificate_has_signer(certificate, 5000));
    certificate_unref(certificate);
}

static void four_of_seven_are_no_quorum(void)
{
    struct certificate *certificate = fixture_certificate(chain.committee, &chain.headers[0], 4);
    CHECK_U64(certificate_verify(certificate, chain.committee, fixture_domain, &verifier), VERDICT_NO_QUORUM);
    certificate_unref(certificate);
}

static void any_change_breaks_a_certificate(void)
{
    struct certificate *certificate = copy_of(chain.certificates[0]);
    certificate->round++;
    CHECK_U64(certificate_verify(certificate, chain.committee, fixture_domain, &verifier), VERDICT_BAD_SIGNATURE);
    certificate->round--;
    certificate->height++;
    CHECK_U64(certificate_verify(certificate, chain.committee, fixture_domain, &verifier), VERDICT_BAD_SIGNATURE);
    certificate->height--;
    certificate->block_hash.b[31] ^= 1;
    CHECK_U64(certificate_verify(certificate, chain.committee, fixture_domain, &verifier), VERDICT_BAD_SIGNATURE);
    certificate->block_hash.b[31] ^= 1;
    certificate->committee_hash.b[0] ^= 1;
    CHECK_U64(certificate_verify(certificate, chain.committee, fixture_domain, &verifier), VERDICT_WRONG_COMMITTEE);
    certificate->committee_hash.b[0] ^= 1;
    uint8_t *bitmap = (uint8_t *)(uintptr_t)certificate->bitmap;
    bitmap[0] = 0x9f; /* a bit past the last member */
    CHECK_U64(certificate_verify(certificate, chain.committee, fixture_domain, &verifier), VERDICT_MALFORMED);
    bitmap[0] = 0x3f; /* six signers, five signatures */
    CHECK_U64(certificate_verify(certificate, chain.committee, fixture_domain, &verifier), VERDICT_MALFORMED);
    bitmap[0] = 0x3e; /* five others */
    CHECK_U64(certificate_verify(certificate, chain.committee, fixture_domain, &verifier), VERDICT_BAD_SIGNATURE);
    bitmap[0] = 0x1f;
    CHECK_U64(certificate_verify(certificate, chain.committee, fixture_domain, &verifier), VERDICT_GOOD);
    certificate_unref(certificate);
}

static void a_certificate_survives_its_text(void)
{
    struct buf text = {0};
    struct amount power;
    struct json_writer w = json_writer_of(&text);
    certificate_write(chain.certificates[0], AMOUNT(50), &w);
    struct certificate *read = certificate_read(json_parse(&arena, buf_str(&text), &err), &power);
    CHECK(read != NULL && certificate_eq(read, chain.certificates[0]) && amount_eq(power, AMOUNT(50)));
    certificate_unref(read);
    text.data[0] = '[';
    CHECK(certificate_read(json_parse(&arena, STR("{}"), &err), &power) == NULL);
    buf_done(&text);
}

static void a_timeout_certificate_needs_its_highest_certificate(void)
{
    struct timeoutcert *tc = fixture_timeoutcert(chain.committee, 2, chain.certificates[0], 5);
    CHECK_U64(timeoutcert_verify(tc, chain.committee, NULL, fixture_domain, &verifier), VERDICT_GOOD);
    CHECK_U64(timeoutcert_high_round(tc), 1);
    struct certificate *high = tc->high;
    tc->high = chain.certificates[1];
    CHECK_U64(timeoutcert_verify(tc, chain.committee, NULL, fixture_domain, &verifier), VERDICT_WRONG_HIGH);
    tc->high = NULL;
    CHECK_U64(timeoutcert_verify(tc, chain.committee, NULL, fixture_domain, &verifier), VERDICT_WRONG_HIGH);
    tc->high = high;
    timeoutcert_unref(tc);
    tc = fixture_timeoutcert(chain.committee, 2, NULL, 5);
    CHECK_U64(timeoutcert_verify(tc, chain.committee, NULL, fixture_domain, &verifier), VERDICT_GOOD);
    timeoutcert_unref(tc);
    tc = fixture_timeoutcert(chain.committee, 1, chain.certificates[0], 5); /* of a round that has a certificate */
    CHECK_U64(timeoutcert_verify(tc, chain.committee, NULL, fixture_domain, &verifier), VERDICT_WRONG_HIGH);
    timeoutcert_unref(tc);
    tc = fixture_timeoutcert(chain.committee, 2, NULL, 4);
    CHECK_U64(timeoutcert_verify(tc, chain.committee, NULL, fixture_domain, &verifier), VERDICT_NO_QUORUM);
    timeoutcert_unref(tc);
}

static void each_timeout_is_signed_over_its_own_high_round(void)
{
    struct timeoutcert *tc = fixture_timeoutcert(chain.committee, 3, chain.certificates[0], 5);
    uint64_t *high_rounds = (uint64_t *)(uintptr_t)tc->high_rounds;
    high_rounds[1] = 1;
    CHECK_U64(timeoutcert_verify(tc, chain.committee, NULL, fixture_domain, &verifier), VERDICT_BAD_SIGNATURE);
    high_rounds[1] = 0;
    CHECK_U64(timeoutcert_verify(tc, chain.committee, NULL, fixture_domain, &verifier), VERDICT_GOOD);
    timeoutcert_unref(tc);
}

static void the_highest_certificate_may_be_of_the_committee_before(void)
{
    struct committee *next = fixture_committee(1, NULL);
    struct timeoutcert *tc = fixture_timeoutcert(next, 2, chain.certificates[0], 5);
    CHECK_U64(timeoutcert_verify(tc, next, NULL, fixture_domain, &verifier), VERDICT_WRONG_COMMITTEE);
    CHECK_U64(timeoutcert_verify(tc, next, chain.committee, fixture_domain, &verifier), VERDICT_GOOD);
    timeoutcert_unref(tc);
    committee_unref(next);
}

static void a_timeout_certificate_survives_both_forms(void)
{
    struct buf bytes = {0}, text = {0};
    struct timeoutcert *tc = fixture_timeoutcert(chain.committee, 2, chain.certificates[0], 6);
    timeoutcert_encode(tc, &bytes);
    CHECK_U64(bytes.len, timeoutcert_bytes(tc));
    struct bin_reader r = bin_reader_of(bytes.data, bytes.len);
    struct timeoutcert *binary = timeoutcert_decode(&r);
    CHECK(binary != NULL && bin_done(&r) && timeoutcert_eq(binary, tc));
    struct json_writer w = json_writer_of(&text);
    struct amount power, high_power;
    timeoutcert_write(tc, AMOUNT(60), AMOUNT(50), &w);
    struct timeoutcert *json = timeoutcert_read(json_parse(&arena, buf_str(&text), &err), &power, &high_power);
    CHECK(json != NULL && timeoutcert_eq(json, tc) && amount_eq(power, AMOUNT(60)) && amount_eq(high_power, AMOUNT(50)));
    for (size_t cut = 0; cut < bytes.len; cut++) {
        struct bin_reader short_one = bin_reader_of(bytes.data, cut);
        CHECK(timeoutcert_decode(&short_one) == NULL);
    }
    timeoutcert_unref(tc);
    timeoutcert_unref(binary);
    timeoutcert_unref(json);
    buf_done(&bytes);
    buf_done(&text);
}

static enum verdict judge(const struct finality_proof *proof)
{
    return finality_verify(proof, fixture_domain, &chain.committee->hash, 1, &verifier);
}

static void three_certified_blocks_in_a_row_prove_their_ancestors(void)
{
    struct finality_proof *proof = fixture_proof(&chain);
    CHECK_STR(verdict_text(judge(proof)), STR("good"));
    CHECK_U64(finality_verify(proof, fixture_domain, NULL, 0, &verifier), VERDICT_UNTRUSTED_COMMITTEE);
    const struct domain other = {CHAIN_DELTA, 18};
    CHECK_U64(finality_verify(proof, other, &chain.committee->hash, 1, &verifier), VERDICT_WRONG_DOMAIN);
    finality_unref(proof);
}

/* Changes something in a fresh proof. */
static void check_broken(const char *what, enum verdict verdict,
                         void (*change)(struct finality_proof *proof, struct header *headers))
{
    struct finality_proof *proof = fixture_proof(&chain);
    change(proof, (struct header *)(uintptr_t)proof->headers);
    const enum verdict got = judge(proof);
    if (got != verdict) CHECK_FAIL("%s: %s, not %s", what, verdict_text(got).data, verdict_text(verdict).data);
    finality_unref(proof);
}

static void break_target(struct finality_proof *proof, struct header *headers)
{
    (void)headers;
    proof->target_height++;
}
static void break_root(struct finality_proof *proof, struct header *headers)
{
    (void)proof;
    headers[0].state_root.b[0] ^= 1;
}
static void break_link(struct finality_proof *proof, struct header *headers)
{
    (void)proof;
    headers[1].state_root.b[0] ^= 1;
}
static void break_last(struct finality_proof *proof, struct header *headers)
{
    (void)proof;
    headers[4].state_root.b[0] ^= 1;
}
static void break_height(struct finality_proof *proof, struct header *headers)
{
    (void)proof;
    headers[4].height++;
}
static void break_rounds(struct finality_proof *proof, struct header *headers)
{
    (void)proof;
    headers[4].round++;
}
static void break_order(struct finality_proof *proof, struct header *headers)
{
    (void)headers;
    struct certificate *swap = proof->certificates[0];
    proof->certificates[0] = proof->certificates[1];
    proof->certificates[1] = swap;
}
static void break_target_closing(struct finality_proof *proof, struct header *headers)
{
    memset(&headers[0].next_committee_hash, 0, 32);
    proof->target_hash = header_hash(&headers[0]);
}

static void any_change_breaks_a_proof(void)
{
    check_broken("another target", VERDICT_WRONG_SUBJECT, break_target);
    check_broken("another first header", VERDICT_WRONG_SUBJECT, break_root);
    check_broken("another header between", VERDICT_BROKEN_LINK, break_link);
    check_broken("another last header", VERDICT_WRONG_SUBJECT, break_last);
    check_broken("a height left out", VERDICT_BROKEN_LINK, break_height);
    check_broken("a round left out", VERDICT_NOT_CONSECUTIVE, break_rounds);
    check_broken("certificates exchanged", VERDICT_WRONG_SUBJECT, break_order);
    check_broken("a closing block", VERDICT_BROKEN_LINK, break_target_closing);
}

static void a_closing_block_is_never_proven(void)
{
    struct fixture_chain closing = chain;
    for (int i = 0; i < 3; i++) {
        struct header *header = &closing.headers[i + 2];
        if (i == 0) memset(&header->next_committee_hash, 0, 32);
        if (i > 0) header->parent_hash = header->justify_hash = header_hash(header - 1);
        closing.certificates[i + 2] = fixture_certificate(chain.committee, header, 5);
    }
    struct finality_proof *proof = finality_new(closing.headers + 2, 3, closing.certificates + 2, &chain.committee, 1);
    CHECK_STR(verdict_text(judge(proof)), STR("closing_target"));
    finality_unref(proof);
    proof = finality_new(closing.headers + 1, 4, closing.certificates + 2, &chain.committee, 1);
    CHECK_STR(verdict_text(judge(proof)), STR("good")); /* the block before it */
    finality_unref(proof);
    for (int i = 0; i < 3; i++) certificate_unref(closing.certificates[i + 2]);
}

static void a_proof_survives_both_forms(void)
{
    struct buf bytes = {0}, text = {0};
    struct finality_proof *proof = fixture_proof(&chain);
    finality_encode(proof, &bytes);
    CHECK_U64(bytes.len, finality_bytes(proof));
    struct bin_reader r = bin_reader_of(bytes.data, bytes.len);
    struct finality_proof *binary = finality_decode(&r);
    CHECK(binary != NULL && bin_done(&r) && finality_eq(binary, proof) && judge(binary) == VERDICT_GOOD);
    struct json_writer w = json_writer_of(&text);
    finality_write(proof, &w);
    struct finality_proof *json = finality_read(json_parse(&arena, buf_str(&text), &err));
    CHECK(json != NULL && finality_eq(json, proof) && judge(json) == VERDICT_GOOD);
    for (size_t cut = 0; cut < bytes.len; cut += 3) {
        struct bin_reader short_one = bin_reader_of(bytes.data, cut);
        CHECK(finality_decode(&short_one) == NULL);
    }
    finality_unref(proof);
    finality_unref(binary);
    finality_unref(json);
    buf_done(&bytes);
    buf_done(&text);
}

static struct vote vote_for(uint8_t hash_byte, uint64_t round)
{
    const struct seckey key = fixture_member_key(chain.committee, 2);
    struct vote vote = {.domain = fixture_domain, .height = 4, .round = round, .voter = chain.committee->members[2].address};
    memset(vote.block_hash.b, hash_byte, 32);
    vote_sign(&vote, fixture_suite, &key);
    return vote;
}

static void two_votes_in_one_round_convict(void)
{
    const struct pubkey *key = &chain.committee->members[2].consensus_key;
    const struct vote a = vote_for(1, 9), b = vote_for(2, 9), later = vote_for(2, 10);
    const struct evidence ab = evidence_of_votes(&a, &b), ba = evidence_of_votes(&b, &a);
    const struct hash id_ab = evidence_id(&ab), id_ba = evidence_id(&ba);
    CHECK(hash_eq(&id_ab, &id_ba));
    struct evidence_claim claim;
    CHECK(evidence_claim(&ab, NULL, &claim) && address_eq(&claim.accused, &a.voter) && claim.round == 9 && claim.height == 4);
    CHECK(evidence_check(&ab, NULL, key, &verifier));
    CHECK(!evidence_check(&ab, NULL, &chain.committee->members[1].consensus_key, &verifier));
    const struct evidence apart = evidence_of_votes(&a, &later), twice = evidence_of_votes(&a, &a);
    CHECK(!evidence_check(&apart, NULL, key, &verifier) && !evidence_check(&twice, NULL, key, &verifier));
    struct vote forged = b;
    forged.signature.b[0] ^= 1;
    const struct evidence bad = evidence_of_votes(&a, &forged);
    CHECK(evidence_claim(&bad, NULL, &claim) && !evidence_check(&bad, NULL, key, &verifier));
}

static void two_proposals_in_one_round_convict(void)
{
    uint32_t leader;
    CHECK(committee_find(chain.committee, &chain.headers[1].proposer, &leader));
    const struct seckey secret = fixture_member_key(chain.committee, leader);
    const struct pubkey *key = &secret.pub;
    struct header other = chain.headers[1];
    other.timestamp_ms++;
    const struct hash hash = header_hash(&other);
    const struct signature signature = header_sign(&hash, fixture_suite, &secret);
    const struct evidence evidence =
        evidence_of_headers(&chain.headers[1], &chain.blocks[1]->proposer_signature, &other, &signature);
    CHECK(evidence_check(&evidence, NULL, key, &verifier));
    const struct evidence same = evidence_of_headers(&other, &signature, &other, &signature);
    CHECK(!evidence_check(&same, NULL, key, &verifier));
}

static void a_proposal_unfit_for_its_parent_convicts(void)
{
    uint32_t leader;
    CHECK(committee_find(chain.committee, &chain.headers[1].proposer, &leader));
    const struct seckey secret = fixture_member_key(chain.committee, leader);
    struct header header = chain.headers[1];
    struct hash hash = header_hash(&header);
    struct signature signature = header_sign(&hash, fixture_suite, &secret);
    struct evidence evidence = evidence_of_wrong_parent(&header, &signature);
    CHECK(!evidence_check(&evidence, &chain.headers[0], &secret.pub, &verifier)); /* an honest one */
    header.height++;
    hash = header_hash(&header);
    signature = header_sign(&hash, fixture_suite, &secret);
    evidence = evidence_of_wrong_parent(&header, &signature);
    CHECK(!evidence_check(&evidence, NULL, &secret.pub, &verifier)); /* nothing to hold it against */
    CHECK(evidence_check(&evidence, &chain.headers[0], &secret.pub, &verifier));
    CHECK(!evidence_check(&evidence, &chain.headers[2], &secret.pub, &verifier)); /* not its parent */
    header.justify_hash.b[0] ^= 1;
    hash = header_hash(&header);
    signature = header_sign(&hash, fixture_suite, &secret);
    evidence = evidence_of_wrong_parent(&header, &signature);
    CHECK(evidence_check(&evidence, NULL, &secret.pub, &verifier)); /* parent and justify differ */
}

static void evidence_of_other_lengths_is_refused(void)
{
    struct evidence evidence;
    char bytes[400] = {0};
    CHECK(!evidence_of_bytes(EVIDENCE_DOUBLE_VOTE, (struct str){bytes, 147}, (struct str){bytes, 148}, &evidence));
    CHECK(evidence_of_bytes(EVIDENCE_DOUBLE_VOTE, (struct str){bytes, 148}, (struct str){bytes, 148}, &evidence));
    struct evidence_claim claim;
    CHECK(!evidence_claim(&evidence, NULL, &claim));
    CHECK(evidence_of_bytes(EVIDENCE_DOWNTIME, (struct str){bytes, 8}, (struct str){bytes, 8}, &evidence));
    CHECK(!evidence_claim(&evidence, NULL, &claim)); /* never proven by bytes */
}

int main(void)
{
    fixture_chain_init(&chain);
    RUN(a_quorum_of_votes_is_believed_once_checked);
    RUN(four_of_seven_are_no_quorum);
    RUN(any_change_breaks_a_certificate);
    RUN(a_certificate_survives_its_text);
    RUN(a_timeout_certificate_needs_its_highest_certificate);
    RUN(each_timeout_is_signed_over_its_own_high_round);
    RUN(the_highest_certificate_may_be_of_the_committee_before);
    RUN(a_timeout_certificate_survives_both_forms);
    RUN(three_certified_blocks_in_a_row_prove_their_ancestors);
    RUN(any_change_breaks_a_proof);
    RUN(a_closing_block_is_never_proven);
    RUN(a_proof_survives_both_forms);
    RUN(two_votes_in_one_round_convict);
    RUN(two_proposals_in_one_round_convict);
    RUN(a_proposal_unfit_for_its_parent_convicts);
    RUN(evidence_of_other_lengths_is_refused);
    fixture_chain_done(&chain);
    arena_done(&arena);
    return 0;
}
