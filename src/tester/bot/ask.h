/* Ask: requests between bots over the bus. Somebody serves a topic; others ask it and wait for one reply, until a deadline. A partner that
 * is not there, is busy, fails or is late is an answer of its own: whoever asks has to do without. */
#ifndef BOT_ASK_H
#define BOT_ASK_H

#include "core/base/buf.h"
#include "tester/bot/act.h"

enum ask_result {
    ASK_OK,
    ASK_NOBODY, /* nobody serves the topic */
    ASK_BUSY,   /* every server's queue is full */
    ASK_FAILED, /* the server said that it cannot: the reply is its reason */
    ASK_LATE,   /* no reply before the deadline */
};
const char *ask_result_text(enum ask_result result);

/* At most BUS_PAYLOAD_MAX - 64 bytes. The reply is appended. Where several serve a topic all get the request, and the first reply counts. */
enum ask_result act_ask(struct act *act, struct str topic, struct str request, struct instant deadline, struct buf *reply) FIBER MUST_CHECK;

/* One request as a server got it: give it back with serve_reply or serve_fail, once. */
struct served {
    struct bus_message *message;
    struct str request; /* borrowed until it is answered */
    uint32_t from;      /* index of the bot that asks */
};
struct bus_subscription *serve_open(struct act *act, struct str topic, uint32_t queue_max);
/* False: the deadline passed. */
bool serve_next(struct act *act, struct bus_subscription *service, struct instant deadline, struct served *out) FIBER MUST_CHECK;
void serve_reply(struct act *act, struct served *served, struct str reply);
void serve_fail(struct act *act, struct served *served, struct str reason);

#endif
