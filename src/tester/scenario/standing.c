#include <stdio.h>

#include "tester/bot/enlist.h"
#include "tester/scenario/run_priv.h"

#define ASK_S 30u

static bool role_is(const struct plan_group *group, const char *name) { return strcmp(group->role->name, name) == 0; }

/* ---- what the plan wants ---- */

uint32_t plan_seat(const struct plan *plan, uint32_t bot)
{
    const struct plan_group *group = &plan->groups[plan->bots[bot].group];
    return group->seat > 0 ? group->seat + (bot - group->first) : 0;
}

bool plan_misses_turns(const struct plan_group *group)
{
    return role_is(group, "validator") && (strcmp(group->variant->name, "lazy") == 0 || strcmp(group->variant->name, "byzantine") == 0);
}

struct address plan_bot_address(const struct plan *plan, uint32_t bot, uint64_t network_rng, struct sign_suite suite)
{
    const uint32_t seat = plan_seat(plan, bot);
    if (seat > 0) return bot_seat_address(network_rng, seat, suite);
    struct identity identity;
    identity_init(&identity, plan->seed, plan->bots[bot].id, suite);
    const struct address address = identity.address;
    identity_wipe(&identity);
    return address;
}

static size_t standings_of(const struct plan *plan, uint32_t bot, struct run_standing out[STANDINGS_EACH_MAX])
{
    const struct plan_group *group = &plan->groups[plan->bots[bot].group];
    const uint32_t seat = plan_seat(plan, bot);
    size_t count = 0;
    if (seat > 0) {
        if (seat <= plan->network.validators) out[count++] = (struct run_standing){.kind = STANDING_VALIDATOR, .validator = seat, .amount = {group->stake}};
        return count;
    }
    if (group->stake > 0) out[count++] = (struct run_standing){.kind = STANDING_STAKED, .amount = {group->stake}};
    if (role_is(group, "governor")) out[count++] = (struct run_standing){.kind = STANDING_GOVERNOR};
    if (role_is(group, "oracle") && strcmp(group->variant->name, "unseated") != 0) out[count++] = (struct run_standing){.kind = STANDING_ORACLE};
    if (!role_is(group, "kyc_reviewer")) return count;
    out[count++] = (struct run_standing){.kind = STANDING_KYC_OFFICER};
    out[count++] = (struct run_standing){.kind = STANDING_SETTLER};
    return count;
}

struct run_standing *run_standings(const struct plan *plan, struct sign_suite suite, size_t *out_count)
{
    struct run_standing *all = base_alloc(sizeof(*all) * (STANDINGS_EACH_MAX * (size_t)plan->bots_count + 1));
    size_t count = 0;
    for (uint32_t i = 0; i < plan->bots_count; i++) {
        struct run_standing own[STANDINGS_EACH_MAX];
        const size_t has = standings_of(plan, i, own);
        const struct address address = has > 0 ? plan_bot_address(plan, i, plan->seed, suite) : (struct address){0};
        for (size_t k = 0; k < has; k++) {
            own[k].bot = i;
            own[k].address = address;
            all[count++] = own[k];
        }
    }
    *out_count = count;
    return all;
}

/* ---- targets that exist already: roles by the admin API, the rest by transactions of the bots' own ---- */

static struct str standing_role(enum run_standing_kind kind)
{
    return kind == STANDING_ORACLE ? STR("oracle") : kind == STANDING_SETTLER ? STR("settler") : STR("kyc_officer");
}

static bool role_put(struct run *run, const struct address *address, struct str role, bool grant, struct err *err)
{
    struct answer answer;
    if (!run->target.admin) return err_set(err, ERR_UNSUPPORTED, "the target has no admin API to grant roles");
    const bool ok = admin_role_put(run->target.admin, address, role, grant, instant_add(env_now(run->env), duration_s(ASK_S)), &answer) != NULL;
    if (!ok) (void)err_set(err, ERR_REFUSED, "role " STR_FMT ": %s", STR_ARG(role), answer_status_text(answer.status));
    answer_done(&answer);
    return ok;
}

/* Seats are seven: a bot takes the place of a development oracle. */
static bool oracle_seat(struct run *run, const struct address *address, uint32_t number, struct err *err)
{
    struct answer answer;
    char name[16];
    snprintf(name, sizeof(name), "oracle%u", number);
    const struct admin_info *info = run->target.admin ? admin_info(run->target.admin, instant_add(env_now(run->env), duration_s(ASK_S)), &answer) : NULL;
    if (!info) {
        if (run->target.admin) answer_done(&answer);
        return err_set(err, ERR_UNAVAILABLE, "the admin API does not tell whose seats there are");
    }
    struct identity was;
    identity_of_actor(&was, info->rng, str_of(name), run->target.suite);
    answer_done(&answer);
    const bool ok = role_put(run, &was.address, STR("oracle"), false, err) && role_put(run, address, STR("oracle"), true, err);
    identity_wipe(&was);
    return ok;
}

static bool stand_staked(struct run *run, struct bot *bot, struct amount amount, struct err *err)
{
    return enlist_stake(bot, CHAIN_ALPHA, amount, err) && (!crew_has(&run->crew, CHAIN_DELTA) || enlist_stake(bot, CHAIN_DELTA, amount, err));
}

bool standings_take(struct run *run, struct err *err)
{
    uint32_t oracles = 0;
    for (uint32_t i = 0; i < run->plan->bots_count; i++) {
        struct run_standing own[STANDINGS_EACH_MAX];
        struct bot *bot = run->bots[i];
        const size_t has = standings_of(run->plan, i, own);
        for (size_t k = 0; k < has; k++) {
            bool ok = true;
            switch (own[k].kind) {
            case STANDING_STAKED: ok = stand_staked(run, bot, own[k].amount, err); break;
            case STANDING_GOVERNOR: ok = enlist_governor(bot, run->node.governor_deposit, err); break;
            case STANDING_VALIDATOR: break; /* it is one, with the bond that it has there */
            case STANDING_ORACLE: ok = oracle_seat(run, &bot->identity.address, ++oracles, err); break;
            case STANDING_KYC_OFFICER:
            case STANDING_SETTLER: ok = role_put(run, &bot->identity.address, standing_role(own[k].kind), true, err); break;
            }
            if (!ok) return err_wrap(err, "bot " STR_FMT, STR_ARG(run->plan->bots[i].id));
        }
    }
    return true;
}

size_t standings_cost(const struct run *run, uint32_t bot, struct money out[4])
{
    struct run_standing own[STANDINGS_EACH_MAX];
    const size_t has = standings_of(run->plan, bot, own);
    size_t count = 0;
    for (size_t k = 0; k < has; k++) {
        const struct amount fees = AMOUNT(STANDING_FEES);
        if (own[k].kind == STANDING_STAKED) {
            out[count++] = money_of(TOKEN_AX, amount_add_clamped(own[k].amount, fees));
            if (crew_has(&run->crew, CHAIN_DELTA)) out[count++] = money_of(TOKEN_DX, amount_add_clamped(own[k].amount, fees));
        } else if (own[k].kind == STANDING_GOVERNOR) {
            out[count++] = money_of(TOKEN_AX, amount_add_clamped(run->node.governor_deposit, fees));
        }
    }
    return count;
}
