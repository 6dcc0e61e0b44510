/* Kinds and rule codes that no story of another test comes by, sent to a network of both chains and followed to their receipts. */
#include "town.h"

#include "chain/evidence.h"
#include "chain/ipc.h"
#include "chain/payload.h"
#include "chain/response_bridge.h"
#include "chain/finality.h"
#include "core/codec/binary.h"

#define SEED 7

struct actor {
    struct seckey key;
    struct address address;
    uint64_t nonces[3]; /* by chain */
};
static struct actor bots[TOWN_BOTS];
static struct hash last_id;

static void begin(struct town *town)
{
    for (size_t i = 0; i < TOWN_BOTS; i++) bots[i] = (struct actor){.key = town->bots[i], .address = town->addresses[i]};
    town_sleep(town, 2000);
}

static void validator_of(struct town *town, const char *name, struct actor *out, struct seckey *out_consensus)
{
    uint8_t seed[32];
    char consensus[40];
    derive_dev_seed(SEED, str_of(name), seed);
    *out = (struct actor){{{0}}, {{0}}, {0}};
    seckey_from_seed(town->suite, seed, &out->key);
    out->address = address_of_key(&out->key.pub);
    snprintf(consensus, sizeof(consensus), "%s/consensus", name);
    derive_dev_seed(SEED, str_of(consensus), seed);
    seckey_from_seed(town->suite, seed, out_consensus);
}

/* What admission says; nothing is waited for. */
static enum code offer(struct town *town, struct actor *who, enum kind kind, const union payload *payload)
{
    struct buf bytes = {0}, all = {0}, whole = {0};
    const enum chain_id chain = kind_find((uint16_t)kind)->chain;
    payload_encode(kind, payload, &bytes);
    const struct tx_spec spec = {.domain = domain_of(chain, chain == CHAIN_ALPHA ? NETWORK_TESTNET : NETWORK_MAINNET),
                                 .kind = kind,
                                 .nonce = who->nonces[chain],
                                 .fee = AMOUNT(2000 + 12 * bytes.len),
                                 .payload = buf_str(&bytes)};
    tx_spec_encode(&spec, &who->key.pub, &all);
    last_id = hash_tagged("adnet/tx/v1", all.data, all.len);
    tx_sign_raw(buf_str(&all), town->suite, &who->key, &whole);
    const struct http_header headers[] = {{STR("content-type"), STR("application/octet-stream")}};
    const struct http_request request = {.method = HTTP_POST,
                                         .path = chain == CHAIN_ALPHA ? STR("/testnet/transaction/broadcast") : STR("/mainnet/transaction/broadcast"),
                                         .headers = headers,
                                         .headers_count = 1,
                                         .body = buf_str(&whole)};
    const enum code code = town_code(town_call(town, chain_text(chain), &request));
    if (code == CODE_NONE) who->nonces[chain]++;
    buf_done(&bytes);
    buf_done(&all);
    buf_done(&whole);
    return code;
}

/* An accepted one is waited for and must have succeeded. */
static enum code send(struct town *town, struct actor *who, enum kind kind, union payload payload)
{
    const enum chain_id chain = kind_find((uint16_t)kind)->chain;
    const enum code code = offer(town, who, kind, &payload);
    if (code != CODE_NONE) return code;
    char path[200], hex[65] = {0};
    struct err err;
    str_hex(last_id.b, 32, hex);
    snprintf(path, sizeof(path), "/%s/transaction/%s?wait=included", chain == CHAIN_ALPHA ? "testnet" : "mainnet", hex);
    struct http_exchange *exchange = town_get_on(town, chain_text(chain), path);
    const struct tx_view *view = wire_object_on(chain, exchange, &wire_tx, &err);
    CHECK(view != NULL && view->has_receipt);
    const enum code done = (enum code)view->receipt.code;
    http_exchange_free(exchange);
    if (done != CODE_NONE) CHECK_FAIL("failed in its block: " STR_FMT, STR_ARG(code_text(done)));
    return done;
}
#define SEND(who, kind, wanted, ...)                                                                                             \
    do {                                                                                                                         \
        const enum code got = send(town, who, kind, (union payload){__VA_ARGS__});                                               \
        if (got != (wanted)) CHECK_FAIL("%s: " STR_FMT ", not %s", #kind, STR_ARG(code_text(got)), #wanted);                     \
    } while (0)

static void heights(struct town *town, uint32_t count)
{
    const uint32_t until = town_height(town) + count;
    while (town_height(town) < until) town_sleep(town, 100);
}

/* ---- stake, delegation, governors ---- */

static void governors_here(struct town *town)
{
    begin(town);
    SEND(&bots[0], KIND_VOTE_DELEGATE, CODE_INSUFFICIENT_STAKE, .vote_delegate = {bots[1].address});
    SEND(&bots[0], KIND_ALPHA_STAKE, CODE_NONE, .amount = {AMOUNT(30000000)});
    SEND(&bots[0], KIND_VOTE_DELEGATE, CODE_INVALID_ADDRESS, .vote_delegate = {bots[0].address});
    SEND(&bots[0], KIND_VOTE_DELEGATE, CODE_NONE, .vote_delegate = {bots[1].address});
    SEND(&bots[0], KIND_VOTE_UNDELEGATE, CODE_NONE, .id = {{{0}}});
    SEND(&bots[1], KIND_DELTA_UNSTAKE, CODE_INSUFFICIENT_STAKE, .amount = {AMOUNT(1)});
    SEND(&bots[1], KIND_DELTA_STAKE, CODE_NONE, .amount = {AMOUNT(500)});
    SEND(&bots[1], KIND_DELTA_UNSTAKE, CODE_NONE, .amount = {AMOUNT(400)});
    SEND(&bots[0], KIND_GOVERNOR_RESIGN, CODE_NOT_A_GOVERNOR, .id = {{{0}}});
    SEND(&bots[0], KIND_GOVERNOR_REGISTER, CODE_NONE, .governor_register = {.deposit = AMOUNT(10000000)});
    SEND(&bots[0], KIND_GOVERNOR_REGISTER, CODE_ALREADY_REGISTERED, .governor_register = {.deposit = AMOUNT(10000000)});
    SEND(&bots[0], KIND_PROPOSAL_CREATE, CODE_NONE,
         .proposal_create = {.title = STR("t"), .deposit = AMOUNT(1000000), .action = {.type = ACTION_TEXT}});
    const struct hash id = last_id, none = {{7}};
    SEND(&bots[0], KIND_PROPOSAL_CANCEL, CODE_PROPOSAL_NOT_FOUND, .id = {none});
    SEND(&bots[1], KIND_PROPOSAL_CANCEL, CODE_NOT_OWNER, .id = {id});
    SEND(&bots[0], KIND_PROPOSAL_CANCEL, CODE_NONE, .id = {id});
    SEND(&bots[0], KIND_PROPOSAL_CANCEL, CODE_ALREADY_EXECUTED, .id = {id});
    SEND(&bots[0], KIND_GOVERNOR_RESIGN, CODE_NONE, .id = {{{0}}});
    town_sleep(town, 3000);
    CHECK(listener_saw(&town->alpha_listener, "gov.proposal") > 0);
}

/* ---- names and programs ---- */

static struct hash bid_of(const struct actor *who, struct str name, uint64_t bid)
{
    struct buf bytes = {0};
    static const struct hash salt = {{9}};
    bin_put_str(&bytes, name);
    bin_put_bytes(&bytes, &who->address, 32);
    bin_put_u128(&bytes, bid);
    bin_put_bytes(&bytes, &salt, 32);
    const struct hash hash = hash_tagged("adnet/bid/v1", bytes.data, bytes.len);
    buf_done(&bytes);
    return hash;
}

static void names_here(struct town *town)
{
    const struct str name = STR("alice");
    begin(town);
    SEND(&bots[0], KIND_NAME_AUCTION_OPEN, CODE_INVALID_NAME, .auction_open = {STR("-a-"), AMOUNT(1000), 12, 12});
    SEND(&bots[0], KIND_NAME_AUCTION_OPEN, CODE_NONE, .auction_open = {name, AMOUNT(1000), 12, 12});
    SEND(&bots[0], KIND_NAME_AUCTION_OPEN, CODE_ALREADY_EXISTS, .auction_open = {name, AMOUNT(1000), 12, 12});
    SEND(&bots[1], KIND_NAME_COMMIT, CODE_NAME_NOT_FOUND, .name_commit = {STR("bob"), bid_of(&bots[1], name, 9000), AMOUNT(9000)});
    SEND(&bots[1], KIND_NAME_COMMIT, CODE_NONE, .name_commit = {name, bid_of(&bots[1], name, 9000), AMOUNT(9000)});
    SEND(&bots[1], KIND_NAME_COMMIT, CODE_ALREADY_EXISTS, .name_commit = {name, bid_of(&bots[1], name, 9000), AMOUNT(9000)});
    SEND(&bots[2], KIND_NAME_COMMIT, CODE_NONE, .name_commit = {name, bid_of(&bots[2], name, 999), AMOUNT(2000)});
    SEND(&bots[1], KIND_NAME_REVEAL, CODE_AUCTION_PHASE_MISMATCH, .name_reveal = {name, AMOUNT(9000), {{9}}});
    heights(town, 13);
    SEND(&bots[3], KIND_NAME_REVEAL, CODE_COMMITMENT_NOT_FOUND, .name_reveal = {name, AMOUNT(9000), {{9}}});
    SEND(&bots[1], KIND_NAME_REVEAL, CODE_REVEAL_MISMATCH, .name_reveal = {name, AMOUNT(8000), {{9}}});
    SEND(&bots[2], KIND_NAME_REVEAL, CODE_BELOW_RESERVE, .name_reveal = {name, AMOUNT(999), {{9}}});
    SEND(&bots[1], KIND_NAME_REVEAL, CODE_NONE, .name_reveal = {name, AMOUNT(9000), {{9}}});
    heights(town, 13);
    SEND(&bots[0], KIND_NAME_FINALIZE, CODE_NONE, .name = {name});
    SEND(&bots[0], KIND_NAME_FINALIZE, CODE_ALREADY_EXECUTED, .name = {name});
    SEND(&bots[2], KIND_NAME_CLAIM, CODE_NOT_WINNER, .name = {name});
    SEND(&bots[1], KIND_NAME_CLAIM, CODE_NONE, .name = {name});
    SEND(&bots[1], KIND_NAME_CLAIM, CODE_ALREADY_EXECUTED, .name = {name});
    /* What was not revealed paid the treasury, and the treasury lends. */
    SEND(&bots[0], KIND_ALPHA_FLASH_LOAN, CODE_NO_LIQUIDITY, .flash_loan = {.amount = AMOUNT(1000000)});
    SEND(&bots[0], KIND_ALPHA_FLASH_LOAN, CODE_NONE, .flash_loan = {.amount = AMOUNT(100)});
    town_sleep(town, 2000);
    CHECK(listener_saw(&town->alpha_listener, "name.phase") >= 3);
}

static void programs_here(struct town *town)
{
    static const char source[] = "program counter\nmapping hits\nfunction hit/1\nadd hits $0 1\nend\n";
    begin(town);
    struct buf big = {0};
    while (big.len <= PROGRAM_SOURCE_BYTES_MAX) buf_put_char(&big, '\n');
    SEND(&bots[0], KIND_PROGRAM_DEPLOY, CODE_PROGRAM_TOO_LARGE, .program_deploy = {STR("counter"), buf_str(&big)});
    buf_clear(&big);
    buf_put_str(&big, str_of(source));
    for (uint32_t i = 0; i < 100; i++) buf_printf(&big, "function f%u/0\nadd hits 1 1\nend\n", i);
    SEND(&bots[0], KIND_PROGRAM_DEPLOY, CODE_STORAGE_LIMIT_EXCEEDED, .program_deploy = {STR("counter"), buf_str(&big)});
    buf_done(&big);
    SEND(&bots[0], KIND_PROGRAM_DEPLOY, CODE_INVALID_PROGRAM, .program_deploy = {STR("counter"), STR("program counter\nnonsense\n")});
    SEND(&bots[0], KIND_PROGRAM_DEPLOY, CODE_NONE, .program_deploy = {STR("counter"), str_of(source)});
    SEND(&bots[0], KIND_PROGRAM_DEPLOY, CODE_ALREADY_EXISTS, .program_deploy = {STR("counter"), str_of(source)});
    SEND(&bots[0], KIND_PROGRAM_EXECUTE, CODE_PROGRAM_NOT_FOUND, .program_execute = {STR("nobody"), STR("hit"), {NULL, 0}});
    SEND(&bots[0], KIND_PROGRAM_EXECUTE, CODE_FUNCTION_NOT_FOUND, .program_execute = {STR("counter"), STR("miss"), {NULL, 0}});
    SEND(&bots[0], KIND_PROGRAM_EXECUTE, CODE_INVALID_FORMAT, .program_execute = {STR("counter"), STR("hit"), {NULL, 0}});
    struct amount input = AMOUNT(3);
    SEND(&bots[0], KIND_PROGRAM_EXECUTE, CODE_NONE, .program_execute = {STR("counter"), STR("hit"), {&input, 1}});
}

/* ---- pools, orders, loans ---- */

static void markets_here(struct town *town)
{
    begin(town);
    char body[200], text[ADDRESS_TEXT];
    address_text(&bots[0].address, CHAIN_DELTA, text);
    snprintf(body, sizeof(body), "{\"address\":\"%s\",\"token\":\"USD\",\"amount\":\"100000000\"}", text);
    CHECK_U64(town_status(town_admin(town, HTTP_POST, "faucet", body)), 200);
    town_sleep(town, 3000);
    const struct str pair = STR("DX/USD");
    SEND(&bots[0], KIND_AMM_ADD, CODE_MARKET_NOT_FOUND, .amm_add = {STR("X/Y"), AMOUNT(1000000), AMOUNT(1000000), AMOUNT(0)});
    SEND(&bots[0], KIND_AMM_ADD, CODE_NONE, .amm_add = {pair, AMOUNT(1000000), AMOUNT(1000000), AMOUNT(0)});
    SEND(&bots[0], KIND_AMM_SWAP, CODE_SLIPPAGE_EXCEEDED, .amm_swap = {pair, SIDE_SELL, AMOUNT(1000), AMOUNT(2000)});
    SEND(&bots[0], KIND_AMM_SWAP, CODE_NONE, .amm_swap = {pair, SIDE_SELL, AMOUNT(1000), AMOUNT(1)});
    SEND(&bots[0], KIND_AMM_REMOVE, CODE_SLIPPAGE_EXCEEDED, .amm_remove = {pair, AMOUNT(1000), AMOUNT(5000), AMOUNT(1)});
    SEND(&bots[0], KIND_AMM_REMOVE, CODE_NONE, .amm_remove = {pair, AMOUNT(1000), AMOUNT(1), AMOUNT(1)});
    SEND(&bots[0], KIND_ORDER_PLACE, CODE_NONE,
         .order_place = {.pair = pair, .side = SIDE_SELL, .order_type = ORDER_LIMIT, .price = 90000000, .quantity = 5000, .tif = TIF_GTC});
    SEND(&bots[0], KIND_ORDER_CANCEL_ALL, CODE_MARKET_NOT_FOUND, .order_cancel_all = {STR("X/Y")});
    SEND(&bots[0], KIND_ORDER_CANCEL_ALL, CODE_NONE, .order_cancel_all = {pair});
    /* A loan in USD, by one who has none and gives it away; by one who keeps it. */
    const union payload away = {.transfer = {.to = bots[2].address, .token = TOKEN_USD, .amount = AMOUNT(1000)}};
    struct buf bytes = {0};
    payload_encode(KIND_DELTA_TRANSFER, &away, &bytes);
    struct flash_op ops[] = {{KIND_DELTA_TRANSFER, buf_str(&bytes)}};
    union payload loan = {.flash_loan = {.token = TOKEN_USD, .amount = AMOUNT(1000)}};
    loan.flash_loan.ops.items = ops;
    loan.flash_loan.ops.count = 1;
    CHECK_U64(send(town, &bots[1], KIND_DELTA_FLASH_LOAN, loan), CODE_FLASH_LOAN_NOT_REPAID);
    CHECK_U64(send(town, &bots[0], KIND_DELTA_FLASH_LOAN, loan), CODE_NONE);
    ops[0].kind = KIND_ORDER_CANCEL;
    CHECK_U64(send(town, &bots[0], KIND_DELTA_FLASH_LOAN, loan), CODE_UNKNOWN_KIND);
    buf_done(&bytes);
    town_sleep(town, 2000);
    CHECK(listener_saw(&town->delta_listener, "dex.trade") > 0 && listener_saw(&town->delta_listener, "dex.order") > 0);
}

/* ---- evidence: what it costs who is convicted, on both chains ---- */

static union payload double_vote(struct town *town, enum chain_id chain, const struct actor *voter, const struct seckey *consensus,
                                 uint8_t bytes[2][VOTE_SIGNED_BYTES])
{
    struct vote votes[2];
    for (uint8_t i = 0; i < 2; i++) {
        votes[i] = (struct vote){.domain = domain_of(chain, chain == CHAIN_ALPHA ? NETWORK_TESTNET : NETWORK_MAINNET),
                                 .height = 1,
                                 .round = 1,
                                 .voter = voter->address};
        votes[i].block_hash.b[0] = (uint8_t)(i + 1);
        vote_sign(&votes[i], town->suite, consensus);
        vote_encode_signed(&votes[i], bytes[i]);
    }
    return (union payload){.evidence = {EVIDENCE_DOUBLE_VOTE, {(const char *)bytes[0], VOTE_SIGNED_BYTES}, {(const char *)bytes[1], VOTE_SIGNED_BYTES}}};
}

/* One record of this type, on the page of one chain. */
static bool has_message(struct town *town, enum chain_id chain, const char *direction, enum ipc_type type)
{
    char path[160];
    struct err err;
    snprintf(path, sizeof(path), "/%s/crosschain/messages?direction=%s&type=" STR_FMT, chain == CHAIN_ALPHA ? "testnet" : "mainnet", direction,
             STR_ARG(ipc_type_text(type)));
    struct http_exchange *exchange = town_get_on(town, chain_text(chain), path);
    const struct page *page = wire_object_on(chain, exchange, &wire_ipc_record_page, &err);
    CHECK(page != NULL);
    const bool has = page->count == 1;
    http_exchange_free(exchange);
    return has;
}

static void evidence_here(struct town *town)
{
    uint8_t alpha_bytes[2][VOTE_SIGNED_BYTES], delta_bytes[2][VOTE_SIGNED_BYTES];
    struct actor second;
    struct seckey consensus;
    char body[200], text[ADDRESS_TEXT];
    begin(town);
    validator_of(town, "v2", &second, &consensus);
    address_text(&second.address, CHAIN_ALPHA, text);
    snprintf(body, sizeof(body), "{\"address\":\"%s\",\"token\":\"AX\",\"amount\":\"100000000\"}", text);
    CHECK_U64(town_status(town_admin(town, HTTP_POST, "faucet", body)), 200);
    town_sleep(town, 3000);
    const union payload alpha = double_vote(town, CHAIN_ALPHA, &second, &consensus, alpha_bytes);
    const union payload delta = double_vote(town, CHAIN_DELTA, &second, &consensus, delta_bytes);
    union payload same = alpha;
    same.evidence.second = same.evidence.first;
    CHECK_U64(send(town, &bots[0], KIND_ALPHA_EVIDENCE_SUBMIT, same), CODE_INVALID_EVIDENCE);
    CHECK_U64(send(town, &bots[0], KIND_ALPHA_EVIDENCE_SUBMIT, alpha), CODE_NONE);
    CHECK_U64(send(town, &bots[0], KIND_ALPHA_EVIDENCE_SUBMIT, alpha), CODE_ALREADY_EXISTS);
    CHECK_U64(send(town, &bots[0], KIND_DELTA_EVIDENCE_SUBMIT, delta), CODE_NONE);
    CHECK_U64(send(town, &bots[0], KIND_DELTA_EVIDENCE_SUBMIT, delta), CODE_ALREADY_EXISTS);
    SEND(&second, KIND_VALIDATOR_UNJAIL, CODE_VALIDATOR_JAILED, .id = {{{0}}});
    SEND(&second, KIND_GOVERNOR_REGISTER, CODE_GOVERNANCE_REVOKED, .governor_register = {.deposit = AMOUNT(10000000)});
    SEND(&bots[0], KIND_VALIDATOR_EXIT, CODE_NOT_IN_VALIDATOR_SET, .id = {{{0}}});
    CHECK(has_message(town, CHAIN_ALPHA, "out", IPC_VALIDATOR_EJECTION));
    for (uint32_t i = 0; !has_message(town, CHAIN_DELTA, "in", IPC_VALIDATOR_EJECTION); i++) {
        CHECK(i < 100);
        town_sleep(town, 200);
    }
}

/* ---- the bridge by hand ---- */

static struct http_exchange *messages(struct town *town, enum chain_id chain, uint64_t sequence)
{
    char path[160];
    snprintf(path, sizeof(path), "/%s/crosschain/messages?direction=out&after=%llu&limit=1", chain == CHAIN_ALPHA ? "testnet" : "mainnet",
             (unsigned long long)(sequence - 1));
    return town_get_on(town, chain_text(chain), path);
}

/* Delivers one message of `from` to the other chain as anybody may: with the proof that its block is final. */
static enum code deliver(struct town *town, struct actor *who, enum chain_id from, uint64_t sequence, bool proven)
{
    struct err err;
    char path[200], hex[65] = {0};
    const char *segment = from == CHAIN_ALPHA ? "testnet" : "mainnet";
    struct buf proof = {0};
    struct http_exchange *listed = messages(town, from, sequence), *merkle, *final = NULL;
    const struct page *page = wire_object_on(from, listed, &wire_ipc_record_page, &err);
    CHECK(page != NULL && page->count == 1);
    const struct ipc_record *record = page->items;
    CHECK_U64(record->sequence, sequence);
    str_hex(record->message_id.b, 32, hex);
    snprintf(path, sizeof(path), "/%s/crosschain/messages/%s/proof", segment, hex);
    merkle = town_get_on(town, chain_text(from), path);
    const struct ipc_proof_view *view = wire_object_on(from, merkle, &wire_ipc_proof, &err);
    CHECK(view != NULL);
    if (proven) {
        snprintf(path, sizeof(path), "/%s/finality/%u", segment, record->source_height);
        final = town_get_on(town, chain_text(from), path);
        const struct finality_view *finality = wire_object_on(from, final, &wire_finality, &err);
        CHECK(finality != NULL);
        finality_encode(finality->proof, &proof);
    }
    struct relayed relayed = {.index = record->message_index, .message = record->bytes};
    struct hash siblings[MERKLE_LEVELS_MAX];
    memcpy(siblings, view->proof.siblings, view->proof.siblings_count * sizeof(siblings[0]));
    relayed.proof.items = siblings;
    relayed.proof.count = view->proof.siblings_count;
    union payload payload = {.ipc_deliver = {.proof = buf_str(&proof), .height = record->source_height}};
    payload.ipc_deliver.messages.items = &relayed;
    payload.ipc_deliver.messages.count = 1;
    const enum code code = send(town, who, from == CHAIN_ALPHA ? KIND_DELTA_IPC_DELIVER : KIND_ALPHA_IPC_DELIVER, payload);
    http_exchange_free(listed);
    http_exchange_free(merkle);
    http_exchange_free(final);
    buf_done(&proof);
    return code;
}

static void until_said(struct town *town, const char *origin, const char *path, const char *wanted)
{
    for (uint32_t i = 0;; i++) {
        struct http_exchange *exchange = town_get_on(town, str_of(origin), path);
        const struct str body = exchange ? http_response_body(exchange) : (struct str){0};
        const bool said = memmem(body.data, body.len, wanted, strlen(wanted)) != NULL;
        http_exchange_free(exchange);
        if (said) return;
        if (i > 300) CHECK_FAIL("%s never says %s", path, wanted);
        town_sleep(town, 100);
    }
}

static void claims_here(struct town *town)
{
    char path[160], hex[65] = {0};
    begin(town);
    SEND(&bots[0], KIND_BRIDGE_LOCK, CODE_NONE, .bridge_lock = {bots[1].address, AMOUNT(500000), true});
    str_hex(last_id.b, 32, hex);
    snprintf(path, sizeof(path), "/mainnet/crosschain/locks/%s", hex);
    until_said(town, "delta", path, "\"minted\"");
    SEND(&bots[1], KIND_BURN, CODE_NONE, .burn = {bots[2].address, AMOUNT(1000), false});
    const struct hash burn = last_id, none = {{7}};
    str_hex(burn.b, 32, hex);
    snprintf(path, sizeof(path), "/testnet/crosschain/unlocks/%s", hex);
    until_said(town, "alpha", path, "\"final\"");
    SEND(&bots[2], KIND_BRIDGE_UNLOCK_CLAIM, CODE_BURN_NOT_FOUND, .claim = {.source_id = none});
    SEND(&bots[2], KIND_BRIDGE_UNLOCK_CLAIM, CODE_NONE, .claim = {.source_id = burn});
    SEND(&bots[2], KIND_BRIDGE_UNLOCK_CLAIM, CODE_UNLOCK_ID_ALREADY_USED, .claim = {.source_id = burn});
    CHECK_U64(deliver(town, &bots[3], CHAIN_DELTA, 1, false), CODE_IPC_DUPLICATE);
    CHECK_U64(deliver(town, &bots[3], CHAIN_ALPHA, 1, false), CODE_IPC_DUPLICATE);
    town_sleep(town, 2000);
    CHECK(listener_saw(&town->alpha_listener, "ipc.delivered") == 1 && listener_saw(&town->alpha_listener, "ipc.emitted") == 1);
    CHECK(listener_saw(&town->delta_listener, "ipc.delivered") == 1 && listener_saw(&town->delta_listener, "ipc.executed") == 1);
}

enum { LOCKS = 260 };
static void deliveries_here(struct town *town)
{
    begin(town);
    town_chaos(town, "{\"action\":\"ipc_censor\",\"params\":{\"direction\":\"alpha_to_delta\",\"types\":[2]}}");
    for (uint32_t i = 0; i < LOCKS; i++) {
        const union payload lock = {.bridge_lock = {bots[1].address, AMOUNT(10), false}};
        CHECK_U64(offer(town, &bots[0], KIND_BRIDGE_LOCK, &lock), CODE_NONE);
    }
    char path[160], hex[65] = {0};
    str_hex(last_id.b, 32, hex);
    snprintf(path, sizeof(path), "/testnet/transaction/%s?wait=finalized", hex);
    CHECK_U64(town_status(town_get(town, path)), 200);
    town_sleep(town, 4000);
    CHECK_U64(deliver(town, &bots[3], CHAIN_ALPHA, LOCKS, true), CODE_IPC_OUT_OF_ORDER);
    CHECK_U64(deliver(town, &bots[3], CHAIN_ALPHA, 2, true), CODE_NONE); /* it waits for the first */
    CHECK_U64(deliver(town, &bots[3], CHAIN_ALPHA, 2, true), CODE_IPC_DUPLICATE);
    CHECK_U64(deliver(town, &bots[3], CHAIN_ALPHA, 1, true), CODE_NONE);
    until_said(town, "delta", "/mainnet/crosschain/status", "\"last_executed\":2");
}

static void run(void (*body)(struct town *town))
{
    static const struct devnet_parameter small[] = {{STR("program_storage_bytes"), STR("2000")}};
    (void)town_run((struct town_config){.validators = 4, .seed = SEED, .delta = true, .listens = true, .parameters = small, .parameters_count = 1}, body, NULL);
}
static void governors_come_and_go(void) { run(governors_here); }
static void a_bid_is_what_was_committed(void) { run(names_here); }
static void programs_keep_to_their_limits(void) { run(programs_here); }
static void pools_orders_and_loans_keep_to_their_rules(void) { run(markets_here); }
static void who_is_convicted_is_out_on_both_chains(void) { run(evidence_here); }
static void a_claim_is_paid_once(void) { run(claims_here); }
static void anybody_may_deliver_in_order(void) { run(deliveries_here); }

int main(void)
{
    RUN(governors_come_and_go);
    RUN(a_bid_is_what_was_committed);
    RUN(programs_keep_to_their_limits);
    RUN(pools_orders_and_loans_keep_to_their_rules);
    RUN(who_is_convicted_is_out_on_both_chains);
    RUN(a_claim_is_paid_once);
    RUN(anybody_may_deliver_in_order);
    return 0;
}
