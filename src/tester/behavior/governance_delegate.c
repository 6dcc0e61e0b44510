/* Delegated voting (PT-L-002): a governor hands its weight to another, who votes with both; afterwards it is the governor's own again. */
#include "tester/behavior/governance_priv.h"

static bool delegate_to(struct act *act, const struct bot *representative)
{
    const union payload payload = {.vote_delegate = {.to = representative->identity.address}};
    const struct send_plan plan = {.kind = KIND_VOTE_DELEGATE, .payload = &payload};
    return act_send(act, &plan, NULL, act->op);
}

static bool undelegate(struct act *act, struct op *op)
{
    const union payload payload = {0};
    const struct send_plan plan = {.kind = KIND_VOTE_UNDELEGATE, .payload = &payload};
    return act_send(act, &plan, NULL, op);
}

/* Whatever went wrong in between, the weight does not stay with the other; how it went wrong stands. */
static void take_back(struct act *act)
{
    struct op aside = {.status = OP_DONE};
    if (!undelegate(act, &aside)) act_event(act, EVENT_ERROR, aside.code, act->bot->index, 0, STR("its weight stays delegated"));
}

/* A proposal of no consequence, made by the bot of `act`, with its snapshot. */
static bool proposal_make(struct act *act, struct arena *arena, struct gov_creation *out)
{
    struct gov_draft draft;
    return gov_draft(act, ACTION_TEXT, arena, &draft) && gov_propose(act, &draft, true, arena, out);
}

/* It was made for this alone: its deposit comes back, and the governor may have another. */
static bool proposal_cancel(struct act *act, const struct hash *id)
{
    struct gov_proposal_view p;
    const union payload payload = {.id = {*id}};
    const struct send_plan plan = {.kind = KIND_PROPOSAL_CANCEL, .payload = &payload, .loose = 1u << TOKEN_AX};
    if (!act_send(act, &plan, NULL, act->op)) return gov_forgive(act->op, CODE_ALREADY_EXECUTED);
    return gov_read_when(act, CHAIN_ALPHA, id, 1u << PROPOSAL_CANCELLED, NULL, &p) &&
           act_claim(act, "a proposal that its maker cancels is over", p.status == PROPOSAL_CANCELLED, "it is " STR_FMT, STR_ARG(proposal_status_text(p.status)));
}

struct weights {
    struct power_view own, representative;
};
static bool weights_at(struct act *act, const struct bot *representative, uint32_t height, struct weights *out)
{
    return gov_power(act, CHAIN_ALPHA, &act->bot->identity.address, height, &out->own) &&
           gov_power(act, CHAIN_ALPHA, &representative->identity.address, height, &out->representative);
}

/* What the representative's vote counts on the proposal. */
static bool counted(struct act *act, const struct bot *representative, const struct hash *id, struct amount *out)
{
    struct gov_ballots ballots;
    const bool read = gov_ballots(act, CHAIN_ALPHA, id, &ballots);
    *out = AMOUNT(0);
    for (size_t i = 0; i < ballots.count; i++)
        if (address_eq(&ballots.data[i].voter, &representative->identity.address)) *out = ballots.data[i].weight;
    gov_ballots_done(&ballots);
    return read;
}

/* While it is delegated: the representative counts for both, the governor for nobody. */
static bool delegated_vote(struct act *act, struct bot *representative, const struct gov_creation *made)
{
    struct weights w;
    struct amount weight;
    const struct hash *id = &made->landing.id;
    if (!gov_ask_vote(act, representative, CHAIN_ALPHA, id, CHOICE_YES) || !act_on(act, CHAIN_ALPHA, act->op)) return false;
    if (!weights_at(act, representative, made->seen.snapshot_height, &w) || !counted(act, representative, id, &weight)) return false;
    if (!act_claim(act, "the representative counts its own and the delegated weight",
                   w.own.own.units > 0 && w.own.delegated_out.units == w.own.own.units && w.representative.delegated_in.units >= w.own.own.units &&
                       weight.units == w.representative.own.units - w.representative.delegated_out.units + w.representative.delegated_in.units,
                   "%llu is counted, its own is %llu, delegated %llu", (unsigned long long)weight.units, (unsigned long long)w.representative.own.units,
                   (unsigned long long)w.representative.delegated_in.units))
        return false;
    if (w.own.delegated_in.units > 0) return true; /* others have made the governor their own representative: it votes for them */
    const union payload payload = {.vote = {.proposal = *id, .choice = CHOICE_NO}};
    const struct send_plan plan = {.kind = KIND_PROPOSAL_VOTE, .payload = &payload};
    return act_claim_refused(act, "who has delegated cannot vote itself", act_send_refused(act, &plan, CODE_INSUFFICIENT_STAKE, NULL, act->op));
}

/* Later proposals leave it out: what the representative counts there is its own, and what others gave it. */
static bool later_vote(struct act *act, struct bot *representative, const struct gov_creation *made)
{
    struct weights w;
    struct amount weight;
    if (!gov_ask_vote(act, representative, CHAIN_ALPHA, &made->landing.id, CHOICE_ABSTAIN) || !act_on(act, CHAIN_ALPHA, act->op)) return false;
    if (!weights_at(act, representative, made->seen.snapshot_height, &w) || !counted(act, representative, &made->landing.id, &weight)) return false;
    return act_claim(act, "a later proposal leaves it out",
                     w.own.delegated_out.units == 0 && w.own.weight.units >= w.own.own.units &&
                         weight.units == w.representative.own.units - w.representative.delegated_out.units + w.representative.delegated_in.units,
                     "%llu is counted, the governor's own still goes out: %llu", (unsigned long long)weight.units, (unsigned long long)w.own.delegated_out.units);
}

static struct bot *representative_of(struct act *act)
{
    struct arena arena;
    struct bot *found = NULL;
    if (!act_has(act, "to")) return act_partner(act);
    arena_init(&arena, 0);
    const struct str name = act_text(act, "to", &arena);
    for (uint32_t i = 0; i < act->crew->bots_count && found == NULL; i++)
        if (str_eq(act->crew->bots[i]->identity.id, name)) found = act->crew->bots[i];
    arena_done(&arena);
    return found;
}

void gov_delegate_step(struct act *act, struct op *op)
{
    struct arena arena;
    struct gov_creation first, second;
    struct bot *representative = representative_of(act);
    if (representative == NULL || representative == act->bot) {
        op->status = OP_SKIPPED;
        op_note(op, "there is nobody to delegate to");
        return;
    }
    if (!act_on(act, CHAIN_ALPHA, op) || !delegate_to(act, representative)) return;
    arena_init(&arena, 0);
    const bool voted = proposal_make(act, &arena, &first) && delegated_vote(act, representative, &first);
    const bool back = voted && undelegate(act, op);
    if (!back) take_back(act);
    if (back && proposal_cancel(act, &first.landing.id)) {
        struct act other = gov_as(act, representative);
        if (proposal_make(&other, &arena, &second) && later_vote(act, representative, &second) && proposal_cancel(&other, &second.landing.id)) {
            const struct gov_id_text id = gov_id_text(&first.landing.id);
            act_output(act, STR("proposal_id"), str_of(id.text));
        }
    }
    arena_done(&arena);
}
