#include <stdlib.h>

#include "core/codec/binary.h"
#include "network/ledger/bridge_priv.h"
#include "network/ledger/family_priv.h"

/* ---- references ---- */

struct ledger_state *ledger_state_ref(struct ledger_state *state)
{
    if (state == NULL) return NULL;
    ASSERT(state->refs > 0 && state->refs < UINT32_MAX);
    state->refs++;
    return state;
}

static void roster_unref(struct roster *roster)
{
    if (--roster->refs == 0) base_free(roster);
}

void ledger_state_unref(struct ledger_state *state)
{
    if (state == NULL) return;
    ASSERT(state->refs > 0);
    if (--state->refs > 0) return;
    statemap_unref(state->map);
    ordmap_done(&state->objects);
    roster_unref(state->roster);
    base_free(state);
}

/* ---- genesis ---- */

static int validator_cmp(const void *a, const void *b)
{
    return address_cmp(&((const struct ledger_validator *)a)->address, &((const struct ledger_validator *)b)->address);
}

static bool genesis_grants(struct work *work, const struct ledger_genesis *genesis, struct err *err)
{
    for (size_t i = 0; i < genesis->grants_count; i++) {
        const struct money money = genesis->grants[i].money;
        if (money.token < TOKEN_AX || money.token > TOKEN_COUNT || !token_is_here(work->parent->chain, money.token))
            return err_set(err, ERR_UNSUPPORTED, "genesis grant %zu is of a token of another chain", i);
        struct tally *tally = &work->tallies[money.token - 1];
        if (!amount_add(tally->token.genesis, money.amount, &tally->token.genesis))
            return err_set(err, ERR_LIMIT, "genesis grants add up to more than 2^128 - 1");
        struct ledger_balance *balance = &work_account(work, &genesis->grants[i].to)->now.balances[money.token - 1];
        balance->free.units += money.amount.units; /* at most the sum of all, which fits */
    }
    return true;
}

/* `validators` is a copy, ours to sort. */
static bool genesis_validators(struct work *work, struct ledger_validator *validators, size_t count, struct tally *tally,
                               struct err *err)
{
    qsort(validators, count, sizeof(*validators), validator_cmp);
    bool ok = true;
    for (size_t i = 0; i < count && ok; i++) {
        struct ledger_validator *v = &validators[i];
        if (i > 0 && address_eq(&v[-1].address, &v->address))
            ok = err_set(err, ERR_CONFLICT, "two genesis validators have one address");
        if (amount_is_zero(v->bonded)) v->bonded = v->self_bonded = AMOUNT(work->params.genesis_stake);
        struct amount own = tally->token.genesis;
        ok = ok && (amount_cmp(v->self_bonded, v->bonded) <= 0 ||
                    err_set(err, ERR_CONFLICT, "a genesis validator owns more than its bond"));
        ok = ok && ((amount_add(own, v->bonded, &own) && amount_add(own, v->pending_rewards, &own)) ||
                    err_set(err, ERR_LIMIT, "genesis bonds add up to more than 2^128 - 1"));
        if (!ok) break;
        if (work->parent->chain == CHAIN_ALPHA) { /* Delta's validators have their bonds there */
            tally->token.genesis = own;
            tally->token.bonded.units += v->bonded.units;
            tally->token.rewards.units += v->pending_rewards.units;
        }
        work_put_validator(work, v);
    }
    return ok;
}

static bool genesis_fill(struct work *work, const struct ledger_genesis *genesis, struct ledger_validator *validators,
                         struct err *err)
{
    const enum token token = chain_fee_token(work->parent->chain);
    struct tally *tally = &work->tallies[token - 1];
    for (size_t i = 0; param_at(i) != NULL; i++) work_put_param(work, param_at(i), params_get(genesis->params, param_at(i)));
    if (!genesis_grants(work, genesis, err)) return false;
    if (!genesis_validators(work, validators, genesis->validators_count, tally, err)) return false;
    if (!amount_add(tally->token.genesis, genesis->treasury, &tally->token.genesis))
        return err_set(err, ERR_LIMIT, "genesis adds up to more than 2^128 - 1");
    treasury_give(work, genesis->treasury);
    work->clock.epoch_first_height = 1;
    for (size_t f = 0; families[f] != NULL; f++)
        if (families[f]->genesis != NULL && !families[f]->genesis(work, genesis, err)) return false;
    return true;
}

struct ledger_state *ledger_genesis(const struct ledger_rules *rules, const struct ledger_genesis *genesis, struct err *err)
{
    const size_t count = genesis->validators_count;
    if (count > COMMITTEE_MEMBERS_MAX) {
        (void)err_set(err, ERR_LIMIT, "%zu validators, at most %d", count, COMMITTEE_MEMBERS_MAX);
        return NULL;
    }
    struct roster *roster = base_alloc(sizeof(*roster));
    roster->refs = 1;
    struct ledger_state *before = base_alloc(sizeof(*before)); /* nothing: what genesis changes */
    before->refs = 1;
    before->chain = rules->domain.chain;
    before->map = statemap_empty();
    before->roster = roster;
    before->params = *genesis->params;
    struct ledger_validator *validators = base_alloc((count + 1) * sizeof(*validators));
    if (count > 0) memcpy(validators, genesis->validators, count * sizeof(*validators));
    struct work work;
    work_init(&work, before, rules, NULL);
    struct ledger_state *state = NULL;
    if (genesis_fill(&work, genesis, validators, err)) state = work_commit(&work, 0);
    work_done(&work);
    base_free(validators);
    ledger_state_unref(before);
    return state;
}

/* ---- reads ---- */

uint32_t ledger_height(const struct ledger_state *state) { return state->height; }
const struct params *ledger_params(const struct ledger_state *state) { return &state->params; }
struct hash ledger_state_root(const struct ledger_state *state) { return state->root; }
const struct statemap *ledger_statemap(const struct ledger_state *state) { return state->map; }
const struct ordmap *ledger_objects(const struct ledger_state *state) { return &state->objects; }
uint64_t ledger_round(const struct ledger_state *state) { return state->clock.round; }
uint64_t ledger_timestamp_ms(const struct ledger_state *state) { return state->clock.timestamp_ms; }

uint64_t ledger_epoch(const struct ledger_state *state, uint32_t *out_first_height)
{
    *out_first_height = state->clock.epoch_first_height;
    return state->clock.epoch;
}

size_t ledger_validators_count(const struct ledger_state *state) { return state->roster->count; }

void ledger_account_get(const struct ledger_state *state, const struct address *address, struct ledger_account *out)
{
    const struct hash key = ledger_account_key(address);
    struct str value;
    memset(out, 0, sizeof(*out));
    if (!statemap_get(state->map, &key, &value)) return;
    const bool sound = account_decode(value, out);
    ASSERT(sound); /* only account_encode writes there */
}

void ledger_validator_at(const struct ledger_state *state, size_t i, struct ledger_validator *out)
{
    ASSERT(i < state->roster->count);
    const bool found = work_validator(&state->objects, &state->roster->addresses[i], out);
    ASSERT(found); /* who is in the roster has an entry */
}

bool ledger_validator_find(const struct ledger_state *state, const struct address *address, struct ledger_validator *out)
{
    return work_validator(&state->objects, address, out);
}

static int member_cmp(const void *left, const void *right)
{
    const struct member *a = left, *b = right;
    const int order = amount_cmp(b->stake, a->stake);
    return order != 0 ? order : address_cmp(&a->address, &b->address);
}

struct committee *ledger_next_committee(const struct ledger_state *state, uint64_t epoch, uint64_t start_round)
{
    if (state->chain == CHAIN_DELTA) return bridge_next_committee(state, epoch, start_round);
    const size_t count = state->roster->count;
    struct member *members = base_alloc((count + 1) * sizeof(*members));
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        struct ledger_validator v;
        ledger_validator_at(state, i, &v);
        if (v.jailed || v.exiting || v.bonded.units < state->params.min_validator_stake || amount_is_zero(v.bonded)) continue;
        struct member *member = &members[kept++];
        member->address = v.address;
        member->consensus_key = v.consensus_key;
        member->stake = v.bonded;
        memcpy(member->name, v.name, sizeof(member->name));
    }
    qsort(members, kept, sizeof(*members), member_cmp);
    struct committee *committee = committee_new(epoch, start_round, members, MIN(kept, state->params.max_validators));
    base_free(members);
    return committee;
}

/* ---- supply ---- */

static void supply_fill(enum chain_id chain, uint32_t height, const struct tally *tallies, struct supply *out)
{
    memset(out, 0, sizeof(*out));
    out->height = height;
    for (size_t i = 0; i < TOKEN_COUNT; i++) {
        if (!token_is_here(chain, (enum token)(i + 1))) continue;
        struct supply_token *token = &out->tokens[out->tokens_count++];
        *token = tallies[i].token;
        token->token = (enum token)(i + 1);
        if (tallies[i].free_wraps > 0) token->free = AMOUNT_MAX; /* more than can be written */
        const bool settled = supply_settle(token);
        token->ok = settled && tallies[i].free_wraps == 0;
    }
}

void ledger_supply(const struct ledger_state *state, struct supply *out)
{
    supply_fill(state->chain, state->height, state->tallies, out);
}

struct walk {
    struct map others; /* keys that are no accounts -> nothing */
    struct tally tallies[TOKEN_COUNT];
    bool sound;
};

static bool walk_entry(void *context, const struct hash *key, struct str value)
{
    struct walk *walk = context;
    struct ledger_account account;
    if (map_find(&walk->others, key) != NULL) return true;
    if (!account_decode(value, &account)) return walk->sound = false;
    for (size_t i = 0; i < TOKEN_COUNT; i++) {
        struct tally *tally = &walk->tallies[i];
        if (!u128_add(tally->token.free.units, account.balances[i].free.units, &tally->token.free.units)) tally->free_wraps++;
        tally->token.locked.units += account.balances[i].locked.units;
    }
    return true;
}

/* Objects are known by their keys; the rest are accounts. What objects hold, their families say. */
static void walk_objects(struct walk *walk, const struct ledger_state *state)
{
    struct ordmap_entry entry;
    for (bool more = ordmap_first(&state->objects, STR(""), &entry); more; more = ordmap_above(&state->objects, entry.key, &entry)) {
        if ((uint8_t)entry.key.data[0] >= INDEX_BASE) break;
        const struct hash key = state_key((uint8_t)entry.key.data[0], entry.key.data + 1, entry.key.len - 1);
        (void)map_put(&walk->others, &key, NULL);
    }
    struct supply_token *held = base_alloc(TOKEN_COUNT * sizeof(*held));
    for (size_t f = 0; families[f] != NULL; f++)
        if (families[f]->audit != NULL) families[f]->audit(&state->objects, held);
    for (size_t i = 0; i < TOKEN_COUNT; i++) {
        const struct supply_token *flows = &state->tallies[i].token;
        struct supply_token *token = &walk->tallies[i].token;
        *token = held[i];
#define S(name) token->name = flows->name;
        SUPPLY_FLOWS(S)
#undef S
    }
    base_free(held);
}

bool ledger_supply_walk(const struct ledger_state *state, struct supply *out)
{
    struct walk walk = {.sound = true};
    map_init(&walk.others, sizeof(struct hash), 1);
    walk_objects(&walk, state);
    statemap_walk(state->map, walk_entry, &walk);
    map_done(&walk.others);
    supply_fill(state->chain, state->height, walk.tallies, out);
    return walk.sound;
}
