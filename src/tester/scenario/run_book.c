/* What rests on the spot markets, for the metrics of books. */
#include "tester/client/delta_spot.h"
#include "tester/scenario/run_priv.h"

#define DEPTH 500u /* the deepest look there is */
#define BPS 10000u
#define PATIENCE duration_s(5)

bool metric_is_of_books(enum metric_id metric)
{
    return metric == METRIC_BOOK_ORDERS || metric == METRIC_BOOK_LEVELS || metric == METRIC_SPREAD_BPS;
}

struct standing {
    uint64_t orders, spread_bps;
    uint32_t levels; /* of the thinner side */
    bool any, both;
};

static void standing_take(const struct book_view *book, struct standing *out)
{
    for (uint32_t i = 0; i < book->bids_count; i++) out->orders += book->bids[i].orders;
    for (uint32_t i = 0; i < book->asks_count; i++) out->orders += book->asks[i].orders;
    out->levels = MIN(book->bids_count, book->asks_count);
    out->any = book->bids_count + book->asks_count > 0;
    out->both = book->bids_count > 0 && book->asks_count > 0;
    if (!out->both) return;
    const uint64_t bid = book->bids[0].price, ask = book->asks[0].price, middle = MAX(bid + (ask - bid) / 2, 1);
    out->spread_bps = (uint64_t)((u128)(ask - bid) * BPS / middle);
}

void books_read(struct run *run, struct books *books)
{
    static const char *const pairs[] = {"DX/sAX", "DX/USD", "sAX/USD"};
    struct books now = {.levels = UINT32_MAX};
    uint64_t widest = 0;
    bool both = false;
    if (run->target.delta.http == NULL) return;
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        struct answer answer;
        struct standing standing = {0};
        const struct book_view *book =
            delta_book(&run->target.delta, str_of(pairs[i]), DEPTH, instant_add(env_now(run->env), PATIENCE), &answer);
        const bool told = book != NULL;
        if (told) standing_take(book, &standing);
        answer_done(&answer);
        if (!told) return;
        now.orders += standing.orders;
        if (standing.any) now.levels = MIN(now.levels, standing.levels);
        both = both || standing.both;
        widest = MAX(widest, standing.spread_bps);
    }
    books->readings++;
    books->orders = now.orders;
    books->levels = now.levels == UINT32_MAX ? 0 : now.levels;
    books->spreads += both;
    books->spread_bps_sum += widest;
}
