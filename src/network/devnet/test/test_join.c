/* Validators that come after genesis: they sync, register, vote from their first epoch on, count in the quorum, and can be troubled as all others. */
#include "newcomer.h"

static struct hash final_hash(struct town *town, uint32_t view, uint32_t height)
{
    struct err err;
    char path[96];
    snprintf(path, sizeof(path), "/node/v%u/testnet/block/%u", view, height);
    struct http_exchange *exchange = town_get(town, path);
    const struct block_view *block = exchange && http_response(exchange)->status == 200 ? wire_object(exchange, &wire_block, &err) : NULL;
    if (!block) CHECK_FAIL("v%u has no block at %u", view, height);
    CHECK_U64(block->status, BLOCK_FINALIZED);
    const struct hash hash = block->hash;
    http_exchange_free(exchange);
    return hash;
}

/* The committee in force at the gateway of a chain: how many, and its quorum. */
static uint32_t members(struct town *town, bool delta, u128 *out_quorum)
{
    struct err err;
    struct http_exchange *exchange = town_get_on(town, delta ? STR("delta") : STR("alpha"), delta ? "/mainnet/committee/latest" : "/testnet/committee/latest");
    const struct committee_view *view = exchange ? wire_object_on(delta ? CHAIN_DELTA : CHAIN_ALPHA, exchange, &wire_committee, &err) : NULL;
    CHECK(view != NULL);
    const uint32_t count = view->committee->count;
    *out_quorum = view->committee->quorum.units;
    http_exchange_free(exchange);
    return count;
}

static void join(struct town *town, const char *body, const char *answer)
{
    struct http_exchange *exchange = town_admin(town, HTTP_POST, "validators", body);
    CHECK(exchange != NULL);
    const struct str text = http_response_body(exchange);
    CHECK_U64(http_response(exchange)->status, 200);
    if (!str_starts(text, str_of(answer))) CHECK_FAIL(STR_FMT " is not %s", STR_ARG(text), answer);
    http_exchange_free(exchange);
}

static void wait_members(struct town *town, bool delta, uint32_t wanted)
{
    u128 quorum;
    for (int i = 0; members(town, delta, &quorum) != wanted; i++) {
        if (i > 600) CHECK_FAIL("%u members never were", wanted);
        town_sleep(town, 200);
    }
    CHECK(quorum == (u128)wanted * 10000000 * 2 / 3 + 1);
}

static bool has_voted(struct town *town, uint32_t view)
{
    struct err err;
    struct http_exchange *exchange = town_get(town, "/testnet/validators?limit=500");
    const struct page *page = exchange ? wire_object(exchange, &wire_validator_page, &err) : NULL;
    CHECK(page != NULL);
    bool voted = false;
    for (uint32_t i = 0; i < page->count; i++) {
        const struct validator_view *validator = &((const struct validator_view *)page->items)[i];
        char name[16];
        snprintf(name, sizeof(name), "v%u", view);
        voted = voted || (str_eq(validator->name, str_of(name)) && validator->votes > 0 && validator->proposed > 0 && validator->is_active);
    }
    http_exchange_free(exchange);
    return voted;
}

static void nodes_listed(struct town *town, uint32_t wanted)
{
    struct err err;
    struct http_exchange *exchange = town_admin(town, HTTP_GET, "nodes", "");
    const struct page *page = wire_object(exchange, &wire_admin_node_list, &err);
    CHECK(page != NULL);
    CHECK_U64(page->count, wanted);
    http_exchange_free(exchange);
}

static void one_here(struct town *town)
{
    while (town_final(town) < 5) town_sleep(town, 200);
    CHECK_U64(town_code(town_get(town, "/node/v5/testnet/block/latest")), CODE_NODE_NOT_FOUND);
    join(town, "{\"add\":1}", "{\"added\":[\"v5\"],\"validators\":5,\"effective_height\":");
    nodes_listed(town, 10);
    CHECK_U64(town_code(town_get(town, "/node/v5/testnet/block/latest")), CODE_NONE);
    u128 quorum;
    CHECK_U64(members(town, false, &quorum), 4); /* not before the epoch ends */
    wait_members(town, false, 5);
    wait_members(town, true, 5); /* Delta follows at its own epoch end */
    goes_on(town, CHAIN_ALPHA, 5, 12);
    goes_on(town, CHAIN_DELTA, 5, 6);
    CHECK(has_voted(town, 5));
    const struct hash ours = final_hash(town, 1, 30), its = final_hash(town, 5, 30);
    CHECK(hash_eq(&ours, &its));
    /* Five bear one that is down: this one, or another that the newcomer's vote stands in for. */
    town_chaos(town, "{\"action\":\"crash\",\"params\":{\"targets\":\"v5\",\"method\":\"kill\"}}");
    CHECK_U64(town_code(town_get(town, "/node/v5/testnet/block/latest")), CODE_NODE_UNAVAILABLE);
    goes_on(town, CHAIN_ALPHA, 1, 6);
    town_chaos(town, "{\"action\":\"restart\",\"params\":{\"targets\":\"v5\"}}");
    town_sleep(town, 3000);
    town_chaos(town, "{\"action\":\"crash\",\"params\":{\"targets\":\"v2\",\"method\":\"kill\"}}");
    goes_on(town, CHAIN_ALPHA, 5, 6);
    town_check_audit(town, "audit");
}
static void a_newcomer_votes_from_its_first_epoch_on_both_chains(void)
{
    struct town_config config = TOWN(4, 71);
    config.delta = true;
    const struct hash a = town_run(config, one_here, NULL).digest;
    config.wire = WIRE_TEXT;
    const struct hash b = town_run(config, one_here, NULL).digest;
    CHECK(hash_eq(&a, &b));
}

static void many_here(struct town *town)
{
    join(town, "{\"add\":3}", "{\"added\":[\"v5\",\"v6\",\"v7\"],\"validators\":7,\"effective_height\":");
    wait_members(town, false, 7);
    goes_on(town, CHAIN_ALPHA, 7, 10);
    /* Quorum of seven is five: with three newcomers down there are four, and the chain stands. */
    town_chaos(town, "{\"action\":\"crash\",\"params\":{\"targets\":\"v5-v7\",\"method\":\"kill\"}}");
    town_sleep(town, 3000);
    const uint32_t stood = town_final(town);
    town_sleep(town, 20000);
    CHECK_U64(town_final(town), stood);
    town_chaos(town, "{\"action\":\"restart\",\"params\":{\"targets\":\"v5\",\"wipe\":true}}"); /* catches up, and votes again */
    goes_on(town, CHAIN_ALPHA, 5, 5);
    CHECK_U64(town_status(town_admin(town, HTTP_DELETE, "chaos", "")), 200);
    /* They are parted, made to lie and taken over as others are. */
    town_chaos(town, "{\"action\":\"partition\",\"params\":{\"groups\":[[\"v6-v7\"]]},\"duration_ms\":3000}");
    CHECK_U64(town_status(town_admin(town, HTTP_PUT, "byzantine", "{\"validators\":\"v7\",\"mode\":\"withhold_votes\",\"params\":{\"rate_bps\":10000},\"enabled\":true}")), 200);
    CHECK_U64(town_status(town_admin(town, HTTP_POST, "validators", "{\"external\":[\"v6\"],\"enabled\":true}")), 200);
    CHECK_U64(town_status(town_admin(town, HTTP_POST, "validators", "{\"external\":[\"v6\"],\"enabled\":false}")), 200);
    town_sleep(town, 6000);
    goes_on(town, CHAIN_ALPHA, 6, 6);
    town_check_audit(town, "audit");
}
static void the_quorum_is_of_all_of_them(void) { (void)town_run((struct town_config)TOWN(4, 72), many_here, NULL); }

static void parted_here(struct town *town)
{
    while (town_final(town) < 3) town_sleep(town, 200);
    town_chaos(town, "{\"action\":\"partition\",\"params\":{\"groups\":[[\"v1-v4\"]]}}");
    join(town, "{\"add\":2}", "{\"added\":[\"v5\",\"v6\"]");
    town_sleep(town, 4000);
    CHECK_U64(town_final_of(town, 5), 0); /* whoever is not named stands apart */
    town_chaos(town, "{\"action\":\"heal\"}");
    wait_members(town, false, 6);
    goes_on(town, CHAIN_ALPHA, 6, 6);
    struct http_exchange *exchange = town_admin(town, HTTP_POST, "snapshot", "{}");
    CHECK_U64(town_status(exchange), 200);
    const uint32_t then = town_final(town);
    join(town, "{\"add\":1}", "{\"added\":[\"v7\"]");
    wait_members(town, false, 7);
    CHECK_U64(town_status(town_admin(town, HTTP_POST, "restore", "{\"snapshot_id\":\"s1\"}")), 200);
    CHECK(town_final(town) <= then);
    u128 quorum;
    CHECK_U64(members(town, false, &quorum), 6);
    wait_members(town, false, 7); /* it registers again */
    goes_on(town, CHAIN_ALPHA, 7, 6);
    town_check_audit(town, "audit");
}
static void who_comes_during_a_partition_or_before_a_restore_gets_in(void) { (void)town_run((struct town_config)TOWN(4, 73), parted_here, NULL); }

static void refused_here(struct town *town)
{
    CHECK_U64(town_code(town_admin(town, HTTP_POST, "validators", "{\"add\":0}")), CODE_INVALID_PARAMETER);
    CHECK_U64(town_code(town_admin(town, HTTP_POST, "validators", "{\"add\":198}")), CODE_INVALID_PARAMETER);
    CHECK_U64(town_code(town_admin(town, HTTP_POST, "validators", "{\"add\":99999999999}")), CODE_INVALID_PARAMETER);
    CHECK_U64(town_code(town_admin(town, HTTP_POST, "validators", "{\"add\":\"x\"}")), CODE_INVALID_FIELD_TYPE);
    nodes_listed(town, 3);
    CHECK_U64(town_status(town_admin(town, HTTP_POST, "reset", "{\"validators\":0}")), 200);
    CHECK_U64(town_code(town_admin(town, HTTP_POST, "validators", "{\"add\":1}")), CODE_INVALID_PARAMETER);
    CHECK_U64(town_status(town_admin(town, HTTP_POST, "reset", "{\"validators\":1}")), 200);
    join(town, "{\"add\":3}", "{\"added\":[\"v2\",\"v3\",\"v4\"]"); /* one alone is joined by three */
    wait_members(town, false, 4);
    goes_on(town, CHAIN_ALPHA, 4, 6);
}
static void none_and_too_many_are_refused(void) { (void)town_run((struct town_config)TOWN(3, 74), refused_here, NULL); }

int main(void)
{
    RUN(a_newcomer_votes_from_its_first_epoch_on_both_chains);
    RUN(the_quorum_is_of_all_of_them);
    RUN(who_comes_during_a_partition_or_before_a_restore_gets_in);
    RUN(none_and_too_many_are_refused);
    return 0;
}
