/* Tries to pass off transactions and states that a proven block does not have, in every member of their proofs. */
#include "trust_chain.h"

/* ---- transactions and state ---- */

__attribute__((noinline)) static void a_transaction_is_believed_only_at_its_place_with_its_receipt(void)
{
    struct trust *trust = trust_with(1, 6);
    struct hash leaves[5];
    for (int i = 0; i < 5; i++) leaves[i] = merkle_leaf(ids[i].b, 32);
    for (uint32_t i = 0; i < 5; i++) {
        struct tx_proof_view proof = {.transaction_id = ids[i], .height = 3, .block_hash = header_hash(&chain[3])};
        merkle_prove(leaves, 5, i, &proof.transaction);
        merkle_prove(receipt_leaves, 5, i, &proof.receipt);
        CHECK_U64(trust_transaction(trust, &proof, &receipts[i]), TRUST_OK);
        struct receipt wrong = receipts[i];
        wrong.fee_charged.units++;
        CHECK_U64(trust_transaction(trust, &proof, &wrong), TRUST_MERKLE);
        wrong = receipts[i];
        wrong.code = wrong.code == CODE_NONE ? CODE_INSUFFICIENT_BALANCE : CODE_NONE;
        CHECK_U64(trust_transaction(trust, &proof, &wrong), TRUST_MERKLE);
        struct merkle_proof *const halves[] = {&proof.transaction, &proof.receipt};
        for (int h = 0; h < 2; h++) {
            const struct merkle_proof good = *halves[h];
            halves[h]->root.b[0] ^= 1;
            CHECK_U64(trust_transaction(trust, &proof, &receipts[i]), TRUST_MERKLE);
            *halves[h] = good;
            halves[h]->index ^= 1;
            CHECK_U64(trust_transaction(trust, &proof, &receipts[i]), TRUST_MERKLE);
            *halves[h] = good;
            halves[h]->count++;
            CHECK_U64(trust_transaction(trust, &proof, &receipts[i]), TRUST_MERKLE);
            *halves[h] = good;
            halves[h]->siblings_count--;
            CHECK_U64(trust_transaction(trust, &proof, &receipts[i]), TRUST_MERKLE);
            *halves[h] = good;
            for (uint32_t s = 0; s < good.siblings_count; s++) {
                halves[h]->siblings[s].b[31] ^= 0x80;
                CHECK_U64(trust_transaction(trust, &proof, &receipts[i]), TRUST_MERKLE);
                *halves[h] = good;
            }
        }
        proof.transaction_id.b[1] ^= 1;
        CHECK_U64(trust_transaction(trust, &proof, &receipts[i]), TRUST_MERKLE);
        proof.transaction_id.b[1] ^= 1;
        proof.block_hash.b[1] ^= 1;
        CHECK_U64(trust_transaction(trust, &proof, &receipts[i]), TRUST_CONFLICT);
        proof.height = 9;
        CHECK_U64(trust_transaction(trust, &proof, &receipts[i]), TRUST_NOT_FINAL);
    }
    trust_free(trust);
}

static struct state_path path_of(struct arena *arena, const struct address *address, uint32_t height)
{
    const struct hash key = state_key(1, address->b, 32);
    struct state_proof proof;
    statemap_prove(state, &key, arena, &proof);
    struct state_path path = {.height = height,
                              .block_hash = header_hash(&chain[height]),
                              .state_root = proof.root,
                              .key = key,
                              .bucket_count = proof.bucket_count,
                              .siblings_count = STATE_LEVELS};
    if (proof.bucket_count > 0) path.bucket = arena_copy(arena, proof.bucket, sizeof(*proof.bucket) * proof.bucket_count);
    memcpy(path.siblings, proof.siblings, sizeof(path.siblings));
    struct str value;
    if (statemap_get(state, &key, &value)) path.value = str_dup(arena, value);
    return path;
}

__attribute__((noinline)) static void a_state_path_is_believed_only_as_it_is(void)
{
    struct arena arena;
    arena_init(&arena, 0);
    struct trust *trust = trust_with(1, 4);
    struct state_path path = path_of(&arena, &payer, 2);
    struct trust_account account;
    CHECK_U64(trust_account(trust, &path, &payer, &account), TRUST_OK);
    CHECK_U64(account.nonce, 7);
    CHECK_U64(account.free[TOKEN_AX].units, 1000000);
    CHECK_U64(account.free[TOKEN_DX].units, 0);
    for (size_t i = 0; i < path.value.len; i++) {
        ((char *)(uintptr_t)path.value.data)[i] ^= 4;
        CHECK_U64(trust_account(trust, &path, &payer, &account), TRUST_STATE);
        ((char *)(uintptr_t)path.value.data)[i] ^= 4;
    }
    struct state_path bad = path;
    bad.value = (struct str){0};
    CHECK_U64(trust_account(trust, &bad, &payer, &account), TRUST_STATE); /* present, and said to be absent */
    bad = path;
    bad.state_root.b[2] ^= 1;
    CHECK_U64(trust_account(trust, &bad, &payer, &account), TRUST_STATE);
    bad = path;
    bad.siblings_count = 15;
    CHECK_U64(trust_account(trust, &bad, &payer, &account), TRUST_STATE);
    for (int i = 0; i < STATE_LEVELS; i++) {
        bad = path;
        bad.siblings[i].b[9] ^= 1;
        CHECK_U64(trust_account(trust, &bad, &payer, &account), TRUST_STATE);
    }
    path.bucket[0].value_hash.b[0] ^= 1;
    CHECK_U64(trust_account(trust, &path, &payer, &account), TRUST_STATE);
    path.bucket[0].value_hash.b[0] ^= 1;
    const struct address other = committees[0]->members[3].address;
    CHECK_U64(trust_account(trust, &path, &other, &account), TRUST_STATE);
    struct state_path absent = path_of(&arena, &other, 2);
    CHECK(absent.value.data == NULL);
    CHECK_U64(trust_account(trust, &absent, &other, &account), TRUST_OK);
    CHECK_U64(account.nonce, 0);
    absent.value = STR("something");
    CHECK_U64(trust_account(trust, &absent, &other, &account), TRUST_STATE);
    struct state_path early = path_of(&arena, &payer, 9);
    CHECK_U64(trust_account(trust, &early, &payer, &account), TRUST_NOT_FINAL);
    trust_free(trust);
    arena_done(&arena);
}

static void account_values_have_one_form(void)
{
    struct arena arena;
    arena_init(&arena, 0);
    static const struct {
        uint8_t tokens[2];
        uint8_t count;
        bool zero;
        size_t extra;
    } bad[] = {{{3, 1}, 2, false, 0}, {{1, 1}, 2, false, 0}, {{9, 0}, 1, false, 0},
               {{1, 0}, 1, true, 0},  {{1, 0}, 1, false, 1}, {{1, 0}, 5, false, 0}};
    struct statemap *before = state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct buf value = {0};
        bin_put_u64(&value, 1);
        bin_put_u16(&value, bad[i].count);
        for (uint8_t t = 0; t < MIN(bad[i].count, 2); t++) {
            bin_put_u8(&value, bad[i].tokens[t]);
            bin_put_u128(&value, bad[i].zero ? 0 : 5);
            bin_put_u128(&value, 0);
        }
        for (size_t e = 0; e < bad[i].extra; e++) bin_put_u8(&value, 0);
        const struct statemap_change change = {state_key(1, payer.b, 32), buf_str(&value)};
        state = statemap_apply(before, &change, 1);
        chain_make();
        struct trust *trust = trust_with(1, 3);
        struct state_path path = path_of(&arena, &payer, 2);
        struct trust_account account;
        CHECK_U64(trust_account(trust, &path, &payer, &account), TRUST_MALFORMED);
        trust_free(trust);
        statemap_unref(state);
        buf_done(&value);
    }
    state = before;
    chain_make();
    arena_done(&arena);
}

int main(void)
{
    chain_begin();
    RUN(a_transaction_is_believed_only_at_its_place_with_its_receipt);
    RUN(a_state_path_is_believed_only_as_it_is);
    RUN(account_values_have_one_form);
    chain_end();
    return 0;
}
