#include "network/ledger/shielded_priv.h"
#include "network/ledger/shielded_view.h"

static enum note_kind note_kind_of(enum kind kind)
{
    if (kind == KIND_SHIELDED_TRANSFER) return NOTE_OF_TRANSFER;
    return kind == KIND_SHIELDED_WITHDRAW ? NOTE_OF_WITHDRAW : NOTE_OF_DEPOSIT;
}

uint32_t ledger_notes_view(const struct ledger_state *state, uint32_t from, uint32_t limit, uint32_t finalized, struct arena *arena,
                           struct note_view *out)
{
    const struct ordmap *objects = ledger_objects(state);
    uint32_t count = 0;
    for (; count < limit; count++) {
        struct pool_note note;
        struct pool_origin origin;
        if (from + count < from || !pool_note(objects, from + count, &note)) break;
        const bool known = pool_note_origin(objects, from + count, &origin);
        ASSERT(known); /* both are written at once */
        struct note_view *view = &out[count];
        *view = (struct note_view){
            .index = from + count,
            .height = note.height,
            .transaction_id = origin.id,
            .output = origin.output,
            .kind = note_kind_of(origin.kind),
            .enc = str_dup(arena, (struct str){(const char *)note.note.enc, sizeof(note.note.enc)}),
            .finalized = note.height <= finalized,
        };
        memcpy(&view->one_time_key, &note.note.one_time_key, 32);
        memcpy(&view->commitment, &note.note.commitment, 32);
        memcpy(&view->tx_key, &note.note.tx_key, 32);
    }
    return count;
}

uint32_t ledger_notes_from_height(const struct ledger_state *state, uint32_t height)
{
    return height == 0 ? 0 : pool_notes_up_to(ledger_objects(state), height - 1);
}

uint32_t ledger_notes_count(const struct ledger_state *state, uint32_t height)
{
    return pool_notes_up_to(ledger_objects(state), height);
}

void ledger_shielded_view(const struct ledger_state *state, struct shielded_state_view *out)
{
    const struct pool_counts counts = pool_counts(ledger_objects(state));
    const struct pool_sums sums = pool_sums(ledger_objects(state));
    const struct params *params = ledger_params(state);
    *out = (struct shielded_state_view){
        .height = ledger_height(state),
        .notes = counts.notes,
        .nullifiers = counts.nullifiers,
        .pool = {pool_balance(&sums)},
        .ring_size = (uint16_t)params->ring_size,
        .note_maturity_blocks = (uint32_t)params->note_maturity_blocks,
        .proof_window_blocks = (uint32_t)params->proof_window_blocks,
    };
}

void ledger_nullifier_view(const struct ledger_state *state, const struct hash *image, struct nullifier_status *out)
{
    memset(out, 0, sizeof(*out));
    out->spent = pool_nullifier(ledger_objects(state), image, &out->height.value, &out->transaction_id.value);
    out->height.has = out->transaction_id.has = out->spent;
}

uint32_t ledger_nullifiers_from_height(const struct ledger_state *state, uint32_t height)
{
    return height == 0 ? 0 : pool_nullifiers_up_to(ledger_objects(state), height - 1);
}

uint32_t ledger_nullifiers_view(const struct ledger_state *state, uint32_t from, uint32_t limit, struct nullifier_view *out)
{
    uint32_t count = 0;
    struct pool_spent spent;
    for (; count < limit && from + count >= from && pool_nullifier_at(ledger_objects(state), from + count, &spent); count++)
        out[count] = (struct nullifier_view){spent.image, spent.height, spent.id};
    return count;
}

bool ledger_key_image_refused(const struct ledger_rules *rules, const struct ledger_state *state, const struct hash *image)
{
    uint32_t height;
    struct hash id;
    return !guard_key_image(rules, !pool_nullifier(ledger_objects(state), image, &height, &id));
}
