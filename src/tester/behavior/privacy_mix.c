/* Mixing (PT-L-033): a note goes round the pool some times among enough others, and leaves it. */
#include "tester/behavior/privacy_priv.h"
#include "tester/bot/tide.h"

struct mix {
    struct act *act;
    struct op *op;
    uint64_t denomination, fee_part;
    uint32_t set, rounds;
    uint32_t main;             /* position of the note that is mixed */
    uint32_t pays[PRIVACY_MIX_ROUNDS_MAX + 3], pays_count, pays_next; /* notes that pay fees, in the order of their use */
    uint32_t mine[3 + 2 * (PRIVACY_MIX_ROUNDS_MAX + 1)], mine_count; /* all of its notes, spent or not */
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
    const struct shieldwallet *wallet = privacy_wallet(m->act);
    for (size_t i = wallet->notes.count; i-- > 0;) {
        bool used = i == m->main;
        for (uint32_t j = 0; j < m->pays_count; j++) used = used || m->pays[j] == i;
        if (!used && wallet->notes.data[i].state == OWN_FREE && wallet->notes.data[i].owned.opening.value == value) return i;
    }
    return SIZE_MAX;
}

static bool mix_deposit(struct mix *m)
{
    struct shieldwallet *wallet = privacy_wallet(m->act);
    const bool plain = !wallet->habits.denominations;
    if (plain) m->denomination += 1 + source_below(&wallet->source, 999);
    m->fee_part = privacy_denomination(&wallet->terms, PRIVACY_RESERVE * (1 + m->rounds / 6));
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
    const struct note_shelf *shelf = privacy_wallet(m->act)->shelf;
    while (shelf->notes.count < m->set) {
        if (!tide_next(m->act, CHAIN_ALPHA, m->act->deadline)) return privacy_skip(m->op, "the set did not come together in time");
        if (!shield_scan(m->act, m->op)) return false;
    }
    return true;
}

/* One spend of the mixed note and a note that pays: its change pays two rounds later, since notes of one transaction do not stand
 * together. */
static bool mix_spend(struct mix *m, bool out_of_pool)
{
    struct act *act = m->act;
    struct shieldwallet *wallet = privacy_wallet(act);
    struct shield_sending *sending = shield_sending_new();
    const uint32_t from[2] = {m->main, m->pays[m->pays_next++]};
    struct shield_order order = privacy_pay_order(act->bot, m->denomination);
    order.from = from;
    order.from_count = 2;
    const struct privacy_payment itself = {act->bot, m->denomination};
    bool done = out_of_pool ? privacy_leave(act, &order, sending, m->op) : privacy_pay(act, &order, &itself, sending, m->op);
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
    const struct shieldwallet *wallet = privacy_wallet(m->act);
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
    *m = (struct mix){.act = act, .op = op, .denomination = privacy_u64(act, "denomination"), .set = (uint32_t)MIN(act_u64(act, "set"), 100000),
                      .rounds = (uint32_t)MIN(MAX(act_u64(act, "rounds"), 1), PRIVACY_MIX_ROUNDS_MAX)};
    bool goes_on = shield_ready(act, op) && mix_deposit(m) && mix_set_await(m);
    for (uint32_t round = 0; goes_on && round < m->rounds; round++) {
        uint32_t waited;
        goes_on = shield_pause(act, &waited, op) && act_claim(act, "a delay before each boundary", waited >= PRIVACY_DELAY_BLOCKS_MIN, "%u blocks", waited) &&
                  shield_scan(act, op) && mix_spend(m, false);
    }
    goes_on = goes_on && mix_spend(m, true);
    if (goes_on) (void)act_claim(act, "outputs are inputs less fees", m->in == m->out + m->fees + mix_kept(m), "after %u rounds", m->rounds);
    base_free(m);
    privacy_tell_id(act, op);
}
