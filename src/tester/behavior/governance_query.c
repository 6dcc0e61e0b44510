/* query.proposals: one proposal with what it decides and what stands there now, or how many there are. */
#include <inttypes.h>
#include <stdio.h>

#include "tester/behavior/governance_priv.h"

static void number_tell(struct act *act, const char *name, u128 number)
{
    char text[AMOUNT_TEXT];
    act_output(act, str_of(name), (struct str){text, amount_text(AMOUNT(number), text)});
}

/* What the action would set, and what is set. */
static void value_tell(struct act *act, enum chain_id chain, const struct gov_proposal_view *p, struct arena *arena)
{
    struct action action;
    char key[ACTION_KEY_BYTES_MAX + 1], value[ACTION_VALUE_BYTES_MAX + 1];
    if (!gov_action(p->action, arena, &action)) {
        (void)act_claim(act, "its action can be read", false, "it is malformed");
        return;
    }
    if (action.type != ACTION_PARAMETER_CHANGE) return;
    snprintf(key, sizeof(key), STR_FMT, STR_ARG(action.key));
    if (!gov_parameter(act, chain, key, value)) return;
    act_output(act, STR("key"), action.key);
    act_output(act, STR("proposed"), action.value);
    act_output(act, STR("value"), str_of(value));
    if (p->status == PROPOSAL_EXECUTED) (void)gov_claim_change(act, chain, "the parameter has the new value", &action); /* op tells */
}

static void one(struct act *act, enum chain_id chain, const struct hash *id)
{
    struct arena arena;
    struct gov_proposal_view p;
    arena_init(&arena, 0);
    if (gov_read(act, chain, id, &arena, &p)) {
        act_output(act, STR("status"), proposal_status_text(p.status));
        number_tell(act, "yes", p.tally.yes.units);
        number_tell(act, "no", p.tally.no.units);
        number_tell(act, "abstain", p.tally.abstain.units);
        number_tell(act, "voting_end_height", p.voting_end_height);
        if (p.eta_height.has) number_tell(act, "eta_height", p.eta_height.value);
        if (p.executed_height.has) number_tell(act, "executed_height", p.executed_height.value);
        value_tell(act, chain, &p, &arena);
    }
    arena_done(&arena);
}

void gov_query_step(struct act *act, struct op *op)
{
    struct hash id;
    const enum chain_id chain = str_eq(act_word(act, "chain"), STR("delta")) ? CHAIN_DELTA : CHAIN_ALPHA;
    if (!act_on(act, chain, op)) return;
    op->sent = env_now(act->crew->env);
    if (act_has(act, "id")) {
        if (gov_id_of(act, "id", &id)) one(act, chain, &id);
    } else {
        struct gov_list all;
        uint32_t open = 0;
        if (gov_list(act, chain, UINT32_MAX, NULL, &all)) {
            for (size_t i = 0; i < all.count; i++) open += all.data[i].status <= PROPOSAL_ACTIVE;
            number_tell(act, "count", all.count);
            number_tell(act, "open", open);
        }
        gov_list_done(&all);
    }
    op->admitted = env_now(act->crew->env);
}
