/* Any bytes as a checkpoint, checked against whatever block and index entries they hold, which is more than anybody would trust: refused, or all of
 * it is as it says, and is written as exactly these bytes. */
#include "core/base/check.h"
#include "core/codec/binary.h"
#include "network/ledger/image.h"
#include "network/node/checkpoint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static struct checkpoint_trust trust_of(struct str bytes, const struct ledger_rules *rules)
{
    struct checkpoint_trust trust = {0};
    struct ledger_image_digests digests;
    if (bytes.len < 9) return trust;
    struct bin_reader r = bin_reader_of(bytes.data + 5, bytes.len - 5);
    const struct str front = bin_get_blob(&r, MESSAGE_BYTES_MAX);
    const struct tx_rules tx_rules = ledger_tx_rules(rules);
    struct message *message = r.bad ? NULL : message_decode(front, &tx_rules);
    if (message && message->type == MESSAGE_BLOCKS && message->blocks.count > 0)
        trust = (struct checkpoint_trust){.height = message->blocks.items[0].block->header.height, .hash = message->blocks.items[0].block->hash};
    if (ledger_image_digests((struct str){(const char *)r.at, bin_left(&r)}, &digests)) trust.derived = digests.derived;
    message_unref(message);
    return trust;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static const struct sign_suite suite = {SIGN_SIMULATED};
    struct ledger_rules rules = {.domain = domain_of(CHAIN_ALPHA, NETWORK_TESTNET)};
    rules.verifier = verifier_plain(&suite);
    struct node_checkpoint given = {.bytes = {(const char *)data, bytes}};
    struct checkpoint checkpoint;
    given.trust = trust_of(given.bytes, &rules);
    const enum code code = checkpoint_read(&given, &rules, &checkpoint);
    CHECK(code == CODE_NONE || code == CODE_PARSE_ERROR || code == CODE_CHECKPOINT_CONFLICT);
    if (code != CODE_NONE) return 0;
    CHECK(hash_eq(&checkpoint.next->hash, &checkpoint.base.block->header.next_committee_hash));
    CHECK_U64(ledger_height(checkpoint.state), checkpoint.base.block->header.height);
    struct buf out = {0};
    struct checkpoint_trust trust;
    checkpoint_write(&checkpoint.base, checkpoint.proof, checkpoint.state, &out, &trust);
    CHECK(str_eq(buf_str(&out), given.bytes));
    CHECK(hash_eq(&trust.hash, &given.trust.hash) && hash_eq(&trust.derived, &given.trust.derived));
    buf_done(&out);
    checkpoint_done(&checkpoint);
    return 0;
}
