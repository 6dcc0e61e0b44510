#include "tester/behavior/crossing_priv.h"

#include <inttypes.h>
#include <stdio.h>

#include "tester/bot/submit_priv.h"
#include "tester/bot/tide.h"
#include "tester/client/alpha_bridge.h"

static bool ends(struct op *op, enum op_status status, const char *note)
{
    if (op->status == OP_DONE) op->status = status;
    op_note(op, note);
    return false;
}

/* ---- from begin to end ---- */

bool crossing_begin(struct act *act, struct crossing *crossing, enum chain_id from, struct op *op)
{
    *crossing = (struct crossing){.from = from, .claim_after = duration_s(30), .to = act->bot->identity.address};
    arena_init(&crossing->arena, 0);
    crossing->sent.arena = &crossing->arena;
    if (!act_on(act, crossing_to(crossing), op) || !act_on(act, from, op)) return false;
    op->chain = OP_BOTH;
    crossing->boarded = ferry_board(act, crossing_to(crossing), &crossing->passage);
    return crossing->boarded;
}

void crossing_end(struct act *act, struct crossing *crossing)
{
    if (crossing->boarded) ferry_leave(act, &crossing->passage);
    arena_done(&crossing->arena);
}

bool crossing_send(struct act *act, struct crossing *crossing, struct op *op)
{
    const bool lock = crossing->from == CHAIN_ALPHA;
    const struct address *to = &crossing->to;
    union payload payload;
    if (lock) payload.bridge_lock = (struct payload_bridge_lock){.recipient = *to, .amount = crossing->amount, .auto_mint = crossing->automatic};
    else payload.burn = (struct payload_burn){.recipient = *to, .amount = crossing->amount, .auto_unlock = crossing->automatic};
    const struct send_plan plan = {.kind = lock ? KIND_BRIDGE_LOCK : KIND_BURN,
                                   .payload = &payload,
                                   .leaves = money_of(crossing_token(crossing->from), crossing->amount)};
    op_did(op, lock ? FEAT_LOCK : FEAT_BURN);
    if (!act_send_begin(act, &plan, &crossing->submission, op)) return false;
    crossing->tx_id = crossing->submission.tx->id;
    ferry_expect(act, &crossing->passage, &crossing->tx_id);
    char hex[64];
    str_hex(crossing->tx_id.b, sizeof(crossing->tx_id.b), hex);
    act_output(act, STR("tx_id"), (struct str){hex, sizeof(hex)});
    act_output(act, lock ? STR("lock_id") : STR("burn_id"), (struct str){hex, sizeof(hex)});
    return true;
}

/* What the transaction told: the message it sent. Not inlined: reading JSON must not stay on the stack of a fiber that waits. */
__attribute__((noinline)) static void message_of(struct str told, struct hash *out_id, uint64_t *out_sequence)
{
    struct arena arena;
    struct err err;
    struct buf text = {0};
    arena_init(&arena, 0);
    buf_put_char(&text, '[');
    buf_put_str(&text, told);
    buf_put_char(&text, ']');
    const struct json *list = json_parse(&arena, buf_str(&text), &err);
    memset(out_id, 0, sizeof(*out_id));
    for (const struct json *event = list != NULL ? list->child : NULL; event != NULL; event = event->next) {
        struct str type, id;
        if (!json_str(json_find(event, STR("type")), &type) || !str_eq(type, STR("ipc.emitted"))) continue;
        const struct json *data = json_find(event, STR("data"));
        if (!json_str(json_find(data, STR("message_id")), &id) || !str_unhex(id, out_id->b, sizeof(out_id->b)) ||
            !json_u64(json_find(data, STR("sequence")), out_sequence))
            memset(out_id, 0, sizeof(*out_id));
    }
    buf_done(&text);
    arena_done(&arena);
}

bool crossing_land(struct act *act, struct crossing *crossing, struct op *op)
{
    if (!act_send_end(act, &crossing->submission, &crossing->sent, op)) return false;
    const bool lock = crossing->from == CHAIN_ALPHA;
    struct amount lost = crossing->amount;
    if (lock) lost = amount_add_clamped(lost, crossing->sent.receipt.fee_charged);
    const struct movement movement = {.chain = crossing->from, .address = &act->bot->identity.address, .height = crossing->sent.height,
                                      .token = crossing_token(crossing->from), .lost = lost, .by = &crossing->sent.id,
                                      .out_was = &crossing->was_sent};
    message_of(crossing->sent.told, &crossing->message_id, &crossing->sequence);
    return act_claim_moved(act, lock ? "a lock takes amount and fee in AX" : "a burn takes its amount in sAX", &movement) &&
           act_claim(act, lock ? "a lock sends its message" : "a burn sends its message", !hash_is_zero(&crossing->message_id),
                     "block %" PRIu32 " tells of no message", crossing->sent.height);
}

bool crossing_find(struct act *act, struct crossing *crossing, struct op *op)
{
    const struct alpha alpha = act_alpha(act);
    uint64_t wait = 0;
    struct answer answer;
    const struct tx_view *view;
    ferry_expect(act, &crossing->passage, &crossing->tx_id);
    for (;;) {
        do view = alpha_transaction(&alpha, &crossing->tx_id, TX_WAIT_INCLUDED, ACT_READ_TIMEOUT, act_deadline(act, duration_s(15)), &answer);
        while (view == NULL && act_again(act, &answer, &wait));
        if (view == NULL || (view->status != TX_PENDING && view->has_receipt) || view->status == TX_STATUS_DROPPED || act_is_closing(act)) break;
        answer_done(&answer);
        act_backoff(act, &wait);
    }
    const bool good = view != NULL && view->has_receipt && receipt_success(&view->receipt) && view->envelope != NULL;
    if (good) {
        struct arena arena;
        union payload payload;
        arena_init(&arena, 0);
        payload_of_tx(view->envelope, &arena, &payload);
        crossing->amount = crossing->from == CHAIN_ALPHA ? payload.bridge_lock.amount : payload.burn.amount;
        crossing->to = crossing->from == CHAIN_ALPHA ? payload.bridge_lock.recipient : payload.burn.recipient;
        arena_done(&arena);
        crossing->sent.id = crossing->tx_id;
        crossing->sent.height = view->block_height.value;
        message_of(view->told, &crossing->message_id, &crossing->sequence);
    } else if (view == NULL) {
        (void)act_fail(op, &answer);
    }
    const bool right = good && !hash_is_zero(&crossing->message_id);
    answer_done(&answer);
    return right || ends(op, OP_SKIPPED, "there is no such lock or burn, or it sent no message");
}

/* ---- how far it has come on the other side ---- */

struct arrival {
    bool known;
    enum claim_status status;
    struct amount amount;
    struct hash claim;
    uint32_t height;        /* of the claim; locks only */
    uint32_t source_height; /* locks only */
    bool recipient_told;
    struct address recipient;
};

/* False: nobody told; op says. That the destination knows nothing of it is an answer. */
static bool arrival_ask(struct act *act, const struct crossing *crossing, struct arrival *out)
{
    struct alpha alpha = *crew_client(act->crew, crossing_to(crossing));
    if (act->view.len > 0) alpha.view = act->view;
    const bool lock = crossing->from == CHAIN_ALPHA;
    struct answer answer;
    uint64_t wait = 0;
    const struct lock_in_view *in = NULL;
    const struct unlock_view *unlock = NULL;
    *out = (struct arrival){0};
    do {
        if (lock) in = delta_lock(&alpha, &crossing->tx_id, act_deadline(act, ACT_READ_TIMEOUT), &answer);
        else unlock = alpha_unlock(&alpha, &crossing->tx_id, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    } while (in == NULL && unlock == NULL && act_again(act, &answer, &wait));
    if (in != NULL)
        *out = (struct arrival){true, in->status, in->amount, in->mint_transaction_id.value, in->minted_height.value, in->source_height, true, in->recipient};
    if (unlock != NULL)
        *out = (struct arrival){.known = true, .status = unlock->status, .amount = unlock->amount, .claim = unlock->transaction_id.value,
                                .recipient_told = true, .recipient = unlock->recipient};
    const bool unknown = answer.status == ANSWER_REFUSED && answer.code == (lock ? CODE_LOCK_NOT_FOUND : CODE_BURN_NOT_FOUND);
    const bool told = out->known || unknown;
    if (!told) (void)act_fail(act->op, &answer);
    answer_done(&answer);
    return told;
}

/* ---- claiming ---- */

bool crossing_send_over(struct act *act, struct crossing *crossing, enum kind kind, const union payload *payload, bool tolerant, struct op *op)
{
    const struct send_plan plan = {.kind = kind, .payload = payload};
    if (!act_on(act, crossing_to(crossing), op)) return false;
    const bool sent = act_send(act, &plan, NULL, op);
    op->chain = OP_BOTH;
    if (!hash_is_zero(&crossing->sent.id)) op->tx_id = crossing->tx_id;
    act->chain = crossing->from;
    if (sent || !tolerant || op->status != OP_REFUSED) return sent;
    /* Somebody was faster, or not everything is there yet: nothing that is the bot's fault. */
    if (op->code != CODE_UNLOCK_ID_ALREADY_USED && op->code != CODE_IPC_DUPLICATE && op->code != CODE_LOCK_NOT_FOUND &&
        op->code != CODE_BURN_NOT_FOUND && op->code != CODE_SOURCE_NOT_FINAL)
        return false;
    op->status = OP_DONE;
    op->code = CODE_NONE;
    op->note[0] = '\0';
    return true;
}

static enum kind claim_kind(const struct crossing *crossing) { return crossing->from == CHAIN_ALPHA ? KIND_MINT_CLAIM : KIND_BRIDGE_UNLOCK_CLAIM; }

/* With the copy that was delivered. */
static bool claim_plain(struct act *act, struct crossing *crossing, bool tolerant, struct op *op)
{
    const union payload payload = {.claim = {.source_id = crossing->tx_id}};
    return crossing_send_over(act, crossing, claim_kind(crossing), &payload, tolerant, op);
}

static bool claim_with_proof(struct act *act, struct crossing *crossing, bool tolerant, struct op *op)
{
    struct proven_message *message = arena_new(&crossing->arena, struct proven_message);
    if (!stated_message(act, crossing->from, &crossing->message_id, crossing->sequence, &crossing->arena, message)) return false;
    union payload payload = {.claim = {.source_id = crossing->tx_id, .source_height = message->height, .message_index = message->index, .message = message->bytes}};
    payload.claim.proof.items = message->proof.siblings;
    payload.claim.proof.count = message->proof.siblings_count;
    return crossing_send_over(act, crossing, claim_kind(crossing), &payload, tolerant, op);
}

/* It was claimed: in a block that is still to be looked at, or in one before anybody watched. */
static bool paid_take(struct act *act, struct crossing *crossing, const struct arrival *arrival)
{
    struct passage *passage = &crossing->passage;
    if (crossing->from != CHAIN_ALPHA || arrival->height >= passage->since) return true;
    passage->claims++;
    passage->claim = arrival->claim;
    passage->height = arrival->height;
    return tide_await(act, passage->chain, arrival->height, act_deadline(act, ACT_READ_TIMEOUT), NULL);
}

static void patience_begin(const struct act *act, struct crossing *crossing)
{
    if (crossing->patience.ns == 0) crossing->patience = instant_add(env_now(act->crew->env), crossing->claim_after);
}

bool crossing_claim(struct act *act, struct crossing *crossing, bool hasty, struct op *op)
{
    patience_begin(act, crossing);
    while (!act_gives_up(act)) {
        struct arrival arrival;
        if (!arrival_ask(act, crossing, &arrival)) return false;
        if (hasty) return arrival.known && arrival.status != CLAIM_SEEN ? claim_plain(act, crossing, false, op) : claim_with_proof(act, crossing, false, op);
        if (crossing->passage.claims > 0) return true;
        if (arrival.known && arrival.status == CLAIM_PAID) return paid_take(act, crossing, &arrival);
        if (arrival.known && arrival.status == CLAIM_FINAL) {
            crossing->self_claimed = true;
            return claim_plain(act, crossing, true, op);
        }
        if (crossing->brought) { /* and it is not there yet: something before it is missing */
            crossing->self_claimed = true;
            return claim_with_proof(act, crossing, true, op);
        }
        if (!instant_before(env_now(act->crew->env), crossing->patience)) {
            crossing->brought = true;
            if (!crossing_carry(act, crossing, op)) return false;
            continue;
        }
        if (!tide_next(act, crossing_to(crossing), act_deadline(act, duration_s(5)))) continue; /* looked at again in any case */
    }
    return ends(op, OP_TIMED_OUT, "nobody carried it over in time");
}

bool crossing_arrive(struct act *act, struct crossing *crossing, struct op *op)
{
    patience_begin(act, crossing);
    bool met = crossing->automatic && ferry_await(act, &crossing->passage, act_deadline(act, crossing->claim_after));
    while (!met && !act_gives_up(act)) {
        if (!crossing_claim(act, crossing, false, op)) return false;
        met = ferry_await(act, &crossing->passage, act_deadline(act, crossing->claim_after));
    }
    if (!met) {
        act->bot->wallet.purses[crossing_token(crossing_to(crossing))].loose = true; /* it may come yet */
        return ends(op, OP_TIMED_OUT, crossing->from == CHAIN_ALPHA ? "not minted in time" : "not unlocked in time");
    }
    op->settled = env_now(act->crew->env);
    op_mark(op, STAGE_SETTLING, op->settled);
    return true;
}

/* ---- what must hold ---- */

/* The message is among those that a block sent which is proven final, and says what was sent. */
static bool message_check(struct act *act, struct crossing *crossing)
{
    struct proven_message *message = arena_new(&crossing->arena, struct proven_message);
    struct ipc_message decoded;
    if (!proven_message(act, crossing->from, &crossing->message_id, crossing->sequence, &crossing->arena, message)) return false;
    const bool same = message->height == crossing->sent.height && ipc_decode(message->bytes, &decoded) &&
                      hash_eq(&decoded.body.transfer.id, &crossing->tx_id) && amount_eq(decoded.body.transfer.amount, crossing->amount);
    return act_claim(act, "the message of a final block says what was sent", same, "height %" PRIu32 ", sent in %" PRIu32, message->height,
                     crossing->sent.height);
}

/* The recipient's wallet is credited with what arrived; what a claim cost, act_send has settled. */
static void credit(struct act *act, const struct crossing *crossing)
{
    struct bot *bot = act->bot;
    for (uint32_t i = 0; !address_eq(&bot->identity.address, &crossing->to) && i < act->crew->bots_count; i++)
        if (address_eq(&act->crew->bots[i]->identity.address, &crossing->to)) bot = act->crew->bots[i];
    if (!address_eq(&bot->identity.address, &crossing->to)) return;
    const bool fits = wallet_receive(&bot->wallet, money_of(crossing_token(crossing_to(crossing)), crossing->amount));
    (void)act_claim(act, "what arrives fits the wallet", fits, "beyond 2^128 - 1");
}

static bool once_check(struct act *act, const struct crossing *crossing, bool holds, uint32_t height)
{
    return act_claim(act, crossing->from == CHAIN_ALPHA ? "exactly one mint has the lock's id" : "exactly one unlock has the burn's id", holds,
                     "%" PRIu32 " claims are final, the first of height %" PRIu32 ", the state's of %" PRIu32, crossing->passage.claims,
                     crossing->passage.height, height);
}

static bool paid_check(struct act *act, const struct crossing *crossing)
{
    struct trust_claim paid = {0};
    bool there;
    const bool lock = crossing->from == CHAIN_ALPHA;
    if (!proven_claim(act, crossing_to(crossing), &crossing->tx_id, crossing->passage.height, &paid, &there)) return false;
    char amount[AMOUNT_TEXT], wanted[AMOUNT_TEXT];
    amount_text(paid.amount, amount);
    amount_text(crossing->amount, wanted);
    const bool one = once_check(act, crossing, there && crossing->passage.claims == 1 && paid.height == crossing->passage.height, paid.height);
    const bool same = act_claim(act, lock ? "the mint is of the lock's amount" : "the unlock is of the burn's amount",
                                amount_eq(paid.amount, crossing->amount), "%s, not %s", amount, wanted);
    const bool named = act_claim(act, lock ? "the mint pays the named recipient" : "the unlock pays the named recipient",
                                 address_eq(&paid.claimer, &crossing->to), "it paid somebody else");
    return one && same && named;
}

/* The block on the other side that says which Alpha block its mint refers to: DC1. */
static bool source_check(struct act *act, const struct crossing *crossing)
{
    struct arrival arrival;
    if (!arrival_ask(act, crossing, &arrival)) return false;
    const bool lock = crossing->from == CHAIN_ALPHA;
    /* By now another may have claimed it, too. */
    const bool paid = arrival.known && arrival.status == CLAIM_PAID;
    if (paid && !hash_eq(&arrival.claim, &crossing->passage.claim)) return once_check(act, crossing, false, arrival.height);
    const bool right = arrival.known && arrival.status == CLAIM_PAID && amount_eq(arrival.amount, crossing->amount) &&
                       (!lock || (arrival.source_height == crossing->sent.height && arrival.height == crossing->passage.height));
    return act_claim(act, lock ? "the mint's proof refers to the lock's final block" : "the unlock is told as it was claimed", right,
                     "status %d, source height %" PRIu32 ", sent in %" PRIu32, (int)arrival.status, arrival.source_height, crossing->sent.height);
}

void crossing_check(struct act *act, struct crossing *crossing)
{
    const enum chain_id to = crossing_to(crossing);
    const bool lock = crossing->from == CHAIN_ALPHA;
    struct movement movement = {.chain = to, .address = &crossing->to, .height = crossing->passage.height, .token = crossing_token(to),
                                .gained = crossing->amount, .by = &crossing->passage.claim, .out_was = &crossing->was_paid};
    if (!lock && address_eq(&crossing->passage.sender, &crossing->to)) movement.lost = crossing->passage.fee;
    credit(act, crossing);
    if (!paid_check(act, crossing) || !source_check(act, crossing) || !message_check(act, crossing)) return;
    (void)act_claim_moved(act, lock ? "a mint adds its amount in sAX" : "an unlock adds its amount in AX", &movement); /* op tells */
}

/* ---- finality ---- */

static bool header_ask(struct act *act, enum chain_id chain, uint32_t height, struct header *out)
{
    const struct alpha alpha = *crew_client(act->crew, chain);
    struct answer answer;
    uint64_t wait = 0;
    const struct block_view *block = NULL;
    if (tide_await(act, chain, height, act_deadline(act, duration_s(60)), NULL)) {
        do block = alpha_block(&alpha, height, false, act_deadline(act, ACT_READ_TIMEOUT), &answer);
        while (block == NULL && act_again(act, &answer, &wait));
        if (block != NULL) *out = block->header;
        else (void)act_fail(act->op, &answer);
        answer_done(&answer);
        return block != NULL;
    }
    return ends(act->op, OP_TIMED_OUT, "a block did not become final in time");
}

bool crossing_proving_height(struct act *act, const struct crossing *crossing, uint32_t *out_height, uint64_t *out_third_ms)
{
    uint64_t rounds[3] = {0};
    struct header *header = base_alloc(sizeof(*header));
    uint32_t height = crossing->sent.height;
    bool told = true, proven = false;
    for (uint32_t seen = 1; told && !proven && !act_gives_up(act); seen++, height++) {
        told = header_ask(act, crossing->from, height, header);
        rounds[0] = rounds[1];
        rounds[1] = rounds[2];
        rounds[2] = header->round;
        proven = told && seen >= 3 && rounds[1] == rounds[0] + 1 && rounds[2] == rounds[1] + 1;
        *out_third_ms = header->timestamp_ms;
    }
    *out_height = height; /* behind the third */
    base_free(header);
    return proven || (told && ends(act->op, OP_TIMED_OUT, "nothing proves that its block is final"));
}

bool crossing_claim_after_final(struct act *act, const struct crossing *crossing, uint32_t claimed_height)
{
    uint32_t proving;
    uint64_t third_ms;
    struct header *header = base_alloc(sizeof(*header));
    const bool told = crossing_proving_height(act, crossing, &proving, &third_ms) && header_ask(act, crossing_to(crossing), claimed_height, header);
    const uint64_t claimed_ms = header->timestamp_ms;
    base_free(header);
    return told && act_claim(act, "no mint is applied before its lock is final", claimed_ms >= third_ms,
                             "minted %" PRIu64 " ms before the third block behind it", third_ms - MIN(claimed_ms, third_ms));
}
