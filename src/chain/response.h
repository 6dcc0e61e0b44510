/* Response: what the routes of the contract answer, one struct and one shape each. Names and members are the contract's. */
#ifndef CHAIN_RESPONSE_H
#define CHAIN_RESPONSE_H

#include "chain/shape.h"
#include "chain/supply.h"
#include "core/crypto/merkle.h"
#include "core/crypto/stateproof.h"

/* ---- bare values: AB1, AB4, AB8, AN2 · AB2, AS1, AS2 · AM1 · AN1 ---- */
struct bare_u32 {
    uint32_t value;
};
struct bare_hash {
    struct hash value;
};
struct hash_list {
    struct hash *items;
    uint32_t count;
    struct str next_cursor; /* a header, not part of the text; data NULL: none */
};
struct str_item {
    struct str value;
};
struct str_list {
    struct str_item *items;
    uint32_t count;
    struct str next_cursor;
};
extern const struct shape shape_u32, shape_hash, shape_hash_list, shape_str_list;

/* ---- lists: every page<T> and every bare array of objects has this one layout ---- */
struct page {
    void *items; /* of the shape's item */
    uint32_t count;
    struct str next_cursor; /* data NULL = null; for bare arrays a header */
};

/* ---- transactions ---- */
enum tx_stage { TX_STAGE_M1, TX_STAGE_PQ, TX_STAGE_M2 };
enum tx_status { TX_PENDING, TX_INCLUDED, TX_CERTIFIED, TX_FINALIZED, TX_STATUS_DROPPED };

struct tx_ack {
    struct hash transaction_id;
    enum tx_status status; /* always TX_PENDING */
    enum tx_stage stage;
    uint64_t nonce;
};
/* TxAck and the id of the object it is about, under the name that its kind gives it (2.3). */
struct object_ack {
    struct tx_ack ack;
    struct hash id;
};
extern const struct shape shape_order_ack, shape_position_ack, shape_registration_ack, shape_request_ack, shape_mint_ack,
    shape_burn_ack, shape_proposal_ack;
struct tx_view {
    struct hash id;
    enum chain_id chain;
    enum tx_status status;
    struct tx *envelope;
    uint32_t size;
    uint64_t received_at;
    struct opt_u32 block_height;
    struct opt_hash block_hash;
    struct opt_u32 index;
    uint32_t confirmations;
    struct opt_u64 included_at, finalized_at;
    enum code dropped_reason; /* CODE_NONE = null */
    bool has_receipt;
    struct receipt receipt;
    struct str told; /* what kinds of their own told in it: JSON objects, commas between; transfers tell themselves by the envelope */
};
struct batch_result {
    uint32_t index;
    struct opt_hash transaction_id;
    struct apierror error; /* CODE_NONE = null */
};
struct batch_ack {
    uint32_t accepted, rejected;
    struct batch_result *results;
    uint32_t results_count;
};
struct tx_proof_view { /* X14: that id and receipt are in the block */
    struct hash transaction_id;
    uint32_t height;
    struct hash block_hash;
    struct merkle_proof transaction, receipt;
};
extern const struct shape shape_tx_ack, shape_tx, shape_tx_page, shape_batch_ack, shape_merkle_proof, shape_tx_proof;

/* ---- blocks ---- */
enum block_status { BLOCK_TENTATIVE, BLOCK_CERTIFIED, BLOCK_FINALIZED, BLOCK_ORPHANED };

struct block_view {
    struct header header; /* the text has no domain: whoever reads it fills header.domain, knowing whom it asked */
    struct hash hash;
    enum block_status status;
    uint32_t size;
    struct signature proposer_signature;
    struct certificate_view certificate;         /* NULL inside = null */
    struct timeoutcert_view timeout_certificate; /* likewise */
    struct hash *transaction_ids;
    uint32_t transaction_ids_count;
    bool has_transactions; /* full=true */
    struct tx_view *transactions;
    uint32_t transactions_count;
};
struct fork_view {
    struct hash tip;
    uint32_t height;
    uint64_t round;
    uint32_t length_since_final;
    struct amount support;
    bool preferred;
};
struct checkpoint_view {
    uint32_t height;
    struct hash hash, state_root, committee_hash, next_committee_hash;
};
struct committee_view {
    struct committee *committee;
};
struct finality_view {
    struct finality_proof *proof;
};
extern const struct shape shape_block, shape_block_list, shape_fork_list, shape_checkpoint_page, shape_committee, shape_finality;

/* ---- consensus ---- */
struct vote_seen {
    struct vote vote;
    uint64_t seen_at;
};
enum round_phase { PHASE_PROPOSE, PHASE_VOTE, PHASE_TIMEOUT };
struct proposal_view {
    struct hash block_hash;
    struct address proposer;
    struct signature signature;
    struct header header;
};
struct round_view { /* X18 */
    uint64_t round;
    uint32_t height;
    struct address proposer;
    struct hash committee_hash;
    enum round_phase phase;
    uint64_t deadline;
    struct proposal_view *proposals;
    uint32_t proposals_count;
    struct certificate_view high_certificate;
    uint64_t locked_round;
    struct hash locked_hash;
    struct timeoutcert_view timeout_certificate;
    struct timeout *timeouts;
    uint32_t timeouts_count;
};
struct evidence_view {
    struct hash evidence_id;
    uint32_t type; /* enum evidence_type */
    enum chain_id chain;
    struct address validator;
    uint32_t height;
    uint64_t round;
    struct opt_address reporter;
    uint64_t detected_at;
    struct opt_u32 included_height;
    struct amount slashed;
    bool jailed;
    struct str first, second; /* bytes */
};
struct validator_view {
    struct address address;
    struct str name;
    struct pubkey consensus_key;
    struct amount stake, bonded;
    uint16_t commission_bps;
    bool is_active, jailed;
    uint16_t uptime_bps;
    uint64_t proposed, missed_proposals, votes, missed_votes;
    struct amount slashed, pending_rewards;
};
extern const struct shape shape_vote, shape_timeout, shape_vote_seen_list, shape_round, shape_evidence, shape_evidence_page,
    shape_validator, shape_validator_page;

/* ---- mempool ---- */
struct pool_entry {
    struct hash transaction_id;
    enum tx_stage stage;
    enum lane lane;
    struct opt_u64 arrival;
    uint32_t position;
    uint64_t received_at;
    uint32_t size;
    struct amount fee, tip;
    struct address sender;
    struct str kind;
    struct tx *envelope;
};
struct pool_stats {
    uint32_t m1, pq, m2;
    uint32_t lane_general, lane_dex;
    uint32_t total, capacity;
    uint64_t bytes;
    struct opt_u64 oldest_at;
    struct amount min_tip_to_enter;
    uint64_t admitted;
    struct code_count *rejected;
    uint32_t rejected_count;
    uint64_t evicted, expired;
};
extern const struct shape shape_pool_entry, shape_pool_entry_page, shape_pool_stats;

/* ---- state ---- */
struct balance {
    enum token token;
    struct amount free, locked;
};
struct bond {
    struct address validator;
    struct amount amount;
};
struct unbonding {
    struct amount amount;
    uint32_t release_height;
};
struct account_view {
    struct address address;
    bool exists;
    uint64_t nonce, pending_nonce;
    struct balance *balances;
    uint32_t balances_count;
    struct amount staked;
    struct bond *bonded;
    uint32_t bonded_count;
    struct unbonding *unbonding;
    uint32_t unbonding_count;
    struct opt_address delegate;
    struct str_item *roles;
    uint32_t roles_count;
    uint32_t height;
};
struct state_path {
    uint32_t height;
    struct hash block_hash, state_root, key;
    struct str value; /* bytes; data NULL = null: absent */
    struct state_entry *bucket;
    uint32_t bucket_count;
    struct hash siblings[STATE_LEVELS];
    uint32_t siblings_count; /* STATE_LEVELS */
};
extern const struct shape shape_account, shape_state_path, shape_supply;

/* ---- sync and peers ---- */
struct peer_view {
    struct str peer; /* host:port */
    struct str name; /* data NULL = null */
    struct opt_address address;
    bool inbound;
    uint32_t height, latency_ms;
    uint64_t sent, received, dropped, duplicates, out_of_order, connected_at;
    uint32_t partition;
};
struct sync_status {
    bool is_syncing;
    uint32_t current_height, target_height, finalized_height;
    uint64_t round;
    uint32_t peers;
    uint64_t last_block_at;
    uint32_t fork_count;
    uint64_t reorg_count;
    uint32_t deepest_reorg;
};
struct address_item {
    struct address value;
};
struct amount_item {
    struct amount value;
};
struct node_info {
    struct str name;
    struct address address;
    struct str version;
    uint32_t api;
    enum chain_id chain;
    struct str network;
    uint16_t network_id;
    struct hash genesis_hash;
    uint64_t block_interval_ms;
    uint32_t finality_depth, epoch_blocks, unbonding_blocks, voting_delay_blocks, voting_period_blocks, timelock_blocks;
    struct amount min_fee_base, min_fee_per_byte, min_validator_stake, min_governor_deposit, min_vote_stake;
    uint32_t max_tx_bytes, max_block_bytes, max_block_transactions, mempool_capacity;
    uint16_t ring_size;
    uint32_t note_maturity_blocks, proof_window_blocks;
    struct amount_item *denominations;
    uint32_t denominations_count;
    struct str_item *features, *switches;
    uint32_t features_count, switches_count;
};

extern const struct shape shape_peer_list, shape_sync_status, shape_node_info;

/* ---- admin ---- */
enum admin_mode { ADMIN_AUTO, ADMIN_MANUAL };
struct admin_info {
    enum admin_mode mode;
    uint64_t rng, started_at;
    uint32_t validators;
    struct str_item *chains;
    uint32_t chains_count;
    uint32_t active_chaos;
    struct str_item *active_switches;
    uint32_t active_switches_count;
    uint32_t timeline;
};
struct admin_node {
    struct str name;
    enum chain_id chain;
    struct address address;
    bool running, paused;
    struct str_item *byzantine;
    uint32_t byzantine_count;
    uint32_t partition, height, finalized_height;
    struct hash head;
    int64_t clock_offset_ms;
};
struct admin_faucet {
    uint32_t granted, effective_height; /* the higher of the two below */
    struct opt_u32 alpha_height, delta_height; /* of the chains that got something */
};
struct admin_height {
    enum chain_id chain;
    uint32_t height;
};
struct admin_step {
    struct admin_height *heights;
    uint32_t heights_count;
};
struct chaos_entry {
    struct str chaos_id;
    struct str action; /* data NULL: left out (the answer to POST) */
    struct str chain;  /* likewise */
    struct str params; /* JSON text; likewise */
    uint64_t started_at;
    struct opt_u64 ends_at;
};
struct byzantine_entry {
    struct str validator;
    enum chain_id chain;
    struct str mode;
    struct str params; /* JSON text */
};
struct audit_violation {
    struct str check, expected, actual, detail;
};
struct audit_view {
    bool ok;
    bool has_alpha, has_delta;
    struct supply alpha, delta;
    struct amount bridge_locked, bridge_minted, bridge_in_flight_lock, bridge_in_flight_burn;
    struct str bridge_difference; /* signed decimal */
    struct opt_u32 alpha_height, delta_height;
    struct audit_violation *violations;
    uint32_t violations_count;
};
struct log_entry {
    uint64_t sequence, at;
    struct str action, params, result; /* params and result: JSON text */
};
extern const struct shape shape_admin_info, shape_admin_node_list, shape_admin_faucet, shape_admin_step, shape_byzantine_list, shape_chaos_entry,
    shape_chaos_list, shape_audit, shape_log_page;

#endif
