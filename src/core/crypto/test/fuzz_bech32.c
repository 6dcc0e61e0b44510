/* Text from anywhere: what decodes encodes to the same text in lower case, and only that. */
#include "core/base/check.h"
#include "core/crypto/bech32.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    const struct str text = {(const char *)data, bytes};
    uint8_t payload[32];
    const enum bech32_verdict verdict = bech32_decode(text, "ax", "dx", payload, sizeof(payload));
    if (verdict == BECH32_INVALID) return 0;
    char back[BECH32_TEXT_MAX + 1];
    const size_t len = bech32_encode(verdict == BECH32_OK ? "ax" : "dx", payload, sizeof(payload), back);
    CHECK_U64(len, bytes);
    for (size_t i = 0; i < len; i++) {
        const char c = text.data[i];
        CHECK(back[i] == (c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c));
    }
    return 0;
}
