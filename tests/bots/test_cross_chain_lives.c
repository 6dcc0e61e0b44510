/* The life of what crosses the bridge, on a whole network: by relays, by the bot's own claim, and where nobody carries anything. */
#include "village.h"

static struct op once(struct village *v, const char *behavior, const char *const *sets, uint32_t bot, uint64_t number, struct village_track *track)
{
    village_track(v, track, behavior, sets);
    return village_once(v, track, bot, number);
}

/* Each claim of the pattern held, `count` of them. */
static void check_claims(const struct village_track *track, uint32_t count)
{
    CHECK_U64(track->track.claims_count, count);
    for (uint32_t i = 0; i < track->track.claims_count; i++)
        CHECK(track->track.claims[i].held == 1 && track->track.claims[i].broken == 0);
}

static void a_lock_is_minted_and_burned_back(struct village *v)
{
    struct village_track track;
    struct op op = once(v, "cross_chain.lock_mint", NULL, 0, 0, &track);
    check_done(&op);
    CHECK(op.settled.ns > op.finalized.ns && op.stages[STAGE_SETTLING].ns > 0);
    CHECK_U64(op.feats[FEAT_LOCK], 1);
    check_claims(&track, 9);
    CHECK(wallet_available(&v->bots[0]->wallet, TOKEN_SAX).units == 500000);
    op = once(v, "cross_chain.burn_unlock", NULL, 0, 1, &track); /* the amount of the previous mint */
    check_done(&op);
    check_claims(&track, 11);
    CHECK_U64(op.feats[FEAT_BURN], 1);
    op = once(v, "cross_chain.burn_unlock", NULL, 0, 2, &track);
    CHECK_U64(op.status, OP_SKIPPED); /* nothing is left of it */
}

static void a_bot_claims_by_itself(struct village *v)
{
    static const char *const own[] = {"auto=false", "amount=1234", "timeout=120s", NULL};
    struct village_track track;
    struct op op = once(v, "cross_chain.lock_mint", own, 1, 0, &track);
    check_done(&op);
    fiber_sleep(v->env, duration_s(40)); /* the states before it are no longer kept */
    op = once(v, "cross_chain.burn_unlock", own, 1, 1, &track);
    check_done(&op);
    check_claims(&track, 11);
    CHECK(wallet_available(&v->bots[1]->wallet, TOKEN_SAX).units == 0);
}

static void finality_is_waited_for(struct village *v)
{
    struct village_track track;
    struct op op = once(v, "cross_chain.await_finality", NULL, 2, 0, &track);
    check_done(&op);
    check_claims(&track, 12);
    CHECK_U64(track.track.claims[2].held, 1);
}

static void body(struct village *v)
{
    a_lock_is_minted_and_burned_back(v);
    a_bot_claims_by_itself(v);
    finality_is_waited_for(v);
    const struct postconditions found = village_settle(v); /* of every token, on both chains */
    if (found.violations + found.unknown > 0) CHECK_FAIL("%s", found.note);
    CHECK_U64(found.samples, 4 + 3);
}

int main(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = 4, .seed = 33, .ax = 10000000, .dx = 10000000}, body));
    return 0;
}
