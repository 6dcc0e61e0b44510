#include "network/ledger/program.h"

struct parse {
    struct arena *arena;
    struct program *program;
    struct program_fault *fault;
    struct str line; /* what is left of it */
    uint32_t number;
    uint32_t ops_cap;
    struct program_function *function; /* NULL: none is open */
    uint32_t loops[PROGRAM_LOOPS_MAX];
    uint32_t depth;
    bool votes_allowed;
};

static bool fail(struct parse *p, const char *what)
{
    *p->fault = (struct program_fault){p->number, what};
    return false;
}

bool program_name_ok(struct str name, size_t max)
{
    if (name.len == 0 || name.len > max || name.data[0] < 'a' || name.data[0] > 'z') return false;
    for (size_t i = 0; i < name.len; i++) {
        const char c = name.data[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-')) return false;
    }
    return true;
}

/* The next word of the line; empty: there is none. */
static struct str word(struct parse *p)
{
    size_t at = 0, end;
    while (at < p->line.len && (p->line.data[at] == ' ' || p->line.data[at] == '\t' || p->line.data[at] == '\r')) at++;
    end = at;
    while (end < p->line.len && p->line.data[end] != ' ' && p->line.data[end] != '\t' && p->line.data[end] != '\r') end++;
    const struct str out = str_sub(p->line, at, end - at);
    p->line = str_sub(p->line, end, p->line.len);
    return out;
}

static bool mapping_find(const struct program *program, struct str name, uint16_t *out)
{
    for (uint32_t i = 0; i < program->mappings_count; i++)
        if (str_eq(program->mappings[i], name)) return *out = (uint16_t)i, true;
    return false;
}

static bool input_parse(const struct parse *p, struct str text, u128 *out)
{
    uint64_t number;
    if (text.len < 2 || text.data[0] != '$' || !str_to_u64(str_sub(text, 1, text.len), &number)) return false;
    *out = number;
    return number < PROGRAM_INPUTS_MAX && number < p->function->arity;
}

static bool cell_parse(struct parse *p, struct str text, struct operand *out)
{
    struct str mapping, key;
    if (text.len < 2 || text.data[text.len - 1] != ']' || !str_cut(str_sub(text, 1, text.len - 2), '[', &mapping, &key))
        return fail(p, "an operand @ is written @mapping[key]");
    if (!mapping_find(p->program, mapping, &out->mapping)) return fail(p, "no such mapping");
    out->type = OPERAND_CELL;
    out->key_is_input = key.len > 0 && key.data[0] == '$';
    if (out->key_is_input ? input_parse(p, key, &out->value) : u128_parse(key, &out->value)) return true;
    return fail(p, "a key is a number or an input of the function");
}

static bool operand_parse(struct parse *p, struct operand *out)
{
    const struct str text = word(p);
    *out = (struct operand){.type = OPERAND_NUMBER};
    if (text.len == 0) return fail(p, "an operand is missing");
    if (text.data[0] == '@') return cell_parse(p, text, out);
    if (text.data[0] == '$') {
        out->type = OPERAND_INPUT;
        return input_parse(p, text, &out->value) || fail(p, "no such input of this function");
    }
    return u128_parse(text, &out->value) || fail(p, "an operand is a number, $input or @mapping[key]");
}

static struct op *op_add(struct parse *p, enum op_type type)
{
    struct program *program = p->program;
    if (program->ops_count == p->ops_cap) {
        struct op *more = arena_array(p->arena, struct op, MAX(p->ops_cap * 2, 64u));
        if (program->ops_count > 0) memcpy(more, program->ops, program->ops_count * sizeof(*more));
        program->ops = more;
        p->ops_cap = MAX(p->ops_cap * 2, 64u);
    }
    struct op *op = &program->ops[program->ops_count++];
    *op = (struct op){.type = type};
    p->function->count++;
    return op;
}

static bool function_close(struct parse *p)
{
    if (p->depth > 0) return fail(p, "a loop has no end");
    p->function = NULL;
    return true;
}

/* ---- statements ---- */

static bool declare_mapping(struct parse *p)
{
    struct program *program = p->program;
    const struct str name = word(p);
    uint16_t index;
    if (program->functions_count > 0) return fail(p, "mappings stand before functions");
    if (!program_name_ok(name, PROGRAM_MAPPING_NAME_MAX)) return fail(p, "no name for a mapping");
    if (str_eq(name, STR("votes")) && !p->votes_allowed) return fail(p, "votes is reserved");
    if (mapping_find(program, name, &index)) return fail(p, "two mappings of one name");
    if (program->mappings_count == PROGRAM_MAPPINGS_MAX) return fail(p, "too many mappings");
    program->mappings[program->mappings_count++] = name;
    return true;
}

static bool declare_function(struct parse *p)
{
    struct program *program = p->program;
    struct str name, arity_text;
    uint64_t arity;
    if (p->function != NULL && !function_close(p)) return false;
    if (!str_cut(word(p), '/', &name, &arity_text)) return fail(p, "a function is written NAME/ARITY");
    if (!program_name_ok(name, 32)) return fail(p, "no name for a function");
    if (!str_to_u64(arity_text, &arity) || arity > PROGRAM_INPUTS_MAX) return fail(p, "an arity is 0 to 16");
    if (program_function_find(program, name) != NULL) return fail(p, "two functions of one name");
    if (program->functions_count == PROGRAM_FUNCTIONS_MAX) return fail(p, "too many functions");
    p->function = &program->functions[program->functions_count++];
    *p->function = (struct program_function){.name = name, .arity = (uint8_t)arity, .first = program->ops_count};
    return true;
}

static bool parse_store(struct parse *p, enum op_type type)
{
    const struct str name = word(p);
    struct op *op = op_add(p, type);
    if (!mapping_find(p->program, name, &op->mapping)) return fail(p, "no such mapping");
    if (str_eq(name, STR("votes"))) return fail(p, "votes cannot be written");
    return operand_parse(p, &op->a) && operand_parse(p, &op->b);
}

static bool parse_ge(struct parse *p)
{
    struct op *op = op_add(p, OP_GE);
    return operand_parse(p, &op->a) && operand_parse(p, &op->b);
}

static bool parse_loop(struct parse *p)
{
    if (p->depth == PROGRAM_LOOPS_MAX) return fail(p, "loops are nested too deep");
    p->loops[p->depth++] = p->program->ops_count;
    return operand_parse(p, &op_add(p, OP_LOOP)->a);
}

static bool parse_end(struct parse *p)
{
    if (p->depth == 0) return function_close(p);
    const uint32_t loop = p->loops[--p->depth];
    op_add(p, OP_END)->jump = loop + 1;
    p->program->ops[loop].jump = p->program->ops_count;
    return true;
}

static bool parse_op(struct parse *p, struct str verb)
{
    if (p->function == NULL) return fail(p, "operations stand inside a function");
    if (str_eq(verb, STR("set"))) return parse_store(p, OP_SET);
    if (str_eq(verb, STR("add"))) return parse_store(p, OP_ADD);
    if (str_eq(verb, STR("sub"))) return parse_store(p, OP_SUB);
    if (str_eq(verb, STR("ge"))) return parse_ge(p);
    if (str_eq(verb, STR("loop"))) return parse_loop(p);
    if (str_eq(verb, STR("end"))) return parse_end(p);
    return fail(p, "no such statement");
}

static bool parse_line(struct parse *p)
{
    const struct str verb = word(p);
    if (verb.len == 0) return true;
    bool ok;
    if (p->program->name.len == 0) {
        p->program->name = word(p);
        ok = str_eq(verb, STR("program")) && program_name_ok(p->program->name, PROGRAM_NAME_MAX);
        if (!ok) return fail(p, "the first statement is program NAME");
    } else if (str_eq(verb, STR("mapping"))) {
        ok = declare_mapping(p);
    } else if (str_eq(verb, STR("function"))) {
        ok = declare_function(p);
    } else {
        ok = parse_op(p, verb);
    }
    return ok && (word(p).len == 0 || fail(p, "too many words"));
}

bool program_parse(struct str source, bool votes_allowed, struct arena *arena, struct program *out, struct program_fault *fault)
{
    struct parse p = {.arena = arena, .program = out, .fault = fault, .votes_allowed = votes_allowed};
    *out = (struct program){.mappings = arena_array(arena, struct str, PROGRAM_MAPPINGS_MAX),
                            .functions = arena_array(arena, struct program_function, PROGRAM_FUNCTIONS_MAX)};
    struct str rest = source;
    while (rest.len > 0) {
        struct str tail;
        if (!str_cut(rest, '\n', &p.line, &tail)) p.line = rest, tail = (struct str){0};
        rest = tail;
        p.number++;
        if (!parse_line(&p)) return false;
    }
    if (out->name.len == 0) return fail(&p, "the first statement is program NAME");
    return p.function == NULL || function_close(&p);
}

const struct program_function *program_function_find(const struct program *program, struct str name)
{
    for (uint32_t i = 0; i < program->functions_count; i++)
        if (str_eq(program->functions[i].name, name)) return &program->functions[i];
    return NULL;
}
