#include "tester/invariant/judge_governance.h"

#include <inttypes.h>

#include "chain/payload.h"
#include "tester/invariant/judge.h"

struct voter {
    struct hash proposal;
    struct address voter;
};

void judge_governance_init(struct judge_governance *governance)
{
    *governance = (struct judge_governance){0};
    map_init(&governance->voted, sizeof(struct voter), sizeof(uint32_t));
}

void judge_governance_done(struct judge_governance *governance)
{
    map_done(&governance->voted);
    vec_done(&governance->due);
}

struct short_id {
    char text[17];
};
static struct short_id short_of(const struct hash *id)
{
    struct short_id text;
    str_hex(id->b, 8, text.text);
    text.text[16] = 0;
    return text;
}

void judge_governance_later(struct judge *judge, const struct hash *id, uint32_t height)
{
    vec_push(&judge->governance.due, ((struct governance_due){*id, height}));
}

bool judge_governance_due(struct judge *judge, uint32_t height, struct hash *out)
{
    struct judge_governance *governance = &judge->governance;
    for (size_t i = 0; i < governance->due.count; i++) {
        if (governance->due.data[i].height > height) continue;
        *out = governance->due.data[i].id;
        vec_remove(&governance->due, i);
        return true;
    }
    return false;
}

/* ---- blocks ---- */

static void vote_take(struct judge *judge, uint32_t height, const struct tx *tx, const struct hash *proposal)
{
    bool fresh;
    const struct voter key = {*proposal, tx->sender};
    uint32_t *before = map_put(&judge->governance.voted, &key, &fresh);
    judge->state[7].samples++;
    if (!fresh)
        judge_violation(judge, 7, height, &tx->id, "block %" PRIu32 ": transaction %s votes on proposal %s again: its sender voted in block %" PRIu32, height,
                        short_of(&tx->id).text, short_of(proposal).text, *before);
    *before = height;
}

static void transaction_take(struct judge *judge, uint32_t height, const struct tx_view *view)
{
    const struct tx *tx = view->envelope;
    const bool vote = tx->kind == KIND_PROPOSAL_VOTE, execution = tx->kind == KIND_PROPOSAL_EXECUTE;
    if ((!vote && !execution && tx->kind != KIND_PROPOSAL_CREATE) || !view->has_receipt || !receipt_success(&view->receipt)) return;
    struct arena arena;
    union payload payload;
    arena_init(&arena, 0);
    payload_of_tx(tx, &arena, &payload);
    if (vote) vote_take(judge, height, tx, &payload.vote.proposal);
    else if (execution) judge_governance_later(judge, &payload.id.id, height);
    else judge_governance_later(judge, &tx->id, height + 1);
    arena_done(&arena);
}

void judge_governance_block(struct judge *judge, const struct block_view *block)
{
    for (uint32_t i = 0; i < block->transactions_count; i++) transaction_take(judge, block->header.height, &block->transactions[i]);
}

/* ---- readings ---- */

/* a * x <= b * y, exactly; of sums that are part of a supply. */
static bool product_le(u128 a, uint32_t x, u128 b, uint32_t y)
{
    const u128 low = UINT64_MAX;
    const u128 a0 = (a & low) * x, b0 = (b & low) * y, a1 = (a >> 64) * x + (a0 >> 64), b1 = (b >> 64) * y + (b0 >> 64);
    return a1 != b1 ? a1 < b1 : (a0 & low) <= (b0 & low);
}

static void executed_judge(struct judge *judge, const struct gov_proposal_view *p)
{
    const struct tally_view *t = &p->tally;
    const u128 sides = t->yes.units + t->no.units;
    const struct short_id id_text = short_of(&p->proposal_id);
    const char *id = id_text.text;
    const uint32_t height = p->executed_height.value;
    judge->state[7].samples++;
    if (!product_le(t->total_weight.units, t->quorum_bps, sides + t->abstain.units, 10000))
        judge_violation(judge, 7, height, &p->proposal_id, "proposal %s was executed at height %" PRIu32 " without a quorum", id, height);
    if (product_le(t->yes.units, 10000, sides, t->threshold_bps))
        judge_violation(judge, 7, height, &p->proposal_id, "proposal %s was executed at height %" PRIu32 " and had not passed", id, height);
    if (!p->eta_height.has || height < p->eta_height.value || p->eta_height.value <= p->voting_end_height)
        judge_violation(judge, 7, height, &p->proposal_id, "proposal %s was executed at height %" PRIu32 ", before its eta_height %" PRIu32, id, height,
                        p->eta_height.value);
}

static void ballots_judge(struct judge *judge, const struct gov_proposal_view *p, const struct ballot_view *ballots, const struct amount *weights,
                          size_t count)
{
    const struct short_id id_text = short_of(&p->proposal_id);
    const char *id = id_text.text;
    u128 sides[3] = {0};
    for (size_t i = 0; i < count; i++) {
        const struct ballot_view *ballot = &ballots[i];
        judge->state[7].samples++;
        if (ballot->choice >= CHOICE_YES && ballot->choice <= CHOICE_ABSTAIN) sides[ballot->choice - CHOICE_YES] += ballot->weight.units;
        if (!amount_eq(ballot->weight, weights[i]))
            judge_violation(judge, 7, ballot->height, &ballot->transaction_id, "block %" PRIu32 ": transaction %s counts on proposal %s with another weight than at its snapshot",
                            ballot->height, short_of(&ballot->transaction_id).text, id);
        if (ballot->height < p->voting_start_height || ballot->height > p->voting_end_height)
            judge_violation(judge, 7, ballot->height, &ballot->transaction_id, "block %" PRIu32 ": transaction %s votes on proposal %s outside its window", ballot->height,
                            short_of(&ballot->transaction_id).text, id);
        for (size_t k = 0; k < i; k++)
            if (address_eq(&ballots[k].voter, &ballot->voter)) {
                judge_violation(judge, 7, ballot->height, &ballot->transaction_id, "block %" PRIu32 ": transaction %s: its sender is counted twice on proposal %s",
                                ballot->height, short_of(&ballot->transaction_id).text, id);
                break;
            }
    }
    if (sides[0] != p->tally.yes.units || sides[1] != p->tally.no.units || sides[2] != p->tally.abstain.units)
        judge_violation(judge, 7, p->voting_end_height, &p->proposal_id, "proposal %s: its votes do not add up to its tally", id);
}

void judge_governance_proposal(struct judge *judge, const struct gov_proposal_view *p, const struct ballot_view *ballots, const struct amount *weights,
                               size_t count)
{
    judge->state[7].samples++;
    ballots_judge(judge, p, ballots, weights, count);
    if (p->status == PROPOSAL_EXECUTED) executed_judge(judge, p);
}
