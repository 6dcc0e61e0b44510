/* Each invariant of the bridge must be able to fail, and to say where. */
#include "core/base/check.h"
#include "chain/payload.h"
#include "tester/invariant/judge.h"
#include "chain/ipc.h"

static const struct sign_suite suite = {SIGN_SIMULATED};
static const struct domain alpha = {CHAIN_ALPHA, 13}, delta = {CHAIN_DELTA, 18};
static struct seckey key;
static struct address who;
static uint32_t told[INVARIANTS + 1];

static void violated(void *context, const struct violation *violation)
{
    (void)context;
    told[violation->invariant]++;
}

static void begin(struct judge *judge)
{
    const struct trust_genesis genesis = {.domain = alpha};
    judge_init(judge, &genesis, verifier_plain(&suite));
    judge->violated = violated;
    memset(told, 0, sizeof(told));
}

static struct tx *make(enum kind kind, uint64_t nonce, const union payload *payload)
{
    struct apierror error;
    struct buf bytes = {0};
    payload_encode(kind, payload, &bytes);
    const struct tx_spec spec = {.domain = kind_find((uint16_t)kind)->chain == CHAIN_ALPHA ? alpha : delta, .kind = kind, .nonce = nonce,
                                 .fee = AMOUNT(2000), .payload = buf_str(&bytes)};
    struct tx *tx = tx_build(&spec, suite, &key, &error);
    if (tx == NULL) CHECK_FAIL("%s", error.message);
    buf_done(&bytes);
    return tx;
}

/* One transaction, successful, in a block of its own. */
static void feed(struct judge *judge, enum chain_id chain, struct tx *tx, uint64_t at_s)
{
    struct tx_view view = {.id = tx->id, .envelope = tx, .has_receipt = true, .receipt = {.fee_charged = AMOUNT(2000)}};
    struct block_view block = {.header = {.height = 7}, .has_transactions = true, .transactions = &view, .transactions_count = 1};
    uint8_t leaf[RECEIPT_LEAF_BYTES_MAX];
    block.header.receipts_root = merkle_leaf(leaf, receipt_leaf(&tx->id, &view.receipt, leaf));
    judge_bridge_block(judge, chain, &block, (struct instant){at_s * NS_PER_S});
}

static struct hash lock_asking(struct judge *judge, uint64_t nonce, uint64_t amount, bool automatic, uint64_t at_s)
{
    const union payload payload = {.bridge_lock = {who, AMOUNT(amount), automatic}};
    struct tx *tx = make(KIND_BRIDGE_LOCK, nonce, &payload);
    const struct hash id = tx->id;
    feed(judge, CHAIN_ALPHA, tx, at_s);
    tx_unref(tx);
    return id;
}

static struct hash lock(struct judge *judge, uint64_t nonce, uint64_t amount, uint64_t at_s) { return lock_asking(judge, nonce, amount, false, at_s); }

static void mint(struct judge *judge, uint64_t nonce, const struct hash *id, uint64_t at_s)
{
    const union payload payload = {.claim = {.source_id = *id}};
    struct tx *tx = make(KIND_MINT_CLAIM, nonce, &payload);
    feed(judge, CHAIN_DELTA, tx, at_s);
    tx_unref(tx);
}

/* The record of a lock's message. */
static struct ipc_record record_of(const struct hash *lock_id, uint64_t sequence, uint64_t amount, struct buf *bytes)
{
    const struct ipc_message message = {.type = IPC_LOCK_TRANSACTION, .source = alpha, .destination = delta, .sequence = sequence, .source_height = 7,
                                        .body.transfer = {.id = *lock_id, .sender = who, .recipient = who, .amount = AMOUNT(amount)}};
    buf_clear(bytes);
    ipc_encode(&message, bytes);
    return (struct ipc_record){.message_id = ipc_id(buf_str(bytes)), .sequence = sequence, .type = IPC_LOCK_TRANSACTION, .bytes = buf_str(bytes),
                               .status = IPC_EXECUTED, .attempts = 1, .executed_at = {true, 1000 + sequence}};
}

static void settle(struct judge *judge, uint64_t at_s, uint32_t there)
{
    const uint32_t heights[2] = {there, there};
    judge_bridge_settle(judge, heights, (struct instant){at_s * NS_PER_S});
}

static void an_honest_crossing_violates_nothing(void)
{
    struct judge judge;
    struct buf bytes = {0};
    begin(&judge);
    const struct hash id = lock(&judge, 0, 500, 1);
    const struct ipc_record record = record_of(&id, 1, 500, &bytes);
    judge_bridge_sent(&judge, CHAIN_ALPHA, &record, 1, (struct instant){NS_PER_S});
    judge_bridge_executed(&judge, CHAIN_ALPHA, &record);
    mint(&judge, 0, &id, 3);
    judge_bridge_claim(&judge, CHAIN_ALPHA, &id, &who, AMOUNT(500), 9);
    settle(&judge, 500, 500);
    CHECK_U64(told[3] + told[4] + told[8], 0);
    CHECK(judge.state[3].samples > 0 && judge.state[4].samples > 0 && judge.state[8].samples > 0);
    buf_done(&bytes);
    judge_done(&judge);
}

static void a_lock_minted_twice_is_told(void)
{
    struct judge judge;
    begin(&judge);
    const struct hash id = lock(&judge, 0, 500, 1);
    mint(&judge, 0, &id, 3);
    CHECK_U64(told[3] + told[4], 0);
    mint(&judge, 1, &id, 3);
    CHECK(told[4] == 1 && told[3] == 1);
    judge_done(&judge);
}

static void a_mint_without_a_lock_is_told_once_its_time_is_over(void)
{
    struct judge judge;
    begin(&judge);
    const struct hash id = {{5}};
    mint(&judge, 0, &id, 3);
    settle(&judge, 10, 20);
    CHECK_U64(told[3] + told[4], 0); /* Alpha may only be read later */
    settle(&judge, 30, 60);
    settle(&judge, 40, 80);
    CHECK(told[3] == 1 && told[4] == 1);
    judge_done(&judge);
}

static void a_claim_of_another_amount_or_for_somebody_else_is_told(void)
{
    struct judge judge;
    begin(&judge);
    const struct hash id = lock(&judge, 0, 500, 1);
    const struct address other = {{3}};
    mint(&judge, 0, &id, 3);
    judge_bridge_claim(&judge, CHAIN_ALPHA, &id, &who, AMOUNT(501), 9);
    CHECK_U64(told[4], 1);
    judge_bridge_claim(&judge, CHAIN_ALPHA, &id, &other, AMOUNT(500), 9);
    CHECK_U64(told[4], 2);
    judge_done(&judge);
}

static void order_gaps_forgery_and_silence_are_told(void)
{
    struct judge judge;
    struct buf bytes = {0};
    begin(&judge);
    const struct hash id = lock(&judge, 0, 500, 1), silent = lock(&judge, 1, 600, 1);
    struct ipc_record first = record_of(&id, 1, 500, &bytes);
    judge_bridge_sent(&judge, CHAIN_ALPHA, &first, 1, (struct instant){NS_PER_S});
    settle(&judge, 10, 20);
    CHECK_U64(told[8], 0);
    settle(&judge, 25, 30);
    CHECK_U64(told[8], 1); /* the second lock never sent a message */
    settle(&judge, 70, 30);
    CHECK_U64(told[8], 1); /* late, but its destination stands still */
    settle(&judge, 70, 61);
    CHECK_U64(told[8], 2);
    settle(&judge, 80, 90);
    CHECK_U64(told[8], 2); /* once */
    struct ipc_record second = record_of(&silent, 2, 600, &bytes);
    judge_bridge_executed(&judge, CHAIN_ALPHA, &second);
    CHECK_U64(told[8], 3); /* before the first */
    judge_done(&judge);
    begin(&judge);
    first = record_of(&id, 1, 500, &bytes);
    judge_bridge_sent(&judge, CHAIN_ALPHA, &first, 1, (struct instant){NS_PER_S});
    struct ipc_record forged = record_of(&id, 1, 999, &bytes);
    judge_bridge_executed(&judge, CHAIN_ALPHA, &forged);
    CHECK_U64(told[8], 1);
    judge_done(&judge);
    buf_done(&bytes);
}

/* Whoever asked to be claimed and is not, and whatever was claimed of nothing. */
static void what_has_no_counterpart_is_an_orphan(void)
{
    struct judge judge;
    begin(&judge);
    const struct hash own = lock(&judge, 0, 500, 1);
    CHECK_U64(judge_bridge_orphans(&judge), 0); /* nobody is asked */
    const struct hash asked = lock_asking(&judge, 1, 600, true, 1), nothing = {{5}};
    CHECK_U64(judge_bridge_orphans(&judge), 1);
    mint(&judge, 0, &nothing, 3);
    CHECK_U64(judge_bridge_orphans(&judge), 2);
    mint(&judge, 1, &asked, 3);
    mint(&judge, 2, &own, 3);
    CHECK_U64(judge_bridge_orphans(&judge), 1);
    CHECK(!judge_bridge_is_settled(&judge));
    judge_done(&judge);
}

static void books_state(struct judge *judge, uint64_t locked, uint64_t minted, uint32_t height)
{
    judge->money[0].last = (struct supply){.height = height, .finalized_height = height, .tokens_count = 1,
                                           .tokens = {{.token = TOKEN_AX, .bridge_locked = AMOUNT(locked)}}};
    judge->money[1].last = (struct supply){.height = height, .finalized_height = height, .tokens_count = 1,
                                           .tokens = {{.token = TOKEN_SAX, .bridge_minted = AMOUNT(minted), .bridge_burned = AMOUNT(40)}}};
}

static void books_that_differ_once_all_has_arrived_are_told(void)
{
    struct judge judge;
    begin(&judge);
    const struct hash id = lock(&judge, 0, 500, 1);
    books_state(&judge, 500, 40, 7);
    settle(&judge, 2, 2);
    CHECK_U64(told[3], 0); /* under way */
    mint(&judge, 0, &id, 3);
    books_state(&judge, 500, 539, 6);
    settle(&judge, 4, 4);
    CHECK_U64(told[3], 0); /* of a state before it */
    CHECK(!judge_bridge_is_settled(&judge));
    books_state(&judge, 500, 539, 7);
    settle(&judge, 5, 5);
    settle(&judge, 6, 6);
    CHECK_U64(told[3], 1); /* once */
    judge_done(&judge);
    begin(&judge);
    const struct hash again = lock(&judge, 0, 500, 1);
    mint(&judge, 0, &again, 3);
    const uint64_t samples = judge.state[3].samples;
    books_state(&judge, 500, 540, 9);
    settle(&judge, 5, 5);
    CHECK(told[3] == 0 && judge.state[3].samples == samples + 1 && judge_bridge_is_settled(&judge));
    judge_done(&judge);
}

int main(void)
{
    const uint8_t seed[32] = {1};
    seckey_from_seed(suite, seed, &key);
    who = address_of_key(&key.pub);
    RUN(an_honest_crossing_violates_nothing);
    RUN(a_lock_minted_twice_is_told);
    RUN(a_mint_without_a_lock_is_told_once_its_time_is_over);
    RUN(a_claim_of_another_amount_or_for_somebody_else_is_told);
    RUN(order_gaps_forgery_and_silence_are_told);
    RUN(what_has_no_counterpart_is_an_orphan);
    RUN(books_that_differ_once_all_has_arrived_are_told);
    return 0;
}
