/* Trust must believe nothing that was changed in any bit, whoever vouches for it. A small chain is built and signed for real;
 * then every field is corrupted in turn. The chain room's own verifier, which nodes use, must never be stricter or laxer on
 * proofs. */
#include "trust_chain.h"

/* ---- finality ---- */

static void a_sound_proof_is_believed_with_all_it_proves(void)
{
    struct trust *trust = trust_make();
    struct finality_proof *proof = prove(&chain[1], 5, 0);
    CHECK_U64(trust_take(trust, proof), TRUST_OK);
    CHECK_U64(trust_final_height(trust), 3);
    struct hash hash;
    CHECK(trust_hash(trust, 3, &hash));
    CHECK(!trust_hash(trust, 4, &hash));
    CHECK(header_eq(trust_header(trust, 2), &chain[2]));
    CHECK_U64(trust_take(trust, proof), TRUST_KNOWN);
    finality_unref(proof);
    trust_free(trust);
}

static void every_flipped_bit_of_a_proof_is_refused(void)
{
    struct finality_proof *proof = prove(&chain[1], 4, 0);
    struct buf bytes = {0};
    finality_encode(proof, &bytes);
    const struct hash trusted = committees[0]->hash;
    uint64_t decoded = 0;
    for (size_t at = 0; at < bytes.len; at++) {
        bytes.data[at] ^= (uint8_t)(1u << (at % 8));
        struct bin_reader r = bin_reader_of(bytes.data, bytes.len);
        struct finality_proof *bad = finality_decode(&r);
        if (bad != NULL && bin_done(&r)) {
            decoded++;
            if (take_once(bad) != TRUST_PROOF) CHECK_FAIL("a flip at byte %zu of %zu is believed", at, bytes.len);
            CHECK(finality_verify(bad, domain, &trusted, 1, &verifier) != VERDICT_GOOD);
        }
        finality_unref(bad);
        bytes.data[at] ^= (uint8_t)(1u << (at % 8));
    }
    CHECK(decoded > bytes.len / 2);
    CHECK_U64(take_once(proof), TRUST_OK);
    buf_done(&bytes);
    finality_unref(proof);
}

__attribute__((noinline)) static void a_proof_of_another_chain_or_network_is_refused(void)
{
    struct header other[3];
    memcpy(other, &chain[1], sizeof(other));
    for (int i = 0; i < 3; i++) {
        other[i].domain.network_id = 8;
        if (i > 0) other[i].parent_hash = other[i].justify_hash = header_hash(&other[i - 1]);
    }
    struct finality_proof *proof = prove(other, 3, 0);
    struct trust *trust = trust_make();
    CHECK_U64(trust_take(trust, proof), TRUST_PROOF);
    CHECK_U64(trust_detail(trust), VERDICT_WRONG_DOMAIN);
    trust_free(trust);
    finality_unref(proof);
}

static void four_of_seven_are_no_quorum_and_five_are(void)
{
    for (size_t signers = 4; signers <= 5; signers++) {
        struct certificate *certificates[3];
        for (int i = 0; i < 3; i++) certificates[i] = certify(&chain[1 + i], 0, five, i == 1 ? signers : 5);
        struct finality_proof *proof = finality_new(&chain[1], 3, certificates, &committees[0], 1);
        struct trust *trust = trust_make();
        CHECK_U64(trust_take(trust, proof), signers == 5 ? TRUST_OK : TRUST_PROOF);
        CHECK_U64(trust_detail(trust), signers == 5 ? VERDICT_GOOD : VERDICT_NO_QUORUM);
        trust_free(trust);
        finality_unref(proof);
        for (int i = 0; i < 3; i++) certificate_unref(certificates[i]);
    }
}

__attribute__((noinline)) static void a_gap_in_the_last_rounds_proves_nothing(void)
{
    struct header headers[3];
    memcpy(headers, &chain[1], sizeof(headers));
    headers[2].round++;
    struct finality_proof *proof = prove(headers, 3, 0);
    struct trust *trust = trust_make();
    CHECK_U64(trust_take(trust, proof), TRUST_PROOF);
    CHECK_U64(trust_detail(trust), VERDICT_NOT_CONSECUTIVE);
    trust_free(trust);
    finality_unref(proof);
}

__attribute__((noinline)) static void a_closing_block_is_never_final(void)
{
    struct header headers[3];
    memcpy(headers, &chain[1], sizeof(headers));
    for (int i = 0; i < 3; i++) {
        memset(&headers[i].next_committee_hash, 0, 32);
        if (i > 0) headers[i].parent_hash = headers[i].justify_hash = header_hash(&headers[i - 1]);
    }
    struct finality_proof *proof = prove(headers, 3, 0);
    struct trust *trust = trust_make();
    CHECK_U64(trust_take(trust, proof), TRUST_PROOF);
    CHECK_U64(trust_detail(trust), VERDICT_CLOSING_TARGET);
    trust_free(trust);
    finality_unref(proof);
}

/* A certificate remembers that somebody found it good. Whoever that was, a judge looks itself. */
static void what_somebody_else_remembers_is_not_believed(void)
{
    struct finality_proof *good = prove(&chain[1], 3, 0);
    const struct hash trusted = committees[0]->hash;
    CHECK_U64(finality_verify(good, domain, &trusted, 1, &verifier), VERDICT_GOOD);
    struct certificate *certificates[3];
    for (int i = 0; i < 3; i++) {
        struct signature forged[5] = {0};
        const struct hash hash = header_hash(&chain[1 + i]);
        certificates[i] = certificate_new(chain[1 + i].height, chain[1 + i].round, &hash, committees[0], five, forged, 5);
        certificates[i]->checked = good->certificates[i]->checked;
    }
    struct finality_proof *proof = finality_new(&chain[1], 3, certificates, &committees[0], 1);
    CHECK_U64(take_once(proof), TRUST_PROOF);
    finality_unref(proof);
    finality_unref(good);
    for (int i = 0; i < 3; i++) certificate_unref(certificates[i]);
}

static void a_committee_that_lies_about_its_hash_is_not_believed(void)
{
    struct certificate *certificates[3];
    struct committee *liars = committee_rebase(committees[1], 0, 1);
    liars->hash = committees[0]->hash; /* its members are others */
    for (int i = 0; i < 3; i++) {
        struct signature signatures[5];
        const struct hash hash = header_hash(&chain[1 + i]);
        for (int k = 0; k < 5; k++) {
            struct vote vote = {.domain = domain,
                                .height = chain[1 + i].height,
                                .round = chain[1 + i].round,
                                .block_hash = hash,
                                .voter = liars->members[five[k]].address};
            vote_sign(&vote, suite, &keys[1][five[k]]);
            signatures[k] = vote.signature;
        }
        certificates[i] = certificate_new(chain[1 + i].height, chain[1 + i].round, &hash, liars, five, signatures, 5);
    }
    struct finality_proof *proof = finality_new(&chain[1], 3, certificates, &liars, 1);
    CHECK_U64(take_once(proof), TRUST_PROOF);
    finality_unref(proof);
    for (int i = 0; i < 3; i++) certificate_unref(certificates[i]);
    committee_unref(liars);
}

__attribute__((noinline)) static void two_final_blocks_at_one_height_are_a_conflict(void)
{
    struct header rival[3];
    memcpy(rival, &chain[2], sizeof(rival));
    for (int i = 0; i < 3; i++) {
        rival[i].timestamp_ms++;
        if (i > 0) rival[i].parent_hash = rival[i].justify_hash = header_hash(&rival[i - 1]);
    }
    struct finality_proof *proof = prove(rival, 3, 0);
    struct trust *trust = trust_with(1, 2);
    CHECK_U64(trust_take(trust, proof), TRUST_CONFLICT);
    struct hash first, kept;
    first = header_hash(&chain[2]);
    CHECK(trust_hash(trust, 2, &kept) && hash_eq(&first, &kept));
    trust_free(trust);
    finality_unref(proof);
}

__attribute__((noinline)) static void a_final_child_of_another_parent_is_a_conflict(void)
{
    struct header rival[3];
    memcpy(rival, &chain[3], sizeof(rival));
    for (int i = 0; i < 3; i++) {
        if (i == 0)
            rival[i].parent_hash.b[5] ^= 1;
        else
            rival[i].parent_hash = header_hash(&rival[i - 1]);
        rival[i].justify_hash = rival[i].parent_hash;
    }
    struct finality_proof *proof = prove(rival, 3, 0);
    struct trust *trust = trust_with(1, 2);
    CHECK_U64(trust_take(trust, proof), TRUST_CONFLICT);
    trust_free(trust);
    trust = trust_with(4, 4); /* the same seen from the child */
    memcpy(rival, &chain[3], sizeof(rival));
    for (int i = 0; i < 3; i++) {
        rival[i].timestamp_ms++;
        if (i > 0) rival[i].parent_hash = rival[i].justify_hash = header_hash(&rival[i - 1]);
    }
    struct finality_proof *other = prove(rival, 3, 0);
    CHECK_U64(trust_take(trust, other), TRUST_CONFLICT);
    trust_free(trust);
    finality_unref(proof);
    finality_unref(other);
}

__attribute__((noinline)) static void an_epoch_end_that_is_proven_passes_trust_on_and_nothing_else_does(void)
{
    struct header end[3], next[3];
    header_init(&end[0], &chain[5]);
    end[0].next_committee_hash = committees[1]->hash;
    for (int i = 1; i < 3; i++) { /* closing blocks */
        header_init(&end[i], &end[i - 1]);
        memset(&end[i].next_committee_hash, 0, 32);
    }
    header_init(&next[0], &end[0]);
    next[0].round = end[2].round + 1;
    for (int i = 0; i < 3; i++) {
        if (i > 0) header_init(&next[i], &next[i - 1]);
        next[i].committee_hash = next[i].next_committee_hash = committees[1]->hash;
    }
    for (int i = 1; i < 3; i++) next[i].parent_hash = next[i].justify_hash = header_hash(&next[i - 1]);
    struct finality_proof *ending = prove(end, 3, 0), *following = prove(next, 3, 1);
    struct trust *trust = trust_make();
    CHECK_U64(trust_take(trust, following), TRUST_PROOF);
    CHECK_U64(trust_detail(trust), VERDICT_UNTRUSTED_COMMITTEE);
    CHECK_U64(trust_take(trust, ending), TRUST_OK);
    struct hash hash;
    CHECK(!trust_hash(trust, end[1].height, &hash)); /* closing blocks have no place by height */
    CHECK(trust_committee_known(trust, &committees[1]->hash));
    CHECK_U64(trust_take(trust, following), TRUST_OK);
    CHECK_U64(trust_final_height(trust), end[0].height + 1);
    trust_free(trust);
    finality_unref(ending);
    finality_unref(following);
}

/* ---- blocks ---- */

static struct block_view view_of(uint32_t height)
{
    struct block_view view = {.header = chain[height], .hash = header_hash(&chain[height]), .status = BLOCK_FINALIZED};
    view.proposer_signature = header_sign(&view.hash, suite, &keys[0][0]);
    if (height == 3) {
        view.transaction_ids = ids;
        view.transaction_ids_count = 5;
    }
    return view;
}

__attribute__((noinline)) static void a_block_must_agree_with_itself_in_every_member(void)
{
    struct trust *trust = trust_with(1, 6);
    struct block_view view = view_of(3);
    struct certificate *certificate = certify(&chain[3], 0, five, 5);
    view.certificate.certificate = certificate;
    CHECK_U64(trust_block(trust, &view), TRUST_OK);
    CHECK_U64(trust_block_final(trust, &view), TRUST_OK);
    struct block_view bad = view;
    bad.hash.b[7] ^= 1;
    CHECK_U64(trust_block(trust, &bad), TRUST_HASH);
    CHECK_U64(trust_block_final(trust, &bad), TRUST_CONFLICT);
    uint8_t bytes[HEADER_BYTES];
    header_encode(&view.header, bytes);
    for (size_t at = 0; at < HEADER_BYTES; at++) {
        bytes[at] ^= 0x10;
        bad = view;
        if (header_decode(bytes, &bad.header)) CHECK(trust_block(trust, &bad) != TRUST_OK);
        bytes[at] ^= 0x10;
    }
    struct hash other_ids[6];
    memcpy(other_ids, ids, sizeof(ids));
    bad = view;
    bad.transaction_ids = other_ids;
    other_ids[1] = ids[2];
    other_ids[2] = ids[1];
    CHECK_U64(trust_block(trust, &bad), TRUST_TRANSACTIONS);
    memcpy(other_ids, ids, sizeof(ids));
    bad.transaction_ids_count = 4;
    CHECK_U64(trust_block(trust, &bad), TRUST_TRANSACTIONS);
    other_ids[5] = ids[0];
    bad.transaction_ids_count = 6;
    CHECK_U64(trust_block(trust, &bad), TRUST_TRANSACTIONS);
    bad = view;
    bad.proposer_signature.b[3] ^= 1;
    CHECK_U64(trust_block(trust, &bad), TRUST_PROPOSER);
    bad = view;
    struct certificate *others = certify(&chain[4], 0, five, 5);
    bad.certificate.certificate = others;
    CHECK_U64(trust_block(trust, &bad), TRUST_CERTIFICATE);
    CHECK_U64(trust_detail(trust), VERDICT_WRONG_SUBJECT);
    certificate_unref(others);
    certificate_unref(certificate);
    const struct block_view tentative = view_of(9);
    CHECK_U64(trust_block_final(trust, &tentative), TRUST_NOT_FINAL);
    trust_free(trust);
}

__attribute__((noinline)) static void full_transactions_must_have_the_ids_that_are_stated(void)
{
    struct trust *trust = trust_make();
    struct apierror error;
    const struct tx_spec spec = {
        .domain = domain, .kind = KIND_ALPHA_TRANSFER, .fee = AMOUNT(317), .token = TOKEN_AX, .to = payer, .amount = AMOUNT(5)};
    struct tx *tx = tx_build(&spec, suite, &keys[0][1], &error);
    CHECK(tx != NULL);
    struct header header;
    header_init(&header, &chain[0]);
    const struct hash leaf = merkle_leaf(tx->id.b, 32);
    header.transaction_count = 1;
    header.transactions_root = merkle_root_of(&leaf, 1);
    struct hash id = tx->id;
    struct tx_view full = {.id = id, .envelope = tx};
    struct block_view view = {.header = header,
                              .hash = header_hash(&header),
                              .transaction_ids = &id,
                              .transaction_ids_count = 1,
                              .has_transactions = true,
                              .transactions = &full,
                              .transactions_count = 1};
    view.proposer_signature = header_sign(&view.hash, suite, &keys[0][0]);
    CHECK_U64(trust_block(trust, &view), TRUST_OK);
    const size_t amount_at = TX_HEADER_BYTES + 33;
    tx->bytes[amount_at] ^= 1; /* the memo of the id stays as it was: the judge recomputes */
    CHECK_U64(trust_block(trust, &view), TRUST_TRANSACTIONS);
    tx->bytes[amount_at] ^= 1;
    view.transactions_count = 0;
    CHECK_U64(trust_block(trust, &view), TRUST_TRANSACTIONS);
    tx_unref(tx);
    trust_free(trust);
}

static void a_block_far_back_keeps_its_hash_and_loses_its_header(void)
{
    struct trust *trust = trust_make();
    struct header *headers = base_alloc(sizeof(*headers) * (FINALITY_HEADERS_MAX + 1));
    struct header last = chain[0];
    for (int round = 0; round < 5; round++) {
        for (uint32_t i = 0; i < FINALITY_HEADERS_MAX; i++) {
            header_init(&headers[i], &last);
            last = headers[i];
        }
        struct finality_proof *proof = prove(headers, FINALITY_HEADERS_MAX, 0);
        CHECK_U64(trust_take(trust, proof), TRUST_OK);
        finality_unref(proof);
        last = headers[FINALITY_HEADERS_MAX - 3]; /* the last that is final */
    }
    struct hash hash;
    CHECK(trust_hash(trust, 5, &hash));
    CHECK(trust_header(trust, 5) == NULL);
    CHECK(trust_header(trust, trust_final_height(trust)) != NULL);
    CHECK(trust_header(trust, trust_final_height(trust) - TRUST_HEADERS_KEPT + 1) != NULL);
    base_free(headers);
    trust_free(trust);
}

int main(void)
{
    chain_begin();
    RUN(a_sound_proof_is_believed_with_all_it_proves);
    RUN(every_flipped_bit_of_a_proof_is_refused);
    RUN(a_proof_of_another_chain_or_network_is_refused);
    RUN(four_of_seven_are_no_quorum_and_five_are);
    RUN(a_gap_in_the_last_rounds_proves_nothing);
    RUN(a_closing_block_is_never_final);
    RUN(what_somebody_else_remembers_is_not_believed);
    RUN(a_committee_that_lies_about_its_hash_is_not_believed);
    RUN(two_final_blocks_at_one_height_are_a_conflict);
    RUN(a_final_child_of_another_parent_is_a_conflict);
    RUN(an_epoch_end_that_is_proven_passes_trust_on_and_nothing_else_does);
    RUN(a_block_must_agree_with_itself_in_every_member);
    RUN(full_transactions_must_have_the_ids_that_are_stated);
    RUN(a_block_far_back_keeps_its_hash_and_loses_its_header);
    chain_end();
    return 0;
}
