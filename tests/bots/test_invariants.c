/* The observer on whole networks of both chains: silent while they are sound, and where a weakness is planted it tells the invariant, the block
 * and the transaction. */
#include "chain/payload.h"
#include "tester/client/alpha_names.h"
#include "tester/client/delta_offramp.h"
#include "tester/invariant/observer.h"
#include "village.h"

static struct answer answer;
static struct instant soon(struct village *v) { return village_in(v, duration_s(40)); }

/* ---- what is sent ---- */

struct sent {
    struct hash id;
    uint32_t height;
};

/* Signed, sent, and waited for until it is final. */
static struct sent send_spec(struct village *v, uint32_t bot, struct tx_spec *spec)
{
    struct apierror error;
    struct sent out = {0};
    const struct alpha *to = kind_find((uint16_t)spec->kind)->chain == CHAIN_DELTA ? &v->crew.delta : &v->crew.alpha;
    const struct account_view *account = alpha_account(to, &v->bots[bot]->identity.address, soon(v), &answer);
    WANT(account);
    spec->nonce = account->pending_nonce;
    spec->domain = domain_of(kind_find((uint16_t)spec->kind)->chain, to->network);
    spec->fee = AMOUNT(4000);
    answer_done(&answer);
    struct tx *tx = tx_build(spec, v->crew.suite, &v->bots[bot]->identity.key, &error);
    if (tx == NULL) CHECK_FAIL("%s", error.message);
    WANT(alpha_broadcast(to, tx, soon(v), &answer));
    answer_done(&answer);
    const struct tx_view *view = alpha_transaction(to, &tx->id, TX_WAIT_FINALIZED, ALPHA_WAIT_MAX, soon(v), &answer);
    WANT(view != NULL && view->status == TX_FINALIZED && view->block_height.has);
    if (view->receipt.code != CODE_NONE) CHECK_FAIL("kind %x: " STR_FMT, spec->kind, STR_ARG(code_text((enum code)view->receipt.code)));
    out = (struct sent){tx->id, view->block_height.value};
    answer_done(&answer);
    tx_unref(tx);
    return out;
}
static struct sent send(struct village *v, uint32_t bot, enum kind kind, const union payload *payload)
{
    struct buf bytes = {0};
    payload_encode(kind, payload, &bytes);
    struct tx_spec spec = {.kind = kind, .payload = buf_str(&bytes)};
    const struct sent out = send_spec(v, bot, &spec);
    buf_done(&bytes);
    return out;
}

static void admin_send(struct village *v, enum http_method method, const char *path, const char *body)
{
    const struct http_header headers[] = {{STR("authorization"), STR("Bearer " VILLAGE_TOKEN)}, {STR("content-type"), STR("application/json")}};
    struct http_exchange *exchange;
    struct err err;
    const struct http_request request = {.method = method, .path = str_of(path), .headers = headers, .headers_count = 2, .body = str_of(body)};
    CHECK(http_call(v->admin.http, STR("admin"), &request, soon(v), &exchange, &err));
    if (http_response(exchange)->status != 200) CHECK_FAIL("%s %s: %u", path, body, http_response(exchange)->status);
    http_exchange_free(exchange);
}
static void weakness_set(struct village *v, const char *name)
{
    char path[96];
    snprintf(path, sizeof(path), "/admin/v1/switches/%s", name);
    admin_send(v, HTTP_PUT, path, "{\"enabled\":true}");
}
static void role_give(struct village *v, uint32_t bot, const char *role)
{
    char body[160], who[ADDRESS_TEXT];
    address_text(&v->bots[bot]->identity.address, CHAIN_DELTA, who);
    snprintf(body, sizeof(body), "{\"address\":\"%s\",\"role\":\"%s\",\"grant\":true}", who, role);
    admin_send(v, HTTP_POST, "/admin/v1/roles", body);
}

/* ---- who looks ---- */

struct watching {
    struct judge judge;
    struct observer *observer;
    struct verifier verifier;
    struct violation first[INVARIANTS + 1]; /* of each invariant; its text is in the judge's note */
};

static void violated(void *context, const struct violation *violation)
{
    struct watching *w = context;
    if (w->judge.state[violation->invariant].violations == 1) w->first[violation->invariant] = *violation;
}

static struct watching *watch(struct village *v)
{
    struct watching *w = base_alloc(sizeof(*w));
    const struct devnet_genesis alpha = devnet_genesis(v->net, CHAIN_ALPHA), delta = devnet_genesis(v->net, CHAIN_DELTA);
    const struct trust_genesis from = {alpha.domain, alpha.hash, alpha.committee};
    w->verifier = verifier_plain(&v->crew.suite);
    judge_init(&w->judge, &from, w->verifier);
    w->judge.violated = violated;
    w->judge.context = w;
    const struct observer_config config = {.env = v->env,
                                           .alpha = v->crew.alpha,
                                           .validators = v->config.validators,
                                           .interval = duration_ms(500),
                                           .pool_capacity = 10000,
                                           .delta = v->crew.delta,
                                           .genesis_delta = {delta.domain, delta.hash, delta.committee},
                                           .verifier = w->verifier};
    w->observer = observer_new(&config, &w->judge);
    observer_start(w->observer);
    return w;
}
static void watch_end(struct village *v, struct watching *w)
{
    fiber_sleep(v->env, duration_s(3));
    CHECK(observer_finish(w->observer, village_in(v, duration_s(60))));
}
static void watch_free(struct watching *w)
{
    observer_free(w->observer);
    judge_done(&w->judge);
    base_free(w);
}
static void told(const struct watching *w, unsigned invariant, const struct sent *where)
{
    const struct invariant_state *state = &w->judge.state[invariant];
    if (state->violations == 0) CHECK_FAIL("INV-%02u is silent; %" PRIu64 " samples", invariant, state->samples);
    printf("     INV-%02u: %s\n", invariant, state->note);
    CHECK_U64(w->first[invariant].height, where->height);
    CHECK(hash_eq(&w->first[invariant].subject, &where->id));
}
static void silent_but(const struct watching *w, unsigned but)
{
    for (unsigned i = 1; i <= INVARIANTS; i++)
        if (i != but && w->judge.state[i].violations) CHECK_FAIL("INV-%02u: %s", i, w->judge.state[i].note);
}

/* ---- stories ---- */

/* Bot 0 withdraws; bot 1 reviews and settles. `approved`: its owner is. */
static struct hash withdrawal(struct village *v, bool approved)
{
    role_give(v, 1, "kyc_officer");
    role_give(v, 1, "settler");
    fiber_sleep(v->env, duration_s(3));
    if (approved) {
        const union payload submit = {.kyc_submit = {{{1}}, {{2}}, STR("CH")}};
        const struct sent registration = send(v, 0, KIND_KYC_SUBMIT, &submit);
        const union payload review = {.kyc_review = {v->bots[0]->identity.address, registration.id, KYC_APPROVE, 0}};
        (void)send(v, 1, KIND_KYC_REVIEW, &review);
    }
    const union payload wish = {.offramp_request = {AMOUNT(50000), STR("USD"), {{7}}}};
    const struct sent request = send(v, 0, KIND_OFFRAMP_REQUEST, &wish);
    const union payload approve = {.offramp_approve = {request.id, true}};
    (void)send(v, 1, KIND_OFFRAMP_APPROVE, &approve);
    return request.id;
}
static struct sent settled(struct village *v, struct hash request, enum settle_outcome outcome)
{
    const union payload settle = {.offramp_settle = {request, (uint8_t)outcome, STR("ref")}};
    return send(v, 1, KIND_OFFRAMP_SETTLE, &settle);
}

static union payload commitment(struct village *v, uint32_t bot, struct str name, uint64_t bid, uint64_t deposit)
{
    struct buf bytes = {0};
    static const struct hash salt = {{9}};
    bin_put_str(&bytes, name);
    bin_put_bytes(&bytes, &v->bots[bot]->identity.address, 32);
    bin_put_u128(&bytes, bid);
    bin_put_bytes(&bytes, &salt, 32);
    const union payload payload = {.name_commit = {name, hash_tagged("adnet/bid/v1", bytes.data, bytes.len), AMOUNT(deposit)}};
    buf_done(&bytes);
    return payload;
}
static void wait_phase(struct village *v, struct str name, uint32_t phase)
{
    for (unsigned i = 0; i < 200; i++) {
        const struct name_view *view = alpha_name(&v->crew.alpha, name, soon(v), &answer);
        WANT(view != NULL);
        const bool reached = view->phase == phase;
        answer_done(&answer);
        if (reached) return;
        fiber_sleep(v->env, duration_ms(500));
    }
    CHECK_FAIL("the phase never came");
}
static struct sent auction(struct village *v)
{
    const struct str alice = STR("alice");
    const union payload open = {.auction_open = {alice, AMOUNT(1000), 20, 20}}, name = {.name = {alice}};
    (void)send(v, 0, KIND_NAME_AUCTION_OPEN, &open);
    const union payload first = commitment(v, 1, alice, 9000, 9500), second = commitment(v, 2, alice, 4000, 4000), third = commitment(v, 3, alice, 7000, 7000);
    (void)send(v, 1, KIND_NAME_COMMIT, &first);
    (void)send(v, 2, KIND_NAME_COMMIT, &second);
    (void)send(v, 3, KIND_NAME_COMMIT, &third); /* never revealed */
    wait_phase(v, alice, NAME_REVEAL);
    union payload reveal = {.name_reveal = {alice, AMOUNT(9000), {{9}}}};
    (void)send(v, 1, KIND_NAME_REVEAL, &reveal);
    reveal.name_reveal.bid = AMOUNT(4000);
    (void)send(v, 2, KIND_NAME_REVEAL, &reveal);
    wait_phase(v, alice, NAME_ENDED);
    const struct sent ended = send(v, 3, KIND_NAME_FINALIZE, &name);
    (void)send(v, 1, KIND_NAME_CLAIM, &name);
    return ended;
}

static void sound(struct village *v)
{
    struct watching *w = watch(v);
    (void)auction(v);
    const struct hash request = withdrawal(v, true);
    (void)settled(v, request, SETTLE_FAILURE);
    const union payload again = {.id = {request}};
    (void)send(v, 0, KIND_OFFRAMP_RETRY, &again);
    (void)settled(v, request, SETTLE_SUCCESS);
    watch_end(v, w);
    silent_but(w, 0);
    static const unsigned sampled[] = {1, 2, 5, 6, 11, 12, 13, 14};
    for (size_t i = 0; i < ARRAY_LEN(sampled); i++) {
        CHECK(w->judge.state[sampled[i]].samples > 0);
        printf("     INV-%02u: %" PRIu64 " samples\n", sampled[i], w->judge.state[sampled[i]].samples);
    }
    CHECK(w->judge.validity[0].height > 20 && w->judge.validity[1].height > 20); /* both chains */
    watch_free(w);
}

static void escrow_leaks(struct village *v)
{
    struct watching *w = watch(v);
    const struct hash request = withdrawal(v, true);
    weakness_set(v, "vuln.escrow-leak");
    const struct sent leak = settled(v, request, SETTLE_FAILURE);
    watch_end(v, w);
    told(w, 13, &leak);
    silent_but(w, 13); /* the settler has it: nothing is lost */
    watch_free(w);
}

static void no_gate(struct village *v)
{
    struct watching *w = watch(v);
    weakness_set(v, "vuln.no-kyc-gate");
    (void)withdrawal(v, false);
    watch_end(v, w);
    CHECK(w->judge.state[13].violations > 0 && strstr(w->judge.state[13].note, "never approved"));
    silent_but(w, 13);
    watch_free(w);
}

static void first_price(struct village *v)
{
    struct watching *w = watch(v);
    weakness_set(v, "vuln.first-price-auction");
    const struct sent ended = auction(v);
    watch_end(v, w);
    told(w, 14, &ended);
    silent_but(w, 14);
    watch_free(w);
}

static void overdraft(struct village *v)
{
    struct watching *w = watch(v);
    weakness_set(v, "vuln.skip-balance-check");
    struct tx_spec spec = {.kind = KIND_ALPHA_TRANSFER, .token = TOKEN_AX, .to = v->bots[1]->identity.address, .amount = AMOUNT(20000000)};
    const struct sent leak = send_spec(v, 0, &spec);
    watch_end(v, w);
    told(w, 5, &leak);
    silent_but(w, 5);
    watch_free(w);
}

static const struct village_config config = {.validators = 4, .bots = 4, .seed = 41, .ax = 10000000, .dx = 10000000, .simulated = true};

static void two_sound_chains_violate_nothing(void) { village_free(village_run(config, sound)); }
static void an_escrow_that_leaks_is_told_in_its_block(void) { village_free(village_run(config, escrow_leaks)); }
static void a_withdrawal_without_approval_is_told(void) { village_free(village_run(config, no_gate)); }
static void a_first_price_auction_is_told_in_its_block(void) { village_free(village_run(config, first_price)); }
static void an_overdraft_is_told_in_its_block(void) { village_free(village_run(config, overdraft)); }

int main(void)
{
    RUN(two_sound_chains_violate_nothing);
    RUN(an_escrow_that_leaks_is_told_in_its_block);
    RUN(a_withdrawal_without_approval_is_told);
    RUN(a_first_price_auction_is_told_in_its_block);
    RUN(an_overdraft_is_told_in_its_block);
    return 0;
}
