/* Any bytes: NULL, or a message that is written as exactly these bytes. */
#include "chain/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    const struct tx_rules rules = {.domain = {CHAIN_ALPHA, 13}};
    struct message *message = message_decode((struct str){(const char *)data, bytes}, &rules);
    if (message == NULL) return 0;
    struct buf out = {0};
    message_encode(message, &out);
    ASSERT(out.len == bytes && message->wire_bytes == bytes && memcmp(out.data, data, bytes) == 0);
    buf_done(&out);
    message_unref(message);
    return 0;
}
