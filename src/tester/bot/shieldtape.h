/* Shieldtape: what bots really did in the shielded pool, kept off the chain: the ground truth that privacy attacks are scored against
 * (shielded 10). Bots write it, the scorer reads it, nobody else. */
#ifndef BOT_SHIELDTAPE_H
#define BOT_SHIELDTAPE_H

#include "core/base/buf.h"
#include "core/base/time.h"
#include "core/base/vec.h"
#include "core/crypto/hash.h"

struct crew;

#define TAPE_RING_MAX 64
struct tape_spend {
    struct instant intended; /* of the operation: which window it belongs to */
    struct hash nullifier, id;
    uint32_t bot, height;    /* of its final block */
    uint32_t input, inputs;  /* which of how many of the transaction */
    uint32_t real, eligible; /* note indexes: the one spent; how many there were to choose from */
    uint32_t ring_count, ring[TAPE_RING_MAX];
};
struct tape_crossing {
    struct instant intended;
    struct hash id;
    uint32_t bot, height;
    bool deposit; /* else withdrawal */
    uint64_t amount;
};
struct shield_tape {
    VEC(struct tape_spend) spends;
    VEC(struct tape_crossing) crossings;
};
/* Of the crew's bots; NULL: none has been in the pool. */
const struct shield_tape *shield_tape_of(const struct crew *crew);
/* What is public of a note: the transaction that made it. Zero: unknown, or of genesis. */
struct hash shield_tape_maker(const struct crew *crew, uint32_t note);
/* Notes that were there before anybody came, and the size of rings that the network asks for; 0: unknown, nobody has been in the pool. */
uint32_t shield_notes_of_genesis(const struct crew *crew);
uint32_t shield_ring_size(const struct crew *crew);
void shield_tape_write(const struct shield_tape *tape, struct buf *out); /* lines of JSON */

/* Plants what nobody may learn of the crew's bots in the pool (canary.h): addresses, their secrets, secrets and values of notes that did
 * not come in by a deposit, after a last scan. Amounts that crossed the boundary are public. */
void shield_canaries(struct crew *crew, struct instant deadline) FIBER;

/* Tape and all that the bots of a crew share of the pool; when none of them lives any more. */
void shield_commons_free(struct crew *crew);

#endif
