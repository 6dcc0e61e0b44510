/* Whole lives of proposals: from the draft to what it changed. */
#include <inttypes.h>
#include <stdio.h>

#include "tester/behavior/governance_priv.h"

/* The network runs with the lengths that the plan speaks of, if it does; else this is not the execution that was planned. */
static bool lengths_agree(struct act *act, const char *param)
{
    char text[ACTION_VALUE_BYTES_MAX + 1], note[80];
    uint64_t value;
    if (!act_has(act, param)) return true;
    if (!gov_parameter(act, CHAIN_ALPHA, param, text)) return false;
    if (str_to_u64(str_of(text), &value) && value == act_u64(act, param)) return true;
    snprintf(note, sizeof(note), "the network's %s is %.20s, not %" PRIu64, param, text, act_u64(act, param));
    act->op->status = OP_SKIPPED;
    op_note(act->op, note);
    return false;
}

/* ---- one life ---- */

/* The stages that were seen, each when its time was. */
struct life {
    struct arena arena;
    struct gov_creation made;
    struct gov_proposal_view seen;
    struct gov_campaign campaign;
    uint32_t visited; /* 1u << status */
    bool patient; /* its effect takes until the next epoch: looked at when all the others are done */
};

#define WHOLE_LIFE                                                                                                               \
    (1u << PROPOSAL_PENDING | 1u << PROPOSAL_ACTIVE | 1u << PROPOSAL_SUCCEEDED | 1u << PROPOSAL_QUEUED | 1u << PROPOSAL_EXECUTED)

static struct life *life_new(void)
{
    struct life *life = base_alloc(sizeof(*life));
    arena_init(&life->arena, 0);
    return life;
}

static void life_free(struct life *life)
{
    gov_campaign_done(&life->campaign);
    arena_done(&life->arena);
    base_free(life);
}

/* Reads it when it should be in `status`. Another governor may have taken it further: then it has been there. */
static bool stage(struct act *act, struct life *life, enum proposal_status status, uint32_t or_later)
{
    const struct str action = life->seen.action;
    const bool read = gov_read_when(act, CHAIN_ALPHA, &life->made.landing.id, 1u << status | or_later, NULL, &life->seen);
    life->seen.action = action;
    if (read && ((1u << life->seen.status) & (1u << status | or_later)) != 0) life->visited |= 1u << status;
    return read;
}

static bool life_propose(struct act *act, struct life *life, enum action_type type, bool patient)
{
    struct gov_draft draft;
    if (!gov_draft(act, type, &life->arena, &draft) || !gov_propose(act, &draft, patient, &life->arena, &life->made)) return false;
    life->seen = life->made.seen;
    if (life->made.pending_told) life->visited |= 1u << PROPOSAL_PENDING;
    return true;
}

/* Votes, asks others for theirs, and shows that nothing can be executed yet. */
static bool life_vote(struct act *act, struct life *life, enum vote_choice choice, uint32_t campaign)
{
    const struct hash *id = &life->made.landing.id;
    if (!gov_reach(act, CHAIN_ALPHA, life->seen.voting_start_height) || !stage(act, life, PROPOSAL_ACTIVE, 0)) return false;
    if (!gov_vote(act, CHAIN_ALPHA, id, choice)) return false;
    if (campaign > 0) (void)gov_campaign(act, CHAIN_ALPHA, id, choice, campaign, &life->campaign); /* as many as would */
    return gov_try_early(act, id, CODE_PROPOSAL_NOT_EXECUTABLE, GOV_NEVER);
}

/* The count is the sum of the ballots, by side. */
static bool claim_tally(struct act *act, const struct life *life)
{
    struct gov_ballots ballots;
    u128 sides[3] = {0};
    const struct tally_view *t = &life->seen.tally;
    const bool read = gov_ballots(act, CHAIN_ALPHA, &life->made.landing.id, &ballots);
    for (size_t i = 0; read && i < ballots.count; i++)
        if (ballots.data[i].choice >= CHOICE_YES && ballots.data[i].choice <= CHOICE_ABSTAIN) sides[ballots.data[i].choice - CHOICE_YES] += ballots.data[i].weight.units;
    gov_ballots_done(&ballots);
    return read && act_claim(act, "the tally is the sum of its votes", sides[0] == t->yes.units && sides[1] == t->no.units && sides[2] == t->abstain.units,
                             "yes %llu of %llu", (unsigned long long)t->yes.units, (unsigned long long)sides[0]);
}

/* Voting is over: counted, and queued when it has passed. */
static bool life_close(struct act *act, struct life *life)
{
    if (!gov_reach(act, CHAIN_ALPHA, life->seen.voting_end_height + 1)) return false;
    if (!stage(act, life, PROPOSAL_SUCCEEDED, 1u << PROPOSAL_QUEUED | 1u << PROPOSAL_EXECUTED | 1u << PROPOSAL_DEFEATED)) return false;
    return claim_tally(act, life) && gov_claim_promises(act, CHAIN_ALPHA, &life->made.landing.id, &life->campaign);
}

/* The vote went against it, or too few voted. */
static bool life_is_lost(struct act *act, struct life *life)
{
    if (life->seen.status != PROPOSAL_DEFEATED) return false;
    (void)(act_claim(act, "what was defeated had not passed", !gov_has_passed(&life->seen), "its count gives it a majority and a quorum") &&
           gov_try_early(act, &life->made.landing.id, CODE_PROPOSAL_NOT_EXECUTABLE, GOV_NEVER)); /* op tells */
    return true;
}

static bool life_queue(struct act *act, struct life *life)
{
    if (life->seen.status != PROPOSAL_QUEUED && life->seen.status != PROPOSAL_EXECUTED && !gov_queue(act, &life->seen)) return false;
    life->visited |= 1u << PROPOSAL_QUEUED;
    if (life->seen.status != PROPOSAL_QUEUED) return true;
    return gov_try_early(act, &life->made.landing.id, CODE_TIMELOCK_NOT_EXPIRED, life->seen.eta_height.value);
}

static bool claim_visited(struct act *act, struct life *life)
{
    if (life->seen.status == PROPOSAL_EXECUTED) life->visited |= 1u << PROPOSAL_EXECUTED;
    return act_claim(act, "its status visits every stage", life->visited == WHOLE_LIFE, "of 0x%x it visited 0x%x, and is " STR_FMT, WHOLE_LIFE, life->visited,
                     STR_ARG(proposal_status_text(life->seen.status)));
}

static void life_tell(struct act *act, const struct life *life)
{
    const struct gov_id_text id = gov_id_text(&life->made.landing.id);
    act_output(act, STR("proposal_id"), str_of(id.text));
    act_output(act, STR("status"), proposal_status_text(life->seen.status));
}

/* ---- PT-L-001 ---- */

void gov_propose_and_vote_step(struct act *act, struct op *op)
{
    if (!act_on(act, CHAIN_ALPHA, op) || !lengths_agree(act, "voting_period_blocks") || !lengths_agree(act, "timelock_blocks")) return;
    struct life *life = life_new();
    bool good = life_propose(act, life, gov_type_of(act_word(act, "proposal_type")), true) &&
                life_vote(act, life, gov_choice_of(act_word(act, "vote")), (uint32_t)act_u64(act, "campaign")) && life_close(act, life);
    if (good && !life_is_lost(act, life)) good = life_queue(act, life) && gov_execute(act, &life->seen) && claim_visited(act, life) && gov_claim_effect(act, &life->seen);
    if (good) life_tell(act, life);
    life_free(life);
}

/* ---- PT-L-005 ---- */

void gov_timelocked_step(struct act *act, struct op *op)
{
    if (!act_on(act, CHAIN_ALPHA, op) || !lengths_agree(act, "timelock_blocks")) return;
    struct life *life = life_new();
    bool good = life_propose(act, life, gov_type_of(act_word(act, "proposal_type")), true) &&
                life_vote(act, life, CHOICE_YES, (uint32_t)act_u64(act, "campaign")) && life_close(act, life);
    if (good && !life_is_lost(act, life)) good = life_queue(act, life) && gov_execute_at_once(act, &life->seen) && claim_visited(act, life);
    if (good) life_tell(act, life);
    life_free(life);
}

/* ---- PT-L-004 ---- */

#define TYPES_MAX 5u

/* A governor makes one proposal a pause, so that the lives overlap: each is taken a stage further when its time has come. */
static bool update_open(struct act *act, enum action_type type, struct life **out)
{
    *out = life_new();
    (*out)->patient = type == ACTION_VALIDATOR_EJECTION;
    return life_propose(act, *out, type, true) && life_vote(act, *out, CHOICE_YES, (uint32_t)act_u64(act, "campaign"));
}

/* What is due before `height` of those that are open. */
static bool updates_go_on(struct act *act, struct life **lives, uint32_t count, uint32_t height)
{
    for (uint32_t i = 0; i < count; i++) {
        struct life *life = lives[i];
        if (life->seen.status == PROPOSAL_EXECUTED || life->seen.status == PROPOSAL_DEFEATED) continue;
        if (life->seen.status == PROPOSAL_ACTIVE && life->seen.voting_end_height < height) {
            if (!life_close(act, life)) return false;
            if (life_is_lost(act, life)) continue;
            if (!life_queue(act, life)) return false;
        }
        if (life->seen.status == PROPOSAL_QUEUED && life->seen.eta_height.value < height) {
            if (!gov_execute(act, &life->seen) || !claim_visited(act, life)) return false;
            if (!life->patient && !gov_claim_effect(act, &life->seen)) return false;
        }
    }
    return act->op->status == OP_DONE;
}

static bool updates_finish(struct act *act, struct life **lives, uint32_t count)
{
    if (!updates_go_on(act, lives, count, UINT32_MAX)) return false;
    for (uint32_t i = 0; i < count; i++)
        if (lives[i]->patient && lives[i]->seen.status == PROPOSAL_EXECUTED && !gov_claim_effect(act, &lives[i]->seen)) return false;
    return true;
}

void gov_parameter_update_step(struct act *act, struct op *op)
{
    struct life *lives[TYPES_MAX] = {0};
    uint32_t count = 0;
    bool good = act_on(act, CHAIN_ALPHA, op);
    for (uint32_t i = 0; gov_types[i] != NULL && good; i++) { /* in the order of the table */
        if (!act_lists(act, "types", str_of(gov_types[i]))) continue;
        if (count > 0) good = updates_go_on(act, lives, count, lives[count - 1]->seen.created_height + GOV_PAUSE_BLOCKS);
        if (good) good = update_open(act, (enum action_type)(ACTION_PARAMETER_CHANGE + i), &lives[count++]);
    }
    if (good && updates_finish(act, lives, count) && count > 0) life_tell(act, lives[count - 1]);
    for (uint32_t i = 0; i < count; i++) life_free(lives[i]);
}
