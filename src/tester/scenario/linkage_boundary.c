/* Who crosses the boundary of the pool is public, and so is how much. */
#include <stdlib.h>

#include "tester/scenario/linkage_priv.h"

#define SUMMED_MAX 64u /* deposits that sums are looked for among: the latest */

/* Deposits before the withdrawal, within the window: [*from, returned). Both are in chain order. */
static size_t candidates(const struct analyst *analyst, const struct public_crossing *withdrawal, size_t *from)
{
    const uint32_t height = withdrawal->entry->height, window = analyst->input->window_blocks;
    size_t to = 0;
    while (to < analyst->deposits.count && analyst->deposits.data[to].entry->height < height) to++;
    *from = to;
    while (*from > 0 && height - analyst->deposits.data[*from - 1].entry->height <= window) --*from;
    return to;
}

/* Whoever draws among those who deposited is right as often. */
static uint64_t chance_of(const struct analyst *analyst, size_t from, size_t to)
{
    bool *seen = base_alloc(map_count(&analyst->senders) + 1);
    uint64_t senders = 0;
    for (size_t i = from; i < to; i++) {
        bool *before = &seen[analyst->deposits.data[i].sender];
        senders += !*before;
        *before = true;
    }
    base_free(seen);
    return senders > 0 ? PPM / senders : 0;
}

/* ---- amounts ---- */

static bool matches(uint64_t sum, const struct pool_entry_public *withdrawal)
{
    return sum == withdrawal->amount || sum == withdrawal->amount + withdrawal->pool_fee;
}

struct pair_sum {
    uint64_t sum;
    uint32_t a, b;
};
static int pair_order(const void *left, const void *right)
{
    const struct pair_sum *a = left, *b = right;
    return a->sum != b->sum ? (a->sum < b->sum ? -1 : 1) : a->b != b->b ? (a->b < b->b ? -1 : 1) : a->a < b->a ? -1 : a->a > b->a;
}

static size_t pair_find(const struct pair_sum *pairs, size_t count, uint64_t sum)
{
    size_t low = 0, high = count;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (pairs[middle].sum < sum) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* Of sums of two, three or four of the latest deposits the one whose last is latest: that last; SIZE_MAX: none. */
static size_t sums_match(const struct analyst *analyst, const struct pool_entry_public *withdrawal, size_t from, size_t to)
{
    if (to - from > SUMMED_MAX) from = to - SUMMED_MAX;
    const uint32_t n = (uint32_t)(to - from);
    const struct public_crossing *deposits = analyst->deposits.data + from;
    struct pair_sum *pairs = base_alloc(sizeof(*pairs) * (n * (size_t)n + 1));
    size_t count = 0, best = SIZE_MAX;
    for (uint32_t b = 1; b < n; b++)
        for (uint32_t a = 0; a < b; a++) pairs[count++] = (struct pair_sum){deposits[a].entry->amount + deposits[b].entry->amount, a, b};
    qsort(pairs, count, sizeof(*pairs), pair_order);
    for (unsigned with_fee = 0; with_fee < 2; with_fee++) {
        const uint64_t wanted = withdrawal->amount + (with_fee ? withdrawal->pool_fee : 0);
        for (size_t i = 0; i < count; i++) { /* two, and two more or one more */
            const struct pair_sum *pair = &pairs[i];
            if (pair->sum > wanted) break;
            if (pair->sum == wanted && (best == SIZE_MAX || pair->b > best)) best = pair->b;
            for (size_t k = pair_find(pairs, count, wanted - pair->sum); k < count && pairs[k].sum == wanted - pair->sum; k++)
                if (pairs[k].a > pair->b && (best == SIZE_MAX || pairs[k].b > best)) best = pairs[k].b;
            for (uint32_t c = pair->b + 1; c < n; c++)
                if (pair->sum + deposits[c].entry->amount == wanted && (best == SIZE_MAX || c > best)) best = c;
        }
    }
    base_free(pairs);
    return best == SIZE_MAX ? SIZE_MAX : from + best;
}

static void amounts_guess(const struct analyst *analyst, struct linkage *out)
{
    for (size_t i = 0; i < analyst->withdrawals.count; i++) {
        const struct public_crossing *withdrawal = &analyst->withdrawals.data[i];
        size_t from, guess = SIZE_MAX;
        if (!withdrawal->trial) continue;
        const size_t to = candidates(analyst, withdrawal, &from);
        if (from == to) continue;
        for (size_t k = from; k < to; k++)
            if (matches(analyst->deposits.data[k].entry->amount, withdrawal->entry)) guess = k;
        if (guess == SIZE_MAX) guess = sums_match(analyst, withdrawal->entry, from, to);
        const bool hit = guess != SIZE_MAX && analyst->deposits.data[guess].owner == withdrawal->owner;
        score_add(&out->scores[LINK_AMOUNT], hit ? PPM : 0, chance_of(analyst, from, to));
    }
}

/* ---- times ---- */

static void times_guess(const struct analyst *analyst, struct linkage *out)
{
    const uint32_t window = analyst->input->window_blocks;
    uint32_t *lags = base_alloc(sizeof(*lags) * (window + 1)), best = 0;
    for (size_t i = 0; i < analyst->withdrawals.count; i++) {
        size_t from;
        const size_t to = candidates(analyst, &analyst->withdrawals.data[i], &from);
        for (size_t k = from; k < to; k++) lags[analyst->withdrawals.data[i].entry->height - analyst->deposits.data[k].entry->height]++;
    }
    for (uint32_t lag = 1; lag <= window; lag++)
        if (lags[lag] > lags[best]) best = lag;
    base_free(lags);
    for (size_t i = 0; i < analyst->withdrawals.count; i++) {
        const struct public_crossing *withdrawal = &analyst->withdrawals.data[i];
        size_t from;
        if (!withdrawal->trial) continue;
        const size_t to = candidates(analyst, withdrawal, &from);
        if (from == to) continue;
        size_t guess = from;
        uint32_t off_least = UINT32_MAX;
        for (size_t k = from; k < to; k++) {
            const uint32_t lag = withdrawal->entry->height - analyst->deposits.data[k].entry->height, off = lag > best ? lag - best : best - lag;
            if (off > off_least) continue;
            off_least = off;
            guess = k;
        }
        score_add(&out->scores[LINK_TIMING], analyst->deposits.data[guess].owner == withdrawal->owner ? PPM : 0, chance_of(analyst, from, to));
    }
}

/* ---- who pays ---- */

/* The tape knows bots by number, the chain by address: a bot is who paid for its deposits. */
static void payers_guess(const struct analyst *analyst, struct linkage *out)
{
    uint32_t *owners = base_alloc(sizeof(*owners) * (map_count(&analyst->senders) + 1));
    for (size_t i = 0; i < analyst->deposits.count; i++) owners[analyst->deposits.data[i].sender] = analyst->deposits.data[i].owner;
    for (size_t i = 0; i < analyst->spends.count; i++) {
        const struct public_spend *spend = &analyst->spends.data[i];
        if (!spend->trial || spend->input != &analyst->input->record->inputs.data[spend->entry->inputs]) continue; /* once a transaction */
        const uint32_t *sender = map_find(&analyst->senders, &spend->entry->sender);
        const bool hit = sender != NULL && owners[*sender] == spend->truth->bot;
        score_add(&out->scores[LINK_FEE_PAYER], hit ? PPM : 0, map_count(&analyst->senders) > 0 ? PPM / map_count(&analyst->senders) : 0);
    }
    base_free(owners);
}

void linkage_boundary(const struct analyst *analyst, struct linkage *out)
{
    amounts_guess(analyst, out);
    times_guess(analyst, out);
    payers_guess(analyst, out);
}
