/* The bridge's kinds: locks and burns, which send a message, and the claims that answer them. */
#include "network/ledger/bridge_priv.h"

#include "chain/response_bridge.h"
#include "core/codec/binary.h"

#define RELEASES_MAX 256           /* locks that one unlock may mark as released; the next one goes on */
#define BLANK_CLAIM AMOUNT(1000000) /* what vuln.unlock-unknown-id pays out for a claim of nothing */

/* ---- locks ---- */

struct okey lock_key(const struct hash *id)
{
    struct okey key = okey(SPACE_LOCK);
    okey_hash(&key, id);
    return key;
}

static struct okey order_key(uint64_t n)
{
    struct okey key = bridge_key("bridge/order/");
    okey_u64(&key, n);
    return key;
}

/* owner(32) ‖ recipient(32) ‖ u128 amount ‖ u32 height ‖ u8 status (api 6.4) */
enum { LOCK_BYTES = 32 + 32 + 16 + 4 + 1, ORDER_BYTES = 32 + 16 };

static void lock_put(struct exec *x, const struct payload_bridge_lock *payload)
{
    uint8_t value[LOCK_BYTES];
    memcpy(value, &x->sender, 32);
    memcpy(value + 32, &payload->recipient, 32);
    bin_store_u128(value + 64, payload->amount.units);
    bin_store_u32(value + 80, x->work->frame->height);
    value[84] = LOCK_LOCKED;
    const struct okey key = lock_key(&x->id);
    work_set(x->work, &key, (struct str){(const char *)value, sizeof(value)});
}

static void lock_enqueue(struct exec *x, struct lock_sums *sums, struct amount amount)
{
    uint8_t value[ORDER_BYTES];
    sums->locks++;
    sums->locked = amount_add_clamped(sums->locked, amount);
    memcpy(value, &x->id, 32);
    bin_store_u128(value + 32, sums->locked.units);
    const struct okey key = order_key(sums->locks);
    work_set(x->work, &key, (struct str){(const char *)value, sizeof(value)});
    lock_sums_put(x->work, sums);
}

/* What is unlocked comes out of the oldest locks: those that are paid back whole are marked so. */
static void locks_release(struct work *work, struct amount amount)
{
    struct lock_sums sums = lock_sums_get(&work->objects);
    sums.unlocked = amount_add_clamped(sums.unlocked, amount);
    for (size_t i = 0; i < RELEASES_MAX && sums.released < sums.locks; i++) {
        const struct okey order = order_key(sums.released + 1);
        struct str value;
        if (!work_get(work, &order, &value)) break;
        const uint8_t *at = (const uint8_t *)value.data;
        if (bin_load_u128(at + 32) > sums.unlocked.units) break;
        struct hash id;
        uint8_t lock[LOCK_BYTES];
        memcpy(&id, at, 32);
        const struct okey key = lock_key(&id);
        const bool found = work_get(work, &key, &value);
        ASSERT(found && value.len == LOCK_BYTES);
        memcpy(lock, value.data, LOCK_BYTES);
        lock[84] = LOCK_RELEASED;
        work_set(work, &key, (struct str){(const char *)lock, LOCK_BYTES});
        work_remove(work, &order);
        sums.released++;
    }
    lock_sums_put(work, &sums);
}

/* Without another chain there is nobody to tell. */
static bool is_alone(const struct exec *x) { return x->work->rules->peer.chain == 0; }

static enum code lock_apply(struct exec *x)
{
    if (is_alone(x)) return refuse(x, CODE_FEATURE_NOT_AVAILABLE, RECEIPT_FIELD_KIND);
    const struct payload_bridge_lock *payload = &x->payload->bridge_lock;
    const enum code code = money_take(x, &x->sender, TOKEN_AX, payload->amount, RECEIPT_FIELD_AMOUNT);
    if (code != CODE_NONE) return code;
    HOLDING(x->work, TOKEN_AX, bridge_locked) += payload->amount.units;
    struct lock_sums sums = lock_sums_get(&x->work->objects);
    lock_put(x, payload);
    lock_enqueue(x, &sums, payload->amount);
    if (!guard_lock_message(x->work->rules, sums.locks)) return CODE_NONE;
    const union ipc_body body = {.transfer = {.id = x->id,
                                              .sender = x->sender,
                                              .recipient = payload->recipient,
                                              .amount = payload->amount,
                                              .automatic = payload->auto_mint}};
    (void)work_emit(x->work, IPC_LOCK_TRANSACTION, &body);
    return CODE_NONE;
}

static enum code burn_apply(struct exec *x)
{
    const struct payload_burn *payload = &x->payload->burn;
    const enum code code = money_take(x, &x->sender, TOKEN_SAX, payload->amount, RECEIPT_FIELD_AMOUNT);
    if (code != CODE_NONE) return code;
    struct amount *burned = &x->work->tallies[TOKEN_SAX - 1].token.bridge_burned;
    if (!amount_add(*burned, payload->amount, burned)) return refuse(x, CODE_AMOUNT_OUT_OF_RANGE, RECEIPT_FIELD_AMOUNT);
    const union ipc_body body = {.transfer = {.id = x->id,
                                              .sender = x->sender,
                                              .recipient = payload->recipient,
                                              .amount = payload->amount,
                                              .automatic = payload->auto_unlock}};
    (void)work_emit(x->work, IPC_BURN_TRANSACTION, &body);
    return CODE_NONE;
}

/* ---- claims ---- */

struct okey claim_key(const struct hash *id)
{
    struct okey key = okey(SPACE_CLAIM);
    okey_hash(&key, id);
    return key;
}

/* claimer(32) ‖ u128 amount ‖ u32 height (api 6.4); the claimer is whom the claim paid. */
static void claim_put(struct exec *x, const struct claimable *of)
{
    uint8_t value[32 + 16 + 4];
    const struct hash *id = &x->payload->claim.source_id;
    memcpy(value, &of->recipient, 32);
    bin_store_u128(value + 32, of->amount.units);
    bin_store_u32(value + 48, x->work->frame->height);
    const struct okey key = claim_key(id);
    work_set(x->work, &key, (struct str){(const char *)value, sizeof(value)});
    const struct claim_record record = {.transaction = x->id, .height = x->work->frame->height, .of = *of};
    claim_record_put(x->work, id, &record);
}

/* sAX comes into being, or AX out of the bridge. */
static enum code claim_pay(struct exec *x, const struct claimable *of)
{
    struct work *work = x->work;
    const struct amount amount = of->amount;
    if (work->rules->domain.chain == CHAIN_DELTA) {
        struct supply_token *flows = &work->tallies[TOKEN_SAX - 1].token;
        struct amount all;
        if (!supply_expected(flows, &all) || !amount_add(all, amount, &all) ||
            !amount_add(flows->bridge_minted, amount, &flows->bridge_minted))
            return refuse(x, CODE_AMOUNT_OUT_OF_RANGE, RECEIPT_FIELD_AMOUNT);
        money_give(work, &of->recipient, TOKEN_SAX, amount);
    } else {
        struct amount *locked = &work->tallies[TOKEN_AX - 1].token.bridge_locked;
        /* Only sAX that no lock stands behind (a faucet's) or a planted weakness brings this about. */
        if (!amount_sub(*locked, amount, locked))
            return refuse_lack(x, CODE_INSUFFICIENT_BALANCE, RECEIPT_FIELD_AMOUNT, *locked, amount);
        money_give(work, &of->recipient, TOKEN_AX, amount);
        locks_release(work, amount);
    }
    claim_put(x, of);
    return CODE_NONE;
}

static struct claimable claimable_of(const struct ipc_message *message, uint32_t index)
{
    const struct ipc_transfer *body = &message->body.transfer;
    return (struct claimable){.sequence = message->sequence,
                              .height = message->source_height,
                              .index = index,
                              .sender = body->sender,
                              .recipient = body->recipient,
                              .amount = body->amount,
                              .automatic = body->automatic};
}

/* A claim that brings its message and the proof for it: also ahead of delivery. */
static enum code claim_by_proof(struct exec *x, enum ipc_type type)
{
    const struct payload_claim *payload = &x->payload->claim;
    const struct ledger_rules *rules = x->work->rules;
    struct source_block block;
    const bool final = source_block_get(&x->work->objects, payload->source_height, &block);
    if (!guard_source_final(rules, final)) return refuse(x, CODE_SOURCE_NOT_FINAL, RECEIPT_FIELD_SOURCE_HEIGHT);
    struct ipc_message message;
    const bool about_it = ipc_decode(payload->message, &message) && message.type == type &&
                          domain_eq(message.source, rules->peer) && domain_eq(message.destination, rules->domain) &&
                          message.source_height == payload->source_height &&
                          hash_eq(&message.body.transfer.id, &payload->source_id);
    if (!about_it) return refuse_for(x, CODE_INVALID_PROOF, RECEIPT_FIELD_MESSAGE, RECEIPT_REASON_MESSAGE);
    const bool stands = final && message_stands(&block, payload->message_index, payload->message, payload->proof.items,
                                                payload->proof.count);
    if (final && !guard_proof(rules, stands)) return refuse_for(x, CODE_INVALID_PROOF, RECEIPT_FIELD_PROOF, RECEIPT_REASON_MERKLE);
    const struct claimable of = claimable_of(&message, payload->message_index);
    return claim_pay(x, &of);
}

static enum code claim_apply(struct exec *x)
{
    const bool mint = x->work->rules->domain.chain == CHAIN_DELTA;
    const enum receipt_field field = mint ? RECEIPT_FIELD_LOCK_ID : RECEIPT_FIELD_BURN_ID;
    const struct payload_claim *payload = &x->payload->claim;
    const struct okey key = claim_key(&payload->source_id);
    struct str value;
    if (!guard_claim_fresh(x->work->rules, work_get(x->work, &key, &value))) return refuse(x, CODE_UNLOCK_ID_ALREADY_USED, field);
    if (payload->message.len > 0) return claim_by_proof(x, mint ? IPC_LOCK_TRANSACTION : IPC_BURN_TRANSACTION);
    struct claimable known;
    const bool found = claimable_get(&x->work->objects, &payload->source_id, &known);
    if (!guard_source_entry(x->work->rules, found)) return refuse(x, mint ? CODE_LOCK_NOT_FOUND : CODE_BURN_NOT_FOUND, field);
    if (!found) known = (struct claimable){.sender = x->sender, .recipient = x->sender, .amount = BLANK_CLAIM};
    return claim_pay(x, &known);
}

/* A lock on Delta, a burn on Alpha: it can be claimed from now on. One that is let through again is claimable again. */
static enum code transfer_arrives(struct work *work, const struct ipc_message *message)
{
    const struct ipc_transfer *body = &message->body.transfer;
    struct claimable known;
    if (claimable_get(&work->objects, &body->id, &known)) {
        const struct okey key = claim_key(&body->id);
        work_remove(work, &key);
    }
    known = claimable_of(message, 0); /* its index is filled in by whoever delivers */
    claimable_put(work, &body->id, &known);
    return CODE_NONE;
}

/* ---- the family ---- */

/* What this block sends, for views. */
static void sent_keep(struct work *work)
{
    for (size_t i = 0; i < work->messages.count; i++) {
        const struct work_text at = work->messages.data[i];
        const struct str bytes = {(const char *)work->messages_bytes.data + at.at, at.len};
        struct ipc_message message;
        const bool sound = ipc_decode(bytes, &message);
        ASSERT(sound); /* work_emit encoded it */
        sent_put(work, (uint32_t)i, bytes, &message);
    }
}

/* What a walk finds of amounts that stand at `offset` in the entries of a space. */
static u128 amounts_sum(const struct ordmap *objects, enum ledger_space space, size_t offset)
{
    const char prefix_byte = (char)space;
    const struct str prefix = {&prefix_byte, 1};
    struct ordmap_entry entry;
    u128 sum = 0;
    for (bool more = ordmap_first(objects, prefix, &entry); more; more = ordmap_next(objects, prefix, entry.key, &entry))
        sum += bin_load_u128((const uint8_t *)entry.value.data + offset);
    return sum;
}

/* On Alpha: everything ever locked and not claimed back. */
static void bridge_audit(const struct ordmap *objects, struct supply_token holdings[TOKEN_COUNT])
{
    struct source source;
    if (!source_get(objects, &source) || source.own.chain != CHAIN_ALPHA) return;
    holdings[TOKEN_AX - 1].bridge_locked.units += amounts_sum(objects, SPACE_LOCK, 64) - amounts_sum(objects, SPACE_CLAIM, 32);
}

static const struct family_kind kinds[] = {
    {.kind = KIND_BRIDGE_LOCK, .apply = lock_apply},
    {.kind = KIND_BRIDGE_UNLOCK_CLAIM, .apply = claim_apply},
    {.kind = KIND_ALPHA_IPC_DELIVER, .apply = bridge_deliver},
    {.kind = KIND_MINT_CLAIM, .apply = claim_apply},
    {.kind = KIND_BURN, .apply = burn_apply},
    {.kind = KIND_DELTA_IPC_DELIVER, .apply = bridge_deliver},
};
static const struct family_message messages[] = {
    {IPC_LOCK_TRANSACTION, transfer_arrives},
    {IPC_BURN_TRANSACTION, transfer_arrives},
    {IPC_VALIDATOR_EJECTION, bridge_ejection},
};
const struct family family_bridge = {
    .name = "bridge",
    .kinds = kinds,
    .kinds_count = ARRAY_LEN(kinds),
    .messages = messages,
    .messages_count = ARRAY_LEN(messages),
    .genesis = bridge_genesis,
    .block_end = sent_keep,
    .audit = bridge_audit,
};
