/* One seed is one run, whoever computes it: signatures checked ahead on another thread or not, exchanges handed over or written out as text. The
 * digest is printed: builds by another compiler, or without optimisation, must print the same one (scripts/one_digest.sh compares them). */
#include "cli/boot.h"
#include "core/base/check.h"
#include "tester/bot/act.h"
#include "tester/bot/schedule.h"

#define VALIDATORS 5
#define BOTS 24
#define SECONDS 4

struct town {
    struct boot *boot;
    struct crew crew;
    struct track track;
    struct bot *bots[BOTS];
    uint32_t indices[BOTS];
    char names[BOTS][16];
    uint64_t live;
    bool over;
};

struct execution {
    struct town *town;
    struct bot *bot;
    struct instant intended;
    uint64_t number;
};

static void step(struct act *act, struct op *op)
{
    static const struct payment_terms terms;
    struct bot *partner = act_partner(act);
    const struct payment payment = {.to = partner->identity.address, .bot = partner, .amount = AMOUNT(100 + act->number)};
    (void)act_pay(act, &payment, 1, &terms, op); /* op tells */
}

static void execute(void *arg)
{
    struct execution *execution = arg;
    struct act act;
    struct op op;
    act_init(&act, &execution->town->crew, &execution->town->track, execution->bot, execution->intended, execution->number);
    act_run(&act, step, &op);
    execution->town->live--;
    base_free(execution);
}

static void life(void *arg)
{
    struct town *town = arg;
    struct env *env = town->crew.env;
    struct err err = {0};
    if (!crew_learn(&town->crew, instant_add(env_now(env), duration_s(30)), &err)) CHECK_FAIL("crew_learn: %s", err.text);
    const struct schedule_plan plan = {.arrivals = ARRIVALS_POISSON, .rate = {3, duration_s(1)}, .start = env_now(env), .length = duration_s(SECONDS), .bots = BOTS};
    const struct rng rng = env_rng(env, STR("test/one-digest"), 0);
    struct pacer pacer;
    struct instant at;
    uint32_t bot;
    uint64_t number = 0;
    pacer_init(&pacer, &plan, &rng);
    while (pacer_next(&pacer, &bot, &at)) {
        if (instant_before(env_now(env), at)) fiber_sleep_until(env, at);
        struct execution *execution = base_alloc(sizeof(*execution));
        *execution = (struct execution){town, town->bots[bot], at, number++};
        town->live++;
        (void)fiber_spawn(env, execute, execution);
    }
    pacer_done(&pacer);
    while (town->live > 0) fiber_sleep(env, duration_ms(50));
    town->over = true;
}

static void bots_make(struct town *town, const struct money *purse, struct run_grant *out)
{
    for (uint32_t i = 0; i < BOTS; i++) {
        snprintf(town->names[i], sizeof(town->names[i]), "user-%u", i + 1);
        struct bot_idle idle = bot_new(&town->crew, 7, str_of(town->names[i]), i);
        town->bots[i] = idle.bot;
        struct bot_funded funded = bot_fund_genesis(&idle, purse, 1);
        (void)bot_start(&funded); /* its handle says no more than the free at the end */
        out[i] = (struct run_grant){.address = town->bots[i]->identity.address, .money = *purse, .bot = i};
        town->indices[i] = i;
    }
}

static struct hash digest_of(enum http_wire wire, bool second_thread, bool simulated)
{
    struct town town = {.crew = {.suite = {simulated ? SIGN_SIMULATED : SIGN_ED25519}, .bots = town.bots, .bots_count = BOTS}};
    struct run_grant grants[BOTS];
    const struct money purse = money_of(TOKEN_AX, AMOUNT(10000000));
    bots_make(&town, &purse, grants);
    const struct boot_options options = {.simulated = simulated, .simulated_proofs = simulated, .costs = costs_default(), .wire = wire, .second_thread = second_thread, .seed = 7, .validators = VALIDATORS, .grants = grants, .grants_count = BOTS};
    struct err err = {0};
    if (!boot_new(&options, &town.boot, &err)) CHECK_FAIL("boot: %s", err.text);
    const struct target target = boot_target(town.boot);
    town.crew.env = target.env;
    town.crew.suite = target.suite;
    town.crew.alpha = target.alpha;
    town.crew.admin = target.admin;
    town.track = (struct track){.bots = town.indices, .bots_count = BOTS, .rng = env_rng(target.env, STR("test/track"), 0)};
    (void)fiber_spawn(target.env, life, &town);
    (void)sim_run(boot_sim(town.boot), instant_add(INSTANT_GENESIS, duration_s(120)), &town.over);
    CHECK(town.over);
    CHECK(town.track.by_status[OP_DONE] > 100);
    CHECK_U64(town.track.by_status[OP_DONE], town.track.started); /* nothing refused, dropped or lost */
    const struct hash digest = sim_digest(boot_sim(town.boot));
    boot_free(town.boot);
    for (uint32_t i = 0; i < BOTS; i++) bot_free(town.bots[i]);
    return digest;
}

static void print(const char *what, const struct hash *digest)
{
    char hex[65] = "";
    str_hex(digest->b, sizeof(digest->b), hex);
    printf("%s %s\n", what, hex);
}

static void the_digest_is_one_with_and_without_a_second_thread_in_either_wire(void)
{
    const struct hash plain = digest_of(WIRE_STRUCT, false, false), ahead = digest_of(WIRE_STRUCT, true, false);
    const struct hash text = digest_of(WIRE_TEXT, false, false), text_ahead = digest_of(WIRE_TEXT, true, false);
    print("Ed25519", &plain);
    CHECK(hash_eq(&plain, &ahead));
    CHECK(hash_eq(&plain, &text));
    CHECK(hash_eq(&plain, &text_ahead));
}

static void the_same_holds_for_simulated_signatures(void)
{
    const struct hash plain = digest_of(WIRE_STRUCT, false, true), ahead = digest_of(WIRE_STRUCT, true, true), text = digest_of(WIRE_TEXT, false, true);
    print("simulated", &plain);
    CHECK(hash_eq(&plain, &ahead));
    CHECK(hash_eq(&plain, &text));
}

int main(void)
{
    RUN(the_digest_is_one_with_and_without_a_second_thread_in_either_wire);
    RUN(the_same_holds_for_simulated_signatures);
    return 0;
}
