#include <stdio.h>

#include "core/base/decimal.h"
#include "tester/scenario/load_priv.h"

static bool word_in(const char *words, struct str word)
{
    struct str rest = str_of(words), head;
    while (rest.len > 0) {
        (void)str_cut(rest, ' ', &head, &rest);
        if (str_eq(head, word)) return true;
    }
    return false;
}

static struct str word_at(const void *context, size_t i)
{
    struct str rest = str_of(context), head;
    while (rest.len > 0) {
        (void)str_cut(rest, ' ', &head, &rest);
        if (i-- == 0) return head;
    }
    return (struct str){0};
}

void keys_check(struct loader *loader, const struct yaml *mapping, const char *keys, const char *what)
{
    for (const struct yaml *node = mapping->child; node; node = node->next) {
        if (word_in(keys, node->key)) continue;
        const char *renamed = key_renamed(node->key);
        diags_add(loader->diags, node->key_place, SEVERITY_ERROR, renamed ? str_of(renamed) : did_you_mean_by(node->key, word_at, keys),
                  "unknown key '" STR_FMT "' in %s", STR_ARG(node->key), what);
    }
}

bool mapping_is(struct loader *loader, const struct yaml *node, const char *what)
{
    if (!node) return false;
    if (node->type == YAML_MAPPING) return true;
    diags_error(loader->diags, node->place, "%s is a map of keys", what);
    return false;
}

struct str text_read(struct loader *loader, const struct yaml *node, const char *what)
{
    if (!node) return (struct str){0};
    if (node->type != YAML_SCALAR || yaml_is_null(node)) {
        diags_error(loader->diags, node->place, "%s is a text", what);
        return (struct str){0};
    }
    return str_dup(loader->arena, node->text);
}

bool duration_read(struct loader *loader, const struct yaml *node, const char *what, struct duration *out)
{
    if (!node) return false;
    if (node->type == YAML_SCALAR && duration_parse(node->text, out)) return true;
    uint64_t bare;
    if (yaml_u64(node, &bare))
        diags_add(loader->diags, node->place, SEVERITY_ERROR, str_fmt(loader->arena, "%llus", (unsigned long long)bare),
                  "%s needs a unit: ms, s, m, h or d", what);
    else diags_error(loader->diags, node->place, "%s is not a duration like 90s or 1h30m", what);
    return false;
}

bool count_read(struct loader *loader, const struct yaml *node, const char *what, uint64_t max, uint64_t *out)
{
    if (!node) return false;
    uint64_t value;
    if (!yaml_u64(node, &value)) {
        diags_error(loader->diags, node->place, "%s is not a whole number", what);
        return false;
    }
    if (value > max) {
        diags_error(loader->diags, node->place, "%s is %llu, at most %llu is allowed", what, (unsigned long long)value, (unsigned long long)max);
        return false;
    }
    *out = value;
    return true;
}

bool flag_read(struct loader *loader, const struct yaml *node, const char *what, bool *out)
{
    if (!node) return false;
    if (yaml_bool(node, out)) return true;
    diags_error(loader->diags, node->place, "%s is true or false", what);
    return false;
}

bool amount_read(struct loader *loader, const struct yaml *node, const char *what, u128 *out)
{
    if (!node) return false;
    if (node->type == YAML_SCALAR && amount_text_parse(node->text, out)) return true;
    diags_error(loader->diags, node->place, "%s is not an amount: whole base units like 10_000_000", what);
    return false;
}

static struct str list_at(const void *context, size_t i)
{
    const char *const *words = context;
    for (size_t k = 0; words[k]; k++)
        if (k == i) return str_of(words[k]);
    return (struct str){0};
}

bool word_read(struct loader *loader, const struct yaml *node, const char *const *words, const char *what, unsigned *out)
{
    if (!node) return false;
    for (unsigned i = 0; node->type == YAML_SCALAR && words[i]; i++)
        if (str_eq(str_of(words[i]), node->text)) {
            *out = i;
            return true;
        }
    struct buf known = {0};
    for (unsigned i = 0; words[i]; i++) buf_printf(&known, "%s%s", i ? ", " : "", words[i]);
    diags_add(loader->diags, node->place, SEVERITY_ERROR, node->type == YAML_SCALAR ? did_you_mean_by(node->text, list_at, words) : (struct str){0},
              "'" STR_FMT "' is no %s; known are " STR_FMT, STR_ARG(node->text), what, STR_ARG(buf_str(&known)));
    buf_done(&known);
    return false;
}

uint64_t scale_u64(uint64_t value, uint64_t numerator, uint64_t denominator)
{
    ASSERT(denominator > 0);
    const u128 scaled = ((u128)value * numerator + denominator / 2) / denominator;
    return scaled > UINT64_MAX ? UINT64_MAX : (uint64_t)scaled;
}

struct duration scale_phase(const struct loader *loader, struct duration written)
{
    const uint64_t scaled = scale_u64(written.ns, loader->duration_num, loader->duration_den);
    return (struct duration){MAX(scaled, MIN(written.ns, 5 * NS_PER_S))};
}
