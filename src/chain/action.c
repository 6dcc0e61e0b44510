/* Actions of proposals, in both forms. */
#include <stdio.h>

#include "chain/field_priv.h"
#include "chain/payload.h"
#include "core/codec/binary.h"

static const struct str names[] = {[ACTION_PARAMETER_CHANGE] = {"parameter_change", 16},
                                   [ACTION_TREASURY_ALLOCATION] = {"treasury_allocation", 19},
                                   [ACTION_VALIDATOR_EJECTION] = {"validator_ejection", 18},
                                   [ACTION_NETWORK_UPGRADE] = {"network_upgrade", 15},
                                   [ACTION_TEXT] = {"text", 4}};

void action_encode(const struct action *action, struct buf *out)
{
    bin_put_u8(out, (uint8_t)action->type);
    switch (action->type) {
    case ACTION_PARAMETER_CHANGE:
        bin_put_str(out, action->key);
        bin_put_str(out, action->value);
        return;
    case ACTION_TREASURY_ALLOCATION:
        bin_put_u8(out, (uint8_t)action->dest_chain);
        bin_put_bytes(out, &action->recipient, sizeof(action->recipient));
        bin_put_u128(out, action->amount.units);
        return;
    case ACTION_VALIDATOR_EJECTION: bin_put_bytes(out, &action->validator, sizeof(action->validator)); return;
    case ACTION_NETWORK_UPGRADE:
        bin_put_u32(out, action->height);
        bin_put_u32(out, action->version);
        return;
    case ACTION_TEXT: return;
    }
}

void action_decode(struct bin_reader *r, struct action *out)
{
    memset(out, 0, sizeof(*out));
    const uint8_t type = bin_get_u8(r);
    out->type = (enum action_type)type;
    switch (type) {
    case ACTION_PARAMETER_CHANGE:
        out->key = bin_get_str(r, ACTION_KEY_BYTES_MAX);
        out->value = bin_get_str(r, ACTION_VALUE_BYTES_MAX);
        return;
    case ACTION_TREASURY_ALLOCATION:
        if (!chain_of_byte(bin_get_u8(r), &out->dest_chain)) bin_fail(r);
        bin_get_bytes(r, &out->recipient, sizeof(out->recipient));
        out->amount.units = bin_get_u128(r);
        return;
    case ACTION_VALIDATOR_EJECTION: bin_get_bytes(r, &out->validator, sizeof(out->validator)); return;
    case ACTION_NETWORK_UPGRADE:
        out->height = bin_get_u32(r);
        out->version = bin_get_u32(r);
        return;
    case ACTION_TEXT: return;
    default: bin_fail(r);
    }
}

bool action_eq(const struct action *a, const struct action *b)
{
    return a->type == b->type && str_eq(a->key, b->key) && str_eq(a->value, b->value) && a->dest_chain == b->dest_chain &&
           address_eq(&a->recipient, &b->recipient) && amount_eq(a->amount, b->amount) &&
           address_eq(&a->validator, &b->validator) && a->height == b->height && a->version == b->version;
}

void action_write(const struct action *action, struct json_writer *w)
{
    json_object(w);
    json_put_member_str(w, STR("type"), names[action->type]);
    switch (action->type) {
    case ACTION_PARAMETER_CHANGE:
        json_put_member_str(w, STR("key"), action->key);
        json_put_member_str(w, STR("value"), action->value);
        break;
    case ACTION_TREASURY_ALLOCATION:
        json_put_member_u64(w, STR("dest_chain"), (uint64_t)action->dest_chain);
        put_address(w, STR("recipient"), &action->recipient, action->dest_chain);
        put_amount(w, STR("amount"), action->amount);
        break;
    case ACTION_VALIDATOR_EJECTION: put_address(w, STR("validator"), &action->validator, CHAIN_ALPHA); break;
    case ACTION_NETWORK_UPGRADE:
        json_put_member_u64(w, STR("height"), action->height);
        json_put_member_u64(w, STR("version"), action->version);
        break;
    case ACTION_TEXT: break;
    }
    json_object_end(w);
}

/* Its members, for UNKNOWN_FIELD and MISSING_FIELD. */
static const char *const members[][4] = {[ACTION_PARAMETER_CHANGE] = {"key", "value"},
                                         [ACTION_TREASURY_ALLOCATION] = {"dest_chain", "recipient", "amount"},
                                         [ACTION_VALIDATOR_EJECTION] = {"validator"},
                                         [ACTION_NETWORK_UPGRADE] = {"height", "version"},
                                         [ACTION_TEXT] = {NULL}};

struct reading {
    const char *field;
    struct apierror *error;
};

static enum code fault(const struct reading *r, enum code code, const char *member)
{
    if (r->error == NULL) return code;
    char path[96];
    (void)snprintf(path, sizeof(path), "%s%s%s", r->field, *member ? "." : "", member);
    (void)apierror_set(r->error, code, path, "%s: %s", path, code_message(code).data);
    return code;
}

static enum code names_check(const struct reading *r, const struct json *node, enum action_type type)
{
    for (const struct json *member = node->child; member != NULL; member = member->next) {
        bool known = str_eq(member->key, STR("type"));
        for (size_t i = 0; i < 4 && members[type][i] != NULL; i++) known = known || str_eq(member->key, str_of(members[type][i]));
        char name[48];
        (void)snprintf(name, sizeof(name), "%.*s", (int)MIN(member->key.len, (size_t)40), member->key.data);
        if (!known) return fault(r, CODE_UNKNOWN_FIELD, name);
    }
    for (size_t i = 0; i < 4 && members[type][i] != NULL; i++)
        if (json_find(node, str_of(members[type][i])) == NULL) return fault(r, CODE_MISSING_FIELD, members[type][i]);
    return CODE_NONE;
}

static enum code text_read(const struct reading *r, const struct json *node, const char *member, size_t max, struct str *out)
{
    enum code code = field_str(json_find(node, str_of(member)), out);
    if (code == CODE_NONE && out->len > max) code = CODE_FIELD_TOO_LONG;
    return code == CODE_NONE ? code : fault(r, code, member);
}

static enum code number_read(const struct reading *r, const struct json *node, const char *member, uint64_t max, uint64_t *out)
{
    const enum code code = field_u64(json_find(node, str_of(member)), max, out);
    return code == CODE_NONE ? code : fault(r, code, member);
}

static enum code allocation_read(const struct reading *r, const struct json *node, struct action *out)
{
    uint64_t chain;
    enum code code = number_read(r, node, "dest_chain", 255, &chain);
    if (code != CODE_NONE) return code;
    if (!chain_of_byte((uint8_t)chain, &out->dest_chain)) return fault(r, CODE_INVALID_FORMAT, "dest_chain");
    code = field_address(json_find(node, STR("recipient")), out->dest_chain, &out->recipient);
    if (code != CODE_NONE) return fault(r, code, "recipient");
    code = field_amount(json_find(node, STR("amount")), &out->amount);
    return code == CODE_NONE ? code : fault(r, code, "amount");
}

static enum code upgrade_read(const struct reading *r, const struct json *node, struct action *out)
{
    uint64_t height, version;
    enum code code = number_read(r, node, "height", UINT32_MAX, &height);
    if (code == CODE_NONE) code = number_read(r, node, "version", UINT32_MAX, &version);
    if (code != CODE_NONE) return code;
    out->height = (uint32_t)height;
    out->version = (uint32_t)version;
    return CODE_NONE;
}

enum code action_read(const struct json *node, const char *field, struct action *out, struct apierror *error)
{
    const struct reading r = {field, error};
    memset(out, 0, sizeof(*out));
    if (!json_is(node, JSON_OBJECT)) return fault(&r, CODE_INVALID_FIELD_TYPE, "");
    struct str type;
    const struct json *type_node = json_find(node, STR("type"));
    if (type_node == NULL) return fault(&r, CODE_MISSING_FIELD, "type");
    if (!json_str(type_node, &type)) return fault(&r, CODE_INVALID_FIELD_TYPE, "type");
    for (size_t i = ACTION_PARAMETER_CHANGE; i <= ACTION_TEXT; i++)
        if (str_eq(names[i], type)) out->type = (enum action_type)i;
    if (out->type == 0) return fault(&r, CODE_INVALID_FORMAT, "type");
    enum code code = names_check(&r, node, out->type);
    if (code != CODE_NONE) return code;
    switch (out->type) {
    case ACTION_PARAMETER_CHANGE:
        code = text_read(&r, node, "key", ACTION_KEY_BYTES_MAX, &out->key);
        return code == CODE_NONE ? text_read(&r, node, "value", ACTION_VALUE_BYTES_MAX, &out->value) : code;
    case ACTION_TREASURY_ALLOCATION: return allocation_read(&r, node, out);
    case ACTION_VALIDATOR_EJECTION:
        code = field_address(json_find(node, STR("validator")), CHAIN_ALPHA, &out->validator);
        return code == CODE_NONE ? code : fault(&r, code, "validator");
    case ACTION_NETWORK_UPGRADE: return upgrade_read(&r, node, out);
    case ACTION_TEXT: break;
    }
    return CODE_NONE;
}
