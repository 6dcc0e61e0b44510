#include "tester/bot/claim.h"

#include <stdarg.h>
#include <stdio.h>

#include "chain/payload.h"
#include "tester/bot/submit_priv.h"
#include "tester/client/alpha_bridge.h"
#include "tester/client/trust.h"


static struct claim_count *count_of(struct track *track, const char *claim)
{
    for (uint32_t i = 0; i < track->claims_count; i++)
        if (strcmp(track->claims[i].name, claim) == 0) return &track->claims[i];
    ASSERT(track->claims_count < TRACK_CLAIMS_MAX);
    track->claims[track->claims_count] = (struct claim_count){.name = claim};
    return &track->claims[track->claims_count++];
}

bool act_claim(struct act *act, const char *claim, bool holds, const char *fmt, ...)
{
    struct claim_count *count = count_of(act->track, claim);
    if (holds) {
        count->held++;
        return true;
    }
    char note[sizeof(act->op->note) + sizeof(count->note)];
    const size_t len = (size_t)MIN(snprintf(note, sizeof(note), "%s: ", claim), (int)sizeof(note) - 1);
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(note + len, sizeof(note) - len, fmt, args);
    va_end(args);
    if (count->broken++ == 0) snprintf(count->note, sizeof(count->note), "%.47s", note + len);
    if (act->op->status != OP_POSTCONDITION) op_note(act->op, note);
    act->op->status = OP_POSTCONDITION;
    return false;
}

bool act_claim_refused(struct act *act, const char *claim, bool refused)
{
    char note[sizeof(act->op->note)];
    if (!refused && act->op->status != OP_POSTCONDITION) return false;
    memcpy(note, act->op->note, sizeof(note));
    if (!refused) { /* told under the claim's own name */
        act->op->status = OP_DONE;
        act->op->note[0] = '\0';
    }
    return act_claim(act, claim, refused, "%.100s", note);
}

bool act_again(struct act *act, struct answer *answer, uint64_t *wait_ns)
{
    if (!answer_is_absence(answer) || act_gives_up(act)) return false;
    answer_done(answer);
    act_backoff(act, wait_ns);
    return true;
}

static bool is_behind(const struct answer *answer)
{
    return answer->status == ANSWER_REFUSED && (answer->code == CODE_BLOCK_NOT_FOUND || answer->code == CODE_BLOCK_NOT_FINAL ||
                                                answer->code == CODE_NODE_SYNCING || answer->code == CODE_MESSAGE_NOT_FOUND ||
                                                answer->code == CODE_COMMITTEE_NOT_FOUND);
}

bool act_again_behind(struct act *act, struct answer *answer, uint64_t *wait_ns, uint32_t *tries)
{
    if (act_again(act, answer, wait_ns)) return true;
    if (!is_behind(answer) || ++*tries > ACT_BEHIND_TRIES || act_gives_up(act)) return false;
    answer_done(answer);
    act_backoff(act, wait_ns);
    return true;
}

/* The view is past that height: it does not keep states for so long. */
static bool is_forgotten(const struct answer *answer, uint32_t height)
{
    uint32_t head, final;
    return answer_heights(answer, &head, &final) && final >= height;
}

static struct alpha client_of(const struct act *act, enum chain_id chain)
{
    struct alpha alpha = *crew_client(act->crew, chain);
    if (act->view.len > 0) alpha.view = act->view;
    return alpha;
}

bool act_holding(struct act *act, enum chain_id chain, const struct address *address, uint32_t height, struct holding *out)
{
    const struct alpha alpha = client_of(act, chain);
    struct answer answer;
    struct trust_account account = {0};
    uint64_t wait = 0;
    if (height == 0) {
        bool told;
        do told = alpha_height_final(&alpha, act_deadline(act, ACT_READ_TIMEOUT), &height, &answer);
        while (!told && act_again(act, &answer, &wait));
        if (!told) (void)act_fail(act->op, &answer);
        answer_done(&answer);
        if (!told) return false;
    }
    const struct state_path *path;
    uint32_t tries = 0;
    do path = alpha_account_path(&alpha, address, height, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (path == NULL && !is_forgotten(&answer, height) && act_again_behind(act, &answer, &wait, &tries));
    /* An account that was never touched is not in the state: it holds nothing. */
    bool good = path != NULL && (path->value.data == NULL || trust_account_decode(path->value, &account));
    if (!good && answer.status == ANSWER_REFUSED && answer.code == CODE_KEY_NOT_FOUND) good = true;
    if (path != NULL && !good) {
        act->op->status = OP_POSTCONDITION;
        op_note(act->op, "the account's state is malformed");
    } else if (!good) {
        (void)act_fail(act->op, &answer);
    }
    answer_done(&answer);
    out->height = height;
    out->nonce = account.nonce;
    memcpy(out->free, account.free, sizeof(out->free));
    memcpy(out->locked, account.locked, sizeof(out->locked));
    return good;
}

/* ---- movements ---- */

static bool tx_touches(const struct tx_view *view, const struct address *address, struct str text)
{
    const struct tx *tx = view->envelope;
    if (tx == NULL || address_eq(&tx->sender, address)) return true;
    for (size_t i = 0; i < tx->outputs_count; i++) {
        const struct tx_output output = tx_output_at(tx, i);
        if (address_eq(&output.to, address)) return true;
    }
    return view->told.len > 0 && memmem(view->told.data, view->told.len, text.data, text.len) != NULL;
}

/* A claim of the bridge pays whom its lock or burn names, which stands neither in it nor in its receipt. */
static bool claim_pays(struct act *act, enum chain_id chain, const struct tx_view *view, const struct address *address)
{
    const struct tx *tx = view->envelope;
    if (tx == NULL || (tx->kind != KIND_MINT_CLAIM && tx->kind != KIND_BRIDGE_UNLOCK_CLAIM)) return false;
    struct arena arena;
    union payload payload;
    arena_init(&arena, 0);
    payload_of_tx(tx, &arena, &payload);
    const struct hash id = payload.claim.source_id;
    arena_done(&arena);
    const struct alpha alpha = client_of(act, chain);
    struct answer answer;
    const struct lock_in_view *lock = NULL;
    const struct unlock_view *unlock = NULL;
    if (tx->kind == KIND_MINT_CLAIM) lock = delta_lock(&alpha, &id, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    else unlock = alpha_unlock(&alpha, &id, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    const bool told = lock != NULL || unlock != NULL; /* not told: it may be */
    const bool pays = !told || address_eq(lock != NULL ? &lock->recipient : &unlock->recipient, address);
    answer_done(&answer);
    return pays;
}

enum touched { TOUCHED_ALONE, TOUCHED_BY_OTHERS, TOUCHED_UNKNOWN };

static enum touched touched_in(struct act *act, const struct movement *movement, uint32_t height)
{
    const struct alpha alpha = client_of(act, movement->chain);
    struct answer answer;
    uint64_t wait = 0;
    const struct block_view *block;
    char text[ADDRESS_TEXT];
    address_text(movement->address, movement->chain, text);
    do block = alpha_block(&alpha, height, true, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (block == NULL && act_again(act, &answer, &wait));
    enum touched touched = block == NULL ? TOUCHED_UNKNOWN : TOUCHED_ALONE;
    for (uint32_t i = 0; block != NULL && i < block->transactions_count && touched == TOUCHED_ALONE; i++) {
        if (movement->by != NULL && hash_eq(&block->transactions[i].id, movement->by)) continue;
        if (movement->with != NULL && hash_eq(&block->transactions[i].id, movement->with)) continue;
        if (tx_touches(&block->transactions[i], movement->address, str_of(text)) ||
            claim_pays(act, movement->chain, &block->transactions[i], movement->address))
            touched = TOUCHED_BY_OTHERS;
    }
    answer_done(&answer);
    return touched;
}

static enum touched touched_by(struct act *act, const struct movement *movement, uint32_t before)
{
    enum touched touched = TOUCHED_ALONE;
    for (uint32_t height = before + 1; height <= movement->height && touched == TOUCHED_ALONE; height++) touched = touched_in(act, movement, height);
    return touched;
}

bool act_claim_moved(struct act *act, const char *claim, const struct movement *movement)
{
    struct holding before, after;
    ASSERT(movement->height > 0);
    if (!act_holding(act, movement->chain, movement->address, movement->height, &after)) return false;
    before = (struct holding){0};
    const uint32_t from = movement->since > 0 ? movement->since : movement->height - 1;
    if (movement->was != NULL) before.free[movement->token] = *movement->was;
    else if (from > 0 && !act_holding(act, movement->chain, movement->address, from, &before)) return false;
    if (movement->out_was != NULL) *movement->out_was = before.free[movement->token];
    const u128 was = before.free[movement->token].units, is = after.free[movement->token].units;
    const bool holds = from > 0 && was + movement->gained.units == is + movement->lost.units;
    if (!holds && (movement->height - from > MOVEMENT_BLOCKS_MAX || touched_by(act, movement, from) == TOUCHED_BY_OTHERS)) return true;
    char was_text[AMOUNT_TEXT], is_text[AMOUNT_TEXT], gained[AMOUNT_TEXT], lost[AMOUNT_TEXT];
    amount_text(before.free[movement->token], was_text);
    amount_text(after.free[movement->token], is_text);
    amount_text(movement->gained, gained);
    amount_text(movement->lost, lost);
    return act_claim(act, claim, holds, "%s -> %s, not +%s -%s", was_text, is_text, gained, lost);
}

static bool balance_moved(const struct amount before, const struct amount after, const struct amount gained, const struct amount lost)
{
    return before.units + gained.units == after.units + lost.units;
}

enum moved act_moves(struct act *act, const struct moves *moves, char note[MOVES_NOTE])
{
    struct holding before, after;
    ASSERT(moves->height > 1);
    if (!act_holding(act, moves->chain, moves->address, moves->height, &after)) return MOVED_UNREAD;
    if (!act_holding(act, moves->chain, moves->address, moves->height - 1, &before)) return MOVED_UNREAD;
    for (unsigned i = 1; i <= TOKEN_COUNT; i++) {
        const bool free = balance_moved(before.free[i], after.free[i], moves->free[i].gained, moves->free[i].lost);
        if (free && balance_moved(before.locked[i], after.locked[i], moves->locked[i].gained, moves->locked[i].lost)) continue;
        const struct movement movement = {.chain = moves->chain, .address = moves->address, .height = moves->height, .by = moves->by, .with = moves->with};
        const enum touched touched = touched_by(act, &movement, movement.height - 1);
        if (touched != TOUCHED_ALONE) return MOVED_BY_OTHERS;
        char was[AMOUNT_TEXT], is[AMOUNT_TEXT];
        amount_text(free ? before.locked[i] : before.free[i], was);
        amount_text(free ? after.locked[i] : after.free[i], is);
        snprintf(note, MOVES_NOTE, STR_FMT " %s %.30s -> %.30s", STR_ARG(token_text((enum token)i)), free ? "locked" : "free", was, is);
        return MOVED_OTHERWISE;
    }
    return MOVED_SO;
}
