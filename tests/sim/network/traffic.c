#include "traffic.h"

#include <string.h>

#include "chain/kind.h"

void traffic_sent(struct traffic *traffic, const struct hash *id) { traffic->ids[traffic->ids_count++ % TRAFFIC_IDS] = *id; }

static struct str word(struct traffic *traffic, struct str name)
{
    static const char *const pairs[] = {"sAX/DX", "sAX/USD", "DX/USD", "AX/DX"}, *const assets[] = {"AX", "DX", "BTC"}, *const names[] = {"alice", "bob-1", "x"};
    if (str_eq(name, STR("pair")) || str_eq(name, STR("market"))) return str_of(pairs[rng_below(traffic->rng, ARRAY_LEN(pairs))]);
    if (str_eq(name, STR("asset"))) return str_of(assets[rng_below(traffic->rng, ARRAY_LEN(assets))]);
    return str_of(names[rng_below(traffic->rng, ARRAY_LEN(names))]);
}

static uint64_t number(struct traffic *traffic, const struct payload_field *field)
{
    const uint64_t low = field->zero_allowed ? 0 : 1;
    if (field->max != 0) return rng_range(traffic->rng, MIN(low, field->max), field->max);
    static const uint64_t most[] = {10, 1000, 100000, 20000000};
    return rng_range(traffic->rng, low, most[rng_below(traffic->rng, ARRAY_LEN(most))]);
}

static void fill(struct traffic *traffic, const struct payload_field *fields, void *into, struct arena *arena);

static void list_fill(struct traffic *traffic, const struct payload_field *field, void *value, struct arena *arena)
{
    struct {
        void *items;
        uint32_t count;
    } list = {NULL, (uint32_t)rng_below(traffic->rng, MIN(field->max, 3) + 1)};
    list.items = arena_alloc(arena, (size_t)field->item_size * MAX(list.count, 1));
    for (uint32_t i = 0; i < list.count; i++) fill(traffic, field->item, (char *)list.items + (size_t)i * field->item_size, arena);
    memcpy(value, &list, sizeof(list));
}

static void action_fill(struct traffic *traffic, struct action *out)
{
    *out = (struct action){.type = rng_chance_bps(traffic->rng, 5000) ? ACTION_TEXT : ACTION_PARAMETER_CHANGE, .key = STR("min_fee_base"), .value = STR("100")};
}

static void field_fill(struct traffic *traffic, const struct payload_field *field, void *value, struct arena *arena)
{
    uint32_t choices = 0;
    switch (field->type) {
    case FIELD_AX:
    case FIELD_DX:
    case FIELD_PUBKEY: memcpy(value, &traffic->people[rng_below(traffic->rng, traffic->people_count)], 32); return;
    case FIELD_HASH:
        if (traffic->ids_count > 0) memcpy(value, &traffic->ids[rng_below(traffic->rng, MIN(traffic->ids_count, TRAFFIC_IDS))], 32);
        return;
    case FIELD_TOKEN: *(uint8_t *)value = (uint8_t)rng_range(traffic->rng, TOKEN_AX, TOKEN_USD); return;
    case FIELD_AMOUNT: ((struct amount *)value)->units = number(traffic, field); return;
    case FIELD_PX:
    case FIELD_QTY:
    case FIELD_U64: *(uint64_t *)value = number(traffic, field); return;
    case FIELD_U32: *(uint32_t *)value = (uint32_t)number(traffic, field); return;
    case FIELD_U16: *(uint16_t *)value = (uint16_t)number(traffic, field); return;
    case FIELD_BOOL: *(bool *)value = rng_chance_bps(traffic->rng, 5000); return;
    case FIELD_B8: rng_bytes(traffic->rng, value, 8); return;
    case FIELD_ENUM:
        while (field->choices[choices].name.len > 0) choices++;
        *(uint8_t *)value = field->choices[rng_below(traffic->rng, choices)].value;
        return;
    case FIELD_STR: *(struct str *)value = word(traffic, field->name); return;
    case FIELD_HEX: *(struct str *)value = STR("\x01\x02\x03"); return;
    case FIELD_ACTION: action_fill(traffic, value); return;
    case FIELD_OBJECT: fill(traffic, field->item, value, arena); return;
    case FIELD_LIST: list_fill(traffic, field, value, arena); return;
    case FIELD_END: return;
    }
}

static void fill(struct traffic *traffic, const struct payload_field *fields, void *into, struct arena *arena)
{
    for (const struct payload_field *field = fields; field->type != FIELD_END; field++) field_fill(traffic, field, (char *)into + field->offset, arena);
}

void traffic_payload(struct traffic *traffic, enum kind kind, struct buf *out)
{
    union payload payload;
    struct arena arena;
    arena_init(&arena, 0);
    memset(&payload, 0, sizeof(payload));
    fill(traffic, payload_row(kind)->fields, &payload, &arena);
    payload_encode(kind, &payload, out);
    arena_done(&arena);
}

enum kind traffic_kind(struct traffic *traffic, enum chain_id chain)
{
    uint32_t count = 0;
    while (kind_at(count)) count++;
    for (;;) {
        const struct kind_row *row = kind_at(rng_below(traffic->rng, count));
        if (row->kind == KIND_VALIDATOR_REGISTER) continue; /* a member that nobody runs may be more than a third */
        if (row->chain == chain && row->in_build) return row->kind;
    }
}
