/* Names: the codes in order, the phases, what each switch removes, and random auctions against a slow model. */
#include "core/codec/binary.h"
#include "network/ledger/names_view.h"

#include "act.h"

static struct town town;

static union payload opening(const char *name, u128 min_bid, uint32_t commit, uint32_t reveal)
{
    return (union payload){.auction_open = {str_of(name), {min_bid}, commit, reveal}};
}
static struct hash commitment_of(const char *name, size_t bidder, u128 bid, uint8_t salt)
{
    struct buf bytes = {0};
    struct hash salted;
    memset(&salted, salt, sizeof(salted));
    bin_put_str(&bytes, str_of(name));
    bin_put_bytes(&bytes, &town.people[bidder].address, 32);
    bin_put_u128(&bytes, bid);
    bin_put_bytes(&bytes, &salted, 32);
    const struct hash hash = hash_tagged("adnet/bid/v1", bytes.data, bytes.len);
    buf_done(&bytes);
    return hash;
}
static union payload committing(const char *name, size_t bidder, u128 bid, uint8_t salt, u128 deposit)
{
    return (union payload){.name_commit = {str_of(name), commitment_of(name, bidder, bid, salt), {deposit}}};
}
static union payload revealing(const char *name, u128 bid, uint8_t salt)
{
    union payload payload = {.name_reveal = {str_of(name), {bid}, {{0}}}};
    memset(&payload.name_reveal.salt, salt, sizeof(payload.name_reveal.salt));
    return payload;
}
static union payload named(const char *name) { return (union payload){.name = {str_of(name)}}; }

static void open_auction(const char *name, u128 min_bid, uint32_t commit, uint32_t reveal)
{
    const union payload payload = opening(name, min_bid, commit, reveal);
    act_well(&town, 0, KIND_NAME_AUCTION_OPEN, &payload);
}
static void commit_bid(const char *name, size_t bidder, u128 bid, uint8_t salt, u128 deposit)
{
    const union payload payload = committing(name, bidder, bid, salt, deposit);
    act_well(&town, bidder, KIND_NAME_COMMIT, &payload);
}
static void reveal_bid(const char *name, size_t bidder, u128 bid, uint8_t salt)
{
    const union payload payload = revealing(name, bid, salt);
    act_well(&town, bidder, KIND_NAME_REVEAL, &payload);
}
static void refused(size_t person, enum kind kind, union payload payload, enum code code, enum receipt_field field)
{
    act_is(&town, person, kind, &payload, code, field);
}
static struct name_view view(const char *name)
{
    struct name_view out;
    CHECK(ledger_name_view(town.state, str_of(name), &out));
    return out;
}

static bool owned_by(struct opt_address who, size_t person)
{
    return who.has && address_eq(&who.value, &town.people[person].address);
}

static void the_winner_pays_the_second_bid(void)
{
    town_init(&town, 1);
    open_auction("alice", 100, 4, 4); /* height 1: commit until 5, reveal until 9 */
    CHECK_U64(view("alice").phase, NAME_COMMIT);
    commit_bid("alice", 1, 5000, 1, 6000);
    commit_bid("alice", 2, 4000, 2, 4000);
    commit_bid("alice", 3, 9000, 3, 9000); /* never revealed */
    wait_until(&town, 5);
    CHECK_U64(view("alice").phase, NAME_REVEAL);
    reveal_bid("alice", 1, 5000, 1);
    reveal_bid("alice", 2, 4000, 2);
    const u128 before[] = {0, town_free(&town, 1), town_free(&town, 2), town_free(&town, 3)};
    wait_until(&town, 9);
    CHECK_U64(view("alice").phase, NAME_ENDED);
    refused(1, KIND_NAME_CLAIM, named("alice"), CODE_AUCTION_PHASE_MISMATCH, RECEIPT_FIELD_NAME);
    const union payload name = named("alice");
    act_well(&town, 4, KIND_NAME_FINALIZE, &name);
    CHECK(town_free(&town, 1) == before[1] - 5000 + 6000 - 4000);
    CHECK(town_free(&town, 2) == before[2] + 4000);
    CHECK(town_free(&town, 3) == before[3] + 9000 - 900);
    const struct name_view end = view("alice");
    CHECK(end.phase == NAME_FINALIZED && end.commits == 3 && end.reveals == 2 && !end.owner.has);
    CHECK(end.winner.has && address_eq(&end.winner.value, &town.people[1].address) && end.price.value.units == 4000);
    refused(4, KIND_NAME_FINALIZE, name, CODE_ALREADY_EXECUTED, RECEIPT_FIELD_NAME);
    refused(2, KIND_NAME_CLAIM, name, CODE_NOT_WINNER, RECEIPT_FIELD_SENDER);
    act_well(&town, 1, KIND_NAME_CLAIM, &name);
    CHECK(owned_by(view("alice").owner, 1));
    refused(1, KIND_NAME_CLAIM, name, CODE_ALREADY_EXECUTED, RECEIPT_FIELD_NAME);
    refused(0, KIND_NAME_AUCTION_OPEN, opening("alice", 1, 2, 2), CODE_ALREADY_EXISTS, RECEIPT_FIELD_NAME);
    town_done(&town);
}

static void every_kind_has_its_codes(void)
{
    town_init(&town, 1);
    static const char *const bad[] = {"ab", "-abc", "abc-", "Alice", "a.b"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        refused(0, KIND_NAME_AUCTION_OPEN, opening(bad[i], 1, 2, 2), CODE_INVALID_NAME, RECEIPT_FIELD_NAME);
    refused(1, KIND_NAME_COMMIT, committing("bob", 1, 5, 1, 5), CODE_NAME_NOT_FOUND, RECEIPT_FIELD_NAME);
    refused(1, KIND_NAME_REVEAL, revealing("bob", 5, 1), CODE_NAME_NOT_FOUND, RECEIPT_FIELD_NAME);
    refused(1, KIND_NAME_FINALIZE, named("bob"), CODE_NAME_NOT_FOUND, RECEIPT_FIELD_NAME);
    refused(1, KIND_NAME_CLAIM, named("bob"), CODE_NAME_NOT_FOUND, RECEIPT_FIELD_NAME);
    open_auction("bob", 1000, 12, 12);
    const uint32_t opened = ledger_height(town.state);
    refused(1, KIND_NAME_REVEAL, revealing("bob", 5, 1), CODE_AUCTION_PHASE_MISMATCH, RECEIPT_FIELD_NAME);
    refused(1, KIND_NAME_COMMIT, committing("bob", 1, 5, 1, 999), CODE_INSUFFICIENT_DEPOSIT, RECEIPT_FIELD_DEPOSIT);
    refused(1, KIND_NAME_COMMIT, committing("bob", 1, 5, 1, (u128)PEOPLE_BALANCE * 2), CODE_INSUFFICIENT_BALANCE, RECEIPT_FIELD_DEPOSIT);
    commit_bid("bob", 1, 2000, 1, 2000);
    refused(1, KIND_NAME_COMMIT, committing("bob", 1, 2000, 1, 2000), CODE_ALREADY_EXISTS, RECEIPT_FIELD_COMMITMENT);
    commit_bid("bob", 2, 500, 2, 2000);  /* below the reserve */
    commit_bid("bob", 3, 3000, 3, 2000); /* above its deposit */
    wait_until(&town, opened + 12);
    refused(1, KIND_NAME_COMMIT, committing("bob", 1, 7, 1, 2000), CODE_AUCTION_PHASE_MISMATCH, RECEIPT_FIELD_NAME);
    refused(9, KIND_NAME_REVEAL, revealing("bob", 2000, 1), CODE_COMMITMENT_NOT_FOUND, RECEIPT_FIELD_NAME);
    refused(1, KIND_NAME_REVEAL, revealing("bob", 2000, 9), CODE_REVEAL_MISMATCH, RECEIPT_FIELD_SALT);
    refused(3, KIND_NAME_REVEAL, revealing("bob", 3000, 3), CODE_REVEAL_MISMATCH, RECEIPT_FIELD_SALT);
    refused(2, KIND_NAME_REVEAL, revealing("bob", 500, 2), CODE_BELOW_RESERVE, RECEIPT_FIELD_BID);
    refused(1, KIND_NAME_FINALIZE, named("bob"), CODE_AUCTION_PHASE_MISMATCH, RECEIPT_FIELD_NAME);
    reveal_bid("bob", 1, 2000, 1);
    refused(1, KIND_NAME_REVEAL, revealing("bob", 2000, 1), CODE_COMMITMENT_NOT_FOUND, RECEIPT_FIELD_NAME);
    town_done(&town);
}

static void a_name_that_nobody_won_can_be_put_up_again(void)
{
    town_init(&town, 1);
    open_auction("carol", 1000, 3, 2);
    commit_bid("carol", 1, 2000, 1, 2000);
    wait_until(&town, 6);
    const union payload name = named("carol");
    act_well(&town, 1, KIND_NAME_FINALIZE, &name);
    CHECK(!view("carol").winner.has);
    open_auction("carol", 1, 3, 2);
    CHECK_U64(view("carol").commits, 0);
    town_done(&town);
}

static void without_the_phase_guard_everything_goes(void)
{
    town_init(&town, 1);
    weakness_put(&town.rules.weak, WEAKNESS_NO_AUCTION_PHASE_CHECK, true);
    open_auction("dave", 1000, 50, 50);
    reveal_bid("dave", 1, 400, 1); /* no commit, wrong phase, below the reserve */
    CHECK_U64(view("dave").reveals, 1);
    const union payload name = named("dave");
    act_well(&town, 2, KIND_NAME_CLAIM, &name); /* by somebody who never bid */
    CHECK(owned_by(view("dave").owner, 2));
    town_done(&town);
}

static void with_the_first_price_the_winner_pays_its_own_bid(void)
{
    for (int weak = 0; weak < 2; weak++) {
        town_init(&town, 1);
        weakness_put(&town.rules.weak, WEAKNESS_FIRST_PRICE_AUCTION, weak == 1);
        open_auction("erin", 100, 3, 3);
        commit_bid("erin", 1, 700, 1, 700);
        wait_until(&town, 4);
        reveal_bid("erin", 1, 700, 1);
        wait_until(&town, 7);
        const union payload name = named("erin");
        act_well(&town, 1, KIND_NAME_FINALIZE, &name);
        CHECK(view("erin").price.value.units == (weak ? 700 : 100));
        town_done(&town);
    }
}

static void a_missing_name_is_made_on_a_weak_network_alone(void)
{
    town_init(&town, 1);
    weakness_put(&town.rules.weak, WEAKNESS_CREATE_ON_MISSING, true);
    commit_bid("ghost", 1, 700, 1, 700);
    CHECK_U64(view("ghost").commits, 1);
    town_done(&town);
}

/* One auction of many bidders, and what it should come to. */
static void auction_round(struct rng *rng, const char *name)
{
    enum { BIDDERS = 12 };
    u128 bids[BIDDERS], deposits[BIDDERS];
    bool revealed[BIDDERS] = {false};
    const u128 reserve = 50 + rng_below(rng, 200);
    const uint32_t opened = ledger_height(town.state) + 1;
    open_auction(name, reserve, BIDDERS + 1, BIDDERS + 1);
    u128 first = 0, second = reserve, treasury = 0;
    size_t winner = BIDDERS;
    for (size_t i = 0; i < BIDDERS; i++) {
        bids[i] = 1 + rng_below(rng, 300);
        deposits[i] = MAX(bids[i], reserve) + rng_below(rng, 50);
        commit_bid(name, i + 10, bids[i], (uint8_t)i, deposits[i]);
    }
    wait_until(&town, opened + BIDDERS + 1);
    u128 before[BIDDERS];
    for (size_t i = 0; i < BIDDERS; i++) {
        if (bids[i] >= reserve && rng_below(rng, 4) > 0) {
            reveal_bid(name, i + 10, bids[i], (uint8_t)i);
            revealed[i] = true;
            if (bids[i] > first) winner = i;
            if (bids[i] > first && first > second) second = first;
            if (bids[i] <= first && bids[i] > second) second = bids[i];
            if (bids[i] > first) first = bids[i];
        }
        before[i] = town_free(&town, i + 10);
    }
    wait_until(&town, opened + 2 * (BIDDERS + 1));
    static struct supply was, now;
    ledger_supply(town.state, &was);
    const union payload payload = named(name);
    act_well(&town, 0, KIND_NAME_FINALIZE, &payload);
    ledger_supply(town.state, &now);
    for (size_t i = 0; i < BIDDERS; i++) {
        const u128 kept = i == winner ? second : revealed[i] ? 0 : deposits[i] / 10;
        treasury += kept;
        CHECK(town_free(&town, i + 10) == before[i] + deposits[i] - kept);
    }
    CHECK(now.tokens[0].treasury.units == was.tokens[0].treasury.units + treasury);
    CHECK(now.tokens[0].deposits.units == 0);
    CHECK(view(name).winner.has == (winner < BIDDERS));
    if (winner < BIDDERS) CHECK(owned_by(view(name).winner, winner + 10));
}

static void random_auctions_come_to_what_they_should(void)
{
    struct rng rng;
    rng_init(&rng, 3);
    for (unsigned i = 0; i < 12; i++) {
        town_init(&town, 1);
        for (unsigned k = 0; k < 3; k++) {
            char name[16];
            snprintf(name, sizeof(name), "name-%u-%u", i, k);
            auction_round(&rng, name);
        }
        town_done(&town);
    }
}

int main(void)
{
    RUN(the_winner_pays_the_second_bid);
    RUN(every_kind_has_its_codes);
    RUN(a_name_that_nobody_won_can_be_put_up_again);
    RUN(without_the_phase_guard_everything_goes);
    RUN(with_the_first_price_the_winner_pays_its_own_bid);
    RUN(a_missing_name_is_made_on_a_weak_network_alone);
    RUN(random_auctions_come_to_what_they_should);
    return 0;
}
