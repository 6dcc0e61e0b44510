#include "cli/costs.h"

static const struct cost_row {
    const char *name;
    size_t offset;
} rows[] = {
    {"signature", offsetof(struct costs, node.signature_ns)},
    {"transaction", offsetof(struct costs, node.transaction_ns)},
    {"message", offsetof(struct costs, node.message_ns)},
    {"verify_ring_member", offsetof(struct costs, node.ring_member_ns)},
    {"verify_range_value", offsetof(struct costs, node.range_value_ns)},
    {"verify_range_proof", offsetof(struct costs, node.range_proof_ns)},
    {"prove_ring_member", offsetof(struct costs, prove.ring_member_ns)},
    {"prove_range_value", offsetof(struct costs, prove.range_value_ns)},
};
_Static_assert(ARRAY_LEN(rows) == COSTS_COUNT, "a row a cost");

struct costs costs_default(void) { return (struct costs){node_costs_default(), prove_costs_default()}; }

/* Whole us, ms or s, up to an hour. */
static bool cost_parse(struct str text, uint64_t *out_ns)
{
    static const struct {
        struct str unit;
        uint64_t ns;
    } units[] = {{{"us", 2}, NS_PER_US}, {{"ms", 2}, NS_PER_MS}, {{"s", 1}, NS_PER_S}};
    uint64_t count;
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        if (!str_ends(text, units[i].unit)) continue;
        const struct str digits = str_sub(text, 0, text.len - units[i].unit.len);
        if (!str_to_u64(digits, &count) || count > 3600 * NS_PER_S / units[i].ns) return false;
        return *out_ns = count * units[i].ns, true;
    }
    return false;
}

bool costs_set(struct costs *costs, struct str name_value, struct err *err)
{
    struct str name, value;
    uint64_t ns;
    const bool both = str_cut(name_value, '=', &name, &value);
    for (size_t i = 0; both && i < ARRAY_LEN(rows); i++) {
        if (!str_eq(name, str_of(rows[i].name))) continue;
        if (!cost_parse(value, &ns)) return err_set(err, ERR_PARSE, "--cost " STR_FMT ": not a whole number of us, ms or s, up to an hour", STR_ARG(name_value));
        memcpy((char *)costs + rows[i].offset, &ns, sizeof(ns));
        return true;
    }
    return err_set(err, ERR_PARSE,
                   "--cost " STR_FMT ": it is NAME=DURATION, with signature, transaction, message, verify_ring_member, verify_range_value, "
                   "verify_range_proof, prove_ring_member or prove_range_value",
                   STR_ARG(name_value));
}

void costs_rows(const struct costs *costs, struct arena *arena, struct report_model out[COSTS_COUNT])
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        uint64_t ns;
        char text[32];
        memcpy(&ns, (const char *)costs + rows[i].offset, sizeof(ns));
        duration_text((struct duration){ns}, text, sizeof(text));
        out[i] = (struct report_model){str_of(rows[i].name), str_dup(arena, str_of(text))};
    }
}
