/* What is seen of governance from outside: weights that are not the snapshot's, and many identities of one funder. */
#include "core/crypto/sigcache.h"
#include "decisions.h"
#include "tester/invariant/observer.h"

/* ---- INV-07, from what an observer reads ---- */

static void spoil(struct village *v, const char *name)
{
    struct err err;
    struct http_exchange *exchange;
    char path[96];
    snprintf(path, sizeof(path), "/admin/v1/switches/%s", name);
    const struct http_header headers[] = {{STR("authorization"), STR("Bearer " VILLAGE_TOKEN)}, {STR("content-type"), STR("application/json")}};
    const struct http_request request = {
        .method = HTTP_PUT, .path = str_of(path), .headers = headers, .headers_count = 2, .body = STR("{\"enabled\":true}")};
    CHECK(http_call(v->crew.alpha.http, STR("admin"), &request, soon(v), &exchange, &err));
    CHECK_U64(http_response(exchange)->status, 200);
    http_exchange_free(exchange);
}

static struct judge judge;
static struct sigcache *cache;
static struct observer *watch(struct village *v)
{
    const struct alpha *on = &v->crew.alpha;
    const struct node_info *info = alpha_node_info(on, soon(v), &answer);
    WANT(info);
    struct trust_genesis genesis = {v->crew.domain, info->genesis_hash, NULL};
    answer_done(&answer);
    const struct committee_view *view = alpha_committee(on, 1, soon(v), &answer);
    WANT(view);
    struct committee *committee = committee_ref(view->committee);
    genesis.committee = committee;
    answer_done(&answer);
    cache = sigcache_new(v->crew.suite, 4096);
    judge_init(&judge, &genesis, verifier_of_cache(cache));
    const struct observer_config config = {.env = v->env, .alpha = *on, .validators = v->config.validators, .interval = duration_ms(500), .pool_capacity = 10000};
    struct observer *observer = observer_new(&config, &judge);
    observer_start(observer);
    committee_unref(committee);
    return observer;
}

/* A vote with stake that came after the snapshot: refused, or, where the switch lets it count, told. */
static void watched(struct village *v, bool spoiled)
{
    const struct alpha *on = &v->crew.alpha;
    struct observer *observer = watch(v);
    if (spoiled) spoil(v, "vuln.live-vote-weight");
    run(v, on, 0, KIND_ALPHA_STAKE, (union payload){.amount = {AMOUNT(30000000)}});
    run(v, on, 0, KIND_GOVERNOR_REGISTER, (union payload){.governor_register = {.deposit = AMOUNT(GOVERNOR_DEPOSIT)}});
    const struct hash id = create(v, 0, false, (struct action){.type = ACTION_TEXT});
    run(v, on, 1, KIND_ALPHA_STAKE, (union payload){.amount = {AMOUNT(20000000)}});
    until_status(v, on, &id, PROPOSAL_ACTIVE);
    vote(v, on, 0, &id, CHOICE_YES, CODE_NONE);
    vote(v, on, 1, &id, CHOICE_NO, spoiled ? CODE_NONE : CODE_INSUFFICIENT_STAKE);
    until_status(v, on, &id, PROPOSAL_SUCCEEDED);
    queue(v, 2, &id, CODE_NONE);
    until(v, on, seen(v, on, &id).eta_height.value - 1);
    execute(v, on, 2, &id, CODE_NONE);
    CHECK(observer_finish(observer, soon(v)));
    CHECK(judge.state[7].samples > 4);
    CHECK_U64(judge.state[7].violations > 0, spoiled);
    if (spoiled) CHECK(strstr(judge.state[7].note, "another weight than at its snapshot") != NULL);
    CHECK_U64(judge.state[5].violations + judge.state[1].violations + judge.state[6].violations, 0);
    observer_free(observer);
    judge_done(&judge);
    sigcache_free(cache);
}
static void watched_sound(struct village *v) { watched(v, false); }
static void watched_spoiled(struct village *v) { watched(v, true); }

static void a_weight_that_is_not_the_snapshots_is_seen_from_outside(void)
{
    struct village_config config = {.validators = 4, .bots = 3, .seed = 23, .ax = 60000000, .simulated = true,
                                    .parameters = decision_parameters, .parameters_count = ARRAY_LEN(decision_parameters)};
    village_free(village_run(config, watched_sound));
    village_free(village_run(config, watched_spoiled));
}

/* ---- SYBIL_PATTERN ---- */

enum { IDENTITIES = 12 };

static uint32_t sybils_told(struct village *v)
{
    const struct page *page = alpha_alerts(&v->crew.alpha, STR("SYBIL_PATTERN"), 200, (struct str){0}, soon(v), &answer);
    WANT(page);
    const uint32_t count = page->count;
    answer_done(&answer);
    return count;
}

/* One account funds many, and they vote together: refused for want of stake, and seen. */
static void sybils_here(struct village *v, bool spoiled)
{
    const struct alpha *on = &v->crew.alpha;
    struct seckey keys[IDENTITIES];
    struct tx_output outputs[IDENTITIES];
    if (spoiled) spoil(v, "vuln.one-identity-one-vote");
    run(v, on, 0, KIND_ALPHA_STAKE, (union payload){.amount = {AMOUNT(30000000)}});
    run(v, on, 0, KIND_GOVERNOR_REGISTER, (union payload){.governor_register = {.deposit = AMOUNT(GOVERNOR_DEPOSIT)}});
    for (uint8_t i = 0; i < IDENTITIES; i++) {
        const uint8_t from[32] = {0x51, i};
        seckey_from_seed(v->crew.suite, from, &keys[i]);
        outputs[i] = (struct tx_output){address_of_key(&keys[i].pub), AMOUNT(50000)};
    }
    union payload batch = {.batch = {.token = TOKEN_AX}};
    batch.batch.outputs.items = outputs;
    batch.batch.outputs.count = IDENTITIES;
    run(v, on, 1, KIND_ALPHA_BATCH_TRANSFER, batch);
    const struct hash id = create(v, 0, false, (struct action){.type = ACTION_TEXT});
    until_status(v, on, &id, PROPOSAL_ACTIVE);
    vote(v, on, 0, &id, CHOICE_NO, CODE_NONE);
    CHECK_U64(sybils_told(v), 0);
    for (size_t i = 0; i < IDENTITIES; i++) {
        struct apierror error;
        struct buf bytes = {0};
        const union payload payload = {.vote = {.proposal = id, .choice = CHOICE_YES}};
        payload_encode(KIND_PROPOSAL_VOTE, &payload, &bytes);
        const struct tx_spec spec = {.domain = v->crew.domain, .kind = KIND_PROPOSAL_VOTE, .fee = AMOUNT(1000), .payload = buf_str(&bytes)};
        struct tx *tx = tx_build(&spec, v->crew.suite, &keys[i], &error);
        CHECK(tx != NULL);
        CHECK((alpha_proposal_vote(on, &id, tx, soon(v), &answer) != NULL) == spoiled);
        if (!spoiled) CHECK_U64(answer.code, CODE_INSUFFICIENT_STAKE);
        answer_done(&answer);
        tx_unref(tx);
        buf_done(&bytes);
    }
    CHECK_U64(sybils_told(v), spoiled ? 0 : IDENTITIES);
    until_status(v, on, &id, spoiled ? PROPOSAL_SUCCEEDED : PROPOSAL_DEFEATED);
}
static void sybils_refused(struct village *v) { sybils_here(v, false); }
static void sybils_unseen(struct village *v) { sybils_here(v, true); }

static void many_identities_of_one_funder_are_seen(void)
{
    struct village_config config = {.validators = 4, .bots = 3, .seed = 24, .ax = 60000000, .simulated = true,
                                    .parameters = decision_parameters, .parameters_count = ARRAY_LEN(decision_parameters)};
    village_free(village_run(config, sybils_refused));
    village_free(village_run(config, sybils_unseen));
}

int main(void)
{
    RUN(many_identities_of_one_funder_are_seen);
    RUN(a_weight_that_is_not_the_snapshots_is_seen_from_outside);
    return 0;
}
