/* Proven: what a crew believes by proofs alone (client/trust.h), for claims about blocks, messages and states. Each height is proven once, for
 * all bots; ends of epochs on the way are proven as they are needed. */
#ifndef BOT_PROVEN_H
#define BOT_PROVEN_H

#include "tester/bot/act.h"
#include "tester/client/trust.h"

/* The block at `height` is final by a proof that holds. False: it could not be shown (op says so), or a proof that was shown does not hold: then
 * op ends as a post-condition that does not hold. A crew without trust (crew.trust NULL) takes the node's word: true when the height is final
 * there. */
bool proven_height(struct act *act, enum chain_id chain, uint32_t height) FIBER MUST_CHECK;

/* X15 and the record: the message with this id is among those that a proven block sent. `bytes` is the message, in the arena. False: op says. */
struct proven_message {
    uint64_t sequence;
    uint32_t height, index;
    struct str bytes;
    struct merkle_proof proof;
};
bool proven_message(struct act *act, enum chain_id chain, const struct hash *message_id, uint64_t sequence, struct arena *arena,
                    struct proven_message *out) FIBER MUST_CHECK;
/* The same without asking whether its block is final, nor proving anything: what a hasty claim brings along. */
bool stated_message(struct act *act, enum chain_id chain, const struct hash *message_id, uint64_t sequence, struct arena *arena,
                    struct proven_message *out) FIBER MUST_CHECK;

/* The claim entry of a lock or burn in the state of a proven block, at `height` or later. *out_there false: there is none. False: op says. */
bool proven_claim(struct act *act, enum chain_id chain, const struct hash *id, uint32_t height, struct trust_claim *out, bool *out_there) FIBER MUST_CHECK;

#endif
