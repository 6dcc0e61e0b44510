/* The ledger against a slow, naive model that shares no code with it: whole numbers with 256 bits, plain arrays, one account
 * after another. Random blocks, many of them nonsense, amounts up to the edge of 2^128. */
#include "network/ledger/test/fixture.h"

enum { BLOCKS = 400, BLOCK_TXS = 24, CROWD = 12 };

/* 256 bits, enough for any sum here. */
struct wide {
    u128 hi, lo;
};
static struct wide wide_of(u128 n) { return (struct wide){0, n}; }
static struct wide wide_add(struct wide a, struct wide b)
{
    const u128 lo = a.lo + b.lo;
    return (struct wide){a.hi + b.hi + (lo < a.lo), lo};
}
static bool wide_le(struct wide a, struct wide b) { return a.hi != b.hi ? a.hi < b.hi : a.lo <= b.lo; }
static struct wide wide_sub(struct wide a, struct wide b) { return (struct wide){a.hi - b.hi - (a.lo < b.lo), a.lo - b.lo}; }

struct model {
    struct wide balance[CROWD];
    uint64_t nonce[CROWD];
    struct wide rewards;
};

static size_t who(const struct town *town, const struct address *address)
{
    for (size_t i = 0; i < CROWD; i++)
        if (address_eq(&town->people[i].address, address)) return i;
    CHECK_FAIL("nobody");
}

/* False: the block must be invalid here. */
static bool model_tx(struct model *model, const struct town *town, const struct tx *tx, uint32_t height, enum code *out_code)
{
    const size_t from = who(town, &tx->sender);
    const struct wide cost = wide_add(wide_of(tx->fee.units), wide_of(tx->tip.units));
    if (tx->valid_until != 0 && tx->valid_until < height) return false;
    if (tx->nonce != model->nonce[from]) return false;
    if (!wide_le(cost, model->balance[from])) return false;
    model->balance[from] = wide_sub(model->balance[from], cost);
    model->rewards = wide_add(model->rewards, cost);
    model->nonce[from]++;
    struct wide total = {0};
    for (size_t i = 0; i < tx->outputs_count; i++) total = wide_add(total, wide_of(tx_output_at(tx, i).amount.units));
    *out_code = tx->token != TOKEN_AX                  ? CODE_INVALID_TOKEN_FOR_CHAIN
                : wide_le(total, model->balance[from]) ? CODE_NONE
                                                       : CODE_INSUFFICIENT_BALANCE;
    if (*out_code != CODE_NONE) return true;
    model->balance[from] = wide_sub(model->balance[from], total);
    for (size_t i = 0; i < tx->outputs_count; i++) {
        const struct tx_output output = tx_output_at(tx, i);
        const size_t to = who(town, &output.to);
        model->balance[to] = wide_add(model->balance[to], wide_of(output.amount.units));
    }
    return true;
}

static u128 random_amount(struct rng *rng, u128 held)
{
    switch (rng_below(rng, 8)) {
    case 0: return held > 0 ? held : 1;
    case 1: return U128_MAX - rng_below(rng, 3);
    case 2: return ((u128)1 << 64) - 1 + rng_below(rng, 3);
    case 3: return held + 1 == 0 ? held : held + 1;
    case 4: return held / 2 + 1;
    default: return 1 + rng_below(rng, 100000);
    }
}

static struct tx *random_tx(struct rng *rng, const struct town *town, const struct model *model, uint64_t *nonces,
                            uint32_t height)
{
    const size_t from = rng_below(rng, CROWD);
    struct tx_output outputs[4];
    struct tx_spec spec = town_spec(town, nonces[from]++);
    if (rng_chance_bps(rng, 100)) spec.nonce += rng_below(rng, 3);
    if (rng_chance_bps(rng, 100)) spec.valid_until = height + (uint32_t)rng_below(rng, 3) - 1;
    if (rng_chance_bps(rng, 200)) spec.token = TOKEN_SAX;
    spec.fee = AMOUNT(rng_below(rng, 2000));
    spec.tip.units = rng_chance_bps(rng, 50) ? random_amount(rng, model->balance[from].lo) : rng_below(rng, 100);
    spec.to = town->people[rng_below(rng, CROWD)].address;
    spec.amount.units = random_amount(rng, model->balance[from].lo);
    if (rng_chance_bps(rng, 3000)) {
        spec.kind = KIND_ALPHA_BATCH_TRANSFER;
        spec.outputs = outputs;
        spec.outputs_count = (uint16_t)(1 + rng_below(rng, 4));
        for (size_t i = 0; i < spec.outputs_count; i++)
            outputs[i] = (struct tx_output){town->people[rng_below(rng, CROWD)].address,
                                            {random_amount(rng, model->balance[from].lo / 4)}};
    }
    return town_sign(town, from, &spec);
}

static void check_same(const struct town *town, const struct model *model)
{
    struct wide all = model->rewards;
    for (size_t i = 0; i < CROWD; i++) {
        CHECK(model->balance[i].hi == 0);
        CHECK(town_free(town, i) == model->balance[i].lo);
        CHECK_U64(town_account(town, i).nonce, model->nonce[i]);
        all = wide_add(all, model->balance[i]);
    }
    struct ledger_validator v;
    CHECK(ledger_validator_find(town->state, &town->validators[0].address, &v));
    CHECK(v.pending_rewards.units + v.shares_pending.units == model->rewards.lo && model->rewards.hi == 0); /* no room to issue more */
    static struct supply supply;
    ledger_supply(town->state, &supply);
    CHECK(supply.tokens[0].ok);
    CHECK(all.hi == 0 && all.lo == supply.tokens[0].free.units + supply.tokens[0].rewards.units);
    town_check_supply(town, true);
}

/* The root of a map built anew from all entries, in another order. */
struct copy {
    VEC(struct statemap_change) changes;
};
static bool copy_entry(void *context, const struct hash *key, struct str value)
{
    struct copy *copy = context;
    vec_push(&copy->changes, ((struct statemap_change){*key, value}));
    return true;
}
static void check_root_from_scratch(const struct town *town)
{
    struct copy copy = {0};
    statemap_walk(ledger_statemap(town->state), copy_entry, &copy);
    struct statemap *map = statemap_empty();
    for (size_t i = copy.changes.count; i > 0; i--) {
        struct statemap *next = statemap_apply(map, &copy.changes.data[i - 1], 1);
        statemap_unref(map);
        map = next;
    }
    const struct hash again = statemap_root(map), kept = ledger_state_root(town->state);
    CHECK(hash_eq(&again, &kept));
    statemap_unref(map);
    vec_done(&copy.changes);
}

/* What the crowd owns: everybody's balance, and nearly all that can be for the first. */
static void crowd_init(struct town *town, struct model *model)
{
    memset(model, 0, sizeof(*model));
    static struct ledger_grant grants[CROWD];
    u128 others = 0;
    for (size_t i = 1; i < CROWD; i++) {
        grants[i] = (struct ledger_grant){town->people[i].address, {TOKEN_AX, AMOUNT((u128)PEOPLE_BALANCE << (10 * i % 100))}};
        others += grants[i].money.amount.units;
    }
    grants[0] = (struct ledger_grant){town->people[0].address, {TOKEN_AX, {U128_MAX - others - town->params.genesis_stake}}};
    const struct ledger_genesis genesis = {&town->params, grants, CROWD, town->validators, 1, AMOUNT(0)};
    struct err err;
    ledger_state_unref(town->state);
    town->state = ledger_genesis(&town->rules, &genesis, &err);
    CHECK(town->state != NULL);
    for (size_t i = 0; i < CROWD; i++) model->balance[i] = wide_of(grants[i].money.amount.units);
}

/* Runs one random block in both; drops what the ledger says cannot stand until the block stands. */
static size_t block_step(struct rng *rng, struct town *town, struct model *model)
{
    static struct tx *txs[BLOCK_TXS];
    uint64_t nonces[CROWD];
    const struct ledger_frame frame = town_frame(town);
    memcpy(nonces, model->nonce, sizeof(nonces));
    size_t count = rng_below(rng, BLOCK_TXS + 1), succeeded = 0;
    for (size_t i = 0; i < count; i++) txs[i] = random_tx(rng, town, model, nonces, frame.height);
    struct ledger_result *result;
    for (;;) {
        static struct model trial;
        trial = *model;
        enum code codes[BLOCK_TXS];
        size_t bad = 0;
        while (bad < count && model_tx(&trial, town, txs[bad], frame.height, &codes[bad])) bad++;
        result = ledger_execute(&town->rules, town->state, &frame, NULL, txs, count);
        CHECK((result->verdict == LEDGER_GOOD) == (bad == count));
        if (bad == count) {
            for (size_t i = 0; i < count; i++) CHECK_U64(result->receipts[i].code, codes[i]);
            *model = trial;
            break;
        }
        CHECK_U64(result->failed_index, bad);
        ledger_result_unref(result);
        tx_unref(txs[bad]);
        memmove(&txs[bad], &txs[bad + 1], (--count - bad) * sizeof(txs[0]));
    }
    succeeded = result->succeeded;
    ledger_state_unref(town->state);
    town->state = ledger_state_ref(result->state);
    ledger_result_unref(result);
    for (size_t i = 0; i < count; i++) tx_unref(txs[i]);
    return succeeded;
}

static uint64_t seed = 1;

static void random_blocks_agree_with_the_model(void)
{
    printf("seed %" PRIu64 "\n", seed);
    struct rng rng;
    rng_init(&rng, seed);
    static struct town town;
    static struct model model;
    size_t succeeded = 0;
    town_init(&town, 1);
    crowd_init(&town, &model);
    for (size_t i = 0; i < BLOCKS; i++) {
        succeeded += block_step(&rng, &town, &model);
        check_same(&town, &model);
        if (i % 50 == 0) check_root_from_scratch(&town);
    }
    CHECK(succeeded > BLOCKS); /* or nothing was tried */
    town_done(&town);
}

int main(int argc, char **argv)
{
    if (argc > 1) seed = strtoull(argv[1], NULL, 10);
    RUN(random_blocks_agree_with_the_model);
    return 0;
}
