#include "tester/bot/bot.h"

#include <inttypes.h>

enum stage { STAGE_IDLE, STAGE_FUNDED, STAGE_RUNNING, STAGE_STOPPED };

#define FAUCET_POLL_NS (500 * NS_PER_MS)

struct money money_of(enum token token, struct amount amount) { return (struct money){token, amount}; }

/* ---- crew ---- */

bool crew_learn(struct crew *crew, struct instant deadline, struct err *err)
{
    struct answer answer;
    const struct node_info *info = alpha_node_info(&crew->alpha, deadline, &answer);
    bool good = false;
    if (info == NULL) {
        (void)err_set(err, ERR_UNAVAILABLE, "the network does not tell about itself: %s%s%s", answer_status_text(answer.status),
                      answer.fault != NULL ? ", " : "", answer.fault != NULL ? answer.fault : "");
    } else if (info->chain != CHAIN_ALPHA || !str_eq(info->network, network_text(crew->alpha.network)) ||
               info->network_id != network_id_of(CHAIN_ALPHA, crew->alpha.network)) {
        (void)err_set(err, ERR_CONFLICT, "the network there is '" STR_FMT "' with id %u, not the one named",
                      STR_ARG(info->network), info->network_id);
    } else {
        crew->domain = domain_of(CHAIN_ALPHA, crew->alpha.network);
        crew->fee_base = info->min_fee_base;
        crew->fee_per_byte = info->min_fee_per_byte;
        good = true;
    }
    answer_done(&answer);
    return good;
}

struct amount crew_fee(const struct crew *crew, size_t tx_bytes)
{
    struct amount fee = AMOUNT_MAX;
    if (!amount_mul(crew->fee_per_byte, tx_bytes, &fee)) return AMOUNT_MAX;
    return amount_add_clamped(fee, crew->fee_base);
}

bool crew_is_stopping(const struct crew *crew) { return crew->stopping != NULL && *crew->stopping; }

/* ---- life ---- */

static struct bot *step_from(struct bot **handle, enum stage from, enum stage to)
{
    struct bot *bot = *handle;
    ASSERT(bot != NULL); /* a spent handle */
    ASSERT(bot->stage == from);
    bot->stage = (uint8_t)to;
    *handle = NULL;
    return bot;
}

struct bot_idle bot_new(struct crew *crew, uint64_t run_rng, struct str id, uint32_t index)
{
    struct bot *bot = base_alloc(sizeof(*bot));
    bot->crew = crew;
    bot->index = index;
    bot->stage = STAGE_IDLE;
    identity_init(&bot->identity, run_rng, id, crew->suite);
    wallet_init(&bot->wallet);
    return (struct bot_idle){bot};
}

void bot_free(struct bot *bot)
{
    if (bot == NULL) return;
    identity_wipe(&bot->identity);
    wallet_done(&bot->wallet);
    flights_done(&bot->flights);
    base_free(bot);
}

/* Takes what the chain has for the bot into its wallet: the start of its books. */
static bool account_take(struct bot *bot, const struct account_view *account, struct err *err)
{
    struct wallet fresh;
    wallet_init(&fresh);
    for (uint32_t i = 0; i < account->balances_count; i++) {
        const struct balance *balance = &account->balances[i];
        if (!wallet_receive(&fresh, money_of(balance->token, balance->free)))
            return err_set(err, ERR_LIMIT, "balance beyond 2^128 - 1");
    }
    fresh.lanes[0].next = account->pending_nonce;
    fresh.lanes[0].executed = account->nonce;
    wallet_done(&bot->wallet);
    bot->wallet = fresh;
    return true;
}

static bool account_ask(struct bot *bot, struct instant deadline, struct err *err)
{
    struct answer answer;
    const struct account_view *account = alpha_account(&bot->crew->alpha, &bot->identity.address, deadline, &answer);
    bool good = false;
    if (account != NULL)
        good = account_take(bot, account, err);
    else
        (void)err_set(err, answer.status == ANSWER_TIMED_OUT ? ERR_TIMEOUT : ERR_UNAVAILABLE, "account: %s",
                      answer_status_text(answer.status));
    answer_done(&answer);
    return good;
}

/* What Alpha does not hold of what is wanted; zero: nothing missing. */
static struct amount missing_ax(const struct bot *bot, const struct money *wanted, size_t count)
{
    struct amount sum = AMOUNT(0), missing = AMOUNT(0);
    for (size_t i = 0; i < count; i++)
        if (token_chain(wanted[i].token) == CHAIN_ALPHA) sum = amount_add_clamped(sum, wanted[i].amount);
    if (!amount_sub(sum, wallet_available(&bot->wallet, TOKEN_AX), &missing)) return AMOUNT(0);
    return missing;
}

static bool faucet_ask(struct bot *bot, struct amount missing, struct instant deadline, struct err *err)
{
    if (bot->crew->admin == NULL) {
        char text[AMOUNT_TEXT];
        amount_text(missing, text);
        return err_set(err, ERR_CONFLICT, STR_FMT " is short of %s AX and the target has no faucet", STR_ARG(bot->identity.id),
                       text);
    }
    const struct faucet_grant grant = {bot->identity.address, {TOKEN_AX, missing}};
    struct answer answer;
    const bool good = admin_faucet(bot->crew->admin, &grant, 1, deadline, &answer) != NULL;
    if (!good) (void)err_set(err, ERR_REFUSED, "faucet: %s", answer_status_text(answer.status));
    answer_done(&answer);
    return good;
}

bool bot_fund(struct bot_idle *from, const struct money *wanted, size_t wanted_count, struct instant deadline,
              struct bot_funded *out, struct err *err)
{
    struct bot *bot = from->bot;
    ASSERT(bot != NULL && bot->stage == STAGE_IDLE);
    struct env *env = bot->crew->env;
    if (!account_ask(bot, deadline, err)) return false;
    struct amount missing = missing_ax(bot, wanted, wanted_count);
    if (!amount_is_zero(missing) && !faucet_ask(bot, missing, deadline, err)) return false;
    while (!amount_is_zero(missing)) { /* the grant takes effect with a later block */
        if (!instant_before(env_now(env), deadline))
            return err_set(err, ERR_TIMEOUT, "the faucet's grant to " STR_FMT " does not arrive", STR_ARG(bot->identity.id));
        fiber_sleep(env, (struct duration){FAUCET_POLL_NS});
        if (!account_ask(bot, deadline, err)) return false;
        missing = missing_ax(bot, wanted, wanted_count);
    }
    for (size_t i = 0; i < wanted_count; i++) {
        if (token_chain(wanted[i].token) == CHAIN_ALPHA) continue;
        if (!wallet_receive(&bot->wallet, wanted[i])) return err_set(err, ERR_LIMIT, "wallet beyond 2^128 - 1");
    }
    out->bot = step_from(&from->bot, STAGE_IDLE, STAGE_FUNDED);
    return true;
}

struct bot_funded bot_fund_genesis(struct bot_idle *from, const struct money *granted, size_t granted_count)
{
    struct bot *bot = step_from(&from->bot, STAGE_IDLE, STAGE_FUNDED);
    for (size_t i = 0; i < granted_count; i++) {
        const bool fits = wallet_receive(&bot->wallet, granted[i]);
        ASSERT(fits);
    }
    return (struct bot_funded){bot};
}

struct bot_running bot_start(struct bot_funded *from)
{
    return (struct bot_running){step_from(&from->bot, STAGE_FUNDED, STAGE_RUNNING)};
}

struct bot_stopped bot_stop(struct bot_running *from)
{
    ASSERT(from->bot != NULL && from->bot->operations_open == 0);
    return (struct bot_stopped){step_from(&from->bot, STAGE_RUNNING, STAGE_STOPPED)};
}
