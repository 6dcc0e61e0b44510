/* Messages of the bridge: the contract's vector, and that only canonical bytes of the right side are taken. */
#include "chain/ipc.h"
#include "core/base/check.h"
#include "core/crypto/merkle.h"

#define ALPHA ((struct domain){CHAIN_ALPHA, 13})
#define DELTA ((struct domain){CHAIN_DELTA, 18})

static struct address address_of_seed(int first)
{
    uint8_t seed[32];
    struct seckey key;
    for (int i = 0; i < 32; i++) seed[i] = (uint8_t)(first + i);
    seckey_from_seed((struct sign_suite){SIGN_ED25519}, seed, &key);
    return address_of_key(&key.pub);
}

static struct ipc_message lock_message(void)
{
    struct ipc_message message = {.type = IPC_LOCK_TRANSACTION, .source = ALPHA, .destination = DELTA, .sequence = 1, .source_height = 9};
    message.body.transfer = (struct ipc_transfer){
        .sender = address_of_seed(0), .recipient = address_of_seed(32), .amount = AMOUNT(250000), .automatic = true};
    CHECK(str_unhex(STR("7146e5ad2d5ab938fbd3e7692700bf2aed5d19e510147ae643e26b1bba6840b4"), message.body.transfer.id.b, 32));
    return message;
}

static void t9_is_the_contracts(void)
{
    const struct ipc_message message = lock_message();
    struct buf bytes = {0};
    ipc_encode(&message, &bytes);
    CHECK_U64(bytes.len, 137);
    const struct hash id = ipc_id(buf_str(&bytes)), leaf = merkle_leaf(bytes.data, bytes.len);
    CHECK_HEX(id.b, 32, "c5cde90466bea4b4d67f6085151a17077688c760020424a550689e025ed278c2");
    CHECK_HEX(leaf.b, 32, "397f3a5c14c4420dcfb465295b2715cd52ca5e8ff62442046875da5bff8a49ee");
    buf_done(&bytes);
}

/* One of each type, with every member set. */
static struct ipc_message sample(enum ipc_type type)
{
    const bool from_delta = type == IPC_BURN_TRANSACTION || type == IPC_GOVERNANCE_TALLY;
    struct ipc_message m = lock_message();
    const struct hash id = m.body.transfer.id;
    const struct address who = address_of_seed(0);
    m.type = type;
    m.source = from_delta ? DELTA : ALPHA;
    m.destination = from_delta ? ALPHA : DELTA;
    m.sequence = type == IPC_BLOCK_FINALIZED ? 0 : 77;
    const struct action change = {.type = ACTION_PARAMETER_CHANGE, .key = STR("quorum_bps"), .value = STR("4000")};
    switch (type) {
    case IPC_BLOCK_FINALIZED: m.body.block_finalized = (struct ipc_block_finalized){9, id, id, id, id}; break;
    case IPC_LOCK_TRANSACTION:
    case IPC_BURN_TRANSACTION: break;
    case IPC_GOVERNANCE_EXECUTED:
        m.body.governance_executed = (struct ipc_governance_executed){.proposal = id, .outcome = 1, .action = change};
        break;
    case IPC_VALIDATOR_EJECTION: m.body.ejection = (struct ipc_ejection){.validator = who, .reason = 2, .evidence_id = id}; break;
    case IPC_GOVERNANCE_MIRROR:
        m.body.mirror = (struct ipc_mirror){.proposal = id, .voting_blocks = 100, .timelock_blocks = 50, .joint = true, .action = change};
        break;
    case IPC_GOVERNANCE_TALLY:
        m.body.tally = (struct ipc_tally){.proposal = id, .yes = AMOUNT(5), .no = AMOUNT(6), .abstain = AMOUNT(7), .passed = true};
        break;
    }
    return m;
}

static void every_type_comes_back_as_it_went(void)
{
    static const uint32_t sizes[] = {24 + 132, 24 + 113, 24 + 113, 24 + 33 + 1 + 12 + 6, 24 + 65, 24 + 41 + 1 + 12 + 6, 24 + 81};
    for (int type = IPC_BLOCK_FINALIZED; type <= IPC_GOVERNANCE_TALLY; type++) {
        const struct ipc_message message = sample((enum ipc_type)type);
        struct buf bytes = {0}, again = {0};
        struct ipc_message back;
        enum ipc_type parsed;
        ipc_encode(&message, &bytes);
        CHECK_U64(bytes.len, sizes[type - 1]);
        CHECK(ipc_decode(buf_str(&bytes), &back));
        CHECK_U64(back.type, type);
        ipc_encode(&back, &again);
        CHECK(str_eq(buf_str(&bytes), buf_str(&again)));
        CHECK(ipc_type_parse(ipc_type_text(message.type), &parsed) && parsed == message.type);
        buf_done(&bytes);
        buf_done(&again);
    }
}

/* Cut short, longer, and with each byte of the head changed: nothing but the sequence, the height and body may differ. */
static void only_canonical_bytes_are_taken(void)
{
    const struct ipc_message message = lock_message();
    struct buf bytes = {0};
    struct ipc_message out;
    ipc_encode(&message, &bytes);
    for (size_t len = 0; len < bytes.len; len++) CHECK(!ipc_decode((struct str){(const char *)bytes.data, len}, &out));
    for (size_t i = 0; i < 12; i++) {
        bytes.data[i] ^= 0x40;
        CHECK(!ipc_decode(buf_str(&bytes), &out));
        bytes.data[i] ^= 0x40;
    }
    bytes.data[bytes.len - 1] = 2; /* a bool */
    CHECK(!ipc_decode(buf_str(&bytes), &out));
    bytes.data[bytes.len - 1] = 0;
    CHECK(ipc_decode(buf_str(&bytes), &out) && !out.body.transfer.automatic);
    buf_put_char(&bytes, 0);
    CHECK(!ipc_decode(buf_str(&bytes), &out));
    buf_done(&bytes);
}

static void a_type_of_the_other_side_is_refused(void)
{
    const struct ipc_message message = lock_message();
    struct buf bytes = {0};
    struct ipc_message out;
    ipc_encode(&message, &bytes);
    bytes.data[5] = IPC_BURN_TRANSACTION; /* the same body, from Alpha */
    CHECK(!ipc_decode(buf_str(&bytes), &out));
    bytes.data[5] = IPC_LOCK_TRANSACTION;
    memset(bytes.data + 12, 0, 8); /* a sequence of 0 is for block_finalized */
    CHECK(!ipc_decode(buf_str(&bytes), &out));
    buf_done(&bytes);
    struct ipc_message block = sample(IPC_BLOCK_FINALIZED);
    ipc_encode(&block, &bytes);
    CHECK(ipc_decode(buf_str(&bytes), &out));
    bytes.data[12] = 1;
    CHECK(!ipc_decode(buf_str(&bytes), &out));
    buf_done(&bytes);
}

static void a_message_is_told_with_the_names_of_its_type(void)
{
    const struct ipc_message lock = lock_message(), burn = sample(IPC_BURN_TRANSACTION);
    struct buf text = {0};
    struct json_writer w = json_writer_of(&text);
    ipc_write_body(&lock, &w);
    CHECK_STR(buf_str(&text),
              STR("{\"lock_id\":\"7146e5ad2d5ab938fbd3e7692700bf2aed5d19e510147ae643e26b1bba6840b4\",\"sender\":"
                  "\"ax1h388jz8vpzfqzqh8ltcgnrnlfacmyjjucxup96yv8yref42hlnaqrr7ane\",\"recipient\":"
                  "\"dx13x3uguksfea0epu7ys444ukas6ft0aw3786jxger3lp6yw3qs54qj6nrz4\",\"amount\":\"250000\",\"auto_mint\":true}"));
    buf_clear(&text);
    w = json_writer_of(&text);
    ipc_write_body(&burn, &w);
    CHECK(strstr((const char *)text.data, "\"burn_id\"") != NULL && strstr((const char *)text.data, "\"auto_unlock\":true") != NULL);
    buf_done(&text);
}

int main(void)
{
    RUN(t9_is_the_contracts);
    RUN(every_type_comes_back_as_it_went);
    RUN(only_canonical_bytes_are_taken);
    RUN(a_type_of_the_other_side_is_refused);
    RUN(a_message_is_told_with_the_names_of_its_type);
    return 0;
}
