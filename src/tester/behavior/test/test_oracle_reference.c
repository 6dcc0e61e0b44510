/* The reference is the same for whoever computes it, moves slowly, and does not stray. */
#include "core/base/check.h"
#include "tester/behavior/oracle_reference.h"

static void it_moves_and_never_strays(void)
{
    struct rng rng, other;
    rng_init(&rng, 1);
    rng_init(&other, 2);
    const uint64_t base = 2000000;
    uint64_t last = reference_price(&rng, base, (struct instant){0}), moved = 0, differs = 0;
    for (uint64_t i = 1; i < 20000; i++) {
        const struct instant at = {i * 10 * NS_PER_S};
        const uint64_t price = reference_price(&rng, base, at), step = price > last ? price - last : last - price;
        CHECK(price >= base - base * REFERENCE_STRAY_PPM / 1000000 && price <= base + base * REFERENCE_STRAY_PPM / 1000000);
        CHECK(step <= base / 300); /* a third of a percent in ten seconds */
        CHECK_U64(price, reference_price(&rng, base, at));
        moved += step > 0;
        differs += price != reference_price(&other, base, at);
        last = price;
    }
    CHECK(moved > 15000 && differs > 15000);
}

int main(void)
{
    RUN(it_moves_and_never_strays);
    return 0;
}
