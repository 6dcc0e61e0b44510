#include "network/devnet/devnet_priv.h"
#include "network/ledger/oracle_view.h"

#include <inttypes.h>

/* POST /roles (api 5.1): in effect at Delta's next height, as the faucet's grants are. */

static bool refuse(struct admin *admin, enum code code, const char *field, const char *why)
{
    call_refuse_with(&admin->call, code, field, "%s", why);
    return false;
}

static bool text_of(struct admin *admin, const struct json *body, const char *field, struct str *out)
{
    const struct json *node = json_find(body, str_of(field));
    if (!node) return refuse(admin, CODE_MISSING_FIELD, field, "the member is missing");
    return json_str(node, out) || refuse(admin, CODE_INVALID_FIELD_TYPE, field, "the member is text");
}

static bool order_read(struct admin *admin, const struct json *body, struct ledger_role_order *out)
{
    struct str text;
    size_t asset;
    memset(out, 0, sizeof(*out));
    if (!text_of(admin, body, "address", &text)) return false;
    const enum code code = address_parse(text, CHAIN_DELTA, &out->address);
    if (code != CODE_NONE) return refuse(admin, code, "address", "the address is not one of Delta");
    if (!text_of(admin, body, "role", &text)) return false;
    if (!ledger_role_parse(text, &out->role)) return refuse(admin, CODE_INVALID_FORMAT, "role", "role is kyc_officer, settler or oracle");
    const struct json *of = json_find(body, STR("asset")), *grant = json_find(body, STR("grant"));
    if (of && !json_is(of, JSON_NULL)) {
        if (!json_str(of, &text)) return refuse(admin, CODE_INVALID_FIELD_TYPE, "asset", "asset is text");
        if (!ledger_oracle_find(text, &asset)) return refuse(admin, CODE_ASSET_NOT_FOUND, "asset", "no oracle has that asset");
        out->asset = ledger_oracle_name(asset);
    }
    if (!grant) return refuse(admin, CODE_MISSING_FIELD, "grant", "the member is missing");
    return json_bool(grant, &out->grant) || refuse(admin, CODE_INVALID_FIELD_TYPE, "grant", "grant is true or false");
}

void devnet_admin_roles(struct admin *admin)
{
    struct devnet *net = admin->net;
    struct devchain *delta = devnet_chain(net, CHAIN_DELTA);
    struct ledger_role_order order;
    const struct json *body = call_json(&admin->call);
    if (!body) return;
    if (!delta) {
        (void)refuse(admin, CODE_FEATURE_NOT_AVAILABLE, NULL, "Delta does not run on this network");
        return;
    }
    if (!order_read(admin, body, &order)) return;
    const uint32_t height = devchain_next_height(delta);
    node_space_order_role(delta->space, height, &order);
    devnet_log(net, STR("roles"), body, "{\"effective_height\":%" PRIu32 "}", height);
    struct admin_faucet *answer = arena_new(admin->call.arena, struct admin_faucet);
    *answer = (struct admin_faucet){.granted = 1, .effective_height = height, .delta_height = {true, height}};
    call_answer(&admin->call, 200, &wire_admin_faucet, answer);
}
