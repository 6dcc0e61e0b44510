/* Family: kinds of transactions that belong together (staking, governance, order book ...), each in files of its own, and what
 * all of them share: reading and writing objects, moving money, telling what happened. For the ledger's own eyes.
 *
 * A family is one row in families.c: its kinds with the function that applies each, and the hooks it needs. A kind's function
 * is its rules and its effect in one: it runs at execution, and again over a scratch state when a pool asks whether a
 * transaction may enter. It answers CODE_NONE, or the code of the rule that fails; then everything it did is undone by the
 * core (fee and nonce stay), so it need not check everything before it acts. */
#ifndef LEDGER_FAMILY_PRIV_H
#define LEDGER_FAMILY_PRIV_H

#include "chain/event.h"
#include "chain/ipc.h"
#include "chain/payload.h"
#include "network/ledger/guard_priv.h"
#include "network/ledger/state_priv.h"

/* A transaction, or one operation inside a flash loan, under execution. */
struct exec {
    struct work *work;       /* the block: work->rules, work->frame, work->params, work->arena, work->objects */
    const struct tx *tx;     /* the envelope */
    struct hash id;          /* of the object it creates: the transaction's id; inside a flash loan, see flash.c */
    struct address sender;
    const union payload *payload;
    struct receipt *receipt; /* its fee is charged already; code is the core's to set */
    bool in_flash_loan;
    bool rehearsal;          /* nothing of this will stay: a pool is asking */
    bool verdict_only;       /* nor does anything come after it: what cannot change the receipt any more may be left out */
    uint8_t images_taken;    /* by what waits in that pool: see struct ledger_sender */
};

struct family_kind {
    enum kind kind;
    enum code (*apply)(struct exec *x);
    /* May be NULL. True: the pool pays fee and tip, not the sender (shielded spends with a pool_fee): `apply` takes them out of the
     * pool, and a failure makes the block invalid, since there is nobody to charge. */
    bool (*from_pool)(const union payload *payload);
    /* May be NULL. The least fee where it is more than by size: gets that and answers what is asked. */
    struct amount (*least_fee)(const struct exec *x, struct amount by_size);
};
struct family_message { /* what arrives over the bridge */
    enum ipc_type type;
    enum code (*execute)(struct work *work, const struct ipc_message *message);
};
struct family {
    const char *name;
    const struct family_kind *kinds;
    size_t kinds_count;
    const struct family_message *messages;
    size_t messages_count;
    /* Hooks; any may be NULL. They run in the order of families.c. */
    bool (*genesis)(struct work *work, const struct ledger_genesis *genesis, struct err *err);
    void (*block_begin)(struct work *work); /* before the first transaction */
    /* Then, still before it: may look at all of the block's at once, to learn what is cheaper for many. Must not change the work. */
    void (*foresee)(struct work *work, struct tx *const *txs, size_t count);
    void (*block_end)(struct work *work);   /* behind the last one, before fees are paid out */
    void (*epoch_end)(struct work *work);   /* then, in the block that fills an epoch */
    /* Adds what its objects hold to the holdings of X4 ([token - 1]): a sum made anew, for audits. */
    void (*audit)(const struct ordmap *objects, struct supply_token holdings[TOKEN_COUNT]);
};
extern const struct family *const families[]; /* closed by NULL */
const struct family_kind *family_kind_find(enum kind kind); /* NULL: not in this build */

/* ---- objects ----
 * SPACE_VALIDATOR has idents of 32 bytes alone (validators by address); what else staking keeps goes under SPACE_PARAM with a
 * telling ident ("stake/" ‖ address). Values are never empty.
 *
 * Everything but accounts. An object has a space of api 6.4 and an ident; it stands in the state root, and in `objects` under
 * the key u8 space ‖ ident, where families can walk over it in order. An index entry stands only in `objects`, under a number of
 * INDEX_LIST: what can be found again from the objects (who has which orders, which is next), and histories that views show
 * (bounded: whoever writes one prunes it). Numbers in keys are big-endian, so that order is order. */
#define INDEX_LIST(I)                                                                                                            \
    /* I(constant): which family, what its key is -> its value */                                                                \
    I(STAKING) I(GOVERNANCE) I(PROGRAMS) I(SHIELDED) I(BRIDGE) I(NAMES) I(EVIDENCE) I(REWARDS) I(BOOK) I(TRADES) I(POOLS)        \
    I(PERPS) I(ORACLES) I(KYC) I(OFFRAMP)
enum ledger_index {
    INDEX_BASE = 64,
#define I(name) INDEX_##name,
    INDEX_LIST(I)
#undef I
};

/* A key of `objects` in the making; longer than OKEY_MAX is a bug of the caller (idents are bounded by their kinds). */
#define OKEY_MAX 232
struct okey {
    uint8_t b[OKEY_MAX];
    uint16_t len;
};
struct okey okey(unsigned space_or_index);
void okey_u8(struct okey *key, uint8_t v);
void okey_u16(struct okey *key, uint16_t v); /* big-endian, as all that follow */
void okey_u32(struct okey *key, uint32_t v);
void okey_u64(struct okey *key, uint64_t v);
void okey_u128(struct okey *key, u128 v);
void okey_bytes(struct okey *key, const void *bytes, size_t len);
void okey_str(struct okey *key, struct str text); /* u16 length little-endian ‖ bytes: as `str` stands in an ident of api 6.4 */
static inline void okey_hash(struct okey *key, const struct hash *v) { okey_bytes(key, v, sizeof(*v)); }
static inline void okey_address(struct okey *key, const struct address *v) { okey_bytes(key, v, sizeof(*v)); }
static inline struct str okey_view(const struct okey *key) { return (struct str){(const char *)key->b, key->len}; }
struct okey okey_of_text(unsigned space, const char *ident); /* e.g. SPACE_PARAM, "epoch" */

/* Reading is by ordmap.h on `&work->objects` or ledger_objects(state). Writing goes through these: they keep the undo mark and
 * the state root in step. The same key may be written many times in a block. */
void work_set(struct work *work, const struct okey *key, struct str value);
void work_remove(struct work *work, const struct okey *key); /* nothing there: nothing happens */
static inline bool work_get(const struct work *work, const struct okey *key, struct str *value)
{
    return ordmap_get(&work->objects, okey_view(key), value);
}

/* A validator's entry; work_put_validator writes it. */
bool work_validator(const struct ordmap *objects, const struct address *address, struct ledger_validator *out) MUST_CHECK;
struct okey tally_okey(enum token token);
struct okey treasury_okey(enum token token);

/* ---- money ----
 * Holdings of X4 beside free and locked are counted by whoever moves money into them: */
#define HOLDING(work_, token_, name) ((work_)->tallies[(token_)-1].token.name.units)
/* Takes from the free balance, into nobody's hands. INSUFFICIENT_BALANCE on `field`, with both figures in the receipt. */
enum code money_take(struct exec *x, const struct address *from, enum token token, struct amount amount,
                     enum receipt_field field) MUST_CHECK;
void money_give(struct work *work, const struct address *to, enum token token, struct amount amount);
/* Between free and locked of one account. */
enum code money_lock(struct exec *x, const struct address *owner, enum token token, struct amount amount,
                     enum receipt_field field) MUST_CHECK;
void money_unlock(struct work *work, const struct address *owner, enum token token, struct amount amount);
/* Out of the locked balance, into nobody's hands: the caller gives it on. */
void money_take_locked(struct work *work, const struct address *owner, enum token token, struct amount amount);
/* The treasury, in the chain's fee token. */
void treasury_give(struct work *work, struct amount amount);
bool treasury_take(struct work *work, struct amount amount) MUST_CHECK; /* false: it has less */

/* ---- refusing: sets the field that the error names and answers the code ---- */
static inline enum code refuse(struct exec *x, enum code code, enum receipt_field field)
{
    x->receipt->field = field;
    return code;
}
static inline enum code refuse_for(struct exec *x, enum code code, enum receipt_field field, enum receipt_reason reason)
{
    x->receipt->field = field;
    x->receipt->reason = reason;
    return code;
}
/* With "available" and "required" in details. */
static inline enum code refuse_lack(struct exec *x, enum code code, enum receipt_field field, struct amount available,
                                    struct amount required)
{
    x->receipt->available = available;
    x->receipt->required = required;
    return refuse(x, code, field);
}

/* ---- telling ----
 * Events go to the receipt of the transaction that runs (or are the block's, in hooks) and to the event stream. `object` is of
 * that shape; it is written out at once. */
void work_event(struct work *work, enum event_type type, const struct shape *shape, const void *object);
/* Sends a message to the other chain: fills in domains, sequence and height. Gives the sequence; 0 and nothing sent where there
 * is no other chain (rules->peer.chain is 0). */
uint64_t work_emit(struct work *work, enum ipc_type type, const union ipc_body *body);

/* ---- applying a kind inside another (flash loans) ---- */
struct work_saved;
struct work_mark {
    struct work_saved *saved; /* in the work's arena */
    uint32_t undo, changed, events, messages;
    uint32_t events_bytes, messages_bytes;
};
/* Everything done after a mark can be undone. Marks nest; each must be released or rolled back, in reverse order. Pointers from
 * work_account that were taken before a mark must not be written through after it: ask again. */
void work_mark(struct work *work, struct work_mark *mark);
void work_release(struct work *work, struct work_mark *mark);
void work_rollback(struct work *work, struct work_mark *mark);
/* Runs x->payload as one of `kind` under a mark of its own; a failure is undone. FEATURE_NOT_AVAILABLE for kinds not in this build. */
enum code exec_apply(struct exec *x, enum kind kind) MUST_CHECK;
/* Executes a delivered message by the family that takes its type, under a mark of its own: CODE_NONE, or why it failed. */
enum code message_execute(struct work *work, const struct ipc_message *message) MUST_CHECK;

/* ---- what families ask each other ---- */
/* staking.c */
/* Voting weight now: staked + bonded + delegated in (nothing of its own once delegated out). */
struct amount staking_weight(const struct ordmap *objects, const struct address *who);
/* The same at the end of the block at `height`, from the history that staking keeps. */
struct amount staking_weight_at(const struct ordmap *objects, const struct address *who, uint32_t height);
struct amount staking_total_weight_at(const struct ordmap *objects, uint32_t height);
bool staking_validator_exists(const struct ordmap *objects, const struct address *validator);
/* Jails for good, tells Delta, leaves the bond to unbond. VALIDATOR_NOT_FOUND. `reason`: an enum evidence_type, 0: a proposal. */
enum code staking_eject(struct work *work, const struct address *validator, uint8_t reason, const struct hash *evidence_id) MUST_CHECK;
/* What `who` has at stake, and what is on its way back to it, does not move for unbonding_blocks (api 11). */
void staking_freeze(struct work *work, const struct address *who);
/* governance.c: a proven defection by this identity or by anything bonded from its stake: fires the Grim trigger (api 11). */
void governance_defection(struct work *work, const struct address *who);
/* Its governance rights have ended: its own, or those of the stake that most of its bond comes from. */
bool governance_revoked(const struct ledger_rules *rules, const struct ordmap *objects, const struct address *who);
/* oracle.c: the price in force. False: too few fresh feeds (stale). */
bool oracle_price(const struct work *work, struct str asset, uint64_t *out_price) MUST_CHECK;
bool oracle_halted(const struct work *work, struct str asset); /* the circuit breaker is open */
/* book.c: the last trade of a pair, 0: none yet. */
uint64_t book_last_price(const struct ordmap *objects, struct str pair);

#endif
