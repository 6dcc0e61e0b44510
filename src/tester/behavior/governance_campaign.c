/* Campaigns: a governor asks others for their votes over the bus. Who serves says at once whether and how it votes, and that is then held
 * against the chain; who is not there, refuses or says nothing is done without. */
#include <stdio.h>
#include <string.h>

#include "tester/behavior/governance_priv.h"

#define ASK_PATIENCE duration_s(5)
#define SERVE_LOOK duration_s(10)
#define SERVE_MORE duration_ms(200) /* who asks so soon behind another does not wait until that vote is final */
#define SERVE_QUEUE 64u

/* A request is "alpha <proposal's id> <choice>"; the reply is the choice. */
struct topic {
    char text[BUS_TOPIC_BYTES_MAX];
};
static struct topic topic_of(uint32_t bot)
{
    struct topic topic;
    snprintf(topic.text, sizeof(topic.text), "governor/%u", bot);
    return topic;
}

struct request {
    char text[96];
};
static struct request request_of(enum chain_id chain, const struct hash *id, enum vote_choice choice)
{
    struct request request;
    const struct gov_id_text hex = gov_id_text(id);
    snprintf(request.text, sizeof(request.text), "%s %s %s", chain == CHAIN_DELTA ? "delta" : "alpha", hex.text, gov_choices[choice - CHOICE_YES]);
    return request;
}

static bool request_read(struct str text, enum chain_id *chain, struct hash *id, enum vote_choice *choice)
{
    struct str side, rest, hex, word;
    if (!str_cut(text, ' ', &side, &rest) || !str_cut(rest, ' ', &hex, &word) || !str_unhex(hex, id->b, sizeof(id->b))) return false;
    *chain = str_eq(side, STR("delta")) ? CHAIN_DELTA : CHAIN_ALPHA;
    *choice = gov_choice_of(word);
    return true;
}

/* ---- asking ---- */

static enum ask_result ask_one(struct act *act, uint32_t bot, enum chain_id chain, const struct hash *id, enum vote_choice choice)
{
    const struct topic topic = topic_of(bot);
    const struct request request = request_of(chain, id, choice);
    struct buf reply = {0};
    enum ask_result result = act_ask(act, str_of(topic.text), str_of(request.text), act_deadline(act, ASK_PATIENCE), &reply);
    if (result == ASK_OK && !str_eq(buf_str(&reply), str_of(gov_choices[choice - CHOICE_YES]))) result = ASK_FAILED;
    buf_done(&reply);
    return result;
}

bool gov_campaign(struct act *act, enum chain_id chain, const struct hash *id, enum vote_choice choice, uint32_t wanted, struct gov_campaign *out)
{
    const uint32_t bots = act->crew->bots_count;
    struct rng rng = rng_split(&act->rng, STR("campaign"), 0);
    const uint32_t first = (uint32_t)rng_below(&rng, MAX(bots, 1u));
    *out = (struct gov_campaign){0};
    for (uint32_t i = 0; i < bots && out->count < wanted && !act_is_closing(act); i++) {
        const uint32_t bot = (first + i) % bots;
        if (bot == act->bot->index) continue;
        switch (ask_one(act, bot, chain, id, choice)) {
        case ASK_OK: {
            const struct gov_promise promise = {bot, choice};
            vec_push(out, promise);
            out->asked++;
            break;
        }
        case ASK_NOBODY: break; /* nobody drives it: no governor, or one that does something else */
        case ASK_BUSY:
        case ASK_LATE:
            out->asked++;
            out->silent++;
            break;
        case ASK_FAILED:
            out->asked++;
            out->refused++;
            break;
        }
    }
    return out->count >= wanted;
}

bool gov_claim_promises(struct act *act, enum chain_id chain, const struct hash *id, const struct gov_campaign *campaign)
{
    struct gov_ballots ballots;
    if (campaign->count == 0) return true;
    bool holds = gov_ballots(act, chain, id, &ballots);
    for (size_t i = 0; holds && i < campaign->count; i++) {
        const struct gov_promise *promise = &campaign->data[i];
        const struct bot *bot = act->crew->bots[promise->bot];
        bool kept = false;
        for (size_t k = 0; k < ballots.count; k++)
            kept = kept || (address_eq(&ballots.data[k].voter, &bot->identity.address) && ballots.data[k].choice == promise->choice);
        holds = act_claim(act, "a vote that was promised is counted", kept, STR_FMT " promised one", STR_ARG(bot->identity.id));
    }
    gov_ballots_done(&ballots);
    return holds;
}

void gov_campaign_done(struct gov_campaign *campaign) { vec_done(campaign); }

static bool has_ballot(struct act *act, const struct bot *voter, enum chain_id chain, const struct hash *id)
{
    struct gov_ballots ballots;
    bool found = false;
    if (gov_ballots(act, chain, id, &ballots))
        for (size_t i = 0; i < ballots.count && !found; i++) found = address_eq(&ballots.data[i].voter, &voter->identity.address);
    gov_ballots_done(&ballots);
    return found;
}

bool gov_ask_vote(struct act *act, struct bot *voter, enum chain_id chain, const struct hash *id, enum vote_choice choice)
{
    const enum ask_result result = voter == act->bot ? ASK_NOBODY : ask_one(act, voter->index, chain, id, choice);
    if (result == ASK_NOBODY) {
        struct act other = gov_as(act, voter);
        return gov_vote(&other, chain, id, choice);
    }
    if (result != ASK_OK) {
        act->op->status = OP_SKIPPED; /* it did not want to, or was not heard of in time: nothing of the network's */
        op_note(act->op, ask_result_text(result));
        return false;
    }
    while (!has_ballot(act, voter, chain, id)) { /* it was sent: counted within a block or two */
        if (act->op->status != OP_DONE) return false;
        struct gov_proposal_view p;
        if (!gov_read(act, chain, id, NULL, &p)) return false;
        if (p.status != PROPOSAL_ACTIVE) return act_claim(act, "a vote that was promised is counted", false, STR_FMT " promised one", STR_ARG(voter->identity.id));
        if (!tide_next(act, chain, act->deadline)) {
            act->op->status = OP_TIMED_OUT;
            op_note(act->op, "gave up waiting for a promised vote");
            return false;
        }
    }
    return true;
}

/* ---- serving ---- */

/* A vote that was promised and is under way. */
struct promised {
    struct submission submission;
    enum chain_id chain;
    struct hash id;
    enum vote_choice choice;
    struct instant begun;
};

struct serving {
    struct rng rng;
    uint64_t refuse_bps, silent_bps;
    uint64_t promised, refused, silent;
    VEC(struct promised) open;
};

/* Follows what was promised to its end. */
static void promises_end(struct act *act, struct serving *s)
{
    struct op *op = act->op;
    for (size_t i = 0; i < s->open.count; i++) {
        struct promised *vote = &s->open.data[i];
        const bool good = op->status == OP_DONE;
        if (!act_on(act, vote->chain, op) || !act_send_end(act, &vote->submission, NULL, op)) continue;
        gov_vote_done(act, vote->begun);
        if (good) (void)gov_claim_ballot(act, vote->chain, &vote->id, vote->choice); /* op tells */
    }
    vec_clear(&s->open);
}

/* Votes as it was asked. The promise is given when the vote is under way; it is followed to its end with those that are asked for meanwhile. */
static void request_serve(struct act *act, struct served *served, struct serving *s)
{
    struct promised vote;
    struct op *op = act->op;
    if (rng_below(&s->rng, 10000) < s->silent_bps) {
        s->silent++;
        bus_message_done(served->message);
        return;
    }
    if (rng_below(&s->rng, 10000) < s->refuse_bps || !request_read(served->request, &vote.chain, &vote.id, &vote.choice)) {
        s->refused++;
        serve_fail(act, served, STR("it would rather not"));
        return;
    }
    struct gov_proposal_view p;
    vote.begun = env_now(act->crew->env);
    const union payload payload = {.vote = {.proposal = vote.id, .choice = (uint8_t)vote.choice}};
    const struct send_plan plan = {.kind = vote.chain == CHAIN_DELTA ? KIND_GOV_VOTE : KIND_PROPOSAL_VOTE, .payload = &payload};
    bool sent = act_on(act, vote.chain, op) && gov_read_when(act, vote.chain, &vote.id, ~(1u << PROPOSAL_PENDING), NULL, &p);
    sent = sent && act_send_begin(act, &plan, &vote.submission, op);
    if (!sent) {
        s->refused++;
        serve_fail(act, served, op->status == OP_REFUSED ? code_text(op->code) : STR("it cannot"));
        (void)(gov_forgive(op, CODE_ALREADY_VOTED) || gov_forgive(op, CODE_VOTING_PERIOD_ENDED) || gov_forgive(op, CODE_PROPOSAL_NOT_FOUND) ||
               gov_forgive(op, CODE_INSUFFICIENT_STAKE)); /* the request's fault, not the voter's */
        return;
    }
    s->promised++;
    serve_reply(act, served, str_of(gov_choices[vote.choice - CHOICE_YES]));
    vec_push(&s->open, vote);
}

void gov_serve(struct act *act, struct op *op)
{
    const struct topic topic = topic_of(act->bot->index);
    struct bus_subscription *service = serve_open(act, str_of(topic.text), SERVE_QUEUE);
    struct serving s = {.rng = rng_split(&act->rng, STR("serving"), 0), .refuse_bps = act_u64(act, "refuse"), .silent_bps = act_u64(act, "silent")};
    struct served served;
    if (service == NULL) {
        op->status = OP_SKIPPED;
        op_note(op, "there is no bus to be asked over");
        return;
    }
    while (!act_is_closing(act) && op->status == OP_DONE) {
        if (serve_next(act, service, act_deadline(act, s.open.count > 0 ? SERVE_MORE : SERVE_LOOK), &served)) request_serve(act, &served, &s);
        else promises_end(act, &s);
    }
    promises_end(act, &s);
    vec_done(&s.open);
    bus_unsubscribe(service);
    if (op->status == OP_DONE && s.promised + s.refused + s.silent == 0) op_note(op, "nobody asked");
}
