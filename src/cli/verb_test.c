/* test: small things shown by themselves, on an embedded network of four validators: who a bot is, what its wallet does, one transfer. */
#include <inttypes.h>

#include "cli/boot.h"
#include "cli/source.h"
#include "cli/verbs.h"
#include "core/codec/json.h"
#include "tester/bot/act.h"

#define TRIAL_VALIDATORS 4
#define TRIAL_WALLET 1000000

struct trial {
    struct boot *boot;
    struct crew crew;
    struct bot *bots[2];
    struct arena arena;
    bool json;
    int status;
    bool over;
    void (*body)(struct trial *trial) FIBER;
    struct op op;
};

/* ---- identity ---- */

static int test_identity(uint64_t seed, struct str name, bool json)
{
    struct identity identity;
    identity_init(&identity, seed, name, (struct sign_suite){SIGN_ED25519});
    struct buf text = {0};
    if (json) {
        struct json_writer writer = json_writer_of(&text);
        identity_write(&identity, &writer);
        buf_put_char(&text, '\n');
    } else {
        char alpha[ADDRESS_TEXT + 1] = "", delta[ADDRESS_TEXT + 1] = "", key[65] = "";
        address_text(&identity.address, CHAIN_ALPHA, alpha);
        address_text(&identity.address, CHAIN_DELTA, delta);
        str_hex(identity.key.pub.b, 32, key);
        buf_printf(&text, "bot            " STR_FMT "\nseed           %" PRIu64 "\npublic key     %s\nAlpha address  %s\nDelta address  %s\n", STR_ARG(name), seed, key, alpha,
                   delta);
    }
    fwrite(text.data, 1, text.len, stdout);
    buf_done(&text);
    identity_wipe(&identity);
    return EXIT_PASSED;
}

/* ---- on a network ---- */

static struct instant soon(const struct trial *trial)
{
    return instant_add(env_now(trial->crew.env), duration_s(30));
}

static const char *amount_shown(struct amount amount, char out[U128_TEXT])
{
    u128_text(amount.units, out);
    return out;
}

static void trial_fail(struct trial *trial, const char *what)
{
    fprintf(stderr, "adnet-testbots test: error: %s\n", what);
    trial->status = EXIT_FAILED;
}

/* What the wallet believes and what the chain says, side by side; they must agree whenever nothing is in flight. */
static void wallet_show(struct trial *trial, const struct bot *bot, const char *moment, bool quiet) FIBER
{
    struct answer answer;
    char settled[U128_TEXT], reserved[U128_TEXT], available[U128_TEXT], chain[U128_TEXT];
    const struct account_view *account = alpha_account(&trial->crew.alpha, &bot->identity.address, soon(trial), &answer);
    struct amount free = {0};
    for (size_t i = 0; account != NULL && i < account->balances_count; i++)
        if (account->balances[i].token == TOKEN_AX) free = account->balances[i].free;
    const struct purse *purse = &bot->wallet.purses[TOKEN_AX];
    printf("%-34s settled %8s  reserved %6s  available %8s | chain %8s, nonce %" PRIu64 "\n", moment, amount_shown(purse->settled, settled),
           amount_shown(purse->reserved, reserved), amount_shown(wallet_available(&bot->wallet, TOKEN_AX), available), amount_shown(free, chain),
           account != NULL ? account->nonce : 0);
    if (account == NULL) trial_fail(trial, "the account cannot be read");
    else if (quiet && free.units != purse->settled.units) trial_fail(trial, "wallet and chain disagree");
    answer_done(&answer);
}

static bool transfer(struct trial *trial, struct track *track, uint64_t number, u128 amount) FIBER
{
    struct act act;
    const struct payment payment = {.to = trial->bots[1]->identity.address, .bot = trial->bots[1], .amount = {amount}};
    const struct payment_terms terms = {0};
    act_init(&act, &trial->crew, track, trial->bots[0], env_now(trial->crew.env), number);
    act.deadline = soon(trial);
    trial->op = (struct op){.intended = act.intended};
    act.op = &trial->op;
    return act_pay(&act, &payment, 1, &terms, &trial->op);
}

static void wallet_body(struct trial *trial)
{
    static const uint32_t selection[] = {0, 1};
    struct track track = {.bots = selection, .bots_count = 2};
    struct wallet *wallet = &trial->bots[0]->wallet;
    rng_init(&track.rng, 1);
    wallet_show(trial, trial->bots[0], "at genesis", true);
    struct spend spend;
    const struct money amount = money_of(TOKEN_AX, (struct amount){1000}), fee = money_of(TOKEN_AX, (struct amount){400});
    if (!wallet_reserve(wallet, CHAIN_ALPHA, amount, fee, &spend)) trial_fail(trial, "a spend that is affordable was refused");
    wallet_show(trial, trial->bots[0], "1000 + 400 reserved, nothing sent", false);
    wallet_release(wallet, &spend);
    const struct money all = money_of(TOKEN_AX, (struct amount){TRIAL_WALLET});
    if (wallet_reserve(wallet, CHAIN_ALPHA, all, fee, &spend)) trial_fail(trial, "more than there is was reserved");
    wallet_show(trial, trial->bots[0], "released; all + fee is refused", true);
    for (uint64_t i = 0; i < 3; i++)
        if (!transfer(trial, &track, i, 1000)) trial_fail(trial, "a transfer did not become final");
    wallet_show(trial, trial->bots[0], "three transfers of 1000 are final", true);
    wallet_show(trial, trial->bots[1], "who received them", true);
}

static void ms_after(const char *stage, struct instant from, struct instant at)
{
    const uint64_t us = instant_since(at, from).ns / NS_PER_US;
    printf("  %-10s %" PRIu64 ".%03" PRIu64 " ms\n", stage, us / 1000, us % 1000);
}

static void transfer_body(struct trial *trial)
{
    static const uint32_t selection[] = {0, 1};
    struct track track = {.bots = selection, .bots_count = 2};
    rng_init(&track.rng, 1);
    const bool final = transfer(trial, &track, 0, 1000);
    const struct op *op = &trial->op;
    char id[65] = "";
    str_hex(op->tx_id.b, 32, id);
    if (!final) {
        fprintf(stderr, "adnet-testbots test: error: the transfer ended as " STR_FMT " %s\n", STR_ARG(code_text(op->code)), op->note);
        trial->status = EXIT_FAILED;
        return;
    }
    if (trial->json) {
        printf("{\"transaction_id\":\"%s\",\"status\":\"finalized\",\"admitted_us\":%" PRIu64 ",\"included_us\":%" PRIu64 ",\"finalized_us\":%" PRIu64 "}\n", id,
               instant_since(op->admitted, op->intended).ns / NS_PER_US, instant_since(op->included, op->intended).ns / NS_PER_US,
               instant_since(op->finalized, op->intended).ns / NS_PER_US);
        return;
    }
    printf("transaction %s\n", id);
    ms_after("admitted", op->intended, op->admitted);
    ms_after("included", op->intended, op->included);
    ms_after("finalized", op->intended, op->finalized);
    wallet_show(trial, trial->bots[0], "sender", true);
    wallet_show(trial, trial->bots[1], "receiver", true);
}

static void trial_fiber(void *arg)
{
    struct trial *trial = arg;
    struct err err = {0};
    if (crew_learn(&trial->crew, soon(trial), &err)) trial->body(trial);
    else trial_fail(trial, err.text);
    trial->over = true;
}

static int trial_run(uint64_t seed, bool json, void (*body)(struct trial *trial))
{
    struct trial trial = {.json = json, .body = body};
    const struct money purse = money_of(TOKEN_AX, (struct amount){TRIAL_WALLET});
    struct err err = {0};
    struct run_grant grants[2];
    struct identity identity;
    for (uint32_t i = 0; i < 2; i++) {
        identity_init(&identity, seed, i == 0 ? STR("user-1") : STR("user-2"), (struct sign_suite){SIGN_ED25519});
        grants[i] = (struct run_grant){.address = identity.address, .money = purse, .bot = i};
        identity_wipe(&identity);
    }
    const struct boot_options options = {.costs = costs_default(), .seed = seed, .validators = TRIAL_VALIDATORS, .grants = grants, .grants_count = 2};
    if (!boot_new(&options, &trial.boot, &err)) return source_fail(&err, EXIT_INTERNAL);
    const struct target target = boot_target(trial.boot);
    trial.crew = (struct crew){.env = target.env, .alpha = target.alpha, .admin = target.admin, .suite = target.suite, .bots = trial.bots, .bots_count = 2};
    struct bot_running running[2];
    for (uint32_t i = 0; i < 2; i++) {
        struct bot_idle idle = bot_new(&trial.crew, seed, i == 0 ? STR("user-1") : STR("user-2"), i);
        trial.bots[i] = idle.bot;
        struct bot_funded funded = bot_fund_genesis(&idle, &purse, 1);
        running[i] = bot_start(&funded);
    }
    (void)fiber_spawn(target.env, trial_fiber, &trial);
    (void)sim_run(boot_sim(trial.boot), instant_add(INSTANT_GENESIS, duration_s(600)), &trial.over);
    if (!trial.over) trial_fail(&trial, "nothing more happened within ten minutes of virtual time");
    for (uint32_t i = 0; i < 2; i++) {
        if (trial.over) (void)bot_stop(&running[i]); /* its handle says no more than the free that follows */
        bot_free(trial.bots[i]);
    }
    boot_free(trial.boot);
    return trial.status;
}

static int run(const struct args *args)
{
    static const char *const formats[] = {"text", "json", NULL};
    struct err err = {0};
    uint64_t seed = 1;
    size_t format = 0;
    if (!args_u64(args, "seed", 0, (UINT64_C(1) << 53) - 1, &seed, &err) || !args_choice(args, "format", formats, &format, &err))
        return source_fail(&err, EXIT_BAD_INPUT);
    const struct str what = args->words.count == 1 ? args->words.data[0] : STR("");
    const struct str name = args_value(args, "name", STR("user-1"));
    if (name.len < 1 || name.len > 200) {
        fputs("adnet-testbots test: error: --name takes 1 to 200 bytes\n", stderr);
        return EXIT_BAD_INPUT;
    }
    if (str_eq(what, STR("identity"))) return test_identity(seed, name, format == 1);
    if (str_eq(what, STR("wallet"))) return trial_run(seed, format == 1, wallet_body);
    if (str_eq(what, STR("simple-transfer"))) return trial_run(seed, format == 1, transfer_body);
    fputs("adnet-testbots test: error: name one of identity, wallet, simple-transfer\n", stderr);
    return EXIT_BAD_INPUT;
}

static const struct flag flags[] = {
    {"seed", "N", "the run's seed (default 1)", false},
    {"name", "BOT", "of identity: the bot's id (default user-1)", false},
    {"format", "text|json", "for people or for programs (default text)", false},
    {0},
};

const struct verb verb_test = {
    .name = "test",
    .words = "identity|wallet|simple-transfer",
    .summary = "one small thing shown by itself",
    .help = "  identity         the key and addresses a bot has under a seed\n"
            "  wallet           reservations, refusals and settlements, each beside the chain's own balance\n"
            "  simple-transfer  one transfer on four validators, with the time to each stage",
    .flags = flags,
    .run = run,
};
