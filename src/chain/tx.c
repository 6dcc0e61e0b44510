#include "chain/tx_priv.h"

#include "core/codec/binary.h"

_Static_assert(sizeof(struct tx) + TX_HEADER_BYTES + TRANSFER_AT_MEMO + TX_SIGNATURE_BYTES <= 400, "a transfer stays small");
_Static_assert(sizeof(struct address) == 32 && sizeof(struct pubkey) == 32 && sizeof(struct signature) == 64, "parts are bytes");

struct tx *tx_alloc(size_t size)
{
    ASSERT(size <= UINT32_MAX);
    struct tx *tx = base_alloc(sizeof(*tx) + size);
    tx->refs = 1;
    tx->size = (uint32_t)size;
    return tx;
}

struct tx *tx_ref(struct tx *tx)
{
    ASSERT(tx->refs > 0);
    tx->refs++;
    return tx;
}

void tx_unref(struct tx *tx)
{
    if (tx == NULL) return;
    ASSERT(tx->refs > 0);
    if (--tx->refs > 0) return;
    if (tx->promised != NULL) (void)sign_promise_keep(tx->promised);
    base_free(tx);
}

static void signature_store(struct tx *tx, const struct signature *signature)
{
    memcpy(tx->bytes + tx->size - TX_SIGNATURE_BYTES, signature->b, sizeof(signature->b));
}

/* Puts the signature in its place, if it is not there yet. Every reader of it comes through here. */
static void settle(const struct tx *tx)
{
    if (tx->promised == NULL) return;
    struct tx *own = (struct tx *)(uintptr_t)tx; /* what it holds is the same before and behind, for all who can look */
    const struct signature signature = sign_promise_keep(own->promised);
    own->promised = NULL;
    signature_store(own, &signature);
}

struct str tx_bytes(const struct tx *tx)
{
    settle(tx);
    return (struct str){(const char *)tx->bytes, tx->size};
}

struct domain tx_domain(const struct tx *tx) { return (struct domain){(enum chain_id)tx->chain, tx->network_id}; }

const struct pubkey *tx_pubkey(const struct tx *tx) { return (const struct pubkey *)(const void *)(tx->bytes + TX_AT_KEY); }

const struct signature *tx_signature(const struct tx *tx)
{
    settle(tx);
    return (const struct signature *)(const void *)(tx->bytes + tx->size - TX_SIGNATURE_BYTES);
}

struct str tx_payload(const struct tx *tx)
{
    return (struct str){(const char *)tx->bytes + TX_HEADER_BYTES, tx->size - TX_BYTES_MIN};
}

struct tx_output tx_output_at(const struct tx *tx, size_t i)
{
    ASSERT(i < tx->outputs_count);
    struct tx_output output;
    const uint8_t *at = tx->bytes + TX_HEADER_BYTES;
    if (tx_is_transfer(tx->kind)) {
        memcpy(output.to.b, at, sizeof(output.to.b));
        output.amount.units = bin_load_u128(at + TRANSFER_AT_AMOUNT);
    } else {
        at += BATCH_AT_OUTPUTS + i * BATCH_OUTPUT_BYTES;
        memcpy(output.to.b, at, sizeof(output.to.b));
        output.amount.units = bin_load_u128(at + sizeof(output.to.b));
    }
    return output;
}

struct str tx_memo(const struct tx *tx)
{
    if (!tx_is_transfer(tx->kind)) return (struct str){0};
    return str_sub(tx_payload(tx), TRANSFER_AT_MEMO, TX_MEMO_BYTES_MAX);
}

bool tx_charge(const struct tx *tx, struct amount *out) { return amount_add(tx->fee, tx->tip, out); }

void tx_signature_remember(struct tx *tx, bool good) { tx->signature_state = good ? TX_SIGNATURE_GOOD : TX_SIGNATURE_BAD; }

struct hash tx_id_of(struct str unsigned_bytes) { return hash_tagged(TX_ID_TAG, unsigned_bytes.data, unsigned_bytes.len); }

struct hash tx_unbound_digest(const struct tx *tx)
{
    struct buf bytes = {0};
    buf_put(&bytes, tx->bytes, tx->size - TX_SIGNATURE_BYTES);
    memset(bytes.data + TX_AT_CHAIN, 0, TX_AT_KIND - TX_AT_CHAIN);
    memset(bytes.data + TX_AT_NONCE, 0, TX_AT_FEE - TX_AT_NONCE);
    const struct hash digest = tx_id_of(buf_str(&bytes));
    buf_done(&bytes);
    return digest;
}

/* ---- building ---- */

static size_t payload_size(const struct tx_spec *spec)
{
    if (spec->payload.len > 0) return spec->payload.len;
    if (spec->kind == KIND_ALPHA_TRANSFER || spec->kind == KIND_DELTA_TRANSFER) return TRANSFER_AT_MEMO + spec->memo.len;
    if (spec->kind == KIND_ALPHA_BATCH_TRANSFER || spec->kind == KIND_DELTA_BATCH_TRANSFER)
        return BATCH_AT_OUTPUTS + (size_t)spec->outputs_count * BATCH_OUTPUT_BYTES;
    return 0;
}

size_t tx_spec_size(const struct tx_spec *spec) { return TX_BYTES_MIN + payload_size(spec); }

static void payload_store(const struct tx_spec *spec, uint8_t *at)
{
    if (spec->payload.len > 0) {
        memcpy(at, spec->payload.data, spec->payload.len);
    } else if (spec->kind == KIND_ALPHA_TRANSFER || spec->kind == KIND_DELTA_TRANSFER) {
        memcpy(at, spec->to.b, sizeof(spec->to.b));
        at[TRANSFER_AT_TOKEN] = (uint8_t)spec->token;
        bin_store_u128(at + TRANSFER_AT_AMOUNT, spec->amount.units);
        bin_store_u32(at + TRANSFER_AT_MEMO_LEN, (uint32_t)spec->memo.len);
        if (spec->memo.len > 0) memcpy(at + TRANSFER_AT_MEMO, spec->memo.data, spec->memo.len);
    } else if (spec->kind == KIND_ALPHA_BATCH_TRANSFER || spec->kind == KIND_DELTA_BATCH_TRANSFER) {
        at[0] = (uint8_t)spec->token;
        bin_store_u16(at + BATCH_AT_COUNT, spec->outputs_count);
        at += BATCH_AT_OUTPUTS;
        for (size_t i = 0; i < spec->outputs_count; i++, at += BATCH_OUTPUT_BYTES) {
            memcpy(at, spec->outputs[i].to.b, sizeof(spec->outputs[i].to.b));
            bin_store_u128(at + sizeof(spec->outputs[i].to.b), spec->outputs[i].amount.units);
        }
    }
}

/* Stores the unsigned bytes; `at` has room for tx_spec_size. */
static void spec_store(const struct tx_spec *spec, const struct pubkey *key, uint8_t *at)
{
    memcpy(at, "ADTX", 4);
    at[TX_AT_VERSION] = TX_VERSION;
    at[TX_AT_CHAIN] = (uint8_t)spec->domain.chain;
    bin_store_u16(at + TX_AT_NETWORK, spec->domain.network_id);
    bin_store_u16(at + TX_AT_KIND, (uint16_t)spec->kind);
    bin_store_u16(at + TX_AT_FLAGS, spec->flags);
    bin_store_u64(at + TX_AT_NONCE, spec->nonce);
    bin_store_u128(at + TX_AT_FEE, spec->fee.units);
    bin_store_u128(at + TX_AT_TIP, spec->tip.units);
    bin_store_u32(at + TX_AT_VALID_UNTIL, spec->valid_until);
    bin_store_u64(at + TX_AT_TIMESTAMP, spec->timestamp_ms);
    memcpy(at + TX_AT_KEY, key->b, sizeof(key->b));
    bin_store_u32(at + TX_AT_PAYLOAD_LEN, (uint32_t)payload_size(spec));
    payload_store(spec, at + TX_HEADER_BYTES);
}

void tx_spec_encode(const struct tx_spec *spec, const struct pubkey *key, struct buf *out)
{
    spec_store(spec, key, buf_grow(out, tx_spec_size(spec) - TX_SIGNATURE_BYTES));
}

struct tx *tx_build(const struct tx_spec *spec, struct sign_suite suite, const struct seckey *key, struct apierror *error)
{
    const size_t size = tx_spec_size(spec);
    if (size > TX_BYTES_MAX) {
        apierror_set(error, CODE_TX_TOO_LARGE, NULL, "%zu bytes; at most %u are taken", size, TX_BYTES_MAX);
        return NULL;
    }
    struct tx *tx = tx_alloc(size);
    spec_store(spec, &key->pub, tx->bytes);
    const struct tx_rules any = {0};
    if (!tx_fill(tx, &any, error)) {
        tx_unref(tx);
        return NULL;
    }
    tx->promised = sign_promise(suite, key, TX_SIGN_TAG, &tx->id);
    if (tx->promised != NULL) {
        tx_signature_remember(tx, true);
        return tx;
    }
    const struct signature signature = sign_digest(suite, key, TX_SIGN_TAG, &tx->id);
    signature_store(tx, &signature);
    return tx;
}

void tx_sign_raw(struct str unsigned_bytes, struct sign_suite suite, const struct seckey *key, struct buf *out)
{
    const struct hash id = tx_id_of(unsigned_bytes);
    const struct signature signature = sign_digest(suite, key, TX_SIGN_TAG, &id);
    buf_put_str(out, unsigned_bytes);
    buf_put(out, signature.b, sizeof(signature.b));
}
