/* Trust: what a tester believes without taking a node's word. It starts from a genesis that comes from outside (never from the
 * node asked), follows committees through proven epoch ends, and keeps every block it has seen proven final: two for one height,
 * and the network has broken its safety.
 *
 * Every check recomputes: block hashes from headers, certificates from signatures and stakes, transactions roots from ids, state
 * values from buckets. Pure but for its memory; no calls, no clock. */
#ifndef CLIENT_TRUST_H
#define CLIENT_TRUST_H

#include "chain/response.h"
#include "chain/response_bridge.h"

enum trust_verdict {
    TRUST_OK,
    TRUST_KNOWN,        /* the same was proven before: fine, and nothing new */
    TRUST_PROOF,        /* the finality proof does not hold: trust_detail says which rule */
    TRUST_CONFLICT,     /* it holds, and another block was proven final at that height: a safety violation */
    TRUST_NOT_FINAL,    /* the block is not among what is proven: prove it first */
    TRUST_HASH,         /* the hash is not that of the header, or header and stated members differ */
    TRUST_TRANSACTIONS, /* ids do not give the header's transactions_root or count */
    TRUST_CERTIFICATE,  /* the block's certificate does not hold, or is for another block */
    TRUST_MERKLE,       /* a Merkle proof does not lead to the header's root */
    TRUST_STATE,        /* a state path does not lead to the header's state_root, or says otherwise about the value */
    TRUST_MALFORMED,    /* bytes that no honest node writes */
    TRUST_COMMITTEE,    /* this committee was never proven */
    TRUST_PROPOSER,     /* the proposer is no member, or did not sign the header */
};
const char *trust_verdict_text(enum trust_verdict verdict);

struct trust;

/* Where it begins: the hash of the genesis header and the first committee. */
struct trust_genesis {
    struct domain domain;
    struct hash hash;
    const struct committee *committee; /* a reference is taken; NULL: a network without validators */
};
struct trust *trust_new(const struct trust_genesis *genesis, struct verifier verifier);
void trust_free(struct trust *trust);

/* Takes a finality proof in. OK: the target (and the headers proven with it, up to the first of the last three) are final from
 * now on, and an epoch end among them makes its next committee known by hash. TRUST_CONFLICT leaves the first one standing. */
enum trust_verdict trust_take(struct trust *trust, const struct finality_proof *proof) MUST_CHECK;
enum verdict trust_detail(const struct trust *trust); /* of the last TRUST_PROOF or TRUST_CERTIFICATE */

uint32_t trust_final_height(const struct trust *trust); /* the highest proven */
/* The proven header at a height; NULL: not proven, or forgotten (the last `TRUST_HEADERS_KEPT` heights are kept in full, hashes
 * of all). */
#define TRUST_HEADERS_KEPT 4096
const struct header *trust_header(const struct trust *trust, uint32_t height);
bool trust_hash(const struct trust *trust, uint32_t height, struct hash *out); /* false: not proven */
bool trust_committee_known(const struct trust *trust, const struct hash *committee_hash);

/* A block as a node tells it: members agree with the header, the hash with the bytes, transactions_root and count with the ids
 * (and with the full transactions, when there), the certificate (when there) with the committee. It says nothing about finality.
 */
enum trust_verdict trust_block(struct trust *trust, const struct block_view *block) MUST_CHECK;
/* As above, and the block is the proven one of its height. */
enum trust_verdict trust_block_final(struct trust *trust, const struct block_view *block) MUST_CHECK;
/* X14: the transaction is in a proven block at the stated place, with this receipt (success, fee, code). */
enum trust_verdict trust_transaction(struct trust *trust, const struct tx_proof_view *proof,
                                     const struct receipt *receipt) MUST_CHECK;
/* AS3: the path belongs to a proven block's state, and its value is `path->value` (or absent). */
enum trust_verdict trust_state(struct trust *trust, const struct state_path *path) MUST_CHECK;

/* Account values of state space 1: nonce and balances. */
struct trust_account {
    uint64_t nonce;
    struct amount free[TOKEN_COUNT + 1], locked[TOKEN_COUNT + 1]; /* by enum token */
};
/* The value of an account's entry, as it is stated. False: malformed. */
bool trust_account_decode(struct str value, struct trust_account *out) MUST_CHECK;
/* trust_state, that the key is this address's, and its value decoded; absent: all zero. */
enum trust_verdict trust_account(struct trust *trust, const struct state_path *path, const struct address *address,
                                 struct trust_account *out) MUST_CHECK;

/* ---- the bridge ---- */
/* X15: a message of these bytes is among those that a proven block sent. */
enum trust_verdict trust_message(struct trust *trust, const struct ipc_proof_view *proof, struct str bytes) MUST_CHECK;

/* Values of state spaces 4 and 5. */
struct trust_lock {
    struct address owner, recipient;
    struct amount amount;
    uint32_t height;
    enum lock_status status;
};
struct trust_claim {
    struct address claimer; /* whom it paid */
    struct amount amount;
    uint32_t height;
};
/* The value of a claim's entry, as it is stated. False: malformed. */
bool trust_claim_decode(struct str value, struct trust_claim *out) MUST_CHECK;
/* trust_state, that the key is that of this lock (or of the claim of this lock or burn), and its value decoded. *out_there false: the
 * path shows that there is none. */
enum trust_verdict trust_lock(struct trust *trust, const struct state_path *path, const struct hash *lock_id, struct trust_lock *out,
                              bool *out_there) MUST_CHECK;
enum trust_verdict trust_claim(struct trust *trust, const struct state_path *path, const struct hash *id, struct trust_claim *out,
                               bool *out_there) MUST_CHECK;

#endif
