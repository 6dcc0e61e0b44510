/* Foresign: signatures that a second thread makes before anybody reads them.
 *
 * A signature is determined by key, tag and digest (RFC 8032, 5.1.6), so it may be made as soon as these are known. Two come early enough to gain from
 * it. That of a transaction is promised when a bot builds it and kept when the first node but the one it was sent to gets it, a link's latency
 * later. That of a vote is foreseen when the proposal sets out for a validator, and found when the validator votes. What the thread has
 * not begun by then is made by who asks. No byte of a run depends on it.
 *
 * Bounded: FORESIGN_MAX foreseen signatures wait to be asked for; beyond, the oldest is dropped. Keys are wiped when the signature is taken. Not
 * thread safe: owned by the thread that signs. */
#ifndef CLI_FORESIGN_H
#define CLI_FORESIGN_H

#include "core/crypto/sign.h"
#include "world/fiber/env.h"

#define FORESIGN_MAX 1024 /* foreseen: a few proposals to a hundred validators */

struct foresign;
struct foresign_stats {
    uint64_t promised, foreseen; /* begun */
    uint64_t found;              /* of the foreseen, those that were asked for */
};

/* Helps through `out_helper`, which the caller owns and puts into the suites of whoever signs. `heard` hears of every signature as it is taken. Both
 * it and the offloader outlive this. */
struct foresign *foresign_new(const struct offloader *offloader, const struct sign_helper *heard, struct sign_helper *out_helper);
struct foresign_stats foresign_stats(const struct foresign *foresign);
void foresign_free(struct foresign *foresign); /* every promise was kept; NULL is fine */

#endif
