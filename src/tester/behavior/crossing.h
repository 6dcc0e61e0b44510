/* Crossing: one lock or burn and its claim on the other chain, as a user goes about it: send, wait until it is final, wait until it is claimed
 * (by a relay, or by itself when nobody does), and hold what both chains then show against what must be. For the cross_chain family. */
#ifndef BEHAVIOR_CROSSING_H
#define BEHAVIOR_CROSSING_H

#include "tester/bot/claim.h"
#include "tester/bot/ferry.h"
#include "tester/bot/proven.h"
#include "tester/bot/send.h"

struct crossing {
    enum chain_id from;          /* CHAIN_ALPHA: a lock; CHAIN_DELTA: a burn */
    struct amount amount;
    struct address to;           /* whom it is for: the bot itself, where nothing else is said */
    bool automatic;              /* relays are asked to claim it */
    struct duration claim_after; /* the bot claims itself when nobody has for so long */
    struct arena arena;          /* of this crossing */
    struct landing sent;         /* the lock or burn */
    struct submission submission;
    struct hash message_id;      /* all zero: it told of none */
    uint64_t sequence;
    struct passage passage;
    bool boarded, self_claimed;
    struct instant patience;     /* until then others may bring the proof and the message; 0: not begun */
    bool brought;                /* the bot has */
    struct hash tx_id;           /* of the lock or burn */
    struct amount was_sent, was_paid; /* what the sender had of the one token before it, the recipient of the other before the claim */
};

static inline enum chain_id crossing_to(const struct crossing *crossing) { return crossing->from == CHAIN_ALPHA ? CHAIN_DELTA : CHAIN_ALPHA; }
static inline enum token crossing_token(enum chain_id chain) { return chain == CHAIN_ALPHA ? TOKEN_AX : TOKEN_SAX; }

/* Both chains are there, and somebody watches the one it goes to. False: op says why not. crossing_end is due in every case. */
bool crossing_begin(struct act *act, struct crossing *crossing, enum chain_id from, struct op *op) FIBER MUST_CHECK;
void crossing_end(struct act *act, struct crossing *crossing);

/* Admitted; its id is told to `capture`. */
bool crossing_send(struct act *act, struct crossing *crossing, struct op *op) FIBER MUST_CHECK;
/* Final with success; what left the account is claimed. */
bool crossing_land(struct act *act, struct crossing *crossing, struct op *op) FIBER;
/* Its claim is in a final block. False: not before the deadline of the act. */
bool crossing_arrive(struct act *act, struct crossing *crossing, struct op *op) FIBER MUST_CHECK;
/* Everything behind the arrow of PT-L-010 and PT-L-014 for this one crossing; the recipient's wallet is credited. */
void crossing_check(struct act *act, struct crossing *crossing) FIBER;
/* The block that applied the claim is no older than the third certified one from the source block on. */
bool crossing_claim_after_final(struct act *act, const struct crossing *crossing, uint32_t claimed_height) FIBER;
/* What proves that the source block is final: the first block behind three certified ones in consecutive rounds, from the source block on. False: op
 * says. */
bool crossing_proving_height(struct act *act, const struct crossing *crossing, uint32_t *out_height, uint64_t *out_third_ms) FIBER MUST_CHECK;

/* The claim transaction, by the bot itself. `hasty`: with what there is now, and its refusal is the op's. Else it waits until the destination
 * has executed the message; after `claim_after` it brings proof and message itself, and claims by proof what still waits for a gap. That
 * somebody else was faster is fine. */
bool crossing_claim(struct act *act, struct crossing *crossing, bool hasty, struct op *op) FIBER;

/* A lock or burn that somebody sent earlier: `tx_id` is given; finds what it told, and waits until it is in a block. */
bool crossing_find(struct act *act, struct crossing *crossing, struct op *op) FIBER MUST_CHECK;

#endif
