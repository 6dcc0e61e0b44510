/* The family `transaction`: signed now, sent later, by the bot itself or by another, to its own chain or to the other one. */
#include <inttypes.h>
#include <stdio.h>

#include "tester/behavior/families_priv.h"
#include "tester/bot/claim.h"
#include "tester/bot/submit_priv.h"

#define OUTPUTS_MAX 10
#define AMOUNT_DEFAULT 1000
#define FOLLOW_HOLD duration_s(30)

static const char *const type_known[] = {"transfer", "batch_transfer", NULL};
static const char *const to_chain_known[] = {"alpha", "delta", NULL};

static const struct param_spec create_params[] = {
    {"fields", PARAM_TEXT, NULL, NULL},
    {"network_id", PARAM_COUNT, NULL, NULL},
    {"sign", PARAM_BOOL, "true", NULL},
    {"type", PARAM_CHOICE, "transfer", type_known},
    {0},
};
static const struct param_spec submit_params[] = {
    {"node", PARAM_TEXT, NULL, NULL},
    {"to_chain", PARAM_CHOICE, NULL, to_chain_known},
    {"tx", PARAM_TEXT, NULL, NULL},
    {0},
};

/* ---- transaction.create ---- */

/* A transaction in the making; in the execution's arena. */
struct draft {
    struct tx_spec spec;
    struct tx_output outputs[OUTPUTS_MAX];
    struct str fields;
    bool nonce_given, sign;
    struct bot *bot;
    struct crew *crew;
    struct buf bytes;
    struct tx *tx; /* NULL: the bytes are no transaction that a chain could take */
};

static bool broken(struct op *op, const char *note)
{
    op->status = OP_BROKEN;
    op_note(op, note);
    return false;
}

static bool number_take(struct str value, uint64_t most, uint64_t *out) { return str_to_u64(value, out) && *out <= most; }

static bool address_take(const struct draft *draft, struct str value, struct address *out)
{
    const struct bot *bot = bot_of_id(draft->crew, value);
    if (bot != NULL) *out = bot->identity.address;
    return bot != NULL || address_parse(value, draft->spec.domain.chain, out) == CODE_NONE;
}

/* One of `fields`: a member of the envelope or of the payload. */
static bool field_take(struct draft *draft, struct str name, struct str value)
{
    struct tx_spec *spec = &draft->spec;
    uint64_t number;
    if (str_eq(name, STR("amount"))) {
        if (amount_parse(value, &spec->amount) != CODE_NONE) return false;
        for (uint16_t i = 0; i < spec->outputs_count; i++) draft->outputs[i].amount = spec->amount;
        return true;
    }
    if (str_eq(name, STR("to"))) {
        if (!address_take(draft, value, &spec->to)) return false;
        for (uint16_t i = 0; i < spec->outputs_count; i++) draft->outputs[i].to = spec->to;
        return true;
    }
    if (str_eq(name, STR("fee"))) return amount_parse(value, &spec->fee) == CODE_NONE;
    if (str_eq(name, STR("tip"))) return amount_parse(value, &spec->tip) == CODE_NONE;
    if (str_eq(name, STR("token"))) return token_parse(value, &spec->token);
    if (str_eq(name, STR("memo"))) {
        spec->memo = value;
        return value.len <= TX_MEMO_BYTES_MAX;
    }
    if (str_eq(name, STR("nonce"))) return draft->nonce_given = number_take(value, UINT64_MAX, &spec->nonce);
    if (str_eq(name, STR("timestamp"))) return number_take(value, UINT64_MAX, &spec->timestamp_ms);
    if (!str_eq(name, STR("valid_until")) || !number_take(value, UINT32_MAX, &number)) return false;
    spec->valid_until = (uint32_t)number;
    return true;
}

/* "amount=500, to=user-2": false: op says which one cannot be. */
static bool fields_take(struct draft *draft, struct op *op)
{
    struct str rest = draft->fields;
    while (rest.len > 0) {
        struct str field = rest, name, value;
        if (!str_cut(rest, ',', &field, &rest)) rest = (struct str){0};
        if (str_trim(field).len == 0) continue;
        if (str_cut(field, '=', &name, &value) && field_take(draft, str_trim(name), str_trim(value))) continue;
        char note[80];
        const struct str shown = str_sub(str_trim(field), 0, 40);
        snprintf(note, sizeof(note), "no field of a transaction: " STR_FMT, STR_ARG(shown));
        return broken(op, note);
    }
    return true;
}

/* The chain that has this network id; Alpha's where nobody has it. */
static struct domain domain_for(const struct act *act)
{
    enum network network;
    if (!act_has(act, "network_id")) return crew_domain(act->crew, CHAIN_ALPHA);
    const uint16_t id = (uint16_t)MIN(act_u64(act, "network_id"), UINT16_MAX);
    return (struct domain){network_of_id(CHAIN_DELTA, id, &network) ? CHAIN_DELTA : CHAIN_ALPHA, id};
}

/* The receivers: another bot of the track, and for a batch those behind it. */
static void outputs_draw(struct act *act, struct draft *draft)
{
    const struct track *track = act->track;
    const struct bot *partner = act_partner(act);
    draft->spec.to = partner->identity.address;
    draft->spec.amount = AMOUNT(AMOUNT_DEFAULT);
    if (!str_eq(act_word(act, "type"), STR("batch_transfer"))) return;
    uint32_t at = 0;
    while (track->bots[at] != partner->index) at++;
    draft->spec.outputs = draft->outputs;
    draft->spec.outputs_count = (uint16_t)MIN(MAX(track->bots_count, 2), OUTPUTS_MAX);
    for (uint16_t i = 0; i < draft->spec.outputs_count; i++)
        draft->outputs[i] = (struct tx_output){act->crew->bots[track->bots[(at + i) % track->bots_count]]->identity.address, AMOUNT(AMOUNT_DEFAULT)};
}

static bool draft_begin(struct act *act, struct draft *draft, struct op *op)
{
    const struct domain domain = domain_for(act);
    if (!act_on(act, domain.chain, op)) return false;
    const bool delta = domain.chain == CHAIN_DELTA, batch = str_eq(act_word(act, "type"), STR("batch_transfer"));
    draft->spec.domain = domain;
    draft->spec.kind = delta ? batch ? KIND_DELTA_BATCH_TRANSFER : KIND_DELTA_TRANSFER : batch ? KIND_ALPHA_BATCH_TRANSFER : KIND_ALPHA_TRANSFER;
    draft->spec.token = chain_fee_token(domain.chain);
    draft->sign = act_flag(act, "sign");
    draft->bot = act->bot;
    draft->crew = act->crew;
    outputs_draw(act, draft);
    if (!fields_take(draft, op)) return false;
    if (amount_is_zero(draft->spec.fee)) draft->spec.fee = crew_fee(act->crew, domain.chain, tx_spec_size(&draft->spec));
    return true;
}

/* What may run as it stands has its money and its nonce held for it; anything else only looks at the next nonce. */
static struct spend draft_reserve(const struct act *act, struct draft *draft)
{
    struct tx_spec *spec = &draft->spec;
    struct wallet *wallet = &act->bot->wallet;
    struct amount sum = spec->outputs_count > 0 ? AMOUNT(0) : spec->amount, charge;
    for (uint16_t i = 0; i < spec->outputs_count; i++) sum = amount_add_clamped(sum, draft->outputs[i].amount);
    charge = amount_add_clamped(spec->fee, spec->tip);
    struct spend spend = {.chain = act->chain, .amount = money_of(spec->token, sum), .fee = money_of(chain_fee_token(act->chain), charge)};
    const bool runs = draft->sign && !draft->nonce_given && domain_eq(spec->domain, crew_domain(act->crew, act->chain)) && token_chain(spec->token) == act->chain;
    const struct spend plan = spend;
    if (!runs || !wallet_reserve(wallet, act->chain, plan.amount, plan.fee, &spend)) {
        if (!draft->nonce_given) spec->nonce = wallet->lanes[chain_index(act->chain)].next;
        spend.nonce = spec->nonce;
        return spend;
    }
    spec->nonce = spend.nonce;
    return spend;
}

/* On the thread's own stack: signing wants 4 KiB. Unsigned: the signature's place is filled with zeros. */
static void draft_deep(void *arg)
{
    struct draft *draft = arg;
    struct buf plain = {0};
    struct apierror error;
    const struct tx_rules any = {0};
    tx_spec_encode(&draft->spec, &draft->bot->identity.key.pub, &plain);
    if (draft->sign) {
        tx_sign_raw(buf_str(&plain), draft->crew->suite, &draft->bot->identity.key, &draft->bytes);
    } else {
        static const uint8_t nobody[TX_SIGNATURE_BYTES];
        buf_put_str(&draft->bytes, buf_str(&plain));
        buf_put(&draft->bytes, nobody, sizeof(nobody));
    }
    buf_done(&plain);
    draft->tx = tx_decode(buf_str(&draft->bytes), &any, &error);
}

static void hex_tell(struct act *act, const char *name, struct str bytes, struct arena *arena)
{
    char *hex = arena_alloc(arena, bytes.len * 2 + 1);
    str_hex(bytes.data, bytes.len, hex);
    act_output(act, str_of(name), (struct str){hex, bytes.len * 2});
}

enum there { THERE_NOT, THERE, THERE_UNKNOWN };
static enum there look_for(struct act *act, const struct hash *id)
{
    const struct alpha alpha = act_alpha(act);
    struct answer answer;
    uint64_t wait = 0;
    const struct tx_view *view;
    do view = alpha_transaction(&alpha, id, TX_WAIT_NONE, (struct duration){0}, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (view == NULL && act_again(act, &answer, &wait));
    const bool gone = view == NULL && answer.status == ANSWER_REFUSED && answer.code == CODE_TRANSACTION_NOT_FOUND;
    const enum there there = view != NULL && view->status != TX_STATUS_DROPPED ? THERE : gone || view != NULL ? THERE_NOT : THERE_UNKNOWN;
    if (there == THERE_UNKNOWN && act->op->status == OP_DONE) (void)act_fail(act->op, &answer);
    answer_done(&answer);
    return there;
}

/* Nothing of it is on the chain, and nothing of the bot's waits where it is to stand. */
static void created_claim(struct act *act, const struct draft *draft, bool held)
{
    const struct alpha alpha = act_alpha(act);
    struct answer answer;
    uint64_t wait = 0;
    const enum there there = look_for(act, &draft->tx->id);
    if (there == THERE_UNKNOWN || !act_claim(act, "what is only signed is on no chain", there == THERE_NOT, "the view has it")) return;
    if (!held) return;
    const struct account_view *account;
    do account = alpha_account(&alpha, &act->bot->identity.address, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (account == NULL && act_again(act, &answer, &wait));
    if (account == NULL) (void)act_fail(act->op, &answer);
    else
        (void)act_claim(act, "nothing waits on its nonce", account->pending_nonce <= draft->tx->nonce, "it has %" PRIu64 ", the view waits for %" PRIu64,
                        draft->tx->nonce, account->pending_nonce);
    answer_done(&answer);
}

static void create(struct act *act, struct op *op)
{
    struct arena arena;
    arena_init(&arena, 0);
    struct draft *draft = arena_new(&arena, struct draft);
    draft->fields = act_has(act, "fields") ? act_text(act, "fields", &arena) : (struct str){0};
    if (!kept_has_room(&act->bot->kept)) {
        op->status = OP_SKIPPED;
        op_note(op, "too many transactions wait to be sent");
    } else if (draft_begin(act, draft, op)) {
        struct spend spend = draft_reserve(act, draft);
        fiber_call_deep(draft_deep, draft);
        if (draft->tx == NULL && spend.open) wallet_release(&act->bot->wallet, &spend);
        hex_tell(act, "tx", buf_str(&draft->bytes), &arena);
        if (draft->tx != NULL) {
            op->tx_id = draft->tx->id;
            hex_tell(act, "tx_id", (struct str){(const char *)draft->tx->id.b, sizeof(draft->tx->id.b)}, &arena);
            tx_ref(draft->tx);
            const bool added = kept_add(&act->bot->kept, draft->tx, &spend);
            ASSERT(added);
            created_claim(act, draft, spend.open);
            tx_unref(draft->tx);
        }
    }
    buf_done(&draft->bytes);
    arena_done(&arena);
}

/* ---- transaction.submit ---- */

struct sending {
    struct act *act;
    struct op *op;
    struct str bytes; /* of any kind */
    struct tx *tx;    /* what they are; NULL: no transaction */
    struct bot *owner; /* who made and kept it; NULL: nobody of the run */
    struct landing landing;
    bool booked; /* its end went into its maker's wallet here */
};

static struct kept *kept_of(const struct sending *s) { return s->owner != NULL ? kept_find(&s->owner->kept, &s->tx->id) : NULL; }

static struct bot *bot_of_address(const struct crew *crew, const struct address *address)
{
    for (uint32_t i = 0; i < crew->bots_count; i++)
        if (address_eq(&crew->bots[i]->identity.address, address)) return crew->bots[i];
    return NULL;
}

/* What `tx` names, else the oldest that the bot keeps. */
static bool sending_find(struct sending *s, struct arena *arena)
{
    struct act *act = s->act;
    if (!act_has(act, "tx")) {
        const struct kept *kept = act->bot != NULL ? kept_oldest(&act->bot->kept) : NULL;
        s->op->status = kept != NULL ? OP_DONE : OP_SKIPPED;
        if (kept == NULL) op_note(s->op, "the bot keeps no transaction that waits to be sent");
        if (kept == NULL) return false;
        s->tx = tx_ref(kept->tx);
        s->bytes = tx_bytes(s->tx);
    } else {
        const struct str hex = act_text(act, "tx", arena);
        char *bytes = arena_alloc(arena, hex.len / 2 + 1);
        if (hex.len % 2 != 0 || !str_unhex(hex, bytes, hex.len / 2)) return broken(s->op, "`tx` is not the hex form of bytes");
        struct apierror error;
        const struct tx_rules any = {0};
        s->bytes = (struct str){bytes, hex.len / 2};
        s->tx = tx_decode(s->bytes, &any, &error);
    }
    if (s->tx == NULL) return true;
    s->op->tx_id = s->tx->id;
    s->owner = bot_of_address(act->crew, &s->tx->sender);
    if (kept_of(s) == NULL) s->owner = NULL;
    return true;
}

/* It stands where it stands: asked for until it is final or gone. */
static bool raw_follow(struct sending *s)
{
    const struct alpha alpha = act_alpha(s->act);
    struct env *env = s->act->crew->env;
    uint64_t wait = 0;
    bool ended = false, success = false;
    while (!ended && !act_gives_up(s->act)) {
        struct answer answer;
        const struct tx_view *view =
            alpha_transaction(&alpha, &s->tx->id, TX_WAIT_FINALIZED, FOLLOW_HOLD, act_deadline(s->act, duration_s(35)), &answer);
        ended = view != NULL && (view->status == TX_FINALIZED || view->status == TX_STATUS_DROPPED);
        if (view != NULL && view->status == TX_FINALIZED) {
            s->op->included = s->op->finalized = env_now(env);
            op_mark(s->op, STAGE_FINALITY, s->op->finalized);
            s->landing.id = s->tx->id;
            s->landing.height = view->block_height.value;
            s->landing.index = view->index.value;
            s->landing.receipt = view->receipt;
            success = receipt_success(&view->receipt);
            if (!success) s->op->status = OP_REFUSED;
            if (!success) s->op->code = view->receipt.code;
        } else if (ended) {
            s->op->status = OP_DROPPED;
            s->op->code = view->dropped_reason;
        }
        answer_done(&answer);
        if (!ended) act_backoff(s->act, &wait);
    }
    s->act->track->pending--;
    if (!ended) s->op->status = OP_TIMED_OUT;
    struct kept *kept = kept_of(s);
    if (s->landing.height > 0 && kept != NULL && !kept->held && !kept->booked) {
        kept->booked = s->booked = true;
        wallet_note(&s->owner->wallet, &kept->spend, success, s->landing.receipt.fee_charged);
    }
    return success;
}

/* As bytes, once: to another chain than its own, what was sent before, what nobody keeps. */
static bool raw_send(struct sending *s)
{
    const struct alpha alpha = act_alpha(s->act);
    struct env *env = s->act->crew->env;
    struct answer answer;
    op_mark(s->op, STAGE_QUEUED, env_now(env));
    s->op->sent = env_now(env);
    const bool taken = alpha_broadcast_raw(&alpha, s->bytes, STR("application/octet-stream"), act_deadline(s->act, SUBMIT_SEND_TIMEOUT), &answer) != NULL;
    s->op->admitted = env_now(env);
    op_mark(s->op, STAGE_ADMISSION, s->op->admitted);
    if (!taken) (void)act_fail(s->op, &answer);
    answer_done(&answer);
    if (!taken) {
        s->act->track->refused++;
        return false;
    }
    s->op->transactions++;
    s->act->track->submitted++;
    s->act->track->pending++;
    if (s->tx != NULL) return raw_follow(s);
    s->act->track->pending--;
    return act_claim(s->act, "only transactions are taken", false, "the bytes are none, and were admitted");
}

/* With the money and the nonce that its maker holds for it. */
static bool kept_send(struct sending *s)
{
    struct kept *kept = kept_of(s);
    struct act own = *s->act;
    struct submission submission = {.tx = tx_ref(s->tx), .spend = kept->spend, .landing = &s->landing};
    own.bot = s->owner;
    kept->held = false;
    kept->booked = s->booked = true;
    return submit_signed(&own, &submission, s->op) && submit_follow(&own, &submission, s->op);
}

/* Where nobody of the run made it, the receivers are not held to their own sums any more. */
static void receivers_credit(const struct sending *s)
{
    if (s->owner != NULL && !s->booked) return;
    for (uint16_t i = 0; i < s->tx->outputs_count; i++) {
        const struct tx_output output = tx_output_at(s->tx, i);
        struct bot *bot = bot_of_address(s->act->crew, &output.to);
        if (bot == NULL) continue;
        if (s->owner == NULL) bot->wallet.purses[s->tx->token].loose = true;
        else if (!wallet_receive(&bot->wallet, money_of((enum token)s->tx->token, output.amount))) op_note(s->op, "the receiver's balance is beyond 2^128 - 1");
    }
}

static bool moved_claim(const struct sending *s, enum token token, bool success)
{
    struct movement movement = {.chain = s->act->chain, .address = &s->tx->sender, .height = s->landing.height, .token = token, .by = &s->landing.id};
    if (token == chain_fee_token(s->act->chain)) movement.lost = s->landing.receipt.fee_charged;
    for (uint16_t i = 0; success && token == (enum token)s->tx->token && i < s->tx->outputs_count; i++) {
        const struct tx_output output = tx_output_at(s->tx, i);
        movement.lost = amount_add_clamped(movement.lost, output.amount);
        if (address_eq(&output.to, &s->tx->sender)) movement.gained = amount_add_clamped(movement.gained, output.amount);
    }
    return act_claim_moved(s->act, "its sender paid what it says", &movement);
}

/* Final, with success or not. */
static void landed_claim(const struct sending *s)
{
    struct act *act = s->act;
    const struct alpha alpha = act_alpha(act);
    struct answer answer;
    struct holding holding;
    uint64_t wait = 0;
    const bool success = receipt_success(&s->landing.receipt);
    const struct block_view *block;
    do block = alpha_block(&alpha, s->landing.height, true, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (block == NULL && act_again(act, &answer, &wait));
    if (block == NULL) (void)act_fail(s->op, &answer);
    bool holds = false;
    if (block != NULL && s->landing.index < block->transactions_count) {
        const struct tx *stands = block->transactions[s->landing.index].envelope;
        holds = stands != NULL && str_eq(tx_bytes(stands), s->bytes);
    }
    const bool read = block != NULL;
    answer_done(&answer);
    if (!read || !act_claim(act, "it stands in its block byte for byte as it was signed", holds, "block %" PRIu32 " has another at %" PRIu32,
                            s->landing.height, s->landing.index))
        return;
    if (!act_holding(act, act->chain, &s->tx->sender, s->landing.height, &holding)) return;
    if (!act_claim(act, "its nonce is used", holding.nonce > s->tx->nonce, "%" PRIu64 " is, the account waits for %" PRIu64, s->tx->nonce, holding.nonce)) return;
    if (!moved_claim(s, chain_fee_token(act->chain), success)) return;
    if ((enum token)s->tx->token != chain_fee_token(act->chain)) (void)moved_claim(s, (enum token)s->tx->token, success);
}

/* What the answer to a refused one says is so. Where its nonce was at fault it may well stand there, from before. */
static void refused_claim(const struct sending *s)
{
    const enum code code = s->op->code;
    if (s->tx == NULL || code == CODE_NONCE_TOO_LOW || code == CODE_NONCE_CONFLICT) return;
    const enum there there = look_for(s->act, &s->tx->id);
    if (there == THERE_UNKNOWN) return;
    if (code == CODE_TX_ALREADY_KNOWN)
        (void)act_claim(s->act, "a known transaction is there", there == THERE, "the view has none of that id");
    else
        (void)act_claim(s->act, "a refused transaction is on no chain", there == THERE_NOT, "refused with " STR_FMT ", and there", STR_ARG(code_text(code)));
}

static void submit(struct act *act, struct op *op)
{
    struct arena arena;
    arena_init(&arena, 0);
    struct sending s = {.act = act, .op = op};
    if (act_has(act, "node")) act->view = act_text(act, "node", &arena);
    if (sending_find(&s, &arena)) {
        enum chain_id chain = s.tx != NULL ? (enum chain_id)s.tx->chain : CHAIN_ALPHA;
        if (act_has(act, "to_chain")) chain = str_eq(act_word(act, "to_chain"), STR("delta")) ? CHAIN_DELTA : CHAIN_ALPHA;
        if (act_on(act, chain, op)) {
            const struct kept *kept = s.tx != NULL ? kept_of(&s) : NULL;
            const bool done = kept != NULL && kept->held && (enum chain_id)s.tx->chain == chain ? kept_send(&s) : raw_send(&s);
            if (done) receivers_credit(&s);
            if (s.landing.height > 0) landed_claim(&s);
            else if (op->status == OP_REFUSED) refused_claim(&s);
        }
    }
    if (s.tx != NULL) hex_tell(act, "tx_id", (struct str){(const char *)s.tx->id.b, sizeof(s.tx->id.b)}, &arena);
    tx_unref(s.tx);
    arena_done(&arena);
}

static u128 submit_spend(const struct act *plan)
{
    (void)plan; /* amounts go to bots of the scenario; the fee of a batch of OUTPUTS_MAX */
    return 1000;
}

static const struct behavior_spec specs[] = {
    {.name = "transaction.create",
     .summary = "sign a transaction and keep it (fields: \"amount=500, to=user-2, tip=3\")",
     .roles = "any",
     .params = create_params,
     .step = create},
    {.name = "transaction.submit",
     .summary = "send a transaction that was made earlier",
     .roles = "any",
     .transaction = true,
     .params = submit_params,
     .step = submit,
     .settle = wallets_settle,
     .spend_max = submit_spend},
};

const struct behavior_family behavior_transaction = {"transaction", specs, ARRAY_LEN(specs)};
