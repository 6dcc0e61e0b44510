/* Tries the state map against its published root, against a slow model that hashes all 65,536 buckets, and across versions
 * that must not disturb one another. */
#include "core/base/check.h"
#include "core/base/rng.h"
#include "core/crypto/merkle.h"
#include "core/crypto/statemap.h"

static struct statemap_change put(struct hash key, struct str value) { return (struct statemap_change){key, value}; }

/* Account A of the published vectors: nonce 7, one token (AX) with 1,000,000 free and 0 locked. */
static size_t account_value(uint8_t out[43])
{
    memset(out, 0, 43);
    out[0] = 7;
    out[8] = 1;
    out[10] = 1;
    const uint64_t amount = 1000000;
    memcpy(out + 11, &amount, sizeof(amount));
    return 43;
}

static struct hash account_key(void)
{
    uint8_t address[32];
    CHECK(str_unhex(STR("bc4e7908ec08920102e7faf0898e7f4f71b24a5cc1b812e88c390794d557fcfa"), address, 32));
    return state_key(1, address, 32);
}

static void one_account_has_the_published_root(void)
{
    uint8_t value[43];
    const size_t bytes = account_value(value);
    const struct hash key = account_key(), value_hash = state_value_hash(value, bytes);
    CHECK_HEX(key.b, 32, "00b266a3b7a77c72cc23f55970561fbbba304ec9ebf29e45e5c18dfc5962b2f0");
    CHECK_U64(state_bucket_of(&key), 178);
    CHECK_HEX(value_hash.b, 32, "8daca6cf7a18be6d9c60f8dcd0539362d4c7c4b810c8f5f8b542174901f822eb");

    struct statemap *empty = statemap_empty();
    const struct hash empty_root = statemap_root(empty);
    CHECK(hash_is_zero(&empty_root));
    const struct statemap_change change = put(key, (struct str){(char *)value, bytes});
    struct statemap *map = statemap_apply(empty, &change, 1);
    const struct hash root = statemap_root(map);
    CHECK_HEX(root.b, 32, "48cbf56b9558a224a3e7e1825162901818aecd2a6695991407a40c6bc91d60e6");

    struct arena arena;
    arena_init(&arena, 0);
    struct state_proof proof;
    statemap_prove(map, &key, &arena, &proof);
    CHECK(state_proof_verify(&proof, value, bytes) == STATE_PROOF_OK);
    CHECK(hash_eq(&proof.root, &root));
    arena_done(&arena);
    statemap_unref(map);
    statemap_unref(empty);
}

/* ---- a slow model: a plain array, all buckets hashed every time ---- */

enum { KEYS = 400, VALUE_BYTES = 24 };

struct model {
    struct {
        bool there;
        uint8_t bytes;
        uint8_t value[VALUE_BYTES];
    } rows[KEYS];
};
static struct hash model_keys[KEYS]; /* ascending */

static int by_key(const void *a, const void *b) { return hash_cmp(a, b); }

/* Many keys share a few buckets, so that buckets hold several and neighbours are full. */
static void model_keys_make(struct rng *rng)
{
    for (size_t i = 0; i < KEYS; i++) {
        rng_bytes(rng, model_keys[i].b, 32);
        if (i % 2 == 0) model_keys[i].b[0] = 0x7f;
        if (i % 4 == 0) model_keys[i].b[1] = (uint8_t)(0x30 + i % 3);
    }
    qsort(model_keys, KEYS, sizeof(model_keys[0]), by_key);
}

static struct hash model_root(const struct model *model)
{
    static struct hash level[STATE_BUCKETS];
    memset(level, 0, sizeof(level));
    for (size_t i = 0; i < KEYS;) {
        const uint32_t bucket = state_bucket_of(&model_keys[i]);
        struct hasher hasher;
        uint32_t count = 0;
        const size_t first = i;
        for (; i < KEYS && state_bucket_of(&model_keys[i]) == bucket; i++) count += model->rows[i].there;
        if (count == 0) continue;
        hasher_init(&hasher, "adnet/bucket/v1");
        hasher_add_u32(&hasher, count);
        for (size_t k = first; k < i; k++) {
            if (!model->rows[k].there) continue;
            const struct hash value = hash_tagged("adnet/value/v1", model->rows[k].value, model->rows[k].bytes);
            hasher_add(&hasher, model_keys[k].b, 32);
            hasher_add(&hasher, value.b, 32);
        }
        level[bucket] = hasher_final(&hasher);
    }
    for (size_t width = STATE_BUCKETS / 2; width > 0; width /= 2)
        for (size_t i = 0; i < width; i++) level[i] = merkle_node(&level[2 * i], &level[2 * i + 1]);
    return level[0];
}

static void check_same(const struct statemap *map, const struct model *model)
{
    uint64_t count = 0;
    for (size_t i = 0; i < KEYS; i++) {
        struct str value;
        const bool there = statemap_get(map, &model_keys[i], &value);
        CHECK(there == model->rows[i].there);
        if (there) CHECK_STR(value, ((struct str){(const char *)model->rows[i].value, model->rows[i].bytes}));
        count += there;
    }
    CHECK_U64(statemap_count(map), count);
    const struct hash want = model_root(model), got = statemap_root(map);
    CHECK(hash_eq(&want, &got));
}

/* Some random changes to the model, and the same as a list. Values of changes point into `values`. */
static size_t random_changes(struct rng *rng, struct model *model, struct statemap_change *out, uint8_t values[][VALUE_BYTES])
{
    const size_t count = (size_t)rng_below(rng, 60);
    for (size_t n = 0; n < count; n++) {
        const size_t i = (size_t)rng_below(rng, KEYS);
        const uint8_t bytes = rng_chance_bps(rng, 4500) ? 0 : (uint8_t)rng_range(rng, 1, VALUE_BYTES);
        rng_bytes(rng, values[n], bytes);
        if (bytes == 1) values[n][0] &= 1; /* so that the same value comes twice now and then */
        model->rows[i].there = bytes > 0;
        model->rows[i].bytes = bytes;
        memcpy(model->rows[i].value, values[n], bytes);
        out[n] = put(model_keys[i], (struct str){(char *)values[n], bytes});
    }
    return count;
}

static void versions_answer_as_the_model_did_at_their_time(void)
{
    enum { VERSIONS = 6, STEPS = 120 };
    static struct model models[VERSIONS];
    struct statemap *versions[VERSIONS];
    struct rng rng;
    rng_init(&rng, 21);
    model_keys_make(&rng);
    memset(models, 0, sizeof(models));
    for (size_t i = 0; i < VERSIONS; i++) versions[i] = statemap_empty();
    for (size_t step = 0; step < STEPS; step++) {
        static struct statemap_change changes[60];
        static uint8_t values[60][VALUE_BYTES];
        const size_t from = (size_t)rng_below(&rng, VERSIONS), to = (size_t)rng_below(&rng, VERSIONS);
        static struct model next;
        next = models[from];
        const size_t count = random_changes(&rng, &next, changes, values);
        struct statemap *map = statemap_apply(versions[from], changes, count);
        memset(values, 0xee, sizeof(values)); /* they were copied */
        if (step % 3 == 0) check_same(map, &next);
        statemap_unref(versions[to]);
        versions[to] = map;
        models[to] = next;
        if (step % 10 == 0) check_same(versions[from == to ? 0 : from], &models[from == to ? 0 : from]);
    }
    for (size_t i = 0; i < VERSIONS; i++) {
        check_same(versions[i], &models[i]);
        statemap_unref(versions[i]);
    }
}

static void the_order_of_changes_does_not_matter_and_the_last_of_a_key_counts(void)
{
    struct rng rng;
    rng_init(&rng, 8);
    struct statemap *empty = statemap_empty();
    static struct statemap_change changes[100], shuffled[100];
    uint32_t order[100];
    for (uint32_t i = 0; i < 100; i++) {
        rng_bytes(&rng, changes[i].key.b, 32);
        changes[i].key.b[0] = 1;
        changes[i].key.b[1] &= 7;
        changes[i].value = STR("value");
        order[i] = i;
    }
    rng_shuffle_u32(&rng, order, 100);
    for (size_t i = 0; i < 100; i++) shuffled[i] = changes[order[i]];
    struct statemap *a = statemap_apply(empty, changes, 100), *b = statemap_apply(empty, shuffled, 100);
    const struct hash root_a = statemap_root(a), root_b = statemap_root(b);
    CHECK(hash_eq(&root_a, &root_b));
    const struct statemap_change twice[3] = {put(changes[0].key, STR("first")), put(changes[1].key, STR("")), put(changes[0].key, STR("last"))};
    struct statemap *c = statemap_apply(a, twice, 3);
    struct str value;
    CHECK(statemap_get(c, &changes[0].key, &value));
    CHECK_STR(value, STR("last"));
    CHECK(!statemap_get(c, &changes[1].key, &value));
    CHECK_U64(statemap_count(c), 99);
    statemap_unref(c);
    statemap_unref(b);
    statemap_unref(a);
    statemap_unref(empty);
}

static void what_changes_nothing_costs_nothing_and_an_emptied_map_is_the_empty_one(void)
{
    struct statemap *empty = statemap_empty();
    const struct hash key = state_key(1, "k", 1), absent = state_key(1, "x", 1);
    struct statemap_change change = put(key, STR("v"));
    struct statemap *one = statemap_apply(empty, &change, 1);
    struct statemap *same = statemap_apply(one, &change, 1);
    change = put(absent, STR(""));
    struct statemap *still = statemap_apply(same, &change, 1);
    const struct hash root = statemap_root(one), root_still = statemap_root(still);
    CHECK(hash_eq(&root, &root_still));
    change = put(key, STR(""));
    struct statemap *gone = statemap_apply(still, &change, 1);
    const struct hash root_gone = statemap_root(gone);
    CHECK(hash_is_zero(&root_gone));
    CHECK_U64(statemap_count(gone), 0);
    statemap_unref(statemap_ref(gone));
    struct statemap *const all[] = {empty, one, same, still, gone};
    for (size_t i = 0; i < ARRAY_LEN(all); i++) statemap_unref(all[i]);
    statemap_unref(NULL);
}

struct walk {
    struct hash last;
    size_t seen, stop_at;
};
static bool walk_visit(void *context, const struct hash *key, struct str value)
{
    struct walk *walk = context;
    CHECK(walk->seen == 0 || hash_cmp(&walk->last, key) < 0);
    CHECK_U64(value.len, 3);
    walk->last = *key;
    return ++walk->seen != walk->stop_at;
}

static void a_walk_sees_all_in_key_order_until_it_has_enough(void)
{
    struct rng rng;
    rng_init(&rng, 5);
    struct statemap *empty = statemap_empty();
    static struct statemap_change changes[2000];
    for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
        rng_bytes(&rng, changes[i].key.b, 32);
        changes[i].value = STR("abc");
    }
    struct statemap *map = statemap_apply(empty, changes, ARRAY_LEN(changes));
    struct walk all = {.stop_at = 0}, some = {.stop_at = 7};
    statemap_walk(map, walk_visit, &all);
    statemap_walk(map, walk_visit, &some);
    CHECK_U64(all.seen, 2000);
    CHECK_U64(some.seen, 7);
    statemap_unref(map);
    statemap_unref(empty);
}

/* ---- proofs ---- */

static void check_bent_proofs(const struct state_proof *good, const char *value)
{
    const struct str text = str_of(value);
    static struct state_entry entries[64];
    CHECK(good->bucket_count >= 2 && good->bucket_count < 64);
    memcpy(entries, good->bucket, good->bucket_count * sizeof(entries[0]));
    struct state_proof bad = *good;
    CHECK(state_proof_verify(&bad, text.data, text.len) == STATE_PROOF_OK);
    CHECK(state_proof_verify(&bad, text.data, text.len - 1) == STATE_PROOF_VALUE);
    CHECK(state_proof_verify(&bad, NULL, 0) == STATE_PROOF_VALUE);
    for (size_t level = 0; level < STATE_LEVELS; level++) {
        bad = *good;
        bad.siblings[level].b[level] ^= 1;
        CHECK(state_proof_verify(&bad, text.data, text.len) == STATE_PROOF_ROOT);
    }
    bad = *good;
    bad.root.b[0] ^= 1;
    CHECK(state_proof_verify(&bad, text.data, text.len) == STATE_PROOF_ROOT);
    bad = *good;
    bad.bucket = entries;
    bad.bucket_count--; /* the proven key is not the last one */
    CHECK(state_proof_verify(&bad, text.data, text.len) == STATE_PROOF_ROOT);
    bad.bucket_count++;
    entries[bad.bucket_count - 1] = entries[0];
    CHECK(state_proof_verify(&bad, text.data, text.len) == STATE_PROOF_BUCKET);
    memcpy(entries, good->bucket, good->bucket_count * sizeof(entries[0]));
    entries[bad.bucket_count - 1].key.b[1] ^= 1;
    CHECK(state_proof_verify(&bad, text.data, text.len) == STATE_PROOF_BUCKET);
    bad = *good;
    bad.key.b[0] ^= 1;
    CHECK(state_proof_verify(&bad, text.data, text.len) == STATE_PROOF_BUCKET);
}

static void proofs_show_what_is_there_and_what_is_not_and_nothing_else(void)
{
    struct rng rng;
    rng_init(&rng, 13);
    struct statemap *empty = statemap_empty();
    struct arena arena;
    arena_init(&arena, 0);
    static struct statemap_change changes[3000];
    for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
        rng_bytes(&rng, changes[i].key.b, 32);
        if (i < 20) memset(changes[i].key.b, 0x42, 2);
        changes[i].value = str_fmt(&arena, "value %zu", i);
    }
    struct statemap *map = statemap_apply(empty, changes, ARRAY_LEN(changes));
    const struct hash root = statemap_root(map);
    struct state_proof proof;
    for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
        const struct arena_mark mark = arena_mark_take(&arena);
        statemap_prove(map, &changes[i].key, &arena, &proof);
        CHECK(hash_eq(&proof.root, &root));
        CHECK(state_proof_verify(&proof, changes[i].value.data, changes[i].value.len) == STATE_PROOF_OK);
        CHECK(state_proof_verify(&proof, "else", 4) == STATE_PROOF_VALUE);
        struct hash absent = changes[i].key;
        absent.b[i % 2 == 0 ? 31 : 0] ^= 0x55;
        statemap_prove(map, &absent, &arena, &proof);
        CHECK(state_proof_verify(&proof, NULL, 0) == STATE_PROOF_OK);
        CHECK(state_proof_verify(&proof, "", 0) == STATE_PROOF_VALUE);
        arena_rewind(&arena, mark);
    }
    size_t least = 0;
    for (size_t i = 1; i < 20; i++)
        if (hash_cmp(&changes[i].key, &changes[least].key) < 0) least = i;
    statemap_prove(map, &changes[least].key, &arena, &proof);
    check_bent_proofs(&proof, changes[least].value.data);
    statemap_prove(empty, &changes[0].key, &arena, &proof);
    CHECK(state_proof_verify(&proof, NULL, 0) == STATE_PROOF_OK);
    CHECK(hash_is_zero(&proof.root));
    arena_done(&arena);
    statemap_unref(map);
    statemap_unref(empty);
}

int main(void)
{
    RUN(one_account_has_the_published_root);
    RUN(versions_answer_as_the_model_did_at_their_time);
    RUN(the_order_of_changes_does_not_matter_and_the_last_of_a_key_counts);
    RUN(what_changes_nothing_costs_nothing_and_an_emptied_map_is_the_empty_one);
    RUN(a_walk_sees_all_in_key_order_until_it_has_enough);
    RUN(proofs_show_what_is_there_and_what_is_not_and_nothing_else);
    return 0;
}
