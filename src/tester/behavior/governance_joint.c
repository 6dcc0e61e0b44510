/* Joint governance (PT-L-003): one proposal, voted on by both chains, in force on both or on neither. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tester/behavior/governance_priv.h"
#include "tester/bot/submit_priv.h"

#define APPLY_WITHIN duration_s(30) /* of Alpha's execution being final */
#define BRIDGE_BLOCKS 120u          /* what a message may take to be told and executed on the other side */

struct joint {
    struct arena arena;
    struct gov_draft draft;
    struct gov_creation made;
    struct gov_proposal_view alpha, delta;
    struct gov_campaign here, there; /* votes that were promised on Alpha, on Delta */
};

static struct joint *joint_new(void)
{
    struct joint *joint = base_alloc(sizeof(*joint));
    arena_init(&joint->arena, 0);
    return joint;
}

static void joint_free(struct joint *joint)
{
    gov_campaign_done(&joint->here);
    gov_campaign_done(&joint->there);
    arena_done(&joint->arena);
    base_free(joint);
}

static bool late(struct act *act, const char *note)
{
    act->op->status = OP_TIMED_OUT;
    op_note(act->op, note);
    return false;
}

/* ---- to both chains ---- */

/* Until the bridge has brought it: Delta does not know the id before. */
static bool mirror_await(struct act *act, struct joint *j)
{
    for (uint32_t blocks = 0;; blocks++) {
        if (gov_read(act, CHAIN_DELTA, &j->made.landing.id, &j->arena, &j->delta)) break;
        if (!gov_forgive(act->op, CODE_PROPOSAL_NOT_FOUND)) return false;
        if (blocks == BRIDGE_BLOCKS) return act_claim(act, "the mirror reaches Delta", false, "not in %u blocks", BRIDGE_BLOCKS);
        if (!tide_next(act, CHAIN_DELTA, act->deadline)) return late(act, "gave up waiting for the mirror");
    }
    return act_claim(act, "the mirror reaches Delta", j->delta.joint && str_eq(j->delta.action, j->made.seen.action), "it carries another action") &&
           act_claim(act, "each chain asks for its own quorum", j->delta.tally.quorum_bps == act_u64(act, "quorum") && j->made.seen.tally.quorum_bps == act_u64(act, "quorum"),
                     "%u and %u bps", j->made.seen.tally.quorum_bps, j->delta.tally.quorum_bps);
}

static bool joint_propose(struct act *act, struct joint *j)
{
    if (!act_on(act, CHAIN_ALPHA, act->op) || !gov_draft(act, ACTION_PARAMETER_CHANGE, &j->arena, &j->draft)) return false;
    j->draft.joint = true;
    return gov_propose(act, &j->draft, true, &j->arena, &j->made) && mirror_await(act, j);
}

static bool joint_vote(struct act *act, struct joint *j, enum vote_choice here, enum vote_choice there)
{
    const struct hash *id = &j->made.landing.id;
    const uint32_t campaign = (uint32_t)act_u64(act, "campaign");
    if (!gov_vote(act, CHAIN_ALPHA, id, here)) return false;
    if (campaign > 0) (void)gov_campaign(act, CHAIN_ALPHA, id, here, campaign, &j->here); /* as many as would */
    if (!gov_vote(act, CHAIN_DELTA, id, there)) return false;
    if (campaign > 0) (void)gov_campaign(act, CHAIN_DELTA, id, there, campaign, &j->there);
    return act_on(act, CHAIN_ALPHA, act->op);
}

/* Both have counted, and Alpha knows what Delta counted. */
static bool joint_close(struct act *act, struct joint *j)
{
    const struct hash *id = &j->made.landing.id;
    if (!gov_reach(act, CHAIN_ALPHA, j->made.seen.voting_end_height + 1) || !gov_reach(act, CHAIN_DELTA, j->delta.voting_end_height + 1)) return false;
    for (uint32_t blocks = 0;; blocks++) {
        if (!gov_read(act, CHAIN_ALPHA, id, &j->arena, &j->alpha) || !gov_read(act, CHAIN_DELTA, id, &j->arena, &j->delta)) return false;
        if (j->alpha.counterpart.passed.has || j->alpha.status == PROPOSAL_DEFEATED) break;
        if (blocks == BRIDGE_BLOCKS) return act_claim(act, "Delta's count comes back to Alpha", false, "not in %u blocks", BRIDGE_BLOCKS);
        if (!tide_next(act, CHAIN_ALPHA, act->deadline)) return late(act, "gave up waiting for Delta's count");
    }
    return gov_claim_promises(act, CHAIN_ALPHA, id, &j->here) && gov_claim_promises(act, CHAIN_DELTA, id, &j->there);
}

/* ---- in force on both ---- */

/* Delta was told in time; where its own timelock was longer, anybody may execute it there. */
static bool delta_follow(struct act *act, struct joint *j)
{
    const struct instant final = env_now(act->crew->env), until = instant_add(final, APPLY_WITHIN);
    const struct hash *id = &j->made.landing.id;
    const struct alpha client = gov_client(act, CHAIN_DELTA);
    for (;;) {
        struct answer answer;
        uint64_t wait = 0;
        const struct mirror_view *view;
        do view = delta_mirror(&client, id, act_deadline(act, ACT_READ_TIMEOUT), &answer);
        while (view == NULL && act_again(act, &answer, &wait));
        const bool read = view != NULL || act_fail(act->op, &answer);
        const bool done = view != NULL && view->delta_status == PROPOSAL_EXECUTED, executable = view != NULL && view->executable;
        answer_done(&answer);
        if (!read) return false;
        if (done) break;
        if (executable) {
            const union payload payload = {.id = {*id}};
            const struct send_plan plan = {.kind = KIND_GOV_EXECUTE, .payload = &payload};
            if (!act_on(act, CHAIN_DELTA, act->op)) return false;
            if (!act_send(act, &plan, NULL, act->op) && !gov_forgive(act->op, CODE_ALREADY_EXECUTED)) return false;
            if (!act_on(act, CHAIN_ALPHA, act->op)) return false;
        } else if (!tide_next(act, CHAIN_DELTA, until)) {
            if (act_gives_up(act)) return late(act, "gave up waiting for Delta");
            break;
        }
    }
    const uint64_t ms = instant_since(env_now(act->crew->env), final).ns / NS_PER_MS;
    if (!gov_read(act, CHAIN_DELTA, id, &j->arena, &j->delta)) return false;
    return act_claim(act, "Delta applies it within 30 s", j->delta.status == PROPOSAL_EXECUTED && ms <= APPLY_WITHIN.ns / NS_PER_MS,
                     "after %" PRIu64 " ms it is " STR_FMT, ms, STR_ARG(proposal_status_text(j->delta.status)));
}

static bool joint_execute(struct act *act, struct joint *j)
{
    if (j->alpha.status == PROPOSAL_SUCCEEDED && !gov_queue(act, &j->alpha)) return false;
    if (!gov_execute(act, &j->alpha)) return false;
    if (!act_claim(act, "both chains had passed what was executed", gov_has_passed(&j->alpha) && gov_has_passed(&j->delta) && j->alpha.counterpart.passed.value,
                   "one of the counts gives it no majority or no quorum"))
        return false;
    return delta_follow(act, j) && gov_claim_effect(act, &j->alpha) && gov_claim_change(act, CHAIN_DELTA, "Delta carries the same value", &j->draft.action);
}

/* ---- in force on neither ---- */

struct values {
    char alpha[ACTION_VALUE_BYTES_MAX + 1], delta[ACTION_VALUE_BYTES_MAX + 1];
};
static bool values_read(struct act *act, const char *key, struct values *out)
{
    return gov_parameter(act, CHAIN_ALPHA, key, out->alpha) && gov_parameter(act, CHAIN_DELTA, key, out->delta);
}

/* Others may change the same parameter meanwhile: what they executed last may stand there, never what was lost. */
static bool claim_neither(struct act *act, struct joint *j, const struct values *before)
{
    struct values after;
    char key[ACTION_KEY_BYTES_MAX + 1];
    snprintf(key, sizeof(key), STR_FMT, STR_ARG(j->draft.action.key));
    if (!gov_read_when(act, CHAIN_DELTA, &j->made.landing.id, 1u << PROPOSAL_DEFEATED, NULL, &j->delta)) return false;
    if (!act_claim(act, "what failed on one side is executed on neither", j->alpha.status == PROPOSAL_DEFEATED && j->delta.status == PROPOSAL_DEFEATED &&
                       !j->alpha.executed_height.has && !j->delta.executed_height.has, "Alpha " STR_FMT ", Delta " STR_FMT,
                   STR_ARG(proposal_status_text(j->alpha.status)), STR_ARG(proposal_status_text(j->delta.status))))
        return false;
    if (!gov_try_early(act, &j->made.landing.id, CODE_PROPOSAL_NOT_EXECUTABLE, GOV_NEVER) || !values_read(act, key, &after)) return false;
    const bool alpha = strcmp(before->alpha, after.alpha) == 0 || !str_eq(str_of(after.alpha), j->draft.action.value);
    const bool delta = strcmp(before->delta, after.delta) == 0 || !str_eq(str_of(after.delta), j->draft.action.value);
    return act_claim(act, "both values stay as they were", alpha && delta, "Alpha %.20s -> %.20s, Delta %.20s -> %.20s", before->alpha, after.alpha, before->delta, after.delta);
}

/* One that Delta (or Alpha) votes down. Others may save it: then it is none of this. */
static bool failing_joint(struct act *act)
{
    const struct str side = act_word(act, "failing");
    if (str_eq(side, STR("none"))) return true;
    struct joint *j = joint_new();
    struct values *before = base_alloc(sizeof(*before));
    const enum vote_choice here = str_eq(side, STR("alpha")) ? CHOICE_NO : CHOICE_YES, there = here == CHOICE_NO ? CHOICE_YES : CHOICE_NO;
    char key[ACTION_KEY_BYTES_MAX + 1];
    bool good = joint_propose(act, j);
    snprintf(key, sizeof(key), STR_FMT, STR_ARG(j->draft.action.key));
    good = good && values_read(act, key, before) && joint_vote(act, j, here, there) && joint_close(act, j);
    if (good && j->alpha.status == PROPOSAL_DEFEATED) good = claim_neither(act, j, before);
    base_free(before);
    joint_free(j);
    return good;
}

void gov_joint_step(struct act *act, struct op *op)
{
    if (!act_on(act, CHAIN_DELTA, op)) return; /* the target serves no Delta: op says so */
    struct joint *j = joint_new();
    bool good = joint_propose(act, j) && joint_vote(act, j, CHOICE_YES, CHOICE_YES) && joint_close(act, j);
    if (good && j->alpha.status != PROPOSAL_DEFEATED) good = joint_execute(act, j);
    if (good) {
        const struct gov_id_text id = gov_id_text(&j->made.landing.id);
        act_output(act, STR("proposal_id"), str_of(id.text));
        (void)failing_joint(act); /* op tells */
    }
    joint_free(j);
}
