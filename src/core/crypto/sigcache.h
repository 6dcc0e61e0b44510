/* Sigcache: what signature checks have answered, so that each is made for real once in a process.
 *
 * The memory is bounded: it holds two generations of `checks_max` / 2 answers each; when the young one is full, the
 * old one is dropped and the young one becomes old. An answer found in the old generation moves to the young one.
 * What is forgotten is checked again, so eviction costs time and never changes an answer; it depends on the order
 * of calls alone. Both answers, valid and not, are remembered.
 *
 * NOT thread safe. To run checks ahead on another thread: copy the `struct sigcheck`s there, call sigcheck_pure
 * (which shares nothing), and hand the answers to sigcache_put on the owner's thread. */
#ifndef CRYPTO_SIGCACHE_H
#define CRYPTO_SIGCACHE_H

#include "core/crypto/sign.h"

/* One check to make. `tag` is text that outlives the check (tags are literals). */
struct sigcheck {
    struct pubkey key;
    struct hash digest;
    struct signature signature;
    const char *tag;
};

bool sigcheck_pure(struct sign_suite suite, const struct sigcheck *check) MUST_CHECK;

struct sigcache;
struct sigcache_stats {
    uint64_t hits;     /* answered from memory */
    uint64_t misses;   /* asked and not known */
    uint64_t checks;   /* made for real by sigcache_verify */
    uint64_t evicted;  /* answers forgotten */
};

struct sigcache *sigcache_new(struct sign_suite suite, size_t checks_max); /* about 170 bytes a check; at least 2 */
void sigcache_free(struct sigcache *cache);
struct sign_suite sigcache_suite(const struct sigcache *cache);

bool sigcache_find(struct sigcache *cache, const struct sigcheck *check, bool *out_valid); /* false: not known */
void sigcache_put(struct sigcache *cache, const struct sigcheck *check, bool valid);
bool sigcache_verify(struct sigcache *cache, const struct sigcheck *check) MUST_CHECK; /* found, or checked and put */
struct sigcache_stats sigcache_stats(const struct sigcache *cache);

#endif
