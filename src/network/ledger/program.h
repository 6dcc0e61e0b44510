/* Program: the small language of api 2.6, read into operations. Pure: text in, operations or a fault out.
 *
 *     program counter
 *     mapping hits
 *     function hit/1
 *     ge 100 $0
 *     add hits $0 1
 *
 * One statement a line; blanks separate words; empty lines are skipped. Operands are decimal numbers up to 2^128 - 1, $0 ... $15
 * (inputs), or @m[k] with k a number or an input (0 where nothing was set). `loop n` repeats up to its `end`; an `end` outside any
 * loop closes the function, which also ends at the next one or with the text. */
#ifndef LEDGER_PROGRAM_H
#define LEDGER_PROGRAM_H

#include "core/base/arena.h"
#include "core/base/num.h"

#define PROGRAM_NAME_MAX 64
#define PROGRAM_MAPPING_NAME_MAX 32
#define PROGRAM_MAPPINGS_MAX 64
#define PROGRAM_FUNCTIONS_MAX 256
#define PROGRAM_INPUTS_MAX 16
#define PROGRAM_LOOPS_MAX 8 /* nested */

enum operand_type { OPERAND_NUMBER, OPERAND_INPUT, OPERAND_CELL };
struct operand {
    enum operand_type type;
    uint16_t mapping;    /* of a cell */
    bool key_is_input;   /* of a cell: `value` is the number of an input */
    u128 value;          /* the number; the number of the input; the key */
};
enum op_type { OP_SET, OP_ADD, OP_SUB, OP_GE, OP_LOOP, OP_END };
struct op {
    enum op_type type;
    uint16_t mapping;    /* set, add, sub */
    uint32_t jump;       /* loop: the operation behind its end; end: the loop's first operation */
    struct operand a, b; /* set, add, sub: key and value; ge: both sides; loop: a */
};
struct program_function {
    struct str name;
    uint8_t arity;
    uint32_t first, count; /* of its operations */
};
struct program {
    struct str name;
    struct str *mappings;
    uint32_t mappings_count;
    struct program_function *functions;
    uint32_t functions_count;
    struct op *ops;
    uint32_t ops_count;
};
struct program_fault {
    uint32_t line; /* from 1 */
    const char *what;
};

/* program_parse reads a source. Names are borrowed from it; the rest is the arena's. `votes` is no name for a mapping unless
 * `votes_allowed` (a planted weakness). False and `fault`: it is not a program. */
bool program_parse(struct str source, bool votes_allowed, struct arena *arena, struct program *out,
                   struct program_fault *fault) MUST_CHECK;
/* [a-z] and then [a-z0-9_.-], at most `max` bytes. */
bool program_name_ok(struct str name, size_t max);
const struct program_function *program_function_find(const struct program *program, struct str name); /* NULL: none */

/* ---- running ---- */
enum program_end { PROGRAM_DONE, PROGRAM_ASSERTION, PROGRAM_RANGE, PROGRAM_STEPS, PROGRAM_STORAGE };
struct program_host {
    void *ctx;
    u128 (*get)(void *ctx, struct str mapping, u128 key);
    bool (*set)(void *ctx, struct str mapping, u128 key, u128 value); /* false: no room for it */
};
/* Runs a function: every operation that is reached costs one step, a loop's `end` at each turn too. Sums beyond 2^128 - 1 and
 * differences below 0 are PROGRAM_RANGE. *out_steps: how many were made. */
enum program_end program_run(const struct program *program, const struct program_function *function, const u128 *inputs,
                             uint64_t steps_max, const struct program_host *host, uint32_t *out_steps);

#endif
