/* Identities are reproducible to the last bit: the contract's vector, and nothing shared between seeds, names or chains. */
#include "core/base/check.h"
#include "core/crypto/derive.h"
#include "tester/bot/identity.h"

static const struct sign_suite suite = {SIGN_ED25519};

static void t14_has_its_key_and_address(void)
{
    struct identity identity;
    identity_init(&identity, 42, STR("user-1"), suite);
    CHECK_HEX(identity.key.seed, 32, "2b5ee071d91fd9e33fb66f02b760ef36ebfb822d9d6a8f897f9606bc6b77805b");
    CHECK_HEX(identity.key.pub.b, 32, "251a17b05f88f5e00d0e6ddabb92a53c6336f9081c5cfdc2c60aa899ac175ce9");
    struct buf text = {0};
    struct json_writer w = json_writer_of(&text);
    identity_write(&identity, &w);
    struct arena arena;
    arena_init(&arena, 0);
    struct err err;
    const struct json *json = json_parse(&arena, buf_str(&text), &err);
    CHECK_STR(json_find(json, STR("id"))->text, STR("user-1"));
    CHECK_STR(json_find(json, STR("public_key"))->text, STR("251a17b05f88f5e00d0e6ddabb92a53c6336f9081c5cfdc2c60aa899ac175ce9"));
    CHECK_STR(json_find(json, STR("alpha_address"))->text, STR("ax1ua7tgj46twaevjpwsz827yczwrkpkgwqnlywrn93lc6u0mterh7qp88eff"));
    struct address both;
    CHECK_U64(address_parse(json_find(json, STR("delta_address"))->text, CHAIN_DELTA, &both), CODE_NONE);
    CHECK(address_eq(&both, &identity.address));
    arena_done(&arena);
    buf_done(&text);
    identity_wipe(&identity);
    CHECK_HEX(identity.key.seed, 32, "0000000000000000000000000000000000000000000000000000000000000000");
}

static void another_seed_or_name_is_another_key(void)
{
    struct identity a, b, c;
    identity_init(&a, 42, STR("user-1"), suite);
    identity_init(&b, 43, STR("user-1"), suite);
    identity_init(&c, 42, STR("user-10"), suite);
    CHECK(!pubkey_eq(&a.key.pub, &b.key.pub));
    CHECK(!pubkey_eq(&a.key.pub, &c.key.pub));
    identity_init(&b, 42, STR("user-1"), suite);
    CHECK(pubkey_eq(&a.key.pub, &b.key.pub) && address_eq(&a.address, &b.address));
}

int main(void)
{
    RUN(t14_has_its_key_and_address);
    RUN(another_seed_or_name_is_another_key);
    return 0;
}
