/* Bus: messages between bots, by topic. Bounded everywhere: a subscriber has a queue of a stated length; a message has a time to
 * live and at most BUS_PAYLOAD_MAX bytes. At most once, in order for each sender, nothing kept for who was not there. One env,
 * one thread. */
#ifndef BOT_BUS_H
#define BOT_BUS_H

#include "core/base/str.h"
#include "world/fiber/fiber.h"

#define BUS_PAYLOAD_MAX 65536
#define BUS_TOPIC_BYTES_MAX 48
#define BUS_TOPICS_MAX 65536

struct bus;
struct bus_subscription;

struct bus_message {
    struct str topic, payload; /* borrowed from the message */
    uint32_t from;             /* index of the sending bot */
    uint64_t number;           /* of the bus, from 1 */
    struct instant sent, expires;
    uint32_t refs;
};

struct bus *bus_new(struct env *env);
void bus_free(struct bus *bus); /* nobody waits on it; subscriptions are closed */

/* NULL: the topic is empty or too long, or there are too many. `queue_max` at least 1. */
struct bus_subscription *bus_subscribe(struct bus *bus, struct str topic, uint32_t queue_max);
void bus_unsubscribe(struct bus_subscription *subscription); /* drops what waits in it */

struct bus_post {
    struct str topic, payload;
    uint32_t from;
    struct duration ttl;
};
enum bus_result { BUS_OK, BUS_NOBODY, BUS_FULL, BUS_TOO_LARGE, BUS_TIMED_OUT };
/* Delivers to every subscriber with room; *out_count (may be NULL) says to how many. FULL: at least one had none and missed it;
 * NOBODY: no subscriber. Never waits. */
enum bus_result bus_publish(struct bus *bus, const struct bus_post *post, uint32_t *out_count);
/* The same, but waits until every subscriber has room. */
enum bus_result bus_send(struct bus *bus, const struct bus_post *post, struct instant deadline) FIBER MUST_CHECK;

/* The next message that has not expired; NULL: the deadline passed. The caller gives it back with bus_message_done. At most one
 * fiber waits on a subscription. */
struct bus_message *bus_next(struct bus_subscription *subscription, struct instant deadline) FIBER MUST_CHECK;
void bus_message_done(struct bus_message *message);
uint64_t bus_dropped(const struct bus_subscription *subscription); /* missed for want of room, or expired in the queue */

#endif
