#include "network/devnet/actors.h"

#include <stdio.h>

#include "chain/payload.h"
#include "core/crypto/derive.h"
#include "network/ledger/oracle_view.h"

static void actor_key(uint64_t seed, struct sign_suite suite, const char *name, struct seckey *out)
{
    uint8_t secret[32];
    derive_dev_seed(seed, str_of(name), secret);
    seckey_from_seed(suite, secret, out);
}

static void feed_name(uint32_t i, char out[NODE_NAME_MAX]) { snprintf(out, NODE_NAME_MAX, "oracle%u", i + 1); }

void actors_genesis(uint64_t seed, struct sign_suite suite, struct actors_genesis *out)
{
    memset(out, 0, sizeof(*out));
    for (uint32_t i = 0; i < ACTORS; i++) {
        char name[NODE_NAME_MAX];
        struct seckey key;
        if (i < FEEDS) feed_name(i, name);
        else snprintf(name, sizeof(name), "%s", i == FEEDS ? "kyc1" : "settler1");
        actor_key(seed, suite, name, &key);
        const struct address address = address_of_key(&key.pub);
        seckey_wipe(&key);
        const enum ledger_role role = i < FEEDS ? LEDGER_ROLE_ORACLE : i == FEEDS ? LEDGER_ROLE_KYC_OFFICER : LEDGER_ROLE_SETTLER;
        out->grants[i] = (struct ledger_grant){address, {TOKEN_DX, AMOUNT(ACTOR_DX)}};
        out->roles[i] = (struct ledger_role_order){.address = address, .role = role, .grant = true};
    }
}

/* ---- the feeder ---- */

struct fault {
    uint32_t by; /* id of the chaos; 0: none */
    int64_t skew_bps;
    uint64_t price, age_ms;
};
struct feeder {
    struct devchain *delta;
    struct timer timer;
    struct rng rng;
    struct sign_suite suite;
    uint64_t interval_ms, turn;
    uint32_t silent;
    uint64_t prices[FEED_ASSETS];
    struct seckey keys[FEEDS];
    struct address addresses[FEEDS];
    struct fault faults[FEED_ASSETS][FEEDS][FEED_FAULTS];
};

#define WALK_BPS 20  /* a round's step, at most */
#define NOISE_BPS 10 /* a feed's own */
#define PRICE_LEAST 10000u
#define PRICE_MOST UINT64_C(1000000000000)
#define WAITING_MAX 8 /* reports of one feed that may wait; the chain stands still */
#define VALID_BLOCKS 40

static uint64_t shifted(uint64_t price, int64_t bps)
{
    const u128 by = (u128)price * (uint64_t)(bps < 0 ? -bps : bps) / 10000;
    if (bps < 0) return by >= price ? 1 : price - (uint64_t)by;
    return (uint64_t)MIN((u128)price + by, (u128)INT64_MAX);
}

static int64_t within(struct rng *rng, uint64_t bps) { return (int64_t)rng_range(rng, 0, 2 * bps) - (int64_t)bps; }

static void walk(struct feeder *feeder)
{
    for (size_t i = 0; i < FEED_ASSETS; i++) {
        const uint64_t price = shifted(feeder->prices[i], within(&feeder->rng, WALK_BPS));
        feeder->prices[i] = MAX(MIN(price, PRICE_MOST), (uint64_t)PRICE_LEAST);
    }
}

/* False: the feed says nothing. */
static bool report_of(struct feeder *feeder, uint32_t feed, size_t asset, struct payload_oracle_submit *out)
{
    const struct fault *faults = feeder->faults[asset][feed];
    uint64_t price = shifted(feeder->prices[asset], within(&feeder->rng, NOISE_BPS));
    uint64_t at_ms = instant_ms(env_now(feeder->delta->net->env));
    if (faults[FEED_OUTAGE].by != 0) return false;
    if (faults[FEED_SKEW].by != 0) price = faults[FEED_SKEW].price != 0 ? faults[FEED_SKEW].price : shifted(price, faults[FEED_SKEW].skew_bps);
    if (faults[FEED_STALE].by != 0) at_ms -= MIN(at_ms, faults[FEED_STALE].age_ms);
    *out = (struct payload_oracle_submit){.asset = ledger_oracle_name(asset), .price = price, .timestamp_ms = at_ms, .source = STR("devnet")};
    return true;
}

static void send(struct feeder *feeder, struct node *node, uint32_t feed, const struct payload_oracle_submit *report)
{
    struct ledger_account account;
    struct buf bytes = {0};
    struct apierror error;
    const struct ledger_state *state = node_state(node, false);
    ledger_account_get(state, &feeder->addresses[feed], &account);
    const uint64_t pending = mempool_pending_nonce(node_pool(node), &feeder->addresses[feed]), nonce = MAX(pending, account.nonce);
    if (nonce > account.nonce + WAITING_MAX) return;
    const union payload payload = {.oracle_submit = *report};
    payload_encode(KIND_ORACLE_SUBMIT, &payload, &bytes);
    struct tx_spec spec = {.domain = feeder->delta->space->rules.domain,
                           .kind = KIND_ORACLE_SUBMIT,
                           .nonce = nonce,
                           .valid_until = ledger_height(state) + VALID_BLOCKS,
                           .payload = buf_str(&bytes)};
    spec.fee = params_min_fee(ledger_params(state), tx_spec_size(&spec));
    struct tx *tx = tx_build(&spec, feeder->suite, &feeder->keys[feed], &error);
    const bool taken = tx && node_submit(node, tx, &error);
    (void)taken; /* refused: then this report is not made, as any feed's would be */
    tx_unref(tx);
    buf_done(&bytes);
}

static void speak(struct feeder *feeder, uint32_t feed)
{
    uint32_t gateway;
    if (feed < feeder->silent) return;
    if (!devchain_gateway(feeder->delta, &gateway) || !feeder->delta->seats[gateway].node) return;
    for (size_t asset = 0; asset < FEED_ASSETS; asset++) {
        struct payload_oracle_submit report;
        if (report_of(feeder, feed, asset, &report)) send(feeder, feeder->delta->seats[gateway].node, feed, &report);
    }
}

static void feeder_fire(struct timer *timer)
{
    struct feeder *feeder = CONTAINER_OF(timer, struct feeder, timer);
    struct env *env = feeder->delta->net->env;
    const uint32_t feed = (uint32_t)(feeder->turn % FEEDS);
    if (feed == 0) walk(feeder);
    if (feeder->turn == 0) /* prices are wanted from the first blocks on */
        for (uint32_t i = 0; i < FEEDS; i++) speak(feeder, i);
    else speak(feeder, feed);
    feeder->turn++;
    env_timer_set(env, timer, instant_add(env_now(env), duration_ms(MAX(feeder->interval_ms / FEEDS, 1u))));
}

struct feeder *feeder_new(struct devchain *delta, uint64_t seed, struct sign_suite suite, uint64_t interval_ms, uint32_t silent)
{
    struct env *env = delta->net->env;
    struct feeder *feeder = base_alloc(sizeof(*feeder));
    struct rng rng;
    *feeder = (struct feeder){.delta = delta, .timer = TIMER(feeder_fire), .suite = suite, .interval_ms = interval_ms, .silent = silent, .prices = {2000000, 1000000}};
    rng_init(&rng, seed);
    feeder->rng = rng_split(&rng, STR("devnet/oracles"), 0);
    for (uint32_t i = 0; i < FEEDS; i++) {
        char name[NODE_NAME_MAX];
        feed_name(i, name);
        actor_key(seed, suite, name, &feeder->keys[i]);
        feeder->addresses[i] = address_of_key(&feeder->keys[i].pub);
    }
    env_timer_set(env, &feeder->timer, instant_add(env_now(env), duration_ms(1)));
    return feeder;
}

void feeder_free(struct feeder *feeder)
{
    if (!feeder) return;
    env_timer_cancel(feeder->delta->net->env, &feeder->timer);
    for (uint32_t i = 0; i < FEEDS; i++) seckey_wipe(&feeder->keys[i]);
    base_free(feeder);
}

/* ---- faults ---- */

void feeder_change(struct feeder *feeder, const struct feed_change *change)
{
    for (uint32_t asset = 0; asset < FEED_ASSETS; asset++)
        for (uint32_t feed = 0; feed < FEEDS; feed++) {
            if (!(change->assets >> asset & 1) || !(change->feeds >> feed & 1)) continue;
            feeder->faults[asset][feed][change->fault] =
                (struct fault){.by = change->id, .skew_bps = change->skew_bps, .price = change->price, .age_ms = change->age_ms};
        }
}

void feeder_end(struct feeder *feeder, uint32_t id)
{
    for (uint32_t i = 0; i < FEED_ASSETS * FEEDS * FEED_FAULTS; i++) {
        struct fault *fault = &feeder->faults[i / (FEEDS * FEED_FAULTS)][i / FEED_FAULTS % FEEDS][i % FEED_FAULTS];
        if (fault->by == id) *fault = (struct fault){0};
    }
}

bool feeder_active(const struct feeder *feeder, uint32_t id)
{
    for (uint32_t i = 0; i < FEED_ASSETS * FEEDS * FEED_FAULTS; i++)
        if (feeder->faults[i / (FEEDS * FEED_FAULTS)][i / FEED_FAULTS % FEEDS][i % FEED_FAULTS].by == id) return true;
    return false;
}

uint32_t feeder_free_feeds(const struct feeder *feeder, uint32_t assets)
{
    uint32_t feeds = 0;
    for (uint32_t feed = feeder->silent; feed < FEEDS; feed++) {
        bool faulty = false;
        for (uint32_t asset = 0; asset < FEED_ASSETS; asset++)
            for (uint32_t fault = 0; fault < FEED_FAULTS; fault++)
                faulty = faulty || ((assets >> asset & 1) && feeder->faults[asset][feed][fault].by != 0);
        if (!faulty) feeds |= 1u << feed;
    }
    return feeds;
}

bool feeder_feed_parse(const struct feeder *feeder, struct str name, uint32_t *out_index)
{
    struct address address;
    const bool is_address = address_parse(name, CHAIN_DELTA, &address) == CODE_NONE;
    for (uint32_t i = 0; i < FEEDS; i++) {
        char known[NODE_NAME_MAX];
        feed_name(i, known);
        if (str_eq(name, str_of(known)) || (is_address && address_eq(&address, &feeder->addresses[i]))) return *out_index = i, true;
    }
    return false;
}
