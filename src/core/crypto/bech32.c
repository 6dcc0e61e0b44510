#include "core/crypto/bech32.h"

enum { CHECKSUM_CHARS = 6, HRP_BYTES_MAX = 83 };

static const char charset[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

static uint32_t polymod_step(uint32_t sum)
{
    static const uint32_t generator[5] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
    const uint32_t top = sum >> 25;
    sum = (sum & 0x1ffffff) << 5;
    for (unsigned i = 0; i < 5; i++)
        if ((top >> i & 1) != 0) sum ^= generator[i];
    return sum;
}

/* The checksum after the HRP, expanded as BIP-173 says; `hrp` in lower case. */
static uint32_t polymod_hrp(struct str hrp)
{
    uint32_t sum = 1;
    for (size_t i = 0; i < hrp.len; i++) sum = polymod_step(sum) ^ ((uint32_t)(uint8_t)hrp.data[i] >> 5);
    sum = polymod_step(sum);
    for (size_t i = 0; i < hrp.len; i++) sum = polymod_step(sum) ^ ((uint32_t)(uint8_t)hrp.data[i] & 31);
    return sum;
}

static size_t groups_of(size_t bytes) { return (bytes * 8 + 4) / 5; }

size_t bech32_text_len(const char *hrp, size_t bytes) { return strlen(hrp) + 1 + groups_of(bytes) + CHECKSUM_CHARS; }

size_t bech32_encode(const char *hrp, const void *payload, size_t bytes, char *out)
{
    const struct str prefix = str_of(hrp);
    ASSERT(prefix.len > 0 && bech32_text_len(hrp, bytes) <= BECH32_TEXT_MAX);
    const uint8_t *in = payload;
    char *to = out;
    memcpy(to, prefix.data, prefix.len);
    to += prefix.len;
    *to++ = '1';
    uint32_t sum = polymod_hrp(prefix), held = 0;
    unsigned held_bits = 0;
    for (size_t i = 0, group = 0; group < groups_of(bytes); group++) {
        if (held_bits < 5) {
            held = held << 8 | (i < bytes ? in[i] : 0);
            i++;
            held_bits += 8;
        }
        held_bits -= 5;
        const uint32_t value = held >> held_bits & 31;
        sum = polymod_step(sum) ^ value;
        *to++ = charset[value];
    }
    for (unsigned i = 0; i < CHECKSUM_CHARS; i++) sum = polymod_step(sum);
    sum ^= 1;
    for (unsigned i = 0; i < CHECKSUM_CHARS; i++) *to++ = charset[sum >> (5 * (5 - i)) & 31];
    *to = '\0';
    return (size_t)(to - out);
}

/* Lower-cases into `out`; false for a character outside 33..126, mixed case, or more than BECH32_TEXT_MAX. */
static bool lower(struct str text, char out[BECH32_TEXT_MAX])
{
    bool has_lower = false, has_upper = false;
    if (text.len > BECH32_TEXT_MAX) return false;
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.data[i];
        if (c < 33 || c > 126) return false;
        has_lower |= c >= 'a' && c <= 'z';
        const bool upper = c >= 'A' && c <= 'Z';
        has_upper |= upper;
        out[i] = upper ? (char)(c - 'A' + 'a') : c;
    }
    return !(has_lower && has_upper);
}

static bool separator_find(struct str text, size_t *out_index)
{
    for (size_t i = text.len; i > 0; i--) {
        if (text.data[i - 1] != '1') continue;
        *out_index = i - 1;
        return true;
    }
    return false;
}

/* Groups of five bits to bytes, when there are exactly as many as `bytes` need and the padding is zero. */
static bool unpack(const uint8_t *groups, size_t count, uint8_t *out, size_t bytes)
{
    if (count != groups_of(bytes)) return false;
    uint32_t held = 0;
    unsigned held_bits = 0;
    for (size_t i = 0, at = 0; i < count; i++) {
        held = held << 5 | groups[i];
        held_bits += 5;
        if (held_bits < 8) continue;
        held_bits -= 8;
        out[at++] = (uint8_t)(held >> held_bits);
    }
    return (held & ((1u << held_bits) - 1)) == 0;
}

enum bech32_verdict bech32_decode(struct str text, const char *hrp, const char *hrp_other, void *out, size_t bytes)
{
    char lowered[BECH32_TEXT_MAX];
    uint8_t groups[BECH32_TEXT_MAX], payload[BECH32_TEXT_MAX];
    size_t at;
    if (bech32_text_len(hrp, bytes) > BECH32_TEXT_MAX || !lower(text, lowered)) return BECH32_INVALID;
    text.data = lowered;
    if (!separator_find(text, &at) || at == 0 || at > HRP_BYTES_MAX) return BECH32_INVALID;
    const struct str prefix = str_sub(text, 0, at), data = str_sub(text, at + 1, text.len);
    if (data.len < CHECKSUM_CHARS) return BECH32_INVALID;
    const bool is_ours = str_eq(prefix, str_of(hrp));
    if (!is_ours && (hrp_other == NULL || !str_eq(prefix, str_of(hrp_other)))) return BECH32_INVALID;
    uint32_t sum = polymod_hrp(prefix);
    for (size_t i = 0; i < data.len; i++) {
        const char *found = memchr(charset, data.data[i], sizeof(charset) - 1);
        if (found == NULL) return BECH32_INVALID;
        groups[i] = (uint8_t)(found - charset);
        sum = polymod_step(sum) ^ groups[i];
    }
    if (sum != 1) return BECH32_INVALID;
    if (!unpack(groups, data.len - CHECKSUM_CHARS, payload, bytes)) return BECH32_INVALID;
    memcpy(out, payload, bytes);
    return is_ours ? BECH32_OK : BECH32_OTHER_HRP;
}
