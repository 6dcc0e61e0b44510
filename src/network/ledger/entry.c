#include "network/ledger/entry_priv.h"

#include <stdio.h>

#include "core/codec/binary.h"

enum { VALIDATOR_FORM = 2, VALIDATOR_JAILED = 1, VALIDATOR_EXITING = 2 };

bool account_is_blank(const struct ledger_account *account)
{
    u128 any = account->nonce;
    for (size_t i = 0; i < TOKEN_COUNT; i++) any |= account->balances[i].free.units | account->balances[i].locked.units;
    return any == 0;
}

size_t account_encode(const struct ledger_account *account, uint8_t out[ACCOUNT_BYTES_MAX])
{
    bin_store_u64(out, account->nonce);
    uint16_t count = 0;
    uint8_t *at = out + 10;
    for (size_t i = 0; i < TOKEN_COUNT; i++) {
        const struct ledger_balance *balance = &account->balances[i];
        if ((balance->free.units | balance->locked.units) == 0) continue;
        *at = (uint8_t)(i + 1);
        bin_store_u128(at + 1, balance->free.units);
        bin_store_u128(at + 17, balance->locked.units);
        at += 33;
        count++;
    }
    bin_store_u16(out + 8, count);
    return (size_t)(at - out);
}

bool account_decode(struct str value, struct ledger_account *out)
{
    if (value.len < 10) return false;
    const uint8_t *at = (const uint8_t *)value.data;
    const uint16_t count = bin_load_u16(at + 8);
    if (count > TOKEN_COUNT || value.len != 10 + 33u * count) return false;
    memset(out, 0, sizeof(*out));
    out->exists = true;
    out->nonce = bin_load_u64(at);
    at += 10;
    uint8_t last = 0;
    for (uint16_t i = 0; i < count; i++, at += 33) {
        if (*at <= last || *at > TOKEN_COUNT) return false;
        last = *at;
        const struct ledger_balance balance = {{bin_load_u128(at + 1)}, {bin_load_u128(at + 17)}};
        if ((balance.free.units | balance.locked.units) == 0) return false;
        out->balances[last - 1] = balance;
    }
    return true;
}

void validator_encode(const struct ledger_validator *validator, struct buf *out)
{
    bin_put_u8(out, VALIDATOR_FORM);
    bin_put_bytes(out, &validator->consensus_key, sizeof(validator->consensus_key));
    bin_put_str(out, str_of(validator->name));
    bin_put_u16(out, validator->commission_bps);
    bin_put_u8(out, (uint8_t)((validator->jailed ? VALIDATOR_JAILED : 0) | (validator->exiting ? VALIDATOR_EXITING : 0)));
    bin_put_u32(out, validator->jailed_until);
    bin_put_u128(out, validator->bonded.units);
    bin_put_u128(out, validator->self_bonded.units);
    bin_put_u128(out, validator->pending_rewards.units);
    bin_put_u128(out, validator->shares_pending.units);
    bin_put_u128(out, validator->slashed.units);
}

bool validator_decode(struct str value, struct ledger_validator *out)
{
    struct bin_reader r = bin_reader_of(value.data, value.len);
    memset(out, 0, sizeof(*out));
    if (bin_get_u8(&r) != VALIDATOR_FORM) bin_fail(&r);
    bin_get_bytes(&r, &out->consensus_key, sizeof(out->consensus_key));
    const struct str name = bin_get_str(&r, MEMBER_NAME_BYTES_MAX);
    memcpy(out->name, name.data != NULL ? name.data : "", name.len);
    out->commission_bps = bin_get_u16(&r);
    const uint8_t flags = bin_get_u8(&r);
    if (flags > (VALIDATOR_JAILED | VALIDATOR_EXITING)) bin_fail(&r);
    out->jailed = (flags & VALIDATOR_JAILED) != 0;
    out->exiting = (flags & VALIDATOR_EXITING) != 0;
    out->jailed_until = bin_get_u32(&r);
    out->bonded.units = bin_get_u128(&r);
    out->self_bonded.units = bin_get_u128(&r);
    out->pending_rewards.units = bin_get_u128(&r);
    out->shares_pending.units = bin_get_u128(&r);
    out->slashed.units = bin_get_u128(&r);
    return bin_done(&r);
}

void tally_encode(const struct tally *tally, struct buf *out)
{
#define S(name) bin_put_u128(out, tally->token.name.units);
    SUPPLY_FLOWS(S)
    SUPPLY_HOLDINGS(S)
#undef S
    bin_put_u32(out, (uint32_t)tally->free_wraps);
}

bool tally_decode(struct str value, enum token token, struct tally *out)
{
    struct bin_reader r = bin_reader_of(value.data, value.len);
    memset(out, 0, sizeof(*out));
    out->token.token = token;
#define S(name) out->token.name.units = bin_get_u128(&r);
    SUPPLY_FLOWS(S)
    SUPPLY_HOLDINGS(S)
#undef S
    out->free_wraps = (int32_t)bin_get_u32(&r);
    return bin_done(&r);
}

struct hash ledger_account_key(const struct address *address) { return state_key(SPACE_ACCOUNT, address, sizeof(*address)); }
struct hash ledger_validator_key(const struct address *address) { return state_key(SPACE_VALIDATOR, address, sizeof(*address)); }
