#include "chain/kind.h"
#include "core/base/map.h"
#include "tester/scenario/run_priv.h"

/* The order of the final blocks of a window (api 2.4): the general part by tip, then the DEX part, and that by arrival.
 *
 * Arrival numbers are known to a view alone and gone once a transaction is executed. What stays is when the network first had it; links
 * bring it to the proposer within milliseconds. So two of the DEX lane count as inverted when the later one in the block was ready to be taken
 * half a block interval and more before the other had come at all. */

#define BLOCKS_MAX 500u
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

static void arrivals_look(struct run *run, const struct block_view *block, struct map *senders, struct span *span)
{
    const uint64_t broken = span->arrivals_broken, slack_ms = run->node.interval.ns / NS_PER_MS / 2;
    arrivals_judge(block->transactions, block->transactions_count, senders, slack_ms, &span->arrivals_kept, &span->arrivals_broken);
    if (broken == 0 && span->arrivals_broken > 0) span->arrivals_height = block->header.height;
    lately_note(senders, block);
}

static void chain_read(struct run *run, const struct alpha *client, uint32_t from, uint32_t to, struct span *span)
{
    struct map senders;
    map_init(&senders, sizeof(struct address), sizeof(uint32_t));
    if (to - MIN(from, to) > BLOCKS_MAX) from = to - BLOCKS_MAX;
    for (uint32_t height = from + 1; height <= to && !run_is_interrupted(run); height++) {
        struct answer answer;
        const struct block_view *block = alpha_block(client, height, true, instant_add(env_now(run->env), duration_s(ASK_S)), &answer);
        if (block && block->transactions_count > 1) {
            const bool kept = lanes_in_order(block->transactions, block->transactions_count);
            span->lanes_kept += kept;
            if (!kept && span->lanes_broken++ == 0) span->lanes_height = height;
        }
        if (block && client->chain == CHAIN_DELTA) arrivals_look(run, block, &senders, span);
        answer_done(&answer);
    }
    map_done(&senders);
}

static uint32_t final_of(struct run *run, const struct alpha *client)
{
    struct answer answer;
    uint32_t height = 0;
    if (!client->http) return 0;
    if (!alpha_height_final(client, instant_add(env_now(run->env), duration_s(ASK_S)), &height, &answer)) height = 0;
    answer_done(&answer);
    return height;
}

static bool asks_lanes(const struct run *run, uint32_t plan_phase)
{
    return plan_asks_check(run->plan, plan_phase, CHECK_PRIORITY_LANES_OK) || plan_asks_check(run->plan, plan_phase, CHECK_ARRIVAL_ORDER_KEPT);
}

void lanes_open(struct run *run, uint32_t plan_phase, struct span *span)
{
    if (!asks_lanes(run, plan_phase)) return;
    span->lanes_from[0] = final_of(run, &run->target.alpha);
    span->lanes_from[1] = final_of(run, &run->target.delta);
}

void lanes_close(struct run *run, uint32_t plan_phase, struct span *span)
{
    if (!asks_lanes(run, plan_phase)) return;
    chain_read(run, &run->target.alpha, span->lanes_from[0], final_of(run, &run->target.alpha), span);
    if (run->target.delta.http) chain_read(run, &run->target.delta, span->lanes_from[1], final_of(run, &run->target.delta), span);
}
