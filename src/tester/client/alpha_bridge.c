#include "tester/client/alpha_bridge.h"

#include <inttypes.h>

#include "tester/client/call_priv.h"

const struct lock_view *alpha_lock(const struct alpha *alpha, const struct hash *lock_id, struct instant deadline,
                                   struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "crosschain/locks/%s", ask_hex(lock_id).text);
    const struct lock_view *view = ask_get(&call, &wire_lock, deadline, out);
    if (view != NULL && !hash_eq(&view->lock_id, lock_id)) return ask_fault(out, "the answer is about another lock");
    return view;
}

const struct unlock_view *alpha_unlock(const struct alpha *alpha, const struct hash *burn_id, struct instant deadline,
                                       struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "crosschain/unlocks/%s", ask_hex(burn_id).text);
    const struct unlock_view *view = ask_get(&call, &wire_unlock, deadline, out);
    if (view != NULL && !hash_eq(&view->burn_id, burn_id)) return ask_fault(out, "the answer is about another burn");
    return view;
}

const struct lock_in_view *delta_lock(const struct alpha *delta, const struct hash *lock_id, struct instant deadline,
                                      struct answer *out)
{
    struct call call;
    ask_path(&call, delta, HTTP_GET, "crosschain/locks/%s", ask_hex(lock_id).text);
    const struct lock_in_view *view = ask_get(&call, &wire_lock_in, deadline, out);
    if (view != NULL && !hash_eq(&view->lock_id, lock_id)) return ask_fault(out, "the answer is about another lock");
    return view;
}

static const struct object_ack *post_tx(const struct alpha *delta, struct str route, const struct wire *wire, const struct tx *tx,
                                        struct instant deadline, struct answer *out)
{
    struct call call;
    ask_begin(&call, delta, HTTP_POST, route, (struct str){0});
    call.request.shape = &wire_transaction;
    call.request.object = tx;
    const struct object_ack *ack = ask_object(&call, wire, 202, deadline, out);
    if (ack != NULL && (!hash_eq(&ack->ack.transaction_id, &tx->id) || !hash_eq(&ack->id, &tx->id)))
        return ask_fault(out, "the acknowledgement names another transaction");
    return ack;
}

const struct object_ack *delta_mint(const struct alpha *delta, const struct tx *tx, struct instant deadline, struct answer *out)
{
    return post_tx(delta, STR("crosschain/mint"), &wire_mint_ack, tx, deadline, out);
}

const struct object_ack *delta_burn(const struct alpha *delta, const struct tx *tx, struct instant deadline, struct answer *out)
{
    return post_tx(delta, STR("crosschain/burn"), &wire_burn_ack, tx, deadline, out);
}

/* A record says of its message what the bytes say. */
static bool record_is_sound(const struct ipc_record *record)
{
    struct ipc_message message;
    const struct hash id = ipc_id(record->bytes);
    return ipc_decode(record->bytes, &message) && hash_eq(&id, &record->message_id) && message.sequence == record->sequence &&
           message.type == record->type && message.source.chain == record->source_chain &&
           message.destination.chain == record->destination_chain && message.source_height == record->source_height;
}

const struct page *alpha_ipc_messages(const struct alpha *alpha, const struct ipc_question *question, struct instant deadline,
                                      struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "crosschain/messages");
    ask_query(&call, "direction=" STR_FMT, STR_ARG(ipc_direction_text(question->direction)));
    if (question->after > 0) ask_query(&call, "after=%" PRIu64, question->after);
    if (question->type != 0) ask_query(&call, "type=%u", question->type);
    ask_page(&call, question->limit, question->cursor);
    const struct page *page = ask_get(&call, &wire_ipc_record_page, deadline, out);
    uint64_t before = question->after;
    for (uint32_t i = 0; page != NULL && i < page->count; i++) {
        const struct ipc_record *record = (const struct ipc_record *)page->items + i;
        if (!record_is_sound(record)) return ask_fault(out, "a record does not say what its message says");
        if (record->sequence == 0 && record->type == IPC_BLOCK_FINALIZED) continue;
        if (record->sequence <= before) return ask_fault(out, "sequences do not ascend");
        before = record->sequence;
    }
    return page;
}

const struct ipc_proof_view *alpha_ipc_proof(const struct alpha *alpha, const struct hash *message_id, struct instant deadline,
                                             struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "crosschain/messages/%s/proof", ask_hex(message_id).text);
    const struct ipc_proof_view *proof = ask_get(&call, &wire_ipc_proof, deadline, out);
    if (proof != NULL && !hash_eq(&proof->message_id, message_id)) return ask_fault(out, "the proof is about another message");
    return proof;
}

const struct ipc_status_view *alpha_ipc_status(const struct alpha *alpha, struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "crosschain/status");
    return ask_get(&call, &wire_ipc_status, deadline, out);
}
