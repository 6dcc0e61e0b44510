/* One seed is one run: twice the same, in either wire, with or without work done ahead; another seed is another run. */
#include "town.h"

static void life(struct town *town)
{
    struct hash id;
    struct rng rng = env_rng(town->env, STR("test/life"), 0);
    for (uint32_t i = 0; i < 30; i++) {
        const uint32_t from = (uint32_t)rng_below(&rng, TOWN_BOTS), to = (uint32_t)rng_below(&rng, TOWN_BOTS);
        CHECK_U64(town_pay(town, from, to, 1 + rng_below(&rng, 1000), &id), CODE_NONE);
        if (i == 10) town_chaos(town, "{\"action\":\"crash\",\"params\":{\"targets\":{\"count\":1}},\"duration_ms\":3000}");
        if (i == 20) town_chaos(town, "{\"action\":\"loss\",\"params\":{\"rate_bps\":1000},\"duration_ms\":3000}");
        town_sleep(town, rng_below(&rng, 300));
        (void)town_status(town_get(town, "/testnet/memoryPool/stats"));
        (void)town_status(town_get(town, "/testnet/block/latest?full=true"));
        (void)town_status(town_get(town, "/testnet/nothing"));
    }
    (void)town_tx_status(town, &id, "finalized");
}

static struct hash digest_of(uint64_t seed, enum http_wire wire, bool ed25519)
{
    return town_run((struct town_config){.validators = 4, .seed = seed, .wire = wire, .ed25519 = ed25519}, life, NULL).digest;
}

static void the_same_seed_gives_the_same_digest(void)
{
    const struct hash once = digest_of(21, WIRE_STRUCT, true), again = digest_of(21, WIRE_STRUCT, true), other = digest_of(22, WIRE_STRUCT, true);
    CHECK(hash_eq(&once, &again));
    CHECK(!hash_eq(&once, &other));
}

static void the_wire_leaves_no_trace_in_the_digest(void)
{
    for (uint64_t seed = 31; seed < 36; seed++) {
        const struct hash object = digest_of(seed, WIRE_STRUCT, false), text = digest_of(seed, WIRE_TEXT, false);
        CHECK(hash_eq(&object, &text));
    }
}

int main(void)
{
    RUN(the_same_seed_gives_the_same_digest);
    RUN(the_wire_leaves_no_trace_in_the_digest);
    return 0;
}
