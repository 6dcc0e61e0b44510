/* Duty: a validator's part in the consensus of one chain, done by the bot that carries its key: it proposes at its own turns, votes for what it may vote for,
 * and gives rounds up when their time is over (api 6.8, External validators). It signs nothing in rounds that had begun when it took over: its node may have
 * signed there. */
#ifndef BEHAVIOR_VALIDATOR_DUTY_H
#define BEHAVIOR_VALIDATOR_DUTY_H

#include "tester/bot/act.h"
#include "tester/client/feed.h"

struct duty {
    struct act *act;
    struct alpha view; /* the validator's own */
    struct feed feed;
    bool open;
    bool proposes, attests;
    uint64_t uptime_bps; /* of the rounds in which it could, those in which it does something; by seed */
    uint64_t proposed, voted, timed_out; /* the last rounds it signed in */
    uint64_t repeated;                   /* the last round whose vote was sent again */
    struct duration interval;  /* blocks are no closer than this */
    struct instant last_block; /* when the last proposal it saw was stamped */
    uint64_t proposals, votes, timeouts; /* that were taken */
    uint64_t refused;                    /* signatures that were not; `refusal`: the last code */
    uint64_t outside;                    /* signatures of one that was no member (yet, or any more) */
    enum code refusal;
    uint32_t own_height;                 /* of its last proposal; 0: none */
    struct hash own_hash;
};
/* False: the view is not there, or the bot is no member; op says. */
bool duty_begin(struct duty *duty, struct act *act, enum chain_id chain, struct op *op) FIBER MUST_CHECK;
/* Waits for something to happen, at most until the round's time is over, and does what is due. */
void duty_step(struct duty *duty) FIBER;
void duty_end(struct duty *duty) FIBER;

#endif
