/* The books of the bridge: what both chains' states say together of what is locked, minted, burned and under way. For audits. */
#include "core/codec/binary.h"
#include "network/ledger/bridge_priv.h"
#include "network/ledger/bridge_view.h"

/* What a claim of this id paid on a chain; false: it has not been claimed there. */
static bool claim_amount(const struct ledger_state *state, const struct hash *id, u128 *out)
{
    const struct okey key = claim_key(id);
    struct str value;
    if (!ordmap_get(ledger_objects(state), okey_view(&key), &value)) return false;
    *out = bin_load_u128((const uint8_t *)value.data + 32);
    return true;
}

static struct hash entry_id(const struct ordmap_entry *entry)
{
    struct hash id;
    memcpy(&id, entry->key.data + 1, sizeof(id));
    return id;
}

/* Every lock of Alpha: claimed on Delta, or in flight. */
static void books_locks(const struct ledger_state *alpha, const struct ledger_state *delta, struct bridge_books *out, u128 *claimed)
{
    static const char prefix[] = {SPACE_LOCK};
    const struct str locks = {prefix, 1};
    struct ordmap_entry entry;
    const struct ordmap *objects = ledger_objects(alpha);
    for (bool more = ordmap_first(objects, locks, &entry); more; more = ordmap_next(objects, locks, entry.key, &entry)) {
        const struct hash id = entry_id(&entry);
        const u128 amount = bin_load_u128((const uint8_t *)entry.value.data + 64);
        u128 paid;
        uint64_t sequence;
        if (!sent_sequence(objects, 't', &id, &sequence)) out->silent++;
        if (!claim_amount(delta, &id, &paid)) {
            out->in_flight_lock.units += amount;
            continue;
        }
        *claimed += paid;
        out->unmatched += paid != amount;
    }
}

/* Every burn of Delta that is kept: claimed on Alpha, or in flight. */
static void books_burns(const struct ledger_state *alpha, const struct ledger_state *delta, struct bridge_books *out, u128 *claimed)
{
    struct bridge_sent sent;
    struct ipc_message message;
    for (uint64_t at = 1; bridge_sent_at(delta, at, &sent); at = sent.sequence + 1) {
        if (!ipc_decode(sent.bytes, &message) || message.type != IPC_BURN_TRANSACTION) continue;
        const struct ipc_transfer *body = &message.body.transfer;
        u128 paid;
        if (!claim_amount(alpha, &body->id, &paid)) {
            out->in_flight_burn.units += body->amount.units;
            continue;
        }
        *claimed += paid;
        out->unmatched += paid != body->amount.units;
    }
}

static struct supply_token token_of_supply(const struct ledger_state *state, enum token token)
{
    struct supply *supply = base_alloc(sizeof(*supply));
    struct supply_token found = {.token = token};
    ledger_supply(state, supply);
    for (uint32_t i = 0; i < supply->tokens_count; i++)
        if (supply->tokens[i].token == token) found = supply->tokens[i];
    base_free(supply);
    return found;
}

static u128 claims_sum(const struct ledger_state *state)
{
    static const char prefix[] = {SPACE_CLAIM};
    const struct str claims = {prefix, 1};
    struct ordmap_entry entry;
    u128 sum = 0;
    const struct ordmap *objects = ledger_objects(state);
    for (bool more = ordmap_first(objects, claims, &entry); more; more = ordmap_next(objects, claims, entry.key, &entry))
        sum += bin_load_u128((const uint8_t *)entry.value.data + 32);
    return sum;
}

void bridge_books(const struct ledger_state *alpha, const struct ledger_state *delta, struct bridge_books *out)
{
    u128 minted_known = 0, unlocked_known = 0;
    memset(out, 0, sizeof(*out));
    books_locks(alpha, delta, out, &minted_known);
    books_burns(alpha, delta, out, &unlocked_known);
    const struct supply_token ax = token_of_supply(alpha, TOKEN_AX), sax = token_of_supply(delta, TOKEN_SAX);
    out->locked.units = ax.bridge_locked.units + (claims_sum(alpha) - unlocked_known);
    out->minted.units = sax.bridge_minted.units - (claims_sum(delta) - minted_known);
    out->burned = sax.bridge_burned;
}
