/* INV-14 is fed auctions in blocks, and then what a name's record says of them: other winners, other prices, deposits that stay. */
#include "blocks.h"

static const struct str name = STR("alice");

static void sent(uint32_t height, uint8_t who, enum kind kind, const union payload *payload, struct hash *out_id)
{
    struct tx *txs[] = {make(who, kind, payload)};
    if (out_id) *out_id = txs[0]->id;
    give(CHAIN_ALPHA, height, txs, 1);
}

static struct hash salt_of(uint8_t who) { return (struct hash){{9, who}}; }

static void commit(uint32_t height, uint8_t who, uint64_t bid, uint64_t deposit)
{
    struct buf bytes = {0};
    const struct address bidder = address_of(who);
    const struct hash salt = salt_of(who);
    bin_put_str(&bytes, name);
    bin_put_bytes(&bytes, &bidder, sizeof(bidder));
    bin_put_u128(&bytes, bid);
    bin_put_bytes(&bytes, &salt, sizeof(salt));
    const union payload payload = {.name_commit = {name, hash_tagged("adnet/bid/v1", bytes.data, bytes.len), AMOUNT(deposit)}};
    buf_done(&bytes);
    sent(height, who, KIND_NAME_COMMIT, &payload, NULL);
}
static void reveal(uint32_t height, uint8_t who, uint64_t bid)
{
    const union payload payload = {.name_reveal = {name, AMOUNT(bid), salt_of(who)}};
    sent(height, who, KIND_NAME_REVEAL, &payload, NULL);
}

/* Commits end with block 11, reveals with block 21. */
static void open(void)
{
    const union payload payload = {.auction_open = {name, AMOUNT(100), 10, 10}};
    start();
    sent(1, 0, KIND_NAME_AUCTION_OPEN, &payload, NULL);
}
static struct hash finalize(uint32_t height)
{
    struct hash id;
    const union payload payload = {.name = {name}};
    sent(height, 0, KIND_NAME_FINALIZE, &payload, &id);
    CHECK_U64(judge.auction.due.count, 1);
    return id;
}
static void says(uint8_t winner, uint64_t price)
{
    const struct name_view view = {.name = name, .phase = NAME_FINALIZED, .commit_end = 11, .reveal_end = 21, .winner = {winner != 255, address_of(winner)},
                                   .price = {true, AMOUNT(price)}};
    judge_auction_name(&judge, judge.auction.due.data[0], &view);
}
static void deposits_are(uint32_t height, uint64_t units)
{
    struct supply supply = {.finalized_height = height, .tokens_count = 1};
    supply.tokens[0] = (struct supply_token){.token = TOKEN_AX, .genesis = AMOUNT(50000), .deposits = AMOUNT(units), .free = AMOUNT(50000 - units),
                                             .total = AMOUNT(50000), .ok = true};
    judge_chain_supply(&judge, CHAIN_ALPHA, &supply);
}

/* 1 bids 9000, 2 bids 4000, 3 does not reveal. */
static void three_bid(void)
{
    open();
    commit(2, 1, 9000, 9500);
    commit(3, 2, 4000, 4000);
    commit(4, 3, 9900, 9900);
    reveal(12, 2, 4000);
    reveal(13, 1, 9000);
    deposits_are(21, 23400);
}

static void an_honest_auction_violates_nothing(void)
{
    three_bid();
    (void)finalize(22);
    deposits_are(22, 0);
    says(1, 4000);
    const union payload claim = {.name = {name}};
    sent(23, 1, KIND_NAME_CLAIM, &claim, NULL);
    if (told) CHECK_FAIL("%s", last.text);
    CHECK_U64(judge.state[14].samples, 5);
    finish();
}

static void the_first_price_is_told(void)
{
    three_bid();
    const struct hash by = finalize(22);
    says(1, 9000);
    CHECK_U64(judge.state[14].violations, 1);
    CHECK(hash_eq(&last.subject, &by) && last.height == 22 && strstr(last.text, "at 9000; the second highest bid is 4000"));
    finish();
}

static void another_winner_is_told(void)
{
    three_bid();
    (void)finalize(22);
    says(2, 4000);
    CHECK_U64(judge.state[14].violations, 1);
    CHECK(strstr(last.text, "did not bid the most"));
    finish();
}

static void a_deposit_that_loses_a_unit_is_told(void)
{
    three_bid();
    const struct hash by = finalize(22);
    deposits_are(22, 1);
    CHECK_U64(judge.state[14].violations, 1);
    CHECK(hash_eq(&last.subject, &by) && strstr(last.text, "23400 went in, 23399 leave"));
    finish();
}

static void of_equal_bids_the_earlier_commit_wins_at_its_own_price(void)
{
    open();
    commit(2, 1, 500, 500);
    commit(3, 2, 500, 500);
    reveal(12, 2, 500);
    reveal(13, 1, 500);
    (void)finalize(22);
    says(1, 500);
    CHECK_U64(told, 0);
    says(2, 500);
    CHECK_U64(told, 1);
    finish();
}

static void a_lone_bid_pays_the_least(void)
{
    open();
    commit(2, 1, 500, 500);
    reveal(12, 1, 500);
    (void)finalize(22);
    says(1, 100);
    CHECK_U64(told, 0);
    says(1, 101);
    CHECK_U64(told, 1);
    finish();
}

static void a_winner_without_a_reveal_is_told(void)
{
    open();
    commit(2, 1, 500, 500);
    (void)finalize(22);
    says(255, 0);
    CHECK_U64(told, 0);
    says(1, 100);
    CHECK_U64(told, 1);
    finish();
}

static void a_reveal_that_is_not_its_commit_is_told(void)
{
    open();
    commit(2, 1, 500, 500);
    reveal(12, 1, 501);
    CHECK_U64(judge.state[14].violations, 1);
    reveal(22, 1, 500); /* too late */
    CHECK_U64(judge.state[14].violations, 2);
    CHECK(strstr(last.text, "not valid"));
    finish();
}

static void a_claim_by_somebody_else_is_told(void)
{
    three_bid();
    (void)finalize(22);
    const union payload claim = {.name = {name}};
    struct hash by;
    sent(23, 2, KIND_NAME_CLAIM, &claim, &by);
    CHECK_U64(judge.state[14].violations, 1);
    CHECK(hash_eq(&last.subject, &by) && strstr(last.text, "did not win"));
    finish();
}

int main(void)
{
    RUN(an_honest_auction_violates_nothing);
    RUN(the_first_price_is_told);
    RUN(another_winner_is_told);
    RUN(a_deposit_that_loses_a_unit_is_told);
    RUN(of_equal_bids_the_earlier_commit_wins_at_its_own_price);
    RUN(a_lone_bid_pays_the_least);
    RUN(a_winner_without_a_reveal_is_told);
    RUN(a_reveal_that_is_not_its_commit_is_told);
    RUN(a_claim_by_somebody_else_is_told);
    return 0;
}
