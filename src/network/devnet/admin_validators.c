#include "network/devnet/devnet_priv.h"

/* POST /validators (api 5.1): drives some from outside, or lets more come. */

static bool refuse_field(struct admin *admin, enum code code, const char *field, const char *why)
{
    call_refuse_with(&admin->call, code, field, "%s", why);
    return false;
}

/* ---- external validators ---- */

static void externals_set(struct devnet *net, uint32_t chains, uint32_t i, bool enabled)
{
    EACH_CHAIN(net, chain) {
        if (!chains_has(chains, chain) || chain->seats[i].external == enabled) continue;
        chain->seats[i].external = enabled;
        if (chain->seats[i].node) node_external(chain->seats[i].node, enabled);
    }
}

/* ---- more of them ---- */

static void validators_add(struct admin *admin, const struct json *body)
{
    struct devnet *net = admin->net;
    struct err err;
    uint64_t add;
    uint32_t height;
    const uint32_t first = net->count;
    const struct json *enrols = json_find(body, STR("register"));
    bool enrol = true;
    if (enrols && !json_bool(enrols, &enrol)) {
        refuse_field(admin, CODE_INVALID_FIELD_TYPE, "register", "register is true or false");
        return;
    }
    if (!json_u64(json_find(body, STR("add")), &add)) {
        refuse_field(admin, CODE_INVALID_FIELD_TYPE, "add", "add is a whole number");
        return;
    }
    if (!devnet_grow(net, (uint32_t)MIN(add, UINT32_MAX), enrol, &height, &err)) {
        refuse_field(admin, CODE_INVALID_PARAMETER, "add", err.text);
        return;
    }
    struct buf json = {0};
    struct json_writer w = json_writer_of(&json);
    json_object(&w);
    json_key(&w, STR("added"));
    json_array(&w);
    for (uint32_t i = first; i < net->count; i++) json_put_str(&w, str_of(net->validators[i].name));
    json_array_end(&w);
    json_put_member_u64(&w, STR("validators"), net->count);
    json_put_member_u64(&w, STR("effective_height"), height);
    json_object_end(&w);
    const struct str text = str_dup(admin->call.arena, buf_str(&json));
    buf_done(&json);
    devnet_log(net, STR("validators"), body, "{\"validators\":%u,\"effective_height\":%u}", net->count, height);
    call_answer_json(&admin->call, 200, text);
}

void devnet_admin_validators(struct admin *admin)
{
    struct devnet *net = admin->net;
    uint32_t chains;
    const struct json *body = call_json(&admin->call);
    if (!body || !admin_chains(admin, body, &chains)) return;
    const struct json *names = json_find(body, STR("external"));
    bool enabled;
    if (json_find(body, STR("add"))) {
        validators_add(admin, body);
        return;
    }
    if (!json_is(names, JSON_ARRAY) || !json_bool(json_find(body, STR("enabled")), &enabled)) {
        refuse_field(admin, names ? CODE_INVALID_FIELD_TYPE : CODE_MISSING_FIELD, "external", "external is a list of names, enabled true or false");
        return;
    }
    struct target_set set = {0};
    for (const struct json *item = names->child; item; item = item->next) {
        uint32_t i;
        if (!json_is(item, JSON_STRING) || !target_name_parse(item->text, net->count, &i)) {
            refuse_field(admin, CODE_NODE_NOT_FOUND, "external", "no validator has that name");
            return;
        }
        target_add(&set, i);
    }
    struct buf json = {0};
    struct json_writer w = json_writer_of(&json);
    json_object(&w);
    json_key(&w, STR("external"));
    json_array(&w);
    for (uint32_t i = 0; i < net->count; i++) {
        if (target_has(&set, i)) externals_set(net, chains, i, enabled);
        if (net->chains[0].seats[i].external || net->chains[net->chains_count - 1].seats[i].external) json_put_str(&w, str_of(net->validators[i].name));
    }
    json_array_end(&w);
    json_object_end(&w);
    const struct str text = str_dup(admin->call.arena, buf_str(&json));
    buf_done(&json);
    devnet_log(net, STR("validators"), body, "{}");
    call_answer_json(&admin->call, 200, text);
}
