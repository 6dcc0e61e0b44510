/* Tries to get into a pool what must stay out, and checks that the first failing check of api 2.5 decides. */
#include "network/ledger/test/fixture.h"

/* What is asked, with everything in order; claims spoil it. */
struct ask {
    struct town town;
    struct tx_spec spec;
    struct ledger_account account;
    struct ledger_sender sender;
    struct ledger_moment moment;
    struct apierror error;
};

static void ask_init(struct ask *ask)
{
    memset(ask, 0, sizeof(*ask));
    town_init(&ask->town, 1);
    ask->spec = town_spec(&ask->town, 10);
    ask->spec.timestamp_ms = TOWN_TIME;
    ask->spec.valid_until = 50;
    ask->account = town_account(&ask->town, 0);
    ask->account.nonce = 10;
    ask->sender.account = &ask->account;
    ask->moment = (struct ledger_moment){ledger_params(ask->town.state), 50, TOWN_TIME};
}

static enum code ask_now(struct ask *ask)
{
    struct tx *tx = town_sign(&ask->town, 0, &ask->spec);
    memset(&ask->error, 0, sizeof(ask->error));
    const enum code code = ledger_admit(&ask->town.rules, &ask->sender, &ask->moment, tx, &ask->error);
    CHECK_U64(ledger_admit(&ask->town.rules, &ask->sender, &ask->moment, tx, NULL), code);
    CHECK_U64(ask->error.code, code);
    if (code != CODE_NONE) CHECK(ask->error.message[0] != 0 && ask->error.suggestion[0] != 0);
    tx_unref(tx);
    return code;
}

static void check_refused(struct ask *ask, enum code code, const char *field)
{
    CHECK_U64(ask_now(ask), code);
    CHECK_STR(str_of(ask->error.field), str_of(field));
}

static void check_detail(const struct ask *ask, const char *key, const char *value)
{
    CHECK_STR(apierror_detail_find(&ask->error, str_of(key)), str_of(value));
}

static void a_sound_transaction_is_admitted(void)
{
    static struct ask ask;
    ask_init(&ask);
    CHECK_U64(ask_now(&ask), CODE_NONE);
    town_done(&ask.town);
}

static void an_expired_one_is_refused(void)
{
    static struct ask ask;
    ask_init(&ask);
    ask.spec.valid_until = 49;
    check_refused(&ask, CODE_TX_EXPIRED, "valid_until");
    ask.spec.valid_until = 0;
    CHECK_U64(ask_now(&ask), CODE_NONE);
    town_done(&ask.town);
}

static void a_timestamp_outside_the_window_is_refused(void)
{
    static struct ask ask;
    ask_init(&ask);
    ask.spec.timestamp_ms = TOWN_TIME + 120001;
    check_refused(&ask, CODE_TIMESTAMP_OUT_OF_RANGE, "timestamp");
    ask.spec.timestamp_ms = TOWN_TIME - 120001;
    check_refused(&ask, CODE_TIMESTAMP_OUT_OF_RANGE, "timestamp");
    ask.spec.timestamp_ms = TOWN_TIME - 120000;
    CHECK_U64(ask_now(&ask), CODE_NONE);
    ask.spec.timestamp_ms = UINT64_MAX;
    check_refused(&ask, CODE_TIMESTAMP_OUT_OF_RANGE, "timestamp");
    ask.spec.timestamp_ms = 0; /* not stated */
    CHECK_U64(ask_now(&ask), CODE_NONE);
    ask.spec.timestamp_ms = 1;
    ask.moment.now_ms = 0; /* not looked at */
    CHECK_U64(ask_now(&ask), CODE_NONE);
    town_done(&ask.town);
}

static void the_same_again_and_a_rival_are_refused(void)
{
    static struct ask ask;
    ask_init(&ask);
    ask.sender.known = ask.sender.conflict = true;
    CHECK_U64(ask_now(&ask), CODE_TX_ALREADY_KNOWN);
    struct tx *tx = town_sign(&ask.town, 0, &ask.spec);
    char id[65] = {0};
    str_hex(&tx->id, 32, id);
    check_detail(&ask, "transaction_id", id);
    tx_unref(tx);
    ask.sender.known = false;
    ask.sender.next_nonce = 12;
    check_refused(&ask, CODE_NONCE_CONFLICT, "nonce");
    check_detail(&ask, "expected", "12");
    check_detail(&ask, "got", "10");
    town_done(&ask.town);
}

static void nonces_have_a_lower_and_an_upper_bound(void)
{
    static struct ask ask;
    ask_init(&ask);
    ask.spec.nonce = 9;
    check_refused(&ask, CODE_NONCE_TOO_LOW, "nonce");
    check_detail(&ask, "expected", "10");
    check_detail(&ask, "got", "9");
    ask.spec.nonce = 74;
    CHECK_U64(ask_now(&ask), CODE_NONE);
    ask.spec.nonce = 75;
    check_refused(&ask, CODE_NONCE_TOO_HIGH, "nonce");
    ask.sender.next_nonce = 11;
    CHECK_U64(ask_now(&ask), CODE_NONE);
    ask.spec.nonce = UINT64_MAX;
    check_refused(&ask, CODE_NONCE_TOO_HIGH, "nonce");
    check_detail(&ask, "expected", "11");
    town_done(&ask.town);
}

static void a_fee_below_the_floor_is_refused(void)
{
    static struct ask ask;
    ask_init(&ask);
    const size_t floor = 100 + tx_spec_size(&ask.spec);
    ask.spec.fee = AMOUNT(floor);
    CHECK_U64(ask_now(&ask), CODE_NONE);
    ask.spec.fee = AMOUNT(floor - 1);
    check_refused(&ask, CODE_FEE_TOO_LOW, "fee");
    town_done(&ask.town);
}

static void what_waits_already_counts_against_the_balance(void)
{
    static struct ask ask;
    ask_init(&ask);
    ask.spec.tip = AMOUNT(5);
    ask.spec.amount = AMOUNT(PEOPLE_BALANCE - 1005);
    CHECK_U64(ask_now(&ask), CODE_NONE);
    ask.sender.spending = AMOUNT(1);
    check_refused(&ask, CODE_INSUFFICIENT_BALANCE, "payload.amount");
    check_detail(&ask, "available", "999999");
    check_detail(&ask, "required", "1000000");
    ask.sender.spending = AMOUNT_MAX;
    check_refused(&ask, CODE_INSUFFICIENT_BALANCE, "payload.amount");
    check_detail(&ask, "available", "0");
    town_done(&ask.town);
}

static void sums_beyond_the_largest_amount_are_too_much_and_never_wrap(void)
{
    static struct ask ask;
    ask_init(&ask);
    ask.account.balances[0].free = AMOUNT_MAX;
    ask.spec.amount = AMOUNT_MAX;
    check_refused(&ask, CODE_INSUFFICIENT_BALANCE, "payload.amount");
    ask.spec.amount = AMOUNT(1);
    ask.spec.tip = AMOUNT_MAX;
    check_refused(&ask, CODE_INSUFFICIENT_BALANCE, "payload.amount");
    ask.spec.tip = AMOUNT(0);
    const struct tx_output outputs[] = {{ask.town.people[1].address, AMOUNT_MAX}, {ask.town.people[1].address, AMOUNT(2)}};
    ask.spec.kind = KIND_ALPHA_BATCH_TRANSFER;
    ask.spec.outputs = outputs;
    ask.spec.outputs_count = 2;
    check_refused(&ask, CODE_INSUFFICIENT_BALANCE, "payload.outputs");
    town_done(&ask.town);
}

static void a_foreign_token_is_refused(void)
{
    static struct ask ask;
    ask_init(&ask);
    ask.spec.token = TOKEN_DX;
    ask.spec.amount = AMOUNT_MAX; /* of a token that the fee balance does not pay */
    check_refused(&ask, CODE_INVALID_TOKEN_FOR_CHAIN, "payload.token");
    town_done(&ask.town);
}

/* Spoils one thing after another, from the last check to the first: each time the earlier one must speak. */
static void the_first_failing_check_decides(void)
{
    static struct ask ask;
    ask_init(&ask);
    ask.spec.token = TOKEN_SAX;
    CHECK_U64(ask_now(&ask), CODE_INVALID_TOKEN_FOR_CHAIN);
    ask.account.balances[0].free = AMOUNT(999);
    CHECK_U64(ask_now(&ask), CODE_INSUFFICIENT_BALANCE);
    ask.spec.fee = AMOUNT(1);
    CHECK_U64(ask_now(&ask), CODE_FEE_TOO_LOW);
    ask.spec.nonce = 100;
    CHECK_U64(ask_now(&ask), CODE_NONCE_TOO_HIGH);
    ask.sender.conflict = true;
    CHECK_U64(ask_now(&ask), CODE_NONCE_CONFLICT);
    ask.spec.nonce = 1;
    CHECK_U64(ask_now(&ask), CODE_NONCE_TOO_LOW);
    ask.sender.known = true;
    CHECK_U64(ask_now(&ask), CODE_TX_ALREADY_KNOWN);
    ask.spec.timestamp_ms = 1;
    CHECK_U64(ask_now(&ask), CODE_TIMESTAMP_OUT_OF_RANGE);
    ask.spec.valid_until = 1;
    CHECK_U64(ask_now(&ask), CODE_TX_EXPIRED);
    town_done(&ask.town);
}

static void put_switch(struct ask *ask, enum weakness weakness)
{
    memset(&ask->town.rules.weak, 0, sizeof(ask->town.rules.weak));
    weakness_put(&ask->town.rules.weak, weakness, true);
}

static void each_switch_removes_its_guard_and_no_other(void)
{
    static struct ask ask;
    ask_init(&ask);
    ask.spec.nonce = 9;
    put_switch(&ask, WEAKNESS_ACCEPT_OLD_NONCE);
    CHECK_U64(ask_now(&ask), CODE_NONE);
    ask.spec.nonce = 500;
    CHECK_U64(ask_now(&ask), CODE_NONE);
    put_switch(&ask, WEAKNESS_SKIP_BALANCE_CHECK);
    CHECK_U64(ask_now(&ask), CODE_NONCE_TOO_HIGH);
    ask.spec.nonce = 10;
    ask.spec.amount = AMOUNT(2 * PEOPLE_BALANCE);
    CHECK_U64(ask_now(&ask), CODE_NONE);
    ask.spec.amount.units = (u128)1 << 64;
    put_switch(&ask, WEAKNESS_WRAPPING_ARITHMETIC);
    CHECK_U64(ask_now(&ask), CODE_NONE);
    ask.spec.amount.units--;
    CHECK_U64(ask_now(&ask), CODE_NONE); /* with the fee it goes round */
    ask.spec.amount = AMOUNT(2 * PEOPLE_BALANCE);
    CHECK_U64(ask_now(&ask), CODE_INSUFFICIENT_BALANCE);
    ask.spec.amount = AMOUNT(1);
    ask.spec.fee = AMOUNT(1);
    CHECK_U64(ask_now(&ask), CODE_FEE_TOO_LOW);
    put_switch(&ask, WEAKNESS_FIFO_MEMPOOL_NO_FEE_FLOOR);
    CHECK_U64(ask_now(&ask), CODE_NONE);
    ask.sender.conflict = true;
    CHECK_U64(ask_now(&ask), CODE_NONCE_CONFLICT);
    ask.spec.fee = AMOUNT(1000);
    put_switch(&ask, WEAKNESS_NO_NONCE_UNIQUENESS);
    CHECK_U64(ask_now(&ask), CODE_NONE);
    ask.sender.conflict = false;
    ask.spec.valid_until = 1;
    ask.spec.timestamp_ms = 1;
    CHECK_U64(ask_now(&ask), CODE_TX_EXPIRED);
    put_switch(&ask, WEAKNESS_NO_TIMESTAMP_WINDOW);
    CHECK_U64(ask_now(&ask), CODE_NONE);
    ask.spec.token = TOKEN_USD;
    CHECK_U64(ask_now(&ask), CODE_INVALID_TOKEN_FOR_CHAIN);
    ask.spec.valid_until = ask.spec.timestamp_ms = 0;
    put_switch(&ask, WEAKNESS_TOKEN_ALIAS);
    CHECK_U64(ask_now(&ask), CODE_NONE);
    town_done(&ask.town);
}

static void decoding_is_told_which_chain_and_network_to_take(void)
{
    static struct ask ask;
    ask_init(&ask);
    ask.spec.domain.network_id = 8;
    struct tx *tx = town_sign(&ask.town, 0, &ask.spec);
    CHECK(domain_eq(ledger_tx_rules(&ask.town.rules).domain, ask.town.rules.domain));
    CHECK(!ledger_check_domain(&ask.town.rules, tx, &ask.error));
    CHECK_U64(ask.error.code, CODE_NETWORK_MISMATCH);
    CHECK_STR(str_of(ask.error.field), STR("network_id"));
    put_switch(&ask, WEAKNESS_IGNORE_CHAIN_ID);
    CHECK_U64(ledger_tx_rules(&ask.town.rules).domain.chain, 0);
    CHECK(!ledger_check_domain(&ask.town.rules, tx, &ask.error));
    put_switch(&ask, WEAKNESS_IGNORE_NETWORK_ID);
    CHECK(ledger_check_domain(&ask.town.rules, tx, &ask.error));
    tx->chain = CHAIN_DELTA;
    CHECK(!ledger_check_domain(&ask.town.rules, tx, &ask.error));
    CHECK_U64(ask.error.code, CODE_INVALID_CHAIN_ID);
    tx_unref(tx);
    put_switch(&ask, WEAKNESS_ALLOW_ZERO_AMOUNT);
    CHECK(ledger_tx_rules(&ask.town.rules).allow_zero_amount);
    CHECK(ledger_wants_signature(&ask.town.rules));
    put_switch(&ask, WEAKNESS_SKIP_SIGNATURE_CHECK);
    CHECK(!ledger_wants_signature(&ask.town.rules));
    town_done(&ask.town);
}

int main(void)
{
    RUN(a_sound_transaction_is_admitted);
    RUN(an_expired_one_is_refused);
    RUN(a_timestamp_outside_the_window_is_refused);
    RUN(the_same_again_and_a_rival_are_refused);
    RUN(nonces_have_a_lower_and_an_upper_bound);
    RUN(a_fee_below_the_floor_is_refused);
    RUN(what_waits_already_counts_against_the_balance);
    RUN(sums_beyond_the_largest_amount_are_too_much_and_never_wrap);
    RUN(a_foreign_token_is_refused);
    RUN(the_first_failing_check_decides);
    RUN(each_switch_removes_its_guard_and_no_other);
    RUN(decoding_is_told_which_chain_and_network_to_take);
    return 0;
}
