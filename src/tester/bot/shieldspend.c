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

struct drawn_ring { /* copies: what notes and shelf hold may move while a prover is asked */
    uint32_t indexes[CLSAG_RING_MAX];
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
    *out = (struct spend_input){.owned = own->owned, .note = shelved(wallet, own)->note, .ring = drawn->indexes, .members = drawn->members,
                                .ring_count = size};
    for (uint32_t j = 0; j < size; j++) {
        const struct shield_note *note = &wallet->shelf->notes.data[own->ring[j]].note;
        drawn->indexes[j] = own->ring[j];
        drawn->members[j] = (struct clsag_member){note->one_time_key, note->commitment};
        if (own->ring[j] == own->index) out->real = j;
    }
    return true;
}

static void truth_note(const struct shieldwallet *wallet, const struct own_note *own, struct spend_truth *out)
{
    out->nullifier = own->image;
    out->real = own->index;
    out->ring_count = own->ring_count;
    out->eligible = eligible_count(wallet);
    memcpy(out->ring, own->ring, sizeof(own->ring[0]) * own->ring_count);
}

struct shield_making {
    struct shieldwallet *wallet;
    struct sign_suite suite;
    struct spend_input inputs[SHIELDED_INPUTS_MAX];
    struct drawn_ring rings[SHIELDED_INPUTS_MAX];
    struct spend_output outputs[2];
    struct seckey fresh;
    const struct seckey *key; /* of the envelope */
    struct tx_spec spec;
    struct spend_plan plan;
    struct spend_making *making;
    bool proven; /* the wallet's own proof is made */
    struct shield_spend spend;
    struct apierror error;
};

static void plan_make(struct shield_making *b, const struct shield_order *order, uint64_t fee)
{
    struct shieldwallet *wallet = b->wallet;
    const bool pool_pays = wallet->habits.pool_pays;
    b->spec = (struct tx_spec){.domain = wallet->terms.domain, .kind = order->kind, .nonce = order->nonce, .fee = AMOUNT(fee), .tip = order->tip,
                               .valid_until = order->valid_until, .timestamp_ms = order->timestamp_ms};
    b->key = order->sender;
    if (b->key == NULL) {
        uint8_t seed[32];
        source_bytes(&wallet->source, seed, sizeof(seed));
        seckey_from_seed(b->suite, seed, &b->fresh);
        crypto_wipe(seed, sizeof(seed));
        b->key = &b->fresh;
        b->spec.nonce = 0;
    }
    const bool leaves = order->kind == KIND_SHIELDED_WITHDRAW;
    b->plan = (struct spend_plan){
        .spec = &b->spec,
        .ref_height = wallet->shelf->ref_height,
        .pool_fee = pool_pays ? amount_add_clamped(b->spec.fee, b->spec.tip) : AMOUNT(0),
        .to = order->withdraw_to,
        .amount = AMOUNT(leaves ? order->amount : 0),
        .inputs = b->inputs,
        .inputs_count = b->spend.inputs_count,
        .outputs = b->outputs,
        .outputs_count = 2,
        .plain = !wallet->habits.masked,
        .constant_tag = !wallet->habits.fresh_receiver,
        .suite = wallet->suite,
    };
}

/* The notes that the order names. */
static bool take_notes(struct shieldwallet *wallet, const struct shield_order *order, struct shield_spend *spend, uint64_t *out_sum, uint64_t *out_fee)
{
    uint64_t sum = 0, needed;
    ASSERT(order->from_count >= 1 && order->from_count <= SHIELDED_INPUTS_MAX);
    for (uint32_t i = 0; i < order->from_count; i++) {
        const struct own_note *own = &wallet->notes.data[order->from[i]];
        if (own->state != OWN_FREE || !u64_add(sum, own->owned.opening.value, &sum)) return false;
        spend->inputs[spend->inputs_count++] = order->from[i];
    }
    *out_sum = sum;
    *out_fee = fee_for(wallet, order->kind, order->from_count);
    const uint64_t paid = wallet->habits.pool_pays ? *out_fee + (uint64_t)order->tip.units : 0;
    return u64_add(order->amount, paid, &needed) && sum >= needed;
}

static enum shield_verdict begin(struct shield_making *b, const struct shield_order *order)
{
    struct shieldwallet *wallet = b->wallet;
    struct shield_spend *spend = &b->spend;
    uint64_t sum = 0, fee = 0;
    if (eligible_count(wallet) < ring_size(wallet)) return SHIELD_RING;
    const bool found = order->from != NULL ? take_notes(wallet, order, spend, &sum, &fee) : choose_notes(wallet, order, spend, &sum, &fee);
    if (!found) return SHIELD_FUNDS;
    for (uint32_t i = 0; i < spend->inputs_count; i++) {
        struct own_note *own = &wallet->notes.data[spend->inputs[i]];
        if (!ring_draw(wallet, own, &b->rings[i], &b->inputs[i])) return SHIELD_RING;
        truth_note(wallet, own, &spend->truth[i]);
    }
    const uint64_t paid = wallet->habits.pool_pays ? fee + (uint64_t)order->tip.units : 0;
    const uint64_t change = sum - order->amount - paid;
    b->outputs[0] = (struct spend_output){wallet->keys.address, change};
    b->outputs[1] = order->kind == KIND_SHIELDED_WITHDRAW ? (struct spend_output){wallet->keys.address, 0} /* two always */
                                                          : (struct spend_output){order->to, order->amount};
    spend->change = change;
    plan_make(b, order, fee);
    b->making = spend_begin(&b->plan, &wallet->source);
    for (uint32_t i = 0; i < spend->inputs_count; i++) wallet->notes.data[spend->inputs[i]].state = OWN_PENDING;
    return SHIELD_OK;
}

static void making_free(struct shield_making *b)
{
    spend_drop(b->making);
    seckey_wipe(&b->fresh);
    crypto_wipe(b, sizeof(*b));
    base_free(b);
}

enum shield_verdict shieldwallet_begin(struct shieldwallet *wallet, const struct shield_order *order, struct sign_suite suite,
                                       struct shield_making **out)
{
    ASSERT(shielded_is_spend((uint16_t)order->kind));
    ASSERT(order->sender != NULL || wallet->habits.pool_pays); /* somebody pays */
    struct shield_making *b = base_alloc(sizeof(*b));
    b->wallet = wallet;
    b->suite = suite;
    const enum shield_verdict verdict = begin(b, order);
    if (verdict == SHIELD_OK) *out = b;
    else making_free(b);
    return verdict;
}

struct spend_statement shieldwallet_statement(const struct shield_making *making) { return spend_statement(making->making); }
uint32_t shieldwallet_inputs(const struct shield_making *making) { return making->spend.inputs_count; }

void shieldwallet_prove(struct shield_making *b)
{
    spend_prove(b->making);
    b->proven = true;
}

enum shield_verdict shieldwallet_finish(struct shield_making *b, struct str proof, struct shield_spend *out)
{
    struct buf payload = {0};
    if (proof.len == 0 && !b->proven) shieldwallet_prove(b);
    else if (proof.len > 0 && !spend_proof_take(b->making, proof)) return SHIELD_PROOF;
    spend_end(b->making, &b->key->pub, &payload);
    b->making = NULL;
    b->spec.payload = buf_str(&payload);
    b->spend.tx = tx_build(&b->spec, b->suite, b->key, &b->error);
    buf_done(&payload);
    if (b->spend.tx == NULL) {
        shieldwallet_drop(b);
        return SHIELD_REFUSED;
    }
    b->wallet->log_spends++;
    *out = b->spend;
    making_free(b);
    return SHIELD_OK;
}

void shieldwallet_drop(struct shield_making *b)
{
    shieldwallet_release(b->wallet, &b->spend);
    making_free(b);
}

enum shield_verdict shieldwallet_spend(struct shieldwallet *wallet, const struct shield_order *order, struct sign_suite suite,
                                       struct shield_spend *out)
{
    struct shield_making *making;
    memset(out, 0, sizeof(*out));
    const enum shield_verdict verdict = shieldwallet_begin(wallet, order, suite, &making);
    return verdict == SHIELD_OK ? shieldwallet_finish(making, (struct str){0}, out) : verdict;
}

void shieldwallet_release(struct shieldwallet *wallet, const struct shield_spend *spend)
{
    for (uint32_t i = 0; i < spend->inputs_count; i++) {
        struct own_note *own = &wallet->notes.data[spend->inputs[i]];
        if (own->state == OWN_PENDING) own->state = OWN_FREE;
    }
}
