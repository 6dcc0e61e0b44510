/* Bech32 text of BIP-173 (checksum constant 1, not bech32m) for payloads of whole bytes. */
#ifndef CRYPTO_BECH32_H
#define CRYPTO_BECH32_H

#include "core/base/str.h"

enum bech32_verdict {
    BECH32_OK,
    BECH32_INVALID,   /* not bech32, mixed case, bad checksum, another length, padding bits set, or an unknown HRP */
    BECH32_OTHER_HRP, /* valid in every respect, under `hrp_other` */
};

enum { BECH32_TEXT_MAX = 90 };

/* Bytes of the text for a payload: 61 for an address ("ax" and 32 bytes). */
size_t bech32_text_len(const char *hrp, size_t bytes);
/* Writes lower-case text and a terminator; `out` has room for bech32_text_len + 1 <= BECH32_TEXT_MAX + 1. Returns the length. */
size_t bech32_encode(const char *hrp, const void *payload, size_t bytes, char *out);
/* Wants exactly `bytes` of payload under `hrp`. `hrp_other` (may be NULL) is the one that deserves an answer of its own.
 * The payload is written for BECH32_OK and BECH32_OTHER_HRP. All-upper-case text is accepted. */
enum bech32_verdict bech32_decode(struct str text, const char *hrp, const char *hrp_other, void *out, size_t bytes) MUST_CHECK;

#endif
