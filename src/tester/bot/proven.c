#include "tester/bot/proven.h"

#include <stdio.h>

#include "tester/bot/claim.h"
#include "tester/bot/submit_priv.h"
#include "tester/bot/tide.h"
#include "tester/client/alpha_bridge.h"

#define PROVING_PATIENCE duration_s(60) /* for others' proofs; when they take that long, something is wrong with them */

static bool does_not_hold(struct act *act, const char *what, enum trust_verdict verdict)
{
    char note[sizeof(act->op->note)];
    snprintf(note, sizeof(note), "%s: %s", what, trust_verdict_text(verdict));
    op_note(act->op, note);
    act->op->status = OP_POSTCONDITION;
    return false;
}

static struct alpha client_of(const struct act *act, enum chain_id chain)
{
    struct alpha alpha = *crew_client(act->crew, chain);
    if (act->view.len > 0) alpha.view = act->view;
    return alpha;
}

/* ---- heights ---- */

static bool height_take(struct act *act, enum chain_id chain, uint32_t height, enum trust_verdict *out)
{
    const struct alpha alpha = client_of(act, chain);
    struct answer answer;
    uint64_t wait = 0;
    uint32_t tries = 0;
    const struct finality_view *view;
    do view = alpha_finality(&alpha, height, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (view == NULL && act_again_behind(act, &answer, &wait, &tries));
    if (view != NULL) *out = trust_take(act->crew->trust[chain_index(chain)], view->proof);
    else (void)act_fail(act->op, &answer);
    answer_done(&answer);
    return view != NULL;
}

/* Every end of an epoch below `height` that trust does not know: each makes the next committee known. */
static bool epochs_take(struct act *act, enum chain_id chain, uint32_t height)
{
    const uint32_t epoch = act->crew->epoch_blocks[chain_index(chain)];
    const struct trust *trust = act->crew->trust[chain_index(chain)];
    struct hash known;
    for (uint32_t end = epoch; epoch > 0 && end < height; end += epoch) {
        enum trust_verdict verdict;
        if (trust_hash(trust, end, &known)) continue;
        if (!height_take(act, chain, end, &verdict)) return false;
        if (verdict != TRUST_OK && verdict != TRUST_KNOWN) return does_not_hold(act, "the proof of an epoch's end does not hold", verdict);
    }
    return true;
}

static bool word_take(struct act *act, enum chain_id chain, uint32_t height)
{
    if (tide_await(act, chain, height, act_deadline(act, ACT_READ_TIMEOUT), NULL)) return true;
    act->op->status = OP_TIMED_OUT;
    op_note(act->op, "a block did not become final in time");
    return false;
}

static bool height_prove(struct act *act, enum chain_id chain, uint32_t height)
{
    enum trust_verdict verdict;
    if (!epochs_take(act, chain, height) || !height_take(act, chain, height, &verdict)) return false;
    return verdict == TRUST_OK || verdict == TRUST_KNOWN || does_not_hold(act, "the proof that a block is final does not hold", verdict);
}

struct proof_waiter {
    struct proof_waiter *next;
    struct fiber *fiber;
    bool called;
};

static void waiter_remove(struct proof_turn *proving, struct proof_waiter *waiter)
{
    struct proof_waiter **at = &proving->waiters;
    while (*at != waiter) at = &(*at)->next;
    *at = waiter->next;
}

/* Until whoever proves has ended. False: the deadline came first. */
static bool proving_await(struct act *act, struct proof_turn *proving, struct instant deadline)
{
    struct env *env = act->crew->env;
    struct proof_waiter waiter = {.next = proving->waiters, .fiber = fiber_self()};
    proving->waiters = &waiter;
    while (!waiter.called)
        if (!fiber_park(env, deadline) && !waiter.called) {
            waiter_remove(proving, &waiter);
            return false;
        }
    return true;
}

static void proving_over(struct env *env, struct proof_turn *proving)
{
    proving->busy = false;
    while (proving->waiters != NULL) {
        struct proof_waiter *waiter = proving->waiters;
        proving->waiters = waiter->next;
        waiter->called = true;
        fiber_wake(env, waiter->fiber);
    }
}

bool proven_height(struct act *act, enum chain_id chain, uint32_t height)
{
    const struct trust *trust = act->crew->trust[chain_index(chain)];
    struct proof_turn *proving = &act->crew->proving[chain_index(chain)];
    const struct instant deadline = act_deadline(act, PROVING_PATIENCE);
    struct hash known;
    if (trust == NULL) return word_take(act, chain, height);
    /* One at a time: mostly many bots want the same height. */
    while (proving->busy && !trust_hash(trust, height, &known))
        if (!proving_await(act, proving, deadline)) {
            act->op->status = OP_TIMED_OUT;
            op_note(act->op, "others' proofs that blocks are final took too long");
            return false;
        }
    if (trust_hash(trust, height, &known)) return true;
    proving->busy = true;
    const bool proven = height_prove(act, chain, height);
    proving_over(act->crew->env, proving);
    return proven;
}

/* ---- messages ---- */

static bool record_ask(struct act *act, const struct alpha *alpha, const struct hash *message_id, uint64_t sequence, struct arena *arena,
                       struct proven_message *out)
{
    const struct ipc_question question = {.direction = DIRECTION_OUT, .after = sequence - 1, .limit = 1};
    struct answer answer;
    uint64_t wait = 0;
    uint32_t tries = 0;
    const struct page *page;
    for (;;) {
        do page = alpha_ipc_messages(alpha, &question, act_deadline(act, ACT_READ_TIMEOUT), &answer);
        while (page == NULL && act_again_behind(act, &answer, &wait, &tries));
        if (page == NULL || page->count > 0 || ++tries > ACT_BEHIND_TRIES || act_gives_up(act)) break;
        answer_done(&answer);
        act_backoff(act, &wait);
    }
    const struct ipc_record *record = page != NULL && page->count > 0 ? page->items : NULL;
    const bool found = record != NULL && record->sequence == sequence && hash_eq(&record->message_id, message_id);
    if (found) {
        out->bytes = str_dup(arena, record->bytes);
        out->height = record->source_height;
        out->index = record->message_index;
    } else if (page == NULL) {
        (void)act_fail(act->op, &answer);
    } else {
        act->op->status = OP_POSTCONDITION;
        op_note(act->op, "the chain does not list a message that it has sent");
    }
    answer_done(&answer);
    return found;
}

static bool merkle_ask(struct act *act, const struct alpha *alpha, const struct hash *message_id, struct ipc_proof_view *out)
{
    struct answer answer;
    uint64_t wait = 0;
    uint32_t tries = 0;
    const struct ipc_proof_view *view;
    do view = alpha_ipc_proof(alpha, message_id, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (view == NULL && act_again_behind(act, &answer, &wait, &tries));
    if (view != NULL) *out = *view;
    else (void)act_fail(act->op, &answer);
    answer_done(&answer);
    return view != NULL;
}

bool stated_message(struct act *act, enum chain_id chain, const struct hash *message_id, uint64_t sequence, struct arena *arena, struct proven_message *out)
{
    const struct alpha alpha = client_of(act, chain);
    struct ipc_proof_view *view = arena_new(arena, struct ipc_proof_view);
    *out = (struct proven_message){.sequence = sequence};
    if (!record_ask(act, &alpha, message_id, sequence, arena, out) || !merkle_ask(act, &alpha, message_id, view)) return false;
    out->proof = view->proof;
    return true;
}

bool proven_message(struct act *act, enum chain_id chain, const struct hash *message_id, uint64_t sequence, struct arena *arena, struct proven_message *out)
{
    const struct alpha alpha = client_of(act, chain);
    struct trust *trust = act->crew->trust[chain_index(chain)];
    struct ipc_proof_view *view = arena_new(arena, struct ipc_proof_view);
    *out = (struct proven_message){.sequence = sequence};
    if (!record_ask(act, &alpha, message_id, sequence, arena, out) || !merkle_ask(act, &alpha, message_id, view)) return false;
    out->proof = view->proof;
    if (!proven_height(act, chain, out->height)) return false;
    if (trust == NULL) return true;
    const enum trust_verdict verdict = trust_message(trust, view, out->bytes);
    return verdict == TRUST_OK || does_not_hold(act, "the message is not among those its block sent", verdict);
}

/* ---- claims ---- */

struct claim_key {
    char text[6 + 64 + 1];
};
static struct claim_key key_of(const struct hash *id)
{
    struct claim_key key = {"claim:"};
    str_hex(id->b, sizeof(id->b), key.text + 6);
    key.text[70] = '\0';
    return key;
}

bool proven_claim(struct act *act, enum chain_id chain, const struct hash *id, uint32_t height, struct trust_claim *out, bool *out_there)
{
    if (!proven_height(act, chain, height)) return false;
    const struct alpha alpha = client_of(act, chain);
    const struct claim_key key = key_of(id);
    struct trust *trust = act->crew->trust[chain_index(chain)];
    struct answer answer;
    uint64_t wait = 0;
    uint32_t tries = 0;
    const struct state_path *path;
    do path = alpha_state_path(&alpha, str_of(key.text), height, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (path == NULL && act_again_behind(act, &answer, &wait, &tries));
    enum trust_verdict verdict = TRUST_OK;
    *out_there = false;
    if (path != NULL && trust != NULL) verdict = trust_claim(trust, path, id, out, out_there);
    else if (path != NULL) *out_there = path->value.data != NULL && trust_claim_decode(path->value, out);
    const bool absent = path == NULL && answer.status == ANSWER_REFUSED && answer.code == CODE_KEY_NOT_FOUND;
    const bool good = absent || (path != NULL && verdict == TRUST_OK);
    if (path != NULL && !good) (void)does_not_hold(act, "the claim's state path does not hold", verdict);
    else if (!good) (void)act_fail(act->op, &answer);
    answer_done(&answer);
    return good;
}
