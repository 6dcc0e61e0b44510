#include "tester/bot/shieldsend.h"

#include <stdio.h>

#include "core/codec/binary.h"
#include "core/crypto/wipe.h"
#include "tester/bot/ask.h"
#include "tester/bot/claim.h"
#include "tester/bot/submit_priv.h"
#include "tester/bot/tide.h"

#define PROVER_PATIENCE duration_s(5)
#define FOLLOW_HOLD duration_s(20)
#define FOLLOW_MARGIN duration_s(5)
#define ODD_ANSWERS_MAX 8

static bool fail(struct op *op, enum op_status status, const char *note)
{
    if (op->status == OP_DONE) {
        op->status = status;
        op_note(op, note);
    }
    return false;
}

static struct shieldwallet *wallet_of(const struct act *act) { return &shieldbot_of(act->bot)->wallet; }

/* ---- reading ---- */

bool shield_scan(struct act *act, struct op *op)
{
    const struct alpha alpha = act_alpha(act);
    struct answer answer;
    uint64_t wait = 0;
    for (;;) {
        const bool read = shieldwallet_scan(wallet_of(act), &alpha, act_deadline(act, SUBMIT_READ_TIMEOUT), &answer);
        if (read) return true;
        const bool absent = answer_is_absence(&answer);
        if (!absent || act_gives_up(act)) {
            (void)act_fail(op, &answer);
            answer_done(&answer);
            return false;
        }
        answer_done(&answer);
        act_backoff(act, &wait);
    }
}

bool shield_scan_to(struct act *act, uint32_t height, struct op *op)
{
    for (;;) {
        if (!shield_scan(act, op)) return false;
        if (wallet_of(act)->shelf->ref_height >= height) return true;
        if (!tide_next(act, CHAIN_ALPHA, act->deadline)) return fail(op, OP_TIMED_OUT, "the pool was not read so far in time");
    }
}

bool shield_ready(struct act *act, struct op *op)
{
    if (!act_on(act, CHAIN_ALPHA, op)) return false;
    const struct alpha alpha = act_alpha(act);
    struct answer answer;
    uint64_t wait = 0;
    bool learnt; /* each time: a parameter may have changed, a switch come on */
    do learnt = shieldwallet_learn(wallet_of(act), &alpha, act_deadline(act, SUBMIT_READ_TIMEOUT), &answer);
    while (!learnt && act_again(act, &answer, &wait));
    if (!learnt) {
        (void)act_fail(op, &answer);
        answer_done(&answer);
        return false;
    }
    return shield_scan(act, op);
}

bool shield_pause(struct act *act, uint32_t *out_blocks, struct op *op)
{
    struct shieldwallet *wallet = wallet_of(act);
    const struct duration pause = shieldwallet_wait(wallet);
    *out_blocks = 0;
    if (pause.ns == 0 || wallet->terms.block_interval.ns == 0) return true;
    const uint32_t blocks = (uint32_t)(pause.ns / wallet->terms.block_interval.ns);
    struct answer answer;
    uint32_t height = 0, reached = 0;
    const struct alpha alpha = act_alpha(act);
    const bool told = alpha_height_final(&alpha, act_deadline(act, SUBMIT_READ_TIMEOUT), &height, &answer);
    answer_done(&answer);
    if (!told) height = wallet->shelf->ref_height;
    const bool met = tide_await(act, CHAIN_ALPHA, height + blocks, act->deadline, &reached);
    *out_blocks = reached > height ? reached - height : 0;
    if (met) return true;
    return fail(op, OP_TIMED_OUT, "the pause before the boundary did not end in time");
}

/* ---- deposits ---- */

static void tape_deposit(struct act *act, const struct landing *landing, uint64_t amount)
{
    const struct tape_crossing crossing = {.intended = act->intended, .id = landing->id, .bot = act->bot->index, .height = landing->height,
                                           .deposit = true, .amount = amount};
    vec_push(&shield_commons_of(act->crew)->tape.crossings, crossing);
}

bool shield_deposit(struct act *act, const uint64_t *amounts, uint32_t count, struct op *op)
{
    ASSERT(count > 0 && count <= SHIELD_DEPOSITS_MAX);
    struct submission *sent = base_alloc(sizeof(*sent) * count);
    bool begun[SHIELD_DEPOSITS_MAX] = {false}, all = true;
    uint32_t height = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct buf payload = {0};
        shieldwallet_deposit(wallet_of(act), amounts[i], &payload);
        const struct send_plan plan = {.kind = KIND_SHIELDED_DEPOSIT, .raw = buf_str(&payload), .leaves = money_of(TOKEN_AX, AMOUNT(amounts[i]))};
        begun[i] = all && act_send_begin(act, &plan, &sent[i], op);
        all = all && begun[i];
        buf_done(&payload);
    }
    for (uint32_t i = 0; i < count; i++) {
        struct landing landing = {0};
        if (!begun[i]) continue;
        if (!act_send_end(act, &sent[i], &landing, op)) {
            all = false;
            continue;
        }
        tape_deposit(act, &landing, amounts[i]);
        op_did(op, FEAT_SHIELDED);
        height = MAX(height, landing.height);
    }
    base_free(sent);
    return all && shield_scan_to(act, height, op);
}

/* ---- making ---- */

struct shield_sending *shield_sending_new(void)
{
    struct shield_sending *sending = base_alloc(sizeof(*sending));
    arena_init(&sending->arena, 0);
    sending->landing.arena = &sending->arena;
    return sending;
}

void shield_sending_free(struct shield_sending *sending)
{
    if (sending == NULL) return;
    tx_unref(sending->spend.tx);
    arena_done(&sending->arena);
    base_free(sending);
}

/* Building wants a deep stack: proofs are large. */
struct making {
    struct shieldwallet *wallet;
    const struct shield_order *order;
    struct sign_suite suite;
    struct shield_making *begun;
    struct str proof;
    struct shield_spend *out;
    enum shield_verdict verdict;
};
static void begin_deep(void *arg)
{
    struct making *m = arg;
    m->verdict = shieldwallet_begin(m->wallet, m->order, m->suite, &m->begun);
}
static void finish_deep(void *arg)
{
    struct making *m = arg;
    m->verdict = shieldwallet_finish(m->begun, m->proof, m->out);
}

/* The bot's own proof, made by whoever has time while the bot's processor is busy with it. */
struct own_proof {
    struct task task;
    struct env *env;
    struct shield_making *begun;
};
static void prove_run(struct task *task) { shieldwallet_prove(CONTAINER_OF(task, struct own_proof, task)->begun); }
static void join_deep(void *arg)
{
    struct own_proof *own = arg;
    env_join(own->env, &own->task);
}
static void prove_own(struct act *act, struct shield_making *begun, uint32_t inputs, uint32_t ring)
{
    struct own_proof *own = base_alloc(sizeof(*own));
    *own = (struct own_proof){{.run = prove_run}, act->crew->env, begun};
    env_offload(own->env, &own->task);
    shieldbot_prove(act->bot, inputs, ring, 2);
    fiber_call_deep(join_deep, own);
    base_free(own);
}

/* What a prover is asked: u32 count, then each value and blinding. */
static void request_write(const struct spend_statement *statement, struct buf *out)
{
    bin_put_u32(out, statement->count);
    for (uint32_t i = 0; i < statement->count; i++) {
        bin_put_u64(out, statement->openings[i].value);
        bin_put_bytes(out, &statement->openings[i].blinding, sizeof(statement->openings[i].blinding));
    }
}

/* True: a prover's proof is in and holds, and the spend is made. */
static bool made_by_prover(struct act *act, struct making *m)
{
    struct buf request = {0}, reply = {0};
    const struct spend_statement statement = shieldwallet_statement(m->begun);
    request_write(&statement, &request);
    const enum ask_result asked = act_ask(act, SHIELD_PROVE_TOPIC, buf_str(&request), act_deadline(act, PROVER_PATIENCE), &reply);
    buf_done(&request);
    bool made = false;
    if (asked == ASK_OK) {
        m->proof = buf_str(&reply);
        fiber_call_deep(finish_deep, m);
        made = m->verdict == SHIELD_OK;
        m->proof = (struct str){0};
    }
    buf_done(&reply);
    return made;
}

static bool make_failed(enum shield_verdict verdict, bool *may_lack, struct op *op)
{
    if (verdict == SHIELD_FUNDS && may_lack != NULL) return *may_lack = false;
    switch (verdict) {
    case SHIELD_FUNDS: return fail(op, OP_SKIPPED, "no notes that make up the amount and may stand together");
    case SHIELD_RING: return fail(op, OP_SKIPPED, "fewer notes in the pool than a ring has members");
    case SHIELD_OK:
    case SHIELD_PROOF:
    case SHIELD_REFUSED: break;
    }
    return fail(op, OP_POSTCONDITION, "what was built is no transaction");
}

bool shield_make(struct act *act, const struct shield_order *order, struct shield_sending *out, bool *may_lack, struct op *op)
{
    struct env *env = act->crew->env;
    const struct instant from = env_now(env);
    struct making m = {.wallet = wallet_of(act), .order = order, .suite = act->crew->suite, .out = &out->spend};
    fiber_call_deep(begin_deep, &m);
    if (m.verdict != SHIELD_OK) return make_failed(m.verdict, may_lack, op);
    const uint32_t inputs = shieldwallet_inputs(m.begun), ring = m.wallet->habits.whole_rings ? m.wallet->terms.ring_size : 1;
    out->by_prover = made_by_prover(act, &m);
    if (out->by_prover) {
        shieldbot_prove(act->bot, inputs, ring, 0);
    } else {
        prove_own(act, m.begun, inputs, ring);
        fiber_call_deep(finish_deep, &m);
    }
    if (m.verdict != SHIELD_OK) return make_failed(m.verdict, NULL, op);
    out->made_in = instant_since(env_now(env), from);
    op->proofs.made++;
    op->proofs.made_in_max.ns = MAX(op->proofs.made_in_max.ns, out->made_in.ns);
    for (uint32_t i = 0; i < out->spend.inputs_count; i++) {
        const uint32_t count = out->spend.truth[i].ring_count;
        op->proofs.ring_min = op->proofs.ring_min == 0 ? count : MIN(op->proofs.ring_min, count);
    }
    return true;
}

void shield_unsend(struct act *act, struct shield_sending *sending) { shieldwallet_release(wallet_of(act), &sending->spend); }

/* ---- sending ---- */

static uint64_t subject_of(const struct tx *tx) { return bin_load_u64(tx->id.b); }

static void ended(struct act *act, struct shield_sending *sending, enum op_status status, enum code code, struct op *op)
{
    if (status != OP_TIMED_OUT) shieldwallet_release(wallet_of(act), &sending->spend); /* it will never run */
    act_event(act, status == OP_DROPPED ? EVENT_TX_DROPPED : status == OP_TIMED_OUT ? EVENT_TX_TIMED_OUT : EVENT_TX_REFUSED, code,
              subject_of(sending->spend.tx), 0, (struct str){0});
    if (op->status != OP_DONE) return;
    op->status = status;
    op->code = code;
}

/* True: admitted. */
static bool broadcast(struct act *act, struct shield_sending *sending, struct op *op)
{
    struct env *env = act->crew->env;
    const struct alpha alpha = act_alpha(act);
    uint64_t wait_ns = 0;
    for (;;) {
        struct answer answer;
        const struct instant from = env_now(env);
        (void)alpha_broadcast(&alpha, sending->spend.tx, act_deadline(act, SUBMIT_SEND_TIMEOUT), &answer); /* looked at through `answer` */
        const bool absent = answer_is_absence(&answer);
        const bool taken = answer.status == ANSWER_OK || answer.code == CODE_TX_ALREADY_KNOWN;
        const enum code code = answer.code;
        sending->checked_in = instant_since(env_now(env), from);
        if (!absent && !taken && op->status == OP_DONE && answer.error != NULL) op_note(op, answer.error->message);
        answer_done(&answer);
        if (taken) return true;
        if (!absent || act_gives_up(act)) {
            act->track->refused += !absent;
            ended(act, sending, absent ? OP_TIMED_OUT : OP_REFUSED, code, op);
            return false;
        }
        act_backoff(act, &wait_ns);
    }
}

static void tape_spends(struct act *act, const struct shield_sending *sending)
{
    struct shield_commons *commons = shield_commons_of(act->crew);
    for (uint32_t i = 0; i < sending->spend.inputs_count; i++) {
        const struct spend_truth *truth = &sending->spend.truth[i];
        struct tape_spend spend = {.intended = act->intended, .nullifier = truth->nullifier, .id = sending->landing.id, .bot = act->bot->index,
                                   .height = sending->landing.height, .input = i, .inputs = sending->spend.inputs_count, .real = truth->real,
                                   .eligible = truth->eligible, .ring_count = truth->ring_count};
        memcpy(spend.ring, truth->ring, sizeof(spend.ring[0]) * truth->ring_count);
        vec_push(&commons->tape.spends, spend);
    }
    if (sending->spend.tx->kind != KIND_SHIELDED_WITHDRAW) return;
    const uint8_t *payload = (const uint8_t *)tx_payload(sending->spend.tx).data;
    const struct tape_crossing crossing = {.intended = act->intended, .id = sending->landing.id, .bot = act->bot->index,
                                           .height = sending->landing.height, .amount = bin_load_u64(payload + 4 + 16 + 32)};
    vec_push(&commons->tape.crossings, crossing);
}

/* The view answered. True: it has ended, with success or not. */
static bool status_take(struct act *act, struct shield_sending *sending, const struct tx_view *view, struct op *op, bool *out_success)
{
    struct env *env = act->crew->env;
    if (view->status == TX_PENDING) return false;
    if (view->status == TX_STATUS_DROPPED) {
        ended(act, sending, OP_DROPPED, view->dropped_reason, op);
        return true;
    }
    if (op->included.ns < op->admitted.ns) {
        op->included = env_now(env);
        op_mark(op, STAGE_INCLUSION, op->included);
    }
    if (view->status != TX_FINALIZED) return false;
    op->finalized = env_now(env);
    op_mark(op, STAGE_FINALITY, op->finalized);
    sending->landing.id = view->id;
    sending->landing.height = view->block_height.value;
    sending->landing.index = view->index.value;
    sending->landing.receipt = view->receipt;
    sending->landing.told = str_dup(&sending->arena, view->told);
    act_event(act, EVENT_TX_FINALIZED, view->receipt.code, subject_of(sending->spend.tx), 0, (struct str){0});
    *out_success = receipt_success(&view->receipt);
    if (!*out_success) ended(act, sending, OP_REFUSED, view->receipt.code, op);
    return true;
}

static bool follow(struct act *act, struct shield_sending *sending, struct op *op)
{
    const struct alpha alpha = act_alpha(act);
    struct env *env = act->crew->env;
    uint64_t wait_ns = 0;
    uint32_t odd = 0;
    bool success = false, over = false;
    while (!over && !act_gives_up(act)) {
        struct answer answer;
        const struct instant asked = env_now(env);
        const struct duration hold = {MIN(FOLLOW_HOLD.ns, instant_since(act->deadline, asked).ns)};
        const struct tx_view *view = alpha_transaction(&alpha, &sending->spend.tx->id, op->included.ns < op->admitted.ns ? TX_WAIT_INCLUDED : TX_WAIT_FINALIZED,
                                                       hold, act_deadline(act, (struct duration){hold.ns + FOLLOW_MARGIN.ns}), &answer);
        if (view != NULL) over = status_take(act, sending, view, op, &success);
        const bool forgotten = view == NULL && answer.status == ANSWER_REFUSED && answer.code == CODE_TRANSACTION_NOT_FOUND;
        const bool is_odd = view == NULL && !forgotten && !answer_is_absence(&answer) && !code_has_retry_after(answer.code);
        answer_done(&answer);
        if (over) break;
        odd = is_odd ? odd + 1 : 0;
        if (odd == ODD_ANSWERS_MAX) { /* whatever becomes of it, this target does not tell: its notes stay pending */
            if (op->status == OP_DONE) op_note(op, "the target does not tell what became of it");
            if (op->status == OP_DONE) op->status = OP_POSTCONDITION;
            return false;
        }
        if (forgotten && !broadcast(act, sending, op)) return false; /* sent again as it is */
        if (instant_since(env_now(env), asked).ns < BACKOFF_FIRST_NS) act_backoff(act, &wait_ns);
        else wait_ns = 0;
    }
    if (!over) ended(act, sending, OP_TIMED_OUT, CODE_NONE, op);
    return success;
}

bool shield_send(struct act *act, struct shield_sending *sending, struct op *op)
{
    struct env *env = act->crew->env;
    op_mark(op, op->sent.ns == 0 ? STAGE_QUEUED : STAGE_OTHER, env_now(env));
    if (op->sent.ns == 0) op->sent = env_now(env);
    op->tx_id = sending->spend.tx->id;
    const bool admitted = broadcast(act, sending, op);
    op->admitted = env_now(env);
    op_mark(op, STAGE_ADMISSION, op->admitted);
    if (!admitted) return false;
    op->transactions++;
    op->proofs.checked_in_max.ns = MAX(op->proofs.checked_in_max.ns, sending->checked_in.ns);
    act->track->submitted++;
    act->track->pending++;
    act_event(act, EVENT_TX_ADMITTED, CODE_NONE, subject_of(sending->spend.tx), 0, (struct str){0});
    const bool success = follow(act, sending, op);
    if (success || op->status != OP_TIMED_OUT) act->track->pending--;
    if (!success) return false;
    op->proofs.good++;
    op_did(op, FEAT_SHIELDED);
    tape_spends(act, sending);
    return true;
}

/* ---- provers ---- */

static bool request_read(struct str request, struct shield_opening *openings, uint32_t *out_count)
{
    struct bin_reader r = bin_reader_of(request.data, request.len);
    const uint32_t count = bin_get_u32(&r);
    if (r.bad || rangeproof_bytes(count) == 0) return false;
    for (uint32_t i = 0; i < count; i++) {
        openings[i].value = bin_get_u64(&r);
        const void *blinding = bin_take(&r, sizeof(openings[i].blinding));
        if (r.bad) return false;
        memcpy(&openings[i].blinding, blinding, sizeof(openings[i].blinding));
        if (!scalar_valid(&openings[i].blinding)) return false;
    }
    *out_count = count;
    return bin_done(&r);
}

struct proving {
    struct shieldwallet *wallet;
    struct shield_opening openings[RANGEPROOF_VALUES_MAX];
    uint32_t count;
    uint8_t proof[RANGEPROOF_BYTES_MAX];
};
static void prove_deep(void *arg)
{
    struct proving *p = arg;
    struct point commitments[RANGEPROOF_VALUES_MAX];
    uint8_t rnd[32];
    for (uint32_t i = 0; i < p->count; i++) commitments[i] = shield_commit(p->openings[i].value, &p->openings[i].blinding);
    source_bytes(&p->wallet->source, rnd, sizeof(rnd));
    suite_range_prove(p->wallet->suite, p->openings, commitments, p->count, rnd, p->proof);
}

bool shield_serve(struct act *act, struct bus_subscription *service, struct instant deadline, struct op *op)
{
    struct served served;
    if (service == NULL || !serve_next(act, service, deadline, &served)) return false;
    const struct instant from = env_now(act->crew->env);
    struct proving *p = base_alloc(sizeof(*p));
    p->wallet = wallet_of(act);
    const bool read = request_read(served.request, p->openings, &p->count);
    if (!read) {
        serve_fail(act, &served, STR("not a statement of 1 to 4 openings"));
    } else {
        fiber_call_deep(prove_deep, p);
        shieldbot_prove(act->bot, 0, 0, p->count);
        serve_reply(act, &served, (struct str){(const char *)p->proof, rangeproof_bytes(p->count)});
        op->proofs.made++;
        op->proofs.good++; /* the asker checks it, and makes its own where it does not hold */
        op->proofs.made_in_max.ns = MAX(op->proofs.made_in_max.ns, instant_since(env_now(act->crew->env), from).ns);
    }
    crypto_wipe(p, sizeof(*p));
    base_free(p);
    return read;
}
