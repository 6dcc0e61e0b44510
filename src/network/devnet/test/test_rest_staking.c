/* Staking's routes by table: for each endpoint a success and every code of its row, through the gateway. */
#include "chain/evidence.h"
#include "chain/payload.h"
#include "town.h"

#define A_HASH "00000000000000000000000000000000000000000000000000000000000000aa"

struct reading {
    struct str origin;
    const char *path; /* %V the validator v1, %B a bot, %D an address of Delta, %O that v1 on Delta */
    enum code code;
};
static char validator_text[ADDRESS_TEXT], bot_text[ADDRESS_TEXT], delta_text[ADDRESS_TEXT], other_text[ADDRESS_TEXT];
static struct seckey validator_key;
static struct address validator_address;

#define ALPHA {"alpha", 5}
#define DELTA {"delta", 5}
#define ADNET {"adnet", 5}
static const struct reading readings[] = {
    {ALPHA, "/testnet/validators", CODE_NONE},
    {ALPHA, "/testnet/validators/%V", CODE_NONE},
    {ALPHA, "/testnet/validators/%B", CODE_VALIDATOR_NOT_FOUND},
    {ALPHA, "/testnet/account/%V", CODE_NONE},
    {ALPHA, "/testnet/account/%D", CODE_INVALID_CHAIN_ID},
    {ALPHA, "/testnet/account/ax1", CODE_INVALID_ADDRESS},
    {ALPHA, "/testnet/delegators/%V", CODE_NONE},
    {ALPHA, "/testnet/delegators/%B", CODE_VALIDATOR_NOT_FOUND},
    {ALPHA, "/testnet/delegators/%D", CODE_INVALID_CHAIN_ID},
    {ALPHA, "/testnet/delegators/%V?limit=501", CODE_INVALID_PARAMETER},
    {ALPHA, "/testnet/delegators/%V?cursor=x", CODE_INVALID_PARAMETER},
    {ALPHA, "/testnet/evidence", CODE_NONE},
    {ALPHA, "/testnet/evidence?validator=%V&type=downtime&after=5", CODE_NONE},
    {ALPHA, "/testnet/evidence?validator=%D", CODE_INVALID_PARAMETER},
    {ALPHA, "/testnet/evidence?type=x", CODE_INVALID_PARAMETER},
    {ALPHA, "/testnet/evidence?after=-1", CODE_INVALID_PARAMETER},
    {ALPHA, "/testnet/evidence/" A_HASH, CODE_EVIDENCE_NOT_FOUND},
    {ALPHA, "/testnet/evidence/1", CODE_INVALID_PARAMETER},
    {DELTA, "/mainnet/validators", CODE_NONE},
    {DELTA, "/mainnet/validators/%O", CODE_NONE},
    {DELTA, "/mainnet/delegators/%O", CODE_NONE},
    {DELTA, "/mainnet/delegators/%V", CODE_INVALID_CHAIN_ID},
    {DELTA, "/mainnet/delegators/%D", CODE_VALIDATOR_NOT_FOUND},
    {DELTA, "/mainnet/evidence", CODE_NONE},
    {DELTA, "/mainnet/evidence?validator=%O", CODE_NONE},
    {DELTA, "/mainnet/evidence?validator=%V", CODE_INVALID_PARAMETER},
    {ADNET, "/rewards/%V", CODE_NONE},
    {ADNET, "/rewards/%B", CODE_NONE},
    {ADNET, "/rewards/%V?validator=%V", CODE_NONE},
    {ADNET, "/rewards/%V?validator=%B", CODE_VALIDATOR_NOT_FOUND},
    {ADNET, "/rewards/%V?validator=ax1", CODE_INVALID_ADDRESS},
    {ADNET, "/rewards/ax1", CODE_INVALID_ADDRESS},
    {ADNET, "/rewards/%D", CODE_INVALID_CHAIN_ID},
    {ADNET, "/rewards/%V/history", CODE_NONE},
    {ADNET, "/rewards/%V/history?limit=0", CODE_INVALID_PARAMETER},
    {ADNET, "/rewards/nobody/history", CODE_INVALID_ADDRESS},
    {ADNET, "/rewards/epochs/latest", CODE_NONE},
    {ADNET, "/rewards/epochs/0", CODE_NONE},
    {ADNET, "/rewards/epochs/99999", CODE_EPOCH_NOT_FOUND},
    {ADNET, "/rewards/epochs/first", CODE_INVALID_PARAMETER},
    {ADNET, "/v2/rewards/epochs/0", CODE_NONE},
    {ADNET, "/v1/rewards/epochs/0", CODE_API_VERSION_RETIRED},
};

static void read_one(struct town *town, const struct reading *reading)
{
    char path[400];
    size_t at = 0;
    for (const char *p = reading->path; *p; p++) {
        const char *text = NULL;
        if (*p == '%') p++, text = *p == 'V' ? validator_text : *p == 'B' ? bot_text : *p == 'D' ? delta_text : other_text;
        if (text) at += (size_t)snprintf(path + at, sizeof(path) - at, "%s", text);
        else path[at++] = *p;
    }
    path[at] = 0;
    struct str cut, query;
    (void)str_cut(str_of(path), '?', &cut, &query);
    const enum code got = town_code(town_call(town, reading->origin, &(struct http_request){.method = HTTP_GET, .path = cut, .query = query}));
    if (got != reading->code) CHECK_FAIL("%s: " STR_FMT ", not " STR_FMT, path, STR_ARG(code_text(got)), STR_ARG(code_text(reading->code)));
}

static struct tx *built(struct town *town, const struct seckey *key, uint64_t nonce, enum kind kind, const union payload *payload)
{
    struct apierror error;
    struct buf bytes = {0};
    payload_encode(kind, payload, &bytes);
    const struct tx_spec spec = {.domain = domain_of(CHAIN_ALPHA, NETWORK_TESTNET), .kind = kind, .nonce = nonce, .fee = AMOUNT(4000), .payload = buf_str(&bytes)};
    struct tx *tx = tx_build(&spec, town->suite, key, &error);
    if (!tx) CHECK_FAIL("%s", error.message);
    buf_done(&bytes);
    return tx;
}

static enum code posted(struct town *town, struct str origin, const char *path, struct tx *tx)
{
    const enum code code = town_code(town_call(town, origin, &(struct http_request){.method = HTTP_POST, .path = str_of(path), .shape = &wire_transaction, .object = tx}));
    tx_unref(tx);
    return code;
}

static enum code posted_text(struct town *town, struct str origin, const char *path, const char *type, const char *body)
{
    const struct http_header headers[] = {{STR("content-type"), str_of(type)}};
    return town_code(town_call(town, origin, &(struct http_request){.method = HTTP_POST, .path = str_of(path), .headers = headers, .headers_count = 1, .body = str_of(body)}));
}

static void claims_here(struct town *town)
{
    const union payload mine = {.rewards_claim = {validator_address, false}}, nobodys = {.rewards_claim = {town->addresses[1], false}};
    const struct seckey *bot = &town->bots[0];
    const char *path = "/rewards/claim";
    CHECK_U64(posted(town, STR("adnet"), path, built(town, bot, 0, KIND_REWARDS_CLAIM, &nobodys)), CODE_VALIDATOR_NOT_FOUND);
    CHECK_U64(posted(town, STR("adnet"), path, built(town, bot, 0, KIND_REWARDS_CLAIM, &mine)), CODE_NOTHING_TO_CLAIM);
    CHECK_U64(posted(town, STR("adnet"), path, town_transfer(town, 0, 1, 0, 5)), CODE_FIELD_MISMATCH);
    CHECK_U64(posted_text(town, STR("adnet"), path, "application/json", "{\"validator\":\"ax1\"}"), CODE_SIGNATURE_REQUIRED);
    CHECK_U64(posted_text(town, STR("adnet"), path, "application/json", "{"), CODE_PARSE_ERROR);
    CHECK_U64(posted_text(town, STR("adnet"), path, "text/plain", "x"), CODE_UNSUPPORTED_MEDIA_TYPE);
    CHECK_U64(town_code(town_call(town, STR("adnet"), &(struct http_request){.method = HTTP_GET, .path = str_of(path)})), CODE_METHOD_NOT_ALLOWED);
    /* The rules of the kinds answer at the door (api 2.5), each with its own code. */
    const char *door = "/testnet/transaction/broadcast";
    const union payload stake = {.amount = {AMOUNT(5)}}, bond = {.bond = {validator_address, AMOUNT(5)}}, to_self = {.vote_delegate = {town->addresses[0]}},
                        to_other = {.vote_delegate = {town->addresses[1]}}, nothing = {0}, update = {.validator_update = {1, STR("abc")}},
                        poor = {.validator_register = {bot->pub, STR("abc"), 1, AMOUNT(5)}}, odd = {.validator_register = {bot->pub, STR("A"), 1, AMOUNT(5)}},
                        empty = {.evidence = {EVIDENCE_DOUBLE_VOTE, STR("a"), STR("b")}};
    static const struct {
        enum kind kind;
        enum code code;
    } rules[] = {{KIND_ALPHA_UNSTAKE, CODE_INSUFFICIENT_STAKE},      {KIND_BOND, CODE_INSUFFICIENT_STAKE},
                 {KIND_UNBOND, CODE_INSUFFICIENT_STAKE},             {KIND_VOTE_DELEGATE, CODE_INVALID_ADDRESS},
                 {KIND_VALIDATOR_EXIT, CODE_NOT_IN_VALIDATOR_SET},   {KIND_VALIDATOR_UNJAIL, CODE_NOT_IN_VALIDATOR_SET},
                 {KIND_VALIDATOR_UPDATE, CODE_NOT_IN_VALIDATOR_SET}, {KIND_VALIDATOR_REGISTER, CODE_INSUFFICIENT_STAKE},
                 {KIND_ALPHA_EVIDENCE_SUBMIT, CODE_INVALID_EVIDENCE}};
    const union payload *payloads[] = {&stake, &bond, &bond, &to_self, &nothing, &nothing, &update, &poor, &empty};
    for (size_t i = 0; i < ARRAY_LEN(rules); i++)
        CHECK_U64(posted(town, STR("alpha"), door, built(town, bot, 0, rules[i].kind, payloads[i])), rules[i].code);
    CHECK_U64(posted(town, STR("alpha"), door, built(town, bot, 0, KIND_VOTE_DELEGATE, &to_other)), CODE_INSUFFICIENT_STAKE);
    CHECK_U64(posted(town, STR("alpha"), door, built(town, bot, 0, KIND_VALIDATOR_REGISTER, &odd)), CODE_INVALID_NAME);
    CHECK_U64(posted(town, STR("alpha"), door, built(town, bot, 0, KIND_ALPHA_STAKE, &stake)), CODE_NONE);
}

static void evidence_posts_here(struct town *town)
{
    const char *path = "/testnet/evidence";
    CHECK_U64(posted_text(town, STR("alpha"), path, "application/json", "{\"first\":\"\",\"second\":\"\"}"), CODE_MISSING_FIELD);
    CHECK_U64(posted_text(town, STR("alpha"), path, "application/json", "{\"type\":\"x\",\"first\":\"\",\"second\":\"\"}"), CODE_INVALID_FORMAT);
    CHECK_U64(posted_text(town, STR("alpha"), path, "application/json", "{\"type\":\"double_vote\",\"second\":\"\"}"), CODE_MISSING_FIELD);
    CHECK_U64(posted_text(town, STR("alpha"), path, "application/json", "{\"type\":\"double_vote\",\"first\":1,\"second\":\"\"}"), CODE_INVALID_FIELD_TYPE);
    CHECK_U64(posted_text(town, STR("alpha"), path, "application/json", "{\"type\":\"double_vote\",\"first\":\"0\",\"second\":\"\"}"), CODE_INVALID_FORMAT);
    CHECK_U64(posted_text(town, STR("alpha"), path, "application/json", "{\"type\":\"double_vote\",\"first\":\"00\",\"second\":\"01\"}"), CODE_INVALID_EVIDENCE);
    CHECK_U64(posted_text(town, STR("delta"), "/mainnet/evidence", "application/json", "{\"type\":\"downtime\",\"first\":\"00\",\"second\":\"01\"}"), CODE_INVALID_EVIDENCE);
}

static void routes_here(struct town *town)
{
    uint8_t seed[32];
    derive_dev_seed(31, STR("v1"), seed);
    seckey_from_seed(town->suite, seed, &validator_key);
    validator_address = address_of_key(&validator_key.pub);
    address_text(&validator_address, CHAIN_ALPHA, validator_text);
    address_text(&validator_address, CHAIN_DELTA, other_text);
    address_text(&town->addresses[0], CHAIN_ALPHA, bot_text);
    address_text(&town->addresses[0], CHAIN_DELTA, delta_text);
    while (town_final(town) < 12) town_sleep(town, 500);
    for (size_t i = 0; i < ARRAY_LEN(readings); i++) read_one(town, &readings[i]);
    claims_here(town);
    evidence_posts_here(town);
}

static const struct devnet_parameter short_epochs[] = {{STR("epoch_blocks"), STR("10")}};

static void every_route_of_staking_answers_and_refuses_as_its_row_says(void)
{
    const struct town_config config = {.validators = 4, .seed = 31, .delta = true, .parameters = short_epochs, .parameters_count = 1};
    struct town_config text = config;
    text.wire = WIRE_TEXT;
    (void)town_run(config, routes_here, NULL);
    (void)town_run(text, routes_here, NULL);
}

int main(void)
{
    RUN(every_route_of_staking_answers_and_refuses_as_its_row_says);
    return 0;
}
