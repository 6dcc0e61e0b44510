/* Voting: on one proposal, on all that are open, or on those that others ask for. */
#include <string.h>

#include "tester/behavior/governance_priv.h"

#define OPEN_MAX 200u /* more are never open at once: api 11 allows 100 */

const char *const gov_choices[] = {"yes", "no", "abstain", NULL};

enum vote_choice gov_choice_of(struct str word)
{
    for (uint32_t i = 0; gov_choices[i] != NULL; i++)
        if (str_eq(word, str_of(gov_choices[i]))) return (enum vote_choice)(CHOICE_YES + i);
    UNREACHABLE(); /* the table lets no other word through */
}

static struct send_plan plan_of(enum chain_id chain, const union payload *payload)
{
    return (struct send_plan){.kind = chain == CHAIN_DELTA ? KIND_GOV_VOTE : KIND_PROPOSAL_VOTE, .payload = payload};
}

/* ---- what must hold of a vote ---- */

static const struct ballot_view *ballot_of(const struct gov_ballots *ballots, const struct address *voter, uint32_t *out_count)
{
    const struct ballot_view *found = NULL;
    *out_count = 0;
    for (size_t i = 0; i < ballots->count; i++) {
        if (!address_eq(&ballots->data[i].voter, voter)) continue;
        found = &ballots->data[i];
        (*out_count)++;
    }
    return found;
}

bool gov_claim_ballot(struct act *act, enum chain_id chain, const struct hash *id, enum vote_choice choice)
{
    struct gov_proposal_view p;
    struct power_view power;
    struct gov_ballots ballots;
    if (!gov_read(act, chain, id, NULL, &p) || !gov_power(act, chain, &act->bot->identity.address, p.snapshot_height, &power)) return false;
    uint32_t count = 0;
    const bool read = gov_ballots(act, chain, id, &ballots);
    const struct ballot_view *ballot = read ? ballot_of(&ballots, &act->bot->identity.address, &count) : NULL;
    bool holds = false;
    if (read) {
        holds = act_claim(act, "the vote counts once, as it was cast", count == 1 && ballot->choice == choice && ballot->height >= p.voting_start_height &&
                              ballot->height <= p.voting_end_height, "%u ballots of the voter", count) &&
                act_claim(act, "it counts with the snapshot's weight", amount_eq(ballot->weight, power.weight) && power.weight.units > 0,
                          "%llu is counted, %llu was there", (unsigned long long)ballot->weight.units, (unsigned long long)power.weight.units);
    }
    gov_ballots_done(&ballots);
    return holds;
}

/* ---- one vote ---- */

struct instant gov_vote_begun(const struct act *act) { return act->op->transactions == 0 ? act->op->intended : env_now(act->crew->env); }

void gov_vote_done(struct act *act, struct instant begun)
{
    const uint64_t ns = instant_since(env_now(act->crew->env), begun).ns;
    op_did(act->op, FEAT_VOTE);
    act->op->vote_slowest.ns = MAX(act->op->vote_slowest.ns, ns);
}

bool gov_vote(struct act *act, enum chain_id chain, const struct hash *id, enum vote_choice choice)
{
    struct gov_proposal_view p;
    if (!act_on(act, chain, act->op) || !gov_read(act, chain, id, NULL, &p)) return false;
    if (p.status == PROPOSAL_PENDING && !gov_reach(act, chain, p.voting_start_height)) return false;
    const union payload payload = {.vote = {.proposal = *id, .choice = (uint8_t)choice}};
    const struct send_plan plan = plan_of(chain, &payload);
    const struct instant begun = gov_vote_begun(act);
    if (!act_send(act, &plan, NULL, act->op)) return false;
    gov_vote_done(act, begun);
    return gov_claim_ballot(act, chain, id, choice);
}

/* ---- all that are open ---- */

/* By seed and proposal: whatever the order in which they are read, this governor votes the same on each. */
static enum vote_choice choice_on(const struct act *act, const struct hash *id)
{
    uint64_t purpose;
    memcpy(&purpose, id->b, sizeof(purpose));
    if (!act_has(act, "weights")) return gov_choice_of(act_word(act, "choice"));
    struct rng rng = rng_split(&act->rng, STR("choice"), purpose);
    return gov_choice_of(act_word_by(act, "weights", &rng));
}

struct casting {
    struct submission submission;
    struct hash id;
    enum vote_choice choice;
    bool sent;
};

/* All go out before the first is followed. A vote that stands already is nobody's fault: executions may overlap. */
static bool all_send(struct act *act, const struct gov_list *open, struct casting *casts)
{
    for (size_t i = 0; i < open->count; i++) {
        casts[i].id = open->data[i].proposal_id;
        casts[i].choice = choice_on(act, &casts[i].id);
        const union payload payload = {.vote = {.proposal = casts[i].id, .choice = (uint8_t)casts[i].choice}};
        const struct send_plan plan = plan_of(act->chain, &payload);
        casts[i].sent = act_send_begin(act, &plan, &casts[i].submission, act->op);
        if (!casts[i].sent && !gov_forgive(act->op, CODE_ALREADY_VOTED) && !gov_forgive(act->op, CODE_VOTING_PERIOD_ENDED)) return false;
    }
    return true;
}

static void vote_all(struct act *act, enum chain_id chain)
{
    struct gov_list open = {0};
    if (gov_list(act, chain, 1u << PROPOSAL_ACTIVE, NULL, &open)) {
        open.count = MIN(open.count, (size_t)OPEN_MAX);
        struct casting *casts = base_alloc(sizeof(*casts) * (open.count + 1));
        const struct instant begun = gov_vote_begun(act);
        const bool sent = all_send(act, &open, casts);
        for (size_t i = 0; i < open.count; i++) {
            if (!casts[i].sent) continue;
            const bool final = act_send_end(act, &casts[i].submission, NULL, act->op);
            if (final) gov_vote_done(act, begun);
            if (!final || !sent || act->op->status != OP_DONE) continue;
            (void) gov_claim_ballot(act, chain, &casts[i].id, casts[i].choice); /* op tells */
        }
        if (act->op->status == OP_DONE && act->op->transactions == 0) {
            act->op->status = OP_SKIPPED;
            op_note(act->op, open.count == 0 ? "no proposal is open" : "it has voted on all that are open");
        }
        base_free(casts);
    }
    gov_list_done(&open);
}

void gov_vote_step(struct act *act, struct op *op)
{
    struct hash id;
    const enum chain_id chain = str_eq(act_word(act, "chain"), STR("delta")) ? CHAIN_DELTA : CHAIN_ALPHA;
    if (!act_on(act, chain, op)) return;
    if (str_eq(act_word(act, "scope"), STR("asked"))) {
        gov_serve(act, op);
    } else if (str_eq(act_word(act, "scope"), STR("all")) || !act_has(act, "proposal")) {
        vote_all(act, chain);
    } else if (gov_id_of(act, "proposal", &id) && gov_vote(act, chain, &id, choice_on(act, &id)) && !hash_is_zero(&op->tx_id)) {
        const struct gov_id_text text = gov_id_text(&op->tx_id);
        act_output(act, STR("tx_id"), str_of(text.text));
    }
}
