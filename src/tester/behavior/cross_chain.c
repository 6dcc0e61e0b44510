/* Cross-chain (PT-L-010 to PT-L-014): locks of AX that are minted as sAX on Delta, and burns that unlock them again. What one crossing does is in
 * crossing.c, the audit of all of them in cross_chain_audit.c. The attacks of the family come with a later storey. */
#include <inttypes.h>
#include <stdio.h>

#include "tester/behavior/crossing.h"
#include "tester/behavior/families_priv.h"

static const char *const variant_known[] = {"same_id", "concurrent_locks", "lock_then_transfer", NULL};
static const char *const types_known[] = {"fake_lock",  "amount",     "recipient",       "second_preimage",
                                          "short_path", "stale_root", "bad_certificate", NULL};

/* `auto`: relays are asked to claim; `claim_after`: where nobody has claimed for so long, the bot does, and brings the proof itself where
 * nobody brought it, with the ends of epochs that it stands on; `timeout`: the bot gives up. */
static const struct param_spec await_finality_params[] = {
    {"amount", PARAM_AMOUNT, "1000", NULL},
    {"finality_depth", PARAM_COUNT, "3", NULL},
    {"timeout", PARAM_DURATION, NULL, NULL},
    {0},
};
static const struct param_spec burn_unlock_params[] = {
    {"amount", PARAM_AMOUNT, NULL, NULL},
    {"auto", PARAM_BOOL, "true", NULL},
    {"claim_after", PARAM_DURATION, "30s", NULL},
    {"timeout", PARAM_DURATION, NULL, NULL},
    {0},
};
static const struct param_spec bypass_finality_params[] = {
    {"amount", PARAM_AMOUNT, "500000", NULL},
    {"claim_depth", PARAM_COUNT, "[0, 2]", NULL},
    {0},
};
static const struct param_spec double_mint_params[] = {
    {"amount", PARAM_AMOUNT, "500000", NULL},
    {"k", PARAM_COUNT, "2", NULL},
    {"variant", PARAM_CHOICE, "same_id", variant_known},
    {0},
};
static const struct param_spec forge_proof_params[] = {
    {"attempts_per_type", PARAM_COUNT, "10", NULL},
    {"types", PARAM_LIST, "[fake_lock, amount, recipient, second_preimage, short_path, stale_root, bad_certificate]",
     types_known},
    {0},
};
static const struct param_spec lock_params[] = {
    {"amount", PARAM_AMOUNT, "500000", NULL},
    {"auto", PARAM_BOOL, "true", NULL},
    {"timeout", PARAM_DURATION, NULL, NULL},
    {0},
};
static const struct param_spec lock_mint_params[] = {
    {"amount", PARAM_AMOUNT, "500000", NULL},
    {"auto", PARAM_BOOL, "true", NULL},
    {"claim_after", PARAM_DURATION, "30s", NULL},
    {"timeout", PARAM_DURATION, NULL, NULL},
    {0},
};
static const struct param_spec mint_params[] = {
    {"claim_after", PARAM_DURATION, "30s", NULL},
    {"early", PARAM_BOOL, "false", NULL},
    {"lock_id", PARAM_TEXT, NULL, NULL},
    {"timeout", PARAM_DURATION, NULL, NULL},
    {0},
};

static void skip(struct op *op, const char *note)
{
    op->status = OP_SKIPPED;
    op_note(op, note);
}

static bool begin(struct act *act, struct crossing *crossing, enum chain_id from, struct op *op)
{
    if (act_has(act, "timeout")) act->deadline = act_deadline(act, (struct duration){act_u64(act, "timeout")});
    return crossing_begin(act, crossing, from, op);
}

/* ---- locks ---- */

static void lock(struct act *act, struct op *op)
{
    struct crossing *crossing = base_alloc(sizeof(*crossing));
    if (begin(act, crossing, CHAIN_ALPHA, op)) {
        crossing->amount = AMOUNT(act_amount(act, "amount"));
        crossing->automatic = act_flag(act, "auto");
        if (crossing->automatic) act->bot->wallet.purses[TOKEN_SAX].loose = true; /* minted some day, and nobody here waits for it */
        if (crossing_send(act, crossing, op)) (void)crossing_land(act, crossing, op); /* op tells */
    }
    crossing_end(act, crossing);
    base_free(crossing);
}

/* What a bot has brought over last, for the way back. */
static void cycle_note(struct act *act, const struct crossing *crossing)
{
    if (!address_eq(&crossing->to, &act->bot->identity.address)) return; /* it was another's */
    act->bot->cycle = (struct bot_cycle){
        .amount = crossing->amount,
        .lock = crossing->tx_id,
        .mint = crossing->passage.claim,
        .lock_fee = crossing->sent.receipt.fee_charged,
        .lock_height = crossing->sent.height,
        .mint_height = crossing->passage.height,
        .locked = crossing->sent.receipt.fee_charged.units > 0,
        .ax = crossing->was_sent,
        .sax = crossing->was_paid,
    };
}

static void lock_mint(struct act *act, struct op *op)
{
    struct crossing *crossing = base_alloc(sizeof(*crossing));
    if (begin(act, crossing, CHAIN_ALPHA, op)) {
        crossing->amount = AMOUNT(act_amount(act, "amount"));
        crossing->automatic = act_flag(act, "auto");
        crossing->claim_after.ns = act_u64(act, "claim_after");
        if (crossing_send(act, crossing, op) && crossing_land(act, crossing, op) && crossing_arrive(act, crossing, op)) {
            crossing_check(act, crossing);
            if (op->status == OP_DONE) cycle_note(act, crossing);
        }
    }
    crossing_end(act, crossing);
    base_free(crossing);
}

/* A lock made earlier. `early`: with what there is now, and how that is answered is the operation's outcome. */
static void mint(struct act *act, struct op *op)
{
    struct arena arena;
    struct hash id;
    arena_init(&arena, 0);
    const bool given = act_has(act, "lock_id") && str_unhex(act_text(act, "lock_id", &arena), id.b, sizeof(id.b));
    arena_done(&arena);
    if (!given) {
        skip(op, "`lock_id` is no lock's id");
        return;
    }
    struct crossing *crossing = base_alloc(sizeof(*crossing));
    bool found = begin(act, crossing, CHAIN_ALPHA, op);
    if (found) {
        crossing->tx_id = id;
        crossing->claim_after.ns = act_u64(act, "claim_after");
        found = crossing_find(act, crossing, op);
    }
    if (found && act_flag(act, "early")) {
        (void)crossing_claim(act, crossing, true, op); /* op tells */
    } else if (found && crossing_arrive(act, crossing, op)) {
        crossing_check(act, crossing);
        if (op->status == OP_DONE) cycle_note(act, crossing);
    }
    crossing_end(act, crossing);
    base_free(crossing);
}

/* ---- burns ---- */

/* From the block before the lock to that of the unlock, and from the block before the mint to that of the burn. */
static void cycle_check(struct act *act, const struct crossing *crossing, const struct bot_cycle *cycle)
{
    const bool own = address_eq(&crossing->passage.sender, &act->bot->identity.address);
    struct amount fees = cycle->lock_fee;
    if (own) fees = amount_add_clamped(fees, crossing->passage.fee);
    const struct movement ax = {.chain = CHAIN_ALPHA, .address = &act->bot->identity.address, .height = crossing->passage.height, .token = TOKEN_AX,
                                .lost = fees, .by = &cycle->lock, .with = &crossing->passage.claim, .since = cycle->lock_height - 1, .was = &cycle->ax};
    const struct movement sax = {.chain = CHAIN_DELTA, .address = &act->bot->identity.address, .height = crossing->sent.height, .token = TOKEN_SAX,
                                 .by = &cycle->mint, .with = &crossing->tx_id, .since = cycle->mint_height - 1, .was = &cycle->sax};
    if (cycle->lock_height <= 1 || cycle->mint_height <= 1) return;
    const bool good = !cycle->locked || act_claim_moved(act, "after a full cycle AX is the start less fees", &ax);
    if (good) (void)act_claim_moved(act, "after a full cycle sAX is the start", &sax); /* op tells */
}

static void burn_unlock(struct act *act, struct op *op)
{
    struct bot_cycle cycle = act->bot->cycle;
    const struct amount amount = act_has(act, "amount") ? AMOUNT(act_amount(act, "amount")) : cycle.amount;
    if (amount_is_zero(amount)) {
        skip(op, "nothing was minted that could be burned");
        return;
    }
    struct crossing *crossing = base_alloc(sizeof(*crossing));
    if (begin(act, crossing, CHAIN_DELTA, op)) {
        crossing->amount = amount;
        crossing->automatic = act_flag(act, "auto");
        crossing->claim_after.ns = act_u64(act, "claim_after");
        if (crossing_send(act, crossing, op) && crossing_land(act, crossing, op) && crossing_arrive(act, crossing, op)) {
            crossing_check(act, crossing);
            const bool same = amount_eq(cycle.amount, amount) && hash_eq(&act->bot->cycle.lock, &cycle.lock);
            if (same) act->bot->cycle = (struct bot_cycle){0}; /* it is closed */
            if (same && op->status == OP_DONE) cycle_check(act, crossing, &cycle);
        }
    }
    crossing_end(act, crossing);
    base_free(crossing);
}

/* ---- finality ---- */

/* The claim that comes too early: with its message and proof, as soon as the lock is in a block. False: it was answered otherwise than by refusing
 * or taking it; op says. */
static bool too_early(struct act *act, struct crossing *crossing, bool *out_taken, struct op *op)
{
    if (!crossing_find(act, crossing, op)) return false;
    *out_taken = crossing_claim(act, crossing, true, op);
    if (*out_taken) return true; /* whether too early, the blocks' times tell */
    const bool refused = op->status == OP_REFUSED && op->code == CODE_SOURCE_NOT_FINAL;
    if (!refused) return false;
    op->status = OP_DONE;
    op->code = CODE_NONE;
    op->note[0] = '\0';
    return true;
}

static bool early_check(struct act *act, const struct crossing *crossing, bool taken)
{
    const bool late = crossing_claim_after_final(act, crossing, crossing->passage.height);
    if (act->op->status != OP_DONE && act->op->status != OP_POSTCONDITION) return false; /* nobody told */
    const bool refused = act_claim(act, "a mint ahead of finality is refused", !taken || late, "it was taken");
    return late && refused;
}

static bool finality_check(struct act *act, const struct crossing *crossing)
{
    uint32_t proving;
    uint64_t third_ms;
    if (!crossing_proving_height(act, crossing, &proving, &third_ms)) return false;
    const uint32_t reported = crossing->sent.head, least = crossing->sent.height + (uint32_t)MIN(act_u64(act, "finality_depth"), 1000u);
    if (reported == 0) return true; /* nobody was asked in time */
    return act_claim(act, "finality is told with the first block that proves it", reported + 1 >= proving && reported <= proving + 1 && reported + 1 >= least,
                     "told at %" PRIu32 ", proven by %" PRIu32 ", sent in %" PRIu32, reported, proving, crossing->sent.height);
}

static void await_finality(struct act *act, struct op *op)
{
    struct crossing *crossing = base_alloc(sizeof(*crossing));
    bool taken = false;
    if (begin(act, crossing, CHAIN_ALPHA, op)) {
        crossing->amount = AMOUNT(act_amount(act, "amount"));
        if (crossing_send(act, crossing, op) && too_early(act, crossing, &taken, op) && crossing_land(act, crossing, op) &&
            finality_check(act, crossing) && crossing_arrive(act, crossing, op) && early_check(act, crossing, taken))
            crossing_check(act, crossing);
    }
    crossing_end(act, crossing);
    base_free(crossing);
}

/* ---- worst case: fees of the transactions of one execution ---- */

#define LOCK_BYTES (TX_BYTES_MIN + 49)

static u128 crossing_spend(const struct act *plan) { return crew_fee(plan->crew, CHAIN_ALPHA, LOCK_BYTES).units; }
static u128 nothing_spend(const struct act *plan)
{
    (void)plan;
    return 0; /* of AX; fees are Delta's */
}

static const struct behavior_spec specs[] = {
    {.name = "cross_chain.await_finality",
     .summary = "lock, claim too early, follow it until it is final, then claim",
     .roles = "general_user, trader, relay",
     .pattern = "PT-L-013",
     .transaction = true,
     .params = await_finality_params,
     .step = await_finality,
     .settle = wallets_settle,
     .spend_max = crossing_spend},
    {.name = "cross_chain.burn_unlock",
     .summary = "burn sAX on Delta and unlock AX on Alpha",
     .roles = "general_user, trader, relay",
     .pattern = "PT-L-014",
     .transaction = true,
     .params = burn_unlock_params,
     .step = burn_unlock,
     .settle = wallets_settle,
     .spend_max = nothing_spend},
    {.name = "cross_chain.bypass_finality",
     .summary = "claim a mint before its lock is final",
     .roles = "general_user/malicious, relay/rogue",
     .pattern = "PT-A-011",
     .params = bypass_finality_params},
    {.name = "cross_chain.double_mint",
     .summary = "redeem one lock receipt twice on Delta",
     .roles = "general_user/malicious, relay/rogue",
     .pattern = "PT-A-010",
     .params = double_mint_params},
    {.name = "cross_chain.forge_proof",
     .summary = "claim with a forged Merkle proof or certificate",
     .roles = "general_user/malicious, relay/rogue",
     .pattern = "PT-A-014",
     .params = forge_proof_params},
    {.name = "cross_chain.lock",
     .summary = "lock AX on Alpha",
     .roles = "general_user, trader, relay",
     .pattern = "PT-L-010",
     .transaction = true,
     .params = lock_params,
     .step = lock,
     .settle = wallets_settle,
     .spend_max = crossing_spend},
    {.name = "cross_chain.lock_mint",
     .summary = "lock AX on Alpha and mint sAX on Delta",
     .roles = "general_user, trader, relay",
     .pattern = "PT-L-010",
     .transaction = true,
     .params = lock_mint_params,
     .step = lock_mint,
     .settle = wallets_settle,
     .spend_max = crossing_spend},
    {.name = "cross_chain.mint",
     .summary = "claim the mint of a lock on Delta",
     .roles = "general_user, trader, relay",
     .pattern = "PT-L-010",
     .transaction = true,
     .params = mint_params,
     .step = mint,
     .settle = wallets_settle,
     .spend_max = nothing_spend},
};

const struct behavior_family behavior_cross_chain = {"cross_chain", specs, ARRAY_LEN(specs)};
