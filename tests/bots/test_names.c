/* Programs and names as a client sees them: every endpoint with what it gives and each code of its row, over both wires. */
#include "village.h"

#include "chain/payload.h"
#include "tester/client/alpha_names.h"

static struct answer answer;

static struct instant soon(struct village *v) { return village_in(v, duration_s(60)); }

/* Signs and sends one, and waits until it is final; the code of its receipt, or of the refusal. */
static enum code send(struct village *v, size_t bot, enum kind kind, const union payload *payload)
{
    const struct alpha *alpha = &v->crew.alpha;
    const struct account_view *account = alpha_account(alpha, &v->bots[bot]->identity.address, soon(v), &answer);
    WANT(account != NULL);
    struct buf bytes = {0};
    payload_encode(kind, payload, &bytes);
    const struct tx_spec spec = {.domain = v->crew.domain,
                                 .kind = kind,
                                 .nonce = account->nonce,
                                 .fee = AMOUNT(100 + 164 + bytes.len * 11 + 1100),
                                 .payload = buf_str(&bytes)};
    answer_done(&answer);
    struct apierror error = {0};
    struct tx *tx = tx_build(&spec, v->crew.suite, &v->bots[bot]->identity.key, &error);
    if (tx == NULL) CHECK_FAIL("%s", error.message);
    enum code code = CODE_NONE;
    if (alpha_broadcast(alpha, tx, soon(v), &answer) == NULL) {
        code = answer.code;
    } else {
        answer_done(&answer);
        const struct tx_view *view =
            alpha_transaction(alpha, &tx->id, TX_WAIT_FINALIZED, ALPHA_WAIT_MAX, village_in(v, duration_s(40)), &answer);
        WANT(view != NULL && view->status == TX_FINALIZED && view->has_receipt);
        code = (enum code)view->receipt.code;
    }
    answer_done(&answer);
    tx_unref(tx);
    buf_done(&bytes);
    return code;
}

static const char source[] = "program counter\nmapping hits\nfunction hit/1\nadd hits $0 1\nfunction bad/0\nge 1 2\nfunction long/1\nloop $0\nend\n";

static void programs_here(struct village *v)
{
    const struct alpha *alpha = &v->crew.alpha;
    const struct str counter = STR("counter"), hits = STR("hits");
    REFUSES(alpha_program(alpha, counter, soon(v), &answer), CODE_PROGRAM_NOT_FOUND);
    REFUSES(alpha_program_mappings(alpha, counter, soon(v), &answer), CODE_PROGRAM_NOT_FOUND);
    REFUSES(alpha_mapping(alpha, counter, hits, AMOUNT(7), soon(v), &answer), CODE_PROGRAM_NOT_FOUND);
    struct hash id;
    REFUSES(alpha_deployment(alpha, counter, soon(v), &id, &answer), CODE_PROGRAM_NOT_FOUND);
    const struct program_estimate *estimate = alpha_estimate_deploy(alpha, counter, str_of(source), soon(v), &answer);
    WANT(estimate != NULL && estimate->success && estimate->storage_bytes == sizeof(source) - 1);
    answer_done(&answer);
    REFUSES(alpha_estimate_deploy(alpha, counter, STR("nonsense"), soon(v), &answer), CODE_INVALID_PROGRAM);

    const union payload deploy = {.program_deploy = {counter, str_of(source)}};
    CHECK_U64(send(v, 0, KIND_PROGRAM_DEPLOY, &deploy), CODE_NONE);
    CHECK_U64(send(v, 1, KIND_PROGRAM_DEPLOY, &deploy), CODE_ALREADY_EXISTS);
    const struct program_view *view = alpha_program(alpha, counter, soon(v), &answer);
    WANT(view != NULL && str_eq(view->source, str_of(source)) && view->functions_count == 3 && view->mappings_count == 1);
    const struct hash deployed_by = view->transaction_id;
    answer_done(&answer);
    const struct str_list *mappings = alpha_program_mappings(alpha, counter, soon(v), &answer);
    WANT(mappings != NULL && mappings->count == 1 && str_eq(mappings->items[0].value, hits));
    answer_done(&answer);
    WANT(alpha_deployment(alpha, counter, soon(v), &id, &answer) && hash_eq(&id, &deployed_by));
    answer_done(&answer);
    const struct page *page = alpha_programs(alpha, &v->bots[0]->identity.address, 10, STR(""), soon(v), &answer);
    WANT(page != NULL && page->count == 1);
    answer_done(&answer);
    page = alpha_programs(alpha, &v->bots[1]->identity.address, 10, STR(""), soon(v), &answer);
    WANT(page != NULL && page->count == 0);
    answer_done(&answer);

    struct amount input = AMOUNT(7);
    const union payload hit = {.program_execute = {counter, STR("hit"), {&input, 1}}};
    const struct mapping_value *value = alpha_mapping(alpha, counter, hits, input, soon(v), &answer);
    WANT(value != NULL && !value->value.has);
    answer_done(&answer);
    CHECK_U64(send(v, 1, KIND_PROGRAM_EXECUTE, &hit), CODE_NONE);
    value = alpha_mapping(alpha, counter, hits, input, soon(v), &answer);
    WANT(value != NULL && value->value.has && value->value.value.units == 1);
    answer_done(&answer);
    REFUSES(alpha_mapping(alpha, counter, STR("other"), input, soon(v), &answer), CODE_MAPPING_NOT_FOUND);
    const struct address *sender = &v->bots[1]->identity.address;
    estimate = alpha_estimate_call(alpha, counter, STR("hit"), &input, 1, sender, soon(v), &answer);
    WANT(estimate != NULL && estimate->success && estimate->steps == 1 && estimate->storage_bytes == 0);
    answer_done(&answer);
    estimate = alpha_estimate_call(alpha, counter, STR("bad"), NULL, 0, sender, soon(v), &answer);
    WANT(estimate != NULL && !estimate->success && estimate->error.code == CODE_ASSERTION_FAILED);
    answer_done(&answer);
    input = AMOUNT(1000000);
    REFUSES(alpha_estimate_call(alpha, counter, STR("long"), &input, 1, sender, soon(v), &answer), CODE_STEP_LIMIT);
    const union payload bad = {.program_execute = {counter, STR("bad"), {NULL, 0}}};
    CHECK_U64(send(v, 1, KIND_PROGRAM_EXECUTE, &bad), CODE_ASSERTION_FAILED); /* refused at the door */
}

static uint32_t offers_told(struct village *v)
{
    const struct page *page = alpha_alerts(&v->crew.alpha, STR("VOTE_BUYING_OFFER"), 100, STR(""), soon(v), &answer);
    WANT(page != NULL);
    const uint32_t count = page->count;
    answer_done(&answer);
    return count;
}

static void switch_put(struct village *v, bool on)
{
    WANT(admin_switch_put(&v->admin, STR("vuln.transferable-vote-receipt"), on, soon(v), &answer));
    answer_done(&answer);
}

static void offers_here(struct village *v)
{
    static const char offer[] = "program offer\nmapping votes\nfunction claim/1\nge @votes[$0] 1\n";
    const union payload deploy = {.program_deploy = {STR("offer"), str_of(offer)}};
    CHECK_U64(offers_told(v), 0);
    CHECK_U64(send(v, 0, KIND_PROGRAM_DEPLOY, &deploy), CODE_INVALID_PROGRAM);
    CHECK_U64(offers_told(v), 1);
    switch_put(v, true);
    CHECK_U64(send(v, 1, KIND_PROGRAM_DEPLOY, &deploy), CODE_NONE);
    CHECK_U64(offers_told(v), 1);
    switch_put(v, false);
}

static union payload commitment(struct village *v, size_t bot, struct str name, uint64_t bid, uint64_t deposit)
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

static void names_here(struct village *v)
{
    const struct alpha *alpha = &v->crew.alpha;
    const struct str alice = STR("alice");
    REFUSES(alpha_name(alpha, alice, soon(v), &answer), CODE_NAME_NOT_FOUND);
    const union payload open = {.auction_open = {alice, AMOUNT(1000), 20, 20}};
    CHECK_U64(send(v, 0, KIND_NAME_AUCTION_OPEN, &open), CODE_NONE);
    const union payload first = commitment(v, 1, alice, 9000, 9500), second = commitment(v, 2, alice, 4000, 4000);
    CHECK_U64(send(v, 1, KIND_NAME_COMMIT, &first), CODE_NONE);
    CHECK_U64(send(v, 2, KIND_NAME_COMMIT, &second), CODE_NONE);
    union payload reveal = {.name_reveal = {alice, AMOUNT(9000), {{9}}}};
    CHECK_U64(send(v, 1, KIND_NAME_REVEAL, &reveal), CODE_AUCTION_PHASE_MISMATCH);
    wait_phase(v, alice, NAME_REVEAL);
    CHECK_U64(send(v, 1, KIND_NAME_REVEAL, &reveal), CODE_NONE);
    reveal.name_reveal.bid = AMOUNT(4000);
    CHECK_U64(send(v, 2, KIND_NAME_REVEAL, &reveal), CODE_NONE);
    wait_phase(v, alice, NAME_ENDED);
    const union payload name = {.name = {alice}};
    CHECK_U64(send(v, 3, KIND_NAME_FINALIZE, &name), CODE_NONE);
    CHECK_U64(send(v, 2, KIND_NAME_CLAIM, &name), CODE_NOT_WINNER);
    CHECK_U64(send(v, 1, KIND_NAME_CLAIM, &name), CODE_NONE);
    const struct name_view *view = alpha_name(alpha, alice, soon(v), &answer);
    WANT(view != NULL && view->phase == NAME_CLAIMED && view->price.has && view->price.value.units == 4000);
    CHECK(view->owner.has && address_eq(&view->owner.value, &v->bots[1]->identity.address));
    CHECK(view->commits == 2 && view->reveals == 2);
    answer_done(&answer);
    const struct supply *supply = alpha_supply(alpha, true, soon(v), &answer);
    WANT(supply != NULL && supply->tokens[0].ok && supply->tokens[0].deposits.units == 0);
    answer_done(&answer);
}

static void over_both_wires(void (*body)(struct village *v))
{
    for (enum http_wire wire = WIRE_STRUCT; wire <= WIRE_TEXT; wire++)
        village_free(village_run(
            (struct village_config){.validators = 4, .bots = 4, .seed = 5, .ax = 10000000, .wire = wire, .simulated = true, .listens = true}, body));
}

static void programs_are_deployed_read_called_and_refused(void) { over_both_wires(programs_here); }
static void an_offer_for_votes_is_told_of_and_refused(void) { over_both_wires(offers_here); }
static void a_name_is_auctioned_from_opening_to_claim(void) { over_both_wires(names_here); }

int main(void)
{
    RUN(programs_are_deployed_read_called_and_refused);
    RUN(an_offer_for_votes_is_told_of_and_refused);
    RUN(a_name_is_auctioned_from_opening_to_claim);
    return 0;
}
