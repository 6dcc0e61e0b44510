/* Names and their auctions.
 *
 *   name   ident the name                                  struct auction, field by field
 *   name   ident name ‖ 0 ‖ bidder(32) ‖ commitment(32)    u32 order ‖ u128 deposit ‖ u8 revealed ‖ u128 amount
 *   index  'e' ‖ u32 height ‖ name                         nothing: a phase of that auction begins behind this height
 *
 * A deposit is a holding ("deposits" of X4) from the commit until the auction is finalized. Then the winner's deposit pays the
 * price into the treasury and gives back the rest, the other revealed ones return, and of unrevealed ones a part is forfeit. A name
 * whose auction found no winner can be put up again. */
#include "chain/response_names.h"
#include "core/codec/binary.h"
#include "network/ledger/guard_names_priv.h"
#include "network/ledger/names_priv.h"

enum { NAME_MIN = 3, NAME_MAX = 32 };

static const char *const phases[] = {"commit", "reveal", "ended", "finalized", "claimed"};
struct str auction_phase_text(enum auction_phase phase) { return str_of(phases[phase]); }

enum auction_phase auction_phase(const struct auction *auction, uint32_t height)
{
    if (auction->claimed) return AUCTION_CLAIMED;
    if (auction->finalized) return AUCTION_FINALIZED;
    if (height <= auction->commit_end) return AUCTION_COMMIT;
    return height <= auction->reveal_end ? AUCTION_REVEAL : AUCTION_ENDED;
}

static bool name_ok(struct str name)
{
    if (name.len < NAME_MIN || name.len > NAME_MAX || name.data[0] == '-' || name.data[name.len - 1] == '-') return false;
    for (size_t i = 0; i < name.len; i++) {
        const char c = name.data[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return false;
    }
    return true;
}

/* ---- bytes ---- */

static struct okey name_okey(struct str name)
{
    struct okey key = okey(SPACE_NAME);
    okey_bytes(&key, name.data, MIN(name.len, (size_t)NAME_MAX));
    return key;
}

static struct okey bids_okey(struct str name)
{
    struct okey key = name_okey(name);
    okey_u8(&key, 0);
    return key;
}

static struct okey bid_okey(struct str name, const struct address *bidder, const struct hash *commitment)
{
    struct okey key = bids_okey(name);
    okey_address(&key, bidder);
    okey_hash(&key, commitment);
    return key;
}

bool auction_find(const struct ordmap *objects, struct str name, struct auction *out)
{
    const struct okey key = name_okey(name);
    struct str value;
    memset(out, 0, sizeof(*out));
    if (!ordmap_get(objects, okey_view(&key), &value)) return false;
    struct bin_reader r = bin_reader_of(value.data, value.len);
    out->commit_end = bin_get_u32(&r);
    out->reveal_end = bin_get_u32(&r);
    out->min_bid.units = bin_get_u128(&r);
    out->commits = bin_get_u32(&r);
    out->reveals = bin_get_u32(&r);
    out->finalized = bin_get_bool(&r);
    out->claimed = bin_get_bool(&r);
    out->has_winner = bin_get_bool(&r);
    bin_get_bytes(&r, &out->winner, sizeof(out->winner));
    out->winner_commit = bin_get_u32(&r);
    out->first.units = bin_get_u128(&r);
    out->second.units = bin_get_u128(&r);
    out->price.units = bin_get_u128(&r);
    const bool sound = bin_done(&r);
    ASSERT(sound); /* only auction_put writes there */
    return true;
}

static void auction_put(struct work *work, struct str name, const struct auction *auction)
{
    struct buf out = {0};
    bin_put_u32(&out, auction->commit_end);
    bin_put_u32(&out, auction->reveal_end);
    bin_put_u128(&out, auction->min_bid.units);
    bin_put_u32(&out, auction->commits);
    bin_put_u32(&out, auction->reveals);
    bin_put_u8(&out, auction->finalized);
    bin_put_u8(&out, auction->claimed);
    bin_put_u8(&out, auction->has_winner);
    bin_put_bytes(&out, &auction->winner, sizeof(auction->winner));
    bin_put_u32(&out, auction->winner_commit);
    bin_put_u128(&out, auction->first.units);
    bin_put_u128(&out, auction->second.units);
    bin_put_u128(&out, auction->price.units);
    const struct okey key = name_okey(name);
    work_set(work, &key, buf_str(&out));
    buf_done(&out);
}

static void bid_decode(struct str value, struct bid *out)
{
    struct bin_reader r = bin_reader_of(value.data, value.len);
    out->order = bin_get_u32(&r);
    out->deposit.units = bin_get_u128(&r);
    out->revealed = bin_get_bool(&r);
    out->amount.units = bin_get_u128(&r);
    const bool sound = bin_done(&r);
    ASSERT(sound); /* only bid_put writes there */
}

static void bid_put(struct work *work, const struct okey *key, const struct bid *bid)
{
    struct buf out = {0};
    bin_put_u32(&out, bid->order);
    bin_put_u128(&out, bid->deposit.units);
    bin_put_u8(&out, bid->revealed);
    bin_put_u128(&out, bid->amount.units);
    work_set(work, key, buf_str(&out));
    buf_done(&out);
}

bool auction_bid_next(const struct ordmap *objects, struct str name, struct ordmap_entry *at, struct address *bidder,
                      struct hash *commitment, struct bid *out)
{
    const struct okey prefix = bids_okey(name);
    const struct str view = okey_view(&prefix);
    if (at->key.len == 0 ? !ordmap_first(objects, view, at) : !ordmap_next(objects, view, at->key, at)) return false;
    memcpy(bidder, at->key.data + prefix.len, sizeof(*bidder));
    memcpy(commitment, at->key.data + prefix.len + sizeof(*bidder), sizeof(*commitment));
    bid_decode(at->value, out);
    return true;
}

/* ---- telling ---- */

static void tell_phase(struct work *work, struct str name, enum auction_phase phase)
{
    const struct name_phase event = {name, (uint32_t)phase};
    work_event(work, EVENT_NAME_PHASE, &shape_name_phase, &event);
}

static void phase_reminder(struct work *work, struct str name, uint32_t height)
{
    struct okey key = okey(INDEX_NAMES);
    okey_u8(&key, 'e');
    okey_u32(&key, height);
    okey_bytes(&key, name.data, name.len);
    work_set(work, &key, (struct str){"", 0});
}

/* Phases that begin with this block. */
static void names_block_begin(struct work *work)
{
    struct okey prefix = okey(INDEX_NAMES);
    okey_u8(&prefix, 'e');
    okey_u32(&prefix, work->frame->height - 1);
    struct ordmap_entry entry;
    while (ordmap_first(&work->objects, okey_view(&prefix), &entry)) {
        struct okey key = {.len = 0};
        okey_bytes(&key, entry.key.data, entry.key.len); /* a copy: the entry goes */
        const struct str name = {(const char *)key.b + prefix.len, (size_t)(key.len - prefix.len)};
        struct auction auction;
        work_remove(work, &key);
        if (auction_find(&work->objects, name, &auction)) tell_phase(work, name, auction_phase(&auction, work->frame->height));
    }
}

/* ---- kinds ---- */

static enum code open_apply(struct exec *x)
{
    const struct payload_auction_open *payload = &x->payload->auction_open;
    struct auction auction;
    if (!name_ok(payload->name)) return refuse(x, CODE_INVALID_NAME, RECEIPT_FIELD_NAME);
    if (auction_find(&x->work->objects, payload->name, &auction) && !(auction.finalized && !auction.has_winner))
        return refuse(x, CODE_ALREADY_EXISTS, RECEIPT_FIELD_NAME);
    const uint64_t height = x->work->frame->height;
    const uint64_t commit_end = MIN(height + payload->commit_blocks, (uint64_t)UINT32_MAX);
    const uint64_t reveal_end = MIN(commit_end + payload->reveal_blocks, (uint64_t)UINT32_MAX);
    auction = (struct auction){.commit_end = (uint32_t)commit_end, .reveal_end = (uint32_t)reveal_end, .min_bid = payload->min_bid};
    auction_put(x->work, payload->name, &auction);
    phase_reminder(x->work, payload->name, auction.commit_end);
    if (auction.reveal_end != auction.commit_end) phase_reminder(x->work, payload->name, auction.reveal_end);
    tell_phase(x->work, payload->name, AUCTION_COMMIT);
    return CODE_NONE;
}

/* The auction, in the phase that the kind asks. */
static enum code auction_in_phase(struct exec *x, struct str name, enum auction_phase phase, struct auction *out)
{
    const struct ledger_rules *rules = x->work->rules;
    if (!auction_find(&x->work->objects, name, out)) {
        if (!guard_exists(rules, false) || !name_ok(name)) return refuse(x, CODE_NAME_NOT_FOUND, RECEIPT_FIELD_NAME);
        *out = (struct auction){.commit_end = UINT32_MAX, .reveal_end = UINT32_MAX};
    }
    if (!guard_auction(rules, auction_phase(out, x->work->frame->height) == phase))
        return refuse(x, CODE_AUCTION_PHASE_MISMATCH, RECEIPT_FIELD_NAME);
    return CODE_NONE;
}

static enum code commit_apply(struct exec *x)
{
    const struct payload_name_commit *payload = &x->payload->name_commit;
    struct auction auction;
    enum code code = auction_in_phase(x, payload->name, AUCTION_COMMIT, &auction);
    if (code != CODE_NONE) return code;
    const struct okey key = bid_okey(payload->name, &x->sender, &payload->commitment);
    struct str known;
    if (work_get(x->work, &key, &known)) return refuse(x, CODE_ALREADY_EXISTS, RECEIPT_FIELD_COMMITMENT);
    if (!guard_auction(x->work->rules, amount_cmp(payload->deposit, auction.min_bid) >= 0))
        return refuse_lack(x, CODE_INSUFFICIENT_DEPOSIT, RECEIPT_FIELD_DEPOSIT, payload->deposit, auction.min_bid);
    code = money_take(x, &x->sender, TOKEN_AX, payload->deposit, RECEIPT_FIELD_DEPOSIT);
    if (code != CODE_NONE) return code;
    HOLDING(x->work, TOKEN_AX, deposits) += payload->deposit.units;
    const struct bid bid = {.order = auction.commits++, .deposit = payload->deposit};
    bid_put(x->work, &key, &bid);
    auction_put(x->work, payload->name, &auction);
    return CODE_NONE;
}

static struct hash commitment_of(const struct exec *x, const struct payload_name_reveal *payload)
{
    struct buf bytes = {0};
    bin_put_str(&bytes, payload->name);
    bin_put_bytes(&bytes, &x->sender, sizeof(x->sender));
    bin_put_u128(&bytes, payload->bid.units);
    bin_put_bytes(&bytes, &payload->salt, sizeof(payload->salt));
    const struct hash hash = hash_tagged("adnet/bid/v1", bytes.data, bytes.len);
    buf_done(&bytes);
    return hash;
}

static bool sender_has_bid(const struct exec *x, struct str name)
{
    struct okey prefix = bids_okey(name);
    okey_address(&prefix, &x->sender);
    struct ordmap_entry entry;
    struct bid bid;
    for (bool more = ordmap_first(&x->work->objects, okey_view(&prefix), &entry); more;
         more = ordmap_next(&x->work->objects, okey_view(&prefix), entry.key, &entry)) {
        bid_decode(entry.value, &bid);
        if (!bid.revealed) return true;
    }
    return false;
}

/* A bid enters the contest. */
static void contest(struct auction *auction, const struct address *bidder, const struct bid *bid)
{
    auction->reveals++;
    const bool leads = !auction->has_winner || amount_cmp(bid->amount, auction->first) > 0 ||
                       (amount_eq(bid->amount, auction->first) && bid->order < auction->winner_commit);
    const struct amount loser = leads ? (auction->has_winner ? auction->first : auction->min_bid) : bid->amount;
    if (amount_cmp(loser, auction->second) > 0) auction->second = loser;
    if (!leads) return;
    auction->has_winner = true;
    auction->winner = *bidder;
    auction->winner_commit = bid->order;
    auction->first = bid->amount;
}

static enum code reveal_apply(struct exec *x)
{
    const struct payload_name_reveal *payload = &x->payload->name_reveal;
    const struct ledger_rules *rules = x->work->rules;
    struct auction auction;
    const enum code code = auction_in_phase(x, payload->name, AUCTION_REVEAL, &auction);
    if (code != CODE_NONE) return code;
    if (!guard_auction(rules, sender_has_bid(x, payload->name))) return refuse(x, CODE_COMMITMENT_NOT_FOUND, RECEIPT_FIELD_NAME);
    const struct hash commitment = commitment_of(x, payload);
    const struct okey key = bid_okey(payload->name, &x->sender, &commitment);
    struct bid bid = {.order = auction.commits};
    struct str value;
    const bool found = work_get(x->work, &key, &value);
    if (found) bid_decode(value, &bid);
    const bool matches = found && !bid.revealed && amount_cmp(payload->bid, bid.deposit) <= 0;
    if (!guard_auction(rules, matches)) return refuse(x, CODE_REVEAL_MISMATCH, RECEIPT_FIELD_SALT);
    if (!guard_auction(rules, amount_cmp(payload->bid, auction.min_bid) >= 0))
        return refuse_lack(x, CODE_BELOW_RESERVE, RECEIPT_FIELD_BID, payload->bid, auction.min_bid);
    if (!found) auction.commits++;
    bid.revealed = true;
    bid.amount = payload->bid;
    bid_put(x->work, &key, &bid);
    contest(&auction, &x->sender, &bid);
    auction_put(x->work, payload->name, &auction);
    return CODE_NONE;
}

/* What is due to one bidder, out of the deposits. */
static void bid_settle(struct work *work, const struct auction *auction, const struct address *bidder, const struct bid *bid,
                       struct amount *price)
{
    struct amount kept = AMOUNT(0);
    if (auction->has_winner && bid->revealed && bid->order == auction->winner_commit) {
        kept = amount_cmp(*price, bid->deposit) <= 0 ? *price : bid->deposit; /* less only where a switch let it through */
        *price = kept;
    } else if (!bid->revealed) {
        if (!amount_mul_div(bid->deposit, work->params.unrevealed_penalty_bps, 10000, &kept)) kept = AMOUNT(0);
    }
    HOLDING(work, TOKEN_AX, deposits) -= bid->deposit.units;
    treasury_give(work, kept);
    money_give(work, bidder, TOKEN_AX, (struct amount){bid->deposit.units - kept.units});
}

static enum code finalize_apply(struct exec *x)
{
    const struct str name = x->payload->name.name;
    struct auction auction;
    const struct ledger_rules *rules = x->work->rules;
    if (!auction_find(&x->work->objects, name, &auction)) return refuse(x, CODE_NAME_NOT_FOUND, RECEIPT_FIELD_NAME);
    if (!auction.finalized && !guard_auction(rules, auction_phase(&auction, x->work->frame->height) == AUCTION_ENDED))
        return refuse(x, CODE_AUCTION_PHASE_MISMATCH, RECEIPT_FIELD_NAME);
    if (auction.finalized) return refuse(x, CODE_ALREADY_EXECUTED, RECEIPT_FIELD_NAME);
    struct amount price = auction.has_winner ? guard_second_price(rules, auction.first, auction.second) : AMOUNT(0);
    struct ordmap_entry at = {0};
    struct ordmap before = ordmap_copy(&x->work->objects); /* what is walked over */
    struct address bidder;
    struct hash commitment;
    struct bid bid;
    while (auction_bid_next(&before, name, &at, &bidder, &commitment, &bid)) {
        const struct okey key = bid_okey(name, &bidder, &commitment);
        bid_settle(x->work, &auction, &bidder, &bid, &price);
        work_remove(x->work, &key);
    }
    ordmap_done(&before);
    auction.finalized = true;
    auction.price = price;
    auction_put(x->work, name, &auction);
    tell_phase(x->work, name, AUCTION_FINALIZED);
    return CODE_NONE;
}

static enum code claim_apply(struct exec *x)
{
    const struct str name = x->payload->name.name;
    const struct ledger_rules *rules = x->work->rules;
    struct auction auction;
    if (!auction_find(&x->work->objects, name, &auction)) return refuse(x, CODE_NAME_NOT_FOUND, RECEIPT_FIELD_NAME);
    if (!guard_auction(rules, auction.finalized)) return refuse(x, CODE_AUCTION_PHASE_MISMATCH, RECEIPT_FIELD_NAME);
    if (!guard_auction(rules, auction.has_winner && address_eq(&auction.winner, &x->sender)))
        return refuse(x, CODE_NOT_WINNER, RECEIPT_FIELD_SENDER);
    if (auction.claimed) return refuse(x, CODE_ALREADY_EXECUTED, RECEIPT_FIELD_NAME);
    auction.claimed = auction.has_winner = true;
    auction.winner = x->sender;
    auction_put(x->work, name, &auction);
    tell_phase(x->work, name, AUCTION_CLAIMED);
    return CODE_NONE;
}

/* ---- audit ---- */

static void names_audit(const struct ordmap *objects, struct supply_token holdings[TOKEN_COUNT])
{
    static const char prefix[] = {SPACE_NAME};
    const struct str names = {prefix, 1};
    struct ordmap_entry entry;
    for (bool more = ordmap_first(objects, names, &entry); more; more = ordmap_next(objects, names, entry.key, &entry)) {
        if (entry.key.len < 1 + NAME_MIN + 1 + 64 || entry.key.data[entry.key.len - 65] != 0) continue; /* a name itself */
        struct bid bid;
        bid_decode(entry.value, &bid);
        holdings[TOKEN_AX - 1].deposits.units += bid.deposit.units;
    }
}

static const struct family_kind kinds[] = {
    {.kind = KIND_NAME_AUCTION_OPEN, .apply = open_apply}, {.kind = KIND_NAME_COMMIT, .apply = commit_apply},
    {.kind = KIND_NAME_REVEAL, .apply = reveal_apply},     {.kind = KIND_NAME_FINALIZE, .apply = finalize_apply},
    {.kind = KIND_NAME_CLAIM, .apply = claim_apply},
};

extern const struct family family_names;
const struct family family_names = {.name = "names",
                                    .kinds = kinds,
                                    .kinds_count = ARRAY_LEN(kinds),
                                    .block_begin = names_block_begin,
                                    .audit = names_audit};
