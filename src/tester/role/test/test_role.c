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
                size_t row;
                struct arg arg;
                struct err err = {0};
                struct arena arena;
                arena_init(&arena, 0);
                if (share->param && (!param_specs_find(spec->params, str_of(share->param), &row) ||
                                     !arg_parse(&spec->params[row], str_of(share->value), &arena, &arg, &err)))
                    CHECK_FAIL("%s/%s: %s %s of %s: %s", table[i].name, table[i].variants[v].name, share->param, share->value, share->behavior, err.text);
                arena_done(&arena);
                if (!role_allows(&table[i], &table[i].variants[v], spec))
                    CHECK_FAIL("%s/%s may not run %s", table[i].name, table[i].variants[v].name, share->behavior);
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

static const struct role_variant *variant_of(const char *role, const char *variant)
{
    return role_variant_find(role_find(str_of(role)), str_of(variant));
}

static void a_mix_is_run_as_a_whole_or_not_at_all(void)
{
    struct role_part parts[ROLE_PARTS_MAX];
    const struct role_variant *casual = variant_of("general_user", "casual");
    CHECK_U64(role_mix(casual, parts), 3);
    CHECK_STR(str_of(parts[0].behavior->name), STR("transfer.simple"));
    CHECK_U64(parts[0].weight, 75);
    CHECK_U64(role_mix_weight(casual), 100);
    CHECK(role_mix_missing(casual) == NULL);
    CHECK_U64(role_mix(variant_of("relay", "honest"), parts), 0);
    const struct role_variant *byzantine = variant_of("validator", "byzantine");
    CHECK(behavior_in_build(behavior_find(STR("byzantine.mixed"))) == (role_mix_missing(byzantine) == NULL));
}

static void who_has_more_than_services_has_a_pace(void)
{
    const struct role *table;
    const size_t count = roles(&table);
    for (size_t i = 0; i < count; i++)
        for (size_t v = 0; v < table[i].variants_count; v++)
            if (role_mix_weight(&table[i].variants[v]) > 0 && table[i].variants[v].pace == NULL)
                CHECK_FAIL("%s/%s has a mix and no pace", table[i].name, table[i].variants[v].name);
    CHECK_U64(role_mix_weight(variant_of("trader", "market_maker")), 0);
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
    RUN(a_mix_is_run_as_a_whole_or_not_at_all);
    RUN(who_has_more_than_services_has_a_pace);
    RUN(what_does_not_exist_is_not_found);
    return 0;
}
