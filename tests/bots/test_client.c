/* Every operation of the clients against a whole network, each answer compared with what else is known; and what a tester
 * believes of it. */
#include "tester/client/adnet.h"
#include "tester/client/alpha_governance.h"
#include "village.h"

#include "tester/client/trust.h"

static struct answer answer;

static struct instant soon(struct village *v) { return village_in(v, duration_s(10)); }

/* Ten payments, so that there is something to read; the id of the last. */
static struct hash some_payments(struct village *v)
{
    struct village_track track;
    village_track(v, &track, "transfer.simple", NULL);
    struct op op = {0};
    for (uint64_t i = 0; i < 10; i++) {
        op = village_once(v, &track, (uint32_t)(i % v->config.bots), i);
        check_done(&op);
    }
    return op.tx_id;
}

/* The first committee from the seed alone (api 3.3); the hash of genesis stands in for what an operator would be handed. */
static struct trust *trust_begin(struct village *v, struct verifier verifier)
{
    struct member *members = arena_array(&v->arena, struct member, v->config.validators);
    for (uint32_t i = 0; i < v->config.validators; i++) {
        uint8_t seed[32];
        char name[32];
        struct seckey key;
        snprintf(name, sizeof(name), "v%u", i + 1);
        derive_dev_seed(v->config.seed, str_of(name), seed);
        seckey_from_seed(v->crew.suite, seed, &key);
        members[i].address = address_of_key(&key.pub);
        snprintf(name, sizeof(name), "v%u/consensus", i + 1);
        derive_dev_seed(v->config.seed, str_of(name), seed);
        seckey_from_seed(v->crew.suite, seed, &key);
        members[i].consensus_key = key.pub;
        members[i].stake = AMOUNT(10000000);
    }
    struct committee *committee = committee_new(0, 1, members, v->config.validators);
    const struct block_view *block = alpha_block(&v->crew.alpha, 0, false, soon(v), &answer);
    WANT(block != NULL);
    CHECK(hash_eq(&block->header.committee_hash, &committee->hash));
    CHECK_U64(block->header.timestamp_ms, instant_ms(INSTANT_GENESIS));
    const struct trust_genesis genesis = {v->crew.domain, block->hash, committee};
    answer_done(&answer);
    struct trust *trust = trust_new(&genesis, verifier);
    committee_unref(committee);
    return trust;
}

static void reads_here(struct village *v)
{
    const struct alpha *alpha = &v->crew.alpha;
    const struct hash id = some_payments(v);
    uint32_t height, final, count;
    struct hash hash, root;
    WANT(alpha_height(alpha, soon(v), &height, &answer)); /* A1 */
    uint32_t head_header, final_header;
    CHECK(answer_heights(&answer, &head_header, &final_header) && head_header == height);
    CHECK(answer_node(&answer).len > 0);
    answer_done(&answer);
    WANT(alpha_height_final(alpha, soon(v), &final, &answer));
    answer_done(&answer);
    CHECK(final > 0 && final <= height);
    WANT(alpha_hash_latest(alpha, soon(v), &hash, &answer));
    answer_done(&answer);
    WANT(alpha_block_latest(alpha, soon(v), &answer));
    answer_done(&answer);
    const struct block_view *block = alpha_block(alpha, final, true, soon(v), &answer); /* A2 */
    WANT(block);
    CHECK_U64(block->status, BLOCK_FINALIZED);
    hash = block->hash;
    root = block->header.state_root;
    answer_done(&answer);
    WANT(alpha_block_by_hash(alpha, &hash, false, soon(v), &answer));
    answer_done(&answer);
    const struct page *page = alpha_blocks(alpha, 1, 4, soon(v), &answer);
    WANT(page);
    CHECK_U64(page->count, 3);
    answer_done(&answer);
    const struct tx_view *tx = alpha_transaction(alpha, &id, TX_WAIT_NONE, (struct duration){0}, soon(v), &answer); /* A4 */
    WANT(tx);
    CHECK_U64(tx->status, TX_FINALIZED);
    const uint32_t tx_height = tx->block_height.value;
    answer_done(&answer);
    WANT(page = alpha_block_transactions(alpha, tx_height, 0, (struct str){0}, soon(v), &answer));
    CHECK(page->count >= 1);
    answer_done(&answer);
    WANT(alpha_mempool(alpha, 0, (struct str){0}, soon(v), &answer)); /* A5 */
    answer_done(&answer);
    WANT(alpha_pool_entries(alpha, 10, (struct str){0}, soon(v), &answer));
    answer_done(&answer);
    const struct pool_stats *stats = alpha_pool_stats(alpha, soon(v), &answer);
    WANT(stats);
    CHECK_U64(stats->capacity, 10000);
    CHECK(stats->admitted >= 10);
    answer_done(&answer);
    WANT(alpha_state_root(alpha, soon(v), &hash, &answer)); /* A7 */
    answer_done(&answer);
    WANT(alpha_state_root_at(alpha, final, soon(v), &hash, &answer));
    answer_done(&answer);
    CHECK(hash_eq(&hash, &root));
    const struct committee_view *committee = alpha_committee(alpha, 1, soon(v), &answer); /* A8 */
    WANT(committee);
    CHECK_U64(committee->committee->count, v->config.validators);
    answer_done(&answer);
    WANT(alpha_committee_latest(alpha, soon(v), &answer));
    answer_done(&answer);
    const struct str_list *peers = alpha_peers(alpha, soon(v), &answer); /* A10 */
    WANT(peers);
    CHECK_U64(peers->count, v->config.validators - 1);
    answer_done(&answer);
    WANT(alpha_peers_count(alpha, soon(v), &count, &answer));
    answer_done(&answer);
    CHECK_U64(count, v->config.validators - 1);
    WANT(page = alpha_peers_metrics(alpha, soon(v), &answer));
    CHECK_U64(page->count, v->config.validators - 1);
    answer_done(&answer);
    const struct sync_status *sync = alpha_sync_status(alpha, soon(v), &answer); /* A11 */
    WANT(sync);
    CHECK(!sync->is_syncing && sync->finalized_height >= final);
    answer_done(&answer);
    const struct account_view *account = alpha_account(alpha, &v->bots[0]->identity.address, soon(v), &answer); /* A12 */
    WANT(account);
    CHECK(account->exists);
    CHECK_U64(account->nonce, v->bots[0]->wallet.lanes[0].executed);
    answer_done(&answer);
    const struct supply *supply = alpha_supply(alpha, true, soon(v), &answer); /* X4 */
    WANT(supply);
    CHECK(supply->tokens_count >= 1 && supply->tokens[0].ok);
    struct amount held;
    CHECK(supply_held(&supply->tokens[0], &held) && amount_eq(held, supply->tokens[0].total));
    answer_done(&answer);
    WANT(alpha_node_info(alpha, soon(v), &answer));
    answer_done(&answer);
    WANT(page = alpha_validators(alpha, 0, (struct str){0}, soon(v), &answer)); /* X1 */
    CHECK_U64(page->count, v->config.validators);
    const struct address first = ((const struct validator_view *)page->items)[0].address;
    answer_done(&answer);
    WANT(alpha_validator(alpha, &first, soon(v), &answer));
    answer_done(&answer);
    WANT(page = alpha_evidence(alpha, 0, (struct str){0}, soon(v), &answer));
    CHECK_U64(page->count, 0);
    answer_done(&answer);
    WANT(alpha_votes(alpha, final, soon(v), &answer));
    answer_done(&answer);
    WANT(alpha_round(alpha, soon(v), &answer));
    answer_done(&answer);
    WANT(page = alpha_forks(alpha, soon(v), &answer));
    answer_done(&answer);
    WANT(alpha_checkpoints(alpha, 0, (struct str){0}, soon(v), &answer));
    answer_done(&answer);
    WANT(page = alpha_governors(alpha, 0, (struct str){0}, soon(v), &answer)); /* A9 */
    CHECK_U64(page->count, 0);
    answer_done(&answer);
}
static void every_read_answers_and_agrees_with_the_others(void)
{
    for (enum http_wire wire = WIRE_STRUCT; wire <= WIRE_TEXT; wire++)
        village_free(village_run((struct village_config){.validators = 4, .bots = 4, .seed = 11, .ax = 1000000, .wire = wire},
                                 reads_here));
}

static void refusals_here(struct village *v)
{
    const struct alpha *alpha = &v->crew.alpha;
    struct hash none = {{1}};
    CHECK(alpha_proposal(alpha, &none, soon(v), &answer) == NULL);
    REFUSED(CODE_PROPOSAL_NOT_FOUND);
    CHECK(alpha_block(alpha, 4000000, false, soon(v), &answer) == NULL);
    REFUSED(CODE_BLOCK_NOT_FOUND);
    CHECK(alpha_transaction(alpha, &none, TX_WAIT_NONE, (struct duration){0}, soon(v), &answer) == NULL);
    REFUSED(CODE_TRANSACTION_NOT_FOUND);
    CHECK(alpha_finality(alpha, 4000000, soon(v), &answer) == NULL);
    CHECK_U64(answer.status, ANSWER_REFUSED);
    answer_done(&answer);
    CHECK(alpha_pool_entry(alpha, &none, soon(v), &answer) == NULL);
    REFUSED(CODE_TRANSACTION_NOT_FOUND);
    CHECK(alpha_state_path(alpha, STR("nonsense"), 0, soon(v), &answer) == NULL);
    CHECK_U64(answer.status, ANSWER_REFUSED);
    answer_done(&answer);
    CHECK(alpha_broadcast_raw(alpha, STR("{"), STR("application/json"), soon(v), &answer) == NULL);
    REFUSED(CODE_PARSE_ERROR);
    struct alpha other = *alpha;
    other.network = NETWORK_MAINNET;
    uint32_t height;
    CHECK(!alpha_height(&other, soon(v), &height, &answer));
    REFUSED(CODE_NETWORK_MISMATCH);
    other = *alpha;
    other.view = STR("v99");
    CHECK(!alpha_height(&other, soon(v), &height, &answer));
    CHECK(answer.status == ANSWER_REFUSED || answer.status == ANSWER_UNREACHABLE);
    answer_done(&answer);
    other.origin = STR("nowhere");
    CHECK(!alpha_height(&other, soon(v), &height, &answer));
    CHECK_U64(answer.status, ANSWER_UNREACHABLE);
    CHECK(answer.fault != NULL);
    answer_done(&answer);
    /* a refusal with field and details */
    struct apierror error;
    const struct tx_spec spec = {.domain = v->crew.domain,
                                 .kind = KIND_ALPHA_TRANSFER,
                                 .fee = AMOUNT(1000),
                                 .token = TOKEN_AX,
                                 .to = v->bots[1]->identity.address,
                                 .amount = AMOUNT(5000000)};
    struct tx *tx = tx_build(&spec, v->crew.suite, &v->bots[0]->identity.key, &error);
    CHECK(alpha_broadcast(alpha, tx, soon(v), &answer) == NULL);
    CHECK_U64(answer.code, CODE_INSUFFICIENT_BALANCE);
    CHECK_STR(str_of(answer.error->field), STR("payload.amount"));
    CHECK_STR(apierror_detail_find(answer.error, STR("required")), STR("5001000"));
    CHECK_STR(apierror_detail_find(answer.error, STR("available")), STR("1000000"));
    answer_done(&answer);
    tx_unref(tx);
}
static void a_refusal_carries_code_field_and_details(void)
{
    for (enum http_wire wire = WIRE_STRUCT; wire <= WIRE_TEXT; wire++)
        village_free(village_run((struct village_config){.validators = 4, .bots = 2, .seed = 12, .ax = 1000000, .wire = wire},
                                 refusals_here));
}

static void batch_here(struct village *v)
{
    struct tx *txs[12];
    struct apierror error;
    for (uint64_t i = 0; i < ARRAY_LEN(txs); i++) {
        const struct tx_spec spec = {.domain = v->crew.domain,
                                     .kind = KIND_ALPHA_TRANSFER,
                                     .nonce = i,
                                     .fee = AMOUNT(i == 11 ? 1 : 1000),
                                     .token = TOKEN_AX,
                                     .to = v->bots[1]->identity.address,
                                     .amount = AMOUNT(1 + i)};
        txs[i] = tx_build(&spec, v->crew.suite, &v->bots[0]->identity.key, &error);
    }
    const struct batch_ack *ack = alpha_broadcast_batch(&v->crew.alpha, txs, ARRAY_LEN(txs), soon(v), &answer);
    WANT(ack);
    CHECK_U64(ack->accepted, 11);
    CHECK_U64(ack->rejected, 1);
    CHECK_U64(ack->results[11].error.code, CODE_FEE_TOO_LOW);
    answer_done(&answer);
    WANT(alpha_transaction(&v->crew.alpha, &txs[10]->id, TX_WAIT_FINALIZED, duration_s(30), village_in(v, duration_s(40)),
                           &answer));
    answer_done(&answer);
    for (size_t i = 0; i < ARRAY_LEN(txs); i++) tx_unref(txs[i]);
}
static void a_batch_is_answered_one_by_one(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = 2, .seed = 13, .ax = 1000000}, batch_here));
}

/* What the network says, and what can be proven of it, over several epochs. */
static void trust_here(struct village *v)
{
    const struct verifier verifier = verifier_plain(&v->crew.suite);
    struct trust *trust = trust_begin(v, verifier);
    const struct alpha *alpha = &v->crew.alpha;
    const struct hash id = some_payments(v);
    uint32_t final = 0;
    while (final < 32) { /* three epochs of ten blocks */
        fiber_sleep(v->env, duration_s(1));
        WANT(alpha_height_final(alpha, soon(v), &final, &answer));
        answer_done(&answer);
    }
    for (uint32_t height = 1; height <= final; height++) {
        const struct finality_view *proof = alpha_finality(alpha, height, soon(v), &answer); /* X13 */
        WANT(proof);
        const enum trust_verdict verdict = trust_take(trust, proof->proof);
        if (verdict != TRUST_OK && verdict != TRUST_KNOWN)
            CHECK_FAIL("height %u: %s, " STR_FMT, height, trust_verdict_text(verdict),
                       STR_ARG(verdict_text(trust_detail(trust))));
        answer_done(&answer);
        for (uint32_t validator = 1; validator <= v->config.validators; validator++) { /* every view tells the same */
            char name[8];
            snprintf(name, sizeof(name), "v%u", validator);
            struct alpha view = *alpha;
            view.view = str_of(name);
            const struct block_view *block = alpha_block(&view, height, true, soon(v), &answer);
            WANT(block);
            CHECK_STR(answer_node(&answer), str_of(name));
            const enum trust_verdict told = trust_block_final(trust, block);
            if (told != TRUST_OK) CHECK_FAIL("block %u of %s: %s", height, name, trust_verdict_text(told));
            answer_done(&answer);
        }
    }
    const struct tx_proof_view *proof = alpha_transaction_proof(alpha, &id, soon(v), &answer); /* X14 */
    WANT(proof);
    struct answer other;
    const struct tx_view *tx = alpha_transaction(alpha, &id, TX_WAIT_NONE, (struct duration){0}, soon(v), &other);
    CHECK(tx != NULL && tx->has_receipt);
    CHECK_U64(trust_transaction(trust, proof, &tx->receipt), TRUST_OK);
    struct receipt lie = tx->receipt;
    lie.fee_charged.units--;
    CHECK_U64(trust_transaction(trust, proof, &lie), TRUST_MERKLE);
    const uint32_t height = proof->height;
    answer_done(&other);
    answer_done(&answer);
    struct trust_account account;
    const struct state_path *path = alpha_account_path(alpha, &v->bots[1]->identity.address, final, soon(v), &answer); /* AS3 */
    WANT(path);
    CHECK_U64(trust_account(trust, path, &v->bots[1]->identity.address, &account), TRUST_OK);
    CHECK_U64(account.nonce, v->bots[1]->wallet.lanes[0].executed);
    CHECK(amount_eq(account.free[TOKEN_AX], v->bots[1]->wallet.purses[TOKEN_AX].settled));
    CHECK_U64(trust_account(trust, path, &v->bots[0]->identity.address, &account), TRUST_STATE);
    answer_done(&answer);
    CHECK(height <= final);
    trust_free(trust);
}
static void what_the_network_says_can_be_proven_across_epochs(void)
{
    const struct devnet_parameter parameters[] = {{STR("epoch_blocks"), STR("10")}};
    for (enum http_wire wire = WIRE_STRUCT; wire <= WIRE_TEXT; wire++)
        village_free(village_run((struct village_config){.validators = 4,
                                                         .bots = 2,
                                                         .seed = 14,
                                                         .ax = 1000000,
                                                         .wire = wire,
                                                         .parameters = parameters,
                                                         .parameters_count = 1},
                                 trust_here));
}

static void admin_here(struct village *v)
{
    const struct admin *admin = &v->admin;
    struct err err = {0};
    struct capabilities found;
    if (!admin_discover(admin, soon(v), &found, &err)) CHECK_FAIL("%s", err.text);
    CHECK(found.admin && found.chaos);
    const struct admin_info *info = admin_info(admin, soon(v), &answer);
    WANT(info);
    CHECK_U64(info->validators, v->config.validators);
    CHECK_U64(info->rng, v->config.seed);
    answer_done(&answer);
    const struct page *page = admin_nodes(admin, soon(v), &answer);
    WANT(page);
    CHECK_U64(page->count, v->config.validators);
    CHECK(((const struct admin_node *)page->items)[0].running);
    answer_done(&answer);
    const struct faucet_grant grants[] = {{v->bots[0]->identity.address, {TOKEN_AX, AMOUNT(5)}},
                                          {v->bots[1]->identity.address, {TOKEN_AX, AMOUNT(6)}}};
    const struct admin_faucet *faucet = admin_faucet(admin, grants, 2, soon(v), &answer);
    WANT(faucet);
    CHECK(faucet->effective_height > 0);
    answer_done(&answer);
    const struct chaos_entry *chaos =
        admin_chaos_start(admin, STR("latency"), (struct str){0}, STR("{\"from\":\"v1\",\"to\":\"*\",\"delay_ms\":50,\"jitter_ms\":0}"),
                          (struct duration){0}, soon(v), &answer);
    WANT(chaos);
    char id[64] = {0};
    memcpy(id, chaos->chaos_id.data, MIN(chaos->chaos_id.len, sizeof(id) - 1));
    answer_done(&answer);
    WANT(page = admin_chaos(admin, soon(v), &answer));
    CHECK_U64(page->count, 1);
    CHECK_STR(((const struct chaos_entry *)page->items)[0].action, STR("latency"));
    answer_done(&answer);
    WANT(admin_chaos_end(admin, str_of(id), soon(v), &answer));
    answer_done(&answer);
    CHECK(!admin_chaos_end(admin, str_of(id), soon(v), &answer));
    REFUSED(CODE_CHAOS_NOT_FOUND);
    CHECK(admin_chaos_start(admin, STR("earthquake"), (struct str){0}, (struct str){0}, (struct duration){0}, soon(v), &answer) == NULL);
    CHECK_U64(answer.status, ANSWER_REFUSED);
    answer_done(&answer);
    WANT(admin_chaos_end_all(admin, soon(v), &answer));
    answer_done(&answer);
    const struct audit_view *audit = admin_audit(admin, true, soon(v), &answer);
    WANT(audit);
    CHECK(audit->ok && audit->violations_count == 0);
    answer_done(&answer);
    WANT(admin_parameters(admin, soon(v), &answer));
    answer_done(&answer);
    WANT(page = admin_log(admin, 10, (struct str){0}, soon(v), &answer));
    CHECK(page->count >= 2);
    answer_done(&answer);
    WANT(admin_set_mode(admin, ADMIN_MANUAL, 0, soon(v), &answer));
    answer_done(&answer);
    fiber_sleep(v->env, duration_s(5));
    uint32_t before, after;
    WANT(alpha_height(&v->crew.alpha, soon(v), &before, &answer));
    answer_done(&answer);
    WANT(admin_step(admin, (struct str){0}, 3, village_in(v, duration_s(60)), &answer));
    answer_done(&answer);
    WANT(alpha_height(&v->crew.alpha, soon(v), &after, &answer));
    answer_done(&answer);
    CHECK(after > before);
    /* somebody without the token, and a target without the API */
    struct admin stranger = *admin;
    stranger.token = STR("wrong-wrong-wrong");
    CHECK(admin_info(&stranger, soon(v), &answer) == NULL);
    REFUSED(CODE_UNAUTHORIZED);
    stranger.origin = STR("nowhere");
    if (!admin_discover(&stranger, soon(v), &found, &err)) CHECK_FAIL("%s", err.text);
    CHECK(!found.admin && !found.chaos && !found.byzantine && !found.switches);
}
static void the_admin_api_is_spoken(void)
{
    for (enum http_wire wire = WIRE_STRUCT; wire <= WIRE_TEXT; wire++)
        village_free(village_run((struct village_config){.validators = 4, .bots = 2, .seed = 15, .ax = 1000000, .wire = wire},
                                 admin_here));
}

static void admin_more_here(struct village *v)
{
    const struct admin *admin = &v->admin;
    uint32_t before, after;
    char id[16];
    const struct admin_limit tight = {.listener = STR("adnet"), .per_client_rps = 1, .burst = 1}, none = {.listener = STR("adnet")};
    const struct adnet adnet = {.http = v->crew.alpha.http, .origin = STR("adnet"), .client_id = STR("tester")};
    WANT(admin_limits_put(admin, &tight, soon(v), &answer));
    WANT(adnet_status(&adnet, soon(v), &answer));
    CHECK(adnet_status(&adnet, soon(v), &answer) == NULL && answer.code == CODE_RATE_LIMITED);
    CHECK_U64(answer_retry_after(&answer).ns, NS_PER_S);
    answer_done(&answer);
    WANT(admin_limits_put(admin, &none, soon(v), &answer));
    const struct json *limits = admin_limits(admin, soon(v), &answer);
    CHECK(limits != NULL && limits->count == 3);
    answer_done(&answer);
    WANT(admin_external(admin, STR("[\"v4\"]"), true, soon(v), &answer));
    WANT(admin_external(admin, STR("[\"v4\"]"), false, soon(v), &answer));
    WANT(admin_validators_add(admin, 1, true, soon(v), &answer));
    const struct str snapshot = admin_snapshot(admin, soon(v), &answer);
    CHECK(snapshot.len > 0 && snapshot.len < sizeof(id));
    memcpy(id, snapshot.data, snapshot.len);
    id[snapshot.len] = 0;
    answer_done(&answer);
    WANT(alpha_height_final(&v->crew.alpha, soon(v), &before, &answer));
    fiber_sleep(v->env, duration_s(10));
    WANT(admin_restore(admin, str_of(id), soon(v), &answer));
    WANT(alpha_height_final(&v->crew.alpha, soon(v), &after, &answer));
    CHECK(after <= before);
    CHECK(!admin_restore(admin, STR("s99"), soon(v), &answer) && answer.code == CODE_INVALID_PARAMETER);
    answer_done(&answer);
    WANT(admin_reset(admin, 99, 3, soon(v), &answer));
    const struct admin_info *info = admin_info(admin, soon(v), &answer);
    CHECK(info != NULL && info->timeline == 2 && info->validators == 3 && info->rng == 99);
    answer_done(&answer);
}
static void the_rest_of_the_admin_api_is_spoken(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = 1, .seed = 13, .ax = 1000, .dx = 1000}, admin_more_here));
}

static void adnet_here(struct village *v)
{
    const struct adnet adnet = {.http = v->crew.alpha.http, .origin = STR("adnet"), .client_id = STR("tester")};
    const struct health_view *health = adnet_health(&adnet, soon(v), &answer);
    CHECK(health != NULL && health->status == HEALTH_OK && health->alpha && health->delta && health->ipc);
    answer_done(&answer);
    const struct status_view *status = adnet_status(&adnet, soon(v), &answer);
    CHECK(status != NULL && status->has_delta && status->delta.network_id == 18);
    answer_done(&answer);
    CHECK(admin_chaos_start(&v->admin, STR("crash"), STR("both"), STR("{\"targets\":\"*\"}"), (struct duration){0}, soon(v), &answer) != NULL);
    answer_done(&answer);
    health = adnet_health(&adnet, soon(v), &answer);
    CHECK(health != NULL && health->status == HEALTH_DOWN && answer.http == 503);
    answer_done(&answer);
}
static void the_adnet_listener_is_asked(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = 1, .seed = 12, .ax = 1000, .dx = 1000}, adnet_here));
}

int main(void)
{
    RUN(the_adnet_listener_is_asked);
    RUN(the_rest_of_the_admin_api_is_spoken);
    RUN(every_read_answers_and_agrees_with_the_others);
    RUN(a_refusal_carries_code_field_and_details);
    RUN(a_batch_is_answered_one_by_one);
    RUN(what_the_network_says_can_be_proven_across_epochs);
    RUN(the_admin_api_is_spoken);
    return 0;
}
