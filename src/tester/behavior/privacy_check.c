/* PT-L-030's post-conditions, from chain state: one new key image an input and two notes, checked in under a second; the recipient recovers
 * the exact amount; nothing public says amount, recipient or which ring member was spent; the pool pays the fee and nothing else. */
#include <stdio.h>

#include "chain/response_shielded.h"
#include "core/codec/binary.h"
#include "tester/behavior/privacy_priv.h"
#include "tester/bot/canary.h"

#define CHECKED_IN_MAX duration_s(1)
#define NOTES_A_SPEND 2
#define ERRORS_READ_EVERY 16

struct checking {
    struct act *act;
    const struct shield_sending *sending;
    const struct privacy_payment *payment;
    struct op *op;
    struct alpha alpha;
    uint32_t first_index, told_notes, told_images;
    struct note_view notes[NOTES_A_SPEND]; /* as the chain has them */
    uint8_t enc[NOTES_A_SPEND][8];
};

static bool unread(struct checking *c, struct answer *answer)
{
    (void)act_fail(c->op, answer);
    answer_done(answer);
    return false;
}

/* ---- what the receipt tells ---- */

__attribute__((noinline)) static bool told_read(struct checking *c)
{
    struct arena arena;
    struct err err;
    struct buf text = {0};
    bool found = false;
    arena_init(&arena, 0);
    buf_printf(&text, "[" STR_FMT "]", STR_ARG(c->sending->landing.told));
    const struct json *list = json_parse(&arena, buf_str(&text), &err);
    for (const struct json *item = json_is(list, JSON_ARRAY) ? list->child : NULL; item != NULL && !found; item = item->next) {
        uint64_t first = 0, outputs = 0;
        const struct json *images = json_find(item, STR("nullifiers"));
        if (!json_u64(json_find(item, STR("first_index")), &first) || !json_u64(json_find(item, STR("outputs")), &outputs)) continue;
        c->first_index = (uint32_t)first;
        c->told_notes = (uint32_t)outputs;
        c->told_images = json_is(images, JSON_ARRAY) ? (uint32_t)images->count : 0;
        found = true;
    }
    buf_done(&text);
    arena_done(&arena);
    return found;
}

/* ---- key images ---- */

static bool images_check(struct checking *c)
{
    const struct shield_spend *spend = &c->sending->spend;
    bool all = c->told_images == spend->inputs_count;
    for (uint32_t i = 0; i < spend->inputs_count; i++) {
        struct answer answer;
        uint64_t wait = 0;
        const struct nullifier_status *status;
        do status = alpha_nullifier(&c->alpha, &spend->truth[i].nullifier, act_deadline(c->act, ACT_READ_TIMEOUT), &answer);
        while (status == NULL && act_again(c->act, &answer, &wait));
        if (status == NULL) return unread(c, &answer);
        all = all && status->spent && status->height.value == c->sending->landing.height && hash_eq(&status->transaction_id.value, &c->sending->landing.id);
        answer_done(&answer);
    }
    (void)act_claim(c->act, "one new key image an input", all, "%u told for %u inputs", c->told_images, spend->inputs_count);
    return true;
}

/* ---- notes ---- */

static bool notes_check(struct checking *c)
{
    struct answer answer;
    uint64_t wait = 0;
    const struct page *page;
    do page = alpha_notes(&c->alpha, c->first_index, NOTES_A_SPEND, act_deadline(c->act, ACT_READ_TIMEOUT), &answer);
    while (page == NULL && act_again(c->act, &answer, &wait));
    if (page == NULL) return unread(c, &answer);
    const struct note_view *items = page->items;
    bool ours = page->count == NOTES_A_SPEND && c->told_notes == NOTES_A_SPEND;
    for (uint32_t i = 0; ours && i < NOTES_A_SPEND; i++) {
        ours = hash_eq(&items[i].transaction_id, &c->sending->landing.id) && items[i].output == i && items[i].height == c->sending->landing.height;
        c->notes[i] = items[i];
        memcpy(c->enc[i], items[i].enc.data, sizeof(c->enc[i]));
        c->notes[i].enc = (struct str){(const char *)c->enc[i], sizeof(c->enc[i])};
    }
    answer_done(&answer);
    return act_claim(c->act, "two notes a spend", ours, "%u told", c->told_notes);
}

static void note_of(const struct note_view *view, struct shield_note *out)
{
    memcpy(&out->one_time_key, &view->one_time_key, 32);
    memcpy(&out->commitment, &view->commitment, 32);
    memcpy(&out->tx_key, &view->tx_key, 32);
    memcpy(out->enc, view->enc.data, sizeof(out->enc));
}

/* How many of the spend's notes are that bot's with that value; both may be when it pays itself. */
static uint32_t recovered(const struct checking *c, struct bot *bot, uint64_t value)
{
    const struct shieldwallet *wallet = &shieldbot_of(bot)->wallet;
    uint32_t count = 0;
    for (uint32_t i = 0; i < NOTES_A_SPEND; i++) {
        struct shield_note note;
        struct shield_owned owned;
        note_of(&c->notes[i], &note);
        count += suite_note_own(wallet->suite, &wallet->keys, &note, i, &owned) && owned.opening.value == value;
    }
    return count;
}

static void amounts_check(struct checking *c)
{
    const uint64_t change = c->sending->spend.change;
    const bool same = c->payment->to == c->act->bot && change == c->payment->amount;
    (void)act_claim(c->act, "the recipient recovers the amount", recovered(c, c->payment->to, c->payment->amount) == (same ? 2 : 1), "not %llu",
                    (unsigned long long)c->payment->amount);
    (void)act_claim(c->act, "the change comes back", recovered(c, c->act->bot, change) == (same ? 2 : 1), "not %llu", (unsigned long long)change);
}

/* ---- what is public ---- */

static bool says(struct str text, const char *what) { return memmem(text.data, text.len, what, strlen(what)) != NULL; }

static bool says_amount(struct str text, uint64_t amount)
{
    char quoted[32];
    if (amount == 0) return false; /* many things are 0 */
    snprintf(quoted, sizeof(quoted), "\"%llu\"", (unsigned long long)amount);
    return says(text, quoted);
}

static bool says_key(struct str text, const struct point *key)
{
    char hex[65];
    str_hex(key->b, sizeof(key->b), hex);
    hex[64] = '\0';
    return says(text, hex);
}

/* A change that is also what everybody pays tells nothing: a small or round one, or the fee. */
static bool change_tells(const struct checking *c)
{
    const struct tx *tx = c->sending->spend.tx;
    const uint64_t change = c->sending->spend.change;
    return canary_amount_tells(change) && change != tx->fee.units && change != tx->tip.units;
}

static const char *said_of(const struct checking *c, struct str text, bool alone)
{
    const struct shield_address *to = &shieldbot_of(c->payment->to)->wallet.keys.address, *own = &shieldbot_of(c->act->bot)->wallet.keys.address;
    if (says_key(text, &to->view) || says_key(text, &to->spend) || says_key(text, &own->view) || says_key(text, &own->spend)) return "a shielded address";
    if (change_tells(c) && says_amount(text, c->sending->spend.change)) return "the change";
    if (alone && says_amount(text, c->payment->amount)) return "the amount";
    if (alone && (says(text, "\"values\":") || says(text, "\"real\":") || says(text, "\"real_index\":"))) return "what is nobody's to know";
    return NULL;
}

static const char *notes_say(const struct checking *c)
{
    uint32_t tagged = 0;
    const struct shield_address *to = &shieldbot_of(c->payment->to)->wallet.keys.address, *own = &shieldbot_of(c->act->bot)->wallet.keys.address;
    for (uint32_t i = 0; i < NOTES_A_SPEND; i++) {
        const uint64_t plain = bin_load_u64(c->enc[i]);
        if ((plain == c->payment->amount && plain != 0) || (plain == c->sending->spend.change && plain != 0)) return "a note's value";
        tagged += memcmp(c->enc[i] + SPEND_TAG_AT, to->spend.b, SPEND_TAG_BYTES) == 0 || memcmp(c->enc[i] + SPEND_TAG_AT, own->spend.b, SPEND_TAG_BYTES) == 0;
    }
    return tagged == NOTES_A_SPEND ? "a tag of the recipient" : NULL;
}

/* The transaction as it is told, its block, and the error of sending it once more. */
static bool clear_check(struct checking *c)
{
    struct answer answer;
    uint64_t wait = 0;
    const void *told;
    const char *said = notes_say(c), *where = "notes";
    do told = alpha_transaction(&c->alpha, &c->sending->landing.id, TX_WAIT_NONE, (struct duration){0}, act_deadline(c->act, ACT_READ_TIMEOUT), &answer);
    while (told == NULL && act_again(c->act, &answer, &wait));
    if (told == NULL) return unread(c, &answer);
    if (said == NULL && (said = said_of(c, answer_body(&answer), true)) != NULL) where = "transaction";
    answer_done(&answer);
    do told = alpha_block(&c->alpha, c->sending->landing.height, true, act_deadline(c->act, ACT_READ_TIMEOUT), &answer);
    while (told == NULL && act_again(c->act, &answer, &wait));
    if (told == NULL) return unread(c, &answer);
    if (said == NULL && (said = said_of(c, answer_body(&answer), false)) != NULL) where = "block";
    answer_done(&answer);
    if (c->act->number % ERRORS_READ_EVERY == 0) {
        (void)alpha_broadcast(&c->alpha, c->sending->spend.tx, act_deadline(c->act, ACT_READ_TIMEOUT), &answer); /* looked at through `answer` */
        if (said == NULL && answer.status == ANSWER_REFUSED && (said = said_of(c, answer_body(&answer), true)) != NULL) where = "error";
        answer_done(&answer);
    }
    (void)act_claim(c->act, PRIVACY_CLEAR_CLAIM, said == NULL, "%s in the %s", said != NULL ? said : "", where);
    return true;
}

/* Which member was spent must not follow from its place: a ring of the size that the network says, of different members. */
static void rings_check(struct checking *c)
{
    const uint32_t size = shieldbot_of(c->act->bot)->wallet.terms.ring_size;
    uint32_t smallest = UINT32_MAX;
    for (uint32_t i = 0; i < c->sending->spend.inputs_count; i++) {
        const struct spend_truth *truth = &c->sending->spend.truth[i];
        uint32_t distinct = truth->ring_count;
        for (uint32_t j = 1; j < truth->ring_count; j++) distinct -= truth->ring[j] == truth->ring[j - 1];
        smallest = MIN(smallest, distinct);
    }
    (void)act_claim(c->act, "rings are whole", smallest >= size, "%u members, not %u", smallest, size);
}

/* ---- the pool ---- */

/* deposited - withdrawn - fees, by the state behind that block. */
static bool pool_at(struct checking *c, uint32_t height, u128 *out)
{
    struct answer answer;
    uint64_t wait = 0;
    const struct state_path *path;
    do path = alpha_state_path(&c->alpha, STR("param:shielded"), height, act_deadline(c->act, ACT_READ_TIMEOUT), &answer);
    while (path == NULL && act_again(c->act, &answer, &wait));
    if (path == NULL) return unread(c, &answer);
    const struct str value = path->value;
    const bool good = value.len == 48;
    const uint8_t *bytes = (const uint8_t *)value.data;
    if (good) *out = bin_load_u128(bytes) - bin_load_u128(bytes + 16) - bin_load_u128(bytes + 32);
    answer_done(&answer);
    return good || act_claim(c->act, "the pool pays the fee alone", false, "the pool's sums are malformed");
}

/* What a transaction of the block moved, and whether it was one of the pool's. */
static void moved_by(const struct tx *tx, u128 *in, u128 *out)
{
    if (tx == NULL || !shielded_is(tx->kind)) return;
    const uint8_t *payload = (const uint8_t *)tx_payload(tx).data;
    if (tx->kind == KIND_SHIELDED_DEPOSIT) {
        *in += bin_load_u128(payload);
        return;
    }
    *out += shielded_pool_fee(tx).units;
    if (tx->kind == KIND_SHIELDED_WITHDRAW) *out += bin_load_u128(payload + 4 + 16 + 32);
}

static bool pool_check(struct checking *c)
{
    const uint32_t height = c->sending->landing.height;
    u128 before = 0, after = 0, in = 0, out = 0;
    if (!pool_at(c, height - 1, &before) || !pool_at(c, height, &after)) return false;
    struct answer answer;
    uint64_t wait = 0;
    const struct block_view *block;
    do block = alpha_block(&c->alpha, height, true, act_deadline(c->act, ACT_READ_TIMEOUT), &answer);
    while (block == NULL && act_again(c->act, &answer, &wait));
    if (block == NULL) return unread(c, &answer);
    for (uint32_t i = 0; i < block->transactions_count; i++)
        if (receipt_success(&block->transactions[i].receipt)) moved_by(block->transactions[i].envelope, &in, &out);
    answer_done(&answer);
    char was[AMOUNT_TEXT], is[AMOUNT_TEXT];
    amount_text((struct amount){before}, was);
    amount_text((struct amount){after}, is);
    (void)act_claim(c->act, "the pool pays the fee alone", before + in == after + out, "%s -> %s", was, is);
    return true;
}

void privacy_check(struct act *act, const struct shield_sending *sending, const struct privacy_payment *payment, struct op *op)
{
    struct checking *c = base_alloc(sizeof(*c));
    *c = (struct checking){.act = act, .sending = sending, .payment = payment, .op = op, .alpha = act_alpha(act)};
    (void)act_claim(act, "checked within a second", sending->checked_in.ns < CHECKED_IN_MAX.ns, "%llu ms",
                    (unsigned long long)(sending->checked_in.ns / NS_PER_MS));
    rings_check(c);
    if (!act_claim(act, "the receipt tells of the notes", told_read(c), "no first index and count")) goto done;
    if (!images_check(c) || !notes_check(c)) goto done;
    amounts_check(c);
    if (!clear_check(c)) goto done;
    (void)pool_check(c);
done:
    base_free(c);
}
