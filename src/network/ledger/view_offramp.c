#include "chain/payload.h"
#include "network/ledger/offramp_priv.h"
#include "network/ledger/offramp_view.h"

static struct str reason_text(uint8_t reason)
{
    switch ((enum kyc_reason)reason) {
    case KYC_NONE: return STR("none");
    case KYC_INCOMPLETE_DOCS: return STR("incomplete_docs");
    case KYC_SUSPICIOUS_ACTIVITY: return STR("suspicious_activity");
    case KYC_DUPLICATE: return STR("duplicate");
    }
    return STR("none");
}

bool ledger_kyc(const struct ledger_state *state, const struct address *who, struct arena *arena, struct kyc_view *out)
{
    struct kyc_record record;
    if (!kyc_load(&state->objects, who, &record)) return false;
    *out = (struct kyc_view){.address = *who,
                             .registration_id = record.registration,
                             .status = record.status,
                             .attempts = record.attempts,
                             .country = str_dup(arena, (struct str){record.country, record.country_len}),
                             .reviewer = record.reviewer,
                             .updated_height = record.updated};
    if (record.reviewer.has) out->reason = reason_text(record.reason);
    return true;
}

bool ledger_offramp(const struct ledger_state *state, const struct hash *id, struct arena *arena, struct offramp_view *out)
{
    struct offramp_record record;
    if (!offramp_load(&state->objects, id, &record)) return false;
    *out = (struct offramp_view){.request_id = *id,
                                 .owner = record.owner,
                                 .amount = {record.amount},
                                 .currency = str_dup(arena, (struct str){record.currency, record.currency_len}),
                                 .status = record.status,
                                 .escrow = {record.escrow},
                                 .attempts = record.retries,
                                 .created_height = record.created,
                                 .updated_height = record.updated,
                                 .history_count = record.steps_count};
    if (record.reference_len > 0) out->reference = str_dup(arena, (struct str){(const char *)record.reference, record.reference_len});
    out->history = arena_copy(arena, record.steps, (record.steps_count + 1) * sizeof(record.steps[0]));
    return true;
}

uint32_t ledger_offramps(const struct ledger_state *state, const struct address *owner, size_t skip, size_t max, struct arena *arena,
                         struct offramp_view **out)
{
    const struct okey prefix = offramp_owner_key(owner);
    struct ordmap_entry entry;
    uint32_t count = 0;
    *out = arena_array(arena, struct offramp_view, max + 1);
    for (bool more = ordmap_last(&state->objects, okey_view(&prefix), &entry); more && count < max;
         more = ordmap_previous(&state->objects, okey_view(&prefix), entry.key, &entry)) {
        struct hash id;
        if (skip > 0) {
            skip--;
            continue;
        }
        memcpy(&id, entry.key.data + entry.key.len - sizeof(id), sizeof(id));
        if (ledger_offramp(state, &id, arena, &(*out)[count])) count++;
    }
    return count;
}
