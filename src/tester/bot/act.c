#include "tester/bot/act.h"

#include <stdio.h>

#include "core/codec/binary.h"

const char *op_status_text(enum op_status status)
{
    switch (status) {
    case OP_DONE: return "done";
    case OP_REFUSED: return "refused";
    case OP_DROPPED: return "dropped";
    case OP_TIMED_OUT: return "timed_out";
    case OP_UNREACHABLE: return "unreachable";
    case OP_POSTCONDITION: return "postcondition";
    case OP_UNSUPPORTED: return "unsupported";
    case OP_BROKEN: return "broken";
    case OP_SKIPPED: return "skipped";
    }
    UNREACHABLE();
}

const char *op_stage_text(enum op_stage stage)
{
    static const char *const texts[OP_STAGE_COUNT] = {"queued", "admission", "inclusion", "finality", "settling", "other"};
    return texts[stage];
}

void op_mark(struct op *op, enum op_stage stage, struct instant now)
{
    op->stages[stage].ns += instant_since(now, op->marked).ns;
    op->marked = now;
}

void op_did(struct op *op, enum feat feat)
{
    if (op->feats[feat] < UINT16_MAX) op->feats[feat]++;
}

void op_note(struct op *op, const char *text)
{
    const size_t len = MIN(strlen(text), sizeof(op->note) - 1);
    memcpy(op->note, text, len);
    op->note[len] = '\0';
}

void act_init(struct act *act, struct crew *crew, struct track *track, struct bot *bot, struct instant intended, uint64_t number)
{
    *act = (struct act){
        .crew = crew,
        .track = track,
        .bot = bot,
        .intended = intended,
        .deadline = INSTANT_NEVER,
        .chain = CHAIN_ALPHA,
        .number = number,
        .rng = rng_split(&track->rng, STR("execution"), number),
    };
}

/* What of an operation feeds the run digest: whole numbers and the transaction's id. */
static void op_fold(struct env *env, const struct op *op)
{
    uint8_t bytes[7 * 8 + 4 * 4 + 32];
    uint8_t *at = bytes;
    const uint64_t instants[] = {op->intended.ns,  op->sent.ns,  op->admitted.ns, op->included.ns,
                                 op->finalized.ns, op->ended.ns, op->transactions};
    for (size_t i = 0; i < ARRAY_LEN(instants); i++, at += 8) bin_store_u64(at, instants[i]);
    const uint32_t words[] = {op->bot, op->track, (uint32_t)op->status, (uint32_t)op->code};
    for (size_t i = 0; i < ARRAY_LEN(words); i++, at += 4) bin_store_u32(at, words[i]);
    memcpy(at, op->tx_id.b, sizeof(op->tx_id.b));
    env_fold(env, bytes, sizeof(bytes));
}

void act_run(struct act *act, void (*step)(struct act *act, struct op *op) FIBER, struct op *op)
{
    struct track *track = act->track;
    struct env *env = act->crew->env;
    *op = (struct op){.intended = act->intended,
                      .begun = env_now(env),
                      .marked = act->intended,
                      .chain = OP_ALPHA,
                      .bot = act->bot != NULL ? act->bot->index : EVENT_NO_BOT,
                      .track = track->number};
    act->op = op;
    track->started++;
    track->open++;
    if (act->bot != NULL) {
        act->bot->operations_open++;
        act->bot->operations_begun++;
    }
    step(act, op);
    op->ended = env_now(env);
    op_mark(op, STAGE_OTHER, op->ended);
    if (act->bot != NULL) act->bot->operations_open--;
    track->open--;
    track->ended++;
    track->asked += op->sent.ns != 0;
    if (op->status == OP_SKIPPED && track->by_status[OP_SKIPPED] == 0) snprintf(track->skipped, sizeof(track->skipped), "%s", op->note);
    if (op->status == OP_BROKEN && track->broken[0] == '\0') snprintf(track->broken, sizeof(track->broken), "%s", op->note);
    track->by_status[op->status]++;
    op_fold(env, op);
}

/* ---- parameters ---- */

static const struct arg *arg_of(const struct act *act, const char *param)
{
    size_t index;
    const struct param_spec *spec = param_specs_find(act->params != NULL ? act->params : act->track->params, str_of(param), &index);
    ASSERT(spec != NULL); /* a behaviour asks for what its table names */
    return act->args != NULL ? &act->args[index] : &act->track->args[index];
}

static struct rng draw_of(const struct act *act, const char *param) { return rng_split(&act->rng, str_of(param), 0); }

bool act_has(const struct act *act, const char *param) { return arg_of(act, param)->given; }

u128 act_amount(const struct act *act, const char *param)
{
    const struct arg *arg = arg_of(act, param);
    if (arg->lo == arg->hi) return arg->lo;
    struct rng rng = draw_of(act, param);
    return arg_draw(arg, &rng);
}

uint64_t act_u64(const struct act *act, const char *param)
{
    const u128 value = act_amount(act, param);
    return value > UINT64_MAX ? UINT64_MAX : (uint64_t)value;
}

bool act_flag(const struct act *act, const char *param) { return act_amount(act, param) != 0; }

struct str act_word(const struct act *act, const char *param)
{
    struct rng rng = draw_of(act, param);
    return arg_draw_word(arg_of(act, param), &rng);
}

struct str act_word_by(const struct act *act, const char *param, struct rng *rng) { return arg_draw_word(arg_of(act, param), rng); }

bool act_lists(const struct act *act, const char *param, struct str word)
{
    const struct arg *arg = arg_of(act, param);
    for (uint32_t i = 0; i < arg->words_count; i++)
        if (str_eq(arg->words[i].word, word)) return true;
    return false;
}

struct str act_text(const struct act *act, const char *param, struct arena *arena)
{
    struct rng rng = draw_of(act, param);
    return arg_text(arg_of(act, param), &rng, arena);
}

/* ---- surroundings ---- */

struct alpha act_alpha(const struct act *act)
{
    struct alpha alpha = *crew_client(act->crew, act->chain);
    if (act->view.len > 0) alpha.view = act->view;
    return alpha;
}

bool act_on(struct act *act, enum chain_id chain, struct op *op)
{
    if (!crew_has(act->crew, chain)) {
        op->status = OP_UNSUPPORTED;
        op_note(op, "the target serves no Delta chain");
        return false;
    }
    act->chain = chain;
    op->chain = chain == CHAIN_DELTA ? OP_DELTA : OP_ALPHA;
    return true;
}

struct instant act_deadline(const struct act *act, struct duration d)
{
    const struct instant at = instant_add(env_now(act->crew->env), d);
    return instant_before(at, act->deadline) ? at : act->deadline;
}

bool act_is_closing(const struct act *act)
{
    return act->track->closed || crew_is_stopping(act->crew) || !instant_before(env_now(act->crew->env), act->deadline);
}

struct bot *act_partner(struct act *act)
{
    const struct track *track = act->track;
    uint32_t others = 0; /* the selection without the bot itself */
    for (uint32_t i = 0; i < track->bots_count && others == 0; i++) others += track->bots[i] != act->bot->index;
    if (others == 0) return act->bot;
    struct rng rng = draw_of(act, "partner");
    for (;;) { /* at least one other is there, so this ends */
        const uint32_t index = track->bots[rng_below(&rng, track->bots_count)];
        if (index != act->bot->index) return act->crew->bots[index];
    }
}

void act_output(struct act *act, struct str name, struct str value)
{
    if (act->output != NULL) act->output(act->context, name, value);
}

void act_event(const struct act *act, enum event_kind kind, enum code code, uint64_t subject, uint64_t value, struct str text)
{
    if (act->crew->event == NULL) return;
    const struct instant now = env_now(act->crew->env);
    const uint64_t latency_us = instant_since(now, act->intended).ns / NS_PER_US;
    const struct event event = {
        .at = now,
        .subject = subject,
        .value = value,
        .bot = act->bot != NULL ? act->bot->index : EVENT_NO_BOT,
        .latency_us = latency_us > UINT32_MAX ? UINT32_MAX : (uint32_t)latency_us,
        .kind = (uint16_t)kind,
        .code = (uint16_t)code,
        .phase = EVENT_NO_ID,
        .track = (uint16_t)act->track->number,
        .role = EVENT_NO_ID,
        .behavior = EVENT_NO_ID,
    };
    act->crew->event(act->crew->context, &event, text);
}

void op_saw(struct op *op, const struct answer *answer)
{
    if (answer->status == ANSWER_MALFORMED) op->errors_bare++;
    if (answer->status != ANSWER_REFUSED) return;
    const bool shaped = answer->error != NULL && answer->error->message[0] != '\0' && answer->error->suggestion[0] != '\0';
    op->errors_shaped += shaped;
    op->errors_bare += !shaped;
}

bool act_fail(struct op *op, const struct answer *answer)
{
    op_saw(op, answer);
    switch (answer->status) {
    case ANSWER_OK: return true;
    case ANSWER_REFUSED:
        op->status = answer->code == CODE_FEATURE_NOT_AVAILABLE ? OP_UNSUPPORTED : OP_REFUSED;
        op->code = answer->code;
        break;
    case ANSWER_UNREACHABLE: op->status = OP_UNREACHABLE; break;
    case ANSWER_TIMED_OUT: op->status = OP_TIMED_OUT; break;
    case ANSWER_MALFORMED: op->status = OP_POSTCONDITION; break;
    }
    if (answer->fault != NULL)
        op_note(op, answer->fault);
    else if (answer->error != NULL)
        op_note(op, answer->error->message);
    return false;
}
