/* Random shielded traffic against a slow model: a list of notes with owners' knowledge of value and whether each is spent, and sums.
 * Deposits, transfers, withdrawals, fees by either payer, double spends, forgeries, and blocks taken back.
 *
 *     test_shielded_model [seed=1] [blocks=14] */
#include "shielded_town.h"

struct model {
    bool spent[POOL_NOTES_MAX];
    uint32_t notes;
    u128 pool, paid_by_pool;
    uint32_t nullifiers;
};

struct plan {
    struct tx *tx;
    enum code code;
    struct spend_want want; /* outputs_count 0: a deposit */
    uint64_t amount;
};

static uint64_t seed = 1;

/* A free note that may be spent at ref_height 1 and later; UINT32_MAX: none. */
static uint32_t pick(struct rng *rng, const struct pool *p, const struct model *m, bool spent)
{
    for (uint32_t tries = 0; tries < 200; tries++) {
        const uint32_t i = (uint32_t)rng_below(rng, m->notes);
        if (m->spent[i] == spent && p->wallet.notes[i].mine && p->wallet.notes[i].owned.opening.value > 20000) return i;
    }
    return UINT32_MAX;
}

static uint32_t ref_height(const struct pool *p) { return pool_height(p) + 1 - 4; }
static uint32_t eligible(const struct pool *p) { return pool_notes_up_to(ledger_objects(p->town.state), ref_height(p)); }

static bool plan_spend(struct rng *rng, struct pool *p, struct model *m, const bool *taken, struct plan *out)
{
    const bool again = rng_chance_bps(rng, 1500), forged = !again && rng_chance_bps(rng, 1000);
    const uint32_t note = pick(rng, p, m, again);
    if (note == UINT32_MAX || note >= eligible(p) || taken[note]) return false;
    const uint64_t value = p->wallet.notes[note].owned.opening.value;
    struct spend_want want = spend_want(p, 1, 2);
    want.first = note;
    want.ref_height = ref_height(p);
    want.sender = 1 + rng_below(rng, 15);
    want.nonce = p->nonces[want.sender];
    if (rng_chance_bps(rng, 4000)) want.pool_fee = FEE;
    if (rng_chance_bps(rng, 4000)) {
        want.kind = KIND_SHIELDED_WITHDRAW;
        want.to = p->town.people[16 + rng_below(rng, 4)].address;
        want.amount = rng_range(rng, 1, value / 2);
    }
    const uint64_t left = value - want.amount - want.pool_fee;
    want.outputs[0].value = rng_below(rng, left + 1);
    want.outputs[1].value = left - want.outputs[0].value;
    want.wrong_key = forged;
    if ((again || forged) && want.pool_fee > 0) { /* that would make the block invalid: the sender pays */
        want.outputs[1].value += want.pool_fee;
        want.pool_fee = 0;
    }
    *out = (struct plan){.code = again ? CODE_NULLIFIER_SPENT : forged ? CODE_INVALID_PROOF : CODE_NONE, .want = want, .amount = want.amount};
    out->tx = pool_spend(p, &want);
    return true;
}

static void model_take(struct model *m, const struct plan *plan)
{
    if (plan->code != CODE_NONE) return;
    if (plan->want.outputs_count == 0) {
        m->notes++;
        m->pool += plan->amount;
        return;
    }
    m->spent[plan->want.first] = true;
    m->nullifiers++;
    m->notes += 2;
    m->pool -= plan->amount + plan->want.pool_fee;
    m->paid_by_pool += plan->want.pool_fee;
}

static void compare(struct pool *p, const struct model *m)
{
    const struct pool_counts counts = pool_counts(ledger_objects(p->town.state));
    const struct pool_sums sums = pool_sums(ledger_objects(p->town.state));
    CHECK_U64(counts.notes, m->notes);
    CHECK_U64(counts.nullifiers, m->nullifiers);
    CHECK(pool_held(p) == m->pool && pool_balance(&sums) == m->pool && sums.fees == m->paid_by_pool);
    u128 unspent = 0;
    for (uint32_t i = 0; i < m->notes; i++)
        if (!m->spent[i] && p->wallet.notes[i].mine) unspent += p->wallet.notes[i].owned.opening.value;
    CHECK(unspent == m->pool); /* what all owners could take out is what is in */
    for (uint32_t i = 0; i < m->notes; i++) {
        const struct point image = shield_key_image(&p->wallet.notes[i].owned.secret, &p->wallet.notes[i].note.one_time_key);
        uint32_t height;
        struct hash id, bytes;
        memcpy(&bytes, &image, sizeof(bytes));
        CHECK(pool_nullifier(ledger_objects(p->town.state), &bytes, &height, &id) == m->spent[i]);
    }
}

/* One block of a few; answers how many were spends. */
static uint32_t block(struct rng *rng, struct pool *p, struct model *m)
{
    struct plan plans[5];
    struct tx *txs[5];
    bool taken[POOL_NOTES_MAX] = {false}, busy[PEOPLE + 1] = {false};
    uint32_t count = 0, spends = 0;
    const uint32_t wanted = 1 + (uint32_t)rng_below(rng, 4);
    for (uint32_t tries = 0; count < wanted && tries < 20; tries++) {
        struct plan *plan = &plans[count];
        if (rng_chance_bps(rng, 3000)) {
            const size_t sender = 30 + rng_below(rng, 30);
            if (busy[sender]) continue;
            busy[sender] = true;
            *plan = (struct plan){.amount = rng_range(rng, 30000, 90000)};
            plan->tx = pool_deposit(p, sender, plan->amount);
        } else {
            if (!plan_spend(rng, p, m, taken, plan)) continue;
            if (busy[plan->want.sender]) {
                tx_unref(plan->tx);
                continue;
            }
            busy[plan->want.sender] = true;
            taken[plan->want.first] = plan->code == CODE_NONE;
            spends++;
        }
        txs[count] = plan->tx;
        count++;
    }
    (void)pool_block(p, txs, count);
    for (uint32_t i = 0; i < count; i++) {
        CHECK_U64(p->last->receipts[i].code, plans[i].code);
        model_take(m, &plans[i]);
    }
    compare(p, m);
    return spends;
}

static uint32_t blocks_wanted = 14;

static void the_pool_is_what_the_model_says(void)
{
    static struct pool p;
    static struct model m, kept_model;
    struct rng rng;
    printf("seed %llu\n", (unsigned long long)seed);
    rng_init(&rng, seed);
    pool_init(&p, 16);
    p.town.rules.proofs = proofcache_new(1000);
    m = (struct model){.notes = 16, .pool = 16 * NOTE};
    compare(&p, &m);
    uint32_t spends = 0;
    for (uint32_t i = 0; i < blocks_wanted; i++) {
        if (i % 5 == 3) { /* a branch that is left again: notes and key images of it are gone */
            struct ledger_state *kept = ledger_state_ref(p.town.state);
            uint64_t nonces[PEOPLE + 1];
            memcpy(nonces, p.nonces, sizeof(nonces));
            kept_model = m;
            spends += block(&rng, &p, &m);
            ledger_state_unref(p.town.state);
            p.town.state = kept;
            memcpy(p.nonces, nonces, sizeof(nonces));
            m = kept_model;
            p.wallet.count = m.notes;
            compare(&p, &m);
        }
        spends += block(&rng, &p, &m);
    }
    CHECK(spends > blocks_wanted);
    printf("%u blocks, %u spends, %u notes, no difference\n", blocks_wanted, spends, m.notes);
    pool_done(&p);
}

int main(int argc, char **argv)
{
    if (argc > 1) seed = strtoull(argv[1], NULL, 10);
    if (argc > 2) blocks_wanted = (uint32_t)strtoul(argv[2], NULL, 10);
    RUN(the_pool_is_what_the_model_says);
    return 0;
}
