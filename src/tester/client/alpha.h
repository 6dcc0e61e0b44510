/* Alpha: the AlphaOS client, and with `chain` set the one of the same routes of DeltaOS (dAB1 ..., D8 to D11). One function for
 * each operation; straight-line code on a fiber, a deadline on every call.
 *
 * `struct alpha` says where calls go. It is a plain value that borrows its texts. With `view` set, every call is answered by that
 * validator (/node/{name}); empty: by the gateway.
 *
 * Calls answer NULL (or false) unless out->status is ANSWER_OK; what they return is borrowed from `out` and lives until
 * answer_done, which is due in every case. A1-A12 and X13 ... are the names of the contract. */
#ifndef CLIENT_ALPHA_H
#define CLIENT_ALPHA_H

#include "chain/response.h"
#include "tester/client/answer.h"

struct alpha {
    struct http_client *http;
    struct str origin;    /* "alpha", "delta" */
    struct str view;      /* "v7"; empty: the gateway */
    enum network network; /* the path segment */
    struct str client_id; /* X-Client-Id: what limits count by; empty: none is sent */
    enum chain_id chain;  /* CHAIN_DELTA, or 0: Alpha */
};
static inline enum chain_id alpha_chain(const struct alpha *alpha) { return alpha->chain == CHAIN_DELTA ? CHAIN_DELTA : CHAIN_ALPHA; }

#define ALPHA_WAIT_MAX duration_ms(30000) /* the longest a node holds a question about a transaction */
enum tx_wait { TX_WAIT_NONE, TX_WAIT_INCLUDED, TX_WAIT_CERTIFIED, TX_WAIT_FINALIZED };

/* GETs a path as it stands ("/testnet/block/height/latest"), whatever it answers: the HTTP status; 0: nobody answered in time. */
uint16_t alpha_knock(const struct alpha *alpha, struct str path, struct instant deadline, struct answer *out) FIBER;

/* ---- blocks ---- */
bool alpha_height(const struct alpha *alpha, struct instant deadline, uint32_t *out_height, struct answer *out) FIBER; /* A1 */
bool alpha_height_final(const struct alpha *alpha, struct instant deadline, uint32_t *out_height,
                        struct answer *out) FIBER; /* AB4 */
bool alpha_hash_latest(const struct alpha *alpha, struct instant deadline, struct hash *out_hash, struct answer *out) FIBER;
/* A2. `full`: with transactions. The header is checked against the asked height or hash, and the hash against the header. */
const struct block_view *alpha_block(const struct alpha *alpha, uint32_t height, bool full, struct instant deadline,
                                     struct answer *out) FIBER;
const struct block_view *alpha_block_by_hash(const struct alpha *alpha, const struct hash *hash, bool full,
                                             struct instant deadline, struct answer *out) FIBER;
const struct block_view *alpha_block_latest(const struct alpha *alpha, struct instant deadline, struct answer *out) FIBER;
/* AB7: [start, end), at most 50; items are struct block_view. */
const struct page *alpha_blocks(const struct alpha *alpha, uint32_t start, uint32_t end, struct instant deadline,
                                struct answer *out) FIBER;
/* AB6; items are struct tx_view. limit 0: the default; cursor empty: from the beginning. */
const struct page *alpha_block_transactions(const struct alpha *alpha, uint32_t height, uint32_t limit, struct str cursor,
                                            struct instant deadline, struct answer *out) FIBER;

/* Any route of the chain by GET, for those who read answers themselves: `path` begins with '/', behind the network's segment (at most 160
 * characters); `query` may be empty (at most 100). The body, borrowed from `out`; data NULL unless ANSWER_OK. */
struct str alpha_get_raw(const struct alpha *alpha, struct str path, struct str query, struct instant deadline, struct answer *out) FIBER;

/* ---- transactions ---- */
/* A3: the signed transaction as it is; the answer's id is checked. */
const struct tx_ack *alpha_broadcast(const struct alpha *alpha, const struct tx *tx, struct instant deadline,
                                     struct answer *out) FIBER;
/* The same with any bytes at all. `content_type` "application/octet-stream" or "application/json". */
const struct tx_ack *alpha_broadcast_raw(const struct alpha *alpha, struct str body, struct str content_type,
                                         struct instant deadline, struct answer *out) FIBER;
/* AT3; 1 to 2000. */
const struct batch_ack *alpha_broadcast_batch(const struct alpha *alpha, struct tx *const *txs, size_t count,
                                              struct instant deadline, struct answer *out) FIBER;
/* A4. With a wait the node holds the question up to `hold` (at most ALPHA_WAIT_MAX) and then answers with the current state. */
const struct tx_view *alpha_transaction(const struct alpha *alpha, const struct hash *id, enum tx_wait wait, struct duration hold,
                                        struct instant deadline, struct answer *out) FIBER;
const struct tx_proof_view *alpha_transaction_proof(const struct alpha *alpha, const struct hash *id, struct instant deadline,
                                                    struct answer *out) FIBER; /* X14 */

/* ---- governance: alpha_governance.h; programs and names: alpha_names.h ---- */

/* ---- mempool ---- */
const struct hash_list *alpha_mempool(const struct alpha *alpha, uint32_t limit, struct str cursor, struct instant deadline,
                                      struct answer *out) FIBER; /* A5 */
const struct pool_entry *alpha_pool_entry(const struct alpha *alpha, const struct hash *id, struct instant deadline,
                                          struct answer *out) FIBER;
const struct page *alpha_pool_entries(const struct alpha *alpha, uint32_t limit, struct str cursor, struct instant deadline,
                                      struct answer *out) FIBER;
const struct pool_stats *alpha_pool_stats(const struct alpha *alpha, struct instant deadline, struct answer *out) FIBER; /* AM4 */

/* ---- state ---- */
bool alpha_state_root(const struct alpha *alpha, struct instant deadline, struct hash *out_root,
                      struct answer *out) FIBER; /* A7 */
bool alpha_state_root_at(const struct alpha *alpha, uint32_t height, struct instant deadline, struct hash *out_root,
                         struct answer *out) FIBER;
/* AS3 of an account. height 0: the head. */
const struct state_path *alpha_account_path(const struct alpha *alpha, const struct address *address, uint32_t height,
                                            struct instant deadline, struct answer *out) FIBER;
/* AS3 of any key text ("param:block_interval_ms"). */
const struct state_path *alpha_state_path(const struct alpha *alpha, struct str key, uint32_t height, struct instant deadline,
                                          struct answer *out) FIBER;
const struct account_view *alpha_account(const struct alpha *alpha, const struct address *address, struct instant deadline,
                                         struct answer *out) FIBER; /* A12 */
const struct committee_view *alpha_committee(const struct alpha *alpha, uint64_t round, struct instant deadline,
                                             struct answer *out) FIBER; /* A8 */
const struct committee_view *alpha_committee_latest(const struct alpha *alpha, struct instant deadline, struct answer *out) FIBER;
const struct supply *alpha_supply(const struct alpha *alpha, bool finalized, struct instant deadline,
                                  struct answer *out) FIBER; /* X4 */

/* ---- sync, peers, node ---- */
const struct str_list *alpha_peers(const struct alpha *alpha, struct instant deadline, struct answer *out) FIBER; /* A10 */
bool alpha_peers_count(const struct alpha *alpha, struct instant deadline, uint32_t *out_count, struct answer *out) FIBER;
const struct page *alpha_peers_metrics(const struct alpha *alpha, struct instant deadline,
                                       struct answer *out) FIBER; /* AN3: struct peer_view */
const struct sync_status *alpha_sync_status(const struct alpha *alpha, struct instant deadline,
                                            struct answer *out) FIBER;                                                 /* A11 */
const struct node_info *alpha_node_info(const struct alpha *alpha, struct instant deadline, struct answer *out) FIBER; /* AN5 */

/* ---- consensus and proofs ---- */
const struct page *alpha_validators(const struct alpha *alpha, uint32_t limit, struct str cursor, struct instant deadline,
                                    struct answer *out) FIBER; /* X1: struct validator_view */
const struct validator_view *alpha_validator(const struct alpha *alpha, const struct address *address, struct instant deadline,
                                             struct answer *out) FIBER; /* X2 */
const struct finality_view *alpha_finality(const struct alpha *alpha, uint32_t height, struct instant deadline,
                                           struct answer *out) FIBER; /* X13 */
const struct finality_view *alpha_finality_by_hash(const struct alpha *alpha, const struct hash *hash, struct instant deadline,
                                                   struct answer *out) FIBER;
const struct page *alpha_evidence(const struct alpha *alpha, uint32_t limit, struct str cursor, struct instant deadline,
                                  struct answer *out) FIBER; /* X16: struct evidence_view */
const struct page *alpha_votes(const struct alpha *alpha, uint32_t height, struct instant deadline,
                               struct answer *out) FIBER; /* X17: struct vote_seen */
const struct round_view *alpha_round(const struct alpha *alpha, struct instant deadline, struct answer *out) FIBER; /* X18 */
const struct page *alpha_forks(const struct alpha *alpha, struct instant deadline,
                               struct answer *out) FIBER; /* X21: struct fork_view */
/* X24: struct alert_view of chain/response_event.h. `type` empty: all. */
const struct page *alpha_alerts(const struct alpha *alpha, struct str type, uint32_t limit, struct str cursor, struct instant deadline,
                                struct answer *out) FIBER;
const struct page *alpha_checkpoints(const struct alpha *alpha, uint32_t limit, struct str cursor, struct instant deadline,
                                     struct answer *out) FIBER; /* X23: struct checkpoint_view */

#endif
