/* Governance of a whole network, seen through the clients alone: every route of AG and DG with its success and each code of its row,
 * and a joint proposal from its creation on Alpha to the same value on both chains. */
#include "tester/client/alpha_bridge.h"
#include "tester/client/alpha_governance.h"
#include "tester/client/alpha_staking.h"
#include "tester/invariant/observer.h"
#include "village.h"

#include "chain/payload.h"
#include "core/crypto/sigcache.h"

static struct answer answer;

enum { PERIOD = 20, TIMELOCK = 30, GOVERNOR_DEPOSIT = 10000000, PROPOSAL_DEPOSIT = 1000000 };

static struct instant soon(struct village *v) { return village_in(v, duration_s(60)); }
static const struct seckey *key_of(const struct village *v, size_t bot) { return &v->bots[bot]->identity.key; }
static const struct address *address_at(const struct village *v, size_t bot) { return &v->bots[bot]->identity.address; }

static struct tx *build(struct village *v, const struct alpha *on, size_t bot, enum kind kind, const union payload *payload)
{
    struct apierror error;
    struct buf bytes = {0};
    const struct account_view *account = alpha_account(on, address_at(v, bot), soon(v), &answer);
    WANT(account);
    payload_encode(kind, payload, &bytes);
    const struct tx_spec spec = {.domain = domain_of(alpha_chain(on), on->network),
                                 .kind = kind,
                                 .nonce = account->pending_nonce,
                                 .fee = AMOUNT(4000),
                                 .payload = buf_str(&bytes)};
    struct tx *tx = tx_build(&spec, v->crew.suite, key_of(v, bot), &error);
    answer_done(&answer);
    if (tx == NULL) CHECK_FAIL("%s", error.message);
    buf_done(&bytes);
    return tx;
}

static void follow(struct village *v, const struct alpha *on, struct tx *tx)
{
    const struct tx_view *view = alpha_transaction(on, &tx->id, TX_WAIT_FINALIZED, ALPHA_WAIT_MAX, soon(v), &answer);
    WANT(view);
    CHECK_U64(view->status, TX_FINALIZED);
    if (view->receipt.code != CODE_NONE) CHECK_FAIL("failed: " STR_FMT, STR_ARG(code_text((enum code)view->receipt.code)));
    answer_done(&answer);
    tx_unref(tx);
}
static void run(struct village *v, const struct alpha *on, size_t bot, enum kind kind, union payload payload)
{
    struct tx *tx = build(v, on, bot, kind, &payload);
    WANT(alpha_broadcast(on, tx, soon(v), &answer));
    answer_done(&answer);
    follow(v, on, tx);
}
static void until(struct village *v, const struct alpha *on, uint32_t height)
{
    for (uint32_t now = 0; now < height;) {
        fiber_sleep(v->env, duration_ms(200));
        WANT(alpha_height(on, soon(v), &now, &answer));
        answer_done(&answer);
    }
}

/* ---- the writes: NULL wanted is success, followed to its end ---- */

static struct tx *creation(struct village *v, size_t bot, uint64_t deposit, bool joint, struct action action)
{
    const union payload payload = {.proposal_create = {.title = STR("t"), .joint = joint, .deposit = AMOUNT(deposit), .action = action}};
    return build(v, &v->crew.alpha, bot, KIND_PROPOSAL_CREATE, &payload);
}
static void create_refused(struct village *v, size_t bot, uint64_t deposit, enum code code)
{
    struct tx *tx = creation(v, bot, deposit, false, (struct action){.type = ACTION_TEXT});
    CHECK(alpha_propose(&v->crew.alpha, tx, soon(v), &answer) == NULL);
    REFUSED(code);
    tx_unref(tx);
}
static struct hash create(struct village *v, size_t bot, bool joint, struct action action)
{
    struct tx *tx = creation(v, bot, PROPOSAL_DEPOSIT, joint, action);
    const struct hash id = tx->id;
    const struct object_ack *ack = alpha_propose(&v->crew.alpha, tx, soon(v), &answer);
    WANT(ack);
    CHECK(hash_eq(&ack->id, &id));
    answer_done(&answer);
    follow(v, &v->crew.alpha, tx);
    return id;
}
static void vote(struct village *v, const struct alpha *on, size_t bot, const struct hash *id, enum vote_choice choice, enum code code)
{
    const union payload payload = {.vote = {.proposal = *id, .choice = (uint8_t)choice}};
    struct tx *tx = build(v, on, bot, alpha_chain(on) == CHAIN_DELTA ? KIND_GOV_VOTE : KIND_PROPOSAL_VOTE, &payload);
    const struct tx_ack *ack = alpha_proposal_vote(on, id, tx, soon(v), &answer);
    if (code != CODE_NONE) {
        REFUSED(code);
        tx_unref(tx);
        return;
    }
    WANT(ack);
    answer_done(&answer);
    follow(v, on, tx);
}
static void queue(struct village *v, size_t bot, const struct hash *id, enum code code)
{
    const union payload payload = {.id = {*id}};
    struct tx *tx = build(v, &v->crew.alpha, bot, KIND_PROPOSAL_QUEUE, &payload);
    const struct queue_ack *ack = alpha_proposal_queue(&v->crew.alpha, id, tx, soon(v), &answer);
    if (code != CODE_NONE) {
        REFUSED(code);
        tx_unref(tx);
        return;
    }
    WANT(ack);
    CHECK(ack->eta_height.has);
    answer_done(&answer);
    follow(v, &v->crew.alpha, tx);
}
static void execute(struct village *v, const struct alpha *on, size_t bot, const struct hash *id, enum code code)
{
    const union payload payload = {.id = {*id}};
    struct tx *tx = build(v, on, bot, alpha_chain(on) == CHAIN_DELTA ? KIND_GOV_EXECUTE : KIND_PROPOSAL_EXECUTE, &payload);
    const struct tx_ack *ack = alpha_proposal_execute(on, id, tx, soon(v), &answer);
    if (code != CODE_NONE) {
        REFUSED(code);
        tx_unref(tx);
        return;
    }
    WANT(ack);
    answer_done(&answer);
    follow(v, on, tx);
}

static struct gov_proposal_view seen(struct village *v, const struct alpha *on, const struct hash *id)
{
    const struct gov_proposal_view *view = alpha_proposal(on, id, soon(v), &answer);
    WANT(view);
    struct gov_proposal_view copy = *view;
    copy.title = copy.action = (struct str){0}; /* they go with the answer */
    answer_done(&answer);
    return copy;
}
static void until_status(struct village *v, const struct alpha *on, const struct hash *id, enum proposal_status status)
{
    for (int i = 0; seen(v, on, id).status != status; i++) {
        if (i > 600) CHECK_FAIL("it is still " STR_FMT, STR_ARG(proposal_status_text(seen(v, on, id).status)));
        fiber_sleep(v->env, duration_ms(100));
    }
}
static uint64_t parameter(struct village *v, const struct alpha *on, const char *key)
{
    uint64_t value;
    const struct gov_parameters_view *view = alpha_parameters(on, soon(v), &answer);
    WANT(view);
    CHECK(str_to_u64(alpha_parameter_find(view, str_of(key), &v->arena), &value));
    answer_done(&answer);
    return value;
}

/* ---- Alpha alone ---- */

static void reads_here(struct village *v, const struct hash *id)
{
    const struct alpha *on = &v->crew.alpha;
    const struct page *page;
    WANT(page = alpha_governors(on, 0, (struct str){0}, soon(v), &answer));
    CHECK_U64(page->count, 1);
    CHECK(address_eq(&((const struct address_item *)page->items)->value, address_at(v, 0)));
    answer_done(&answer);
    const struct governor_view *governor = alpha_governor(on, address_at(v, 0), soon(v), &answer);
    WANT(governor);
    CHECK(governor->active && governor->proposals == 1 && governor->conduct == 5000);
    answer_done(&answer);
    CHECK(alpha_governor(on, address_at(v, 1), soon(v), &answer) == NULL);
    REFUSED(CODE_GOVERNOR_NOT_FOUND);
    const enum proposal_status executed = PROPOSAL_EXECUTED, active = PROPOSAL_ACTIVE;
    WANT(page = alpha_proposals(on, &(struct alpha_proposal_filter){&executed, address_at(v, 0)}, 5, (struct str){0}, soon(v), &answer));
    CHECK_U64(page->count, 1);
    CHECK(hash_eq(&((const struct gov_proposal_view *)page->items)->proposal_id, id));
    answer_done(&answer);
    WANT(page = alpha_proposals(on, &(struct alpha_proposal_filter){&active, NULL}, 0, (struct str){0}, soon(v), &answer));
    CHECK_U64(page->count, 0);
    answer_done(&answer);
    WANT(page = alpha_proposal_votes(on, id, 1, (struct str){0}, soon(v), &answer));
    CHECK(page->count == 1 && page->next_cursor.len > 0);
    const struct ballot_view ballot = *(const struct ballot_view *)page->items;
    CHECK(address_eq(&ballot.voter, address_at(v, 0)) && ballot.choice == CHOICE_YES && ballot.weight.units == 30000000);
    answer_done(&answer);
    const struct power_view *power = alpha_power(on, address_at(v, 0), UINT32_MAX, soon(v), &answer);
    WANT(power);
    CHECK(power->weight.units == 30000000 && power->own.units == 30000000 && power->delegated_out.units == 0);
    answer_done(&answer);
    const struct treasury_view *treasury = alpha_treasury(on, soon(v), &answer);
    WANT(treasury);
    CHECK_U64(treasury->balances_count, 1);
    CHECK_U64(treasury->allocations_count, 0);
    answer_done(&answer);
}

static void life_here(struct village *v)
{
    const struct alpha *on = &v->crew.alpha;
    const struct hash none = {{7}};
    run(v, on, 0, KIND_ALPHA_STAKE, (union payload){.amount = {AMOUNT(30000000)}});
    run(v, on, 1, KIND_ALPHA_STAKE, (union payload){.amount = {AMOUNT(5000000)}});
    create_refused(v, 0, PROPOSAL_DEPOSIT, CODE_NOT_A_GOVERNOR);
    run(v, on, 0, KIND_GOVERNOR_REGISTER, (union payload){.governor_register = {.deposit = AMOUNT(GOVERNOR_DEPOSIT)}});
    create_refused(v, 0, PROPOSAL_DEPOSIT - 1, CODE_INSUFFICIENT_DEPOSIT);
    CHECK(alpha_proposal(on, &none, soon(v), &answer) == NULL);
    REFUSED(CODE_PROPOSAL_NOT_FOUND);
    CHECK(alpha_proposal_votes(on, &none, 0, (struct str){0}, soon(v), &answer) == NULL);
    REFUSED(CODE_PROPOSAL_NOT_FOUND);
    vote(v, on, 0, &none, CHOICE_YES, CODE_PROPOSAL_NOT_FOUND);
    const struct hash id = create(v, 0, false, (struct action){.type = ACTION_PARAMETER_CHANGE, .key = STR("taker_bps"), .value = STR("8")});
    create_refused(v, 0, PROPOSAL_DEPOSIT, CODE_PROPOSAL_LIMIT);
    vote(v, on, 0, &id, CHOICE_YES, CODE_VOTING_NOT_STARTED);
    queue(v, 2, &id, CODE_PROPOSAL_NOT_EXECUTABLE);
    execute(v, on, 2, &id, CODE_PROPOSAL_NOT_EXECUTABLE);
    until_status(v, on, &id, PROPOSAL_ACTIVE);
    vote(v, on, 0, &id, CHOICE_YES, CODE_NONE);
    vote(v, on, 0, &id, CHOICE_NO, CODE_ALREADY_VOTED);
    vote(v, on, 2, &id, CHOICE_NO, CODE_INSUFFICIENT_STAKE);
    vote(v, on, 1, &id, CHOICE_NO, CODE_NONE);
    until_status(v, on, &id, PROPOSAL_SUCCEEDED);
    vote(v, on, 1, &id, CHOICE_NO, CODE_VOTING_PERIOD_ENDED);
    execute(v, on, 2, &id, CODE_TIMELOCK_NOT_EXPIRED);
    queue(v, 2, &id, CODE_NONE);
    execute(v, on, 2, &id, CODE_TIMELOCK_NOT_EXPIRED);
    const struct gov_parameters_view *parameters = alpha_parameters(on, soon(v), &answer);
    WANT(parameters);
    CHECK_U64(parameters->pending_count, 1);
    CHECK_STR(parameters->pending[0].value, STR("8"));
    CHECK_U64(parameters->pending[0].effective_height, seen(v, on, &id).eta_height.value);
    answer_done(&answer);
    CHECK_U64(parameter(v, on, "taker_bps"), 5);
    const uint32_t eta = seen(v, on, &id).eta_height.value;
    until(v, on, eta - 1);
    execute(v, on, 2, &id, CODE_NONE);
    CHECK_U64(parameter(v, on, "taker_bps"), 8);
    const struct gov_proposal_view done = seen(v, on, &id);
    CHECK(done.executed_height.value >= eta && done.executed_height.value < eta + 2);
    execute(v, on, 2, &id, CODE_ALREADY_EXECUTED);
    reads_here(v, &id);
}

static const struct devnet_parameter parameters[] = {{STR("voting_delay_blocks"), STR("10")},
                                                     {STR("voting_period_blocks"), STR("20")},
                                                     {STR("timelock_blocks"), STR("30")}};

static void every_route_of_alpha_answers_and_refuses(void)
{
    for (enum http_wire wire = WIRE_STRUCT; wire <= WIRE_TEXT; wire++)
        village_free(village_run((struct village_config){.validators = 4, .bots = 3, .seed = 21, .ax = 60000000, .wire = wire, .simulated = true,
                                                         .parameters = parameters, .parameters_count = ARRAY_LEN(parameters)},
                                 life_here));
}

/* ---- both chains ---- */

static void delta_still(struct village *v, struct duration d)
{
    const struct chaos_entry *entry = admin_chaos_start(&v->admin, STR("pause"), STR("delta"), STR("{\"targets\":[\"*\"]}"), d, soon(v), &answer);
    WANT(entry);
    answer_done(&answer);
}

static void joint_reads_here(struct village *v, const struct hash *id)
{
    const struct alpha *on = &v->crew.delta;
    const struct page *page;
    const struct hash none = {{7}};
    WANT(page = alpha_proposals(on, &(struct alpha_proposal_filter){0}, 0, (struct str){0}, soon(v), &answer));
    CHECK_U64(page->count, 1);
    answer_done(&answer);
    WANT(page = alpha_proposal_votes(on, id, 0, (struct str){0}, soon(v), &answer));
    CHECK_U64(page->count, 1);
    answer_done(&answer);
    const struct power_view *power = alpha_power(on, address_at(v, 1), UINT32_MAX, soon(v), &answer);
    WANT(power);
    CHECK(power->weight.units == 40000000);
    answer_done(&answer);
    CHECK(alpha_proposal(on, &none, soon(v), &answer) == NULL);
    REFUSED(CODE_PROPOSAL_NOT_FOUND);
    CHECK(alpha_proposal_votes(on, &none, 0, (struct str){0}, soon(v), &answer) == NULL);
    REFUSED(CODE_PROPOSAL_NOT_FOUND);
    CHECK(delta_mirror(on, &none, soon(v), &answer) == NULL);
    REFUSED(CODE_PROPOSAL_NOT_FOUND);
}

static struct mirror_view mirror(struct village *v, const struct hash *id)
{
    const struct mirror_view *view = delta_mirror(&v->crew.delta, id, soon(v), &answer);
    WANT(view);
    const struct mirror_view copy = *view;
    answer_done(&answer);
    return copy;
}

/* Waits until the bridge has brought it. */
static void until_mirrored(struct village *v, const struct hash *id)
{
    for (int i = 0; i < 300; i++) {
        const bool there = alpha_proposal(&v->crew.delta, id, soon(v), &answer) != NULL;
        answer_done(&answer);
        if (there) return;
        fiber_sleep(v->env, duration_ms(100));
    }
    CHECK_FAIL("the mirror never came");
}

/* The bridge carried the mirror and the outcome one way, the count the other: one record each, of either side. */
static void messages_here(struct village *v)
{
    static const struct {
        enum ipc_type type;
        bool from_alpha;
    } rows[] = {{IPC_GOVERNANCE_MIRROR, true}, {IPC_GOVERNANCE_EXECUTED, true}, {IPC_GOVERNANCE_TALLY, false}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        for (uint32_t side = 0; side < 2; side++) {
            const struct alpha *on = side == 0 ? &v->crew.alpha : &v->crew.delta;
            const bool out = (side == 0) == rows[i].from_alpha;
            const struct ipc_question question = {.direction = out ? DIRECTION_OUT : DIRECTION_IN, .type = rows[i].type};
            const struct page *page = alpha_ipc_messages(on, &question, soon(v), &answer);
            WANT(page);
            CHECK_U64(page->count, 1);
            CHECK_U64(((const struct ipc_record *)page->items)->type, rows[i].type);
            answer_done(&answer);
        }
    }
}

static void joint_here(struct village *v)
{
    const struct alpha *alpha = &v->crew.alpha, *delta = &v->crew.delta;
    run(v, alpha, 0, KIND_ALPHA_STAKE, (union payload){.amount = {AMOUNT(30000000)}});
    run(v, delta, 1, KIND_DELTA_STAKE, (union payload){.amount = {AMOUNT(40000000)}});
    run(v, alpha, 0, KIND_GOVERNOR_REGISTER, (union payload){.governor_register = {.deposit = AMOUNT(GOVERNOR_DEPOSIT)}});
    const struct hash id = create(v, 0, true, (struct action){.type = ACTION_PARAMETER_CHANGE, .key = STR("taker_bps"), .value = STR("8")});
    const struct hash none = {{7}};
    until_mirrored(v, &id);
    vote(v, delta, 1, &none, CHOICE_YES, CODE_PROPOSAL_NOT_FOUND);
    vote(v, delta, 1, &id, CHOICE_YES, CODE_VOTING_NOT_STARTED);
    execute(v, delta, 2, &id, CODE_PROPOSAL_NOT_EXECUTABLE);
    until_status(v, alpha, &id, PROPOSAL_ACTIVE);
    vote(v, alpha, 0, &id, CHOICE_YES, CODE_NONE);
    until_status(v, delta, &id, PROPOSAL_ACTIVE);
    vote(v, delta, 0, &id, CHOICE_YES, CODE_INSUFFICIENT_STAKE);
    vote(v, delta, 1, &id, CHOICE_YES, CODE_NONE);
    vote(v, delta, 1, &id, CHOICE_NO, CODE_ALREADY_VOTED);
    CHECK(!mirror(v, &id).delta_passed.has);
    until_status(v, delta, &id, PROPOSAL_QUEUED);
    vote(v, delta, 1, &id, CHOICE_NO, CODE_VOTING_PERIOD_ENDED);
    joint_reads_here(v, &id);
    for (int i = 0; !seen(v, alpha, &id).counterpart.passed.has; i++) { /* the count comes back */
        CHECK(i < 300);
        fiber_sleep(v->env, duration_ms(100));
    }
    delta_still(v, duration_s(22)); /* so that Alpha's word comes before Delta's timelock is over */
    queue(v, 2, &id, CODE_NONE);
    until(v, alpha, seen(v, alpha, &id).eta_height.value - 1);
    execute(v, alpha, 2, &id, CODE_NONE);
    fiber_sleep(v->env, duration_s(8));
    for (int i = 0; mirror(v, &id).alpha_status != PROPOSAL_EXECUTED; i++) {
        CHECK(i < 300);
        fiber_sleep(v->env, duration_ms(100));
    }
    CHECK_U64(parameter(v, alpha, "taker_bps"), 8);
    CHECK_U64(parameter(v, delta, "taker_bps"), 5);
    execute(v, delta, 2, &id, CODE_TIMELOCK_NOT_EXPIRED);
    until(v, delta, seen(v, delta, &id).eta_height.value - 1);
    const struct mirror_view ready = mirror(v, &id);
    CHECK(ready.executable && ready.alpha_passed.value && ready.delta_passed.value);
    execute(v, delta, 2, &id, CODE_NONE);
    CHECK_U64(parameter(v, delta, "taker_bps"), 8);
    execute(v, delta, 2, &id, CODE_ALREADY_EXECUTED);
    CHECK_U64(seen(v, delta, &id).status, PROPOSAL_EXECUTED);
    messages_here(v);
    CHECK(listener_saw(&v->alpha_listener, "gov.proposal") >= 3 && listener_saw(&v->alpha_listener, "gov.vote") == 1);
    CHECK(listener_saw(&v->delta_listener, "gov.proposal") >= 2 && listener_saw(&v->delta_listener, "gov.vote") == 1);
    CHECK(listener_saw(&v->delta_listener, "ipc.executed") >= 2 && listener_saw(&v->alpha_listener, "ipc.emitted") == 2);
}

static void a_joint_proposal_changes_both_chains_through_every_route_of_delta(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = 3, .seed = 22, .ax = 60000000, .dx = 60000000, .simulated = true, .listens = true,
                                                     .parameters = parameters, .parameters_count = ARRAY_LEN(parameters)},
                             joint_here));
}

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
                                    .parameters = parameters, .parameters_count = ARRAY_LEN(parameters)};
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
                                    .parameters = parameters, .parameters_count = ARRAY_LEN(parameters)};
    village_free(village_run(config, sybils_refused));
    village_free(village_run(config, sybils_unseen));
}

int main(void)
{
    RUN(many_identities_of_one_funder_are_seen);
    RUN(a_weight_that_is_not_the_snapshots_is_seen_from_outside);
    RUN(every_route_of_alpha_answers_and_refuses);
    RUN(a_joint_proposal_changes_both_chains_through_every_route_of_delta);
    return 0;
}
