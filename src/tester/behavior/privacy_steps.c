/* The legitimate behaviours of the shielded pool (PT-L-030 to 032), and what each may cost; mixing is in privacy_mix.c. */
#include "tester/behavior/privacy_priv.h"
#include "tester/bot/ask.h"
#include "world/fiber/chan.h"

#define SERVE_FOR duration_s(20)
#define SERVE_QUEUE 64
#define BATCH_AMOUNT 1000
#define BATCH_MAX SHIELD_DEPOSITS_MAX

/* Ready, with the ring size that this execution asks for. */
static bool begin_ring(struct act *act, struct op *op)
{
    if (!shield_ready(act, op)) return false;
    privacy_wallet(act)->terms.ring_size = (uint32_t)MIN(MAX(act_u64(act, "ring_size"), 1), CLSAG_RING_MAX);
    return true;
}

/* ---- privacy.shielded_transfer ---- */

void privacy_shielded_transfer(struct act *act, struct op *op)
{
    const struct privacy_payment payment = {act_partner(act), privacy_u64(act, "amount")};
    if (!begin_ring(act, op)) return;
    const struct shield_order order = privacy_pay_order(payment.to, payment.amount);
    struct shield_sending *sending = shield_sending_new();
    (void)privacy_pay(act, &order, &payment, sending, op); /* op tells */
    shield_sending_free(sending);
    privacy_tell_id(act, op);
}

/* ---- privacy.generate_proof ---- */

struct holding_proof {
    const struct shieldwallet *wallet;
    const struct shield_sending *sending;
    bool holds;
};

/* The proofs as a verifier would look at them, from the transaction's bytes. */
static void holds_deep(void *arg)
{
    struct holding_proof *h = arg;
    const struct tx *tx = h->sending->spend.tx;
    struct arena arena;
    union payload payload;
    arena_init(&arena, 0);
    payload_of_tx(tx, &arena, &payload);
    const struct payload_shielded_spend *spend = &payload.shielded_spend;
    const struct hash message = shielded_message(tx, spend);
    struct point commitments[SHIELDED_OUTPUTS_MAX];
    for (uint32_t i = 0; i < spend->outputs.count; i++) commitments[i] = *shielded_point(&spend->outputs.items[i].commitment);
    const struct rangeproof_check check = {commitments, spend->outputs.count, spend->range_proof};
    h->holds = suite_range_verify(h->wallet->suite, &check);
    struct clsag_member *members = arena_array(&arena, struct clsag_member, CLSAG_RING_MAX);
    for (uint32_t i = 0; i < spend->inputs.count && h->holds; i++) {
        const struct wire_input *input = &spend->inputs.items[i];
        for (uint32_t j = 0; j < input->ring.count; j++) {
            const struct shield_note *note = &h->wallet->shelf->notes.data[input->ring.items[j]].note;
            members[j] = (struct clsag_member){note->one_time_key, note->commitment};
        }
        const struct clsag_statement statement = {members, input->ring.count, *shielded_point(&input->pseudo), *shielded_point(&input->key_image), message};
        h->holds = suite_ring_verify(h->wallet->suite, &statement, spend->signatures.items[i]);
    }
    arena_done(&arena);
}

/* A prover serves for a while; only when nobody asks it proves for itself. True: it has served. */
static bool served_others(struct act *act, struct op *op)
{
    if (op->sent.ns == 0) op->sent = env_now(act->crew->env); /* it may never send: listening and proving is what it began */
    if (!act->bot->proves_for_others) return false;
    struct bus_subscription *service = serve_open(act, SHIELD_PROVE_TOPIC, SERVE_QUEUE);
    const struct instant until = act_deadline(act, SERVE_FOR);
    bool any = false;
    while (service != NULL && !act_is_closing(act) && instant_before(env_now(act->crew->env), until)) any = shield_serve(act, service, until, op) || any;
    if (service != NULL) bus_unsubscribe(service);
    return any;
}

void privacy_generate_proof(struct act *act, struct op *op)
{
    const struct privacy_payment payment = {act_partner(act), privacy_u64(act, "amount")};
    if (!begin_ring(act, op) || served_others(act, op)) return;
    const struct shield_order order = privacy_pay_order(payment.to, payment.amount);
    struct shield_sending *sending = shield_sending_new();
    if (privacy_make(act, &order, sending, op)) {
        struct holding_proof held = {.wallet = privacy_wallet(act), .sending = sending};
        fiber_call_deep(holds_deep, &held);
        op->proofs.good += act_claim(act, "the proof holds", held.holds, "a verifier would refuse it");
        shield_unsend(act, sending);
    }
    shield_sending_free(sending);
}

/* ---- privacy.batch_prove ---- */

struct batch {
    struct act *act;
    struct bot *partner;
    struct gate made, sent;
    uint32_t at; /* of the next part to take its place */
    struct batch_part {
        struct shield_sending *sending;
        struct op op;
        uint32_t note;
        bool ok;
    } parts[BATCH_MAX];
};

static void part_run(void *arg)
{
    struct batch *batch = arg;
    struct batch_part *part = &batch->parts[batch->at++];
    struct act act = *batch->act;
    act.op = &part->op;
    struct shield_order order = privacy_pay_order(batch->partner, BATCH_AMOUNT);
    order.from = &part->note;
    order.from_count = 1;
    part->ok = shield_make(&act, &order, part->sending, NULL, &part->op);
    gate_leave(act.crew->env, &batch->made);
    const struct privacy_payment payment = {batch->partner, BATCH_AMOUNT};
    part->ok = part->ok && shield_send(&act, part->sending, &part->op);
    if (part->ok) privacy_check(&act, part->sending, &payment, &part->op);
    gate_leave(act.crew->env, &batch->sent);
}

/* Positions of free notes that pay for themselves; deposits what is missing. */
static bool notes_pick(struct act *act, uint32_t k, struct batch *batch, struct op *op)
{
    struct shieldwallet *wallet = privacy_wallet(act);
    for (uint32_t tries = 0;; tries++) {
        uint32_t found = 0;
        for (size_t i = 0; i < wallet->notes.count && found < k; i++)
            if (wallet->notes.data[i].state == OWN_FREE && wallet->notes.data[i].owned.opening.value >= BATCH_AMOUNT + PRIVACY_RESERVE / 2) batch->parts[found++].note = (uint32_t)i;
        if (found == k) return true;
        if (tries > 0) return privacy_skip(op, "fewer notes than proofs to make");
        uint64_t amounts[BATCH_MAX];
        const uint64_t each = wallet->habits.denominations ? privacy_denomination(&wallet->terms, PRIVACY_RESERVE) : PRIVACY_RESERVE + 7;
        for (uint32_t i = 0; i < k - found; i++) amounts[i] = each;
        if (!shield_deposit(act, amounts, k - found, op)) return false;
    }
}

static void batch_merge(struct op *op, const struct op *part)
{
    if (op->sent.ns == 0 || (part->sent.ns != 0 && instant_before(part->sent, op->sent))) op->sent = part->sent;
    if (instant_before(op->admitted, part->admitted)) op->admitted = part->admitted;
    if (instant_before(op->included, part->included)) op->included = part->included;
    if (instant_before(op->finalized, part->finalized)) op->finalized = part->finalized;
    op->tx_id = part->tx_id;
    op->transactions += part->transactions;
    op->proofs.made += part->proofs.made;
    op->proofs.good += part->proofs.good;
    op->proofs.ring_min = op->proofs.ring_min == 0 ? part->proofs.ring_min : part->proofs.ring_min == 0 ? op->proofs.ring_min : MIN(op->proofs.ring_min, part->proofs.ring_min);
    op->proofs.made_in_max.ns = MAX(op->proofs.made_in_max.ns, part->proofs.made_in_max.ns);
    op->proofs.checked_in_max.ns = MAX(op->proofs.checked_in_max.ns, part->proofs.checked_in_max.ns);
    for (size_t i = 0; i < FEAT_COUNT; i++) op->feats[i] = (uint16_t)(op->feats[i] + part->feats[i]);
    if (op->status != OP_DONE || part->status == OP_DONE) return;
    op->status = part->status;
    op->code = part->code;
    memcpy(op->note, part->note, sizeof(op->note));
}

/* All final, with as many key images; and, where nothing else was proved meanwhile, as fast as the machine's cores allow, less a third. */
static void batch_claims(struct act *act, const struct batch *batch, uint32_t k, struct duration took, bool alone)
{
    uint32_t final = 0, images = 0;
    for (uint32_t i = 0; i < k; i++) {
        final += batch->parts[i].ok;
        bool again = false;
        for (uint32_t j = 0; j < i; j++)
            again = again || hash_eq(&batch->parts[i].sending->spend.truth[0].nullifier, &batch->parts[j].sending->spend.truth[0].nullifier);
        images += batch->parts[i].ok && !again;
    }
    (void)act_claim(act, "all of the batch are final", final == k, "%u of %u", final, k);
    (void)act_claim(act, "as many key images as proofs", images == k, "%u of %u", images, k);
    const uint64_t single = prove_time(act->crew->prove, 1, privacy_wallet(act)->terms.ring_size, 2).ns, cores = MIN(k, SHIELDBOT_CORES);
    if (single == 0 || !alone) return; /* in real time all share one thread with everybody else */
    (void)act_claim(act, "proving keeps the cores busy", 10 * k * single >= 7 * cores * took.ns, "%u in %llu ms", k, (unsigned long long)(took.ns / NS_PER_MS));
}

void privacy_batch_prove(struct act *act, struct op *op)
{
    struct env *env = act->crew->env;
    const uint32_t k = (uint32_t)MIN(MAX(act_u64(act, "k"), 1), BATCH_MAX);
    if (!shield_ready(act, op) || served_others(act, op)) return;
    struct batch *batch = base_alloc(sizeof(*batch));
    batch->act = act;
    batch->partner = act_partner(act);
    if (notes_pick(act, k, batch, op)) {
        const struct instant from = env_now(env);
        const uint64_t before = shieldbot_of(act->bot)->proved - shieldbot_of(act->bot)->proving; /* what is still proved is another's */
        for (uint32_t i = 0; i < k; i++) {
            batch->parts[i].op = (struct op){.intended = op->intended, .marked = from, .bot = op->bot, .track = op->track};
            batch->parts[i].sending = shield_sending_new();
            gate_enter(&batch->made);
            gate_enter(&batch->sent);
            (void)fiber_spawn(env, part_run, batch);
        }
        (void)gate_wait(env, &batch->made, INSTANT_NEVER); /* each leaves, however it goes */
        const struct duration took = instant_since(env_now(env), from);
        bool alone = shieldbot_of(act->bot)->proved <= before + k;
        for (uint32_t i = 0; i < k; i++) alone = alone && !batch->parts[i].sending->by_prover;
        (void)gate_wait(env, &batch->sent, INSTANT_NEVER);
        for (uint32_t i = 0; i < k; i++) batch_merge(op, &batch->parts[i].op);
        if (op->status == OP_DONE || op->status == OP_REFUSED || op->status == OP_POSTCONDITION) batch_claims(act, batch, k, took, alone);
        for (uint32_t i = 0; i < k; i++) shield_sending_free(batch->parts[i].sending);
    }
    base_free(batch);
    privacy_tell_id(act, op);
}

/* ---- privacy.address_recycle ---- */

static void own_notes_claim(struct act *act)
{
    const struct shieldwallet *wallet = privacy_wallet(act);
    uint32_t broken = 0, twice = 0;
    for (size_t i = wallet->notes.count > 32 ? wallet->notes.count - 32 : 0; i < wallet->notes.count; i++) {
        const struct own_note *own = &wallet->notes.data[i];
        const struct shield_note *note = &wallet->shelf->notes.data[own->index].note;
        const struct point key = point_mul_base(&own->owned.secret), value = shield_commit(own->owned.opening.value, &own->owned.opening.blinding);
        broken += !point_eq(&key, &note->one_time_key) || !point_eq(&value, &note->commitment);
        for (size_t j = 0; j < wallet->shelf->notes.count; j++)
            twice += j != own->index && point_eq(&wallet->shelf->notes.data[j].note.one_time_key, &note->one_time_key);
    }
    (void)act_claim(act, "all notes are spendable", broken == 0, "%u are not", broken);
    (void)act_claim(act, "no key appears twice", twice == 0, "%u do", twice);
}

void privacy_address_recycle(struct act *act, struct op *op)
{
    const uint32_t receipts = (uint32_t)MIN(MAX(act_u64(act, "transfers_per_address"), 1), 64);
    if (!shield_ready(act, op)) return;
    struct shieldwallet *wallet = privacy_wallet(act);
    const uint64_t amount = privacy_denomination(&wallet->terms, 1);
    const struct privacy_payment itself = {act->bot, amount};
    for (uint32_t i = 0; i < receipts; i++) {
        struct shield_sending *sending = shield_sending_new();
        const struct shield_order order = privacy_pay_order(act->bot, amount);
        const bool paid = privacy_pay(act, &order, &itself, sending, op) && shield_scan_to(act, sending->landing.height, op);
        shield_sending_free(sending);
        if (!paid) return;
    }
    own_notes_claim(act);
    struct shield_sending *sending = shield_sending_new();
    struct shield_order order = {.amount = wallet->habits.denominations ? amount : amount - 1 - source_below(&wallet->source, 999)};
    (void)privacy_leave(act, &order, sending, op); /* op tells */
    shield_sending_free(sending);
    privacy_tell_id(act, op);
}

/* ---- what does not come back to bots of the scenario: fees, and what is withdrawn to addresses that nobody spends from ---- */

#define FEES_A_SPEND 5000 /* its own, and that of a deposit before it */

u128 privacy_spend_max(const struct act *plan)
{
    (void)plan;
    return FEES_A_SPEND;
}
u128 privacy_batch_spend_max(const struct act *plan) { return (u128)FEES_A_SPEND * MIN(act_u64(plan, "k"), BATCH_MAX); }
u128 privacy_recycle_spend_max(const struct act *plan) { return PRIVACY_RESERVE + (u128)FEES_A_SPEND * (1 + MIN(act_u64(plan, "transfers_per_address"), 64)); }
u128 privacy_mix_spend_max(const struct act *plan)
{
    return act_amount(plan, "denomination") + (u128)FEES_A_SPEND * (4 + MIN(act_u64(plan, "rounds"), PRIVACY_MIX_ROUNDS_MAX));
}
