/* The binary form, checked in the order of api 2.5. */
#include <inttypes.h>
#include <stdio.h>

#include "chain/payload.h"
#include "chain/shielded.h"
#include "chain/tx_priv.h"
#include "core/codec/binary.h"

bool tx_check_header(uint64_t version, struct domain domain, const struct tx_rules *rules, struct apierror *error)
{
    if (version != TX_VERSION)
        return apierror_set(error, CODE_UNSUPPORTED_VERSION, "version", "version %" PRIu64 "; this network speaks %d", version,
                            TX_VERSION);
    const struct domain own = rules->domain;
    const bool any = own.chain == 0;
    if (!any && domain.chain != own.chain) {
        apierror_set(error, CODE_INVALID_CHAIN_ID, "chain", "chain %s; this is %s", chain_text(domain.chain).data,
                     chain_text(own.chain).data);
        apierror_suggest(error, "send it to a node of %s", chain_text(domain.chain).data);
        return false;
    }
    enum network network;
    if (any && !network_of_id(domain.chain, domain.network_id, &network))
        return apierror_set(error, CODE_NETWORK_MISMATCH, "network_id", "network %u is none of %s", domain.network_id,
                            chain_text(domain.chain).data);
    if (!any && domain.network_id != own.network_id)
        return apierror_set(error, CODE_NETWORK_MISMATCH, "network_id", "network %u; this is %u", domain.network_id,
                            own.network_id);
    return true;
}

bool tx_check_kind(const struct kind_row *row, enum chain_id chain, struct str name, struct apierror *error)
{
    if (row == NULL || row->chain != chain)
        return apierror_set(error, CODE_UNKNOWN_KIND, "kind", "%s has no kind '" STR_FMT "'", chain_text(chain).data,
                            STR_ARG(name));
    if (!row->in_build)
        return apierror_set(error, CODE_FEATURE_NOT_AVAILABLE, "kind", "kind '" STR_FMT "' is not available on this network",
                            STR_ARG(row->name));
    return true;
}

static bool check_kind_code(uint16_t code, enum chain_id chain, struct apierror *error)
{
    const struct kind_row *row = kind_find(code);
    char hex[8];
    const int len = snprintf(hex, sizeof(hex), "0x%04x", code);
    return tx_check_kind(row, chain, (struct str){hex, (size_t)len}, error);
}

static bool cut_payload(struct apierror *error)
{
    return apierror_set(error, CODE_PARSE_ERROR, "payload", "the payload is cut short or has bytes left over");
}

static bool check_token(uint8_t byte, struct apierror *error)
{
    enum token token;
    if (token_of_byte(byte, &token)) return true;
    return apierror_set(error, CODE_INVALID_FORMAT, "payload.token", "token %u is none of 1 to %d", byte, TOKEN_COUNT);
}

static bool fill_transfer(struct tx *tx, struct str payload, const struct tx_rules *rules, struct apierror *error)
{
    const uint8_t *at = (const uint8_t *)payload.data;
    if (payload.len < TRANSFER_AT_AMOUNT) return cut_payload(error);
    if (!check_token(at[TRANSFER_AT_TOKEN], error)) return false;
    if (payload.len < TRANSFER_AT_MEMO) return cut_payload(error);
    const u128 units = bin_load_u128(at + TRANSFER_AT_AMOUNT);
    if (units == 0 && !rules->allow_zero_amount)
        return apierror_set(error, CODE_AMOUNT_NOT_POSITIVE, "payload.amount", "the amount must be positive");
    const uint32_t memo = bin_load_u32(at + TRANSFER_AT_MEMO_LEN);
    if (memo > TX_MEMO_BYTES_MAX && !rules->truncate)
        return apierror_set(error, CODE_FIELD_TOO_LONG, "payload.memo", "%u bytes; at most %d are taken", memo,
                            TX_MEMO_BYTES_MAX);
    if (payload.len != TRANSFER_AT_MEMO + (size_t)memo) return cut_payload(error);
    tx->token = at[TRANSFER_AT_TOKEN];
    tx->total.units = units;
    tx->outputs_count = 1;
    return true;
}

static bool fill_batch(struct tx *tx, struct str payload, const struct tx_rules *rules, struct apierror *error)
{
    const uint8_t *at = (const uint8_t *)payload.data;
    if (payload.len < 1) return cut_payload(error);
    if (!check_token(at[0], error)) return false;
    if (payload.len < BATCH_AT_OUTPUTS) return cut_payload(error);
    const uint16_t count = bin_load_u16(at + BATCH_AT_COUNT);
    if (count > TX_OUTPUTS_MAX)
        return apierror_set(error, CODE_FIELD_TOO_LONG, "payload.outputs", "%u outputs; at most %d are taken", count,
                            TX_OUTPUTS_MAX);
    if (payload.len != BATCH_AT_OUTPUTS + (size_t)count * BATCH_OUTPUT_BYTES) return cut_payload(error);
    struct amount total = AMOUNT(0);
    bool fits = true;
    const uint8_t *output = at + BATCH_AT_OUTPUTS;
    for (uint16_t i = 0; i < count; i++, output += BATCH_OUTPUT_BYTES) {
        const struct amount amount = {bin_load_u128(output + sizeof(struct address))};
        if (amount.units == 0 && !rules->allow_zero_amount) {
            char field[40];
            snprintf(field, sizeof(field), "payload.outputs[%u].amount", i);
            return apierror_set(error, CODE_AMOUNT_NOT_POSITIVE, field, "the amount must be positive");
        }
        fits = fits && amount_add(total, amount, &total);
    }
    tx->token = at[0];
    tx->total = fits ? total : AMOUNT_MAX;
    tx->total_overflows = !fits;
    tx->outputs_count = count;
    return true;
}

/* The token that stands before ('/' or '-') or behind; false: not the name of a pair. */
static bool pair_side(struct str pair, bool base, uint8_t *out)
{
    enum token token;
    size_t cut = 0;
    while (cut < pair.len && pair.data[cut] != '/' && pair.data[cut] != '-') cut++;
    if (cut == pair.len || !token_parse(base ? str_sub(pair, 0, cut) : str_sub(pair, cut + 1, pair.len), &token)) return false;
    *out = (uint8_t)token;
    return true;
}

/* What an order, or a deposit into a pool, takes from the free balance of one token at most: of the fee token where both sides may
 * go, since that is what a block's fees are paid from. A market order that buys takes what the book says: not counted. */
static void fill_market(struct tx *tx, const union payload *payload, enum token fee_token)
{
    uint8_t token = 0, quote = 0;
    const struct payload_order_place *order = &payload->order_place;
    const struct payload_amm_swap *swap = &payload->amm_swap;
    const struct payload_amm_add *add = &payload->amm_add;
    struct amount total = {0};
    switch (tx->kind) {
    case KIND_ORDER_PLACE:
        if (!pair_side(order->pair, order->side == SIDE_SELL, &token)) return;
        total.units = order->side == SIDE_SELL ? order->quantity : (u128)order->quantity * order->price / TOKEN_UNITS_PER_WHOLE;
        break;
    case KIND_AMM_SWAP:
        if (!pair_side(swap->pair, swap->side == SIDE_SELL, &token)) return;
        total = swap->amount_in;
        break;
    case KIND_AMM_ADD:
        if (!pair_side(add->pair, true, &token) || !pair_side(add->pair, false, &quote)) return;
        total = add->base_amount;
        if (quote != fee_token) break;
        token = quote;
        total = add->quote_amount;
        break;
    default: return;
    }
    tx->token = token;
    tx->total = total;
}

/* Kinds that the table reads: what they take from the free balance goes into `total`. */
static bool fill_by_table(struct tx *tx, struct str bytes, const struct tx_rules *rules, struct apierror *error)
{
    const struct payload_row *row = payload_row((enum kind)tx->kind);
    union payload payload;
    struct arena arena;
    arena_init(&arena, 0);
    enum code code = payload_decode((enum kind)tx->kind, bytes, rules, &arena, &payload, error);
    const enum token fee_token = chain_fee_token(kind_find(tx->kind)->chain);
    tx->token = (uint8_t)(row->spends == SPENDS_SAX ? TOKEN_SAX : fee_token);
    if (code == CODE_NONE && shielded_is(tx->kind)) {
        const struct amount fee = {bin_load_u128(tx->bytes + TX_AT_FEE)}, tip = {bin_load_u128(tx->bytes + TX_AT_TIP)};
        code = shielded_check((enum kind)tx->kind, &payload, fee, tip, rules, error);
    }
    if (code == CODE_NONE && row->spends != SPENDS_NOTHING)
        memcpy(&tx->total, (const char *)&payload + row->amount_offset, sizeof(tx->total));
    if (code == CODE_NONE) fill_market(tx, &payload, fee_token);
    arena_done(&arena);
    return code == CODE_NONE;
}

static bool fill_payload(struct tx *tx, struct str payload, const struct tx_rules *rules, struct apierror *error)
{
    if (tx_is_transfer(tx->kind)) return fill_transfer(tx, payload, rules, error);
    if (tx_is_batch(tx->kind)) return fill_batch(tx, payload, rules, error);
    return fill_by_table(tx, payload, rules, error);
}

bool tx_check_flags(uint64_t flags, const struct tx_rules *rules, struct apierror *error)
{
    const bool hints = rules->allow_position_hints || rules->domain.chain == 0;
    if (flags <= (hints ? 2 : 0)) return true;
    return apierror_set(error, CODE_INVALID_FORMAT, "flags", "flags are %" PRIu64 " and must be 0", flags);
}

static bool check_framing(const struct tx *tx, struct apierror *error)
{
    if (memcmp(tx->bytes, "ADTX", 4) != 0) return apierror_set(error, CODE_PARSE_ERROR, NULL, "it does not begin with ADTX");
    const uint32_t payload_len = bin_load_u32(tx->bytes + TX_AT_PAYLOAD_LEN);
    if (payload_len != tx->size - TX_BYTES_MIN)
        return apierror_set(error, CODE_PARSE_ERROR, NULL, "the payload is said to have %u bytes, and there are %u", payload_len,
                            tx->size - TX_BYTES_MIN);
    return true;
}

bool tx_fill(struct tx *tx, const struct tx_rules *rules, struct apierror *error)
{
    const uint8_t *at = tx->bytes;
    if (!check_framing(tx, error)) return false;
    const uint8_t version = at[TX_AT_VERSION];
    struct domain domain = {.network_id = bin_load_u16(at + TX_AT_NETWORK)};
    if (version == TX_VERSION && !chain_of_byte(at[TX_AT_CHAIN], &domain.chain))
        return apierror_set(error, CODE_INVALID_CHAIN_ID, "chain", "chain %u is neither 1 nor 2", at[TX_AT_CHAIN]);
    if (!tx_check_header(version, domain, rules, error)) return false;
    const uint16_t kind = bin_load_u16(at + TX_AT_KIND);
    if (!check_kind_code(kind, domain.chain, error)) return false;
    const uint16_t flags = bin_load_u16(at + TX_AT_FLAGS);
    if (!tx_check_flags(flags, rules, error)) return false;
    tx->kind = kind;
    if (!fill_payload(tx, tx_payload(tx), rules, error)) return false;
    tx->chain = (uint8_t)domain.chain;
    tx->network_id = domain.network_id;
    tx->nonce = bin_load_u64(at + TX_AT_NONCE);
    tx->fee.units = bin_load_u128(at + TX_AT_FEE);
    tx->tip.units = bin_load_u128(at + TX_AT_TIP);
    tx->valid_until = bin_load_u32(at + TX_AT_VALID_UNTIL);
    tx->timestamp_ms = bin_load_u64(at + TX_AT_TIMESTAMP);
    tx->sender = address_of_key(tx_pubkey(tx));
    tx->id = tx_id_of((struct str){(const char *)at, tx->size - TX_SIGNATURE_BYTES});
    return true;
}

struct tx *tx_decode(struct str bytes, const struct tx_rules *rules, struct apierror *error)
{
    if (bytes.len > TX_BYTES_MAX && !rules->any_size) {
        apierror_set(error, CODE_TX_TOO_LARGE, NULL, "%zu bytes; at most %u are taken", bytes.len, TX_BYTES_MAX);
        return NULL;
    }
    if (bytes.len < TX_BYTES_MIN) {
        apierror_set(error, CODE_PARSE_ERROR, NULL, "%zu bytes; a transaction has at least %d", bytes.len, TX_BYTES_MIN);
        return NULL;
    }
    struct tx *tx = tx_alloc(bytes.len);
    memcpy(tx->bytes, bytes.data, bytes.len);
    if (tx_fill(tx, rules, error)) return tx;
    tx_unref(tx);
    return NULL;
}
