/* Each claim about names and programs can fail: planted weaknesses, and views that lie. One line a row. */
#include "broken.h"
#include "auctions.h"
#include "tester/client/alpha_names.h"

#define NO_HASH "\"0000000000000000000000000000000000000000000000000000000000000000\""

static struct village *v;

static void live_done(uint32_t bot, const char *behavior, const char *const *sets) { village_live_done(v, bot, behavior, sets); }

static void wait_phase(const char *name, uint32_t phase) { auction_wait(v, name, phase); }

static void breaks(uint32_t bot, const char *behavior, const char *const *sets, const char *weakness, struct lie lie, const char *claim)
{
    check_breaks(v, &(struct breaking){behavior, sets, weakness, lie, claim}, bot, v->numbers++);
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

static u128 bid_on(const char *name, uint32_t bot)
{
    const struct sealed_bids *all = &v->bots[bot]->sealed;
    for (size_t i = 0; i < all->bids.count; i++)
        if (strcmp(all->bids.data[i].name, name) == 0) return all->bids.data[i].bid.units;
    return 0;
}
static bool bids_more(const char *name, uint32_t bot, uint32_t than) { return bid_on(name, bot) > bid_on(name, than); }

static const char *nobody(void)
{
    static char out[ADDRESS_TEXT + 2];
    static const struct address zero;
    char text[ADDRESS_TEXT];
    address_text(&zero, CHAIN_ALPHA, text);
    snprintf(out, sizeof(out), "\"%s\"", text);
    return out;
}

static void phases_can_fail(void)
{
    const char *const bids[] = {"names=[aaa]", "delay=0s", "bid=123456", "reserve=200000", NULL}; /* the deposit is another number */
    breaks(0, "name_service.create_auction", named("aaa"), NULL, (struct lie){"/names/", "commit_end", "7", 0}, "the windows are those that were asked for");
    breaks(0, "name_service.create_auction", named("abc"), NULL, (struct lie){"/names/", "winner", nobody(), 0}, "nobody owns the name while it is bid for");
    breaks(0, "name_service.commit_bid", bids, NULL, (struct lie){"/names/", "reveals", "0,\"highest\":\"123456\"", 0}, "a commit tells neither bid nor salt");
    breaks(1, "name_service.commit_bid", named("aaa"), NULL, (struct lie){"/names/", "commits", "0", 0}, "the commit is counted");
    breaks(2, "name_service.commit_bid", named("aaa"), NULL, (struct lie){"/names/", "reveals", "1", 0}, "no bid shows before it is revealed");
    breaks(3, "name_service.commit_bid", named("aaa"), NULL, (struct lie){"/statePath/", "value", lie_frozen(v, CHAIN_ALPHA, 3), 0}, "the deposit leaves the account");
    wait_phase("aaa", NAME_REVEAL);
    breaks(1, "name_service.reveal_bid", named("aaa"), NULL, (struct lie){"/names/", "reveals", "0", 0}, "the reveal is counted");
    breaks(3, "name_service.reveal_bid", named("aaa"), NULL, (struct lie){"/names/", "price", "\"5\"", 0}, "no price is told while bids are revealed");
    breaks(2, "name_service.reveal_bid", named("aaa"), NULL, (struct lie){"/names/", "reveal_end", "1", 0}, "a reveal is taken in its phase alone");
}

static void ends_can_fail(void)
{
    auction_stands("bbb");
    breaks(0, "name_service.finalize", named("bbb"), "vuln.first-price-auction", (struct lie){0}, "the price is the second bid or the reserve");
    for (uint32_t bot = 1; bot <= 2; bot++) { /* one of them won */
        struct answer answer;
        const struct name_view *view = alpha_name(&v->crew.alpha, STR("bbb"), village_in(v, duration_s(10)), &answer);
        CHECK(view != NULL && view->winner.has);
        const bool won = address_eq(&view->winner.value, &v->bots[bot]->identity.address);
        answer_done(&answer);
        if (won) breaks(bot, "name_service.claim_name", named("bbb"), NULL, (struct lie){"/names/", "phase", "\"finalized\"", 0}, "owner resolves");
        else breaks(bot, "name_service.claim_name", named("bbb"), NULL, (struct lie){"/names/", "owner", nobody(), 0}, "who lost owns nothing");
    }
    auction_stands("ccc");
    breaks(0, "name_service.finalize", named("ccc"), NULL, (struct lie){"/names/", "winner", nobody(), 0}, "the winner is the highest valid reveal");
    auction_stands("ddd");
    breaks(0, "name_service.finalize", named("ddd"), NULL, (struct lie){"/names/", "price", "\"1\"", 0}, "what went in is price, refunds and forfeits");
    auction_stands("eee");
    breaks(0, "name_service.finalize", named("eee"), NULL, (struct lie){"/names/", "commits", "9", 0}, "all commits and reveals are in blocks");
    auction_stands("fff"); /* the newest commit is looked at first: it is the one that was not revealed */
    breaks(0, "name_service.finalize", named("fff"), NULL, (struct lie){"/statePath/", "value", lie_frozen(v, CHAIN_ALPHA, 3), 6}, "who does not reveal forfeits exactly the penalty");
    for (unsigned winner = 0; winner < 2; winner++) {
        const char *const name = winner ? "hhh" : "ggg";
        auction_stands(name);
        const uint32_t skip = bids_more(name, 2, 1) == (winner == 1) ? 8 : 10; /* the third one's account is looked at first, then the second one's */
        breaks(0, "name_service.finalize", named(name), NULL, (struct lie){"/statePath/", "value", lie_frozen(v, CHAIN_ALPHA, 1), skip},
               winner ? "the winner gets back what is above the price" : "losers are refunded in full");
    }
}

/* Without its payments no block shows the opening; what a penalty is must be a number. */
static void readings_can_fail(void)
{
    auction_stands("iii");
    check_breaks(v, &(struct breaking){"name_service.finalize", named("iii"), NULL, {"/block/", "transactions", "[]", 0}, "the auction's opening is in the chain",
                                       .too = {"/block/", "transaction_ids", "[]"}}, 0, v->numbers++);
    auction_stands("jjj");
    breaks(0, "name_service.finalize", named("jjj"), NULL, (struct lie){"/governance/parameters", "unrevealed_penalty_bps", "\"some\"", 0}, "the penalty is a parameter");
}

/* A source that has its own hash, and is another's. */
static const char *hash_of(const char *source)
{
    static char out[67];
    const struct hash hash = hash_tagged(PROGRAM_SOURCE_TAG, source, strlen(source));
    out[0] = out[65] = '"';
    str_hex(hash.b, sizeof(hash.b), out + 1);
    return out;
}

static void programs_can_fail(void)
{
    const char *const small[] = {"size=200", NULL};
    check_breaks(v, &(struct breaking){"program.deploy", small, NULL, {"/program/", "source", "\"program x\"", 0}, "the source hash is that of the source",
                                       .too = {"/program/", "source_hash", hash_of("program x")}}, 1, v->numbers++);
    breaks(1, "program.deploy", small, NULL, (struct lie){"/governance/parameters", "storage_fee_per_byte", "\"some\"", 0}, "the fee for storage is a parameter");
    breaks(1, "program.deploy", small, "vuln.unmetered-storage", (struct lie){0}, "a fee without storage is refused");
    breaks(1, "program.deploy", small, NULL, (struct lie){"/program/", "source_hash", NO_HASH, 0}, "the source is not that of its hash"); /* the client looks before anybody */
    breaks(1, "program.deploy", small, NULL, (struct lie){"/program/", "size", "7", 0}, "the source reads back whole");
    breaks(1, "program.deploy", small, NULL, (struct lie){"/program/", "deployed_height", "1", 0}, "it is told who deployed it, where and when");
    breaks(1, "program.deploy", small, NULL, (struct lie){"/transaction/", "fee_charged", "\"5\"", 0}, "the fee includes storage");
    live_done(2, "program.execute", NULL);
    breaks(2, "program.execute", NULL, NULL, (struct lie){"/estimate", "steps", "9", 0}, "the rehearsal is the local interpretation");
    breaks(2, "program.execute", NULL, NULL, (struct lie){"/transaction/", "steps", "9", 0}, "the output is the local interpretation");
    breaks(2, "program.execute", NULL, NULL, (struct lie){"/cells/", "", "\"7\"", 1}, "the state is the local interpretation");
}

static void body(struct village *village)
{
    v = village;
    phases_can_fail();
    ends_can_fail();
    readings_can_fail();
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
