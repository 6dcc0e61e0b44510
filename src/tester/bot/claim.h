/* Claim: a post-condition of a behaviour, held against what the chain shows. A claim has a name of its own that reports count by, and a
 * behaviour whose claim does not hold ends as OP_POSTCONDITION, whatever else it saw. */
#ifndef BOT_CLAIM_H
#define BOT_CLAIM_H

#include "tester/bot/act.h"

/* `claim` is a short literal that says what must hold ("the tally is the snapshot's weight"); the rest says what was seen. Returns
 * `holds`. */
bool act_claim(struct act *act, const char *claim, bool holds, const char *fmt, ...) PRINTF_LIKE(4, 5);

/* After a call that gave nothing: true when nobody answered and there is time, so that it is worth asking again; the answer is released
 * and a while has passed. False: `answer` is as it was.
 *
 *     uint64_t wait = 0;
 *     do view = alpha_proposal(&alpha, &id, act_deadline(act, ACT_READ_TIMEOUT), &answer);
 *     while (view == NULL && act_again(act, &answer, &wait));
 */
bool act_again(struct act *act, struct answer *answer, uint64_t *wait_ns) FIBER MUST_CHECK;
#define ACT_READ_TIMEOUT duration_s(10)

/* An account in the state behind a final block. */
struct holding {
    uint32_t height;
    uint64_t nonce;
    struct amount free[TOKEN_COUNT + 1], locked[TOKEN_COUNT + 1]; /* by enum token */
};
/* height 0: the last final one. False: it was not told; op says why. */
bool act_holding(struct act *act, enum chain_id chain, const struct address *address, uint32_t height, struct holding *out) FIBER MUST_CHECK;

/* Claims that the block at `height` moved the account's free balance by exactly `gained` - `lost`. Where other transactions of that block
 * touch the account too, nothing can be said and nothing is counted. False: it does not hold, or could not be read; op says. */
struct movement {
    enum chain_id chain;
    const struct address *address;
    uint32_t height;
    enum token token;
    struct amount gained, lost;
    const struct hash *by; /* the transaction that moves it */
};
bool act_claim_moved(struct act *act, const char *claim, const struct movement *movement) FIBER;

#endif
