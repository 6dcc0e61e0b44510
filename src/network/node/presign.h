/* Presign: signature checks of transactions, begun early and made once. When a request with an unchecked transaction is sent to a node, the
 * check may run on another thread while the request travels in virtual time; it is joined when the node looks at it. The answer is the same
 * either way. */
#ifndef NODE_PRESIGN_H
#define NODE_PRESIGN_H

#include "network/node/node.h"

#define PRESIGN_MAX 4096 /* begun and not yet joined; beyond, checks are made when they are needed */

struct presign;
void presign_begin(struct node_space *space, struct tx *tx);
/* Whether the signature holds: from the transaction's memo, a check begun early, the process's memory, or by checking. */
bool presign_check(struct node_space *space, struct tx *tx) MUST_CHECK;
void presign_forget_all(struct node_space *space);

#endif
