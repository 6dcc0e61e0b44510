/* Linkage: an analyst who knows everything public of the shielded pool and guesses: which ring member a spend spent, which deposit a
 * withdrawal comes from, who sent a spend (shielded 10). Scored by the truth that bots kept on their tape. The guesses do not see it, but
 * one: the law of spend ages is the one that wallets are meant to follow, or what closed sets give away; and, for an analyst who
 * knows more, what the tape says of one half of the spends, to guess the other half.
 *
 * Pure and in whole numbers: the same record and tape give the same figures. */
#ifndef SCENARIO_LINKAGE_H
#define SCENARIO_LINKAGE_H

#include "core/base/buf.h"
#include "tester/bot/shieldtape.h"
#include "tester/invariant/pool_record.h"

#define LINKAGE_TRIALS_MIN 200u /* fewer say nothing */
#define PPM 1000000u

enum linkage_attack {
    LINK_NEWEST,       /* the largest index of the ring */
    LINK_OLDEST,       /* the smallest */
    LINK_AGE,          /* the likeliest by the law of spend ages over what rings show of the decoys' */
    LINK_AMOUNT,       /* a deposit, or up to four, of as much as was withdrawn; the latest */
    LINK_TIMING,       /* the deposit at the lag that is most frequent */
    LINK_FEE_PAYER,    /* the sender of the envelope, where it is somebody who deposited */
    LINK_MERGE,        /* two inputs whose rings hold notes of one transaction: those */
    LINK_INTERSECTION, /* two rings of one key image */
    LINK_CLOSED_SET,   /* s rings over s notes: they are spent there */
    LINK_AGE_TOLD,     /* as LINK_AGE, by whoever has found out the other half of all spends, however that may be */
};
#define LINKAGE_ATTACKS (LINK_AGE_TOLD + 1)
const char *linkage_attack_text(enum linkage_attack attack);

struct linkage_score {
    uint64_t trials;
    uint64_t hits, chance;    /* sums over trials, millionths: how often right; how often whoever draws at random would be */
    uint64_t effective_milli; /* mean size of the ring that is left to the analyst, thousandths; 0: not of rings */
};
struct linkage {
    struct linkage_score scores[LINKAGE_ATTACKS];
};

struct linkage_input {
    const struct pool_record *record;
    const struct shield_tape *tape;
    uint32_t ring_size;      /* that the network asks for: the baseline is one of as many, also where wallets use smaller rings */
    uint32_t first_note;     /* index of the first note that is not of genesis */
    uint32_t window_blocks;  /* how far back a deposit may lie */
    struct instant from, to; /* trials: operations intended in [from, to) */
};
void linkage_analyse(const struct linkage_input *input, struct linkage *out);

uint64_t linkage_precision(const struct linkage_score *score); /* millionths; trials > 0 */
int64_t linkage_advantage(const struct linkage_score *score);  /* precision less chance, millionths */
int64_t linkage_bound(const struct linkage_score *score);      /* the same of the 95 % lower bound of precision (Wilson's interval) */
/* Of the attacks with LINKAGE_TRIALS_MIN trials the one with the highest bound. False: none has. */
bool linkage_best(const struct linkage *linkage, enum linkage_attack *out);
void linkage_json(const struct linkage *linkage, struct buf *out);

#endif
