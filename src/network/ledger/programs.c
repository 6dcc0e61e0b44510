/* Programs: deploy and execute.
 *
 *   param    ident "program/" ‖ name        owner(32) ‖ u32 height ‖ transaction id(32) ‖ source
 *   param    ident "program-size/" ‖ name   u64: bytes its storage takes (the source, and 32 an entry)
 *   mapping  as api 6.4
 *   index    'o' ‖ u64 order                name of the program: newest first is the last first
 *   index    'v' ‖ u128 key                 u8 choice: votes that programs may read while vuln.transferable-vote-receipt is on */
#include "core/codec/binary.h"
#include "network/ledger/guard_names_priv.h"
#include "network/ledger/program.h"
#include "network/ledger/programs_priv.h"

enum { ENTRY_BYTES = 32, WEAK_STEPS_MAX = 2000000 }; /* a weak network still ends */

struct okey program_okey(struct str name)
{
    struct okey key = okey_of_text(SPACE_PARAM, "program/");
    okey_bytes(&key, name.data, name.len);
    return key;
}

static struct okey size_okey(struct str name)
{
    struct okey key = okey_of_text(SPACE_PARAM, "program-size/");
    okey_bytes(&key, name.data, name.len);
    return key;
}

struct okey mapping_okey(struct str program, struct str mapping, u128 key)
{
    struct okey out = okey(SPACE_MAPPING);
    uint8_t bytes[16];
    bin_store_u128(bytes, key);
    okey_str(&out, program);
    okey_str(&out, mapping);
    okey_bytes(&out, bytes, sizeof(bytes));
    return out;
}

static void number_set(struct work *work, const struct okey *key, uint64_t value)
{
    uint8_t bytes[8];
    bin_store_u64(bytes, value);
    work_set(work, key, (struct str){(const char *)bytes, sizeof(bytes)});
}

uint64_t program_storage(const struct ordmap *objects, struct str name)
{
    const struct okey key = size_okey(name);
    struct str value;
    return ordmap_get(objects, okey_view(&key), &value) ? bin_load_u64((const uint8_t *)value.data) : 0;
}

bool program_stored(const struct ordmap *objects, struct str name, struct stored_program *out)
{
    struct str value;
    if (name.len == 0 || name.len > PROGRAM_NAME_MAX) return false;
    const struct okey key = program_okey(name);
    if (!ordmap_get(objects, okey_view(&key), &value)) return false;
    struct bin_reader r = bin_reader_of(value.data, value.len);
    bin_get_bytes(&r, &out->owner, sizeof(out->owner));
    out->height = bin_get_u32(&r);
    bin_get_bytes(&r, &out->transaction_id, sizeof(out->transaction_id));
    out->source = str_sub(value, bin_offset(&r), value.len);
    ASSERT(!r.bad); /* only program_put writes there */
    return true;
}

/* ---- deploy ---- */

static uint64_t next_order(const struct work *work)
{
    struct okey prefix = okey(INDEX_PROGRAMS);
    okey_u8(&prefix, 'o');
    struct ordmap_entry last;
    if (!ordmap_last(&work->objects, okey_view(&prefix), &last)) return 0;
    uint64_t order = 0;
    for (size_t i = 2; i < last.key.len; i++) order = order << 8 | (uint8_t)last.key.data[i];
    return order + 1;
}

static void program_put(struct exec *x, struct str name, struct str source)
{
    struct buf value = {0};
    bin_put_bytes(&value, &x->sender, sizeof(x->sender));
    bin_put_u32(&value, x->work->frame->height);
    bin_put_bytes(&value, &x->id, sizeof(x->id));
    buf_put_str(&value, source);
    const struct okey key = program_okey(name), size = size_okey(name);
    work_set(x->work, &key, buf_str(&value));
    buf_done(&value);
    number_set(x->work, &size, source.len);
    struct okey order = okey(INDEX_PROGRAMS);
    okey_u8(&order, 'o');
    okey_u64(&order, next_order(x->work));
    work_set(x->work, &order, name);
}

static enum code deploy_apply(struct exec *x)
{
    const struct payload_program_deploy *payload = &x->payload->program_deploy;
    const struct ledger_rules *rules = x->work->rules;
    struct stored_program stored;
    struct program program;
    struct program_fault fault;
    if (!program_name_ok(payload->program, PROGRAM_NAME_MAX)) return refuse(x, CODE_INVALID_NAME, RECEIPT_FIELD_PROGRAM);
    if (program_stored(&x->work->objects, payload->program, &stored)) return refuse(x, CODE_ALREADY_EXISTS, RECEIPT_FIELD_PROGRAM);
    if (!program_parse(payload->source, !guard_votes_unreadable(rules), &x->work->arena, &program, &fault) ||
        !str_eq(program.name, payload->program))
        return refuse(x, CODE_INVALID_PROGRAM, RECEIPT_FIELD_SOURCE);
    if (!guard_storage(rules, payload->source.len, x->work->params.program_storage_bytes))
        return refuse(x, CODE_STORAGE_LIMIT_EXCEEDED, RECEIPT_FIELD_SOURCE);
    program_put(x, payload->program, payload->source);
    return CODE_NONE;
}

static struct amount deploy_fee(const struct exec *x, struct amount by_size)
{
    if (!guard_storage_metered(x->work->rules)) return by_size;
    return (struct amount){by_size.units + (u128)x->work->params.storage_fee_per_byte * x->payload->program_deploy.source.len};
}

/* ---- execute ---- */

struct cells { /* the mappings of one program */
    struct work *work;
    struct str program;
    uint64_t bytes; /* its storage, as it grows */
};

static struct okey vote_okey(u128 key)
{
    struct okey out = okey(INDEX_PROGRAMS);
    okey_u8(&out, 'v');
    okey_u128(&out, key);
    return out;
}

static u128 cell_get(void *ctx, struct str mapping, u128 key)
{
    const struct cells *cells = ctx;
    struct str value;
    if (str_eq(mapping, STR("votes"))) { /* such a mapping exists on a weak network alone */
        const struct okey vote = vote_okey(key);
        return work_get(cells->work, &vote, &value) ? (uint8_t)value.data[0] : 0;
    }
    const struct okey cell = mapping_okey(cells->program, mapping, key);
    return work_get(cells->work, &cell, &value) ? bin_load_u128((const uint8_t *)value.data) : 0;
}

static bool cell_set(void *ctx, struct str mapping, u128 key, u128 value)
{
    struct cells *cells = ctx;
    const struct okey cell = mapping_okey(cells->program, mapping, key);
    struct str was;
    if (!work_get(cells->work, &cell, &was)) {
        cells->bytes += ENTRY_BYTES;
        if (!guard_storage(cells->work->rules, cells->bytes, cells->work->params.program_storage_bytes)) return false;
    }
    uint8_t bytes[16];
    bin_store_u128(bytes, value);
    work_set(cells->work, &cell, (struct str){(const char *)bytes, sizeof(bytes)});
    return true;
}

static enum code end_code(struct exec *x, enum program_end end)
{
    switch (end) {
    case PROGRAM_DONE: return CODE_NONE;
    case PROGRAM_ASSERTION: return refuse(x, CODE_ASSERTION_FAILED, RECEIPT_FIELD_INPUTS);
    case PROGRAM_RANGE: return refuse(x, CODE_AMOUNT_OUT_OF_RANGE, RECEIPT_FIELD_INPUTS);
    case PROGRAM_STEPS: return refuse(x, CODE_STEP_LIMIT, RECEIPT_FIELD_FUNCTION);
    case PROGRAM_STORAGE: return refuse(x, CODE_STORAGE_LIMIT_EXCEEDED, RECEIPT_FIELD_FUNCTION);
    }
    UNREACHABLE();
}

static enum code run(struct exec *x, const struct program *program, const struct program_function *function)
{
    const struct payload_program_execute *payload = &x->payload->program_execute;
    u128 inputs[PROGRAM_INPUTS_MAX] = {0};
    for (uint32_t i = 0; i < payload->inputs.count; i++) inputs[i] = payload->inputs.items[i].units;
    struct cells cells = {x->work, payload->program, program_storage(&x->work->objects, payload->program)};
    const uint64_t before = cells.bytes;
    const struct program_host host = {&cells, cell_get, cell_set};
    const uint64_t steps_max = guard_steps(x->work->rules) ? x->work->params.max_steps : WEAK_STEPS_MAX;
    const enum program_end end = program_run(program, function, inputs, steps_max, &host, &x->receipt->steps);
    const struct okey size = size_okey(payload->program);
    if (end == PROGRAM_DONE && cells.bytes != before) number_set(x->work, &size, cells.bytes);
    return end_code(x, end);
}

static enum code execute_apply(struct exec *x)
{
    const struct payload_program_execute *payload = &x->payload->program_execute;
    struct stored_program stored;
    struct program program;
    struct program_fault fault;
    if (!program_stored(&x->work->objects, payload->program, &stored)) {
        if (!guard_exists(x->work->rules, false)) return refuse(x, CODE_PROGRAM_NOT_FOUND, RECEIPT_FIELD_PROGRAM);
        if (payload->program.len > 0 && payload->program.len <= PROGRAM_NAME_MAX) program_put(x, payload->program, STR(" "));
        return CODE_NONE;
    }
    if (!program_parse(stored.source, true, &x->work->arena, &program, &fault)) /* a blank one, of a weak network */
        return guard_exists(x->work->rules, false) ? CODE_NONE : refuse(x, CODE_FUNCTION_NOT_FOUND, RECEIPT_FIELD_FUNCTION);
    const struct program_function *function = program_function_find(&program, payload->function);
    if (function == NULL) return refuse(x, CODE_FUNCTION_NOT_FOUND, RECEIPT_FIELD_FUNCTION);
    if (function->arity != payload->inputs.count) return refuse(x, CODE_INVALID_FORMAT, RECEIPT_FIELD_INPUTS);
    return run(x, &program, function);
}

u128 program_vote_key(const struct hash *proposal, const struct address *voter)
{
    uint8_t bytes[64];
    memcpy(bytes, proposal, 32);
    memcpy(bytes + 32, voter, 32);
    const struct hash hash = hash_tagged("adnet/vote-key/v1", bytes, sizeof(bytes));
    return bin_load_u128(hash.b);
}

void programs_note_vote(struct work *work, const struct hash *proposal, const struct address *voter, uint8_t choice)
{
    if (guard_votes_unreadable(work->rules)) return;
    const struct okey key = vote_okey(program_vote_key(proposal, voter));
    const char byte = (char)choice;
    work_set(work, &key, (struct str){&byte, 1});
}

static const struct family_kind kinds[] = {
    {.kind = KIND_PROGRAM_DEPLOY, .apply = deploy_apply, .least_fee = deploy_fee},
    {.kind = KIND_PROGRAM_EXECUTE, .apply = execute_apply},
};

extern const struct family family_programs;
const struct family family_programs = {.name = "programs", .kinds = kinds, .kinds_count = ARRAY_LEN(kinds)};
