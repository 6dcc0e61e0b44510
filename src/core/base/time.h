/* Instants and durations, in nanoseconds. An instant is nanoseconds since 1970-01-01T00:00:00Z, in either world. */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#include "core/base/str.h"

struct instant {
    uint64_t ns;
};
struct duration {
    uint64_t ns;
};

#define NS_PER_US UINT64_C(1000)
#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_S UINT64_C(1000000000)
#define INSTANT_NEVER ((struct instant){UINT64_MAX})
#define INSTANT_GENESIS ((struct instant){UINT64_C(1767225600) * NS_PER_S}) /* 2026-01-01T00:00:00Z, when virtual time begins */

static inline struct duration duration_ms(uint64_t ms) { return (struct duration){ms * NS_PER_MS}; }
static inline struct duration duration_us(uint64_t us) { return (struct duration){us * NS_PER_US}; }
static inline struct duration duration_s(uint64_t s) { return (struct duration){s * NS_PER_S}; }
static inline uint64_t instant_ms(struct instant t) { return t.ns / NS_PER_MS; } /* Unix milliseconds, the wire's `ms` */
static inline bool instant_before(struct instant a, struct instant b) { return a.ns < b.ns; }
static inline struct instant instant_add(struct instant t, struct duration d)
{
    return (struct instant){d.ns > UINT64_MAX - t.ns ? UINT64_MAX : t.ns + d.ns};
}
/* later - earlier, 0 when they are the other way round. */
static inline struct duration instant_since(struct instant later, struct instant earlier)
{
    return (struct duration){later.ns > earlier.ns ? later.ns - earlier.ns : 0};
}

/* Text form `([0-9]+(ms|s|m|h|d))+`, e.g. 90s, 1h30m. */
bool duration_parse(struct str text, struct duration *out) MUST_CHECK;
/* Short human form, "1h30m", "2.5s", "340ms"; writes at most `cap` bytes with terminator. */
void duration_text(struct duration d, char *out, size_t cap);
/* "2026-01-01T00:00:00.000Z"; needs 25 bytes. */
void instant_text(struct instant t, char out[25]);

#endif
