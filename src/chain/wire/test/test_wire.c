/* Answers go from one side to the other in both wires as the same values, and every reference is given back exactly once: also
 * when the caller has given up, and when what came is not what was asked for. */
#include "chain/wire/wire.h"

#include "core/base/check.h"
#include "world/sim/sim.h"

static struct sim *sim;
static struct env *env;
static struct http_net *net;
static struct http_client *client;
static struct host server, home;
static struct tx *shared; /* what the server answers with */
static uint64_t seen;     /* transactions that arrived as objects or bytes */
static struct hash seen_id;

static struct tx *tx_make(uint64_t nonce)
{
    static const struct sign_suite suite = {SIGN_ED25519};
    const uint8_t seed[32] = {1};
    struct seckey key;
    seckey_from_seed(suite, seed, &key);
    const struct tx_spec spec = {.domain = {CHAIN_ALPHA, 13},
                                 .kind = KIND_ALPHA_TRANSFER,
                                 .nonce = nonce,
                                 .fee = AMOUNT(1000),
                                 .token = TOKEN_AX,
                                 .to = address_of_key(&key.pub),
                                 .amount = AMOUNT(7)};
    struct apierror error;
    struct tx *tx = tx_build(&spec, suite, &key, &error);
    CHECK(tx != NULL);
    return tx;
}

static void refuse(struct http_exchange *exchange, uint16_t status)
{
    http_respond(exchange, &(struct http_response){.status = status, .body = STR("{}")});
}
static const struct http_limits limits = {.refuse = refuse};

static void receive(void *ctx, struct host from, struct packet *packet)
{
    (void)ctx, (void)from;
    struct http_exchange *exchange = http_packet_exchange(packet, &limits);
    if (exchange == NULL) return;
    const struct http_request *request = http_request(exchange);
    struct http_response response = {0};
    struct err err;
    if (request->method == HTTP_POST) {
        const struct tx *tx = http_request_object(exchange, &wire_transaction, &err);
        CHECK(tx != NULL);
        seen++;
        seen_id = tx->id;
        if (str_eq(request->path, STR("/silent"))) return; /* the world takes it back when the host ends */
        struct tx_ack *ack = arena_new(http_arena(exchange), struct tx_ack);
        *ack = (struct tx_ack){.transaction_id = tx->id, .stage = TX_STAGE_PQ, .nonce = tx->nonce};
        wire_respond(exchange, &response, 202, &wire_tx_ack, ack);
        return;
    }
    if (str_eq(request->path, STR("/refused"))) {
        struct apierror *error = arena_new(http_arena(exchange), struct apierror);
        (void)apierror_set(error, CODE_NONCE_TOO_LOW, "nonce", "nonce 3 is below 7");
        apierror_detail_u64(error, "expected", 7);
        response = (struct http_response){.status = 409, .shape = &wire_error, .object = error};
        http_respond(exchange, &response);
        return;
    }
    struct tx_view *view = arena_new(http_arena(exchange), struct tx_view);
    *view = (struct tx_view){.id = shared->id,
                             .chain = CHAIN_ALPHA,
                             .status = TX_FINALIZED,
                             .envelope = tx_ref(shared),
                             .size = shared->size,
                             .has_receipt = true};
    view->receipt.fee_charged = AMOUNT(1000);
    wire_respond(exchange, &response, 200, &wire_tx, view);
}
static const struct host_ops server_ops = {.receive = receive};

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

static void (*body)(void);
static volatile bool over;
static void fiber_main(void *arg)
{
    (void)arg;
    body();
    over = true;
}

static void with_world(void (*run)(void))
{
    for (enum http_wire wire = WIRE_STRUCT; wire <= WIRE_TEXT; wire++) {
        sim = sim_new(3, sim_model_default(), NULL);
        env = sim_env(sim);
        net = http_net_new(env, wire);
        server = env_host_open(env, STR("server"), &server_ops, NULL);
        home = env_host_open(env, STR("home"), &home_ops, NULL);
        http_net_listen(net, STR("alpha"), pick, NULL);
        client = http_client_new(net, home);
        shared = tx_make(5);
        body = run;
        over = false;
        seen = 0;
        (void)fiber_spawn(env, fiber_main, NULL);
        (void)sim_run(sim, instant_add(INSTANT_GENESIS, duration_s(60)), &over);
        CHECK(over);
        http_client_free(client);
        http_net_free(net);
        sim_free(sim);
        CHECK_U64(shared->refs, 1);
        tx_unref(shared);
    }
}

static struct http_exchange *ask(const char *path, const struct tx *tx, struct duration patience, struct err *err)
{
    const struct http_request request = {.method = tx != NULL ? HTTP_POST : HTTP_GET,
                                         .path = str_of(path),
                                         .shape = tx != NULL ? &wire_transaction : NULL,
                                         .object = tx};
    struct http_exchange *exchange;
    return http_call(client, STR("alpha"), &request, instant_add(env_now(env), patience), &exchange, err) ? exchange : NULL;
}

static void answers_here(void)
{
    struct err err;
    struct http_exchange *exchange = ask("/tx", NULL, duration_s(5), &err);
    const struct tx_view *view = wire_object(exchange, &wire_tx, &err);
    CHECK(view != NULL);
    CHECK(hash_eq(&view->id, &shared->id) && hash_eq(&view->envelope->id, &shared->id));
    CHECK_STR(tx_bytes(view->envelope), tx_bytes(shared));
    CHECK_U64(view->status, TX_FINALIZED);
    CHECK_U64(view->receipt.fee_charged.units, 1000);
    http_exchange_free(exchange);
    CHECK_U64(shared->refs, 1);
    exchange = ask("/tx", NULL, duration_s(5), &err);
    http_exchange_free(exchange); /* nobody looked */
    CHECK_U64(shared->refs, 1);
}
static void an_answer_is_the_same_in_both_wires_and_given_back_once(void) { with_world(answers_here); }

static void other_shape_here(void)
{
    struct err err = {0};
    struct http_exchange *exchange = ask("/tx", NULL, duration_s(5), &err);
    CHECK(wire_object(exchange, &wire_account, &err) == NULL);
    CHECK(err.text[0] != '\0');
    http_exchange_free(exchange);
    CHECK_U64(shared->refs, 1);
}
static void another_shape_than_came_is_refused(void) { with_world(other_shape_here); }

static void requests_here(void)
{
    struct err err;
    struct tx *tx = tx_make(9);
    struct http_exchange *exchange = ask("/tx", tx, duration_s(5), &err);
    const struct tx_ack *ack = wire_object(exchange, &wire_tx_ack, &err);
    CHECK(ack != NULL && hash_eq(&ack->transaction_id, &tx->id));
    CHECK_U64(ack->nonce, 9);
    CHECK_U64(ack->stage, TX_STAGE_PQ);
    http_exchange_free(exchange);
    CHECK_U64(tx->refs, 1);
    /* the caller is gone before it arrives */
    const struct hash id = tx->id;
    CHECK(ask("/tx", tx, (struct duration){NS_PER_MS}, &err) == NULL);
    CHECK_U64(err.code, ERR_TIMEOUT);
    tx_unref(tx);
    fiber_sleep(env, duration_s(1));
    CHECK_U64(seen, 2);
    CHECK(hash_eq(&seen_id, &id));
    tx = tx_make(10);
    CHECK(ask("/silent", tx, duration_s(1), &err) == NULL);
    tx_unref(tx);
}
static void a_transaction_outlives_the_caller_that_gave_up(void) { with_world(requests_here); }

static void refusal_here(void)
{
    struct err err;
    struct http_exchange *exchange = ask("/refused", NULL, duration_s(5), &err);
    const struct apierror *error = http_response_object(exchange, &wire_error, &err);
    CHECK(error != NULL);
    CHECK_U64(error->code, CODE_NONCE_TOO_LOW);
    CHECK_STR(str_of(error->field), STR("nonce"));
    CHECK_STR(apierror_detail_find(error, STR("expected")), STR("7"));
    http_exchange_free(exchange);
}
static void a_refusal_is_the_same_in_both_wires(void) { with_world(refusal_here); }

int main(void)
{
    RUN(an_answer_is_the_same_in_both_wires_and_given_back_once);
    RUN(another_shape_than_came_is_refused);
    RUN(a_transaction_outlives_the_caller_that_gave_up);
    RUN(a_refusal_is_the_same_in_both_wires);
    return 0;
}
