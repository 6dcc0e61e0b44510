#include "tester/scenario/load_priv.h"

#define BOTS_MAX 200000u

/* ---- patterns: `plain`, `stem-{a-b}`, `stem-7`, `stem-*` ---- */
struct pattern {
    struct str stem;
    bool braces, star;
    uint32_t low, high;
};

static bool u32_parse(struct str text, uint32_t *out)
{
    uint64_t value;
    if (!str_to_u64(text, &value) || value > UINT32_MAX) return false;
    *out = (uint32_t)value;
    return true;
}

static bool name_is(struct str text)
{
    if (text.len == 0 || text.len > 100) return false;
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.data[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_')) return false;
    }
    return true;
}

static bool pattern_parse(struct str text, struct pattern *out)
{
    *out = (struct pattern){.stem = text};
    if (str_ends(text, STR("-*"))) {
        out->star = true;
        out->stem = str_sub(text, 0, text.len - 2);
        return name_is(out->stem);
    }
    struct str head, rest, low, high;
    if (!str_cut(text, '{', &head, &rest)) return name_is(text);
    if (!str_ends(rest, STR("}")) || !str_ends(head, STR("-"))) return false;
    out->braces = true;
    out->stem = str_sub(head, 0, head.len - 1);
    rest = str_sub(rest, 0, rest.len - 1);
    return name_is(out->stem) && str_cut(rest, '-', &low, &high) && u32_parse(low, &out->low) && u32_parse(high, &out->high) &&
           out->low <= out->high;
}

/* ---- groups ---- */

static struct str role_name_next(const void *context, size_t i)
{
    (void)context;
    return role_name_at(i);
}

static struct str variant_name_next(const void *context, size_t i)
{
    const struct role *role = context;
    return i < role->variants_count ? str_of(role->variants[i].name) : (struct str){0};
}

static void role_read(struct loader *loader, const struct yaml *node, struct plan_group *group)
{
    const struct yaml *role = yaml_find(node, STR("role")), *variant = yaml_find(node, STR("variant"));
    if (!role) {
        diags_error(loader->diags, node->place, "a bot entry needs a role");
        return;
    }
    group->role = role->type == YAML_SCALAR ? role_find(role->text) : NULL;
    if (!group->role) {
        diags_add(loader->diags, role->place, SEVERITY_ERROR, did_you_mean_by(role->text, role_name_next, NULL), "unknown role '" STR_FMT "'",
                  STR_ARG(role->text));
        return;
    }
    group->variant = role_variant_find(group->role, variant ? variant->text : (struct str){0});
    if (!group->variant) {
        const char *renamed = role_variant_renamed(group->role, variant->text);
        diags_add(loader->diags, variant->place, SEVERITY_ERROR,
                  renamed ? str_of(renamed) : did_you_mean_by(variant->text, variant_name_next, group->role),
                  "'" STR_FMT "' is no variant of role '%s'", STR_ARG(variant->text), group->role->name);
        return;
    }
    if (!group->role->in_build) diags_error(loader->diags, role->place, "role '%s' is known, not in this build", group->role->name);
}

static bool groups_meet(const struct plan_group *a, const struct plan_group *b)
{
    if (!str_eq(a->stem, b->stem)) return false;
    if (a->numbered != b->numbered) return false;
    return !a->numbered || (a->low <= b->high && b->low <= a->high);
}

static void wallets_read(struct loader *loader, const struct yaml *node, struct plan_group *group)
{
    (void)amount_read(loader, yaml_find(node, STR("wallet_ax")), "wallet_ax", &group->wallet_ax);
    (void)amount_read(loader, yaml_find(node, STR("wallet_dx")), "wallet_dx", &group->wallet_dx);
    (void)amount_read(loader, yaml_find(node, STR("wallet_sax")), "wallet_sax", &group->wallet_sax);
    (void)amount_read(loader, yaml_find(node, STR("wallet_usd")), "wallet_usd", &group->wallet_usd);
    (void)amount_read(loader, yaml_find(node, STR("stake")), "stake", &group->stake);
    for (const struct yaml *child = node->child; child; child = child->next)
        group->wallet_stated = group->wallet_stated || str_starts(child->key, STR("wallet_"));
}

static bool group_read(struct loader *loader, const struct yaml *node, struct plan_group *out)
{
    if (!mapping_is(loader, node, "an entry of bots")) return false;
    keys_check(loader, node, "id role variant count wallet_ax wallet_dx wallet_sax wallet_usd stake", "an entry of bots");
    *out = (struct plan_group){.place = node->place};
    const struct yaml *id = yaml_find(node, STR("id"));
    role_read(loader, node, out);
    wallets_read(loader, node, out);
    if (!id) {
        diags_error(loader->diags, node->place, "a bot entry needs an id");
        return false;
    }
    struct pattern pattern;
    if (id->type != YAML_SCALAR || !pattern_parse(id->text, &pattern) || pattern.star) {
        diags_error(loader->diags, id->place, "'" STR_FMT "' is no id: say a name, or a pattern like trader-{1-100}", STR_ARG(id->text));
        return false;
    }
    out->place = id->place;
    out->stem = str_dup(loader->arena, pattern.stem);
    out->numbered = pattern.braces;
    out->low = pattern.braces ? pattern.low : 1;
    out->high = pattern.braces ? pattern.high : 1;
    const uint64_t size = (uint64_t)out->high - out->low + 1;
    uint64_t count = size;
    const struct yaml *count_node = yaml_find(node, STR("count"));
    if (count_read(loader, count_node, "count", BOTS_MAX, &count) && count != size)
        diags_error(loader->diags, count_node->place, "count is %llu, but '" STR_FMT "' expands to %llu", (unsigned long long)count, STR_ARG(id->text),
                    (unsigned long long)size);
    if (out->role && strcmp(out->role->name, "governor") == 0 && !yaml_find(node, STR("stake")))
        diags_warn(loader->diags, id->place, "governors without 'stake' weigh nothing: their votes are refused; say stake: 50_000_000, or 0 if that is meant");
    for (size_t i = 0; i < loader->groups.count; i++)
        if (groups_meet(out, &loader->groups.data[i])) {
            diags_error(loader->diags, id->place, "'" STR_FMT "' names bots that an earlier entry names", STR_ARG(id->text));
            return false;
        }
    return true;
}

/* The number behind all that entries of this stem have, as far as those before `group` go. */
static uint32_t number_free(const struct loader *loader, uint32_t group)
{
    const struct str stem = loader->groups.data[group].stem;
    uint32_t top = 0, more = 0;
    for (uint32_t g = 0; g < loader->groups.count; g++) {
        const struct plan_group *other = &loader->groups.data[g];
        const uint32_t written = other->high - other->low + 1;
        if (!str_eq(other->stem, stem)) continue;
        top = MAX(top, other->high);
        if (g < group && other->count > written) more += other->count - written;
    }
    return top + more + 1;
}

/* Bots beyond those that were written (--bots 2) are numbered behind all others of their stem. */
static void ids_give(struct loader *loader, uint32_t number, struct plan_bot *bots)
{
    const struct plan_group *group = &loader->groups.data[number];
    const uint32_t written = group->high - group->low + 1, free = number_free(loader, number);
    for (uint32_t i = 0; i < group->count; i++) {
        const uint32_t at = i < written ? group->low + i : free + (i - written);
        const bool plain = !group->numbered && i < written;
        bots[group->first + i] = (struct plan_bot){.group = number, .id = plain ? group->stem : str_fmt(loader->arena, STR_FMT "-%u", STR_ARG(group->stem), at)};
    }
}

void bots_read(struct loader *loader, const struct yaml *list)
{
    if (!list) return;
    if (list->type != YAML_SEQUENCE) {
        diags_error(loader->diags, list->place, "bots is a list of entries with id and role");
        return;
    }
    uint64_t total = 0;
    uint32_t seat = 1;
    for (const struct yaml *node = list->child; node; node = node->next) {
        struct plan_group group;
        if (!group_read(loader, node, &group)) continue;
        const uint64_t written = (uint64_t)group.high - group.low + 1;
        uint64_t count = scale_u64(written, loader->bots_num, loader->bots_den);
        if (count == 0) count = 1;
        total += count;
        if (total > BOTS_MAX) {
            diags_error(loader->diags, node->place, "more than %u bots", BOTS_MAX);
            return;
        }
        group.first = (uint32_t)(total - count);
        group.count = (uint32_t)count;
        if (group.role && strcmp(group.role->name, "validator") == 0) {
            group.seat = seat;
            seat += (uint32_t)MAX(written, count);
        }
        vec_push(&loader->groups, group);
    }
    struct plan_bot *bots = arena_array(loader->arena, struct plan_bot, total + 1);
    for (uint32_t g = 0; g < loader->groups.count; g++) ids_give(loader, g, bots);
    loader->plan->bots = bots;
    loader->plan->bots_count = (uint32_t)total;
}

/* ---- selections ---- */

/* `stem-7` of a group `stem-{1-9}`, when the pattern is a plain name. */
static bool plain_in_group(struct str name, const struct plan_group *group, uint32_t *out)
{
    if (!group->numbered) {
        *out = 1;
        return str_eq(name, group->stem);
    }
    uint32_t number;
    if (name.len <= group->stem.len + 1 || !str_starts(name, group->stem) || name.data[group->stem.len] != '-') return false;
    if (!u32_parse(str_sub(name, group->stem.len + 1, name.len), &number) || number < group->low || number > group->high) return false;
    *out = number;
    return true;
}

static uint32_t pattern_slices(const struct loader *loader, const struct pattern *pattern, struct slice *out, uint32_t max)
{
    uint32_t count = 0;
    for (uint32_t g = 0; g < loader->groups.count && count < max; g++) {
        const struct plan_group *group = &loader->groups.data[g];
        struct slice slice = {g, group->low, group->high};
        if (!pattern->braces && !pattern->star) {
            if (!plain_in_group(pattern->stem, group, &slice.low)) continue;
            slice.high = slice.low;
        } else {
            if (!group->numbered || !str_eq(pattern->stem, group->stem)) continue;
            if (pattern->braces) {
                slice.low = MAX(slice.low, pattern->low);
                slice.high = MIN(slice.high, pattern->high);
                if (slice.low > slice.high) continue;
            }
        }
        out[count++] = slice;
    }
    return count;
}

static bool pattern_select(struct loader *loader, const struct yaml *node, struct str text, struct selection *out)
{
    struct pattern pattern;
    if (!pattern_parse(text, &pattern)) {
        diags_error(loader->diags, node->place, "'" STR_FMT "' is no selector: say id, stem-{1-50} or stem-*", STR_ARG(text));
        return false;
    }
    const uint32_t found = pattern_slices(loader, &pattern, out->slices + out->slices_count, (uint32_t)loader->groups.count);
    uint64_t bots = 0;
    for (uint32_t i = 0; i < found; i++) bots += out->slices[out->slices_count + i].high - out->slices[out->slices_count + i].low + 1;
    const uint64_t wanted = pattern.braces ? (uint64_t)pattern.high - pattern.low + 1 : 1;
    if (bots == 0) {
        diags_error(loader->diags, node->place, "selector '" STR_FMT "' matches no bot", STR_ARG(text));
        return false;
    }
    if (bots < wanted) {
        diags_error(loader->diags, node->place, "selector '" STR_FMT "' names %llu bots, of which %llu exist", STR_ARG(text),
                    (unsigned long long)wanted, (unsigned long long)bots);
        return false;
    }
    out->slices_count += found;
    out->written_count += bots;
    return true;
}

static bool slices_meet(const struct slice *a, const struct slice *b)
{
    return a->group == b->group && a->low <= b->high && b->low <= a->high;
}

/* Slices keep their share of the group when it is scaled: bounds are mapped, so what was apart stays apart. */
static void slice_expand(const struct loader *loader, const struct slice *slice, struct selection *out)
{
    const struct plan_group *group = &loader->groups.data[slice->group];
    uint64_t from = slice->low - group->low, to = (uint64_t)slice->high - group->low + 1;
    const uint64_t written = (uint64_t)group->high - group->low + 1;
    if (group->count != written) {
        from = scale_u64(from, group->count, written);
        to = scale_u64(to, group->count, written);
    }
    for (uint64_t i = from; i < to; i++) out->bots[out->bots_count++] = group->first + (uint32_t)i;
}

bool selection_read(struct loader *loader, const struct yaml *node, struct selection *out)
{
    *out = (struct selection){0};
    if (node->type != YAML_SCALAR) {
        diags_error(loader->diags, node->place, "bots is a selector: ids, stem-{a-b} or stem-*, with commas between");
        return false;
    }
    uint32_t pieces = 1;
    for (size_t i = 0; i < node->text.len; i++) pieces += node->text.data[i] == ',';
    out->slices = arena_array(loader->arena, struct slice, (size_t)pieces * (loader->groups.count + 1));
    struct str rest = node->text, head;
    bool ok = true;
    while (rest.len > 0) {
        (void)str_cut(rest, ',', &head, &rest);
        ok = pattern_select(loader, node, str_trim(head), out) && ok;
    }
    for (uint32_t i = 0; i < out->slices_count; i++)
        for (uint32_t k = 0; k < i; k++)
            if (slices_meet(&out->slices[i], &out->slices[k])) {
                diags_error(loader->diags, node->place, "selector '" STR_FMT "' names a bot twice", STR_ARG(node->text));
                return false;
            }
    if (!ok || out->slices_count == 0) return false;
    out->bots = arena_array(loader->arena, uint32_t, loader->plan->bots_count + 1);
    for (uint32_t i = 0; i < out->slices_count; i++) slice_expand(loader, &out->slices[i], out);
    if (out->bots_count > 0) return true;
    diags_error(loader->diags, node->place, "selector '" STR_FMT "' matches no bot any more at this --bots", STR_ARG(node->text));
    return false;
}
