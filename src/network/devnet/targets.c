#include "network/devnet/targets.h"

#define TARGET_BPS 10000

uint32_t target_count(const struct target_set *set)
{
    uint32_t count = 0;
    for (size_t i = 0; i < ARRAY_LEN(set->bits); i++) count += (uint32_t)__builtin_popcountll(set->bits[i]);
    return count;
}

bool target_name_parse(struct str name, uint32_t validators, uint32_t *out_index)
{
    uint64_t number;
    if (!str_starts(name, STR("v")) || !str_to_u64(str_sub(name, 1, name.len), &number)) return false;
    if (number == 0 || number > validators) return false;
    *out_index = (uint32_t)(number - 1);
    return true;
}

static bool text_parse(struct str text, uint32_t validators, struct target_set *out, struct err *err)
{
    if (str_eq(text, STR("*"))) {
        for (uint32_t i = 0; i < validators; i++) target_add(out, i);
        return true;
    }
    struct str head, rest;
    uint32_t from, to;
    const bool range = str_cut(text, '-', &head, &rest);
    if (!target_name_parse(head, validators, &from)) return err_set(err, ERR_NOT_FOUND, "no validator \"" STR_FMT "\"", STR_ARG(head));
    if (!range) {
        target_add(out, from);
        return true;
    }
    if (!target_name_parse(rest, validators, &to)) return err_set(err, ERR_NOT_FOUND, "no validator \"" STR_FMT "\"", STR_ARG(rest));
    if (to < from) return err_set(err, ERR_PARSE, "range \"" STR_FMT "\" is the wrong way round", STR_ARG(text));
    for (uint32_t i = from; i <= to; i++) target_add(out, i);
    return true;
}

static void draw(uint64_t count, const struct target_set *eligible, struct rng *rng, struct target_set *out)
{
    uint32_t all[DEVNET_VALIDATORS_MAX], all_count = 0;
    for (uint32_t i = 0; i < DEVNET_VALIDATORS_MAX; i++)
        if (target_has(eligible, i) && !target_has(out, i)) all[all_count++] = i;
    rng_shuffle_u32(rng, all, all_count);
    for (uint32_t i = 0; i < all_count && i < count; i++) target_add(out, all[i]);
}

static bool object_parse(const struct json *node, uint32_t validators, const struct target_set *eligible, struct rng *rng,
                         struct target_set *out, struct err *err)
{
    const struct json *count = json_find(node, STR("count")), *fraction = json_find(node, STR("fraction_bps"));
    uint64_t number;
    if ((count != NULL) == (fraction != NULL)) return err_set(err, ERR_PARSE, "targets want either \"count\" or \"fraction_bps\"");
    if (count) {
        if (!json_u64(count, &number) || number == 0 || number > validators)
            return err_set(err, ERR_LIMIT, "\"count\" is not 1 ... %u", validators);
    } else {
        if (!json_u64(fraction, &number) || number == 0 || number > TARGET_BPS)
            return err_set(err, ERR_LIMIT, "\"fraction_bps\" is not 1 ... %u", TARGET_BPS);
        number = MAX(number * validators / TARGET_BPS, 1);
    }
    draw(number, eligible, rng, out);
    return true;
}

static bool item_parse(const struct json *node, uint32_t validators, const struct target_set *eligible, struct rng *rng,
                       struct target_set *out, struct err *err)
{
    if (json_is(node, JSON_STRING)) return text_parse(node->text, validators, out, err);
    if (json_is(node, JSON_OBJECT)) return object_parse(node, validators, eligible, rng, out, err);
    return err_set(err, ERR_PARSE, "targets are names, ranges, \"*\", {\"count\"} or {\"fraction_bps\"}");
}

bool targets_parse(const struct json *node, uint32_t validators, const struct target_set *eligible, struct rng *rng, struct target_set *out,
                   struct err *err)
{
    struct target_set set = {0};
    if (!node) return err_set(err, ERR_NOT_FOUND, "targets are missing");
    if (json_is(node, JSON_ARRAY)) {
        for (const struct json *item = node->child; item; item = item->next)
            if (!item_parse(item, validators, eligible, rng, &set, err)) return false;
    } else if (!item_parse(node, validators, eligible, rng, &set, err)) {
        return false;
    }
    *out = set;
    return true;
}
