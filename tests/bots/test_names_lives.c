/* Names and programs, lived: auctions from their opening to the claim, deployments and calls, with what must refuse them. */
#include "village.h"

#include "auctions.h"
#include "tester/client/alpha_names.h"

static struct village *v;

static struct op live(uint32_t bot, const char *behavior, const char *const *sets) { return village_live_told(v, bot, behavior, sets); }

static void live_done(uint32_t bot, const char *behavior, const char *const *sets)
{
    const struct op op = live(bot, behavior, sets);
    check_done(&op);
}

static void live_refused(uint32_t bot, const char *behavior, const char *const *sets, enum code code)
{
    const struct op op = live(bot, behavior, sets);
    check_refused(&op, code);
}

static void wait_phase(const char *name, uint32_t phase) { auction_wait(v, name, phase); }

#define ALICE "names=[alice]", "delay=0s"
#define BOB "names=[bob]", "delay=0s"

static void an_auction_is_lived(void)
{
    live_done(0, "name_service.create_auction", SETS(ALICE));
    live_refused(0, "name_service.create_auction", SETS(ALICE), CODE_ALREADY_EXISTS);
    for (uint32_t bot = 1; bot <= 4; bot++) live_done(bot, "name_service.commit_bid", SETS(ALICE));
    live_refused(1, "name_service.reveal_bid", SETS(ALICE), CODE_AUCTION_PHASE_MISMATCH);
    wait_phase("alice", NAME_REVEAL);
    live_refused(5, "name_service.commit_bid", SETS(ALICE), CODE_AUCTION_PHASE_MISMATCH);
    for (uint32_t bot = 1; bot <= 3; bot++) live_done(bot, "name_service.reveal_bid", SETS(ALICE));
    live_done(4, "name_service.reveal_bid", SETS(ALICE, "reveal_fraction=0"));
    CHECK_U64(live(4, "name_service.reveal_bid", SETS(ALICE)).status, OP_SKIPPED); /* it withholds for good */
    live_refused(0, "name_service.finalize", SETS(ALICE), CODE_AUCTION_PHASE_MISMATCH);
    wait_phase("alice", NAME_ENDED);
    live_done(1, "name_service.finalize", SETS(ALICE)); /* a bidder of its own */
    live_refused(0, "name_service.finalize", SETS(ALICE), CODE_ALREADY_EXECUTED);
    uint32_t paid = 0;
    for (uint32_t bot = 1; bot <= 3; bot++) {
        const struct op op = live(bot, "name_service.claim_name", SETS(ALICE));
        check_done(&op);
        paid += op.transactions;
    }
    CHECK_U64(paid, 1); /* the others lost */
}

static void nobody_wins_what_nobody_reveals(void)
{
    live_done(0, "name_service.create_auction", SETS(BOB, "commit_window=10", "reveal_window=4"));
    live_done(1, "name_service.commit_bid", SETS(BOB));
    wait_phase("bob", NAME_ENDED);
    live_done(0, "name_service.finalize", SETS(BOB));
    live_refused(1, "name_service.claim_name", SETS(BOB), CODE_NOT_WINNER);
    live_done(0, "name_service.create_auction", SETS(BOB)); /* up again */
}

static void what_there_is_not_is_refused(void)
{
    live_refused(1, "name_service.commit_bid", SETS("names=[nobody]", "delay=0s"), CODE_NAME_NOT_FOUND);
    live_refused(1, "name_service.finalize", SETS("names=[nobody]", "delay=0s"), CODE_NAME_NOT_FOUND);
    live_refused(1, "name_service.create_auction", SETS("names=[-x-]", "delay=0s"), CODE_INVALID_NAME);
    CHECK_U64(live(5, "name_service.reveal_bid", SETS("delay=0s")).status, OP_SKIPPED);
}

static void programs_are_deployed_and_called(void)
{
    live_done(1, "program.deploy", NULL);
    live_done(2, "program.deploy", SETS("size=300"));
    live_done(3, "program.execute", SETS("function=put"));
    live_done(3, "program.execute", SETS("function=bump"));
    live_done(3, "program.execute", SETS("function=thrice"));
    live_done(4, "program.execute", NULL);
    live_refused(4, "program.execute", SETS("program=nowhere"), CODE_PROGRAM_NOT_FOUND);
    CHECK_U64(live(4, "program.execute", SETS("function=other")).status, OP_SKIPPED);
}

static void body(struct village *village)
{
    v = village;
    an_auction_is_lived();
    nobody_wins_what_nobody_reveals();
    what_there_is_not_is_refused();
    programs_are_deployed_and_called();
    village_check_settled(v);
}

static void names_and_programs_are_lived(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = 6, .seed = 11, .ax = 100000000, .wire = WIRE_STRUCT, .simulated = true}, body));
}

static void who_has_nothing_is_refused(struct village *village)
{
    v = village;
    CHECK(live(0, "program.deploy", NULL).status != OP_DONE);
    CHECK(live(0, "name_service.create_auction", SETS(ALICE)).status != OP_DONE);
}
static void the_unfunded_do_nothing(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = 2, .seed = 12, .ax = 50, .wire = WIRE_STRUCT, .simulated = true}, who_has_nothing_is_refused));
}

int main(void)
{
    RUN(names_and_programs_are_lived);
    RUN(the_unfunded_do_nothing);
    return 0;
}
