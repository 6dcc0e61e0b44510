/* Money of the shielded pool as its behaviours spend it. A wallet that lacks notes deposits first, in standard denominations. */
#include "tester/behavior/privacy_priv.h"

struct shieldwallet *privacy_wallet(const struct act *act) { return &shieldbot_of(act->bot)->wallet; }

bool privacy_skip(struct op *op, const char *note)
{
    if (op->status == OP_DONE) {
        op->status = OP_SKIPPED;
        op_note(op, note);
    }
    return false;
}

/* ---- funds ---- */

uint64_t privacy_denomination(const struct shield_terms *terms, uint64_t wanted)
{
    for (uint32_t i = 0; i < terms->denominations_count; i++)
        if (terms->denominations[i] >= wanted) return terms->denominations[i];
    return terms->denominations_count > 0 ? terms->denominations[terms->denominations_count - 1] : wanted;
}

/* What to deposit so that `amount` can be spent some times: one denomination, of ten times that where the purse holds it, else as few
 * as make it up. 0: the purse does not hold enough. */
static uint32_t deposits_for(struct act *act, uint64_t amount, uint64_t out[SHIELDED_INPUTS_MAX])
{
    const struct shieldwallet *wallet = privacy_wallet(act);
    const struct amount purse = wallet_available(&act->bot->wallet, TOKEN_AX);
    const uint64_t has = purse.units > UINT64_MAX / 2 ? UINT64_MAX / 2 : (uint64_t)purse.units, fee = (uint64_t)crew_fee(act->crew, CHAIN_ALPHA, DEPOSIT_BYTES).units;
    const uint64_t often = wallet->habits.denominations ? privacy_denomination(&wallet->terms, 10 * amount) : 10 * amount + 7;
    if (has >= often + fee) return out[0] = often, 1;
    uint64_t missing = amount + PRIVACY_RESERVE, left = has;
    uint32_t count = 0;
    while (missing > 0 && count < SHIELDED_INPUTS_MAX) {
        uint64_t part = shieldwallet_amount(wallet, missing);
        if (part == 0 || (count == SHIELDED_INPUTS_MAX - 1 && part < missing)) part = privacy_denomination(&wallet->terms, missing);
        if (left < part + fee) return 0;
        left -= part + fee;
        out[count++] = part;
        missing -= MIN(missing, part);
    }
    return missing == 0 ? count : 0;
}

bool privacy_make(struct act *act, const struct shield_order *order, struct shield_sending *sending, struct op *op)
{
    bool may_lack = true;
    uint64_t amounts[SHIELDED_INPUTS_MAX];
    if (shield_make(act, order, sending, &may_lack, op)) return true;
    if (may_lack) return false;
    const uint32_t count = deposits_for(act, order->amount, amounts);
    if (count == 0) return privacy_skip(op, "the wallet cannot afford the deposit");
    return shield_deposit(act, amounts, count, op) && shield_make(act, order, sending, NULL, op);
}

struct shield_order privacy_pay_order(struct bot *to, uint64_t amount)
{
    return (struct shield_order){.kind = KIND_SHIELDED_TRANSFER, .to = shieldbot_of(to)->wallet.keys.address, .amount = amount};
}

uint64_t privacy_u64(const struct act *act, const char *param)
{
    const u128 amount = act_amount(act, param);
    return amount > UINT64_MAX / 16 ? UINT64_MAX / 16 : (uint64_t)amount;
}

bool privacy_pay(struct act *act, const struct shield_order *order, const struct privacy_payment *payment, struct shield_sending *sending, struct op *op)
{
    if (!privacy_make(act, order, sending, op) || !shield_send(act, sending, op)) return false;
    privacy_check(act, sending, payment, op);
    return op->status == OP_DONE;
}

void privacy_tell_id(struct act *act, const struct op *op)
{
    if (act->output == NULL || hash_is_zero(&op->tx_id)) return;
    char hex[64];
    str_hex(op->tx_id.b, sizeof(op->tx_id.b), hex);
    act_output(act, STR("tx_id"), (struct str){hex, sizeof(hex)});
}

/* ---- out of the pool ---- */

bool privacy_leave(struct act *act, struct shield_order *order, struct shield_sending *sending, struct op *op)
{
    struct seckey key;
    struct shieldwallet *wallet = privacy_wallet(act);
    uint32_t waited;
    if (!shield_pause(act, &waited, op) || !shield_scan(act, op)) return false;
    (void)act_claim(act, "a delay before each boundary", waited >= PRIVACY_DELAY_BLOCKS_MIN, "%u blocks", waited);
    order->kind = KIND_SHIELDED_WITHDRAW;
    order->withdraw_to = shieldwallet_receiver(wallet, act->crew->suite, &act->bot->identity.address, &key);
    seckey_wipe(&key); /* it is spent by nobody in this run */
    const struct privacy_payment itself = {act->bot, 0};
    if (!privacy_pay(act, order, &itself, sending, op)) return false;
    struct holding before, after;
    if (!act_holding(act, CHAIN_ALPHA, &order->withdraw_to, sending->landing.height - 1, &before)) return false;
    if (!act_holding(act, CHAIN_ALPHA, &order->withdraw_to, sending->landing.height, &after)) return false;
    const bool fresh = before.nonce == 0 && before.free[TOKEN_AX].units == 0 && before.locked[TOKEN_AX].units == 0;
    (void)act_claim(act, "withdrawals go to fresh addresses", fresh, "it has been used before");
    return act_claim(act, "paid once", after.free[TOKEN_AX].units == before.free[TOKEN_AX].units + order->amount, "not %llu more", (unsigned long long)order->amount);
}
