/* Entries of the state map as bytes. For the ledger's own eyes. */
#ifndef LEDGER_ENTRY_PRIV_H
#define LEDGER_ENTRY_PRIV_H

#include "network/ledger/ledger.h"

enum { ACCOUNT_BYTES_MAX = 8 + 2 + TOKEN_COUNT * 33 };

/* What exists of one token: the supply shape, and how often the sum of all free balances went through 2^128 (only a
 * network with a switch on can bring that about). */
struct tally {
    struct supply_token token;
    int32_t free_wraps;
};

/* True: the account has nothing to say and no entry. */
bool account_is_blank(const struct ledger_account *account);
size_t account_encode(const struct ledger_account *account, uint8_t out[ACCOUNT_BYTES_MAX]);
bool account_decode(struct str value, struct ledger_account *out) MUST_CHECK;

void validator_encode(const struct ledger_validator *validator, struct buf *out);
/* Everything but the address, which is the key's. */
bool validator_decode(struct str value, struct ledger_validator *out) MUST_CHECK;

void tally_encode(const struct tally *tally, struct buf *out);
bool tally_decode(struct str value, enum token token, struct tally *out) MUST_CHECK;


#endif
