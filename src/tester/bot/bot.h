/* Bot: one actor of a run: identity, wallet, and the steps of its life. A life is a chain of types; each step takes the old
 * handle, empties it and yields the new one. A step that fails leaves the old handle as it was.
 *
 *     bot_idle -> bot_fund -> bot_funded -> bot_start -> bot_running -> bot_stop -> bot_stopped
 *
 * A bot has no fiber of its own: executions of its behaviours run on fibers while they last, so an idle bot is its struct and
 * nothing else (test/bench_bot.c shows the bytes). */
#ifndef BOT_BOT_H
#define BOT_BOT_H

#include "core/base/map.h"
#include "core/crypto/shield_scheme.h"
#include "core/metrics/event.h"
#include "tester/bot/agenda.h"
#include "tester/bot/bus.h"
#include "tester/bot/flights.h"
#include "tester/bot/identity.h"
#include "tester/bot/kept.h"
#include "tester/bot/provecost.h"
#include "tester/bot/sealed.h"
#include "tester/bot/wallet.h"
#include "tester/client/admin.h"
#include "tester/client/adnet.h"
#include "tester/client/alpha.h"

struct bot;
struct track;
struct trust;

static inline size_t chain_index(enum chain_id chain) { return chain == CHAIN_DELTA; } /* 0 is Alpha, too */

struct map;

/* How far a chain has come, and who waits for it: tide.h. */
struct tide_waiter;
struct tide {
    uint32_t height; /* final, as far as anybody waited */
    bool watched;
    struct tide_waiter *waiters;
};

/* Who waits for claims on a chain, and how far its final blocks were read for them: ferry.h. */
struct passage;
struct ferry {
    struct map waiting;  /* hash of what is claimed -> struct passage *; while there are passengers */
    uint32_t passengers;
    uint32_t read;       /* while it sails: the last block that was looked at */
    bool sails;
};

/* Who has a proof of finality checked now, and who waits for that: a list on the waiters' stacks (proven.c). */
struct proof_turn {
    bool busy;
    struct proof_waiter *waiters;
};

/* Crew: what all bots of a run share. Made by whoever runs them, outlives them; read-only while they run, but for `bots` filled
 * in once. */
struct crew {
    struct env *env;
    struct alpha alpha;        /* the gateway: views are set per execution */
    struct alpha delta;        /* the same of Delta; `http` NULL: the target serves none */
    const struct admin *admin; /* for the faucet; NULL: none */
    struct adnet adnet;        /* the unified interface; `http` NULL: the target serves none */
    struct sign_suite suite;
    struct shield_suite shield; /* the network's proofs */
    struct prove_costs prove;  /* what proving takes in virtual time */
    struct domain domain;                 /* Alpha's; crew_domain knows both */
    struct amount fee_base, fee_per_byte; /* AN5; crew_learn fills them */
    struct amount delta_fee_base, delta_fee_per_byte;
    struct bus *bus;                      /* NULL: none */
    struct bot **bots;                    /* by index within the run */
    uint32_t bots_count;
    struct tide tides[2]; /* [chain_index] */
    struct ferry ferries[2]; /* likewise */
    struct trust *trust[2];  /* likewise: what proofs have shown (proven.h); borrowed. NULL: final blocks are taken on a node's word */
    struct proof_turn proving[2]; /* likewise */
    uint32_t epoch_blocks[2]; /* likewise; crew_learn fills them */
    uint32_t helpers;     /* fibers of the crew's own that have not ended; they do soon after the last bot that needed them */
    uint64_t asked;       /* requests between bots so far */
    struct map *held;     /* what bots have in hand: hold.h; NULL: nothing */
    struct shield_commons *shield_commons; /* of bots in the shielded pool (shieldbot.h); NULL: none yet */
    struct canaries *canaries; /* what must not be told in public: canary.h; NULL: nothing yet */
    const bool *stopping; /* set: retries and follow-ups end as soon as they look; NULL: never */
    /* Told what happened; `event` is complete but for phase, role and behavior. NULL: nobody listens. */
    void (*event)(void *context, const struct event *event, struct str text);
    void *context;
};
/* Reads domains and fees from the network (AN5, of both chains) and checks that it is the one `crew->alpha.network` names. */
bool crew_learn(struct crew *crew, struct instant deadline, struct err *err) FIBER MUST_CHECK;
struct amount crew_fee(const struct crew *crew, enum chain_id chain, size_t tx_bytes); /* the minimum for a transaction of this size */
bool crew_has(const struct crew *crew, enum chain_id chain); /* the target serves this chain */
const struct alpha *crew_client(const struct crew *crew, enum chain_id chain);
struct domain crew_domain(const struct crew *crew, enum chain_id chain);
bool crew_is_stopping(const struct crew *crew);

/* The validator whose keys a bot carries, on both chains. Its node signs nothing by itself while a behaviour drives it (behavior.h:
 * `drives`); else it is an ordinary node of the network. */
struct bot_seat {
    uint32_t number; /* 3 for v3; 0: the bot is no validator */
    char name[12];   /* "v3": its name as a member, and as a view */
    struct seckey consensus; /* signs headers, votes, time-outs (X20) */
};

/* What a bot brought over the bridge last, for the way back. */
struct bot_cycle {
    struct amount amount, lock_fee; /* amount 0: nothing, or it is back */
    struct hash lock, mint;         /* transactions */
    uint32_t lock_height, mint_height;
    bool locked;                    /* the bot has seen its lock leave: `ax` and `lock_fee` are known */
    struct amount ax, sax;          /* before the lock, and before the mint */
};

struct bot {
    struct crew *crew;
    struct identity identity; /* of a validator: its account */
    struct bot_seat seat;
    struct wallet wallet;
    uint32_t index;           /* within the run: ${index} */
    uint16_t role, variant;   /* rows of the role table; told by whoever made it */
    uint32_t operations_open; /* executions begun and not ended */
    uint64_t operations_begun;
    const struct track *quoting[3]; /* whose market maker's loop runs, by pair of the contract; NULL: nobody's */
    struct amount pool_shares[3]; /* of Delta's spot pools, in the order of the contract's pairs: what its own transactions gave it */
    struct amount pool_held[3];   /* of them, what an operation under way will take out itself */
    struct bot_cycle cycle;
    struct flights flights[2]; /* on Alpha, on Delta: [chain_index] */
    struct sealed_bids sealed; /* bids on names that it committed to */
    struct kept_txs kept;      /* signed, to be sent later */
    struct kept_txs evicted[2]; /* [chain_index]: a view dropped them for others, and another may still run them (evicted.h) */
    bool reporting;            /* an oracle's report is on its way: its next waits, so that their times are in order */
    struct agenda trades;      /* positions it opened and means to close */
    bool recovering[2];       /* an execution is telling a view what it misses */
    bool repairing[2];        /* a filler for a nonce hole is under way */
    uint8_t stage;            /* of its life, for assertions */
    bool proves_for_others;      /* its role is prover: told by whoever made it */
    bool misses_turns;           /* its role is a validator that does not mean to keep all its turns: likewise */
    struct shieldbot *shieldbot; /* what it has in the shielded pool; NULL: never been there */
};

struct bot_idle {
    struct bot *bot;
};
struct bot_funded {
    struct bot *bot;
};
struct bot_running {
    struct bot *bot;
};
struct bot_stopped {
    struct bot *bot;
};

/* Makes the bot; `id` is borrowed. The caller frees it in the end, whatever its stage (bot_free). */
struct bot_idle bot_new(struct crew *crew, uint64_t run_rng, struct str id, uint32_t index);
void bot_free(struct bot *bot);
/* The bot is validator `number` from now on: account and consensus key are the development keys of its name in a network with this rng (api 3.3).
 * Before it is funded. The validator need not be a member, nor have a node. */
void bot_seat_take(struct bot_idle *bot, uint64_t network_rng, uint32_t number);
/* The address of that validator's account. */
struct address bot_seat_address(uint64_t network_rng, uint32_t number, struct sign_suite suite);

/* Compares what the scenario gives the bot with what the chain has for it, asks the faucet for what is missing, and waits until
 * it is there. Purses and nonces start from the chains' answers. ERR_CONFLICT: it is short and there is no faucet. Tokens of a
 * chain that the target does not serve are taken as stated. */
bool bot_fund(struct bot_idle *from, const struct money *wanted, size_t wanted_count, struct instant deadline,
              struct bot_funded *out, struct err *err) FIBER MUST_CHECK;
/* The same from a genesis that is known to hold it (an embedded network the caller has set up itself): asks nobody. */
struct bot_funded bot_fund_genesis(struct bot_idle *from, const struct money *granted, size_t granted_count);
struct bot_running bot_start(struct bot_funded *from);
/* No execution may be open. */
struct bot_stopped bot_stop(struct bot_running *from);

struct money money_of(enum token token, struct amount amount);

#endif
