/* Prevote: signature checks of votes, begun early. When a vote is sent to a node, its check may run on another thread while the vote
 * travels in virtual time; what comes out is put into the process's memory of checks just before the node looks at the vote. Whether
 * it was begun or not, the node's answer is the same. */
#ifndef NODE_PREVOTE_H
#define NODE_PREVOTE_H

#include "network/node/node.h"

#define PREVOTE_MAX 4096 /* begun and not yet joined; beyond, checks are made when they are needed */

struct prevote;
/* `message` is a vote; `committee` (may be NULL: nothing is begun) says whose key. */
void prevote_begin(struct node_space *space, const struct committee *committee, struct message *message);
void prevote_join(struct node_space *space, struct message *message); /* not begun: nothing */
void prevote_forget_all(struct node_space *space);

#endif
