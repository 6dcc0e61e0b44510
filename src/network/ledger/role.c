#include "network/ledger/role_priv.h"

#include "core/codec/binary.h"
#include "network/ledger/oracle_priv.h"

static const struct str names[] = {{"kyc_officer", 11}, {"settler", 7}, {"oracle", 6}};
_Static_assert(ARRAY_LEN(names) == LEDGER_ROLE_COUNT, "a name for every role");

struct str ledger_role_text(enum ledger_role role) { return names[role]; }

bool ledger_role_parse(struct str text, enum ledger_role *out)
{
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (str_eq(text, names[i])) return *out = (enum ledger_role)i, true;
    return false;
}

static struct okey role_key(const struct address *who, enum ledger_role role)
{
    struct okey key = okey_of_text(SPACE_PARAM, "role/");
    okey_bytes(&key, names[role].data, names[role].len);
    okey_u8(&key, '/');
    okey_address(&key, who);
    return key;
}

static bool is_seated(const struct ordmap *objects, const struct address *who)
{
    bool seated = false;
    for (size_t i = 0; i < ORACLE_ASSETS && !seated; i++) {
        size_t feed;
        struct oracle_asset *asset = oracle_asset_load(objects, i);
        seated = oracle_asset_feed(asset, who, &feed) && asset->feeds[feed].seated;
        base_free(asset);
    }
    return seated;
}

bool role_has(const struct ordmap *objects, const struct address *who, enum ledger_role role)
{
    if (role == LEDGER_ROLE_ORACLE) return is_seated(objects, who);
    const struct okey key = role_key(who, role);
    struct str value;
    return ordmap_get(objects, okey_view(&key), &value);
}

bool ledger_role_has(const struct ledger_state *state, const struct address *who, enum ledger_role role)
{
    return state->chain == CHAIN_DELTA && role_has(&state->objects, who, role);
}

void role_order(struct work *work, const struct ledger_role_order *order)
{
    if (work->parent->chain != CHAIN_DELTA || order->role >= LEDGER_ROLE_COUNT) return;
    if (order->role == LEDGER_ROLE_ORACLE) {
        oracle_appoint(work, &order->address, order->asset, order->grant);
        return;
    }
    const struct okey key = role_key(&order->address, order->role);
    uint8_t height[4];
    bin_store_u32(height, work->frame == NULL ? 0 : work->frame->height);
    if (order->grant)
        work_set(work, &key, (struct str){(const char *)height, sizeof(height)});
    else
        work_remove(work, &key);
}

static bool roles_genesis(struct work *work, const struct ledger_genesis *genesis, struct err *err)
{
    (void)err;
    for (size_t i = 0; i < genesis->roles_count; i++) role_order(work, &genesis->roles[i]);
    return true;
}

extern const struct family family_roles;
const struct family family_roles = {.name = "roles", .genesis = roles_genesis};
