/* Tx: a decoded, immutable transaction that everyone in a process shares. Its canonical bytes are kept once; id, sender
 * and the fields that ledger and pool ask for are computed once, when it is decoded or built. One allocation, about
 * 390 bytes for a transfer.
 *
 * References are counted without locks: a tx belongs to one thread; another thread may read it while the owner holds a
 * reference, but not before its owner has read the signature of one that it built (tx_build). */
#ifndef CHAIN_TX_H
#define CHAIN_TX_H

#include "chain/address.h"
#include "chain/amount.h"
#include "chain/apierror.h"
#include "chain/kind.h"
#include "core/base/buf.h"
#include "core/codec/json.h"
#include "core/crypto/hash.h"
#include "core/crypto/sign.h"

#define TX_BYTES_MAX (1u << 20)
#define TX_HEADER_BYTES 100
#define TX_SIGNATURE_BYTES 64
#define TX_BYTES_MIN (TX_HEADER_BYTES + TX_SIGNATURE_BYTES)
#define TX_MEMO_BYTES_MAX 1024
#define TX_OUTPUTS_MAX 256
#define TX_VERSION 1

enum tx_signature_state { TX_SIGNATURE_UNKNOWN, TX_SIGNATURE_GOOD, TX_SIGNATURE_BAD };

struct tx {
    struct hash id;
    struct address sender; /* of the public key */
    struct amount fee, tip;
    struct amount total; /* what leaves the sender beside fee and tip: the amount, or the sum of a batch */
    uint64_t nonce;
    uint64_t timestamp_ms; /* 0: not stated */
    uint64_t received_ms;  /* memo: when a node of this process first took it; 0: none has. Only the owning thread writes it */
    uint32_t valid_until;  /* 0: no expiry */
    uint32_t size;         /* of the signed bytes */
    uint32_t refs;         /* use tx_ref, tx_unref */
    uint16_t kind;         /* enum kind */
    uint16_t network_id;
    uint16_t outputs_count;  /* 1 for a transfer; 0 for other kinds than transfers */
    uint8_t chain;           /* enum chain_id */
    uint8_t token;           /* enum token: of all outputs, or of `total` */
    uint8_t total_overflows; /* the sum of a batch is beyond 2^128 - 1; `total` is AMOUNT_MAX then */
    uint8_t signature_state; /* memo, see tx_signature_remember */
    struct sign_promise *promised; /* of the signature, which is not in `bytes` yet; NULL: it is */
    uint8_t bytes[];         /* canonical signed bytes */
};

struct tx_output {
    struct address to;
    struct amount amount;
};

struct tx *tx_ref(struct tx *tx); /* returns its argument */
void tx_unref(struct tx *tx);     /* the last release frees; accepts NULL */

/* ---- parts, borrowed from the tx ---- */
struct str tx_bytes(const struct tx *tx); /* signed canonical bytes */
struct domain tx_domain(const struct tx *tx);
const struct pubkey *tx_pubkey(const struct tx *tx);
const struct signature *tx_signature(const struct tx *tx);
struct str tx_payload(const struct tx *tx);
struct tx_output tx_output_at(const struct tx *tx, size_t i); /* i < outputs_count */
struct str tx_memo(const struct tx *tx);                      /* transfer only, else empty */
/* 0; 1 and 2 ask for a place before or behind the largest trade of the block: refused but with a planted switch. */
static inline uint16_t tx_flags(const struct tx *tx)
{
    uint16_t flags;
    memcpy(&flags, tx->bytes + 10, sizeof(flags));
    return flags;
}
/* fee + tip; false when beyond 2^128 - 1. */
bool tx_charge(const struct tx *tx, struct amount *out) MUST_CHECK;

/* ---- signature: checked apart, since it is the costly step ----
 * The signature must hold under tx_pubkey for the tagged string S(TX_SIGN_TAG, id). */
#define TX_ID_TAG "adnet/tx/v1"
#define TX_SIGN_TAG "adnet/tx-sig/v1"
static inline const struct hash *tx_signing_digest(const struct tx *tx) { return &tx->id; }
/* What would be signed if neither chain nor network nor nonce were: the id of the bytes with these blank. Nobody on a hardened network
 * takes a signature of it. */
struct hash tx_unbound_digest(const struct tx *tx);
/* A memo for whoever checked, so that a process checks each transaction once. Only the owning thread writes it. */
void tx_signature_remember(struct tx *tx, bool good);

/* ---- decoding ---- */
struct tx_rules {
    struct domain domain; /* chain 0: any chain and network of the table (clients, tools) */
    /* Guards that a planted switch may remove. All false on a hardened network. */
    bool allow_zero_amount;
    bool allow_position_hints; /* flags 1 and 2; with `domain` of any chain they are allowed too */
    bool allow_equal_key_images;
    bool any_size;         /* more than TX_BYTES_MAX bytes are taken */
    bool lenient;          /* numbers pass for texts and the reverse; what is no JSON passes for an empty object */
    bool default_missing;  /* members that are missing are zero */
    bool any_address;      /* checksum, case and HRP of addresses are not looked at */
    bool trust_sender;     /* the `sender` member decides who sends */
    bool signed_amounts;   /* "-100" is 2^128 - 100 */
    bool truncate;         /* texts and bytes beyond their limit are cut when they are read */
    bool any_program_size; /* sources longer than PROGRAM_SOURCE_BYTES_MAX are taken */
};

/* tx_decode reads canonical signed bytes, in the order of api 2.5 up to (not including) the signature: size, framing,
 * version, chain, network_id, kind, flags, payload fields. Returns a new reference, or NULL with `error` saying code, field
 * and message. A kind that is known but not executed by this build gives FEATURE_NOT_AVAILABLE. */
struct tx *tx_decode(struct str bytes, const struct tx_rules *rules, struct apierror *error) MUST_CHECK;

/* tx_from_json reads the envelope of api 2.3, strictly (UNKNOWN_FIELD, MISSING_FIELD, INVALID_FIELD_TYPE, AMOUNT_* ...),
 * rebuilds the canonical bytes, and checks `sender` and, when present, `id`. */
struct tx *tx_from_json(const struct json *envelope, const struct tx_rules *rules, struct apierror *error) MUST_CHECK;
void tx_to_json(const struct tx *tx, struct json_writer *w); /* the envelope, with id */

/* ---- building ---- */
struct tx_spec {
    struct domain domain;
    enum kind kind;
    uint64_t nonce;
    struct amount fee, tip;
    uint32_t valid_until;
    uint16_t flags;
    uint64_t timestamp_ms;
    enum token token;                /* transfer, batch */
    struct address to;               /* transfer */
    struct amount amount;            /* transfer */
    struct str memo;                 /* transfer: raw bytes */
    const struct tx_output *outputs; /* batch */
    uint16_t outputs_count;
    struct str payload; /* when not empty: the payload, already encoded (payload_encode), whatever the kind */
};

size_t tx_spec_size(const struct tx_spec *spec); /* signed size, before encoding: for the fee */
/* Appends the unsigned canonical bytes. Nothing is validated: adversaries build nonsense with it too. */
void tx_spec_encode(const struct tx_spec *spec, const struct pubkey *key, struct buf *out);
/* Encodes, signs and decodes. NULL with `error` when the result is not a transaction that tx_decode takes. With a suite that has a helper the signature
 * may be made elsewhere until tx_bytes or tx_signature is called, and is remembered to be good: whoever signs knows. */
struct tx *tx_build(const struct tx_spec *spec, struct sign_suite suite, const struct seckey *key,
                    struct apierror *error) MUST_CHECK;
/* The id that unsigned bytes have. */
struct hash tx_id_of(struct str unsigned_bytes);
/* Appends unsigned bytes ‖ signature for any bytes at all: what tx_build does without looking. */
void tx_sign_raw(struct str unsigned_bytes, struct sign_suite suite, const struct seckey *key, struct buf *out);

#endif
