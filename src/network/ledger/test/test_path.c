/* Reads and their proofs: what a view shows must be what the root commits to. */
#include "core/codec/binary.h"
#include "network/ledger/test/fixture.h"

static enum state_proof_verdict check_view(const struct state_path *view)
{
    struct state_proof proof = {
        .root = view->state_root, .key = view->key, .bucket = view->bucket, .bucket_count = view->bucket_count};
    memcpy(proof.siblings, view->siblings, sizeof(proof.siblings));
    return state_proof_verify(&proof, view->value.data, view->value.len);
}

static void an_account_is_proven_present_or_absent(void)
{
    static struct town town;
    town_init(&town, 1);
    struct arena arena;
    arena_init(&arena, 0);
    const struct hash block = {{7}};
    struct state_path view;
    char text[80] = "account:";
    address_text(&town.people[5].address, CHAIN_ALPHA, text + 8);
    struct hash key, direct = ledger_account_key(&town.people[5].address);
    CHECK_U64(ledger_key_parse(CHAIN_ALPHA, str_of(text), &key), CODE_NONE);
    CHECK(hash_eq(&key, &direct));
    ledger_path_view(town.state, &block, &key, &arena, &view);
    CHECK_U64(check_view(&view), STATE_PROOF_OK);
    CHECK_U64(view.value.len, 8 + 2 + 33); /* nonce, one token */
    CHECK(bin_load_u128((const uint8_t *)view.value.data + 11) == PEOPLE_BALANCE);
    CHECK_U64(view.siblings_count, STATE_LEVELS);
    struct person stranger;
    person_init(&stranger, 99999);
    key = ledger_account_key(&stranger.address);
    ledger_path_view(town.state, &block, &key, &arena, &view);
    CHECK(view.value.data == NULL);
    CHECK_U64(check_view(&view), STATE_PROOF_OK);
    arena_done(&arena);
    town_done(&town);
}

static void the_supply_and_every_parameter_are_in_the_root(void)
{
    static struct town town;
    town_init(&town, 1);
    struct arena arena;
    arena_init(&arena, 0);
    static const char *const keys[] = {"param:supply/AX", "param:treasury/AX", "param:chain", "param:epoch_blocks",
                                       "param:min_fee_base"};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        struct hash key;
        struct state_path view;
        CHECK_U64(ledger_key_parse(CHAIN_ALPHA, str_of(keys[i]), &key), CODE_NONE);
        ledger_path_view(town.state, &key, &key, &arena, &view);
        CHECK(view.value.len > 0);
        CHECK_U64(check_view(&view), STATE_PROOF_OK);
    }
    arena_done(&arena);
    town_done(&town);
}

static void keys_that_name_nothing_are_refused(void)
{
    static const struct {
        const char *text;
        enum code code;
    } bad[] = {
        {"account", CODE_INVALID_PARAMETER},
        {"account:", CODE_INVALID_ADDRESS},
        {"nothing:aa", CODE_KEY_NOT_FOUND},
        {"lock:zz", CODE_INVALID_PARAMETER},
        {"lock:00", CODE_INVALID_PARAMETER},
        {"mapping:p/m", CODE_INVALID_PARAMETER},
        {"mapping:p/m/x", CODE_INVALID_PARAMETER},
        {"mapping:/m/1", CODE_INVALID_PARAMETER},
        {"note:4294967296", CODE_INVALID_PARAMETER},
        {"param:", CODE_INVALID_PARAMETER},
        {"", CODE_INVALID_PARAMETER},
    };
    struct hash key;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        if (ledger_key_parse(CHAIN_ALPHA, str_of(bad[i].text), &key) != bad[i].code) CHECK_FAIL("\"%s\"", bad[i].text);
    CHECK_U64(ledger_key_parse(CHAIN_ALPHA, STR("account:dx1h388jz8vpzfqzqh8ltcgnrnlfacmyjjucxup96yv8yref42hlnaqx5rm9h"), &key),
              CODE_INVALID_CHAIN_ID);
    CHECK_U64(ledger_key_parse(CHAIN_ALPHA, STR("mapping:p/m/340282366920938463463374607431768211455"), &key), CODE_NONE);
    CHECK_U64(ledger_key_parse(CHAIN_ALPHA, STR("note:7"), &key), CODE_NONE);
}

/* Vector T5: the entry of account A with nonce 7 and 1000000 AX, alone in the map. */
static void an_account_entry_is_the_contracts_to_the_byte(void)
{
    struct address a;
    CHECK_U64(address_parse(STR("ax1h388jz8vpzfqzqh8ltcgnrnlfacmyjjucxup96yv8yref42hlnaqrr7ane"), CHAIN_ALPHA, &a), CODE_NONE);
    const struct hash key = ledger_account_key(&a);
    CHECK_HEX(&key, 32, "00b266a3b7a77c72cc23f55970561fbbba304ec9ebf29e45e5c18dfc5962b2f0");
    static struct town town;
    town_init(&town, 1);
    uint8_t seed[32];
    for (size_t i = 0; i < 32; i++) seed[i] = (uint8_t)i;
    struct person person = {.address = a};
    seckey_from_seed((struct sign_suite){SIGN_ED25519}, seed, &person.key);
    const struct address own = address_of_key(&person.key.pub);
    CHECK(address_eq(&a, &own));
    const struct ledger_grant grant = {a, {TOKEN_AX, AMOUNT(1000000 + 7 * 1001)}};
    const struct ledger_orders orders = {.grants = &grant, .grants_count = 1};
    struct tx *txs[7];
    for (size_t i = 0; i < 7; i++) {
        struct tx_spec spec = town_spec(&town, i);
        struct apierror error;
        spec.amount = AMOUNT(1);
        txs[i] = tx_build(&spec, (struct sign_suite){SIGN_ED25519}, &person.key, &error);
        CHECK(txs[i] != NULL);
    }
    struct ledger_result *result = town_run(&town, &orders, txs, 7);
    CHECK_U64(result->succeeded, 7);
    ledger_result_unref(result);
    struct str value;
    CHECK(statemap_get(ledger_statemap(town.state), &key, &value));
    const struct hash value_hash = state_value_hash(value.data, value.len);
    CHECK_HEX(&value_hash, 32, "8daca6cf7a18be6d9c60f8dcd0539362d4c7c4b810c8f5f8b542174901f822eb");
    town_done(&town);
}

/* The entries whose bytes are this ledger's own choice: changing them changes every state root, so it must not happen unnoticed.
 */
static void the_ledgers_own_entries_keep_their_bytes(void)
{
    static struct town town;
    struct params params;
    params_init(&params, PROFILE_TEST, CHAIN_ALPHA);
    params.genesis_stake = 10000000;
    town_init_params(&town, 1, &params);
    struct tx *txs[] = {town_pay(&town, 0, 1, 0, 250, 7)};
    ledger_result_unref(town_run(&town, NULL, txs, 1));
    const struct hash validator = ledger_validator_key(&town.validators[0].address);
    struct hash supply;
    struct str value;
    CHECK(statemap_get(ledger_statemap(town.state), &validator, &value));
    CHECK_U64(value.len, 1 + 32 + 2 + 2 + 2 + 1 + 4 + 5 * 16);
    CHECK_HEX(value.data + 33, value.len - 33,
              "020076310000000000000080969800000000000000000000000000809698000000000000000000000000"
              "00ef030000000000000000000000000000000000000000000000000000000000000000000000000000"
              "0000000000000000");
    CHECK_U64(ledger_key_parse(CHAIN_ALPHA, STR("param:supply/AX"), &supply), CODE_NONE);
    CHECK(statemap_get(ledger_statemap(town.state), &supply, &value));
    CHECK_U64(value.len, 20 * 16 + 4);
    const struct hash hash = state_value_hash(value.data, value.len);
    CHECK_HEX(&hash, 32, "cfdd2f6960fbede6e1a6d8319b47542f23dca5d3e9f488475c610b2b6f3de003");
    town_done(&town);
}

static void an_account_view_shows_all_that_is_owned(void)
{
    static struct town town;
    town_init(&town, 1);
    struct arena arena;
    arena_init(&arena, 0);
    struct account_view view;
    ledger_account_view(town.state, &town.people[0].address, 3, &arena, &view);
    CHECK(view.exists);
    CHECK_U64(view.pending_nonce, 3);
    CHECK_U64(view.balances_count, 1);
    CHECK(view.balances[0].free.units == PEOPLE_BALANCE && view.balances[0].token == TOKEN_AX);
    CHECK_U64(view.bonded_count + view.roles_count, 0);
    ledger_account_view(town.state, &town.validators[0].address, 0, &arena, &view);
    CHECK(view.exists);
    CHECK_U64(view.bonded_count, 1);
    CHECK(view.bonded[0].amount.units == town.params.genesis_stake);
    CHECK_STR(view.roles[0].value, STR("validator"));
    struct person stranger;
    person_init(&stranger, 99999);
    ledger_account_view(town.state, &stranger.address, 0, &arena, &view);
    CHECK(!view.exists);
    CHECK_U64(view.balances_count, 0);
    arena_done(&arena);
    town_done(&town);
}

static void a_successful_receipt_tells_what_moved(void)
{
    static struct town town;
    town_init(&town, 1);
    struct tx *good = town_pay(&town, 0, 1, 0, 25, 0), *poor = town_pay(&town, 2, 1, 0, PEOPLE_BALANCE, 0),
              *txs[2] = {tx_ref(good), tx_ref(poor)};
    struct ledger_result *result = town_run(&town, NULL, txs, 2);
    struct tx_view views[2] = {{.chain = CHAIN_ALPHA, .envelope = good, .has_receipt = true, .receipt = result->receipts[0]},
                               {.chain = CHAIN_ALPHA, .envelope = poor, .has_receipt = true, .receipt = result->receipts[1]}};
    struct buf out = {0};
    struct arena arena;
    struct err err;
    arena_init(&arena, 0);
    struct json_writer w = json_writer_of(&out);
    shape_write(&shape_tx, &views[0], CHAIN_ALPHA, &w);
    const struct json *receipt = json_find(json_parse(&arena, buf_str(&out), &err), STR("receipt"));
    const struct json *events = json_find(receipt, STR("events"));
    CHECK(events != NULL && events->type == JSON_ARRAY);
    struct str text;
    char to[ADDRESS_TEXT];
    address_text(&town.people[1].address, CHAIN_ALPHA, to);
    const struct json *event = json_at(events, 0);
    CHECK(json_str(json_find(event, STR("type")), &text) && str_eq(text, STR("transfer")));
    CHECK(json_str(json_find(event, STR("to")), &text) && str_eq(text, str_of(to)));
    CHECK(json_str(json_find(event, STR("amount")), &text) && str_eq(text, STR("25")));
    buf_clear(&out);
    w = json_writer_of(&out);
    shape_write(&shape_tx, &views[1], CHAIN_ALPHA, &w);
    receipt = json_find(json_parse(&arena, buf_str(&out), &err), STR("receipt"));
    CHECK(json_at(json_find(receipt, STR("events")), 0) == NULL);
    CHECK(json_str(json_find(json_find(receipt, STR("error")), STR("code")), &text) && str_eq(text, STR("INSUFFICIENT_BALANCE")));
    buf_done(&out);
    arena_done(&arena);
    ledger_result_unref(result);
    tx_unref(good);
    tx_unref(poor);
    town_done(&town);
}

int main(void)
{
    RUN(a_successful_receipt_tells_what_moved);
    RUN(an_account_is_proven_present_or_absent);
    RUN(the_supply_and_every_parameter_are_in_the_root);
    RUN(keys_that_name_nothing_are_refused);
    RUN(an_account_entry_is_the_contracts_to_the_byte);
    RUN(the_ledgers_own_entries_keep_their_bytes);
    RUN(an_account_view_shows_all_that_is_owned);
    return 0;
}
