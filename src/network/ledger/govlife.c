/* The life of a proposal, as far as it goes by height and votes: the same on both chains. */
#include "core/codec/binary.h"
#include "network/ledger/governance_priv.h"
#include "network/ledger/governance_view.h"
#include "network/ledger/guard_governance_priv.h"
#include "network/ledger/programs_priv.h"

bool proposal_is_over(enum proposal_phase phase)
{
    switch (phase) {
    case LIFE_OPEN:
    case LIFE_SUCCEEDED:
    case LIFE_QUEUED: return false;
    case LIFE_DEFEATED:
    case LIFE_EXECUTED:
    case LIFE_CANCELLED:
    case LIFE_EXPIRED: return true;
    }
    UNREACHABLE();
}

/* ---- the count ---- */

/* a * x against b * y, exactly: amounts go up to 2^128. */
static int product_cmp(struct amount a, uint32_t x, struct amount b, uint32_t y)
{
    const u128 low = UINT64_MAX;
    const u128 a0 = (a.units & low) * x, b0 = (b.units & low) * y;
    const u128 a1 = (a.units >> 64) * x + (a0 >> 64), b1 = (b.units >> 64) * y + (b0 >> 64);
    if (a1 != b1) return a1 > b1 ? 1 : -1;
    return ((a0 & low) > (b0 & low)) - ((a0 & low) < (b0 & low));
}

bool governance_stake_counts(const struct ledger_rules *rules) { return guard_stake_counts(rules); }

static struct amount cast_of(const struct proposal *p) { return amount_add_clamped(amount_add_clamped(p->yes, p->no), p->abstain); }

bool proposal_quorum_met(const struct ledger_rules *rules, const struct proposal *p)
{
    if (!guard_stake_counts(rules)) return p->votes > 0; /* heads have no total to fall short of */
    return product_cmp(cast_of(p), 10000, p->total_weight, p->quorum_bps) >= 0;
}

bool proposal_passed(const struct ledger_rules *rules, const struct proposal *p)
{
    return proposal_quorum_met(rules, p) && product_cmp(p->yes, 10000, amount_add_clamped(p->yes, p->no), p->threshold_bps) > 0;
}

/* ---- phases ---- */

static void tell(struct work *work, const struct proposal *p, enum proposal_status status)
{
    const struct proposal_event event = {.proposal_id = p->id, .status = status};
    work_event(work, EVENT_GOV_PROPOSAL, &shape_proposal_event, &event);
}

enum proposal_status proposal_status_at(const struct proposal *p, uint32_t height)
{
    switch (p->phase) {
    case LIFE_OPEN: return height < p->start ? PROPOSAL_PENDING : PROPOSAL_ACTIVE;
    case LIFE_DEFEATED: return PROPOSAL_DEFEATED;
    case LIFE_SUCCEEDED: return PROPOSAL_SUCCEEDED;
    case LIFE_QUEUED: return PROPOSAL_QUEUED;
    case LIFE_EXECUTED: return PROPOSAL_EXECUTED;
    case LIFE_CANCELLED: return PROPOSAL_CANCELLED;
    case LIFE_EXPIRED: return PROPOSAL_EXPIRED;
    }
    UNREACHABLE();
}

static struct okey open_key(const struct hash *id)
{
    struct okey key = gov_index(GOV_OPEN);
    okey_hash(&key, id);
    return key;
}

void proposal_phase_to(struct work *work, struct proposal *p, enum proposal_phase phase)
{
    p->phase = phase;
    if (proposal_is_over(phase)) {
        const struct okey key = open_key(&p->id);
        work_remove(work, &key);
    }
    tell(work, p, proposal_status_at(p, work->frame->height));
    proposal_put(work, p);
}

static uint32_t later(uint32_t height, uint64_t blocks) { return blocks > UINT32_MAX - height ? UINT32_MAX : height + (uint32_t)blocks; }

void proposal_open(struct work *work, struct proposal *p)
{
    struct gov_counts counts = gov_counts(&work->objects);
    p->number = ++counts.proposals;
    gov_counts_put(work, &counts);
    p->created = work->frame->height;
    /* The snapshot is complete when its block is: voting opens behind it. */
    p->start = later(p->created, MAX(work->params.voting_delay_blocks, UINT64_C(1)));
    p->quorum_bps = (uint16_t)work->params.quorum_bps;
    p->threshold_bps = (uint16_t)work->params.threshold_bps;
    p->phase = LIFE_OPEN;
    agenda_put(work, later(p->created, 1), AGENDA_SNAPSHOT, &p->id);
    agenda_put(work, p->start, AGENDA_START, &p->id);
    agenda_put(work, later(p->end, 1), AGENDA_CLOSE, &p->id);
    struct okey key = open_key(&p->id);
    work_set(work, &key, (struct str){(const char *)&p->proposer, sizeof(p->proposer)});
    key = gov_index(GOV_BY_NUMBER);
    okey_u32(&key, p->number);
    work_set(work, &key, (struct str){(const char *)&p->id, sizeof(p->id)});
    key = gov_index(GOV_BY_OWNER);
    okey_address(&key, &p->proposer);
    okey_u32(&key, p->number);
    struct buf value = {0};
    bin_put_bytes(&value, &p->id, sizeof(p->id));
    bin_put_u32(&value, p->created);
    work_set(work, &key, buf_str(&value));
    buf_done(&value);
    proposal_put(work, p);
    tell(work, p, PROPOSAL_PENDING);
}

/* The deposit goes back, whatever the reason. The caller writes the proposal. */
void proposal_deposit_back(struct work *work, struct proposal *p)
{
    if (!p->deposit_held) return;
    p->deposit_held = false;
    HOLDING(work, TOKEN_AX, deposits) -= p->deposit.units;
    money_give(work, &p->proposer, TOKEN_AX, p->deposit);
}

static void deposit_lost(struct work *work, struct proposal *p)
{
    if (!p->deposit_held) return;
    p->deposit_held = false;
    HOLDING(work, TOKEN_AX, deposits) -= p->deposit.units;
    treasury_give(work, p->deposit);
}

void proposal_expire_at(struct work *work, struct proposal *p, uint32_t height)
{
    p->expiry = height;
    agenda_put(work, height, AGENDA_EXPIRE, &p->id);
}

/* ---- what is due ---- */

static void closed_note(struct work *work, const struct proposal *p, bool quorum)
{
    struct okey key = gov_index(GOV_CLOSED);
    okey_hash(&key, &p->id);
    work_set(work, &key, quorum ? STR("-") : STR("!"));
}

/* Voting is over. */
static void close(struct work *work, struct proposal *p)
{
    if (p->phase != LIFE_OPEN) return;
    const bool quorum = proposal_quorum_met(work->rules, p), passed = proposal_passed(work->rules, p);
    const uint32_t height = work->frame->height;
    if (p->mirrored) {
        if (passed) {
            p->eta = later(height, p->timelock_blocks);
            p->queued_ms = work->frame->timestamp_ms;
        }
        mirror_tally(work, p);
        proposal_phase_to(work, p, passed ? LIFE_QUEUED : LIFE_DEFEATED);
        return;
    }
    closed_note(work, p, quorum);
    if (quorum) proposal_deposit_back(work, p);
    else deposit_lost(work, p);
    if (!passed || p->counterpart == COUNTERPART_FAILED) {
        if (p->joint) mirror_tell(work, p, 2);
        proposal_phase_to(work, p, LIFE_DEFEATED);
        return;
    }
    if (!p->joint || p->counterpart == COUNTERPART_PASSED) proposal_expire_at(work, p, later(height, work->params.unbonding_blocks));
    proposal_phase_to(work, p, LIFE_SUCCEEDED);
}

static void expire(struct work *work, struct proposal *p)
{
    if ((p->phase != LIFE_SUCCEEDED && p->phase != LIFE_QUEUED) || p->expiry > work->frame->height) return;
    if (p->joint && !p->mirrored) mirror_tell(work, p, 3);
    proposal_phase_to(work, p, LIFE_EXPIRED);
}

static void due(struct work *work, enum agenda what, const struct hash *id)
{
    struct proposal p;
    if (!proposal_get(&work->objects, id, &p)) return;
    p.title = str_dup(&work->arena, p.title);
    p.action.key = str_dup(&work->arena, p.action.key);
    p.action.value = str_dup(&work->arena, p.action.value);
    switch (what) {
    case AGENDA_SNAPSHOT:
        p.total_weight = staking_total_weight_at(&work->objects, p.created);
        proposal_put(work, &p);
        return;
    case AGENDA_START:
        if (p.phase == LIFE_OPEN) tell(work, &p, PROPOSAL_ACTIVE);
        return;
    case AGENDA_CLOSE: close(work, &p); return;
    case AGENDA_EXPIRE: expire(work, &p); return;
    case AGENDA_APPLY: mirror_apply_due(work, &p); return;
    }
    UNREACHABLE();
}

void gov_advance(struct work *work)
{
    const struct okey prefix = gov_index(GOV_AGENDA);
    struct ordmap_entry entry;
    while (ordmap_first(&work->objects, okey_view(&prefix), &entry)) {
        struct bin_reader r = bin_reader_of(entry.key.data + prefix.len, entry.key.len - prefix.len);
        uint8_t height[4];
        struct hash id;
        bin_get_bytes(&r, height, sizeof(height));
        const enum agenda what = (enum agenda)bin_get_u8(&r);
        bin_get_bytes(&r, &id, sizeof(id));
        const bool sound = bin_done(&r);
        ASSERT(sound); /* only agenda_put writes there */
        const uint32_t at = (uint32_t)height[0] << 24 | (uint32_t)height[1] << 16 | (uint32_t)height[2] << 8 | height[3];
        if (at > work->frame->height) break;
        struct okey key = prefix;
        okey_u32(&key, at);
        okey_u8(&key, (uint8_t)what);
        okey_hash(&key, &id);
        work_remove(work, &key);
        due(work, what, &id);
    }
    gov_releases_pay(work);
}

/* ---- voting ---- */

/* What a vote of this voter counts. */
static struct amount weight_of(const struct exec *x, const struct proposal *p)
{
    const struct ledger_rules *rules = x->work->rules;
    if (!guard_stake_counts(rules)) return AMOUNT(1);
    if (!guard_snapshot(rules)) return staking_weight(&x->work->objects, &x->sender);
    return staking_weight_at(&x->work->objects, &x->sender, p->created);
}

static enum code vote_window(struct exec *x, const struct proposal *p)
{
    const struct ledger_rules *rules = x->work->rules;
    const uint32_t height = x->work->frame->height;
    if (height < p->start && p->phase == LIFE_OPEN) return refuse(x, CODE_VOTING_NOT_STARTED, RECEIPT_FIELD_PROPOSAL);
    const bool over = height > guard_vote_end(rules, p->end), ended_early = height <= p->end && p->phase != LIFE_OPEN;
    if (!guard_vote_status(rules, !over && !ended_early)) return refuse(x, CODE_VOTING_PERIOD_ENDED, RECEIPT_FIELD_PROPOSAL);
    return CODE_NONE;
}

static enum code vote_right(struct exec *x, const struct proposal *p, struct amount *out_weight)
{
    const struct ledger_rules *rules = x->work->rules;
    const bool asks = !x->rehearsal || guard_vote_ingress(rules);
    if (asks && !guard_voter(rules, ballot_has(&x->work->objects, &p->id, &x->sender)))
        return refuse(x, CODE_ALREADY_VOTED, RECEIPT_FIELD_PROPOSAL);
    if (governance_revoked(x->work->rules, &x->work->objects, &x->sender)) return refuse(x, CODE_GOVERNANCE_REVOKED, RECEIPT_FIELD_SENDER);
    struct amount weight = weight_of(x, p);
    const struct amount minimum = AMOUNT(x->work->params.min_vote_stake);
    if (guard_stake_counts(rules) && !guard_vote_stake(rules, weight, minimum))
        return refuse_lack(x, CODE_INSUFFICIENT_STAKE, RECEIPT_FIELD_SENDER, weight,
                           amount_is_zero(minimum) ? AMOUNT(1) : minimum);
    if (amount_is_zero(weight)) weight = AMOUNT(1); /* only behind the switch: whoever votes counts */
    *out_weight = weight;
    return CODE_NONE;
}

static void vote_count(struct exec *x, struct proposal *p, struct amount weight)
{
    const struct payload_vote *vote = &x->payload->vote;
    struct amount *side = vote->choice == CHOICE_YES ? &p->yes : vote->choice == CHOICE_NO ? &p->no : &p->abstain;
    *side = amount_add_clamped(*side, weight);
    const struct ballot ballot = {.voter = x->sender,
                                  .choice = vote->choice,
                                  .weight = weight,
                                  .height = x->work->frame->height,
                                  .transaction_id = x->tx->id};
    ballot_put(x->work, &p->id, p->votes++, &ballot);
    programs_note_vote(x->work, &p->id, &x->sender, vote->choice);
    proposal_put(x->work, p);
    struct governor governor;
    if (governor_get(&x->work->objects, &x->sender, &governor)) {
        governor.votes++;
        governor_put(x->work, &x->sender, &governor);
    }
    const struct ballot_view event = {.voter = ballot.voter,
                                      .choice = ballot.choice,
                                      .weight = weight,
                                      .height = ballot.height,
                                      .transaction_id = ballot.transaction_id};
    work_event(x->work, EVENT_GOV_VOTE, &shape_ballot, &event);
}

enum code gov_vote_apply(struct exec *x)
{
    struct proposal p;
    struct amount weight;
    gov_advance(x->work);
    if (!proposal_get(&x->work->objects, &x->payload->vote.proposal, &p))
        return refuse(x, CODE_PROPOSAL_NOT_FOUND, RECEIPT_FIELD_PROPOSAL);
    enum code code = vote_window(x, &p);
    if (code == CODE_NONE) code = vote_right(x, &p, &weight);
    if (code == CODE_NONE) vote_count(x, &p, weight);
    return code;
}

/* ---- executing ---- */

enum code gov_not_executable(struct exec *x, const struct proposal *p)
{
    enum receipt_reason reason = RECEIPT_REASON_NOT_QUEUED; /* cancelled or expired: nothing will queue it any more */
    if (p->phase == LIFE_OPEN) reason = RECEIPT_REASON_VOTING_OPEN;
    if (p->phase == LIFE_DEFEATED)
        reason = proposal_quorum_met(x->work->rules, p) ? RECEIPT_REASON_DEFEATED : RECEIPT_REASON_NO_QUORUM;
    if (p->phase == LIFE_SUCCEEDED) reason = RECEIPT_REASON_VOTING_OPEN; /* a joint one: the other chain has not counted yet */
    return refuse_for(x, CODE_PROPOSAL_NOT_EXECUTABLE, RECEIPT_FIELD_PROPOSAL, reason);
}

/* With the switch, time passes as fast as the sender says. */
static bool elapsed(const struct exec *x, const struct proposal *p)
{
    const struct work *work = x->work;
    if (guard_clock_is_the_chains(work->rules)) return work->frame->height >= p->eta;
    return x->tx->timestamp_ms >= p->queued_ms + work->params.timelock_blocks * work->params.block_interval_ms;
}

enum code gov_timelock(struct exec *x, const struct proposal *p)
{
    if (p->phase == LIFE_SUCCEEDED) {
        if (guard_timelock(x->work->rules, false)) return CODE_NONE;
        return refuse_for(x, CODE_TIMELOCK_NOT_EXPIRED, RECEIPT_FIELD_PROPOSAL, RECEIPT_REASON_NOT_QUEUED);
    }
    if (guard_timelock(x->work->rules, elapsed(x, p))) return CODE_NONE;
    return refuse_lack(x, CODE_TIMELOCK_NOT_EXPIRED, RECEIPT_FIELD_PROPOSAL, AMOUNT(x->work->frame->height), AMOUNT(p->eta));
}
