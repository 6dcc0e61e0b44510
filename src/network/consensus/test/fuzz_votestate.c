/* Whatever decodes as a vote state encodes to the same bytes. The digest is made to fit, or nothing would ever get past it. */
#include "core/base/check.h"
#include "network/consensus/votestate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf bytes = {0}, again = {0};
    struct votestate state;
    struct address validator = {{0}};
    buf_put(&bytes, data, size);
    const struct hash digest = hash_tagged("adnet/votestate/v1", data, size);
    buf_put(&bytes, &digest, sizeof(digest));
    if (size >= 40) memcpy(&validator, data + 8, sizeof(validator)); /* where the validator stands */
    if (votestate_decode(buf_str(&bytes), domain_of(CHAIN_ALPHA, NETWORK_TESTNET), &validator, &state)) {
        votestate_encode(&state, &again);
        CHECK_STR(buf_str(&again), buf_str(&bytes));
        votestate_done(&state);
    }
    buf_done(&bytes);
    buf_done(&again);
    return 0;
}
