/* The working set: accounts, objects, what can be undone, and the state that comes of it. */
#include <stdlib.h>

#include "core/codec/binary.h"
#include "core/crypto/hashbatch.h"
#include "network/ledger/family_priv.h"

void work_init(struct work *work, const struct ledger_state *parent, const struct ledger_rules *rules,
               const struct ledger_frame *frame)
{
    memset(work, 0, sizeof(*work));
    work->parent = parent;
    work->rules = rules;
    work->frame = frame;
    work->fee_token = chain_fee_token(parent->chain);
    arena_init(&work->arena, 64 << 10);
    map_init(&work->accounts, sizeof(struct address), sizeof(struct work_account *));
    work->params = parent->params;
    work->clock = parent->clock;
    work->objects = ordmap_copy(&parent->objects);
    work->tx_index = UINT32_MAX;
    memcpy(work->tallies, parent->tallies, sizeof(work->tallies));
}

static void changes_forget(struct work *work)
{
    for (size_t i = 0; i < work->changed.count; i++) ordmap_forget(&work->objects, &work->changed.data[i]);
    vec_clear(&work->changed);
}

void work_done(struct work *work)
{
    ASSERT(work->marks == 0);
    changes_forget(work);
    arena_done(&work->arena);
    map_done(&work->accounts);
    ordmap_done(&work->objects);
    vec_done(&work->undo);
    vec_done(&work->changed);
    vec_done(&work->saved);
    vec_done(&work->events);
    buf_done(&work->events_text);
    vec_done(&work->messages);
    buf_done(&work->messages_bytes);
    vec_done(&work->changes);
}

/* ---- accounts ---- */

/* The record of an address; `*out_fresh`: made now, with neither key nor contents. */
static struct work_account *account_record(struct work *work, const struct address *address, bool *out_fresh)
{
    struct work_account **slot = map_put(&work->accounts, address, out_fresh);
    if (!*out_fresh) return *slot;
    *slot = arena_new(&work->arena, struct work_account);
    (*slot)->address = *address;
    return *slot;
}

static void account_load(const struct work *work, struct work_account *account)
{
    struct str value;
    if (!statemap_get(work->parent->map, &account->key, &value)) return;
    const bool sound = account_decode(value, &account->was);
    ASSERT(sound); /* only account_encode writes there */
    account->now = account->was;
}

static struct work_account *account_saved(struct work *work, struct work_account *account)
{
    if (work->marks == 0 || account->generation == work->generation) return account;
    vec_push(&work->undo, ((struct work_undo){account, account->generation, account->now}));
    account->generation = work->generation;
    return account;
}

struct work_account *work_account(struct work *work, const struct address *address)
{
    bool fresh;
    struct work_account *account = account_record(work, address, &fresh);
    if (fresh) {
        account->key = ledger_account_key(address);
        account_load(work, account);
    }
    return account_saved(work, account);
}

static void account_announce(struct work *work, const struct address *address, struct hash_batch *batch)
{
    static const uint8_t space = SPACE_ACCOUNT;
    bool fresh;
    struct work_account *account = account_record(work, address, &fresh);
    if (fresh) hash_batch_add(batch, "adnet/key/v1", &space, 1, address, sizeof(*address), &account->key);
}

void work_announce(struct work *work, struct tx *const *txs, size_t count)
{
    struct hash_batch batch;
    hash_batch_init(&batch);
    for (size_t i = 0; i < count; i++) {
        account_announce(work, &txs[i]->sender, &batch);
        for (size_t k = 0; k < txs[i]->outputs_count; k++) {
            const struct tx_output output = tx_output_at(txs[i], k);
            account_announce(work, &output.to, &batch);
        }
    }
    hash_batch_flush(&batch);
    for (size_t i = map_next(&work->accounts, 0); i != MAP_END; i = map_next(&work->accounts, i + 1))
        account_load(work, *(struct work_account **)map_value_at(&work->accounts, i));
}

/* ---- marks ---- */

struct work_saved {
    struct params params;
    struct tally tallies[TOKEN_COUNT];
};

void work_mark(struct work *work, struct work_mark *mark)
{
    if (work->marks == work->saved.count) vec_push(&work->saved, arena_new(&work->arena, struct work_saved));
    mark->saved = work->saved.data[work->marks];
    mark->saved->params = work->params;
    memcpy(mark->saved->tallies, work->tallies, sizeof(work->tallies));
    mark->undo = (uint32_t)work->undo.count;
    mark->changed = (uint32_t)work->changed.count;
    mark->events = (uint32_t)work->events.count;
    mark->events_bytes = (uint32_t)work->events_text.len;
    mark->messages = (uint32_t)work->messages.count;
    mark->messages_bytes = (uint32_t)work->messages_bytes.len;
    work->marks++;
    work->generation++;
}

static void mark_end(struct work *work)
{
    ASSERT(work->marks > 0);
    work->generation++; /* what an inner mark saved does not count as saved for the outer one */
    if (--work->marks > 0) return;
    vec_clear(&work->undo);
    changes_forget(work);
}

void work_release(struct work *work, struct work_mark *mark)
{
    (void)mark;
    mark_end(work);
}

static void objects_undo(struct work *work, uint32_t down_to)
{
    while (work->changed.count > down_to) {
        struct ordmap_change change = vec_pop(&work->changed);
        ordmap_undo(&work->objects, &change);
    }
}

void work_rollback(struct work *work, struct work_mark *mark)
{
    while (work->undo.count > mark->undo) {
        const struct work_undo undo = vec_pop(&work->undo);
        undo.account->now = undo.now;
        undo.account->generation = undo.generation;
    }
    objects_undo(work, mark->changed);
    work->params = mark->saved->params;
    memcpy(work->tallies, mark->saved->tallies, sizeof(work->tallies));
    work->events.count = mark->events;
    work->events_text.len = mark->events_bytes;
    work->messages.count = mark->messages;
    work->messages_bytes.len = mark->messages_bytes;
    mark_end(work);
}

/* ---- the next state ---- */

/* What an account's entry now holds beyond what it held goes into the sums of all, as it is: that is what makes the supply
 * record a witness and not an echo. */
static void tally_account(struct work *work, const struct work_account *account)
{
    for (size_t i = 0; i < TOKEN_COUNT; i++) {
        const struct ledger_balance *was = &account->was.balances[i], *now = &account->now.balances[i];
        struct tally *tally = &work->tallies[i];
        if (was->free.units != now->free.units) {
            if (!u128_sub(tally->token.free.units, was->free.units, &tally->token.free.units)) tally->free_wraps--;
            if (!u128_add(tally->token.free.units, now->free.units, &tally->token.free.units)) tally->free_wraps++;
        }
        tally->token.locked.units += now->locked.units - was->locked.units;
    }
}

static bool account_changed(const struct work_account *account)
{
    return account->was.nonce != account->now.nonce ||
           memcmp(account->was.balances, account->now.balances, sizeof(account->now.balances)) != 0;
}

static void accounts_write(struct work *work)
{
    uint8_t bytes[ACCOUNT_BYTES_MAX];
    vec_reserve(&work->changes, map_count(&work->accounts));
    for (size_t i = map_next(&work->accounts, 0); i != MAP_END; i = map_next(&work->accounts, i + 1)) {
        struct work_account *account = *(struct work_account **)map_value_at(&work->accounts, i);
        if (!account_changed(account)) continue;
        tally_account(work, account);
        const size_t len = account_is_blank(&account->now) ? 0 : account_encode(&account->now, bytes);
        const struct str value = {len > 0 ? arena_copy(&work->arena, bytes, len) : "", len};
        vec_push(&work->changes, ((struct statemap_change){account->key, value}));
    }
}

static void tallies_write(struct work *work)
{
    for (size_t i = 0; i < TOKEN_COUNT; i++) {
        const enum token token = (enum token)(i + 1);
        if (!token_is_here(work->parent->chain, token)) continue;
        if (memcmp(&work->tallies[i], &work->parent->tallies[i], sizeof(work->tallies[i])) == 0) continue;
        struct buf bytes = {0};
        tally_encode(&work->tallies[i], &bytes);
        const struct okey key = tally_okey(token);
        work_set(work, &key, buf_str(&bytes));
        buf_done(&bytes);
    }
}

static void clock_write(struct work *work)
{
    if (memcmp(&work->clock, &work->parent->clock, sizeof(work->clock)) == 0) return;
    uint8_t bytes[28];
    bin_store_u64(bytes, work->clock.epoch);
    bin_store_u32(bytes + 8, work->clock.epoch_first_height);
    bin_store_u64(bytes + 12, work->clock.round);
    bin_store_u64(bytes + 20, work->clock.timestamp_ms);
    const struct okey key = okey_of_text(SPACE_PARAM, "chain");
    work_set(work, &key, (struct str){(const char *)bytes, sizeof(bytes)});
}

struct object_changes {
    VEC(struct ordmap_entry) entries; /* no value: gone */
    bool roster_changed;
};

static bool object_changed(void *context, struct str key, const struct str *was, const struct str *now)
{
    struct object_changes *changes = context;
    if ((uint8_t)key.data[0] >= INDEX_BASE) return false;
    if (was != NULL && now != NULL && str_eq(*was, *now)) return true;
    if ((was == NULL) != (now == NULL) && key.data[0] == SPACE_VALIDATOR) changes->roster_changed = true;
    vec_push(&changes->entries, ((struct ordmap_entry){key, now != NULL ? *now : (struct str){"", 0}}));
    return true;
}

/* Objects that are not what they were go into the state root. True: a validator came or went. */
static bool objects_write(struct work *work)
{
    struct object_changes changed = {0};
    struct hash_batch batch;
    hash_batch_init(&batch);
    ordmap_diff(&work->parent->objects, &work->objects, object_changed, &changed);
    vec_reserve(&work->changes, changed.entries.count);
    for (size_t i = 0; i < changed.entries.count; i++) {
        const struct ordmap_entry *entry = &changed.entries.data[i];
        struct statemap_change *change = &work->changes.data[work->changes.count++];
        change->value = entry->value;
        hash_batch_add(&batch, "adnet/key/v1", entry->key.data, 1, entry->key.data + 1, entry->key.len - 1, &change->key);
    }
    hash_batch_flush(&batch);
    vec_done(&changed.entries);
    return changed.roster_changed;
}

struct roster *roster_of(const struct ordmap *objects)
{
    static const char prefix[] = {SPACE_VALIDATOR};
    const struct str space = {prefix, 1};
    struct ordmap_entry entry;
    uint32_t count = 0;
    for (bool more = ordmap_first(objects, space, &entry); more; more = ordmap_next(objects, space, entry.key, &entry)) count++;
    struct roster *roster = base_alloc(sizeof(*roster) + count * sizeof(roster->addresses[0]));
    roster->refs = 1;
    for (bool more = ordmap_first(objects, space, &entry); more; more = ordmap_next(objects, space, entry.key, &entry)) {
        ASSERT(entry.key.len == 1 + sizeof(struct address));
        memcpy(&roster->addresses[roster->count++], entry.key.data + 1, sizeof(struct address));
    }
    return roster;
}

struct ledger_state *work_commit(struct work *work, uint32_t height)
{
    accounts_write(work);
    tallies_write(work);
    clock_write(work);
    const bool roster_changed = objects_write(work);
    const struct ledger_state *parent = work->parent;
    struct ledger_state *state = base_alloc(sizeof(*state));
    state->refs = 1;
    state->height = height;
    state->chain = parent->chain;
    state->map = work->changes.count > 0 ? statemap_apply(parent->map, work->changes.data, work->changes.count)
                                         : statemap_ref(parent->map);
    state->objects = ordmap_copy(&work->objects);
    state->roster = roster_changed ? roster_of(&work->objects) : parent->roster;
    if (!roster_changed) state->roster->refs++;
    state->root = statemap_root(state->map);
    state->params = work->params;
    state->clock = work->clock;
    memcpy(state->tallies, work->tallies, sizeof(state->tallies));
    return state;
}
