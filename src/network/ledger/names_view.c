#include "network/ledger/names_view.h"

#include "core/codec/binary.h"
#include "network/ledger/names_priv.h"
#include "network/ledger/program.h"
#include "network/ledger/programs_priv.h"
#include "network/ledger/run_priv.h"

bool ledger_name_view(const struct ledger_state *state, struct str name, struct name_view *out)
{
    struct auction auction;
    if (name.len == 0 || name.len > 32 || !auction_find(&state->objects, name, &auction)) return false;
    *out = (struct name_view){.name = name,
                              .phase = (uint32_t)auction_phase(&auction, state->height + 1),
                              .commit_end = auction.commit_end,
                              .reveal_end = auction.reveal_end,
                              .commits = auction.commits,
                              .reveals = auction.reveals};
    if (auction.claimed) out->owner = (struct opt_address){true, auction.winner};
    if (!auction.finalized || !auction.has_winner) return true;
    out->winner = (struct opt_address){true, auction.winner};
    out->price = (struct opt_amount){true, auction.price};
    return true;
}

bool ledger_program_view(const struct ledger_state *state, struct str name, struct arena *arena, struct program_view *out)
{
    struct stored_program stored;
    struct program program = {0};
    struct program_fault fault;
    if (!program_stored(&state->objects, name, &stored)) return false;
    const bool sound = program_parse(stored.source, true, arena, &program, &fault);
    memset(out, 0, sizeof(*out));
    out->program = name;
    out->owner = stored.owner;
    out->source = stored.source;
    out->source_hash = hash_tagged(PROGRAM_SOURCE_TAG, stored.source.data, stored.source.len);
    out->size = (uint32_t)stored.source.len;
    out->deployed_height = stored.height;
    out->transaction_id = stored.transaction_id;
    if (!sound) return true; /* a blank one, of a weak network */
    out->mappings = arena_array(arena, struct str_item, program.mappings_count + 1);
    for (uint32_t i = 0; i < program.mappings_count; i++) out->mappings[i].value = program.mappings[i];
    out->mappings_count = program.mappings_count;
    out->functions = arena_array(arena, struct program_function_view, program.functions_count + 1);
    for (uint32_t i = 0; i < program.functions_count; i++)
        out->functions[i] = (struct program_function_view){program.functions[i].name, program.functions[i].arity};
    out->functions_count = program.functions_count;
    return true;
}

uint32_t ledger_programs(const struct ledger_state *state, const struct address *owner, uint64_t skip, uint32_t limit,
                         struct program_item *out, bool *out_more)
{
    struct okey prefix = okey(INDEX_PROGRAMS);
    okey_u8(&prefix, 'o');
    struct ordmap_entry entry;
    uint32_t count = 0;
    *out_more = false;
    for (bool more = ordmap_last(&state->objects, okey_view(&prefix), &entry); more;
         more = ordmap_previous(&state->objects, okey_view(&prefix), entry.key, &entry)) {
        struct stored_program stored;
        if (!program_stored(&state->objects, entry.value, &stored)) continue;
        if (owner != NULL && !address_eq(owner, &stored.owner)) continue;
        if (skip > 0) {
            skip--;
            continue;
        }
        if (count == limit) {
            *out_more = true;
            break;
        }
        out[count++] = (struct program_item){entry.value, stored.owner, (uint32_t)stored.source.len, stored.height};
    }
    return count;
}

enum code ledger_mapping_get(const struct ledger_state *state, struct str program, struct str mapping, u128 key,
                             struct mapping_value *out)
{
    struct program_view view;
    struct arena arena;
    arena_init(&arena, 0);
    const bool found = ledger_program_view(state, program, &arena, &view);
    bool declared = false;
    for (uint32_t i = 0; found && i < view.mappings_count; i++) declared = declared || str_eq(view.mappings[i].value, mapping);
    arena_done(&arena);
    if (!found) return CODE_PROGRAM_NOT_FOUND;
    if (!declared) return CODE_MAPPING_NOT_FOUND;
    const struct okey cell = mapping_okey(program, mapping, key);
    struct str value;
    *out = (struct mapping_value){0};
    if (ordmap_get(&state->objects, okey_view(&cell), &value))
        out->value = (struct opt_amount){true, {bin_load_u128((const uint8_t *)value.data)}};
    return CODE_NONE;
}

static struct str program_named(enum kind kind, const union payload *payload)
{
    return kind == KIND_PROGRAM_DEPLOY ? payload->program_deploy.program : payload->program_execute.program;
}

void ledger_program_estimate(const struct ledger_rules *rules, const struct ledger_state *state, enum kind kind,
                             const union payload *payload, const struct address *sender, struct program_estimate *out)
{
    struct buf bytes = {0};
    payload_encode(kind, payload, &bytes);
    const size_t size = TX_BYTES_MIN + bytes.len;
    buf_done(&bytes);
    const struct ledger_frame frame = {.height = state->height + 1,
                                       .round = ledger_round(state) + 1,
                                       .timestamp_ms = ledger_timestamp_ms(state) + 1};
    struct run *run = base_alloc(sizeof(*run)); /* too large for a fiber's stack */
    work_init(&run->work, state, rules, &frame);
    struct receipt receipt = {0};
    struct exec x = {.work = &run->work, .sender = *sender, .payload = payload, .receipt = &receipt, .rehearsal = true};
    const struct family_kind *row = family_kind_find(kind);
    const struct str name = program_named(kind, payload);
    const uint64_t before = program_storage(&state->objects, name);
    receipt.code = (uint16_t)exec_apply(&x, kind);
    *out = (struct program_estimate){.steps = receipt.steps, .success = receipt_success(&receipt)};
    out->fee = params_min_fee(&state->params, size);
    if (row != NULL && row->least_fee != NULL) out->fee = row->least_fee(&x, out->fee);
    out->fee.units += (receipt.steps + 99) / 100;
    const uint64_t after = program_storage(&run->work.objects, name);
    out->storage_bytes = (uint32_t)(after > before ? after - before : 0);
    if (!out->success) receipt_error(&receipt, &out->error);
    work_done(&run->work);
    base_free(run);
}
