/* Pools under load: a track that holds one at a size, what is measured of it, and the order of blocks; each can fail. */
#include "stage.h"
#include "tester/bot/send.h"

#define HEAD "scenario:\n" \
    "  metadata: {id: FUNC-904, name: pools, type: functional, duration: 100s}\n" \
    "  setup:\n" \
    "    network: {validators: 4, params: {block_interval_ms: 250%s}%s}\n" \
    "    bots:\n" \
    "      - {id: \"user-{1-40}\", role: general_user, wallet_ax: 5000000, wallet_dx: 5000000}\n" \
    "      - {id: \"trader-{1-20}\", role: trader, wallet_ax: 5000000, wallet_dx: 5000000, wallet_sax: 5000000}\n" \
    "  phases:\n"
#define TAIL "  success_criteria: [{agreement: true}]\n"

static struct plan *load(const char *body, const char *params, const char *network)
{
    static char text[6000];
    snprintf(text, sizeof(text), HEAD "%s" TAIL, params, network, body);
    return stage_load(text);
}

static struct stage *play(const char *body, const char *params, const char *network, const struct behavior_spec *instead)
{
    struct stage *stage = base_alloc(sizeof(*stage));
    stage->plan = load(body, params, network);
    if (instead) ((struct plan_track *)(uintptr_t)stage->plan->phases[0].tracks)->behavior = instead;
    stage_boot(stage, true);
    stage_play(stage);
    return stage;
}

#define FILL(target) \
    "    - {name: Fill, duration: 40s, chaos_action: block_capacity, chaos_params: {tx_per_second: 20}, bots: user-*, behavior: transfer.burst,\n" \
    "       params: {size: 5}, rate: 0.2/s, hold: {mempool_size: " target ", within: 10%},\n" \
    "       metrics: [mempool_size], assertions: [{mempool_peak: \">= 200\"}, {evictions: 0}, {inbound_tps: \"> 15\"}]}\n" \
    "    - {name: Drain, duration: 20s, chaos_action: clear, assertions: [{mempool_size: \"< 10\"}]}\n"

static void a_pool_is_held_at_a_size(void)
{
    struct stage *stage = play(FILL("200"), "", "", NULL);
    const struct finding *held = stage_finding(stage, "held");
    printf("held: " STR_FMT "\n", STR_ARG(held->actual));
    CHECK_U64(held->judgement, JUDGED_PASS);
    stage_expect(stage, 0);
    stage_free(stage);
}

/* 40 bots that may send 2 x 40 transactions a second, where a second takes 20 out: 60 s fill no more than 2400. */
static void what_cannot_be_filled_is_told(void)
{
    struct stage *stage = play(FILL("8000"), "", "", NULL);
    CHECK_U64(stage_finding(stage, "held")->judgement, JUDGED_INVALID);
    CHECK_STR(stage_finding(stage, "held")->actual, STR("never reached"));
    stage_expect(stage, 2);
    stage_free(stage);
}

static void holding_needs_a_size_and_a_rate(void)
{
    struct buf told = {0};
    static char text[6000];
    snprintf(text, sizeof(text), HEAD "    - {name: Fill, duration: 40s, bots: user-*, behavior: transfer.burst, hold: {within: 60%%}}\n" TAIL, "", "");
    stage_refused(text, &told);
    CHECK(memmem(told.data, told.len, "hold needs a mempool_size", 25) && memmem(told.data, told.len, "hold needs a rate", 17));
    CHECK(memmem(told.data, told.len, "within is one fraction", 22));
    buf_done(&told);
}

/* ---- tips: what is evicted at one view may run at another; in the end all sums hold ---- */

#define SMALL ", mempool_capacity: 300"
#define TIPS \
    "    - {name: Tips, duration: 40s, chaos_action: block_capacity, chaos_params: {tx_per_second: 20}, bots: user-*, behavior: transfer.simple,\n" \
    "       params: {tip: [0, 1000]}, rate: 40/s total,\n" \
    "       assertions: [{priority_lanes_ok: true}, {evictions: \"> 50\"}, {mempool_peak: 300}, {oldest_pending: \"> 2s\"}, {postconditions: true}, {inbound_tps: \"> 38\"}]}\n" \
    "    - {name: Drain, duration: 60s, chaos_action: clear, assertions: [{mempool_size: \"< 10\"}]}\n"

static void the_lowest_tips_leave_a_full_pool(void)
{
    struct stage *stage = play(TIPS, SMALL, "", NULL);
    stage_expect(stage, 0);
    stage_free(stage);
    stage = play(TIPS, SMALL, ", vulnerabilities: [vuln.fifo-mempool-no-fee-floor]", NULL); /* first come, first kept */
    CHECK_U64(stage_finding(stage, "evictions")->judgement, JUDGED_FAIL);
    stage_free(stage);
}

/* ---- orders ---- */

static void order(struct act *act, struct op *op)
{
    if (!act_on(act, CHAIN_DELTA, op)) return;
    struct rng rng = rng_split(&act->rng, STR("tip"), 0);
    const union payload payload = {.order_place = {.pair = STR("DX/sAX"), .side = SIDE_BUY, .order_type = ORDER_LIMIT, .price = 500000 + 10 * act->number % 1000, .quantity = 1000, .tif = TIF_GTC}};
    const struct send_plan plan = {.kind = KIND_ORDER_PLACE, .payload = &payload, .tip = AMOUNT(rng_below(&rng, 1000)), .loose = 1u << TOKEN_SAX | 1u << TOKEN_DX};
    (void)act_send(act, &plan, NULL, op);
}
static const struct behavior_spec ordering = {.name = "transfer.simple", .roles = "any", .transaction = true, .step = order};

#define ORDERS \
    "    - {name: Orders, duration: 40s, chaos_action: block_capacity, chaos_params: {tx_per_second: 20}, bots: trader-*, behavior: transfer.simple,\n" \
    "       rate: 30/s total, assertions: [{arrival_order_kept: true}]}\n" \
    "    - {name: Drain, duration: 20s, chaos_action: clear}\n"

static void orders_stand_as_they_came(void)
{
    struct stage *stage = play(ORDERS, "", "", &ordering);
    const struct finding *kept = stage_finding(stage, "arrival_order_kept");
    if (kept->judgement != JUDGED_PASS || kept->samples < 200) CHECK_FAIL("%u, %" PRIu64 ": " STR_FMT, kept->judgement, kept->samples, STR_ARG(kept->note));
    stage_free(stage);
    stage = play(ORDERS, "", ", vulnerabilities: [vuln.tip-ordered-dex-lane]", &ordering);
    CHECK_U64(stage_finding(stage, "arrival_order_kept")->judgement, JUDGED_FAIL);
    printf("broken: arrival_order_kept | " STR_FMT "\n", STR_ARG(stage_finding(stage, "arrival_order_kept")->note));
    stage_free(stage);
}

/* ---- peers ---- */

#define PEERS \
    "    - {name: Flood, duration: 30s, chaos_action: peer_flood, chaos_params: {target: v2, sybils: 30}, bots: user-*, behavior: transfer.simple,\n" \
    "       rate: 5/s total, assertions: [{peers_diverse: true}]}\n" \
    "    - {name: After, duration: 20s, chaos_action: clear, assertions: [{peers_diverse: true}]}\n"

static void a_crowd_of_one_group_is_no_company(void)
{
    struct stage *stage = play(PEERS, "", "", NULL);
    const struct finding *diverse = stage_finding(stage, "peers_diverse");
    if (diverse->judgement != JUDGED_PASS) CHECK_FAIL(STR_FMT, STR_ARG(diverse->note));
    CHECK_U64(diverse->samples, 4);
    stage_free(stage);
    stage = play(PEERS, "", ", vulnerabilities: [vuln.no-peer-diversity]", NULL);
    CHECK_U64(stage_finding(stage, "peers_diverse")->judgement, JUDGED_FAIL);
    printf("broken: peers_diverse | " STR_FMT "\n", STR_ARG(stage_finding(stage, "peers_diverse")->note));
    stage_free(stage);
}

int main(void)
{
    a_pool_is_held_at_a_size();
    what_cannot_be_filled_is_told();
    holding_needs_a_size_and_a_rate();
    the_lowest_tips_leave_a_full_pool();
    orders_stand_as_they_came();
    a_crowd_of_one_group_is_no_company();
    return 0;
}
