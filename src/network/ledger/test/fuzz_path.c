/* The key text of a state path: any text gives a key or one of two refusals, always the same, and whatever names an account by a
 * good address is found there. */
#include "core/base/check.h"
#include "network/ledger/ledger.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    const struct str text = {(const char *)data, bytes};
    struct hash key = {{0}}, again = {{0}};
    const enum code code = ledger_key_parse(CHAIN_ALPHA, text, &key);
    CHECK_U64(ledger_key_parse(CHAIN_ALPHA, text, &again), code);
    CHECK(hash_eq(&key, &again));
    CHECK(code == CODE_NONE || code == CODE_INVALID_PARAMETER || code == CODE_KEY_NOT_FOUND || code == CODE_INVALID_ADDRESS || code == CODE_INVALID_CHAIN_ID);
    CHECK((code == CODE_NONE) == !hash_is_zero(&key)); /* nothing is written on a refusal */
    struct str space, ident;
    struct address address;
    if (code != CODE_NONE || !str_cut(text, ':', &space, &ident) || !str_eq(space, STR("account"))) return 0;
    CHECK_U64(address_parse(ident, CHAIN_ALPHA, &address), CODE_NONE);
    const struct hash account = ledger_account_key(&address);
    CHECK(hash_eq(&account, &key));
    return 0;
}
