/* Single JSON values as chain values: CODE_NONE, or the code of api 1.2 that says what is wrong. */
#ifndef CHAIN_FIELD_PRIV_H
#define CHAIN_FIELD_PRIV_H

#include "chain/address.h"
#include "chain/apierror.h"
#include "chain/tx.h"
#include "core/codec/json.h"

/* Another JSON type is INVALID_FIELD_TYPE; a number that is not whole or not within 0 ... max is INVALID_FORMAT. */
enum code field_u64(const struct json *node, uint64_t max, uint64_t *out) MUST_CHECK;
enum code field_str(const struct json *node, struct str *out) MUST_CHECK;
enum code field_hex(const struct json *node, void *out, size_t bytes) MUST_CHECK; /* exactly `bytes` */
enum code field_amount(const struct json *node, struct amount *out) MUST_CHECK;
enum code field_address(const struct json *node, enum chain_id chain, struct address *out) MUST_CHECK;
enum code field_token(const struct json *node, enum token *out) MUST_CHECK;
/* Hex of any length up to bytes_max into memory of the arena: also FIELD_TOO_LONG. */
enum code field_blob(const struct json *node, size_t bytes_max, struct arena *arena, struct str *out) MUST_CHECK;
/* What planted weaknesses in `rules` make of the same. */
enum code field_address_by(const struct json *node, enum chain_id chain, const struct tx_rules *rules,
                           struct address *out) MUST_CHECK;
enum code field_amount_by(const struct json *node, const struct tx_rules *rules, struct amount *out) MUST_CHECK;
/* The node, or with rules->lenient one of the wanted type that has the same text, in *room. */
const struct json *field_coerced(const struct json *node, enum json_type wanted, const struct tx_rules *rules, struct json *room);
bool hex_is_lower(struct str text); /* even, and only lower-case hex digits */

/* A member of an object for decoders that only want to know whether all is well: sticky, like bin_reader. */
struct member_reader {
    const struct json *object;
    bool bad;
};
uint64_t member_u64(struct member_reader *r, struct str key, uint64_t max);
void member_hex(struct member_reader *r, struct str key, void *out, size_t bytes);
struct amount member_amount(struct member_reader *r, struct str key);
enum chain_id member_chain(struct member_reader *r, struct str key);
struct address member_address(struct member_reader *r, struct str key, enum chain_id chain);

/* The same for decoders that owe the sender an exact answer: the first fault is told in `error`. */
struct strict_reader {
    const struct json *object;
    struct apierror *error;
    bool bad;
};
uint64_t strict_u64(struct strict_reader *r, struct str key, uint64_t max);
void strict_hex(struct strict_reader *r, struct str key, void *out, size_t bytes);
enum chain_id strict_chain(struct strict_reader *r, struct str key);
struct address strict_address(struct strict_reader *r, struct str key, enum chain_id chain);

/* Members in the contract's text forms. */
void put_amount(struct json_writer *w, struct str key, struct amount amount);
void put_hex(struct json_writer *w, struct str key, const void *data, size_t bytes);
void put_address(struct json_writer *w, struct str key, const struct address *address, enum chain_id chain);

#endif
