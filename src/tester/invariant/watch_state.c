#include "tester/invariant/watch_state.h"

#include <stdio.h>

#include "tester/client/alpha_names.h"
#include "tester/client/delta_offramp.h"
#include "tester/client/delta_perps.h"
#include "world/fiber/chan.h"

#define CALL_TIMEOUT_S 10u
#define PERPS_EVERY 4u     /* looks */
#define ACCOUNTS_EVERY 8u  /* likewise */
#define PERPS_MANY_EVERY 128u /* the same with more than OWNERS_FEW owners of positions */
#define OWNERS_FEW 64u
#define OWNERS_A_LOOK 1024u /* with more nothing can be said of one head */
#define OWNERS_READERS 32u
#define PAGE 100u
#define VIEWS_ASKED 3u    /* for a height that the gateway passed over */

struct watch_state {
    struct watch_state_config config;
    struct judge *judge;
    uint32_t looks, proven[2]; /* accounts were asked for up to this height */
    struct supply stated, between; /* as they were read */
    bool stopping, running;
};

struct watch_state *watch_state_new(const struct watch_state_config *config, struct judge *judge)
{
    struct watch_state *watch = base_alloc(sizeof(*watch));
    watch->config = *config;
    watch->judge = judge;
    return watch;
}

void watch_state_free(struct watch_state *watch) { base_free(watch); }

static struct instant soon(const struct watch_state *watch) { return instant_add(env_now(watch->config.env), duration_s(CALL_TIMEOUT_S)); }
static bool has_delta(const struct watch_state *watch) { return watch->config.delta.http != NULL; }
static const struct alpha *side(const struct watch_state *watch, enum chain_id chain) { return chain == CHAIN_DELTA ? &watch->config.delta : &watch->config.alpha; }

static bool supply_take(struct watch_state *watch, enum chain_id chain, struct str view, struct supply *out)
{
    struct alpha alpha = *side(watch, chain);
    struct answer answer;
    alpha.view = view;
    const struct supply *supply = alpha_supply(&alpha, true, soon(watch), &answer);
    const bool took = supply != NULL;
    if (took) *out = *supply;
    answer_done(&answer);
    return took;
}

/* Who gathers votes knows of two final blocks at once, and has no answer for the first; another view has. It is believed where the
 * gateway's next answer bears it out. */
static void between_read(struct watch_state *watch, enum chain_id chain)
{
    for (uint32_t number = 1; number <= MIN(VIEWS_ASKED, watch->config.validators); number++) {
        char view[12];
        const uint32_t last = watch->judge->supplied[chain - 1];
        if (last + 1 >= watch->stated.finalized_height) return;
        snprintf(view, sizeof(view), "v%u", number);
        if (!supply_take(watch, chain, str_of(view), &watch->between)) continue;
        if (watch->between.finalized_height <= last || watch->between.finalized_height >= watch->stated.finalized_height) continue;
        if (judge_money_between(&watch->judge->money[chain - 1], &watch->between, &watch->stated)) judge_chain_supply(watch->judge, chain, &watch->between);
    }
}

static void supply_read(struct watch_state *watch, enum chain_id chain)
{
    if (!supply_take(watch, chain, side(watch, chain)->view, &watch->stated)) return;
    if (watch->stated.finalized_height > watch->judge->supplied[chain - 1] + 1) between_read(watch, chain);
    judge_chain_supply(watch->judge, chain, &watch->stated);
}

/* One account of the newest block that was read, below its proven state_root. */
static void account_read(struct watch_state *watch, enum chain_id chain)
{
    const struct judge_validity asked = watch->judge->validity[chain - 1];
    struct trust *trust = chain == CHAIN_DELTA ? (struct trust *)watch->config.trust_delta : watch->judge->trust;
    if (!asked.has_account || asked.height <= watch->proven[chain - 1]) return;
    struct answer answer;
    const struct state_path *path = alpha_account_path(side(watch, chain), &asked.account, asked.height, soon(watch), &answer);
    struct trust_account found;
    if (path) judge_validity_account(watch->judge, chain, &asked, trust_account(trust, path, &asked.account, &found), &found);
    if (path) watch->proven[chain - 1] = asked.height;
    answer_done(&answer);
}

static void names_read(struct watch_state *watch)
{
    struct judge_auction *auction = &watch->judge->auction;
    while (auction->due.count > 0) {
        const uint32_t number = auction->due.data[0];
        const struct auction_seen *seen = auction->auctions.data[number];
        struct answer answer;
        const struct name_view *view = alpha_name(&watch->config.alpha, (struct str){seen->name, seen->name_len}, soon(watch), &answer);
        if (view) judge_auction_name(watch->judge, number, view);
        const bool took = view != NULL;
        answer_done(&answer);
        if (!took) return; /* asked again at the next look */
        vec_remove(&auction->due, 0);
    }
}

static void withdrawals_read(struct watch_state *watch)
{
    struct judge_escrow *escrow = &watch->judge->escrow;
    while (escrow->due.count > 0) {
        const struct hash id = escrow->due.data[0];
        struct answer answer;
        const struct offramp_view *view = delta_offramp(&watch->config.delta, &id, soon(watch), &answer);
        if (view) judge_escrow_withdrawal(watch->judge, view);
        const bool took = view != NULL;
        answer_done(&answer);
        if (!took) return;
        vec_remove(&escrow->due, 0);
    }
}

static bool height_read(struct watch_state *watch, uint32_t *out)
{
    struct answer answer;
    const bool took = alpha_height(&watch->config.delta, soon(watch), out, &answer);
    answer_done(&answer);
    return took;
}

static bool vault_read(struct watch_state *watch, struct amount *out, struct amount *out_insurance)
{
    struct answer answer;
    const struct supply *supply = alpha_supply(&watch->config.delta, false, soon(watch), &answer);
    bool took = supply != NULL;
    for (uint32_t i = 0; took && i < supply->tokens_count; i++)
        if (supply->tokens[i].token == TOKEN_USD) *out = supply->tokens[i].perp_vault;
    answer_done(&answer);
    if (!took) return false;
    const struct page *markets = delta_perp_markets(&watch->config.delta, soon(watch), &answer);
    took = markets != NULL;
    for (uint32_t i = 0; took && i < markets->count; i++) out_insurance->units += ((const struct perp_market_view *)markets->items)[i].insurance_fund.units;
    answer_done(&answer);
    return took;
}

/* Positions are asked for owner by owner; many ask at once, so that all of it may be of one head. */
struct owners_look {
    struct watch_state *watch;
    size_t next;
    u128 profits;
    bool missed;
    struct gate gate;
};

static void owner_read(struct owners_look *look, struct address owner)
{
    struct watch_state *watch = look->watch;
    struct answer answer;
    const struct page *page = delta_positions(&watch->config.delta, &owner, (struct str){"", 0}, soon(watch), &answer);
    for (uint32_t k = 0; page && k < page->count; k++) look->profits += perps_profit((const struct position_view *)page->items + k);
    look->missed = look->missed || page == NULL;
    answer_done(&answer);
}

static void owners_reader(void *arg)
{
    struct owners_look *look = arg;
    const struct judge_perps *perps = &look->watch->judge->perps;
    while (!look->missed && look->next < perps->owners.count) owner_read(look, perps->owners.data[look->next++]);
    gate_leave(look->watch->config.env, &look->gate);
}

/* Everything is asked of one head: where it moved meanwhile, or views differ, nothing is said. With many owners that takes a while, and is
 * done less often. */
static void positions_read(struct watch_state *watch, bool all)
{
    const struct judge_perps *perps = &watch->judge->perps;
    struct amount vault = AMOUNT(0), insurance = AMOUNT(0);
    struct owners_look look = {.watch = watch};
    uint32_t before, after;
    const size_t owners = perps->owners.count;
    if (owners == 0 || owners > OWNERS_A_LOOK) return;
    if (!all && watch->looks % (owners > OWNERS_FEW ? PERPS_MANY_EVERY : PERPS_EVERY) != 0) return;
    if (!height_read(watch, &before) || !vault_read(watch, &vault, &insurance)) return;
    for (size_t i = 0; i < MIN(owners, (size_t)OWNERS_READERS); i++) {
        gate_enter(&look.gate);
        (void)fiber_spawn(watch->config.env, owners_reader, &look);
    }
    while (!gate_wait(watch->config.env, &look.gate, INSTANT_NEVER)) {
    } /* every read has a deadline, so they end */
    if (!look.missed && height_read(watch, &after) && after == before) judge_perps_vault(watch->judge, before, vault, insurance, look.profits);
}

static void liquidations_read(struct watch_state *watch)
{
    struct judge_perps *perps = &watch->judge->perps;
    if (!perps->due) return;
    struct answer answer;
    perps->due = false;
    const struct page *page = delta_liquidations(&watch->config.delta, PAGE, (struct str){"", 0}, soon(watch), &answer);
    if (!page) perps->due = true;
    for (uint32_t i = 0; page && i < page->count; i++)
        judge_perps_liquidation(watch->judge, (const struct liquidation_view *)page->items + i, watch->judge->money[CHAIN_DELTA - 1].read_height);
    answer_done(&answer);
}

static void look(struct watch_state *watch, bool all)
{
    supply_read(watch, CHAIN_ALPHA);
    names_read(watch);
    if (all || watch->looks % ACCOUNTS_EVERY == 0) account_read(watch, CHAIN_ALPHA);
    if (has_delta(watch)) {
        supply_read(watch, CHAIN_DELTA);
        withdrawals_read(watch);
        liquidations_read(watch);
        if (all || watch->looks % ACCOUNTS_EVERY == 0) account_read(watch, CHAIN_DELTA);
        positions_read(watch, all);
    }
    watch->looks++;
}

/* Often enough to see every final height by itself while the chain goes at its pace. */
static void watch_run(void *arg)
{
    struct watch_state *watch = arg;
    const struct duration pause = {MAX(watch->config.interval.ns / 4, 10 * NS_PER_MS)};
    while (!watch->stopping) {
        look(watch, false);
        fiber_sleep(watch->config.env, pause);
    }
    watch->running = false;
}

void watch_state_start(struct watch_state *watch)
{
    watch->running = true;
    (void)fiber_spawn(watch->config.env, watch_run, watch);
}

void watch_state_finish(struct watch_state *watch)
{
    watch->stopping = true;
    while (watch->running) fiber_sleep(watch->config.env, duration_ms(20));
    look(watch, true);
}
