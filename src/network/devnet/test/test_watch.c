/* The watch: a validator that lies is convicted by what honest views find, on whichever chain it lied, within a few blocks. */
#include "chain/evidence.h"
#include "town.h"

static struct validator_view *validator(struct town *town, const struct address *address, struct http_exchange **out)
{
    struct err err;
    char path[ADDRESS_TEXT + 40], text[ADDRESS_TEXT];
    address_text(address, CHAIN_ALPHA, text);
    snprintf(path, sizeof(path), "/testnet/validators/%s", text);
    *out = town_get(town, path);
    const struct validator_view *view = *out ? wire_object(*out, &wire_validator, &err) : NULL;
    if (!view) CHECK_FAIL("no validator: %s", err.text);
    return (struct validator_view *)(uintptr_t)view;
}

static struct address account_of(struct town *town, const char *name, uint64_t rng)
{
    uint8_t seed[32];
    struct seckey key;
    derive_dev_seed(rng, str_of(name), seed);
    seckey_from_seed(town->suite, seed, &key);
    return address_of_key(&key.pub);
}

static const char *lie_on; /* the body of PUT /byzantine */

static void lies_here(struct town *town)
{
    const struct address liar = account_of(town, "v3", 41), honest = account_of(town, "v2", 41);
    while (town_final(town) < 5) town_sleep(town, 500);
    CHECK_U64(town_status(town_admin(town, HTTP_PUT, "byzantine", lie_on)), 200);
    const uint32_t from = town_height(town);
    struct http_exchange *exchange;
    bool jailed = false;
    while (!jailed && town_height(town) < from + 60) {
        town_sleep(town, 500);
        const struct validator_view *view = validator(town, &liar, &exchange);
        jailed = view->jailed && amount_is_zero(view->bonded) && view->slashed.units == 10000000;
        http_exchange_free(exchange);
    }
    if (!jailed) CHECK_FAIL("nobody convicted the liar by height %u", town_height(town));
    const struct validator_view *view = validator(town, &honest, &exchange);
    CHECK(!view->jailed && amount_is_zero(view->slashed));
    http_exchange_free(exchange);
    const uint32_t at = town_final(town);
    for (uint32_t i = 0; town_final(town) < at + 40 && i < 200; i++) town_sleep(town, 1000);
    CHECK(town_final(town) >= at + 40); /* and the others go on, over the next committee */
    exchange = town_get(town, "/testnet/committee/latest");
    struct err err;
    const struct committee_view *committee = wire_object(exchange, &wire_committee, &err);
    uint32_t index;
    CHECK(committee && committee->committee->count == 4 && !committee_find(committee->committee, &liar, &index));
    http_exchange_free(exchange);
}

static const struct devnet_parameter short_epochs[] = {{STR("epoch_blocks"), STR("20")}};

static void run(const char *body)
{
    lie_on = body;
    (void)town_run((struct town_config){.validators = 5, .seed = 41, .parameters = short_epochs, .parameters_count = 1}, lies_here, NULL);
}

static void two_votes_in_a_round_cost_stake_and_seat(void)
{
    run("{\"validators\":[\"v3\"],\"mode\":\"equivocate_vote\",\"params\":{\"rate_bps\":10000},\"enabled\":true}");
}
static void two_proposals_in_a_round_cost_the_same(void)
{
    run("{\"validators\":[\"v3\"],\"mode\":\"equivocate_proposal\",\"params\":{\"rate_bps\":10000},\"enabled\":true}");
}
/* Two votes for one round of Delta, shown to a view of Delta alone. */
static void delta_here(struct town *town)
{
    const struct address liar = account_of(town, "v3", 41);
    uint8_t seed[32];
    struct seckey key;
    derive_dev_seed(41, STR("v3/consensus"), seed);
    seckey_from_seed(town->suite, seed, &key);
    struct vote a = {.domain = domain_of(CHAIN_DELTA, NETWORK_MAINNET), .height = 2, .round = 2, .voter = liar}, b;
    a.block_hash.b[0] = 1;
    b = a;
    b.block_hash.b[0] = 2;
    vote_sign(&a, town->suite, &key);
    vote_sign(&b, town->suite, &key);
    const struct evidence evidence = evidence_of_votes(&a, &b);
    char first[2 * VOTE_SIGNED_BYTES + 1] = {0}, second[2 * VOTE_SIGNED_BYTES + 1] = {0}, body[1024];
    str_hex(evidence.first, evidence.first_bytes, first);
    str_hex(evidence.second, evidence.second_bytes, second);
    snprintf(body, sizeof(body), "{\"type\":\"double_vote\",\"first\":\"%s\",\"second\":\"%s\"}", first, second);
    while (town_final(town) < 5) town_sleep(town, 500);
    const struct http_header headers[] = {{STR("content-type"), STR("application/json")}};
    const struct http_request request = {
        .method = HTTP_POST, .path = STR("/mainnet/evidence"), .headers = headers, .headers_count = 1, .body = str_of(body)};
    CHECK_U64(town_status(town_call(town, STR("delta"), &request)), 200);
    const uint32_t from = town_height(town);
    while (town_height(town) < from + 20) town_sleep(town, 500);
    struct http_exchange *exchange;
    const struct validator_view *view = validator(town, &liar, &exchange);
    CHECK(view->jailed && view->slashed.units == 10000000);
    http_exchange_free(exchange);
    const struct hash id = evidence_id(&evidence);
    char path[120], hex[65] = {0};
    str_hex(id.b, sizeof(id.b), hex);
    for (int chain = CHAIN_ALPHA; chain <= CHAIN_DELTA; chain++) { /* both ledgers have it; bonds are on one */
        struct err err;
        snprintf(path, sizeof(path), "/%s/evidence/%s", chain == CHAIN_ALPHA ? "testnet" : "mainnet", hex);
        exchange = town_get_on(town, chain == CHAIN_ALPHA ? STR("alpha") : STR("delta"), path);
        const struct evidence_view *seen = exchange ? wire_object_on((enum chain_id)chain, exchange, &wire_evidence, &err) : NULL;
        if (!seen) CHECK_FAIL("chain %d: %s", chain, err.text);
        CHECK(seen->chain == CHAIN_DELTA && seen->included_height.has && seen->jailed == (chain == CHAIN_ALPHA));
        http_exchange_free(exchange);
    }
}
static void a_lie_on_delta_is_paid_for_on_alpha(void)
{
    (void)town_run((struct town_config){.validators = 5, .seed = 41, .delta = true}, delta_here, NULL);
}

int main(void)
{
    RUN(two_votes_in_a_round_cost_stake_and_seat);
    RUN(two_proposals_in_a_round_cost_the_same);
    RUN(a_lie_on_delta_is_paid_for_on_alpha);
    return 0;
}
