#include "chain/token.h"

static const struct str names[TOKEN_COUNT + 1] = {{"", 0}, {"AX", 2}, {"sAX", 3}, {"DX", 2}, {"USD", 3}};

struct str token_text(enum token token)
{
    ASSERT(token >= TOKEN_AX && token <= TOKEN_USD);
    return names[token];
}

bool token_parse(struct str text, enum token *out)
{
    for (int token = TOKEN_AX; token <= TOKEN_USD; token++) {
        if (!str_eq(text, names[token])) continue;
        *out = (enum token)token;
        return true;
    }
    return false;
}

bool token_of_byte(uint8_t byte, enum token *out)
{
    if (byte < TOKEN_AX || byte > TOKEN_USD) return false;
    *out = (enum token)byte;
    return true;
}

enum chain_id token_chain(enum token token) { return token == TOKEN_AX ? CHAIN_ALPHA : CHAIN_DELTA; }

enum token chain_fee_token(enum chain_id chain) { return chain == CHAIN_ALPHA ? TOKEN_AX : TOKEN_DX; }
