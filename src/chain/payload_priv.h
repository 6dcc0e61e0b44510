/* What the binary and the JSON form of payloads share. */
#ifndef CHAIN_PAYLOAD_PRIV_H
#define CHAIN_PAYLOAD_PRIV_H

#include "chain/payload.h"

/* Any list of a payload: they all begin like this. */
struct any_list {
    void *items;
    uint32_t count;
};
#define PX_MAX ((uint64_t)INT64_MAX) /* of px and qty */
#define FIELD_PATH_MAX 96

/* Where a fault is: "payload.outputs[3].amount". */
struct field_path {
    char text[FIELD_PATH_MAX];
};
void path_member(struct field_path *path, struct str name);
void path_item(struct field_path *path, uint32_t index);

/* The one rule for values that both forms check alike: CODE_NONE, or the code. */
enum code payload_value_check(const struct payload_field *field, const void *value, const struct tx_rules *rules);
uint32_t payload_max(const struct payload_field *field, const struct tx_rules *rules); /* of a str or hex */
enum code payload_too_long(const struct payload_field *field); /* what exceeding `max` is called */
/* UNKNOWN_FIELD for the first member that is none of the fields. */
enum code payload_names_check(const struct payload_field *fields, const struct json *object, const struct field_path *path,
                              struct apierror *error) MUST_CHECK;
/* Refuses: `error` (may be NULL) is told, the code comes back. */
enum code payload_refuse(struct apierror *error, enum code code, const struct field_path *path, const char *fmt, ...) PRINTF_LIKE(4, 5);

#endif
