/* The light client of both chains: a lock on Alpha, minted on Delta and burned back, believed by proofs alone (headers by finality
 * proofs, messages by Merkle proofs, locks and claims by state paths). Then every byte of every proof is changed in turn. */
#include "chain/payload.h"
#include "tester/client/alpha_bridge.h"
#include "tester/client/trust.h"
#include "village.h"

static struct answer answer;

static struct instant soon(struct village *v) { return village_in(v, duration_s(40)); }
static const struct alpha *side(struct village *v, enum chain_id chain) { return chain == CHAIN_DELTA ? &v->crew.delta : &v->crew.alpha; }

static struct tx *build(struct village *v, uint32_t bot, enum kind kind, const union payload *payload)
{
    struct apierror error;
    struct buf bytes = {0};
    const enum chain_id chain = kind_find((uint16_t)kind)->chain;
    const struct account_view *account = alpha_account(side(v, chain), &v->bots[bot]->identity.address, soon(v), &answer);
    WANT(account);
    const uint64_t nonce = account->pending_nonce;
    answer_done(&answer);
    payload_encode(kind, payload, &bytes);
    const struct tx_spec spec = {.domain = domain_of(chain, side(v, chain)->network),
                                 .kind = kind,
                                 .nonce = nonce,
                                 .fee = AMOUNT(4000),
                                 .payload = buf_str(&bytes)};
    struct tx *tx = tx_build(&spec, v->crew.suite, &v->bots[bot]->identity.key, &error);
    if (tx == NULL) CHECK_FAIL("%s", error.message);
    buf_done(&bytes);
    return tx;
}

/* ---- what the light client holds, copied out of the answers ---- */
struct held_message {
    struct ipc_record record;
    char bytes[IPC_BYTES_MAX];
    struct ipc_proof_view proof;
};
struct held_path {
    struct state_path path;
    char value[256];
    struct state_entry bucket[64];
};

/* Trust in both chains, from their genesis alone. */
static struct trust *trust_of(struct village *v, enum chain_id chain)
{
    static struct verifier verifiers[2];
    const struct devnet_genesis genesis = devnet_genesis(v->net, chain);
    const struct trust_genesis from = {genesis.domain, genesis.hash, genesis.committee};
    verifiers[chain - 1] = verifier_plain(&v->crew.suite);
    return trust_new(&from, verifiers[chain - 1]);
}

static struct finality_proof *fetch_finality(struct village *v, enum chain_id chain, uint32_t height)
{
    for (int i = 0; i < 100; i++) {
        const struct finality_view *view = alpha_finality(side(v, chain), height, soon(v), &answer);
        if (view != NULL) {
            struct finality_proof *proof = finality_ref(view->proof);
            answer_done(&answer);
            return proof;
        }
        CHECK_U64(answer.code, CODE_BLOCK_NOT_FINAL);
        answer_done(&answer);
        fiber_sleep(v->env, duration_ms(200));
    }
    CHECK_FAIL("never final");
}

static void fetch_message(struct village *v, enum chain_id chain, uint64_t sequence, struct held_message *out)
{
    const struct ipc_question question = {.direction = DIRECTION_OUT, .after = sequence - 1, .limit = 1};
    const struct page *page = alpha_ipc_messages(side(v, chain), &question, soon(v), &answer);
    WANT(page);
    CHECK_U64(page->count, 1);
    out->record = *(const struct ipc_record *)page->items;
    memcpy(out->bytes, out->record.bytes.data, out->record.bytes.len);
    out->record.bytes.data = out->bytes;
    answer_done(&answer);
    const struct ipc_proof_view *proof = alpha_ipc_proof(side(v, chain), &out->record.message_id, soon(v), &answer);
    WANT(proof);
    out->proof = *proof;
    answer_done(&answer);
}

/* At a final block, which trust takes in on the way. */
static void fetch_path(struct village *v, enum chain_id chain, struct trust *trust, const char *space, const struct hash *id, struct held_path *out)
{
    char key[96], hex[65] = {0};
    uint32_t height;
    str_hex(id->b, 32, hex);
    snprintf(key, sizeof(key), "%s:%s", space, hex);
    WANT(alpha_height_final(side(v, chain), soon(v), &height, &answer));
    answer_done(&answer);
    struct finality_proof *proof = fetch_finality(v, chain, height);
    const enum trust_verdict verdict = trust_take(trust, proof);
    CHECK(verdict == TRUST_OK || verdict == TRUST_KNOWN);
    finality_unref(proof);
    const struct state_path *path = alpha_state_path(side(v, chain), str_of(key), height, soon(v), &answer);
    WANT(path);
    out->path = *path;
    CHECK(path->value.len <= sizeof(out->value) && path->bucket_count <= ARRAY_LEN(out->bucket));
    if (path->value.data != NULL) {
        memcpy(out->value, path->value.data, path->value.len);
        out->path.value.data = out->value;
    }
    memcpy(out->bucket, path->bucket, path->bucket_count * sizeof(*path->bucket));
    out->path.bucket = out->bucket;
    answer_done(&answer);
}

/* ---- corruption ---- */

/* Each byte of the proof's canonical bytes: the client that knows genesis alone takes none of them. */
static size_t corrupt_finality(struct village *v, enum chain_id chain, const struct finality_proof *proof)
{
    struct buf bytes = {0};
    finality_encode(proof, &bytes);
    for (size_t i = 0; i < bytes.len; i++) {
        bytes.data[i] ^= (uint8_t)(1u << i % 8);
        struct bin_reader r = bin_reader_of(bytes.data, bytes.len);
        struct finality_proof *bad = finality_decode(&r);
        if (bad != NULL && bin_done(&r)) {
            struct trust *trust = trust_of(v, chain);
            CHECK_U64(trust_take(trust, bad), TRUST_PROOF);
            CHECK_U64(trust_final_height(trust), 0);
            trust_free(trust);
        }
        finality_unref(bad);
        bytes.data[i] ^= (uint8_t)(1u << i % 8);
    }
    const size_t tried = bytes.len;
    buf_done(&bytes);
    return tried;
}

static size_t corrupt_message(struct trust *trust, struct held_message *held)
{
    size_t tried = 0;
    struct ipc_proof_view *proof = &held->proof;
#define EACH_BYTE(at, bytes_count)                                                     \
    for (size_t i = 0; i < (bytes_count); i++, tried++) {                              \
        ((uint8_t *)(at))[i] ^= (uint8_t)(1u << i % 8);                                \
        CHECK(trust_message(trust, proof, held->record.bytes) != TRUST_OK);            \
        ((uint8_t *)(at))[i] ^= (uint8_t)(1u << i % 8);                                \
    }
    EACH_BYTE(held->bytes, held->record.bytes.len)
    EACH_BYTE(&proof->message_id, 32)
    EACH_BYTE(&proof->height, 4)
    EACH_BYTE(&proof->block_hash, 32)
    EACH_BYTE(&proof->proof.root, 32)
    EACH_BYTE(&proof->proof.index, 4)
    EACH_BYTE(&proof->proof.count, 4)
    EACH_BYTE(&proof->proof.siblings_count, 4)
    EACH_BYTE(proof->proof.siblings, proof->proof.siblings_count * 32)
#undef EACH_BYTE
    CHECK_U64(trust_message(trust, proof, held->record.bytes), TRUST_OK);
    return tried;
}

static size_t corrupt_path(struct trust *trust, struct held_path *held, const struct hash *id, bool claim)
{
    size_t tried = 0;
    bool there;
    struct trust_lock lock;
    struct trust_claim paid;
    struct state_path *path = &held->path;
#define HOLDS() ((claim ? trust_claim(trust, path, id, &paid, &there) : trust_lock(trust, path, id, &lock, &there)) == TRUST_OK)
#define EACH_BYTE(at, bytes_count)                        \
    for (size_t i = 0; i < (bytes_count); i++, tried++) { \
        ((uint8_t *)(at))[i] ^= (uint8_t)(1u << i % 8);   \
        CHECK(!HOLDS());                                  \
        ((uint8_t *)(at))[i] ^= (uint8_t)(1u << i % 8);   \
    }
    EACH_BYTE(held->value, path->value.len)
    EACH_BYTE(&path->height, 4)
    EACH_BYTE(&path->block_hash, 32)
    EACH_BYTE(&path->state_root, 32)
    EACH_BYTE(&path->key, 32)
    EACH_BYTE(held->bucket, path->bucket_count * sizeof(held->bucket[0]))
    EACH_BYTE(path->siblings, sizeof(path->siblings))
#undef EACH_BYTE
    CHECK(HOLDS());
#undef HOLDS
    return tried;
}

/* ---- the round trip ---- */

#define AMOUNT_UNITS 500000

static void wait_minted(struct village *v, const struct hash *lock)
{
    for (int i = 0; i < 200; i++) {
        const struct lock_in_view *view = delta_lock(&v->crew.delta, lock, soon(v), &answer);
        const bool done = view != NULL && view->status == CLAIM_PAID;
        answer_done(&answer);
        if (done) return;
        fiber_sleep(v->env, duration_ms(200));
    }
    CHECK_FAIL("never minted");
}

static void wait_unlocked(struct village *v, const struct hash *burn)
{
    for (int i = 0; i < 200; i++) {
        const struct unlock_view *view = alpha_unlock(&v->crew.alpha, burn, soon(v), &answer);
        const bool done = view != NULL && view->status == CLAIM_PAID;
        answer_done(&answer);
        if (done) return;
        fiber_sleep(v->env, duration_ms(200));
    }
    CHECK_FAIL("never unlocked");
}

/* The message of that id among those sent by a chain: bots 0 to 2 send at once, so that it has neighbours. */
static void message_about(struct village *v, enum chain_id chain, const struct hash *id, struct held_message *out)
{
    for (uint64_t sequence = 1; sequence <= 3; sequence++) {
        struct ipc_message message;
        fetch_message(v, chain, sequence, out);
        CHECK(ipc_decode(out->record.bytes, &message));
        if (hash_eq(&message.body.transfer.id, id)) return;
    }
    CHECK_FAIL("no such message");
}

static size_t check_message(struct village *v, enum chain_id chain, struct trust *trust, const struct hash *id, uint32_t from, uint32_t to)
{
    struct held_message held;
    struct ipc_message message;
    message_about(v, chain, id, &held);
    CHECK_U64(trust_message(trust, &held.proof, held.record.bytes), TRUST_NOT_FINAL); /* its block is not proven yet */
    struct finality_proof *proof = fetch_finality(v, chain, held.proof.height);
    const size_t tried = corrupt_finality(v, chain, proof);
    const enum trust_verdict verdict = trust_take(trust, proof);
    CHECK(verdict == TRUST_OK || verdict == TRUST_KNOWN);
    finality_unref(proof);
    CHECK_U64(trust_message(trust, &held.proof, held.record.bytes), TRUST_OK);
    CHECK(ipc_decode(held.record.bytes, &message));
    CHECK(address_eq(&message.body.transfer.sender, &v->bots[from]->identity.address));
    CHECK(address_eq(&message.body.transfer.recipient, &v->bots[to]->identity.address));
    CHECK_U64(message.body.transfer.amount.units, AMOUNT_UNITS);
    CHECK_U64(held.proof.proof.count, 3);
    return tried + corrupt_message(trust, &held);
}

static void round_trip(struct village *v)
{
    struct trust *alpha = trust_of(v, CHAIN_ALPHA), *delta = trust_of(v, CHAIN_DELTA);
    struct hash ids[3];
    struct held_path path;
    struct trust_lock lock;
    struct trust_claim claim;
    bool there;
    size_t tried = 0;
    struct tx *txs[3];
    for (uint32_t i = 0; i < 3; i++) {
        const union payload payload = {.bridge_lock = {v->bots[3]->identity.address, AMOUNT(AMOUNT_UNITS), true}};
        txs[i] = build(v, i, KIND_BRIDGE_LOCK, &payload);
        ids[i] = txs[i]->id;
    }
    WANT(alpha_broadcast_batch(&v->crew.alpha, txs, 3, soon(v), &answer));
    answer_done(&answer);
    for (uint32_t i = 0; i < 3; i++) tx_unref(txs[i]);
    for (uint32_t i = 0; i < 3; i++) wait_minted(v, &ids[i]);
    fiber_sleep(v->env, duration_s(3)); /* final, too */
    tried += check_message(v, CHAIN_ALPHA, alpha, &ids[1], 1, 3);
    fetch_path(v, CHAIN_ALPHA, alpha, "lock", &ids[1], &path);
    CHECK_U64(trust_lock(alpha, &path.path, &ids[1], &lock, &there), TRUST_OK);
    CHECK(there && lock.status == LOCK_LOCKED && address_eq(&lock.owner, &v->bots[1]->identity.address));
    CHECK(trust_lock(alpha, &path.path, &ids[0], &lock, &there) != TRUST_OK); /* another lock's path */
    tried += corrupt_path(alpha, &path, &ids[1], false);
    fetch_path(v, CHAIN_DELTA, delta, "claim", &ids[1], &path);
    CHECK_U64(trust_claim(delta, &path.path, &ids[1], &claim, &there), TRUST_OK);
    CHECK(there && amount_eq(claim.amount, AMOUNT(AMOUNT_UNITS)) && address_eq(&claim.claimer, &v->bots[3]->identity.address));
    tried += corrupt_path(delta, &path, &ids[1], true);
    /* And back: three burns in one block. */
    for (uint32_t i = 0; i < 3; i++) {
        const union payload payload = {.burn = {v->bots[0]->identity.address, AMOUNT(AMOUNT_UNITS), true}};
        txs[i] = build(v, 3, KIND_BURN, &payload);
        ids[i] = txs[i]->id;
        const struct object_ack *ack = delta_burn(&v->crew.delta, txs[i], soon(v), &answer);
        WANT(ack);
        answer_done(&answer);
        tx_unref(txs[i]);
    }
    for (uint32_t i = 0; i < 3; i++) wait_unlocked(v, &ids[i]);
    fiber_sleep(v->env, duration_s(3));
    tried += check_message(v, CHAIN_DELTA, delta, &ids[1], 3, 0);
    fetch_path(v, CHAIN_ALPHA, alpha, "claim", &ids[1], &path);
    CHECK_U64(trust_claim(alpha, &path.path, &ids[1], &claim, &there), TRUST_OK);
    CHECK(there && address_eq(&claim.claimer, &v->bots[0]->identity.address));
    tried += corrupt_path(alpha, &path, &ids[1], true);
    const struct ipc_status_view *status = alpha_ipc_status(&v->crew.alpha, soon(v), &answer);
    WANT(status);
    CHECK(status->in.last_executed == 3 && status->out.last_executed == 3 && status->in.pending == 0 && !status->out.halted);
    answer_done(&answer);
    const struct lock_view *view = alpha_lock(&v->crew.alpha, &ids[0], soon(v), &answer);
    CHECK(view == NULL && answer.code == CODE_LOCK_NOT_FOUND); /* a burn is no lock */
    answer_done(&answer);
    printf("     %zu corrupted proofs refused\n", tried);
    trust_free(alpha);
    trust_free(delta);
}

static void a_lock_minted_and_burned_back_is_believed_by_proofs_alone(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = 4, .seed = 21, .ax = 10000000, .dx = 10000000, .listens = true}, round_trip));
}

int main(void)
{
    RUN(a_lock_minted_and_burned_back_is_believed_by_proofs_alone);
    return 0;
}
