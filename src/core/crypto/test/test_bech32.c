/* Tries to get a wrong address accepted: other HRPs, mixed case, bad checksums, padding, lengths; and the published vectors. */
#include "core/base/check.h"
#include "core/base/rng.h"
#include "core/crypto/bech32.h"

#define A_ALPHA "ax1h388jz8vpzfqzqh8ltcgnrnlfacmyjjucxup96yv8yref42hlnaqrr7ane"
#define A_DELTA "dx1h388jz8vpzfqzqh8ltcgnrnlfacmyjjucxup96yv8yref42hlnaqx5rm9h"
#define A_PAYLOAD "bc4e7908ec08920102e7faf0898e7f4f71b24a5cc1b812e88c390794d557fcfa"

static enum bech32_verdict alpha(const char *text)
{
    uint8_t payload[32];
    return bech32_decode(str_of(text), "ax", "dx", payload, sizeof(payload));
}

static void the_published_addresses_encode_and_decode(void)
{
    uint8_t payload[32], back[32];
    char text[BECH32_TEXT_MAX + 1];
    CHECK(str_unhex(STR(A_PAYLOAD), payload, 32));
    CHECK_U64(bech32_text_len("ax", 32), 61);
    CHECK_U64(bech32_encode("ax", payload, 32, text), 61);
    CHECK_STR(str_of(text), STR(A_ALPHA));
    CHECK_U64(bech32_encode("dx", payload, 32, text), 61);
    CHECK_STR(str_of(text), STR(A_DELTA));
    CHECK(bech32_decode(STR(A_ALPHA), "ax", "dx", back, 32) == BECH32_OK);
    CHECK_HEX(back, 32, A_PAYLOAD);
}

static void an_address_of_the_other_chain_is_told_apart(void)
{
    uint8_t payload[32] = {0};
    CHECK(bech32_decode(STR(A_DELTA), "ax", "dx", payload, 32) == BECH32_OTHER_HRP);
    CHECK_HEX(payload, 32, A_PAYLOAD);
    CHECK(bech32_decode(STR(A_DELTA), "ax", NULL, payload, 32) == BECH32_INVALID);
    char text[BECH32_TEXT_MAX + 1];
    bech32_encode("zz", payload, 32, text);
    CHECK(alpha(text) == BECH32_INVALID);
}

static void upper_case_is_accepted_and_mixed_case_is_not(void)
{
    char text[] = A_ALPHA;
    for (size_t i = 0; text[i] != '\0'; i++)
        if (text[i] >= 'a' && text[i] <= 'z') text[i] = (char)(text[i] - 'a' + 'A');
    CHECK(alpha(text) == BECH32_OK);
    text[0] = 'a';
    CHECK(alpha(text) == BECH32_INVALID);
}

static void every_single_wrong_character_is_refused(void)
{
    for (size_t i = 0; i < sizeof(A_ALPHA) - 1; i++) {
        for (int c = 1; c < 256; c++) {
            char text[] = A_ALPHA;
            if (text[i] == (char)c) continue;
            text[i] = (char)c;
            CHECK(alpha(text) == BECH32_INVALID);
        }
    }
}

static void other_lengths_are_refused(void)
{
    uint8_t payload[40] = {1, 2, 3};
    char text[BECH32_TEXT_MAX + 1];
    for (size_t bytes = 0; bytes < 40; bytes++) {
        bech32_encode("ax", payload, bytes, text);
        CHECK((alpha(text) == BECH32_OK) == (bytes == 32));
    }
    CHECK(alpha("") == BECH32_INVALID);
    CHECK(alpha("ax1") == BECH32_INVALID);
    CHECK(alpha("1qqqqqq") == BECH32_INVALID);
    CHECK(alpha(A_ALPHA A_ALPHA) == BECH32_INVALID);
}

/* The last of the 52 groups carries one bit of the payload and four of padding; these have a right checksum, so that only the
 * padding rule is left to refuse them. */
static void padding_bits_must_be_zero(void)
{
    CHECK(alpha("ax1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqyum580") == BECH32_OK);
    CHECK(alpha("ax1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqpe20p6a") == BECH32_INVALID);
    CHECK(alpha("ax1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqzhe6h5z") == BECH32_INVALID);
    CHECK(alpha("ax1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqytkejg4") == BECH32_INVALID);
    CHECK(alpha("ax1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqg6glcej") == BECH32_INVALID);
    CHECK(alpha("ax1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq0m3ggch") == BECH32_INVALID);
}

static void one_group_too_many_is_refused(void)
{
    CHECK(alpha("ax1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqn3kppm") == BECH32_INVALID);
}

static void bech32m_is_refused(void)
{
    CHECK(alpha("ax1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq3qtczd") == BECH32_INVALID);
}

static void random_payloads_come_back(void)
{
    struct rng rng;
    rng_init(&rng, 11);
    for (size_t i = 0; i < 2000; i++) {
        uint8_t payload[40], back[40];
        char text[BECH32_TEXT_MAX + 1];
        const size_t bytes = (size_t)rng_below(&rng, sizeof(payload) + 1);
        rng_bytes(&rng, payload, bytes);
        const size_t len = bech32_encode("ax", payload, bytes, text);
        CHECK_U64(len, bech32_text_len("ax", bytes));
        CHECK(bech32_decode((struct str){text, len}, "ax", "dx", back, bytes) == BECH32_OK);
        CHECK(memcmp(payload, back, bytes) == 0);
    }
}

int main(void)
{
    RUN(the_published_addresses_encode_and_decode);
    RUN(an_address_of_the_other_chain_is_told_apart);
    RUN(upper_case_is_accepted_and_mixed_case_is_not);
    RUN(every_single_wrong_character_is_refused);
    RUN(other_lengths_are_refused);
    RUN(padding_bits_must_be_zero);
    RUN(one_group_too_many_is_refused);
    RUN(bech32m_is_refused);
    RUN(random_payloads_come_back);
    return 0;
}
