/* Pool record: what anybody can know of the shielded pool by reading final blocks: deposits, spends with their rings, withdrawals. What an
 * analyst has to work with; the order of the chain. */
#ifndef INVARIANT_POOL_RECORD_H
#define INVARIANT_POOL_RECORD_H

#include "chain/response.h"
#include "core/base/vec.h"

struct pool_input {
    struct hash image;
    uint32_t ring, ring_count; /* from `rings` */
};
struct pool_entry_public {
    struct hash id;
    uint32_t height;
    uint16_t kind;
    bool success;           /* else it stood in a block and did nothing: its rings were shown all the same */
    struct address sender, to; /* to: of a withdrawal */
    uint64_t amount;        /* that crossed the boundary */
    uint64_t pool_fee;      /* 0: the sender paid */
    uint32_t ref_height;
    uint32_t inputs, inputs_count; /* from `inputs` */
    uint32_t outputs;       /* notes made */
};
struct pool_record {
    VEC(struct pool_entry_public) entries;
    VEC(struct pool_input) inputs;
    VEC(uint32_t) rings;    /* note indexes */
};
void pool_record_done(struct pool_record *record);
/* A transaction of a final block; of another kind than the pool's it is passed over. */
void pool_record_take(struct pool_record *record, uint32_t height, const struct tx_view *view);

#endif
