/* Names (PT-L-060): auctions are opened, bid for under seal, revealed, finalized, and the name is claimed. Each step is a behaviour of
 * its own and acts at once: what is out of its phase the network refuses. A bot keeps what opens its bids (sealed.h) from one to the
 * next. */
#include <inttypes.h>
#include <stdio.h>

#include "tester/behavior/name_priv.h"
#include "tester/bot/canary.h"
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
    op->sent = env_now(act->crew->env);
    op_mark(op, STAGE_QUEUED, op->sent);
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

static const struct arg *range_of(const struct act *act, const char *param)
{
    size_t row;
    const struct arg *args = act->args != NULL ? act->args : act->track->args;
    return param_specs_find(act->track->params, str_of(param), &row) != NULL ? &args[row] : NULL;
}
static u128 hi_of(const struct act *act, const char *param) { return range_of(act, param) != NULL ? range_of(act, param)->hi : 0; }
static u128 lo_of(const struct act *act, const char *param) { return range_of(act, param) != NULL ? range_of(act, param)->lo : 0; }

#define NAME_TX_BYTES (TX_BYTES_MIN + 128) /* no payload of these kinds is longer */
#define LATER_FEES 8                       /* what a bidder keeps for the transactions behind its commit */
static u128 fee_max(const struct act *plan) { return crew_fee(plan->crew, CHAIN_ALPHA, NAME_TX_BYTES).units; }

/* What a bid is at least. */
static u128 bid_lo(const struct act *act) { return MAX(lo_of(act, "bid"), hi_of(act, "reserve")); }

/* Every deposit is as large as the largest bid may be, or as all that the bidder can spare: neither tells its bid. */
static struct amount deposit_of(const struct act *act)
{
    const u128 hi = MAX(hi_of(act, "bid"), hi_of(act, "reserve")), has = wallet_available(&act->bot->wallet, TOKEN_AX).units,
               kept = LATER_FEES * fee_max(act);
    if (has >= hi + kept || has < bid_lo(act) + kept) return (struct amount){hi}; /* who can afford no bid is refused by the network */
    return (struct amount){has - kept};
}

static void seal(struct act *act, struct str name, struct sealed_bid *out)
{
    struct rng rng = rng_split(&act->rng, STR("salt"), 0);
    const struct amount deposit = deposit_of(act);
    *out = (struct sealed_bid){.bid = {MIN(act_amount(act, "bid"), deposit.units)}, .deposit = deposit};
    memcpy(out->name, name.data, MIN(name.len, (size_t)SEALED_NAME_MAX));
    rng_bytes(&rng, out->salt.b, sizeof(out->salt.b));
    out->commitment = sealed_commitment(name, &act->bot->identity.address, out->bid, &out->salt);
}

/* Deposits may be the same number as a bid of all of them: that tells nothing. */
static bool says_bid(struct str text, const struct sealed_bid *bid)
{
    char number[AMOUNT_TEXT], quoted[AMOUNT_TEXT + 2], salt[65];
    str_hex(bid->salt.b, sizeof(bid->salt.b), salt);
    if (memmem(text.data, text.len, salt, 64) != NULL) return true;
    amount_text(bid->bid, number);
    const int len = snprintf(quoted, sizeof(quoted), "\"%s\"", number);
    return !amount_eq(bid->bid, bid->deposit) && memmem(text.data, text.len, quoted, (size_t)len) != NULL;
}

/* What the chain shows of a commit: its transaction, the block that has it, the record of the name. */
static void claim_secret(struct act *act, const struct sealed_bid *bid, const struct landing *landing)
{
    const struct alpha client = act_alpha(act);
    const char *where = NULL;
    for (unsigned look = 0; look < 3; look++) {
        static const char *const looks[] = {"transaction", "block", "name"};
        struct answer answer;
        uint64_t wait = 0;
        const void *told;
        do {
            const struct instant deadline = act_deadline(act, ACT_READ_TIMEOUT);
            if (look == 0) told = alpha_transaction(&client, &landing->id, TX_WAIT_NONE, (struct duration){0}, deadline, &answer);
            else if (look == 1) told = alpha_block(&client, landing->height, true, deadline, &answer);
            else told = alpha_name(&client, str_of(bid->name), deadline, &answer);
        } while (told == NULL && act_again(act, &answer, &wait));
        if (told == NULL) (void)act_fail(act->op, &answer); /* op tells */
        else if (where == NULL && says_bid(answer_body(&answer), bid)) where = looks[look];
        answer_done(&answer);
        if (told == NULL) return;
    }
    (void)act_claim(act, "a commit tells neither bid nor salt", where == NULL, "in the %s", where != NULL ? where : "");
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
    claim_secret(act, &bid, &landing);
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
        (void)canary_plant_bytes(act->crew, "the salt of a bid that was withheld", found->salt.b, sizeof(found->salt.b));
        if (!amount_eq(found->bid, found->deposit)) (void)canary_plant_amount(act->crew, "a bid that was withheld", (uint64_t)found->bid.units); /* small or round ones are none */
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
    (void)act_claim(act, "no price is told while bids are revealed", before.phase != NAME_REVEAL || (!before.price.has && !before.winner.has), "a price or a winner is told");
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
    struct name_view view;
    if (!name_read(act, name, &view)) return;
    /* Its history is long, and states are kept for a while only: what can be read before is. */
    struct name_survey *survey = name_survey_new(name);
    if ((view.phase != NAME_ENDED || name_survey_read(act, survey, 0)) && act_send(act, &plan, &landing, op)) {
        tell(act, name);
        if (name_survey_read(act, survey, landing.height)) (void)name_claim_auction(act, survey, &landing); /* op tells */
    }
    name_survey_free(survey);
}

/* The next name that the bot bid for in the open; else whose turn it is. */
static struct str name_bid_for(const struct act *act)
{
    for (size_t i = 0; i < act->bot->sealed.bids.count; i++) {
        struct sealed_bid *bid = &act->bot->sealed.bids.data[i];
        if (!bid->revealed || bid->settled || !act_lists(act, "names", str_of(bid->name))) continue;
        bid->settled = true;
        return str_of(bid->name);
    }
    return name_in_turn(act);
}

static void claim_name(struct act *act, struct op *op)
{
    if (!begin(act, op)) return;
    char text[SEALED_NAME_MAX + 1];
    const struct str wanted = name_bid_for(act);
    snprintf(text, sizeof(text), STR_FMT, STR_ARG(wanted)); /* the bot's list may move meanwhile */
    const struct str name = str_of(text);
    const struct address *self = &act->bot->identity.address;
    struct name_view view;
    if (!name_read(act, name, &view)) return;
    if (view.winner.has && !address_eq(&view.winner.value, self)) {
        op_note(op, "another won it");
        (void)act_claim(act, "who lost owns nothing", !view.owner.has || address_eq(&view.owner.value, &view.winner.value), "the owner is not the winner");
        return;
    }
    if (view.owner.has && address_eq(&view.owner.value, self)) {
        op_note(op, "it has claimed it before");
        return;
    }
    const union payload payload = {.name = {name}};
    const struct send_plan plan = {.kind = KIND_NAME_CLAIM, .payload = &payload};
    if (!act_send(act, &plan, NULL, op)) return;
    tell(act, name);
    if (!name_read(act, name, &view)) return;
    (void)act_claim(act, "owner resolves", view.phase == NAME_CLAIMED && view.owner.has && address_eq(&view.owner.value, self), "X11 tells another owner, or none");
}

/* A bidder never deposits more than it can spare, so what it must have is the least bid and its fees. */
static u128 commit_max(const struct act *plan) { return bid_lo(plan) + LATER_FEES * fee_max(plan); }

#define ROW(key, what, does, ...)                                                                                                \
    {                                                                                                                            \
        .name = "name_service." key, .summary = what, .roles = "general_user", .pattern = "PT-L-060", .params = params, .step = does, .transaction = true, .spend_max = __VA_ARGS__                  \
    }
static const struct behavior_spec specs[] = {
    ROW("claim_name", "claim a name that was won", claim_name, fee_max),
    ROW("commit_bid", "commit a sealed bid", commit_bid, commit_max),
    ROW("create_auction", "open an auction", create_auction, fee_max),
    ROW("finalize", "finalise an auction", finalize, fee_max),
    ROW("reveal_bid", "reveal a bid", reveal_bid, fee_max),
};

const struct behavior_family behavior_name_service = {"name_service", specs, ARRAY_LEN(specs)};
