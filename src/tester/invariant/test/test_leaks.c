/* One unit goes missing in one place, in one block: conservation tells the block and the transaction. The network answers as it would:
 * with supplies of consecutive heights, and it says "ok" throughout. */
#include "blocks.h"

#include "chain/spend.h"

static struct supply alpha, delta;
static const union payload none;

static struct supply_token *of(enum token token)
{
    struct supply *supply = token == TOKEN_AX ? &alpha : &delta;
    for (uint32_t i = 0; i < supply->tokens_count; i++)
        if (supply->tokens[i].token == token) return &supply->tokens[i];
    CHECK_FAIL("no such token");
    return NULL;
}

static void settle(struct supply *supply)
{
    for (uint32_t i = 0; i < supply->tokens_count; i++) {
        (void)supply_settle(&supply->tokens[i]);
        supply->tokens[i].ok = true; /* whatever it is */
    }
}

static void state(enum chain_id chain, uint32_t height)
{
    struct supply *supply = chain == CHAIN_ALPHA ? &alpha : &delta;
    settle(supply);
    supply->finalized_height = supply->height = height;
    judge_chain_supply(&judge, chain, supply);
}

/* Both chains sound at height 1. */
static void world(void)
{
    start();
    alpha = (struct supply){.tokens_count = 1};
    alpha.tokens[0] = (struct supply_token){.token = TOKEN_AX, .genesis = AMOUNT(1000000), .free = AMOUNT(800000), .staked = AMOUNT(100000), .rewards = AMOUNT(50000),
                                            .treasury = AMOUNT(50000)};
    delta = (struct supply){.tokens_count = 3};
    delta.tokens[0] = (struct supply_token){.token = TOKEN_SAX};
    delta.tokens[1] = (struct supply_token){.token = TOKEN_DX, .genesis = AMOUNT(500000), .free = AMOUNT(400000), .locked = AMOUNT(100000)};
    delta.tokens[2] = (struct supply_token){.token = TOKEN_USD, .genesis = AMOUNT(900000), .free = AMOUNT(300000), .locked = AMOUNT(300000), .perp_vault = AMOUNT(300000)};
    for (enum chain_id chain = CHAIN_ALPHA; chain <= CHAIN_DELTA; chain++) {
        give(chain, 1, NULL, 0);
        state(chain, 1);
    }
    CHECK_U64(told, 0);
}

static void move(enum token token, struct amount *from, struct amount *to, uint64_t units, uint64_t lost)
{
    (void)token;
    from->units -= units;
    to->units += units - lost;
}
#define MOVE(token, from, to, units, lost) move(token, &of(token)->from, &of(token)->to, units, lost)

/* The violation is of this block and this transaction; then the same supply again is not told again, and what follows is sound. */
static void told_of(enum chain_id chain, uint32_t height, const struct hash *id, const char *kind)
{
    CHECK_U64(told, 1);
    CHECK_U64(last.invariant, 5);
    CHECK_U64(last.height, height);
    char block[32], text[17];
    snprintf(block, sizeof(block), "block %u:", height);
    str_hex(id->b, 8, text);
    text[16] = 0;
    if (!hash_eq(&last.subject, id) || !strstr(last_text, block) || !strstr(last_text, text) || !strstr(last_text, kind)) CHECK_FAIL("%s", last_text);
    printf("     %s\n", last_text);
    state(chain, height);
    give(chain, height + 1, NULL, 0);
    state(chain, height + 1);
    CHECK_U64(told, 1);
    finish();
}

/* ---- the six places ---- */

static void a_unit_lost_of_a_fee(void)
{
    world();
    struct tx *txs[] = {make_transfer(0, CHAIN_ALPHA, 10)};
    const struct hash id = txs[0]->id;
    give(CHAIN_ALPHA, 2, txs, 1);
    MOVE(TOKEN_AX, free, rewards, 2000, 1);
    state(CHAIN_ALPHA, 2);
    told_of(CHAIN_ALPHA, 2, &id, "transfer");
}

static void a_unit_lost_of_a_reward_claimed(void)
{
    world();
    struct tx *txs[] = {make_transfer(0, CHAIN_ALPHA, 10), make(1, KIND_REWARDS_CLAIM, &none)};
    const struct hash id = txs[1]->id;
    give(CHAIN_ALPHA, 2, txs, 2);
    MOVE(TOKEN_AX, rewards, bonded, 3333, 1); /* restaked */
    state(CHAIN_ALPHA, 2);
    told_of(CHAIN_ALPHA, 2, &id, "rewards_claim");
}

/* An epoch's rewards are shared by the block itself: there is no transaction to name. */
static void a_unit_lost_of_a_reward_shared(void)
{
    world();
    give(CHAIN_ALPHA, 2, NULL, 0);
    of(TOKEN_AX)->issued.units += 1000;
    of(TOKEN_AX)->rewards.units += 3 * (1000 / 3);
    state(CHAIN_ALPHA, 2);
    CHECK_U64(told, 1);
    CHECK_U64(last.height, 2);
    CHECK(strstr(last_text, "what the block does by itself") && strstr(last_text, "rewards"));
    finish();
}

static void a_unit_lost_of_a_lock(void)
{
    world();
    struct tx *txs[] = {make_transfer(0, CHAIN_ALPHA, 10), make(1, KIND_BRIDGE_LOCK, &(union payload){.bridge_lock = {address_of(2), AMOUNT(7000), true}})};
    const struct hash id = txs[1]->id;
    give(CHAIN_ALPHA, 2, txs, 2);
    MOVE(TOKEN_AX, free, bridge_locked, 7000, 1);
    state(CHAIN_ALPHA, 2);
    told_of(CHAIN_ALPHA, 2, &id, "bridge_lock");
}

static void a_unit_lost_of_a_mint(void)
{
    world();
    struct tx *txs[] = {make(1, KIND_MINT_CLAIM, &(union payload){.claim = {.source_id = {{5}}}})};
    const struct hash id = txs[0]->id;
    give(CHAIN_DELTA, 2, txs, 1);
    of(TOKEN_SAX)->bridge_minted.units += 7000;
    of(TOKEN_SAX)->free.units += 6999;
    state(CHAIN_DELTA, 2);
    told_of(CHAIN_DELTA, 2, &id, "mint_claim");
}

static void a_unit_lost_of_a_fill(void)
{
    world();
    const union payload order = {.order_place = {.pair = STR("DX/USD"), .side = SIDE_BUY, .order_type = ORDER_LIMIT, .price = 5, .quantity = 7, .tif = TIF_GTC}};
    struct tx *txs[] = {make_transfer(0, CHAIN_DELTA, 10), make(1, KIND_ORDER_PLACE, &order)};
    const struct hash id = txs[1]->id;
    give(CHAIN_DELTA, 2, txs, 2);
    MOVE(TOKEN_USD, locked, free, 5000, 1); /* the seller gets a unit less than the buyer paid */
    state(CHAIN_DELTA, 2);
    told_of(CHAIN_DELTA, 2, &id, "order_place");
}

static void a_unit_lost_of_a_liquidation(void)
{
    world();
    struct tx *txs[] = {make_transfer(0, CHAIN_DELTA, 10), make(1, KIND_PERP_LIQUIDATE, &(union payload){.id = {{{9}}}})};
    const struct hash id = txs[1]->id;
    give(CHAIN_DELTA, 2, txs, 2);
    MOVE(TOKEN_USD, perp_vault, free, 1234, 1);
    state(CHAIN_DELTA, 2);
    told_of(CHAIN_DELTA, 2, &id, "perp_liquidate");
}

/* Well formed, and nothing more: what is public counts. */
static struct tx *withdrawal(uint8_t who, uint64_t amount)
{
    struct source source = source_of((const uint8_t[32]){2, who});
    const struct seckey key = key_of(who);
    const struct shield_keys keys = shield_keys_draw(&source);
    static const uint32_t ring[] = {1};
    const struct clsag_member member = {shield_genesis_notes[0].one_time_key, shield_genesis_notes[0].commitment};
    const struct spend_input input = {.owned = {{5, scalar_of(3)}, scalar_of(9)}, .note = shield_genesis_notes[0], .ring = ring, .members = &member,
                                      .ring_count = 1};
    const struct spend_output output = {keys.address, 3};
    struct tx_spec spec = {.domain = domain_of(CHAIN_ALPHA, NETWORK_MAINNET), .kind = KIND_SHIELDED_WITHDRAW, .nonce = nonces[0][who]++, .fee = AMOUNT(2000)};
    const struct spend_plan plan = {.spec = &spec, .amount = AMOUNT(amount), .inputs = &input, .inputs_count = 1, .outputs = &output, .outputs_count = 1};
    struct buf payload = {0};
    struct apierror error;
    spend_build(&plan, &key.pub, &source, &payload);
    spec.payload = buf_str(&payload);
    struct tx *tx = tx_build(&spec, block_suite, &key, &error);
    if (tx == NULL) CHECK_FAIL("%s", error.message);
    buf_done(&payload);
    return tx;
}

/* The pool gives a unit more than arrives: conservation tells it, and so does the pool's own sum. */
static void a_unit_lost_of_a_shielded_withdrawal(void)
{
    world();
    judge.shielded.deposited = 5000; /* of blocks before */
    vec_push(&judge.shielded.reached, ((struct pool_reached){1, {{1}}, 5000}));
    of(TOKEN_AX)->shielded.units += 5000;
    of(TOKEN_AX)->free.units -= 5000;
    state(CHAIN_ALPHA, 1);
    CHECK_U64(told, 0);
    struct tx *txs[] = {withdrawal(1, 100), make_transfer(0, CHAIN_ALPHA, 10)};
    const struct hash id = txs[0]->id;
    give(CHAIN_ALPHA, 2, txs, 2);
    CHECK_U64(told, 0);
    of(TOKEN_AX)->shielded.units -= 101;
    of(TOKEN_AX)->free.units += 100;
    state(CHAIN_ALPHA, 2);
    CHECK_U64(judge.state[5].violations, 1);
    CHECK_U64(judge.state[9].violations, 1);
    CHECK_U64(last.height, 2);
    CHECK(hash_eq(&last.subject, &id));
    CHECK(strstr(judge.state[5].note, "shielded_withdraw") && strstr(judge.state[9].note, "4899"));
    printf("     %s\n", judge.state[5].note);
    finish();
}

/* ---- how it is told ---- */

static void a_sound_network_is_silent(void)
{
    world();
    for (uint32_t height = 2; height < 30; height++) {
        struct tx *txs[] = {make(1, KIND_BRIDGE_LOCK, &(union payload){.bridge_lock = {address_of(2), AMOUNT(100), true}})};
        give(CHAIN_ALPHA, height, txs, 1);
        MOVE(TOKEN_AX, free, bridge_locked, 100, 0);
        MOVE(TOKEN_AX, free, treasury, 2000, 0);
        state(CHAIN_ALPHA, height);
    }
    CHECK_U64(told, 0);
    CHECK(judge.state[5].samples >= 28);
    CHECK_U64(judge.money[CHAIN_ALPHA - 1].movers.count, 0); /* it forgets what is covered */
    finish();
}

/* Its supply may be read before its block is. */
static void a_supply_waits_for_its_block(void)
{
    world();
    MOVE(TOKEN_AX, free, treasury, 2000, 1);
    state(CHAIN_ALPHA, 2);
    CHECK_U64(told, 0);
    struct tx *txs[] = {make_transfer(0, CHAIN_ALPHA, 10)};
    const struct hash id = txs[0]->id;
    give(CHAIN_ALPHA, 2, txs, 1);
    told_of(CHAIN_ALPHA, 2, &id, "transfer");
}

/* A reading was missed: the blocks between are named, and all that can have done it. */
static void without_a_reading_the_blocks_between_are_named(void)
{
    world();
    struct tx *two[] = {make_transfer(0, CHAIN_ALPHA, 10)}, *three[] = {make_transfer(1, CHAIN_ALPHA, 10)};
    const struct hash first = two[0]->id, second = three[0]->id;
    char text[17] = {0};
    give(CHAIN_ALPHA, 2, two, 1);
    give(CHAIN_ALPHA, 3, three, 1);
    MOVE(TOKEN_AX, free, treasury, 4000, 1);
    state(CHAIN_ALPHA, 3);
    CHECK_U64(told, 1);
    CHECK(strstr(last_text, "blocks 2 to 3") && hash_eq(&last.subject, &first));
    str_hex(second.b, 8, text);
    CHECK(strstr(last_text, text));
    finish();
}

static void a_second_leak_is_told_again(void)
{
    world();
    for (uint32_t height = 2; height <= 4; height++) {
        struct tx *txs[] = {make_transfer(0, CHAIN_ALPHA, 10)};
        give(CHAIN_ALPHA, height, txs, 1);
        MOVE(TOKEN_AX, free, treasury, 2000, height != 3);
        state(CHAIN_ALPHA, height);
        CHECK_U64(told, height == 4 ? 2 : 1);
    }
    CHECK_U64(last.height, 4);
    finish();
}

/* A unit too many is as wrong as one too few, and a wrong total as a wrong sum. */
static void a_unit_from_nowhere_is_told(void)
{
    world();
    struct tx *txs[] = {make_transfer(0, CHAIN_DELTA, 10)};
    const struct hash id = txs[0]->id;
    give(CHAIN_DELTA, 2, txs, 1);
    of(TOKEN_DX)->free.units++;
    state(CHAIN_DELTA, 2);
    told_of(CHAIN_DELTA, 2, &id, "transfer");
}

/* Another view's answer for a height that was passed over says where it happened; one that the next answer does not bear out is not taken. */
static void another_view_says_which_of_two_blocks(void)
{
    world();
    struct tx *two[] = {make_transfer(0, CHAIN_ALPHA, 10)}, *three[] = {make_transfer(1, CHAIN_ALPHA, 10)};
    const struct hash second = three[0]->id;
    give(CHAIN_ALPHA, 2, two, 1);
    give(CHAIN_ALPHA, 3, three, 1);
    MOVE(TOKEN_AX, free, treasury, 2000, 0);
    settle(&alpha);
    struct supply between = alpha;
    between.finalized_height = 2;
    MOVE(TOKEN_AX, free, treasury, 2000, 1);
    settle(&alpha);
    struct supply lie = between;
    lie.tokens[0].free.units -= 7;
    CHECK(judge_money_between(&judge.money[CHAIN_ALPHA - 1], &between, &alpha));
    CHECK(!judge_money_between(&judge.money[CHAIN_ALPHA - 1], &lie, &alpha));
    judge_chain_supply(&judge, CHAIN_ALPHA, &between);
    CHECK_U64(told, 0);
    state(CHAIN_ALPHA, 3);
    told_of(CHAIN_ALPHA, 3, &second, "transfer");
}

int main(void)
{
    RUN(a_sound_network_is_silent);
    RUN(a_unit_lost_of_a_fee);
    RUN(a_unit_lost_of_a_reward_claimed);
    RUN(a_unit_lost_of_a_reward_shared);
    RUN(a_unit_lost_of_a_lock);
    RUN(a_unit_lost_of_a_mint);
    RUN(a_unit_lost_of_a_fill);
    RUN(a_unit_lost_of_a_liquidation);
    RUN(a_unit_lost_of_a_shielded_withdrawal);
    RUN(a_supply_waits_for_its_block);
    RUN(without_a_reading_the_blocks_between_are_named);
    RUN(another_view_says_which_of_two_blocks);
    RUN(a_second_leak_is_told_again);
    RUN(a_unit_from_nowhere_is_told);
    return 0;
}
