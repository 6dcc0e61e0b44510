/* Names (PT-L-060): auctions are opened, bid for under seal, revealed, finalized, and the name is claimed. Each step is a behaviour of
 * its own and acts at once: what is out of its phase the network refuses. A bot keeps what opens its bids (sealed.h) from one to the
 * next. */
#include <inttypes.h>
#include <stdio.h>

#include "tester/behavior/name_priv.h"
#include "tester/client/alpha_names.h"
#include "world/fiber/chan.h"

static const struct param_spec params[] = {
    {"bid", PARAM_AMOUNT, "[100000, 1000000]", NULL}, {"commit_window", PARAM_COUNT, "20", NULL},
    {"delay", PARAM_DURATION, "[0s, 5s]", NULL},      {"names", PARAM_LIST, "[adnet]", NULL},
    {"reserve", PARAM_AMOUNT, "100000", NULL},        {"reveal_fraction", PARAM_FRACTION, "1.0", NULL},
    {"reveal_window", PARAM_COUNT, "20", NULL},       {0},
};

bool name_read(struct act *act, struct str name, struct name_view *out)
{
    const struct alpha client = act_alpha(act);
    struct answer answer;
    uint64_t wait = 0;
    const struct name_view *view;
    do view = alpha_name(&client, name, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (view == NULL && act_again(act, &answer, &wait));
    if (view != NULL) {
        *out = *view;
        out->name = (struct str){0}; /* it goes with the answer */
    } else {
        (void)act_fail(act->op, &answer);
    }
    answer_done(&answer);
    return view != NULL;
}

/* The list's words in turn: the first execution takes the first. */
static struct str name_in_turn(const struct act *act)
{
    size_t row;
    const struct arg *args = act->args != NULL ? act->args : act->track->args;
    if (param_specs_find(act->track->params, STR("names"), &row) == NULL || args[row].words_count == 0) return (struct str){0};
    return args[row].words[act->number % args[row].words_count].word;
}

static bool begin(struct act *act, struct op *op)
{
    if (!act_on(act, CHAIN_ALPHA, op)) return false;
    const struct duration delay = {act_u64(act, "delay")};
    if (delay.ns > 0) fiber_sleep(act->crew->env, delay);
    if (name_in_turn(act).len > 0) return true;
    op->status = OP_SKIPPED;
    op_note(op, "`names` names nothing");
    return false;
}

static void tell(struct act *act, struct str name)
{
    char hex[64];
    str_hex(act->op->tx_id.b, sizeof(act->op->tx_id.b), hex);
    act_output(act, STR("tx_id"), (struct str){hex, sizeof(hex)});
    act_output(act, STR("name"), name);
}

/* ---- opening ---- */

static void create_auction(struct act *act, struct op *op)
{
    if (!begin(act, op)) return;
    const struct str name = name_in_turn(act);
    const uint32_t commit = (uint32_t)MIN(act_u64(act, "commit_window"), UINT32_MAX), reveal = (uint32_t)MIN(act_u64(act, "reveal_window"), UINT32_MAX);
    const union payload payload = {.auction_open = {name, AMOUNT(act_amount(act, "reserve")), commit, reveal}};
    const struct send_plan plan = {.kind = KIND_NAME_AUCTION_OPEN, .payload = &payload};
    struct landing landing = {0};
    struct name_view view;
    if (!act_send(act, &plan, &landing, op)) return;
    tell(act, name);
    if (!name_read(act, name, &view)) return;
    (void)act_claim(act, "the windows are those that were asked for", view.commit_end == landing.height + commit && view.reveal_end == view.commit_end + reveal,
                    "opened in %" PRIu32 ", they end at %" PRIu32 " and %" PRIu32, landing.height, view.commit_end, view.reveal_end);
    (void)act_claim(act, "nobody owns the name while it is bid for", !view.owner.has && !view.winner.has, "it has an owner");
}

/* ---- bids ---- */

static u128 hi_of(const struct act *act, const char *param)
{
    size_t row;
    const struct arg *args = act->args != NULL ? act->args : act->track->args;
    return param_specs_find(act->track->params, str_of(param), &row) != NULL ? args[row].hi : 0;
}

/* What the bid may be at most: every deposit is as large as the largest bid, so that none tells its bid. */
static u128 deposit_hi(const struct act *act) { return MAX(hi_of(act, "bid"), hi_of(act, "reserve")); }
static struct amount deposit_of(const struct act *act) { return (struct amount){deposit_hi(act)}; }

static void seal(struct act *act, struct str name, struct sealed_bid *out)
{
    struct rng rng = rng_split(&act->rng, STR("salt"), 0);
    *out = (struct sealed_bid){.bid = AMOUNT(act_amount(act, "bid")), .deposit = deposit_of(act)};
    memcpy(out->name, name.data, MIN(name.len, (size_t)SEALED_NAME_MAX));
    rng_bytes(&rng, out->salt.b, sizeof(out->salt.b));
    out->commitment = sealed_commitment(name, &act->bot->identity.address, out->bid, &out->salt);
}

static void commit_bid(struct act *act, struct op *op)
{
    if (!begin(act, op)) return;
    const struct str name = act_word(act, "names");
    struct sealed_bid bid;
    struct name_view before, after;
    struct landing landing = {0};
    if (!name_read(act, name, &before)) return;
    seal(act, name, &bid);
    const union payload payload = {.name_commit = {name, bid.commitment, bid.deposit}};
    const struct send_plan plan = {.kind = KIND_NAME_COMMIT, .payload = &payload, .leaves = money_of(TOKEN_AX, bid.deposit), .held = true};
    if (!act_send(act, &plan, &landing, op)) return;
    tell(act, name);
    vec_push(&act->bot->sealed.bids, bid);
    const struct movement held = {.chain = CHAIN_ALPHA, .address = &act->bot->identity.address, .height = landing.height, .token = TOKEN_AX,
                                  .lost = {bid.deposit.units + landing.receipt.fee_charged.units}, .by = &landing.id};
    if (!act_claim_moved(act, "the deposit leaves the account", &held) && op->status != OP_POSTCONDITION) return;
    if (!name_read(act, name, &after)) return;
    (void)act_claim(act, "the commit is counted", after.commits > before.commits, "%" PRIu32 " before, %" PRIu32 " after", before.commits, after.commits);
    const bool sealed = after.phase != NAME_COMMIT || (!after.price.has && !after.winner.has && after.reveals == 0);
    (void)act_claim(act, "no bid shows before it is revealed", sealed, "in its commit phase a price, a winner or reveals are told");
}

/* The bot's oldest bid on one of the names that is not opened yet; NULL: none. */
static struct sealed_bid *sealed_next(struct act *act)
{
    for (size_t i = 0; i < act->bot->sealed.bids.count; i++) {
        struct sealed_bid *bid = &act->bot->sealed.bids.data[i];
        if (!bid->revealed && !bid->withheld && act_lists(act, "names", str_of(bid->name))) return bid;
    }
    return NULL;
}

static bool withholds(const struct act *act)
{
    struct rng rng = rng_split(&act->rng, STR("withhold"), 0);
    return !rng_chance_bps(&rng, (uint32_t)act_u64(act, "reveal_fraction"));
}

static void reveal_bid(struct act *act, struct op *op)
{
    if (!begin(act, op)) return;
    struct sealed_bid *found = sealed_next(act);
    if (found == NULL) {
        op->status = OP_SKIPPED;
        op_note(op, "no sealed bid on these names");
        return;
    }
    if (withholds(act)) {
        found->withheld = true;
        op_note(op, "withholds its bid");
        return;
    }
    struct sealed_bid bid = *found; /* the list may move meanwhile */
    const size_t place = (size_t)(found - act->bot->sealed.bids.data);
    const struct str name = str_of(bid.name);
    const union payload payload = {.name_reveal = {name, bid.bid, bid.salt}};
    const struct send_plan plan = {.kind = KIND_NAME_REVEAL, .payload = &payload};
    struct name_view before, after;
    struct landing landing = {0};
    found->revealed = true; /* another execution does not take it, too */
    if (!name_read(act, name, &before) || !act_send(act, &plan, &landing, op)) {
        act->bot->sealed.bids.data[place].revealed = false;
        return;
    }
    tell(act, name);
    if (!name_read(act, name, &after)) return;
    (void)act_claim(act, "the reveal is counted", after.reveals > before.reveals && after.reveals <= after.commits, "%" PRIu32 " before, %" PRIu32 " after, of %" PRIu32, before.reveals,
                    after.reveals, after.commits);
    (void)act_claim(act, "a reveal is taken in its phase alone", landing.height > after.commit_end && landing.height <= after.reveal_end,
                    "in %" PRIu32 ", not %" PRIu32 " to %" PRIu32, landing.height, after.commit_end + 1, after.reveal_end);
}

/* ---- the end ---- */

static void finalize(struct act *act, struct op *op)
{
    if (!begin(act, op)) return;
    const struct str name = name_in_turn(act);
    const union payload payload = {.name = {name}};
    const struct send_plan plan = {.kind = KIND_NAME_FINALIZE, .payload = &payload, .loose = 1u << TOKEN_AX}; /* a bidder's deposit comes back with it */
    struct landing landing = {0};
    if (!act_send(act, &plan, &landing, op)) return;
    tell(act, name);
    (void)name_claim_auction(act, name, &landing);
}

/* The name that the bot bid for; else whose turn it is. */
static struct str name_bid_for(const struct act *act)
{
    for (size_t i = 0; i < act->bot->sealed.bids.count; i++) {
        const struct sealed_bid *bid = &act->bot->sealed.bids.data[i];
        if (bid->revealed && act_lists(act, "names", str_of(bid->name))) return str_of(bid->name);
    }
    return name_in_turn(act);
}

static void claim_name(struct act *act, struct op *op)
{
    if (!begin(act, op)) return;
    char text[SEALED_NAME_MAX + 1];
    snprintf(text, sizeof(text), STR_FMT, STR_ARG(name_bid_for(act)));
    const struct str name = str_of(text);
    const struct address *self = &act->bot->identity.address;
    struct name_view view;
    if (!name_read(act, name, &view)) return;
    if (view.winner.has && !address_eq(&view.winner.value, self)) {
        op_note(op, "another won it");
        (void)act_claim(act, "who lost owns nothing", !view.owner.has || address_eq(&view.owner.value, &view.winner.value), "the owner is not the winner");
        return;
    }
    const union payload payload = {.name = {name}};
    const struct send_plan plan = {.kind = KIND_NAME_CLAIM, .payload = &payload};
    if (!act_send(act, &plan, NULL, op)) return;
    tell(act, name);
    if (!name_read(act, name, &view)) return;
    (void)act_claim(act, "owner resolves", view.phase == NAME_CLAIMED && view.owner.has && address_eq(&view.owner.value, self), "X11 tells another owner, or none");
}

#define NAME_TX_BYTES (TX_BYTES_MIN + 128) /* no payload of these kinds is longer */
static u128 fee_max(const struct act *plan) { return crew_fee(plan->crew, CHAIN_ALPHA, NAME_TX_BYTES).units; }
/* A deposit comes back or pays for a name: what is spent for good is at most all of it. */
static u128 deposit_max(const struct act *plan) { return deposit_hi(plan) + fee_max(plan); }

#define ROW(key, what, does, ...)                                                                                                \
    {                                                                                                                            \
        .name = "name_service." key, .summary = what, .roles = "general_user", .pattern = "PT-L-060", .params = params, .step = does, .transaction = true, .spend_max = __VA_ARGS__                  \
    }
static const struct behavior_spec specs[] = {
    ROW("claim_name", "claim a name that was won", claim_name, fee_max),
    ROW("commit_bid", "commit a sealed bid", commit_bid, deposit_max),
    ROW("create_auction", "open an auction", create_auction, fee_max),
    ROW("finalize", "finalise an auction", finalize, fee_max),
    ROW("reveal_bid", "reveal a bid", reveal_bid, fee_max),
};

const struct behavior_family behavior_name_service = {"name_service", specs, ARRAY_LEN(specs)};
