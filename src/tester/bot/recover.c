#include "tester/bot/submit_priv.h"

#include "tester/client/trust.h"

#define FILLER_TRIES_MAX 20

bool act_gives_up(const struct act *act)
{
    return crew_is_stopping(act->crew) || !instant_before(env_now(act->crew->env), act->deadline);
}

void act_backoff(const struct act *act, uint64_t *ns)
{
    *ns = *ns == 0 ? BACKOFF_FIRST_NS : MIN(*ns * 2, BACKOFF_MAX_NS);
    struct env *env = act->crew->env;
    const struct instant until = instant_add(env_now(env), (struct duration){*ns});
    fiber_sleep_until(env, instant_before(until, act->deadline) ? until : act->deadline);
}

bool answer_is_absence(const struct answer *answer)
{
    if (answer->status == ANSWER_UNREACHABLE || answer->status == ANSWER_TIMED_OUT) return true;
    return answer->status == ANSWER_REFUSED && (answer->code == CODE_NODE_UNAVAILABLE || answer->code == CODE_NODE_SYNCING);
}

/* ---- losing track and finding it again ---- */

enum view_state { VIEW_SILENT, VIEW_BEHIND, VIEW_CURRENT };

/* What the view says of the bot's nonces. It is behind when it has not executed what the bot has seen final elsewhere: a node
 * that has just come back. Taking its word would send old nonces again. */
static enum view_state nonces_ask(struct act *act, uint64_t *out_next, uint64_t *out_pending)
{
    const struct alpha alpha = act_alpha(act);
    struct answer answer;
    const struct account_view *account =
        alpha_account(&alpha, &act->bot->identity.address, act_deadline(act, SUBMIT_READ_TIMEOUT), &answer);
    enum view_state state = VIEW_SILENT;
    if (account != NULL) {
        state = account->nonce < act->bot->wallet.lanes[chain_index(act->chain)].executed ? VIEW_BEHIND : VIEW_CURRENT;
        *out_next = account->nonce;
        *out_pending = account->pending_nonce;
    }
    answer_done(&answer);
    return state;
}

bool recover_resync(struct act *act)
{
    uint64_t wait_ns = 0, next = 0, pending = 0;
    while (!act_gives_up(act)) {
        if (nonces_ask(act, &next, &pending) == VIEW_CURRENT) {
            wallet_resync(&act->bot->wallet, act->chain, next, pending);
            act_event(act, EVENT_BOT_RESYNCED, CODE_NONE, 0, act->bot->wallet.lanes[chain_index(act->chain)].next, (struct str){0});
            return true;
        }
        act_backoff(act, &wait_ns);
    }
    return false;
}

bool recover_purses(struct act *act)
{
    struct wallet *wallet = &act->bot->wallet;
    bool any = false;
    for (unsigned token = 1; token <= TOKEN_COUNT; token++) any = any || wallet->purses[token].loose;
    if (!any) return false;
    const struct alpha alpha = act_alpha(act);
    struct answer answer;
    const struct account_view *account =
        alpha_account(&alpha, &act->bot->identity.address, act_deadline(act, SUBMIT_READ_TIMEOUT), &answer);
    for (uint32_t i = 0; account != NULL && i < account->balances_count; i++)
        wallet_restate(wallet, money_of(account->balances[i].token, account->balances[i].free));
    answer_done(&answer);
    return account != NULL;
}

/* ---- gaps ---- */

/* One of ours, for a view that may not have heard of it. False: it leads no further now. */
static bool tell(struct act *act, const struct tx *tx)
{
    const struct alpha alpha = act_alpha(act);
    struct answer answer;
    (void)alpha_broadcast(&alpha, tx, act_deadline(act, SUBMIT_SEND_TIMEOUT), &answer); /* looked at through `answer` */
    const bool goes_on = answer.status == ANSWER_OK || (answer.status == ANSWER_REFUSED && answer.code != CODE_NONCE_TOO_HIGH);
    const bool absent = answer_is_absence(&answer);
    answer_done(&answer);
    return goes_on && !absent && !act_gives_up(act);
}

/* The view has heard of nothing from nonce `from` on: it is told what the bot has there, below `to`, in order. */
static void gap_close(struct act *act, uint64_t from, uint64_t to)
{
    struct bot *bot = act->bot;
    struct tx *tx = flights_from(&bot->flights[chain_index(act->chain)], from);
    if (tx == NULL || tx->nonce > from) { /* given up once, in favour of one that never ran */
        wallet_reclaim(&bot->wallet, act->chain, from);
        recover_repair(act);
    }
    bool goes_on = true;
    for (; goes_on && tx != NULL && tx->nonce < to; tx = flights_from(&bot->flights[chain_index(act->chain)], from)) {
        from = tx->nonce + 1;
        tx_ref(tx);
        goes_on = tell(act, tx);
        tx_unref(tx);
    }
}

bool recover_gap(struct act *act, uint64_t nonce)
{
    struct bot *bot = act->bot;
    uint64_t next, pending;
    if (bot->recovering[chain_index(act->chain)]) return true; /* another execution is at it */
    bot->recovering[chain_index(act->chain)] = true;
    const enum view_state state = nonces_ask(act, &next, &pending);
    const bool others = bot->wallet.lanes[chain_index(act->chain)].in_flight > 1;
    if (state == VIEW_CURRENT) flights_forget_below(&bot->flights[chain_index(act->chain)], bot->wallet.lanes[chain_index(act->chain)].executed);
    if (state == VIEW_CURRENT && others) gap_close(act, pending, nonce);
    bot->recovering[chain_index(act->chain)] = false;
    return state != VIEW_CURRENT || others;
}

void recover_stuck(struct act *act, uint64_t nonce)
{
    struct bot *bot = act->bot;
    uint64_t next, pending;
    if (bot->recovering[chain_index(act->chain)]) return; /* another execution is at it */
    bot->recovering[chain_index(act->chain)] = true;
    if (nonces_ask(act, &next, &pending) == VIEW_CURRENT && pending < nonce) gap_close(act, pending, nonce);
    bot->recovering[chain_index(act->chain)] = false;
}

/* ---- the end of a transaction that lost its nonce ---- */

bool recover_is_final(struct act *act, uint64_t nonce, uint32_t *out_height)
{
    const struct alpha alpha = act_alpha(act);
    struct answer answer;
    struct trust_account account = {0};
    const bool told = alpha_height_final(&alpha, act_deadline(act, SUBMIT_READ_TIMEOUT), out_height, &answer);
    answer_done(&answer);
    if (!told || *out_height == 0) return false;
    const struct state_path *path =
        alpha_account_path(&alpha, &act->bot->identity.address, *out_height, act_deadline(act, SUBMIT_READ_TIMEOUT), &answer);
    const bool good = path != NULL && path->value.data != NULL && trust_account_decode(path->value, &account);
    answer_done(&answer);
    return good && nonce < account.nonce;
}

bool recover_is_lost(struct act *act, const struct tx *tx)
{
    uint32_t height, head, final;
    if (!recover_is_final(act, tx->nonce, &height)) return false;
    const struct alpha alpha = act_alpha(act);
    struct answer answer;
    const bool found = alpha_transaction(&alpha, &tx->id, TX_WAIT_NONE, (struct duration){0},
                                         act_deadline(act, SUBMIT_READ_TIMEOUT), &answer) != NULL;
    const bool not_found = !found && answer.status == ANSWER_REFUSED && answer.code == CODE_TRANSACTION_NOT_FOUND;
    /* Another node may have answered, and one that is behind does not know what was executed. */
    const bool current = not_found && answer_heights(&answer, &head, &final) && final >= height;
    answer_done(&answer);
    return current;
}

/* ---- nonce holes ---- */

#define FILLERS_AT_ONCE 32u
struct repair {
    struct act act;
    struct op op;
    struct submission sent[FILLERS_AT_ONCE];
};

/* More than the best of those that wait behind it: they stand no better than what they wait for, and a full pool takes nothing cheaper. */
static struct amount filler_tip(const struct bot *bot, enum chain_id chain, uint64_t hole)
{
    const struct flights *flights = &bot->flights[chain_index(chain)];
    struct amount best = AMOUNT(0);
    for (size_t i = 0; i < flights->txs.count; i++) {
        const struct tx *tx = flights->txs.data[i];
        if (tx->nonce > hole && amount_cmp(tx->tip, best) > 0) best = tx->tip;
    }
    return amount_is_zero(best) ? best : amount_add_clamped(best, AMOUNT(1));
}

/* One for each hole there is. Returns how many were admitted; stops at the first that was not. */
static uint32_t holes_fill(struct repair *repair)
{
    struct act *act = &repair->act;
    struct bot *bot = act->bot;
    const struct lane_nonces *lane = &bot->wallet.lanes[chain_index(act->chain)];
    const bool delta = act->chain == CHAIN_DELTA;
    uint32_t count = 0;
    uint64_t hole;
    while (count < FILLERS_AT_ONCE && lane->in_flight > 0 && wallet_hole_below(&bot->wallet, act->chain, lane->next, &hole)) {
        struct tx_spec spec = {.kind = delta ? KIND_DELTA_TRANSFER : KIND_ALPHA_TRANSFER,
                               .token = chain_fee_token(act->chain),
                               .to = bot->identity.address,
                               .amount = AMOUNT(1),
                               .tip = filler_tip(bot, act->chain, hole)};
        repair->op = (struct op){0};
        if (!submit_send(act, &spec, &repair->sent[count], &repair->op)) break;
        act->track->fillers++;
        count++;
    }
    return count;
}

/* Later transactions wait behind nonces that nobody used: send something harmless with them. */
static void repair_run(void *arg)
{
    struct repair *repair = arg;
    struct act *act = &repair->act;
    struct bot *bot = act->bot;
    uint64_t hole;
    for (uint32_t tries = 0; tries < FILLER_TRIES_MAX && !act_gives_up(act); tries++) {
        fiber_sleep(act->crew->env, SUBMIT_REPAIR_AFTER);
        const struct lane_nonces *lane = &bot->wallet.lanes[chain_index(act->chain)];
        if (lane->in_flight == 0 || !wallet_hole_below(&bot->wallet, act->chain, lane->next, &hole)) break;
        const uint32_t count = holes_fill(repair);
        for (uint32_t i = 0; i < count; i++) {
            repair->op = (struct op){0};
            if (!submit_follow(act, &repair->sent[i], &repair->op)) continue;
            const bool fits = wallet_receive(&bot->wallet, money_of(chain_fee_token(act->chain), AMOUNT(1)));
            ASSERT(fits);
        }
    }
    bot->repairing[chain_index(act->chain)] = false;
    bot->operations_open--;
    act->track->open--;
    base_free(repair);
}

void recover_repair(const struct act *act)
{
    struct bot *bot = act->bot;
    uint64_t hole;
    if (bot->repairing[chain_index(act->chain)] || crew_is_stopping(act->crew)) return;
    if (!wallet_hole_below(&bot->wallet, act->chain, bot->wallet.lanes[chain_index(act->chain)].next, &hole)) return;
    struct repair *repair = base_alloc(sizeof(*repair));
    repair->act = *act;
    repair->act.output = NULL;
    bot->repairing[chain_index(act->chain)] = true;
    bot->operations_open++;
    act->track->open++;
    (void)fiber_spawn(act->crew->env, repair_run, repair);
}
