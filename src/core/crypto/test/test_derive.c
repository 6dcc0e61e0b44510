/* Derived keys and addresses against the published vectors, from the number to the address. */
#include "core/base/check.h"
#include "core/crypto/bech32.h"
#include "core/crypto/derive.h"
#include "core/crypto/sign.h"

static const struct sign_suite ed25519 = {SIGN_ED25519};

static void check_address(const uint8_t seed[32], const char *pub_hex, const char *address)
{
    struct seckey key;
    seckey_from_seed(ed25519, seed, &key);
    if (pub_hex != NULL) CHECK_HEX(key.pub.b, 32, pub_hex);
    const struct hash payload = hash_blake2s(key.pub.b, sizeof(key.pub.b));
    char text[BECH32_TEXT_MAX + 1];
    bech32_encode("ax", payload.b, sizeof(payload.b), text);
    CHECK_STR(str_of(text), str_of(address));
}

static void the_dev_key_is_the_published_one(void)
{
    uint8_t seed[32];
    derive_dev_seed(42, STR("v1"), seed);
    CHECK_HEX(seed, 32, "3020ed32bf1ef726a43424bf8d432b8272b6fbd8aa92737763c3a9c3822634cd");
    check_address(seed, NULL, "ax1a6t4reejxk7k292z6lkcnmuc0agjcw7d5s0yghs38996ntdt24ksjuzplq");
}

static void the_bot_key_is_the_published_one(void)
{
    uint8_t seed[32];
    derive_bot_seed(42, STR("user-1"), seed);
    CHECK_HEX(seed, 32, "2b5ee071d91fd9e33fb66f02b760ef36ebfb822d9d6a8f897f9606bc6b77805b");
    check_address(seed, "251a17b05f88f5e00d0e6ddabb92a53c6336f9081c5cfdc2c60aa899ac175ce9",
                  "ax1ua7tgj46twaevjpwsz827yczwrkpkgwqnlywrn93lc6u0mterh7qp88eff");
}

static void another_number_name_or_kind_gives_another_seed(void)
{
    uint8_t base[32], other[32];
    derive_dev_seed(42, STR("v1"), base);
    derive_dev_seed(43, STR("v1"), other);
    CHECK(memcmp(base, other, 32) != 0);
    derive_dev_seed(42, STR("v2"), other);
    CHECK(memcmp(base, other, 32) != 0);
    derive_bot_seed(42, STR("v1"), other);
    CHECK(memcmp(base, other, 32) != 0);
}

int main(void)
{
    RUN(the_dev_key_is_the_published_one);
    RUN(the_bot_key_is_the_published_one);
    RUN(another_number_name_or_kind_gives_another_seed);
    return 0;
}
