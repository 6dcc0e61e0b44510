/* Clients against a server that says anything: every way a call can end has its name, and what is no answer to the question is a
 * finding. */
#include "tester/client/admin.h"
#include "tester/client/alpha.h"

#include "core/base/check.h"
#include "world/sim/sim.h"

/* ---- a server that answers what the test tells it ---- */
static struct sim *sim;
static struct env *env;
static struct http_net *net;
static struct http_client *client;
static struct host server, home;
static enum http_wire wire;

static uint16_t say_status;
static const char *say_body; /* NULL: never answers */
static struct http_header say_header;
static char asked[1000]; /* method path?query, then the headers of interest */
static struct str asked_body;
static char body_seen[2000];

static void refuse(struct http_exchange *exchange, uint16_t status)
{
    http_respond(exchange, &(struct http_response){.status = status, .body = STR("{}")});
}
static const struct http_limits limits = {.refuse = refuse};

static void server_receive(void *ctx, struct host from, struct packet *packet)
{
    (void)ctx, (void)from;
    struct http_exchange *exchange = http_packet_exchange(packet, &limits);
    if (exchange == NULL) return;
    static const char *const methods[] = {"GET", "POST", "PUT", "DELETE", "?"};
    const struct http_request *request = http_request(exchange);
    const struct str token = http_header_find(request->headers, request->headers_count, STR("authorization"));
    const struct str id = http_header_find(request->headers, request->headers_count, STR("x-client-id"));
    snprintf(asked, sizeof(asked), "%s " STR_FMT "%s" STR_FMT "%s" STR_FMT "%s" STR_FMT, methods[request->method],
             STR_ARG(request->path), request->query.len > 0 ? "?" : "", STR_ARG(request->query), token.len > 0 ? " auth=" : "",
             STR_ARG(token), id.len > 0 ? " client=" : "", STR_ARG(id));
    const struct str body = http_request_body(exchange);
    asked_body = (struct str){body_seen, MIN(body.len, sizeof(body_seen))};
    if (asked_body.len > 0) memcpy(body_seen, body.data, asked_body.len);
    if (say_body == NULL) return;
    struct http_response response = {.status = say_status, .body = str_dup(http_arena(exchange), str_of(say_body))};
    if (say_header.name.len > 0) response.headers[response.headers_count++] = say_header;
    http_respond(exchange, &response);
}
static const struct host_ops server_ops = {.receive = server_receive};

static void home_receive(void *ctx, struct host from, struct packet *packet)
{
    (void)ctx;
    if (http_is_answer(packet)) http_client_receive(client, from, packet);
}
static const struct host_ops home_ops = {.receive = home_receive};

static struct host pick(void *ctx, struct str path)
{
    (void)ctx, (void)path;
    return server;
}

static void (*body_run)(void);
static volatile bool over;
static void fiber_main(void *arg)
{
    (void)arg;
    body_run();
    over = true;
}

static void with_world(void (*body)(void))
{
    for (wire = WIRE_STRUCT; wire <= WIRE_TEXT; wire++) {
        sim = sim_new(1, sim_model_default(), NULL);
        env = sim_env(sim);
        net = http_net_new(env, wire);
        server = env_host_open(env, STR("server"), &server_ops, NULL);
        home = env_host_open(env, STR("home"), &home_ops, NULL);
        sim_host_is_client(sim, home);
        http_net_listen(net, STR("alpha"), pick, NULL);
        http_net_listen(net, STR("admin"), pick, NULL);
        client = http_client_new(net, home);
        body_run = body;
        over = false;
        say_header = (struct http_header){0};
        (void)fiber_spawn(env, fiber_main, NULL);
        (void)sim_run(sim, instant_add(INSTANT_GENESIS, duration_s(3600)), &over);
        CHECK(over);
        http_client_free(client);
        http_net_free(net);
        sim_free(sim);
    }
}

static struct alpha alpha_here(void) { return (struct alpha){.http = client, .origin = STR("alpha")}; }
static struct instant soon(void) { return instant_add(env_now(env), duration_s(1)); }

static void say(uint16_t status, const char *body)
{
    say_status = status;
    say_body = body;
}

static struct answer answer;
static enum answer_status ask_height(void)
{
    const struct alpha alpha = alpha_here();
    uint32_t height = 77;
    const bool good = alpha_height(&alpha, soon(), &height, &answer);
    CHECK(good == (answer.status == ANSWER_OK));
    CHECK(good || height == 77);
    return answer.status;
}

/* ---- claims ---- */

static void ends_here(void)
{
    say(200, "5");
    CHECK_U64(ask_height(), ANSWER_OK);
    CHECK_U64(answer.http, 200);
    answer_done(&answer);
    say(404, "{\"error\":{\"code\":\"BLOCK_NOT_FOUND\",\"message\":\"no such block\",\"field\":\"height\",\"suggestion\":null}}");
    CHECK_U64(ask_height(), ANSWER_REFUSED);
    CHECK_U64(answer.code, CODE_BLOCK_NOT_FOUND);
    CHECK_STR(str_of(answer.error->field), STR("height"));
    answer_done(&answer);
    say_body = NULL;
    const struct instant before = env_now(env);
    CHECK_U64(ask_height(), ANSWER_TIMED_OUT);
    CHECK_U64(instant_since(env_now(env), before).ns, NS_PER_S);
    CHECK(answer.fault != NULL && answer.exchange == NULL);
    answer_done(&answer);
    env_host_down(env, server, false);
    CHECK_U64(ask_height(), ANSWER_UNREACHABLE);
    answer_done(&answer);
    answer_done(&answer); /* twice is fine */
}
static void every_end_of_a_call_has_its_name(void) { with_world(ends_here); }

static void nonsense_here(void)
{
    static const struct {
        uint16_t status;
        const char *body;
    } said[] = {
        {200, ""},
        {200, "five"},
        {200, "05"},
        {200, "-1"},
        {200, "5 5"},
        {200, "4294967296"},
        {200, "\"5\""},
        {200, "{}"},
        {200, "null"},
        {202, "5"},
        {204, ""},
        {404, "not found"},
        {404, "{}"},
        {404, "{\"error\":{\"code\":\"NO_SUCH_CODE\",\"message\":\"m\",\"field\":null,\"suggestion\":null}}"},
        {404, "{\"error\":{\"code\":\"INSUFFICIENT_BALANCE\",\"message\":\"m\",\"field\":null,\"suggestion\":null}}"},
        {500, "<html>oops</html>"},
        {503, ""},
        {418, "{\"error\":{\"code\":\"INTERNAL\",\"message\":\"m\",\"field\":null,\"suggestion\":null}}"},
    };
    for (size_t i = 0; i < ARRAY_LEN(said); i++) {
        say(said[i].status, said[i].body);
        if (ask_height() != ANSWER_MALFORMED)
            CHECK_FAIL("%u '%s' is %s", said[i].status, said[i].body, answer_status_text(answer.status));
        CHECK(answer.fault != NULL && answer.fault[0] != '\0');
        CHECK_U64(answer.http, said[i].status);
        CHECK_STR(answer_body(&answer), str_of(said[i].body));
        answer_done(&answer);
    }
}
static void what_is_no_answer_is_a_finding(void) { with_world(nonsense_here); }

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

static void other_questions_here(void)
{
    const struct alpha alpha = alpha_here();
    const struct hash id = {{1}};
    const struct address who = {{2}};
    say(200, "{\"m1\":1,\"pq\":2,\"m2\":3,\"lanes\":{\"general\":6,\"dex\":0},\"total\":7,\"capacity\":10,\"bytes\":0,\"oldest_"
             "at\":null,\"min_tip_to_enter\":\"0\","
             "\"admitted\":0,\"rejected\":{},\"evicted\":0,\"expired\":0}");
    CHECK(alpha_pool_stats(&alpha, soon(), &answer) == NULL);
    CHECK_U64(answer.status, ANSWER_MALFORMED);
    CHECK(strstr(answer.fault, "add up") != NULL);
    answer_done(&answer);
    say(200, "{\"m1\":1,\"pq\":2,\"m2\":3,\"lanes\":{\"general\":6,\"dex\":0},\"total\":6,\"capacity\":10,\"bytes\":0,\"oldest_"
             "at\":null,\"min_tip_to_enter\":\"0\","
             "\"admitted\":0,\"rejected\":{},\"evicted\":0,\"expired\":0,\"colour\":\"blue\"}");
    CHECK(alpha_pool_stats(&alpha, soon(), &answer) != NULL); /* members nobody knows are ignored */
    answer_done(&answer);
    char nobody[ADDRESS_TEXT], body[1000];
    const struct address other = {{3}};
    address_text(&other, CHAIN_ALPHA, nobody);
    snprintf(body, sizeof(body),
             "{\"address\":\"%s\",\"exists\":false,\"nonce\":0,\"pending_nonce\":0,\"balances\":[],\"staked\":\"0\",\"bonded\":[]"
             ",\"unbonding\":[],\"delegate\":null,"
             "\"roles\":[],\"height\":1}",
             nobody);
    say(200, body);
    CHECK(alpha_account(&alpha, &who, soon(), &answer) == NULL);
    CHECK_U64(answer.status, ANSWER_MALFORMED);
    answer_done(&answer);
    CHECK(alpha_account(&alpha, &other, soon(), &answer) != NULL);
    answer_done(&answer);
    say(202, "{\"transaction_id\":\"" ZEROS "\",\"status\":\"pending\",\"stage\":\"m1\",\"nonce\":0}");
    struct seckey key;
    const uint8_t seed[32] = {9};
    const struct sign_suite suite = {SIGN_ED25519};
    seckey_from_seed(suite, seed, &key);
    struct apierror error;
    const struct tx_spec spec = {.domain = {CHAIN_ALPHA, 13},
                                 .kind = KIND_ALPHA_TRANSFER,
                                 .fee = AMOUNT(1000),
                                 .token = TOKEN_AX,
                                 .to = who,
                                 .amount = AMOUNT(1)};
    struct tx *tx = tx_build(&spec, suite, &key, &error);
    CHECK(alpha_broadcast(&alpha, tx, soon(), &answer) == NULL);
    CHECK_U64(answer.status, ANSWER_MALFORMED);
    answer_done(&answer);
    CHECK_STR(asked_body, tx_bytes(tx)); /* what travels is the canonical bytes */
    char hex[65] = {0};
    str_hex(tx->id.b, 32, hex);
    snprintf(body, sizeof(body), "{\"transaction_id\":\"%s\",\"status\":\"pending\",\"stage\":\"m1\",\"nonce\":0}", hex);
    say(202, body);
    CHECK(alpha_broadcast(&alpha, tx, soon(), &answer) != NULL);
    answer_done(&answer);
    say(200, body); /* the right body under the wrong status */
    CHECK(alpha_broadcast(&alpha, tx, soon(), &answer) == NULL);
    CHECK_U64(answer.status, ANSWER_MALFORMED);
    answer_done(&answer);
    tx_unref(tx);
    say(200, "{}");
    CHECK(alpha_transaction(&alpha, &id, TX_WAIT_NONE, (struct duration){0}, soon(), &answer) == NULL);
    CHECK_U64(answer.status, ANSWER_MALFORMED);
    answer_done(&answer);
}
static void an_answer_to_another_question_is_a_finding(void) { with_world(other_questions_here); }

static void questions_here(void)
{
    struct alpha alpha = alpha_here();
    const struct hash id = {{0xab}};
    say(503, "{\"error\":{\"code\":\"NODE_UNAVAILABLE\",\"message\":\"m\",\"field\":null,\"suggestion\":null}}");
    say_header = (struct http_header){STR("retry-after"), STR("7")};
    (void)alpha_transaction(&alpha, &id, TX_WAIT_FINALIZED, duration_s(90), soon(), &answer);
    CHECK_STR(str_of(asked), STR("GET /testnet/transaction/ab000000000000000000000000000000"
                                 "00000000000000000000000000000000?wait=finalized&timeout_ms=30000"));
    CHECK_U64(answer_retry_after(&answer).ns, 7 * NS_PER_S);
    answer_done(&answer);
    alpha.view = STR("v12");
    alpha.network = NETWORK_MAINNET;
    alpha.client_id = STR("user-7");
    (void)alpha_blocks(&alpha, 3, 9, soon(), &answer);
    CHECK_STR(str_of(asked), STR("GET /node/v12/mainnet/blocks?start=3&end=9 client=user-7"));
    answer_done(&answer);
    (void)alpha_pool_entries(&alpha, 20, STR("a b&c"), soon(), &answer);
    CHECK_STR(str_of(asked), STR("GET /node/v12/mainnet/memoryPool/entries?limit=20&cursor=a%20b%26c client=user-7"));
    answer_done(&answer);
    const struct admin admin = {.http = client, .origin = STR("admin"), .token = STR("0123456789abcdef")};
    (void)admin_chaos_start(&admin, STR("loss"), (struct str){0}, STR("{\"rate_bps\":100}"), duration_s(5), soon(), &answer);
    CHECK_STR(str_of(asked), STR("POST /admin/v1/chaos auth=Bearer 0123456789abcdef"));
    CHECK_STR(asked_body, STR("{\"action\":\"loss\",\"params\":{\"rate_bps\":100},\"duration_ms\":5000}"));
    answer_done(&answer);
    (void)admin_chaos_end(&admin, STR("c-1"), soon(), &answer);
    CHECK_STR(str_of(asked), STR("DELETE /admin/v1/chaos/c-1 auth=Bearer 0123456789abcdef"));
    answer_done(&answer);
    say(200, "{\"granted\":2,\"effective_height\":9}");
    const struct faucet_grant grant = {{{5}}, {TOKEN_AX, AMOUNT(8)}};
    CHECK(admin_faucet(&admin, &grant, 1, soon(), &answer) == NULL); /* it says two, and was asked for one */
    CHECK_U64(answer.status, ANSWER_MALFORMED);
    answer_done(&answer);
}
static void questions_are_asked_as_the_contract_has_them(void) { with_world(questions_here); }

static void discovery_here(void)
{
    const struct admin admin = {.http = client, .origin = STR("admin"), .token = STR("0123456789abcdef")};
    struct capabilities found;
    struct err err;
    say(401, "{\"error\":{\"code\":\"UNAUTHORIZED\",\"message\":\"m\",\"field\":null,\"suggestion\":null}}");
    CHECK(admin_discover(&admin, soon(), &found, &err));
    CHECK(!found.admin && !found.chaos && !found.byzantine && !found.switches);
    say(200, "[]");
    CHECK(admin_discover(&admin, soon(), &found, &err));
    CHECK(found.admin && found.chaos && found.byzantine && found.switches);
    say(404, "what?");
    CHECK(!admin_discover(&admin, soon(), &found, &err));
    say_body = NULL;
    CHECK(!admin_discover(&admin, soon(), &found, &err));
    CHECK_U64(err.code, ERR_TIMEOUT);
}
static void capabilities_are_discovered_and_silence_is_no_answer(void) { with_world(discovery_here); }

int main(void)
{
    RUN(every_end_of_a_call_has_its_name);
    RUN(what_is_no_answer_is_a_finding);
    RUN(an_answer_to_another_question_is_a_finding);
    RUN(questions_are_asked_as_the_contract_has_them);
    RUN(capabilities_are_discovered_and_silence_is_no_answer);
    return 0;
}
