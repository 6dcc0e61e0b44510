#include "tester/invariant/judge_money.h"

#include <inttypes.h>
#include <stdio.h>

#include "tester/invariant/judge.h"

enum { NAMED_MAX = 3 };

/* ---- which kinds move which holdings ---- */

enum holding {
#define S(name) HOLDING_##name,
    SUPPLY_HOLDINGS(S)
#undef S
        HOLDINGS
};
static const char *const holding_names[HOLDINGS] = {
#define S(name) #name,
    SUPPLY_HOLDINGS(S)
#undef S
};
#define BIT(name) (1u << HOLDING_##name)
#define EVERYDAY (BIT(free) | BIT(rewards) | BIT(treasury)) /* every transaction moves these by its fee */

/* What a transaction of a kind can move beside the fee and free balances. */
static unsigned moved_by(enum kind kind)
{
    switch (kind) {
    case KIND_ALPHA_STAKE:
    case KIND_ALPHA_UNSTAKE:
    case KIND_DELTA_STAKE:
    case KIND_DELTA_UNSTAKE: return BIT(staked) | BIT(unbonding);
    case KIND_BOND:
    case KIND_UNBOND:
    case KIND_VALIDATOR_REGISTER:
    case KIND_VALIDATOR_EXIT: return BIT(bonded) | BIT(staked) | BIT(unbonding);
    case KIND_ALPHA_EVIDENCE_SUBMIT:
    case KIND_DELTA_EVIDENCE_SUBMIT: return BIT(bonded) | BIT(staked) | BIT(unbonding) | BIT(oracle_bonds);
    case KIND_REWARDS_CLAIM: return BIT(rewards) | BIT(bonded);
    case KIND_GOVERNOR_REGISTER:
    case KIND_GOVERNOR_RESIGN:
    case KIND_PROPOSAL_CREATE:
    case KIND_PROPOSAL_QUEUE:
    case KIND_PROPOSAL_CANCEL:
    case KIND_PROPOSAL_EXECUTE: return BIT(deposits) | BIT(treasury);
    case KIND_NAME_COMMIT:
    case KIND_NAME_FINALIZE: return BIT(deposits);
    case KIND_SHIELDED_DEPOSIT:
    case KIND_SHIELDED_TRANSFER:
    case KIND_SHIELDED_WITHDRAW: return BIT(shielded);
    case KIND_BRIDGE_LOCK:
    case KIND_BRIDGE_UNLOCK_CLAIM:
    case KIND_ALPHA_IPC_DELIVER: return BIT(bridge_locked);
    case KIND_ORDER_PLACE:
    case KIND_ORDER_CANCEL:
    case KIND_ORDER_CANCEL_ALL: return BIT(locked) | BIT(pools);
    case KIND_AMM_ADD:
    case KIND_AMM_REMOVE:
    case KIND_AMM_SWAP: return BIT(pools) | BIT(locked);
    case KIND_PERP_OPEN:
    case KIND_PERP_CLOSE:
    case KIND_PERP_MARGIN:
    case KIND_PERP_LIQUIDATE:
    case KIND_FUNDING_SETTLE: return BIT(perp_vault);
    case KIND_ORACLE_REGISTER:
    case KIND_ORACLE_EXIT:
    case KIND_ORACLE_SUBMIT: return BIT(oracle_bonds);
    case KIND_OFFRAMP_REQUEST:
    case KIND_OFFRAMP_APPROVE:
    case KIND_OFFRAMP_SETTLE:
    case KIND_OFFRAMP_CANCEL: return BIT(escrow);
    case KIND_ALPHA_FLASH_LOAN: return BIT(staked) | BIT(treasury);
    case KIND_DELTA_FLASH_LOAN: return BIT(staked) | BIT(treasury) | BIT(locked) | BIT(pools) | BIT(perp_vault);
    default: return 0;
    }
}

static unsigned moved_between(const struct supply_token *a, const struct supply_token *b)
{
    unsigned moved = 0;
#define S(name) moved |= a->name.units != b->name.units ? BIT(name) : 0;
    SUPPLY_HOLDINGS(S)
#undef S
    return moved;
}

/* ---- a life ---- */

void judge_money_init(struct judge_money *money) { *money = (struct judge_money){0}; }

void judge_money_done(struct judge_money *money)
{
    vec_done(&money->movers);
    vec_done(&money->waiting);
}

/* ---- telling ---- */

struct telling {
    char text[160];
    size_t len;
    struct hash first;
    size_t count;
};

static void name_movers(const struct judge_money *money, uint32_t height, unsigned moved, struct telling *out)
{
    for (size_t i = 0; i < money->movers.count; i++) {
        const struct mover *mover = &money->movers.data[i];
        if (mover->height > height || (moved != 0 && (moved_by((enum kind)mover->kind) & moved) == 0)) continue;
        if (out->count++ == 0) out->first = mover->id;
        if (out->count > NAMED_MAX || out->len + 40 > sizeof(out->text)) continue;
        char id[17];
        str_hex(mover->id.b, 8, id);
        const struct kind_row *row = kind_find(mover->kind);
        const struct str kind = row ? row->name : STR("?");
        out->len += (size_t)snprintf(out->text + out->len, sizeof(out->text) - out->len, "%s%.16s (" STR_FMT ")", out->count > 1 ? ", " : "", id,
                                     STR_ARG(kind));
    }
}

struct sums {
    bool fits;
    u128 expected, held;
};

static struct sums sums_of(const struct supply_token *token)
{
    u128 sources = 0, sinks = 0;
    struct sums out = {0};
    out.fits = u128_add(token->genesis.units, token->faucet_minted.units, &sources) && u128_add(sources, token->issued.units, &sources) &&
               u128_add(sources, token->bridge_minted.units, &sources) && u128_add(token->bridge_burned.units, token->slashed_burned.units, &sinks);
#define S(name) out.fits = out.fits && u128_add(out.held, token->name.units, &out.held);
    SUPPLY_HOLDINGS(S)
#undef S
    out.fits = out.fits && u128_sub(sources, sinks, &out.expected);
    return out;
}

static void broken_tell(struct judge *judge, enum chain_id chain, const struct supply_token *before, const struct supply_token *token, const struct sums *sums,
                        uint32_t from, uint32_t height)
{
    const struct judge_money *money = &judge->money[chain - 1];
    const unsigned moved = moved_between(before, token);
    struct telling named = {0};
    char says[U128_TEXT] = "too much", has[U128_TEXT] = "too much", blocks[32], holdings[64] = "";
    if (moved & ~EVERYDAY) name_movers(money, height, moved & ~EVERYDAY, &named);
    if (named.count == 0) name_movers(money, height, 0, &named);
    if (named.count > NAMED_MAX) named.len += (size_t)snprintf(named.text + named.len, sizeof(named.text) - named.len, " and %zu more", named.count - NAMED_MAX);
    if (sums->fits) {
        u128_text(sums->expected, says);
        u128_text(sums->held, has);
    }
    if (from == height) snprintf(blocks, sizeof(blocks), "block %" PRIu32, height);
    else snprintf(blocks, sizeof(blocks), "blocks %" PRIu32 " to %" PRIu32, from, height);
    for (unsigned i = 0, len = 0; i < HOLDINGS; i++)
        if ((moved & (1u << i)) && len + 16 < sizeof(holdings)) len += (unsigned)snprintf(holdings + len, sizeof(holdings) - len, " %s", holding_names[i]);
    judge_violation(judge, 5, height, named.count ? &named.first : NULL, "%s %s: of " STR_FMT " there should be %s, holdings %s; by %s; moved:%s", chain_text(chain).data,
                    blocks, STR_ARG(token_text(token->token)), says, has, named.count ? named.text : "no transaction: what the block does by itself",
                    moved ? holdings : " nothing");
}

static void token_judge(struct judge *judge, enum chain_id chain, const struct supply_token *token, uint32_t from, uint32_t height)
{
    static const struct supply_token none;
    struct judge_money *money = &judge->money[chain - 1];
    const struct supply_token *before = &none;
    const struct sums sums = sums_of(token);
    u128 *gap = &money->gap[token->token - 1];
    for (uint32_t i = 0; i < money->last.tokens_count; i++)
        if (money->last.tokens[i].token == token->token) before = &money->last.tokens[i];
    judge->state[5].samples++;
    const u128 now = sums.expected - sums.held; /* modulo 2^128: any difference is one */
    if (!sums.fits || now != *gap || token->total.units != sums.expected) broken_tell(judge, chain, before, token, &sums, from, height);
    *gap = sums.fits ? now : 0;
}

static void supply_judge(struct judge *judge, enum chain_id chain, const struct supply *supply)
{
    struct judge_money *money = &judge->money[chain - 1];
    const uint32_t height = supply->finalized_height;
    size_t kept = 0;
    if (height < money->last.finalized_height) return;
    const uint32_t from = MIN(money->last.finalized_height + 1, height);
    for (uint32_t i = 0; i < supply->tokens_count; i++) token_judge(judge, chain, &supply->tokens[i], from, height);
    for (size_t i = 0; i < money->movers.count; i++)
        if (money->movers.data[i].height > height) money->movers.data[kept++] = money->movers.data[i];
    money->movers.count = kept;
    money->last = *supply;
}

static void waiting_judge(struct judge *judge, enum chain_id chain)
{
    struct judge_money *money = &judge->money[chain - 1];
    while (money->waiting.count > 0 && money->waiting.data[0].finalized_height <= money->read_height) {
        const struct supply supply = money->waiting.data[0];
        vec_remove(&money->waiting, 0);
        supply_judge(judge, chain, &supply);
    }
}

/* ---- what is fed ---- */

void judge_money_block(struct judge *judge, enum chain_id chain, const struct block_view *block)
{
    struct judge_money *money = &judge->money[chain - 1];
    for (uint32_t i = 0; i < block->transactions_count; i++) {
        const struct tx *tx = block->transactions[i].envelope;
        vec_push(&money->movers, ((struct mover){tx->id, block->header.height, tx->kind}));
    }
    money->read_height = block->header.height;
    waiting_judge(judge, chain);
}

void judge_money_supply(struct judge *judge, enum chain_id chain, const struct supply *supply)
{
    struct judge_money *money = &judge->money[chain - 1];
    if (money->waiting.count > 0 && money->waiting.data[money->waiting.count - 1].finalized_height >= supply->finalized_height) return;
    vec_push(&money->waiting, *supply);
    waiting_judge(judge, chain);
}

bool judge_money_between(const struct judge_money *money, const struct supply *between, const struct supply *next)
{
    if (between->tokens_count != next->tokens_count) return false;
    for (uint32_t i = 0; i < between->tokens_count; i++) {
        const struct sums a = sums_of(&between->tokens[i]), b = sums_of(&next->tokens[i]);
        const u128 gap = a.expected - a.held, then = b.expected - b.held;
        if (between->tokens[i].token != next->tokens[i].token || a.fits != b.fits) return false;
        if (gap != then && gap != money->gap[between->tokens[i].token - 1]) return false;
    }
    return true;
}
