/* Seed sweep over whole networks: 4 to 7 validators with simulated signatures, on one chain or on both with the bridge between, transactions of
 * all kinds through REST, random faults through the admin API, byzantine modes of as many validators as the rules bear; then all faults end.
 * What must hold, seen only from outside: no two views have different final blocks at a height, final blocks never change, everybody goes on and
 * catches up once healed, no money is made or lost, nobody honest is accused, and every account's nonces are executed in order, each once. Nodes are wiped
 * and start from checkpoints, and validators come in after genesis.
 * One seed in eight ends with one validator more crashed than that: nothing becomes final, nothing final changes, and it all goes on afterwards.
 *
 *     sweep_network [--seeds N] [--first S] [--seconds CAP]
 *
 * Each seed is one network; a violation names its seed and how to replay it. With SWEEP_TRACE set, the faults and, of a network that stands, every
 * view's round go to stderr. */
#include <inttypes.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "core/base/map.h"
#include "network/devnet/test/town.h"
#include "network/sweep.h"

static uint64_t seed_now;

static void on_abort(int number)
{
    char text[160];
    (void)number;
    const int n = snprintf(text, sizeof(text), "sweep_network: seed %" PRIu64 " fails; replay: sweep_network --seeds 1 --first %" PRIu64 "\n", seed_now, seed_now);
    if (write(STDERR_FILENO, text, (size_t)n) < 0) _exit(2);
    _exit(1);
}

/* ---- what is seen ---- */

/* Status 200: the block; 404: this view's history begins later; else it is down. */
static uint16_t block_at(struct town *town, uint32_t view, uint32_t height, struct block_view *out, struct http_exchange **exchange)
{
    struct err err;
    char path[96];
    snprintf(path, sizeof(path), "/node/v%u/testnet/block/%u?full=true", view + 1, height);
    *exchange = town_get(town, path);
    if (!*exchange || http_response(*exchange)->status != 200) return *exchange ? http_response(*exchange)->status : 503;
    const struct block_view *block = wire_object(*exchange, &wire_block, &err);
    CHECK(block != NULL);
    *out = *block;
    return 200;
}

/* Reads the final blocks that this view has shown since it was last asked, and compares them with what anybody has shown. */
static void observe(struct town *town, struct sweep *sweep, uint32_t view)
{
    char path[96];
    snprintf(path, sizeof(path), "/node/v%u/testnet/block/height/finalized", view + 1);
    const uint32_t final = town_u32(town, path);
    if (final == UINT32_MAX) return; /* it is down */
    uint32_t from = sweep->seen_final[view];
    if (final < from) from = final > 0 ? final - 1 : 0; /* it crashed or was wiped: what it shows again must be the same */
    for (uint32_t height = from + 1; height <= final; height++) {
        struct block_view block;
        struct http_exchange *exchange;
        const uint16_t status = block_at(town, view, height, &block, &exchange);
        if (status == 200 && block.status == BLOCK_FINALIZED) {
            bool fresh;
            struct hash *hash = map_put(&sweep->finals, &height, &fresh);
            if (fresh) *hash = block.hash;
            else if (!hash_eq(hash, &block.hash)) CHECK_FAIL("v%u has another final block at %u", view + 1, height);
        }
        http_exchange_free(exchange);
        if (status != 200 && status != 404) return; /* gone down meanwhile */
    }
    sweep->seen_final[view] = final;
}

static void check_nonces(struct town *town, struct sweep *sweep)
{
    uint64_t next[TOWN_BOTS] = {0}, counted[TOWN_BOTS] = {0};
    bool unknown[TOWN_BOTS] = {false}; /* blocks that nobody has any more may have held some */
    const uint32_t final = town_final(town);
    struct map ids;
    map_init(&ids, sizeof(struct hash), sizeof(uint8_t));
    for (uint32_t height = 1; height <= final; height++) {
        struct block_view block;
        struct http_exchange *exchange;
        uint32_t view = 0;
        while (block_at(town, view, height, &block, &exchange) != 200 && ++view < sweep->validators) http_exchange_free(exchange);
        if (view == sweep->validators) { /* all have begun again since */
            http_exchange_free(exchange);
            for (uint32_t bot = 0; bot < TOWN_BOTS; bot++) unknown[bot] = true;
            continue;
        }
        CHECK_U64(block.transactions_count, block.header.transaction_count);
        for (uint32_t i = 0; i < block.transactions_count; i++) {
            const struct tx *tx = block.transactions[i].envelope;
            bool fresh;
            (void)map_put(&ids, &tx->id, &fresh);
            CHECK(fresh); /* once in a final chain */
            for (uint32_t bot = 0; bot < TOWN_BOTS; bot++)
                if (address_eq(&tx->sender, &town->addresses[bot])) {
                    if (unknown[bot]) CHECK(tx->nonce >= next[bot]);
                    else CHECK_U64(tx->nonce, next[bot]);
                    next[bot] = tx->nonce + 1;
                    unknown[bot] = false;
                    counted[bot]++;
                }
        }
        http_exchange_free(exchange);
    }
    map_done(&ids);
    for (uint32_t bot = 0; bot < TOWN_BOTS; bot++) sweep->payments += counted[bot];
}

static void check_supply(struct town *town, uint32_t view)
{
    struct err err;
    char path[96];
    for (int final = 0; final < 2; final++) {
        snprintf(path, sizeof(path), "/node/v%u/testnet/supply?finalized=%s", view + 1, final ? "true" : "false");
        struct http_exchange *exchange = town_get(town, path);
        const struct supply *supply = exchange ? wire_object(exchange, &wire_supply, &err) : NULL;
        CHECK(supply != NULL);
        CHECK_U64(supply->tokens_count, 1);
        struct amount expected, held;
        CHECK(supply->tokens[0].ok && supply_expected(&supply->tokens[0], &expected) && supply_held(&supply->tokens[0], &held));
        CHECK(amount_eq(expected, held));
        http_exchange_free(exchange);
    }
}

/* ---- what is done ---- */

struct patient {
    struct town *town;
    struct sweep *sweep;
    char path[200];
};

/* Waits at one view, whatever becomes of it. */
static void patient_fiber(void *arg)
{
    struct patient *patient = arg;
    struct err err;
    struct http_exchange *exchange = town_get(patient->town, patient->path);
    if (exchange && http_response(exchange)->status == 200) {
        const struct tx_view *view = wire_object(exchange, &wire_tx, &err);
        CHECK(view != NULL);
        if (view->status == TX_FINALIZED) patient->sweep->waited++;
    }
    http_exchange_free(exchange);
    patient->sweep->patients--;
    free(patient);
}

static void wait_for(struct town *town, struct sweep *sweep, const char *prefix, const struct hash *id)
{
    static const char *const levels[] = {"included", "certified", "finalized"};
    char hex[65] = {0};
    struct patient *patient = calloc(1, sizeof(*patient));
    str_hex(id->b, 32, hex);
    *patient = (struct patient){.town = town, .sweep = sweep};
    snprintf(patient->path, sizeof(patient->path), "%s/testnet/transaction/%s?wait=%s&timeout_ms=%u", prefix, hex, levels[rng_below(&sweep->rng, 3)],
             (uint32_t)rng_below(&sweep->rng, 30001));
    sweep->patients++;
    (void)fiber_spawn(town->env, patient_fiber, patient);
}

static struct http_exchange *broadcast(struct town *town, enum chain_id chain, struct tx *tx)
{
    const bool delta = chain == CHAIN_DELTA;
    return town_call(town, delta ? STR("delta") : STR("alpha"),
                     &(struct http_request){.method = HTTP_POST,
                                            .path = delta ? STR("/mainnet/transaction/broadcast") : STR("/testnet/transaction/broadcast"),
                                            .shape = &wire_transaction,
                                            .object = tx});
}

static uint64_t delta_nonce(struct town *town, uint32_t from)
{
    struct err err;
    char path[120], text[ADDRESS_TEXT];
    address_text(&town->addresses[from], CHAIN_DELTA, text);
    snprintf(path, sizeof(path), "/mainnet/account/%s", text);
    struct http_exchange *exchange = town_get_on(town, STR("delta"), path);
    const struct account_view *account = exchange && http_response(exchange)->status == 200 ? wire_object(exchange, &wire_account, &err) : NULL;
    const uint64_t nonce = account ? account->pending_nonce : 0;
    http_exchange_free(exchange);
    return nonce;
}

/* A transaction of any kind, on Alpha with the nonce given, or on Delta. */
static void trade(struct town *town, struct sweep *sweep, uint32_t from, uint64_t nonce)
{
    struct apierror error;
    struct buf payload = {0};
    const enum chain_id chain = sweep->delta && rng_chance_bps(&sweep->rng, 5000) ? CHAIN_DELTA : CHAIN_ALPHA;
    const enum kind kind = traffic_kind(&sweep->traffic, chain);
    traffic_payload(&sweep->traffic, kind, &payload);
    if (kind == KIND_ALPHA_TRANSFER || kind == KIND_ALPHA_BATCH_TRANSFER || kind == KIND_DELTA_TRANSFER || kind == KIND_DELTA_BATCH_TRANSFER) {
        buf_done(&payload);
        return; /* these are sent anyway */
    }
    const struct tx_spec spec = {.domain = domain_of(chain, chain == CHAIN_DELTA ? NETWORK_MAINNET : NETWORK_TESTNET),
                                 .kind = kind,
                                 .nonce = chain == CHAIN_DELTA ? delta_nonce(town, from) : nonce,
                                 .fee = AMOUNT(200000),
                                 .tip = AMOUNT(rng_below(&sweep->rng, 10)),
                                 .payload = buf_str(&payload)};
    struct tx *tx = tx_build(&spec, town->suite, &town->bots[from], &error);
    buf_done(&payload);
    if (!tx) return;
    if (town_code(broadcast(town, chain, tx)) == CODE_NONE) {
        traffic_sent(&sweep->traffic, &tx->id);
        sweep->kinds_sent++;
    }
    tx_unref(tx);
}

static void pay(struct town *town, struct sweep *sweep)
{
    struct err err;
    char path[120], prefix[16] = "", text[ADDRESS_TEXT];
    const uint32_t from = (uint32_t)rng_below(&sweep->rng, TOWN_BOTS), to = (uint32_t)rng_below(&sweep->rng, TOWN_BOTS);
    if (rng_chance_bps(&sweep->rng, 5000)) snprintf(prefix, sizeof(prefix), "/node/v%u", 1 + (uint32_t)rng_below(&sweep->rng, sweep->validators));
    address_text(&town->addresses[from], CHAIN_ALPHA, text);
    snprintf(path, sizeof(path), "%s/testnet/account/%s", prefix, text);
    struct http_exchange *exchange = town_get(town, path);
    const struct account_view *account = exchange && http_response(exchange)->status == 200 ? wire_object(exchange, &wire_account, &err) : NULL;
    uint64_t nonce = account ? account->pending_nonce : 0;
    http_exchange_free(exchange);
    if (rng_chance_bps(&sweep->rng, 300)) nonce += rng_below(&sweep->rng, 3); /* leaves a gap, or fills one */
    if (rng_chance_bps(&sweep->rng, 4000)) {
        trade(town, sweep, from, nonce);
        return;
    }
    struct tx *tx = town_transfer(town, from, to, nonce, 1 + rng_below(&sweep->rng, 100000));
    const enum code code = town_code(town_broadcast(town, prefix, tx));
    if (code == CODE_NONE && rng_chance_bps(&sweep->rng, 3000)) wait_for(town, sweep, prefix, &tx->id);
    tx_unref(tx);
}

/* Wiping forgets blocks, so each wipe uses up redundancy until the wiped node has them again: whoever wipes a quorum faster than that
 * has destroyed the chain, and no protocol brings it back. One more is wiped only when everybody is up and beyond the last wipe. */
#define WIPE "wipe"
#define JOIN "join"
static bool may_wipe(struct town *town, struct sweep *sweep)
{
    uint32_t low = UINT32_MAX, high = 0;
    for (uint32_t i = 0; i < sweep->validators; i++) {
        char path[96];
        snprintf(path, sizeof(path), "/node/v%u/testnet/block/height/finalized", i + 1);
        const uint32_t final = town_u32(town, path);
        if (final == UINT32_MAX) return false;
        low = MIN(low, final);
        high = MAX(high, final);
    }
    if (low <= sweep->wiped_at) return false;
    sweep->wiped_at = high + 3;
    return true;
}

/* One or two more validators, whatever is wrong with the network. */
static void join(struct town *town, struct sweep *sweep)
{
    char body[40];
    const uint32_t add = 1 + (uint32_t)rng_below(&sweep->rng, 2);
    if (sweep->validators + add > VIEWS_MAX - 2) return;
    snprintf(body, sizeof(body), "{\"add\":%u}", add);
    if (getenv("SWEEP_TRACE")) fprintf(stderr, "%" PRIu64 " %s\n", instant_ms(env_now(town->env)) - instant_ms(INSTANT_GENESIS), body);
    CHECK_U64(town_status(town_admin(town, HTTP_POST, "validators", body)), 200);
    sweep->validators += add;
    sweep->joined += add;
}

/* One random fault; most last a while and end by themselves, some stay until the end. */
static void fault(struct town *town, struct sweep *sweep)
{
    static const char *const faults[] = {
        "{\"action\":\"crash\",\"params\":{\"targets\":{\"count\":1},\"method\":\"kill\"}",
        "{\"action\":\"crash\",\"params\":{\"targets\":{\"count\":2},\"method\":\"kill\"}",
        "{\"action\":\"crash\",\"params\":{\"targets\":\"*\",\"method\":\"kill\"}",
        "{\"action\":\"crash\",\"params\":{\"targets\":{\"count\":1},\"method\":\"graceful\"}",
        "{\"action\":\"restart\",\"params\":{\"targets\":{\"count\":2}}",
        WIPE,
        WIPE,
        JOIN,
        "{\"action\":\"pause\",\"params\":{\"targets\":{\"count\":1}}",
        "{\"action\":\"partition\",\"params\":{\"groups\":[[{\"count\":2}]]}",
        "{\"action\":\"partition\",\"params\":{\"groups\":[[\"v1\"],[\"v2-v3\"]]}",
        "{\"action\":\"heal\"",
        "{\"action\":\"loss\",\"params\":{\"rate_bps\":2500}",
        "{\"action\":\"loss\",\"params\":{\"from\":{\"count\":1},\"rate_bps\":9000,\"model\":\"burst\",\"burst_ms\":500,\"every_ms\":3000}",
        "{\"action\":\"latency\",\"params\":{\"from\":{\"count\":2},\"delay_ms\":300,\"jitter_ms\":200}",
        "{\"action\":\"duplicate\",\"params\":{\"rate_bps\":5000,\"copies\":2}",
        "{\"action\":\"reorder\",\"params\":{\"rate_bps\":5000,\"window_ms\":400}",
        "{\"action\":\"corrupt\",\"params\":{\"from\":{\"count\":1},\"rate_bps\":3000}",
        "{\"action\":\"clock_skew\",\"params\":{\"targets\":{\"count\":1},\"offset_ms\":-3000,\"drift_ppm\":500}",
        "{\"action\":\"clock_skew\",\"params\":{\"targets\":{\"count\":1},\"offset_ms\":4000}",
        "{\"action\":\"cpu_limit\",\"params\":{\"targets\":{\"count\":1},\"percent\":1}",
        "{\"action\":\"block_capacity\",\"params\":{\"tx_per_second\":2}",
        "{\"action\":\"mempool_clear\",\"params\":{\"targets\":{\"count\":1}}",
        "{\"action\":\"disk_full\",\"params\":{\"targets\":{\"count\":1},\"free_bytes\":0}",
        "{\"action\":\"memory_limit\",\"params\":{\"targets\":{\"count\":1},\"bytes\":2000}",
        "{\"action\":\"peer_isolate\",\"params\":{\"target\":{\"count\":1}}",
        "{\"action\":\"peer_flood\",\"params\":{\"target\":{\"count\":1},\"sybils\":50}",
        "{\"action\":\"reorg\",\"params\":{\"depth\":1}",
        "{\"action\":\"reorg\",\"params\":{\"depth\":2}",
    };
    char body[300];
    const char *pick = faults[rng_below(&sweep->rng, ARRAY_LEN(faults))];
    if (strcmp(pick, WIPE) == 0) {
        if (!may_wipe(town, sweep)) return;
        snprintf(body, sizeof(body), "{\"action\":\"restart\",\"params\":{\"targets\":\"v%u\",\"wipe\":true}}", 1 + (uint32_t)rng_below(&sweep->rng, sweep->validators));
        if (getenv("SWEEP_TRACE")) fprintf(stderr, "%" PRIu64 " %s\n", instant_ms(env_now(town->env)) - instant_ms(INSTANT_GENESIS), body);
        town_chaos(town, body);
        sweep->wipes++;
        return;
    }
    if (strcmp(pick, JOIN) == 0) {
        join(town, sweep);
        return;
    }
    if (rng_chance_bps(&sweep->rng, 7000)) snprintf(body, sizeof(body), "%s,\"duration_ms\":%u}", pick, 500 + (uint32_t)rng_below(&sweep->rng, 8000));
    else snprintf(body, sizeof(body), "%s}", pick);
    if (getenv("SWEEP_TRACE")) fprintf(stderr, "%" PRIu64 " %s\n", instant_ms(env_now(town->env)) - instant_ms(INSTANT_GENESIS), body);
    town_chaos(town, body);
}

/* ---- one more than the rules bear ---- */

/* Nobody has been jailed or ejected: the committee is all of them. */
static bool everybody_votes(struct town *town, const struct sweep *sweep)
{
    struct err err;
    struct http_exchange *exchange = town_get(town, "/testnet/validators?limit=500");
    const struct page *page = exchange ? wire_object(exchange, &wire_validator_page, &err) : NULL;
    CHECK(page != NULL);
    uint32_t active = 0;
    for (uint32_t i = 0; i < page->count; i++) {
        const struct validator_view *validator = &((const struct validator_view *)page->items)[i];
        active += validator->is_active && !validator->jailed;
    }
    http_exchange_free(exchange);
    return active == sweep->validators;
}

/* One more down than the rules bear. */
static void lose_liveness(struct town *town, struct sweep *sweep)
{
    if (!everybody_votes(town, sweep)) return;
    const uint32_t f = sweep->validators - (sweep->validators * 2 / 3 + 1);
    char body[160];
    snprintf(body, sizeof(body), "{\"action\":\"crash\",\"params\":{\"targets\":{\"count\":%u},\"method\":\"kill\"}}", f + 1);
    town_chaos(town, body);
    town_sleep(town, 3000);
    uint32_t stood[VIEWS_MAX];
    for (uint32_t i = 0; i < sweep->validators; i++) {
        observe(town, sweep, i);
        stood[i] = sweep->seen_final[i];
    }
    town_sleep(town, 30000);
    for (uint32_t i = 0; i < sweep->validators; i++) {
        observe(town, sweep, i);
        if (sweep->seen_final[i] != stood[i]) CHECK_FAIL("v%u went on from %u to %u without a quorum", i + 1, stood[i], sweep->seen_final[i]);
    }
    CHECK_U64(town_status(town_admin(town, HTTP_DELETE, "chaos", "")), 200);
    town_sleep(town, 30000);
    for (uint32_t i = 0; i < sweep->validators; i++) {
        observe(town, sweep, i);
        CHECK(sweep->seen_final[i] > stood[i]);
    }
    sweep->lost++;
}

static void live(struct town *town)
{
    struct sweep *sweep = town->ctx;
    sweep->traffic = (struct traffic){.rng = &sweep->rng, .people = town->addresses, .people_count = TOWN_BOTS};
    const struct instant until = instant_add(env_now(town->env), duration_s(20 + rng_below(&sweep->rng, 60)));
    while (instant_before(env_now(town->env), until)) {
        for (uint64_t n = rng_below(&sweep->rng, 4); n > 0; n--) pay(town, sweep);
        if (rng_chance_bps(&sweep->rng, 1000)) fault(town, sweep);
        if (rng_chance_bps(&sweep->rng, 800)) sweep_tempt(town, sweep);
        if (rng_chance_bps(&sweep->rng, 2000)) observe(town, sweep, (uint32_t)rng_below(&sweep->rng, sweep->validators));
        town_sleep(town, rng_below(&sweep->rng, 400));
    }
    CHECK_U64(town_status(town_admin(town, HTTP_DELETE, "chaos", "")), 200);
    sweep_repent(town, sweep);
    /* Liveness: everybody makes progress within a minute, and catches up with the best. */
    town_sleep(town, 20000);
    uint32_t before = 0;
    for (uint32_t i = 0; i < sweep->validators; i++) {
        observe(town, sweep, i);
        before = MAX(before, sweep->seen_final[i]);
    }
    town_sleep(town, 40000);
    for (uint32_t i = 0; i < sweep->validators; i++) {
        observe(town, sweep, i);
        if (sweep->seen_final[i] < before + 5 && getenv("SWEEP_TRACE")) sweep_explain(town, sweep);
        if (sweep->seen_final[i] < before + 5) CHECK_FAIL("v%u stands at %u, the best was at %u forty seconds ago", i + 1, sweep->seen_final[i], before);
        check_supply(town, i);
    }
    check_nonces(town, sweep);
    sweep_check_innocence(town, sweep);
    sweep_check_audit(town);
    if (rng_chance_bps(&sweep->rng, 1250)) lose_liveness(town, sweep);
    CHECK_U64(sweep->patients, 0); /* everybody who waited has been answered, or told that nobody answers */
    sweep->virtual_ms += instant_ms(env_now(town->env)) - instant_ms(INSTANT_GENESIS);
}

static void sweep_one(uint64_t seed, struct sweep *total)
{
    struct sweep sweep = {0};
    char interval[16], epoch[16];
    seed_now = seed;
    rng_init(&sweep.rng, seed);
    sweep.rng = rng_split(&sweep.rng, STR("sweep"), 0);
    sweep.validators = 4 + (uint32_t)rng_below(&sweep.rng, 4);
    sweep.delta = rng_chance_bps(&sweep.rng, 4000);
    sweep.liars = (uint32_t)rng_below(&sweep.rng, sweep.validators - (sweep.validators * 2 / 3 + 1) + 1);
    map_init(&sweep.finals, sizeof(uint32_t), sizeof(struct hash));
    snprintf(interval, sizeof(interval), "%u", 200 + 100 * (uint32_t)rng_below(&sweep.rng, 4));
    snprintf(epoch, sizeof(epoch), "%u", 5 + (uint32_t)rng_below(&sweep.rng, 96));
    const struct devnet_parameter parameters[] = {{STR("block_interval_ms"), str_of(interval)}, {STR("epoch_blocks"), str_of(epoch)}};
    (void)town_run((struct town_config){.validators = sweep.validators, .seed = seed, .parameters = parameters, .parameters_count = 2, .delta = sweep.delta}, live, &sweep);
    map_done(&sweep.finals);
    total->virtual_ms += sweep.virtual_ms;
    total->payments += sweep.payments;
    total->waited += sweep.waited;
    total->lies += sweep.lies;
    total->kinds_sent += sweep.kinds_sent;
    total->lost += sweep.lost;
    total->wipes += sweep.wipes;
    total->joined += sweep.joined;
}

int main(int argc, char **argv)
{
    uint64_t seeds = 20, first = 1, cap_s = 0;
    for (int i = 1; i + 1 < argc; i += 2) {
        const uint64_t value = strtoull(argv[i + 1], NULL, 10);
        if (strcmp(argv[i], "--seeds") == 0) seeds = value;
        else if (strcmp(argv[i], "--first") == 0) first = value;
        else if (strcmp(argv[i], "--seconds") == 0) cap_s = value;
        else return 2;
    }
    (void)signal(SIGABRT, on_abort);
    struct sweep total = {0};
    struct timespec start, now;
    clock_gettime(CLOCK_MONOTONIC, &start);
    uint64_t done = 0;
    double wall = 0;
    for (; done < seeds && (cap_s == 0 || wall < (double)cap_s); done++) {
        sweep_one(first + done, &total);
        clock_gettime(CLOCK_MONOTONIC, &now);
        wall = (double)(now.tv_sec - start.tv_sec) + (double)(now.tv_nsec - start.tv_nsec) * 1e-9;
    }
    printf("sweep_network: %" PRIu64 " seeds from %" PRIu64 ", no violation; %.2f virtual hours, %" PRIu64 " payments final, %" PRIu64 " waited for, %" PRIu64
           " of all kinds taken, %" PRIu64 " byzantine modes, %" PRIu64 " wipes, %" PRIu64 " validators joined, liveness lost and safety kept in %" PRIu64
           ", %.1f wall s\n", done,
           first, (double)total.virtual_ms / 3600000.0, total.payments, total.waited, total.kinds_sent, total.lies, total.wipes, total.joined, total.lost, wall);
    return 0;
}
