/* Ledger: what a block of transactions does to the state of a chain. Pure: state and input in, verdict and output out; no
 * clock, float, global or iteration in hash order. Kinds are executed by families
 * (family_priv.h); which are in this build, chain/kind.h says.
 *
 * Not here: signatures of transactions (whoever hands one over has checked it), the pool, consensus, storage.
 *
 * What the state map holds beside the `account` entries of api 6.4 (integers little-endian, all of it in the state root):
 *   validator  ident address      u8 2 ‖ consensus_key ‖ str name ‖ u16 commission_bps ‖ u8 flags (1 jailed, 2 exiting)
 *                                 ‖ u32 jailed_until ‖ u128 bonded ‖ u128 self_bonded ‖ u128 pending_rewards
 *                                 ‖ u128 shares_pending ‖ u128 slashed
 *   param      ident "supply/AX"  the u128 of every flow, then of every holding, in the order of X4 ‖ i32 wraps of `free`
 *   param      ident "treasury/AX" u128
 *   param      ident a parameter's name: u64
 * and what families keep: their headers say. */
#ifndef LEDGER_LEDGER_H
#define LEDGER_LEDGER_H

#include "chain/block.h"
#include "chain/committee.h"
#include "chain/params.h"
#include "chain/receipt.h"
#include "chain/response.h"
#include "chain/supply.h"
#include "chain/tx.h"
#include "chain/event.h"
#include "chain/verifier.h"
#include "core/base/ordmap.h"
#include "core/crypto/shield_scheme.h"
#include "core/crypto/statemap.h"
#include "network/ledger/weakness.h"

struct proofcache;

/* The rules a network runs by, handed to every call. Parameters are not here: they can change, so they live in the state. */
struct ledger_rules {
    struct domain domain;
    struct domain peer;     /* of the chain at the other end of the bridge; chain 0: there is none */
    struct weaknesses weak; /* planted switches; none on a hardened network */
    /* For signatures inside payloads (evidence, finality proofs). Pure: it may only remember. NULL inside: nothing is believed. */
    struct verifier verifier;
    struct shield_suite shield; /* of the pool's proofs; zero: real */
    struct proofcache *proofs; /* likewise, what proofs of shielded spends are worth; NULL: nothing is remembered */
};

/* What tx_decode and tx_from_json are to be given. With vuln.ignore-chain-id, vuln.ignore-network-id, vuln.unsigned-domain or
 * vuln.verify-before-cheap-checks on, decoding takes any domain and ledger_check_domain makes the check that is left; without them
 * that check cannot fail. */
struct tx_rules ledger_tx_rules(const struct ledger_rules *rules);
bool ledger_check_domain(const struct ledger_rules *rules, const struct tx *tx, struct apierror *error) MUST_CHECK;
/* True only with vuln.bundle-position-hints: flags 1 and 2 place a transaction before and behind the largest trade. */
bool ledger_takes_hints(const struct ledger_rules *rules);
/* False only with vuln.skip-signature-check: nobody need look at signatures. */
bool ledger_wants_signature(const struct ledger_rules *rules);

/* ---- state ----
 * The state after some block: immutable, counted references (plain integers: one thread). */
struct ledger_state;

struct ledger_validator {
    struct address address;
    struct pubkey consensus_key;
    char name[MEMBER_NAME_BYTES_MAX + 1];
    uint16_t commission_bps;
    bool jailed, exiting;
    uint32_t jailed_until;  /* unjailed from this height on; UINT32_MAX: never */
    struct amount bonded; /* its stake; by itself and others */
    struct amount self_bonded;
    struct amount pending_rewards; /* fees of this epoch, to be shared at its end */
    struct amount shares_pending;  /* shared, and not claimed yet */
    struct amount slashed;
};

struct ledger_grant {
    struct address to;
    struct money money;
};

/* What the network lets an account do (api 5.1). */
enum ledger_role { LEDGER_ROLE_KYC_OFFICER, LEDGER_ROLE_SETTLER, LEDGER_ROLE_ORACLE, LEDGER_ROLE_COUNT };
struct ledger_role_order {
    struct address address;
    enum ledger_role role;
    struct str asset; /* of an oracle: which seat; empty: a seat of each */
    bool grant;       /* false: taken away */
};
struct str ledger_role_text(enum ledger_role role); /* "kyc_officer", "settler", "oracle" */
bool ledger_role_parse(struct str text, enum ledger_role *out) MUST_CHECK;

/* What accounts begin with at stake, beside what is free: voting weight, in the chain's fee token. An address may stand here several times. */
struct ledger_stake {
    struct address who;
    struct amount amount;
};
/* Who is a governor from the start; Alpha's. */
struct ledger_governor {
    struct address who;
    struct amount deposit; /* 0: params->min_governor_deposit */
};

struct ledger_genesis {
    const struct params *params;
    const struct ledger_grant *grants; /* free balances; an address may stand here several times */
    size_t grants_count;
    const struct ledger_validator *validators; /* bonded = self_bonded = params->genesis_stake where 0 is given */
    size_t validators_count;
    struct amount treasury; /* in the fee token */
    const struct ledger_role_order *roles; /* Delta's */
    size_t roles_count;
    struct amount insurance; /* USD that each market of perpetuals begins with; Delta's */
    struct committee *other_committee; /* the other chain's first one; NULL: that of these validators */
    uint32_t shielded_notes; /* how many of shield_genesis_notes the pool begins with; Alpha */
    const struct ledger_stake *stakes;
    size_t stakes_count;
    const struct ledger_governor *governors; /* numbered in this order; ignored on Delta */
    size_t governors_count;
};

/* The state of genesis: a new reference. NULL and `err`: a grant of a token of another chain, a sum beyond 2^128 - 1, a
 * validator or a governor twice, more than COMMITTEE_MEMBERS_MAX. The order of grants, stakes and validators does not matter. */
struct ledger_state *ledger_genesis(const struct ledger_rules *rules, const struct ledger_genesis *genesis,
                                    struct err *err) MUST_CHECK;
struct ledger_state *ledger_state_ref(struct ledger_state *state); /* returns its argument; accepts NULL */
void ledger_state_unref(struct ledger_state *state);               /* accepts NULL */

uint32_t ledger_height(const struct ledger_state *state);
const struct params *ledger_params(const struct ledger_state *state); /* in force after this state's block */
struct hash ledger_state_root(const struct ledger_state *state);
const struct statemap *ledger_statemap(const struct ledger_state *state);
/* Everything but accounts: u8 space ‖ ident -> value, and the index entries of the families (family_priv.h). For views. */
const struct ordmap *ledger_objects(const struct ledger_state *state);
uint64_t ledger_epoch(const struct ledger_state *state, uint32_t *out_first_height); /* of the block after this state's */
uint64_t ledger_round(const struct ledger_state *state);
uint64_t ledger_timestamp_ms(const struct ledger_state *state); /* of the block this state follows; 0: genesis */

struct ledger_balance {
    struct amount free, locked;
};
struct ledger_account {
    bool exists; /* has an entry of its own; false leaves the rest zero */
    uint64_t nonce;
    struct ledger_balance balances[TOKEN_COUNT]; /* [token - 1] */
};
void ledger_account_get(const struct ledger_state *state, const struct address *address, struct ledger_account *out);
/* The `Account` shape; its lists go to the arena. `pending_nonce` is the pool's word; what is shown is never below the account's.
 */
void ledger_account_view(const struct ledger_state *state, const struct address *address, uint64_t pending_nonce,
                         struct arena *arena, struct account_view *out);

bool ledger_role_has(const struct ledger_state *state, const struct address *who, enum ledger_role role) MUST_CHECK;

size_t ledger_validators_count(const struct ledger_state *state);
/* The i-th by address. */
void ledger_validator_at(const struct ledger_state *state, size_t i, struct ledger_validator *out);
bool ledger_validator_find(const struct ledger_state *state, const struct address *address,
                           struct ledger_validator *out) MUST_CHECK;
/* Rule (a) of api 6.8 on the state after an epoch's last block: members by stake, ties by address. A new reference; NULL when
 * nobody is left: the caller keeps the same members. */
struct committee *ledger_next_committee(const struct ledger_state *state, uint64_t epoch, uint64_t start_round);

/* X4 for this state: heights are the caller's to fill. `ok` is judged on what the state really holds. */
void ledger_supply(const struct ledger_state *state, struct supply *out);
/* The same holdings, summed up anew by a walk over every entry: for audits. False (and *out as far as it came): an entry that
 * nobody could have written. Costs the whole state. */
bool ledger_supply_walk(const struct ledger_state *state, struct supply *out) MUST_CHECK;

/* ---- proofs ---- */
enum ledger_space {
    SPACE_ACCOUNT = 1,
    SPACE_VALIDATOR = 2,
    SPACE_PROPOSAL = 3,
    SPACE_LOCK = 4,
    SPACE_CLAIM = 5,
    SPACE_ORDER = 6,
    SPACE_POSITION = 7,
    SPACE_MAPPING = 8,
    SPACE_NAME = 9,
    SPACE_ORACLE = 10,
    SPACE_POOL = 11,
    SPACE_PARAM = 12,
    SPACE_OFFRAMP = 13,
    SPACE_NULLIFIER = 14,
    SPACE_NOTE = 15,
};
struct hash ledger_account_key(const struct address *address);
struct hash ledger_validator_key(const struct address *address);
/* The key that the text of AS3 names: "account:ax1...", "lock:<hex>", "mapping:<program>/<mapping>/<key>", else
 * "<space>:<ident>". CODE_NONE, KEY_NOT_FOUND for a space that is none, INVALID_PARAMETER, or what address_parse says. */
enum code ledger_key_parse(enum chain_id chain, struct str text, struct hash *out) MUST_CHECK;
/* The `StatePath` shape for any key, present or not (value NULL); `block_hash` is of the block this state follows. */
void ledger_path_view(const struct ledger_state *state, const struct hash *block_hash, const struct hash *key,
                      struct arena *arena, struct state_path *out);

/* ---- execution ---- */
struct ledger_frame {
    uint32_t height; /* the parent state's + 1 */
    uint64_t round, timestamp_ms;
    struct address proposer;
    struct hash parent_hash; /* of the parent block, for evidence about headers that name it; all zero: not told */
};
struct ledger_setting {
    const struct param_row *row;
    uint64_t value;
};
/* What the admin API decided for this height, applied before the first transaction: every validator has the same list. */
struct ledger_orders {
    const struct ledger_grant *grants; /* faucet: creates supply. One that would overflow, or of a foreign token, does nothing */
    size_t grants_count;
    const struct ledger_setting *settings;
    size_t settings_count;
    const struct ledger_role_order *roles; /* an eighth seat, and what the other chain has none of, does nothing */
    size_t roles_count;
};

/* Why a block cannot stand. A transaction that merely fails leaves a receipt and is no reason. */
#define LEDGER_VERDICT_LIST(V)                                                                                                   \
    V(GOOD, "good")                                                                                                              \
    V(WRONG_HEIGHT, "height does not follow the parent's")                                                                       \
    V(UNKNOWN_PROPOSER, "the proposer is no validator of the parent's state")                                                    \
    V(TOO_MANY, "more transactions than a block has room for")                                                                   \
    V(TOO_LARGE, "more bytes than a block has room for")                                                                         \
    V(LANE_ORDER, "a general transaction behind one of the DEX lane")                                                            \
    V(FOREIGN, "a transaction of another chain or network, or of an unknown kind")                                               \
    V(EXPIRED, "a transaction past its valid_until")                                                                             \
    V(NONCE, "a transaction whose nonce is not its sender's next")                                                               \
    V(CANNOT_PAY, "a transaction whose sender cannot pay fee and tip")                                                           \
    V(POOL_FEE, "a shielded spend that fails, whose fee the pool was to pay")

enum ledger_verdict {
#define V(name, text) LEDGER_##name,
    LEDGER_VERDICT_LIST(V)
#undef V
        LEDGER_VERDICT_COUNT
};
struct str ledger_verdict_text(enum ledger_verdict verdict);

/* One thing that happened: data of an event, one line of JSON. */
struct ledger_event {
    uint32_t tx_index; /* UINT32_MAX: of the block, no transaction's */
    enum event_type type;
    struct str data;
};

/* What executing a block gave. Immutable, counted references. Whoever validates a block compares the roots and counts with
 * its header. */
struct ledger_result {
    uint32_t refs;
    enum ledger_verdict verdict;
    uint32_t failed_index;      /* of the transaction a bad verdict is about; UINT32_MAX: of the block as a whole */
    struct ledger_state *state; /* the post-state; NULL unless LEDGER_GOOD, as all below */
    struct hash state_root, transactions_root, receipts_root, messages_root;
    uint32_t transaction_count, message_count;
    uint32_t succeeded;        /* transactions whose receipt is a success */
    enum code failed_code;     /* of LEDGER_POOL_FEE: why */
    struct str *messages;      /* message_count of them, as they are hashed */
    struct ledger_event *events; /* in the order in which it happened */
    uint32_t events_count;
    uint8_t *text;             /* what messages and events point into */
    struct receipt receipts[]; /* transaction_count of them, in block order */
};

/* ledger_execute runs `txs` in order on `parent`; `orders` may be NULL. Nothing passed in is kept but a reference to what the
 * states share. Never fails: returns a new reference. */
struct ledger_result *ledger_execute(const struct ledger_rules *rules, const struct ledger_state *parent,
                                     const struct ledger_frame *frame, const struct ledger_orders *orders, struct tx *const *txs,
                                     size_t count);
struct ledger_result *ledger_result_ref(struct ledger_result *result);
void ledger_result_unref(struct ledger_result *result); /* accepts NULL */
/* Equal in all that a validator can see. */
bool ledger_result_eq(const struct ledger_result *a, const struct ledger_result *b);

/* ---- admission ---- */
/* The sender as the asking pool knows it. */
struct ledger_sender {
    const struct ledger_account *account; /* in the state of the head */
    bool known;                           /* this very transaction waits already */
    bool conflict;                        /* another with this nonce waits */
    uint64_t next_nonce;                  /* behind the contiguous waiting ones; 0 when none wait */
    struct amount spending;               /* ledger_spending of all that wait, clamped */
    struct tx *const *pending;            /* the contiguous waiting ones, from the account's nonce on: run first in a rehearsal */
    size_t pending_count;
    uint8_t images_taken; /* bit i: the key image of its i-th input waits in another transaction */
};
struct ledger_moment {
    const struct params *params; /* of the head's state */
    uint32_t height;             /* the lowest that could include it: the head's + 1 */
    uint64_t now_ms;             /* the node's clock; 0 skips the timestamp check (a transaction that came from a block) */
    /* Of the head: the rules of the kind are tried on it, behind the sender's pending ones, if the nonce follows these. NULL: they
     * are not (what came by gossip was tried where it entered). */
    const struct ledger_state *state;
};
/* ledger_admit checks what api 2.5 puts behind the signature and before capacity, in that order. CODE_NONE, or the code, with
 * `error` (may be NULL) saying field, message, suggestion and details. */
enum code ledger_admit(const struct ledger_rules *rules, const struct ledger_sender *sender, const struct ledger_moment *moment,
                       const struct tx *tx, struct apierror *error);
/* With more than LEDGER_PENDING_MAX of the sender's waiting, rules are left to the block. */
#define LEDGER_PENDING_MAX 64
/* What is cheaper to check for many than for each: whoever is about to admit these, decoded and signed, may say so. Their range
 * proofs are checked in one batch and remembered in rules->proofs; no answer of ledger_admit changes. `moment` is of the head. */
void ledger_foresee(const struct ledger_rules *rules, const struct ledger_moment *moment, struct tx *const *txs, size_t count);
/* What a transaction takes from its sender's fee token at most: fee + tip (0 when the shielded pool pays them), and its total when
 * that is the token; clamped. */
struct amount ledger_spending(const struct ledger_rules *rules, const struct tx *tx);

#endif
