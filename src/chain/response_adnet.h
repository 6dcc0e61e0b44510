/* Response, Adnet: what U1 and U2 answer (api 4.5). */
#ifndef CHAIN_RESPONSE_ADNET_H
#define CHAIN_RESPONSE_ADNET_H

#include "chain/response.h"

enum health { HEALTH_OK, HEALTH_DEGRADED, HEALTH_DOWN };
struct health_view {
    enum health status;
    bool alpha, delta, ipc;
    uint64_t uptime_ms;
};
/* One chain of U2; null when it does not run or nobody of it does. */
struct chain_status {
    struct str network;
    uint16_t network_id;
    uint32_t height, finalized_height;
    uint64_t round;
    uint32_t validators, active_validators;
    struct str tps; /* a number, one decimal */
    uint32_t mempool;
};
struct status_view {
    struct str version;
    uint32_t api;
    bool has_alpha, has_delta;
    struct chain_status alpha, delta;
    struct amount locked, minted, in_flight_lock, in_flight_burn;
    uint32_t pending_messages;
    uint64_t oldest_pending_ms;
};
extern const struct shape shape_health, shape_status;

#endif
