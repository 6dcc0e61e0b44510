/* Governance of a whole network, seen through the clients alone: every route of AG and DG with its success and each code of its row,
 * and a joint proposal from its creation on Alpha to the same value on both chains. */
#include "decisions.h"
#include "tester/client/alpha_bridge.h"
#include "tester/client/alpha_staking.h"

/* ---- Alpha alone ---- */

static void reads_here(struct village *v, const struct hash *id)
{
    const struct alpha *on = &v->crew.alpha;
    const struct page *page;
    WANT(page = alpha_governors(on, 0, (struct str){0}, soon(v), &answer));
    CHECK_U64(page->count, 1);
    CHECK(address_eq(&((const struct address_item *)page->items)->value, address_at(v, 0)));
    answer_done(&answer);
    const struct governor_view *governor = alpha_governor(on, address_at(v, 0), soon(v), &answer);
    WANT(governor);
    CHECK(governor->active && governor->proposals == 1 && governor->conduct == 5000);
    answer_done(&answer);
    CHECK(alpha_governor(on, address_at(v, 1), soon(v), &answer) == NULL);
    REFUSED(CODE_GOVERNOR_NOT_FOUND);
    const enum proposal_status executed = PROPOSAL_EXECUTED, active = PROPOSAL_ACTIVE;
    WANT(page = alpha_proposals(on, &(struct alpha_proposal_filter){&executed, address_at(v, 0)}, 5, (struct str){0}, soon(v), &answer));
    CHECK_U64(page->count, 1);
    CHECK(hash_eq(&((const struct gov_proposal_view *)page->items)->proposal_id, id));
    answer_done(&answer);
    WANT(page = alpha_proposals(on, &(struct alpha_proposal_filter){&active, NULL}, 0, (struct str){0}, soon(v), &answer));
    CHECK_U64(page->count, 0);
    answer_done(&answer);
    WANT(page = alpha_proposal_votes(on, id, 1, (struct str){0}, soon(v), &answer));
    CHECK(page->count == 1 && page->next_cursor.len > 0);
    const struct ballot_view ballot = *(const struct ballot_view *)page->items;
    CHECK(address_eq(&ballot.voter, address_at(v, 0)) && ballot.choice == CHOICE_YES && ballot.weight.units == 30000000);
    answer_done(&answer);
    const struct power_view *power = alpha_power(on, address_at(v, 0), UINT32_MAX, soon(v), &answer);
    WANT(power);
    CHECK(power->weight.units == 30000000 && power->own.units == 30000000 && power->delegated_out.units == 0);
    answer_done(&answer);
    const struct treasury_view *treasury = alpha_treasury(on, soon(v), &answer);
    WANT(treasury);
    CHECK_U64(treasury->balances_count, 1);
    CHECK_U64(treasury->allocations_count, 0);
    answer_done(&answer);
}

static void life_here(struct village *v)
{
    const struct alpha *on = &v->crew.alpha;
    const struct hash none = {{7}};
    run(v, on, 0, KIND_ALPHA_STAKE, (union payload){.amount = {AMOUNT(30000000)}});
    run(v, on, 1, KIND_ALPHA_STAKE, (union payload){.amount = {AMOUNT(5000000)}});
    create_refused(v, 0, PROPOSAL_DEPOSIT, CODE_NOT_A_GOVERNOR);
    run(v, on, 0, KIND_GOVERNOR_REGISTER, (union payload){.governor_register = {.deposit = AMOUNT(GOVERNOR_DEPOSIT)}});
    create_refused(v, 0, PROPOSAL_DEPOSIT - 1, CODE_INSUFFICIENT_DEPOSIT);
    CHECK(alpha_proposal(on, &none, soon(v), &answer) == NULL);
    REFUSED(CODE_PROPOSAL_NOT_FOUND);
    CHECK(alpha_proposal_votes(on, &none, 0, (struct str){0}, soon(v), &answer) == NULL);
    REFUSED(CODE_PROPOSAL_NOT_FOUND);
    vote(v, on, 0, &none, CHOICE_YES, CODE_PROPOSAL_NOT_FOUND);
    const struct hash id = create(v, 0, false, (struct action){.type = ACTION_PARAMETER_CHANGE, .key = STR("taker_bps"), .value = STR("8")});
    create_refused(v, 0, PROPOSAL_DEPOSIT, CODE_PROPOSAL_LIMIT);
    vote(v, on, 0, &id, CHOICE_YES, CODE_VOTING_NOT_STARTED);
    queue(v, 2, &id, CODE_PROPOSAL_NOT_EXECUTABLE);
    execute(v, on, 2, &id, CODE_PROPOSAL_NOT_EXECUTABLE);
    until_status(v, on, &id, PROPOSAL_ACTIVE);
    vote(v, on, 0, &id, CHOICE_YES, CODE_NONE);
    vote(v, on, 0, &id, CHOICE_NO, CODE_ALREADY_VOTED);
    vote(v, on, 2, &id, CHOICE_NO, CODE_INSUFFICIENT_STAKE);
    vote(v, on, 1, &id, CHOICE_NO, CODE_NONE);
    until_status(v, on, &id, PROPOSAL_SUCCEEDED);
    vote(v, on, 1, &id, CHOICE_NO, CODE_VOTING_PERIOD_ENDED);
    execute(v, on, 2, &id, CODE_TIMELOCK_NOT_EXPIRED);
    queue(v, 2, &id, CODE_NONE);
    execute(v, on, 2, &id, CODE_TIMELOCK_NOT_EXPIRED);
    const struct gov_parameters_view *parameters = alpha_parameters(on, soon(v), &answer);
    WANT(parameters);
    CHECK_U64(parameters->pending_count, 1);
    CHECK_STR(parameters->pending[0].value, STR("8"));
    CHECK_U64(parameters->pending[0].effective_height, seen(v, on, &id).eta_height.value);
    answer_done(&answer);
    CHECK_U64(parameter(v, on, "taker_bps"), 5);
    const uint32_t eta = seen(v, on, &id).eta_height.value;
    until(v, on, eta - 1);
    execute(v, on, 2, &id, CODE_NONE);
    CHECK_U64(parameter(v, on, "taker_bps"), 8);
    const struct gov_proposal_view done = seen(v, on, &id);
    CHECK(done.executed_height.value >= eta && done.executed_height.value < eta + 2);
    execute(v, on, 2, &id, CODE_ALREADY_EXECUTED);
    reads_here(v, &id);
}


static void every_route_of_alpha_answers_and_refuses(void)
{
    for (enum http_wire wire = WIRE_STRUCT; wire <= WIRE_TEXT; wire++)
        village_free(village_run((struct village_config){.validators = 4, .bots = 3, .seed = 21, .ax = 60000000, .wire = wire, .simulated = true,
                                                         .parameters = decision_parameters, .parameters_count = ARRAY_LEN(decision_parameters)},
                                 life_here));
}

/* ---- both chains ---- */

static void delta_still(struct village *v, struct duration d)
{
    const struct chaos_entry *entry = admin_chaos_start(&v->admin, STR("pause"), STR("delta"), STR("{\"targets\":[\"*\"]}"), d, soon(v), &answer);
    WANT(entry);
    answer_done(&answer);
}

static void joint_reads_here(struct village *v, const struct hash *id)
{
    const struct alpha *on = &v->crew.delta;
    const struct page *page;
    const struct hash none = {{7}};
    WANT(page = alpha_proposals(on, &(struct alpha_proposal_filter){0}, 0, (struct str){0}, soon(v), &answer));
    CHECK_U64(page->count, 1);
    answer_done(&answer);
    WANT(page = alpha_proposal_votes(on, id, 0, (struct str){0}, soon(v), &answer));
    CHECK_U64(page->count, 1);
    answer_done(&answer);
    const struct power_view *power = alpha_power(on, address_at(v, 1), UINT32_MAX, soon(v), &answer);
    WANT(power);
    CHECK(power->weight.units == 40000000);
    answer_done(&answer);
    CHECK(alpha_proposal(on, &none, soon(v), &answer) == NULL);
    REFUSED(CODE_PROPOSAL_NOT_FOUND);
    CHECK(alpha_proposal_votes(on, &none, 0, (struct str){0}, soon(v), &answer) == NULL);
    REFUSED(CODE_PROPOSAL_NOT_FOUND);
    CHECK(delta_mirror(on, &none, soon(v), &answer) == NULL);
    REFUSED(CODE_PROPOSAL_NOT_FOUND);
}

static struct mirror_view mirror(struct village *v, const struct hash *id)
{
    const struct mirror_view *view = delta_mirror(&v->crew.delta, id, soon(v), &answer);
    WANT(view);
    const struct mirror_view copy = *view;
    answer_done(&answer);
    return copy;
}

/* Waits until the bridge has brought it. */
static void until_mirrored(struct village *v, const struct hash *id)
{
    for (int i = 0; i < 300; i++) {
        const bool there = alpha_proposal(&v->crew.delta, id, soon(v), &answer) != NULL;
        answer_done(&answer);
        if (there) return;
        fiber_sleep(v->env, duration_ms(100));
    }
    CHECK_FAIL("the mirror never came");
}

/* The bridge carried the mirror and the outcome one way, the count the other: one record each, of either side. */
static void messages_here(struct village *v)
{
    static const struct {
        enum ipc_type type;
        bool from_alpha;
    } rows[] = {{IPC_GOVERNANCE_MIRROR, true}, {IPC_GOVERNANCE_EXECUTED, true}, {IPC_GOVERNANCE_TALLY, false}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        for (uint32_t side = 0; side < 2; side++) {
            const struct alpha *on = side == 0 ? &v->crew.alpha : &v->crew.delta;
            const bool out = (side == 0) == rows[i].from_alpha;
            const struct ipc_question question = {.direction = out ? DIRECTION_OUT : DIRECTION_IN, .type = rows[i].type};
            const struct page *page = alpha_ipc_messages(on, &question, soon(v), &answer);
            WANT(page);
            CHECK_U64(page->count, 1);
            CHECK_U64(((const struct ipc_record *)page->items)->type, rows[i].type);
            answer_done(&answer);
        }
    }
}

static void joint_here(struct village *v)
{
    const struct alpha *alpha = &v->crew.alpha, *delta = &v->crew.delta;
    run(v, alpha, 0, KIND_ALPHA_STAKE, (union payload){.amount = {AMOUNT(30000000)}});
    run(v, delta, 1, KIND_DELTA_STAKE, (union payload){.amount = {AMOUNT(40000000)}});
    run(v, alpha, 0, KIND_GOVERNOR_REGISTER, (union payload){.governor_register = {.deposit = AMOUNT(GOVERNOR_DEPOSIT)}});
    const struct hash id = create(v, 0, true, (struct action){.type = ACTION_PARAMETER_CHANGE, .key = STR("taker_bps"), .value = STR("8")});
    const struct hash none = {{7}};
    until_mirrored(v, &id);
    vote(v, delta, 1, &none, CHOICE_YES, CODE_PROPOSAL_NOT_FOUND);
    vote(v, delta, 1, &id, CHOICE_YES, CODE_VOTING_NOT_STARTED);
    execute(v, delta, 2, &id, CODE_PROPOSAL_NOT_EXECUTABLE);
    until_status(v, alpha, &id, PROPOSAL_ACTIVE);
    vote(v, alpha, 0, &id, CHOICE_YES, CODE_NONE);
    until_status(v, delta, &id, PROPOSAL_ACTIVE);
    vote(v, delta, 0, &id, CHOICE_YES, CODE_INSUFFICIENT_STAKE);
    vote(v, delta, 1, &id, CHOICE_YES, CODE_NONE);
    vote(v, delta, 1, &id, CHOICE_NO, CODE_ALREADY_VOTED);
    CHECK(!mirror(v, &id).delta_passed.has);
    until_status(v, delta, &id, PROPOSAL_QUEUED);
    vote(v, delta, 1, &id, CHOICE_NO, CODE_VOTING_PERIOD_ENDED);
    joint_reads_here(v, &id);
    for (int i = 0; !seen(v, alpha, &id).counterpart.passed.has; i++) { /* the count comes back */
        CHECK(i < 300);
        fiber_sleep(v->env, duration_ms(100));
    }
    delta_still(v, duration_s(22)); /* so that Alpha's word comes before Delta's timelock is over */
    queue(v, 2, &id, CODE_NONE);
    until(v, alpha, seen(v, alpha, &id).eta_height.value - 1);
    execute(v, alpha, 2, &id, CODE_NONE);
    fiber_sleep(v->env, duration_s(8));
    for (int i = 0; mirror(v, &id).alpha_status != PROPOSAL_EXECUTED; i++) {
        CHECK(i < 300);
        fiber_sleep(v->env, duration_ms(100));
    }
    CHECK_U64(parameter(v, alpha, "taker_bps"), 8);
    CHECK_U64(parameter(v, delta, "taker_bps"), 5);
    execute(v, delta, 2, &id, CODE_TIMELOCK_NOT_EXPIRED);
    until(v, delta, seen(v, delta, &id).eta_height.value - 1);
    const struct mirror_view ready = mirror(v, &id);
    CHECK(ready.executable && ready.alpha_passed.value && ready.delta_passed.value);
    execute(v, delta, 2, &id, CODE_NONE);
    CHECK_U64(parameter(v, delta, "taker_bps"), 8);
    execute(v, delta, 2, &id, CODE_ALREADY_EXECUTED);
    CHECK_U64(seen(v, delta, &id).status, PROPOSAL_EXECUTED);
    messages_here(v);
    CHECK(listener_saw(&v->alpha_listener, "gov.proposal") >= 3 && listener_saw(&v->alpha_listener, "gov.vote") == 1);
    CHECK(listener_saw(&v->delta_listener, "gov.proposal") >= 2 && listener_saw(&v->delta_listener, "gov.vote") == 1);
    CHECK(listener_saw(&v->delta_listener, "ipc.executed") >= 2 && listener_saw(&v->alpha_listener, "ipc.emitted") == 2);
}

static void a_joint_proposal_changes_both_chains_through_every_route_of_delta(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = 3, .seed = 22, .ax = 60000000, .dx = 60000000, .simulated = true, .listens = true,
                                                     .parameters = decision_parameters, .parameters_count = ARRAY_LEN(decision_parameters)},
                             joint_here));
}

int main(void)
{
    RUN(every_route_of_alpha_answers_and_refuses);
    RUN(a_joint_proposal_changes_both_chains_through_every_route_of_delta);
    return 0;
}
