/* INV-14 of one auction, as a bot holds it: the bids are read from the blocks between its opening and its end, what is due to each is
 * worked out from them, and compared with what the chain says of the name and with the accounts before and after. */
#include <inttypes.h>

#include "tester/behavior/governance_priv.h"
#include "tester/behavior/name_priv.h"

#define BLOCKS_MAX 20000u

struct entry { /* one commit */
    struct address bidder;
    struct hash commitment;
    struct amount deposit, bid, back; /* back: what is due of the deposit */
    bool revealed;
};
struct name_survey {
    struct str name;
    bool opened;
    uint32_t read; /* up to this block */
    struct amount min_bid, first, price, paid_in, forfeits;
    const struct entry *winner;
    uint64_t penalty_bps;
    uint32_t endings; /* auctions that end in the block of this one's end: its bidders may have deposits in those, too */
    VEC(struct entry) commits;         /* newest first: the blocks are read backwards */
    VEC(struct payload_name_reveal) reveals; /* without their names */
    VEC(struct address) revealers;
};

static void take(struct name_survey *s, const struct tx *tx, bool last, struct arena *arena)
{
    union payload p;
    const enum kind kind = (enum kind)tx->kind;
    if (kind == KIND_NAME_FINALIZE && last) s->endings++;
    if (kind != KIND_NAME_AUCTION_OPEN && kind != KIND_NAME_COMMIT && kind != KIND_NAME_REVEAL) return;
    payload_of_tx(tx, arena, &p);
    if (kind == KIND_NAME_AUCTION_OPEN && str_eq(p.auction_open.name, s->name)) {
        s->opened = true;
        s->min_bid = p.auction_open.min_bid;
    } else if (kind == KIND_NAME_COMMIT && str_eq(p.name_commit.name, s->name)) {
        vec_push(&s->commits, ((struct entry){.bidder = tx->sender, .commitment = p.name_commit.commitment, .deposit = p.name_commit.deposit}));
    } else if (kind == KIND_NAME_REVEAL && str_eq(p.name_reveal.name, s->name)) {
        vec_push(&s->reveals, p.name_reveal);
        vec_push(&s->revealers, tx->sender);
    }
}

__attribute__((noinline)) static void block_take(struct name_survey *s, const struct block_view *block, bool last)
{
    struct arena arena;
    arena_init(&arena, 0);
    for (uint32_t i = block->transactions_count; i-- > 0 && !s->opened;) {
        const struct tx_view *tx = &block->transactions[i];
        if (tx->envelope != NULL && receipt_success(&tx->receipt)) take(s, tx->envelope, last, &arena);
    }
    arena_done(&arena);
}

/* Backwards from `height` to the opening, or to behind `known`. */
static bool blocks_read(struct act *act, struct name_survey *s, uint32_t height, uint32_t known)
{
    const struct alpha client = act_alpha(act);
    for (uint32_t read = 0; !s->opened && height > known && read < BLOCKS_MAX; read++, height--) {
        struct answer answer;
        uint64_t wait = 0;
        const struct block_view *block;
        do block = alpha_block(&client, height, true, act_deadline(act, ACT_READ_TIMEOUT), &answer);
        while (block == NULL && act_again(act, &answer, &wait));
        if (block != NULL) block_take(s, block, read == 0);
        else (void)act_fail(act->op, &answer); /* op tells */
        answer_done(&answer);
        if (block == NULL) return false;
    }
    return true;
}

/* What is known goes behind what is newer. */
static void survey_join(struct name_survey *newer, const struct name_survey *known)
{
    for (size_t i = 0; i < known->commits.count; i++) vec_push(&newer->commits, known->commits.data[i]);
    for (size_t i = 0; i < known->reveals.count; i++) vec_push(&newer->reveals, known->reveals.data[i]);
    for (size_t i = 0; i < known->revealers.count; i++) vec_push(&newer->revealers, known->revealers.data[i]);
    newer->opened = newer->opened || known->opened;
    newer->min_bid = known->opened ? known->min_bid : newer->min_bid;
}

static void survey_clear(struct name_survey *s)
{
    vec_done(&s->commits);
    vec_done(&s->reveals);
    vec_done(&s->revealers);
}

struct name_survey *name_survey_new(struct str name)
{
    struct name_survey *s = base_alloc(sizeof(*s));
    *s = (struct name_survey){.name = name};
    return s;
}

void name_survey_free(struct name_survey *s)
{
    survey_clear(s);
    base_free(s);
}

static bool final_read(struct act *act, uint32_t *out)
{
    const struct alpha client = act_alpha(act);
    struct answer answer;
    uint64_t wait = 0;
    bool told;
    do told = alpha_height_final(&client, act_deadline(act, ACT_READ_TIMEOUT), out, &answer);
    while (!told && act_again(act, &answer, &wait));
    if (!told) (void)act_fail(act->op, &answer); /* op tells */
    answer_done(&answer);
    return told;
}

bool name_survey_read(struct act *act, struct name_survey *s, uint32_t height)
{
    if (height == 0 && !final_read(act, &height)) return false;
    struct name_survey *newer = name_survey_new(s->name);
    const bool read = blocks_read(act, newer, height, s->read);
    if (read) {
        survey_join(newer, s);
        survey_clear(s);
        *s = *newer;
        s->read = height;
        base_free(newer);
    } else {
        name_survey_free(newer);
    }
    return read;
}

static void reveals_match(struct name_survey *s)
{
    for (size_t r = 0; r < s->reveals.count; r++) {
        const struct payload_name_reveal *reveal = &s->reveals.data[r];
        const struct hash commitment = sealed_commitment(s->name, &s->revealers.data[r], reveal->bid, &reveal->salt);
        for (size_t i = 0; i < s->commits.count; i++) {
            struct entry *entry = &s->commits.data[i];
            if (!hash_eq(&entry->commitment, &commitment) || !address_eq(&entry->bidder, &s->revealers.data[r])) continue;
            entry->revealed = amount_cmp(reveal->bid, entry->deposit) <= 0 && amount_cmp(reveal->bid, s->min_bid) >= 0;
            entry->bid = reveal->bid;
        }
    }
}

/* Who wins, at what price, and what is due to each. */
static void work_out(struct name_survey *s)
{
    s->price = s->min_bid;
    for (size_t i = s->commits.count; i-- > 0;) { /* the earliest first */
        const struct entry *entry = &s->commits.data[i];
        s->paid_in.units += entry->deposit.units;
        if (!entry->revealed) continue;
        const bool leads = s->winner == NULL || amount_cmp(entry->bid, s->first) > 0;
        const struct amount loser = leads ? s->first : entry->bid;
        if (s->winner != NULL && amount_cmp(loser, s->price) > 0) s->price = loser;
        if (!leads) continue;
        s->winner = entry;
        s->first = entry->bid;
    }
    if (s->winner == NULL) s->price = AMOUNT(0);
    for (size_t i = 0; i < s->commits.count; i++) {
        struct entry *entry = &s->commits.data[i];
        struct amount kept = entry == s->winner ? s->price : AMOUNT(0);
        if (!entry->revealed && amount_mul_div(entry->deposit, s->penalty_bps, 10000, &kept)) s->forfeits.units += kept.units;
        entry->back.units = entry->deposit.units - kept.units;
    }
}

static bool first_of_bidder(const struct name_survey *s, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (address_eq(&s->commits.data[i].bidder, &s->commits.data[at].bidder)) return false;
    return true;
}

/* All that is due to the bidder. */
static struct amount due_to(const struct name_survey *s, const struct address *bidder, bool *out_wins, bool *out_withheld)
{
    struct amount due = AMOUNT(0);
    *out_wins = s->winner != NULL && address_eq(&s->winner->bidder, bidder);
    *out_withheld = false;
    for (size_t i = 0; i < s->commits.count; i++) {
        const struct entry *entry = &s->commits.data[i];
        if (!address_eq(&entry->bidder, bidder)) continue;
        due.units += entry->back.units;
        *out_withheld |= !entry->revealed;
    }
    return due;
}

/* ---- claims ---- */

/* What the accounts of all bidders got in the block of the end, by the chain's two states. Where others touch one of them there, nothing
 * can be said. */
static bool claim_sum(struct act *act, const struct name_survey *s, struct amount told_price, const struct landing *landing)
{
    u128 refunds = 0;
    bool alone = true;
    struct holding before, after;
    for (size_t i = 0; i < s->commits.count && alone; i++) {
        const struct address *bidder = &s->commits.data[i].bidder;
        if (!first_of_bidder(s, i)) continue;
        if (!act_holding(act, CHAIN_ALPHA, bidder, landing->height, &after) || !act_holding(act, CHAIN_ALPHA, bidder, landing->height - 1, &before)) return false;
        const bool self = address_eq(bidder, &act->bot->identity.address);
        alone = after.nonce == before.nonce + (self ? 1 : 0);
        refunds += after.free[TOKEN_AX].units + (self ? landing->receipt.fee_charged.units : 0) - before.free[TOKEN_AX].units;
    }
    if (!alone) return true;
    char in[AMOUNT_TEXT], out[AMOUNT_TEXT];
    const struct amount sum = {told_price.units + refunds + s->forfeits.units};
    amount_text(s->paid_in, in);
    amount_text(sum, out);
    return act_claim(act, "what went in is price, refunds and forfeits", amount_eq(sum, s->paid_in), "%s in, %s out", in, out);
}

static bool claim_refunds(struct act *act, const struct name_survey *s, const struct landing *landing)
{
    bool good = true;
    for (size_t i = 0; i < s->commits.count && good; i++) {
        bool wins, withheld;
        const struct address *bidder = &s->commits.data[i].bidder;
        if (!first_of_bidder(s, i)) continue;
        const struct amount due = due_to(s, bidder, &wins, &withheld);
        struct movement moved = {.chain = CHAIN_ALPHA, .address = bidder, .height = landing->height, .token = TOKEN_AX, .gained = due, .by = &landing->id};
        if (address_eq(bidder, &act->bot->identity.address)) moved.lost = landing->receipt.fee_charged;
        const char *claim = "losers are refunded in full";
        if (wins) claim = "the winner gets back what is above the price";
        else if (withheld) claim = "who does not reveal forfeits exactly the penalty";
        good = act_claim_moved(act, claim, &moved);
    }
    return good;
}

static bool penalty_read(struct act *act, struct name_survey *s)
{
    char text[ACTION_VALUE_BYTES_MAX + 1];
    return gov_parameter(act, CHAIN_ALPHA, "unrevealed_penalty_bps", text) &&
           (str_to_u64(str_of(text), &s->penalty_bps) || act_claim(act, "the penalty is a parameter", false, "it reads %.20s", text));
}

static bool claim_all(struct act *act, const struct name_survey *s, const struct name_view *view, const struct landing *landing)
{
    char is[AMOUNT_TEXT], right[AMOUNT_TEXT];
    const struct amount told = view->price.has ? view->price.value : AMOUNT(0);
    amount_text(told, is);
    amount_text(s->price, right);
    bool good = act_claim(act, "all commits and reveals are in blocks", view->commits == s->commits.count && view->reveals == s->reveals.count,
                          "%" PRIu32 " and %" PRIu32 ", not %zu and %zu", view->commits, view->reveals, s->commits.count, s->reveals.count);
    good &= act_claim(act, "the winner is the highest valid reveal", view->winner.has == (s->winner != NULL) && (s->winner == NULL || address_eq(&view->winner.value, &s->winner->bidder)),
                      "X11 tells another");
    if (s->endings == 1) good &= claim_sum(act, s, told, landing);
    good &= act_claim(act, "the price is the second bid or the reserve", amount_eq(told, s->price), "%s, not %s", is, right);
    if (s->endings == 1) good &= claim_refunds(act, s, landing);
    return good;
}

bool name_claim_auction(struct act *act, struct name_survey *s, const struct landing *landing)
{
    struct name_view view;
    if (!act_claim(act, "the auction's opening is in the chain", s->opened, "not in the %u blocks before its end", BLOCKS_MAX)) return false;
    if (!penalty_read(act, s) || !name_read(act, s->name, &view)) return false;
    reveals_match(s);
    work_out(s);
    return claim_all(act, s, &view, landing);
}
