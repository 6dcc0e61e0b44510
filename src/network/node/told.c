/* What receipts tell beside transfers: kept for final blocks, made from the result while that is there. */
#include "network/node/told_priv.h"

#include "core/base/vec.h"

/* Streams have more: what else a shielded kind tells there is of the pool, not of the transaction. */
static bool is_in_receipts(enum event_type type) { return type != EVENT_SHIELDED_NOTE && type != EVENT_SHIELDED_NULLIFIER; }

/* {"type":"gov.vote", and the members of its data}; what has a `type` of its own stands whole, under `data`. The data of `shielded` was
 * made for receipts. */
static void event_put(const struct ledger_event *event, struct buf *out)
{
    if (out->len > 0) buf_put_char(out, ',');
    if (event->type == EVENT_SHIELDED) {
        buf_put_str(out, event->data);
        return;
    }
    const struct str type = event_type_text(event->type);
    buf_put_str(out, STR("{\"type\":\""));
    buf_put_str(out, type);
    buf_put_char(out, '"');
    if (memmem(event->data.data, event->data.len, "\"type\":", 7) != NULL) {
        buf_put_str(out, STR(",\"data\":"));
        buf_put_str(out, event->data);
        buf_put_char(out, '}');
        return;
    }
    if (event->data.len > 2) buf_put_char(out, ',');
    buf_put_str(out, str_sub(event->data, 1, event->data.len));
}

/* The first event of the block's transactions (hooks told before them) that is not of one before `place`. */
static uint32_t event_lower(const struct ledger_result *result, uint32_t place)
{
    uint32_t lo = 0, hi = result->events_count;
    while (lo < hi && result->events[lo].tx_index == UINT32_MAX) lo++;
    while (lo < hi) {
        const uint32_t middle = lo + (hi - lo) / 2;
        if (result->events[middle].tx_index < place) lo = middle + 1;
        else hi = middle;
    }
    return lo;
}

static void told_put(const struct ledger_result *result, uint32_t place, struct buf *out)
{
    for (uint32_t i = event_lower(result, place); i < result->events_count && result->events[i].tx_index == place; i++)
        if (is_in_receipts(result->events[i].type)) event_put(&result->events[i], out);
}

/* A copy that takes no more than it must: it stays for as long as the body does. */
static void *kept(const void *bytes, size_t size) { return size > 0 ? memcpy(base_alloc(size), bytes, size) : NULL; }

void told_keep(struct stored *stored, const struct ledger_result *result)
{
    VEC(struct stored_told) told = {0};
    struct buf text = {0}, one = {0};
    uint32_t last = UINT32_MAX;
    for (uint32_t i = event_lower(result, 0); i < result->events_count; i++) {
        const uint32_t place = result->events[i].tx_index;
        if (place == UINT32_MAX || place == last) continue;
        last = place;
        one.len = 0;
        told_put(result, place, &one);
        if (one.len == 0) continue;
        buf_put_str(&text, buf_str(&one));
        vec_push(&told, ((struct stored_told){place, (uint32_t)text.len}));
    }
    stored->told = kept(told.data, told.count * sizeof(*told.data));
    stored->told_text = kept(text.data, text.len);
    stored->told_count = (uint32_t)told.count;
    buf_done(&text);
    buf_done(&one);
    vec_done(&told);
}

void told_forget(struct stored *stored)
{
    base_free(stored->told);
    base_free(stored->told_text);
    stored->told = NULL;
    stored->told_text = NULL;
    stored->told_count = 0;
}

uint64_t told_bytes(const struct stored *stored)
{
    return stored->told_count > 0 ? stored->told[stored->told_count - 1].end + stored->told_count * sizeof(*stored->told) : 0;
}

struct str stored_told(const struct stored *stored, uint32_t place, struct arena *arena)
{
    if (!stored->final && stored->post && place < stored->post->result->transaction_count) {
        struct buf text = {0};
        told_put(stored->post->result, place, &text);
        const struct str told = text.len > 0 ? str_dup(arena, buf_str(&text)) : (struct str){0};
        buf_done(&text);
        return told;
    }
    uint32_t lo = 0, hi = stored->told_count;
    while (lo < hi) {
        const uint32_t middle = lo + (hi - lo) / 2;
        if (stored->told[middle].place < place) lo = middle + 1;
        else hi = middle;
    }
    if (lo == stored->told_count || stored->told[lo].place != place) return (struct str){0};
    const uint32_t begin = lo > 0 ? stored->told[lo - 1].end : 0;
    return str_dup(arena, (struct str){stored->told_text + begin, stored->told[lo].end - begin});
}
