#include "tester/bot/bus.h"

#include "core/base/map.h"
#include "core/base/vec.h"

struct topic_key {
    char text[BUS_TOPIC_BYTES_MAX];
};

struct topic {
    VEC(struct bus_subscription *) subscriptions;
};

struct bus_subscription {
    struct bus *bus;
    struct topic_key key;
    struct bus_message **queue; /* a ring of queue_max */
    uint32_t head, count, queue_max;
    struct fiber *reader; /* parked in bus_next */
    uint64_t dropped;
};

struct bus {
    struct env *env;
    struct map topics;           /* struct topic_key -> struct topic * */
    VEC(struct fiber *) senders; /* parked until some queue has room */
    uint64_t number;
};

struct bus *bus_new(struct env *env)
{
    struct bus *bus = base_alloc(sizeof(*bus));
    bus->env = env;
    map_init(&bus->topics, sizeof(struct topic_key), sizeof(struct topic *));
    return bus;
}

static void subscription_free(struct bus_subscription *s)
{
    for (uint32_t i = 0; i < s->count; i++) bus_message_done(s->queue[(s->head + i) % s->queue_max]);
    base_free(s->queue);
    base_free(s);
}

void bus_free(struct bus *bus)
{
    if (bus == NULL) return;
    ASSERT(bus->senders.count == 0);
    for (size_t i = map_next(&bus->topics, 0); i != MAP_END; i = map_next(&bus->topics, i + 1)) {
        struct topic *topic = *(struct topic **)map_value_at(&bus->topics, i);
        for (size_t k = 0; k < topic->subscriptions.count; k++) subscription_free(topic->subscriptions.data[k]);
        vec_done(&topic->subscriptions);
        base_free(topic);
    }
    map_done(&bus->topics);
    vec_done(&bus->senders);
    base_free(bus);
}

static bool key_of(struct str topic, struct topic_key *out)
{
    if (topic.len == 0 || topic.len >= sizeof(out->text)) return false;
    *out = (struct topic_key){{0}};
    memcpy(out->text, topic.data, topic.len);
    return true;
}

static struct topic *topic_find(const struct bus *bus, struct str name)
{
    struct topic_key key;
    if (!key_of(name, &key)) return NULL;
    struct topic **slot = map_find(&bus->topics, &key);
    return slot == NULL ? NULL : *slot;
}

struct bus_subscription *bus_subscribe(struct bus *bus, struct str topic, uint32_t queue_max)
{
    ASSERT(queue_max > 0);
    struct topic_key key;
    if (!key_of(topic, &key)) return NULL;
    if (map_find(&bus->topics, &key) == NULL && map_count(&bus->topics) >= BUS_TOPICS_MAX) return NULL;
    bool fresh;
    struct topic **slot = map_put(&bus->topics, &key, &fresh);
    if (fresh) *slot = base_alloc(sizeof(**slot));
    struct bus_subscription *s = base_alloc(sizeof(*s));
    *s = (struct bus_subscription){.bus = bus, .key = key, .queue_max = queue_max};
    s->queue = base_alloc(sizeof(*s->queue) * queue_max);
    vec_push(&(*slot)->subscriptions, s);
    return s;
}

static void senders_wake(struct bus *bus)
{
    for (size_t i = 0; i < bus->senders.count; i++) fiber_wake(bus->env, bus->senders.data[i]);
}

void bus_unsubscribe(struct bus_subscription *s)
{
    if (s == NULL) return;
    ASSERT(s->reader == NULL);
    struct bus *bus = s->bus;
    struct topic *topic = *(struct topic **)map_find(&bus->topics, &s->key);
    size_t at = 0;
    while (topic->subscriptions.data[at] != s) at++;
    vec_remove(&topic->subscriptions, at);
    if (topic->subscriptions.count == 0) {
        vec_done(&topic->subscriptions);
        base_free(topic);
        (void)map_remove(&bus->topics, &s->key); /* it is there */
    }
    subscription_free(s);
    senders_wake(bus);
}

/* Message, topic and payload in one piece. */
static struct bus_message *message_new(struct bus *bus, const struct bus_post *post)
{
    struct bus_message *m = base_alloc(sizeof(*m) + post->topic.len + post->payload.len);
    char *text = (char *)(m + 1);
    memcpy(text, post->topic.data, post->topic.len);
    if (post->payload.len > 0) memcpy(text + post->topic.len, post->payload.data, post->payload.len);
    const struct instant now = env_now(bus->env);
    *m = (struct bus_message){
        .topic = {text, post->topic.len},
        .payload = {text + post->topic.len, post->payload.len},
        .from = post->from,
        .number = ++bus->number,
        .sent = now,
        .expires = instant_add(now, post->ttl),
        .refs = 1,
    };
    return m;
}

void bus_message_done(struct bus_message *message)
{
    if (message == NULL) return;
    ASSERT(message->refs > 0);
    if (--message->refs == 0) base_free(message);
}

static void expired_drop(struct bus_subscription *s)
{
    const struct instant now = env_now(s->bus->env);
    while (s->count > 0 && !instant_before(now, s->queue[s->head]->expires)) {
        bus_message_done(s->queue[s->head]);
        s->head = (s->head + 1) % s->queue_max;
        s->count--;
        s->dropped++;
    }
}

static void deliver(struct bus_subscription *s, struct bus_message *m)
{
    m->refs++;
    s->queue[(s->head + s->count++) % s->queue_max] = m;
    if (s->reader != NULL) fiber_wake(s->bus->env, s->reader);
}

enum bus_result bus_publish(struct bus *bus, const struct bus_post *post, uint32_t *out_count)
{
    if (out_count != NULL) *out_count = 0;
    if (post->payload.len > BUS_PAYLOAD_MAX || post->topic.len >= BUS_TOPIC_BYTES_MAX) return BUS_TOO_LARGE;
    struct topic *topic = topic_find(bus, post->topic);
    if (topic == NULL) return BUS_NOBODY;
    struct bus_message *m = message_new(bus, post);
    enum bus_result result = BUS_OK;
    for (size_t i = 0; i < topic->subscriptions.count; i++) {
        struct bus_subscription *s = topic->subscriptions.data[i];
        expired_drop(s);
        if (s->count == s->queue_max) {
            s->dropped++;
            result = BUS_FULL;
            continue;
        }
        deliver(s, m);
        if (out_count != NULL) ++*out_count;
    }
    bus_message_done(m);
    return result;
}

static bool topic_has_room(const struct topic *topic)
{
    for (size_t i = 0; i < topic->subscriptions.count; i++) {
        expired_drop(topic->subscriptions.data[i]);
        if (topic->subscriptions.data[i]->count == topic->subscriptions.data[i]->queue_max) return false;
    }
    return true;
}

enum bus_result bus_send(struct bus *bus, const struct bus_post *post, struct instant deadline)
{
    if (post->payload.len > BUS_PAYLOAD_MAX || post->topic.len >= BUS_TOPIC_BYTES_MAX) return BUS_TOO_LARGE;
    for (;;) {
        struct topic *topic = topic_find(bus, post->topic); /* again after every wait: topics come and go */
        if (topic == NULL) return BUS_NOBODY;
        if (topic_has_room(topic)) return bus_publish(bus, post, NULL);
        if (!instant_before(env_now(bus->env), deadline)) return BUS_TIMED_OUT;
        struct fiber *self = fiber_self();
        vec_push(&bus->senders, self);
        (void)fiber_park(bus->env, deadline); /* woken or not: the room is looked at again */
        for (size_t i = 0; i < bus->senders.count; i++) {
            if (bus->senders.data[i] != self) continue;
            vec_remove(&bus->senders, i);
            break;
        }
    }
}

struct bus_message *bus_next(struct bus_subscription *s, struct instant deadline)
{
    ASSERT(s->reader == NULL);
    struct env *env = s->bus->env;
    for (;;) {
        expired_drop(s);
        if (s->count > 0) {
            struct bus_message *m = s->queue[s->head];
            s->head = (s->head + 1) % s->queue_max;
            s->count--;
            senders_wake(s->bus);
            return m;
        }
        if (!instant_before(env_now(env), deadline)) return NULL;
        s->reader = fiber_self();
        (void)fiber_park(env, deadline); /* woken or not: the queue is looked at again */
        s->reader = NULL;
    }
}

uint64_t bus_dropped(const struct bus_subscription *subscription) { return subscription->dropped; }
