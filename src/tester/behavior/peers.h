/* Peers: one node's view of a chain held against the others', for behaviours that bring a node up to date or answer for one. The steps ask again while
 * nobody answers; false: it was not told, and op says why. */
#ifndef BEHAVIOR_PEERS_H
#define BEHAVIOR_PEERS_H

#include "tester/bot/act.h"

/* A node that has not caught up by then does not (PT-L-075). */
#define PEERS_TIMEOUT duration_s(300)

bool peers_final(struct act *act, const struct alpha *view, uint32_t *out, struct op *op) FIBER MUST_CHECK;
bool peers_hash(struct act *act, const struct alpha *view, uint32_t height, struct hash *out, struct op *op) FIBER MUST_CHECK;
/* Waits until the view's final height is `wanted`, or PEERS_TIMEOUT has passed: *out is what it came to. False also when the execution had to end
 * before (op: timed out). */
bool peers_catch_up(struct act *act, const struct alpha *view, uint32_t wanted, uint32_t *out, struct op *op) FIBER MUST_CHECK;

/* The end of an epoch, as a view tells it: where its history may begin. height 0: it knows none. */
struct anchor {
    uint32_t height;
    struct hash hash;
};
/* The lowest that the view can show: for a node that began with a checkpoint, that one. */
bool peers_anchor(struct act *act, const struct alpha *view, struct anchor *out, struct op *op) FIBER MUST_CHECK;

#endif
