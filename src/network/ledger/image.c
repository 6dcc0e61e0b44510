#include "network/ledger/image.h"

#include "core/codec/binary.h"
#include "core/crypto/hash.h"
#include "network/ledger/family_priv.h"

#define IMAGE_VERSION 1
#define VALUE_BYTES_MAX (4u << 20)
#define CLOCK_BYTES 28

static bool stands_in_root(struct str key) { return (uint8_t)key.data[0] < INDEX_BASE; }
static struct hash root_key(struct str key) { return state_key((uint8_t)key.data[0], key.data + 1, key.len - 1); }

static void derived_add(struct hasher *derived, struct str key, struct str value)
{
    hasher_add_u32(derived, (uint32_t)key.len);
    hasher_add(derived, key.data, key.len);
    hasher_add_u32(derived, (uint32_t)value.len);
    hasher_add(derived, value.data, value.len);
}

/* ---- writing ---- */

struct writing {
    struct map objects; /* state keys that are no accounts' -> nothing */
    struct buf *out;
    uint32_t accounts;
};

static bool account_write(void *ctx, const struct hash *key, struct str value)
{
    struct writing *writing = ctx;
    if (map_find(&writing->objects, key) != NULL) return true;
    bin_put_bytes(writing->out, key, sizeof(*key));
    bin_put_u16(writing->out, (uint16_t)value.len);
    bin_put_bytes(writing->out, value.data, value.len);
    writing->accounts++;
    return true;
}

void ledger_image_write(const struct ledger_state *state, struct buf *out, struct ledger_image_digests *out_digests)
{
    struct writing writing = {.out = out};
    struct ordmap_entry entry;
    struct hasher derived;
    map_init(&writing.objects, sizeof(struct hash), 1);
    hasher_init(&derived, "ledger/image");
    bin_put_u8(out, IMAGE_VERSION);
    bin_put_u8(out, (uint8_t)state->chain);
    bin_put_u32(out, state->height);
    bin_put_u32(out, (uint32_t)state->objects.count);
    for (bool more = ordmap_first(&state->objects, STR(""), &entry); more; more = ordmap_above(&state->objects, entry.key, &entry)) {
        bin_put_u16(out, (uint16_t)entry.key.len);
        bin_put_bytes(out, entry.key.data, entry.key.len);
        bin_put_blob(out, entry.value);
        if (stands_in_root(entry.key)) {
            const struct hash key = root_key(entry.key);
            (void)map_put(&writing.objects, &key, NULL);
        } else {
            derived_add(&derived, entry.key, entry.value);
        }
    }
    const size_t count_at = out->len;
    bin_put_u32(out, 0);
    statemap_walk(state->map, account_write, &writing);
    bin_store_u32((uint8_t *)out->data + count_at, writing.accounts);
    map_done(&writing.objects);
    *out_digests = (struct ledger_image_digests){.root = state->root, .derived = hasher_final(&derived)};
}

/* ---- reading ---- */

/* An image taken apart: nothing of it is believed yet. */
struct parts {
    enum chain_id chain;
    uint32_t height;
    struct ordmap objects;
    struct statemap *map; /* NULL: not put together */
    struct hash derived;
};
struct entries {
    struct bin_reader r;
    struct parts *parts;
    struct map keys; /* of objects, in the state map */
    VEC(struct statemap_change) changes;
};

static void parts_done(struct parts *parts)
{
    ordmap_done(&parts->objects);
    statemap_unref(parts->map);
    parts->map = NULL;
}

static void objects_read(struct entries *entries)
{
    struct bin_reader *r = &entries->r;
    struct hasher derived;
    struct str last = STR("");
    hasher_init(&derived, "ledger/image");
    for (uint32_t left = bin_get_u32(r); left > 0 && !r->bad; left--) {
        const uint16_t len = bin_get_u16(r);
        const struct str key = {(const char *)bin_take(r, len), len}, value = bin_get_blob(r, VALUE_BYTES_MAX);
        if (r->bad) break;
        if (len == 0 || len > OKEY_MAX || str_cmp(last, key) >= 0) {
            bin_fail(r);
            break;
        }
        last = key;
        ordmap_put(&entries->parts->objects, key, value);
        if (!stands_in_root(key)) {
            derived_add(&derived, key, value);
            continue;
        }
        const struct hash at = root_key(key);
        if (value.len == 0) bin_fail(r);
        (void)map_put(&entries->keys, &at, NULL);
        vec_push(&entries->changes, ((struct statemap_change){at, value}));
    }
    entries->parts->derived = hasher_final(&derived);
}

static void accounts_read(struct entries *entries)
{
    struct bin_reader *r = &entries->r;
    struct hash last = {{0}};
    bool first = true;
    for (uint32_t left = bin_get_u32(r); left > 0 && !r->bad; left--) {
        struct statemap_change change;
        struct ledger_account account;
        bin_get_bytes(r, &change.key, sizeof(change.key));
        const uint16_t len = bin_get_u16(r);
        change.value = (struct str){(const char *)bin_take(r, len), len};
        if (r->bad) break;
        const bool ascends = first || memcmp(&last, &change.key, sizeof(last)) < 0;
        if (len == 0 || !ascends || !account_decode(change.value, &account) || map_find(&entries->keys, &change.key) != NULL) bin_fail(r);
        vec_push(&entries->changes, change);
        last = change.key;
        first = false;
    }
}

static bool parts_read(struct str image, struct parts *out)
{
    struct entries entries = {.r = bin_reader_of(image.data, image.len), .parts = out};
    memset(out, 0, sizeof(*out));
    map_init(&entries.keys, sizeof(struct hash), 1);
    if (bin_get_u8(&entries.r) != IMAGE_VERSION) bin_fail(&entries.r);
    const uint8_t chain = bin_get_u8(&entries.r);
    if (chain != CHAIN_ALPHA && chain != CHAIN_DELTA) bin_fail(&entries.r);
    out->chain = (enum chain_id)chain;
    out->height = bin_get_u32(&entries.r);
    objects_read(&entries);
    accounts_read(&entries);
    const bool good = bin_done(&entries.r);
    if (good) {
        struct statemap *nothing = statemap_empty();
        out->map = statemap_apply(nothing, entries.changes.data, entries.changes.count);
        statemap_unref(nothing);
    }
    vec_done(&entries.changes);
    map_done(&entries.keys);
    if (!good) parts_done(out);
    return good;
}

bool ledger_image_digests(struct str image, struct ledger_image_digests *out)
{
    struct parts parts;
    if (!parts_read(image, &parts)) return false;
    *out = (struct ledger_image_digests){.root = statemap_root(parts.map), .derived = parts.derived};
    parts_done(&parts);
    return true;
}

/* ---- a state of them: what it keeps beside the maps is in the objects ---- */

static bool params_read(const struct ordmap *objects, struct params *out)
{
    memset(out, 0, sizeof(*out));
    for (size_t i = 0; param_at(i) != NULL; i++) {
        const struct param_row *row = param_at(i);
        struct okey key = okey(SPACE_PARAM);
        struct str value;
        okey_bytes(&key, row->name.data, row->name.len);
        if (!ordmap_get(objects, okey_view(&key), &value) || value.len != sizeof(uint64_t)) return false;
        const uint64_t number = bin_load_u64((const uint8_t *)value.data);
        memcpy((char *)out + row->offset, &number, sizeof(number));
    }
    return true;
}

static bool clock_read(const struct ordmap *objects, struct ledger_clock *out)
{
    struct str value;
    const struct okey key = okey_of_text(SPACE_PARAM, "chain");
    if (!ordmap_get(objects, okey_view(&key), &value) || value.len != CLOCK_BYTES) return false;
    const uint8_t *bytes = (const uint8_t *)value.data;
    memset(out, 0, sizeof(*out));
    out->epoch = bin_load_u64(bytes);
    out->epoch_first_height = bin_load_u32(bytes + 8);
    out->round = bin_load_u64(bytes + 12);
    out->timestamp_ms = bin_load_u64(bytes + 20);
    return true;
}

static bool tallies_read(const struct parts *parts, struct tally out[TOKEN_COUNT])
{
    memset(out, 0, sizeof(*out) * TOKEN_COUNT);
    for (size_t i = 0; i < TOKEN_COUNT; i++) {
        const enum token token = (enum token)(i + 1);
        struct str value;
        if (!token_is_here(parts->chain, token)) continue;
        const struct okey key = tally_okey(token);
        if (ordmap_get(&parts->objects, okey_view(&key), &value) && !tally_decode(value, token, &out[i])) return false;
    }
    return true;
}

static bool validators_good(const struct ordmap *objects)
{
    static const char prefix[] = {SPACE_VALIDATOR};
    const struct str space = {prefix, 1};
    struct ordmap_entry entry;
    struct ledger_validator validator;
    for (bool more = ordmap_first(objects, space, &entry); more; more = ordmap_next(objects, space, entry.key, &entry))
        if (entry.key.len != 1 + sizeof(struct address) || !validator_decode(entry.value, &validator)) return false;
    return true;
}

/* Takes over what it needs of `parts`. */
static struct ledger_state *state_of(struct parts *parts, const struct hash *root)
{
    struct ledger_state *state = base_alloc(sizeof(*state));
    state->refs = 1;
    state->chain = parts->chain;
    state->height = parts->height;
    state->root = *root;
    if (!params_read(&parts->objects, &state->params) || !clock_read(&parts->objects, &state->clock) || !tallies_read(parts, state->tallies) ||
        !validators_good(&parts->objects)) {
        base_free(state);
        return NULL;
    }
    state->roster = roster_of(&parts->objects);
    state->map = statemap_ref(parts->map);
    state->objects = ordmap_copy(&parts->objects);
    return state;
}

struct ledger_state *ledger_image_read(struct str image, enum chain_id chain, uint32_t height, const struct ledger_image_digests *wanted)
{
    struct parts parts;
    struct ledger_state *state = NULL;
    if (!parts_read(image, &parts)) return NULL;
    const struct hash root = statemap_root(parts.map);
    const bool right = parts.chain == chain && parts.height == height && hash_eq(&root, &wanted->root) && hash_eq(&parts.derived, &wanted->derived);
    if (right) state = state_of(&parts, &root);
    parts_done(&parts);
    return state;
}
