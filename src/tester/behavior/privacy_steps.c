/* The legitimate behaviours of the shielded pool (PT-L-030 to 033). A wallet that lacks notes deposits first, in standard denominations. */
#include "tester/behavior/privacy_priv.h"
#include "tester/bot/ask.h"
#include "tester/bot/tide.h"
#include "world/fiber/chan.h"

#define RESERVE 10000 /* in the wallet beside what is paid: the fees of some spends */
#define SERVE_FOR duration_s(20)
#define SERVE_QUEUE 64
#define BATCH_AMOUNT 1000
#define BATCH_MAX SHIELD_DEPOSITS_MAX
#define MIX_ROUNDS_MAX 16
#define DELAY_BLOCKS_MIN 2

static struct shieldwallet *wallet_of(const struct act *act) { return &shieldbot_of(act->bot)->wallet; }

static bool skip(struct op *op, const char *note)
{
    if (op->status == OP_DONE) {
        op->status = OP_SKIPPED;
        op_note(op, note);
    }
    return false;
}

/* Ready, with the ring size that this execution asks for. */
static bool begin_ring(struct act *act, struct op *op)
{
    if (!shield_ready(act, op)) return false;
    wallet_of(act)->terms.ring_size = (uint32_t)MIN(MAX(act_u64(act, "ring_size"), 1), CLSAG_RING_MAX);
    return true;
}

/* ---- funds ---- */

static uint64_t denomination_above(const struct shield_terms *terms, uint64_t wanted)
{
    for (uint32_t i = 0; i < terms->denominations_count; i++)
        if (terms->denominations[i] >= wanted) return terms->denominations[i];
    return terms->denominations_count > 0 ? terms->denominations[terms->denominations_count - 1] : wanted;
}

/* What to deposit so that `amount` can be spent some times: one denomination, of ten times that where the purse holds it, else as few
 * as make it up. 0: the purse does not hold enough. */
static uint32_t deposits_for(struct act *act, uint64_t amount, uint64_t out[SHIELDED_INPUTS_MAX])
{
    const struct shieldwallet *wallet = wallet_of(act);
    const struct amount purse = wallet_available(&act->bot->wallet, TOKEN_AX);
    const uint64_t has = purse.units > UINT64_MAX / 2 ? UINT64_MAX / 2 : (uint64_t)purse.units, fee = (uint64_t)crew_fee(act->crew, CHAIN_ALPHA, DEPOSIT_BYTES).units;
    const uint64_t often = wallet->habits.denominations ? denomination_above(&wallet->terms, 10 * amount) : 10 * amount + 7;
    if (has >= often + fee) return out[0] = often, 1;
    uint64_t missing = amount + RESERVE, left = has;
    uint32_t count = 0;
    while (missing > 0 && count < SHIELDED_INPUTS_MAX) {
        uint64_t part = shieldwallet_amount(wallet, missing);
        if (part == 0 || (count == SHIELDED_INPUTS_MAX - 1 && part < missing)) part = denomination_above(&wallet->terms, missing);
        if (left < part + fee) return 0;
        left -= part + fee;
        out[count++] = part;
        missing -= MIN(missing, part);
    }
    return missing == 0 ? count : 0;
}

/* Makes the spend; a wallet that lacks notes deposits once and tries again. */
static bool make(struct act *act, const struct shield_order *order, struct shield_sending *sending, struct op *op)
{
    bool may_lack = true;
    uint64_t amounts[SHIELDED_INPUTS_MAX];
    if (shield_make(act, order, sending, &may_lack, op)) return true;
    if (may_lack) return false;
    const uint32_t count = deposits_for(act, order->amount, amounts);
    if (count == 0) return skip(op, "the wallet cannot afford the deposit");
    return shield_deposit(act, amounts, count, op) && shield_make(act, order, sending, NULL, op);
}

static struct shield_order pay_order(struct bot *to, uint64_t amount)
{
    return (struct shield_order){.kind = KIND_SHIELDED_TRANSFER, .to = shieldbot_of(to)->wallet.keys.address, .amount = amount};
}

static uint64_t u64_amount(const struct act *act, const char *param)
{
    const u128 amount = act_amount(act, param);
    return amount > UINT64_MAX / 16 ? UINT64_MAX / 16 : (uint64_t)amount;
}

/* Made, sent, final, and held against PT-L-030. False: op says. */
static bool pay(struct act *act, const struct shield_order *order, const struct privacy_payment *payment, struct shield_sending *sending, struct op *op)
{
    if (!make(act, order, sending, op) || !shield_send(act, sending, op)) return false;
    privacy_check(act, sending, payment, op);
    return op->status == OP_DONE;
}

static void tell_id(struct act *act, const struct op *op)
{
    if (act->output == NULL || hash_is_zero(&op->tx_id)) return;
    char hex[64];
    str_hex(op->tx_id.b, sizeof(op->tx_id.b), hex);
    act_output(act, STR("tx_id"), (struct str){hex, sizeof(hex)});
}

/* ---- privacy.shielded_transfer ---- */

void privacy_shielded_transfer(struct act *act, struct op *op)
{
    const struct privacy_payment payment = {act_partner(act), u64_amount(act, "amount")};
    if (!begin_ring(act, op)) return;
    const struct shield_order order = pay_order(payment.to, payment.amount);
    struct shield_sending *sending = shield_sending_new();
    (void)pay(act, &order, &payment, sending, op); /* op tells */
    shield_sending_free(sending);
    tell_id(act, op);
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
    const struct privacy_payment payment = {act_partner(act), u64_amount(act, "amount")};
    if (!begin_ring(act, op) || served_others(act, op)) return;
    const struct shield_order order = pay_order(payment.to, payment.amount);
    struct shield_sending *sending = shield_sending_new();
    if (make(act, &order, sending, op)) {
        struct holding_proof held = {.wallet = wallet_of(act), .sending = sending};
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
    struct shield_order order = pay_order(batch->partner, BATCH_AMOUNT);
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
    struct shieldwallet *wallet = wallet_of(act);
    for (uint32_t tries = 0;; tries++) {
        uint32_t found = 0;
        for (size_t i = 0; i < wallet->notes.count && found < k; i++)
            if (wallet->notes.data[i].state == OWN_FREE && wallet->notes.data[i].owned.opening.value >= BATCH_AMOUNT + RESERVE / 2) batch->parts[found++].note = (uint32_t)i;
        if (found == k) return true;
        if (tries > 0) return skip(op, "fewer notes than proofs to make");
        uint64_t amounts[BATCH_MAX];
        const uint64_t each = wallet->habits.denominations ? denomination_above(&wallet->terms, RESERVE) : RESERVE + 7;
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

/* All final, with as many key images; and as fast as the machine's cores allow, less a third. */
static void batch_claims(struct act *act, const struct batch *batch, uint32_t k, struct duration took)
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
    const uint64_t single = prove_time(act->crew->prove, 1, wallet_of(act)->terms.ring_size, 2).ns, cores = MIN(k, SHIELDBOT_CORES);
    if (single == 0) return; /* in real time all share one thread with everybody else */
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
        for (uint32_t i = 0; i < k; i++) {
            batch->parts[i].op = (struct op){.intended = op->intended, .marked = from, .bot = op->bot, .track = op->track};
            batch->parts[i].sending = shield_sending_new();
            gate_enter(&batch->made);
            gate_enter(&batch->sent);
            (void)fiber_spawn(env, part_run, batch);
        }
        (void)gate_wait(env, &batch->made, INSTANT_NEVER); /* each leaves, however it goes */
        const struct duration took = instant_since(env_now(env), from);
        (void)gate_wait(env, &batch->sent, INSTANT_NEVER);
        for (uint32_t i = 0; i < k; i++) batch_merge(op, &batch->parts[i].op);
        if (op->status == OP_DONE || op->status == OP_REFUSED || op->status == OP_POSTCONDITION) batch_claims(act, batch, k, took);
        for (uint32_t i = 0; i < k; i++) shield_sending_free(batch->parts[i].sending);
    }
    base_free(batch);
    tell_id(act, op);
}

/* ---- crossing out ---- */

/* A withdrawal to a fresh address, after a pause; `from` as in shield_order. */
static bool leave(struct act *act, struct shield_order *order, struct shield_sending *sending, struct op *op)
{
    struct seckey key;
    struct shieldwallet *wallet = wallet_of(act);
    uint32_t waited;
    if (!shield_pause(act, &waited, op) || !shield_scan(act, op)) return false;
    (void)act_claim(act, "a delay before each boundary", waited >= DELAY_BLOCKS_MIN, "%u blocks", waited);
    order->kind = KIND_SHIELDED_WITHDRAW;
    order->withdraw_to = shieldwallet_receiver(wallet, act->crew->suite, &act->bot->identity.address, &key);
    seckey_wipe(&key); /* it is spent by nobody in this run */
    const struct privacy_payment itself = {act->bot, 0};
    if (!pay(act, order, &itself, sending, op)) return false;
    struct holding before, after;
    if (!act_holding(act, CHAIN_ALPHA, &order->withdraw_to, sending->landing.height - 1, &before)) return false;
    if (!act_holding(act, CHAIN_ALPHA, &order->withdraw_to, sending->landing.height, &after)) return false;
    const bool fresh = before.nonce == 0 && before.free[TOKEN_AX].units == 0 && before.locked[TOKEN_AX].units == 0;
    (void)act_claim(act, "withdrawals go to fresh addresses", fresh, "it has been used before");
    return act_claim(act, "paid once", after.free[TOKEN_AX].units == before.free[TOKEN_AX].units + order->amount, "not %llu more", (unsigned long long)order->amount);
}

/* ---- privacy.address_recycle ---- */

static void own_notes_claim(struct act *act)
{
    const struct shieldwallet *wallet = wallet_of(act);
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
    struct shieldwallet *wallet = wallet_of(act);
    const uint64_t amount = denomination_above(&wallet->terms, 1);
    const struct privacy_payment itself = {act->bot, amount};
    for (uint32_t i = 0; i < receipts; i++) {
        struct shield_sending *sending = shield_sending_new();
        const struct shield_order order = pay_order(act->bot, amount);
        const bool paid = pay(act, &order, &itself, sending, op) && shield_scan_to(act, sending->landing.height, op);
        shield_sending_free(sending);
        if (!paid) return;
    }
    own_notes_claim(act);
    struct shield_sending *sending = shield_sending_new();
    struct shield_order order = {.amount = wallet->habits.denominations ? amount : amount - 1 - source_below(&wallet->source, 999)};
    (void)leave(act, &order, sending, op); /* op tells */
    shield_sending_free(sending);
    tell_id(act, op);
}

/* ---- privacy.mix ---- */

struct mix {
    struct act *act;
    struct op *op;
    uint64_t denomination, fee_part;
    uint32_t set, rounds;
    uint32_t main;             /* position of the note that is mixed */
    uint32_t pays[MIX_ROUNDS_MAX + 3], pays_count, pays_next; /* notes that pay fees, in the order of their use */
    uint32_t mine[3 + 2 * (MIX_ROUNDS_MAX + 1)], mine_count; /* all of its notes, spent or not */
    u128 in, out, fees;        /* what went in, came out, was paid */
};

/* The position of the own note of that value that the transaction made, or SIZE_MAX. */
static size_t note_from(const struct shieldwallet *wallet, const struct hash *id, uint64_t value)
{
    for (size_t i = 0; i < wallet->notes.count; i++)
        if (wallet->notes.data[i].owned.opening.value == value && wallet->notes.data[i].state == OWN_FREE &&
            hash_eq(&wallet->shelf->notes.data[wallet->notes.data[i].index].transaction_id, id))
            return i;
    return SIZE_MAX;
}

/* Notes of exactly that value that are not used yet. */
static size_t note_worth(const struct mix *m, uint64_t value)
{
    const struct shieldwallet *wallet = wallet_of(m->act);
    for (size_t i = wallet->notes.count; i-- > 0;) {
        bool used = i == m->main;
        for (uint32_t j = 0; j < m->pays_count; j++) used = used || m->pays[j] == i;
        if (!used && wallet->notes.data[i].state == OWN_FREE && wallet->notes.data[i].owned.opening.value == value) return i;
    }
    return SIZE_MAX;
}

static bool mix_deposit(struct mix *m)
{
    struct shieldwallet *wallet = wallet_of(m->act);
    const bool plain = !wallet->habits.denominations;
    if (plain) m->denomination += 1 + source_below(&wallet->source, 999);
    m->fee_part = denomination_above(&wallet->terms, RESERVE * (1 + m->rounds / 6));
    const uint64_t amounts[3] = {m->denomination, m->fee_part, m->fee_part};
    if (!shield_deposit(m->act, amounts, ARRAY_LEN(amounts), m->op)) return false;
    m->main = UINT32_MAX;
    const size_t main = note_worth(m, m->denomination);
    if (main == SIZE_MAX) return act_claim(m->act, "the deposit is found again", false, "no note of its amount");
    m->mine[m->mine_count++] = m->main = (uint32_t)main;
    for (uint32_t i = 0; i < 2; i++) {
        const size_t fee = note_worth(m, m->fee_part);
        if (fee == SIZE_MAX) return act_claim(m->act, "the deposit is found again", false, "no note for fees");
        m->mine[m->mine_count++] = m->pays[m->pays_count++] = (uint32_t)fee;
    }
    m->in = (u128)m->denomination + 2 * (u128)m->fee_part;
    bool standard = false;
    for (uint32_t i = 0; i < wallet->terms.denominations_count; i++) standard = standard || wallet->terms.denominations[i] == m->denomination;
    return act_claim(m->act, "equal denominations", standard, "%llu is none", (unsigned long long)m->denomination);
}

/* As many notes to hide among as the set has members. */
static bool mix_set_await(struct mix *m)
{
    const struct note_shelf *shelf = wallet_of(m->act)->shelf;
    while (shelf->notes.count < m->set) {
        if (!tide_next(m->act, CHAIN_ALPHA, m->act->deadline)) return skip(m->op, "the set did not come together in time");
        if (!shield_scan(m->act, m->op)) return false;
    }
    return true;
}

/* One spend of the mixed note and a note that pays: its change pays two rounds later, since notes of one transaction do not stand
 * together. */
static bool mix_spend(struct mix *m, bool out_of_pool)
{
    struct act *act = m->act;
    struct shieldwallet *wallet = wallet_of(act);
    struct shield_sending *sending = shield_sending_new();
    const uint32_t from[2] = {m->main, m->pays[m->pays_next++]};
    struct shield_order order = pay_order(act->bot, m->denomination);
    order.from = from;
    order.from_count = 2;
    const struct privacy_payment itself = {act->bot, m->denomination};
    bool done = out_of_pool ? leave(act, &order, sending, m->op) : pay(act, &order, &itself, sending, m->op);
    if (done) {
        m->fees += shielded_pool_fee(sending->spend.tx).units;
        if (out_of_pool) m->out += m->denomination;
        uint32_t smallest = UINT32_MAX;
        for (uint32_t i = 0; i < sending->spend.inputs_count; i++) smallest = MIN(smallest, sending->spend.truth[i].ring_count);
        done = act_claim(act, "rings reach over the set", smallest >= m->set, "%u of %u", smallest, m->set);
        done = done && shield_scan_to(act, sending->landing.height, m->op);
    }
    if (done) {
        const size_t main = out_of_pool ? m->main : note_from(wallet, &sending->landing.id, m->denomination);
        const size_t change = note_from(wallet, &sending->landing.id, sending->spend.change);
        done = act_claim(act, "all notes are spendable", main != SIZE_MAX && change != SIZE_MAX, "a note of the round is missing");
        if (done && !out_of_pool) m->mine[m->mine_count++] = m->main = (uint32_t)main;
        if (done) m->mine[m->mine_count++] = m->pays[m->pays_count++] = (uint32_t)change;
    }
    shield_sending_free(sending);
    return done;
}

/* What the chain has not seen spent of all its notes. */
static u128 mix_kept(const struct mix *m)
{
    const struct shieldwallet *wallet = wallet_of(m->act);
    u128 kept = 0;
    for (uint32_t i = 0; i < m->mine_count; i++) {
        const struct own_note *own = &wallet->notes.data[m->mine[i]];
        if (map_find(&wallet->shelf->spent, &own->image) == NULL) kept += own->owned.opening.value;
    }
    return kept;
}

void privacy_mix(struct act *act, struct op *op)
{
    struct mix *m = base_alloc(sizeof(*m));
    *m = (struct mix){.act = act, .op = op, .denomination = u64_amount(act, "denomination"), .set = (uint32_t)MIN(act_u64(act, "set"), 100000),
                      .rounds = (uint32_t)MIN(MAX(act_u64(act, "rounds"), 1), MIX_ROUNDS_MAX)};
    bool goes_on = shield_ready(act, op) && mix_deposit(m) && mix_set_await(m);
    for (uint32_t round = 0; goes_on && round < m->rounds; round++) {
        uint32_t waited;
        goes_on = shield_pause(act, &waited, op) && act_claim(act, "a delay before each boundary", waited >= DELAY_BLOCKS_MIN, "%u blocks", waited) &&
                  shield_scan(act, op) && mix_spend(m, false);
    }
    goes_on = goes_on && mix_spend(m, true);
    if (goes_on) (void)act_claim(act, "outputs are inputs less fees", m->in == m->out + m->fees + mix_kept(m), "after %u rounds", m->rounds);
    base_free(m);
    tell_id(act, op);
}

/* ---- what does not come back to bots of the scenario: fees, and what is withdrawn to addresses that nobody spends from ---- */

#define FEES_A_SPEND 5000 /* its own, and that of a deposit before it */

u128 privacy_spend_max(const struct act *plan)
{
    (void)plan;
    return FEES_A_SPEND;
}
u128 privacy_batch_spend_max(const struct act *plan) { return (u128)FEES_A_SPEND * MIN(act_u64(plan, "k"), BATCH_MAX); }
u128 privacy_recycle_spend_max(const struct act *plan) { return RESERVE + (u128)FEES_A_SPEND * (1 + MIN(act_u64(plan, "transfers_per_address"), 64)); }
u128 privacy_mix_spend_max(const struct act *plan)
{
    return act_amount(plan, "denomination") + (u128)FEES_A_SPEND * (4 + MIN(act_u64(plan, "rounds"), MIX_ROUNDS_MAX));
}
