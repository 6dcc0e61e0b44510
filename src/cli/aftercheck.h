/* Aftercheck: checks of signatures that are made after they were asked for.
 *
 * A signature that a key of this process makes holds: that is what signing promises (RFC 8032, 5.1.6 and 5.1.7). Whoever asks about it is told
 * so at once, from the sigcache, and the check itself follows: in bundles, on the second thread, while the simulation goes on. Every one
 * of them is made; one that does not hold is counted, and the run it belongs to proves nothing. What was not signed here, or was altered on
 * its way by a bit, is another question, and is checked before it is answered. Answers, and so the digest, are those of a run
 * without a second thread.
 *
 * Bounded: 4,096 checks wait at most; beyond, the owner's thread makes the oldest itself. Not thread safe. */
#ifndef CLI_AFTERCHECK_H
#define CLI_AFTERCHECK_H

#include "core/crypto/sigcache.h"
#include "world/fiber/env.h"

struct aftercheck;
struct aftercheck_stats {
    uint64_t promised; /* signatures heard of */
    uint64_t checked;  /* of these, checked by now */
    uint64_t wrong;    /* and did not hold */
};

/* Hears what is signed through `out_helper`, which the caller owns and puts into the suites of whoever signs; the offloader must outlive it.
 * Nothing may be signed before aftercheck_begin has named the cache that is told. */
struct aftercheck *aftercheck_new(const struct offloader *offloader, struct sign_helper *out_helper);
void aftercheck_begin(struct aftercheck *after, struct sigcache *cache);
/* Makes every check that is still to be made; what it answers is final until more is signed. */
struct aftercheck_stats aftercheck_settle(struct aftercheck *after);
void aftercheck_free(struct aftercheck *after); /* settles first; NULL is fine */

#endif
