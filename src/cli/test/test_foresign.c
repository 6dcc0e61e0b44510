/* Signatures made ahead are those that would have been made, whoever made them, and each that is taken is heard of once. */
#include "chain/tx.h"
#include "cli/foresign.h"
#include "core/base/check.h"
#include "world/real/real.h"

#define TAG "adnet/vote-sig/v1"

/* Runs nothing ahead: every signature waits for its join. */
static void leave(void *ctx, struct task *task) { (void)ctx, (void)task; }
static void run_now(void *ctx, struct task *task) { (void)ctx, task->run(task); }
static const struct offloader idle = {leave, run_now, NULL};

struct place {
    struct sign_helper listening, helper;
    struct sign_suite suite;
    struct foresign *foresign;
    struct seckey key;
    uint32_t heard;
    struct signature last;
};

static void hear(void *ctx, const struct pubkey *key, const char *tag, const struct hash *digest, const struct signature *signature)
{
    struct place *place = ctx;
    const struct sign_suite alone = {.scheme = SIGN_ED25519};
    CHECK(sign_verify(alone, key, tag, digest, signature));
    place->heard++;
    place->last = *signature;
}

static void place_init(struct place *place, const struct offloader *offloader)
{
    *place = (struct place){.suite = {SIGN_ED25519, &place->helper}};
    place->listening = (struct sign_helper){.made = hear, .ctx = place};
    place->foresign = foresign_new(offloader, &place->listening, &place->helper);
    seckey_from_seed(place->suite, (const uint8_t[32]){7}, &place->key);
}

static struct hash digest_of(uint64_t what) { return hash_tagged("n", &what, sizeof(what)); }

static struct signature plain(const struct place *place, const char *tag, uint64_t what)
{
    const struct hash digest = digest_of(what);
    return sign_digest((struct sign_suite){.scheme = SIGN_ED25519}, &place->key, tag, &digest);
}

static bool same(struct signature a, struct signature b) { return memcmp(a.b, b.b, sizeof(a.b)) == 0; }

static void what_is_promised_is_kept(const struct offloader *offloader)
{
    enum { MANY = 200 };
    struct place place;
    struct sign_promise *promises[MANY];
    place_init(&place, offloader);
    for (uint64_t n = 0; n < MANY; n++) {
        const struct hash digest = digest_of(n);
        promises[n] = sign_promise(place.suite, &place.key, TAG, &digest);
        CHECK(promises[n] != NULL);
    }
    CHECK_U64(place.heard, 0);
    for (uint64_t n = MANY; n-- > 0;) CHECK(same(sign_promise_keep(promises[n]), plain(&place, TAG, n)));
    CHECK_U64(place.heard, MANY);
    foresign_free(place.foresign);
}

static void what_is_foreseen_is_found_once(const struct offloader *offloader)
{
    struct place place;
    place_init(&place, offloader);
    const struct hash digest = digest_of(1), other = digest_of(2);
    sign_foresee(place.suite, &place.key, TAG, &digest);
    sign_foresee(place.suite, &place.key, TAG, &digest);
    CHECK_U64(foresign_stats(place.foresign).foreseen, 1);
    CHECK_U64(place.heard, 0);
    CHECK(same(sign_digest(place.suite, &place.key, "adnet/tx-sig/v1", &digest), plain(&place, "adnet/tx-sig/v1", 1))); /* another tag */
    CHECK(same(sign_digest(place.suite, &place.key, TAG, &other), plain(&place, TAG, 2)));                             /* another digest */
    CHECK_U64(foresign_stats(place.foresign).found, 0);
    for (int i = 0; i < 2; i++) CHECK(same(sign_digest(place.suite, &place.key, TAG, &digest), plain(&place, TAG, 1)));
    CHECK_U64(foresign_stats(place.foresign).found, 1);
    CHECK_U64(place.heard, 4);
    foresign_free(place.foresign);
}

static void what_nobody_asks_for_makes_room(const struct offloader *offloader)
{
    struct place place;
    place_init(&place, offloader);
    for (uint64_t n = 0; n < FORESIGN_MAX + 5; n++) {
        const struct hash digest = digest_of(n);
        sign_foresee(place.suite, &place.key, TAG, &digest);
    }
    const uint64_t asked[] = {4, 5, FORESIGN_MAX + 4}; /* the first five went */
    for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
        const struct hash digest = digest_of(asked[i]);
        CHECK(same(sign_digest(place.suite, &place.key, TAG, &digest), plain(&place, TAG, asked[i])));
    }
    CHECK_U64(foresign_stats(place.foresign).found, 2);
    CHECK_U64(place.heard, 3);
    foresign_free(place.foresign); /* with a thousand that nobody asked for */
}

static struct tx *built(const struct place *place, struct sign_suite suite, uint64_t nonce)
{
    const struct tx_spec spec = {.domain = {CHAIN_ALPHA, 13}, .kind = KIND_ALPHA_TRANSFER, .nonce = nonce, .fee = AMOUNT(1000), .token = TOKEN_AX, .amount = AMOUNT(7)};
    struct apierror error;
    struct tx *tx = tx_build(&spec, suite, &place->key, &error);
    if (tx == NULL) CHECK_FAIL("%s", error.message);
    return tx;
}

static void a_transaction_has_its_signature_when_it_is_read(const struct offloader *offloader)
{
    struct place place;
    place_init(&place, offloader);
    struct tx *late = built(&place, place.suite, 1), *read = built(&place, place.suite, 1), *unread = built(&place, place.suite, 2);
    struct tx *plain_one = built(&place, (struct sign_suite){.scheme = SIGN_ED25519}, 1);
    CHECK(late->signature_state == TX_SIGNATURE_GOOD && plain_one->signature_state == TX_SIGNATURE_UNKNOWN);
    CHECK_U64(place.heard, 0);
    CHECK(str_eq(tx_bytes(late), tx_bytes(plain_one)));
    CHECK(same(*tx_signature(read), *tx_signature(plain_one)));
    CHECK(same(*tx_signature(late), *tx_signature(plain_one)));
    CHECK_U64(place.heard, 2);
    tx_unref(late);
    tx_unref(read);
    tx_unref(plain_one);
    tx_unref(unread); /* its promise is kept all the same */
    CHECK_U64(place.heard, 3);
    foresign_free(place.foresign);
}

static void each_way(void (*test)(const struct offloader *offloader))
{
    struct real_offloader *second = real_offloader_new();
    const struct offloader face = real_offloader_face(second);
    test(&idle);
    test(&face);
    real_offloader_free(second);
}

static void promised(void) { each_way(what_is_promised_is_kept); }
static void foreseen(void) { each_way(what_is_foreseen_is_found_once); }
static void bounded(void) { each_way(what_nobody_asks_for_makes_room); }
static void transactions(void) { each_way(a_transaction_has_its_signature_when_it_is_read); }

int main(void)
{
    RUN(promised);
    RUN(foreseen);
    RUN(bounded);
    RUN(transactions);
    return 0;
}
