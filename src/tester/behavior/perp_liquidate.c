/* Liquidation of unsafe positions (PT-L-054). Whoever liquidates watches the positions of all bots of the run. It makes sure that a healthy one
 * cannot be liquidated, liquidates those that are below maintenance, and tells when one stays unsafe though prices are fresh.
 *
 * With neither rate nor count it watches for the whole phase, else it looks once. */
#include <inttypes.h>

#include "core/base/map.h"
#include "tester/behavior/perp_book.h"
#include "tester/behavior/told.h"
#include "tester/bot/hold.h"
#include "tester/bot/tide.h"
#include "tester/client/delta_oracle.h"

#define MARKETS 2
#define BPS 10000u
#define READ_AGAIN_BPS 100u            /* a position is opened further than that from its liquidation */
#define READ_AGAIN_AFTER duration_s(60)
#define HEALTHY_BPS 150u               /* so far from its liquidation price no block takes it there */
#define UNSAFE_BLOCKS_MAX 2u
static const char *const pairs[MARKETS] = {"DX-PERP", "sAX-PERP"};

struct watcher {
    struct act *act;
    struct op *op;
    struct perp_book book;
    struct instant read;
    uint64_t mark[MARKETS], mark_at_read[MARKETS];
    bool fresh[MARKETS];
    struct map unsafe; /* id -> u32: the height at which it was seen unsafe first */
    uint64_t liquidated;
};

static size_t market_index(const struct position_seen *p) { return str_eq(str_of(p->pair), STR("sAX-PERP")) ? 1 : 0; }

static bool marks_read(struct watcher *w)
{
    for (size_t i = 0; i < MARKETS; i++) {
        const struct alpha delta = act_alpha(w->act);
        struct answer answer;
        uint64_t wait = 0;
        const struct oracle_price_view *price;
        do price = delta_oracle_price(&delta, i == 0 ? STR("DX-USD") : STR("sAX-USD"), false, act_deadline(w->act, ACT_READ_TIMEOUT), &answer);
        while (price == NULL && act_again(w->act, &answer, &wait));
        if (price == NULL) (void)act_fail(w->op, &answer); /* op tells */
        w->mark[i] = price != NULL ? price->price : 0;
        w->fresh[i] = price != NULL && !price->stale;
        const bool told = price != NULL;
        answer_done(&answer);
        if (!told) return false;
    }
    return true;
}

/* a and b are further apart than that share of b */
static bool is_apart(uint64_t a, uint64_t b, uint64_t bps)
{
    const uint64_t by = a > b ? a - b : b - a;
    return (u128)by * BPS > (u128)b * bps;
}

static bool book_is_old(const struct watcher *w)
{
    bool old = w->read.ns == 0 || instant_since(env_now(w->act->crew->env), w->read).ns >= READ_AGAIN_AFTER.ns;
    for (size_t i = 0; i < MARKETS; i++) old = old || is_apart(w->mark[i], w->mark_at_read[i], READ_AGAIN_BPS);
    return old;
}

static bool book_read(struct watcher *w)
{
    if (!perp_book_read(w->act, &w->book, (struct str){0}, (struct str){0}, w->op)) return false;
    w->read = env_now(w->act->crew->env);
    memcpy(w->mark_at_read, w->mark, sizeof(w->mark));
    return true;
}

/* ---- what must hold ---- */

/* INV-10: what the vaults hold is more than all profits that are open. The book is older than the vault: with nothing that happened since can the
 * profits of what it lists have come to more than the vault, unless the vault does not cover them. */
static void claim_covered(struct watcher *w)
{
    struct act *act = w->act;
    const struct alpha delta = act_alpha(act);
    struct answer answer;
    uint64_t wait = 0;
    u128 profits = 0;
    for (size_t i = 0; i < w->book.positions.count; i++) {
        const struct position_seen *p = &w->book.positions.data[i];
        if (!p->unrealized.minus) profits += p->unrealized.units;
    }
    const struct supply *supply;
    do supply = alpha_supply(&delta, false, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (supply == NULL && act_again(act, &answer, &wait));
    if (supply == NULL) (void)act_fail(w->op, &answer); /* op tells */
    for (uint32_t i = 0; supply != NULL && i < supply->tokens_count; i++) {
        if (supply->tokens[i].token != TOKEN_USD) continue;
        char has[U128_TEXT], owes[U128_TEXT];
        (void)u128_text(supply->tokens[i].perp_vault.units, has);
        (void)u128_text(profits, owes);
        act_claim(act, "the vault covers all profits", supply->tokens[i].perp_vault.units >= profits, "%s, owed %s", has, owes);
    }
    answer_done(&answer);
}

/* The one that is furthest from its liquidation, if any is far. */
static const struct position_seen *healthiest(const struct watcher *w)
{
    const struct position_seen *best = NULL;
    u128 best_far = 0;
    for (size_t i = 0; i < w->book.positions.count; i++) {
        const struct position_seen *p = &w->book.positions.data[i];
        const uint64_t mark = w->mark[market_index(p)];
        if (!w->fresh[market_index(p)] || mark == 0 || terms_is_unsafe(p->side, p->liquidation, mark)) continue;
        if (!is_apart(p->liquidation, mark, HEALTHY_BPS)) continue;
        const u128 far = (u128)(p->liquidation > mark ? p->liquidation - mark : mark - p->liquidation) * 1000000 / mark;
        if (best != NULL && far <= best_far) continue;
        best = p;
        best_far = far;
    }
    return best;
}

static struct send_plan plan_of(union payload *payload, const struct hash *id)
{
    *payload = (union payload){.id = {*id}};
    return (struct send_plan){.kind = KIND_PERP_LIQUIDATE, .payload = payload, .loose = 1u << TOKEN_USD};
}

/* The reward of DP10, and what decided. */
static void claims_of_liquidation(struct watcher *w, const struct position_seen *p, const struct landing *landing);

/* A healthy position cannot be taken. Somebody may close it meanwhile, or the price go stale: nothing is said then. */
static void claim_healthy(struct watcher *w)
{
    const struct position_seen *p = healthiest(w);
    if (p == NULL) return;
    struct arena arena;
    arena_init(&arena, 0);
    struct landing landing = {.arena = &arena};
    union payload payload;
    const struct send_plan plan = plan_of(&payload, &p->id);
    if (act_send(w->act, &plan, &landing, w->op))
        claims_of_liquidation(w, p, &landing);
    else if (op_forgives(w->op, CODE_NOT_LIQUIDATABLE))
        act_claim(w->act, "only below maintenance", true, "refused");
    else if (!op_forgives(w->op, CODE_POSITION_CLOSED) && !op_forgives(w->op, CODE_POSITION_NOT_FOUND))
        (void)op_forgives(w->op, CODE_ORACLE_STALE);
    arena_done(&arena);
}

/* What the oracle said of that height decides, whatever the network liquidated by. */
static uint64_t oracle_at(struct watcher *w, size_t market, uint32_t height)
{
    const struct alpha delta = act_alpha(w->act);
    struct answer answer;
    uint64_t wait = 0;
    const struct oracle_price_view *price;
    do price = delta_oracle_price_at(&delta, market == 0 ? STR("DX-USD") : STR("sAX-USD"), height, act_deadline(w->act, ACT_READ_TIMEOUT), &answer);
    while (price == NULL && act_again(w->act, &answer, &wait));
    const uint64_t said = price != NULL ? price->price : 0;
    if (price == NULL) (void)act_fail(w->op, &answer); /* op tells */
    answer_done(&answer);
    return said;
}

static bool told_liquidation(struct str told, const struct hash *id, struct liquidation_view *out)
{
    struct arena arena;
    arena_init(&arena, 0);
    bool found = false;
    for (uint32_t i = 0; !found && told_event(&arena, told, STR("perp.liquidation"), i, &shape_liquidation, out); i++)
        found = hash_eq(&out->position_id, id);
    out->market = (struct str){0}; /* it goes with the arena */
    arena_done(&arena);
    return found;
}

static void claims_of_liquidation(struct watcher *w, const struct position_seen *p, const struct landing *landing)
{
    struct act *act = w->act;
    struct liquidation_view view = {0};
    struct market_seen market;
    struct position_seen after;
    if (!told_liquidation(landing->told, &p->id, &view)) {
        act_claim(act, "a liquidation is told of", false, "its receipt does not");
        return;
    }
    const size_t i = market_index(p);
    const uint64_t oracle = oracle_at(w, i, landing->height);
    if (oracle == 0 || !market_read(act, str_of(pairs[i]), &market, w->op) || !position_told(act, landing, &p->id, &after, w->op)) return;
    const struct profit paid = profit_add(after.funding, profit_negate(p->funding)); /* since it was read */
    const struct profit margin = profit_add((struct profit){false, p->margin}, profit_negate(paid));
    const uint64_t line = terms_liquidation_price(p->side, p->size, p->entry, margin.minus ? 0 : margin.units, market.mmr_bps);
    act_claim(act, "only below maintenance", terms_is_unsafe(p->side, line, oracle) && view.mark_price == oracle,
              "mark %" PRIu64 ", oracle %" PRIu64 ", line %" PRIu64, view.mark_price, oracle, line);
    const u128 most = terms_notional(p->size, p->entry) / 100;
    char reward[U128_TEXT], cap[U128_TEXT];
    (void)u128_text(view.reward.units, reward);
    (void)u128_text(most, cap);
    act_claim(act, "the reward is at most 1 % of notional", view.reward.units <= most, "%s of at most %s", reward, cap);
    (void)perp_claim_moved(act, "the reward is paid to who liquidates", landing, address_eq(&p->owner, &act->bot->identity.address) ? AMOUNT(0) : view.reward,
                           AMOUNT(0)); /* op tells */
    w->liquidated++;
}

/* ---- one look ---- */

/* Unsafe by fresh prices for more than two final blocks: nobody does what must be done. What a liquidation of ours has in hand is not it. */
static void claim_not_missed(struct watcher *w, const struct position_seen *p)
{
    struct act *act = w->act;
    struct position_seen now;
    const uint32_t height = act->crew->tides[chain_index(CHAIN_DELTA)].height;
    bool fresh;
    uint32_t *since = map_put(&w->unsafe, &p->id, &fresh);
    if (fresh) *since = height;
    const uint32_t first = *since;
    if (height <= first + UNSAFE_BLOCKS_MAX || !position_read(act, &p->id, &now, w->op)) return;
    const bool stays = now.status == POSITION_OPEN && w->fresh[market_index(p)] && terms_is_unsafe(now.side, now.liquidation, now.mark);
    act_claim(act, "no position stays unsafe for more than 2 blocks", !stays, "since %" PRIu32 ", now %" PRIu32, first, height);
}

static void liquidate_one(struct watcher *w, const struct position_seen *p)
{
    struct act *act = w->act;
    struct arena arena;
    if (!hold_take(act->crew, &p->id)) return;
    arena_init(&arena, 0);
    struct landing landing = {.arena = &arena};
    union payload payload;
    const struct send_plan plan = plan_of(&payload, &p->id);
    if (act_send(act, &plan, &landing, w->op)) {
        claims_of_liquidation(w, p, &landing);
        act_claim(act, "no position stays unsafe for more than 2 blocks", true, "taken");
    } else if (!op_forgives(w->op, CODE_POSITION_CLOSED) && !op_forgives(w->op, CODE_NOT_LIQUIDATABLE) && !op_forgives(w->op, CODE_ORACLE_STALE)) {
        /* refused for another reason, or its fate is not known: op says */
    }
    arena_done(&arena);
    hold_drop(act->crew, &p->id);
}

static void look(struct watcher *w)
{
    if (!marks_read(w) || (book_is_old(w) && !book_read(w))) return;
    size_t kept = 0;
    struct perp_book *book = &w->book;
    for (size_t i = 0; i < book->positions.count && w->op->status == OP_DONE; i++) {
        const struct position_seen p = book->positions.data[i];
        const size_t m = market_index(&p);
        const bool unsafe = w->fresh[m] && terms_is_unsafe(p.side, p.liquidation, w->mark[m]);
        if (unsafe) {
            claim_not_missed(w, &p);
            if (w->op->status == OP_DONE) liquidate_one(w, &p);
        } else {
            (void)map_remove(&w->unsafe, &p.id);
            book->positions.data[kept++] = p;
        }
    }
    /* Those that were unsafe are read anew: whatever became of them. */
    if (kept < book->positions.count) w->read = (struct instant){0};
}

void perp_liquidate(struct act *act, struct op *op)
{
    if (!act_on(act, CHAIN_DELTA, op)) return;
    struct watcher *w = base_alloc(sizeof(*w));
    *w = (struct watcher){.act = act, .op = op};
    map_init(&w->unsafe, sizeof(struct hash), sizeof(uint32_t));
    look(w);
    if (op->status == OP_DONE) claim_healthy(w);
    if (op->status == OP_DONE) claim_covered(w);
    while (op->status == OP_DONE && act->track->standing && !act_is_closing(act)) {
        if (!tide_next(act, CHAIN_DELTA, act_deadline(act, PERP_PATIENCE))) continue; /* a chain that halts is watched, too */
        look(w);
    }
    if (op->status == OP_DONE && act->track->standing) claim_covered(w);
    perp_book_done(&w->book);
    map_done(&w->unsafe);
    base_free(w);
}
