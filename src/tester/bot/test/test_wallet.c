/* The wallet must never hand out money or a nonce twice, nor forget one; a slow model is run beside it. */
#include "core/base/check.h"
#include "core/base/rng.h"
#include "core/base/vec.h"
#include "tester/bot/wallet.h"

static struct money ax(uint64_t n) { return (struct money){TOKEN_AX, AMOUNT(n)}; }

static struct wallet with(uint64_t n)
{
    struct wallet wallet;
    wallet_init(&wallet);
    CHECK(wallet_receive(&wallet, ax(n)));
    return wallet;
}

static void what_is_in_flight_cannot_be_spent_again(void)
{
    struct wallet w = with(1000);
    struct spend a, b;
    CHECK(wallet_reserve(&w, CHAIN_ALPHA, ax(600), ax(100), &a));
    CHECK(!wallet_reserve(&w, CHAIN_ALPHA, ax(300), ax(1), &b));
    CHECK_U64(wallet_available(&w, TOKEN_AX).units, 300);
    CHECK(wallet_reserve(&w, CHAIN_ALPHA, ax(200), ax(100), &b));
    CHECK_U64(a.nonce, 0);
    CHECK_U64(b.nonce, 1);
    wallet_settle(&w, &a, true, AMOUNT(100));
    CHECK_U64(wallet_available(&w, TOKEN_AX).units, 0);
    wallet_release(&w, &b);
    CHECK_U64(wallet_available(&w, TOKEN_AX).units, 300);
    CHECK_U64(w.lanes[0].executed, 1);
    wallet_done(&w);
}

static void a_refused_spend_that_is_not_affordable_changes_nothing(void)
{
    struct wallet w = with(100);
    struct spend a;
    CHECK(!wallet_reserve(&w, CHAIN_ALPHA, ax(90), ax(20), &a));
    CHECK_U64(wallet_available(&w, TOKEN_AX).units, 100);
    CHECK_U64(w.lanes[0].next, 0);
    CHECK(wallet_is_quiet(&w));
    wallet_done(&w);
}

static void a_failed_execution_costs_its_fee_and_its_nonce(void)
{
    struct wallet w = with(1000);
    struct spend a;
    CHECK(wallet_reserve(&w, CHAIN_ALPHA, ax(500), ax(100), &a));
    wallet_settle(&w, &a, false, AMOUNT(100));
    CHECK_U64(wallet_available(&w, TOKEN_AX).units, 900);
    CHECK_U64(w.lanes[0].executed, 1);
    wallet_done(&w);
}

static void holes_are_refilled_lowest_first(void)
{
    struct wallet w = with(10000);
    struct spend s[5];
    for (int i = 0; i < 5; i++) CHECK(wallet_reserve(&w, CHAIN_ALPHA, ax(1), ax(1), &s[i]));
    wallet_release(&w, &s[3]);
    wallet_release(&w, &s[1]);
    uint64_t hole;
    CHECK(wallet_hole_below(&w, CHAIN_ALPHA, 3, &hole));
    CHECK_U64(hole, 1);
    CHECK(!wallet_hole_below(&w, CHAIN_ALPHA, 1, &hole));
    struct spend again;
    CHECK(wallet_reserve(&w, CHAIN_ALPHA, ax(1), ax(1), &again));
    CHECK_U64(again.nonce, 1);
    CHECK(wallet_reserve(&w, CHAIN_ALPHA, ax(1), ax(1), &again));
    CHECK_U64(again.nonce, 3);
    CHECK(wallet_reserve(&w, CHAIN_ALPHA, ax(1), ax(1), &again));
    CHECK_U64(again.nonce, 5);
    wallet_done(&w);
}

static void the_last_nonce_given_back_is_no_hole(void)
{
    struct wallet w = with(10000);
    struct spend s[3];
    for (int i = 0; i < 3; i++) CHECK(wallet_reserve(&w, CHAIN_ALPHA, ax(1), ax(1), &s[i]));
    wallet_release(&w, &s[1]);
    wallet_release(&w, &s[2]);
    CHECK_U64(w.lanes[0].next, 1);
    CHECK_U64(w.lanes[0].holes_count, 0);
    wallet_done(&w);
}

static void a_resync_drops_holes_the_chain_has_passed(void)
{
    struct wallet w = with(10000);
    struct spend s[4];
    for (int i = 0; i < 4; i++) CHECK(wallet_reserve(&w, CHAIN_ALPHA, ax(1), ax(1), &s[i]));
    wallet_release(&w, &s[0]);
    wallet_release(&w, &s[2]);
    wallet_resync(&w, CHAIN_ALPHA, 1, 2);
    struct spend again;
    CHECK(wallet_reserve(&w, CHAIN_ALPHA, ax(1), ax(1), &again));
    CHECK_U64(again.nonce, 2);
    CHECK_U64(w.resyncs, 1);
    wallet_done(&w);
}

static void a_quiet_lane_goes_on_where_the_chain_says(void)
{
    struct wallet w = with(10000);
    struct spend a;
    wallet_resync(&w, CHAIN_ALPHA, 7, 9);
    CHECK(wallet_reserve(&w, CHAIN_ALPHA, ax(1), ax(1), &a));
    CHECK_U64(a.nonce, 9);
    wallet_forfeit(&w, &a);
    wallet_resync(&w, CHAIN_ALPHA, 5, 5); /* a restored network */
    CHECK(wallet_reserve(&w, CHAIN_ALPHA, ax(1), ax(1), &a));
    CHECK_U64(a.nonce, 5);
    wallet_done(&w);
}

static void a_forfeited_nonce_that_is_free_after_all_is_a_hole_again(void)
{
    struct wallet w = with(10000);
    struct spend a, b, c;
    CHECK(wallet_reserve(&w, CHAIN_ALPHA, ax(1), ax(1), &a));
    CHECK(wallet_reserve(&w, CHAIN_ALPHA, ax(1), ax(1), &b));
    wallet_forfeit(&w, &a);
    wallet_reclaim(&w, CHAIN_ALPHA, 0);
    wallet_reclaim(&w, CHAIN_ALPHA, 0); /* twice is once */
    wallet_reclaim(&w, CHAIN_ALPHA, 9); /* never handed out */
    CHECK_U64(w.lanes[0].holes_count, 1);
    CHECK(wallet_reserve(&w, CHAIN_ALPHA, ax(1), ax(1), &c));
    CHECK_U64(c.nonce, 0);
    CHECK(wallet_reserve(&w, CHAIN_ALPHA, ax(1), ax(1), &a));
    CHECK_U64(a.nonce, 2);
    wallet_done(&w);
}

static void the_lanes_of_two_chains_are_apart(void)
{
    struct wallet w = with(100);
    CHECK(wallet_receive(&w, (struct money){TOKEN_DX, AMOUNT(100)}));
    struct spend a, d;
    CHECK(wallet_reserve(&w, CHAIN_ALPHA, ax(1), ax(1), &a));
    CHECK(wallet_reserve(&w, CHAIN_DELTA, (struct money){TOKEN_DX, AMOUNT(1)}, (struct money){TOKEN_DX, AMOUNT(1)}, &d));
    CHECK_U64(a.nonce, 0);
    CHECK_U64(d.nonce, 0);
    wallet_done(&w);
}

static void amounts_beyond_128_bits_are_refused(void)
{
    struct wallet w = with(1);
    CHECK(!wallet_receive(&w, (struct money){TOKEN_AX, AMOUNT_MAX}));
    CHECK_U64(wallet_available(&w, TOKEN_AX).units, 1);
    wallet_done(&w);
}

static void a_network_that_overcharges_does_not_wrap_the_purse(void)
{
    struct wallet w = with(1000);
    struct spend a, b;
    CHECK(wallet_reserve(&w, CHAIN_ALPHA, ax(100), ax(100), &a));
    CHECK(wallet_reserve(&w, CHAIN_ALPHA, ax(100), ax(100), &b));
    wallet_settle(&w, &a, true, AMOUNT(5000));
    CHECK_U64(wallet_available(&w, TOKEN_AX).units, 0);
    wallet_release(&w, &b);
    CHECK_U64(wallet_available(&w, TOKEN_AX).units, 0);
    wallet_done(&w);
}

/* Model: a list of every nonce and what became of it. */
enum fate { FREE, FLYING, EXECUTED };

static void a_random_life_agrees_with_the_model(void)
{
    for (uint64_t seed = 1; seed <= 200; seed++) {
        struct rng rng;
        rng_init(&rng, seed);
        struct wallet w = with(1000000);
        uint64_t balance = 1000000, executed = 0;
        static enum fate fate[4096];
        memset(fate, 0, sizeof(fate));
        VEC(struct spend) flying = {0};
        for (int step = 0; step < 600; step++) {
            if (flying.count == 0 || rng_below(&rng, 2) == 0) {
                struct spend s;
                const uint64_t amount = rng_below(&rng, 5000), fee = rng_below(&rng, 300);
                uint64_t held = 0;
                for (size_t i = 0; i < flying.count; i++)
                    held += (uint64_t)(flying.data[i].amount.amount.units + flying.data[i].fee.amount.units);
                const bool affordable = held + amount + fee <= balance;
                CHECK(wallet_reserve(&w, CHAIN_ALPHA, ax(amount), ax(fee), &s) == affordable);
                if (!affordable) continue;
                uint64_t lowest = 0;
                while (fate[lowest] != FREE) lowest++;
                CHECK_U64(s.nonce, lowest);
                fate[lowest] = FLYING;
                vec_push(&flying, s);
                continue;
            }
            const size_t i = rng_below(&rng, flying.count);
            struct spend s = flying.data[i];
            vec_remove(&flying, i);
            if (rng_below(&rng, 3) == 0) {
                wallet_release(&w, &s);
                fate[s.nonce] = FREE;
            } else {
                const bool success = rng_below(&rng, 4) != 0;
                wallet_settle(&w, &s, success, s.fee.amount);
                fate[s.nonce] = EXECUTED;
                executed++;
                balance -= (uint64_t)s.fee.amount.units + (success ? (uint64_t)s.amount.amount.units : 0);
            }
        }
        for (size_t i = 0; i < flying.count; i++) wallet_release(&w, &flying.data[i]);
        CHECK_U64(wallet_available(&w, TOKEN_AX).units, balance);
        CHECK_U64(w.lanes[0].executed, executed);
        CHECK(wallet_is_quiet(&w));
        vec_done(&flying);
        wallet_done(&w);
    }
}

int main(void)
{
    RUN(what_is_in_flight_cannot_be_spent_again);
    RUN(a_refused_spend_that_is_not_affordable_changes_nothing);
    RUN(a_failed_execution_costs_its_fee_and_its_nonce);
    RUN(holes_are_refilled_lowest_first);
    RUN(the_last_nonce_given_back_is_no_hole);
    RUN(a_resync_drops_holes_the_chain_has_passed);
    RUN(a_quiet_lane_goes_on_where_the_chain_says);
    RUN(a_forfeited_nonce_that_is_free_after_all_is_a_hole_again);
    RUN(the_lanes_of_two_chains_are_apart);
    RUN(amounts_beyond_128_bits_are_refused);
    RUN(a_network_that_overcharges_does_not_wrap_the_purse);
    RUN(a_random_life_agrees_with_the_model);
    return 0;
}
