#include "tester/behavior/families_priv.h"

static const struct behavior_family *const families[] = {
    &behavior_anti,         &behavior_byzantine,   &behavior_cross_chain, &behavior_d007,      &behavior_dex,
    &behavior_governance,   &behavior_ipc,         &behavior_mev,         &behavior_mix,       &behavior_monitor,
    &behavior_name_service, &behavior_net,         &behavior_node,        &behavior_oracle,    &behavior_perp,
    &behavior_privacy,      &behavior_program,     &behavior_query,       &behavior_replay,    &behavior_rewards,
    &behavior_spam,         &behavior_transaction, &behavior_transfer,    &behavior_validator, &behavior_verify,
};

/* Earlier spellings, with and without their family in front. */
static const struct {
    const char *was, *now;
} renamed[] = {
    {"transfer.casual", "transfer.simple"},
    {"transfer.continuous", "transfer.simple"},
    {"transfer.alpha", "transfer.simple"},
    {"transfer.execute", "transfer.simple"},
    {"transfer.attempt", "transfer.simple"},
    {"transfer.with_nonce", "anti.stale_nonce"},
    {"transfer.with_timestamp", "anti.bad_timestamp"},
    {"transfer.boundary", "anti.integer_overflow"},
    {"transfer.overflow_attempt", "anti.integer_overflow"},
    {"transaction.submit_to_alpha", "transaction.submit"},
    {"transaction.submit_to_delta", "transaction.submit"},
    {"cross_chain.check_ipc", "monitor.ipc"},
    {"check_ipc", "monitor.ipc"},
    {"cross_chain.double_mint_attack", "cross_chain.double_mint"},
    {"double_mint_attack", "cross_chain.double_mint"},
    {"cross_chain.concurrent_locks", "cross_chain.double_mint"},
    {"concurrent_locks", "cross_chain.double_mint"},
    {"cross_chain.race_exploit", "cross_chain.double_mint"},
    {"race_exploit", "cross_chain.double_mint"},
    {"adversarial.mint_without_lock", "cross_chain.forge_proof"},
    {"adversarial.fake_ipc_messages", "ipc.forge"},
    {"node.verify_ipc_messages", "ipc.forge"},
    {"cross_chain.replay_transaction", "replay.cross_chain"},
    {"replay.timestamp_manipulation", "replay.timestamp"},
    {"governance.create_proposal", "governance.propose"},
    {"create_proposal", "governance.propose"},
    {"governance.vote_on_all", "governance.vote"},
    {"vote_on_all", "governance.vote"},
    {"governance.execute_passed", "governance.execute"},
    {"execute_passed", "governance.execute"},
    {"governance.sybil_setup", "governance.sybil_vote"},
    {"sybil_setup", "governance.sybil_vote"},
    {"governance.coordinated_vote", "governance.sybil_vote"},
    {"coordinated_vote", "governance.sybil_vote"},
    {"governance.spam_proposals", "governance.proposal_spam"},
    {"spam_proposals", "governance.proposal_spam"},
    {"governance.dos", "governance.vote_spam"},
    {"dos", "governance.vote_spam"},
    {"dex.place_orders", "dex.limit_order"},
    {"dex.place_limit_orders", "dex.limit_order"},
    {"place_orders", "dex.limit_order"},
    {"place_limit_orders", "dex.limit_order"},
    {"dex.trading_activity", "dex.spot_trade"},
    {"trading_activity", "dex.spot_trade"},
    {"trading.spot", "dex.spot_trade"},
    {"dex.cancel_all_orders", "dex.cancel_all"},
    {"cancel_all_orders", "dex.cancel_all"},
    {"dex.perpetual_trade", "perp.trade"},
    {"dex.exploit_perp_position", "oracle.flash_loan_price"},
    {"mev.monitor_mempool", "monitor.mempool"},
    {"dex.manipulative_trade", "oracle.flash_loan_price"},
    {"defi.flash_loan", "oracle.flash_loan_price"},
    {"defi.repay_flash_loan", "oracle.flash_loan_price"},
    {"oracle.sybil_attack", "oracle.sybil_feed"},
    {"sybil_attack", "oracle.sybil_feed"},
    {"oracle.timestamp_manipulation", "oracle.submit_stale"},
    {"timestamp_manipulation", "oracle.submit_stale"},
    {"oracle.circuit_breaker", "monitor.oracle"},
    {"privacy.mixing", "privacy.mix"},
    {"mixing", "privacy.mix"},
    {"privacy.amount_correlation", "privacy.amount_analysis"},
    {"amount_correlation", "privacy.amount_analysis"},
    {"validator.produce_blocks", "validator.participate"},
    {"produce_blocks", "validator.participate"},
    {"validator.check_status", "query.validator"},
    {"check_status", "query.validator"},
    {"validator.build_block", "validator.propose_block"},
    {"build_block", "validator.propose_block"},
    {"validator.collect_mempool", "validator.propose_block"},
    {"collect_mempool", "validator.propose_block"},
    {"validator.finalize_block", "validator.propose_block"},
    {"finalize_block", "validator.propose_block"},
    {"fork_detection", "verify.consensus_safety"},
    {"detect_equivocation", "verify.consensus_safety"},
    {"verify_blocks", "verify.consensus_safety"},
    {"validator.claim_rewards", "rewards.claim"},
    {"byzantine.equivocation", "byzantine.equivocate"},
    {"equivocation", "byzantine.equivocate"},
    {"byzantine.multi_attack", "byzantine.mixed"},
    {"multi_attack", "byzantine.mixed"},
    {"byzantine.withhold_attestations", "byzantine.withhold"},
    {"withhold_attestations", "byzantine.withhold"},
    {"byzantine.propose_invalid_blocks", "byzantine.propose_invalid"},
    {"propose_invalid_blocks", "byzantine.propose_invalid"},
    {"adversarial.reorg_double_spend", "byzantine.deep_reorg"},
    {"adversarial.fork_from_genesis", "byzantine.fork_history"},
    {"adversarial.fork_from_checkpoint", "byzantine.fork_history"},
    {"adversarial.sign_all_forks", "byzantine.fork_history"},
    {"adversarial.stake_grinding", "byzantine.grind_leader"},
    {"consensus.slash_validator", "byzantine.equivocate"},
    {"adversarial.sybil_join", "net.eclipse"},
    {"adversarial.peer_table_pollution", "net.poison_peers"},
    {"adversarial.connect_to_victims", "net.monopolise"},
    {"adversarial.peer_eviction", "net.monopolise"},
    {"adversarial.build_fake_chain", "net.serve_fake_chain"},
    {"adversarial.serve_fake_chain", "net.serve_fake_chain"},
    {"node.bootstrap_peers", "node.sync_with_checkpoint"},
    {"node.discover_peers", "node.sync_with_checkpoint"},
    {"node.verify_checkpoints", "node.sync_with_checkpoint"},
    {"name_service.finalize_auctions", "name_service.finalize"},
    {"finalize_auctions", "name_service.finalize"},
    {"name_service.claim_names", "name_service.claim_name"},
    {"claim_names", "name_service.claim_name"},
    {"d007.kyc_verify", "d007.kyc_review"},
    {"kyc_verify", "d007.kyc_review"},
    {"d007.initiate_offramp", "d007.offramp"},
    {"initiate_offramp", "d007.offramp"},
    {"d007.process_settlement", "d007.settle"},
    {"process_settlement", "d007.settle"},
    {"d007.handle_rejection", "d007.retry_settlement"},
    {"handle_rejection", "d007.retry_settlement"},
    {"mix.mixed_operations", "mix.network_day"},
    {"mixed_operations", "mix.network_day"},
    {"query.balance_alpha", "query.balance"},
    {"balance_alpha", "query.balance"},
    {"query.balance_delta", "query.balance"},
    {"balance_delta", "query.balance"},
    {"query.mempool_size", "query.mempool"},
    {"mempool_size", "query.mempool"},
    {"monitor.auction_state", "monitor.auction"},
    {"auction_state", "monitor.auction"},
    {"monitor.validator_performance", "monitor.validators"},
    {"validator_performance", "monitor.validators"},
    {"monitor.ipc_messages", "monitor.ipc"},
    {"ipc_messages", "monitor.ipc"},
    {"monitor.attestations", "monitor.consensus"},
    {"attestations", "monitor.consensus"},
    {"verify.cross_chain_state", "verify.cross_chain_atomicity"},
    {"verify.ipc_message_integrity", "verify.cross_chain_atomicity"},
    {"verify.bft_properties", "verify.consensus_safety"},
    {"bft_properties", "verify.consensus_safety"},
    {"verify.governance_integrity", "verify.governance"},
    {"verify.governance_security", "verify.governance"},
    {"verify.privacy_guarantees", "verify.privacy"},
    {"verify.mev_detection", "verify.mev"},
    {"dex.check_execution_order", "verify.execution_order"},
    {"governance.analyze_votes", "verify.governance"},
};

size_t behavior_families(const struct behavior_family *const **out)
{
    *out = families;
    return ARRAY_LEN(families);
}

const struct behavior_spec *behavior_find(struct str name)
{
    for (size_t f = 0; f < ARRAY_LEN(families); f++)
        for (size_t i = 0; i < families[f]->count; i++)
            if (str_eq(str_of(families[f]->specs[i].name), name)) return &families[f]->specs[i];
    return NULL;
}

struct str behavior_name_at(size_t i)
{
    for (size_t f = 0; f < ARRAY_LEN(families); f++) {
        if (i < families[f]->count) return str_of(families[f]->specs[i].name);
        i -= families[f]->count;
    }
    return (struct str){0};
}

const char *behavior_renamed(struct str old_name)
{
    for (size_t i = 0; i < ARRAY_LEN(renamed); i++)
        if (str_eq(old_name, str_of(renamed[i].was))) return renamed[i].now;
    return NULL;
}

void behavior_run(const struct behavior_spec *spec, struct act *act, struct op *op)
{
    ASSERT(spec->step != NULL);
    act_run(act, spec->step, op);
}
