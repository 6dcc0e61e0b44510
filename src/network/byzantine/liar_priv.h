/* The liar's inside: what it remembers, and how it makes one block of another. */
#ifndef BYZANTINE_LIAR_PRIV_H
#define BYZANTINE_LIAR_PRIV_H

#include "core/base/map.h"
#include "core/base/vec.h"
#include "network/byzantine/liar.h"

#define HEARD_MAX 32 /* proposals heard last */

struct heard {
    uint64_t round;
    uint32_t height;
    struct hash hash;
};
/* Its own last turn: what the replica meant, and what was shown instead. */
struct turn {
    uint64_t round;
    struct hash meant;
    struct message *shown[2]; /* second: to the other half; NULL, NULL: nothing is shown */
};

struct liar {
    struct liar_config config;
    struct seckey key, account;
    struct address address;
    struct rng rng;
    struct liar_host host;
    bool on[LIAR_MODES];
    struct liar_params params[LIAR_MODES];
    VEC(struct liar_out) outs;
    struct turn turn;
    struct heard heard[HEARD_MAX];
    uint32_t heard_count;
    uint64_t voted_round;         /* the last in which it told two things */
    VEC(struct block *) branch;   /* private, not yet served */
    VEC(struct certified_block) fork;
    struct liar_peers plot; /* who made it, and is not told */
};

/* Whether the mode is on and its draw for this round says so. */
bool liar_draws(const struct liar *liar, enum liar_mode mode, uint64_t round);
void liar_tell(struct liar *liar, struct message *message, const struct liar_peers *to, uint64_t delay_ms); /* takes the reference */
struct liar_peers liar_everybody(const struct liar *liar);

/* ---- forge.c ---- */
/* The block that stands where `block` does, with another header and transactions, signed. NULL: it cannot be made. */
struct block *forge_twin(const struct liar *liar, const struct block *block);
struct block *forge_invalid(const struct liar *liar, const struct block *block, enum evidence_flavour flavour);
/* Alone on `parent`, which nobody has certified: an empty block of `round`. */
struct block *forge_child(const struct liar *liar, const struct block *parent, const struct block *meant);

#endif
