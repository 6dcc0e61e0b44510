/* Two chains and a bridge for tests: blocks run on two ledger states, their headers linked and certified by hand, so that any
 * finality proof and any message can be made, good or bad. */
#ifndef LEDGER_TEST_BRIDGE_TOWN_H
#define LEDGER_TEST_BRIDGE_TOWN_H

#include "chain/finality.h"
#include "chain/payload.h"
#include "core/crypto/merkle.h"
#include "network/ledger/bridge_view.h"
#include "network/ledger/test/fixture.h"

enum { BT_PEOPLE = 6, BT_VALIDATORS = 5, BT_BALANCE = 100000000, BT_BLOCKS_MAX = 4000, BT_MESSAGES_MAX = 8000 };

struct bt_message {
    uint32_t height, index, count;
    uint16_t len;
    uint8_t bytes[IPC_BYTES_MAX];
};
struct bt_end {
    struct ledger_rules rules;
    struct ledger_state *state;
    struct committee *committee;        /* in force */
    struct header headers[BT_BLOCKS_MAX]; /* by height; 0: genesis */
    struct header closing[2];           /* above the last epoch end */
    uint32_t closing_at;                /* its height */
    struct committee *closing_by;       /* who signed it */
    uint32_t height;
    uint64_t round;
    struct bt_message *messages; /* by sequence - 1 */
    size_t messages_count;
    uint64_t nonces[BT_PEOPLE];
};
struct bt {
    struct person people[BT_PEOPLE], validators[BT_VALIDATORS];
    struct bt_end ends[2]; /* Alpha, Delta */
    struct arena arena;
};

static inline struct bt_end *bt_end(struct bt *bt, enum chain_id chain) { return &bt->ends[chain - 1]; }

/* The first `count` validators in an epoch. */
static inline struct committee *bt_committee(const struct bt *bt, size_t count, uint64_t epoch, uint64_t start_round)
{
    struct member members[BT_VALIDATORS] = {0};
    for (size_t i = 0; i < count; i++) {
        members[i].address = bt->validators[i].address;
        members[i].consensus_key = bt->validators[i].key.pub;
        members[i].stake = AMOUNT(10000000);
    }
    return committee_new(epoch, start_round, members, count);
}

static inline void bt_genesis(struct bt *bt, enum chain_id chain)
{
    static const enum token tokens[] = {TOKEN_AX, TOKEN_DX};
    struct bt_end *end = bt_end(bt, chain);
    struct params params;
    params_init(&params, PROFILE_TEST, chain);
    struct ledger_grant grants[BT_PEOPLE];
    struct ledger_validator validators[BT_VALIDATORS];
    memset(validators, 0, sizeof(validators));
    for (size_t i = 0; i < BT_PEOPLE; i++)
        grants[i] = (struct ledger_grant){bt->people[i].address, {tokens[chain - 1], AMOUNT(BT_BALANCE)}};
    for (size_t i = 0; i < 4; i++) {
        validators[i].address = bt->validators[i].address;
        validators[i].consensus_key = bt->validators[i].key.pub;
        snprintf(validators[i].name, sizeof(validators[i].name), "v%zu", i + 1);
    }
    const struct ledger_genesis genesis = {
        .params = &params, .grants = grants, .grants_count = BT_PEOPLE, .validators = validators, .validators_count = 4};
    struct err err;
    end->state = ledger_genesis(&end->rules, &genesis, &err);
    if (end->state == NULL) CHECK_FAIL("%s", err.text);
    end->committee = bt_committee(bt, 4, 0, 1);
    end->headers[0] = (struct header){.domain = end->rules.domain, .state_root = ledger_state_root(end->state)};
    end->headers[0].committee_hash = end->headers[0].next_committee_hash = end->committee->hash;
    end->messages = base_alloc(sizeof(struct bt_message) * BT_MESSAGES_MAX);
}

static const struct sign_suite bt_suite = {SIGN_SIMULATED};

/* With these planted weaknesses (-1 closes the list). */
static inline struct bt *bt_new(const int *weak)
{
    struct bt *bt = base_alloc(sizeof(*bt));
    arena_init(&bt->arena, 0);
    for (size_t i = 0; i < BT_PEOPLE; i++) person_init(&bt->people[i], 1 + i);
    for (size_t i = 0; i < BT_VALIDATORS; i++) person_init(&bt->validators[i], 1000 + i);
    for (enum chain_id chain = CHAIN_ALPHA; chain <= CHAIN_DELTA; chain++) {
        struct ledger_rules *rules = &bt_end(bt, chain)->rules;
        rules->domain = domain_of(chain, chain == CHAIN_ALPHA ? NETWORK_TESTNET : NETWORK_MAINNET);
        rules->peer = domain_of(chain_other(chain), chain == CHAIN_ALPHA ? NETWORK_MAINNET : NETWORK_TESTNET);
        rules->verifier = verifier_plain(&bt_suite);
        for (const int *w = weak; w != NULL && *w >= 0; w++) weakness_put(&rules->weak, (enum weakness)*w, true);
        bt_genesis(bt, chain);
    }
    return bt;
}

static inline void bt_free(struct bt *bt)
{
    for (size_t i = 0; i < 2; i++) {
        ledger_state_unref(bt->ends[i].state);
        committee_unref(bt->ends[i].committee);
        committee_unref(bt->ends[i].closing_by);
        base_free(bt->ends[i].messages);
    }
    arena_done(&bt->arena);
    base_free(bt);
}

static inline struct tx *bt_tx(struct bt *bt, enum chain_id chain, size_t person, enum kind kind, const union payload *payload)
{
    struct bt_end *end = bt_end(bt, chain);
    struct buf bytes = {0};
    payload_encode(kind, payload, &bytes);
    const struct tx_spec spec = {.domain = end->rules.domain,
                                 .kind = kind,
                                 .nonce = end->nonces[person]++,
                                 .fee = AMOUNT(20000 + bytes.len),
                                 .payload = buf_str(&bytes)};
    static struct apierror error;
    struct tx *tx = tx_build(&spec, bt_suite, &bt->people[person].key, &error);
    if (tx == NULL) CHECK_FAIL("%s: %s", code_text(error.code).data, error.message);
    buf_done(&bytes);
    return tx;
}

static inline void bt_keep_messages(struct bt_end *end, const struct ledger_result *result)
{
    for (uint32_t i = 0; i < result->message_count; i++) {
        struct bt_message *message = &end->messages[end->messages_count++];
        CHECK(end->messages_count <= BT_MESSAGES_MAX);
        *message = (struct bt_message){
            .height = end->height, .index = i, .count = result->message_count, .len = (uint16_t)result->messages[i].len};
        memcpy(message->bytes, result->messages[i].data, message->len);
    }
}

/* Runs a block; `next` (may be NULL) is the committee that it names, and then two closing blocks stand above it. The result is the
 * caller's. Releases the transactions. */
static inline struct ledger_result *bt_run(struct bt *bt, enum chain_id chain, struct tx **txs, size_t count, struct committee *next)
{
    struct bt_end *end = bt_end(bt, chain);
    const struct header parent = end->headers[end->height];
    const struct ledger_frame frame = {.height = end->height + 1,
                                       .round = end->round + 1,
                                       .timestamp_ms = TOWN_TIME + (end->height + 1) * 500,
                                       .proposer = end->committee->members[0].address};
    struct ledger_result *result = ledger_execute(&end->rules, end->state, &frame, NULL, txs, count);
    for (size_t i = 0; i < count; i++) tx_unref(txs[i]);
    if (result->verdict != LEDGER_GOOD) CHECK_FAIL("%s", ledger_verdict_text(result->verdict).data);
    ledger_state_unref(end->state);
    end->state = ledger_state_ref(result->state);
    end->height++;
    end->round++;
    CHECK(end->height < BT_BLOCKS_MAX);
    bt_keep_messages(end, result);
    struct header *header = &end->headers[end->height];
    *header = (struct header){.domain = end->rules.domain,
                              .height = end->height,
                              .round = end->round,
                              .timestamp_ms = frame.timestamp_ms,
                              .parent_hash = header_hash(&parent),
                              .state_root = result->state_root,
                              .transactions_root = result->transactions_root,
                              .receipts_root = result->receipts_root,
                              .messages_root = result->messages_root,
                              .committee_hash = end->committee->hash,
                              .next_committee_hash = next != NULL ? next->hash : end->committee->hash,
                              .justify_round = parent.round,
                              .proposer = frame.proposer,
                              .transaction_count = result->transaction_count,
                              .message_count = result->message_count};
    header->justify_hash = header->parent_hash;
    if (next == NULL) return result;
    for (size_t i = 0; i < 2; i++) {
        struct header *closing = &end->closing[i];
        const struct header below = i == 0 ? *header : end->closing[0];
        *closing = below;
        closing->height++;
        closing->round = ++end->round;
        closing->timestamp_ms++;
        closing->parent_hash = closing->justify_hash = header_hash(&below);
        closing->justify_round = below.round;
        closing->next_committee_hash = (struct hash){{0}};
        closing->transaction_count = closing->message_count = 0;
        closing->transactions_root = closing->receipts_root = closing->messages_root = (struct hash){{0}};
    }
    end->closing_at = end->height;
    committee_unref(end->closing_by);
    end->closing_by = end->committee;
    end->committee = committee_ref(next);
    return result;
}

static inline void bt_empty(struct bt *bt, enum chain_id chain, size_t count)
{
    for (size_t i = 0; i < count; i++) ledger_result_unref(bt_run(bt, chain, NULL, 0, NULL));
}

/* One transaction in a block of its own: the code of its receipt. */
static inline enum code bt_do(struct bt *bt, enum chain_id chain, struct tx *tx)
{
    struct ledger_result *result = bt_run(bt, chain, &tx, 1, NULL);
    const enum code code = (enum code)result->receipts[0].code;
    ledger_result_unref(result);
    return code;
}
/* The same, and which field it complains about. */
static inline enum code bt_do_field(struct bt *bt, enum chain_id chain, struct tx *tx, enum receipt_field *out)
{
    struct ledger_result *result = bt_run(bt, chain, &tx, 1, NULL);
    const enum code code = (enum code)result->receipts[0].code;
    *out = (enum receipt_field)result->receipts[0].field;
    ledger_result_unref(result);
    return code;
}

/* All members of `committee` but the last `missing` sign. */
static inline struct certificate *bt_certify(const struct bt *bt, const struct committee *committee, const struct header *header,
                                             uint32_t missing)
{
    uint32_t signers[BT_VALIDATORS];
    struct signature signatures[BT_VALIDATORS];
    const struct hash hash = header_hash(header);
    const uint32_t count = committee->count - missing;
    for (uint32_t i = 0; i < count; i++) {
        const struct person *who = bt->validators;
        while (!address_eq(&who->address, &committee->members[i].address)) who++;
        struct vote vote = {.domain = header->domain,
                            .height = header->height,
                            .round = header->round,
                            .block_hash = hash,
                            .voter = who->address};
        vote_sign(&vote, bt_suite, &who->key);
        signers[i] = i;
        signatures[i] = vote.signature;
    }
    return certificate_new(header->height, header->round, &hash, committee, signers, signatures, count);
}

/* The finality proof of the block at that height, which must have two above it in its epoch (or end its epoch). */
static inline struct finality_proof *bt_prove(const struct bt *bt, enum chain_id chain, uint32_t height, uint32_t missing)
{
    const struct bt_end *end = &bt->ends[chain - 1];
    const bool closing = end->closing_by != NULL && height == end->closing_at;
    struct committee *committee = closing || (end->closing_by != NULL && height < end->closing_at) ? end->closing_by : end->committee;
    struct header headers[3];
    struct certificate *certificates[3];
    CHECK(closing || height + 2 <= end->height);
    for (uint32_t i = 0; i < 3; i++) {
        headers[i] = closing && i > 0 ? end->closing[i - 1] : end->headers[height + i];
        certificates[i] = bt_certify(bt, committee, &headers[i], missing);
    }
    struct finality_proof *proof = finality_new(headers, 3, certificates, &committee, 1);
    for (uint32_t i = 0; i < 3; i++) certificate_unref(certificates[i]);
    return proof;
}

/* A delivery: what a relay would send, to be changed at will. Its parts live in the town's arena. */
struct bt_delivery {
    union payload payload;
};

/* From `chain` to the other: the block at `height`, with its proof or without. */
static inline struct bt_delivery bt_delivery(struct bt *bt, enum chain_id chain, uint32_t height, bool with_proof)
{
    struct bt_delivery d = {.payload.ipc_deliver = {.height = height}};
    struct buf bytes = {0};
    const struct bt_end *end = bt_end(bt, chain);
    if (with_proof) {
        struct finality_proof *proof = bt_prove(bt, chain, height, 0);
        finality_encode(proof, &bytes);
        finality_unref(proof);
        d.payload.ipc_deliver.proof = str_dup(&bt->arena, buf_str(&bytes));
        if (header_is_epoch_end(&end->headers[height])) {
            buf_clear(&bytes);
            committee_encode(end->committee, &bytes);
            d.payload.ipc_deliver.next_committee = str_dup(&bt->arena, buf_str(&bytes));
        }
    }
    buf_done(&bytes);
    d.payload.ipc_deliver.messages.items = arena_array(&bt->arena, struct relayed, PAYLOAD_MESSAGES_MAX);
    return d;
}

static inline void bt_siblings(struct bt *bt, enum chain_id chain, uint64_t sequence, struct hash **out, uint32_t *out_count)
{
    const struct bt_end *end = bt_end(bt, chain);
    const struct bt_message *message = &end->messages[sequence - 1], *first = message - message->index;
    struct hash *leaves = arena_array(&bt->arena, struct hash, message->count);
    for (uint32_t i = 0; i < message->count; i++) leaves[i] = merkle_leaf(first[i].bytes, first[i].len);
    struct merkle_proof *proof = arena_new(&bt->arena, struct merkle_proof);
    merkle_prove(leaves, message->count, message->index, proof);
    *out = proof->siblings;
    *out_count = proof->siblings_count;
}

static inline struct str bt_message_bytes(const struct bt_end *end, uint64_t sequence)
{
    return (struct str){(const char *)end->messages[sequence - 1].bytes, end->messages[sequence - 1].len};
}

static inline void bt_carry(struct bt *bt, struct bt_delivery *d, enum chain_id chain, uint64_t sequence)
{
    const struct bt_end *end = bt_end(bt, chain);
    CHECK(sequence >= 1 && sequence <= end->messages_count);
    struct relayed *relayed = &d->payload.ipc_deliver.messages.items[d->payload.ipc_deliver.messages.count++];
    relayed->index = end->messages[sequence - 1].index;
    relayed->message = str_dup(&bt->arena, bt_message_bytes(end, sequence));
    bt_siblings(bt, chain, sequence, &relayed->proof.items, &relayed->proof.count);
}

static inline struct tx *bt_deliver_tx(struct bt *bt, enum chain_id from, size_t person, const struct bt_delivery *d)
{
    const enum chain_id to = chain_other(from);
    return bt_tx(bt, to, person, to == CHAIN_ALPHA ? KIND_ALPHA_IPC_DELIVER : KIND_DELTA_IPC_DELIVER, &d->payload);
}

/* Delivers the message of that sequence with its block's proof, by person 5. */
static inline enum code bt_deliver(struct bt *bt, enum chain_id from, uint64_t sequence)
{
    struct bt_end *end = bt_end(bt, from);
    const uint32_t height = end->messages[sequence - 1].height;
    while (end->height < height + 2) bt_empty(bt, from, 1);
    struct bt_delivery d = bt_delivery(bt, from, height, true);
    bt_carry(bt, &d, from, sequence);
    return bt_do(bt, chain_other(from), bt_deliver_tx(bt, from, 5, &d));
}

/* ---- kinds ---- */
static inline struct tx *bt_lock(struct bt *bt, size_t from, size_t to, uint64_t amount)
{
    const union payload payload = {.bridge_lock = {bt->people[to].address, AMOUNT(amount), false}};
    return bt_tx(bt, CHAIN_ALPHA, from, KIND_BRIDGE_LOCK, &payload);
}
static inline struct tx *bt_burn(struct bt *bt, size_t from, size_t to, uint64_t amount)
{
    const union payload payload = {.burn = {bt->people[to].address, AMOUNT(amount), false}};
    return bt_tx(bt, CHAIN_DELTA, from, KIND_BURN, &payload);
}
/* On `chain`: of what the relay delivered. */
static inline struct tx *bt_claim(struct bt *bt, enum chain_id chain, size_t person, const struct hash *id)
{
    const union payload payload = {.claim = {.source_id = *id}};
    return bt_tx(bt, chain, person, chain == CHAIN_ALPHA ? KIND_BRIDGE_UNLOCK_CLAIM : KIND_MINT_CLAIM, &payload);
}
/* By the message of that sequence of the other chain and its proof; to be changed at will. */
static inline union payload bt_claim_proof(struct bt *bt, enum chain_id chain, uint64_t sequence)
{
    const enum chain_id from = chain_other(chain);
    const struct bt_end *end = bt_end(bt, from);
    struct ipc_message message;
    CHECK(ipc_decode(bt_message_bytes(end, sequence), &message));
    union payload payload = {.claim = {.source_id = message.body.transfer.id,
                                       .source_height = end->messages[sequence - 1].height,
                                       .message_index = end->messages[sequence - 1].index,
                                       .message = str_dup(&bt->arena, bt_message_bytes(end, sequence))}};
    bt_siblings(bt, from, sequence, &payload.claim.proof.items, &payload.claim.proof.count);
    return payload;
}
static inline struct tx *bt_claim_tx(struct bt *bt, enum chain_id chain, size_t person, const union payload *payload)
{
    return bt_tx(bt, chain, person, chain == CHAIN_ALPHA ? KIND_BRIDGE_UNLOCK_CLAIM : KIND_MINT_CLAIM, payload);
}

static inline u128 bt_free_of(const struct bt *bt, enum chain_id chain, size_t person, enum token token)
{
    struct ledger_account account;
    ledger_account_get(bt->ends[chain - 1].state, &bt->people[person].address, &account);
    return account.balances[token - 1].free.units;
}

static inline struct supply_token bt_supply(const struct bt *bt, enum token token)
{
    static struct supply kept, walked;
    const struct ledger_state *state = bt->ends[token_chain(token) - 1].state;
    ledger_supply(state, &kept);
    CHECK(ledger_supply_walk(state, &walked));
    for (uint32_t i = 0; i < kept.tokens_count; i++) {
        CHECK(kept.tokens[i].ok);
        CHECK(amount_eq(kept.tokens[i].free, walked.tokens[i].free));
        CHECK(amount_eq(kept.tokens[i].total, walked.tokens[i].total));
        CHECK(amount_eq(kept.tokens[i].bridge_locked, walked.tokens[i].bridge_locked));
    }
    for (uint32_t i = 0; i < kept.tokens_count; i++)
        if (kept.tokens[i].token == token) return kept.tokens[i];
    CHECK_FAIL("no such token");
}

#endif
