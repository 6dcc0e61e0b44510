#include "tester/behavior/validator_duty.h"

#include "tester/client/alpha_consensus.h"

#define ASK_S 5u
#define IDLE_MS 1000u /* nothing happened, and no round ended: look all the same */
#define BUILD_MS 5u   /* a proposal that is not there yet, though it is its turn */

static struct instant soon(const struct duty *duty) { return act_deadline(duty->act, duration_s(ASK_S)); }

static const struct seckey *key_of(const struct duty *duty) { return &duty->act->bot->seat.consensus; }

/* Which rounds a lazy validator sleeps through follows from the seed. */
static bool is_awake(const struct duty *duty, uint64_t round)
{
    if (duty->uptime_bps >= 10000) return true;
    struct rng rng = rng_split(&duty->act->rng, STR("duty/round"), round);
    return rng_below(&rng, 10000) < duty->uptime_bps;
}

/* The others went on while the proposal was on its way. */
static bool round_is_over(struct duty *duty, uint64_t round)
{
    struct answer answer;
    const struct round_view *now = alpha_round(&duty->view, soon(duty), &answer);
    const bool over = now == NULL || now->round > round || now->phase == PHASE_TIMEOUT;
    answer_done(&answer);
    return over;
}

/* `answer` is released. What came too late for its round is neither taken nor refused. */
static void count(struct duty *duty, bool taken, struct answer *answer, uint64_t round, uint64_t *good)
{
    const bool refused = !taken && answer->status == ANSWER_REFUSED;
    const enum code code = answer->code;
    answer_done(answer);
    *good += taken;
    const bool outside = code == CODE_NOT_IN_VALIDATOR_SET || code == CODE_VALIDATOR_JAILED; /* on Delta its epoch may come later */
    if (refused && outside) duty->outside++;
    if (!refused || outside || (code == CODE_INVALID_BLOCK && round_is_over(duty, round))) return;
    duty->refused++;
    duty->refusal = code;
}

static bool propose(struct duty *duty)
{
    struct block_template block;
    struct answer template, answer;
    const struct crew *crew = duty->act->crew;
    bool taken = false;
    if (!alpha_template(&duty->view, &duty->act->bot->identity.address, soon(duty), &block, &template)) {
        answer_done(&template);
        return false;
    }
    if (block.header.round > duty->proposed) {
        const struct signature signature = header_sign(&block.hash, crew->suite, key_of(duty));
        duty->proposed = block.header.round;
        taken = alpha_proposal_send(&duty->view, &block, &signature, soon(duty), &answer);
        count(duty, taken, &answer, block.header.round, &duty->proposals);
    }
    if (taken) {
        duty->own_height = block.header.height;
        duty->own_hash = block.hash;
    }
    answer_done(&template);
    return taken;
}

/* Safe to vote for: its parent is what the view is locked on, or it is justified by a later round. */
static bool may_vote(const struct duty *duty, const struct round_view *round, const struct proposal_view *proposal)
{
    if (round->round <= duty->voted || round->round <= duty->timed_out || proposal->header.round != round->round) return false;
    return hash_eq(&proposal->header.parent_hash, &round->locked_hash) || proposal->header.justify_round > round->locked_round || round->locked_round == 0;
}

/* A view shows each proposal that it has heard of, and takes votes for those alone whose block it has: one that is behind may be without. The vote of such a
 * round may be sent again, the same bytes. */
static bool block_is_missing(struct duty *duty, const struct vote *vote)
{
    struct answer answer;
    const struct block_view *block = alpha_block_by_hash(&duty->view, &vote->block_hash, false, soon(duty), &answer);
    const bool missing = block == NULL;
    answer_done(&answer);
    if (!missing && duty->repeated == vote->round) return false;
    duty->repeated = vote->round;
    duty->voted = vote->round - 1;
    return true;
}

static void vote(struct duty *duty, const struct proposal_view *proposal)
{
    struct answer answer;
    struct vote vote = {.domain = crew_domain(duty->act->crew, alpha_chain(&duty->view)), .height = proposal->header.height, .round = proposal->header.round,
                        .block_hash = proposal->block_hash, .voter = duty->act->bot->identity.address};
    vote_sign(&vote, duty->act->crew->suite, key_of(duty));
    duty->voted = vote.round;
    const bool taken = alpha_vote_send(&duty->view, &vote, soon(duty), &answer);
    const bool unknown = !taken && answer.status == ANSWER_REFUSED && answer.code == CODE_INVALID_BLOCK;
    if (unknown && block_is_missing(duty, &vote)) answer_done(&answer);
    else count(duty, taken, &answer, vote.round, &duty->votes);
}

static void give_up(struct duty *duty, const struct round_view *round)
{
    struct answer answer;
    const struct certificate *high = round->high_certificate.certificate;
    struct timeout timeout = {.domain = crew_domain(duty->act->crew, alpha_chain(&duty->view)), .round = round->round, .high_round = high ? high->round : 0,
                              .voter = duty->act->bot->identity.address};
    timeout_sign(&timeout, duty->act->crew->suite, key_of(duty));
    duty->timed_out = round->round;
    const bool taken = alpha_timeout_send(&duty->view, &timeout, soon(duty), &answer);
    count(duty, taken, &answer, timeout.round, &duty->timeouts);
}

/* One look at the round. When to look again at the latest. */
static struct instant look(struct duty *duty)
{
    const struct address *self = &duty->act->bot->identity.address;
    struct env *env = duty->act->crew->env;
    struct instant next = instant_add(env_now(env), duration_ms(IDLE_MS));
    struct answer answer;
    const struct round_view *round = alpha_round(&duty->view, soon(duty), &answer);
    if (round == NULL) {
        answer_done(&answer);
        return next;
    }
    const struct instant over = {round->deadline * NS_PER_MS}, due = instant_add(duty->last_block, duty->interval);
    if (round->proposals_count > 0) duty->last_block = (struct instant){round->proposals[0].header.timestamp_ms * NS_PER_MS};
    const bool awake = is_awake(duty, round->round), own = address_eq(&round->proposer, self);
    if (instant_before(env_now(env), over) && instant_before(over, next)) next = over;
    const bool turn = awake && duty->proposes && own && round->phase == PHASE_PROPOSE && round->round > duty->proposed;
    if (turn && instant_before(env_now(env), due)) next = instant_before(due, next) ? due : next;
    else if (turn && !propose(duty)) next = instant_add(env_now(env), duration_ms(BUILD_MS));
    else if (awake && duty->attests && round->proposals_count > 0 && round->phase != PHASE_TIMEOUT && may_vote(duty, round, &round->proposals[0]))
        vote(duty, &round->proposals[0]);
    if (awake && duty->attests && round->phase == PHASE_TIMEOUT && round->round > duty->timed_out) give_up(duty, round);
    answer_done(&answer);
    return next;
}

/* Who takes over in its own turn has it still to take when the validator's own view, which shows all it has proposed itself, shows no proposal of it. */
static bool turn_is_left(const struct round_view *round, const struct address *self)
{
    bool left = address_eq(&round->proposer, self) && round->phase == PHASE_PROPOSE;
    for (uint32_t i = 0; i < round->proposals_count; i++) left = left && !address_eq(&round->proposals[i].header.proposer, self);
    return left;
}

bool duty_begin(struct duty *duty, struct act *act, enum chain_id chain, struct op *op)
{
    struct answer answer;
    *duty = (struct duty){.act = act, .view = *crew_client(act->crew, chain), .proposes = true, .attests = true, .uptime_bps = 10000};
    duty->view.view = str_of(act->bot->seat.name);
    const struct node_info *info = alpha_node_info(&duty->view, soon(duty), &answer);
    if (info != NULL) duty->interval = duration_ms(info->block_interval_ms);
    answer_done(&answer);
    const struct round_view *round = alpha_round(&duty->view, soon(duty), &answer);
    if (round == NULL) {
        (void)act_fail(op, &answer); /* op tells */
        answer_done(&answer);
        return false;
    }
    duty->voted = round->round;
    duty->proposed = round->round - (turn_is_left(round, &act->bot->identity.address) ? 1 : 0);
    /* A round given up twice says the same; one that nobody gives up never ends. */
    duty->timed_out = round->phase == PHASE_TIMEOUT ? round->round : round->round - MIN(round->round, 1);
    answer_done(&answer);
    duty->open = feed_open(&duty->feed, act->crew->env, &duty->view, STR("block.proposed,block.certified"), FEED_FROM_NOW, soon(duty), &answer);
    if (!duty->open) (void)act_fail(op, &answer); /* op tells */
    answer_done(&answer);
    return duty->open;
}

void duty_step(struct duty *duty)
{
    struct feed_event event;
    const struct instant next = look(duty);
    if (feed_next(&duty->feed, next, &event) == FEED_MALFORMED) duty->refused++;
}

void duty_end(struct duty *duty)
{
    if (duty->open) feed_close(&duty->feed);
    duty->open = false;
}
