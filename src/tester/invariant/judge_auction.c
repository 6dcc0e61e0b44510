#include "tester/invariant/judge_auction.h"

#include <inttypes.h>

#include "chain/payload.h"
#include "tester/invariant/judge.h"

void judge_auction_init(struct judge_auction *auction) { *auction = (struct judge_auction){0}; }

void judge_auction_done(struct judge_auction *auction)
{
    for (size_t i = 0; i < auction->auctions.count; i++) {
        vec_done(&auction->auctions.data[i]->bids);
        base_free(auction->auctions.data[i]);
    }
    vec_done(&auction->auctions);
    vec_done(&auction->due);
    vec_done(&auction->stated);
}

struct short_id {
    char text[17];
};
static struct short_id short_of(const struct hash *id)
{
    struct short_id text;
    str_hex(id->b, 8, text.text);
    text.text[16] = 0;
    return text;
}
static struct str name_of(const struct auction_seen *seen) { return (struct str){seen->name, seen->name_len}; }

/* The newest of a name; NULL: none. */
static struct auction_seen *find(struct judge *judge, struct str name, uint32_t *out_number)
{
    struct judge_auction *auction = &judge->auction;
    for (size_t i = auction->auctions.count; i-- > 0;)
        if (str_eq(name_of(auction->auctions.data[i]), name)) {
            *out_number = (uint32_t)i;
            return auction->auctions.data[i];
        }
    return NULL;
}

/* ---- blocks ---- */

static void open_take(struct judge *judge, uint32_t height, const struct payload_auction_open *open)
{
    struct auction_seen *seen = base_alloc(sizeof(*seen));
    *seen = (struct auction_seen){.min_bid = open->min_bid};
    seen->name_len = (uint8_t)MIN(open->name.len, sizeof(seen->name) - 1);
    memcpy(seen->name, open->name.data, seen->name_len);
    seen->commit_end = (uint32_t)MIN((uint64_t)height + open->commit_blocks, (uint64_t)UINT32_MAX);
    seen->reveal_end = (uint32_t)MIN((uint64_t)seen->commit_end + open->reveal_blocks, (uint64_t)UINT32_MAX);
    vec_push(&judge->auction.auctions, seen);
}

static struct hash commitment_of(struct str name, const struct address *bidder, struct amount bid, const struct hash *salt)
{
    struct buf bytes = {0};
    bin_put_str(&bytes, name);
    bin_put_bytes(&bytes, bidder, sizeof(*bidder));
    bin_put_u128(&bytes, bid.units);
    bin_put_bytes(&bytes, salt, sizeof(*salt));
    const struct hash hash = hash_tagged("adnet/bid/v1", bytes.data, bytes.len);
    buf_done(&bytes);
    return hash;
}

static void reveal_take(struct judge *judge, uint32_t height, const struct tx *tx, struct auction_seen *seen, const struct payload_name_reveal *reveal)
{
    const struct hash commitment = commitment_of(reveal->name, &tx->sender, reveal->bid, &reveal->salt);
    judge->state[14].samples++;
    for (size_t i = 0; seen && i < seen->bids.count; i++) {
        struct auction_bid *bid = &seen->bids.data[i];
        if (bid->revealed || !address_eq(&bid->bidder, &tx->sender) || !hash_eq(&bid->commitment, &commitment)) continue;
        if (height <= seen->commit_end || height > seen->reveal_end || amount_cmp(reveal->bid, bid->deposit) > 0 || amount_cmp(reveal->bid, seen->min_bid) < 0) break;
        bid->revealed = true;
        bid->bid = reveal->bid;
        return;
    }
    judge_violation(judge, 14, height, &tx->id, "block %" PRIu32 ": transaction %s reveals a bid on " STR_FMT " that is not valid", height, short_of(&tx->id).text,
                    STR_ARG(reveal->name));
}

static void finalize_take(struct judge *judge, uint32_t height, const struct tx *tx, struct auction_seen *seen, uint32_t number)
{
    struct amount first = AMOUNT(0);
    seen->price = seen->min_bid;
    for (size_t i = 0; i < seen->bids.count; i++) {
        const struct auction_bid *bid = &seen->bids.data[i];
        seen->deposits.units += bid->deposit.units;
        if (!bid->revealed) continue;
        const bool leads = !seen->has_winner || amount_cmp(bid->bid, first) > 0;
        const struct amount loser = leads ? first : bid->bid;
        if (seen->has_winner && amount_cmp(loser, seen->price) > 0) seen->price = loser;
        if (!leads) continue;
        seen->has_winner = true;
        seen->winner = bid->bidder;
        first = bid->bid;
    }
    seen->finalized = true;
    seen->finalized_height = height;
    seen->finalize = tx->id;
    vec_push(&judge->auction.due, number);
}

static void claim_take(struct judge *judge, uint32_t height, const struct tx *tx, const struct auction_seen *seen, struct str name)
{
    judge->state[14].samples++;
    if (seen && seen->finalized && seen->has_winner && address_eq(&seen->winner, &tx->sender)) return;
    judge_violation(judge, 14, height, &tx->id, "block %" PRIu32 ": transaction %s claims " STR_FMT " and its sender did not win it", height, short_of(&tx->id).text,
                    STR_ARG(name));
}

static void transaction_take(struct judge *judge, uint32_t height, const struct tx *tx)
{
    const enum kind kind = (enum kind)tx->kind;
    if (kind < KIND_NAME_AUCTION_OPEN || kind > KIND_NAME_CLAIM) return;
    struct arena arena;
    union payload p;
    uint32_t number = 0;
    arena_init(&arena, 0);
    payload_of_tx(tx, &arena, &p);
    if (kind == KIND_NAME_AUCTION_OPEN) {
        open_take(judge, height, &p.auction_open);
    } else if (kind == KIND_NAME_COMMIT) {
        struct auction_seen *seen = find(judge, p.name_commit.name, &number);
        if (seen && height <= seen->commit_end)
            vec_push(&seen->bids, ((struct auction_bid){.bidder = tx->sender, .commitment = p.name_commit.commitment, .deposit = p.name_commit.deposit}));
    } else if (kind == KIND_NAME_REVEAL) {
        reveal_take(judge, height, tx, find(judge, p.name_reveal.name, &number), &p.name_reveal);
    } else {
        struct auction_seen *seen = find(judge, p.name.name, &number);
        if (kind == KIND_NAME_CLAIM) claim_take(judge, height, tx, seen, p.name.name);
        else if (seen && !seen->finalized) finalize_take(judge, height, tx, seen, number);
    }
    arena_done(&arena);
}

/* ---- what goes out ---- */

static bool stated_at(const struct judge_auction *auction, uint32_t height, u128 *out)
{
    for (size_t i = 0; i < auction->stated.count; i++) {
        if (auction->stated.data[i].height != height) continue;
        *out = auction->stated.data[i].held;
        return true;
    }
    return false;
}

/* Deposits of governors and proposals are in the same holding. */
static bool moves_other_deposits(enum kind kind) { return kind >= KIND_GOVERNOR_REGISTER && kind <= KIND_PROPOSAL_CANCEL && kind != KIND_PROPOSAL_VOTE; }

/* Of a block where one finalization alone moves deposits, and whose reading and the one before are both there. */
static void sums_judge(struct judge *judge, uint32_t height)
{
    u128 before, after;
    const struct auction_seen *only = NULL;
    for (size_t i = 0; i < judge->auction.auctions.count; i++) {
        const struct auction_seen *seen = judge->auction.auctions.data[i];
        if (seen->finalized && seen->finalized_height == height) only = seen;
    }
    if (only == NULL || !only->alone || !stated_at(&judge->auction, height - 1, &before) || !stated_at(&judge->auction, height, &after)) return;
    judge->state[14].samples++;
    if (before - after == only->deposits.units) return;
    char in[U128_TEXT], out[U128_TEXT];
    u128_text(only->deposits.units, in);
    u128_text(before - after, out);
    judge_violation(judge, 14, height, &only->finalize, "block %" PRIu32 ": transaction %s ends the auction of " STR_FMT ": %s went in, %s leave the deposits", height,
                    short_of(&only->finalize).text, STR_ARG(name_of(only)), in, out);
}

void judge_auction_supply(struct judge *judge, const struct supply *supply)
{
    struct judge_auction *auction = &judge->auction;
    if (auction->stated.count > 0 && vec_last(&auction->stated).height >= supply->finalized_height) return;
    for (uint32_t i = 0; i < supply->tokens_count; i++)
        if (supply->tokens[i].token == TOKEN_AX)
            vec_push(&auction->stated, ((struct auction_deposits){supply->finalized_height, supply->tokens[i].deposits.units}));
    if (auction->stated.count > 64) vec_remove(&auction->stated, 0);
    if (supply->finalized_height <= judge->read_height) sums_judge(judge, supply->finalized_height);
}

void judge_auction_block(struct judge *judge, const struct block_view *block)
{
    if (block->transactions_count == 0 || !receipts_are_proven(block)) return;
    struct judge_auction *auction = &judge->auction;
    uint32_t moves = 0;
    for (uint32_t i = 0; i < block->transactions_count; i++) {
        const struct tx *tx = block->transactions[i].envelope;
        if (!receipt_success(&block->transactions[i].receipt)) continue;
        transaction_take(judge, block->header.height, tx);
        moves += tx->kind == KIND_NAME_COMMIT || tx->kind == KIND_NAME_FINALIZE;
        auction->others |= moves_other_deposits((enum kind)tx->kind);
    }
    for (size_t i = 0; i < auction->auctions.count; i++)
        if (auction->auctions.data[i]->finalized_height == block->header.height) auction->auctions.data[i]->alone = moves == 1 && !auction->others;
    sums_judge(judge, block->header.height);
}

/* ---- X11 ---- */

void judge_auction_name(struct judge *judge, uint32_t number, const struct name_view *view)
{
    const struct auction_seen *seen = judge->auction.auctions.data[number];
    const struct amount price = seen->has_winner ? seen->price : AMOUNT(0);
    if (view->phase != NAME_FINALIZED && view->phase != NAME_CLAIMED) return; /* put up again meanwhile */
    if (view->reveal_end != seen->reveal_end) return;                        /* likewise */
    judge->state[14].samples++;
    const uint32_t height = seen->finalized_height;
    const struct short_id by = short_of(&seen->finalize);
    if (view->winner.has != seen->has_winner || (seen->has_winner && !address_eq(&view->winner.value, &seen->winner)))
        judge_violation(judge, 14, height, &seen->finalize, "block %" PRIu32 ": transaction %s ends the auction of " STR_FMT " for somebody who did not bid the most", height,
                        by.text, STR_ARG(name_of(seen)));
    if (!seen->has_winner || (view->price.has && amount_eq(view->price.value, price))) return;
    char is[U128_TEXT], right[U128_TEXT];
    u128_text(view->price.value.units, is);
    u128_text(price.units, right);
    judge_violation(judge, 14, height, &seen->finalize, "block %" PRIu32 ": transaction %s ends the auction of " STR_FMT " at %s; the second highest bid is %s", height, by.text,
                    STR_ARG(name_of(seen)), view->price.has ? is : "no price", right);
}
