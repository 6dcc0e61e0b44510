/* Troubles of nodes and replaced blocks (chaos API), and what honest nodes notice: each is seen from outside, and passes. */
#include "town.h"

static void run_with(uint32_t validators, bool listens, void (*body)(struct town *town))
{
    const struct devnet_parameter fast[] = {{STR("block_interval_ms"), STR("200")}};
    const struct town_config config = {.validators = validators, .seed = 5, .listens = listens, .parameters = fast, .parameters_count = 1};
    (void)town_run(config, body, NULL);
}
static void run(uint32_t validators, void (*body)(struct town *town)) { run_with(validators, false, body); }

static uint32_t view_u32(struct town *town, uint32_t view, const char *tail)
{
    char path[100];
    snprintf(path, sizeof(path), "/node/v%u/testnet/%s", view, tail);
    return town_u32(town, path);
}

static uint32_t alerts_of(struct town *town, uint32_t view, const char *type)
{
    char path[100];
    snprintf(path, sizeof(path), "/node/v%u/testnet/alerts?limit=500&type=%s", view, type);
    struct http_exchange *exchange = town_get(town, path);
    CHECK(exchange != NULL && http_response(exchange)->status == 200);
    const struct str body = http_response_body(exchange);
    uint32_t count = 0;
    for (size_t i = 0; i + 11 < body.len; i++) count += memcmp(body.data + i, "\"sequence\":", 11) == 0;
    http_exchange_free(exchange);
    return count;
}

static void chaos_end_all(struct town *town) { CHECK_U64(town_code(town_admin(town, HTTP_DELETE, "chaos", "")), CODE_NONE); }

static uint32_t deepest(struct town *town, uint32_t validators)
{
    struct err err;
    uint32_t depth = 0;
    for (uint32_t view = 1; view <= validators; view++) {
        char path[80];
        snprintf(path, sizeof(path), "/node/v%u/testnet/sync_status", view);
        struct http_exchange *exchange = town_get(town, path);
        const struct sync_status *status = wire_object(exchange, &wire_sync_status, &err);
        CHECK(status != NULL);
        depth = MAX(depth, status->deepest_reorg);
        http_exchange_free(exchange);
    }
    return depth;
}

static void reorg_of(struct town *town, uint32_t validators, uint32_t depth)
{
    char body[80];
    town_sleep(town, 3000);
    CHECK_U64(deepest(town, validators), 0);
    const uint32_t before = town_final_of(town, 1);
    snprintf(body, sizeof(body), "{\"action\":\"reorg\",\"params\":{\"depth\":%u}}", depth);
    town_chaos(town, body);
    town_sleep(town, 40000);
    CHECK_U64(deepest(town, validators), depth);
    for (uint32_t view = 1; view <= validators; view++) CHECK(town_final_of(town, view) > before + 20);
}
static void one(struct town *town) { reorg_of(town, 4, 1); }
static void two(struct town *town) { reorg_of(town, 7, 2); }
static void two_of_four(struct town *town) { reorg_of(town, 4, 2); }
static void one_or_two_tentative_blocks_are_replaced_and_no_more(void)
{
    run_with(4, true, one);
    run_with(7, true, two);
    run_with(4, true, two_of_four);
}

static void disk(struct town *town)
{
    struct hash id;
    town_sleep(town, 2000);
    town_chaos(town, "{\"action\":\"disk_full\",\"params\":{\"targets\":\"v1\",\"free_bytes\":0}}");
    town_sleep(town, 2000);
    CHECK_U64(town_pay(town, 0, 1, 5, &id), CODE_NOT_ENOUGH_DISK);
    const uint32_t at = town_final_of(town, 2);
    town_sleep(town, 10000);
    CHECK(town_final_of(town, 2) > at + 5); /* the others do without */
    chaos_end_all(town);
    town_sleep(town, 3000);
    CHECK_U64(town_pay(town, 0, 1, 5, &id), CODE_NONE);
    CHECK_U64(town_tx_status(town, &id, "finalized"), TX_FINALIZED);
    const uint32_t again = town_final_of(town, 1);
    town_sleep(town, 3000);
    CHECK(town_final_of(town, 1) > again);
}
static void a_full_disk_silences_its_node_until_there_is_room(void) { run(4, disk); }

static void memory(struct town *town)
{
    struct hash id;
    enum code code = CODE_NONE;
    town_sleep(town, 2000);
    town_chaos(town, "{\"action\":\"memory_limit\",\"params\":{\"targets\":\"v1\",\"bytes\":1000}}");
    for (int i = 0; i < 20 && code == CODE_NONE; i++) code = town_pay(town, 0, 1, 5, &id);
    CHECK_U64(code, CODE_OVERLOADED);
    chaos_end_all(town);
    CHECK_U64(town_pay(town, 0, 1, 5, &id), CODE_NONE);
}
static void a_full_memory_takes_no_more(void) { run(4, memory); }

static void isolated(struct town *town)
{
    town_sleep(town, 2000);
    town_chaos(town, "{\"action\":\"peer_isolate\",\"params\":{\"target\":\"v3\"}}");
    town_sleep(town, 1000);
    const uint32_t alone = town_final_of(town, 3), others = town_final_of(town, 1);
    CHECK_U64(alerts_of(town, 3, "LOW_PEER_DIVERSITY"), 0);
    town_sleep(town, 60000);
    CHECK_U64(town_final_of(town, 3), alone);
    CHECK(town_final_of(town, 1) > others + 20);
    CHECK(alerts_of(town, 3, "LOW_PEER_DIVERSITY") > 0);
    CHECK_U64(alerts_of(town, 1, "LOW_PEER_DIVERSITY"), 0);
    chaos_end_all(town);
    town_sleep(town, 20000);
    CHECK(town_final_of(town, 3) > others + 20);
}
static void an_isolated_node_stands_says_so_and_catches_up(void) { run(4, isolated); }

static void flood(struct town *town)
{
    const char *body = "{\"action\":\"peer_flood\",\"params\":{\"target\":\"v3\",\"sybils\":100}}";
    town_sleep(town, 2000);
    CHECK_U64(view_u32(town, 3, "peers/count"), 3);
    town_chaos(town, body);
    CHECK_U64(view_u32(town, 3, "peers/count"), 3 + 5); /* one group gives five, and displaces nobody */
    uint32_t at = town_final_of(town, 3);
    town_sleep(town, 5000);
    CHECK(town_final_of(town, 3) > at + 5);
    chaos_end_all(town);
    CHECK_U64(view_u32(town, 3, "peers/count"), 3);
    town_switch(town, "vuln.no-peer-diversity", true);
    town_chaos(town, body);
    CHECK_U64(view_u32(town, 3, "peers/count"), 100);
    town_sleep(town, 1000);
    at = town_final_of(town, 3);
    town_sleep(town, 125000);
    CHECK_U64(town_final_of(town, 3), at); /* no honest peer is left, and it does not even notice */
    CHECK_U64(alerts_of(town, 3, "LOW_PEER_DIVERSITY"), 0);
    town_switch(town, "vuln.no-peer-diversity", false);
    chaos_end_all(town);
    town_sleep(town, 30000);
    CHECK(town_final_of(town, 3) > at + 20);
}
static void sybils_crowd_nobody_out_unless_their_switch_is_on(void) { run(4, flood); }

static void spoiled(struct town *town)
{
    town_chaos(town, "{\"action\":\"api_fault\",\"params\":{\"listener\":\"alpha\",\"path_prefix\":\"/testnet/block\",\"rate_bps\":10000,\"status\":503}}");
    CHECK_U64(town_status(town_get(town, "/testnet/block/height/latest")), 503);
    CHECK_U64(town_status(town_get(town, "/testnet/peers/count")), 200);
    chaos_end_all(town);
    CHECK_U64(town_status(town_get(town, "/testnet/block/height/latest")), 200);
    town_chaos(town, "{\"action\":\"api_fault\",\"params\":{\"listener\":\"alpha\",\"rate_bps\":10000,\"delay_ms\":5000}}");
    const struct instant asked = env_now(town->env);
    CHECK_U64(town_status(town_get(town, "/testnet/peers/count")), 200);
    CHECK(instant_since(env_now(town->env), asked).ns >= 5000 * NS_PER_MS);
    chaos_end_all(town);
    town_chaos(town, "{\"action\":\"api_fault\",\"params\":{\"listener\":\"alpha\",\"rate_bps\":10000,\"reset\":true}}");
    CHECK_U64(town_status(town_get(town, "/testnet/peers/count")), 0);
    chaos_end_all(town);
    CHECK_U64(town_status(town_get(town, "/testnet/peers/count")), 200);
}
static void answers_are_spoiled_late_or_lost(void) { run(4, spoiled); }

static void withholder(struct town *town)
{
    town_sleep(town, 15000);
    CHECK_U64(alerts_of(town, 1, "LOW_PARTICIPATION"), 0);
    CHECK_U64(town_code(town_admin(town, HTTP_PUT, "byzantine", "{\"validators\":\"v2\",\"mode\":\"withhold_votes\",\"params\":{\"rate_bps\":10000},\"enabled\":true}")), CODE_NONE);
    town_sleep(town, 60000);
    CHECK(alerts_of(town, 1, "LOW_PARTICIPATION") > 0 && alerts_of(town, 3, "LOW_PARTICIPATION") > 0);
}
static void whoever_hardly_votes_is_named(void) { run(4, withholder); }

static void censor(struct town *town)
{
    char body[200], text[ADDRESS_TEXT];
    struct hash id;
    for (int i = 0; i < 60; i++) {
        CHECK_U64(town_pay(town, 0, 1, 5, &id), CODE_NONE);
        CHECK_U64(town_pay(town, 1, 0, 5, &id), CODE_NONE);
        town_sleep(town, 100);
    }
    for (uint32_t view = 1; view <= 4; view++) CHECK_U64(alerts_of(town, view, "CENSORSHIP_SUSPECTED"), 0);
    address_text(&town->addresses[0], CHAIN_ALPHA, text);
    snprintf(body, sizeof(body), "{\"validators\":[\"v1\",\"v2\",\"v3\"],\"mode\":\"censor\",\"params\":{\"senders\":[\"%s\"]},\"enabled\":true}", text);
    CHECK_U64(town_code(town_admin(town, HTTP_PUT, "byzantine", body)), CODE_NONE);
    town_chaos(town, "{\"action\":\"block_capacity\",\"params\":{\"tx_per_second\":20}}");
    for (int i = 0; i < 300; i++) {
        (void)town_pay(town, 0, 1, 5, &id);
        (void)town_pay(town, 1, 0, 5, &id);
        town_sleep(town, 100);
    }
    CHECK(alerts_of(town, 4, "CENSORSHIP_SUSPECTED") > 0);
}
static void a_censor_is_suspected_and_nobody_else(void) { run(4, censor); }

int main(void)
{
    RUN(one_or_two_tentative_blocks_are_replaced_and_no_more);
    RUN(a_full_disk_silences_its_node_until_there_is_room);
    RUN(a_full_memory_takes_no_more);
    RUN(an_isolated_node_stands_says_so_and_catches_up);
    RUN(sybils_crowd_nobody_out_unless_their_switch_is_on);
    RUN(answers_are_spoiled_late_or_lost);
    RUN(whoever_hardly_votes_is_named);
    RUN(a_censor_is_suspected_and_nobody_else);
    return 0;
}
