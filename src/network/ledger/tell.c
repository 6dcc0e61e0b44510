/* What a block tells: events, and messages to the other chain. */
#include "chain/response_bridge.h"
#include "core/codec/binary.h"
#include "network/ledger/family_priv.h"

void work_event(struct work *work, enum event_type type, const struct shape *shape, const void *object)
{
    if (work->silent) return;
    const size_t at = work->events_text.len;
    struct json_writer w = json_writer_of(&work->events_text);
    shape_write(shape, object, work->parent->chain, &w);
    const struct work_text data = {(uint32_t)at, (uint32_t)(work->events_text.len - at)};
    vec_push(&work->events, ((struct work_event){work->tx_index, type, data}));
}

/* Object SPACE_PARAM "ipc/out": u64, the last sequence sent. */
static uint64_t last_sequence(const struct work *work, const struct okey *key)
{
    struct str value;
    return work_get(work, key, &value) && value.len == 8 ? bin_load_u64((const uint8_t *)value.data) : 0;
}

uint64_t work_emit(struct work *work, enum ipc_type type, const union ipc_body *body)
{
    const struct ledger_rules *rules = work->rules;
    if (rules->peer.chain == 0) return 0;
    const struct okey key = okey_of_text(SPACE_PARAM, "ipc/out");
    struct ipc_message message = {.type = type,
                                  .source = rules->domain,
                                  .destination = rules->peer,
                                  .sequence = last_sequence(work, &key) + 1,
                                  .source_height = work->parent->height + 1,
                                  .body = *body};
    uint8_t bytes[8];
    bin_store_u64(bytes, message.sequence);
    work_set(work, &key, (struct str){(const char *)bytes, sizeof(bytes)});
    const size_t at = work->messages_bytes.len;
    ipc_encode(&message, &work->messages_bytes);
    vec_push(&work->messages, ((struct work_text){(uint32_t)at, (uint32_t)(work->messages_bytes.len - at)}));
    const struct ipc_event event = {.message_id = ipc_id((struct str){(const char *)work->messages_bytes.data + at,
                                                                    work->messages_bytes.len - at}),
                                    .sequence = message.sequence,
                                    .type = type,
                                    .direction = DIRECTION_OUT};
    work_event(work, EVENT_IPC_EMITTED, &shape_ipc_event, &event);
    return message.sequence;
}
