#include "chain/response_adnet.h"

#include "chain/shape_table_priv.h"

NAMES(health_names, HEALTH_OK, "ok", "degraded", "down");
static const struct shape_field health_fields[] = {ENUM(struct health_view, status, health_names), F(struct health_view, BOOL, alpha),
                                                   F(struct health_view, BOOL, delta), F(struct health_view, BOOL, ipc),
                                                   F(struct health_view, U64, uptime_ms)};
SHAPE(shape_health, "Health", struct health_view, health_fields);

static const struct shape_field chain_fields[] = {F(struct chain_status, STR, network),
                                                  F(struct chain_status, U16, network_id),
                                                  F(struct chain_status, U32, height),
                                                  F(struct chain_status, U32, finalized_height),
                                                  F(struct chain_status, U64, round),
                                                  F(struct chain_status, U32, validators),
                                                  F(struct chain_status, U32, active_validators),
                                                  F(struct chain_status, RAW, tps),
                                                  F(struct chain_status, U32, mempool)};
INNER(shape_chain_status, "chain status", struct chain_status, chain_fields);
#define CHAIN(key)                                                                                                               \
    {                                                                                                                            \
        .name = #key, .type = SHAPE_OBJECT, .offset = offsetof(struct status_view, key), .of = &shape_chain_status,              \
        .maybe = true, .has_at = offsetof(struct status_view, has_##key) + 1                                                     \
    }
static const struct shape_field bridge_fields[] = {F(struct status_view, AMOUNT, locked),
                                                   F(struct status_view, AMOUNT, minted),
                                                   F(struct status_view, AMOUNT, in_flight_lock),
                                                   F(struct status_view, AMOUNT, in_flight_burn),
                                                   F(struct status_view, U32, pending_messages),
                                                   F(struct status_view, U64, oldest_pending_ms)};
INNER(shape_status_bridge, "bridge", struct status_view, bridge_fields);
static const struct shape_field status_fields[] = {F(struct status_view, STR, version), F(struct status_view, U32, api), CHAIN(alpha),
                                                   CHAIN(delta), GROUP("bridge", shape_status_bridge)};
SHAPE(shape_status, "Status", struct status_view, status_fields);
