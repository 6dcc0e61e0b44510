#include "tester/bot/send.h"

#include <stdio.h>

static void loosen(struct wallet *wallet, const struct send_plan *plan)
{
    uint32_t tokens = plan->loose;
    if (plan->held && plan->leaves.token != 0) tokens |= 1u << plan->leaves.token;
    for (unsigned token = 1; token <= TOKEN_COUNT; token++)
        if (tokens & (1u << token)) wallet->purses[token].loose = true;
}

struct encoding {
    const struct send_plan *plan;
    struct buf *out;
};
static void encode_deep(void *arg)
{
    const struct encoding *encoding = arg;
    payload_encode(encoding->plan->kind, encoding->plan->payload, encoding->out);
}

bool act_send_begin(struct act *act, const struct send_plan *plan, struct submission *out, struct op *op)
{
    struct buf bytes = {0};
    if (plan->raw.len == 0) {
        struct encoding encoding = {plan, &bytes};
        fiber_call_deep(encode_deep, &encoding);
    }
    struct tx_spec spec = {
        .kind = plan->kind,
        .fee = plan->fee,
        .tip = plan->tip,
        .valid_until = plan->valid_until,
        .token = plan->leaves.token,
        .amount = plan->leaves.amount,
        .payload = plan->raw.len > 0 ? plan->raw : buf_str(&bytes),
    };
    loosen(&act->bot->wallet, plan);
    const bool sent = submit_send(act, &spec, out, op);
    buf_done(&bytes);
    return sent;
}

bool act_send_end(struct act *act, struct submission *submission, struct landing *out, struct op *op)
{
    submission->landing = out;
    return submit_follow(act, submission, op);
}

bool act_send(struct act *act, const struct send_plan *plan, struct landing *out, struct op *op)
{
    struct submission submission;
    return act_send_begin(act, plan, &submission, op) && act_send_end(act, &submission, out, op);
}

bool act_send_refused(struct act *act, const struct send_plan *plan, enum code wanted, struct landing *out, struct op *op)
{
    if (op->status != OP_DONE) return false;
    if (act_send(act, plan, out, op)) {
        op->status = OP_POSTCONDITION;
        char note[sizeof(op->note)];
        snprintf(note, sizeof(note), "taken, where " STR_FMT " was due", STR_ARG(code_text(wanted)));
        op_note(op, note);
        return false;
    }
    const bool refused = (op->status == OP_REFUSED || op->status == OP_DROPPED) && op->code == wanted;
    if (!refused) return false;
    op->status = OP_DONE;
    op->code = CODE_NONE;
    op->note[0] = '\0';
    return true;
}
