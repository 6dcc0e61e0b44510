#include "core/codec/binary.h"
#include "tester/bot/evicted.h"
#include "tester/bot/submit_priv.h"
#include "tester/client/door.h"

#define FOLLOW_MARGIN duration_s(5)
#define ODD_ANSWERS_MAX 8 /* answers in a row that no follower expects */

static uint64_t subject_of(const struct tx *tx) { return bin_load_u64(tx->id.b); }

/* The first status that is not DONE stands. */
static void op_outcome(struct op *op, enum op_status status, enum code code)
{
    if (op->status != OP_DONE) return;
    op->status = status;
    op->code = code;
}

static bool is_about_nonces(enum code code)
{
    return code == CODE_NONCE_TOO_LOW || code == CODE_NONCE_CONFLICT || code == CODE_NONCE_TOO_HIGH;
}

/* ---- sending ---- */

struct build {
    const struct act *act;
    const struct tx_spec *spec;
    struct tx *tx;
    struct op *op;
};

/* On the thread's own stack: signing wants 4 KiB that fibers should not have to keep. */
static void build_deep(void *arg)
{
    struct build *build = arg;
    struct apierror error;
    build->tx = tx_build(build->spec, build->act->crew->suite, &build->act->bot->identity.key, &error);
    if (build->tx == NULL && build->op->status == OP_DONE) op_note(build->op, error.message);
}

static struct amount amount_of(const struct tx_spec *spec)
{
    if (spec->outputs_count == 0) return spec->amount;
    struct amount sum = AMOUNT(0);
    for (uint16_t i = 0; i < spec->outputs_count; i++) sum = amount_add_clamped(sum, spec->outputs[i].amount);
    return sum;
}

/* Reserves money and nonce and signs. False: not affordable. */
static bool prepare(struct act *act, struct tx_spec *spec, struct submission *out, struct op *op)
{
    spec->domain = crew_domain(act->crew, act->chain);
    struct amount charge = AMOUNT(0);
    if (amount_is_zero(spec->fee)) spec->fee = crew_fee(act->crew, act->chain, tx_spec_size(spec));
    const bool fits = amount_add(spec->fee, spec->tip, &charge);
    const enum token fee_token = chain_fee_token(spec->domain.chain);
    const struct money amount = money_of(spec->token, amount_of(spec)), fee = money_of(fee_token, charge);
    const bool held = fits && (wallet_reserve(&act->bot->wallet, act->chain, amount, fee, &out->spend) ||
                               (recover_purses(act) && wallet_reserve(&act->bot->wallet, act->chain, amount, fee, &out->spend)));
    if (!held) {
        op_outcome(op, OP_SKIPPED, CODE_NONE);
        op_note(op, "the wallet cannot afford it");
        return false;
    }
    spec->nonce = out->spend.nonce;
    struct build build = {act, spec, NULL, op};
    fiber_call_deep(build_deep, &build);
    out->tx = build.tx;
    if (out->tx != NULL) {
        flights_add(&act->bot->flights[chain_index(act->chain)], out->tx);
        return true;
    }
    wallet_release(&act->bot->wallet, &out->spend);
    op_outcome(op, OP_SKIPPED, CODE_NONE);
    return false;
}

/* Nobody follows it any more, though it may yet run: it stays among the flights. */
static void submission_leave(struct submission *submission)
{
    tx_unref(submission->tx);
    submission->tx = NULL;
}

static void submission_end(struct act *act, struct submission *submission)
{
    flights_remove(&act->bot->flights[chain_index(act->chain)], submission->tx);
    submission_leave(submission);
}

enum knows { KNOWS_YES, KNOWS_NO, KNOWS_UNCERTAIN };

static enum knows view_knows(struct act *act, const struct hash *id)
{
    const struct alpha alpha = act_alpha(act);
    struct answer answer;
    const bool found =
        alpha_transaction(&alpha, id, TX_WAIT_NONE, (struct duration){0}, act_deadline(act, SUBMIT_READ_TIMEOUT), &answer) != NULL;
    const bool not_found = answer.status == ANSWER_REFUSED && answer.code == CODE_TRANSACTION_NOT_FOUND;
    answer_done(&answer);
    return found ? KNOWS_YES : not_found ? KNOWS_NO : KNOWS_UNCERTAIN;
}

enum sent { SENT_ADMITTED, SENT_REFUSED, SENT_LOST_TRACK, SENT_ODD, SENT_GAVE_UP };

/* A full pool keeps the higher tips (api 2.4), and says from which tip on there is room. */
static bool was_worth_it(const struct tx *tx, const struct answer *answer)
{
    struct amount least;
    if (answer->code != CODE_MEMPOOL_FULL || answer->error == NULL) return false;
    const struct str told = apierror_detail_find(answer->error, STR("min_tip_to_enter"));
    return told.len > 0 && amount_parse(told, &least) == CODE_NONE && amount_cmp(tx->tip, least) >= 0;
}

/* Sends until somebody answers. `again`: it may have been admitted before, so a nonce that is taken may be its own. */
static enum sent send_one(struct act *act, const struct tx *tx, bool again, enum code *out_code, struct op *op)
{
    const struct alpha alpha = act_alpha(act);
    uint64_t wait_ns = 0;
    for (;; again = true) {
        if (act_gives_up(act)) return SENT_GAVE_UP;
        struct answer answer;
        if (tx->nonce % 2 == 0) client_submit(&alpha, tx, act_deadline(act, SUBMIT_SEND_TIMEOUT), &answer); /* by turns: both doors are for users */
        else (void)alpha_broadcast(&alpha, tx, act_deadline(act, SUBMIT_SEND_TIMEOUT), &answer);            /* looked at through `answer` */
        const bool absent = answer_is_absence(&answer);
        const enum answer_status status = answer.status;
        const enum code code = answer.code;
        act->track->full_worth += was_worth_it(tx, &answer);
        if (!absent && status != ANSWER_OK && op != NULL) {
            op_saw(op, &answer);
            op_note(op, answer.error != NULL ? answer.error->message : answer.fault);
        }
        answer_done(&answer);
        *out_code = code;
        if (absent) {
            act_backoff(act, &wait_ns);
            continue;
        }
        if (status == ANSWER_OK || code == CODE_TX_ALREADY_KNOWN) return SENT_ADMITTED;
        if (status == ANSWER_MALFORMED) return SENT_ODD;
        if (!is_about_nonces(code)) return SENT_REFUSED;
        if (code == CODE_NONCE_TOO_HIGH && recover_gap(act, tx->nonce)) {
            act_backoff(act, &wait_ns);
            continue;
        }
        if (again && code != CODE_NONCE_TOO_HIGH && view_knows(act, &tx->id) == KNOWS_YES) return SENT_ADMITTED;
        return SENT_LOST_TRACK;
    }
}

/* It was never executed and never will be: the nonce may be used again. */
static void refuse(struct act *act, struct submission *submission, enum op_status status, enum code code, struct op *op)
{
    op_outcome(op, status, code);
    act_event(act, status == OP_DROPPED ? EVENT_TX_DROPPED : EVENT_TX_REFUSED, code, subject_of(submission->tx), 0,
              (struct str){0});
    if (status == OP_DROPPED && code == CODE_TX_EVICTED) evicted_note(act->bot, act->chain, submission->tx, &submission->spend);
    wallet_release(&act->bot->wallet, &submission->spend);
    submission_end(act, submission);
    recover_repair(act);
}

/* The first attempt, told to the op. */
static enum sent send_first(struct act *act, const struct submission *submission, enum code *out_code, struct op *op)
{
    struct env *env = act->crew->env;
    op_mark(op, op->sent.ns == 0 ? STAGE_QUEUED : STAGE_OTHER, env_now(env));
    if (op->sent.ns == 0) op->sent = env_now(env);
    op->tx_id = submission->tx->id;
    *out_code = CODE_NONE;
    const enum sent sent = send_one(act, submission->tx, false, out_code, op);
    op->admitted = env_now(env);
    op_mark(op, STAGE_ADMISSION, op->admitted);
    return sent;
}

/* The bot lost track: the chain has other nonces for it. */
static void let_go(struct act *act, struct submission *submission, enum code code)
{
    if (code == CODE_NONCE_TOO_HIGH)
        wallet_release(&act->bot->wallet, &submission->spend); /* nobody else has it */
    else
        wallet_forfeit(&act->bot->wallet, &submission->spend);
    submission_end(act, submission);
}

/* What the first attempt came to. True: admitted. */
static bool sent_take(struct act *act, struct submission *out, enum sent sent, enum code code, struct op *op)
{
    switch (sent) {
    case SENT_ADMITTED:
        op->note[0] = '\0';
        op->transactions++;
        act->track->submitted++;
        act->track->pending++;
        act_event(act, EVENT_TX_ADMITTED, CODE_NONE, subject_of(out->tx), out->spend.nonce, (struct str){0});
        return true;
    case SENT_LOST_TRACK:
    case SENT_REFUSED:
        act->track->refused++;
        act->track->full += code == CODE_MEMPOOL_FULL;
        refuse(act, out, OP_REFUSED, code, op);
        return false;
    case SENT_ODD:
        act->track->refused++;
        refuse(act, out, OP_POSTCONDITION, CODE_NONE, op);
        return false;
    case SENT_GAVE_UP: /* it may be there or not: nonce and money stay reserved */
        op_outcome(op, OP_TIMED_OUT, CODE_NONE);
        act_event(act, EVENT_TX_TIMED_OUT, CODE_NONE, subject_of(out->tx), 0, (struct str){0});
        submission_leave(out);
        return false;
    }
    UNREACHABLE();
}

bool submit_send(struct act *act, struct tx_spec *spec, struct submission *out, struct op *op)
{
    *out = (struct submission){0};
    for (uint32_t resyncs = 0;; resyncs++) {
        enum code code;
        if (!prepare(act, spec, out, op)) return false;
        const enum sent sent = send_first(act, out, &code, op);
        if (sent != SENT_LOST_TRACK || resyncs == SUBMIT_RESYNCS_MAX) return sent_take(act, out, sent, code, op);
        let_go(act, out, code);
        if (recover_resync(act)) continue;
        op_outcome(op, OP_TIMED_OUT, CODE_NONE);
        return false;
    }
}

bool submit_signed(struct act *act, struct submission *submission, struct op *op)
{
    enum code code;
    flights_add(&act->bot->flights[chain_index(act->chain)], submission->tx);
    const enum sent sent = send_first(act, submission, &code, op);
    if (sent != SENT_LOST_TRACK) return sent_take(act, submission, sent, code, op);
    act->track->refused++;
    op_outcome(op, OP_REFUSED, code);
    act_event(act, EVENT_TX_REFUSED, code, subject_of(submission->tx), 0, (struct str){0});
    let_go(act, submission, code);
    return false;
}

/* ---- following ---- */

struct follow {
    struct act *act;
    struct submission *submission;
    struct op *op;
    uint64_t wait_ns; /* backoff so far */
    uint32_t odd;     /* answers in a row that lead nowhere */
    bool included;
    bool forgotten;   /* the view has let go of it, by its last answer */
    uint32_t head;    /* of the view, by its last answer */
};

static void landing_take(const struct follow *f, struct landing *landing, const struct tx_view *view)
{
    landing->id = view->id;
    landing->height = view->block_height.value;
    landing->index = view->index.value;
    landing->head = f->included ? f->head : 0;
    landing->receipt = view->receipt;
    if (landing->arena != NULL) landing->told = str_dup(landing->arena, view->told);
}

static void note_included(struct follow *f)
{
    if (f->included) return;
    f->included = true;
    f->op->included = env_now(f->act->crew->env);
    op_mark(f->op, STAGE_INCLUSION, f->op->included);
    act_event(f->act, EVENT_TX_INCLUDED, CODE_NONE, subject_of(f->submission->tx), 0, (struct str){0});
}

static void finalized(struct follow *f, const struct tx_view *view)
{
    const struct receipt *receipt = &view->receipt;
    if (f->submission->landing != NULL) landing_take(f, f->submission->landing, view);
    note_included(f);
    f->op->finalized = env_now(f->act->crew->env);
    op_mark(f->op, STAGE_FINALITY, f->op->finalized);
    const bool success = receipt_success(receipt);
    wallet_settle(&f->act->bot->wallet, &f->submission->spend, success, receipt->fee_charged);
    evicted_forget(f->act->bot, f->act->chain, f->submission->tx->nonce);
    act_event(f->act, EVENT_TX_FINALIZED, receipt->code, subject_of(f->submission->tx), 0, (struct str){0});
    if (!success) op_outcome(f->op, OP_REFUSED, receipt->code);
}

/* Another has its nonce for good. */
static void lost(struct follow *f)
{
    const uint64_t nonce = f->submission->tx->nonce;
    wallet_forfeit(&f->act->bot->wallet, &f->submission->spend);
    act_event(f->act, EVENT_TX_DROPPED, CODE_TX_DROPPED, subject_of(f->submission->tx), 0, (struct str){0});
    submission_end(f->act, f->submission);
    op_outcome(f->op, OP_DROPPED, CODE_TX_DROPPED);
    op_note(f->op, "lost: another transaction has its nonce");
    evicted_book(f->act->crew, f->act->bot, f->act->chain, nonce, act_deadline(f->act, SUBMIT_READ_TIMEOUT));
}

/* The view answered about the transaction. True: it has ended. */
static bool status_take(struct follow *f, const struct tx_view *view, bool *out_success)
{
    uint32_t height;
    switch (view->status) {
    case TX_PENDING: return false;
    case TX_INCLUDED:
    case TX_CERTIFIED: note_included(f); return false;
    case TX_FINALIZED:
        finalized(f, view);
        *out_success = receipt_success(&view->receipt);
        submission_end(f->act, f->submission);
        return true;
    case TX_STATUS_DROPPED:
        if (view->dropped_reason != CODE_TX_DROPPED) {
            refuse(f->act, f->submission, OP_DROPPED, view->dropped_reason, f->op);
        } else if (recover_is_final(f->act, f->submission->tx->nonce, &height)) {
            lost(f);
        } else { /* this view let go of it, and another may hold it still: with its nonce nothing else may be sent */
            f->forgotten = true;
            return false;
        }
        return true;
    }
    UNREACHABLE();
}

/* The view does not know it (any more): sent again as it is. True: it has ended. */
static bool send_again(struct follow *f)
{
    enum code code = CODE_NONE;
    switch (send_one(f->act, f->submission->tx, true, &code, NULL)) {
    case SENT_ADMITTED: f->odd = 0; return false;
    case SENT_GAVE_UP: return false; /* the loop sees it */
    case SENT_LOST_TRACK:
        if (code == CODE_NONCE_TOO_HIGH) break;
        if (!recover_is_lost(f->act, f->submission->tx)) break;
        lost(f);
        return true;
    case SENT_REFUSED:
        if (code != CODE_TX_EXPIRED && (code_has_retry_after(code) || ++f->odd < ODD_ANSWERS_MAX)) break;
        refuse(f->act, f->submission, OP_DROPPED, code, f->op);
        return true;
    case SENT_ODD:
        if (++f->odd < ODD_ANSWERS_MAX) break;
        refuse(f->act, f->submission, OP_POSTCONDITION, CODE_NONE, f->op);
        return true;
    }
    act_backoff(f->act, &f->wait_ns);
    return false;
}

/* No status came. True: it has ended. */
static bool answer_take(struct follow *f, enum answer_status status, enum code code, bool absent)
{
    if (status == ANSWER_REFUSED && code == CODE_TRANSACTION_NOT_FOUND) return send_again(f);
    if (!absent && !code_has_retry_after(code) && ++f->odd >= ODD_ANSWERS_MAX) {
        /* Whatever becomes of it, this target does not tell: nonce and money stay reserved. */
        op_outcome(f->op, status == ANSWER_MALFORMED ? OP_POSTCONDITION : OP_REFUSED, code);
        op_note(f->op, "the target does not tell what became of it");
        submission_leave(f->submission);
        return true;
    }
    act_backoff(f->act, &f->wait_ns);
    return false;
}

/* One question, held by the node up to 30 s. True: it has ended. */
static bool follow_once(struct follow *f, bool *out_success)
{
    struct env *env = f->act->crew->env;
    const struct alpha alpha = act_alpha(f->act);
    const struct instant asked = env_now(env);
    const struct duration patience = {MIN(ALPHA_WAIT_MAX.ns, instant_since(f->act->deadline, asked).ns)};
    struct answer answer;
    const struct tx_view *view =
        alpha_transaction(&alpha, &f->submission->tx->id, f->included ? TX_WAIT_FINALIZED : TX_WAIT_INCLUDED, patience,
                          act_deadline(f->act, (struct duration){patience.ns + FOLLOW_MARGIN.ns}), &answer);
    const bool was_included = f->included, pending = view != NULL && view->status == TX_PENDING;
    bool ended = false, told = view != NULL;
    uint32_t final;
    if (!answer_heights(&answer, &f->head, &final)) f->head = 0;
    f->forgotten = false;
    if (told) ended = status_take(f, view, out_success);
    const enum answer_status status = answer.status;
    const enum code code = answer.code;
    const bool absent = answer_is_absence(&answer);
    answer_done(&answer);
    if (ended) return true;
    if (f->forgotten) return send_again(f);
    if (!told) return answer_take(f, status, code, absent);
    f->odd = 0;
    if (pending && instant_since(env_now(env), asked).ns >= ALPHA_WAIT_MAX.ns) recover_stuck(f->act, f->submission->tx->nonce);
    /* A node that does not hold questions must not be asked in a tight loop. */
    if (f->included == was_included && instant_since(env_now(env), asked).ns < BACKOFF_FIRST_NS)
        act_backoff(f->act, &f->wait_ns);
    else
        f->wait_ns = 0;
    return false;
}

bool submit_follow(struct act *act, struct submission *submission, struct op *op)
{
    struct follow f = {.act = act, .submission = submission, .op = op};
    bool success = false;
    while (!act_gives_up(act)) {
        if (!follow_once(&f, &success)) continue;
        act->track->pending--;
        return success;
    }
    op_outcome(op, OP_TIMED_OUT, CODE_NONE);
    act_event(act, EVENT_TX_TIMED_OUT, CODE_NONE, subject_of(submission->tx), 0, (struct str){0});
    submission_leave(submission);
    return false;
}

/* ---- payments ---- */

static enum token payment_token(const struct act *act, const struct payment_terms *terms)
{
    return terms->token != 0 ? terms->token : chain_fee_token(act->chain);
}

struct tx_spec payment_spec(const struct act *act, const struct payment *payments, uint16_t count, const struct payment_terms *terms,
                            struct tx_output *outputs)
{
    ASSERT(count > 0 && count <= TX_OUTPUTS_MAX);
    struct tx_spec spec = {
        .kind = act->chain == CHAIN_DELTA ? KIND_DELTA_TRANSFER : KIND_ALPHA_TRANSFER, .token = payment_token(act, terms), .fee = terms->fee, .tip = terms->tip, .valid_until = terms->valid_until};
    if (count == 1) {
        spec.to = payments[0].to;
        spec.amount = payments[0].amount;
        spec.memo = terms->memo;
        return spec;
    }
    for (uint16_t i = 0; i < count; i++) outputs[i] = (struct tx_output){payments[i].to, payments[i].amount};
    spec.kind = act->chain == CHAIN_DELTA ? KIND_DELTA_BATCH_TRANSFER : KIND_ALPHA_BATCH_TRANSFER;
    spec.outputs = outputs;
    spec.outputs_count = count;
    return spec;
}

void payments_credit(const struct act *act, const struct payment *payments, uint16_t count, const struct payment_terms *terms, struct op *op)
{
    for (uint16_t i = 0; i < count; i++) {
        if (payments[i].bot == NULL || wallet_receive(&payments[i].bot->wallet, money_of(payment_token(act, terms), payments[i].amount))) continue;
        op_outcome(op, OP_POSTCONDITION, CODE_NONE);
        op_note(op, "the receiver's balance is beyond 2^128 - 1");
    }
}

bool act_pay(struct act *act, const struct payment *payments, uint16_t count, const struct payment_terms *terms, struct op *op)
{
    struct tx_output *outputs = count > 1 ? base_alloc(sizeof(*outputs) * count) : NULL;
    struct tx_spec spec = payment_spec(act, payments, count, terms, outputs);
    struct submission submission;
    const bool sent = submit_send(act, &spec, &submission, op);
    base_free(outputs);
    if (!sent || !submit_follow(act, &submission, op)) return false;
    payments_credit(act, payments, count, terms, op);
    return true;
}
