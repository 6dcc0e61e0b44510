#include "cli/foresign.h"

#include "core/base/map.h"
#include "core/crypto/wipe.h"

/* One signature, on the second thread until it is joined. */
struct foresigned {
    struct task task;
    struct sign_promise promise;
    struct foresign *foresign;
    struct seckey key;
    const char *tag;
    struct hash digest;
    struct signature signature;
    struct foresigned *next; /* in the spare list */
};

/* By what a foreseen one is found. Tags are literals: the tag of one that is found is compared as text. */
struct question {
    struct pubkey key;
    struct hash digest;
};
_Static_assert(sizeof(struct question) == 64, "map keys have no padding");

struct foresign {
    struct offloader offloader;
    const struct sign_helper *heard;
    struct map foreseen; /* question -> struct foresigned *, oldest first */
    struct foresigned *spare;
    uint64_t promises; /* given and not yet kept */
    struct foresign_stats stats;
};

static const struct sign_suite alone = {.scheme = SIGN_ED25519};

static void run(struct task *task)
{
    struct foresigned *own = CONTAINER_OF(task, struct foresigned, task);
    own->signature = sign_digest(alone, &own->key, own->tag, &own->digest);
}

static struct signature keep(struct sign_promise *promise);

static struct foresigned *begin(struct foresign *foresign, const struct seckey *key, const char *tag, const struct hash *digest)
{
    struct foresigned *own = foresign->spare;
    if (own != NULL) foresign->spare = own->next;
    else own = base_alloc(sizeof(*own));
    *own = (struct foresigned){.task = {.run = run}, .promise = {keep}, .foresign = foresign, .key = *key, .tag = tag, .digest = *digest};
    foresign->offloader.offload(foresign->offloader.ctx, &own->task);
    return own;
}

/* Ends it; the caller's to give back. */
static struct signature joined(struct foresigned *own)
{
    struct foresign *foresign = own->foresign;
    foresign->offloader.join(foresign->offloader.ctx, &own->task);
    seckey_wipe(&own->key);
    return own->signature;
}

static void give_back(struct foresigned *own)
{
#ifdef HOUSE_SANITIZED
    base_free(own); /* no reuse: a sanitizer is to see who touches it after its end */
#else
    own->next = own->foresign->spare;
    own->foresign->spare = own;
#endif
}

/* ---- promised: the bytes are somebody's who will ask ---- */

static struct sign_promise *promise(void *ctx, const struct seckey *key, const char *tag, const struct hash *digest)
{
    struct foresign *foresign = ctx;
    foresign->stats.promised++;
    foresign->promises++;
    return &begin(foresign, key, tag, digest)->promise;
}

static struct signature keep(struct sign_promise *promise)
{
    struct foresigned *own = CONTAINER_OF(promise, struct foresigned, promise);
    struct foresign *foresign = own->foresign;
    const struct pubkey key = own->key.pub;
    const struct signature signature = joined(own);
    foresign->heard->made(foresign->heard->ctx, &key, own->tag, &own->digest, &signature);
    foresign->promises--;
    give_back(own);
    return signature;
}

/* ---- foreseen: somebody may ask ---- */

static void oldest_drop(struct foresign *foresign)
{
    const size_t oldest = map_next(&foresign->foreseen, 0);
    const struct question question = *(const struct question *)map_key_at(&foresign->foreseen, oldest);
    struct foresigned *own = *(struct foresigned **)map_value_at(&foresign->foreseen, oldest);
    (void)map_remove(&foresign->foreseen, &question); /* found above */
    (void)joined(own);
    give_back(own);
}

static void foresee(void *ctx, const struct seckey *key, const char *tag, const struct hash *digest)
{
    struct foresign *foresign = ctx;
    const struct question question = {key->pub, *digest};
    if (map_find(&foresign->foreseen, &question) != NULL) return;
    if (map_count(&foresign->foreseen) == FORESIGN_MAX) oldest_drop(foresign);
    *(struct foresigned **)map_put(&foresign->foreseen, &question, NULL) = begin(foresign, key, tag, digest);
    foresign->stats.foreseen++;
}

static bool foreseen(void *ctx, const struct pubkey *key, const char *tag, const struct hash *digest, struct signature *out)
{
    struct foresign *foresign = ctx;
    if (map_count(&foresign->foreseen) == 0) return false;
    const struct question question = {*key, *digest};
    struct foresigned **slot = map_find(&foresign->foreseen, &question);
    if (slot == NULL || strcmp((*slot)->tag, tag) != 0) return false;
    struct foresigned *own = *slot;
    (void)map_remove(&foresign->foreseen, &question); /* found above */
    *out = joined(own);
    give_back(own);
    foresign->stats.found++;
    return true;
}

/* ---- the whole ---- */

static void made(void *ctx, const struct pubkey *key, const char *tag, const struct hash *digest, const struct signature *signature)
{
    const struct foresign *foresign = ctx;
    foresign->heard->made(foresign->heard->ctx, key, tag, digest, signature);
}

struct foresign *foresign_new(const struct offloader *offloader, const struct sign_helper *heard, struct sign_helper *out_helper)
{
    struct foresign *foresign = base_alloc(sizeof(*foresign)); /* zeroed */
    foresign->offloader = *offloader;
    foresign->heard = heard;
    map_init(&foresign->foreseen, sizeof(struct question), sizeof(struct foresigned *));
    *out_helper = (struct sign_helper){.made = made, .promise = promise, .foresee = foresee, .foreseen = foreseen, .ctx = foresign};
    return foresign;
}

struct foresign_stats foresign_stats(const struct foresign *foresign) { return foresign->stats; }

void foresign_free(struct foresign *foresign)
{
    if (foresign == NULL) return;
    ASSERT(foresign->promises == 0);
    while (map_count(&foresign->foreseen) > 0) oldest_drop(foresign);
    map_done(&foresign->foreseen);
    for (struct foresigned *own; (own = foresign->spare) != NULL;) {
        foresign->spare = own->next;
        base_free(own);
    }
    base_free(foresign);
}
