/* Each claim about names and programs can fail: planted weaknesses, and views that lie. One line a row. */
#include "broken.h"
#include "tester/client/alpha_names.h"

static struct village *v;
static uint64_t numbers;

#define SETS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NO_HASH "\"0000000000000000000000000000000000000000000000000000000000000000\""

static void live_done(uint32_t bot, const char *behavior, const char *const *sets)
{
    struct village_track *track = arena_new(&v->arena, struct village_track);
    village_track(v, track, behavior, sets);
    const struct op op = village_once(v, track, bot, numbers++);
    check_done(&op);
}

static void wait_phase(const char *name, uint32_t phase)
{
    struct answer answer;
    for (unsigned i = 0; i < 400; i++) {
        const struct name_view *view = alpha_name(&v->crew.alpha, str_of(name), village_in(v, duration_s(10)), &answer);
        CHECK(view != NULL);
        const bool reached = view->phase == phase;
        answer_done(&answer);
        if (reached) return;
        fiber_sleep(v->env, duration_ms(250));
    }
    CHECK_FAIL("the phase never came");
}

static void breaks(uint32_t bot, const char *behavior, const char *const *sets, const char *weakness, struct lie lie, const char *claim)
{
    check_breaks(v, &(struct breaking){behavior, sets, weakness, lie, claim}, bot, numbers++);
}

static const char *const *named(const char *name)
{
    const char **sets = arena_array(&v->arena, const char *, 3);
    sets[0] = str_fmt(&v->arena, "names=[%s]%c", name, 0).data;
    sets[1] = "delay=0s";
    sets[2] = NULL;
    return sets;
}

/* Three bids of bots 1 to 3, the last of which is not revealed; then the auction has ended. */
static void auction_stands(const char *name)
{
    const char *const *sets = named(name);
    live_done(0, "name_service.create_auction", sets);
    for (uint32_t bot = 1; bot <= 3; bot++) live_done(bot, "name_service.commit_bid", sets);
    wait_phase(name, NAME_REVEAL);
    for (uint32_t bot = 1; bot <= 2; bot++) live_done(bot, "name_service.reveal_bid", sets);
    wait_phase(name, NAME_ENDED);
}

/* A view for which the account never moves: it shows one state for all heights. */
static const char *frozen(uint32_t bot)
{
    static char value[600];
    struct answer answer;
    const struct state_path *path = alpha_account_path(&v->crew.alpha, &v->bots[bot]->identity.address, 0, village_in(v, duration_s(10)), &answer);
    CHECK(path != NULL && path->value.len * 2 + 3 < sizeof(value));
    value[0] = '"';
    str_hex(path->value.data, path->value.len, value + 1);
    value[1 + path->value.len * 2] = '"';
    value[2 + path->value.len * 2] = '\0';
    answer_done(&answer);
    return value;
}

static void phases_can_fail(void)
{
    breaks(0, "name_service.create_auction", named("aaa"), NULL, (struct lie){"/names/", "commit_end", "7", 0}, "the windows are those that were asked for");
    breaks(1, "name_service.commit_bid", named("aaa"), NULL, (struct lie){"/names/", "commits", "0", 0}, "the commit is counted");
    breaks(2, "name_service.commit_bid", named("aaa"), NULL, (struct lie){"/names/", "reveals", "1", 0}, "no bid shows before it is revealed");
    breaks(3, "name_service.commit_bid", named("aaa"), NULL, (struct lie){"/statePath/", "value", frozen(3), 0}, "the deposit leaves the account");
    wait_phase("aaa", NAME_REVEAL);
    breaks(1, "name_service.reveal_bid", named("aaa"), NULL, (struct lie){"/names/", "reveals", "0", 0}, "the reveal is counted");
    breaks(2, "name_service.reveal_bid", named("aaa"), NULL, (struct lie){"/names/", "reveal_end", "1", 0}, "a reveal is taken in its phase alone");
}

static void ends_can_fail(void)
{
    char nobody[ADDRESS_TEXT + 2];
    static const struct address zero;
    char text[ADDRESS_TEXT];
    address_text(&zero, CHAIN_ALPHA, text);
    snprintf(nobody, sizeof(nobody), "\"%s\"", text);
    auction_stands("bbb");
    breaks(0, "name_service.finalize", named("bbb"), "vuln.first-price-auction", (struct lie){0}, "the price is the second bid or the reserve");
    for (uint32_t bot = 1; bot <= 2; bot++) { /* one of them won */
        struct answer answer;
        const struct name_view *view = alpha_name(&v->crew.alpha, STR("bbb"), village_in(v, duration_s(10)), &answer);
        CHECK(view != NULL && view->winner.has);
        const bool won = address_eq(&view->winner.value, &v->bots[bot]->identity.address);
        answer_done(&answer);
        if (won) breaks(bot, "name_service.claim_name", named("bbb"), NULL, (struct lie){"/names/", "phase", "\"finalized\"", 0}, "owner resolves");
        else breaks(bot, "name_service.claim_name", named("bbb"), NULL, (struct lie){"/names/", "owner", nobody, 0}, "who lost owns nothing");
    }
    auction_stands("ccc");
    breaks(0, "name_service.finalize", named("ccc"), NULL, (struct lie){"/names/", "winner", nobody, 0}, "the winner is the highest valid reveal");
    auction_stands("ddd");
    breaks(0, "name_service.finalize", named("ddd"), NULL, (struct lie){"/names/", "price", "\"1\"", 0}, "what went in is price, refunds and forfeits");
    auction_stands("eee");
    breaks(0, "name_service.finalize", named("eee"), NULL, (struct lie){"/names/", "commits", "9", 0}, "all commits and reveals are in blocks");
    auction_stands("fff"); /* the newest commit is looked at first: it is the one that was not revealed */
    breaks(0, "name_service.finalize", named("fff"), NULL, (struct lie){"/statePath/", "value", frozen(3), 6}, "who does not reveal forfeits exactly the penalty");
    auction_stands("ggg");
    breaks(0, "name_service.finalize", named("ggg"), NULL, (struct lie){"/statePath/", "value", frozen(1), 8}, "losers are refunded in full");
    auction_stands("hhh");
    breaks(0, "name_service.finalize", named("hhh"), NULL, (struct lie){"/statePath/", "value", frozen(1), 8}, "the winner gets back what is above the price");
}

static void programs_can_fail(void)
{
    const char *const small[] = {"size=200", NULL};
    breaks(1, "program.deploy", small, "vuln.unmetered-storage", (struct lie){0}, "a fee without storage is refused");
    breaks(1, "program.deploy", small, NULL, (struct lie){"/program/", "source_hash", NO_HASH, 0}, "the source is not that of its hash"); /* the client looks before anybody */
    breaks(1, "program.deploy", small, NULL, (struct lie){"/program/", "size", "7", 0}, "the source reads back whole");
    breaks(1, "program.deploy", small, NULL, (struct lie){"/program/", "deployed_height", "1", 0}, "it is told who deployed it, where and when");
    breaks(1, "program.deploy", small, NULL, (struct lie){"/transaction/", "fee_charged", "\"5\"", 0}, "the fee includes storage");
    live_done(2, "program.execute", NULL);
    breaks(2, "program.execute", NULL, NULL, (struct lie){"/estimate", "steps", "9", 0}, "the rehearsal is the local interpretation");
    breaks(2, "program.execute", NULL, NULL, (struct lie){"/transaction/", "steps", "9", 0}, "the output is the local interpretation");
}

static void body(struct village *village)
{
    v = village;
    phases_can_fail();
    ends_can_fail();
    programs_can_fail();
}

static void each_claim_about_names_and_programs_can_fail(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = 4, .seed = 21, .ax = 100000000, .wire = WIRE_TEXT, .simulated = true}, body));
}

int main(void)
{
    RUN(each_claim_about_names_and_programs_can_fail);
    return 0;
}
