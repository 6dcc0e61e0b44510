/* The chain's notes and spent key images, as far as they are final. */
#include "tester/bot/shieldwallet.h"

#include "tester/bot/shieldscan.h"
#include "tester/client/pager.h"

#define NOTES_A_CALL 1000

void note_shelf_init(struct note_shelf *shelf)
{
    memset(shelf, 0, sizeof(*shelf));
    map_init(&shelf->spent, sizeof(struct hash), sizeof(uint32_t));
}

void note_shelf_done(struct note_shelf *shelf)
{
    while (shelf->wallets != NULL) shieldscan_leave(shelf->wallets);
    vec_done(&shelf->notes);
    vec_done(&shelf->coming);
    map_done(&shelf->spent);
}

static void note_take(struct note_shelf *shelf, const struct note_view *view)
{
    struct shelf_note note = {.height = view->height, .output = view->output, .transaction_id = view->transaction_id};
    memcpy(&note.note.one_time_key, &view->one_time_key, 32);
    memcpy(&note.note.commitment, &view->commitment, 32);
    memcpy(&note.note.tx_key, &view->tx_key, 32);
    memcpy(note.note.enc, view->enc.data, sizeof(note.note.enc));
    vec_push(&shelf->coming, note);
}

/* True: there may be more. */
static bool notes_read(struct note_shelf *shelf, const struct alpha *alpha, uint32_t final, struct instant deadline, bool *out_more,
                       struct answer *out)
{
    const struct page *page = alpha_notes(alpha, (uint32_t)(shelf->notes.count + shelf->coming.count), NOTES_A_CALL, deadline, out);
    if (page == NULL) return false;
    const struct note_view *items = page->items;
    uint32_t taken = 0;
    for (; taken < page->count && items[taken].height <= final; taken++) {
        if (!point_valid((const struct point *)(const void *)&items[taken].tx_key)) break; /* a liar's: nothing behind it is believed */
        note_take(shelf, &items[taken]);
    }
    *out_more = taken == NOTES_A_CALL;
    answer_done(out);
    return true;
}

static bool spent_read(struct note_shelf *shelf, const struct alpha *alpha, uint32_t final, struct instant deadline, struct answer *out)
{
    for (struct pager pager = {0}; pager_more(&pager);) {
        const struct page *page = alpha_nullifiers(alpha, shelf->spent_height + 1, NOTES_A_CALL, pager_cursor(&pager), deadline, out);
        const struct nullifier_view *items = page != NULL ? page->items : NULL;
        for (uint32_t i = 0; page != NULL && i < page->count && items[i].height <= final; i++)
            *(uint32_t *)map_put(&shelf->spent, &items[i].nullifier, NULL) = items[i].height;
        if (!pager_turn(&pager, page, out)) return false;
        answer_done(out);
    }
    shelf->spent_height = final;
    return true;
}

static bool shelf_read(struct note_shelf *shelf, const struct alpha *alpha, struct instant deadline, struct answer *out)
{
    uint32_t final, head = 0, head_final;
    bool more = true;
    if (!alpha_height_final(alpha, deadline, &final, out)) return false;
    /* What a spend refers to must be final, and as old as notes must be when the next block comes. */
    if (answer_heights(out, &head, &head_final) && shelf->note_maturity_blocks > 0)
        final = MIN(final, head + 1 > shelf->note_maturity_blocks ? head + 1 - shelf->note_maturity_blocks : 0);
    answer_done(out);
    if (final <= shelf->ref_height && shelf->ref_height > 0) return true; /* another view, which is behind */
    while (more)
        if (!notes_read(shelf, alpha, final, deadline, &more, out)) return false;
    if (final > shelf->spent_height && !spent_read(shelf, alpha, final, deadline, out)) return false;
    for (size_t i = 0; i < shelf->coming.count; i++) vec_push(&shelf->notes, shelf->coming.data[i]);
    shelf->ref_height = final;
    return true;
}

bool note_shelf_read(struct note_shelf *shelf, const struct alpha *alpha, struct instant deadline, struct answer *out)
{
    if (shelf->busy) { /* somebody is at it: what it finds is as good */
        memset(out, 0, sizeof(*out));
        return true;
    }
    shelf->busy = true;
    vec_clear(&shelf->coming);
    const bool read = shelf_read(shelf, alpha, deadline, out);
    shelf->busy = false;
    shieldscan_ahead(shelf);
    return read;
}
