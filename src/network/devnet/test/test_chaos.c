/* Faults asked for through the admin API: each must bite, and the network must come back when it ends. */
#include "town.h"

#define INTERVAL 500

static void wait_final_above(struct town *town, uint32_t height)
{
    for (int i = 0; i < 600; i++) {
        const uint32_t final = town_final(town);
        if (final != UINT32_MAX && final > height) return;
        town_sleep(town, 100);
    }
    CHECK_FAIL("no final block above %u", height);
}

/* No new final block in five simulated seconds, once what was in flight has landed. */
static void check_halted(struct town *town)
{
    town_sleep(town, 5000);
    const uint32_t before = town_final(town);
    town_sleep(town, 5000);
    CHECK_U64(town_final(town), before);
}

static void check_final(struct town *town, const struct hash *id)
{
    for (int i = 0; i < 10; i++) {
        const uint32_t status = town_tx_status(town, id, "finalized");
        if (status == TX_FINALIZED) return;
        town_sleep(town, 1000);
    }
    CHECK_FAIL("a transaction did not become final");
}

/* All views agree on the block at the lowest final height, and none lags behind. */
static void check_agree(struct town *town, uint32_t validators)
{
    struct err err;
    char path[96];
    uint32_t low = UINT32_MAX;
    for (uint32_t i = 1; i <= validators; i++) {
        snprintf(path, sizeof(path), "/node/v%u/testnet/block/height/finalized", i);
        const uint32_t final = town_u32(town, path);
        CHECK(final != UINT32_MAX);
        low = MIN(low, final);
    }
    struct hash first = {0};
    for (uint32_t i = 1; i <= validators; i++) {
        snprintf(path, sizeof(path), "/node/v%u/testnet/block/%u", i, low);
        struct http_exchange *exchange = town_get(town, path);
        CHECK(exchange != NULL);
        const struct block_view *block = wire_object(exchange, &wire_block, &err);
        CHECK(block != NULL);
        CHECK_U64(block->status, BLOCK_FINALIZED);
        if (i == 1) first = block->hash;
        CHECK(hash_eq(&first, &block->hash));
        http_exchange_free(exchange);
    }
}

static void one_of_four_down(struct town *town)
{
    struct hash id;
    wait_final_above(town, 2);
    town_chaos(town, "{\"action\":\"crash\",\"params\":{\"targets\":\"v4\"}}");
    const uint32_t before = town_final(town);
    CHECK_U64(town_pay(town, 0, 1, 5, &id), CODE_NONE);
    check_final(town, &id);
    wait_final_above(town, before + 5);
    CHECK_U64(town_code(town_get(town, "/node/v4/testnet/block/height/latest")), CODE_NODE_UNAVAILABLE);
    town_chaos(town, "{\"action\":\"crash\",\"params\":{\"targets\":\"v3\"}}");
    check_halted(town);
    CHECK_U64(town_pay(town, 0, 1, 6, &id), CODE_NONE);
    town_chaos(town, "{\"action\":\"restart\",\"params\":{\"targets\":[\"v3\"]}}");
    check_final(town, &id);
    town_chaos(town, "{\"action\":\"restart\",\"params\":{\"targets\":{\"count\":1}}}");
    town_sleep(town, 5000);
    check_agree(town, 4);
}

static void a_quorum_goes_on_and_less_halts(void) { (void)town_run((struct town_config){.validators = 4, .seed = 11}, one_of_four_down, NULL); }

static void all_crash_and_return(struct town *town)
{
    struct hash id;
    wait_final_above(town, 5);
    CHECK_U64(town_pay(town, 0, 1, 5, &id), CODE_NONE);
    town_sleep(town, 300);
    const uint32_t before = town_final(town);
    town_chaos(town, "{\"action\":\"crash\",\"params\":{\"targets\":\"*\",\"method\":\"kill\"}}");
    CHECK_U64(town_code(town_get(town, "/testnet/block/height/latest")), CODE_NODE_UNAVAILABLE);
    town_sleep(town, 3000);
    town_chaos(town, "{\"action\":\"restart\",\"params\":{\"targets\":\"*\"}}");
    CHECK(town_final(town) >= before - 3 && town_final(town) != UINT32_MAX);
    wait_final_above(town, before + 3);
    check_agree(town, 4);
}

static void a_network_survives_the_crash_of_all(void)
{
    for (uint64_t seed = 1; seed <= 5; seed++) (void)town_run((struct town_config){.validators = 4, .seed = seed}, all_crash_and_return, NULL);
}

static void halves(struct town *town)
{
    struct hash id;
    wait_final_above(town, 2);
    town_chaos(town, "{\"action\":\"partition\",\"params\":{\"groups\":[[\"v1-v2\"],[\"v3-v4\"]]}}");
    check_halted(town);
    CHECK_U64(town_pay(town, 0, 1, 5, &id), CODE_NONE);
    town_sleep(town, 1000);
    CHECK(town_tx_status(town, &id, NULL) <= TX_CERTIFIED);
    const uint32_t before = town_final(town);
    town_chaos(town, "{\"action\":\"heal\"}");
    wait_final_above(town, before + 2);
    check_final(town, &id);
    town_sleep(town, 2000);
    check_agree(town, 4);
}

static void a_partition_halts_and_heals(void) { (void)town_run((struct town_config){.validators = 4, .seed = 3}, halves, NULL); }

static void wiped(struct town *town)
{
    wait_final_above(town, 80);
    town_chaos(town, "{\"action\":\"crash\",\"params\":{\"targets\":\"v2\"}}");
    town_chaos(town, "{\"action\":\"restart\",\"params\":{\"targets\":\"v2\",\"wipe\":true}}");
    CHECK_U64(town_u32(town, "/node/v2/testnet/block/height/finalized"), 0);
    town_sleep(town, 10000);
    CHECK(town_u32(town, "/node/v2/testnet/block/height/finalized") > 80);
    check_agree(town, 4);
}

static void a_wiped_node_catches_up(void) { (void)town_run((struct town_config){.validators = 4, .seed = 3}, wiped, NULL); }

static void epochs(struct town *town)
{
    wait_final_above(town, 45);
    town_chaos(town, "{\"action\":\"crash\",\"params\":{\"targets\":\"v2\"}}");
    wait_final_above(town, 75);
    town_chaos(town, "{\"action\":\"restart\",\"params\":{\"targets\":\"v2\"}}");
    town_sleep(town, 8000);
    check_agree(town, 4);
    town_chaos(town, "{\"action\":\"restart\",\"params\":{\"targets\":\"v3\",\"wipe\":true}}");
    town_sleep(town, 8000);
    check_agree(town, 4);
}

static void epochs_pass_with_nodes_away(void)
{
    const struct devnet_parameter short_epochs[] = {{STR("epoch_blocks"), STR("10")}};
    (void)town_run((struct town_config){.validators = 4, .seed = 3, .listens = true, .parameters = short_epochs, .parameters_count = 1}, epochs, NULL);
}

static void paused(struct town *town)
{
    wait_final_above(town, 2);
    town_chaos(town, "{\"action\":\"pause\",\"params\":{\"targets\":\"v1\"},\"duration_ms\":4000}");
    CHECK_U64(town_code(town_get(town, "/node/v1/testnet/block/height/latest")), CODE_NODE_UNAVAILABLE);
    const uint32_t before = town_final(town);
    wait_final_above(town, before + 3);
    town_sleep(town, 6000);
    check_agree(town, 4); /* it has resumed by itself */
}

static void a_paused_node_resumes_by_itself(void) { (void)town_run((struct town_config){.validators = 4, .seed = 3}, paused, NULL); }

static void weather(struct town *town)
{
    struct hash id;
    wait_final_above(town, 2);
    town_chaos(town, "{\"action\":\"loss\",\"params\":{\"from\":\"*\",\"to\":\"*\",\"rate_bps\":1000}}");
    town_chaos(town, "{\"action\":\"latency\",\"params\":{\"from\":\"v1\",\"to\":\"*\",\"delay_ms\":50,\"jitter_ms\":20}}");
    town_chaos(town, "{\"action\":\"duplicate\",\"params\":{\"rate_bps\":2000,\"copies\":2}}");
    town_chaos(town, "{\"action\":\"reorder\",\"params\":{\"rate_bps\":2000,\"window_ms\":100}}");
    town_chaos(town, "{\"action\":\"clock_skew\",\"params\":{\"targets\":\"v3\",\"offset_ms\":2000,\"drift_ppm\":100}}");
    for (uint32_t i = 0; i < 10; i++) {
        CHECK_U64(town_pay(town, 0, 1, 5 + i, &id), CODE_NONE);
        town_sleep(town, 500);
    }
    check_final(town, &id);
    CHECK_U64(town_status(town_admin(town, HTTP_DELETE, "chaos", "")), 200);
    town_sleep(town, 5000);
    check_agree(town, 7);
}

static void bad_weather_passes(void) { (void)town_run((struct town_config){.validators = 7, .seed = 9}, weather, NULL); }

static void waits_across_restart(struct town *town)
{
    struct hash id;
    wait_final_above(town, 2);
    town_chaos(town, "{\"action\":\"crash\",\"params\":{\"targets\":\"v3-v4\"}}");
    check_halted(town);
    CHECK_U64(town_pay(town, 0, 1, 5, &id), CODE_NONE);
    town_sleep(town, 50);
    town_chaos(town, "{\"action\":\"crash\",\"params\":{\"targets\":\"v1\"},\"duration_ms\":3000}");
    /* v2 is the gateway now, and has the transaction by gossip. */
    CHECK(town_tx_status(town, &id, NULL) <= TX_CERTIFIED);
    town_chaos(town, "{\"action\":\"restart\",\"params\":{\"targets\":\"v3-v4\"}}");
    check_final(town, &id);
}

static void a_wait_is_answered_across_restarts(void) { (void)town_run((struct town_config){.validators = 4, .seed = 3}, waits_across_restart, NULL); }

/* ---- somebody waits at a node that stops ---- */

struct patient {
    struct town *town;
    struct hash id;
    uint32_t status;
    bool done;
};

static void wait_there(void *arg)
{
    struct patient *patient = arg;
    patient->status = town_tx_status(patient->town, &patient->id, "finalized");
    patient->done = true;
}

static void stops_while_waited_on(struct town *town)
{
    static const char *const stops[] = {"pause", "crash"};
    for (size_t i = 0; i < ARRAY_LEN(stops); i++) {
        char body[120];
        struct patient patient = {.town = town};
        wait_final_above(town, 2);
        town_chaos(town, "{\"action\":\"partition\",\"params\":{\"groups\":[[\"v1-v2\"]]}}"); /* so that it does not become final meanwhile */
        town_sleep(town, 3000);
        CHECK_U64(town_pay(town, 0, 1, 5, &patient.id), CODE_NONE);
        (void)fiber_spawn(town->env, wait_there, &patient);
        town_sleep(town, 1000);
        CHECK(!patient.done);
        snprintf(body, sizeof(body), "{\"action\":\"%s\",\"params\":{\"targets\":\"v1\"},\"duration_ms\":2000}", stops[i]);
        town_chaos(town, body);
        town_sleep(town, 100);
        CHECK(patient.done && patient.status == TX_STATUS_DROPPED + 1); /* told that nobody answers, not left to its deadline */
        town_chaos(town, "{\"action\":\"heal\"}");
        town_sleep(town, 8000);
        check_final(town, &patient.id);
        check_agree(town, 4);
    }
}

static void who_waits_at_a_node_that_stops_is_told(void) { (void)town_run((struct town_config){.validators = 4, .seed = 8}, stops_while_waited_on, NULL); }

int main(void)
{
    RUN(who_waits_at_a_node_that_stops_is_told);
    RUN(a_quorum_goes_on_and_less_halts);
    RUN(a_network_survives_the_crash_of_all);
    RUN(a_partition_halts_and_heals);
    RUN(a_wiped_node_catches_up);
    RUN(epochs_pass_with_nodes_away);
    RUN(a_paused_node_resumes_by_itself);
    RUN(bad_weather_passes);
    RUN(a_wait_is_answered_across_restarts);
    return 0;
}
