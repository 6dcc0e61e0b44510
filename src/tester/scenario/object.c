#include "tester/scenario/object.h"

#include "core/base/num.h"

static const struct object_row {
    const char *name, *id_key; /* the key that names the thing */
    const char *wanted_key;    /* NULL: none */
    const char *statuses;      /* blank-separated; NULL: any text */
    enum chain_id chain;
    bool chooses;              /* `chain` may be said */
} rows[OBJECT_KINDS] = {
    [OBJECT_TRANSACTION] = {"transaction", "id", "status", "pending included certified finalized dropped", CHAIN_ALPHA, true},
    [OBJECT_PROPOSAL] = {"proposal", "id", "status", "pending active defeated succeeded queued executed cancelled expired", CHAIN_ALPHA, true},
    [OBJECT_ORDER] = {"order", "id", "status", "pending open partially_filled filled cancelled rejected", CHAIN_DELTA, false},
    [OBJECT_POSITION] = {"position", "id", "status", "pending open closed liquidated rejected", CHAIN_DELTA, false},
    [OBJECT_LOCK] = {"lock", "id", "status", "seen final minted", CHAIN_DELTA, false},
    [OBJECT_BURN] = {"burn", "id", "status", "seen final unlocked", CHAIN_ALPHA, false},
    [OBJECT_REQUEST] = {"request", "id", "status", "requested approved denied settled failed cancelled", CHAIN_DELTA, false},
    [OBJECT_REGISTRATION] = {"registration", "of", "status", "pending approved rejected", CHAIN_DELTA, false},
    [OBJECT_NAME] = {"name", "id", "phase", "commit reveal ended finalized claimed", CHAIN_ALPHA, false},
    [OBJECT_HEIGHT] = {"height", "reaches", NULL, NULL, CHAIN_ALPHA, true},
    [OBJECT_TURN] = {"turn", "of", NULL, NULL, CHAIN_ALPHA, true},
    [OBJECT_CAPTURED] = {"captured", "name", "is", NULL, CHAIN_ALPHA, false},
};

struct str object_name_at(size_t i) { return i + 1 < OBJECT_KINDS ? str_of(rows[i + 1].name) : (struct str){0}; }

static enum object_kind kind_find(struct str name)
{
    for (size_t i = 1; i < OBJECT_KINDS; i++)
        if (str_eq(name, str_of(rows[i].name))) return (enum object_kind)i;
    return OBJECT_NONE;
}

bool object_is_known(struct str name) { return kind_find(name) != OBJECT_NONE; }

static bool word_in(const char *words, struct str word)
{
    struct str rest = str_of(words), head;
    while (rest.len > 0) {
        (void)str_cut(rest, ' ', &head, &rest); /* false: the last one */
        if (str_eq(head, word)) return true;
    }
    return false;
}

static bool statuses_check(const struct object_row *row, const struct yaml *node, struct diags *diags)
{
    struct str rest = node->text, head;
    bool ok = node->text.len > 0;
    while (rest.len > 0) {
        (void)str_cut(rest, '|', &head, &rest); /* false: the last one */
        ok = ok && word_in(row->statuses, str_trim(head));
    }
    if (!ok) diags_error(diags, node->place, "'" STR_FMT "' is no %s of a %s; known are %s, or several with | between", STR_ARG(node->text), row->wanted_key, row->name, row->statuses);
    return ok;
}

static bool member_read(struct arena *arena, const struct object_row *row, const struct yaml *member, struct diags *diags, struct object *out)
{
    if (member->type != YAML_SCALAR) {
        diags_error(diags, member->place, "'" STR_FMT "' takes one value", STR_ARG(member->key));
        return false;
    }
    if (str_eq(member->key, str_of(row->id_key))) {
        out->id = str_dup(arena, member->text);
        return true;
    }
    if (row->wanted_key && str_eq(member->key, str_of(row->wanted_key))) {
        out->wanted = str_dup(arena, str_trim(member->text));
        return !row->statuses || statuses_check(row, member, diags);
    }
    if (row->chooses && str_eq(member->key, STR("chain"))) {
        const bool delta = str_eq(member->text, STR("delta"));
        out->chain = delta ? CHAIN_DELTA : CHAIN_ALPHA;
        if (!delta && !str_eq(member->text, STR("alpha"))) diags_error(diags, member->place, "chain is alpha or delta");
        return delta || str_eq(member->text, STR("alpha"));
    }
    if (out->kind == OBJECT_HEIGHT && str_eq(member->key, STR("final"))) {
        if (yaml_bool(member, &out->final)) return true;
        diags_error(diags, member->place, "final is true or false");
        return false;
    }
    diags_error(diags, member->key_place, "unknown key '" STR_FMT "' in '%s', which takes %s%s%s%s", STR_ARG(member->key), row->name, row->id_key,
                row->wanted_key ? " and " : "", row->wanted_key ? row->wanted_key : "", row->chooses ? ", and chain" : "");
    return false;
}

bool object_parse(struct arena *arena, const struct yaml *node, struct diags *diags, struct object *out, struct str *out_expected)
{
    *out = (struct object){.kind = kind_find(node->key)};
    const struct object_row *row = &rows[out->kind];
    out->chain = row->chain;
    if (node->type != YAML_MAPPING) {
        diags_error(diags, node->place, "'%s' takes a map like {%s: ..., %s: ...}", row->name, row->id_key, row->wanted_key ? row->wanted_key : "chain");
        return false;
    }
    bool ok = true;
    for (const struct yaml *member = node->child; member; member = member->next) ok = member_read(arena, row, member, diags, out) && ok;
    if (out->id.len == 0) diags_error(diags, node->key_place, "'%s' needs '%s'", row->name, row->id_key);
    if (row->wanted_key && out->wanted.len == 0) diags_error(diags, node->key_place, "'%s' needs '%s'", row->name, row->wanted_key);
    *out_expected = str_fmt(arena, STR_FMT "%s" STR_FMT, STR_ARG(out->id), out->wanted.len > 0 ? " is " : "", STR_ARG(out->wanted));
    return ok && out->id.len > 0 && (!row->wanted_key || out->wanted.len > 0);
}

/* Digits with underscores between them. */
static bool whole_parse(struct str text, u128 *out)
{
    u128 value = 0;
    bool any = false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '_') continue;
        if (text.data[i] < '0' || text.data[i] > '9' || !u128_mul(value, 10, &value) || !u128_add(value, (u128)(text.data[i] - '0'), &value)) return false;
        any = true;
    }
    *out = value;
    return any;
}

bool object_value_fits(struct str wanted, struct str value)
{
    static const char *const signs[] = {"==", "!=", "<=", ">=", "<", ">"};
    size_t sign = ARRAY_LEN(signs);
    for (size_t i = 0; i < ARRAY_LEN(signs) && sign == ARRAY_LEN(signs); i++)
        if (str_starts(wanted, str_of(signs[i]))) sign = i;
    const struct str right = sign < ARRAY_LEN(signs) ? str_trim(str_sub(wanted, strlen(signs[sign]), wanted.len)) : wanted;
    u128 a, b;
    if (!whole_parse(right, &b) || !whole_parse(value, &a)) return str_eq(value, right) == (sign != 1) && (sign <= 1 || sign == ARRAY_LEN(signs));
    switch (sign) {
    case 1: return a != b;
    case 2: return a <= b;
    case 3: return a >= b;
    case 4: return a < b;
    case 5: return a > b;
    default: return a == b;
    }
}
