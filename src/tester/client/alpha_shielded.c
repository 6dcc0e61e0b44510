#include "tester/client/alpha_shielded.h"

#include <inttypes.h>

#include "tester/client/call_priv.h"

/* They ascend without a gap, and heights never fall. */
static const char *notes_fault(const struct page *page)
{
    const struct note_view *notes = page->items;
    for (uint32_t i = 0; i < page->count; i++) {
        if (notes[i].enc.len != 8) return "a note's enc is not 8 bytes";
        if (i > 0 && notes[i].index != notes[i - 1].index + 1) return "notes do not ascend one by one";
        if (i > 0 && notes[i].height < notes[i - 1].height) return "a note is lower than the one before it";
    }
    return NULL;
}

static const struct page *notes_get(struct call *call, uint32_t limit, struct instant deadline, struct answer *out)
{
    if (limit > 0) ask_query(call, "limit=%" PRIu32, limit);
    const struct page *page = ask_get(call, &wire_note_list, deadline, out);
    const char *fault = page != NULL ? notes_fault(page) : NULL;
    return fault != NULL ? ask_fault(out, fault) : page;
}

const struct page *alpha_notes(const struct alpha *alpha, uint32_t from, uint32_t limit, struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "shielded/notes");
    ask_query(&call, "from=%" PRIu32, from);
    const struct page *page = notes_get(&call, limit, deadline, out);
    if (page == NULL || page->count == 0) return page;
    if (((const struct note_view *)page->items)[0].index != from) return ask_fault(out, "the first note is not the one asked for");
    return page;
}

const struct page *alpha_notes_from_height(const struct alpha *alpha, uint32_t height, uint32_t limit, struct instant deadline,
                                           struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "shielded/notes");
    ask_query(&call, "from_height=%" PRIu32, height);
    const struct page *page = notes_get(&call, limit, deadline, out);
    if (page == NULL || page->count == 0) return page;
    if (((const struct note_view *)page->items)[0].height < height) return ask_fault(out, "a note is below the height asked for");
    return page;
}

const struct shielded_state_view *alpha_shielded_state(const struct alpha *alpha, struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "shielded/state");
    return ask_get(&call, &wire_shielded_state, deadline, out);
}

const struct nullifier_status *alpha_nullifier(const struct alpha *alpha, const struct hash *image, struct instant deadline,
                                               struct answer *out)
{
    struct call call;
    const struct hex32 hex = ask_hex(image);
    ask_path(&call, alpha, HTTP_GET, "shielded/nullifier/%s", hex.text);
    const struct nullifier_status *status = ask_get(&call, &wire_nullifier_status, deadline, out);
    if (status != NULL && (status->height.has != status->spent || status->transaction_id.has != status->spent))
        return ask_fault(out, "a key image is spent at a height, or not at all");
    return status;
}

bool alpha_shielded_count(const struct alpha *alpha, uint32_t height, struct instant deadline, uint32_t *out_notes, struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "shielded/count/%" PRIu32, height);
    const struct shielded_count *count = ask_get(&call, &wire_shielded_count, deadline, out);
    if (count == NULL) return false;
    if (count->height != height) return ask_fault(out, "the answer is about another height") != NULL;
    *out_notes = count->notes;
    return true;
}

const struct page *alpha_nullifiers(const struct alpha *alpha, uint32_t from_height, uint32_t limit, struct str cursor,
                                    struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "shielded/nullifiers");
    ask_query(&call, "from_height=%" PRIu32, from_height);
    ask_page(&call, limit, cursor);
    const struct page *page = ask_get(&call, &wire_nullifier_list, deadline, out);
    if (page == NULL) return NULL;
    const struct nullifier_view *items = page->items;
    for (uint32_t i = 0; i < page->count; i++)
        if (items[i].height < (i > 0 ? items[i - 1].height : from_height)) return ask_fault(out, "key images are not in chain order");
    struct page *copy = arena_new(http_arena(out->exchange), struct page);
    *copy = *page;
    copy->next_cursor = ask_next_cursor(out);
    return copy;
}
