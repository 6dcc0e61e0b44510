/* Random blocks of staking, bonding, validators, claims, delegation and evidence, against a model that keeps plain tables and
 * looks through all of them for every question. Every balance, bond, share, weight and code must be the same, after every block.
 */
#include "staking_model.h"

/* ---- both together ---- */

static void start(void)
{
    struct params params = staking_params();
    params.epoch_blocks = EPOCH;
    params.unbonding_blocks = UNBONDING;
    params.downtime_window_blocks = WINDOW;
    params.epoch_reward = REWARD;
    params.voting_period_blocks = 40;
    params.voting_delay_blocks = params.timelock_blocks = 5;
    struct ledger_grant grants[ACTORS];
    struct ledger_validator validators[GENESIS] = {0};
    for (int i = 0; i < ACTORS; i++) {
        person_init(&actors[i], 100 + (uint64_t)i);
        person_init(&keys[i], 200 + (uint64_t)i);
        grants[i] = (struct ledger_grant){actors[i].address, {TOKEN_AX, AMOUNT(RICH)}};
        model.free[i] = RICH;
        model.delegate[i] = -1;
    }
    for (int i = 0; i < GENESIS; i++) {
        validators[i] =
            (struct ledger_validator){.address = actors[i].address, .consensus_key = keys[i].key.pub, .name = "first"};
        model.v[i].is = true;
        model.bond[i][i] = MIN_STAKE;
    }
    staking_town_params(&town, 1, &params);
    weakness_put(&town.rules.weak, WEAKNESS_GCI_SCORE_ONLY_TRIGGER, true); /* the freeze is governance's: test_conduct.c */
    const struct ledger_genesis genesis = {&params, grants, ACTORS, validators, GENESIS, AMOUNT(0)};
    struct err err;
    ledger_state_unref(town.state);
    town.state = ledger_genesis(&town.rules, &genesis, &err);
    CHECK(town.state != NULL);
    model.first = 1;
}

static void same_account(const struct model *m, int i)
{
    const struct ordmap *objects = ledger_objects(town.state);
    struct ledger_account account;
    struct stake_entry stake;
    ledger_account_get(town.state, &actors[i].address, &account);
    CHECK(account.balances[TOKEN_AX - 1].free.units == m->free[i]);
    (void)stake_get(objects, &actors[i].address, &stake);
    CHECK(stake.staked.units == m->staked[i]);
    CHECK(stake_own(&stake).units == own(m, i));
    CHECK(stake.delegates == (m->delegate[i] >= 0));
    CHECK(staking_weight(objects, &actors[i].address).units == weight(m, i));
    const uint32_t back = m->height > 60 ? m->height - 60 : 0;
    for (uint32_t h = back; h <= m->height; h += 7)
        CHECK(h == 0 || staking_weight_at(objects, &actors[i].address, h).units == m->weights[h % BACK_MAX][i]);
    for (int v = 0; v < ACTORS; v++) {
        struct bond_entry bond;
        (void)bond_get(objects, &actors[v].address, &actors[i].address, &bond);
        CHECK(bond.amount.units == m->bond[v][i]);
        CHECK(bond.pending.units == m->pending[v][i]);
    }
    u128 coming = 0, model_coming = 0;
    struct unbonding_entry entry;
    for (bool more = unbonding_of_owner(objects, &actors[i].address, NULL, &entry); more;
         more = unbonding_of_owner(objects, &actors[i].address, &entry, &entry))
        coming += entry.amount.units;
    for (size_t u = 0; u < m->unbonding_count; u++) model_coming += m->unbonding[u].owner == i ? m->unbonding[u].amount : 0;
    CHECK(coming == model_coming);
}

static void same(const struct model *m)
{
    const struct supply_token all = held(&town);
    CHECK(all.ok);
    CHECK(all.issued.units == m->issued && all.slashed_burned.units == m->slashed);
    CHECK(staking_total_weight_at(ledger_objects(town.state), m->height).units == m->totals[m->height % BACK_MAX]);
    for (int i = 0; i < ACTORS; i++) {
        struct ledger_validator v;
        same_account(m, i);
        CHECK(ledger_validator_find(town.state, &actors[i].address, &v) == m->v[i].is);
        if (!m->v[i].is) continue;
        CHECK(v.bonded.units == bonded_at(m, i) && v.self_bonded.units == m->bond[i][i]);
        CHECK(v.pending_rewards.units == m->v[i].fees && v.slashed.units == m->v[i].slashed);
        CHECK(v.jailed == m->v[i].jailed && v.exiting == m->v[i].exiting && v.jailed_until == m->v[i].until);
        CHECK_U64(v.commission_bps, m->v[i].bps);
    }
    if (m->height % 25 == 0) town_check_supply(&town, true);
}

static void step(struct rng *rng)
{
    static struct op ops[BLOCK_TXS];
    static struct tx *txs[BLOCK_TXS];
    uint64_t nonces[ACTORS];
    const size_t count = rng_below(rng, BLOCK_TXS + 1);
    int proposer;
    do proposer = (int)rng_below(rng, ACTORS);
    while (!model.v[proposer].is);
    const uint64_t round = model.round + 1 + (rng_below(rng, 3) == 0 ? rng_below(rng, 4) : 0);
    for (int i = 0; i < ACTORS; i++) nonces[i] = nonce_of(&town, &actors[i]);
    for (size_t i = 0; i < count; i++) {
        op_draw(rng, &model, &ops[i]);
        txs[i] = op_tx(&ops[i], nonces[ops[i].who]++);
    }
    const struct ledger_frame frame = {model.height + 1, round, TOWN_TIME + model.height * 500ull, actors[proposer].address};
    struct ledger_result *result = ledger_execute(&town.rules, town.state, &frame, NULL, txs, count);
    CHECK_U64(result->verdict, LEDGER_GOOD);
    begin(&model, proposer, round);
    for (size_t i = 0; i < count; i++) {
        const enum code code = model_tx(&model, &ops[i]);
        if (result->receipts[i].code != code)
            CHECK_FAIL("height %u, act %d: " STR_FMT ", not " STR_FMT, model.height, ops[i].act,
                       STR_ARG(code_text((enum code)result->receipts[i].code)), STR_ARG(code_text(code)));
        *(code == CODE_NONE ? &done[ops[i].act] : &refused[ops[i].act]) += 1;
        tx_unref(txs[i]);
    }
    end(&model, proposer, count);
    ledger_state_unref(town.state);
    town.state = ledger_state_ref(result->state);
    ledger_result_unref(result);
}

static void random_staking_agrees_with_the_model(void)
{
    static const char *const names[ACTS] = {"stake",  "unstake", "bond",     "unbond",     "register",     "update",      "exit",
                                            "unjail", "claim",   "delegate", "undelegate", "equivocation", "wrong parent"};
    struct rng rng;
    uint64_t all = 0;
    printf("seed %" PRIu64 "\n", seed);
    rng_init(&rng, seed);
    start();
    for (size_t i = 0; i < BLOCKS; i++) {
        step(&rng);
        same(&model);
    }
    for (size_t i = 0; i < ACTS; i++) {
        printf("  %-13s %6" PRIu64 " done %6" PRIu64 " refused\n", names[i], done[i], refused[i]);
        CHECK(done[i] > 0); /* or it was not tried */
        all += done[i] + refused[i];
    }
    printf("  %" PRIu64 " operations in %u blocks, %" PRIu64 " epochs, no difference\n", all, model.height, model.epoch);
    committee_unref(model.committee);
    town_done(&town);
}

int main(int argc, char **argv)
{
    if (argc > 1) seed = strtoull(argv[1], NULL, 10);
    RUN(random_staking_agrees_with_the_model);
    return 0;
}
