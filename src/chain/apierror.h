/* Apierror: the body of every refusal: {"error":{code,message,field,suggestion,details}}. A plain value without
 * pointers, small enough for a fiber's stack; texts that do not fit are cut. */
#ifndef CHAIN_APIERROR_H
#define CHAIN_APIERROR_H

#include "chain/amount.h"
#include "core/codec/json.h"

#define APIERROR_DETAILS_MAX 4

struct apierror_detail {
    char key[24];
    char value[72];
    bool number; /* written without quotes: digits only */
};

struct apierror {
    enum code code;
    char message[160];   /* never empty in what is written: code_message when nothing was set */
    char field[64];      /* dotted path; empty = null */
    char suggestion[96]; /* empty = null */
    struct apierror_detail details[APIERROR_DETAILS_MAX];
    uint8_t details_count;
};

/* apierror_set clears the rest, fills code, field (may be NULL) and message, and returns false for `return apierror_set(...)`. */
bool apierror_set(struct apierror *error, enum code code, const char *field, const char *fmt, ...) PRINTF_LIKE(4, 5);
void apierror_suggest(struct apierror *error, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Details beyond APIERROR_DETAILS_MAX are left out. */
void apierror_detail_str(struct apierror *error, const char *key, struct str value);
void apierror_detail_u64(struct apierror *error, const char *key, uint64_t value);
void apierror_detail_amount(struct apierror *error, const char *key, struct amount value);
struct str apierror_detail_find(const struct apierror *error, struct str key); /* its text; empty when absent */

void apierror_write(const struct apierror *error, struct json_writer *w);       /* {"error":{...}} */
void apierror_write_inner(const struct apierror *error, struct json_writer *w); /* {...}: in batches and receipts */
/* Reads either form. False when it is no error body of the contract (unknown code included). */
bool apierror_read(const struct json *node, struct apierror *out) MUST_CHECK;

#endif
