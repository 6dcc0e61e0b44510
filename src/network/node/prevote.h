/* Prevote: signature checks of votes, begun early. When a vote is sent to a node, its check may run on another thread while the vote
 * travels in virtual time; what comes out is put into the process's memory of checks just before the first node looks at the vote. A
 * check under way is known by what the vote says, so a vote that is sent to two leaders is checked once. Whether it was begun or not,
 * the node's answer is the same. */
#ifndef NODE_PREVOTE_H
#define NODE_PREVOTE_H

#include "network/node/node.h"

#define PREVOTE_MAX 4096 /* begun and not yet joined; beyond, the oldest is joined: its vote was lost, or its check is long made */

void prevote_init(struct node_space *space);
void prevote_done(struct node_space *space); /* joins what is left */
/* `committee` (may be NULL: nothing is begun) says whose key. */
void prevote_begin(struct node_space *space, const struct committee *committee, const struct vote *vote);
void prevote_join(struct node_space *space, const struct vote *vote); /* not begun, or joined: nothing */

#endif
