#include "chain/verifier.h"

static bool by_cache(void *context, const struct sigcheck *check) { return sigcache_verify(context, check); }

static bool by_suite(void *context, const struct sigcheck *check)
{
    const struct sign_suite *suite = context;
    return sigcheck_pure(*suite, check);
}

struct verifier verifier_of_cache(struct sigcache *cache) { return (struct verifier){by_cache, cache}; }

struct verifier verifier_plain(const struct sign_suite *suite)
{
    return (struct verifier){by_suite, (void *)(uintptr_t)suite}; /* only ever read through a pointer to const */
}

bool verifier_ask(const struct verifier *verifier, const struct pubkey *key, const char *tag, const struct hash *digest,
                  const struct signature *signature)
{
    const struct sigcheck check = {.key = *key, .digest = *digest, .signature = *signature, .tag = tag};
    return verifier->verify(verifier->context, &check);
}
