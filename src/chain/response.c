/* The tables behind response.h, members in the order of the contract. */
#include "chain/response.h"

#include "chain/evidence.h"
#include "chain/shape_table_priv.h"

NAMES(chain_names, CHAIN_ALPHA, "alpha", "delta");
NAMES(token_names, TOKEN_AX, "AX", "sAX", "DX", "USD");
NAMES(status_names, TX_PENDING, "pending", "included", "certified", "finalized", "dropped");
NAMES(stage_names, TX_STAGE_M1, "m1", "pq", "m2");
NAMES(block_status_names, BLOCK_TENTATIVE, "tentative", "certified", "finalized", "orphaned");
NAMES(lane_names, LANE_GENERAL, "general", "dex");
NAMES(phase_names, PHASE_PROPOSE, "propose", "vote", "timeout");
NAMES(evidence_names, EVIDENCE_DOUBLE_VOTE, "double_vote", "double_proposal", "invalid_proposal", "downtime");
NAMES(mode_names, ADMIN_AUTO, "auto", "manual");

/* ---- bare values ---- */
static const struct shape_field u32_fields[] = {F(struct bare_u32, U32, value)};
BARE(shape_u32, "number", struct bare_u32, u32_fields);
static const struct shape_field hash_fields[] = {F(struct bare_hash, HASH, value)};
BARE(shape_hash, "hash", struct bare_hash, hash_fields);
static const struct shape_field str_fields[] = {F(struct str_item, STR, value)};
static const struct shape shape_str = {
    .name = "text", .bytes = sizeof(struct str_item), .fields_count = 1, .fields = str_fields, .bare = true};
static const struct shape_field amount_fields[] = {F(struct amount_item, AMOUNT, value)};
static const struct shape shape_amount = {
    .name = "amount", .bytes = sizeof(struct amount_item), .fields_count = 1, .fields = amount_fields, .bare = true};
static const struct shape_field hash_list_fields[] = {{.name = "items",
                                                       .type = SHAPE_ARRAY,
                                                       .offset = offsetof(struct hash_list, items),
                                                       .count_at = offsetof(struct hash_list, count),
                                                       .of = &shape_hash}};
BARE(shape_hash_list, "list of hashes", struct hash_list, hash_list_fields);
static const struct shape_field str_list_fields[] = {{.name = "items",
                                                      .type = SHAPE_ARRAY,
                                                      .offset = offsetof(struct str_list, items),
                                                      .count_at = offsetof(struct str_list, count),
                                                      .of = &shape_str}};
BARE(shape_str_list, "list of texts", struct str_list, str_list_fields);

/* ---- transactions ---- */
static const struct shape_field tx_ack_fields[] = {F(struct tx_ack, HASH, transaction_id),
                                                   ENUM(struct tx_ack, status, status_names),
                                                   ENUM(struct tx_ack, stage, stage_names), F(struct tx_ack, U64, nonce)};
SHAPE(shape_tx_ack, "TxAck", struct tx_ack, tx_ack_fields);

#define ACK(symbol, id_name)                                                                                                     \
    static const struct shape_field symbol##_fields[] = {                                                                        \
        NAMED(struct object_ack, "transaction_id", HASH, ack.transaction_id),                                                    \
        {.name = "status", .type = SHAPE_ENUM, .offset = offsetof(struct object_ack, ack.status), .of = &status_names},          \
        {.name = "stage", .type = SHAPE_ENUM, .offset = offsetof(struct object_ack, ack.stage), .of = &stage_names},             \
        NAMED(struct object_ack, "nonce", U64, ack.nonce), NAMED(struct object_ack, id_name, HASH, id)};                         \
    SHAPE(symbol, "TxAck + " id_name, struct object_ack, symbol##_fields)
ACK(shape_order_ack, "order_id");
ACK(shape_position_ack, "position_id");
ACK(shape_registration_ack, "registration_id");
ACK(shape_request_ack, "request_id");
ACK(shape_mint_ack, "mint_id");
ACK(shape_burn_ack, "burn_id");
ACK(shape_proposal_ack, "proposal_id");

static const struct shape_field tx_fields[] = {
    F(struct tx_view, HASH, id),
    ENUM(struct tx_view, chain, chain_names),
    ENUM(struct tx_view, status, status_names),
    F(struct tx_view, TX, envelope),
    F(struct tx_view, U32, size),
    F(struct tx_view, U64, received_at),
    OPT(struct tx_view, U32, block_height),
    OPT(struct tx_view, HASH, block_hash),
    OPT(struct tx_view, U32, index),
    F(struct tx_view, U32, confirmations),
    OPT(struct tx_view, U64, included_at),
    OPT(struct tx_view, U64, finalized_at),
    MAYBE(struct tx_view, CODE, dropped_reason),
    {.name = "receipt",
     .type = SHAPE_RECEIPT,
     .offset = offsetof(struct tx_view, receipt),
     .count_at = offsetof(struct tx_view, envelope),
     .items_max = offsetof(struct tx_view, told),
     .maybe = true,
     .has_at = offsetof(struct tx_view, has_receipt) + 1},
};
SHAPE(shape_tx, "Tx", struct tx_view, tx_fields);
PAGE(shape_tx_page, "page of Tx", shape_tx);

static const struct shape_field batch_result_fields[] = {
    F(struct batch_result, U32, index), OPT(struct batch_result, HASH, transaction_id), MAYBE(struct batch_result, ERROR, error)};
INNER(shape_batch_result, "result", struct batch_result, batch_result_fields);
static const struct shape_field batch_ack_fields[] = {F(struct batch_ack, U32, accepted), F(struct batch_ack, U32, rejected),
                                                      ARRAY(struct batch_ack, results, shape_batch_result)};
SHAPE(shape_batch_ack, "BatchAck", struct batch_ack, batch_ack_fields);

static const struct shape_field merkle_proof_fields[] = {F(struct merkle_proof, HASH, root), F(struct merkle_proof, U32, index),
                                                         F(struct merkle_proof, U32, count),
                                                         LIST(struct merkle_proof, siblings, shape_hash, MERKLE_LEVELS_MAX)};
SHAPE(shape_merkle_proof, "Proof", struct merkle_proof, merkle_proof_fields);
static const struct shape_field tx_proof_fields[] = {
    F(struct tx_proof_view, HASH, transaction_id), F(struct tx_proof_view, U32, height),
    F(struct tx_proof_view, HASH, block_hash), OBJECT(struct tx_proof_view, transaction, shape_merkle_proof),
    OBJECT(struct tx_proof_view, receipt, shape_merkle_proof)};
SHAPE(shape_tx_proof, "transaction proof", struct tx_proof_view, tx_proof_fields);

/* ---- blocks ---- */
#define H(kind, member) NAMED(struct block_view, #member, kind, header.member)
static const struct shape_field block_fields[] = {
    H(U32, height),
    H(U64, round),
    F(struct block_view, HASH, hash),
    H(HASH, parent_hash),
    NAMED(struct block_view, "timestamp", U64, header.timestamp_ms),
    H(ADDRESS, proposer),
    ENUM(struct block_view, status, block_status_names),
    H(HASH, state_root),
    H(HASH, transactions_root),
    H(HASH, receipts_root),
    H(HASH, messages_root),
    H(HASH, committee_hash),
    H(HASH, next_committee_hash),
    H(HASH, justify_hash),
    H(U64, justify_round),
    H(U32, transaction_count),
    H(U32, message_count),
    F(struct block_view, U32, size),
    F(struct block_view, SIGNATURE, proposer_signature),
    MAYBE(struct block_view, CERTIFICATE, certificate),
    MAYBE(struct block_view, TIMEOUTCERT, timeout_certificate),
    ARRAY(struct block_view, transaction_ids, shape_hash),
    {.name = "transactions",
     .type = SHAPE_ARRAY,
     .offset = offsetof(struct block_view, transactions),
     .count_at = offsetof(struct block_view, transactions_count),
     .of = &shape_tx,
     .maybe = true,
     .absent = true,
     .has_at = offsetof(struct block_view, has_transactions) + 1},
};
#undef H
SHAPE(shape_block, "Block", struct block_view, block_fields);
BARE_LIST(shape_block_list, "list of Block", shape_block);

static const struct shape_field fork_fields[] = {
    F(struct fork_view, HASH, tip),       F(struct fork_view, U32, height),
    F(struct fork_view, U64, round),      F(struct fork_view, U32, length_since_final),
    F(struct fork_view, AMOUNT, support), F(struct fork_view, BOOL, preferred)};
INNER(shape_fork, "fork", struct fork_view, fork_fields);
BARE_LIST(shape_fork_list, "list of forks", shape_fork);

static const struct shape_field checkpoint_fields[] = {
    F(struct checkpoint_view, U32, height), F(struct checkpoint_view, HASH, hash), F(struct checkpoint_view, HASH, state_root),
    F(struct checkpoint_view, HASH, committee_hash), F(struct checkpoint_view, HASH, next_committee_hash)};
INNER(shape_checkpoint, "checkpoint", struct checkpoint_view, checkpoint_fields);
PAGE(shape_checkpoint_page, "page of checkpoints", shape_checkpoint);

static const struct shape_field committee_fields[] = {F(struct committee_view, COMMITTEE, committee)};
BARE(shape_committee, "Committee", struct committee_view, committee_fields);
static const struct shape_field finality_fields[] = {F(struct finality_view, FINALITY, proof)};
BARE(shape_finality, "FinalityProof", struct finality_view, finality_fields);

/* ---- consensus ---- */
#define VOTE(T, path)                                                                                                            \
    {.name = "chain", .type = SHAPE_ENUM, .offset = offsetof(T, path domain.chain), .of = &chain_names},                         \
        NAMED(T, "network_id", U16, path domain.network_id), NAMED(T, "height", U32, path height),                               \
        NAMED(T, "round", U64, path round), NAMED(T, "block_hash", HASH, path block_hash),                                       \
        NAMED(T, "voter", ADDRESS, path voter), NAMED(T, "signature", SIGNATURE, path signature)
static const struct shape_field vote_fields[] = {VOTE(struct vote, )};
SHAPE(shape_vote, "SignedVote", struct vote, vote_fields);
static const struct shape_field vote_seen_fields[] = {VOTE(struct vote_seen, vote.), F(struct vote_seen, U64, seen_at)};
INNER(shape_vote_seen, "seen vote", struct vote_seen, vote_seen_fields);
BARE_LIST(shape_vote_seen_list, "list of votes", shape_vote_seen);

static const struct shape_field timeout_fields[] = {
    {.name = "chain", .type = SHAPE_ENUM, .offset = offsetof(struct timeout, domain.chain), .of = &chain_names},
    NAMED(struct timeout, "network_id", U16, domain.network_id),
    F(struct timeout, U64, round),
    F(struct timeout, U64, high_round),
    F(struct timeout, ADDRESS, voter),
    F(struct timeout, SIGNATURE, signature),
};
SHAPE(shape_timeout, "SignedTimeout", struct timeout, timeout_fields);

static const struct shape_field proposal_fields[] = {
    F(struct proposal_view, HASH, block_hash), F(struct proposal_view, ADDRESS, proposer),
    F(struct proposal_view, SIGNATURE, signature), F(struct proposal_view, HEADER, header)};
INNER(shape_proposal, "proposal", struct proposal_view, proposal_fields);
static const struct shape_field locked_fields[] = {NAMED(struct round_view, "round", U64, locked_round),
                                                   NAMED(struct round_view, "hash", HASH, locked_hash)};
INNER(shape_locked, "locked", struct round_view, locked_fields);
static const struct shape_field round_fields[] = {
    F(struct round_view, U64, round),
    F(struct round_view, U32, height),
    F(struct round_view, ADDRESS, proposer),
    F(struct round_view, HASH, committee_hash),
    ENUM(struct round_view, phase, phase_names),
    F(struct round_view, U64, deadline),
    ARRAY(struct round_view, proposals, shape_proposal),
    MAYBE(struct round_view, CERTIFICATE, high_certificate),
    GROUP("locked", shape_locked),
    MAYBE(struct round_view, TIMEOUTCERT, timeout_certificate),
    ARRAY(struct round_view, timeouts, shape_timeout),
};
SHAPE(shape_round, "round", struct round_view, round_fields);

static const struct shape_field evidence_fields[] = {
    F(struct evidence_view, HASH, evidence_id),
    ENUM(struct evidence_view, type, evidence_names),
    ENUM(struct evidence_view, chain, chain_names),
    F(struct evidence_view, ADDRESS, validator),
    F(struct evidence_view, U32, height),
    F(struct evidence_view, U64, round),
    OPT(struct evidence_view, ADDRESS, reporter),
    F(struct evidence_view, U64, detected_at),
    OPT(struct evidence_view, U32, included_height),
    F(struct evidence_view, AMOUNT, slashed),
    F(struct evidence_view, BOOL, jailed),
    F(struct evidence_view, HEX, first),
    F(struct evidence_view, HEX, second),
};
SHAPE(shape_evidence, "Evidence", struct evidence_view, evidence_fields);
PAGE(shape_evidence_page, "page of Evidence", shape_evidence);

static const struct shape_field validator_fields[] = {
    F(struct validator_view, ADDRESS, address),        F(struct validator_view, STR, name),
    F(struct validator_view, PUBKEY, consensus_key),   F(struct validator_view, AMOUNT, stake),
    F(struct validator_view, AMOUNT, bonded),          F(struct validator_view, U16, commission_bps),
    F(struct validator_view, BOOL, is_active),         F(struct validator_view, BOOL, jailed),
    F(struct validator_view, U16, uptime_bps),         F(struct validator_view, U64, proposed),
    F(struct validator_view, U64, missed_proposals),   F(struct validator_view, U64, votes),
    F(struct validator_view, U64, missed_votes),       F(struct validator_view, AMOUNT, slashed),
    F(struct validator_view, AMOUNT, pending_rewards),
};
SHAPE(shape_validator, "Validator", struct validator_view, validator_fields);
PAGE(shape_validator_page, "page of Validator", shape_validator);

/* ---- mempool ---- */
static const struct shape_field pool_entry_fields[] = {
    F(struct pool_entry, HASH, transaction_id),
    ENUM(struct pool_entry, stage, stage_names),
    ENUM(struct pool_entry, lane, lane_names),
    OPT(struct pool_entry, U64, arrival),
    F(struct pool_entry, U32, position),
    F(struct pool_entry, U64, received_at),
    F(struct pool_entry, U32, size),
    F(struct pool_entry, AMOUNT, fee),
    F(struct pool_entry, AMOUNT, tip),
    F(struct pool_entry, ADDRESS, sender),
    F(struct pool_entry, STR, kind),
    F(struct pool_entry, TX, envelope),
};
SHAPE(shape_pool_entry, "PoolEntry", struct pool_entry, pool_entry_fields);
PAGE(shape_pool_entry_page, "page of PoolEntry", shape_pool_entry);

static const struct shape_field lanes_fields[] = {NAMED(struct pool_stats, "general", U32, lane_general),
                                                  NAMED(struct pool_stats, "dex", U32, lane_dex)};
INNER(shape_lanes, "lanes", struct pool_stats, lanes_fields);
static const struct shape_field pool_stats_fields[] = {
    F(struct pool_stats, U32, m1),
    F(struct pool_stats, U32, pq),
    F(struct pool_stats, U32, m2),
    GROUP("lanes", shape_lanes),
    F(struct pool_stats, U32, total),
    F(struct pool_stats, U32, capacity),
    F(struct pool_stats, U64, bytes),
    OPT(struct pool_stats, U64, oldest_at),
    F(struct pool_stats, AMOUNT, min_tip_to_enter),
    F(struct pool_stats, U64, admitted),
    {.name = "rejected",
     .type = SHAPE_CODE_COUNTS,
     .offset = offsetof(struct pool_stats, rejected),
     .count_at = offsetof(struct pool_stats, rejected_count)},
    F(struct pool_stats, U64, evicted),
    F(struct pool_stats, U64, expired),
};
SHAPE(shape_pool_stats, "pool stats", struct pool_stats, pool_stats_fields);

/* ---- state ---- */
static const struct shape_field balance_fields[] = {ENUM(struct balance, token, token_names), F(struct balance, AMOUNT, free),
                                                    F(struct balance, AMOUNT, locked)};
INNER(shape_balance, "balance", struct balance, balance_fields);
static const struct shape_field bond_fields[] = {F(struct bond, ADDRESS, validator), F(struct bond, AMOUNT, amount)};
INNER(shape_bond, "bond", struct bond, bond_fields);
static const struct shape_field unbonding_fields[] = {F(struct unbonding, AMOUNT, amount),
                                                      F(struct unbonding, U32, release_height)};
INNER(shape_unbonding, "unbonding", struct unbonding, unbonding_fields);
static const struct shape_field account_fields[] = {
    F(struct account_view, ADDRESS, address),
    F(struct account_view, BOOL, exists),
    F(struct account_view, U64, nonce),
    F(struct account_view, U64, pending_nonce),
    ARRAY(struct account_view, balances, shape_balance),
    F(struct account_view, AMOUNT, staked),
    ARRAY(struct account_view, bonded, shape_bond),
    ARRAY(struct account_view, unbonding, shape_unbonding),
    OPT(struct account_view, ADDRESS, delegate),
    ARRAY(struct account_view, roles, shape_str),
    F(struct account_view, U32, height),
};
SHAPE(shape_account, "Account", struct account_view, account_fields);

static const struct shape_field state_entry_fields[] = {F(struct state_entry, HASH, key),
                                                        F(struct state_entry, HASH, value_hash)};
INNER(shape_state_entry, "entry", struct state_entry, state_entry_fields);
static const struct shape_field state_path_fields[] = {
    F(struct state_path, U32, height),
    F(struct state_path, HASH, block_hash),
    F(struct state_path, HASH, state_root),
    F(struct state_path, HASH, key),
    MAYBE(struct state_path, HEX, value),
    ARRAY(struct state_path, bucket, shape_state_entry),
    LIST(struct state_path, siblings, shape_hash, STATE_LEVELS),
};
SHAPE(shape_state_path, "StatePath", struct state_path, state_path_fields);

#define S(member) F(struct supply_token, AMOUNT, member),
static const struct shape_field supply_token_fields[] = {ENUM(struct supply_token, token, token_names),
                                                         SUPPLY_FLOWS(S) SUPPLY_HOLDINGS(S) F(struct supply_token, AMOUNT, total),
                                                         F(struct supply_token, BOOL, ok)};
#undef S
INNER(shape_supply_token, "token", struct supply_token, supply_token_fields);
static const struct shape_field supply_fields[] = {F(struct supply, U32, height), F(struct supply, U32, finalized_height),
                                                   LIST(struct supply, tokens, shape_supply_token, TOKEN_COUNT)};
SHAPE(shape_supply, "Supply", struct supply, supply_fields);

/* ---- sync and peers ---- */
static const struct shape_field peer_fields[] = {
    F(struct peer_view, STR, peer),       MAYBE(struct peer_view, STR, name),     OPT(struct peer_view, ADDRESS, address),
    F(struct peer_view, BOOL, inbound),   F(struct peer_view, U32, height),       F(struct peer_view, U32, latency_ms),
    F(struct peer_view, U64, sent),       F(struct peer_view, U64, received),     F(struct peer_view, U64, dropped),
    F(struct peer_view, U64, duplicates), F(struct peer_view, U64, out_of_order), F(struct peer_view, U64, connected_at),
    F(struct peer_view, U32, partition)};
INNER(shape_peer, "peer", struct peer_view, peer_fields);
BARE_LIST(shape_peer_list, "list of peers", shape_peer);

static const struct shape_field sync_status_fields[] = {
    F(struct sync_status, BOOL, is_syncing),   F(struct sync_status, U32, current_height),
    F(struct sync_status, U32, target_height), F(struct sync_status, U32, finalized_height),
    F(struct sync_status, U64, round),         F(struct sync_status, U32, peers),
    F(struct sync_status, U64, last_block_at), F(struct sync_status, U32, fork_count),
    F(struct sync_status, U64, reorg_count),   F(struct sync_status, U32, deepest_reorg)};
SHAPE(shape_sync_status, "sync status", struct sync_status, sync_status_fields);

static const struct shape_field shielded_fields[] = {
    F(struct node_info, U16, ring_size), F(struct node_info, U32, note_maturity_blocks),
    F(struct node_info, U32, proof_window_blocks), ARRAY(struct node_info, denominations, shape_amount)};
INNER(shape_shielded, "shielded", struct node_info, shielded_fields);
static const struct shape_field node_info_fields[] = {
    F(struct node_info, STR, name),
    F(struct node_info, ADDRESS, address),
    F(struct node_info, STR, version),
    F(struct node_info, U32, api),
    ENUM(struct node_info, chain, chain_names),
    F(struct node_info, STR, network),
    F(struct node_info, U16, network_id),
    F(struct node_info, HASH, genesis_hash),
    F(struct node_info, U64, block_interval_ms),
    F(struct node_info, U32, finality_depth),
    F(struct node_info, U32, epoch_blocks),
    F(struct node_info, U32, unbonding_blocks),
    F(struct node_info, U32, voting_delay_blocks),
    F(struct node_info, U32, voting_period_blocks),
    F(struct node_info, U32, timelock_blocks),
    F(struct node_info, AMOUNT, min_fee_base),
    F(struct node_info, AMOUNT, min_fee_per_byte),
    F(struct node_info, AMOUNT, min_validator_stake),
    F(struct node_info, AMOUNT, min_governor_deposit),
    F(struct node_info, AMOUNT, min_vote_stake),
    F(struct node_info, U32, max_tx_bytes),
    F(struct node_info, U32, max_block_bytes),
    F(struct node_info, U32, max_block_transactions),
    F(struct node_info, U32, mempool_capacity),
    GROUP("shielded", shape_shielded),
    ARRAY(struct node_info, features, shape_str),
    ARRAY(struct node_info, switches, shape_str),
};
SHAPE(shape_node_info, "node info", struct node_info, node_info_fields);

/* ---- admin ---- */
static const struct shape_field admin_info_fields[] = {
    ENUM(struct admin_info, mode, mode_names),
    F(struct admin_info, U64, rng),
    F(struct admin_info, U64, started_at),
    F(struct admin_info, U32, validators),
    ARRAY(struct admin_info, chains, shape_str),
    F(struct admin_info, U32, active_chaos),
    ARRAY(struct admin_info, active_switches, shape_str),
    F(struct admin_info, U32, timeline),
};
SHAPE(shape_admin_info, "admin info", struct admin_info, admin_info_fields);

static const struct shape_field admin_node_fields[] = {
    F(struct admin_node, STR, name),
    ENUM(struct admin_node, chain, chain_names),
    {.name = "address",
     .type = SHAPE_ADDRESS,
     .offset = offsetof(struct admin_node, address),
     .count_at = offsetof(struct admin_node, chain)},
    F(struct admin_node, BOOL, running),
    F(struct admin_node, BOOL, paused),
    ARRAY(struct admin_node, byzantine, shape_str),
    F(struct admin_node, U32, partition),
    F(struct admin_node, U32, height),
    F(struct admin_node, U32, finalized_height),
    F(struct admin_node, HASH, head),
    F(struct admin_node, I64, clock_offset_ms),
};
INNER(shape_admin_node, "node", struct admin_node, admin_node_fields);
BARE_LIST(shape_admin_node_list, "list of nodes", shape_admin_node);

#define CHAIN_HEIGHT(T, key, member)                                                                                             \
    {                                                                                                                            \
        .name = key, .type = SHAPE_U32, .offset = offsetof(T, member.value), .maybe = true, .absent = true,                      \
        .has_at = offsetof(T, member.has) + 1                                                                                    \
    }
static const struct shape_field faucet_heights_fields[] = {CHAIN_HEIGHT(struct admin_faucet, "alpha", alpha_height),
                                                           CHAIN_HEIGHT(struct admin_faucet, "delta", delta_height)};
INNER(shape_faucet_heights, "heights", struct admin_faucet, faucet_heights_fields);
static const struct shape_field admin_faucet_fields[] = {F(struct admin_faucet, U32, granted),
                                                         F(struct admin_faucet, U32, effective_height),
                                                         {.name = "heights", .type = SHAPE_OBJECT, .absent = true, .of = &shape_faucet_heights}};
SHAPE(shape_admin_faucet, "faucet", struct admin_faucet, admin_faucet_fields);

static const struct shape_field admin_height_fields[] = {ENUM(struct admin_height, chain, chain_names),
                                                         F(struct admin_height, U32, height)};
INNER(shape_admin_height, "height", struct admin_height, admin_height_fields);
static const struct shape_field admin_step_fields[] = {ARRAY(struct admin_step, heights, shape_admin_height)};
SHAPE(shape_admin_step, "step", struct admin_step, admin_step_fields);

#define LEFT_OUT(kind, member)                                                                                                   \
    {                                                                                                                            \
        .name = #member, .type = SHAPE_##kind, .offset = offsetof(struct chaos_entry, member), .maybe = true, .absent = true     \
    }
static const struct shape_field chaos_fields[] = {F(struct chaos_entry, STR, chaos_id),
                                                  LEFT_OUT(STR, action),
                                                  LEFT_OUT(STR, chain),
                                                  LEFT_OUT(RAW, params),
                                                  F(struct chaos_entry, U64, started_at),
                                                  OPT(struct chaos_entry, U64, ends_at)};
#undef LEFT_OUT
SHAPE(shape_chaos_entry, "chaos", struct chaos_entry, chaos_fields);
BARE_LIST(shape_chaos_list, "list of chaos", shape_chaos_entry);

static const struct shape_field byzantine_fields[] = {F(struct byzantine_entry, STR, validator),
                                                      ENUM(struct byzantine_entry, chain, chain_names),
                                                      F(struct byzantine_entry, STR, mode), F(struct byzantine_entry, RAW, params)};
INNER(shape_byzantine_entry, "byzantine mode", struct byzantine_entry, byzantine_fields);
BARE_LIST(shape_byzantine_list, "list of byzantine modes", shape_byzantine_entry);

static const struct shape_field bridge_fields[] = {NAMED(struct audit_view, "locked", AMOUNT, bridge_locked),
                                                   NAMED(struct audit_view, "minted", AMOUNT, bridge_minted),
                                                   NAMED(struct audit_view, "in_flight_lock", AMOUNT, bridge_in_flight_lock),
                                                   NAMED(struct audit_view, "in_flight_burn", AMOUNT, bridge_in_flight_burn),
                                                   NAMED(struct audit_view, "difference", STR, bridge_difference)};
INNER(shape_bridge, "bridge", struct audit_view, bridge_fields);
static const struct shape_field audit_heights_fields[] = {{.name = "alpha",
                                                           .type = SHAPE_U32,
                                                           .offset = offsetof(struct audit_view, alpha_height.value),
                                                           .maybe = true,
                                                           .has_at = offsetof(struct audit_view, alpha_height.has) + 1},
                                                          {.name = "delta",
                                                           .type = SHAPE_U32,
                                                           .offset = offsetof(struct audit_view, delta_height.value),
                                                           .maybe = true,
                                                           .has_at = offsetof(struct audit_view, delta_height.has) + 1}};
INNER(shape_audit_heights, "heights", struct audit_view, audit_heights_fields);
static const struct shape_field violation_fields[] = {
    F(struct audit_violation, STR, check), F(struct audit_violation, STR, expected), F(struct audit_violation, STR, actual),
    F(struct audit_violation, STR, detail)};
INNER(shape_violation, "violation", struct audit_violation, violation_fields);
#define SUPPLY(member)                                                                                                           \
    {                                                                                                                            \
        .name = #member, .type = SHAPE_OBJECT, .offset = offsetof(struct audit_view, member), .of = &shape_supply,               \
        .maybe = true, .has_at = offsetof(struct audit_view, has_##member) + 1                                                   \
    }
static const struct shape_field audit_fields[] = {F(struct audit_view, BOOL, ok),
                                                  SUPPLY(alpha),
                                                  SUPPLY(delta),
                                                  GROUP("bridge", shape_bridge),
                                                  GROUP("heights", shape_audit_heights),
                                                  ARRAY(struct audit_view, violations, shape_violation)};
#undef SUPPLY
SHAPE(shape_audit, "audit", struct audit_view, audit_fields);

static const struct shape_field log_fields[] = {F(struct log_entry, U64, sequence), F(struct log_entry, U64, at),
                                                F(struct log_entry, STR, action), F(struct log_entry, RAW, params),
                                                F(struct log_entry, RAW, result)};
INNER(shape_log, "log entry", struct log_entry, log_fields);
PAGE(shape_log_page, "page of the log", shape_log);
