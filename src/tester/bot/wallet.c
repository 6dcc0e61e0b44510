#include "tester/bot/wallet.h"

static struct lane_nonces *lane_at(struct wallet *wallet, enum chain_id chain) { return &wallet->lanes[chain == CHAIN_DELTA]; }

void wallet_init(struct wallet *wallet) { *wallet = (struct wallet){0}; }

void wallet_done(struct wallet *wallet)
{
    for (size_t i = 0; i < ARRAY_LEN(wallet->lanes); i++) base_free(wallet->lanes[i].holes);
    *wallet = (struct wallet){0};
}

bool wallet_receive(struct wallet *wallet, struct money money)
{
    struct purse *purse = &wallet->purses[money.token];
    return amount_add(purse->settled, money.amount, &purse->settled);
}

void wallet_restate(struct wallet *wallet, struct money money)
{
    if (wallet->purses[money.token].loose) wallet->purses[money.token].settled = money.amount;
}

struct amount wallet_available(const struct wallet *wallet, enum token token)
{
    const struct purse *purse = &wallet->purses[token];
    struct amount left = AMOUNT(0);
    if (!amount_sub(purse->settled, purse->reserved, &left)) return AMOUNT(0); /* the network charged more than was agreed */
    return left;
}

static bool reserve(struct wallet *wallet, struct money money)
{
    if (amount_cmp(money.amount, wallet_available(wallet, money.token)) > 0) return false;
    struct purse *purse = &wallet->purses[money.token];
    return amount_add(purse->reserved, money.amount, &purse->reserved);
}

static void unreserve(struct wallet *wallet, struct money money)
{
    struct purse *purse = &wallet->purses[money.token];
    const bool held = amount_sub(purse->reserved, money.amount, &purse->reserved);
    ASSERT(held);
}

static uint64_t nonce_take(struct lane_nonces *lane)
{
    if (lane->holes_count == 0) return lane->next++;
    const uint64_t nonce = lane->holes[0];
    memmove(lane->holes, lane->holes + 1, sizeof(*lane->holes) * (--lane->holes_count));
    return nonce;
}

/* Ascending; a hole at the very end of what was handed out just steps back. */
static void nonce_return(struct lane_nonces *lane, uint64_t nonce)
{
    if (nonce >= lane->next) return; /* a resync went below it: it will be handed out anyway */
    size_t at = lane->holes_count;
    while (at > 0 && lane->holes[at - 1] >= nonce) {
        if (lane->holes[at - 1] == nonce) return;
        at--;
    }
    if (lane->holes_count == lane->holes_cap) {
        lane->holes_cap = lane->holes_cap == 0 ? 4 : lane->holes_cap * 2;
        lane->holes = base_realloc(lane->holes, sizeof(*lane->holes) * lane->holes_cap);
    }
    memmove(lane->holes + at + 1, lane->holes + at, sizeof(*lane->holes) * (lane->holes_count - at));
    lane->holes[at] = nonce;
    lane->holes_count++;
    while (lane->holes_count > 0 && lane->holes[lane->holes_count - 1] + 1 == lane->next) {
        lane->next--;
        lane->holes_count--;
    }
}

bool wallet_reserve(struct wallet *wallet, enum chain_id chain, struct money amount, struct money fee, struct spend *out)
{
    if (!reserve(wallet, fee)) return false;
    if (!reserve(wallet, amount)) {
        unreserve(wallet, fee);
        return false;
    }
    struct lane_nonces *lane = lane_at(wallet, chain);
    lane->in_flight++;
    *out = (struct spend){.chain = chain, .nonce = nonce_take(lane), .amount = amount, .fee = fee, .open = true};
    return true;
}

static struct lane_nonces *spend_close(struct wallet *wallet, struct spend *spend)
{
    ASSERT(spend->open);
    spend->open = false;
    unreserve(wallet, spend->amount);
    unreserve(wallet, spend->fee);
    struct lane_nonces *lane = lane_at(wallet, spend->chain);
    ASSERT(lane->in_flight > 0);
    lane->in_flight--;
    return lane;
}

static void pay(struct wallet *wallet, enum token token, struct amount amount)
{
    struct purse *purse = &wallet->purses[token];
    /* A network that charges more than there was leaves nothing here; what it shows for the account will not agree. */
    if (!amount_sub(purse->settled, amount, &purse->settled)) purse->settled = AMOUNT(0);
}

void wallet_settle(struct wallet *wallet, struct spend *spend, bool success, struct amount charged)
{
    struct lane_nonces *lane = spend_close(wallet, spend);
    lane->executed++;
    pay(wallet, spend->fee.token, charged);
    if (success) pay(wallet, spend->amount.token, spend->amount.amount);
}

void wallet_release(struct wallet *wallet, struct spend *spend)
{
    const uint64_t nonce = spend->nonce;
    nonce_return(spend_close(wallet, spend), nonce);
}

void wallet_forfeit(struct wallet *wallet, struct spend *spend) { (void)spend_close(wallet, spend); }

void wallet_note(struct wallet *wallet, const struct spend *spend, bool success, struct amount charged)
{
    struct lane_nonces *lane = lane_at(wallet, spend->chain);
    lane->executed++;
    lane->next = MAX(lane->next, spend->nonce + 1);
    pay(wallet, spend->fee.token, charged);
    if (success) pay(wallet, spend->amount.token, spend->amount.amount);
}

void wallet_reclaim(struct wallet *wallet, enum chain_id chain, uint64_t nonce) { nonce_return(lane_at(wallet, chain), nonce); }

bool wallet_hole_below(const struct wallet *wallet, enum chain_id chain, uint64_t nonce, uint64_t *out)
{
    const struct lane_nonces *lane = &wallet->lanes[chain == CHAIN_DELTA];
    if (lane->holes_count == 0 || lane->holes[0] >= nonce) return false;
    *out = lane->holes[0];
    return true;
}

bool wallet_is_quiet(const struct wallet *wallet) { return wallet->lanes[0].in_flight == 0 && wallet->lanes[1].in_flight == 0; }

void wallet_resync(struct wallet *wallet, enum chain_id chain, uint64_t chain_next, uint64_t pending_next)
{
    struct lane_nonces *lane = lane_at(wallet, chain);
    size_t gone = 0;
    while (gone < lane->holes_count && lane->holes[gone] < chain_next) gone++;
    if (gone > 0) memmove(lane->holes, lane->holes + gone, sizeof(*lane->holes) * (lane->holes_count - gone));
    lane->holes_count -= (uint32_t)gone;
    if (lane->in_flight == 0) {
        lane->holes_count = 0;
        lane->next = MAX(chain_next, pending_next);
    } else if (lane->next < MAX(chain_next, pending_next)) {
        lane->next = MAX(chain_next, pending_next);
    }
    wallet->resyncs++;
}
