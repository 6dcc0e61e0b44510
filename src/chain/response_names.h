/* Response, names and programs: what X11 and AP1 to AP6 answer (api 4.2, 4.4), and what name.phase tells (api 6.7). */
#ifndef CHAIN_RESPONSE_NAMES_H
#define CHAIN_RESPONSE_NAMES_H

#include "chain/response.h"

/* ---- X11, name.phase ---- */
enum name_phase_value { NAME_COMMIT, NAME_REVEAL, NAME_ENDED, NAME_FINALIZED, NAME_CLAIMED };
struct name_view {
    struct str name;
    struct opt_address owner; /* once claimed */
    uint32_t phase;           /* enum name_phase_value: of the next block */
    uint32_t commit_end, reveal_end, commits, reveals;
    struct opt_address winner; /* once finalized */
    struct opt_amount price;   /* likewise */
};
struct name_phase {
    struct str name;
    uint32_t phase;
};
extern const struct shape shape_name, shape_name_phase;

/* ---- AP1 to AP6 ---- */
struct program_function_view {
    struct str name;
    uint8_t arity;
};
struct program_view {
    struct str program;
    struct address owner;
    struct str source;
    struct hash source_hash; /* BLAKE2b-256 of the source, tagged adnet/program/v1 */
    uint32_t size, deployed_height;
    struct hash transaction_id;
    struct str_item *mappings;
    uint32_t mappings_count;
    struct program_function_view *functions;
    uint32_t functions_count;
};
#define PROGRAM_SOURCE_TAG "adnet/program/v1"
struct program_item {
    struct str program;
    struct address owner;
    uint32_t size, deployed_height;
};
struct mapping_value { /* AP3: bare, null when unset */
    struct opt_amount value;
};
struct program_estimate {
    struct amount fee; /* the least that would be taken */
    uint32_t steps, storage_bytes;
    bool success;
    struct apierror error; /* CODE_NONE: left out */
};
extern const struct shape shape_program, shape_program_page, shape_mapping_value, shape_program_estimate;

#endif
