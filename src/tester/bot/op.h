/* Op: one execution of a behaviour by a bot, as it was observed. The behaviour reports what it saw; judging is for others. */
#ifndef BOT_OP_H
#define BOT_OP_H

#include "core/base/time.h"
#include "core/crypto/hash.h"

#include "chain/code.h"

enum op_status {
    OP_DONE,          /* ended as intended: for a transaction, final with success */
    OP_REFUSED,       /* the network answered with an error code (admission or receipt) */
    OP_DROPPED,       /* admitted, later dropped by the network (code = dropped_reason) */
    OP_TIMED_OUT,     /* a deadline of ours passed */
    OP_UNREACHABLE,   /* nobody answered: connection refused or lost */
    OP_POSTCONDITION, /* the network took it, and what must hold afterwards does not: `note` says what */
    OP_UNSUPPORTED,   /* the target lacks a capability or endpoint this needs */
    OP_BROKEN,        /* the behaviour itself failed (a script's error): nothing is said about the network */
    OP_SKIPPED,       /* the bot could not even try: not funded, no partner, stopping */
};
#define OP_STATUS_COUNT (OP_SKIPPED + 1)
const char *op_status_text(enum op_status status); /* "done", "refused" ... */
struct op;
void op_note(struct op *op, const char *text); /* cut to what fits */
enum op_chain { OP_ALPHA, OP_DELTA, OP_BOTH };

/* Where the time of an operation goes: every instant from `intended` to `ended` belongs to exactly one stage, so that stages add up to
 * the whole. Of several transactions one after the other each stage gets the sum of theirs. */
enum op_stage {
    STAGE_QUEUED,    /* from the intended start until the first request left */
    STAGE_ADMISSION, /* until a transaction was admitted, or refused */
    STAGE_INCLUSION, /* from there until it was seen in a block */
    STAGE_FINALITY,  /* from there until it was seen final */
    STAGE_SETTLING,  /* until its effect was seen on the other side of the bridge */
    STAGE_OTHER,     /* waiting for conditions, reading, proving, comparing */
};
#define OP_STAGE_COUNT (STAGE_OTHER + 1)
const char *op_stage_text(enum op_stage stage); /* "queued", "admission" ... */
/* The time since the last mark went into `stage`. */
void op_mark(struct op *op, enum op_stage stage, struct instant now);

/* What an operation did that has a figure of its own (locks_per_sec, orders_per_sec ...): counted where the operation ended as intended. */
enum feat { FEAT_LOCK, FEAT_BURN, FEAT_ORDER, FEAT_VOTE, FEAT_SHIELDED, FEAT_DEPLOY };
#define FEAT_COUNT (FEAT_DEPLOY + 1)
void op_did(struct op *op, enum feat feat);
/* What an operation did on markets, for their metrics. */
struct op_market {
    uint32_t takings;       /* orders at any price, taken or refused for want of liquidity within their bound */
    uint32_t slippage_bps;  /* the worst of them: average price against the best one when it was decided on */
    uint64_t asked, filled; /* base units of theirs */
    struct duration acceptance; /* of its orders, the longest until the answer: of the first from the intended start, of others from when they
                                   were begun. 0: only the instants of the operation are known */
};
/* An answer that refuses: whether it says what helps. Others are not counted. */
struct answer;
void op_saw(struct op *op, const struct answer *answer);

/* Spends of the shielded pool that an operation proved. */
struct op_proofs {
    uint32_t made, good;         /* built; final with success, or held against the rules where nothing was sent */
    uint32_t ring_min;           /* members of the smallest ring among them */
    struct duration made_in_max; /* the longest that one took to be made, whoever made it */
    struct duration checked_in_max; /* the longest that a node took to answer, with the proof checked */
};

/* Instants are 0 where the step was not reached. Latencies count from `intended`. */
struct op {
    struct instant intended;  /* when the schedule wanted it: decides its window */
    struct instant begun;     /* an execution took it up */
    struct instant sent;      /* the request really left */
    struct instant admitted;  /* the answer to the request: 202, or a refusal */
    struct instant included;  /* the client saw it in a block */
    struct instant finalized; /* the client saw it final */
    struct instant settled;   /* the client saw its effect across the bridge */
    struct instant ended;
    struct instant marked;    /* up to here the time is told to stages */
    struct duration stages[OP_STAGE_COUNT];
    struct hash tx_id; /* all zero: no transaction */
    enum op_status status;
    enum code code; /* with OP_REFUSED and OP_DROPPED */
    enum op_chain chain;
    uint32_t bot, track;   /* indices within the run */
    uint32_t transactions; /* how many it submitted (batch, burst) */
    uint16_t feats[FEAT_COUNT];
    struct op_market market;
    struct duration vote_slowest; /* of its votes: from when it should have been cast until it was seen final; 0: none */
    uint16_t errors_shaped, errors_bare; /* refusals with a suggestion of what helps, and without */
    struct op_proofs proofs;
    char note[80];         /* for people; empty mostly */
};

#endif
