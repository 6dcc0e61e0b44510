/* What executed proposals changed, as a client reads it: of several that set the same thing the last executed counts. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tester/behavior/governance_priv.h"
#include "tester/client/alpha_bridge.h"

#define HISTORY_BLOCKS 24u /* views answer about the state of the last 32 final blocks */
#define LOOKS_MAX 3u /* somebody else's proposal may be executed between two readings */

/* ---- parameters and upgrades ---- */

static bool sets_the_same(const struct action *a, const struct action *b)
{
    return a->type == b->type && (a->type == ACTION_NETWORK_UPGRADE || (a->type == ACTION_PARAMETER_CHANGE && str_eq(a->key, b->key)));
}

/* Whether `value` is what one of those says that were executed last. */
static bool is_last_word(const struct gov_list *executed, const struct action *action, struct arena *arena, const char *value)
{
    uint32_t last = 0;
    bool found = false;
    for (size_t i = 0; i < executed->count; i++) {
        struct action other;
        const uint32_t height = executed->data[i].executed_height.value;
        if (height < last || !gov_action(executed->data[i].action, arena, &other) || !sets_the_same(action, &other)) continue;
        char text[ACTION_VALUE_BYTES_MAX + 1];
        if (other.type == ACTION_NETWORK_UPGRADE) snprintf(text, sizeof(text), "%" PRIu32, other.height);
        else snprintf(text, sizeof(text), STR_FMT, STR_ARG(other.value));
        found = (found && height == last) || strcmp(text, value) == 0;
        last = height;
    }
    return found;
}

struct setting {
    enum chain_id chain;
    const char *key, *claim;
    const struct action *action;
};

static bool claim_setting(struct act *act, const struct setting *setting)
{
    char value[ACTION_VALUE_BYTES_MAX + 1] = "";
    bool holds = false;
    for (uint32_t looks = 0; looks < LOOKS_MAX && !holds; looks++) {
        struct arena arena;
        struct gov_list executed = {0};
        arena_init(&arena, 0);
        const bool read = gov_parameter(act, setting->chain, setting->key, value) &&
                          gov_list(act, setting->chain, 1u << PROPOSAL_EXECUTED, &arena, &executed);
        holds = read && is_last_word(&executed, setting->action, &arena, value);
        gov_list_done(&executed);
        arena_done(&arena);
        if (!read) return false;
    }
    return act_claim(act, setting->claim, holds, "it is \"%s\", and nothing that was executed last says so", value);
}

bool gov_claim_change(struct act *act, enum chain_id chain, const char *claim, const struct action *action)
{
    char key[ACTION_KEY_BYTES_MAX + 1];
    snprintf(key, sizeof(key), STR_FMT, STR_ARG(action->key));
    const struct setting setting = {.chain = chain, .key = key, .claim = claim, .action = action};
    return claim_setting(act, &setting);
}

/* ---- the treasury ---- */

/* How often it tells of this payment (a wrong one counts for many); *out_gained: all that came to the recipient in that block. */
static uint32_t allocations_count(const struct treasury_view *view, const struct hash *id, const struct action *action, uint32_t height,
                                  struct amount *out_gained)
{
    uint32_t count = 0;
    *out_gained = AMOUNT(0);
    for (uint32_t i = 0; i < view->allocations_count; i++) {
        const struct treasury_allocation *at = &view->allocations[i];
        const bool ours = address_eq(&at->recipient, &action->recipient) && at->height == height;
        if (ours) *out_gained = amount_add_clamped(*out_gained, at->amount);
        if (hash_eq(&at->proposal_id, id)) count += ours && amount_eq(at->amount, action->amount) ? 1 : 100;
    }
    return count;
}

static bool claim_payment(struct act *act, const struct gov_proposal_view *p, const struct action *action)
{
    if (action->dest_chain != CHAIN_ALPHA) return true; /* Delta's treasury is not readable: its balances are another's claim */
    const struct alpha client = gov_client(act, CHAIN_ALPHA);
    struct answer answer;
    uint64_t wait = 0;
    const struct treasury_view *view;
    do view = alpha_treasury(&client, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (view == NULL && act_again(act, &answer, &wait));
    struct amount gained = AMOUNT(0);
    const uint32_t count = view != NULL ? allocations_count(view, &p->proposal_id, action, p->executed_height.value, &gained) : 0;
    const bool read = view != NULL || act_fail(act->op, &answer);
    answer_done(&answer);
    if (!read || !act_claim(act, "the treasury tells of exactly this payment", count == 1, "recipient, amount, height or number differ")) return false;
    struct holding now;
    if (!act_holding(act, CHAIN_ALPHA, &action->recipient, 0, &now)) return false;
    if (now.height > p->executed_height.value + HISTORY_BLOCKS) return true; /* somebody executed it long ago: what it moved cannot be read any more */
    const struct movement movement = {.chain = CHAIN_ALPHA, .address = &action->recipient, .height = p->executed_height.value, .token = TOKEN_AX, .gained = gained};
    return act_claim_moved(act, "the exact amount came to the recipient", &movement);
}

/* ---- ejections ---- */

/* The committee of the first block behind the epoch in which it was decided. */
static bool claim_left(struct act *act, const struct gov_proposal_view *p, const struct address *validator)
{
    char text[ACTION_VALUE_BYTES_MAX + 1];
    uint64_t epoch;
    if (!gov_parameter(act, CHAIN_ALPHA, "epoch_blocks", text)) return false;
    if (!str_to_u64(str_of(text), &epoch) || epoch == 0) return act_claim(act, "the ejected validator left at the next epoch", false, "no epoch_blocks");
    const uint32_t height = p->executed_height.value, next = (uint32_t)((height + epoch - 1) / epoch * epoch);
    if (!gov_reach(act, CHAIN_ALPHA, next + 1)) return false;
    const struct alpha client = gov_client(act, CHAIN_ALPHA);
    struct answer answer;
    uint64_t wait = 0;
    const struct committee_view *view;
    do view = alpha_committee_latest(&client, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (view == NULL && act_again(act, &answer, &wait));
    bool member = false;
    for (uint32_t i = 0; view != NULL && i < view->committee->count; i++) member = member || address_eq(&view->committee->members[i].address, validator);
    const bool read = view != NULL || act_fail(act->op, &answer);
    answer_done(&answer);
    return read && act_claim(act, "the ejected validator left at the next epoch", !member, "it is in the committee behind block %" PRIu32, next);
}

enum arrival { ARRIVED, NOT_ARRIVED, UNREAD };

static enum arrival ejection_arrived(struct act *act, const struct address *validator)
{
    const struct alpha client = gov_client(act, CHAIN_DELTA);
    char address[ADDRESS_TEXT];
    address_text(validator, CHAIN_ALPHA, address);
    struct ipc_question question = {.direction = DIRECTION_IN, .type = IPC_VALIDATOR_EJECTION, .limit = GOV_PAGE};
    struct answer answer;
    uint64_t wait = 0;
    const struct page *page;
    do page = alpha_ipc_messages(&client, &question, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (page == NULL && act_again(act, &answer, &wait));
    enum arrival arrival = page != NULL ? NOT_ARRIVED : UNREAD;
    for (uint32_t i = 0; page != NULL && i < page->count && arrival == NOT_ARRIVED; i++) {
        const struct ipc_record *record = &((const struct ipc_record *)page->items)[i];
        const bool about = memmem(record->decoded.data, record->decoded.len, address, strlen(address)) != NULL;
        if (about && record->status == IPC_EXECUTED) arrival = ARRIVED;
    }
    if (page == NULL) (void)act_fail(act->op, &answer); /* op tells */
    answer_done(&answer);
    return arrival;
}

static bool claim_told(struct act *act, const struct address *validator)
{
    if (!crew_has(act->crew, CHAIN_DELTA)) return true; /* there is nobody to tell */
    const struct instant until = instant_add(env_now(act->crew->env), duration_s(60));
    enum arrival arrival;
    while ((arrival = ejection_arrived(act, validator)) == NOT_ARRIVED && tide_next(act, CHAIN_DELTA, until)) {
    }
    return arrival != UNREAD && act_claim(act, "Delta was told of the ejection", arrival == ARRIVED, "no message has come that names it");
}

/* ---- all kinds ---- */

bool gov_claim_effect(struct act *act, const struct gov_proposal_view *p)
{
    struct arena arena;
    struct action action;
    bool holds = false;
    arena_init(&arena, 0);
    if (!gov_action(p->action, &arena, &action)) {
        (void)act_claim(act, "its action can be read", false, "it is malformed");
    } else {
        const struct setting upgrade = {.chain = CHAIN_ALPHA, .key = "upgrade_height", .claim = "the upgrade height is recorded", .action = &action};
        switch (action.type) {
        case ACTION_PARAMETER_CHANGE: holds = gov_claim_change(act, CHAIN_ALPHA, "the parameter has the new value", &action); break;
        case ACTION_TREASURY_ALLOCATION: holds = claim_payment(act, p, &action); break;
        case ACTION_VALIDATOR_EJECTION: holds = claim_left(act, p, &action.validator) && claim_told(act, &action.validator); break;
        case ACTION_NETWORK_UPGRADE: holds = claim_setting(act, &upgrade); break;
        case ACTION_TEXT: holds = true; break; /* it decides nothing */
        }
    }
    arena_done(&arena);
    return holds;
}
