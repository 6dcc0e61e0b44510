/* Any bytes as the image of a state: none, or a state that is written as exactly these bytes and whose sums can be walked. */
#include "core/base/check.h"
#include "network/ledger/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    const struct str image = {(const char *)data, bytes};
    struct ledger_image_digests digests, again;
    if (!ledger_image_digests(image, &digests)) return 0;
    const uint32_t height = (uint32_t)(data[2] | data[3] << 8 | data[4] << 16) | (uint32_t)data[5] << 24;
    struct ledger_state *state = ledger_image_read(image, (enum chain_id)data[1], height, &digests); /* as if all of it had been authenticated */
    if (state == NULL) return 0;
    struct buf out = {0};
    ledger_image_write(state, &out, &again);
    CHECK(str_eq(buf_str(&out), image));
    CHECK(hash_eq(&digests.root, &again.root) && hash_eq(&digests.derived, &again.derived));
    buf_done(&out);
    ledger_state_unref(state);
    return 0;
}
