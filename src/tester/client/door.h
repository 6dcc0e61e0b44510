/* Door: where a signed transaction goes in. The contract has one for all kinds (broadcast) and, for what people do most, one of the kind's
 * own beside the object that it is about (POST dex/order, governance/proposals/{id}/vote, ...). Both must lead to the same. */
#ifndef CLIENT_DOOR_H
#define CLIENT_DOOR_H

#include "tester/client/alpha.h"

/* By the kind's own route where it has one, else by broadcast. The acknowledgement is checked; what there is to know is in `out`. */
void client_submit(const struct alpha *alpha, const struct tx *tx, struct instant deadline, struct answer *out) FIBER;

#endif
