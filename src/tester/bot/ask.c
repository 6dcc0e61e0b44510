#include "tester/bot/ask.h"

#include <stdio.h>

#include "tester/bot/submit_priv.h"

#define REPLY_TTL duration_s(60)
#define LOOK_EVERY duration_s(1)

/* A request is "reply topic\n" and its bytes; a reply '+' or '-' and its bytes. */

const char *ask_result_text(enum ask_result result)
{
    static const char *const texts[] = {"ok", "nobody serves it", "everybody is busy", "the partner failed", "no reply in time"};
    return texts[result];
}

/* The next message, looking now and then whether the crew stops. */
static struct bus_message *message_next(struct act *act, struct bus_subscription *subscription, struct instant deadline)
{
    struct env *env = act->crew->env;
    for (;;) {
        const struct instant soon = instant_add(env_now(env), LOOK_EVERY);
        struct bus_message *message = bus_next(subscription, instant_before(soon, deadline) ? soon : deadline);
        if (message != NULL || act_gives_up(act) || !instant_before(env_now(env), deadline)) return message;
    }
}

enum ask_result act_ask(struct act *act, struct str topic, struct str request, struct instant deadline, struct buf *reply)
{
    struct bus *bus = act->crew->bus;
    if (bus == NULL) return ASK_NOBODY;
    char topic_text[BUS_TOPIC_BYTES_MAX];
    const int len = snprintf(topic_text, sizeof(topic_text), "reply/%u/%llu", act->bot != NULL ? act->bot->index : UINT32_MAX,
                             (unsigned long long)++act->crew->asked);
    const struct str back = {topic_text, (size_t)len};
    struct bus_subscription *replies = bus_subscribe(bus, back, 4);
    if (replies == NULL) return ASK_BUSY;
    struct buf bytes = {0};
    buf_put_str(&bytes, back);
    buf_put_char(&bytes, '\n');
    buf_put_str(&bytes, request);
    const struct bus_post post = {.topic = topic, .payload = buf_str(&bytes), .from = act->bot != NULL ? act->bot->index : 0,
                                  .ttl = instant_since(deadline, env_now(act->crew->env))};
    uint32_t heard = 0;
    enum ask_result result = ASK_NOBODY;
    const enum bus_result posted = bus_publish(bus, &post, &heard);
    buf_done(&bytes);
    if (heard == 0) {
        result = posted == BUS_FULL ? ASK_BUSY : ASK_NOBODY;
    } else {
        struct bus_message *message = message_next(act, replies, deadline);
        result = message == NULL ? ASK_LATE : message->payload.len > 0 && message->payload.data[0] == '+' ? ASK_OK : ASK_FAILED;
        if (message != NULL) {
            buf_put_str(reply, str_sub(message->payload, 1, message->payload.len));
            bus_message_done(message);
        }
    }
    bus_unsubscribe(replies);
    return result;
}

struct bus_subscription *serve_open(struct act *act, struct str topic, uint32_t queue_max)
{
    return act->crew->bus != NULL ? bus_subscribe(act->crew->bus, topic, queue_max) : NULL;
}

bool serve_next(struct act *act, struct bus_subscription *service, struct instant deadline, struct served *out)
{
    struct bus_message *message = message_next(act, service, deadline);
    if (message == NULL) return false;
    struct str back;
    *out = (struct served){.message = message, .from = message->from};
    const bool cut = str_cut(message->payload, '\n', &back, &out->request);
    ASSERT(cut); /* only act_ask posts to served topics */
    return true;
}

static void answer_with(struct act *act, struct served *served, char sign, struct str text)
{
    struct str back, request;
    (void)str_cut(served->message->payload, '\n', &back, &request); /* it did when it came */
    struct buf bytes = {0};
    buf_put_char(&bytes, sign);
    buf_put_str(&bytes, text);
    const struct bus_post post = {.topic = back, .payload = buf_str(&bytes), .from = act->bot != NULL ? act->bot->index : 0, .ttl = REPLY_TTL};
    (void)bus_publish(act->crew->bus, &post, NULL); /* who asked may have given up: nobody hears it then */
    buf_done(&bytes);
    bus_message_done(served->message);
    served->message = NULL;
    act->track->served++;
}

void serve_reply(struct act *act, struct served *served, struct str reply) { answer_with(act, served, '+', reply); }
void serve_fail(struct act *act, struct served *served, struct str reason) { answer_with(act, served, '-', reason); }
