/* Building a spend: which own notes, which rings, who pays. */
#include "core/crypto/wipe.h"
#include "tester/bot/shieldwallet.h"

/* Notes at or below the height that rings are read at. */
static uint32_t eligible_count(const struct shieldwallet *wallet) { return (uint32_t)wallet->shelf->notes.count; }

static const struct shelf_note *shelved(const struct shieldwallet *wallet, const struct own_note *own)
{
    return &wallet->shelf->notes.data[own->index];
}

/* Notes of one transaction are not spent together: whoever sees both rings holding them would guess. */
static bool may_join(const struct shieldwallet *wallet, const struct shield_spend *spend, const struct own_note *own)
{
    for (uint32_t i = 0; i < spend->inputs_count; i++) {
        const struct own_note *other = &wallet->notes.data[spend->inputs[i]];
        if (other == own) return false;
        if (hash_eq(&shelved(wallet, other)->transaction_id, &shelved(wallet, own)->transaction_id)) return false;
    }
    return true;
}

static uint64_t distance(const struct shieldwallet *wallet, const struct own_note *own, uint32_t rank)
{
    const uint32_t count = eligible_count(wallet), mine = count - 1 - own->index;
    switch (wallet->habits.spend) {
    case SPEND_NEWEST: return mine;
    case SPEND_OLDEST: return own->index;
    case SPEND_LIKELY: break; /* nearest to the rank drawn; the lower rank on a tie */
    }
    return mine > rank ? 2 * (uint64_t)(mine - rank) + 1 : 2 * (uint64_t)(rank - mine);
}

/* The free note to add: one that is enough by itself before one that is not. */
static bool choose_next(struct shieldwallet *wallet, struct shield_spend *spend, uint64_t needed, uint64_t *out_value)
{
    const uint32_t rank = decoy_rank(&wallet->source, eligible_count(wallet));
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < wallet->notes.count; i++) {
        const struct own_note *own = &wallet->notes.data[i];
        if (own->state != OWN_FREE || own->owned.opening.value == 0 || !may_join(wallet, spend, own)) continue;
        if (best == SIZE_MAX) {
            best = i;
            continue;
        }
        const struct own_note *so_far = &wallet->notes.data[best];
        const bool enough = own->owned.opening.value >= needed, had = so_far->owned.opening.value >= needed;
        if (enough != had ? enough : distance(wallet, own, rank) < distance(wallet, so_far, rank)) best = i;
    }
    if (best == SIZE_MAX) return false;
    spend->inputs[spend->inputs_count++] = (uint32_t)best;
    *out_value = wallet->notes.data[best].owned.opening.value;
    return true;
}

static uint32_t ring_size(const struct shieldwallet *wallet) { return wallet->habits.whole_rings ? wallet->terms.ring_size : 1; }

static uint64_t fee_for(const struct shieldwallet *wallet, enum kind kind, uint32_t inputs)
{
    const size_t bytes = spend_bytes(kind, inputs, ring_size(wallet), 2);
    const u128 fee = wallet->terms.fee_base.units + wallet->terms.fee_per_byte.units * bytes;
    return fee > UINT64_MAX / 4 ? UINT64_MAX / 4 : (uint64_t)fee;
}

/* Notes that make up amount and, when the pool pays, what it pays. */
static bool choose_notes(struct shieldwallet *wallet, const struct shield_order *order, struct shield_spend *spend, uint64_t *out_sum,
                         uint64_t *out_fee)
{
    uint64_t sum = 0;
    while (spend->inputs_count < SHIELDED_INPUTS_MAX) {
        *out_fee = fee_for(wallet, order->kind, spend->inputs_count + 1);
        const uint64_t paid = wallet->habits.pool_pays ? *out_fee + (uint64_t)order->tip.units : 0;
        uint64_t needed, value;
        if (!u64_add(order->amount, paid, &needed) || !choose_next(wallet, spend, needed - MIN(sum, needed), &value)) return false;
        if (!u64_add(sum, value, &sum)) return false;
        *out_sum = sum;
        if (sum >= needed) return true;
    }
    return false;
}

struct drawn_ring {
    struct clsag_member members[CLSAG_RING_MAX];
};

/* The ring of a note: the one it had before, so that two spends of it cannot be intersected, or a new one. */
static bool ring_draw(struct shieldwallet *wallet, struct own_note *own, struct drawn_ring *drawn, struct spend_input *out)
{
    const uint32_t size = ring_size(wallet);
    if (own->ring_count != size) {
        if (!decoy_draw(&wallet->source, wallet->habits.decoys, eligible_count(wallet), own->index, size, own->ring)) return false;
        own->ring_count = size;
    }
    *out = (struct spend_input){.owned = own->owned, .note = shelved(wallet, own)->note, .ring = own->ring, .members = drawn->members,
                                .ring_count = size};
    for (uint32_t j = 0; j < size; j++) {
        const struct shield_note *note = &wallet->shelf->notes.data[own->ring[j]].note;
        drawn->members[j] = (struct clsag_member){note->one_time_key, note->commitment};
        if (own->ring[j] == own->index) out->real = j;
    }
    return true;
}

static void truth_note(const struct own_note *own, struct spend_truth *out)
{
    out->nullifier = own->image;
    out->real = own->index;
    out->ring_count = own->ring_count;
    memcpy(out->ring, own->ring, sizeof(own->ring[0]) * own->ring_count);
}

struct building {
    struct spend_input inputs[SHIELDED_INPUTS_MAX];
    struct drawn_ring rings[SHIELDED_INPUTS_MAX];
    struct spend_output outputs[2];
    struct seckey fresh;
    struct apierror error;
};

static struct tx *sign(struct shieldwallet *wallet, const struct shield_order *order, struct sign_suite suite, struct building *b,
                       const struct shield_spend *spend, uint64_t fee)
{
    const bool pool_pays = wallet->habits.pool_pays;
    struct tx_spec spec = {.domain = wallet->terms.domain, .kind = order->kind, .nonce = order->nonce, .fee = AMOUNT(fee), .tip = order->tip,
                           .valid_until = order->valid_until, .timestamp_ms = order->timestamp_ms};
    const struct seckey *key = order->sender;
    if (key == NULL) {
        uint8_t seed[32];
        source_bytes(&wallet->source, seed, sizeof(seed));
        seckey_from_seed(suite, seed, &b->fresh);
        crypto_wipe(seed, sizeof(seed));
        key = &b->fresh;
        spec.nonce = 0;
    }
    const bool leaves = order->kind == KIND_SHIELDED_WITHDRAW;
    const struct spend_plan plan = {
        .spec = &spec,
        .ref_height = wallet->shelf->ref_height,
        .pool_fee = pool_pays ? amount_add_clamped(spec.fee, spec.tip) : AMOUNT(0),
        .to = order->withdraw_to,
        .amount = AMOUNT(leaves ? order->amount : 0),
        .inputs = b->inputs,
        .inputs_count = spend->inputs_count,
        .outputs = b->outputs,
        .outputs_count = 2,
        .plain = !wallet->habits.masked,
        .constant_tag = !wallet->habits.fresh_receiver,
        .suite = wallet->suite,
    };
    struct buf payload = {0};
    spend_build(&plan, &key->pub, &wallet->source, &payload);
    spec.payload = buf_str(&payload);
    struct tx *tx = tx_build(&spec, suite, key, &b->error);
    buf_done(&payload);
    return tx;
}

static enum shield_verdict build(struct shieldwallet *wallet, const struct shield_order *order, struct sign_suite suite, struct building *b,
                                 struct shield_spend *spend)
{
    uint64_t sum = 0, fee = 0;
    if (eligible_count(wallet) < ring_size(wallet)) return SHIELD_RING;
    if (!choose_notes(wallet, order, spend, &sum, &fee)) return SHIELD_FUNDS;
    for (uint32_t i = 0; i < spend->inputs_count; i++) {
        struct own_note *own = &wallet->notes.data[spend->inputs[i]];
        if (!ring_draw(wallet, own, &b->rings[i], &b->inputs[i])) return SHIELD_RING;
        truth_note(own, &spend->truth[i]);
    }
    const uint64_t paid = wallet->habits.pool_pays ? fee + (uint64_t)order->tip.units : 0;
    const uint64_t change = sum - order->amount - paid;
    b->outputs[0] = (struct spend_output){wallet->keys.address, change};
    b->outputs[1] = order->kind == KIND_SHIELDED_WITHDRAW ? (struct spend_output){wallet->keys.address, 0} /* two always */
                                                          : (struct spend_output){order->to, order->amount};
    spend->tx = sign(wallet, order, suite, b, spend, fee);
    if (spend->tx == NULL) return SHIELD_REFUSED;
    for (uint32_t i = 0; i < spend->inputs_count; i++) wallet->notes.data[spend->inputs[i]].state = OWN_PENDING;
    wallet->log_spends++;
    return SHIELD_OK;
}

enum shield_verdict shieldwallet_spend(struct shieldwallet *wallet, const struct shield_order *order, struct sign_suite suite,
                                       struct shield_spend *out)
{
    ASSERT(shielded_is_spend((uint16_t)order->kind));
    ASSERT(order->sender != NULL || wallet->habits.pool_pays); /* somebody pays */
    struct building *b = base_alloc(sizeof(*b));
    memset(out, 0, sizeof(*out));
    const enum shield_verdict verdict = build(wallet, order, suite, b, out);
    seckey_wipe(&b->fresh);
    crypto_wipe(b, sizeof(*b));
    base_free(b);
    return verdict;
}

void shieldwallet_release(struct shieldwallet *wallet, const struct shield_spend *spend)
{
    for (uint32_t i = 0; i < spend->inputs_count; i++) {
        struct own_note *own = &wallet->notes.data[spend->inputs[i]];
        if (own->state == OWN_PENDING) own->state = OWN_FREE;
    }
}
