/* Relay lane: what one relay has under way from one chain to the other: the messages it has found and not yet seen arrive for good, the claims it
 * is to make for somebody, when each is due, and the weather they meet. Sends nothing: relay.c asks what goes, and sends it. */
#ifndef DEVNET_RELAY_LANE_H
#define DEVNET_RELAY_LANE_H

#include "core/base/vec.h"
#include "core/base/rng.h"
#include "network/devnet/relay.h"
#include "network/ledger/bridge_view.h"

#define LANE_RESEND_MS 5000 /* what was sent and did not arrive is sent again */

/* A message under way. */
struct parcel {
    uint64_t sequence;
    uint32_t height; /* of its block */
    uint32_t type;   /* enum ipc_type */
    struct hash id;    /* of the message */
    struct hash about; /* the lock or burn it is about; zero: neither */
    struct instant due;
    uint64_t until; /* reorder: held back until messages up to that one were seen */
    bool lost;      /* this relay never brings it */
};
/* A claim to make for somebody. */
struct automatic {
    struct hash id;
    uint64_t sequence; /* of its message: nothing to claim before that one is executed */
    struct instant due;
};
struct relay_lane {
    uint64_t next; /* the next message to look at */
    VEC(struct parcel) parcels;
    VEC(struct automatic) autos;
    uint32_t pruned; /* the destination's final height when the lists were last gone through */
    struct instant epoch_due;
    uint64_t epoch_seen; /* the epoch whose end was seen first at epoch_due minus the patience; + 1 */
};

/* What a lane is shown in one tick; all of it is the caller's. */
struct lane_sight {
    const struct ledger_state *from_final, *to_head, *to_final;
    struct bridge_inbox inbox; /* of to_head */
    struct instant now;
    uint64_t patience_ms;          /* that this relay leaves its predecessors */
    struct relay_weather *weather; /* RELAY_FAULTS of them, on messages of this source; a drop counts down */
    struct rng *rng;               /* the weather's dice */
    bool is_exposed; /* to hostile weather: it hits all relays but the last, somebody is honest. A relay alone has nobody beside it. */
};

void lane_rewind(struct relay_lane *lane); /* nothing is known and nothing under way, from the first message on; also how a zeroed lane begins */
void lane_done(struct relay_lane *lane);   /* frees what it holds */

/* Takes up what is final at the source and not looked at yet, each with its due time by patience and weather; within bounds, the rest next time. */
void lane_discover(struct relay_lane *lane, const struct lane_sight *sight);
/* What has come for good is done with. Cheap while the destination's final height stands. */
void lane_prune(struct relay_lane *lane, const struct lane_sight *sight);

/* The parcel is due, neither lost, censored nor held back, within the destination's window, and not there yet. */
bool parcel_goes(const struct relay_lane *lane, const struct lane_sight *sight, const struct parcel *parcel) MUST_CHECK;
/* The end of the newest epoch that the destination knows is to be brought now; only asked when the source has it. True is said once, then not
 * before LANE_RESEND_MS have passed. */
bool lane_epoch_goes(struct relay_lane *lane, const struct lane_sight *sight) MUST_CHECK;

/* The weather of that kind; NULL: none. */
const struct relay_weather *sight_weather(const struct lane_sight *sight, enum relay_fault fault);
/* One throw: true in rate_bps of 10000. Nothing is thrown for a rate of 0. */
bool sight_drawn(const struct lane_sight *sight, uint32_t rate_bps);

static inline struct instant lane_later(struct instant from, uint64_t ms) { return instant_add(from, duration_ms(ms)); }
static inline bool lane_is_due(struct instant at, struct instant now) { return at.ns <= now.ns; }

#endif
