#include "tester/scenario/vocab.h"

#include "chain/params.h"

const struct metric_spec metric_specs[METRIC_IDS] = {
    /* name, group, dimension, scales with, correctness, of operations, in this build */
    [METRIC_TPS] = {"tps", "Throughput", DIM_RATE, SCALE_BOTS, false, true, true},
    [METRIC_TPS_AVG] = {"tps_avg", "Throughput", DIM_RATE, SCALE_BOTS, false, true, true},
    [METRIC_TPS_PEAK] = {"tps_peak", "Throughput", DIM_RATE, SCALE_BOTS, false, true, true},
    [METRIC_INBOUND_TPS] = {"inbound_tps", "Throughput", DIM_RATE, SCALE_BOTS, false, true, true},
    [METRIC_DRAIN_TPS] = {"drain_tps", "Throughput", DIM_RATE, SCALE_BOTS, false, true, true},
    [METRIC_OPS_PER_SEC] = {"ops_per_sec", "Throughput", DIM_RATE, SCALE_BOTS, false, true, true},
    [METRIC_OPS_TOTAL] = {"ops_total", "Throughput", DIM_COUNT, SCALE_BOTH, false, true, true},
    [METRIC_LOCKS_PER_SEC] = {"locks_per_sec", "Throughput", DIM_RATE, SCALE_BOTS, false, true, true},
    [METRIC_BURNS_PER_SEC] = {"burns_per_sec", "Throughput", DIM_RATE, SCALE_BOTS, false, true, true},
    [METRIC_ORDERS_PER_SEC] = {"orders_per_sec", "Throughput", DIM_RATE, SCALE_BOTS, false, true, true},
    [METRIC_VOTES_PER_SEC] = {"votes_per_sec", "Throughput", DIM_RATE, SCALE_BOTS, false, true, true},
    [METRIC_SHIELDED_PER_MIN] = {"shielded_per_min", "Throughput", DIM_PER_MINUTE, SCALE_BOTS, false, true, true},
    [METRIC_CROSS_CHAIN_PER_HOUR] = {"cross_chain_per_hour", "Throughput", DIM_PER_HOUR, SCALE_BOTS, false, true, true},
    [METRIC_DEPLOYS_TOTAL] = {"deploys_total", "Throughput", DIM_COUNT, SCALE_BOTH, false, true, true},
    [METRIC_OPS_PENDING] = {"ops_pending", "Outcome", DIM_COUNT, SCALE_NEVER, false, false, true},
    [METRIC_SUCCESS_RATE] = {"success_rate", "Outcome", DIM_FRACTION, SCALE_NEVER, false, true, true},
    [METRIC_ERROR_RATE] = {"error_rate", "Outcome", DIM_FRACTION, SCALE_NEVER, false, true, true},
    [METRIC_PROBE_SUCCESS] = {"probe_success", "Outcome", DIM_FRACTION, SCALE_NEVER, false, true, true},
    [METRIC_UNEXPECTED_ERRORS] = {"unexpected_errors", "Outcome", DIM_COUNT, SCALE_NEVER, true, true, true},
    [METRIC_LATENCY_P50] = {"latency_p50", "Latency", DIM_DURATION, SCALE_NEVER, false, true, true},
    [METRIC_LATENCY_P95] = {"latency_p95", "Latency", DIM_DURATION, SCALE_NEVER, false, true, true},
    [METRIC_LATENCY_P99] = {"latency_p99", "Latency", DIM_DURATION, SCALE_NEVER, false, true, true},
    [METRIC_INCLUSION_P50] = {"inclusion_p50", "Latency", DIM_DURATION, SCALE_NEVER, false, true, true},
    [METRIC_INCLUSION_P95] = {"inclusion_p95", "Latency", DIM_DURATION, SCALE_NEVER, false, true, true},
    [METRIC_INCLUSION_P99] = {"inclusion_p99", "Latency", DIM_DURATION, SCALE_NEVER, false, true, true},
    [METRIC_FINALITY_P50] = {"finality_p50", "Latency", DIM_DURATION, SCALE_NEVER, false, true, true},
    [METRIC_FINALITY_P95] = {"finality_p95", "Latency", DIM_DURATION, SCALE_NEVER, false, true, true},
    [METRIC_FINALITY_P99] = {"finality_p99", "Latency", DIM_DURATION, SCALE_NEVER, false, true, true},
    [METRIC_CROSS_CHAIN_P95] = {"cross_chain_p95", "Latency", DIM_DURATION, SCALE_NEVER, false, true, true},
    [METRIC_ORDER_P95] = {"order_p95", "Latency", DIM_DURATION, SCALE_NEVER, false, true, true},
    [METRIC_API_P95] = {"api_p95", "Latency", DIM_DURATION, SCALE_NEVER, false, true, true},
    [METRIC_VOTE_P95] = {"vote_p95", "Latency", DIM_DURATION, SCALE_NEVER, false, true, true},
    [METRIC_PROOF_GEN_P95] = {"proof_gen_p95", "Latency", DIM_DURATION, SCALE_NEVER, false, true, true},
    [METRIC_PROOF_VERIFY_P95] = {"proof_verify_p95", "Latency", DIM_DURATION, SCALE_NEVER, false, true, true},
    [METRIC_IPC_DELAY_P95] = {"ipc_delay_p95", "Latency", DIM_DURATION, SCALE_NEVER, false, false, true},
    [METRIC_PROBE_P95_RATIO] = {"probe_p95_ratio", "Latency", DIM_RATIO, SCALE_NEVER, false, true, true},
    [METRIC_FINALITY_RATIO] = {"finality_ratio", "Latency", DIM_RATIO, SCALE_NEVER, false, true, true},
    [METRIC_TPS_RATIO] = {"tps_ratio", "Latency", DIM_RATIO, SCALE_NEVER, false, true, true},
    [METRIC_BLOCK_INTERVAL_AVG] = {"block_interval_avg", "Consensus", DIM_DURATION, SCALE_NEVER, false, false, true},
    [METRIC_FINAL_GAP_MAX] = {"final_gap_max", "Consensus", DIM_DURATION, SCALE_NEVER, false, false, true},
    [METRIC_HALT_DURATION] = {"halt_duration", "Consensus", DIM_DURATION, SCALE_NEVER, false, false, true},
    [METRIC_TIME_TO_RESUME] = {"time_to_resume", "Consensus", DIM_DURATION, SCALE_NEVER, false, false, true},
    [METRIC_TIME_TO_CONVERGE] = {"time_to_converge", "Consensus", DIM_DURATION, SCALE_NEVER, false, false, true},
    [METRIC_VALIDATORS_ACTIVE] = {"validators_active", "Consensus", DIM_COUNT, SCALE_NEVER, false, false, true},
    [METRIC_VALIDATORS_DOWN] = {"validators_down", "Consensus", DIM_COUNT, SCALE_NEVER, false, false, true},
    [METRIC_DOWN_MAX_FINAL] = {"down_max_final", "Consensus", DIM_COUNT, SCALE_NEVER, false, false, true},
    [METRIC_UP_AT_RESUME] = {"up_at_resume", "Consensus", DIM_COUNT, SCALE_NEVER, false, false, true},
    [METRIC_ROUND_CHANGES] = {"round_changes", "Consensus", DIM_COUNT, SCALE_NEVER, false, false, true},
    [METRIC_REORG_DEPTH_FINAL] = {"reorg_depth_final", "Consensus", DIM_COUNT, SCALE_NEVER, true, false, true},
    [METRIC_CONFLICTING_FINAL_BLOCKS] = {"conflicting_final_blocks", "Consensus", DIM_COUNT, SCALE_NEVER, true, false, true},
    [METRIC_SLASHINGS] = {"slashings", "Consensus", DIM_COUNT, SCALE_NEVER, false, false, true},
    [METRIC_EJECTIONS] = {"ejections", "Consensus", DIM_COUNT, SCALE_NEVER, false, false, true},
    [METRIC_EVIDENCE_COUNT] = {"evidence_count", "Consensus", DIM_COUNT, SCALE_NEVER, false, false, true},
    [METRIC_PARTICIPATION] = {"participation", "Consensus", DIM_FRACTION, SCALE_NEVER, false, false, true},
    [METRIC_UPTIME] = {"uptime", "Consensus", DIM_FRACTION, SCALE_NEVER, false, false, true},
    [METRIC_MEMPOOL_SIZE] = {"mempool_size", "Mempool", DIM_COUNT, SCALE_NEVER, false, false, true},
    [METRIC_MEMPOOL_PEAK] = {"mempool_peak", "Mempool", DIM_COUNT, SCALE_NEVER, false, false, true},
    [METRIC_EVICTIONS] = {"evictions", "Mempool", DIM_COUNT, SCALE_NEVER, false, false, true},
    [METRIC_REJECTIONS] = {"rejections", "Mempool", DIM_COUNT, SCALE_NEVER, false, false, true},
    [METRIC_OLDEST_PENDING] = {"oldest_pending", "Mempool", DIM_DURATION, SCALE_NEVER, false, false, true},
    [METRIC_ORPHANS] = {"orphans", "Bridge", DIM_COUNT, SCALE_NEVER, true, false, true},
    [METRIC_IPC_RETRIES] = {"ipc_retries", "Bridge", DIM_COUNT, SCALE_NEVER, false, false, true},
    [METRIC_IPC_GAPS] = {"ipc_gaps", "Bridge", DIM_COUNT, SCALE_NEVER, true, false, true},
    [METRIC_STUCK_OPS] = {"stuck_ops", "Bridge", DIM_COUNT, SCALE_NEVER, true, true, true},
    [METRIC_PROPOSALS_OPEN] = {"proposals_open", "Governance", DIM_COUNT, SCALE_NEVER, false, false, true},
    [METRIC_PROPOSALS_CREATED] = {"proposals_created", "Governance", DIM_COUNT, SCALE_NEVER, false, false, true},
    [METRIC_PROPOSALS_EXECUTED] = {"proposals_executed", "Governance", DIM_COUNT, SCALE_NEVER, false, false, true},
    [METRIC_TURNOUT] = {"turnout", "Governance", DIM_FRACTION, SCALE_NEVER, false, false, true},
    [METRIC_VOTES_COUNTED] = {"votes_counted", "Governance", DIM_COUNT, SCALE_NEVER, false, false, true},
    [METRIC_BOOK_ORDERS] = {"book_orders", "Market", DIM_COUNT, SCALE_NEVER, false, false, true},
    [METRIC_BOOK_LEVELS] = {"book_levels", "Market", DIM_COUNT, SCALE_NEVER, false, false, true},
    [METRIC_SPREAD_BPS] = {"spread_bps", "Market", DIM_BPS, SCALE_NEVER, false, false, true},
    [METRIC_SLIPPAGE_BPS] = {"slippage_bps", "Market", DIM_BPS, SCALE_NEVER, false, true, true},
    [METRIC_FILL_RATE] = {"fill_rate", "Market", DIM_FRACTION, SCALE_NEVER, false, true, true},
    [METRIC_LIQUIDATIONS] = {"liquidations", "Market", DIM_COUNT, SCALE_NEVER, false, false, true},
    [METRIC_ATTACKER_PROFIT] = {"attacker_profit", "Market", DIM_AMOUNT, SCALE_NEVER, false, false, false},
    [METRIC_VICTIM_LOSS_BPS] = {"victim_loss_bps", "Market", DIM_BPS, SCALE_NEVER, false, false, false},
    [METRIC_MEDIAN_ERROR_BPS] = {"median_error_bps", "Market", DIM_BPS, SCALE_NEVER, false, false, false},
    [METRIC_ATTACK_ATTEMPTS] = {"attack_attempts", "Attack", DIM_COUNT, SCALE_BOTH, false, false, false},
    [METRIC_ATTACK_REACHED] = {"attack_reached", "Attack", DIM_COUNT, SCALE_BOTH, false, false, false},
    [METRIC_ATTACK_SUCCESSES] = {"attack_successes", "Attack", DIM_COUNT, SCALE_NEVER, true, false, false},
    [METRIC_DETECTION_RATE] = {"detection_rate", "Attack", DIM_FRACTION, SCALE_NEVER, false, false, false},
    [METRIC_DETECTION_DELAY_P95] = {"detection_delay_p95", "Attack", DIM_DURATION, SCALE_NEVER, false, false, false},
    [METRIC_FALSE_POSITIVE_RATE] = {"false_positive_rate", "Attack", DIM_FRACTION, SCALE_NEVER, false, false, false},
    [METRIC_REJECTION_RATE] = {"rejection_rate", "Attack", DIM_FRACTION, SCALE_NEVER, false, false, false},
    [METRIC_LINKAGE_ADVANTAGE] = {"linkage_advantage", "Attack", DIM_FRACTION, SCALE_NEVER, false, true, true},
    [METRIC_MUTATION_SCORE] = {"mutation_score", "Attack", DIM_FRACTION, SCALE_NEVER, false, false, false},
    [METRIC_CPU_PCT] = {"cpu_pct", "Resources", DIM_PERCENT, SCALE_NEVER, false, false, true},
    [METRIC_RSS_MB] = {"rss_mb", "Resources", DIM_MEGABYTES, SCALE_NEVER, false, false, true},
    [METRIC_RSS_GROWTH] = {"rss_growth", "Resources", DIM_FRACTION, SCALE_NEVER, false, false, true},
    [METRIC_DISK_GROWTH_MB] = {"disk_growth_mb", "Resources", DIM_MEGABYTES, SCALE_NEVER, false, false, false},
    [METRIC_FD_COUNT] = {"fd_count", "Resources", DIM_COUNT, SCALE_NEVER, false, false, true},
    [METRIC_ORCHESTRATOR_CPU_PCT] = {"orchestrator_cpu_pct", "Resources", DIM_PERCENT, SCALE_NEVER, false, false, false},
    [METRIC_WORKERS_ALIVE] = {"workers_alive", "Fleet", DIM_COUNT, SCALE_NEVER, false, false, false},
    [METRIC_BOTS_ACTIVE] = {"bots_active", "Fleet", DIM_COUNT, SCALE_NEVER, false, false, true},
    [METRIC_BOTS_LOST] = {"bots_lost", "Fleet", DIM_COUNT, SCALE_NEVER, true, false, false},
    [METRIC_METRICS_LOSS] = {"metrics_loss", "Fleet", DIM_FRACTION, SCALE_NEVER, false, false, false},
    [METRIC_CRASH_DETECT_TIME] = {"crash_detect_time", "Fleet", DIM_DURATION, SCALE_NEVER, false, false, false},
    [METRIC_RECOVERY_TIME] = {"recovery_time", "Fleet", DIM_DURATION, SCALE_NEVER, false, false, false},
    [METRIC_COORDINATOR_DOWNTIME] = {"coordinator_downtime", "Fleet", DIM_DURATION, SCALE_NEVER, false, false, false},
    [METRIC_APPROVAL_RATE] = {"approval_rate", "Domain", DIM_FRACTION, SCALE_NEVER, false, false, true},
    [METRIC_SETTLEMENT_RATE] = {"settlement_rate", "Domain", DIM_FRACTION, SCALE_NEVER, false, false, true},
    [METRIC_REVEAL_RATE] = {"reveal_rate", "Domain", DIM_FRACTION, SCALE_NEVER, false, false, true},
    [METRIC_NAMES_CLAIMED] = {"names_claimed", "Domain", DIM_COUNT, SCALE_NEVER, false, false, true},
    [METRIC_PROOF_SUCCESS_RATE] = {"proof_success_rate", "Domain", DIM_FRACTION, SCALE_NEVER, false, true, true},
    [METRIC_ANONYMITY_SET_MIN] = {"anonymity_set_min", "Domain", DIM_COUNT, SCALE_NEVER, false, true, true},
};

const struct check_spec check_specs[CHECK_IDS + 1] = {
    /* name, invariant, of operations, in this build */
    [CHECK_ALL_INVARIANTS] = {"all_invariants", 0, true, true},
    [CHECK_AGREEMENT] = {"agreement", 1, true, true},
    [CHECK_FINAL_IRREVERSIBLE] = {"final_irreversible", 2, true, true},
    [CHECK_BRIDGE_SOLVENT] = {"bridge_solvent", 3, true, true},
    [CHECK_BRIDGE_UNIQUE] = {"bridge_unique", 4, true, true},
    [CHECK_SUPPLY_CONSERVED] = {"supply_conserved", 5, true, true},
    [CHECK_SINGLE_EXECUTION] = {"single_execution", 6, true, true},
    [CHECK_GOVERNANCE_SOUND] = {"governance_sound", 7, true, true},
    [CHECK_IPC_IN_ORDER] = {"ipc_in_order", 8, true, true},
    [CHECK_SHIELDED_SOUND] = {"shielded_sound", 9, true, true},
    [CHECK_PERP_SOLVENT] = {"perp_solvent", 10, true, true},
    [CHECK_BLOCKS_VALID] = {"blocks_valid", 11, true, true},
    [CHECK_RESOURCES_BOUNDED] = {"resources_bounded", 12, false, true},
    [CHECK_ESCROW_SOUND] = {"escrow_sound", 13, true, true},
    [CHECK_AUCTION_SOUND] = {"auction_sound", 14, true, true},
    [CHECK_FINALISING] = {"finalising", 0, false, true},
    [CHECK_HALTED] = {"halted", 0, false, true},
    [CHECK_CONVERGED] = {"converged", 0, false, true},
    [CHECK_RECOVERED] = {"recovered", 0, true, true},
    [CHECK_STATE_UNCHANGED] = {"state_unchanged", 0, true, true},
    [CHECK_RECOVERY_STEP_OK] = {"recovery_step_ok", 0, true, true},
    [CHECK_ERROR_SHAPE_OK] = {"error_shape_ok", 0, true, true},
    [CHECK_POSTCONDITIONS] = {"postconditions", 0, true, true},
    [CHECK_EVIDENCE_RECORDED] = {"evidence_recorded", 0, false, true},
    [CHECK_OFFENDER_EJECTED] = {"offender_ejected", 0, false, true},
    [CHECK_HONEST_UNSLASHED] = {"honest_unslashed", 0, false, true},
    [CHECK_ARRIVAL_ORDER_KEPT] = {"arrival_order_kept", 0, false, true},
    [CHECK_BREAKER_TRIPPED] = {"breaker_tripped", 0, false, true},
    [CHECK_BREAKER_RESET] = {"breaker_reset", 0, false, true},
    [CHECK_NO_PLAINTEXT_LEAK] = {"no_plaintext_leak", 0, true, true},
    [CHECK_PRIORITY_LANES_OK] = {"priority_lanes_ok", 0, false, true},
    [CHECK_PEERS_DIVERSE] = {"peers_diverse", 0, false, true},
    [CHECK_NODES_ALIVE] = {"nodes_alive", 0, false, true},
    [CHECK_OBJECT] = {"", 0, false, true},
};

static const char *const switch_names[] = {
    "vuln.one-identity-one-vote",
    "vuln.live-vote-weight",
    "vuln.no-proposal-limits",
    "vuln.free-governor-registration",
    "vuln.unmetered-vote-resubmission",
    "vuln.timelock-from-tx-timestamp",
    "vuln.transferable-vote-receipt",
    "vuln.gci-score-only-trigger",
    "vuln.no-unlock-id-uniqueness",
    "vuln.mint-on-inclusion",
    "vuln.unsigned-domain",
    "vuln.attestation-no-height-binding",
    "vuln.longest-chain-fork-choice",
    "vuln.skip-merkle-verification",
    "vuln.no-ipc-sequence-check",
    "vuln.ipc-apply-on-arrival",
    "vuln.single-trusted-relay",
    "vuln.tip-ordered-dex-lane",
    "vuln.bundle-position-hints",
    "vuln.liquidate-without-margin-check",
    "vuln.oracle-mean-price",
    "vuln.oracle-open-seats",
    "vuln.oracle-accept-stale",
    "vuln.oracle-spot-source",
    "vuln.free-cancel-and-self-trade",
    "vuln.mark-from-last-trade",
    "vuln.ignore-equivocation-evidence",
    "vuln.sticky-proposer",
    "vuln.attest-without-execution",
    "vuln.unanimous-quorum",
    "vuln.sync-longest-from-genesis",
    "vuln.no-peer-diversity",
    "vuln.ipc-accept-forged",
    "vuln.no-boundary-delay",
    "vuln.uniform-decoys",
    "vuln.newest-only-decoys",
    "vuln.plain-shield-amounts",
    "vuln.shielded-plaintext-receipt",
    "vuln.static-receive-address",
    "vuln.skip-proof-verification",
    "vuln.no-key-image-check",
    "vuln.no-range-proof-check",
    "vuln.ring-size-one",
    "vuln.fifo-mempool-no-fee-floor",
    "vuln.unmetered-storage",
    "vuln.no-api-rate-limit",
    "vuln.verify-before-cheap-checks",
    "vuln.unmetered-steps",
    "vuln.skip-signature-check",
    "vuln.malleable-signatures",
    "vuln.trust-sender-field",
    "vuln.lenient-parser",
    "vuln.default-missing-fields",
    "vuln.skip-address-checksum",
    "vuln.skip-balance-check",
    "vuln.no-nonce-uniqueness",
    "vuln.accept-old-nonce",
    "vuln.vote-any-state",
    "vuln.no-voter-dedup",
    "vuln.create-on-missing",
    "vuln.no-timelock-check",
    "vuln.vote-window-off-by-one",
    "vuln.no-proof-expiry",
    "vuln.no-timestamp-window",
    "vuln.no-auction-phase-check",
    "vuln.ignore-chain-id",
    "vuln.ignore-network-id",
    "vuln.token-alias",
    "vuln.vote-without-stake",
    "vuln.open-proposals",
    "vuln.unlock-unknown-id",
    "vuln.open-proposer",
    "vuln.no-kyc-gate",
    "vuln.wrapping-arithmetic",
    "vuln.allow-zero-amount",
    "vuln.no-size-limit",
    "vuln.signed-amount",
    "vuln.no-leverage-cap",
    "vuln.truncate-long-fields",
    "vuln.execute-orphans",
    "vuln.report-included-as-final",
    "vuln.non-atomic-update",
    "vuln.catch-all-ok",
    "vuln.silent-feature-ignore",
    "vuln.serve-retired-api",
    "vuln.drop-bridge-message",
    "vuln.escrow-leak",
    "vuln.first-price-auction",
    "vuln.break-time-priority",
    "vuln.cancel-any-order",
    "vuln.opaque-errors",
};
_Static_assert(ARRAY_LEN(switch_names) == 91, "the contract lists 91 planted switches");

/* Beside the chain's own (chain/params.h): what an embedded network knows. */
static const char *const parameter_names[] = {"gossip_tick_ms", "history_blocks", "oracle_interval_ms", "relays", "genesis_treasury"};

/* Earlier spellings, never accepted, only suggested. */
struct renamed {
    const char *old_name, *new_name;
};
static const struct renamed renamed_criteria[] = {
    {"no_state_inconsistencies", "all_invariants"}, {"state_consistent", "all_invariants"},
    {"no_double_finality", "agreement"}, {"no_retroactive_reorg", "final_irreversible"}, {"reorg_resolved", "final_irreversible"},
    {"atomicity_maintained", "bridge_solvent"}, {"all_locks_have_mints", "bridge_solvent"},
    {"total_ax_conserved", "bridge_solvent"}, {"no_double_spend", "bridge_unique"},
    {"funds_conservation", "supply_conserved"}, {"nonce_tracking_working", "single_execution"},
    {"vote_integrity_maintained", "governance_sound"}, {"message_ordering_preserved", "ipc_in_order"},
    {"vickrey_pricing_correct", "auction_sound"}, {"consensus_maintained", "finalising"}, {"no_consensus_stalls", "finalising"},
    {"network_operational", "finalising"}, {"consensus_halted", "halted"}, {"new_blocks_stopped", "halted"},
    {"all_validators_agree", "converged"}, {"full_sync_achieved", "converged"}, {"performance_restored", "recovered"},
    {"transaction_rejected", "state_unchanged"}, {"balance_unchanged", "state_unchanged"},
    {"correct_submission_works", "recovery_step_ok"}, {"error_message_clear", "error_shape_ok"},
    {"order_in_orderbook", "postconditions"}, {"vote_recorded", "postconditions"}, {"all_phases_passed", "postconditions"},
    {"validator_slashed", "evidence_recorded"}, {"all_byzantine_detected", "evidence_recorded"},
    {"zero_unintended_slashing", "honest_unslashed"}, {"time_priority_enforced", "arrival_order_kept"},
    {"oracle_circuit_breaker_triggered", "breaker_tripped"}, {"no_amount_leaked", "no_plaintext_leak"},
    {"priority_queue_functional", "priority_lanes_ok"}, {"peer_diversity_enforced", "peers_diverse"},
    {"no_crashes", "nodes_alive"}, {"system_survived", "nodes_alive"},
    {"false_positives", "false_positive_rate"},
};
static const struct renamed renamed_keys[] = {
    {"bot", "bots"}, {"duration_estimate", "duration"}, {"adnet_unified", "adnet_rest"}, {"additional_bots", "setup.bots"},
    {"stake_per_bot", "stake"}, {"rate_per_bot", "rate"}, {"behaviour", "behavior"}, {"chaos_injection", "chaos_action"},
    {"network_conditions", "chaos_action"}, {"sequential_partitions", "phases"},
};

static const char *renamed_find(const struct renamed *rows, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(str_of(rows[i].old_name), name)) return rows[i].new_name;
    return NULL;
}

const char *criterion_renamed(struct str old_name)
{
    return renamed_find(renamed_criteria, ARRAY_LEN(renamed_criteria), old_name);
}

const char *key_renamed(struct str old_name)
{
    return renamed_find(renamed_keys, ARRAY_LEN(renamed_keys), old_name);
}

bool metric_find(struct str name, enum metric_id *out)
{
    for (size_t i = 0; i < METRIC_IDS; i++)
        if (str_eq(str_of(metric_specs[i].name), name)) {
            *out = (enum metric_id)i;
            return true;
        }
    return false;
}

bool check_find(struct str name, enum check_id *out)
{
    for (size_t i = 0; i < CHECK_IDS; i++)
        if (str_eq(str_of(check_specs[i].name), name)) {
            *out = (enum check_id)i;
            return true;
        }
    return false;
}

const struct check_spec *check_of_invariant(unsigned invariant)
{
    for (size_t i = 0; i < CHECK_IDS; i++)
        if (check_specs[i].invariant == invariant) return &check_specs[i];
    return NULL;
}

static struct str name_at(const char *const *names, size_t count, size_t i)
{
    return i < count ? str_of(names[i]) : (struct str){0};
}

struct str switch_name_at(size_t i) { return name_at(switch_names, ARRAY_LEN(switch_names), i); }
struct str parameter_name_at(size_t i)
{
    size_t rows = 0;
    while (param_at(rows) != NULL) rows++;
    return i < rows ? param_name_at(i) : name_at(parameter_names, ARRAY_LEN(parameter_names), i - rows);
}

static bool name_in(const char *const *names, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(str_of(names[i]), name)) return true;
    return false;
}

bool switch_is_known(struct str name) { return name_in(switch_names, ARRAY_LEN(switch_names), name); }
bool parameter_is_known(struct str name)
{
    return param_find(name) != NULL || name_in(parameter_names, ARRAY_LEN(parameter_names), name);
}

struct str metric_name_next(const void *context, size_t i)
{
    (void)context;
    return i < METRIC_IDS ? str_of(metric_specs[i].name) : (struct str){0};
}
