#include "chain/supply.h"

bool supply_expected(const struct supply_token *token, struct amount *out)
{
    struct amount sum = token->genesis;
    if (!amount_add(sum, token->faucet_minted, &sum) || !amount_add(sum, token->issued, &sum) ||
        !amount_add(sum, token->bridge_minted, &sum))
        return false;
    if (!amount_sub(sum, token->bridge_burned, &sum) || !amount_sub(sum, token->slashed_burned, &sum)) return false;
    *out = sum;
    return true;
}

bool supply_held(const struct supply_token *token, struct amount *out)
{
    struct amount sum = AMOUNT(0);
#define S(name)                                                                                                                  \
    if (!amount_add(sum, token->name, &sum)) return false;
    SUPPLY_HOLDINGS(S)
#undef S
    *out = sum;
    return true;
}

bool supply_settle(struct supply_token *token)
{
    struct amount expected = AMOUNT(0), held = AMOUNT(0);
    const bool known = supply_expected(token, &expected) && supply_held(token, &held);
    token->total = expected;
    token->ok = known && amount_eq(expected, held);
    return token->ok;
}
