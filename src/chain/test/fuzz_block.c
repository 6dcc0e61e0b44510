/* Any bytes: NULL, or a block that is written as exactly these bytes. */
#include "chain/block.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    const struct tx_rules rules = {.domain = {CHAIN_ALPHA, 13}};
    struct bin_reader r = bin_reader_of(data, bytes);
    struct block *block = block_decode(&r, &rules);
    ASSERT((block == NULL) == r.bad);
    if (block != NULL) {
        struct buf out = {0};
        block_encode(block, &out);
        ASSERT(out.len == block_bytes(block) && out.len == bin_offset(&r) && memcmp(out.data, data, out.len) == 0);
        buf_done(&out);
    }
    block_unref(block);
    return 0;
}
