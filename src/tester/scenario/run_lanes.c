#include "chain/kind.h"
#include "core/base/map.h"
#include "tester/scenario/run_priv.h"

/* The order of the final blocks of a window (api 2.4): the general part by tip, then the DEX part, and that by arrival.
 *
 * Arrival numbers are known to a view alone and gone once a transaction is executed. What stays is when the network first had it; links
 * bring it to the proposer within milliseconds. So two of the DEX lane count as inverted when the later one in the block was ready to be taken
 * half a block interval and more before the other had come at all. */

#define ASK_S 20u
#define LATELY_BLOCKS 8u

static bool is_dex(const struct tx_view *tx)
{
    const struct kind_row *row = kind_find((uint16_t)tx->envelope->kind);
    return row != NULL && row->lane == LANE_DEX;
}

/* Whether it could have stood before `place`: nothing of its sender's before it stands from there on. */
static bool was_ready(const struct tx_view *txs, uint32_t self, uint32_t place)
{
    for (uint32_t k = place; k < self; k++)
        if (address_eq(&txs[k].envelope->sender, &txs[self].envelope->sender) && txs[k].envelope->nonce < txs[self].envelope->nonce) return false;
    return true;
}

bool lanes_in_order(const struct tx_view *txs, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        const bool before = is_dex(&txs[i - 1]), now = is_dex(&txs[i]);
        if (before && !now) return false;
        if (before || now || amount_cmp(txs[i].envelope->tip, txs[i - 1].envelope->tip) <= 0) continue;
        if (was_ready(txs, i, i - 1)) return false;
    }
    return true;
}

/* Since when it could have stood in a block of the DEX lane: it had come, and so had those of its sender that stand before it there. 0: it waited
 * behind one of the general lane, in this block or lately, and nobody but its proposer knows since when it was ready. */
static uint64_t ready_since(const struct tx_view *txs, uint32_t self, const struct map *lately)
{
    if (lately && map_find(lately, &txs[self].envelope->sender) != NULL) return 0;
    uint64_t since = txs[self].received_at;
    for (uint32_t k = 0; k < self; k++) {
        if (!address_eq(&txs[k].envelope->sender, &txs[self].envelope->sender)) continue;
        if (!is_dex(&txs[k])) return 0;
        since = MAX(since, txs[k].received_at);
    }
    return since;
}

void arrivals_judge(const struct tx_view *txs, uint32_t count, const struct map *lately, uint64_t slack_ms, uint64_t *out_kept, uint64_t *out_broken)
{
    uint64_t latest = 0; /* of those that stand before */
    for (uint32_t i = 0; i < count; i++) {
        if (!is_dex(&txs[i])) continue;
        const uint64_t since = ready_since(txs, i, lately);
        if (since == 0) continue;
        if (latest > 0) {
            const bool kept = since + slack_ms >= latest;
            *out_kept += kept;
            *out_broken += !kept;
        }
        latest = MAX(latest, since);
    }
}

/* Who used the general lane of Delta in the last few blocks, and where: address -> height. */
static void lately_note(struct map *senders, const struct block_view *block)
{
    struct map kept;
    map_init(&kept, sizeof(struct address), sizeof(uint32_t));
    for (size_t i = map_next(senders, 0); i != MAP_END; i = map_next(senders, i + 1)) {
        const uint32_t height = *(const uint32_t *)map_value_at(senders, i);
        if (height + LATELY_BLOCKS > block->header.height) *(uint32_t *)map_put(&kept, map_key_at(senders, i), NULL) = height;
    }
    map_done(senders);
    *senders = kept;
    for (uint32_t i = 0; i < block->transactions_count; i++)
        if (!is_dex(&block->transactions[i])) *(uint32_t *)map_put(senders, &block->transactions[i].envelope->sender, NULL) = block->header.height;
}

/* ---- blocks as they become final ---- */

static bool asks_lanes(const struct run *run, uint32_t plan_phase)
{
    return plan_asks_check(run->plan, plan_phase, CHECK_PRIORITY_LANES_OK) || plan_asks_check(run->plan, plan_phase, CHECK_ARRIVAL_ORDER_KEPT);
}

/* What one block shows. */
struct shown {
    uint32_t height;
    bool counts, in_order; /* counts: it has more than one transaction */
    uint64_t arrivals_kept, arrivals_broken;
};

static void shown_add(struct run_phase *phase, enum chain_id chain, const struct shown *shown)
{
    const struct lanes_window *window = &phase->lanes[chain_index(chain)];
    struct span *span = &phase->span;
    if (!window->open || shown->height <= window->from || shown->height > window->to) return;
    if (shown->counts && shown->in_order) span->lanes_kept++;
    if (shown->counts && !shown->in_order && span->lanes_broken++ == 0) span->lanes_height = shown->height;
    if (shown->arrivals_broken > 0 && span->arrivals_broken == 0) span->arrivals_height = shown->height;
    span->arrivals_kept += shown->arrivals_kept;
    span->arrivals_broken += shown->arrivals_broken;
}

static void block_seen(void *context, enum chain_id chain, const struct block_view *block)
{
    struct run *run = context;
    const uint32_t count = block->transactions_count;
    struct shown shown = {.height = block->header.height, .counts = count > 1, .in_order = lanes_in_order(block->transactions, count)};
    if (chain == CHAIN_DELTA) {
        const uint64_t slack_ms = run->node.interval.ns / NS_PER_MS / 2;
        arrivals_judge(block->transactions, count, &run->lately, slack_ms, &shown.arrivals_kept, &shown.arrivals_broken);
        lately_note(&run->lately, block);
    }
    for (uint32_t i = 0; i < run->plan->phases_count; i++) shown_add(&run->phases[i], chain, &shown);
    shown_add(&run->whole, chain, &shown);
}

void lanes_watch(struct run *run)
{
    bool asked = asks_lanes(run, PLAN_NO_PARENT);
    for (uint32_t i = 0; i < run->plan->phases_count; i++) asked = asked || asks_lanes(run, i);
    if (!asked) return;
    map_init(&run->lately, sizeof(struct address), sizeof(uint32_t));
    run->lanes_watched = true;
    observer_on_block(run->observer, block_seen, run);
}

void lanes_done(struct run *run)
{
    if (run->lanes_watched) map_done(&run->lately);
}

/* ---- windows ---- */

static const struct alpha *side(const struct run *run, enum chain_id chain) { return chain == CHAIN_DELTA ? &run->target.delta : &run->target.alpha; }

static uint32_t final_of(struct run *run, enum chain_id chain)
{
    struct answer answer;
    uint32_t height = 0;
    if (!alpha_height_final(side(run, chain), instant_add(env_now(run->env), duration_s(ASK_S)), &height, &answer)) height = 0;
    answer_done(&answer);
    return height;
}

void lanes_open(struct run *run, uint32_t plan_phase, struct run_phase *phase)
{
    if (!asks_lanes(run, plan_phase)) return;
    for (enum chain_id chain = CHAIN_ALPHA; chain <= CHAIN_DELTA; chain++)
        if (side(run, chain)->http) phase->lanes[chain_index(chain)] = (struct lanes_window){true, final_of(run, chain), UINT32_MAX};
}

/* Until all of it is read; what is missing then is told. */
static void window_close(struct run *run, struct run_phase *phase, enum chain_id chain)
{
    struct lanes_window *window = &phase->lanes[chain_index(chain)];
    if (!window->open) return;
    const struct instant deadline = instant_add(env_now(run->env), duration_s(ASK_S));
    window->to = MAX(window->from, final_of(run, chain));
    while (observer_read(run->observer, chain) < window->to && !run_is_interrupted(run) && instant_before(env_now(run->env), deadline))
        fiber_sleep(run->env, duration_ms(20));
    phase->span.lanes_unread += window->to - MIN(window->to, MAX(window->from, observer_read(run->observer, chain)));
    window->open = false;
}

void lanes_close(struct run *run, struct run_phase *phase)
{
    for (enum chain_id chain = CHAIN_ALPHA; chain <= CHAIN_DELTA; chain++) window_close(run, phase, chain);
}
