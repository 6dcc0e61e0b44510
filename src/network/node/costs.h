/* What a node's work takes in virtual time (DESIGN 3). Proofs of spends: a ring signature by the members of its ring; a batch of range
 * proofs once by the values of its largest, and by its proofs. A spend that came by REST is checked then, alone; the others of a
 * block together, when the block comes. */
#ifndef NODE_COSTS_H
#define NODE_COSTS_H

#include <stdint.h>

struct node_costs {
    uint64_t signature_ns, transaction_ns, message_ns;
    uint64_t ring_member_ns, range_value_ns, range_proof_ns;
};
struct node_costs node_costs_default(void);

#endif
