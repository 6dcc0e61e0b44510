/* Wire: the shapes of the contract as bodies of HTTP exchanges. Both wings use these very objects, so that in `sim` an answer can
 * be handed over as it is, and what a node writes as text is what a client reads.
 *
 * Requests carry a transaction (wire_tx: canonical bytes). Responses carry one `struct` of chain/response.h each, addresses in
 * the text of the chain that answers; what is of neither chain (admin, Adnet) speaks as Alpha. */
#ifndef WIRE_WIRE_H
#define WIRE_WIRE_H

#include "chain/response_adnet.h"
#include "chain/response_bridge.h"
#include "chain/response_dex.h"
#include "chain/response_event.h"
#include "chain/response_offramp.h"
#include "chain/response_oracle.h"
#include "chain/response_perps.h"
#include "chain/response_shielded.h"
#include "chain/response_staking.h"
#include "chain/response_names.h"
#include "chain/response_governance.h"
#include "world/http/http.h"

#define WIRE_LIST(W)                                                                                                             \
    W(u32)                                                                                                                       \
    W(hash) W(hash_list) W(str_list) W(tx_ack) W(tx) W(tx_page) W(batch_ack) W(merkle_proof) W(tx_proof) W(block) W(block_list)  \
        W(fork_list) W(checkpoint_page) W(committee) W(finality) W(vote) W(timeout) W(vote_seen_list) W(round) W(evidence)       \
            W(evidence_page) W(validator) W(validator_page) W(pool_entry) W(pool_entry_page) W(pool_stats) W(account)            \
                W(state_path) W(supply) W(peer_list) W(sync_status) W(node_info) W(admin_info) W(admin_node_list)                \
                    W(health) W(status) W(alert_page) W(admin_faucet) W(admin_step) W(chaos_entry) W(chaos_list) W(byzantine_list) W(audit) W(log_page)          \
    W(order_ack) W(position_ack) W(registration_ack) W(request_ack) W(mint_ack) W(burn_ack) W(proposal_ack)                      \
    W(perp_market) W(perp_market_list) W(position) W(position_list) W(funding_page) W(liquidation_page) W(oracle_price)          \
    W(oracle_price_list) W(oracle_feeds) W(kyc) W(offramp) W(offramp_page)                                                       \
    W(delegator_page) W(rewards) W(reward_page) W(claim_ack) W(epoch_rewards)                                                    \
    W(book) W(order) W(order_page) W(trade_page) W(pair_list) W(spot_pool)                                                       \
    W(note_list) W(shielded_state) W(nullifier_status) W(shielded_count) W(nullifier_list)                                       \
    W(name) W(program) W(program_page) W(mapping_value) W(program_estimate) \
    W(ipc_record_page) W(lock_in) W(unlock) W(lock) W(ipc_proof) W(ipc_status)\
    W(address_list) W(governor) W(gov_proposal) W(gov_proposal_page) W(ballot_page) W(queue_ack) W(gov_mirror) W(power)          \
    W(gov_parameters) W(treasury)

/* A response body: the shape, its http_shape, and what gives an object's references back (for http_keep). */
struct wire {
    struct http_shape http, http_delta; /* as each chain's listener writes it */
    const struct shape *shape;
    void (*release)(void *object); /* shape_done of this shape */
};
#define W(name) extern const struct wire wire_##name;
WIRE_LIST(W)
#undef W

/* Refusals: struct apierror <-> {"error":{...}}. Plain value, nothing to release. */
extern const struct http_shape wire_error;

/* Request body of AT1: a struct tx, application/octet-stream. The decoder takes any chain and network of the table; whoever
 * serves a route with rules of its own decodes the bytes itself and must look at the domain of an object handed over. */
extern const struct http_shape wire_transaction;

/* Server: answers `status` with an object in this shape and releases its references with the exchange. The object must live in
 * http_arena(exchange) (or as long); headers may be added before by filling `response`. wire_respond: as Alpha. */
void wire_respond_on(enum chain_id chain, struct http_exchange *exchange, struct http_response *response, uint16_t status,
                     const struct wire *wire, void *object);
void wire_respond(struct http_exchange *exchange, struct http_response *response, uint16_t status, const struct wire *wire,
                  void *object);

/* Client: the response's object, its references released with the exchange. NULL and err: it is not one. Call it once. The chain
 * must be the one that was asked. */
const void *wire_object_on(enum chain_id chain, struct http_exchange *exchange, const struct wire *wire,
                           struct err *err) MUST_CHECK;
const void *wire_object(struct http_exchange *exchange, const struct wire *wire, struct err *err) MUST_CHECK;

#endif
