/* Shieldwallet: a wallet of the shielded pool (shielded 8, 9): keys, notes found by scanning, and the building of deposits, transfers
 * and withdrawals, with the habits that keep them private. Proofs are made here; secrets never leave.
 *
 * Habits can be spoiled one by one by planted switches, which the wallet reads from the network (AN5): no waiting at the boundary,
 * decoys that are uniform or the newest, amounts as they are, one receiving address, rings of one, values written unmasked.
 *
 * The notes of the chain (what rings are made of) stand in a struct note_shelf, which wallets of one run may share. */
#ifndef BOT_SHIELDWALLET_H
#define BOT_SHIELDWALLET_H

#include "chain/spend.h"
#include "core/base/map.h"
#include "core/base/vec.h"
#include "core/crypto/decoy.h"
#include "tester/client/alpha_shielded.h"

/* ---- the chain's notes, as far as they are final ---- */
struct shelf_note {
    struct shield_note note;
    uint32_t height;
    uint16_t output;
    struct hash transaction_id;
};
struct shieldwallet;
struct note_shelf {
    struct env *env; /* where wallets look at new notes ahead (shieldscan.h), which outlives the shelf; NULL, as note_shelf_init leaves it: when they are asked */
    struct shieldwallet *wallets; /* those that read it */
    VEC(struct shelf_note) notes; /* by index; all that there are up to ref_height, and no other */
    VEC(struct shelf_note) coming; /* being read: wallets do not see them before ref_height has come to them */
    struct map spent;             /* key image -> u32 height */
    uint32_t spent_height;        /* key images are read up to here */
    uint32_t ref_height;          /* the final height that notes and key images were read at */
    uint32_t note_maturity_blocks; /* AN5; 0: not learnt */
    bool busy;                    /* a fiber is reading */
};
void note_shelf_init(struct note_shelf *shelf);
void note_shelf_done(struct note_shelf *shelf);
/* Reads what is new, up to the last final height: notes in whole ranges (X8), then key images (X27). False and `out`: it could not. */
bool note_shelf_read(struct note_shelf *shelf, const struct alpha *alpha, struct instant deadline, struct answer *out) FIBER;

/* ---- habits ---- */
enum spend_habit { SPEND_LIKELY, SPEND_NEWEST, SPEND_OLDEST }; /* which own note is spent: by the law of decoys, or by bad habit */
#define DENOMINATIONS_MAX 16
struct shield_habits {
    enum decoy_law decoys;
    enum spend_habit spend;
    bool waits;          /* at the boundary */
    bool denominations;  /* amounts that cross it are one of the network's */
    bool fresh_receiver; /* a new transparent address for each withdrawal, and notes without a tag */
    bool masked;         /* what a note holds is hidden in it */
    bool whole_rings;    /* as large as the network says; else of one */
    bool pool_pays;      /* fees are paid from the pool, by a fresh key */
};
struct shield_terms { /* of the network: AN5 */
    uint32_t ring_size, note_maturity_blocks, proof_window_blocks;
    struct amount fee_base, fee_per_byte;
    struct duration block_interval;
    uint64_t denominations[DENOMINATIONS_MAX]; /* ascending */
    uint32_t denominations_count;
    struct domain domain;
};

/* ---- the wallet ---- */
enum own_state { OWN_FREE, OWN_PENDING, OWN_SPENT };
struct own_note {
    uint32_t index;
    struct shield_owned owned;
    struct hash image;
    enum own_state state;
    uint32_t ring[CLSAG_RING_MAX], ring_count; /* of its first spend: a second uses it again; 0: none yet */
};
struct shieldwallet {
    struct shield_keys keys;
    struct source source;
    struct shield_suite suite; /* the network's; zero, as shieldwallet_init leaves it: real */
    struct note_shelf *shelf; /* borrowed; NULL once it has ended before the wallet */
    struct shieldwallet *next; /* of those that read the shelf */
    uint32_t scanned;         /* notes looked at */
    uint32_t looked;          /* notes that were given to be looked at: `looks`, in their order, have those from `scanned` on */
    VEC(struct look *) looks;
    VEC(struct own_note) notes;
    struct shield_habits habits;
    struct shield_terms terms;
    uint64_t log_spends; /* spends built so far */
};

/* Keys and all that is random come from the seed. */
void shieldwallet_init(struct shieldwallet *wallet, struct note_shelf *shelf, const uint8_t seed[32]);
void shieldwallet_done(struct shieldwallet *wallet);
/* Terms and spoiled habits from AN5. */
bool shieldwallet_learn(struct shieldwallet *wallet, const struct alpha *alpha, struct instant deadline, struct answer *out) FIBER;
void shieldwallet_take_info(struct shieldwallet *wallet, const struct node_info *info); /* the same from an answer that is there */
/* Reads the shelf, then looks for own notes and for what has become of them. */
bool shieldwallet_scan(struct shieldwallet *wallet, const struct alpha *alpha, struct instant deadline, struct answer *out) FIBER;
uint64_t shieldwallet_balance(const struct shieldwallet *wallet); /* of free notes */
uint32_t shieldwallet_count(const struct shieldwallet *wallet);   /* of free notes */

/* The amount of the habits nearest below: a denomination, or `wanted` itself. 0: none is so small. */
uint64_t shieldwallet_amount(const struct shieldwallet *wallet, uint64_t wanted);
/* How long to wait before the next crossing: 2 to 20 blocks, or not at all. */
struct duration shieldwallet_wait(struct shieldwallet *wallet);
/* Where a withdrawal goes: a fresh address, whose key goes to `out_key`, or `own`. */
struct address shieldwallet_receiver(struct shieldwallet *wallet, struct sign_suite suite, const struct address *own, struct seckey *out_key);

/* The payload of a deposit to itself; the envelope is the sender's. */
void shieldwallet_deposit(struct shieldwallet *wallet, uint64_t amount, struct buf *out_payload);

struct shield_order {
    enum kind kind;           /* shielded_transfer, shielded_withdraw */
    struct shield_address to; /* transfer: who gets `amount` */
    struct address withdraw_to;
    uint64_t amount;
    struct amount tip;
    const uint32_t *from;     /* exactly these notes, by position in wallet->notes; NULL: the wallet chooses */
    uint32_t from_count;
    /* Who signs: NULL, when the pool pays, a fresh key. The sender's nonce and key where it does not. */
    const struct seckey *sender;
    uint64_t nonce;
    uint32_t valid_until;
    uint64_t timestamp_ms;
};
/* A spend, with its ground truth: what only the scorer of privacy attacks may read. */
struct shield_spend {
    struct tx *tx;
    uint32_t inputs[SHIELDED_INPUTS_MAX]; /* positions in wallet->notes */
    uint32_t inputs_count;
    uint64_t change;
    struct spend_truth {
        struct hash nullifier;
        uint32_t real; /* the index of the note spent */
        uint32_t ring[CLSAG_RING_MAX], ring_count;
        uint32_t eligible; /* notes that the ring was drawn from: shielded 9, m */
    } truth[SHIELDED_INPUTS_MAX];
};
enum shield_verdict {
    SHIELD_OK,
    SHIELD_FUNDS, /* no free notes make up the amount, or none that may stand together */
    SHIELD_RING,  /* fewer notes in the chain than a ring has members: RING_TOO_SMALL */
    SHIELD_PROOF, /* a proof that somebody else made does not hold */
    SHIELD_REFUSED, /* what was built is no transaction; a bug, or terms that nobody can meet */
};
/* Chooses notes, rings and outputs (pay and change, always two) and builds the signed transaction; its notes are pending
 * afterwards. The caller releases out->tx. Takes about 0.1 s of processor time where proofs are real. */
enum shield_verdict shieldwallet_spend(struct shieldwallet *wallet, const struct shield_order *order, struct sign_suite suite,
                                       struct shield_spend *out) MUST_CHECK;
/* The same in steps, for who has the range proof made by somebody else: begin (notes are pending from here on), then finish with that
 * proof, or with an empty one: the wallet makes its own. SHIELD_PROOF: it does not hold, finish again. What is begun must be
 * finished or dropped (its notes are free again). Proving wants a deep stack. _prove makes the wallet's own proof ahead of finish; it
 * touches only what was begun, so that another thread may do it. */
struct shield_making;
enum shield_verdict shieldwallet_begin(struct shieldwallet *wallet, const struct shield_order *order, struct sign_suite suite,
                                       struct shield_making **out) MUST_CHECK;
struct spend_statement shieldwallet_statement(const struct shield_making *making);
uint32_t shieldwallet_inputs(const struct shield_making *making);
void shieldwallet_prove(struct shield_making *making);
enum shield_verdict shieldwallet_finish(struct shield_making *making, struct str proof, struct shield_spend *out) MUST_CHECK;
void shieldwallet_drop(struct shield_making *making);
/* It was refused or dropped: its notes are free again, and keep their rings. */
void shieldwallet_release(struct shieldwallet *wallet, const struct shield_spend *spend);

#endif
