/* Images of states: what is read again is the same state in every part and goes on the same way; what was changed is refused. */
#include "network/ledger/image.h"

#include "core/base/rng.h"
#include "market_fixture.h"
#include "staking_fixture.h"

static void same_maps(const struct ordmap *a, const struct ordmap *b)
{
    struct ordmap_entry x, y;
    CHECK_U64(a->count, b->count);
    bool more = ordmap_first(a, STR(""), &x), too = ordmap_first(b, STR(""), &y);
    while (more && too) {
        CHECK(str_eq(x.key, y.key) && str_eq(x.value, y.value));
        more = ordmap_above(a, x.key, &x);
        too = ordmap_above(b, y.key, &y);
    }
    CHECK(!more && !too);
}

static void same_states(const struct ledger_state *a, const struct ledger_state *b)
{
    const struct hash roots[] = {statemap_root(a->map), statemap_root(b->map)};
    CHECK(hash_eq(&a->root, &b->root) && hash_eq(&roots[0], &roots[1]));
    CHECK_U64(a->height, b->height);
    CHECK_U64(a->chain, b->chain);
    CHECK_U64(statemap_count(a->map), statemap_count(b->map));
    same_maps(&a->objects, &b->objects);
    CHECK_U64(a->roster->count, b->roster->count);
    for (uint32_t i = 0; i < a->roster->count; i++) CHECK(address_eq(&a->roster->addresses[i], &b->roster->addresses[i]));
    CHECK(memcmp(&a->params, &b->params, sizeof(a->params)) == 0);
    CHECK(memcmp(&a->clock, &b->clock, sizeof(a->clock)) == 0);
    for (size_t i = 0; i < TOKEN_COUNT; i++) {
        struct buf x = {0}, y = {0};
        tally_encode(&a->tallies[i], &x);
        tally_encode(&b->tallies[i], &y);
        CHECK(str_eq(buf_str(&x), buf_str(&y)));
        buf_done(&x);
        buf_done(&y);
    }
}

/* A reference on what is read of the image of `state`. */
static struct ledger_state *twin_of(const struct ledger_state *state)
{
    struct buf image = {0}, again = {0};
    struct ledger_image_digests digests, told, third;
    ledger_image_write(state, &image, &digests);
    CHECK(ledger_image_digests(buf_str(&image), &told));
    CHECK(hash_eq(&told.root, &digests.root) && hash_eq(&told.derived, &digests.derived));
    struct ledger_state *twin = ledger_image_read(buf_str(&image), state->chain, state->height, &digests);
    CHECK(twin != NULL);
    same_states(state, twin);
    ledger_image_write(twin, &again, &third);
    CHECK(str_eq(buf_str(&image), buf_str(&again)));
    buf_done(&image);
    buf_done(&again);
    return twin;
}

static void stakers(void (*visit)(struct town *town))
{
    static struct town town;
    struct rng rng;
    rng_init(&rng, 5);
    staking_town(&town, 3);
    for (int i = 0; i < 120; i++) {
        const struct person *p = &town.people[rng_below(&rng, 12)];
        const uint64_t amount = rng_range(&rng, 1, 30000);
        const struct address v = town.validators[rng_below(&rng, 3)].address;
        switch (rng_below(&rng, 5)) {
        case 0: (void)town_do(&town, p, KIND_ALPHA_STAKE, PAY_AMOUNT(amount)); break;
        case 1: (void)town_do(&town, p, KIND_ALPHA_UNSTAKE, PAY_AMOUNT(amount)); break;
        case 2: (void)town_do(&town, p, KIND_BOND, PAY_BOND(v, amount)); break;
        case 3: (void)town_do(&town, p, KIND_UNBOND, PAY_BOND(v, amount)); break;
        case 4: town_pass(&town, 1); break;
        }
        if (i % 40 == 39) visit(&town);
    }
    town_done(&town);
}

static void twin_goes_on(struct town *town)
{
    struct ledger_state *const real = town->state, *const twin = twin_of(real);
    struct hash roots[2];
    for (int k = 0; k < 2; k++) { /* through an epoch end, with rewards and what is released */
        struct town copy = *town;
        copy.state = ledger_state_ref(k == 0 ? real : twin);
        for (int i = 0; i < 3; i++) {
            (void)town_do(&copy, &copy.people[i], KIND_ALPHA_STAKE, PAY_AMOUNT(700));
            (void)town_do(&copy, &copy.people[i], KIND_BOND, PAY_BOND(copy.validators[1].address, 100));
        }
        town_pass(&copy, 25);
        roots[k] = ledger_state_root(copy.state);
        town_done(&copy);
    }
    CHECK(hash_eq(&roots[0], &roots[1]));
    ledger_state_unref(twin);
}
static void a_state_read_again_goes_on_the_same_way(void) { stakers(twin_goes_on); }

static void markets_and_notes_are_in_it_too(void)
{
    static struct town town;
    struct rng rng;
    market_init(&town);
    rng_init(&rng, 9);
    for (int i = 0; i < 60; i++) {
        const size_t who = rng_below(&rng, 6);
        const bool buys = rng_chance_bps(&rng, 5000);
        const union payload order = {.order_place = {.pair = STR("DX/sAX"),
                                                     .side = buys ? SIDE_BUY : SIDE_SELL,
                                                     .order_type = ORDER_LIMIT,
                                                     .tif = TIF_GTC,
                                                     .price = 1000000 + 1000 * rng_below(&rng, 20),
                                                     .quantity = 1000 * rng_range(&rng, 1, 9)}};
        struct tx *tx = market_tx(&town, who, town_account(&town, who).nonce, KIND_ORDER_PLACE, &order);
        ledger_result_unref(town_run(&town, NULL, &tx, 1));
    }
    ledger_state_unref(twin_of(town.state));
    town_done(&town);
    struct params params;
    params_init(&params, PROFILE_TEST, CHAIN_ALPHA);
    town_init_notes(&town, 2, &params, 128);
    ledger_result_unref(town_run(&town, NULL, NULL, 0));
    ledger_state_unref(twin_of(town.state));
    town_done(&town);
}

/* Every byte counts: whichever is changed, the image is refused, or has other digests. */
static void nothing_of_it_can_be_changed(void)
{
    static struct town town;
    struct rng rng;
    struct buf image = {0};
    struct ledger_image_digests digests;
    staking_town(&town, 2);
    (void)town_do(&town, &town.people[0], KIND_ALPHA_STAKE, PAY_AMOUNT(5000));
    (void)town_do(&town, &town.people[0], KIND_ALPHA_UNSTAKE, PAY_AMOUNT(1000)); /* there are index entries */
    ledger_image_write(town.state, &image, &digests);
    const enum chain_id chain = CHAIN_ALPHA;
    const uint32_t height = ledger_height(town.state);
    rng_init(&rng, 3);
    for (int i = 0; i < 400; i++) {
        uint8_t *at = (uint8_t *)image.data + (i < 30 ? (uint64_t)i : rng_below(&rng, image.len));
        const uint8_t was = *at;
        *at ^= (uint8_t)rng_range(&rng, 1, 255);
        CHECK(ledger_image_read(buf_str(&image), chain, height, &digests) == NULL);
        *at = was;
    }
    const struct str whole = buf_str(&image);
    for (int i = 0; i < 50; i++) CHECK(ledger_image_read(str_sub(whole, 0, rng_below(&rng, whole.len)), chain, height, &digests) == NULL);
    CHECK(ledger_image_read(whole, CHAIN_DELTA, height, &digests) == NULL);
    CHECK(ledger_image_read(whole, chain, height + 1, &digests) == NULL);
    struct ledger_image_digests other = digests;
    other.derived.b[0] ^= 1;
    CHECK(ledger_image_read(whole, chain, height, &other) == NULL);
    struct ledger_state *state = ledger_image_read(whole, chain, height, &digests);
    CHECK(state != NULL);
    ledger_state_unref(state);
    buf_done(&image);
    town_done(&town);
}

int main(void)
{
    RUN(a_state_read_again_goes_on_the_same_way);
    RUN(markets_and_notes_are_in_it_too);
    RUN(nothing_of_it_can_be_changed);
    return 0;
}
