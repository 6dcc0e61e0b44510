#include "tester/scenario/vocab.h"

#include "chain/params.h"

const struct metric_spec metric_specs[METRIC_IDS] = {
    /* name, group, dimension, scales with, correctness, of operations, in this build; what it is */
    [METRIC_TPS] = {"tps", "Throughput", DIM_RATE, SCALE_BOTS, false, true, true,
     "transactions that ended as intended, a second of the window"},
    [METRIC_TPS_AVG] = {"tps_avg", "Throughput", DIM_RATE, SCALE_BOTS, false, true, true,
     "the same, a second in which tracks ran"},
    [METRIC_TPS_PEAK] = {"tps_peak", "Throughput", DIM_RATE, SCALE_BOTS, false, true, true,
     "the best full second"},
    [METRIC_INBOUND_TPS] = {"inbound_tps", "Throughput", DIM_RATE, SCALE_BOTS, false, true, true,
     "transactions that pools had to decide on, a second"},
    [METRIC_DRAIN_TPS] = {"drain_tps", "Throughput", DIM_RATE, SCALE_BOTS, false, true, true,
     "transactions that ended after the last phase, a second of the drain"},
    [METRIC_OPS_PER_SEC] = {"ops_per_sec", "Throughput", DIM_RATE, SCALE_BOTS, false, true, true,
     "operations that ended as intended, a second"},
    [METRIC_OPS_TOTAL] = {"ops_total", "Throughput", DIM_COUNT, SCALE_BOTH, false, true, true,
     "operations: begun and able to try"},
    [METRIC_LOCKS_PER_SEC] = {"locks_per_sec", "Throughput", DIM_RATE, SCALE_BOTS, false, true, true,
     "locks on the bridge, a second"},
    [METRIC_BURNS_PER_SEC] = {"burns_per_sec", "Throughput", DIM_RATE, SCALE_BOTS, false, true, true,
     "burns on the bridge, a second"},
    [METRIC_ORDERS_PER_SEC] = {"orders_per_sec", "Throughput", DIM_RATE, SCALE_BOTS, false, true, true,
     "orders that were taken, a second"},
    [METRIC_VOTES_PER_SEC] = {"votes_per_sec", "Throughput", DIM_RATE, SCALE_BOTS, false, true, true,
     "votes that became final, a second"},
    [METRIC_SHIELDED_PER_MIN] = {"shielded_per_min", "Throughput", DIM_PER_MINUTE, SCALE_BOTS, false, true, true,
     "shielded transactions, a minute"},
    [METRIC_CROSS_CHAIN_PER_HOUR] = {"cross_chain_per_hour", "Throughput", DIM_PER_HOUR, SCALE_BOTS, false, true, true,
     "crossings seen at their destination, an hour"},
    [METRIC_DEPLOYS_TOTAL] = {"deploys_total", "Throughput", DIM_COUNT, SCALE_BOTH, false, true, true,
     "programs deployed"},
    [METRIC_OPS_PENDING] = {"ops_pending", "Outcome", DIM_COUNT, SCALE_NEVER, false, false, true,
     "submitted, neither final nor dropped, now"},
    [METRIC_SUCCESS_RATE] = {"success_rate", "Outcome", DIM_FRACTION, SCALE_NEVER, false, true, true,
     "operations that ended as intended, of all"},
    [METRIC_ERROR_RATE] = {"error_rate", "Outcome", DIM_FRACTION, SCALE_NEVER, false, true, true,
     "operations that did not, of all; one still open after the drain did not"},
    [METRIC_PROBE_SUCCESS] = {"probe_success", "Outcome", DIM_FRACTION, SCALE_NEVER, false, true, true,
     "the same of the probes alone: bots whose ids begin with probe"},
    [METRIC_UNEXPECTED_ERRORS] = {"unexpected_errors", "Outcome", DIM_COUNT, SCALE_NEVER, true, true, true,
     "operations that ended otherwise than the track expects"},
    [METRIC_LATENCY_P50] = {"latency_p50", "Latency", DIM_DURATION, SCALE_NEVER, false, true, true,
     "from the intended start to the answer, median"},
    [METRIC_LATENCY_P95] = {"latency_p95", "Latency", DIM_DURATION, SCALE_NEVER, false, true, true,
     "from the intended start to the answer, of 95 %"},
    [METRIC_LATENCY_P99] = {"latency_p99", "Latency", DIM_DURATION, SCALE_NEVER, false, true, true,
     "from the intended start to the answer, of 99 %"},
    [METRIC_INCLUSION_P50] = {"inclusion_p50", "Latency", DIM_DURATION, SCALE_NEVER, false, true, true,
     "from the intended start until seen in a block, median"},
    [METRIC_INCLUSION_P95] = {"inclusion_p95", "Latency", DIM_DURATION, SCALE_NEVER, false, true, true,
     "from the intended start until seen in a block, of 95 %"},
    [METRIC_INCLUSION_P99] = {"inclusion_p99", "Latency", DIM_DURATION, SCALE_NEVER, false, true, true,
     "from the intended start until seen in a block, of 99 %"},
    [METRIC_FINALITY_P50] = {"finality_p50", "Latency", DIM_DURATION, SCALE_NEVER, false, true, true,
     "from the intended start until seen final, median"},
    [METRIC_FINALITY_P95] = {"finality_p95", "Latency", DIM_DURATION, SCALE_NEVER, false, true, true,
     "from the intended start until seen final, of 95 %"},
    [METRIC_FINALITY_P99] = {"finality_p99", "Latency", DIM_DURATION, SCALE_NEVER, false, true, true,
     "from the intended start until seen final, of 99 %"},
    [METRIC_CROSS_CHAIN_P95] = {"cross_chain_p95", "Latency", DIM_DURATION, SCALE_NEVER, false, true, true,
     "from the intended start until seen on the other chain, of 95 %"},
    [METRIC_ORDER_P95] = {"order_p95", "Latency", DIM_DURATION, SCALE_NEVER, false, true, true,
     "until an order was taken, of 95 %"},
    [METRIC_API_P95] = {"api_p95", "Latency", DIM_DURATION, SCALE_NEVER, false, true, true,
     "answers to queries, of 95 %"},
    [METRIC_VOTE_P95] = {"vote_p95", "Latency", DIM_DURATION, SCALE_NEVER, false, true, true,
     "until a vote was final, of 95 %"},
    [METRIC_PROOF_GEN_P95] = {"proof_gen_p95", "Latency", DIM_DURATION, SCALE_NEVER, false, true, true,
     "making a proof of the shielded pool, of 95 %"},
    [METRIC_PROOF_VERIFY_P95] = {"proof_verify_p95", "Latency", DIM_DURATION, SCALE_NEVER, false, true, true,
     "a node checking one, of 95 %"},
    [METRIC_IPC_DELAY_P95] = {"ipc_delay_p95", "Latency", DIM_DURATION, SCALE_NEVER, false, false, true,
     "a message of the bridge, from emission to execution, of 95 %"},
    [METRIC_PROBE_P95_RATIO] = {"probe_p95_ratio", "Latency", DIM_RATIO, SCALE_NEVER, false, true, true,
     "latency_p95 of the probes over that of the baseline's"},
    [METRIC_FINALITY_RATIO] = {"finality_ratio", "Latency", DIM_RATIO, SCALE_NEVER, false, true, true,
     "finality_p95 over that of the baseline"},
    [METRIC_TPS_RATIO] = {"tps_ratio", "Latency", DIM_RATIO, SCALE_NEVER, false, true, true,
     "tps_avg over that of the baseline"},
    [METRIC_BLOCK_INTERVAL_AVG] = {"block_interval_avg", "Consensus", DIM_DURATION, SCALE_NEVER, false, false, true,
     "time between final blocks, mean"},
    [METRIC_FINAL_GAP_MAX] = {"final_gap_max", "Consensus", DIM_DURATION, SCALE_NEVER, false, false, true,
     "the longest time without a new final block"},
    [METRIC_HALT_DURATION] = {"halt_duration", "Consensus", DIM_DURATION, SCALE_NEVER, false, false, true,
     "time in halts: gaps in an outage, or beyond 60 block times"},
    [METRIC_TIME_TO_RESUME] = {"time_to_resume", "Consensus", DIM_DURATION, SCALE_NEVER, false, false, true,
     "from a quorum being up and connected again to the next final block, the longest"},
    [METRIC_TIME_TO_CONVERGE] = {"time_to_converge", "Consensus", DIM_DURATION, SCALE_NEVER, false, false, true,
     "from the last undo until all live views agree, the longest"},
    [METRIC_VALIDATORS_ACTIVE] = {"validators_active", "Consensus", DIM_COUNT, SCALE_NEVER, false, false, true,
     "members of the newest committee"},
    [METRIC_VALIDATORS_DOWN] = {"validators_down", "Consensus", DIM_COUNT, SCALE_NEVER, false, false, true,
     "validators that actions have taken down, now"},
    [METRIC_DOWN_MAX_FINAL] = {"down_max_final", "Consensus", DIM_COUNT, SCALE_NEVER, false, false, true,
     "the most validators down while a new final block came"},
    [METRIC_UP_AT_RESUME] = {"up_at_resume", "Consensus", DIM_COUNT, SCALE_NEVER, false, false, true,
     "validators up at the first final block after a halt, the fewest"},
    [METRIC_ROUND_CHANGES] = {"round_changes", "Consensus", DIM_COUNT, SCALE_NEVER, false, false, true,
     "rounds that passed without a final block of their own"},
    [METRIC_REORG_DEPTH_FINAL] = {"reorg_depth_final", "Consensus", DIM_COUNT, SCALE_NEVER, true, false, true,
     "final blocks that were taken back"},
    [METRIC_CONFLICTING_FINAL_BLOCKS] = {"conflicting_final_blocks", "Consensus", DIM_COUNT, SCALE_NEVER, true, false, true,
     "heights with two final blocks"},
    [METRIC_SLASHINGS] = {"slashings", "Consensus", DIM_COUNT, SCALE_NEVER, false, false, true,
     "validators slashed in the window"},
    [METRIC_EJECTIONS] = {"ejections", "Consensus", DIM_COUNT, SCALE_NEVER, false, false, true,
     "validators put out in the window"},
    [METRIC_EVIDENCE_COUNT] = {"evidence_count", "Consensus", DIM_COUNT, SCALE_NEVER, false, false, true,
     "proven misbehaviour on record"},
    [METRIC_PARTICIPATION] = {"participation", "Consensus", DIM_FRACTION, SCALE_NEVER, false, false, true,
     "signers of final blocks' certificates, of the committee"},
    [METRIC_UPTIME] = {"uptime", "Consensus", DIM_FRACTION, SCALE_NEVER, false, false, true,
     "turns that active validators took, of theirs"},
    [METRIC_MEMPOOL_SIZE] = {"mempool_size", "Mempool", DIM_COUNT, SCALE_NEVER, false, false, true,
     "transactions waiting at the gateway, now"},
    [METRIC_MEMPOOL_PEAK] = {"mempool_peak", "Mempool", DIM_COUNT, SCALE_NEVER, false, false, true,
     "the most that waited"},
    [METRIC_EVICTIONS] = {"evictions", "Mempool", DIM_COUNT, SCALE_NEVER, false, false, true,
     "let go for better ones"},
    [METRIC_REJECTIONS] = {"rejections", "Mempool", DIM_COUNT, SCALE_NEVER, false, false, true,
     "refused by pools, by whatever code"},
    [METRIC_OLDEST_PENDING] = {"oldest_pending", "Mempool", DIM_DURATION, SCALE_NEVER, false, false, true,
     "the longest wait at the gateway, now"},
    [METRIC_ORPHANS] = {"orphans", "Bridge", DIM_COUNT, SCALE_NEVER, true, false, true,
     "bridge messages without what they should have caused, or the reverse"},
    [METRIC_IPC_RETRIES] = {"ipc_retries", "Bridge", DIM_COUNT, SCALE_NEVER, false, false, true,
     "deliveries of messages tried again"},
    [METRIC_IPC_GAPS] = {"ipc_gaps", "Bridge", DIM_COUNT, SCALE_NEVER, true, false, true,
     "sequence numbers passed over, and directions that stand still"},
    [METRIC_STUCK_OPS] = {"stuck_ops", "Bridge", DIM_COUNT, SCALE_NEVER, true, true, true,
     "submitted and neither final nor dropped when the drain ends"},
    [METRIC_PROPOSALS_OPEN] = {"proposals_open", "Governance", DIM_COUNT, SCALE_NEVER, false, false, true,
     "neither executed nor over otherwise"},
    [METRIC_PROPOSALS_CREATED] = {"proposals_created", "Governance", DIM_COUNT, SCALE_NEVER, false, false, true,
     "proposals made in the window"},
    [METRIC_PROPOSALS_EXECUTED] = {"proposals_executed", "Governance", DIM_COUNT, SCALE_NEVER, false, false, true,
     "proposals executed in the window"},
    [METRIC_TURNOUT] = {"turnout", "Governance", DIM_FRACTION, SCALE_NEVER, false, false, true,
     "weight that governors cast of what they had, mean over votings that ended"},
    [METRIC_VOTES_COUNTED] = {"votes_counted", "Governance", DIM_COUNT, SCALE_NEVER, false, false, true,
     "votes on record from the window"},
    [METRIC_BOOK_ORDERS] = {"book_orders", "Market", DIM_COUNT, SCALE_NEVER, false, false, true,
     "resting orders, now"},
    [METRIC_BOOK_LEVELS] = {"book_levels", "Market", DIM_COUNT, SCALE_NEVER, false, false, true,
     "price levels, the fewest of any pair, now"},
    [METRIC_SPREAD_BPS] = {"spread_bps", "Market", DIM_BPS, SCALE_NEVER, false, false, true,
     "between the best prices, the widest of any pair, now"},
    [METRIC_SLIPPAGE_BPS] = {"slippage_bps", "Market", DIM_BPS, SCALE_NEVER, false, true, true,
     "average price against the best one when it was decided on, the worst"},
    [METRIC_FILL_RATE] = {"fill_rate", "Market", DIM_FRACTION, SCALE_NEVER, false, true, true,
     "of what was asked at any price: what was filled"},
    [METRIC_LIQUIDATIONS] = {"liquidations", "Market", DIM_COUNT, SCALE_NEVER, false, false, true,
     "positions liquidated in the window"},
    [METRIC_ATTACKER_PROFIT] = {"attacker_profit", "Market", DIM_AMOUNT, SCALE_NEVER, false, false, false,
     "what attackers gained"},
    [METRIC_VICTIM_LOSS_BPS] = {"victim_loss_bps", "Market", DIM_BPS, SCALE_NEVER, false, false, false,
     "what victims lost against an undisturbed price"},
    [METRIC_MEDIAN_ERROR_BPS] = {"median_error_bps", "Market", DIM_BPS, SCALE_NEVER, false, false, false,
     "reported median against the true price"},
    [METRIC_ATTACK_ATTEMPTS] = {"attack_attempts", "Attack", DIM_COUNT, SCALE_BOTH, false, false, false,
     "attacks begun"},
    [METRIC_ATTACK_REACHED] = {"attack_reached", "Attack", DIM_COUNT, SCALE_BOTH, false, false, false,
     "attacks that came to the guard they test"},
    [METRIC_ATTACK_SUCCESSES] = {"attack_successes", "Attack", DIM_COUNT, SCALE_NEVER, true, false, false,
     "attacks that reached their goal"},
    [METRIC_DETECTION_RATE] = {"detection_rate", "Attack", DIM_FRACTION, SCALE_NEVER, false, false, false,
     "attacks that an alert or evidence told of"},
    [METRIC_DETECTION_DELAY_P95] = {"detection_delay_p95", "Attack", DIM_DURATION, SCALE_NEVER, false, false, false,
     "until it did, of 95 %"},
    [METRIC_FALSE_POSITIVE_RATE] = {"false_positive_rate", "Attack", DIM_FRACTION, SCALE_NEVER, false, false, false,
     "alerts about who did nothing"},
    [METRIC_REJECTION_RATE] = {"rejection_rate", "Attack", DIM_FRACTION, SCALE_NEVER, false, false, false,
     "attempts that were refused"},
    [METRIC_LINKAGE_ADVANTAGE] = {"linkage_advantage", "Attack", DIM_FRACTION, SCALE_NEVER, false, true, true,
     "how much better than chance an analyst names the spent note, the sure part of it"},
    [METRIC_MUTATION_SCORE] = {"mutation_score", "Attack", DIM_FRACTION, SCALE_NEVER, false, false, false,
     "planted weaknesses and self-tests that a pattern found out, of all"},
    [METRIC_CPU_PCT] = {"cpu_pct", "Resources", DIM_PERCENT, SCALE_NEVER, false, false, true,
     "nodes' processors"},
    [METRIC_RSS_MB] = {"rss_mb", "Resources", DIM_MEGABYTES, SCALE_NEVER, false, false, true,
     "nodes' memory"},
    [METRIC_RSS_GROWTH] = {"rss_growth", "Resources", DIM_FRACTION, SCALE_NEVER, false, false, true,
     "growth of nodes' memory over the window"},
    [METRIC_DISK_GROWTH_MB] = {"disk_growth_mb", "Resources", DIM_MEGABYTES, SCALE_NEVER, false, false, false,
     "growth of nodes' disks"},
    [METRIC_FD_COUNT] = {"fd_count", "Resources", DIM_COUNT, SCALE_NEVER, false, false, true,
     "open files of nodes"},
    [METRIC_ORCHESTRATOR_CPU_PCT] = {"orchestrator_cpu_pct", "Resources", DIM_PERCENT, SCALE_NEVER, false, false, false,
     "the coordinator's processor"},
    [METRIC_WORKERS_ALIVE] = {"workers_alive", "Fleet", DIM_COUNT, SCALE_NEVER, false, false, false,
     "workers that answer"},
    [METRIC_BOTS_ACTIVE] = {"bots_active", "Fleet", DIM_COUNT, SCALE_NEVER, false, false, true,
     "bots that had a turn in the window"},
    [METRIC_BOTS_LOST] = {"bots_lost", "Fleet", DIM_COUNT, SCALE_NEVER, true, false, false,
     "bots of workers that died and nobody took over"},
    [METRIC_METRICS_LOSS] = {"metrics_loss", "Fleet", DIM_FRACTION, SCALE_NEVER, false, false, false,
     "metrics that did not come in"},
    [METRIC_CRASH_DETECT_TIME] = {"crash_detect_time", "Fleet", DIM_DURATION, SCALE_NEVER, false, false, false,
     "until a dead worker was noticed"},
    [METRIC_RECOVERY_TIME] = {"recovery_time", "Fleet", DIM_DURATION, SCALE_NEVER, false, false, false,
     "until its bots ran again"},
    [METRIC_COORDINATOR_DOWNTIME] = {"coordinator_downtime", "Fleet", DIM_DURATION, SCALE_NEVER, false, false, false,
     "time without a coordinator"},
    [METRIC_APPROVAL_RATE] = {"approval_rate", "Domain", DIM_FRACTION, SCALE_NEVER, false, false, true,
     "registrations approved, of those decided"},
    [METRIC_SETTLEMENT_RATE] = {"settlement_rate", "Domain", DIM_FRACTION, SCALE_NEVER, false, false, true,
     "withdrawals paid out, of those asked for"},
    [METRIC_REVEAL_RATE] = {"reveal_rate", "Domain", DIM_FRACTION, SCALE_NEVER, false, false, true,
     "bids revealed, of those committed"},
    [METRIC_NAMES_CLAIMED] = {"names_claimed", "Domain", DIM_COUNT, SCALE_NEVER, false, false, true,
     "auctions whose winner claimed the name"},
    [METRIC_PROOF_SUCCESS_RATE] = {"proof_success_rate", "Domain", DIM_FRACTION, SCALE_NEVER, false, true, true,
     "proofs of the shielded pool that held, of those made"},
    [METRIC_ANONYMITY_SET_MIN] = {"anonymity_set_min", "Domain", DIM_COUNT, SCALE_NEVER, false, true, true,
     "the smallest ring of a spend"},
};

const struct check_spec check_specs[CHECK_IDS + 1] = {
    /* name, invariant, of operations, in this build; what must hold */
    [CHECK_ALL_INVARIANTS] = {"all_invariants", 0, true, true,
     "none of the fourteen is violated, and those that every run must have seen have samples"},
    [CHECK_AGREEMENT] = {"agreement", 1, true, true,
     "no two final blocks at one height"},
    [CHECK_FINAL_IRREVERSIBLE] = {"final_irreversible", 2, true, true,
     "what was final stays final"},
    [CHECK_BRIDGE_SOLVENT] = {"bridge_solvent", 3, true, true,
     "what the bridge holds covers what it has issued"},
    [CHECK_BRIDGE_UNIQUE] = {"bridge_unique", 4, true, true,
     "every lock is minted once, every burn unlocked once"},
    [CHECK_SUPPLY_CONSERVED] = {"supply_conserved", 5, true, true,
     "tokens neither appear nor vanish"},
    [CHECK_SINGLE_EXECUTION] = {"single_execution", 6, true, true,
     "every transaction runs once, every nonce in turn"},
    [CHECK_GOVERNANCE_SOUND] = {"governance_sound", 7, true, true,
     "tallies, quorums and timelocks are what the rules say"},
    [CHECK_IPC_IN_ORDER] = {"ipc_in_order", 8, true, true,
     "messages run in their order, without gaps, within their deadline"},
    [CHECK_SHIELDED_SOUND] = {"shielded_sound", 9, true, true,
     "the pool pays out what was paid in, every note once"},
    [CHECK_PERP_SOLVENT] = {"perp_solvent", 10, true, true,
     "positions are covered, liquidations are due"},
    [CHECK_BLOCKS_VALID] = {"blocks_valid", 11, true, true,
     "headers, certificates and proposers are right"},
    [CHECK_RESOURCES_BOUNDED] = {"resources_bounded", 12, false, true,
     "pools and processes stay within their limits"},
    [CHECK_ESCROW_SOUND] = {"escrow_sound", 13, true, true,
     "the off-ramp holds what it owes"},
    [CHECK_AUCTION_SOUND] = {"auction_sound", 14, true, true,
     "the best bid wins at the second price, and everybody else is repaid"},
    [CHECK_FINALISING] = {"finalising", 0, false, true,
     "the final height grows at least by one in ten block times"},
    [CHECK_HALTED] = {"halted", 0, false, true,
     "the final height stands still on every live view"},
    [CHECK_CONVERGED] = {"converged", 0, false, true,
     "live views are within two blocks of each other, with one hash"},
    [CHECK_RECOVERED] = {"recovered", 0, true, true,
     "in the second half, tps is back at 95 % of the baseline and finality within 110 %"},
    [CHECK_STATE_UNCHANGED] = {"state_unchanged", 0, true, true,
     "nonces, balances and stakes of the acting bots are what they were"},
    [CHECK_RECOVERY_STEP_OK] = {"recovery_step_ok", 0, true, true,
     "after a refusal, the corrected request is taken"},
    [CHECK_ERROR_SHAPE_OK] = {"error_shape_ok", 0, true, true,
     "every refusal is told as the contract says, with a suggestion"},
    [CHECK_POSTCONDITIONS] = {"postconditions", 0, true, true,
     "what operations claimed holds, and books and chain agree"},
    [CHECK_EVIDENCE_RECORDED] = {"evidence_recorded", 0, false, true,
     "misbehaviour is on record"},
    [CHECK_OFFENDER_EJECTED] = {"offender_ejected", 0, false, true,
     "who misbehaved lost its stake and its seat"},
    [CHECK_HONEST_UNSLASHED] = {"honest_unslashed", 0, false, true,
     "no honest validator lost stake"},
    [CHECK_ARRIVAL_ORDER_KEPT] = {"arrival_order_kept", 0, false, true,
     "orders run in the order in which they came"},
    [CHECK_BREAKER_TRIPPED] = {"breaker_tripped", 0, false, true,
     "the circuit breaker is open"},
    [CHECK_BREAKER_RESET] = {"breaker_reset", 0, false, true,
     "the circuit breaker is closed again"},
    [CHECK_NO_PLAINTEXT_LEAK] = {"no_plaintext_leak", 0, true, true,
     "nothing that was to stay private is found in public data or logs"},
    [CHECK_PRIORITY_LANES_OK] = {"priority_lanes_ok", 0, false, true,
     "blocks go by tip, then orders by arrival; full pools let the lowest tip go"},
    [CHECK_PEERS_DIVERSE] = {"peers_diverse", 0, false, true,
     "every view has a peer that is a validator, and few of one network"},
    [CHECK_NODES_ALIVE] = {"nodes_alive", 0, false, true,
     "no view is silent that no action took down"},
    [CHECK_OBJECT] = {"", 0, false, true, ""},
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
