/* Claim: a post-condition of a behaviour, held against what the chain shows. A claim has a name of its own that reports count by, and a
 * behaviour whose claim does not hold ends as OP_POSTCONDITION, whatever else it saw. */
#ifndef BOT_CLAIM_H
#define BOT_CLAIM_H

#include "tester/bot/act.h"

/* `claim` is a short literal that says what must hold ("the tally is the snapshot's weight"); the rest says what was seen. Returns
 * `holds`. */
bool act_claim(struct act *act, const char *claim, bool holds, const char *fmt, ...) PRINTF_LIKE(4, 5);

/* Claims that what act_send_refused was about is refused; `refused` is what it returned. False: it was taken, or something else went wrong (op says). */
bool act_claim_refused(struct act *act, const char *claim, bool refused);

/* After a call that gave nothing: true when nobody answered and there is time, so that it is worth asking again; the answer is released
 * and a while has passed. False: `answer` is as it was.
 *
 *     uint64_t wait = 0;
 *     do view = alpha_proposal(&alpha, &id, act_deadline(act, ACT_READ_TIMEOUT), &answer);
 *     while (view == NULL && act_again(act, &answer, &wait));
 */
bool act_again(struct act *act, struct answer *answer, uint64_t *wait_ns) FIBER MUST_CHECK;
/* Also when the view that was asked is still behind the one that told of what is asked for; `tries` counts these, up to ACT_BEHIND_TRIES. */
#define ACT_BEHIND_TRIES 20u
bool act_again_behind(struct act *act, struct answer *answer, uint64_t *wait_ns, uint32_t *tries) FIBER MUST_CHECK;
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
    const struct hash *by;   /* the transaction that moves it */
    const struct hash *with; /* another of the same doing in that block; NULL: none */
    uint32_t since;          /* over all blocks behind this height, not only that of `height`; 0: only that. Over more than MOVEMENT_BLOCKS_MAX of them a
                                difference says nothing: too many may have touched the account */
    const struct amount *was; /* what stood behind `since`, where the caller knows (old states are not kept); NULL: it is read */
    struct amount *out_was;   /* what stood before; NULL: nobody asks */
};
#define MOVEMENT_BLOCKS_MAX 200u
bool act_claim_moved(struct act *act, const char *claim, const struct movement *movement) FIBER;

/* The same of several tokens at once, free and locked: what a transaction does to the account of an order. The two states around the block
 * are read once. It claims nothing itself: where the account may have been moved in ways that the block's transactions do not show (its
 * resting orders were met), the caller has to look further. */
struct moves {
    enum chain_id chain;
    const struct address *address;
    uint32_t height;
    const struct hash *by, *with; /* as above */
    struct {
        struct amount gained, lost;
    } free[TOKEN_COUNT + 1], locked[TOKEN_COUNT + 1]; /* by enum token */
};
enum moved {
    MOVED_SO,
    MOVED_OTHERWISE, /* `note` says what was seen instead */
    MOVED_BY_OTHERS, /* other transactions of the block touch it too: nothing can be said */
    MOVED_UNREAD,    /* op says why */
};
#define MOVES_NOTE 96
enum moved act_moves(struct act *act, const struct moves *moves, char note[MOVES_NOTE]) FIBER MUST_CHECK;

#endif
