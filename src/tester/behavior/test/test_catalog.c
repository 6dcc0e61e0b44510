/* The catalog must hold exactly the vocabulary, every row must be sound, and suggestions must lead to keys that exist. */
#include "core/base/check.h"
#include "tester/behavior/behavior.h"

/* Every key of scenarios 2.2 and patterns 8, written out. */
static const char *const vocabulary[] = {"anti.auction_phase",
                                         "anti.bad_timestamp",
                                         "anti.deprecated_api",
                                         "anti.double_spend",
                                         "anti.duplicate_vote",
                                         "anti.early_execute",
                                         "anti.expired_proof",
                                         "anti.field_too_long",
                                         "anti.insufficient_balance",
                                         "anti.integer_overflow",
                                         "anti.invalid_address",
                                         "anti.invalid_format",
                                         "anti.invalid_signature",
                                         "anti.late_vote",
                                         "anti.leverage_limit",
                                         "anti.max_size",
                                         "anti.missing_fields",
                                         "anti.missing_lock",
                                         "anti.negative_amount",
                                         "anti.offramp_without_kyc",
                                         "anti.orphan_tx",
                                         "anti.premature_finality",
                                         "anti.race_condition",
                                         "anti.stale_nonce",
                                         "anti.unknown_object",
                                         "anti.unregistered_governor",
                                         "anti.unregistered_validator",
                                         "anti.unstaked_vote",
                                         "anti.unsupported_feature",
                                         "anti.vote_resolved",
                                         "anti.wrong_chain",
                                         "anti.wrong_endpoint",
                                         "anti.wrong_network",
                                         "anti.wrong_token",
                                         "anti.zero_amount",
                                         "byzantine.censor",
                                         "byzantine.deep_reorg",
                                         "byzantine.equivocate",
                                         "byzantine.fork_history",
                                         "byzantine.grind_leader",
                                         "byzantine.long_range",
                                         "byzantine.mixed",
                                         "byzantine.propose_invalid",
                                         "byzantine.withhold",
                                         "cross_chain.await_finality",
                                         "cross_chain.burn_unlock",
                                         "cross_chain.bypass_finality",
                                         "cross_chain.double_mint",
                                         "cross_chain.forge_proof",
                                         "cross_chain.lock",
                                         "cross_chain.lock_mint",
                                         "cross_chain.mint",
                                         "d007.kyc_register",
                                         "d007.kyc_resubmit",
                                         "d007.kyc_review",
                                         "d007.offramp",
                                         "d007.retry_settlement",
                                         "d007.settle",
                                         "dex.cancel_all",
                                         "dex.cancel_order",
                                         "dex.limit_order",
                                         "dex.maintain_quotes",
                                         "dex.market_order",
                                         "dex.provide_liquidity",
                                         "dex.remove_liquidity",
                                         "dex.slippage_guard",
                                         "dex.spoof",
                                         "dex.spot_trade",
                                         "dex.wash_trade",
                                         "governance.bypass_timelock",
                                         "governance.delegate_vote",
                                         "governance.execute",
                                         "governance.flash_loan_vote",
                                         "governance.gci_manipulation",
                                         "governance.joint",
                                         "governance.parameter_update",
                                         "governance.proposal_spam",
                                         "governance.propose",
                                         "governance.propose_and_vote",
                                         "governance.registration_spam",
                                         "governance.sybil_vote",
                                         "governance.timelocked_execute",
                                         "governance.vote",
                                         "governance.vote_buying",
                                         "governance.vote_spam",
                                         "ipc.censor",
                                         "ipc.forge",
                                         "ipc.reorder",
                                         "ipc.replay",
                                         "mev.arbitrage",
                                         "mev.front_run",
                                         "mev.liquidation_snipe",
                                         "mev.sandwich",
                                         "mix.network_day",
                                         "monitor.auction",
                                         "monitor.consensus",
                                         "monitor.governance",
                                         "monitor.ipc",
                                         "monitor.mempool",
                                         "monitor.nodes",
                                         "monitor.oracle",
                                         "monitor.validators",
                                         "monitor.workers",
                                         "name_service.claim_name",
                                         "name_service.commit_bid",
                                         "name_service.create_auction",
                                         "name_service.finalize",
                                         "name_service.reveal_bid",
                                         "net.eclipse",
                                         "net.monopolise",
                                         "net.poison_peers",
                                         "net.serve_fake_chain",
                                         "node.sync_with_checkpoint",
                                         "oracle.flash_loan_price",
                                         "oracle.submit_outlier",
                                         "oracle.submit_price",
                                         "oracle.submit_stale",
                                         "oracle.sybil_feed",
                                         "perp.add_margin",
                                         "perp.close",
                                         "perp.funding",
                                         "perp.liquidate",
                                         "perp.liquidation_cascade",
                                         "perp.open",
                                         "perp.trade",
                                         "privacy.address_clustering",
                                         "privacy.address_recycle",
                                         "privacy.amount_analysis",
                                         "privacy.batch_prove",
                                         "privacy.forge_proof",
                                         "privacy.generate_proof",
                                         "privacy.mix",
                                         "privacy.mixer_analysis",
                                         "privacy.shielded_transfer",
                                         "privacy.timing_analysis",
                                         "program.deploy",
                                         "program.execute",
                                         "query.balance",
                                         "query.mempool",
                                         "query.order",
                                         "query.orderbook",
                                         "query.proposals",
                                         "query.state",
                                         "query.trades",
                                         "query.transaction",
                                         "query.validator",
                                         "replay.attestation",
                                         "replay.batch",
                                         "replay.cross_chain",
                                         "replay.direct",
                                         "replay.modified",
                                         "replay.timestamp",
                                         "rewards.claim",
                                         "rewards.query",
                                         "spam.api_flood",
                                         "spam.cpu_burn",
                                         "spam.mempool_flood",
                                         "spam.storage_bomb",
                                         "transaction.create",
                                         "transaction.submit",
                                         "transfer.batch",
                                         "transfer.burst",
                                         "transfer.simple",
                                         "transfer.with_memo",
                                         "validator.attest",
                                         "validator.deregister",
                                         "validator.participate",
                                         "validator.propose_block",
                                         "validator.register",
                                         "validator.sign_checkpoint",
                                         "validator.sync",
                                         "verify.auction",
                                         "verify.consensus_safety",
                                         "verify.cross_chain_atomicity",
                                         "verify.execution_order",
                                         "verify.governance",
                                         "verify.invariants",
                                         "verify.mev",
                                         "verify.network_health",
                                         "verify.privacy",
                                         "verify.state_consistency",
                                         "verify.validator_set"};

/* Keys this build carries out. A change here is a change of what scenarios may use. */
static const char *const implemented[] = {
    "cross_chain.await_finality",
    "cross_chain.burn_unlock",
    "cross_chain.lock",
    "cross_chain.lock_mint",
    "cross_chain.mint",
    "d007.kyc_register",
    "d007.kyc_resubmit",
    "d007.kyc_review",
    "d007.offramp",
    "d007.retry_settlement",
    "d007.settle",
    "dex.cancel_all",
    "dex.cancel_order",
    "dex.limit_order",
    "dex.maintain_quotes",
    "dex.market_order",
    "dex.provide_liquidity",
    "dex.remove_liquidity",
    "dex.slippage_guard",
    "dex.spot_trade",
    "governance.delegate_vote",
    "governance.execute",
    "governance.joint",
    "governance.parameter_update",
    "governance.propose",
    "governance.propose_and_vote",
    "governance.timelocked_execute",
    "governance.vote",
    "mev.arbitrage",
    "mix.network_day",
    "monitor.auction",
    "monitor.consensus",
    "monitor.governance",
    "monitor.ipc",
    "monitor.mempool",
    "monitor.nodes",
    "monitor.oracle",
    "monitor.validators",
    "name_service.claim_name",
                                          "name_service.commit_bid",
                                          "name_service.create_auction",
                                          "name_service.finalize",
                                          "name_service.reveal_bid",
                                          "node.sync_with_checkpoint",
    "oracle.submit_price",
    "perp.add_margin",
    "perp.close",
    "perp.funding",
    "perp.liquidate",
    "perp.open",
    "perp.trade",
    "privacy.address_recycle", "privacy.batch_prove", "privacy.generate_proof", "privacy.mix", "privacy.shielded_transfer", "program.deploy",
                                          "program.execute",
                                          "query.balance",
    "query.mempool",
    "query.order",
    "query.orderbook",
    "query.proposals",
    "query.state",
    "query.trades",
    "query.transaction",
    "query.validator",
    "rewards.claim",
    "rewards.query",
    "transaction.create",
    "transaction.submit",
    "transfer.batch",
    "transfer.burst",
    "transfer.simple",
    "transfer.with_memo",
    "validator.attest",
    "validator.deregister",
    "validator.participate",
    "validator.propose_block",
    "validator.register",
    "validator.sign_checkpoint",
    "validator.sync",
    "verify.auction",
    "verify.consensus_safety",
    "verify.cross_chain_atomicity",
    "verify.governance",
    "verify.invariants",
    "verify.network_health",
    "verify.state_consistency",
    "verify.validator_set",
};

static void the_catalog_is_the_vocabulary_sorted_and_without_repeats(void)
{
    size_t i = 0;
    for (; behavior_name_at(i).len > 0; i++) {
        if (i >= ARRAY_LEN(vocabulary)) CHECK_FAIL("one too many: " STR_FMT, STR_ARG(behavior_name_at(i)));
        CHECK_STR(behavior_name_at(i), str_of(vocabulary[i]));
        if (i > 0) CHECK(str_cmp(behavior_name_at(i - 1), behavior_name_at(i)) < 0);
    }
    CHECK_U64(i, ARRAY_LEN(vocabulary));
}

static void families_hold_their_own_keys_only(void)
{
    const struct behavior_family *const *families;
    const size_t count = behavior_families(&families);
    for (size_t f = 0; f < count; f++)
        for (size_t i = 0; i < families[f]->count; i++) {
            struct str family, rest;
            CHECK(str_cut(str_of(families[f]->specs[i].name), '.', &family, &rest));
            CHECK_STR(family, str_of(families[f]->name));
            CHECK(behavior_find(str_of(families[f]->specs[i].name)) == &families[f]->specs[i]);
        }
}

static void every_row_is_sound(void)
{
    struct arena arena;
    arena_init(&arena, 0);
    for (size_t i = 0; behavior_name_at(i).len > 0; i++) {
        const struct behavior_spec *spec = behavior_find(behavior_name_at(i));
        CHECK(spec->summary != NULL && strlen(spec->summary) > 4 && strlen(spec->summary) < 100);
        CHECK(spec->roles != NULL && spec->roles[0] != '\0');
        CHECK(spec->pattern == NULL || strncmp(spec->pattern, "PT-", 3) == 0);
        CHECK(!(spec->runner && spec->step != NULL));
        CHECK(!spec->transaction || spec->spend_max != NULL);
        for (size_t p = 0; p < param_specs_count(spec->params); p++) {
            const struct param_spec *param = &spec->params[p];
            if (p > 0 && strcmp(param[-1].name, param->name) >= 0)
                CHECK_FAIL("%s: parameter %s out of order", spec->name, param->name);
            struct arg arg;
            arg_fallback(param, &arena, &arg); /* asserts that the default parses */
            CHECK(arg.given == (param->fallback != NULL));
            if (param->type == PARAM_CHOICE || param->type == PARAM_WEIGHTS) CHECK(param->choices != NULL);
        }
    }
    arena_done(&arena);
}

static void what_this_build_carries_out_is_what_is_written_here(void)
{
    size_t at = 0;
    for (size_t i = 0; behavior_name_at(i).len > 0; i++) {
        if (!behavior_in_build(behavior_find(behavior_name_at(i)))) continue;
        CHECK(at < ARRAY_LEN(implemented));
        CHECK_STR(behavior_name_at(i), str_of(implemented[at]));
        at++;
    }
    CHECK_U64(at, ARRAY_LEN(implemented));
}

static void there_are_as_many_of_each_sort_as_the_catalogue_of_patterns_says(void)
{
    bool seen[1000] = {false};
    size_t anti = 0, attacks = 0;
    for (size_t i = 0; behavior_name_at(i).len > 0; i++) {
        const struct behavior_spec *spec = behavior_find(behavior_name_at(i));
        if (spec->pattern == NULL) continue;
        if (strncmp(spec->pattern, "PT-D-", 5) == 0) anti++;
        uint64_t number;
        CHECK(str_to_u64(
            (struct str){strspn(spec->pattern + 5, "0") == 3 ? "0" : spec->pattern + 5 + strspn(spec->pattern + 5, "0"),
                         3 - MIN(strspn(spec->pattern + 5, "0"), 2)},
            &number));
        if (strncmp(spec->pattern, "PT-A-", 5) == 0 && !seen[number]) {
            seen[number] = true;
            attacks++;
        }
    }
    CHECK_U64(anti, 35);
    CHECK_U64(attacks, 35);
}

static void earlier_spellings_lead_to_keys_that_exist(void)
{
    CHECK_STR(str_of(behavior_renamed(STR("transfer.casual"))), STR("transfer.simple"));
    CHECK(behavior_renamed(STR("transfer.simple")) == NULL);
    CHECK(behavior_renamed(STR("nonsense")) == NULL);
    static const char *const old[] = {"transfer.continuous",
                                      "query.balance_alpha",
                                      "mempool_size",
                                      "governance.vote_on_all",
                                      "dex.place_orders",
                                      "trading.spot",
                                      "validator.claim_rewards",
                                      "consensus.slash_validator",
                                      "mixed_operations",
                                      "cancel_all_orders",
                                      "check_ipc",
                                      "auction_state",
                                      "bft_properties",
                                      "kyc_verify",
                                      "equivocation",
                                      "adversarial.sign_all_forks"};
    for (size_t i = 0; i < ARRAY_LEN(old); i++) {
        const char *now = behavior_renamed(str_of(old[i]));
        if (now == NULL) CHECK_FAIL("no suggestion for %s", old[i]);
        CHECK(behavior_find(str_of(now)) != NULL);
        CHECK(behavior_find(str_of(old[i])) == NULL);
    }
}

int main(void)
{
    RUN(the_catalog_is_the_vocabulary_sorted_and_without_repeats);
    RUN(families_hold_their_own_keys_only);
    RUN(every_row_is_sound);
    RUN(what_this_build_carries_out_is_what_is_written_here);
    RUN(there_are_as_many_of_each_sort_as_the_catalogue_of_patterns_says);
    RUN(earlier_spellings_lead_to_keys_that_exist);
    return 0;
}
