/* The golden vectors of the contract (api 9) that belong to the shared vocabulary: T1, T2, T6 to T8, T10, T15; T9 is in test_ipc.c. */
#include "chain/block.h"
#include "chain/committee.h"
#include "chain/timeout.h"
#include "chain/tx.h"
#include "chain/vote.h"
#include "core/base/check.h"
#include "core/codec/binary.h"
#include "core/crypto/merkle.h"

static const struct sign_suite suite = {SIGN_ED25519};
static struct seckey key_a, key_b;
static struct address address_a, address_b;

static void keys(void)
{
    uint8_t seed[32];
    for (int i = 0; i < 32; i++) seed[i] = (uint8_t)i;
    seckey_from_seed(suite, seed, &key_a);
    for (int i = 0; i < 32; i++) seed[i] = (uint8_t)(32 + i);
    seckey_from_seed(suite, seed, &key_b);
    address_a = address_of_key(&key_a.pub);
    address_b = address_of_key(&key_b.pub);
}

static void the_two_keys_have_their_addresses(void)
{
    char text[ADDRESS_TEXT];
    CHECK_HEX(key_a.pub.b, 32, "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8");
    CHECK_HEX(address_a.b, 32, "bc4e7908ec08920102e7faf0898e7f4f71b24a5cc1b812e88c390794d557fcfa");
    address_text(&address_a, CHAIN_ALPHA, text);
    CHECK_STR(str_of(text), STR("ax1h388jz8vpzfqzqh8ltcgnrnlfacmyjjucxup96yv8yref42hlnaqrr7ane"));
    address_text(&address_a, CHAIN_DELTA, text);
    CHECK_STR(str_of(text), STR("dx1h388jz8vpzfqzqh8ltcgnrnlfacmyjjucxup96yv8yref42hlnaqx5rm9h"));
    address_text(&address_b, CHAIN_ALPHA, text);
    CHECK_STR(str_of(text), STR("ax13x3uguksfea0epu7ys444ukas6ft0aw3786jxger3lp6yw3qs54qhdw95m"));
}

static struct tx_spec t1_spec(void)
{
    return (struct tx_spec){.domain = {CHAIN_ALPHA, 13},
                            .kind = KIND_ALPHA_TRANSFER,
                            .nonce = 7,
                            .fee = AMOUNT(1000),
                            .tip = AMOUNT(5),
                            .valid_until = 500,
                            .timestamp_ms = UINT64_C(1700000000000),
                            .token = TOKEN_AX,
                            .to = address_b,
                            .amount = AMOUNT(250000),
                            .memo = STR("hi")};
}

static struct tx *t1(void)
{
    struct apierror error;
    const struct tx_spec spec = t1_spec();
    CHECK_U64(tx_spec_size(&spec), 219);
    struct tx *tx = tx_build(&spec, suite, &key_a, &error);
    CHECK(tx != NULL);
    return tx;
}

static void t1_transfer(void)
{
    struct tx *tx = t1();
    CHECK_U64(tx->size, 219);
    CHECK_HEX(tx->bytes, 155,
              "4144545801010d00010100000700000000000000e803000000000000000000000000000005000000000000000000000000000000f401000000"
              "68e5cf8b01000003a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b83700000089a3c472d04e7afc879e242b5af2"
              "dd8692b7f5d1f1f52323238fc3a23a20852a0190d00300000000000000000000000000020000006869");
    CHECK_HEX(tx->id.b, 32, "7146e5ad2d5ab938fbd3e7692700bf2aed5d19e510147ae643e26b1bba6840b4");
    CHECK_HEX(
        tx_signature(tx)->b, 64,
        "d0e67e323f5e7c38d057fb5626c2a234c5b8a9f1eaf99d13b3c183a2475a819839b030f34969014c2a0302441aced902c45992209f0f1237f256"
        "faf41608820c");
    CHECK(address_eq(&tx->sender, &address_a));
    CHECK(sign_verify(suite, tx_pubkey(tx), TX_SIGN_TAG, tx_signing_digest(tx), tx_signature(tx)));
    tx_unref(tx);
}

static void t2_order_place(void)
{
    struct buf payload = {0}, unsigned_bytes = {0}, signed_bytes = {0};
    bin_put_str(&payload, STR("DX/sAX"));
    bin_put_u8(&payload, 1);
    bin_put_u8(&payload, 1);
    bin_put_u64(&payload, 1020000);
    bin_put_u64(&payload, 50000000);
    bin_put_u8(&payload, 1);
    bin_put_u16(&payload, 0);
    bin_put_u64(&payload, 42);
    CHECK_HEX(payload.data, payload.len, "060044582f734158010160900f000000000080f0fa02000000000100002a00000000000000");
    const struct tx_spec spec = {.domain = {CHAIN_DELTA, 18},
                                 .kind = KIND_ORDER_PLACE,
                                 .fee = AMOUNT(2000),
                                 .timestamp_ms = UINT64_C(1700000000000),
                                 .payload = buf_str(&payload)};
    tx_spec_encode(&spec, &key_b.pub, &unsigned_bytes);
    const struct hash id = tx_id_of(buf_str(&unsigned_bytes));
    CHECK_HEX(id.b, 32, "524d4d4aff613e03b6e24323f6000ad16ab96a968dfbc70ee135e194d5400714");
    tx_sign_raw(buf_str(&unsigned_bytes), suite, &key_b, &signed_bytes);
    CHECK_HEX(
        signed_bytes.data + unsigned_bytes.len, 64,
        "6749b7a6aba4b0da8ca0931c3551689bbf23bcb01110e9040f4a478a8c4200cac6c5da03cc73ec9ef253fb642eae0a8fe643c02c1419f98141eb"
        "70e6827c480c");
    struct apierror error;
    const struct tx_rules rules = {.domain = {CHAIN_DELTA, 18}};
    struct tx *tx = tx_decode(buf_str(&signed_bytes), &rules, &error);
    CHECK(tx != NULL);
    CHECK(hash_eq(&tx->id, &id));
    tx_unref(tx);
    buf_done(&payload);
    buf_done(&unsigned_bytes);
    buf_done(&signed_bytes);
}

static struct committee *t6(void)
{
    const struct member member = {.address = address_a, .consensus_key = key_a.pub, .stake = AMOUNT(1000)};
    return committee_new(0, 1, &member, 1);
}

static void t6_committee(void)
{
    struct committee *committee = t6();
    CHECK_HEX(committee->hash.b, 32, "3dfe3848a0ecce5bd6a8bfbfc4477da39936b6574caa2e168aa2fe71f43a3684");
    committee_unref(committee);
}

static struct header t7(void)
{
    struct committee *committee = t6();
    struct header header = {.domain = {CHAIN_ALPHA, 13},
                            .height = 1,
                            .round = 1,
                            .timestamp_ms = UINT64_C(1700000000000),
                            .committee_hash = committee->hash,
                            .next_committee_hash = committee->hash,
                            .proposer = address_a};
    CHECK(str_unhex(STR("48cbf56b9558a224a3e7e1825162901818aecd2a6695991407a40c6bc91d60e6"), header.state_root.b, 32));
    committee_unref(committee);
    return header;
}

static void t7_header(void)
{
    const struct header header = t7();
    const struct hash hash = header_hash(&header);
    CHECK_HEX(hash.b, 32, "c4b2fe7f781f62e1378b15dd48e8c73345cb2efa7dc226efe90eccd0adbaa473");
    const struct signature signature = header_sign(&hash, suite, &key_a);
    CHECK_HEX(
        signature.b, 64,
        "681ae8c870db0b27f91ac002f700855ada357276bc9a35a5a8b716e9b602139fffe83f797904585f6421b8b3e07881cd93b5eff27679697e17e0"
        "e79f71566b00");
    uint8_t bytes[HEADER_BYTES];
    struct header again;
    header_encode(&header, bytes);
    CHECK(header_decode(bytes, &again) && header_eq(&header, &again));
}

static void t8_vote(void)
{
    const struct header header = t7();
    struct vote vote = {.domain = header.domain, .height = 1, .round = 1, .block_hash = header_hash(&header), .voter = address_a};
    const struct hash digest = vote_digest(&vote);
    CHECK_HEX(digest.b, 32, "28da33db85a2646fef34405261623eb5c4d434621cf4dda11a52d76778ea9d46");
    vote_sign(&vote, suite, &key_a);
    CHECK_HEX(
        vote.signature.b, 64,
        "76e3a0b43b0f968cb6b8379fcff6821b1ad0227feda77cfc3bbd60be34b9dff08d7724126faa303b205d4c4693d2488147b5a33e89493c00c948"
        "53dc2565f70f");
}


static void t10_bid(void)
{
    struct buf bytes = {0};
    uint8_t salt[32];
    memset(salt, 0x11, sizeof(salt));
    bin_put_str(&bytes, STR("alice"));
    bin_put_bytes(&bytes, address_a.b, 32);
    bin_put_u128(&bytes, 5000000);
    bin_put_bytes(&bytes, salt, sizeof(salt));
    const struct hash bid = hash_tagged("adnet/bid/v1", bytes.data, bytes.len);
    CHECK_HEX(bid.b, 32, "c60f1915368149b979f3d6c845d5ddf0c86359964458eb32c732c6f40106e34b");
    buf_done(&bytes);
}

static void t15_timeout(void)
{
    struct timeout timeout = {.domain = {CHAIN_ALPHA, 13}, .round = 1, .voter = address_a};
    const struct hash digest = timeout_digest(&timeout);
    CHECK_HEX(digest.b, 32, "6ece95886e0f4be28a647f53f8a54170e17f2dd4786c13322bbceda7cddca9b1");
    timeout_sign(&timeout, suite, &key_a);
    CHECK_HEX(
        timeout.signature.b, 64,
        "00bc4d7ab110a8ca892eeae651c1bd97ef7bdd5ffbaa8839213ff491adf09841db71838b75e19ff52b91ce5fdceeedecd617f8051d34a5ea4ca6"
        "4b745f661500");
}

int main(void)
{
    keys();
    RUN(the_two_keys_have_their_addresses);
    RUN(t1_transfer);
    RUN(t2_order_place);
    RUN(t6_committee);
    RUN(t7_header);
    RUN(t8_vote);
    RUN(t10_bid);
    RUN(t15_timeout);
    return 0;
}
