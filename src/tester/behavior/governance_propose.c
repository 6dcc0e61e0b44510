/* Proposing: what a proposal is to decide, drawn or as the parameters say, and its way into the chain. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tester/behavior/governance_priv.h"

#define VALIDATORS_READ 500u

const char *const gov_types[] = {"parameter_change", "treasury_allocation", "validator_ejection", "network_upgrade", "text", NULL};

enum action_type gov_type_of(struct str word)
{
    for (uint32_t i = 0; gov_types[i] != NULL; i++)
        if (str_eq(word, str_of(gov_types[i]))) return (enum action_type)(ACTION_PARAMETER_CHANGE + i);
    UNREACHABLE(); /* the table lets no other word through */
}

static bool cannot(struct act *act, const char *note)
{
    act->op->status = OP_SKIPPED;
    op_note(act->op, note);
    return false;
}

/* ---- drafts ---- */

/* A little above or below the present value, so that it stays within the parameter's bounds. */
static bool value_draw(struct act *act, const char *key, struct arena *arena, struct str *out)
{
    char now[ACTION_VALUE_BYTES_MAX + 1];
    uint64_t value;
    if (!gov_parameter(act, CHAIN_ALPHA, key, now)) return false;
    if (!str_to_u64(str_of(now), &value)) return cannot(act, "`key` names no parameter of the network");
    struct rng rng = rng_split(&act->rng, STR("value"), 0);
    const uint64_t step = 1 + rng_below(&rng, 9);
    *out = str_fmt(arena, "%" PRIu64, value < 100 ? value + step : value - step);
    return true;
}

static bool change_draft(struct act *act, struct arena *arena, struct action *out)
{
    out->key = str_dup(arena, act_text(act, "key", arena));
    if (out->key.len == 0 || out->key.len > ACTION_KEY_BYTES_MAX) return cannot(act, "`key` is no parameter's name");
    if (act_has(act, "value")) {
        out->value = str_dup(arena, act_text(act, "value", arena));
        return true;
    }
    char key[ACTION_KEY_BYTES_MAX + 1];
    memcpy(key, out->key.data, out->key.len);
    key[out->key.len] = '\0';
    return value_draw(act, key, arena, &out->value);
}

static bool recipient_of(struct act *act, struct arena *arena, struct address *out)
{
    struct bot *bot = NULL;
    if (!act_has(act, "recipient")) {
        bot = act_partner(act);
    } else {
        const struct str text = act_text(act, "recipient", arena);
        for (uint32_t i = 0; i < act->crew->bots_count && bot == NULL; i++)
            if (str_eq(act->crew->bots[i]->identity.id, text)) bot = act->crew->bots[i];
        if (bot == NULL && address_parse(text, CHAIN_ALPHA, out) != CODE_NONE) return cannot(act, "`recipient` names no bot and no address");
    }
    if (bot != NULL) {
        *out = bot->identity.address;
        bot->wallet.purses[TOKEN_AX].loose = true; /* what comes is not of its own doing */
    }
    return true;
}

/* The validator that `validator` names by name or address; else one drawn from the active ones. */
static bool validator_pick(struct act *act, const struct page *page, struct arena *arena, struct address *out)
{
    const struct validator_view *all = page->items;
    uint32_t active = 0;
    if (act_has(act, "validator")) {
        const struct str text = act_text(act, "validator", arena);
        for (uint32_t i = 0; i < page->count; i++)
            if (str_eq(all[i].name, text)) {
                *out = all[i].address;
                return true;
            }
        if (address_parse(text, CHAIN_ALPHA, out) == CODE_NONE) return true;
        return cannot(act, "`validator` names no validator");
    }
    for (uint32_t i = 0; i < page->count; i++) active += all[i].is_active && !all[i].jailed;
    if (active == 0) return cannot(act, "no validator is active");
    struct rng rng = rng_split(&act->rng, STR("validator"), 0);
    uint32_t at = (uint32_t)rng_below(&rng, active);
    for (uint32_t i = 0; i < page->count; i++) {
        if (!all[i].is_active || all[i].jailed || at-- > 0) continue;
        *out = all[i].address;
        return true;
    }
    UNREACHABLE();
}

static bool ejection_draft(struct act *act, struct arena *arena, struct action *out)
{
    const struct alpha client = gov_client(act, CHAIN_ALPHA);
    struct answer answer;
    uint64_t wait = 0;
    const struct page *page;
    do page = alpha_validators(&client, VALIDATORS_READ, (struct str){0}, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (page == NULL && act_again(act, &answer, &wait));
    const bool picked = page != NULL ? validator_pick(act, page, arena, &out->validator) : act_fail(act->op, &answer);
    answer_done(&answer);
    return picked;
}

static bool upgrade_draft(struct act *act, struct action *out)
{
    const struct alpha client = gov_client(act, CHAIN_ALPHA);
    struct answer answer;
    uint64_t wait = 0;
    const struct node_info *info;
    do info = alpha_node_info(&client, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (info == NULL && act_again(act, &answer, &wait));
    uint32_t head, final;
    const bool told = info != NULL && answer_heights(&answer, &head, &final);
    if (told) {
        const uint64_t height = (uint64_t)head + info->voting_delay_blocks + info->voting_period_blocks + info->timelock_blocks + act_u64(act, "upgrade_after");
        out->height = (uint32_t)MIN(height, (uint64_t)UINT32_MAX);
        out->version = (uint32_t)act_u64(act, "version");
    } else if (act_fail(act->op, &answer)) {
        (void)cannot(act, "the node does not say how high it is");
    }
    answer_done(&answer);
    return told;
}

bool gov_draft(struct act *act, enum action_type type, struct arena *arena, struct gov_draft *out)
{
    *out = (struct gov_draft){.title = STR("proposal"), .action = {.type = type}};
    switch (type) {
    case ACTION_PARAMETER_CHANGE: return change_draft(act, arena, &out->action);
    case ACTION_TREASURY_ALLOCATION:
        out->action.dest_chain = CHAIN_ALPHA;
        out->action.amount = AMOUNT(act_amount(act, "amount"));
        return recipient_of(act, arena, &out->action.recipient);
    case ACTION_VALIDATOR_EJECTION: return ejection_draft(act, arena, &out->action);
    case ACTION_NETWORK_UPGRADE: return upgrade_draft(act, &out->action);
    case ACTION_TEXT: return true;
    }
    UNREACHABLE();
}

/* ---- proposing ---- */

/* Until the governor may make another one. */
static bool pause_sit_out(struct act *act)
{
    const struct alpha client = gov_client(act, CHAIN_ALPHA);
    const struct alpha_proposal_filter own = {.proposer = &act->bot->identity.address};
    struct answer answer;
    uint64_t wait = 0;
    const struct page *page;
    do page = alpha_proposals(&client, &own, 1, (struct str){0}, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (page == NULL && act_again(act, &answer, &wait));
    const bool read = page != NULL || act_fail(act->op, &answer);
    const uint32_t last = page != NULL && page->count > 0 ? ((const struct gov_proposal_view *)page->items)[0].created_height : 0;
    answer_done(&answer);
    return read && (last == 0 || gov_reach(act, CHAIN_ALPHA, last + GOV_PAUSE_BLOCKS - 1));
}

static bool stands_as_sent(const struct act *act, const struct gov_draft *draft, u128 deposit, struct arena *arena,
                           const struct gov_proposal_view *seen)
{
    struct action action;
    return gov_action(seen->action, arena, &action) && action_eq(&action, &draft->action) && str_eq(seen->title, draft->title) &&
           address_eq(&seen->proposer, &act->bot->identity.address) && seen->joint == draft->joint && seen->deposit.units == deposit;
}

static bool claim_created(struct act *act, const struct gov_draft *draft, u128 deposit, struct arena *arena, const struct gov_creation *made)
{
    const struct gov_proposal_view *seen = &made->seen;
    const struct movement movement = {.chain = CHAIN_ALPHA, .address = &act->bot->identity.address, .height = made->landing.height, .token = TOKEN_AX,
                                      .lost = AMOUNT(deposit + made->landing.receipt.fee_charged.units), .by = &made->landing.id};
    return act_claim(act, "the proposal stands as it was sent", stands_as_sent(act, draft, deposit, arena, seen), "title, action, proposer or deposit differ") &&
           act_claim(act, "weights are those of the block that made it", seen->snapshot_height == made->landing.height && seen->voting_start_height > made->landing.height,
                     "snapshot %u, voting from %u, made in %u", seen->snapshot_height, seen->voting_start_height, made->landing.height) &&
           act_claim_moved(act, "the deposit leaves the proposer", &movement);
}

static bool deposit_of(struct act *act, u128 *out)
{
    char text[ACTION_VALUE_BYTES_MAX + 1];
    uint64_t units;
    if (!gov_parameter(act, CHAIN_ALPHA, "proposal_deposit", text)) return false;
    if (!str_to_u64(str_of(text), &units)) return cannot(act, "the network tells no proposal_deposit");
    *out = units;
    return true;
}

bool gov_propose(struct act *act, const struct gov_draft *draft, bool patient, struct arena *arena, struct gov_creation *out)
{
    u128 deposit;
    *out = (struct gov_creation){.landing = {.arena = arena}};
    if (!deposit_of(act, &deposit) || (patient && !pause_sit_out(act))) return false;
    const union payload payload = {.proposal_create = {.title = draft->title, .joint = draft->joint, .deposit = AMOUNT(deposit), .action = draft->action}};
    const struct send_plan plan = {.kind = KIND_PROPOSAL_CREATE, .payload = &payload, .leaves = money_of(TOKEN_AX, AMOUNT(deposit)), .held = true};
    if (!act_send(act, &plan, &out->landing, act->op)) return false;
    out->pending_told = memmem(out->landing.told.data, out->landing.told.len, "\"pending\"", 9) != NULL;
    if (!gov_read_when(act, CHAIN_ALPHA, &out->landing.id, UINT32_MAX, arena, &out->seen)) return false;
    return claim_created(act, draft, deposit, arena, out);
}

static void number_tell(struct act *act, const char *name, uint32_t number)
{
    char text[16];
    const int len = snprintf(text, sizeof(text), "%" PRIu32, number);
    act_output(act, str_of(name), (struct str){text, (size_t)len});
}

void gov_propose_step(struct act *act, struct op *op)
{
    struct arena arena;
    struct gov_draft draft;
    struct gov_creation made;
    if (!act_on(act, CHAIN_ALPHA, op)) return;
    arena_init(&arena, 0);
    if (gov_draft(act, gov_type_of(act_word(act, "proposal_type")), &arena, &draft)) {
        draft.title = str_dup(&arena, act_text(act, "title", &arena));
        draft.joint = act_flag(act, "joint");
        if (gov_propose(act, &draft, false, &arena, &made)) {
            const struct gov_id_text id = gov_id_text(&made.landing.id);
            act_output(act, STR("proposal_id"), str_of(id.text));
            act_output(act, STR("tx_id"), str_of(id.text));
            number_tell(act, "voting_start_height", made.seen.voting_start_height);
            number_tell(act, "voting_end_height", made.seen.voting_end_height);
        }
    }
    arena_done(&arena);
}
