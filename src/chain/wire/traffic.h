/* Traffic: what of the contract an exchange of messages has exercised: endpoints, kinds of transactions, error codes, kinds of
 * bridge messages, types of events. Counted from what was really sent and answered. */
#ifndef WIRE_TRAFFIC_H
#define WIRE_TRAFFIC_H

#include "core/codec/json.h"
#include "world/http/http.h"

struct traffic;
struct traffic *traffic_new(void);
void traffic_free(struct traffic *traffic); /* accepts NULL */
/* Counts every answered exchange of this client from now on, and the events of streams that are read. Origins are "alpha", "delta", "adnet" and "admin". */
void traffic_watch(struct traffic *traffic, struct http_client *client);

/* {"endpoints":{"AB1":7,...},"endpoint_successes":{"AB1":6,...},"endpoint_codes":{"AB5":{"BLOCK_NOT_FOUND":2}},"codes":{...},
 * "kinds":{"alpha/transfer":9,...},"messages":{...},"events":{...}}: what never happened is left out. */
void traffic_write(const struct traffic *traffic, struct json_writer *w);
/* Adds what traffic_write wrote. False and err: it is not that. */
bool traffic_add(struct traffic *traffic, struct str json, struct err *err) MUST_CHECK;

/* How much of each table was met; and a walk over what was not. */
struct traffic_share {
    const char *what; /* "endpoints" ... */
    uint32_t met, all;
};
#define TRAFFIC_SHARES 7 /* endpoints, codes of endpoints, kinds, codes, messages, events; endpoints that did not refuse */
void traffic_shares(const struct traffic *traffic, struct traffic_share out[TRAFFIC_SHARES]);
void traffic_missing(const struct traffic *traffic, void (*tell)(void *ctx, const char *what, struct str name), void *ctx);

#endif
