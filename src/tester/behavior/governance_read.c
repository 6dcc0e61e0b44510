#include <string.h>

#include "core/codec/json.h"
#include "tester/behavior/governance_priv.h"
#include "tester/bot/submit_priv.h"
#include "tester/client/pager.h"

#define LOOKS_MAX 20u /* final blocks to look at before a status is taken as it is */

struct alpha gov_client(const struct act *act, enum chain_id chain)
{
    struct alpha client = *crew_client(act->crew, chain);
    if (act->view.len > 0) client.view = act->view;
    return client;
}

/* ---- one proposal ---- */

bool gov_read(struct act *act, enum chain_id chain, const struct hash *id, struct arena *texts, struct gov_proposal_view *out)
{
    const struct alpha client = gov_client(act, chain);
    struct answer answer;
    uint64_t wait = 0;
    const struct gov_proposal_view *view;
    do view = alpha_proposal(&client, id, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (view == NULL && act_again(act, &answer, &wait));
    if (view != NULL) {
        *out = *view;
        out->title = texts != NULL ? str_dup(texts, view->title) : (struct str){0};
        out->action = texts != NULL ? str_dup(texts, view->action) : (struct str){0};
    } else {
        (void)act_fail(act->op, &answer); /* op tells */
    }
    answer_done(&answer);
    return view != NULL;
}

static bool is_unknown_yet(const struct op *op) { return op->status == OP_REFUSED && op->code == CODE_PROPOSAL_NOT_FOUND; }

bool gov_read_when(struct act *act, enum chain_id chain, const struct hash *id, uint32_t wanted, struct arena *texts,
                   struct gov_proposal_view *out)
{
    for (uint32_t looks = 0;; looks++) {
        const bool read = gov_read(act, chain, id, texts, out);
        if (!read && (!is_unknown_yet(act->op) || looks == LOOKS_MAX)) return false;
        if (read && ((wanted & (1u << out->status)) != 0 || looks == LOOKS_MAX)) return true;
        if (!read) (void)gov_forgive(act->op, CODE_PROPOSAL_NOT_FOUND); /* a view that is behind the one that told it final */
        if (!tide_next(act, chain, act->deadline)) {
            act->op->status = OP_TIMED_OUT;
            op_note(act->op, "the proposal did not come to the status it was waited for");
            return false;
        }
    }
}

bool gov_reach(struct act *act, enum chain_id chain, uint32_t height)
{
    if (tide_await(act, chain, height, act->deadline, NULL)) return true;
    act->op->status = OP_TIMED_OUT;
    op_note(act->op, "gave up waiting for a height");
    return false;
}

/* ---- lists ---- */

static void list_take(struct gov_list *out, const struct page *page, uint32_t wanted, struct arena *texts)
{
    for (uint32_t i = 0; i < page->count; i++) {
        struct gov_proposal_view view = ((const struct gov_proposal_view *)page->items)[i];
        if ((wanted & (1u << view.status)) == 0) continue;
        view.title = (struct str){0};
        view.action = texts != NULL ? str_dup(texts, view.action) : (struct str){0};
        vec_push(out, view);
    }
}

bool gov_list(struct act *act, enum chain_id chain, uint32_t wanted, struct arena *texts, struct gov_list *out)
{
    const struct alpha client = gov_client(act, chain);
    const struct alpha_proposal_filter any = {0};
    *out = (struct gov_list){0};
    for (struct pager pager = {0}; pager_more(&pager);) {
        struct answer answer;
        uint64_t wait = 0;
        const struct page *page;
        do page = alpha_proposals(&client, &any, GOV_PAGE, pager_cursor(&pager), act_deadline(act, ACT_READ_TIMEOUT), &answer);
        while (page == NULL && act_again(act, &answer, &wait));
        if (page != NULL) list_take(out, page, wanted, texts);
        const bool told = pager_turn(&pager, page, &answer);
        if (!told) (void)act_fail(act->op, &answer); /* op tells */
        answer_done(&answer);
        if (!told) return false;
    }
    return true;
}

void gov_list_done(struct gov_list *list) { vec_done(list); }

bool gov_ballots(struct act *act, enum chain_id chain, const struct hash *id, struct gov_ballots *out)
{
    const struct alpha client = gov_client(act, chain);
    *out = (struct gov_ballots){0};
    for (struct pager pager = {0}; pager_more(&pager);) {
        struct answer answer;
        uint64_t wait = 0;
        const struct page *page;
        do page = alpha_proposal_votes(&client, id, GOV_PAGE, pager_cursor(&pager), act_deadline(act, ACT_READ_TIMEOUT), &answer);
        while (page == NULL && act_again(act, &answer, &wait));
        for (uint32_t i = 0; page != NULL && i < page->count; i++) vec_push(out, ((const struct ballot_view *)page->items)[i]);
        const bool told = pager_turn(&pager, page, &answer);
        if (!told) (void)act_fail(act->op, &answer); /* op tells */
        answer_done(&answer);
        if (!told) return false;
    }
    return true;
}

void gov_ballots_done(struct gov_ballots *ballots) { vec_done(ballots); }

/* ---- power and parameters ---- */

bool gov_power(struct act *act, enum chain_id chain, const struct address *who, uint32_t height, struct power_view *out)
{
    const struct alpha client = gov_client(act, chain);
    struct answer answer;
    uint64_t wait = 0;
    const struct power_view *view;
    do view = alpha_power(&client, who, height, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (view == NULL && act_again(act, &answer, &wait));
    if (view != NULL) *out = *view;
    else (void)act_fail(act->op, &answer); /* op tells */
    answer_done(&answer);
    return view != NULL;
}

/* Not inlined: what it needs to read JSON must not stay on the stack of those who wait. */
__attribute__((noinline)) static void parameter_copy(const struct gov_parameters_view *view, const char *key,
                                                     char out[ACTION_VALUE_BYTES_MAX + 1])
{
    struct arena arena;
    arena_init(&arena, 0);
    const struct str value = alpha_parameter_find(view, str_of(key), &arena);
    const size_t len = MIN(value.len, (size_t)ACTION_VALUE_BYTES_MAX);
    if (len > 0) memcpy(out, value.data, len);
    out[len] = '\0';
    arena_done(&arena);
}

bool gov_parameter(struct act *act, enum chain_id chain, const char *key, char out[ACTION_VALUE_BYTES_MAX + 1])
{
    const struct alpha client = gov_client(act, chain);
    struct answer answer;
    uint64_t wait = 0;
    const struct gov_parameters_view *view;
    do view = alpha_parameters(&client, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (view == NULL && act_again(act, &answer, &wait));
    if (view != NULL) parameter_copy(view, key, out);
    else (void)act_fail(act->op, &answer); /* op tells */
    answer_done(&answer);
    return view != NULL;
}

/* ---- words ---- */

__attribute__((noinline)) bool gov_action(struct str json, struct arena *arena, struct action *out)
{
    struct err err;
    struct apierror error;
    const struct json *tree = json_parse(arena, json, &err);
    return tree != NULL && action_read(tree, "action", out, &error) == CODE_NONE;
}

/* a * x < b * y, exactly; of sums that are part of a supply. */
static bool product_less(u128 a, uint32_t x, u128 b, uint32_t y)
{
    const u128 low = UINT64_MAX;
    const u128 a0 = (a & low) * x, b0 = (b & low) * y, a1 = (a >> 64) * x + (a0 >> 64), b1 = (b >> 64) * y + (b0 >> 64);
    return a1 != b1 ? a1 < b1 : (a0 & low) < (b0 & low);
}

bool gov_has_passed(const struct gov_proposal_view *p)
{
    const struct tally_view *t = &p->tally;
    const u128 sides = t->yes.units + t->no.units;
    return !product_less(sides + t->abstain.units, 10000, t->total_weight.units, t->quorum_bps) &&
           product_less(sides, t->threshold_bps, t->yes.units, 10000);
}

struct gov_id_text gov_id_text(const struct hash *id)
{
    struct gov_id_text out;
    str_hex(id->b, sizeof(id->b), out.text);
    out.text[64] = '\0';
    return out;
}

bool gov_id_of(struct act *act, const char *param, struct hash *out)
{
    struct arena arena;
    arena_init(&arena, 0);
    const bool given = act_has(act, param) && str_unhex(act_text(act, param, &arena), out->b, sizeof(out->b));
    arena_done(&arena);
    if (!given) {
        act->op->status = OP_SKIPPED;
        op_note(act->op, "`proposal` is no proposal's id");
    }
    return given;
}

bool gov_forgive(struct op *op, enum code code)
{
    if ((op->status != OP_REFUSED && op->status != OP_DROPPED) || op->code != code) return false;
    op->status = OP_DONE;
    op->code = CODE_NONE;
    op->note[0] = '\0';
    return true;
}

struct act gov_as(const struct act *act, struct bot *bot)
{
    struct act other = *act;
    other.bot = bot;
    return other;
}
