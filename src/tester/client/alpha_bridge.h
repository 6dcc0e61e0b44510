/* The bridge as a client asks for it: DC1 to DC4 on Delta, X5 to X7 on Alpha, X15 and X25 on both. As alpha.h: borrowed answers, a
 * deadline on every call. */
#ifndef CLIENT_ALPHA_BRIDGE_H
#define CLIENT_ALPHA_BRIDGE_H

#include "chain/ipc.h"
#include "chain/response_bridge.h"
#include "tester/client/alpha.h"

const struct lock_view *alpha_lock(const struct alpha *alpha, const struct hash *lock_id, struct instant deadline,
                                   struct answer *out) FIBER; /* X5 */
const struct unlock_view *alpha_unlock(const struct alpha *alpha, const struct hash *burn_id, struct instant deadline,
                                       struct answer *out) FIBER; /* X6 */
const struct lock_in_view *delta_lock(const struct alpha *delta, const struct hash *lock_id, struct instant deadline,
                                      struct answer *out) FIBER; /* DC1 */
/* DC2 and DC3: the signed transaction; the acknowledgement's ids are checked. */
const struct object_ack *delta_mint(const struct alpha *delta, const struct tx *tx, struct instant deadline,
                                    struct answer *out) FIBER;
const struct object_ack *delta_burn(const struct alpha *delta, const struct tx *tx, struct instant deadline,
                                    struct answer *out) FIBER;

struct ipc_question {
    enum ipc_direction direction;
    uint64_t after;
    unsigned type;  /* enum ipc_type; 0: any */
    uint32_t limit; /* 0: the default */
    struct str cursor;
};
/* DC4, X7; items are struct ipc_record. Checked: ids are those of the bytes, members are what the bytes say, sequences ascend. */
const struct page *alpha_ipc_messages(const struct alpha *alpha, const struct ipc_question *question, struct instant deadline,
                                      struct answer *out) FIBER;
const struct ipc_proof_view *alpha_ipc_proof(const struct alpha *alpha, const struct hash *message_id, struct instant deadline,
                                             struct answer *out) FIBER; /* X15 */
const struct ipc_status_view *alpha_ipc_status(const struct alpha *alpha, struct instant deadline, struct answer *out) FIBER; /* X25 */

#endif
