/* The validators looked at from outside (verify.validator_set): who is in and why others are out, what was slashed and for what, each epoch's committee and quorum,
 * and each epoch's rewards worked out anew from headers and receipts. An execution without a bot. */
#include "tester/behavior/validator_priv.h"
#include "tester/behavior/validator_verify.h"

#include <inttypes.h>
#include <string.h>

#include "tester/bot/proven.h"
#include "tester/client/alpha_staking.h"
#include "tester/client/pager.h"

#define PAGE 500u
#define UPTIME_BPS 9900u   /* PT-L-041 */
#define TURNS_ENOUGH 100u  /* fewer say nothing about one in a hundred */

/* ---- reading ---- */

static bool validators_take(struct act *act, struct validator_book *book)
{
    const struct alpha alpha = act_alpha(act);
    struct answer answer;
    uint64_t wait = 0;
    const struct page *page;
    do page = alpha_validators(&alpha, PAGE, (struct str){0}, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (page == NULL && act_again(act, &answer, &wait));
    const struct validator_view *items = page != NULL ? page->items : NULL;
    for (uint32_t i = 0; page != NULL && i < page->count; i++) {
        struct validator_record record = {.view = items[i]};
        record.view.name = (struct str){0}; /* goes with the answer */
        vec_push(book, record);
    }
    if (page == NULL) (void)act_fail(act->op, &answer); /* op tells */
    answer_done(&answer);
    return page != NULL;
}

struct validator_record *validator_record_of(const struct validator_book *book, const struct address *address)
{
    for (size_t i = 0; i < book->count; i++)
        if (address_eq(&book->data[i].view.address, address)) return &book->data[i];
    return NULL;
}

static void evidence_note(struct validator_book *book, const struct evidence_view *evidence)
{
    struct validator_record *record = validator_record_of(book, &evidence->validator);
    if (record == NULL || !evidence->included_height.has) return; /* seen by a node, and not yet by the chain */
    record->slashed = amount_add_clamped(record->slashed, evidence->slashed);
    record->downtimes += evidence->type == EVIDENCE_DOWNTIME;
    record->convictions += evidence->type != EVIDENCE_DOWNTIME;
}

static bool evidence_take(struct act *act, struct validator_book *book)
{
    const struct alpha alpha = act_alpha(act);
    for (struct pager pager = {0}; pager_more(&pager);) {
        struct answer answer;
        uint64_t wait = 0;
        const struct page *page;
        do page = alpha_evidence(&alpha, PAGE, pager_cursor(&pager), act_deadline(act, ACT_READ_TIMEOUT), &answer);
        while (page == NULL && act_again(act, &answer, &wait));
        const struct evidence_view *items = page != NULL ? page->items : NULL;
        for (uint32_t i = 0; page != NULL && i < page->count; i++) evidence_note(book, &items[i]);
        const bool told = pager_turn(&pager, page, &answer);
        if (!told) (void)act_fail(act->op, &answer);
        answer_done(&answer);
        if (!told) return false;
    }
    return true;
}

/* Who meant to keep its turns: a node that no bot drives does, and a bot whose role says so. */
static void characters_take(const struct act *act, struct validator_book *book)
{
    for (size_t i = 0; i < book->count; i++) {
        book->data[i].faithful = true;
        for (uint32_t b = 0; b < act->crew->bots_count; b++)
            if (address_eq(&act->crew->bots[b]->identity.address, &book->data[i].view.address)) book->data[i].faithful = !act->crew->bots[b]->misses_turns;
    }
}

/* ---- who is in, who is out ---- */

static bool claim_each(struct act *act, const char *claim, const struct validator_book *book, bool (*holds)(const struct validator_record *record))
{
    size_t broken = 0, first = 0;
    for (size_t i = 0; i < book->count; i++) {
        if (holds(&book->data[i])) continue;
        if (broken++ == 0) first = i;
    }
    char text[ADDRESS_TEXT] = "";
    if (broken > 0) address_text(&book->data[first].view.address, CHAIN_ALPHA, text);
    return act_claim(act, claim, broken == 0, "not of %zu of %zu, the first %s", broken, book->count, text);
}

static bool slashed_on_record(const struct validator_record *record) { return amount_eq(record->slashed, record->view.slashed); }
static bool faithful_in(const struct validator_record *record) { return !record->faithful || (record->downtimes == 0 && amount_is_zero(record->view.slashed)); }
static bool unconvicted(const struct validator_record *record) { return !record->faithful || record->convictions == 0; }
static bool out_when_jailed(const struct validator_record *record) { return !record->view.jailed || !record->view.is_active; }

/* Of all turns that those had who mean to keep them: a handful of rounds goes with every change of the committee, whoever leads them. */
static bool verify_uptime(struct act *act, const struct validator_book *book)
{
    uint64_t kept = 0, missed = 0;
    for (size_t i = 0; i < book->count; i++) {
        if (!book->data[i].faithful) continue;
        kept += book->data[i].view.proposed;
        missed += book->data[i].view.missed_proposals;
    }
    return kept + missed < TURNS_ENOUGH || act_claim(act, "honest validators keep 99 of a hundred turns", kept * 10000 >= (kept + missed) * UPTIME_BPS,
                                                     "%" PRIu64 " of %" PRIu64, kept, kept + missed);
}

static bool verify_ejections(struct act *act, const struct validator_book *book)
{
    return claim_each(act, "what was slashed is what the evidence says", book, slashed_on_record) &&
           claim_each(act, "who is jailed has no seat", book, out_when_jailed) &&
           claim_each(act, "no honest validator is convicted", book, unconvicted) &&
           claim_each(act, "only validators that mean to miss their turns are ejected or slashed", book, faithful_in);
}

/* The newest committee is those who are active, with the stakes that they have there. */
static bool verify_seats(struct act *act, const struct validator_book *book)
{
    const struct alpha alpha = act_alpha(act);
    struct answer answer;
    uint64_t wait = 0;
    const struct committee_view *view;
    do view = alpha_committee_latest(&alpha, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (view == NULL && act_again(act, &answer, &wait));
    const bool told = view != NULL;
    size_t active = 0, seated = 0;
    for (size_t i = 0; told && i < book->count; i++) {
        uint32_t index;
        const struct validator_record *record = &book->data[i];
        active += record->view.is_active;
        if (committee_find(view->committee, &record->view.address, &index))
            seated += record->view.is_active && amount_eq(view->committee->members[index].stake, record->view.stake);
    }
    const size_t members = told ? view->committee->count : 0;
    if (!told) (void)act_fail(act->op, &answer);
    answer_done(&answer);
    return told && act_claim(act, "the committee is the active validators, with their stakes", seated == active && seated == members,
                             "%zu active, %zu members, %zu of both with one stake", active, members, seated);
}

/* ---- epochs ---- */

static bool checkpoints_take(struct act *act, struct epoch_ends *out)
{
    const struct alpha alpha = act_alpha(act);
    for (struct pager pager = {0}; pager_more(&pager);) {
        struct answer answer;
        uint64_t wait = 0;
        const struct page *page;
        do page = alpha_checkpoints(&alpha, PAGE, pager_cursor(&pager), act_deadline(act, ACT_READ_TIMEOUT), &answer);
        while (page == NULL && act_again(act, &answer, &wait));
        const struct checkpoint_view *items = page != NULL ? page->items : NULL;
        for (uint32_t i = 0; page != NULL && i < page->count; i++) vec_push(out, items[i]);
        const bool told = pager_turn(&pager, page, &answer);
        if (!told) (void)act_fail(act->op, &answer);
        answer_done(&answer);
        if (!told) return false;
    }
    return true;
}

/* An epoch's committee from the proof of its end, and the round of that end. */
static bool epoch_take(struct act *act, const struct checkpoint_view *end, struct epoch *out)
{
    const struct alpha alpha = act_alpha(act);
    struct answer answer;
    uint64_t wait = 0;
    uint32_t tries = 0;
    const struct finality_view *view;
    if (!proven_height(act, CHAIN_ALPHA, end->height)) return false; /* every certificate of the proof has a quorum of its committee */
    do view = alpha_finality(&alpha, end->height, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (view == NULL && act_again_behind(act, &answer, &wait, &tries));
    out->last = end->height;
    for (size_t i = 0; view != NULL && i < view->proof->committees_count; i++)
        if (hash_eq(&view->proof->committees[i]->hash, &view->proof->headers[0].committee_hash))
            out->committee = committee_rebase(view->proof->committees[i], view->proof->committees[i]->epoch, out->start_round);
    if (view != NULL) out->end_round = view->proof->headers[0].round;
    if (view != NULL) out->named = view->proof->headers[0].next_committee_hash;
    if (view == NULL) (void)act_fail(act->op, &answer);
    answer_done(&answer);
    return view != NULL;
}

static bool claim_committee(struct act *act, const struct epoch *epoch, const struct hash *named, uint64_t number)
{
    const struct committee *committee = epoch->committee;
    return act_claim(act, "each epoch's committee is the one that the epoch before named", committee != NULL && (hash_is_zero(named) || hash_eq(&committee->hash, named)),
                     "not in epoch %" PRIu64, number) &&
           act_claim(act, "each epoch's quorum is two thirds of its own stake", amount_eq(committee->quorum, AMOUNT(committee->total_stake.units * 2 / 3 + 1)),
                     "not in epoch %" PRIu64, number);
}

static void epoch_done(struct epoch *epoch)
{
    committee_unref(epoch->committee);
    base_free(epoch->lines);
    *epoch = (struct epoch){0};
}

static bool verify_epochs(struct act *act, struct validator_book *book, const struct epoch_ends *ends, bool sets, bool rewards)
{
    struct hash named = {{0}};
    struct rewards_ledger ledger = {.book = book};
    uint64_t start_round = 1;
    uint32_t first = 1;
    bool good = !rewards || rewards_begin(act, &ledger);
    for (size_t i = 0; good && i < ends->count && !act_is_closing(act); i++) {
        struct epoch epoch = {.number = i, .start_round = start_round, .first = first};
        good = epoch_take(act, &ends->data[i], &epoch);
        if (good && (sets || epoch.committee == NULL)) good = claim_committee(act, &epoch, &named, i);
        if (good && rewards) good = rewards_verify(act, &ledger, &epoch);
        named = epoch.named;
        start_round = epoch.end_round + 1;
        first = epoch.last + 1;
        epoch_done(&epoch);
    }
    if (good && rewards) good = rewards_finish(act, &ledger, ends->count);
    rewards_done(&ledger);
    return good;
}

void validator_verify_step(struct act *act, struct op *op)
{
    struct validator_book book = {0};
    struct epoch_ends ends = {0};
    const bool every = act_lists(act, "subjects", STR("all"));
    const bool sets = every || act_lists(act, "subjects", STR("sets")), rewards = every || act_lists(act, "subjects", STR("rewards"));
    if (!act_on(act, CHAIN_ALPHA, op)) return;
    op->sent = env_now(act->crew->env);
    bool good = validators_take(act, &book) && evidence_take(act, &book);
    if (good) characters_take(act, &book);
    if (good && (every || act_lists(act, "subjects", STR("ejections")))) good = verify_ejections(act, &book);
    if (good && sets) good = verify_seats(act, &book);
    if (good && (sets || rewards)) good = checkpoints_take(act, &ends) && verify_epochs(act, &book, &ends, sets, rewards);
    if (good && (every || act_lists(act, "subjects", STR("uptime")))) (void)verify_uptime(act, &book); /* op tells */
    vec_done(&ends);
    vec_done(&book);
    op->admitted = env_now(act->crew->env);
}
