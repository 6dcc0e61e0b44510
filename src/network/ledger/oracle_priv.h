/* Oracles: what the chain knows of one asset's price: its seats, what each last reported, the price that follows, and the breaker.
 * The first half is pure: time is handed in. For the ledger's own eyes.
 *
 * State map, space oracle, ident the asset's name: u64 price ‖ u64 price_ms ‖ u32 height ‖ u16 feeds_used ‖ u128 sum ‖ u64 halted_until_ms
 * ‖ u64 span ‖ ORACLE_SPANS × (u64 least ‖ u64 most) ‖ u8 n ‖ n × (address ‖ u8 flags ‖ u128 bond ‖ u64 price ‖ u64 stated_ms ‖ u64 seen_ms
 * ‖ u64 submissions ‖ u64 outliers ‖ str source). */
#ifndef LEDGER_ORACLE_PRIV_H
#define LEDGER_ORACLE_PRIV_H

#include "network/ledger/family_priv.h"
#include "network/ledger/guard_perps_priv.h"
#include "network/ledger/perp_math_priv.h"

enum {
    ORACLE_ASSETS = 2,
    ORACLE_SEATS = 7,
    ORACLE_REPORTERS_MAX = 40, /* with vuln.oracle-open-seats others report too; on a hardened network: the seats */
    ORACLE_SPANS = 31,         /* the breaker's window in thirtieths, and the one that has begun */
    ORACLE_SOURCE_MAX = 32,
    ORACLE_HISTORY_BLOCKS = 10000, /* for so long a past price can be asked for */
};
#define ORACLE_BOND_MIN 1000000u /* DX; the contract names no figure */
_Static_assert(ORACLE_SEATS <= ORACLE_REPORTERS_MAX, "there is room for the seats");

struct oracle_feed {
    struct address who;
    bool seated, appointed; /* appointed: by the network, with a role; without a bond of its own */
    bool reported, outlier;
    u128 bond;
    uint64_t price, stated_ms, seen_ms; /* of the last report: the feed's word, and the block's that took it */
    uint64_t submissions, outliers;
    uint8_t source_len;
    char source[ORACLE_SOURCE_MAX];
};
struct oracle_asset {
    uint64_t price, price_ms; /* the last price in force and when it came about; 0: none yet */
    uint32_t height;
    uint16_t feeds_used;
    u128 sum; /* price * milliseconds up to price_ms: what time-weighted means are differences of */
    uint64_t halted_until_ms;
    uint64_t span; /* number of the newest of `spans`: time divided by a thirtieth of the window */
    struct oracle_span {
        uint64_t least, most; /* 0: no price */
    } spans[ORACLE_SPANS]; /* [number % ORACLE_SPANS] */
    uint32_t feeds_count;
    struct oracle_feed feeds[ORACLE_REPORTERS_MAX];
};

extern const struct str oracle_names[ORACLE_ASSETS]; /* "DX/USD", "sAX/USD" */
bool oracle_find(struct str name, size_t *out) MUST_CHECK; /* '-' passes for '/' */

/* ---- pure ---- */
uint64_t oracle_median(uint64_t *prices, size_t count); /* sorts; an even count: floor of the middle two's mean. count > 0 */
bool oracle_is_apart(uint64_t price, uint64_t from, uint64_t bps); /* by more than that share of `from` */
/* The report was young at `now_ms`, by the earlier of the feed's word and the chain's. */
bool oracle_feed_is_fresh(const struct ledger_rules *rules, const struct params *params, const struct oracle_feed *feed, uint64_t now_ms);
/* The price at `now_ms` and how many reports made it; false: fewer than min_feeds, *out_used is set all the same. */
bool oracle_asset_price(const struct ledger_rules *rules, const struct params *params, const struct oracle_asset *asset, uint64_t now_ms,
                        uint64_t *out_price, uint16_t *out_used) MUST_CHECK;
/* Takes a report of feeds[i]. PRICE_OUTLIER and nothing done, or CODE_NONE. */
enum code oracle_asset_report(const struct ledger_rules *rules, const struct params *params, struct oracle_asset *asset, size_t i,
                              uint64_t price, uint64_t stated_ms, uint64_t now_ms) MUST_CHECK;
/* The price is this from now on: the sum goes on, and the breaker looks at the move. True: it opened. */
bool oracle_asset_move(const struct params *params, struct oracle_asset *asset, uint64_t price, uint16_t used, uint32_t height,
                       uint64_t now_ms);
u128 oracle_asset_sum(const struct oracle_asset *asset, uint64_t now_ms); /* `sum` carried on to now */

bool oracle_asset_feed(const struct oracle_asset *asset, const struct address *who, size_t *out) MUST_CHECK;
size_t oracle_asset_seated(const struct oracle_asset *asset);
void oracle_asset_remove(struct oracle_asset *asset, size_t i);
/* Seats somebody who has none (an open reporter gets a seat). False: all seven are taken, or there is no room. */
bool oracle_asset_seat(struct oracle_asset *asset, const struct address *who, bool appointed, u128 bond) MUST_CHECK;

void oracle_asset_encode(const struct oracle_asset *asset, struct buf *out);
bool oracle_asset_decode(struct str value, struct oracle_asset *out) MUST_CHECK;

/* ---- the chain's ---- */
struct oracle_reading {
    bool fresh, halted;
    uint64_t price;     /* in force; not fresh: the last that was; 0: there was none */
    uint64_t stated_ms; /* what it speaks of: the newest report in it, or when the last one came about */
    uint16_t feeds_used;
    uint32_t height;    /* of the last report */
    u128 sum;           /* up to `now_ms` */
};
void oracle_read(const struct ordmap *objects, const struct ledger_rules *rules, const struct params *params, size_t asset,
                 uint64_t now_ms, struct oracle_reading *out);
/* The asset as it stands; blank where nobody touched it. It is large: base_free it. */
struct oracle_asset *oracle_asset_load(const struct ordmap *objects, size_t asset);
/* Gives or takes seats by order of the network: of one asset, or (empty) of all. A seat that is taken brings its bond back. */
void oracle_appoint(struct work *work, const struct address *who, struct str asset, bool grant);
struct okey oracle_history_key(size_t asset, uint32_t height); /* -> u64 price ‖ u16 feeds_used ‖ u64 stated_ms */
static inline uint64_t work_now_ms(const struct work *work) { return work->frame == NULL ? 0 : work->frame->timestamp_ms; }

#endif
