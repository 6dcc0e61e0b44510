/* The table must hold exactly the vocabulary, and its mixes only what exists and is allowed. */
#include "core/base/check.h"
#include "tester/role/role.h"

static void every_role_and_variant_of_the_vocabulary_is_there_in_its_order(void)
{
    static const char *const words[] = {"general_user: casual power whale privacy_focused malicious",
                                        "trader: spot casual perpetual market_maker arbitrageur mev_searcher",
                                        "validator: honest lazy byzantine shadow",
                                        "governor: active passive malicious abstainer",
                                        "prover: standard fast slow shadow",
                                        "liquidity_provider: pool_manager lp_staker",
                                        "oracle: honest rogue unseated",
                                        "relay: honest rogue",
                                        "kyc_reviewer: standard",
                                        "observer: passive analyst",
                                        "treasury: buyback_bot reward_distributor",
                                        "fleet: coordinator spawner lifecycle",
                                        "orchestrator: scenario_runner metrics_collector"};
    const struct role *table;
    CHECK_U64(roles(&table), ARRAY_LEN(words));
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        struct str name, rest, variant;
        CHECK(str_cut(str_of(words[i]), ':', &name, &rest));
        CHECK_STR(str_of(table[i].name), name);
        CHECK_U64(role_index(&table[i]), i);
        rest = str_trim(rest);
        size_t v = 0;
        while (rest.len > 0) {
            (void)str_cut(rest, ' ', &variant, &rest);
            CHECK(v < table[i].variants_count);
            CHECK_STR(str_of(table[i].variants[v].name), variant);
            CHECK_U64(role_variant_index(&table[i], role_variant_find(&table[i], variant)), v);
            v++;
        }
        CHECK_U64(v, table[i].variants_count);
    }
}

static void every_mix_names_behaviours_its_role_may_run(void)
{
    const struct role *table;
    const size_t count = roles(&table);
    for (size_t i = 0; i < count; i++)
        for (size_t v = 0; v < table[i].variants_count; v++)
            for (const struct role_share *share = table[i].variants[v].mix; share != NULL && share->behavior != NULL; share++) {
                const struct behavior_spec *spec = behavior_find(str_of(share->behavior));
                if (spec == NULL) CHECK_FAIL("%s/%s: no behaviour %s", table[i].name, table[i].variants[v].name, share->behavior);
                if (!role_allows(&table[i], &table[i].variants[v], spec))
                    CHECK_FAIL("%s/%s may not run %s", table[i].name, table[i].variants[v].name, share->behavior);
                CHECK(share->weight > 0);
            }
}

static void every_pace_is_a_rate(void)
{
    const struct role *table;
    const size_t count = roles(&table);
    for (size_t i = 0; i < count; i++)
        for (size_t v = 0; v < table[i].variants_count; v++) {
            struct schedule_plan plan = {0};
            struct err err = {0};
            if (table[i].variants[v].pace != NULL && !schedule_parse(str_of(table[i].variants[v].pace), &plan, &err))
                CHECK_FAIL("%s: %s", table[i].variants[v].pace, err.text);
        }
    CHECK_STR(str_of(role_find(STR("general_user"))->variants[0].pace), STR("1/m"));
    CHECK_STR(str_of(role_find(STR("general_user"))->variants[1].pace), STR("1/s"));
}

static bool allowed(const char *role_name, const char *variant_name, const char *behavior)
{
    const struct role *role = role_find(str_of(role_name));
    return role_allows(role, role_variant_find(role, str_of(variant_name)), behavior_find(str_of(behavior)));
}

static void who_may_run_what_follows_the_vocabulary(void)
{
    CHECK(allowed("general_user", "power", "transfer.simple"));
    CHECK(allowed("trader", "spot", "transfer.simple"));
    CHECK(!allowed("observer", "passive", "transfer.simple"));
    CHECK(allowed("observer", "passive", "query.balance"));
    CHECK(allowed("general_user", "malicious", "cross_chain.double_mint"));
    CHECK(!allowed("general_user", "casual", "cross_chain.double_mint"));
    CHECK(allowed("relay", "rogue", "cross_chain.double_mint"));
    CHECK(!allowed("relay", "honest", "cross_chain.double_mint"));
    CHECK(allowed("governor", "malicious", "governance.sybil_vote"));
    CHECK(!allowed("governor", "active", "governance.sybil_vote"));
    CHECK(allowed("observer", "analyst", "privacy.timing_analysis"));
    CHECK(!allowed("observer", "passive", "privacy.timing_analysis"));
    CHECK(allowed("kyc_reviewer", "standard", "d007.kyc_review") && allowed("kyc_reviewer", "standard", "d007.settle"));
    CHECK(allowed("general_user", "power", "d007.offramp") && !allowed("trader", "spot", "d007.offramp"));
    CHECK(allowed("fleet", "coordinator", "monitor.nodes"));
    CHECK(allowed("orchestrator", "metrics_collector", "anti.zero_amount"));
}

static void general_users_have_mixes_this_build_can_run(void)
{
    const struct role *role = role_find(STR("general_user"));
    for (size_t v = 0; v < role->variants_count; v++) {
        const struct role_variant *variant = &role->variants[v];
        CHECK(role_has_mix(role, variant));
        struct rng rng;
        rng_init(&rng, 9);
        size_t transfers = 0;
        for (int i = 0; i < 1000; i++) {
            const struct behavior_spec *spec = role_draw(role, variant, &rng);
            CHECK(spec != NULL && spec->step != NULL);
            transfers += spec->transaction;
        }
        CHECK(transfers > 500);
    }
    CHECK(role_draw(role_find(STR("relay")), &role_find(STR("relay"))->variants[0], &(struct rng){{1, 2, 3, 4}}) == NULL);
}

static void draws_follow_the_weights(void)
{
    const struct role *role = role_find(STR("general_user"));
    struct rng rng;
    rng_init(&rng, 3);
    size_t simple = 0;
    for (int i = 0; i < 10000; i++) simple += strcmp(role_draw(role, &role->variants[0], &rng)->name, "transfer.simple") == 0;
    CHECK(simple > 7200 && simple < 7800);
}

static void what_does_not_exist_is_not_found(void)
{
    CHECK(role_find(STR("generaluser")) == NULL);
    CHECK(role_variant_find(role_find(STR("governor")), STR("honest")) == NULL);
    CHECK_STR(str_of(role_variant_renamed(role_find(STR("governor")), STR("honest"))), STR("active"));
    CHECK(role_variant_renamed(role_find(STR("trader")), STR("honest")) == NULL);
    CHECK(role_name_at(1000).len == 0);
    CHECK(strcmp(role_variant_find(role_find(STR("trader")), (struct str){0})->name, "spot") == 0);
}

int main(void)
{
    RUN(every_role_and_variant_of_the_vocabulary_is_there_in_its_order);
    RUN(every_mix_names_behaviours_its_role_may_run);
    RUN(every_pace_is_a_rate);
    RUN(who_may_run_what_follows_the_vocabulary);
    RUN(general_users_have_mixes_this_build_can_run);
    RUN(draws_follow_the_weights);
    RUN(what_does_not_exist_is_not_found);
    return 0;
}
