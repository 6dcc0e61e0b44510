/* Tries to make joint proposals do what one chain alone decided, or the two chains differ. Messages are handed over as the bridge
 * hands them over when it has proven them. */
#include "network/ledger/test/governance_fixture.h"

enum { BOX = 64 };
struct box { /* what a chain has sent */
    struct buf bytes[BOX];
    size_t count, taken;
};
static struct town alpha, delta;
static struct box from_alpha, from_delta;

static void box_keep(struct box *box, const struct ledger_result *result)
{
    for (uint32_t i = 0; i < result->message_count; i++) {
        CHECK(box->count < BOX);
        buf_put_str(&box->bytes[box->count++], result->messages[i]);
    }
}
static void box_empty(struct box *box)
{
    for (size_t i = 0; i < box->count; i++) buf_done(&box->bytes[i]);
    memset(box, 0, sizeof(*box));
}

/* A block of these transactions; what it sends goes into the box. */
static struct receipt step(struct town *town, struct box *box, struct tx *tx)
{
    struct ledger_result *result = town_run(town, NULL, &tx, tx != NULL);
    CHECK_U64(result->verdict, LEDGER_GOOD);
    const struct receipt receipt = tx != NULL ? result->receipts[0] : (struct receipt){0};
    box_keep(box, result);
    ledger_result_unref(result);
    return receipt;
}
static void both_step(uint32_t blocks)
{
    while (blocks-- > 0) {
        (void)step(&alpha, &from_alpha, NULL); /* an empty block has no receipt */
        (void)step(&delta, &from_delta, NULL);
    }
}

/* Executes one message in a block of its own. */
static enum code deliver(struct town *town, struct box *box, struct str bytes)
{
    struct ipc_message message;
    const struct ledger_frame frame = town_frame(town);
    struct work *work = base_alloc(sizeof(*work));
    CHECK(ipc_decode(bytes, &message));
    work_init(work, town->state, &town->rules, &frame);
    const enum code code = message_execute(work, &message);
    for (size_t i = 0; i < work->messages.count; i++)
        buf_put(&box->bytes[box->count++], work->messages_bytes.data + work->messages.data[i].at, work->messages.data[i].len);
    struct ledger_state *next = work_commit(work, frame.height);
    ledger_state_unref(town->state);
    town->state = next;
    work_done(work);
    base_free(work);
    return code;
}
static enum code carry(struct box *box, struct town *to, struct box *answers)
{
    CHECK(box->taken < box->count);
    return deliver(to, answers, buf_str(&box->bytes[box->taken++]));
}
static enum ipc_type next_type(const struct box *box)
{
    struct ipc_message message;
    CHECK(box->taken < box->count);
    CHECK(ipc_decode(buf_str(&box->bytes[box->taken]), &message));
    return message.type;
}

static void setup(void)
{
    const struct params a = gov_params(CHAIN_ALPHA), d = gov_params(CHAIN_DELTA);
    gov_town_init(&alpha, CHAIN_ALPHA, &a);
    gov_town_init(&delta, CHAIN_DELTA, &d);
    CHECK_U64(gov_stake(&alpha, 0, 60000), CODE_NONE);
    CHECK_U64(gov_stake(&delta, 1, 50000), CODE_NONE);
    CHECK_U64(gov_stake(&delta, 2, 20000), CODE_NONE);
    CHECK_U64(gov_register(&alpha, 0, GOV_DEPOSIT), CODE_NONE);
}
static void teardown(void)
{
    box_empty(&from_alpha);
    box_empty(&from_delta);
    town_done(&alpha);
    town_done(&delta);
}

static struct tx *vote_tx(const struct town *town, size_t from, const struct hash *id, enum vote_choice choice)
{
    const union payload payload = {.vote = {.proposal = *id, .choice = (uint8_t)choice}};
    return gov_tx(town, from, town == &alpha ? KIND_PROPOSAL_VOTE : KIND_GOV_VOTE, &payload);
}
static struct tx *id_tx(const struct town *town, size_t from, enum kind kind, const struct hash *id)
{
    return gov_tx(town, from, kind, &(union payload){.id = {*id}});
}

/* A joint proposal stands on both chains, and is voted on there. */
static struct hash voted(const struct action *action, enum vote_choice on_alpha, enum vote_choice on_delta)
{
    const union payload payload = {.proposal_create = {.title = STR("both"), .joint = true, .deposit = AMOUNT(GOV_PROPOSAL), .action = *action}};
    struct tx *tx = gov_tx(&alpha, 0, KIND_PROPOSAL_CREATE, &payload);
    const struct hash id = tx->id;
    CHECK_U64(step(&alpha, &from_alpha, tx).code, CODE_NONE);
    CHECK_U64(next_type(&from_alpha), IPC_GOVERNANCE_MIRROR);
    CHECK_U64(carry(&from_alpha, &delta, &from_delta), CODE_NONE);
    both_step(GOV_DELAY - 1);
    CHECK_U64(step(&alpha, &from_alpha, vote_tx(&alpha, 0, &id, on_alpha)).code, CODE_NONE);
    CHECK_U64(step(&delta, &from_delta, vote_tx(&delta, 1, &id, on_delta)).code, CODE_NONE);
    return id;
}

static void a_joint_proposal_is_mirrored_and_voted_on_with_deltas_own_stake(void)
{
    setup();
    const struct action action = gov_parameter("taker_bps", "9");
    const struct hash id = voted(&action, CHOICE_YES, CHOICE_YES);
    const struct gov_proposal_view view = gov_view(&delta, &id);
    CHECK(view.joint && view.has_counterpart);
    CHECK_U64(view.counterpart.chain, CHAIN_ALPHA);
    CHECK(!view.counterpart.passed.has);
    CHECK(view.tally.yes.units == 50000);
    CHECK(view.tally.total_weight.units == 70000);
    CHECK_U64(view.voting_end_height - view.voting_start_height + 1, GOV_PERIOD);
    CHECK_U64(step(&delta, &from_delta, vote_tx(&delta, 1, &id, CHOICE_NO)).code, CODE_ALREADY_VOTED);
    CHECK_U64(step(&delta, &from_delta, vote_tx(&delta, 0, &id, CHOICE_NO)).code, CODE_INSUFFICIENT_STAKE);
    CHECK_U64(step(&delta, &from_delta, vote_tx(&delta, 0, &(struct hash){{1}}, CHOICE_NO)).code, CODE_PROPOSAL_NOT_FOUND);
    CHECK_STR(view.action, gov_view(&alpha, &id).action);
    struct mirror_view mirror;
    CHECK(governance_mirror(&delta.rules, delta.state, &id, &mirror));
    CHECK_U64(mirror.delta_status, PROPOSAL_ACTIVE);
    CHECK(!mirror.alpha_passed.has && !mirror.delta_passed.has && !mirror.executable);
    CHECK(!governance_mirror(&alpha.rules, alpha.state, &id, &mirror));
    teardown();
}

static void both_chains_apply_what_both_passed(void)
{
    setup();
    const struct action action = gov_parameter("taker_bps", "9");
    const struct hash id = voted(&action, CHOICE_YES, CHOICE_YES);
    both_step(GOV_PERIOD);
    CHECK_U64(gov_status(&alpha, &id), PROPOSAL_SUCCEEDED);
    CHECK_U64(gov_status(&delta, &id), PROPOSAL_QUEUED);
    struct receipt receipt = step(&alpha, &from_alpha, id_tx(&alpha, 5, KIND_PROPOSAL_QUEUE, &id));
    CHECK_U64(receipt.code, CODE_PROPOSAL_NOT_EXECUTABLE); /* Delta's count is not here yet */
    CHECK_U64(receipt.reason, RECEIPT_REASON_VOTING_OPEN);
    CHECK_U64(next_type(&from_delta), IPC_GOVERNANCE_TALLY);
    CHECK_U64(carry(&from_delta, &alpha, &from_alpha), CODE_NONE);
    CHECK(gov_view(&alpha, &id).counterpart.passed.value);
    CHECK_U64(step(&alpha, &from_alpha, id_tx(&alpha, 5, KIND_PROPOSAL_QUEUE, &id)).code, CODE_NONE);
    CHECK_U64(step(&delta, &from_delta, id_tx(&delta, 5, KIND_GOV_EXECUTE, &id)).code, CODE_PROPOSAL_NOT_EXECUTABLE); /* Alpha has not */
    both_step(GOV_TIMELOCK);
    CHECK_U64(step(&delta, &from_delta, id_tx(&delta, 5, KIND_GOV_EXECUTE, &id)).code, CODE_PROPOSAL_NOT_EXECUTABLE);
    CHECK_U64(step(&alpha, &from_alpha, id_tx(&alpha, 5, KIND_PROPOSAL_EXECUTE, &id)).code, CODE_NONE);
    CHECK_U64(ledger_params(alpha.state)->taker_bps, 9);
    CHECK_U64(ledger_params(delta.state)->taker_bps, 5);
    CHECK_U64(next_type(&from_alpha), IPC_GOVERNANCE_EXECUTED);
    CHECK_U64(carry(&from_alpha, &delta, &from_delta), CODE_NONE);
    CHECK_U64(ledger_params(delta.state)->taker_bps, 9);
    CHECK_U64(gov_status(&delta, &id), PROPOSAL_EXECUTED);
    CHECK_U64(step(&delta, &from_delta, id_tx(&delta, 5, KIND_GOV_EXECUTE, &id)).code, CODE_ALREADY_EXECUTED);
    CHECK_U64(from_alpha.taken, from_alpha.count);
    gov_check_supply(&alpha);
    gov_check_supply(&delta);
    teardown();
}

static void what_one_chain_refuses_changes_neither(void)
{
    const struct action action = gov_parameter("taker_bps", "9");
    for (int refuser = 0; refuser < 2; refuser++) {
        setup();
        const struct hash id = voted(&action, refuser == 0 ? CHOICE_NO : CHOICE_YES, refuser == 1 ? CHOICE_NO : CHOICE_YES);
        both_step(GOV_PERIOD);
        CHECK_U64(carry(&from_delta, &alpha, &from_alpha), CODE_NONE);
        CHECK_U64(gov_status(&alpha, &id), PROPOSAL_DEFEATED);
        CHECK_U64(step(&alpha, &from_alpha, id_tx(&alpha, 5, KIND_PROPOSAL_QUEUE, &id)).code, CODE_PROPOSAL_NOT_EXECUTABLE);
        both_step(GOV_TIMELOCK + 1);
        CHECK_U64(step(&alpha, &from_alpha, id_tx(&alpha, 5, KIND_PROPOSAL_EXECUTE, &id)).code, CODE_PROPOSAL_NOT_EXECUTABLE);
        CHECK_U64(step(&delta, &from_delta, id_tx(&delta, 5, KIND_GOV_EXECUTE, &id)).code, CODE_PROPOSAL_NOT_EXECUTABLE);
        CHECK_U64(carry(&from_alpha, &delta, &from_delta), CODE_NONE); /* outcome: defeated */
        CHECK_U64(gov_status(&delta, &id), PROPOSAL_DEFEATED);
        both_step(GOV_UNBONDING);
        CHECK_U64(ledger_params(alpha.state)->taker_bps, 5);
        CHECK_U64(ledger_params(delta.state)->taker_bps, 5);
        CHECK(gov_holding_deposits(&alpha) == GOV_DEPOSIT);
        teardown();
    }
}

static void delta_waits_for_its_own_timelock_and_is_executed_by_anybody(void)
{
    const struct action action = gov_parameter("taker_bps", "9");
    for (int somebody = 0; somebody < 2; somebody++) {
        setup();
        const struct hash id = voted(&action, CHOICE_YES, CHOICE_YES);
        for (uint32_t i = 0; i < GOV_PERIOD; i++) (void)step(&delta, &from_delta, NULL);
        for (uint32_t i = 0; i < GOV_PERIOD; i++) (void)step(&alpha, &from_alpha, NULL);
        CHECK_U64(carry(&from_delta, &alpha, &from_alpha), CODE_NONE);
        CHECK_U64(step(&alpha, &from_alpha, id_tx(&alpha, 5, KIND_PROPOSAL_QUEUE, &id)).code, CODE_NONE);
        for (uint32_t i = 0; i < GOV_TIMELOCK; i++) (void)step(&alpha, &from_alpha, NULL); /* Delta stands still meanwhile */
        CHECK_U64(step(&alpha, &from_alpha, id_tx(&alpha, 5, KIND_PROPOSAL_EXECUTE, &id)).code, CODE_NONE);
        CHECK_U64(carry(&from_alpha, &delta, &from_delta), CODE_NONE);
        CHECK_U64(ledger_params(delta.state)->taker_bps, 5);
        CHECK_U64(step(&delta, &from_delta, id_tx(&delta, 5, KIND_GOV_EXECUTE, &id)).code, CODE_TIMELOCK_NOT_EXPIRED);
        const uint32_t eta = gov_view(&delta, &id).eta_height.value;
        while (ledger_height(delta.state) + 1 < eta) (void)step(&delta, &from_delta, NULL);
        struct mirror_view mirror;
        CHECK(governance_mirror(&delta.rules, delta.state, &id, &mirror));
        CHECK(mirror.executable && mirror.alpha_passed.value && mirror.delta_passed.value);
        CHECK_U64(mirror.alpha_status, PROPOSAL_EXECUTED);
        if (somebody == 1) CHECK_U64(step(&delta, &from_delta, id_tx(&delta, 5, KIND_GOV_EXECUTE, &id)).code, CODE_NONE);
        else for (uint32_t i = 0; i <= MIRROR_PATIENCE_BLOCKS; i++) (void)step(&delta, &from_delta, NULL);
        CHECK_U64(ledger_params(delta.state)->taker_bps, 9);
        CHECK_U64(gov_status(&delta, &id), PROPOSAL_EXECUTED);
        both_step(MIRROR_PATIENCE_BLOCKS + 2);
        CHECK_U64(gov_status(&delta, &id), PROPOSAL_EXECUTED);
        teardown();
    }
}

static void a_cancelled_proposal_is_cancelled_on_both(void)
{
    setup();
    const struct hash id = voted(&gov_text, CHOICE_YES, CHOICE_YES);
    CHECK_U64(step(&alpha, &from_alpha, id_tx(&alpha, 0, KIND_PROPOSAL_CANCEL, &id)).code, CODE_NONE);
    CHECK_U64(carry(&from_alpha, &delta, &from_delta), CODE_NONE);
    CHECK_U64(gov_status(&delta, &id), PROPOSAL_CANCELLED);
    both_step(GOV_PERIOD + 2);
    CHECK_U64(from_delta.count, 0); /* nothing is left to count */
    teardown();
}

static void messages_that_fit_nothing_fail_and_change_nothing(void)
{
    setup();
    const struct hash id = voted(&gov_text, CHOICE_YES, CHOICE_YES);
    from_alpha.taken = 0;
    CHECK_U64(carry(&from_alpha, &delta, &from_delta), CODE_ALREADY_EXISTS); /* the mirror again */
    both_step(GOV_PERIOD);
    CHECK_U64(carry(&from_delta, &alpha, &from_alpha), CODE_NONE);
    from_delta.taken--;
    CHECK_U64(carry(&from_delta, &alpha, &from_alpha), CODE_ALREADY_EXECUTED); /* the count again */
    struct ipc_message message = {.type = IPC_GOVERNANCE_TALLY, .source = delta.rules.domain, .destination = alpha.rules.domain, .sequence = 9, .source_height = 1};
    struct buf bytes = {0};
    ipc_encode(&message, &bytes);
    CHECK_U64(deliver(&alpha, &from_alpha, buf_str(&bytes)), CODE_PROPOSAL_NOT_FOUND);
    CHECK_U64(gov_status(&alpha, &id), PROPOSAL_SUCCEEDED);
    buf_done(&bytes);
    teardown();
}

/* An allocation to Delta is decided by Alpha alone and paid by Delta's treasury. */
static void an_allocation_to_delta_is_paid_there(void)
{
    setup();
    const struct action action = {.type = ACTION_TREASURY_ALLOCATION, .dest_chain = CHAIN_DELTA, .recipient = delta.people[7].address, .amount = AMOUNT(3000)};
    struct hash id;
    CHECK_U64(gov_propose(&alpha, 0, GOV_PROPOSAL, false, &action, &id), CODE_NONE);
    gov_until(&alpha, gov_view(&alpha, &id).voting_start_height - 1);
    CHECK_U64(gov_vote(&alpha, 0, &id, CHOICE_YES), CODE_NONE);
    gov_until(&alpha, gov_view(&alpha, &id).voting_end_height);
    CHECK_U64(gov_on(&alpha, 5, KIND_PROPOSAL_QUEUE, &id), CODE_NONE);
    gov_blocks(&alpha, GOV_TIMELOCK);
    CHECK_U64(step(&alpha, &from_alpha, id_tx(&alpha, 5, KIND_PROPOSAL_EXECUTE, &id)).code, CODE_NONE);
    CHECK(gov_treasury(&alpha) == 5000);
    CHECK_U64(carry(&from_alpha, &delta, &from_delta), CODE_NONE);
    CHECK(gov_treasury(&delta) == 2000);
    struct ledger_account account;
    ledger_account_get(delta.state, &delta.people[7].address, &account);
    CHECK(account.balances[TOKEN_DX - 1].free.units == PEOPLE_BALANCE + 3000);
    gov_check_supply(&delta);
    teardown();
}

int main(void)
{
    RUN(a_joint_proposal_is_mirrored_and_voted_on_with_deltas_own_stake);
    RUN(both_chains_apply_what_both_passed);
    RUN(what_one_chain_refuses_changes_neither);
    RUN(delta_waits_for_its_own_timelock_and_is_executed_by_anybody);
    RUN(a_cancelled_proposal_is_cancelled_on_both);
    RUN(messages_that_fit_nothing_fail_and_change_nothing);
    RUN(an_allocation_to_delta_is_paid_there);
    return 0;
}
