#include "network/node/bookcache.h"

struct book {
    struct ledger_state *state; /* a reference; NULL: nothing here */
    uint32_t depth;
    struct book_view view;
    struct arena arena; /* of the view */
};
struct bookcache {
    struct book books[BOOKCACHE_BOOKS];
    uint32_t put; /* the next to give way */
};

struct bookcache *bookcache_new(void) { return base_alloc(sizeof(struct bookcache)); }

static void book_done(struct book *book)
{
    if (book->state == NULL) return;
    ledger_state_unref(book->state);
    arena_done(&book->arena);
    book->state = NULL;
}

void bookcache_free(struct bookcache *cache)
{
    if (cache == NULL) return;
    for (size_t i = 0; i < ARRAY_LEN(cache->books); i++) book_done(&cache->books[i]);
    base_free(cache);
}

static const struct book *book_find(const struct bookcache *cache, const struct ledger_state *state, struct str name,
                                    uint32_t depth)
{
    for (size_t i = 0; i < ARRAY_LEN(cache->books); i++) {
        const struct book *book = &cache->books[i];
        if (book->state == state && book->depth == depth && str_eq(book->view.pair, name)) return book;
    }
    return NULL;
}

static const struct book *book_read(struct bookcache *cache, const struct ledger_state *state, struct str name, uint32_t depth)
{
    struct book *book = &cache->books[cache->put++ % BOOKCACHE_BOOKS];
    book_done(book);
    arena_init(&book->arena, 0);
    if (!market_book_view(state, name, depth, &book->arena, &book->view)) {
        arena_done(&book->arena);
        return NULL;
    }
    book->state = ledger_state_ref((struct ledger_state *)(uintptr_t)state); /* its count is all that changes */
    book->depth = depth;
    return book;
}

bool bookcache_view(struct bookcache *cache, const struct ledger_state *state, struct str pair, uint32_t depth,
                    struct arena *arena, struct book_view *out)
{
    const struct str name = market_name(pair);
    const struct book *book = book_find(cache, state, name, depth);
    if (book == NULL) book = book_read(cache, state, name, depth);
    if (book == NULL) return false;
    *out = book->view;
    out->bids = arena_copy(arena, book->view.bids, book->view.bids_count * sizeof(*out->bids));
    out->asks = arena_copy(arena, book->view.asks, book->view.asks_count * sizeof(*out->asks));
    return true;
}
