#include <stdlib.h>

#include "core/codec/binary.h"
#include "core/crypto/hashbatch.h"
#include "network/ledger/state_priv.h"

void work_init(struct work *work, const struct ledger_state *parent)
{
    memset(work, 0, sizeof(*work));
    work->parent = parent;
    arena_init(&work->arena, 64 << 10);
    map_init(&work->accounts, sizeof(struct address), sizeof(struct work_account *));
    work->params = parent->params;
    memcpy(work->tallies, parent->tallies, sizeof(work->tallies));
}

void work_done(struct work *work)
{
    arena_done(&work->arena);
    map_done(&work->accounts);
    vec_done(&work->changes);
    buf_done(&work->values);
}

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

struct work_account *work_account(struct work *work, const struct address *address)
{
    bool fresh;
    struct work_account *account = account_record(work, address, &fresh);
    if (!fresh) return account;
    account->key = ledger_account_key(address);
    account_load(work, account);
    return account;
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

void work_put(struct work *work, const struct hash *key, struct str value)
{
    /* The buffer may move until everything is in it: an offset stands for the address. */
    const struct statemap_change change = {*key, {(const char *)(uintptr_t)work->values.len, value.len}};
    buf_put_str(&work->values, value);
    vec_push(&work->changes, change);
}

void work_put_validator(struct work *work, const struct ledger_validator *validator)
{
    const struct hash key = ledger_validator_key(&validator->address);
    struct buf bytes = {0};
    validator_encode(validator, &bytes);
    work_put(work, &key, buf_str(&bytes));
    buf_done(&bytes);
}

void work_put_param(struct work *work, const struct param_row *row, uint64_t value)
{
    memcpy((char *)&work->params + row->offset, &value, sizeof(value));
    const struct hash key = param_key(row->name);
    uint8_t bytes[8];
    bin_store_u64(bytes, value);
    work_put(work, &key, (struct str){(const char *)bytes, sizeof(bytes)});
}

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
    for (size_t i = map_next(&work->accounts, 0); i != MAP_END; i = map_next(&work->accounts, i + 1)) {
        struct work_account *account = *(struct work_account **)map_value_at(&work->accounts, i);
        if (!account_changed(account)) continue;
        tally_account(work, account);
        const size_t len = account_is_blank(&account->now) ? 0 : account_encode(&account->now, bytes);
        work_put(work, &account->key, (struct str){(const char *)bytes, len});
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
        const struct hash key = tally_key(token);
        work_put(work, &key, buf_str(&bytes));
        buf_done(&bytes);
    }
}

struct ledger_state *work_commit(struct work *work, uint32_t height)
{
    accounts_write(work);
    tallies_write(work);
    for (size_t i = 0; i < work->changes.count; i++) {
        struct str *value = &work->changes.data[i].value;
        value->data = value->len > 0 ? (const char *)work->values.data + (uintptr_t)value->data : "";
    }
    const struct ledger_state *parent = work->parent;
    struct ledger_state *state = base_alloc(sizeof(*state));
    state->refs = 1;
    state->height = height;
    state->chain = parent->chain;
    state->map = work->changes.count > 0 ? statemap_apply(parent->map, work->changes.data, work->changes.count)
                                         : statemap_ref(parent->map);
    state->roster = parent->roster;
    state->roster->refs++;
    state->root = statemap_root(state->map);
    state->params = work->params;
    memcpy(state->tallies, work->tallies, sizeof(state->tallies));
    return state;
}
