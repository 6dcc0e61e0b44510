/* Queueing and executing what has passed: by whoever comes first, and never before its time. */
#include <inttypes.h>
#include <stdio.h>

#include "core/codec/json.h"
#include "tester/behavior/governance_priv.h"
#include "tester/bot/submit_priv.h"
#include "tester/client/feed.h"

#define EARLY_BLOCKS 8u /* a final block is about three behind the head: from here on the head itself is watched */

static struct send_plan plan_of(enum kind kind, const union payload *payload) { return (struct send_plan){.kind = kind, .payload = payload}; }

bool gov_try_early(struct act *act, const struct hash *id, enum code wanted, uint32_t due)
{
    struct arena arena;
    arena_init(&arena, 0);
    struct landing landing = {.arena = &arena};
    const union payload payload = {.id = {*id}};
    const struct send_plan plan = plan_of(KIND_PROPOSAL_EXECUTE, &payload);
    const bool refused = act_send_refused(act, &plan, wanted, &landing, act->op);
    const bool in_time = !refused && act->op->status == OP_POSTCONDITION && landing.height >= due; /* it took its time, and was not early any more */
    arena_done(&arena);
    if (!in_time) return act_claim_refused(act, "it cannot be executed before its time", refused);
    act->op->status = OP_DONE;
    act->op->note[0] = '\0';
    return true;
}

/* Reads again what may have gone on meanwhile, keeping its texts. */
static bool look_again(struct act *act, uint32_t wanted, struct gov_proposal_view *p)
{
    const struct str title = p->title, action = p->action;
    const bool read = gov_read_when(act, CHAIN_ALPHA, &p->proposal_id, wanted, NULL, p);
    p->title = title;
    p->action = action;
    return read;
}

#define QUEUED_OR_DONE (1u << PROPOSAL_QUEUED | 1u << PROPOSAL_EXECUTED)

bool gov_queue(struct act *act, struct gov_proposal_view *p)
{
    const union payload payload = {.id = {p->proposal_id}};
    const struct send_plan plan = plan_of(KIND_PROPOSAL_QUEUE, &payload);
    struct landing landing = {0};
    if (!act_send(act, &plan, &landing, act->op)) {
        return gov_forgive(act->op, CODE_ALREADY_EXECUTED) && look_again(act, QUEUED_OR_DONE, p);
    }
    if (!look_again(act, QUEUED_OR_DONE, p)) return false;
    char text[ACTION_VALUE_BYTES_MAX + 1];
    uint64_t blocks = 0;
    if (!gov_parameter(act, CHAIN_ALPHA, "timelock_blocks", text)) return false;
    if (!str_to_u64(str_of(text), &blocks)) blocks = 0;
    return act_claim(act, "it is queued for the timelock's length", p->eta_height.has && p->eta_height.value == landing.height + blocks,
                     "queued in %" PRIu32 ", due at %" PRIu32, landing.height, p->eta_height.value);
}

/* What was executed, whoever did it. */
static bool claim_executed(struct act *act, const struct gov_proposal_view *p)
{
    return act_claim(act, "it is executed", p->status == PROPOSAL_EXECUTED && p->executed_height.has, "it is " STR_FMT,
                     STR_ARG(proposal_status_text(p->status))) &&
           act_claim(act, "it was executed no earlier than its eta", p->eta_height.has && p->executed_height.value >= p->eta_height.value,
                     "executed in %" PRIu32 ", due at %" PRIu32, p->executed_height.value, p->eta_height.value) &&
           act_claim(act, "what was executed had passed", gov_has_passed(p), "its count gives it no majority or no quorum");
}

static bool execute_now(struct act *act, struct gov_proposal_view *p)
{
    const union payload payload = {.id = {p->proposal_id}};
    const struct send_plan plan = plan_of(KIND_PROPOSAL_EXECUTE, &payload);
    if (!act_send(act, &plan, NULL, act->op) && !gov_forgive(act->op, CODE_ALREADY_EXECUTED)) return false;
    return look_again(act, 1u << PROPOSAL_EXECUTED, p) && claim_executed(act, p);
}

bool gov_execute(struct act *act, struct gov_proposal_view *p)
{
    if (p->status == PROPOSAL_EXECUTED) return claim_executed(act, p);
    return gov_reach(act, CHAIN_ALPHA, p->eta_height.value > 0 ? p->eta_height.value - 1 : 0) && execute_now(act, p);
}

/* ---- at the first block at which it may be ---- */

/* Not inlined: what it needs to read JSON must not stay on the stack of the fiber that waits. */
__attribute__((noinline)) static uint32_t event_height(struct str data)
{
    struct arena arena;
    struct err err;
    uint64_t height = 0;
    arena_init(&arena, 0);
    if (!json_u64(json_find(json_parse(&arena, data, &err), STR("height")), &height)) height = 0;
    arena_done(&arena);
    return height > UINT32_MAX ? 0 : (uint32_t)height;
}

/* Until the view has a block at `height`, final or not: the next one may execute. At every block before, executing is tried and refused. */
static bool head_follow(struct act *act, struct feed *feed, const struct gov_proposal_view *p)
{
    uint32_t head = 0;
    while (head + 1 < p->eta_height.value) {
        struct feed_event event;
        switch (feed_next(feed, act_deadline(act, duration_s(30)), &event)) {
        case FEED_EVENT:
            if (!event.gap) head = MAX(head, event_height(event.data));
            break;
        case FEED_LATE: break;
        case FEED_MALFORMED: head = UINT32_MAX - 1; break; /* goes on without: the attempt shows where it is */
        }
        if (act_gives_up(act)) {
            act->op->status = OP_TIMED_OUT;
            op_note(act->op, "the timelock did not end in time");
            return false;
        }
        if (head + 2 < p->eta_height.value && !gov_try_early(act, &p->proposal_id, CODE_TIMELOCK_NOT_EXPIRED, p->eta_height.value)) return false;
    }
    return true;
}

bool gov_execute_at_once(struct act *act, struct gov_proposal_view *p)
{
    const uint32_t eta = p->eta_height.value;
    if (p->status == PROPOSAL_QUEUED) {
        if (!gov_reach(act, CHAIN_ALPHA, eta > EARLY_BLOCKS ? eta - EARLY_BLOCKS : 1)) return false;
        const struct alpha client = gov_client(act, CHAIN_ALPHA);
        struct feed *feed = base_alloc(sizeof(*feed));
        struct answer answer;
        const bool open = feed_open(feed, act->crew->env, &client, STR("block.proposed"), FEED_FROM_NOW, act_deadline(act, ACT_READ_TIMEOUT), &answer);
        const bool there = open ? head_follow(act, feed, p) : act_fail(act->op, &answer);
        answer_done(&answer);
        if (open) feed_close(feed);
        base_free(feed);
        if (!there) return false;
    }
    if (!execute_now(act, p)) return false;
    return act_claim(act, "it was executed at once", p->executed_height.value < eta + 2, "due at %" PRIu32 ", executed in %" PRIu32, eta, p->executed_height.value);
}

/* ---- the behaviour ---- */

/* One proposal, as far as it can be taken: queued when it has passed, executed when its time has come. */
static bool carry_out(struct act *act, struct gov_proposal_view *p)
{
    const struct str wait = act_word(act, "wait");
    const bool voting = !str_eq(wait, STR("none")), timelock = str_eq(wait, STR("timelock"));
    if (voting && p->status <= PROPOSAL_ACTIVE) {
        if (!gov_reach(act, CHAIN_ALPHA, p->voting_end_height + 1) || !look_again(act, ~(1u << PROPOSAL_PENDING | 1u << PROPOSAL_ACTIVE), p)) return false;
    }
    if (p->status == PROPOSAL_SUCCEEDED && !gov_queue(act, p)) return false;
    if (!timelock || p->status != PROPOSAL_QUEUED) return execute_now(act, p) && gov_claim_effect(act, p);
    return gov_execute(act, p) && gov_claim_effect(act, p);
}

static void execute_one(struct act *act, const struct hash *id)
{
    struct arena arena;
    struct gov_proposal_view p;
    arena_init(&arena, 0);
    if (gov_read_when(act, CHAIN_ALPHA, id, UINT32_MAX, &arena, &p) && carry_out(act, &p)) {
        char text[16];
        const int len = snprintf(text, sizeof(text), "%" PRIu32, p.executed_height.value);
        act_output(act, STR("executed_height"), (struct str){text, (size_t)len});
    }
    arena_done(&arena);
}

/* Everything that has passed and is not done: all are queued before the first is waited for. */
static void execute_passed(struct act *act)
{
    struct arena arena;
    struct gov_list passed;
    bool good = true;
    arena_init(&arena, 0);
    if (gov_list(act, CHAIN_ALPHA, 1u << PROPOSAL_SUCCEEDED | 1u << PROPOSAL_QUEUED, &arena, &passed)) {
        for (size_t i = passed.count; i-- > 0 && good;) /* oldest first */
            if (passed.data[i].status == PROPOSAL_SUCCEEDED) good = gov_queue(act, &passed.data[i]);
        for (size_t i = passed.count; i-- > 0 && good;) good = carry_out(act, &passed.data[i]);
        if (passed.count == 0) {
            act->op->status = OP_SKIPPED;
            op_note(act->op, "nothing has passed that is not done");
        }
    }
    gov_list_done(&passed);
    arena_done(&arena);
}

void gov_execute_step(struct act *act, struct op *op)
{
    struct hash id;
    if (!act_on(act, CHAIN_ALPHA, op)) return;
    if (str_eq(act_word(act, "scope"), STR("passed")) || !act_has(act, "proposal")) execute_passed(act);
    else if (gov_id_of(act, "proposal", &id)) execute_one(act, &id);
}
