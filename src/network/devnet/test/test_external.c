/* A validator driven from outside by X18, X19 and X20: with another one down, nothing is final without its votes. */
#include "town.h"

static struct seckey consensus;
static struct address driven;

static struct http_exchange *post(struct town *town, const char *path, const char *body)
{
    const struct http_header headers[] = {{STR("content-type"), STR("application/json")}};
    return town_call(town, STR("alpha"), &(struct http_request){.method = HTTP_POST, .path = str_of(path), .headers = headers, .headers_count = 1, .body = str_of(body)});
}

static enum code send_vote(struct town *town, const struct vote *vote)
{
    struct buf json = {0};
    struct json_writer w = json_writer_of(&json);
    vote_write(vote, &w);
    buf_put_char(&json, 0);
    const enum code code = town_code(post(town, "/node/v4/testnet/consensus/vote", (const char *)json.data));
    buf_done(&json);
    return code;
}

static struct vote vote_for(struct town *town, const struct header *header, const struct hash *hash)
{
    struct vote vote = {.domain = header->domain, .height = header->height, .round = header->round, .block_hash = *hash, .voter = driven};
    vote_sign(&vote, town->suite, &consensus);
    return vote;
}

static enum code send_timeout(struct town *town, uint64_t round, uint64_t high_round)
{
    struct timeout timeout = {.domain = domain_of(CHAIN_ALPHA, NETWORK_TESTNET), .round = round, .high_round = high_round, .voter = driven};
    struct buf json = {0};
    struct json_writer w = json_writer_of(&json);
    timeout_sign(&timeout, town->suite, &consensus);
    timeout_write(&timeout, &w);
    buf_put_char(&json, 0);
    const enum code code = town_code(post(town, "/node/v4/testnet/consensus/timeout", (const char *)json.data));
    buf_done(&json);
    return code;
}

/* Proposes when it is its turn. */
static void propose(struct town *town)
{
    char path[160], text[ADDRESS_TEXT];
    struct err err;
    address_text(&driven, CHAIN_ALPHA, text);
    snprintf(path, sizeof(path), "/node/v4/testnet/consensus/template?validator=%s", text);
    struct http_exchange *exchange = town_get(town, path);
    CHECK(exchange != NULL);
    if (http_response(exchange)->status == 200) {
        uint8_t bytes[HEADER_BYTES];
        char hex[129] = {0};
        struct header header;
        struct buf body = {0};
        const struct json *node = json_parse(http_arena(exchange), http_response_body(exchange), &err);
        CHECK(node != NULL && str_unhex(json_find(node, STR("header"))->text, bytes, sizeof(bytes)) && header_decode(bytes, &header));
        const struct hash hash = header_hash(&header);
        const struct signature signature = header_sign(&hash, town->suite, &consensus);
        str_hex(signature.b, sizeof(signature.b), hex);
        buf_printf(&body, "{\"header\":\"" STR_FMT "\",\"signature\":\"%s\",\"transaction_ids\":", STR_ARG(json_find(node, STR("header"))->text), hex);
        struct json_writer w = json_writer_of(&body);
        json_put_tree(&w, json_find(node, STR("transaction_ids")));
        buf_printf(&body, "}");
        buf_put_char(&body, 0);
        CHECK_U64(town_code(post(town, "/node/v4/testnet/consensus/proposal", (const char *)body.data)), CODE_NONE);
        buf_done(&body);
    }
    http_exchange_free(exchange);
}

struct driver {
    uint64_t voted, timed_out; /* the last rounds it signed in */
};

/* One look at the round: proposes, votes or gives the round up, as a validator may. */
static void drive(struct town *town, struct driver *driver)
{
    struct err err;
    struct http_exchange *exchange = town_get(town, "/node/v4/testnet/consensus/round");
    const struct round_view *round = wire_object(exchange, &wire_round, &err);
    CHECK(round != NULL);
    if (address_eq(&round->proposer, &driven) && round->phase == PHASE_PROPOSE) propose(town);
    const bool fresh = round->round > driver->voted && round->round > driver->timed_out;
    if (round->proposals_count > 0 && fresh && round->phase == PHASE_VOTE) {
        const struct proposal_view *proposal = &round->proposals[0];
        const struct vote vote = vote_for(town, &proposal->header, &proposal->block_hash);
        if (send_vote(town, &vote) == CODE_NONE) driver->voted = round->round;
    }
    if (round->phase == PHASE_TIMEOUT && round->round > driver->timed_out) {
        const struct certificate *high = round->high_certificate.certificate;
        if (send_timeout(town, round->round, high ? high->round : 0) == CODE_NONE) driver->timed_out = round->round;
    }
    http_exchange_free(exchange);
}

static void external(struct town *town)
{
    uint8_t seed[32];
    struct seckey account;
    struct hash id;
    derive_dev_seed(6, STR("v4"), seed);
    seckey_from_seed(town->suite, seed, &account);
    driven = address_of_key(&account.pub);
    derive_dev_seed(6, STR("v4/consensus"), seed);
    seckey_from_seed(town->suite, seed, &consensus);
    CHECK_U64(town_status(town_admin(town, HTTP_POST, "validators", "{\"external\":[\"v4\"],\"enabled\":true}")), 200);
    CHECK_U64(town_code(town_admin(town, HTTP_POST, "validators", "{\"external\":[\"v9\"],\"enabled\":true}")), CODE_NODE_NOT_FOUND);
    town_chaos(town, "{\"action\":\"crash\",\"params\":{\"targets\":\"v3\"}}");
    town_sleep(town, 5000);
    const uint32_t before = town_final(town);
    town_sleep(town, 5000);
    CHECK_U64(town_final(town), before); /* two of four */
    CHECK_U64(town_pay(town, 0, 1, 5, &id), CODE_NONE);
    struct driver driver = {0};
    for (int i = 0; i < 4000 && town_final(town) < before + 4; i++) {
        drive(town, &driver);
        town_sleep(town, 20);
    }
    CHECK(town_final(town) >= before + 4 && driver.voted > 0 && driver.timed_out > 0);
    CHECK_U64(town_tx_status(town, &id, NULL), TX_FINALIZED);
    /* A second vote in a round is refused, and is evidence. */
    struct err err;
    struct header header = {.domain = domain_of(CHAIN_ALPHA, NETWORK_TESTNET), .height = before + 5, .round = driver.voted};
    struct hash other = {{1}};
    struct vote twice = vote_for(town, &header, &other);
    CHECK_U64(send_vote(town, &twice), CODE_EQUIVOCATION);
    struct http_exchange *exchange = town_get(town, "/node/v4/testnet/evidence?type=double_vote");
    const struct page *page = wire_object(exchange, &wire_evidence_page, &err);
    CHECK(page != NULL && page->count >= 1);
    http_exchange_free(exchange);
    twice.signature.b[0] ^= 1;
    CHECK_U64(send_vote(town, &twice), CODE_INVALID_SIGNATURE);
    twice.voter = town->addresses[0];
    CHECK_U64(send_vote(town, &twice), CODE_NOT_IN_VALIDATOR_SET);
    CHECK_U64(town_code(post(town, "/node/v4/testnet/consensus/vote", "{}")), CODE_MISSING_FIELD);
    CHECK_U64(town_code(post(town, "/node/v4/testnet/consensus/timeout", "{}")), CODE_MISSING_FIELD);
    CHECK_U64(town_code(post(town, "/node/v4/testnet/consensus/proposal", "{}")), CODE_MISSING_FIELD);
    CHECK_U64(town_code(post(town, "/node/v4/testnet/consensus/proposal", "{\"header\":\"00\"}")), CODE_INVALID_FORMAT);
    /* Handed back, it goes on by itself above what was signed for it, through a crash too. */
    town_chaos(town, "{\"action\":\"crash\",\"params\":{\"targets\":\"v4\"}}");
    town_chaos(town, "{\"action\":\"restart\",\"params\":{\"targets\":\"v4\"}}");
    CHECK_U64(town_status(town_admin(town, HTTP_POST, "validators", "{\"external\":[\"v4\"],\"enabled\":false}")), 200);
    const uint32_t after = town_final(town);
    for (int i = 0; i < 600 && town_final(town) < after + 3; i++) town_sleep(town, 100);
    CHECK(town_final(town) >= after + 3);
}

static void a_validator_can_be_driven_from_outside(void) { (void)town_run((struct town_config){.validators = 4, .seed = 6}, external, NULL); }

/* ---- what planted switches take out of a node's judgement of votes ---- */

/* The last proposal, once there is one. */
static struct proposal_view proposal_wait(struct town *town)
{
    struct proposal_view proposal = {0};
    struct err err;
    for (int i = 0; i < 2000 && proposal.header.height == 0; i++) {
        struct http_exchange *exchange = town_get(town, "/node/v4/testnet/consensus/round");
        const struct round_view *round = wire_object(exchange, &wire_round, &err);
        CHECK(round != NULL);
        if (round->proposals_count > 0) proposal = round->proposals[0];
        http_exchange_free(exchange);
        if (proposal.header.height == 0) town_sleep(town, 5);
    }
    CHECK(proposal.header.height > 0);
    return proposal;
}

static void votes(struct town *town)
{
    uint8_t seed[32];
    struct seckey account;
    derive_dev_seed(7, STR("v4"), seed);
    seckey_from_seed(town->suite, seed, &account);
    driven = address_of_key(&account.pub);
    derive_dev_seed(7, STR("v4/consensus"), seed);
    seckey_from_seed(town->suite, seed, &consensus);
    CHECK_U64(town_status(town_admin(town, HTTP_POST, "validators", "{\"external\":[\"v4\"],\"enabled\":true}")), 200);
    town_sleep(town, 3000);
    struct proposal_view proposal = proposal_wait(town);
    struct vote vote = vote_for(town, &proposal.header, &proposal.block_hash);
    vote.height++;
    vote_sign(&vote, town->suite, &consensus);
    CHECK_U64(send_vote(town, &vote), CODE_ATTESTATION_HEIGHT_MISMATCH);
    town_switch(town, "vuln.attestation-no-height-binding", true);
    CHECK_U64(send_vote(town, &vote), CODE_NONE);
    town_switch(town, "vuln.attestation-no-height-binding", false);
    CHECK_U64(send_vote(town, &vote), CODE_ATTESTATION_HEIGHT_MISMATCH);

    town_sleep(town, 3000);
    proposal = proposal_wait(town);
    vote = vote_for(town, &proposal.header, &proposal.block_hash);
    vote.voter = town->addresses[0];
    CHECK_U64(send_vote(town, &vote), CODE_NOT_IN_VALIDATOR_SET);
    town_switch(town, "vuln.open-proposer", true);
    CHECK_U64(send_vote(town, &vote), CODE_NONE);
    town_switch(town, "vuln.open-proposer", false);
    CHECK_U64(send_vote(town, &vote), CODE_NOT_IN_VALIDATOR_SET);
}

static void votes_are_members_and_for_one_height_unless_a_switch_is_on(void)
{
    (void)town_run((struct town_config){.validators = 4, .seed = 7}, votes, NULL);
}

int main(void)
{
    RUN(votes_are_members_and_for_one_height_unless_a_switch_is_on);
    RUN(a_validator_can_be_driven_from_outside);
    return 0;
}
