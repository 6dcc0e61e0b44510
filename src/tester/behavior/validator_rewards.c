/* Rewards worked out anew (api 11, DECISIONS): an epoch pays each member epoch_reward times the share of its own turns that it kept, and the fees of its blocks; the
 * commission is taken first, rounded down. A block's fees come in behind the epoch's end, so those of an epoch's last block go with the next one. */
#include "tester/behavior/validator_verify.h"

#include <inttypes.h>

#include "tester/behavior/governance_priv.h"
#include "tester/client/adnet_rewards.h"
#include "tester/client/alpha_staking.h"
#include "tester/client/pager.h"

#define BLOCKS_PAGE 50u
#define TXS_PAGE 500u

bool rewards_begin(struct act *act, struct rewards_ledger *ledger)
{
    char text[ACTION_VALUE_BYTES_MAX + 1];
    uint64_t reward = 0;
    if (!gov_parameter(act, CHAIN_ALPHA, "epoch_reward", text)) return false;
    if (!str_to_u64(str_of(text), &reward)) reward = 0;
    ledger->reward = reward;
    ledger->whole = true;
    return true;
}

void rewards_done(struct rewards_ledger *ledger) { *ledger = (struct rewards_ledger){0}; }

/* ---- an epoch's headers and receipts ---- */

static void tx_note(struct rewards_ledger *ledger, const struct tx_view *tx, u128 *fees)
{
    *fees += tx->receipt.fee_charged.units;
    if (tx->envelope == NULL) return;
    struct validator_record *record = validator_record_of(ledger->book, &tx->envelope->sender);
    if (tx->envelope->kind == KIND_VALIDATOR_UPDATE && record != NULL) record->changed = true;
    if (tx->envelope->kind == KIND_BOND) ledger->shared = true;
}

static bool fees_read(struct act *act, struct rewards_ledger *ledger, uint32_t height, u128 *out)
{
    const struct alpha alpha = act_alpha(act);
    *out = 0;
    for (struct pager pager = {0}; pager_more(&pager);) {
        struct answer answer;
        uint64_t wait = 0;
        const struct page *page;
        do page = alpha_block_transactions(&alpha, height, TXS_PAGE, pager_cursor(&pager), act_deadline(act, ACT_READ_TIMEOUT), &answer);
        while (page == NULL && act_again(act, &answer, &wait));
        const struct tx_view *items = page != NULL ? page->items : NULL;
        for (uint32_t i = 0; page != NULL && i < page->count; i++) tx_note(ledger, &items[i], out);
        const bool told = pager_turn(&pager, page, &answer);
        if (!told) (void)act_fail(act->op, &answer); /* op tells */
        answer_done(&answer);
        if (!told) return false;
    }
    return true;
}

/* What of a header is needed behind its answer. */
struct seen_block {
    uint32_t height, transactions;
    uint64_t round;
    struct address proposer;
};

/* Rounds that are missing between a block and its parent were their leaders' turns; behind an epoch's end they were of the closing blocks. */
static void turns_count(struct rewards_ledger *ledger, struct epoch *epoch, const struct seen_block *block)
{
    uint32_t index;
    for (uint64_t round = ledger->last_round + 1; block->height > epoch->first && round < block->round; round++) {
        if (!committee_leader(epoch->committee, round, &index)) break;
        epoch->lines[index].turns++;
        epoch->lines[index].missed++;
    }
    if (committee_find(epoch->committee, &block->proposer, &index)) epoch->lines[index].turns++;
    ledger->last_round = block->round;
}

static bool block_take(struct act *act, struct rewards_ledger *ledger, struct epoch *epoch, const struct seen_block *block)
{
    uint32_t index;
    u128 fees = 0;
    turns_count(ledger, epoch, block);
    if (block->transactions > 0 && !fees_read(act, ledger, block->height, &fees)) return false;
    if (block->height == epoch->last) {
        ledger->next_proposer = block->proposer;
        ledger->next_fees = fees;
    } else if (committee_find(epoch->committee, &block->proposer, &index)) {
        epoch->lines[index].fees += fees;
    }
    return true;
}

static bool blocks_take(struct act *act, struct rewards_ledger *ledger, struct epoch *epoch)
{
    const struct alpha alpha = act_alpha(act);
    struct seen_block *seen = base_alloc(sizeof(*seen) * BLOCKS_PAGE);
    bool good = true;
    for (uint32_t height = epoch->first; good && height <= epoch->last;) {
        struct answer answer;
        uint64_t wait = 0;
        uint32_t count = 0;
        const struct page *page;
        do page = alpha_blocks(&alpha, height, MIN(height + BLOCKS_PAGE, epoch->last + 1), act_deadline(act, ACT_READ_TIMEOUT), &answer);
        while (page == NULL && act_again(act, &answer, &wait));
        const struct block_view *items = page != NULL ? page->items : NULL;
        for (; page != NULL && count < page->count && count < BLOCKS_PAGE; count++) {
            const struct header *header = &items[count].header;
            seen[count] = (struct seen_block){header->height, header->transaction_count, header->round, header->proposer};
        }
        if (page == NULL) (void)act_fail(act->op, &answer);
        good = page != NULL && (count > 0 || act_claim(act, "each block of an epoch is there", false, "not at height %" PRIu32, height));
        answer_done(&answer);
        for (uint32_t i = 0; good && i < count; i++) good = block_take(act, ledger, epoch, &seen[i]);
        height += count;
    }
    base_free(seen);
    return good;
}

/* ---- against what was paid ---- */

static u128 part_of(u128 whole, u128 numerator, u128 denominator)
{
    u128 part;
    return u128_mul_div(whole, numerator, denominator, &part) ? part : 0;
}

/* Ejected within an epoch (by evidence, by vote): how many turns it still had is not told by headers. */
static bool is_clear(const struct validator_record *record) { return record->convictions == 0 && (!record->view.jailed || record->downtimes > 0); }

struct reckoning {
    uint32_t rows, exact, commissions;
    uint32_t members; /* rows of members */
    struct address first; /* whose row is another */
};

static void row_check(struct rewards_ledger *ledger, const struct epoch *epoch, const struct epoch_validator *row, struct reckoning *out)
{
    struct validator_record *record = validator_record_of(ledger->book, &row->address);
    uint32_t index;
    const bool member = committee_find(epoch->committee, &row->address, &index);
    u128 owed = address_eq(&ledger->last_proposer, &row->address) ? ledger->last_fees : 0;
    out->rows++;
    out->members += member;
    if (member) {
        const struct epoch_line *line = &epoch->lines[index];
        owed += line->fees + (line->turns == 0 ? ledger->reward : part_of(ledger->reward, line->turns - line->missed, line->turns));
    }
    const bool clear = record != NULL && is_clear(record);
    const bool exact = !clear || owed == row->total.units;
    const bool commission = !clear || record->changed || row->commission.units == part_of(row->total.units, record->view.commission_bps, 10000);
    if (out->exact == out->rows - 1 && out->commissions == out->rows - 1 && !(exact && commission)) out->first = row->address;
    out->exact += exact;
    out->commissions += commission;
    if (record != NULL) record->earned += row->total.units;
}

static bool rows_check(struct act *act, struct rewards_ledger *ledger, const struct epoch *epoch, bool *out_there, struct reckoning *out)
{
    struct answer answer;
    uint64_t wait = 0;
    const struct epoch_rewards *view;
    do view = adnet_epoch_rewards(&act->crew->adnet, epoch->number, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (view == NULL && act_again(act, &answer, &wait));
    const bool gone = view == NULL && answer.status == ANSWER_REFUSED && answer.code == CODE_EPOCH_NOT_FOUND;
    *out = (struct reckoning){0};
    *out_there = view != NULL && view->start_height == epoch->first && view->end_height == epoch->last;
    for (uint32_t i = 0; view != NULL && i < view->validators_count; i++) row_check(ledger, epoch, &view->validators[i], out);
    if (view == NULL && !gone) (void)act_fail(act->op, &answer);
    answer_done(&answer);
    ledger->told = !gone;
    if (gone) ledger->whole = false; /* so long ago that the chain does not tell */
    if (gone) *out_there = true;
    return view != NULL || gone;
}

bool rewards_verify(struct act *act, struct rewards_ledger *ledger, struct epoch *epoch)
{
    struct reckoning found;
    bool there;
    char text[ADDRESS_TEXT];
    if (act->crew->adnet.http == NULL) return true; /* nobody tells what was paid */
    epoch->lines = base_alloc(sizeof(*epoch->lines) * (epoch->committee->count + 1));
    if (!blocks_take(act, ledger, epoch) || !rows_check(act, ledger, epoch, &there, &found)) return false;
    ledger->last_proposer = ledger->next_proposer;
    ledger->last_fees = ledger->next_fees;
    if (!act_claim(act, "an epoch's rewards are of its blocks", there, "not in epoch %" PRIu64, epoch->number)) return false;
    if (!ledger->told) return true;
    address_text(&found.first, CHAIN_ALPHA, text);
    return act_claim(act, "each member has its part of an epoch's rewards", found.members == epoch->committee->count, "%" PRIu32 " of %" PRIu32 " in epoch %" PRIu64,
                     found.members, epoch->committee->count, epoch->number) &&
           act_claim(act, "rewards are exact to the unit", found.exact == found.rows, "%" PRIu32 " of %" PRIu32 " in epoch %" PRIu64 ", not that of %s", found.exact, found.rows,
                     epoch->number, text) &&
           act_claim(act, "commissions are exact to the unit", found.commissions == found.rows, "%" PRIu32 " of %" PRIu32 " in epoch %" PRIu64 ", not that of %s",
                     found.commissions, found.rows, epoch->number, text);
}

/* ---- what became of it ---- */

/* Nobody else bonds there: all of it is the validator's own. False: not told; op says. */
static bool is_alone(struct act *act, const struct address *validator, bool *out)
{
    const struct alpha alpha = act_alpha(act);
    struct answer answer;
    uint64_t wait = 0;
    const struct page *page;
    do page = alpha_delegators(&alpha, validator, 2, (struct str){0}, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (page == NULL && act_again(act, &answer, &wait));
    const struct delegator_view *items = page != NULL ? page->items : NULL;
    const bool told = page != NULL;
    *out = told && page->count == 1 && address_eq(&items[0].address, validator);
    if (!told) (void)act_fail(act->op, &answer);
    answer_done(&answer);
    return told;
}

static bool purse_read(struct act *act, const struct address *validator, u128 *out)
{
    struct answer answer;
    uint64_t wait = 0;
    const struct rewards_view *view;
    do view = adnet_rewards(&act->crew->adnet, validator, validator, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (view == NULL && act_again(act, &answer, &wait));
    const bool told = view != NULL;
    *out = told ? view->total.units + view->claimed.units : 0;
    if (!told) (void)act_fail(act->op, &answer);
    answer_done(&answer);
    return told;
}

static bool newest_epoch(struct act *act, uint64_t *out)
{
    struct answer answer;
    uint64_t wait = 0;
    const struct epoch_rewards *view;
    do view = adnet_epoch_rewards(&act->crew->adnet, UINT64_MAX, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (view == NULL && act_again(act, &answer, &wait));
    const bool told = view != NULL;
    *out = told ? view->epoch : 0;
    if (!told) (void)act_fail(act->op, &answer);
    answer_done(&answer);
    return told;
}

bool rewards_finish(struct act *act, struct rewards_ledger *ledger, size_t epochs)
{
    size_t compared = 0, exact = 0, first = 0;
    uint64_t newest;
    char text[ADDRESS_TEXT] = "";
    if (act->crew->adnet.http == NULL || epochs == 0 || !ledger->whole || ledger->shared) return true;
    for (size_t i = 0; i < ledger->book->count && !act_is_closing(act); i++) {
        const struct validator_record *record = &ledger->book->data[i];
        bool alone;
        u128 has;
        if (!is_alone(act, &record->view.address, &alone)) return false;
        if (!alone) continue; /* it has left, or others have their part */
        if (!purse_read(act, &record->view.address, &has)) return false;
        if (has == record->earned) exact++;
        else if (exact == compared) first = i;
        compared++;
    }
    if (!newest_epoch(act, &newest)) return false;
    if (newest + 1 != epochs || act_is_closing(act)) return true; /* another epoch has ended meanwhile: they have more by now */
    address_text(&ledger->book->data[first].view.address, CHAIN_ALPHA, text);
    return act_claim(act, "what was earned is claimed or pending, to the unit", exact == compared, "of %zu of %zu, not that of %s", exact, compared, text);
}
