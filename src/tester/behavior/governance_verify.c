/* Governance looked at from outside: a verifier that recomputes every proposal from what a client reads, and a monitor that watches
 * proposals go on. Both are executions without a bot. */
#include <inttypes.h>

#include "tester/behavior/governance_priv.h"
#include "tester/bot/submit_priv.h"

#define EVERY_STATUS 0xFFu

/* ---- verify.governance ---- */

struct verdicts {
    u128 sides[3];
    bool weights, windows, once;
};

/* Each ballot against the snapshot: its weight, its window, and that its voter has no other. */
static bool ballots_weigh(struct act *act, enum chain_id chain, const struct gov_proposal_view *p, struct verdicts *out)
{
    struct gov_ballots ballots;
    *out = (struct verdicts){.weights = true, .windows = true, .once = true};
    bool good = gov_ballots(act, chain, &p->proposal_id, &ballots);
    for (size_t i = 0; good && i < ballots.count; i++) {
        const struct ballot_view *ballot = &ballots.data[i];
        struct power_view power;
        good = gov_power(act, chain, &ballot->voter, p->snapshot_height, &power);
        if (!good) break;
        if (ballot->choice >= CHOICE_YES && ballot->choice <= CHOICE_ABSTAIN) out->sides[ballot->choice - CHOICE_YES] += ballot->weight.units;
        out->weights = out->weights && amount_eq(power.weight, ballot->weight);
        out->windows = out->windows && ballot->height >= p->voting_start_height && ballot->height <= p->voting_end_height;
        for (size_t k = 0; k < i && out->once; k++) out->once = !address_eq(&ballots.data[k].voter, &ballot->voter);
    }
    gov_ballots_done(&ballots);
    return good;
}

static bool verify_tally(struct act *act, enum chain_id chain, const struct gov_proposal_view *p)
{
    struct verdicts v;
    const struct gov_id_text id = gov_id_text(&p->proposal_id);
    if (!ballots_weigh(act, chain, p, &v)) return false;
    return act_claim(act, "every vote counts with its snapshot's weight", v.weights, "not on %.16s", id.text) &&
           act_claim(act, "every vote lies in its window", v.windows, "not on %.16s", id.text) && act_claim(act, "nobody votes twice", v.once, "on %.16s", id.text) &&
           act_claim(act, "tallies are the sums of their votes",
                     v.sides[0] == p->tally.yes.units && v.sides[1] == p->tally.no.units && v.sides[2] == p->tally.abstain.units, "not on %.16s", id.text);
}

static bool verify_outcome(struct act *act, const struct gov_proposal_view *p)
{
    const struct gov_id_text id = gov_id_text(&p->proposal_id);
    const bool passed = gov_has_passed(p), done = p->executed_height.has;
    if (!act_claim(act, "executed is what tells its height", done == (p->status == PROPOSAL_EXECUTED), "%.16s is " STR_FMT, id.text, STR_ARG(proposal_status_text(p->status))))
        return false;
    if (p->status == PROPOSAL_DEFEATED && !p->joint && !act_claim(act, "what was defeated had not passed", !passed, "%.16s has a majority and a quorum", id.text)) return false;
    if (!done) return true;
    return act_claim(act, "what was executed had passed", passed, "%.16s has no majority or no quorum", id.text) &&
           act_claim(act, "nothing is executed before its time",
                     p->eta_height.has && p->executed_height.value >= p->eta_height.value && p->eta_height.value > p->voting_end_height, "%.16s in %" PRIu32 ", due at %" PRIu32, id.text,
                     p->executed_height.value, p->eta_height.value);
}

struct verifying {
    bool tallies, outcomes, effects, completed;
};

static bool verify_one(struct act *act, enum chain_id chain, const struct gov_proposal_view *p, const struct verifying *what)
{
    const bool counted = p->status != PROPOSAL_PENDING && p->status != PROPOSAL_ACTIVE;
    const struct gov_id_text id = gov_id_text(&p->proposal_id);
    if (what->tallies && counted && !verify_tally(act, chain, p)) return false;
    if (what->outcomes && counted && !verify_outcome(act, p)) return false;
    if (what->effects && chain == CHAIN_ALPHA && p->status == PROPOSAL_EXECUTED && !gov_claim_effect(act, p)) return false;
    if (!what->completed || !counted || chain != CHAIN_ALPHA) return true;
    return act_claim(act, "what had passed is executed, and nothing else", (p->status == PROPOSAL_EXECUTED) == gov_has_passed(p), "%.16s is " STR_FMT, id.text,
                     STR_ARG(proposal_status_text(p->status)));
}

static void verify_chain(struct act *act, enum chain_id chain)
{
    struct arena arena;
    struct gov_list all;
    const bool every = act_lists(act, "subjects", STR("all"));
    const struct verifying what = {.tallies = every || act_lists(act, "subjects", STR("tallies")), .outcomes = every || act_lists(act, "subjects", STR("timelocks")),
                                   .effects = every || act_lists(act, "subjects", STR("effects")), .completed = act_lists(act, "subjects", STR("completed"))};
    arena_init(&arena, 0);
    bool good = gov_list(act, chain, EVERY_STATUS, &arena, &all);
    for (size_t i = 0; good && i < all.count; i++) good = verify_one(act, chain, &all.data[i], &what);
    if (good && all.count == 0 && chain == CHAIN_ALPHA) {
        act->op->status = OP_SKIPPED;
        op_note(act->op, "there is no proposal to verify");
    }
    gov_list_done(&all);
    arena_done(&arena);
}

void gov_verify_step(struct act *act, struct op *op)
{
    if (!act_on(act, CHAIN_ALPHA, op)) return;
    op->sent = env_now(act->crew->env);
    verify_chain(act, CHAIN_ALPHA);
    if (op->status == OP_DONE && crew_has(act->crew, CHAIN_DELTA)) verify_chain(act, CHAIN_DELTA);
    op->admitted = env_now(act->crew->env);
}

/* ---- monitor.governance ---- */

/* What may follow what; a status may also be as it was. */
static bool may_follow(enum proposal_status before, enum proposal_status now)
{
    static const unsigned next[] = {
        [PROPOSAL_PENDING] = 0xFFu & ~(1u << PROPOSAL_PENDING),
        [PROPOSAL_ACTIVE] = 0xFFu & ~(1u << PROPOSAL_PENDING | 1u << PROPOSAL_ACTIVE),
        [PROPOSAL_SUCCEEDED] = 1u << PROPOSAL_QUEUED | 1u << PROPOSAL_EXECUTED | 1u << PROPOSAL_DEFEATED | 1u << PROPOSAL_CANCELLED | 1u << PROPOSAL_EXPIRED,
        [PROPOSAL_QUEUED] = 1u << PROPOSAL_EXECUTED | 1u << PROPOSAL_CANCELLED | 1u << PROPOSAL_EXPIRED,
        [PROPOSAL_EXPIRED] = 0,
    };
    return before == now || (next[before] & (1u << now)) != 0;
}

static const struct gov_proposal_view *find(const struct gov_list *list, const struct hash *id)
{
    for (size_t i = 0; i < list->count; i++)
        if (hash_eq(&list->data[i].proposal_id, id)) return &list->data[i];
    return NULL;
}

static bool goes_on(struct act *act, const struct gov_list *before, const struct gov_list *now)
{
    for (size_t i = 0; i < before->count; i++) {
        const struct gov_proposal_view *was = &before->data[i], *is = find(now, &was->proposal_id);
        const struct gov_id_text id = gov_id_text(&was->proposal_id);
        if (!act_claim(act, "no proposal is forgotten", is != NULL, "%.16s", id.text)) return false;
        if (!act_claim(act, "statuses go one way", may_follow(was->status, is->status), "%.16s: " STR_FMT " -> " STR_FMT, id.text, STR_ARG(proposal_status_text(was->status)),
                       STR_ARG(proposal_status_text(is->status))))
            return false;
        if (!act_claim(act, "a timelock's end does not move", !was->eta_height.has || (is->eta_height.has && was->eta_height.value == is->eta_height.value),
                       "%.16s: %" PRIu32 " -> %" PRIu32, id.text, was->eta_height.value, is->eta_height.value))
            return false;
        if (!act_claim(act, "no vote is lost from a tally",
                       is->tally.yes.units >= was->tally.yes.units && is->tally.no.units >= was->tally.no.units && is->tally.abstain.units >= was->tally.abstain.units, "%.16s", id.text))
            return false;
    }
    return true;
}

/* One look at all proposals. It is of one block alone where the head was the same before and after. */
struct look {
    struct gov_list list;
    struct hash head;
    bool whole;
};

static bool head_read(struct act *act, struct hash *out)
{
    const struct alpha client = gov_client(act, CHAIN_ALPHA);
    struct answer answer;
    uint64_t wait = 0;
    bool told;
    do told = alpha_hash_latest(&client, act_deadline(act, ACT_READ_TIMEOUT), out, &answer);
    while (!told && act_again(act, &answer, &wait));
    if (!told) (void)act_fail(act->op, &answer); /* op tells */
    answer_done(&answer);
    return told;
}

static bool look_take(struct act *act, struct look *out)
{
    struct hash after;
    *out = (struct look){0};
    if (!head_read(act, &out->head) || !gov_list(act, CHAIN_ALPHA, EVERY_STATUS, NULL, &out->list) || !head_read(act, &after)) return false;
    out->whole = hash_eq(&out->head, &after);
    return true;
}

enum fate { FATE_FINAL, FATE_OPEN, FATE_GONE };

/* What became of the block that a look was of, where it is answered now. */
static enum fate fate_of(struct act *act, const struct hash *block)
{
    const struct alpha client = gov_client(act, CHAIN_ALPHA);
    struct answer answer;
    const struct block_view *view = alpha_block_by_hash(&client, block, false, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    enum fate fate = FATE_OPEN; /* nobody answers now: asked again at the next look */
    if (view != NULL) fate = view->status == BLOCK_FINALIZED ? FATE_FINAL : view->status == BLOCK_ORPHANED ? FATE_GONE : FATE_OPEN;
    else if (answer.status == ANSWER_REFUSED && answer.code == CODE_BLOCK_NOT_FOUND) fate = FATE_GONE;
    answer_done(&answer);
    return fate;
}

/* What is not final may step back, and a view may be behind another: a look is held against an earlier one when the block of the earlier
 * one is final where the later one was taken. */
void gov_monitor_step(struct act *act, struct op *op)
{
    struct look before = {0};
    if (!act_on(act, CHAIN_ALPHA, op)) return;
    op->sent = env_now(act->crew->env);
    const struct duration pause = {MAX(act_u64(act, "sample_every"), 100 * NS_PER_MS)};
    bool good = true;
    while (good && !act_is_closing(act)) {
        struct look now;
        const enum fate fate = before.whole ? fate_of(act, &before.head) : FATE_GONE;
        good = look_take(act, &now);
        if (good && fate == FATE_FINAL) good = goes_on(act, &before.list, &now.list);
        struct look *const dropped = fate == FATE_OPEN ? &now : &before;
        gov_list_done(&dropped->list);
        if (fate != FATE_OPEN) before = now;
        if (good) fiber_sleep(act->crew->env, pause);
    }
    gov_list_done(&before.list);
    op->admitted = env_now(act->crew->env);
}
