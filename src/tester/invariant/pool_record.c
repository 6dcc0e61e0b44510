#include "tester/invariant/pool_record.h"

#include "chain/shielded.h"

void pool_record_done(struct pool_record *record)
{
    vec_done(&record->entries);
    vec_done(&record->inputs);
    vec_done(&record->rings);
}

static uint64_t clamped(struct amount amount) { return amount.units > UINT64_MAX ? UINT64_MAX : (uint64_t)amount.units; }

static void spend_take(struct pool_record *record, const struct payload_shielded_spend *spend, struct pool_entry_public *entry)
{
    entry->to = spend->to;
    entry->amount = entry->kind == KIND_SHIELDED_WITHDRAW ? clamped(spend->amount) : 0;
    entry->pool_fee = clamped(spend->pool_fee);
    entry->ref_height = spend->ref_height;
    entry->outputs = (uint32_t)spend->outputs.count;
    entry->inputs = (uint32_t)record->inputs.count;
    entry->inputs_count = (uint32_t)spend->inputs.count;
    for (uint32_t i = 0; i < spend->inputs.count; i++) {
        const struct wire_input *wire = &spend->inputs.items[i];
        const struct pool_input input = {wire->key_image, (uint32_t)record->rings.count, (uint32_t)wire->ring.count};
        for (uint32_t j = 0; j < wire->ring.count; j++) vec_push(&record->rings, wire->ring.items[j]);
        vec_push(&record->inputs, input);
    }
}

void pool_record_take(struct pool_record *record, uint32_t height, const struct tx_view *view)
{
    const struct tx *tx = view->envelope;
    if (!shielded_is(tx->kind)) return;
    struct arena arena;
    union payload payload;
    arena_init(&arena, 0);
    payload_of_tx(tx, &arena, &payload);
    struct pool_entry_public entry = {.id = tx->id, .height = height, .kind = tx->kind, .success = receipt_success(&view->receipt), .sender = tx->sender};
    if (tx->kind == KIND_SHIELDED_DEPOSIT) {
        entry.amount = clamped(payload.shielded_deposit.amount);
        entry.outputs = 1;
    } else {
        spend_take(record, &payload.shielded_spend, &entry);
    }
    vec_push(&record->entries, entry);
    arena_done(&arena);
}
