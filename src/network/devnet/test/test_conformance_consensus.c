/* What X20 refuses: proposals, votes and timeouts that a validator signed elsewhere, and some that none did. */
#include "town.h"

#include "chain/evidence.h"
#include "chain/payload.h"

#define SEED 6

struct validator {
    struct address address;
    struct seckey account, consensus;
};

static struct validator validator_named(struct town *town, const char *name)
{
    uint8_t seed[32];
    char consensus[40];
    struct validator v;
    derive_dev_seed(SEED, str_of(name), seed);
    seckey_from_seed(town->suite, seed, &v.account);
    v.address = address_of_key(&v.account.pub);
    snprintf(consensus, sizeof(consensus), "%s/consensus", name);
    derive_dev_seed(SEED, str_of(consensus), seed);
    seckey_from_seed(town->suite, seed, &v.consensus);
    return v;
}

static enum code post(struct town *town, const char *what, struct buf *json)
{
    char path[80];
    buf_put_char(json, 0);
    snprintf(path, sizeof(path), "/testnet/consensus/%s", what);
    const struct http_header headers[] = {{STR("content-type"), STR("application/json")}};
    const struct http_request request = {
        .method = HTTP_POST, .path = str_of(path), .headers = headers, .headers_count = 1, .body = str_of((const char *)json->data)};
    const enum code code = town_code(town_call(town, STR("alpha"), &request));
    buf_done(json);
    return code;
}

static enum code propose(struct town *town, const struct header *header, const struct seckey *key)
{
    uint8_t bytes[HEADER_BYTES];
    char hex[2 * HEADER_BYTES + 1] = {0}, signature_hex[129] = {0};
    struct buf json = {0};
    header_encode(header, bytes);
    const struct hash hash = header_hash(header);
    const struct signature signature = header_sign(&hash, town->suite, key);
    str_hex(bytes, sizeof(bytes), hex);
    str_hex(signature.b, sizeof(signature.b), signature_hex);
    buf_printf(&json, "{\"header\":\"%s\",\"signature\":\"%s\",\"transaction_ids\":[]}", hex, signature_hex);
    return post(town, "proposal", &json);
}

static enum code cast(struct town *town, const struct vote *vote)
{
    struct buf json = {0};
    struct json_writer w = json_writer_of(&json);
    vote_write(vote, &w);
    return post(town, "vote", &json);
}

static enum code give_up(struct town *town, const struct timeout *timeout)
{
    struct buf json = {0};
    struct json_writer w = json_writer_of(&json);
    timeout_write(timeout, &w);
    return post(town, "timeout", &json);
}

static struct header header_at(struct town *town, const char *path)
{
    struct err err;
    struct http_exchange *exchange = town_get(town, path);
    const struct block_view *block = wire_object(exchange, &wire_block, &err);
    CHECK(block != NULL);
    struct header header = block->header;
    header.domain = domain_of(CHAIN_ALPHA, NETWORK_TESTNET);
    const struct hash hash = header_hash(&header);
    CHECK(hash_eq(&hash, &block->hash));
    http_exchange_free(exchange);
    return header;
}

static void proposals_here(struct town *town)
{
    const struct validator v2 = validator_named(town, "v2");
    town_sleep(town, 4000);
    struct header head = header_at(town, "/testnet/block/latest"), wrong = head;
    wrong.proposer = town->addresses[0];
    CHECK_U64(propose(town, &wrong, &v2.consensus), CODE_NOT_IN_VALIDATOR_SET);
    wrong.proposer = v2.address;
    CHECK_U64(propose(town, &wrong, &v2.account), CODE_INVALID_SIGNATURE);
    wrong.height += 2;
    wrong.round += 50;
    CHECK_U64(propose(town, &wrong, &v2.consensus), CODE_INVALID_BLOCK);
    wrong = header_at(town, "/testnet/block/2");
    wrong.proposer = v2.address;
    wrong.timestamp_ms++;
    CHECK_U64(propose(town, &wrong, &v2.consensus), CODE_CHECKPOINT_CONFLICT);
    /* A second block of a round in which it has proposed. */
    for (uint32_t i = 0; !address_eq(&head.proposer, &v2.address); i++) {
        CHECK(i < 400);
        town_sleep(town, 50);
        head = header_at(town, "/testnet/block/latest");
    }
    head.timestamp_ms++;
    CHECK_U64(propose(town, &head, &v2.consensus), CODE_EQUIVOCATION);
    town_sleep(town, 1000);
    CHECK(listener_saw(&town->alpha_listener, "evidence.added") >= 1);
}

static void votes_here(struct town *town)
{
    const struct validator v2 = validator_named(town, "v2");
    town_sleep(town, 4000);
    const struct header head = header_at(town, "/testnet/block/latest");
    struct vote vote = {.domain = head.domain, .height = head.height + 1, .round = head.round, .block_hash = header_hash(&head), .voter = v2.address};
    vote_sign(&vote, town->suite, &v2.consensus);
    CHECK_U64(cast(town, &vote), CODE_ATTESTATION_HEIGHT_MISMATCH);
    vote.signature.b[3] ^= 1;
    CHECK_U64(cast(town, &vote), CODE_INVALID_SIGNATURE);
    vote.voter = town->addresses[0];
    CHECK_U64(cast(town, &vote), CODE_NOT_IN_VALIDATOR_SET);
    struct timeout timeout = {.domain = head.domain, .round = head.round + 1, .high_round = head.round, .voter = v2.address};
    timeout_sign(&timeout, town->suite, &v2.account);
    CHECK_U64(give_up(town, &timeout), CODE_INVALID_SIGNATURE);
    timeout.voter = town->addresses[0];
    CHECK_U64(give_up(town, &timeout), CODE_NOT_IN_VALIDATOR_SET);
}

/* ---- one that is jailed proposes no more ---- */

static void convict(struct town *town, const struct validator *who)
{
    struct vote votes[2];
    uint8_t bytes[2][VOTE_SIGNED_BYTES];
    for (uint8_t i = 0; i < 2; i++) {
        votes[i] = (struct vote){.domain = domain_of(CHAIN_ALPHA, NETWORK_TESTNET), .height = 1, .round = 1, .voter = who->address};
        votes[i].block_hash.b[0] = (uint8_t)(i + 1);
        vote_sign(&votes[i], town->suite, &who->consensus);
        vote_encode_signed(&votes[i], bytes[i]);
    }
    struct buf payload = {0};
    struct apierror error;
    const union payload fields = {.evidence = {EVIDENCE_DOUBLE_VOTE, {(const char *)bytes[0], VOTE_SIGNED_BYTES}, {(const char *)bytes[1], VOTE_SIGNED_BYTES}}};
    payload_encode(KIND_ALPHA_EVIDENCE_SUBMIT, &fields, &payload);
    const struct tx_spec spec = {.domain = domain_of(CHAIN_ALPHA, NETWORK_TESTNET), .kind = KIND_ALPHA_EVIDENCE_SUBMIT, .fee = AMOUNT(4000), .payload = buf_str(&payload)};
    struct tx *tx = tx_build(&spec, town->suite, &town->bots[0], &error);
    CHECK(tx != NULL);
    CHECK_U64(town_code(town_broadcast(town, "", tx)), CODE_NONE);
    CHECK_U64(town_tx_status(town, &tx->id, "finalized"), TX_FINALIZED);
    tx_unref(tx);
    buf_done(&payload);
}

static void jailed_here(struct town *town)
{
    struct err err;
    const struct validator v2 = validator_named(town, "v2");
    CHECK_U64(town_status(town_admin(town, HTTP_POST, "validators", "{\"external\":[\"v2\"],\"enabled\":true}")), 200);
    town_sleep(town, 2000);
    convict(town, &v2);
    town_sleep(town, 3000);
    for (uint32_t i = 0;; i++) { /* its turn, on what is certified by then */
        if (i > 2000) CHECK_FAIL("its turn never came");
        struct http_exchange *exchange = town_get(town, "/testnet/consensus/round");
        const struct round_view *view = wire_object(exchange, &wire_round, &err);
        CHECK(view != NULL);
        const struct certificate *high = view->high_certificate.certificate;
        const bool turn = address_eq(&view->proposer, &v2.address) && high != NULL && high->round + 1 == view->round;
        struct header header = {.domain = domain_of(CHAIN_ALPHA, NETWORK_TESTNET), .proposer = v2.address, .round = view->round};
        char path[120], hex[65] = {0};
        if (turn) {
            header.parent_hash = header.justify_hash = high->block_hash;
            header.justify_round = high->round;
            str_hex(high->block_hash.b, 32, hex);
        }
        http_exchange_free(exchange);
        if (!turn) {
            town_sleep(town, 20);
            continue;
        }
        snprintf(path, sizeof(path), "/testnet/block/%s", hex);
        const struct header parent = header_at(town, path);
        header.height = parent.height + 1;
        header.timestamp_ms = parent.timestamp_ms + 400;
        header.committee_hash = header.next_committee_hash = parent.committee_hash;
        CHECK_U64(propose(town, &header, &v2.consensus), CODE_VALIDATOR_JAILED);
        return;
    }
}

static void run(void (*body)(struct town *town))
{
    (void)town_run((struct town_config){.validators = 4, .seed = SEED, .listens = true}, body, NULL);
}
static void a_proposal_that_breaks_a_rule_is_refused_by_its_name(void) { run(proposals_here); }
static void a_vote_or_timeout_that_is_nobodys_is_refused(void) { run(votes_here); }
static void a_jailed_validator_proposes_no_more(void) { run(jailed_here); }

int main(void)
{
    RUN(a_proposal_that_breaks_a_rule_is_refused_by_its_name);
    RUN(a_vote_or_timeout_that_is_nobodys_is_refused);
    RUN(a_jailed_validator_proposes_no_more);
    return 0;
}
