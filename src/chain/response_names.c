/* The tables behind response_names.h, members in the order of the contract. */
#include "chain/response_names.h"

#include "chain/shape_table_priv.h"

NAMES(phase_names, NAME_COMMIT, "commit", "reveal", "ended", "finalized", "claimed");

static const struct shape_field name_fields[] = {
    F(struct name_view, STR, name),      OPT(struct name_view, ADDRESS, owner),  ENUM(struct name_view, phase, phase_names),
    F(struct name_view, U32, commit_end), F(struct name_view, U32, reveal_end), F(struct name_view, U32, commits),
    F(struct name_view, U32, reveals),   OPT(struct name_view, ADDRESS, winner), OPT(struct name_view, AMOUNT, price),
};
SHAPE(shape_name, "Name", struct name_view, name_fields);
static const struct shape_field phase_fields[] = {F(struct name_phase, STR, name), ENUM(struct name_phase, phase, phase_names)};
SHAPE(shape_name_phase, "name phase", struct name_phase, phase_fields);

static const struct shape_field text_fields[] = {F(struct str_item, STR, value)};
static const struct shape shape_text = {
    .name = "str", .bytes = sizeof(struct str_item), .fields_count = 1, .fields = text_fields, .bare = true};
static const struct shape_field function_fields[] = {F(struct program_function_view, STR, name),
                                                     F(struct program_function_view, U8, arity)};
INNER(shape_function, "function", struct program_function_view, function_fields);
static const struct shape_field program_fields[] = {
    F(struct program_view, STR, program),
    F(struct program_view, ADDRESS, owner),
    F(struct program_view, STR, source),
    F(struct program_view, HASH, source_hash),
    F(struct program_view, U32, size),
    F(struct program_view, U32, deployed_height),
    F(struct program_view, HASH, transaction_id),
    ARRAY(struct program_view, mappings, shape_text),
    ARRAY(struct program_view, functions, shape_function),
};
SHAPE(shape_program, "Program", struct program_view, program_fields);
static const struct shape_field item_fields[] = {F(struct program_item, STR, program), F(struct program_item, ADDRESS, owner),
                                                 F(struct program_item, U32, size), F(struct program_item, U32, deployed_height)};
INNER(shape_item, "ProgramItem", struct program_item, item_fields);
PAGE(shape_program_page, "page of ProgramItem", shape_item);

static const struct shape_field value_fields[] = {OPT(struct mapping_value, AMOUNT, value)};
BARE(shape_mapping_value, "mapping value", struct mapping_value, value_fields);

static const struct shape_field estimate_fields[] = {
    F(struct program_estimate, AMOUNT, fee),
    F(struct program_estimate, U32, steps),
    F(struct program_estimate, U32, storage_bytes),
    F(struct program_estimate, BOOL, success),
    {.name = "error", .type = SHAPE_ERROR, .offset = offsetof(struct program_estimate, error), .maybe = true, .absent = true},
};
SHAPE(shape_program_estimate, "Estimate", struct program_estimate, estimate_fields);
