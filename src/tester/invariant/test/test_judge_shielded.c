/* INV-09 is fed blocks of deposits, transfers and withdrawals, and then lies: a key image twice, more out than in, a pool misstated by
 * one unit, receipts that are not the block's. */
#include "chain/spend.h"
#include "core/base/check.h"
#include "tester/invariant/judge.h"

static const struct sign_suite suite = {SIGN_SIMULATED};
static const struct domain domain = {CHAIN_ALPHA, 13};
static struct judge judge;
static struct seckey key;
static uint32_t told;

static void violated(void *context, const struct violation *violation)
{
    (void)context;
    CHECK_U64(violation->invariant, 9);
    told++;
}

static void start(void)
{
    judge = (struct judge){.violated = violated};
    judge_shielded_init(&judge.shielded);
    told = 0;
}
static void finish(void) { judge_shielded_done(&judge.shielded); }

static struct tx *build(struct tx_spec *spec, struct buf *payload)
{
    static struct apierror error;
    spec->payload = buf_str(payload);
    struct tx *tx = tx_build(spec, suite, &key, &error);
    if (tx == NULL) CHECK_FAIL("%s", error.message);
    buf_done(payload);
    return tx;
}

static struct tx *deposit(uint64_t amount)
{
    struct source source = source_of((const uint8_t[32]){1});
    const struct shield_keys keys = shield_keys_draw(&source);
    struct buf payload = {0};
    struct tx_spec spec = {.domain = domain, .kind = KIND_SHIELDED_DEPOSIT, .fee = AMOUNT(1000)};
    deposit_build(&(struct deposit_plan){.to = keys.address, .amount = amount}, &source, &payload);
    return build(&spec, &payload);
}

/* Well formed, and nothing more: the judge looks at what is public. */
static struct tx *spend(enum kind kind, uint64_t amount, uint64_t pool_fee, uint64_t salt, uint32_t note)
{
    struct source source = source_of((const uint8_t[32]){2, (uint8_t)salt});
    const struct shield_keys keys = shield_keys_draw(&source);
    static const uint32_t ring[] = {1};
    const struct clsag_member member = {shield_genesis_notes[note].one_time_key, shield_genesis_notes[note].commitment};
    const struct spend_input input = {.owned = {{5, scalar_of(3)}, scalar_of(9)}, .note = shield_genesis_notes[note], .ring = ring, .members = &member,
                                      .ring_count = 1};
    const struct spend_output output = {keys.address, 3};
    struct tx_spec spec = {.domain = domain, .kind = kind, .nonce = salt, .fee = AMOUNT(pool_fee)};
    const struct spend_plan plan = {.spec = &spec, .pool_fee = AMOUNT(pool_fee), .amount = AMOUNT(amount), .inputs = &input, .inputs_count = 1,
                                    .outputs = &output, .outputs_count = 1};
    struct buf payload = {0};
    spend_build(&plan, &key.pub, &source, &payload);
    return build(&spec, &payload);
}

static void give(uint32_t height, struct tx **txs, uint32_t count, enum code code, bool honest)
{
    struct tx_view views[4] = {0};
    struct merkle list;
    merkle_init(&list);
    for (uint32_t i = 0; i < count; i++) {
        uint8_t leaf[RECEIPT_LEAF_BYTES_MAX];
        views[i] = (struct tx_view){.id = txs[i]->id, .envelope = txs[i], .has_receipt = true, .receipt = {.code = (uint16_t)code}};
        const struct hash hash = merkle_leaf(leaf, receipt_leaf(&txs[i]->id, &views[i].receipt, leaf));
        merkle_push(&list, &hash);
    }
    struct block_view block = {.header = {.height = height, .receipts_root = merkle_root(&list)}, .has_transactions = true, .transactions = views,
                               .transactions_count = count};
    if (!honest) block.header.receipts_root.b[0] ^= 1;
    judge.read_height = height;
    judge_shielded_block(&judge, &block);
    for (uint32_t i = 0; i < count; i++) tx_unref(txs[i]);
}

static void state(uint32_t height, uint64_t pool)
{
    struct supply supply = {.finalized_height = height, .tokens_count = 1};
    supply.tokens[0].token = TOKEN_AX;
    supply.tokens[0].shielded = AMOUNT(pool);
    judge_shielded_supply(&judge, &supply);
}

static void an_honest_pool_adds_up(void)
{
    start();
    struct tx *in[] = {deposit(1000), deposit(500)};
    give(1, in, 2, CODE_NONE, true);
    state(1, 1500);
    struct tx *move[] = {spend(KIND_SHIELDED_TRANSFER, 0, 7, 1, 0)};
    give(2, move, 1, CODE_NONE, true);
    struct tx *out[] = {spend(KIND_SHIELDED_WITHDRAW, 300, 0, 2, 1)};
    give(3, out, 1, CODE_NONE, true);
    struct tx *failed[] = {deposit(900)};
    give(4, failed, 1, CODE_INSUFFICIENT_BALANCE, true);
    state(4, 1500 - 7 - 300);
    state(2, 1493); /* of a height that is long read */
    state(9, 1193); /* and of one that is not yet */
    give(9, NULL, 0, CODE_NONE, true);
    CHECK_U64(told, 0);
    CHECK_U64(judge.state[9].samples, 4 + 4);
    const struct pool_record *record = &judge.shielded.record; /* what is public of all that */
    CHECK_U64(record->entries.count, 5);
    CHECK(record->entries.data[0].kind == KIND_SHIELDED_DEPOSIT && record->entries.data[0].amount == 1000 && record->entries.data[0].outputs == 1);
    CHECK(record->entries.data[2].pool_fee == 7 && record->entries.data[2].height == 2 && record->entries.data[2].inputs_count == 1);
    CHECK(record->entries.data[3].amount == 300 && record->entries.data[3].inputs == 1 && record->entries.data[3].success);
    CHECK(!record->entries.data[4].success && record->entries.data[4].amount == 900);
    CHECK(record->inputs.count == 2 && record->inputs.data[1].ring_count == 1 && record->rings.count == 2 && record->rings.data[1] == 1);
    finish();
}

static void a_key_image_twice_is_told(void)
{
    start();
    struct tx *in[] = {deposit(1000)};
    give(1, in, 1, CODE_NONE, true);
    struct tx *once[] = {spend(KIND_SHIELDED_TRANSFER, 0, 0, 1, 0)}, *again[] = {spend(KIND_SHIELDED_TRANSFER, 0, 0, 2, 0)};
    give(2, once, 1, CODE_NONE, true);
    CHECK_U64(told, 0);
    give(5, again, 1, CODE_NONE, true);
    CHECK_U64(told, 1);
    CHECK(strstr(judge.state[9].note, "again") && strstr(judge.state[9].note, "block 5"));
    struct tx *refused[] = {spend(KIND_SHIELDED_TRANSFER, 0, 0, 3, 0)};
    give(6, refused, 1, CODE_NULLIFIER_SPENT, true);
    CHECK_U64(told, 1);
    finish();
}

static void more_out_than_in_is_told(void)
{
    start();
    struct tx *in[] = {deposit(1000)}, *out[] = {spend(KIND_SHIELDED_WITHDRAW, 1001, 0, 1, 0)};
    give(1, in, 1, CODE_NONE, true);
    give(2, out, 1, CODE_NONE, true);
    CHECK_U64(told, 1);
    CHECK(strstr(judge.state[9].note, "more out"));
    finish();
}

static void a_pool_misstated_by_one_is_told(void)
{
    start();
    struct tx *in[] = {deposit(1000)};
    give(1, in, 1, CODE_NONE, true);
    state(1, 999);
    CHECK_U64(told, 1);
    CHECK(strstr(judge.state[9].note, "999") && strstr(judge.state[9].note, "1000"));
    finish();
}

static void receipts_that_are_not_the_blocks_prove_nothing(void)
{
    start();
    struct tx *in[] = {deposit(1000)};
    give(1, in, 1, CODE_NONE, false);
    CHECK_U64(judge.bad_proofs, 1);
    state(1, 5);
    CHECK_U64(told, 0);
    CHECK_U64(judge.state[9].samples, 0);
    finish();
}

int main(void)
{
    seckey_from_seed(suite, (const uint8_t[32]){4}, &key);
    RUN(an_honest_pool_adds_up);
    RUN(a_key_image_twice_is_told);
    RUN(more_out_than_in_is_told);
    RUN(a_pool_misstated_by_one_is_told);
    RUN(receipts_that_are_not_the_blocks_prove_nothing);
    return 0;
}
