/* The tables behind response_shielded.h, members in the order of the contract. */
#include "chain/response_shielded.h"

#include "chain/shape_table_priv.h"

NAMES(note_kind_names, NOTE_OF_DEPOSIT, "deposit", "transfer", "withdraw");

static const struct shape_field note_fields[] = {
    F(struct note_view, U32, index),
    F(struct note_view, U32, height),
    F(struct note_view, HASH, transaction_id),
    F(struct note_view, U16, output),
    ENUM(struct note_view, kind, note_kind_names),
    F(struct note_view, HASH, one_time_key),
    F(struct note_view, HASH, commitment),
    F(struct note_view, HASH, tx_key),
    F(struct note_view, HEX, enc),
    F(struct note_view, BOOL, finalized),
};
INNER(shape_note, "note", struct note_view, note_fields);
BARE_LIST(shape_note_list, "list of notes", shape_note);

static const struct shape_field state_fields[] = {
    F(struct shielded_state_view, U32, height),
    F(struct shielded_state_view, U32, notes),
    F(struct shielded_state_view, U32, nullifiers),
    F(struct shielded_state_view, AMOUNT, pool),
    F(struct shielded_state_view, U16, ring_size),
    F(struct shielded_state_view, U32, note_maturity_blocks),
    F(struct shielded_state_view, U32, proof_window_blocks),
};
SHAPE(shape_shielded_state, "shielded state", struct shielded_state_view, state_fields);

static const struct shape_field status_fields[] = {
    F(struct nullifier_status, BOOL, spent),
    F(struct nullifier_status, BOOL, pending),
    OPT(struct nullifier_status, U32, height),
    OPT(struct nullifier_status, HASH, transaction_id),
};
SHAPE(shape_nullifier_status, "nullifier status", struct nullifier_status, status_fields);

static const struct shape_field count_fields[] = {F(struct shielded_count, U32, height), F(struct shielded_count, U32, notes)};
SHAPE(shape_shielded_count, "shielded count", struct shielded_count, count_fields);

static const struct shape_field nullifier_fields[] = {
    F(struct nullifier_view, HASH, nullifier),
    F(struct nullifier_view, U32, height),
    F(struct nullifier_view, HASH, transaction_id),
};
INNER(shape_nullifier, "nullifier", struct nullifier_view, nullifier_fields);
BARE_LIST(shape_nullifier_list, "list of nullifiers", shape_nullifier);

/* ---- events ---- */

static const struct shape_field hash_fields[] = {F(struct bare_hash, HASH, value)};
static const struct shape shape_bare_hash = {
    .name = "nullifier", .bytes = sizeof(struct bare_hash), .fields_count = 1, .fields = hash_fields, .bare = true};
static const struct shape_field value_fields[] = {F(struct amount_item, AMOUNT, value)};
static const struct shape shape_value = {
    .name = "value", .bytes = sizeof(struct amount_item), .fields_count = 1, .fields = value_fields, .bare = true};
static const struct shape_field receipt_fields[] = {
    F(struct shielded_receipt, STR, type),
    F(struct shielded_receipt, STR, kind),
    F(struct shielded_receipt, U32, first_index),
    F(struct shielded_receipt, U16, outputs),
    ARRAY(struct shielded_receipt, nullifiers, shape_bare_hash),
    {.name = "amount", .type = SHAPE_AMOUNT, .offset = offsetof(struct shielded_receipt, amount), .maybe = true, .absent = true,
     .has_at = offsetof(struct shielded_receipt, has_amount) + 1},
    {.name = "values", .type = SHAPE_ARRAY, .offset = offsetof(struct shielded_receipt, values), .maybe = true, .absent = true,
     .count_at = offsetof(struct shielded_receipt, values_count), .has_at = offsetof(struct shielded_receipt, has_values) + 1,
     .of = &shape_value},
};
SHAPE(shape_shielded_receipt, "shielded receipt", struct shielded_receipt, receipt_fields);

static const struct shape_field note_event_fields[] = {
    F(struct shielded_note_event, U32, first_index),
    F(struct shielded_note_event, U32, count),
    F(struct shielded_note_event, U32, height),
};
SHAPE(shape_shielded_note_event, "shielded.note", struct shielded_note_event, note_event_fields);

static const struct shape_field nullifier_event_fields[] = {
    F(struct shielded_nullifier_event, HASH, nullifier),
    F(struct shielded_nullifier_event, U32, height),
};
SHAPE(shape_shielded_nullifier_event, "shielded.nullifier", struct shielded_nullifier_event, nullifier_event_fields);
