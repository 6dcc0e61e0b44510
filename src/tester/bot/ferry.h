/* Ferry: claims of locks and burns, as bots wait for them. While anybody waits, one fiber a chain reads each final block once and looks for the
 * claims that are waited for, so that hundreds of crossings at once cost one reader, and a claim that is made twice does not go unseen.
 *
 *     struct passage passage;
 *     if (!ferry_board(act, CHAIN_DELTA, &passage)) return;   before the lock is sent: nothing can be missed
 *     ferry_expect(act, &passage, &lock_id);
 *     met = ferry_await(act, &passage, deadline);
 *     ferry_leave(act, &passage); */
#ifndef BOT_FERRY_H
#define BOT_FERRY_H

#include "tester/bot/act.h"

/* The caller's; on its stack or in its heap until ferry_leave. */
struct passage {
    enum chain_id chain;      /* where it arrives */
    struct hash id;           /* lock or burn */
    bool expected;
    uint32_t since;           /* blocks from this height on were looked at */
    uint32_t claims;          /* final with success, so far */
    struct hash claim;        /* the first of them */
    struct address sender;    /* who made it */
    struct amount fee;        /* what it was charged */
    uint32_t height;          /* of its block */
    uint64_t height_ms;       /* that block's timestamp */
    struct fiber *fiber;      /* who waits; NULL: nobody now */
    struct passage *next;
};

/* False: the chain does not tell how far it is; op says so. */
bool ferry_board(struct act *act, enum chain_id chain, struct passage *out) FIBER MUST_CHECK;
/* Once for each passage; again does nothing. */
void ferry_expect(struct act *act, struct passage *passage, const struct hash *id);
/* True: it was claimed in a final block. False: the deadline passed, or the crew is stopping. */
bool ferry_await(struct act *act, struct passage *passage, struct instant deadline) FIBER MUST_CHECK;
/* Until every final block up to `height` has been looked at. */
bool ferry_read_to(struct act *act, const struct passage *passage, uint32_t height, struct instant deadline) FIBER MUST_CHECK;
void ferry_leave(struct act *act, struct passage *passage);

#endif
