/* Tries to tell the ledger from a slow, obviously right model of perpetuals and oracles on a long random sequence: every code, every
 * balance, every position, the vaults, the funding and the insurance, to the unit. */
#include "perps_model.h"

/* ---- drawing ---- */
static uint64_t base[2] = {1000000, 2000000};

static void draw_report(struct op *op)
{
    const size_t a = rng_below(&rng, 2);
    uint64_t price = base[a] * rng_range(&rng, 990, 1010) / 1000, stated = port.now_ms;
    if (rng_chance_bps(&rng, 200)) price = price * rng_range(&rng, 3, 30) / 10;
    if (rng_chance_bps(&rng, 100)) stated -= rng_below(&rng, 120000);
    if (rng_chance_bps(&rng, 100)) stated += rng_below(&rng, 8000);
    op->kind = KIND_ORACLE_SUBMIT;
    op->who = rng_below(&rng, 7);
    op->payload.oracle_submit = (struct payload_oracle_submit){a == 0 ? STR("DX/USD") : STR("sAX/USD"), price, stated, STR("model")};
    if (rng_chance_bps(&rng, 50)) op->payload.oracle_submit.price = 0;
}
static struct str some_market(void) { return rng_chance_bps(&rng, 5000) ? STR("DX-PERP") : STR("sAX-PERP"); }

static void draw_trade(struct op *op)
{
    const uint64_t dice = rng_below(&rng, 100);
    op->who = FIRST + rng_below(&rng, TRADERS);
    op->place = some_place();
    if (dice < (places_count > 150 ? 4u : 35u) || op->place == NULL) {
        op->kind = KIND_PERP_OPEN;
        op->payload.perp_open = (struct payload_perp_open){some_market(), (uint8_t)rng_range(&rng, 1, 2), rng_range(&rng, 1, 50000000),
                                                           (uint32_t)rng_range(&rng, 0, 21), 0};
        if (rng_chance_bps(&rng, 1000)) op->payload.perp_open.limit_price = base[0];
        if (rng_chance_bps(&rng, 300)) op->payload.perp_open.size = UINT64_C(1) << 60;
        return;
    }
    if (rng_chance_bps(&rng, 8500)) op->who = op->place->owner;
    if (dice < 60) {
        op->kind = KIND_PERP_CLOSE;
        op->payload.perp_close = (struct payload_perp_close){op->place->id, rng_chance_bps(&rng, 5000) ? 0 : rng_range(&rng, 1, 40000000), 0};
        if (rng_chance_bps(&rng, 1000)) op->payload.perp_close.limit_price = base[op->place->market];
    } else if (dice < 75) {
        op->kind = KIND_PERP_MARGIN;
        op->payload.perp_margin = (struct payload_perp_margin){op->place->id, (uint8_t)rng_range(&rng, 1, 2), AMOUNT(rng_range(&rng, 1, 3000000))};
    } else {
        op->kind = KIND_PERP_LIQUIDATE;
        op->payload.id = (struct payload_id){op->place->id};
    }
}

static enum code model_apply(const struct op *op, uint64_t now)
{
    const struct payload_oracle_submit *r = &op->payload.oracle_submit;
    if (op->kind == KIND_ORACLE_SUBMIT) return model_report(str_eq(r->asset, STR("DX/USD")) ? 0 : 1, op->who, r->price, r->timestamp_ms, now);
    if (op->kind == KIND_FUNDING_SETTLE) return model_fund(op, now);
    if (op->kind == KIND_PERP_OPEN) return model_open(op, now);
    if (op->kind == KIND_PERP_CLOSE) return model_close(op, now);
    if (op->kind == KIND_PERP_MARGIN) return model_margin(op, now);
    return model_liquidate(op, now);
}

static void forget_closed(void)
{
    size_t kept = 0;
    for (size_t i = 0; i < places_count; i++)
        if (places[i].is_open || rng_chance_bps(&rng, 1000)) places[kept++] = places[i];
    places_count = kept;
}

static void compare(size_t step)
{
    for (size_t i = 0; i < TRADERS; i++) CHECK(port_free(&port, FIRST + i, TOKEN_USD) == usd[FIRST + i]);
    for (size_t i = 0; i < places_count; i++) {
        const struct place *p = &places[i];
        struct position_view view;
        CHECK(ledger_position(port.state, &port.rules, &p->id, &arena, &view));
        CHECK((view.status == POSITION_OPEN) == p->is_open);
        CHECK((view.status == POSITION_LIQUIDATED) == p->was_liquidated);
        int64_t funding;
        if (!p->is_open) continue;
        CHECK(view.margin.units == p->margin && view.size == p->size && view.entry_price == p->entry);
        CHECK(str_to_i64(view.funding_paid, &funding) && funding == (int64_t)p->funding);
        CHECK_U64(view.liquidation_price, liquidation_price(p));
    }
    for (size_t a = 0; a < 2; a++) {
        u128 margins = 0, profits = 0;
        struct perp_market_view view;
        ledger_perp_market(port.state, &port.rules, a, &view);
        for (size_t i = 0; i < places_count; i++) {
            if (!places[i].is_open || places[i].market != a) continue;
            const __int128 pnl = pnl_of(&places[i], places[i].size, view.mark_price);
            margins += places[i].margin;
            if (pnl > 0) profits += (u128)pnl;
        }
        CHECK(view.insurance_fund.units == (vaults[a] > margins ? vaults[a] - margins : 0));
        CHECK(profits <= vaults[a]); /* INV-10 */
        CHECK(view.halted == (port.now_ms - 500 < halted_until[a]));
    }
    CHECK(port_supply(&port, TOKEN_USD).perp_vault.units == vaults[0] + vaults[1]);
    if (step % 100 == 0) port_check_supply(&port);
    arena_reset(&arena);
}

static uint64_t sequence(uint64_t seed, u128 insurance)
{
    uint64_t done = 0;
    rng_init(&rng, seed);
    memset(places, 0, sizeof(places));
    memset(reports, 0, sizeof(reports));
    memset(vaults, 0, sizeof(vaults));
    places_count = 0;
    for (size_t a = 0; a < 2; a++) {
        last_price[a] = halted_until[a] = funded_ms[a] = sum_ms[a] = 0;
        moves_from[a] = moves_count[a] = 0;
        funded_height[a] = 0;
        sum[a] = funded_sum[a] = 0;
        vaults[a] = insurance;
    }
    base[0] = 1000000, base[1] = 2000000;
    port_init(&port, insurance, NULL);
    for (size_t i = 0; i < PORT_PEOPLE; i++) usd[i] = PORT_USD;
    for (size_t step = 0; step < STEPS; step++) {
        ops_count = 0;
        if (rng_chance_bps(&rng, 30)) port.now_ms += rng_below(&rng, 100000);
        for (size_t a = 0; a < 2; a++) base[a] = MAX(base[a] * rng_range(&rng, 9900, 10101) / 10000, (uint64_t)1000);
        if (rng_chance_bps(&rng, 20)) base[rng_below(&rng, 2)] = rng_range(&rng, 400000, 3000000);
        const size_t general = rng_below(&rng, 8), all = general + rng_below(&rng, OPS - general) + 1;
        if (places_count + all >= SLOTS) forget_closed();
        const size_t room = SLOTS - places_count;
        for (size_t i = 0; i < all && i < room; i++) {
            struct op *op = &ops[ops_count++];
            memset(op, 0, sizeof(*op));
            if (i >= general) {
                draw_trade(op);
            } else if (rng_chance_bps(&rng, 200)) {
                op->kind = KIND_FUNDING_SETTLE;
                op->who = FIRST;
                op->payload.market = (struct payload_market){some_market()};
            } else {
                draw_report(op);
            }
            op->id = port_add(&port, op->who, op->kind, &op->payload);
            op->expected = model_apply(op, port.now_ms);
            counts[op->expected == CODE_NONE ? 0 : 1]++;
        }
        model_block_end();
        const struct ledger_result *result = port_run(&port, NULL);
        for (size_t i = 0; i < ops_count; i++)
            if (result->receipts[i].code != ops[i].expected)
                CHECK_FAIL("step %zu, operation %zu, kind %x: %u, the model says %u", step, i, ops[i].kind, result->receipts[i].code, ops[i].expected);
        compare(step);
        done += ops_count;
    }
    port_done(&port);
    return done;
}

static uint64_t first_seed = 1;
static void perpetuals_and_oracles_do_what_the_model_does(void)
{
    const uint64_t done = sequence(first_seed, 1000000000) + sequence(first_seed + 1, 0);
    printf("     %" PRIu64 " operations: %" PRIu64 " done, %" PRIu64 " refused, %" PRIu64 " liquidations, %" PRIu64 " fundings, %" PRIu64
           " cut profits, %" PRIu64 " halts, %" PRIu64 " deleveraged; no difference\n",
           done, counts[0], counts[1], counts[3], counts[4], counts[5], counts[6], counts[7]);
    fflush(stdout);
    CHECK(done >= 100000);
    CHECK(counts[0] > 0 && counts[1] > 0 && counts[3] > 0 && counts[4] > 0 && counts[5] > 0 && counts[6] > 0 && counts[7] > 0);
}

int main(int argc, char **argv)
{
    if (argc > 1) CHECK(str_to_u64(str_of(argv[1]), &first_seed));
    printf("seed %" PRIu64 "\n", first_seed);
    RUN(perpetuals_and_oracles_do_what_the_model_does);
    arena_done(&arena);
    return 0;
}
