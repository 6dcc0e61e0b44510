#include "tester/role/role.h"

/* Mixes name what the vocabulary means for the role. Weight 0: a service. */
static const struct role_share user_casual[] = {{"transfer.simple", 75}, {"query.balance", 20}, {"query.mempool", 5}, {0}};
static const struct role_share user_power[] = {{"transfer.simple", 70}, {"transfer.with_memo", 8},    {"transfer.batch", 4},
                                               {"transfer.burst", 2},   {"cross_chain.lock_mint", 3}, {"query.balance", 6},
                                               {"query.mempool", 2},    {"query.state", 2},           {0}};
static const struct role_share user_whale[] = {{"transfer.batch", 30, "amount", "500000"}, {"transfer.simple", 45, "amount", "5000000"},
                                               {"cross_chain.lock_mint", 10, "amount", "1000000"}, {"query.balance", 10}, {"query.state", 5}, {0}};
static const struct role_share user_private[] = {
    {"privacy.shielded_transfer", 50}, {"privacy.address_recycle", 10}, {"privacy.mix", 5},
    {"transfer.simple", 25},           {"query.balance", 10},           {0}};
static const struct role_share user_malicious[] = {{"anti.invalid_signature", 10},
                                                   {"anti.stale_nonce", 10},
                                                   {"anti.insufficient_balance", 10},
                                                   {"replay.direct", 10},
                                                   {"spam.mempool_flood", 5},
                                                   {"transfer.simple", 10},
                                                   {"query.mempool", 5},
                                                   {0}};
static const struct role_share trader_spot[] = {
    {"dex.spot_trade", 80}, {"query.balance", 8}, {"query.orderbook", 8}, {"query.trades", 4}, {0}};
static const struct role_share trader_perpetual[] = {{"perp.trade", 90}, {"query.balance", 10}, {0}};
static const struct role_share trader_maker[] = {{"dex.maintain_quotes", 0}, {0}};
static const struct role_share trader_arbitrageur[] = {{"mev.arbitrage", 100}, {0}};
static const struct role_share trader_searcher[] = {{"mev.front_run", 50}, {"mev.sandwich", 50}, {0}};
static const struct role_share validator_honest[] = {
    {"validator.participate", 0}, {"rewards.query", 4}, {"rewards.claim", 1}, {0}};
static const struct role_share validator_byzantine[] = {{"byzantine.mixed", 0}, {0}};
static const struct role_share governor_active[] = {
    {"governance.vote", 90}, {"governance.propose", 8}, {"governance.execute", 2}, {0}};
static const struct role_share governor_passive[] = {{"governance.vote", 100}, {0}};
static const struct role_share governor_abstainer[] = {{"governance.vote", 100, "choice", "abstain"}, {0}};
static const struct role_share prover_mix[] = {{"privacy.generate_proof", 60}, {"privacy.batch_prove", 40}, {0}};
static const struct role_share pool_manager[] = {{"dex.provide_liquidity", 70}, {"query.orderbook", 15}, {"query.trades", 15}, {0}}; /* what it puts in it takes out */
static const struct role_share oracle_honest[] = {{"oracle.submit_price", 100}, {0}};
static const struct role_share oracle_rogue[] = {{"oracle.submit_outlier", 60}, {"oracle.submit_stale", 40}, {0}};
static const struct role_share reviewer_mix[] = {{"d007.kyc_review", 70}, {"d007.settle", 30}, {0}};
static const struct role_share reward_distributor[] = {{"transfer.batch", 80}, {"query.balance", 20}, {0}};
static const struct role_share observer_mix[] = {{"query.mempool", 40}, {"query.validator", 30}, {"query.state", 30}, {0}};

static const struct role_variant general_user[] = {
    {"casual", "now and then a payment", "1/m", user_casual, {.ax = 10}},
    {"power", "pays all the time", "1/s", user_power, {.ax = 100}},
    {"whale", "few and large payments, many at once", "1/m", user_whale, {.ax = 1000}},
    {"privacy_focused", "prefers shielded payments", "1/m", user_private, {.ax = 50}},
    {"malicious", "attacks and makes mistakes on purpose", "1/s", user_malicious, {.ax = 100}},
};
static const struct role_variant trader[] = {
    {"spot", "trades spot pairs", "1/s", trader_spot, {5, 500, 500, 0}},
    {"casual", "trades now and then", "1/m", trader_spot, {5, 100, 100, 0}},
    {"perpetual", "trades perpetuals", "1/s", trader_perpetual, {5, 50, 0, 500}},
    {"market_maker", "quotes both sides", "6/m", trader_maker, {5, 1000, 1000, 0}},
    {"arbitrageur", "trades price differences", "1/s", trader_arbitrageur, {5, 500, 500, 0}},
    {"mev_searcher", "watches for orders to overtake", "1/s", trader_searcher, {5, 500, 500, 0}},
};
static const struct role_variant validator[] = {
    {"honest", "follows the rules", "6/h", validator_honest, {.ax = 10}},
    {"lazy", "follows the rules, and misses some turns", "6/h", validator_honest, {.ax = 10}},
    {"byzantine", "breaks the rules", NULL, validator_byzantine, {.ax = 10}},
    {"shadow", "votes on nothing, mirrors and compares", NULL, NULL},
};
static const struct role_variant governor[] = {
    {"active", "proposes and votes", "1/m", governor_active, {.ax = 50}},
    {"passive", "votes", "1/m", governor_passive, {.ax = 10}},
    {"malicious", "attacks governance", "1/m", NULL},
    {"abstainer", "votes to abstain", "1/m", governor_abstainer, {.ax = 10}},
};
static const struct role_variant prover[] = {
    {"standard", "builds proofs", "1/m", prover_mix, {.ax = 50}},
    {"fast", "builds proofs quickly", "6/m", prover_mix, {.ax = 50}},
    {"slow", "builds proofs slowly", "10/h", prover_mix, {.ax = 50}},
    {"shadow", "builds proofs and compares", "1/m", NULL},
};
static const struct role_variant liquidity_provider[] = {
    {"pool_manager", "adds and removes liquidity", "1/m", pool_manager, {0, 500, 500, 0}},
    {"lp_staker", "keeps shares", "10/h", pool_manager, {0, 500, 500, 0}},
};
static const struct role_variant oracle[] = {
    {"honest", "reports what it sees", "6/m", oracle_honest, {.dx = 10}},
    {"rogue", "reports what it likes", "6/m", oracle_rogue, {.dx = 10}},
    {"unseated", "reports without a seat", "6/m", oracle_honest, {.dx = 10}},
};
static const struct role_variant relay[] = {{"honest", "carries messages", NULL, NULL},
                                            {"rogue", "carries them badly", NULL, NULL}};
static const struct role_variant kyc_reviewer[] = {{"standard", "decides registrations and settles", "6/m", reviewer_mix, {.dx = 10}}};
static const struct role_variant observer[] = {{"passive", "reads", "1/m", observer_mix},
                                               {"analyst", "reads and links", "1/m", observer_mix}};
static const struct role_variant treasury[] = {{"buyback_bot", "buys back", "1/m", NULL},
                                               {"reward_distributor", "pays rewards out", "1/m", reward_distributor, {.ax = 100}}};
static const struct role_variant fleet[] = {{"coordinator", "a coordinator of workers", NULL, NULL},
                                            {"spawner", "starts bots", NULL, NULL},
                                            {"lifecycle", "starts and stops bots", NULL, NULL}};
static const struct role_variant orchestrator[] = {{"scenario_runner", "runs scenarios", NULL, NULL},
                                                   {"metrics_collector", "collects metrics", NULL, NULL}};

#define ROLE(n, text, ...)                                                                                                       \
    {                                                                                                                            \
        .name = #n, .summary = text, .variants = n, .variants_count = ARRAY_LEN(n), __VA_ARGS__                                  \
    }

static const struct role table[] = {
    ROLE(general_user, "a user with an account", .funded = true, .in_build = true),
    ROLE(trader, "trades on Delta", .funded = true, .in_build = true),
    ROLE(validator, "runs a validator", .funded = true, .bonded = true, .in_build = true),
    ROLE(governor, "proposes and votes", .funded = true, .bonded = true, .in_build = true),
    ROLE(prover, "builds shielded proofs", .funded = true, .in_build = true),
    ROLE(liquidity_provider, "provides liquidity", .funded = true, .in_build = true),
    ROLE(oracle, "reports prices", .funded = true, .bonded = true, .in_build = true),
    ROLE(relay, "carries cross-chain messages", .funded = true, .in_build = true),
    ROLE(kyc_reviewer, "reviews registrations", .funded = true, .in_build = true),
    ROLE(observer, "reads only", .in_build = true),
    ROLE(treasury, "moves treasury funds", .funded = true, .in_build = true),
    ROLE(fleet, "test infrastructure", .funded = false),
    ROLE(orchestrator, "test infrastructure", .funded = false),
};

static const struct {
    const char *role, *was, *now;
} renamed[] = {{"governor", "honest", "active"}};

size_t roles(const struct role **out)
{
    *out = table;
    return ARRAY_LEN(table);
}

const struct role *role_find(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        if (str_eq(str_of(table[i].name), name)) return &table[i];
    return NULL;
}

struct str role_name_at(size_t i) { return i < ARRAY_LEN(table) ? str_of(table[i].name) : (struct str){0}; }

const struct role_variant *role_variant_find(const struct role *role, struct str name)
{
    if (name.len == 0) return &role->variants[0];
    for (size_t i = 0; i < role->variants_count; i++)
        if (str_eq(str_of(role->variants[i].name), name)) return &role->variants[i];
    return NULL;
}

const char *role_variant_renamed(const struct role *role, struct str old_name)
{
    for (size_t i = 0; i < ARRAY_LEN(renamed); i++)
        if (strcmp(role->name, renamed[i].role) == 0 && str_eq(old_name, str_of(renamed[i].was))) return renamed[i].now;
    return NULL;
}

uint16_t role_index(const struct role *role) { return (uint16_t)(role - table); }
uint16_t role_variant_index(const struct role *role, const struct role_variant *variant)
{
    return (uint16_t)(variant - role->variants);
}

/* ---- who may run what ---- */

static bool entry_allows(struct str entry, const struct role *role, const struct role_variant *variant)
{
    if (str_eq(entry, STR("any"))) return true;
    if (str_eq(entry, STR("any funded"))) return role->funded;
    struct str role_name, variant_name;
    const bool narrowed = str_cut(entry, '/', &role_name, &variant_name);
    if (!str_eq(role_name, str_of(role->name))) return false;
    return !narrowed || str_eq(variant_name, str_of(variant->name));
}

bool role_allows(const struct role *role, const struct role_variant *variant, const struct behavior_spec *behavior)
{
    if (behavior->observer) return true;
    struct str rest = str_of(behavior->roles), entry;
    while (rest.len > 0) {
        (void)str_cut(rest, ',', &entry, &rest); /* false: the last one */
        if (entry_allows(str_trim(entry), role, variant)) return true;
    }
    return false;
}

/* ---- mixes ---- */

size_t role_mix(const struct role_variant *variant, struct role_part out[ROLE_PARTS_MAX])
{
    size_t count = 0;
    for (const struct role_share *share = variant->mix; share != NULL && share->behavior != NULL; share++) {
        ASSERT(count < ROLE_PARTS_MAX);
        const struct behavior_spec *spec = behavior_find(str_of(share->behavior));
        ASSERT(spec != NULL);
        out[count++] = (struct role_part){spec, share->weight, share->param, share->value};
    }
    return count;
}

uint64_t role_mix_weight(const struct role_variant *variant)
{
    uint64_t sum = 0;
    for (const struct role_share *share = variant->mix; share != NULL && share->behavior != NULL; share++) sum += share->weight;
    return sum;
}

const struct behavior_spec *role_mix_missing(const struct role_variant *variant)
{
    struct role_part parts[ROLE_PARTS_MAX];
    const size_t count = role_mix(variant, parts);
    for (size_t i = 0; i < count; i++)
        if (!behavior_in_build(parts[i].behavior)) return parts[i].behavior;
    return NULL;
}
