/* Other pasts: a network goes back to a snapshot and on from there, and nothing its keys signed before convicts them; or it begins anew. */
#include "town.h"

static struct str ok(struct http_exchange *exchange)
{
    CHECK(exchange != NULL);
    const struct str body = http_response_body(exchange);
    if (http_response(exchange)->status >= 300) CHECK_FAIL("%u: " STR_FMT, http_response(exchange)->status, STR_ARG(body));
    return body;
}

static uint32_t info_timeline(struct town *town)
{
    struct err err;
    struct http_exchange *exchange = town_admin(town, HTTP_GET, "info", "");
    const struct admin_info *info = wire_object(exchange, &wire_admin_info, &err);
    CHECK(info != NULL);
    const uint32_t timeline = info->timeline;
    http_exchange_free(exchange);
    return timeline;
}

static struct amount free_of(struct town *town, uint32_t bot, uint64_t *out_nonce)
{
    struct err err;
    char path[128], text[ADDRESS_TEXT];
    address_text(&town->addresses[bot], CHAIN_ALPHA, text);
    snprintf(path, sizeof(path), "/testnet/account/%s", text);
    struct http_exchange *exchange = town_get(town, path);
    const struct account_view *account = wire_object(exchange, &wire_account, &err);
    CHECK(account && account->balances_count > 0);
    const struct amount free = account->balances[0].free;
    *out_nonce = account->nonce;
    http_exchange_free(exchange);
    return free;
}

static uint32_t final_on(struct town *town, const char *origin)
{
    struct err err;
    const bool delta = str_eq(str_of(origin), STR("delta"));
    struct http_exchange *exchange = town_get_on(town, str_of(origin), delta ? "/mainnet/block/height/finalized" : "/testnet/block/height/finalized");
    const struct bare_u32 *bare = wire_object_on(delta ? CHAIN_DELTA : CHAIN_ALPHA, exchange, &wire_u32, &err);
    CHECK(bare != NULL);
    const uint32_t height = bare->value;
    http_exchange_free(exchange);
    return height;
}

/* No view has seen any key break a rule. */
static void nobody_is_convicted(struct town *town, uint32_t validators)
{
    for (uint32_t i = 1; i <= validators; i++) {
        struct err err;
        char path[64];
        snprintf(path, sizeof(path), "/node/v%u/testnet/evidence", i);
        struct http_exchange *exchange = town_get(town, path);
        const struct page *page = wire_object(exchange, &wire_evidence_page, &err);
        CHECK(page && page->count == 0);
        http_exchange_free(exchange);
    }
}

/* `ctx`: how many blocks are made between snapshot and restore. */
static void back_here(struct town *town)
{
    const uint32_t more = *(const uint32_t *)town->ctx;
    struct hash before, after;
    uint64_t nonce;
    CHECK_U64(town_pay(town, 0, 1, 1000, &before), CODE_NONE);
    CHECK_U64(town_tx_status(town, &before, "finalized"), TX_FINALIZED);
    const struct amount then = free_of(town, 0, &nonce);
    struct http_exchange *exchange = town_admin(town, HTTP_POST, "snapshot", "{}");
    const struct str snapshot = ok(exchange);
    CHECK(str_starts(snapshot, STR("{\"snapshot_id\":\"s1\"")));
    http_exchange_free(exchange);
    const uint32_t alpha = town_final(town), delta = final_on(town, "delta");
    CHECK_U64(town_pay(town, 0, 1, 77000, &after), CODE_NONE);
    CHECK_U64(town_tx_status(town, &after, "finalized"), TX_FINALIZED);
    while (town_final(town) < alpha + more) town_sleep(town, 500);
    http_exchange_free((exchange = town_admin(town, HTTP_POST, "restore", "{\"snapshot_id\":\"s1\"}")));
    CHECK_U64(info_timeline(town), 1);
    CHECK(town_final(town) <= alpha && final_on(town, "delta") <= delta);
    CHECK_U64(town_tx_status(town, &after, NULL), TX_STATUS_DROPPED + 1); /* nobody knows it any more */
    CHECK_U64(town_tx_status(town, &before, NULL), TX_FINALIZED);
    CHECK(amount_eq(free_of(town, 0, &nonce), then));
    CHECK_U64(nonce, 1);
    /* The chains go on, and the money can be spent once more. */
    town->nonces[0] = 1;
    CHECK_U64(town_pay(town, 0, 2, 5, &after), CODE_NONE);
    CHECK_U64(town_tx_status(town, &after, "finalized"), TX_FINALIZED);
    while (town_final(town) < alpha + 6 || final_on(town, "delta") < delta + 6) town_sleep(town, 500);
    nobody_is_convicted(town, 4);
    town_check_audit(town, "audit?at=head");
    /* Twice, to the same place. */
    http_exchange_free(town_admin(town, HTTP_POST, "restore", "{\"snapshot_id\":\"s1\"}"));
    CHECK(town_final(town) <= alpha);
    while (town_final(town) < alpha + 6) town_sleep(town, 500);
    CHECK_U64(info_timeline(town), 2);
    nobody_is_convicted(town, 4);
}

static void a_restore_takes_final_blocks_back_and_convicts_nobody(void)
{
    const struct devnet_parameter epochs[] = {{STR("epoch_blocks"), STR("10")}};
    uint32_t more[] = {3, 60, 25};
    for (size_t i = 0; i < ARRAY_LEN(more); i++)
        (void)town_run((struct town_config){.validators = 4, .seed = 41 + i, .delta = true, .ed25519 = i == 0, .parameters = epochs, .parameters_count = i == 2}, back_here, &more[i]);
}

/* Crashed ones come back to the same past; who is down at the restore joins later. */
static void crashed_here(struct town *town)
{
    while (town_final(town) < 5) town_sleep(town, 500);
    http_exchange_free(town_admin(town, HTTP_POST, "snapshot", ""));
    const uint32_t then = town_final(town);
    town_chaos(town, "{\"action\":\"crash\",\"params\":{\"targets\":\"v4\"}}");
    while (town_final(town) < then + 5) town_sleep(town, 500);
    http_exchange_free(town_admin(town, HTTP_POST, "restore", "{\"snapshot_id\":\"s1\"}"));
    CHECK(town_final(town) <= then);
    CHECK_U64(town_code(town_get(town, "/node/v4/testnet/block/latest")), CODE_NODE_UNAVAILABLE);
    CHECK_U64(town_status(town_admin(town, HTTP_DELETE, "chaos", "")), 200);
    while (town_u32(town, "/node/v4/testnet/block/height/finalized") < then + 5) town_sleep(town, 500);
    nobody_is_convicted(town, 4);
}
static void who_was_down_joins_the_restored_chain(void) { (void)town_run((struct town_config){.validators = 4, .seed = 51}, crashed_here, NULL); }

static void anew_here(struct town *town)
{
    struct hash id;
    CHECK_U64(town_pay(town, 0, 1, 1000, &id), CODE_NONE);
    CHECK_U64(town_tx_status(town, &id, "finalized"), TX_FINALIZED);
    http_exchange_free(town_admin(town, HTTP_POST, "snapshot", ""));
    town_chaos(town, "{\"action\":\"latency\",\"params\":{\"from\":\"*\",\"to\":\"*\",\"delay_ms\":5}}");
    struct http_exchange *exchange = town_admin(town, HTTP_POST, "reset", "{\"rng\":77,\"validators\":5}");
    CHECK_STR(ok(exchange), STR("{\"timeline\":1}"));
    http_exchange_free(exchange);
    CHECK(town_final(town) == 0 && final_on(town, "delta") == 0);
    CHECK_U64(town_code(town_get(town, "/node/v5/testnet/block/latest")), CODE_NONE);
    CHECK_U64(town_tx_status(town, &id, NULL), TX_STATUS_DROPPED + 1);
    CHECK_U64(town_code(town_admin(town, HTTP_POST, "restore", "{\"snapshot_id\":\"s1\"}")), CODE_INVALID_PARAMETER);
    town->nonces[0] = 0;
    CHECK_U64(town_pay(town, 0, 1, 1000, &id), CODE_NONE); /* its genesis holds what the first one held */
    CHECK_U64(town_tx_status(town, &id, "finalized"), TX_FINALIZED);
    while (final_on(town, "delta") < 3) town_sleep(town, 500);
    town_check_audit(town, "audit?at=head");
    http_exchange_free(town_admin(town, HTTP_POST, "reset", "{\"validators\":1}"));
    while (town_final(town) < 3) town_sleep(town, 500);
    CHECK_U64(info_timeline(town), 2);
}
static void a_reset_is_another_network(void)
{
    (void)town_run((struct town_config){.validators = 4, .seed = 61, .delta = true}, anew_here, NULL);
    const struct hash a = town_run((struct town_config){.validators = 4, .seed = 62, .delta = true}, anew_here, NULL).digest;
    const struct hash b = town_run((struct town_config){.validators = 4, .seed = 62, .delta = true, .wire = WIRE_TEXT}, anew_here, NULL).digest;
    CHECK(hash_eq(&a, &b));
}

int main(void)
{
    RUN(a_restore_takes_final_blocks_back_and_convicts_nobody);
    RUN(who_was_down_joins_the_restored_chain);
    RUN(a_reset_is_another_network);
    return 0;
}
