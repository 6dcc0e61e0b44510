/* Two chains of the same validators: each goes its own way, answers for itself, and falls and heals as the admin API says. */
#include "town.h"

static const struct http_response *ok(struct http_exchange *exchange)
{
    CHECK(exchange != NULL);
    const struct http_response *response = http_response(exchange);
    if (response->status >= 300) CHECK_FAIL("%u: " STR_FMT, response->status, STR_ARG(http_response_body(exchange)));
    return response;
}

static uint32_t number_on(struct town *town, const char *origin, const char *path)
{
    struct err err;
    struct http_exchange *exchange = town_get_on(town, str_of(origin), path);
    (void)ok(exchange);
    const enum chain_id chain = str_eq(str_of(origin), STR("delta")) ? CHAIN_DELTA : CHAIN_ALPHA;
    const struct bare_u32 *bare = wire_object_on(chain, exchange, &wire_u32, &err);
    CHECK(bare != NULL);
    const uint32_t value = bare->value;
    http_exchange_free(exchange);
    return value;
}
static uint32_t delta_final(struct town *town) { return number_on(town, "delta", "/mainnet/block/height/finalized"); }
static uint32_t delta_height(struct town *town) { return number_on(town, "delta", "/mainnet/block/height/latest"); }

static struct tx *delta_transfer(struct town *town, uint32_t from, uint32_t to, uint64_t nonce, uint64_t amount)
{
    struct apierror error;
    const struct tx_spec spec = {
        .domain = domain_of(CHAIN_DELTA, NETWORK_MAINNET),
        .kind = KIND_DELTA_TRANSFER,
        .nonce = nonce,
        .fee = AMOUNT(2000),
        .token = TOKEN_DX,
        .to = town->addresses[to],
        .amount = AMOUNT(amount),
    };
    struct tx *tx = tx_build(&spec, town->suite, &town->bots[from], &error);
    if (!tx) CHECK_FAIL("no transfer: %s", error.message);
    return tx;
}

static enum code send_to(struct town *town, const char *origin, const char *path, struct tx *tx)
{
    return town_code(town_call(town, str_of(origin), &(struct http_request){.method = HTTP_POST, .path = str_of(path), .shape = &wire_transaction, .object = tx}));
}

static bool dx_of(struct town *town, uint32_t bot, struct amount *out)
{
    struct err err;
    char path[128], address[ADDRESS_TEXT];
    address_text(&town->addresses[bot], CHAIN_DELTA, address);
    snprintf(path, sizeof(path), "/mainnet/account/%.*s", (int)ADDRESS_TEXT, address);
    struct http_exchange *exchange = town_get_on(town, STR("delta"), path);
    (void)ok(exchange);
    const struct account_view *account = wire_object_on(CHAIN_DELTA, exchange, &wire_account, &err);
    CHECK(account != NULL);
    bool found = false;
    for (uint32_t i = 0; i < account->balances_count; i++) {
        if (account->balances[i].token != TOKEN_DX) continue;
        *out = account->balances[i].free;
        found = true;
    }
    http_exchange_free(exchange);
    return found;
}

static void both_chains_here(struct town *town)
{
    struct hash id;
    CHECK_U64(town_pay(town, 0, 1, 500, &id), CODE_NONE);
    struct tx *tx = delta_transfer(town, 2, 3, 0, 700);
    CHECK_U64(send_to(town, "alpha", "/testnet/transaction/broadcast", tx), CODE_INVALID_CHAIN_ID);
    CHECK_U64(send_to(town, "delta", "/testnet/transaction/broadcast", tx), CODE_NETWORK_MISMATCH);
    CHECK_U64(send_to(town, "delta", "/mainnet/transaction/broadcast", tx), CODE_NONE);
    tx_unref(tx);
    CHECK_U64(town_tx_status(town, &id, "finalized"), TX_FINALIZED);
    while (delta_final(town) < 4) town_sleep(town, 200);
    struct amount amount;
    CHECK(dx_of(town, 3, &amount) && amount_eq(amount, AMOUNT(1000000700)));
    CHECK(dx_of(town, 2, &amount) && amount_eq(amount, AMOUNT(1000000000 - 700 - 2000)));
    CHECK(town_final(town) >= 3);
    /* Views of both, each by its own listener; a route of the other chain is named as such. */
    CHECK(number_on(town, "delta", "/node/v3/mainnet/block/height/latest") > 0);
    CHECK(number_on(town, "alpha", "/v2/node/v3/testnet/block/height/latest") > 0);
    CHECK_U64(town_code(town_get_on(town, STR("delta"), "/mainnet/program/token")), CODE_UNKNOWN_METHOD);
    CHECK_U64(town_code(town_get_on(town, STR("delta"), "/node/v9/mainnet/block/latest")), CODE_NODE_NOT_FOUND);
}

static void each_chain_finalizes_its_own_transfers(void)
{
    const enum http_wire wires[] = {WIRE_STRUCT, WIRE_TEXT};
    for (size_t i = 0; i < ARRAY_LEN(wires); i++)
        (void)town_run((struct town_config){.validators = 4, .seed = 3, .delta = true, .wire = wires[i]}, both_chains_here, NULL);
}

static void info_and_nodes_here(struct town *town)
{
    struct err err;
    struct http_exchange *exchange = town_get_on(town, STR("delta"), "/mainnet/node/info");
    (void)ok(exchange);
    const struct node_info *info = wire_object_on(CHAIN_DELTA, exchange, &wire_node_info, &err);
    CHECK(info && info->chain == CHAIN_DELTA && info->network_id == 18 && info->block_interval_ms == 500);
    http_exchange_free(exchange);
    exchange = town_admin(town, HTTP_GET, "nodes", "");
    const struct page *page = wire_object(exchange, &wire_admin_node_list, &err);
    CHECK(page && page->count == 8);
    const struct admin_node *nodes = page->items;
    for (uint32_t i = 0; i < 8; i++) CHECK_U64(nodes[i].chain, i < 4 ? CHAIN_ALPHA : CHAIN_DELTA);
    CHECK(memcmp(&nodes[0].address, &nodes[4].address, sizeof(nodes[0].address)) == 0);
    const struct str body = http_response_body(exchange);
    CHECK(memmem(body.data, body.len, "\"dx1", 4) != NULL);
    http_exchange_free(exchange);
    /* One committee at the start: the same keys and stakes. */
    struct http_exchange *a = town_get(town, "/testnet/committee/latest"), *d = town_get_on(town, STR("delta"), "/mainnet/committee/latest");
    const struct committee_view *alpha = wire_object(a, &wire_committee, &err), *delta = wire_object_on(CHAIN_DELTA, d, &wire_committee, &err);
    CHECK(alpha && delta && hash_eq(&alpha->committee->hash, &delta->committee->hash));
    http_exchange_free(a);
    http_exchange_free(d);
}

static void both_chains_tell_who_they_are(void)
{
    (void)town_run((struct town_config){.validators = 4, .seed = 4, .delta = true}, info_and_nodes_here, NULL);
    (void)town_run((struct town_config){.validators = 4, .seed = 4, .delta = true, .wire = WIRE_TEXT}, info_and_nodes_here, NULL);
}

static void faucet_here(struct town *town)
{
    struct err err;
    char body[512], ax[ADDRESS_TEXT], dx[ADDRESS_TEXT];
    address_text(&town->addresses[0], CHAIN_ALPHA, ax);
    address_text(&town->addresses[0], CHAIN_DELTA, dx);
    snprintf(body, sizeof(body), "{\"grants\":[{\"address\":\"%s\",\"token\":\"AX\",\"amount\":\"5\"},{\"address\":\"%s\",\"token\":\"DX\",\"amount\":\"7\"},"
                                 "{\"address\":\"%s\",\"token\":\"USD\",\"amount\":\"9\"}]}", ax, dx, dx);
    struct http_exchange *exchange = town_admin(town, HTTP_POST, "faucet", body);
    (void)ok(exchange);
    const struct admin_faucet *faucet = wire_object(exchange, &wire_admin_faucet, &err);
    CHECK(faucet && faucet->granted == 3 && faucet->alpha_height.has && faucet->delta_height.has);
    const uint32_t at = faucet->delta_height.value;
    http_exchange_free(exchange);
    snprintf(body, sizeof(body), "{\"address\":\"%s\",\"token\":\"DX\",\"amount\":\"7\"}", ax);
    CHECK_U64(town_code(town_admin(town, HTTP_POST, "faucet", body)), CODE_INVALID_CHAIN_ID);
    while (delta_final(town) <= at) town_sleep(town, 200);
    struct amount amount;
    CHECK(dx_of(town, 0, &amount) && amount_eq(amount, AMOUNT(1000000007)));
    exchange = town_admin(town, HTTP_GET, "audit", "");
    const struct audit_view *audit = wire_object(exchange, &wire_audit, &err);
    CHECK(audit && audit->ok && audit->has_alpha && audit->has_delta);
    CHECK_U64(audit->delta.tokens_count, 3);
    http_exchange_free(exchange);
}

static void grants_go_to_the_chain_of_their_token(void) { (void)town_run((struct town_config){.validators = 4, .seed = 5, .delta = true}, faucet_here, NULL); }

static void chaos_here(struct town *town)
{
    while (delta_height(town) < 4) town_sleep(town, 200);
    /* Two of four on Delta alone: it halts, Alpha goes on. */
    town_chaos(town, "{\"action\":\"crash\",\"chain\":\"delta\",\"params\":{\"targets\":[\"v3\",\"v4\"]}}");
    town_sleep(town, 2000);
    const uint32_t delta = delta_final(town), alpha = town_final(town);
    town_sleep(town, 5000);
    CHECK_U64(delta_final(town), delta);
    CHECK(town_final(town) > alpha);
    CHECK_U64(town_code(town_get_on(town, STR("delta"), "/node/v3/mainnet/block/latest")), CODE_NODE_UNAVAILABLE);
    CHECK_U64(town_code(town_get(town, "/node/v3/testnet/block/latest")), CODE_NONE);
    (void)town_status(town_admin(town, HTTP_DELETE, "chaos", ""));
    town_sleep(town, 8000);
    CHECK(delta_final(town) > delta);
    /* Without a chain both fall: the machine is down. */
    town_chaos(town, "{\"action\":\"crash\",\"params\":{\"targets\":[\"v1\"]}}");
    CHECK_U64(town_code(town_get(town, "/node/v1/testnet/block/latest")), CODE_NODE_UNAVAILABLE);
    CHECK_U64(town_code(town_get_on(town, STR("delta"), "/node/v1/mainnet/block/latest")), CODE_NODE_UNAVAILABLE);
    CHECK(number_on(town, "delta", "/mainnet/block/height/latest") > 0); /* v2 is the gateway now */
    (void)town_status(town_admin(town, HTTP_DELETE, "chaos", ""));
    CHECK_U64(town_code(town_admin(town, HTTP_POST, "chaos", "{\"action\":\"heal\",\"chain\":\"gamma\"}")), CODE_INVALID_PARAMETER);
}

static void chaos_hits_the_chains_it_names(void) { (void)town_run((struct town_config){.validators = 4, .seed = 6, .delta = true}, chaos_here, NULL); }

static void steps_here(struct town *town)
{
    struct err err;
    struct http_exchange *exchange = town_admin(town, HTTP_POST, "step", "{\"chain\":\"delta\",\"blocks\":3}");
    (void)ok(exchange);
    const struct admin_step *step = wire_object(exchange, &wire_admin_step, &err);
    CHECK(step && step->heights_count == 2);
    CHECK_U64(step->heights[0].height, 0);
    CHECK(step->heights[1].height >= 3);
    http_exchange_free(exchange);
    (void)ok(exchange = town_admin(town, HTTP_POST, "step", "{\"blocks\":2}"));
    step = wire_object(exchange, &wire_admin_step, &err);
    CHECK(step->heights[0].height >= 2 && step->heights[1].height >= 5); /* the highest of any view */
    http_exchange_free(exchange);
    const uint32_t delta = delta_height(town);
    CHECK(delta >= 4);
    town_sleep(town, 5000);
    CHECK(delta_height(town) <= delta + 1); /* manual again */
}

static void a_step_moves_one_chain_or_both(void) { (void)town_run((struct town_config){.validators = 4, .seed = 7, .delta = true, .manual = true}, steps_here, NULL); }

int main(void)
{
    RUN(each_chain_finalizes_its_own_transfers);
    RUN(both_chains_tell_who_they_are);
    RUN(grants_go_to_the_chain_of_their_token);
    RUN(chaos_hits_the_chains_it_names);
    RUN(a_step_moves_one_chain_or_both);
    return 0;
}
