/* Tries to break the payload table: every kind both ways, cut at every byte, and with every byte changed. */
#include "chain/payload.h"
#include "core/base/check.h"
#include "core/base/rng.h"

static const struct tx_rules rules = {.allow_zero_amount = false};

static void fill_fields(const struct payload_field *fields, char *out, struct rng *rng, struct arena *arena);

static struct str random_text(const struct payload_field *field, struct rng *rng, struct arena *arena)
{
    const size_t len = rng_below(rng, (field->max < 12 ? field->max : 12) + 1);
    char *text = arena_alloc(arena, len + 1);
    for (size_t i = 0; i < len; i++)
        text[i] = field->type == FIELD_STR ? (char)('a' + rng_below(rng, 26)) : (char)rng_below(rng, 256);
    return (struct str){text, len};
}

static void fill_action(struct action *action, struct rng *rng)
{
    action->type = (enum action_type)(1 + rng_below(rng, 5));
    if (action->type == ACTION_PARAMETER_CHANGE) action->key = STR("epoch_blocks"), action->value = STR("200");
    if (action->type == ACTION_TREASURY_ALLOCATION) action->dest_chain = CHAIN_DELTA, action->amount = AMOUNT(77);
    if (action->type == ACTION_NETWORK_UPGRADE) action->height = 9, action->version = 3;
}

static void fill_list(const struct payload_field *field, void *at, struct rng *rng, struct arena *arena)
{
    struct {
        char *items;
        uint32_t count;
    } list = {.count = 1 + (uint32_t)rng_below(rng, field->max < 3 ? field->max : 3)};
    list.items = arena_alloc(arena, (size_t)list.count * field->item_size);
    memset(list.items, 0, (size_t)list.count * field->item_size);
    for (uint32_t i = 0; i < list.count; i++) fill_fields(field->item, list.items + (size_t)i * field->item_size, rng, arena);
    memcpy(at, &list, sizeof(list));
}

static void fill_fields(const struct payload_field *fields, char *out, struct rng *rng, struct arena *arena)
{
    for (const struct payload_field *field = fields; field->type != FIELD_END; field++) {
        void *at = out + field->offset;
        switch (field->type) {
        case FIELD_LIST: fill_list(field, at, rng, arena); break;
        case FIELD_OBJECT: fill_fields(field->item, at, rng, arena); break;
        case FIELD_ACTION: fill_action(at, rng); break;
        case FIELD_STR:
        case FIELD_HEX: *(struct str *)at = random_text(field, rng, arena); break;
        case FIELD_AX:
        case FIELD_DX:
        case FIELD_HASH:
        case FIELD_PUBKEY: *(uint8_t *)at = (uint8_t)rng_u64(rng); break;
        case FIELD_B8: *(uint8_t *)at = 7; break;
        case FIELD_TOKEN: *(uint8_t *)at = (uint8_t)(1 + rng_below(rng, 4)); break;
        case FIELD_ENUM: *(uint8_t *)at = field->choices[0].value; break;
        case FIELD_BOOL: *(bool *)at = rng_below(rng, 2) == 1; break;
        case FIELD_AMOUNT: *(struct amount *)at = AMOUNT(1 + rng_below(rng, 1u << 30)); break;
        case FIELD_PX:
        case FIELD_QTY:
        case FIELD_U64: *(uint64_t *)at = 1 + rng_below(rng, 1u << 30); break;
        case FIELD_U16: *(uint16_t *)at = (uint16_t)rng_below(rng, 9000); break;
        case FIELD_U32: *(uint32_t *)at = (uint32_t)rng_below(rng, 100000); break;
        case FIELD_END: break;
        }
    }
}

static void same_after_json(enum kind kind, const union payload *payload, struct str bytes, struct arena *arena)
{
    struct buf text = {0}, again = {0};
    struct json_writer w = json_writer_of(&text);
    payload_write(kind, payload, &w);
    const struct json *node = json_parse(arena, buf_str(&text), NULL);
    union payload back;
    struct apierror error = {0};
    CHECK(node != NULL);
    CHECK(payload_read(kind, node, &rules, arena, &back, &error) == CODE_NONE);
    payload_encode(kind, &back, &again);
    CHECK(str_eq(buf_str(&again), bytes));
    buf_done(&text);
    buf_done(&again);
}

static void each_kind(void (*check)(enum kind kind, const union payload *payload, struct str bytes, struct arena *arena))
{
    struct rng rng;
    rng_init(&rng, 5);
    for (size_t i = 0; kind_at(i) != NULL; i++) {
        for (unsigned round = 0; round < 5; round++) {
            struct arena arena;
            arena_init(&arena, 0);
            union payload payload;
            memset(&payload, 0, sizeof(payload));
            const enum kind kind = kind_at(i)->kind;
            fill_fields(payload_row(kind)->fields, (char *)&payload, &rng, &arena);
            struct buf bytes = {0};
            payload_encode(kind, &payload, &bytes);
            check(kind, &payload, buf_str(&bytes), &arena);
            buf_done(&bytes);
            arena_done(&arena);
        }
    }
}

static void same_after_binary(enum kind kind, const union payload *payload, struct str bytes, struct arena *arena)
{
    (void)payload;
    union payload back;
    struct buf again = {0};
    CHECK(payload_decode(kind, bytes, &rules, arena, &back, NULL) == CODE_NONE);
    payload_encode(kind, &back, &again);
    CHECK(str_eq(buf_str(&again), bytes));
    buf_done(&again);
}

static void every_kind_survives_its_binary_form(void) { each_kind(same_after_binary); }
static void every_kind_survives_its_json_form(void) { each_kind(same_after_json); }

static void refused_when_cut(enum kind kind, const union payload *payload, struct str bytes, struct arena *arena)
{
    (void)payload;
    union payload back;
    for (size_t len = 0; len < bytes.len; len++) {
        struct apierror error = {0};
        CHECK(payload_decode(kind, str_sub(bytes, 0, len), &rules, arena, &back, &error) != CODE_NONE);
        CHECK(error.code != CODE_NONE && str_starts(str_of(error.field), STR("payload")));
    }
}
static void a_payload_cut_anywhere_is_refused(void) { each_kind(refused_when_cut); }

/* What a changed byte makes is refused, or is what its own bytes say. */
static void canonical_when_changed(enum kind kind, const union payload *payload, struct str bytes, struct arena *arena)
{
    (void)payload;
    char *copy = arena_alloc(arena, bytes.len + 1);
    for (size_t i = 0; i < bytes.len; i++) {
        memcpy(copy, bytes.data, bytes.len);
        copy[i] ^= 0x41;
        union payload back;
        struct str changed = {copy, bytes.len};
        if (payload_decode(kind, changed, &rules, arena, &back, NULL) != CODE_NONE) continue;
        struct buf again = {0};
        payload_encode(kind, &back, &again);
        CHECK(str_eq(buf_str(&again), changed));
        buf_done(&again);
    }
}
static void what_is_taken_is_canonical(void) { each_kind(canonical_when_changed); }

static void a_row_stands_for_every_kind(void)
{
    for (size_t i = 0; kind_at(i) != NULL; i++) CHECK_U64(payload_row(kind_at(i)->kind)->kind, kind_at(i)->kind);
}

int main(void)
{
    RUN(a_row_stands_for_every_kind);
    RUN(every_kind_survives_its_binary_form);
    RUN(every_kind_survives_its_json_form);
    RUN(a_payload_cut_anywhere_is_refused);
    RUN(what_is_taken_is_canonical);
    return 0;
}
