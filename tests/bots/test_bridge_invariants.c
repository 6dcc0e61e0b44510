/* The bridge's invariants on a whole network: silent while it is sound, told where a weakness is planted. */
#include "chain/payload.h"
#include "tester/client/alpha_bridge.h"
#include "tester/invariant/observer.h"
#include "village.h"

static struct answer answer;
static struct instant soon(struct village *v) { return village_in(v, duration_s(40)); }

static struct hash submit(struct village *v, uint32_t bot, enum kind kind, const union payload *payload)
{
    struct apierror error;
    struct buf bytes = {0};
    const enum chain_id chain = kind_find((uint16_t)kind)->chain;
    const struct alpha *to = chain == CHAIN_DELTA ? &v->crew.delta : &v->crew.alpha;
    const struct account_view *account = alpha_account(to, &v->bots[bot]->identity.address, soon(v), &answer);
    WANT(account);
    const uint64_t nonce = account->pending_nonce;
    answer_done(&answer);
    payload_encode(kind, payload, &bytes);
    const struct tx_spec spec = {.domain = domain_of(chain, to->network), .kind = kind, .nonce = nonce, .fee = AMOUNT(4000), .payload = buf_str(&bytes)};
    struct tx *tx = tx_build(&spec, v->crew.suite, &v->bots[bot]->identity.key, &error);
    if (tx == NULL) CHECK_FAIL("%s", error.message);
    const struct hash id = tx->id;
    WANT(alpha_broadcast(to, tx, soon(v), &answer));
    answer_done(&answer);
    tx_unref(tx);
    buf_done(&bytes);
    return id;
}

static struct hash lock(struct village *v, uint32_t bot, uint64_t amount)
{
    const union payload payload = {.bridge_lock = {v->bots[3]->identity.address, AMOUNT(amount), true}};
    return submit(v, bot, KIND_BRIDGE_LOCK, &payload);
}

static void weakness_set(struct village *v, const char *name)
{
    const struct http_header headers[] = {{STR("authorization"), STR("Bearer " VILLAGE_TOKEN)}, {STR("content-type"), STR("application/json")}};
    char path[96];
    struct http_exchange *exchange;
    struct err err;
    snprintf(path, sizeof(path), "/admin/v1/switches/%s", name);
    const struct http_request request = {.method = HTTP_PUT, .path = str_of(path), .headers = headers, .headers_count = 2, .body = STR("{\"enabled\":true}")};
    CHECK(http_call(v->admin.http, STR("admin"), &request, soon(v), &exchange, &err));
    CHECK_U64(http_response(exchange)->status, 200);
    http_exchange_free(exchange);
}

static struct observer *watch(struct village *v, struct judge *judge)
{
    static struct verifier verifier;
    const struct devnet_genesis alpha = devnet_genesis(v->net, CHAIN_ALPHA), delta = devnet_genesis(v->net, CHAIN_DELTA);
    const struct trust_genesis from = {alpha.domain, alpha.hash, alpha.committee};
    verifier = verifier_plain(&v->crew.suite);
    judge_init(judge, &from, verifier);
    const struct observer_config config = {.env = v->env,
                                           .alpha = v->crew.alpha,
                                           .validators = v->config.validators,
                                           .interval = duration_ms(500),
                                           .pool_capacity = 10000,
                                           .delta = v->crew.delta,
                                           .genesis_delta = {delta.domain, delta.hash, delta.committee},
                                           .verifier = verifier};
    struct observer *observer = observer_new(&config, judge);
    observer_start(observer);
    return observer;
}

static void end(struct village *v, struct observer *observer) { CHECK(observer_finish(observer, village_in(v, duration_s(60)))); }

static void sound(struct village *v)
{
    struct judge *judge = base_alloc(sizeof(*judge));
    struct observer *observer = watch(v, judge);
    for (uint32_t i = 0; i < 6; i++) {
        (void)lock(v, i % 3, 1000 + i);
        fiber_sleep(v->env, duration_s(1));
    }
    fiber_sleep(v->env, duration_s(10));
    const union payload payload = {.burn = {v->bots[0]->identity.address, AMOUNT(3000), true}};
    (void)submit(v, 3, KIND_BURN, &payload);
    fiber_sleep(v->env, duration_s(40));
    end(v, observer);
    for (unsigned i = 1; i <= INVARIANTS; i++)
        if (judge->state[i].violations) CHECK_FAIL("INV-%02u: %s", i, judge->state[i].note);
    CHECK(judge->state[3].samples >= 7 && judge->state[4].samples >= 14 && judge->state[8].samples == 7);
    printf("     samples: %" PRIu64 " of INV-03, %" PRIu64 " of INV-04, %" PRIu64 " of INV-08\n", judge->state[3].samples, judge->state[4].samples, judge->state[8].samples);
    observer_free(observer);
    judge_done(judge);
    base_free(judge);
}

static void minted_twice(struct village *v)
{
    struct judge *judge = base_alloc(sizeof(*judge));
    weakness_set(v, "vuln.no-unlock-id-uniqueness");
    struct observer *observer = watch(v, judge);
    const struct hash id = lock(v, 0, 5000);
    fiber_sleep(v->env, duration_s(10));
    const union payload again = {.claim = {.source_id = id}};
    (void)submit(v, 1, KIND_MINT_CLAIM, &again);
    fiber_sleep(v->env, duration_s(10));
    end(v, observer);
    CHECK(judge->state[3].violations > 0 && judge->state[4].violations > 0);
    CHECK_U64(judge->state[5].violations, 0);
    observer_free(observer);
    judge_done(judge);
    base_free(judge);
}

static void lost_messages(struct village *v)
{
    struct judge *judge = base_alloc(sizeof(*judge));
    weakness_set(v, "vuln.drop-bridge-message");
    struct observer *observer = watch(v, judge);
    for (uint32_t i = 0; i < 21; i++) (void)lock(v, i % 3, 1000 + i);
    fiber_sleep(v->env, duration_s(40));
    end(v, observer);
    CHECK(judge->state[8].violations == 1 && judge->state[3].violations == 0); /* the twentieth */
    observer_free(observer);
    judge_done(judge);
    base_free(judge);
}

static const struct village_config config = {.validators = 4, .bots = 4, .seed = 31, .ax = 10000000, .dx = 10000000, .simulated = true};

static void a_sound_bridge_violates_nothing(void) { village_free(village_run(config, sound)); }
static void a_double_mint_is_told(void) { village_free(village_run(config, minted_twice)); }
static void a_lost_message_is_told(void) { village_free(village_run(config, lost_messages)); }

int main(void)
{
    RUN(a_sound_bridge_violates_nothing);
    RUN(a_double_mint_is_told);
    RUN(a_lost_message_is_told);
    return 0;
}
