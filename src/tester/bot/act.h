/* Act: one execution in progress: who acts, with what parameters, against which view, until when. The runner makes one for each
 * arrival; the behaviour's step reads it and fills the op.
 *
 * Also here: submit, the one way a bot's transaction goes from plan to its end. */
#ifndef BOT_ACT_H
#define BOT_ACT_H

#include "tester/bot/arg.h"
#include "tester/bot/bot.h"
#include "tester/bot/op.h"

#define TRACK_CLAIMS_MAX 39
struct claim_count {
    const char *name; /* a literal */
    uint64_t held, broken;
    char note[48]; /* what was seen of the first that was broken */
};

/* Track: what the executions of one track of one phase share. Made by the runner. */
struct track {
    uint32_t number;                 /* index within the run: op.track */
    const void *context;             /* the behaviour's own, where it was made at run time; else NULL */
    const struct param_spec *params; /* the behaviour's table */
    const struct arg *args;          /* one for each row of the table */
    const uint32_t *bots;            /* the selection, indices within the run: partners are drawn from it */
    uint32_t bots_count;
    struct rng rng; /* of this track; never advanced, split by purpose */
    /* counters, kept by act_run and submit */
    uint64_t started, ended;
    uint64_t by_status[OP_STATUS_COUNT];
    uint64_t submitted; /* transactions admitted */
    uint64_t refused;   /* transactions refused at admission */
    uint64_t full;      /* of them, because the pool was full */
    uint64_t full_worth; /* of those, with a tip that the same answer calls enough */
    uint64_t open;      /* executions begun and not ended */
    uint64_t pending;   /* transactions submitted, neither final nor dropped (ops_pending) */
    uint64_t asked;     /* executions that ended and had asked the network something */
    uint64_t served;    /* requests of partners that were answered */
    bool standing; /* neither rate nor count is given: an execution of a service stands for the whole phase */
    char broken[256]; /* how the first execution that ended as OP_BROKEN did: its note, or what the behaviour wrote here */
    char skipped[96]; /* why the first that ended as OP_SKIPPED could not be tried */
    bool closed; /* its phase is over: whoever serves others or loops ends soon */
    uint64_t fillers;   /* transactions of our own that filled nonce holes */
    struct {
        uint64_t drawn, granted;
    } quota; /* shares that are kept over all executions of the track: the behaviour's own */
    struct claim_count claims[TRACK_CLAIMS_MAX]; /* in the order in which they were first made */
    uint32_t claims_count;
};

struct act {
    struct crew *crew;
    struct track *track;
    struct bot *bot;         /* NULL: an observer's execution */
    const struct param_spec *params; /* of this execution, with `args`: a part that a mixed behaviour has drawn; NULL: the track's */
    const struct arg *args;  /* of this execution; NULL: the track's */
    struct str view;         /* validator the bot talks to; empty: the gateway */
    enum chain_id chain;     /* it acts on; act_init: Alpha, act_on changes it */
    struct instant intended; /* when the schedule wanted it */
    struct instant deadline; /* INSTANT_NEVER: followed to its end, however long */
    uint64_t number;         /* of this execution within its track, from 0 */
    struct rng rng;          /* of this execution; act_init sets it */
    struct op *op;
    /* capture: told every output the behaviour makes ("tx_id"); NULL: nobody asks */
    void (*output)(void *context, struct str name, struct str value);
    void *context;
};

/* Fills crew, track, bot, intended, number and the generator; the caller sets what else differs from zero. `deadline` starts as
 * NEVER. */
void act_init(struct act *act, struct crew *crew, struct track *track, struct bot *bot, struct instant intended, uint64_t number);
/* Runs `step` as one operation: fills op's frame (intended, bot, track, chain, ended), keeps the counters, folds the outcome into
 * the run digest. The op is complete afterwards. */
void act_run(struct act *act, void (*step)(struct act *act, struct op *op) FIBER, struct op *op) FIBER;

/* ---- parameters: drawn by seed and name, so asking twice gives the same ---- */
bool act_has(const struct act *act, const char *param);
u128 act_amount(const struct act *act, const char *param);
uint64_t act_u64(const struct act *act,
                 const char *param); /* counts, durations (ns), fractions (bps), prices; clamped to 64 bits */
bool act_flag(const struct act *act, const char *param);
struct str act_word(const struct act *act, const char *param); /* choice, or one of a list or weights */
struct str act_word_by(const struct act *act, const char *param, struct rng *rng); /* likewise, drawn with a generator of the caller's */
bool act_lists(const struct act *act, const char *param, struct str word); /* a list that has the word */
struct str act_text(const struct act *act, const char *param, struct arena *arena);

/* ---- surroundings ---- */
struct alpha act_alpha(const struct act *act);                         /* the client for this execution's view and chain */
/* The execution is about this chain from now on. False: the target does not serve it; op says so. */
bool act_on(struct act *act, enum chain_id chain, struct op *op);
/* For loops and services: the phase is over, the crew stops, or the deadline has passed. */
bool act_is_closing(const struct act *act);
struct instant act_deadline(const struct act *act, struct duration d); /* the nearer of now + d and the act's own */
struct bot *act_partner(struct act *act); /* another bot of the track, drawn by seed; the bot itself when it is alone */
void act_output(struct act *act, struct str name, struct str value);
void act_event(const struct act *act, enum event_kind kind, enum code code, uint64_t subject, uint64_t value, struct str text);
/* Ends the op by an answer that was not OK: status, code, note. Returns false, for `return act_fail(...)`. */
bool act_fail(struct op *op, const struct answer *answer);

/* ---- submit ----
 * One transaction goes from plan to its end in two steps: submit_send signs, reserves and sends it; submit_follow stays with it
 * until it is final or dropped, through time-outs, halts and nodes that are down (same view, with backoff), for as long as
 * act->deadline allows and the crew is not stopping. A transaction the view has forgotten, or let go of while its nonce is open, is sent
 * again as it is.
 *
 * The op gets sent, admitted, included, finalized, tx_id, transactions, status and code. Of several transactions in one op the
 * first `sent`, the last of the other instants and the first status that is not DONE stand.
 *
 * A nonce that the view finds too far ahead is not the bot's fault while the view is behind or others of the bot's are on their
 * way: the bot tells the view those it misses (the same bytes) and asks again later. Other refusals over nonces (the bot lost
 * track) resynchronise the wallet from the chain, say so (EVENT_BOT_RESYNCED) and try again, at most SUBMIT_RESYNCS_MAX times.
 * A refusal leaves a nonce hole; the next transaction fills it, and when none comes while later ones wait behind it, a filler
 * of one unit to the bot itself does, after SUBMIT_REPAIR_AFTER. A transaction the view no longer knows has ended as dropped
 * only when the final state is past its nonce. */
#define SUBMIT_RESYNCS_MAX 4
#define SUBMIT_REPAIR_AFTER duration_ms(1000)

/* Where a transaction came to stand, and what its receipt says. */
struct landing {
    struct arena *arena; /* for `told`; set by the caller, NULL: it is not kept */
    struct hash id;
    uint32_t height, index; /* of its final block; its place in it */
    uint32_t head;          /* the view's height as it told that it is final; 0: it was final before anybody asked */
    struct receipt receipt;
    struct str told; /* events of its receipt: JSON objects with commas between */
};

struct submission {
    struct tx *tx;           /* a reference, until it has ended */
    struct spend spend;      /* open while its fate is not known */
    struct landing *landing; /* filled when it is final, with success or not; NULL: nobody asks. Set behind submit_send */
};

/* `spec` comes with kind, outputs and memo; domain, nonce and (when 0) the fee are filled in here. True: admitted, to be
 * followed. False: it is over, or could not be begun; op says how. */
bool submit_send(struct act *act, struct tx_spec *spec, struct submission *out, struct op *op) FIBER;
/* One that was signed earlier, with its nonce and money held (wallet_reserve): sent as it is, then as submit_send. A refusal frees them. */
bool submit_signed(struct act *act, struct submission *submission, struct op *op) FIBER;
/* True: final with success. False: op says how it ended; given up (deadline, stopping): the spend stays open, since it may yet
 * execute. */
bool submit_follow(struct act *act, struct submission *submission, struct op *op) FIBER;

/* Payments: submit_send, submit_follow and, once final, the credit in the receivers' wallets. Several go as one
 * batch_transfer (without memo). True: final with success. */
struct payment {
    struct address to;
    struct bot *bot; /* whose wallet is credited; NULL: nobody of the run */
    struct amount amount;
};
struct payment_terms {
    enum token token;  /* of the chain the execution is about; 0: that chain's fee token */
    struct amount fee; /* 0: the minimum */
    struct amount tip;
    uint32_t valid_until;
    struct str memo;
};
bool act_pay(struct act *act, const struct payment *payments, uint16_t count, const struct payment_terms *terms,
             struct op *op) FIBER;
/* The plan of a payment, for those who send several before they follow; `outputs` has room for `count` and is used when count
 * > 1. */
struct tx_spec payment_spec(const struct act *act, const struct payment *payments, uint16_t count, const struct payment_terms *terms,
                            struct tx_output *outputs);
/* Credits the receivers of a payment that is final with success. */
void payments_credit(const struct act *act, const struct payment *payments, uint16_t count, const struct payment_terms *terms, struct op *op);

#endif
