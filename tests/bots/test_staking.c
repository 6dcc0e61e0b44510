/* Staking, rewards and evidence of a whole network, seen through the clients alone: a bond grows, is claimed once, and is lost with the
 * validator that signed twice. */
#include "tester/client/adnet_rewards.h"
#include "tester/client/alpha_staking.h"
#include "village.h"

#include "chain/payload.h"

static struct answer answer;

static struct instant soon(struct village *v) { return village_in(v, duration_s(40)); }

static struct seckey dev_key(const struct village *v, const char *name)
{
    uint8_t seed[32];
    struct seckey key;
    derive_dev_seed(v->config.seed, str_of(name), seed);
    seckey_from_seed(v->crew.suite, seed, &key);
    return key;
}

static uint64_t nonce_of(struct village *v, const struct address *address)
{
    const struct account_view *account = alpha_account(&v->crew.alpha, address, soon(v), &answer);
    WANT(account);
    const uint64_t nonce = account->pending_nonce;
    answer_done(&answer);
    return nonce;
}

static struct tx *build(struct village *v, const struct seckey *key, enum kind kind, const union payload *payload)
{
    struct apierror error;
    struct buf bytes = {0};
    const struct address sender = address_of_key(&key->pub);
    payload_encode(kind, payload, &bytes);
    const struct tx_spec spec = {.domain = v->crew.domain, .kind = kind, .nonce = nonce_of(v, &sender), .fee = AMOUNT(4000), .payload = buf_str(&bytes)};
    struct tx *tx = tx_build(&spec, v->crew.suite, key, &error);
    if (tx == NULL) CHECK_FAIL("%s", error.message);
    buf_done(&bytes);
    return tx;
}

static void wait_final(struct village *v, const struct hash *id)
{
    const struct tx_view *view =
        alpha_transaction(&v->crew.alpha, id, TX_WAIT_FINALIZED, ALPHA_WAIT_MAX, soon(v), &answer);
    WANT(view);
    CHECK_U64(view->status, TX_FINALIZED);
    if (view->receipt.code != CODE_NONE) CHECK_FAIL("failed: " STR_FMT, STR_ARG(code_text((enum code)view->receipt.code)));
    answer_done(&answer);
}

static void run(struct village *v, const struct seckey *key, enum kind kind, union payload payload)
{
    struct tx *tx = build(v, key, kind, &payload);
    const struct hash id = tx->id;
    WANT(alpha_broadcast(&v->crew.alpha, tx, soon(v), &answer));
    answer_done(&answer);
    tx_unref(tx);
    wait_final(v, &id);
}

static void until_height(struct village *v, uint32_t height)
{
    uint32_t now = 0;
    while (now < height) {
        fiber_sleep(v->env, duration_ms(500));
        WANT(alpha_height_final(&v->crew.alpha, soon(v), &now, &answer));
        answer_done(&answer);
    }
}

static u128 free_of(struct village *v, const struct address *address)
{
    const struct account_view *account = alpha_account(&v->crew.alpha, address, soon(v), &answer);
    WANT(account);
    const u128 units = account->balances_count > 0 ? account->balances[0].free.units : 0;
    answer_done(&answer);
    return units;
}

static void bonds_here(struct village *v, const struct adnet *adnet, const struct seckey *key, const struct address *v1)
{
    const struct alpha *alpha = &v->crew.alpha;
    const struct address me = address_of_key(&key->pub);
    run(v, key, KIND_ALPHA_STAKE, (union payload){.amount = {AMOUNT(11000000)}});
    run(v, key, KIND_BOND, (union payload){.bond = {*v1, AMOUNT(1000000)}});
    const struct page *page = alpha_delegators(alpha, v1, 0, (struct str){0}, soon(v), &answer);
    WANT(page);
    CHECK_U64(page->count, 2);
    answer_done(&answer);
    WANT(page = alpha_delegators(alpha, v1, 1, (struct str){0}, soon(v), &answer));
    CHECK(page->count == 1 && page->next_cursor.len > 0);
    answer_done(&answer);
    WANT(alpha_validator(alpha, v1, soon(v), &answer));
    answer_done(&answer);
    (void)alpha_delegators(alpha, &me, 0, (struct str){0}, soon(v), &answer);
    REFUSED(CODE_VALIDATOR_NOT_FOUND);
    const struct account_view *account = alpha_account(alpha, &me, soon(v), &answer);
    WANT(account);
    CHECK_U64(account->staked.units, 10000000);
    CHECK_U64(account->bonded_count, 1);
    CHECK_U64(account->bonded[0].amount.units, 1000000);
    answer_done(&answer);
    (void)adnet_epoch_rewards(adnet, 99999, soon(v), &answer);
    REFUSED(CODE_EPOCH_NOT_FOUND);
}

static void rewards_here(struct village *v, const struct adnet *adnet, const struct seckey *key, const struct address *v1)
{
    const struct address me = address_of_key(&key->pub);
    until_height(v, 40);
    const struct epoch_rewards *epoch = adnet_epoch_rewards(adnet, UINT64_MAX, soon(v), &answer);
    WANT(epoch);
    CHECK(epoch->validators_count == 4 && epoch->end_height - epoch->start_height + 1 == 10);
    const uint64_t number = epoch->epoch;
    answer_done(&answer);
    WANT(adnet_epoch_rewards(adnet, number, soon(v), &answer));
    answer_done(&answer);
    const struct rewards_view *rewards = adnet_rewards(adnet, &me, NULL, soon(v), &answer);
    WANT(rewards);
    CHECK(rewards->pending_count == 1 && address_eq(&rewards->pending[0].validator, v1));
    const u128 pending = rewards->total.units;
    CHECK(pending > 0);
    answer_done(&answer);
    WANT(adnet_rewards(adnet, &me, v1, soon(v), &answer));
    answer_done(&answer);
    (void)adnet_rewards(adnet, &me, &me, soon(v), &answer);
    REFUSED(CODE_VALIDATOR_NOT_FOUND);
    const u128 before = free_of(v, &me);
    const union payload claim = {.rewards_claim = {*v1, false}}, other = {.rewards_claim = {me, false}};
    struct tx *tx = build(v, key, KIND_REWARDS_CLAIM, &other);
    (void)adnet_rewards_claim(adnet, tx, soon(v), &answer);
    REFUSED(CODE_VALIDATOR_NOT_FOUND);
    tx_unref(tx);
    tx = build(v, key, KIND_REWARDS_CLAIM, &claim);
    const struct hash id = tx->id;
    const struct claim_ack *ack = adnet_rewards_claim(adnet, tx, soon(v), &answer);
    WANT(ack);
    CHECK(ack->amount.units >= pending);
    answer_done(&answer);
    tx_unref(tx);
    wait_final(v, &id);
    const struct page *page = adnet_reward_history(adnet, &me, 10, (struct str){0}, soon(v), &answer);
    WANT(page);
    const struct reward_event *newest = page->items, *event = NULL;
    for (uint32_t i = 0; i < page->count && event == NULL; i++)
        if (newest[i].kind == REWARD_CLAIM) event = &newest[i];
    CHECK(event != NULL && event->transaction_id.has && hash_eq(&event->transaction_id.value, &id));
    const u128 paid = event->amount.units;
    CHECK(paid >= pending);
    answer_done(&answer);
    CHECK(free_of(v, &me) == before + paid - 4000);
    WANT(rewards = adnet_rewards(adnet, &me, v1, soon(v), &answer));
    CHECK(rewards->claimed.units == paid);
    answer_done(&answer);
}

static void evidence_here(struct village *v, const struct seckey *key, const struct address *v1)
{
    const struct alpha *alpha = &v->crew.alpha;
    const struct seckey consensus = dev_key(v, "v1/consensus");
    struct vote a = {.domain = v->crew.domain, .height = 3, .round = 3, .voter = *v1}, b;
    a.block_hash.b[0] = 1;
    b = a;
    b.block_hash.b[0] = 2;
    vote_sign(&a, v->crew.suite, &consensus);
    vote_sign(&b, v->crew.suite, key); /* not its own */
    struct evidence evidence = evidence_of_votes(&a, &b);
    (void)alpha_evidence_report(alpha, &evidence, soon(v), &answer);
    REFUSED(CODE_INVALID_EVIDENCE);
    vote_sign(&b, v->crew.suite, &consensus);
    evidence = evidence_of_votes(&a, &b);
    const struct hash id = evidence_id(&evidence);
    (void)alpha_evidence_get(alpha, &id, soon(v), &answer);
    REFUSED(CODE_EVIDENCE_NOT_FOUND);
    run(v, key, KIND_ALPHA_EVIDENCE_SUBMIT,
        (union payload){.evidence = {(uint8_t)evidence.type,
                                     {(const char *)evidence.first, evidence.first_bytes},
                                     {(const char *)evidence.second, evidence.second_bytes}}});
    const struct evidence_view *view = alpha_evidence_get(alpha, &id, soon(v), &answer);
    WANT(view);
    CHECK(view->jailed && view->slashed.units == 11000000 && view->included_height.has);
    answer_done(&answer);
    const struct evidence_filter filters[] = {{.validator = v1}, {.type = EVIDENCE_DOUBLE_VOTE}, {.type = EVIDENCE_DOWNTIME}, {.after_ms = JSON_INT_MAX}};
    for (size_t i = 0; i < ARRAY_LEN(filters); i++) {
        const struct page *page = alpha_evidence_by(alpha, &filters[i], 0, (struct str){0}, soon(v), &answer);
        WANT(page);
        CHECK_U64(page->count, i < 2);
        answer_done(&answer);
    }
    WANT(alpha_evidence_report(alpha, &evidence, soon(v), &answer)); /* known already */
    answer_done(&answer);
    const struct validator_view *validator = alpha_validator(alpha, v1, soon(v), &answer);
    WANT(validator);
    CHECK(validator->jailed && validator->bonded.units == 0 && validator->slashed.units == 11000000);
    answer_done(&answer);
    uint32_t height;
    WANT(alpha_height(alpha, soon(v), &height, &answer));
    answer_done(&answer);
    until_height(v, height + 20);
    uint32_t index;
    const struct committee_view *committee = alpha_committee_latest(alpha, soon(v), &answer);
    WANT(committee);
    CHECK(committee->committee->count == 3 && !committee_find(committee->committee, v1, &index));
    answer_done(&answer);
    const struct supply *supply = alpha_supply(alpha, true, soon(v), &answer);
    WANT(supply);
    CHECK(supply->tokens[0].ok && supply->tokens[0].slashed_burned.units == 11000000);
    answer_done(&answer);
}

static void staking_here(struct village *v)
{
    const struct adnet adnet = {.http = v->crew.alpha.http, .origin = STR("adnet"), .client_id = STR("tester")};
    const struct seckey account = dev_key(v, "v1");
    const struct address v1 = address_of_key(&account.pub);
    const struct seckey *key = &v->bots[0]->identity.key;
    bonds_here(v, &adnet, key, &v1);
    rewards_here(v, &adnet, key, &v1);
    evidence_here(v, key, &v1);
}

static const struct devnet_parameter short_epochs[] = {{STR("epoch_blocks"), STR("10")}};

static void a_bond_grows_is_claimed_and_is_lost_with_its_validator(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = 1, .seed = 21, .ax = 1000000000, .parameters = short_epochs, .parameters_count = 1}, staking_here));
    village_free(village_run(
        (struct village_config){.validators = 4, .bots = 1, .seed = 22, .ax = 1000000000, .wire = WIRE_TEXT, .parameters = short_epochs, .parameters_count = 1}, staking_here));
}

int main(void)
{
    RUN(a_bond_grows_is_claimed_and_is_lost_with_its_validator);
    return 0;
}
