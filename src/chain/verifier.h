/* Verifier: how pure verification asks whether a signature holds, so that a process may answer from memory. */
#ifndef CHAIN_VERIFIER_H
#define CHAIN_VERIFIER_H

#include "core/crypto/sigcache.h"

/* `verify` answers whether the check holds. It must behave as a pure function of the check (remembering is fine). */
struct verifier {
    bool (*verify)(void *context, const struct sigcheck *check);
    void *context;
};

struct verifier verifier_of_cache(struct sigcache *cache);      /* remembers; the cache is borrowed */
struct verifier verifier_plain(const struct sign_suite *suite); /* checks each time; the suite is borrowed */
bool verifier_ask(const struct verifier *verifier, const struct pubkey *key, const char *tag, const struct hash *digest,
                  const struct signature *signature) MUST_CHECK;

#endif
