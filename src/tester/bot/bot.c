#include "tester/bot/bot.h"

#include "tester/bot/shieldbot.h"

#include <inttypes.h>
#include <stdio.h>

enum stage { STAGE_IDLE, STAGE_FUNDED, STAGE_RUNNING, STAGE_STOPPED };

#define FAUCET_POLL_NS (500 * NS_PER_MS)

struct money money_of(enum token token, struct amount amount) { return (struct money){token, amount}; }

/* ---- crew ---- */

static bool chain_learn(const struct alpha *client, struct amount *out_base, struct amount *out_per_byte, uint32_t *out_epoch,
                        struct instant deadline, struct err *err)
{
    struct answer answer;
    const enum chain_id chain = alpha_chain(client);
    const struct node_info *info = alpha_node_info(client, deadline, &answer);
    bool good = false;
    if (info == NULL) {
        (void)err_set(err, ERR_UNAVAILABLE, "the network does not tell about itself: %s%s%s", answer_status_text(answer.status),
                      answer.fault != NULL ? ", " : "", answer.fault != NULL ? answer.fault : "");
    } else if (info->chain != chain || !str_eq(info->network, network_text(client->network)) ||
               info->network_id != network_id_of(chain, client->network)) {
        (void)err_set(err, ERR_CONFLICT, "the network there is '" STR_FMT "' with id %u, not the one named",
                      STR_ARG(info->network), info->network_id);
    } else {
        *out_base = info->min_fee_base;
        *out_per_byte = info->min_fee_per_byte;
        *out_epoch = info->epoch_blocks;
        good = true;
    }
    answer_done(&answer);
    return good;
}

bool crew_learn(struct crew *crew, struct instant deadline, struct err *err)
{
    if (!chain_learn(&crew->alpha, &crew->fee_base, &crew->fee_per_byte, &crew->epoch_blocks[0], deadline, err)) return false;
    crew->domain = domain_of(CHAIN_ALPHA, crew->alpha.network);
    if (!crew_has(crew, CHAIN_DELTA)) return true;
    return chain_learn(&crew->delta, &crew->delta_fee_base, &crew->delta_fee_per_byte, &crew->epoch_blocks[1], deadline, err);
}

struct amount crew_fee(const struct crew *crew, enum chain_id chain, size_t tx_bytes)
{
    const bool delta = chain == CHAIN_DELTA;
    struct amount fee = AMOUNT_MAX;
    if (!amount_mul(delta ? crew->delta_fee_per_byte : crew->fee_per_byte, tx_bytes, &fee)) return AMOUNT_MAX;
    return amount_add_clamped(fee, delta ? crew->delta_fee_base : crew->fee_base);
}

bool crew_has(const struct crew *crew, enum chain_id chain) { return chain != CHAIN_DELTA || crew->delta.http != NULL; }

const struct alpha *crew_client(const struct crew *crew, enum chain_id chain)
{
    return chain == CHAIN_DELTA ? &crew->delta : &crew->alpha;
}

struct domain crew_domain(const struct crew *crew, enum chain_id chain)
{
    return chain == CHAIN_DELTA ? domain_of(CHAIN_DELTA, crew->delta.network) : crew->domain;
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

void bot_seat_take(struct bot_idle *idle, uint64_t network_rng, uint32_t number)
{
    struct bot *bot = idle->bot;
    ASSERT(bot->stage == STAGE_IDLE && number > 0);
    const struct str id = bot->identity.id;
    struct identity consensus;
    char name[sizeof(bot->seat.name) + 12];
    bot->seat.number = number;
    snprintf(bot->seat.name, sizeof(bot->seat.name), "v%" PRIu32, number);
    snprintf(name, sizeof(name), "%s/consensus", bot->seat.name);
    identity_of_actor(&consensus, network_rng, str_of(name), bot->crew->suite);
    bot->seat.consensus = consensus.key;
    identity_wipe(&consensus);
    identity_wipe(&bot->identity);
    identity_of_actor(&bot->identity, network_rng, str_of(bot->seat.name), bot->crew->suite);
    bot->identity.id = id;
}

struct address bot_seat_address(uint64_t network_rng, uint32_t number, struct sign_suite suite)
{
    char name[12];
    struct identity identity;
    snprintf(name, sizeof(name), "v%" PRIu32, number);
    identity_of_actor(&identity, network_rng, str_of(name), suite);
    const struct address address = identity.address;
    identity_wipe(&identity);
    return address;
}

void bot_free(struct bot *bot)
{
    if (bot == NULL) return;
    if (bot->seat.number > 0) seckey_wipe(&bot->seat.consensus);
    identity_wipe(&bot->identity);
    wallet_done(&bot->wallet);
    shieldbot_free(bot->shieldbot);
    flights_done(&bot->flights[0]);
    flights_done(&bot->flights[1]);
    kept_done(&bot->kept);
    kept_done(&bot->evicted[0]);
    kept_done(&bot->evicted[1]);
    agenda_done(&bot->trades);
    vec_done(&bot->sealed.bids);
    base_free(bot);
}

/* Takes what a chain has for the bot into its wallet: the start of its books. */
static bool account_take(struct wallet *wallet, enum chain_id chain, const struct account_view *account, struct err *err)
{
    for (uint32_t i = 0; i < account->balances_count; i++) {
        const struct balance *balance = &account->balances[i];
        if (token_chain(balance->token) != chain) continue;
        if (!wallet_receive(wallet, money_of(balance->token, balance->free)))
            return err_set(err, ERR_LIMIT, "balance beyond 2^128 - 1");
    }
    wallet->lanes[chain_index(chain)].next = account->pending_nonce;
    wallet->lanes[chain_index(chain)].executed = account->nonce;
    return true;
}

static bool account_ask(struct bot *bot, struct wallet *wallet, enum chain_id chain, struct instant deadline, struct err *err)
{
    struct answer answer;
    const struct account_view *account = alpha_account(crew_client(bot->crew, chain), &bot->identity.address, deadline, &answer);
    bool good = false;
    if (account != NULL)
        good = account_take(wallet, chain, account, err);
    else
        (void)err_set(err, answer.status == ANSWER_TIMED_OUT ? ERR_TIMEOUT : ERR_UNAVAILABLE, "account: %s",
                      answer_status_text(answer.status));
    answer_done(&answer);
    return good;
}

/* The whole wallet anew, from what the chains that are served say. */
static bool wallet_ask(struct bot *bot, struct instant deadline, struct err *err)
{
    struct wallet fresh;
    wallet_init(&fresh);
    bool good = account_ask(bot, &fresh, CHAIN_ALPHA, deadline, err);
    if (good && crew_has(bot->crew, CHAIN_DELTA)) good = account_ask(bot, &fresh, CHAIN_DELTA, deadline, err);
    if (!good) {
        wallet_done(&fresh);
        return false;
    }
    wallet_done(&bot->wallet);
    bot->wallet = fresh;
    return true;
}

/* What the chains do not hold of what is wanted, by token; returns how many tokens are short. */
static size_t missing_of(const struct bot *bot, const struct money *wanted, size_t count, struct faucet_grant out[TOKEN_COUNT])
{
    size_t short_of = 0;
    for (enum token token = TOKEN_AX; token <= TOKEN_USD; token++) {
        if (!crew_has(bot->crew, token_chain(token))) continue;
        struct amount sum = AMOUNT(0), missing = AMOUNT(0);
        for (size_t i = 0; i < count; i++)
            if (wanted[i].token == token) sum = amount_add_clamped(sum, wanted[i].amount);
        if (!amount_sub(sum, wallet_available(&bot->wallet, token), &missing) || amount_is_zero(missing)) continue;
        out[short_of++] = (struct faucet_grant){bot->identity.address, {token, missing}};
    }
    return short_of;
}

static bool faucet_ask(struct bot *bot, const struct faucet_grant *missing, size_t count, struct instant deadline, struct err *err)
{
    if (bot->crew->admin == NULL) {
        char text[AMOUNT_TEXT];
        amount_text(missing[0].money.amount, text);
        return err_set(err, ERR_CONFLICT, STR_FMT " is short of %s " STR_FMT " and the target has no faucet", STR_ARG(bot->identity.id),
                       text, STR_ARG(token_text(missing[0].money.token)));
    }
    struct answer answer;
    const bool good = admin_faucet(bot->crew->admin, missing, count, deadline, &answer) != NULL;
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
    struct faucet_grant missing[TOKEN_COUNT];
    if (!wallet_ask(bot, deadline, err)) return false;
    size_t count = missing_of(bot, wanted, wanted_count, missing);
    if (count > 0 && !faucet_ask(bot, missing, count, deadline, err)) return false;
    while (count > 0) { /* the grant takes effect with a later block */
        if (!instant_before(env_now(env), deadline))
            return err_set(err, ERR_TIMEOUT, "the faucet's grant to " STR_FMT " does not arrive", STR_ARG(bot->identity.id));
        fiber_sleep(env, (struct duration){FAUCET_POLL_NS});
        if (!wallet_ask(bot, deadline, err)) return false;
        count = missing_of(bot, wanted, wanted_count, missing);
    }
    for (size_t i = 0; i < wanted_count; i++) {
        if (crew_has(bot->crew, token_chain(wanted[i].token))) continue;
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
