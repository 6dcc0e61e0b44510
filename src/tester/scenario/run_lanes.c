#include "chain/kind.h"
#include "tester/scenario/run_priv.h"

/* The order of the final blocks of a window (api 2.4): the general part by tip, then the DEX part. */

#define BLOCKS_MAX 500u
#define ASK_S 20u

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

static void chain_read(struct run *run, const struct alpha *client, uint32_t from, uint32_t to, struct span *span)
{
    if (to - MIN(from, to) > BLOCKS_MAX) from = to - BLOCKS_MAX;
    for (uint32_t height = from + 1; height <= to && !run_is_interrupted(run); height++) {
        struct answer answer;
        const struct block_view *block = alpha_block(client, height, true, instant_add(env_now(run->env), duration_s(ASK_S)), &answer);
        if (block && block->transactions_count > 1) {
            const bool kept = lanes_in_order(block->transactions, block->transactions_count);
            span->lanes_kept += kept;
            if (!kept && span->lanes_broken++ == 0) span->lanes_height = height;
        }
        answer_done(&answer);
    }
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

void lanes_open(struct run *run, uint32_t plan_phase, struct span *span)
{
    if (!plan_asks_check(run->plan, plan_phase, CHECK_PRIORITY_LANES_OK)) return;
    span->lanes_from[0] = final_of(run, &run->target.alpha);
    span->lanes_from[1] = final_of(run, &run->target.delta);
}

void lanes_close(struct run *run, uint32_t plan_phase, struct span *span)
{
    if (!plan_asks_check(run->plan, plan_phase, CHECK_PRIORITY_LANES_OK)) return;
    chain_read(run, &run->target.alpha, span->lanes_from[0], final_of(run, &run->target.alpha), span);
    if (run->target.delta.http) chain_read(run, &run->target.delta, span->lanes_from[1], final_of(run, &run->target.delta), span);
}
