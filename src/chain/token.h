/* Token: the four tokens. AX lives on Alpha only; sAX, DX and USD on Delta only. All have 6 decimals. */
#ifndef CHAIN_TOKEN_H
#define CHAIN_TOKEN_H

#include "chain/ids.h"

enum token { TOKEN_AX = 1, TOKEN_SAX = 2, TOKEN_DX = 3, TOKEN_USD = 4 };
#define TOKEN_COUNT 4
#define TOKEN_UNITS_PER_WHOLE 1000000

struct str token_text(enum token token); /* "AX", "sAX", "DX", "USD" */
bool token_parse(struct str text, enum token *out) MUST_CHECK;
bool token_of_byte(uint8_t byte, enum token *out) MUST_CHECK;
enum chain_id token_chain(enum token token);     /* the one chain it exists on */
enum token chain_fee_token(enum chain_id chain); /* AX on Alpha, DX on Delta */

#endif
