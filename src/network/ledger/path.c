#include "core/base/num.h"
#include "core/codec/binary.h"
#include "network/ledger/staking_view.h"
#include "network/ledger/state_priv.h"

/* ---- keys from text ---- */

enum ident { IDENT_ADDRESS, IDENT_HEX32, IDENT_MAPPING, IDENT_TEXT, IDENT_U32 };

static const struct {
    struct str name;
    enum ledger_space space;
    enum ident ident;
} spaces[] = {
    {{"account", 7}, SPACE_ACCOUNT, IDENT_ADDRESS}, {{"validator", 9}, SPACE_VALIDATOR, IDENT_ADDRESS},
    {{"proposal", 8}, SPACE_PROPOSAL, IDENT_HEX32}, {{"lock", 4}, SPACE_LOCK, IDENT_HEX32},
    {{"claim", 5}, SPACE_CLAIM, IDENT_HEX32},       {{"order", 5}, SPACE_ORDER, IDENT_HEX32},
    {{"position", 8}, SPACE_POSITION, IDENT_HEX32}, {{"mapping", 7}, SPACE_MAPPING, IDENT_MAPPING},
    {{"name", 4}, SPACE_NAME, IDENT_TEXT},          {{"oracle", 6}, SPACE_ORACLE, IDENT_TEXT},
    {{"pool", 4}, SPACE_POOL, IDENT_TEXT},          {{"param", 5}, SPACE_PARAM, IDENT_TEXT},
    {{"offramp", 7}, SPACE_OFFRAMP, IDENT_HEX32},   {{"nullifier", 9}, SPACE_NULLIFIER, IDENT_HEX32},
    {{"note", 4}, SPACE_NOTE, IDENT_U32},
};
enum { IDENT_BYTES_MAX = 256 };

static enum code key_of_text(enum ledger_space space, struct str ident, struct hash *out)
{
    if (ident.len == 0 || ident.len > IDENT_BYTES_MAX) return CODE_INVALID_PARAMETER;
    *out = state_key((uint8_t)space, ident.data, ident.len);
    return CODE_NONE;
}

/* str program ‖ str mapping ‖ u128 key */
static enum code key_of_mapping(struct str ident, struct hash *out)
{
    struct str program, rest, mapping, text;
    u128 key;
    if (ident.len > IDENT_BYTES_MAX || !str_cut(ident, '/', &program, &rest) || !str_cut(rest, '/', &mapping, &text))
        return CODE_INVALID_PARAMETER;
    if (program.len == 0 || mapping.len == 0 || !u128_parse(text, &key)) return CODE_INVALID_PARAMETER;
    struct buf bytes = {0};
    bin_put_str(&bytes, program);
    bin_put_str(&bytes, mapping);
    bin_put_u128(&bytes, key);
    *out = state_key(SPACE_MAPPING, bytes.data, bytes.len);
    buf_done(&bytes);
    return CODE_NONE;
}

enum code ledger_key_parse(enum chain_id chain, struct str text, struct hash *out)
{
    struct str name, ident;
    if (!str_cut(text, ':', &name, &ident)) return CODE_INVALID_PARAMETER;
    for (size_t i = 0; i < ARRAY_LEN(spaces); i++) {
        if (!str_eq(spaces[i].name, name)) continue;
        const uint8_t space = (uint8_t)spaces[i].space;
        struct address address;
        struct hash id;
        uint64_t number;
        uint8_t bytes[4];
        enum code code;
        switch (spaces[i].ident) {
        case IDENT_ADDRESS:
            code = address_parse(ident, chain, &address);
            if (code == CODE_NONE) *out = state_key(space, &address, sizeof(address));
            return code;
        case IDENT_HEX32:
            if (!str_unhex(ident, &id, sizeof(id))) return CODE_INVALID_PARAMETER;
            *out = state_key(space, &id, sizeof(id));
            return CODE_NONE;
        case IDENT_U32:
            if (!str_to_u64(ident, &number) || number > UINT32_MAX) return CODE_INVALID_PARAMETER;
            bin_store_u32(bytes, (uint32_t)number);
            *out = state_key(space, bytes, sizeof(bytes));
            return CODE_NONE;
        case IDENT_MAPPING: return key_of_mapping(ident, out);
        case IDENT_TEXT: return key_of_text(spaces[i].space, ident, out);
        }
    }
    return CODE_KEY_NOT_FOUND; /* there is no such space */
}

/* ---- answers ---- */

void ledger_path_view(const struct ledger_state *state, const struct hash *block_hash, const struct hash *key,
                      struct arena *arena, struct state_path *out)
{
    struct state_proof proof;
    struct str value;
    statemap_prove(state->map, key, arena, &proof);
    memset(out, 0, sizeof(*out));
    out->height = state->height;
    out->block_hash = *block_hash;
    out->state_root = state->root;
    out->key = *key;
    if (statemap_get(state->map, key, &value)) out->value = str_dup(arena, value);
    out->bucket_count = proof.bucket_count;
    if (proof.bucket_count > 0) out->bucket = arena_copy(arena, proof.bucket, proof.bucket_count * sizeof(*proof.bucket));
    memcpy(out->siblings, proof.siblings, sizeof(out->siblings));
    out->siblings_count = STATE_LEVELS;
}

void ledger_account_view(const struct ledger_state *state, const struct address *address, uint64_t pending_nonce,
                         struct arena *arena, struct account_view *out)
{
    struct ledger_account account;
    struct ledger_validator validator;
    ledger_account_get(state, address, &account);
    const bool validates = ledger_validator_find(state, address, &validator);
    memset(out, 0, sizeof(*out));
    out->address = *address;
    out->exists = account.exists || validates;
    out->nonce = account.nonce;
    out->pending_nonce = MAX(pending_nonce, account.nonce);
    out->height = state->height;
    out->balances = arena_array(arena, struct balance, TOKEN_COUNT);
    for (size_t i = 0; i < TOKEN_COUNT; i++) {
        const struct ledger_balance *balance = &account.balances[i];
        if ((balance->free.units | balance->locked.units) == 0) continue;
        out->balances[out->balances_count++] = (struct balance){(enum token)(i + 1), balance->free, balance->locked};
    }
    out->roles = arena_array(arena, struct str_item, 1 + LEDGER_ROLE_COUNT);
    if (validates) out->roles[out->roles_count++].value = STR("validator");
    for (unsigned role = 0; role < LEDGER_ROLE_COUNT; role++)
        if (ledger_role_has(state, address, (enum ledger_role)role))
            out->roles[out->roles_count++].value = ledger_role_text((enum ledger_role)role);
    staking_account_view(state, address, arena, out);
}
