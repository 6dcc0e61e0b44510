#include "network/ledger/program.h"

struct machine {
    const struct program *program;
    const u128 *inputs;
    const struct program_host *host;
    u128 left[PROGRAM_LOOPS_MAX]; /* turns of the open loops, the running one included */
    uint32_t depth;
};

static u128 value_of(const struct machine *m, const struct operand *operand)
{
    if (operand->type == OPERAND_NUMBER) return operand->value;
    if (operand->type == OPERAND_INPUT) return m->inputs[(size_t)operand->value];
    const u128 key = operand->key_is_input ? m->inputs[(size_t)operand->value] : operand->value;
    return m->host->get(m->host->ctx, m->program->mappings[operand->mapping], key);
}

static enum program_end store(struct machine *m, const struct op *op)
{
    const struct str mapping = m->program->mappings[op->mapping];
    const u128 key = value_of(m, &op->a), operand = value_of(m, &op->b);
    u128 value = operand;
    if (op->type != OP_SET) {
        const u128 was = m->host->get(m->host->ctx, mapping, key);
        const bool fits = op->type == OP_ADD ? u128_add(was, operand, &value) : u128_sub(was, operand, &value);
        if (!fits) return PROGRAM_RANGE;
    }
    return m->host->set(m->host->ctx, mapping, key, value) ? PROGRAM_DONE : PROGRAM_STORAGE;
}

/* One operation; *next is the one behind it and may be moved. */
static enum program_end step(struct machine *m, const struct op *op, uint32_t *next)
{
    switch (op->type) {
    case OP_SET:
    case OP_ADD:
    case OP_SUB: return store(m, op);
    case OP_GE: return value_of(m, &op->a) >= value_of(m, &op->b) ? PROGRAM_DONE : PROGRAM_ASSERTION;
    case OP_LOOP: {
        const u128 turns = value_of(m, &op->a);
        if (turns == 0) {
            *next = op->jump;
        } else {
            m->left[m->depth++] = turns;
        }
        return PROGRAM_DONE;
    }
    case OP_END:
        if (--m->left[m->depth - 1] > 0)
            *next = op->jump;
        else
            m->depth--;
        return PROGRAM_DONE;
    }
    UNREACHABLE();
}

enum program_end program_run(const struct program *program, const struct program_function *function, const u128 *inputs,
                             uint64_t steps_max, const struct program_host *host, uint32_t *out_steps)
{
    struct machine m = {.program = program, .inputs = inputs, .host = host};
    const uint32_t behind = function->first + function->count;
    *out_steps = 0;
    for (uint32_t at = function->first; at < behind;) {
        if (*out_steps >= steps_max) return PROGRAM_STEPS;
        ++*out_steps;
        uint32_t next = at + 1;
        const enum program_end end = step(&m, &program->ops[at], &next);
        if (end != PROGRAM_DONE) return end;
        at = next;
    }
    return PROGRAM_DONE;
}
