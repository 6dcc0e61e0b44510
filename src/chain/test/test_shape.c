/* Every answer, filled at random by its own table: its text is read back to the same text, and a copy is a value of its own. */
#include "chain/response_dex.h"

#include "core/base/rng.h"
#include "fixture.h"

static struct fixture_chain chain;
static struct finality_proof *proof;
static struct arena arena;
static struct rng rng;
static struct err err;

static void fill(const struct shape *shape, void *value);

static struct str random_text(void)
{
    static const struct str texts[] = {STR(""), STR("plain"), STR("qu\"ote\\ \n \xc3\xa9"), STR("v1")};
    return texts[rng_below(&rng, ARRAY_LEN(texts))];
}

static void fill_items(const struct shape_field *field, void *value)
{
    const struct shape *of = field->of;
    const uint32_t count = field->type == SHAPE_LIST ? field->items_max : (uint32_t)rng_below(&rng, 4);
    char *items = field->type == SHAPE_LIST ? (char *)value + field->offset : arena_alloc(&arena, count * of->bytes + 1);
    if (field->type == SHAPE_ARRAY) *(void **)((char *)value + field->offset) = items;
    *(uint32_t *)((char *)value + field->count_at) = count;
    for (uint32_t i = 0; i < count; i++) fill(of, items + i * of->bytes);
}

static void fill_receipt(struct receipt *receipt)
{
    *receipt = (struct receipt){.fee_charged = AMOUNT(rng_u64(&rng)), .steps = (uint32_t)rng_u64(&rng)};
    if (rng_chance_bps(&rng, 5000)) {
        receipt->code = CODE_INSUFFICIENT_BALANCE;
        receipt->field = RECEIPT_FIELD_AMOUNT;
        receipt->available = AMOUNT(rng_u64(&rng));
        receipt->required = AMOUNT_MAX;
    }
}

static void fill_field(const struct shape_field *field, void *value)
{
    char *place = (char *)value + field->offset;
    switch (field->type) {
    case SHAPE_BOOL: *(bool *)(void *)place = rng_chance_bps(&rng, 5000); return;
    case SHAPE_U8: *(uint8_t *)place = (uint8_t)rng_u64(&rng); return;
    case SHAPE_U16: *(uint16_t *)(void *)place = (uint16_t)rng_u64(&rng); return;
    case SHAPE_U32: *(uint32_t *)(void *)place = (uint32_t)rng_u64(&rng); return;
    case SHAPE_U64: *(uint64_t *)(void *)place = rng_below(&rng, JSON_INT_MAX + 1); return;
    case SHAPE_I64: *(int64_t *)(void *)place = (int64_t)rng_below(&rng, JSON_INT_MAX) - (int64_t)(JSON_INT_MAX / 2); return;
    case SHAPE_STR: *(struct str *)(void *)place = random_text(); return;
    case SHAPE_RAW: *(struct str *)(void *)place = STR("{\"a\":[1,null]}"); return;
    case SHAPE_HEX:
        *(struct str *)(void *)place = STR("\x00\xff"
                                           "ab");
        return;
    case SHAPE_PX: *(uint64_t *)(void *)place = rng_below(&rng, INT64_MAX); return;
    case SHAPE_HASH: rng_bytes(&rng, place, sizeof(struct hash)); return;
    case SHAPE_SIGNATURE: rng_bytes(&rng, place, sizeof(struct signature)); return;
    case SHAPE_PUBKEY: rng_bytes(&rng, place, sizeof(struct pubkey)); return;
    case SHAPE_AX:
    case SHAPE_DX:
    case SHAPE_ADDRESS: rng_bytes(&rng, place, sizeof(struct address)); return;
    case SHAPE_AMOUNT: rng_bytes(&rng, place, sizeof(struct amount)); return;
    case SHAPE_ENUM: {
        const struct shape_names *names = field->of;
        *(uint32_t *)(void *)place = names->first + (uint32_t)rng_below(&rng, names->count);
        return;
    }
    case SHAPE_CODE: *(enum code *)(void *)place = CODE_TX_EXPIRED; return;
    case SHAPE_ERROR: apierror_set((struct apierror *)(void *)place, CODE_NONCE_TOO_LOW, "nonce", "used"); return;
    case SHAPE_RECEIPT: fill_receipt((struct receipt *)(void *)place); return;
    case SHAPE_OBJECT: fill(field->of, place); return;
    case SHAPE_ARRAY:
    case SHAPE_LIST: fill_items(field, value); return;
    case SHAPE_CODE_COUNTS: {
        struct code_count *counts = arena_array(&arena, struct code_count, 2);
        counts[0] = (struct code_count){CODE_NONCE_TOO_LOW, 3};
        counts[1] = (struct code_count){CODE_FEE_TOO_LOW, 1};
        *(struct code_count **)(void *)place = counts;
        *(uint32_t *)(void *)((char *)value + field->count_at) = 2;
        return;
    }
    case SHAPE_TX: *(struct tx **)(void *)place = fixture_transfer(rng_below(&rng, 9), 5, "m"); return;
    case SHAPE_CERTIFICATE:
        *(struct certificate_view *)(void *)place = (struct certificate_view){certificate_ref(chain.certificates[1]), AMOUNT(50)};
        return;
    case SHAPE_TIMEOUTCERT:
        *(struct timeoutcert_view *)(void *)place =
            (struct timeoutcert_view){timeoutcert_ref(chain.blocks[2]->tc), AMOUNT(50), AMOUNT(50)};
        return;
    case SHAPE_COMMITTEE: *(struct committee **)(void *)place = committee_ref(chain.committee); return;
    case SHAPE_FINALITY: *(struct finality_proof **)(void *)place = finality_ref(proof); return;
    case SHAPE_HEADER: *(struct header *)(void *)place = chain.headers[rng_below(&rng, FIXTURE_BLOCKS)]; return;
    }
}

static void fill(const struct shape *shape, void *value)
{
    for (uint32_t i = 0; i < shape->fields_count; i++) {
        const struct shape_field *field = &shape->fields[i];
        if (field->maybe && rng_chance_bps(&rng, 3000)) continue;
        fill_field(field, value);
        if (field->has_at != 0) *(bool *)((char *)value + field->has_at - 1) = true;
    }
}

static struct buf text_of(const struct shape *shape, const void *value)
{
    struct buf out = {0};
    struct json_writer w = json_writer_of(&out);
    shape_write(shape, value, CHAIN_ALPHA, &w);
    return out;
}

static void check_shape(const struct shape *shape)
{
    for (int round = 0; round < 20; round++) {
        arena_reset(&arena);
        void *value = arena_alloc(&arena, shape->bytes), *read = arena_alloc(&arena, shape->bytes);
        void *copy = arena_alloc(&arena, shape->bytes);
        fill(shape, value);
        struct buf text = text_of(shape, value);
        const struct json *doc = json_parse(&arena, buf_str(&text), &err);
        if (doc == NULL) CHECK_FAIL("%s: %s in " STR_FMT, shape->name, err.text, STR_ARG(buf_str(&text)));
        if (!shape_read(shape, doc, CHAIN_ALPHA, &arena, read, &err))
            CHECK_FAIL("%s in " STR_FMT, err.text, STR_ARG(buf_str(&text)));
        struct buf again = text_of(shape, read);
        CHECK_STR(buf_str(&again), buf_str(&text));
        shape_copy(shape, value, &arena, copy);
        shape_done(shape, value);
        struct buf third = text_of(shape, copy);
        CHECK_STR(buf_str(&third), buf_str(&text));
        shape_done(shape, copy);
        shape_done(shape, read);
        buf_done(&text);
        buf_done(&again);
        buf_done(&third);
    }
}

static void every_answer_survives_its_text(void)
{
    static const struct shape *const shapes[] = {&shape_u32,
                                                 &shape_hash,
                                                 &shape_hash_list,
                                                 &shape_str_list,
                                                 &shape_tx_ack,
                                                 &shape_order_ack,
                                                 &shape_position_ack,
                                                 &shape_registration_ack,
                                                 &shape_request_ack,
                                                 &shape_mint_ack,
                                                 &shape_burn_ack,
                                                 &shape_proposal_ack,
                                                 &shape_book,
                                                 &shape_order,
                                                 &shape_order_page,
                                                 &shape_trade,
                                                 &shape_trade_page,
                                                 &shape_pair_list,
                                                 &shape_spot_pool,
                                                 &shape_order_event,
                                                 &shape_tx,
                                                 &shape_tx_page,
                                                 &shape_batch_ack,
                                                 &shape_merkle_proof,
                                                 &shape_tx_proof,
                                                 &shape_block,
                                                 &shape_block_list,
                                                 &shape_fork_list,
                                                 &shape_checkpoint_page,
                                                 &shape_committee,
                                                 &shape_finality,
                                                 &shape_vote,
                                                 &shape_timeout,
                                                 &shape_vote_seen_list,
                                                 &shape_round,
                                                 &shape_evidence,
                                                 &shape_evidence_page,
                                                 &shape_validator,
                                                 &shape_validator_page,
                                                 &shape_pool_entry,
                                                 &shape_pool_entry_page,
                                                 &shape_pool_stats,
                                                 &shape_account,
                                                 &shape_state_path,
                                                 &shape_supply,
                                                 &shape_peer_list,
                                                 &shape_sync_status,
                                                 &shape_node_info,
                                                 &shape_admin_info,
                                                 &shape_admin_node_list,
                                                 &shape_admin_faucet,
                                                 &shape_admin_step,
                                                 &shape_chaos_entry,
                                                 &shape_chaos_list,
                                                 &shape_byzantine_list,
                                                 &shape_audit,
                                                 &shape_log_page};
    for (size_t i = 0; i < ARRAY_LEN(shapes); i++) check_shape(shapes[i]);
    for (int i = 0; i < FIXTURE_BLOCKS; i++) CHECK_U64(chain.blocks[i]->refs, 1); /* every reference came back */
    CHECK_U64(proof->refs, 1);
    CHECK_U64(chain.committee->refs, 2); /* ours and the proof's */
}

static bool reads(const struct shape *shape, struct str text, void *out)
{
    return shape_read(shape, json_parse(&arena, text, &err), CHAIN_ALPHA, &arena, out, &err);
}

static void a_fault_is_told_with_its_path(void)
{
    struct account_view account;
    CHECK(!reads(&shape_account, STR("{\"address\":\"ax1\"}"), &account));
    CHECK_STR(str_of(err.text), STR("Account: address: this is not an address"));
    struct hash_list list;
    CHECK(!reads(&shape_hash_list, STR("[\"00\"]"), &list));
    CHECK_STR(str_of(err.text), STR("list of hashes: item 0: the value is malformed"));
    struct bare_u32 number;
    CHECK(!reads(&shape_u32, STR("-1"), &number) && !reads(&shape_u32, STR("4294967296"), &number) &&
          !reads(&shape_u32, STR("null"), &number));
    CHECK(reads(&shape_u32, STR("4294967295"), &number) && number.value == UINT32_MAX);
    struct tx_ack ack;
    CHECK(!reads(&shape_tx_ack, STR("{\"transaction_id\":null}"), &ack));
    CHECK(!reads(&shape_tx_ack, STR("[]"), &ack));
    CHECK(!shape_read(&shape_tx_ack, NULL, CHAIN_ALPHA, &arena, &ack, &err));
}

static void unknown_members_are_ignored(void)
{
    struct admin_faucet faucet;
    CHECK(reads(&shape_admin_faucet, STR("{\"new\":{},\"granted\":3,\"effective_height\":9}"), &faucet));
    CHECK(faucet.granted == 3 && faucet.effective_height == 9);
}

static void what_was_read_before_a_fault_is_given_back(void)
{
    struct pool_entry entry = {.kind = STR("transfer"), .envelope = fixture_transfer(1, 1, "")};
    struct buf item = text_of(&shape_pool_entry, &entry), text = {0};
    shape_done(&shape_pool_entry, &entry);
    buf_printf(&text, "{\"items\":[" STR_FMT "," STR_FMT ",{}],\"next_cursor\":null}", STR_ARG(buf_str(&item)),
               STR_ARG(buf_str(&item)));
    struct page page;
    CHECK(!reads(&shape_pool_entry_page, buf_str(&text), &page)); /* the leak checker sees the rest */
    CHECK(page.items == NULL || page.count == 2);
    buf_done(&item);
    buf_done(&text);
}

int main(void)
{
    fixture_chain_init(&chain);
    proof = fixture_proof(&chain);
    rng_init(&rng, 5);
    RUN(every_answer_survives_its_text);
    RUN(a_fault_is_told_with_its_path);
    RUN(unknown_members_are_ignored);
    RUN(what_was_read_before_a_fault_is_given_back);
    finality_unref(proof);
    fixture_chain_done(&chain);
    arena_done(&arena);
    return 0;
}
