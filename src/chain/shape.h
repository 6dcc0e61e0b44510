/* Shape: how a C struct and a JSON document are the same answer. A shape is a table of fields; one engine writes, reads,
 * copies and releases every answer by its table, so that a node may hand a struct to a client in the same process
 * ("struct wire") or send its text ("text wire"), and both carry the same information.
 *
 * A value of a shape owns one reference on each shared object in it (transactions, certificates, committees, proofs);
 * shape_done gives them back. Everything else in it is plain or lives in an arena. */
#ifndef CHAIN_SHAPE_H
#define CHAIN_SHAPE_H

#include "chain/finality.h"
#include "chain/receipt.h"
#include "chain/tx.h"

enum shape_type {
    SHAPE_BOOL,
    SHAPE_U8,
    SHAPE_U16,
    SHAPE_U32,
    SHAPE_U64, /* written in full; read up to 2^53 - 1 */
    SHAPE_I64,
    SHAPE_STR,         /* struct str; optional: data NULL = null */
    SHAPE_RAW,         /* struct str that holds one JSON value */
    SHAPE_HEX,         /* struct str of bytes; optional: data NULL = null */
    SHAPE_HASH,        /* struct hash */
    SHAPE_SIGNATURE,   /* struct signature */
    SHAPE_PUBKEY,      /* struct pubkey */
    SHAPE_ADDRESS,     /* struct address, in the text of the answering chain; count_at: offset of an enum chain_id that says which
                          (it stands before the address), 0: none does */
    SHAPE_AX,          /* struct address in Alpha's text, whoever answers */
    SHAPE_DX,          /* likewise in Delta's */
    SHAPE_AMOUNT,      /* struct amount */
    SHAPE_PX,          /* uint64_t, written as a decimal string: px and qty of api 1.2; read up to 2^63 - 1 */
    SHAPE_ENUM,        /* an enum; `of`: struct shape_names */
    SHAPE_CODE,        /* enum code by name; optional: CODE_NONE = null */
    SHAPE_ERROR,       /* struct apierror; optional: CODE_NONE = null */
    SHAPE_RECEIPT,     /* struct receipt */
    SHAPE_OBJECT,      /* a struct inside (offset 0: members of this one, grouped in the text); `of`: its shape */
    SHAPE_ARRAY,       /* pointer to items, u32 count beside it; `of`: shape of an item */
    SHAPE_LIST,        /* items inside the struct, u32 count beside; `of`, `items_max` */
    SHAPE_CODE_COUNTS, /* as ARRAY of struct code_count, written as an object code -> number */
    SHAPE_TX,          /* struct tx *: the envelope */
    SHAPE_CERTIFICATE, /* struct certificate_view; optional: NULL inside = null */
    SHAPE_TIMEOUTCERT, /* struct timeoutcert_view; optional likewise */
    SHAPE_COMMITTEE,   /* struct committee * */
    SHAPE_FINALITY,    /* struct finality_proof * */
    SHAPE_HEADER,      /* struct header, as hex of its 332 bytes */
};

struct certificate_view {
    struct certificate *certificate;
    struct amount power;
};
struct timeoutcert_view {
    struct timeoutcert *tc;
    struct amount power, high_power;
};
struct code_count {
    enum code code;
    uint64_t count;
};
struct opt_u32 {
    bool has;
    uint32_t value;
};
struct opt_u64 {
    bool has;
    uint64_t value;
};
struct opt_amount {
    bool has;
    struct amount value;
};
struct opt_hash {
    bool has;
    struct hash value;
};
struct opt_address {
    bool has;
    struct address value;
};

struct shape_names {
    uint32_t first; /* value of names[0] */
    uint32_t count;
    const char *const *names;
};

struct shape_field {
    const char *name;
    enum shape_type type;
    uint32_t offset;
    uint32_t count_at;  /* ARRAY, LIST, CODE_COUNTS: offset of the u32 count; RECEIPT: of the struct tx * it is the receipt of */
    uint32_t has_at;    /* offset of the bool that says whether it is there, plus 1; 0: no such bool */
    uint32_t items_max; /* LIST: room; ARRAY: most items that are read, 0 = SHAPE_ITEMS_MAX;
                           RECEIPT: offset of the struct str of events it tells */
    bool maybe;         /* may be null */
    bool absent;        /* may be left out: is, where it would be null */
    const void *of;
};
#define SHAPE_ITEMS_MAX 100000

struct shape {
    const char *name; /* as the contract calls it: for messages */
    uint32_t bytes;   /* sizeof the struct */
    uint32_t fields_count;
    const struct shape_field *fields;
    bool bare; /* one field, written as the value itself: AB1's number, bare arrays */
};

/* Addresses are written for `chain`. */
void shape_write(const struct shape *shape, const void *value, enum chain_id chain, struct json_writer *w);
/* Members it does not know are ignored. Texts and arrays go to the arena (and may borrow the document's text). On false,
 * `out` holds nothing to release. */
bool shape_read(const struct shape *shape, const struct json *node, enum chain_id chain, struct arena *arena, void *out,
                struct err *err) MUST_CHECK;
/* A deep copy in `arena`, with references of its own. */
void shape_copy(const struct shape *shape, const void *from, struct arena *arena, void *out);
void shape_done(const struct shape *shape, void *value); /* gives back what the value refers to, and zeroes it */

#endif
