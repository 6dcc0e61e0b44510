/* Tries to let a validator's node go on signing while a bot drives it, to leave it without anybody afterwards, and to give a bot other keys than its
 * validator's. */
#include "stage.h"

#include "tester/bot/tide.h"

static uint32_t ran;
static struct pubkey consensus_seen;
static struct address account_seen;

/* Does nothing in its validator's place, for as long as its phase lasts. */
static void idle(struct act *act, struct op *op)
{
    CHECK_U64(act->bot->seat.number, 1);
    CHECK(strcmp(act->bot->seat.name, "v1") == 0);
    consensus_seen = act->bot->seat.consensus.pub;
    account_seen = act->bot->identity.address;
    ran++;
    while (!act_is_closing(act)) fiber_sleep(act->crew->env, duration_ms(100));
    op->status = OP_DONE;
}
static const struct behavior_spec idling = {.name = "validator.participate", .roles = "validator", .drives = true, .step = idle};

#define TEXT "scenario:\n" \
    "  metadata: {id: UNIT-002, name: seat, type: unit, duration: 30s}\n" \
    "  setup:\n" \
    "    network: {validators: 4, params: {block_interval_ms: 200}}\n" \
    "    bots: [{id: val, role: validator, wallet_ax: 1000000}]\n" \
    "  phases:\n" \
    "    - {name: Own, duration: 9s, bots: val, behavior: query.validator}\n" \
    "    - {name: Driven, duration: 9s, bots: val, behavior: query.validator}\n" \
    "    - {name: Back, duration: 9s, bots: val, behavior: query.validator}\n" \
    "  success_criteria: [{finalising: true}]\n"

static struct instant driven_from, driven_to, ended;
static uint32_t blocks_own, blocks_driven, blocks_back;

static void counts_blocks(struct stage *stage)
{
    struct answer answer;
    for (uint32_t height = 1;; height++) {
        const struct block_view *block = alpha_block(&stage->target.alpha, height, false, stage_soon(stage), &answer);
        if (block == NULL) {
            answer_done(&answer);
            return;
        }
        const struct instant at = (struct instant){block->header.timestamp_ms * NS_PER_MS};
        if (address_eq(&block->header.proposer, &account_seen)) {
            if (instant_before(at, driven_from)) blocks_own++;
            else if (at.ns > driven_from.ns + NS_PER_S && instant_before(at, driven_to)) blocks_driven++;
            else if (at.ns > driven_to.ns + NS_PER_S && instant_before(at, ended)) blocks_back++;
        }
        answer_done(&answer);
    }
}

static void checks_keys(struct stage *stage)
{
    struct answer answer;
    const struct page *page = alpha_validators(&stage->target.alpha, 500, (struct str){0}, stage_soon(stage), &answer);
    CHECK(page != NULL);
    const struct validator_view *items = page->items;
    bool found = false;
    for (uint32_t i = 0; i < page->count; i++) {
        if (!str_eq(items[i].name, STR("v1"))) continue;
        found = true;
        CHECK(address_eq(&items[i].address, &account_seen));
        CHECK(memcmp(items[i].consensus_key.b, consensus_seen.b, sizeof(consensus_seen.b)) == 0);
    }
    CHECK(found);
    answer_done(&answer);
}

static void a_driven_validators_node_signs_nothing_until_it_is_handed_back(void)
{
    struct stage *stage = base_alloc(sizeof(*stage));
    stage->plan = stage_load(TEXT);
    ((struct plan_track *)(uintptr_t)stage->plan->phases[1].tracks)->behavior = &idling;
    stage_boot(stage, true);
    stage_play(stage);
    stage_expect(stage, 0);
    CHECK_U64(ran, 1);
    driven_from = stage->outcome->phases[1].started;
    driven_to = stage->outcome->phases[1].ended;
    ended = stage->outcome->ended;
    stage_ask(stage, counts_blocks);
    stage_ask(stage, checks_keys);
    CHECK(blocks_own > 2);
    CHECK_U64(blocks_driven, 0);
    CHECK(blocks_back > 2);
    stage_free(stage);
}

static void without_an_admin_api_nobody_gets_a_seat(void)
{
    struct stage *stage = base_alloc(sizeof(*stage));
    stage->plan = stage_load(TEXT);
    stage_boot(stage, true);
    const struct plan *plan = stage->plan;
    const struct address v1 = bot_seat_address(plan->seed, 1, stage->target.suite), other = bot_seat_address(plan->seed + 1, 1, stage->target.suite);
    CHECK(!address_eq(&v1, &other));
    CHECK_U64(plan_seat(plan, 0), 1);
    stage->target.admin = NULL; /* nobody tells whose keys there are */
    stage_play(stage);
    stage_expect(stage, 2);
    stage_free(stage);
}

static bool went_on;

/* Two of four sign nothing while their phase lasts; the second then still waits for blocks to become final. */
static void outlasts(struct act *act, struct op *op)
{
    struct env *env = act->crew->env;
    while (!act_is_closing(act)) fiber_sleep(env, duration_ms(100));
    op->status = OP_DONE;
    if (act->bot->index == 0) return;
    uint32_t height = 0;
    CHECK(tide_await(act, CHAIN_ALPHA, 1, instant_add(env_now(env), duration_s(1)), &height));
    went_on = tide_await(act, CHAIN_ALPHA, height + 3, instant_add(env_now(env), duration_s(20)), NULL);
}
static const struct behavior_spec outlasting = {.name = "validator.participate", .roles = "validator", .drives = true, .step = outlasts};

static void who_is_done_hands_back_while_another_still_waits(void)
{
    struct stage *stage = base_alloc(sizeof(*stage));
    stage->plan = stage_load("scenario:\n"
                             "  metadata: {id: UNIT-003, name: two seats, type: unit, duration: 20s}\n"
                             "  setup:\n"
                             "    network: {validators: 4, params: {block_interval_ms: 200}}\n"
                             "    bots: [{id: 'val-{1-2}', role: validator, wallet_ax: 1000000}]\n"
                             "  phases:\n"
                             "    - {name: Own, duration: 9s, bots: 'val-{1-2}', behavior: query.validator}\n"
                             "    - {name: Driven, duration: 9s, bots: 'val-{1-2}', behavior: query.validator}\n"
                             "  success_criteria: [{finalising: true}]\n");
    ((struct plan_track *)(uintptr_t)stage->plan->phases[1].tracks)->behavior = &outlasting;
    stage_boot(stage, true);
    stage_play(stage);
    CHECK(went_on);
    stage_free(stage);
}

int main(void)
{
    who_is_done_hands_back_while_another_still_waits();
    a_driven_validators_node_signs_nothing_until_it_is_handed_back();
    without_an_admin_api_nobody_gets_a_seat();
    return 0;
}
